//! Pitch, by autocorrelation and the cheapest path through its peaks (Boersma 1993).
//!
//! P. Boersma, "Accurate short-term analysis of the fundamental frequency and the
//! harmonics-to-noise ratio of a sampled sound", Proceedings of the Institute of Phonetic Sciences
//! 17:97–110. The costs are those of the paper; a path is decided half a second later, so that it
//! can be followed while a call runs.

use std::collections::VecDeque;
use std::f32::consts::PI;
use std::sync::Arc;

use realfft::{ComplexToReal, RealFftPlanner, RealToComplex, num_complex::Complex};

use super::RATE;

/// The lowest pitch that is heard, in hertz.
pub const FLOOR: f32 = 75.0;
/// The highest pitch that is heard, in hertz.
pub const CEILING: f32 = 500.0;
/// Samples that one pitch is told from: three periods of the lowest.
pub const WINDOW: usize = 320;

/// Samples of the forward and of the inverse transform; the second is finer in time.
const FORWARD: usize = 512;
const INVERSE: usize = 1024;
const FINER: f32 = (INVERSE / FORWARD) as f32;

const VOICING_THRESHOLD: f32 = 0.45;
const SILENCE_THRESHOLD: f32 = 0.03;
const OCTAVE_COST: f32 = 0.01;
const OCTAVE_JUMP_COST: f32 = 0.35;
const VOICED_UNVOICED_COST: f32 = 0.14;

/// Candidates of one frame, the unvoiced one first.
const MOST: usize = 12;
/// Frames after which a path is decided.
const LAG: usize = 48;
/// How often it is decided.
const STRIDE: usize = 8;
/// What the loudest sound so far loses in a frame: half in a minute.
const FORGET: f32 = 0.999_884;

/// Pitch of one frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pitch {
    /// In hertz; `None` where there is no voice.
    pub hertz: Option<f32>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Candidate {
    /// 0 is unvoiced.
    hertz: f32,
    /// What it is worth by itself.
    worth: f32,
    /// What the best path up to here is worth.
    path: f32,
    /// The candidate before it on that path.
    before: u8,
}

/// Hears the pitch of one voice, frame by frame.
pub struct PitchTracker {
    forward: Arc<dyn RealToComplex<f32>>,
    inverse: Arc<dyn ComplexToReal<f32>>,
    window: Vec<f32>,
    /// One over the autocorrelation of the window.
    correction: Vec<f32>,
    time: Vec<f32>,
    spectrum: Vec<Complex<f32>>,
    finer: Vec<Complex<f32>>,
    correlation: Vec<f32>,
    scratch_forward: Vec<Complex<f32>>,
    scratch_inverse: Vec<Complex<f32>>,
    loudest: f32,
    frames: VecDeque<Vec<Candidate>>,
    spare: Vec<Vec<Candidate>>,
}

impl std::fmt::Debug for PitchTracker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PitchTracker").field("waiting", &self.frames.len()).finish_non_exhaustive()
    }
}

impl Default for PitchTracker {
    fn default() -> Self {
        let mut planner = RealFftPlanner::new();
        let forward = planner.plan_fft_forward(FORWARD);
        let inverse = planner.plan_fft_inverse(INVERSE);
        let centre = WINDOW as f32;
        let hann = |i: usize| 0.5 - 0.5 * (2.0 * PI * (i as f32 + 0.5) / centre).cos();
        let mut tracker = Self {
            window: (0..WINDOW).map(hann).collect(),
            correction: Vec::new(),
            time: forward.make_input_vec(),
            spectrum: forward.make_output_vec(),
            finer: inverse.make_input_vec(),
            correlation: inverse.make_output_vec(),
            scratch_forward: forward.make_scratch_vec(),
            scratch_inverse: inverse.make_scratch_vec(),
            forward,
            inverse,
            loudest: 0.0,
            frames: VecDeque::new(),
            spare: Vec::new(),
        };
        tracker.time[..WINDOW].copy_from_slice(&tracker.window);
        tracker.correlate();
        let first = tracker.correlation[0];
        tracker.correction = tracker.correlation.iter().map(|r| first / r.max(1e-6)).collect();
        tracker
    }
}

