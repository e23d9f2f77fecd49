//! The words of time of one language, as tables. Phrases are written as folded tokens with one
//! space between them: "z.s.m." is `z . s . m .`, "'s avonds" is `' s avonds`.

use std::collections::HashMap;
use std::sync::LazyLock;

use gehoord_conversation::Language;
use jiff::civil::Weekday;

use super::numbers::numerals;
use super::{Day, Part, Unit};
use super::{lexicon_en, lexicon_nl};

/// A list of phrases.
#[derive(Debug, Clone, Copy)]
pub(super) struct List {
    /// The phrases.
    pub(super) phrases: &'static [&'static str],
    /// The bit of the words that a phrase of this list begins with.
    pub(super) bit: u64,
}

impl List {
    /// A list that is not yet indexed.
    pub(super) const fn of(phrases: &'static [&'static str]) -> Self {
        Self { phrases, bit: ALWAYS }
    }

    /// Whether a word of these bits can be the first of a phrase.
    pub(super) const fn may_begin_with(&self, bits: u64) -> bool {
        self.bit == ALWAYS || bits & self.bit != 0
    }
}

/// A table from phrases to what they mean.
#[derive(Debug, Clone, Copy)]
pub(super) struct Table<T: 'static> {
    /// The phrases, each with its meaning.
    pub(super) entries: &'static [(&'static str, T)],
    /// The bit of the words that a phrase of this table begins with.
    pub(super) bit: u64,
}

impl<T> Table<T> {
    /// A table that is not yet indexed.
    pub(super) const fn of(entries: &'static [(&'static str, T)]) -> Self {
        Self { entries, bit: ALWAYS }
    }

    /// Whether a word of these bits can be the first of a phrase.
    pub(super) const fn may_begin_with(&self, bits: u64) -> bool {
        self.bit == ALWAYS || bits & self.bit != 0
    }
}

/// The bits of a list that is not indexed: it is read at every word.
pub(super) const ALWAYS: u64 = u64::MAX;
/// The bit of numerals.
pub(super) const NUMERAL: u64 = 1;
/// The bit of weekdays, also with a part of the day glued to them.
pub(super) const WEEKDAY: u64 = 1 << 1;
/// The bit of words with which an expression can begin.
const START: u64 = 1 << 2;
/// The first bit of the lists and tables.
const FIRST_LIST: u64 = 1 << 3;

/// The words of time of one language.
#[derive(Debug)]
pub(super) struct Lexicon {
    /// The language itself.
    pub(super) language: Language,
    /// "zo snel mogelijk"
    pub(super) vague: List,
    /// What makes a vague word something else: "tot snel", "how soon".
    pub(super) no_vague_after: List,
    /// The same, when it follows: "spoedig herstel".
    pub(super) no_vague_before: List,
    /// "meteen"
    pub(super) now: List,
    /// What makes "nu" no time, before it: "tot nu".
    pub(super) no_now_after: List,
    /// What makes "nu" no time, behind it: "nu eenmaal".
    pub(super) no_now_before: List,
    /// "binnen": prepositions before a length of time.
    pub(super) within: List,
    /// The prepositions after which an article is enough: "binnen het uur".
    pub(super) within_the: List,
    /// "over the next": prepositions before "next" only.
    pub(super) over_the_next: List,
    /// Words between the preposition and the amount: "ongeveer".
    pub(super) fillers: List,
    /// "een paar"
    pub(super) vague_amounts: List,
    /// "from now"
    pub(super) from_now: List,
    /// "de volgende werkdag"
    pub(super) next_working_day: List,
    /// "een half uur"
    pub(super) lengths: Table<(u32, Unit)>,
    /// "uur", with what one of it is in the unit.
    pub(super) units: Table<(u32, Unit)>,
    /// Between the two numbers of a range.
    pub(super) range: List,
    /// Whole phrases for a day, with a part of it.
    pub(super) days: Table<(Day, Option<Part>)>,
    /// Words that may stand before a day: "uiterlijk op".
    pub(super) day_leads: List,
    /// Those of them after which a bare "3/4" or "the 3rd" is a date.
    pub(super) date_leads: List,
    /// Parts of the day that stand alone: "in de middag".
    pub(super) parts: Table<Part>,
    /// Parts of the day that need a day or hour beside them: "'s avonds".
    pub(super) parts_beside: Table<Part>,
    /// "voor", "om": prepositions before an hour.
    pub(super) by: List,
    /// Those after which a bare number can be an hour: "by 4".
    pub(super) by_bare: List,
    /// "na", "vanaf".
    pub(super) after: List,
    /// "tussen".
    pub(super) between: List,
    /// "van": opens a window only beside a day, since opening hours sound the same.
    pub(super) from: List,
    /// Between the two hours of a window.
    pub(super) window: List,
    /// "uur", "u".
    pub(super) oclock: List,
    /// Fixed times: "noon".
    pub(super) clocks: Table<u8>,
    /// Words that belong to the expression when they follow it: "at the latest".
    pub(super) tails: List,
    /// Words that make it a past or a habit, before it: "sinds", "elke".
    pub(super) no_time_after: List,
    /// Words that make it a past, behind it: "geleden".
    pub(super) no_time_before: List,
    /// "maandag t/m vrijdag": opening hours.
    pub(super) through: List,
    /// "vandaag of morgen": the later counts.
    pub(super) or: List,
    /// What is counted when a bare number is no hour: "10 euro".
    pub(super) counted: List,
    /// Names of the weekdays.
    pub(super) weekdays: &'static [(&'static str, Weekday)],
    /// What may be glued to a weekday: "maandagmiddag".
    pub(super) weekday_endings: &'static [(&'static str, Part)],
    /// "aanstaande"
    pub(super) weekday_before: List,
    /// "a.s."
    pub(super) weekday_after: List,
    /// Names of the months.
    pub(super) months: Table<i8>,
    /// "eind", before the name of a month.
    pub(super) month_end: List,
    /// For each first word of a phrase the bits of the lists that have such a phrase.
    pub(super) first_words: HashMap<String, u64>,
}

