//! Matrices of small whole numbers, and their products with a few rows at a time.
//!
//! Sums of products are kept in whole numbers, so the result is the same to the last bit on every
//! processor, with or without vector instructions.

use crate::fit::ModelFileError;
use crate::fit::codec::Reader;

/// Weights that share a scale.
const GROUP: usize = 32;
/// Bytes of a group: its scale and two weights in each byte.
const GROUP_BYTES: usize = 1 + GROUP / 2;
/// Largest number of a weight, and of an input: 1,536 products of them fit in 31 bits.
const WEIGHT: f32 = 511.0;
const INPUT: f32 = 2047.0;

/// Scales are two to the power of (byte − 200) / 16.
fn scale_of(byte: u8) -> f32 {
    ((f32::from(byte) - 200.0) / 16.0).exp2()
}

/// Weights of four bits, in groups of 32 with a scale of one byte each.
#[derive(Debug, Clone, Copy)]
pub(super) struct Packed {
    bytes: &'static [u8],
    columns: usize,
}

impl Packed {
    /// Reads `rows` × `columns` weights.
    pub(super) fn read(
        file: &mut Reader<'static>,
        rows: usize,
        columns: usize,
    ) -> Result<Self, ModelFileError> {
        let bytes = file.bytes()?;
        if !columns.is_multiple_of(GROUP) || bytes.len() != rows * columns / GROUP * GROUP_BYTES {
            return file.damaged();
        }
        Ok(Self { bytes, columns })
    }

    /// The weights of a row; nothing for a row that is not there.
    pub(super) fn row(&self, row: usize, into: &mut [f32]) {
        let length = self.columns / GROUP * GROUP_BYTES;
        let Some(bytes) = self.bytes.get(row * length..(row + 1) * length) else { return };
        for (group, into) in bytes.chunks_exact(GROUP_BYTES).zip(into.chunks_exact_mut(GROUP)) {
            let scale = scale_of(group[0]);
            for (pair, two) in group[1..].iter().zip(into.chunks_exact_mut(2)) {
                two[0] = (f32::from(pair & 15) - 8.0) * scale;
                two[1] = (f32::from(pair >> 4) - 8.0) * scale;
            }
        }
    }
}

/// A matrix that gives each row of an input `rows` sums.
#[derive(Debug)]
pub(super) struct Matrix {
    numbers: Vec<i16>,
    scales: Vec<f32>,
    bias: Vec<f32>,
    columns: usize,
}

/// Rows of an input, in whole numbers with a scale for each row.
#[derive(Debug, Default)]
pub(super) struct Input {
    numbers: Vec<i16>,
    scales: Vec<f32>,
}

impl Input {
    /// Takes the place of what was there.
    pub(super) fn fill(&mut self, rows: &[f32], columns: usize) {
        self.numbers.clear();
        self.scales.clear();
        for row in rows.chunks_exact(columns) {
            let top = row.iter().fold(1e-9_f32, |top, x| top.max(x.abs()));
            let by = INPUT / top;
            // Half away from nothing, as `round` does, which is slow where no instruction does it.
            let whole = |x: &f32| (x * by + 0.5_f32.copysign(*x)) as i16;
            self.numbers.extend(row.iter().map(whole));
            self.scales.push(top / INPUT);
        }
    }
}

impl Matrix {
    /// Reads a matrix of four-bit weights and what is added to its sums.
    pub(super) fn read(
        file: &mut Reader<'static>,
        rows: usize,
        columns: usize,
    ) -> Result<Self, ModelFileError> {
        let packed = Packed::read(file, rows, columns)?;
        let bias = file.floats()?;
        if bias.len() != rows {
            return file.damaged();
        }
        let mut matrix = Self {
            numbers: Vec::with_capacity(rows * columns),
            scales: Vec::with_capacity(rows),
            bias,
            columns,
        };
        let mut row = vec![0.0_f32; columns];
        for index in 0..rows {
            packed.row(index, &mut row);
            let top = row.iter().fold(1e-9_f32, |top, x| top.max(x.abs()));
            matrix.scales.push(top / WEIGHT);
            matrix.numbers.extend(row.iter().map(|x| (x * WEIGHT / top).round() as i16));
        }
        Ok(matrix)
    }

    /// Numbers of a row of its input.
    pub(super) fn columns(&self) -> usize {
        self.columns
    }

