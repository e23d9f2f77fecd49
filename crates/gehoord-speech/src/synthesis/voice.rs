//! One voice: pulses of the vocal folds through the resonances of a mouth.

use std::f32::consts::PI;

use super::Dice;

/// Samples a second of what is made.
pub const RATE: u32 = 16_000;

/// How something is said.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Manner {
    /// Pitch in the middle, in hertz.
    pub pitch: f32,
    /// How far pitch goes up and down, in semitones.
    pub movement: f32,
    /// Syllables a second.
    pub pace: f32,
    /// Level of the vowels, in decibels below the loudest sound there can be.
    pub level: f32,
    /// How long the mouth and throat are, 1 for a man, 0.85 for a woman.
    pub length: f32,
}

/// What was made, with what is true of it.
#[derive(Debug, Clone)]
pub struct Utterance {
    /// Samples of [`RATE`].
    pub samples: Vec<f32>,
    /// Pitch of each 10 ms, in hertz; 0 where the voice rests.
    pub pitch: Vec<f32>,
    /// First three formants of each 10 ms, in hertz.
    pub formants: Vec<[f32; 3]>,
}

/// Formants of vowels of a man's mouth, in hertz: a, e, i, o, u, ə, ɛ.
const VOWELS: [[f32; 5]; 7] = [
    [750.0, 1250.0, 2500.0, 3400.0, 4500.0],
    [430.0, 2000.0, 2600.0, 3500.0, 4500.0],
    [290.0, 2200.0, 2950.0, 3600.0, 4500.0],
    [480.0, 900.0, 2450.0, 3300.0, 4500.0],
    [320.0, 800.0, 2350.0, 3300.0, 4500.0],
    [500.0, 1500.0, 2500.0, 3500.0, 4500.0],
    [580.0, 1750.0, 2500.0, 3450.0, 4500.0],
];
const WIDTHS: [f32; 5] = [60.0, 80.0, 120.0, 160.0, 220.0];

/// Says so many syllables; lasts exactly `syllables / pace` seconds.
#[must_use]
pub fn say(syllables: u32, manner: Manner, dice: &mut Dice) -> Utterance {
    let seconds = syllables as f32 / manner.pace;
    let n = (seconds * RATE as f32) as usize;
    let plan: Vec<Syllable> = (0..syllables).map(|_| Syllable::any(dice)).collect();
    let mut mouth = Mouth::default();
    let mut phase = 0.0_f32;
    let (mut jitter, mut flow) = (0.0, 0.0);
    let mut made = Utterance { samples: Vec::with_capacity(n), pitch: vec![], formants: vec![] };
    let (swing, turn) = (dice.between(0.6, 1.4), dice.between(0.0, 2.0 * PI));
    let mut shape = Shape::default();
    for i in 0..n {
        let at = i as f32 / RATE as f32;
        let place = at * manner.pace;
        if i % 40 == 0 {
            shape = Shape::at(&plan, place, manner.length);
            mouth.tune(&shape.formants);
        }
        // Down over the sentence, up and down with the words.
        let line = 0.35 * (0.5 - at / seconds) + 0.5 * (2.0 * PI * swing * at + turn).sin();
        let pitch = manner.pitch * 2.0_f32.powf(manner.movement * line / 12.0);
        if i % 160 == 80 {
            made.pitch.push(if shape.voice > 0.02 { pitch } else { 0.0 });
            made.formants.push([shape.formants[0], shape.formants[1], shape.formants[2]]);
        }
        phase += pitch * (1.0 + jitter) / RATE as f32;
        if phase >= 1.0 {
            phase -= 1.0;
            jitter = dice.normal() * 0.004;
        }
        let now = glottis(phase);
        let pulse = (now - flow) * 8.0;
        flow = now;
        let noise = dice.unit() - 0.5;
        let voiced = mouth.through(shape.voice * (pulse + 0.02 * noise));
        made.samples.push(voiced + shape.noise * mouth.hiss(noise));
    }
    // The vowels get the level that was asked for.
    let loud: Vec<f32> = made.samples.chunks(160).map(power).collect();
    let top = loud.iter().copied().fold(0.0, f32::max);
    let (mut sum, mut count) = (0.0, 0.0);
    for p in loud.iter().filter(|p| **p > top * 0.1) {
        sum += p;
        count += 1.0;
    }
    let gain = (10.0_f32.powf(manner.level / 10.0) * count / f32::max(sum, 1e-12)).sqrt();
    let ramp = RATE as usize / 100;
    for i in 0..n {
        let edge = (i.min(n - 1 - i) as f32 / ramp as f32).min(1.0);
        made.samples[i] = (made.samples[i] * gain * edge).clamp(-1.0, 1.0);
    }
    made
}

