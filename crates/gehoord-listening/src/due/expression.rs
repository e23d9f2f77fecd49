//! Finds the expressions: tries every kind at each place where one can begin, keeps the longest,
//! and leaves out what speaks of the past, of a habit or of opening hours.

use gehoord_conversation::Language;

use super::calendar::DayRead;
use super::lexicon::Lexicon;
use super::tokens::Words;
use super::{Clock, Day, Part, Time, When, WhenKind};

/// How far back a verb can stand that makes "gelijk" mean "right".
const REACH: usize = 6;
/// How many leads can follow each other.
const MOST_LEADS: usize = 2;
/// The most parts that one expression is put together from.
const MOST_STEPS: usize = 6;

/// All expressions of `text`, left to right.
pub(super) fn find(text: &str, language: Language) -> Vec<When> {
    let lexicon = Lexicon::of(language);
    let words = Words::new(text, lexicon);
    let reader = Reader { words: &words, lexicon };
    let mut found = Vec::new();
    let mut i = 0;
    while i < words.len() {
        match reader.expression(i) {
            Some((end, kind)) => {
                found.extend(kind.map(|kind| When { span: words.span(i, end), kind }));
                i = end.max(i + 1);
            }
            None => i += 1,
        }
    }
    found
}

/// Reads one kind of expression at one place. Every method looks ahead a bounded number of
/// tokens, and returns the token after what it has read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) words: &'a Words,
    pub(super) lexicon: &'static Lexicon,
}

/// The parts of an expression for a moment, as far as read.
#[derive(Debug, Default)]
struct Moment {
    day: Option<Day>,
    clock: Option<Time>,
    part: Option<Part>,
}

