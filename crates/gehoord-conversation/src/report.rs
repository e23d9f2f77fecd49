//! Everything that was heard in one conversation.

use jiff::Zoned;

use crate::{Emotion, Evidence, Finding, Label, Language, Locale, Need, Safety, Signal, Span};

/// What was heard in one conversation.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Id of the conversation.
    pub id: String,
    /// The locale that was used, given or guessed.
    pub locale: Locale,
    /// The channel.
    pub channel: crate::Channel,
    /// What made this report.
    pub versions: Versions,
    /// Whether the customer was heard.
    pub heard: Heard,
    /// How the feeling went.
    pub trajectory: Trajectory,
    /// Feelings that asked for an answer.
    pub moments: Vec<Moment>,
    /// What was promised.
    pub promises: Vec<Promise>,
    /// Dissatisfaction with an answer expected.
    pub complaint: bool,
    /// One entry for every turn.
    pub turns: Vec<TurnReport>,
    /// What heads learned from an organisation's own labels answer.
    pub heads: Vec<HeadAnswer>,
}

/// What a learned head answers for a turn or for the whole conversation.
#[derive(Debug, Clone, PartialEq)]
pub struct HeadAnswer {
    /// The turn; `None` for the whole conversation.
    pub turn: Option<usize>,
    /// Name of the head, as in `gold`.
    pub head: String,
    /// The answer.
    pub value: HeadValue,
}

/// The answer of a learned head, on its own scale.
#[derive(Debug, Clone, PartialEq)]
pub enum HeadValue {
    /// Any number of labels.
    Labels(Vec<HeardLabel>),
    /// One label.
    One(HeardLabel),
    /// Yes or no.
    Flag(bool),
    /// A number.
    Number(f32),
}

/// A label that a learned head heard.
#[derive(Debug, Clone, PartialEq)]
pub struct HeardLabel {
    /// The label.
    pub label: String,
    /// Calibrated probability, 0–1.
    pub strength: f32,
    /// The words that speak for it.
    pub evidence: Vec<Evidence>,
}

/// What made a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versions {
    /// Version of the engine.
    pub engine: String,
    /// Version of the model, `none` without one.
    pub model: String,
    /// Version of the rubric.
    pub rubric: String,
}

/// Was this customer heard? An estimate from the words.
#[derive(Debug, Clone, PartialEq)]
pub struct Heard {
    /// 0 (not at all) – 100 (fully).
    pub score: f32,
    /// Whether there is enough to go by.
    pub sure: Sureness,
    /// What the score is made of.
    pub parts: HeardParts,
}

impl Heard {
    /// The verdict in words; none when there is too little to go by.
    #[must_use]
    pub const fn verdict(&self) -> Option<Verdict> {
        Verdict::of(self.score, self.sure)
    }
}

/// The verdict in words: a score is shown only behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The customer was heard: a score of 70 or more.
    Heard,
    /// In part: 40 or more.
    Partly,
    /// The customer was not heard.
    Not,
}

impl Verdict {
    /// The verdict of a score (0–100); none when there is too little to go by.
    #[must_use]
    pub const fn of(score: f32, sure: Sureness) -> Option<Self> {
        match (sure, score) {
            (Sureness::Low, _) => None,
            (Sureness::Enough, 70.0..) => Some(Self::Heard),
            (Sureness::Enough, 40.0..) => Some(Self::Partly),
            (Sureness::Enough, _) => Some(Self::Not),
        }
    }

    /// The id as written in JSON.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Heard => "heard",
            Self::Partly => "partly",
            Self::Not => "not",
        }
    }
}

/// Whether a verdict may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sureness {
    /// Enough to go by.
    Enough,
    /// Too little to go by: show no verdict.
    Low,
}

/// The parts of a score, each 0–100; `None` when this customer did not ask for it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct HeardParts {
    /// The feeling was taken up.
    pub acknowledged: Option<f32>,
    /// The content came back.
    pub understood: Option<f32>,
    /// What was unsaid was asked for.
    pub explored: Option<f32>,
    /// Something was done, by someone, by a time.
    pub acted: Option<f32>,
    /// Words that did not hurt.
    pub tone: Option<f32>,
}

/// The course of the customer's feeling.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Trajectory {
    /// Valence of each customer turn, −1 to 1.
    pub valence: Vec<f32>,
    /// Valence at the start.
    pub start: Option<f32>,
    /// The lowest valence.
    pub low: Option<f32>,
    /// Valence at the end.
    pub end: Option<f32>,
    /// From negative to neutral or better, by content.
    pub eased: bool,
    /// From negative to positive.
    pub turned_around: bool,
}

/// A feeling that asked for an answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Moment {
    /// The customer turn where the feeling is strongest.
    pub turn: usize,
    /// The feeling.
    pub emotion: Emotion,
    /// Met, missed, or (`None`) nobody answered.
    pub met: Option<bool>,
    /// First turn of the agent run that answered.
    pub answered_by: Option<usize>,
    /// Why, in the language of the turn.
    pub why: String,
}

