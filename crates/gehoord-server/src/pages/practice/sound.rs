//! The socket of voice practice. First comes a text that says what is coming ([`Begin`]), then blocks
//! of sound (16 bits, little end first, one channel), then the word `stop`. Back go measures four
//! times in a second of sound (`now`), at the end `over`, or `error` where something cannot be. One
//! socket is one reading, of a minute at most. Sound is dropped as soon as it is measured.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::ws::{Message, WebSocket, rejection::WebSocketUpgradeRejection};
use axum::extract::{State, WebSocketUpgrade};
use axum::http::HeaderMap;
use axum::response::Response;
use gehoord_coaching::voice::VoiceExercise;
use gehoord_speech::practice::{LEAST_MS, LONGEST_MS, NEUTRAL_MS, Practice, Reading};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::exercises;
use super::told::Teller;
use crate::access::{Pass, looks, policy, same_origin};
use crate::app::App;
use crate::error::ApiError;
use crate::pages::problem::PageError;
use crate::pages::texts::Lang;
use crate::pages::visit::Visit;

/// The largest message, in bytes.
const LARGEST: usize = 32 * 1024;
/// Samples a second that a microphone may have.
const SLOWEST: u32 = 8_000;
const FASTEST: u32 = 192_000;
/// Sound may be so much ahead of the clock, as what waited in a browser comes at once.
const AHEAD: Duration = Duration::from_secs(10);
/// A socket that says nothing for so long is lost.
const QUIET: Duration = Duration::from_secs(10);
/// How long the other end may take to close.
const GOODBYE: Duration = Duration::from_secs(2);
/// How it stands is told after so much sound, in milliseconds.
const TELL_MS: u32 = 250;
/// Sockets that one person may have: one that ends while the next begins.
const AT_ONCE: usize = 2;

/// How many sockets each person has open now. In the memory of this process alone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Practising(Arc<Mutex<HashMap<String, usize>>>);

/// A place of somebody who practises; given back when it is dropped.
struct Place {
    all: Practising,
    person: String,
}

impl Practising {
    fn enter(&self, person: &str) -> Option<Place> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(person.to_owned()).or_default();
        if *count >= AT_ONCE {
            return None;
        }
        *count += 1;
        Some(Place { all: self.clone(), person: person.to_owned() })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.all.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.person) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.person);
            }
        }
    }
}

/// Takes the sound of who is logged in.
pub(crate) async fn socket(
    State(app): State<App>,
    visit: Visit<policy::Listen>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, PageError> {
    // The cookie comes along from any page; only our own may use it.
    if visit.door.pass.session().is_none() || !same_origin(&headers) {
        return Err(ApiError::Csrf.into());
    }
    let upgrade = upgrade.map_err(|_| ApiError::Invalid("this is a socket".to_owned()))?;
    let person = visit.door.viewer.person_id().unwrap_or_default();
    let place = app.practising.enter(person);
    let place = place.ok_or_else(|| ApiError::Conflict("you practise elsewhere".to_owned()))?;
    let (pass, lang) = (visit.door.pass, visit.frame.lang);
    Ok(upgrade.max_message_size(LARGEST).on_upgrade(async move |mut socket| {
        let last = hear(&mut socket, &app, &pass, lang).await;
        if let Some(last) = last {
            let _ = socket.send(Message::Text(last.to_string().into())).await;
        }
        let _ = socket.send(Message::Close(None)).await;
        drop(place);
        // What is still on its way is read and left aside, so that the last word arrives.
        let rest = async { while matches!(socket.recv().await, Some(Ok(_))) {} };
        let _ = tokio::time::timeout(GOODBYE, rest).await;
    }))
}

/// What is coming.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Begin {
    /// Samples a second.
    rate: u32,
    /// Language of the page; that which the browser asks for when absent.
    lang: Option<String>,
    /// Name of the exercise; none for the neutral voice.
    exercise: Option<String>,
    /// The words of the exercise are said plainly, to hold them beside.
    #[serde(default)]
    plain: bool,
    /// The own neutral voice, as it was told before.
    neutral: Option<Figures>,
}

/// A reading, as it was told.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Figures {
    length_ms: u32,
    speech_ms: u32,
    before_ms: Option<u32>,
    pitch: Option<f32>,
    formants: Option<[f32; 3]>,
    level: Option<f32>,
    pace: Option<f32>,
    pauses: u32,
    longest_pause_ms: u32,
}

