//! One report as JSON.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

use crate::{
    AgentTurn, Conversation, CustomerTurn, Evidence, Finding, HeadValue, HeardLabel, HeardParts,
    Label, Report, Source, Sureness, TurnReport,
};

/// Version of this contract.
pub const SCHEMA_VERSION: u32 = 1;

/// What was heard in one conversation. Offsets are half-open UTF-8 byte offsets into the original
/// text of the turn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WireReport {
    /// Version of this contract.
    pub schema: u32,
    /// Id of the conversation.
    pub id: String,
    /// Locale that was used, given or guessed.
    pub locale: String,
    /// Channel.
    pub channel: String,
    /// What made this report.
    pub versions: WireVersions,
    /// Was the customer heard: an estimate from the words.
    pub heard: WireHeard,
    /// Course of the customer's feeling.
    pub trajectory: WireTrajectory,
    /// Feelings that asked for an answer.
    pub moments: Vec<WireMoment>,
    /// What was promised.
    pub promises: Vec<WirePromise>,
    /// Dissatisfaction with an answer expected.
    pub complaint: bool,
    /// One entry for every turn.
    pub turns: Vec<WireTurnReport>,
    /// Answers about the whole conversation of heads that were learned from own labels.
    #[serde(default, flatten)]
    pub heads: WireHeads,
}

/// What made a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WireVersions {
    /// Version of the engine.
    pub engine: String,
    /// Version of the model; `none` without one.
    pub model: String,
    /// Version of the rubric.
    pub rubric: String,
}

/// Was the customer heard?
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WireHeard {
    /// 0–100.
    pub score: f32,
    /// `enough`, or `low`: then show no verdict.
    pub sure: String,
    /// What the score is made of.
    pub parts: WireParts,
}

/// Parts of a score, 0–100; null when this customer did not ask for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WireParts {
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

/// Course of the customer's feeling; valence −1 to 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WireTrajectory {
    /// One number for each customer turn.
    pub valence: Vec<f32>,
    /// First of them.
    pub start: Option<f32>,
    /// Lowest of them.
    pub low: Option<f32>,
    /// Last of them.
    pub end: Option<f32>,
    /// From negative to neutral or better, by content.
    pub eased: bool,
    /// From negative to positive.
    pub turned_around: bool,
}

/// A feeling that asked for an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WireMoment {
    /// Customer turn where the feeling is strongest.
    pub turn: usize,
    /// The feeling.
    pub emotion: String,
    /// Met, missed, or null: nobody answered.
    pub met: Option<bool>,
    /// First turn of the agent run that answered.
    pub answered_by: Option<usize>,
    /// Why.
    pub why: String,
}

/// What somebody said they would do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WirePromise {
    /// Stable within the report.
    pub id: String,
    /// Agent turn.
    pub turn: usize,
    /// `agent`, `colleague` or `firm`.
    pub who: String,
    /// What, in the agent's words.
    pub what: String,
    /// When, in the agent's words.
    pub when: Option<String>,
    /// Latest moment, RFC 3339, when it can be known.
    pub due: Option<String>,
    /// Who and a time that can be resolved.
    pub complete: bool,
    /// The words.
    pub evidence: Vec<WireEvidence>,
    /// What a later turn shows of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown: Option<WireShown>,
}

/// What a later turn shows of a promise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WireShown {
    /// `kept`, or `broken` where the customer says so after its time.
    pub state: String,
    /// The later turn.
    pub turn: usize,
    /// The words that show it.
    pub evidence: Vec<WireEvidence>,
}

/// A place in a turn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WireEvidence {
    /// Turn.
    pub turn: usize,
    /// First byte.
    pub start: usize,
    /// Just past the last byte.
    pub end: usize,
    /// The words there.
    pub text: String,
}

/// One thing that was heard.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WireFinding {
    /// Stable within the report.
    pub id: String,
    /// Label.
    pub label: String,
    /// Probability, 0–1.
    pub strength: f32,
    /// The words that show it.
    pub evidence: Vec<WireEvidence>,
    /// `cue`, `model` or `both`.
    pub source: String,
    /// Cue or mechanism that found it.
    pub rule: String,
    /// What it is.
    pub because: String,
}

impl WireFinding {
    /// Whether it is more than a possibility (see [`Finding::is_sure`]).
    #[must_use]
    pub fn is_sure(&self) -> bool {
        let by_model = self.source == Source::Model.id();
        let source = if by_model { Source::Model } else { Source::Both };
        source.is_sure(self.strength)
    }
}