impl PitchTracker {
    /// Takes the samples around the next frame ([`WINDOW`] of them, of 8 kHz), and gives what is
    /// decided by now, in the order of the frames.
    pub fn push(&mut self, samples: &[f32], decided: &mut Vec<Pitch>) {
        let mut candidates = self.spare.pop().unwrap_or_default();
        candidates.clear();
        self.candidates(samples, &mut candidates);
        self.connect(&mut candidates);
        self.frames.push_back(candidates);
        if self.frames.len() >= LAG + STRIDE {
            self.decide(STRIDE, decided);
        }
    }

    /// Gives what was not decided yet.
    pub fn finish(&mut self, decided: &mut Vec<Pitch>) {
        self.decide(self.frames.len(), decided);
    }

    /// What the frame may be, as of its own.
    fn candidates(&mut self, samples: &[f32], out: &mut Vec<Candidate>) {
        let mean = samples.iter().sum::<f32>() / samples.len().max(1) as f32;
        let middle = samples.len() / 2;
        let reach = (RATE as f32 / FLOOR / 2.0) as usize;
        let near = &samples[middle.saturating_sub(reach)..(middle + reach).min(samples.len())];
        let loud = near.iter().fold(0.0_f32, |most, x| most.max((x - mean).abs()));
        self.loudest = (self.loudest * FORGET).max(loud);
        let share = if self.loudest > 0.0 { loud / self.loudest } else { 0.0 };
        let quiet = 2.0 - share / (SILENCE_THRESHOLD / (1.0 + VOICING_THRESHOLD));
        let unvoiced = VOICING_THRESHOLD + quiet.max(0.0);
        out.push(Candidate { worth: unvoiced, ..Candidate::default() });
        // Nothing voiced is worth more than this silence.
        if unvoiced > 1.5 || loud < 1e-5 {
            return;
        }
        self.time[WINDOW..].fill(0.0);
        for ((slot, x), w) in self.time.iter_mut().zip(samples).zip(&self.window) {
            *slot = (x - mean) * w;
        }
        self.correlate();
        let first = self.correlation[0];
        if first <= 0.0 {
            return;
        }
        let scale = 1.0 / first;
        let at = |lag: usize| self.correlation[lag] * scale * self.correction[lag];
        let shortest = (RATE as f32 * FINER / CEILING) as usize;
        let longest = (RATE as f32 * FINER / FLOOR) as usize + 1;
        let (mut before, mut here) = (at(shortest - 1), at(shortest));
        for lag in shortest..=longest {
            let after = at(lag + 1);
            if here > 0.5 * VOICING_THRESHOLD && here > before && here >= after {
                // The top of the parabola through the three.
                let curve = 2.0 * here - before - after;
                let offset = if curve > 0.0 { 0.5 * (after - before) / curve } else { 0.0 };
                let top = here + 0.25 * (after - before) * offset;
                let hertz = RATE as f32 * FINER / (lag as f32 + offset);
                if (FLOOR..=CEILING).contains(&hertz) {
                    // A correlation above one is an error of the correction.
                    let strength = if top > 1.0 { 1.0 / top } else { top };
                    let worth = strength - OCTAVE_COST * (CEILING / hertz).log2();
                    keep(out, Candidate { hertz, worth, ..Candidate::default() });
                }
            }
            (before, here) = (here, after);
        }
    }

    /// Autocorrelation of `time`, at twice its rate.
    fn correlate(&mut self) {
        // The lengths are those that were planned, so neither can fail.
        let done = self.forward.process_with_scratch(
            &mut self.time,
            &mut self.spectrum,
            &mut self.scratch_forward,
        );
        debug_assert!(done.is_ok(), "{done:?}");
        self.finer.fill(Complex::default());
        for (to, from) in self.finer.iter_mut().zip(&self.spectrum) {
            to.re = from.norm_sqr();
        }
        // Its highest part stood alone and stands with its mirror now.
        self.finer[FORWARD / 2].re *= 0.5;
        let done = self.inverse.process_with_scratch(
            &mut self.finer,
            &mut self.correlation,
            &mut self.scratch_inverse,
        );
        debug_assert!(done.is_ok(), "{done:?}");
    }

