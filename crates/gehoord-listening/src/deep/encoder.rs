//! A small transformer that reads word pieces in each other's light (Devlin et al. 2019, "BERT";
//! weights from multilingual-e5-small, Wang et al. 2024, fitted on to our labels).

use std::sync::LazyLock;

use super::matrix::{Input, Matrix, Packed};
use crate::fit::ModelFileError;
use crate::fit::codec::Reader;

/// Who says a piece: the one whose turn it is, in this turn or before it, or the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Speaker {
    Turn = 0,
    Before = 1,
    Other = 2,
}

const SPEAKERS: usize = 3;
/// As in the encoder that it was fitted from.
const TINY: f32 = 1e-12;

/// The transformer.
#[derive(Debug)]
pub(super) struct Encoder {
    width: usize,
    attentions: usize,
    rows: Packed,
    positions: Vec<f32>,
    speakers: Vec<f32>,
    norm: Norm,
    layers: Vec<Layer>,
}

#[derive(Debug)]
struct Layer {
    look: Matrix,
    take: Matrix,
    taken: Norm,
    wide: Matrix,
    narrow: Matrix,
    out: Norm,
}

/// Brings each row to mean 0 and spread 1, and then to a learned scale.
#[derive(Debug)]
struct Norm {
    scale: Vec<f32>,
    shift: Vec<f32>,
}

impl Norm {
    fn read(file: &mut Reader<'static>, width: usize) -> Result<Self, ModelFileError> {
        Ok(Self { scale: floats(file, width)?, shift: floats(file, width)? })
    }

    fn apply(&self, rows: &mut [f32]) {
        let width = self.scale.len();
        for row in rows.chunks_exact_mut(width) {
            let mean = row.iter().sum::<f32>() / width as f32;
            let spread = row.iter().map(|x| (x - mean) * (x - mean)).sum::<f32>() / width as f32;
            let by = 1.0 / (spread + TINY).sqrt();
            for (x, (scale, shift)) in row.iter_mut().zip(self.scale.iter().zip(&self.shift)) {
                *x = (*x - mean) * by * scale + shift;
            }
        }
    }
}

/// Exactly `length` numbers.
pub(super) fn floats(
    file: &mut Reader<'static>,
    length: usize,
) -> Result<Vec<f32>, ModelFileError> {
    let floats = file.floats()?;
    if floats.len() == length { Ok(floats) } else { file.damaged() }
}

/// Rows of numbers of one byte each, with a scale for each row.
pub(super) fn bytes(
    file: &mut Reader<'static>,
    rows: usize,
    width: usize,
) -> Result<Vec<f32>, ModelFileError> {
    let numbers = file.bytes()?;
    let scales = floats(file, rows)?;
    if numbers.len() != rows * width {
        return file.damaged();
    }
    let rows = numbers.chunks_exact(width.max(1)).zip(scales);
    let number = |(row, scale): (&[u8], f32)| -> Vec<f32> {
        row.iter().map(|n| f32::from(*n as i8) * scale).collect()
    };
    Ok(rows.flat_map(number).collect())
}

impl Encoder {
    pub(super) fn read(
        file: &mut Reader<'static>,
        rows: usize,
        width: usize,
    ) -> Result<Self, ModelFileError> {
        let attentions = file.number()?;
        let inner = file.number()?;
        let layers = file.number()?;
        if attentions == 0 || !width.is_multiple_of(attentions) || layers > 64 {
            return file.damaged();
        }
        let rows = Packed::read(file, rows, width)?;
        let longest = file.number()?;
        let positions = bytes(file, longest, width)?;
        let speakers = bytes(file, SPEAKERS, width)?;
        let norm = Norm::read(file, width)?;
        let layer = |file: &mut Reader<'static>| {
            Ok(Layer {
                look: Matrix::read(file, 3 * width, width)?,
                take: Matrix::read(file, width, width)?,
                taken: Norm::read(file, width)?,
                wide: Matrix::read(file, inner, width)?,
                narrow: Matrix::read(file, width, inner)?,
                out: Norm::read(file, width)?,
            })
        };
        let layers = (0..layers).map(|_| layer(file)).collect::<Result<_, _>>()?;
        Ok(Self { width, attentions, rows, positions, speakers, norm, layers })
    }

    /// Pieces that can be read at once.
    pub(super) fn longest(&self) -> usize {
        self.positions.len() / self.width
    }

    /// What each piece means among the others: a row of numbers for each.
    pub(super) fn read_pieces(&self, pieces: &[(usize, Speaker)]) -> Vec<f32> {
        let width = self.width;
        let mut rows = vec![0.0_f32; width * pieces.len()];
        let positions = self.positions.chunks_exact(width);
        for ((row, (piece, speaker)), position) in
            rows.chunks_exact_mut(width).zip(pieces).zip(positions)
        {
            self.rows.row(*piece, row);
            let speaker = &self.speakers[*speaker as usize * width..][..width];
            for ((x, position), speaker) in row.iter_mut().zip(position).zip(speaker) {
                *x += position + speaker;
            }
        }
        self.norm.apply(&mut rows);
        let mut room = Room::default();
        for layer in &self.layers {
            layer.apply(&mut rows, self.attentions, &mut room);
        }
        rows
    }
}

/// Room to reckon in, used again for each layer.
#[derive(Default)]
struct Room {
    input: Input,
    products: Vec<i32>,
    looks: Vec<f32>,
    seen: Vec<f32>,
    wide: Vec<f32>,
    shares: Vec<f32>,
}

