//! A turn as numbers: which words, word pairs and pieces of words it holds, and where.
//!
//! Words are hashed, so nothing that was read can be read back from what was learned.

use crate::cue::Packs;
use crate::deep::Deep;
use crate::reading::Reading;
use crate::text::Kind;
use crate::vectors::Vectors;

/// The number of places that features are hashed to is two to this power.
pub(crate) const BITS: u32 = 17;

/// Number of places that words are hashed to.
pub(crate) const PLACES: usize = 1 << BITS;

/// Numbers of a text's meaning; their places come after those of words.
pub(crate) const MEANING: usize = 128;

/// All places.
pub(crate) const ROWS: usize = PLACES + MEANING;

/// How much the meaning of a text counts beside its words, whose values have length one.
const MEANING_WEIGHT: f32 = 1.0;

/// A word weighs as much as all its pieces together, in a text of usual words.
const WORD: f32 = 2.2;

/// Lengths of pieces of words, in characters.
const PIECES: std::ops::RangeInclusive<usize> = 3..=5;

/// A word is looked at up to here, in characters.
const LONGEST_WORD: usize = 40;

/// Words after a negation that are heard as negated.
const NEGATED_WORDS: usize = 3;

/// What kind of thing was hashed, so that a word and a piece of the same letters differ.
#[derive(Debug, Clone, Copy)]
#[repr(u64)]
pub(crate) enum Space {
    Word = 1,
    Pair,
    Piece,
    Negated,
    Mark,
    Before,
    Letters,
    Run,
    Opening,
}

/// One thing that is there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Feature {
    /// Where its weights stand, below [`PLACES`].
    pub(crate) place: u32,
    pub(crate) value: f32,
    /// Index of the token it belongs to.
    pub(crate) token: u32,
}

/// The features of a text, sentence after sentence.
#[derive(Debug, Clone, Default)]
pub(crate) struct Features {
    pub(crate) all: Vec<Feature>,
    /// End of each sentence in `all`.
    pub(crate) ends: Vec<usize>,
    /// For each sentence, the sum of its pieces' meanings: [`MEANING`] numbers.
    pub(crate) meanings: Vec<f32>,
}

/// What a text is looked at with.
#[derive(Clone, Copy)]
pub(crate) struct Lens<'l> {
    pub(crate) packs: &'l Packs,
    pub(crate) vectors: Option<&'l Vectors>,
    /// The deep tier, where it listens too.
    pub(crate) deep: Option<&'l Deep>,
}

impl Lens<'_> {
    /// The features of a turn.
    pub(crate) fn features(&self, reading: &Reading<'_>) -> Features {
        let pack = reading.language.and_then(|l| self.packs.of(l));
        let negates = |word: &str| pack.is_some_and(|p| p.list_has("negators", word));
        let mut features = of_words(reading, negates);
        if let Some(vectors) = self.vectors {
            features.mean(reading, vectors);
        }
        features
    }
}

/// Brings a sum of meanings to the length at which it counts.
pub(crate) fn to_length(sum: &[f32]) -> f32 {
    let length = sum.iter().map(|x| x * x).sum::<f32>().sqrt();
    if length > 1e-6 { MEANING_WEIGHT / length } else { 0.0 }
}

impl Features {
    /// Finds out what each sentence means.
    fn mean(&mut self, reading: &Reading<'_>, vectors: &Vectors) {
        let text = &reading.text;
        let mut pieces = vectors.pieces(&reading.turn.text);
        reading.leave_out_names(&mut pieces);
        self.meanings = vec![0.0; MEANING * text.sentences.len()];
        let mut at = 0;
        for (index, sum) in self.meanings.chunks_exact_mut(MEANING).enumerate() {
            // What stands between two sentences goes with the first.
            let end = match text.sentences.get(index + 1) {
                Some(_) => text.sentence_span(index + 1).start,
                None => usize::MAX,
            };
            while let Some(piece) = pieces.get(at).filter(|p| (p.start as usize) < end) {
                vectors.add(piece.id, 1.0, sum);
                at += 1;
            }
        }
    }

