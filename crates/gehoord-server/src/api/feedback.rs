//! "This finding is wrong, because …"

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use gehoord_store::Feedback;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::conversations::MadeBody;
use super::extract::{Body, Id, fits, written};
use crate::access::{Guarded, policy};
use crate::app::App;
use crate::error::{ApiError, ErrorBody};
use crate::intake::{masked, masks};

/// What you said about a finding.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FeedbackBody {
    /// The turn.
    position: i64,
    /// Id of the finding.
    finding: String,
    /// Whether you agree.
    agrees: bool,
    /// Why.
    reason: Option<String>,
    /// When.
    given_at: String,
}

/// What you said about findings of this conversation.
#[utoipa::path(
    get, path = "/conversations/{id}/feedback", tag = "conversations",
    params(("id" = String, Path)),
    responses(
        (status = 200, body = [FeedbackBody]), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 404, body = ErrorBody),
    ),
    security(("token" = []), ("session" = []))
)]
pub(crate) async fn list(
    State(app): State<App>,
    guarded: Guarded<policy::Feedback>,
    Id(id): Id,
) -> Result<Json<Vec<FeedbackBody>>, ApiError> {
    let mut request = app.store.request(&guarded.viewer, "feedback.read").await?;
    let given = request.feedback(&id).await?;
    request.finish().await?;
    let body = |given: Feedback| FeedbackBody {
        position: given.position,
        finding: given.finding,
        agrees: given.agrees,
        reason: given.reason,
        given_at: written(given.given_at),
    };
    Ok(Json(given.into_iter().map(body).collect()))
}

/// "This finding is wrong, because …"
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GiveFeedback {
    /// The turn.
    position: i64,
    /// Id of the finding in the report, or a label that was missed.
    finding: String,
    /// Whether you agree.
    agrees: bool,
    /// Why.
    reason: Option<String>,
}

/// Say that a finding is right or wrong, and why.
#[utoipa::path(
    post, path = "/conversations/{id}/feedback", tag = "conversations",
    params(("id" = String, Path)), request_body = GiveFeedback,
    responses(
        (status = 201, body = MadeBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 404, body = ErrorBody),
        (status = 400, body = ErrorBody), (status = 422, body = ErrorBody),
    ),
    security(("token" = []), ("session" = []))
)]
pub(crate) async fn give(
    State(app): State<App>,
    guarded: Guarded<policy::Feedback>,
    Id(id): Id,
    Body(body): Body<GiveFeedback>,
) -> Result<(StatusCode, Json<MadeBody>), ApiError> {
    fits("finding", &body.finding, 200)?;
    if let Some(reason) = &body.reason {
        fits("reason", reason, 4_000)?;
    }
    let mut request = app.store.request(&guarded.viewer, "feedback.give").await?;
    let reason = match &body.reason {
        Some(reason) => {
            let known = masks(request.masks(&id).await?)?;
            Some(masked(&app, known, reason))
        }
        None => None,
    };
    let id = request
        .give_feedback(&id, body.position, &body.finding, body.agrees, reason.as_deref())
        .await?;
    request.finish().await?;
    Ok((StatusCode::CREATED, Json(MadeBody { id })))
}
