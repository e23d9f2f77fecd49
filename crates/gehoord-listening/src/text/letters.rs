//! Which language a few words are in, by the letters they are made of: "wonderful news" has no
//! function word, and still nobody takes it for Dutch.
//!
//! Runs of one to four letters are hashed to places that weigh for or against each language, fitted
//! by `cargo xtask letters` on the train part of the corpus and the words of the cue files.

use std::borrow::Cow;

use gehoord_conversation::Language;

use super::hash;

/// The languages, in the order of the columns.
pub const LANGUAGES: [Language; 4] = [Language::Nl, Language::En, Language::De, Language::Fr];

/// Places that runs of letters are hashed to, of [`LANGUAGES`]`.len()` weights each.
const PLACES: usize = 1 << 13;

/// What one step of a weight is worth, in natural log-odds.
const STEP: f32 = 1.0 / 24.0;

/// A word is looked at up to here, in characters.
const LONGEST_WORD: usize = 24;

/// Lengths of runs, in characters; a word's start and end count as one.
const RUNS: std::ops::RangeInclusive<usize> = 1..=4;

static SHIPPED: &[u8] = include_bytes!("../../models/letters.bin");

/// How letters follow each other in each language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letters {
    weights: Cow<'static, [u8]>,
}

impl Letters {
    /// Those that ship.
    #[must_use]
    pub fn shipped() -> Self {
        Self { weights: Cow::Borrowed(SHIPPED) }
    }

    /// How likely each of [`LANGUAGES`] is for folded `words`, in natural log-odds up to a constant.
    pub fn weigh<'w>(&self, words: impl Iterator<Item = &'w str>) -> [f32; 4] {
        let mut scores = [0.0; 4];
        for word in words {
            let places = places(word);
            let scale = STEP / (places.len().max(1) as f32).sqrt();
            for place in places {
                let weights = self.weights.get(place * 4..place * 4 + 4).unwrap_or_default();
                for (score, weight) in scores.iter_mut().zip(weights) {
                    *score += scale * f32::from(*weight as i8);
                }
            }
        }
        scores
    }

    /// Fits on texts, each with its language, by logistic regression on runs of one to six words
    /// (AdaGrad, Duchi et al. 2011). Seeded: the same texts give the same weights.
    #[must_use]
    pub fn fit(texts: &[(Language, Vec<String>)], passes: usize) -> Self {
        /// First step of a weight.
        const RATE: f32 = 0.3;
        let mut random = crate::fit::solver::Seeded::new(11);
        let of = |language: Language| -> Vec<&[String]> {
            let own = texts.iter().filter(|(l, words)| *l == language && !words.is_empty());
            own.map(|(_, words)| words.as_slice()).collect()
        };
        let texts = LANGUAGES.map(of);
        let mut weights = vec![[0.0_f32; 4]; PLACES];
        let mut steps = vec![[0.0_f32; 4]; PLACES];
        for _ in 0..passes {
            for (column, texts) in texts.iter().enumerate().filter(|(_, t)| !t.is_empty()) {
                let text = texts[random.below(texts.len())];
                let start = random.below(text.len());
                let end = text.len().min(start + 1 + random.below(6));
                let words: Vec<Vec<usize>> =
                    text[start..end].iter().map(|word| places(word)).collect();
                let error = likelihoods(&words, &weights).map(|p| -p);
                for places in &words {
                    let scale = 1.0 / (places.len().max(1) as f32).sqrt();
                    for &place in places {
                        for (k, error) in error.iter().enumerate() {
                            let slope = (error + f32::from(u8::from(k == column))) * scale;
                            steps[place][k] += slope * slope;
                            weights[place][k] += RATE * slope / (steps[place][k] + 0.01).sqrt();
                        }
                    }
                }
            }
        }
        let byte = |w: &f32| (w / STEP).round().clamp(-127.0, 127.0) as i8 as u8;
        Self { weights: weights.as_flattened().iter().map(byte).collect() }
    }

    /// The weights as they are kept.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.weights
    }
}

fn likelihoods(words: &[Vec<usize>], weights: &[[f32; 4]]) -> [f32; 4] {
    let mut scores = [0.0_f32; 4];
    for places in words {
        let scale = 1.0 / (places.len().max(1) as f32).sqrt();
        for &place in places {
            for (score, weight) in scores.iter_mut().zip(weights[place]) {
                *score += scale * weight;
            }
        }
    }
    let top = scores.iter().copied().fold(f32::MIN, f32::max);
    let all: f32 = scores.iter().map(|s| (s - top).exp()).sum();
    scores.map(|s| (s - top).exp() / all)
}

/// Where the runs of letters of a word stand, each once; nothing where it holds no letter.
fn places(word: &str) -> Vec<usize> {
    let letters = word.chars().filter(|c| c.is_alphabetic() || *c == '\'').take(LONGEST_WORD);
    let mut marked: Vec<char> = std::iter::once('^').chain(letters).collect();
    if marked.len() == 1 {
        return Vec::new();
    }
    marked.push('$');
    let whole = std::iter::once(marked.as_slice());
    let runs = RUNS.flat_map(|length| marked.windows(length));
    let mut places: Vec<usize> = whole.chain(runs).map(place).collect();
    places.sort_unstable();
    places.dedup();
    places
}

fn place(run: &[char]) -> usize {
    (hash(run.iter().map(|c| u64::from(u32::from(*c)))) >> 40) as usize % PLACES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_texts_give_the_same_weights_and_they_tell_languages_apart() {
        let text = |language, words: &str| {
            (language, words.split(' ').map(str::to_owned).collect::<Vec<_>>())
        };
        let texts = [
            text(Language::Nl, "ik heb het pakje nog niet gekregen"),
            text(Language::En, "the parcel has not been delivered yet"),
            text(Language::De, "ich habe das paket noch nicht bekommen"),
            text(Language::Fr, "je n'ai pas encore recu le colis"),
        ];
        let letters = Letters::fit(&texts, 200);
        assert_eq!(letters, Letters::fit(&texts, 200));
        let best = |words: &str| {
            let scores = letters.weigh(words.split(' '));
            let best = (0..4).max_by(|a, b| scores[*a].total_cmp(&scores[*b]));
            LANGUAGES[best.unwrap()]
        };
        assert_eq!(best("paket bekommen"), Language::De);
        assert_eq!(best("parcel delivered"), Language::En);
        assert_eq!(letters.weigh(["123", "€"].into_iter()), [0.0; 4]);
        assert_eq!(Letters::fit(&[], 3).bytes().len(), PLACES * 4);
    }

    #[test]
    fn what_ships_has_a_weight_for_every_place() {
        assert_eq!(Letters::shipped().bytes().len(), PLACES * 4);
    }
}
