//! What the organisation decided.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use gehoord_listening::Rubric;
use gehoord_store::{DocumentKind, NamedReview, RetentionRule, Settings};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::conversations::MadeBody;
use super::extract::{Asked, Body, fits, written};
use crate::access::{Guarded, policy};
use crate::app::App;
use crate::error::{ApiError, ErrorBody};
use crate::live::EVERYBODY;

/// On what ground managers see findings about the agents of their team.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NamedReviewBody {
    /// Date of the data protection impact assessment, such as 2026-03-01.
    assessment_date: String,
    /// Where it can be found.
    assessment_reference: String,
    /// Date of the works council's consent.
    consent_date: String,
    /// Where it can be found.
    consent_reference: String,
}

impl From<NamedReview> for NamedReviewBody {
    fn from(record: NamedReview) -> Self {
        Self {
            assessment_date: record.assessment_date,
            assessment_reference: record.assessment_reference,
            consent_date: record.consent_date,
            consent_reference: record.consent_reference,
        }
    }
}

/// How long conversations of one channel are kept.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RetentionRuleBody {
    /// The channel.
    pub(crate) channel: String,
    /// Days after closing until the originals behind the masks are forgotten.
    pub(crate) originals_days: i64,
    /// Days after the last turn until the conversation is removed.
    pub(crate) days: i64,
}

impl From<RetentionRule> for RetentionRuleBody {
    fn from(rule: RetentionRule) -> Self {
        Self { channel: rule.channel, originals_days: rule.originals_days, days: rule.days }
    }
}

/// What is in force now.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SettingsBody {
    /// Set: managers see findings about the agents of their team.
    named_review: Option<NamedReviewBody>,
    /// How long conversations are kept; a channel without a rule is kept.
    retention: Vec<RetentionRuleBody>,
}

impl From<Settings> for SettingsBody {
    fn from(settings: Settings) -> Self {
        Self {
            named_review: settings.named_review.map(Into::into),
            retention: settings.retention.into_iter().map(Into::into).collect(),
        }
    }
}

/// What is in force now.
#[utoipa::path(
    get, path = "/settings", tag = "settings",
    responses(
        (status = 200, body = SettingsBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody),
    ),
    security(("token" = []), ("session" = []))
)]
pub(crate) async fn read(
    State(app): State<App>,
    guarded: Guarded<policy::ReadSettings>,
) -> Result<Json<SettingsBody>, ApiError> {
    let mut request = app.store.request(&guarded.viewer, "settings.read").await?;
    let settings = request.settings().await?;
    request.finish().await?;
    Ok(Json(settings.into()))
}

/// Named review, on or off.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NamedReviewSwitch {
    /// The ground; null switches it off.
    record: Option<NamedReviewBody>,
}

/// Switch named review on, with its record, or off. Agents see that it is on.
#[utoipa::path(
    put, path = "/settings/named_review", tag = "settings", request_body = NamedReviewSwitch,
    responses(
        (status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
        (status = 400, body = ErrorBody), (status = 422, body = ErrorBody),
    ),
    security(("token" = []), ("session" = []))
)]
pub(crate) async fn set_named_review(
    State(app): State<App>,
    guarded: Guarded<policy::ManageSettings>,
    Body(body): Body<NamedReviewSwitch>,
) -> Result<StatusCode, ApiError> {
    let record = body.record.map(|record| NamedReview {
        assessment_date: record.assessment_date,
        assessment_reference: record.assessment_reference,
        consent_date: record.consent_date,
        consent_reference: record.consent_reference,
    });
    for text in record.iter().flat_map(|r| [&r.assessment_reference, &r.consent_reference]) {
        fits("a reference", text, 500)?;
    }
    let mut request = app.store.request(&guarded.viewer, "settings.named_review").await?;
    request.set_named_review(record.as_ref()).await?;
    request.finish().await?;
    app.live.doubt(EVERYBODY);
    Ok(StatusCode::NO_CONTENT)
}

/// Which text.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct DocumentQuery {
    /// `rubric` or `house_style`.
    kind: String,
}

/// One version of a text.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DocumentBody {
    /// Made from its words.
    version: String,
    /// The words (TOML).
    text: String,
    /// Since when.
    created_at: String,
}

/// Every version of the rubric or the house style, the one in force first.
#[utoipa::path(
    get, path = "/settings/documents", tag = "settings", params(DocumentQuery),
    responses(
        (status = 200, body = [DocumentBody]), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 422, body = ErrorBody),
    ),
    security(("token" = []), ("session" = []))
)]
pub(crate) async fn documents(
    State(app): State<App>,
    guarded: Guarded<policy::ReadSettings>,
    Asked(query): Asked<DocumentQuery>,
) -> Result<Json<Vec<DocumentBody>>, ApiError> {
    let kind = kind(&query.kind)?;
    let mut request = app.store.request(&guarded.viewer, "settings.documents").await?;
    let documents = request.documents(kind).await?;
    request.finish().await?;
    let body = |document: gehoord_store::Document| DocumentBody {
        version: document.version,
        text: document.text,
        created_at: written(document.created_at),
    };
    Ok(Json(documents.into_iter().map(body).collect()))
}

fn kind(text: &str) -> Result<DocumentKind, ApiError> {
    match text {
        "rubric" => Ok(DocumentKind::Rubric),
        "house_style" => Ok(DocumentKind::HouseStyle),
        _ => Err(ApiError::Invalid("kind must be rubric or house_style".to_owned())),
    }
}

/// A text to put in force.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PutDocument {
    /// `rubric` or `house_style`.
    kind: String,
    /// The words (TOML).
    text: String,
}

/// Put a rubric or a house style in force; gives its version.
#[utoipa::path(
    put, path = "/settings/documents", tag = "settings", request_body = PutDocument,
    responses(
        (status = 201, body = MadeBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 400, body = ErrorBody),
        (status = 422, body = ErrorBody),
    ),
    security(("token" = []), ("session" = []))
)]
pub(crate) async fn put_document(
    State(app): State<App>,
    guarded: Guarded<policy::ManageSettings>,
    Body(body): Body<PutDocument>,
) -> Result<(StatusCode, Json<MadeBody>), ApiError> {
    let kind = kind(&body.kind)?;
    fits("text", &body.text, 1_000_000)?;
    match kind {
        DocumentKind::Rubric => {
            Rubric::new(&body.text).map_err(|why| ApiError::Invalid(format!("rubric: {why}")))?;
        }
        DocumentKind::HouseStyle => {
            let table: Result<toml::Table, _> = body.text.parse();
            table.map_err(|why| ApiError::Invalid(format!("house style: {why}")))?;
        }
    }
    let mut request = app.store.request(&guarded.viewer, "settings.document").await?;
    let id = request.write_document(kind, &body.text).await?;
    request.finish().await?;
    Ok((StatusCode::CREATED, Json(MadeBody { id })))
}
