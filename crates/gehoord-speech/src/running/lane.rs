//! What comes in of one voice of a running call: sound with its time in, frames in their places out.

use std::collections::VecDeque;

use super::LONGEST;
use crate::measure::{HOP, RATE};
use crate::spoken::Cutting;
use crate::{Frame, Track, call};

/// Sound that comes so many samples beside its time is taken as coming in time: 50 ms.
const BESIDE: u64 = 400;
/// A gap that is longer is no gap within a voice; its measures begin anew: 1 s.
const LONG_GAP: u64 = RATE as u64;
/// Sound in steps of so many samples is looked at as it comes in: 20 ms; a step that is louder than
/// this, in decibels, may be a voice; somebody may still speak so many steps after it: 300 ms.
const STEP: usize = 160;
const MAY_BE_A_VOICE: f32 = -48.0;
pub(super) const STEPS: u8 = 15;
/// The measures of a longer call are not kept for its end: four hours, some 28 MB of both voices.
const MOST_MEASURED: usize = 4 * 3600 * 100;

/// A frame of one voice, as far as it is needed here.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Heard {
    pub(super) speech: bool,
    pub(super) syllable: bool,
    pub(super) music: bool,
    /// The telephone system said that the call is on hold.
    pub(super) paused: bool,
}

impl From<Frame> for Heard {
    fn from(frame: Frame) -> Self {
        let (speech, syllable, music) = (frame.speech, frame.syllable, frame.music);
        Self { speech, syllable, music, paused: false }
    }
}

/// What came in of one voice.
#[derive(Debug)]
pub(super) struct Lane {
    track: Track,
    /// Samples up to here came in.
    pub(super) taken: u64,
    /// Frames that wait for the other voice.
    pub(super) frames: VecDeque<Heard>,
    /// Frames that came out of the lane.
    made: u64,
    /// Frames that were told of as silent before they came.
    pub(super) owed: u64,
    pub(super) missing: u64,
    /// Steps since the last one that may be a voice, up to [`STEPS`].
    pub(super) faint: u8,
    /// Power and number of the samples of the step that is being filled.
    step: (f32, usize),
    /// What was measured from the start on, where it is asked for at the end.
    measured: Option<call::Lane>,
    /// What is said, where it is wanted.
    pub(super) words: Option<Cutting>,
}

impl Lane {
    /// `measured`: what was measured is asked for at the end.
    pub(super) fn new(measured: bool) -> Self {
        Self {
            track: Track::new(RATE),
            taken: 0,
            frames: VecDeque::new(),
            made: 0,
            owed: 0,
            missing: 0,
            faint: STEPS,
            step: (0.0, 0),
            measured: measured.then(call::Lane::default),
            words: None,
        }
    }

    /// What was measured from the start on; none where nobody asked for it, or it was too long.
    pub(super) fn take_measured(&mut self) -> Option<call::Lane> {
        self.measured.take()
    }

    /// Nothing comes in up to this sample, because of a hold.
    pub(super) fn pause(&mut self, until: u64) {
        if until <= self.taken {
            return;
        }
        self.renew();
        self.leap(until);
        while self.made < until / HOP as u64 {
            self.keep(Heard { paused: true, ..Heard::default() }, None);
        }
    }

    /// Whether there may be a voice in what comes in, by its level.
    fn listen(&mut self, samples: &[f32]) {
        for sample in samples {
            self.step.0 += sample * sample;
            self.step.1 += 1;
            if self.step.1 == STEP {
                let level = 10.0 * (self.step.0 / STEP as f32).max(1e-12).log10();
                let loud = level > MAY_BE_A_VOICE;
                self.faint = if loud { 0 } else { (self.faint + 1).min(STEPS) };
                self.step = (0.0, 0);
            }
        }
    }

    pub(super) fn push(&mut self, at: u64, samples: &[f32]) {
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
                self.leap(at);
                while self.made < at / HOP as u64 {
                    self.keep(Heard::default(), None);
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
        self.listen(samples);
        if let Some(words) = &mut self.words {
            words.push(samples);
        }
        let mut heard = Vec::new();
        self.track.push(samples, |frame| heard.push(frame));
        self.taken += samples.len() as u64;
        for frame in heard {
            self.keep(frame.into(), Some(frame));
        }
    }

    /// Hands over what the measures hold back, and begins them anew.
    pub(super) fn renew(&mut self) {
        let mut heard = Vec::new();
        std::mem::replace(&mut self.track, Track::new(RATE)).finish(|frame| heard.push(frame));
        for frame in heard {
            self.keep(frame.into(), Some(frame));
        }
    }

    /// What comes next is at another place in the call.
    pub(super) fn leap(&mut self, to: u64) {
        self.taken = to;
        if let Some(words) = &mut self.words {
            words.go_on(to);
        }
    }

    /// A frame in its place; without `measured`, nothing came in.
    fn keep(&mut self, frame: Heard, measured: Option<Frame>) {
        if let Some(words) = &mut self.words {
            words.frame(self.made, frame.speech && !frame.music);
        }
        self.made += 1;
        match (&mut self.measured, measured) {
            (Some(lane), _) if lane.len() >= MOST_MEASURED => self.measured = None,
            (Some(lane), Some(frame)) => lane.push(frame),
            (Some(lane), None) => lane.push_nothing(frame.paused),
            (None, _) => {}
        }
        if self.owed > 0 {
            self.owed -= 1;
            self.missing += HOP as u64;
        } else {
            self.frames.push_back(frame);
        }
    }

    /// The next frame; silence where it did not come in time.
    pub(super) fn next(&mut self) -> Heard {
        self.frames.pop_front().unwrap_or_else(|| {
            self.owed += 1;
            Heard::default()
        })
    }
}
