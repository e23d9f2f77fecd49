//! How a call sounded, as JSON.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::report::WireReport;
use crate::Party;
use crate::voice::{
    Mirrored, Mirroring, Overlap, Sound, Spread, Tested, TimeSpan, Voice, VoiceLine, VoiceLines,
    VoiceReport, VoiceTurn, Wait,
};

/// Version of this contract.
pub const CALL_SCHEMA_VERSION: u32 = 1;

/// What was heard of one recording: how it was said, and what was said where a transcript was
/// given beside it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WireCall {
    /// Version of this contract.
    pub schema: u32,
    /// Name of the recording.
    pub id: String,
    /// How it was said.
    pub voice: WireVoiceReport,
    /// What was said, when a transcript was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<WireReport>,
    /// The words in the order of the turns, where they were written out of the sound.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub transcript: Vec<WireLine>,
    /// What could not be read or was guessed, for people.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// What was said in one turn of a voice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WireLine {
    /// `agent`, `customer`, or null where the voices of one channel are not told apart.
    pub party: Option<String>,
    /// From the first to the last word.
    pub span: WireTimeSpan,
    /// The words.
    pub text: String,
}

impl WireLine {
    /// Brings it into the form of the contract.
    #[must_use]
    pub fn new(party: Option<Party>, span: TimeSpan, text: String) -> Self {
        Self { party: party.map(|party| party.id().to_owned()), span: span.into(), text }
    }
}

/// How a call sounded: physical measures of both voices, and nothing about what anybody felt. All
/// times are milliseconds from the start of the recording.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WireVoiceReport {
    /// Length of the recording.
    pub length_ms: u32,
    /// Samples a second of the recording.
    pub rate: u32,
    /// Each voice that can be told apart.
    pub voices: Vec<WireVoice>,
    /// Who spoke when, in order of their starts.
    pub turns: Vec<WireVoiceTurn>,
    /// Where both spoke.
    pub overlaps: Vec<WireOverlap>,
    /// Hold music and long silences.
    pub waits: Vec<WireWait>,
    /// How long nobody spoke, waits apart.
    pub silence_ms: u32,
    /// Whether the voices came to resemble each other; null of one voice.
    pub mirroring: Option<WireMirroring>,
}

/// One voice over the whole call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WireVoice {
    /// `agent`, `customer`, or null where the voices of one channel are not told apart.
    pub party: Option<String>,
    /// Channel of the recording, from 1.
    pub channel: u8,
    /// How long it spoke.
    pub talk_ms: u32,
    /// Its share of all speech, 0–1.
    pub share: f32,
    /// How many turns it had.
    pub turns: usize,
    /// Its longest turn.
    pub longest: Option<WireTimeSpan>,
    /// Median time before it answered; below zero where it began before the other had ended.
    pub answer_ms: Option<i32>,
    /// Longest time before it answered.
    pub longest_answer_ms: Option<i32>,
    /// How often it took the word from the other.
    pub interruptions: usize,
    /// How often it showed, with a word such as "ja", that it listened.
    pub backchannels: usize,
    /// How it sounded.
    pub sound: WireSound,
}

/// A stretch of the recording, half open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WireTimeSpan {
    /// Where it begins.
    pub start_ms: u32,
    /// Where it ends.
    pub end_ms: u32,
}

/// How a voice sounded over some stretch; null with too little of it to tell.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WireSound {
    /// Pitch in hertz.
    pub pitch: Option<WireSpread>,
    /// From the low to the high end of its pitch, in semitones.
    pub pitch_range: Option<f32>,
    /// How fast pitch moves, in semitones a second.
    pub pitch_movement: Option<f32>,
    /// Loudness, in decibels below the loudest that the recording can hold.
    pub level: Option<WireSpread>,
    /// Syllables in a second of speech, pauses left out.
    pub pace: Option<f32>,
    /// First three formants, medians, in hertz.
    pub formants: Option<[f32; 3]>,
    /// How many pauses.
    pub pauses: usize,
    /// All pauses together.
    pub pauses_ms: u32,
    /// The longest pause.
    pub longest_pause_ms: u32,
}

/// The middle of a measure, and where a tenth lies below and above.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WireSpread {
    /// Median.
    pub median: f32,
    /// A tenth lies below.
    pub low: f32,
    /// A tenth lies above.
    pub high: f32,
}