impl Lexicon {
    /// The lexicon of `language`; `None` for languages that are not known here.
    pub(super) fn of(language: Language) -> Option<&'static Self> {
        static NL: LazyLock<Lexicon> = LazyLock::new(|| lexicon_nl::dutch().indexed());
        static EN: LazyLock<Lexicon> = LazyLock::new(|| lexicon_en::english().indexed());
        match language {
            Language::Nl => Some(&NL),
            Language::En => Some(&EN),
            Language::De | Language::Fr => None,
        }
    }

    /// What this folded word can begin, as the bits of lists and tables.
    pub(super) fn bits(&self, word: &str) -> u64 {
        if word.starts_with(|c: char| c.is_ascii_digit()) {
            return self.first_words.get(word).copied().unwrap_or(0) | NUMERAL | START;
        }
        self.first_words.get(word).copied().unwrap_or(0)
    }

    /// Whether an expression can begin with a word of these bits.
    pub(super) const fn may_start(bits: u64) -> bool {
        bits & START != 0
    }

    /// The weekday that one word names, with the part of the day glued to it.
    pub(super) fn weekday(&self, word: &str) -> Option<(Weekday, Option<Part>)> {
        self.weekdays.iter().find_map(|(name, weekday)| {
            let ending = word.strip_prefix(name)?;
            if ending.is_empty() {
                return Some((*weekday, None));
            }
            let (_, part) = self.weekday_endings.iter().find(|(name, _)| *name == ending)?;
            Some((*weekday, Some(*part)))
        })
    }

    /// Gives every list its bit and every first word the bits of its lists, so that most lists
    /// need not be read at most words.
    fn indexed(mut self) -> Self {
        let mut index = Index { words: HashMap::new(), bit: FIRST_LIST };
        for list in [
            &mut self.vague,
            &mut self.now,
            &mut self.within,
            &mut self.over_the_next,
            &mut self.next_working_day,
            &mut self.fillers,
            &mut self.vague_amounts,
            &mut self.day_leads,
            &mut self.by,
            &mut self.after,
            &mut self.between,
            &mut self.from,
            &mut self.weekday_before,
            &mut self.month_end,
        ] {
            list.bit = index.add(list.phrases.iter().copied(), START);
        }
        for list in [
            &mut self.no_vague_before,
            &mut self.no_now_before,
            &mut self.within_the,
            &mut self.from_now,
            &mut self.range,
            &mut self.date_leads,
            &mut self.by_bare,
            &mut self.window,
            &mut self.oclock,
            &mut self.tails,
            &mut self.no_time_before,
            &mut self.through,
            &mut self.or,
            &mut self.counted,
            &mut self.weekday_after,
        ] {
            list.bit = index.add(list.phrases.iter().copied(), 0);
        }
        self.lengths.bit = index.add(self.lengths.entries.iter().map(|(phrase, _)| *phrase), START);
        self.days.bit = index.add(self.days.entries.iter().map(|(phrase, _)| *phrase), START);
        self.parts.bit = index.add(self.parts.entries.iter().map(|(phrase, _)| *phrase), START);
        self.months.bit = index.add(self.months.entries.iter().map(|(phrase, _)| *phrase), START);
        self.units.bit = index.add(self.units.entries.iter().map(|(phrase, _)| *phrase), 0);
        self.clocks.bit = index.add(self.clocks.entries.iter().map(|(phrase, _)| *phrase), 0);
        self.parts_beside.bit =
            index.add(self.parts_beside.entries.iter().map(|(phrase, _)| *phrase), 0);
        for numeral in numerals(self.language) {
            *index.words.entry(numeral).or_default() |= NUMERAL | START;
        }
        for (weekday, _) in self.weekdays {
            let endings = self.weekday_endings.iter().map(|(ending, _)| *ending);
            for ending in endings.chain([""]) {
                *index.words.entry(format!("{weekday}{ending}")).or_default() |= WEEKDAY | START;
            }
        }
        self.first_words = index.words;
        self
    }
}

/// The first words so far, and the next free bit.
struct Index {
    words: HashMap<String, u64>,
    bit: u64,
}

impl Index {
    fn add(&mut self, phrases: impl Iterator<Item = &'static str>, more: u64) -> u64 {
        let bit = self.bit;
        self.bit <<= 1;
        for first in phrases.filter_map(|phrase| phrase.split(' ').next()) {
            *self.words.entry(first.to_owned()).or_default() |= bit | more;
        }
        bit
    }
}
