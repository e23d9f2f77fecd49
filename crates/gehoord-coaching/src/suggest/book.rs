//! What suggestions are made of: `suggestions/<language>.toml`, which a trainer can read and change.

use std::collections::HashSet;
use std::sync::LazyLock;

use gehoord_conversation::{Channel, Language};
use gehoord_listening::cue::pattern::{self, Node};
use serde::Deserialize;

use super::Form;
use super::kind::Kind;
use super::lexicon::{Lexicon, Listed};

/// The situations and words of one language.
#[derive(Debug)]
pub(crate) struct Book {
    pub(crate) words: Lexicon,
    /// Numbers, days and months: what no suggestion may make up.
    pub(crate) facts: HashSet<String>,
    pub(crate) mail: Mail,
    pub(crate) plain: Plain,
    /// In the order in which they are tried.
    pub(crate) besides: Vec<Beside>,
    pub(crate) wishes: Vec<Wished>,
    /// In the order in which they are tried.
    pub(crate) situations: Vec<Situation>,
}

/// When a plain answer, which says nothing of what somebody went through, would be too little.
#[derive(Debug)]
pub(crate) struct Plain {
    /// What weighs beside a question or an errand.
    pub(crate) not: Vec<Node>,
    /// A run of more words tells more than it asks.
    pub(crate) longest: usize,
}

/// What a customer tells beside the situation, and one line for it.
#[derive(Debug)]
pub(crate) struct Beside {
    pub(crate) words: Vec<Node>,
    pub(crate) not: Vec<Node>,
    /// Only in a run of more words.
    pub(crate) over: usize,
    /// Situations that say it already.
    pub(crate) unless: Vec<String>,
    pub(crate) says: Vec<String>,
}

/// How mail begins and ends where the house style says nothing.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mail {
    pub(crate) salutations: Vec<String>,
    /// Salutations for who begins with the same word.
    #[serde(default)]
    pub(crate) likewise: Vec<String>,
    pub(crate) sign_offs: Vec<String>,
    /// Words that begin small after a salutation with a comma, as in German.
    #[serde(default)]
    pub(crate) begins_small: Listed,
}

