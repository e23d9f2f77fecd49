//! From labelled examples to a level's model, with honest figures on the way.
//!
//! Words are fitted first, on all parts of the examples but one, and give that one its scores.
//! Only such scores, of words that were not fitted on the example, go into the second step, which
//! weighs them with everything else that is known. So the second step learns how far words can be
//! trusted, and its own figures are honest too.

use gehoord_conversation::{Language, Span};

use super::blends::{Blends, inputs};
use super::features::{PLACES, ROWS};
use super::heads::{Gold, Head, Level, Shape};
use super::level::{LevelModel, Places, asserted};
use super::sentences::{SentenceFit, Sentences};
use super::solver::{Blend, Fit, Kind, Row, Seeded, fit_blend, fit_columns, sigmoid};
use super::thresholds::{Judged, Manner, Thresholds};

/// One labelled case of a level.
#[derive(Debug, Clone, Default)]
pub(crate) struct Example {
    /// Cases of one group are never parted: a conversation with all its candidate replies.
    pub(crate) group: usize,
    pub(crate) row: Row,
    /// Each sentence with its place.
    pub(crate) sentences: Vec<(Span, Row)>,
    pub(crate) extra: Vec<f32>,
    /// What is known of each sentence besides its words; nothing where sentences are not judged.
    pub(crate) beside: Vec<Vec<f32>>,
    /// What people said, for each head; `None` where they said nothing.
    pub(crate) gold: Vec<Option<Gold>>,
    pub(crate) language: Option<Language>,
    /// How much it counts.
    pub(crate) weight: f32,
    /// From elsewhere: it only helps to know words, and nothing is measured or set on it.
    pub(crate) foreign: bool,
}

/// How to fit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// Cost of an error in the words' step against the cost of large weights.
    pub cost: f32,
    /// Passes over the examples at most.
    pub passes: usize,
    /// Number of parts, each of which is left out once.
    pub parts: usize,
    /// Penalty on the weights of the second step.
    pub penalty: f32,
    /// How much a sentence counts beside a whole turn, 0–1.
    pub sentence: f32,
    /// A feature seen in fewer conversations is left out: what only one person wrote is not kept.
    pub groups: usize,
    /// Heads for which a miss does not weigh the same as a false alarm, and how many times it does.
    pub misses: &'static [(&'static str, f32)],
    /// How much more a rare word counts than a common one: the power of its inverse document
    /// frequency that it is weighed with; 0 is no more.
    pub rarity: f32,
    /// Whether a label's second step sees, of the best sentences, only its own: fewer inputs for
    /// labels that are rare.
    pub own_sentence: bool,
    /// Whether thresholds follow what is believed as well as what was counted, and each other.
    pub steady: bool,
    /// Nothing but the words of the turn itself: the floor that everything else is measured
    /// against.
    pub only_words: bool,
    /// Whether each sentence is judged by itself too, which takes marked words.
    pub by_sentence: bool,
    /// Whether the models that have not seen a part are kept, so that what comes next can be fitted
    /// on what they hear there.
    pub keep_unseeing: bool,
}

impl Default for Settings {
    /// For an organisation's own labels.
    fn default() -> Self {
        Self {
            cost: 0.25,
            penalty: 30.0,
            rarity: 0.7,
            own_sentence: true,
            steady: true,
            by_sentence: false,
            ..Self::shipped()
        }
    }
}

impl Settings {
    /// For the model that ships, whose cases mark the words of each label.
    #[must_use]
    pub fn shipped() -> Self {
        Self {
            cost: 0.5,
            passes: 15,
            parts: 4,
            penalty: 10.0,
            sentence: 0.5,
            groups: 2,
            // A threat must not be missed; nobody should hear "may leave" of who only complains.
            misses: &[("safety", 6.0), ("churn_risk", 0.3)],
            rarity: 0.0,
            own_sentence: false,
            steady: false,
            only_words: false,
            by_sentence: true,
            keep_unseeing: false,
        }
    }

    /// Words and nothing else: the floor that everything else is measured against.
    #[must_use]
    pub fn floor() -> Self {
        Self { cost: 0.3, only_words: true, by_sentence: false, ..Self::shipped() }
    }
}

