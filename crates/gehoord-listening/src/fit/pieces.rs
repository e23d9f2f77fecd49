//! Long texts are heard in pieces as long as those that were learned from: in the mean of a letter of a
//! thousand words, what one sentence says is lost.

use std::ops::Range;

use super::examples::Numbers;
use super::features::Features;
use super::heads::{Level, Shape};
use super::level::{Beliefs, LevelModel};

/// A piece has about so many words: one turn in fifty of the corpus is longer.
const WORDS: usize = 120;

impl LevelModel {
    /// What is believed of a turn or a conversation. A label that one piece of a long turn speaks for
    /// is believed as if that piece were all that was said; a strength is that of the strongest piece.
    pub(crate) fn beliefs(&self, numbers: &Numbers) -> Beliefs {
        let words = self.words(&numbers.features, &numbers.other);
        let mut beliefs = self.believe(words, &numbers.extra, &numbers.beside);
        // A whole conversation has no size of its own, and is learned from as a whole.
        if self.level == Level::Conversation || numbers.extra.len() < 2 {
            return beliefs;
        }
        let pieces = pieces(&numbers.features);
        if pieces.len() < 2 {
            return beliefs;
        }
        for (range, words) in pieces {
            let part = numbers.features.only(range.clone());
            let mut extra = numbers.extra.clone();
            extra[0] = (1.0 + words as f32).ln();
            extra[1] = (1.0 + range.len() as f32).ln();
            let beside = numbers.beside.get(range.clone()).unwrap_or_default();
            let heard = self.believe(self.words(&part, &numbers.other), &extra, beside);
            self.take_in(&mut beliefs, heard, range.start);
        }
        beliefs
    }

    /// Takes over what a piece that begins at sentence `first` says more clearly.
    fn take_in(&self, all: &mut Beliefs, piece: Beliefs, first: usize) {
        for head in &self.heads {
            // A number with two sides, such as valence, is one of the whole turn.
            if head.shape == Shape::Number && head.range.0 < 0.0 {
                continue;
            }
            for column in head.columns.clone() {
                if piece.columns[column] > all.columns[column] {
                    all.columns[column] = piece.columns[column];
                    all.words.whole[column] = piece.words.whole[column];
                    all.words.best[column] = piece.words.best[column];
                    all.words.sentence[column] = first + piece.words.sentence[column];
                }
            }
        }
    }
}

/// Runs of sentences of about [`WORDS`] words, with how many words they hold.
fn pieces(features: &Features) -> Vec<(Range<usize>, usize)> {
    let mut pieces = Vec::new();
    let (mut start, mut words) = (0, 0);
    for index in 0..features.ends.len() {
        let sentence = features.sentence(index);
        let tokens = sentence.first().zip(sentence.last());
        words += tokens.map_or(0, |(first, last)| (last.token - first.token) as usize + 1);
        if words >= WORDS {
            pieces.push((start..index + 1, words));
            (start, words) = (index + 1, 0);
        }
    }
    if start < features.ends.len() {
        pieces.push((start..features.ends.len(), words));
    }
    pieces
}
