//! Days and moments, as they are given and printed.

use std::str::FromStr;

use gehoord_conversation::wire::input::read_time;

/// A moment that was given as a day or a time (Europe/Amsterdam when it names no zone), in
/// milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment(pub(crate) i64);

impl FromStr for Moment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let at = read_time(text, None)
            .map_err(|_| format!("'{text}' is no day such as 2026-03-01, and no time"))?;
        Ok(Self(at.timestamp().as_millisecond()))
    }
}

/// A moment as it is printed: RFC 3339, in UTC.
pub(crate) fn printed(at: i64) -> String {
    jiff::Timestamp::from_millisecond(at).map(|at| at.to_string()).unwrap_or_default()
}

/// A time as it was given, as RFC 3339: the name of its zone goes.
pub(crate) fn without_zone(at: &str) -> &str {
    at.split('[').next().unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight_here() {
        let Moment(at) = "2026-03-01".parse().unwrap();
        assert_eq!(printed(at), "2026-02-28T23:00:00Z");
        assert!("gisteren".parse::<Moment>().is_err());
        assert_eq!(
            without_zone("2026-03-01T10:00:00+01:00[Europe/Amsterdam]"),
            "2026-03-01T10:00:00+01:00"
        );
    }
}
