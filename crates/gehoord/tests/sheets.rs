//! `gehoord listen --format html`: files that stand alone.

mod common;

use std::path::Path;

use common::{folder, run, text};
use serde_json::json;

fn listen(args: &[&str], input: &str) -> String {
    let output = run(&[&["listen", "--format", "html"], args].concat(), input);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    text(&output.stdout)
}

fn conversation(id: &str, turns: &[(&str, &str)]) -> String {
    let turn =
        |(party, text): &(&str, &str)| json!({"party": party, "text": text, "speaker": "Samira"});
    json!({"id": id, "locale": "nl-NL", "turns": turns.iter().map(turn).collect::<Vec<_>>()})
        .to_string()
}

const MISSED: [(&str, &str); 3] = [
    ("customer", "Ik bel nu al voor de derde keer en ik word hier echt moedeloos van!"),
    ("agent", "Dat is nu eenmaal ons beleid. U had het formulier eerder moeten insturen."),
    ("customer", "Goed, dan weet ik dat ook weer."),
];

/// What would ask for something from elsewhere, or run.
fn assert_stands_alone(page: &str) {
    let around = page.split_once("<style>").map(|(before, rest)| {
        let (_, behind) = rest.split_once("</style>").unwrap();
        format!("{before}{behind}")
    });
    let around = around.unwrap();
    assert!(!page.contains("@import") && !page.contains("url("), "the style sheet loads nothing");
    let tags = around.split('<').skip(1).map(|rest| rest.split('>').next().unwrap());
    for tag in tags {
        for bad in ["script", "form", "iframe", "object", "embed", "img", "base"] {
            assert!(!tag.starts_with(bad), "<{tag}>");
        }
        let names: String = tag.split('"').step_by(2).collect();
        for bad in [" src=", " style=", " on", " srcset="] {
            assert!(!names.contains(bad), "<{tag}>");
        }
    }
    assert!(page.contains("default-src 'none'; style-src 'sha256-"));
    for reference in around.split(" href=\"").skip(1) {
        assert!(
            reference.starts_with('#') || reference.starts_with("data:,"),
            "{}",
            &reference[..40]
        );
    }
}

#[test]
fn a_file_tells_what_went_well_first_and_what_was_missed_and_how() {
    let page = listen(&["--ui", "nl"], &conversation("c1", &MISSED));
    assert_stands_alone(&page);
    assert!(page.starts_with("<!doctype html>\n<html lang=\"nl\""));
    let order = [
        "Wat goed ging",
        "Verloop",
        "Signalen van de klant",
        "Toezeggingen",
        "Is deze klant gehoord?",
        "Toon berekening",
        "class=\"turn customer\"",
    ];
    let places: Vec<usize> = order.iter().map(|words| page.find(words).expect(words)).collect();
    assert!(places.is_sorted(), "{places:?}");
    for words in [
        "gemist",
        "Waarom staat dit er?",
        "<svg class=\"course\"",
        "Als tabel",
        "niet gehoord",
        "class=\"mark care\"",
        "Dit hoort woorden, niet of je het meent.",
    ] {
        assert!(page.contains(words), "{words}");
    }
    let signals =
        page.split("id=\"h-signals\"").nth(1).unwrap().split("</section>").next().unwrap();
    assert!(
        signals.contains("“Dat is nu eenmaal ons beleid"),
        "what the answer did instead: {signals}"
    );
    assert!(!page.contains("Samira"), "nobody's name stands beside a score");
    let english = listen(&["--ui", "en"], &conversation("c1", &MISSED));
    assert!(english.contains("What went well") && english.contains("<html lang=\"en\""));
    // What is told of Dutch words is told in English.
    assert!(english.contains("class=\"words\" lang=\"nl\""));
    assert!(english.contains("The customer") && !english.contains("De klant"));
}

#[test]
fn every_mark_leads_to_its_reason_by_link_and_by_number() {
    let page = listen(&["--ui", "nl"], &conversation("c1", &MISSED));
    let marks: Vec<&str> = page.split("<a class=\"mark ").skip(1).collect();
    assert!(marks.len() >= 2);
    for mark in marks {
        let to = mark.split("href=\"#").nth(1).unwrap().split('"').next().unwrap();
        assert!(page.contains(&format!("<li id=\"{to}\"")), "{to}");
    }
    assert!(page.contains("<sup class=\"mark-no\" aria-hidden=\"true\">1"));
    assert!(page.contains("<span class=\"mark-no\">1 </span>"));
}

#[test]
fn no_feeling_stands_outside_its_turn() {
    let page = listen(&["--ui", "nl"], &conversation("c1", &MISSED)).to_lowercase();
    let outside: String = page
        .split("<article class=\"turn ")
        .map(|part| part.split_once("</article>").map_or(part, |(_, rest)| rest))
        .collect();
    for feeling in ["ergernis", "boosheid", "machteloosheid", "teleurstelling"] {
        assert!(!outside.contains(feeling), "{feeling}");
    }
    assert!(page.contains("machteloosheid"));
}

