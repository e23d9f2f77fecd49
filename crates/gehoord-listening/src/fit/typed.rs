//! A text as it was typed, for heads that are learned from it: every sign, the letters of words
//! with what stands against them, and how it begins and ends.
//!
//! Names, numbers and links are signs of their own kind here too, whatever they say.

use super::features::{Hash, Space};
use crate::reading::Reading;
use crate::text::Kind;

/// Lengths of runs of letters, in characters.
const LETTERS: std::ops::RangeInclusive<usize> = 2..=5;

/// Letters of a chunk are looked at up to here, in characters.
const LONGEST_CHUNK: usize = 60;

/// What stands for a name, number or link among letters.
const NAME: &str = "\u{1}";
const NUMBER: &str = "\u{2}";
const LINK: &str = "\u{3}";

/// A word, a sign, or what stands for a name.
#[derive(Debug, Clone, PartialEq)]
struct Unit {
    /// In small letters.
    text: String,
    /// No space stands before it.
    glued: bool,
    sentence: u32,
}

/// The words and signs of one or several turns.
#[derive(Debug, Clone, Default)]
pub(crate) struct Typed {
    units: Vec<Unit>,
    last: u32,
}

impl Typed {
    /// A turn.
    pub(crate) fn of(reading: &Reading<'_>) -> Self {
        let mut typed = Self::default();
        typed.add(reading);
        typed
    }

    /// Adds a turn.
    pub(crate) fn add(&mut self, reading: &Reading<'_>) {
        let raw = reading.turn.text.as_str();
        let next = self.units.last().map_or(0, |u| u.sentence + 1);
        let (mut at, mut sentence) = (0, next);
        for (index, token) in reading.text.tokens.iter().enumerate() {
            let (start, end) = (token.start as usize, token.end as usize);
            // What is written as one and read as several words shares its place.
            if start < at {
                continue;
            }
            self.signs(&raw[at..start], sentence);
            let glued = start == at;
            sentence = next + token.sentence;
            at = end;
            if reading.goes_on_with_name(index) {
                continue;
            }
            let text = match token.kind {
                _ if reading.names[index] => NAME.to_owned(),
                Kind::Mask => NAME.to_owned(),
                Kind::Number => NUMBER.to_owned(),
                Kind::Link => LINK.to_owned(),
                Kind::Word | Kind::Emoji => raw[start..end].to_lowercase(),
            };
            self.units.push(Unit { text, glued, sentence });
        }
        self.signs(&raw[at..], sentence);
        self.last = self.units.last().map_or(0, |u| u.sentence);
    }

    /// Adds what stands between two tokens.
    fn signs(&mut self, between: &str, sentence: u32) {
        let mut glued = true;
        for sign in between.chars() {
            if !sign.is_whitespace() {
                self.units.push(Unit { text: sign.to_string(), glued, sentence });
            }
            glued = !sign.is_whitespace();
        }
    }

    /// Everything there is to a turn: `weight` is how much it counts beside its words.
    pub(crate) fn turn(&self, weight: f32, into: &mut Vec<(u32, f32)>) {
        /// How much a beginning and an end count beside the letters.
        const EDGE: f32 = 0.5;
        self.whole("turn", weight, into);
        let first = |u: &&Unit| u.sentence == self.units[0].sentence;
        let last = |u: &&Unit| u.sentence == self.last;
        runs(self.units.iter().filter(first), "first", 2, weight * EDGE, into);
        runs(self.units.iter().filter(last), "last", 2, weight * EDGE, into);
    }

    /// Letters and runs of words. `who` keeps those of different speakers apart.
    pub(crate) fn whole(&self, who: &str, weight: f32, into: &mut Vec<(u32, f32)>) {
        /// How much runs of words count beside the letters.
        const RUNS: f32 = 0.7;
        self.letters(who, weight, into);
        runs(self.units.iter(), who, 3, weight * RUNS, into);
    }

    /// Runs of letters within what stands between two spaces.
    fn letters(&self, who: &str, weight: f32, into: &mut Vec<(u32, f32)>) {
        let mut places = Vec::new();
        let mut chunk: Vec<char> = Vec::new();
        let start = Hash::new(Space::Letters).with_text(who);
        for (index, unit) in self.units.iter().enumerate() {
            if chunk.is_empty() {
                chunk.push(' ');
            }
            chunk.extend(unit.text.chars());
            if self.units.get(index + 1).is_some_and(|next| next.glued) {
                continue;
            }
            chunk.truncate(LONGEST_CHUNK);
            chunk.push(' ');
            for from in 0..chunk.len() {
                let mut hash = start;
                for (length, &letter) in chunk[from..].iter().take(*LETTERS.end()).enumerate() {
                    hash = hash.with(u64::from(letter));
                    if length + 1 >= *LETTERS.start() {
                        places.push(hash.place());
                    }
                }
            }
            chunk.clear();
        }
        weigh(places, weight, into);
    }
}

/// Runs of up to `longest` words and signs.
fn runs<'u>(
    units: impl Iterator<Item = &'u Unit>,
    who: &str,
    longest: usize,
    weight: f32,
    into: &mut Vec<(u32, f32)>,
) {
    let units: Vec<&Unit> = units.collect();
    let start = Hash::new(Space::Run).with_text(who);
    let mut places = Vec::new();
    for from in 0..units.len() {
        let mut hash = start;
        for unit in units[from..].iter().take(longest) {
            hash = hash.with(32).with_text(&unit.text);
            places.push(hash.place());
        }
    }
    weigh(places, weight, into);
}

/// Adds places, the more often each is there the more, that together have length `weight`.
fn weigh(mut places: Vec<u32>, weight: f32, into: &mut Vec<(u32, f32)>) {
    places.sort_unstable();
    let often = places.chunk_by(|a, b| a == b);
    let values: Vec<(u32, f32)> = often.map(|p| (p[0], 1.0 + (p.len() as f32).ln())).collect();
    let length = values.iter().map(|(_, v)| v * v).sum::<f32>().sqrt().max(1.0);
    into.extend(values.into_iter().map(|(place, value)| (place, value * weight / length)));
}

#[cfg(test)]
mod tests {
    use gehoord_conversation::{Party, Turn};

    use super::*;
    use crate::cue::Packs;
    use std::borrow::Cow;

    fn typed(text: &str) -> Vec<(u32, f32)> {
        let turn = Turn::new(Party::Customer, text);
        let reading = Reading::new(0, Cow::Borrowed(&turn), None, None, &Packs::default(), None);
        let mut into = Vec::new();
        Typed::of(&reading).turn(1.0, &mut into);
        into
    }

    #[test]
    fn signs_and_ends_tell_turns_apart_and_names_and_numbers_do_not() {
        assert_ne!(typed("Waar blijft het?!"), typed("Waar blijft het?"));
        assert_ne!(typed("Fijn. Weg is weg."), typed("Weg is weg. Fijn."));
        assert_eq!(typed("Ik ben El Amrani, 0612"), typed("Ik ben Jansen, 06998877"));
        assert!(typed("").is_empty());
    }

    #[test]
    fn a_very_long_chunk_has_few_places() {
        assert!(typed(&"xyz".repeat(100_000)).len() < 400);
    }
}
