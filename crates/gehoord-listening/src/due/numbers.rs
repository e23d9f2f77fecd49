//! Numerals written as words.

use gehoord_conversation::Language;

/// The numerals of a language, in folded spelling.
struct Numerals {
    /// Words with their own value, tens left out.
    small: &'static [(&'static str, u32)],
    tens: &'static [(&'static str, u32)],
    /// What joins ones and tens in one word: "vier-en-twintig".
    and: Option<&'static str>,
    /// Ordinals that are no numeral with an ending.
    ordinals: &'static [(&'static str, u32)],
    /// Endings that make a numeral an ordinal.
    ordinal_endings: &'static [&'static str],
}

static NL: Numerals = Numerals {
    small: &[
        ("nul", 0),
        ("een", 1),
        ("twee", 2),
        ("drie", 3),
        ("vier", 4),
        ("vijf", 5),
        ("zes", 6),
        ("zeven", 7),
        ("acht", 8),
        ("negen", 9),
        ("tien", 10),
        ("elf", 11),
        ("twaalf", 12),
        ("dertien", 13),
        ("veertien", 14),
        ("vijftien", 15),
        ("zestien", 16),
        ("zeventien", 17),
        ("achttien", 18),
        ("negentien", 19),
    ],
    tens: &[("twintig", 20), ("dertig", 30), ("veertig", 40), ("vijftig", 50), ("zestig", 60)],
    and: Some("en"),
    ordinals: &[("eerste", 1), ("derde", 3)],
    ordinal_endings: &["ste", "de"],
};
/// "voor vieren": the hours as they are said after a preposition in Dutch.
const NL_HOURS: [&str; 12] = [
    "enen", "tweeen", "drieen", "vieren", "vijven", "zessen", "zevenen", "achten", "negenen",
    "tienen", "elven", "twaalven",
];
static EN: Numerals = Numerals {
    small: &[
        ("zero", 0),
        ("one", 1),
        ("two", 2),
        ("three", 3),
        ("four", 4),
        ("five", 5),
        ("six", 6),
        ("seven", 7),
        ("eight", 8),
        ("nine", 9),
        ("ten", 10),
        ("eleven", 11),
        ("twelve", 12),
        ("thirteen", 13),
        ("fourteen", 14),
        ("fifteen", 15),
        ("sixteen", 16),
        ("seventeen", 17),
        ("eighteen", 18),
        ("nineteen", 19),
    ],
    tens: &[("twenty", 20), ("thirty", 30), ("forty", 40), ("fifty", 50), ("sixty", 60)],
    and: None,
    ordinals: &[
        ("first", 1),
        ("second", 2),
        ("third", 3),
        ("fifth", 5),
        ("eighth", 8),
        ("ninth", 9),
        ("twelfth", 12),
        ("twentieth", 20),
        ("thirtieth", 30),
    ],
    ordinal_endings: &["th"],
};
static DE: Numerals = Numerals {
    small: &[
        ("null", 0),
        ("ein", 1),
        ("eins", 1),
        ("eine", 1),
        ("einem", 1),
        ("einen", 1),
        ("einer", 1),
        ("eines", 1),
        ("zwei", 2),
        ("zwo", 2),
        ("drei", 3),
        ("vier", 4),
        ("funf", 5),
        ("fuenf", 5),
        ("sechs", 6),
        ("sieben", 7),
        ("acht", 8),
        ("neun", 9),
        ("zehn", 10),
        ("elf", 11),
        ("zwolf", 12),
        ("zwoelf", 12),
        ("dreizehn", 13),
        ("vierzehn", 14),
        ("funfzehn", 15),
        ("fuenfzehn", 15),
        ("sechzehn", 16),
        ("siebzehn", 17),
        ("achtzehn", 18),
        ("neunzehn", 19),
    ],
    tens: &[
        ("zwanzig", 20),
        ("dreissig", 30),
        ("vierzig", 40),
        ("funfzig", 50),
        ("fuenfzig", 50),
        ("sechzig", 60),
        ("siebzig", 70),
        ("achtzig", 80),
        ("neunzig", 90),
    ],
    and: Some("und"),
    ordinals: &[
        ("erste", 1),
        ("ersten", 1),
        ("erster", 1),
        ("erstes", 1),
        ("dritte", 3),
        ("dritten", 3),
        ("dritter", 3),
        ("drittes", 3),
        ("siebte", 7),
        ("siebten", 7),
        ("siebter", 7),
        ("siebtes", 7),
        ("achte", 8),
        ("achten", 8),
        ("achter", 8),
        ("achtes", 8),
    ],
    ordinal_endings: &["te", "ten", "ter", "tes", "ste", "sten", "ster", "stes"],
};
/// What lies between is written in more words: `Reader::french_number`.
static FR: Numerals = Numerals {
    small: &[
        ("zero", 0),
        ("un", 1),
        ("une", 1),
        ("deux", 2),
        ("trois", 3),
        ("quatre", 4),
        ("cinq", 5),
        ("six", 6),
        ("sept", 7),
        ("huit", 8),
        ("neuf", 9),
        ("dix", 10),
        ("onze", 11),
        ("douze", 12),
        ("treize", 13),
        ("quatorze", 14),
        ("quinze", 15),
        ("seize", 16),
    ],
    tens: &[
        ("vingt", 20),
        ("vingts", 20),
        ("trente", 30),
        ("quarante", 40),
        ("cinquante", 50),
        ("soixante", 60),
        ("septante", 70),
        ("huitante", 80),
        ("octante", 80),
        ("nonante", 90),
    ],
    and: None,
    ordinals: &[("premier", 1), ("premiere", 1)],
    ordinal_endings: &[],
};

