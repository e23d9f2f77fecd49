//! What is known of one voice of a running call, frame by frame.

use std::collections::VecDeque;

use super::lane::Heard;

/// Somebody still speaks so many frames after the last sound: 200 ms.
pub(super) const BREATH: u64 = 20;
/// Pace is that of so many last frames in which somebody spoke: 10 s.
const PACE_OVER: usize = 1_000;

/// What is known of one voice.
#[derive(Debug, Default)]
pub(super) struct Voice {
    pub(super) talk: u64,
    /// Whether each of the last frames of speech was the top of a syllable.
    pub(super) pace: VecDeque<bool>,
    pub(super) syllables: usize,
    /// Frame after the last one with speech.
    pub(super) last: u64,
    /// Frame in which they began to speak.
    pub(super) began: u64,
    pub(super) speaking: bool,
    pub(super) longest: u64,
    pub(super) overlaps: u32,
    /// They began while the other spoke, and nobody knows yet who goes on.
    pub(super) over: bool,
    pub(super) interruptions: u32,
    /// When they interrupted in the last minute.
    pub(super) lately: VecDeque<u64>,
}

impl Voice {
    /// Whether they began or ended.
    pub(super) fn step(&mut self, at: u64, frame: Heard) -> bool {
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
