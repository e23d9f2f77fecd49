//! Conversations from files: masked, heard and kept in the same way by `gehoord import` and by the
//! page where one gives files to a server.
//!
//! Read in this order: [`Importer`] (from a conversation to what is kept), then [`look`] (what was
//! recognised in a file), [`work`](mod@work) (reading files in, in the background) and `writing`
//! (the words of recordings that came without).

pub(crate) mod look;
mod names;
mod recordings;
mod stretch;
pub(crate) mod work;
mod writing;

use std::path::Path;
use std::sync::Arc;

use gehoord_conversation::Conversation;
use gehoord_ingest::pseudonym::{Masks, Pseudonymiser};
use gehoord_listening::Listener;
use gehoord_store::{Original, Request, Status, Store, StoreError, Written};
use sha2::{Digest, Sha256};

use crate::earlier::show_earlier;
use crate::intake::{self, Intake, Place, take_in};

pub use names::hide_personal;
pub(crate) use names::hide_personal_id;
pub use recordings::{MOST_SOUND_DAYS, Recorded, SOUND_DAYS, fingerprint, name_recording, paired};
pub use stretch::{stretch_line, stretch_of};

/// So many conversations are written in one transaction, with one row in the audit.
pub const TOGETHER: usize = 50;
/// After so many conversations the database counts anew.
pub const MANY: i64 = 1_000;

/// Keeps conversations that come from one place.
pub struct Importer {
    /// What listens.
    pub listener: Arc<Listener>,
    /// What finds personal data.
    pub finder: Arc<Pseudonymiser>,
    /// Where they come from: names need be unique within a source only.
    pub source: String,
    /// The team that serves these customers.
    pub team: Option<String>,
    /// The agent who helps them now.
    pub agent: Option<String>,
    /// Whether somebody is still at work on them.
    pub status: Status,
}

/// A conversation, masked and heard.
pub struct Ready {
    given: Conversation,
    /// Masks that an earlier version of it has.
    known: Vec<Original>,
    intake: Intake,
    /// Its recording, where it has one.
    recorded: Option<Recorded>,
}

impl Ready {
    /// The same with how it sounded.
    #[must_use]
    pub fn recorded(self, recorded: Recorded) -> Self {
        Self { recorded: Some(recorded), ..self }
    }
}

impl Importer {
    /// The same for what this agent helps with; none: nobody knows who does.
    pub(crate) fn of_agent(&self, agent: Option<&str>) -> Self {
        Self {
            listener: Arc::clone(&self.listener),
            finder: Arc::clone(&self.finder),
            source: self.source.clone(),
            team: self.team.clone(),
            agent: agent.filter(|agent| !agent.is_empty()).map(str::to_owned),
            status: self.status,
        }
    }

    /// The masks that an earlier version of a conversation has.
    ///
    /// # Errors
    /// When the viewer may not, or the database does not answer.
    pub async fn known(
        &self,
        request: &mut Request,
        given: &Conversation,
    ) -> Result<Vec<Original>, StoreError> {
        let name = given.external_id.as_deref().unwrap_or(&given.id);
        request.masks_of(&self.source, name).await
    }

    /// Masks a conversation and listens to it.
    ///
    /// # Errors
    /// When what is known of its masks cannot be read.
    pub fn ready(&self, given: Conversation, known: Vec<Original>) -> Result<Ready, StoreError> {
        let intake = self.take_in(&given, &known)?;
        Ok(Ready { given, known, intake, recorded: None })
    }

    fn take_in(&self, given: &Conversation, known: &[Original]) -> Result<Intake, StoreError> {
        let place = Place {
            source: &self.source,
            team_id: self.team.as_deref(),
            assigned_to: self.agent.as_deref(),
            status: self.status,
        };
        let masks = match known {
            [] => Masks::default(),
            known => intake::masks(known.to_vec())?,
        };
        Ok(take_in(given, &place, masks, &self.listener, &self.finder))
    }

    /// Keeps a batch, and says what came of each. Whose customer was erased before was left out by who
    /// gives it ([`Request::erased_customers`]), or is meant to come in all the same.
    ///
    /// # Errors
    /// When one of them cannot be kept: then nothing of the request may be.
    pub async fn write(
        &self,
        request: &mut Request,
        batch: &mut [Ready],
    ) -> Result<Vec<Written>, StoreError> {
        let mut written = Vec::with_capacity(batch.len());
        for ready in batch {
            if ready.recorded.is_some() && ready.given.turns.is_empty() {
                // A recording without its words takes nothing from what was known with them.
                let name = &ready.intake.new.external_id;
                if let Some(id) = request.known_with_words(&self.source, name).await? {
                    written.push(Written::Same(id));
                    continue;
                }
            }
            let known = self.known(request, &ready.given).await?;
            if known != ready.known {
                // It was written meanwhile, as when one input holds it twice.
                ready.intake = self.take_in(&ready.given, &known)?;
                ready.known = known;
            }
            let done = request.write_conversation_of_anybody(&ready.intake.new).await?;
            let first = match &done {
                Written::New(_) => Some(0),
                Written::Changed(_, first) => usize::try_from(*first).ok(),
                Written::Same(_) => None,
            };
            if let Some(first) = first {
                request.write_report(done.id(), &ready.intake.report, first).await?;
                show_earlier(request, &self.listener, done.id(), first).await?;
            }
            let sounded = match &mut ready.recorded {
                Some(recorded) => {
                    let recording = recorded.kept(&ready.given, &ready.intake.spans);
                    Some(request.write_recording(done.id(), &recording).await?)
                }
                None => None,
            };
            written.push(match (done, sounded) {
                (Written::Same(_), Some(changed @ Written::Changed(..))) => changed,
                (Written::Same(id), Some(Written::New(_))) => Written::Changed(id, 0),
                (done, _) => done,
            });
        }
        Ok(written)
    }
}

