//! Times as people and systems write them.

use gehoord_conversation::Locale;
use gehoord_conversation::wire::input::{DEFAULT_ZONE, read_time, zone_of};
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use crate::item::clip;

/// A date, a time of day, or both, as found in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Stamp {
    pub(crate) date: Option<Date>,
    pub(crate) time: Option<Time>,
    /// Whether it stood in brackets.
    pub(crate) bracketed: bool,
    /// Whether its seconds were written.
    pub(crate) seconds: bool,
}

/// Which part of `03/04/2026` is the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum DayOrder {
    /// The first, as everywhere in Europe.
    #[default]
    DayFirst,
    /// The second, as in the United States.
    MonthFirst,
}

impl DayOrder {
    /// The order in which dates of a column are written: month first only where some date cannot
    /// be read otherwise, and none speaks against it.
    pub(crate) fn of<'t>(dates: impl Iterator<Item = &'t str>) -> Self {
        Self::told(dates).unwrap_or_default()
    }

    /// As [`DayOrder::of`]; `None` when every date can be read either way.
    pub(crate) fn told<'t>(dates: impl Iterator<Item = &'t str>) -> Option<Self> {
        let (mut day_first, mut month_first) = (false, false);
        for date in dates {
            let mut parts = date.trim().split(['/', '-', '.', ' ']);
            let mut part = || parts.next().filter(|p| p.len() <= 2)?.parse::<u8>().ok();
            if let (Some(first), Some(second)) = (part(), part()) {
                day_first |= first > 12;
                month_first |= second > 12;
            }
        }
        match (day_first, month_first) {
            (false, false) => None,
            (false, true) => Some(Self::MonthFirst),
            (true, _) => Some(Self::DayFirst),
        }
    }
}

/// Reads a time in one of the usual forms: RFC 3339, `2026-03-02 10:02`, `02-03-2026 10:02`,
/// `2/3/2026`, RFC 2822, `Wed Nov 22 10:02:00 +0000 2017`, seconds or milliseconds since 1970.
pub(crate) fn parse_time(
    text: &str,
    locale: Option<&Locale>,
    order: DayOrder,
) -> Result<Zoned, String> {
    let text = text.trim();
    if let Some(at) = epoch(text) {
        return Ok(at);
    }
    if text.len() <= 64
        && let Ok(at) = read_time(text, locale)
    {
        return Ok(at);
    }
    if let Some((stamp, used)) = take_stamp_in(text, order)
        && let Some(date) = stamp.date
        && matches!(text[used..].trim().to_lowercase().as_str(), "" | "uur" | "uhr" | "h")
    {
        return on_clock(date.to_datetime(stamp.time.unwrap_or_default()))
            .ok_or_else(|| not_a_time(text));
    }
    let known = jiff::fmt::rfc2822::parse(text)
        .or_else(|_| Zoned::strptime("%a %b %d %H:%M:%S %z %Y", text));
    match (text.len() <= 64).then_some(known) {
        Some(Ok(at)) => {
            read_time(&at.timestamp().display_with_offset(at.offset()).to_string(), locale)
        }
        _ => Err(not_a_time(text)),
    }
}

fn not_a_time(text: &str) -> String {
    format!(
        "'{}' is not a time; write it as 2026-03-01T10:00:00+01:00, 2026-03-01 10:00 or \
         01-03-2026 10:00",
        clip(text)
    )
}

/// Ten digits are seconds since 1970, thirteen are milliseconds.
fn epoch(text: &str) -> Option<Zoned> {
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: i64 = text.parse().ok()?;
    let timestamp = match text.len() {
        10 => Timestamp::from_second(number),
        13 => Timestamp::from_millisecond(number),
        _ => return None,
    };
    Some(timestamp.ok()?.to_zoned(TimeZone::get(DEFAULT_ZONE).ok()?))
}

/// A time on the clock of the default zone.
pub(crate) fn on_clock(at: DateTime) -> Option<Zoned> {
    on_clock_of(None, at)
}

/// A time on the clock of the country of a locale.
pub(crate) fn on_clock_of(locale: Option<&Locale>, at: DateTime) -> Option<Zoned> {
    at.to_zoned(TimeZone::get(zone_of(locale.and_then(Locale::country))).ok()?).ok()
}

