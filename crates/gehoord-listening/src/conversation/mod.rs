//! What is heard over a whole conversation: runs, moments, promises, the course of feeling, and
//! whether the customer was heard.

mod exchange;
pub(crate) mod kept;
mod moments;
mod ongoing;
pub(crate) mod runs;
mod score;
mod trajectory;

pub(crate) use moments::Pending;
pub use ongoing::Ongoing;

use std::borrow::Cow;

use gehoord_conversation::{
    AgentTurn, Conversation, CustomerTurn, Emotion, Evidence, Heard, HeardParts, Label, Locale,
    Party, Report, Safety, Span, Sureness, Trajectory, TurnReport, Versions,
};

use crate::cue::Packs;
use crate::culture::CultureProfile;
use crate::customer;
use crate::deep::Deep;
use crate::fit::examples::Case;
use crate::fit::features::Lens;
use crate::model::Model;
use crate::reading::Reading;
use crate::rubric::Rubric;
use crate::text::Vocabulary;
use crate::vectors::Vectors;
use exchange::{Exchange, Stage};
use runs::Run;

/// Fewer customer words than this are too little to go by.
const FEW_WORDS: usize = 4;

/// What a conversation is listened to with.
pub(crate) struct Ears<'l> {
    pub(crate) packs: &'l Packs,
    pub(crate) rubric: &'l Rubric,
    pub(crate) culture: Option<&'l CultureProfile>,
    pub(crate) model: Option<&'l Model>,
    pub(crate) vectors: Option<&'l Vectors>,
    pub(crate) deep: Option<&'l Deep>,
    /// Of the model, with its tier.
    pub(crate) version: &'l str,
    pub(crate) known: Option<&'l Vocabulary>,
}

impl Ears<'_> {
    fn lens(&self) -> Lens<'_> {
        Lens { packs: self.packs, vectors: self.vectors, deep: self.deep }
    }
}

/// Listens to a whole conversation.
pub(crate) fn listen<'c>(
    conversation: &'c Conversation,
    locale: Locale,
    ears: &Ears<'_>,
) -> Case<'c> {
    let (expected, packs) = (locale.language(), ears.packs);
    let turns = conversation.turns.iter().enumerate();
    let readings: Vec<Reading<'_>> = turns
        .map(|(i, turn)| {
            Reading::new(i, Cow::Borrowed(turn), expected, Some(&locale), packs, ears.known)
        })
        .collect();
    let mut beliefs = Vec::with_capacity(readings.len());
    let mut turns: Vec<TurnReport> = Vec::with_capacity(readings.len());
    for index in 0..readings.len() {
        let (turn, believed) = hear_turn(index, &readings, ears);
        turns.push(turn);
        beliefs.push(believed);
    }
    let runs = runs::runs(&readings);
    let mut exchange = Exchange::default();
    for run in &runs {
        let (readings, turns, beliefs) = (&readings, &mut turns, &mut beliefs);
        exchange.hear(run, &mut Stage { readings, turns, beliefs, ears, locale: &locale });
    }
    let mut report = empty_report(conversation, locale, ears);
    sum_up(&mut report, &exchange, &runs, &readings, &turns, ears);
    point_at_words(&mut turns, 0, &readings);
    report.turns = turns;
    Case { readings, report, beliefs }
}