/// How far thresholds of one head are drawn to that of all its labels together, 0–1.
const TOGETHER: f32 = 0.2;

/// A fitted level, and for each example what was believed without having seen it.
pub(crate) struct Fitted {
    pub(crate) model: LevelModel,
    /// Example after example, one value for each column.
    pub(crate) unseen: Vec<Vec<f32>>,
    /// The same for the words alone, brought to probabilities.
    pub(crate) unseen_words: Vec<Vec<f32>>,
    /// Thresholds for the words alone.
    pub(crate) word_thresholds: Thresholds,
    /// The part of each example.
    pub(crate) part: Vec<usize>,
    /// For each part a model that has not seen it, where they are kept.
    pub(crate) unseeing: Vec<LevelModel>,
}

impl Fitted {
    /// Asserted columns of `head` for example `index` in this language, unseen.
    pub(crate) fn asserted(
        &self,
        head: &Head,
        index: usize,
        language: Option<Language>,
    ) -> Vec<usize> {
        self.model.asserted(head, &self.unseen[index], language)
    }

    /// The same by words alone.
    pub(crate) fn asserted_by_words(
        &self,
        head: &Head,
        index: usize,
        language: Option<Language>,
    ) -> Vec<usize> {
        asserted(head, &self.unseen_words[index], self.word_thresholds.of(language))
    }
}

/// Targets of all columns for one example, with their weights.
pub(crate) struct Targets {
    width: usize,
    values: Vec<f32>,
    weights: Vec<f32>,
}

impl Targets {
    fn new(width: usize) -> Self {
        Self { width, values: Vec::new(), weights: Vec::new() }
    }

    /// Of an example or sentence what a column is there (above 0 is yes), and how much it counts.
    pub(crate) fn at(&self, index: usize, column: usize) -> (f32, f32) {
        let at = index * self.width + column;
        (self.values[at], self.weights[at])
    }

    /// What is there in each sentence of an example.
    pub(crate) fn of_sentences(heads: &[Head], example: &Example) -> Self {
        let mut targets = Self::new(heads.last().map_or(0, |h| h.columns.end));
        for (place, _) in &example.sentences {
            targets.push_sentence(heads, example, *place, 1.0);
        }
        targets
    }

    fn push_turn(&mut self, heads: &[Head], example: &Example) {
        self.push(heads, example, |_, _, yes| (yes, 1.0));
    }

    /// A sentence has a label when the words it was given for stand in it.
    fn push_sentence(&mut self, heads: &[Head], example: &Example, place: Span, weight: f32) {
        self.push(heads, example, |gold, label, yes| {
            if !yes {
                return (false, weight);
            }
            let Some(label) = label else { return (true, 0.0) };
            let spans = gold.labels().iter().filter(|l| l.label == label);
            let mut marked = spans.flat_map(|l| &l.evidence).peekable();
            match marked.peek() {
                None => (true, 0.0),
                Some(_) => (marked.any(|s| s.overlaps(&place)), weight),
            }
        });
    }

    fn push(
        &mut self,
        heads: &[Head],
        example: &Example,
        judge: impl Fn(&Gold, Option<&str>, bool) -> (bool, f32),
    ) {
        let start = self.values.len();
        self.values.resize(start + self.width, -1.0);
        self.weights.resize(start + self.width, 0.0);
        for (head, gold) in heads.iter().zip(&example.gold) {
            let Some(gold) = gold else { continue };
            for (i, column) in head.columns.clone().enumerate() {
                let (value, weight) = match (gold, head.shape) {
                    (Gold::Number(n), _) => {
                        let (_, weight) = judge(gold, None, false);
                        (head.to_scale(*n), if weight < 1.0 { 0.0 } else { weight })
                    }
                    (Gold::Flag(yes), _) => {
                        let (yes, weight) = judge(gold, None, *yes);
                        (if yes { 1.0 } else { -1.0 }, weight)
                    }
                    _ => {
                        let label = head.labels[i].as_str();
                        let (yes, weight) = judge(gold, Some(label), gold.has(label));
                        (if yes { 1.0 } else { -1.0 }, weight)
                    }
                };
                self.values[start + column] = value;
                self.weights[start + column] = weight * example.weight;
            }
        }
    }
}

