//! Following a conversation while turns come in: server-sent events, or a socket. Whoever follows
//! first gets the conversation as it is, then each turn once, in order, and where its promises stand
//! whenever one of them changed.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;

use axum::extract::ws::{Message, WebSocket};
use axum::extract::{State, WebSocketUpgrade};
use axum::http::HeaderMap;
use axum::response::sse::{Event as SseEvent, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, stream};
use gehoord_store::{Request, Sight, Viewer};
use serde_json::{Value, json};
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tokio::sync::watch;
use tokio::time::Interval;

use super::conversations::ConversationBody;
use super::extract::Id;
use super::promises::PromiseBody;
use crate::access::{Guarded, Pass, Policy, looks, policy, same_origin};
use crate::app::App;
use crate::error::ApiError;
use crate::live::{EVERYBODY, Event, Told};
use crate::telemetry;

/// What a follower wakes up for.
enum Next {
    /// What may be seen may have changed: about this id, or nobody knows about what.
    Doubt(Option<Arc<str>>),
    /// Something happened in the conversation.
    Told(Result<Told, RecvError>),
}

/// Somebody who follows a conversation.
struct Follower {
    app: App,
    viewer: Viewer,
    id: String,
    pass: Pass,
    events: Receiver<Told>,
    doubts: Receiver<Arc<str>>,
    ended: watch::Receiver<bool>,
    sight: Sight,
    /// When what may be seen is looked up, though nothing about it changed here.
    look: Interval,
    /// The conversation as it is, to be told first.
    first: Option<Value>,
    /// Turns up to here were told.
    told: i64,
    /// Where its promises stand, as was told last.
    promises: Value,
}

/// A conversation as it is, to be told.
struct Looked {
    sight: Sight,
    value: Value,
    told: i64,
    promises: Value,
}

impl Follower {
    async fn new<P: Policy>(app: App, door: Guarded<P>, id: String) -> Result<Self, ApiError> {
        let (viewer, pass) = (door.viewer, door.pass);
        // Listen first, look then: no turn can fall between.
        let events = app.live.follow(&id);
        let doubts = app.live.doubts();
        let ended = app.live.ended();
        let Looked { sight, value, told, promises } = look(&app, &viewer, &id).await?;
        let first = Some(value);
        Ok(Self {
            app,
            viewer,
            id,
            pass,
            events,
            doubts,
            ended,
            sight,
            look: looks(),
            first,
            told,
            promises,
        })
    }

    /// The next thing to tell; none when the stream is over.
    async fn next(&mut self) -> Option<Value> {
        if let Some(first) = self.first.take() {
            return Some(first);
        }
        loop {
            // In this order: a turn is not told on a right that was just taken away.
            let next = tokio::select! {
                biased;
                _ = self.ended.wait_for(|ended| *ended) => return None,
                doubt = self.doubts.recv() => Next::Doubt(doubt.ok()),
                _ = self.look.tick() => Next::Doubt(None),
                told = self.events.recv() => Next::Told(told),
            };
            match next {
                Next::Doubt(about) => {
                    if about.is_none_or(|about| self.concerns(&about)) {
                        self.look_again().await?;
                    }
                }
                Next::Told(Ok(Told::Turn(event))) => {
                    // Not one that was in what was told first, or that is not for this viewer.
                    if event.position <= self.told || !self.sight.of_turn(event.position) {
                        continue;
                    }
                    // Another process took in what lies between.
                    if event.position > self.told + 1 {
                        return self.anew().await;
                    }
                    self.told = event.position;
                    return Some(body(&event, &self.sight));
                }
                Next::Told(Ok(Told::Promises)) => {
                    if let Some(value) = self.look_at_promises().await? {
                        return Some(value);
                    }
                }
                Next::Told(Ok(Told::Anew)) => return self.anew().await,
                Next::Told(Err(RecvError::Lagged(missed))) => {
                    telemetry::listener_lagged(missed);
                    return self.anew().await;
                }
                Next::Told(Err(RecvError::Closed)) => return None,
            }
        }
    }

    /// Whether a doubt about this id is about this stream.
    fn concerns(&self, about: &str) -> bool {
        about == EVERYBODY || about == self.id || self.viewer.person_id() == Some(about)
    }

    /// The conversation as it is now; none when the viewer may not see it any more.
    async fn anew(&mut self) -> Option<Value> {
        self.viewer = self.pass.viewer(&self.app).await.ok()??;
        let looked = look(&self.app, &self.viewer, &self.id).await.ok()?;
        (self.sight, self.told, self.promises) = (looked.sight, looked.told, looked.promises);
        Some(looked.value)
    }

