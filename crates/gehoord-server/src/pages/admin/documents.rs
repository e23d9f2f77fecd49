//! Huisstijl, beoordelingskader and protocols: a text that people edit, beside what it says in plain
//! words. Every version stays; a text that cannot be read is not put in force.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use gehoord_coaching::protocol::Protocols;
use gehoord_listening::Rubric;
use gehoord_store::{Document, DocumentKind};
use jiff::civil::Date;
use serde::Deserialize;

use super::plain::{Plain, plain};
use super::style_form::{self, Scope};
use super::{Notice, Tab, at, can_be_put_right, refused, tabs};
use crate::access::policy;
use crate::api::compose::now;
use crate::api::extract::{Asked, Id};
use crate::api::settings::{look, put_in_force};
use crate::app::App;
use crate::error::ApiError;
use crate::pages::frame::Frame;
use crate::pages::problem::{PageError, page as shown};
use crate::pages::safety;
use crate::pages::texts::{Texts, fill};
use crate::pages::visit::{Posted, Visit, to};
use crate::pages::when;

/// A house style to begin with.
pub(super) const START: &str = include_str!("../../../texts/house-style.toml");
/// The longest name of who checked something, in characters.
const LONGEST_NAME: usize = 100;

/// One version, as the page shows it.
struct Version {
    version: String,
    when: String,
    who: String,
    in_force: bool,
    /// It stands in the field now.
    here: bool,
}

/// What is wrong in the text, and in which line.
struct Wrong {
    line: usize,
    message: String,
    words: String,
}

/// Who checked protocols, or that nobody did.
struct Check {
    done: bool,
    words: String,
    by: String,
    day: String,
}

#[derive(Template)]
#[template(path = "admin_text.html")]
struct TextPage {
    frame: Frame,
    tabs: Vec<Tab>,
    /// Protocols of other countries.
    countries: Vec<Tab>,
    notice: Option<Notice>,
    kind: &'static str,
    heading: &'static str,
    lead: &'static str,
    text: String,
    /// The same as fields to fill in, where there are such.
    fields: Option<Vec<Scope>>,
    /// The version in force; empty: what ships.
    seen: String,
    /// What that is then.
    begins: Option<&'static str>,
    wrong: Option<Wrong>,
    plain: Option<Plain>,
    versions: Vec<Version>,
    check: Option<Check>,
    /// Conversations keep what was heard with the version before.
    again: bool,
}

/// What is shown, and what is said of it.
#[derive(Default)]
struct Shown {
    /// In place of what is in force.
    text: Option<String>,
    notice: Option<Notice>,
    /// An older version.
    version: Option<String>,
}

/// Which version.
#[derive(Deserialize)]
pub(crate) struct Wanted {
    version: Option<String>,
    done: Option<String>,
}

fn kind_of(id: &str) -> Result<DocumentKind, ApiError> {
    id.parse().map_err(|_| ApiError::NotFound("no such text".to_owned()))
}

/// Shows one.
pub(crate) async fn page(
    State(app): State<App>,
    visit: Visit<policy::ManageSettings>,
    Id(id): Id,
    Asked(wanted): Asked<Wanted>,
) -> Result<Response, PageError> {
    let kind = kind_of(&id)?;
    let t = visit.frame.t;
    let notice = wanted.done.map(|done| match done.as_str() {
        "again" => Notice { warns: false, words: t.document.again_begun.clone() },
        _ => Notice::done(t),
    });
    let what = Shown { notice, version: wanted.version, text: None };
    show(&app, visit, kind, what).await
}

