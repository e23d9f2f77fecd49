//! The frames of one voice, kept small.

use crate::Frame;
use crate::measure::HOP_MS;
use crate::measure::formant::Formants;

use super::MOST_FRAMES;

/// Milliseconds of a frame.
pub(super) const FRAME_MS: u32 = HOP_MS;

const SPEECH: u8 = 1;
const SYLLABLE: u8 = 2;
const MUSIC: u8 = 4;
const HOLD: u8 = 8;

/// Steps in a decibel, and in a hertz.
const LEVEL_STEPS: f32 = 2.5;
const PITCH_STEPS: f32 = 64.0;

/// One voice of a call.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lane {
    frames: Vec<Packed>,
    /// Frame and formants in hertz, where there are any.
    formants: Vec<(u32, [u16; 3])>,
}

#[derive(Debug, Clone, Copy)]
struct Packed {
    /// 0 without voice.
    pitch: u16,
    /// Below the loudest.
    level: u8,
    flags: u8,
}

impl Lane {
    pub(crate) fn push(&mut self, frame: Frame) {
        if self.frames.len() >= MOST_FRAMES {
            return;
        }
        let flag = |is: bool, flag: u8| if is { flag } else { 0 };
        // Conversions to whole numbers stop at their ends.
        let packed = Packed {
            pitch: frame.pitch.map_or(0, |hertz| (hertz * PITCH_STEPS).round() as u16),
            level: (-frame.level * LEVEL_STEPS).round() as u8,
            flags: flag(frame.speech, SPEECH)
                | flag(frame.syllable, SYLLABLE)
                | flag(frame.music, MUSIC),
        };
        if let Some(formants) = frame.formants {
            self.formants.push((self.frames.len() as u32, formants.map(|hertz| hertz as u16)));
        }
        self.frames.push(packed);
    }

    /// A frame of which nothing came in; `hold`: as the telephone system has the call on hold.
    pub(crate) fn push_nothing(&mut self, hold: bool) {
        if self.frames.len() < MOST_FRAMES {
            let flags = if hold { HOLD } else { 0 };
            self.frames.push(Packed { pitch: 0, level: u8::MAX, flags });
        }
    }

    /// How many frames there are.
    pub(crate) fn len(&self) -> usize {
        self.frames.len()
    }

    pub(super) fn is_speech(&self, frame: usize) -> bool {
        self.has(frame, SPEECH)
    }

    pub(super) fn is_syllable(&self, frame: usize) -> bool {
        self.has(frame, SYLLABLE)
    }

    pub(super) fn is_music(&self, frame: usize) -> bool {
        self.has(frame, MUSIC)
    }

    pub(super) fn is_hold(&self, frame: usize) -> bool {
        self.has(frame, HOLD)
    }

    /// In decibels below the loudest there can be.
    pub(super) fn level(&self, frame: usize) -> f32 {
        self.frames.get(frame).map_or(-96.0, |frame| -f32::from(frame.level) / LEVEL_STEPS)
    }

    /// In hertz.
    pub(super) fn pitch(&self, frame: usize) -> Option<f32> {
        let pitch = self.frames.get(frame)?.pitch;
        (pitch > 0).then(|| f32::from(pitch) / PITCH_STEPS)
    }

    /// Formants of the frames from `start` to `end`.
    pub(super) fn formants(&self, start: usize, end: usize) -> impl Iterator<Item = Formants> {
        let from = self.formants.partition_point(|(frame, _)| (*frame as usize) < start);
        self.formants[from..]
            .iter()
            .take_while(move |(frame, _)| (*frame as usize) < end)
            .map(|(_, formants)| formants.map(f32::from))
    }

    fn has(&self, frame: usize, flag: u8) -> bool {
        self.frames.get(frame).is_some_and(|frame| frame.flags & flag != 0)
    }
}
