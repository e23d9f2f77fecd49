//! Times as people say them, on the clock of the Netherlands and Belgium.

use gehoord_conversation::wire::input::DEFAULT_ZONE;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};

use super::texts::{Lang, fill};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// A moment on the clock of here.
pub(crate) fn local(at: i64) -> Zoned {
    let zone = TimeZone::get(DEFAULT_ZONE).unwrap_or(TimeZone::UTC);
    Timestamp::from_millisecond(at).unwrap_or_default().to_zoned(zone)
}

/// A moment for programs: RFC 3339.
pub(crate) fn machine(at: i64) -> String {
    local(at).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// `14:05`.
pub(crate) fn clock(at: i64) -> String {
    local(at).strftime("%H:%M").to_string()
}

/// `3 maart 2026`; the year only when it is not the one of `now`.
pub(crate) fn day(lang: Lang, at: i64, now: i64) -> String {
    let (at, now) = (local(at), local(now));
    let months = &lang.texts().when.months;
    let month = months.split(' ').nth(usize::try_from(at.month() - 1).unwrap_or_default());
    let day = format!("{} {}", at.day(), month.unwrap_or_default());
    if at.year() == now.year() { day } else { format!("{day} {}", at.year()) }
}

/// `vandaag 14:05`, `gisteren 9:30`, `ma 3 maart 14:05`.
pub(crate) fn moment(lang: Lang, at: i64, now: i64) -> String {
    let t = &lang.texts().when;
    let (then, today) = (local(at), local(now));
    let days = (then.date() - today.date()).get_days();
    let day = match days {
        0 => t.today.clone(),
        -1 => t.yesterday.clone(),
        1 => t.tomorrow.clone(),
        _ => {
            let name = usize::from(then.weekday().to_monday_zero_offset().unsigned_abs());
            let name = t.weekdays.split(' ').nth(name).unwrap_or_default();
            format!("{name} {}", day(lang, at, now))
        }
    };
    format!("{day} {}", clock(at))
}

/// `22 november 2026 14:05`: for what is printed and read later.
pub(crate) fn in_full(lang: Lang, at: i64) -> String {
    format!("{} {}", day(lang, at, 0), clock(at))
}

/// `zondag 22 november`, without the year of now.
pub(crate) fn weekday_and_day(lang: Lang, now: i64) -> String {
    let weekday = usize::from(local(now).weekday().to_monday_zero_offset().unsigned_abs());
    let name = lang.texts().when.weekday_names.split(' ').nth(weekday).unwrap_or_default();
    format!("{name} {}", day(lang, now, now))
}

/// `dinsdag 3 maart 12:00`: for a moment that somebody is held to.
pub(crate) fn weekday_and_moment(lang: Lang, at: i64, now: i64) -> String {
    let name = usize::from(local(at).weekday().to_monday_zero_offset().unsigned_abs());
    let name = lang.texts().when.weekday_names.split(' ').nth(name).unwrap_or_default();
    format!("{name} {} {}", day(lang, at, now), clock(at))
}

/// The beginning of a day (`2026-03-02`) on the clock of here, so many days later.
pub(crate) fn midnight(day: &str, later: i64) -> Option<i64> {
    let day: Date = day.parse().ok()?;
    let day = day.checked_add(later.days()).ok()?.to_zoned(local(0).time_zone().clone()).ok()?;
    Some(day.timestamp().as_millisecond())
}

/// `6 dagen`, `3 uur`, `5 minuten`: the largest unit that fits, rounded down.
pub(crate) fn span(lang: Lang, milliseconds: i64) -> String {
    let t = &lang.texts().when;
    match milliseconds {
        ..HOUR => t.minutes.of((milliseconds / MINUTE).max(1)),
        HOUR..DAY => t.hours.of(milliseconds / HOUR),
        _ => t.days.of(milliseconds / DAY),
    }
}

/// `3e`, `3rd`.
pub(crate) fn ordinal(lang: Lang, n: i64) -> String {
    let end = match (lang, n % 10, n % 100) {
        (Lang::Nl, ..) => "e",
        (Lang::En, 1, rest) if rest != 11 => "st",
        (Lang::En, 2, rest) if rest != 12 => "nd",
        (Lang::En, 3, rest) if rest != 13 => "rd",
        (Lang::En, ..) => "th",
    };
    fill("{n}{end}", &[("n", &n), ("end", &end)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_said_as_people_do() {
        let now = "2026-03-04T12:00:00+01:00".parse::<Timestamp>().unwrap().as_millisecond();
        let at = |text: &str| text.parse::<Timestamp>().unwrap().as_millisecond();
        assert_eq!(moment(Lang::Nl, now - 2 * HOUR, now), "vandaag 10:00");
        assert_eq!(moment(Lang::Nl, at("2026-03-05T09:30:00+01:00"), now), "morgen 09:30");
        assert_eq!(moment(Lang::Nl, at("2026-03-02T17:00:00+01:00"), now), "ma 2 maart 17:00");
        let due = at("2026-03-03T12:00:00+01:00");
        assert_eq!(weekday_and_moment(Lang::Nl, due, now), "dinsdag 3 maart 12:00");
        assert_eq!(
            moment(Lang::En, at("2025-12-25T17:00:00+01:00"), now),
            "Thu 25 December 2025 17:00"
        );
        assert_eq!(span(Lang::Nl, 6 * DAY + HOUR), "6 dagen");
        assert_eq!(span(Lang::Nl, 20), "1 minuut");
        assert_eq!(span(Lang::En, HOUR), "1 hour");
    }

    #[test]
    fn ordinals_have_their_endings() {
        assert_eq!(ordinal(Lang::Nl, 3), "3e");
        let english: Vec<String> = [1, 2, 3, 4, 11, 21].map(|n| ordinal(Lang::En, n)).into();
        assert_eq!(english, ["1st", "2nd", "3rd", "4th", "11th", "21st"]);
    }
}
