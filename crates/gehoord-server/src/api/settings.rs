//! What the organisation decided.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use gehoord_coaching::HouseStyle;
use gehoord_coaching::protocol::Protocols;
use gehoord_listening::Rubric;
use gehoord_store::{Decision, DocumentKind, NamedReview, RetentionRule, Settings, Viewer};
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
    switch_named_review(&app, &guarded.viewer, record.as_ref(), None).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Switches named review on, with its record, or off; only when nobody decided anew since `seen`,
/// where that is given.
pub(crate) async fn switch_named_review(
    app: &App,
    viewer: &Viewer,
    record: Option<&NamedReview>,
    seen: Option<i64>,
) -> Result<(), ApiError> {
    for text in record.iter().flat_map(|r| [&r.assessment_reference, &r.consent_reference]) {
        fits("a reference", text, 500)?;
    }
    let mut request = app.store.request(viewer, "settings.named_review").await?;
    if let Some(seen) = seen {
        request.decision_is_still(Decision::NamedReview, seen).await?;
    }
    request.set_named_review(record).await?;
    request.finish().await?;
    app.live.doubt(EVERYBODY);
    Ok(())
}

/// Which text.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct DocumentQuery {
    /// `rubric`, `house_style`, `protocols_nl` or `protocols_be`.
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

/// Every version of the rubric, the house style or the safety protocols, the one in force first.
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
    let kind = query.kind.parse()?;
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

/// A text to put in force.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PutDocument {
    /// `rubric`, `house_style`, `protocols_nl` or `protocols_be`.
    kind: String,
    /// The words (TOML).
    text: String,
}

/// Put a rubric, a house style or safety protocols in force; gives its version.
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
    let kind = body.kind.parse()?;
    look(kind, &body.text).map_err(|trouble| ApiError::Invalid(trouble.to_string()))?;
    let id = put_in_force(&app, &guarded.viewer, kind, &body.text, None).await?;
    Ok((StatusCode::CREATED, Json(MadeBody { id })))
}

/// Why a text cannot be put in force.
#[derive(Debug)]
pub(crate) struct Trouble {
    /// The line, from 1.
    pub(crate) line: usize,
    /// What is wrong, and what would be right.
    pub(crate) message: String,
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

/// Whether a text can be put in force.
pub(crate) fn look(kind: DocumentKind, text: &str) -> Result<(), Trouble> {
    let trouble = |line: usize, message: String| Trouble { line, message };
    if let Some(at) = text.find('\0') {
        let line = text[..at].matches('\n').count() + 1;
        return Err(trouble(line, "a NUL character stands here; take it out".to_owned()));
    }
    if text.len() > LONGEST {
        return Err(trouble(1, format!("the text may be {LONGEST} bytes long at most")));
    }
    match kind {
        DocumentKind::Rubric => {
            Rubric::new(text).map(|_| ()).map_err(|why| trouble(why.line, why.message))
        }
        DocumentKind::HouseStyle => {
            HouseStyle::parse(text).map(|_| ()).map_err(|why| trouble(why.line, why.message))
        }
        DocumentKind::ProtocolsNl | DocumentKind::ProtocolsBe => {
            let read = Protocols::parse(text).map_err(|why| trouble(why.line, why.message))?;
            let country = kind.country().unwrap_or_default();
            if read.country == country {
                return Ok(());
            }
            let at = text.lines().position(|line| line.trim_start().starts_with("country"));
            let message = format!("country must be \"{country}\": these are its protocols");
            Err(trouble(at.unwrap_or(0) + 1, message))
        }
    }
}

/// The longest text, in bytes.
const LONGEST: usize = 200_000;

/// Puts a text that was looked at in force, and follows it; gives its version. Only when `seen` (none:
/// nothing) is still in force, where that is given.
pub(crate) async fn put_in_force(
    app: &App,
    viewer: &Viewer,
    kind: DocumentKind,
    text: &str,
    seen: Option<Option<&str>>,
) -> Result<String, ApiError> {
    let mut request = app.store.request(viewer, "settings.document").await?;
    if let Some(seen) = seen {
        request.document_is_still(kind, seen).await?;
    }
    let version = request.write_document(kind, text).await?;
    request.finish().await?;
    app.follow_decisions().await?;
    Ok(version)
}
