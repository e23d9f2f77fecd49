//! Teams, and how they listen as a whole.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use gehoord_store::{Figure, Month};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::conversations::{MadeBody, NOTE};
use super::extract::{Asked, Body, fits};
use crate::access::{Guarded, policy};
use crate::app::App;
use crate::error::{ApiError, ErrorBody};

/// A team.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TeamBody {
    /// Its id.
    id: String,
    /// Its name.
    name: String,
    /// The team above it, with which a small team is counted.
    parent: Option<String>,
}

/// Every team.
#[utoipa::path(
    get, path = "/teams", tag = "teams",
    responses(
        (status = 200, body = [TeamBody]), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody),
    ),
    security(("token" = []), ("session" = []))
)]
pub(crate) async fn list(
    State(app): State<App>,
    guarded: Guarded<policy::ReadPeople>,
) -> Result<Json<Vec<TeamBody>>, ApiError> {
    let mut request = app.store.request(&guarded.viewer, "teams.list").await?;
    let teams = request.teams().await?;
    request.finish().await?;
    let body = |team: gehoord_store::Team| TeamBody {
        id: team.id,
        name: team.name,
        parent: team.parent_id,
    };
    Ok(Json(teams.into_iter().map(body).collect()))
}

/// A new team.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewTeam {
    /// Its name.
    name: String,
    /// Id of the team above it.
    parent: Option<String>,
}

/// Add a team; one of that name that is there already is taken as it is.
#[utoipa::path(
    post, path = "/teams", tag = "teams", request_body = NewTeam,
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
    Body(body): Body<NewTeam>,
) -> Result<(StatusCode, Json<MadeBody>), ApiError> {
    fits("name", &body.name, 1_000)?;
    if let Some(parent) = &body.parent {
        fits("parent", parent, 200)?;
    }
    let mut request = app.store.request(&guarded.viewer, "teams.add").await?;
    let id = request.add_team(&body.name, body.parent.as_deref()).await?;
    request.finish().await?;
    Ok((StatusCode::CREATED, Json(MadeBody { id })))
}

/// Which figures.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct FiguresQuery {
    /// A month that is over, such as 2026-03.
    month: String,
}

/// The figures of a month.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FiguresBody {
    /// One for each group of at least five agents within reach.
    groups: Vec<GroupBody>,
    /// What these figures are.
    note: &'static str,
}

/// How one group listened.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GroupBody {
    /// Teams that are counted together.
    teams: Vec<String>,
    /// Agents who spoke: five at least.
    agents: usize,
    /// Conversations.
    conversations: i64,
    /// Estimated from the words.
    heard: i64,
    /// Estimated from the words.
    partly: i64,
    /// Estimated from the words.
    not: i64,
    /// What customers answered.
    answered_yes: i64,
    /// What customers answered.
    answered_partly: i64,
    /// What customers answered.
    answered_no: i64,
}

impl From<Figure> for GroupBody {
    fn from(figure: Figure) -> Self {
        Self {
            teams: figure.teams,
            agents: figure.agents,
            conversations: figure.conversations,
            heard: figure.heard,
            partly: figure.partly,
            not: figure.not,
            answered_yes: figure.answered_yes,
            answered_partly: figure.answered_partly,
            answered_no: figure.answered_no,
        }
    }
}

/// How teams listened in a month that is over, in groups of at least five agents.
#[utoipa::path(
    get, path = "/teams/figures", tag = "teams", params(FiguresQuery),
    responses(
        (status = 200, body = FiguresBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 422, body = ErrorBody),
    ),
    security(("token" = []), ("session" = []))
)]
pub(crate) async fn figures(
    State(app): State<App>,
    guarded: Guarded<policy::TeamFigures>,
    Asked(query): Asked<FiguresQuery>,
) -> Result<Json<FiguresBody>, ApiError> {
    let month = Month::parse(&query.month)?;
    let mut request = app.store.request(&guarded.viewer, "teams.figures").await?;
    let groups = request.figures(month).await?;
    request.finish().await?;
    Ok(Json(FiguresBody { groups: groups.into_iter().map(Into::into).collect(), note: NOTE }))
}