/// Takes a stamp from the start of `text`; also how many bytes it took. Bare or in brackets, a
/// date, a time, or both.
pub(crate) fn take_stamp(text: &str) -> Option<(Stamp, usize)> {
    take_stamp_in(text, DayOrder::DayFirst)
}

/// As [`take_stamp`], of a text whose dates are written in `order`.
pub(crate) fn take_stamp_in(text: &str, order: DayOrder) -> Option<(Stamp, usize)> {
    let mut cursor = Cursor { bytes: text.as_bytes(), at: 0, order };
    let close = match cursor.peek() {
        Some(b'[') => Some(b']'),
        Some(b'(') => Some(b')'),
        _ => None,
    };
    if close.is_some() {
        cursor.at += 1;
    }
    let date = cursor.try_take(Cursor::date);
    let time = cursor.try_take(|cursor| {
        if date.is_some() {
            cursor.separator();
        }
        cursor.time()
    });
    if date.is_none() && time.is_none() {
        return None;
    }
    if let Some(close) = close {
        if cursor.peek() != Some(close) {
            return None;
        }
        cursor.at += 1;
    } else if cursor.peek().is_some_and(|b| b.is_ascii_alphanumeric() || b >= 0x80) {
        return None;
    }
    let (time, seconds) = time.map_or((None, false), |(time, seconds)| (Some(time), seconds));
    Some((Stamp { date, time, bracketed: close.is_some(), seconds }, cursor.at))
}

struct Cursor<'t> {
    bytes: &'t [u8],
    at: usize,
    order: DayOrder,
}

