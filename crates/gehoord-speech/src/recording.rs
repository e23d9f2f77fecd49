//! A recording from its start to its end: what is heard in it, and its sound as it may be kept.
//!
//! What is kept is telephone quality (µ-law, 8 kHz, each channel), as everything is measured at
//! that, and every browser plays it. Stretches can be taken out of it and none can be put back.

use gehoord_conversation::Conversation;
use gehoord_conversation::voice::{TimeSpan, VoiceLines, VoiceReport};

use crate::audio::AudioReader;
use crate::audio::g711::Law;
use crate::audio::resample::Resampler;
use crate::audio::wav::{Form, head};
use crate::call::{Call, Fit, Layout, WholeCall, lay_beside};

/// Of two channels the agent is on the second, where nobody says so.
const AGENT_CHANNEL: usize = 1;
/// Samples a second of what is kept.
pub const KEPT_RATE: u32 = 8_000;
/// The sound of a longer call is not kept.
const LONGEST_S: usize = 4 * 3600;
/// So much of what was said must lie where anybody speaks; less of it is another call.
const LEAST_SHARED: f64 = 0.3;

/// What was heard in a recording.
#[derive(Debug)]
pub struct Heard {
    /// How it was said.
    pub voice: VoiceReport,
    /// How loud and how high both voices were.
    pub lines: VoiceLines,
    /// Where each channel has speech.
    pub speech: Vec<Vec<TimeSpan>>,
    /// Its sound; none where it was not asked for, or the call is too long.
    pub tape: Option<Tape>,
    /// How its words fit, where there are any.
    pub fit: Option<Fit>,
    /// Whether anybody said, or the words tell, which channel is the agent's.
    pub agent_known: bool,
    /// What could not be read.
    pub notes: Vec<String>,
}

impl Heard {
    /// The words of the call, as they were written out of its sound.
    pub fn add_words(&mut self, words: &Conversation) {
        self.fit = Some(lay_beside(&mut self.voice, words));
    }

    /// Whether the words lie where nobody speaks: they are of another call.
    #[must_use]
    pub fn is_of_another_call(&self, words: &Conversation) -> bool {
        let (mut all, mut shared) = (0_u64, 0_u64);
        for said in words.turns.iter().filter_map(|turn| turn.spoken()) {
            all += u64::from(said.length_ms());
            let heard = self.voice.turns.iter().map(|turn| turn.span.shared_ms(said)).sum::<u32>();
            shared += u64::from(heard.min(said.length_ms()));
        }
        all > 0 && (shared as f64) < LEAST_SHARED * all as f64
    }
}

/// Hears a recording, with the words that were said in it where they are known. With `keep` its
/// sound is written down: a megabyte a minute for two channels; without, memory hardly grows.
pub fn hear(
    mut reader: AudioReader,
    agent: Option<usize>,
    words: Option<&Conversation>,
    keep: bool,
) -> Heard {
    let two = reader.channels() == 2;
    let layout = match two {
        true => Layout::Two { agent: agent.unwrap_or(AGENT_CHANNEL) },
        false => Layout::One,
    };
    let mut call = Call::new(reader.rate(), layout);
    let mut taping = keep.then(|| Taping::new(reader.rate(), reader.channels()));
    while !call.is_full()
        && let Some(block) = reader.next_block()
    {
        call.push(&block.channels);
        if let Some(taping) = &mut taping {
            taping.push(&block.channels);
        }
    }
    let mut notes = reader.notes();
    if call.is_full() {
        notes.push("only the first twelve hours were heard".to_owned());
    }
    let WholeCall { mut voice, mut lines, speech } = call.finish_whole();
    let mut agent_known = agent.is_some();
    let fit = words.map(|said| {
        let fit = lay_beside(&mut voice, said);
        if fit == Fit::Swapped && agent.is_none() {
            voice = std::mem::take(&mut voice).swapped();
            lines = std::mem::take(&mut lines).swapped();
            agent_known = true;
            return lay_beside(&mut voice, said);
        }
        agent_known |= fit == Fit::Fits;
        fit
    });
    let tape = taping.and_then(Taping::finish);
    Heard { voice, lines, speech, tape, fit, agent_known, notes }
}

/// Sound that is being written down.
#[derive(Debug)]
struct Taping {
    /// None where the rate is the right one.
    resamplers: Vec<Option<Resampler>>,
    sides: Vec<Vec<u8>>,
    samples: Vec<f32>,
}

impl Taping {
    fn new(rate: u32, channels: usize) -> Self {
        let resampler = || (rate != KEPT_RATE).then(|| Resampler::new(rate, KEPT_RATE));
        Self {
            resamplers: (0..channels).map(|_| resampler()).collect(),
            sides: vec![Vec::new(); channels],
            samples: Vec::new(),
        }
    }

    fn push(&mut self, channels: &[Vec<f32>]) {
        for ((resampler, side), given) in
            self.resamplers.iter_mut().zip(&mut self.sides).zip(channels)
        {
            if side.len() > LONGEST_S * KEPT_RATE as usize {
                continue;
            }
            match resampler {
                None => side.extend(given.iter().map(|sample| Law::Mu.encode(*sample))),
                Some(resampler) => {
                    self.samples.clear();
                    resampler.push(given, &mut self.samples);
                    side.extend(self.samples.iter().map(|sample| Law::Mu.encode(*sample)));
                }
            }
        }
    }