impl Layer {
    fn apply(&self, rows: &mut [f32], attentions: usize, room: &mut Room) {
        let width = self.taken.scale.len();
        let pieces = rows.len() / width;
        room.input.fill(rows, width);
        room.looks.clear();
        room.looks.resize(3 * rows.len(), 0.0);
        self.look.add(&room.input, &mut room.looks, &mut room.products);
        attend(&room.looks, attentions, width, &mut room.seen, &mut room.shares);
        room.input.fill(&room.seen, width);
        self.take.add(&room.input, rows, &mut room.products);
        self.taken.apply(rows);
        room.input.fill(rows, width);
        room.wide.clear();
        room.wide.resize(pieces * self.narrow.columns(), 0.0);
        self.wide.add(&room.input, &mut room.wide, &mut room.products);
        room.wide.iter_mut().for_each(|x| *x = gelu(*x));
        room.input.fill(&room.wide, self.narrow.columns());
        self.narrow.add(&room.input, rows, &mut room.products);
        self.out.apply(rows);
    }
}

/// Each piece gathers from all others what it looks for. `looks` holds for each piece what it looks
/// for, what it shows and what it gives.
fn attend(
    looks: &[f32],
    attentions: usize,
    width: usize,
    seen: &mut Vec<f32>,
    shares: &mut Vec<f32>,
) {
    let size = width / attentions;
    let scale = 1.0 / (size as f32).sqrt();
    let all = || looks.chunks_exact(3 * width);
    seen.clear();
    seen.resize(looks.len() / 3, 0.0);
    for (own, seen) in all().zip(seen.chunks_exact_mut(width)) {
        for head in 0..attentions {
            let at = head * size;
            let wanted = &own[at..at + size];
            shares.clear();
            shares.extend(all().map(|other| {
                let shown = &other[width + at..width + at + size];
                dot(wanted, shown) * scale
            }));
            let top = shares.iter().copied().fold(f32::MIN, f32::max);
            shares.iter_mut().for_each(|share| *share = (*share - top).exp());
            let total: f32 = shares.iter().sum();
            let seen = &mut seen[at..at + size];
            for (other, share) in all().zip(shares.iter()) {
                let given = &other[2 * width + at..2 * width + at + size];
                let share = share / total;
                seen.iter_mut().zip(given).for_each(|(seen, given)| *seen += share * given);
            }
        }
    }
}

/// The sum of products, in eight sums side by side, which is faster than one after the other.
pub(super) fn dot(a: &[f32], b: &[f32]) -> f32 {
    const LANES: usize = 8;
    let mut sums = [0.0_f32; LANES];
    for (a, b) in a.chunks_exact(LANES).zip(b.chunks_exact(LANES)) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += a * b;
        }
    }
    let whole = a.len() / LANES * LANES;
    sums.iter().sum::<f32>() + a[whole..].iter().zip(&b[whole..]).map(|(a, b)| a * b).sum::<f32>()
}

/// x Φ(x) (Hendrycks & Gimpel 2016), from a table: it differs from the true value by less than one
/// in a hundred thousand.
fn gelu(x: f32) -> f32 {
    const TOP: f32 = 6.0;
    const STEPS: f32 = 512.0;
    static TABLE: LazyLock<Vec<f32>> = LazyLock::new(|| {
        (0..=(2.0 * TOP * STEPS) as usize + 1)
            .map(|i| {
                let x = f64::from(i as f32 / STEPS - TOP);
                (x * normal(x)) as f32
            })
            .collect()
    });
    if x >= TOP {
        return x;
    }
    if x <= -TOP || x.is_nan() {
        return 0.0;
    }
    let place = (x + TOP) * STEPS;
    let low = place as usize;
    let part = place - low as f32;
    TABLE[low] + part * (TABLE[low + 1] - TABLE[low])
}

/// The share of a normal distribution below `x` (Abramowitz & Stegun 1964, 7.1.26).
fn normal(x: f64) -> f64 {
    let z = x.abs() / std::f64::consts::SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * z);
    let sum = [1.061_405_429, -1.453_152_027, 1.421_413_741, -0.284_496_736, 0.254_829_592]
        .iter()
        .fold(0.0, |sum, a| (sum + a) * t);
    let erf = 1.0 - sum * (-z * z).exp();
    0.5 * (1.0 + erf.copysign(x))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gelu_is_what_it_should_be() {
        for (x, wanted) in [(0.0, 0.0), (1.0, 0.841_345), (-1.0, -0.158_655), (3.0, 2.995_95)] {
            assert!((gelu(x) - wanted).abs() < 1e-5, "{x}");
        }
        assert_eq!(gelu(7.5), 7.5);
        assert_eq!(gelu(-7.5), 0.0);
        assert_eq!(gelu(f32::NAN), 0.0);
    }

    #[test]
    fn attention_is_a_mean_by_likeness() {
        // Two pieces of width 2, one attention: the first looks for what the second shows.
        let looks = [9.0, 0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 9.0, 0.0, 3.0, 5.0];
        let (mut seen, mut shares) = (Vec::new(), Vec::new());
        attend(&looks, 1, 2, &mut seen, &mut shares);
        assert!((seen[0] - 3.0).abs() < 1e-3 && (seen[1] - 5.0).abs() < 1e-3);
        assert!((seen[2] - 2.0).abs() < 1e-3 && (seen[3] - 3.0).abs() < 1e-3);
    }
}
