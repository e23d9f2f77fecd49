//! From one rate to another, block by block.

use std::f64::consts::PI;

/// Zero crossings of the filter at each side.
const CROSSINGS: f64 = 12.0;
/// Share of the lower half rate that passes.
const PASS: f64 = 0.94;
/// The most phases that are kept; between them the nearest is taken.
const PHASES: usize = 320;

/// Changes the rate of one channel with a windowed sinc; what goes in at a time comes out at
/// that time.
#[derive(Debug)]
pub struct Resampler {
    /// Output samples for `step` input samples.
    rise: u64,
    step: u64,
    half: usize,
    /// One filter of `2 * half` for each phase.
    phases: Vec<f32>,
    count: usize,
    input: Vec<f32>,
    /// Index of the input of its first sample, counted from `half` zeros before the start.
    first: u64,
    /// Input samples taken so far.
    taken: u64,
    /// Index of the next output sample.
    next: u64,
}

impl Resampler {
    /// From a rate to another, both in samples a second and above zero.
    #[must_use]
    pub fn new(from: u32, to: u32) -> Self {
        let shared = greatest_common_divisor(from, to);
        let (rise, step) = (u64::from(to / shared), u64::from(from / shared));
        let cutoff = PASS * f64::from(to.min(from)) / f64::from(from);
        let half = (CROSSINGS / cutoff).ceil() as usize;
        let count = (rise as usize).min(PHASES);
        let mut phases = Vec::with_capacity(count * 2 * half);
        for phase in 0..count {
            let centre = phase as f64 / count as f64;
            let taps = (0..2 * half).map(|tap| {
                let x = tap as f64 - (half as f64 - 1.0) - centre;
                let wide = (x / half as f64).clamp(-1.0, 1.0);
                // Blackman: side lobes under −58 dB.
                let window = 0.42 + 0.5 * (PI * wide).cos() + 0.08 * (2.0 * PI * wide).cos();
                cutoff * sinc(x * cutoff) * window
            });
            let taps: Vec<f64> = taps.collect();
            let sum: f64 = taps.iter().sum();
            phases.extend(taps.iter().map(|tap| (tap / sum) as f32));
        }
        let input = vec![0.0; half - 1];
        Self { rise, step, half, phases, count, input, first: 0, taken: 0, next: 0 }
    }

    /// Takes samples and appends to `out` what can be told by now.
    pub fn push(&mut self, samples: &[f32], out: &mut Vec<f32>) {
        if self.rise == self.step {
            out.extend_from_slice(samples);
            return;
        }
        self.taken += samples.len() as u64;
        self.input.extend_from_slice(samples);
        self.run(out);
    }

    /// Appends what was still held back; nothing may be pushed afterwards.
    pub fn finish(&mut self, out: &mut Vec<f32>) {
        if self.rise == self.step {
            return;
        }
        let until = (self.taken * self.rise).div_ceil(self.step);
        self.input.resize(self.input.len() + self.half + 1, 0.0);
        let before = out.len();
        let start = self.next;
        self.run(out);
        out.truncate(before + usize::try_from(until.saturating_sub(start)).unwrap_or(0));
    }

    fn run(&mut self, out: &mut Vec<f32>) {
        let width = 2 * self.half;
        loop {
            let place = self.next * self.step;
            let at = (place / self.rise - self.first) as usize;
            let Some(window) = self.input.get(at..at + width) else { break };
            let phase = (place % self.rise) as usize * self.count / self.rise as usize;
            let filter = &self.phases[phase * width..][..width];
            out.push(dot(window, filter));
            self.next += 1;
        }
        let keep_from = ((self.next * self.step / self.rise) - self.first) as usize;
        let gone = keep_from.min(self.input.len());
        self.input.drain(..gone);
        self.first += gone as u64;
    }
}

/// Sum of products, in eight lanes so that it is done side by side.
pub(crate) fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut lanes = [0.0_f32; 8];
    let (a8, a_rest) = a.as_chunks::<8>();
    let (b8, b_rest) = b.as_chunks::<8>();
    for (x, y) in a8.iter().zip(b8) {
        for i in 0..8 {
            lanes[i] += x[i] * y[i];
        }
    }
    let rest: f32 = a_rest.iter().zip(b_rest).map(|(x, y)| x * y).sum();
    lanes.iter().sum::<f32>() + rest
}

fn sinc(x: f64) -> f64 {
    if x.abs() < 1e-9 { 1.0 } else { (PI * x).sin() / (PI * x) }
}

fn greatest_common_divisor(a: u32, b: u32) -> u32 {
    if b == 0 { a.max(1) } else { greatest_common_divisor(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(rate: u32, hertz: f64, seconds: f64) -> Vec<f32> {
        let n = (f64::from(rate) * seconds) as usize;
        (0..n).map(|i| (2.0 * PI * hertz * i as f64 / f64::from(rate)).sin() as f32).collect()
    }

    fn change(samples: &[f32], from: u32, to: u32, block: usize) -> Vec<f32> {
        let mut resampler = Resampler::new(from, to);
        let mut out = Vec::new();
        samples.chunks(block).for_each(|chunk| resampler.push(chunk, &mut out));
        resampler.finish(&mut out);
        out
    }

    #[test]
    fn a_tone_stays_what_and_where_it_was() {
        for (from, to) in
            [(8000, 16000), (16000, 8000), (44100, 16000), (48000, 16000), (11025, 16000)]
        {
            let out = change(&tone(from, 440.0, 0.5), from, to, 1000);
            let expected = tone(to, 440.0, 0.5);
            assert!(
                out.len().abs_diff(expected.len()) <= 1,
                "{from} {} {}",
                out.len(),
                expected.len()
            );
            let edge = to as usize / 100;
            let worst = out[edge..out.len() - edge]
                .iter()
                .zip(&expected[edge..])
                .map(|(a, b)| (a - b).abs())
                .fold(0.0, f32::max);
            assert!(worst < 0.01, "{from} to {to}: {worst}");
        }
    }

    #[test]
    fn what_is_too_high_does_not_come_back_as_something_else() {
        let out = change(&tone(16000, 5000.0, 0.5), 16000, 8000, 333);
        let loudest = out[100..out.len() - 100].iter().fold(0.0_f32, |a, b| a.max(b.abs()));
        assert!(loudest < 0.01, "{loudest}");
    }

    #[test]
    fn the_size_of_the_blocks_changes_nothing() {
        let sound = tone(44100, 300.0, 0.2);
        assert_eq!(change(&sound, 44100, 8000, 7), change(&sound, 44100, 8000, 5000));
        assert!(change(&[], 8000, 16000, 10).is_empty());
    }
}
