//! Words of recordings: speech to text, with how far it came, and the transcript as a file.

use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use gehoord_conversation::Locale;
use gehoord_conversation::voice::{TimeSpan, VoiceReport};
use gehoord_server::clock;
use gehoord_speech::audio::AudioReader;
use gehoord_speech::transcribe::{Cutter, Line, Said, Stretch, Transcriber, Word, lines, plan};
use indicatif::{ProgressBar, ProgressStyle};

use crate::sound::Recording;
use partial::Partial;

mod partial;
mod saved;

/// Words that are heard less surely than this on average deserve a warning.
const UNSURE: f32 = 0.5;
/// A language is told from so many words.
const ENOUGH_WORDS: usize = 5;
/// Where nobody looks at a bar, a line is printed each tenth of the way.
const STEPS: u64 = 10;

/// Speech to text for the recordings of one run.
pub(crate) struct Transcription {
    transcriber: Box<dyn Transcriber>,
    /// What the transcript says about its making.
    model: Model,
    locale: Option<Locale>,
    /// Where the transcript goes.
    save: Option<PathBuf>,
    quiet: bool,
    bar: ProgressBar,
}

/// Which model it was.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Model {
    /// Name of its file.
    name: String,
    /// SHA-256 of its file.
    sha256: String,
}

/// What was written out of one recording.
#[derive(Debug)]
pub(crate) struct Written {
    /// What was said in each turn.
    pub(crate) lines: Vec<Line>,
    /// The language in which most was said.
    pub(crate) language: Option<String>,
    /// What is to be known about it.
    pub(crate) notes: Vec<String>,
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
    #[cfg(feature = "whisper")]
    pub(crate) fn open(model: &Path, threads: usize, wanted: Wanted<'_>) -> Result<Self> {
        let shown = model.display();
        let bytes = std::fs::read(model).with_context(|| {
            format!("cannot read the model {shown} (scripts/speech-model gets one)")
        })?;
        let whisper = gehoord_speech::transcribe::Whisper::new(&bytes, threads)
            .with_context(|| shown.to_string())?;
        let model = Model {
            name: crate::input::stem(model),
            sha256: gehoord_server::importing::fingerprint(&mut &bytes[..])?,
        };
        Self::new(Box::new(whisper), model, wanted)
    }

    /// Says that there is no speech to text in this program, and how to get it.
    #[cfg(not(feature = "whisper"))]
    pub(crate) fn open(_model: &Path, _threads: usize, _wanted: Wanted<'_>) -> Result<Self> {
        bail!(
            "this gehoord was built without speech to text; build it with 'cargo build --release \
             --features whisper' (cmake and a C++ compiler are needed), or give the words with \
             --transcript FILE"
        )
    }

    #[cfg_attr(
        not(any(feature = "whisper", test)),
        expect(dead_code, reason = "a model is needed")
    )]
    fn new(transcriber: Box<dyn Transcriber>, model: Model, wanted: Wanted<'_>) -> Result<Self> {
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
        })
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
        let mut way = Way { all, done: 0, step: 0 };
        let mut said: Vec<(&Stretch, Said)> = Vec::new();
        let mut open: Vec<&Stretch> = Vec::new();
        for stretch in &stretches {
            match earlier.get(&(stretch.channel, stretch.span())) {
                Some(words) => {
                    way.done += u64::from(stretch.speech_ms());
                    said.push((stretch, words.clone()));
                }
                None => open.push(stretch),
            }
        }
        self.tell_start(recording, &way, partial.as_ref(), open.len());
        self.bar.inc(way.done);
        let mut language =
            asked.map(str::to_owned).or_else(|| said.iter().find_map(|(_, said)| guessed(said)));
        self.cut(recording, &open, |stretch, samples| {
            let words = self.transcriber.transcribe(samples, language.as_deref())?;
            // What was guessed of the first words holds for the others.
            language = language.take().or_else(|| guessed(&words));
            if let Some(partial) = &mut partial {
                partial.add(stretch, &words)?;
            }
            said.push((stretch, words));
            self.tell(recording, &mut way, stretch);
            Ok(())
        })?;
        let written = self.together(voice, speech.len(), said);
        if let Some(partial) = partial {
            saved::write(partial.goal(), &written, &self.model)?;
            partial.remove();
        }
        Ok(written)
    }

    /// Reads the recording again, stretch by stretch.
    fn cut<'p>(
        &self,
        recording: &Recording,
        stretches: &[&'p Stretch],
        mut take: impl FnMut(&'p Stretch, &[f32]) -> Result<()>,
    ) -> Result<()> {
        let mut reader = AudioReader::open(recording.kind, Box::new(recording.open()?))?;
        let mut cutter = Cutter::new(reader.rate(), reader.channels(), stretches.iter().copied());
        while let Some(block) = reader.next_block() {
            cutter.push(&block.channels, &mut take)?;
        }
        cutter.finish(take)
    }

    /// Words in their places, and what is to be known about them.
    fn together(
        &self,
        voice: &VoiceReport,
        channels: usize,
        said: Vec<(&Stretch, Said)>,
    ) -> Written {
        let mut words: Vec<Vec<Word>> = vec![Vec::new(); channels];
        let mut languages: Vec<(String, usize)> = Vec::new();
        for (stretch, said) in said {
            match languages.iter_mut().find(|(language, _)| *language == said.language) {
                Some((_, count)) => *count += said.words.len(),
                None => languages.push((said.language, said.words.len())),
            }
            let placed =
                said.words.into_iter().map(|word| Word { span: stretch.placed(word.span), ..word });
            words[stretch.channel].extend(placed);
        }
        words.iter_mut().for_each(|words| words.sort_by_key(|word| word.span.start_ms));
        let language = languages.into_iter().max_by_key(|(_, count)| *count).map(|(code, _)| code);
        let sure: Vec<f32> = words.iter().flatten().map(|word| word.confidence).collect();
        let mean = sure.iter().sum::<f32>() / sure.len().max(1) as f32;
        let mut notes = Vec::new();
        if sure.is_empty() {
            notes.push("no words were heard".to_owned());
        } else if mean < UNSURE {
            notes.push(format!(
                "the words were hard to hear (sure {:.0} % on average), so what is told of them may \
                 be wrong",
                mean * 100.0
            ));
        }
        Written { lines: lines(voice, &words), language, notes }
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

/// The language of a stretch, where it has words enough to tell.
fn guessed(said: &Said) -> Option<String> {
    (said.words.len() >= ENOUGH_WORDS).then(|| said.language.clone())
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
