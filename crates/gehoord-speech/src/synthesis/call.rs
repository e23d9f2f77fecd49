//! A call of two channels, made of lines whose times are known.

use std::f32::consts::PI;

use super::Dice;
use super::voice::{self, Manner, RATE};

/// Something that is said in a call.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    /// Channel, 0 or 1.
    pub channel: usize,
    /// When it begins, in milliseconds.
    pub start: u32,
    /// How many syllables; it lasts as long as these take.
    pub syllables: u32,
    /// How it is said.
    pub manner: Manner,
}

impl Line {
    /// When it ends, in milliseconds.
    #[must_use]
    pub fn end(&self) -> u32 {
        self.start + (self.syllables as f32 / self.manner.pace * 1000.0) as u32
    }
}

/// What is to be heard in a call.
#[derive(Debug, Clone, Default)]
pub struct Script {
    /// What is said.
    pub lines: Vec<Line>,
    /// Hold music: channel, start and end in milliseconds.
    pub music: Vec<(usize, u32, u32)>,
    /// Length of the call, in milliseconds.
    pub length: u32,
    /// Level of the noise of the line, in decibels; none when absent.
    pub noise: Option<f32>,
    /// How much of each voice is heard on the other channel, in decibels; nothing when absent.
    pub leak: Option<f32>,
    /// Makes two calls of the same script differ.
    pub seed: u64,
}

/// A call that was made.
#[derive(Debug, Clone)]
pub struct Made {
    /// Samples a second.
    pub rate: u32,
    /// Two channels.
    pub channels: Vec<Vec<f32>>,
    /// Pitch of each 10 ms of each channel, in hertz; 0 where there is none.
    pub pitch: Vec<Vec<f32>>,
}

impl Script {
    /// Makes the call, of 16 kHz.
    #[must_use]
    pub fn make(&self) -> Made {
        let mut dice = Dice::new(self.seed + 1);
        let n = self.length as usize * RATE as usize / 1000;
        let mut channels = vec![vec![0.0_f32; n]; 2];
        let mut pitch = vec![vec![0.0_f32; self.length as usize / 10]; 2];
        for line in &self.lines {
            let said = voice::say(line.syllables, line.manner, &mut dice);
            let start = line.start as usize * RATE as usize / 1000;
            for (to, from) in channels[line.channel].iter_mut().skip(start).zip(&said.samples) {
                *to += from;
            }
            let frames = pitch[line.channel].iter_mut().skip(line.start as usize / 10);
            frames.zip(&said.pitch).for_each(|(to, from)| *to = *from);
        }
        if let Some(leak) = self.leak {
            let share = 10.0_f32.powf(leak / 20.0);
            let [first, second] = [channels[0].clone(), channels[1].clone()];
            for (to, other) in channels.iter_mut().zip([second, first]) {
                to.iter_mut().zip(other).for_each(|(to, other)| *to += share * other);
            }
        }
        for (channel, start, end) in &self.music {
            play(&mut channels[*channel], *start, *end, &mut dice);
        }
        if let Some(noise) = self.noise {
            let share = 10.0_f32.powf(noise / 20.0) * 12.0_f32.sqrt();
            channels.iter_mut().flatten().for_each(|x| *x += share * (dice.unit() - 0.5));
        }
        Made { rate: RATE, channels, pitch }
    }
}

/// Plays chords with a melody over them.
fn play(channel: &mut [f32], start: u32, end: u32, dice: &mut Dice) {
    const BEAT: f32 = 0.45;
    const CHORDS: [[f32; 3]; 4] = [
        [261.6, 329.6, 392.0],
        [220.0, 261.6, 329.6],
        [174.6, 220.0, 261.6],
        [196.0, 246.9, 293.7],
    ];
    let from = start as usize * RATE as usize / 1000;
    let to = (end as usize * RATE as usize / 1000).min(channel.len());
    let mut melody = 523.3;
    for (i, x) in channel.iter_mut().enumerate().take(to).skip(from) {
        let at = (i - from) as f32 / RATE as f32;
        let beat = (at / BEAT) as usize;
        let within = at - beat as f32 * BEAT;
        if within < 1.0 / RATE as f32 {
            melody = CHORDS[beat / 4 % 4][(dice.unit() * 2.99) as usize] * 2.0;
        }
        let tone = |hertz: f32| {
            let turn = 2.0 * PI * hertz * at;
            turn.sin() + 0.4 * (2.0 * turn).sin() + 0.2 * (3.0 * turn).sin()
        };
        let chord: f32 = CHORDS[beat / 4 % 4].iter().map(|hertz| tone(*hertz)).sum();
        *x += 0.03 * chord + 0.06 * tone(melody) * (-3.0 * within).exp();
    }
}
