//! The third step of a level: each sentence is judged by itself, in the light of the whole turn.
//!
//! What a turn as a whole is given for one label may come of several sentences, each of which says half
//! of it. So a small network looks at one sentence at a time: how its words and those of its
//! neighbours score, which cues stand in it, where it stands, and all that is known of the turn. How
//! likely it is that one of them says it is then weighed with what is believed of the turn.

use super::codec::{ModelFileError, Reader, Writer};
use super::fitting::{Example, Targets};
use super::heads::{Head, Shape};
use super::network::{Network, Table};
use super::solver::{Blend, Kind, fit_blend, log_odds, sigmoid};

/// Penalty on the weights of the weighing, which are few.
const PENALTY: f32 = 3.0;

/// Judges the sentences of a turn.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Sentences {
    network: Network,
    /// The columns of the level that it judges.
    columns: Vec<usize>,
    /// How each of them is weighed.
    blends: Vec<Blend>,
}

/// A turn of which all words have their scores.
#[derive(Clone, Copy)]
pub(crate) struct Scored<'s> {
    /// Of all columns, in each sentence and in the whole.
    pub(crate) sentences: &'s [f32],
    pub(crate) whole: &'s [f32],
    pub(crate) extra: &'s [f32],
    /// What is known of each sentence besides.
    pub(crate) beside: &'s [Vec<f32>],
}

impl Scored<'_> {
    fn count(&self) -> usize {
        self.sentences.len() / self.whole.len().max(1)
    }

    /// What sentence `at` has for itself.
    fn own(&self, at: usize, into: &mut Vec<f32>) {
        let width = self.whole.len();
        let count = self.count();
        for at in [Some(at), at.checked_sub(1), Some(at + 1).filter(|at| *at < count)] {
            match at {
                Some(at) => into.extend_from_slice(&self.sentences[at * width..(at + 1) * width]),
                None => into.resize(into.len() + width, 0.0),
            }
        }
        into.extend_from_slice(&self.beside[at]);
        into.extend([
            f32::from(u8::from(at == 0)),
            f32::from(u8::from(at + 1 == count)),
            (1.0 + at as f32).ln(),
            (1.0 + count as f32).ln(),
        ]);
    }

    /// What all its sentences have in common.
    fn common(&self) -> Vec<f32> {
        [self.whole, self.extra].concat()
    }
}

/// The log-odds of each judged column in each sentence of a turn.
struct Judged {
    odds: Vec<f32>,
    columns: usize,
}

impl Judged {
    /// Of a column the clearest sentence, its log-odds, and those that any sentence says it.
    fn clearest(&self, column: usize) -> Option<(usize, f32, f32)> {
        let all = || self.odds.iter().skip(column).step_by(self.columns.max(1));
        let (sentence, most) = all().enumerate().max_by(|(_, a), (_, b)| a.total_cmp(b))?;
        let none: f32 = all().map(|odds| 1.0 - sigmoid(*odds)).product();
        Some((sentence, *most, log_odds(1.0 - none)))
    }
}

impl Sentences {
    fn judge(&self, turn: Scored<'_>) -> Judged {
        let mut odds = Vec::with_capacity(turn.count() * self.columns.len());
        let common = turn.common();
        let Some(from) = self.network.inputs().checked_sub(common.len()) else {
            return Judged { odds, columns: 0 };
        };
        let begun = self.network.begin(from, &common);
        let mut own = Vec::with_capacity(from);
        for at in 0..turn.count() {
            own.clear();
            turn.own(at, &mut own);
            self.network.finish(&begun, &own, &mut odds);
        }
        Judged { odds, columns: self.columns.len() }
    }

    pub(crate) fn write(&self, out: &mut Writer) {
        self.network.write(out);
        for (column, blend) in self.columns.iter().zip(&self.blends) {
            out.number(*column);
            out.floats(&blend.weights);
            out.float(blend.bias);
        }
    }

