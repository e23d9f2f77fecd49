//! Whose name is meant: names in full and in part.

use super::words::fold;

/// The parts of a person's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Person {
    /// Names in full, without "van", "de" and the like.
    pub(super) parts: Vec<String>,
    /// The first letter of the first name, when first and last name are given.
    initial: Option<char>,
}

/// Small words within names.
const PARTICLES: [&str; 26] = [
    "van", "de", "der", "den", "ten", "ter", "'t", "t", "het", "in", "op", "te", "von", "zu", "la",
    "le", "du", "di", "da", "do", "dos", "el", "al", "ben", "bin", "vd",
];

impl Person {
    pub(super) fn new(words: &str) -> Self {
        let folded = fold(words);
        let all: Vec<&str> = folded
            .split(|c: char| c.is_whitespace() || c == '.')
            .filter(|w| !w.is_empty())
            .collect();
        let parts: Vec<String> = all
            .iter()
            .filter(|w| w.chars().count() > 1 && !PARTICLES.contains(w))
            .map(|w| (*w).to_owned())
            .collect();
        let first = all.first().filter(|w| !PARTICLES.contains(w));
        let several = all.len() > 1 && (parts.len() > 1 || first.is_some_and(|w| w.len() == 1));
        let initial = first.filter(|_| several).and_then(|w| w.chars().next());
        Self { parts, initial }
    }

    /// Whether both can be one person: all parts of one are in the other, and no first letters
    /// speak against it.
    pub(super) fn is(&self, other: &Self) -> bool {
        let some = !self.parts.is_empty() && !other.parts.is_empty();
        let letters = match (self.initial, other.initial) {
            (Some(a), Some(b)) => a == b,
            _ => true,
        };
        some && letters && (self.within(other) || other.within(self))
    }

    /// Whether all parts of this name are in the other.
    pub(super) fn within(&self, other: &Self) -> bool {
        self.parts.iter().all(|part| other.parts.contains(part))
    }

    pub(super) fn learn(&mut self, other: Self) {
        for part in other.parts {
            if !self.parts.contains(&part) {
                self.parts.push(part);
            }
        }
        self.initial = self.initial.or(other.initial);
    }
}
