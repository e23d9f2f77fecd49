//! Voice practice: a private page. Sound comes in over a socket, is measured and dropped; measures go
//! back to who spoke. Nothing is kept, and nothing says that somebody practised: no request to the
//! store is made here, so there is no row in the audit either.
//!
//! [`sound`] is the socket, [`told`] puts words to what was measured.

mod sound;
mod told;

use askama::Template;
use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;
use gehoord_coaching::voice::{Aim, Group, Measure, VoiceExercise, VoiceExercises};
use gehoord_conversation::Language;

use super::frame::Frame;
use super::problem::{PageError, page as shown};
use super::texts::{Lang, Texts};
use super::visit::Visit;
use crate::access::policy;
use crate::app::MAY_HEAR;

pub(crate) use sound::{Practising, socket as sound_socket};

#[derive(Template)]
#[template(path = "practice.html")]
struct PracticePage {
    frame: Frame,
    neutral: &'static [String],
    groups: Vec<Exercises>,
}

/// The exercises of one kind.
struct Exercises {
    title: &'static str,
    lead: &'static str,
    all: Vec<Shown>,
}

/// One exercise.
struct Shown {
    exercise: &'static VoiceExercise,
    /// What is asked of the voice.
    asked: Vec<&'static str>,
    /// What the twin is called, and where it stands.
    twin: Option<&'static VoiceExercise>,
    /// What is needed first: the same words said plainly, the own neutral voice, or nothing.
    needs: &'static str,
}

/// Shows what there is to practise.
pub(crate) async fn page(visit: Visit<policy::Listen>) -> Result<Response, PageError> {
    let t = visit.frame.t;
    let exercises = exercises(visit.frame.lang);
    let groups = Group::ALL.map(|group| {
        let (title, lead) = match group {
            Group::Smile => (&t.practice.smile, &t.practice.smile_lead),
            Group::Slow => (&t.practice.slow, &t.practice.slow_lead),
            Group::Pause => (&t.practice.silence, &t.practice.silence_lead),
            Group::Lower => (&t.practice.lower, &t.practice.lower_lead),
        };
        let of_group = exercises.exercises.iter().filter(|one| one.group == group);
        let shown = |exercise: &'static VoiceExercise| Shown {
            exercise,
            asked: exercise.aim.iter().map(|(measure, aim)| asked(t, *measure, *aim)).collect(),
            twin: exercise.twin.as_ref().and_then(|twin| exercises.named(twin)),
            needs: needs(exercise),
        };
        Exercises { title, lead, all: of_group.map(shown).collect() }
    });
    let frame = visit.frame.titled(&t.practice.title);
    let page = PracticePage { frame, neutral: &exercises.neutral, groups: groups.into() };
    let mut response = shown(&page)?;
    // The only page that may ask for the microphone.
    let (name, value) = MAY_HEAR;
    response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    Ok(response)
}

/// What there is to practise in a language of the pages.
fn exercises(lang: Lang) -> &'static VoiceExercises {
    VoiceExercises::shipped(match lang {
        Lang::Nl => Language::Nl,
        Lang::En => Language::En,
    })
}

/// What is needed before an exercise can be measured. Whether a voice gets brighter can be told only
/// beside the same words; silences have their own length; all else is held beside the neutral voice.
fn needs(exercise: &VoiceExercise) -> &'static str {
    let silence = |measure: &Measure| matches!(measure, Measure::Before | Measure::Pause);
    if exercise.aim.get(&Measure::Tone) == Some(&Aim::Higher) {
        "plain"
    } else if exercise.aim.keys().all(silence) {
        ""
    } else {
        "neutral"
    }
}

/// What an exercise asks.
fn asked(t: &'static Texts, measure: Measure, aim: Aim) -> &'static str {
    let t = &t.practice;
    match (measure, aim) {
        (Measure::Tone, Aim::Higher) => &t.ask_tone_higher,
        (Measure::Tone, _) => &t.ask_tone_near,
        (Measure::Pitch, Aim::Lower) => &t.ask_pitch_lower,
        (Measure::Pitch, Aim::Higher) => &t.ask_pitch_higher,
        (Measure::Pitch, _) => &t.ask_pitch_near,
        (Measure::Level, Aim::Lower) => &t.ask_level_lower,
        (Measure::Level, Aim::Higher) => &t.ask_level_higher,
        (Measure::Level, _) => &t.ask_level_near,
        (Measure::Pace, Aim::Higher) => &t.ask_pace_higher,
        (Measure::Pace, Aim::Lower) => &t.ask_pace_lower,
        (Measure::Pace, _) => &t.ask_pace_near,
        (Measure::Before, _) => &t.ask_before,
        (Measure::Pause, _) => &t.ask_pause,
    }
}
