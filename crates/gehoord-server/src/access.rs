//! Who is at the door, and whether they may come in. A handler gets a viewer only through
//! [`Guarded`], which names the right it needs; without one there is no way to the store.

use std::marker::PhantomData;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::http::{HeaderMap, Method, header, request::Parts};
use base64::Engine;
use gehoord_store::{Person, Right, StoreError, Viewer};
use sha2::{Digest, Sha256};
use tokio::time::{Instant, Interval, MissedTickBehavior};

use crate::app::App;
use crate::error::ApiError;

/// Name of the cookie.
pub(crate) const COOKIE: &str = "gehoord_session";
/// Header with the word that belongs to a session.
pub(crate) const CSRF_HEADER: &str = "x-csrf-token";

/// A right that a handler asks for.
pub(crate) trait Policy: Send + Sync + 'static {
    /// The right; none: whoever is logged in.
    const RIGHT: Option<Right>;
}

macro_rules! policies {
    ($($name:ident),* $(,)?) => {
        /// One type for each right.
        pub(crate) mod policy {
            $(
                #[derive(Debug)]
                pub(crate) struct $name;
                impl super::Policy for $name {
                    const RIGHT: Option<gehoord_store::Right> =
                        Some(gehoord_store::Right::$name);
                }
            )*
            /// Whoever is logged in.
            #[derive(Debug)]
            pub(crate) struct LoggedIn;
            impl super::Policy for LoggedIn {
                const RIGHT: Option<gehoord_store::Right> = None;
            }
        }
    };
}

policies!(
    ReadConversations,
    WriteConversations,
    Search,
    Promises,
    Feedback,
    Share,
    Listen,
    TeamFigures,
    ReadPeople,
    ManagePeople,
    ReadSettings,
    ManageSettings,
    Retention,
    ReadAudit,
    CustomerRights,
    Import,
);

/// A viewer who has the right that `P` names.
pub(crate) struct Guarded<P: Policy> {
    /// Who asks.
    pub(crate) viewer: Viewer,
    /// What opened the door.
    pub(crate) pass: Pass,
    /// The person, when they came with a session.
    pub(crate) person: Option<Person>,
    policy: PhantomData<P>,
}

impl<P: Policy> FromRequestParts<App> for Guarded<P> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        // Another site can make a browser send the cookie, but not this header.
        let word = parts.headers.get(CSRF_HEADER).and_then(|word| word.to_str().ok());
        let reads = matches!(parts.method, Method::GET | Method::HEAD | Method::OPTIONS);
        let word = if reads { Word::NotNeeded } else { Word::Given(word) };
        Self::open(&parts.headers, word, app).await
    }
}

impl<P: Policy> Guarded<P> {
    /// Lets in whoever the headers say, when the right is there and the word fits.
    pub(crate) async fn open(
        headers: &HeaderMap,
        word: Word<'_>,
        app: &App,
    ) -> Result<Self, ApiError> {
        let (viewer, pass, person) = who(headers, word, app).await?;
        if let Some(right) = P::RIGHT {
            viewer.must(right)?;
        }
        Ok(Self { viewer, pass, person, policy: PhantomData })
    }
}

/// The word that belongs to a session, which what changes something must carry.
#[derive(Clone, Copy)]
pub(crate) enum Word<'w> {
    /// Nothing is changed.
    NotNeeded,
    /// What came with the request.
    Given(Option<&'w str>),
}

/// The word that belongs to the session of this secret. It follows from the secret, so that a page
/// can carry it without its being kept, and does not tell the secret.
pub(crate) fn csrf_word(secret: &str) -> String {
    let digest = Sha256::new().chain_update("csrf ").chain_update(secret).finalize();
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(digest)
}

/// What opens the door.
#[derive(Clone)]
pub(crate) enum Pass {
    /// A session's secret, from its cookie.
    Session(String),
    /// A token.
    Token(String),
}

/// Whether who follows something may still do so is looked up again after so long: another process
/// may have changed it.
pub(crate) const STALE: Duration = Duration::from_secs(10);

