//! Words of recordings: speech to text, with how far it came, and the transcript as a file.

use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result, bail, ensure};
use gehoord_conversation::Locale;
use gehoord_conversation::voice::{TimeSpan, VoiceReport};
use gehoord_server::clock;
use gehoord_speech::audio::AudioReader;
use gehoord_speech::transcribe::{ModelSize, Said, Stretch, Transcriber, Written, plan, write_out};
use indicatif::{ProgressBar, ProgressStyle};

use crate::sound::Recording;
use partial::Partial;

mod partial;
mod saved;

/// Where nobody looks at a bar, a line is printed each tenth of the way.
const STEPS: u64 = 10;

/// Whether there is speech to text in this program.
pub(crate) const BUILT: bool = cfg!(feature = "whisper");

/// A model that was read.
pub(crate) struct Loaded {
    pub(crate) transcriber: Arc<dyn Transcriber>,
    pub(crate) size: ModelSize,
    /// The bytes of its file.
    pub(crate) bytes: Vec<u8>,
}

/// Reads a model, which uses so many threads for what it writes out.
///
/// # Errors
/// When it cannot be read or is none, or this program has no speech to text; with what to do.
#[cfg(feature = "whisper")]
pub(crate) fn load(file: &Path, threads: usize) -> Result<Loaded> {
    let shown = file.display();
    let bytes = std::fs::read(file).with_context(|| {
        format!("cannot read the model {shown} (scripts/speech-model gets one)")
    })?;
    let whisper = gehoord_speech::transcribe::Whisper::new(&bytes, threads)
        .with_context(|| shown.to_string())?;
    Ok(Loaded { size: whisper.size(), transcriber: Arc::new(whisper), bytes })
}

/// Says that there is no speech to text in this program, and how to get it.
#[cfg(not(feature = "whisper"))]
pub(crate) fn load(_file: &Path, _threads: usize) -> Result<Loaded> {
    bail!("{}, or give the words with --transcript FILE", gehoord_server::speech_to_text::NOT_BUILT)
}

/// Speech to text for the recordings of one run.
pub(crate) struct Transcription {
    transcriber: Arc<dyn Transcriber>,
    /// What the transcript says about its making.
    model: Model,
    locale: Option<Locale>,
    /// Where the transcript goes.
    save: Option<PathBuf>,
    quiet: bool,
    bar: ProgressBar,
    /// Somebody wants it to stop.
    stopped: Option<Arc<AtomicBool>>,
}

/// Which model it was.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Model {
    /// Name of its file.
    name: String,
    /// SHA-256 of its file.
    sha256: String,
}

/// How the words of a run are wanted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<'a> {
    pub(crate) locale: Option<&'a Locale>,
    pub(crate) save: Option<&'a Path>,
    pub(crate) quiet: bool,
}

impl Transcription {
    /// Reads a model. It uses so many threads for each recording.
    pub(crate) fn open(model: &Path, threads: usize, wanted: Wanted<'_>) -> Result<Self> {
        let Loaded { transcriber, bytes, .. } = load(model, threads)?;
        let model = Model {
            name: crate::input::stem(model),
            sha256: gehoord_server::importing::fingerprint(&mut &bytes[..])?,
        };
        Self::new(transcriber, model, wanted)
    }

    fn new(transcriber: Arc<dyn Transcriber>, model: Model, wanted: Wanted<'_>) -> Result<Self> {
        if let Some(file) = wanted.save.filter(|file| file.exists()) {
            let shown = file.display();
            bail!(
                "{shown} is there already; hear it with --transcript {shown}, or choose another \
                 name for --save-transcript"
            );
        }
        let bar = match wanted.quiet || !io::stderr().is_terminal() {
            true => ProgressBar::hidden(),
            false => ProgressBar::new(0),
        };
        if let Ok(style) = ProgressStyle::with_template("{bar:40} {percent} % {eta}") {
            bar.set_style(style);
        }
        Ok(Self {
            transcriber,
            model,
            locale: wanted.locale.cloned(),
            save: wanted.save.map(Path::to_owned),
            quiet: wanted.quiet,
            bar,
            stopped: None,
        })
    }

    /// The same, which ends after a stretch when this becomes true.
    pub(crate) fn until(self, stopped: &Arc<AtomicBool>) -> Self {
        Self { stopped: Some(Arc::clone(stopped)), ..self }
    }

    /// The locale of what was said: the one that was asked for, or else the language that was heard.
    pub(crate) fn locale(&self, heard: Option<&str>) -> Option<Locale> {
        self.locale.clone().or_else(|| heard?.parse().ok())
    }

