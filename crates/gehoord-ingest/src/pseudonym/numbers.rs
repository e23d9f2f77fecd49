//! Numbers that stand for a customer or a matter: orders, invoices, policies, parcels.

/// A code at the start of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Code {
    /// In bytes.
    pub(crate) length: usize,
    pub(crate) digits: usize,
    pub(crate) letters: usize,
    /// Letters and digits stand in one piece, or signs join pieces.
    pub(crate) joined: bool,
    /// The first piece holds no digit: "PCN 80417732".
    pub(crate) headed: bool,
}

/// The most pieces with blanks between them.
const PIECES: usize = 6;

/// The code at the start of `text`: pieces of letters, digits and signs with single blanks between
/// them, each with a digit or in a few capitals. `None` when no digit is in it.
pub(crate) fn at(text: &str) -> Option<Code> {
    let hash = usize::from(text.starts_with('#'));
    let first = piece(&text[hash..])?;
    let mut code = Code {
        length: hash + first.length,
        digits: first.digits,
        letters: first.letters,
        joined: first.joined,
        headed: first.digits == 0,
    };
    if first.digits == 0 && !(first.capitals && first.letters <= 4) {
        return None;
    }
    for _ in 1..PIECES {
        let Some(rest) = text[code.length..].strip_prefix(' ') else { break };
        let Some(next) = piece(rest) else { break };
        let short = next.digits == 0 && next.capitals && next.letters <= 2 && code.digits > 2;
        // "4471 x 3", "770 min", "12 mei" are no codes.
        if !(next.digits > 0 || short) || (next.letters > 0 && next.digits > 0 && !next.capitals) {
            break;
        }
        if code.digits == 0 && next.digits == 0 {
            break;
        }
        code.length += 1 + next.length;
        code.digits += next.digits;
        code.letters += next.letters;
        code.joined |= next.joined;
    }
    (code.digits > 0).then_some(code)
}

#[derive(Debug, Default)]
struct Piece {
    length: usize,
    digits: usize,
    letters: usize,
    capitals: bool,
    joined: bool,
}

fn piece(text: &str) -> Option<Piece> {
    let bytes = text.as_bytes();
    let mut found = Piece { capitals: true, ..Piece::default() };
    let mut at = 0;
    let mut signs = 0;
    while let Some(&byte) = bytes.get(at) {
        if byte.is_ascii_digit() {
            found.digits += 1;
        } else if byte.is_ascii_alphabetic() {
            found.letters += 1;
            found.capitals &= byte.is_ascii_uppercase();
        } else if b"-/._".contains(&byte)
            && bytes.get(at + 1).is_some_and(u8::is_ascii_alphanumeric)
        {
            signs += 1;
        } else {
            break;
        }
        at += 1;
        if at > 40 {
            return None;
        }
    }
    // Letters of any script that go on make it a word.
    let whole = !text[at..].chars().next().is_some_and(char::is_alphanumeric);
    found.length = at;
    found.joined = signs > 0 || (found.digits > 0 && found.letters > 0);
    (at > 0 && whole).then_some(found)
}

/// Whether a code of digits is an amount: "1.240,15", "128.450", "84,50".
pub(crate) fn amount(text: &str, length: usize) -> bool {
    let written = &text[..length];
    let rest = &text.as_bytes()[length..];
    let decimals = rest.first() == Some(&b',') && rest.get(1).is_some_and(u8::is_ascii_digit)
        || rest.starts_with(b",-");
    let groups: Vec<&str> = written.split('.').collect();
    let thousands = groups.len() > 1
        && groups.iter().all(|g| g.bytes().all(|b| b.is_ascii_digit()))
        && groups[1..].iter().all(|g| g.len() == 3);
    let plain = !written.bytes().any(|b| b.is_ascii_alphabetic() || b"-/".contains(&b));
    let cents = groups.len() == 2 && groups[1].len() <= 2;
    let clock = rest.first() == Some(&b':') && rest.get(1).is_some_and(u8::is_ascii_digit);
    plain && (decimals || thousands || cents) || clock
}

/// Whether a code of digits is an amount or a time beyond doubt: "318,40", "9.00", "1.130".
pub(crate) fn cents(text: &str, length: usize) -> bool {
    let (whole, part) = text[..length].split_once('.').unwrap_or_default();
    let all = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    if all(whole) && all(part) && (part.len() == 2 || part.len() == 3 && whole.len() < 4) {
        return true;
    }
    let rest = &text.as_bytes()[length..];
    let digit = |at: usize| rest.get(at).is_some_and(u8::is_ascii_digit);
    rest.first() == Some(&b',') && digit(1) && digit(2) && !digit(3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_whole() {
        for text in [
            "40183372",
            "2024-118823",
            "K 30099 2217",
            "PCN 80417732",
            "JV 4471 8093 6GB",
            "45/7.201.883-02",
            "#98213",
            "S/24/009182",
            "3SKPRT482910337",
            "7730 0182 45",
            "M 441 770 938",
            "SAV2400918-3",
        ] {
            let code = at(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(code.length, text.len(), "{text}");
        }
        assert_eq!(at("40183372 van 3 maart").map(|c| c.length), Some(8));
        assert_eq!(at("40183372. Graag").map(|c| c.length), Some(8));
        assert_eq!(at("Graag"), None);
        assert!(amount("1.240,15", 5) && amount("128.450", 7) && amount("84.50", 5));
        assert!(!amount("33.198.207-2", 12));
    }
}
