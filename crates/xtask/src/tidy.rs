//! The repository's own rules, checked as tests: allowed crate edges, file sizes, cue files,
//! licences, and what must never be.

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::{Path, PathBuf};

    use gehoord_conversation::{Conversation, Label, Language, Party, Turn};
    use gehoord_listening::{Handbook, Listener};

    use crate::cues::{check, packs_folder};
    use crate::evaluate::{read, root};
    use crate::examples;

    /// Files longer than this are cut up; tables of words and tests may be longer.
    const LONGEST: usize = 800;

    /// Edges that DESIGN allows: crate, and the gehoord crates it may import.
    const EDGES: [(&str, &[&str]); 9] = [
        ("gehoord-conversation", &[]),
        ("gehoord-listening", &["gehoord-conversation"]),
        ("gehoord-coaching", &["gehoord-conversation", "gehoord-listening", "gehoord-speech"]),
        ("gehoord-ingest", &["gehoord-conversation"]),
        ("gehoord-speech", &["gehoord-conversation"]),
        ("gehoord-store", &["gehoord-conversation"]),
        ("gehoord-server", &LIBRARIES),
        ("gehoord", &ALL),
        ("xtask", &ALL),
    ];

    const LIBRARIES: [&str; 6] = [
        "gehoord-conversation",
        "gehoord-listening",
        "gehoord-coaching",
        "gehoord-ingest",
        "gehoord-speech",
        "gehoord-store",
    ];

    const ALL: [&str; 7] = [
        "gehoord-conversation",
        "gehoord-listening",
        "gehoord-coaching",
        "gehoord-ingest",
        "gehoord-store",
        "gehoord-server",
        "gehoord-speech",
    ];

    fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut open = vec![folder.to_path_buf()];
        while let Some(dir) = open.pop() {
            for entry in std::fs::read_dir(&dir).into_iter().flatten().flatten() {
                let path = entry.path();
                if path.is_dir() && !path.ends_with("target") {
                    open.push(path);
                } else if path.extension().is_some_and(|e| e == extension) {
                    found.push(path);
                }
            }
        }
        found.sort();
        found
    }

    #[test]
    fn crates_import_only_what_they_may() {
        let mut crates = BTreeSet::new();
        for (name, allowed) in EDGES {
            crates.insert(name.to_owned());
            let manifest = root().join("crates").join(name).join("Cargo.toml");
            let manifest: toml::Table =
                std::fs::read_to_string(&manifest).unwrap().parse().unwrap();
            let Some(dependencies) = manifest.get("dependencies").and_then(|d| d.as_table()) else {
                continue;
            };
            for dependency in dependencies.keys().filter(|d| d.starts_with("gehoord")) {
                assert!(
                    allowed.contains(&dependency.as_str()),
                    "{name} may not import {dependency}"
                );
            }
        }
        for entry in std::fs::read_dir(root().join("crates")).unwrap().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            assert!(crates.contains(&name), "{name} stands in no edge: add it to this table");
        }
    }

    #[test]
    fn no_file_grows_too_long() {
        for path in files(&root().join("crates"), "rs") {
            let lines = std::fs::read_to_string(&path).unwrap().lines().count();
            assert!(lines <= LONGEST, "{} has {lines} lines; cut it up", path.display());
        }
    }

    #[test]
    fn every_cue_is_valid_and_hears_its_own_examples() {
        for &language in Language::ALL {
            let (cues, wrong) = check(&packs_folder(), language, "").unwrap();
            assert!(cues > 100, "only {cues} cues in {language}");
            assert!(wrong.is_empty(), "{} problems:\n{}", wrong.len(), wrong.join("\n"));
        }
    }

    #[test]
    fn every_cue_names_a_source_that_is_listed() {
        let handbook = Handbook::embedded(Language::Nl).unwrap();
        for path in files(&packs_folder(), "toml") {
            if !path.components().any(|c| c.as_os_str() == "cues") {
                continue;
            }
            let cue: toml::Table = std::fs::read_to_string(&path).unwrap().parse().unwrap();
            let source = cue["source"].as_str().unwrap();
            assert!(
                handbook.source(source).is_some(),
                "{}: source '{source}' is unknown",
                path.display()
            );
        }
        for profile in crate::evaluate::cues_alone(None).unwrap().cultures() {
            for rule in &profile.rules {
                let known = handbook.source(&rule.source).is_some();
                assert!(
                    known,
                    "{}: rule {}: source '{}' is unknown",
                    profile.locale, rule.id, rule.source
                );
            }
        }
    }

    #[test]
    fn the_handbook_explains_every_label_in_both_languages() {
        for &language in Language::ALL {
            let handbook = Handbook::embedded(language).unwrap();
            assert_eq!(handbook.language(), language);
            for label in Label::all() {
                assert!(
                    handbook.entry(label).is_some(),
                    "{language}: {label} has no entry in labels.toml"
                );
            }
        }
    }

    #[test]
    fn the_examples_are_heard_as_their_specs_say() {
        let listener = Listener::embedded().unwrap();
        let checked = examples::check(&listener).unwrap();
        assert!(checked.checks >= 1_000, "only {} checks", checked.checks);
        assert!(
            checked.open * 5 <= checked.checks,
            "{} of {} are open",
            checked.open,
            checked.checks
        );
        let wrong = &checked.failures;
        assert!(wrong.is_empty(), "{} checks fail:\n{}", wrong.len(), wrong.join("\n"));
        assert!(examples::conversations().unwrap().len() >= 60);
    }

    /// Architecture invariant: a name says nothing about a person. Names of many origins take each
    /// other's place and every finding stays as it was.
    #[test]
    fn the_customer_whom_the_readme_erases_is_in_the_examples() {
        let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
        let named = readme.split("gehoord erase --customer ").nth(1).unwrap();
        let named = named.split_whitespace().next().unwrap();
        let written = format!("\"customer\": \"{named}\"");
        let holds = |path: &PathBuf| std::fs::read_to_string(path).unwrap().contains(&written);
        assert!(files(&root().join("examples"), "json").iter().any(holds), "{named}");
    }

    #[test]
    fn changing_only_a_name_changes_no_finding() {
        let listener = Listener::embedded().unwrap();
        let names = [
            "Jansen",
            "El Amrani",
            "Nguyen",
            "Wiśniewska",
            "Okonkwo",
            "Yılmaz",
            "Peeters",
            "O'Neill",
        ];
        let stories = [
            (
                "Goedemiddag, met {}. Ik heb al drie keer gebeld en nog steeds geen antwoord.",
                "Dag {}, drie keer bellen zonder antwoord had niet mogen gebeuren. Ik bel u vandaag vóór 16.00 uur.",
            ),
            ("hoi {} hier, hoe laat gaan jullie open?", "Hoi {}, we zijn open vanaf 9.00 uur."),
            (
                "This is {}. My parcel still hasn't arrived and nobody calls me back.",
                "Hello {}, that is a long wait. I'll call you before 5pm today.",
            ),
        ];
        for (customer, agent) in stories {
            let mut seen: Option<Vec<String>> = None;
            for name in names {
                let conversation = Conversation {
                    turns: vec![
                        Turn::new(Party::Customer, customer.replace("{}", name)),
                        Turn::new(Party::Agent, agent.replace("{}", name)),
                    ],
                    ..Conversation::new("name", gehoord_conversation::Channel::Phone)
                };
                let report = listener.listen(&conversation);
                let found = findings(&report);
                match &seen {
                    None => seen = Some(found),
                    Some(first) => assert_eq!(first, &found, "{name} in: {customer}"),
                }
            }
        }
    }

    fn findings(report: &gehoord_conversation::Report) -> Vec<String> {
        use gehoord_conversation::TurnReport;
        let mut all = vec![format!("{:.3} {:?}", report.heard.score, report.heard.parts)];
        for turn in &report.turns {
            match turn {
                TurnReport::Customer(t) => {
                    let list = t.emotions.iter().chain(&t.signals);
                    all.extend(list.map(|f| format!("{} {:.3} {}", f.label, f.strength, f.rule)));
                    all.push(format!("{:?} {} {:.3}", t.primary, t.intensity, t.valence));
                }
                TurnReport::Agent(t) => {
                    let list = t.techniques.iter().chain(&t.breakers).chain(&t.signals);
                    all.extend(list.map(|f| format!("{} {:.3} {}", f.label, f.strength, f.rule)));
                    all.push(format!("{:?} {:?}", t.score, t.coverage));
                }
                TurnReport::Other { .. } => {}
            }
        }
        all
    }

    #[test]
    fn the_corpus_reads_and_its_causes_are_words_of_the_turn() {
        for folder in ["triples", "safety"] {
            for path in files(&root().join("corpus").join(folder), "jsonl") {
                for conversation in read(&path).unwrap() {
                    for turn in &conversation.turns {
                        if let Some(cause) = turn.gold.get("cause").and_then(|c| c.as_str()) {
                            assert!(turn.text.contains(cause), "{}: {cause}", conversation.id);
                        }
                    }
                }
            }
        }
    }
}
