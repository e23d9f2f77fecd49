//! A call while it runs: sound of both voices in, at any moment how it stands out.
//!
//! Only physical measures, and of each voice the same. What becomes of an overlap (an interruption,
//! a word that shows listening) is known when the other has gone on; [`Call`](crate::Call) tells it
//! afterwards.

use std::collections::VecDeque;

use gehoord_conversation::Party;

use crate::Track;
use crate::measure::{HOP, HOP_MS, RATE};

/// The longest call, in samples: twelve hours.
pub const LONGEST: u64 = 12 * 3600 * RATE as u64;
/// Sound that comes so many samples beside its time is taken as coming in time: 50 ms.
const BESIDE: u64 = 400;
/// A gap that is longer is no gap within a voice; its measures begin anew: 1 s.
const LONG_GAP: u64 = RATE as u64;
/// A voice is waited for while the other is so many frames ahead: 5 s.
const MOST_AHEAD: usize = 500;
/// Somebody still speaks so many frames after the last sound: 200 ms.
const BREATH: u64 = 20;
/// Both at once for so many frames is an overlap: 300 ms.
const OVERLAP: u64 = 30;
/// Who speaks for so many frames has the word: 1 s.
const WORD: u64 = 100;
/// Pace is that of so many last frames in which somebody spoke: 10 s.
const PACE_OVER: usize = 1_000;
/// Of fewer frames no pace is told: 3 s.
const PACE_FROM: usize = 300;
/// How it stands is told at least once in so many frames: 1 s.
const TELL: u64 = 100;

/// How a call stands. Times are in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Now {
    /// So much of the call was heard.
    pub at_ms: u64,
    /// The customer's voice.
    pub customer: VoiceNow,
    /// The agent's voice.
    pub agent: VoiceNow,
    /// How long both spoke at once.
    pub overlap_ms: u64,
    /// How long nobody speaks by now; 0 when somebody does.
    pub silence_ms: u64,
    /// The longest time that nobody spoke.
    pub longest_silence_ms: u64,
    /// Sound that never came, or came too late, of both voices together.
    pub missing_ms: u64,
}

/// How one voice stands.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct VoiceNow {
    /// Whether they speak.
    pub speaking: bool,
    /// How long they spoke.
    pub talk_ms: u64,
    /// Their part of all that was spoken, 0 to 1; `None` before anybody spoke.
    pub share: Option<f32>,
    /// Syllables a second over the last ten seconds of their speech; `None` before three.
    pub pace: Option<f32>,
    /// How long they have the word by now; 0 when the other has it.
    pub monologue_ms: u64,
    /// The longest that they had the word.
    pub longest_ms: u64,
    /// How often they began while the other spoke, and both went on for 300 ms.
    pub overlaps: u32,
}

/// Hears a call while it runs. Memory does not grow with its length.
#[derive(Debug)]
pub struct Running {
    lanes: [Lane; 2],
    voices: [Voice; 2],
    /// Frames that are told of.
    at: u64,
    /// Who has the word, and since when.
    word: Option<(usize, u64)>,
    both: u64,
    overlap: u64,
    silence: u64,
    longest_silence: u64,
    news: bool,
}

/// A frame of one voice, as far as it is needed here.
#[derive(Debug, Clone, Copy, Default)]
struct Heard {
    speech: bool,
    syllable: bool,
}

/// What came in of one voice.
#[derive(Debug)]
struct Lane {
    track: Track,
    /// Samples up to here came in.
    taken: u64,
    /// Frames that wait for the other voice.
    frames: VecDeque<Heard>,
    /// Frames that came out of the lane.
    made: u64,
    /// Frames that were told of as silent before they came.
    owed: u64,
    missing: u64,
}

