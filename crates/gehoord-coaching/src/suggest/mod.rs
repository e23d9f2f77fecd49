//! Suggestions for a reply: never sent by themselves, always to be edited.
//!
//! A suggestion answers a situation of `suggestions/<language>.toml`, which is recognised by the
//! kind of answer that is asked for (`kind`, `sure`) and by the customer's own words (`said`). It
//! names what the situation means, not the emotion, and says what is done now (`compose`). It
//! invents nothing: numbers, days and names in it stand in the conversation (`facts`), and slots
//! such as `{tijdstip}` are for the agent. What is made is heard by the engine as any reply is;
//! what breaks listening is not suggested.

mod asking;
mod book;
mod compose;
mod facts;
mod form;
mod kind;
mod lexicon;
mod offered;
mod quotes;
mod said;
mod style;
mod sure;
mod words;

use std::collections::HashSet;

use gehoord_conversation::{
    Breaker, Conversation, Evidence, Language, Party, Report, Source, Turn, TurnReport,
};
use gehoord_listening::{Listener, Ongoing};

pub use form::Form;
pub use offered::{Addressed, Refused, addressed, consider};
pub use style::{HouseStyle, HouseStyleError};

use crate::denied::{Corrected, correct};
use compose::{Envelope, Material};
use quotes::Quotes;
use said::Said;

/// What suggestions are wanted.
#[derive(Debug, Clone, Copy)]
pub struct Wish<'w> {
    /// How the organisation writes.
    pub style: &'w HouseStyle,
    /// Which ones: the same number gives the same suggestions, the next one others. A count of
    /// what was suggested so far varies best.
    pub seed: u64,
    /// How many at most.
    pub count: usize,
    /// What was suggested or written lately; nothing like it is suggested again.
    pub earlier: &'w [&'w str],
}

/// A reply that an agent may begin with.
#[derive(Debug, Clone, PartialEq)]
pub struct Suggestion {
    /// The words, with slots in braces (`{naam}`) that the agent fills.
    pub text: String,
    /// Its language, the customer's.
    pub language: Language,
    /// How the customer is spoken to.
    pub form: Form,
    /// The situation that it answers; none where it was made elsewhere.
    pub situation: Option<&'static str>,
    /// The words of the customer that show it.
    pub takes_up: Vec<Evidence>,
    /// What the engine makes of it as a reply, 0–100; none where it answers nothing.
    pub score: Option<f32>,
}

impl Suggestion {
    /// The slots that are to be filled, in order, without braces.
    pub fn slots(&self) -> impl Iterator<Item = &str> {
        self.text.split('{').skip(1).filter_map(|s| s.split_once('}')).map(|(slot, _)| slot)
    }
}

/// Replies that an agent may begin with, to the last customer run of a conversation. None where
/// there is nothing to answer, where nothing natural can be made, and on threat, self-harm and
/// danger, where the organisation's protocol comes before any words.
#[must_use]
pub fn suggest(
    listener: &Listener,
    conversation: &Conversation,
    wish: &Wish<'_>,
) -> Vec<Suggestion> {
    suggest_corrected(listener, &conversation.clone().into(), wish)
}

/// The same where some safety signals are not so.
#[must_use]
pub fn suggest_corrected(
    listener: &Listener,
    corrected: &Corrected,
    wish: &Wish<'_>,
) -> Vec<Suggestion> {
    let asked = until_customer(&corrected.conversation);
    let mut report = listener.listen(&asked);
    correct(&mut report, &corrected.denied);
    from_report(listener, &asked, &report, wish)
}

/// The same for a conversation that goes on; a draft behind the customer's last words is left out.
#[must_use]
pub fn suggest_next(listener: &Listener, ongoing: &Ongoing, wish: &Wish<'_>) -> Vec<Suggestion> {
    let conversation = ongoing.conversation();
    let ends_with_customer = conversation.turns.last().is_some_and(|t| t.party == Party::Customer);
    if ends_with_customer {
        from_report(listener, conversation, ongoing.report(), wish)
    } else {
        suggest(listener, conversation, wish)
    }
}

