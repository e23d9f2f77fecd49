//! One thing that was heard, with its evidence.

use std::sync::Arc;

use crate::{Label, Span};

/// What was heard, how strongly, in which words, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// What was heard.
    pub label: Label,
    /// Probability that a careful reader would agree, 0–1.
    pub strength: f32,
    /// The words that show it; never empty. An absence points at the words passed over.
    pub evidence: Vec<Evidence>,
    /// Who found it.
    pub source: Source,
    /// The cue or mechanism that found it, such as `nl/annoyance/still_no_answer`.
    pub rule: Arc<str>,
    /// What it is, in one sentence in the language of the turn.
    pub because: Arc<str>,
}

impl Finding {
    /// Whether a rule heard it that the model does not all but deny, or the model is surer of it than
    /// not. What is not sure is shown as a possibility, weighs less and brings no hint.
    #[must_use]
    pub fn is_sure(&self) -> bool {
        self.source.is_sure(self.strength)
    }
}

/// A place in a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Evidence {
    /// Index of the turn.
    pub turn: usize,
    /// Where in its text.
    pub span: Span,
}

impl Evidence {
    /// The place `span` in turn `turn`.
    #[must_use]
    pub const fn new(turn: usize, span: Span) -> Self {
        Self { turn, span }
    }
}

/// Who found it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Source {
    /// A cue file or a mechanism over cues.
    Cue,
    /// The learned model.
    Model,
    /// Both agree.
    Both,
}

impl Source {
    /// The id as written in JSON.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Cue => "cue",
            Self::Model => "model",
            Self::Both => "both",
        }
    }

    /// Whether what it found with this strength is more than a possibility (see
    /// [`Finding::is_sure`]).
    pub(crate) fn is_sure(self, strength: f32) -> bool {
        let least = if self == Self::Model { 0.5 } else { 0.25 };
        strength >= least
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_model_alone_half_hears_is_a_possibility() {
        assert!(!Source::Model.is_sure(0.4) && Source::Model.is_sure(0.5));
        assert!(Source::Cue.is_sure(0.4) && Source::Both.is_sure(0.25));
        assert!(!Source::Cue.is_sure(0.2));
    }
}
