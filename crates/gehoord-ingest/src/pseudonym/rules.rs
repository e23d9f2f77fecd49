//! The rules that are data: `pseudonym/<language>.toml`.

use gehoord_conversation::{Language, PersonalKind};
use rustc_hash::FxHashMap;
use serde::Deserialize;

use super::tokens::{Gap, Tokens};
use super::words::fold;

/// A file as it is written. Every entry is a word or a phrase; words may begin or end with `*`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    near: Near,
    names: Names,
    street: Street,
    spoken: Spoken,
    /// Texts with the marks `{{kind|words}}` on exactly what must be found.
    examples: Vec<String>,
}

/// Words near a number that say what it is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Near {
    number: Vec<String>,
    phone: Vec<String>,
    iban: Vec<String>,
    bsn: Vec<String>,
    plate: Vec<String>,
    postcode: Vec<String>,
    address: Vec<String>,
    email: Vec<String>,
    date_of_birth: Vec<String>,
    /// What only its owner may know: a PIN, a password.
    secret: Vec<String>,
    /// What says that a number is about a thing and no person.
    nobody: Vec<String>,
    /// What is counted: no number in front of it is personal.
    units: Vec<String>,
    /// What has a licence plate: makes of cars and what is done with them.
    vehicles: Vec<String>,
    /// Public services.
    services: Vec<String>,
}

/// Words around names.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Names {
    titles: Vec<String>,
    introductions: Vec<String>,
    /// Introductions and closings behind which a person stands, though a firm is called so too.
    naming: Vec<String>,
    weak_introductions: Vec<String>,
    relations: Vec<String>,
    greetings: Vec<String>,
    closings: Vec<String>,
    behind: Vec<String>,
    particles: Vec<String>,
    never: Vec<String>,
    firms: Vec<String>,
    firm_endings: Vec<String>,
    places: Vec<String>,
    before_places: Vec<String>,
    articles: Vec<String>,
    and: Vec<String>,
    /// What people do: verbs that stand beside names.
    acts: Vec<String>,
}

/// How streets are called.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Street {
    endings: Vec<String>,
    weak_endings: Vec<String>,
    words: Vec<String>,
    /// What stands before the name of a street though written small.
    titles: Vec<String>,
    no_streets: Vec<String>,
    /// What stands before a number within an address.
    additions: Vec<String>,
    /// What belongs to a house number by itself.
    alone: Vec<String>,
    /// What floors and flats are called: "lower ground".
    storeys: Vec<String>,
    lives: Vec<String>,
    /// What says that an address follows, when nothing else does: where things are sent.
    sent: Vec<String>,
}

/// Numbers and signs in spoken words.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Spoken {
    numbers: Vec<String>,
    joined: Vec<String>,
    at: Vec<String>,
    dot: Vec<String>,
    months: Vec<String>,
    ordinals: Vec<String>,
    letters: Vec<String>,
}

/// What a word or phrase is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Use {
    /// A number near it is of this kind.
    Near(PersonalKind),
    Secret,
    Nobody,
    Unit,
    Vehicle,
    Title,
    Introduction,
    Naming,
    WeakIntroduction,
    Relation,
    Greeting,
    Closing,
    Behind,
    Particle,
    Never,
    Firm,
    FirmEnding,
    Place,
    BeforePlace,
    Article,
    And,
    Act,
    StreetEnding,
    WeakStreetEnding,
    StreetWord,
    StreetTitle,
    NoStreet,
    Addition,
    AdditionAlone,
    Storey,
    Lives,
    SentTo,
    SpokenNumber,
    SpokenJoin,
    SpokenAt,
    SpokenDot,
    Month,
    Ordinal,
    SpokenLetter,
}

impl Use {
    pub(crate) const fn bit(self) -> u64 {
        1 << match self {
            Self::Near(kind) => kind as u64,
            Self::Nobody => 10,
            Self::Unit => 11,
            Self::Vehicle => 41,
            Self::SentTo => 42,
            Self::AdditionAlone => 43,
            Self::Act => 44,
            Self::Storey => 45,
            Self::Naming => 46,
            Self::Secret => 47,
            Self::Title => 12,
            Self::Introduction => 13,
            Self::WeakIntroduction => 14,
            Self::Relation => 15,
            Self::Greeting => 16,
            Self::Closing => 17,
            Self::Behind => 18,
            Self::Particle => 19,
            Self::Never => 20,
            Self::Firm => 21,
            Self::FirmEnding => 22,
            Self::Place => 23,
            Self::BeforePlace => 24,
            Self::Article => 25,
            Self::And => 26,
            Self::StreetEnding => 27,
            Self::WeakStreetEnding => 39,
            Self::StreetTitle => 40,
            Self::StreetWord => 28,
            Self::NoStreet => 29,
            Self::Addition => 30,
            Self::Lives => 31,
            Self::SpokenNumber => 32,
            Self::SpokenJoin => 33,
            Self::SpokenAt => 34,
            Self::SpokenDot => 35,
            Self::Month => 36,
            Self::Ordinal => 37,
            Self::SpokenLetter => 38,
        }
    }
}

