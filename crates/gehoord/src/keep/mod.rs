//! The commands over what is kept: serve, import, export, erase, backup, and looking after people
//! and privacy. Whoever runs them works on the machine itself ([`Viewer::operator`]); every one
//! leaves its row in the audit.

mod again;
mod args;
mod backup;
mod config;
mod dates;
mod decisions;
mod demo;
mod erase;
mod export;
mod import;
mod names;
mod opened;
mod people;
mod privacy;
mod serve;
mod stop;
mod words;

use anyhow::{Context, Result};
use gehoord_store::Viewer;
use tokio::runtime::Runtime;

pub(crate) use args::Task;
use args::{NamedReviewTask, PrivacyTask, RetentionTask, TeamTask, UserTask};
use config::{Config, Given};
use opened::Opened;

use crate::ui::Ui;
use crate::{GOOD, show};

pub(crate) fn run(task: &Task, ui: Ui) -> Result<u8> {
    let runtime = Runtime::new().context("cannot start")?;
    match task {
        Task::Serve(task) => serve::run(task, &runtime, ui),
        Task::Import(task) => {
            let config = Config::of(&task.given)?;
            let opened = runtime.block_on(Opened::new(&config))?;
            import::run(task, &config, &opened, &runtime, ui)
        }
        Task::ListenAgain(task) => {
            let config = Config::of(&task.given)?;
            let opened = runtime.block_on(Opened::there(&config, ui))?;
            again::run(&opened, config.tier(), &runtime, ui)
        }
        Task::Config(task) if task.example => show::print(&config::example()).map(|()| GOOD),
        Task::Config(task) => show::print(&Config::of(&task.given)?.printed()).map(|()| GOOD),
        Task::Export(task) => {
            let opened = open(&runtime, &task.given, ui)?;
            runtime.block_on(async { opened.closed(export::run(task, &opened, ui).await).await })
        }
        Task::Erase(task) => {
            let opened = open(&runtime, &task.given, ui)?;
            runtime.block_on(async { opened.closed(erase::run(task, &opened, ui).await).await })
        }
        Task::Backup(task) => {
            let opened = open(&runtime, &task.given, ui)?;
            runtime.block_on(async { opened.closed(backup::run(task, &opened, ui).await).await })
        }
        Task::Restore(task) => {
            let config = Config::of(&task.given)?;
            backup::check(task, &config, ui)?;
            let opened = runtime.block_on(Opened::new(&config))?;
            let work = backup::restore(task, &config, &opened, ui);
            runtime.block_on(async { opened.closed(work.await).await })
        }
        Task::User { task } => {
            let opened = match task {
                UserTask::Add { given, .. } => make(&runtime, given)?,
                _ => open(&runtime, task.given(), ui)?,
            };
            runtime.block_on(async { opened.closed(people::user(task, &opened, ui).await).await })
        }
        Task::Team { task } => {
            let opened = match task {
                TeamTask::Add { given, .. } => make(&runtime, given)?,
                TeamTask::List(_) => open(&runtime, task.given(), ui)?,
            };
            runtime.block_on(async { opened.closed(people::team(task, &opened).await).await })
        }
        Task::Privacy { task } => {
            let Some(given) = task.given() else { return privacy::rights() };
            let opened = open(&runtime, given, ui)?;
            runtime.block_on(async { opened.closed(privacy::run(task, &opened, ui).await).await })
        }
    }
}

/// What is there already.
fn open(runtime: &Runtime, given: &Given<false>, ui: Ui) -> Result<Opened> {
    runtime.block_on(Opened::there(&Config::of(given)?, ui))
}

/// What is there, or else a new one.
fn make(runtime: &Runtime, given: &Given<false>) -> Result<Opened> {
    runtime.block_on(Opened::new(&Config::of(given)?))
}

/// Whoever runs these commands.
fn operator() -> Viewer {
    Viewer::operator()
}

impl UserTask {
    fn given(&self) -> &Given<false> {
        match self {
            Self::List(plain) => &plain.given,
            Self::Add { given, .. }
            | Self::Password { given, .. }
            | Self::Change { given, .. }
            | Self::Deactivate { given, .. } => given,
        }
    }
}

impl TeamTask {
    fn given(&self) -> &Given<false> {
        match self {
            Self::List(plain) => &plain.given,
            Self::Add { given, .. } => given,
        }
    }
}

impl PrivacyTask {
    /// None: the rights are the same everywhere.
    fn given(&self) -> Option<&Given<false>> {
        match self {
            Self::Rights => None,
            Self::Audit { given, .. } => Some(given),
            Self::Retention { task } => Some(task.given()),
            Self::NamedReview { task } => Some(task.given()),
        }
    }
}

impl RetentionTask {
    fn given(&self) -> &Given<false> {
        match self {
            Self::Show(plain) => &plain.given,
            Self::Set { given, .. } | Self::Unset { given, .. } | Self::Run { given, .. } => given,
        }
    }
}

impl NamedReviewTask {
    fn given(&self) -> &Given<false> {
        match self {
            Self::Show(plain) | Self::Off(plain) => &plain.given,
            Self::On { given, .. } => given,
        }
    }
}
