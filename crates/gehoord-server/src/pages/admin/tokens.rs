//! Tokens of everybody: whose they are and what they may do, never the words themselves.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use gehoord_store::{Person, Token};
use serde::Deserialize;

use super::{After, Notice, Tab, at, tabs};
use crate::access::policy;
use crate::api::extract::{Asked, Id};
use crate::api::me::take_token;
use crate::app::App;
use crate::pages::frame::Frame;
use crate::pages::privacy::right_name;
use crate::pages::problem::{PageError, page as shown};
use crate::pages::visit::{Posted, Visit, to, within};
use crate::pages::when;

const PATH: &str = "/admin/tokens";

/// A token, as a page shows it.
pub(in crate::pages) struct Shown {
    pub(in crate::pages) id: String,
    pub(in crate::pages) owner: Person,
    pub(in crate::pages) name: String,
    pub(in crate::pages) scopes: Vec<&'static str>,
    pub(in crate::pages) made: String,
    pub(in crate::pages) until: Option<String>,
    /// It opens the door no more.
    pub(in crate::pages) over: bool,
}

/// Tokens with their owners, in words.
pub(in crate::pages) fn shown_tokens(
    frame: &Frame,
    tokens: Vec<(Person, Token)>,
    now: i64,
) -> Vec<Shown> {
    let one = |(owner, token): (Person, Token)| Shown {
        id: token.id,
        owner,
        name: token.name,
        scopes: token.scopes.iter().map(|right| right_name(frame.t, *right)).collect(),
        made: when::day(frame.lang, token.created_at, now),
        // It holds until the end of this day.
        until: token.expires_at.map(|at| when::day(frame.lang, at - 1, now)),
        over: token.expires_at.is_some_and(|at| at <= now),
    };
    tokens.into_iter().map(one).collect()
}

#[derive(Template)]
#[template(path = "admin_tokens.html")]
struct Tokens {
    frame: Frame,
    tabs: Vec<Tab>,
    notice: Option<Notice>,
    tokens: Vec<Shown>,
}

/// Shows them.
pub(crate) async fn page(
    State(app): State<App>,
    visit: Visit<policy::ManagePeople>,
    Asked(after): Asked<After>,
) -> Result<Response, PageError> {
    let (viewer, frame) = (visit.door.viewer, visit.frame);
    let mut request = app.store.request(&viewer, "tokens.read").await?;
    let tokens = request.all_tokens().await?;
    let now = request.now();
    request.finish().await?;
    let t = frame.t;
    shown(&Tokens {
        tabs: tabs(t, &viewer, PATH),
        notice: Notice::of(t, &after),
        tokens: shown_tokens(&frame, tokens, now),
        frame: at(frame, PATH, &t.admin.tokens),
    })
}

/// Where to go then.
#[derive(Deserialize)]
pub(crate) struct Back {
    back: Option<String>,
}

/// Takes a token away.
pub(crate) async fn revoke(
    State(app): State<App>,
    Id(id): Id,
    posted: Posted<policy::ManagePeople, Back>,
) -> Result<Response, PageError> {
    take_token(&app, &posted.door.viewer, &id).await?;
    let back = posted.given.back.unwrap_or_else(|| PATH.to_owned());
    Ok(to(&format!("{}?done=revoked", within(Some(&back)))))
}