/// What is known of one voice.
#[derive(Debug, Default)]
struct Voice {
    talk: u64,
    /// Whether each of the last frames of speech was the top of a syllable.
    pace: VecDeque<bool>,
    syllables: usize,
    /// Frame after the last one with speech.
    last: u64,
    /// Frame in which they began to speak.
    began: u64,
    speaking: bool,
    longest: u64,
    overlaps: u32,
}

impl Default for Running {
    fn default() -> Self {
        Self {
            lanes: [Lane::new(), Lane::new()],
            voices: Default::default(),
            at: 0,
            word: None,
            both: 0,
            overlap: 0,
            silence: 0,
            longest_silence: 0,
            news: false,
        }
    }
}

impl Running {
    /// Takes samples (8 kHz, −1 to 1) of one voice that begin `at` samples after the start of the
    /// call. What was told already, and what lies beyond [`LONGEST`], is left aside. Only customer
    /// and agent are heard.
    pub fn push(&mut self, party: Party, at: u64, samples: &[f32]) {
        let lane = match party {
            Party::Customer => 0,
            Party::Agent => 1,
            _ => return,
        };
        self.lanes[lane].push(at, samples);
        self.settle(MOST_AHEAD);
    }

    /// Samples up to which something of either voice came in.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.lanes.iter().map(|lane| lane.taken).max().unwrap_or_default()
    }

    /// How it stands, when there is something to tell: somebody began or ended, or a second passed.
    pub fn news(&mut self) -> Option<Now> {
        std::mem::take(&mut self.news).then(|| self.now())
    }

    /// How it stands.
    #[must_use]
    pub fn now(&self) -> Now {
        let talk: u64 = self.voices.iter().map(|voice| voice.talk).sum();
        let voice = |side: usize| {
            let voice = &self.voices[side];
            let word = self.word.filter(|(who, _)| *who == side);
            let spoken = voice.pace.len();
            VoiceNow {
                speaking: voice.speaking,
                talk_ms: ms(voice.talk),
                share: (talk > 0).then(|| voice.talk as f32 / talk as f32),
                pace: (spoken >= PACE_FROM)
                    .then(|| voice.syllables as f32 * 1000.0 / (spoken as u32 * HOP_MS) as f32),
                monologue_ms: word.map_or(0, |(_, since)| ms(voice.last.saturating_sub(since))),
                longest_ms: ms(voice.longest),
                overlaps: voice.overlaps,
            }
        };
        let missing: u64 = self.lanes.iter().map(|lane| lane.missing).sum();
        Now {
            at_ms: ms(self.at),
            customer: voice(0),
            agent: voice(1),
            overlap_ms: ms(self.overlap),
            silence_ms: ms(self.silence),
            longest_silence_ms: ms(self.longest_silence),
            missing_ms: missing * 1000 / u64::from(RATE),
        }
    }

    /// How it stood when the call was over.
    #[must_use]
    pub fn finish(mut self) -> Now {
        for lane in &mut self.lanes {
            lane.renew();
        }
        self.settle(MOST_AHEAD);
        for lane in &mut self.lanes {
            // What was waited for and never came.
            lane.missing += lane.owed * HOP as u64;
        }
        self.settle(0);
        for voice in &mut self.voices {
            voice.speaking = false;
        }
        self.now()
    }

    /// Tells of all frames that both voices have, or that one has more than `ahead` of alone.
    fn settle(&mut self, ahead: usize) {
        loop {
            let waiting = [self.lanes[0].frames.len(), self.lanes[1].frames.len()];
            if waiting.contains(&0) && waiting.iter().all(|frames| *frames <= ahead) {
                return;
            }
            let frames = [self.lanes[0].next(), self.lanes[1].next()];
            self.step(frames);
        }
    }

    fn step(&mut self, frames: [Heard; 2]) {
        for (voice, frame) in self.voices.iter_mut().zip(frames) {
            self.news |= voice.step(self.at, frame);
        }
        self.at += 1;
        for side in 0..2 {
            let voice = &self.voices[side];
            let has_it = self.word.is_some_and(|(who, _)| who == side);
            if voice.speaking && !has_it && voice.last.saturating_sub(voice.began) >= WORD {
                self.word = Some((side, voice.began));
            }
        }
        if let Some((who, since)) = self.word {
            let voice = &mut self.voices[who];
            voice.longest = voice.longest.max(voice.last.saturating_sub(since));
        }
        match (frames[0].speech, frames[1].speech) {
            (true, true) => {
                self.overlap += 1;
                self.both += 1;
                if self.both == OVERLAP {
                    let second = usize::from(self.voices[1].began > self.voices[0].began);
                    self.voices[second].overlaps += 1;
                    self.news = true;
                }
            }
            _ if self.voices.iter().all(|voice| voice.speaking) => {}
            _ => self.both = 0,
        }
        if frames.iter().any(|frame| frame.speech) {
            self.silence = 0;
        } else {
            self.silence += 1;
            self.longest_silence = self.longest_silence.max(self.silence);
        }
        self.news |= self.at.is_multiple_of(TELL);
    }
}

