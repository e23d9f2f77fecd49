//! What to do when safety comes before the conversation: data that an organisation checks and
//! edits (`protocols/<country>.toml`).

use std::sync::LazyLock;

use gehoord_conversation::{Language, Safety};
use serde::{Deserialize, Serialize};

/// The protocols that ship, by country.
const SHIPPED: [(&str, &str); 2] =
    [("NL", include_str!("../protocols/NL.toml")), ("BE", include_str!("../protocols/BE.toml"))];

/// The protocols of one organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Protocols {
    /// ISO 3166 code of the country that the telephone numbers are for.
    pub country: String,
    checked: Option<String>,
    checked_by: Option<String>,
    protocol: Vec<Protocol>,
}

/// What to do on one signal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Protocol {
    signal: String,
    /// What is going on.
    pub title: Words,
    /// Where it comes from.
    pub source: String,
    /// What to do, the first thing first.
    #[serde(rename = "step")]
    pub steps: Vec<Words>,
}

/// The same in the languages of the screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    nl: String,
    en: String,
}

impl Words {
    /// In Dutch, or in English for all others.
    #[must_use]
    pub fn of(&self, language: Language) -> &str {
        if language == Language::Nl { &self.nl } else { &self.en }
    }
}

/// What is wrong with a file of protocols, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct ProtocolError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong, and what would be right.
    pub message: String,
}

impl Protocols {
    /// The defaults for a country; those of the Netherlands where it has none.
    #[must_use]
    pub fn shipped(country: &str) -> &'static Self {
        static READ: LazyLock<Vec<Protocols>> = LazyLock::new(|| {
            let read = |(_, file): &(&str, &str)| Protocols::parse(file);
            SHIPPED.iter().map(|file| read(file).expect("the files that ship are tested")).collect()
        });
        READ.iter().find(|protocols| protocols.country == country).unwrap_or(&READ[0])
    }

    /// The file with the defaults for a country, to begin with; none where it has none.
    #[must_use]
    pub fn shipped_file(country: &str) -> Option<&'static str> {
        SHIPPED.iter().find(|(known, _)| *known == country).map(|(_, file)| *file)
    }

    /// Reads protocols as an organisation wrote them.
    ///
    /// # Errors
    /// When it is no TOML of this form, a signal has no protocol, two, or an empty one, or it is
    /// said half by whom or when they were checked.
    pub fn parse(file: &str) -> Result<Self, ProtocolError> {
        let protocols: Self = toml::from_str(file).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            wrong(file, at, error.message())
        })?;
        let place = |key: &str| file.find(&format!("\n{key} ")).map_or(0, |at| at + 1);
        if let Some(date) = protocols.checked.as_ref().filter(|_| protocols.checked().is_none()) {
            let message = format!("checked = \"{date}\": expected a date such as \"2026-05-01\"");
            return Err(wrong(file, place("checked"), message));
        }
        let by = protocols.checked_by.as_ref().is_some_and(|by| by.trim().is_empty());
        if by || (protocols.checked_by.is_some() && protocols.checked.is_none()) {
            let message = "checked_by is a name, and stands beside a date in checked";
            return Err(wrong(file, place("checked_by"), message));
        }
        for signal in Safety::ALL {
            let id = signal.id();
            if protocols.protocol.iter().filter(|p| p.signal == id).count() != 1 {
                return Err(wrong(file, last(file, id), expected(id)));
            }
        }
        for protocol in &protocols.protocol {
            let at = last(file, &protocol.signal);
            if protocol.signal.parse::<Safety>().is_err() {
                return Err(wrong(file, at, expected(&protocol.signal)));
            }
            let said = |w: &Words| !w.nl.trim().is_empty() && !w.en.trim().is_empty();
            let steps = !protocol.steps.is_empty() && protocol.steps.iter().all(said);
            if !steps || !said(&protocol.title) {
                let message = format!(
                    "{}: a protocol needs a title and at least one [[protocol.step]], each with \
                     words in nl and en",
                    protocol.signal
                );
                return Err(wrong(file, at, message));
            }
        }
        Ok(protocols)
    }

    /// Date on which the organisation checked them; `None` as long as nobody did.
    #[must_use]
    pub fn checked(&self) -> Option<jiff::civil::Date> {
        self.checked.as_ref()?.parse().ok()
    }

    /// Who checked them, where that is said.
    #[must_use]
    pub fn checked_by(&self) -> Option<&str> {
        self.checked_by.as_deref()
    }

    /// The same file without who checked it and when: who changes it has it checked anew.
    #[must_use]
    pub fn unchecked(file: &str) -> String {
        let end = file.find("[[").unwrap_or(file.len());
        let (head, rest) = file.split_at(end);
        let of_check = |line: &&str| {
            let key = line.split('=').next().unwrap_or_default().trim();
            !matches!(key, "checked" | "checked_by")
        };
        head.split_inclusive('\n').filter(of_check).collect::<String>() + rest
    }

    /// The same file with who checked it, and when.
    #[must_use]
    pub fn checked_file(file: &str, by: &str, day: jiff::civil::Date) -> String {
        let by: String = by.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let by = by.trim().replace('\\', "\\\\").replace('"', "\\\"");
        format!("checked = \"{day}\"\nchecked_by = \"{by}\"\n{}", Self::unchecked(file))
    }

    /// What to do on `signal`.
    #[must_use]
    pub fn on(&self, signal: Safety) -> &Protocol {
        let found = self.protocol.iter().find(|p| p.signal == signal.id());
        found.expect("every signal has a protocol")
    }
}

