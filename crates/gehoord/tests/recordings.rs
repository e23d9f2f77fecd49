//! Recordings of calls, as a user hears them.

mod common;

use std::path::Path;

use common::{folder, run, text};
use gehoord_speech::audio::g711::Law;
use gehoord_speech::synthesis::voice::Manner;
use gehoord_speech::synthesis::{Form, Line, Made, Script, wav};
use serde_json::Value;

/// The customer speaks on the first channel from 1 s to 5 s, the agent on the second from 6 s to
/// 8 s, and the customer again from 9 s to 11 s.
fn call() -> Made {
    let manner = |pitch, length| Manner { pitch, movement: 4.0, pace: 4.5, level: -20.0, length };
    let line = |channel, start, syllables| {
        let manner = if channel == 0 { manner(205.0, 0.87) } else { manner(115.0, 1.0) };
        Line { channel, start, syllables, manner }
    };
    let lines = vec![line(0, 1_000, 18), line(1, 6_000, 9), line(0, 9_000, 9)];
    Script { lines, noise: Some(-60.0), length: 12_000, seed: 3, ..Script::default() }.make()
}

fn written(folder: &Path, name: &str, bytes: &[u8]) -> String {
    let file = folder.join(name);
    std::fs::write(&file, bytes).unwrap();
    file.to_str().unwrap().to_owned()
}

fn two(made: &Made, form: Form) -> Vec<u8> {
    wav(&[&made.channels[0], &made.channels[1]], made.rate, form)
}

fn json(args: &[&str]) -> (Value, String) {
    let output = run(args, "");
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{err}");
    (serde_json::from_str(&out).unwrap_or_else(|e| panic!("{e}: {out}")), err)
}

const VTT: &str = "WEBVTT\n\n00:01.000 --> 00:05.000\n<v Klant>Ik bel nu voor de derde keer en \
                   niemand belt mij terug.\n\n00:06.000 --> 00:08.000\n<v Medewerker>Drie keer \
                   bellen is te veel, ik zoek het uit.\n\n00:09.000 --> 00:11.000\n<v Klant>Dank u \
                   wel, fijn.\n";

#[test]
fn a_recording_tells_who_spoke_when() {
    let folder = folder("who-spoke");
    let line = call().over_the_line();
    let file = written(&folder, "call.wav", &two(&line, Form::MuLaw));
    let (report, err) = json(&["listen", &file, "--format", "json", "--ui", "en"]);
    assert!(err.contains("--agent-channel"), "{err}");
    assert_eq!((&report["schema"], &report["id"]), (&Value::from(1), &Value::from("call.wav")));
    assert!(report.get("words").is_none());
    let turns = report["voice"]["turns"].as_array().unwrap();
    let parties: Vec<_> = turns.iter().map(|turn| turn["party"].as_str().unwrap()).collect();
    assert_eq!(parties, ["customer", "agent", "customer"]);
    for (turn, (start, end)) in turns.iter().zip([(1_000, 5_000), (6_000, 8_000), (9_000, 11_000)])
    {
        let off = |key: &str, known: u64| turn[key].as_u64().unwrap().abs_diff(known);
        assert!(off("start_ms", start) <= 50 && off("end_ms", end) <= 50, "{turn}");
    }
    let (report, err) =
        json(&["listen", &file, "--format", "jsonl", "--agent-channel", "1", "--ui", "en"]);
    assert!(!err.contains("--agent-channel"), "{err}");
    assert_eq!(report["voice"]["turns"][0]["party"], "agent");
}

#[test]
fn a_recording_reads_well_in_dutch() {
    let folder = folder("reads-well");
    let file = written(&folder, "call.wav", &two(&call(), Form::Pcm));
    let output = run(&["listen", &file, "--ui", "nl", "--quiet"], "");
    assert_eq!(text(&output.stderr), "");
    let out = text(&output.stdout);
    for words in [
        "Klant                     Medewerker",
        "spreekt                 6,0 s (75 %)",
        "antwoordt na",
        "lettergrepen/s",
        "te weinig beurten om iets over te zeggen",
        "Dit meet geluid. Het zegt niet wat iemand voelde.",
    ] {
        assert!(out.contains(words), "'{words}' is missing in:\n{out}");
    }
}

