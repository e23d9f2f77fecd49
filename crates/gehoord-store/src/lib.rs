//! Where conversations stay, on SQLite or PostgreSQL, and who may see what of them.
//!
//! Read in this order: the migrations beside this crate's `src` (what is kept), [`rights`] (who may
//! do what), [`Store`] and [`Request`] (the one way in: nothing is read or written without a
//! [`Viewer`], and each request leaves a row in the audit in its own transaction); then one module
//! a thing that is kept.
//!
//! A query without a viewer does not compile:
//!
//! ```compile_fail
//! # async fn example(store: gehoord_store::Store) {
//! let conversation = store.conversation("an id").await;
//! # }
//! ```
//!
//! With one it does:
//!
//! ```no_run
//! # async fn example(store: gehoord_store::Store, viewer: gehoord_store::Viewer)
//! # -> Result<(), gehoord_store::StoreError> {
//! let mut request = store.request(&viewer, "conversation.read").await?;
//! let conversation = request.conversation("an id").await?;
//! request.finish().await?;
//! # Ok(()) }
//! ```
//!
//! Durability here means the death of a process: what was acknowledged is there after `kill -9`.
//! After a power cut SQLite may lose the last moments (it never loses its order).

mod analysis;
mod answers;
mod attachments;
mod audit;
mod backup;
mod coach_answers;
mod conversations;
mod credentials;
mod denied;
mod documents;
mod erase;
mod erased;
mod error;
mod feedback;
mod figures;
mod imports;
mod jobs;
mod journey;
mod key;
mod paging;
mod people;
mod promises;
mod recordings;
mod request;
mod retention;
pub mod rights;
mod rows;
mod search;
mod settings;
mod sharing;
mod shown;
mod stems;
mod store;
mod timed;
mod today;
mod writing;

pub use analysis::Analysis;
pub use answers::{CustomerAnswer, HeardAnswer};
pub use attachments::Attachment;
pub use audit::{AuditFilter, AuditRow, Look};
pub use backup::{Backup, check_backup};
pub use coach_answers::CoachAnswer;
pub use conversations::{
    ConversationFilter, ConversationRow, ConversationView, Sight, Status, TurnView,
};
pub use credentials::{LoginFailures, Session, Token};
pub use documents::{Document, DocumentKind};
pub use erase::{CustomerExport, CustomerSummary, Erasure, ErasureProof};
pub use erased::{ERASED_LIST, ErasedCustomers};
pub use error::StoreError;
pub use feedback::Feedback;
pub use figures::{Figure, Month};
pub use imports::{Import, ImportCount, ImportFile, ImportState};
pub use jobs::{Job, JobState};
pub use journey::Contact;
pub use key::{MasterKey, Original, hex, random_bytes};
pub use paging::{Cursor, Page};
pub use people::{NewPerson, Person, Team};
pub use promises::{PromiseRow, PromiseState};
pub use recordings::{NewRecording, NoSound, Recording, Sound, SoundKept};
pub use request::Request;
pub use retention::{Kept, Outlook, RetentionPlan, RetentionRule};
pub use rights::{Right, Role, Viewer};
pub use search::{Hit, Search};
pub use settings::{CustomerVoice, Decided, Decision, NamedReview, Settings};
pub use sharing::SharedMoment;
pub use shown::{EarlierPromise, EarlierPromises, LaterContacts, ShownPlace};
pub use store::{Backend, Store, sqlite_file, without_password};
pub use today::{TodayRow, Whose, Why};
pub use writing::{AppendedTurn, NewConversation, NewTurn, Written};
