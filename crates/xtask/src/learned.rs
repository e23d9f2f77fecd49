//! `gehoord learn` measured on real conversations: the floor, and what is learned beside it.

use std::collections::{BTreeMap, BTreeSet};
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

/// Reads the labelled conversations; `all` keeps every head, not only those that the aims name.
fn labelled(all: bool) -> Result<Vec<Conversation>> {
    let Some(path) = set("emotwics-dev.jsonl") else { return Ok(Vec::new()) };
    let mut conversations = read(&path)?;
    only_named_heads(&mut conversations, all);
    Ok(conversations)
}

/// The floor and what is learned, side by side, on every fifth conversation.
pub(crate) fn evaluate(make: impl Fn() -> Result<Listener>, all: bool) -> Result<()> {
    let number = |c: &Conversation| c.id.rsplit('-').next().and_then(|n| n.parse::<u32>().ok());
    let (test, train): (Vec<_>, Vec<_>) =
        labelled(all)?.into_iter().partition(|c| number(c).is_some_and(|n| n % 5 == 0));
    if test.is_empty() {
        return Ok(());
    }
    side_by_side("id divisible by five left out", &make, &train, &test)?.print();
    Ok(())
}

/// The same, leaving out one company after another; at last all that was said of a company without
/// having learned from it, together.
pub(crate) fn companies(make: impl Fn() -> Result<Listener>, all: bool) -> Result<()> {
    let conversations = labelled(all)?;
    let company = |c: &Conversation| c.meta.get("company").map(ToString::to_string);
    let names: BTreeSet<_> = conversations.iter().filter_map(company).collect();
    let mut together = SideBySide::default();
    for name in names {
        let (test, train): (Vec<_>, Vec<_>) =
            conversations.iter().cloned().partition(|c| company(c).as_ref() == Some(&name));
        let one = side_by_side(&format!("{name} left out"), &make, &train, &test)?;
        one.print();
        together.append(one);
    }
    println!("all companies, each left out in turn");
    together.print();
    Ok(())
}

/// Tallies of the floor and of what is learned, head by head, over the same cases.
#[derive(Default)]
struct SideBySide(BTreeMap<String, (Tally, Tally)>);

fn side_by_side(
    title: &str,
    make: &impl Fn() -> Result<Listener>,
    train: &[Conversation],
    test: &[Conversation],
) -> Result<SideBySide> {
    let turns =
        |party| test.iter().flat_map(|c| &c.turns).filter(move |t| t.party == party).count();
    println!(
        "{title}: {} customer and {} agent turns",
        turns(Party::Customer),
        turns(Party::Agent)
    );
    let start = Instant::now();
    let mut floor = measured(make()?, train, test, Settings::floor())?;
    let middle = Instant::now();
    let ours = measured(make()?, train, test, Settings::default())?;
    println!(
        "  (floor {:.0} s, learned {:.0} s)",
        (middle - start).as_secs_f32(),
        middle.elapsed().as_secs_f32()
    );
    let beside = |(head, ours): (String, Tally)| {
        let floor = floor.remove(&head)?;
        Some((head, (floor, ours)))
    };
    Ok(SideBySide(ours.into_iter().filter_map(beside).collect()))
}

impl SideBySide {
    fn append(&mut self, other: Self) {
        for (head, (floor, ours)) in other.0 {
            let all = self.0.entry(head).or_default();
            all.0.cases.extend(floor.cases);
            all.1.cases.extend(ours.cases);
        }
    }

    /// Figures, and the 95 % intervals of what is learned and of what it gains.
    fn print(&self) {
        for (head, (floor, ours)) in &self.0 {
            let everything: Vec<usize> = (0..ours.cases.len()).collect();
            let (a, b) = floor.figures(&everything);
            let (c, d) = ours.figures(&everything);
            let drawn = |figure: &dyn Fn(&[usize]) -> f32| {
                let (low, high) = interval(ours.cases.len(), figure);
                format!("{low:+.3}..{high:+.3}")
            };
            println!(
                "  {head:<12} floor {a:.3}/{b:.3}  learned {c:.3}/{d:.3} ({} / {})  gain {} / {}",
                drawn(&|pick| ours.figures(pick).0),
                drawn(&|pick| ours.figures(pick).1),
                drawn(&|pick| ours.figures(pick).0 - floor.figures(pick).0),
                drawn(&|pick| ours.figures(pick).1 - floor.figures(pick).1),
            );
        }
    }
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
