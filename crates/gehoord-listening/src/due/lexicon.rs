//! The words of time of one language, as tables. Phrases are written as in life, in lower case;
//! the scanner cuts and folds them as it does the text: "d'ici après-midi" is `d ' ici apres -
//! midi`. What has an umlaut is also known in its spelling without: "spaetestens".

use std::collections::HashMap;
use std::sync::LazyLock;

use gehoord_conversation::Language;
use jiff::civil::Weekday;

use super::clock::Half;
use super::numbers::numerals;
use super::tokens::Words;
use super::{Day, Part, Unit};
use super::{lexicon_de, lexicon_en, lexicon_fr, lexicon_nl};

/// A list of phrases.
#[derive(Debug)]
pub(super) struct List {
    phrases: &'static [&'static str],
    /// The phrases by the number of their first word.
    pub(super) groups: Groups<()>,
}

impl List {
    /// A list that is not yet indexed.
    pub(super) const fn of(phrases: &'static [&'static str]) -> Self {
        Self { phrases, groups: Groups(Vec::new()) }
    }
}

/// A table from phrases to what they mean.
#[derive(Debug)]
pub(super) struct Table<T: 'static> {
    entries: &'static [(&'static str, T)],
    /// The phrases by the number of their first word.
    pub(super) groups: Groups<T>,
}

impl<T> Table<T> {
    /// A table that is not yet indexed.
    pub(super) const fn of(entries: &'static [(&'static str, T)]) -> Self {
        Self { entries, groups: Groups(Vec::new()) }
    }
}

/// Phrases by the number of their first word: the numbers of the other words, and the meaning.
#[derive(Debug)]
pub(super) struct Groups<T>(Vec<Vec<(Box<[u16]>, T)>>);

impl<T> Groups<T> {
    /// The phrases that begin with the word of this number.
    pub(super) fn of(&self, first: u16) -> &[(Box<[u16]>, T)] {
        self.0.get(usize::from(first)).map_or(&[], Vec::as_slice)
    }
}

/// What is known of one word. Words in no phrase are all the same: number 0, no flags.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Known {
    /// The number of the word in this lexicon.
    pub(super) number: u16,
    /// Whether an expression can begin with it.
    pub(super) starts: bool,
    /// Whether it is a numeral.
    pub(super) numeral: bool,
    /// Whether it names a weekday, also with a part of the day glued to it.
    pub(super) weekday: bool,
}

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
    /// Those of them that also stand before an hour of the clock: "d'ici 16h".
    pub(super) within_or_by: List,
    /// The prepositions after which an article is enough: "binnen het uur".
    pub(super) within_the: List,
    /// "over the next": prepositions before "next" only.
    pub(super) over_the_next: List,
    /// Words between the preposition and the amount: "ongeveer".
    pub(super) fillers: List,
    /// Words between the amount and the unit: "volle".
    pub(super) amount_marks: List,
    /// Those fillers and marks after which a unit is counted from now: "komende", "next".
    pub(super) ahead: List,
    /// Words that belong to a length when they follow it: "qui suivent".
    pub(super) length_tails: List,
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
    /// The plural of units, which without a number says not how many: "de komende dagen".
    pub(super) plurals: List,
    /// Units of one letter, which need digits: "48u".
    pub(super) letter_units: List,
    /// "and a half", behind the unit.
    pub(super) and_a_half: List,
    /// Between the two numbers of a range.
    pub(super) range: List,
    /// Whole phrases for a day, with a part of it.
    pub(super) days: Table<(Day, Option<Part>)>,
    /// What makes of a weekday a habit, right before it: "le mardi".
    pub(super) weekly: List,
    /// "van", between a part of the day or a weekday and what it is part of.
    pub(super) of: List,
    /// The article before a date or the number of a day: "de 15e".
    pub(super) articles: List,
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
    /// What shows that a bare number was an hour: "um vier **ist** es da".
    pub(super) behind_a_bare_hour: List,
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
    /// "half", before the hour.
    pub(super) half: List,
    /// Whether "half vier" is before four.
    pub(super) half_to_come: bool,
    /// "kwart", with its minutes.
    pub(super) quarters: Table<i32>,
    /// "kwart over".
    pub(super) past: List,
    /// "kwart voor".
    pub(super) to: List,
    /// "minuten", between the number and "voor".
    pub(super) minutes: List,
    /// What follows the hour, with its minutes: "et demie", "moins le quart".
    pub(super) behind_the_hour: Table<i32>,
    /// "moins", before the minutes that lie before the hour.
    pub(super) minus: List,
    /// Whether minutes may follow the hour: "16 Uhr 30".
    pub(super) minutes_follow: bool,
    /// The last hour that without more is one of the afternoon or evening: "om 7 uur".
    pub(super) last_afternoon_hour: u8,
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
    /// "am", "p.m."
    pub(super) halves: Table<Half>,
    /// "van de maand", after the number of a day.
    pub(super) of_the_month: List,
    /// Every word of every phrase.
    pub(super) vocabulary: HashMap<String, Known>,
}