    /// Where its promises stand now, unless that was told already, as far as this viewer sees them;
    /// none when they may not see the conversation any more. What is told has its row in the audit.
    async fn look_at_promises(&mut self) -> Option<Option<Value>> {
        self.viewer = self.pass.viewer(&self.app).await.ok()??;
        let mut request = self.app.store.request(&self.viewer, "promises.follow").await.ok()?;
        let now = promises(&mut request, &self.id).await.ok()?;
        if now == self.promises {
            return Some(None);
        }
        request.finish().await.ok()?;
        self.promises = now.clone();
        Some(Some(json!({"kind": "promises", "promises": now})))
    }

    /// Looks up anew who the viewer is and what they may see; none when it is nothing any more. A
    /// stream must not outlive the right to it, also when nothing is said.
    async fn look_again(&mut self) -> Option<()> {
        self.viewer = self.pass.viewer(&self.app).await.ok()??;
        let request = self.app.store.request(&self.viewer, "conversation.follow").await;
        // Not finished: the row in the audit is from when the stream began.
        self.sight = request.ok()?.sight(&self.id).await.ok()?;
        Some(())
    }
}

async fn look(app: &App, viewer: &Viewer, id: &str) -> Result<Looked, ApiError> {
    let mut request = app.store.request(viewer, "conversation.follow").await?;
    let sight = request.sight(id).await?;
    let view = request.conversation(id).await?;
    let promises = promises(&mut request, id).await?;
    request.finish().await?;
    let told = view.row.turns - 1;
    let body = serde_json::to_value(ConversationBody::from(view))
        .map_err(|error| ApiError::Internal(error.to_string()))?;
    let value = json!({"kind": "conversation", "conversation": body, "promises": promises});
    Ok(Looked { sight, value, told, promises })
}

/// Where the promises of a conversation stand, as this viewer may see them.
async fn promises(request: &mut Request, id: &str) -> Result<Value, ApiError> {
    let rows = request.promises(id).await?;
    let promises: Vec<PromiseBody> = rows.into_iter().map(Into::into).collect();
    serde_json::to_value(promises).map_err(|error| ApiError::Internal(error.to_string()))
}

/// A turn as this viewer may see it.
fn body(event: &Event, sight: &Sight) -> Value {
    let findings: Vec<Value> = event
        .findings
        .iter()
        .filter(|(position, person, about_agent, _)| {
            !about_agent || sight.of_agent_turn(*position, person.as_deref())
        })
        .map(|(position, _, _, finding)| json!({"position": position, "finding": finding}))
        .collect();
    let speakers = event.speakers.iter().map(Option::as_deref);
    let agent = sight.of_verdict(speakers).then_some(&event.agent_side);
    json!({
        "kind": "turn",
        "position": event.position,
        "party": event.party.id(),
        "person": event.person_id,
        "text": event.text,
        "said_at": super::extract::written(event.said_at),
        "findings": findings,
        "customer": event.customer_side,
        "agent": agent,
    })
}

/// Follow a conversation as server-sent events: first `conversation`, then `turn` by `turn`, and
/// `promises` whenever one of them changed.
pub(crate) async fn events(
    State(app): State<App>,
    guarded: Guarded<policy::ReadConversations>,
    Id(id): Id,
) -> Result<Sse<impl Stream<Item = Result<SseEvent, Infallible>>>, ApiError> {
    let follower = Follower::new(app, guarded, id).await?;
    let events = stream::unfold(follower, async |mut follower| {
        let value = follower.next().await?;
        let kind = value["kind"].as_str().unwrap_or_default().to_owned();
        let event = SseEvent::default().event(kind).data(value.to_string());
        Some((Ok(event), follower))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::default()))
}

/// Follow a conversation over a socket.
pub(crate) async fn socket(
    State(app): State<App>,
    guarded: Guarded<policy::ReadConversations>,
    headers: HeaderMap,
    Id(id): Id,
    upgrade: WebSocketUpgrade,
) -> Result<Response, ApiError> {
    // The cookie comes along from any page; only our own may use it.
    if guarded.pass.session().is_some() && !same_origin(&headers) {
        return Err(ApiError::Csrf);
    }
    let follower = Follower::new(app, guarded, id).await?;
    Ok(upgrade
        .max_message_size(64 * 1024)
        .on_upgrade(move |socket| tell(socket, follower))
        .into_response())
}

async fn tell(mut socket: WebSocket, mut follower: Follower) {
    loop {
        // Not dropped when a message comes in between: it may hold a turn that is not told yet.
        let mut next = pin!(follower.next());
        let value = loop {
            tokio::select! {
                value = &mut next => break value,
                message = socket.recv() => match message {
                    // Nothing is expected but signs of life; those are answered by the library.
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                    Some(Ok(_)) => {}
                },
            }
        };
        let Some(value) = value else { break };
        if socket.send(Message::Text(value.to_string().into())).await.is_err() {
            return;
        }
    }
    let _ = socket.send(Message::Close(None)).await;
}
