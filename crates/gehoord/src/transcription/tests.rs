use std::path::PathBuf;

use gehoord_conversation::Party;
use gehoord_listening::Listener;
use gehoord_speech::synthesis::voice::Manner;
use gehoord_speech::synthesis::{Form, Line as MadeLine, Script, wav};
use gehoord_speech::transcribe::{Line, Scripted};
use serde_json::Value;

use super::*;
use crate::sound::{Given, Heard, hear};

/// A stretch that was written out: words with their times.
type Answer = &'static [(&'static str, u32, u32)];

/// What is said in the call: the agent's words end first.
const AGENT: Answer = &[
    ("Drie", 200, 500),
    ("keer", 500, 800),
    ("is", 900, 1_000),
    ("te", 1_000, 1_200),
    ("veel.", 1_200, 1_900),
];
/// The customer's two turns are one stretch: rests are cut to .8 s.
const CUSTOMER: Answer = &[
    ("Ik", 200, 400),
    ("bel", 400, 700),
    ("voor", 700, 1_000),
    ("de", 1_000, 1_100),
    ("derde", 1_100, 1_500),
    ("keer.", 1_500, 3_900),
    ("Dank", 5_300, 5_600),
    ("u.", 5_600, 5_900),
];

/// The customer speaks on the first channel from 1 s to 5 s and from 9 s to 11 s, the agent on the
/// second from 6 s to 8 s.
fn call(folder: &Path) -> Recording {
    let manner = |pitch, length| Manner { pitch, movement: 4.0, pace: 4.5, level: -20.0, length };
    let line = |channel, start, syllables| {
        let manner = if channel == 0 { manner(205.0, 0.87) } else { manner(115.0, 1.0) };
        MadeLine { channel, start, syllables, manner }
    };
    let lines = vec![line(0, 1_000, 18), line(1, 6_000, 9), line(0, 9_000, 9)];
    let script = Script { lines, noise: Some(-60.0), length: 12_000, seed: 3, ..Script::default() };
    let made = script.make();
    let bytes = wav(&[&made.channels[0], &made.channels[1]], made.rate, Form::Pcm);
    let file = folder.join("call.wav");
    std::fs::write(&file, bytes).unwrap();
    Recording::of(&file).unwrap()
}

/// The same in one channel.
fn one_channel(folder: &Path) -> Recording {
    let manner = Manner { pitch: 205.0, movement: 4.0, pace: 4.5, level: -20.0, length: 0.87 };
    let lines = vec![MadeLine { channel: 0, start: 1_000, syllables: 18, manner }];
    let script = Script { lines, noise: Some(-60.0), length: 6_000, seed: 3, ..Script::default() };
    let made = script.make();
    let file = folder.join("one.wav");
    std::fs::write(&file, wav(&[&made.channels[0]], made.rate, Form::Pcm)).unwrap();
    Recording::of(&file).unwrap()
}

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("gehoord-{}-{name}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn given(answers: &[Answer], save: Option<&Path>, locale: Option<&str>) -> Result<Given> {
    let locale: Option<Locale> = locale.map(|locale| locale.parse().unwrap());
    let model = Model { name: "made.bin".to_owned(), sha256: "00".to_owned() };
    let wanted = Wanted { locale: locale.as_ref(), save, quiet: true };
    let writes = Transcription::new(Arc::new(Scripted::new(answers)), model, wanted)?;
    Ok(Given { writes: Some(writes), ..Given::default() })
}

fn heard<'g>(recording: &Recording, given: &'g Given) -> Result<Heard<'g>> {
    hear(recording, given, &Listener::embedded().unwrap())
}

#[test]
fn words_land_with_the_party_on_whose_channel_they_were_said() {
    let folder = folder("parties");
    let given = given(&[AGENT, CUSTOMER], None, Some("nl-NL")).unwrap();
    let heard = heard(&call(&folder), &given).unwrap();
    let said: Vec<_> = heard.lines.iter().map(|l| (l.party.unwrap(), l.text())).collect();
    assert_eq!(
        said,
        [
            (Party::Customer, "Ik bel voor de derde keer.".to_owned()),
            (Party::Agent, "Drie keer is te veel.".to_owned()),
            (Party::Customer, "Dank u.".to_owned()),
        ]
    );
    // The second turn of the customer, behind a rest that was cut short, is where it was.
    let thanks = heard.lines[2].span();
    assert!(thanks.start_ms.abs_diff(9_200) < 250 && thanks.end_ms < 11_100, "{thanks:?}");
    let wire = serde_json::to_value(heard.wire()).unwrap();
    assert_eq!(wire["words"]["turns"][0]["repeat_contact"], true, "{wire}");
    assert_eq!(wire["transcript"][1]["party"], "agent");
    assert_eq!(wire["voice"]["turns"][2]["said"][0], 2);
    assert!(heard.notes.iter().any(|note| note.contains("--agent-channel")));
}