/// What one voice said until the other took over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WireVoiceTurn {
    /// `agent`, `customer`, or null where voices are not told apart.
    pub party: Option<String>,
    /// Where it begins.
    pub start_ms: u32,
    /// Where it ends.
    pub end_ms: u32,
    /// Whether it only showed that it listened, and took no turn.
    pub backchannel: bool,
    /// Since the other had ended; below zero where it began before.
    pub answered_after_ms: Option<i32>,
    /// How it sounded.
    pub sound: WireSound,
    /// Turns of the transcript that were said in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub said: Vec<usize>,
}

/// A stretch where both spoke.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WireOverlap {
    /// Where it begins.
    pub start_ms: u32,
    /// Where it ends.
    pub end_ms: u32,
    /// Who began while the other spoke.
    pub by: String,
    /// `interruption` (the other was cut short), `attempt` (the other went on), `backchannel` (a
    /// word that shows listening) or `handover` (the other was about to end).
    pub kind: String,
}

/// A stretch in which somebody waited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WireWait {
    /// Where it begins.
    pub start_ms: u32,
    /// Where it ends.
    pub end_ms: u32,
    /// `music`, `silence`, or `hold` where the telephone system said so.
    pub kind: String,
}

/// Whether two voices came to resemble each other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WireMirroring {
    /// How many pairs of turns were compared.
    pub pairs: usize,
    /// Each measure that was compared; none when there were too few pairs to tell.
    pub measures: Vec<WireMirrored>,
}

/// One measure of two voices, compared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WireMirrored {
    /// `loudness`, `pace` or `pitch`.
    pub measure: String,
    /// How much nearer a turn is to the one before it than to others: 0 as near as chance, 1 the
    /// same.
    pub proximity: WireTested,
    /// Whether the difference got smaller over the call, −1 to 1.
    pub convergence: WireTested,
    /// Whether the agent went up and down with the customer's turn before, −1 to 1.
    pub agent_follows: WireTested,
    /// Whether the customer went up and down with the agent's turn before, −1 to 1.
    pub customer_follows: WireTested,
}

/// A figure that was held against chance.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WireTested {
    /// The figure.
    pub value: f32,
    /// How often shuffled turns do as well, 0–1.
    pub chance: f32,
    /// Whether it is more than chance, all figures of this call taken together.
    pub real: bool,
}

/// How loud and how high both voices were over a call, in pieces of one length.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WireVoiceLines {
    /// Length of a piece, in milliseconds.
    pub step_ms: u32,
    /// A line for each voice.
    pub lines: Vec<WireVoiceLine>,
}

/// A voice, piece by piece; null where it did not speak.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WireVoiceLine {
    /// `agent`, `customer`, or null where the voices of one channel are not told apart.
    pub party: Option<String>,
    /// Loudness, in decibels below the loudest that the recording can hold.
    pub level: Vec<Option<f32>>,
    /// Pitch in hertz.
    pub pitch: Vec<Option<f32>>,
}

impl WireCall {
    /// What was heard of the recording that is called `id`.
    #[must_use]
    pub fn new(id: impl Into<String>, voice: &VoiceReport, words: Option<WireReport>) -> Self {
        let id = id.into();
        Self {
            schema: CALL_SCHEMA_VERSION,
            id,
            voice: voice.into(),
            words,
            transcript: Vec::new(),
            notes: Vec::new(),
        }
    }
}

impl From<&VoiceReport> for WireVoiceReport {
    fn from(report: &VoiceReport) -> Self {
        Self {
            length_ms: report.length_ms,
            rate: report.rate,
            voices: report.voices.iter().map(WireVoice::from).collect(),
            turns: report.turns.iter().map(WireVoiceTurn::from).collect(),
            overlaps: report.overlaps.iter().map(WireOverlap::from).collect(),
            waits: report.waits.iter().map(WireWait::from).collect(),
            silence_ms: report.silence_ms,
            mirroring: report.mirroring.as_ref().map(WireMirroring::from),
        }
    }
}

impl From<&VoiceLines> for WireVoiceLines {
    fn from(lines: &VoiceLines) -> Self {
        let lines_of = lines.lines.iter().map(WireVoiceLine::from).collect();
        Self { step_ms: lines.step_ms, lines: lines_of }
    }
}

