//! The corpus of this repository: what is in it, and which part is for what.

use std::path::PathBuf;

use anyhow::{Context, Result};
use gehoord_conversation::{Conversation, Party, RankedReply, Turn};
use serde_json::Value;

use crate::evaluate::{read, root};

/// Which part of the corpus is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Part {
    /// What may be learned from.
    Train,
    /// What nothing is learned from.
    Test,
    /// Both.
    All,
}

impl Part {
    fn takes(self, conversation: &Conversation) -> bool {
        match self {
            Self::All => true,
            Self::Train => !is_test(conversation),
            Self::Test => is_test(conversation),
        }
    }
}

/// Whether a case is kept apart: as its `part` says.
fn is_test(conversation: &Conversation) -> bool {
    conversation.meta.get("part").and_then(Value::as_str) == Some("test")
}

/// Whether cues were written from a case. What cues hear in it says nothing about how far they can
/// be trusted elsewhere.
pub(crate) fn cues_know(conversation: &Conversation) -> bool {
    conversation.meta.get("cues").and_then(Value::as_bool) == Some(true)
}

/// Where the corpus lies.
pub(crate) fn folder() -> PathBuf {
    root().join("corpus")
}

/// All cases of one part, in the order of their files.
pub(crate) fn cases(part: Part) -> Result<Vec<Conversation>> {
    let mut cases = Vec::new();
    for kind in ["cases", "safety", "triples"] {
        let folder = folder().join(kind);
        let entries = std::fs::read_dir(&folder)
            .with_context(|| format!("cannot read {}", folder.display()))?;
        let mut files: Vec<PathBuf> = entries.filter_map(|e| Some(e.ok()?.path())).collect();
        files.sort();
        for file in files {
            cases.extend(read(&file)?.into_iter().filter(|c| part.takes(c)));
        }
    }
    Ok(cases)
}

/// The first two letters of a case's locale.
pub(crate) fn language(conversation: &Conversation) -> &str {
    conversation.locale.as_ref().map_or("nl", |l| &l.as_str()[..2])
}

/// The case with `reply` as its last turn, at the time of the turn it answers. Only the reply
/// carries labels.
pub(crate) fn answered(case: &Conversation, reply: &RankedReply) -> Conversation {
    let mut turn = Turn::new(Party::Agent, &reply.text);
    turn.at = case.turns.last().and_then(|t| t.at.clone());
    turn.gold = reply.gold.clone();
    let mut answered = case.clone();
    answered.replies.clear();
    answered.gold.clear();
    answered.turns.iter_mut().for_each(|t| t.gold.clear());
    answered.turns.push(turn);
    answered
}
