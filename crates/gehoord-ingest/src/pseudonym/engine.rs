//! The finder of personal data.

use std::sync::{Arc, LazyLock};

use gehoord_conversation::{Language, PersonalDatum, Span};

use super::names::weights::Weights;
use super::rules::Rules;
use super::scene::Scene;
use super::tokens::Tokens;
use super::words::{Known, Words};
use super::{address, bank, birth, codes, mail, names, profile, secrets, spoken};

/// Finds personal data in text. Made once, cheap to clone, safe to share between threads.
#[derive(Debug, Clone)]
pub struct Pseudonymiser {
    words: Words,
    names: Weights,
    rules: Arc<[Rules; 4]>,
}

/// Texts are looked at in pieces of at most so many bytes, cut at a blank, so that time and memory
/// do not grow faster than the text. What stands across a cut may be missed.
const PIECE: usize = 1 << 15;

static FILES: [(Language, &str); 4] = [
    (Language::Nl, include_str!("../../pseudonym/nl.toml")),
    (Language::En, include_str!("../../pseudonym/en.toml")),
    (Language::De, include_str!("../../pseudonym/de.toml")),
    (Language::Fr, include_str!("../../pseudonym/fr.toml")),
];

static RULES: LazyLock<Arc<[Rules; 4]>> = LazyLock::new(|| {
    Arc::new(FILES.map(|(language, text)| {
        Rules::read(language, text).expect("the tests read every rules file")
    }))
});

impl Pseudonymiser {
    /// The finder with the rules and lists that ship.
    #[must_use]
    pub fn embedded() -> Self {
        Self { words: Words::embedded(), names: Weights::embedded(), rules: Arc::clone(&RULES) }
    }

    /// The same finder without the model of names: by its rules alone.
    #[must_use]
    pub fn by_rules(mut self) -> Self {
        self.names = Weights::none();
        self
    }

    /// The same finder with weights of names that [`fit_names`](super::fit_names) made; `None`
    /// when they are not as many as it makes.
    #[must_use]
    pub fn with_names(mut self, weights: Vec<u8>) -> Option<Self> {
        self.names = Weights::new(weights)?;
        Some(self)
    }

    /// The personal data in `text`, in order and not overlapping, on character borders. `language`
    /// is that of the conversation; a text that is clearly in another one is read in that, and
    /// without one it is guessed. What is masked already is left alone.
    #[must_use]
    pub fn find(&self, text: &str, language: Option<Language>) -> Vec<PersonalDatum> {
        self.find_with(text, language, &[])
    }

    /// The same, where `learned` names (folded words) are known to be names here.
    pub(crate) fn find_with(
        &self,
        text: &str,
        language: Option<Language>,
        learned: &[String],
    ) -> Vec<PersonalDatum> {
        let mut found = Vec::new();
        let mut from = 0;
        while from < text.len() {
            let to = piece(text, from);
            let place = |d: PersonalDatum| PersonalDatum {
                span: Span::new(d.span.start + from, d.span.end + from),
                kind: d.kind,
            };
            found.extend(self.piece(&text[from..to], language, learned).into_iter().map(place));
            from = to;
        }
        found
    }

    fn piece(
        &self,
        text: &str,
        language: Option<Language>,
        learned: &[String],
    ) -> Vec<PersonalDatum> {
        let mut scene = self.scene(text, language);
        Self::all_but_names(&mut scene);
        names::find(&mut scene, learned);
        scene.found
    }

    /// Finds everything that is no name.
    pub(super) fn all_but_names(scene: &mut Scene) {
        mail::find(scene);
        profile::find(scene);
        bank::find(scene);
        secrets::find(scene);
        birth::find(scene);
        address::find(scene);
        codes::find(scene);
        spoken::find(scene);
    }

    /// The table of words.
    pub(super) const fn words(&self) -> &Words {
        &self.words
    }

    /// The name in a speaker field, whole.
    pub(crate) fn find_speaker(
        &self,
        speaker: &str,
        language: Option<Language>,
    ) -> Vec<PersonalDatum> {
        let short = &speaker[..piece(speaker, 0)];
        let mut scene = self.scene(short, language);
        mail::find(&mut scene);
        names::speaker(&mut scene);
        scene.found
    }

