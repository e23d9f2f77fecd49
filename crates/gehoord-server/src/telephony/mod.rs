//! Calls that come in while they run, over sockets of telephone systems, and the agent who follows
//! how their own call goes. Off until an administrator connects a system.
//!
//! Sound is measured in the process that holds its socket and is kept nowhere; what is told are
//! physical measures, to the agent of the call alone.

mod audiohook;
mod calls;
mod follow;
mod keeping;
mod signature;
mod twilio;
pub(crate) mod words;

use std::time::Duration;

use axum::Router;
use axum::extract::WebSocketUpgrade;
use axum::extract::ws::{Message, WebSocket, rejection::WebSocketUpgradeRejection};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use gehoord_speech::telephony::{Begin, Said};
use gehoord_store::{Role, Viewer};
use tokio::sync::watch;

use crate::app::App;
use crate::error::ApiError;
use crate::telemetry;
pub(crate) use calls::{Calls, State, Told};
use calls::{Goes, Ongoing, Why};
pub(crate) use follow::{News, follow};
pub(crate) use keeping::work as keep_calls;
use signature::{Keys, Signed};

/// A socket that says nothing for so long is lost.
const QUIET: Duration = Duration::from_secs(30);
/// The largest message.
const LARGEST: usize = 512 * 1024;

/// Where the messages of Twilio come in.
const TWILIO: &str = "/api/v1/telephony/twilio";
/// Where those of Genesys come in.
const AUDIOHOOK: &str = "/api/v1/telephony/audiohook";

/// The telephone systems that may come in.
#[derive(Debug)]
pub struct Telephony {
    /// Address under which they reach this server, without a path.
    url: String,
    keys: Keys,
}

impl Telephony {
    /// Reached at `url`, such as `wss://gehoord.example.nl`; nobody may come in yet.
    ///
    /// # Errors
    /// When it is no such address.
    pub fn new(url: &str) -> Result<Self, String> {
        let authority = url.strip_prefix("wss://").or_else(|| url.strip_prefix("ws://"));
        let fits = |name: &str| {
            !name.is_empty()
                && name.chars().all(|c| c.is_ascii_alphanumeric() || ".-:[]".contains(c))
        };
        if !authority.is_some_and(fits) {
            return Err(format!(
                "'{url}' is no address such as wss://gehoord.example.nl; leave the path away"
            ));
        }
        Ok(Self { url: url.to_owned(), keys: Keys::default() })
    }

    /// Twilio may come in, with the authentication token of the account.
    #[must_use]
    pub fn with_twilio(mut self, token: &str) -> Self {
        self.keys.twilio(token);
        self
    }

    /// Genesys AudioHook may come in, with an API key and the client secret (base64).
    ///
    /// # Errors
    /// When the secret is no base64 of 16 bytes or more.
    pub fn with_audiohook(mut self, api_key: &str, secret: &str) -> Result<Self, String> {
        self.keys.audiohook(api_key, secret)?;
        Ok(self)
    }

    /// Host and port of the address.
    fn authority(&self) -> &str {
        self.url.split_once("://").map_or("", |(_, authority)| authority)
    }
}

/// Routes of telephone systems, and of who follows.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route(TWILIO, get(twilio::socket))
        .route(AUDIOHOOK, get(audiohook::socket))
        .route("/api/v1/calls/events", get(follow::events))
        .route("/api/v1/calls/words", get(crate::pages::call_words))
}

/// Lets a telephone system in whose request is signed, and hears its call.
fn let_in<F>(
    signed: Signed,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
    hear: impl FnOnce(WebSocket) -> F + Send + 'static,
) -> Response
where
    F: Future<Output = ()> + Send + 'static,
{
    match (signed, upgrade) {
        (Signed::Off, _) => ApiError::not_connected().into_response(),
        (Signed::No, _) => ApiError::NotSigned.into_response(),
        (Signed::Yes, Err(rejection)) => rejection.into_response(),
        (Signed::Yes, Ok(upgrade)) => upgrade.max_message_size(LARGEST).on_upgrade(hear),
    }
}

