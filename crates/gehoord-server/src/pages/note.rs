//! A note of one minute after a talk in person: what was going on, and what was promised. It becomes
//! a contact of the agent, whose promises are followed as all others are. What the agent tells of the
//! customer is no word of the customer: no feeling is heard in it.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use gehoord_conversation::{Channel, Conversation, Party, Turn};
use gehoord_ingest::pseudonym::Masks;
use gehoord_store::{Status, Viewer};
use serde::Deserialize;

use super::frame::Frame;
use super::problem::{PageError, Refusal, page as shown};
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
    /// What was filled in and could not be taken.
    given: Note,
    /// It says nothing of what was going on.
    blank: bool,
}

/// Shows an empty note.
pub(crate) async fn page(visit: Visit<policy::WriteConversations>) -> Result<Response, PageError> {
    of_a_team(&visit.door.viewer)?;
    form(visit, Note::default(), false)
}

fn form(
    visit: Visit<policy::WriteConversations>,
    given: Note,
    blank: bool,
) -> Result<Response, PageError> {
    let title = visit.frame.t.note.title.clone();
    let whose = visit.door.viewer.person_id().unwrap_or_default().to_owned();
    let mut frame = visit.frame.titled(&title);
    "/note".clone_into(&mut frame.back);
    shown(&NotePage { frame, whose, given, blank })
}

/// A note becomes a contact of a team.
fn of_a_team(viewer: &Viewer) -> Result<(), PageError> {
    match viewer.team_id() {
        Some(_) => Ok(()),
        None => Err(PageError::told(Refusal::NoTeam)),
    }
}

/// What somebody writes down after a talk.
#[derive(Deserialize, Default)]
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
    visit: Visit<policy::WriteConversations>,
    posted: Posted<policy::WriteConversations, Note>,
) -> Result<Response, PageError> {
    let note = posted.given;
    of_a_team(&posted.door.viewer)?;
    for (name, text) in
        [("matter", &note.matter), ("promise", &note.promise), ("customer", &note.customer)]
    {
        fits(name, text, LONGEST)?;
    }
    if note.matter.trim().is_empty() {
        let mut page = form(visit, note, true)?;
        *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(page);
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