    /// The words of a name by which somebody is known again, folded.
    pub(crate) fn telling_words(&self, name: &str, language: Option<Language>) -> Vec<String> {
        let scene = self.scene(&name[..piece(name, 0)], language);
        (0..scene.len())
            .filter(|i| names::is_telling(&scene, *i))
            .map(|i| scene.norm(i).to_owned())
            .collect()
    }

    pub(super) fn scene<'t>(&'t self, text: &'t str, language: Option<Language>) -> Scene<'t> {
        let tokens = Tokens::new(text, &self.words);
        let language = spoken_in(&tokens, language);
        let of = |wanted: Language| self.rules.iter().find(|r| r.language == wanted);
        let rules = of(language).unwrap_or(&self.rules[0]);
        let marked = rules.mark(&tokens);
        let others = self.rules.iter().filter(|r| r.language != rules.language);
        let others = others.map(|r| r.mark(&tokens)).collect();
        let words = tokens.all.iter().filter(|t| t.word());
        let capitals = words.clone().filter(|t| t.capital && t.opens).count();
        let small = words.filter(|t| !t.capital && t.opens).count();
        let long = tokens.all.iter().filter(|t| t.word() && t.end - t.start > 2);
        let (all, upper) = long.fold((0, 0), |(a, u), t| (a + 1, u + usize::from(t.upper)));
        let mut scene = Scene {
            has_capitals: capitals > small,
            shouts: upper * 3 > all * 2,
            word_count: tokens.all.iter().filter(|t| t.word()).count(),
            firms: vec![false; tokens.all.len()],
            namesakes: vec![false; tokens.all.len()],
            words: self.words,
            names: &self.names,
            tokens,
            rules,
            marked,
            others,
            found: Vec::new(),
            quiet: Vec::new(),
        };
        scene.mark_firms();
        scene
    }

    /// Whether every part of a name is in the list of first or last names.
    #[must_use]
    pub fn is_listed(&self, name: &str) -> bool {
        let tokens = Tokens::new(name, &self.words);
        let mut parts = tokens.all.iter().enumerate().filter(|(_, t)| t.word()).peekable();
        parts.peek().is_some()
            && parts.all(|(i, token)| {
                let norm = tokens.norm(i);
                let listed = |part: &str| self.words.get(part).name() || part.len() < 2;
                token.known.is(Known::STOP) || listed(norm) || norm.split('-').all(listed)
            })
    }

    /// The examples of the rules file of a language, with their marks.
    #[cfg(test)]
    pub(crate) fn examples(&self) -> impl Iterator<Item = (Language, &String)> {
        self.rules.iter().flat_map(|r| r.examples.iter().map(|e| (r.language, e)))
    }
}

/// The language of a text: the one given, unless the words clearly are of another.
fn spoken_in(tokens: &Tokens, given: Option<Language>) -> Language {
    let mut counts = [0_i32; 4];
    for token in tokens.all.iter().filter(|t| t.word()).take(400) {
        for (count, &language) in counts.iter_mut().zip(Language::ALL) {
            *count += i32::from(token.known.ordinary(language));
        }
    }
    let count = |language: Language| counts[language as usize];
    let best = Language::ALL.iter().copied().max_by_key(|l| (count(*l), *l == Language::Nl));
    let best = best.unwrap_or(Language::Nl);
    match given {
        Some(given) if count(best) < 5 || count(best) < 2 * count(given) => given,
        _ => best,
    }
}

/// Where the piece that begins at `from` ends.
fn piece(text: &str, from: usize) -> usize {
    let mut to = from + PIECE;
    if to >= text.len() {
        return text.len();
    }
    while !text.is_char_boundary(to) {
        to -= 1;
    }
    let window = &text[from..to];
    let line = window.rfind('\n').filter(|at| *at > PIECE / 2);
    let blank = || window.rfind(char::is_whitespace).filter(|at| *at > PIECE / 2);
    line.or_else(blank).map_or(to, |at| from + at + 1).max(from + 1).min(text.len())
}
