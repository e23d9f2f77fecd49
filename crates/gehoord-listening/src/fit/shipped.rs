//! Making the model that ships.

use gehoord_conversation::{Conversation, Party, TurnReport};
use rustc_hash::FxHashMap;
use serde_json::{Map, Value};

use super::asking;
use super::codec::Writer;
use super::examples::{Numbers, golds};
use super::fitting::{Example, Fitted, Settings, fit_level, targets_of};
use super::heads::{self, Head, Level};
use super::known::{self, Brought};
use super::level::LevelModel;
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
    if let Some(Err(problem)) = listener.lens().deep.map(|deep| deep.names(Party::Customer)) {
        warnings.push(format!("the deep tier is not weighed: {problem}"));
    }
    let found: Vec<Vec<Head>> = [Level::Customer, Level::Agent]
        .iter()
        .map(|&level| {
            let own = labelled.iter().filter(|l| !l.foreign);
            let ours = own.flat_map(|l| golds(&l.conversation, level));
            let ours: Vec<_> = ours.map(|(_, gold)| only_ours(gold)).collect();
            heads::find(level, ours.iter(), &mut warnings)
        })
        .collect();
    let mut found = found.into_iter();
    let (customer_heads, agent_heads) =
        (found.next().unwrap_or_default(), found.next().unwrap_or_default());
    let customers = customers(&listener, labelled, &customer_heads);
    let settings = Settings { keep_unseeing: true, ..settings };
    let customer = customers.fit(Level::Customer, customer_heads, &listener, settings);
    // Replies are learned from as they will be heard: after customers of whom nothing was known.
    let groups = customer.examples.iter().map(|e| e.group);
    let part: FxHashMap<usize, usize> = groups.zip(customer.part).collect();
    let unseeing = customer.unseeing.into_iter().map(|level| {
        let model = Model::of_customers(version.to_owned(), known.clone(), level);
        listener.clone().with_model(model)
    });
    let unseeing: Vec<Listener> = unseeing.collect();
    let of = |group: usize| &unseeing[part.get(&group).copied().unwrap_or_default()];
    let settings = Settings { keep_unseeing: false, ..settings };
    let (replies, mut questions) = replies(of, labelled, &agent_heads, customer.level.width());
    let agent = replies.fit(Level::Agent, agent_heads, &listener, settings);
    let asking = fit_level(Level::Agent, asking::heads(), &mut questions, settings).model;
    let (customer, agent) = ((customer.weighing, customer.level), (agent.weighing, agent.level));
    let mut out = Writer::new();
    out.text(version);
    out.bytes(known.bytes());
    customer.1.write(&mut out);
    agent.1.write(&mut out);
    customer.0.write(&mut out);
    agent.0.write(&mut out);
    asking.write(&mut out);
    let model = Model::new(version.to_owned(), known, customer, agent, asking);
    Trained { listener: listener.with_model(model), bytes: out.into_bytes(), warnings }
}

/// What one level is fitted on.
#[derive(Default)]
struct Material {
    examples: Vec<Example>,
    /// What the deep tier heard, by the example.
    deep: Vec<(usize, DeepHeard)>,
}

/// A fitted level.
struct FittedLevel {
    level: LevelModel,
    weighing: Weighing,
    examples: Vec<Example>,
    part: Vec<usize>,
    unseeing: Vec<LevelModel>,
}

impl Material {
    fn fit(
        mut self,
        level: Level,
        heads: Vec<Head>,
        listener: &Listener,
        settings: Settings,
    ) -> FittedLevel {
        let party = if level == Level::Agent { Party::Agent } else { Party::Customer };
        let fitted = fit_level(level, heads, &mut self.examples, settings);
        let heads = &fitted.model.heads;
        let held = self.deep.into_iter().map(|(index, deep)| Held {
            words: fitted.unseen[index].clone(),
            deep,
            language: self.examples[index].language,
            gold: targets_of(heads, &self.examples[index]),
        });
        let held: Vec<Held> = held.collect();
        let names = listener.lens().deep.map_or(Ok(&[][..]), |deep| deep.names(party));
        let weighing = match names {
            Ok(names) if !held.is_empty() => Weighing::fit(heads, names, &held, settings.misses),
            _ => Weighing::default(),
        };
        let Fitted { model, part, unseeing, .. } = fitted;
        FittedLevel { level: model, weighing, examples: self.examples, part, unseeing }
    }
}

