//! Full stops that end no sentence: after an abbreviation, and after a number that counts ("am
//! 12. März", "zum 3. Mal").

use super::{Kind, Text, Token};

/// A word or number with a full stop right behind it.
pub(super) struct Stop<'t> {
    /// As written.
    raw: &'t str,
    /// Folded.
    norm: &'t str,
    kind: Kind,
    /// The word before it in the same sentence, folded; empty where there is none.
    before: &'t str,
    /// The text up to the word.
    left: &'t str,
    /// The text behind the full stop.
    right: &'t str,
}

impl<'t> Stop<'t> {
    /// The full stop at `at` in `raw`, where the last token of `text` stands right before it.
    /// `first` is the first token of the sentence.
    pub(super) fn new(text: &'t Text, raw: &'t str, at: usize, first: usize) -> Option<Self> {
        let token = text.tokens.last().filter(|t| t.end as usize == at)?;
        let Token { start, kind, .. } = *token;
        let index = text.tokens.len() - 1;
        Some(Self {
            raw: token.span().of(raw),
            norm: text.norm(token),
            kind,
            before: if index > first { text.norm(&text.tokens[index - 1]) } else { "" },
            left: &raw[..start as usize],
            right: &raw[at + 1..],
        })
    }

    /// Whether the sentence goes on behind it.
    pub(super) fn goes_on(&self) -> bool {
        match self.kind {
            Kind::Number => self.is_ordinal(),
            Kind::Word => {
                self.is_abbreviation() || self.is_spaced_abbreviation() || self.is_initial()
            }
            _ => false,
        }
    }

    /// The last letter of an abbreviation with full stops inside, such as "a.u.b.", which may end
    /// the sentence too.
    pub(super) fn is_last_letter(&self) -> bool {
        self.kind == Kind::Word && self.norm.len() == 1 && self.left.ends_with('.')
    }

    fn is_abbreviation(&self) -> bool {
        match self.norm {
            "bv" | "nr" | "nrs" | "dhr" | "mevr" | "mw" | "mr" | "mrs" | "ms" | "dr" | "drs"
            | "ing" | "ir" | "etc" | "incl" | "excl" | "evt" | "ca" | "tel" | "blz" | "jl"
            | "resp" | "vs" | "no" => true,
            "nrn" | "ggf" | "ggfs" | "inkl" | "exkl" | "zzgl" | "bzgl" | "bzw" | "evtl" | "vgl"
            | "bspw" | "insb" | "einschl" | "abzgl" | "sog" | "lt" | "mio" | "mrd" | "hrn"
            | "dipl" => true,
            "mme" | "mmes" | "mlle" | "mlles" | "cf" => true,
            "hr" | "fr" => !starts_sentence(self.next_word()),
            // "M. Dupont", but not "size M. Thanks".
            "m" => self.raw == "M" && self.is_monsieur(),
            "usw" | "uvm" | "uswf" => !self.next().is_some_and(char::is_uppercase),
            "ref" | "bd" | "av" => self.next().is_some_and(|c| c.is_ascii_digit()),
            "min" | "std" => {
                self.raw.starts_with(['M', 'S']) && self.next().is_some_and(char::is_lowercase)
            }
            // "Bergstr. 5", but not "in der Bergstr. Dort".
            norm if norm.ends_with("str") => {
                self.next().is_some_and(|c| c.is_ascii_digit() || c.is_lowercase())
            }
            // "Kd.-Nr.", "Art.-Nr."
            _ => self.right.get(..3).is_some_and(|r| r.eq_ignore_ascii_case("-nr")),
        }
    }

    /// "mevr. A. Vermeulen", but not "optie A. Kies maar".
    fn is_initial(&self) -> bool {
        const BEFORE: [&str; 22] = [
            "mevr", "mevrouw", "mw", "meneer", "mijnheer", "dhr", "heer", "familie", "mr", "mrs",
            "ms", "dr", "dear", "beste", "geachte", "frau", "herr", "herrn", "madame", "monsieur",
            "mme", "naam",
        ];
        let mut letters = self.raw.chars();
        let alone = letters.next().is_some_and(char::is_uppercase) && letters.next().is_none();
        let next = self.next_word();
        alone
            && next.starts_with(char::is_uppercase)
            && !starts_sentence(next)
            && (BEFORE.contains(&self.before) || self.left.ends_with(". "))
    }

