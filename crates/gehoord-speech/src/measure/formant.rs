//! Formants: where the mouth and throat let most sound through.
//!
//! Linear prediction by Burg's method on the first 4 kHz (four formants), then the roots of the
//! polynomial; the same steps as Praat's "To Formant (burg)" with four formants up to 4000 Hz.

use std::f32::consts::PI;

use super::RATE;
use crate::audio::resample::dot;

/// Samples that formants are told from: 50 ms, with little weight at the edges.
pub const WINDOW: usize = 400;
/// Two for each formant.
const ORDER: usize = 8;
/// Above this the voice is brought up by 6 dB an octave, in hertz.
const PRE_EMPHASIS: f32 = 50.0;
/// Nothing within so many hertz of the edges is a formant.
const EDGE: f32 = 50.0;
/// Resonances of a mouth are narrower, in hertz. Where a short mouth has only three formants below
/// 4 kHz, the fourth pair of roots is the slope of the sound, and would shift the numbers of those
/// above it. Praat leaves such roots in.
const WIDEST: f64 = 800.0;

/// The three lowest formants of one frame, in hertz.
pub type Formants = [f32; 3];

/// Tells the formants of voiced frames.
#[derive(Debug)]
pub struct FormantFinder {
    window: Vec<f32>,
    emphasis: f32,
    forward: Vec<f32>,
    backward: Vec<f32>,
    /// Roots of the last frame, from which those of the next are found sooner.
    roots: [Complex; ORDER],
}

impl Default for FormantFinder {
    fn default() -> Self {
        let middle = (WINDOW as f32 + 1.0) / 2.0;
        let edge = (-12.0_f32).exp();
        let gauss = |i: usize| {
            let x = (i as f32 + 1.0 - middle) / (WINDOW as f32 + 1.0);
            ((-48.0 * x * x).exp() - edge) / (1.0 - edge)
        };
        Self {
            window: (0..WINDOW).map(gauss).collect(),
            emphasis: (-2.0 * PI * PRE_EMPHASIS / RATE as f32).exp(),
            forward: Vec::with_capacity(WINDOW),
            backward: Vec::with_capacity(WINDOW),
            roots: start(),
        }
    }
}

impl FormantFinder {
    /// The formants of the frame in the middle of [`WINDOW`] samples of 8 kHz; `None` when fewer
    /// than three are there.
    pub fn find(&mut self, samples: &[f32]) -> Option<Formants> {
        let coefficients = self.predict(samples)?;
        let roots = solve(&coefficients, &mut self.roots)?;
        let mut found = [f32::MAX; ORDER];
        let mut count = 0;
        for root in roots.iter().filter(|root| root.im > 0.0) {
            let hertz = (root.im.atan2(root.re) / std::f64::consts::PI) as f32 * RATE as f32 / 2.0;
            let size = root.re.hypot(root.im);
            let width = -size.ln() * f64::from(RATE) / std::f64::consts::PI;
            let within = (EDGE..=RATE as f32 / 2.0 - EDGE).contains(&hertz);
            if within && width < WIDEST {
                found[count] = hertz;
                count += 1;
            }
        }
        found[..count].sort_by(f32::total_cmp);
        (count >= 3).then(|| [found[0], found[1], found[2]])
    }