/// Several uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Uses(u64);

/// The uses that say something about the word beside them being a name.
pub(crate) const NAME_USES: u64 = {
    let all = [
        Use::Near(PersonalKind::Phone),
        Use::Near(PersonalKind::Email),
        Use::Near(PersonalKind::Number),
        Use::Near(PersonalKind::Address),
        Use::Near(PersonalKind::DateOfBirth),
        Use::Nobody,
        Use::Unit,
        Use::Title,
        Use::Introduction,
        Use::WeakIntroduction,
        Use::Relation,
        Use::Greeting,
        Use::Closing,
        Use::Behind,
        Use::Particle,
        Use::Never,
        Use::Firm,
        Use::FirmEnding,
        Use::Place,
        Use::BeforePlace,
        Use::Article,
        Use::And,
        Use::Act,
        Use::Month,
        Use::StreetWord,
    ];
    let (mut bits, mut i) = (0, 0);
    while i < all.len() {
        bits |= all[i].bit();
        i += 1;
    }
    bits
};

impl Uses {
    pub(crate) const fn bits(self) -> u64 {
        self.0
    }

    pub(crate) const fn has(self, one: Use) -> bool {
        self.0 & one.bit() != 0
    }
}

/// A phrase of more than one word: its words after the first, and what it is good for.
type Phrase = (Vec<String>, Uses);

/// The rules of one language.
#[derive(Debug)]
pub(crate) struct Rules {
    pub(crate) language: Language,
    words: FxHashMap<String, Uses>,
    /// How words begin, by their first byte.
    starts: FxHashMap<u8, Vec<(String, Uses)>>,
    /// How words end, by their last byte.
    endings: FxHashMap<u8, Vec<(String, Uses)>>,
    phrases: FxHashMap<String, Vec<Phrase>>,
    /// Numbers of public services, digits only; a number that begins with one is no personal datum.
    pub(crate) services: Vec<String>,
    #[cfg_attr(not(test), expect(dead_code, reason = "the tests read them"))]
    pub(crate) examples: Vec<String>,
}

impl Rules {
    /// Reads a rules file.
    ///
    /// # Errors
    /// Says what is wrong where, when the text is no TOML or lacks a list.
    pub(crate) fn read(language: Language, text: &str) -> Result<Self, toml::de::Error> {
        let file: File = toml::from_str(text)?;
        let mut rules = Self {
            language,
            words: FxHashMap::default(),
            starts: FxHashMap::default(),
            endings: FxHashMap::default(),
            phrases: FxHashMap::default(),
            services: file.near.services,
            examples: file.examples,
        };
        let lists = [
            (Use::Near(PersonalKind::Number), file.near.number),
            (Use::Near(PersonalKind::Phone), file.near.phone),
            (Use::Near(PersonalKind::Iban), file.near.iban),
            (Use::Near(PersonalKind::Bsn), file.near.bsn),
            (Use::Near(PersonalKind::Plate), file.near.plate),
            (Use::Near(PersonalKind::Postcode), file.near.postcode),
            (Use::Near(PersonalKind::Address), file.near.address),
            (Use::Near(PersonalKind::Email), file.near.email),
            (Use::Near(PersonalKind::DateOfBirth), file.near.date_of_birth),
            (Use::Secret, file.near.secret),
            (Use::Nobody, file.near.nobody),
            (Use::Unit, file.near.units),
            (Use::Vehicle, file.near.vehicles),
            (Use::Title, file.names.titles),
            (Use::Introduction, file.names.introductions),
            (Use::Naming, file.names.naming),
            (Use::WeakIntroduction, file.names.weak_introductions),
            (Use::Relation, file.names.relations),
            (Use::Greeting, file.names.greetings),
            (Use::Closing, file.names.closings),
            (Use::Behind, file.names.behind),
            (Use::Particle, file.names.particles),
            (Use::Never, file.names.never),
            (Use::Firm, file.names.firms),
            (Use::FirmEnding, file.names.firm_endings),
            (Use::Place, file.names.places),
            (Use::BeforePlace, file.names.before_places),
            (Use::Article, file.names.articles),
            (Use::And, file.names.and),
            (Use::Act, file.names.acts),
            (Use::StreetEnding, file.street.endings),
            (Use::WeakStreetEnding, file.street.weak_endings),
            (Use::StreetWord, file.street.words),
            (Use::StreetTitle, file.street.titles),
            (Use::NoStreet, file.street.no_streets),
            (Use::Addition, file.street.additions),
            (Use::AdditionAlone, file.street.alone),
            (Use::Storey, file.street.storeys),
            (Use::Lives, file.street.lives),
            (Use::SentTo, file.street.sent),
            (Use::SpokenNumber, file.spoken.numbers),
            (Use::SpokenJoin, file.spoken.joined),
            (Use::SpokenAt, file.spoken.at),
            (Use::SpokenDot, file.spoken.dot),
            (Use::Month, file.spoken.months),
            (Use::Ordinal, file.spoken.ordinals),
            (Use::SpokenLetter, file.spoken.letters),
        ];
        for (one, entries) in lists {
            for entry in entries {
                rules.add(&fold(&entry), one);
            }
        }
        for phrases in rules.phrases.values_mut() {
            phrases.sort_by_key(|(rest, _)| std::cmp::Reverse(rest.len()));
        }
        Ok(rules)
    }

