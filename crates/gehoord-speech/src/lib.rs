//! How it was said: sound in, physical measures of both voices out.
//!
//! Read in this order: [`audio`] (files of sound to samples), [`measure`] (what is measured of a
//! voice, one module a measure), [`track`] (one voice while it runs: samples in, frames out),
//! [`call`] (both voices, and what is told of them), [`recording`] (a whole file, and what of its
//! sound may be kept), [`running`] (what is told of them while the call runs), [`telephony`] (what
//! telephone systems send over a socket), [`practice`] (a voice beside its own neutral self),
//! [`transcribe`] (what was said). `synthesis` (a feature) makes calls with what is true of them, for
//! tests and measuring; `whisper` (a feature) writes out words with models of the Whisper family.
//!
//! Architecture invariants: nothing here opens a file, reads a clock or panics on what it hears;
//! nothing here says what anybody felt. Samples come from whoever calls, a file or a line that is
//! open, and memory stays small however long they come.

pub mod audio;
pub mod call;
pub mod dice;
pub mod measure;
pub mod practice;
pub mod recording;
pub mod running;
mod spoken;
#[cfg(feature = "synthesis")]
pub mod synthesis;
pub mod telephony;
pub mod track;
pub mod transcribe;

pub use call::{Call, Layout};
pub use running::{Now, Running};
pub use spoken::Spoken;
pub use track::{Frame, Track};
