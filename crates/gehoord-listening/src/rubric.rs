//! The rubric: the numbers that a coach can change.

use std::collections::BTreeMap;

use gehoord_conversation::Breaker;
use serde::de::Error;
use serde::{Deserialize, Deserializer};

use crate::embedded;

/// No number of a rubric is larger: all parts run from 0 to 100.
const MOST: f32 = 100.0;

/// What is wrong with a rubric, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct RubricError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong, and what would be right.
    pub message: String,
}

/// What makes a reply, and a conversation, well heard. See `rubrics/default.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each number is explained in the file")]
pub struct Rubric {
    pub version: String,
    pub weights: Weights,
    pub acknowledged: Acknowledged,
    pub understood: Understood,
    pub acted: Acted,
    pub explored: Explored,
    #[serde(deserialize_with = "numbers")]
    pub tone: BTreeMap<String, f32>,
    pub plain: Plain,
    pub learned: LearnedNumbers,
    pub breakers: Breakers,
    pub heard: HeardNumbers,
}

macro_rules! numbers {
    ($($name:ident { $($(#[$attribute:meta])? $field:ident),* $(,)? })*) => {
        $(
            #[derive(Debug, Clone, Copy, Deserialize)]
            #[serde(deny_unknown_fields)]
            #[doc = "Numbers of the rubric; each is explained in the file."]
            #[allow(missing_docs, reason = "each number is explained in the file")]
            pub struct $name {
                $($(#[$attribute])? #[serde(deserialize_with = "number")] pub $field: f32,)*
            }
        )*
    };
}

numbers! {
    PartWeights { acknowledged, understood, explored, acted, tone }
    Acknowledged {
        specific, named, template, apology_specific, situation, question, apology, none, mild_none,
        positive_none, own_fault, story_left_out, general,
    }
    Understood { restated, shown, full_coverage, answered }
    Acted {
        solved, promised_complete, promised_loose, promised_open, explained, explained_problem,
        referred_warm, referred, asked, reassured, refused_with_way, refused, vague, nothing, ownership, not_concrete, firm_only,
        // Rubrics written before it was there stay right.
        #[serde(default)] danger_left,
    }
    Plain { easy, hard, off_the_whole }
    LearnedNumbers { leaning }
    Explored { asked, not_asked }
    Breakers { off_the_whole, taken_back_cap, heavy_on_neutral, repeated_formula }
    HeardNumbers {
        moment_weight, intensity_weight, neutral_weight, worst_share, eased_bonus, turned_bonus,
        ended_negative_malus, open_end_malus,
    }
}

/// Weights of the parts, by how the customer's words were.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weights {
    /// A feeling of intensity 2 or 3.
    pub strong: PartWeights,
    /// A feeling of intensity 1.
    pub mild: PartWeights,
    /// No feeling was heard, but a story was told that may well hold one.
    pub unnamed: PartWeights,
    /// No feeling.
    pub neutral: PartWeights,
    /// A pleasant feeling.
    pub positive: PartWeights,
}

/// A number from 0 to 100.
struct Number(f32);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = f32::deserialize(deserializer)?;
        if !(0.0..=MOST).contains(&number) {
            return Err(D::Error::custom(format!("{number}: expected a number from 0 to 100")));
        }
        Ok(Self(number))
    }
}

fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f32, D::Error> {
    Number::deserialize(deserializer).map(|number| number.0)
}

fn numbers<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, f32>, D::Error> {
    let read: BTreeMap<String, Number> = BTreeMap::deserialize(deserializer)?;
    Ok(read.into_iter().map(|(key, number)| (key, number.0)).collect())
}

impl Rubric {
    /// The rubric that ships, as a file to begin with.
    #[must_use]
    pub fn shipped() -> &'static str {
        embedded::file("rubrics/default.toml").unwrap_or_default()
    }

    /// Reads a rubric.
    ///
    /// # Errors
    /// What is missing or wrong, with its line.
    pub fn new(file: &str) -> Result<Self, RubricError> {
        let line = |at: usize| file.bytes().take(at).filter(|b| *b == b'\n').count() + 1;
        let rubric: Self = toml::from_str(file).map_err(|error| RubricError {
            line: line(error.span().map_or(0, |span| span.start)),
            message: error.message().to_owned(),
        })?;
        let under = |heading: &str, message: String| {
            Err(RubricError { line: line(file.find(heading).unwrap_or(0)), message })
        };
        for breaker in Breaker::ALL {
            if !rubric.tone.contains_key(breaker.id()) {
                return under("[tone]", format!("[tone] has no number for '{breaker}'"));
            }
        }
        if let Some(key) = rubric.tone.keys().find(|key| key.parse::<Breaker>().is_err()) {
            return under(
                "[tone]",
                format!("[tone] has a number for '{key}', which is no breaker"),
            );
        }
        for (name, weights) in rubric.weights.all() {
            if weights.sum() <= 0.0 {
                let message = format!("[weights.{name}]: one part at least must count");
                return under(&format!("[weights.{name}]"), message);
            }
        }
        Ok(rubric)
    }

    /// What a breaker takes off the tone.
    #[must_use]
    pub fn penalty(&self, breaker: Breaker) -> f32 {
        self.tone.get(breaker.id()).copied().unwrap_or(0.0)
    }
}

impl Weights {
    /// Each row with its name in the file.
    #[must_use]
    pub fn all(&self) -> [(&'static str, PartWeights); 5] {
        [
            ("strong", self.strong),
            ("mild", self.mild),
            ("unnamed", self.unnamed),
            ("neutral", self.neutral),
            ("positive", self.positive),
        ]
    }
}

impl PartWeights {
    /// All parts together.
    #[must_use]
    pub fn sum(&self) -> f32 {
        self.acknowledged + self.understood + self.explored + self.acted + self.tone
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_in_a_rubric_is_told_with_its_line() {
        let whole = Rubric::shipped();
        assert!(Rubric::new(whole).is_ok());
        let with = |from: &str, to: &str| Rubric::new(&whole.replacen(from, to, 1)).unwrap_err();
        let line =
            |words: &str| whole.lines().position(|line| line.starts_with(words)).unwrap() + 1;
        let error = with("vague = 25", "vague = nan");
        assert_eq!(error.line, line("vague = 25"), "{error}");
        assert!(error.message.contains("0 to 100"), "{error}");
        assert_eq!(with("vague = 25", "vague = 250").line, line("vague = 25"));
        assert_eq!(with("vague = 25", "vage = 25").line, line("vague = 25"));
        let older: Vec<&str> = whole.lines().filter(|l| !l.starts_with("danger_left")).collect();
        assert_eq!(Rubric::new(&older.join("\n")).map(|r| r.acted.danger_left), Ok(0.0));
        let error = with("jargon = 25\n", "");
        assert_eq!((error.line, error.message.contains("'jargon'")), (line("[tone]"), true));
        let error = with("jargon = 25\n", "jargon = 25\njargo = 25\n");
        assert!(error.message.contains("'jargo'"), "{error}");
        let neutral = "understood = 0.20\nexplored = 0.0\nacted = 0.55\ntone = 0.25";
        let nothing = "understood = 0\nexplored = 0\nacted = 0\ntone = 0";
        assert!(with(neutral, nothing).message.contains("[weights.neutral]"));
    }
}