fn power(chunk: &[f32]) -> f32 {
    chunk.iter().map(|x| x * x).sum::<f32>() / chunk.len() as f32
}

/// Flow of air through the vocal folds over one period (Rosenberg).
fn glottis(phase: f32) -> f32 {
    match phase {
        p if p < 0.4 => 0.5 - 0.5 * (PI * p / 0.4).cos(),
        p if p < 0.56 => (PI * (p - 0.4) / 0.32).cos(),
        _ => 0.0,
    }
}

/// How a syllable begins.
#[derive(Debug, Clone, Copy)]
enum Onset {
    Nasal,
    Fricative,
    Plosive,
}

#[derive(Debug, Clone, Copy)]
struct Syllable {
    onset: Onset,
    vowel: usize,
}

impl Syllable {
    fn any(dice: &mut Dice) -> Self {
        let onset = match dice.unit() {
            u if u < 0.4 => Onset::Nasal,
            u if u < 0.7 => Onset::Fricative,
            _ => Onset::Plosive,
        };
        Self { onset, vowel: (dice.unit() * 6.99) as usize }
    }
}

/// How the voice stands at one moment.
#[derive(Debug, Clone, Copy, Default)]
struct Shape {
    voice: f32,
    noise: f32,
    formants: [f32; 5],
}

impl Shape {
    fn at(plan: &[Syllable], place: f32, length: f32) -> Self {
        let index = (place as usize).min(plan.len() - 1);
        let within = place - index as f32;
        let here = plan[index];
        let before = plan[index.saturating_sub(1)];
        let glide = (within / 0.35).min(1.0);
        let formants = std::array::from_fn(|i| {
            let from = VOWELS[before.vowel][i];
            (from + (VOWELS[here.vowel][i] - from) * glide) / length
        });
        // A third consonant, then the vowel, which fades a little at its end.
        let vowel = 1.0 - 0.5 * ((within - 0.8) / 0.2).clamp(0.0, 1.0);
        let rise = ((within - 0.22) / 0.1).clamp(0.0, 1.0);
        let (voice, noise) = match here.onset {
            Onset::Nasal => (0.18 + (vowel - 0.18) * rise, 0.0),
            Onset::Fricative => (0.03 + (vowel - 0.03) * rise, 0.25 * (1.0 - rise)),
            Onset::Plosive if within < 0.15 && index > 0 => (0.01, 0.0),
            Onset::Plosive => (vowel * rise.max(0.05), 0.3 * (1.0 - rise)),
        };
        Self { voice, noise, formants }
    }
}

#[derive(Debug, Default)]
struct Mouth {
    coefficients: [(f32, f32); 5],
    memory: [(f32, f32); 5],
    hiss: f32,
}

impl Mouth {
    fn tune(&mut self, formants: &[f32; 5]) {
        for i in 0..5 {
            let r = (-PI * WIDTHS[i] / RATE as f32).exp();
            let hertz = formants[i].min(RATE as f32 * 0.48);
            self.coefficients[i] = (2.0 * r * (2.0 * PI * hertz / RATE as f32).cos(), -r * r);
        }
    }

    fn through(&mut self, mut x: f32) -> f32 {
        for ((b, c), (y1, y2)) in self.coefficients.iter().zip(&mut self.memory) {
            let y = (1.0 - b - c) * x + b * *y1 + c * *y2;
            (*y2, *y1, x) = (*y1, y, y);
        }
        x
    }

    /// Noise of the lips: high.
    fn hiss(&mut self, noise: f32) -> f32 {
        let high = noise - 0.6 * self.hiss;
        self.hiss = noise;
        high * 0.4
    }
}