async fn show(
    app: &App,
    visit: Visit<policy::ManageSettings>,
    kind: DocumentKind,
    what: Shown,
) -> Result<Response, PageError> {
    let me = visit.door.person.as_ref().map(|person| person.name.clone()).unwrap_or_default();
    let (viewer, frame) = (visit.door.viewer, visit.frame);
    let (t, lang) = (frame.t, frame.lang);
    let mut request = app.store.request(&viewer, "settings.documents").await?;
    let documents = request.documents(kind).await?;
    let people = request.people().await?;
    let now = request.now();
    request.finish().await?;
    let in_force = documents.first();
    let older =
        what.version.as_ref().filter(|wanted| in_force.map(|d| &d.version) != Some(*wanted));
    let older = older.and_then(|wanted| documents.iter().find(|one| one.version == *wanted));
    let mut notice = what.notice;
    if let Some(older) = older {
        let when = when::moment(lang, older.created_at, now);
        let words = fill(&t.document.older, &[("when", &when)]);
        notice = Some(Notice { warns: false, words });
    }
    let here = older.or(in_force);
    let text =
        what.text.unwrap_or_else(|| here.map_or_else(|| begin(kind), |one| one.text.clone()));
    let wrong = look(kind, &text).err().map(|trouble| Wrong {
        words: text.lines().nth(trouble.line - 1).unwrap_or_default().trim().to_owned(),
        line: trouble.line,
        message: trouble.message,
    });
    let version = |one: &Document| Version {
        when: when::moment(lang, one.created_at, now),
        who: people
            .iter()
            .find(|person| person.id == one.created_by)
            .map_or_else(|| t.privacy.operator.clone(), |person| person.name.clone()),
        in_force: in_force.is_some_and(|now| now.version == one.version),
        here: here.is_some_and(|here| here.version == one.version) && one.text == text,
        version: one.version.clone(),
    };
    let (title, lead) = words(t, kind);
    // Both countries stand under one tab.
    let tab = kind.country().map_or(kind, |_| DocumentKind::ProtocolsNl);
    let country = |one: DocumentKind| Tab {
        path: if one == DocumentKind::ProtocolsNl {
            "/admin/texts/protocols_nl"
        } else {
            "/admin/texts/protocols_be"
        },
        name: words(t, one).0,
        here: one == kind,
    };
    let countries = match kind.country() {
        Some(_) => [DocumentKind::ProtocolsNl, DocumentKind::ProtocolsBe].map(country).into(),
        None => Vec::new(),
    };
    let check = kind.country().map(|country| {
        let protocols = app.in_force.protocols(country);
        Check {
            done: protocols.checked().is_some(),
            words: safety::checked(lang, &protocols, now),
            by: me,
            day: today().to_string(),
        }
    });
    shown(&TextPage {
        tabs: tabs(t, &viewer, &path(tab)),
        countries,
        notice,
        kind: kind.id(),
        heading: if kind.country().is_some() { &t.admin.protocols } else { title },
        begins: in_force.is_none().then_some(match kind {
            DocumentKind::HouseStyle => &t.document.begin,
            _ => &t.document.ships,
        }),
        lead,
        seen: in_force.map(|document| document.version.clone()).unwrap_or_default(),
        plain: plain(kind, &text, lang),
        fields: (kind == DocumentKind::HouseStyle && wrong.is_none())
            .then(|| style_form::scopes(&text, t))
            .flatten(),
        wrong,
        versions: documents.iter().map(version).collect(),
        check,
        again: kind == DocumentKind::Rubric,
        text,
        frame: at(frame, &path(kind), title),
    })
}

fn path(kind: DocumentKind) -> String {
    format!("/admin/texts/{}", kind.id())
}

fn words(t: &'static Texts, kind: DocumentKind) -> (&'static str, &'static str) {
    let d = &t.document;
    match kind {
        DocumentKind::Rubric => (&t.admin.rubric, &d.rubric_lead),
        DocumentKind::HouseStyle => (&t.admin.style, &d.style_lead),
        DocumentKind::ProtocolsNl => (&d.protocols_nl, &d.protocols_lead),
        DocumentKind::ProtocolsBe => (&d.protocols_be, &d.protocols_lead),
    }
}

/// What ships, or a text to begin with.
fn begin(kind: DocumentKind) -> String {
    match kind.country() {
        Some(country) => Protocols::shipped_file(country).unwrap_or_default(),
        None if kind == DocumentKind::Rubric => Rubric::shipped(),
        None => START,
    }
    .to_owned()
}

fn today() -> Date {
    now().date()
}

/// A text that somebody wrote.
#[derive(Deserialize)]
pub(crate) struct Written {
    #[serde(default)]
    text: String,
    /// The version in force when the page was opened.
    seen: String,
    /// `look`: only in words; `keep`: in force.
    r#do: String,
    /// In place of a text: what was filled in.
    #[serde(flatten)]
    fields: BTreeMap<String, String>,
}