/// Cause of a feeling.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WireCause {
    /// First byte.
    pub start: usize,
    /// Just past the last byte.
    pub end: usize,
    /// The words there.
    pub text: String,
}

/// What would be better here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WireHint {
    /// What it is about.
    pub label: String,
    /// The advice.
    pub text: String,
}

/// What was heard in one turn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "party", rename_all = "snake_case")]
pub enum WireTurnReport {
    /// A turn of the customer.
    Customer {
        /// Index of the turn.
        index: usize,
        /// Language of the turn.
        language: Option<String>,
        /// Feelings, strongest first.
        emotions: Vec<WireFinding>,
        /// Strongest feeling, or `neutral`.
        primary: String,
        /// 0 none – 3 strong.
        intensity: u8,
        /// −1 – 1.
        valence: f32,
        /// Needs.
        needs: Vec<String>,
        /// Words that name what brought the feeling.
        cause: Option<WireCause>,
        /// Was in touch about this before.
        repeat_contact: bool,
        /// May leave.
        churn_risk: bool,
        /// Dissatisfied, and an answer is expected.
        complaint: bool,
        /// Safety flags.
        safety: Vec<String>,
        /// Evidence of needs, flags and safety.
        signals: Vec<WireFinding>,
        /// Answers of heads that were learned from own labels, on their own scale.
        #[serde(default, flatten)]
        heads: WireHeads,
    },
    /// A turn of the agent.
    Agent {
        /// Index of the turn.
        index: usize,
        /// Language of the turn.
        language: Option<String>,
        /// 0–100; null when it answers nothing.
        score: Option<f32>,
        /// What the score is made of.
        parts: WireParts,
        /// Listening techniques.
        techniques: Vec<WireFinding>,
        /// Listening breakers.
        breakers: Vec<WireFinding>,
        /// Sets a boundary.
        boundary: bool,
        /// Share of the customer's points that came back, 0–1.
        coverage: Option<f32>,
        /// Share of what came back that is true to what was said, 0–1.
        fidelity: Option<f32>,
        /// What would be better here.
        hints: Vec<WireHint>,
        /// Other things heard, such as template empathy or a warm referral.
        signals: Vec<WireFinding>,
        /// Answers of heads that were learned from own labels, on their own scale.
        #[serde(default, flatten)]
        heads: WireHeads,
    },
    /// A turn of a colleague.
    Colleague {
        /// Index of the turn.
        index: usize,
        /// Language of the turn.
        language: Option<String>,
    },
    /// A turn of a machine.
    Bot {
        /// Index of the turn.
        index: usize,
        /// Language of the turn.
        language: Option<String>,
    },
}

/// Answers of learned heads, on their own scale, and the words behind them.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct WireHeads {
    /// The answer of each head: a list of labels, one label, true or false, or a number.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub heads: BTreeMap<String, Value>,
    /// For labels: how sure, and the words that speak for them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub heads_evidence: BTreeMap<String, Vec<WireHeardLabel>>,
}

/// A label that a learned head heard.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WireHeardLabel {
    /// The label.
    pub label: String,
    /// Probability, 0–1.
    pub strength: f32,
    /// The words.
    pub evidence: Vec<WireEvidence>,
}

/// Stands in the place of an input that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ErrorLine {
    /// The input, where there may be several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Line of the input, from 1.
    pub line: usize,
    /// What was wrong.
    pub error: WireErrorBody,
}

/// What was wrong with an input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WireErrorBody {
    /// Stable code.
    pub code: String,
    /// For people.
    pub message: String,
}

impl WireReport {
    /// The contract's form of `report`; the words come from `conversation`.
    #[must_use]
    pub fn new(report: &Report, conversation: &Conversation) -> Self {
        let mut wire = Self::without_turns(report, conversation);
        wire.turns.extend(StreamedTurns(report, conversation).iter_from(0));
        wire
    }

    /// Brings an earlier form of the same report up to date, of which the entries before turn
    /// `first` still hold.
    pub fn update(&mut self, report: &Report, conversation: &Conversation, first: usize) {
        let mut turns = std::mem::take(&mut self.turns);
        turns.truncate(first);
        turns.extend(StreamedTurns(report, conversation).iter_from(turns.len()));
        *self = Self { turns, ..Self::without_turns(report, conversation) };
    }

