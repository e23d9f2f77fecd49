//! Linear fitting: large-margin for yes and no, least squares for numbers, logistic for
//! probabilities. Everything is seeded and single-threaded, so the same input gives the same
//! weights to the last bit.

/// A sparse row: places in the weight vector and the values there.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Row {
    /// Place and value; a place may stand here more than once.
    pub features: Vec<(u32, f32)>,
}

impl Row {
    /// The dot product with each column of `weights`, which holds as many columns as `scores`.
    pub fn scores(&self, weights: &[f32], scores: &mut [f32]) {
        let width = scores.len();
        scores.fill(0.0);
        for &(place, value) in &self.features {
            let start = place as usize * width;
            for (score, weight) in scores.iter_mut().zip(&weights[start..start + width]) {
                *score += value * weight;
            }
        }
    }

    fn square(&self) -> f32 {
        self.features.iter().map(|&(_, v)| v * v).sum()
    }

    fn add_to(&self, weights: &mut [f32], steps: &[f32]) {
        let width = steps.len();
        for &(place, value) in &self.features {
            let start = place as usize * width;
            for (weight, step) in weights[start..start + width].iter_mut().zip(steps) {
                *weight += value * step;
            }
        }
    }
}

/// How a column is fitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Yes (1) or no (−1): an L2-regularised squared-hinge margin.
    Margin,
    /// A number: ridge regression.
    Number,
}

/// What a linear fit is asked to do, for several columns at once over the same rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit<'f> {
    /// Number of places a feature can have.
    pub places: usize,
    /// How each column is fitted.
    pub kinds: &'f [Kind],
    /// Cost of an error against the cost of large weights; larger fits closer.
    pub cost: f32,
    /// Passes over the rows at most.
    pub passes: usize,
}

/// A small, seeded generator (xorshift64*, Vigna 2016), for the order of rows.
#[derive(Debug, Clone)]
pub struct Seeded(u64);

impl Seeded {
    /// A generator with `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A number from 0 up to `below`, which is at least 1.
    pub fn below(&mut self, below: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        ((self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 32) as usize) % below.max(1)
    }

    /// `items` in a random order.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

/// Fits weights for all columns by dual coordinate descent (Hsieh et al. 2008, algorithm 1; for
/// numbers the same without its bound). `targets` holds one value for each row and column, row
/// after row; `weights` scales the cost of each, and 0 leaves it out. The answer holds, place
/// after place, one weight for each column.
#[must_use]
pub fn fit_columns(rows: &[&Row], targets: &[f32], weights: &[f32], fit: &Fit<'_>) -> Vec<f32> {
    /// Stop when no gradient of a pass was steeper.
    const FLAT: f32 = 0.05;
    let width = fit.kinds.len();
    let mut fitted = vec![0.0_f32; fit.places * width];
    let labelled = |i: &usize| weights[i * width..(i + 1) * width].iter().any(|w| *w > 0.0);
    let mut order: Vec<usize> = (0..rows.len()).filter(labelled).collect();
    let square: Vec<f32> = rows.iter().map(|r| r.square()).collect();
    let mut alpha = vec![0.0_f32; rows.len() * width];
    let (mut scores, mut steps) = (vec![0.0_f32; width], vec![0.0_f32; width]);
    let mut random = Seeded::new(7);
    for _ in 0..fit.passes {
        random.shuffle(&mut order);
        let mut steepest = 0.0_f32;
        for &i in &order {
            rows[i].scores(&fitted, &mut scores);
            let mut moves = false;
            for column in 0..width {
                let at = i * width + column;
                steps[column] = 0.0;
                if weights[at] <= 0.0 {
                    continue;
                }
                let bend = 0.5 / (fit.cost * weights[at]);
                let margin = fit.kinds[column] == Kind::Margin;
                let (sign, gradient) = if margin {
                    (targets[at], targets[at] * scores[column] - 1.0 + bend * alpha[at])
                } else {
                    (1.0, scores[column] - targets[at] + bend * alpha[at])
                };
                if gradient.abs() < 1e-3 || (margin && alpha[at] == 0.0 && gradient >= 0.0) {
                    continue;
                }
                steepest = steepest.max(gradient.abs());
                let new = alpha[at] - gradient / (square[i] + bend);
                let new = if margin { new.max(0.0) } else { new };
                steps[column] = (new - alpha[at]) * sign;
                alpha[at] = new;
                moves = true;
            }
            if moves {
                rows[i].add_to(&mut fitted, &steps);
            }
        }
        if steepest < FLAT {
            break;
        }
    }
    fitted
}

/// A function of a few numbers: a probability, or a number.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Blend {
    /// One weight for each input.
    pub weights: Vec<f32>,
    /// The constant.
    pub bias: f32,
}