    /// Reads those of a level of `width` columns.
    pub(crate) fn read(file: &mut Reader<'_>, width: usize) -> Result<Self, ModelFileError> {
        let network = Network::read(file)?;
        let (mut columns, mut blends) = (Vec::new(), Vec::new());
        for _ in 0..network.outputs() {
            columns.push(file.number()?);
            blends.push(Blend { weights: file.floats()?, bias: file.float()? });
        }
        if columns.iter().any(|column| *column >= width) {
            return file.damaged();
        }
        Ok(Self { network, columns, blends })
    }

    /// Weighs what is `believed` of the columns of a turn with what its sentences say by themselves,
    /// and finds the sentence that says each most clearly.
    pub(crate) fn weigh(&self, turn: Scored<'_>, believed: &mut [f32], clearest: &mut [usize]) {
        let judged = self.judge(turn);
        for (index, (&column, blend)) in self.columns.iter().zip(&self.blends).enumerate() {
            let Some((sentence, most, any)) = judged.clearest(index) else { return };
            let sum = blend.sum(&[log_odds(believed[column]), most, any]);
            // Weights of a damaged file can be so large that their sum is no number.
            believed[column] = sigmoid(if sum.is_nan() { 0.0 } else { sum });
            clearest[column] = sentence;
        }
    }
}

/// What the step is fitted on.
pub(crate) struct SentenceFit<'f> {
    pub(crate) heads: &'f [Head],
    pub(crate) examples: &'f [Example],
    /// The part of each example.
    pub(crate) part: &'f [usize],
    pub(crate) parts: usize,
    /// Scores of words that have not seen the example: of the whole, and of each sentence.
    pub(crate) whole: &'f [Vec<f32>],
    pub(crate) sentences: &'f [Vec<f32>],
    /// What is there in each example.
    pub(crate) targets: &'f Targets,
}