/// What is there for each column of an example (above 0 is yes), and how much it counts.
pub(crate) fn targets_of(heads: &[Head], example: &Example) -> Vec<(f32, f32)> {
    let mut targets = Targets::new(heads.last().map_or(0, |h| h.columns.end));
    targets.push_turn(heads, example);
    targets.values.into_iter().zip(targets.weights).collect()
}

/// Brings features on one place together, and leaves out those that too few groups have.
fn prune(examples: &mut [Example], groups: usize) {
    let mut seen = vec![(0_u8, usize::MAX); ROWS];
    for example in examples.iter() {
        for &(place, _) in &example.row.features {
            let entry = &mut seen[place as usize];
            if entry.1 != example.group {
                *entry = (entry.0.saturating_add(1), example.group);
            }
        }
    }
    for example in examples {
        let rows = std::iter::once(&mut example.row);
        for row in rows.chain(example.sentences.iter_mut().map(|(_, row)| row)) {
            row.features.sort_unstable_by_key(|&(place, _)| place);
            row.features.dedup_by(|next, kept| {
                let same = next.0 == kept.0;
                kept.1 += if same { next.1 } else { 0.0 };
                same
            });
            row.features.retain(|&(place, _)| {
                place >= PLACES as u32 || usize::from(seen[place as usize].0) >= groups
            });
        }
    }
}

/// Weighs features by how rare they are, and gives the weight of each place. Together they count
/// as much as before.
fn weigh_rare(examples: &mut [Example], power: f32) -> Vec<f32> {
    let mut weights = vec![1.0_f32; ROWS];
    let mut seen = vec![0_u32; PLACES];
    let words = || {
        let features = examples.iter().flat_map(|e| &e.row.features);
        features.copied().filter(|(place, _)| *place < PLACES as u32)
    };
    for (place, _) in words() {
        seen[place as usize] += 1;
    }
    let cases = examples.len() as f32;
    for (weight, seen) in weights.iter_mut().zip(&seen) {
        *weight = ((1.0 + cases) / (1.0 + *seen as f32)).ln().max(0.1).powf(power);
    }
    let (mut before, mut after) = (0.0_f64, 0.0_f64);
    for (place, value) in words() {
        let square = f64::from(value * value);
        before += square;
        after += square * f64::from(weights[place as usize]).powi(2);
    }
    let level = if after > 0.0 { (before / after).sqrt() as f32 } else { 1.0 };
    weights[..PLACES].iter_mut().for_each(|w| *w *= level);
    for example in examples {
        let rows = std::iter::once(&mut example.row);
        for row in rows.chain(example.sentences.iter_mut().map(|(_, row)| row)) {
            row.features.iter_mut().for_each(|(place, value)| *value *= weights[*place as usize]);
        }
    }
    weights
}

/// The part of each example; groups are not torn apart.
fn parts(examples: &[Example], number: usize) -> Vec<usize> {
    let mut groups: Vec<usize> = examples.iter().map(|e| e.group).collect();
    groups.sort_unstable();
    groups.dedup();
    let mut order: Vec<usize> = (0..groups.len()).collect();
    Seeded::new(11).shuffle(&mut order);
    let part = |e: &Example| {
        let at = groups.binary_search(&e.group).unwrap_or_default();
        order[at] % number
    };
    examples.iter().map(part).collect()
}

