//! The JSON contracts: conversations in ([`input`]), reports out ([`report`]), and their
//! JSON Schemas ([`schema`]). Converted by hand from and to the types of this crate, so that a
//! change inside never changes the contract unseen.

pub mod input;
pub mod report;
pub mod schema;

pub use input::{WireError, read_conversation};
pub use report::{ErrorLine, WireReport};
