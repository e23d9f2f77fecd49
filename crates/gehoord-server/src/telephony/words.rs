//! The words of calls that run, where a model is in force: what somebody said is written out away
//! from the socket, when they rest. Words wait in a queue that cannot grow: where it is full they are
//! left out, and whoever reads the others is told so. In memory only, as all that is known of a call
//! that runs.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use gehoord_conversation::{Channel, Conversation, Party, Turn};
use gehoord_speech::Spoken;
use gehoord_speech::audio::resample::Resampler;
use gehoord_speech::transcribe::{RATE, Said, TranscribeError, Transcriber};
use tokio::sync::{mpsc, watch};

use super::calls::Key;
use crate::app::App;
use crate::aside::aside;
use crate::telemetry;

/// So many stretches of all calls may wait, of at most 20 s each: 13 MB.
const WAIT: usize = 20;
/// A language is told from so many words.
const ENOUGH_WORDS: usize = 5;

/// What was said in a call.
#[derive(Debug, Default)]
pub(crate) struct Words {
    /// In the order of time.
    turns: Vec<SaidTurn>,
    language: Option<String>,
    /// What was guessed last: twice the same is believed.
    guessed: Option<String>,
    /// Stretches that nobody wrote out.
    lost: usize,
}

/// What somebody said in one go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SaidTurn {
    pub(crate) party: Party,
    pub(crate) text: String,
    at_ms: u64,
}

/// The words of a call, from wherever they are looked at.
pub(crate) type Shared = Arc<Mutex<Words>>;

pub(crate) fn lock(words: &Shared) -> MutexGuard<'_, Words> {
    words.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Words {
    /// So many things changed since the call began.
    pub(crate) fn version(&self) -> usize {
        self.turns.len() + self.lost
    }

    /// Some of what was said is missing.
    pub(crate) const fn lags(&self) -> bool {
        self.lost > 0
    }

    /// The last things that were said.
    pub(crate) fn last(&self, most: usize) -> Vec<SaidTurn> {
        self.turns[self.turns.len().saturating_sub(most)..].to_vec()
    }

    /// As a conversation; none before anything was said.
    pub(crate) fn conversation(&self, call: &str) -> Option<Conversation> {
        let mut conversation = Conversation::new(call, Channel::Phone);
        conversation.locale = self.language.as_deref().and_then(|code| code.parse().ok());
        for said in &self.turns {
            match conversation.turns.last_mut().filter(|last| last.party == said.party) {
                Some(last) => {
                    last.text.push(' ');
                    last.text.push_str(&said.text);
                }
                None => conversation.turns.push(Turn::new(said.party, &said.text)),
            }
        }
        (!conversation.turns.is_empty()).then_some(conversation)
    }

    fn add(&mut self, party: Party, at_ms: u64, said: &Said) {
        if self.language.is_none() && said.words.len() >= ENOUGH_WORDS {
            let guess = Some(said.language.clone());
            match self.guessed == guess {
                true => self.language = guess,
                false => self.guessed = guess,
            }
        }
        let text: Vec<&str> = said.words.iter().map(|word| word.text.as_str()).collect();
        if text.is_empty() {
            return;
        }
        let turn = SaidTurn { party, text: text.join(" "), at_ms };
        let place = self.turns.partition_point(|before| before.at_ms <= at_ms);
        self.turns.insert(place, turn);
    }
}

/// A stretch of a call that waits to be written out.
pub(super) struct Waiting {
    pub(super) key: Key,
    pub(super) spoken: Spoken,
    pub(super) words: Shared,
}

/// Where stretches wait.
#[derive(Clone)]
pub(crate) struct Queue {
    to: mpsc::Sender<Waiting>,
    from: Arc<Mutex<Option<mpsc::Receiver<Waiting>>>>,
}

impl Default for Queue {
    fn default() -> Self {
        let (to, from) = mpsc::channel(WAIT);
        Self { to, from: Arc::new(Mutex::new(Some(from))) }
    }
}

