//! The doors for people and machines: the HTTP API, live streams, sessions and rights.
//!
//! Read in this order: [`app`](mod@app) (every door as one router), `access` (who is at the door),
//! `api` (one module a thing), `pages` (what a person sees), [`live`] (turns as they come in),
//! [`intake`] (from what comes in to what is kept), [`telephony`] (calls while they run), `in_force` (what was decided), [`serve`](mod@serve) (starting and stopping).
//!
//! Architecture invariants: a handler gets a viewer only through `Guarded`, which names the right it
//! needs, so a route without a policy does not compile; no log line and no number holds a word of a
//! customer; all text that leaves is masked, but for the agent who helps this customer now.

pub mod app;
pub mod earlier;
pub mod export;
pub mod importing;
pub mod intake;
pub mod language_model;
pub mod live;
pub mod serve;
pub mod telemetry;
pub mod telephony;

mod access;
mod api;
mod aside;
mod error;
mod in_force;
mod jobs;
mod not_so;
mod pages;
mod password;
pub mod speech_to_text;
mod suggesting;

pub use app::{App, app, openapi};
pub use in_force::InForce;
pub use jobs::{LISTEN_AGAIN, work_on_jobs};
pub use language_model::LanguageModel;
pub use pages::{CallFacts, Cell, Mirror, PAGES, Reader, Sheet, Sounded, Told, clock};
pub use password::{hash_password, random_secret};
pub use serve::{FirstAdministrator, first_start, serve};
pub use speech_to_text::{SpeechModel, SpeechToText};
pub use telephony::Telephony;
