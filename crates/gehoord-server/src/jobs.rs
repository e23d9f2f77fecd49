//! Work in the background: listening again with new ears, and, once a day, letting go what has been
//! kept long enough.

use std::time::{Duration, Instant};

use gehoord_conversation::wire::report::WireVersions;
use gehoord_store::{Store, StoreError, Viewer};
use tokio::sync::watch;

use crate::app::App;
use crate::password::random_secret;
use crate::telemetry;

/// Kind of the job that listens again.
pub const LISTEN_AGAIN: &str = "listen_again";
/// What the log calls the daily round.
const RETENTION: &str = "retention";
/// And looking what was decided.
const DECISIONS: &str = "decisions";
/// What has been kept long enough goes when the server starts, and then so often.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// How often one looks for work.
const PAUSE: Duration = Duration::from_secs(2);
/// How often one looks whether something was decided elsewhere.
const FOLLOW: Duration = Duration::from_secs(10);
/// So many conversations are heard between two signs of life.
const STEP: i64 = 50;

/// Does jobs without a server, until [`Live::end`](crate::live::Live::end).
pub async fn work_on_jobs(app: App) {
    let ended = app.live().ended();
    work(app, random_secret(), ended).await;
}

/// Does jobs until the server stops. `holder` tells this process from others.
pub(crate) async fn work(app: App, holder: String, mut ended: watch::Receiver<bool>) {
    let mut swept: Option<Instant> = None;
    let mut followed: Option<Instant> = None;
    loop {
        if followed.is_none_or(|at| at.elapsed() >= FOLLOW) {
            followed = Some(Instant::now());
            if let Err(error) = app.follow_decisions().await {
                telemetry::job_failed(DECISIONS, &error.to_string());
            }
        }
        if swept.is_none_or(|at| at.elapsed() >= DAY) {
            swept = Some(Instant::now());
            if let Err(error) = keep_no_longer(&app, &ended).await {
                telemetry::job_failed(RETENTION, &error.to_string());
            }
        }
        if let Err(error) = one(&app, &holder, &ended).await {
            telemetry::job_failed(LISTEN_AGAIN, &error.to_string());
        }
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            _ = ended.wait_for(|ended| *ended) => return,
        }
    }
}

/// Lets go what the rules of retention say, some at a time.
async fn keep_no_longer(app: &App, ended: &watch::Receiver<bool>) -> Result<(), StoreError> {
    while !*ended.borrow() {
        let mut request = app.store.request(&Viewer::machine(), "retention.run").await?;
        let plan = request.run_retention().await?;
        if (plan.conversations, plan.originals, plan.files) == (0, 0, 0) {
            // Nothing went: no row in the audit.
            return Ok(());
        }
        request.finish().await?;
    }
    Ok(())
}

async fn one(app: &App, holder: &str, ended: &watch::Receiver<bool>) -> Result<(), StoreError> {
    let mut request = app.store.request(&Viewer::machine(), "jobs.take").await?;
    let Some(job) = request.take_job(LISTEN_AGAIN, holder).await? else { return Ok(()) };
    request.finish().await?;
    let result = listen_again(app, &job.id, job.place, job.done, holder, ended).await;
    let error = match result {
        // Stopped on the way: who comes next goes on here.
        Ok(false) | Err(StoreError::Conflict(_)) => return Ok(()),
        Ok(true) => None,
        Err(error) => {
            telemetry::job_failed(LISTEN_AGAIN, &error.to_string());
            Some(error.to_string())
        }
    };
    let mut request = app.store.request(&Viewer::machine(), "jobs.end").await?;
    request.end_job(&job.id, holder, error.as_deref()).await?;
    request.finish().await
}

/// Listens again; false when it was stopped on the way.
async fn listen_again(
    app: &App,
    job: &str,
    place: Option<String>,
    mut done: i64,
    holder: &str,
    ended: &watch::Receiver<bool>,
) -> Result<bool, StoreError> {
    let mut place = place.unwrap_or_default();
    let versions = versions(app);
    loop {
        if *ended.borrow() {
            return Ok(false);
        }
        let ids = unheard(&app.store, &versions, &place).await?;
        let Some(last) = ids.last().cloned() else { return Ok(true) };
        for id in &ids {
            match app.live().listen_again(id).await {
                // Erased meanwhile.
                Ok(()) | Err(StoreError::NotFound(_)) => done += 1,
                Err(error) => return Err(error),
            }
        }
        place = last;
        let mut request = app.store.request(&Viewer::machine(), "jobs.advance").await?;
        request.advance_job(job, holder, &place, done, None).await?;
        request.finish().await?;
    }
}

async fn unheard(
    store: &Store,
    versions: &WireVersions,
    place: &str,
) -> Result<Vec<String>, StoreError> {
    let mut request = store.request(&Viewer::machine(), "jobs.look").await?;
    let ids = request.unheard(versions, place, STEP).await?;
    request.keep().await?;
    Ok(ids)
}

/// The ears of now.
pub(crate) fn versions(app: &App) -> WireVersions {
    let nothing = gehoord_conversation::Conversation::new("", gehoord_conversation::Channel::Chat);
    let versions = app.listener().listen(&nothing).versions;
    WireVersions { engine: versions.engine, model: versions.model, rubric: versions.rubric }
}
