//! What a customer may ask for: what is kept of them, or to be forgotten. Found by what they are called
//! elsewhere, which is sent in a form and never stands in an address.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use gehoord_store::{CustomerSummary, Erasure, StoreError, Viewer};
use serde::Deserialize;

use super::tabs;
use crate::access::policy;
use crate::api::extract::{Id, fits};
use crate::api::privacy::erase as erase_customer;
use crate::app::App;
use crate::error::ApiError;
use crate::export;
use crate::pages::admin::{Notice, Tab, at};
use crate::pages::contact::channel;
use crate::pages::frame::Frame;
use crate::pages::problem::{PageError, page as shown};
use crate::pages::texts::{Texts, fill};
use crate::pages::visit::{Posted, Visit, to};
use crate::pages::when;

const PATH: &str = "/privacy/customer";

/// The longest name of a customer, in bytes.
const LONGEST: usize = 10_000;
/// The longest reference to a request, in characters.
const REFERENCE: usize = 100;

/// A customer who was found, as the page shows them.
struct Found {
    pseudonym: String,
    conversations: i64,
    channels: Vec<String>,
    period: Option<String>,
    /// What goes: how many rows of what.
    rows: Vec<(&'static str, u64)>,
}

/// An erasure, as a list shows it.
struct Past {
    path: String,
    when: String,
    pseudonym: String,
}

#[derive(Template)]
#[template(path = "privacy_customer.html")]
struct CustomerPage {
    frame: Frame,
    tabs: Vec<Tab>,
    notice: Option<Notice>,
    found: Option<Found>,
    /// Why a customer is erased: id and words.
    reasons: Vec<(&'static str, &'static str)>,
    past: Vec<Past>,
}

/// Shows where to look.
pub(crate) async fn page(
    State(app): State<App>,
    visit: Visit<policy::CustomerRights>,
) -> Result<Response, PageError> {
    show(&app, visit, None, None).await
}

async fn show(
    app: &App,
    visit: Visit<policy::CustomerRights>,
    notice: Option<Notice>,
    summary: Option<CustomerSummary>,
) -> Result<Response, PageError> {
    let (viewer, frame) = (visit.door.viewer, visit.frame);
    let (t, lang) = (frame.t, frame.lang);
    let mut request = app.store.request(&viewer, "privacy.erasures").await?;
    let erasures = request.erasures().await?;
    let now = request.now();
    request.finish().await?;
    let past = erasures.into_iter().map(|one| Past {
        path: format!("/privacy/erasures/{}", one.id),
        when: when::moment(lang, one.erased_at, now),
        pseudonym: one.pseudonym,
    });
    let found = summary.map(|summary| {
        let day = |at| when::day(lang, at, now);
        let period = summary.first_and_last.map(|(first, last)| {
            let (first, last) = (day(first), day(last));
            if first == last {
                return first;
            }
            fill(&t.customer.period, &[("first", &first), ("last", &last)])
        });
        found(t, summary, period)
    });
    shown(&CustomerPage {
        tabs: tabs(t, &viewer, PATH),
        notice,
        found,
        reasons: reasons(t).to_vec(),
        past: past.collect(),
        frame: at(frame, PATH, &t.customer.title),
    })
}

fn found(t: &'static Texts, summary: CustomerSummary, period: Option<String>) -> Found {
    let channels = summary.channels.iter();
    Found {
        conversations: summary.channels.values().sum(),
        channels: channels.map(|(id, count)| format!("{} {count}", channel(t, id))).collect(),
        period,
        rows: rows(t, &summary.rows),
        pseudonym: summary.pseudonym,
    }
}

/// Rows by what they are, in words; what is empty is left out.
fn rows(t: &'static Texts, rows: &BTreeMap<String, u64>) -> Vec<(&'static str, u64)> {
    let mut named: Vec<(&'static str, u64)> = Vec::new();
    for (table, count) in rows.iter().filter(|(_, count)| **count > 0) {
        let Some(name) = table_name(t, table) else { continue };
        match named.iter_mut().find(|(known, _)| *known == name) {
            Some((_, all)) => *all += count,
            None => named.push((name, *count)),
        }
    }
    named
}

/// What a table holds; none for what only serves another.
fn table_name(t: &'static Texts, table: &str) -> Option<&'static str> {
    let t = &t.customer;
    Some(match table {
        "conversation" => &t.rows_conversation,
        "turn" => &t.rows_turn,
        "turn_finding" | "analysis" | "recording" => &t.rows_finding,
        "original" => &t.rows_original,
        "promise" => &t.rows_promise,
        "heard_by_customer" => &t.rows_answer,
        "feedback" => &t.rows_feedback,
        "shared_moment" => &t.rows_shared,
        "attachment" => &t.rows_attachment,
        "turn_search" => &t.rows_search,
        "customer" => &t.rows_customer,
        _ => return None,
    })
}

/// Why a customer is erased.
fn reasons(t: &'static Texts) -> [(&'static str, &'static str); 4] {
    let t = &t.customer;
    [
        ("request", &t.reason_request),
        ("consent", &t.reason_consent),
        ("unlawful", &t.reason_unlawful),
        ("other", &t.reason_other),
    ]
}

/// What a customer is called elsewhere, or their pseudonym.
#[derive(Deserialize)]
pub(crate) struct Named {
    customer: String,
}

/// Looks for a customer.
pub(crate) async fn find(
    State(app): State<App>,
    visit: Visit<policy::CustomerRights>,
    posted: Posted<policy::CustomerRights, Named>,
) -> Result<Response, PageError> {
    let name = posted.given.customer;
    fits("customer", &name, LONGEST)?;
    let Some(summary) = summary(&app, &visit.door.viewer, &name).await? else {
        let notice = Some(Notice::wrong(&visit.frame.t.customer.nobody));
        return with(show(&app, visit, notice, None).await, StatusCode::NOT_FOUND);
    };
    show(&app, visit, None, Some(summary)).await
}

/// What is kept of a customer, in numbers; none where nothing is. To look for nobody leaves a row in
/// the audit too.
async fn summary(
    app: &App,
    viewer: &Viewer,
    name: &str,
) -> Result<Option<CustomerSummary>, ApiError> {
    let mut request = app.store.request(viewer, "customer.find").await?;
    let summary = match request.customer_summary(name).await {
        Ok(summary) => Some(summary),
        Err(StoreError::NotFound(_)) => None,
        Err(error) => return Err(error.into()),
    };
    request.finish().await?;
    Ok(summary)
}

fn with(page: Result<Response, PageError>, status: StatusCode) -> Result<Response, PageError> {
    let mut response = page?;
    *response.status_mut() = status;
    Ok(response)
}

/// Everything that is kept of a customer, as a file: the same as `gehoord export --customer`.
pub(crate) async fn download(
    State(app): State<App>,
    posted: Posted<policy::CustomerRights, Named>,
) -> Result<Response, PageError> {
    let name = posted.given.customer;
    fits("customer", &name, LONGEST)?;
    let mut request = app.store.request(&posted.door.viewer, "customer.export").await?;
    let kept = request.export_customer(&name).await?;
    request.finish().await?;
    let internal = |error: &dyn std::fmt::Display| ApiError::Internal(error.to_string());
    let mut text =
        serde_json::to_string_pretty(&export::customer(&kept)).map_err(|error| internal(&error))?;
    text.push('\n');
    let name = format!("attachment; filename=\"{}.json\"", kept.pseudonym);
    let name = HeaderValue::from_str(&name).map_err(|error| internal(&error))?;
    let json = HeaderValue::from_static("application/json");
    Ok(([(header::CONTENT_TYPE, json), (header::CONTENT_DISPOSITION, name)], text).into_response())
}

/// To erase a customer, for good.
#[derive(Deserialize)]
pub(crate) struct Erase {
    /// The pseudonym of who was found.
    customer: String,
    /// What was typed to confirm it: the same customer.
    confirm: String,
    #[serde(default)]
    reason: String,
    /// The number of the request, say.
    #[serde(default)]
    reference: String,
}

/// Erases a customer, when it is confirmed with a reason.
pub(crate) async fn erase(
    State(app): State<App>,
    visit: Visit<policy::CustomerRights>,
    posted: Posted<policy::CustomerRights, Erase>,
) -> Result<Response, PageError> {
    let given = posted.given;
    for text in [&given.customer, &given.confirm, &given.reference] {
        fits("customer", text, LONGEST)?;
    }
    let reason = reasons(visit.frame.t).into_iter().find(|(id, _)| *id == given.reason);
    let reference = given.reference.trim();
    let short = reference.chars().count() <= REFERENCE;
    let viewer = &posted.door.viewer;
    let request = app.store.request(viewer, "customer.find").await?;
    let same = request.is_same_customer(&given.customer, &given.confirm)?;
    request.keep().await?;
    let t = &visit.frame.t.customer;
    let wrong = match reason {
        _ if !same => &t.not_confirmed,
        None => &t.no_reason,
        Some(_) if !short => &t.reference_long,
        Some((id, _)) => {
            // Its id, so that the record reads in every language.
            let reason = [id, reference].join(" ");
            let proof = erase_customer(&app, viewer, &given.customer, &reason).await?;
            return Ok(to(&format!("/privacy/erasures/{}", proof.id)));
        }
    };
    let notice = Some(Notice::wrong(wrong));
    let found = summary(&app, viewer, &given.customer).await?;
    let found = found.ok_or_else(|| ApiError::NotFound("the customer".to_owned()))?;
    let page = show(&app, visit, notice, Some(found)).await;
    with(page, StatusCode::UNPROCESSABLE_ENTITY)
}

#[derive(Template)]
#[template(path = "privacy_erased.html")]
struct Proof {
    frame: Frame,
    tabs: Vec<Tab>,
    erasure: Erasure,
    when: String,
    who: String,
    reason: String,
    rows: Vec<(&'static str, u64)>,
}

/// The proof of an erasure, to be printed.
pub(crate) async fn proof(
    State(app): State<App>,
    visit: Visit<policy::CustomerRights>,
    Id(id): Id,
) -> Result<Response, PageError> {
    let (viewer, frame) = (visit.door.viewer, visit.frame);
    let t = frame.t;
    let mut request = app.store.request(&viewer, "customer.proof").await?;
    let erasure = request.erasure(&id).await?;
    request.finish().await?;
    shown(&Proof {
        tabs: tabs(t, &viewer, PATH),
        when: when::in_full(frame.lang, erasure.erased_at),
        who: erasure.erased_by.clone().unwrap_or_else(|| t.privacy.operator.clone()),
        reason: in_words(t, erasure.reason.as_deref()),
        rows: rows(t, &erasure.removed),
        erasure,
        frame: frame.titled(&t.customer.proof),
    })
}

/// A reason as it is kept, in words.
fn in_words(t: &'static Texts, reason: Option<&str>) -> String {
    let Some(reason) = reason else { return t.customer.reason_none.clone() };
    let (id, reference) = reason.split_once(' ').unwrap_or((reason, ""));
    let known = reasons(t).into_iter().find(|(known, _)| *known == id);
    match known {
        Some((_, words)) if reference.is_empty() => words.to_owned(),
        Some((_, words)) => format!("{words} ({reference})"),
        None => reason.to_owned(),
    }
}
