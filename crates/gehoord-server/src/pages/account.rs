//! Mijn account: who one is here, a new password, and tokens for programs that act for one.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use gehoord_store::{Right, Viewer};
use serde::Deserialize;

use super::admin::tokens::{Shown, shown_tokens};
use super::admin::{After, Nothing, Notice, can_be_put_right};
use super::frame::Frame;
use super::privacy::right_name;
use super::problem::{PageError, page as shown};
use super::visit::{Posted, Visit, to};
use super::when;
use crate::access::policy;
use crate::api::extract::{Asked, Id};
use crate::api::me::{change_password, make_token, take_token};
use crate::app::App;
use crate::error::ApiError;

#[derive(Template)]
#[template(path = "account.html")]
struct Account {
    frame: Frame,
    login: String,
    notice: Option<Notice>,
    /// The old password was not right.
    wrong: bool,
    tokens: Vec<Shown>,
    /// What a token may be given: what one may oneself.
    scopes: Vec<(&'static str, &'static str)>,
    /// A token that was made: shown this once.
    made: Option<String>,
}

/// What is told beside what always stands there.
#[derive(Default)]
struct Told {
    notice: Option<Notice>,
    wrong: bool,
    made: Option<String>,
}

async fn account(
    app: &App,
    visit: Visit<policy::LoggedIn>,
    told: Told,
) -> Result<Response, PageError> {
    let (viewer, person, mut frame) = (visit.door.viewer, visit.door.person, visit.frame);
    // A token has no account to look at.
    let person = person.ok_or_else(|| ApiError::Forbidden("log in".to_owned()))?;
    let mut request = app.store.request(&viewer, "tokens.read").await?;
    let tokens = request.tokens().await?;
    let now = request.now();
    request.finish().await?;
    let tokens = tokens.into_iter().map(|token| (person.clone(), token)).collect();
    "/account".clone_into(&mut frame.back);
    shown(&Account {
        login: person.login,
        notice: told.notice,
        wrong: told.wrong,
        tokens: shown_tokens(&frame, tokens, now),
        scopes: scopes(&frame, &viewer),
        made: told.made,
        frame: {
            let t = frame.t;
            frame.titled(&t.account.title)
        },
    })
}

fn scopes(frame: &Frame, viewer: &Viewer) -> Vec<(&'static str, &'static str)> {
    let own = Right::ALL.iter().filter(|right| viewer.may(**right));
    own.map(|right| (right.id(), right_name(frame.t, *right))).collect()
}

/// Shows it.
pub(crate) async fn page(
    State(app): State<App>,
    visit: Visit<policy::LoggedIn>,
    Asked(after): Asked<After>,
) -> Result<Response, PageError> {
    let notice = Notice::of(visit.frame.t, &after);
    account(&app, visit, Told { notice, ..Told::default() }).await
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
            let told = Told { wrong: true, ..Told::default() };
            refused(account(&app, visit, told).await)
        }
        Err(error) => Err(error.into()),
    }
}

fn refused(page: Result<Response, PageError>) -> Result<Response, PageError> {
    let mut response = page?;
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(response)
}

/// Makes a token and shows it, this once. Ticks are fields `scope_…`; `until` is the last day.
pub(crate) async fn add_token(
    State(app): State<App>,
    visit: Visit<policy::LoggedIn>,
    posted: Posted<policy::LoggedIn, BTreeMap<String, String>>,
) -> Result<Response, PageError> {
    let (door, given) = (posted.door, posted.given);
    let field = |name: &str| given.get(name).map(|value| value.trim()).unwrap_or_default();
    let ticked = |right: &&Right| given.contains_key(&format!("scope_{}", right.id()));
    let scopes: Vec<Right> = Right::ALL.iter().filter(ticked).copied().collect();
    let t = &visit.frame.t.account;
    let day = field("until");
    let until = when::midnight(day, 1);
    let past = until.is_some_and(|until| until <= jiff::Timestamp::now().as_millisecond());
    let made = if !day.is_empty() && (until.is_none() || past) {
        Err(ApiError::Invalid("until".to_owned()))
    } else {
        make_token(&app, &door.viewer, &door.pass, field("name"), &scopes, until).await
    };
    match made {
        Ok(made) => {
            let told = Told { made: Some(made.token), ..Told::default() };
            account(&app, visit, told).await
        }
        Err(error) => {
            let (_, _) = can_be_put_right(error)?;
            let notice = Some(Notice::wrong(&t.token_wrong));
            refused(account(&app, visit, Told { notice, ..Told::default() }).await)
        }
    }
}

/// Takes one of one's own tokens away.
pub(crate) async fn revoke_token(
    State(app): State<App>,
    Id(id): Id,
    posted: Posted<policy::LoggedIn, Nothing>,
) -> Result<Response, PageError> {
    take_token(&app, &posted.door.viewer, &id).await?;
    Ok(to("/account?done=revoked"))
}
