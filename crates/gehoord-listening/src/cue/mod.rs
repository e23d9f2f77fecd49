//! Cues: what a label sounds like, written as data that a coach can read and add to.
//!
//! [`file`] is one cue file, [`pattern`] the language its patterns are written in, [`tree`] a
//! pattern whose words are numbers, [`program`] one ready to run, [`index`] all of one side, each
//! behind its rarest word, [`pack`] all of one language, as [`builder`] makes it.

mod builder;
pub mod file;
mod index;
pub mod pack;
mod packs;
pub mod pattern;
mod program;
mod symbols;
mod tree;

pub use file::{CueFile, Feeling, Negation};
pub use pack::{Cue, CueHit, Pack, PackError, PackFile, Side};
pub use packs::Packs;
