//! What goes wrong, in the words of a person.

use askama::Template;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use gehoord_store::StoreError;

use super::frame::{Frame, shown};
use super::texts::Texts;
use super::visit::{Choice, to};
use crate::access::{Guarded, Word, csrf_word, policy};
use crate::app::App;
use crate::error::ApiError;

/// What a page answers when it cannot be shown.
#[derive(Debug)]
pub(crate) struct PageError(ApiError, Option<Refusal>);

/// What is refused with words of its own: what is wrong, and what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// A promise for a moment that is over.
    DuePast,
    /// A promise for a moment that nobody lives to see.
    DueFar,
    /// No moment at all.
    DueUnreadable,
    /// An agent whom no team was given.
    NoTeam,
    /// A customer who was erased.
    Erased,
}

impl Refusal {
    fn words(self, t: &Texts) -> (&str, &str) {
        let t = &t.problem;
        match self {
            Self::DuePast => (&t.due, &t.due_past),
            Self::DueFar => (&t.due, &t.due_far),
            Self::DueUnreadable => (&t.due, &t.due_unreadable),
            Self::NoTeam => (&t.no_team, &t.no_team_why),
            Self::Erased => (&t.erased, &t.erased_why),
        }
    }
}

impl PageError {
    pub(crate) fn told(refusal: Refusal) -> Self {
        let error = match refusal {
            Refusal::Erased => StoreError::Erased.into(),
            Refusal::NoTeam => ApiError::Forbidden("nobody gave them a team yet".to_owned()),
            _ => ApiError::Invalid("due is no moment to come".to_owned()),
        };
        Self(error, Some(refusal))
    }
}

impl From<ApiError> for PageError {
    fn from(error: ApiError) -> Self {
        let refusal = matches!(error, ApiError::Erased(_)).then_some(Refusal::Erased);
        Self(error, refusal)
    }
}

impl From<StoreError> for PageError {
    fn from(error: StoreError) -> Self {
        ApiError::from(error).into()
    }
}

/// Marks an answer that still needs its words: only where it leaves is it known in which language.
#[derive(Clone)]
struct Wordless {
    /// The page that the form stood on is of another session.
    stale: bool,
    refusal: Option<Refusal>,
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let stale = matches!(self.0, ApiError::Csrf);
        let mut response = self.0.into_response();
        response.extensions_mut().insert(Wordless { stale, refusal: self.1 });
        response
    }
}

#[derive(Template)]
#[template(path = "problem.html")]
struct Problem {
    frame: Frame,
    heading: String,
    words: String,
    status: u16,
}

/// Puts words to what went wrong; who is not logged in is asked to.
pub(crate) async fn in_words(State(app): State<App>, request: Request, next: Next) -> Response {
    let choice = Choice::of(request.headers());
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned();
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let cookies = cookies(request.headers());
    let response = next.run(request).await;
    let Some(Wordless { stale, refusal }) = response.extensions().get().cloned() else {
        return response;
    };
    if response.status() == StatusCode::UNAUTHORIZED {
        let page = if reads { path.clone() } else { page_of(&path) };
        let page: String = page.bytes().map(encoded).collect();
        let sent = if reads { "" } else { "&sent=1" };
        return match (page.as_str(), reads) {
            ("/", true) => to("/login"),
            _ => to(&format!("/login?next={page}{sent}")),
        };
    }
    let status = response.status();
    in_page(&app, choice, &path, Wrong { status, stale, refusal }, &cookies).await
}

/// What a browser says of who it is, and nothing else.
fn cookies(headers: &HeaderMap) -> HeaderMap {
    let cookies = headers.get_all(header::COOKIE).iter();
    cookies.map(|cookie| (header::COOKIE, cookie.clone())).collect()
}

/// The page that the form of an address stands on.
fn page_of(path: &str) -> String {
    let path = path.split('?').next().unwrap_or_default();
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    match parts.as_slice() {
        ["admin", "people" | "listen-again"] => "/admin".to_owned(),
        ["admin", part @ ("people" | "texts"), id, ..] => format!("/admin/{part}/{id}"),
        [one @ ("contacts" | "import"), id, ..] => format!("/{one}/{id}"),
        [one @ ("admin" | "privacy"), part, ..] => format!("/{one}/{part}"),
        [one @ ("account" | "calls" | "import" | "note" | "reply"), ..] => format!("/{one}"),
        ["promises", ..] => "/today".to_owned(),
        ["shares", ..] => "/shared".to_owned(),
        _ => "/".to_owned(),
    }
}

