//! Lopend gesprek: how both voices of the own call stand while it runs. It is for the agent of the
//! call and for nobody else; nothing of it is kept. Advice in words is off until the agent wants it.

mod words;

use std::convert::Infallible;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use axum::response::sse::{Event, Sse};
use futures_util::Stream;
use gehoord_conversation::Party;
use gehoord_store::Viewer;
use serde::{Deserialize, Serialize};

use super::frame::Frame;
use super::handover::{lines as lines_of, sheet};
use super::problem::{PageError, page as shown};
use super::texts::Lang;
use super::visit::{Choice, Posted, Visit, to};
use crate::access::{Guarded, cookie, policy};
use crate::api::calls::agent;
use crate::app::App;
use crate::error::ApiError;
use crate::telephony::words::lock as words_of;
use crate::telephony::{News, Told, follow};
use words::Shown;

/// Cookie of an agent who wants advice during calls. It names the agent: whoever sits there next has
/// not asked for any.
const ADVICE: &str = "gehoord_call_advice";

/// So many of the last things that were said are shown.
const LAST: usize = 8;

/// A call with what the customer said in it, where words come in as well.
struct Call {
    shown: Shown,
    contact: Option<Contact>,
}

/// What is known of what was said in a call.
struct Contact {
    /// The contact in which its words are kept; none: they were written out here, and are not kept.
    id: Option<String>,
    /// What a line is called, and the line.
    lines: Vec<(&'static str, String)>,
    /// What was written out last: who said it, and what.
    last: Vec<(&'static str, String)>,
    /// Not all of it was written out.
    lags: bool,
}

#[derive(Template)]
#[template(path = "calls.html")]
struct Calls {
    frame: Frame,
    /// A telephone system may come in.
    connected: bool,
    calls: Vec<Call>,
    /// What a call that begins is made of.
    blank: Call,
    /// The agent wants advice.
    advice: bool,
}

/// Shows it.
pub(crate) async fn page(
    State(app): State<App>,
    headers: HeaderMap,
    visit: Visit<policy::WriteConversations>,
) -> Result<Response, PageError> {
    let (viewer, frame) = (visit.door.viewer, visit.frame);
    let person = agent(&viewer)?;
    let (lang, advice) = (frame.lang, wants(&headers, person));
    let mut calls = Vec::new();
    for told in app.calls.of(person) {
        let contact = match contact(&app, &viewer, &told.call, lang).await? {
            None => written_out(&app, &told, lang).await?,
            known => known,
        };
        calls.push(Call { shown: Shown::new(&told, lang, advice), contact });
    }
    app.store.request(&viewer, "calls.read").await?.finish().await?;
    let title = frame.t.calls.title.clone();
    shown(&Calls {
        connected: app.telephony.is_some(),
        calls,
        blank: Call { shown: Shown::blank(lang), contact: None },
        advice,
        frame: frame.titled(&title),
    })
}

/// What the customer told already in a call whose words come in too, not to be asked again.
async fn contact(
    app: &App,
    viewer: &Viewer,
    call: &str,
    lang: Lang,
) -> Result<Option<Contact>, PageError> {
    let mut request = app.store.request(viewer, "calls.words").await?;
    let id = request.own_by_name(call).await?;
    let view = match &id {
        Some(id) => Some(request.conversation(id).await?),
        None => None,
    };
    request.finish().await?;
    let (Some(id), Some(view)) = (id, view) else { return Ok(None) };
    let mut lines = sheet(app, &view, lang).await?;
    lines.retain(|(_, line)| !line.trim().is_empty());
    Ok(Some(Contact { id: Some(id), lines, last: Vec::new(), lags: false }))
}

/// The same of a call whose words are written out here.
async fn written_out(app: &App, told: &Told, lang: Lang) -> Result<Option<Contact>, PageError> {
    let (said, last, lags) = {
        let words = words_of(&told.words);
        (words.conversation(&told.call), words.last(LAST), words.lags())
    };
    let mut lines = match said {
        Some(said) => lines_of(app, said, lang).await?,
        None if lags => Vec::new(),
        None => return Ok(None),
    };
    lines.retain(|(_, line)| !line.trim().is_empty());
    let t = &lang.texts().calls;
    let who = |party| if party == Party::Agent { &t.you } else { &t.customer };
    let last = last.into_iter().map(|said| (who(said.party).as_str(), said.text));
    Ok(Some(Contact { id: None, lines, last: last.collect(), lags }))
}

/// The own calls while they run, in the words of the page.
pub(crate) async fn events(
    State(app): State<App>,
    headers: HeaderMap,
    guarded: Guarded<policy::WriteConversations>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, ApiError> {
    let lang = Choice::of(&headers).lang;
    let advice = wants(&headers, agent(&guarded.viewer)?);
    follow(app, guarded, move |news| match news {
        News::All(calls) => {
            Fresh::All(calls.iter().map(|call| Shown::new(call, lang, advice)).collect())
        }
        News::One(call) => Fresh::One(Box::new(Shown::new(call, lang, advice))),
    })
    .await
}

/// News for the page.
#[derive(Serialize)]
#[serde(untagged)]
enum Fresh {
    All(Vec<Shown>),
    One(Box<Shown>),
}

fn wants(headers: &HeaderMap, agent: &str) -> bool {
    cookie(headers, ADVICE) == Some(agent)
}

/// Advice or none.
#[derive(Deserialize)]
pub(crate) struct Wish {
    advice: String,
}

/// Switches advice on or off, for this agent in this browser.
pub(crate) async fn set_advice(
    State(app): State<App>,
    posted: Posted<policy::WriteConversations, Wish>,
) -> Result<Response, PageError> {
    let agent = agent(&posted.door.viewer)?;
    let age = match posted.given.advice.as_str() {
        "on" => 31_536_000,
        "off" => 0,
        _ => return Err(ApiError::Invalid("advice: 'on' or 'off'".to_owned()).into()),
    };
    let secure = if app.secure_cookies { "; Secure" } else { "" };
    let cookie =
        format!("{ADVICE}={agent}; HttpOnly; SameSite=Strict; Path=/; Max-Age={age}{secure}");
    let mut response = to("/calls#advice");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// One of the own calls.
#[derive(Deserialize)]
pub(crate) struct Which {
    call: String,
}

/// No advice any more in one call.
pub(crate) async fn silence(
    State(app): State<App>,
    posted: Posted<policy::WriteConversations, Which>,
) -> Result<Response, PageError> {
    app.store.request(&posted.door.viewer, "calls.silence").await?.finish().await?;
    let agent = agent(&posted.door.viewer)?;
    if !app.calls.silence(agent, &posted.given.call) {
        return Err(ApiError::NotFound("none of your calls has this id".to_owned()).into());
    }
    Ok(to("/calls"))
}
