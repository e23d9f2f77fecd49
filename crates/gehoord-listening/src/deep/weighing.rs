//! How what the deep tier hears is weighed with what the words say.
//!
//! Fitted on cases that neither had learned from: for each label one weight for each of the two, in
//! log-odds, and a threshold.

use gehoord_conversation::Language;

use super::DeepHeard;
use crate::fit::ModelFileError;
use crate::fit::codec::{Reader, Writer};
use crate::fit::heads::{Head, Shape};
use crate::fit::solver::{Kind, fit_blend, log_odds, sigmoid};
use crate::fit::thresholds::{Judged, Manner, Thresholds};

/// The weighing of all columns of a level; nothing where no deep tier was there in fitting.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Weighing {
    columns: Vec<Column>,
    /// Asserted from this probability on.
    pub(crate) thresholds: Thresholds,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Column {
    /// Which column of the deep tier; past its last one for none.
    deep: usize,
    words: f32,
    own: f32,
    bias: f32,
}

/// A case that neither the words' step nor the deep tier learned from.
pub(crate) struct Held {
    /// What the words believe of each column.
    pub(crate) words: Vec<f32>,
    pub(crate) deep: DeepHeard,
    pub(crate) language: Option<Language>,
    /// For each column what is there (above 0 is yes), and how much it counts.
    pub(crate) gold: Vec<(f32, f32)>,
}

fn on_scale(kind: Kind, believed: f32) -> f32 {
    if kind == Kind::Number { believed } else { log_odds(believed) }
}

impl Weighing {
    /// Which of the deep tier's columns, and how strongly they are heard.
    pub(crate) fn deep_column(&self, column: usize) -> Option<usize> {
        self.columns.get(column).map(|c| c.deep).filter(|deep| *deep != usize::MAX)
    }

    /// Weighs what the words believe with what the deep tier hears.
    pub(crate) fn apply(&self, heads: &[Head], believed: &mut [f32], deep: &DeepHeard) {
        for head in heads {
            for column in head.columns.clone() {
                let Some(weights) = self.columns.get(column) else { continue };
                let Some(heard) = deep.columns.get(weights.deep) else { continue };
                let words = on_scale(head.kind(), believed[column]);
                let sum = weights.words * words + weights.own * heard + weights.bias;
                let known = if sum.is_nan() { 0.0 } else { sum };
                believed[column] = if head.shape == Shape::Number { known } else { sigmoid(known) };
            }
        }
    }

    /// Fits the weighing of a level whose columns have these `names`, beside those of the deep tier.
    /// For the labels of the heads `misses` names a miss weighs so many times a false alarm.
    pub(crate) fn fit(
        heads: &[Head],
        deep: &[String],
        held: &[Held],
        misses: &[(&str, f32)],
    ) -> Self {
        /// Penalty on the weights, which are few.
        const PENALTY: f32 = 3.0;
        /// A column that fewer cases have is not weighed.
        const FEWEST: usize = 8;
        let mut weighing = Self::default();
        for head in heads {
            let special = misses.iter().find(|(name, _)| *name == head.name);
            let misses = special.map_or(1.0, |(_, misses)| *misses);
            let mut judged = Vec::with_capacity(head.columns.len());
            for (index, column) in head.columns.clone().enumerate() {
                let name = column_name(head, index);
                let at = deep.iter().position(|d| *d == name);
                let known = held.iter().filter(|h| h.gold[column].1 > 0.0);
                let rows: Vec<Vec<f32>> = known
                    .clone()
                    .map(|h| {
                        let heard = at.map_or(0.0, |at| h.deep.columns[at]);
                        vec![on_scale(head.kind(), h.words[column]), heard]
                    })
                    .collect();
                let (targets, weights): (Vec<f32>, Vec<f32>) =
                    known.clone().map(|h| h.gold[column]).unzip();
                let there = targets.iter().filter(|t| **t > 0.0).count();
                let refs: Vec<&[f32]> = rows.iter().map(Vec::as_slice).collect();
                let enough = head.kind() == Kind::Number || there >= FEWEST;
                let fitted = at.filter(|_| enough).map(|deep| {
                    let blend = fit_blend(head.kind(), &refs, &targets, &weights, PENALTY);
                    Column {
                        deep,
                        words: blend.weights[0],
                        own: blend.weights[1],
                        bias: blend.bias,
                    }
                });
                let given =
                    fitted.unwrap_or(Column { deep: usize::MAX, words: 1.0, own: 0.0, bias: 0.0 });
                weighing.columns.push(given);
                let cases = rows.iter().zip(&targets).zip(known);
                let cases = cases.map(|((row, target), held)| {
                    let sum = given.words * row[0] + given.own * row[1] + given.bias;
                    let believed = if head.shape == Shape::Number { sum } else { sigmoid(sum) };
                    Judged { believed, there: *target > 0.0, language: held.language }
                });
                judged.push(cases.collect());
            }
            // Few cases: what is believed says as much as what was counted.
            weighing.thresholds.fit_head(&judged, Manner { misses, believed: 0.5, together: 0.0 });
        }
        weighing
    }

    pub(crate) fn write(&self, out: &mut Writer) {
        out.number(self.columns.len());
        for column in &self.columns {
            out.number(if column.deep == usize::MAX { 0 } else { column.deep + 1 });
            for number in [column.words, column.own, column.bias] {
                out.float(number);
            }
        }
        self.thresholds.write(out);
    }

    pub(crate) fn read(file: &mut Reader<'_>, width: usize) -> Result<Self, ModelFileError> {
        let columns = file.number()?;
        if columns != 0 && columns != width {
            return file.damaged();
        }
        let mut weighing = Self::default();
        for _ in 0..columns {
            let deep = file.number()?.checked_sub(1).unwrap_or(usize::MAX);
            let (words, own, bias) = (file.float()?, file.float()?, file.float()?);
            weighing.columns.push(Column { deep, words, own, bias });
        }
        weighing.thresholds = Thresholds::read(file, columns)?;
        Ok(weighing)
    }
}

/// The name of a head's column: `emotions/anger`, `churn_risk`.
pub(crate) fn column_name(head: &Head, index: usize) -> String {
    match head.labels.get(index) {
        Some(label) => format!("{}/{label}", head.name),
        None => head.name.clone(),
    }
}