impl Blend {
    /// The weighted sum of `inputs`.
    #[must_use]
    pub fn sum(&self, inputs: &[f32]) -> f32 {
        dot(&self.weights, inputs) + self.bias
    }
}

/// 1 / (1 + e^−x).
#[must_use]
pub fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

/// The log-odds of a probability, within reason.
#[must_use]
pub fn log_odds(probability: f32) -> f32 {
    let p = probability.clamp(1e-4, 1.0 - 1e-4);
    (p / (1.0 - p)).ln()
}

/// Fits a blend of `rows`, which are of equal length, by gradient steps with momentum (Nesterov):
/// for a margin the sum's [`sigmoid`] is the probability that the target is above 0, for a number
/// the sum is the number. Inputs are brought to one scale first; `penalty` is on the squared
/// weights at that scale, not on the constant. `weights` scales each row.
#[must_use]
pub fn fit_blend(
    kind: Kind,
    rows: &[&[f32]],
    targets: &[f32],
    weights: &[f32],
    penalty: f32,
) -> Blend {
    const STEPS: usize = 120;
    let width = rows.first().map_or(0, |r| r.len());
    let total: f32 = weights.iter().sum::<f32>().max(1e-6);
    let (mean, spread) = scale(rows, weights, total);
    let scaled: Vec<f32> = rows
        .iter()
        .flat_map(|row| row.iter().zip(mean.iter().zip(&spread)).map(|(x, (m, s))| (x - m) / s))
        .collect();
    let wanted = |target: f32| match kind {
        Kind::Margin => f32::from(u8::from(target > 0.0)),
        Kind::Number => target,
    };
    let mean_target = targets.iter().zip(weights).map(|(t, w)| wanted(*t) * w).sum::<f32>() / total;
    let (start, bend) = match kind {
        Kind::Margin => {
            let rate = mean_target.clamp(1e-4, 1.0 - 1e-4);
            ((rate / (1.0 - rate)).ln(), 0.25)
        }
        Kind::Number => (mean_target, 1.0),
    };
    let mut fit = vec![0.0_f32; width + 1];
    fit[width] = start;
    let steepest = largest_stretch(&scaled, weights, width, total).max(1.0);
    let pace = 1.0 / (bend * steepest + penalty / total);
    let (mut ahead, mut last) = (fit.clone(), fit.clone());
    for step in 0..STEPS {
        let mut gradient = vec![0.0_f32; width + 1];
        let rows = scaled.chunks_exact(width.max(1));
        for ((row, &target), &weight) in rows.zip(targets).zip(weights) {
            let sum = dot(row, &ahead[..width]) + ahead[width];
            let said = if kind == Kind::Margin { sigmoid(sum) } else { sum };
            let miss = weight * (said - wanted(target));
            for (g, x) in gradient.iter_mut().zip(row) {
                *g += miss * x;
            }
            gradient[width] += miss;
        }
        for (g, a) in gradient.iter_mut().zip(&ahead).take(width) {
            *g += penalty * a;
        }
        for (f, (a, g)) in fit.iter_mut().zip(ahead.iter().zip(&gradient)) {
            *f = a - pace * g / total;
        }
        let momentum = step as f32 / (step as f32 + 3.0);
        for ((a, f), l) in ahead.iter_mut().zip(&fit).zip(&last) {
            *a = f + momentum * (f - l);
        }
        last.clone_from(&fit);
    }
    let mut bias = fit.pop().unwrap_or_default();
    for ((w, m), s) in fit.iter_mut().zip(&mean).zip(&spread) {
        *w /= s;
        bias -= *w * m;
    }
    Blend { weights: fit, bias }
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// Mean and standard deviation of each input; inputs that never change get an endless spread.
fn scale(rows: &[&[f32]], weights: &[f32], total: f32) -> (Vec<f32>, Vec<f32>) {
    let width = rows.first().map_or(0, |r| r.len());
    let (mut mean, mut square) = (vec![0.0_f32; width], vec![0.0_f32; width]);
    for (row, w) in rows.iter().zip(weights) {
        for ((m, s), x) in mean.iter_mut().zip(&mut square).zip(*row) {
            *m += w * x / total;
            *s += w * x * x / total;
        }
    }
    let spread = mean
        .iter()
        .zip(&square)
        .map(|(m, s)| {
            let variance = s - m * m;
            if variance > 1e-8 { variance.sqrt() } else { f32::MAX }
        })
        .collect();
    (mean, spread)
}

/// Largest eigenvalue of the inputs' second moments, by power iteration: how much the loss bends.
fn largest_stretch(scaled: &[f32], weights: &[f32], width: usize, total: f32) -> f32 {
    let mut direction = vec![1.0 / (width.max(1) as f32).sqrt(); width];
    let mut stretch = 0.0;
    for _ in 0..12 {
        let mut next = vec![0.0_f32; width];
        for (row, w) in scaled.chunks_exact(width.max(1)).zip(weights) {
            let along = w * dot(row, &direction) / total;
            for (n, x) in next.iter_mut().zip(row) {
                *n += along * x;
            }
        }
        stretch = dot(&next, &next).sqrt();
        if stretch <= 0.0 {
            break;
        }
        direction = next.iter().map(|x| x / stretch).collect();
    }
    stretch * 1.1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(features: &[(u32, f32)]) -> Row {
        Row { features: features.to_vec() }
    }

    #[test]
    fn a_margin_is_found_and_is_the_same_every_time() {
        let rows: Vec<Row> = (0..200).map(|i| row(&[(i % 2, 1.0), (2 + i % 7, 0.5)])).collect();
        let refs: Vec<&Row> = rows.iter().collect();
        let targets: Vec<f32> = (0..200).map(|i| if i % 2 == 0 { 1.0 } else { -1.0 }).collect();
        let fit = Fit { places: 16, kinds: &[Kind::Margin], cost: 1.0, passes: 30 };
        let weights = fit_columns(&refs, &targets, &[1.0; 200], &fit);
        for (row, target) in rows.iter().zip(&targets) {
            let mut score = [0.0];
            row.scores(&weights, &mut score);
            assert!(score[0] * target > 0.0);
        }
        assert_eq!(weights, fit_columns(&refs, &targets, &[1.0; 200], &fit));
    }

    #[test]
    fn rows_without_weight_do_not_count() {
        let rows = [row(&[(0, 1.0)]), row(&[(0, 1.0)])];
        let refs: Vec<&Row> = rows.iter().collect();
        let fit = Fit { places: 1, kinds: &[Kind::Margin], cost: 10.0, passes: 50 };
        let weights = fit_columns(&refs, &[1.0, -1.0], &[1.0, 0.0], &fit);
        assert!(weights[0] > 0.5);
    }

    #[test]
    fn columns_do_not_disturb_each_other() {
        let rows: Vec<Row> = (0..50).map(|i| row(&[(0, i as f32 / 10.0), (1, 1.0)])).collect();
        let refs: Vec<&Row> = rows.iter().collect();
        let number = |i: usize| 2.0 * i as f32 / 10.0 - 1.0;
        let targets: Vec<f32> =
            (0..50).flat_map(|i| [number(i), if i > 25 { 1.0 } else { -1.0 }]).collect();
        let kinds = [Kind::Number, Kind::Margin];
        let fit = Fit { places: 2, kinds: &kinds, cost: 100.0, passes: 500 };
        let weights = fit_columns(&refs, &targets, &[1.0; 100], &fit);
        assert!((weights[0] - 2.0).abs() < 0.05 && (weights[2] + 1.0).abs() < 0.1, "{weights:?}");
    }

    #[test]
    fn a_probability_is_the_share_that_was_seen() {
        let rows: Vec<Vec<f32>> = (0..400).map(|i| vec![f32::from(u8::from(i % 4 == 0))]).collect();
        let refs: Vec<&[f32]> = rows.iter().map(Vec::as_slice).collect();
        // Of the rows with the mark 80 in 100 are yes, of the others 20 in 100.
        let targets: Vec<f32> = (0..400)
            .map(|i| if i % 4 == 0 { i % 20 != 0 } else { i % 5 == 0 })
            .map(|yes| if yes { 1.0 } else { -1.0 })
            .collect();
        let fit = fit_blend(Kind::Margin, &refs, &targets, &[1.0; 400], 0.01);
        let (with, without) = (sigmoid(fit.sum(&[1.0])), sigmoid(fit.sum(&[0.0])));
        assert!((with - 0.8).abs() < 0.03, "{with}");
        assert!((without - 0.2).abs() < 0.03, "{without}");
    }
}
