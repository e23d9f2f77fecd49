//! What readers tell of a file, in other languages than the English in which they make it.
//!
//! A sentence is data (`messages/<language>.toml`): its words with places for what it quotes or
//! counts. Nobody need change a reader to change how it is told.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use gehoord_conversation::Language;
use serde::Deserialize;

use crate::item::{Note, Problem};

/// What stands between the clauses of a sentence.
const CLAUSE: &str = "; ";
/// A piece may hold pieces, so deep and no deeper.
const DEEPEST: usize = 6;

/// `message` of a note or a problem in `language`; none where it is English already, or nobody
/// wrote it in that language.
#[must_use]
pub fn in_language(message: &str, language: Language) -> Option<String> {
    static DUTCH: LazyLock<Book> =
        LazyLock::new(|| Book::read(include_str!("../messages/nl.toml")));
    match language {
        Language::Nl => DUTCH.message(message),
        _ => None,
    }
}

impl Note {
    /// The sentence in `language` where it is known in it, in English otherwise.
    #[must_use]
    pub fn told(&self, language: Language) -> String {
        in_language(&self.message, language).unwrap_or_else(|| self.message.clone())
    }
}

impl Problem {
    /// What is wrong in `language` where it is known in it, in English otherwise.
    #[must_use]
    pub fn told(&self, language: Language) -> String {
        in_language(&self.message, language).unwrap_or_else(|| self.message.clone())
    }
}

/// The sentences and pieces of one language, as a file of messages has them.
#[derive(Debug)]
pub struct Book {
    sentences: Vec<Told>,
    pieces: Vec<Told>,
}

/// A sentence or piece: the English words around its places, and how it is told.
#[derive(Debug)]
struct Told {
    /// The name of each place, in the order of the English.
    places: Vec<char>,
    /// The words before the first place, between two, and behind the last.
    words: Vec<String>,
    told: String,
}

impl Book {
    /// Reads a file of messages. One that is wrong holds nothing: then all is English, and a test
    /// fails.
    #[must_use]
    pub fn read(text: &str) -> Self {
        #[derive(Default, Deserialize)]
        struct File {
            sentences: BTreeMap<String, String>,
            pieces: BTreeMap<String, String>,
        }
        let file: File = toml::from_str(text).unwrap_or_default();
        let of = |said: BTreeMap<String, String>| {
            let mut told: Vec<Told> = said.into_iter().map(|(en, to)| Told::new(&en, to)).collect();
            // What says most itself is the closest.
            told.sort_by_key(|one| std::cmp::Reverse(one.length()));
            told
        };
        Self { sentences: of(file.sentences), pieces: of(file.pieces) }
    }

    /// What `message` is in this language; none: nobody wrote it.
    #[must_use]
    pub fn message(&self, message: &str) -> Option<String> {
        let whole = |one: &&Told| one.places.is_empty() && one.words[0] == message;
        self.clauses(message).or_else(|| Some(self.pieces.iter().find(whole)?.told.clone()))
    }

    fn clauses(&self, message: &str) -> Option<String> {
        let clauses: Vec<&str> = message.split(CLAUSE).collect();
        let mut told = Vec::new();
        let mut at = 0;
        // What is quoted may hold what stands between clauses.
        while at < clauses.len() {
            let known = |end, whole: bool| {
                let clause = clauses[at..end].join(CLAUSE);
                let closed = clause.matches('\'').count().is_multiple_of(2);
                let told = self.look_up(&self.sentences, &clause, 0).filter(|_| closed || !whole);
                Some((told?, end))
            };
            let mut ends = at + 1..=clauses.len();
            let closed = ends.clone().find_map(|end| known(end, true));
            let (clause, end) = closed.or_else(|| ends.find_map(|end| known(end, false)))?;
            told.push(clause);
            at = end;
        }
        Some(told.join(CLAUSE))
    }

    fn look_up(&self, all: &[Told], text: &str, deep: usize) -> Option<String> {
        let (one, values) = all.iter().find_map(|one| Some((one, one.values(text)?)))?;
        let mut told = one.told.clone();
        // What is put in is never looked through for places again.
        let mut filled = String::new();
        while let Some((before, rest)) = told.split_once('{') {
            let (name, after) = rest.split_once('}')?;
            filled.push_str(before);
            let at = one.places.iter().position(|place| name.starts_with(*place))?;
            filled.push_str(&self.piece(values[at], deep));
            told = after.to_owned();
        }
        filled.push_str(&told);
        Some(filled)
    }

    /// What fills a place: as it is told, or as it is.
    fn piece(&self, text: &str, deep: usize) -> String {
        let known = || {
            self.look_up(&self.pieces, text, deep + 1)
                .or_else(|| self.look_up(&self.sentences, text, deep + 1))
        };
        (deep < DEEPEST).then(known).flatten().unwrap_or_else(|| text.to_owned())
    }
}