    fn without_turns(report: &Report, conversation: &Conversation) -> Self {
        let words = Words(conversation);
        Self {
            schema: SCHEMA_VERSION,
            id: report.id.clone(),
            locale: report.locale.to_string(),
            channel: report.channel.id().to_owned(),
            versions: WireVersions {
                engine: report.versions.engine.clone(),
                model: report.versions.model.clone(),
                rubric: report.versions.rubric.clone(),
            },
            heard: WireHeard {
                score: tenths(report.heard.score),
                sure: match report.heard.sure {
                    Sureness::Enough => "enough",
                    Sureness::Low => "low",
                }
                .to_owned(),
                parts: parts(&report.heard.parts),
            },
            trajectory: WireTrajectory {
                valence: report.trajectory.valence.iter().map(|&v| hundredths(v)).collect(),
                start: report.trajectory.start.map(hundredths),
                low: report.trajectory.low.map(hundredths),
                end: report.trajectory.end.map(hundredths),
                eased: report.trajectory.eased,
                turned_around: report.trajectory.turned_around,
            },
            moments: report
                .moments
                .iter()
                .map(|m| WireMoment {
                    turn: m.turn,
                    emotion: m.emotion.id().to_owned(),
                    met: m.met,
                    answered_by: m.answered_by,
                    why: m.why.clone(),
                })
                .collect(),
            promises: report
                .promises
                .iter()
                .enumerate()
                .map(|(n, p)| WirePromise {
                    id: format!("{}.promise.{n}", p.turn),
                    turn: p.turn,
                    who: p.who.id().to_owned(),
                    what: p.what.clone(),
                    when: p.when.clone(),
                    due: p.due.as_ref().map(|z| z.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()),
                    complete: p.complete,
                    evidence: words.places(&p.evidence),
                    shown: p.shown.as_ref().map(|s| WireShown {
                        state: s.outcome.id().to_owned(),
                        turn: s.turn,
                        evidence: words.places(&s.evidence),
                    }),
                })
                .collect(),
            complaint: report.complaint,
            turns: Vec::new(),
            heads: words.heads(report, None),
        }
    }
}

/// A report that is brought into the contract's form turn by turn while it is written, so that a
/// long one is never in memory twice. Written, it is the same as a [`WireReport`].
#[derive(Debug, Clone, Copy)]
pub struct StreamedReport<'r> {
    report: &'r Report,
    conversation: &'r Conversation,
}

impl<'r> StreamedReport<'r> {
    /// `report`, to be written; the words come from `conversation`.
    #[must_use]
    pub fn new(report: &'r Report, conversation: &'r Conversation) -> Self {
        Self { report, conversation }
    }
}

impl Serialize for StreamedReport<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Fields<'r> {
            schema: u32,
            id: String,
            locale: String,
            channel: String,
            versions: WireVersions,
            heard: WireHeard,
            trajectory: WireTrajectory,
            moments: Vec<WireMoment>,
            promises: Vec<WirePromise>,
            complaint: bool,
            turns: StreamedTurns<'r>,
            #[serde(flatten)]
            heads: WireHeads,
        }
        let WireReport {
            schema,
            id,
            locale,
            channel,
            versions,
            heard,
            trajectory,
            moments,
            promises,
            complaint,
            turns: _,
            heads,
        } = WireReport::without_turns(self.report, self.conversation);
        let turns = StreamedTurns(self.report, self.conversation);
        let fields = Fields {
            schema,
            id,
            locale,
            channel,
            versions,
            heard,
            trajectory,
            moments,
            promises,
            complaint,
            turns,
            heads,
        };
        fields.serialize(serializer)
    }
}

struct StreamedTurns<'r>(&'r Report, &'r Conversation);

impl<'r> StreamedTurns<'r> {
    fn iter_from(&self, first: usize) -> impl Iterator<Item = WireTurnReport> + use<'r> {
        let (report, words) = (self.0, Words(self.1));
        let turn = move |(i, t)| words.turn(i, t, words.heads(report, Some(i)));
        report.turns.iter().enumerate().skip(first).map(turn)
    }
}

impl Serialize for StreamedTurns<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter_from(0))
    }
}

/// Puts the original words beside places.
struct Words<'c>(&'c Conversation);

