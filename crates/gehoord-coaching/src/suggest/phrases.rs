//! What suggestions are made of: `suggestions/<language>.toml`, which a trainer can read and change.

use std::collections::HashSet;
use std::sync::LazyLock;

use gehoord_conversation::{Channel, Language};
use serde::Deserialize;

use super::Form;
use super::lexicon::Lexicon;
use super::situation::{Situation, Trait};

/// Which part of a reply a phrase is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Part {
    /// Gives the customer's words back.
    Reflect,
    /// Says what that is: the situation, and what should not have been.
    Judge,
    /// What is done now, or what has to be known first.
    Step,
    /// A last line, in mail.
    Close,
    /// A whole reply.
    Whole,
}

/// The phrases and words of one language.
#[derive(Debug)]
pub(crate) struct Book {
    pub(crate) words: Lexicon,
    /// Numbers, days and months: what no suggestion may make up.
    pub(crate) facts: HashSet<String>,
    pub(crate) mail: Mail,
    pub(crate) phrases: Vec<Phrase>,
}

/// How mail begins and ends where the house style says nothing.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mail {
    pub(crate) salutations: Vec<String>,
    pub(crate) sign_offs: Vec<String>,
}

/// One phrase, with when it fits.
#[derive(Debug, Clone)]
pub(crate) struct Phrase {
    pub(crate) part: Part,
    pub(crate) text: String,
    fits: Vec<Situation>,
    when: Vec<Trait>,
    not: Vec<Trait>,
    channels: Vec<Channel>,
    form: Option<Form>,
}

/// What a phrase must fit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) situation: Situation,
    pub(crate) traits: &'a [Trait],
    pub(crate) channel: Channel,
    pub(crate) form: Form,
}

impl Phrase {
    pub(crate) fn fits(&self, asked: Asked<'_>) -> bool {
        self.fits.contains(&asked.situation)
            && self.when.iter().all(|t| asked.traits.contains(t))
            && !self.not.iter().any(|t| asked.traits.contains(t))
            && (self.channels.is_empty() || self.channels.contains(&asked.channel))
            && self.form.is_none_or(|form| form == asked.form)
    }

    /// How many traits it asks for: the more, the closer it fits.
    pub(crate) fn closeness(&self) -> usize {
        self.when.len()
    }

    /// Whether it takes up `slot`, such as `<said>`.
    pub(crate) fn takes(&self, slot: &str) -> bool {
        self.text.contains(slot)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BookFile {
    mail: Mail,
    words: Lexicon,
    phrases: Vec<GroupFile>,
}

/// Phrases that fit the same.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupFile {
    part: Part,
    fits: Vec<Situation>,
    #[serde(default)]
    when: Vec<Trait>,
    #[serde(default)]
    not: Vec<Trait>,
    #[serde(default)]
    channels: Vec<String>,
    form: Option<String>,
    /// Why it is said so, for whoever reads or changes the file.
    why: String,
    texts: Vec<String>,
}

/// The book of a language.
pub(crate) fn book(language: Language) -> &'static Book {
    static NL: LazyLock<Book> =
        LazyLock::new(|| shipped(include_str!("../../suggestions/nl.toml")));
    static EN: LazyLock<Book> =
        LazyLock::new(|| shipped(include_str!("../../suggestions/en.toml")));
    static DE: LazyLock<Book> =
        LazyLock::new(|| shipped(include_str!("../../suggestions/de.toml")));
    static FR: LazyLock<Book> =
        LazyLock::new(|| shipped(include_str!("../../suggestions/fr.toml")));
    match language {
        Language::Nl => &NL,
        Language::En => &EN,
        Language::De => &DE,
        Language::Fr => &FR,
    }
}

fn shipped(file: &str) -> Book {
    Book::parse(file).expect("the phrases that ship are read by the tests")
}

impl Book {
    /// Reads a file of phrases.
    fn parse(file: &str) -> Result<Self, String> {
        let file: BookFile = toml::from_str(file).map_err(|e| e.to_string())?;
        let mut phrases = Vec::new();
        for group in file.phrases {
            if group.why.trim().is_empty() {
                return Err(format!("{:?} of {:?} says not why", group.part, group.fits));
            }
            let channels: Result<Vec<Channel>, _> =
                group.channels.iter().map(|c| c.parse::<Channel>()).collect();
            let form = match group.form.as_deref() {
                None => None,
                Some("formal") => Some(Form::Formal),
                Some("informal") => Some(Form::Informal),
                Some(other) => return Err(format!("form '{other}' is unknown")),
            };
            let channels = channels.map_err(|e| e.to_string())?;
            phrases.extend(group.texts.into_iter().map(|text| Phrase {
                part: group.part,
                text,
                fits: group.fits.clone(),
                when: group.when.clone(),
                not: group.not.clone(),
                channels: channels.clone(),
                form,
            }));
        }
        let facts = file.words.facts();
        Ok(Self { words: file.words, facts, mail: file.mail, phrases })
    }
}

/// Writes out the forms of address of a phrase: "[u|je]".
pub(crate) fn in_form(text: &str, form: Form) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('[') {
        out.push_str(before);
        let Some((choice, behind)) = behind.split_once(']') else {
            out.push('[');
            rest = behind;
            continue;
        };
        match choice.split_once('|') {
            Some((formal, informal)) => {
                out.push_str(if form == Form::Formal { formal } else { informal });
            }
            None => {
                out.push('[');
                out.push_str(choice);
                out.push(']');
            }
        }
        rest = behind;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_book_is_whole() {
        let slots = ["<said>", "<piece>", "<quote>", "<topic>", "<who>"];
        for &language in Language::ALL {
            let book = book(language);
            assert!(book.phrases.len() > 60, "{language}: {}", book.phrases.len());
            for phrase in &book.phrases {
                for form in [Form::Formal, Form::Informal] {
                    let text = in_form(&phrase.text, form);
                    let mut bare = text.clone();
                    slots.iter().for_each(|slot| bare = bare.replace(slot, ""));
                    assert!(!bare.contains(['<', '>', '[', ']', '|']), "{language}: {text}");
                    assert!(text.trim() == text && !text.contains("  "), "{language}: {text}");
                    let invented = super::super::facts::facts(&bare, &book.facts);
                    assert!(invented.is_empty(), "{language}: {invented:?} in {text}");
                }
            }
        }
    }

    #[test]
    fn a_phrase_is_written_once_for_both_forms() {
        assert_eq!(
            in_form("Ik bel [u|je] over [uw|je] pakket.", Form::Formal),
            "Ik bel u over uw pakket."
        );
        assert_eq!(
            in_form("Ik bel [u|je] over [uw|je] pakket.", Form::Informal),
            "Ik bel je over je pakket."
        );
    }
}
