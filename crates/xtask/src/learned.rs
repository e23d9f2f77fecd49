//! `gehoord learn` measured on real conversations: the floor, and what is learned beside it.

use std::collections::BTreeMap;
use std::time::Instant;

use anyhow::Result;
use gehoord_conversation::{Conversation, HeadValue, Party};
use gehoord_listening::Listener;
use gehoord_listening::fit::measure::{Count, mean_error, pearson};
use gehoord_listening::fit::{AdaptedModel, Gold, Settings, learn};
use serde_json::Value;

use crate::corpora::set;
use crate::evaluate::read;

/// Heads of EmoTwiCS that the aims name.
const HEADS: [&str; 4] = ["clusters", "strategies", "valence", "cause"];

/// Answers to one head: for each case, what was heard and what was there.
#[derive(Debug, Default, Clone)]
pub(crate) struct Tally {
    cases: Vec<(HeadValue, Gold)>,
}

impl Tally {
    fn figures(&self, pick: &[usize]) -> (f32, f32) {
        let mut counts: BTreeMap<&str, Count> = BTreeMap::new();
        let mut numbers = Vec::new();
        let (mut right, mut single) = (0, 0);
        for &i in pick {
            match &self.cases[i] {
                (HeadValue::Number(n), Gold::Number(g)) => numbers.push((*n, *g)),
                (HeadValue::One(label), gold) => {
                    single += 1;
                    right += usize::from(gold.has(&label.label));
                    for name in
                        gold.labels().iter().map(|l| l.label.as_str()).chain([label.label.as_str()])
                    {
                        counts.entry(name).or_default();
                    }
                    for (name, count) in &mut counts {
                        count.add(label.label == *name, gold.has(name));
                    }
                }
                (HeadValue::Labels(labels), gold) => {
                    let names = gold.labels().iter().map(|l| l.label.as_str());
                    for name in names.chain(labels.iter().map(|l| l.label.as_str())) {
                        counts.entry(name).or_default();
                    }
                    for (name, count) in &mut counts {
                        count.add(labels.iter().any(|l| l.label == *name), gold.has(name));
                    }
                }
                _ => {}
            }
        }
        if !numbers.is_empty() {
            return (pearson(&numbers), mean_error(&numbers));
        }
        let macro_f1 = counts.values().map(Count::f1).sum::<f32>() / counts.len().max(1) as f32;
        if single > 0 {
            return (right as f32 / single as f32, macro_f1);
        }
        let mut all = Count::default();
        counts.values().for_each(|c| all.merge(*c));
        (all.f1(), macro_f1)
    }
}

/// Learns on `train`, listens to `test`, and tallies head by head.
fn measured(
    listener: Listener,
    train: &[Conversation],
    test: &[Conversation],
    settings: Settings,
) -> Result<BTreeMap<String, Tally>> {
    let learned = learn(&listener, train, settings, |_| {})?;
    let model = AdaptedModel::from_bytes(&learned.model.to_bytes())?;
    let listener = listener.with_adapted(model);
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    for conversation in test {
        let report = listener.listen(conversation);
        for answer in report.heads {
            let gold = match answer.turn {
                Some(turn) => &conversation.turns[turn].gold,
                None => &conversation.gold,
            };
            let Some(Ok(Some(gold))) = gold.get(&answer.head).map(Gold::read) else { continue };
            tallies.entry(answer.head).or_default().cases.push((answer.value, gold));
        }
    }
    Ok(tallies)
}

fn only_named_heads(conversations: &mut [Conversation], all: bool) {
    for conversation in conversations {
        let keep = |name: &String, _: &mut Value| all || HEADS.contains(&name.as_str());
        let keep_map = |map: &mut serde_json::Map<String, Value>| {
            map.retain(|name, value| keep(name, value));
            // The data sheet's figure leaves the absence of a strategy out.
            if let Some(Value::Array(list)) = map.get_mut("strategies") {
                list.retain(|s| s != "None");
            }
        };
        keep_map(&mut conversation.gold);
        for turn in &mut conversation.turns {
            keep_map(&mut turn.gold);
        }
    }
}

/// The floor and what is learned, side by side.
pub(crate) fn evaluate(
    make: impl Fn() -> Result<Listener>,
    companies: bool,
    all: bool,
) -> Result<()> {
    let Some(path) = set("emotwics-dev.jsonl") else { return Ok(()) };
    let mut conversations = read(&path)?;
    only_named_heads(&mut conversations, all);
    let number = |c: &Conversation| c.id.rsplit('-').next().and_then(|n| n.parse::<u32>().ok());
    let (test, train): (Vec<_>, Vec<_>) =
        conversations.iter().cloned().partition(|c| number(c).is_some_and(|n| n % 5 == 0));
    side_by_side("id divisible by five left out", &make, &train, &test)?;
    if companies {
        let company = |c: &Conversation| c.meta.get("company").map(ToString::to_string);
        let names: std::collections::BTreeSet<_> =
            conversations.iter().filter_map(company).collect();
        for name in names {
            let (test, train): (Vec<_>, Vec<_>) =
                conversations.iter().cloned().partition(|c| company(c).as_ref() == Some(&name));
            side_by_side(&format!("{name} left out"), &make, &train, &test)?;
        }
    }
    Ok(())
}

fn side_by_side(
    title: &str,
    make: &impl Fn() -> Result<Listener>,
    train: &[Conversation],
    test: &[Conversation],
) -> Result<()> {
    let turns =
        |party| test.iter().flat_map(|c| &c.turns).filter(move |t| t.party == party).count();
    println!(
        "{title}: {} customer and {} agent turns",
        turns(Party::Customer),
        turns(Party::Agent)
    );
    let start = Instant::now();
    let floor = Settings { only_words: true, ..Settings::default() };
    let floor = measured(make()?, train, test, floor)?;
    let middle = Instant::now();
    let ours = measured(make()?, train, test, Settings::default())?;
    println!(
        "  (floor {:.0} s, learned {:.0} s)",
        (middle - start).as_secs_f32(),
        middle.elapsed().as_secs_f32()
    );
    for (head, tally) in &ours {
        let Some(floor) = floor.get(head) else { continue };
        let everything: Vec<usize> = (0..tally.cases.len()).collect();
        let (a, b) = floor.figures(&everything);
        let (c, d) = tally.figures(&everything);
        let (low, high) =
            interval(tally.cases.len(), |pick| tally.figures(pick).0 - floor.figures(pick).0);
        let (low2, high2) =
            interval(tally.cases.len(), |pick| tally.figures(pick).1 - floor.figures(pick).1);
        println!(
            "  {head:<12} floor {a:.3}/{b:.3}  learned {c:.3}/{d:.3}  gain {low:+.3}..{high:+.3} / {low2:+.3}..{high2:+.3}"
        );
    }
    Ok(())
}

/// The 95 % bootstrap interval of a figure over `cases`, from 200 seeded draws.
pub(crate) fn interval(cases: usize, figure: impl Fn(&[usize]) -> f32) -> (f32, f32) {
    let mut random = gehoord_listening::fit::solver::Seeded::new(3);
    let mut drawn: Vec<f32> = (0..200)
        .map(|_| {
            let pick: Vec<usize> = (0..cases).map(|_| random.below(cases)).collect();
            figure(&pick)
        })
        .collect();
    drawn.sort_by(f32::total_cmp);
    (drawn[4], drawn[195])
}
