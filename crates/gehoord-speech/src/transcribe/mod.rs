//! What was said: speech to text behind a trait.
//!
//! [`plan`] makes stretches of at most half a minute of where a channel has speech, [`Cutter`] cuts
//! them from the sound while it is read, a [`Transcriber`] writes out one after another, and
//! [`lines`] puts its words with the turns of the voices; [`write_out`] does so with a whole recording. Nobody writes out silence, hold music or
//! what comes through from the other channel. Each stretch is written out by itself, so that a
//! call can be gone on with at any of them.

mod lines;
mod model;
#[cfg(feature = "synthesis")]
mod scripted;
mod stretch;
#[cfg(feature = "whisper")]
mod whisper;
mod whole;

use gehoord_conversation::voice::TimeSpan;

pub use lines::{Line, conversation, lines};
pub use model::{ModelError, ModelSize};
#[cfg(feature = "synthesis")]
pub use scripted::Scripted;
pub use stretch::{Cutter, Stretch, plan};
#[cfg(feature = "whisper")]
pub use whisper::Whisper;
pub use whole::{Earlier, Written, write_out};

/// Samples a second that a [`Transcriber`] takes.
pub const RATE: u32 = 16_000;

/// Writes out speech.
pub trait Transcriber: Send + Sync {
    /// What is said in `samples`: one voice, of [`RATE`] samples a second, at most half a minute.
    /// `language` is a code such as `nl`; it is guessed where there is none.
    ///
    /// # Errors
    /// When the language is not known to it, or it fails.
    fn transcribe(&self, samples: &[f32], language: Option<&str>) -> Result<Said, TranscribeError>;
}

/// What was said in a stretch.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Said {
    /// The words, in order.
    pub words: Vec<Word>,
    /// The language, as a code such as `nl`.
    pub language: String,
}

/// One word.
#[derive(Debug, Clone, PartialEq)]
pub struct Word {
    /// The word with its punctuation, without spaces around it.
    pub text: String,
    /// When it was said: from the start of the samples, or, once it has been placed, from the start
    /// of the recording.
    pub span: TimeSpan,
    /// How sure it was heard, 0–1; not calibrated.
    pub confidence: f32,
}

/// Why speech cannot be written out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TranscribeError {
    /// The model does not know the language.
    #[error("the model for speech to text does not know the language '{0}'")]
    Language(String),
    /// Writing out failed.
    #[error("the words could not be written out: {0}")]
    Failed(String),
}
