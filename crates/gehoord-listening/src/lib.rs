//! What is heard in the words of a conversation.

pub mod cue;
pub mod mechanism;
pub mod text;