    /// Coefficients of linear prediction, by Burg's method.
    fn predict(&mut self, samples: &[f32]) -> Option<[f64; ORDER]> {
        self.forward.clear();
        let before = std::iter::once(&0.0).chain(samples);
        let emphasised = samples.iter().zip(before).map(|(x, before)| x - self.emphasis * before);
        self.forward.extend(emphasised.zip(&self.window).map(|(x, w)| x * w));
        self.backward.clone_from(&self.forward);
        let n = self.forward.len();
        let mut a = [0.0_f64; ORDER];
        for m in 0..ORDER {
            // Each step brings the two one sample further apart.
            let forward = &mut self.forward[m + 1..];
            let backward = &mut self.backward[..n - m - 1];
            let product = f64::from(dot(forward, backward));
            let power = f64::from(dot(forward, forward)) + f64::from(dot(backward, backward));
            if power <= 1e-18 {
                return None;
            }
            let reflection = 2.0 * product / power;
            let last = a;
            a[m] = reflection;
            for i in 0..m {
                a[i] = last[i] - reflection * last[m - 1 - i];
            }
            let k = reflection as f32;
            for i in 0..forward.len() {
                let (f, b) = (forward[i], backward[i]);
                forward[i] = f - k * b;
                backward[i] = b - k * f;
            }
        }
        Some(a)
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Complex {
    re: f64,
    im: f64,
}

impl Complex {
    fn times(self, other: Self) -> Self {
        Self {
            re: self.re * other.re - self.im * other.im,
            im: self.re * other.im + self.im * other.re,
        }
    }

    fn less(self, other: Self) -> Self {
        Self { re: self.re - other.re, im: self.im - other.im }
    }

    fn plus(self, other: Self) -> Self {
        Self { re: self.re + other.re, im: self.im + other.im }
    }

    fn over(self, other: Self) -> Self {
        let size = (other.re * other.re + other.im * other.im).max(1e-30);
        let turned = self.times(Self { re: other.re, im: -other.im });
        Self { re: turned.re / size, im: turned.im / size }
    }
}

/// Places around the unit circle, none the mirror of another.
fn start() -> [Complex; ORDER] {
    std::array::from_fn(|i| {
        let angle = 2.0 * std::f64::consts::PI * (i as f64 + 0.3) / ORDER as f64;
        Complex { re: 0.9 * angle.cos(), im: 0.9 * angle.sin() }
    })
}

/// All roots of z^8 − a₁z^7 − … − a₈ at once (Aberth), from where they were last.
fn solve(a: &[f64; ORDER], roots: &mut [Complex; ORDER]) -> Option<[Complex; ORDER]> {
    for attempt in 0..2 {
        for _ in 0..40 {
            let mut moved = 0.0_f64;
            for i in 0..ORDER {
                let z = roots[i];
                let one = Complex { re: 1.0, im: 0.0 };
                let (mut value, mut slope) = (one, Complex { re: 0.0, im: 0.0 });
                for coefficient in a {
                    slope = slope.times(z).plus(value);
                    value = value.times(z);
                    value.re -= coefficient;
                }
                let newton = value.over(slope);
                let mut others = Complex { re: 0.0, im: 0.0 };
                for (j, other) in roots.iter().enumerate() {
                    if j != i {
                        others = others.plus(one.over(z.less(*other)));
                    }
                }
                let step = newton.over(one.less(newton.times(others)));
                roots[i] = z.less(step);
                moved = moved.max(step.re.abs() + step.im.abs());
            }
            if !moved.is_finite() {
                break;
            }
            if moved < 1e-7 {
                return Some(*roots);
            }
        }
        // What was near in the last frame may lead astray in this one.
        *roots = start();
        if attempt == 1 {
            return None;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A pulse train through some resonances.
    fn vowel(pitch: f32, formants: &[f32]) -> Vec<f32> {
        let n = RATE as usize / 2;
        let period = (RATE as f32 / pitch) as usize;
        let mut sound: Vec<f32> = (0..n).map(|i| f32::from(i % period == 0)).collect();
        for (formant, width) in formants.iter().zip([60.0, 90.0, 120.0, 150.0]) {
            let r = (-PI * width / RATE as f32).exp();
            let (b, c) = (2.0 * r * (2.0 * PI * formant / RATE as f32).cos(), -r * r);
            let (mut y1, mut y2) = (0.0, 0.0);
            for x in &mut sound {
                let y = *x + b * y1 + c * y2;
                (y2, y1, *x) = (y1, y, y);
            }
        }
        // The slope of a voice, which pre-emphasis takes away again.
        let mut last = 0.0;
        for x in &mut sound {
            last = *x + 0.96 * last;
            *x = last;
        }
        sound
    }

    #[test]
    fn resonances_of_vowels_are_found() {
        for (pitch, formants) in [
            (110.0, [700.0, 1200.0, 2500.0, 3400.0]),
            (110.0, [300.0, 2200.0, 2900.0, 3500.0]),
            (160.0, [320.0, 800.0, 2400.0, 3300.0]),
            (200.0, [500.0, 1700.0, 2600.0, 3500.0]),
        ] {
            let sound = vowel(pitch, &formants);
            let mut finder = FormantFinder::default();
            let mut off = [Vec::new(), Vec::new(), Vec::new()];
            for start in (800..sound.len() - WINDOW).step_by(80) {
                let found = finder.find(&sound[start..start + WINDOW]).unwrap();
                for i in 0..3 {
                    off[i].push((found[i] / formants[i] - 1.0).abs());
                }
            }
            for (i, mut errors) in off.into_iter().enumerate() {
                errors.sort_by(f32::total_cmp);
                let median = errors[errors.len() / 2];
                assert!(median < 0.05, "{formants:?}: F{} is {median} off", i + 1);
            }
        }
    }

    #[test]
    fn of_a_short_mouth_no_slope_is_taken_for_a_formant() {
        // Only three lie below 4 kHz; the fourth pair of roots is nothing of the mouth.
        for formants in [[950.0, 1600.0, 3200.0], [550.0, 2550.0, 3330.0], [620.0, 1150.0, 3100.0]]
        {
            let sound = vowel(200.0, &formants);
            let mut finder = FormantFinder::default();
            let found: Vec<Formants> = (800..sound.len() - WINDOW)
                .step_by(80)
                .filter_map(|start| finder.find(&sound[start..start + WINDOW]))
                .collect();
            for (i, known) in formants.iter().enumerate() {
                let right = found.iter().filter(|one| (one[i] / known - 1.0).abs() < 0.1).count();
                assert!(right * 10 >= found.len() * 9, "{formants:?}: F{} {found:?}", i + 1);
            }
            assert!(found.len() > 20, "{formants:?}: {} frames", found.len());
        }
    }

    #[test]
    fn silence_and_one_pulse_have_no_formants_or_some_but_no_panic() {
        let mut finder = FormantFinder::default();
        assert_eq!(finder.find(&[0.0; WINDOW]), None);
        let mut pulse = [0.0; WINDOW];
        pulse[200] = 1.0;
        let _ = finder.find(&pulse);
        let loud: Vec<f32> = (0..WINDOW).map(|i| if i % 2 == 0 { 1.0 } else { -1.0 }).collect();
        let _ = finder.find(&loud);
    }
}
