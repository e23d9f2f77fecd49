//! Lists come page by page. A page ends at a row, not at a moment: many may share a millisecond.

use std::fmt;
use std::str::FromStr;

use crate::error::StoreError;

/// Most rows on a page.
const MOST: i64 = 200;

/// The last row of a page: the next page begins behind it. Written as text it says nothing to who
/// holds it, and stays good while rows come and go.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor {
    /// What the list is ordered by first.
    pub(crate) at: i64,
    /// What tells rows of the same moment apart; empty where none share one.
    pub(crate) id: String,
}

impl Cursor {
    /// Before every row that is not of this moment or later, in a list with the newest first.
    pub(crate) const fn before(at: i64) -> Self {
        Self { at, id: String::new() }
    }

    /// Where a page begins in a list with the newest first: before `until`, and behind the page before.
    pub(crate) fn earlier(until: Option<i64>, after: Option<&Self>) -> Self {
        let until = Self::before(until.unwrap_or(i64::MAX));
        after.map_or_else(|| until.clone(), |after| until.clone().min(after.clone()))
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}{}", self.at, self.id)
    }
}

impl FromStr for Cursor {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        let wrong = || StoreError::Invalid("after must be the 'next' of a page before".to_owned());
        let (at, id) = text.split_at_checked(16).ok_or_else(wrong)?;
        let letters = |id: &str| id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if !at.bytes().all(|b| b.is_ascii_hexdigit()) || id.len() > 36 || !letters(id) {
            return Err(wrong());
        }
        let at = u64::from_str_radix(at, 16).map_err(|_| wrong())?;
        Ok(Self { at: at.cast_signed(), id: id.to_owned() })
    }
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// What is on it.
    pub rows: Vec<T>,
    /// Where the next one begins; none on the last.
    pub next: Option<Cursor>,
}

impl<T> Page<T> {
    /// The page of `rows`, which were asked for with one more than `limit`.
    pub(crate) fn of(mut rows: Vec<T>, limit: i64, place: impl Fn(&T) -> Cursor) -> Self {
        let limit = usize::try_from(limit).unwrap_or_default();
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(place);
        Self { rows, next }
    }
}

/// How many rows a page may have: 50 when nothing (0) was asked for.
pub(crate) fn page_limit(asked: i64) -> Result<i64, StoreError> {
    match asked {
        0 => Ok(50),
        limit if (1..=MOST).contains(&limit) => Ok(limit),
        _ => Err(StoreError::Invalid(format!("limit must be 1 to {MOST}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_and_nothing_else_does() {
        for at in [0, -1, i64::MIN, i64::MAX, 1_772_000_000_000] {
            for id in ["", "0199f0c2-0000-7000-8000-000000000000"] {
                let cursor = Cursor { at, id: id.to_owned() };
                assert_eq!(cursor.to_string().parse::<Cursor>().unwrap(), cursor);
            }
        }
        for text in ["", "2026-03-02T12:00:00Z", "+00000000000001", "000000000000000éx"] {
            assert!(text.parse::<Cursor>().is_err(), "{text}");
        }
        assert!(format!("{:016x}{}", 1, "a'b").parse::<Cursor>().is_err());
        assert!(format!("{:016x}{}", 1, "a".repeat(37)).parse::<Cursor>().is_err());
    }

    #[test]
    fn a_page_begins_where_both_bounds_allow() {
        let after = Cursor { at: 5, id: "b".to_owned() };
        assert_eq!(Cursor::earlier(Some(9), Some(&after)), after);
        assert_eq!(Cursor::earlier(Some(5), Some(&after)), Cursor::before(5));
        assert_eq!(Cursor::earlier(None, None), Cursor::before(i64::MAX));
    }
}
