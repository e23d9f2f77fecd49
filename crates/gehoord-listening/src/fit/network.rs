//! A small network of one hidden layer beside a linear one: for what holds only where several things
//! come together. Fitted in seeded steps on one thread, so the same input gives the same weights.

use super::codec::{ModelFileError, Reader, Writer};
use super::solver::{Seeded, sigmoid};

/// Cells of the hidden layer: half as many were worse on cases left out, twice as many no better.
const HIDDEN: usize = 64;

/// How many spreads from its mean an input is taken for at most.
const FARTHEST: f32 = 6.0;

/// Rows of numbers, row after row.
#[derive(Debug, Clone, Default)]
pub(crate) struct Table {
    pub(crate) width: usize,
    pub(crate) numbers: Vec<f32>,
}

impl Table {
    pub(crate) fn row(&self, index: usize) -> &[f32] {
        &self.numbers[index * self.width..(index + 1) * self.width]
    }
}

/// Gives log-odds for each of several outputs.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Network {
    outputs: usize,
    /// Of each input the mean, and what it is multiplied with around it.
    scale: Vec<(f32, f32)>,
    /// Input after input: its weight for each output, then for each hidden cell.
    first: Vec<f32>,
    bias: Vec<f32>,
    /// Hidden cell after cell: its weight for each output.
    second: Vec<f32>,
}

impl Network {
    /// Number of its inputs.
    pub(crate) fn inputs(&self) -> usize {
        self.scale.len()
    }

    /// Number of its outputs.
    pub(crate) fn outputs(&self) -> usize {
        self.outputs
    }

    /// Adds what the inputs from number `from` on say to the sums of outputs and hidden cells.
    fn add(&self, from: usize, inputs: &[f32], sums: &mut [f32]) {
        let weights = self.first.chunks_exact(sums.len().max(1)).skip(from);
        let scaled = inputs.iter().zip(&self.scale[from..]).map(scaled);
        for (value, weights) in scaled.zip(weights) {
            add_times(sums, value, weights);
        }
    }

    /// What several rows have in common: their last inputs, from number `from` on.
    pub(crate) fn begin(&self, from: usize, common: &[f32]) -> Vec<f32> {
        let mut sums = self.bias.clone();
        self.add(from, common, &mut sums);
        sums
    }

    /// The log-odds of a row that begins with `own` and has in common what was [begun](Self::begin)
    /// with, put behind those that are there.
    pub(crate) fn finish(&self, begun: &[f32], own: &[f32], into: &mut Vec<f32>) {
        let mut sums = begun.to_vec();
        self.add(0, own, &mut sums);
        let (outputs, hidden) = sums.split_at_mut(self.outputs);
        for (cell, weights) in hidden.iter().zip(self.second.chunks_exact(self.outputs.max(1))) {
            add_times(outputs, cell.max(0.0), weights);
        }
        into.extend_from_slice(outputs);
    }

    /// Fits to the rows that `chosen` names: `targets` above 0 are yes, and `weights` say how much
    /// each counts, both with a number for each output.
    pub(crate) fn fit(rows: &Table, targets: &Table, weights: &Table, chosen: &[usize]) -> Self {
        /// Times through the rows, and rows in a step.
        const PASSES: usize = 24;
        const BATCH: usize = 256;
        let mut network = Self::begun(rows, chosen, targets.width);
        let mut random = Seeded::new(17);
        let mut steps = Steps::new(&network);
        let mut order = chosen.to_vec();
        let all = PASSES * order.len().div_ceil(BATCH);
        let mut done = 0;
        let mut scratch = Scratch::new(&network);
        for _ in 0..PASSES {
            random.shuffle(&mut order);
            for batch in order.chunks(BATCH) {
                for &row in batch {
                    let wanted = targets.row(row).iter().zip(weights.row(row));
                    let wanted = wanted.map(|(target, weight)| (*target > 0.0, *weight));
                    scratch.learn(&network, rows.row(row), wanted, &mut random, &mut steps);
                }
                let left = 1.0 - done as f32 / all as f32;
                steps.take(&mut network, BATCH as f32, left);
                done += 1;
            }
        }
        network
    }

