//! `gehoord import`: many conversations are masked and heard at once, and kept in order.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use anyhow::{Context, Result};
use gehoord_conversation::Conversation;
use gehoord_ingest::pseudonym::{Masks, Pseudonymiser};
use gehoord_ingest::{Item, Options};
use gehoord_listening::Listener;
use gehoord_server::InForce;
use gehoord_server::earlier::show_earlier;
use gehoord_server::intake::{self, Intake, Place, take_in};
use gehoord_store::{Original, Status, StoreError, Written};
use sha2::{Digest, Sha256};
use tokio::runtime::Runtime;

use super::args::Import;
use super::opened::Opened;
use super::{people, stop};
use crate::input::{self, Step};
use crate::ui::Ui;
use crate::{GOOD, SOME_FAILED, pipeline, show};

/// So many conversations are written in one transaction, with one row in the audit.
const TOGETHER: usize = 50;

/// What a worker hands to the writer.
#[derive(Default)]
struct Done {
    /// Lines for standard error.
    remarks: Vec<String>,
    failed: u64,
    ready: Option<Box<Ready>>,
}

/// A conversation, masked and heard.
struct Ready {
    /// Where it was read, for messages.
    at: String,
    given: Conversation,
    /// Masks that an earlier version of it has.
    known: Vec<Original>,
    intake: Intake,
}

/// What everybody needs who is at work on an import.
struct Work<'w> {
    task: &'w Import,
    opened: &'w Opened,
    runtime: &'w Runtime,
    listener: Arc<Listener>,
    finder: Pseudonymiser,
    team: String,
    agent: Option<String>,
    ui: Ui,
}

/// What came of it.
/// After so many conversations the database counts anew.
const MANY: u64 = 1_000;

#[derive(Debug, Default)]
struct Summary {
    new: u64,
    changed: u64,
    same: u64,
    failed: u64,
}

pub(crate) fn run(task: &Import, opened: &Opened, runtime: &Runtime, ui: Ui) -> Result<u8> {
    let files = input::files(&task.files, "import --team NAME")?;
    let (team, agent) = runtime.block_on(place(task, opened))?;
    let work = Work {
        task,
        opened,
        runtime,
        listener: runtime.block_on(listener(opened))?,
        finder: Pseudonymiser::embedded(),
        team,
        agent,
        ui,
    };
    let stopped = stop::flag(runtime);
    let mut summary = Summary::default();
    let done = work.all(&files, &stopped, &mut summary);
    runtime.block_on(async {
        let counted = match summary.new + summary.changed {
            MANY.. => opened.store.count_up().await,
            _ => Ok(()),
        };
        opened.closed(done.and_then(|()| Ok(counted?)).map(|()| GOOD)).await
    })?;
    show::print(&ui.imported(summary.new, summary.changed, summary.same, summary.failed))?;
    if stopped.load(Ordering::Relaxed) {
        eprintln!("{}", ui.stopped());
        return Ok(SOME_FAILED);
    }
    Ok(if summary.failed > 0 { SOME_FAILED } else { GOOD })
}

/// The ears that the organisation decided on.
async fn listener(opened: &Opened) -> Result<Arc<Listener>> {
    let in_force = InForce::new(Arc::new(Listener::embedded()?));
    in_force.follow(&opened.store).await?;
    Ok(in_force.listener())
}

/// The ids of the team and the agent that were named.
async fn place(task: &Import, opened: &Opened) -> Result<(String, Option<String>)> {
    let mut request = opened.request("import.team").await?;
    let agent = match &task.agent_login {
        Some(login) => Some(people::by_login(&mut request, login).await?.id),
        None => None,
    };
    let team = request.add_team(&task.team, None).await?;
    request.finish().await?;
    Ok((team, agent))
}

