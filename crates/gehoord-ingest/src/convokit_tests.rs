//! Files of utterances as the versions of ConvoKit write them.

use super::*;
use crate::item::shown;

fn read(lines: &str) -> Vec<Item> {
    read_utterances(lines.as_bytes().to_vec(), "utterances.jsonl", &Options::default())
}

fn check(lines: &str) -> Vec<String> {
    shown(read(lines))
}

fn notes(lines: &str) -> String {
    let Some(Item::Conversation(imported)) = read(lines).into_iter().next() else { panic!() };
    imported.notes.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

const TWO: &str = r#"
{"id":"b","conversation_id":"a","text":"Sorry, I will look.","speaker":"sam","meta":{"role":"agent","likes":3},"reply_to":"a","timestamp":1509487907,"vectors":[]}
{"id":"z","conversation_id":"z","text":"hoi","speaker":"x","meta":{},"reply_to":null,"timestamp":null,"vectors":[]}
{"id":"a","conversation_id":"a","text":"Where is it?","speaker":"jo","meta":{"role":"customer"},"reply_to":null,"timestamp":1509487847.5,"vectors":[]}
"#;

#[test]
fn utterances_are_grouped_and_put_in_order() {
    assert_eq!(
        check(TWO),
        ["2 a: customer Where is it?, agent Sorry, I will look.", "3 z: customer hoi"]
    );
    let items = read(TWO);
    let Item::Conversation(imported) = &items[0] else { panic!("{items:?}") };
    assert!(imported.notes.is_empty(), "{:?}", imported.notes);
    assert_eq!(imported.conversation.customer.as_deref(), Some("jo"));
    let turn = &imported.conversation.turns[1];
    assert_eq!((turn.speaker.as_deref(), turn.external_id.as_deref()), (Some("sam"), Some("b")));
    assert_eq!(turn.at.as_ref().unwrap().timestamp().to_string(), "2017-10-31T22:11:47Z");
    assert_eq!(turn.meta["likes"], 3);
    assert!(!turn.meta.contains_key("vectors"));
}

#[test]
fn older_files_and_speakers_as_objects_are_read() {
    let lines = r#"{"id":2,"root":1,"text":"dag","user":{"id":"s","meta":{"is_agent":true}},"reply-to":1,"timestamp":"12"}
{"id":1,"root":1,"text":"hoi","user":{"id":"k","meta":{"is_agent":false}},"reply-to":null,"timestamp":"3.5"}"#;
    assert_eq!(check(lines), ["1 1: customer hoi, agent dag"]);
    let items = read(lines);
    let Item::Conversation(imported) = &items[0] else { panic!("{items:?}") };
    assert_eq!(imported.conversation.turns[0].meta["timestamp"], "3.5");
    assert!(imported.conversation.turns[0].at.is_none());
}

#[test]
fn without_times_the_answers_give_the_order() {
    let line = |id: &str, to: &str, text: &str| {
        format!(
            r#"{{"id":"{id}","conversation_id":"c","text":"{text}","speaker":"{id}","reply_to":{to},"timestamp":null}}"#
        )
    };
    let lines = [
        line("3", "\"2\"", "drie"),
        line("1", "null", "een"),
        line("2", "\"1\"", "twee"),
        line("4", "\"9\"", "vier"),
        line("5", "null", ""),
    ];
    let lines = lines.join("\n");
    let said: Vec<String> = match &read(&lines)[0] {
        Item::Conversation(i) => i.conversation.turns.iter().map(|t| t.text.clone()).collect(),
        Item::Problem(problem) => panic!("{problem}"),
    };
    assert_eq!(said, ["een", "twee", "drie", "vier"]);
    let notes = notes(&lines);
    assert!(notes.contains("answered in line 4 is not in"), "{notes}");
    assert!(notes.contains("1 utterance without words was left out (line 5)"), "{notes}");
}

#[test]
fn one_wrong_line_does_not_stop_the_rest() {
    let lines = format!(
        "{{\n[]\n{{\"text\":\"x\",\"speaker\":\"a\"}}\n{{\"conversation_id\":1,\"text\":\"x\"}}\n\
         {{\"conversation_id\":1,\"speaker\":\"a\",\"text\":7}}\n\
         {{\"conversation_id\":1,\"speaker\":\"a\",\"text\":\"\"}}\n{}",
        TWO.trim()
    );
    assert_eq!(
        check(&lines),
        [
            "1 invalid_json",
            "2 invalid_conversation",
            "3 invalid_conversation",
            "4 invalid_conversation",
            "5 invalid_conversation",
            "6 no_turns",
            "7 a: customer Where is it?, agent Sorry, I will look.",
            "8 z: customer hoi",
        ]
    );
    assert_eq!(check(""), ["1 no_turns"]);
}

#[test]
fn utterances_are_told_from_conversations() {
    assert!(TWO.trim().lines().all(looks_like_utterance));
    assert!(!looks_like_utterance(
        r#"{"turns":[{"speaker":"a","text":"x","reply_to":1}],"root":1}"#
    ));
    assert!(!looks_like_utterance("{\"text\":\"a\"}"));
}
