//! Telephone numbers of the Netherlands, Belgium, Germany, France, the United Kingdom and the
//! United States.

use super::digits::ends;

/// The length in bytes of a telephone number at the start of `text`, its digits, and whether its
/// form alone says that it is one.
pub(crate) fn at(text: &str) -> Option<(usize, String, bool)> {
    let (length, digits, international) = written(text)?;
    if !ends(text, length) {
        return None;
    }
    let form = &text[..length];
    let grouped = form.contains([' ', '-', '/', '.', '(']);
    let count = digits.len();
    let american = count == 10
        && !digits.starts_with(['0', '1'])
        && (form.starts_with('(') || groups(form) == [3, 3, 4]);
    let sure = if international {
        (9..=15).contains(&count)
    } else if digits.starts_with('0') && !digits.starts_with("00") {
        match count {
            10 => {
                grouped
                    || digits.starts_with("06")
                    || digits.starts_with("04")
                    || digits.starts_with("07")
            }
            9 | 11 | 12 => grouped || digits.starts_with("07") || digits.starts_with("01"),
            _ => false,
        }
    } else {
        american
    };
    let likely = international && count >= 8
        || american
        || (digits.starts_with('0') && (8..=13).contains(&count));
    (sure || likely).then_some((length, digits, sure))
}

/// How many digits stand between signs.
fn groups(form: &str) -> Vec<usize> {
    let parts = form.split(|c: char| !c.is_ascii_digit());
    parts.map(str::len).filter(|n| *n > 0).collect()
}

/// Reads digits with signs between them, `+31 (0)6` included. Gives the length in bytes, the
/// digits, and whether a country code leads.
fn written(text: &str) -> Option<(usize, String, bool)> {
    let bytes = text.as_bytes();
    let plus = bytes.first() == Some(&b'+');
    let mut at = usize::from(plus);
    let mut digits = String::new();
    let mut end = 0;
    let mut signs = 0;
    while let Some(&byte) = bytes.get(at) {
        if byte.is_ascii_digit() {
            digits.push(byte as char);
            at += 1;
            end = at;
            signs = 0;
            if digits.len() > 15 {
                return None;
            }
        } else if b" -./()".contains(&byte) && signs < 3 {
            signs += 1;
            at += 1;
        } else {
            break;
        }
    }
    let international = plus || digits.starts_with("00");
    let brackets = text[..end].bytes().filter(|b| *b == b'(').count();
    let closed = text[..end].bytes().filter(|b| *b == b')').count();
    (end > 0 && brackets == closed && brackets <= 1).then_some((end, digits, international))
}

#[cfg(test)]
mod tests {
    use super::at;

    #[test]
    fn numbers_of_many_lands_are_found() {
        for text in [
            "06 12 34 56 78",
            "06-12345678",
            "0612345678",
            "+31 (0)6-22917740",
            "038 421 77 03",
            "0478 33 19 06",
            "+32 475 60 12 88",
            "03 226 41 18",
            "07700 900 446",
            "(918) 555-0147",
            "206-555-0133",
            "030 23125 417",
            "+33 6 39 98 44 10",
            "06.39.98.47.19",
            "0496/22.81.47",
            "020-6184470",
            "+49 (0)40 66969 331",
        ] {
            let found = at(text).map(|(length, _, sure)| (length, sure));
            assert_eq!(found, Some((text.len(), true)), "{text}");
        }
        for text in ["2024", "12-03-1981", "40183372", "0x80070005", "304918227"] {
            assert!(at(text).is_none_or(|(_, _, sure)| !sure), "{text}");
        }
    }
}