/// The longest numeral in the tables; longer words are none.
const LONGEST: usize = 24;

fn of(language: Language) -> &'static Numerals {
    match language {
        Language::Nl => &NL,
        Language::En => &EN,
        Language::De => &DE,
        Language::Fr => &FR,
    }
}

fn look_up(word: &str, table: &[(&str, u32)]) -> Option<u32> {
    table.iter().find(|(name, _)| *name == word).map(|(_, value)| *value)
}

/// The value of one word in folded lower case: up to twenty, tens, and in Dutch and German what
/// lies between ("vierentwintig").
pub(super) fn cardinal(word: &str, language: Language) -> Option<u32> {
    if word.len() > LONGEST {
        return None;
    }
    let Numerals { small, tens, and, .. } = of(language);
    look_up(word, small).or_else(|| look_up(word, tens)).or_else(|| {
        tens.iter().find_map(|(name, ten)| {
            let ones = word.strip_suffix(name)?.strip_suffix((*and)?)?;
            let ones = look_up(ones, small).filter(|ones| (1..=9).contains(ones))?;
            Some(ten + ones)
        })
    })
}

/// The value of an ordinal ("derde", "vijftiende", "third").
pub(super) fn ordinal(word: &str, language: Language) -> Option<u32> {
    let Numerals { ordinals, ordinal_endings, .. } = of(language);
    look_up(word, ordinals).or_else(|| {
        ordinal_endings.iter().find_map(|ending| cardinal(word.strip_suffix(ending)?, language))
    })
}

/// The hour in "voor vieren", "na twaalven".
pub(super) fn inflected_hour(word: &str) -> Option<u8> {
    let place = NL_HOURS.iter().position(|name| *name == word)?;
    u8::try_from(place + 1).ok()
}

/// All words that [`cardinal`], [`ordinal`] or, in Dutch, [`inflected_hour`] knows.
pub(super) fn numerals(language: Language) -> Vec<String> {
    let Numerals { small, tens, and, ordinals, ordinal_endings } = of(language);
    let mut words: Vec<String> = small.iter().map(|(name, _)| (*name).to_owned()).collect();
    for (ten, _) in *tens {
        words.push((*ten).to_owned());
        let joined = |and| small.iter().map(move |(ones, _)| format!("{ones}{and}{ten}"));
        words.extend(and.iter().flat_map(joined));
    }
    let with_ending = |word: &String| {
        let word = word.clone();
        ordinal_endings.iter().map(move |ending| format!("{word}{ending}"))
    };
    let ordinals = ordinals.iter().map(|(name, _)| (*name).to_owned());
    let ordinals: Vec<_> = words.iter().flat_map(with_ending).chain(ordinals).collect();
    words.extend(ordinals);
    if language == Language::Nl {
        words.extend(NL_HOURS.iter().map(|hour| (*hour).to_owned()));
    }
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
        assert_eq!(cardinal("achtundvierzig", Language::De), Some(48));
        assert_eq!(cardinal("zwoelf", Language::De), Some(12));
        assert_eq!(cardinal("nonante", Language::Fr), Some(90));
        assert_eq!(cardinal("vingtun", Language::Fr), None);
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
        assert_eq!(ordinal("funfzehnten", Language::De), Some(15));
        assert_eq!(ordinal("einundzwanzigsten", Language::De), Some(21));
        assert_eq!(ordinal("dritten", Language::De), Some(3));
        assert_eq!(ordinal("premier", Language::Fr), Some(1));
        assert_eq!(inflected_hour("vieren"), Some(4));
        assert_eq!(inflected_hour("vieringen"), None);
    }
}
