//! Promises: work that somebody took on, followed until it is kept.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use gehoord_store::{PromiseRow, PromiseState, Request, ShownPlace};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::extract::{Asked, Body, Id, after, at_most, fits};
use crate::access::{Guarded, policy};
use crate::app::App;
use crate::error::{ApiError, ErrorBody};

/// A promise.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PromiseBody {
    /// Its id.
    id: String,
    /// The conversation.
    conversation: String,
    /// The turn it was made in.
    position: i64,
    /// `agent`, `colleague` or `firm`.
    who: String,
    /// What, in the agent's words, masked.
    what: String,
    /// When, in the agent's words.
    when: Option<String>,
    /// When at the latest.
    due: Option<String>,
    /// Who and a time that can be resolved.
    complete: bool,
    /// `open`, `due` (within a day), `overdue_unknown` ("Is dit gelukt?"), `kept`, `broken` or
    /// `withdrawn`.
    state: &'static str,
    /// The agent said that this is what was promised.
    confirmed: bool,
    /// Why, in one sentence.
    reason: Option<String>,
    /// The words of a later turn that show that it was kept or broken.
    shown: Option<ShownBody>,
}

/// Where words stand that show what became of a promise.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShownBody {
    /// The conversation: that of the promise, or a later one of this customer.
    conversation: String,
    /// The turn.
    position: i64,
    /// First byte in its text.
    start: i64,
    /// Just past the last byte.
    end: i64,
}

impl From<ShownPlace> for ShownBody {
    fn from(place: ShownPlace) -> Self {
        Self {
            conversation: place.conversation_id,
            position: place.position,
            start: place.start,
            end: place.end,
        }
    }
}

impl From<PromiseRow> for PromiseBody {
    fn from(row: PromiseRow) -> Self {
        Self {
            id: row.id,
            conversation: row.conversation_id,
            position: row.position,
            who: row.who,
            what: row.what,
            when: row.when,
            due: row.due,
            complete: row.complete,
            state: row.state.id(),
            confirmed: row.confirmed,
            reason: row.reason,
            shown: row.shown.map(Into::into),
        }
    }
}

/// Which promises.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct OpenQuery {
    /// Only of this team.
    team: Option<String>,
    /// Only what comes behind a page: its `next`.
    after: Option<String>,
    /// At most so many (1–200; 50).
    limit: Option<i64>,
}

/// A page of promises, the first due first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PromisesBody {
    /// The promises.
    promises: Vec<PromiseBody>,
    /// Give this as `after` for the next page; null on the last.
    next: Option<String>,
}

/// Promises of your team that are still open, the first due first.
#[utoipa::path(
    get, path = "/promises", tag = "promises", params(OpenQuery),
    responses(
        (status = 200, body = PromisesBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 422, body = ErrorBody),
    ),
    security(("token" = []), ("session" = []))
)]
pub(crate) async fn open(
    State(app): State<App>,
    guarded: Guarded<policy::Promises>,
    Asked(query): Asked<OpenQuery>,
) -> Result<Json<PromisesBody>, ApiError> {
    if let Some(team) = &query.team {
        fits("team", team, 200)?;
    }
    let (after, limit) = (after(query.after.as_deref())?, at_most(query.limit, 200)?);
    let mut request = app.store.request(&guarded.viewer, "promises.list").await?;
    let page = request.open_promises(query.team.as_deref(), after.as_ref(), limit).await?;
    request.finish().await?;
    Ok(Json(PromisesBody {
        promises: page.rows.into_iter().map(Into::into).collect(),
        next: page.next.map(|next| next.to_string()),
    }))
}

/// The promises of a conversation.
#[utoipa::path(
    get, path = "/conversations/{id}/promises", tag = "promises",
    params(("id" = String, Path)),
    responses(
        (status = 200, body = [PromiseBody]), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 404, body = ErrorBody),
    ),
    security(("token" = []), ("session" = []))
)]
pub(crate) async fn of_conversation(
    State(app): State<App>,
    guarded: Guarded<policy::ReadConversations>,
    Id(id): Id,
) -> Result<Json<Vec<PromiseBody>>, ApiError> {
    let mut request = app.store.request(&guarded.viewer, "promises.read").await?;
    let rows = request.promises(&id).await?;
    request.finish().await?;
    Ok(Json(rows.into_iter().map(Into::into).collect()))
}

/// Where a promise stands.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SettleBody {
    /// `kept`, `broken`, `withdrawn`, or `open` again. What a person says stands.
    state: String,
    /// Why, in one sentence; it is masked.
    reason: Option<String>,
}

