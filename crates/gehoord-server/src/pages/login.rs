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
use crate::access::{self, COOKIE, cookie, policy};
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
    /// Where somebody was sent here from: a page, or a form that was not taken.
    sent_here: Option<&'static str>,
    /// Nobody came in here yet but who started it.
    first: bool,
}

/// Where to go behind the door.
#[derive(Deserialize)]
pub(crate) struct Next {
    next: Option<String>,
    /// It was a form that was sent.
    sent: Option<String>,
}

async fn form(
    app: &App,
    choice: Choice,
    next: &str,
    login: String,
    wrong: Option<String>,
    sent_here: Option<&'static str>,
) -> Result<Response, PageError> {
    let mut door = app.store.request(&Viewer::machine(), "door").await?;
    let first = door.just_begun().await?;
    door.keep().await?;
    let frame = Frame::new(choice, app, "/login").titled(&choice.lang.texts().login.title);
    shown(&Login { frame, wrong, login, next: within(Some(next)).to_owned(), sent_here, first })
}

/// Asks who it is.
pub(crate) async fn page(
    State(app): State<App>,
    choice: Choice,
    headers: HeaderMap,
    Asked(query): Asked<Next>,
) -> Result<Response, PageError> {
    let t = &choice.lang.texts().login;
    // Who was not logged in for a while has a cookie still.
    let was_in = cookie(&headers, COOKIE).is_some_and(|secret| !secret.is_empty());
    let sent_here = match (&query.sent, &query.next) {
        (Some(_), _) => Some(t.over_sent.as_str()),
        (None, Some(_)) if was_in => Some(t.over.as_str()),
        _ => None,
    };
    let next = query.next.as_deref().unwrap_or("/");
    form(&app, choice, next, String::new(), None, sent_here).await
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
    let mut response = form(&app, choice, next, given.login, Some(wrong), None).await?;
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