    /// Before fitting: small random weights.
    fn begun(rows: &Table, chosen: &[usize], outputs: usize) -> Self {
        let count = chosen.len().max(1) as f64;
        let scale = (0..rows.width).map(|at| {
            let values = || chosen.iter().map(|&row| f64::from(rows.row(row)[at]));
            let mean = values().sum::<f64>() / count;
            let variance = values().map(|x| (x - mean) * (x - mean)).sum::<f64>() / count;
            let by = if variance > 1e-8 { 1.0 / variance.sqrt() } else { 0.0 };
            (mean as f32, by as f32)
        });
        let scale: Vec<(f32, f32)> = scale.collect();
        let mut random = Seeded::new(5);
        let mut small = |count: usize, inputs: usize| -> Vec<f32> {
            let reach = 1.0 / (inputs.max(1) as f32).sqrt();
            (0..count).map(|_| (2.0 * fraction(&mut random) - 1.0) * reach).collect()
        };
        let wide = outputs + HIDDEN;
        Self {
            outputs,
            first: small(rows.width * wide, rows.width),
            bias: vec![0.0; wide],
            second: small(HIDDEN * outputs, HIDDEN),
            scale,
        }
    }

    pub(crate) fn write(&self, out: &mut Writer) {
        out.number(self.outputs);
        out.number(self.scale.len());
        for (mean, by) in &self.scale {
            out.float(*mean);
            out.float(*by);
        }
        [&self.first, &self.bias, &self.second].into_iter().for_each(|floats| out.floats(floats));
    }

    pub(crate) fn read(file: &mut Reader<'_>) -> Result<Self, ModelFileError> {
        let (outputs, inputs) = (file.number()?, file.number()?);
        let scale = (0..inputs).map(|_| Ok((file.float()?, file.float()?)));
        let scale = scale.collect::<Result<Vec<_>, ModelFileError>>()?;
        let (first, bias, second) = (file.floats()?, file.floats()?, file.floats()?);
        let wide = outputs.saturating_add(HIDDEN);
        let fits = bias.len() == wide
            && Some(first.len()) == inputs.checked_mul(wide)
            && Some(second.len()) == outputs.checked_mul(HIDDEN);
        if fits { Ok(Self { outputs, scale, first, bias, second }) } else { file.damaged() }
    }
}

fn scaled((input, (mean, by)): (&f32, &(f32, f32))) -> f32 {
    ((input - mean) * by).clamp(-FARTHEST, FARTHEST)
}

fn add_times(sums: &mut [f32], value: f32, weights: &[f32]) {
    for (sum, weight) in sums.iter_mut().zip(weights) {
        *sum += value * weight;
    }
}

/// A number from 0 up to 1.
fn fraction(random: &mut Seeded) -> f32 {
    const STEPS: usize = 1 << 24;
    random.below(STEPS) as f32 / STEPS as f32
}

/// Steps down a slope, each weight at its own pace (Adam, Kingma & Ba 2015; weights drawn to nothing
/// apart from it, Loshchilov & Hutter 2019).
struct Steps {
    slope: Network,
    mean: Network,
    square: Network,
    taken: i32,
}

impl Steps {
    fn new(like: &Network) -> Self {
        let flat = |v: &Vec<f32>| vec![0.0; v.len()];
        let zero = Network {
            outputs: like.outputs,
            scale: Vec::new(),
            first: flat(&like.first),
            bias: flat(&like.bias),
            second: flat(&like.second),
        };
        Self { slope: zero.clone(), mean: zero.clone(), square: zero, taken: 0 }
    }

    /// Takes a step by the slope that was gathered over `rows` rows; `left` is the share of all
    /// steps that are to come.
    fn take(&mut self, network: &mut Network, rows: f32, left: f32) {
        const PACE: f32 = 2e-3;
        const DRAWN: f32 = 1e-2;
        const KEPT: (f32, f32) = (0.9, 0.999);
        self.taken += 1;
        let pace = PACE * left;
        let (first, second) = (1.0 - KEPT.0.powi(self.taken), 1.0 - KEPT.1.powi(self.taken));
        let parts = [
            (
                &mut network.first,
                &mut self.slope.first,
                &mut self.mean.first,
                &mut self.square.first,
            ),
            (&mut network.bias, &mut self.slope.bias, &mut self.mean.bias, &mut self.square.bias),
            (
                &mut network.second,
                &mut self.slope.second,
                &mut self.mean.second,
                &mut self.square.second,
            ),
        ];
        for (weights, slopes, means, squares) in parts {
            let moments = means.iter_mut().zip(squares);
            for ((weight, slope), (mean, square)) in weights.iter_mut().zip(slopes).zip(moments) {
                let own = *slope / rows;
                *mean = KEPT.0 * *mean + (1.0 - KEPT.0) * own;
                *square = KEPT.1 * *square + (1.0 - KEPT.1) * own * own;
                *weight -= pace * DRAWN * *weight;
                *weight -= pace * (*mean / first) / ((*square / second).sqrt() + 1e-8);
                *slope = 0.0;
            }
        }
    }
}

/// Room to learn a row in.
struct Scratch {
    inputs: Vec<f32>,
    sums: Vec<f32>,
    back: Vec<f32>,
    kept: Vec<f32>,
}

