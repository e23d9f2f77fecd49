//! The label of a speaker at the start of a line, with the time beside it.

use crate::time::{Stamp, take_stamp};

/// A line that may start with a speaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Labelled<'t> {
    /// The time before or after the name.
    pub(crate) stamp: Option<Stamp>,
    /// The name or role.
    pub(crate) name: &'t str,
    /// What follows.
    pub(crate) rest: &'t str,
}

/// Words that stand before a colon at the start of a line and speak not.
const NOT_SPEAKERS: &[&str] = &[
    "let op",
    "ps",
    "p.s.",
    "p.s",
    "nb",
    "n.b.",
    "n.b",
    "tip",
    "noot",
    "note",
    "bijlage",
    "bijlagen",
    "onderwerp",
    "subject",
    "re",
    "fw",
    "fwd",
    "datum",
    "date",
    "tijd",
    "time",
    "naam",
    "name",
    "adres",
    "address",
    "postcode",
    "woonplaats",
    "telefoon",
    "telefoonnummer",
    "tel",
    "mobiel",
    "phone",
    "e-mail",
    "email",
    "mail",
    "e-mailadres",
    "klantnummer",
    "ordernummer",
    "bestelnummer",
    "bestelling",
    "order",
    "factuur",
    "factuurnummer",
    "invoice",
    "referentie",
    "reference",
    "kenmerk",
    "dossiernummer",
    "zaaknummer",
    "ticket",
    "ticketnummer",
    "iban",
    "bedrag",
    "totaal",
    "total",
    "prijs",
    "price",
    "vraag",
    "antwoord",
    "question",
    "answer",
    "conclusie",
    "samenvatting",
    "summary",
    "actie",
    "action",
    "oplossing",
    "probleem",
    "problem",
    "opmerking",
    "status",
    "stap",
    "step",
    "optie",
    "option",
    "dus",
    "kortom",
    "bijvoorbeeld",
    "example",
    "belangrijk",
    "important",
    "update",
    "edit",
    "van",
    "aan",
    "to",
    "from",
    "cc",
    "verzonden",
    "sent",
    "geboortedatum",
    "polisnummer",
    "kenteken",
    "openingstijden",
    "website",
    "link",
    "kanal",
    "kanaal",
    "channel",
    "betreft",
    "achtung",
    "wichtig",
    "hinweis",
    "attention",
    "remarque",
    "http",
    "https",
    "mijn vraag",
    "my question",
    "het gaat om",
    "reden",
    "reason",
    "code",
    "resultaat",
    "result",
    "citaat",
    "quote",
    "toelichting",
    "inhoud",
    "pakket",
];

/// Whether words before a colon are a heading rather than a speaker.
pub(crate) fn is_no_speaker(name: &str) -> bool {
    let name = name.trim().to_lowercase();
    let bare = name.trim_end_matches(|c: char| c.is_numeric() || c == ' ' || c == '.');
    NOT_SPEAKERS.contains(&name.as_str()) || NOT_SPEAKERS.contains(&bare)
}

/// Marks of text direction that chat exports put before names and times.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

/// `line` without what cannot be seen at its start.
pub(crate) fn visible_start(line: &str) -> &str {
    line.trim_start_matches(|c: char| c.is_whitespace() || is_invisible(c))
}

/// Takes a label from the start of a line: a name before a colon, with a time before it, after
/// it, or none. Whether the name is that of a speaker is for the caller to judge.
pub(crate) fn label(line: &str) -> Option<Labelled<'_>> {
    let (before, line) = leading_stamp(line);
    let colons = line.char_indices().filter(|(_, c)| *c == ':').map(|(at, _)| at);
    for colon in colons.take(4).take_while(|at| *at <= 120) {
        let after_colon = &line[colon + 1..];
        if after_colon.starts_with(|c: char| c.is_ascii_digit() || c == '/') {
            continue;
        }
        let (name, after) = trailing_stamp(&line[..colon]);
        let name = bare_name(name);
        let stamp = before.or(after);
        if !is_name(name, stamp.is_some()) {
            return None;
        }
        let rest = after_colon.trim_start_matches(['*', '_']);
        return Some(Labelled { stamp, name, rest: visible_start(rest).trim_end() });
    }
    None
}

/// A line that holds a name and a time and nothing else, as when a chat window is copied:
/// `Sanne  10:02`.
pub(crate) fn name_and_time(line: &str) -> Option<Labelled<'_>> {
    let (before, line) = leading_stamp(line);
    let (name, after) = trailing_stamp(line.trim_end());
    let name = bare_name(name);
    let stamp = before.or(after)?;
    is_name(name, true).then_some(Labelled { stamp: Some(stamp), name, rest: "" })
}

