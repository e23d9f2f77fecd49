//! How a call sounded: physical measures of both voices, and nothing about what anybody felt.

use crate::Party;

/// A stretch of a recording, half open, in milliseconds from its start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct TimeSpan {
    /// Where it begins.
    pub start_ms: u32,
    /// Where it ends.
    pub end_ms: u32,
}

impl TimeSpan {
    /// A stretch.
    #[must_use]
    pub const fn new(start_ms: u32, end_ms: u32) -> Self {
        Self { start_ms, end_ms }
    }

    /// How long it is, in milliseconds.
    #[must_use]
    pub const fn length_ms(self) -> u32 {
        self.end_ms.saturating_sub(self.start_ms)
    }

    /// How much of it lies within another, in milliseconds.
    #[must_use]
    pub fn shared_ms(self, other: Self) -> u32 {
        self.end_ms.min(other.end_ms).saturating_sub(self.start_ms.max(other.start_ms))
    }
}

/// How a call sounded.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct VoiceReport {
    /// Length of the recording, in milliseconds.
    pub length_ms: u32,
    /// Samples a second of the recording.
    pub rate: u32,
    /// Each voice that can be told apart: two of a recording with two channels, else one.
    pub voices: Vec<Voice>,
    /// Who spoke when, in order of their starts.
    pub turns: Vec<VoiceTurn>,
    /// Where both spoke.
    pub overlaps: Vec<Overlap>,
    /// Where somebody waited.
    pub waits: Vec<Wait>,
    /// How long nobody spoke, waits apart, in milliseconds.
    pub silence_ms: u32,
    /// Whether the voices came to resemble each other; `None` of one voice.
    pub mirroring: Option<Mirroring>,
}

impl VoiceReport {
    /// The same call with agent and customer changed about.
    #[must_use]
    pub fn swapped(mut self) -> Self {
        for party in self
            .voices
            .iter_mut()
            .map(|voice| &mut voice.party)
            .chain(self.turns.iter_mut().map(|turn| &mut turn.party))
        {
            *party = party.map(other);
        }
        self.overlaps.iter_mut().for_each(|overlap| overlap.by = other(overlap.by));
        for one in self.mirroring.iter_mut().flat_map(|mirroring| &mut mirroring.measures) {
            std::mem::swap(&mut one.agent_follows, &mut one.customer_follows);
        }
        self
    }
}

/// One voice over the whole call.
#[derive(Debug, Clone, PartialEq)]
pub struct Voice {
    /// Whose it is; `None` where one channel holds all voices, which are not told apart.
    pub party: Option<Party>,
    /// Channel of the recording, from 1.
    pub channel: u8,
    /// How long it spoke, in milliseconds.
    pub talk_ms: u32,
    /// Its share of all speech, 0–1.
    pub share: f32,
    /// How many turns it had.
    pub turns: usize,
    /// Its longest turn.
    pub longest: Option<TimeSpan>,
    /// How long it was before it answered, median and longest, in milliseconds; below zero where
    /// it began before the other had ended. `None` when it never answered.
    pub answer_ms: Option<(i32, i32)>,
    /// How often it took the word from the other.
    pub interruptions: usize,
    /// How often it showed, with a word such as "ja", that it listened.
    pub backchannels: usize,
    /// How it sounded.
    pub sound: Sound,
}

/// How a voice sounded over some stretch.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Sound {
    /// Pitch in hertz; `None` with too little voice to tell.
    pub pitch: Option<Spread>,
    /// From the low to the high end of its pitch, in semitones.
    pub pitch_range: Option<f32>,
    /// How fast pitch moves, in semitones a second.
    pub pitch_movement: Option<f32>,
    /// Loudness, in decibels relative to the loudest that the recording can hold.
    pub level: Option<Spread>,
    /// Syllables in a second of speech, pauses left out.
    pub pace: Option<f32>,
    /// First three formants, medians, in hertz.
    pub formants: Option<[f32; 3]>,
    /// How many pauses, and how long together, in milliseconds.
    pub pauses: usize,
    /// All pauses together, in milliseconds.
    pub pauses_ms: u32,
    /// The longest pause, in milliseconds.
    pub longest_pause_ms: u32,
}

/// The middle of a measure, and where a tenth lies below and above.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Spread {
    /// Median.
    pub median: f32,
    /// A tenth lies below.
    pub low: f32,
    /// A tenth lies above.
    pub high: f32,
}

