//! Recordings of calls: which files are one, and what is heard in them.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use gehoord_coaching::review;
use gehoord_conversation::voice::VoiceReport;
use gehoord_conversation::wire::{WireCall, WireReport};
use gehoord_conversation::{Conversation, Report};
use gehoord_ingest::{Item, Options};
use gehoord_listening::Listener;
use gehoord_server::importing::fingerprint;
use gehoord_speech::audio::{AudioReader, Kind, kind_of};
use gehoord_speech::call::Fit;
use gehoord_speech::recording;

/// A file that is a recording.
#[derive(Debug, Clone)]
pub(crate) struct Recording {
    /// What it is called in messages.
    pub(crate) name: Arc<str>,
    file: PathBuf,
    kind: Kind,
}

impl Recording {
    /// The recording in a file; `None` where it is something else or cannot be read.
    pub(crate) fn of(file: &Path) -> Option<Self> {
        let mut head = Vec::new();
        File::open(file).ok()?.take(64).read_to_end(&mut head).ok()?;
        let kind = kind_of(file.to_str(), &head)?;
        Some(Self { name: file.display().to_string().into(), file: file.to_owned(), kind })
    }

    /// What is heard in it; with `keep` also its sound.
    pub(crate) fn heard(
        &self,
        agent: Option<usize>,
        words: Option<&Conversation>,
        keep: bool,
    ) -> Result<recording::Heard> {
        let file = File::open(&self.file).context("cannot be read")?;
        let reader = AudioReader::open(self.kind, Box::new(file))?;
        Ok(recording::hear(reader, agent, words, keep))
    }

    /// By what it is known again, whatever it is called.
    pub(crate) fn fingerprint(&self) -> Result<String> {
        let mut file = File::open(&self.file).context("cannot be read")?;
        Ok(fingerprint(&mut file)?)
    }

    /// The ending of its name, in small letters.
    pub(crate) fn ending(&self) -> String {
        let ending = self.file.extension().and_then(|ending| ending.to_str());
        ending.unwrap_or("sound").to_ascii_lowercase()
    }
}

/// What is known about recordings besides their sound.
#[derive(Debug, Default)]
pub(crate) struct Given {
    /// The channel of the agent, 0 or 1.
    pub(crate) agent: Option<usize>,
    /// What was said in the one recording that there is, and what was noted while reading it.
    pub(crate) words: Option<(Conversation, Vec<String>)>,
}

impl Given {
    /// Reads a transcript.
    pub(crate) fn new(
        agent_channel: Option<u8>,
        transcript: Option<&Path>,
        options: &Options,
    ) -> Result<Self> {
        let agent = agent_channel.map(|channel| usize::from(channel) - 1);
        let words = transcript.map(|path| transcript_of(path, options)).transpose()?;
        Ok(Self { agent, words })
    }
}

/// The words of one call, and what was noted while reading them.
pub(crate) fn transcript_of(path: &Path, options: &Options) -> Result<(Conversation, Vec<String>)> {
    let shown = path.display();
    let file = File::open(path).with_context(|| format!("cannot read {shown}"))?;
    let name = crate::input::stem(path);
    let mut items = gehoord_ingest::read(BufReader::new(file), &name, options);
    let imported = match items.next() {
        Some(Item::Conversation(imported)) => imported,
        Some(Item::Problem(problem)) => bail!("{shown}:{}: {}", problem.line, problem.message),
        None => bail!("{shown}: no conversation in this file"),
    };
    if items.next().is_some() {
        bail!("{shown}: holds more than one conversation; give the transcript of this call alone");
    }
    let notes = imported.notes.iter().map(|note| format!("{shown}: {note}")).collect();
    Ok((imported.conversation, notes))
}

/// What was heard in a recording.
#[derive(Debug)]
pub(crate) struct Heard<'g> {
    /// Name of the recording.
    pub(crate) id: String,
    /// How it was said.
    pub(crate) voice: VoiceReport,
    /// What was said.
    pub(crate) words: Option<(&'g Conversation, Report)>,
    /// What could not be read or was guessed.
    pub(crate) notes: Vec<String>,
}

impl Heard<'_> {
    /// As JSON.
    pub(crate) fn wire(&self) -> WireCall {
        let words = self.words.as_ref().map(|(said, report)| WireReport::new(report, said));
        WireCall { notes: self.notes.clone(), ..WireCall::new(&self.id, &self.voice, words) }
    }
}

/// Hears a recording from its start to its end, with memory that hardly grows.
pub(crate) fn hear<'g>(
    recording: &Recording,
    given: &'g Given,
    listener: &Listener,
) -> Result<Heard<'g>> {
    let words = given.words.as_ref();
    let heard = recording.heard(given.agent, words.map(|(said, _)| said), false)?;
    let mut notes = told(&heard, given.agent.is_some());
    notes.extend(words.into_iter().flat_map(|(_, noted)| noted.iter().cloned()));
    let words = words.map(|(said, _)| (said, review(listener, said)));
    Ok(Heard { id: crate::input::stem(&recording.file), voice: heard.voice, words, notes })
}

/// What could not be read or was guessed; `agent_given`: somebody said on which channel the agent is.
pub(crate) fn told(heard: &recording::Heard, agent_given: bool) -> Vec<String> {
    let mut notes = heard.notes.clone();
    let two = heard.voice.voices.len() == 2;
    if !two {
        notes.push("one channel: its voices are not told apart".to_owned());
    }
    match heard.fit {
        Some(Fit::NoTimes) => notes.push(
            "the transcript has no times, so its words do not stand beside the voices".to_owned(),
        ),
        Some(Fit::Swapped) if agent_given => notes.push(
            "the words of the agent lie where the customer speaks; try the other --agent-channel"
                .to_owned(),
        ),
        _ => {}
    }
    if two && !heard.agent_known {
        notes.push(
            "channel 2 was taken to be the agent; use --agent-channel 1 to say otherwise"
                .to_owned(),
        );
    }
    notes
}