    /// Leaves out the sentences that `keep` does not name.
    pub(crate) fn keep(&mut self, keep: &[bool]) {
        *self = self.only((0..keep.len()).filter(|index| keep[*index]));
    }

    /// The features of these sentences.
    pub(crate) fn only(&self, sentences: impl Iterator<Item = usize>) -> Self {
        let mut only = Self::default();
        for index in sentences {
            only.all.extend_from_slice(self.sentence(index));
            only.ends.push(only.all.len());
            only.meanings.extend_from_slice(self.meaning(index));
        }
        only
    }

    /// The meaning of sentence `index`, not yet to length; empty when nothing is known.
    pub(crate) fn meaning(&self, index: usize) -> &[f32] {
        self.meanings.get(index * MEANING..(index + 1) * MEANING).unwrap_or_default()
    }

    /// The meaning of the whole text, not yet to length.
    pub(crate) fn whole_meaning(&self) -> Vec<f32> {
        let mut sum = vec![0.0; if self.meanings.is_empty() { 0 } else { MEANING }];
        for sentence in self.meanings.chunks_exact(MEANING) {
            for (sum, value) in sum.iter_mut().zip(sentence) {
                *sum += value;
            }
        }
        sum
    }

    /// The features of sentence `index`.
    pub(crate) fn sentence(&self, index: usize) -> &[Feature] {
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        &self.all[start..self.ends[index]]
    }
}

/// What the values of `features` are divided by, so that long and short texts weigh the same.
pub(crate) fn norm(features: &[Feature]) -> f32 {
    features.iter().map(|f| f.value * f.value).sum::<f32>().sqrt().max(1.0)
}

/// A hash in the making.
#[derive(Clone, Copy)]
pub(crate) struct Hash(u64);

