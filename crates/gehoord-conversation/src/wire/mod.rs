//! The JSON contracts: conversations in ([`input`]), reports out ([`report`], [`voice`]), and their
//! JSON Schemas ([`schema`]); and what is wrong with a text that should hold one ([`wrong`]). Converted by hand from and to the types of this crate, so that a
//! change inside never changes the contract unseen.

pub mod input;
pub mod report;
pub mod schema;
pub mod voice;
pub mod wrong;

pub use input::{WireError, read_conversation};
pub use report::{ErrorLine, WireReport};
pub use voice::{WireCall, WireLine};