impl Reader<'_> {
    /// Whether dates and hours are written as in German: "15.4.", "Viertel vier".
    pub(super) fn is_german(&self) -> bool {
        self.lexicon.language == Language::De
    }

    /// The longest expression at `i`; its kind is `None` when it is to be passed over.
    fn expression(&self, i: usize) -> Option<(usize, Option<WhenKind>)> {
        if !self.words.known(i).starts {
            return None;
        }
        let (mut end, mut kind) = [self.moment(i), self.within(i), self.now(i), self.vague(i)]
            .into_iter()
            .flatten()
            // "in der nächsten Woche" is a day, not within a week.
            .max_by_key(|(end, kind)| (*end, kind.names_a_day()))?;
        let day_named = !matches!(kind, WhenKind::On { day: Day::Any, .. });
        if let Some((later_end, later)) = self.or_later(end).filter(|_| day_named) {
            (end, kind) = (later_end, later);
        }
        if let Some(end) = self.opening_days(end, kind) {
            return Some((end, None));
        }
        let timed = kind.is_to_come();
        if timed && (self.is_past_or_habit(i, end) || self.is_weekly(i, kind)) {
            return Some((end, None));
        }
        Some((end, Some(kind)))
    }

    /// "vandaag **of morgen**", "zo snel mogelijk, **uiterlijk vrijdag**": the later counts.
    fn or_later(&self, end: usize) -> Option<(usize, WhenKind)> {
        let next = self.words.any(end, &self.lexicon.or)?;
        let later = self
            .moment(next)
            .filter(|(_, kind)| matches!(kind, WhenKind::On { day, .. } if *day != Day::Any));
        later.or_else(|| self.within(next))
    }

    fn is_past_or_habit(&self, start: usize, end: usize) -> bool {
        self.words.any_before(start, &self.lexicon.no_time_after)
            || self.words.any(end, &self.lexicon.no_time_before).is_some()
    }

    /// "**le mardi**", unless a date or "prochain" follows.
    fn is_weekly(&self, start: usize, kind: WhenKind) -> bool {
        let WhenKind::On { day: Day::Weekday(_), .. } = kind else { return false };
        self.words.any(start, &self.lexicon.weekly).is_some_and(|weekday| {
            self.words.known(weekday).weekday
                && self.words.any(weekday + 1, &self.lexicon.weekday_after).is_none()
        })
    }

    /// "maandag **t/m vrijdag**"
    fn opening_days(&self, end: usize, kind: WhenKind) -> Option<usize> {
        let WhenKind::On { day: Day::Weekday(_), time: None } = kind else { return None };
        let next = self.words.any(end, &self.lexicon.through)?;
        (self.words.known(next).weekday).then_some(next + 1)
    }

    fn vague(&self, i: usize) -> Option<(usize, WhenKind)> {
        let end = self.words.any(i, &self.lexicon.vague)?;
        let other = end == i + 1
            && (self.words.any_before(i, &self.lexicon.no_vague_after)
                || self.words.any(end, &self.lexicon.no_vague_before).is_some());
        (!other).then_some((end, WhenKind::AsSoonAsPossible))
    }

    fn now(&self, i: usize) -> Option<(usize, WhenKind)> {
        let end = self.words.any(i, &self.lexicon.now)?;
        let other = end == i + 1
            && (self.words.any_before(i, &self.lexicon.no_now_after)
                || self.words.any(end, &self.lexicon.no_now_before).is_some()
                || self.is_being_right(i));
        (!other).then_some((end, WhenKind::Now))
    }

    /// "u heeft helemaal **gelijk**"
    fn is_being_right(&self, i: usize) -> bool {
        let has = |word: &str| {
            matches!(
                word,
                "heb"
                    | "hebt"
                    | "heeft"
                    | "hebben"
                    | "had"
                    | "hadden"
                    | "geef"
                    | "geeft"
                    | "geven"
                    | "krijg"
                    | "krijgt"
                    | "krijgen"
                    | "aan"
            )
        };
        self.words.word(i) == "gelijk"
            && (has(self.words.word(i + 1))
                || (1..=REACH).any(|back| i >= back && has(self.words.word(i - back))))
    }

    /// A day, a time of day, or both in either order, with what leads to them.
    fn moment(&self, i: usize) -> Option<(usize, WhenKind)> {
        let mut moment = Moment::default();
        let mut end = i;
        for _ in 0..MOST_STEPS {
            let Some(next) = self.step(end, &mut moment) else { break };
            end = next;
        }
        if end == i {
            return None;
        }
        let end = self.words.any(end, &self.lexicon.tails).unwrap_or(end);
        // "bis Freitagmittag" is before noon is over.
        let deadline = self.words.any(i, &self.lexicon.by).is_some();
        Some((end, moment.kind(deadline)))
    }

    /// Reads one more part of a moment.
    fn step(&self, i: usize, moment: &mut Moment) -> Option<usize> {
        let begun = moment.day.is_some() || moment.clock.is_some() || moment.part.is_some();
        let pause = begun && matches!(self.words.word(i), "," | "(");
        let at = if pause { i + 1 } else { i };
        if moment.clock.is_none() {
            let beside = !pause && (moment.day.is_some() || moment.part.is_some());
            if let Some((end, time)) = self.time(at, beside) {
                moment.clock = Some(time);
                return Some(end);
            }
            // "Freitag, 12 Uhr."
            let pinned = if pause && moment.day.is_some() { self.strong_clock(at) } else { None };
            if let Some((end, clock)) = pinned.filter(|(end, _)| self.words.ends_at(*end)) {
                moment.clock = Some(Time::By(clock));
                return Some(end);
            }
        }
        if moment.part.is_none() && !pause {
            let beside =
                if begun { self.words.lookup(at, &self.lexicon.parts_beside) } else { None };
            let part = beside.or_else(|| self.words.lookup(at, &self.lexicon.parts));
            if let Some((end, part)) = part {
                moment.part = Some(part);
                return Some(end);
            }
        }
        let part_of = moment.part.is_some() || matches!(moment.day, Some(Day::Weekday(_)));
        let at = self.words.any(at, &self.lexicon.of).filter(|_| part_of).unwrap_or(at);
        let weekday = matches!(moment.day, Some(Day::Weekday(_)));
        let (end, day, part) = match self.day(at, weekday) {
            Some(read) => read,
            None => {
                let (end, day, part) = self.led_day(at, weekday, MOST_LEADS)?;
                if moment.day.is_some() && !joins_with_a_lead(moment.day, day) {
                    return None;
                }
                let first_thing = (self.words.word(at) == "first").then_some(Part::Morning);
                (end, day, part.or(first_thing))
            }
        };
        if pause && !matches!(day, Day::Date { .. } | Day::Figures { .. }) {
            return None;
        }
        moment.day = Some(joined(moment.day, day)?);
        moment.part = moment.part.or(part);
        Some(end)
    }

    /// The longest day at `i` with one or more words that lead to it ("nog uiterlijk morgen").
    pub(super) fn led_day(&self, i: usize, weekday: bool, leads: usize) -> Option<DayRead> {
        let matching = self.words.all(i, &self.lexicon.day_leads).filter_map(|end| {
            let dated = weekday || self.words.all(i, &self.lexicon.date_leads).any(|e| e == end);
            match self.day(end, dated) {
                None if leads > 1 => self.led_day(end, weekday, leads - 1),
                day => day,
            }
        });
        matching.max_by_key(|(end, ..)| *end)
    }
}

