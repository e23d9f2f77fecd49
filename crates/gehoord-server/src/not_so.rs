//! What somebody who writes says of a safety signal: it is not so. Their word counts, for this
//! message: help comes back, and a signal in a later turn is heard as any other.
//!
//! The sentences in which it was heard are left out of what is listened to, so that every helper
//! follows it. Places stay as they are.

use std::ops::RangeInclusive;

use gehoord_conversation::wire::report::WireTurnReport;
use gehoord_conversation::{Conversation, Party, Safety, Span, TurnReport};
use gehoord_listening::Listener;
use gehoord_store::{ConversationView, Feedback, Request, Right, StoreError};

use crate::error::ApiError;

/// So many times is listened anew: what is left may say it as well.
const ROUNDS: usize = 3;

/// A signal that is not so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NotSo {
    signal: Safety,
    /// In the words of these turns.
    turns: RangeInclusive<usize>,
}

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
            Some(Self { signal: signal.parse().ok()?, turns: 0..=turn.parse().ok()? })
        };
        let wrong = || ApiError::Invalid("not_so must be written as danger.4".to_owned());
        ids.into_iter().map(|id| one(id).ok_or_else(wrong)).collect()
    }

    fn holds(&self, signal: Safety, turn: usize) -> bool {
        self.signal == signal && self.turns.contains(&turn)
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
    heard.retain(|one| !not_so.iter().any(|denied| denied.holds(one.signal, one.turn)));
    heard
}

/// The signals that the viewer said are not so.
pub(crate) fn of_feedback(view: &ConversationView, said: &[Feedback]) -> Vec<NotSo> {
    let (denied, stand): (Vec<Heard>, Vec<Heard>) =
        all(view).into_iter().partition(|one| is_denied(said, one));
    let stands = |one: &Heard| stand.iter().any(|o| (o.turn, o.signal) == (one.turn, one.signal));
    let denied = denied.into_iter().filter(|one| !stands(one));
    denied.map(|one| NotSo { signal: one.signal, turns: one.turn..=one.turn }).collect()
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

/// The conversation without the words in which these signals are heard.
pub(crate) fn without(
    listener: &Listener,
    mut conversation: Conversation,
    not_so: &[NotSo],
) -> Conversation {
    if not_so.is_empty() {
        return conversation;
    }
    for round in 0..=ROUNDS {
        let report = listener.listen(&conversation);
        let mut places = Vec::new();
        for (index, turn) in report.turns.iter().enumerate() {
            let TurnReport::Customer(turn) = turn else { continue };
            let denied = |signal: &&Safety| not_so.iter().any(|one| one.holds(**signal, index));
            for signal in turn.safety.iter().filter(denied) {
                let found = turn.signals.iter().filter(|one| one.label == (*signal).into());
                let evidence = found.flat_map(|one| &one.evidence);
                let spans: Vec<Span> =
                    evidence.filter(|one| one.turn == index).map(|one| one.span).collect();
                if spans.is_empty() || round == ROUNDS {
                    let all = Span { start: 0, end: conversation.turns[index].text.len() };
                    places.push((index, all));
                }
                places.extend(spans.into_iter().map(|span| (index, span)));
            }
        }
        if places.is_empty() {
            break;
        }
        for (index, span) in places {
            let text = &mut conversation.turns[index].text;
            let (Some(before), Some(after)) = (text.get(..span.start), text.get(span.end..)) else {
                continue;
            };
            *text = format!("{before}{}{after}", " ".repeat(span.end - span.start));
        }
    }
    conversation
}

#[cfg(test)]
mod tests {
    use gehoord_conversation::Channel;

    use super::*;

    const WORDS: &str = "Ik heb al drie keer gebeld over mijn pakket. Ik ruik gas in de keuken.";

    fn signals_in(listener: &Listener, conversation: &Conversation) -> Vec<Safety> {
        let report = listener.listen(conversation);
        let safety = report.turns.iter().map(|turn| match turn {
            TurnReport::Customer(turn) => turn.safety.clone(),
            _ => Vec::new(),
        });
        safety.flatten().collect()
    }

    #[test]
    fn what_is_not_so_is_left_out_and_everything_else_stays_in_its_place() {
        let listener = Listener::embedded().unwrap();
        let conversation = Conversation::new("a", Channel::Chat).with_turn(Party::Customer, WORDS);
        assert_eq!(signals_in(&listener, &conversation), [Safety::Danger]);
        let not_so = NotSo::read(["danger.0"]).unwrap();
        let left = without(&listener, conversation.clone(), &not_so);
        assert_eq!(signals_in(&listener, &left), []);
        assert!(left.turns[0].text.starts_with("Ik heb al drie keer gebeld"), "{left:?}");
        assert_eq!(left.turns[0].text.len(), WORDS.len());
        let other = NotSo::read(["threat.0"]).unwrap();
        assert_eq!(without(&listener, conversation.clone(), &other), conversation);
    }

    #[test]
    fn a_signal_in_a_later_turn_is_heard_as_any_other() {
        let listener = Listener::embedded().unwrap();
        let conversation = Conversation::new("a", Channel::Chat)
            .with_turn(Party::Customer, WORDS)
            .with_turn(Party::Agent, "Ga naar buiten.")
            .with_turn(Party::Customer, "Ik ruik gas in de kelder!");
        let left = without(&listener, conversation, &NotSo::read(["danger.0"]).unwrap());
        assert_eq!(signals_in(&listener, &left), [Safety::Danger]);
    }

    #[test]
    fn what_cannot_be_understood_is_told() {
        for wrong in ["", "danger", "danger.", "danger.-1", "joy.0"] {
            assert!(NotSo::read([wrong]).is_err(), "{wrong}");
        }
    }
}
