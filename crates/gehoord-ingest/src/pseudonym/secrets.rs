//! What only its owner may know: PINs, security codes and passwords that were written down.

use gehoord_conversation::{PersonalKind, Span};

use super::near;
use super::rules::Use;
use super::scene::Scene;
use super::tokens::Gap;

/// How long a code of digits is.
const DIGITS: std::ops::RangeInclusive<usize> = 3..=8;
/// A password is not shorter, nor longer, in bytes.
const PASSWORD: std::ops::RangeInclusive<usize> = 6..=64;

pub(crate) fn find(scene: &mut Scene) {
    for index in 0..scene.len() {
        let Some(last) = scene.end_anywhere(index, Use::Secret) else { continue };
        if let Some(span) = told(scene, last) {
            scene.add(span, PersonalKind::Number);
        }
    }
}

/// What stands right behind such a word, or behind "is" or a colon.
fn told(scene: &Scene, word: usize) -> Option<Span> {
    let mut first = word + 1;
    for _ in 0..2 {
        let sign = scene.tokens.sign(first, ':') || scene.tokens.sign(first, '=');
        let is = matches!(scene.norm(first), "is" | "was" | "luidt" | "ist" | "lautet" | "est");
        first += usize::from(sign || is);
    }
    let mut last = first;
    while last + 1 < scene.len() && scene.gap(last + 1) == Gap::None && last < first + 64 {
        last += 1;
    }
    // What closes the sentence or stands in brackets may belong to it, and is better masked too.
    while last > first && [".", ",", ")", "?"].contains(&scene.tokens.raw(last)) {
        last -= 1;
    }
    if scene.gap(first) == Gap::Line || near::counted(scene, first, last) {
        return None;
    }
    let span = scene.span(first, last);
    let text = span.of(scene.tokens.raw);
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let code = digits == text.len() && DIGITS.contains(&digits);
    let mixed = digits > 0 && text.contains(char::is_alphabetic) && PASSWORD.contains(&text.len());
    (code || mixed).then_some(span)
}
