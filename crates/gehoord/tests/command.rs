//! The command as a user runs it.

mod common;

use std::path::{Path, PathBuf};

use common::{folder, run, text};

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples")
}

fn line(id: usize) -> String {
    format!(
        r#"{{"id":"c{id}","locale":"nl-NL","turns":[{{"party":"customer","text":"Ik wacht al drie weken op mijn pakket."}},{{"party":"agent","text":"Drie weken is te lang. Ik zoek het nu uit."}}]}}"#
    )
}

#[test]
fn a_wrong_line_gives_an_error_in_its_place_and_the_rest_goes_on() {
    let mut input = String::new();
    for id in 0..200 {
        input += &if id == 7 { "{\"turns\":[}".to_owned() } else { line(id) };
        input.push('\n');
    }
    let output = run(&["listen", "-", "--format", "jsonl", "--jobs", "4"], &input);
    assert_eq!(output.status.code(), Some(1));
    let out = text(&output.stdout);
    let reports: Vec<serde_json::Value> =
        out.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(reports.len(), 200);
    for (i, report) in reports.iter().enumerate() {
        if i == 7 {
            assert_eq!(report["line"], 8);
            assert_eq!(report["error"]["code"], "invalid_json");
        } else {
            assert_eq!(report["id"], format!("c{i}"));
            assert!(report["heard"]["score"].is_number());
        }
    }
    assert!(text(&output.stderr).contains("-:8: "), "{}", text(&output.stderr));
}

#[test]
fn the_missions_example_reads_well_in_dutch() {
    let file = examples().join("nl-NL/third-contact.json");
    let output = run(&["listen", file.to_str().unwrap(), "--why"], "");
    assert_eq!(output.status.code(), Some(0));
    let out = text(&output.stdout);
    for words in [
        "herhaalcontact",
        "signaal opgepakt",
        "Wat goed ging",
        "Wat beter kan",
        "Toezeggingen",
        "Inschatting uit de tekst: gehoord",
        "Dit hoort woorden, niet of je het meent.",
    ] {
        assert!(out.contains(words), "'{words}' is missing in:\n{out}");
    }
    assert!(out.find("Wat goed ging") < out.find("Wat beter kan"), "what went well comes first");
}

#[test]
fn the_deep_tier_says_so_and_points_at_words_too() {
    let file = examples().join("nl-NL/third-contact.json");
    let report = |tier: &str| -> serde_json::Value {
        let args = ["listen", file.to_str().unwrap(), "--format", "json", "--tier", tier];
        let output = run(&args, "");
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        serde_json::from_str(&text(&output.stdout)).unwrap()
    };
    let (fast, deep) = (report("fast"), report("deep"));
    let model =
        |report: &serde_json::Value| report["versions"]["model"].as_str().unwrap().to_owned();
    assert_eq!(model(&deep), format!("{}+deep", model(&fast)));
    let feelings = |report: &serde_json::Value| -> Vec<serde_json::Value> {
        let turns = report["turns"].as_array().unwrap().iter();
        turns.filter_map(|t| t["emotions"].as_array()).flatten().cloned().collect()
    };
    assert!(!feelings(&deep).is_empty());
    assert_ne!(feelings(&deep), feelings(&fast));
    for feeling in feelings(&deep) {
        assert!(!feeling["evidence"].as_array().unwrap().is_empty(), "{feeling}");
    }
    let wrong = run(&["listen", file.to_str().unwrap(), "--tier", "deepest"], "");
    assert_eq!(wrong.status.code(), Some(2));
    assert!(text(&wrong.stderr).contains("fast, deep"), "{}", text(&wrong.stderr));
}

#[test]
fn one_conversation_is_an_object_and_several_are_an_array() {
    let file = examples().join("nl-NL/third-contact.json");
    let file = file.to_str().unwrap();
    let one = run(&["listen", file, "--format", "json"], "");
    assert!(serde_json::from_slice::<serde_json::Value>(&one.stdout).unwrap().is_object());
    let two = run(&["listen", file, file, "--format", "json"], "");
    let two: serde_json::Value = serde_json::from_slice(&two.stdout).unwrap();
    assert_eq!(two.as_array().unwrap().len(), 2);
}

#[test]
fn a_table_is_read_with_a_map() {
    let table = "zaak;wie;wat\n1;Klant;Mijn internet ligt er al een week uit!\n1;Medewerker;Een week is lang. Ik stuur morgen een monteur.\n";
    let map = "conversation=zaak,party=wie,text=wat,party.agent=Medewerker,party.customer=Klant";
    let output = run(&["listen", "-", "--from", "csv", "--map", map, "--format", "jsonl"], table);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["turns"][1]["party"], "agent");
    let wrong = run(&["listen", "-", "--from", "csv", "--map", "tekst"], table);
    assert_eq!(wrong.status.code(), Some(2));
}

