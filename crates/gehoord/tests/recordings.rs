//! Recordings of calls, as a user hears them.

mod common;
#[allow(dead_code, reason = "each test file uses its own part")]
#[path = "../../gehoord-store/tests/common/databases.rs"]
mod databases;
#[allow(dead_code, reason = "each test file uses its own part")]
#[path = "common/place.rs"]
mod place;

use std::path::Path;

use common::{folder, run, text};
use gehoord_speech::audio::g711::Law;
use gehoord_speech::synthesis::voice::Manner;
use gehoord_speech::synthesis::{Form, Line, Made, Script, wav};
use place::{On, Place, Server};
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
    assert!(err.contains("probeer het andere --agent-channel"), "{err}");
}

#[test]
fn a_sheet_shows_both_voices_as_lanes_with_their_tables_and_the_words_where_they_are_known() {
    let folder = folder("sheet");
    let vtt = written(&folder, "call.vtt", VTT.as_bytes());
    let file = written(&folder, "call.wav", &two(&call(), Form::Pcm));
    let sheet = |args: &[&str]| {
        let sheet = run(&[&["listen", "--format", "html", "--ui", "nl"], args].concat(), "");
        assert_eq!(sheet.status.code(), Some(0), "{}", text(&sheet.stderr));
        let page = text(&sheet.stdout);
        for bad in ["<script", "<audio", "<input", " style=", "data-seek", "<form"] {
            assert!(!page.contains(bad), "{bad}");
        }
        assert!(page.contains("<svg class=\"lanes\"") && page.contains("lane-talk customer"));
        for table in ["call-facts", "call-turns"] {
            assert!(page.contains(&format!("<table class=\"{table}\"")), "{table}");
        }
        page
    };
    let words = sheet(&[&file, "--transcript", &vtt]);
    // Times lead to the words, and the words know when they were said.
    assert!(words.contains("href=\"#turn-0\"") && words.contains("id=\"turn-0\" data-from=\""));
    assert!(words.contains("id=\"verdict\"") && !words.contains("geen transcript"));
    let alone = sheet(&[&file]);
    assert!(alone.contains("De woorden van dit gesprek zijn niet bekend"), "{alone}");
    assert!(!alone.contains("id=\"verdict\"") && !alone.contains("id=\"promises\""));
    // Several have ids of their own.
    let other = written(&folder, "other.wav", &two(&call(), Form::Pcm));
    let both = sheet(&[&file, &other]);
    assert!(both.contains("id=\"c1-call\"") && both.contains("id=\"c2-h-call\""));
}

#[test]
fn what_text_tells_of_a_call_its_sheet_tells_too() {
    let folder = folder("same");
    let file = written(&folder, "call.wav", &two(&call(), Form::Pcm));
    let out = |format: &str| {
        let out = run(&["listen", "--ui", "nl", "--format", format, &file], "");
        text(&out.stdout).to_lowercase()
    };
    let (shown, drawn) = (out("text"), out("html"));
    for what in
        ["toonhoogte", "luidheid", "tempo", "langste beurt", "spiegelen", "neemt het woord af"]
    {
        assert!(shown.contains(what) && drawn.contains(what), "{what}");
    }
    // Each line of a measure has the same figures.
    let figures = shown.lines().find(|line| line.starts_with("spreekt")).unwrap();
    let figures: Vec<&str> = figures["spreekt".len()..].split("  ").map(str::trim).collect();
    for figure in figures.into_iter().filter(|figure| !figure.is_empty()) {
        assert!(drawn.contains(figure), "{figure}");
    }
}

#[test]
fn of_one_channel_it_is_said_everywhere_that_nobody_told_the_voices_apart() {
    let folder = folder("one-channel");
    let made = call();
    let file = written(&folder, "one.wav", &wav(&[&made.channels[0]], made.rate, Form::Pcm));
    for format in ["text", "html"] {
        let out = run(&["listen", "--ui", "nl", "--quiet", "--format", format, &file], "");
        assert!(text(&out.stdout).contains("niet uit elkaar gehaald"), "{format}");
    }
    let (report, _) = json(&["listen", &file, "--quiet", "--format", "json"]);
    let notes = report["notes"].to_string();
    assert!(notes.contains("its voices are not told apart"), "{notes}");
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
        assert!(text(&output.stderr).contains("hoort bij één opname"));
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

/// What was said in [`call`], with the times of its words; the name and the number lie from 1.5 s to
/// 2.4 s and from 9.6 s on, where the aligner gave no time.
const WHISPERX: &str = r#"{"language":"nl","segments":[
 {"start":1.0,"end":5.0,"text":" Met Wilhelmina Zonderland, ik bel nu voor de derde keer.","speaker":"Klant","words":[
  {"word":"Met","start":1.0,"end":1.4},{"word":"Wilhelmina","start":1.5,"end":1.9},
  {"word":"Zonderland,","start":1.95,"end":2.4},{"word":"ik","start":2.6,"end":2.8},
  {"word":"bel","start":2.8,"end":3.1},{"word":"nu","start":3.1,"end":3.3},
  {"word":"voor","start":3.3,"end":3.6},{"word":"de","start":3.6,"end":3.7},
  {"word":"derde","start":3.7,"end":4.2},{"word":"keer.","start":4.2,"end":5.0}]},
 {"start":6.0,"end":8.0,"text":" Drie keer bellen is te veel, ik zoek het uit.","speaker":"Medewerker"},
 {"start":9.0,"end":11.0,"text":" Graag, bel 0612345678 terug.","speaker":"Klant","words":[
  {"word":"Graag,","start":9.0,"end":9.3},{"word":"bel","start":9.3,"end":9.6},
  {"word":"0612345678"},{"word":"terug.","start":10.6,"end":11.0}]}],"word_segments":[]}"#;

