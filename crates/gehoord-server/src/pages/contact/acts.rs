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
use crate::not_so;
use crate::pages::problem::{PageError, Refusal};
use crate::pages::safety::was_hard;
use crate::pages::visit::{Posted, to, within};
use crate::pages::when;

/// A promise for a later year than so many from now is a slip of the keys.
const FARTHEST: i16 = 10;

fn now() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

/// The words of somebody about a contact, with its masks; none for no words.
pub(super) async fn own_words(
    app: &App,
    request: &mut Request,
    contact: &str,
    text: Option<&str>,
) -> Result<Option<String>, PageError> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
    // Browsers count a new line as one character and send two.
    let text = text.replace("\r\n", "\n");
    fits("text", &text, 16_000)?;
    let known = masks(request.masks(contact).await?)?;
    Ok(Some(masked(app, known, &text)))
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
    let said = not_so::said(&mut request, &id).await?;
    request.finish().await?;
    let not_so = not_so::of_feedback(&view, &said);
    let hard = status == Status::Closed && was_hard(&view, &posted.door.viewer, &not_so);
    Ok(to(&format!("/contacts/{id}{}", if hard { "/after" } else { "" })))
}

/// "This is wrong, because …"
#[derive(Deserialize)]
pub(crate) struct Doubt {
    #[serde(default)]
    position: String,
    #[serde(default)]
    finding: String,
    reason: Option<String>,
    /// In place of one finding: everything of this safety signal that the contact has.
    signal: Option<String>,
}

/// Keeps what the viewer says about a finding.
pub(crate) async fn doubt(
    State(app): State<App>,
    Id(id): Id,
    posted: Posted<policy::Feedback, Doubt>,
) -> Result<Response, PageError> {
    let given = posted.given;
    if let Some(signal) = &given.signal {
        let mut request = app.store.request(&posted.door.viewer, "feedback.give").await?;
        let view = request.conversation(&id).await?;
        for one in not_so::signals(&view, &[]).iter().filter(|one| one.signal.id() == signal) {
            request.give_feedback(&id, one.position, &one.finding, false, None).await?;
        }
        request.finish().await?;
        return Ok(to(&format!("/contacts/{id}")));
    }
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
    let Some(question) = own_words(&app, &mut request, &id, Some(&given.question)).await? else {
        return Ok(to(&format!("/contacts/{id}?refused=question#share")));
    };
    request.share(&id, position, &given.coach, &question).await?;
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
    let due = given.due.as_deref().filter(|due| !due.is_empty());
    let due = due.map(|due| due_at(due, now())).transpose()?;
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

/// A time of a form, with its offset. What is promised is still to come.
fn due_at(text: &str, now: i64) -> Result<String, PageError> {
    let wrong = |_| PageError::told(Refusal::DueUnreadable);
    let time: DateTime = text.parse().map_err(wrong)?;
    let zone = when::local(0).time_zone().clone();
    let time = time.to_zoned(zone).map_err(wrong)?;
    if time.timestamp().as_millisecond() < now {
        return Err(PageError::told(Refusal::DuePast));
    }
    if time.year() > when::local(now).year() + FARTHEST {
        return Err(PageError::told(Refusal::DueFar));
    }
    Ok(time.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string())
}

#[cfg(test)]
mod tests {
    use super::due_at;

    #[test]
    fn a_time_of_a_form_is_on_the_clock_of_here() {
        let now = 1_780_000_000_000; // in May 2026
        assert_eq!(due_at("2026-07-01T17:00", now).unwrap(), "2026-07-01T17:00:00+02:00");
        for wrong in ["morgen", "2026-13-01T17:00", "2019-01-01T09:00", "9999-01-01T09:00"] {
            assert!(due_at(wrong, now).is_err(), "{wrong}");
        }
    }
}
