//! Calls that are made, with what is true of them: for tests, and to measure with.
//!
//! [`voice`] makes utterances whose times, syllables and pitch are known, [`call`] puts them in a
//! call of two channels, [`wav`] writes that as a file.

pub mod call;
pub mod voice;
pub mod wav;

pub use call::{Line, Made, Script};
pub use wav::{Form, wav};

/// Numbers that look random and are the same every time.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// Dice of their own for each seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// From 0 to 1.
    pub fn unit(&mut self) -> f32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 40) as f32 / (1_u64 << 24) as f32
    }

    /// From `low` to `high`.
    pub fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// About normal: mean 0, deviation 1.
    pub fn normal(&mut self) -> f32 {
        (0..12).map(|_| self.unit()).sum::<f32>() - 6.0
    }
}