#[test]
fn what_is_saved_is_read_back_as_the_same_conversation() {
    let folder = folder("saved");
    let (file, recording) = (folder.join("call.json"), call(&folder));
    let writes = given(&[AGENT, CUSTOMER], Some(&file), Some("nl-NL")).unwrap();
    let first = heard(&recording, &writes).unwrap();
    assert!(!folder.join("call.json.partial").exists());
    let options = gehoord_ingest::Options { locale: "nl-NL".parse().ok(), ..Default::default() };
    let back = Given::new(None, Some(&file), &options).unwrap();
    let second = heard(&recording, &back).unwrap();
    let turns = |heard: &Heard<'_>| {
        let said = &heard.words.as_ref().unwrap().0;
        said.turns.iter().map(|t| (t.party, t.text.clone(), t.spoken())).collect::<Vec<_>>()
    };
    assert_eq!(turns(&first), turns(&second));
    let saved: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    assert_eq!(saved["segments"][0]["words"][5]["word"], "keer.");
    assert_eq!((&saved["language"], &saved["model"]["name"]), (&"nl".into(), &"made.bin".into()));
    // It is not written over.
    let error = given(&[], Some(&file), None).err().unwrap().to_string();
    assert!(error.contains("--transcript"), "{error}");
}

#[test]
fn what_was_interrupted_goes_on_where_it_was() {
    let folder = folder("interrupted");
    let (file, recording) = (folder.join("call.json"), call(&folder));
    let partial = folder.join("call.json.partial");
    // The second stretch is never written out, as if the power went.
    let first = given(&[AGENT], Some(&file), Some("nl-NL")).unwrap();
    assert!(heard(&recording, &first).unwrap_err().to_string().contains("no more answers"));
    assert!(partial.exists() && !file.exists());
    // Of the last line half was written.
    let mut text = std::fs::read_to_string(&partial).unwrap();
    text.push_str("{\"channel\":0,\"start_ms\":88");
    std::fs::write(&partial, text).unwrap();
    // Only what is missing is asked for.
    let second = given(&[CUSTOMER], Some(&file), Some("nl-NL")).unwrap();
    let heard_then = heard(&recording, &second).unwrap();
    let said: Vec<String> = heard_then.lines.iter().map(Line::text).collect();
    assert_eq!(said, ["Ik bel voor de derde keer.", "Drie keer is te veel.", "Dank u."]);
    assert!(file.exists() && !partial.exists());
    // What is of something else is neither used nor lost.
    std::fs::remove_file(&file).unwrap();
    let one = given(&[AGENT], Some(&file), Some("nl-NL")).unwrap();
    heard(&recording, &one).unwrap_err();
    let other = given(&[AGENT, CUSTOMER], Some(&file), Some("en-GB")).unwrap();
    let error = heard(&recording, &other).unwrap_err().to_string();
    assert!(error.contains("of another recording, model or locale"), "{error}");
    assert!(partial.exists());
}

#[test]
fn one_channel_is_written_out_and_nobody_is_taken_for_the_customer() {
    let folder = folder("one-channel");
    let given = given(&[CUSTOMER], None, None).unwrap();
    let heard = heard(&one_channel(&folder), &given).unwrap();
    assert!(heard.words.is_none());
    assert_eq!(heard.lines[0].party, None);
    assert!(heard.notes.iter().any(|note| note.contains("which are the customer's")));
    let wire = serde_json::to_value(heard.wire()).unwrap();
    assert!(wire.get("words").is_none());
    assert!(wire["transcript"][0]["text"].as_str().unwrap().starts_with("Ik bel"), "{wire}");
}

#[test]
fn who_is_named_in_a_saved_transcript_is_masked_when_it_is_imported() {
    const NAMED: Answer = &[
        ("Goedemorgen,", 200, 600),
        ("u", 600, 700),
        ("spreekt", 700, 1_000),
        ("met", 1_000, 1_100),
        ("Sanne", 1_100, 1_500),
        ("de", 1_500, 1_600),
        ("Vries.", 1_600, 1_900),
    ];
    let folder = folder("masked");
    let file = folder.join("call.json");
    let writes = given(&[NAMED, CUSTOMER], Some(&file), Some("nl-NL")).unwrap();
    heard(&call(&folder), &writes).unwrap();
    let saved = std::io::BufReader::new(File::open(&file).unwrap());
    let read = gehoord_ingest::read(saved, "call", &gehoord_ingest::Options::default()).next();
    let Some(gehoord_ingest::Item::Conversation(imported)) = read else { panic!("{read:?}") };
    let finder = gehoord_ingest::Pseudonymiser::embedded();
    let masker = gehoord_ingest::ConversationMasker::new(&finder, None);
    let masked = masker.conversation(&imported.conversation).conversation;
    let shown = format!("{masked:?}");
    assert!(shown.contains("spreekt met [naam-1]"), "{shown}");
    assert!(!shown.contains("Sanne") && !shown.contains("Vries"), "{shown}");
}