#[test]
fn reports_go_into_a_folder_and_a_second_run_resumes() {
    let folder = folder("reports");
    let input = folder.join("in.jsonl");
    std::fs::write(&input, line(1) + "\n" + &line(2) + "\n").unwrap();
    let out = folder.join("out");
    let args =
        ["listen", input.to_str().unwrap(), "--format", "jsonl", "--out", out.to_str().unwrap()];
    assert_eq!(run(&args, "").status.code(), Some(0));
    let reports: Vec<_> = std::fs::read_dir(&out).unwrap().flatten().map(|e| e.path()).collect();
    assert_eq!(reports.len(), 1, "{reports:?}");
    assert_eq!(std::fs::read_to_string(&reports[0]).unwrap().lines().count(), 2);
    std::fs::write(&reports[0], "kept").unwrap();
    let mut again = args.to_vec();
    again.push("--resume");
    assert_eq!(run(&again, "").status.code(), Some(0));
    assert_eq!(std::fs::read_to_string(&reports[0]).unwrap(), "kept");
}

#[test]
fn a_resumed_run_does_again_what_failed_until_it_is_mended() {
    for format in ["text", "jsonl", "html"] {
        let folder = folder(&format!("resumed-{format}"));
        let (good, bad, out) = (folder.join("a.jsonl"), folder.join("b.jsonl"), folder.join("out"));
        std::fs::write(&good, line(1)).unwrap();
        std::fs::write(&bad, line(2) + "\n{\"turns\": 7}\n").unwrap();
        let [good, bad, out] = [&good, &bad, &out].map(|path| path.to_str().unwrap());
        let args = ["listen", good, bad, "--format", format, "--out", out, "--resume"];
        let first = run(&args, "");
        assert_eq!(first.status.code(), Some(1));
        assert!(text(&first.stderr).contains("b.jsonl:2: "), "{}", text(&first.stderr));
        let again = run(&args, "");
        assert_eq!(again.status.code(), Some(1), "{format}");
        assert_eq!(text(&again.stderr), text(&first.stderr));
        std::fs::write(bad, line(2)).unwrap();
        assert_eq!(run(&args, "").status.code(), Some(0));
        let left = std::fs::read_dir(out).unwrap().flatten();
        let mut left = left.map(|entry| entry.file_name().to_string_lossy().into_owned());
        assert!(left.all(|name| !name.ends_with(".problems")), "{format}");
    }
}

#[test]
fn what_cannot_be_read_is_said_and_the_rest_is_done() {
    let file = examples().join("nl-NL/third-contact.json");
    let output =
        run(&["listen", "/does/not/exist.txt", file.to_str().unwrap(), "--format", "jsonl"], "");
    assert_eq!(output.status.code(), Some(1));
    let out = text(&output.stdout);
    assert!(out.lines().next().unwrap().contains("unreadable"));
    assert!(out.lines().nth(1).unwrap().contains("third-contact"));
}

#[test]
fn a_reply_is_checked_before_it_is_sent() {
    let args = [
        "check",
        "--customer",
        "Ik bel nu voor de derde keer en er is nog steeds niets gebeurd.",
        "--reply",
        "Ik begrijp het, maar dat is nu eenmaal ons beleid.",
        "--format",
        "json",
    ];
    let output = run(&args, "");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let labels = |key: &str| -> Vec<String> {
        let list = report["turns"][1][key].as_array().unwrap();
        list.iter().map(|f| f["label"].as_str().unwrap().to_owned()).collect()
    };
    assert!(labels("breakers").contains(&"but_clause".to_owned()));
    assert!(labels("breakers").contains(&"policy_wall".to_owned()));
    assert!(report["turns"][1]["score"].as_f64().unwrap() < 25.0);
    assert!(!labels("hints").is_empty());
    assert_eq!(run(&["check", "--reply", "x"], "").status.code(), Some(2));
}

#[test]
fn the_contracts_are_published_and_reports_fit_theirs() {
    for contract in ["input", "report"] {
        let output = run(&["schema", contract], "");
        let schema: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert!(schema["properties"].is_object(), "{contract}");
    }
    // The report reads back through its own types, which the schema is made from.
    let file = examples().join("nl-NL/third-contact.json");
    let output = run(&["listen", file.to_str().unwrap(), "--format", "jsonl"], "");
    let report: gehoord_conversation::wire::WireReport =
        serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report.schema, 1);
    for turn in &report.turns {
        let gehoord_conversation::wire::report::WireTurnReport::Agent { techniques, .. } = turn
        else {
            continue;
        };
        for finding in techniques {
            assert!(!finding.evidence.is_empty() && !finding.because.is_empty(), "{finding:?}");
        }
    }
}

#[test]
fn the_handbook_explains_and_completions_complete() {
    let output = run(&["explain", "but_clause"], "");
    let out = text(&output.stdout);
    assert!(out.contains("Bron: ") && out.contains("+ "), "{out}");
    let all = text(&run(&["explain", "--ui", "en"], "").stdout);
    assert!(all.contains("WHAT THE CUSTOMER FEELS") && all.contains("self_harm"), "{all}");
    let unknown = run(&["explain", "boosheidje"], "");
    assert_eq!(unknown.status.code(), Some(2));
    assert!(text(&unknown.stderr).contains("geen label"));
    assert!(text(&run(&["completions", "bash"], "").stdout).contains("gehoord"));
}
