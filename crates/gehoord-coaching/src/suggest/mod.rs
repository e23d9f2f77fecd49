//! Suggestions for a reply: never sent by themselves, always to be edited.
//!
//! A suggestion takes up the customer's own words (`clause`, `turned`, `topic`), names the
//! situation rather than the emotion, and says what is done now, in phrases of
//! `suggestions/<language>.toml`. It invents nothing: numbers, days and names in it stand in the
//! conversation (`facts`), and slots such as `{tijdstip}` are for the agent. What is made is heard
//! by the engine as any reply is; what breaks listening is not suggested.

mod asking;
mod clause;
mod compose;
mod facts;
mod form;
mod lexicon;
mod offered;
mod phrases;
mod situation;
mod style;
mod sure;
mod topic;
mod turned;
mod words;

use std::collections::HashSet;

use gehoord_conversation::{Conversation, Evidence, Language, Party, Report, Turn, TurnReport};
use gehoord_listening::{Listener, Ongoing};

pub use form::Form;
pub use offered::{Addressed, Refused, addressed, consider};
pub use style::{HouseStyle, HouseStyleError};

use compose::Material;

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
    /// The words of the customer that it takes up.
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
    let asked = until_customer(conversation);
    let report = listener.listen(&asked);
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
    /// So many are tried for each that is wanted.
    const TRIES: u64 = 24;
    let Some(heard) = situation::hear(conversation, report) else { return Vec::new() };
    let material = material(conversation, &heard, wish);
    let said = facts_of(conversation, wish.style, &material.book.facts);
    let mut taken: Vec<HashSet<Vec<String>>> =
        wish.earlier.iter().map(|e| facts::runs(e)).collect();
    let mut suggestions = Vec::new();
    for turn in 0..TRIES * wish.count as u64 {
        if suggestions.len() >= wish.count {
            break;
        }
        let Some(composed) = material.compose(wish.seed.wrapping_add(turn)) else { continue };
        let runs = facts::runs(&composed.text);
        if taken.iter().any(|other| facts::likeness(other, &runs) > facts::ALIKE)
            || !facts::invented(&composed.text, &said, &material.book.facts).is_empty()
        {
            continue;
        }
        let Some(score) = heard_well(listener, conversation, &composed.text) else { continue };
        taken.push(runs);
        suggestions.push(Suggestion {
            text: composed.text,
            language: heard.language,
            form: material.form,
            takes_up: composed.takes_up,
            score,
        });
    }
    suggestions
}

/// More words than this may have more than one point.
const STORY: usize = 40;

/// In so few words, what is quoted is the point.
const FEW: usize = 20;

fn material<'m>(
    conversation: &'m Conversation,
    heard: &'m situation::Heard<'m>,
    wish: &Wish<'m>,
) -> Material<'m> {
    let book = phrases::book(heard.language);
    let form = form::form(conversation, heard.language, wish.style);
    let text_of = |i: usize| conversation.turns[i].text.clone();
    let long = compose::is_long(heard.turns.iter().map(|(i, _)| text_of(*i)), STORY);
    let said = if compose::takes_clauses(heard.situation) {
        clause::clauses(conversation, heard, &book.words)
            .iter()
            .filter(|c| compose::worth_saying(c, long))
            .filter_map(|c| turned::turn_round(c, heard.language, form, &book.words))
            .collect()
    } else {
        Vec::new()
    };
    Material {
        heard,
        book,
        channel: conversation.channel,
        form,
        style: wish.style,
        said,
        quote: compose::quotable(heard, &book.words, text_of).filter(|(_, place)| {
            if compose::is_long(heard.turns.iter().map(|(i, _)| text_of(*i)), FEW) {
                return false;
            }
            let all = words::sentences(&conversation.turns[place.turn].text);
            let words = all.iter().flat_map(|s| &s.words).map(|w| w.low.as_str());
            !book.words.is_dialect(words)
        }),
        topic: topic::topic(conversation, heard, form, &book.words)
            .filter(|topic| compose::names_point(topic, heard.situation))
            .filter(|topic| !compose::runs_on(&conversation.turns[topic.place.turn].text)),
        who: topic::who_died(conversation, heard, form, &book.words),
    }
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
    let report = answered(listener, conversation, text);
    let Some(TurnReport::Agent(turn)) = report.turns.last() else { return None };
    let fails = !turn.breakers.is_empty() || turn.fidelity.is_some_and(|f| f < 1.0);
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
