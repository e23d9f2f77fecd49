//! What is measured of one voice, frame by frame.
//!
//! Everything is measured on sound of 8 kHz, so that a telephone line and a studio give the same
//! figures; only [`activity`] hears up to 8 kHz where the sound has it.

pub mod activity;
pub mod formant;
pub mod level;
pub mod music;
pub mod pace;
pub mod pitch;

/// Samples a second on which is measured.
pub const RATE: u32 = 8_000;
/// Samples from one frame to the next: 10 ms.
pub const HOP: usize = 80;
/// Milliseconds from one frame to the next.
pub const HOP_MS: u32 = 10;
