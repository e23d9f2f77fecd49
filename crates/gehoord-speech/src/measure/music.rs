//! Hold music, by tones that stand still.
//!
//! In speech no frequency lasts longer than a vowel, in music some last for most of a second. After
//! K. Seyerlehner et al., "Automatic music detection in television productions", DAFx 2007:
//! frequencies that stand out from those beside them over more than half of a second count as standing
//! tones; where many stand over some seconds, music plays.

use std::collections::VecDeque;
use std::sync::Arc;

use realfft::{RealFftPlanner, RealToComplex, num_complex::Complex};

use super::HOP;
use super::level::level_db;

/// Samples of one spectrum, and from one to the next.
const WINDOW: usize = 1024;
const STEP: usize = 512;
/// Frequencies that are looked at: 150 Hz to 3.4 kHz.
const BINS: std::ops::Range<usize> = 19..436;
/// Those beside a frequency, on each side.
const BESIDE: usize = 10;
/// How far a frequency stands out, as a factor of power.
const STANDS_OUT: f32 = 3.0;
/// Spectra over which a tone stands: a second.
const SPECTRA: usize = 16;
/// A tone stands when it stands out in so many of them.
const STANDING: u8 = 9;
/// So many standing tones are music.
const TONES: usize = 2;
/// Music is not quieter than this, in decibels; the hum of a line is.
const QUIETEST: f32 = -50.0;

/// Tells whether music plays, in pieces of 64 ms, over the second that ends there.
pub struct MusicDetector {
    forward: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
    buffer: Vec<f32>,
    time: Vec<f32>,
    spectrum: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
    power: Vec<f32>,
    /// Which frequencies stood out in the last spectra.
    history: VecDeque<Vec<bool>>,
    counts: Vec<u8>,
}

impl std::fmt::Debug for MusicDetector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MusicDetector").finish_non_exhaustive()
    }
}

impl Default for MusicDetector {
    fn default() -> Self {
        let forward = RealFftPlanner::new().plan_fft_forward(WINDOW);
        let turn = 2.0 * std::f32::consts::PI / WINDOW as f32;
        Self {
            window: (0..WINDOW).map(|i| 0.5 - 0.5 * (turn * i as f32).cos()).collect(),
            buffer: Vec::with_capacity(WINDOW),
            time: forward.make_input_vec(),
            spectrum: forward.make_output_vec(),
            scratch: forward.make_scratch_vec(),
            power: Vec::new(),
            history: VecDeque::new(),
            counts: vec![0; BINS.len()],
            forward,
        }
    }
}

impl MusicDetector {
    /// Samples of 8 kHz from one answer to the next.
    pub const STEP: usize = STEP;
    /// How long before the end of its samples an answer is about: the middle of its second, in
    /// frames of 10 ms.
    pub const BEHIND: usize = (SPECTRA * STEP + WINDOW) / 2 / HOP;

    /// Takes samples of 8 kHz and appends how many tones stand, an answer each [`Self::STEP`].
    pub fn push(&mut self, mut samples: &[f32], tones: &mut Vec<usize>) {
        while !samples.is_empty() {
            let take = (WINDOW - self.buffer.len()).min(samples.len());
            self.buffer.extend_from_slice(&samples[..take]);
            samples = &samples[take..];
            if self.buffer.len() == WINDOW {
                tones.push(self.look());
                self.buffer.drain(..STEP);
            }
        }
    }

    /// Whether so many standing tones are music.
    #[must_use]
    pub fn is_music(tones: usize) -> bool {
        tones >= TONES
    }

    fn look(&mut self) -> usize {
        let mut row = match self.history.len() {
            SPECTRA => self.history.pop_front().unwrap_or_default(),
            _ => vec![false; BINS.len()],
        };
        for (count, was) in self.counts.iter_mut().zip(&row) {
            *count -= u8::from(*was);
        }
        row.fill(false);
        if level_db(&self.buffer) > QUIETEST {
            self.stands_out(&mut row);
        }
        for (count, is) in self.counts.iter_mut().zip(&row) {
            *count += u8::from(*is);
        }
        self.history.push_back(row);
        // Two frequencies side by side are one tone.
        let mut tones = 0;
        let mut last = false;
        for count in &self.counts {
            let stands = *count >= STANDING;
            tones += usize::from(stands && !last);
            last = stands;
        }
        tones
    }

    fn stands_out(&mut self, row: &mut [bool]) {
        for ((to, x), w) in self.time.iter_mut().zip(&self.buffer).zip(&self.window) {
            *to = x * w;
        }
        let done = self.forward.process_with_scratch(
            &mut self.time,
            &mut self.spectrum,
            &mut self.scratch,
        );
        debug_assert!(done.is_ok(), "{done:?}");
        let from = BINS.start - BESIDE - 1;
        self.power.clear();
        self.power.extend(
            self.spectrum[from..BINS.end + BESIDE + 1].iter().map(|bin| bin.norm_sqr().sqrt()),
        );
        let width = 2 * BESIDE + 1;
        let mut sum: f32 = self.power[1..=width].iter().sum();
        for (i, out) in row.iter_mut().enumerate() {
            let here = self.power[i + 1 + BESIDE];
            let top = here >= self.power[i + BESIDE] && here >= self.power[i + 2 + BESIDE];
            *out = top && here * width as f32 > STANDS_OUT * sum;
            sum += self.power[i + 1 + width] - self.power[i + 1];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::RATE;
    use super::*;

    fn tones(sound: impl Fn(f32) -> f32, seconds: f32) -> Vec<usize> {
        let n = (seconds * RATE as f32) as usize;
        let samples: Vec<f32> = (0..n).map(|i| sound(i as f32 / RATE as f32)).collect();
        let mut detector = MusicDetector::default();
        let mut out = Vec::new();
        samples.chunks(777).for_each(|chunk| detector.push(chunk, &mut out));
        out
    }

    #[test]
    fn a_chord_stands_and_a_glide_does_not() {
        let turn = std::f32::consts::TAU;
        let chord = |t: f32| {
            [262.0, 330.0, 392.0, 523.0, 659.0].iter().map(|f| (turn * f * t).sin()).sum::<f32>()
                * 0.1
        };
        let stood = tones(chord, 3.0);
        assert!(MusicDetector::is_music(stood[stood.len() - 1]), "{stood:?}");
        // A voice whose pitch goes up and down three times a second.
        let voice = |t: f32| {
            let phase = 150.0 * t + 3.0 * (turn * 1.5 * t).sin();
            (1..=15).map(|h| (turn * phase * h as f32).sin() / h as f32).sum::<f32>() * 0.2
        };
        let stood = tones(voice, 3.0);
        assert!(stood.iter().all(|tones| !MusicDetector::is_music(*tones)), "{stood:?}");
        assert!(tones(|_| 0.0, 2.0).iter().all(|tones| *tones == 0));
    }
}
