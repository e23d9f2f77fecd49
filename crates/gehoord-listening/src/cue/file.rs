//! One cue file.

use gehoord_conversation::{Label, Party};
use serde::Deserialize;

/// What to do with a match that is negated ("ik ben *niet* boos").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Negation {
    /// A negated match is no match. The default.
    #[default]
    Drops,
    /// The pattern deals with negation itself.
    Ignored,
}

/// How the customer's words before a reply were.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Feeling {
    /// With an unpleasant feeling.
    Negative,
    /// Without a feeling.
    Neutral,
    /// With a pleasant feeling.
    Positive,
}

/// A cue as a coach writes it: `packs/<language>/cues/<label>/<name>.toml`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CueFile {
    /// Label id that the cue hears.
    pub label: String,
    /// What it hears, in one sentence in the language of the pack; shown as the reason.
    pub hears: String,
    /// Why it matters.
    pub why: String,
    /// Key of its source in `sources.toml`.
    pub source: String,
    /// When it would be mistaken.
    #[serde(default)]
    pub wrong_when: String,
    /// Probability that a careful reader agrees, above 0 up to 1.
    pub strength: f32,
    /// Feelings only: how strong the feeling is when nothing else says so, 1–3.
    #[serde(default)]
    pub intensity: Option<u8>,
    /// The words say it outright: a feeling ("ik ben teleurgesteld"), or what an agent does ("dat is
    /// heel naar voor u"). It stands whatever the learned model makes of the words, and no feeling the
    /// other way is heard in them.
    #[serde(default)]
    pub outright: bool,
    /// Labels that come with it.
    #[serde(default)]
    pub also: Vec<String>,
    /// Label that is heard instead when the match is negated ("niet tevreden").
    #[serde(default)]
    pub negated: Option<String>,
    /// What a negation does when `negated` is absent.
    #[serde(default)]
    pub negation: Negation,
    /// Who says it, where the label leaves that open.
    #[serde(default)]
    pub party: Option<String>,
    /// Locales it holds for; empty means all of the language.
    #[serde(default)]
    pub locales: Vec<String>,
    /// Agent cues only: what the customer's words before it must have been for the cue to hold;
    /// empty means anything.
    #[serde(default)]
    pub after: Vec<Feeling>,
    /// Customer cues only: it does not hold in a turn that answers a question ("ja hoor").
    #[serde(default)]
    pub unless_answering: bool,
    /// What is heard.
    pub patterns: Vec<String>,
    /// A match of one of these in the same sentence switches the cue off there.
    #[serde(default)]
    pub unless: Vec<String>,
    /// A match of one of these anywhere in the turn switches the cue off.
    #[serde(default)]
    pub unless_turn: Vec<String>,
    /// Sentences in which it must be heard.
    pub must_match: Vec<String>,
    /// Sentences in which it must not be heard.
    pub must_not_match: Vec<String>,
}

/// Who says a label, unless the file says otherwise.
#[must_use]
pub fn default_party(label: Label) -> Party {
    use gehoord_conversation::Signal as S;
    match label {
        Label::Emotion(_) | Label::Need(_) | Label::Safety(_) => Party::Customer,
        Label::Technique(_) | Label::Breaker(_) => Party::Agent,
        Label::Signal(signal) => match signal {
            S::Boundary
            | S::TemplateEmpathy
            | S::OwnFault
            | S::Sympathy
            | S::WarmTransfer
            | S::ToSafety
            | S::Offer
            | S::Refusal
            | S::Backchannel => Party::Agent,
            _ => Party::Customer,
        },
    }
}