/// A byte as it may stand in a query.
pub(crate) fn encoded(byte: u8) -> String {
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    }
}

/// What went wrong.
#[derive(Clone, Copy)]
struct Wrong {
    status: StatusCode,
    stale: bool,
    refusal: Option<Refusal>,
}

/// Who is logged in keeps the way to everything else.
async fn in_page(
    app: &App,
    choice: Choice,
    path: &str,
    Wrong { status, stale, refusal }: Wrong,
    cookies: &HeaderMap,
) -> Response {
    let t = &choice.lang.texts().problem;
    let (heading, words) = match (refusal, status) {
        (Some(refusal), _) => refusal.words(choice.lang.texts()),
        _ if stale => (t.stale.as_str(), t.stale_why.as_str()),
        (_, StatusCode::PAYLOAD_TOO_LARGE) => (&*t.large, &*t.large_why),
        (_, StatusCode::METHOD_NOT_ALLOWED | StatusCode::NOT_FOUND) => {
            (&*t.not_found, &*t.not_found_why)
        }
        (_, StatusCode::FORBIDDEN) => (&*t.forbidden, &*t.forbidden_why),
        (_, StatusCode::UNPROCESSABLE_ENTITY | StatusCode::BAD_REQUEST | StatusCode::CONFLICT) => {
            (&*t.invalid, &*t.invalid_why)
        }
        _ => (&*t.failed, &*t.failed_why),
    };
    // Who chooses another language goes to a page that there is.
    let back = if stale { page_of(path) } else { "/".to_owned() };
    let mut frame = Frame::new(choice, app, &back).titled(heading);
    if let Ok(door) = Guarded::<policy::LoggedIn>::open(cookies, Word::NotNeeded, app).await {
        let word = door.pass.session().map(csrf_word).unwrap_or_default();
        frame = frame.with(&door.viewer, door.person.as_ref(), word);
    }
    let page = Problem {
        frame,
        heading: heading.to_owned(),
        words: words.to_owned(),
        status: status.as_u16(),
    };
    match page.render() {
        Ok(page) => (status, Html(page)).into_response(),
        Err(error) => ApiError::Internal(error.to_string()).into_response(),
    }
}

/// At an address where there is nothing: people get a page, programs what they can read.
pub(crate) async fn nothing_here(State(app): State<App>, headers: HeaderMap, uri: Uri) -> Response {
    let message = "there is nothing at this address".to_owned();
    for_whom(&app, &headers, &uri, StatusCode::NOT_FOUND, ApiError::NotFound(message)).await
}

/// Where something can be sent and nothing read, as somebody does who goes back to what a form gave.
pub(crate) async fn not_so(State(app): State<App>, headers: HeaderMap, uri: Uri) -> Response {
    let error = ApiError::Invalid("this address does not take this method".to_owned());
    for_whom(&app, &headers, &uri, StatusCode::METHOD_NOT_ALLOWED, error).await
}

async fn for_whom(
    app: &App,
    headers: &HeaderMap,
    uri: &Uri,
    status: StatusCode,
    error: ApiError,
) -> Response {
    let accepts = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    let person = accepts.is_some_and(|accept| accept.contains("text/html"));
    if person && !uri.path().starts_with("/api/") {
        let wrong = Wrong { status, stale: false, refusal: None };
        return in_page(app, Choice::of(headers), uri.path(), wrong, &cookies(headers)).await;
    }
    let mut response = error.into_response();
    *response.status_mut() = status;
    response
}

/// A page that is shown, or that its template failed.
pub(crate) fn page(template: &impl Template) -> Result<Response, PageError> {
    shown(template).map_err(|error| ApiError::Internal(error).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_stands_on_a_page_that_can_be_read() {
        let pages = [
            ("/note", "/note"),
            ("/contacts/1/reply", "/contacts/1"),
            ("/contacts/1/share?a=b", "/contacts/1"),
            ("/admin/people", "/admin"),
            ("/admin/people/7/password", "/admin/people/7"),
            ("/admin/texts/style/checked", "/admin/texts/style"),
            ("/admin/switches/named_review", "/admin/switches"),
            ("/privacy/customer/erase", "/privacy/customer"),
            ("/promises/3/state", "/today"),
            ("/shares/3/revoke", "/shared"),
            ("/import/9/choose", "/import/9"),
            ("/import", "/import"),
            ("/logout", "/"),
        ];
        for (form, page) in pages {
            assert_eq!(page_of(form), page);
        }
    }
}
