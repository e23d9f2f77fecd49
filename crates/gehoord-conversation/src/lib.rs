//! What a conversation is: who said what, when, on which channel; and what was heard in it.
//!
//! Read in this order: [`conversation`] (what comes in), [`label`] (what can be heard),
//! [`finding`] (one thing that was heard, with its evidence), [`report`] (everything that was
//! heard in one conversation), [`voice`] (how a call sounded), [`personal`] (what in a text points at a person), [`wire`] (the JSON
//! contracts).
//!
//! This crate does no I/O and knows no other gehoord crate.

pub mod conversation;
pub mod finding;
pub mod label;
pub mod personal;
pub mod report;
pub mod span;
pub mod voice;
pub mod wire;

pub use conversation::{Channel, Conversation, Language, Locale, Party, RankedReply, Turn};
pub use finding::{Evidence, Finding, Source};
pub use label::{Breaker, Emotion, Label, Need, Safety, Signal, Technique};
pub use personal::{PersonalDatum, PersonalKind};
pub use report::{
    AgentTurn, Cause, CustomerTurn, HeadAnswer, HeadValue, Heard, HeardLabel, HeardParts, Hint,
    Moment, Outcome, Promise, PromiseMaker, Report, Shown, Sureness, Trajectory, TurnReport,
    Verdict, Versions,
};
pub use span::Span;
