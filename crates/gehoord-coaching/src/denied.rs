//! Safety signals that are not so, by the word of who answers: all other help then comes back, and the
//! words stay what they are.

use std::ops::RangeInclusive;

use gehoord_conversation::{Conversation, Label, Report, Safety, TurnReport};

/// A safety signal that is not so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denied {
    /// The signal.
    pub signal: Safety,
    /// In the words of these turns.
    pub turns: RangeInclusive<usize>,
}

impl Denied {
    /// Whether this signal in this turn is not so.
    #[must_use]
    pub fn holds(&self, signal: Safety, turn: usize) -> bool {
        self.signal == signal && self.turns.contains(&turn)
    }
}

/// A conversation, and the safety signals in it that are not so.
#[derive(Debug, Clone, PartialEq)]
pub struct Corrected {
    /// What was said.
    pub conversation: Conversation,
    /// What is not so.
    pub denied: Vec<Denied>,
}

impl From<Conversation> for Corrected {
    fn from(conversation: Conversation) -> Self {
        Self { conversation, denied: Vec::new() }
    }
}

/// Takes the signals that are not so out of a report.
pub(crate) fn correct(report: &mut Report, denied: &[Denied]) {
    if denied.is_empty() {
        return;
    }
    for (index, turn) in report.turns.iter_mut().enumerate() {
        let TurnReport::Customer(turn) = turn else { continue };
        let stands = |signal: Safety| !denied.iter().any(|one| one.holds(signal, index));
        turn.safety.retain(|signal| stands(*signal));
        turn.signals.retain(|finding| match finding.label {
            Label::Safety(signal) => stands(signal),
            _ => true,
        });
    }
}
