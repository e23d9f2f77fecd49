//! The words that patterns name, as small numbers.

use std::hash::Hasher;

use rustc_hash::{FxHashMap, FxHasher};

use crate::text::{Kind, Text, Token, squeeze};

/// A word, beginning or ending that some pattern names.
pub(crate) type Symbol = u32;

/// Any number in digits.
pub(crate) const NUMBER: Symbol = 0;
/// Any masked name, address or number.
pub(crate) const MASK: Symbol = 1;
/// First symbol of a word.
const FIRST: Symbol = 2;

/// Words shorter than this are never taken for a typing error.
const TYPO_LENGTH: usize = 6;
/// Words longer than this are never looked up otherwise than as they stand.
const WORD_LENGTH: usize = 40;

/// All words that the patterns of one language name.
#[derive(Debug, Default)]
pub(crate) struct Symbols {
    exact: FxHashMap<Box<str>, Symbol>,
    prefixes: FxHashMap<Box<str>, Symbol>,
    suffixes: FxHashMap<Box<str>, Symbol>,
    prefix_lengths: Lengths,
    suffix_lengths: Lengths,
    /// Known words with one letter left out, as hashes; `None` where two words meet.
    shortened: FxHashMap<u64, Option<Symbol>>,
    count: Symbol,
}

impl Symbols {
    pub(crate) fn new() -> Self {
        Self { count: FIRST, ..Self::default() }
    }

    pub(crate) fn len(&self) -> usize {
        self.count as usize
    }

    pub(crate) fn exact(&mut self, word: &str) -> Symbol {
        intern(&mut self.exact, &mut self.count, word)
    }

    /// The symbol of a word that some pattern names.
    pub(crate) fn find(&self, word: &str) -> Option<Symbol> {
        self.exact.get(word).copied()
    }

    pub(crate) fn prefix(&mut self, word: &str) -> Symbol {
        intern(&mut self.prefixes, &mut self.count, word)
    }

    pub(crate) fn suffix(&mut self, word: &str) -> Symbol {
        intern(&mut self.suffixes, &mut self.count, word)
    }

    /// To be called once all words are known.
    pub(crate) fn finish(&mut self) {
        self.prefix_lengths = Lengths::new(self.prefixes.keys().map(|p| p.bytes()));
        self.suffix_lengths = Lengths::new(self.suffixes.keys().map(|s| s.bytes().rev()));
        for (word, &symbol) in &self.exact {
            if word.len() < TYPO_LENGTH || !word.is_ascii() {
                continue;
            }
            for left_out in 1..word.len() {
                let shortened = without(word.as_bytes(), left_out);
                self.shortened
                    .entry(shortened)
                    .and_modify(|known| {
                        if *known != Some(symbol) {
                            *known = None;
                        }
                    })
                    .or_insert(Some(symbol));
            }
        }
    }

    /// Appends the symbols of a token to `out`.
    pub(crate) fn of(&self, text: &Text, token: &Token, out: &mut Vec<Symbol>) {
        match token.kind {
            Kind::Number => out.push(NUMBER),
            Kind::Mask => {
                out.push(MASK);
                return;
            }
            Kind::Link => return,
            Kind::Word | Kind::Emoji => {}
        }
        let norm = text.norm(token);
        let before = out.len();
        self.look_up(norm, out);
        if out.len() == before && token.kind == Kind::Word && norm.len() <= WORD_LENGTH {
            for keep in [2, 1] {
                if out.len() == before
                    && let Some(squeezed) = squeeze(norm, keep)
                {
                    self.look_up(&squeezed, out);
                }
            }
            if out.len() == before && norm.len() + 1 >= TYPO_LENGTH && norm.is_ascii() {
                out.extend(self.mistyped(norm));
            }
        }
    }

    fn look_up(&self, norm: &str, out: &mut Vec<Symbol>) {
        out.extend(self.exact.get(norm));
        for length in self.prefix_lengths.of(norm.bytes()) {
            if let Some(prefix) = norm.get(..length) {
                out.extend(self.prefixes.get(prefix));
            }
        }
        for length in self.suffix_lengths.of(norm.bytes().rev()) {
            if let Some(suffix) = norm.len().checked_sub(length).and_then(|at| norm.get(at..)) {
                out.extend(self.suffixes.get(suffix));
            }
        }
    }