    /// How far it is, over all recordings.
    pub(crate) fn bar(&self) -> &ProgressBar {
        &self.bar
    }

    /// Writes out a recording of which it is known where each channel has speech, and goes on where
    /// it stopped an earlier time.
    pub(crate) fn write_out(
        &self,
        recording: &Recording,
        voice: &VoiceReport,
        speech: &[Vec<TimeSpan>],
    ) -> Result<Written> {
        let stretches = plan(speech);
        let all: u64 = stretches.iter().map(|stretch| u64::from(stretch.speech_ms())).sum();
        self.bar.inc_length(all);
        let asked = self.locale.as_ref().and_then(|locale| locale.as_str().split('-').next());
        let mut partial = match &self.save {
            Some(file) => {
                let sound = recording.fingerprint()?;
                Some(Partial::open(file, &sound, &self.model, asked)?)
            }
            None => None,
        };
        let earlier = partial.as_mut().map(Partial::take).unwrap_or_default();
        let known = |stretch: &&Stretch| earlier.contains_key(&(stretch.channel, stretch.span()));
        let done = stretches.iter().filter(known).map(|stretch| u64::from(stretch.speech_ms()));
        let mut way = Way { all, done: done.sum(), step: 0 };
        let open = stretches.iter().filter(|stretch| !known(stretch)).count();
        self.tell_start(recording, &way, partial.as_ref(), open);
        self.bar.inc(way.done);
        let reader = AudioReader::open(recording.kind, Box::new(recording.open()?))?;
        let tell = |stretch: &Stretch, words: &Said| {
            if let Some(partial) = &mut partial {
                partial.add(stretch, words)?;
            }
            self.tell(recording, &mut way, stretch);
            let stopped = self.stopped.as_ref().is_some_and(|flag| flag.load(Ordering::Relaxed));
            ensure!(!stopped, "stopped before all of it was written out");
            Ok(())
        };
        let said = write_out(&*self.transcriber, reader, &stretches, earlier, asked, tell)?;
        let written = Written::new(voice, said);
        if let Some(partial) = partial {
            saved::write(partial.goal(), &written, &self.model)?;
            partial.remove();
        }
        Ok(written)
    }

    fn tell_start(
        &self,
        recording: &Recording,
        way: &Way,
        partial: Option<&Partial>,
        stretches: usize,
    ) {
        let name = &recording.name;
        let mut line = match way.done {
            0 => format!("{name}: writing out {} of speech", clock(way.all)),
            done => {
                format!("{name}: going on at {} of {} of speech", clock(done), clock(way.all))
            }
        };
        if let Some(partial) = partial.filter(|_| stretches > 0) {
            let shown = partial.file().display();
            line +=
                &format!("; what is done stands in {shown}, from where the same command goes on");
        }
        self.say(&line);
    }

    fn tell(&self, recording: &Recording, way: &mut Way, stretch: &Stretch) {
        way.done += u64::from(stretch.speech_ms());
        self.bar.inc(stretch.speech_ms().into());
        let step = way.done * STEPS / way.all.max(1);
        if self.bar.is_hidden() && step > way.step {
            way.step = step;
            self.say(&format!("{}: {} of {}", recording.name, clock(way.done), clock(way.all)));
        }
    }

    fn say(&self, line: &str) {
        if !self.quiet {
            self.bar.suspend(|| eprintln!("{line}"));
        }
    }
}

/// Milliseconds of speech of one recording, and the step that was told last.
struct Way {
    all: u64,
    done: u64,
    step: u64,
}

/// What is to be known about words that were written out.
pub(crate) fn notes(written: &Written) -> Vec<String> {
    match written.sure {
        None => vec!["no words were heard".to_owned()],
        Some(mean) if written.is_unsure() => vec![format!(
            "the words were hard to hear (sure {:.0} % on average), so what is told of them may be \
             wrong",
            mean * 100.0
        )],
        Some(_) => Vec::new(),
    }
}

/// Writes a file that is there as a whole or not at all.
fn write_whole(file: &Path, write: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<()> {
    let shown = file.display();
    let mut name = file.as_os_str().to_owned();
    name.push(".unfinished");
    let unfinished = PathBuf::from(name);
    let done = File::create(&unfinished).map_err(anyhow::Error::from).and_then(|out| {
        let mut out = io::BufWriter::new(out);
        write(&mut out)?;
        out.flush()?;
        Ok(std::fs::rename(&unfinished, file)?)
    });
    done.with_context(|| format!("cannot write {shown}"))
}

#[cfg(test)]
mod tests;