    fn finish(mut self) -> Option<Tape> {
        for (resampler, side) in self.resamplers.iter_mut().zip(&mut self.sides) {
            if let Some(resampler) = resampler {
                self.samples.clear();
                resampler.finish(&mut self.samples);
                side.extend(self.samples.iter().map(|sample| Law::Mu.encode(*sample)));
            }
        }
        let fits = self.sides.iter().all(|side| side.len() <= LONGEST_S * KEPT_RATE as usize);
        fits.then_some(Tape { sides: self.sides })
    }
}

/// The sound of a call: µ-law of [`KEPT_RATE`], each channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tape {
    sides: Vec<Vec<u8>>,
}

impl Tape {
    /// Takes a stretch out of every channel: what is said on one is often heard on the other.
    pub fn silence(&mut self, span: TimeSpan) {
        let per_ms = KEPT_RATE as usize / 1000;
        let silence = Law::Mu.encode(0.0);
        for side in &mut self.sides {
            let end = (span.end_ms as usize * per_ms).min(side.len());
            let start = (span.start_ms as usize * per_ms).min(end);
            side[start..end].fill(silence);
        }
    }

    /// As a WAV file.
    #[must_use]
    pub fn wav(&self) -> Vec<u8> {
        let frames = self.sides.iter().map(Vec::len).min().unwrap_or_default();
        let channels = self.sides.len() as u16;
        let mut out = head(Form::MuLaw, channels, KEPT_RATE, frames as u32);
        match &self.sides[..] {
            [one] => out.extend_from_slice(&one[..frames]),
            sides => {
                for at in 0..frames {
                    out.extend(sides.iter().map(|side| side[at]));
                }
            }
        }
        out
    }
}

/// Where the voices of a recording with words say something that no words stand for, such as what
/// the transcript left out. Short words that show listening are not meant.
#[must_use]
pub fn without_words(voice: &VoiceReport, words: &Conversation) -> Vec<TimeSpan> {
    let said: Vec<TimeSpan> = words.turns.iter().filter_map(|turn| turn.spoken()).collect();
    let heard = voice.turns.iter().filter(|turn| !turn.backchannel).map(|turn| turn.span);
    heard.filter(|span| said.iter().all(|said| said.shared_ms(*span) == 0)).collect()
}

#[cfg(test)]
mod tests {
    use gehoord_conversation::voice::VoiceTurn;
    use gehoord_conversation::{Channel, Party, Turn};

    use super::*;

    fn spoken(spans: &[(f64, f64)]) -> Conversation {
        let mut conversation = Conversation::new("c", Channel::Phone);
        for (start, end) in spans {
            let mut turn = Turn::new(Party::Customer, "hallo");
            turn.meta.insert("start".to_owned(), (*start).into());
            turn.meta.insert("end".to_owned(), (*end).into());
            conversation.turns.push(turn);
        }
        conversation
    }

    fn heard(spans: &[(u32, u32, bool)]) -> Heard {
        let turn = |(start, end, backchannel): &(u32, u32, bool)| VoiceTurn {
            party: Some(Party::Customer),
            span: TimeSpan::new(*start, *end),
            backchannel: *backchannel,
            answered_after_ms: None,
            sound: gehoord_conversation::voice::Sound::default(),
            said: Vec::new(),
        };
        let voice =
            VoiceReport { turns: spans.iter().map(turn).collect(), ..VoiceReport::default() };
        let lines = VoiceLines::default();
        Heard {
            voice,
            lines,
            speech: Vec::new(),
            tape: None,
            fit: None,
            agent_known: false,
            notes: Vec::new(),
        }
    }

    #[test]
    fn a_stretch_is_silenced_on_both_channels_and_no_further() {
        let mut taping = Taping::new(KEPT_RATE, 2);
        taping.push(&[vec![0.5; 800], vec![-0.5; 800]]);
        let mut tape = taping.finish().unwrap();
        tape.silence(TimeSpan::new(10, 20));
        // Beyond the end, and the wrong way about, nothing breaks.
        tape.silence(TimeSpan::new(90, 500));
        tape.silence(TimeSpan::new(u32::MAX, 0));
        let silence = Law::Mu.encode(0.0);
        for side in &tape.sides {
            let quiet: Vec<usize> = (0..side.len()).filter(|at| side[*at] == silence).collect();
            assert_eq!(quiet, (80..160).chain(720..800).collect::<Vec<_>>());
        }
        let wav = tape.wav();
        assert_eq!(wav.len(), 46 + 1_600);
        assert_eq!(&wav[..4], b"RIFF");
    }

    #[test]
    fn words_that_lie_where_nobody_speaks_are_of_another_call() {
        let call = heard(&[(1_000, 5_000, false)]);
        assert!(!call.is_of_another_call(&spoken(&[(1.2, 4.0)])));
        assert!(call.is_of_another_call(&spoken(&[(1.0, 1.5), (60.0, 64.0)])));
        assert!(!call.is_of_another_call(&spoken(&[])), "words without times tell nothing");
    }

    #[test]
    fn what_nobody_wrote_down_is_known() {
        let call = heard(&[(1_000, 5_000, false), (7_000, 9_000, false), (7_500, 7_800, true)]);
        let without = without_words(&call.voice, &spoken(&[(1.5, 3.0)]));
        assert_eq!(without, [TimeSpan::new(7_000, 9_000)]);
    }
}
