//! Mensen: who works here, and what they may.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use gehoord_store::{Person, Role, Team, Token};
use serde::Deserialize;

use super::tokens::{Shown, shown_tokens};
use super::{After, Nothing, Notice, Tab, at, can_be_put_right, refused, tabs};
use crate::access::policy;
use crate::api::extract::{Asked, Id};
use crate::api::people::{ChangePerson, NewPersonBody, admit, change_somebody};
use crate::app::App;
use crate::aside::aside;
use crate::error::ApiError;
use crate::pages::frame::{Frame, role_name};
use crate::pages::problem::{PageError, page as shown};
use crate::pages::texts::Texts;
use crate::pages::visit::{Posted, Visit, to};
use crate::password::hash_password;

const PATH: &str = "/admin";

/// Somebody, as the page shows them.
struct Somebody {
    person: Person,
    role: &'static str,
    team: String,
}

#[derive(Template)]
#[template(path = "admin.html")]
struct People {
    frame: Frame,
    tabs: Vec<Tab>,
    notice: Option<Notice>,
    teams: Vec<Team>,
    people: Vec<Somebody>,
    roles: Vec<(&'static str, &'static str)>,
    /// Nobody is here yet but who looks.
    first: bool,
    /// What was filled in and could not be taken.
    given: Newcomer,
}

/// Shows everybody.
pub(crate) async fn page(
    State(app): State<App>,
    visit: Visit<policy::ManagePeople>,
    Asked(after): Asked<After>,
) -> Result<Response, PageError> {
    let notice = Notice::of(visit.frame.t, &after);
    everybody(&app, visit, notice, Newcomer::default()).await
}

async fn everybody(
    app: &App,
    visit: Visit<policy::ManagePeople>,
    notice: Option<Notice>,
    given: Newcomer,
) -> Result<Response, PageError> {
    let (viewer, frame) = (visit.door.viewer, visit.frame);
    let mut request = app.store.request(&viewer, "people.list").await?;
    let teams = request.teams().await?;
    let people = request.people().await?;
    let first = request.just_begun().await?;
    request.finish().await?;
    let team = |id: &Option<String>| {
        let team = teams.iter().find(|team| Some(&team.id) == id.as_ref());
        team.map_or_else(String::new, |team| team.name.clone())
    };
    let people: Vec<Somebody> = people
        .into_iter()
        .map(|person| Somebody {
            role: role_name(frame.t, person.role),
            team: team(&person.team_id),
            person,
        })
        .collect();
    let t = frame.t;
    shown(&People {
        tabs: tabs(t, &viewer, PATH),
        notice,
        people,
        teams,
        roles: roles(t),
        first,
        given,
        frame: at(frame, PATH, &t.frame.admin),
    })
}

fn roles(t: &'static Texts) -> Vec<(&'static str, &'static str)> {
    Role::ALL.iter().map(|role| (role.id(), role_name(t, *role))).collect()
}

/// Somebody to be added.
#[derive(Deserialize, Default)]
pub(crate) struct Newcomer {
    login: String,
    name: String,
    role: String,
    #[serde(default)]
    team: String,
    password: String,
}

/// Adds somebody.
pub(crate) async fn add(
    State(app): State<App>,
    visit: Visit<policy::ManagePeople>,
    posted: Posted<policy::ManagePeople, Newcomer>,
) -> Result<Response, PageError> {
    let given = posted.given;
    let body = NewPersonBody {
        login: given.login.clone(),
        name: given.name.clone(),
        role: given.role.clone(),
        team: Some(given.team.clone()).filter(|team| !team.is_empty()),
        password: given.password.clone(),
    };
    let no_team = given.role == Role::Agent.id() && body.team.is_none();
    let Err(error) = admit(&app, &posted.door.viewer, body).await else {
        return Ok(to(if no_team { "/admin?done=no_team" } else { "/admin?done=added" }));
    };
    let (status, _) = can_be_put_right(error)?;
    let t = &visit.frame.t.admin;
    let words = match status {
        StatusCode::CONFLICT => &t.login_taken,
        _ if short(&given.password) => &t.password_short,
        _ if given.name.trim().is_empty() => &t.name_empty,
        _ => &t.login_wrong,
    };
    let notice = Some(Notice::wrong(words));
    refused(everybody(&app, visit, notice, given).await, status)
}

/// Shorter than any password here.
fn short(password: &str) -> bool {
    password.chars().count() < 12
}

#[derive(Template)]
#[template(path = "admin_person.html")]
struct One {
    frame: Frame,
    tabs: Vec<Tab>,
    notice: Option<Notice>,
    person: Person,
    mark: String,
    teams: Vec<Team>,
    roles: Vec<(&'static str, &'static str)>,
    tokens: Vec<Shown>,
}

