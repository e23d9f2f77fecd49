//! `gehoord import`: many conversations are masked and heard at once, and kept in order.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use anyhow::{Context, Result, bail};
use gehoord_conversation::{Channel, Conversation};
use gehoord_ingest::pseudonym::Pseudonymiser;
use gehoord_ingest::{Item, Note, Options};
use gehoord_listening::Listener;
use gehoord_server::InForce;
use gehoord_server::importing::{
    Importer, MANY, Ready, Recorded, TOGETHER, name_recording, paired,
};
use gehoord_speech::recording::Heard;
use gehoord_speech::transcribe::conversation;
use gehoord_store::{ErasedCustomers, Status, StoreError, Written};
use tokio::runtime::Runtime;

use super::args::Import;
use super::config::Config;
use super::names::Names;
use super::opened::Opened;
use super::{people, stop};
use crate::args::Tier;
use crate::input::{self, Step};
use crate::listen::MOST_THREADS;
use crate::sound::{self, Recording, transcript_of};
use crate::transcription::{self, Transcription, Wanted};
use crate::ui::Ui;
use crate::{GOOD, SOME_FAILED, pipeline, show};

/// What a worker hands to the writer.
#[derive(Default)]
struct Done {
    /// Lines for standard error.
    remarks: Vec<String>,
    failed: u64,
    /// Conversations of customers who were erased before.
    left_out: u64,
    ready: Option<Box<Placed>>,
}

/// A conversation, masked and heard, and where it was read, for messages.
struct Placed {
    at: String,
    ready: Ready,
}

/// A recording, and the file of its words.
struct Call {
    recording: Recording,
    words: Option<PathBuf>,
}

const WORDLESS: &str = "the words of this call are not known, so how it sounded is kept and its sound \
                        is not: names in it could not be silenced; give them with --transcript, or \
                        have them written out with --stt-model";

const ONE_CHANNEL: &str = "one channel: nobody can tell which words are the customer's, so only how it \
                           sounded is kept, and no words and no sound; record customer and agent on a \
                           channel each, or give a transcript that names the speakers";

/// What everybody needs who is at work on an import.
struct Work<'w> {
    task: &'w Import,
    opened: &'w Opened,
    runtime: &'w Runtime,
    importer: Importer,
    /// Whose conversations are left out; none: nobody's.
    erased: Option<ErasedCustomers>,
    ui: Ui,
}

/// What came of it.
#[derive(Debug, Default)]
struct Summary {
    new: u64,
    changed: u64,
    same: u64,
    failed: u64,
    left_out: u64,
    /// A model for speech to text was wanted, and cannot be used.
    without_model: bool,
}

pub(crate) fn run(
    task: &Import,
    config: &Config,
    opened: &Opened,
    runtime: &Runtime,
    ui: Ui,
) -> Result<u8> {
    let files = input::files(&task.files, "import --team NAME")?;
    let (team, agent, erased) = runtime.block_on(place(task, opened))?;
    let work = Work {
        task,
        opened,
        runtime,
        importer: Importer {
            listener: runtime.block_on(listener(opened, config.tier()))?,
            finder: Arc::new(Pseudonymiser::embedded()),
            source: task.source.clone(),
            team: Some(team),
            agent,
            status: if task.open { Status::Open } else { Status::Closed },
        },
        erased: Some(erased).filter(|_| !task.erased_too),
        ui,
    };
    let stopped = stop::flag(runtime);
    let mut summary = Summary::default();
    let model = config.file("stt_model");
    let done = work.all(&files, model, &stopped, &mut summary);
    runtime.block_on(async {
        let counted = match summary.new + summary.changed {
            many if many >= MANY.unsigned_abs() => opened.store.count_up().await,
            _ => Ok(()),
        };
        opened.closed(done.and_then(|()| Ok(counted?)).map(|()| GOOD)).await
    })?;
    let mut said = ui.imported(summary.new, summary.changed, summary.same, summary.failed);
    if summary.left_out > 0 {
        said += &ui.left_out(summary.left_out);
    }
    show::print(&said)?;
    if stopped.load(Ordering::Relaxed) {
        eprintln!("{}", ui.stopped());
        return Ok(SOME_FAILED);
    }
    Ok(if summary.failed > 0 || summary.without_model { SOME_FAILED } else { GOOD })
}

