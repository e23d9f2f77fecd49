//! How conversations come in: bytes of a file in, conversations out.
//!
//! Read in this order: [`format`](mod@format) (what a file can be, and how that is seen),
//! [`options`] (what the caller knows about it), [`item`] (what comes out: a conversation with
//! notes, or a problem), [`read`](fn@read) (the one way in); then one module a format.
//! [`pseudonym`] finds personal data in what came in, and masks it; [`in_language`] tells in another
//! language what readers tell in English.
//!
//! Architecture invariant: nothing here opens a file, reads a clock or panics. Bytes come from
//! the [`BufRead`](std::io::BufRead) that the caller gives, and whatever they hold, what comes out
//! is conversations and problems. What is left out or guessed on the way is in a [`Note`].

pub mod format;
pub mod heading;
pub mod item;
pub mod options;
pub mod pseudonym;

mod columns;
mod contact_lens;
mod convokit;
mod cues;
mod decode;
mod header;
mod json;
mod label;
mod lines;
mod mail;
mod opening;
mod opening_words;
mod party;
mod party_words;
mod read;
mod replies;
mod rows;
mod sheet;
mod speaker_lines;
mod subtitles;
mod table;
mod telling;
mod text;
mod time;
mod transcript;
mod twitter;
mod whatsapp;
mod whatsapp_words;
mod whisperx;
mod xlsx;

pub use decode::utf8_reader;
pub use format::{Format, UnknownFormat, detect};
pub use heading::{Column, Heading, heading};
pub use item::{Imported, Item, Note, NoteKind, Problem};
pub use options::{ColumnMap, FIELDS, InvalidColumnMap, Options};
pub use pseudonym::{ConversationMasker, Masks, Pseudonymiser};
pub use read::{Items, read};
pub use telling::{Book, in_language};
