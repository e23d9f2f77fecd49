//! Words for what was measured of a voice: where it stands beside its own neutral self, in words
//! first, with the figures for who wants to see them.

use gehoord_coaching::voice::{Measure, VoiceExercise};
use gehoord_speech::practice::{Beside, LEVEL, PACE, PITCH, Place, Reading, Tone, place};
use serde_json::{Value, json};

use crate::pages::figures::{number, seconds};
use crate::pages::texts::{Lang, Texts, fill};

/// A meter reaches so many thresholds to each side.
const REACH: f32 = 3.0;

/// Puts words to readings of one exercise, or of a neutral voice when there is none.
pub(super) struct Teller {
    pub(super) lang: Lang,
    pub(super) exercise: Option<&'static VoiceExercise>,
    /// A neutral voice needs so much speech, in milliseconds.
    pub(super) needs_ms: u32,
    pub(super) neutral: Option<Reading>,
}

/// One measure of an exercise: a word for it, where it stands, and on a meter from −1 to 1.
struct Line<'t> {
    name: &'t str,
    words: String,
    place: Option<f32>,
    ends: Option<[&'t str; 2]>,
}

impl Teller {
    /// What the page shows of a reading.
    pub(super) fn told(&self, kind: &str, reading: &Reading, speaks: bool) -> Value {
        let t = self.lang.texts();
        let lines = match self.exercise {
            None => vec![self.heard(reading, t)],
            Some(exercise) => self.lines(exercise, reading, t),
        };
        let lines: Vec<Value> = lines
            .into_iter()
            .map(|line| {
                json!({"name": line.name, "words": line.words, "place": line.place,
                    "ends": line.ends})
            })
            .collect();
        json!({
            "kind": kind,
            "at_ms": reading.length_ms,
            "speaks": speaks,
            "enough": reading.holds(self.needs_ms),
            "lines": lines,
            "rows": self.rows(reading, t),
            "reading": figures(reading),
        })
    }

