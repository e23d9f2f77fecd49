//! From what comes in to what is kept: masks in the place of personal data, and what was heard.

use gehoord_coaching::review;
use gehoord_conversation::wire::WireReport;
use gehoord_conversation::wire::input::DEFAULT_ZONE;
use gehoord_conversation::{Conversation, Party, PersonalKind, Turn};
use gehoord_ingest::pseudonym::{ConversationMasker, MaskedSpan, Masks, Pseudonymiser};
use gehoord_listening::Listener;
use gehoord_store::{NewConversation, NewTurn, Original, Status, StoreError};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::app::App;

/// Where a conversation goes, and what its source calls it.
#[derive(Debug, Clone)]
pub struct Place<'p> {
    /// Where it comes from, such as `file` or `api`.
    pub source: &'p str,
    /// The team that serves the customer.
    pub team_id: Option<&'p str>,
    /// The agent who helps them.
    pub assigned_to: Option<&'p str>,
    /// Whether somebody is still at work on it.
    pub status: Status,
}

/// A conversation with masks in it, ready to be kept, and what was heard in it.
pub struct Intake {
    /// To be kept.
    pub new: NewConversation,
    /// What was heard, in the masked words.
    pub report: WireReport,
    /// What was masked in each turn, by its place in the words as they were given.
    pub spans: Vec<Vec<MaskedSpan>>,
}

/// Masks a conversation and listens to it. `masks` are those that an earlier version of it has.
#[must_use]
pub fn take_in(
    conversation: &Conversation,
    place: &Place<'_>,
    masks: Masks,
    listener: &Listener,
    finder: &Pseudonymiser,
) -> Intake {
    let masker = ConversationMasker::new(finder, None).with_masks(masks);
    let masked = masker.conversation(conversation);
    let report = review(listener, &masked.conversation);
    let turns = masked.conversation.turns.iter().zip(&conversation.turns);
    let new = NewConversation {
        source: place.source.to_owned(),
        external_id: conversation.external_id.clone().unwrap_or_else(|| conversation.id.clone()),
        customer: conversation.customer.clone(),
        team_id: place.team_id.map(str::to_owned),
        assigned_to: place.assigned_to.map(str::to_owned),
        channel: conversation.channel.id().to_owned(),
        locale: conversation.locale.as_ref().map(ToString::to_string),
        subject: masked.conversation.subject.clone(),
        status: place.status,
        turns: turns.map(|(masked, given)| new_turn(masked, given)).collect(),
        originals: originals(&masked.originals),
    };
    let report = WireReport::new(&report, &masked.conversation);
    Intake { new, report, spans: masked.spans }
}

/// The words of `masked`, said as `given` was.
fn new_turn(masked: &Turn, given: &Turn) -> NewTurn {
    NewTurn {
        party: masked.party.id().to_owned(),
        speaker: given.speaker.clone(),
        person_id: None,
        text: masked.text.replace('\0', "\u{FFFD}"),
        at: given.at.as_ref().map(ToString::to_string),
        said_at: given.at.as_ref().map(|at| at.timestamp().as_millisecond()),
        external_id: given.external_id.clone(),
    }
}

pub(crate) fn originals(masked: &[gehoord_ingest::pseudonym::Original]) -> Vec<Original> {
    let one = |original: &gehoord_ingest::pseudonym::Original| Original {
        mask: original.mask.clone(),
        kind: original.kind.id().to_owned(),
        text: original.text.clone(),
    };
    masked.iter().map(one).collect()
}

/// The masks of a stored conversation, to go on with.
///
/// # Errors
/// When the database holds a kind of mask that is not known.
pub fn masks(originals: Vec<Original>) -> Result<Masks, StoreError> {
    let mut known = Vec::with_capacity(originals.len());
    for original in originals {
        let kind: PersonalKind = original
            .kind
            .parse()
            .map_err(|error| StoreError::Damaged(format!("kind of a mask: {error}")))?;
        known.push((original.mask, kind, original.text));
    }
    Ok(Masks::known(known))
}

/// What somebody writes about a conversation, with its masks and more where it needs them.
pub(crate) fn masked(app: &App, known: Masks, text: &str) -> String {
    let mut masker = ConversationMasker::new(&app.pseudonymiser, None).with_masks(known);
    masker.turn(text).text.replace('\0', "\u{FFFD}")
}

/// A stored conversation as the engine reads it, in its masked words.
pub(crate) fn stored(view: &gehoord_store::ConversationView) -> Result<Conversation, StoreError> {
    let damaged =
        |what: &str, why: &dyn std::fmt::Display| StoreError::Damaged(format!("{what}: {why}"));
    let channel = view.row.channel.parse().map_err(|error| damaged("channel", &error))?;
    let mut conversation = Conversation::new(&view.row.id, channel);
    conversation.locale = view.row.locale.as_ref().and_then(|locale| locale.parse().ok());
    conversation.customer.clone_from(&view.row.customer);
    conversation.subject.clone_from(&view.row.subject);
    for turn in &view.turns {
        conversation.turns.push(said(turn)?);
    }
    Ok(conversation)
}

/// The same with a time for every turn: where its source gave none, the one at which it came in,
/// on the clock of the customers.
pub(crate) fn dated(view: &gehoord_store::ConversationView) -> Result<Conversation, StoreError> {
    let mut conversation = stored(view)?;
    let zone = TimeZone::get(DEFAULT_ZONE).unwrap_or(TimeZone::UTC);
    for (turn, said) in view.turns.iter().zip(&mut conversation.turns) {
        let came_in = || Timestamp::from_millisecond(turn.said_at).ok();
        said.at = said.at.take().or_else(|| Some(came_in()?.to_zoned(zone.clone())));
    }
    Ok(conversation)
}

/// A stored turn as the engine reads it.
pub(crate) fn said(turn: &gehoord_store::TurnView) -> Result<Turn, StoreError> {
    let party: Result<Party, _> = turn.party.parse();
    let party = party.map_err(|error| StoreError::Damaged(format!("party: {error}")))?;
    let mut said = Turn::new(party, &turn.text);
    said.at = turn.at.as_ref().and_then(|at| at.parse().ok());
    Ok(said)
}