impl Queue {
    /// Has a stretch written out; where too many wait it is left out, and its call knows.
    pub(super) fn push(&self, waiting: Waiting) {
        if let Err(error) = self.to.try_send(waiting) {
            lock(&error.into_inner().words).lost += 1;
            telemetry::words_lag();
        }
    }

    fn taken(&self) -> Option<mpsc::Receiver<Waiting>> {
        self.from.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Writes out what is said in calls, one stretch after the other, until the server stops.
pub(crate) async fn work(app: App, mut ended: watch::Receiver<bool>) {
    let Some(model) = app.speech_to_text.model().cloned() else { return };
    let Some(mut queue) = app.calls.queue().and_then(Queue::taken) else { return };
    loop {
        let next = tokio::select! {
            biased;
            _ = ended.wait_for(|ended| *ended) => return,
            next = queue.recv() => next,
        };
        let Some(Waiting { key, spoken, words }) = next else { return };
        let language = lock(&words).language.clone();
        let (party, at_ms) = (spoken.party, spoken.at_ms);
        let model = Arc::clone(&model);
        let said =
            aside(move || write_out(model.transcriber(), &spoken, language.as_deref())).await;
        match said {
            Ok(Ok(said)) => lock(&words).add(party, at_ms, &said),
            Ok(Err(error)) => {
                lock(&words).lost += 1;
                telemetry::words_failed(&error.to_string());
            }
            Err(_) => lock(&words).lost += 1,
        }
        app.calls.said(&key);
    }
}

fn write_out(
    transcriber: &dyn Transcriber,
    spoken: &Spoken,
    language: Option<&str>,
) -> Result<Said, TranscribeError> {
    let mut resampler = Resampler::new(Spoken::RATE, RATE);
    let mut samples = Vec::with_capacity(spoken.samples.len() * 2);
    resampler.push(&spoken.samples, &mut samples);
    resampler.finish(&mut samples);
    transcriber.transcribe(&samples, language)
}

#[cfg(test)]
mod tests {
    use gehoord_conversation::voice::TimeSpan;
    use gehoord_speech::transcribe::Word;

    use super::*;

    fn said(text: &str) -> Said {
        let word = |text: &str| Word {
            text: text.to_owned(),
            span: TimeSpan::new(0, 100),
            confidence: 0.9,
        };
        Said { words: text.split_whitespace().map(word).collect(), language: "nl".to_owned() }
    }

    #[test]
    fn words_stand_in_the_order_in_which_they_were_said_whenever_they_come() {
        let mut words = Words::default();
        assert_eq!(words.conversation("c1"), None);
        words.add(Party::Customer, 9_000, &said("en nu?"));
        words.add(Party::Agent, 5_000, &said("Goedemorgen, zegt u het maar."));
        words.add(Party::Customer, 7_000, &said("Ik wacht al drie weken"));
        words.add(Party::Customer, 8_000, &said(""));
        let conversation = words.conversation("c1").unwrap();
        let turns: Vec<(Party, &str)> =
            conversation.turns.iter().map(|turn| (turn.party, turn.text.as_str())).collect();
        assert_eq!(
            turns,
            [
                (Party::Agent, "Goedemorgen, zegt u het maar."),
                (Party::Customer, "Ik wacht al drie weken en nu?"),
            ]
        );
        assert_eq!(conversation.locale.unwrap().as_str(), "nl");
        assert_eq!((words.version(), words.last(1)[0].text.as_str()), (3, "en nu?"));
    }

    #[test]
    fn what_does_not_fit_the_queue_is_told_and_not_kept() {
        let queue = Queue::default();
        let words = Shared::default();
        let spoken = Spoken { party: Party::Customer, at_ms: 0, samples: Vec::new() };
        for _ in 0..WAIT + 3 {
            let key = ("org".to_owned(), "c1".to_owned(), "samira".to_owned());
            queue.push(Waiting { key, spoken: spoken.clone(), words: Arc::clone(&words) });
        }
        assert_eq!(lock(&words).lost, 3);
        assert!(lock(&words).lags());
    }
}