/// Where an input came from that may hold conversations without a name.
#[derive(Clone, Copy)]
pub enum Origin<'o> {
    /// A file: files of one name in two folders are two files.
    File(&'o Path),
    /// Nothing is known but what is said.
    Words,
    /// A file of that name, from who knows where. Of a conversation with times the first turn tells
    /// it from others, so that a longer export of the same one brings it up to date; of others all
    /// that is said does.
    Given(&'o str, &'o Store),
}

/// A conversation that names itself nowhere is called `stem`, or `stem:line`, by who read it. It gets
/// a name by which it is known again, and told from others.
pub fn tell_apart(conversation: &mut Conversation, stem: &str, origin: Origin<'_>) {
    let rest = conversation.id.strip_prefix(stem);
    let line = |rest: &str| {
        rest.strip_prefix(':').is_some_and(|line| line.bytes().all(|b| b.is_ascii_digit()))
    };
    let made_up = rest.is_some_and(|rest| rest.is_empty() || line(rest));
    if conversation.external_id.is_some() || !made_up {
        return;
    }
    let mut digest = Sha256::new();
    let mut add = |text: &str| {
        digest.update(text);
        digest.update([0]);
    };
    match origin {
        Origin::File(file) => {
            let whole = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
            let folder = whole.parent().map(|folder| folder.as_os_str().as_encoded_bytes());
            digest.update(folder.unwrap_or_default());
        }
        Origin::Words => {
            for turn in &conversation.turns {
                add(turn.party.id());
                add(&turn.text);
            }
            stem.clone_into(&mut conversation.id);
        }
        Origin::Given(name, _) => {
            add(name);
            match conversation.turns.first().and_then(|turn| Some((turn, turn.at.as_ref()?))) {
                Some((first, at)) => {
                    add(&at.to_string());
                    add(&first.text);
                }
                None => conversation.turns.iter().for_each(|turn| add(&turn.text)),
            }
            stem.clone_into(&mut conversation.id);
        }
    }
    let hex = gehoord_store::hex(&digest.finalize()[..8]);
    let hex = match origin {
        // With the key, so that nobody can try out words.
        Origin::Given(_, store) => store.fingerprint(&hex),
        _ => hex,
    };
    conversation.id = format!("{}@{hex}", conversation.id);
}

#[cfg(test)]
mod tests {
    use gehoord_conversation::{Channel, Party, Turn};
    use gehoord_store::MasterKey;

    use super::*;

    fn one(id: &str, text: &str) -> Conversation {
        let mut conversation = Conversation::new(id, Channel::Chat);
        conversation.turns.push(Turn::new(Party::Customer, text));
        conversation
    }

    fn name(id: &str, file: &str, text: &str) -> String {
        let mut conversation = one(id, text);
        let origin = if file == "-" { Origin::Words } else { Origin::File(Path::new(file)) };
        let stem = file.rsplit('/').next().unwrap();
        tell_apart(&mut conversation, stem, origin);
        conversation.id
    }

    #[test]
    fn what_has_a_name_keeps_it_and_what_has_none_is_told_apart() {
        assert_eq!(name("4711", "a/chat.txt", "x"), "4711");
        assert_eq!(name("chat.txt:a", "a/chat.txt", "x"), "chat.txt:a");
        let one = name("chat.txt", "a/chat.txt", "x");
        assert!(one.starts_with("chat.txt@"), "{one}");
        assert_eq!(one, name("chat.txt", "a/chat.txt", "the words changed"));
        assert_ne!(one, name("chat.txt", "b/chat.txt", "x"));
        assert_eq!(name("-:3", "-", "x"), name("-:9", "-", "x"));
        assert_ne!(name("-:3", "-", "x"), name("-:3", "-", "y"));
    }

    #[tokio::test]
    async fn a_file_from_who_knows_where_is_told_by_its_name_and_how_it_begins() {
        let store = Store::open("sqlite::memory:", MasterKey::random()).await.unwrap();
        let name = |file: &str, first: &str, at: Option<&str>, more: &str| {
            let mut conversation = one("bestand.txt:3", first);
            conversation.turns[0].at = at.map(|at| at.parse().unwrap());
            conversation.turns.push(Turn::new(Party::Agent, more));
            tell_apart(&mut conversation, "bestand.txt", Origin::Given(file, &store));
            conversation.id
        };
        let at = Some("2026-03-02T10:00:00+01:00[Europe/Amsterdam]");
        // A longer export of the same conversation is the same one; another file is another.
        assert_eq!(name("a.txt", "hoi", at, "x"), name("a.txt", "hoi", at, "y"));
        assert_ne!(name("a.txt", "hoi", at, "x"), name("b.txt", "hoi", at, "x"));
        assert_ne!(name("a.txt", "hoi", at, "x"), name("a.txt", "hoi", None, "x"));
        assert_ne!(name("a.txt", "hoi", None, "x"), name("a.txt", "hoi", None, "y"));
        assert!(!name("jan jansen.txt", "hoi", at, "x").contains("jansen"));
    }
}
