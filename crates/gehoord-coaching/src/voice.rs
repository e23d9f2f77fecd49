//! Exercises of the own voice, as data that a trainer can read and edit (`voice/<language>.toml`).
//! Nothing here hears anything: what a voice did beside its own neutral self is measured elsewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use gehoord_conversation::Language;
use serde::Deserialize;

const NL: &str = include_str!("../voice/nl.toml");
const EN: &str = include_str!("../voice/en.toml");

/// What there is to practise in one language.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VoiceExercises {
    /// Plain sentences, read aloud for the own neutral voice.
    pub neutral: Vec<String>,
    /// The exercises, those of one group together.
    #[serde(rename = "exercise")]
    pub exercises: Vec<VoiceExercise>,
}

/// One exercise.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VoiceExercise {
    /// The same in every language.
    pub name: String,
    /// What kind of exercise it is.
    pub group: Group,
    /// The exercise that asks for the opposite.
    pub twin: Option<String>,
    /// What it is called on screen.
    pub title: String,
    /// What the customer has just said.
    pub customer: Option<String>,
    /// What to say.
    pub say: String,
    /// How to do it.
    pub how: String,
    /// What to do with one's body, the first thing first.
    pub posture: Vec<String>,
    /// Why.
    pub why: String,
    /// Where that comes from.
    pub source: String,
    /// What is measured, and where it should go.
    pub aim: BTreeMap<Measure, Aim>,
}

/// Kinds of exercises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// With a smile, and the twin where a smile is wrong.
    Smile,
    /// Slower.
    Slow,
    /// Silence at its place.
    Pause,
    /// Lower, softer, calmer.
    Lower,
}

impl Group {
    /// All, in the order of the page.
    pub const ALL: [Self; 4] = [Self::Smile, Self::Slow, Self::Pause, Self::Lower];
}

/// What is measured of the voice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Pitch, second and third formant together.
    Tone,
    /// Pitch alone.
    Pitch,
    /// Loudness.
    Level,
    /// Syllables a second.
    Pace,
    /// Silence before the first word.
    Before,
    /// The longest pause.
    Pause,
}

/// Where a measure should go, beside the own neutral voice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aim {
    /// Up.
    Higher,
    /// Where it is.
    Near,
    /// Down.
    Lower,
    /// So that there is a silence.
    Longer,
}

/// What is wrong with a file of exercises.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct VoiceError(String);

impl VoiceExercises {
    /// Those that ship, in a language of the screen: Dutch, or English for all others.
    #[must_use]
    pub fn shipped(language: Language) -> &'static Self {
        static READ: LazyLock<[VoiceExercises; 2]> = LazyLock::new(|| {
            [NL, EN].map(|file| VoiceExercises::parse(file).expect("the files are tested"))
        });
        &READ[usize::from(language != Language::Nl)]
    }

    /// Reads a file.
    ///
    /// # Errors
    /// When it is no TOML of this form, a text is empty, a name stands twice, a twin does not name
    /// its twin back, or an aim cannot be that of its measure.
    pub fn parse(file: &str) -> Result<Self, VoiceError> {
        let read: Self = toml::from_str(file).map_err(|error| VoiceError(error.to_string()))?;
        if read.neutral.len() < 2 || read.neutral.iter().any(|text| text.trim().is_empty()) {
            return Err(VoiceError("neutral: give two sentences or more, none empty".to_owned()));
        }
        let mut names = BTreeSet::new();
        for exercise in &read.exercises {
            exercise.check().map_err(|why| VoiceError(format!("{}: {why}", exercise.name)))?;
            if !names.insert(&exercise.name) {
                return Err(VoiceError(format!("{}: this name stands twice", exercise.name)));
            }
            let Some(twin) = &exercise.twin else { continue };
            let back = read.named(twin).and_then(|twin| twin.twin.as_ref());
            if back != Some(&exercise.name) {
                let why = format!("its twin '{twin}' is not there, or has another twin");
                return Err(VoiceError(format!("{}: {why}", exercise.name)));
            }
        }
        Ok(read)
    }

    /// The exercise of this name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&VoiceExercise> {
        self.exercises.iter().find(|exercise| exercise.name == name)
    }
}

