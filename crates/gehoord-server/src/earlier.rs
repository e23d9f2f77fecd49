//! Promises of earlier contacts that a later contact of the same customer shows kept or broken.

use gehoord_conversation::wire::report::{WireEvidence, WireShown};
use gehoord_conversation::{Channel, Conversation};
use gehoord_listening::{EarlierPromise, Listener};
use gehoord_store::{Request, StoreError, TurnView};
use jiff::Timestamp;

use crate::intake::said;

/// Looks in the turns of a conversation from `first` on, which were written in this request, for what
/// they show of promises in earlier contacts, and keeps it. What comes in after contacts that followed
/// it, as in an import, is looked for in those too.
///
/// # Errors
/// When the viewer may not write to the conversation, or the database does not answer.
pub async fn show_earlier(
    request: &mut Request,
    listener: &Listener,
    id: &str,
    first: usize,
) -> Result<(), StoreError> {
    let position = i64::try_from(first).unwrap_or(i64::MAX);
    let earlier = request.earlier_promises(id, position).await?;
    show(request, listener, &earlier.promises, (id, &earlier.turns), first).await?;
    let later = request.later_contacts(id, position).await?;
    for (contact, turns) in &later.contacts {
        show(request, listener, &later.promises, (contact, turns), 0).await?;
    }
    Ok(())
}

/// Keeps what the turns of a contact from `first` on show of promises that were made before it.
async fn show(
    request: &mut Request,
    listener: &Listener,
    known: &[gehoord_store::EarlierPromise],
    (id, turns): (&str, &[TurnView]),
    first: usize,
) -> Result<(), StoreError> {
    if known.is_empty() {
        return Ok(());
    }
    let mut conversation = Conversation::new(id, Channel::Chat);
    for turn in turns {
        conversation.turns.push(said(turn)?);
    }
    let moment = |at: i64| {
        Timestamp::from_millisecond(at).map_err(|e| StoreError::Damaged(format!("a time: {e}")))
    };
    let mut promises = Vec::with_capacity(known.len());
    for promise in known {
        promises.push(EarlierPromise {
            what: promise.what.clone(),
            made_at: moment(promise.made_at)?,
            due: promise.due_at.map(moment).transpose()?,
        });
    }
    for (which, shown) in listener.shown_of_earlier(&promises, &conversation, first) {
        let places = shown.evidence.iter().map(|place| WireEvidence {
            turn: place.turn,
            start: place.span.start,
            end: place.span.end,
            text: place.span.of(&conversation.turns[place.turn].text).to_owned(),
        });
        let shown = WireShown {
            state: shown.outcome.id().to_owned(),
            turn: shown.turn,
            evidence: places.collect(),
        };
        request.show_promise(&known[which].id, id, &shown).await?;
    }
    Ok(())
}
