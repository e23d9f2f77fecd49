//! The rubric: the numbers that a coach can change.

use std::collections::BTreeMap;

use gehoord_conversation::Breaker;
use serde::Deserialize;

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
    pub tone: BTreeMap<String, f32>,
    pub plain: Plain,
    pub learned: LearnedNumbers,
    pub breakers: Breakers,
    pub heard: HeardNumbers,
}

macro_rules! numbers {
    ($($name:ident { $($field:ident),* $(,)? })*) => {
        $(
            #[derive(Debug, Clone, Copy, Deserialize)]
            #[serde(deny_unknown_fields)]
            #[doc = "Numbers of the rubric; each is explained in the file."]
            #[allow(missing_docs, reason = "each number is explained in the file")]
            pub struct $name { $(pub $field: f32,)* }
        )*
    };
}

numbers! {
    PartWeights { acknowledged, understood, explored, acted, tone }
    Acknowledged {
        specific, named, template, apology_specific, situation, question, apology, none, mild_none,
        positive_none, own_fault, story_left_out, general,
    }
    Understood { restated, full_coverage, answered }
    Acted {
        solved, promised_complete, promised_loose, promised_open, explained, explained_problem,
        referred_warm, referred, asked, reassured, refused_with_way, refused, vague, nothing, ownership, not_concrete, firm_only,
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

impl Rubric {
    /// Reads a rubric.
    ///
    /// # Errors
    /// What is missing or wrong, with its line.
    pub fn new(toml: &str) -> Result<Self, String> {
        let rubric: Self = toml::from_str(toml).map_err(|e| e.to_string())?;
        for breaker in Breaker::ALL {
            if !rubric.tone.contains_key(breaker.id()) {
                return Err(format!("[tone] has no number for '{breaker}'"));
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
