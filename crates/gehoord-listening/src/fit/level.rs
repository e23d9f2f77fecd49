//! What was learned about one level: which words speak for which label, and how to weigh them
//! with everything else that is known.

use std::borrow::Cow;
use std::sync::LazyLock;

use gehoord_conversation::{Language, Span};

use super::blends::Blends;
use super::codec::{ModelFileError, Reader, Writer};
use super::features::{Feature, Features, PLACES, ROWS, norm, to_length};
use super::heads::{Head, Level, Shape};
use super::sentences::{Scored, Sentences};
use super::solver::{Blend, sigmoid};
use super::thresholds::Thresholds;
use crate::text::Text;

/// Weights of every place, small enough to ship: one byte a weight and one for their scale.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Places {
    width: usize,
    bytes: Cow<'static, [u8]>,
    /// Weights of the meaning, number after number, one for each column.
    meaning: Vec<f32>,
}

/// Scales of places are two to the power of (byte − 128) / 8; byte 0 is a place without weights.
static SCALES: LazyLock<[f32; 256]> = LazyLock::new(|| {
    std::array::from_fn(|byte| if byte == 0 { 0.0 } else { ((byte as f32 - 128.0) / 8.0).exp2() })
});

fn scale_of(byte: u8) -> f32 {
    SCALES[byte as usize]
}

impl Places {
    /// Brings weights to bytes. Weights that are small beside the largest of all become nothing.
    pub(crate) fn new(weights: &[f32], width: usize) -> Self {
        let largest = weights.iter().fold(0.0_f32, |a, w| a.max(w.abs()));
        let mut bytes = vec![0_u8; ROWS * (width + 1)];
        for (place, row) in bytes.chunks_exact_mut(width + 1).zip(weights.chunks_exact(width)) {
            let top = row.iter().fold(0.0_f32, |a, w| a.max(w.abs()));
            if top <= largest * 1e-3 {
                continue;
            }
            let byte = ((top / 127.0).log2() * 8.0).ceil() + 128.0;
            place[0] = byte.clamp(1.0, 255.0) as u8;
            let scale = scale_of(place[0]);
            for (to, from) in place[1..].iter_mut().zip(row) {
                *to = (from / scale).round().clamp(-127.0, 127.0) as i8 as u8;
            }
        }
        Self::of_bytes(width, Cow::Owned(bytes))
    }

    fn of_bytes(width: usize, bytes: Cow<'static, [u8]>) -> Self {
        let mut places = Self { width, bytes, meaning: Vec::new() };
        places.meaning = (PLACES as u32..ROWS as u32)
            .flat_map(|place| (0..width).map(move |column| (place, column)))
            .map(|(place, column)| places.weight(place, column))
            .collect();
        places
    }

    /// Adds what a meaning says, `scale` times.
    fn add_meaning(&self, meaning: &[f32], scale: f32, sums: &mut [f32]) {
        for (value, weights) in meaning.iter().zip(self.meaning.chunks_exact(self.width.max(1))) {
            for (sum, weight) in sums.iter_mut().zip(weights) {
                *sum += value * scale * weight;
            }
        }
    }

    fn row(&self, place: u32) -> &[u8] {
        let start = place as usize * (self.width + 1);
        &self.bytes[start..start + self.width + 1]
    }

    fn scale(&self, place: u32) -> f32 {
        scale_of(self.bytes[place as usize * (self.width + 1)])
    }

    fn add(&self, place: u32, value: f32, sums: &mut [f32]) {
        self.add_scaled(place, value * self.scale(place), sums);
    }

    /// Adds the weights of a place times `value`, which is already times their scale.
    fn add_scaled(&self, place: u32, value: f32, sums: &mut [f32]) {
        if value == 0.0 {
            return;
        }
        for (sum, weight) in sums.iter_mut().zip(&self.row(place)[1..]) {
            *sum += value * f32::from(*weight as i8);
        }
    }

    fn weight(&self, place: u32, column: usize) -> f32 {
        let row = self.row(place);
        scale_of(row[0]) * f32::from(row[column + 1] as i8)
    }
}

