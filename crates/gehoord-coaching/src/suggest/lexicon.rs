//! The words of one language that suggestions need to know: data of `suggestions/<language>.toml`.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;

/// Words as a trainer lists them: separated by blanks.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(from = "String")]
pub(crate) struct Listed(HashSet<String>);

impl From<String> for Listed {
    fn from(words: String) -> Self {
        Self(words.split_whitespace().map(str::to_owned).collect())
    }
}

impl Listed {
    pub(crate) fn has(&self, word: &str) -> bool {
        self.0.contains(word)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &String> {
        self.0.iter()
    }
}

/// Pairs as a trainer lists them: "heb:hebt ben:bent".
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Pairs(HashMap<String, String>);

impl TryFrom<String> for Pairs {
    type Error = String;

    fn try_from(pairs: String) -> Result<Self, String> {
        let pair = |pair: &str| -> Result<(String, String), String> {
            let (from, to) = pair.split_once(':').ok_or_else(|| format!("'{pair}' is no pair"))?;
            Ok((from.to_owned(), to.replace('_', " ")))
        };
        pairs.split_whitespace().map(pair).collect::<Result<_, _>>().map(Self)
    }
}

impl Pairs {
    pub(crate) fn get(&self, word: &str) -> Option<&str> {
        self.0.get(word).map(String::as_str)
    }

    pub(crate) fn has(&self, word: &str) -> bool {
        self.0.contains_key(word)
    }
}

/// The words of one language.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Lexicon {
    /// Number words.
    numbers: Listed,
    /// Days and months.
    days: Listed,
    /// Units of time, with how they are written out: "mnd:maanden".
    units: Pairs,
    /// Words for "times".
    times: Listed,
    /// Words that are a number of times by themselves: "twice".
    often: Listed,
    /// What somebody has done to be heard: "gebeld", behind how often.
    contacts: Listed,
    /// Words for the how-manieth time.
    ordinals: Listed,
    /// "My" and "our", with what they are to the customer.
    mine: Pairs,
    /// Relatives and partners.
    family: Listed,
    /// What a firm gives or brings about: who says that it will, promises.
    gives: Listed,
    /// Verbs with which that is said.
    commits: Listed,
    /// Words that lead up to a slot for what the agent does: with nothing else, nothing is promised.
    leads_to_slot: Listed,
    /// Words with which a message begins before anything is said.
    greetings: Listed,
    /// Words with which an agent asks whether that was all.
    closing: Listed,
    /// Words of a question that wants no answer.
    rhetorical: Listed,
    /// Words that every text of this language is full of, and its neighbours' are not.
    everyday: Listed,
}

impl Lexicon {
    pub(crate) fn closes(&self, word: &str) -> bool {
        self.closing.has(word)
    }

    pub(crate) fn is_rhetorical(&self, word: &str) -> bool {
        self.rhetorical.has(word)
    }

    pub(crate) fn greets(&self, word: &str) -> bool {
        self.greetings.has(word)
    }

    pub(crate) fn is_number(&self, word: &str) -> bool {
        self.numbers.has(word)
    }

    /// Whether a word is a number in full, also a compound ("drieëntwintig") or an ordinal.
    pub(crate) fn says_number(&self, word: &str) -> bool {
        self.ordinals.has(word) || self.is_number(word) || self.is_compound_number(word, 0)
    }

    fn is_compound_number(&self, word: &str, parts: usize) -> bool {
        const MOST: usize = 8;
        if word.is_empty() || parts > MOST {
            return parts > 1 && word.is_empty();
        }
        let mut cuts = word.char_indices().map(|(at, c)| at + c.len_utf8());
        let number = cuts.any(|end| {
            self.is_number(&word[..end]) && self.is_compound_number(&word[end..], parts + 1)
        });
        let joined = ["en", "ën", "und", "ein", "-", "et"].iter();
        number
            || joined
                .filter_map(|join| word.strip_prefix(join))
                .any(|rest| !rest.is_empty() && self.is_compound_number(rest, parts + 1))
    }

    /// Whether a word names what a firm gives or brings about.
    pub(crate) fn is_given(&self, word: &str) -> bool {
        self.gives.has(word)
    }

    /// Whether a verb says that it will be.
    pub(crate) fn commits(&self, word: &str) -> bool {
        self.commits.has(word)
    }

    /// Whether a word only leads up to what the agent fills in.
    pub(crate) fn leads_to_slot(&self, word: &str) -> bool {
        self.leads_to_slot.has(word)
    }

    pub(crate) fn is_unit(&self, word: &str) -> bool {
        self.units.has(word)
    }

    pub(crate) fn is_time(&self, word: &str) -> bool {
        self.times.has(word)
    }

    pub(crate) fn is_often(&self, word: &str) -> bool {
        self.often.has(word)
    }

    pub(crate) fn is_contact(&self, word: &str) -> bool {
        self.contacts.has(word)
    }

    pub(crate) fn is_ordinal(&self, word: &str) -> bool {
        self.ordinals.has(word)
    }

    pub(crate) fn is_mine(&self, word: &str) -> bool {
        self.mine.has(word)
    }

    pub(crate) fn is_family(&self, word: &str) -> bool {
        self.family.has(word)
    }

    /// How an abbreviated unit is written, or "my" to the customer.
    pub(crate) fn written_out(&self, word: &str) -> Option<&str> {
        self.units.get(word).or_else(|| self.mine.get(word))
    }

    /// Whether a word is one that every text of this language is full of.
    pub(crate) fn is_everyday(&self, word: &str) -> bool {
        self.everyday.has(word)
    }

    /// Words that no suggestion may hold unless the conversation does: numbers, days, months.
    pub(crate) fn facts(&self) -> HashSet<String> {
        self.numbers.all().chain(self.days.all()).cloned().collect()
    }
}
