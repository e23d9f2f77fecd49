//! A conversation that is heard while it goes on: each turn is read once, and of what was heard
//! only the runs that the new turn can change are heard again.

use std::borrow::Cow;

use gehoord_conversation::{Conversation, Locale, Party, Report, Turn, TurnReport};

use super::exchange::{Exchange, Stage};
use super::runs::{Run, runs};
use super::{Ears, empty_report, hear_turn, point_at_words, sum_up, unheard};
use crate::fit::examples::Case;
use crate::reading::Reading;

/// So many states are kept: before the last two runs, and after them. A new turn begins a run, goes
/// on with the last, or with the one before it (when the agent only said "hm-hm").
const STATES: usize = 3;

/// A conversation that goes on, with all that was heard in it so far. At every length it is what
/// [`Listener::listen`](crate::Listener::listen) hears in the whole.
#[derive(Debug)]
pub struct Ongoing {
    conversation: Conversation,
    heard: Hearing,
}

/// What was heard so far.
#[derive(Debug)]
pub(crate) struct Hearing {
    /// The report stands on the very words that were heard; in here they are widened.
    case: Case<'static>,
    /// The same turns before they are widened.
    turns: Vec<TurnReport>,
    runs: Vec<Run>,
    /// How many runs were heard, and what they brought: the last of such states.
    states: Vec<(usize, Exchange)>,
}

impl Ongoing {
    pub(crate) fn new(conversation: Conversation, locale: Locale, ears: &Ears<'_>) -> Self {
        let heard = Hearing::new(&conversation, locale, ears);
        Self { conversation, heard }
    }

    /// The conversation so far.
    #[must_use]
    pub fn conversation(&self) -> &Conversation {
        &self.conversation
    }

    /// What was heard so far.
    #[must_use]
    pub fn report(&self) -> &Report {
        &self.heard.case.report
    }

    /// What was heard so far, to add advice to, beside the conversation. What is added to a turn
    /// stays until the turn is heard anew.
    #[must_use]
    pub fn parts_mut(&mut self) -> (&mut Report, &Conversation) {
        (&mut self.heard.case.report, &self.conversation)
    }

    pub(crate) fn case_mut(&mut self) -> &mut Case<'static> {
        &mut self.heard.case
    }

    /// Forgets the last turn, as when a draft is written anew. The report is right again when the
    /// next turn was heard.
    pub(crate) fn forget_last(&mut self) {
        if self.conversation.turns.pop().is_some() {
            self.heard.shorten(self.conversation.turns.len());
        }
    }

    pub(crate) fn push(&mut self, turn: Turn) {
        self.conversation.turns.push(turn);
    }

    /// Hears the turns that were not heard yet. Gives the first turn of which anything was heard
    /// anew.
    pub(crate) fn catch_up(&mut self, locale: Locale, ears: &Ears<'_>) -> usize {
        if locale != self.heard.case.report.locale {
            self.heard = Hearing::new(&self.conversation, locale, ears);
            return 0;
        }
        self.heard.catch_up(&self.conversation, ears)
    }
}

impl Hearing {
    fn new(conversation: &Conversation, locale: Locale, ears: &Ears<'_>) -> Self {
        let report = empty_report(conversation, locale, ears);
        let case = Case { readings: Vec::new(), report, beliefs: Vec::new() };
        let mut heard = Self {
            case,
            turns: Vec::new(),
            runs: Vec::new(),
            states: vec![(0, Exchange::default())],
        };
        heard.catch_up(conversation, ears);
        heard
    }

    /// Forgets what was heard from turn `length` on.
    fn shorten(&mut self, length: usize) {
        let Case { readings, report, beliefs } = &mut self.case;
        readings.truncate(length);
        beliefs.truncate(length);
        self.turns.truncate(length);
        report.turns.truncate(length);
        // What was heard in a run that lost a turn does not hold any more.
        let whole = |run: &Run| run.turns.last().is_none_or(|&last| last < length);
        let kept = self.runs.iter().take_while(|run| whole(run)).count();
        self.runs.truncate(kept);
        self.states.retain(|(runs, _)| *runs <= kept);
    }

    fn catch_up(&mut self, conversation: &Conversation, ears: &Ears<'_>) -> usize {
        let Self { case: Case { readings, report, beliefs }, turns, .. } = self;
        let new = readings.len();
        let locale = &report.locale;
        for (index, turn) in conversation.turns.iter().enumerate().skip(new) {
            let (expected, locale) = (locale.language(), Some(locale));
            let turn = Cow::Owned(turn.clone());
            readings.push(Reading::new(index, turn, expected, locale, ears.packs, ears.known));
            let (heard, believed) = hear_turn(index, readings, ears);
            turns.push(heard);
            beliefs.push(believed);
        }
        let runs = runs(readings);
        let same = runs.iter().zip(&self.runs).take_while(|(new, old)| new == old).count();
        self.states.retain(|(before, _)| *before <= same);
        if self.states.is_empty() {
            self.states.push((0, Exchange::default()));
        }
        let (done, mut exchange) = self.states.last().cloned().unwrap_or_default();
        let first_of = |runs: &[Run]| runs.get(done).and_then(|run| run.turns.first()).copied();
        let anew = [first_of(&runs), first_of(&self.runs), Some(new)].into_iter().flatten().min();
        let mut first = new;
        for index in anew.unwrap_or(new)..new {
            if readings[index].turn.party == Party::Agent {
                turns[index] = unheard(&readings[index]);
                first = first.min(index);
            }
        }
        for (before, run) in runs.iter().enumerate().skip(done) {
            exchange.hear(run, &mut Stage { readings, turns, beliefs, ears, locale });
            self.states.push((before + 1, exchange.clone()));
        }
        let old = self.states.len().saturating_sub(STATES);
        self.states.drain(..old);
        self.runs = runs;
        sum_up(report, &exchange, &self.runs, readings, turns, ears);
        report.turns.truncate(first);
        report.turns.extend_from_slice(&turns[first..]);
        point_at_words(&mut report.turns, first, readings);
        first
    }
}
