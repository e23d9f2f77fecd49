//! Wettelijke schakelaars: what is off until its record is there.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use gehoord_store::{CustomerVoice, Decided, Decision, NamedReview};
use serde::Deserialize;

use super::{After, Notice, Tab, at, can_be_put_right, refused, tabs};
use crate::access::policy;
use crate::api::extract::{Asked, fits};
use crate::api::settings::switch_named_review;
use crate::app::App;
use crate::error::ApiError;
use crate::live::EVERYBODY;
use crate::pages::frame::Frame;
use crate::pages::problem::{PageError, page as shown};
use crate::pages::texts::{Lang, fill};
use crate::pages::visit::{Posted, Visit, to};
use crate::pages::when;

const PATH: &str = "/admin/switches";

/// What was decided about one switch: when it last was, and each change in words.
pub(in crate::pages) struct Record {
    pub(in crate::pages) seen: i64,
    pub(in crate::pages) changes: Vec<String>,
}

impl Record {
    pub(in crate::pages) fn new(decided: &[Decided], lang: Lang, now: i64) -> Self {
        let t = lang.texts();
        let change = |one: &Decided| {
            let words = if one.on { &t.switches.was_on } else { &t.switches.was_off };
            let who = one.who.as_ref().unwrap_or(&t.privacy.operator);
            fill(words, &[("when", &when::moment(lang, one.at, now)), ("who", who)])
        };
        Self {
            seen: decided.first().map_or(0, |last| last.at),
            changes: decided.iter().map(change).collect(),
        }
    }
}

#[derive(Template)]
#[template(path = "admin_switches.html")]
struct Switches {
    frame: Frame,
    tabs: Vec<Tab>,
    notice: Option<Notice>,
    named_review: Option<NamedReview>,
    named: Record,
    customer_voice: Option<CustomerVoice>,
    voice: Record,
    /// What was filled in and could not be taken.
    given: Given,
}

/// Shows them.
pub(crate) async fn page(
    State(app): State<App>,
    visit: Visit<policy::ManageSettings>,
    Asked(after): Asked<After>,
) -> Result<Response, PageError> {
    let notice = Notice::of(visit.frame.t, &after);
    both(&app, visit, notice, Given::default()).await
}

async fn both(
    app: &App,
    visit: Visit<policy::ManageSettings>,
    notice: Option<Notice>,
    given: Given,
) -> Result<Response, PageError> {
    let (viewer, frame) = (visit.door.viewer, visit.frame);
    let mut request = app.store.request(&viewer, "settings.read").await?;
    let settings = request.settings().await?;
    let named = request.decided(Decision::NamedReview).await?;
    let voice = request.decided(Decision::CustomerVoice).await?;
    let now = request.now();
    request.finish().await?;
    let t = frame.t;
    shown(&Switches {
        tabs: tabs(t, &viewer, PATH),
        notice,
        named_review: settings.named_review,
        named: Record::new(&named, frame.lang, now),
        customer_voice: settings.customer_voice,
        voice: Record::new(&voice, frame.lang, now),
        given,
        frame: at(frame, PATH, &t.admin.switches),
    })
}

/// A switch with its record.
#[derive(Deserialize, Default)]
pub(crate) struct Given {
    /// `on` or `off`.
    switch: String,
    #[serde(default)]
    assessment_date: String,
    #[serde(default)]
    assessment_reference: String,
    #[serde(default)]
    consent_date: String,
    #[serde(default)]
    consent_reference: String,
    #[serde(default)]
    notice: String,
    /// When it was last decided as the form was opened.
    seen: String,
}

impl Given {
    fn on(&self) -> Result<bool, ApiError> {
        match self.switch.as_str() {
            "on" => Ok(true),
            "off" => Ok(false),
            _ => Err(ApiError::Invalid("switch: on or off".to_owned())),
        }
    }

    fn seen(&self) -> i64 {
        self.seen.parse().unwrap_or(-1)
    }
}

/// Switches named review.
pub(crate) async fn named_review(
    State(app): State<App>,
    visit: Visit<policy::ManageSettings>,
    posted: Posted<policy::ManageSettings, Given>,
) -> Result<Response, PageError> {
    let given = posted.given;
    let record = NamedReview {
        assessment_date: given.assessment_date.clone(),
        assessment_reference: given.assessment_reference.clone(),
        consent_date: given.consent_date.clone(),
        consent_reference: given.consent_reference.clone(),
    };
    let record = given.on()?.then_some(record);
    let viewer = &posted.door.viewer;
    let result = switch_named_review(&app, viewer, record.as_ref(), Some(given.seen())).await;
    told(&app, visit, result, given).await
}

/// Switches hearing emotions in a customer's voice.
pub(crate) async fn customer_voice(
    State(app): State<App>,
    visit: Visit<policy::ManageSettings>,
    posted: Posted<policy::ManageSettings, Given>,
) -> Result<Response, PageError> {
    let given = posted.given;
    let record = CustomerVoice {
        assessment_date: given.assessment_date.clone(),
        assessment_reference: given.assessment_reference.clone(),
        notice: given.notice.clone(),
    };
    let record = given.on()?.then_some(record);
    let decided = async {
        fits("assessment_reference", &given.assessment_reference, 500)?;
        fits("notice", &given.notice, 4_000)?;
        let mut request = app.store.request(&posted.door.viewer, "settings.customer_voice").await?;
        request.decision_is_still(Decision::CustomerVoice, given.seen()).await?;
        request.set_customer_voice(record.as_ref()).await?;
        request.finish().await?;
        app.live.doubt(EVERYBODY);
        Ok::<(), ApiError>(())
    };
    let result = decided.await;
    told(&app, visit, result, given).await
}

async fn told(
    app: &App,
    visit: Visit<policy::ManageSettings>,
    result: Result<(), ApiError>,
    given: Given,
) -> Result<Response, PageError> {
    let Err(error) = result else { return Ok(to("/admin/switches?done=switched")) };
    let (status, _) = can_be_put_right(error)?;
    let t = visit.frame.t;
    let words = match status {
        StatusCode::CONFLICT => &t.admin.somebody_first,
        _ => &t.switches.incomplete,
    };
    let notice = Some(Notice::wrong(words));
    refused(both(app, visit, notice, given).await, status)
}