#[test]
fn what_somebody_wrote_is_text_and_nothing_else() {
    let hostile = "</style></title><script>alert(1)</script> \" onclick=alert(2) ' <img src=x> \u{202e}achterstevoren\u{0} אני כועס {{ t }} Ik bel voor de derde keer!";
    let one = json!({"id": hostile, "locale": "nl-NL", "channel": "chat", "subject": hostile,
        "turns": [{"party": "customer", "text": hostile}, {"party": "agent", "text": hostile},
            {"party": "customer", "text": hostile}]});
    let page = listen(&["--ui", "nl"], &format!("{one}\n{one}\n"));
    assert_stands_alone(&page);
    for bad in ["<script", "<img", "\" onclick", "</style></title>"] {
        assert!(!page.contains(bad), "{bad}");
    }
    assert!(page.contains("&#60;script&#62;") && page.contains("dir=\"auto\""));
    assert_eq!(page.matches("</style>").count(), 1);
}

#[test]
fn several_in_one_file_begin_with_a_list_and_share_no_id() {
    let input = [conversation("eerste", &MISSED), conversation("tweede", &MISSED)].join("\n");
    let page = listen(&["--ui", "nl"], &input);
    assert_stands_alone(&page);
    assert!(page.contains("Verslag van gesprekken") && page.contains("href=\"#c2\""));
    let mut ids: Vec<&str> =
        page.split(" id=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all, "ids that are there twice");
    for to in page.split(" href=\"#").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        assert!(ids.binary_search(&to).is_ok(), "#{to} leads nowhere");
    }
    let one = listen(&["--ui", "nl"], &conversation("eerste", &MISSED));
    assert!(!one.contains("Verslag van gesprekken"));
    let none =
        run(&["listen", "--format", "html", "--from", "jsonl", "--ui", "nl"], "{\"turns\":[}\n");
    assert_eq!(none.status.code(), Some(1));
    assert!(text(&none.stdout).contains("Er is geen gesprek gelezen."));
}

#[test]
fn in_a_folder_each_conversation_has_a_file() {
    let folder = folder("sheets");
    let input = folder.join("drie & meer.jsonl");
    let all: Vec<String> = ["a", "b", "c"].iter().map(|id| conversation(id, &MISSED)).collect();
    std::fs::write(&input, all.join("\n")).unwrap();
    let alone = folder.join("een.jsonl");
    std::fs::write(&alone, &all[0]).unwrap();
    let out = folder.join("uit");
    let args = [
        input.to_str().unwrap(),
        alone.to_str().unwrap(),
        "--ui",
        "nl",
        "--out",
        out.to_str().unwrap(),
    ];
    assert_eq!(listen(&args, ""), "");
    let mut files: Vec<String> = std::fs::read_dir(&out)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    files.sort();
    let ends = |end: &str| files.iter().filter(|file| file.ends_with(end)).count();
    assert_eq!(files.len(), 5, "{files:?}");
    assert_eq!((ends("jsonl.report.html"), ends(".report.3.html")), (2, 1), "{files:?}");
    let list = files.iter().find(|file| file.ends_with("meer.jsonl.report.html")).unwrap();
    let list = std::fs::read_to_string(out.join(list)).unwrap();
    assert!(list.contains("drie%20%26%20meer.jsonl.report.2.html\""), "{list}");
    assert!(!list.contains("class=\"turn") && !list.contains(" / 100"));
    for file in files
        .iter()
        .filter(|file| !list.contains("Inhoud") || !file.ends_with("meer.jsonl.report.html"))
    {
        let page = std::fs::read_to_string(out.join(Path::new(file))).unwrap();
        assert_stands_alone(&page);
        assert!(page.contains("class=\"turn customer\""), "{file}");
    }
}

#[test]
fn ten_thousand_turns_are_one_file_of_bounded_size() {
    let turns: Vec<(&str, &str)> = MISSED[..2].iter().copied().cycle().take(10_000).collect();
    let page = listen(&["--ui", "nl"], &conversation("lang", &turns));
    assert!(page.contains("id=\"turn-0\"") && page.contains("id=\"turn-9999\""));
    assert!(page.len() < 10_000 * 4_000, "{}", page.len());
    let beside = page.split("<div class=\"beside\">").nth(1).unwrap();
    let beside = beside.split("<div class=\"main\">").next().unwrap();
    assert!(beside.len() < 60_000, "what stands beside the turns stays short: {}", beside.len());
    assert!(beside.contains("Hier staan de laatste 40."));
}