    /// The one known word of which `norm` is a misspelling: a letter left out, a letter too many,
    /// or two neighbours swapped, never the first letter.
    fn mistyped(&self, norm: &str) -> Option<Symbol> {
        let whole = without(norm.as_bytes(), usize::MAX);
        if let Some(&Some(symbol)) = self.shortened.get(&whole) {
            return Some(symbol);
        }
        if norm.len() < TYPO_LENGTH {
            return None;
        }
        let mut found = None;
        let mut buffer = [0_u8; WORD_LENGTH];
        let mut look_up = |candidate: &[u8]| match std::str::from_utf8(candidate) {
            Ok(word) => match (self.exact.get(word), found) {
                (Some(&symbol), Some(known)) => symbol == known,
                (Some(&symbol), None) => {
                    found = Some(symbol);
                    true
                }
                (None, _) => true,
            },
            Err(_) => true,
        };
        let word = buffer.get_mut(..norm.len())?;
        word.copy_from_slice(norm.as_bytes());
        for i in 1..norm.len() {
            if i + 1 < norm.len() {
                word.swap(i, i + 1);
                if !look_up(word) {
                    return None;
                }
                word.swap(i, i + 1);
            }
        }
        if norm.len() > TYPO_LENGTH {
            // The gap wanders from the end to the front.
            for i in (1..norm.len()).rev() {
                word[i..].copy_from_slice(&norm.as_bytes()[i..]);
                word.copy_within(i + 1.., i);
                if !look_up(&word[..norm.len() - 1]) {
                    return None;
                }
            }
        }
        found
    }
}

/// A hash of `word` without the letter at `left_out`.
fn without(word: &[u8], left_out: usize) -> u64 {
    let mut hasher = FxHasher::default();
    for (i, &letter) in word.iter().enumerate() {
        if i != left_out {
            hasher.write_u8(letter);
        }
    }
    hasher.finish()
}

fn intern(map: &mut FxHashMap<Box<str>, Symbol>, count: &mut Symbol, word: &str) -> Symbol {
    if let Some(&symbol) = map.get(word) {
        return symbol;
    }
    let symbol = *count;
    *count += 1;
    map.insert(word.into(), symbol);
    symbol
}

/// How long the known beginnings (or endings) are that share their two outermost letters.
#[derive(Debug, Default)]
struct Lengths {
    by_edge: FxHashMap<[u8; 2], Vec<usize>>,
}

impl Lengths {
    /// `known`: the letters of each, from the edge inwards.
    fn new(known: impl Iterator<Item = impl ExactSizeIterator<Item = u8>>) -> Self {
        let mut by_edge: FxHashMap<[u8; 2], Vec<usize>> = FxHashMap::default();
        for mut letters in known {
            let length = letters.len();
            by_edge.entry(edge(&mut letters)).or_default().push(length);
        }
        for lengths in by_edge.values_mut() {
            lengths.sort_unstable();
            lengths.dedup();
        }
        Self { by_edge }
    }

    /// The lengths to look for in a word, shortest first. Some may be longer than the word.
    fn of(&self, mut word: impl Iterator<Item = u8>) -> impl Iterator<Item = usize> {
        let edge = edge(&mut word);
        let alone = self.by_edge.get(&[edge[0], 0]).filter(|_| edge[1] != 0);
        let lengths = alone.into_iter().chain(self.by_edge.get(&edge));
        lengths.flatten().copied()
    }
}

/// The first two letters; 0 for a second that is not there.
fn edge(letters: &mut impl Iterator<Item = u8>) -> [u8; 2] {
    [letters.next().unwrap_or_default(), letters.next().unwrap_or_default()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn symbols_of(symbols: &Symbols, raw: &str) -> Vec<Symbol> {
        let text = Text::new(raw);
        let mut out = Vec::new();
        for token in &text.tokens {
            symbols.of(&text, token, &mut out);
        }
        out
    }

    #[test]
    fn typing_errors_in_long_words_are_forgiven() {
        let mut symbols = Symbols::new();
        let long = symbols.exact("onbegrijpelijk");
        let short = symbols.exact("weer");
        symbols.finish();
        for wrong in ["onbegrijplijk", "onbegrijpelijkk", "onbegirjpelijk", "ONBEGRIJPELIJK"] {
            assert_eq!(symbols_of(&symbols, wrong), [long], "{wrong}");
        }
        assert_eq!(symbols_of(&symbols, "weeeeer"), [short]);
        assert!(symbols_of(&symbols, "wer weet begrijpelijk").is_empty());
    }

    #[test]
    fn beginnings_and_endings_are_words_too() {
        let mut symbols = Symbols::new();
        let prefix = symbols.prefix("klacht");
        let suffix = symbols.suffix("klacht");
        symbols.finish();
        assert_eq!(symbols_of(&symbols, "klachten"), [prefix]);
        assert_eq!(symbols_of(&symbols, "internetklacht"), [suffix]);
        assert_eq!(symbols_of(&symbols, "3 [naam]"), [NUMBER, MASK]);
    }
}
