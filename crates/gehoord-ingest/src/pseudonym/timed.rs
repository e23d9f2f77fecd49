//! When masked words were said, so that a recording can be silenced there.

use gehoord_conversation::voice::TimeSpan;
use gehoord_conversation::{Conversation, Span, Turn};

use super::masks::MaskedSpan;

/// So much more is taken at each side of a word, in milliseconds: aligners are so far off.
const MARGIN_MS: u32 = 80;
/// A longer text between brackets is no mask.
const LONGEST_MASK: usize = 40;

/// The stretches of a recording in which the masked words of a conversation were said, in order and
/// apart; `spans` are the masked places of each turn. What stood in it as a mask already is meant
/// too: somebody masked the words, and perhaps not the sound. Where a word has no time of its own,
/// all between its neighbours is taken; where no word has, the whole turn. `None`: it is not known
/// when some of it was said.
#[must_use]
pub fn when_said(conversation: &Conversation, spans: &[Vec<MaskedSpan>]) -> Option<Vec<TimeSpan>> {
    let mut found = Vec::new();
    for (at, turn) in conversation.turns.iter().enumerate() {
        let masked =
            spans.get(at).into_iter().flatten().map(|span| Span::new(span.start, span.end));
        let mut places: Vec<Span> = masked.collect();
        places.extend(standing_masks(&turn.text));
        if places.is_empty() {
            continue;
        }
        let mut pieces = turn.said_when();
        pieces.sort_by_key(|(words, _)| words.start);
        for place in places {
            let span = when(turn, &pieces, place)?;
            let start = span.start_ms.saturating_sub(MARGIN_MS);
            found.push(TimeSpan::new(start, span.end_ms.saturating_add(MARGIN_MS)));
        }
    }
    found.sort_by_key(|span| span.start_ms);
    let mut apart: Vec<TimeSpan> = Vec::with_capacity(found.len());
    for span in found {
        match apart.last_mut().filter(|last| span.start_ms <= last.end_ms) {
            Some(last) => last.end_ms = last.end_ms.max(span.end_ms),
            None => apart.push(span),
        }
    }
    Some(apart)
}

/// When the words at a place were said.
fn when(turn: &Turn, pieces: &[(Span, TimeSpan)], place: Span) -> Option<TimeSpan> {
    let turn_start = || turn.spoken().map(|span| span.start_ms);
    let turn_end = || turn.spoken().map(|span| span.end_ms);
    let before = pieces.iter().rev().find(|(words, _)| words.end <= place.start);
    let after = pieces.iter().find(|(words, _)| words.start >= place.end);
    let on: Vec<&(Span, TimeSpan)> =
        pieces.iter().filter(|(words, _)| words.overlaps(&place)).collect();
    let says = |start: usize, end: usize| {
        turn.text.get(start..end).is_none_or(|text| text.chars().any(char::is_alphanumeric))
    };
    let earliest = on.iter().map(|(_, time)| time.start_ms).min();
    let latest = on.iter().map(|(_, time)| time.end_ms).max();
    // A word without a time at either end of the place was said somewhere up to its neighbour.
    let first = on
        .first()
        .filter(|(words, _)| words.start <= place.start || !says(place.start, words.start));
    let last = on.last().filter(|(words, _)| words.end >= place.end || !says(words.end, place.end));
    let start = match first {
        Some(_) => earliest,
        None => before.map(|(_, time)| time.end_ms).or_else(turn_start),
    };
    let end = match last {
        Some(_) => latest,
        None => after.map(|(_, time)| time.start_ms).or_else(turn_end),
    };
    let (start, end) = (start?, end?);
    // Times that run backwards tell nothing; then all of the turn goes.
    if start < end { Some(TimeSpan::new(start, end)) } else { turn.spoken() }
}

/// Masks that stand in a text: one word between brackets, such as `[naam-1]` or `[PII]`.
fn standing_masks(text: &str) -> impl Iterator<Item = Span> {
    text.match_indices('[').filter_map(|(start, _)| {
        let inside = &text[start + 1..];
        let length = inside.find(']').filter(|length| (1..=LONGEST_MASK).contains(length))?;
        let word = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
        inside[..length].chars().all(word).then(|| Span::new(start, start + length + 2))
    })
}

#[cfg(test)]
mod tests {
    use gehoord_conversation::{Channel, Party, PersonalKind};

    use super::*;

    /// "Met Jan Smit hier": each word half a second, but for those of which nothing is known.
    fn said(unknown: &[&str], whole: Option<(f64, f64)>) -> Conversation {
        let mut turn = Turn::new(Party::Customer, "Met Jan Smit hier");
        let words = [("Met", 0, 1.0), ("Jan", 4, 1.5), ("Smit", 8, 2.0), ("hier", 13, 2.5)];
        let known = words.iter().filter(|(word, ..)| !unknown.contains(word));
        let pieces: Vec<(Span, f64, f64)> = known
            .map(|(word, at, start)| (Span::new(*at, at + word.len()), *start, start + 0.4))
            .collect();
        turn.set_said_when(&pieces);
        if let Some((start, end)) = whole {
            turn.meta.insert("start".to_owned(), start.into());
            turn.meta.insert("end".to_owned(), end.into());
        }
        let mut conversation = Conversation::new("c", Channel::Phone);
        conversation.turns.push(turn);
        conversation
    }

    fn name(start: usize, end: usize) -> Vec<Vec<MaskedSpan>> {
        let mask = "[naam-1]".to_owned();
        vec![vec![MaskedSpan { start, end, kind: PersonalKind::Name, mask }]]
    }

    #[test]
    fn a_name_is_silenced_from_its_first_word_to_its_last_with_a_margin() {
        let found = when_said(&said(&[], None), &name(4, 12)).unwrap();
        assert_eq!(found, [TimeSpan::new(1420, 2480)]);
        // Half of a word is the whole word.
        let found = when_said(&said(&[], None), &name(5, 6)).unwrap();
        assert_eq!(found, [TimeSpan::new(1420, 1980)]);
    }

    #[test]
    fn a_word_without_a_time_takes_all_between_its_neighbours() {
        let found = when_said(&said(&["Jan"], None), &name(4, 12)).unwrap();
        assert_eq!(found, [TimeSpan::new(1320, 2480)]);
        let found = when_said(&said(&["Smit", "hier"], Some((0.9, 3.1))), &name(4, 12)).unwrap();
        assert_eq!(found, [TimeSpan::new(1420, 3180)]);
        let all = ["Met", "Jan", "Smit", "hier"];
        let found = when_said(&said(&all, Some((0.9, 3.1))), &name(4, 7)).unwrap();
        assert_eq!(found, [TimeSpan::new(820, 3180)]);
    }

    #[test]
    fn without_any_time_nobody_knows_where_a_name_was_said() {
        let all = ["Met", "Jan", "Smit", "hier"];
        assert_eq!(when_said(&said(&all, None), &name(4, 7)), None);
        assert_eq!(when_said(&said(&all, None), &[]), Some(Vec::new()));
    }

    #[test]
    fn what_was_masked_in_the_words_already_is_silenced_too() {
        let mut given = said(&[], Some((1.0, 3.0)));
        given.turns[0].text = "Met [PII] [en zo] hier".to_owned();
        given.turns[0].forget_said_when();
        assert_eq!(when_said(&given, &[]).unwrap(), [TimeSpan::new(920, 3080)]);
        given.turns[0].text = "Met [en zo] hier".to_owned();
        assert_eq!(when_said(&given, &[]).unwrap(), []);
    }
}