    fn is_monsieur(&self) -> bool {
        const BEFORE: [&str; 15] = [
            "c'est", "est", "de", "a", "et", "avec", "par", "pour", "chez", "que", "bonjour",
            "bonsoir", "cher", "ou", "selon",
        ];
        let next = self.next_word();
        // At the beginning it may be the initial of a signature: "M. Jansen".
        let behind = &self.right.trim_start_matches(BLANKS)[next.len()..];
        let does_something =
            behind.strip_prefix(' ').is_some_and(|b| b.starts_with(char::is_lowercase));
        let mut letters = next.chars();
        letters.next().is_some_and(char::is_uppercase)
            && letters.next().is_some_and(char::is_lowercase)
            && !starts_sentence(next)
            && (BEFORE.contains(&self.before) || (self.before.is_empty() && does_something))
    }

    /// "z. B.", "d. h.", "i. d. R.", "p. ex.", "c.-à-d.": German and French write them with and
    /// without spaces, and a capital behind them says nothing.
    fn is_spaced_abbreviation(&self) -> bool {
        const PAIRS: [(&str, &str); 11] = [
            ("z", "B"),
            ("Z", "B"),
            ("d", "h"),
            ("D", "h"),
            ("u", "a"),
            ("i", "d"),
            ("d", "R"),
            ("o", "ä"),
            ("z", "T"),
            ("u", "U"),
            ("p", "ex"),
        ];
        if self.raw.len() > 2 {
            return false;
        }
        let right = self.right.trim_start_matches(BLANKS);
        let left = self.left.trim_end_matches(BLANKS);
        let opens = |second: &str| right.strip_prefix(second).is_some_and(|r| r.starts_with('.'));
        let closes = |first: &str| {
            let word = left.strip_suffix('.').and_then(|l| l.strip_suffix(first));
            word.is_some_and(|l| !l.ends_with(char::is_alphanumeric))
        };
        PAIRS.iter().any(|&(first, second)| {
            (self.raw == first && opens(second)) || (self.raw == second && closes(first))
        }) || (self.norm == "c" && (right.starts_with("-à-d") || right.starts_with("-a-d")))
            || (self.norm == "d" && (left.ends_with("c.-à-") || left.ends_with("c.-a-")))
    }

    /// German writes "third" as "3.".
    fn is_ordinal(&self) -> bool {
        /// After these a number with a full stop is a day or a rank.
        const BEFORE: [&str; 15] = [
            "am", "vom", "zum", "beim", "ab", "bis", "seit", "dem", "das", "mein", "meine",
            "meinen", "meiner", "unser", "unsere",
        ];
        /// After these too, but they are also words of Dutch or English.
        const MAYBE_BEFORE: [&str; 7] = ["die", "der", "den", "des", "im", "ein", "eine"];
        let date = self.norm.contains('.');
        if self.norm.len() > if date { 5 } else { 3 } || self.norm.contains([',', ':']) {
            return false;
        }
        let next = self.next_word();
        if next.is_empty() {
            return !date && self.right.starts_with(',');
        }
        if !date && (is_one_of(next, &MONTHS) || is_one_of(next, &["mal", "og"])) {
            return true;
        }
        let known = BEFORE.contains(&self.before) && !self.left.trim_end().ends_with("I am");
        if next.starts_with(char::is_lowercase) {
            let behind = self.right.trim_start_matches(BLANKS)[next.len()..].trim_start();
            let span = is_one_of(next, &["bis", "und", "oder"])
                && behind.starts_with(|c: char| c.is_ascii_digit());
            if span || (known && !starts_sentence(next)) {
                return true;
            }
        }
        (known || MAYBE_BEFORE.contains(&self.before)) && !date && is_one_of(next, &RANKED)
    }

    /// What comes behind the full stop.
    fn next(&self) -> Option<char> {
        self.right.trim_start().chars().next()
    }

    /// The word behind the full stop and a blank on the same line; empty where there is none.
    fn next_word(&self) -> &'t str {
        let word = self.right.trim_start_matches(BLANKS);
        if word.len() == self.right.len() {
            return "";
        }
        &word[..word.find(|c: char| !c.is_alphabetic()).unwrap_or(word.len())]
    }
}

const BLANKS: [char; 3] = [' ', '\u{a0}', '\u{202f}'];

const MONTHS: [&str; 15] = [
    "januar",
    "jänner",
    "februar",
    "märz",
    "maerz",
    "mrz",
    "april",
    "mai",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "dezember",
];

/// What customers count.
const RANKED: [&str; 41] = [
    "jan",
    "feb",
    "apr",
    "aug",
    "sep",
    "sept",
    "okt",
    "nov",
    "dez",
    "stock",
    "etage",
    "stockwerk",
    "obergeschoss",
    "mahnung",
    "rechnung",
    "abrechnung",
    "rate",
    "mail",
    "nachricht",
    "anfrage",
    "anruf",
    "brief",
    "versuch",
    "anlauf",
    "termin",
    "tag",
    "woche",
    "monat",
    "quartal",
    "jahr",
    "klasse",
    "lieferung",
    "paket",
    "bestellung",
    "gerät",
    "techniker",
    "mitarbeiter",
    "beschwerde",
    "reparatur",
    "person",
    "geburtstag",
];

