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
    assert!(text(&missing.stderr).contains("cannot read /does/not/exist.txt"));
    let file = folder("mask").join("latin1.txt");
    std::fs::write(&file, b"goed\ncaf\xE9\n").unwrap();
    let broken = run(&["mask", file.to_str().unwrap()], "");
    assert_eq!(broken.status.code(), Some(2));
    assert_eq!(text(&broken.stdout), "goed\n", "what could be read is there");
    assert!(text(&broken.stderr).contains("latin1.txt:2: not UTF-8"), "{}", text(&broken.stderr));
}

#[test]
fn a_very_long_line_ends() {
    let line = "jan 06 mevrouw de straat 1 @a. nul ".repeat(30_000);
    let output = run(&["mask", "--locale", "nl-NL"], &line);
    assert_eq!(output.status.code(), Some(0));
    assert!(!output.stdout.is_empty());
}
