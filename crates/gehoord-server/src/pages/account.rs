//! Mijn account: who one is here, and a new password.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::frame::Frame;
use super::problem::{PageError, page as shown};
use super::visit::{Posted, Visit, to};
use crate::access::policy;
use crate::api::me::change_password;
use crate::app::App;
use crate::error::ApiError;

#[derive(Template)]
#[template(path = "account.html")]
struct Account {
    frame: Frame,
    login: String,
    /// The old password was not right.
    wrong: bool,
}

fn account(visit: Visit<policy::LoggedIn>, wrong: bool) -> Result<Response, PageError> {
    let title = visit.frame.t.account.title.clone();
    let login = visit.door.person.map(|person| person.login).unwrap_or_default();
    shown(&Account { frame: visit.frame.titled(&title), login, wrong })
}

/// Shows it.
pub(crate) async fn page(visit: Visit<policy::LoggedIn>) -> Result<Response, PageError> {
    account(visit, false)
}

/// A new password.
#[derive(Deserialize)]
pub(crate) struct NewPassword {
    old: String,
    new: String,
}

/// Sets it; every session ends.
pub(crate) async fn set_password(
    State(app): State<App>,
    visit: Visit<policy::LoggedIn>,
    posted: Posted<policy::LoggedIn, NewPassword>,
) -> Result<Response, PageError> {
    let (door, given) = (posted.door, posted.given);
    match change_password(&app, &door.viewer, &door.pass, given.old, given.new).await {
        Ok(()) => Ok(to("/login")),
        Err(ApiError::WrongLogin) => {
            let mut response = account(visit, true)?;
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(response)
        }
        Err(error) => Err(error.into()),
    }
}
