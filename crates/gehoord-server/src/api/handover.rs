//! What whoever takes a conversation over needs to know, in five lines.

use axum::Json;
use axum::extract::State;
use gehoord_coaching::handover::{Handover, Line, handover as lines_of};
use gehoord_coaching::review;
use gehoord_conversation::{Conversation, Language};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::compose::stored;
use super::extract::{Asked, Id};
use crate::access::{Guarded, policy};
use crate::app::App;
use crate::aside::aside;
use crate::error::{ApiError, ErrorBody};

/// In which language.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct HandoverQuery {
    /// `nl` (when absent) or `en`. Quotes stay in the customer's own.
    language: Option<String>,
}

/// Five lines to edit; an empty one means that nothing was heard for it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HandoverBody {
    /// What is going on.
    matter: LineBody,
    /// What was tried already.
    tried: LineBody,
    /// What was promised, and by when.
    promised: LineBody,
    /// What the customer told already, not to be asked again.
    known: LineBody,
    /// What still weighs on the customer, in their own words.
    weighs: LineBody,
}

/// One line, with the words that it stands on.
#[derive(Debug, Serialize, ToSchema)]
struct LineBody {
    /// The line, in masked words.
    text: String,
    /// Where it comes from.
    evidence: Vec<PlaceBody>,
}

/// A place in the conversation.
#[derive(Debug, Serialize, ToSchema)]
struct PlaceBody {
    /// Place of the turn, from 0.
    turn: usize,
    /// First byte in the text of the turn.
    start: usize,
    /// The byte behind the last.
    end: usize,
}

impl From<Line> for LineBody {
    fn from(line: Line) -> Self {
        let place = |place: &gehoord_conversation::Evidence| PlaceBody {
            turn: place.turn,
            start: place.span.start,
            end: place.span.end,
        };
        Self { text: line.text, evidence: line.evidence.iter().map(place).collect() }
    }
}

/// What whoever takes a conversation over needs to know, made from its masked words.
#[utoipa::path(
    get, path = "/conversations/{id}/handover", tag = "conversations",
    params(("id" = String, Path), HandoverQuery),
    responses(
        (status = 200, body = HandoverBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 404, body = ErrorBody),
        (status = 422, body = ErrorBody),
    ),
    security(("token" = []), ("session" = []))
)]
pub(crate) async fn handover(
    State(app): State<App>,
    guarded: Guarded<policy::ReadConversations>,
    Id(id): Id,
    Asked(query): Asked<HandoverQuery>,
) -> Result<Json<HandoverBody>, ApiError> {
    let language = query.language.as_deref().unwrap_or("nl").parse::<Language>();
    let language = language.map_err(|error| ApiError::Invalid(error.to_string()))?;
    let (conversation, _) = stored(&app, &guarded.viewer, &id).await?;
    let lines = of(&app, conversation, language).await?;
    Ok(Json(HandoverBody {
        matter: lines.matter.into(),
        tried: lines.tried.into(),
        promised: lines.promised.into(),
        known: lines.known.into(),
        weighs: lines.weighs.into(),
    }))
}

/// The five lines of a conversation.
pub(crate) async fn of(
    app: &App,
    conversation: Conversation,
    language: Language,
) -> Result<Handover, ApiError> {
    let listener = app.listener();
    aside(move || {
        let report = review(&listener, &conversation);
        lines_of(&report, &conversation, language)
    })
    .await
}