impl From<&VoiceLine> for WireVoiceLine {
    fn from(line: &VoiceLine) -> Self {
        Self {
            party: line.party.map(|party| party.id().to_owned()),
            level: line.level.clone(),
            pitch: line.pitch.clone(),
        }
    }
}

impl From<&Voice> for WireVoice {
    fn from(voice: &Voice) -> Self {
        Self {
            party: voice.party.map(|party| party.id().to_owned()),
            channel: voice.channel,
            talk_ms: voice.talk_ms,
            share: voice.share,
            turns: voice.turns,
            longest: voice.longest.map(WireTimeSpan::from),
            answer_ms: voice.answer_ms.map(|(median, _)| median),
            longest_answer_ms: voice.answer_ms.map(|(_, longest)| longest),
            interruptions: voice.interruptions,
            backchannels: voice.backchannels,
            sound: voice.sound.into(),
        }
    }
}

impl From<TimeSpan> for WireTimeSpan {
    fn from(span: TimeSpan) -> Self {
        Self { start_ms: span.start_ms, end_ms: span.end_ms }
    }
}

impl From<Sound> for WireSound {
    fn from(sound: Sound) -> Self {
        Self {
            pitch: sound.pitch.map(WireSpread::from),
            pitch_range: sound.pitch_range,
            pitch_movement: sound.pitch_movement,
            level: sound.level.map(WireSpread::from),
            pace: sound.pace,
            formants: sound.formants,
            pauses: sound.pauses,
            pauses_ms: sound.pauses_ms,
            longest_pause_ms: sound.longest_pause_ms,
        }
    }
}

impl From<Spread> for WireSpread {
    fn from(spread: Spread) -> Self {
        Self { median: spread.median, low: spread.low, high: spread.high }
    }
}

impl From<&VoiceTurn> for WireVoiceTurn {
    fn from(turn: &VoiceTurn) -> Self {
        Self {
            party: turn.party.map(|party| party.id().to_owned()),
            start_ms: turn.span.start_ms,
            end_ms: turn.span.end_ms,
            backchannel: turn.backchannel,
            answered_after_ms: turn.answered_after_ms,
            sound: turn.sound.into(),
            said: turn.said.clone(),
        }
    }
}

impl From<&Overlap> for WireOverlap {
    fn from(overlap: &Overlap) -> Self {
        Self {
            start_ms: overlap.span.start_ms,
            end_ms: overlap.span.end_ms,
            by: overlap.by.id().to_owned(),
            kind: overlap.kind.id().to_owned(),
        }
    }
}

impl From<&Wait> for WireWait {
    fn from(wait: &Wait) -> Self {
        Self {
            start_ms: wait.span.start_ms,
            end_ms: wait.span.end_ms,
            kind: wait.kind.id().to_owned(),
        }
    }
}

impl From<&Mirroring> for WireMirroring {
    fn from(mirroring: &Mirroring) -> Self {
        let measures = mirroring.measures.iter().map(WireMirrored::from).collect();
        Self { pairs: mirroring.pairs, measures }
    }
}

impl From<&Mirrored> for WireMirrored {
    fn from(mirrored: &Mirrored) -> Self {
        Self {
            measure: mirrored.measure.id().to_owned(),
            proximity: mirrored.proximity.into(),
            convergence: mirrored.convergence.into(),
            agent_follows: mirrored.agent_follows.into(),
            customer_follows: mirrored.customer_follows.into(),
        }
    }
}

impl From<Tested> for WireTested {
    fn from(tested: Tested) -> Self {
        Self { value: tested.value, chance: tested.chance, real: tested.real }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Emotion, Label};

    /// Of a voice there are physical measures and nothing else: no word for a feeling.
    #[test]
    fn the_contract_of_a_voice_has_no_word_for_a_feeling() {
        let schema = schemars::schema_for!(super::WireVoiceReport).to_value().to_string()
            + &schemars::schema_for!(super::WireVoiceLines).to_value().to_string();
        for label in Label::all().filter(|label| matches!(label, Label::Emotion(_))) {
            assert!(!schema.contains(&format!("\"{label}\"")), "{label}");
        }
        assert!(!Emotion::ALL.is_empty());
        for word in ["emotion", "valence", "sentiment", "mood"] {
            assert!(!schema.contains(word), "{word}");
        }
    }
}
