//! Making the model that ships.

use gehoord_conversation::{Conversation, Party, TurnReport};

use super::codec::Writer;
use super::examples::{Numbers, golds};
use super::fitting::{Example, Settings, fit_level, targets_of};
use super::heads::{self, Head, Level};
use super::known::{self, Brought};
use crate::Listener;
use crate::deep::DeepHeard;
use crate::deep::weighing::{Held, Weighing};
use crate::embedded;
use crate::model::Model;
use crate::text::Vocabulary;

/// The heads that ship. Others in `gold` (`primary`, `due`) are measured, not fitted.
const HEADS: [&str; 13] = [
    "better",
    "cause",
    "emotions",
    "needs",
    "safety",
    "repeat_contact",
    "churn_risk",
    "complaint",
    "intensity",
    "valence",
    "techniques",
    "breakers",
    "boundary",
];

/// A labelled conversation to fit on.
#[derive(Debug, Clone)]
pub struct Labelled {
    /// The conversation, with `gold` on the turns to learn from.
    pub conversation: Conversation,
    /// Conversations of one group are never parted: a case with all its candidate replies.
    pub group: usize,
    /// How much it counts, 0–1.
    pub weight: f32,
    /// From another field: it only helps to know words, and nothing is measured or set on it.
    pub foreign: bool,
    /// Kept from the deep tier while it was fitted, so that how to weigh it can be learned here.
    pub held: bool,
}

/// A model fitted for shipping.
pub struct Trained {
    /// The listener with the model.
    pub listener: Listener,
    /// The model as a file.
    pub bytes: Vec<u8>,
    /// What was left out, and why.
    pub warnings: Vec<String>,
}

/// Fits the model that ships on top of what the cues of `listener` hear, which must have no model
/// of its own.
#[must_use]
pub fn train(
    listener: Listener,
    labelled: &[Labelled],
    version: &str,
    settings: Settings,
) -> Trained {
    let mut warnings = Vec::new();
    let mut known = Vocabulary::empty();
    for turn in labelled.iter().flat_map(|l| &l.conversation.turns) {
        known.add_text(&turn.text);
    }
    for (_, contents) in embedded::cue_files() {
        known.add_text(contents);
    }
    let listener = listener.knowing(known.clone());
    let found: Vec<Vec<Head>> = [Level::Customer, Level::Agent]
        .iter()
        .map(|&level| {
            let own = labelled.iter().filter(|l| !l.foreign);
            let ours = own.flat_map(|l| golds(&l.conversation, level));
            let ours: Vec<_> = ours.map(|(_, gold)| only_ours(gold)).collect();
            heads::find(level, ours.iter(), &mut warnings)
        })
        .collect();
    let mut examples: [Vec<Example>; 2] = [Vec::new(), Vec::new()];
    let mut deep: [Vec<(usize, DeepHeard)>; 2] = [Vec::new(), Vec::new()];
    for one in labelled {
        let case = listener.case(&one.conversation);
        for (i, level) in [Level::Customer, Level::Agent].into_iter().enumerate() {
            for (turn, gold) in golds(&one.conversation, level) {
                let Some(index) = turn else { continue };
                let (reading, before) = (&case.readings[index], &case.readings[..index]);
                let mut core = None;
                let numbers = match &case.report.turns[index] {
                    TurnReport::Customer(turn) => {
                        Numbers::of_customer(turn, reading, before, listener.lens())
                    }
                    TurnReport::Agent(turn) => {
                        let brought = Brought::before(index, &case.report.turns, &case.readings);
                        core = Some(known::core_of(turn, reading));
                        Numbers::of_reply(turn, brought, reading, before, listener.lens())
                    }
                    TurnReport::Other { .. } => continue,
                };
                if let Some(tier) = listener.lens().deep.filter(|_| one.held && !one.foreign) {
                    let heard = tier.hear(reading, before, core.as_deref());
                    deep[i].extend(heard.map(|heard| (examples[i].len(), heard)));
                }
                let gold = only_ours(gold);
                let mut example = numbers.example(one.group, &gold, &found[i], &case.readings);
                example.weight = one.weight;
                example.foreign = one.foreign;
                if one.foreign {
                    example.extra.clear();
                    example.sentences.clear();
                }
                examples[i].push(example);
            }
        }
    }
    let [mut customer, mut agent] = examples;
    let [deep_customer, deep_agent] = deep;
    let mut found = found.into_iter();
    let mut fit = |level, party, examples: &mut [Example], deep: Vec<(usize, DeepHeard)>| {
        let fitted = fit_level(level, found.next().unwrap_or_default(), examples, settings);
        let heads = &fitted.model.heads;
        let held = deep.into_iter().map(|(index, deep)| Held {
            words: fitted.unseen[index].clone(),
            deep,
            gold: targets_of(heads, &examples[index]),
        });
        let held: Vec<Held> = held.collect();
        let names = listener.lens().deep.map_or(Ok(&[][..]), |deep| deep.names(party));
        let weighing = match names {
            Ok(names) if !held.is_empty() => Weighing::fit(heads, names, &held, settings.misses),
            _ => Weighing::default(),
        };
        (weighing, fitted.model)
    };
    let customer = fit(Level::Customer, Party::Customer, &mut customer, deep_customer);
    let agent = fit(Level::Agent, Party::Agent, &mut agent, deep_agent);
    let mut out = Writer::new();
    out.text(version);
    out.bytes(known.bytes());
    customer.1.write(&mut out);
    agent.1.write(&mut out);
    customer.0.write(&mut out);
    agent.0.write(&mut out);
    let model = Model::new(version.to_owned(), known, customer, agent);
    Trained { listener: listener.with_model(model), bytes: out.into_bytes(), warnings }
}

fn only_ours(
    gold: &serde_json::Map<String, serde_json::Value>,
) -> serde_json::Map<String, serde_json::Value> {
    let ours = gold.iter().filter(|(name, _)| HEADS.contains(&name.as_str()));
    let fitted = |name: &str, value: &serde_json::Value| match name {
        "cause" => as_label(value),
        "techniques" | "breakers" => without_form(value),
        _ => value.clone(),
    };
    ours.map(|(name, value)| (name.clone(), fitted(name, value))).collect()
}

/// Labels that are told by form, or over the whole run, and not by words.
const BY_FORM: [&str; 5] =
    ["open_question", "closed_question", "check_understanding", "interrogation", "ignore_feeling"];

fn without_form(labels: &serde_json::Value) -> serde_json::Value {
    let id = |label: &serde_json::Value| {
        let name = label.as_str().or_else(|| label.get("label").and_then(|l| l.as_str()));
        name.map(str::to_owned).unwrap_or_default()
    };
    let kept = labels.as_array().into_iter().flatten();
    kept.filter(|l| !BY_FORM.contains(&id(l).as_str())).cloned().collect()
}

/// The words of a cause are free; that there is one, and where, is a label.
fn as_label(cause: &serde_json::Value) -> serde_json::Value {
    match cause {
        serde_json::Value::Object(object) => {
            let mut label = object.clone();
            label.insert("label".to_owned(), "cause".into());
            vec![serde_json::Value::Object(label)].into()
        }
        serde_json::Value::String(_) => vec!["cause"].into(),
        _ => serde_json::Value::Array(Vec::new()),
    }
}