impl Figures {
    /// The reading, where a voice can sound so.
    fn reading(&self) -> Option<Reading> {
        let within = |x: Option<f32>, low: f32, high: f32| {
            x.is_none_or(|x| x.is_finite() && (low..=high).contains(&x))
        };
        let formants = self
            .formants
            .is_none_or(|all| all.iter().all(|hertz| within(Some(*hertz), 50.0, 4_000.0)));
        let fits = self.length_ms <= LONGEST_MS
            && self.speech_ms <= self.length_ms
            && within(self.pitch, 30.0, 1_000.0)
            && within(self.level, -120.0, 0.0)
            && within(self.pace, 0.0, 20.0)
            && formants;
        fits.then_some(Reading {
            length_ms: self.length_ms,
            speech_ms: self.speech_ms,
            before_ms: self.before_ms,
            pitch: self.pitch,
            formants: self.formants,
            level: self.level,
            pace: self.pace,
            pauses: self.pauses,
            longest_pause_ms: self.longest_pause_ms,
        })
    }
}

/// Why a reading cannot go on: a stable code, and what to do.
#[derive(Debug, PartialEq)]
struct Refused(&'static str, &'static str);

/// One reading, from what was said of it on.
struct Ongoing {
    practice: Practice,
    teller: Teller,
    rate: u32,
    began: Instant,
    samples: u64,
    told_ms: u32,
}

impl Ongoing {
    fn begin(text: &str, lang: Lang) -> Result<Self, Refused> {
        let begin: Begin = serde_json::from_str(text).map_err(|_| {
            Refused("not_begun", "say what is coming first: rate, exercise and neutral")
        })?;
        let lang = begin.lang.as_deref().and_then(Lang::of_id).unwrap_or(lang);
        if !(SLOWEST..=FASTEST).contains(&begin.rate) {
            return Err(Refused("rate", "the rate is 8,000 to 192,000 samples a second"));
        }
        let exercise: Option<&'static VoiceExercise> = match &begin.exercise {
            None => None,
            Some(name) => {
                let known = exercises(lang).named(name);
                Some(known.ok_or(Refused("exercise", "there is no exercise of this name"))?)
            }
        };
        let neutral = match &begin.neutral {
            None => None,
            Some(figures) => Some(
                figures.reading().ok_or(Refused("neutral", "no voice sounds like 'neutral'"))?,
            ),
        };
        Ok(Self {
            practice: Practice::new(begin.rate),
            teller: Teller {
                lang,
                exercise: exercise.filter(|_| !begin.plain),
                needs_ms: if exercise.is_some() { LEAST_MS } else { NEUTRAL_MS },
                neutral,
            },
            rate: begin.rate,
            began: Instant::now(),
            samples: 0,
            told_ms: 0,
        })
    }

    /// Takes a block of sound; what is to be told by now.
    fn take(&mut self, bytes: &[u8], now: Instant) -> Result<Option<Value>, Refused> {
        let (pairs, rest) = bytes.as_chunks::<2>();
        if !rest.is_empty() {
            return Err(Refused("not_sound", "sound is of 16 bits, little end first"));
        }
        self.samples += pairs.len() as u64;
        let sound = Duration::from_millis(self.samples * 1000 / u64::from(self.rate));
        if sound > now.duration_since(self.began) + AHEAD {
            return Err(Refused("too_fast", "sound comes faster than anybody can speak"));
        }
        let samples: Vec<f32> =
            pairs.iter().map(|pair| f32::from(i16::from_le_bytes(*pair)) / 32_768.0).collect();
        self.practice.push(&samples);
        let at = self.practice.length_ms();
        if at < self.told_ms + TELL_MS {
            return Ok(None);
        }
        self.told_ms = at;
        let reading = self.practice.reading();
        Ok(Some(self.teller.told("now", &reading, self.practice.speaks())))
    }

    /// Whether as much was heard as is heard of one.
    fn is_full(&self) -> bool {
        self.practice.length_ms() >= LONGEST_MS
    }

    fn finish(self) -> Value {
        self.teller.told("over", &self.practice.finish(), false)
    }
}

