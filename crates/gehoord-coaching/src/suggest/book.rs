//! What suggestions are made of: `suggestions/<language>.toml`, which a trainer can read and change.

use std::collections::HashSet;
use std::sync::LazyLock;

use gehoord_conversation::{Channel, Language};
use gehoord_listening::cue::pattern::{self, Node};
use serde::Deserialize;

use super::Form;
use super::kind::Kind;
use super::lexicon::Lexicon;

/// The situations and words of one language.
#[derive(Debug)]
pub(crate) struct Book {
    pub(crate) words: Lexicon,
    /// Numbers, days and months: what no suggestion may make up.
    pub(crate) facts: HashSet<String>,
    pub(crate) mail: Mail,
    /// In the order in which they are tried.
    pub(crate) situations: Vec<Situation>,
}

/// How mail begins and ends where the house style says nothing.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mail {
    pub(crate) salutations: Vec<String>,
    pub(crate) sign_offs: Vec<String>,
}

/// One situation of a customer, with what may be answered.
#[derive(Debug)]
pub(crate) struct Situation {
    /// An id.
    pub(crate) name: String,
    pub(crate) fits: Vec<Kind>,
    pub(crate) words: Vec<Node>,
    pub(crate) also: Vec<Node>,
    pub(crate) not: Vec<Node>,
    pub(crate) channels: Vec<Channel>,
    /// A run of more words tells another story.
    pub(crate) longest: Option<usize>,
    /// What this means for the customer.
    pub(crate) says: Vec<String>,
    /// What is done now.
    pub(crate) does: Vec<String>,
    /// What is done now where something is asked, too; empty: the same.
    pub(crate) asked: Vec<String>,
}

