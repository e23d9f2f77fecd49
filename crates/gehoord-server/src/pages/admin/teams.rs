//! Teams: what they are called, what they belong to, who is in them.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use gehoord_store::{Person, Team};
use serde::Deserialize;

use super::{After, Notice, Tab, at, can_be_put_right, refused, tabs};
use crate::access::policy;
use crate::api::extract::{Asked, Id, fits};
use crate::app::App;
use crate::error::ApiError;
use crate::pages::frame::Frame;
use crate::pages::problem::{PageError, page as shown};
use crate::pages::visit::{Posted, Visit, to};

const PATH: &str = "/admin/teams";

/// A team with who is in it.
struct Shown {
    team: Team,
    mark: String,
    parent: Option<String>,
    members: Vec<Person>,
}

#[derive(Template)]
#[template(path = "admin_teams.html")]
struct Teams {
    frame: Frame,
    tabs: Vec<Tab>,
    notice: Option<Notice>,
    teams: Vec<Shown>,
}

/// Shows them.
pub(crate) async fn page(
    State(app): State<App>,
    visit: Visit<policy::ManagePeople>,
    Asked(after): Asked<After>,
) -> Result<Response, PageError> {
    let notice = Notice::of(visit.frame.t, &after);
    all(&app, visit, notice).await
}

async fn all(
    app: &App,
    visit: Visit<policy::ManagePeople>,
    notice: Option<Notice>,
) -> Result<Response, PageError> {
    let (viewer, frame) = (visit.door.viewer, visit.frame);
    let mut request = app.store.request(&viewer, "teams.list").await?;
    let teams = request.teams().await?;
    let people = request.people().await?;
    request.finish().await?;
    let name = |id: &String| teams.iter().find(|team| team.id == *id).map(|team| team.name.clone());
    let shown_teams = teams.iter().map(|team| Shown {
        mark: team.mark(),
        parent: team.parent_id.as_ref().and_then(name),
        members: people
            .iter()
            .filter(|one| one.team_id.as_ref() == Some(&team.id))
            .cloned()
            .collect(),
        team: team.clone(),
    });
    let t = frame.t;
    shown(&Teams {
        tabs: tabs(t, &viewer, PATH),
        notice,
        teams: shown_teams.collect(),
        frame: at(frame, PATH, &t.admin.teams),
    })
}

/// What a team is called, and what it belongs to.
#[derive(Deserialize)]
pub(crate) struct Given {
    name: String,
    #[serde(default)]
    parent: String,
    /// What it was when the form was opened.
    #[serde(default)]
    seen: String,
}

impl Given {
    fn parent(&self) -> Option<&str> {
        Some(self.parent.as_str()).filter(|parent| !parent.is_empty())
    }
}

/// Adds a team.
pub(crate) async fn add(
    State(app): State<App>,
    visit: Visit<policy::ManagePeople>,
    posted: Posted<policy::ManagePeople, Given>,
) -> Result<Response, PageError> {
    let given = posted.given;
    let added = async {
        fits("name", &given.name, 1_000)?;
        let mut request = app.store.request(&posted.door.viewer, "teams.add").await?;
        request.add_team(&given.name, given.parent()).await?;
        request.finish().await?;
        Ok::<(), ApiError>(())
    };
    told(&app, visit, added.await).await
}

/// Changes a team.
pub(crate) async fn change(
    State(app): State<App>,
    visit: Visit<policy::ManagePeople>,
    Id(id): Id,
    posted: Posted<policy::ManagePeople, Given>,
) -> Result<Response, PageError> {
    let given = posted.given;
    let changed = async {
        fits("name", &given.name, 1_000)?;
        let mut request = app.store.request(&posted.door.viewer, "teams.change").await?;
        request.team_is_still(&id, &given.seen).await?;
        request.change_team(&id, &given.name, given.parent()).await?;
        request.finish().await?;
        Ok::<(), ApiError>(())
    };
    told(&app, visit, changed.await).await
}

async fn told(
    app: &App,
    visit: Visit<policy::ManagePeople>,
    result: Result<(), ApiError>,
) -> Result<Response, PageError> {
    let Err(error) = result else { return Ok(to("/admin/teams?done=changed")) };
    let (status, _) = can_be_put_right(error)?;
    let t = &visit.frame.t.admin;
    let words = if status == StatusCode::CONFLICT { &t.team_first } else { &t.team_wrong };
    let notice = Some(Notice::wrong(words));
    refused(all(app, visit, notice).await, status)
}