/// Customer turns as cues hear them.
fn customers(listener: &Listener, labelled: &[Labelled], heads: &[Head]) -> Material {
    let mut material = Material::default();
    for one in labelled {
        let case = listener.case(&one.conversation);
        for (index, gold) in turns(&one.conversation, Level::Customer) {
            let TurnReport::Customer(turn) = &case.report.turns[index] else { continue };
            let (reading, before) = (&case.readings[index], &case.readings[..index]);
            let numbers = Numbers::of_customer(turn, reading, before, listener.lens());
            if let Some(tier) = listener.lens().deep.filter(|_| one.held && !one.foreign) {
                let heard = tier.hear(reading, before, None);
                material.deep.extend(heard.map(|heard| (material.examples.len(), heard)));
            }
            let example = numbers.example(one.group, &only_ours(gold), heads, &case.readings);
            material.examples.push(weighed(example, one));
        }
    }
    material
}

/// Replies as cues hear them, and their questions, beside what `listener` of a group believes of the
/// customer, `width` numbers a turn.
fn replies<'l>(
    listener: impl Fn(usize) -> &'l Listener,
    labelled: &[Labelled],
    heads: &[Head],
    width: usize,
) -> (Material, Vec<Example>) {
    let (mut material, mut questions) = (Material::default(), Vec::new());
    let asking = asking::heads();
    for one in labelled {
        if turns(&one.conversation, Level::Agent).next().is_none() {
            continue;
        }
        let listener = listener(one.group);
        let case = listener.case(&one.conversation);
        for (index, gold) in turns(&one.conversation, Level::Agent) {
            let TurnReport::Agent(turn) = &case.report.turns[index] else { continue };
            let (reading, before) = (&case.readings[index], &case.readings[..index]);
            let features = listener.lens().features(reading);
            let asked = asking::questions(turn, reading, before);
            for question in &asked {
                let place = reading.text.sentence_span(question.sentence);
                let Some(gold) = asking::gold_at(place, asked.len(), gold) else { continue };
                let numbers = question.numbers(reading, &features);
                let example = numbers.example(one.group, &gold, &asking, &case.readings);
                questions.push(weighed(example, one));
            }
            let brought = Brought::before(index, &case.report.turns, &case.readings);
            let brought = brought.with_beliefs(index, &case.report.turns, &case.beliefs, width);
            let numbers = Numbers::of_reply(turn, brought, features, reading, before);
            if let Some(tier) = listener.lens().deep.filter(|_| one.held && !one.foreign) {
                let core = known::core_of(turn, reading);
                let heard = tier.hear(reading, before, Some(&core));
                material.deep.extend(heard.map(|heard| (material.examples.len(), heard)));
            }
            let example = numbers.example(one.group, &only_ours(gold), heads, &case.readings);
            material.examples.push(weighed(example, one));
        }
    }
    (material, questions)
}

/// The labelled turns of a level, by their place.
fn turns(
    conversation: &Conversation,
    level: Level,
) -> impl Iterator<Item = (usize, &Map<String, Value>)> {
    golds(conversation, level).filter_map(|(turn, gold)| Some((turn?, gold)))
}

/// An example counts as what it was made of.
fn weighed(mut example: Example, of: &Labelled) -> Example {
    example.weight = of.weight;
    example.foreign = of.foreign;
    if of.foreign {
        example.extra.clear();
        example.sentences.clear();
        example.beside.clear();
    }
    example
}

fn only_ours(gold: &Map<String, Value>) -> Map<String, Value> {
    let ours = gold.iter().filter(|(name, _)| HEADS.contains(&name.as_str()));
    let fitted = |name: &str, value: &Value| match name {
        "cause" => as_label(value),
        "techniques" | "breakers" => without_form(value),
        _ => value.clone(),
    };
    ours.map(|(name, value)| (name.clone(), fitted(name, value))).collect()
}

/// Labels that are told sentence by sentence, or over the whole run, and not by the words a reply stands on.
const BY_FORM: [&str; 5] =
    ["open_question", "closed_question", "check_understanding", "interrogation", "ignore_feeling"];

fn without_form(labels: &Value) -> Value {
    let id = |label: &Value| {
        let name = label.as_str().or_else(|| label.get("label").and_then(|l| l.as_str()));
        name.map(str::to_owned).unwrap_or_default()
    };
    let kept = labels.as_array().into_iter().flatten();
    kept.filter(|l| !BY_FORM.contains(&id(l).as_str())).cloned().collect()
}

/// The words of a cause are free; that there is one, and where, is a label.
fn as_label(cause: &Value) -> Value {
    match cause {
        Value::Object(object) => {
            let mut label = object.clone();
            label.insert("label".to_owned(), "cause".into());
            vec![Value::Object(label)].into()
        }
        Value::String(_) => vec!["cause"].into(),
        _ => Value::Array(Vec::new()),
    }
}