/// Everything that was learned about one level.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LevelModel {
    pub(crate) level: Level,
    pub(crate) heads: Vec<Head>,
    pub(crate) places: Places,
    pub(crate) blends: Blends,
    /// What judges each sentence by itself, where there is one.
    pub(crate) sentences: Option<Sentences>,
    /// Asserted from this probability on.
    pub(crate) thresholds: Thresholds,
}

/// What the words alone say, for each column.
#[derive(Debug, Clone, Default)]
pub(crate) struct WordScores {
    pub(crate) whole: Vec<f32>,
    /// The highest score of any sentence.
    pub(crate) best: Vec<f32>,
    /// The sentence that says it most clearly.
    pub(crate) sentence: Vec<usize>,
    /// The scores of each sentence, sentence after sentence.
    pub(crate) each: Vec<f32>,
}

/// What is believed, for each column: a probability, or a number on the scale of the fit.
#[derive(Debug, Clone, Default)]
pub(crate) struct Beliefs {
    pub(crate) words: WordScores,
    pub(crate) columns: Vec<f32>,
}

impl LevelModel {
    pub(crate) fn width(&self) -> usize {
        self.blends.all().len()
    }

    /// What the words say. `other` are features that are not words, already to scale.
    pub(crate) fn words(&self, features: &Features, other: &[(u32, f32)]) -> WordScores {
        let width = self.width();
        let mut whole = vec![0.0_f32; width];
        let mut best = vec![f32::MIN; width];
        let mut sentence = vec![0; width];
        let mut sums = vec![0.0_f32; width];
        let mut values: Vec<f32> = Vec::new();
        let mut each = Vec::with_capacity(width * features.ends.len());
        for index in 0..features.ends.len() {
            sums.fill(0.0);
            self.add_words(features.sentence(index), &mut values, &mut sums);
            for (whole, sum) in whole.iter_mut().zip(&sums) {
                *whole += *sum;
            }
            self.score(features, index, &mut sums);
            each.extend_from_slice(&sums);
            for (column, &score) in sums.iter().enumerate() {
                if score > best[column] {
                    best[column] = score;
                    sentence[column] = index;
                }
            }
        }
        let length = norm(&features.all);
        whole.iter_mut().for_each(|score| *score /= length);
        if features.ends.is_empty() {
            best.fill(0.0);
        }
        let meaning = features.whole_meaning();
        self.places.add_meaning(&meaning, to_length(&meaning), &mut whole);
        for &(place, value) in other {
            self.places.add(place, value, &mut whole);
        }
        WordScores { whole, best, sentence, each }
    }

    /// What the words say of sentence `index` by itself: the same as [`LevelModel::words`] of a text
    /// that is no more than that sentence.
    pub(crate) fn words_of(
        &self,
        features: &Features,
        index: usize,
        other: &[(u32, f32)],
    ) -> WordScores {
        let mut best = vec![0.0_f32; self.width()];
        self.add_words(features.sentence(index), &mut Vec::new(), &mut best);
        self.score(features, index, &mut best);
        let mut whole = best.clone();
        for &(place, value) in other {
            self.places.add(place, value, &mut whole);
        }
        WordScores { whole, best, sentence: vec![0; self.width()], ..WordScores::default() }
    }

    /// Adds what each word of `part` says. `values` is room to work in.
    fn add_words(&self, part: &[Feature], values: &mut Vec<f32>, sums: &mut [f32]) {
        // First all scales, so that the memory they stand in is fetched at once.
        values.clear();
        values.extend(part.iter().map(|f| f.value * self.places.scale(f.place)));
        for (feature, &value) in part.iter().zip(&*values) {
            self.places.add_scaled(feature.place, value, sums);
        }
    }

    /// Makes the sums of the words of sentence `index` its scores: to its length, with its meaning.
    fn score(&self, features: &Features, index: usize, sums: &mut [f32]) {
        let length = norm(features.sentence(index));
        sums.iter_mut().for_each(|sum| *sum /= length);
        let meaning = features.meaning(index);
        self.places.add_meaning(meaning, to_length(meaning), sums);
    }

