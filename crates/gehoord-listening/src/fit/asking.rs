//! The sentences of a reply that ask, and what kind of question each is.
//!
//! Form alone does not tell: "wat kan ik doen?" invites, "wat is uw postcode?" does not, and "doet hij
//! het nu?" checks whether it has helped. So each such sentence is heard by itself, apart from what
//! the reply stands on: whatever is asked changes nothing else that is heard.

use std::ops::Range;

use gehoord_conversation::{AgentTurn, Span};
use serde_json::{Map, Value};

use super::examples::Numbers;
use super::features::{Features, Hash, Space};
use super::heads::{Gold, Head, Level, Shape};
use super::known::{self, ASKING};
use super::level::LevelModel;
use crate::reading::Reading;
use crate::text::Text;

/// How much the words with which a question opens count beside all its words.
const OPENING: f32 = 0.5;

/// The one head: a column for each of [`ASKING`].
pub(crate) fn heads() -> Vec<Head> {
    vec![Head {
        name: "techniques".to_owned(),
        level: Level::Agent,
        shape: Shape::Labels,
        labels: ASKING.iter().map(|t| t.id().to_owned()).collect(),
        never_empty: false,
        range: (0.0, 0.0),
        columns: 0..ASKING.len(),
    }]
}

/// What cues say of each sentence of a reply, for each of [`ASKING`].
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Asks {
    /// How sure the surest cue is.
    pub(crate) heard: [f32; ASKING.len()],
    /// Whether it is taken for one, by a cue or by its form.
    pub(crate) told: [bool; ASKING.len()],
}

fn asks(turn: &AgentTurn, reading: &Reading<'_>) -> Vec<Asks> {
    let text = &reading.text;
    let mut asks = vec![Asks::default(); text.sentences.len()];
    for (kind, &technique) in ASKING.iter().enumerate() {
        for heard in reading.all(technique) {
            let own = &mut asks[heard.sentence].heard[kind];
            *own = own.max(heard.strength);
        }
        let found = turn.techniques.iter().filter(|f| f.label == technique.into());
        let places = found.flat_map(|f| &f.evidence).filter(|e| e.turn == reading.index);
        for sentence in places.filter_map(|e| text.sentence_at(e.span)) {
            asks[sentence].told[kind] = true;
        }
    }
    asks
}

/// A sentence of a reply that asks by its mark or by a cue.
pub(crate) struct Question {
    /// Which sentence.
    pub(crate) sentence: usize,
    /// What cues say of it.
    pub(crate) asks: Asks,
    other: Vec<(u32, f32)>,
    extra: Vec<f32>,
}

/// The questions of a reply.
pub(crate) fn questions(
    turn: &AgentTurn,
    reading: &Reading<'_>,
    before: &[Reading<'_>],
) -> Vec<Question> {
    let text = &reading.text;
    let asks = asks(turn, reading);
    let asking = |&at: &usize| text.sentences[at].question || asks[at].told.contains(&true);
    let asking: Vec<usize> = (0..text.sentences.len()).filter(asking).collect();
    let mut beside = Vec::new();
    known::beside_questions(turn, before, &mut beside);
    let questions = asking.iter().map(|&sentence| {
        let (mut other, mut extra) = (Vec::new(), Vec::new());
        opening(text, sentence, &mut other);
        let asks = asks[sentence];
        known::of_question(asks, sentence, asking.len(), text, &mut extra);
        extra.extend(&beside);
        Question { sentence, asks, other, extra }
    });
    questions.collect()
}

impl Question {
    /// What `level` believes it asks, by the features of the whole reply: for each of [`ASKING`].
    pub(crate) fn beliefs(&self, level: &LevelModel, features: &Features) -> Vec<f32> {
        let words = level.words_of(features, self.sentence, &self.other);
        level.believe(words, &self.extra, &[]).columns
    }

    /// The same as numbers to fit on.
    pub(crate) fn numbers(&self, reading: &Reading<'_>, features: &Features) -> Numbers {
        Numbers {
            features: features.only(std::iter::once(self.sentence)),
            places: vec![(reading.index, self.sentence)],
            other: self.other.clone(),
            extra: self.extra.clone(),
            language: reading.language,
            beside: Vec::new(),
        }
    }
}

/// The first words of a question, and of its last clause: "wat vervelend, wat is er gebeurd?".
fn opening(text: &Text, sentence: usize, into: &mut Vec<(u32, f32)>) {
    let range = text.sentences[sentence].range();
    let clause = last_clause(text, range.clone());
    for (name, at) in [("sentence", range.start), ("clause", clause)] {
        let mut words = Hash::new(Space::Opening).with_text(name);
        for token in text.tokens[at..range.end].iter().take(2) {
            words = words.with(32).with_text(text.norm(token));
            into.push((words.place(), OPENING));
        }
    }
}

/// Where the last clause begins that has something in it.
pub(crate) fn last_clause(text: &Text, sentence: Range<usize>) -> usize {
    const SOMETHING: usize = 3;
    (sentence.start + 1..sentence.end)
        .rev()
        .find(|&at| text.tokens[at].pause_before && sentence.end - at >= SOMETHING)
        .unwrap_or(sentence.start)
}

/// What was labelled of the question at `place` of a reply that asks `questions` times; `None` where
/// nobody said which of them a label is about.
pub(crate) fn gold_at(
    place: Span,
    questions: usize,
    gold: &Map<String, Value>,
) -> Option<Map<String, Value>> {
    let given = Gold::read(gold.get("techniques")?).ok().flatten()?;
    let mut own = Vec::new();
    for label in given.labels() {
        if !ASKING.iter().any(|t| t.id() == label.label) {
            continue;
        }
        let here = label.evidence.iter().any(|span| span.overlaps(&place));
        if label.evidence.is_empty() && questions > 1 {
            return None;
        }
        if here || label.evidence.is_empty() {
            own.push(Value::from(label.label.as_str()));
        }
    }
    Some(Map::from_iter([("techniques".to_owned(), own.into())]))
}
