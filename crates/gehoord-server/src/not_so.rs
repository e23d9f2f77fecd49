//! What somebody who writes says of a safety signal: it is not so. Their word counts, for this
//! message: help comes back, and a signal in a later turn is heard as any other.

use gehoord_coaching::{Corrected, Denied};
use gehoord_conversation::wire::report::WireTurnReport;
use gehoord_conversation::{Conversation, Party, Safety};
use gehoord_store::{ConversationView, Feedback, Request, Right, StoreError};

use crate::error::ApiError;

/// A signal that is not so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NotSo(Denied);

impl NotSo {
    /// As a screen names it: the signal, and the last turn that it may stand in (`danger.4`).
    pub(crate) fn id(signal: Safety, turn: usize) -> String {
        format!("{}.{turn}", signal.id())
    }

    /// The last turn of the customer, where advice on a reply names a signal.
    pub(crate) fn last_turn(conversation: &Conversation) -> usize {
        let last = conversation.turns.iter().rposition(|turn| turn.party == Party::Customer);
        last.unwrap_or_default()
    }

    /// Reads what a screen sends.
    pub(crate) fn read<'i>(ids: impl IntoIterator<Item = &'i str>) -> Result<Vec<Self>, ApiError> {
        let one = |id: &str| {
            let (signal, turn) = id.split_once('.')?;
            Some(Self(Denied { signal: signal.parse().ok()?, turns: 0..=turn.parse().ok()? }))
        };
        let wrong = || ApiError::Invalid("not_so must be written as danger.4".to_owned());
        ids.into_iter().map(|id| one(id).ok_or_else(wrong)).collect()
    }
}

/// What the viewer said about findings of a contact; nothing for who says nothing of findings.
pub(crate) async fn said(request: &mut Request, id: &str) -> Result<Vec<Feedback>, StoreError> {
    if request.viewer().may(Right::Feedback) { request.feedback(id).await } else { Ok(Vec::new()) }
}

/// A safety signal of a contact.
pub(crate) struct Heard {
    /// Index of the turn in the view.
    pub(crate) turn: usize,
    pub(crate) position: i64,
    pub(crate) signal: Safety,
    /// Its finding, or the label where none is named.
    pub(crate) finding: String,
}

/// The safety signals of a contact, without those that are not so.
pub(crate) fn signals(view: &ConversationView, not_so: &[NotSo]) -> Vec<Heard> {
    let mut heard = all(view);
    heard.retain(|one| !not_so.iter().any(|denied| denied.0.holds(one.signal, one.turn)));
    heard
}

/// The signals that the viewer said are not so.
pub(crate) fn of_feedback(view: &ConversationView, said: &[Feedback]) -> Vec<NotSo> {
    let (denied, stand): (Vec<Heard>, Vec<Heard>) =
        all(view).into_iter().partition(|one| is_denied(said, one));
    let stands = |one: &Heard| stand.iter().any(|o| (o.turn, o.signal) == (one.turn, one.signal));
    let denied = denied.into_iter().filter(|one| !stands(one));
    let one = |one: Heard| Denied { signal: one.signal, turns: one.turn..=one.turn };
    denied.map(|heard| NotSo(one(heard))).collect()
}

fn all(view: &ConversationView) -> Vec<Heard> {
    let mut all = Vec::new();
    for (index, turn) in view.turns.iter().enumerate() {
        let report = turn.finding.clone().and_then(|report| serde_json::from_value(report).ok());
        let Some(WireTurnReport::Customer { safety, signals, .. }) = report else { continue };
        for label in safety {
            let Ok(signal) = label.parse() else { continue };
            let mut findings: Vec<String> =
                signals.iter().filter(|one| one.label == label).map(|one| one.id.clone()).collect();
            if findings.is_empty() {
                findings.push(label);
            }
            let position = turn.position;
            let heard = |finding| Heard { turn: index, position, signal, finding };
            all.extend(findings.into_iter().map(heard));
        }
    }
    all
}

/// The last word counts.
fn is_denied(said: &[Feedback], heard: &Heard) -> bool {
    let about = |one: &&Feedback| one.position == heard.position && one.finding == heard.finding;
    said.iter().rev().find(about).is_some_and(|one| !one.agrees)
}

/// The conversation, in which these signals are not so.
pub(crate) fn without(conversation: Conversation, not_so: &[NotSo]) -> Corrected {
    Corrected { conversation, denied: denied(not_so) }
}

pub(crate) fn denied(not_so: &[NotSo]) -> Vec<Denied> {
    not_so.iter().map(|one| one.0.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_understood_is_told() {
        for wrong in ["", "danger", "danger.", "danger.-1", "joy.0"] {
            assert!(NotSo::read([wrong]).is_err(), "{wrong}");
        }
    }
}