/// Words that begin a sentence and follow no abbreviation, name or rank.
fn starts_sentence(word: &str) -> bool {
    const WORDS: [&str; 66] = [
        "ich", "wir", "sie", "er", "es", "du", "ihr", "der", "die", "das", "ein", "eine", "bitte",
        "danke", "wann", "warum", "wieso", "was", "wie", "wo", "wer", "kann", "können", "aber",
        "jetzt", "nun", "leider", "dann", "danach", "daher", "vielen", "je", "tu", "il", "elle",
        "on", "nous", "vous", "le", "la", "les", "un", "une", "merci", "mais", "pouvez", "i", "we",
        "they", "the", "my", "please", "thanks", "it", "he", "she", "ik", "u", "het", "de", "dit",
        "graag", "dank", "hallo", "bonjour", "guten",
    ];
    is_one_of(word, &WORDS)
}

fn is_one_of(word: &str, words: &[&str]) -> bool {
    words.iter().any(|known| known.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(raw: &str, sentences: usize) {
        let text = Text::new(raw);
        let cut: Vec<&str> =
            (0..text.sentences.len()).map(|i| text.sentence_span(i).of(raw)).collect();
        assert_eq!(cut.len(), sentences, "{cut:#?}");
    }

    #[test]
    fn a_rank_or_a_day_ends_no_sentence() {
        for raw in [
            "Ich rufe jetzt zum 3. Mal an",
            "das 2. mal schon",
            "Seit dem 1. Mai kein Internet",
            "Der Termin war am 12. März um 10 Uhr",
            "am 15. geschrieben, nie eine Antwort",
            "Urlaub vom 3. bis 14. August",
            "der Bescheid vom 12.03. über 40 Euro",
            "am 3., 4. und 5. Mai war niemand da",
            "Das ist die 2. Mahnung",
            "Wir wohnen im 5. Stock",
            "Amselweg 22, 3. OG links",
        ] {
            check(raw, 1);
        }
    }

    #[test]
    fn an_initial_ends_no_sentence() {
        check("Beste mevr. A. Vermeulen, wat naar", 1);
        check("I spoke to Mr. J. B. Smith today", 1);
        check("Neem dan optie A. Kies zelf maar", 2);
        check("Ik woon op nummer 12 B. Jan weet dat", 2);
    }

    #[test]
    fn any_other_number_still_ends_its_sentence() {
        for raw in [
            "Wir wohnen in Nummer 12. Der Techniker war nie da",
            "Der Einbau ist am 21. Ulla macht auf",
            "Ich kann erst am 9. Bitte rufen Sie an",
            "Ich warte seit 2019. Mal sehen",
            "Je suis parti le 15. Il pleuvait",
            "Wij zitten op lijn 12. die rijdt niet",
            "im 15. mums at work",
            "I am 45. please help",
            "al betaald: 30. Daarna niets gehoord",
        ] {
            check(raw, 2);
        }
    }

    #[test]
    fn german_abbreviations_end_no_sentence() {
        for raw in [
            "Sie können z. B. Montag oder z.B. Dienstag kommen",
            "Das gilt d. h. Ihre Karte und i. d. R. Ihr Konto u. a. Schäden",
            "Auftrag Nr. 4711, ggf. Hr. Maier oder Fr. Schulz fragen",
            "Bergstr. 5 inkl. Keller bzw. Garage, zzgl. Porto",
            "Router, Kabel usw. sind da",
            "Meine Kd.-Nr. ist 12, nach 5 Min. war Schluss",
        ] {
            check(raw, 1);
        }
        check("Ich wohne in der Bergstr. Dort ist kein Netz", 2);
        check("Router, Kabel usw. Alles kaputt", 2);
        check("Ich warte bis Fr. Danke", 2);
    }

    #[test]
    fn french_abbreviations_end_no_sentence() {
        for raw in [
            "Bonjour M. Dupont, Mme. Durand et Mlle. Petit",
            "J'ai parlé à M. Martin",
            "M. Martin est passé hier",
            "la commande n° 12 et le colis n°. 14",
            "un geste, p. ex. Un avoir, c.-à-d. Rien",
            "dossier réf. 1234",
        ] {
            check(raw, 1);
        }
        check("Ik heb maat M. Graag ruilen", 2);
        check("My size is M. Thanks", 2);
        check("Tot ziens. M. Ouwerkerk", 2);
    }
}