fn expected(signal: &str) -> String {
    format!("{signal}: expected one [[protocol]] for each of self_harm, danger, threat and abuse")
}

/// Where a signal stands last; the beginning where it does not.
fn last(file: &str, signal: &str) -> usize {
    file.rfind(&format!("\"{signal}\"")).unwrap_or(0)
}

fn wrong(file: &str, at: usize, message: impl Into<String>) -> ProtocolError {
    let line = file.bytes().take(at).filter(|b| *b == b'\n').count() + 1;
    ProtocolError { line, message: message.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_signal_has_a_protocol_that_first_gets_help() {
        for (country, _) in SHIPPED {
            let protocols = Protocols::shipped(country);
            assert_eq!((protocols.country.as_str(), protocols.checked()), (country, None));
            for &signal in Safety::ALL {
                let steps = &protocols.on(signal).steps;
                let helps = steps.iter().any(|s| s.nl.contains("Vraag iemand erbij"));
                assert!(helps || steps.iter().any(|s| s.nl.contains("raag iemand erbij")));
            }
        }
        assert_eq!(Protocols::shipped("FR").country, "NL");
    }

    #[test]
    fn what_is_wrong_in_a_file_is_said_with_its_line() {
        let whole = SHIPPED[0].1;
        let line =
            |words: &str| whole.lines().position(|line| line.starts_with(words)).unwrap() + 1;
        let error =
            |from: &str, to: &str| Protocols::parse(&whole.replacen(from, to, 1)).unwrap_err();
        let twice = error("signal = \"threat\"", "signal = \"abuse\"");
        assert!(twice.message.starts_with("abuse: expected one"), "{twice}");
        assert_eq!(Protocols::parse("country = 1").unwrap_err().line, 1);
        let country = "country = \"NL\"";
        let date = error(country, "country = \"NL\"\nchecked = \"mei\"");
        assert_eq!(date.line, line("country") + 1, "{date}");
        assert!(error(country, "country = \"NL\"\nchecked_by = \"Noor\"").line > 1);
        let empty = error("en = \"Setting a boundary is never wrong.\"", "en = \" \"");
        assert_eq!(empty.line, line("signal = \"abuse\""), "{empty}");
        error("title.en = \"The customer abuses you\"", "title.en = \"\"");
        error("source = ", "bron = ");
    }

    #[test]
    fn a_check_has_a_name_and_a_date_and_is_gone_after_a_change() {
        let day = jiff::civil::date(2026, 5, 1);
        let checked = Protocols::checked_file(SHIPPED[0].1, "Noor \"van\" Dam", day);
        let read = Protocols::parse(&checked).unwrap();
        assert_eq!((read.checked(), read.checked_by()), (Some(day), Some("Noor \"van\" Dam")));
        assert_eq!(Protocols::unchecked(&checked), SHIPPED[0].1);
        let again = Protocols::checked_file(&checked, "Joris", day);
        assert_eq!(Protocols::parse(&again).unwrap().checked_by(), Some("Joris"));
    }
}
