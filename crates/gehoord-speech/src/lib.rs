//! How it was said.

pub mod audio;
pub mod measure;
mod track;
#[cfg(feature = "synthesis")]
pub mod synthesis;

pub use track::{Frame, Track};