/// The time at the start of a line, and what follows it and the dash after it.
pub(crate) fn leading_stamp(line: &str) -> (Option<Stamp>, &str) {
    let line = visible_start(line);
    match take_stamp(line) {
        Some((stamp, used)) => {
            let rest = line[used..].trim_start_matches([' ', '\t', '-', '–', '—', '|']);
            (Some(stamp), visible_start(rest))
        }
        None => (None, line),
    }
}

/// `Klant (10:02)`, `Klant, 10:02` and `Klant 02-03-2026 10:02` as name and time.
fn trailing_stamp(text: &str) -> (&str, Option<Stamp>) {
    let text = text.trim_end_matches([' ', '*', '_']);
    let starts = text.char_indices().filter(|(_, c)| c.is_ascii_digit() || matches!(c, '[' | '('));
    for (at, _) in starts {
        let apart = text[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric());
        if apart
            && let Some((stamp, used)) = take_stamp(&text[at..])
            && stamp.time.is_some()
            && at + used == text.len()
        {
            return (
                text[..at].trim_end_matches([' ', ',', '-', '–', '|', '\t', '@']),
                Some(stamp),
            );
        }
    }
    (text, None)
}

fn bare_name(name: &str) -> &str {
    let marks = |c: char| c.is_whitespace() || c == '*' || c == '_' || is_invisible(c);
    name.trim_matches(marks)
}

/// At most four words and forty characters, of the kind that names are made of.
fn is_name(name: &str, stamped: bool) -> bool {
    let fits = |c: char| {
        c.is_alphanumeric()
            || c == ' '
            || matches!(c, '.' | '-' | '\'' | '’' | '_' | '(' | ')' | '[' | ']' | '<' | '>')
            || matches!(c, '@' | '#' | '&' | '/' | '+' | '|' | '\u{300}'..='\u{36F}' | '~')
            || is_invisible(c)
    };
    let starts_well = name
        .chars()
        .next()
        .is_some_and(|c| c.is_alphanumeric() || matches!(c, '[' | '<' | '@' | '#' | '+' | '~'));
    starts_well
        && name.chars().nth(40).is_none()
        && name.split_whitespace().count() <= 4
        && name.chars().all(fits)
        && (stamped || name.chars().any(char::is_alphabetic))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str) -> Option<(String, bool, String)> {
        label(line).map(|l| (l.name.to_owned(), l.stamp.is_some(), l.rest.to_owned()))
    }

    #[test]
    fn labels_with_and_without_a_time_are_taken() {
        for (line, name, stamped, rest) in [
            ("Klant: hoi", "Klant", false, "hoi"),
            ("  Klant :  hoi ", "Klant", false, "hoi"),
            ("[10:02:13] Klant: hoi", "Klant", true, "hoi"),
            ("10:02 Klant: om 10:30 dus", "Klant", true, "om 10:30 dus"),
            ("(00:01:05) Klant: hoi", "Klant", true, "hoi"),
            ("2026-03-02 10:02 Sanne de Vries: hoi", "Sanne de Vries", true, "hoi"),
            ("02-03-2026 10:02 - Jan: hoi", "Jan", true, "hoi"),
            ("\u{200E}[02-03-2026, 10:02:13] Jan: \u{200E}hoi", "Jan", true, "hoi"),
            ("Klant (10:02): hoi", "Klant", true, "hoi"),
            ("Klant [02-03-2026 10:02]: hoi", "Klant", true, "hoi"),
            ("Agent 2 10:02: hoi", "Agent 2", true, "hoi"),
            ("**Klant:** hoi", "Klant", false, "hoi"),
            ("**Klant**: hoi", "Klant", false, "hoi"),
            ("[naam]: hoi", "[naam]", false, "hoi"),
            ("+31 6 1234 5678: hoi", "", false, ""),
            ("[10:02] +31 6 12345678: hoi", "+31 6 12345678", true, "hoi"),
            ("Klant:", "Klant", false, ""),
        ] {
            let expected = Some((name.to_owned(), stamped, rest.to_owned()));
            let expected = if name.is_empty() { None } else { expected };
            assert_eq!(check(line), expected, "{line}");
        }
    }

    #[test]
    fn ordinary_sentences_have_no_label() {
        for line in [
            "",
            ":",
            "https://example.nl/a",
            "Ik kom om 10:30 uur",
            "Ik had u dit al drie keer gevraagd: waar blijft het?",
            "Echt waar? Ja: echt",
            "10:02",
        ] {
            assert_eq!(check(line), None, "{line}");
        }
        assert!(is_no_speaker("Let op") && is_no_speaker("Stap 2.") && !is_no_speaker("Sanne"));
    }

    #[test]
    fn a_name_and_a_time_alone_are_taken() {
        let taken = name_and_time("Sanne  10:02").unwrap();
        assert_eq!((taken.name, taken.stamp.is_some()), ("Sanne", true));
        assert!(name_and_time("Sanne").is_none());
    }
}
