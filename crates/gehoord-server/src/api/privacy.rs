//! For the privacy officer: who sees what, who looked, how long things are kept; what is kept of a
//! customer, and erasing it.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use gehoord_store::{
    AuditFilter, AuditRow, Decision, ErasureProof, Job, RetentionPlan, RetentionRule, Right, Viewer,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::conversations::{ConversationBody, MadeBody};
use super::extract::{Asked, Body, after, at_most, fits, time, written};
use super::settings::RetentionRuleBody;
use crate::access::{Guarded, policy};
use crate::app::App;
use crate::error::{ApiError, ErrorBody};

/// What a run of the retention rules removes.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlanBody {
    /// Conversations whose originals are forgotten.
    originals: u64,
    /// Conversations that are removed.
    conversations: u64,
    /// Files that are removed.
    files: u64,
    /// Whether it was done, or only counted.
    done: bool,
}

impl From<RetentionPlan> for PlanBody {
    fn from(plan: RetentionPlan) -> Self {
        Self {
            originals: plan.originals,
            conversations: plan.conversations,
            files: plan.files,
            done: plan.done,
        }
    }
}

/// What the rules in force would remove now.
#[utoipa::path(
    get, path = "/privacy/retention", tag = "privacy",
    responses(
        (status = 200, body = PlanBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody),
    ),
    security(("token" = []), ("session" = []))
)]
pub(crate) async fn retention(
    State(app): State<App>,
    guarded: Guarded<policy::Retention>,
) -> Result<Json<PlanBody>, ApiError> {
    let mut request = app.store.request(&guarded.viewer, "retention.plan").await?;
    let plan = request.plan_retention(None).await?;
    request.finish().await?;
    Ok(Json(plan.into()))
}

/// Set how long conversations are kept, one rule a channel.
#[utoipa::path(
    put, path = "/privacy/retention", tag = "privacy", request_body = [RetentionRuleBody],
    responses(
        (status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
        (status = 400, body = ErrorBody), (status = 422, body = ErrorBody),
    ),
    security(("token" = []), ("session" = []))
)]
pub(crate) async fn set_retention(
    State(app): State<App>,
    guarded: Guarded<policy::Retention>,
    Body(rules): Body<Vec<RetentionRuleBody>>,
) -> Result<StatusCode, ApiError> {
    let rule = |rule: RetentionRuleBody| RetentionRule {
        channel: rule.channel,
        originals_days: rule.originals_days,
        days: rule.days,
    };
    let rules: Vec<RetentionRule> = rules.into_iter().map(rule).collect();
    set_rules(&app, &guarded.viewer, &rules, None).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sets the rules; only when nobody decided anew since `seen`, where that is given.
pub(crate) async fn set_rules(
    app: &App,
    viewer: &Viewer,
    rules: &[RetentionRule],
    seen: Option<i64>,
) -> Result<(), ApiError> {
    let mut request = app.store.request(viewer, "retention.set").await?;
    if let Some(seen) = seen {
        request.decision_is_still(Decision::Retention, seen).await?;
    }
    request.set_retention(rules).await?;
    request.finish().await?;
    Ok(())
}

/// Remove now what the rules in force say.
#[utoipa::path(
    post, path = "/privacy/retention/run", tag = "privacy",
    responses(
        (status = 200, body = PlanBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody),
    ),
    security(("token" = []), ("session" = []))
)]
pub(crate) async fn run_retention(
    State(app): State<App>,
    guarded: Guarded<policy::Retention>,
) -> Result<Json<PlanBody>, ApiError> {
    let mut request = app.store.request(&guarded.viewer, "retention.run").await?;
    let plan = request.run_retention().await?;
    request.finish().await?;
    Ok(Json(plan.into()))
}

/// Which rows.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct AuditQuery {
    /// At this time or later.
    from: Option<String>,
    /// Before this time.
    until: Option<String>,
    /// Only of this person.
    who: Option<String>,
    /// Only about this conversation.
    conversation: Option<String>,
    /// Only what comes behind a page: its `next`.
    after: Option<String>,
    /// At most so many (1–1000; 100).
    limit: Option<i64>,
}

/// One request that somebody made.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuditBody {
    /// When.
    at: String,
    /// Id of a person, `operator` (the command on the machine) or `machine`.
    who: String,
    /// Their role then.
    role: String,
    /// What they did.
    action: String,
    /// What they touched (the first 200).
    ids: Vec<String>,
    /// How many they touched.
    count: i64,
    /// What else there is to say.
    detail: Option<String>,
}

/// A page of the audit, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuditPageBody {
    /// The requests.
    requests: Vec<AuditBody>,
    /// Give this as `after` for the next page; null on the last.
    next: Option<String>,
}

