//! Recordings of calls: which files are one, and what is heard in them.

use std::borrow::Cow;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use gehoord_coaching::review;
use gehoord_conversation::voice::VoiceReport;
use gehoord_conversation::wire::{WireCall, WireLine, WireReport};
use gehoord_conversation::{Conversation, Report};
use gehoord_ingest::{Item, Options};
use gehoord_listening::Listener;
use gehoord_speech::audio::{AudioReader, Kind, kind_of};
use gehoord_speech::call::{Fit, lay_beside};
use gehoord_speech::transcribe::{Line, conversation};
use gehoord_speech::{Call, Layout};

use crate::transcription::Transcription;

/// Of two channels the agent is on the second, where nobody says so.
const AGENT_CHANNEL: usize = 1;

/// What is noted where that is so.
const CHANNEL_GUESSED: &str =
    "channel 2 was taken to be the agent; use --agent-channel 1 to say otherwise";

/// A file that is a recording.
#[derive(Debug, Clone)]
pub(crate) struct Recording {
    /// What it is called in messages.
    pub(crate) name: Arc<str>,
    file: PathBuf,
    pub(crate) kind: Kind,
}

impl Recording {
    /// The recording in a file; `None` where it is something else or cannot be read.
    pub(crate) fn of(file: &Path) -> Option<Self> {
        let mut head = Vec::new();
        File::open(file).ok()?.take(64).read_to_end(&mut head).ok()?;
        let kind = kind_of(file.to_str(), &head)?;
        Some(Self { name: file.display().to_string().into(), file: file.to_owned(), kind })
    }

    /// Its bytes, from the start.
    pub(crate) fn open(&self) -> Result<File> {
        File::open(&self.file).context("cannot be read")
    }
}

/// What is known about recordings besides their sound.
#[derive(Default)]
pub(crate) struct Given {
    /// The channel of the agent, 0 or 1.
    pub(crate) agent: Option<usize>,
    /// What was said in the one recording that there is, and what was noted while reading it.
    pub(crate) words: Option<(Conversation, Vec<String>)>,
    /// What writes out the words, where they were not given.
    pub(crate) writes: Option<Transcription>,
}

impl Given {
    /// Reads a transcript.
    pub(crate) fn new(
        agent_channel: Option<u8>,
        transcript: Option<&Path>,
        options: &Options,
    ) -> Result<Self> {
        let agent = agent_channel.map(|channel| usize::from(channel) - 1);
        let Some(path) = transcript else { return Ok(Self { agent, ..Self::default() }) };
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
            bail!(
                "{shown}: holds more than one conversation; give the transcript of this call alone"
            );
        }
        let notes = imported.notes.iter().map(|note| format!("{shown}: {note}")).collect();
        Ok(Self { agent, words: Some((imported.conversation, notes)), writes: None })
    }
}

/// What was heard in a recording.
#[derive(Debug)]
pub(crate) struct Heard<'g> {
    /// Name of the recording.
    pub(crate) id: String,
    /// How it was said.
    pub(crate) voice: VoiceReport,
    /// What was said.
    pub(crate) words: Option<(Cow<'g, Conversation>, Report)>,
    /// What was written out here, turn by turn.
    pub(crate) lines: Vec<Line>,
    /// What could not be read or was guessed.
    pub(crate) notes: Vec<String>,
}

impl Heard<'_> {
    /// As JSON.
    pub(crate) fn wire(&self) -> WireCall {
        let words = self.words.as_ref().map(|(said, report)| WireReport::new(report, said));
        let line = |line: &Line| WireLine::new(line.party, line.span(), line.text());
        WireCall {
            notes: self.notes.clone(),
            transcript: self.lines.iter().map(line).collect(),
            ..WireCall::new(&self.id, &self.voice, words)
        }
    }
}

/// Hears a recording from its start to its end, with memory that hardly grows.
pub(crate) fn hear<'g>(
    recording: &Recording,
    given: &'g Given,
    listener: &Listener,
) -> Result<Heard<'g>> {
    let mut reader = AudioReader::open(recording.kind, Box::new(recording.open()?))?;
    let two = reader.channels() == 2;
    let layout = match two {
        true => Layout::Two { agent: given.agent.unwrap_or(AGENT_CHANNEL) },
        false => Layout::One,
    };
    let mut call = Call::new(reader.rate(), layout);
    while !call.is_full()
        && let Some(block) = reader.next_block()
    {
        call.push(&block.channels);
    }
    let mut notes = reader.notes();
    if call.is_full() {
        notes.push("only the first twelve hours were heard".to_owned());
    }
    let (mut voice, speech) = call.finish_with_speech();
    if !two {
        notes.push("one channel: its voices are not told apart".to_owned());
    }
    if let Some(writes) = &given.writes {
        let written = writes.write_out(recording, &voice, &speech)?;
        notes.extend(written.notes);
        let locale = writes.locale(written.language.as_deref());
        let said = conversation(&crate::input::stem(&recording.file), locale, &written.lines);
        if said.is_none() && !two {
            notes.push(
                "the words stand as they were heard: nobody can tell which are the customer's, so \
                 nothing is told of what was felt or how it was answered"
                    .to_owned(),
            );
        }
        if two && given.agent.is_none() {
            notes.push(CHANNEL_GUESSED.to_owned());
        }
        let words = said.map(|said| {
            lay_beside(&mut voice, &said);
            let report = review(listener, &said);
            (Cow::Owned(said), report)
        });
        let id = crate::input::stem(&recording.file);
        return Ok(Heard { id, voice, words, lines: written.lines, notes });
    }
    let mut agent_known = given.agent.is_some();
    let words = given.words.as_ref().map(|(said, noted)| {
        notes.extend(noted.iter().cloned());
        match lay_beside(&mut voice, said) {
            Fit::NoTimes => notes.push(
                "the transcript has no times, so its words do not stand beside the voices".to_owned(),
            ),
            Fit::Fits => agent_known = true,
            Fit::Swapped if given.agent.is_some() => notes.push(
                "the words of the agent lie where the customer speaks; try the other --agent-channel"
                    .to_owned(),
            ),
            Fit::Swapped => {
                voice = std::mem::take(&mut voice).swapped();
                lay_beside(&mut voice, said);
                agent_known = true;
            }
        }
        (Cow::Borrowed(said), review(listener, said))
    });
    if two && !agent_known {
        notes.push(CHANNEL_GUESSED.to_owned());
    }
    let id = crate::input::stem(&recording.file);
    Ok(Heard { id, voice, words, lines: Vec::new(), notes })
}
