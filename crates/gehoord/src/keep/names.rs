//! What kept conversations and turns are called: a name of a file or of another system stands in the
//! clear beside masked words, so nothing personal may stand in it.

use std::path::Path;

use gehoord_conversation::{Conversation, PersonalKind};
use gehoord_ingest::pseudonym::Pseudonymiser;
use gehoord_server::importing::{Origin, tell_apart};
use gehoord_store::{Store, hex};

use crate::input;

/// What is read from standard input is called so while it is read.
const STANDARD_INPUT: &str = "stdin";
/// Digits of a fingerprint.
const DIGITS: usize = 16;

/// Makes names by which conversations are known again.
pub(crate) struct Names<'n> {
    pub(crate) store: &'n Store,
    pub(crate) finder: &'n Pseudonymiser,
}

impl Names<'_> {
    /// A conversation that names itself nowhere gets a name by which it is known again and told from
    /// others: the kind of its file, and a fingerprint of where it was read.
    pub(crate) fn tell_apart(&self, given: &mut Conversation, file: &Path) {
        let read_as = given.id.clone();
        if file.as_os_str() == "-" {
            tell_apart(given, STANDARD_INPUT, Origin::Words);
        } else {
            tell_apart(given, &input::stem(file), Origin::File(file));
        }
        if given.id != read_as {
            given.id = format!("{}@{}", plain_name(file), self.fingerprint(&given.id));
        }
    }

    /// Ids with a mail address, a telephone number, an account or the number of a citizen in them give
    /// way to a fingerprint, the same each time.
    pub(crate) fn hide_personal(&self, given: &mut Conversation) {
        self.hide(&mut given.id);
        let ids = given.turns.iter_mut().map(|turn| &mut turn.external_id);
        ids.chain([&mut given.external_id]).flatten().for_each(|id| self.hide(id));
    }

    fn hide(&self, id: &mut String) {
        if self.is_personal(id) {
            *id = format!("id@{}", self.fingerprint(id));
        }
    }

    fn is_personal(&self, id: &str) -> bool {
        // One of ours stays as it is, when it comes back from an export.
        let own = |(_, digits): &(&str, &str)| {
            digits.len() == DIGITS && digits.bytes().all(|b| b.is_ascii_hexdigit())
        };
        let id = id.rsplit_once('@').filter(own).map_or(id, |(name, _)| name);
        // Most ids are too short to hold any of it.
        let digits = id.bytes().filter(u8::is_ascii_digit).count();
        (id.contains('@') || digits > 6)
            && self.finder.find(&spaced(id), None).iter().any(|found| {
                matches!(
                    found.kind,
                    PersonalKind::Email
                        | PersonalKind::Phone
                        | PersonalKind::Iban
                        | PersonalKind::Bsn
                )
            })
    }

    fn fingerprint(&self, name: &str) -> String {
        // As digits, because two names may differ in capitals only.
        self.store.fingerprint(&hex(name.as_bytes()))
    }
}

/// An id with its parts apart, as words are: `chat-0612345678` has a number in it.
fn spaced(id: &str) -> String {
    let mut before = ' ';
    let part = |letter: char| {
        let between = matches!(letter, '_' | ':' | '/' | '=' | '<' | '>');
        let behind_word = letter == '-' && before.is_alphabetic();
        before = letter;
        if between || behind_word { ' ' } else { letter }
    };
    id.chars().map(part).collect()
}

/// The name of a file without what somebody called it.
fn plain_name(file: &Path) -> String {
    if file.as_os_str() == "-" {
        return STANDARD_INPUT.to_owned();
    }
    let ending = file.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase);
    let plain = |ending: &String| {
        (1..=8).contains(&ending.len()) && ending.bytes().all(|b| b.is_ascii_alphanumeric())
    };
    ending.filter(plain).map_or_else(|| "file".to_owned(), |ending| format!("file.{ending}"))
}

#[cfg(test)]
mod tests {
    use gehoord_conversation::{Channel, Party, Turn};
    use gehoord_store::MasterKey;

    use super::*;

    fn with_names(work: impl FnOnce(&Names<'_>)) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let store = runtime.block_on(Store::open("sqlite::memory:", MasterKey::random())).unwrap();
        work(&Names { store: &store, finder: &Pseudonymiser::embedded() });
        runtime.block_on(store.close());
    }

    fn one(id: &str, text: &str) -> Conversation {
        let mut conversation = Conversation::new(id, Channel::Chat);
        conversation.turns.push(Turn::new(Party::Customer, text));
        conversation
    }

    #[test]
    fn nobody_is_named_by_the_name_of_a_file() {
        with_names(|names| {
            let name = |id: &str, file: &str, text: &str| {
                let mut conversation = one(id, text);
                names.tell_apart(&mut conversation, Path::new(file));
                conversation.id
            };
            let file = "a/WhatsApp-chat met Jan Jansen.txt";
            let stem = "WhatsApp-chat met Jan Jansen.txt";
            let jan = name(stem, file, "x");
            assert!(jan.starts_with("file.txt@") && jan.len() == 25, "{jan}");
            assert_eq!(jan, name(stem, file, "the words changed"));
            assert_ne!(jan, name(stem, "b/WhatsApp-chat met Jan Jansen.txt", "x"));
            assert_ne!(jan, name(&format!("{stem}:2"), file, "x"));
            assert_eq!(name("zaak-1", file, "x"), "zaak-1", "who names itself keeps its name");
            assert!(name("stdin:3", "-", "x").starts_with("stdin@"));
            assert_eq!(name("stdin:3", "-", "x"), name("stdin", "-", "x"));
            assert_ne!(name("stdin", "-", "x"), name("stdin", "-", "y"));
        });
    }

    #[test]
    fn an_id_that_says_who_it_is_about_gives_way_to_a_fingerprint() {
        with_names(|names| {
            let hidden = |id: &str| {
                let mut conversation = one(id, "x");
                conversation.external_id = Some(id.to_owned());
                conversation.turns[0].external_id = Some(id.to_owned());
                names.hide_personal(&mut conversation);
                let same = conversation.external_id.as_ref() == Some(&conversation.id);
                assert!(same && conversation.turns[0].external_id == conversation.external_id);
                conversation.id
            };
            for id in [
                "jan.jansen@example.nl",
                "<CAF123.jan@mail.example.com>",
                "+31 6 12345678",
                "whatsapp-0612345678",
                "31612345678@c.us",
                "wa:0612345678/3",
                "NL91ABNA0417164300",
                "bsn 111222333",
            ] {
                let name = hidden(id);
                assert!(name.starts_with("id@") && name.len() == 19, "{id}: {name}");
                assert_eq!(name, hidden(id));
                assert_eq!(name, hidden(&name), "what comes back from an export is known again");
            }
            for id in [
                "zaak-1",
                "c4711",
                "2026-03-02",
                "123e4567-e89b-42d3-a456-426614174000",
                "file.txt@0612345678123456",
                "A1/7",
            ] {
                assert_eq!(hidden(id), id);
            }
        });
    }
}
