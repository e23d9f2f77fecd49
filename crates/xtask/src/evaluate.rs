//! `cargo xtask evaluate`: how well it listens, on cases with labels.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use gehoord_conversation::wire::read_conversation;
use gehoord_conversation::{Conversation, Language, Party, Report, Safety, Turn, TurnReport};
use gehoord_listening::Listener;

use crate::cues::{load_pack, packs_folder};

/// Which part of a set is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Part {
    /// What may be learned from.
    Dev,
    /// What no cue was written from.
    HeldOut,
    /// Both.
    All,
}

/// The repository's root.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A listener with the packs as they are on disk.
pub(crate) fn listener(packs: Option<&Path>) -> Result<Listener> {
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

/// Whether a ranked case is held out: every third by the number in its id.
fn is_held_out(conversation: &Conversation) -> bool {
    match conversation.meta.get("split").and_then(|s| s.as_str()) {
        Some(split) => split == "held-out",
        None => {
            let digits: String = conversation.id.chars().filter(char::is_ascii_digit).collect();
            digits.parse::<u32>().is_ok_and(|n| n % 3 == 0)
        }
    }
}

fn in_part(conversation: &Conversation, part: Part) -> bool {
    match part {
        Part::All => true,
        Part::Dev => !is_held_out(conversation),
        Part::HeldOut => is_held_out(conversation),
    }
}

/// Ranked replies: how often the best one scores above the worst and above the second.
pub(crate) fn triples(listener: &Listener, part: Part, show: bool) -> Result<()> {
    println!("Reply triples ({part:?}): best above worst, best above second (ties count as wrong)");
    for file in ["nl-a", "nl-b", "en"] {
        let cases = read(&root().join(format!("corpus/triples/{file}.jsonl")))?;
        let (mut n, mut over_worst, mut over_second, mut second_over_worst) = (0, 0, 0, 0);
        for case in cases.iter().filter(|c| in_part(c, part)) {
            n += 1;
            let mut scores: Vec<(u32, f32, Report)> = case
                .replies
                .iter()
                .map(|reply| {
                    let mut conversation = case.clone();
                    conversation.turns.push(Turn::new(Party::Agent, &reply.text));
                    if let Some(last) = case.turns.last() {
                        let at = conversation.turns.len() - 1;
                        conversation.turns[at].at = last.at.clone();
                    }
                    let report = listener.listen(&conversation);
                    let score = match report.turns.last() {
                        Some(TurnReport::Agent(turn)) => turn.score.unwrap_or(0.0),
                        _ => 0.0,
                    };
                    (reply.rank, score, report)
                })
                .collect();
            scores.sort_by_key(|(rank, _, _)| *rank);
            let [best, second, worst] = [scores[0].1, scores[1].1, scores[2].1];
            over_worst += usize::from(best > worst);
            over_second += usize::from(best > second);
            second_over_worst += usize::from(second > worst);
            if show && (best <= worst || best <= second) {
                print_case(case, &scores);
            }
        }
        let share = |k: usize| 100.0 * k as f32 / n as f32;
        println!(
            "  {file:<6} n={n:<4} best>worst {:5.1}%  best>second {:5.1}%  second>worst {:5.1}%",
            share(over_worst),
            share(over_second),
            share(second_over_worst)
        );
    }
    Ok(())
}

fn print_case(case: &Conversation, scores: &[(u32, f32, Report)]) {
    println!("---- {}", case.id);
    for turn in &case.turns {
        println!("  {}: {}", turn.party, turn.text);
    }
    if let Some(TurnReport::Customer(turn)) = scores[0].2.turns.get(case.turns.len() - 1) {
        let emotions: Vec<String> = turn
            .emotions
            .iter()
            .map(|e| format!("{}({:.2} {})", e.label, e.strength, e.rule))
            .collect();
        println!(
            "  heard: {} intensity {} needs {:?} complaint {} | gold {}",
            emotions.join(" "),
            turn.intensity,
            turn.needs,
            turn.complaint,
            serde_json::to_string(&case.turns.last().map(|t| &t.gold)).unwrap_or_default()
        );
    }
    for (rank, score, report) in scores {
        let reply = case.replies.iter().find(|r| r.rank == *rank);
        println!("  [{rank}] {score:.0}: {}", reply.map_or("", |r| &r.text));
        if let Some(TurnReport::Agent(turn)) = report.turns.last() {
            let names = |findings: &[gehoord_conversation::Finding]| {
                findings.iter().map(|f| f.label.id()).collect::<Vec<_>>().join(" ")
            };
            println!(
                "      T {} | B {} | S {} | {:?} cov {:?}",
                names(&turn.techniques),
                names(&turn.breakers),
                names(&turn.signals),
                turn.parts,
                turn.coverage
            );
            println!(
                "      gold {}",
                reply.map_or(String::new(), |r| serde_json::to_string(&r.gold).unwrap_or_default())
            );
        }
    }
}

/// True and false positives and misses of one label.
#[derive(Debug, Default, Clone, Copy)]
struct Count {
    right: usize,
    wrong: usize,
    missed: usize,
}

impl Count {
    fn add(&mut self, heard: bool, gold: bool) {
        match (heard, gold) {
            (true, true) => self.right += 1,
            (true, false) => self.wrong += 1,
            (false, true) => self.missed += 1,
            (false, false) => {}
        }
    }

    fn precision(self) -> f32 {
        self.right as f32 / (self.right + self.wrong).max(1) as f32
    }

    fn recall(self) -> f32 {
        self.right as f32 / (self.right + self.missed).max(1) as f32
    }

    fn f1(self) -> f32 {
        2.0 * self.right as f32 / (2 * self.right + self.wrong + self.missed).max(1) as f32
    }
}

/// Counts by label.
#[derive(Default)]
pub(crate) struct Table(BTreeMap<String, Count>);

impl Table {
    pub(crate) fn add(&mut self, label: &str, heard: bool, gold: bool) {
        self.0.entry(label.to_owned()).or_default().add(heard, gold);
    }

    pub(crate) fn print(&self) {
        let mut all = Count::default();
        let mut macro_f1 = 0.0;
        let mut labels = 0;
        for (label, count) in &self.0 {
            if count.right + count.missed > 0 {
                macro_f1 += count.f1();
                labels += 1;
            }
            all.right += count.right;
            all.wrong += count.wrong;
            all.missed += count.missed;
            println!(
                "  {label:<22} gold {:>5}  precision {:.2}  recall {:.2}  F1 {:.2}",
                count.right + count.missed,
                count.precision(),
                count.recall(),
                count.f1()
            );
        }
        println!("  micro-F1 {:.3}  macro-F1 {:.3}", all.f1(), macro_f1 / labels.max(1) as f32);
    }
}

/// Safety flags.
pub(crate) fn safety(listener: &Listener, part: Part, show: bool) -> Result<()> {
    for language in ["nl", "en"] {
        println!("Safety, {language} ({part:?})");
        let cases = read(&root().join(format!("corpus/safety/{language}.jsonl")))?;
        let mut table = Table::default();
        for case in cases.iter().filter(|c| in_part(c, part)) {
            let report = listener.listen(case);
            let Some(TurnReport::Customer(turn)) = report.turns.first() else { continue };
            let gold = strings(&case.turns[0].gold, "safety").unwrap_or_default();
            for &flag in Safety::ALL {
                let (heard, wanted) =
                    (turn.safety.contains(&flag), gold.iter().any(|g| g == flag.id()));
                table.add(flag.id(), heard, wanted);
                if show && heard != wanted {
                    let rule = turn
                        .signals
                        .iter()
                        .find(|s| s.label == flag.into())
                        .map(|s| s.rule.clone());
                    println!(
                        "  {} {flag} heard {heard} gold {wanted} {rule:?}: {}",
                        case.id, case.turns[0].text
                    );
                }
            }
        }
        table.print();
    }
    Ok(())
}

/// Labels of the corpus against what is heard: customer turns and ranked replies.
pub(crate) fn labels(listener: &Listener, part: Part, only: Option<&str>) -> Result<()> {
    let show = |label: &str, heard: bool, gold: bool, text: &str, rule: Option<String>| {
        if only == Some(label) && heard != gold {
            let what = if heard { "heard, but not there" } else { "there, but not heard" };
            println!("[{label}: {what}] {} {text}", rule.unwrap_or_default());
        }
    };
    for language in ["nl", "en"] {
        let (mut emotions, mut techniques, mut breakers) =
            (Table::default(), Table::default(), Table::default());
        let (mut flags, mut needs) = (Table::default(), Table::default());
        for file in ["nl-a", "nl-b", "en"].iter().filter(|f| f.starts_with(language)) {
            for case in read(&root().join(format!("corpus/triples/{file}.jsonl")))?
                .iter()
                .filter(|c| in_part(c, part))
            {
                let report = listener.listen(case);
                for (turn, heard) in case.turns.iter().zip(&report.turns) {
                    let TurnReport::Customer(heard) = heard else { continue };
                    if let Some(gold) = strings(&turn.gold, "emotions") {
                        for &emotion in gehoord_conversation::Emotion::ALL {
                            let rule = heard
                                .emotions
                                .iter()
                                .find(|f| f.label == emotion.into())
                                .map(|f| f.rule.to_string());
                            show(
                                emotion.id(),
                                heard.has(emotion.into()),
                                gold.iter().any(|g| g == emotion.id()),
                                &turn.text,
                                rule,
                            );
                            emotions.add(
                                emotion.id(),
                                heard.has(emotion.into()),
                                gold.iter().any(|g| g == emotion.id()),
                            );
                        }
                    }
                    if let Some(gold) = strings(&turn.gold, "needs") {
                        for need in gehoord_conversation::Need::ALL {
                            let rule = heard
                                .signals
                                .iter()
                                .find(|f| f.label == (*need).into())
                                .map(|f| f.rule.to_string());
                            show(
                                need.id(),
                                heard.needs.contains(need),
                                gold.iter().any(|g| g == need.id()),
                                &turn.text,
                                rule,
                            );
                            needs.add(
                                need.id(),
                                heard.needs.contains(need),
                                gold.iter().any(|g| g == need.id()),
                            );
                        }
                    }
                    let flag = |key: &str| turn.gold.get(key).and_then(serde_json::Value::as_bool);
                    for (key, value) in [
                        ("repeat_contact", heard.repeat_contact),
                        ("churn_risk", heard.churn_risk),
                        ("complaint", heard.complaint),
                    ] {
                        if let Some(gold) = flag(key) {
                            show(key, value, gold, &turn.text, None);
                            flags.add(key, value, gold);
                        }
                    }
                    if let Some(primary) = turn.gold.get("primary").and_then(|p| p.as_str()) {
                        flags.add("neutral", heard.primary.is_none(), primary == "neutral");
                    }
                }
                for reply in &case.replies {
                    let mut conversation = case.clone();
                    conversation.turns.push(Turn::new(Party::Agent, &reply.text));
                    let report = listener.listen(&conversation);
                    let Some(TurnReport::Agent(turn)) = report.turns.last() else { continue };
                    let gold = strings(&reply.gold, "techniques").unwrap_or_default();
                    for &t in gehoord_conversation::Technique::ALL {
                        let rule = turn
                            .techniques
                            .iter()
                            .find(|f| f.label == t.into())
                            .map(|f| f.rule.to_string());
                        show(
                            t.id(),
                            turn.has(t),
                            gold.iter().any(|g| g == t.id()),
                            &reply.text,
                            rule,
                        );
                        techniques.add(t.id(), turn.has(t), gold.iter().any(|g| g == t.id()));
                    }
                    let gold = strings(&reply.gold, "breakers").unwrap_or_default();
                    for &b in gehoord_conversation::Breaker::ALL {
                        let rule = turn
                            .breakers
                            .iter()
                            .find(|f| f.label == b.into())
                            .map(|f| f.rule.to_string());
                        show(
                            b.id(),
                            turn.has(b),
                            gold.iter().any(|g| g == b.id()),
                            &reply.text,
                            rule,
                        );
                        breakers.add(b.id(), turn.has(b), gold.iter().any(|g| g == b.id()));
                    }
                }
            }
        }
        for (name, table) in [
            ("emotions", emotions),
            ("flags", flags),
            ("needs", needs),
            ("techniques", techniques),
            ("breakers", breakers),
        ] {
            println!("{name}, {language} ({part:?})");
            table.print();
        }
    }
    Ok(())
}

/// The labels of a head; `None` when it was not labelled.
pub(crate) fn strings(
    gold: &serde_json::Map<String, serde_json::Value>,
    head: &str,
) -> Option<Vec<String>> {
    let list = gold.get(head)?.as_array()?;
    Some(list.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect())
}
