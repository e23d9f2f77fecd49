//! What helps the agent: the reply check, hints about what would be better, and suggestions to
//! begin a reply with; and exercises of the own voice.
//!
//! The crate is pure: no I/O, no clock, no environment.

pub mod advice;
pub mod compose;
mod denied;
pub mod handover;
mod hints;
pub mod protocol;
mod suggest;
mod unanswered;
pub mod voice;
mod words;

use gehoord_conversation::{Channel, Conversation, Locale, Party, Report, Turn};
use gehoord_listening::{Listener, Ongoing};

pub use denied::{Corrected, Denied};
pub use suggest::{
    Addressed, Form, HouseStyle, HouseStyleError, Refused, Suggestion, Wish, addressed, consider,
    suggest, suggest_corrected, suggest_next,
};
pub use words::hint_in;

/// Listens to a conversation and adds hints to every reply that leaves something to say.
#[must_use]
pub fn review(listener: &Listener, conversation: &Conversation) -> Report {
    let mut report = listener.listen(conversation);
    hints::add(&mut report, conversation, 0);
    report
}

/// A conversation that goes on, heard and with hints so far as [`review`] would give them.
#[must_use]
pub fn follow(listener: &Listener, conversation: Conversation) -> Ongoing {
    let mut ongoing = listener.follow(conversation);
    add_hints(&mut ongoing, 0);
    ongoing
}

/// Hears the next turn of a conversation that goes on, and adds hints: at every length it is what
/// [`review`] gives of the whole. Gives the first turn of which anything may have changed.
pub fn hear(listener: &Listener, ongoing: &mut Ongoing, turn: Turn) -> usize {
    let first = listener.hear(ongoing, turn);
    add_hints(ongoing, first);
    first
}

/// Hears another turn in place of the last one, as when a draft is being written; otherwise as
/// [`hear`].
pub fn hear_instead(listener: &Listener, ongoing: &mut Ongoing, turn: Turn) -> usize {
    let first = listener.hear_instead(ongoing, turn);
    add_hints(ongoing, first);
    first
}

fn add_hints(ongoing: &mut Ongoing, from: usize) {
    let (report, conversation) = ongoing.parts_mut();
    hints::add(report, conversation, from);
}

/// A reply that is not sent yet, with what it answers.
#[derive(Debug, Clone)]
pub struct Draft<'d> {
    /// What the customer said.
    pub customer: &'d str,
    /// What the agent means to answer.
    pub reply: &'d str,
    /// Locale; guessed when absent.
    pub locale: Option<Locale>,
    /// The channel.
    pub channel: Channel,
}

impl Draft<'_> {
    /// The draft as a conversation of two turns.
    #[must_use]
    pub fn conversation(&self) -> Conversation {
        let mut conversation = Conversation::new("check", self.channel)
            .with_turn(Party::Customer, self.customer)
            .with_turn(Party::Agent, self.reply);
        conversation.locale = self.locale.clone();
        conversation
    }
}

/// Checks a reply against what the customer said.
#[must_use]
pub fn check(listener: &Listener, draft: &Draft<'_>) -> Report {
    review(listener, &draft.conversation())
}
