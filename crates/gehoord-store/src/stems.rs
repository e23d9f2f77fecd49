//! Words to stems, the same for both databases: what is written and what is searched for go the same
//! way. Dutch and English stems of each word are both kept, as a turn may hold both.

use rust_stemmers::{Algorithm, Stemmer};

/// A stem longer than this is no word.
const LONGEST: usize = 40;
/// So many different stems of one text are kept.
const MOST: usize = 4_000;

thread_local! {
    static STEMMERS: [Stemmer; 2] =
        [Stemmer::create(Algorithm::Dutch), Stemmer::create(Algorithm::English)];
}

/// The stems of a text, each once, in its order.
pub(crate) fn stems(text: &str) -> Vec<String> {
    let mut seen = std::collections::BTreeSet::new();
    let mut stems = Vec::new();
    for word in words(text) {
        for stem in of_word(&word) {
            if stems.len() < MOST && seen.insert(stem.clone()) {
                stems.push(stem);
            }
        }
    }
    stems
}

/// For each word of a query its stems, any of which will do.
pub(crate) fn alternatives(query: &str) -> Vec<Vec<String>> {
    words(query).map(|word| of_word(&word)).filter(|stems| !stems.is_empty()).collect()
}

fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty() && word.chars().count() <= LONGEST)
        .map(|word| word.chars().flat_map(char::to_lowercase).map(plain).collect())
}

fn of_word(word: &str) -> Vec<String> {
    let mut stems: Vec<String> =
        STEMMERS.with(|both| both.iter().map(|s| s.stem(word).into_owned()).collect());
    stems.retain(|stem| !stem.is_empty());
    stems.dedup();
    stems
}

/// The letter without its accent, so that "café" and "cafe" meet.
const fn plain(letter: char) -> char {
    match letter {
        'à' | 'á' | 'â' | 'ä' | 'ã' | 'å' => 'a',
        'ç' => 'c',
        'è' | 'é' | 'ê' | 'ë' => 'e',
        'ì' | 'í' | 'î' | 'ï' => 'i',
        'ñ' => 'n',
        'ò' | 'ó' | 'ô' | 'ö' | 'õ' => 'o',
        'ù' | 'ú' | 'û' | 'ü' => 'u',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meet(query: &str, text: &str) -> bool {
        let held = stems(text);
        alternatives(query).iter().all(|any| any.iter().any(|stem| held.contains(stem)))
    }

    #[test]
    fn forms_of_one_word_meet_in_dutch_and_in_english() {
        assert!(meet("storing", "Er zijn weer storingen geweest."));
        assert!(meet("BESTELLING pakje", "mijn bestellingen: pakjes komen nooit"));
        assert!(meet("deliveries", "My delivery is late"));
        assert!(meet("cafe", "bij het café"));
        assert!(!meet("factuur", "het pakje is er"));
    }

    #[test]
    fn marks_and_endless_words_are_no_stems() {
        assert!(stems("!!! … — 😀").is_empty());
        assert!(stems(&"a".repeat(1000)).is_empty());
    }
}
