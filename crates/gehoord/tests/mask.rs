//! `gehoord mask` as a user runs it.

mod common;

use common::{folder, run, text};

#[test]
fn lines_are_masked_in_one_identity_space() {
    let input = "Mijn naam is Fatima el Amrani.\r\n\nBel Fatima op 06-12345678\nniets\n";
    let output = run(&["mask", "--locale", "nl-NL"], input);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let wanted = "Mijn naam is [naam-1].\r\n\nBel [naam-1] op [telefoon-1]\nniets\n";
    assert_eq!(text(&output.stdout), wanted);
}

#[test]
fn json_says_what_was_masked_where() {
    let output = run(&["mask", "-", "--format", "json"], "één mail: jan@x.nl\nniets");
    let lines: Vec<serde_json::Value> =
        text(&output.stdout).lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0]["text"], "één mail: [e-mail-1]");
    let span = serde_json::json!({"start": 12, "end": 20, "kind": "email", "mask": "[e-mail-1]"});
    assert_eq!(lines[0]["spans"], serde_json::json!([span]));
    assert_eq!(lines[1], serde_json::json!({"text": "niets", "spans": []}));
}

#[test]
fn what_cannot_be_read_is_a_clear_error() {
    let missing = run(&["mask", "/does/not/exist.txt"], "");
    assert_eq!(missing.status.code(), Some(2));
    assert!(text(&missing.stderr).contains("/does/not/exist.txt kan niet gelezen worden"));
}

#[test]
fn a_line_that_is_no_text_gives_an_error_in_its_place_and_the_rest_is_done() {
    let file = folder("mask").join("latin1.txt");
    std::fs::write(&file, b"goed\ncaf\xE9 van Kees\nbel 06-12345678\n").unwrap();
    let path = file.to_str().unwrap();
    let broken = run(&["mask", "--locale", "nl-NL", path], "");
    assert_eq!(broken.status.code(), Some(1));
    assert_eq!(text(&broken.stdout), "goed\n\nbel [telefoon-1]\n");
    assert!(
        text(&broken.stderr).contains("latin1.txt:2: dit is geen tekst in UTF-8"),
        "{}",
        text(&broken.stderr)
    );
    let objects = run(&["mask", "--locale", "nl-NL", "--format", "json", path], "");
    let lines: Vec<serde_json::Value> =
        text(&objects.stdout).lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!((lines.len(), objects.status.code()), (3, Some(1)));
    assert_eq!((&lines[1]["line"], &lines[1]["error"]["code"]), (&2.into(), &"not_utf8".into()));
    assert_eq!(lines[2]["spans"][0]["kind"], "phone");
}

#[test]
fn every_line_gives_an_object_whose_offsets_are_bytes_of_the_line() {
    let input =
        "\u{feff}Mijn naam is Fenna Hoekstra.\r\n\r\n\u{202e}😀 Fenna 👩‍👩‍👧 é\n\r\n   \n[naam-7] belt";
    let output = run(&["mask", "--locale", "nl-NL", "--format", "json"], input);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let lines: Vec<serde_json::Value> =
        text(&output.stdout).lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let wanted: Vec<&str> = input.split('\n').map(|l| l.trim_end_matches('\r')).collect();
    assert_eq!(lines.len(), wanted.len());
    for (line, wanted) in lines.iter().zip(wanted) {
        let (mut back, mut done) = (String::new(), 0);
        for span in line["spans"].as_array().unwrap() {
            let at = |key: &str| usize::try_from(span[key].as_u64().unwrap()).unwrap();
            back.push_str(&wanted[done..at("start")]);
            back.push_str(span["mask"].as_str().unwrap());
            done = at("end");
        }
        back.push_str(&wanted[done..]);
        assert_eq!(line["text"], back.as_str());
    }
    let mask = |line: usize| &lines[line]["spans"][0]["mask"];
    assert_eq!((mask(0), mask(2)), (&"[naam-1]".into(), &"[naam-1]".into()));
}

#[test]
fn a_very_long_line_ends() {
    let line = "jan 06 mevrouw de straat 1 @a. nul ".repeat(30_000);
    let output = run(&["mask", "--locale", "nl-NL"], &line);
    assert_eq!(output.status.code(), Some(0));
    assert!(!output.stdout.is_empty());
}

#[test]
fn utf16_is_masked_and_its_offsets_are_of_the_line_in_utf8() {
    let said = "\u{feff}één: mijn naam is Fenna Hoekstra.\r\nFenna belt 06-12345678";
    for (name, big) in [("little.txt", false), ("big.txt", true)] {
        let file = folder("mask").join(name);
        let order = |unit: u16| if big { unit.to_be_bytes() } else { unit.to_le_bytes() };
        std::fs::write(&file, said.encode_utf16().flat_map(order).collect::<Vec<u8>>()).unwrap();
        let path = file.to_str().unwrap();
        let output = run(&["mask", "--locale", "nl-NL", path], "");
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        let wanted = "één: mijn naam is [naam-1].\r\n[naam-1] belt [telefoon-1]";
        assert_eq!(text(&output.stdout), wanted);
        let objects = run(&["mask", "--locale", "nl-NL", "--format", "json", path], "");
        let first: serde_json::Value =
            serde_json::from_str(text(&objects.stdout).lines().next().unwrap()).unwrap();
        assert_eq!(
            (&first["spans"][0]["start"], &first["spans"][0]["end"]),
            (&20.into(), &34.into())
        );
    }
}

#[test]
fn nul_bytes_are_refused_and_nothing_unmasked_is_printed() {
    let file = folder("mask").join("utf16-without-mark.txt");
    let said = "Mijn naam is Fenna Hoekstra.\nbel 06-12345678\n";
    std::fs::write(&file, said.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>())
        .unwrap();
    let output = run(&["mask", "--locale", "nl-NL", file.to_str().unwrap()], "");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(text(&output.stdout).trim(), "");
    assert!(
        text(&output.stderr).contains("mark.txt:1: hier staan NUL-bytes"),
        "{}",
        text(&output.stderr)
    );
}
