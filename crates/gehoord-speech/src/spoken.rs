//! What a voice says while a call runs, cut where it rests, so that it can be written out.

use std::collections::VecDeque;

use gehoord_conversation::Party;

use crate::measure::{HOP, HOP_MS, RATE};

/// After a rest of so many frames a stretch is over: 700 ms.
const REST: u64 = 70;
/// So much sound goes along before and after speech, in frames: 200 ms.
const EDGE: u64 = 20;
/// A stretch is no longer than so many frames: 20 s.
const MOST: u64 = 2_000;
/// With fewer frames of speech it is no word: 150 ms.
const LEAST: u64 = 15;

/// A stretch in which somebody spoke.
#[derive(Debug, Clone, PartialEq)]
pub struct Spoken {
    /// Who.
    pub party: Party,
    /// Where it begins in the call, in milliseconds.
    pub at_ms: u64,
    /// Its sound, of [`Spoken::RATE`] samples a second.
    pub samples: Vec<f32>,
}

impl Spoken {
    /// Samples a second.
    pub const RATE: u32 = RATE;
}

/// Cuts the sound of one voice. Of a voice that rests hardly any sound is in memory, of one that
/// speaks as much as a stretch can hold.
#[derive(Debug, Default)]
pub(crate) struct Cutting {
    samples: VecDeque<f32>,
    /// Where the first of them is in the call, in samples.
    first: u64,
    open: Option<Open>,
    /// Frame after the last of the stretch before.
    ended: u64,
    /// Where each begins, in samples, and its sound.
    ready: Vec<(u64, Vec<f32>)>,
}

/// A stretch that goes on.
#[derive(Debug, Clone, Copy)]
struct Open {
    /// Its first frame, and the one after its last with speech.
    from: u64,
    last: u64,
    /// Frames with speech.
    spoke: u64,
}

impl Cutting {
    /// Sound that goes on where the last ended.
    pub(crate) fn push(&mut self, samples: &[f32]) {
        self.samples.extend(samples);
    }

    /// Whether there is speech in a frame; they come in order, some time after their sound.
    pub(crate) fn frame(&mut self, at: u64, speech: bool) {
        match &mut self.open {
            Some(open) => {
                if speech {
                    (open.last, open.spoke) = (at + 1, open.spoke + 1);
                }
                let rests = at + 1 >= open.last + REST;
                if rests || at + 1 >= open.from + MOST {
                    self.close(at + 1);
                }
            }
            None if speech => {
                let from = at.saturating_sub(EDGE).max(self.ended);
                let from = from.max(self.first.div_ceil(HOP as u64));
                self.open = Some(Open { from, last: at + 1, spoke: 1 });
            }
            None => {}
        }
        // What no stretch can begin with any more goes.
        let keep = self.open.map_or((at + 1).saturating_sub(EDGE), |open| open.from);
        let gone = (keep * HOP as u64).saturating_sub(self.first).min(self.samples.len() as u64);
        self.samples.drain(..gone as usize);
        self.first += gone;
    }

    /// The sound goes on at another place, or not at all.
    pub(crate) fn go_on(&mut self, at: u64) {
        self.close(u64::MAX);
        self.samples.clear();
        self.first = at;
    }

    /// What is whole by now.
    pub(crate) fn take(&mut self) -> impl Iterator<Item = (u64, Vec<f32>)> {
        let per_ms = HOP as u64 / u64::from(HOP_MS);
        std::mem::take(&mut self.ready).into_iter().map(move |(at, sound)| (at / per_ms, sound))
    }

    /// Ends the stretch that goes on, at this frame at the latest.
    fn close(&mut self, latest: u64) {
        let Some(open) = self.open.take() else { return };
        if open.spoke < LEAST {
            return;
        }
        self.ended = (open.last + EDGE).min(latest);
        let place = |frame: u64| (frame.saturating_mul(HOP as u64)).saturating_sub(self.first);
        let end = place(self.ended).min(self.samples.len() as u64) as usize;
        let start = (place(open.from) as usize).min(end);
        let sound: Vec<f32> = self.samples.range(start..end).copied().collect();
        self.ready.push((self.first + start as u64, sound));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Frames of sound that is as loud as its number, some of them with speech.
    fn cut(frames: u64, speech: impl Fn(u64) -> bool) -> (Vec<(u64, usize, f32)>, usize) {
        let mut cutting = Cutting::default();
        let mut most = 0;
        let mut found = Vec::new();
        for at in 0..frames {
            cutting.push(&[at as f32; HOP]);
            most = most.max(cutting.samples.len());
            // What is heard of a frame is known half a second later.
            if at >= 50 {
                cutting.frame(at - 50, speech(at - 50));
            }
            found.extend(cutting.take());
        }
        cutting.go_on(0);
        found.extend(cutting.take());
        let shown = found.iter().map(|(at, sound)| (*at, sound.len() / HOP, sound[0])).collect();
        (shown, most)
    }

    #[test]
    fn what_is_said_is_cut_where_it_rests_with_its_edges() {
        // From 1 s to 2 s with a short rest, and from 4 s to 5 s.
        let speech = |at| matches!(at, 100..130 | 160..200 | 400..500);
        let (found, most) = cut(700, speech);
        assert_eq!(found, [(800, 140, 80.0), (3_800, 140, 380.0)]);
        assert!(most < 400 * HOP, "{most}");
    }

    #[test]
    fn who_goes_on_and_on_is_cut_before_memory_grows() {
        let (found, most) = cut(10_000, |at| at >= 100);
        let lengths: Vec<usize> = found.iter().map(|(_, frames, _)| *frames).collect();
        assert!(lengths.len() >= 5 && lengths.iter().all(|frames| *frames <= MOST as usize));
        assert!(most <= (MOST as usize + 100) * HOP, "{most}");
        // Nothing is lost between them: each begins no later than the one before ended.
        for pair in found.windows(2) {
            assert!(pair[1].0 <= pair[0].0 + pair[0].1 as u64 * u64::from(HOP_MS), "{found:?}");
        }
    }

    #[test]
    fn a_click_is_no_word_and_a_gap_ends_what_was_said() {
        assert_eq!(cut(400, |at| (100..105).contains(&at)).0, []);
        let mut cutting = Cutting::default();
        cutting.push(&[1.0; 100 * HOP]);
        (0..100).for_each(|at| cutting.frame(at, at >= 50));
        cutting.go_on(80_000);
        cutting.push(&[2.0; 100 * HOP]);
        (1_000..1_100).for_each(|at| cutting.frame(at, at >= 1_050));
        cutting.go_on(0);
        let found: Vec<(u64, usize)> =
            cutting.take().map(|(at, sound)| (at, sound.len() / HOP)).collect();
        assert_eq!(found, [(300, 70), (10_300, 70)]);
    }
}
