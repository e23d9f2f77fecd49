//! `cargo xtask evaluate`: how well it listens, on cases with labels.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use gehoord_conversation::wire::read_conversation;
use gehoord_conversation::{
    AgentTurn, Breaker, Conversation, CustomerTurn, Emotion, Finding, Label, Language, Need, Report,
    Safety, Technique, TurnReport,
};
use gehoord_listening::Listener;
use gehoord_listening::fit::Gold;
use gehoord_listening::fit::measure::{Count, brier_skill, mean_error, pearson, spearman};
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
    for language in [Language::Nl, Language::En] {
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
    let mut tallies: BTreeMap<String, [usize; 4]> = BTreeMap::new();
    for case in corpus::cases(part)?.iter().filter(|c| c.replies.len() == 3) {
        let mut scores: Vec<(u32, f32, Report)> = case
            .replies
            .iter()
            .map(|reply| {
                let report = listener.listen(&corpus::answered(case, reply));
                let score = match report.turns.last() {
                    Some(TurnReport::Agent(turn)) => turn.score.unwrap_or(0.0),
                    _ => 0.0,
                };
                (reply.rank, score, report)
            })
            .collect();
        scores.sort_by_key(|(rank, _, _)| *rank);
        let [best, second, worst] = [scores[0].1, scores[1].1, scores[2].1];
        let hits = [true, best > worst, best > second, second > worst];
        for name in [corpus::language(case), "all"] {
            let tally = tallies.entry(name.to_owned()).or_default();
            for (count, hit) in tally.iter_mut().zip(hits) {
                *count += usize::from(hit);
            }
        }
        if show && (best <= worst || best <= second) {
            print_case(case, &scores);
        }
    }
    for (name, [n, over_worst, over_second, second_over_worst]) in tallies {
        let share = |k: usize| 100.0 * k as f32 / n as f32;
        println!(
            "  {name:<4} n={n:<5} best>worst {:5.1}%  best>second {:5.1}%  second>worst {:5.1}%",
            share(over_worst),
            share(over_second),
            share(second_over_worst)
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

/// Everything that is measured on turns, for one language.
#[derive(Default)]
struct Turns {
    tables: BTreeMap<&'static str, Table>,
    intensity: Vec<(f32, f32)>,
    valence: Vec<(f32, f32)>,
    primary: Count,
    /// Strength and truth of every finding of a kind.
    strengths: BTreeMap<&'static str, (Vec<f32>, Vec<bool>)>,
}

fn gold(map: &Map<String, Value>, head: &str) -> Option<Gold> {
    Gold::read(map.get(head)?).ok().flatten()
}

impl Turns {
    fn table(&mut self, name: &'static str) -> &mut Table {
        self.tables.entry(name).or_default()
    }

    fn labels(
        &mut self,
        kind: &'static str,
        all: impl Iterator<Item = Label>,
        findings: &[Finding],
        gold: &Gold,
        wrong: &mut impl FnMut(Label, bool, Option<&Finding>),
    ) {
        for label in all {
            let found = findings.iter().find(|f| f.label == label);
            let there = gold.has(label.id());
            self.table(kind).add(label.id(), found.is_some(), there);
            if let Some(found) = found {
                let (strengths, truth) = self.strengths.entry(kind).or_default();
                strengths.push(found.strength);
                truth.push(there);
            }
            if found.is_some() != there {
                wrong(label, there, found);
            }
        }
    }

    fn customer(
        &mut self,
        heard: &CustomerTurn,
        map: &Map<String, Value>,
        mut wrong: impl FnMut(Label, bool, Option<&Finding>),
    ) {
        if let Some(gold) = gold(map, "emotions") {
            let all = Emotion::ALL.iter().map(|&l| l.into());
            self.labels("emotions", all, &heard.emotions, &gold, &mut wrong);
        }
        if let Some(gold) = gold(map, "needs") {
            let all = Need::ALL.iter().map(|&l| l.into());
            self.labels("needs", all, &heard.signals, &gold, &mut wrong);
        }
        if let Some(gold) = gold(map, "safety") {
            let all = Safety::ALL.iter().map(|&l| l.into());
            self.labels("safety", all, &heard.signals, &gold, &mut wrong);
        }
        for (name, heard) in [
            ("repeat_contact", heard.repeat_contact),
            ("churn_risk", heard.churn_risk),
            ("complaint", heard.complaint),
        ] {
            if let Some(Gold::Flag(there)) = gold(map, name) {
                self.table("flags").add(name, heard, there);
            }
        }
        if let Some(Gold::One(primary)) = gold(map, "primary") {
            let ours = heard.primary.map_or("neutral", Emotion::id);
            self.table("flags").add("neutral", ours == "neutral", primary.label == "neutral");
            self.primary.add(true, ours == primary.label);
        }
        if let Some(Gold::Number(n)) = gold(map, "intensity") {
            self.intensity.push((f32::from(heard.intensity), n));
        }
        if let Some(Gold::Number(n)) = gold(map, "valence") {
            self.valence.push((heard.valence, n));
        }
    }

    fn agent(
        &mut self,
        heard: &AgentTurn,
        map: &Map<String, Value>,
        mut wrong: impl FnMut(Label, bool, Option<&Finding>),
    ) {
        if let Some(gold) = gold(map, "techniques") {
            let all = Technique::ALL.iter().map(|&l| l.into());
            self.labels("techniques", all, &heard.techniques, &gold, &mut wrong);
        }
        if let Some(gold) = gold(map, "breakers") {
            let all = Breaker::ALL.iter().map(|&l| l.into());
            self.labels("breakers", all, &heard.breakers, &gold, &mut wrong);
        }
        if let Some(Gold::Flag(there)) = gold(map, "boundary") {
            self.table("flags").add("boundary", heard.boundary, there);
        }
    }

    fn print(&self) {
        for (kind, table) in &self.tables {
            println!(" {kind}");
            table.print();
            if let Some((strengths, truth)) = self.strengths.get(kind) {
                println!("  Brier skill of what was asserted {:+.2}", brier_skill(strengths, truth));
            }
        }
        println!(
            " primary right {:.2} of {}  intensity r {:.2}  valence r {:.2}, off by {:.2}",
            self.primary.precision(),
            self.primary.right + self.primary.wrong,
            pearson(&self.intensity),
            pearson(&self.valence),
            mean_error(&self.valence)
        );
    }

    /// One line: macro-F1 of everything.
    fn line(&self) -> String {
        let one = |kind: &&str| {
            let (micro, mean) = self.tables.get(kind)?.f1();
            Some(format!("{kind} {micro:.2}/{mean:.2}"))
        };
        let kinds = ["emotions", "needs", "safety", "flags", "techniques", "breakers"];
        let figures: Vec<String> = kinds.iter().filter_map(one).collect();
        format!("{}  primary {:.2}", figures.join("  "), self.primary.precision())
    }
}

/// Labels of the corpus against what is heard, in turns and in ranked replies. `only` prints where
/// that label went wrong; `full` prints every label.
pub(crate) fn labels(listener: &Listener, part: Part, only: Option<&str>, full: bool) -> Result<()> {
    println!("Labels ({part:?}), micro/macro F1");
    let mut turns: BTreeMap<String, Turns> = BTreeMap::new();
    for case in corpus::cases(part)? {
        let mut all = vec![case.clone()];
        all.extend(case.replies.iter().map(|reply| corpus::answered(&case, reply)));
        for conversation in &all {
            let report = listener.listen(conversation);
            for (turn, heard) in conversation.turns.iter().zip(&report.turns) {
                if turn.gold.is_empty() {
                    continue;
                }
                let wrong = |label: Label, there: bool, found: Option<&Finding>| {
                    if only == Some(label.id()) {
                        let what = if there { "not heard" } else { "not there" };
                        let rule = found.map_or("", |f| &f.rule);
                        println!("[{label} {what}] {} {rule}: {}", case.id, turn.text);
                    }
                };
                for name in [corpus::language(&case), "all"] {
                    let tally = turns.entry(name.to_owned()).or_default();
                    match heard {
                        TurnReport::Customer(heard) if name == "all" => {
                            tally.customer(heard, &turn.gold, wrong);
                        }
                        TurnReport::Agent(heard) if name == "all" => {
                            tally.agent(heard, &turn.gold, wrong);
                        }
                        TurnReport::Customer(heard) => {
                            tally.customer(heard, &turn.gold, |_, _, _| ());
                        }
                        TurnReport::Agent(heard) => tally.agent(heard, &turn.gold, |_, _, _| ()),
                        TurnReport::Other { .. } => {}
                    }
                }
            }
        }
    }
    for (name, tally) in &turns {
        println!("{name}: {}", tally.line());
        if full {
            tally.print();
        }
    }
    Ok(())
}

/// Whole dialogues: whether the score orders them as a strict coach does, and whether moments are
/// told as met or missed.
pub(crate) fn dialogues(listener: &Listener, part: Part) -> Result<()> {
    let (mut heard, mut eased) = (Vec::new(), Count::default());
    let (mut missed, mut opened) = (Count::default(), Count::default());
    for case in corpus::cases(part)? {
        let Some(Gold::Number(grade)) = gold(&case.gold, "heard") else { continue };
        let report = listener.listen(&case);
        heard.push((report.heard.score, grade));
        if let Some(Gold::Flag(there)) = gold(&case.gold, "eased") {
            eased.add(report.trajectory.eased, there);
        }
        for (index, turn) in case.turns.iter().enumerate() {
            if !turn.gold.contains_key("emotions") {
                continue;
            }
            let wanted = turn.gold.get("moment").and_then(Value::as_str);
            let ours = report.moments.iter().find(|m| m.turn == index);
            opened.add(ours.is_some(), wanted.is_some());
            missed.add(ours.is_some_and(|m| m.met == Some(false)), wanted == Some("missed"));
        }
    }
    println!("Dialogues ({part:?}): {} of them", heard.len());
    println!("  order of heard, Spearman {:.3}", spearman(&heard));
    println!("  moments F1 {:.2}, missed moments F1 {:.2}, eased F1 {:.2}", opened.f1(), missed.f1(), eased.f1());
    Ok(())
}

/// The labels of a head; `None` when it was not labelled.
pub(crate) fn strings(map: &Map<String, Value>, head: &str) -> Option<Vec<String>> {
    let gold = gold(map, head)?;
    Some(gold.labels().iter().map(|l| l.label.clone()).collect())
}
