//! What is heard in the words of a conversation.
//!
//! The crate is pure: no I/O, no clock, no environment. Given a conversation it cannot fail.
//!
//! Read in this order: [`Listener`] (the door), [`text`] (a turn as cues see it), [`cue`] (what
//! labels sound like), [`mechanism`] (what is handled once for all cues), then what is heard:
//! `customer`, `agent`, and over the `conversation`.

mod agent;
mod conversation;
mod culture;
mod customer;
mod deep;
mod embedded;
mod handbook;
mod listener;
mod model;
mod reading;
mod rubric;

pub mod cue;
pub mod due;
pub mod fit;
pub mod mechanism;
pub mod text;
pub mod vectors;

pub use agent::Points;
pub use conversation::Ongoing;
pub use conversation::kept::EarlierPromise;
pub use conversation::runs::{Run, runs};
pub use culture::{CultureProfile, CultureRule, Severity};
pub use handbook::{Handbook, LabelEntry, SourceEntry};
pub use listener::{ListenError, Listener};
pub use model::Model;
pub use reading::Reading;
pub use rubric::{PartWeights, Rubric, RubricError};
