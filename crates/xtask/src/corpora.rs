//! Real conversations that are not part of this repository: measured on, never learned from.
//!
//! They are looked for in `../shared/data` beside the checkout, and left out with a clear line
//! where they are absent.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::Result;
use gehoord_conversation::{Breaker, CustomerTurn, Emotion, Label, Signal, Technique, TurnReport};
use gehoord_listening::Listener;
use gehoord_listening::fit::measure::pearson;

use crate::evaluate::{Table, read, root, strings};

pub(crate) fn set(name: &str) -> Option<PathBuf> {
    let path = root().join("../shared/data").join(name);
    if path.is_file() {
        return Some(path);
    }
    println!("{name}: not on this machine, left out");
    None
}

/// Emotion clusters of EmoTwiCS (Labat, Demeester & Hoste 2024), and the labels of ours that are
/// nearest to each. `Desire` has no counterpart and is left out of both figures.
const CLUSTERS: [(&str, &[Emotion]); 7] = [
    ("Anger", &[Emotion::Anger]),
    ("Annoyance", &[Emotion::Annoyance, Emotion::Powerlessness]),
    ("Disappointment", &[Emotion::Disappointment, Emotion::Sadness]),
    ("Nervousness", &[Emotion::Worry]),
    ("Gratitude", &[Emotion::Gratitude]),
    ("Joy", &[Emotion::Joy]),
    ("Relief", &[Emotion::Relief]),
];

/// Response strategies of EmoTwiCS and the labels of ours that are nearest to each. Their
/// Cheerfulness (wishes, jokes, shared joy) has no counterpart of its own.
fn strategy(name: &str, turn: &gehoord_conversation::AgentTurn) -> bool {
    match name {
        "Apology" => turn.has(Technique::Apologise),
        "Empathy" => {
            turn.has(Technique::AcknowledgeFeeling)
                || turn.has(Signal::Sympathy)
                || (turn.has(Signal::TemplateEmpathy) && !turn.has(Technique::Apologise))
        }
        "Explanation" => turn.has(Technique::Explain) || turn.has(Technique::Solve),
        "Gratitude" => turn.has(Technique::Thank),
        "Help_offline" => turn.has(Technique::Refer),
        "Request_information" => {
            turn.has(Technique::ClosedQuestion) || turn.has(Technique::OpenQuestion)
        }
        _ => false,
    }
}

const STRATEGIES: [&str; 6] =
    ["Apology", "Empathy", "Explanation", "Gratitude", "Help_offline", "Request_information"];

/// Measures on EmoTwiCS: all dialogues whose number is divisible by five, as the data sheet asks.
pub(crate) fn emotwics(listener: &Listener, show: bool) -> Result<()> {
    let Some(path) = set("emotwics-dev.jsonl") else { return Ok(()) };
    let held_out = |id: &str| {
        id.rsplit('-').next().and_then(|n| n.parse::<u32>().ok()).is_some_and(|n| n % 5 == 0)
    };
    let conversations = read(&path)?;
    let (mut emotions, mut strategies) = (Table::default(), Table::default());
    let mut valence: Vec<(f32, f32)> = Vec::new();
    for conversation in conversations.iter().filter(|c| held_out(&c.id)) {
        let report = listener.listen(conversation);
        for (turn, heard) in conversation.turns.iter().zip(&report.turns) {
            match heard {
                TurnReport::Customer(heard) => {
                    let Some(gold) = strings(&turn.gold, "clusters") else { continue };
                    customer(&mut emotions, heard, &gold);
                    if show {
                        show_customer(heard, &gold, &turn.text);
                    }
                    if let Some(gold) = turn.gold.get("valence").and_then(serde_json::Value::as_f64)
                    {
                        valence.push((heard.valence, gold as f32));
                    }
                }
                TurnReport::Agent(heard) => {
                    let Some(gold) = strings(&turn.gold, "strategies") else { continue };
                    for name in STRATEGIES {
                        strategies.add(name, strategy(name, heard), gold.iter().any(|g| g == name));
                    }
                }
                TurnReport::Other { .. } => {}
            }
        }
    }
    println!("EmoTwiCS, emotion clusters (id divisible by 5; Desire left out)");
    emotions.print();
    println!("EmoTwiCS, response strategies (Cheerfulness and Other left out)");
    strategies.print();
    println!("EmoTwiCS, valence: Pearson {:.3} over {} turns", pearson(&valence), valence.len());
    Ok(())
}

fn customer(table: &mut Table, heard: &CustomerTurn, gold: &[String]) {
    for (cluster, ours) in CLUSTERS {
        let found = ours.iter().any(|&e| heard.has(Label::Emotion(e)));
        table.add(cluster, found, gold.iter().any(|g| g == cluster));
    }
    let none = !CLUSTERS.iter().any(|(_, ours)| ours.iter().any(|&e| heard.has(e.into())));
    table.add("Neutral", none, gold.iter().any(|g| g == "Neutral"));
}

fn show_customer(heard: &CustomerTurn, gold: &[String], text: &str) {
    let ours: Vec<String> =
        heard.emotions.iter().map(|e| format!("{}[{}]", e.label, e.rule)).collect();
    println!("{gold:?} <> {ours:?}: {}", text.replace('\n', " "));
}

/// Runs through both real Dutch sets whole, and says how long that took.
pub(crate) fn all_the_way(listener: &Listener) -> Result<()> {
    for name in ["emotwics-dev.jsonl", "wmt24chat/nl-dev.jsonl"] {
        let Some(path) = set(name) else { continue };
        let conversations = read(&path)?;
        let start = Instant::now();
        let (mut turns, mut bytes, mut met, mut moments, mut boundaries) = (0, 0, 0, 0, 0);
        for conversation in &conversations {
            let report = listener.listen(conversation);
            turns += report.turns.len();
            bytes += conversation.turns.iter().map(|t| t.text.len()).sum::<usize>();
            moments += report.moments.len();
            met += report.moments.iter().filter(|m| m.met == Some(true)).count();
            boundaries += report
                .turns
                .iter()
                .filter(|t| matches!(t, TurnReport::Agent(a) if a.has(Breaker::IgnoreFeeling)))
                .count();
        }
        let seconds = start.elapsed().as_secs_f64();
        println!(
            "{name}: {} conversations, {turns} turns of {} bytes on average, {:.1} µs a turn; \
             {moments} moments, {met} met, {boundaries} passed over",
            conversations.len(),
            bytes / turns.max(1),
            1e6 * seconds / turns.max(1) as f64
        );
    }
    Ok(())
}