/// What one voice said until the other took over.
#[derive(Debug, Clone, PartialEq)]
pub struct VoiceTurn {
    /// Whose voice; `None` where voices are not told apart.
    pub party: Option<Party>,
    /// From the first to the last sound.
    pub span: TimeSpan,
    /// Whether it only showed that it listened, and took no turn.
    pub backchannel: bool,
    /// Since the other had ended, in milliseconds; below zero where it began before. `None` where
    /// nobody had spoken before.
    pub answered_after_ms: Option<i32>,
    /// How it sounded.
    pub sound: Sound,
    /// Turns of the transcript that were said in it.
    pub said: Vec<usize>,
}

/// A stretch where both spoke.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overlap {
    /// When.
    pub span: TimeSpan,
    /// Who began while the other spoke.
    pub by: Party,
    /// What became of it.
    pub kind: OverlapKind,
}

/// What becomes of words that begin while the other speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OverlapKind {
    /// The other stopped and was cut short.
    Interruption,
    /// The other went on, and these words ended.
    Attempt,
    /// A short word that shows listening.
    Backchannel,
    /// The other was about to end: a quick answer.
    Handover,
}

impl OverlapKind {
    /// The id as written in JSON.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Interruption => "interruption",
            Self::Attempt => "attempt",
            Self::Backchannel => "backchannel",
            Self::Handover => "handover",
        }
    }
}

/// A stretch in which somebody waited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait {
    /// When.
    pub span: TimeSpan,
    /// With what.
    pub kind: WaitKind,
}

/// What somebody hears who waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WaitKind {
    /// Hold music, or tones.
    Music,
    /// Nothing, for long.
    Silence,
    /// Whatever the telephone system plays meanwhile: it said that the call was on hold.
    Hold,
}

impl WaitKind {
    /// The id as written in JSON.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Music => "music",
            Self::Silence => "silence",
            Self::Hold => "hold",
        }
    }
}

/// Whether two voices came to resemble each other.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Mirroring {
    /// Turns of one voice that followed on one of the other, and were long enough to compare.
    pub pairs: usize,
    /// Each measure that was compared; none when there were too few pairs to tell.
    pub measures: Vec<Mirrored>,
}

/// One measure of two voices, compared.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mirrored {
    /// What was compared.
    pub measure: MirroredMeasure,
    /// How much nearer a turn is to the one before it than to others of the other voice: 0 as near
    /// as chance, 1 the same.
    pub proximity: Tested,
    /// Whether the difference got smaller over the call: correlation with time, turned round.
    pub convergence: Tested,
    /// Whether the agent went up and down with the customer's turn before: a correlation.
    pub agent_follows: Tested,
    /// Whether the customer went up and down with the agent's turn before: a correlation.
    pub customer_follows: Tested,
}

/// What can be mirrored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MirroredMeasure {
    /// Level.
    Loudness,
    /// Syllables a second.
    Pace,
    /// Pitch.
    Pitch,
}

impl MirroredMeasure {
    /// The id as written in JSON.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Loudness => "loudness",
            Self::Pace => "pace",
            Self::Pitch => "pitch",
        }
    }
}

/// A figure that was held against chance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tested {
    /// The figure.
    pub value: f32,
    /// How often chance does as well: a share of calls whose turns were shuffled.
    pub chance: f32,
    /// Whether it is more than chance, all figures of this call taken together.
    pub real: bool,
}

/// How loud and how high both voices were over a call, in pieces of one length.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct VoiceLines {
    /// Length of a piece, in milliseconds.
    pub step_ms: u32,
    /// A line for each voice.
    pub lines: Vec<VoiceLine>,
}

/// How loud and how high a voice was, piece by piece; `None` where it did not speak.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct VoiceLine {
    /// Whose it is; `None` where voices are not told apart.
    pub party: Option<Party>,
    /// Median loudness, in decibels relative to the loudest that the recording can hold.
    pub level: Vec<Option<f32>>,
    /// Median pitch, in hertz.
    pub pitch: Vec<Option<f32>>,
}

impl VoiceLines {
    /// The same with agent and customer changed about.
    #[must_use]
    pub fn swapped(mut self) -> Self {
        for line in &mut self.lines {
            line.party = line.party.map(other);
        }
        self
    }
}

/// The party at the other end of the line.
const fn other(party: Party) -> Party {
    match party {
        Party::Agent => Party::Customer,
        Party::Customer => Party::Agent,
        other => other,
    }
}