impl Words<'_> {
    fn turn(&self, index: usize, turn: &TurnReport, heads: WireHeads) -> WireTurnReport {
        match turn {
            TurnReport::Customer(turn) => self.customer(index, turn, heads),
            TurnReport::Agent(turn) => self.agent(index, turn, heads),
            TurnReport::Other { party, language } => {
                let language = language.map(|l| l.id().to_owned());
                match party {
                    crate::Party::Bot => WireTurnReport::Bot { index, language },
                    _ => WireTurnReport::Colleague { index, language },
                }
            }
        }
    }

    fn customer(&self, index: usize, turn: &CustomerTurn, heads: WireHeads) -> WireTurnReport {
        WireTurnReport::Customer {
            index,
            language: turn.language.map(|l| l.id().to_owned()),
            emotions: self.findings(index, &turn.emotions),
            primary: turn.primary.map_or("neutral", |e| e.id()).to_owned(),
            intensity: turn.intensity,
            valence: hundredths(turn.valence),
            needs: turn.needs.iter().map(|n| n.id().to_owned()).collect(),
            cause: turn.cause.as_ref().map(|cause| WireCause {
                start: cause.span.start,
                end: cause.span.end,
                text: cause.span.of(&self.0.turns[index].text).to_owned(),
            }),
            repeat_contact: turn.repeat_contact,
            churn_risk: turn.churn_risk,
            complaint: turn.complaint,
            safety: turn.safety.iter().map(|s| s.id().to_owned()).collect(),
            signals: self.findings(index, &turn.signals),
            heads,
        }
    }

    fn agent(&self, index: usize, turn: &AgentTurn, heads: WireHeads) -> WireTurnReport {
        WireTurnReport::Agent {
            index,
            language: turn.language.map(|l| l.id().to_owned()),
            score: turn.score.map(tenths),
            parts: parts(&turn.parts),
            techniques: self.findings(index, &turn.techniques),
            breakers: self.findings(index, &turn.breakers),
            boundary: turn.boundary,
            coverage: turn.coverage.map(hundredths),
            fidelity: turn.fidelity.map(hundredths),
            hints: turn
                .hints
                .iter()
                .map(|h| WireHint { label: h.label.id().to_owned(), text: h.text.clone() })
                .collect(),
            signals: self.findings(index, &turn.signals),
            heads,
        }
    }

    /// Answers of learned heads for one turn, or for the whole conversation.
    fn heads(&self, report: &Report, turn: Option<usize>) -> WireHeads {
        let mut heads = WireHeads::default();
        for answer in report.heads.iter().filter(|a| a.turn == turn) {
            let (value, labels): (Value, &[HeardLabel]) = match &answer.value {
                HeadValue::Labels(labels) => {
                    (labels.iter().map(|l| l.label.clone()).collect::<Vec<_>>().into(), labels)
                }
                HeadValue::One(label) => (label.label.clone().into(), std::slice::from_ref(label)),
                HeadValue::Flag(yes) => ((*yes).into(), &[]),
                HeadValue::Number(n) => (((f64::from(*n) * 100.0).round() / 100.0).into(), &[]),
            };
            heads.heads.insert(answer.head.clone(), value);
            let because = |l: &HeardLabel| WireHeardLabel {
                label: l.label.clone(),
                strength: hundredths(l.strength),
                evidence: self.places(&l.evidence),
            };
            if !labels.is_empty() {
                let because = labels.iter().map(because).collect();
                heads.heads_evidence.insert(answer.head.clone(), because);
            }
        }
        heads
    }

    fn findings(&self, index: usize, findings: &[Finding]) -> Vec<WireFinding> {
        let mut seen: Vec<(Label, usize)> = Vec::new();
        findings
            .iter()
            .map(|f| {
                let nth = match seen.iter_mut().find(|(label, _)| *label == f.label) {
                    Some((_, count)) => {
                        *count += 1;
                        *count
                    }
                    None => {
                        seen.push((f.label, 0));
                        0
                    }
                };
                WireFinding {
                    id: format!("{index}.{}.{nth}", f.label),
                    label: f.label.id().to_owned(),
                    strength: hundredths(f.strength),
                    evidence: self.places(&f.evidence),
                    source: f.source.id().to_owned(),
                    rule: f.rule.to_string(),
                    because: f.because.to_string(),
                }
            })
            .collect()
    }

    fn places(&self, evidence: &[Evidence]) -> Vec<WireEvidence> {
        evidence
            .iter()
            .map(|e| WireEvidence {
                turn: e.turn,
                start: e.span.start,
                end: e.span.end,
                text: self.0.turns.get(e.turn).map_or("", |t| e.span.of(&t.text)).to_owned(),
            })
            .collect()
    }
}

fn parts(parts: &HeardParts) -> WireParts {
    WireParts {
        acknowledged: parts.acknowledged.map(tenths),
        understood: parts.understood.map(tenths),
        explored: parts.explored.map(tenths),
        acted: parts.acted.map(tenths),
        tone: parts.tone.map(tenths),
    }
}

fn tenths(value: f32) -> f32 {
    (value * 10.0).round() / 10.0
}

fn hundredths(value: f32) -> f32 {
    // Adding nothing turns −0 into 0.
    (value * 100.0).round() / 100.0 + 0.0
}