/// Where the bytes of the samples begin in a WAV file of µ-law.
const HEAD: usize = 46;

/// The sounds that are kept.
fn sounds(place: &Place) -> Vec<Vec<u8>> {
    fn walk(folder: &Path, found: &mut Vec<Vec<u8>>) {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, found);
            } else if std::fs::read(&path).is_ok_and(|bytes| bytes.starts_with(b"RIFF")) {
                found.push(std::fs::read(path).unwrap());
            }
        }
    }
    let mut found = Vec::new();
    for entry in std::fs::read_dir(&place.folder).unwrap().flatten() {
        if entry.path().is_dir() && entry.file_name().to_string_lossy().contains("files") {
            walk(&entry.path(), &mut found);
        }
    }
    found
}

/// [`call`] with hold music behind it, over a telephone line.
fn with_music() -> Made {
    let manner = |pitch, length| Manner { pitch, movement: 4.0, pace: 4.5, level: -20.0, length };
    let line = |channel, start, syllables| {
        let manner = if channel == 0 { manner(205.0, 0.87) } else { manner(115.0, 1.0) };
        Line { channel, start, syllables, manner }
    };
    let lines = vec![line(0, 1_000, 18), line(1, 6_000, 9), line(0, 9_000, 9)];
    let music = vec![(1, 13_000, 22_000)];
    Script { lines, music, noise: Some(-60.0), length: 24_000, seed: 3, ..Script::default() }
        .make()
        .over_the_line()
}

#[test]
fn names_and_hold_are_silence_in_the_sound_that_is_kept_and_nothing_else_is() {
    let place = Place::new(On::Sqlite).unwrap();
    let given = two(&with_music(), Form::MuLaw);
    let call = written(&place.folder, "call.wav", &given);
    written(&place.folder, "call.json", WHISPERX.as_bytes());
    let words = place.folder.join("call.json").display().to_string();
    let import = ["import", "--team", "Bellen", "--quiet", &call, &words];
    assert_eq!(place.good(&import, ""), "1 nieuw, 0 veranderd, 0 hetzelfde, 0 mislukt\n");
    let [kept] = &sounds(&place)[..] else { panic!("one sound is kept") };
    assert_eq!(kept.len(), given.len());
    let silence = Law::Mu.encode(0.0);
    // Name and number with their margins; between the words that have a time, all goes.
    let silenced = [(1_420, 2_480), (9_520, 10_680)];
    let (mut quiet, mut other) = (0, 0);
    for (at, (now, before)) in kept[HEAD..].iter().zip(&given[HEAD..]).enumerate() {
        let ms = at / 2 / 8;
        if silenced.iter().any(|(start, end)| (*start..*end).contains(&ms)) {
            assert_eq!(*now, silence, "at {ms} ms");
            quiet += 1;
        } else if ms < 12_500 {
            assert_eq!(Law::Mu.decode(*now), Law::Mu.decode(*before), "at {ms} ms");
            other += 1;
        } else if (13_300..21_700).contains(&ms) {
            assert_eq!(*now, silence, "hold music at {ms} ms");
        }
    }
    assert!(quiet > 30_000 && other > 100_000, "{quiet} {other}");
    let export = place.good(&["export"], "");
    assert!(!export.contains("Zonderland") && !export.contains("0612345678"), "{export}");
    assert!(export.contains("derde keer"), "{export}");
    // The same again changes nothing; nor does the recording without its words.
    assert_eq!(place.good(&import, ""), "0 nieuw, 0 veranderd, 1 hetzelfde, 0 mislukt\n");
    let alone = ["import", "--team", "Bellen", "--quiet", &call];
    assert_eq!(place.good(&alone, ""), "0 nieuw, 0 veranderd, 1 hetzelfde, 0 mislukt\n");
    assert_eq!(sounds(&place).as_slice(), std::slice::from_ref(kept));
    assert!(place.good(&["export"], "").contains("derde keer"));
    // Not wanted any more, it goes; the measures stay.
    let none = ["import", "--team", "Bellen", "--quiet", "--keep-sound", "0", &call, &words];
    assert_eq!(place.good(&none, ""), "0 nieuw, 1 veranderd, 0 hetzelfde, 0 mislukt\n");
    assert!(sounds(&place).is_empty());
}

