//! A whole recording written out, stretch by stretch.

use std::collections::HashMap;

use gehoord_conversation::voice::{TimeSpan, VoiceReport};

use super::{Cutter, Line, Said, Stretch, TranscribeError, Transcriber, Word, lines};
use crate::audio::AudioReader;

/// A language is told from so many words.
const ENOUGH_WORDS: usize = 5;
/// Words that are heard less surely than this on average are hard to hear.
const UNSURE: f32 = 0.5;

/// What was said in stretches that were written out an earlier time, by their channel (from 0) and
/// their place in the recording.
pub type Earlier = HashMap<(usize, TimeSpan), Said>;

/// What was written out of one recording.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Written {
    /// What was said in each turn of a voice.
    pub lines: Vec<Line>,
    /// The language in which most was said, as a code such as `nl`.
    pub language: Option<String>,
    /// How surely the words were heard on average, 0–1; `None` where there are none.
    pub sure: Option<f32>,
}

impl Written {
    /// Puts what was said in stretches with the turns of the voices.
    #[must_use]
    pub fn new(voice: &VoiceReport, said: Vec<(&Stretch, Said)>) -> Self {
        let mut words: Vec<Vec<Word>> = vec![Vec::new(); voice.voices.len()];
        let mut languages: Vec<(String, usize)> = Vec::new();
        for (stretch, said) in said {
            match languages.iter_mut().find(|(language, _)| *language == said.language) {
                Some((_, count)) => *count += said.words.len(),
                None => languages.push((said.language, said.words.len())),
            }
            let placed =
                said.words.into_iter().map(|word| Word { span: stretch.placed(word.span), ..word });
            if let Some(words) = words.get_mut(stretch.channel) {
                words.extend(placed);
            }
        }
        words.iter_mut().for_each(|words| words.sort_by_key(|word| word.span.start_ms));
        let language = languages.into_iter().max_by_key(|(_, count)| *count).map(|(code, _)| code);
        let sure: Vec<f32> = words.iter().flatten().map(|word| word.confidence).collect();
        let mean = sure.iter().sum::<f32>() / sure.len().max(1) as f32;
        let lines = lines(voice, &words);
        Self { lines, language, sure: (!sure.is_empty()).then_some(mean) }
    }

    /// Whether the words were hard to hear, so that what is told of them may be wrong.
    #[must_use]
    pub fn is_unsure(&self) -> bool {
        self.sure.is_some_and(|sure| sure < UNSURE)
    }
}

/// Writes out those of the stretches of a recording that were not written out earlier, and gives all
/// of them, in no order. `reader` is at the start of the recording. `language` is a code such as
/// `nl`; without it, what is guessed of the first words holds for the others. `done` is told of each
/// stretch that was written out now.
///
/// # Errors
/// The first of the transcriber or of `done`.
pub fn write_out<'s, E: From<TranscribeError>>(
    transcriber: &dyn Transcriber,
    mut reader: AudioReader,
    stretches: &'s [Stretch],
    mut earlier: Earlier,
    language: Option<&str>,
    mut done: impl FnMut(&Stretch, &Said) -> Result<(), E>,
) -> Result<Vec<(&'s Stretch, Said)>, E> {
    let mut said: Vec<(&Stretch, Said)> = Vec::with_capacity(stretches.len());
    let mut open: Vec<&Stretch> = Vec::new();
    for stretch in stretches {
        match earlier.remove(&(stretch.channel, stretch.span())) {
            Some(words) => said.push((stretch, words)),
            None => open.push(stretch),
        }
    }
    let mut language =
        language.map(str::to_owned).or_else(|| said.iter().find_map(|(_, said)| guessed(said)));
    let mut take = |stretch: &'s Stretch, samples: &[f32]| -> Result<(), E> {
        let words = transcriber.transcribe(samples, language.as_deref())?;
        language = language.take().or_else(|| guessed(&words));
        done(stretch, &words)?;
        said.push((stretch, words));
        Ok(())
    };
    if !open.is_empty() {
        let mut cutter = Cutter::new(reader.rate(), reader.channels(), open);
        while let Some(block) = reader.next_block() {
            cutter.push(&block.channels, &mut take)?;
        }
        cutter.finish(take)?;
    }
    Ok(said)
}

/// The language of a stretch, where it has words enough to tell.
fn guessed(said: &Said) -> Option<String> {
    (said.words.len() >= ENOUGH_WORDS).then(|| said.language.clone())
}
