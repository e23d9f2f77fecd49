//! What a later turn shows of a promise: that it was kept, or that it was broken.
//!
//! Careful rather than eager. Somebody must say that something was done or came (or did not), it must
//! be what was promised, and the time must fit: a promise is broken only when its time is over and
//! the customer says so. Each turn is looked at once, with the promises made before it.

use gehoord_conversation::{
    Conversation, Evidence, Language, Outcome, Party, Promise, Shown, Signal, Span,
};
use jiff::{SignedDuration, Timestamp};
use rustc_hash::FxHashSet;

use crate::agent::points::{Key, key_of};
use crate::cue::{Pack, Packs};
use crate::due;
use crate::listener::Listener;
use crate::reading::{CueHeard, Reading};
use crate::text::{Text, Token};

/// What is done to keep a promise: each is a list of words in every pack, promised and done.
const DEEDS: [&str; 11] = [
    "deed_contact",
    "deed_money",
    "deed_send",
    "deed_deliver",
    "deed_visit",
    "deed_lookup",
    "deed_pass_on",
    "deed_change",
    "deed_arrange",
    "deed_cancel",
    "deed_repair",
];
/// Money, things sent, things delivered, people who come: the thing itself shows that it is there.
const ARRIVES: u16 = 0b1_1110;
/// Of these an agent can say that it is on its way.
const ON_ITS_WAY: u16 = 0b1_0100;

/// So many promises back are looked at, so that long conversations cost no more a turn.
const NEAR: usize = 32;

/// So much of a promise is looked at, in characters: nobody promises more in one sentence.
const LONGEST: usize = 400;

/// A promise without a time is not broken before this.
const PATIENCE: SignedDuration = SignedDuration::from_hours(24);
/// "Gisteren" points behind a promise that is younger than this.
const A_DAY: SignedDuration = SignedDuration::from_hours(20);

/// A promise of an earlier contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EarlierPromise {
    /// What, in the agent's words.
    pub what: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// When at the latest, when that is known.
    pub due: Option<Timestamp>,
}

impl Listener {
    /// What the turns of `conversation` from `first` on show of promises that were made in earlier
    /// contacts with the same customer: which promise, and what. Turns without a time show nothing.
    #[must_use]
    pub fn shown_of_earlier(
        &self,
        earlier: &[EarlierPromise],
        conversation: &Conversation,
        first: usize,
    ) -> Vec<(usize, Shown)> {
        let mut known: Vec<Promised<'_>> = earlier
            .iter()
            .map(|promise| Promised {
                what: &promise.what,
                made_at: Some(promise.made_at),
                due: promise.due,
                shown: None,
            })
            .collect();
        let mut memory = vec![None; known.len()];
        let turns = conversation.turns.iter().enumerate().skip(first);
        for (index, turn) in turns.filter(|(_, turn)| turn.at.is_some()) {
            let mut reading = self.read(turn, conversation.locale.as_ref());
            reading.index = index;
            look(&reading, &mut known, &mut memory, self.lens().packs);
        }
        let shown = known.into_iter().enumerate();
        shown.filter_map(|(at, known)| Some((at, known.shown?.0))).collect()
    }
}

/// What promises are about, in the order in which they were made, as far as that was asked: each is
/// read once, not once for each turn behind it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Memory(Vec<Option<(Language, About)>>);

/// Puts onto the promises made before it what a turn shows of them.
pub(crate) fn show(
    promises: &mut [Promise],
    memory: &mut Memory,
    readings: &[Reading<'_>],
    reading: &Reading<'_>,
    packs: &Packs,
) {
    // Promises stand in the order of their turns.
    let before = promises.partition_point(|promise| promise.turn < reading.index);
    if before == 0 || !says_something(reading) {
        return;
    }
    let party = |turn: usize| readings.get(turn).map_or(Party::Agent, |r| r.turn.party);
    let at = |turn: usize| readings.get(turn)?.turn.at.as_ref().map(jiff::Zoned::timestamp);
    memory.0.resize(promises.len().max(memory.0.len()), None);
    let first = before.saturating_sub(NEAR);
    let near = &mut promises[first..before];
    let mut known: Vec<Promised<'_>> = near
        .iter()
        .map(|promise| Promised {
            what: &promise.what,
            made_at: at(promise.turn),
            due: promise.due.as_ref().map(jiff::Zoned::timestamp),
            shown: promise.shown.clone().map(|shown| (shown.clone(), party(shown.turn))),
        })
        .collect();
    look(reading, &mut known, &mut memory.0[first..before], packs);
    let shown: Vec<_> = known.into_iter().map(|known| known.shown.map(|(s, _)| s)).collect();
    for (promise, shown) in near.iter_mut().zip(shown) {
        promise.shown = shown;
    }
}

/// A promise, with what was shown of it and by whom.
struct Promised<'p> {
    what: &'p str,
    made_at: Option<Timestamp>,
    due: Option<Timestamp>,
    shown: Option<(Shown, Party)>,
}

/// What a stretch of words is about.
#[derive(Debug, Clone, Default)]
struct About {
    /// Which of [`DEEDS`], one bit each.
    deeds: u16,
    /// Anything else that it names.
    things: FxHashSet<Key>,
}

fn outcome(heard: &CueHeard) -> Option<Outcome> {
    if heard.label == Signal::KeptPromise.into() {
        Some(Outcome::Kept)
    } else if heard.label == Signal::UnkeptPromise.into()
        || heard.label == Signal::BrokenPromise.into()
    {
        Some(Outcome::Broken)
    } else {
        None
    }
}

