//! Public holidays on which nobody works, computed per country.
//!
//! Countries: NL, BE, GB (England and Wales), US (federal), DE (nationwide), AT, FR. Elsewhere
//! only the weekend is free. Days that always fall on a Sunday (Easter Day, Pentecost) are left out:
//! they change no working day.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday, date};

/// Whether people work on `day`: no Saturday, Sunday or public holiday of `country` (ISO 3166).
#[must_use]
pub fn is_working_day(day: Date, country: Option<&str>) -> bool {
    !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
        && !country.is_some_and(|country| is_public_holiday(day, country))
}

/// Whether `day` is a public holiday of `country`, or the day given in its place.
#[must_use]
pub fn is_public_holiday(day: Date, country: &str) -> bool {
    match country {
        "NL" => netherlands(day),
        "BE" => belgium(day),
        "GB" => england_and_wales(day),
        "US" => united_states(day),
        "DE" => germany(day),
        "AT" => austria(day),
        "FR" => france(day),
        _ => false,
    }
}

/// Algemene termijnenwet, art. 3, without Good Friday: that law only equates it for terms, and
/// firms are open. Liberation Day is a day off once in five years (the lustrum: most collective
/// agreements).
fn netherlands(day: Date) -> bool {
    match (day.month(), day.day()) {
        (1, 1) | (12, 25 | 26) => true,
        (5, 5) => day.year() % 5 == 0,
        _ => is_kings_day(day) || matches!(after_easter(day), Some(1 | 39 | 50)),
    }
}

/// King's Day: 27 April, on the 26th when that is a Sunday. Until 2013 Queen's Day: 30 April, on
/// the 29th when that was a Sunday.
fn is_kings_day(day: Date) -> bool {
    let birthday = if day.year() >= 2014 { 27 } else { 30 };
    let moved = date(day.year(), 4, birthday).weekday() == Weekday::Sunday;
    day.month() == 4 && day.day() == if moved { birthday - 1 } else { birthday }
}

/// Koninklijk besluit of 18 April 1974 on public holidays, art. 1. The substitutes for days in
/// the weekend differ per employer.
fn belgium(day: Date) -> bool {
    matches!(
        (day.month(), day.day()),
        (1, 1) | (5, 1) | (7, 21) | (8, 15) | (11, 1) | (11, 11) | (12, 25)
    ) || matches!(after_easter(day), Some(1 | 39 | 50))
}

/// Banking and Financial Dealings Act 1971, schedule 1, common law days, and proclamations.
fn england_and_wales(day: Date) -> bool {
    let monday = day.weekday() == Weekday::Monday;
    let monday_or_tuesday = monday || day.weekday() == Weekday::Tuesday;
    match (day.year(), day.month(), day.day()) {
        // By royal proclamation: jubilees, weddings, a funeral, a coronation.
        (2002, 6, 3 | 4) | (2011, 4, 29) | (2012, 6, 4 | 5) => true,
        (2022, 6, 2 | 3) | (2022, 9, 19) | (2023, 5, 8) => true,
        // In those years the spring holiday moved; in 1995 and 2020 the early May one (VE Day).
        (2002 | 2012 | 2022, 5, 25..=31) => false,
        (1995 | 2020, 5, d) if d <= 8 => d == 8,
        (_, 1, 1) | (_, 12, 25 | 26) => true,
        // Substitute days for those that fall in the weekend.
        (_, 1, 2 | 3) => monday,
        (_, 12, 27 | 28) => monday_or_tuesday,
        (_, 5, d) => monday && (d <= 7 || d > 24),
        (_, 8, d) => monday && d > 24,
        _ => matches!(after_easter(day), Some(-2 | 1)),
    }
}

/// 5 U.S.C. § 6103. What falls on Saturday is kept on Friday, what falls on Sunday on Monday.
fn united_states(day: Date) -> bool {
    let fixed = |day: Date| match (day.month(), day.day()) {
        (1, 1) | (7, 4) | (11, 11) | (12, 25) => true,
        (6, 19) => day.year() >= 2021,
        _ => false,
    };
    let kept = match day.weekday() {
        Weekday::Friday => day.tomorrow().is_ok_and(fixed),
        Weekday::Monday => day.yesterday().is_ok_and(fixed),
        _ => false,
    };
    // Which of its weekday in the month it is: 1 for the first.
    let nth = (day.day() - 1) / 7 + 1;
    let floating = match (day.month(), day.weekday()) {
        (1 | 2, Weekday::Monday) => nth == 3,
        (5, Weekday::Monday) => day.day() > 24,
        (9, Weekday::Monday) => nth == 1,
        (10, Weekday::Monday) => nth == 2,
        (11, Weekday::Thursday) => nth == 4,
        _ => false,
    };
    fixed(day) || kept || floating
}

