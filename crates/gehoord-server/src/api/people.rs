//! Who works here.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use gehoord_store::{NewPerson, Person, Right, Viewer};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::conversations::MadeBody;
use super::extract::{Body, Id, fits};
use crate::access::{Guarded, policy};
use crate::app::App;
use crate::aside::aside;
use crate::error::{ApiError, ErrorBody};
use crate::password::hash_password;

/// Somebody who works here.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PersonBody {
    /// Their id.
    id: String,
    /// Name as colleagues see it.
    name: String,
    /// Their role.
    role: String,
    /// Their team.
    team: Option<String>,
    /// Name at the door; only for who looks after people.
    login: Option<String>,
    /// Whether they may come in.
    active: bool,
}

/// Who works here: your team and all coaches; everybody for who looks after people or privacy.
#[utoipa::path(
    get, path = "/people", tag = "people",
    responses(
        (status = 200, body = [PersonBody]), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody),
    ),
    security(("token" = []), ("session" = []))
)]
pub(crate) async fn list(
    State(app): State<App>,
    guarded: Guarded<policy::ReadPeople>,
) -> Result<Json<Vec<PersonBody>>, ApiError> {
    let logins = guarded.viewer.may(Right::ManagePeople);
    let mut request = app.store.request(&guarded.viewer, "people.list").await?;
    let people = request.people().await?;
    request.finish().await?;
    let body = |person: Person| PersonBody {
        id: person.id,
        name: person.name,
        role: person.role.id().to_owned(),
        team: person.team_id,
        login: logins.then_some(person.login),
        active: person.active,
    };
    Ok(Json(people.into_iter().map(body).collect()))
}

/// Somebody new.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPersonBody {
    /// Name at the door: letters, digits and . - _ @
    pub(crate) login: String,
    /// Name as colleagues see it, and as it stands in transcripts.
    pub(crate) name: String,
    /// `agent`, `coach`, `manager`, `product_owner`, `privacy_officer` or `administrator`.
    pub(crate) role: String,
    /// Id of their team.
    pub(crate) team: Option<String>,
    /// 12 characters at least.
    pub(crate) password: String,
}

/// Add somebody.
#[utoipa::path(
    post, path = "/people", tag = "people", request_body = NewPersonBody,
    responses(
        (status = 201, body = MadeBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 404, body = ErrorBody),
        (status = 400, body = ErrorBody), (status = 409, body = ErrorBody),
        (status = 422, body = ErrorBody),
    ),
    security(("token" = []), ("session" = []))
)]
pub(crate) async fn add(
    State(app): State<App>,
    guarded: Guarded<policy::ManagePeople>,
    Body(body): Body<NewPersonBody>,
) -> Result<(StatusCode, Json<MadeBody>), ApiError> {
    let id = admit(&app, &guarded.viewer, body).await?;
    Ok((StatusCode::CREATED, Json(MadeBody { id })))
}

/// Adds somebody; gives their id.
pub(crate) async fn admit(
    app: &App,
    viewer: &Viewer,
    body: NewPersonBody,
) -> Result<String, ApiError> {
    for (name, text) in [("login", &body.login), ("name", &body.name)] {
        fits(name, text, 1_000)?;
    }
    if let Some(team) = &body.team {
        fits("team", team, 200)?;
    }
    let role = body.role.parse()?;
    let password = body.password;
    let hash = aside(move || hash_password(&password)).await??;
    let mut request = app.store.request(viewer, "people.add").await?;
    let id = request
        .add_person(&NewPerson {
            login: &body.login,
            name: &body.name,
            role,
            team_id: body.team.as_deref(),
            password_hash: Some(&hash),
        })
        .await?;
    request.finish().await?;
    Ok(id)
}

/// What somebody is from now on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangePerson {
    /// Name as colleagues see it; as it is when absent.
    pub(crate) name: Option<String>,
    /// Their role.
    pub(crate) role: String,
    /// Id of their team.
    pub(crate) team: Option<String>,
    /// Whether they may come in.
    pub(crate) active: bool,
}

/// Change somebody's name, role, team, or whether they may come in. They must log in anew.
#[utoipa::path(
    put, path = "/people/{id}", tag = "people",
    params(("id" = String, Path)), request_body = ChangePerson,
    responses(
        (status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody), (status = 400, body = ErrorBody),
        (status = 409, body = ErrorBody), (status = 422, body = ErrorBody),
    ),
    security(("token" = []), ("session" = []))
)]
pub(crate) async fn change(
    State(app): State<App>,
    guarded: Guarded<policy::ManagePeople>,
    Id(id): Id,
    Body(body): Body<ChangePerson>,
) -> Result<StatusCode, ApiError> {
    change_somebody(&app, &guarded.viewer, &id, &body, None).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Changes somebody; only when they are as they were seen, where that is given.
pub(crate) async fn change_somebody(
    app: &App,
    viewer: &Viewer,
    id: &str,
    body: &ChangePerson,
    seen: Option<&str>,
) -> Result<(), ApiError> {
    for (name, text) in [("team", &body.team), ("name", &body.name)] {
        fits(name, text.as_deref().unwrap_or_default(), 1_000)?;
    }
    let role = body.role.parse()?;
    let mut request = app.store.request(viewer, "people.change").await?;
    if let Some(seen) = seen {
        request.person_is_still(id, seen).await?;
    }
    if let Some(name) = &body.name {
        request.rename_person(id, name).await?;
    }
    request.change_person(id, role, body.team.as_deref(), body.active).await?;
    request.finish().await?;
    app.live.doubt(id);
    Ok(())
}
