//! Listening without keeping anything: a conversation, a reply before it is sent, what to take up.

use axum::Json;
use axum::extract::State;
use gehoord_coaching::{Draft, check as check_draft, review};
use gehoord_conversation::wire::WireReport;
use gehoord_conversation::wire::input::{WireConversation, from_wire};
use gehoord_conversation::{Channel, Conversation, Locale, Report, TurnReport};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::conversations::NOTE;
use super::extract::Body;
use crate::access::{Guarded, policy};
use crate::app::App;
use crate::aside::aside;
use crate::error::{ApiError, ErrorBody};

/// What was heard in a conversation, in the form of `gehoord schema report`. Nothing is kept.
#[utoipa::path(
    post, path = "/listen", tag = "listen", request_body = Object,
    responses(
        (status = 200, body = Object), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 400, body = ErrorBody),
        (status = 422, body = ErrorBody),
    ),
    security(("token" = []), ("session" = []))
)]
pub(crate) async fn listen(
    State(app): State<App>,
    _guarded: Guarded<policy::Listen>,
    Body(wire): Body<WireConversation>,
) -> Result<Json<Value>, ApiError> {
    let conversation = from_wire(wire, "text").map_err(|error| ApiError::Invalid(error.message))?;
    let report = hear(&app, move |app| {
        let report = review(&app.listener(), &conversation);
        WireReport::new(&report, &conversation)
    });
    written(&report.await?)
}

/// A reply that is not sent yet.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CheckBody {
    /// What the customer said.
    customer: String,
    /// What you mean to answer.
    reply: String,
    /// BCP 47 tag; guessed from the words when absent.
    locale: Option<String>,
    /// `chat` when absent.
    channel: Option<String>,
}

/// Check a reply before it is sent: the report over both turns. Nothing is kept.
#[utoipa::path(
    post, path = "/check", tag = "listen", request_body = CheckBody,
    responses(
        (status = 200, body = Object), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 400, body = ErrorBody),
        (status = 422, body = ErrorBody),
    ),
    security(("token" = []), ("session" = []))
)]
pub(crate) async fn check(
    State(app): State<App>,
    _guarded: Guarded<policy::Listen>,
    Body(body): Body<CheckBody>,
) -> Result<Json<Value>, ApiError> {
    let (_, report) = checked(&app, body).await?;
    written(&report)
}

/// What a reply should take up.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SuggestBody {
    /// What the customer said.
    customer: String,
    /// What you have written so far.
    draft: Option<String>,
    /// BCP 47 tag; guessed from the words when absent.
    locale: Option<String>,
    /// `chat` when absent.
    channel: Option<String>,
}

/// Moves that would help here: what to say in your own words, never a sentence to copy.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Suggestions {
    /// The moves, the most helpful first; none when nothing is missing.
    suggestions: Vec<Suggestion>,
    /// What these are.
    note: &'static str,
}

/// One move.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Suggestion {
    /// The technique it is about.
    label: String,
    /// What to do, in the language and form of address of the conversation.
    text: String,
}

/// What is still unsaid in a reply. Nothing is kept.
#[utoipa::path(
    post, path = "/suggest", tag = "listen", request_body = SuggestBody,
    responses(
        (status = 200, body = Suggestions), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 400, body = ErrorBody),
        (status = 422, body = ErrorBody),
    ),
    security(("token" = []), ("session" = []))
)]
pub(crate) async fn suggest(
    State(app): State<App>,
    _guarded: Guarded<policy::Listen>,
    Body(body): Body<SuggestBody>,
) -> Result<Json<Suggestions>, ApiError> {
    // A bare greeting says nothing yet, so everything that matters is still unsaid.
    let reply = body.draft.filter(|draft| !draft.trim().is_empty());
    let reply = reply.unwrap_or_else(|| "Goedemiddag.".to_owned());
    let draft =
        CheckBody { customer: body.customer, reply, locale: body.locale, channel: body.channel };
    let (report, _) = checked(&app, draft).await?;
    let hints = report.turns.iter().filter_map(|turn| match turn {
        TurnReport::Agent(turn) => Some(&turn.hints),
        _ => None,
    });
    let suggestions = hints
        .flatten()
        .map(|hint| Suggestion { label: hint.label.id().to_owned(), text: hint.text.clone() })
        .collect();
    Ok(Json(Suggestions { suggestions, note: NOTE }))
}

async fn checked(app: &App, body: CheckBody) -> Result<(Report, WireReport), ApiError> {
    let invalid = |error: &dyn std::fmt::Display| ApiError::Invalid(error.to_string());
    let locale: Option<Locale> =
        body.locale.as_deref().map(str::parse).transpose().map_err(|error| invalid(&error))?;
    let channel: Channel = match body.channel.as_deref() {
        Some(channel) => channel.parse().map_err(|error| invalid(&error))?,
        None => Channel::Chat,
    };
    hear(app, move |app| {
        let draft = Draft { customer: &body.customer, reply: &body.reply, locale, channel };
        let conversation: Conversation = draft.conversation();
        let report = check_draft(&app.listener(), &draft);
        let wire = WireReport::new(&report, &conversation);
        (report, wire)
    })
    .await
}

/// Listening takes a while for long texts: it is done away from the threads that answer.
async fn hear<T: Send + 'static>(
    app: &App,
    work: impl FnOnce(&App) -> T + Send + 'static,
) -> Result<T, ApiError> {
    let app = app.clone();
    aside(move || work(&app)).await
}

fn written(report: &WireReport) -> Result<Json<Value>, ApiError> {
    serde_json::to_value(report).map(Json).map_err(|error| ApiError::Internal(error.to_string()))
}
