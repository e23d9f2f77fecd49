//! A turn as the cues see it: sentences and normalised tokens, each with its place in the
//! original text.
//!
//! Messy text is the normal case. Typing errors, missing punctuation, emoji, masked names and
//! elongated words are dealt with here, once, so that no cue has to.

mod fold;
mod language;
mod letters;
mod names;
mod tokens;
mod vocabulary;

pub(crate) use fold::{fold_into, squeeze};
pub use language::{LanguageGuess, guess_language, likeliest_language};
pub use letters::{LANGUAGES, Letters};
pub(crate) use names::names;
pub use tokens::{Kind, Sentence, Text, Token};
pub use vocabulary::{Usage, Vocabulary};
