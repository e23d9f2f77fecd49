//! Numerals written as words, in Dutch and English.

use gehoord_conversation::Language;

const NL: [&str; 21] = [
    "nul",
    "een",
    "twee",
    "drie",
    "vier",
    "vijf",
    "zes",
    "zeven",
    "acht",
    "negen",
    "tien",
    "elf",
    "twaalf",
    "dertien",
    "veertien",
    "vijftien",
    "zestien",
    "zeventien",
    "achttien",
    "negentien",
    "twintig",
];
const NL_TENS: [(&str, u32); 5] =
    [("twintig", 20), ("dertig", 30), ("veertig", 40), ("vijftig", 50), ("zestig", 60)];
/// "voor vieren": the hours as they are said after a preposition.
const NL_HOURS: [&str; 12] = [
    "enen", "tweeen", "drieen", "vieren", "vijven", "zessen", "zevenen", "achten", "negenen",
    "tienen", "elven", "twaalven",
];
const EN: [&str; 21] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
];
const EN_TENS: [(&str, u32); 5] =
    [("twenty", 20), ("thirty", 30), ("forty", 40), ("fifty", 50), ("sixty", 60)];

/// The ordinals that [`ordinal`] knows by heart.
const IRREGULAR_ORDINALS: [&str; 11] = [
    "eerste",
    "derde",
    "first",
    "second",
    "third",
    "fifth",
    "eighth",
    "ninth",
    "twelfth",
    "twentieth",
    "thirtieth",
];

/// The longest numeral in the tables; longer words are none.
const LONGEST: usize = 24;

/// The value of one word in folded lower case: up to twenty, tens, and in Dutch what lies
/// between ("vierentwintig").
pub(super) fn cardinal(word: &str, language: Language) -> Option<u32> {
    if word.len() > LONGEST {
        return None;
    }
    let (small, tens) = match language {
        Language::Nl => (&NL, &NL_TENS),
        _ => (&EN, &EN_TENS),
    };
    let place = small.iter().position(|name| *name == word);
    if let Some(value) = place.and_then(|value| u32::try_from(value).ok()) {
        return Some(value);
    }
    tens.iter().find_map(|(name, ten)| {
        let ones = word.strip_suffix(name)?;
        if ones.is_empty() {
            return Some(*ten);
        }
        // "vierentwintig": ones, "en", tens. Only Dutch writes them as one word.
        let ones = ones.strip_suffix("en").filter(|_| language == Language::Nl)?;
        let value = NL.get(1..10)?.iter().position(|name| *name == ones)?;
        Some(ten + 1 + u32::try_from(value).ok()?)
    })
}

/// The value of an ordinal ("derde", "vijftiende", "third").
pub(super) fn ordinal(word: &str, language: Language) -> Option<u32> {
    let irregular = match word {
        "eerste" | "first" => Some(1),
        "second" => Some(2),
        "derde" | "third" => Some(3),
        "fifth" => Some(5),
        "eighth" => Some(8),
        "ninth" => Some(9),
        "twelfth" => Some(12),
        "twentieth" => Some(20),
        "thirtieth" => Some(30),
        _ => None,
    };
    let endings: &[&str] = match language {
        Language::Nl => &["ste", "de"],
        _ => &["th"],
    };
    irregular.or_else(|| {
        endings.iter().find_map(|ending| cardinal(word.strip_suffix(ending)?, language))
    })
}

/// The hour in "voor vieren", "na twaalven".
pub(super) fn inflected_hour(word: &str) -> Option<u8> {
    let place = NL_HOURS.iter().position(|name| *name == word)?;
    u8::try_from(place + 1).ok()
}

/// All words that [`cardinal`], [`ordinal`] or [`inflected_hour`] knows in `language`.
pub(super) fn numerals(language: Language) -> Vec<String> {
    let (small, tens) = match language {
        Language::Nl => (&NL, &NL_TENS),
        _ => (&EN, &EN_TENS),
    };
    let mut words: Vec<String> = small.iter().map(|name| (*name).to_owned()).collect();
    for (ten, _) in tens {
        words.push((*ten).to_owned());
        words.extend(NL.iter().skip(1).take(9).map(|ones| format!("{ones}en{ten}")));
    }
    let endings: &[&str] = if language == Language::Nl { &["ste", "de"] } else { &["th"] };
    let ordinals: Vec<_> = words
        .iter()
        .flat_map(|word| endings.iter().map(move |end| format!("{word}{end}")))
        .collect();
    words.extend(ordinals);
    words.extend(NL_HOURS.iter().chain(&IRREGULAR_ORDINALS).map(|word| (*word).to_owned()));
    words.retain(|word| {
        cardinal(word, language).is_some()
            || ordinal(word, language).is_some()
            || (language == Language::Nl && inflected_hour(word).is_some())
    });
    words
}

#[cfg(test)]
mod tests {
    use gehoord_conversation::Language;

    use super::{cardinal, inflected_hour, ordinal};

    #[test]
    fn numerals_have_their_value() {
        for (word, value) in [
            ("een", Some(1)),
            ("twintig", Some(20)),
            ("vierentwintig", Some(24)),
            ("tweeenzeventig", None),
            ("achtenveertig", Some(48)),
            ("entwintig", None),
            ("twee", Some(2)),
            ("tweede", None),
            ("", None),
        ] {
            assert_eq!(cardinal(word, Language::Nl), value, "{word}");
        }
        assert_eq!(cardinal("eighteen", Language::En), Some(18));
        assert_eq!(cardinal("thirty", Language::En), Some(30));
        assert_eq!(cardinal("onetwenty", Language::En), None);
    }

    #[test]
    fn ordinals_and_inflected_hours() {
        assert_eq!(ordinal("derde", Language::Nl), Some(3));
        assert_eq!(ordinal("eenentwintigste", Language::Nl), Some(21));
        assert_eq!(ordinal("fourth", Language::En), Some(4));
        assert_eq!(ordinal("twentieth", Language::En), Some(20));
        assert_eq!(inflected_hour("vieren"), Some(4));
        assert_eq!(inflected_hour("vieringen"), None);
    }
}
