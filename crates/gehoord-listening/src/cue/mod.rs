//! Cues: what a label sounds like, written as data that a coach can read and add to.
//!
//! [`file`] is one cue file, [`pattern`] the language its patterns are written in, [`program`] a
//! pattern ready to run, [`pack`] all cues of one language behind one index over tokens.

pub mod file;
pub mod pack;
mod packs;
pub mod pattern;
mod program;
mod symbols;

pub use file::{CueFile, Feeling, Negation};
pub use pack::{Cue, CueHit, Pack, PackError, PackFile, Side};
pub use packs::Packs;