#[test]
fn words_and_voice_come_together_and_the_words_tell_the_channels() {
    let folder = folder("words-and-voice");
    let made = call();
    let vtt = written(&folder, "call.txt", VTT.as_bytes());
    let right = two(&made, Form::Pcm);
    let crossed = wav(&[&made.channels[1], &made.channels[0]], made.rate, Form::Pcm);
    for (name, bytes) in [("right.wav", right), ("crossed.wav", crossed)] {
        let file = written(&folder, name, &bytes);
        let (report, err) =
            json(&["listen", &file, "--transcript", &vtt, "--from", "vtt", "--format", "json"]);
        assert!(!err.contains("--agent-channel"), "{name}: {err}");
        let turns = report["voice"]["turns"].as_array().unwrap();
        for (i, (turn, party)) in turns.iter().zip(["customer", "agent", "customer"]).enumerate() {
            assert_eq!((&turn["party"], &turn["said"][0]), (&party.into(), &i.into()), "{name}");
        }
        assert!(report["words"]["heard"]["score"].is_number());
        assert_eq!(report["words"]["turns"].as_array().unwrap().len(), 3);
    }
    let file = folder.join("right.wav");
    let out = run(&["listen", file.to_str().unwrap(), "--transcript", &vtt, "--ui", "nl"], "");
    let out = text(&out.stdout);
    assert!(out.contains("toonhoogte") && out.contains("herhaalcontact"), "{out}");
    // Said against the words, the channels stay as they were said to be, with a note.
    let (_, err) = json(&[
        "listen",
        file.to_str().unwrap(),
        "--transcript",
        &vtt,
        "--agent-channel",
        "1",
        "--format",
        "json",
    ]);
    assert!(err.contains("try the other --agent-channel"), "{err}");
}

#[test]
fn a_sheet_shows_the_words_of_a_recording_or_says_that_there_are_none() {
    let folder = folder("sheet");
    let vtt = written(&folder, "call.vtt", VTT.as_bytes());
    let file = written(&folder, "call.wav", &two(&call(), Form::Pcm));
    let sheet = run(&["listen", &file, "--transcript", &vtt, "--format", "html"], "");
    assert_eq!(sheet.status.code(), Some(0), "{}", text(&sheet.stderr));
    assert!(text(&sheet.stdout).contains("<!doctype html>"));
    let none = run(&["listen", &file, "--format", "html"], "");
    assert_eq!(none.status.code(), Some(1));
    assert!(text(&none.stderr).contains("--transcript FILE"), "{}", text(&none.stderr));
}

#[test]
fn a_transcript_goes_with_one_recording() {
    let folder = folder("one-recording");
    let vtt = written(&folder, "call.vtt", VTT.as_bytes());
    let file = written(&folder, "call.wav", &two(&call(), Form::Pcm));
    for args in [
        vec!["listen", &vtt, "--transcript", &vtt],
        vec!["listen", &file, &file, "--transcript", &vtt],
    ] {
        let output = run(&args, "");
        assert_eq!(output.status.code(), Some(2));
        assert!(text(&output.stderr).contains("goes with one recording"));
    }
    let none = folder.join("none.vtt");
    let output = run(&["listen", &file, "--transcript", none.to_str().unwrap()], "");
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("none.vtt"));
}

#[test]
fn what_cannot_be_heard_is_an_error_in_its_place_and_the_rest_goes_on() {
    let folder = folder("cannot-be-heard");
    let made = call();
    let whole = two(&made, Form::Pcm);
    let cut = written(&folder, "cut.wav", &whole[..whole.len() / 2]);
    let broken = written(&folder, "broken.wav", b"RIFF\0\0\0\0WAVEnothing");
    let opus = written(&folder, "call.opus", b"OggS\0\x02.......OpusHead");
    let line = made.over_the_line();
    let raw: Vec<u8> = line.channels[0].iter().map(|x| Law::A.encode(*x)).collect();
    let raw = written(&folder, "call.alaw", &raw);
    let words = written(&folder, "call.vtt", VTT.as_bytes());
    let args = ["listen", &cut, &broken, &opus, &raw, &words, "--format", "jsonl", "--ui", "en"];
    let output = run(&args, "");
    assert_eq!(output.status.code(), Some(1));
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    let lines: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let [cut, broken, opus, raw, words] = &lines[..] else { panic!("{out}") };
    assert!(cut["notes"][0].as_str().unwrap().contains("cut off"), "{cut}");
    assert!(cut["voice"]["length_ms"].as_u64().unwrap().abs_diff(6_000) < 200, "{cut}");
    for (error, words) in [(broken, "expected WAV, MP3"), (opus, "ffmpeg")] {
        assert_eq!(error["error"]["code"], "unreadable");
        assert!(error["error"]["message"].as_str().unwrap().contains(words), "{error}");
    }
    assert!(raw["voice"]["turns"][0]["party"].is_null(), "{raw}");
    assert!(raw["notes"][0].as_str().unwrap().contains("not told apart"), "{raw}");
    assert_eq!(words["turns"].as_array().unwrap().len(), 3);
    assert!(err.contains("broken.wav: ") && err.contains("cut.wav: note: "), "{err}");
}

#[test]
fn the_contract_of_a_recording_is_published() {
    let output = run(&["schema", "call"], "");
    let schema: Value = serde_json::from_str(&text(&output.stdout)).unwrap();
    assert!(schema["properties"]["voice"].is_object());
}