/// Fits one level.
pub(crate) fn fit_level(
    level: Level,
    heads: Vec<Head>,
    examples: &mut [Example],
    settings: Settings,
) -> Fitted {
    if settings.only_words {
        examples.iter_mut().for_each(|e| e.extra.clear());
    }
    prune(examples, settings.groups);
    let rare = (settings.rarity > 0.0).then(|| weigh_rare(examples, settings.rarity));
    let width = heads.last().map_or(0, |h| h.columns.end);
    let kinds: Vec<Kind> =
        heads.iter().flat_map(|h| std::iter::repeat_n(h.kind(), h.columns.len())).collect();
    let part = parts(examples, settings.parts);
    let mut turn = Targets::new(width);
    examples.iter().for_each(|e| turn.push_turn(&heads, e));
    let fit_words = |left_out: Option<usize>| {
        let mut targets = Targets::new(width);
        let mut rows = Vec::new();
        for (i, example) in examples.iter().enumerate() {
            if left_out == Some(part[i]) && !example.foreign {
                continue;
            }
            rows.push(&example.row);
            targets.push_turn(&heads, example);
            if settings.sentence > 0.0 && example.sentences.len() > 1 {
                for (place, row) in &example.sentences {
                    rows.push(row);
                    targets.push_sentence(&heads, example, *place, settings.sentence);
                }
            }
        }
        let fit = Fit { places: ROWS, kinds: &kinds, cost: settings.cost, passes: settings.passes };
        fit_columns(&rows, &targets.values, &targets.weights, &fit)
    };
    let mut whole = vec![vec![0.0_f32; width]; examples.len()];
    let mut best = vec![vec![0.0_f32; width]; examples.len()];
    let mut sentences = vec![Vec::new(); examples.len()];
    let mut unseeing = Vec::new();
    for left_out in 0..settings.parts {
        let weights = fit_words(Some(left_out));
        if settings.keep_unseeing {
            unseeing.push(Places::new(&weights, width));
        }
        let mut scores = vec![0.0; width];
        for i in (0..examples.len()).filter(|&i| part[i] == left_out && !examples[i].foreign) {
            examples[i].row.scores(&weights, &mut whole[i]);
            for (n, (_, row)) in examples[i].sentences.iter().enumerate() {
                row.scores(&weights, &mut scores);
                sentences[i].extend_from_slice(&scores);
                for (best, score) in best[i].iter_mut().zip(&scores) {
                    *best = if n == 0 { *score } else { best.max(*score) };
                }
            }
        }
    }
    let mut weights = fit_words(None);
    if let Some(rare) = rare {
        for (weights, rare) in weights.chunks_exact_mut(width.max(1)).zip(&rare) {
            weights.iter_mut().for_each(|w| *w *= rare);
        }
    }
    let places = Places::new(&weights, width);
    let second = Second { heads: &heads, examples, turn: &turn, part: &part, settings };
    let mut fitted = second.fit(&whole, &best, true);
    let unseen_words = second.fit(&whole, &best, false).unseen;
    let judged = settings.by_sentence.then(|| {
        let (heads, examples, parts) = (&heads, &*examples, settings.parts);
        let (whole, sentences) = (&whole, &sentences);
        let (part, targets) = (&part, &turn);
        SentenceFit { heads, examples, part, parts, whole, sentences, targets }
            .fit(&mut fitted.unseen)
    });
    let (sentences, of_parts) = judged.flatten().unzip();
    let thresholds = second.thresholds(&fitted.unseen);
    let word_thresholds = second.thresholds(&unseen_words);
    let model = |places: Places, blends: Vec<Blend>, sentences: Option<Sentences>| LevelModel {
        level,
        heads: heads.clone(),
        places,
        blends: Blends::new(&heads, blends),
        sentences,
        thresholds: thresholds.clone(),
    };
    let of_parts: Vec<Sentences> = of_parts.unwrap_or_default();
    let unseeing = unseeing.into_iter().zip(std::mem::take(&mut fitted.unseeing)).enumerate();
    let unseeing = unseeing
        .map(|(part, (places, blends))| model(places, blends, of_parts.get(part).cloned()))
        .collect();
    let model = model(places, fitted.blends, sentences);
    Fitted { model, unseen: fitted.unseen, unseen_words, word_thresholds, part, unseeing }
}

/// What the second step gives.
struct Blended {
    /// Of all columns.
    blends: Vec<Blend>,
    /// What each example is given by blends that have not seen it.
    unseen: Vec<Vec<f32>>,
    /// For each part, the blends that have not seen it.
    unseeing: Vec<Vec<Blend>>,
}

