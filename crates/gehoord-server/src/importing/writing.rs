//! The words of a recording that came without any: written out stretch by stretch away from the
//! threads that answer, and each stretch kept as soon as it is there.

use std::io::Cursor;
use std::sync::Arc;
use std::time::Duration;

use gehoord_conversation::{Conversation, Locale};
use gehoord_speech::audio::{AudioReader, Kind};
use gehoord_speech::recording::Heard;
use gehoord_speech::transcribe::{
    Earlier, Said, Stretch, TranscribeError, Written, conversation, plan, write_out,
};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use super::stretch::{stretch_line, stretch_of};
use crate::speech_to_text::SpeechModel;

/// While a stretch is written out, somebody who waits for a sign of life gets one so often.
pub(super) const SIGN_OF_LIFE: Duration = Duration::from_secs(20);

/// A recording that was heard, and of which no words are known.
pub(super) struct Wordless {
    pub(super) bytes: Arc<[u8]>,
    pub(super) kind: Kind,
    pub(super) locale: Option<Locale>,
}

/// A stretch that was just written out.
pub(super) struct Step {
    /// Its place among the stretches.
    pub(super) number: i64,
    /// As it is kept.
    pub(super) kept: String,
    /// So much speech was written out by now, in milliseconds, and there is so much in all.
    pub(super) done: (u64, u64),
}

/// Why words were not written out.
pub(super) enum Unwritten {
    /// Nobody wants them any more.
    Stopped,
    /// It failed.
    Failed(String),
}

impl From<TranscribeError> for Unwritten {
    fn from(error: TranscribeError) -> Self {
        Self::Failed(error.to_string())
    }
}

/// A line of what was written out, with the model that did.
#[derive(Serialize, Deserialize)]
struct Line<'l> {
    model: &'l str,
    line: String,
}

/// A recording whose words are to be written out.
pub(super) struct Writing {
    pub(super) wordless: Wordless,
    pub(super) heard: Heard,
    /// What was kept of it an earlier time.
    pub(super) earlier: Vec<String>,
    pub(super) model: Arc<SpeechModel>,
}

impl Writing {
    /// Does it, and tells of every step; it ends where nobody listens to that any more.
    pub(super) fn done(self, tell: &mpsc::Sender<Step>) -> (Heard, Result<Written, Unwritten>) {
        let written = self.written(tell);
        (self.heard, written)
    }

    fn written(&self, tell: &mpsc::Sender<Step>) -> Result<Written, Unwritten> {
        let stretches = plan(&self.heard.speech);
        let sha256 = self.model.sha256();
        // What another model wrote out is written out anew.
        let own = |line: &String| {
            let kept: Line<'_> = serde_json::from_str(line).ok()?;
            stretch_of(&kept.line).filter(|_| kept.model == sha256)
        };
        let earlier: Earlier = self.earlier.iter().filter_map(own).collect();
        let length = |stretch: &Stretch| u64::from(stretch.speech_ms());
        let all: u64 = stretches.iter().map(length).sum();
        let known = stretches.iter().filter(|s| earlier.contains_key(&(s.channel, s.span())));
        let mut way: u64 = known.map(length).sum();
        let Wordless { bytes, kind, locale } = &self.wordless;
        let reader = AudioReader::open(*kind, Box::new(Cursor::new(Arc::clone(bytes))))
            .map_err(|error| Unwritten::Failed(error.to_string()))?;
        let language = locale.as_ref().and_then(|locale| locale.as_str().split('-').next());
        let model = self.model.transcriber();
        let done = |stretch: &Stretch, said: &Said| {
            way += length(stretch);
            let number = stretches.iter().position(|one| one == stretch).unwrap_or_default();
            let failed = |error: serde_json::Error| Unwritten::Failed(error.to_string());
            let line = stretch_line(stretch, said).map_err(failed)?;
            let kept = serde_json::to_string(&Line { model: sha256, line }).map_err(failed)?;
            let number = i64::try_from(number).unwrap_or_default();
            let step = Step { number, kept, done: (way, all) };
            tell.blocking_send(step).map_err(|_| Unwritten::Stopped)
        };
        let said = write_out(model, reader, &stretches, earlier, language, done)?;
        Ok(Written::new(&self.heard.voice, said))
    }
}

/// The words of a recording as a conversation; none where there are none.
pub(super) fn words_heard(written: &Written, locale: Option<Locale>) -> Option<Conversation> {
    let heard = || written.language.as_deref()?.parse().ok();
    conversation("recording", locale.or_else(heard), &written.lines)
}
