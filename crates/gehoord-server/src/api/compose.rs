//! Advice beside a reply that is being written, over a socket. Nothing of it is kept.
//!
//! The first message says what is answered: a conversation that is stored, or what a customer wrote
//! elsewhere. Then each message is the draft as it is now, and each gets one answer. What is heard
//! stands in masked words, as everywhere.

use std::sync::Arc;

use axum::extract::ws::{Message, Utf8Bytes, WebSocket};
use axum::extract::{State, WebSocketUpgrade};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use gehoord_coaching::compose::{Advice, Composer, Moment};
use gehoord_conversation::wire::input::DEFAULT_ZONE;
use gehoord_conversation::{Channel, Conversation, Language, Party, Safety, Span};
use gehoord_listening::Listener;
use gehoord_store::Viewer;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast::Receiver;
use tokio::sync::watch;
use tokio::time::Instant;

use super::extract::fits;
use crate::access::{Guarded, Pass, STALE, policy, same_origin};
use crate::app::App;
use crate::aside::aside;
use crate::error::ApiError;
use crate::intake;
use crate::live::Told;
use crate::not_so::{self, NotSo};

/// The longest draft, in bytes: a mail of ten thousand words.
pub(crate) const LONGEST: usize = 64 * 1024;

/// What is answered.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Opening {
    /// Id of a stored conversation.
    conversation: Option<String>,
    /// What a customer wrote elsewhere.
    customer: Option<String>,
    /// `chat` when absent.
    channel: Option<String>,
    /// BCP 47 tag; guessed from the words when absent.
    locale: Option<String>,
    /// Language of the screen, `nl` when absent.
    language: Option<String>,
}

/// The draft as it is now.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Draft {
    /// Comes back with the answer.
    n: u64,
    draft: String,
    /// After a pause, or asked for: what is missing is said too.
    #[serde(default)]
    paused: bool,
    /// Signals of which the writer says that they are not so, by the `id` of their protocol.
    #[serde(default)]
    not_so: Vec<String>,
}

#[derive(Debug, Serialize)]
struct AdviceBody {
    n: u64,
    safety: Vec<ProtocolBody>,
    warnings: Vec<WarningBody>,
    missing: Vec<MissingBody>,
    promises: Vec<PromiseBody>,
}

/// The organisation's protocol, in place of any other advice.
#[derive(Debug, Serialize)]
struct ProtocolBody {
    /// To say that it is not so.
    id: String,
    signal: &'static str,
    title: String,
    steps: Vec<String>,
    /// Date on which the organisation checked it.
    checked: Option<String>,
    /// Who did.
    checked_by: Option<String>,
}

#[derive(Debug, Serialize)]
struct WarningBody {
    label: &'static str,
    start: usize,
    end: usize,
    text: String,
}

#[derive(Debug, Serialize)]
struct MissingBody {
    /// Stays the same as long as it is about the same words.
    id: String,
    text: String,
}

#[derive(Debug, Serialize)]
struct PromiseBody {
    what: String,
    when: Option<String>,
    due: Option<String>,
    complete: bool,
}

/// Somebody who writes.
struct Writer {
    app: App,
    pass: Pass,
    viewer: Viewer,
    about: About,
    language: Language,
    country: String,
    listener: Arc<Listener>,
    conversation: Conversation,
    /// What the viewer said of it before, on its page.
    said: Vec<NotSo>,
    not_so: Vec<NotSo>,
    /// Away while it is at work.
    composer: Option<Composer>,
}

/// What is answered.
enum About {
    /// What a customer wrote elsewhere.
    Pasted,
    /// A stored conversation, which may go on meanwhile.
    Stored { id: String, events: Receiver<Told>, looked: Instant },
}

