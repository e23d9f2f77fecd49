//! Lays the meaning of a time expression on the calendar.

use jiff::civil::{Date, Time as TimeOfDay, Weekday, time};
use jiff::{SignedDuration, Span, ToSpan, Zoned};

use super::holidays::is_working_day;
use super::{Clock, Day, Part, Time, Unit, WhenKind};

/// When a working day ends.
const CLOSE: TimeOfDay = time(17, 0, 0, 0);
/// When an evening ends.
const LATE: TimeOfDay = time(21, 0, 0, 0);
/// The last minute of a day.
const LAST: TimeOfDay = time(23, 59, 0, 0);

/// The latest moment that `kind` allows; `None` when it cannot be known.
pub(super) fn resolve(kind: WhenKind, said_at: &Zoned, country: Option<&str>) -> Option<Zoned> {
    let said = Said { at: said_at, today: said_at.date(), country };
    match kind {
        WhenKind::AsSoonAsPossible => None,
        WhenKind::Now => Some(said_at.clone()),
        WhenKind::Within { amount, unit } => said.within(i64::from(amount?), unit),
        WhenKind::On { day, time } => said.on(day, time),
    }
}

/// The turn in which it was said.
struct Said<'a> {
    at: &'a Zoned,
    today: Date,
    country: Option<&'a str>,
}

