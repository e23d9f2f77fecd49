//! International bank account numbers (ISO 13616).

use gehoord_conversation::{PersonalKind, Span};

use super::digits::{ends, mod97};
use super::near;
use super::scene::Scene;
use super::tokens::Gap;

/// How long the number of a country is.
const LENGTHS: [(&[u8; 2], usize); 33] = [
    (b"NL", 18),
    (b"BE", 16),
    (b"DE", 22),
    (b"FR", 27),
    (b"GB", 22),
    (b"IE", 22),
    (b"LU", 20),
    (b"AT", 20),
    (b"CH", 21),
    (b"ES", 24),
    (b"IT", 27),
    (b"PT", 25),
    (b"PL", 28),
    (b"DK", 18),
    (b"SE", 24),
    (b"NO", 15),
    (b"FI", 18),
    (b"CZ", 24),
    (b"SK", 24),
    (b"HU", 28),
    (b"RO", 24),
    (b"BG", 22),
    (b"HR", 21),
    (b"SI", 19),
    (b"EE", 20),
    (b"LV", 21),
    (b"LT", 20),
    (b"GR", 27),
    (b"TR", 26),
    (b"MT", 31),
    (b"CY", 28),
    (b"MC", 27),
    (b"LI", 21),
];

pub(crate) fn find(scene: &mut Scene) {
    for index in 0..scene.len() {
        let token = scene.tokens.all[index];
        if !token.word() || token.end - token.start != 2 || scene.taken_at(index) {
            continue;
        }
        let Some((length, right)) = iban(&scene.tokens.raw[token.start..]) else { continue };
        let fresh = token.gap != Gap::None
            || index == 0
            || !scene.is_word(index - 1) && !scene.is_number(index - 1);
        if fresh && (right || announced(scene, index)) {
            scene.add(Span::new(token.start, token.start + length), PersonalKind::Iban);
        }
    }
}

/// A number that is not right by its check digits is one when it is called so, or when its form
/// leaves no doubt: capitals and the letters of a bank.
fn announced(scene: &Scene, index: usize) -> bool {
    let said = near::before(scene, index).is_some_and(|n| n.kind == PersonalKind::Iban);
    said || scene.tokens.raw(index).bytes().all(|b| b.is_ascii_uppercase())
}

/// The length in bytes of an account number at the start of `text`, and whether its check digits
/// are right.
fn iban(text: &str) -> Option<(usize, bool)> {
    let bytes = text.as_bytes();
    let country = [bytes.first()?.to_ascii_uppercase(), bytes.get(1)?.to_ascii_uppercase()];
    let (_, length) = LENGTHS.iter().find(|(code, _)| **code == country)?;
    let mut code = String::with_capacity(*length);
    let mut at = 0;
    while code.len() < *length {
        let byte = *bytes.get(at)?;
        if byte.is_ascii_alphanumeric() {
            let place = code.len();
            if (2..4).contains(&place) && !byte.is_ascii_digit() {
                return None;
            }
            code.push(byte.to_ascii_uppercase() as char);
        } else if !b" .-".contains(&byte) || !bytes.get(at + 1)?.is_ascii_alphanumeric() {
            return None;
        }
        at += 1;
    }
    let digits = code.bytes().filter(u8::is_ascii_digit).count();
    // Words behind a short number are no part of it.
    (ends(text, at) && digits >= *length - 8).then(|| (at, mod97(&code) == 1))
}

#[cfg(test)]
mod tests {
    use super::iban;

    #[test]
    fn account_numbers_are_checked() {
        assert_eq!(iban("NL91 ABNA 0417 1643 00 graag"), Some((22, true)));
        assert_eq!(iban("nl91abna0417164300"), Some((18, true)));
        assert_eq!(iban("NL91 ABNA 0417 1643 01"), Some((22, false)));
        assert_eq!(iban("BE68 5390 0754 7034"), Some((19, true)));
        for text in
            ["NL91", "nl zijn er 24 winkels open", "XX91 ABNA 0417 1643 00", "NL91ABNA04171643001"]
        {
            assert_eq!(iban(text), None, "{text}");
        }
    }
}