impl Told {
    fn new(english: &str, told: String) -> Self {
        let (mut places, mut words) = (Vec::new(), Vec::new());
        let mut rest = english;
        // `{a}` is a place; "`}`" is not.
        while let Some((at, name)) = next_place(rest) {
            words.push(rest[..at].to_owned());
            places.push(name);
            rest = &rest[at + "{a}".len()..];
        }
        words.push(rest.to_owned());
        Self { places, words, told }
    }

    fn length(&self) -> usize {
        self.words.iter().map(String::len).sum()
    }

    /// What stands in each place of `text`; none: it is another sentence.
    fn values<'t>(&self, text: &'t str) -> Option<Vec<&'t str>> {
        let (first, rest) = self.words.split_first()?;
        let mut left = text.strip_prefix(first.as_str())?;
        let Some((last, between)) = rest.split_last() else {
            return left.is_empty().then(Vec::new);
        };
        let mut values = Vec::new();
        for words in between {
            let (value, after) = left.split_once(words.as_str())?;
            values.push(value);
            left = after;
        }
        values.push(left.strip_suffix(last.as_str())?);
        Some(values)
    }
}

fn next_place(text: &str) -> Option<(usize, char)> {
    text.match_indices('{').find_map(|(at, _)| {
        let mut next = text[at + 1..].chars();
        let name = next.next().filter(char::is_ascii_lowercase)?;
        (next.next() == Some('}')).then_some((at, name))
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Whatever a test meets, there is Dutch for it; what is quoted may hold anything.
    #[track_caller]
    pub(crate) fn is_in_dutch(message: &str) {
        let quoted = message.split('\'').skip(1).step_by(2).any(|words| words.contains(CLAUSE));
        assert!(quoted || in_language(message, Language::Nl).is_some(), "no Dutch for: {message}");
    }

    fn dutch(message: &str) -> String {
        in_language(message, Language::Nl).unwrap_or_else(|| panic!("no Dutch for: {message}"))
    }

    #[test]
    fn sentences_keep_what_they_quote_and_count() {
        assert_eq!(
            dutch("no column 'text'; the columns are: naam, bedrag"),
            "geen kolom 'text'; de kolommen zijn: naam, bedrag"
        );
        assert_eq!(
            dutch("3 lines without a speaker before the first turn were left out (lines 1-3)"),
            "3 regels zonder spreker, vóór de eerste beurt weggelaten (regels 1-3)"
        );
        assert_eq!(
            dutch("not valid JSON: it breaks off inside a list (column 40)"),
            "geen geldige JSON: het houdt midden in een rij op (kolom 40)"
        );
        assert_eq!(
            dutch("turns[0].party: party 'marsman' is unknown; expected one of: customer, agent"),
            "turns[0].party: party 'marsman' is onbekend; kies uit: customer, agent"
        );
    }

    #[test]
    fn what_is_quoted_is_no_place_and_no_sentence_of_its_own() {
        assert_eq!(dutch("no column '{a}'"), "geen kolom '{a}'");
        assert_eq!(
            dutch("no sheet 'x; y'; the sheets are: z"),
            "er is geen blad 'x; y'; de bladen zijn: z"
        );
    }

    #[test]
    fn what_is_kept_without_its_quotes_is_told_too() {
        assert_eq!(dutch("no column …; the columns are: a"), "geen kolom …; de kolommen zijn: a");
        assert_eq!(
            dutch("no line starts with a speaker; expected lines such as …"),
            "geen regel begint met wie er spreekt; verwacht worden regels als …"
        );
        let time = "… is not a time; write it as 2026-03-01 10:00 or 01-03-2026 10:00";
        assert!(dutch(time).starts_with("… is geen tijdstip; schrijf het als "));
    }

    #[test]
    fn what_nobody_wrote_in_dutch_stays_as_it_is() {
        assert_eq!(in_language("something else altogether", Language::Nl), None);
        assert_eq!(in_language("the input is empty", Language::En), None);
        let note = Note { kind: crate::NoteKind::Guessed, message: "something else".to_owned() };
        assert_eq!(note.told(Language::Nl), "something else");
    }

    #[test]
    fn every_place_of_a_dutch_sentence_is_one_of_the_english() {
        let book = Book::read(include_str!("../messages/nl.toml"));
        assert!(book.sentences.len() > 100 && book.pieces.len() > 80);
        let sentences = book.sentences.iter().map(|told| (told, true));
        for (told, all) in sentences.chain(book.pieces.iter().map(|told| (told, false))) {
            let mut rest = told.told.as_str();
            let mut count = 0;
            while let Some((at, name)) = next_place(rest) {
                assert!(told.places.contains(&name), "{}", told.told);
                rest = &rest[at + 3..];
                count += 1;
            }
            assert!(count == told.places.len() || !all, "{}", told.told);
        }
    }
}
