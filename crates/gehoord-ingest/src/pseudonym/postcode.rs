//! Postal codes by their form.

use super::digits::ends;

/// What form a postal code has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// `1234 AB`.
    Dutch,
    /// `M14 5TG`, and `A94 X7P2` of Ireland.
    British,
    /// Four or five digits, perhaps with a country letter or four more digits.
    Digits,
}

/// The length in bytes of a postal code at the start of `text`, and its form.
pub(crate) fn at(text: &str) -> Option<(usize, Form)> {
    dutch(text)
        .map(|n| (n, Form::Dutch))
        .or_else(|| british(text).or_else(|| irish(text)).map(|n| (n, Form::British)))
        .or_else(|| digits(text).map(|n| (n, Form::Digits)))
}

fn dutch(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let start = bytes.get(..4)?;
    if !start.iter().all(u8::is_ascii_digit) || start[0] == b'0' {
        return None;
    }
    let blank = usize::from(bytes.get(4) == Some(&b' '));
    let letters = bytes.get(4 + blank..6 + blank)?;
    (letters.iter().all(u8::is_ascii_alphabetic) && ends(text, 6 + blank)).then_some(6 + blank)
}

/// One or two letters, a digit, perhaps a digit or letter; a digit and two letters.
fn british(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let letters = bytes.iter().take(2).take_while(|b| b.is_ascii_alphabetic()).count();
    if letters == 0 || !bytes.get(letters)?.is_ascii_digit() {
        return None;
    }
    for outward in [letters + 1, letters + 2] {
        let whole = outward == letters + 1 || bytes.get(outward - 1)?.is_ascii_alphanumeric();
        let blank = usize::from(bytes.get(outward) == Some(&b' '));
        let Some(inward) = bytes.get(outward + blank..outward + blank + 3) else { continue };
        let right = inward[0].is_ascii_digit()
            && inward[1..].iter().all(u8::is_ascii_alphabetic)
            && ends(text, outward + blank + 3);
        if whole && right {
            return Some(outward + blank + 3);
        }
    }
    None
}

/// `A94 X7P2`, `D6W 1234`: in capitals, with a blank.
fn irish(text: &str) -> Option<usize> {
    let bytes = text.as_bytes().get(..8)?;
    // No other letters are given out: "E27 GU10" is a lamp.
    let upper = |b: &u8| b"ACDEFHKNPRTVWXY".contains(b) || b.is_ascii_digit();
    let right = bytes[0].is_ascii_uppercase()
        && bytes[1].is_ascii_digit()
        && (bytes[2].is_ascii_digit() || bytes[2] == b'W')
        && bytes[3] == b' '
        && bytes[4].is_ascii_uppercase()
        && bytes[5..].iter().all(upper)
        && bytes[5..].iter().any(u8::is_ascii_digit);
    (right && ends(text, 8)).then_some(8)
}

fn digits(text: &str) -> Option<usize> {
    let letter =
        ["D-", "B-", "F-", "L-", "A-", "CH-", "NL-", "BE-"].iter().find(|l| text.starts_with(**l));
    let from = letter.map_or(0, |l| l.len());
    let bytes = text.as_bytes();
    let count = bytes.get(from..)?.iter().take(6).take_while(|b| b.is_ascii_digit()).count();
    if !matches!(count, 4 | 5) {
        return None;
    }
    let mut end = from + count;
    if count == 5 && bytes.get(end) == Some(&b'-') {
        let more = bytes[end + 1..].iter().take(5).take_while(|b| b.is_ascii_digit()).count();
        end += if more == 4 { 5 } else { 0 };
    }
    let goes_on = text[end..].starts_with(['.', ',', '-', '/', ':'])
        && text[end + 1..].starts_with(|c: char| c.is_ascii_digit());
    (ends(text, end) && !goes_on).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::{Form, at};

    #[test]
    fn codes_are_told_by_their_form() {
        assert_eq!(at("3512PH utrecht"), Some((6, Form::Dutch)));
        assert_eq!(at("9401 KW"), Some((7, Form::Dutch)));
        assert_eq!(at("M14 5TG"), Some((7, Form::British)));
        assert_eq!(at("CF442PD"), Some((7, Form::British)));
        assert_eq!(at("A94 X7P2, Dublin"), Some((8, Form::British)));
        assert_eq!(at("53703-2214"), Some((10, Form::Digits)));
        assert_eq!(at("B-7700 Mouscron"), Some((6, Form::Digits)));
        assert_eq!(at("1.240,15"), None);
        assert_eq!(at("0612345678"), None);
    }
}