    /// Finds for each candidate the best path that leads to it.
    fn connect(&self, candidates: &mut [Candidate]) {
        let Some(last) = self.frames.back() else {
            candidates.iter_mut().for_each(|candidate| candidate.path = candidate.worth);
            return;
        };
        let highest = last.iter().fold(f32::MIN, |most, c| most.max(c.path));
        for candidate in candidates {
            let mut best = (f32::MIN, 0);
            for (i, before) in (0..).zip(last) {
                let cost = match (before.hertz > 0.0, candidate.hertz > 0.0) {
                    (false, false) => 0.0,
                    (true, true) => {
                        OCTAVE_JUMP_COST * (before.hertz / candidate.hertz).log2().abs()
                    }
                    _ => VOICED_UNVOICED_COST,
                };
                if before.path - cost > best.0 {
                    best = (before.path - cost, i);
                }
            }
            // Only differences count: without this the sums would grow with the call.
            candidate.path = best.0 - highest + candidate.worth;
            candidate.before = best.1;
        }
    }

    /// Takes the first `count` frames off the best path.
    fn decide(&mut self, count: usize, decided: &mut Vec<Pitch>) {
        let Some(last) = self.frames.back() else { return };
        let best = last.iter().enumerate().max_by(|a, b| a.1.path.total_cmp(&b.1.path));
        let mut at = best.map_or(0, |(i, _)| i);
        let start = decided.len();
        for (i, frame) in self.frames.iter().enumerate().rev() {
            let candidate = frame[at.min(frame.len() - 1)];
            if i < count {
                let hertz = Some(candidate.hertz).filter(|hertz| *hertz > 0.0);
                decided.push(Pitch { hertz });
            }
            at = usize::from(candidate.before);
        }
        decided[start..].reverse();
        let gone = self.frames.drain(..count);
        self.spare.extend(gone.take(LAG));
    }
}

/// Keeps a candidate, in the place of the one that is worth least where there are too many.
fn keep(candidates: &mut Vec<Candidate>, candidate: Candidate) {
    if candidates.len() < MOST {
        candidates.push(candidate);
        return;
    }
    let voiced = candidates.iter_mut().skip(1);
    if let Some(least) = voiced.min_by(|a, b| a.worth.total_cmp(&b.worth))
        && least.worth < candidate.worth
    {
        *least = candidate;
    }
}

#[cfg(test)]
mod tests {
    use super::super::HOP;
    use super::*;

    fn track(samples: &[f32]) -> Vec<Option<f32>> {
        let mut tracker = PitchTracker::default();
        let mut out = Vec::new();
        for start in (0..samples.len().saturating_sub(WINDOW)).step_by(HOP) {
            tracker.push(&samples[start..start + WINDOW], &mut out);
        }
        tracker.finish(&mut out);
        out.into_iter().map(|pitch| pitch.hertz).collect()
    }

    /// A pulse of five harmonics.
    fn voice(hertz: f32, seconds: f32, loud: f32) -> Vec<f32> {
        let n = (seconds * RATE as f32) as usize;
        let at = |i: usize| {
            let turn = 2.0 * PI * hertz * i as f32 / RATE as f32;
            (1..=5).map(|h| (turn * h as f32).sin() / h as f32).sum::<f32>() * loud
        };
        (0..n).map(at).collect()
    }

    #[test]
    fn steady_voices_have_their_pitch() {
        for hertz in [80.0, 110.0, 137.3, 200.0, 261.6, 333.3, 450.0] {
            let heard = track(&voice(hertz, 0.6, 0.2));
            let near = |heard: &&Option<f32>| {
                heard.is_some_and(|heard| (heard / hertz - 1.0).abs() < 0.002)
            };
            let right = heard.iter().filter(near).count();
            assert!(right * 100 >= heard.len() * 97, "{hertz}: {right} of {}", heard.len());
        }
    }

    #[test]
    fn noise_and_silence_have_none() {
        let mut state = 1_u32;
        let noise: Vec<f32> = (0..8000)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 16) as f32 / 65_536.0 - 0.5
            })
            .collect();
        let voiced = track(&noise).iter().flatten().count();
        assert!(voiced <= 3, "{voiced} frames of noise are voiced");
        assert!(track(&[0.0; 8000]).iter().all(Option::is_none));
    }

    #[test]
    fn every_frame_has_one_answer_in_order() {
        let mut sound = voice(120.0, 2.0, 0.2);
        sound.extend(voice(240.0, 2.0, 0.2));
        let heard = track(&sound);
        assert_eq!(heard.len(), (sound.len() - WINDOW).div_ceil(HOP));
        let near = |i: usize, hertz: f32| (heard[i].unwrap() - hertz).abs() < 1.0;
        assert!(near(10, 120.0) && near(150, 120.0) && near(230, 240.0) && near(380, 240.0));
    }
}
