//! From which probability on a label is asserted: found out on cases left out in fitting, for each
//! language by itself.
//!
//! The best threshold depends on how common a label is and how well it is told, and both differ by
//! language. A language with few cases would only remember them, so the cases of the others count
//! there too, each as a part of one.

use gehoord_conversation::Language;

use super::codec::{ModelFileError, Reader, Writer};

/// How much a case counts for another language than its own. On cases left out, the mean macro-F1
/// over heads and languages is flat from .1 to 1 (.556), and lower where it does not count (.551).
const ELSEWHERE: f32 = 0.5;

/// What a column is believed to be in one case, and what it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Judged {
    /// 0–1.
    pub(crate) believed: f32,
    pub(crate) there: bool,
    pub(crate) language: Option<Language>,
}

/// One for each column, by the language of the turn.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Thresholds {
    /// Where the language is not known.
    common: Vec<f32>,
    /// In the order of [`Language::ALL`].
    own: Vec<Vec<f32>>,
}

impl Thresholds {
    /// Those of one language, one for each column.
    pub(crate) fn of(&self, language: Option<Language>) -> &[f32] {
        let at = language.and_then(|l| Language::ALL.iter().position(|own| *own == l));
        at.and_then(|at| self.own.get(at)).unwrap_or(&self.common)
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.common.is_empty()
    }

    /// Fits those of a head whose columns were judged so, and puts them behind those that are there.
    pub(crate) fn fit_head(&mut self, columns: &[Vec<Judged>], manner: Manner) {
        self.own.resize(Language::ALL.len(), Vec::new());
        self.common.extend(manner.fit(columns, None));
        for (own, &language) in self.own.iter_mut().zip(Language::ALL) {
            own.extend(manner.fit(columns, Some(language)));
        }
    }

    pub(crate) fn write(&self, out: &mut Writer) {
        self.own.iter().chain([&self.common]).flatten().for_each(|t| out.float(*t));
    }

    /// Reads those of `width` columns.
    pub(crate) fn read(file: &mut Reader<'_>, width: usize) -> Result<Self, ModelFileError> {
        let mut next = || (0..width).map(|_| file.float()).collect::<Result<Vec<_>, _>>();
        let own = Language::ALL.iter().map(|_| next()).collect::<Result<Vec<_>, _>>()?;
        Ok(Self { own, common: next()? })
    }
}

/// How thresholds of a head are found.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Manner {
    /// How many times a false alarm a miss weighs.
    pub(crate) misses: f32,
    /// How much what is believed counts beside what was counted, 0–1: for few cases, where
    /// probabilities say as much.
    pub(crate) believed: f32,
    /// How far they are drawn to that of all labels of the head together, 0–1.
    pub(crate) together: f32,
}

impl Manner {
    fn fit(self, columns: &[Vec<Judged>], language: Option<Language>) -> Vec<f32> {
        let weight = |case: &Judged| match language {
            Some(own) if case.language != Some(own) => ELSEWHERE,
            _ => 1.0,
        };
        let expected = |cases: &mut dyn Iterator<Item = &Judged>| {
            let cases = cases.map(|c| (c.believed, c.believed, weight(c)));
            best_threshold(cases.collect(), self.misses)
        };
        let mut found: Vec<f32> = Vec::with_capacity(columns.len());
        for cases in columns {
            let counted =
                cases.iter().map(|c| (c.believed, f32::from(u8::from(c.there)), weight(c)));
            let mut threshold = best_threshold(counted.collect(), self.misses);
            if self.believed > 0.0 {
                let expected = expected(&mut cases.iter());
                threshold += self.believed * (expected - threshold);
            }
            found.push(threshold);
        }
        if self.together > 0.0 {
            let common = expected(&mut columns.iter().flatten());
            for threshold in &mut found {
                *threshold = threshold.powf(1.0 - self.together) * common.powf(self.together);
            }
        }
        found
    }
}

/// The threshold at which asserting gives the highest F, where a miss weighs `misses` times a false
/// alarm (1 is F1); the counts are smoothed a little, so that a handful of cases does not decide.
/// Each case is what is believed, what is there, and how much it counts. What is there is 0 or 1, or
/// how likely it is: with what is believed itself this is the threshold to expect when that can be
/// trusted. 0.05–0.95.
fn best_threshold(mut cases: Vec<(f32, f32, f32)>, misses: f32) -> f32 {
    cases.sort_by(|a, b| b.0.total_cmp(&a.0));
    let all: f32 = cases.iter().map(|(_, there, weight)| there * weight).sum();
    let (mut right, mut heard) = (0.0_f32, 0.0_f32);
    let (mut best, mut threshold) = (-1.0_f32, 0.5_f32);
    for (n, (believed, there, weight)) in cases.iter().enumerate() {
        right += there * weight;
        heard += weight;
        let wrong = heard - right;
        let f1 = right / (right + (wrong + misses * (all - right)) / (1.0 + misses) + 1.0);
        let next = cases.get(n + 1).map_or(0.0, |(next, ..)| *next);
        if f1 > best && next < *believed {
            best = f1;
            threshold = f32::midpoint(*believed, next);
        }
    }
    threshold.clamp(0.05, 0.95)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_threshold_lies_between_yes_and_no() {
        let believed = [0.9, 0.8, 0.3, 0.2, 0.1];
        let there = [1.0, 1.0, 0.0, 0.0, 0.0];
        let cases = believed.iter().zip(there).map(|(b, t)| (*b, t, 1.0)).collect();
        let threshold = best_threshold(cases, 1.0);
        assert!(threshold > 0.3 && threshold < 0.8);
    }

    /// `count` cases of a language, of which those believed above `from` have the label.
    fn cases(language: Language, from: f32, count: usize) -> impl Iterator<Item = Judged> {
        (0..count).map(move |i| {
            let believed = (i as f32 + 0.5) / count as f32;
            Judged { believed, there: believed > from, language: Some(language) }
        })
    }

    #[test]
    fn each_language_has_its_own_and_few_cases_follow_the_others() {
        const PLAIN: Manner = Manner { misses: 1.0, believed: 0.0, together: 0.0 };
        let many = cases(Language::Nl, 0.3, 400).chain(cases(Language::En, 0.7, 400));
        let few = cases(Language::De, 0.9, 8);
        let mut thresholds = Thresholds::default();
        thresholds.fit_head(&[many.chain(few).collect()], PLAIN);
        let of = |language: Option<Language>| thresholds.of(language)[0];
        assert!((of(Some(Language::Nl)) - 0.3).abs() < 0.05, "{thresholds:?}");
        assert!((of(Some(Language::En)) - 0.7).abs() < 0.05, "{thresholds:?}");
        for other in [Some(Language::De), Some(Language::Fr), None] {
            assert!((of(other) - of(None)).abs() < 0.1, "{thresholds:?}");
        }
    }
}