impl VoiceExercise {
    fn check(&self) -> Result<(), String> {
        let plain = |c: char| c.is_ascii_lowercase() || c == '_';
        if self.name.is_empty() || !self.name.chars().all(plain) {
            return Err("name: small letters and _ only".to_owned());
        }
        let texts = [&self.title, &self.say, &self.how, &self.why, &self.source];
        let more = self.customer.iter().chain(&self.posture);
        if texts.into_iter().chain(more).any(|text| text.trim().is_empty()) {
            return Err("a text is empty".to_owned());
        }
        if self.posture.is_empty() {
            return Err("posture: say at least one thing to do".to_owned());
        }
        if self.aim.is_empty() {
            return Err("aim: name at least one measure, as in { pace = \"lower\" }".to_owned());
        }
        for (measure, aim) in &self.aim {
            let fits = match measure {
                Measure::Tone => matches!(aim, Aim::Higher | Aim::Near),
                Measure::Before | Measure::Pause => *aim == Aim::Longer,
                Measure::Pitch | Measure::Level | Measure::Pace => *aim != Aim::Longer,
            };
            if !fits {
                return Err(format!("aim: {measure:?} cannot be {aim:?}").to_lowercase());
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_have_the_same_exercises_that_ask_the_same() {
        let shape = |language| {
            let all = VoiceExercises::shipped(language);
            assert_eq!(all.neutral.len(), 3);
            let shape = |one: &VoiceExercise| {
                let said = one.customer.is_some();
                (one.name.clone(), one.group, one.twin.clone(), said, one.aim.clone())
            };
            all.exercises.iter().map(shape).collect::<Vec<_>>()
        };
        let (nl, en) = (shape(Language::Nl), shape(Language::En));
        assert_eq!(nl, en);
        assert!(nl.len() >= 10);
        for group in Group::ALL {
            assert!(nl.iter().any(|one| one.1 == group), "{group:?}");
        }
    }

    #[test]
    fn every_exercise_with_a_smile_has_a_twin_where_a_smile_is_wrong() {
        let all = VoiceExercises::shipped(Language::Nl);
        let smiles = all.exercises.iter().filter(|one| one.group == Group::Smile);
        for one in smiles {
            let twin = all.named(one.twin.as_ref().expect(&one.name)).unwrap();
            assert_ne!(one.aim[&Measure::Tone], twin.aim[&Measure::Tone], "{}", one.name);
        }
    }

    #[test]
    fn what_is_wrong_in_a_file_is_told_with_its_place() {
        let wrong = |from: &str, to: &str| {
            assert!(NL.contains(from), "{from}");
            VoiceExercises::parse(&NL.replacen(from, to, 1)).unwrap_err().to_string()
        };
        assert!(wrong("name = \"number\"", "name = \"Number 1\"").contains("small letters"));
        assert!(wrong("name = \"number\"", "name = \"steps\"").contains("steps: this name"));
        assert!(wrong("twin = \"welcome\"", "twin = \"number\"").contains("another twin"));
        assert!(wrong("twin = \"bereavement\"", "twin = \"weg\"").contains("'weg' is not there"));
        assert!(
            wrong("before = \"longer\"", "before = \"near\"").contains("before cannot be near")
        );
        assert!(wrong("aim = { tone = \"higher\" }", "aim = {}").contains("good_news: aim"));
        assert!(wrong("title = \"Goed nieuws\"", "title = \" \"").contains("a text is empty"));
        assert!(wrong("group = \"smile\"", "group = \"lach\"").contains("lach"));
        assert!(VoiceExercises::parse("").is_err());
    }
}