/// The conversation up to the customer's last words.
fn until_customer(conversation: &Conversation) -> Conversation {
    let mut asked = conversation.clone();
    let end = asked.turns.iter().rposition(|t| t.party == Party::Customer).map_or(0, |i| i + 1);
    asked.turns.truncate(end);
    asked
}

fn from_report(
    listener: &Listener,
    conversation: &Conversation,
    report: &Report,
    wish: &Wish<'_>,
) -> Vec<Suggestion> {
    /// So many are tried at least: in mail, the same words with other salutations.
    const TRIES: u64 = 40;
    let Some(heard) = kind::hear(conversation, report) else { return Vec::new() };
    let book = book::book(heard.language);
    let form = form::form(conversation, heard.language, wish.style);
    let greeting = compose::greeting(conversation);
    let envelope = Envelope {
        channel: conversation.channel,
        form,
        style: wish.style,
        book,
        greeting: greeting.as_deref(),
    };
    let said = Said::of(conversation, heard.turns.iter().map(|(i, _)| *i), &book.words);
    let quotes = Quotes::of(conversation, &heard.turns, heard.language, &book.words);
    let Some(material) = Material::of(&heard, &said, &quotes, envelope) else { return Vec::new() };
    let facts = facts_of(conversation, wish.style, &book.facts);
    let mut taken: Vec<HashSet<Vec<String>>> =
        wish.earlier.iter().map(|e| facts::runs(e)).collect();
    let mut suggestions: Vec<Suggestion> = Vec::new();
    for turn in 0..material.variety().max(TRIES) {
        if suggestions.len() >= wish.count {
            break;
        }
        let Some(composed) = material.compose(wish.seed.wrapping_add(turn)) else { continue };
        let runs = facts::runs(&composed.text);
        if taken.iter().any(|other| facts::likeness(other, &runs) > facts::ALIKE)
            || suggestions.iter().any(|other| other.text == composed.text)
            || !facts::invented(&composed.text, &facts, &book.facts).is_empty()
        {
            continue;
        }
        let Some(score) = heard_well(listener, conversation, &composed.text) else { continue };
        taken.push(runs);
        suggestions.push(Suggestion {
            text: composed.text,
            language: heard.language,
            form,
            situation: Some(material.name()),
            takes_up: composed.takes_up,
            score,
        });
    }
    suggestions
}

/// What was said, and what the house style holds: all that a suggestion may draw on.
fn sayings<'s>(
    conversation: &'s Conversation,
    style: &'s HouseStyle,
) -> impl Iterator<Item = &'s str> {
    let channel = conversation.channel;
    let own = [style.salutation(channel), style.sign_off(channel)].into_iter().flatten();
    let texts = conversation.turns.iter().map(|t| t.text.as_str());
    texts.chain(own).chain(style.obligatory(channel))
}

/// The numbers, days and masks in it.
fn facts_of(
    conversation: &Conversation,
    style: &HouseStyle,
    book: &HashSet<String>,
) -> HashSet<String> {
    sayings(conversation, style).flat_map(|text| facts::facts(text, book)).collect()
}

/// What the engine makes of a reply; none when it breaks listening or gives back what was not said.
#[allow(clippy::option_option, reason = "a good reply may have no score")]
fn heard_well(listener: &Listener, conversation: &Conversation, text: &str) -> Option<Option<f32>> {
    // The customer's words in a place are not said by the agent.
    let report = answered(listener, conversation, &facts::without_quotes(text));
    let Some(TurnReport::Agent(turn)) = report.turns.last() else { return None };
    // These words were written for the situation and name it rather than the feeling: what only a
    // learned guess holds against them, or that the feeling is not named, counts for little.
    let breaks = turn
        .breakers
        .iter()
        .any(|f| f.source != Source::Model && f.label != Breaker::IgnoreFeeling.into());
    let fails = breaks || turn.fidelity.is_some_and(|f| f < 1.0);
    (!fails).then_some(turn.score)
}

/// What is heard when a conversation is answered so.
fn answered(listener: &Listener, conversation: &Conversation, text: &str) -> Report {
    let mut answered = conversation.clone();
    let mut reply = Turn::new(Party::Agent, text);
    reply.at = conversation.turns.last().and_then(|t| t.at.clone());
    answered.turns.push(reply);
    listener.listen(&answered)
}