impl Said<'_> {
    fn within(&self, amount: i64, unit: Unit) -> Option<Zoned> {
        let days = |span: Span| self.today.checked_add(span).ok();
        let day = match unit {
            Unit::Minutes => return self.at.checked_add(SignedDuration::from_mins(amount)).ok(),
            Unit::Hours => return self.at.checked_add(SignedDuration::from_hours(amount)).ok(),
            Unit::Days => days(Span::new().try_days(amount).ok()?)?,
            Unit::Weeks => days(Span::new().try_weeks(amount).ok()?)?,
            Unit::Months => days(Span::new().try_months(amount).ok()?)?,
            Unit::WorkingDays => self.working_day(amount)?,
        };
        self.moment(day, CLOSE)
    }

    /// The `nth` working day after today; today itself never counts.
    fn working_day(&self, nth: i64) -> Option<Date> {
        let (mut day, mut left) = (self.today, nth);
        while left > 0 {
            day = day.tomorrow().ok()?;
            left -= i64::from(is_working_day(day, self.country));
        }
        Some(day)
    }

    fn on(&self, day: Day, time: Option<Time>) -> Option<Zoned> {
        if day == Day::Any {
            return self.any_day(time);
        }
        let date = self.date(day)?;
        match time {
            Some(Time::By(clock)) => self.on_the_clock(date, self.half_of_day(date, clock)),
            Some(Time::Part(part)) => self.end_of(date, part),
            Some(Time::After(clock)) => self.end_of(date, part_after(clock)),
            None if day == Day::EndOfWeek => self.end_of_week(date),
            None => self.end_of(date, Part::WorkingDay),
        }
    }

    /// No day was named: today, or tomorrow when that time has passed.
    fn any_day(&self, time: Option<Time>) -> Option<Zoned> {
        let today = self.today;
        let part = match time {
            Some(Time::By(clock)) => {
                // A bare hour goes to the evening only when it is nearly evening.
                let evening = self.at.hour() >= 17;
                let tonight = if evening { self.half_of_day(today, clock) } else { clock };
                let due = self.on_the_clock(today, tonight).filter(|due| due > self.at);
                return due.or_else(|| self.on_the_clock(today.tomorrow().ok()?, clock));
            }
            Some(Time::Part(Part::WorkingDay)) | None => {
                return self.end_of(today, Part::WorkingDay);
            }
            Some(Time::After(clock)) => part_after(clock),
            Some(Time::Part(part)) => part,
        };
        let due = self.moment(today, end(part));
        due.filter(|due| due > self.at).or_else(|| self.end_of(today.tomorrow().ok()?, part))
    }

    /// The other half of the day for an hour on a dial that would lie in the past.
    fn half_of_day(&self, date: Date, clock: Clock) -> Clock {
        let passed = self.on_the_clock(date, clock).is_some_and(|due| due <= *self.at);
        if clock.twelve_hour && clock.hour < 12 && passed && date == self.today {
            Clock { hour: clock.hour + 12, ..clock }
        } else {
            clock
        }
    }

    /// The end of `part`; when that has passed today, the next end that a late promise can mean.
    fn end_of(&self, date: Date, part: Part) -> Option<Zoned> {
        let ends: &[TimeOfDay] = match part {
            Part::Morning => &[end(Part::Morning)],
            Part::Noon => &[end(Part::Noon)],
            Part::Afternoon | Part::WorkingDay => &[CLOSE, LATE, LAST],
            Part::Evening => &[LATE, LAST],
            // "vannacht" said after midnight is this night.
            Part::Night if date == self.today && self.at.hour() < 6 => &[end(Part::Night)],
            Part::Night => return self.moment(date.tomorrow().ok()?, end(Part::Night)),
        };
        if date != self.today {
            return self.moment(date, *ends.first()?);
        }
        ends.iter().find_map(|end| self.moment(date, *end).filter(|due| due > self.at))
    }

    /// "deze week" ends on Friday; said when that has passed, on Sunday.
    fn end_of_week(&self, friday: Date) -> Option<Zoned> {
        let sunday = friday.checked_add(2.days()).ok()?;
        [(friday, CLOSE), (sunday, CLOSE), (sunday, LAST)]
            .into_iter()
            .find_map(|(day, time)| self.moment(day, time).filter(|due| due > self.at))
    }

    fn on_the_clock(&self, date: Date, clock: Clock) -> Option<Zoned> {
        let days = i64::from(clock.hour / 24);
        let date = date.checked_add(Span::new().try_days(days).ok()?).ok()?;
        let hour = i8::try_from(clock.hour % 24).ok()?;
        self.moment(date, TimeOfDay::new(hour, i8::try_from(clock.minute).ok()?, 0, 0).ok()?)
    }

    fn moment(&self, date: Date, time: TimeOfDay) -> Option<Zoned> {
        date.to_datetime(time).to_zoned(self.at.time_zone().clone()).ok()
    }

    fn date(&self, day: Day) -> Option<Date> {
        let today = self.today;
        let ahead = |days: i64| today.checked_add(Span::new().try_days(days).ok()?).ok();
        let until = |weekday: Weekday| i64::from(today.weekday().until(weekday));
        match day {
            Day::Any => Some(today),
            Day::In(days) => ahead(i64::from(days)),
            Day::Weekday(weekday) => ahead(if until(weekday) == 0 { 7 } else { until(weekday) }),
            Day::NextWeek(weekday) => {
                ahead(7 + i64::from(weekday.to_monday_zero_offset() - monday_offset(today)))
            }
            Day::BeforeWeekend => ahead(until(Weekday::Friday)),
            Day::EndOfWeek => ahead(i64::from(4 - monday_offset(today))),
            Day::Weekend => ahead(until(Weekday::Sunday)),
            Day::EndOfMonth(months) => {
                let months = Span::new().try_months(i64::from(months)).ok()?;
                Some(today.checked_add(months).ok()?.last_of_month())
            }
            Day::EndOfNamedMonth(month) => {
                self.first_from_today(|year| Some(Date::new(year, month, 1).ok()?.last_of_month()))
            }
            Day::OfMonth(number) => self.of_month(number),
            Day::Date { year, month, day } => self.dated(year, month, day),
            Day::Figures { first, second, year } => {
                // The month comes first in the United States; everywhere when it cannot be else.
                let month_first =
                    if self.country == Some("US") { first <= 12 } else { second > 12 };
                let (month, day) = if month_first { (first, second) } else { (second, first) };
                self.dated(year, month, day)
            }
        }
    }

    fn dated(&self, year: Option<i16>, month: i8, day: i8) -> Option<Date> {
        match year {
            Some(year) => Date::new(year, month, day).ok(),
            None => self.first_from_today(|year| Date::new(year, month, day).ok()),
        }
    }

    /// The first of the dates of this and the coming years that is not past. 29 February can be
    /// eight years away.
    fn first_from_today(&self, in_year: impl Fn(i16) -> Option<Date>) -> Option<Date> {
        let this_year = self.today.year();
        (this_year..=this_year.saturating_add(8))
            .find_map(|year| in_year(year).filter(|date| *date >= self.today))
    }

    fn of_month(&self, number: i8) -> Option<Date> {
        let first = self.today.first_of_month();
        (0..12_i64).find_map(|months| {
            let month = first.checked_add(Span::new().try_months(months).ok()?).ok()?;
            let date = Date::new(month.year(), month.month(), number).ok()?;
            (date >= self.today).then_some(date)
        })
    }
}

