//! Numbers that states give their people.

use super::digits::{ends, run, value};

/// What is at the start of a text: its length in bytes, and how sure that is without any word
/// that announces it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Citizen {
    pub(crate) length: usize,
    pub(crate) sure: bool,
}

/// A citizen number of any of the countries at the start of `text`. `announced` when a word says
/// so: then its form is enough.
pub(crate) fn at(text: &str, announced: bool) -> Option<Citizen> {
    if let Some(length) = insurance(text) {
        return Some(Citizen { length, sure: true });
    }
    if let Some(length) = irish(text).filter(|_| announced) {
        return Some(Citizen { length, sure: false });
    }
    let digits = run(text, 16);
    let numbers: Vec<u8> = digits.iter().map(|(d, _)| *d).collect();
    let (_, length) = *digits.last()?;
    if !ends(text, length) {
        return None;
    }
    let written = &text[..length];
    let plain = written.len() == numbers.len();
    let sure = match numbers.len() {
        9 if written.contains('-') => american(written),
        9 => eleven(&numbers) && (plain || !written.contains(['-', '/'])),
        8 => false,
        11 => belgian(&numbers) && (plain || written.contains(['.', '-'])) || tax(&numbers, plain),
        15 => french(&numbers),
        _ => false,
    };
    let form = matches!(numbers.len(), 8 | 9 | 11 | 13 | 15);
    (sure || (announced && form)).then_some(Citizen { length, sure })
}

/// The eleven test of the Dutch BSN.
fn eleven(digits: &[u8]) -> bool {
    let weighed = |(i, d): (usize, &u8)| (9 - i as i32) * i32::from(*d);
    let sum: i32 = digits[..8].iter().enumerate().map(weighed).sum();
    let all_one = digits.iter().all(|d| *d == digits[0]);
    !all_one && (sum - i32::from(digits[8])) % 11 == 0
}

/// Belgian register number: a date, a serial number, and 97 less the remainder by 97; born since
/// 2000 with a 2 before it.
fn belgian(digits: &[u8]) -> bool {
    let first = value(digits[..9].iter().copied());
    let check = value(digits[9..].iter().copied());
    let month = value(digits[2..4].iter().copied());
    month <= 12 && [first, first + 2_000_000_000].iter().any(|n| 97 - n % 97 == check)
}

/// German tax number: ISO 7064 mod 11,10; the first digit is never 0.
fn tax(digits: &[u8], plain: bool) -> bool {
    let product = digits[..10].iter().fold(10_u32, |product, digit| {
        let sum = (u32::from(*digit) + product) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    // Ten of eleven digits can be anything, so that a bare number says too little.
    !plain && digits[0] != 0 && (11 - product) % 10 == u32::from(digits[10])
}

/// French social security number: sex, year, month, place, serial number, key.
fn french(digits: &[u8]) -> bool {
    let first = value(digits[..13].iter().copied());
    let key = value(digits[13..].iter().copied());
    let month = value(digits[3..5].iter().copied());
    let form = matches!(digits[0], 1 | 2) && (1..=12).contains(&month);
    form && (97 - first % 97 == key || key <= 97)
}

/// American social security number, with hyphens: 3, 2 and 4 digits.
fn american(written: &str) -> bool {
    let parts: Vec<usize> = written.split('-').map(str::len).collect();
    parts == [3, 2, 4] && !written.starts_with('9') && !written.starts_with("000")
}

/// British national insurance number: two letters, six digits, a letter from A to D.
fn insurance(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut code = Vec::with_capacity(9);
    let mut at = 0;
    while code.len() < 9 {
        let byte = *bytes.get(at)?;
        if byte.is_ascii_alphanumeric() {
            code.push(byte.to_ascii_uppercase());
        } else if byte != b' ' {
            return None;
        }
        at += 1;
        if at > 14 {
            return None;
        }
    }
    let letters = code[..2].iter().all(u8::is_ascii_uppercase);
    let digits = code[2..8].iter().all(u8::is_ascii_digit);
    (letters && digits && (b'A'..=b'D').contains(&code[8]) && ends(text, at)).then_some(at)
}

/// Irish public service number: seven digits, one or two letters.
fn irish(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let digits = bytes.get(..7)?.iter().all(u8::is_ascii_digit);
    let letters = bytes[7..].iter().take(3).take_while(|b| b.is_ascii_alphabetic()).count();
    (digits && matches!(letters, 1 | 2) && ends(text, 7 + letters)).then_some(7 + letters)
}

#[cfg(test)]
mod tests {
    use super::at;

    fn sure(text: &str) -> bool {
        at(text, false).is_some_and(|c| c.sure && c.length == text.len())
    }

    #[test]
    fn numbers_that_pass_their_test_are_found() {
        for text in [
            "111222333",
            "497 446 005",
            "85.10.05-684.51",
            "264-10-3143",
            "EW 92 58 70 C",
            "rr251782d",
            "2 67 02 69 530 195 31",
            "47 839 650 525",
        ] {
            assert!(sure(text), "{text}");
        }
        for text in ["123456789", "111111111", "304918227", "2024-118823", "12", "85.10.05-684.52"]
        {
            assert!(!sure(text), "{text}");
        }
        assert!(at("123456789", true).is_some(), "when it is called so, its form is enough");
    }
}
