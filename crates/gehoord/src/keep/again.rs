//! `gehoord listen-again`.

use std::io::{self, IsTerminal};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::{Result, bail};
use gehoord_ingest::pseudonym::Pseudonymiser;
use gehoord_server::{App, LISTEN_AGAIN, work_on_jobs};
use gehoord_store::{Job, JobState, StoreError};
use indicatif::ProgressBar;
use tokio::runtime::Runtime;

use super::opened::Opened;
use super::stop;
use crate::args::Tier;
use crate::ui::Ui;
use crate::{GOOD, SOME_FAILED, show};

/// How often one looks how far the job came.
const PAUSE: Duration = Duration::from_millis(300);

pub(crate) fn run(opened: &Opened, tier: Tier, runtime: &Runtime, ui: Ui) -> Result<u8> {
    let stopped = stop::flag(runtime);
    let listener = Arc::new(tier.listener()?);
    let finder = Arc::new(Pseudonymiser::embedded());
    let app = App::new(opened.store.clone(), listener, finder);
    let bar = match io::stderr().is_terminal() {
        true => ProgressBar::new_spinner(),
        false => ProgressBar::hidden(),
    };
    let done = runtime.block_on(async {
        app.follow_decisions().await?;
        let mut request = opened.request("jobs.add").await?;
        let id = request.add_job(LISTEN_AGAIN, "{}").await?;
        request.finish().await?;
        // A server that runs may take it first: then this only looks on.
        let worker = tokio::spawn(work_on_jobs(app.clone()));
        let done = loop {
            let job = look(opened, &id).await?;
            bar.set_message(ui.heard_again(job.done).trim_end().to_owned());
            bar.tick();
            let over = [JobState::Done, JobState::Failed].iter().any(|s| s.id() == job.state);
            if over || stopped.load(Ordering::Relaxed) {
                break job;
            }
            tokio::time::sleep(PAUSE).await;
        };
        app.live().end();
        let _ = worker.await;
        Ok::<_, StoreError>(done)
    });
    bar.finish_and_clear();
    let job = done.map_err(anyhow::Error::from);
    runtime.block_on(opened.store.close());
    let job = job?;
    if job.state == JobState::Failed.id() {
        bail!("listening again failed: {}", job.error.unwrap_or_default());
    }
    show::print(&ui.heard_again(job.done))?;
    if job.state == JobState::Done.id() {
        return Ok(GOOD);
    }
    eprintln!("{}", ui.stopped());
    Ok(SOME_FAILED)
}

async fn look(opened: &Opened, id: &str) -> Result<Job, StoreError> {
    let mut request = opened.request("jobs.look").await?;
    let job = request.job(id).await?;
    request.keep().await?;
    Ok(job)
}
