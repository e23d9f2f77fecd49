//! Stretches of speech, long enough to be understood and short enough to be written out at once.

use std::collections::VecDeque;

use gehoord_conversation::voice::TimeSpan;

use super::RATE;
use crate::audio::resample::Resampler;

/// A stretch is no longer than this. Models of the Whisper family hear 30 s, and do the same work
/// for less.
const MOST_MS: u32 = 28_000;
/// So much is kept before and after a piece of speech, where the first and last sounds are soft.
const EDGE_MS: u32 = 120;
/// A rest within a stretch is no longer than this.
const REST_MS: u32 = 800;
/// A stretch that is full ends at its longest rest after this.
const ENOUGH_MS: u32 = 14_000;

/// Speech of one channel, with its long rests cut short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// The channel, from 0.
    pub channel: usize,
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Piece {
    /// Where it is in the recording.
    source: TimeSpan,
    /// Where it begins in the stretch, in milliseconds.
    at_ms: u32,
}

impl Piece {
    fn end_ms(&self) -> u32 {
        self.at_ms + self.source.length_ms()
    }
}

impl Stretch {
    /// From its first to its last sound in the recording.
    #[must_use]
    pub fn span(&self) -> TimeSpan {
        let start = self.pieces.first().map_or(0, |piece| piece.source.start_ms);
        TimeSpan::new(start, self.end_ms())
    }

    /// How much of the recording it holds, in milliseconds.
    #[must_use]
    pub fn speech_ms(&self) -> u32 {
        self.pieces.iter().map(|piece| piece.source.length_ms()).sum()
    }

    /// Where something is in the recording that is at `span` in the stretch.
    #[must_use]
    pub fn placed(&self, span: TimeSpan) -> TimeSpan {
        let middle = span.start_ms.midpoint(span.end_ms);
        let away = |piece: &&Piece| {
            piece.at_ms.saturating_sub(middle).max(middle.saturating_sub(piece.end_ms()))
        };
        let Some(piece) = self.pieces.iter().min_by_key(away) else { return span };
        let place = |ms: u32| {
            let within = ms.clamp(piece.at_ms, piece.end_ms()) - piece.at_ms;
            piece.source.start_ms + within
        };
        TimeSpan::new(place(span.start_ms), place(span.end_ms))
    }

    fn length_ms(&self) -> u32 {
        self.pieces.last().map_or(0, Piece::end_ms)
    }

    fn end_ms(&self) -> u32 {
        self.pieces.last().map_or(0, |piece| piece.source.end_ms)
    }

    fn add(&mut self, source: TimeSpan) {
        let at_ms = match self.pieces.last() {
            Some(last) => last.end_ms() + rest(last.source, source).min(REST_MS),
            None => 0,
        };
        self.pieces.push(Piece { source, at_ms });
    }

    /// Keeps what comes before its longest rest, of those that are not too early, and gives back
    /// what comes after. The rest before `next` counts as well.
    fn split(&mut self, next: TimeSpan) -> Self {
        let rests = (1..)
            .zip(self.pieces.windows(2))
            .filter(|(_, pair)| pair[1].at_ms >= ENOUGH_MS)
            .map(|(at, pair)| (rest(pair[0].source, pair[1].source), at));
        let last = self.pieces.last().map_or(0, |last| rest(last.source, next));
        let (_, at) = rests.chain([(last, self.pieces.len())]).max().unwrap_or_default();
        let mut after = Self { channel: self.channel, pieces: Vec::new() };
        self.pieces.split_off(at).iter().for_each(|piece| after.add(piece.source));
        after
    }
}

fn rest(before: TimeSpan, after: TimeSpan) -> u32 {
    after.start_ms.saturating_sub(before.end_ms)
}