impl Work<'_> {
    fn all(&self, files: &[PathBuf], stopped: &AtomicBool, summary: &mut Summary) -> Result<()> {
        let options = Options {
            from: self.task.from,
            locale: self.task.locale.clone(),
            channel: self.task.channel,
            agents: self.task.agents.clone(),
            map: self.task.map.clone(),
        };
        let bytes = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&bytes);
        let progress = input::progress(files, self.task.quiet);
        let steps = files.iter().flat_map(move |file| input::steps_of(file, &options, &counter));
        let mut batch: Vec<Ready> = Vec::with_capacity(TOGETHER);
        let mut problem = None;
        let mut write = |batch: &mut Vec<Ready>| {
            let written = self.write(batch, summary);
            batch.clear();
            written.map(|remarks| {
                for remark in remarks {
                    progress.suspend(|| eprintln!("{remark}"));
                }
            })
        };
        let mut failed = 0;
        let jobs = input::jobs(self.task.jobs);
        pipeline::ordered(
            steps,
            jobs,
            Step::bytes,
            |step| self.hear(step),
            |done: Done| {
                progress.set_position(bytes.load(Ordering::Relaxed));
                for remark in &done.remarks {
                    progress.suspend(|| eprintln!("{remark}"));
                }
                failed += done.failed;
                batch.extend(done.ready.map(|ready| *ready));
                if stopped.load(Ordering::Relaxed) {
                    return false;
                }
                if batch.len() == TOGETHER
                    && let Err(error) = write(&mut batch)
                {
                    problem = Some(error);
                    return false;
                }
                true
            },
        );
        if problem.is_none() {
            problem = write(&mut batch).err();
        }
        summary.failed += failed;
        progress.finish_and_clear();
        problem.map_or(Ok(()), Err)
    }

    fn hear(&self, step: Step) -> Done {
        let failed = |remark: String| Done { remarks: vec![remark], failed: 1, ..Done::default() };
        let (file, item) = match step {
            Step::End(_) => return Done::default(),
            Step::Broken(file, message) => return failed(format!("{file}: {message}")),
            Step::Item(file, item) => (file, *item),
        };
        let imported = match item {
            Item::Problem(problem) => {
                return failed(format!("{file}:{}: {}", problem.line, problem.message));
            }
            Item::Conversation(imported) => imported,
        };
        let at = format!("{file}:{}", imported.line);
        let notes = imported.notes.iter().filter(|_| !self.task.quiet);
        let remarks = notes.map(|note| format!("{at}: {}: {note}", self.ui.note())).collect();
        let mut given = imported.conversation;
        tell_apart(&mut given, &file);
        match self.ready(at.clone(), given) {
            Ok(ready) => Done { remarks, failed: 0, ready: Some(Box::new(ready)) },
            Err(error) => failed(format!("{at}: {error}")),
        }
    }

    fn ready(&self, at: String, given: Conversation) -> Result<Ready, StoreError> {
        let name = given.external_id.as_deref().unwrap_or(&given.id);
        let known = self.runtime.block_on(async {
            let mut request = self.opened.request("import.masks").await?;
            let known = request.masks_of(&self.task.source, name).await?;
            request.keep().await?;
            Ok::<_, StoreError>(known)
        })?;
        let intake = self.take_in(&given, &known)?;
        Ok(Ready { at, given, known, intake })
    }

    fn take_in(&self, given: &Conversation, known: &[Original]) -> Result<Intake, StoreError> {
        let place = Place {
            source: &self.task.source,
            team_id: Some(&self.team),
            assigned_to: self.agent.as_deref(),
            status: if self.task.open { Status::Open } else { Status::Closed },
        };
        let masks = match known {
            [] => Masks::default(),
            known => intake::masks(known.to_vec())?,
        };
        Ok(take_in(given, &place, masks, &self.listener, &self.finder))
    }

    /// Keeps a batch; what of it cannot be kept is told and counted.
    fn write(&self, batch: &mut [Ready], summary: &mut Summary) -> Result<Vec<String>> {
        let mut remarks = Vec::new();
        if batch.is_empty() || self.try_write(batch, summary).is_ok() {
            return Ok(remarks);
        }
        // One of them cannot be kept; the others should be.
        for one in batch {
            if let Err(error) = self.try_write(std::slice::from_mut(one), summary) {
                self.runtime.block_on(self.opened.store.ping()).context("writing")?;
                summary.failed += 1;
                remarks.push(format!("{}: {error}", one.at));
            }
        }
        Ok(remarks)
    }

    fn try_write(&self, batch: &mut [Ready], summary: &mut Summary) -> Result<(), StoreError> {
        self.runtime.block_on(async {
            let mut request = self.opened.request("import").await?;
            let mut written = Vec::with_capacity(batch.len());
            for ready in batch {
                let name = &ready.intake.new.external_id;
                let known = request.masks_of(&self.task.source, name).await?;
                if known != ready.known {
                    // It was written meanwhile, as when one input holds it twice.
                    ready.intake = self.take_in(&ready.given, &known)?;
                    ready.known = known;
                }
                let done = request.write_conversation(&ready.intake.new).await?;
                let first = match &done {
                    Written::New(_) => Some(0),
                    Written::Changed(_, first) => usize::try_from(*first).ok(),
                    Written::Same(_) => None,
                };
                if let Some(first) = first {
                    request.write_report(done.id(), &ready.intake.report, first).await?;
                    show_earlier(&mut request, &self.listener, done.id(), first).await?;
                }
                written.push(done);
            }
            request.finish().await?;
            for done in written {
                match done {
                    Written::New(_) => summary.new += 1,
                    Written::Changed(..) => summary.changed += 1,
                    Written::Same(_) => summary.same += 1,
                }
            }
            Ok(())
        })
    }
}