    /// What is believed when everything is weighed. `beside` is what is known of each sentence besides
    /// its words.
    pub(crate) fn believe(
        &self,
        mut words: WordScores,
        extra: &[f32],
        beside: &[Vec<f32>],
    ) -> Beliefs {
        let mut columns = self.blends.sums(&self.heads, &words.whole, &words.best, extra);
        for head in &self.heads {
            for sum in &mut columns[head.columns.clone()] {
                // Weights of a damaged file can be so large that their sum is no number.
                let known = if sum.is_nan() { 0.0 } else { *sum };
                *sum = if head.shape == Shape::Number { known } else { sigmoid(known) };
            }
        }
        if let Some(sentences) = self.sentences.as_ref().filter(|_| !beside.is_empty()) {
            let WordScores { each, whole, sentence, .. } = &mut words;
            let scored = Scored { sentences: each, whole, extra, beside };
            sentences.weigh(scored, &mut columns, sentence);
        }
        Beliefs { words, columns }
    }

    /// The head called `name`.
    pub(crate) fn head(&self, name: &str) -> Option<&Head> {
        self.heads.iter().find(|h| h.name == name)
    }

    /// Columns of `head` that are asserted in this language.
    pub(crate) fn asserted(
        &self,
        head: &Head,
        columns: &[f32],
        language: Option<Language>,
    ) -> Vec<usize> {
        asserted(head, columns, self.thresholds.of(language))
    }

    /// The words that speak most for `column` in a sentence: a run of tokens. The sentence is
    /// number `index` of `features` and number `place` of `text`.
    pub(crate) fn evidence(
        &self,
        column: usize,
        index: usize,
        place: usize,
        features: &Features,
        text: &Text,
    ) -> Option<Span> {
        let sentence = text.sentences.get(place)?;
        let mut spoken = vec![0.0_f32; sentence.range().len()];
        for feature in features.sentence(index) {
            let token = feature.token as usize - sentence.first as usize;
            spoken[token] += self.contribution(feature, column);
        }
        let (first, last) = best_run(&spoken)?;
        let first = sentence.first as usize + first;
        Some(text.span(first, sentence.first as usize + last))
    }

    fn contribution(&self, feature: &Feature, column: usize) -> f32 {
        feature.value * self.places.weight(feature.place, column)
    }

    pub(crate) fn write(&self, out: &mut Writer) {
        out.number(self.level as usize);
        out.number(self.heads.len());
        for head in &self.heads {
            out.text(&head.name);
            out.number(head.shape as usize);
            out.number(usize::from(head.never_empty));
            out.float(head.range.0);
            out.float(head.range.1);
            out.number(head.columns.len());
            out.number(head.labels.len());
            head.labels.iter().for_each(|label| out.text(label));
        }
        for blend in self.blends.all() {
            out.floats(&blend.weights);
            out.float(blend.bias);
        }
        self.thresholds.write(out);
        out.number(usize::from(self.sentences.is_some()));
        self.sentences.iter().for_each(|sentences| sentences.write(out));
        out.bytes(&self.places.bytes);
    }

    pub(crate) fn read(file: &mut Reader<'static>) -> Result<Self, ModelFileError> {
        Self::read_with(file, Cow::Borrowed)
    }

    pub(crate) fn read_owned(file: &mut Reader<'_>) -> Result<Self, ModelFileError> {
        Self::read_with(file, |bytes| Cow::Owned(bytes.to_vec()))
    }

