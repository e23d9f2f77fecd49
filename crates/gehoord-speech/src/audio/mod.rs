//! Sound in: files of many kinds to samples, at the two rates at which it is measured.

pub mod g711;
pub mod kind;
mod reader;
pub mod resample;

pub use kind::{Kind, kind_of};
pub use reader::{AudioError, AudioReader, Block};