impl Voice {
    /// Whether they began or ended.
    fn step(&mut self, at: u64, frame: Heard) -> bool {
        let before = self.speaking;
        if frame.speech {
            if !before {
                self.began = at;
            }
            self.talk += 1;
            self.last = at + 1;
            self.pace.push_back(frame.syllable);
            self.syllables += usize::from(frame.syllable);
            if self.pace.len() > PACE_OVER {
                self.syllables -= usize::from(self.pace.pop_front().unwrap_or_default());
            }
        }
        self.speaking = frame.speech || before && at - self.last < BREATH;
        self.speaking != before
    }
}

impl Lane {
    fn new() -> Self {
        let track = Track::new(RATE);
        Self { track, taken: 0, frames: VecDeque::new(), made: 0, owed: 0, missing: 0 }
    }

    fn push(&mut self, at: u64, samples: &[f32]) {
        let mut samples = &samples[..samples.len().min(LONGEST.saturating_sub(at) as usize)];
        if self.taken.abs_diff(at) > BESIDE {
            // What came before is not heard twice.
            let known = self.taken.saturating_sub(at).min(samples.len() as u64);
            samples = &samples[known as usize..];
            if samples.is_empty() {
                return;
            }
            let gap = at.saturating_sub(self.taken);
            self.missing += gap;
            if gap > LONG_GAP {
                self.renew();
                self.taken = at;
                while self.made < at / HOP as u64 {
                    self.keep(Heard::default());
                }
            } else {
                self.hear(&vec![0.0; gap as usize]);
            }
        }
        if self.taken < LONGEST {
            self.hear(samples);
        }
    }

    fn hear(&mut self, samples: &[f32]) {
        let mut heard = Vec::new();
        self.track.push(samples, |frame| heard.push(frame));
        self.taken += samples.len() as u64;
        for frame in heard {
            self.keep(Heard { speech: frame.speech, syllable: frame.syllable });
        }
    }

    /// Hands over what the measures hold back, and begins them anew.
    fn renew(&mut self) {
        let mut heard = Vec::new();
        std::mem::replace(&mut self.track, Track::new(RATE)).finish(|frame| heard.push(frame));
        for frame in heard {
            self.keep(Heard { speech: frame.speech, syllable: frame.syllable });
        }
    }

    fn keep(&mut self, frame: Heard) {
        self.made += 1;
        if self.owed > 0 {
            self.owed -= 1;
            self.missing += HOP as u64;
        } else {
            self.frames.push_back(frame);
        }
    }

    /// The next frame; silence where it did not come in time.
    fn next(&mut self) -> Heard {
        self.frames.pop_front().unwrap_or_else(|| {
            self.owed += 1;
            Heard::default()
        })
    }
}

const fn ms(frames: u64) -> u64 {
    frames * HOP_MS as u64
}