/// Hears a reading; what is told last.
async fn hear(socket: &mut WebSocket, app: &App, pass: &Pass, lang: Lang) -> Option<Value> {
    let mut ended = app.live.ended();
    let mut look = looks();
    let mut heard = Instant::now();
    let mut ongoing: Option<Ongoing> = None;
    loop {
        let message = tokio::select! {
            biased;
            _ = ended.wait_for(|ended| *ended) => return None,
            _ = look.tick() => None,
            () = tokio::time::sleep_until(heard + QUIET) => return None,
            message = socket.recv() => Some(message?.ok()?),
        };
        let Some(message) = message else {
            pass.viewer(app).await.ok()??;
            continue;
        };
        heard = Instant::now();
        let told = match (message, &mut ongoing) {
            (Message::Close(_), _) => return None,
            (Message::Ping(_) | Message::Pong(_), _) => Ok(None),
            (Message::Text(text), None) => Ongoing::begin(&text, lang).map(|begun| {
                ongoing = Some(begun);
                None
            }),
            (Message::Binary(_), None) => {
                Err(Refused("not_begun", "say what is coming before there is sound"))
            }
            (Message::Text(text), Some(_)) if text == "stop" => {
                return ongoing.take().map(Ongoing::finish);
            }
            (Message::Text(_), Some(_)) => {
                Err(Refused("not_sound", "only sound and 'stop' come after the beginning"))
            }
            (Message::Binary(bytes), Some(reading)) => reading.take(&bytes, heard),
        };
        match told {
            Err(Refused(code, message)) => {
                return Some(json!({"kind": "error", "code": code, "message": message}));
            }
            Ok(Some(told)) => socket.send(Message::Text(told.to_string().into())).await.ok()?,
            Ok(None) => {}
        }
        if ongoing.as_ref().is_some_and(Ongoing::is_full) {
            return ongoing.take().map(Ongoing::finish);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begun(rate: u32) -> Ongoing {
        Ongoing::begin(&format!("{{\"rate\": {rate}}}"), Lang::Nl).ok().unwrap()
    }

    fn code(text: &str) -> &'static str {
        Ongoing::begin(text, Lang::Nl).err().map_or("", |refused| refused.0)
    }

    #[test]
    fn what_cannot_be_is_refused_with_a_code() {
        assert_eq!(code("hallo"), "not_begun");
        assert_eq!(code("{\"rate\": 48000, \"name\": \"Sam\"}"), "not_begun");
        assert_eq!(code("{\"rate\": 7999}"), "rate");
        assert_eq!(code("{\"rate\": 192001}"), "rate");
        assert_eq!(code("{\"rate\": -1}"), "not_begun");
        assert_eq!(code("{\"rate\": 48000, \"exercise\": \"../x\"}"), "exercise");
        let neutral = |pitch: &str| {
            format!(
                "{{\"rate\": 48000, \"exercise\": \"number\", \"neutral\": {{\"length_ms\": 6000, \
                 \"speech_ms\": 5000, \"before_ms\": 1, \"pitch\": {pitch}, \"formants\": \
                 [500, 1500, 2500], \"level\": -20, \"pace\": 5, \"pauses\": 1, \
                 \"longest_pause_ms\": 300}}}}"
            )
        };
        assert_eq!(code(&neutral("180")), "");
        assert_eq!(code(&neutral("-4")), "neutral");
        assert_eq!(code(&neutral("1e38")), "neutral");
        assert_eq!(code(&neutral("1e400")), "not_begun");
    }

    #[test]
    fn half_a_sample_and_sound_that_is_too_fast_are_refused() {
        let mut ongoing = begun(8_000);
        let now = ongoing.began;
        assert_eq!(ongoing.take(&[0; 3], now).unwrap_err().0, "not_sound");
        let mut ongoing = begun(8_000);
        let second = vec![0; 16_000];
        for _ in 0..10 {
            ongoing.take(&second, now).unwrap();
        }
        assert_eq!(ongoing.take(&second, now).unwrap_err().0, "too_fast");
        let mut ongoing = begun(8_000);
        for at in 0..20 {
            ongoing.take(&second, now + Duration::from_secs(at)).unwrap();
        }
    }

    #[test]
    fn one_person_has_two_places_and_gives_them_back() {
        let all = Practising::default();
        let first = all.enter("samira").unwrap();
        let _second = all.enter("samira").unwrap();
        assert!(all.enter("samira").is_none());
        assert!(all.enter("kees").is_some(), "others have their own");
        drop(first);
        assert!(all.enter("samira").is_some());
    }
}
