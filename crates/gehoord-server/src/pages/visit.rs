//! Who looks at a page, and how they want it: language, and light or dark.

use axum::extract::{FromRequest, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::frame::Frame;
use super::problem::PageError;
use super::texts::Lang;
use crate::access::{self, Guarded, Policy, Word, cookie, csrf_word};
use crate::app::App;
use crate::error::ApiError;

/// Cookie of the language.
const LANG: &str = "gehoord_lang";
/// Cookie of light or dark.
const THEME: &str = "gehoord_theme";

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Theme {
    /// As the device has it.
    #[default]
    Auto,
    Light,
    Dark,
}

impl Theme {
    pub(crate) const ALL: [Self; 3] = [Self::Auto, Self::Light, Self::Dark];

    pub(crate) const fn id(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// How somebody wants their pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Choice {
    pub(crate) lang: Lang,
    pub(crate) theme: Theme,
}

impl Choice {
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let theme = cookie(headers, THEME).unwrap_or_default();
        let theme = Theme::ALL.into_iter().find(|known| known.id() == theme).unwrap_or_default();
        let lang = cookie(headers, LANG).and_then(Lang::of_id).unwrap_or_else(|| {
            let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|all| all.to_str().ok());
            Lang::wanted(wanted.unwrap_or_default())
        });
        Self { lang, theme }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Choice {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::of(&parts.headers))
    }
}

/// Somebody who looks at a page for which `P` is needed.
pub(crate) struct Visit<P: Policy> {
    pub(crate) door: Guarded<P>,
    pub(crate) frame: Frame,
}

impl<P: Policy> FromRequestParts<App> for Visit<P> {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        let door = Guarded::<P>::open(&parts.headers, Word::NotNeeded, app).await?;
        let word = door.pass.session().map(csrf_word).unwrap_or_default();
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        let choice = Choice::of(&parts.headers);
        let frame = Frame::new(choice, app, path).with(&door.viewer, door.person.as_ref(), word);
        Ok(Self { door, frame })
    }
}

/// A form that somebody sent who has the right `P`. It carries the word of their session.
pub(crate) struct Posted<P: Policy, T> {
    pub(crate) door: Guarded<P>,
    pub(crate) given: T,
}

#[derive(Deserialize)]
struct Carried<T> {
    csrf: Option<String>,
    #[serde(flatten)]
    given: T,
}

impl<P: Policy, T: DeserializeOwned + Send> FromRequest<App> for Posted<P, T> {
    type Rejection = PageError;

    async fn from_request(request: Request, app: &App) -> Result<Self, PageError> {
        let headers = request.headers().clone();
        let form = axum::Form::<Carried<T>>::from_request(request, app).await;
        // Who is nobody is told so before what they sent is looked at.
        let word = form.as_ref().ok().and_then(|form| form.0.csrf.clone());
        let door = Guarded::<P>::open(&headers, Word::Given(word.as_deref()), app).await?;
        let form = form.map_err(|error| ApiError::Invalid(error.body_text()))?;
        Ok(Self { door, given: form.0.given })
    }
}

/// Away to `path`, by reading it.
pub(crate) fn to(path: &str) -> Response {
    let path = HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, path)]).into_response()
}

/// A place on this server that somebody asked to go to; the start when it may be elsewhere.
pub(crate) fn within(path: Option<&str>) -> &str {
    let here = |path: &&str| {
        path.starts_with('/') && !path.starts_with("//") && !path.contains(['\\', '\n', '\r', '\0'])
    };
    path.filter(here).unwrap_or("/")
}

/// A choice that somebody makes.
#[derive(Deserialize)]
pub(crate) struct Chosen {
    lang: Option<String>,
    theme: Option<String>,
    back: Option<String>,
}

/// Keeps the choice in the browser.
pub(crate) async fn choose(
    State(app): State<App>,
    headers: HeaderMap,
    axum::Form(chosen): axum::Form<Chosen>,
) -> Result<Response, PageError> {
    if access::from_elsewhere(&headers) {
        return Err(ApiError::Csrf.into());
    }
    let mut response = to(within(chosen.back.as_deref()));
    let lang = chosen.lang.as_deref().and_then(Lang::of_id).map(|lang| (LANG, lang.id()));
    let theme = chosen.theme.as_deref();
    let theme = Theme::ALL.into_iter().find(|known| Some(known.id()) == theme);
    let theme = theme.map(|theme| (THEME, theme.id()));
    let secure = if app.secure_cookies { "; Secure" } else { "" };
    for (name, value) in [lang, theme].into_iter().flatten() {
        let cookie =
            format!("{name}={value}; HttpOnly; SameSite=Lax; Path=/; Max-Age=31536000{secure}");
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_elsewhere() {
        assert_eq!(within(Some("/contacts/1?a=b")), "/contacts/1?a=b");
        for elsewhere in ["https://daar.nl", "//daar.nl", "/\\daar.nl", "daar", "/a\nb"] {
            assert_eq!(within(Some(elsewhere)), "/", "{elsewhere}");
        }
        assert_eq!(within(None), "/");
    }

    #[test]
    fn a_choice_is_read_from_cookies_and_else_from_the_browser() {
        let with = |cookie: &'static str, wanted: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::COOKIE, HeaderValue::from_static(cookie));
            headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static(wanted));
            Choice::of(&headers)
        };
        assert_eq!(with("gehoord_theme=dark", "en-GB,nl;q=0.5").theme, Theme::Dark);
        assert_eq!(with("a=b", "en-GB,nl;q=0.5").lang, Lang::En);
        assert_eq!(with("gehoord_lang=nl", "en-GB").lang, Lang::Nl);
        assert_eq!(with("gehoord_lang=tlh", "fr").lang, Lang::Nl);
    }
}
