//! Who has the floor: consecutive turns of one party.

use gehoord_conversation::{Party, Signal};

use crate::reading::Reading;

/// Consecutive turns of one party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Customer or agent.
    pub party: Party,
    /// Indices of its turns.
    pub turns: Vec<usize>,
}

/// A backchannel has at most so many words.
const BACKCHANNEL_WORDS: usize = 5;

/// Whether an agent turn only lets the customer go on ("hm-hm", "en toen?").
pub(crate) fn is_backchannel(reading: &Reading<'_>) -> bool {
    reading.text.tokens.is_empty()
        || reading.only_listens
        || (reading.text.word_count() <= BACKCHANNEL_WORDS && reading.hears(Signal::Backchannel))
}

/// The runs of a conversation. Customer runs separated only by backchannels are one. Turns of
/// bots and colleagues belong to no run.
#[must_use]
pub fn runs(readings: &[Reading<'_>]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (i, reading) in readings.iter().enumerate() {
        let party = reading.turn.party;
        if !matches!(party, Party::Customer | Party::Agent) {
            continue;
        }
        if party == Party::Agent && is_backchannel(reading) {
            let goes_on = readings[i + 1..]
                .iter()
                .find(|r| matches!(r.turn.party, Party::Customer) || !is_backchannel(r))
                .is_some_and(|r| r.turn.party == Party::Customer);
            if goes_on && runs.last().is_some_and(|run| run.party == Party::Customer) {
                continue;
            }
        }
        match runs.last_mut() {
            Some(run) if run.party == party => run.turns.push(i),
            _ => runs.push(Run { party, turns: vec![i] }),
        }
    }
    runs
}