impl Writer {
    async fn begin(
        app: App,
        door: Guarded<policy::Listen>,
        opening: Opening,
    ) -> Result<Self, ApiError> {
        let invalid = |error: &dyn std::fmt::Display| ApiError::Invalid(error.to_string());
        let language = opening.language.as_deref().unwrap_or("nl");
        let language = language.parse().map_err(|error| invalid(&error))?;
        let Guarded { viewer, pass, .. } = door;
        let (about, (conversation, said)) = match (opening.conversation, opening.customer) {
            (Some(id), None) => {
                // Listen first, look then: no turn can fall between.
                let events = app.live.follow(&id);
                let answered = stored(&app, &viewer, &id).await?;
                (About::Stored { id, events, looked: Instant::now() }, answered)
            }
            (None, Some(words)) => {
                fits("customer", &words, LONGEST)?;
                let channel = opening.channel.as_deref().unwrap_or("chat");
                let channel: Channel = channel.parse().map_err(|error| invalid(&error))?;
                let mut conversation =
                    Conversation::new("compose", channel).with_turn(Party::Customer, words);
                let locale = opening.locale.as_deref().map(str::parse).transpose();
                conversation.locale = locale.map_err(|error| invalid(&error))?;
                (About::Pasted, (conversation, Vec::new()))
            }
            _ => {
                let message = "say what is answered: either `conversation` or `customer`";
                return Err(ApiError::Invalid(message.to_owned()));
            }
        };
        let country = country(&conversation);
        let listener = app.listener();
        let mut writer = Self {
            app,
            pass,
            viewer,
            about,
            language,
            country,
            listener,
            conversation,
            said,
            not_so: Vec::new(),
            composer: None,
        };
        writer.compose().await?;
        Ok(writer)
    }

    async fn compose(&mut self) -> Result<(), ApiError> {
        self.listener = self.app.listener();
        let listener = Arc::clone(&self.listener);
        let language = self.language;
        let conversation = self.conversation.clone();
        let not_so = [self.said.as_slice(), &self.not_so].concat();
        let work = move || {
            let conversation = not_so::without(conversation, &not_so);
            Composer::new(&listener, conversation).speaking(language)
        };
        self.composer = Some(aside(work).await?);
        Ok(())
    }

    /// Looks whether the writer may still see what is answered, and what was said meanwhile.
    async fn look_again(&mut self) -> Result<(), ApiError> {
        let About::Stored { id, events, looked } = &mut self.about else { return Ok(()) };
        let changed = !events.is_empty();
        if !changed && looked.elapsed() < STALE {
            return Ok(());
        }
        *looked = Instant::now();
        self.viewer = self.pass.viewer(&self.app).await?.ok_or(ApiError::NotLoggedIn)?;
        if !changed {
            // Not finished: the row in the audit is from when the writing began.
            self.app.store.request(&self.viewer, "conversation.compose").await?.sight(id).await?;
            return Ok(());
        }
        *events = self.app.live.follow(id);
        (self.conversation, self.said) = stored(&self.app, &self.viewer, id).await?;
        self.compose().await
    }

    async fn answer(&mut self, draft: Draft) -> Result<AdviceBody, ApiError> {
        self.look_again().await?;
        fits("draft", &draft.draft, LONGEST)?;
        let not_so = NotSo::read(draft.not_so.iter().map(String::as_str))?;
        if not_so != self.not_so {
            self.not_so = not_so;
            self.compose().await?;
        }
        let Some(mut composer) = self.composer.take() else {
            return Err(ApiError::Internal("the composer is at work".to_owned()));
        };
        let listener = Arc::clone(&self.listener);
        let Draft { n, draft, paused, .. } = draft;
        let moment = if paused { Moment::Paused } else { Moment::Typing };
        let work = move || {
            let advice = composer.advise(&listener, &draft, Some(now()), moment);
            (composer, advice)
        };
        let (composer, advice) = aside(work).await?;
        self.composer = Some(composer);
        Ok(self.body(n, advice))
    }

    fn body(&self, n: u64, advice: Advice) -> AdviceBody {
        let protocols = self.app.in_force.protocols(&self.country);
        let turn = NotSo::last_turn(&self.conversation);
        let protocol = |signal: Safety| {
            let protocol = protocols.on(signal);
            ProtocolBody {
                id: NotSo::id(signal, turn),
                signal: signal.id(),
                title: protocol.title.of(self.language).to_owned(),
                steps: protocol.steps.iter().map(|s| s.of(self.language).to_owned()).collect(),
                checked: protocols.checked().map(|date| date.to_string()),
                checked_by: protocols.checked_by().map(str::to_owned),
            }
        };
        let warnings = advice.warnings.into_iter().map(|warning| {
            let Span { start, end } = warning.span;
            WarningBody { label: warning.label.id(), start, end, text: warning.text }
        });
        let missing = advice.missing.into_iter().map(|missing| {
            let place = missing.place;
            let id = format!("{}.{}.{}", place.turn, place.span.start, place.span.end);
            MissingBody { id, text: missing.text }
        });
        let promises = advice.promises.into_iter().map(|promise| PromiseBody {
            what: promise.what,
            when: promise.when,
            due: promise.due.map(|due| due.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()),
            complete: promise.complete,
        });
        AdviceBody {
            n,
            safety: advice.safety.into_iter().map(protocol).collect(),
            warnings: warnings.collect(),
            missing: missing.collect(),
            promises: promises.collect(),
        }
    }
}