/// What a customer wants, or does not want, of the reply itself.
#[derive(Debug)]
pub(crate) struct Wished {
    pub(crate) words: Vec<Node>,
    /// Words that a reply may not hold then; none: it is left to a person.
    pub(crate) avoids: Vec<String>,
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
    /// Only where we answered before in this conversation, or only where we did not.
    pub(crate) after_us: Option<bool>,
    /// Answers what is asked beside good news.
    pub(crate) answers: bool,
    /// In fewer words too little is told.
    pub(crate) shortest: Option<usize>,
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
pub(crate) const PLACES: [&str; 7] =
    ["duration", "times", "nth", "contact", "who", "told", "asked"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BookFile {
    mail: Mail,
    words: Lexicon,
    plain: PlainFile,
    #[serde(default)]
    besides: Vec<BesideFile>,
    #[serde(default)]
    wishes: Vec<WishedFile>,
    situations: Vec<SituationFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlainFile {
    not: Vec<String>,
    longest: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BesideFile {
    /// When it is told, for whoever reads or changes the file.
    hears: String,
    /// A turn in which it is told.
    example: String,
    #[serde(default)]
    words: Vec<String>,
    #[serde(default)]
    not: Vec<String>,
    #[serde(default)]
    over: usize,
    #[serde(default)]
    unless: Vec<String>,
    says: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WishedFile {
    /// When it is wished, for whoever reads or changes the file.
    hears: String,
    /// A turn that wishes it.
    example: String,
    words: Vec<String>,
    #[serde(default)]
    avoids: Vec<String>,
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
    after_us: Option<bool>,
    #[serde(default)]
    answers: bool,
    shortest: Option<usize>,
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
    fn parse(file: &str) -> Result<(Self, Examples), String> {
        let file: BookFile = toml::from_str(file).map_err(|e| e.to_string())?;
        let examples = [
            file.situations.iter().map(|s| s.example.clone()).collect(),
            file.besides.iter().map(|b| b.example.clone()).collect(),
            file.wishes.iter().map(|w| w.example.clone()).collect(),
        ];
        let situations: Result<Vec<Situation>, String> =
            file.situations.into_iter().map(Situation::of).collect();
        let situations = situations?;
        let besides: Result<Vec<Beside>, String> =
            file.besides.into_iter().map(|beside| Beside::of(beside, &situations)).collect();
        let wishes: Result<Vec<Wished>, String> = file.wishes.into_iter().map(Wished::of).collect();
        let plain = Plain {
            not: parsed(&file.plain.not).map_err(|e| format!("[plain]: {e}"))?,
            longest: file.plain.longest,
        };
        let facts = file.words.facts();
        let book = Self {
            words: file.words,
            facts,
            mail: file.mail,
            plain,
            besides: besides?,
            wishes: wishes?,
            situations,
        };
        Ok((book, examples))
    }
}

/// The example turns of a book in its order: of its situations, of what is told beside them, and of wishes.
type Examples = [Vec<String>; 3];

fn parsed(patterns: &[String]) -> Result<Vec<Node>, String> {
    patterns.iter().map(|p| pattern::parse(p).map_err(|e| e.to_string())).collect()
}

impl Wished {
    fn of(file: WishedFile) -> Result<Self, String> {
        let hears = file.hears;
        if hears.trim().is_empty() || file.words.is_empty() {
            return Err(format!("a wish ('{hears}') says not what it hears"));
        }
        let words = parsed(&file.words).map_err(|e| format!("'{hears}': {e}"))?;
        Ok(Self { words, avoids: file.avoids })
    }
}

impl Beside {
    fn of(file: BesideFile, situations: &[Situation]) -> Result<Self, String> {
        let hears = file.hears;
        let always = file.words.is_empty() && file.over == 0;
        if hears.trim().is_empty() || file.says.is_empty() || always {
            return Err(format!("a line beside a situation ('{hears}') hears or says nothing"));
        }
        if let Some(name) = file.unless.iter().find(|n| situations.iter().all(|s| s.name != **n)) {
            return Err(format!("'{hears}': there is no situation '{name}'"));
        }
        let nodes = |patterns: &[String]| parsed(patterns).map_err(|e| format!("'{hears}': {e}"));
        Ok(Self {
            words: nodes(&file.words)?,
            not: nodes(&file.not)?,
            over: file.over,
            unless: file.unless,
            says: file.says,
        })
    }
}

impl Situation {
    /// What the customer said stands in every text of what it means, or in most.
    pub(crate) fn echoes(&self) -> bool {
        let echo = self.says.iter().filter(|text| text.contains('<')).count();
        echo * 2 > self.says.len()
    }

    /// The agent gives back in own words what was told.
    pub(crate) fn gives_back(&self) -> bool {
        self.says.iter().chain(&self.does).any(|text| text.contains("<told>"))
    }

    fn of(file: SituationFile) -> Result<Self, String> {
        let name = file.name;
        if file.hears.trim().is_empty() || file.does.is_empty() {
            return Err(format!("situation '{name}' says not what it hears, or does nothing"));
        }
        let parse = |patterns: &[String]| -> Result<Vec<Node>, String> {
            parsed(patterns).map_err(|e| format!("situation '{name}': {e}"))
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
            after_us: file.after_us,
            answers: file.answers,
            shortest: file.shortest,
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

    fn parsed(language: Language) -> (Book, Examples) {
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
                let all = s.says.iter().chain(&s.does).chain(&s.asked);
                all.map(|text| (s.name.as_str(), text))
            });
            let besides = book.besides.iter().flat_map(|b| b.says.iter().map(|t| ("beside", t)));
            for (name, text) in texts.chain(besides) {
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
            let (book, [situations, besides, wishes]) = parsed(language);
            let mut names = HashSet::new();
            let heard = |example: &str, words: &[Node], not: &[Node]| {
                let conversation =
                    Conversation::new("t", Channel::Chat).with_turn(Party::Customer, example);
                let said = Said::of(&conversation, std::iter::once(0), &book.words);
                (words.is_empty() || said.find(words).next().is_some())
                    && said.find(not).next().is_none()
            };
            for (beside, example) in book.besides.iter().zip(besides) {
                if !heard(&example, &beside.words, &beside.not) {
                    deaf.push(format!("{language} beside: {example}"));
                }
            }
            for (wish, example) in book.wishes.iter().zip(wishes) {
                if !heard(&example, &wish.words, &[]) {
                    deaf.push(format!("{language} wish: {example}"));
                }
            }
            for (situation, example) in book.situations.iter().zip(situations) {
                assert!(names.insert(&situation.name), "{language}: {} twice", situation.name);
                let plain = situation.says.is_empty() && situation.fits.contains(&Kind::Question);
                if !heard(&example, &situation.words, &situation.not)
                    || !heard(&example, &situation.also, &[])
                    || (plain && !heard(&example, &[], &book.plain.not))
                {
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
                "[mail]\nsalutations = []\nsign_offs = []\n[words]\n[plain]\nnot = []\nlongest = 9\n[[situations]]\nname = \"x\"\n{situation}"
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