/// Who looked at what, the newest first.
#[utoipa::path(
    get, path = "/privacy/audit", tag = "privacy", params(AuditQuery),
    responses(
        (status = 200, body = AuditPageBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 422, body = ErrorBody),
    ),
    security(("token" = []), ("session" = []))
)]
pub(crate) async fn audit(
    State(app): State<App>,
    guarded: Guarded<policy::ReadAudit>,
    Asked(query): Asked<AuditQuery>,
) -> Result<Json<AuditPageBody>, ApiError> {
    for text in [&query.who, &query.conversation].into_iter().flatten() {
        fits("a filter", text, 200)?;
    }
    let filter = AuditFilter {
        from: query.from.as_deref().map(|at| time("from", at)).transpose()?,
        until: query.until.as_deref().map(|at| time("until", at)).transpose()?,
        who: query.who,
        conversation: query.conversation,
        customer: None,
        about_conversations: false,
        after: after(query.after.as_deref())?,
        limit: at_most(query.limit, 1000)?,
    };
    let mut request = app.store.request(&guarded.viewer, "audit.read").await?;
    let page = request.audit(&filter).await?;
    request.finish().await?;
    let body = |row: AuditRow| AuditBody {
        at: written(row.at),
        who: row.who,
        role: row.role,
        action: row.action,
        ids: serde_json::from_str(&row.ids).unwrap_or_default(),
        count: row.count,
        detail: row.detail,
    };
    Ok(Json(AuditPageBody {
        requests: page.rows.into_iter().map(body).collect(),
        next: page.next.map(|next| next.to_string()),
    }))
}

/// A customer, as they are called elsewhere or by their pseudonym.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CustomerName {
    /// A number, a mail address, or the pseudonym.
    customer: String,
}

/// Everything that is kept of a customer.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CustomerBody {
    /// Their pseudonym.
    pseudonym: String,
    /// Their conversations, with the originals behind the masks; without findings about agents.
    conversations: Vec<ConversationBody>,
    /// How those sounded that were recorded, without what was measured of agents: `conversation`
    /// (its id), `voice`, `lines`, `spoken`, `silenced`, and `sound` (`media_type`, `base64`) while it
    /// is kept.
    #[schema(value_type = Vec<Object>)]
    recordings: Vec<serde_json::Value>,
}

/// Everything that is kept of a customer, to give it to them.
#[utoipa::path(
    post, path = "/privacy/customers/export", tag = "privacy", request_body = CustomerName,
    responses(
        (status = 200, body = CustomerBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 404, body = ErrorBody),
        (status = 400, body = ErrorBody), (status = 422, body = ErrorBody),
    ),
    security(("token" = []), ("session" = []))
)]
pub(crate) async fn export_customer(
    State(app): State<App>,
    guarded: Guarded<policy::CustomerRights>,
    Body(body): Body<CustomerName>,
) -> Result<Json<CustomerBody>, ApiError> {
    fits("customer", &body.customer, 10_000)?;
    let mut request = app.store.request(&guarded.viewer, "customer.export").await?;
    let export = request.export_customer(&body.customer).await?;
    request.finish().await?;
    let conversations = export.conversations.into_iter().map(|(mut view, originals)| {
        view.originals = originals;
        view.into()
    });
    let recordings = export.recordings.iter().map(|(id, recording, sound)| {
        let mut told = crate::export::recorded(recording, sound.as_deref());
        told["conversation"] = id.as_str().into();
        told
    });
    Ok(Json(CustomerBody {
        pseudonym: export.pseudonym,
        recordings: recordings.collect(),
        conversations: conversations.collect(),
    }))
}

/// A customer to be erased, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EraseBody {
    /// A number, a mail address, or the pseudonym.
    customer: String,
    /// Why, such as `request AVG-2026-7`; it stays with the proof.
    #[schema(required, value_type = String)]
    reason: Option<String>,
}

/// So long a reason may be, in bytes.
const LONGEST_REASON: usize = 500;

/// That a customer is gone.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProofBody {
    /// Id of the record that stays.
    id: String,
    /// Their pseudonym.
    pseudonym: String,
    /// When.
    erased_at: String,
    /// Ids of the conversations that are gone.
    conversations: Vec<String>,
    /// Rows removed, by table.
    removed: BTreeMap<String, u64>,
    /// Rows that still name one of the conversations, looked for afterwards: 0.
    left: u64,
}

impl From<ErasureProof> for ProofBody {
    fn from(proof: ErasureProof) -> Self {
        Self {
            id: proof.id,
            pseudonym: proof.pseudonym,
            erased_at: written(proof.erased_at),
            conversations: proof.conversations,
            removed: proof.removed,
            left: proof.left,
        }
    }
}

