//! What goes wrong, in the words of a person.

use askama::Template;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use gehoord_store::StoreError;

use super::frame::{Frame, shown};
use super::visit::{Choice, to};
use crate::app::App;
use crate::error::ApiError;

/// What a page answers when it cannot be shown.
#[derive(Debug)]
pub(crate) struct PageError(ApiError);

impl From<ApiError> for PageError {
    fn from(error: ApiError) -> Self {
        Self(error)
    }
}

impl From<StoreError> for PageError {
    fn from(error: StoreError) -> Self {
        Self(error.into())
    }
}

/// Marks an answer that still needs its words: only where it leaves is it known in which language.
#[derive(Clone)]
struct Wordless;

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let mut response = self.0.into_response();
        response.extensions_mut().insert(Wordless);
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
    let response = next.run(request).await;
    if response.extensions().get::<Wordless>().is_none() {
        return response;
    }
    if response.status() == StatusCode::UNAUTHORIZED {
        let next = if reads && path != "/" {
            let path: String = path.bytes().map(encoded).collect();
            format!("?next={path}")
        } else {
            String::new()
        };
        return to(&format!("/login{next}"));
    }
    in_page(&app, choice, &path, response.status())
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

fn in_page(app: &App, choice: Choice, path: &str, status: StatusCode) -> Response {
    let t = &choice.lang.texts().problem;
    let (heading, words) = match status {
        StatusCode::NOT_FOUND => (&t.not_found, &t.not_found_why),
        StatusCode::FORBIDDEN => (&t.forbidden, &t.forbidden_why),
        StatusCode::UNPROCESSABLE_ENTITY | StatusCode::BAD_REQUEST | StatusCode::CONFLICT => {
            (&t.invalid, &t.invalid_why)
        }
        _ => (&t.failed, &t.failed_why),
    };
    let frame = Frame::new(choice, app, path).titled(heading);
    let page =
        Problem { frame, heading: heading.clone(), words: words.clone(), status: status.as_u16() };
    match page.render() {
        Ok(page) => (status, Html(page)).into_response(),
        Err(error) => ApiError::Internal(error.to_string()).into_response(),
    }
}

/// At an address where there is nothing: people get a page, programs what they can read.
pub(crate) async fn nothing_here(State(app): State<App>, headers: HeaderMap, uri: Uri) -> Response {
    let accepts = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    let person = accepts.is_some_and(|accept| accept.contains("text/html"));
    if person && !uri.path().starts_with("/api/") {
        return in_page(&app, Choice::of(&headers), uri.path(), StatusCode::NOT_FOUND);
    }
    ApiError::NotFound("there is nothing at this address".to_owned()).into_response()
}

/// A page that is shown, or that its template failed.
pub(crate) fn page(template: &impl Template) -> Result<Response, PageError> {
    shown(template).map_err(|error| ApiError::Internal(error).into())
}