#[test]
fn of_a_recording_without_words_only_the_measures_are_kept() {
    let place = Place::new(On::Sqlite).unwrap();
    let made = call();
    let file = written(&place.folder, "alone.wav", &two(&made, Form::Pcm));
    let output = place.run(&["import", "--team", "Bellen", &file], "");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("het geluid zelf niet"), "{}", text(&output.stderr));
    assert!(sounds(&place).is_empty());
    // Its words come later, under another name: it is the same call.
    let words = written(&place.folder, "words.json", WHISPERX.as_bytes());
    let with = ["import", "--team", "Bellen", "--quiet", &file, "--transcript", &words];
    assert_eq!(place.good(&with, ""), "0 nieuw, 1 veranderd, 0 hetzelfde, 0 mislukt\n");
    assert_eq!(sounds(&place).len(), 1);
    // Words without times tell nothing of where names are said.
    let plain = "Klant: Met Wilhelmina Zonderland.\nMedewerker: Goedemorgen, zegt u het maar.\n";
    let plain = written(&place.folder, "plain.txt", plain.as_bytes());
    let file = written(&place.folder, "plain.wav", &two(&made, Form::MuLaw));
    place.good(&["import", "--team", "Bellen", "--quiet", &file, "--transcript", &plain], "");
    assert_eq!(sounds(&place).len(), 1);
}

#[test]
fn without_a_model_that_works_the_rest_is_done_and_it_is_said_why() {
    let place = Place::new(On::Sqlite).unwrap();
    let file = written(&place.folder, "alone.wav", &two(&call(), Form::Pcm));
    let model = written(&place.folder, "model.bin", b"{\"no\": \"model\"}");
    let built = cfg!(feature = "whisper");
    let why = if built { "geen Whisper-model" } else { "--features whisper" };
    let import = ["import", "--team", "Bellen", "--stt-model", &model, &file];
    let output = place.run(&import, "");
    assert_eq!(output.status.code(), Some(1));
    let err = text(&output.stderr);
    assert!(err.contains("Spraak naar tekst staat uit") && err.contains(why), "{err}");
    assert_eq!(text(&output.stdout), "1 nieuw, 0 veranderd, 0 hetzelfde, 0 mislukt\n");
    // Nobody needs it for words that are there; the environment names it as well.
    let words = written(&place.folder, "words.json", WHISPERX.as_bytes());
    let with = ["import", "--team", "Bellen", "--quiet", &file, "--transcript", &words];
    let mut with = place.command(&with);
    with.env("GEHOORD_STT_MODEL", &model);
    let output = place::output(with, "");
    assert_eq!((output.status.code(), text(&output.stderr).as_str()), (Some(0), ""));
    // A server says it at the start, and serves.
    let none = place.folder.join("none.bin").display().to_string();
    let mut server = Server::start_with(&place, &["--stt-model", &none], "stt_model");
    assert!(server.said.contains("al het andere werkt"), "{}", server.said);
    let told = if built { "scripts/speech-model gets one" } else { "--features whisper" };
    assert!(server.said.contains(told), "{}", server.said);
    assert_eq!(server.ask("GET", "/health", &[], "").0, 200);
}

#[test]
fn words_of_another_call_and_several_recordings_with_one_transcript_are_refused() {
    let place = Place::new(On::Sqlite).unwrap();
    let file = written(&place.folder, "call.wav", &two(&call(), Form::Pcm));
    let other = VTT.replace("00:0", "01:0").replace("--> 00:1", "--> 01:1");
    let other = written(&place.folder, "other.vtt", other.as_bytes());
    let output = place.run(&["import", "--team", "Bellen", &file, "--transcript", &other], "");
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("waar niemand spreekt"), "{}", text(&output.stderr));
    let two = ["import", "--team", "Bellen", &file, &file, "--transcript", &other];
    let output = place.run(&two, "");
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("hoort bij één opname"), "{}", text(&output.stderr));
    assert!(place.kept().is_empty() && sounds(&place).is_empty());
}
