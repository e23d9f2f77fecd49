//! What goes wrong, as people read it: plain words, in their language.

use std::sync::LazyLock;

use gehoord_conversation::Language;
use gehoord_ingest::{Book, in_language};

use crate::ui::Ui;

/// What the system says of files, and the same without its numbers.
const SYSTEM: [(&str, &str); 8] = [
    ("No such file or directory (os error 2)", "there is no such file or folder"),
    ("Permission denied (os error 13)", "you have no permission for it"),
    ("File exists (os error 17)", "the name is taken"),
    ("Not a directory (os error 20)", "part of the path is a file, not a folder"),
    ("Is a directory (os error 21)", "it is a folder, not a file"),
    ("No space left on device (os error 28)", "the disk is full"),
    ("Read-only file system (os error 30)", "the disk may only be read"),
    ("stream did not contain valid UTF-8", "it is no text in UTF-8"),
];

impl Ui {
    /// What the English of a program comes to; what nobody wrote in this language stays English.
    pub(crate) fn told(self, said: &str) -> String {
        static DUTCH: LazyLock<Book> =
            LazyLock::new(|| Book::read(include_str!("../messages/nl.toml")));
        let plain = SYSTEM.iter().fold(said.to_owned(), |said, (of, to)| said.replace(of, to));
        let known = |said: &str| {
            let dutch = || DUTCH.message(said).or_else(|| in_language(said, Language::Nl));
            (self == Self::Nl).then(dutch).flatten()
        };
        // A place may stand before it, such as the name of a file.
        let placed = || {
            let (place, said) = plain.split_once(": ")?;
            Some(format!("{place}: {}", known(said)?))
        };
        known(&plain).or_else(placed).unwrap_or(plain)
    }

    /// An error with what caused it, each said once.
    pub(crate) fn error(self, error: &anyhow::Error) -> String {
        let mut links: Vec<String> = Vec::new();
        for link in error.chain().map(ToString::to_string) {
            if !links.last().is_some_and(|before| before.ends_with(&link)) {
                links.push(link);
            }
        }
        links.iter().map(|link| self.told(link)).collect::<Vec<_>>().join(": ")
    }
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    #[test]
    fn every_link_of_an_error_is_told_once() {
        let missing = std::io::Error::from_raw_os_error(2);
        let error = anyhow::Error::from(missing).context("cannot read a.txt");
        assert_eq!(Ui::En.error(&error), "cannot read a.txt: there is no such file or folder");
        assert_eq!(
            Ui::Nl.error(&error),
            "a.txt kan niet gelezen worden: dat bestand of die map is er niet"
        );
        let twice = anyhow!("x is broken").context("cannot start: x is broken");
        assert_eq!(Ui::En.error(&twice), "cannot start: x is broken");
    }

    #[test]
    fn what_readers_say_is_told_too_and_the_rest_stays() {
        assert_eq!(Ui::Nl.told("the input is empty"), "hier staat niets in");
        assert_eq!(Ui::Nl.told("a.txt: the input is empty"), "a.txt: hier staat niets in");
        assert_eq!(Ui::Nl.told("something else"), "something else");
    }
}