impl Lexicon {
    /// The lexicon of `language`.
    pub(super) fn of(language: Language) -> &'static Self {
        static NL: LazyLock<Lexicon> = LazyLock::new(|| lexicon_nl::dutch().indexed());
        static EN: LazyLock<Lexicon> = LazyLock::new(|| lexicon_en::english().indexed());
        static DE: LazyLock<Lexicon> = LazyLock::new(|| lexicon_de::german().indexed());
        static FR: LazyLock<Lexicon> = LazyLock::new(|| lexicon_fr::french().indexed());
        match language {
            Language::Nl => &NL,
            Language::En => &EN,
            Language::De => &DE,
            Language::Fr => &FR,
        }
    }

    /// What is known of a folded word.
    pub(super) fn known(&self, word: &str) -> Known {
        let known = self.vocabulary.get(word).copied().unwrap_or_default();
        if word.starts_with(|c: char| c.is_ascii_digit()) {
            return Known { starts: true, numeral: true, ..known };
        }
        known
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

    /// Numbers all words and groups all phrases by their first word, so that at each token only
    /// the phrases that can begin there are read.
    fn indexed(mut self) -> Self {
        let mut index = Index::default();
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
            &mut self.half,
        ] {
            list.groups = index.list(list.phrases, true);
        }
        for list in [
            &mut self.no_vague_after,
            &mut self.no_vague_before,
            &mut self.no_now_after,
            &mut self.no_now_before,
            &mut self.no_time_after,
            &mut self.no_time_before,
            &mut self.within_the,
            &mut self.within_or_by,
            &mut self.amount_marks,
            &mut self.ahead,
            &mut self.length_tails,
            &mut self.plurals,
            &mut self.letter_units,
            &mut self.and_a_half,
            &mut self.weekly,
            &mut self.of,
            &mut self.articles,
            &mut self.past,
            &mut self.to,
            &mut self.minutes,
            &mut self.minus,
            &mut self.from_now,
            &mut self.range,
            &mut self.date_leads,
            &mut self.by_bare,
            &mut self.behind_a_bare_hour,
            &mut self.window,
            &mut self.oclock,
            &mut self.tails,
            &mut self.through,
            &mut self.or,
            &mut self.counted,
            &mut self.weekday_after,
            &mut self.of_the_month,
        ] {
            list.groups = index.list(list.phrases, false);
        }
        self.lengths.groups = index.table(self.lengths.entries, true);
        self.days.groups = index.table(self.days.entries, true);
        self.parts.groups = index.table(self.parts.entries, true);
        self.months.groups = index.table(self.months.entries, true);
        self.quarters.groups = index.table(self.quarters.entries, true);
        self.behind_the_hour.groups = index.table(self.behind_the_hour.entries, false);
        self.units.groups = index.table(self.units.entries, false);
        self.clocks.groups = index.table(self.clocks.entries, false);
        self.parts_beside.groups = index.table(self.parts_beside.entries, false);
        self.halves.groups = index.table(self.halves.entries, false);
        for numeral in numerals(self.language) {
            let known = index.word(&numeral);
            (known.numeral, known.starts) = (true, true);
        }
        for (weekday, _) in self.weekdays {
            let endings = self.weekday_endings.iter().map(|(ending, _)| *ending);
            for ending in endings.chain([""]) {
                let known = index.word(&format!("{weekday}{ending}"));
                (known.weekday, known.starts) = (true, true);
            }
        }
        self.vocabulary = index.finished();
        self
    }
}

/// The words so far.
#[derive(Default)]
struct Index {
    words: HashMap<String, Known>,
    /// Words with an umlaut as they are spelled without, and as they are folded.
    aliases: Vec<(String, String)>,
}

impl Index {
    fn finished(mut self) -> HashMap<String, Known> {
        for (alias, word) in self.aliases {
            let known = self.words.get(&word).copied().unwrap_or_default();
            self.words.entry(alias).or_insert(known);
        }
        self.words
    }

    /// The numbers of the words of a phrase.
    fn numbers(&mut self, phrase: &str) -> Vec<u16> {
        let words = Words::cut(phrase);
        if phrase.contains(['ä', 'ö', 'ü']) {
            let spelled = phrase.replace('ä', "ae").replace('ö', "oe").replace('ü', "ue");
            let spelled = Words::cut(&spelled);
            let pairs = (0..words.len()).map(|i| (spelled.word(i), words.word(i)));
            let owned = |(alias, word): (&str, &str)| (alias.to_owned(), word.to_owned());
            self.aliases.extend(pairs.filter(|(alias, word)| alias != word).map(owned));
        }
        (0..words.len()).map(|i| self.word(words.word(i)).number).collect()
    }

    fn word(&mut self, word: &str) -> &mut Known {
        let next = u16::try_from(self.words.len() + 1).unwrap_or(u16::MAX);
        self.words.entry(word.to_owned()).or_insert(Known { number: next, ..Known::default() })
    }

    fn list(&mut self, phrases: &[&str], starts: bool) -> Groups<()> {
        self.group(phrases.iter().map(|phrase| (*phrase, ())), starts)
    }

    fn table<T: Copy>(&mut self, entries: &[(&str, T)], starts: bool) -> Groups<T> {
        self.group(entries.iter().copied(), starts)
    }

    fn group<'p, T>(
        &mut self,
        entries: impl Iterator<Item = (&'p str, T)>,
        starts: bool,
    ) -> Groups<T> {
        let mut groups: Vec<Vec<(Box<[u16]>, T)>> = Vec::new();
        for (phrase, meaning) in entries {
            let numbers = self.numbers(phrase);
            let Some((first, rest)) = numbers.split_first() else { continue };
            if starts {
                self.word(Words::cut(phrase).word(0)).starts = true;
            }
            let (first, rest) = (usize::from(*first), rest.into());
            if groups.len() <= first {
                groups.resize_with(first + 1, Vec::new);
            }
            if let Some(group) = groups.get_mut(first) {
                group.push((rest, meaning));
            }
        }
        Groups(groups)
    }
}