/// A place for what the customer said: a text with one is used only where it was said.
pub(crate) const PLACES: [&str; 5] = ["duration", "times", "nth", "contact", "who"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BookFile {
    mail: Mail,
    words: Lexicon,
    situations: Vec<SituationFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SituationFile {
    name: String,
    /// When it applies, for whoever reads or changes the file.
    hears: String,
    /// A turn that it hears.
    example: String,
    #[serde(default = "trouble")]
    fits: Vec<Kind>,
    #[serde(default)]
    words: Vec<String>,
    #[serde(default)]
    also: Vec<String>,
    #[serde(default)]
    not: Vec<String>,
    #[serde(default)]
    channels: Vec<String>,
    longest: Option<usize>,
    #[serde(default)]
    says: Vec<String>,
    does: Vec<String>,
    #[serde(default)]
    asked: Vec<String>,
}

fn trouble() -> Vec<Kind> {
    vec![Kind::Complaint, Kind::Upset, Kind::Worry, Kind::Confusion, Kind::Sad]
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
    Book::parse(file).expect("the situations that ship are read by the tests").0
}

impl Book {
    /// Reads a file of situations; beside it an example turn of each.
    fn parse(file: &str) -> Result<(Self, Vec<String>), String> {
        let file: BookFile = toml::from_str(file).map_err(|e| e.to_string())?;
        let examples = file.situations.iter().map(|s| s.example.clone()).collect();
        let situations: Result<Vec<Situation>, String> =
            file.situations.into_iter().map(Situation::of).collect();
        let facts = file.words.facts();
        let book = Self { words: file.words, facts, mail: file.mail, situations: situations? };
        Ok((book, examples))
    }
}

impl Situation {
    fn of(file: SituationFile) -> Result<Self, String> {
        let name = file.name;
        if file.hears.trim().is_empty() || file.does.is_empty() {
            return Err(format!("situation '{name}' says not what it hears, or does nothing"));
        }
        let parse = |patterns: &[String]| -> Result<Vec<Node>, String> {
            let all = patterns.iter().map(|p| pattern::parse(p));
            all.collect::<Result<_, _>>().map_err(|e| format!("situation '{name}': {e}"))
        };
        let channels: Result<Vec<Channel>, _> =
            file.channels.iter().map(|c| c.parse::<Channel>()).collect();
        let channels = channels.map_err(|e| format!("situation '{name}': {e}"))?;
        Ok(Self {
            words: parse(&file.words)?,
            also: parse(&file.also)?,
            not: parse(&file.not)?,
            name,
            fits: file.fits,
            channels,
            longest: file.longest,
            says: file.says,
            does: file.does,
            asked: file.asked,
        })
    }
}

/// Writes out the forms of address of a text: "[u|je]".
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
    use gehoord_conversation::{Conversation, Party};

    use super::super::form;
    use super::super::said::Said;
    use super::super::words::sentences;
    use super::*;

    fn parsed(language: Language) -> (Book, Vec<String>) {
        let file = match language {
            Language::Nl => include_str!("../../suggestions/nl.toml"),
            Language::En => include_str!("../../suggestions/en.toml"),
            Language::De => include_str!("../../suggestions/de.toml"),
            Language::Fr => include_str!("../../suggestions/fr.toml"),
        };
        Book::parse(file).unwrap()
    }

    #[test]
    fn every_text_is_whole_in_both_forms_and_invents_nothing() {
        let mut wrong = Vec::new();
        for &language in Language::ALL {
            let (book, _) = parsed(language);
            let texts = book.situations.iter().flat_map(|s| {
                s.says.iter().chain(&s.does).chain(&s.asked).map(|text| (&s.name, text))
            });
            for (name, text) in texts {
                for address in [Form::Formal, Form::Informal] {
                    let text = in_form(text, address);
                    let mut bare = text.clone();
                    for place in PLACES {
                        bare = bare.replace(&format!("<{place}>"), "");
                    }
                    let clean = !bare.contains(['<', '>', '[', ']', '|'])
                        && text.trim() == text
                        && !text.contains("  ");
                    let invents = !super::super::facts::facts(&bare, &book.facts).is_empty();
                    let said = form::said(&sentences(&bare), language);
                    let addressed = language == Language::En || said.is_none_or(|f| f == address);
                    if !clean || invents || !addressed {
                        wrong.push(format!("{language} {name}: {text}"));
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn every_situation_hears_its_example() {
        let mut deaf = Vec::new();
        for &language in Language::ALL {
            let (book, examples) = parsed(language);
            let mut names = HashSet::new();
            for (situation, example) in book.situations.iter().zip(examples) {
                assert!(names.insert(&situation.name), "{language}: {} twice", situation.name);
                let conversation = Conversation::new("t", Channel::Chat)
                    .with_turn(Party::Customer, example.as_str());
                let said = Said::of(&conversation, std::iter::once(0), &book.words);
                let has = |nodes: &[Node]| said.find(nodes).next().is_some();
                let hears = (situation.words.is_empty() || has(&situation.words))
                    && (situation.also.is_empty() || has(&situation.also))
                    && !has(&situation.not);
                if !hears {
                    deaf.push(format!("{language} {}: {example}", situation.name));
                }
            }
        }
        assert!(deaf.is_empty(), "{}", deaf.join("\n"));
    }

    #[test]
    fn a_text_is_written_once_for_both_forms() {
        assert_eq!(
            in_form("Ik bel [u|je] over [uw|je] pakket.", Form::Formal),
            "Ik bel u over uw pakket."
        );
        assert_eq!(
            in_form("Ik bel [u|je] over [uw|je] pakket.", Form::Informal),
            "Ik bel je over je pakket."
        );
    }

    #[test]
    fn what_is_wrong_with_a_situation_is_told() {
        let error = |situation: &str| {
            let file = format!(
                "[mail]\nsalutations = []\nsign_offs = []\n[words]\n[[situations]]\nname = \"x\"\n{situation}"
            );
            Book::parse(&file).unwrap_err()
        };
        assert!(
            error("hears = \"\"\nexample = \"\"\ndoes = [\"a\"]")
                .contains("says not what it hears")
        );
        assert!(
            error("hears = \"a\"\nexample = \"\"\nwords = [\"(a\"]\ndoes = [\"a\"]")
                .starts_with("situation 'x': pattern '(a'")
        );
        assert!(
            error("hears = \"a\"\nexample = \"\"\nfits = [\"angry\"]\ndoes = [\"a\"]")
                .contains("angry")
        );
    }
}
