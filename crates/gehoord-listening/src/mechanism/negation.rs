//! "Ik ben niet boos", "not really happy", "boos ben ik niet".

use crate::cue::Pack;
use crate::text::Text;

/// A negation reaches at most so many words to the right.
const REACH: usize = 4;

/// Whether tokens `first..last` are negated from outside. Words come from the lists `negators`
/// (which negate what follows), `negation_ends` (which end their reach, such as "maar") and
/// `negation_lets_through` (after which nothing is negated, as in "niet alleen").
#[must_use]
pub fn is_negated(pack: &Pack, text: &Text, first: usize, last: usize) -> bool {
    negated_from_the_left(pack, text, first) || negated_from_the_right(pack, text, last)
}

fn negated_from_the_left(pack: &Pack, text: &Text, first: usize) -> bool {
    let sentence = text.tokens[first].sentence;
    for at in (first.saturating_sub(REACH)..first).rev() {
        let token = &text.tokens[at];
        let pause_between = text.tokens[at + 1].pause_before;
        if token.sentence != sentence || pause_between {
            return false;
        }
        let norm = text.norm(token);
        if pack.list_has("negation_ends", norm) {
            return false;
        }
        if pack.list_has("negators", norm) {
            let next = text.norm(&text.tokens[at + 1]);
            return !pack.list_has("negation_lets_through", next);
        }
    }
    false
}

/// "Boos ben ik niet": a negator right behind, or one word further.
fn negated_from_the_right(pack: &Pack, text: &Text, last: usize) -> bool {
    let sentence = text.tokens[last - 1].sentence;
    let mut after = text.tokens[last..].iter().take(3).take_while(|t| t.sentence == sentence);
    // Only the copula and the pronoun may stand between: "boos ben ik niet".
    for _ in 0..3 {
        let Some(token) = after.next() else { return false };
        if token.pause_before {
            return false;
        }
        let norm = text.norm(token);
        if pack.list_has("negators_behind", norm) {
            return after.next().is_none_or(|next| {
                next.pause_before || !pack.list_has("negation_lets_through", text.norm(next))
            });
        }
        if !pack.list_has("copulas", norm) {
            return false;
        }
    }
    false
}
