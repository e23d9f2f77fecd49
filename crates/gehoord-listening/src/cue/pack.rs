//! All cues of one language behind one index over tokens.

use std::sync::Arc;

use gehoord_conversation::{Label, Language, Span};
use rustc_hash::{FxHashMap, FxHashSet};

use super::builder::Builder;
use super::file::{Feeling, Negation};
use super::index::Index;
use super::program::Tape;
use super::symbols::Symbols;
use crate::text::Text;

/// A file of a pack: its path inside the pack (`cues/anger/insult.toml`) and its contents.
#[derive(Debug, Clone, Copy)]
pub struct PackFile<'f> {
    /// Path with `/`, relative to the language's folder.
    pub path: &'f str,
    /// Contents.
    pub contents: &'f str,
}

/// What is wrong with a pack file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {message}")]
pub struct PackError {
    /// The file, relative to the language's folder.
    pub file: String,
    /// What is wrong and what was expected.
    pub message: String,
}

/// Whose turns a cue listens to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Customer turns.
    Customer,
    /// Agent turns.
    Agent,
}

/// A cue ready to hear.
#[derive(Debug, Clone)]
pub struct Cue {
    /// What it hears.
    pub label: Label,
    /// `<language>/<label>/<name>`.
    pub rule: Arc<str>,
    /// What it is, for people.
    pub because: Arc<str>,
    /// 0–1.
    pub strength: f32,
    /// 1–3, feelings only.
    pub intensity: u8,
    /// The customer says outright what they feel.
    pub outright: bool,
    /// Labels that come with it.
    pub also: Vec<Label>,
    /// Heard instead when negated.
    pub negated: Option<Label>,
    /// What a negation does.
    pub negation: Negation,
    /// Locales it holds for; empty means all.
    pub locales: Vec<String>,
    /// What the customer's words before it must have been; empty means anything.
    pub after: Vec<Feeling>,
    /// It does not hold in a turn that answers a question.
    pub unless_answering: bool,
}

/// A cue that matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CueHit {
    /// Index of the cue in its pack.
    pub cue: usize,
    /// First token.
    pub first: usize,
    /// Just past the last token.
    pub last: usize,
}

/// Words and phrases that mechanisms ask for by name.
#[derive(Debug, Default)]
pub(super) struct WordList {
    pub(super) single: FxHashSet<Box<str>>,
}

/// What words stand for, in numbers.
#[derive(Debug, Default)]
pub(super) struct Concepts {
    pub(super) whole: FxHashMap<Box<str>, u16>,
    /// Beginnings of words, written with a star.
    pub(super) starts: FxHashMap<Box<str>, u16>,
}

impl Concepts {
    /// A shorter beginning, in letters, is looked for only as the whole word.
    const SHORTEST: usize = 4;

    /// Adds a word, or a beginning that ends in a star; false when it was there already.
    pub(super) fn add(&mut self, word: &str, concept: u16) -> bool {
        let (map, word) = match word.strip_suffix('*') {
            Some(start) => (&mut self.starts, start),
            None => (&mut self.whole, word),
        };
        map.insert(word.into(), concept).is_none()
    }
}

/// All that is known about one language.
#[derive(Debug)]
pub struct Pack {
    /// The language.
    pub language: Language,
    pub(super) cues: Vec<Cue>,
    pub(super) symbols: Symbols,
    pub(super) spelling: FxHashMap<Box<str>, Box<str>>,
    pub(super) lists: FxHashMap<Box<str>, WordList>,
    pub(super) concepts: Concepts,
    pub(super) customer: Index,
    pub(super) agent: Index,
}

impl Pack {
    /// Builds a pack from its files.
    ///
    /// # Errors
    /// Every file that is wrong, each with what is wrong with it.
    pub fn new(language: Language, files: &[PackFile<'_>]) -> Result<Self, Vec<PackError>> {
        Builder::new(language).build(files)
    }

    /// All cues.
    #[must_use]
    pub fn cues(&self) -> &[Cue] {
        &self.cues
    }

    /// Whether the folded word `norm` is in list `name`.
    #[must_use]
    pub fn list_has(&self, name: &str, norm: &str) -> bool {
        self.lists.get(name).is_some_and(|list| list.single.contains(norm))
    }

    /// The concept that a folded word stands for, so that "gemeld" and "gebeld" are one.
    #[must_use]
    pub fn concept(&self, norm: &str) -> Option<u16> {
        /// No concept word is longer.
        const LONGEST: usize = 40;
        if norm.len() > LONGEST {
            return None;
        }
        let Concepts { whole, starts } = &self.concepts;
        if let Some(&concept) = whole.get(norm) {
            return Some(concept);
        }
        let ends = norm.char_indices().map(|(end, _)| end).skip(Concepts::SHORTEST);
        ends.chain(std::iter::once(norm.len())).find_map(|end| starts.get(&norm[..end]).copied())
    }

    /// The words that a folded token stands for in this language ("ff" is "even").
    #[must_use]
    pub fn spelling(&self, norm: &str) -> Option<&str> {
        self.spelling.get(norm).map(AsRef::as_ref)
    }

    /// Cuts `raw` and writes its words out.
    #[must_use]
    pub fn read(&self, raw: &str) -> Text {
        let mut text = Text::new(raw);
        text.respell(|norm| self.spelling(norm));
        text
    }

    /// All cues of one side that match, in order of place. `text` must come from [`Pack::read`].
    #[must_use]
    pub fn hear(&self, text: &Text, side: Side) -> Vec<CueHit> {
        let index = match side {
            Side::Customer => &self.customer,
            Side::Agent => &self.agent,
        };
        let tape = Tape::new(text, |token, into| self.symbols.of(text, token, into));
        index.hear(text, &tape)
    }

    /// The place of a hit in the original text.
    #[must_use]
    pub fn span(&self, text: &Text, hit: &CueHit) -> Span {
        text.span(hit.first, hit.last)
    }
}
