//! Sound in: files of many kinds to samples, at the two rates at which it is measured.

pub mod g711;
pub mod kind;
mod reader;
pub mod resample;
pub mod wav;

pub use kind::{Kind, kind_of};
pub use reader::{AudioError, AudioReader, Block};

/// Samples that are no numbers are silence, and none is louder than the loudest.
pub(crate) fn sane(sample: f32) -> f32 {
    if sample.is_finite() { sample.clamp(-1.0, 1.0) } else { 0.0 }
}
