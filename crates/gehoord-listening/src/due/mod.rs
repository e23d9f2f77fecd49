//! Times in promises ("morgen voor 12.00", "within two working days"), and when they are due.
//!
//! [`find`] points at every expression that says by when something will be done; [`resolve`]
//! turns one into the latest moment that keeps the promise. Both are pure: the clock is the
//! `said_at` of the turn, the calendar is computed. What the rules mean is in the handbook under
//! "promises". A sentence about the past ("op 3 maart heb ik gebeld") names a date too; whether
//! the words around it make it a promise is for the caller to say.
//!
//! Reading order: this file, `expression` (finding), then `duration`, `calendar` and `clock` (the
//! three kinds of expression), `resolve`, `holidays`. `lexicon` holds the words of each language,
//! `numbers` its numerals, `tokens` the scanner.

mod calendar;
mod clock;
mod duration;
mod expression;
mod holidays;
mod lexicon;
mod lexicon_de;
mod lexicon_en;
mod lexicon_fr;
mod lexicon_nl;
mod numbers;
mod resolve;
#[cfg(test)]
mod tests;
mod tokens;

use gehoord_conversation::{Language, Span};
use jiff::civil::Weekday;

pub use holidays::{is_public_holiday, is_working_day};

/// A time that was named in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct When {
    /// The words, with the preposition that belongs to them.
    pub span: Span,
    /// What they mean.
    pub kind: WhenKind,
}

/// What a time expression means, before it is laid on a calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WhenKind {
    /// "zo snel mogelijk", "binnenkort", "soon": a time that nobody can hold anyone to.
    AsSoonAsPossible,
    /// "meteen", "nu", "right away".
    Now,
    /// "binnen twee werkdagen", "in 10 minutes".
    Within {
        /// How many, the larger of a range; `None` for "een paar", "a couple of".
        amount: Option<u32>,
        /// Of what.
        unit: Unit,
    },
    /// "morgen", "vrijdag tussen 10 en 12", "by 4pm".
    On {
        /// Which day.
        day: Day,
        /// The time on that day; `None` when only the day was named.
        time: Option<Time>,
    },
}

impl WhenKind {
    /// Whether it names a time to come, rather than "now" or "soon".
    #[must_use]
    pub const fn is_to_come(self) -> bool {
        !matches!(self, Self::AsSoonAsPossible | Self::Now)
    }

    /// Whether it names a day.
    const fn names_a_day(self) -> bool {
        !matches!(self, Self::On { day: Day::Any, .. }) && matches!(self, Self::On { .. })
    }

    /// Day and time as one, when one of the two names only the day and the other only the time:
    /// "**op maandag** komt de monteur **tussen 8 en 12 uur**". Whether they stand near enough
    /// is for the caller to say.
    #[must_use]
    pub const fn joined(self, other: Self) -> Option<Self> {
        match (self, other) {
            (Self::On { day: Day::Any, .. }, Self::On { day: Day::Any, .. }) => None,
            (
                Self::On { day, time: None },
                Self::On { day: Day::Any, time: time @ Some(Time::By(_) | Time::Part(_)) },
            )
            | (
                Self::On { day: Day::Any, time: time @ Some(Time::By(_) | Time::Part(_)) },
                Self::On { day, time: None },
            ) => Some(Self::On { day, time }),
            _ => None,
        }
    }
}

/// What a length of time is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unit {
    /// Minutes.
    Minutes,
    /// Hours.
    Hours,
    /// Days of the calendar.
    Days,
    /// Days that are neither weekend nor public holiday.
    WorkingDays,
    /// Weeks.
    Weeks,
    /// Months.
    Months,
}

/// A day, seen from the day on which it was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Day {
    /// None named: the first on which the time is still to come.
    Any,
    /// This many days later: "vandaag" 0, "morgen" 1, "overmorgen" 2.
    In(u8),
    /// The next one with this name, never today.
    Weekday(Weekday),
    /// This day of the next ISO week ("volgende week dinsdag"; "volgende week" is its Friday).
    NextWeek(Weekday),
    /// The Friday of this week, or of the next when the weekend has begun ("voor het weekend").
    BeforeWeekend,
    /// The Friday of this week, or its Sunday when the weekend has begun ("deze week").
    EndOfWeek,
    /// The coming Sunday ("dit weekend").
    Weekend,
    /// The last day of this month (0), the next (1).
    EndOfMonth(u8),
    /// The last day of this named month (1–12), in this year or the next ("eind maart").
    EndOfNamedMonth(i8),
    /// The next day with this number ("op de 15e").
    OfMonth(i8),
    /// A date; the next one when no year was named.
    Date {
        /// The year, when named.
        year: Option<i16>,
        /// The month, 1–12.
        month: i8,
        /// The day, 1–31.
        day: i8,
    },
    /// A date in figures such as "3/4": the country says which of the two is the month.
    Figures {
        /// The number written first.
        first: i8,
        /// The number written second.
        second: i8,
        /// The year, when named.
        year: Option<i16>,
    },
}

/// A time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Time {
    /// At or before this time; the end of a window.
    By(Clock),
    /// From this time on ("na 16.00 uur"): due when the part of the day that follows has ended.
    After(Clock),
    /// In this part of the day.
    Part(Part),
}

/// A time on the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Clock {
    /// Hours since midnight; 24 and above lie in the night after the day named.
    pub hour: u8,
    /// Minutes, 0–59.
    pub minute: u8,
    /// Whether it was read from a dial of twelve hours and nothing said which half of the day.
    pub twelve_hour: bool,
}

/// A part of the day, known by when it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// Until 12:00.
    Morning,
    /// Until 14:00: "heute Mittag". A promise to have it done before is due at 12:00.
    Noon,
    /// Until 17:00.
    Afternoon,
    /// Until 17:00: "eind van de dag", "close of business".
    WorkingDay,
    /// Until 21:00.
    Evening,
    /// Until 6:00 the next morning.
    Night,
}

/// Finds all time expressions that say by when something will be done, from left to right, the
/// longest at each place, non-overlapping.
///
/// Takes time linear in the text.
#[must_use]
pub fn find(text: &str, language: Language) -> Vec<When> {
    expression::find(text, language)
}

/// The latest moment that keeps the promise, on the clock of `said_at`.
///
/// `country` (ISO 3166, as in a locale) decides which public holidays are no working days and
/// how figures such as 3/4 are read. `None` when the moment cannot be known: "zo snel mogelijk",
/// "over een paar dagen", 31 February, "vanochtend" said in the afternoon.
#[must_use]
pub fn resolve(when: &When, said_at: &jiff::Zoned, country: Option<&str>) -> Option<jiff::Zoned> {
    resolve::resolve(when.kind, said_at, country)
}
