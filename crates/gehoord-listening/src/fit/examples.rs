//! Labelled conversations as examples to fit on.

use gehoord_conversation::{
    AgentTurn, Conversation, CustomerTurn, Language, Party, Report, TurnReport,
};
use rustc_hash::FxHashSet;
use serde_json::{Map, Value};

use super::features::{Feature, Features, Lens, PLACES, norm, other_party, said_before, to_length};
use super::fitting::Example;
use super::heads::{Gold, Head, Level};
use super::known::{self, Brought, NEAR};
use super::solver::Row;
use super::typed::Typed;
use crate::reading::Reading;
use crate::text::Vocabulary;

/// A conversation as it is fitted on or judged: read, and with what was heard in it.
#[derive(Debug)]
pub(crate) struct Case<'c> {
    pub(crate) readings: Vec<Reading<'c>>,
    pub(crate) report: Report,
    /// What the shipped model believes of each turn, where there is one.
    pub(crate) beliefs: Vec<Vec<f32>>,
}

/// A turn or conversation as numbers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Numbers {
    pub(crate) features: Features,
    /// Turn and sentence of each sentence in `features`.
    pub(crate) places: Vec<(usize, usize)>,
    pub(crate) other: Vec<(u32, f32)>,
    pub(crate) extra: Vec<f32>,
    /// What is known of each sentence in `features` besides its words.
    pub(crate) beside: Vec<Vec<f32>>,
    /// Of the turn, or of the customer's first one.
    pub(crate) language: Option<Language>,
}

impl Case<'_> {
    /// Tells names anew, with other words known than those that the report stands on.
    pub(crate) fn tell_names(&mut self, known: Option<&Vocabulary>) {
        self.readings.iter_mut().for_each(|r| r.tell_names(known));
    }

    /// Numbers of turn `index`; `None` where nobody listens.
    pub(crate) fn turn(&self, index: usize, lens: Lens<'_>) -> Option<Numbers> {
        let (reading, before) = (&self.readings[index], &self.readings[..index]);
        let mut numbers = match &self.report.turns[index] {
            TurnReport::Customer(turn) => Numbers::of_customer(turn, reading, before, lens),
            TurnReport::Agent(turn) => {
                let core = known::core_of(turn, reading);
                let brought = Brought::before(index, &self.report.turns, &self.readings);
                let mut numbers = Numbers::of(reading, before, lens);
                known::of_agent(turn, &core, brought, reading, before, &mut numbers.extra);
                numbers
            }
            TurnReport::Other { .. } => return None,
        };
        Typed::of(reading).turn(1.0, &mut numbers.other);
        numbers.extra.extend(self.beliefs.get(index).into_iter().flatten());
        // How the other answered: an apology or a thank-you says how it was taken.
        let next = (index + 1..self.readings.len())
            .take(NEAR)
            .find(|&i| self.readings[i].turn.party != reading.turn.party);
        if let Some(next) = next {
            said_before(&self.readings[next], "next", &mut numbers.other);
        }
        Some(numbers)
    }

    /// Numbers of the whole conversation: what the customer said, first of all when they began,
    /// and more faintly what they were told.
    pub(crate) fn whole(&self, lens: Lens<'_>) -> Numbers {
        /// How much the words with which a customer begins count beside later ones.
        const OPENING: f32 = 2.0;
        /// How much the words of the agent count.
        const ANSWER: f32 = 0.4;
        let mut numbers = Numbers::default();
        let (mut opening, mut customer, mut agent) =
            (Typed::default(), Typed::default(), Typed::default());
        for (index, reading) in self.readings.iter().enumerate() {
            let mut features = lens.features(reading);
            match reading.turn.party {
                Party::Customer => {
                    customer.add(reading);
                    if numbers.places.is_empty() {
                        numbers.language = reading.language;
                        opening.add(reading);
                        features.all.iter_mut().for_each(|f| f.value *= OPENING);
                    }
                    let start = numbers.features.all.len();
                    numbers.places.extend((0..features.ends.len()).map(|s| (index, s)));
                    numbers.features.all.extend(features.all);
                    numbers.features.meanings.extend(features.meanings);
                    numbers.features.ends.extend(features.ends.iter().map(|e| start + e));
                }
                _ => {
                    agent.add(reading);
                    let value = ANSWER / norm(&features.all);
                    let theirs = features.all.iter();
                    numbers.other.extend(theirs.map(|f| (other_party(f.place), f.value * value)));
                }
            }
        }
        opening.whole("opening", 1.0, &mut numbers.other);
        customer.whole("customer", 1.0, &mut numbers.other);
        agent.whole("agent", 1.0, &mut numbers.other);
        numbers
    }
}