/// The second step.
struct Second<'f> {
    heads: &'f [Head],
    examples: &'f [Example],
    turn: &'f Targets,
    part: &'f [usize],
    settings: Settings,
}

impl Second<'_> {
    fn fit(&self, whole: &[Vec<f32>], best: &[Vec<f32>], extra: bool) -> Blended {
        let width = self.turn.width;
        let mut unseen = vec![vec![0.0_f32; width]; self.examples.len()];
        let mut blends = Vec::with_capacity(width);
        let mut unseeing = vec![Vec::with_capacity(width); self.settings.parts];
        for head in self.heads {
            let rows: Vec<Vec<f32>> = (0..self.examples.len())
                .map(|i| {
                    let mut row = Vec::new();
                    let known = if extra { self.examples[i].extra.as_slice() } else { &[] };
                    inputs(head, &whole[i], &best[i], known, &mut row);
                    row
                })
                .collect();
            for column in head.columns.clone() {
                for (left_out, blends) in unseeing.iter_mut().enumerate() {
                    let blend = self.blend(head, column, &rows, Some(left_out));
                    let left = |&i: &usize| self.part[i] == left_out && !self.examples[i].foreign;
                    for i in (0..rows.len()).filter(left) {
                        let sum = blend.sum(&rows[i]);
                        unseen[i][column] =
                            if head.shape == Shape::Number { sum } else { sigmoid(sum) };
                    }
                    blends.push(blend);
                }
                blends.push(if extra {
                    self.blend(head, column, &rows, None)
                } else {
                    Blend::default()
                });
            }
        }
        Blended { blends, unseen, unseeing }
    }

    fn blend(
        &self,
        head: &Head,
        column: usize,
        rows: &[Vec<f32>],
        left_out: Option<usize>,
    ) -> Blend {
        let (mut inputs, mut targets, mut weights) = (Vec::new(), Vec::new(), Vec::new());
        let best = self.turn.width..self.turn.width + head.columns.len();
        let own = best.start + column - head.columns.start;
        let seen = |row: &Vec<f32>| {
            let mut row = row.clone();
            if self.settings.own_sentence {
                // What never changes gets no weight.
                best.clone().filter(|&at| at != own).for_each(|at| row[at] = 0.0);
            }
            row
        };
        for (i, row) in rows.iter().enumerate() {
            let at = i * self.turn.width + column;
            let skipped = left_out == Some(self.part[i]) || self.examples[i].foreign;
            if skipped || self.turn.weights[at] <= 0.0 {
                continue;
            }
            inputs.push(seen(row));
            targets.push(self.turn.values[at]);
            weights.push(self.turn.weights[at]);
        }
        let inputs: Vec<&[f32]> = inputs.iter().map(Vec::as_slice).collect();
        fit_blend(head.kind(), &inputs, &targets, &weights, self.settings.penalty)
    }

    fn thresholds(&self, beliefs: &[Vec<f32>]) -> Thresholds {
        let mut thresholds = Thresholds::default();
        for head in self.heads {
            let special = self.settings.misses.iter().find(|(name, _)| *name == head.name);
            let misses = special.map_or(1.0, |(_, misses)| *misses);
            let (believed, together) =
                if self.settings.steady { (0.5, TOGETHER) } else { (0.0, 0.0) };
            let judged: Vec<_> = head.columns.clone().map(|c| self.judged(c, beliefs)).collect();
            thresholds.fit_head(&judged, Manner { misses, believed, together });
        }
        thresholds
    }

    /// What is believed of the cases in which `column` is labelled, and what is there.
    fn judged(&self, column: usize, beliefs: &[Vec<f32>]) -> Vec<Judged> {
        (0..self.examples.len())
            .map(|i| (i, i * self.turn.width + column))
            .filter(|&(i, at)| self.turn.weights[at] > 0.0 && !self.examples[i].foreign)
            .map(|(i, at)| Judged {
                believed: beliefs[i][column],
                there: self.turn.values[at] > 0.0,
                language: self.examples[i].language,
            })
            .collect()
    }
}
