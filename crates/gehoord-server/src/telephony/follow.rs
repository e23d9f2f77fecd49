//! An agent follows their own calls, as server-sent events: first `calls` as they stand, then `call`
//! whenever somebody begins or ends to speak, and each second.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::{Stream, stream};
use gehoord_store::Right;
use serde::Serialize;
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tokio::sync::watch;
use tokio::time::Interval;

use super::Told;
use crate::access::{Guarded, Pass, looks, policy};
use crate::api::calls::{CallBody, CallsBody, agent};
use crate::app::App;
use crate::error::ApiError;
use crate::telemetry;

/// What a follower is told.
pub(crate) enum News {
    /// The calls as they stand: at first, and when some news was missed.
    All(Vec<Arc<Told>>),
    /// One of them.
    One(Arc<Told>),
}

/// An agent who follows.
struct Follower {
    app: App,
    pass: Pass,
    agent: String,
    told: Receiver<Arc<Told>>,
    ended: watch::Receiver<bool>,
    look: Interval,
    first: Option<Vec<Arc<Told>>>,
}

impl Follower {
    /// What is told next; none when it is over.
    async fn next(&mut self) -> Option<News> {
        if let Some(first) = self.first.take() {
            return Some(News::All(first));
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
                Some(Ok(told)) => return Some(News::One(told)),
                Some(Err(RecvError::Lagged(missed))) => {
                    telemetry::listener_lagged(missed);
                    return Some(News::All(self.app.calls.of(&self.agent)));
                }
                Some(Err(RecvError::Closed)) => return None,
            }
        }
    }
}

/// The own calls of who asks, each news in the form that `shape` gives it.
pub(crate) async fn follow<S: Serialize>(
    app: App,
    guarded: Guarded<policy::WriteConversations>,
    shape: impl Fn(&News) -> S + Send + 'static,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, ApiError> {
    let agent = agent(&guarded.viewer)?.to_owned();
    app.store().request(&guarded.viewer, "calls.follow").await?.finish().await?;
    let (told, first) = app.calls.follow(&agent);
    let ended = app.live.ended();
    let look = looks();
    let first = Some(first);
    let follower = Follower { app, pass: guarded.pass, agent, told, ended, look, first };
    let events = stream::unfold((follower, shape), async |(mut follower, shape)| {
        let news = follower.next().await?;
        let kind = if matches!(news, News::All(_)) { "calls" } else { "call" };
        let data = serde_json::to_string(&shape(&news)).ok()?;
        Some((Ok(Event::default().event(kind).data(data)), (follower, shape)))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::default()))
}

/// Follow the own calls.
pub(super) async fn events(
    State(app): State<App>,
    guarded: Guarded<policy::WriteConversations>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, ApiError> {
    follow(app, guarded, |news| match news {
        News::All(calls) => Body::All(calls.iter().collect()),
        News::One(call) => Body::One(Box::new(call.as_ref().into())),
    })
    .await
}

/// News for programs.
#[derive(Serialize)]
#[serde(untagged)]
enum Body {
    All(CallsBody),
    One(Box<CallBody>),
}
