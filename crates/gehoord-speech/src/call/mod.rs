//! A whole call: both voices side by side, and what is told of them at the end.

mod alone;
mod lane;
mod lines;
mod mirroring;
mod segments;
mod sound;
mod speech;
mod turns;
mod words;

use gehoord_conversation::Party;
use gehoord_conversation::voice::{
    TimeSpan, Voice, VoiceLines, VoiceReport, VoiceTurn, Wait, WaitKind,
};

use crate::Track;
pub(crate) use alone::Alone;
pub(crate) use lane::Lane;
use segments::Segments;
pub use speech::LONGEST_SPEECH_MS;
pub use words::{Fit, lay_beside};

/// A call from its start to its end.
#[derive(Debug)]
pub struct WholeCall {
    /// How it was said.
    pub voice: VoiceReport,
    /// How loud and how high both voices were over the call.
    pub lines: VoiceLines,
    /// Where each channel has speech: in order, and cut where it rests, so that no piece is longer
    /// than [`LONGEST_SPEECH_MS`].
    pub speech: Vec<Vec<TimeSpan>>,
}

/// What the channels of a recording hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// All voices in one channel; they are not told apart.
    One,
    /// A voice in each of two channels.
    Two {
        /// The channel of the agent, 0 or 1.
        agent: usize,
    },
}

impl Layout {
    fn party(self, channel: usize) -> Option<Party> {
        match self {
            Self::One => None,
            Self::Two { agent } if agent == channel => Some(Party::Agent),
            Self::Two { .. } => Some(Party::Customer),
        }
    }
}

/// So many frames of 10 ms are kept of a call: twelve hours.
const MOST_FRAMES: usize = 12 * 3600 * 100;
/// Nobody speaks for so long: somebody waits.
const LONG_SILENCE_MS: u32 = 10_000;

/// Hears a call while it runs. Of each 10 ms of a voice some bytes are kept: 7 MB an hour for two.
#[derive(Debug)]
pub struct Call {
    rate: u32,
    layout: Layout,
    tracks: Vec<Track>,
    lanes: Vec<Lane>,
}

impl Call {
    /// A call of `rate` samples a second, 8 kHz or more.
    #[must_use]
    pub fn new(rate: u32, layout: Layout) -> Self {
        let channels = if layout == Layout::One { 1 } else { 2 };
        Self {
            rate,
            layout,
            tracks: (0..channels).map(|_| Track::new(rate)).collect(),
            lanes: vec![Lane::default(); channels],
        }
    }

    /// Takes samples of −1 to 1 for each channel, as many for each.
    pub fn push(&mut self, channels: &[Vec<f32>]) {
        for ((track, lane), samples) in self.tracks.iter_mut().zip(&mut self.lanes).zip(channels) {
            track.push(samples, |frame| lane.push(frame));
        }
    }

    /// Whether the call is longer than what is heard of one; what is pushed after that is lost.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.lanes.iter().any(|lane| lane.len() >= MOST_FRAMES)
    }

    /// What was heard; the call is over.
    #[must_use]
    pub fn finish(self) -> VoiceReport {
        self.finish_whole().voice
    }

    /// The same, with what else a whole call tells.
    #[must_use]
    pub fn finish_whole(mut self) -> WholeCall {
        for (track, lane) in self.tracks.into_iter().zip(&mut self.lanes) {
            track.finish(|frame| lane.push(frame));
        }
        whole(&self.lanes, self.layout, self.rate)
    }
}

/// What these lanes tell.
pub(crate) fn whole(lanes: &[Lane], layout: Layout, rate: u32) -> WholeCall {
    let segments = Segments::of(lanes);
    let voice = report(lanes, &segments, layout, rate);
    let lines = lines::lines(lanes, layout, &voice);
    let speech = lanes.iter().zip(&segments.speech);
    let speech = speech.map(|(lane, spans)| speech::cut(lane, spans)).collect();
    WholeCall { voice, lines, speech }
}

fn report(lanes: &[Lane], segments: &Segments, layout: Layout, rate: u32) -> VoiceReport {
    let frames = lanes.iter().map(Lane::len).max().unwrap_or_default();
    let length_ms = frames as u32 * lane::FRAME_MS;
    let turned = turns::turns(lanes, segments, layout);
    let mut waits: Vec<Wait> =
        segments.music.iter().map(|span| Wait { span: *span, kind: WaitKind::Music }).collect();
    waits.extend(segments.holds.iter().map(|span| Wait { span: *span, kind: WaitKind::Hold }));
    let mut silence_ms = 0;
    for quiet in segments.quiet(length_ms) {
        match quiet.length_ms() >= LONG_SILENCE_MS {
            true => waits.push(Wait { span: quiet, kind: WaitKind::Silence }),
            false => silence_ms += quiet.length_ms(),
        }
    }
    waits.sort_by_key(|wait| wait.span.start_ms);
    let talk: Vec<u32> = segments.speech.iter().map(|lane| length(lane)).collect();
    let all = talk.iter().sum::<u32>().max(1);
    let voices = (0..lanes.len())
        .map(|channel| {
            let party = layout.party(channel);
            let own = |turn: &&VoiceTurn| turn.party == party && !turn.backchannel;
            let mut answers: Vec<i32> =
                turned.turns.iter().filter(own).filter_map(|turn| turn.answered_after_ms).collect();
            answers.sort_unstable();
            let answer_ms = answers.last().map(|longest| (answers[answers.len() / 2], *longest));
            let longest = turned.turns.iter().filter(own).map(|turn| turn.span);
            Voice {
                party,
                channel: channel as u8 + 1,
                talk_ms: talk[channel],
                share: talk[channel] as f32 / all as f32,
                turns: turned.turns.iter().filter(own).count(),
                longest: longest.max_by_key(|span| span.length_ms()),
                answer_ms,
                interruptions: turned.interruptions(party),
                backchannels: turned
                    .turns
                    .iter()
                    .filter(|turn| turn.party == party && turn.backchannel)
                    .count(),
                sound: turned.sound_of(party, &lanes[channel], &segments.speech[channel]),
            }
        })
        .collect();
    let mirroring = (layout != Layout::One).then(|| mirroring::mirroring(&turned.turns));
    VoiceReport {
        length_ms,
        rate,
        voices,
        turns: turned.turns,
        overlaps: turned.overlaps,
        waits,
        silence_ms,
        mirroring,
    }
}

fn length(spans: &[TimeSpan]) -> u32 {
    spans.iter().map(|span| span.length_ms()).sum()
}