/// The ears that the organisation decided on.
async fn listener(opened: &Opened, tier: Tier) -> Result<Arc<Listener>> {
    let in_force = InForce::new(Arc::new(tier.listener()?));
    in_force.follow(&opened.store).await?;
    Ok(in_force.listener())
}

/// The ids of the team and the agent that were named, and who was erased before.
async fn place(
    task: &Import,
    opened: &Opened,
) -> Result<(String, Option<String>, ErasedCustomers)> {
    let mut request = opened.request("import.team").await?;
    let agent = match &task.agent_login {
        Some(login) => Some(people::by_login(&mut request, login).await?.id),
        None => None,
    };
    let team = request.add_team(&task.team, None).await?;
    let erased = request.erased_customers().await?;
    request.finish().await?;
    Ok((team, agent, erased))
}

impl Work<'_> {
    fn all(
        &self,
        files: &[PathBuf],
        model: Option<&Path>,
        stopped: &Arc<AtomicBool>,
        summary: &mut Summary,
    ) -> Result<()> {
        let options = Options {
            from: self.task.from,
            locale: self.task.locale.clone(),
            channel: self.task.channel,
            agents: self.task.agents.clone(),
            map: self.task.map.clone(),
            ..Options::default()
        };
        let bytes = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&bytes);
        let (calls, files) = self.calls(files)?;
        let wordless = calls.iter().any(|call| call.words.is_none());
        let writes = match model.filter(|_| wordless).map(|model| self.writes(model, stopped)) {
            Some(Err(error)) => {
                summary.without_model = true;
                eprintln!("{}", self.ui.no_speech_to_text(&self.ui.error(&error)).trim_end());
                None
            }
            Some(Ok(writes)) => Some(writes),
            None => None,
        };
        if !self.keep_calls(&calls, writes.as_ref(), &options, stopped, summary)? {
            return Ok(());
        }
        let progress = input::progress(&files, self.task.quiet);
        let options_of_steps = options.clone();
        let steps =
            files.iter().flat_map(move |file| input::steps_of(file, &options_of_steps, &counter));
        let mut batch: Vec<Placed> = Vec::with_capacity(TOGETHER);
        let mut problem = None;
        let mut write = |batch: &mut Vec<Placed>| {
            let written = self.write(batch, summary);
            batch.clear();
            written.map(|remarks| {
                for remark in remarks {
                    progress.suspend(|| eprintln!("{remark}"));
                }
            })
        };
        let (mut failed, mut left_out) = (0, 0);
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
                left_out += done.left_out;
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
        summary.left_out += left_out;
        progress.finish_and_clear();
        problem.map_or(Ok(()), Err)
    }

    /// What writes out the words of recordings that come without.
    fn writes(&self, model: &Path, stopped: &Arc<AtomicBool>) -> Result<Transcription> {
        let threads = input::jobs(self.task.jobs).min(MOST_THREADS);
        let (locale, quiet) = (self.task.locale.as_ref(), self.task.quiet);
        let wanted = Wanted { locale, save: None, quiet };
        Ok(Transcription::open(model, threads, wanted)?.until(stopped))
    }

    /// The recordings among the files with the files of their words; and the files that are left.
    fn calls(&self, files: &[PathBuf]) -> Result<(Vec<Call>, Vec<PathBuf>)> {
        let recordings: Vec<Option<Recording>> = files
            .iter()
            .map(|file| {
                // A format that is said is that of the words.
                let plain = self.task.from.is_some() && self.task.transcript.is_none();
                Recording::of(file).filter(|_| !plain)
            })
            .collect();
        let names: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
        let mut words: Vec<Option<PathBuf>> = {
            let named: Vec<(&str, bool)> =
                names.iter().zip(&recordings).map(|(n, r)| (n.as_str(), r.is_some())).collect();
            paired(&named).into_iter().map(|at| Some(files.get(at?)?.clone())).collect()
        };
        if let Some(transcript) = &self.task.transcript {
            if files.len() != 1 || recordings.iter().flatten().count() != 1 {
                bail!("--transcript goes with one recording, such as 'gehoord import call.wav'");
            }
            words = vec![Some(transcript.clone())];
        }
        let used: Vec<&PathBuf> = words.iter().flatten().collect();
        let left: Vec<PathBuf> = files
            .iter()
            .zip(&recordings)
            .filter(|(file, recording)| recording.is_none() && !used.contains(file))
            .map(|(file, _)| file.clone())
            .collect();
        let calls = recordings.into_iter().zip(words.clone());
        let calls =
            calls.filter_map(|(recording, words)| Some(Call { recording: recording?, words }));
        Ok((calls.collect(), left))
    }

    /// Keeps recordings; false when it was stopped.
    fn keep_calls(
        &self,
        calls: &[Call],
        writes: Option<&Transcription>,
        options: &Options,
        stopped: &AtomicBool,
        summary: &mut Summary,
    ) -> Result<bool> {
        for call in calls {
            if stopped.load(Ordering::Relaxed) {
                return Ok(false);
            }
            // One by one: a call takes much memory until it is kept.
            match self.call(call, writes, options) {
                Ok((None, _)) => summary.left_out += 1,
                Ok((Some(ready), remarks)) => {
                    remarks.iter().for_each(|remark| eprintln!("{remark}"));
                    let at = call.recording.name.to_string();
                    for remark in self.write(&mut vec![Placed { at, ready }], summary)? {
                        eprintln!("{remark}");
                    }
                }
                Err(_) if stopped.load(Ordering::Relaxed) => return Ok(false),
                Err(error) => {
                    summary.failed += 1;
                    eprintln!("{}: {}", call.recording.name, self.ui.error(&error));
                }
            }
        }
        Ok(true)
    }

    /// A recording, heard with its words, and what there is to say about it; none where it is left
    /// out.
    fn call(
        &self,
        call: &Call,
        writes: Option<&Transcription>,
        options: &Options,
    ) -> Result<(Option<Ready>, Vec<String>)> {
        let agent = self.task.agent_channel.map(|channel| usize::from(channel) - 1);
        let (mut given, mut notes) = match &call.words {
            Some(words) => transcript_of(words, options)?,
            None => {
                let channel = options.channel.unwrap_or(Channel::Phone);
                let mut given = Conversation::new("recording", channel);
                given.locale.clone_from(&options.locale);
                (given, Vec::new())
            }
        };
        if self.leaves_out(&given) {
            return Ok((None, Vec::new()));
        }
        let said = Some(&given).filter(|given| !given.turns.is_empty());
        let mut heard = call.recording.heard(agent, said, self.task.keep_sound > 0)?;
        if said.is_some_and(|said| heard.is_of_another_call(said)) {
            bail!("the words lie where nobody speaks; is this the transcript of this call?");
        }
        notes.extend(sound::told(&heard, agent.is_some()));
        let print = self.opened.store.fingerprint(&call.recording.fingerprint()?);
        name_recording(&mut given, &call.recording.ending(), &print);
        if call.words.is_none() {
            notes.extend(self.write_out(&call.recording, &mut heard, &mut given, writes)?);
        }
        let ready = self.ready(given)?.recorded(Recorded::new(heard, self.task.keep_sound));
        let (ui, name) = (self.ui, &call.recording.name);
        let note = |note: String| format!("{name}: {}: {}", ui.note(), ui.told(&note));
        let remarks = match self.task.quiet {
            true => Vec::new(),
            false => notes.into_iter().map(note).collect(),
        };
        Ok((Some(ready), remarks))
    }

    /// Gives a recording the words that can be heard in it, and says what is to be known of them.
    fn write_out(
        &self,
        recording: &Recording,
        heard: &mut Heard,
        given: &mut Conversation,
        writes: Option<&Transcription>,
    ) -> Result<Vec<String>> {
        let Some(writes) = writes else { return Ok(vec![WORDLESS.to_owned()]) };
        if heard.voice.voices.len() != 2 {
            return Ok(vec![ONE_CHANNEL.to_owned()]);
        }
        let known = self.runtime.block_on(async {
            let mut request = self.opened.request("import.words").await?;
            let known = request.known_with_words(&self.importer.source, &given.id).await?;
            request.keep().await?;
            Ok::<_, StoreError>(known)
        })?;
        if known.is_some() {
            return Ok(vec!["its words are kept already, and not written out again".to_owned()]);
        }
        let written = writes.write_out(recording, &heard.voice, &heard.speech)?;
        let locale = writes.locale(written.language.as_deref());
        if let Some(said) = conversation(&given.id, locale, &written.lines) {
            heard.add_words(&said);
            *given = said;
        }
        Ok(transcription::notes(&written))
    }

    fn hear(&self, step: Step) -> Done {
        let failed = |remark: String| Done { remarks: vec![remark], failed: 1, ..Done::default() };
        let (file, item) = match step {
            Step::End(_) => return Done::default(),
            Step::Broken(file, message) => {
                return failed(format!("{file}: {}", self.ui.told(&message)));
            }
            Step::Item(file, item) => (file, *item),
        };
        let imported = match item {
            Item::Problem(problem) => {
                return failed(format!(
                    "{file}:{}: {}",
                    problem.line,
                    problem.told(self.ui.language())
                ));
            }
            Item::Conversation(imported) => imported,
        };
        let at = format!("{file}:{}", imported.line);
        let notes = imported.notes.iter().filter(|_| !self.task.quiet);
        let told =
            |note: &Note| format!("{at}: {}: {}", self.ui.note(), note.told(self.ui.language()));
        let remarks = notes.map(told).collect();
        let mut given = imported.conversation;
        if self.leaves_out(&given) {
            return Done { left_out: 1, ..Done::default() };
        }
        self.names().tell_apart(&mut given, Path::new(file.as_ref()));
        match self.ready(given) {
            Ok(ready) => {
                let ready = Some(Box::new(Placed { at, ready }));
                Done { remarks, ready, ..Done::default() }
            }
            Err(error) => failed(format!("{at}: {}", self.ui.told(&error.to_string()))),
        }
    }

    /// Whether the customer was erased before, and should not come back unseen.
    fn leaves_out(&self, given: &Conversation) -> bool {
        let customer = given.customer.as_deref();
        self.erased.as_ref().zip(customer).is_some_and(|(erased, name)| erased.contains(name))
    }

    fn names(&self) -> Names<'_> {
        Names { store: &self.opened.store, finder: &self.importer.finder }
    }

    fn ready(&self, mut given: Conversation) -> Result<Ready, StoreError> {
        self.names().hide_personal(&mut given);
        let known = self.runtime.block_on(async {
            let mut request = self.opened.request("import.masks").await?;
            let known = self.importer.known(&mut request, &given).await?;
            request.keep().await?;
            Ok::<_, StoreError>(known)
        })?;
        self.importer.ready(given, known)
    }

    /// Keeps a batch; what of it cannot be kept is told and counted.
    fn write(&self, batch: &mut Vec<Placed>, summary: &mut Summary) -> Result<Vec<String>> {
        let mut remarks = Vec::new();
        let placed = std::mem::take(batch);
        let (places, mut batch): (Vec<String>, Vec<Ready>) =
            placed.into_iter().map(|placed| (placed.at, placed.ready)).unzip();
        if batch.is_empty() || self.try_write(&mut batch, summary).is_ok() {
            return Ok(remarks);
        }
        // One of them cannot be kept; the others should be.
        for (at, one) in places.iter().zip(&mut batch) {
            if let Err(error) = self.try_write(std::slice::from_mut(one), summary) {
                self.runtime.block_on(self.opened.store.ping()).context("writing")?;
                summary.failed += 1;
                remarks.push(format!("{at}: {}", self.ui.told(&error.to_string())));
            }
        }
        Ok(remarks)
    }

    fn try_write(&self, batch: &mut [Ready], summary: &mut Summary) -> Result<(), StoreError> {
        self.runtime.block_on(async {
            let mut request = self.opened.request("import").await?;
            let written = self.importer.write(&mut request, batch).await?;
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
