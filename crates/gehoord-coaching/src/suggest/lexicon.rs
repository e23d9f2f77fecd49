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
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Lexicon {
    /// Left out where a clause begins: greetings, "nou", "and".
    opens_idly: Listed,
    /// Left out where a clause ends.
    ends_idly: Listed,
    /// Left out everywhere: hesitations.
    noise: Listed,
    /// Words of dialects: a turn with two of them is not taken apart.
    dialect: Listed,
    /// A clause with such a word is not taken up: swearing, dialect, words to the agent.
    never: Listed,
    /// A sentence that is taken up begins with one of these.
    pub(crate) begins: Listed,
    /// Nobody is told what they think, want to say or feel: "ik vind", "I hope".
    pub(crate) mind: Listed,
    /// A clause does not end with these.
    left_open: Listed,
    /// Number words.
    numbers: Listed,
    /// Days and months.
    pub(crate) days: Listed,
    /// Words for a stretch of time.
    time: Listed,
    /// Words for how often.
    often: Listed,
    /// Words for the how-manieth time.
    ordinals: Listed,
    /// What a firm gives or brings about: who says that it will, promises.
    gives: Listed,
    /// Verbs with which that is said.
    commits: Listed,
    /// Words that lead up to a slot for what the agent does: with nothing else, nothing is promised.
    leads_to_slot: Listed,
    /// Words of what went wrong.
    trouble: Listed,
    /// Words that say by themselves that something is wrong.
    broken: Listed,
    /// How people type, and what is meant.
    pub(crate) spelling: Pairs,
    /// Verbs said of oneself, with the form for the customer (formal|informal where they differ).
    pub(crate) i_verbs: Pairs,
    /// Forms of verbs that are the same for both.
    pub(crate) same_verbs: Listed,
    /// Verbs of "we", with the form for the customer.
    pub(crate) we_verbs: Pairs,
    /// Verbs said to the firm, with the form of "we".
    pub(crate) you_verbs: Pairs,
    /// Other verbs that show that a clause is a sentence.
    pub(crate) finite: Listed,
    /// Words that stand beside a pronoun, not before a noun.
    pub(crate) function: Listed,
    /// Words that make a stretch of time a wait.
    waits: Listed,
    /// Things that a firm handles: a reply to bad news says that it goes after one of these only.
    affairs: Listed,
    /// Where and by what way people are in touch: no topic behind a preposition.
    places: Listed,
    /// Nouns that say nothing about what a question is about, and words that are none.
    vague: Listed,
    /// Relatives and partners.
    family: Listed,
    /// Who speaks and who is spoken to.
    persons: Listed,
    /// Prepositions.
    pub(crate) prepositions: Listed,
    /// Things that customers speak about, by their article.
    things: HashMap<String, Listed>,
    /// Who and what a firm has, by their article.
    people: HashMap<String, Listed>,
}

impl Lexicon {
    pub(crate) fn opens_idly(&self, word: &str) -> bool {
        self.opens_idly.has(word)
    }

    pub(crate) fn ends_idly(&self, word: &str) -> bool {
        self.ends_idly.has(word)
    }

    pub(crate) fn is_noise(&self, word: &str) -> bool {
        self.noise.has(word)
    }

    pub(crate) fn never(&self, word: &str) -> bool {
        self.never.has(word)
    }

    pub(crate) fn is_left_open(&self, word: &str) -> bool {
        self.left_open.has(word)
    }

    pub(crate) fn is_number(&self, word: &str) -> bool {
        self.numbers.has(word)
    }

    /// Whether a word is a verb that a sentence may turn on.
    pub(crate) fn is_verb(&self, word: &str) -> bool {
        self.finite.has(word)
            || self.same_verbs.has(word)
            || self.i_verbs.has(word)
            || self.we_verbs.has(word)
            || self.you_verbs.has(word)
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

    pub(crate) fn is_time(&self, word: &str) -> bool {
        self.time.has(word)
    }

    pub(crate) fn is_often(&self, word: &str) -> bool {
        self.often.has(word)
    }

    pub(crate) fn is_broken(&self, word: &str) -> bool {
        self.broken.has(word)
    }

    pub(crate) fn is_wait(&self, word: &str) -> bool {
        self.waits.has(word)
    }

    pub(crate) fn is_affair(&self, word: &str) -> bool {
        self.affairs
            .all()
            .any(|affair| word == affair || (affair.len() > 4 && word.ends_with(affair.as_str())))
    }

    pub(crate) fn is_place(&self, word: &str) -> bool {
        self.places.has(word)
    }

    pub(crate) fn is_vague(&self, word: &str) -> bool {
        self.vague.has(word)
            || self.family.has(word)
            || self.time.has(word)
            || self.often.has(word)
            || self.numbers.has(word)
            || self.days.has(word)
            || self.finite.has(word)
            || self.function.has(word)
            || self.never.has(word)
    }

    /// Whether a word is one that every text of this language is full of.
    pub(crate) fn is_everyday(&self, word: &str) -> bool {
        self.function.has(word) || self.finite.has(word) || self.persons.has(word)
    }

    pub(crate) fn is_family(&self, word: &str) -> bool {
        self.family.has(word)
    }

    pub(crate) fn is_trouble(&self, word: &str) -> bool {
        self.trouble.has(word)
    }

    /// Whether a word is somebody who speaks or is spoken to.
    pub(crate) fn function_of_person(&self, word: &str) -> bool {
        self.persons.has(word)
    }

    /// Words that no suggestion may hold unless the conversation does: numbers, days, months.
    pub(crate) fn facts(&self) -> HashSet<String> {
        self.numbers.all().chain(self.days.all()).cloned().collect()
    }

    /// The article of a thing, by the longest known word that `word` ends with.
    pub(crate) fn article(&self, word: &str) -> Option<&str> {
        article(&self.things, word)
    }

    /// The same for what a firm has.
    pub(crate) fn article_of_firm(&self, word: &str) -> Option<&str> {
        article(&self.people, word).or_else(|| self.article(word))
    }

    /// Whether a turn is written in a dialect, whose words cannot be turned round.
    pub(crate) fn is_dialect<'w>(&self, words: impl Iterator<Item = &'w str>) -> bool {
        words.filter(|w| self.dialect.has(w) || (w.ends_with("'n") && w.len() > 3)).nth(1).is_some()
    }
}

fn article<'l>(things: &'l HashMap<String, Listed>, word: &str) -> Option<&'l str> {
    /// Letters before the known end of a compound, at least.
    const BEFORE: usize = 3;
    /// Letters of that end: "ruit" is no end of "achteruit".
    const END: usize = 5;
    let mut best: Option<(&str, usize)> = None;
    for (article, things) in things {
        for thing in things.all() {
            let compound = thing.chars().count() >= END && word.len() >= thing.len() + BEFORE;
            let fits = word == thing || (compound && word.ends_with(thing.as_str()));
            if fits && best.is_none_or(|(_, length)| thing.len() > length) {
                best = Some((article, thing.len()));
            }
        }
    }
    best.map(|(article, _)| article)
}
