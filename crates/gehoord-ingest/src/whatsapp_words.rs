//! What the app itself writes in an exported chat, in Dutch, English, German and French.

/// Openings of what the app says about encryption, in lower case.
const ENCRYPTED: &[&str] = &[
    "berichten en gesprekken zijn end-to-end",
    "berichten en oproepen zijn end-to-end",
    "berichten die je naar deze chat",
    "messages and calls are end-to-end encrypted",
    "messages to this chat and calls are",
    "messages you send to this",
    "nachrichten und anrufe sind ende-zu-ende",
    "nachrichten, die du in diesem chat",
    "les messages et les appels sont chiffrés",
    "les messages et appels sont chiffrés",
    "les messages envoyés dans cette discussion",
];

/// Openings of what else the app says in a person's name, in lower case.
const NOTICES: &[&str] = &[
    "dit bericht is verwijderd",
    "je hebt dit bericht verwijderd",
    "u hebt dit bericht verwijderd",
    "this message was deleted",
    "you deleted this message",
    "diese nachricht wurde gelöscht",
    "du hast diese nachricht gelöscht",
    "ce message a été supprimé",
    "vous avez supprimé ce message",
    "gemiste spraakoproep",
    "gemiste video-oproep",
    "missed voice call",
    "missed video call",
    "verpasster sprachanruf",
    "verpasster videoanruf",
    "appel vocal manqué",
    "appel vidéo manqué",
];

/// The most characters that a notice of one sentence has, so that a message that opens with its
/// words and goes on is kept.
const LONGEST_NOTICE: usize = 60;

/// What stands for a file that was not exported, in lower case.
const OMITTED: &[&str] = &[
    "<media weggelaten>",
    "<media omitted>",
    "<medien ausgeschlossen>",
    "<médias omis>",
    "afbeelding weggelaten",
    "video weggelaten",
    "audio weggelaten",
    "gif weggelaten",
    "sticker weggelaten",
    "document weggelaten",
    "contactkaart weggelaten",
    "image omitted",
    "video omitted",
    "video note omitted",
    "audio omitted",
    "gif omitted",
    "sticker omitted",
    "document omitted",
    "contact card omitted",
    "bild weggelassen",
    "video weggelassen",
    "audio weggelassen",
    "gif weggelassen",
    "sticker weggelassen",
    "dokument weggelassen",
    "kontaktkarte ausgelassen",
    "image absente",
    "vidéo absente",
    "audio omis",
    "gif retiré",
    "sticker omis",
    "document manquant",
    "fiche contact omise",
];

/// What stands before the name of an exported file, within angle brackets.
const ATTACHED: &[&str] = &["bijlage", "attached", "anhang", "pièce jointe"];

/// What stands after the name of an exported file.
const ATTACHED_AFTER: &[&str] =
    &["(bestand bijgevoegd)", "(file attached)", "(datei angehängt)", "(fichier joint)"];

const EDITED: &[&str] = &[
    "<dit bericht is bewerkt>",
    "<this message was edited>",
    "<diese nachricht wurde bearbeitet>",
    "<ce message a été modifié>",
];

/// Marks of direction, which the app puts before what it writes itself.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// `line` in lower case, when it is short enough to be one of the app's own.
fn short(line: &str) -> Option<String> {
    let line = line.trim_matches(|c: char| is_mark(c) || c.is_whitespace());
    (line.len() <= 300).then(|| line.to_lowercase())
}

/// Whether words that stand after a name are those of the app: a notice, a call, or that a
/// message was deleted.
pub(crate) fn is_app_notice(words: &str) -> bool {
    let Some(words) = short(words) else { return false };
    let opens = |notice: &&str| words.starts_with(*notice);
    ENCRYPTED.iter().any(opens)
        || (NOTICES.iter().any(opens) && words.chars().count() <= LONGEST_NOTICE)
}

/// Whether a line stands for a file.
pub(crate) fn is_attachment(line: &str) -> bool {
    let Some(lower) = short(line) else { return false };
    let tail = lower.rsplit(is_mark).next().unwrap_or_default().trim();
    let named = lower.strip_prefix('<').and_then(|l| l.strip_suffix('>')?.split_once(':'));
    OMITTED.contains(&tail.trim_end_matches('.'))
        || named.is_some_and(|(what, _)| ATTACHED.contains(&what.trim()))
        || ATTACHED_AFTER.iter().any(|after| tail.ends_with(after))
}

/// `line` without the app's remark that the message was edited.
pub(crate) fn without_edit_mark(line: &str) -> &str {
    let end = line.trim_end_matches(|c: char| is_mark(c) || c.is_whitespace());
    let Some((words, mark)) = end.rfind('<').map(|at| end.split_at(at)) else { return line };
    let is_mark_of_edit =
        short(mark).is_some_and(|mark| EDITED.contains(&mark.replace(".>", ">").as_str()));
    if !is_mark_of_edit {
        return line;
    }
    words.trim_end_matches(|c: char| is_mark(c) || c.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_app_writes_is_known() {
        for words in [
            "\u{200E}Berichten en gesprekken zijn end-to-end versleuteld. Alleen personen in deze \
             chat kunnen ze lezen, beluisteren of delen.",
            "Dit bericht is verwijderd",
            "\u{200E}This message was deleted.",
            "Verpasster Sprachanruf um 10:02",
        ] {
            assert!(is_app_notice(words), "{words}");
        }
        for line in [
            "<Media weggelaten>",
            "\u{200E}afbeelding weggelaten",
            "Factuur.pdf • \u{200E}1 pagina \u{200E}document weggelaten",
            "\u{200E}<bijlage: 0001-PHOTO.jpg>",
            "<pièce jointe : 0001-PHOTO.jpg>",
            "\u{200E}IMG-20241231-WA0001.jpg (Datei angehängt)",
        ] {
            assert!(is_attachment(line), "{line}");
        }
        assert_eq!(without_edit_mark("Nee hoor \u{200E}<Dit bericht is bewerkt>"), "Nee hoor");
        assert_eq!(without_edit_mark("<This message was edited.>"), "");
    }

    #[test]
    fn what_people_write_about_it_is_kept() {
        for words in [
            "Zijn berichten en gesprekken end-to-end versleuteld?",
            "Gemiste spraakoproep? Ik heb u echt niet gebeld, dat moet iemand anders zijn geweest.",
            "Waarom is de afbeelding weggelaten",
            "<script: x>",
            "a < b",
        ] {
            assert!(!is_app_notice(words) && !is_attachment(words), "{words}");
            assert_eq!(without_edit_mark(words), words);
        }
    }
}
