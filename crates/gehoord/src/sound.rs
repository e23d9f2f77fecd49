//! Recordings of calls: which files are one, and what is heard in them.

use std::borrow::Cow;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Error, Result, bail};
use gehoord_coaching::review;
use gehoord_conversation::voice::{VoiceLines, VoiceReport};
use gehoord_conversation::wire::{WireCall, WireLine, WireReport};
use gehoord_conversation::{Conversation, Report};
use gehoord_ingest::{Item, Options};
use gehoord_listening::Listener;
use gehoord_server::Sounded;
use gehoord_server::importing::fingerprint;
use gehoord_speech::audio::{AudioReader, Kind, kind_of};
use gehoord_speech::call::{Fit, lay_beside};
use gehoord_speech::recording;
use gehoord_speech::transcribe::{Line, conversation};

use crate::sheets;
use crate::transcription::{self, Transcription};

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

    /// What is heard in it; with `keep` also its sound.
    pub(crate) fn heard(
        &self,
        agent: Option<usize>,
        words: Option<&Conversation>,
        keep: bool,
    ) -> Result<recording::Heard> {
        let reader = AudioReader::open(self.kind, Box::new(self.open()?))?;
        Ok(recording::hear(reader, agent, words, keep))
    }

    /// By what it is known again, whatever it is called.
    pub(crate) fn fingerprint(&self) -> Result<String> {
        fingerprint(&mut self.open()?).context("cannot be read")
    }

    /// The ending of its name, in small letters.
    pub(crate) fn ending(&self) -> String {
        let ending = self.file.extension().and_then(|ending| ending.to_str());
        ending.unwrap_or("sound").to_ascii_lowercase()
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
        let words = transcript.map(|path| transcript_of(path, options)).transpose()?;
        Ok(Self { agent, words, writes: None })
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
        Some(Item::Problem(problem)) => {
            let place = format!("{shown}:{}", problem.line);
            return Err(Error::msg(problem.message).context(place));
        }
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
    /// How loud and how high both voices were, to be drawn.
    pub(crate) drawn: VoiceLines,
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

    /// For a sheet of it. Words that stand with turns need not stand apart.
    pub(crate) fn for_a_sheet(self) -> sheets::Heard {
        let lines = self.lines.iter().filter(|_| self.words.is_none());
        let said = lines.map(|line| (line.span().start_ms, line.text())).collect();
        sheets::Heard {
            words: self.words.map(|(said, report)| (said.into_owned(), report)),
            sound: Some(Sounded { id: self.id, voice: self.voice, lines: self.drawn, said }),
        }
    }
}

/// Hears a recording from its start to its end, with memory that hardly grows.
pub(crate) fn hear<'g>(
    recording: &Recording,
    given: &'g Given,
    listener: &Listener,
) -> Result<Heard<'g>> {
    let id = crate::input::stem(&recording.file);
    if let Some(writes) = &given.writes {
        return write_out(id, recording, given.agent, writes, listener);
    }
    let words = given.words.as_ref();
    let heard = recording.heard(given.agent, words.map(|(said, _)| said), false)?;
    let mut notes = told(&heard, given.agent.is_some());
    notes.extend(words.into_iter().flat_map(|(_, noted)| noted.iter().cloned()));
    let words = words.map(|(said, _)| (Cow::Borrowed(said), review(listener, said)));
    let (voice, drawn) = (heard.voice, heard.lines);
    Ok(Heard { id, voice, drawn, words, lines: Vec::new(), notes })
}

/// The same, with the words written out here.
fn write_out(
    id: String,
    recording: &Recording,
    agent: Option<usize>,
    writes: &Transcription,
    listener: &Listener,
) -> Result<Heard<'static>> {
    let heard = recording.heard(agent, None, false)?;
    let mut notes = told(&heard, agent.is_some());
    let mut voice = heard.voice;
    let written = writes.write_out(recording, &voice, &heard.speech)?;
    notes.extend(transcription::notes(&written));
    let locale = writes.locale(written.language.as_deref());
    let said = conversation(&id, locale, &written.lines);
    if said.is_none() && voice.voices.len() != 2 {
        notes.push(
            "the words stand as they were heard: nobody can tell which are the customer's, so \
             nothing is told of what was felt or how it was answered"
                .to_owned(),
        );
    }
    let words = said.map(|said| {
        lay_beside(&mut voice, &said);
        let report = review(listener, &said);
        (Cow::Owned(said), report)
    });
    Ok(Heard { id, voice, drawn: heard.lines, words, lines: written.lines, notes })
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
