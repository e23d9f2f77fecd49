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

/// Why a file of protocols cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProtocolError {
    /// It is no such file.
    #[error("{0}")]
    File(String),
    /// The date of the check is none.
    #[error("checked = \"{0}\": expected a date such as \"2026-05-01\"")]
    Date(String),
    /// A signal without protocol, or one that is not known.
    #[error("{0}: expected one [[protocol]] for each of self_harm, danger, threat and abuse")]
    Signal(String),
    /// A protocol that says nothing.
    #[error("{0}: a protocol needs at least one [[protocol.step]] with words in nl and en")]
    Empty(String),
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

    /// Reads protocols as an organisation wrote them.
    ///
    /// # Errors
    /// When it is no TOML of this form, or a signal has no protocol, two, or an empty one.
    pub fn parse(file: &str) -> Result<Self, ProtocolError> {
        let protocols: Self =
            toml::from_str(file).map_err(|error| ProtocolError::File(error.to_string()))?;
        if let Some(date) = protocols.checked.as_ref().filter(|_| protocols.checked().is_none()) {
            return Err(ProtocolError::Date(date.clone()));
        }
        for signal in Safety::ALL {
            let id = signal.id();
            if protocols.protocol.iter().filter(|p| p.signal == id).count() != 1 {
                return Err(ProtocolError::Signal(id.to_owned()));
            }
        }
        for protocol in &protocols.protocol {
            if protocol.signal.parse::<Safety>().is_err() {
                return Err(ProtocolError::Signal(protocol.signal.clone()));
            }
            let said = |w: &Words| !w.nl.trim().is_empty() && !w.en.trim().is_empty();
            if protocol.steps.is_empty() || !protocol.steps.iter().all(said) {
                return Err(ProtocolError::Empty(protocol.signal.clone()));
            }
        }
        Ok(protocols)
    }

    /// Date on which the organisation checked them; `None` as long as nobody did.
    #[must_use]
    pub fn checked(&self) -> Option<jiff::civil::Date> {
        self.checked.as_ref()?.parse().ok()
    }

    /// What to do on `signal`.
    #[must_use]
    pub fn on(&self, signal: Safety) -> &Protocol {
        let found = self.protocol.iter().find(|p| p.signal == signal.id());
        found.expect("every signal has a protocol")
    }
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
    fn what_is_wrong_in_a_file_is_said() {
        let whole = SHIPPED[0].1;
        let without = whole.replace("signal = \"threat\"", "signal = \"abuse\"");
        let error = Protocols::parse(&without).unwrap_err().to_string();
        assert!(error.starts_with("abuse: ") || error.starts_with("threat: "), "{error}");
        let unknown = Protocols::parse("country = 1").unwrap_err().to_string();
        assert!(unknown.contains("line 1"), "{unknown}");
        let checked = |date: &str| {
            whole.replace("country = \"NL\"", &format!("country = \"NL\"\nchecked = \"{date}\""))
        };
        let date = Protocols::parse(&checked("2026-05-01")).unwrap().checked();
        assert_eq!(date, Some(jiff::civil::date(2026, 5, 1)));
        let error = Protocols::parse(&checked("mei")).unwrap_err();
        assert_eq!(error, ProtocolError::Date("mei".to_owned()));
        let empty = whole.replace("en = \"Setting a boundary is never wrong.\"", "en = \" \"");
        assert!(matches!(Protocols::parse(&empty), Err(ProtocolError::Empty(s)) if s == "abuse"));
    }
}
