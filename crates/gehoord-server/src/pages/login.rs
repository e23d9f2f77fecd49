//! Coming in and going out.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use gehoord_store::Viewer;
use serde::Deserialize;

use super::frame::Frame;
use super::problem::{PageError, page as shown};
use super::texts::fill;
use super::visit::{Choice, Posted, to, within};
use crate::access::{self, policy};
use crate::api::extract::Asked;
use crate::api::session::{enter, leave, set_cookie};
use crate::app::App;
use crate::error::ApiError;

#[derive(Template)]
#[template(path = "login.html")]
struct Login {
    frame: Frame,
    /// What went wrong the last time.
    wrong: Option<String>,
    login: String,
    next: String,
    /// Nobody came in here yet but who started it.
    first: bool,
}

/// Where to go behind the door.
#[derive(Deserialize)]
pub(crate) struct Next {
    next: Option<String>,
}

async fn form(
    app: &App,
    choice: Choice,
    next: &str,
    login: String,
    wrong: Option<String>,
) -> Result<Response, PageError> {
    let mut door = app.store.request(&Viewer::machine(), "door").await?;
    let first = door.just_begun().await?;
    door.keep().await?;
    let frame = Frame::new(choice, app, "/login").titled(&choice.lang.texts().login.title);
    shown(&Login { frame, wrong, login, next: within(Some(next)).to_owned(), first })
}

/// Asks who it is.
pub(crate) async fn page(
    State(app): State<App>,
    choice: Choice,
    Asked(query): Asked<Next>,
) -> Result<Response, PageError> {
    form(&app, choice, query.next.as_deref().unwrap_or("/"), String::new(), None).await
}

/// Who wants to come in.
#[derive(Deserialize)]
pub(crate) struct Given {
    login: String,
    password: String,
    next: Option<String>,
}

/// Lets them in.
pub(crate) async fn log_in(
    State(app): State<App>,
    choice: Choice,
    headers: HeaderMap,
    axum::Form(given): axum::Form<Given>,
) -> Result<Response, PageError> {
    if access::from_elsewhere(&headers) {
        return Err(ApiError::Csrf.into());
    }
    let t = &choice.lang.texts().login;
    let next = within(given.next.as_deref());
    let (status, wrong) = match enter(&app, &given.login, given.password).await {
        Ok((_, secret)) => {
            let mut response = to(next);
            set_cookie(&mut response, &app, &secret, "")?;
            return Ok(response);
        }
        Err(ApiError::WrongLogin) => (StatusCode::UNAUTHORIZED, t.wrong.clone()),
        Err(ApiError::TooManyLogins(seconds)) => {
            (StatusCode::TOO_MANY_REQUESTS, fill(&t.too_many, &[("seconds", &seconds)]))
        }
        Err(error) => return Err(error.into()),
    };
    let mut response = form(&app, choice, next, given.login, Some(wrong)).await?;
    *response.status_mut() = status;
    Ok(response)
}

/// Nothing but the word.
#[derive(Deserialize)]
pub(crate) struct Nothing {}

/// Goes out.
pub(crate) async fn log_out(
    State(app): State<App>,
    posted: Posted<policy::LoggedIn, Nothing>,
) -> Result<Response, PageError> {
    leave(&app, &posted.door.viewer, &posted.door.pass).await?;
    let mut response = to("/login");
    set_cookie(&mut response, &app, "", "; Max-Age=0")?;
    Ok(response)
}
