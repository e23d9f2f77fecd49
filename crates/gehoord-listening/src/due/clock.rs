//! Times of day: "voor half vijf", "17u30", "by 4pm", "tussen 10 en 12".

use gehoord_conversation::Language;

use super::expression::Reader;
use super::numbers::inflected_hour;
use super::{Clock, Time};

/// A time as it was read.
#[derive(Debug, Clone, Copy)]
struct Reading {
    /// The token after it.
    end: usize,
    clock: Clock,
    /// Whether its form can only be a time ("16:00", "4 uur"), not just a number.
    strong: bool,
    /// Whether it was said as "half vijf", "ten to four".
    spoken: bool,
}

impl Reader<'_> {
    /// A time of day. `beside`: whether a day stands right before it, so that fewer words are
    /// needed to know it for a time.
    pub(super) fn time(&self, i: usize, beside: bool) -> Option<(usize, Time)> {
        let (words, lexicon) = (self.words, self.lexicon);
        if let Some((end, clock)) =
            words.any(i, &lexicon.between).and_then(|start| self.window(start))
        {
            return Some((end, Time::By(clock)));
        }
        if beside {
            let start = words.any(i, &lexicon.from).unwrap_or(i);
            if let Some((end, clock)) = self.window(start) {
                return Some((end, Time::By(clock)));
            }
        }
        self.by(i, beside).or_else(|| self.after(i)).or_else(|| {
            let (end, clock) =
                self.strong_clock(i).filter(|(end, _)| beside || self.day_follows(*end))?;
            Some((end, Time::By(clock)))
        })
    }

    /// "voor 16.00 uur", "by 4".
    fn by(&self, i: usize, beside: bool) -> Option<(usize, Time)> {
        let (words, lexicon) = (self.words, self.lexicon);
        let start = words.any(i, &lexicon.by)?;
        // "8 **bis 18 Uhr**", "9h **à 18h**" are opening hours.
        let tail = words.any(i, &lexicon.window).is_some() && self.hour_ends_at(i);
        if tail && !beside {
            return None;
        }
        let read = self.clock(start)?;
        // "by 10 - 12" is a window, "at ten to four" and "voor 4 uur en 2 ..." are none.
        let joined = !read.spoken
            && !matches!(
                words.word(read.end),
                "en" | "and" | "or" | "of" | "und" | "oder" | "et" | "ou"
            );
        if let Some((end, clock)) = self.window(start).filter(|_| joined) {
            return Some((end, Time::By(clock)));
        }
        let whole = !(words.glued(read.end) && matches!(words.word(read.end), "-" | "/"));
        let bare = || {
            let closed = words.ends_at(read.end)
                || words.any(read.end, &lexicon.behind_a_bare_hour).is_some();
            let ended = words.any(i, &lexicon.by_bare) == Some(start) && closed;
            ended || self.day_follows(read.end)
        };
        let is_time = read.strong || (whole && (beside || bare()));
        is_time.then_some((read.end, Time::By(read.clock)))
    }

    /// Whether an hour, or what can be one, ends right before `i`.
    fn hour_ends_at(&self, i: usize) -> bool {
        let words = self.words;
        i.checked_sub(1).is_some_and(|last| words.known(last).numeral && words.word(last).len() < 4)
            || words.any_before(i, &self.lexicon.oclock)
    }

    fn day_follows(&self, i: usize) -> bool {
        self.day(i, false).is_some() || self.led_day(i, false, 1).is_some()
    }

    /// "na vieren"; not the opening hours "vanaf 9 uur tot 17 uur".
    fn after(&self, i: usize) -> Option<(usize, Time)> {
        let start = self.words.any(i, &self.lexicon.after)?;
        let (end, clock) = self.strong_clock(start)?;
        let window = self.words.any(end, &self.lexicon.window);
        if window.is_some_and(|next| self.clock(next).is_some()) {
            return None;
        }
        Some((end, Time::After(clock)))
    }

    /// The end of "10 en 12", "14u - 15u", "2 to 4pm".
    fn window(&self, i: usize) -> Option<(usize, Clock)> {
        let words = self.words;
        let from = self.plain_clock(i)?;
        let next = words.any(from.end, &self.lexicon.window)?;
        // "vendredi **6 à 10h**" is a date and a time.
        let french = self.lexicon.language == Language::Fr && words.word(from.end) == "a";
        if french && !from.strong && words.known(i.saturating_sub(1)).weekday {
            return None;
        }
        let to = self.clock(next)?;
        if words.glued(to.end) && matches!(words.word(to.end), "-" | "/") {
            return None;
        }
        let mut clock = to.clock;
        // "tussen 5 en 8": both in the same half of the day.
        let earlier = (from.clock.hour, from.clock.minute) > (clock.hour, clock.minute);
        if clock.twelve_hour && earlier && clock.hour < 12 {
            clock.hour += 12;
        }
        Some((to.end, clock))
    }

    /// A time in a form that can be nothing else, without a preposition.
    pub(super) fn strong_clock(&self, i: usize) -> Option<(usize, Clock)> {
        self.clock(i).filter(|read| read.strong).map(|read| (read.end, read.clock))
    }

    fn clock(&self, i: usize) -> Option<Reading> {
        if let Some((end, hour)) = self.words.lookup(i, &self.lexicon.clocks) {
            let (end, minutes) = self.minutes_behind(end).unwrap_or((end, 0));
            let total = i32::from(hour) * 60 + minutes;
            let (hour, minute) = (u8::try_from(total / 60).ok()?, u8::try_from(total % 60).ok()?);
            let clock = Clock { hour, minute, twelve_hour: false };
            return Some(Reading { end, clock, strong: true, spoken: false });
        }
        self.spoken_clock(i).or_else(|| self.plain_clock(i))
    }

    /// "half vijf", "kwart over drie", "tien voor half vijf"; "half past four", "ten to four".
    fn spoken_clock(&self, i: usize) -> Option<Reading> {
        let (words, lexicon) = (self.words, self.lexicon);
        let half = if lexicon.half_to_come { -30 } else { 30 };
        if let Some(next) = words.any(i, &lexicon.half) {
            let (end, hour) = self.dial_hour(next)?;
            return self.spoken(end, hour, half);
        }
        let (next, minutes) = if let Some(quarter) = words.lookup(i, &lexicon.quarters) {
            // "Viertel vier", "drei viertel vier": quarters of the hour that ends at four.
            if let Some((end, hour)) = self.dial_hour(quarter.0).filter(|_| self.is_german()) {
                return self.spoken(end, hour, quarter.1 - 60);
            }
            quarter
        } else {
            let (next, minutes) = self.number(i)?;
            (next, i32::try_from(minutes).ok().filter(|m| (1..30).contains(m))?)
        };
        let next = words.any(next, &lexicon.minutes).unwrap_or(next);
        let (next, minutes) = if let Some(next) = words.any(next, &lexicon.past) {
            (next, minutes)
        } else {
            // "3 to 4" is a window.
            let window = lexicon.language == Language::En && minutes % 5 != 0;
            (words.any(next, &lexicon.to).filter(|_| !window)?, -minutes)
        };
        let before_half = words.any(next, &lexicon.half).filter(|_| lexicon.half_to_come);
        if let Some(next) = before_half {
            let (end, hour) = self.dial_hour(next)?;
            return self.spoken(end, hour, minutes - 30);
        }
        let (end, hour) = self.dial_hour(next)?;
        self.spoken(end, hour, minutes)
    }

    /// An hour of 1 to 12 in words or digits.
    fn dial_hour(&self, i: usize) -> Option<(usize, i32)> {
        let word = self.words.word(i);
        let read = inflected_hour(word).filter(|_| self.lexicon.language == Language::Nl);
        let read = read.map(|hour| (i + 1, u32::from(hour))).or_else(|| self.number(i));
        let (end, hour) = read.filter(|(_, hour)| (1..=12).contains(hour))?;
        Some((end, i32::try_from(hour).ok()?))
    }

    fn spoken(&self, end: usize, hour: i32, minutes: i32) -> Option<Reading> {
        let (end, half) = self.suffix(end).unwrap_or((end, None));
        if self.words.any(end, &self.lexicon.counted).is_some() {
            return None;
        }
        // Quarter to one is 12:45.
        let total = (hour * 60 + minutes + 11 * 60) % (12 * 60) + 60;
        let (hour, minute) = (u8::try_from(total / 60).ok()?, u8::try_from(total % 60).ok()?);
        let clock = self.on_dial(hour, minute, half, false);
        Some(Reading { end, clock, strong: true, spoken: true })
    }

    /// "16.00 uur", "17u30", "4 pm", "vieren", or just "4".
    fn plain_clock(&self, i: usize) -> Option<Reading> {
        let words = self.words;
        if !words.known(i).numeral {
            return None;
        }
        if matches!(words.before(i), "€" | "$" | "£" | "+") {
            return None;
        }
        let word = words.word(i);
        let dutch = self.lexicon.language == Language::Nl;
        if let Some(hour) = inflected_hour(word).filter(|_| dutch) {
            let (end, half) = self.suffix(i + 1).unwrap_or((i + 1, None));
            return Some(Reading {
                end,
                clock: self.on_dial(hour, 0, half, false),
                strong: true,
                spoken: false,
            });
        }
        let (mut end, value) = self.number(i)?;
        let digits = words.is_digits(i);
        let (mut hour, mut minute, mut strong) = (value, 0, false);
        let long = digits && word.len() > 2;
        if long {
            // "1400 uur"
            (hour, minute) = (value / 100, value % 100);
        } else if digits && words.glued(end) && matches!(words.word(end), ":" | "." | "u" | "h") {
            let two =
                words.glued(end + 1) && words.is_digits(end + 1) && words.word(end + 1).len() == 2;
            if two {
                minute = words.word(end + 1).parse().ok()?;
                (end, strong) = (end + 2, true);
            }
        }
        let (hour, minute) = (u8::try_from(hour).ok()?, u8::try_from(minute).ok()?);
        let suffix = self.suffix(end);
        let (end, half) = suffix.unwrap_or((end, None));
        strong |= suffix.is_some();
        let (end, behind) = self
            .minutes_behind(end)
            .filter(|_| suffix.is_some() && minute == 0)
            .unwrap_or((end, 0));
        let total = i32::from(hour) * 60 + i32::from(minute) + behind;
        // "une heure moins le quart" is 12:45.
        let total = if hour == 1 && behind < 0 { total + 12 * 60 } else { total };
        let (hour, minute) = (u8::try_from(total / 60).ok()?, u8::try_from(total % 60).ok()?);
        let figures =
            self.lexicon.minutes_follow && minute > 0 && (behind == 0 || words.is_digits(end - 1));
        let in_range = hour <= 24 && minute < 60 && (hour < 24 || minute == 0);
        let a_date = words.glued(end)
            && words.word(end) == "."
            && words.glued(end + 1)
            && words.is_digits(end + 1);
        let glued = words.glued(end) && words.word(end).starts_with(char::is_alphabetic);
        let a_count = suffix.is_none() && words.any(end, &self.lexicon.counted).is_some();
        if !in_range || a_date || a_count || (long && suffix.is_none()) || (glued && !strong) {
            return None;
        }
        let month = self.is_german()
            && words.word(i + 1) == "."
            && (1..=12).contains(&minute)
            && suffix.is_none()
            && !matches!(words.before(i), "um" | "gegen");
        if month {
            return None;
        }
        // "5 Uhr 30", "8h15": who writes the minutes in figures counts to 24, but for Dutch and
        // English.
        let exact = digits && (word.starts_with('0') || figures) || long;
        Some(Reading { end, clock: self.on_dial(hour, minute, half, exact), strong, spoken: false })
    }

    /// The minutes in "16 Uhr **30**", "quatre heures **et demie**", "midi **moins dix**".
    fn minutes_behind(&self, i: usize) -> Option<(usize, i32)> {
        let (words, lexicon) = (self.words, self.lexicon);
        if let Some(read) = words.lookup(i, &lexicon.behind_the_hour) {
            return Some(read);
        }
        let minus = words.any(i, &lexicon.minus);
        let at = minus.unwrap_or(i);
        let (end, minutes) = self.number(at).filter(|_| lexicon.minutes_follow)?;
        let minutes = i32::try_from(minutes).ok().filter(|m| (1..60).contains(m))?;
        // "à 16 heures 2 techniciens", "um 10 Uhr zwei Kollegen".
        let written =
            if words.is_digits(at) { words.word(at).len() == 2 } else { minutes % 5 == 0 };
        let end = words.any(end, &lexicon.minutes).unwrap_or(end);
        let counted = words.any(end, &lexicon.counted).is_some()
            || words.any(end, &lexicon.oclock).is_some()
            || words.lookup(end, &lexicon.units).is_some()
            || (words.glued(end) && !words.ends_at(end));
        if counted || !(written || minus.is_some()) {
            return None;
        }
        Some((end, if minus.is_some() { -minutes } else { minutes }))
    }

    /// The time for an hour as it was said. Without more, the first hours on the dial are of the
    /// afternoon and evening: that is when firms do what they promise.
    fn on_dial(&self, hour: u8, minute: u8, half: Option<Half>, exact: bool) -> Clock {
        let dial = (1..=12).contains(&hour);
        let hour_of_day = match half {
            Some(Half::Am) if hour == 12 => 0,
            Some(Half::Pm) if dial && hour < 12 => hour + 12,
            None if !exact && (1..=self.lexicon.last_afternoon_hour).contains(&hour) => hour + 12,
            _ => hour,
        };
        Clock { hour: hour_of_day, minute, twelve_hour: dial && half.is_none() && !exact }
    }

    /// "uur", "o'clock", "am", "pm"; the last two say which half of the day.
    fn suffix(&self, i: usize) -> Option<(usize, Option<Half>)> {
        let end = self.words.any(i, &self.lexicon.oclock);
        let after = end.unwrap_or(i);
        let letter = matches!(self.words.word(after), "a" | "am" | "p" | "pm");
        let half = if letter { self.words.lookup(after, &self.lexicon.halves) } else { None };
        half.map(|(end, half)| (end, Some(half))).or(end.map(|end| (end, None)))
    }
}

