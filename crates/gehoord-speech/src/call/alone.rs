//! One voice alone, while it goes on: where it spoke, and how it sounded.

use gehoord_conversation::voice::{Sound, TimeSpan};

use super::lane::{FRAME_MS, Lane};
use super::segments::{Segments, frames};
use super::sound::sound;
use crate::Frame;

/// The frames of one voice.
#[derive(Debug, Clone, Default)]
pub(crate) struct Alone(Lane);

impl Alone {
    pub(crate) fn push(&mut self, frame: Frame) {
        self.0.push(frame);
    }

    /// How much was heard, in milliseconds.
    pub(crate) fn length_ms(&self) -> u32 {
        self.0.len() as u32 * FRAME_MS
    }

    /// Whether somebody spoke in the last frame.
    pub(crate) fn speaks(&self) -> bool {
        self.0.len().checked_sub(1).is_some_and(|last| self.0.is_speech(last))
    }

    /// Where it spoke so far, and how that sounded. Its formants are means, not medians: vowels lie
    /// in heaps, and a median leaps from one heap to the next.
    pub(crate) fn heard(&self) -> (Vec<TimeSpan>, Sound) {
        let lanes = std::slice::from_ref(&self.0);
        let spans = Segments::of(lanes).speech.pop().unwrap_or_default();
        let mut sound = sound(&self.0, &spans);
        sound.formants = sound.formants.map(|_| self.middle(&spans));
        (spans, sound)
    }

    /// Geometric means of the formants without the tenth at each end.
    fn middle(&self, spans: &[TimeSpan]) -> [f32; 3] {
        let mut all: [Vec<f32>; 3] = Default::default();
        for span in spans {
            let range = frames(*span);
            for found in self.0.formants(range.start, range.end) {
                all.iter_mut().zip(found).for_each(|(all, one)| all.push(one.ln()));
            }
        }
        all.map(|mut all| {
            all.sort_unstable_by(f32::total_cmp);
            let end = all.len() / 10;
            let kept = &all[end..all.len() - end];
            (kept.iter().sum::<f32>() / kept.len() as f32).exp()
        })
    }
}
