//! A transcriber that says what it was told to say, for tests.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use super::{Said, TranscribeError, Transcriber, Word};
use gehoord_conversation::voice::TimeSpan;

/// Answers each stretch with the next of its answers, whatever it holds; fails when it has no more.
#[derive(Debug, Default)]
pub struct Scripted {
    answers: Mutex<VecDeque<Said>>,
    asked: Mutex<Vec<(usize, Option<String>)>>,
}

impl Scripted {
    /// Answers with these words, each with its start and end in milliseconds, in Dutch.
    #[must_use]
    pub fn new(answers: &[&[(&str, u32, u32)]]) -> Self {
        let word = |(text, start, end): &(&str, u32, u32)| Word {
            text: (*text).to_owned(),
            span: TimeSpan::new(*start, *end),
            confidence: 0.9,
        };
        let said = |words: &&[(&str, u32, u32)]| Said {
            words: words.iter().map(word).collect(),
            language: "nl".to_owned(),
        };
        Self { answers: Mutex::new(answers.iter().map(said).collect()), ..Self::default() }
    }

    /// Of each stretch that it was given, how many samples and in which language.
    #[must_use]
    pub fn asked(&self) -> Vec<(usize, Option<String>)> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Transcriber for Scripted {
    fn transcribe(&self, samples: &[f32], language: Option<&str>) -> Result<Said, TranscribeError> {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.push((samples.len(), language.map(str::to_owned)));
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers.pop_front().ok_or_else(|| TranscribeError::Failed("no more answers".to_owned()))
    }
}