    fn read_with<'f>(
        file: &mut Reader<'f>,
        keep: impl Fn(&'f [u8]) -> Cow<'static, [u8]>,
    ) -> Result<Self, ModelFileError> {
        let level = file.number()?;
        let Some(&level) = Level::ALL.get(level) else { return file.damaged() };
        let mut heads = Vec::new();
        let mut column = 0;
        for _ in 0..file.number()? {
            let name = file.text()?;
            let shapes = [Shape::Labels, Shape::OneOf, Shape::Flag, Shape::Number];
            let Some(&shape) = shapes.get(file.number()?) else { return file.damaged() };
            let never_empty = file.number()? == 1;
            let range = (file.float()?, file.float()?);
            if range.0 > range.1 || !(range.1 - range.0).is_finite() {
                return file.damaged();
            }
            let width = file.number()?;
            let labels = (0..file.number()?).map(|_| file.text()).collect::<Result<Vec<_>, _>>()?;
            if width != labels.len().max(1) || width > 10_000 {
                return file.damaged();
            }
            let columns = column..column + width;
            column = columns.end;
            heads.push(Head { name, level, shape, labels, never_empty, range, columns });
        }
        let blend =
            |file: &mut Reader<'f>| Ok(Blend { weights: file.floats()?, bias: file.float()? });
        let blends =
            (0..column).map(|_| blend(file)).collect::<Result<Vec<_>, ModelFileError>>()?;
        let thresholds = Thresholds::read(file, column)?;
        let judged = file.number()? == 1;
        let sentences = judged.then(|| Sentences::read(file, column)).transpose()?;
        let bytes = file.bytes()?;
        if bytes.len() != ROWS * (column + 1) {
            return file.damaged();
        }
        let places = Places::of_bytes(column, keep(bytes));
        let blends = Blends::new(&heads, blends);
        Ok(Self { level, heads, places, blends, sentences, thresholds })
    }
}

/// Columns of `head` that are asserted at these thresholds.
pub(crate) fn asserted(head: &Head, columns: &[f32], thresholds: &[f32]) -> Vec<usize> {
    let ratio = |c: &usize| columns[*c] / thresholds[*c];
    let strongest = || head.columns.clone().max_by(|a, b| ratio(a).total_cmp(&ratio(b)));
    match head.shape {
        Shape::Number => Vec::new(),
        Shape::OneOf => {
            let likeliest = head.columns.clone().max_by(|&a, &b| columns[a].total_cmp(&columns[b]));
            likeliest.into_iter().collect()
        }
        Shape::Labels | Shape::Flag => {
            let mut found: Vec<usize> =
                head.columns.clone().filter(|&c| columns[c] >= thresholds[c]).collect();
            if found.is_empty() && head.never_empty {
                found.extend(strongest());
            }
            found
        }
    }
}

/// The run with the largest sum, when each token costs a little: first and just past the last.
fn best_run(spoken: &[f32]) -> Option<(usize, usize)> {
    let top = spoken.iter().copied().fold(0.0_f32, f32::max);
    if top <= 0.0 {
        return None;
    }
    let cost = 0.1 * top;
    let (mut best, mut best_sum) = (None, 0.0);
    let (mut start, mut sum) = (0, 0.0);
    for (i, value) in spoken.iter().enumerate() {
        if sum <= 0.0 {
            (start, sum) = (i, 0.0);
        }
        sum += value - cost;
        if sum > best_sum {
            best_sum = sum;
            best = Some((start, i + 1));
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_keep_weights_near_what_they_were() {
        let mut weights = vec![0.0_f32; ROWS * 3];
        weights[0..3].copy_from_slice(&[0.5, -0.25, 0.001]);
        weights[30..33].copy_from_slice(&[0.02, 0.01, -0.02]);
        let places = Places::new(&weights, 3);
        for i in [0, 1, 30, 31, 32] {
            let got = places.weight(i / 3, i as usize % 3);
            assert!((got - weights[i as usize]).abs() < 0.01 * weights[i as usize].abs() + 1e-3);
        }
        assert_eq!(places.weight(7, 0), 0.0);
    }

    #[test]
    fn the_best_run_is_the_words_that_speak() {
        assert_eq!(best_run(&[0.0, 0.4, 0.5, -0.3, 0.1]), Some((1, 3)));
        assert_eq!(best_run(&[-1.0, 0.0]), None);
    }
}
