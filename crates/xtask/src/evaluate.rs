//! `cargo xtask evaluate`: how well it listens, on cases with labels.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use gehoord_conversation::wire::read_conversation;
use gehoord_conversation::{Conversation, Finding, Language, Report, TurnReport};
use gehoord_listening::Listener;
use gehoord_listening::fit::measure::Count;
use gehoord_listening::fit::{Gold, Sheet};
use serde_json::{Map, Value};

use crate::corpus::{self, Part};
use crate::cues::{load_pack, packs_folder};

/// The repository's root.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A listener with the packs as they are on disk, and no model.
pub(crate) fn cues_alone(packs: Option<&Path>) -> Result<Listener> {
    let folder = packs.map_or_else(packs_folder, Path::to_path_buf);
    let mut loaded = Vec::new();
    for &language in Language::ALL {
        let (pack, wrong) = load_pack(&folder, language)?;
        for problem in wrong {
            println!("left out: {problem}");
        }
        loaded.push(pack);
    }
    Ok(Listener::with(loaded)?)
}

/// All conversations of a JSONL file.
pub(crate) fn read(path: &Path) -> Result<Vec<Conversation>> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    text.lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(i, line)| {
            read_conversation(line, &format!("line-{}", i + 1))
                .with_context(|| format!("{}:{}", path.display(), i + 1))
        })
        .collect()
}

/// Ranked replies: how often the best one scores above the worst and above the second.
pub(crate) fn triples(listener: &Listener, part: Part, show: bool) -> Result<()> {
    println!("Reply triples ({part:?}): best above worst, best above second (ties count as wrong)");
    let mut sheets: BTreeMap<String, Sheet> = BTreeMap::new();
    for case in corpus::cases(part)?.iter().filter(|c| c.replies.len() == 3) {
        let mut scores: Vec<(u32, f32, Report)> = case
            .replies
            .iter()
            .map(|reply| {
                let report = listener.listen(&case.answered_by(reply));
                let score = match report.turns.last() {
                    Some(TurnReport::Agent(turn)) => turn.score.unwrap_or(0.0),
                    _ => 0.0,
                };
                (reply.rank, score, report)
            })
            .collect();
        scores.sort_by_key(|(rank, _, _)| *rank);
        let [best, second, worst] = [scores[0].1, scores[1].1, scores[2].1];
        let ranked: Vec<(u32, f32)> =
            scores.iter().map(|(rank, score, _)| (*rank, *score)).collect();
        for name in [corpus::language(case), "all"] {
            sheets.entry(name.to_owned()).or_default().rank(&ranked);
        }
        if show && (best <= worst || best <= second) {
            print_case(case, &scores);
        }
    }
    for (name, sheet) in sheets {
        let figures = sheet.figures();
        let share = |head: &str| 100.0 * figures[head].accuracy.unwrap_or_default();
        println!(
            "  {name:<4} n={:<5} best>worst {:5.1}%  best>second {:5.1}%  second>worst {:5.1}%",
            figures["best over worst"].cases,
            share("best over worst"),
            share("best over second"),
            share("second over worst")
        );
    }
    Ok(())
}

fn names(findings: &[Finding]) -> String {
    let name = |f: &Finding| format!("{}({:.2} {})", f.label, f.strength, f.rule);
    findings.iter().map(name).collect::<Vec<_>>().join(" ")
}

fn print_case(case: &Conversation, scores: &[(u32, f32, Report)]) {
    println!("---- {}", case.id);
    for turn in &case.turns {
        println!("  {}: {}", turn.party, turn.text);
    }
    if let Some(TurnReport::Customer(turn)) = scores[0].2.turns.get(case.turns.len() - 1) {
        println!(
            "  heard: {} intensity {} needs {:?} complaint {} | gold {}",
            names(&turn.emotions),
            turn.intensity,
            turn.needs,
            turn.complaint,
            serde_json::to_string(&case.turns.last().map(|t| &t.gold)).unwrap_or_default()
        );
    }
    for (rank, score, report) in scores {
        let Some(reply) = case.replies.iter().find(|r| r.rank == *rank) else { continue };
        println!("  [{rank}] {score:.0}: {}", reply.text);
        if let Some(TurnReport::Agent(turn)) = report.turns.last() {
            println!(
                "      T {} | B {} | S {} | {:?} cov {:?}",
                names(&turn.techniques),
                names(&turn.breakers),
                names(&turn.signals),
                turn.parts,
                turn.coverage
            );
            println!("      gold {}", serde_json::to_string(&reply.gold).unwrap_or_default());
        }
    }
}

