//! What one can do on the page of a contact. Each is a form that works without JavaScript.

use axum::extract::State;
use axum::response::Response;
use gehoord_store::{PromiseState, Request, Status};
use jiff::civil::DateTime;
use serde::Deserialize;

use crate::access::policy;
use crate::api::extract::{Id, fits};
use crate::api::promises::finish;
use crate::app::App;
use crate::error::ApiError;
use crate::intake::{masked, masks};
use crate::pages::problem::PageError;
use crate::pages::safety::was_hard;
use crate::pages::visit::{Posted, to, within};
use crate::pages::when;

/// The words of somebody about a contact, with its masks; none for no words.
async fn own_words(
    app: &App,
    request: &mut Request,
    contact: &str,
    text: Option<&str>,
) -> Result<Option<String>, PageError> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
    fits("text", text, 4_000)?;
    let known = masks(request.masks(contact).await?)?;
    Ok(Some(masked(app, known, text)))
}

/// Whom to give a contact.
#[derive(Deserialize)]
pub(crate) struct Taken {
    /// `yes`: to oneself; anything else: to nobody.
    take: String,
}

/// Takes it, or lets it go.
pub(crate) async fn take(
    State(app): State<App>,
    Id(id): Id,
    posted: Posted<policy::WriteConversations, Taken>,
) -> Result<Response, PageError> {
    let viewer = &posted.door.viewer;
    let mut request = app.store.request(viewer, "conversation.assign").await?;
    let person = viewer.person_id().filter(|_| posted.given.take == "yes");
    request.assign(&id, person).await?;
    request.finish().await?;
    app.live.doubt(&id);
    Ok(to(&format!("/contacts/{id}")))
}

/// Whether it goes on.
#[derive(Deserialize)]
pub(crate) struct NewStatus {
    status: String,
}

/// Closes it, or opens it again.
pub(crate) async fn set_status(
    State(app): State<App>,
    Id(id): Id,
    posted: Posted<policy::WriteConversations, NewStatus>,
) -> Result<Response, PageError> {
    let status = if posted.given.status == "open" { Status::Open } else { Status::Closed };
    let mut request = app.store.request(&posted.door.viewer, "conversation.status").await?;
    request.set_status(&id, status).await?;
    let view = request.conversation(&id).await?;
    request.finish().await?;
    let hard = status == Status::Closed && was_hard(&view, &posted.door.viewer);
    Ok(to(&format!("/contacts/{id}{}", if hard { "/after" } else { "" })))
}

/// "This is wrong, because …"
#[derive(Deserialize)]
pub(crate) struct Doubt {
    position: String,
    finding: String,
    reason: Option<String>,
}

/// Keeps what the viewer says about a finding.
pub(crate) async fn doubt(
    State(app): State<App>,
    Id(id): Id,
    posted: Posted<policy::Feedback, Doubt>,
) -> Result<Response, PageError> {
    let given = posted.given;
    let position: i64 =
        given.position.parse().map_err(|_| ApiError::Invalid("position: no number".to_owned()))?;
    fits("finding", &given.finding, 200)?;
    let mut request = app.store.request(&posted.door.viewer, "feedback.give").await?;
    let reason = own_words(&app, &mut request, &id, given.reason.as_deref()).await?;
    request.give_feedback(&id, position, &given.finding, false, reason.as_deref()).await?;
    request.finish().await?;
    Ok(to(&super::way_to(&id, position)))
}

/// "Leg voor aan mijn coach".
#[derive(Deserialize)]
pub(crate) struct Share {
    coach: String,
    question: String,
    /// One turn; empty: all of it.
    position: Option<String>,
}

/// Lays a contact before a coach.
pub(crate) async fn share(
    State(app): State<App>,
    Id(id): Id,
    posted: Posted<policy::Share, Share>,
) -> Result<Response, PageError> {
    let given = posted.given;
    fits("coach", &given.coach, 200)?;
    let position = given.position.as_deref().filter(|position| !position.is_empty());
    let position = position.map(str::parse).transpose();
    let position = position.map_err(|_| ApiError::Invalid("position: no number".to_owned()))?;
    let mut request = app.store.request(&posted.door.viewer, "shares.add").await?;
    let question = own_words(&app, &mut request, &id, Some(&given.question)).await?;
    request.share(&id, position, &given.coach, question.as_deref().unwrap_or_default()).await?;
    request.finish().await?;
    Ok(to(&format!("/contacts/{id}")))
}

/// Where a promise stands.
#[derive(Deserialize)]
pub(crate) struct Settled {
    state: String,
    reason: Option<String>,
    back: Option<String>,
}

/// Says where it stands.
pub(crate) async fn settle_promise(
    State(app): State<App>,
    Id(id): Id,
    posted: Posted<policy::Promises, Settled>,
) -> Result<Response, PageError> {
    let given = posted.given;
    let state = match given.state.as_str() {
        "kept" => PromiseState::Kept,
        "broken" => PromiseState::Broken,
        "withdrawn" => PromiseState::Withdrawn,
        "open" => PromiseState::Open,
        _ => return Err(ApiError::Invalid("state: unknown".to_owned()).into()),
    };
    let mut request = app.store.request(&posted.door.viewer, "promises.settle").await?;
    let contact = request.promise_conversation(&id).await?;
    let reason = own_words(&app, &mut request, &contact, given.reason.as_deref()).await?;
    request.settle_promise(&id, state, reason.as_deref()).await?;
    finish(&app, request).await?;
    Ok(back(given.back.as_deref(), &contact))
}

/// By when.
#[derive(Deserialize)]
pub(crate) struct Confirmed {
    /// As the browser writes it: `2026-03-02T17:00`, on the clock of here.
    due: Option<String>,
    back: Option<String>,
}

/// Confirms what was promised, and by when.
pub(crate) async fn confirm_promise(
    State(app): State<App>,
    Id(id): Id,
    posted: Posted<policy::Promises, Confirmed>,
) -> Result<Response, PageError> {
    let given = posted.given;
    let due = given.due.as_deref().filter(|due| !due.is_empty()).map(due_at).transpose()?;
    let mut request = app.store.request(&posted.door.viewer, "promises.confirm").await?;
    let contact = request.promise_conversation(&id).await?;
    request.confirm_promise(&id, due.as_deref()).await?;
    finish(&app, request).await?;
    Ok(back(given.back.as_deref(), &contact))
}

fn back(asked: Option<&str>, contact: &str) -> Response {
    match asked {
        Some(path) => to(within(Some(path))),
        None => to(&format!("/contacts/{contact}#promises")),
    }
}

/// A time of a form, with its offset.
fn due_at(text: &str) -> Result<String, ApiError> {
    let wrong = |_| ApiError::Invalid("due must be written as 2026-03-02T17:00".to_owned());
    let time: DateTime = text.parse().map_err(wrong)?;
    let zone = when::local(0).time_zone().clone();
    let time = time.to_zoned(zone).map_err(wrong)?;
    Ok(time.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string())
}

#[cfg(test)]
mod tests {
    use super::due_at;

    #[test]
    fn a_time_of_a_form_is_on_the_clock_of_here() {
        assert_eq!(due_at("2026-07-01T17:00").unwrap(), "2026-07-01T17:00:00+02:00");
        assert!(due_at("morgen").is_err() && due_at("2026-13-01T17:00").is_err());
    }
}