/// Erase a customer everywhere. There is no way back.
#[utoipa::path(
    post, path = "/privacy/customers/erase", tag = "privacy", request_body = EraseBody,
    responses(
        (status = 200, body = ProofBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 404, body = ErrorBody),
        (status = 400, body = ErrorBody), (status = 422, body = ErrorBody),
    ),
    security(("token" = []), ("session" = []))
)]
pub(crate) async fn erase_customer(
    State(app): State<App>,
    guarded: Guarded<policy::CustomerRights>,
    Body(body): Body<EraseBody>,
) -> Result<Response, ApiError> {
    let reason = body.reason.as_deref().unwrap_or_default().trim();
    if reason.is_empty() || reason.len() > LONGEST_REASON {
        let message = format!(
            "reason: say why this customer is erased, in 1 to {LONGEST_REASON} bytes, such as \
             'request AVG-2026-7'; nothing was erased"
        );
        let body = Json(ApiError::Invalid(message).body());
        return Ok((StatusCode::BAD_REQUEST, body).into_response());
    }
    fits("reason", reason, LONGEST_REASON)?;
    let proof = erase(&app, &guarded.viewer, &body.customer, reason).await?;
    Ok(Json(ProofBody::from(proof)).into_response())
}

/// Erases a customer, for a reason.
pub(crate) async fn erase(
    app: &App,
    viewer: &Viewer,
    customer: &str,
    reason: &str,
) -> Result<ErasureProof, ApiError> {
    fits("customer", customer, 10_000)?;
    let mut request = app.store.request(viewer, "customer.erase").await?;
    let proof = request.erase_customer(customer).await?;
    request.reason_of_erasure(&proof.id, reason).await?;
    request.finish().await?;
    // What is in memory goes too, and what the database still holds of deleted rows.
    for id in &proof.conversations {
        app.live.forget(id).await;
    }
    app.store.forget_deleted().await?;
    Ok(proof)
}

/// What each role may do.
#[utoipa::path(
    get, path = "/privacy/rights", tag = "privacy",
    responses((status = 200, body = Object), (status = 401, body = ErrorBody)),
    security(("token" = []), ("session" = []))
)]
pub(crate) async fn who_sees_what(
    _guarded: Guarded<policy::LoggedIn>,
) -> Json<BTreeMap<&'static str, Vec<&'static str>>> {
    let row = |right: &Right| (right.id(), right.roles().iter().map(|role| role.id()).collect());
    Json(Right::ALL.iter().map(row).collect())
}

/// Work that takes long.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct JobBody {
    /// Its id.
    id: String,
    /// What is done.
    kind: String,
    /// `waiting`, `running`, `done` or `failed`.
    state: String,
    /// Steps done.
    done: i64,
    /// Steps in all, when known.
    total: Option<i64>,
    /// Why it failed.
    error: Option<String>,
    /// When it last went on.
    changed_at: String,
}

/// The newest jobs.
#[utoipa::path(
    get, path = "/jobs", tag = "jobs",
    responses(
        (status = 200, body = [JobBody]), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody),
    ),
    security(("token" = []), ("session" = []))
)]
pub(crate) async fn jobs(
    State(app): State<App>,
    guarded: Guarded<policy::Import>,
) -> Result<Json<Vec<JobBody>>, ApiError> {
    let mut request = app.store.request(&guarded.viewer, "jobs.list").await?;
    let jobs = request.jobs().await?;
    request.finish().await?;
    let body = |job: Job| JobBody {
        id: job.id,
        kind: job.kind,
        state: job.state,
        done: job.done,
        total: job.total,
        error: job.error,
        changed_at: written(job.changed_at),
    };
    Ok(Json(jobs.into_iter().map(body).collect()))
}

/// Listen again to every conversation that was heard with other ears than those of now.
#[utoipa::path(
    post, path = "/jobs", tag = "jobs",
    responses(
        (status = 201, body = MadeBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody),
    ),
    security(("token" = []), ("session" = []))
)]
pub(crate) async fn listen_again(
    State(app): State<App>,
    guarded: Guarded<policy::Import>,
) -> Result<(StatusCode, Json<MadeBody>), ApiError> {
    let id = begin_listening_again(&app, &guarded.viewer).await?;
    Ok((StatusCode::CREATED, Json(MadeBody { id })))
}

/// Adds the job that listens again; gives its id.
pub(crate) async fn begin_listening_again(app: &App, viewer: &Viewer) -> Result<String, ApiError> {
    let mut request = app.store.request(viewer, "jobs.add").await?;
    let id = request.add_job(crate::jobs::LISTEN_AGAIN, "{}").await?;
    request.finish().await?;
    Ok(id)
}
