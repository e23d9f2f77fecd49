//! A call from end to end: sound in, words and voice out, with a real model. GEHOORD_TEST_STT_MODEL
//! names the file (scripts/speech-model gets one), and the feature `whisper` must be on.
#![allow(clippy::print_stdout, reason = "a test says why it is skipped")]

mod common;
#[path = "common/espeak.rs"]
mod espeak;

use std::path::Path;

use common::{folder, run, text};
use gehoord_speech::synthesis::{Form, wav};
use serde_json::Value;

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

#[test]
fn a_model_that_is_none_is_told_apart_and_the_way_to_one_is_told() {
    let folder = folder("stt-none");
    let model = folder.join("model.bin");
    std::fs::write(&model, "Klant: hoi").unwrap();
    let call = folder.join("call.wav");
    std::fs::write(&call, wav(&[&[0.0; 8_000]], 8_000, Form::Pcm)).unwrap();
    let (call, model) = (call.to_str().unwrap(), model.to_str().unwrap());
    let output = run(&["listen", call, "--stt-model", model], "");
    assert_eq!(output.status.code(), Some(2));
    let err = text(&output.stderr);
    if cfg!(feature = "whisper") {
        assert!(
            err.contains("model.bin")
                && err.contains("geen Whisper-model")
                && err.contains("iets anders"),
            "{err}"
        );
        let none = folder.join("none.bin");
        let output = run(&["listen", call, "--stt-model", none.to_str().unwrap()], "");
        let err = text(&output.stderr);
        assert!(err.contains("none.bin") && err.contains("scripts/speech-model"), "{err}");
    } else {
        assert!(err.contains("--features whisper") && err.contains("--transcript"), "{err}");
    }
    // A transcript is of one recording, and needs something that writes it.
    let alone = run(&["listen", call, "--save-transcript", "x.json"], "");
    assert_eq!(alone.status.code(), Some(2));
    let two = ["listen", call, call, "--stt-model", model, "--save-transcript", "x.json"];
    assert!(text(&run(&two, "").stderr).contains("één opname"));
}

#[test]
fn a_third_contact_is_heard_from_its_sound_alone() {
    let Ok(model) = std::env::var("GEHOORD_TEST_STT_MODEL") else {
        println!("skipped: GEHOORD_TEST_STT_MODEL names no model (scripts/speech-model gets one)");
        return;
    };
    if cfg!(not(feature = "whisper")) {
        println!("skipped: built without the feature whisper");
        return;
    }
    let Some(call) = espeak::third_contact(root()) else {
        println!("skipped: espeak-ng is not installed");
        return;
    };
    let folder = folder("stt-third-contact");
    let file = folder.join("call.wav");
    std::fs::write(&file, wav(&[&call.channels[0], &call.channels[1]], espeak::RATE, Form::Pcm))
        .unwrap();
    let (file, saved) = (file.to_str().unwrap(), folder.join("call.json"));
    let saved = saved.to_str().unwrap();
    let listen = ["listen", file, "--stt-model", &model, "--locale", "nl-NL", "--jobs", "1"];
    let output =
        run(&[&listen[..], &["--save-transcript", saved, "--format", "json"]].concat(), "");
    let err = text(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{err}");
    assert!(err.contains("writing out") && err.contains("call.json.partial"), "{err}");
    let report: Value = serde_json::from_str(&text(&output.stdout)).unwrap();
    println!("{:#}", report["transcript"]);

    // What both said is with the party who said it.
    for (party, said) in [("customer", &call.said[0]), ("agent", &call.said[1])] {
        let lines = report["transcript"].as_array().unwrap().iter();
        let heard: Vec<&str> = lines
            .filter(|line| line["party"] == party)
            .map(|line| line["text"].as_str().unwrap())
            .collect();
        let found = found(said, &heard.join(" "));
        // Synthetic voices are hard to understand: see EVALUATION.md.
        assert!(found >= 0.5, "{found:.2} of the words of the {party}: {heard:?}");
    }
    // What it comes to.
    let turns = report["words"]["turns"].as_array().unwrap();
    let customer = turns.iter().find(|turn| turn["party"] == "customer").unwrap();
    assert_eq!(customer["repeat_contact"], true, "{customer}");
    assert!(!customer["emotions"].as_array().unwrap().is_empty(), "{customer}");
    let techniques: Vec<&Value> = turns
        .iter()
        .flat_map(|turn| turn["techniques"].as_array().into_iter().flatten())
        .map(|technique| &technique["label"])
        .collect();
    let expected = ["acknowledge_feeling", "restate", "promise_action"];
    assert!(techniques.iter().any(|label| expected.iter().any(|e| *label == e)), "{techniques:?}");
    // How it was said.
    let voice = &report["voice"];
    let near = |value: &Value, known: u32| value.as_u64().unwrap().abs_diff(known.into()) <= 100;
    let overlap = &voice["overlaps"][0];
    assert_eq!((&overlap["by"], &overlap["kind"]), (&"agent".into(), &"backchannel".into()));
    assert!(near(&overlap["start_ms"], call.overlap.0), "{overlap}");
    let agent = &voice["voices"][1];
    assert!(near(&agent["answer_ms"], call.answer_ms), "{agent}");
    assert!(near(&agent["sound"]["longest_pause_ms"], call.pause_ms), "{agent}");

    // The transcript is heard as well without the model, and kept with masks like any other.
    let again =
        run(&["listen", file, "--transcript", saved, "--locale", "nl-NL", "--format", "json"], "");
    let again: Value = serde_json::from_str(&text(&again.stdout)).unwrap();
    // There the agent's "Ja." and answer are one turn, as they stand behind each other.
    let score = |report: &Value| report["words"]["heard"]["score"].as_f64().unwrap();
    assert!((score(&again) - score(&report)).abs() < 10.0, "{again}");
    assert_eq!(again["words"]["turns"][0], report["words"]["turns"][0]);
    let store = format!("sqlite:{}", folder.join("kept.db").display());
    let key = folder.join("kept.key");
    let import = [
        "import",
        saved,
        "--team",
        "Service",
        "--database",
        &store,
        "--key-file",
        key.to_str().unwrap(),
    ];
    let output = run(&import, "");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    // The recording alone is enough where a model is named: then its words are written out, once.
    let kept = ["--team", "Service", "--database", &store, "--key-file", key.to_str().unwrap()];
    let alone = ["import", file, "--stt-model", &model, "--locale", "nl-NL", "--ui", "nl"];
    let alone = [&alone[..], &kept].concat();
    for (counts, words) in [("1 nieuw", "writing out"), ("1 hetzelfde", "al bewaard")] {
        let output = run(&alone, "");
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        assert_eq!(output.status.code(), Some(0), "{err}");
        assert!(out.contains(counts) && err.contains(words), "{out}{err}");
    }
}

/// How much of the words of four letters and more is heard, whether or not written as one word.
fn found(said: &str, heard: &str) -> f64 {
    let words = |text: &str| -> Vec<String> {
        text.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase).collect()
    };
    let heard = words(heard).concat();
    let mut said = words(said);
    said.retain(|word| word.len() >= 4);
    said.iter().filter(|word| heard.contains(*word)).count() as f64 / said.len().max(1) as f64
}
