//! What kept conversations and turns are called: a name of a file or of another system stands in the
//! clear beside masked words, so nothing personal may stand in it.

use std::path::Path;

use gehoord_conversation::Conversation;
use gehoord_ingest::pseudonym::Pseudonymiser;
use gehoord_server::importing::{Origin, hide_personal, tell_apart};
use gehoord_store::{Store, hex};

use crate::input;

/// What is read from standard input is called so while it is read.
const STANDARD_INPUT: &str = "stdin";

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

    /// Ids that say who it is about give way to a fingerprint.
    pub(crate) fn hide_personal(&self, given: &mut Conversation) {
        hide_personal(given, self.store, self.finder);
    }

    fn fingerprint(&self, name: &str) -> String {
        // As digits, because two names may differ in capitals only.
        self.store.fingerprint(&hex(name.as_bytes()))
    }
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
}
