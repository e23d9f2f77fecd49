//! What kept conversations and turns are called where they come from stands in the clear beside masked
//! words, so nothing personal may stand in it.

use gehoord_conversation::{Conversation, PersonalKind};
use gehoord_ingest::pseudonym::Pseudonymiser;
use gehoord_store::{Store, hex};

/// Digits of a fingerprint.
const DIGITS: usize = 16;

/// Ids with a mail address, a telephone number, an account or the number of a citizen in them give way
/// to a fingerprint, the same each time.
pub fn hide_personal(given: &mut Conversation, store: &Store, finder: &Pseudonymiser) {
    hide_personal_id(&mut given.id, store, finder);
    let ids = given.turns.iter_mut().map(|turn| &mut turn.external_id);
    let ids = ids.chain([&mut given.external_id]).flatten();
    ids.for_each(|id| hide_personal_id(id, store, finder));
}

/// The same of one id.
pub(crate) fn hide_personal_id(id: &mut String, store: &Store, finder: &Pseudonymiser) {
    if is_personal(id, finder) {
        // As digits, because two names may differ in capitals only.
        *id = format!("id@{}", store.fingerprint(&hex(id.as_bytes())));
    }
}

fn is_personal(id: &str, finder: &Pseudonymiser) -> bool {
    // One of ours stays as it is, when it comes back from an export.
    let own = |(_, digits): &(&str, &str)| {
        digits.len() == DIGITS && digits.bytes().all(|b| b.is_ascii_hexdigit())
    };
    let id = id.rsplit_once('@').filter(own).map_or(id, |(name, _)| name);
    // Most ids are too short to hold any of it.
    let digits = id.bytes().filter(u8::is_ascii_digit).count();
    (id.contains('@') || digits > 6)
        && finder.find(&spaced(id), None).iter().any(|found| {
            matches!(
                found.kind,
                PersonalKind::Email | PersonalKind::Phone | PersonalKind::Iban | PersonalKind::Bsn
            )
        })
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

#[cfg(test)]
mod tests {
    use gehoord_conversation::{Channel, Party, Turn};
    use gehoord_store::MasterKey;

    use super::*;

    #[tokio::test]
    async fn an_id_that_says_who_it_is_about_gives_way_to_a_fingerprint() {
        let store = Store::open("sqlite::memory:", MasterKey::random()).await.unwrap();
        let finder = Pseudonymiser::embedded();
        let hidden = |id: &str| {
            let mut conversation = Conversation::new(id, Channel::Chat);
            conversation.turns.push(Turn::new(Party::Customer, "x"));
            conversation.external_id = Some(id.to_owned());
            conversation.turns[0].external_id = Some(id.to_owned());
            hide_personal(&mut conversation, &store, &finder);
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
    }
}