/// A stored conversation in masked words, for somebody who may see all of it, and which signals
/// they said are not so.
pub(crate) async fn stored(
    app: &App,
    viewer: &Viewer,
    id: &str,
) -> Result<(Conversation, Vec<NotSo>), ApiError> {
    let mut request = app.store.request(viewer, "conversation.compose").await?;
    let seen = request.conversation(id).await?;
    let said = not_so::said(&mut request, id).await?;
    request.finish().await?;
    let mut request = app.store.request(&Viewer::machine(), "conversation.compose").await?;
    let view = request.conversation(id).await?;
    // A coach sees what was shared with them, and writes no replies.
    if view.turns.len() != seen.turns.len() {
        return Err(ApiError::NotFound("this conversation is not yours to answer".to_owned()));
    }
    request.finish().await?;
    Ok((intake::dated(&view)?, not_so::of_feedback(&seen, &said)))
}

/// The time on the clock of the customers, from which "morgen 12.00" is counted; the machine may
/// stand on another.
pub(crate) fn now() -> Zoned {
    let zone = TimeZone::get(DEFAULT_ZONE).unwrap_or(TimeZone::UTC);
    Timestamp::now().to_zoned(zone)
}

/// Where a conversation takes place, for the numbers to call; the Netherlands when it does not say.
pub(crate) fn country(conversation: &Conversation) -> String {
    let locale = conversation.locale.as_ref();
    locale.and_then(|locale| locale.country()).unwrap_or("NL").to_owned()
}

/// Advice beside a reply that is being written.
pub(crate) async fn socket(
    State(app): State<App>,
    guarded: Guarded<policy::Listen>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Result<Response, ApiError> {
    // The cookie comes along from any page; only our own may use it.
    if guarded.pass.session().is_some() && !same_origin(&headers) {
        return Err(ApiError::Csrf);
    }
    let upgrade = upgrade.max_message_size(2 * LONGEST);
    Ok(upgrade.on_upgrade(move |socket| write(socket, app, guarded)).into_response())
}

async fn write(mut socket: WebSocket, app: App, guarded: Guarded<policy::Listen>) {
    let mut ended = app.live.ended();
    if let Err(error) = converse(&mut socket, app, guarded, &mut ended).await {
        // Who may not, or says what cannot be understood, begins anew.
        let body = serde_json::to_string(&error.body()).unwrap_or_default();
        let _ = socket.send(Message::Text(body.into())).await;
    }
    let _ = socket.send(Message::Close(None)).await;
}

async fn converse(
    socket: &mut WebSocket,
    app: App,
    guarded: Guarded<policy::Listen>,
    ended: &mut watch::Receiver<bool>,
) -> Result<(), ApiError> {
    let Some(opening) = message(socket, ended).await else { return Ok(()) };
    let mut writer = Writer::begin(app, guarded, read(&opening)?).await?;
    let mut answer = serde_json::json!({"ready": true}).to_string();
    loop {
        if socket.send(Message::Text(answer.into())).await.is_err() {
            return Ok(());
        }
        let Some(draft) = message(socket, ended).await else { return Ok(()) };
        let body = writer.answer(read(&draft)?).await?;
        let text = serde_json::to_string(&body);
        answer = text.map_err(|error| ApiError::Internal(error.to_string()))?;
    }
}

/// The next message; none when it is over.
async fn message(socket: &mut WebSocket, ended: &mut watch::Receiver<bool>) -> Option<Utf8Bytes> {
    loop {
        let message = tokio::select! {
            biased;
            _ = ended.wait_for(|ended| *ended) => return None,
            message = socket.recv() => message?,
        };
        match message {
            Ok(Message::Text(text)) => return Some(text),
            Ok(Message::Close(_)) | Err(_) => return None,
            // Signs of life are answered by the library.
            Ok(_) => {}
        }
    }
}

fn read<T: for<'de> Deserialize<'de>>(text: &str) -> Result<T, ApiError> {
    serde_json::from_str(text).map_err(|error| ApiError::Invalid(error.to_string()))
}