impl Scratch {
    fn new(network: &Network) -> Self {
        let wide = network.bias.len();
        Self {
            inputs: vec![0.0; network.inputs()],
            sums: vec![0.0; wide],
            back: vec![0.0; wide],
            kept: vec![0.0; wide - network.outputs],
        }
    }

    /// Adds the slope of one row.
    fn learn(
        &mut self,
        network: &Network,
        row: &[f32],
        wanted: impl Iterator<Item = (bool, f32)>,
        random: &mut Seeded,
        steps: &mut Steps,
    ) {
        /// Share of hidden cells that are left out of a row, so that none relies on another
        /// (Srivastava et al. 2014).
        const LEFT_OUT: f32 = 0.5;
        let (outputs, wide) = (network.outputs, self.sums.len());
        self.sums.copy_from_slice(&network.bias);
        for (input, given) in self.inputs.iter_mut().zip(row.iter().zip(&network.scale)) {
            *input = scaled(given);
        }
        for (value, weights) in self.inputs.iter().zip(network.first.chunks_exact(wide)) {
            add_times(&mut self.sums, *value, weights);
        }
        let (given, hidden) = self.sums.split_at_mut(outputs);
        for ((cell, kept), weights) in
            hidden.iter_mut().zip(&mut self.kept).zip(network.second.chunks_exact(outputs))
        {
            let stays = fraction(random) >= LEFT_OUT && *cell > 0.0;
            *kept = if stays { 1.0 / (1.0 - LEFT_OUT) } else { 0.0 };
            *cell *= *kept;
            add_times(given, *cell, weights);
        }
        let (back, back_hidden) = self.back.split_at_mut(outputs);
        for ((back, given), (yes, weight)) in back.iter_mut().zip(&*given).zip(wanted) {
            *back = weight * (sigmoid(*given) - f32::from(u8::from(yes)));
        }
        let cells = hidden.iter().zip(&self.kept).zip(back_hidden);
        let weights = network.second.chunks_exact(outputs);
        let slopes = steps.slope.second.chunks_exact_mut(outputs);
        for (((cell, kept), back_cell), (weights, slopes)) in cells.zip(weights.zip(slopes)) {
            *back_cell = 0.0;
            if *kept > 0.0 {
                *back_cell = kept * back.iter().zip(weights).map(|(b, w)| b * w).sum::<f32>();
                add_times(slopes, *cell, back);
            }
        }
        for (value, slopes) in self.inputs.iter().zip(steps.slope.first.chunks_exact_mut(wide)) {
            add_times(slopes, *value, &self.back);
        }
        add_times(&mut steps.slope.bias, 1.0, &self.back);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fit::codec::FITTED;

    fn table(width: usize, numbers: Vec<f32>) -> Table {
        Table { width, numbers }
    }

    /// Yes where exactly one of two marks is there, which no linear step can tell.
    fn either() -> (Table, Table, Table) {
        let marks = |i: usize| (i % 2, i / 2 % 2);
        let rows = (0..4000).flat_map(|i| [marks(i).0 as f32, marks(i).1 as f32, 1.0]).collect();
        let wanted = |i: usize| if marks(i).0 == marks(i).1 { -1.0 } else { 1.0 };
        let targets = (0..4000).map(wanted).collect();
        (table(3, rows), table(1, targets), table(1, vec![1.0; 4000]))
    }

    #[test]
    fn it_learns_what_only_holds_together_and_is_the_same_every_time() {
        let (rows, targets, weights) = either();
        let chosen: Vec<usize> = (0..4000).collect();
        let network = Network::fit(&rows, &targets, &weights, &chosen);
        for row in 0..4 {
            let begun = network.begin(1, &rows.row(row)[1..]);
            let mut odds = Vec::new();
            network.finish(&begun, &rows.row(row)[..1], &mut odds);
            assert!(odds[0] * targets.row(row)[0] > 1.0, "{row}: {odds:?}");
        }
        assert_eq!(network, Network::fit(&rows, &targets, &weights, &chosen));
    }

    #[test]
    fn it_is_written_and_read_and_what_does_not_fit_is_refused() {
        let (rows, targets, weights) = either();
        let network = Network::fit(&rows, &targets, &weights, &[0, 1, 2, 3]);
        let mut out = Writer::new();
        network.write(&mut out);
        let bytes = out.into_bytes();
        let read =
            |bytes: &[u8]| Reader::new(bytes, FITTED).and_then(|mut file| Network::read(&mut file));
        assert_eq!(read(&bytes), Ok(network));
        assert!(read(&bytes[..bytes.len() - 1]).is_err());
        let mut other = bytes;
        other[12] = 2;
        assert!(read(&other).is_err());
    }
}
