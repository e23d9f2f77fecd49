//! Oneself: who am I, my password, my tokens.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use gehoord_store::{Right, Viewer};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::extract::{Body, Id, fits, time, written};
use crate::access::{Guarded, Pass, policy};
use crate::app::App;
use crate::aside::aside;
use crate::error::{ApiError, ErrorBody};
use crate::live::EVERYBODY;
use crate::password::{self, hash_password, random_secret};

/// Who asks, and what they may.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Me {
    /// Id of the person.
    person: String,
    /// Their role.
    role: String,
    /// Their team.
    team: Option<String>,
    /// What they (or the token they act with) may do.
    rights: Vec<String>,
    /// Set when managers see findings about the agents of their team, with the ground for it.
    named_review: Option<super::settings::NamedReviewBody>,
}

/// Who am I?
#[utoipa::path(
    get, path = "/me", tag = "me",
    responses((status = 200, body = Me), (status = 401, body = ErrorBody)),
    security(("token" = []), ("session" = []))
)]
pub(crate) async fn me(
    State(app): State<App>,
    guarded: Guarded<policy::LoggedIn>,
) -> Result<Json<Me>, ApiError> {
    let viewer = guarded.viewer;
    let mut named_review = None;
    if viewer.may(Right::ReadSettings) {
        let mut request = app.store.request(&viewer, "me").await?;
        named_review = request.settings().await?.named_review.map(Into::into);
        request.finish().await?;
    }
    Ok(Json(Me {
        person: viewer.person_id().unwrap_or_default().to_owned(),
        role: viewer.role_name().to_owned(),
        team: viewer.team_id().map(str::to_owned),
        rights: Right::ALL
            .iter()
            .filter(|right| viewer.may(**right))
            .map(|right| right.id().to_owned())
            .collect(),
        named_review,
    }))
}

/// A new password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPassword {
    /// The one until now.
    old: String,
    /// The one from now on: 12 characters at least.
    new: String,
}

/// Set a new password; every session ends.
#[utoipa::path(
    put, path = "/me/password", tag = "me", request_body = NewPassword,
    responses(
        (status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
        (status = 400, body = ErrorBody), (status = 422, body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn set_password(
    State(app): State<App>,
    guarded: Guarded<policy::LoggedIn>,
    Body(given): Body<NewPassword>,
) -> Result<StatusCode, ApiError> {
    change_password(&app, &guarded.viewer, &guarded.pass, given.old, given.new).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sets a new password for whoever knows the old one.
pub(crate) async fn change_password(
    app: &App,
    viewer: &Viewer,
    pass: &Pass,
    old: String,
    new: String,
) -> Result<(), ApiError> {
    // Who found a token must not be able to lock its owner out.
    if pass.session().is_none() {
        return Err(ApiError::Forbidden("a token cannot set a password".to_owned()));
    }
    let person = viewer.person_id().unwrap_or_default().to_owned();
    let mut request = app.store.request(viewer, "password.read").await?;
    let hash = request.password_hash(&person).await?;
    request.finish().await?;
    if !password::fits(old, hash).await? {
        return Err(ApiError::WrongLogin);
    }
    let hash = aside(move || hash_password(&new)).await??;
    let mut request = app.store.request(viewer, "password.set").await?;
    request.set_password(&person, &hash).await?;
    request.finish().await?;
    app.live.doubt(&person);
    Ok(())
}

/// A token, without what opens the door.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TokenBody {
    /// Its id.
    id: String,
    /// What its owner calls it.
    name: String,
    /// What it may do.
    scopes: Vec<String>,
    /// Since when.
    created_at: String,
    /// Until when.
    expires_at: Option<String>,
}

/// My tokens.
#[utoipa::path(
    get, path = "/me/tokens", tag = "me",
    responses((status = 200, body = [TokenBody]), (status = 401, body = ErrorBody)),
    security(("token" = []), ("session" = []))
)]
pub(crate) async fn tokens(
    State(app): State<App>,
    guarded: Guarded<policy::LoggedIn>,
) -> Result<Json<Vec<TokenBody>>, ApiError> {
    let mut request = app.store.request(&guarded.viewer, "tokens.read").await?;
    let tokens = request.tokens().await?;
    request.finish().await?;
    let body = |token: gehoord_store::Token| TokenBody {
        id: token.id,
        name: token.name,
        scopes: token.scopes.iter().map(|scope| scope.id().to_owned()).collect(),
        created_at: written(token.created_at),
        expires_at: token.expires_at.map(written),
    };
    Ok(Json(tokens.into_iter().map(body).collect()))
}

/// A token to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewToken {
    /// What you call it.
    name: String,
    /// What it may do: ids of rights that you have yourself.
    scopes: Vec<String>,
    /// Until when, a time to come; none: until it is revoked.
    expires_at: Option<String>,
}

/// A token that was made.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MadeToken {
    /// Its id.
    id: String,
    /// To be sent as `Authorization: Bearer …`. It is shown this once.
    pub(crate) token: String,
}

/// Make a token for a program that acts for you.
#[utoipa::path(
    post, path = "/me/tokens", tag = "me", request_body = NewToken,
    responses(
        (status = 201, body = MadeToken), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 400, body = ErrorBody),
        (status = 422, body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn add_token(
    State(app): State<App>,
    guarded: Guarded<policy::LoggedIn>,
    Body(given): Body<NewToken>,
) -> Result<(StatusCode, Json<MadeToken>), ApiError> {
    let scopes: Result<Vec<Right>, _> = given.scopes.iter().map(|scope| scope.parse()).collect();
    let expires_at = given.expires_at.as_deref().map(|at| time("expires_at", at)).transpose()?;
    let Guarded { viewer, pass, .. } = &guarded;
    let made = make_token(&app, viewer, pass, &given.name, &scopes?, expires_at).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// Makes a token for oneself.
pub(crate) async fn make_token(
    app: &App,
    viewer: &Viewer,
    pass: &Pass,
    name: &str,
    scopes: &[Right],
    expires_at: Option<i64>,
) -> Result<MadeToken, ApiError> {
    if pass.session().is_none() {
        return Err(ApiError::Forbidden("a token cannot make another".to_owned()));
    }
    fits("name", name, 400)?;
    if expires_at.is_some_and(|until| until <= jiff::Timestamp::now().as_millisecond()) {
        let message = "expires_at is over already; give a time to come, or none";
        return Err(ApiError::Invalid(message.to_owned()));
    }
    let token = random_secret();
    let person = viewer.person_id().unwrap_or_default().to_owned();
    let mut request = app.store.request(viewer, "tokens.add").await?;
    let id = request.add_token(&person, name, &token, scopes, expires_at).await?;
    request.finish().await?;
    Ok(MadeToken { id, token })
}

/// A token no longer opens the door.
#[utoipa::path(
    delete, path = "/me/tokens/{id}", tag = "me", params(("id" = String, Path)),
    responses(
        (status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody),
    ),
    security(("token" = []), ("session" = []))
)]
pub(crate) async fn revoke_token(
    State(app): State<App>,
    guarded: Guarded<policy::LoggedIn>,
    Id(id): Id,
) -> Result<StatusCode, ApiError> {
    take_token(&app, &guarded.viewer, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a token away: one's own, or anybody's for who looks after people.
pub(crate) async fn take_token(app: &App, viewer: &Viewer, id: &str) -> Result<(), ApiError> {
    let mut request = app.store.request(viewer, "tokens.revoke").await?;
    request.revoke_token(id).await?;
    request.finish().await?;
    app.live.doubt(EVERYBODY);
    Ok(())
}