fn says_something(reading: &Reading<'_>) -> bool {
    reading.heard.iter().any(|heard| outcome(heard).is_some())
}

fn look(
    reading: &Reading<'_>,
    known: &mut [Promised<'_>],
    memory: &mut [Option<(Language, About)>],
    packs: &Packs,
) {
    let party = reading.turn.party;
    let Some(language) = reading.language else { return };
    let Some(pack) = packs.of(language) else { return };
    if !says_something(reading) {
        return;
    }
    for (promise, memory) in known.iter().zip(memory.iter_mut()) {
        if memory.as_ref().is_none_or(|(of, _)| *of != language) {
            *memory = Some((language, promised(pack, promise.what)));
        }
    }
    let text = &reading.text;
    let now = reading.turn.at.as_ref().map(jiff::Zoned::timestamp);
    for heard in reading.heard.iter().filter(|heard| heard.language == language) {
        let Some(outcome) = outcome(heard) else { continue };
        let denied = |other: &CueHeard| {
            other.sentence == heard.sentence && other.label == Signal::UnkeptPromise.into()
        };
        let says_both = outcome == Outcome::Kept && reading.heard.iter().any(denied);
        if says_both || (outcome == Outcome::Broken && party != Party::Customer) {
            continue;
        }
        let tokens = &text.tokens[text.sentences[heard.sentence].range()];
        let said = about(pack, text, tokens, heard.span, heard.span.of(&reading.turn.text));
        let mut norms = tokens.iter().map(|token| text.norm(token));
        let points_back = norms.any(|norm| pack.list_has("days_before", norm));
        let fits = |promise: &Promised<'_>| {
            let age = now.zip(promise.made_at).map(|(now, made)| now.duration_since(made));
            let in_time = match outcome {
                Outcome::Kept if points_back => age.is_some_and(|age| age >= A_DAY),
                Outcome::Kept => age.is_none_or(|age| !age.is_negative()),
                Outcome::Broken => match promise.due {
                    Some(due) => now.is_some_and(|now| now > due),
                    None => age.is_some_and(|age| age >= PATIENCE),
                },
            };
            // What the customer says of it stands until the customer says otherwise.
            let open = promise
                .shown
                .as_ref()
                .is_none_or(|(_, by)| *by != Party::Customer || party == Party::Customer);
            in_time && open
        };
        let best = known
            .iter_mut()
            .zip(memory.iter().flatten())
            .filter(|(promise, _)| fits(promise))
            .filter_map(|(promise, (_, about))| Some((shared(&said, about, party)?, promise)))
            // The one that shares most; of those the last that was made.
            .max_by_key(|(shared, _)| *shared);
        if let Some((_, promise)) = best {
            let evidence = vec![Evidence::new(reading.index, heard.span)];
            promise.shown = Some((Shown { outcome, turn: reading.index, evidence }, party));
        }
    }
}

/// What a promise is about.
fn promised(pack: &Pack, what: &str) -> About {
    let what = what.char_indices().nth(LONGEST).map_or(what, |(end, _)| &what[..end]);
    let text = pack.read(what);
    about(pack, &text, &text.tokens, Span::new(0, what.len()), what)
}

/// How much what was said has in common with a promise; none: it is about something else.
fn shared(said: &About, promised: &About, party: Party) -> Option<usize> {
    let deeds = said.deeds & promised.deeds;
    let things = said.things.iter().filter(|thing| promised.things.contains(thing)).count();
    let other_thing = things == 0 && !said.things.is_empty() && !promised.things.is_empty();
    let comes = if party == Party::Customer { ARRIVES } else { ON_ITS_WAY };
    let came = said.deeds == 0 && things > 0 && promised.deeds & comes != 0;
    ((deeds != 0 && !other_thing) || came).then(|| things + deeds.count_ones() as usize)
}

/// What those of `tokens` are about that stand within `span`, whose words are `raw`. Times say nothing.
fn about(pack: &Pack, text: &Text, tokens: &[Token], span: Span, raw: &str) -> About {
    let times = due::find(raw, pack.language).into_iter().map(|when| when.span);
    let times: Vec<Span> =
        times.map(|at| Span::new(at.start + span.start, at.end + span.start)).collect();
    let mut about = About::default();
    let words: Vec<_> = tokens
        .iter()
        .filter(|token| span.contains(&token.span()))
        .filter(|token| !times.iter().any(|time| time.contains(&token.span())))
        .map(|token| (text.norm(token), token))
        .collect();
    for (at, (norm, token)) in words.iter().enumerate() {
        let mut deeds = deeds_of(pack, norm);
        // "Ik zoek het voor u uit": the parts of a verb stand apart.
        let behind = words[at + 1..].iter().take_while(|(_, next)| next.sentence == token.sentence);
        for (particle, _) in behind.filter(|(word, _)| word.len() <= 6) {
            deeds |= deeds_of(pack, &format!("{particle}{norm}"));
        }
        about.deeds |= deeds;
        if deeds == 0
            && !pack.list_has("no_thing", norm)
            && let Some(key) = key_of(pack, norm, token.kind)
        {
            about.things.insert(key);
        }
    }
    about
}

fn deeds_of(pack: &Pack, norm: &str) -> u16 {
    let lists = DEEDS.iter().enumerate();
    lists.filter(|(_, list)| pack.list_has(list, norm)).map(|(at, _)| 1 << at).sum()
}

#[cfg(test)]
#[path = "kept_tests.rs"]
mod tests;