    fn add(&mut self, entry: &str, one: Use) {
        // The tokens of "King's Cross" are "King", an apostrophe, "s", "Cross".
        let entry = match entry.split_once("'s") {
            Some((word, rest)) if word.len() > 1 && !rest.starts_with(char::is_alphabetic) => {
                format!("{word} ' s {rest}")
            }
            _ => entry.to_owned(),
        };
        let mut words = entry.split_whitespace();
        let Some(first) = words.next() else { return };
        let rest: Vec<String> = words.map(str::to_owned).collect();
        if !rest.is_empty() {
            let phrases = self.phrases.entry(first.to_owned()).or_default();
            match phrases.iter_mut().find(|(words, _)| *words == rest) {
                Some((_, uses)) => uses.0 |= one.bit(),
                None => phrases.push((rest, Uses(one.bit()))),
            }
        } else if let Some(start) = first.strip_suffix('*') {
            let Some(byte) = start.bytes().next() else { return };
            self.starts.entry(byte).or_default().push((start.to_owned(), Uses(one.bit())));
        } else if let Some(ending) = first.strip_prefix('*') {
            let Some(byte) = ending.bytes().last() else { return };
            self.endings.entry(byte).or_default().push((ending.to_owned(), Uses(one.bit())));
        } else {
            self.words.entry(first.to_owned()).or_default().0 |= one.bit();
        }
    }

    /// What a word is good for by itself. Numbers joined by hyphens are a number.
    fn of_word(&self, norm: &str) -> Uses {
        let mut uses = self.of_plain_word(norm);
        let number = |part: &str| {
            let uses = self.of_plain_word(part);
            uses.has(Use::SpokenNumber) || uses.has(Use::Ordinal) || self.joins(part)
        };
        if norm.contains('-') && norm.split('-').all(number) {
            uses.0 |= Use::SpokenNumber.bit();
        }
        uses
    }

    /// "et" in "vingt-et-un".
    fn joins(&self, part: &str) -> bool {
        self.language == Language::Fr && part == "et"
    }

    fn of_plain_word(&self, norm: &str) -> Uses {
        let mut uses = self.words.get(norm).copied().unwrap_or_default();
        if norm.len() > 2 {
            let [first, .., last] = norm.as_bytes() else { return uses };
            for (start, other) in self.starts.get(first).into_iter().flatten() {
                if norm.starts_with(start.as_str()) {
                    uses.0 |= other.0;
                }
            }
            for (ending, other) in self.endings.get(last).into_iter().flatten() {
                if norm.len() > ending.len() + 1 && norm.ends_with(ending.as_str()) {
                    uses.0 |= other.0;
                }
            }
        }
        uses
    }

    /// What every token is good for.
    pub(crate) fn mark(&self, tokens: &Tokens) -> Vec<Marked> {
        let mut marked: Vec<Marked> = (0..tokens.all.len())
            .map(|i| Marked { uses: self.of_word(tokens.norm(i)), ..Marked::default() })
            .collect();
        for (index, mark) in marked.iter_mut().enumerate() {
            let Some(phrases) = self.phrases.get(tokens.norm(index)) else { continue };
            for (rest, uses) in phrases {
                let Some(last) = follows(tokens, index, rest) else { continue };
                if last >= mark.last {
                    mark.phrase.0 |= uses.0;
                    mark.last = last;
                }
            }
        }
        marked
    }
}

/// The last token of `rest` when its words stand behind token `index`. Full stops between them
/// ("t.n.v.") and one comma do not count.
fn follows(tokens: &Tokens, index: usize, rest: &[String]) -> Option<usize> {
    let mut at = index;
    for word in rest {
        at += 1;
        while tokens.sign(at, '.') || (tokens.sign(at, '/') && word != "/") {
            at += 1;
        }
        let same = tokens.norm(at) == word
            || (tokens.norm(at).is_empty() && fold(tokens.raw(at)) == *word);
        if !same || tokens.all[at].gap == Gap::Line {
            return None;
        }
    }
    Some(at)
}

/// What a token, and the phrase that begins there, is good for.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Marked {
    pub(crate) uses: Uses,
    /// What the longest phrase that begins here is good for.
    pub(crate) phrase: Uses,
    /// Its last token.
    pub(crate) last: usize,
}

impl Marked {
    /// The last token of a word or phrase of this use that begins at `index`.
    pub(crate) fn end(&self, index: usize, one: Use) -> Option<usize> {
        if self.phrase.has(one) { Some(self.last) } else { self.uses.has(one).then_some(index) }
    }
}