/// Counts by label.
#[derive(Default)]
pub(crate) struct Table(BTreeMap<String, Count>);

impl Table {
    pub(crate) fn add(&mut self, label: &str, heard: bool, gold: bool) {
        self.0.entry(label.to_owned()).or_default().add(heard, gold);
    }

    /// F1 over all decisions, and the mean over labels that occur.
    pub(crate) fn f1(&self) -> (f32, f32) {
        let mut all = Count::default();
        self.0.values().for_each(|c| all.merge(*c));
        let there: Vec<f32> = self.0.values().filter(|c| c.gold() > 0).map(Count::f1).collect();
        (all.f1(), there.iter().sum::<f32>() / there.len().max(1) as f32)
    }

    pub(crate) fn print(&self) {
        for (label, count) in &self.0 {
            println!(
                "  {label:<22} gold {:>5}  precision {:.2}  recall {:.2}  F1 {:.2}",
                count.gold(),
                count.precision(),
                count.recall(),
                count.f1()
            );
        }
        let (micro, mean) = self.f1();
        println!("  micro-F1 {micro:.3}  macro-F1 {mean:.3}");
    }
}

/// What is heard in the corpus against its labels, and ranked replies.
pub(crate) struct Measured {
    /// By language, and all together.
    pub(crate) languages: BTreeMap<String, Sheet>,
    /// By channel and by kind of writer.
    pub(crate) groups: BTreeMap<String, Sheet>,
}

/// Holds everything that is heard in `cases` against their labels. `look` sees every report.
pub(crate) fn measure(
    listener: &Listener,
    cases: Vec<Conversation>,
    mut look: impl FnMut(&str, &Report, &Conversation),
) -> Measured {
    let mut measured = Measured { languages: BTreeMap::new(), groups: BTreeMap::new() };
    for case in cases {
        let mut sheet = Sheet::default();
        let report = listener.listen(&case);
        look(&case.id, &report, &case);
        sheet.add(&case, &report);
        let mut scores = Vec::new();
        for reply in &case.replies {
            let answered = case.answered_by(reply);
            let report = listener.listen(&answered);
            if let Some(TurnReport::Agent(turn)) = report.turns.last() {
                scores.push((reply.rank, turn.score.unwrap_or(0.0)));
            }
            look(&case.id, &report, &answered);
            sheet.add(&answered, &report);
        }
        sheet.rank(&scores);
        for name in [corpus::language(&case), "all"] {
            measured.languages.entry(name.to_owned()).or_default().append(&sheet);
        }
        let writer = case.meta.get("writer").and_then(Value::as_str);
        for name in [Some(case.channel.id()), writer].into_iter().flatten() {
            measured.groups.entry(name.to_owned()).or_default().append(&sheet);
        }
        if case.locale.as_ref().is_some_and(|l| l.as_str() == "nl-BE") {
            measured.groups.entry("flemish".to_owned()).or_default().append(&sheet);
        }
    }
    measured
}

/// Each writer left out in turn: fitted on the train part of all others, measured on all of theirs.
pub(crate) fn hands(cues: impl Fn() -> Result<Listener>) -> Result<()> {
    let train = corpus::cases(Part::Train)?;
    let all = corpus::cases(Part::All)?;
    let mut hands: Vec<&str> = all.iter().map(corpus::hand).filter(|h| !h.is_empty()).collect();
    hands.sort_unstable();
    hands.dedup();
    let mut together = Sheet::default();
    for hand in hands {
        let others = train.iter().filter(|c| corpus::hand(c) != hand).cloned().collect();
        let listener = crate::train::fit_on(cues()?, others).listener;
        let theirs = all.iter().filter(|c| corpus::hand(c) == hand).cloned().collect();
        let measured = measure(&listener, theirs, |_, _, _| ());
        println!("{hand}: {}", line(&measured.languages["all"]));
        together.append(&measured.languages["all"]);
    }
    println!("all: {}", line(&together));
    Ok(())
}

