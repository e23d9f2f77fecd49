//! Which words are names, so that nothing learned can hang on who somebody is.
//!
//! A name is told by its capital: in the middle of a sentence always (in German, where every noun
//! has one, only when the word is unknown), at its start when the word is not known in lower case.
//! Names without a capital are not told.

use gehoord_conversation::Language;

use super::{Kind, Text};

/// Words in lower case that belong to the name after them ("de Vries", "El Amrani").
const PARTICLES: [&str; 16] = [
    "de", "van", "der", "den", "ten", "ter", "'t", "el", "al", "bin", "von", "la", "du", "di",
    "da", "dos",
];

/// Words known in lower case: a set that may believe to know a little more than it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Vocabulary {
    bits: Vec<u8>,
}

impl Vocabulary {
    /// Size in bytes; about one in fifty unknown words is taken for known with 20,000 words in it.
    pub(crate) const SIZE: usize = 1 << 17;

    pub(crate) fn of_bytes(bits: &[u8]) -> Option<Self> {
        (bits.len() == Self::SIZE).then(|| Self { bits: bits.to_vec() })
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bits
    }

    pub(crate) fn empty() -> Self {
        Self { bits: vec![0; Self::SIZE] }
    }

    /// Adds the words of `text` that stand in it in lower case.
    pub(crate) fn add(&mut self, text: &Text, raw: &str) {
        for token in text.tokens.iter().filter(|t| t.kind == Kind::Word) {
            if token.span().of(raw).chars().next().is_some_and(char::is_lowercase) {
                let (byte, bit) = place(text.norm(token));
                self.bits[byte] |= bit;
            }
        }
    }

    pub(crate) fn knows(&self, norm: &str) -> bool {
        let (byte, bit) = place(norm);
        self.bits[byte] & bit != 0
    }
}

/// FNV-1a (Fowler, Noll and Vo 1991), mixed.
fn place(norm: &str) -> (usize, u8) {
    let hash = norm
        .bytes()
        .fold(0xCBF2_9CE4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01B3));
    let at = (hash ^ (hash >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 44;
    ((at >> 3) as usize % Vocabulary::SIZE, 1 << (at & 7))
}

/// For each token, whether it is a name or part of one.
pub(crate) fn names(
    text: &Text,
    raw: &str,
    language: Option<Language>,
    known: Option<&Vocabulary>,
) -> Vec<bool> {
    let mut names = vec![false; text.tokens.len()];
    let is_known = |norm: &str| known.is_none_or(|v| v.knows(norm));
    for sentence in &text.sentences {
        let mut opening = true;
        for index in sentence.range() {
            let token = &text.tokens[index];
            if token.kind != Kind::Word {
                opening &= token.kind != Kind::Number;
                continue;
            }
            let norm = text.norm(token);
            if has_capital(token.span().of(raw)) {
                let nouns_too = opening || language == Some(Language::De);
                names[index] = !nouns_too || !is_known(norm);
            }
            opening = false;
        }
        for index in sentence.range().rev() {
            let next = index + 1 < sentence.last as usize && names[index + 1];
            names[index] |= next && PARTICLES.contains(&text.norm(&text.tokens[index]));
        }
    }
    names
}

/// A capital first and small letters after it: "Fatima", "McKay"; not "IK", "I" or "I'm".
fn has_capital(word: &str) -> bool {
    let mut letters = word.chars().filter(|c| c.is_alphabetic());
    letters.next().is_some_and(char::is_uppercase)
        && letters.any(char::is_lowercase)
        && !word.starts_with("I'")
        && !word.starts_with("I’")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(raw: &str, language: Language) -> Vec<&str> {
        let text = Text::new(raw);
        let mut known = Vocabulary::empty();
        let usual = "waar blijft mijn pakket goedemiddag dank wie is die karte where is my card";
        known.add(&Text::new(usual), usual);
        let names = names(&text, raw, Some(language), Some(&known));
        let tokens = text.tokens.iter().zip(names).filter(|(_, name)| *name);
        tokens.map(|(t, _)| t.span().of(raw)).collect()
    }

    #[test]
    fn names_are_told_by_their_capital() {
        let cases = [
            ("Waar blijft mijn pakket? Fatima de Vries", vec!["Fatima", "de", "Vries"]),
            ("Goedemiddag, met El Amrani.", vec!["El", "Amrani"]),
            ("Waar is Mark?", vec!["Mark"]),
            ("WAAR BLIJFT MIJN PAKKET", vec![]),
        ];
        for (raw, names) in cases {
            assert_eq!(found(raw, Language::Nl), names, "{raw}");
        }
        assert_eq!(found("Where is my card? I'm Tom", Language::En), ["Tom"]);
        assert_eq!(
            found("Wie ist die Karte von Herrn Okonkwo?", Language::De),
            ["von", "Herrn", "Okonkwo"]
        );
    }
}