    /// How far the neutral voice is.
    fn heard<'t>(&self, reading: &Reading, t: &'t Texts) -> Line<'t> {
        let needed = self.needs_ms.div_ceil(1000);
        let heard = (reading.speech_ms / 1000).min(needed);
        let words = match reading.holds(self.needs_ms) {
            true => t.practice.neutral_known.clone(),
            false => fill(&t.practice.neutral_so_far, &[("heard", &heard), ("needed", &needed)]),
        };
        Line { name: &t.practice.neutral_heard, words, place: None, ends: None }
    }

    fn lines<'t>(
        &self,
        exercise: &VoiceExercise,
        reading: &Reading,
        t: &'t Texts,
    ) -> Vec<Line<'t>> {
        let beside = self.neutral.as_ref().and_then(|neutral| Beside::of(neutral, reading));
        exercise.aim.keys().map(|measure| self.line(*measure, beside, reading, t)).collect()
    }

    fn line<'t>(
        &self,
        measure: Measure,
        beside: Option<Beside>,
        reading: &Reading,
        t: &'t Texts,
    ) -> Line<'t> {
        let t = &t.practice;
        let beside_own = |name: &'t str, words: [&'t str; 3], ends, rise: fn(Beside) -> f32| {
            // In thresholds.
            let rise = beside.map(rise);
            let words = match rise.map(|rise| place(rise, 1.0)) {
                None => &t.too_little,
                Some(Place::Lower) => words[0],
                Some(Place::Near) => words[1],
                Some(Place::Higher) => words[2],
            };
            let place = rise.map(|rise| (rise / REACH).clamp(-1.0, 1.0));
            Line { name, words: words.to_owned(), place, ends: Some(ends) }
        };
        match measure {
            Measure::Tone => {
                let words = match beside.map(|beside| beside.tone()) {
                    None => &t.too_little,
                    Some(Tone::HigherAndBrighter) => &t.tone_both,
                    Some(Tone::Higher) => &t.tone_higher,
                    Some(Tone::Brighter) => &t.tone_brighter,
                    Some(Tone::Lower) => &t.tone_lower,
                    Some(Tone::Near) => &t.tone_near,
                };
                let place = beside.map(|beside| (beside.lift() / REACH).clamp(-1.0, 1.0));
                let ends = Some([t.end_darker.as_str(), &t.end_brighter]);
                Line { name: &t.tone, words: words.clone(), place, ends }
            }
            Measure::Pitch => beside_own(
                &t.pitch,
                [&t.pitch_lower, &t.pitch_near, &t.pitch_higher],
                [&t.end_lower, &t.end_higher],
                |beside| beside.pitch / PITCH,
            ),
            Measure::Level => beside_own(
                &t.level,
                [&t.level_lower, &t.level_near, &t.level_higher],
                [&t.end_softer, &t.end_louder],
                |beside| beside.level / LEVEL,
            ),
            Measure::Pace => beside_own(
                &t.pace,
                [&t.pace_lower, &t.pace_near, &t.pace_higher],
                [&t.end_slower, &t.end_faster],
                |beside| beside.pace / PACE,
            ),
            Measure::Before => {
                let silent = reading.before_ms.unwrap_or(reading.length_ms);
                let text = if reading.before_ms.is_some() { &t.waited } else { &t.waits };
                let words = fill(text, &[("seconds", &seconds(self.lang, silent))]);
                Line { name: &t.before, words, place: None, ends: None }
            }
            Measure::Pause => {
                let words = match reading.longest_pause_ms {
                    0 => t.no_pause.clone(),
                    ms => fill(&t.longest_pause, &[("seconds", &seconds(self.lang, ms))]),
                };
                Line { name: &t.pause, words, place: None, ends: None }
            }
        }
    }

    /// All figures: what it is, neutral, now, the difference.
    fn rows(&self, now: &Reading, t: &Texts) -> Vec<[String; 4]> {
        let t = &t.practice;
        let neutral = self.neutral.as_ref();
        let beside = neutral.and_then(|neutral| Beside::of(neutral, now));
        let row = |name: &str, of: &dyn Fn(&Reading) -> Option<String>, rise: Option<String>| {
            let before = neutral.and_then(of).unwrap_or_default();
            [name.to_owned(), before, of(now).unwrap_or_default(), rise.unwrap_or_default()]
        };
        let hertz = |x: f32| format!("{} Hz", number(self.lang, x, 0));
        let formant = |reading: &Reading, which: usize| reading.formants.map(|all| all[which]);
        let share = |x: f32| format!("{} %", self.rise(x * 100.0, 0));
        let seconds = |ms: u32| format!("{} s", seconds(self.lang, ms));
        vec![
            row(
                &t.pitch,
                &|one| one.pitch.map(hertz),
                beside.map(|one| fill(&t.semitones, &[("n", &self.rise(one.pitch, 1))])),
            ),
            row(&t.second, &|one| formant(one, 1).map(hertz), beside.map(|one| share(one.second))),
            row(&t.third, &|one| formant(one, 2).map(hertz), beside.map(|one| share(one.third))),
            row(
                &t.level,
                &|one| one.level.map(|level| format!("{} dB", number(self.lang, level, 0))),
                beside.map(|one| format!("{} dB", self.rise(one.level, 0))),
            ),
            row(
                &t.pace_row,
                &|one| {
                    let pace = number(self.lang, one.pace?, 1);
                    Some(fill(&t.syllables, &[("n", &pace)]))
                },
                beside.map(|one| share(one.pace)),
            ),
            row(&t.before, &|one| one.before_ms.map(seconds), None),
            row(&t.pause, &|one| Some(seconds(one.longest_pause_ms)), None),
        ]
    }

    /// A number with its sign.
    fn rise(&self, x: f32, digits: usize) -> String {
        let written = number(self.lang, x, digits);
        let zero = written.chars().all(|c| !c.is_ascii_digit() || c == '0');
        match (zero, x > 0.0) {
            (true, _) => written.trim_start_matches('−').to_owned(),
            (false, true) => format!("+{written}"),
            (false, false) => written,
        }
    }
}

/// What the page keeps of a neutral reading, in its own memory, and sends along with the next.
fn figures(reading: &Reading) -> Value {
    json!({
        "length_ms": reading.length_ms,
        "speech_ms": reading.speech_ms,
        "before_ms": reading.before_ms,
        "pitch": reading.pitch,
        "formants": reading.formants,
        "level": reading.level,
        "pace": reading.pace,
        "pauses": reading.pauses,
        "longest_pause_ms": reading.longest_pause_ms,
    })
}
