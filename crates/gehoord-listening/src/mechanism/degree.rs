//! "Ontzettend boos", "een beetje jammer", "BOOS!!!": how strong a feeling is.

use crate::cue::Pack;
use crate::text::Text;

/// Words before a feeling that can strengthen or soften it.
const REACH: usize = 3;

/// The intensity 1–3 of a feeling named by tokens `first..last`, from the lists `intensifiers`
/// and `softeners`, capitals and exclamation marks.
#[must_use]
pub fn adjust(pack: &Pack, text: &Text, first: usize, last: usize, base: u8) -> u8 {
    let sentence = text.tokens[first].sentence;
    let near = first.saturating_sub(REACH)..last.min(text.tokens.len());
    let mut change = 0_i8;
    for token in text.tokens[near].iter().filter(|t| t.sentence == sentence) {
        let norm = text.norm(token);
        if pack.list_has("intensifiers", norm) {
            change = change.max(1);
        } else if pack.list_has("softeners", norm) {
            change = -1;
            break;
        }
    }
    let shouted = text.tokens[first..last].iter().any(|t| t.shouted);
    let bangs = text.sentences.get(sentence as usize).map_or(0, |s| s.bangs);
    if change >= 0 && (shouted || bangs >= 2) {
        change = 1;
    }
    base.saturating_add_signed(change).clamp(1, 3)
}
