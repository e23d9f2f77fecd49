//! Listening without keeping anything: a conversation, and a reply before it is sent.

use axum::Json;
use axum::extract::State;
use gehoord_coaching::{Draft, check as check_draft, review};
use gehoord_conversation::wire::WireReport;
use gehoord_conversation::wire::input::{WireConversation, from_wire};
use gehoord_conversation::{Channel, Conversation, Locale};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

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
    written(&checked(&app, body).await?)
}

async fn checked(app: &App, body: CheckBody) -> Result<WireReport, ApiError> {
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
        WireReport::new(&check_draft(&app.listener(), &draft), &conversation)
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
