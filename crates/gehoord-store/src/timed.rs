//! When a turn was said whose source does not tell.

use std::borrow::Cow;

use crate::writing::NewTurn;

/// The turns of a conversation that comes in as a whole. One without a time was said when the one
/// before it was, or else when the first was that has a time: the moment at which it comes in would
/// make an old conversation a new one. Where no time is known, nothing is made up.
pub(crate) fn timed(turns: &[NewTurn]) -> Cow<'_, [NewTurn]> {
    let Some(first) = turns.iter().find_map(|turn| turn.said_at) else {
        return Cow::Borrowed(turns);
    };
    if turns.iter().all(|turn| turn.said_at.is_some()) {
        return Cow::Borrowed(turns);
    }
    let mut before = first;
    let timed = turns.iter().map(|turn| {
        before = turn.said_at.unwrap_or(before);
        NewTurn { said_at: Some(before), ..turn.clone() }
    });
    Cow::Owned(timed.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(given: &[Option<i64>], expected: &[Option<i64>]) {
        let turn = |said_at: &Option<i64>| NewTurn {
            party: "customer".to_owned(),
            speaker: None,
            person_id: None,
            text: String::new(),
            at: None,
            said_at: *said_at,
            external_id: None,
        };
        let turns: Vec<NewTurn> = given.iter().map(turn).collect();
        let found: Vec<Option<i64>> = timed(&turns).iter().map(|turn| turn.said_at).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_turn_without_a_time_was_said_with_the_one_before_it() {
        check(&[None, Some(5), None, Some(9), None], &[5, 5, 5, 9, 9].map(Some));
        check(&[None, None], &[None, None]);
        check(&[Some(3), Some(1)], &[Some(3), Some(1)]);
    }
}
