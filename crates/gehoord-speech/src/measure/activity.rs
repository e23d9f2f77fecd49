//! When somebody speaks.
//!
//! A small network ([`earshot`]) tells voices from other sounds, some tens of milliseconds late; the
//! level tells within the time it leaves where a voice begins, rests and ends.

use std::collections::VecDeque;

use earshot::Detector;

use super::HOP_MS;
use super::level::{SILENCE_DB, level_db};

/// Samples a second that the network hears.
pub const RATE: u32 = 16_000;
/// Samples that it takes at once: 16 ms.
const PIECE: usize = 256;
/// Samples from one frame to the next, and those around its middle whose level is taken: short, so
/// that edges stay sharp.
const STEP: usize = 160;
const EDGE: usize = 256;
/// From here it is more likely a voice than not.
const VOICE: f32 = 0.5;
/// How much later than the sound the network may say so, in frames.
const LATE: usize = 18;
/// A voice is this much above the noise of the line, in decibels.
const ABOVE_NOISE: f32 = 6.0;
/// What lies further below the loudest voice is none, in decibels.
const RANGE: f32 = 45.0;
/// What the loudest voice loses in a frame, in decibels.
const FORGET: f32 = 0.005;
/// A rest shorter than this belongs to the words around it (the closure of a "t", say), in frames.
pub const SHORTEST_PAUSE: usize = 20;
/// A sound shorter than this is a click, in frames.
const SHORTEST_VOICE: usize = 6;
/// The noise of the line is the quietest of so many frames, kept in pieces.
const NOISE_FRAMES: usize = 300;
const NOISE_PIECES: usize = 6;

/// Tells frame by frame whether somebody speaks, some 0.4 s late.
pub struct ActivityDetector {
    network: Box<Detector>,
    piece: Vec<f32>,
    /// Sound whose level is not taken yet; it begins half an [`EDGE`] of silence before the start.
    sound: Vec<f32>,
    /// Probability of each 16 ms, from `first` on.
    voice: VecDeque<f32>,
    first: u64,
    levels: VecDeque<f32>,
    /// Frames whose state was told.
    told: u64,
    noise: Noise,
    loudest: f32,
    run: Run,
}

impl std::fmt::Debug for ActivityDetector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ActivityDetector").field("told", &self.told).finish_non_exhaustive()
    }
}

impl Default for ActivityDetector {
    fn default() -> Self {
        Self {
            network: Detector::default_boxed(),
            piece: Vec::with_capacity(PIECE),
            voice: VecDeque::new(),
            sound: vec![0.0; EDGE / 2],
            first: 0,
            levels: VecDeque::new(),
            told: 0,
            noise: Noise::default(),
            loudest: -40.0,
            run: Run::default(),
        }
    }
}

impl ActivityDetector {
    /// Takes samples of [`RATE`] and appends what is told by now, in the order of the frames.
    pub fn push(&mut self, samples: &[f32], told: &mut Vec<bool>) {
        self.ask(samples);
        self.sound.extend_from_slice(samples);
        let mut start = 0;
        while let Some(sound) = self.sound.get(start..start + EDGE) {
            self.levels.push_back(level_db(sound));
            start += STEP;
        }
        self.sound.drain(..start.min(self.sound.len()));
        while self.levels.len() > LATE {
            self.decide(told);
        }
    }

    /// Appends what was not told yet.
    pub fn finish(&mut self, told: &mut Vec<bool>) {
        while !self.levels.is_empty() {
            self.decide(told);
        }
        self.run.finish(told);
    }

    /// Lets the network hear.
    fn ask(&mut self, mut samples: &[f32]) {
        while !samples.is_empty() {
            let take = (PIECE - self.piece.len()).min(samples.len());
            self.piece.extend_from_slice(&samples[..take]);
            samples = &samples[take..];
            if self.piece.len() == PIECE {
                // The edges of a filter may reach a little beyond the loudest.
                self.piece.iter_mut().for_each(|x| *x = x.clamp(-1.0, 1.0));
                let voice = self.network.predict_f32(&self.piece);
                self.voice.push_back(if voice.is_finite() { voice } else { 0.0 });
                self.piece.clear();
            }
        }
    }

