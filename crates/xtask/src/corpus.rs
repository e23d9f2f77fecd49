//! The corpus of this repository: what is in it, and which part is for what.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, Result};
use gehoord_conversation::Conversation;
use gehoord_listening::fit::Gold;
use ring::digest::{SHA256, digest};
use serde_json::Value;

use crate::evaluate::{Table, read, root};

/// Which part of the corpus is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Part {
    /// What may be learned from.
    Train,
    /// What nothing is learned from.
    Test,
    /// A fifth of the train part, which `train --spare FILE` leaves out: to tune rules on.
    Spare,
    /// Train and test.
    All,
}

impl Part {
    fn takes(self, conversation: &Conversation) -> bool {
        match self {
            Self::All => true,
            Self::Train => !is_test(conversation),
            Self::Test => is_test(conversation),
            Self::Spare => is_spare(conversation),
        }
    }
}

/// Whether a case is kept apart: as its `part` says.
fn is_test(conversation: &Conversation) -> bool {
    conversation.meta.get("part").and_then(Value::as_str) == Some("test")
}

/// Whether cues were written from a case. What cues hear in it says nothing about how far they can
/// be trusted elsewhere.
pub(crate) fn cues_know(conversation: &Conversation) -> bool {
    conversation.meta.get("cues").and_then(Value::as_bool) == Some(true)
}

/// Whether a case is of the spare part. What cues were written from says nothing there either.
pub(crate) fn is_spare(case: &Conversation) -> bool {
    !is_test(case)
        && !cues_know(case)
        && digest(&SHA256, case.id.as_bytes()).as_ref()[1].is_multiple_of(5)
}

/// The letter of who wrote a case; empty for the oldest ones.
pub(crate) fn hand(conversation: &Conversation) -> &str {
    conversation.meta.get("hand").and_then(Value::as_str).unwrap_or_default()
}

/// Where the corpus lies.
pub(crate) fn folder() -> PathBuf {
    root().join("corpus")
}

/// All cases of one part, in the order of their files.
pub(crate) fn cases(part: Part) -> Result<Vec<Conversation>> {
    let mut cases = Vec::new();
    for kind in ["cases", "safety", "triples"] {
        let folder = folder().join(kind);
        let entries = std::fs::read_dir(&folder)
            .with_context(|| format!("cannot read {}", folder.display()))?;
        let mut files: Vec<PathBuf> = entries.filter_map(|e| Some(e.ok()?.path())).collect();
        files.sort();
        for file in files {
            cases.extend(read(&file)?.into_iter().filter(|c| part.takes(c)));
        }
    }
    Ok(cases)
}

/// Whether a case of the train part is kept from the deep tier while that is fitted, about one in
/// twelve (`scripts/deepen.py` reckons it the same way).
pub(crate) fn is_held(case: &Conversation) -> bool {
    digest(&SHA256, case.id.as_bytes()).as_ref()[0].is_multiple_of(12)
}

/// The first two letters of a case's locale.
pub(crate) fn language(conversation: &Conversation) -> &str {
    conversation.locale.as_ref().map_or("nl", |l| &l.as_str()[..2])
}

/// How far two blind labellings of the same cases agree: F1 of the second against the first.
pub(crate) fn agreement() -> Result<()> {
    const HEADS: [&str; 9] = [
        "emotions",
        "needs",
        "safety",
        "repeat_contact",
        "churn_risk",
        "complaint",
        "techniques",
        "breakers",
        "primary",
    ];
    let first = cases(Part::All)?;
    let second = read(&folder().join("second/blind.jsonl"))?;
    let mut tables: BTreeMap<&str, Table> = BTreeMap::new();
    for again in &second {
        let case = first.iter().find(|c| c.id == again.id);
        let case = case.with_context(|| format!("{} is in no file of cases", again.id))?;
        let turns = case.turns.iter().zip(&again.turns).map(|(a, b)| (&a.gold, &b.gold));
        let replies = case.replies.iter().filter_map(|a| {
            again.replies.iter().find(|b| b.text == a.text).map(|b| (&a.gold, &b.gold))
        });
        for (a, b) in turns.chain(replies) {
            for head in HEADS {
                let (Some(a), Some(b)) = (names(a, head), names(b, head)) else { continue };
                for name in a.iter().chain(b.iter().filter(|n| !a.contains(n))) {
                    tables.entry(head).or_default().add(name, b.contains(name), a.contains(name));
                }
            }
        }
    }
    println!("Agreement of two blind labellings, {} cases", second.len());
    for (head, table) in &tables {
        println!("{head}");
        table.print();
    }
    Ok(())
}

/// The labels given to a head; its own name for a flag that is set.
fn names(gold: &serde_json::Map<String, Value>, head: &str) -> Option<Vec<String>> {
    match Gold::read(gold.get(head)?).ok().flatten()? {
        Gold::Flag(yes) => Some(if yes { vec![head.to_owned()] } else { Vec::new() }),
        other => Some(other.labels().iter().map(|l| l.label.clone()).collect()),
    }
}