/// What somebody said they would do.
#[derive(Debug, Clone, PartialEq)]
pub struct Promise {
    /// The agent turn.
    pub turn: usize,
    /// Who will do it.
    pub who: PromiseMaker,
    /// What, in the agent's words.
    pub what: String,
    /// When, in the agent's words.
    pub when: Option<String>,
    /// When at the latest, when that can be known.
    pub due: Option<Zoned>,
    /// Who and a time that can be resolved.
    pub complete: bool,
    /// The words.
    pub evidence: Vec<Evidence>,
    /// What a later turn shows of it.
    pub shown: Option<Shown>,
}

/// What a later turn shows of a promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Kept or broken.
    pub outcome: Outcome,
    /// The later turn.
    pub turn: usize,
    /// The words that show it.
    pub evidence: Vec<Evidence>,
}

/// What became of a promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// What was promised was done.
    Kept,
    /// Its time is over and the customer says that it was not done.
    Broken,
}

impl Outcome {
    /// The id as written in JSON.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Broken => "broken",
        }
    }
}

/// Who will keep a promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PromiseMaker {
    /// The agent who speaks.
    Agent,
    /// A named other employee or team.
    Colleague,
    /// The firm, "we".
    Firm,
}

impl PromiseMaker {
    /// The id as written in JSON.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Colleague => "colleague",
            Self::Firm => "firm",
        }
    }
}

/// What was heard in one turn.
#[derive(Debug, Clone, PartialEq)]
pub enum TurnReport {
    /// A turn of the customer.
    Customer(CustomerTurn),
    /// A turn of the agent.
    Agent(AgentTurn),
    /// A turn of a colleague or a bot, which is not listened to.
    Other {
        /// Who spoke.
        party: crate::Party,
        /// Its language.
        language: Option<Language>,
    },
}

/// What was heard in a customer turn.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CustomerTurn {
    /// Language of the turn.
    pub language: Option<Language>,
    /// Feelings, strongest first.
    pub emotions: Vec<Finding>,
    /// The strongest feeling; `None` is neutral.
    pub primary: Option<Emotion>,
    /// 0 none – 3 strong.
    pub intensity: u8,
    /// −1 very negative – 1 very positive.
    pub valence: f32,
    /// Needs.
    pub needs: Vec<Need>,
    /// The words that name what brought the feeling.
    pub cause: Option<Cause>,
    /// Was in touch about this before.
    pub repeat_contact: bool,
    /// May leave.
    pub churn_risk: bool,
    /// Dissatisfied, and an answer is expected.
    pub complaint: bool,
    /// Safety flags.
    pub safety: Vec<Safety>,
    /// Evidence of needs, flags and safety: one finding for each.
    pub signals: Vec<Finding>,
}

impl CustomerTurn {
    /// Whether `label` was heard in this turn.
    #[must_use]
    pub fn has(&self, label: Label) -> bool {
        self.emotions.iter().chain(&self.signals).any(|f| f.label == label)
    }
}

/// What brought the feeling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// Where.
    pub span: Span,
}

/// What was heard in an agent turn.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AgentTurn {
    /// Language of the turn.
    pub language: Option<Language>,
    /// 0–100; `None` when the turn answers nothing.
    pub score: Option<f32>,
    /// What the score is made of.
    pub parts: HeardParts,
    /// Listening techniques.
    pub techniques: Vec<Finding>,
    /// Listening breakers.
    pub breakers: Vec<Finding>,
    /// Other things heard, such as template empathy or a warm referral.
    pub signals: Vec<Finding>,
    /// Sets a boundary.
    pub boundary: bool,
    /// Share of the customer's points that came back, 0–1.
    pub coverage: Option<f32>,
    /// Share of what was given back that is true to what was said, 0–1.
    pub fidelity: Option<f32>,
    /// How replies with such words were ranked beside others, −1 (worse) to 1 (better); 0 without
    /// a model.
    pub leaning: f32,
    /// Points of the customer that did not come back in this run; on its first turn.
    pub passed_over: Vec<Evidence>,
    /// What would be better here.
    pub hints: Vec<Hint>,
}

impl AgentTurn {
    /// Whether `label` was heard in this turn.
    #[must_use]
    pub fn has(&self, label: impl Into<Label>) -> bool {
        let label = label.into();
        self.techniques.iter().chain(&self.breakers).chain(&self.signals).any(|f| f.label == label)
    }

    /// What was done well: the techniques, and bringing somebody to safety.
    pub fn done_well(&self) -> impl Iterator<Item = &Finding> {
        let safe = self.signals.iter().filter(|f| f.label == Signal::ToSafety.into());
        self.techniques.iter().chain(safe)
    }
}

/// What would be better here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// What the hint is about.
    pub label: Label,
    /// The advice.
    pub text: String,
}
