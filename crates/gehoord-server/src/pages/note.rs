//! A note of one minute after a talk in person: what was going on, and what was promised. It becomes
//! a contact of the agent, whose promises are followed as all others are. What the agent tells of the
//! customer is no word of the customer: no feeling is heard in it.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use gehoord_conversation::{Channel, Conversation, Party, Turn};
use gehoord_ingest::pseudonym::Masks;
use gehoord_store::Status;
use serde::Deserialize;

use super::frame::Frame;
use super::problem::{PageError, page as shown};
use super::visit::{Posted, Visit, to};
use crate::access::policy;
use crate::api::compose::now;
use crate::api::conversations::keep;
use crate::api::extract::fits;
use crate::app::App;
use crate::aside::aside;
use crate::error::ApiError;
use crate::intake::{Place, take_in};

/// The longest note, in bytes.
const LONGEST: usize = 10_000;

#[derive(Template)]
#[template(path = "note.html")]
struct NotePage {
    frame: Frame,
    /// Under whose name the browser keeps what is typed.
    whose: String,
}

/// Shows an empty note.
pub(crate) async fn page(visit: Visit<policy::WriteConversations>) -> Result<Response, PageError> {
    let title = visit.frame.t.note.title.clone();
    let whose = visit.door.viewer.person_id().unwrap_or_default().to_owned();
    shown(&NotePage { frame: visit.frame.titled(&title), whose })
}

/// What somebody writes down after a talk.
#[derive(Deserialize)]
pub(crate) struct Note {
    matter: String,
    #[serde(default)]
    promise: String,
    /// Who it was: a number or an address; kept as a pseudonym.
    #[serde(default)]
    customer: String,
}

/// Keeps it.
pub(crate) async fn write(
    State(app): State<App>,
    posted: Posted<policy::WriteConversations, Note>,
) -> Result<Response, PageError> {
    let note = posted.given;
    for (name, text) in
        [("matter", &note.matter), ("promise", &note.promise), ("customer", &note.customer)]
    {
        fits(name, text, LONGEST)?;
    }
    let viewer = posted.door.viewer;
    // One person writes one note at a time.
    let name = format!("{} {}", viewer.person_id().unwrap_or_default(), now());
    let conversation = conversation(&note, name)?;
    let (who, ears) = (viewer.clone(), app.clone());
    let work = move || {
        let place = Place {
            source: "note",
            team_id: who.team_id(),
            assigned_to: who.person_id(),
            status: Status::Closed,
        };
        take_in(&conversation, &place, Masks::default(), &ears.listener(), &ears.pseudonymiser)
    };
    let mut intake = aside(work).await?;
    for turn in &mut intake.new.turns {
        turn.person_id = viewer.person_id().map(str::to_owned);
    }
    let written = keep(&app, &viewer, &intake).await?;
    Ok(to(&format!("/contacts/{}#promises", written.id())))
}

fn conversation(note: &Note, name: String) -> Result<Conversation, ApiError> {
    let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let Some(matter) = given(&note.matter) else {
        return Err(ApiError::Invalid("matter: say what was going on".to_owned()));
    };
    let mut conversation = Conversation::new(name, Channel::InPerson);
    conversation.customer = given(&note.customer);
    let told = [(Party::Colleague, Some(matter)), (Party::Agent, given(&note.promise))];
    for (party, text) in told {
        let Some(text) = text else { continue };
        let mut turn = Turn::new(party, text);
        turn.at = Some(now());
        conversation.turns.push(turn);
    }
    Ok(conversation)
}
