//! Licence plates of the Netherlands, Belgium, Germany, France and the United Kingdom.

use super::digits::ends;

/// The length in bytes of a plate at the start of `text`, and whether its form alone says so.
pub(crate) fn at(text: &str) -> Option<(usize, bool)> {
    german(text)
        .or_else(|| irish(text))
        .map(|n| (n, true))
        .or_else(|| grouped(text))
        .or_else(|| irish(&spaced(text)?).map(|n| (n, false)))
}

/// The same with a hyphen for each of the first two blanks, when it begins with digits.
fn spaced(text: &str) -> Option<String> {
    let near: String = text.chars().take(LONGEST).take_while(char::is_ascii).collect();
    near.starts_with(|c: char| c.is_ascii_digit()).then(|| near.replacen(' ', "-", 2))
}

/// `191-D-40127`: the year and its half, the county, a number.
fn irish(text: &str) -> Option<usize> {
    const COUNTIES: [&str; 29] = [
        "C", "CE", "CN", "CW", "D", "DL", "G", "KE", "KK", "KY", "L", "LD", "LH", "LK", "LM", "LS",
        "MH", "MN", "MO", "OY", "RN", "SO", "T", "TN", "TS", "W", "WH", "WX", "WW",
    ];
    let mut parts = text.splitn(3, '-');
    let (year, county, rest) = (parts.next()?, parts.next()?, parts.next()?);
    let half = year.len() == 2 || year.len() == 3 && year.ends_with(['1', '2']);
    let digits = rest.bytes().take(7).take_while(u8::is_ascii_digit).count();
    let right = half
        && year.bytes().all(|b| b.is_ascii_digit())
        && COUNTIES.iter().any(|c| c.eq_ignore_ascii_case(county))
        && (3..=6).contains(&digits);
    let end = text.len() - rest.len() + digits;
    (right && ends(text, end)).then_some(end)
}

/// The same where a word says that a plate stands here: in small letters too, and German ones
/// without a hyphen.
pub(crate) fn called(text: &str) -> Option<usize> {
    let near: String = text.chars().take(LONGEST).take_while(char::is_ascii).collect();
    let upper = near.to_ascii_uppercase();
    at(&upper).map(|(n, _)| n).or_else(|| german(&upper.replacen(' ', "-", 1)))
}

/// The most bytes that are looked at for a plate.
const LONGEST: usize = 16;

/// Groups of letters (`A`) and digits (`9`) that Dutch, Belgian, French and British plates have;
/// the second value: sure without a word that announces it, when written with signs or capitals.
const FORMS: [(&str, bool); 29] = [
    ("9999-AA-99", false),
    ("999-AA-99", false),
    ("AA-99-99", true),
    ("99-99-AA", false),
    ("99-AA-99", true),
    ("AA-99-AA", true),
    ("AA-AA-99", true),
    ("99-AA-AA", true),
    ("99-AAA-9", true),
    ("9-AAA-99", true),
    ("AA-999-A", true),
    ("A-999-AA", true),
    ("AAA-99-A", true),
    ("A-99-AAA", true),
    ("9-AA-999", true),
    ("999-AA-9", true),
    ("9-AAA-999", true),
    ("AAA-999", false),
    ("999-AAA", false),
    ("AA-999-AA", true),
    ("AA99-AAA", true),
    ("AA-99-AAA", false),
    ("A999-AAA", true),
    ("A99-AAA", false),
    ("AAA-999A", true),
    ("AAA-9999", false),
    ("AAA9-AAA", false),
    ("A9-AAA", false),
    ("AAA-A99", false),
];