/// Looks at a text, or puts it in force.
pub(crate) async fn keep(
    State(app): State<App>,
    visit: Visit<policy::ManageSettings>,
    Id(id): Id,
    posted: Posted<policy::ManageSettings, Written>,
) -> Result<Response, PageError> {
    let kind = kind_of(&id)?;
    let given = posted.given;
    // Browsers end lines in their own way.
    let filled_in = Some(&given.fields).filter(|_| kind == DocumentKind::HouseStyle);
    let text =
        filled_in.and_then(style_form::written).unwrap_or_else(|| given.text.replace("\r\n", "\n"));
    let t = &visit.frame.t.document;
    let with =
        |notice: Option<Notice>, text: String| Shown { text: Some(text), notice, version: None };
    if look(kind, &text).is_err() {
        // What is wrong is told beside the field.
        let page = show(&app, visit, kind, with(None, text)).await;
        return refused(page, StatusCode::UNPROCESSABLE_ENTITY);
    }
    if given.r#do != "keep" {
        let notice = Notice { warns: false, words: t.looked.clone() };
        return show(&app, visit, kind, with(Some(notice), text)).await;
    }
    let viewer = &posted.door.viewer;
    let before = in_force(&app, &visit, kind).await?;
    let text = if kind.country().is_some() { checked_anew(&before, text) } else { text };
    let seen = Some(given.seen.as_str()).filter(|seen| !seen.is_empty());
    let Err(error) = put_in_force(&app, viewer, kind, &text, Some(seen)).await else {
        return Ok(to(&format!("{}?done=kept", path(kind))));
    };
    let (status, _) = can_be_put_right(error)?;
    let notice = Some(Notice::wrong(&t.somebody_first));
    refused(show(&app, visit, kind, with(notice, text)).await, status)
}

async fn in_force(
    app: &App,
    visit: &Visit<policy::ManageSettings>,
    kind: DocumentKind,
) -> Result<String, ApiError> {
    let mut request = app.store.request(&visit.door.viewer, "settings.documents").await?;
    let document = request.document_in_force(kind).await?;
    request.finish().await?;
    Ok(document.map_or_else(|| begin(kind), |document| document.text))
}

/// Who changes protocols has them checked anew.
fn checked_anew(before: &str, text: String) -> String {
    if Protocols::unchecked(before) == Protocols::unchecked(&text) {
        return before.to_owned();
    }
    Protocols::unchecked(&text)
}

/// That somebody checked the protocols in force.
#[derive(Deserialize)]
pub(crate) struct Checked {
    by: String,
    day: String,
    /// The version in force when the page was opened.
    seen: String,
}

/// Keeps who checked protocols, and when.
pub(crate) async fn check(
    State(app): State<App>,
    visit: Visit<policy::ManageSettings>,
    Id(id): Id,
    posted: Posted<policy::ManageSettings, Checked>,
) -> Result<Response, PageError> {
    let kind = kind_of(&id)?;
    if kind.country().is_none() {
        return Err(ApiError::NotFound("nobody checks this text".to_owned()).into());
    }
    let given = posted.given;
    let by = given.by.trim();
    let t = &visit.frame.t.document;
    let day = given.day.parse::<Date>().ok().filter(|day| *day <= today());
    let named = !by.is_empty() && by.chars().count() <= LONGEST_NAME && !by.contains('\0');
    let (Some(day), true) = (day, named) else {
        let notice = Some(Notice::wrong(&t.check_wrong));
        let page = show(&app, visit, kind, Shown { notice, ..Shown::default() }).await;
        return refused(page, StatusCode::UNPROCESSABLE_ENTITY);
    };
    let text = Protocols::checked_file(&in_force(&app, &visit, kind).await?, by, day);
    let seen = Some(given.seen.as_str()).filter(|seen| !seen.is_empty());
    let viewer = &posted.door.viewer;
    let Err(error) = put_in_force(&app, viewer, kind, &text, Some(seen)).await else {
        return Ok(to(&format!("{}?done=checked", path(kind))));
    };
    let (status, _) = can_be_put_right(error)?;
    let notice = Some(Notice::wrong(&t.check_first));
    refused(show(&app, visit, kind, Shown { notice, ..Shown::default() }).await, status)
}