fn monday_offset(date: Date) -> i8 {
    date.weekday().to_monday_zero_offset()
}

fn end(part: Part) -> TimeOfDay {
    match part {
        Part::Morning => time(12, 0, 0, 0),
        Part::Noon => time(14, 0, 0, 0),
        Part::Afternoon | Part::WorkingDay => CLOSE,
        Part::Evening => LATE,
        Part::Night => time(6, 0, 0, 0),
    }
}

/// "na 14 uur" is the afternoon, "na zessen" the evening.
fn part_after(clock: Clock) -> Part {
    match clock.hour {
        0..=16 => Part::WorkingDay,
        _ => Part::Evening,
    }
}

#[cfg(test)]
mod tests {
    use jiff::Zoned;
    use jiff::civil::Weekday;

    use super::resolve;
    use crate::due::{Clock, Day, Part, Time, Unit, WhenKind};

    fn check(kind: WhenKind, said_at: &str, expected: Option<&str>) {
        let said_at: Zoned = format!("{said_at}[Europe/Amsterdam]").parse().unwrap();
        let due = resolve(kind, &said_at, Some("NL"));
        let due = due.map(|due| due.datetime().to_string());
        assert_eq!(due.as_deref(), expected, "{kind:?} said at {said_at}");
    }

    #[test]
    fn a_day_of_24_hours_is_24_hours_when_the_clock_changes() {
        let kind = WhenKind::Within { amount: Some(24), unit: Unit::Hours };
        check(kind, "2026-03-28T15:00", Some("2026-03-29T16:00:00"));
    }

    #[test]
    fn amounts_beyond_the_calendar_have_no_moment() {
        for unit in [Unit::Minutes, Unit::Hours, Unit::Days, Unit::Weeks, Unit::Months] {
            let kind = WhenKind::Within { amount: Some(u32::MAX), unit };
            check(kind, "9999-12-30T12:00", None);
        }
        check(WhenKind::On { day: Day::In(9), time: None }, "9999-12-29T12:00", None);
    }

    #[test]
    fn dates_that_do_not_exist_have_no_moment() {
        let date = |month, day| Day::Date { year: None, month, day };
        check(WhenKind::On { day: date(2, 30), time: None }, "2026-03-02T10:00", None);
        check(WhenKind::On { day: Day::OfMonth(32), time: None }, "2026-03-02T10:00", None);
        let leap = WhenKind::On { day: date(2, 29), time: None };
        check(leap, "2026-03-02T10:00", Some("2028-02-29T17:00:00"));
        let last = WhenKind::On { day: Day::OfMonth(31), time: None };
        check(last, "2026-04-02T10:00", Some("2026-05-31T17:00:00"));
    }

    #[test]
    fn a_bare_hour_is_the_next_one_that_makes_sense() {
        let at = |hour| {
            let clock = Clock { hour, minute: 0, twelve_hour: true };
            WhenKind::On { day: Day::Any, time: Some(Time::By(clock)) }
        };
        check(at(9), "2026-03-02T10:00", Some("2026-03-03T09:00:00"));
        check(at(9), "2026-03-02T18:00", Some("2026-03-02T21:00:00"));
        check(at(9), "2026-03-02T22:00", Some("2026-03-03T09:00:00"));
        check(at(16), "2026-03-02T16:30", Some("2026-03-03T16:00:00"));
    }

    #[test]
    fn tonight_said_at_night() {
        let night = WhenKind::On { day: Day::In(0), time: Some(Time::Part(Part::Night)) };
        check(night, "2026-03-02T20:00", Some("2026-03-03T06:00:00"));
        check(night, "2026-03-02T02:00", Some("2026-03-02T06:00:00"));
    }

    #[test]
    fn next_week_is_the_next_iso_week() {
        let day = |weekday| WhenKind::On { day: Day::NextWeek(weekday), time: None };
        check(day(Weekday::Tuesday), "2026-03-01T10:00", Some("2026-03-03T17:00:00"));
        check(day(Weekday::Tuesday), "2026-03-02T10:00", Some("2026-03-10T17:00:00"));
    }
}