impl Moment {
    /// What the parts mean together. `deadline`: whether the words say "before".
    fn kind(&self, deadline: bool) -> WhenKind {
        let part = self.part.map(|part| match part {
            Part::Noon if deadline => Time::By(Clock { hour: 12, minute: 0, twelve_hour: false }),
            part => Time::Part(part),
        });
        let time = match (self.clock, self.part) {
            (Some(Time::By(clock)), Some(part)) => Some(Time::By(in_part(clock, part))),
            (Some(Time::After(clock)), Some(part)) => Some(Time::After(in_part(clock, part))),
            (clock, _) => clock.or(part),
        };
        WhenKind::On { day: self.day.unwrap_or(Day::Any), time }
    }
}

/// The day that two neighbouring names of a day mean together ("vrijdag 3 maart").
fn joined(first: Option<Day>, second: Day) -> Option<Day> {
    let Some(first) = first else { return Some(second) };
    match (first, second) {
        (Day::Weekday(_), Day::Date { .. } | Day::Figures { .. } | Day::OfMonth(_)) => Some(second),
        (Day::Date { .. } | Day::Figures { .. } | Day::In(_), Day::Weekday(_)) => Some(first),
        (Day::In(_), Day::Date { .. } | Day::Figures { .. }) => Some(first),
        (Day::Weekday(_), Day::EndOfWeek) => Some(first),
        (Day::EndOfWeek, Day::Weekday(_)) => Some(second),
        (Day::Weekday(weekday), Day::NextWeek(_)) | (Day::NextWeek(_), Day::Weekday(weekday)) => {
            Some(Day::NextWeek(weekday))
        }
        _ => None,
    }
}

/// Whether two days belong together although a preposition stands between them: "volgende week
/// **op** dinsdag", but not "vandaag **voor** vrijdag".
fn joins_with_a_lead(first: Option<Day>, second: Day) -> bool {
    matches!(
        (first, second),
        (Some(Day::NextWeek(_) | Day::EndOfWeek), Day::Weekday(_))
            | (Some(Day::Weekday(_)), Day::NextWeek(_) | Day::Date { .. })
    )
}

/// The hour that is meant when the part of the day is known: "vanavond om 8 uur".
fn in_part(clock: Clock, part: Part) -> Clock {
    if !clock.twelve_hour {
        // "8h30 du soir"
        let later = match part {
            Part::Evening => (1..12).contains(&clock.hour),
            Part::Afternoon => (1..=6).contains(&clock.hour),
            _ => false,
        };
        return if later { Clock { hour: clock.hour + 12, ..clock } } else { clock };
    }
    let dial = if clock.hour > 12 { clock.hour - 12 } else { clock.hour };
    let hour = match part {
        Part::Morning => dial,
        Part::Noon | Part::Afternoon | Part::WorkingDay => clock.hour,
        Part::Evening => dial + 12,
        Part::Night if dial == 12 => 24,
        Part::Night => dial + 24,
    };
    Clock { hour, twelve_hour: false, ..clock }
}

#[cfg(test)]
mod tests {
    use gehoord_conversation::Language;

    use super::find;

    fn check(text: &str, language: Language, expected: &[&str]) {
        let found: Vec<_> = find(text, language).iter().map(|when| when.span.of(text)).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn one_expression_holds_day_and_time() {
        let nl = Language::Nl;
        check("Ik bel u morgen vóór twaalven terug.", nl, &["morgen vóór twaalven"]);
        check("De monteur komt vrijdag, tussen 10 en 12.", nl, &["vrijdag, tussen 10 en 12"]);
        check("Vandaag nog, uiterlijk morgen", nl, &["Vandaag nog, uiterlijk morgen"]);
        check("İİİ vóór 16.00 uur!", nl, &["vóór 16.00 uur"]);
        check("by 4pm on Friday, or on Monday", Language::En, &["by 4pm on Friday, or on Monday"]);
        check("**Morgen** voor 12 uur", nl, &["Morgen** voor 12 uur"]);
    }

    #[test]
    fn two_promises_are_two_expressions() {
        let text = "Ik zoek het nu uit en bel u binnen een uur. Dinsdag komt de monteur.";
        check(text, Language::Nl, &["nu", "binnen een uur", "Dinsdag"]);
        check("vandaag voor vrijdag", Language::Nl, &["vandaag", "voor vrijdag"]);
    }

    #[test]
    fn every_language_has_its_own_words() {
        check("Ich rufe morgen um 12 Uhr an.", Language::De, &["morgen um 12 Uhr"]);
        check("Je vous appelle demain avant midi.", Language::Fr, &["demain avant midi"]);
        check("demain avant midi", Language::De, &[]);
        check("binnen een uur", Language::Fr, &[]);
    }
}
