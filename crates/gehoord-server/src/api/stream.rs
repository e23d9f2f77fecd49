//! Following a conversation while turns come in: server-sent events, or a socket. Whoever follows
//! first gets the conversation as it is, then each turn once, in order.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::ws::{Message, WebSocket};
use axum::extract::{State, WebSocketUpgrade};
use axum::http::HeaderMap;
use axum::response::sse::{Event as SseEvent, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, stream};
use gehoord_store::{Sight, Viewer};
use serde_json::{Value, json};
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tokio::sync::watch;

use super::conversations::ConversationBody;
use super::extract::Id;
use crate::access::{Guarded, policy, same_origin};
use crate::app::App;
use crate::error::ApiError;
use crate::live::Event;
use crate::telemetry;

/// What a viewer may see is looked up again after so long.
const STALE: Duration = Duration::from_secs(10);

/// Somebody who follows a conversation.
struct Follower {
    app: App,
    viewer: Viewer,
    id: String,
    events: Receiver<Arc<Event>>,
    ended: watch::Receiver<bool>,
    sight: Sight,
    seen_at: Instant,
    /// The conversation as it is, to be told first.
    first: Option<Value>,
    /// Turns up to here were told.
    told: i64,
}

impl Follower {
    async fn new(app: App, viewer: Viewer, id: String) -> Result<Self, ApiError> {
        // Listen first, look then: no turn can fall between.
        let events = app.live.follow(&id);
        let ended = app.live.ended();
        let (sight, first, told) = look(&app, &viewer, &id).await?;
        let first = Some(first);
        Ok(Self { app, viewer, id, events, ended, sight, seen_at: Instant::now(), first, told })
    }

    /// The next thing to tell; none when the stream is over.
    async fn next(&mut self) -> Option<Value> {
        if let Some(first) = self.first.take() {
            return Some(first);
        }
        loop {
            let event = tokio::select! {
                event = self.events.recv() => Some(event),
                _ = self.ended.wait_for(|ended| *ended) => return None,
                () = tokio::time::sleep(STALE) => None,
            };
            let Some(event) = event else {
                // A stream must not outlive the right to it, also when nothing is said.
                self.look_again().await?;
                continue;
            };
            match event {
                Ok(event) if event.position <= self.told => {}
                Ok(event) if event.position == self.told + 1 => {
                    if self.seen_at.elapsed() > STALE {
                        self.look_again().await?;
                    }
                    self.told = event.position;
                    return Some(body(&event, &self.sight));
                }
                // A turn between was kept and not told, as when the database died before it said
                // so, or another process took it.
                Ok(event) => {
                    let missed = event.position - self.told - 1;
                    return self.tell_all(missed.unsigned_abs()).await;
                }
                Err(RecvError::Lagged(missed)) => return self.tell_all(missed).await,
                Err(RecvError::Closed) => return None,
            }
        }
    }

    /// The conversation as it is now, where turns were missed.
    async fn tell_all(&mut self, missed: u64) -> Option<Value> {
        telemetry::listener_lagged(missed);
        let (sight, first, told) = look(&self.app, &self.viewer, &self.id).await.ok()?;
        (self.sight, self.told) = (sight, told);
        Some(first)
    }

    /// Looks up anew what the viewer may see; none when it is nothing any more.
    async fn look_again(&mut self) -> Option<()> {
        let request = self.app.store.request(&self.viewer, "conversation.follow").await;
        let mut request = request.ok()?;
        self.sight = request.sight(&self.id).await.ok()?;
        // Looked at already: the row in the audit is from when the stream began.
        drop(request);
        self.seen_at = Instant::now();
        Some(())
    }
}

async fn look(app: &App, viewer: &Viewer, id: &str) -> Result<(Sight, Value, i64), ApiError> {
    let mut request = app.store.request(viewer, "conversation.follow").await?;
    let sight = request.sight(id).await?;
    let view = request.conversation(id).await?;
    request.finish().await?;
    let told = view.row.turns - 1;
    let body = serde_json::to_value(ConversationBody::from(view))
        .map_err(|error| ApiError::Internal(error.to_string()))?;
    Ok((sight, json!({"kind": "conversation", "conversation": body}), told))
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

/// Follow a conversation as server-sent events: first `conversation`, then `turn` by `turn`.
pub(crate) async fn events(
    State(app): State<App>,
    guarded: Guarded<policy::ReadConversations>,
    Id(id): Id,
) -> Result<Sse<impl Stream<Item = Result<SseEvent, Infallible>>>, ApiError> {
    let follower = Follower::new(app, guarded.viewer, id).await?;
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
    if guarded.session.is_some() && !same_origin(&headers) {
        return Err(ApiError::Csrf);
    }
    let follower = Follower::new(app, guarded.viewer, id).await?;
    Ok(upgrade
        .max_message_size(64 * 1024)
        .on_upgrade(move |socket| tell(socket, follower))
        .into_response())
}

async fn tell(mut socket: WebSocket, mut follower: Follower) {
    loop {
        tokio::select! {
            value = follower.next() => {
                let Some(value) = value else { break };
                if socket.send(Message::Text(value.to_string().into())).await.is_err() {
                    return;
                }
            }
            message = socket.recv() => match message {
                // Nothing is expected but signs of life; those are answered by the library.
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                Some(Ok(_)) => {}
            },
        }
    }
    let _ = socket.send(Message::Close(None)).await;
}
