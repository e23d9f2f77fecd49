//! An agent follows their own calls, as server-sent events: first `calls` as they stand, then `call`
//! whenever somebody begins or ends to speak, and each second.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::{Stream, stream};
use gehoord_store::Right;
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tokio::sync::watch;
use tokio::time::{Instant, Interval};

use crate::access::{Guarded, Pass, policy};
use crate::app::App;
use crate::error::ApiError;
use crate::telemetry;

/// Whether who follows may still do so is looked up again after so long.
const STALE: Duration = Duration::from_secs(10);

/// An agent who follows.
struct Follower {
    app: App,
    pass: Pass,
    agent: String,
    told: Receiver<Arc<str>>,
    ended: watch::Receiver<bool>,
    look: Interval,
    first: Option<String>,
}

impl Follower {
    /// What is told next, and of which kind; none when it is over.
    async fn next(&mut self) -> Option<(&'static str, String)> {
        if let Some(first) = self.first.take() {
            return Some(("calls", first));
        }
        loop {
            let told = tokio::select! {
                biased;
                _ = self.ended.wait_for(|ended| *ended) => return None,
                _ = self.look.tick() => None,
                told = self.told.recv() => Some(told),
            };
            match told {
                None => {
                    let viewer = self.pass.viewer(&self.app).await.ok()??;
                    viewer.must(Right::WriteConversations).ok()?;
                }
                Some(Ok(told)) => return Some(("call", told.to_string())),
                Some(Err(RecvError::Lagged(missed))) => {
                    telemetry::listener_lagged(missed);
                    return Some(("calls", self.app.calls.of(&self.agent).to_string()));
                }
                Some(Err(RecvError::Closed)) => return None,
            }
        }
    }
}

/// Follow the own calls.
pub(super) async fn events(
    State(app): State<App>,
    guarded: Guarded<policy::WriteConversations>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, ApiError> {
    let Some(agent) = guarded.viewer.person_id().map(str::to_owned) else {
        return Err(ApiError::Forbidden("only an agent has calls to follow".to_owned()));
    };
    app.store().request(&guarded.viewer, "calls.follow").await?.finish().await?;
    let (told, first) = app.calls.follow(&agent);
    let ended = app.live.ended();
    let look = tokio::time::interval_at(Instant::now() + STALE, STALE);
    let first = Some(first.to_string());
    let follower = Follower { app, pass: guarded.pass, agent, told, ended, look, first };
    let events = stream::unfold(follower, async |mut follower| {
        let (kind, data) = follower.next().await?;
        Some((Ok(Event::default().event(kind).data(data)), follower))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::default()))
}