    fn decide(&mut self, told: &mut Vec<bool>) {
        let Some(level) = self.levels.pop_front() else { return };
        let floor = self.noise.push(level);
        let from = self.told * u64::from(HOP_MS) / 16;
        let to = (self.told + LATE as u64) * u64::from(HOP_MS) / 16;
        self.told += 1;
        while self.first < from && self.voice.pop_front().is_some() {
            self.first += 1;
        }
        let within = (to - from + 1) as usize;
        let voice = self.voice.iter().take(within).copied().fold(0.0, f32::max) > VOICE;
        self.loudest -= FORGET;
        if voice {
            self.loudest = self.loudest.max(level);
        }
        let loud = level > floor + ABOVE_NOISE && level > self.loudest - RANGE;
        self.run.push(voice && loud, told);
    }
}

/// The quietest level of the last three seconds.
#[derive(Debug)]
struct Noise {
    pieces: VecDeque<f32>,
    now: f32,
    frames: usize,
}

impl Default for Noise {
    fn default() -> Self {
        Self { pieces: VecDeque::new(), now: f32::MAX, frames: 0 }
    }
}

impl Noise {
    fn push(&mut self, level: f32) -> f32 {
        self.now = self.now.min(level);
        self.frames += 1;
        if self.frames >= NOISE_FRAMES / NOISE_PIECES {
            self.pieces.push_back(self.now);
            if self.pieces.len() > NOISE_PIECES {
                self.pieces.pop_front();
            }
            (self.now, self.frames) = (f32::MAX, 0);
        }
        self.floor()
    }

    fn floor(&self) -> f32 {
        let quietest = self.pieces.iter().copied().fold(self.now, f32::min);
        // A call that begins in the middle of a word has no noise yet.
        if self.pieces.is_empty() { quietest.min(-50.0) } else { quietest.max(SILENCE_DB) }
    }
}

/// Fills rests that are too short and takes away sounds that are too short.
#[derive(Debug, Default)]
struct Run {
    /// Frames of a voice that is too short yet.
    young: usize,
    /// Whether a voice is on.
    on: bool,
    /// Frames of rest since then, not told yet.
    rest: usize,
}

impl Run {
    fn push(&mut self, active: bool, told: &mut Vec<bool>) {
        match (self.on, active) {
            (true, true) => {
                told.extend(std::iter::repeat_n(true, self.rest + 1));
                self.rest = 0;
            }
            (true, false) => {
                self.rest += 1;
                if self.rest >= SHORTEST_PAUSE {
                    told.extend(std::iter::repeat_n(false, self.rest));
                    (self.on, self.rest) = (false, 0);
                }
            }
            (false, true) => {
                self.young += 1;
                if self.young >= SHORTEST_VOICE {
                    told.extend(std::iter::repeat_n(true, self.young));
                    (self.on, self.young) = (true, 0);
                }
            }
            (false, false) => {
                told.extend(std::iter::repeat_n(false, self.young + 1));
                self.young = 0;
            }
        }
    }

    fn finish(&mut self, told: &mut Vec<bool>) {
        told.extend(std::iter::repeat_n(false, self.young + self.rest));
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_rests_are_filled_and_clicks_taken_away() {
        let mut run = Run::default();
        let mut told = Vec::new();
        let parts =
            [(false, 5), (true, 3), (false, 10), (true, 10), (false, 19), (true, 10), (false, 25)];
        for (active, frames) in parts {
            (0..frames).for_each(|_| run.push(active, &mut told));
        }
        run.finish(&mut told);
        assert_eq!(told.len(), 82);
        let on: Vec<usize> = (0..told.len()).filter(|i| told[*i]).collect();
        assert_eq!((on[0], on[on.len() - 1], on.len()), (18, 56, 39));
    }

    #[test]
    fn every_frame_is_told_once() {
        let mut detector = ActivityDetector::default();
        let mut told = Vec::new();
        (0..500).for_each(|_| detector.push(&[0.0; 160], &mut told));
        detector.finish(&mut told);
        assert!((499..=500).contains(&told.len()), "{}", told.len());
        assert!(told.iter().all(|on| !on));
    }
}
