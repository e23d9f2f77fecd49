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

/// FNV-1a (Fowler, Noll and Vo 1991), mixed so that its high bits are good.
fn hash(signs: impl Iterator<Item = u64>) -> u64 {
    let hash = signs
        .fold(0xCBF2_9CE4_8422_2325_u64, |hash, sign| (hash ^ sign).wrapping_mul(0x0100_0000_01B3));
    (hash ^ (hash >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9)
}