/// A half of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Half {
    /// Before noon.
    Am,
    /// After noon.
    Pm,
}

#[cfg(test)]
mod tests {
    use gehoord_conversation::Language;

    use crate::due::{Time, WhenKind, find};

    fn check(text: &str, language: Language, expected: &str) {
        let found = find(text, language);
        let [when] = found.as_slice() else { panic!("{text}: {found:?}") };
        assert_eq!(when.span.of(text), text);
        let WhenKind::On { time: Some(Time::By(clock)), .. } = when.kind else {
            panic!("{text}: {found:?}")
        };
        assert_eq!(format!("{}:{:02}", clock.hour, clock.minute), expected, "{text}");
    }

    #[test]
    fn dutch_times_of_day() {
        for (text, expected) in [
            ("voor half vijf", "16:30"),
            ("voor halfvijf", "16:30"),
            ("om half één", "12:30"),
            ("uiterlijk om kwart over drie", "15:15"),
            ("om kwart voor één", "12:45"),
            ("om tien voor half vijf", "16:20"),
            ("om vijf over half negen", "8:35"),
            ("vóór 12u", "12:00"),
            ("om 17u30", "17:30"),
            ("om 1400 uur", "14:00"),
            ("voor vieren", "16:00"),
            ("tussen 13.00 en 15.00 uur", "15:00"),
            ("tussen 11 en 1", "13:00"),
            ("tussen 5 en 8 uur", "20:00"),
            ("om 07.30 uur", "7:30"),
            ("om 8 uur 's avonds", "20:00"),
            ("vanavond om 12 uur", "24:00"),
        ] {
            check(text, Language::Nl, expected);
        }
    }

    #[test]
    fn english_times_of_day() {
        for (text, expected) in [
            ("by half past four", "16:30"),
            ("at ten to four", "15:50"),
            ("before a quarter to one", "12:45"),
            ("by 4:30 p.m.", "16:30"),
            ("by 12 am", "0:00"),
            ("before noon", "12:00"),
            ("between 2 and 4pm", "16:00"),
            ("between 7 and 9am", "9:00"),
            ("at 9 o’clock in the evening", "21:00"),
            ("by 5", "17:00"),
        ] {
            check(text, Language::En, expected);
        }
    }

    #[test]
    fn numbers_that_are_no_times() {
        for text in [
            "voor 16.00 euro",
            "voor € 16.00",
            "om 25 uur",
            "tussen 10 en 12 euro",
            "om 4 redenen",
            "versie 16.00.12",
            "voor 4 personen",
            "24/7",
            "tussen 2 decoders",
            "voor 2024",
        ] {
            assert_eq!(find(text, Language::Nl), [], "{text}");
        }
    }
}