/// Labels of the corpus against what is heard, in turns and in ranked replies. `only` prints where
/// that label went wrong; `full` prints every label.
pub(crate) fn labels(
    listener: &Listener,
    part: Part,
    only: Option<&str>,
    full: bool,
) -> Result<()> {
    println!("Labels ({part:?})");
    let show = |id: &str, report: &Report, conversation: &Conversation| {
        if let Some(only) = only {
            print_wrong(only, id, report, conversation);
        }
    };
    let measured = measure(listener, corpus::cases(part)?, show);
    for (name, sheet) in &measured.languages {
        println!("{name}: {}", line(sheet));
    }
    if full {
        for (name, sheet) in &measured.groups {
            println!("  {name:<16} {}", line(sheet));
        }
        print_sheet(&measured.languages["all"]);
    }
    Ok(())
}

fn print_wrong(label: &str, id: &str, report: &Report, conversation: &Conversation) {
    for (turn, heard) in conversation.turns.iter().zip(&report.turns) {
        let findings: Vec<&Finding> = match heard {
            TurnReport::Customer(t) => t.emotions.iter().chain(&t.signals).collect(),
            TurnReport::Agent(t) => t.techniques.iter().chain(&t.breakers).collect(),
            TurnReport::Other { .. } => continue,
        };
        let found = findings.iter().find(|f| f.label.id() == label);
        let heads = ["emotions", "needs", "safety", "techniques", "breakers"];
        let golds: Vec<Gold> = heads.iter().filter_map(|h| gold(&turn.gold, h)).collect();
        let there = golds.iter().any(|g| g.has(label));
        if !golds.is_empty() && found.is_some() != there {
            let what = if there { "not heard" } else { "not there" };
            let rule = found.map_or("", |f| &f.rule);
            println!("[{label} {what}] {id} {rule}: {}", turn.text);
        }
    }
}

fn gold(map: &Map<String, Value>, head: &str) -> Option<Gold> {
    Gold::read(map.get(head)?).ok().flatten()
}

/// The main figures of a sheet in one line: micro and macro F1.
fn line(sheet: &Sheet) -> String {
    let figures = sheet.figures();
    let one = |kind: &&str| {
        let f = figures.get(*kind)?;
        Some(match (f.micro_f1, f.macro_f1, f.accuracy) {
            (Some(micro), Some(mean), _) => format!("{kind} {micro:.2}/{mean:.2}"),
            (_, _, Some(right)) => format!("{kind} {right:.3}"),
            _ => format!("{kind} {:.2}", f.spearman?),
        })
    };
    let kinds = [
        "emotions",
        "needs",
        "safety",
        "flags",
        "techniques",
        "breakers",
        "primary",
        "valence",
        "heard",
        "best over worst",
        "best over second",
    ];
    kinds.iter().filter_map(one).collect::<Vec<_>>().join("  ")
}

/// Every figure of a sheet.
pub(crate) fn print_sheet(sheet: &Sheet) {
    let intervals = sheet.intervals(200);
    for (head, f) in sheet.figures() {
        let (low, high) = intervals.get(&head).copied().unwrap_or_default();
        println!(
            " {head}: micro {:.3} macro {:.3} right {:.3} r {:.3} rho {:.3} off {:.3} words {:.3} brier {:+.3} [{low:.3} {high:.3}]",
            f.micro_f1.unwrap_or_default(),
            f.macro_f1.unwrap_or_default(),
            f.accuracy.unwrap_or_default(),
            f.pearson.unwrap_or_default(),
            f.spearman.unwrap_or_default(),
            f.mean_error.unwrap_or_default(),
            f.words_f1.unwrap_or_default(),
            f.brier_skill.unwrap_or_default()
        );
        for (n, strength, there) in sheet.reliability(&[&head]).into_iter().filter(|t| t.0 > 0) {
            println!("  strength {strength:.2}: {n:>5} heard, {there:.2} of them there");
        }
        for (label, count) in &f.labels {
            println!(
                "  {label:<22} gold {:>5}  precision {:.2}  recall {:.2}  F1 {:.2}",
                count.gold(),
                count.precision(),
                count.recall(),
                count.f1()
            );
        }
    }
}

/// The labels of a head; `None` when it was not labelled.
pub(crate) fn strings(map: &Map<String, Value>, head: &str) -> Option<Vec<String>> {
    let gold = gold(map, head)?;
    Some(gold.labels().iter().map(|l| l.label.clone()).collect())
}
