//! What is kept of a customer, to be handed to them: the same from the command and from the page.

use gehoord_store::{ConversationView, CustomerExport, Original};
use serde_json::{Map, Value, json};

use crate::api::extract::written;

/// Everything that is kept of a customer, but for findings about agents.
#[must_use]
pub fn customer(export: &CustomerExport) -> Value {
    let conversations: Vec<Value> =
        export.conversations.iter().map(|(view, originals)| whole(view, originals)).collect();
    json!({"customer": export.pseudonym, "conversations": conversations})
}

fn whole(view: &ConversationView, originals: &[Original]) -> Value {
    let row = &view.row;
    let turns = view.turns.iter().map(|turn| {
        json!({"party": turn.party, "text": turn.text, "at": written(turn.said_at),
            "heard": turn.finding})
    });
    let behind: Map<String, Value> = originals
        .iter()
        .map(|original| (original.mask.clone(), Value::from(original.text.clone())))
        .collect();
    json!({
        "id": row.id, "source": row.source, "external_id": row.external_id,
        "channel": row.channel, "subject": row.subject, "status": row.status,
        "started_at": written(row.started_at), "last_at": written(row.last_at),
        "turns": turns.collect::<Vec<_>>(),
        "behind_the_masks": behind,
        "heard": view.analysis.as_ref().map(|analysis| &analysis.customer_side),
    })
}