fn grouped(text: &str) -> Option<(usize, bool)> {
    let bytes = text.as_bytes();
    FORMS.iter().find_map(|(form, sure)| {
        let mut at = 0;
        let mut signs = 0;
        for sign in form.bytes() {
            let byte = bytes.get(at).copied();
            match sign {
                b'A' if byte.is_some_and(|b| b.is_ascii_alphabetic()) => at += 1,
                b'9' if byte.is_some_and(|b| b.is_ascii_digit()) => at += 1,
                b'-' if byte.is_some_and(|b| b"- .".contains(&b)) => {
                    at += 1;
                    signs += 1;
                }
                b'-' => {}
                _ => return None,
            }
        }
        if !ends(text, at) || text[..at].ends_with(['-', '.', ' ']) {
            return None;
        }
        let written = &text[..at];
        let capitals = !written.bytes().any(|b| b.is_ascii_lowercase());
        let wanted = form.bytes().filter(|b| *b == b'-').count();
        let hyphens = written.bytes().filter(|b| *b == b'-').count();
        let older = ["A999-AAA", "AAA-999A"].contains(form);
        let british = (*form == "AA99-AAA" || older) && signs == 1;
        // "12 GHK 7", "GX 918 B": one long group amid short ones.
        let apart = signs == 2 && wanted == 2 && (form.contains("AAA") || form.contains("999"));
        let french = *form == "AA-999-AA" && signs == 2;
        let mixed = !["AA-99-99", "99-AA-99", "AA-AA-99"].contains(form);
        let glued = signs == 0 && wanted > 0 && mixed && !older;
        let sure = *sure
            && (capitals && (hyphens == wanted || british || french || glued || apart)
                || hyphens == wanted && wanted == 2);
        Some((at, sure))
    })
}

/// `HH-KW 2207`, `B - GY 7 E`: place, letters, number, `E` or `H`.
fn german(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let letters = |from: usize, most: usize| {
        let count =
            bytes.get(from..)?.iter().take(most + 1).take_while(|b| b.is_ascii_uppercase()).count();
        (1..=most).contains(&count).then_some(from + count)
    };
    let mut at = letters(0, 3)?;
    let before = at;
    while bytes.get(at).is_some_and(|b| *b == b' ' || *b == b'-') && at - before < 3 {
        at += 1;
    }
    if !text[before..at].contains('-') || text.starts_with("USB") {
        return None;
    }
    at = letters(at, 2)?;
    at += usize::from(matches!(bytes.get(at), Some(b' ' | b'-')));
    let digits = bytes.get(at..)?.iter().take(5).take_while(|b| b.is_ascii_digit()).count();
    if !(1..=4).contains(&digits) || bytes[at] == b'0' {
        return None;
    }
    at += digits;
    let mark = if bytes.get(at) == Some(&b' ') { at + 1 } else { at };
    if matches!(bytes.get(mark), Some(b'E' | b'H')) && ends(text, mark + 1) {
        at = mark + 1;
    }
    (ends(text, at) && !text[at..].starts_with('-')).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::at;

    #[test]
    fn plates_have_known_forms() {
        for text in [
            "K-482-TL",
            "12-GHK-7",
            "GX-918-B",
            "8-XKD-91",
            "1-ABC-743",
            "LK19 XPD",
            "HH-KW 2207",
            "B - GY 7 E",
            "M-AX 1999",
            "AB-417-XR",
            "FK 882 LM",
            "GX 918 B",
            "P405 NGH",
            "KVR 442W",
            "191-D-40127",
            "07-C-9912",
        ] {
            assert_eq!(at(text), Some((text.len(), true)), "{text}");
        }
        assert_eq!(at("gx918b"), Some((6, false)));
        assert_eq!(at("y782 ktl"), Some((8, false)));
        assert_eq!(at("231 KY 887"), Some((10, false)));
        assert_eq!(at("4471 vx 59"), Some((10, false)));
        for text in
            ["12-03-1981", "12-X-4471", "99-D-1", "2024-118823", "A-12", "USB-C 2", "WH-1000XM4"]
        {
            assert!(at(text).is_none_or(|(_, sure)| !sure), "{text}");
        }
    }
}
