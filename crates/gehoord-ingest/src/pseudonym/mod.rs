//! Personal data found in the text of customer contact, and masks put in its place.
//!
//! Read in this order: [`Pseudonymiser`] (what is found), [`masks`] (which mask stands for what,
//! and back again), [`conversation`] (one identity space over all turns). Inside: `tokens` (the
//! text cut up), `rules` and `pseudonym/<language>.toml` (what a trainer can change), `scene` (a
//! text with all that is known about its words), then a file for each kind or family.
//!
//! What is found is what somebody wrote down to point at a person or a matter; firms, products,
//! towns, prices and times are left alone.

pub mod conversation;
pub mod masks;

mod address;
mod bank;
mod birth;
mod citizen;
mod codes;
mod digits;
mod engine;
mod given;
mod mail;
mod names;
mod near;
mod numbers;
mod person;
mod phone;
mod plate;
mod postcode;
mod profile;
mod rules;
mod scene;
mod secrets;
mod spoken;
mod timed;
mod tokens;
mod words;

#[cfg(test)]
mod tests;

pub use conversation::{ConversationMasker, MaskedConversation};
pub use engine::Pseudonymiser;
pub use masks::{Masked, MaskedSpan, Masks, Original, Unmasked, unmask};
pub use names::fitting::{Lesson, fit_names};
pub use timed::when_said;
