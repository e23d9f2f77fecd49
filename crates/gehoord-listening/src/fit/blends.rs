//! The second step of a level: how the scores of words are weighed with all else that is known.

use super::heads::Head;
use super::solver::Blend;

/// The blends of all columns of a level. Their weights are kept by input too, so that all columns
/// are summed at once; every column still adds its inputs in their order.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Blends {
    columns: Vec<Blend>,
    /// For each column's score in the whole text, the weights that all columns give it.
    whole: Vec<f32>,
    /// The same for each number that is known besides.
    extra: Vec<f32>,
}

/// The inputs of a column's blend: the scores of all columns, the best sentence's scores of its
/// own head, and what else is known.
pub(crate) fn inputs(head: &Head, whole: &[f32], best: &[f32], extra: &[f32], into: &mut Vec<f32>) {
    into.clear();
    into.extend_from_slice(whole);
    into.extend_from_slice(&best[head.columns.clone()]);
    into.extend_from_slice(extra);
}

impl Blends {
    /// `columns` stand in the order of `heads`.
    pub(crate) fn new(heads: &[Head], columns: Vec<Blend>) -> Self {
        let width = columns.len();
        let by_input = |inputs: usize, first: &dyn Fn(&Head) -> usize| {
            let mut weights = vec![0.0; inputs * width];
            for head in heads {
                for column in head.columns.clone() {
                    let own = columns[column].weights.iter().skip(first(head)).take(inputs);
                    for (input, weight) in own.enumerate() {
                        weights[input * width + column] = *weight;
                    }
                }
            }
            weights
        };
        let before_extra = |head: &Head| width + head.columns.len();
        let known = |head: &Head| {
            let longest = head.columns.clone().map(|c| columns[c].weights.len()).max();
            longest.unwrap_or_default().saturating_sub(before_extra(head))
        };
        let extra = heads.iter().map(known).max().unwrap_or_default();
        let whole = by_input(width, &|_| 0);
        let extra = by_input(extra, &before_extra);
        Self { columns, whole, extra }
    }

    /// One for each column.
    pub(crate) fn all(&self) -> &[Blend] {
        &self.columns
    }

    /// The weighted sum of the [`inputs`] of each column.
    pub(crate) fn sums(
        &self,
        heads: &[Head],
        whole: &[f32],
        best: &[f32],
        extra: &[f32],
    ) -> Vec<f32> {
        let width = self.columns.len();
        let mut sums = vec![0.0_f32; width];
        add(&mut sums, whole, &self.whole);
        for head in heads {
            let best = &best[head.columns.clone()];
            for column in head.columns.clone() {
                let own = self.columns[column].weights.iter().skip(width);
                sums[column] = own.zip(best).fold(sums[column], |sum, (w, x)| sum + w * x);
            }
        }
        add(&mut sums, extra, &self.extra);
        for (sum, blend) in sums.iter_mut().zip(&self.columns) {
            *sum += blend.bias;
        }
        sums
    }
}

/// Adds each input times its weights, one for each sum.
fn add(sums: &mut [f32], inputs: &[f32], weights: &[f32]) {
    for (input, weights) in inputs.iter().zip(weights.chunks_exact(sums.len().max(1))) {
        for (sum, weight) in sums.iter_mut().zip(weights) {
            *sum += weight * input;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fit::heads::{Level, Shape};

    fn head(columns: std::ops::Range<usize>) -> Head {
        Head {
            name: "x".to_owned(),
            level: Level::Customer,
            shape: Shape::Labels,
            labels: Vec::new(),
            never_empty: false,
            range: (0.0, 1.0),
            columns,
        }
    }

    #[test]
    fn all_columns_at_once_give_what_each_gives_alone() {
        let heads = [head(0..2), head(2..3)];
        let weights = |n: usize| (0..n).map(|i| 0.3 + i as f32 * 0.7).collect();
        let columns = [7, 7, 6].map(|n| Blend { weights: weights(n), bias: 0.25 }).to_vec();
        let (whole, best, extra) = ([1.0, -0.5, 0.1], [0.2, 0.4, -0.8], [3.0, 0.5]);
        let blends = Blends::new(&heads, columns.clone());
        for extra in [&extra[..], &[]] {
            let sums = blends.sums(&heads, &whole, &best, extra);
            let mut row = Vec::new();
            for head in &heads {
                inputs(head, &whole, &best, extra, &mut row);
                for column in head.columns.clone() {
                    assert_eq!(sums[column], columns[column].sum(&row));
                }
            }
        }
    }
}
