//! Words that are no names, because people write them in lower case.

use rustc_hash::FxHashMap;

use super::names::has_capital;
use super::{Kind, Text, hash};

/// Words known in lower case: a set that may believe to know a little more than it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vocabulary {
    bits: Vec<u8>,
}

impl Vocabulary {
    /// Size in bytes; about one in fifty unknown words is taken for known with 20,000 words in it.
    const SIZE: usize = 1 << 17;

    /// The vocabulary of which these are the [`Self::bytes`]; `None` when they are of no vocabulary.
    #[must_use]
    pub fn of_bytes(bits: &[u8]) -> Option<Self> {
        (bits.len() == Self::SIZE).then(|| Self { bits: bits.to_vec() })
    }

    /// The vocabulary as it is kept.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bits
    }

    /// One without words.
    #[must_use]
    pub fn empty() -> Self {
        Self { bits: vec![0; Self::SIZE] }
    }

    /// Adds the words that stand in `raw` in lower case.
    pub(crate) fn add_text(&mut self, raw: &str) {
        let text = Text::new(raw);
        for token in text.tokens.iter().filter(|t| t.kind == Kind::Word) {
            if is_small(token.span().of(raw)) {
                self.add(text.norm(token));
            }
        }
    }

    fn add(&mut self, norm: &str) {
        let (byte, bit) = place(norm);
        self.bits[byte] |= bit;
    }

    /// Whether `norm`, a word in lower case, is known.
    pub(crate) fn knows(&self, norm: &str) -> bool {
        let (byte, bit) = place(norm);
        self.bits[byte] & bit != 0
    }
}

fn place(norm: &str) -> (usize, u8) {
    let at = hash(norm.bytes().map(u64::from)) >> 44;
    ((at >> 3) as usize % Vocabulary::SIZE, 1 << (at & 7))
}

fn is_small(word: &str) -> bool {
    word.chars().next().is_some_and(char::is_lowercase)
}

/// How people write words, counted over their texts, so that ordinary words can be told from
/// names that some write in lower case.
#[derive(Debug, Clone, Default)]
pub struct Usage {
    words: FxHashMap<String, Written>,
}

/// In how many texts a word stands in lower case, and in how many with a capital that no beginning
/// of a sentence explains.
#[derive(Debug, Clone, Copy, Default)]
struct Written {
    small: u32,
    capital: u32,
}

impl Usage {
    /// Counts the words of the texts of one writer, each word once. `nouns_too` when ordinary words
    /// have capitals as well, as in German.
    pub fn add<'t>(&mut self, texts: impl Iterator<Item = &'t str>, nouns_too: bool) {
        let mut seen: FxHashMap<String, Written> = FxHashMap::default();
        for raw in texts {
            let text = Text::new(raw);
            for sentence in &text.sentences {
                let mut opening = true;
                for token in &text.tokens[sentence.range()] {
                    let word = token.span().of(raw);
                    let counts = token.kind == Kind::Word && !signs(raw, token.start as usize);
                    if counts && is_small(word) {
                        seen.entry(text.norm(token).to_owned()).or_default().small = 1;
                    } else if counts && !opening && !nouns_too && has_capital(word) {
                        seen.entry(text.norm(token).to_owned()).or_default().capital = 1;
                    }
                    opening &= token.kind != Kind::Word;
                }
            }
        }
        for (word, written) in seen {
            let all = self.words.entry(word).or_default();
            all.small += written.small;
            all.capital += written.capital;
        }
    }

    /// Adds to `known` the words that at least `writers` write in lower case and few write with a
    /// capital.
    pub fn add_ordinary(&self, writers: u32, known: &mut Vocabulary) {
        for (word, written) in &self.words {
            if written.small >= writers && written.small >= 4 * written.capital {
                known.add(word);
            }
        }
    }
}

/// Whether what begins at `start` is a handle, a tag or the sign of who writes ("@jan", "^tim").
fn signs(raw: &str, start: usize) -> bool {
    raw[..start].chars().next_back().is_some_and(|c| "@^*#/_".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_some_write_small_is_not_ordinary() {
        let texts = [
            "trein gemist, groetjes lotte",
            "De trein is weg, zegt Lotte",
            "geen trein en geen bus ^lotte",
            "nog geen trein. Dank aan Lotte",
        ];
        let mut usage = Usage::default();
        texts.iter().for_each(|t| usage.add(std::iter::once(*t), false));
        let mut known = Vocabulary::empty();
        usage.add_ordinary(2, &mut known);
        assert!(known.knows("trein") && known.knows("geen"));
        assert!(!known.knows("bus"), "one alone wrote it");
        assert!(!known.knows("lotte"));
        usage.add_ordinary(1, &mut known);
        assert!(known.knows("bus") && !known.knows("lotte"));
    }
}
