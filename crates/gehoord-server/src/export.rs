//! What is kept of a customer, to be handed to them: the same from the command and from the page.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use gehoord_store::{ConversationView, CustomerExport, Original, Recording};
use serde_json::{Map, Value, json};

use crate::api::extract::written;

/// Everything that is kept of a customer, but for findings about agents.
#[must_use]
pub fn customer(export: &CustomerExport) -> Value {
    let one = |(view, originals): &(ConversationView, Vec<Original>)| {
        let mut told = whole(view, originals);
        let known = export.recordings.iter().find(|(id, ..)| *id == view.row.id);
        if let Some((_, recording, sound)) = known {
            told["recording"] = recorded(recording, sound.as_deref());
        }
        told
    };
    let conversations: Vec<Value> = export.conversations.iter().map(one).collect();
    json!({"customer": export.pseudonym, "conversations": conversations})
}

/// How a conversation sounded, and its sound where it is kept.
pub(crate) fn recorded(recording: &Recording, sound: Option<&[u8]>) -> Value {
    json!({
        "voice": recording.voice, "lines": recording.lines, "spoken": recording.spoken,
        "silenced": recording.silenced,
        "sound": sound.map(|sound| json!({
            "media_type": "audio/wav", "base64": BASE64.encode(sound),
        })),
    })
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
