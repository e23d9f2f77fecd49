//! Digits written with signs between them, and what can be computed from them.

/// The digits at the start of `text` with single separators between them: blanks, full stops,
/// hyphens, slashes. Gives each digit with the byte offset just past it.
pub(crate) fn run(text: &str, most: usize) -> Vec<(u8, usize)> {
    let bytes = text.as_bytes();
    let mut digits = Vec::new();
    let mut at = 0;
    while digits.len() < most {
        let Some(&byte) = bytes.get(at) else { break };
        if byte.is_ascii_digit() {
            digits.push((byte - b'0', at + 1));
            at += 1;
            continue;
        }
        let mut gap = at;
        while gap - at < 3 && bytes.get(gap).is_some_and(|b| b" .-/".contains(b)) {
            gap += 1;
        }
        let blank = |b: &&u8| **b == b' ';
        let signs = bytes[at..gap].iter().filter(|b| !blank(b)).count();
        if gap == at || signs > 1 || (signs == 0 && gap - at > 1) {
            break;
        }
        if !bytes.get(gap).is_some_and(u8::is_ascii_digit) {
            break;
        }
        at = gap;
    }
    digits
}

/// Whether a code ends at byte `end`: no letter or digit goes on.
pub(crate) fn ends(text: &str, end: usize) -> bool {
    !text.get(end..).and_then(|rest| rest.chars().next()).is_some_and(char::is_alphanumeric)
}

/// The number that some digits make.
pub(crate) fn value(digits: impl IntoIterator<Item = u8>) -> u64 {
    digits.into_iter().fold(0, |sum, d| sum.wrapping_mul(10).wrapping_add(u64::from(d)))
}

/// ISO 7064 mod 97-10 over letters (A is 10) and digits, the first four put last: 1 when right.
pub(crate) fn mod97(code: &str) -> u32 {
    let turned = code.chars().skip(4).chain(code.chars().take(4));
    turned.filter_map(|c| c.to_digit(36)).fold(0, |rest, value| {
        if value < 10 { (rest * 10 + value) % 97 } else { (rest * 100 + value) % 97 }
    })
}
