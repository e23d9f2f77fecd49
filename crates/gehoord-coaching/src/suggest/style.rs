//! House style: how an organisation writes, per channel, as a file that people edit.
//!
//! It ranks after the customer's own form and before the culture profile.
//!
//! ```toml
//! address = "u"                     # u or je, Sie or du, vous or tu; or formal, informal
//! salutation = "Beste {naam},"
//! sign_off = "Met vriendelijke groet,\n{medewerker}"
//! emoji = false
//! avoid = [{ word = "helaas" }, { word = "technieker", instead = "monteur" }]
//! obligatory = ["Dit gesprek kan worden opgenomen."]
//!
//! [channel.chat]                    # what is different there
//! address = "je"
//! sign_off = ""
//! ```

use std::collections::BTreeMap;

use gehoord_conversation::Channel;
use serde::Deserialize;
use toml::Spanned;

use super::Form;
use super::words::lower;

/// How an organisation writes. The default says nothing and leaves everything to the customer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HouseStyle {
    everywhere: Rules,
    channels: BTreeMap<Channel, Rules>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Rules {
    form: Option<Form>,
    salutation: Option<String>,
    sign_off: Option<String>,
    emoji: Option<bool>,
    avoid: Vec<Avoided>,
    obligatory: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Avoided {
    word: String,
    /// What is written in its place; without it no suggestion holds the word.
    instead: Option<String>,
}

/// What is wrong with a house style, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("house style, line {line}: {message}")]
pub struct HouseStyleError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong, and what would be right.
    pub message: String,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct RulesFile {
    address: Option<Spanned<String>>,
    salutation: Option<String>,
    sign_off: Option<String>,
    emoji: Option<bool>,
    #[serde(default)]
    avoid: Vec<Spanned<AvoidFile>>,
    #[serde(default)]
    obligatory: Vec<Spanned<String>>,
    #[serde(default)]
    channel: BTreeMap<Spanned<String>, RulesFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AvoidFile {
    word: String,
    instead: Option<String>,
}

impl HouseStyle {
    /// Reads a house style.
    ///
    /// # Errors
    /// What is wrong, with its line: no TOML, an unknown field or channel, a form of address that
    /// is none, an empty word or passage.
    pub fn parse(file: &str) -> Result<Self, HouseStyleError> {
        let read: RulesFile = toml::from_str(file).map_err(|e| HouseStyleError {
            line: line(file, e.span().map_or(0, |s| s.start)),
            message: e.message().to_owned(),
        })?;
        let everywhere = Rules::of(&read, file)?;
        let mut channels = BTreeMap::new();
        for (name, rules) in &read.channel {
            let at = name.span().start;
            let channel: Channel = name.get_ref().parse().map_err(|e| wrong(file, at, e))?;
            if !rules.channel.is_empty() {
                return Err(wrong(file, at, "a channel holds no channels"));
            }
            channels.insert(channel, Rules::of(rules, file)?);
        }
        Ok(Self { everywhere, channels })
    }

    /// The form of address on a channel.
    #[must_use]
    pub fn form_of_address(&self, channel: Channel) -> Option<Form> {
        self.first(channel, |rules| rules.form)
    }

    /// How a message begins; empty for no salutation.
    #[must_use]
    pub fn salutation(&self, channel: Channel) -> Option<&str> {
        self.first(channel, |rules| rules.salutation.as_deref())
    }

    /// How a message ends; empty for no sign-off.
    #[must_use]
    pub fn sign_off(&self, channel: Channel) -> Option<&str> {
        self.first(channel, |rules| rules.sign_off.as_deref())
    }

    /// Whether emoji are welcome; they are not where nothing is said.
    #[must_use]
    pub fn emoji(&self, channel: Channel) -> bool {
        self.first(channel, |rules| rules.emoji).unwrap_or(false)
    }

    /// Passages that every message must hold; they are left out of all findings.
    pub fn obligatory(&self, channel: Channel) -> impl Iterator<Item = &str> {
        self.rules(channel).flat_map(|rules| rules.obligatory.iter().map(String::as_str))
    }

    /// Words that the house avoids, and what it writes in their place, where it has another.
    pub fn avoided(&self, channel: Channel) -> impl Iterator<Item = (&str, Option<&str>)> {
        let avoided = self.rules(channel).flat_map(|rules| &rules.avoid);
        avoided.map(|avoided| (avoided.word.as_str(), avoided.instead.as_deref()))
    }

    /// The same text in the words of the house; none when it holds a word that the house avoids and
    /// has no other for.
    #[must_use]
    pub fn in_own_words(&self, channel: Channel, text: &str) -> Option<String> {
        let avoided = || self.avoided(channel);
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let begins = !out.ends_with(char::is_alphanumeric);
            let hit = avoided().find(|(word, _)| begins && stands_at(rest, word));
            match hit {
                Some((word, instead)) => {
                    let instead = instead?;
                    if first.is_uppercase() {
                        out.push_str(&super::words::capital(instead));
                    } else {
                        out.push_str(instead);
                    }
                    rest = &rest[word.len()..];
                }
                None => {
                    out.push(first);
                    rest = &rest[first.len_utf8()..];
                }
            }
        }
        Some(out)
    }

    fn rules(&self, channel: Channel) -> impl Iterator<Item = &Rules> {
        self.channels.get(&channel).into_iter().chain([&self.everywhere])
    }

    fn first<'s, T>(&'s self, channel: Channel, of: impl Fn(&'s Rules) -> Option<T>) -> Option<T> {
        let own = self.channels.get(&channel).and_then(&of);
        own.or_else(|| of(&self.everywhere))
    }
}

/// Whether `rest` begins with `word` as a whole, whatever its capitals.
fn stands_at(rest: &str, word: &str) -> bool {
    let Some(head) = rest.get(..word.len()) else { return false };
    lower(head) == lower(word) && !rest[word.len()..].starts_with(char::is_alphanumeric)
}

impl Rules {
    fn of(read: &RulesFile, file: &str) -> Result<Self, HouseStyleError> {
        let form = read.address.as_ref().map(|address| {
            let at = address.span().start;
            match lower(address.get_ref()).as_str() {
                "u" | "sie" | "vous" | "formal" => Ok(Form::Formal),
                "je" | "jij" | "du" | "tu" | "informal" => Ok(Form::Informal),
                other => Err(wrong(
                    file,
                    at,
                    format!("address '{other}' is unknown; expected u, je, Sie, du, vous, tu, formal or informal"),
                )),
            }
        });
        for passage in &read.obligatory {
            if passage.get_ref().trim().is_empty() {
                return Err(wrong(file, passage.span().start, "an obligatory passage is empty"));
            }
        }
        let mut avoid = Vec::new();
        for avoided in &read.avoid {
            let AvoidFile { word, instead } = avoided.get_ref();
            if word.trim().is_empty() {
                return Err(wrong(file, avoided.span().start, "a word to avoid is empty"));
            }
            avoid.push(Avoided { word: word.trim().to_owned(), instead: instead.clone() });
        }
        Ok(Self {
            form: form.transpose()?,
            salutation: read.salutation.clone(),
            sign_off: read.sign_off.clone(),
            emoji: read.emoji,
            avoid,
            obligatory: read.obligatory.iter().map(|p| p.get_ref().clone()).collect(),
        })
    }
}

fn wrong(file: &str, at: usize, message: impl ToString) -> HouseStyleError {
    HouseStyleError { line: line(file, at), message: message.to_string() }
}

fn line(file: &str, at: usize) -> usize {
    file.bytes().take(at).filter(|b| *b == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    const STYLE: &str = r#"
address = "u"
sign_off = "Met groet,\n{medewerker}"
avoid = [{ word = "helaas" }, { word = "technieker", instead = "monteur" }]

[channel.chat]
address = "je"
sign_off = ""
emoji = true
obligatory = ["Deze chat wordt bewaard."]
"#;

    #[test]
    fn a_channel_says_what_is_different_there() {
        let style = HouseStyle::parse(STYLE).unwrap();
        assert_eq!(style.form_of_address(Channel::Email), Some(Form::Formal));
        assert_eq!(style.form_of_address(Channel::Chat), Some(Form::Informal));
        assert_eq!(style.sign_off(Channel::Chat), Some(""));
        assert!(style.sign_off(Channel::Email).unwrap().ends_with("{medewerker}"));
        assert!(style.emoji(Channel::Chat) && !style.emoji(Channel::Email));
        assert_eq!(style.obligatory(Channel::Chat).count(), 1);
        assert_eq!(style.obligatory(Channel::Email).count(), 0);
        assert_eq!(style.salutation(Channel::Email), None);
    }

    #[test]
    fn words_of_the_house_stand_in_place_of_others() {
        let style = HouseStyle::parse(STYLE).unwrap();
        let own = |text| style.in_own_words(Channel::Email, text);
        assert_eq!(own("Technieker of techniekers.").as_deref(), Some("Monteur of techniekers."));
        assert_eq!(own("Helaas niet."), None);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let error = |file| HouseStyle::parse(file).unwrap_err().to_string();
        assert_eq!(
            error("\naddress = \"jullie\""),
            "house style, line 2: address 'jullie' is unknown; expected u, je, Sie, du, vous, tu, formal or informal"
        );
        assert!(
            error("emoji = false\n\n[channel.fax]\n")
                .starts_with("house style, line 3: channel 'fax'")
        );
        assert!(error("adress = \"u\"").contains("line 1: unknown field `adress`"));
        assert!(error("emoji = \"ja\"").starts_with("house style, line 1:"));
        assert!(error("emoji = true\navoid = [{ word = \" \" }]").contains("line 2"));
        assert!(error("a = ").contains("line 1"));
    }
}