/// The stretches of a call, in the order in which they end, from where each channel has speech
/// ([`WholeCall::speech`](crate::call::WholeCall::speech)).
#[must_use]
pub fn plan(speech: &[Vec<TimeSpan>]) -> Vec<Stretch> {
    let mut stretches = Vec::new();
    for (channel, spans) in speech.iter().enumerate() {
        let mut open = Stretch { channel, pieces: Vec::new() };
        for (i, span) in spans.iter().enumerate() {
            // Neighbours share the rest between them.
            let before = i.checked_sub(1).map_or(span.start_ms, |i| rest(spans[i], *span) / 2);
            let after = spans.get(i + 1).map_or(EDGE_MS, |next| rest(*span, *next) / 2);
            let source = TimeSpan::new(
                span.start_ms - before.min(EDGE_MS),
                span.end_ms + after.min(EDGE_MS),
            );
            let longer =
                open.pieces.last().map_or(0, |last| rest(last.source, source).min(REST_MS))
                    + source.length_ms();
            if !open.pieces.is_empty() && open.length_ms() + longer > MOST_MS {
                let mut after = open.split(source);
                // What comes after is short, but so much may follow that it does not fit either.
                if after.length_ms() + REST_MS + source.length_ms() > MOST_MS {
                    let fuller = after.pieces.split_off(0);
                    fuller.iter().for_each(|piece| open.add(piece.source));
                }
                stretches.push(std::mem::replace(&mut open, after));
            }
            open.add(source);
        }
        if !open.pieces.is_empty() {
            stretches.push(open);
        }
    }
    stretches.sort_by_key(|stretch| (stretch.end_ms(), stretch.channel));
    stretches
}

/// Cuts stretches from the sound of a call, block by block; of each channel no more than one
/// stretch is in memory.
#[derive(Debug)]
pub struct Cutter<'p> {
    channels: Vec<Channel<'p>>,
}

#[derive(Debug)]
struct Channel<'p> {
    resampler: Resampler,
    /// Samples of [`RATE`] that came, and those of them that are new.
    taken: u64,
    fresh: Vec<f32>,
    waiting: VecDeque<&'p Stretch>,
    cut: Vec<f32>,
}

impl<'p> Cutter<'p> {
    /// For sound of `rate` samples a second, of which these stretches are wanted.
    pub fn new(
        rate: u32,
        channels: usize,
        stretches: impl IntoIterator<Item = &'p Stretch>,
    ) -> Self {
        let channel = || Channel {
            resampler: Resampler::new(rate, RATE),
            taken: 0,
            fresh: Vec::new(),
            waiting: VecDeque::new(),
            cut: Vec::new(),
        };
        let mut channels: Vec<Channel<'p>> = (0..channels).map(|_| channel()).collect();
        for stretch in stretches {
            if let Some(channel) = channels.get_mut(stretch.channel) {
                channel.waiting.push_back(stretch);
            }
        }
        Self { channels }
    }

    /// Takes samples of each channel and hands over the stretches that are whole by now.
    ///
    /// # Errors
    /// The first one of `take`.
    pub fn push<E>(
        &mut self,
        channels: &[Vec<f32>],
        mut take: impl FnMut(&'p Stretch, &[f32]) -> Result<(), E>,
    ) -> Result<(), E> {
        for (channel, samples) in self.channels.iter_mut().zip(channels) {
            channel.fresh.clear();
            channel.resampler.push(samples, &mut channel.fresh);
            channel.hand_over(false, &mut take)?;
        }
        Ok(())
    }

    /// Hands over what was held back; the sound is over.
    ///
    /// # Errors
    /// The first one of `take`.
    pub fn finish<E>(
        mut self,
        mut take: impl FnMut(&'p Stretch, &[f32]) -> Result<(), E>,
    ) -> Result<(), E> {
        for channel in &mut self.channels {
            channel.fresh.clear();
            channel.resampler.finish(&mut channel.fresh);
            channel.hand_over(true, &mut take)?;
        }
        Ok(())
    }
}

impl<'p> Channel<'p> {
    fn hand_over<E>(
        &mut self,
        all: bool,
        take: &mut impl FnMut(&'p Stretch, &[f32]) -> Result<(), E>,
    ) -> Result<(), E> {
        let per_ms = u64::from(RATE / 1000);
        let until = self.taken + self.fresh.len() as u64;
        while let Some(stretch) = self.waiting.front().copied() {
            self.cut.resize((u64::from(stretch.length_ms()) * per_ms) as usize, 0.0);
            for piece in &stretch.pieces {
                let [start, end] =
                    [piece.source.start_ms, piece.source.end_ms].map(|ms| u64::from(ms) * per_ms);
                let (from, to) = (start.max(self.taken), end.min(until));
                if from < to {
                    let source = &self.fresh[(from - self.taken) as usize..];
                    let at = u64::from(piece.at_ms) * per_ms + from - start;
                    let target = &mut self.cut[at as usize..][..(to - from) as usize];
                    target.copy_from_slice(&source[..target.len()]);
                }
            }
            if !all && u64::from(stretch.end_ms()) * per_ms > until {
                break;
            }
            self.waiting.pop_front();
            take(stretch, &self.cut)?;
            self.cut.clear();
        }
        self.taken = until;
        Ok(())
    }
}