/// Feiertagsgesetze of the Länder, as far as all sixteen agree, and the Unity Treaty art. 2.
fn germany(day: Date) -> bool {
    match (day.year(), day.month(), day.day()) {
        (_, 1, 1) | (_, 5, 1) | (_, 10, 3) | (_, 12, 25 | 26) => true,
        // 500 years of Reformation, once in every Land.
        (2017, 10, 31) => true,
        _ => matches!(after_easter(day), Some(-2 | 1 | 39 | 50)),
    }
}

/// Arbeitsruhegesetz § 7, Absatz 2.
fn austria(day: Date) -> bool {
    matches!(
        (day.month(), day.day()),
        (1, 1 | 6) | (5, 1) | (8, 15) | (10, 26) | (11, 1) | (12, 8 | 25 | 26)
    ) || matches!(after_easter(day), Some(1 | 39 | 50 | 60))
}

/// Code du travail, art. L3133-1.
fn france(day: Date) -> bool {
    matches!(
        (day.month(), day.day()),
        (1, 1) | (5, 1 | 8) | (7, 14) | (8, 15) | (11, 1 | 11) | (12, 25)
    ) || matches!(after_easter(day), Some(1 | 39 | 50))
}

/// Days from Easter Day to `day`: Good Friday −2, Easter Monday 1, Ascension 39, Whit Monday 50,
/// Corpus Christi 60.
fn after_easter(day: Date) -> Option<i32> {
    // Easter lies between 22 March and 25 April.
    if !(3..=6).contains(&day.month()) {
        return None;
    }
    Some(easter(day.year())?.until(day).ok()?.get_days())
}

/// Easter Day by the Gregorian calendar (the anonymous algorithm, Meeus, Astronomical
/// Algorithms, ch. 8).
fn easter(year: i16) -> Option<Date> {
    let y = i32::from(year);
    let golden = y.rem_euclid(19);
    let (century, in_century) = (y.div_euclid(100), y.rem_euclid(100));
    let leap_centuries = century / 4;
    let moon = (century - (century + 8) / 25 + 1) / 3;
    let epact = (19 * golden + century - leap_centuries - moon + 15).rem_euclid(30);
    let weekday = (32 + 2 * (century % 4) + 2 * (in_century / 4) - epact - in_century % 4) % 7;
    let correction = (golden + 11 * epact + 22 * weekday) / 451;
    let days = epact + weekday - 7 * correction;
    Date::new(year, 3, 22).ok()?.checked_add(days.days()).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::Date;

    use super::{easter, is_public_holiday, is_working_day};

    fn check(country: &str, year: i16, expected: &str) {
        let mut day = Date::new(year, 1, 1).unwrap();
        let mut found = Vec::new();
        while day.year() == year {
            if is_public_holiday(day, country) && is_working_day(day, None) {
                found.push(day.strftime("%m-%d").to_string());
            }
            day = day.tomorrow().unwrap();
        }
        assert_eq!(found.join(" "), expected, "{country} {year}");
    }

    #[test]
    fn easter_is_found() {
        for (year, expected) in [
            (1961, "1961-04-02"),
            (2008, "2008-03-23"),
            (2011, "2011-04-24"),
            (2024, "2024-03-31"),
            (2025, "2025-04-20"),
            (2026, "2026-04-05"),
            (2038, "2038-04-25"),
        ] {
            assert_eq!(easter(year).unwrap().to_string(), expected);
        }
    }

    #[test]
    fn weekdays_that_are_free() {
        check("NL", 2026, "01-01 04-06 04-27 05-14 05-25 12-25");
        check("NL", 2025, "01-01 04-21 05-05 05-29 06-09 12-25 12-26");
        check("BE", 2026, "01-01 04-06 05-01 05-14 05-25 07-21 11-11 12-25");
        check("GB", 2026, "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28");
        check("GB", 2021, "01-01 04-02 04-05 05-03 05-31 08-30 12-27 12-28");
        check("GB", 2022, "01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-26 12-27");
        check("GB", 2020, "01-01 04-10 04-13 05-08 05-25 08-31 12-25 12-28");
        check("US", 2026, "01-01 01-19 02-16 05-25 06-19 07-03 09-07 10-12 11-11 11-26 12-25");
        check(
            "US",
            2021,
            "01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24 12-31",
        );
        check("DE", 2025, "01-01 04-18 04-21 05-01 05-29 06-09 10-03 12-25 12-26");
        check("AT", 2026, "01-01 01-06 04-06 05-01 05-14 05-25 06-04 10-26 12-08 12-25");
        check("FR", 2026, "01-01 04-06 05-01 05-08 05-14 05-25 07-14 11-11 12-25");
        check("ZZ", 2026, "");
    }

    #[test]
    fn kings_day_is_never_on_a_sunday() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        assert!(is_public_holiday(day("2025-04-26"), "NL"));
        assert!(!is_public_holiday(day("2025-04-27"), "NL"));
        assert!(is_public_holiday(day("2012-04-30"), "NL"));
    }

    #[test]
    fn a_far_year_is_no_trouble() {
        assert!(!is_public_holiday(Date::MAX, "US"));
        assert!(is_public_holiday(Date::MIN, "GB"), "New Year");
        assert!(easter(-9999).is_some());
    }
}
