//! "Leg voor aan mijn coach".

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use gehoord_store::SharedMoment;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::conversations::MadeBody;
use super::extract::{Body, Id, fits, written};
use crate::access::{Guarded, policy};
use crate::app::App;
use crate::error::{ApiError, ErrorBody};

/// What was laid before a coach.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShareBody {
    /// Its id.
    id: String,
    /// The conversation.
    conversation: String,
    /// The turn it is about; none: all of it.
    position: Option<i64>,
    /// The agent who asks.
    from: String,
    /// The coach who is asked.
    to: String,
    /// The question.
    question: String,
    /// When.
    shared_at: String,
    /// Until when the coach can see it.
    expires_at: String,
}

/// What you laid before coaches, or (as a coach) what was laid before you.
#[utoipa::path(
    get, path = "/shares", tag = "shares",
    responses(
        (status = 200, body = [ShareBody]), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody),
    ),
    security(("token" = []), ("session" = []))
)]
pub(crate) async fn list(
    State(app): State<App>,
    guarded: Guarded<policy::Share>,
) -> Result<Json<Vec<ShareBody>>, ApiError> {
    let mut request = app.store.request(&guarded.viewer, "shares.list").await?;
    let shares = request.shares().await?;
    request.finish().await?;
    let body = |share: SharedMoment| ShareBody {
        id: share.id,
        conversation: share.conversation_id,
        position: share.position,
        from: share.from_person,
        to: share.to_person,
        question: share.question,
        shared_at: written(share.shared_at),
        expires_at: written(share.expires_at),
    };
    Ok(Json(shares.into_iter().map(body).collect()))
}

/// What to lay before a coach.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewShare {
    /// The conversation.
    conversation: String,
    /// One of your turns in it; none: all of it.
    position: Option<i64>,
    /// Id of the coach.
    coach: String,
    /// Your question; it is masked.
    question: String,
}

/// Lay a conversation, or one of your turns in it, before a coach, for thirty days.
#[utoipa::path(
    post, path = "/shares", tag = "shares", request_body = NewShare,
    responses(
        (status = 201, body = MadeBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 404, body = ErrorBody),
        (status = 400, body = ErrorBody), (status = 422, body = ErrorBody),
    ),
    security(("token" = []), ("session" = []))
)]
pub(crate) async fn share(
    State(app): State<App>,
    guarded: Guarded<policy::Share>,
    Body(body): Body<NewShare>,
) -> Result<(StatusCode, Json<MadeBody>), ApiError> {
    for (name, text) in
        [("conversation", &body.conversation), ("coach", &body.coach), ("question", &body.question)]
    {
        fits(name, text, 8_000)?;
    }
    let mut request = app.store.request(&guarded.viewer, "shares.add").await?;
    let known = crate::intake::masks(request.masks(&body.conversation).await?)?;
    let question = crate::intake::masked(&app, known, &body.question);
    let id = request.share(&body.conversation, body.position, &body.coach, &question).await?;
    request.finish().await?;
    Ok((StatusCode::CREATED, Json(MadeBody { id })))
}

/// Take back what you shared.
#[utoipa::path(
    delete, path = "/shares/{id}", tag = "shares", params(("id" = String, Path)),
    responses(
        (status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody),
    ),
    security(("token" = []), ("session" = []))
)]
pub(crate) async fn revoke(
    State(app): State<App>,
    guarded: Guarded<policy::Share>,
    Id(id): Id,
) -> Result<StatusCode, ApiError> {
    let mut request = app.store.request(&guarded.viewer, "shares.revoke").await?;
    let conversation = request.revoke_share(&id).await?;
    request.finish().await?;
    app.live.doubt(&conversation);
    Ok(StatusCode::NO_CONTENT)
}