impl Hash {
    pub(crate) fn new(space: Space) -> Self {
        Self((space as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }

    pub(crate) fn with(self, c: u64) -> Self {
        Self((self.0 ^ c).wrapping_mul(0x0100_0000_01B3).rotate_left(23))
    }

    pub(crate) fn with_text(self, text: &str) -> Self {
        text.bytes().fold(self, |hash, byte| hash.with(u64::from(byte)))
    }

    /// The place: high bits of a final mix (splitmix64, Steele et al. 2014).
    pub(crate) fn place(self) -> u32 {
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((x ^ (x >> 31)) >> (64 - BITS)) as u32
    }
}

/// The features of the words of a turn.
fn of_words(reading: &Reading<'_>, negates: impl Fn(&str) -> bool) -> Features {
    let text = &reading.text;
    let mut features =
        Features { all: Vec::with_capacity(text.tokens.len() * 24), ..Features::default() };
    let mut letters: Vec<char> = Vec::new();
    for sentence in &text.sentences {
        let mut before = "";
        let mut negated = 0_usize;
        for index in sentence.range() {
            let token = &text.tokens[index];
            if reading.goes_on_with_name(index) {
                continue;
            }
            let word = match token.kind {
                _ if reading.names[index] => "<masked>",
                Kind::Mask => "<masked>",
                Kind::Link => "<link>",
                Kind::Number => "<number>",
                Kind::Word | Kind::Emoji => text.norm(token),
            };
            let mut push = |hash: Hash, value: f32| {
                features.all.push(Feature { place: hash.place(), value, token: index as u32 });
            };
            push(Hash::new(Space::Word).with_text(word), WORD);
            push(Hash::new(Space::Pair).with_text(before).with(32).with_text(word), WORD * 0.7);
            if token.pause_before {
                negated = 0;
            }
            if negated > 0 {
                push(Hash::new(Space::Negated).with_text(word), WORD * 0.7);
                negated -= 1;
            }
            if negates(word) {
                negated = NEGATED_WORDS;
            }
            if token.shouted {
                push(Hash::new(Space::Mark).with_text("shouted"), 1.0);
            }
            if token.kind == Kind::Word && !reading.names[index] {
                pieces(word, &mut letters, &mut push);
            }
            before = word;
        }
        let last = sentence.last.saturating_sub(1);
        let mut mark = |name: &str| {
            let hash = Hash::new(Space::Mark).with_text(name);
            features.all.push(Feature { place: hash.place(), value: 1.0, token: last });
        };
        if sentence.question {
            mark("?");
        }
        match sentence.bangs {
            0 => {}
            1 => mark("!"),
            _ => mark("!!"),
        }
        features.ends.push(features.all.len());
    }
    features
}

/// Every piece of `word` with its edges marked.
fn pieces(word: &str, letters: &mut Vec<char>, push: &mut impl FnMut(Hash, f32)) {
    letters.clear();
    letters.push(' ');
    letters.extend(word.chars().take(LONGEST_WORD));
    letters.push(' ');
    for start in 0..letters.len() {
        let mut hash = Hash::new(Space::Piece);
        for (length, &letter) in letters[start..].iter().take(*PIECES.end()).enumerate() {
            hash = hash.with(u64::from(letter));
            if length + 1 >= *PIECES.start() {
                push(hash, 1.0);
            }
        }
    }
}

/// The place of a word that was said before, by the other or by the same speaker.
pub(crate) fn said_before(reading: &Reading<'_>, who: &str, into: &mut Vec<(u32, f32)>) {
    let tokens = reading.text.tokens.iter().zip(&reading.names);
    let words: Vec<u32> = tokens
        .filter(|(t, name)| t.kind == Kind::Word && !**name)
        .map(|(t, _)| {
            Hash::new(Space::Before).with_text(who).with(32).with_text(reading.text.norm(t)).place()
        })
        .collect();
    let value = 0.5 / (words.len().max(1) as f32).sqrt();
    into.extend(words.into_iter().map(|place| (place, value)));
}

/// The place of the same words in the mouth of the other.
pub(crate) fn other_party(place: u32) -> u32 {
    place ^ 0x1_5555
}

#[cfg(test)]
mod tests {
    use super::*;
    use gehoord_conversation::{Party, Turn};
    use std::borrow::Cow;

    fn with<T>(text: &str, look: impl Fn(&Reading<'_>, Features) -> T) -> T {
        let turn = Turn::new(Party::Customer, text);
        let reading = Reading::new(0, Cow::Borrowed(&turn), None, None, &Packs::default(), None);
        look(&reading, of_words(&reading, |w| w == "niet"))
    }

    fn places(text: &str) -> Vec<u32> {
        with(text, |_, features| features.all.iter().map(|f| f.place).collect())
    }

    #[test]
    fn case_and_accents_change_nothing_but_negation_does() {
        assert_eq!(places("Één fiets"), places("een fiets"));
        let negated = Hash::new(Space::Negated).with_text("tevreden").place();
        assert!(places("ik ben niet tevreden").contains(&negated));
        assert!(!places("ik ben tevreden").contains(&negated));
    }

    #[test]
    fn names_of_any_length_are_one_and_the_same() {
        assert_eq!(places("met El Amrani spreekt u"), places("met Jansen spreekt u"));
        assert_ne!(places("met jansen spreekt u"), places("met Jansen spreekt u"));
    }

    #[test]
    fn features_stay_within_their_sentence() {
        with("Mijn pakket is weg. Waar blijft het?", |reading, features| {
            assert_eq!(features.ends.len(), 2);
            for (index, sentence) in reading.text.sentences.iter().enumerate() {
                for feature in features.sentence(index) {
                    assert!(sentence.range().contains(&(feature.token as usize)));
                }
            }
        });
    }

    #[test]
    fn a_very_long_word_has_few_features() {
        assert!(places(&"x".repeat(100_000)).len() < 200);
    }
}
