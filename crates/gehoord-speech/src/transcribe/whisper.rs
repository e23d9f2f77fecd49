//! Models of the Whisper family, run by whisper.cpp.

use std::sync::{Mutex, PoisonError};

use gehoord_conversation::voice::TimeSpan;
use whisper_rs::{
    FullParams, SamplingStrategy, WhisperContext, WhisperContextParameters, WhisperError,
    WhisperSegment, WhisperState, get_lang_id, get_lang_str, install_logging_hooks,
};

use super::{ModelError, ModelSize, RATE, Said, TranscribeError, Transcriber, Word};

/// Shorter sound than this is filled up with silence: a model makes little of less.
const LEAST: usize = RATE as usize * 3 / 2;
/// Whisper tells time in steps of 10 ms.
const STEP_MS: i64 = 10;

/// A model in the form of ggml, in memory.
///
/// Its times are those that the model gives to its words, not an alignment with the sound
/// afterwards: whisper.cpp can do that too, but ends the program where a word is very short.
pub struct Whisper {
    context: WhisperContext,
    size: ModelSize,
    threads: i32,
    /// Working memory, for as many as write out at once.
    states: Mutex<Vec<WhisperState>>,
}

impl std::fmt::Debug for Whisper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Whisper").field("size", &self.size).finish_non_exhaustive()
    }
}

impl Whisper {
    /// From the bytes of a model. Each stretch is written out by `threads` threads; where the
    /// machine has other work, more than one loses time instead of winning any.
    ///
    /// # Errors
    /// When it is no model, or not all of one.
    pub fn new(model: &[u8], threads: usize) -> Result<Self, ModelError> {
        let size = ModelSize::of(model)?;
        install_logging_hooks();
        let parameters = WhisperContextParameters::default();
        let context = WhisperContext::new_from_buffer_with_params(model, parameters)
            .map_err(|error| ModelError::Refused(error.to_string()))?;
        let threads = i32::try_from(threads.max(1)).unwrap_or(i32::MAX);
        Ok(Self { context, size, threads, states: Mutex::default() })
    }

    /// What kind of model it is.
    #[must_use]
    pub fn size(&self) -> ModelSize {
        self.size
    }

    fn knows(&self, language: &str) -> bool {
        match self.size.multilingual {
            true => get_lang_id(language).is_some(),
            false => language == "en",
        }
    }

    fn state(&self) -> Result<WhisperState, WhisperError> {
        let waiting = self.states.lock().unwrap_or_else(PoisonError::into_inner).pop();
        waiting.map_or_else(|| self.context.create_state(), Ok)
    }

    fn words(&self, state: &WhisperState, length_ms: u32) -> Vec<Word> {
        let special = self.context.token_eot();
        let mut words = Vec::new();
        for segment in state.as_iter() {
            words.extend(words_of(&segment, special, length_ms));
        }
        words
    }
}

impl Transcriber for Whisper {
    fn transcribe(&self, samples: &[f32], language: Option<&str>) -> Result<Said, TranscribeError> {
        if let Some(language) = language.filter(|language| !self.knows(language)) {
            return Err(TranscribeError::Language(language.to_owned()));
        }
        let failed = |error: WhisperError| TranscribeError::Failed(error.to_string());
        let mut filled: Vec<f32>;
        let sound = if samples.len() < LEAST {
            filled = samples.to_vec();
            filled.resize(LEAST, 0.0);
            &filled
        } else {
            samples
        };
        let mut state = self.state().map_err(failed)?;
        state.full(self.parameters(language), sound).map_err(failed)?;
        let length_ms = (samples.len() as u64 * 1000 / u64::from(RATE)) as u32;
        let words = self.words(&state, length_ms);
        let heard = get_lang_str(state.full_lang_id_from_state()).unwrap_or("en");
        self.states.lock().unwrap_or_else(PoisonError::into_inner).push(state);
        Ok(Said { words, language: language.unwrap_or(heard).to_owned() })
    }
}

impl Whisper {
    fn parameters<'p>(&self, language: Option<&'p str>) -> FullParams<'p, 'p> {
        let mut parameters = FullParams::new(SamplingStrategy::Greedy { best_of: 1 });
        parameters.set_n_threads(self.threads);
        parameters.set_language(language.or((!self.size.multilingual).then_some("en")));
        parameters.set_token_timestamps(true);
        // Each stretch by itself, so that it does not matter with which one begins.
        parameters.set_no_context(true);
        // Words, not "[music]".
        parameters.set_suppress_nst(true);
        parameters.set_print_special(false);
        parameters.set_print_progress(false);
        parameters.set_print_realtime(false);
        parameters.set_print_timestamps(false);
        parameters
    }
}

/// A word that is being put together of its tokens.
#[derive(Default)]
struct Open {
    bytes: Vec<u8>,
    span: Option<TimeSpan>,
    sure: Vec<f32>,
}

impl Open {
    fn close(&mut self, words: &mut Vec<Word>) {
        let open = std::mem::take(self);
        let text = String::from_utf8_lossy(&open.bytes).trim().to_owned();
        if text.chars().any(char::is_alphanumeric) {
            let confidence = open.sure.iter().sum::<f32>() / open.sure.len().max(1) as f32;
            words.push(Word { text, span: open.span.unwrap_or_default(), confidence });
        } else if let Some(last) = words.last_mut().filter(|_| text != "-") {
            // Signs that stand alone belong to the word before.
            last.text.push_str(&text);
        }
    }
}

/// The words of a segment: tokens from one that begins with a space to the next.
fn words_of(segment: &WhisperSegment<'_>, special: i32, length_ms: u32) -> Vec<Word> {
    let mut words = Vec::new();
    let mut open = Open::default();
    for token in (0..segment.n_tokens()).filter_map(|token| segment.get_token(token)) {
        let bytes = token.to_bytes().unwrap_or_default();
        if token.token_id() >= special || bytes.is_empty() {
            continue;
        }
        if bytes.starts_with(b" ") {
            open.close(&mut words);
        }
        let data = token.token_data();
        let ms = |time: i64| u32::try_from(time * STEP_MS).unwrap_or_default().min(length_ms);
        let (start, end) = (ms(data.t0), ms(data.t1));
        open.bytes.extend_from_slice(bytes);
        open.sure.push(data.p);
        open.span = Some(match open.span {
            Some(span) => TimeSpan::new(span.start_ms, end.max(span.end_ms)),
            None => TimeSpan::new(start, end.max(start)),
        });
    }
    open.close(&mut words);
    words
}