/// What comes next on a socket.
enum Next {
    Message(Message),
    /// The telephone system went, without a word or with one.
    Gone,
    /// This server stops.
    Stops,
}

async fn next(socket: &mut WebSocket, ended: &mut watch::Receiver<bool>) -> Next {
    tokio::select! {
        biased;
        _ = ended.wait_for(|ended| *ended) => Next::Stops,
        message = tokio::time::timeout(QUIET, socket.recv()) => match message {
            Ok(Some(Ok(Message::Close(_)) | Err(_)) | None) | Err(_) => Next::Gone,
            Ok(Some(Ok(message))) => Next::Message(message),
        },
    }
}

/// A call of a socket, before and after it began.
#[derive(Default)]
struct Line {
    ongoing: Option<Ongoing>,
    /// Nothing is to be heard: a system looks whether somebody is there.
    deaf: bool,
}

/// What becomes of a socket after a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    /// The next message.
    GoesOn,
    /// Its own end: the telephone system said so.
    Ends,
    /// It is not needed any more: another socket has the call, or it went on for too long.
    Away,
}

impl From<Goes> for Then {
    fn from(goes: Goes) -> Self {
        match goes {
            Goes::On => Self::GoesOn,
            Goes::Away => Self::Away,
        }
    }
}

impl Line {
    /// Does what a message says.
    async fn take(&mut self, app: &App, said: Said) -> Result<Then, String> {
        match said {
            Said::Begins(begin) if is_probe(&begin) => self.deaf = true,
            Said::Begins(begin) => self.ongoing = Some(begin_call(app, &begin).await?),
            Said::Sound(sounds) => match &mut self.ongoing {
                Some(ongoing) => return Ok(ongoing.hear(&sounds).into()),
                None if self.deaf => {}
                None => return Err("sound of a call that did not begin".to_owned()),
            },
            Said::Ends => {
                if let Some(ongoing) = self.ongoing.take() {
                    ongoing.end(Why::Over);
                }
                return Ok(Then::Ends);
            }
            Said::Leaves => {
                // The call waits for another socket.
                drop(self.ongoing.take());
                return Ok(Then::Ends);
            }
            Said::Nothing | Said::Holds | Said::GoesOn(_) => {
                let Some(ongoing) = &mut self.ongoing else { return Ok(Then::GoesOn) };
                let goes = match said {
                    Said::Holds => ongoing.hold(),
                    Said::GoesOn(at) => ongoing.go_on(at),
                    _ => ongoing.idle(),
                };
                return Ok(goes.into());
            }
        }
        Ok(Then::GoesOn)
    }

    /// This server stops: the call is not heard on.
    fn stop(&mut self) {
        if let Some(ongoing) = self.ongoing.take() {
            ongoing.end(Why::Stops);
        }
    }
}

/// Genesys looks whether somebody is there with a call of zeros.
fn is_probe(begin: &Begin) -> bool {
    begin.call.bytes().all(|byte| matches!(byte, b'0' | b'-'))
}

async fn begin_call(app: &App, begin: &Begin) -> Result<Ongoing, String> {
    let Some(login) = &begin.agent else {
        return Err("the telephone system names no agent; send their login as 'agent'".to_owned());
    };
    let failed = |error: gehoord_store::StoreError| {
        telemetry::request_failed(&error.to_string());
        "something went wrong here; it is in the log of the server".to_owned()
    };
    let mut request =
        app.store().request(&Viewer::machine(), "call.begin").await.map_err(failed)?;
    let person = request.person_by_login(login).await.map_err(failed)?;
    let person = person.filter(|person| person.active && person.role == Role::Agent);
    let Some(person) = person else {
        return Err("no agent here has the login that was sent as 'agent'".to_owned());
    };
    request.finish().await.map_err(failed)?;
    Ok(app.calls.begin(&begin.account, &begin.call, &person.id))
}
