//! A stretch of a recording that was written out, as a line of JSON: what was done stays done when
//! the work is broken off.

use gehoord_conversation::voice::TimeSpan;
use gehoord_speech::transcribe::{Said, Stretch, Word};
use serde::{Deserialize, Serialize};

#[derive(Debug, Serialize, Deserialize)]
struct Done {
    channel: usize,
    start_ms: u32,
    end_ms: u32,
    language: String,
    words: Vec<DoneWord>,
}

/// Within its stretch, so that it can be placed as if it were new.
#[derive(Debug, Serialize, Deserialize)]
struct DoneWord {
    word: String,
    start_ms: u32,
    end_ms: u32,
    score: f32,
}

/// What was said in a stretch, as a line.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn stretch_line(stretch: &Stretch, said: &Said) -> serde_json::Result<String> {
    let span = stretch.span();
    let word = |word: &Word| DoneWord {
        word: word.text.clone(),
        start_ms: word.span.start_ms,
        end_ms: word.span.end_ms,
        score: word.confidence,
    };
    serde_json::to_string(&Done {
        channel: stretch.channel,
        start_ms: span.start_ms,
        end_ms: span.end_ms,
        language: said.language.clone(),
        words: said.words.iter().map(word).collect(),
    })
}

/// The stretch of a line, by its channel and place; none where the line is not whole.
#[must_use]
pub fn stretch_of(line: &str) -> Option<((usize, TimeSpan), Said)> {
    let done: Done = serde_json::from_str(line).ok()?;
    let word = |word: DoneWord| Word {
        text: word.word,
        span: TimeSpan::new(word.start_ms, word.end_ms),
        confidence: word.score,
    };
    let words = done.words.into_iter().map(word).collect();
    let place = (done.channel, TimeSpan::new(done.start_ms, done.end_ms));
    Some((place, Said { words, language: done.language }))
}