/// Say where a promise stands.
#[utoipa::path(
    put, path = "/promises/{id}/state", tag = "promises",
    params(("id" = String, Path)), request_body = SettleBody,
    responses(
        (status = 200, body = PromiseBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 404, body = ErrorBody),
        (status = 400, body = ErrorBody), (status = 422, body = ErrorBody),
    ),
    security(("token" = []), ("session" = []))
)]
pub(crate) async fn settle(
    State(app): State<App>,
    guarded: Guarded<policy::Promises>,
    Id(id): Id,
    Body(body): Body<SettleBody>,
) -> Result<Json<PromiseBody>, ApiError> {
    let state = match body.state.as_str() {
        "open" => PromiseState::Open,
        "kept" => PromiseState::Kept,
        "broken" => PromiseState::Broken,
        "withdrawn" => PromiseState::Withdrawn,
        _ => {
            let message = "state must be kept, broken, withdrawn or open";
            return Err(ApiError::Invalid(message.to_owned()));
        }
    };
    if let Some(reason) = &body.reason {
        fits("reason", reason, 2_000)?;
    }
    let mut request = app.store.request(&guarded.viewer, "promises.settle").await?;
    let reason = match &body.reason {
        Some(reason) => Some(masked(&app, &mut request, &id, reason).await?),
        None => None,
    };
    let row = request.settle_promise(&id, state, reason.as_deref()).await?;
    finish(&app, request).await?;
    Ok(Json(row.into()))
}

/// Ends a request in which a promise changed, and tells whoever follows its conversation.
pub(crate) async fn finish(app: &App, request: Request) -> Result<(), ApiError> {
    let changed = request.promises_changed();
    request.finish().await?;
    app.live.promises_changed(&changed);
    Ok(())
}

/// What somebody says about a promise, with the masks of its conversation.
async fn masked(
    app: &App,
    request: &mut Request,
    promise: &str,
    text: &str,
) -> Result<String, ApiError> {
    let conversation = request.promise_conversation(promise).await?;
    let known = crate::intake::masks(request.masks(&conversation).await?)?;
    Ok(crate::intake::masked(app, known, text))
}

/// What was promised.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConfirmBody {
    /// By when, RFC 3339 with its offset; as it was heard when absent.
    due: Option<String>,
}

/// Confirm that this is what was promised, and by when.
#[utoipa::path(
    put, path = "/promises/{id}/confirmed", tag = "promises",
    params(("id" = String, Path)), request_body = ConfirmBody,
    responses(
        (status = 200, body = PromiseBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 404, body = ErrorBody),
        (status = 400, body = ErrorBody), (status = 422, body = ErrorBody),
    ),
    security(("token" = []), ("session" = []))
)]
pub(crate) async fn confirm(
    State(app): State<App>,
    guarded: Guarded<policy::Promises>,
    Id(id): Id,
    Body(body): Body<ConfirmBody>,
) -> Result<Json<PromiseBody>, ApiError> {
    if let Some(due) = &body.due {
        fits("due", due, 100)?;
    }
    let mut request = app.store.request(&guarded.viewer, "promises.confirm").await?;
    let row = request.confirm_promise(&id, body.due.as_deref()).await?;
    finish(&app, request).await?;
    Ok(Json(row.into()))
}

/// Something that happened.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EventBody {
    /// What it was, such as `call` or `refund`.
    what: String,
}

/// Something happened elsewhere that keeps a promise, such as a call that was made.
#[utoipa::path(
    post, path = "/promises/{id}/events", tag = "promises",
    params(("id" = String, Path)), request_body = EventBody,
    responses(
        (status = 201, body = PromiseBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 404, body = ErrorBody),
        (status = 400, body = ErrorBody), (status = 409, body = ErrorBody),
        (status = 422, body = ErrorBody),
    ),
    security(("token" = []), ("session" = []))
)]
pub(crate) async fn event(
    State(app): State<App>,
    guarded: Guarded<policy::Promises>,
    Id(id): Id,
    Body(body): Body<EventBody>,
) -> Result<(StatusCode, Json<PromiseBody>), ApiError> {
    fits("what", &body.what, 200)?;
    let mut request = app.store.request(&guarded.viewer, "promises.event").await?;
    let what = masked(&app, &mut request, &id, &body.what).await?;
    let row = request.promise_event(&id, &what).await?;
    finish(&app, request).await?;
    Ok((StatusCode::CREATED, Json(row.into())))
}
