//! Calls and chats as Amazon Contact Lens writes them (JSON, version 1.1.0).

use std::collections::HashMap;

use gehoord_conversation::{Channel, Conversation, Party, Turn};
use jiff::{Timestamp, tz::TimeZone};
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::Options;
use crate::decode::decode;
use crate::item::{Imported, Item, Note, Problem, left_out};
use crate::party::role_of;
use crate::transcript::{documents, spoken_at};

/// Whether the head of a JSON text is a file of Contact Lens, and not a conversation.
pub(crate) fn looks_like_contact_lens(head: &str) -> bool {
    let has = |key: &str| head.contains(&format!("\"{key}\""));
    (has("ConversationCharacteristics") || has("ParticipantId") && has("Transcript"))
        && !has("turns")
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct File {
    #[serde(default)]
    channel: Option<String>,
    #[serde(default)]
    language_code: Option<String>,
    #[serde(default)]
    customer_metadata: Option<CustomerMetadata>,
    #[serde(default)]
    participants: Vec<Participant>,
    transcript: Vec<Utterance>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CustomerMetadata {
    #[serde(default)]
    contact_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Participant {
    #[serde(default)]
    participant_id: String,
    #[serde(default)]
    participant_role: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Utterance {
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    participant_id: String,
    #[serde(default)]
    display_name: Option<String>,
    #[serde(default)]
    content: Option<String>,
    #[serde(default)]
    begin_offset_millis: Option<f64>,
    #[serde(default)]
    end_offset_millis: Option<f64>,
    #[serde(default)]
    absolute_time: Option<String>,
    #[serde(default)]
    sentiment: Option<IgnoredAny>,
}

/// Reads the contacts of a file of Contact Lens.
pub(crate) fn read_contact_lens(bytes: Vec<u8>, name: &str, options: &Options) -> Vec<Item> {
    let decoded = decode(bytes);
    let mut items = documents(&decoded.text, name, "a file of Contact Lens with \"Transcript\"", {
        |file: File, line, id| conversation(file, line, id, options)
    });
    crate::json::attach(decoded.note, &mut items);
    items
}

fn conversation(file: File, line: usize, id: &str, options: &Options) -> Item {
    let roles: HashMap<&str, &str> = file
        .participants
        .iter()
        .map(|one| (one.participant_id.as_str(), one.participant_role.as_str()))
        .collect();
    let written = file.channel.is_some_and(|channel| channel.eq_ignore_ascii_case("chat"));
    let usual = if written { Channel::Chat } else { Channel::Phone };
    let contact = file.customer_metadata.and_then(|about| about.contact_id);
    let id = contact.as_deref().unwrap_or(id);
    let mut conversation = Conversation::new(id, options.channel.unwrap_or(usual));
    let heard = file.language_code.and_then(|code| code.parse().ok());
    conversation.locale = options.locale.clone().or(heard);
    conversation.external_id = contact.clone();
    let (mut strangers, mut wordless, mut judged) = (Vec::new(), Vec::new(), false);
    for (number, said) in (1..).zip(file.transcript) {
        judged |= said.sentiment.is_some();
        let text = said.content.as_deref().unwrap_or_default().trim();
        if text.is_empty() {
            // Events of a chat, such as somebody who joined.
            wordless.push(number);
            continue;
        }
        // In real files the id is often the role itself.
        let role = roles.get(said.participant_id.as_str()).copied();
        let Some(party) = role.and_then(party_of).or_else(|| party_of(&said.participant_id)) else {
            strangers.push(number);
            continue;
        };
        let mut turn = Turn::new(party, text);
        turn.speaker = said.display_name.filter(|name| !name.trim().is_empty());
        turn.external_id = said.id;
        turn.at = said
            .absolute_time
            .and_then(|at| at.parse::<Timestamp>().ok())
            .map(|at| at.to_zoned(TimeZone::UTC));
        let seconds = |millis: Option<f64>| millis.map(|millis| millis / 1000.0);
        spoken_at(&mut turn, seconds(said.begin_offset_millis), seconds(said.end_offset_millis));
        conversation.turns.push(turn);
    }
    if conversation.turns.is_empty() {
        let message = match strangers.is_empty() {
            true => "no entry of the \"Transcript\" has words",
            false => {
                "no entry of the \"Transcript\" has a participant that is known; expected \
                 \"Participants\" with a \"ParticipantRole\" such as AGENT and CUSTOMER"
            }
        };
        return Item::Problem(Problem::new(line, "no_turns", message));
    }
    let mut notes: Vec<Note> = [
        left_out(&wordless, "entry", "without words", "entry"),
        left_out(&strangers, "entry", "of a participant without a known role", "entry"),
    ]
    .into_iter()
    .flatten()
    .collect();
    if judged {
        notes.push(Note::left_out("the sentiment that Contact Lens gave was left out"));
    }
    Item::Conversation(Imported { line, conversation, notes })
}

fn party_of(role: &str) -> Option<Party> {
    match role.to_ascii_uppercase().as_str() {
        "SYSTEM" | "CUSTOM_BOT" => Some(Party::Bot),
        "SUPERVISOR" => Some(Party::Colleague),
        _ => role_of(role),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::item::shown;

    fn check(json: &str) -> Vec<String> {
        shown(read_contact_lens(json.into(), "x", &Options::default()))
    }

    fn call(participants: &str, transcript: &str) -> String {
        format!(
            r#"{{"Version":"1.1.0","Channel":"VOICE","LanguageCode":"nl-NL",
                "CustomerMetadata":{{"ContactId":"c-1"}},"ConversationCharacteristics":{{}},
                "Participants":{participants},"Transcript":{transcript}}}"#
        )
    }

    #[test]
    fn participants_are_joined_and_times_kept() {
        let json = call(
            r#"[{"ParticipantId":"p1","ParticipantRole":"AGENT"},
                {"ParticipantId":"p2","ParticipantRole":"CUSTOMER"}]"#,
            r#"[{"Id":"a","ParticipantId":"p1","Content":"Met Sanne.","BeginOffsetMillis":250,
                 "EndOffsetMillis":1500,"Sentiment":"NEUTRAL","LoudnessScore":[70.1,null]},
                {"Id":"b","ParticipantId":"p2","Content":"Ik wacht al een week."}]"#,
        );
        assert_eq!(check(&json), ["1 c-1: agent Met Sanne., customer Ik wacht al een week."]);
        let items = read_contact_lens(json.into(), "x", &Options::default());
        let Item::Conversation(imported) = &items[0] else { panic!("{items:?}") };
        let turn = &imported.conversation.turns[0];
        assert_eq!(turn.meta["start"].as_f64(), Some(0.25));
        assert_eq!(turn.external_id.as_deref(), Some("a"));
        assert_eq!(imported.conversation.locale.as_ref().unwrap().as_str(), "nl-NL");
        assert!(imported.notes.iter().any(|note| note.message.contains("sentiment")));
    }

    #[test]
    fn an_id_that_is_the_role_will_do() {
        let json = call(
            "[]",
            r#"[{"ParticipantId":"CUSTOMER","Content":"hoi"},{"ParticipantId":"AGENT","Content":"dag"},
                {"ParticipantId":"SYSTEM","Content":"welkom"},{"ParticipantId":"zz","Content":"?"}]"#,
        );
        assert_eq!(check(&json), ["1 c-1: customer hoi, agent dag, bot welkom"]);
    }

    #[test]
    fn a_chat_keeps_its_clock() {
        let json = r#"{"Channel":"CHAT","Participants":[{"ParticipantId":"1","ParticipantRole":"CUSTOMER"}],
            "Transcript":[{"ParticipantId":"1","Type":"EVENT"},
            {"ParticipantId":"1","Content":"hoi","AbsoluteTime":"2026-03-02T10:00:00.5Z","DisplayName":"Jan"}]}"#;
        let items = read_contact_lens(json.into(), "x", &Options::default());
        let Item::Conversation(imported) = &items[0] else { panic!("{items:?}") };
        assert_eq!(imported.conversation.channel, Channel::Chat);
        let turn = &imported.conversation.turns[0];
        assert!(turn.at.as_ref().unwrap().to_string().starts_with("2026-03-02T10:00:00.5"));
        assert_eq!(turn.speaker.as_deref(), Some("Jan"));
        assert_eq!(imported.notes.len(), 1);
    }

    #[test]
    fn wrong_files_are_one_clear_problem() {
        assert_eq!(check(&call("[]", "[]")), ["1 no_turns"]);
        assert_eq!(check(&call("[]", r#"[{"ParticipantId":"zz","Content":"?"}]"#)), ["1 no_turns"]);
        assert_eq!(check(&call("7", "[]")), ["3 invalid_conversation"]);
        assert_eq!(check("{\"Transcript\":[{"), ["1 invalid_json"]);
    }
}
