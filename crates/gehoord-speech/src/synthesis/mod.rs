//! Calls that are made, with what is true of them: for tests, to measure with, and for the demo.
//!
//! [`voice`] makes utterances whose times, syllables and pitch are known, [`call`] puts them in a
//! call of two channels, [`wav`] writes that as a file.

pub mod call;
pub mod voice;
pub mod wav;

pub use crate::dice::Dice;
pub use call::{Line, Made, Script};
pub use wav::{Form, wav};
