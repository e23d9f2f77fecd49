//! Beheer: one page a thing, and the way between them.
//!
//! Who saves what somebody else changed meanwhile is told so, and nothing is written over: each form
//! carries what was seen when it was opened.

pub(super) mod cultures;
pub(super) mod documents;
pub(super) mod people;
mod plain;
pub(super) mod speech;
mod style_form;
pub(super) mod switches;
pub(super) mod teams;
pub(super) mod tokens;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use gehoord_store::{Right, Viewer};
use serde::Deserialize;

use super::frame::Frame;
use super::problem::PageError;
use super::texts::Texts;
use super::visit::{Posted, to};
use crate::access::policy;
use crate::api::privacy::begin_listening_again;
use crate::app::App;
use crate::error::ApiError;

/// A page beside this one.
pub(super) struct Tab {
    pub(super) path: &'static str,
    pub(super) name: &'static str,
    /// It is where one is.
    pub(super) here: bool,
}

/// The pages of Beheer, of which `here` is shown.
fn tabs(t: &'static Texts, viewer: &Viewer, here: &str) -> Vec<Tab> {
    let a = &t.admin;
    let all = [
        (Right::ManagePeople, "/admin", &a.people),
        (Right::ManagePeople, "/admin/teams", &a.teams),
        (Right::ManageSettings, "/admin/texts/house_style", &a.style),
        (Right::ManageSettings, "/admin/texts/rubric", &a.rubric),
        (Right::ManageSettings, "/admin/texts/protocols_nl", &a.protocols),
        (Right::ManageSettings, "/admin/cultures", &a.cultures),
        (Right::ManageSettings, "/admin/switches", &a.switches),
        (Right::ManageSettings, "/admin/speech", &a.speech),
        (Right::ReadSettings, "/privacy/kept", &t.privacy.tab_kept),
        (Right::ManagePeople, "/admin/tokens", &a.tokens),
    ];
    all.into_iter()
        .filter(|(right, ..)| viewer.may(*right))
        .map(|(_, path, name)| Tab { path, name, here: path == here })
        .collect()
}

/// What is said above a page: that something was done, or why it was not.
pub(super) struct Notice {
    /// Nothing was changed, or there is something to mind.
    pub(super) warns: bool,
    pub(super) words: String,
}

impl Notice {
    pub(super) fn done(t: &Texts) -> Self {
        Self { warns: false, words: t.admin.done.clone() }
    }

    pub(super) fn wrong(words: &str) -> Self {
        Self { warns: true, words: words.to_owned() }
    }

    /// What a page that was just come to says.
    pub(super) fn of(t: &Texts, after: &After) -> Option<Self> {
        match after.done.as_deref()? {
            "no_team" => Some(Self::wrong(&t.admin.added_no_team)),
            _ => Some(Self::done(t)),
        }
    }
}

/// What was done before this page was come to.
#[derive(Deserialize)]
pub(crate) struct After {
    done: Option<String>,
}

/// A page that tells why nothing was changed.
fn refused(page: Result<Response, PageError>, status: StatusCode) -> Result<Response, PageError> {
    let mut response = page?;
    *response.status_mut() = status;
    Ok(response)
}

/// The status of what somebody can put right on the same page; what else went wrong goes on.
pub(super) fn can_be_put_right(error: ApiError) -> Result<(StatusCode, String), PageError> {
    match error {
        ApiError::Invalid(why) => Ok((StatusCode::UNPROCESSABLE_ENTITY, why)),
        ApiError::Conflict(why) => Ok((StatusCode::CONFLICT, why)),
        other => Err(other.into()),
    }
}

/// The same frame of a page at `path`, whatever form came to it.
pub(super) fn at(mut frame: Frame, path: &str, title: &str) -> Frame {
    path.clone_into(&mut frame.back);
    frame.titled(title)
}

/// A form with nothing in it.
#[derive(Deserialize)]
pub(crate) struct Nothing {}

/// Listens to everything again that was heard with other ears.
pub(crate) async fn listen_again(
    State(app): State<App>,
    posted: Posted<policy::Import, Nothing>,
) -> Result<Response, PageError> {
    begin_listening_again(&app, &posted.door.viewer).await?;
    Ok(to("/admin/texts/rubric?done=again"))
}
