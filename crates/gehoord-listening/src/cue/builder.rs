//! From the files of a language to its pack.

use gehoord_conversation::{Label, Language, Party};
use rustc_hash::FxHashMap;
use serde::Deserialize;

use super::file::{CueFile, default_party};
use super::index::{Index, Indexing, Role, Use};
use super::pack::{Concepts, Cue, Pack, PackError, PackFile, Side, WordList};
use super::pattern::{self, Node};
use super::symbols::{Symbol, Symbols};
use super::tree::Tree;
use crate::text::{Kind, Text, fold_into};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListFile {
    #[serde(default)]
    #[expect(dead_code, reason = "read by people")]
    what: String,
    #[serde(default)]
    #[expect(dead_code, reason = "read by people")]
    source: String,
    words: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SpellingFile {
    words: std::collections::BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConceptFile {
    concepts: std::collections::BTreeMap<String, Vec<String>>,
}

/// A cue, whose turns it listens to, and the numbers of its patterns.
type ReadCue = (Cue, Side, Vec<(Role, usize)>);

/// Makes a pack out of its files.
pub(super) struct Builder {
    language: Language,
    symbols: Symbols,
    spelling: FxHashMap<Box<str>, Box<str>>,
    lists: FxHashMap<String, (Vec<String>, Option<Tree>)>,
    /// Every pattern once, however many cues name it, by what was written.
    patterns: Vec<Tree>,
    numbers: FxHashMap<String, usize>,
    errors: Vec<PackError>,
}

impl Builder {
    pub(super) fn new(language: Language) -> Self {
        Self {
            language,
            symbols: Symbols::new(),
            spelling: FxHashMap::default(),
            lists: FxHashMap::default(),
            patterns: Vec::new(),
            numbers: FxHashMap::default(),
            errors: Vec::new(),
        }
    }

    fn error(&mut self, file: &str, message: impl std::fmt::Display) {
        self.errors.push(PackError { file: file.to_owned(), message: message.to_string() });
    }

    /// The pack, or everything that is wrong with its files.
    pub(super) fn build(mut self, files: &[PackFile<'_>]) -> Result<Pack, Vec<PackError>> {
        let mut concepts = Concepts::default();
        for file in files {
            if file.path == "spelling.toml" {
                self.read_spelling(file);
            } else if file.path == "concepts.toml" {
                self.read_concepts(file, &mut concepts);
            } else if let Some(name) = file.path.strip_prefix("lists/") {
                self.read_list(file, name);
            }
        }
        self.compile_lists();
        let mut cues = Vec::new();
        let mut uses: Vec<(Side, Use, usize)> = Vec::new();
        for file in files.iter().filter(|f| f.path.starts_with("cues/")) {
            match self.read_cue(file) {
                Ok((cue, side, patterns)) => {
                    let cue_number = cues.len() as u32;
                    uses.extend(
                        patterns
                            .into_iter()
                            .map(|(role, pattern)| (side, Use { cue: cue_number, role }, pattern)),
                    );
                    cues.push(cue);
                }
                Err(message) => self.error(file.path, message),
            }
        }
        self.symbols.finish();
        let (customer, agent) = self.index(&uses);
        if !self.errors.is_empty() {
            return Err(self.errors);
        }
        let lists = self
            .lists
            .into_iter()
            .map(|(name, (words, _))| {
                let single = words
                    .iter()
                    .map(|word| {
                        let mut folded = String::new();
                        fold_into(&mut folded, word);
                        folded.into()
                    })
                    .collect();
                (name.into(), WordList { single })
            })
            .collect();
        Ok(Pack {
            language: self.language,
            cues,
            symbols: self.symbols,
            spelling: self.spelling,
            lists,
            concepts,
            customer,
            agent,
        })
    }

    fn read_spelling(&mut self, file: &PackFile<'_>) {
        match toml::from_str::<SpellingFile>(file.contents) {
            Ok(spelling) => self
                .spelling
                .extend(spelling.words.into_iter().map(|(from, to)| (from.into(), to.into()))),
            Err(error) => self.error(file.path, error),
        }
    }

    fn read_concepts(&mut self, file: &PackFile<'_>, concepts: &mut Concepts) {
        match toml::from_str::<ConceptFile>(file.contents) {
            Ok(read) => {
                for (number, (name, words)) in read.concepts.into_iter().enumerate() {
                    for word in words {
                        if !concepts.add(&word, number as u16) {
                            self.error(
                                file.path,
                                format!("'{word}' of '{name}' stands in two concepts"),
                            );
                        }
                    }
                }
            }
            Err(error) => self.error(file.path, error),
        }
    }

    fn read_list(&mut self, file: &PackFile<'_>, name: &str) {
        match toml::from_str::<ListFile>(file.contents) {
            Ok(list) => {
                let name = name.trim_end_matches(".toml").to_owned();
                self.lists.insert(name, (list.words, None));
            }
            Err(error) => self.error(file.path, error),
        }
    }

    /// Lists may name lists, to a depth that ends.
    fn compile_lists(&mut self) {
        let mut names: Vec<String> = self.lists.keys().cloned().collect();
        names.sort();
        for _ in 0..4 {
            for name in &names {
                let words = self.lists[name].0.clone();
                if self.lists[name].1.is_some() {
                    continue;
                }
                let mut choices = Vec::with_capacity(words.len());
                let mut wrong = None;
                for word in &words {
                    match pattern::parse(word)
                        .map_err(|e| e.to_string())
                        .and_then(|n| self.tree(&n))
                    {
                        Ok(tree) => choices.push(tree),
                        Err(message) => wrong = Some(message),
                    }
                }
                if wrong.is_none()
                    && let Some(list) = self.lists.get_mut(name)
                {
                    list.1 = Some(Tree::Choice(choices.into()));
                }
            }
        }
        for name in names {
            if self.lists[&name].1.is_none() {
                self.error(
                    &format!("lists/{name}.toml"),
                    "names a list that does not exist or holds a wrong pattern",
                );
            } else if self.lists[&name].0.is_empty() {
                self.error(&format!("lists/{name}.toml"), "holds no words");
            }
        }
    }

    fn read_cue(&mut self, file: &PackFile<'_>) -> Result<ReadCue, String> {
        let cue: CueFile = toml::from_str(file.contents).map_err(|e| e.to_string())?;
        let label: Label = cue.label.parse().map_err(|e| format!("{e}"))?;
        let inside = file.path.strip_prefix("cues/").unwrap_or(file.path);
        let stem = inside.trim_end_matches(".toml");
        if inside.split('/').next() != Some(label.id()) {
            return Err(format!("stands in the wrong folder; expected cues/{label}/"));
        }
        if !(cue.strength > 0.0 && cue.strength <= 1.0) {
            return Err(format!("strength {} is not above 0 and up to 1", cue.strength));
        }
        if cue.intensity.is_some_and(|i| !(1..=3).contains(&i)) {
            return Err("intensity is 1, 2 or 3".to_owned());
        }
        if cue.patterns.is_empty() || cue.must_match.is_empty() || cue.must_not_match.is_empty() {
            return Err(
                "patterns, must_match and must_not_match each need one entry or more".to_owned()
            );
        }
        let party: Party = match &cue.party {
            Some(party) => party.parse().map_err(|e| format!("{e}"))?,
            None => default_party(label),
        };
        let side = if party == Party::Customer { Side::Customer } else { Side::Agent };
        let labels = |ids: &[String]| -> Result<Vec<Label>, String> {
            ids.iter().map(|id| id.parse().map_err(|e| format!("{e}"))).collect()
        };
        let also = labels(&cue.also)?;
        let negated = labels(cue.negated.as_slice())?.first().copied();
        let mut patterns = Vec::new();
        for (role, written) in [
            (Role::Hears, &cue.patterns),
            (Role::Unless, &cue.unless),
            (Role::UnlessTurn, &cue.unless_turn),
        ] {
            for pattern in written {
                patterns.push((role, self.pattern(pattern)?));
            }
        }
        let cue = Cue {
            label,
            rule: format!("{}/{stem}", self.language).into(),
            because: cue.hears.into(),
            strength: cue.strength,
            intensity: cue.intensity.unwrap_or(2),
            outright: cue.outright,
            also,
            negated,
            negation: cue.negation,
            locales: cue.locales,
            after: cue.after,
            unless_answering: cue.unless_answering,
        };
        Ok((cue, side, patterns))
    }

    /// The number of a pattern.
    fn pattern(&mut self, written: &str) -> Result<usize, String> {
        if let Some(&number) = self.numbers.get(written) {
            return Ok(number);
        }
        let node = pattern::parse(written).map_err(|e| e.to_string())?;
        let tree = self.tree(&node).map_err(|e| format!("pattern '{written}': {e}"))?;
        if !tree.holds_a_word() && !tree.is_about_the_sentence() {
            return Err(format!("pattern '{written}': needs at least one word that must be there"));
        }
        self.patterns.push(tree);
        self.numbers.insert(written.to_owned(), self.patterns.len() - 1);
        Ok(self.patterns.len() - 1)
    }

    fn tree(&mut self, node: &Node) -> Result<Tree, String> {
        Ok(match node {
            Node::Word(word) => self.word(word),
            Node::Prefix(word) => Tree::Symbol(self.symbols.prefix(&folded(word))),
            Node::Suffix(word) => Tree::Symbol(self.symbols.suffix(&folded(word))),
            Node::Sequence(items) => {
                Tree::Sequence(items.iter().map(|i| self.tree(i)).collect::<Result<_, _>>()?)
            }
            Node::Choice(items) => {
                let mut choices = Vec::new();
                for item in items {
                    match self.tree(item)? {
                        Tree::Choice(inner) => choices.extend(inner.iter().cloned()),
                        tree => choices.push(tree),
                    }
                }
                Tree::Choice(choices.into())
            }
            Node::Optional(inner) => Tree::Optional(Box::new(self.tree(inner)?)),
            Node::List(name) => match self.lists.get(name) {
                Some((_, Some(tree))) => tree.clone(),
                _ => return Err(format!("there is no list lists/{name}.toml")),
            },
            Node::Any => Tree::Any,
            Node::Gap(words) => Tree::Gap(*words),
            Node::Number => Tree::NUMBER,
            Node::Mask => Tree::MASK,
            Node::Break => Tree::Break,
            Node::SentenceStart => Tree::SentenceStart,
            Node::SentenceEnd => Tree::SentenceEnd,
            Node::TurnStart => Tree::TurnStart,
            Node::TurnEnd => Tree::TurnEnd,
            Node::Question(wanted) => Tree::Question(*wanted),
            Node::Not(inner) => Tree::Not(Box::new(self.tree(inner)?)),
        })
    }

    /// A word of a pattern goes through the same cutting and spelling as a word of a text.
    fn word(&mut self, word: &str) -> Tree {
        // Nearly all words are plain; only the others need cutting and spelling.
        let plain = word.bytes().all(|b| b.is_ascii_lowercase());
        if plain && !self.spelling.contains_key(word) {
            return Tree::Symbol(self.symbols.exact(word));
        }
        let mut text = Text::new(word);
        let spelling = &self.spelling;
        text.respell(|norm| spelling.get(norm).map(AsRef::as_ref));
        let mut trees: Vec<Tree> = Vec::new();
        for token in &text.tokens {
            trees.push(match token.kind {
                Kind::Mask => Tree::MASK,
                Kind::Link => Tree::Any,
                _ => Tree::Symbol(self.symbols.exact(text.norm(token))),
            });
        }
        match trees.len() {
            1 => trees.swap_remove(0),
            _ => Tree::Sequence(trees),
        }
    }

    fn index(&self, all: &[(Side, Use, usize)]) -> (Index, Index) {
        let mut uses = vec![0_u64; self.symbols.len()];
        for (_, _, pattern) in all {
            count_uses(&self.patterns[*pattern], &mut uses);
        }
        // Function words are in every text: anchor on anything else where there is a choice.
        let mut factor = vec![1_u64; self.symbols.len()];
        for word in self.lists.get("stopwords").into_iter().flat_map(|(words, _)| words) {
            if let Some(symbol) = self.symbols.find(&folded(word)) {
                factor[symbol as usize] = 400;
            }
        }
        let weight = |symbol: Symbol| {
            let uses = uses[symbol as usize];
            (uses * uses + 1) * factor[symbol as usize]
        };
        let index = |side: Side| {
            // For each pattern, the cues that hear by it and those that it switches off.
            let mut uses_of: Vec<[Vec<Use>; 2]> = vec![Default::default(); self.patterns.len()];
            for (_, used, pattern) in all.iter().filter(|(of, ..)| *of == side) {
                uses_of[*pattern][usize::from(used.role != Role::Hears)].push(*used);
            }
            let mut index = Indexing::default();
            for (tree, uses) in self.patterns.iter().zip(&uses_of) {
                for uses in uses.iter().filter(|uses| !uses.is_empty()) {
                    index.add(tree, uses, &weight);
                }
            }
            index.finish(self.symbols.len())
        };
        (index(Side::Customer), index(Side::Agent))
    }
}

fn folded(word: &str) -> String {
    let mut out = String::new();
    fold_into(&mut out, word);
    out
}

/// How often each symbol is named; words that many patterns name are common in texts too.
fn count_uses(tree: &Tree, uses: &mut [u64]) {
    match tree {
        Tree::Symbol(symbol) => uses[*symbol as usize] += 1,
        Tree::Sequence(items) => items.iter().for_each(|t| count_uses(t, uses)),
        Tree::Choice(items) => items.iter().for_each(|t| count_uses(t, uses)),
        Tree::Optional(inner) | Tree::Not(inner) => count_uses(inner, uses),
        _ => {}
    }
}