/// The words of the turns just before: of both for a customer, of the customer for an agent, who
/// gains nothing by what they said themselves.
fn context(party: Party, before: &[Reading<'_>], into: &mut Vec<(u32, f32)>) {
    let both = [(Party::Customer, "customer"), (Party::Agent, "agent")];
    let heard = if party == Party::Customer { &both[..] } else { &both[..1] };
    for &(party, who) in heard {
        if let Some(last) = before.iter().rev().take(NEAR).find(|r| r.turn.party == party) {
            said_before(last, who, into);
        }
    }
}

impl Numbers {
    /// The words of a turn, and those of the turns just before.
    pub(crate) fn of(reading: &Reading<'_>, before: &[Reading<'_>], lens: Lens<'_>) -> Self {
        Self::with(lens.features(reading), reading, before)
    }

    fn with(features: Features, reading: &Reading<'_>, before: &[Reading<'_>]) -> Self {
        let places = (0..features.ends.len()).map(|s| (reading.index, s)).collect();
        let language = reading.language;
        let mut numbers = Self { features, places, language, ..Self::default() };
        context(reading.turn.party, before, &mut numbers.other);
        numbers
    }

    /// A customer turn: its words, and what else is known of it.
    pub(crate) fn of_customer(
        turn: &CustomerTurn,
        reading: &Reading<'_>,
        before: &[Reading<'_>],
        lens: Lens<'_>,
    ) -> Self {
        let mut numbers = Self::of(reading, before, lens);
        numbers.keep(|sentence| !reading.frames(sentence));
        known::of_customer(turn, reading, before, &mut numbers.extra);
        numbers.look_beside(reading, &FxHashSet::default());
        numbers
    }

    /// An agent turn: the words that a reply stands on, without questions, and without sympathy
    /// that comes after something was said; and what else is known of it. So neither a question nobody needs nor a second
    /// acknowledgement changes what else is heard.
    pub(crate) fn of_reply(
        turn: &AgentTurn,
        brought: Brought,
        features: Features,
        reading: &Reading<'_>,
        before: &[Reading<'_>],
    ) -> Self {
        let core = known::core_of(turn, reading);
        let mut numbers = Self::with(features, reading, before);
        numbers.keep(|sentence| core[sentence]);
        known::of_agent(turn, &core, brought, reading, before, &mut numbers.extra);
        numbers.look_beside(reading, &known::said_by_customer(before));
        numbers
    }

    fn look_beside(&mut self, reading: &Reading<'_>, said: &FxHashSet<&str>) {
        let sentences = self.places.iter().map(|(_, sentence)| *sentence);
        self.beside = sentences.map(|at| known::of_sentence(reading, at, said)).collect();
    }

    /// Leaves out the sentences of the turn that are not kept.
    fn keep(&mut self, kept: impl Fn(usize) -> bool) {
        let keep: Vec<bool> = (0..self.features.ends.len()).map(&kept).collect();
        if keep.contains(&false) {
            self.features.keep(&keep);
            self.places.retain(|(_, sentence)| keep[*sentence]);
        }
    }

    fn row(&self) -> Row {
        let mut row = to_row(&self.features.all, &self.features.whole_meaning());
        row.features.extend(&self.other);
        row
    }

    /// An example with what people said of it.
    pub(crate) fn example(
        &self,
        group: usize,
        gold: &Map<String, Value>,
        heads: &[Head],
        readings: &[Reading<'_>],
    ) -> Example {
        let sentences = self.places.iter().enumerate().map(|(i, &(turn, sentence))| {
            (
                readings[turn].text.sentence_span(sentence),
                to_row(self.features.sentence(i), self.features.meaning(i)),
            )
        });
        let given = |head: &Head| gold.get(&head.name).and_then(|v| Gold::read(v).ok().flatten());
        Example {
            group,
            row: self.row(),
            sentences: sentences.collect(),
            extra: self.extra.clone(),
            beside: self.beside.clone(),
            gold: heads.iter().map(given).collect(),
            language: self.language,
            weight: 1.0,
            foreign: false,
        }
    }
}

fn to_row(features: &[Feature], meaning: &[f32]) -> Row {
    let (length, scale) = (norm(features), to_length(meaning));
    let words = features.iter().map(|f| (f.place, f.value / length));
    let meaning = meaning.iter().zip(PLACES as u32..).map(|(value, place)| (place, value * scale));
    Row { features: words.chain(meaning).collect() }
}

/// The gold of one level: of each turn of its party, or of the whole conversation.
pub(crate) fn golds(
    conversation: &Conversation,
    level: Level,
) -> impl Iterator<Item = (Option<usize>, &Map<String, Value>)> {
    let party = match level {
        Level::Customer => Some(Party::Customer),
        Level::Agent => Some(Party::Agent),
        Level::Conversation => None,
    };
    let turns = conversation
        .turns
        .iter()
        .enumerate()
        .filter(move |(_, t)| Some(t.party) == party)
        .map(|(i, t)| (Some(i), &t.gold));
    let whole = party.is_none().then_some((None, &conversation.gold));
    turns.chain(whole).filter(|(_, gold)| !gold.is_empty())
}