/// A conversation that names itself nowhere is called after its file and line. Files of one name in
/// two folders are two files, so their folder tells them apart; standard input has none, so there
/// what is said does.
fn tell_apart(conversation: &mut Conversation, file: &str) {
    let stem = input::stem(Path::new(file));
    let rest = conversation.id.strip_prefix(&stem);
    let line = |rest: &str| {
        rest.strip_prefix(':').is_some_and(|line| line.bytes().all(|b| b.is_ascii_digit()))
    };
    let made_up = rest.is_some_and(|rest| rest.is_empty() || line(rest));
    if conversation.external_id.is_some() || !made_up {
        return;
    }
    let mut digest = Sha256::new();
    if file == "-" {
        for turn in &conversation.turns {
            digest.update(turn.party.id());
            digest.update([0]);
            digest.update(&turn.text);
            digest.update([0]);
        }
        conversation.id = stem;
    } else {
        let whole = std::path::absolute(file).unwrap_or_else(|_| PathBuf::from(file));
        let folder = whole.parent().map(|folder| folder.as_os_str().as_encoded_bytes());
        digest.update(folder.unwrap_or_default());
    }
    let hex: String = digest.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    conversation.id = format!("{}@{hex}", conversation.id);
}

#[cfg(test)]
mod tests {
    use gehoord_conversation::{Channel, Party, Turn};

    use super::*;

    fn name(id: &str, file: &str, text: &str) -> String {
        let mut conversation = Conversation::new(id, Channel::Chat);
        conversation.turns.push(Turn::new(Party::Customer, text));
        tell_apart(&mut conversation, file);
        conversation.id
    }

    #[test]
    fn what_has_a_name_keeps_it_and_what_has_none_is_told_apart() {
        assert_eq!(name("4711", "a/chat.txt", "x"), "4711");
        assert_eq!(name("chat.txt:a", "a/chat.txt", "x"), "chat.txt:a");
        let one = name("chat.txt", "a/chat.txt", "x");
        assert!(one.starts_with("chat.txt@"), "{one}");
        assert_eq!(one, name("chat.txt", "a/chat.txt", "the words changed"));
        assert_ne!(one, name("chat.txt", "b/chat.txt", "x"));
        assert_eq!(name("-:3", "-", "x"), name("-:9", "-", "x"));
        assert_ne!(name("-:3", "-", "x"), name("-:3", "-", "y"));
    }
}
