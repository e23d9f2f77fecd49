//! Coming in and going out.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use gehoord_store::{Person, Viewer};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::extract::Body;
use crate::access::{COOKIE, Guarded, Pass, csrf_word, policy};
use crate::app::App;
use crate::error::{ApiError, ErrorBody};
use crate::password::{fits, random_secret};
use crate::telemetry;

/// So many wrong passwords are free; each one more doubles the wait.
const FREE: i64 = 5;
/// Nobody waits longer than this many seconds.
const LONGEST_WAIT: i64 = 900;

/// Who comes in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LogIn {
    /// The login.
    login: String,
    /// The password.
    password: String,
}

/// An open session. The session itself is in the cookie.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OpenSession {
    /// To be sent as `X-CSRF-Token` with everything that changes something.
    csrf: String,
    /// Id of the person.
    person: String,
    /// Their role.
    role: String,
}

/// Log in. The answer sets a cookie.
#[utoipa::path(
    post, path = "/session", tag = "session", request_body = LogIn,
    responses(
        (status = 201, body = OpenSession),
        (status = 401, body = ErrorBody), (status = 429, body = ErrorBody),
        (status = 400, body = ErrorBody), (status = 422, body = ErrorBody),
    )
)]
pub(crate) async fn log_in(
    State(app): State<App>,
    Body(given): Body<LogIn>,
) -> Result<Response, ApiError> {
    let (person, secret) = enter(&app, &given.login, given.password).await?;
    let body = OpenSession {
        csrf: csrf_word(&secret),
        person: person.id,
        role: person.role.id().to_owned(),
    };
    let mut response = (StatusCode::CREATED, Json(body)).into_response();
    set_cookie(&mut response, &app, &secret, "")?;
    Ok(response)
}

/// Opens a session for whoever knows the password; gives its secret.
pub(crate) async fn enter(
    app: &App,
    login: &str,
    password: String,
) -> Result<(Person, String), ApiError> {
    let mut door = app.store.request(&Viewer::machine(), "login").await?;
    let failures = door.login_failures(login).await?;
    if failures.count >= FREE {
        let wait = (1_i64 << (failures.count - FREE).min(10)).min(LONGEST_WAIT);
        let left = failures.last_at / 1000 + wait - door.now() / 1000;
        if left > 0 {
            return Err(ApiError::TooManyLogins(u64::try_from(left).unwrap_or(1)));
        }
    }
    let person = door.person_by_login(login).await?.filter(|person| person.active);
    let hash = match &person {
        Some(person) => door.password_hash(&person.id).await?,
        None => None,
    };
    // Counted before it is checked: who tries many at once gets no more tries than one by one.
    door.add_login_failure(login).await?;
    // Checking takes long on purpose: nobody else should wait for the database meanwhile.
    door.keep().await?;
    let right = fits(password, hash).await?;
    let mut door = app.store.request(&Viewer::machine(), "login").await?;
    let Some(person) = person.filter(|_| right) else {
        door.finish().await?;
        telemetry::login_failed();
        return Err(ApiError::WrongLogin);
    };
    door.forget_login_failures(login).await?;
    let secret = random_secret();
    door.open_session(&person.id, &secret, &csrf_word(&secret)).await?;
    door.finish().await?;
    Ok((person, secret))
}

/// Log out.
#[utoipa::path(
    delete, path = "/session", tag = "session",
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody)),
    security(("session" = []))
)]
pub(crate) async fn log_out(
    State(app): State<App>,
    guarded: Guarded<policy::LoggedIn>,
) -> Result<Response, ApiError> {
    leave(&app, &guarded.viewer, &guarded.pass).await?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    set_cookie(&mut response, &app, "", "; Max-Age=0")?;
    Ok(response)
}

/// Ends the session that opened the door.
pub(crate) async fn leave(app: &App, viewer: &Viewer, pass: &Pass) -> Result<(), ApiError> {
    if let Some(secret) = pass.session() {
        let mut request = app.store.request(viewer, "logout").await?;
        request.end_session(secret).await?;
        request.finish().await?;
        app.live.doubt(viewer.person_id().unwrap_or_default());
    }
    Ok(())
}

/// Has the browser keep the session of this secret.
pub(crate) fn set_cookie(
    response: &mut Response,
    app: &App,
    secret: &str,
    more: &str,
) -> Result<(), ApiError> {
    let secure = if app.secure_cookies { "; Secure" } else { "" };
    let cookie = format!("{COOKIE}={secret}; HttpOnly; SameSite=Strict; Path=/{secure}{more}");
    let cookie =
        HeaderValue::from_str(&cookie).map_err(|error| ApiError::Internal(error.to_string()))?;
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(())
}
