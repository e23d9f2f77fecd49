//! Where a learned model plugs in.
//!
//! A model hears labels in a turn that no cue names. What both hear is fused: the finding then
//! says `both`, and its strength is the chance that at least one is right.

use gehoord_conversation::{Label, Span};

use crate::Reading;

/// A label that a model heard.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelFinding {
    /// What was heard.
    pub label: Label,
    /// Calibrated probability, 0–1.
    pub strength: f32,
    /// The words that carry it; never empty.
    pub evidence: Vec<Span>,
    /// 1–3, feelings only.
    pub intensity: u8,
}

/// A learned model. It is pure: the same turn gives the same findings.
pub trait Model: Send + Sync {
    /// Version, as shown in reports.
    fn version(&self) -> &str;

    /// What it hears in `turn`, knowing the readings before it.
    fn hear(&self, turn: &Reading<'_>, before: &[Reading<'_>]) -> Vec<ModelFinding>;
}