impl SentenceFit<'_> {
    fn scored(&self, index: usize) -> Scored<'_> {
        let example = &self.examples[index];
        Scored {
            sentences: &self.sentences[index],
            whole: &self.whole[index],
            extra: &example.extra,
            beside: &example.beside,
        }
    }

    /// Examples with sentences that can be judged.
    fn known(&self) -> impl Iterator<Item = usize> {
        (0..self.examples.len()).filter(|&i| {
            let example = &self.examples[i];
            !example.foreign && !example.beside.is_empty()
        })
    }

    /// Fits the step and, for each part, one that has not seen it. `believed` is what is believed of
    /// each example by what has not seen it, and becomes what is believed with its sentences.
    pub(crate) fn fit(&self, believed: &mut [Vec<f32>]) -> Option<(Sentences, Vec<Sentences>)> {
        let columns = self.heads.iter().filter(|h| h.shape == Shape::Labels);
        let columns: Vec<usize> = columns.flat_map(|h| h.columns.clone()).collect();
        let known: Vec<usize> = self.known().collect();
        if columns.is_empty() || known.is_empty() {
            return None;
        }
        let networks = self.networks(&columns, &known).into_iter();
        let mut steps: Vec<Sentences> = networks
            .map(|network| Sentences { network, columns: columns.clone(), blends: Vec::new() })
            .collect();
        // What is weighed, column after column, of each known example.
        let mut weighed: Vec<Vec<[f32; 3]>> = vec![Vec::with_capacity(known.len()); columns.len()];
        for &i in &known {
            let judged = steps[self.part[i]].judge(self.scored(i));
            for (index, &column) in columns.iter().enumerate() {
                let (_, most, any) = judged.clearest(index).unwrap_or_default();
                weighed[index].push([log_odds(believed[i][column]), most, any]);
            }
        }
        for (&column, weighed) in columns.iter().zip(&weighed) {
            for (part, step) in steps.iter_mut().enumerate() {
                let blend = self.blend(column, &known, weighed, part);
                for (&i, row) in known.iter().zip(weighed) {
                    if self.part[i] == part {
                        believed[i][column] = sigmoid(blend.sum(row));
                    }
                }
                step.blends.push(blend);
            }
        }
        let all = steps.pop()?;
        Some((all, steps))
    }

    /// A network that has not seen each part, and at last one that has seen all.
    fn networks(&self, columns: &[usize], known: &[usize]) -> Vec<Network> {
        let width = columns.len();
        let mut rows = Table::default();
        let mut targets = Table { width, numbers: Vec::new() };
        let mut weights = targets.clone();
        let mut part = Vec::new();
        for &i in known {
            let turn = self.scored(i);
            let common = turn.common();
            let there = Targets::of_sentences(self.heads, &self.examples[i]);
            for at in 0..turn.count() {
                turn.own(at, &mut rows.numbers);
                rows.numbers.extend_from_slice(&common);
                let of = |column: &usize| there.at(at, *column);
                targets.numbers.extend(columns.iter().map(|c| of(c).0));
                weights.numbers.extend(columns.iter().map(|c| of(c).1));
                part.push(self.part[i]);
            }
        }
        rows.width = rows.numbers.len() / part.len().max(1);
        let without = &|left_out: usize| {
            let seen: Vec<usize> = (0..part.len()).filter(|&row| part[row] != left_out).collect();
            Network::fit(&rows, &targets, &weights, &seen)
        };
        std::thread::scope(|scope| {
            let parts = 0..=self.parts;
            let fits: Vec<_> = parts.map(|part| scope.spawn(move || without(part))).collect();
            let fits = fits.into_iter().map(|fit| fit.join());
            fits.map(|fit| fit.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
        })
    }

    /// How a column is weighed, by the examples of all parts but one.
    fn blend(&self, column: usize, known: &[usize], rows: &[[f32; 3]], left_out: usize) -> Blend {
        let (mut inputs, mut targets, mut weights) = (Vec::new(), Vec::new(), Vec::new());
        for (&i, row) in known.iter().zip(rows) {
            let (target, weight) = self.targets.at(i, column);
            if self.part[i] != left_out && weight > 0.0 {
                inputs.push(&row[..]);
                targets.push(target);
                weights.push(weight);
            }
        }
        fit_blend(Kind::Margin, &inputs, &targets, &weights, PENALTY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A turn of three sentences with scores of two columns, one number besides and one in common.
    fn turn<'t>(sentences: &'t [f32], beside: &'t [Vec<f32>]) -> Scored<'t> {
        Scored { sentences, whole: &[0.5, 0.6], extra: &[7.0], beside }
    }

    #[test]
    fn a_sentence_is_seen_with_its_neighbours_and_its_place() {
        let scores = [0.1, 0.2, 1.1, 1.2, 2.1, 2.2];
        let beside = [vec![10.0], vec![11.0], vec![12.0]];
        let turn = turn(&scores, &beside);
        let own = |at: usize| {
            let mut own = Vec::new();
            turn.own(at, &mut own);
            own
        };
        let (first, second, third) = (1.0_f32, 2.0_f32.ln(), 3.0_f32.ln());
        let of = 4.0_f32.ln();
        assert_eq!(own(0), [0.1, 0.2, 0.0, 0.0, 1.1, 1.2, 10.0, first, 0.0, 0.0, of]);
        assert_eq!(own(1), [1.1, 1.2, 0.1, 0.2, 2.1, 2.2, 11.0, 0.0, 0.0, second, of]);
        assert_eq!(own(2), [2.1, 2.2, 1.1, 1.2, 0.0, 0.0, 12.0, 0.0, first, third, of]);
        assert_eq!(turn.common(), [0.5, 0.6, 7.0]);
    }

    #[test]
    fn the_clearest_sentence_is_found_and_any_is_more_than_one() {
        let judged = Judged { odds: vec![-1.0, 3.0, 0.0, -3.0, -1.0, 3.0], columns: 2 };
        let (sentence, most, any) = judged.clearest(0).unwrap_or_default();
        assert_eq!((sentence, most), (1, 0.0));
        assert!(any > most);
        assert_eq!(judged.clearest(1).map(|(sentence, ..)| sentence), Some(2));
        assert_eq!(Judged { odds: Vec::new(), columns: 2 }.clearest(0), None);
    }
}