    /// Adds to `sums` (rows of the input after each other) the products and the bias.
    pub(super) fn add(&self, input: &Input, sums: &mut [f32], room: &mut Vec<i32>) {
        let rows = self.scales.len();
        room.clear();
        room.resize(rows * input.scales.len(), 0);
        products(&input.numbers, &self.numbers, self.columns, room);
        let given = room.chunks_exact(rows).zip(sums.chunks_exact_mut(rows));
        for ((given, sums), scale) in given.zip(&input.scales) {
            let ours = self.scales.iter().zip(&self.bias);
            for ((sum, product), (own, bias)) in sums.iter_mut().zip(given).zip(ours) {
                *sum += *product as f32 * (scale * own) + bias;
            }
        }
    }
}

/// The products of all rows of `input` with all rows of `weights`, with the widest instructions
/// that this processor has.
fn products(input: &[i16], weights: &[i16], columns: usize, out: &mut [i32]) {
    #[cfg(target_arch = "x86_64")]
    {
        let wide = is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512vl")
            && is_x86_feature_detected!("avx512vnni");
        #[expect(unsafe_code, reason = "the processor was asked for these instructions just above")]
        if wide {
            return unsafe { products_avx512(input, weights, columns, out) };
        }
        #[expect(unsafe_code, reason = "the processor was asked for these instructions")]
        if is_x86_feature_detected!("avx2") {
            return unsafe { products_avx2(input, weights, columns, out) };
        }
    }
    products_plain(input, weights, columns, out);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
fn products_avx512(input: &[i16], weights: &[i16], columns: usize, out: &mut [i32]) {
    products_plain(input, weights, columns, out);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn products_avx2(input: &[i16], weights: &[i16], columns: usize, out: &mut [i32]) {
    products_plain(input, weights, columns, out);
}

/// Four rows of the input at a time, so that each weight is fetched once for the four.
#[inline(always)]
fn products_plain(input: &[i16], weights: &[i16], columns: usize, out: &mut [i32]) {
    let rows = weights.len() / columns;
    // The sums fit (see [`WEIGHT`]); unchecked sums are what a compiler can make wide.
    let dot = |a: &[i16], b: &[i16]| -> i32 {
        a.iter()
            .zip(b)
            .fold(0, |sum: i32, (a, b)| sum.wrapping_add(i32::from(*a).wrapping_mul(i32::from(*b))))
    };
    let mut fours = input.chunks_exact(4 * columns);
    let mut outs = out.chunks_exact_mut(4 * rows);
    for (four, out) in fours.by_ref().zip(outs.by_ref()) {
        let (a, rest) = four.split_at(columns);
        let (b, rest) = rest.split_at(columns);
        let (c, d) = rest.split_at(columns);
        for (index, weights) in weights.chunks_exact(columns).enumerate() {
            let mut sums = [0_i32; 4];
            for ((((w, a), b), c), d) in weights.iter().zip(a).zip(b).zip(c).zip(d) {
                let w = i32::from(*w);
                sums[0] = sums[0].wrapping_add(w.wrapping_mul(i32::from(*a)));
                sums[1] = sums[1].wrapping_add(w.wrapping_mul(i32::from(*b)));
                sums[2] = sums[2].wrapping_add(w.wrapping_mul(i32::from(*c)));
                sums[3] = sums[3].wrapping_add(w.wrapping_mul(i32::from(*d)));
            }
            for (row, sum) in sums.into_iter().enumerate() {
                out[row * rows + index] = sum;
            }
        }
    }
    let single = fours.remainder().chunks_exact(columns);
    for (row, out) in single.zip(outs.into_remainder().chunks_exact_mut(rows)) {
        for (out, weights) in out.iter_mut().zip(weights.chunks_exact(columns)) {
            *out = dot(row, weights);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_instruction_gives_the_same_sums() {
        let number = |i: usize, top: i32| ((i * 7919 + 13) as i32 % (2 * top + 1) - top) as i16;
        let (columns, rows, inputs) = (64, 5, 7);
        let input: Vec<i16> = (0..columns * inputs).map(|i| number(i, 2047)).collect();
        let weights: Vec<i16> = (0..columns * rows).map(|i| number(i * 3, 511)).collect();
        let (mut plain, mut widest) = (vec![0; rows * inputs], vec![0; rows * inputs]);
        products_plain(&input, &weights, columns, &mut plain);
        products(&input, &weights, columns, &mut widest);
        assert_eq!(plain, widest);
        let one: i32 =
            (0..columns).map(|k| i32::from(input[columns + k]) * i32::from(weights[k])).sum();
        assert_eq!(plain[rows], one);
    }

    #[test]
    fn the_largest_sum_fits() {
        let (columns, top) = (1536, [WEIGHT as i16, INPUT as i16]);
        let mut out = [0];
        products(&vec![top[1]; columns], &vec![top[0]; columns], columns, &mut out);
        assert_eq!(i64::from(out[0]), 1536 * 511 * 2047);
    }
}