/// Shows one person.
pub(crate) async fn one(
    State(app): State<App>,
    visit: Visit<policy::ManagePeople>,
    Id(id): Id,
    Asked(after): Asked<After>,
) -> Result<Response, PageError> {
    let notice = Notice::of(visit.frame.t, &after);
    somebody(&app, visit, &id, notice).await
}

async fn somebody(
    app: &App,
    visit: Visit<policy::ManagePeople>,
    id: &str,
    notice: Option<Notice>,
) -> Result<Response, PageError> {
    let (viewer, frame) = (visit.door.viewer, visit.frame);
    let mut request = app.store.request(&viewer, "people.list").await?;
    let person = request.people().await?.into_iter().find(|person| person.id == id);
    let person = person.ok_or_else(|| ApiError::NotFound("nobody of this id".to_owned()))?;
    let teams = request.teams().await?;
    let tokens: Vec<(Person, Token)> = request.all_tokens().await?;
    let now = request.now();
    request.finish().await?;
    let theirs = tokens.into_iter().filter(|(owner, _)| owner.id == id).collect();
    let t = frame.t;
    shown(&One {
        tabs: tabs(t, &viewer, PATH),
        notice,
        mark: person.mark(),
        teams,
        roles: roles(t),
        tokens: shown_tokens(&frame, theirs, now),
        frame: at(frame, &format!("/admin/people/{id}"), &person.name),
        person,
    })
}

/// What somebody is from now on.
#[derive(Deserialize)]
pub(crate) struct Changed {
    name: String,
    role: String,
    #[serde(default)]
    team: String,
    /// A tick that is not there is a tick taken away.
    active: Option<String>,
    /// What they were when the form was opened.
    seen: String,
}

/// Changes somebody.
pub(crate) async fn change(
    State(app): State<App>,
    visit: Visit<policy::ManagePeople>,
    Id(id): Id,
    posted: Posted<policy::ManagePeople, Changed>,
) -> Result<Response, PageError> {
    let given = posted.given;
    let body = ChangePerson {
        name: Some(given.name.clone()),
        role: given.role,
        team: Some(given.team).filter(|team| !team.is_empty()),
        active: given.active.is_some(),
    };
    let no_team = body.role == Role::Agent.id() && body.team.is_none();
    let changed = change_somebody(&app, &posted.door.viewer, &id, &body, Some(&given.seen)).await;
    let Err(error) = changed else {
        let done = if no_team { "no_team" } else { "changed" };
        return Ok(to(&format!("/admin/people/{id}?done={done}")));
    };
    let (status, _) = can_be_put_right(error)?;
    let t = &visit.frame.t.admin;
    let words = match status {
        StatusCode::CONFLICT if is_still(&app, &visit, &id, &given.seen).await? => {
            &t.last_administrator
        }
        StatusCode::CONFLICT => &t.somebody_first,
        _ => &t.name_empty,
    };
    let notice = Some(Notice::wrong(words));
    refused(somebody(&app, visit, &id, notice).await, status)
}

async fn is_still(
    app: &App,
    visit: &Visit<policy::ManagePeople>,
    id: &str,
    seen: &str,
) -> Result<bool, ApiError> {
    let mut request = app.store.request(&visit.door.viewer, "people.list").await?;
    let same = request.people().await?.iter().any(|one| one.id == id && one.mark() == seen);
    request.finish().await?;
    Ok(same)
}

/// A password for somebody who lost theirs.
#[derive(Deserialize)]
pub(crate) struct NewPassword {
    password: String,
}

/// Gives somebody a new password; their sessions end.
pub(crate) async fn set_password(
    State(app): State<App>,
    visit: Visit<policy::ManagePeople>,
    Id(id): Id,
    posted: Posted<policy::ManagePeople, NewPassword>,
) -> Result<Response, PageError> {
    let password = posted.given.password;
    if short(&password) {
        let notice = Some(Notice::wrong(&visit.frame.t.admin.password_short));
        let page = somebody(&app, visit, &id, notice).await;
        return refused(page, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let hash = aside(move || hash_password(&password)).await??;
    let mut request = app.store.request(&posted.door.viewer, "password.set").await?;
    request.set_password(&id, &hash).await?;
    request.finish().await?;
    app.live.doubt(&id);
    Ok(to(&format!("/admin/people/{id}?done=password")))
}

/// Ends every session of somebody.
pub(crate) async fn end_sessions(
    State(app): State<App>,
    Id(id): Id,
    posted: Posted<policy::ManagePeople, Nothing>,
) -> Result<Response, PageError> {
    let mut request = app.store.request(&posted.door.viewer, "people.sessions").await?;
    request.end_sessions_of(&id).await?;
    request.finish().await?;
    app.live.doubt(&id);
    Ok(to(&format!("/admin/people/{id}?done=ended")))
}