/// What can be heard in turn `index` before it is known what it answers, and what the model
/// believes of it.
fn hear_turn(index: usize, readings: &[Reading<'_>], ears: &Ears<'_>) -> (TurnReport, Vec<f32>) {
    let reading = &readings[index];
    match reading.turn.party {
        Party::Customer => {
            let answers = reading.answers(&readings[..index]);
            let mut turn = customer::hear(reading, answers, ears.packs);
            let model = ears.model.map(|m| m.customer(&mut turn, index, readings, ears.lens()));
            (TurnReport::Customer(turn), model.unwrap_or_default())
        }
        Party::Agent => (unheard(reading), Vec::new()),
        party => (TurnReport::Other { party, language: reading.language }, Vec::new()),
    }
}

/// An agent turn of which nothing is known yet.
fn unheard(reading: &Reading<'_>) -> TurnReport {
    TurnReport::Agent(AgentTurn { language: reading.language, ..AgentTurn::default() })
}

/// The report of a conversation in which nothing was heard yet.
fn empty_report(conversation: &Conversation, locale: Locale, ears: &Ears<'_>) -> Report {
    Report {
        id: conversation.id.clone(),
        locale,
        channel: conversation.channel,
        versions: Versions {
            engine: env!("CARGO_PKG_VERSION").to_owned(),
            model: ears.version.to_owned(),
            rubric: ears.rubric.version.clone(),
        },
        heard: Heard { score: 0.0, sure: Sureness::Low, parts: HeardParts::default() },
        trajectory: Trajectory::default(),
        moments: Vec::new(),
        promises: Vec::new(),
        complaint: false,
        turns: Vec::new(),
        heads: Vec::new(),
    }
}

/// What is heard over the whole conversation, put into its report.
fn sum_up(
    report: &mut Report,
    exchange: &Exchange,
    runs: &[Run],
    readings: &[Reading<'_>],
    turns: &[TurnReport],
    ears: &Ears<'_>,
) {
    let answers = &exchange.answers;
    report.moments = exchange.moments.all();
    report.promises = exchange.promises(readings, ears.packs);
    report.trajectory = trajectory::trajectory(readings, turns);
    report.complaint = turns.iter().any(|t| matches!(t, TurnReport::Customer(c) if c.complaint));
    let customer_words: usize = readings
        .iter()
        .filter(|r| r.turn.party == Party::Customer)
        .map(|r| r.text.word_count())
        .sum();
    let known = |r: &&Reading<'_>| r.language.is_some_and(|l| ears.packs.of(l).is_some());
    let sure = if customer_words < FEW_WORDS
        || answers.is_empty()
        || readings.iter().filter(known).count() * 2 < readings.len()
    {
        Sureness::Low
    } else {
        Sureness::Enough
    };
    let spoke_last = !answers.is_empty() && runs.last().is_some_and(|r| r.party == Party::Customer);
    report.heard =
        score::heard(answers, &report.moments, &report.trajectory, spoke_last, sure, ears.rubric);
}

/// Widens evidence in turns `from` and later to the words that a reader would point at. Last of
/// all: until then every step looks at the very words that were heard.
fn point_at_words(turns: &mut [TurnReport], from: usize, readings: &[Reading<'_>]) {
    let widen = |finding: &mut gehoord_conversation::Finding| {
        for place in &mut finding.evidence {
            place.span = readings[place.turn].text.point_at(place.span);
        }
        finding.evidence.sort();
        finding.evidence.dedup();
    };
    for (turn, reading) in turns.iter_mut().zip(readings).skip(from) {
        match turn {
            TurnReport::Customer(turn) => {
                turn.emotions.iter_mut().chain(&mut turn.signals).for_each(widen);
                if let Some(cause) = &mut turn.cause {
                    cause.span = reading.text.point_at(cause.span);
                }
            }
            TurnReport::Agent(turn) => {
                turn.techniques.iter_mut().chain(&mut turn.breakers).for_each(widen);
            }
            TurnReport::Other { .. } => {}
        }
    }
}

/// Places of the customer words in which an unpleasant feeling was heard.
pub(crate) fn felt(turn: &CustomerTurn, index: usize) -> Vec<Evidence> {
    let strongest =
        turn.emotions.iter().find(|e| matches!(e.label, Label::Emotion(e) if e.is_negative()));
    strongest.map_or_else(|| vec![Evidence::new(index, Span::default())], |e| e.evidence.clone())
}

/// The strongest unpleasant feeling of a turn.
pub(crate) fn strongest_negative(turn: &CustomerTurn) -> Option<Emotion> {
    turn.emotions.iter().find_map(|e| match e.label {
        Label::Emotion(emotion) if emotion.is_negative() => Some(emotion),
        _ => None,
    })
}

/// Whether what was said is aimed at the agent rather than about what happened.
pub(crate) fn is_abuse(turn: &CustomerTurn) -> bool {
    turn.safety.contains(&Safety::Abuse)
}