impl Cursor<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn try_take<T>(&mut self, take: impl Fn(&mut Self) -> Option<T>) -> Option<T> {
        let before = self.at;
        let taken = take(self);
        if taken.is_none() {
            self.at = before;
        }
        taken
    }

    /// `least` to `most` digits, and how many there were.
    fn number(&mut self, least: usize, most: usize) -> Option<(i16, usize)> {
        let digits = self.bytes[self.at..].iter().take_while(|b| b.is_ascii_digit()).count();
        if digits < least || digits > most {
            return None;
        }
        let digits_text = str::from_utf8(&self.bytes[self.at..self.at + digits]).ok()?;
        self.at += digits;
        Some((digits_text.parse().ok()?, digits))
    }

    fn one_of(&mut self, expected: &[u8]) -> Option<u8> {
        let byte = self.peek().filter(|b| expected.contains(b))?;
        self.at += 1;
        Some(byte)
    }

    fn date(&mut self) -> Option<Date> {
        let (first, digits) = self.number(1, 4)?;
        if digits == 3 {
            return None;
        }
        let separator = self.one_of(b"-/.")?;
        let (second, _) = self.number(1, 2)?;
        self.one_of(&[separator])?;
        let (third, last_digits) = self.number(1, 4)?;
        let (year, month, day) = match (digits, last_digits) {
            (4, 1 | 2) => (first, second, third),
            (1 | 2, 4) => (third, second, first),
            (1 | 2, 2) => (2000 + third, second, first),
            _ => return None,
        };
        let swap = digits != 4
            && match self.order {
                // Month first only where nothing else can be meant.
                DayOrder::DayFirst => month > 12,
                DayOrder::MonthFirst => day <= 12,
            };
        let (month, day) = if swap { (day, month) } else { (month, day) };
        Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
    }

    /// Passes over `T`, or a comma, a word and blanks between a date and a time.
    fn separator(&mut self) {
        if self.one_of(b"T").is_some() {
            return;
        }
        self.blanks();
        let rest = &self.bytes[self.at..];
        let word = ["om ", "at ", "um ", "à "].iter().find(|w| rest.starts_with(w.as_bytes()));
        self.at += word.map_or(0, |word| word.len());
        self.blanks();
    }

    /// Passes over commas and blanks, also those that do not break and marks of direction.
    fn blanks(&mut self) {
        const BLANKS: &[&str] = &[" ", ",", "\u{A0}", "\u{202F}", "\u{200E}", "\u{200F}"];
        while let Some(blank) =
            BLANKS.iter().find(|blank| self.bytes[self.at..].starts_with(blank.as_bytes()))
        {
            self.at += blank.len();
        }
    }

    /// `10:02`, `10:02:13`, `10:02:13.250`, `10:02 PM`; and whether seconds were written.
    fn time(&mut self) -> Option<(Time, bool)> {
        let (mut hour, _) = self.number(1, 2)?;
        self.one_of(b":")?;
        let (minute, digits) = self.number(2, 2)?;
        debug_assert_eq!(digits, 2);
        let mut second = 0;
        let mut seconds = false;
        if self.peek() == Some(b':') {
            self.at += 1;
            second = self.number(2, 2)?.0;
            seconds = true;
            if matches!(self.peek(), Some(b'.' | b','))
                && self.bytes.get(self.at + 1).is_some_and(u8::is_ascii_digit)
            {
                self.at += 1;
                while self.peek().is_some_and(|b| b.is_ascii_digit()) {
                    self.at += 1;
                }
            }
        }
        if let Some(afternoon) = self.try_take(Self::half_of_day) {
            hour = hour % 12 + if afternoon { 12 } else { 0 };
        }
        let part = |n: i16| i8::try_from(n).ok();
        Some((Time::new(part(hour)?, part(minute)?, part(second)?, 0).ok()?, seconds))
    }

    /// `AM` (false) or `PM` (true).
    fn half_of_day(&mut self) -> Option<bool> {
        self.blanks();
        let halves = [("am", false), ("a.m.", false), ("pm", true), ("p.m.", true)];
        let rest = &self.bytes[self.at..];
        let is_next = |half: &str| {
            rest.get(..half.len()).is_some_and(|r| r.eq_ignore_ascii_case(half.as_bytes()))
        };
        let (half, afternoon) = halves.into_iter().find(|(half, _)| is_next(half))?;
        self.at += half.len();
        Some(afternoon)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_forms_are_read() {
        let expected = "2026-03-02T10:02:00+01:00[Europe/Amsterdam]";
        for text in [
            "2026-03-02T10:02:00+01:00",
            "2026-03-02T10:02",
            "2026-03-02 10:02",
            "2026/03/02 10:02",
            "02-03-2026 10:02",
            "2-3-2026 10:02",
            "2-3-2026, 10:02 uur",
            "02.03.2026 10:02",
            "02/03/26 10:02:00",
            "2-3-2026 10:02 AM",
            "Mon, 02 Mar 2026 10:02:00 +0100",
            "Mon Mar 02 09:02:00 +0000 2026",
            "1772442120",
            "1772442120000",
        ] {
            let at = parse_time(text, None, DayOrder::DayFirst)
                .unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(
                at.with_time_zone(TimeZone::get(DEFAULT_ZONE).unwrap()).to_string(),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn a_column_tells_whether_the_month_comes_first() {
        assert_eq!(
            DayOrder::of(["03/04/2026", "03/25/2026 10:02"].into_iter()),
            DayOrder::MonthFirst
        );
        assert_eq!(DayOrder::of(["03/04/2026", "25/03/2026"].into_iter()), DayOrder::DayFirst);
        assert_eq!(DayOrder::of(["03/04/2026", "2026-03-25", ""].into_iter()), DayOrder::DayFirst);
        let at = parse_time("03/04/2026", None, DayOrder::MonthFirst).unwrap();
        assert_eq!((at.month(), at.day()), (3, 4));
    }

    #[test]
    fn what_is_no_time_says_so_in_short() {
        for text in ["", "gisteren", "32-13-2026", "10:02", "2026", &"9".repeat(10_000)] {
            let error = parse_time(text, None, DayOrder::DayFirst).unwrap_err();
            assert!(error.contains("is not a time") && error.len() < 200, "{error}");
        }
    }

    #[test]
    fn stamps_are_taken_from_the_start_of_a_line() {
        for (text, used) in [
            ("[10:02:13] Klant: hoi", 10),
            ("10:02 Klant: hoi", 5),
            ("(00:01:05) Klant", 10),
            ("2026-03-02 10:02 Klant", 16),
            ("02-03-2026 10:02 - Naam: tekst", 16),
            ("[02-03-2026, 10:02:13] Naam: tekst", 22),
            ("02/03/2026 à 10:02 - Nom", 19),
            ("2/3/26, 9:41\u{202F}p.m. - Name", 19),
            ("02-03-2026 is de dag", 10),
        ] {
            assert_eq!(take_stamp(text).map(|(_, used)| used), Some(used), "{text}");
        }
        for text in ["10 mensen", "1:2", "[naam]: hoi", "10:02uur", "31-02-2026", "é"] {
            assert_eq!(take_stamp(text), None, "{text}");
        }
    }
}