/// When to look it up: every [`STALE`], the first time sooner. Streams that began together do not ask
/// together, or five hundred of them would hold up whoever writes.
pub(crate) fn looks() -> Interval {
    /// How many began before. Steps of the golden ratio lie evenly, however many there are.
    static BEGUN: AtomicU32 = AtomicU32::new(0);
    let part = f64::from(BEGUN.fetch_add(1, Ordering::Relaxed)) * 0.618_033_988_75 % 1.0;
    let mut looks = tokio::time::interval_at(Instant::now() + STALE.mul_f64(part), STALE);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    looks
}

impl Pass {
    /// The session's secret, when it is a session.
    pub(crate) fn session(&self) -> Option<&str> {
        match self {
            Self::Session(secret) => Some(secret),
            Self::Token(_) => None,
        }
    }

    /// Whom it lets in now, for a stream that goes on; none: nobody any more. To follow is not to
    /// use: a session that is only followed with ends as an idle one does.
    pub(crate) async fn viewer(&self, app: &App) -> Result<Option<Viewer>, StoreError> {
        match self {
            Self::Token(token) => app.store.token(token).await,
            Self::Session(secret) => {
                let session = app.store.session(secret).await?;
                Ok(session.map(|session| Viewer::person(&session.person)))
            }
        }
    }
}

async fn who(
    headers: &HeaderMap,
    word: Word<'_>,
    app: &App,
) -> Result<(Viewer, Pass, Option<Person>), ApiError> {
    if let Some(token) = bearer(headers) {
        let viewer = app.store.token(token).await?.ok_or(ApiError::NotLoggedIn)?;
        return Ok((viewer, Pass::Token(token.to_owned()), None));
    }
    let secret = cookie(headers, COOKIE).ok_or(ApiError::NotLoggedIn)?;
    let session = app.store.session(secret).await?.ok_or(ApiError::NotLoggedIn)?;
    if let Word::Given(word) = word
        && !word.is_some_and(|word| session.csrf_fits(word))
    {
        return Err(ApiError::Csrf);
    }
    app.store.session_used(&session).await?;
    let viewer = Viewer::person(&session.person);
    Ok((viewer, Pass::Session(secret.to_owned()), Some(session.person)))
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ").map(str::trim)
}

/// The value of a cookie.
pub(crate) fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

/// Whether a request comes from a page of this server, for sockets, which carry cookies from
/// anywhere. A program that sends no origin is no browser.
pub(crate) fn same_origin(headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok()) else {
        return true;
    };
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    origin.split_once("://").is_some_and(|(_, authority)| authority == host)
}

/// Whether a form was sent by a page of somebody else. Old browsers do not say; they have the strict
/// cookie alone.
pub(crate) fn from_elsewhere(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site").and_then(|site| site.to_str().ok());
    site.is_some_and(|site| !matches!(site, "same-origin" | "none"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn a_cookie_is_found_among_others() {
        let some = headers(&[("cookie", "a=1; gehoord_session=xyz; b=2")]);
        assert_eq!(cookie(&some, COOKIE), Some("xyz"));
        assert_eq!(cookie(&headers(&[("cookie", "gehoord_sessions=1")]), COOKIE), None);
    }

    #[test]
    fn a_form_of_another_site_is_known_by_what_the_browser_says() {
        assert!(from_elsewhere(&headers(&[("sec-fetch-site", "cross-site")])));
        assert!(from_elsewhere(&headers(&[("sec-fetch-site", "same-site")])));
        assert!(!from_elsewhere(&headers(&[("sec-fetch-site", "same-origin")])));
        assert!(!from_elsewhere(&headers(&[])));
    }

    #[test]
    fn the_word_of_a_session_follows_from_it_and_does_not_tell_it() {
        assert_eq!(csrf_word("a secret"), csrf_word("a secret"));
        assert_ne!(csrf_word("a secret"), csrf_word("another"));
        assert!(!csrf_word("a secret").contains("secret"));
    }

    #[test]
    fn a_socket_from_a_page_of_somebody_else_is_refused() {
        assert!(same_origin(&headers(&[("host", "hier.nl")])));
        assert!(same_origin(&headers(&[("host", "hier.nl"), ("origin", "https://hier.nl")])));
        assert!(!same_origin(&headers(&[("host", "hier.nl"), ("origin", "https://daar.nl")])));
        assert!(!same_origin(&headers(&[("host", "hier.nl"), ("origin", "null")])));
    }
}
