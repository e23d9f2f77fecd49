//! Beheer: teams and people.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use gehoord_store::{NewPerson, Person, Role, Team};
use serde::Deserialize;

use super::frame::{Frame, role_name};
use super::problem::{PageError, page as shown};
use super::visit::{Posted, Visit, to};
use crate::access::policy;
use crate::api::extract::fits;
use crate::app::App;
use crate::aside::aside;
use crate::password::hash_password;

/// Somebody, as the page shows them.
struct Somebody {
    person: Person,
    role: &'static str,
    team: String,
}

#[derive(Template)]
#[template(path = "admin.html")]
struct Admin {
    frame: Frame,
    teams: Vec<Team>,
    people: Vec<Somebody>,
    roles: Vec<(&'static str, &'static str)>,
    /// Nobody is here yet but who looks.
    first: bool,
}

/// Shows it.
pub(crate) async fn page(
    State(app): State<App>,
    visit: Visit<policy::ManagePeople>,
) -> Result<Response, PageError> {
    let frame = visit.frame;
    let mut request = app.store.request(&visit.door.viewer, "people.list").await?;
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
    let title = frame.t.frame.admin.clone();
    shown(&Admin {
        people,
        teams,
        roles: Role::ALL.iter().map(|role| (role.id(), role_name(frame.t, *role))).collect(),
        first,
        frame: frame.titled(&title),
    })
}

/// A team to be added.
#[derive(Deserialize)]
pub(crate) struct NewTeam {
    name: String,
    parent: Option<String>,
}

/// Adds a team.
pub(crate) async fn add_team(
    State(app): State<App>,
    posted: Posted<policy::ManagePeople, NewTeam>,
) -> Result<Response, PageError> {
    let given = posted.given;
    fits("name", &given.name, 1_000)?;
    let parent = given.parent.as_deref().filter(|parent| !parent.is_empty());
    let mut request = app.store.request(&posted.door.viewer, "teams.add").await?;
    request.add_team(&given.name, parent).await?;
    request.finish().await?;
    Ok(to("/admin"))
}

/// Somebody to be added.
#[derive(Deserialize)]
pub(crate) struct Newcomer {
    login: String,
    name: String,
    role: String,
    team: Option<String>,
    password: String,
}

/// Adds somebody.
pub(crate) async fn add_person(
    State(app): State<App>,
    posted: Posted<policy::ManagePeople, Newcomer>,
) -> Result<Response, PageError> {
    let given = posted.given;
    for (name, text) in [("login", &given.login), ("name", &given.name)] {
        fits(name, text, 1_000)?;
    }
    let role: Role = given.role.parse()?;
    let password = given.password;
    let hash = aside(move || hash_password(&password)).await??;
    let mut request = app.store.request(&posted.door.viewer, "people.add").await?;
    request
        .add_person(&NewPerson {
            login: &given.login,
            name: &given.name,
            role,
            team_id: given.team.as_deref().filter(|team| !team.is_empty()),
            password_hash: Some(&hash),
        })
        .await?;
    request.finish().await?;
    Ok(to("/admin"))
}
