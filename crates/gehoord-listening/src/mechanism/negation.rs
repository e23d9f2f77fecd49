//! "Ik ben niet boos", "not really happy", "boos ben ik niet", "das freut mich überhaupt nicht".

use gehoord_conversation::Language;

use crate::cue::Pack;
use crate::text::Text;

/// A negation reaches at most so many words to the right.
const REACH: usize = 4;

/// A negation behind stands among so many words.
const REACH_BEHIND: usize = 3;
const REACH_BEHIND_GERMAN: usize = 5;

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
            let nothing_but = pack.language == Language::De && norm == "nichts" && next == "als";
            return !nothing_but && !pack.list_has("negation_lets_through", next);
        }
    }
    false
}

/// "Boos ben ik niet": a negator right behind, or one word further. German puts it at the end of
/// the clause, behind pronouns and adverbs: "das hilft mir leider überhaupt nicht".
fn negated_from_the_right(pack: &Pack, text: &Text, last: usize) -> bool {
    let german = pack.language == Language::De;
    let reach = if german { REACH_BEHIND_GERMAN } else { REACH_BEHIND };
    let sentence = text.tokens[last - 1].sentence;
    let seen = reach + usize::from(german);
    let mut after = text.tokens[last..].iter().take(seen).take_while(|t| t.sentence == sentence);
    let mut at_its_end = false;
    // Only the copula and the pronoun may stand between: "boos ben ik niet".
    for _ in 0..reach {
        let Some(token) = after.next() else { return false };
        if token.pause_before {
            return false;
        }
        let norm = text.norm(token);
        if pack.list_has("negators_behind", norm) {
            return after.next().is_none_or(|next| {
                let next_norm = text.norm(next);
                next.pause_before
                    || !pack.list_has("negation_lets_through", next_norm)
                        && (!at_its_end || matches!(next_norm, "weiter" | "wirklich" | "so"))
            });
        }
        if !pack.list_has("copulas", norm) {
            if !(german && stands_before_nicht(norm)) {
                return false;
            }
            // "Verspätet, auch nicht angerufen" without its comma denies no delay.
            at_its_end = true;
        }
    }
    false
}

/// Words that begin no clause and stand between a German verb and its "nicht".
fn stands_before_nicht(norm: &str) -> bool {
    matches!(
        norm,
        "mir"
            | "mich"
            | "uns"
            | "dir"
            | "dich"
            | "euch"
            | "ihnen"
            | "ihm"
            | "sie"
            | "ihn"
            | "sich"
            | "daruber"
            | "davon"
            | "damit"
            | "dazu"
            | "daran"
            | "dabei"
            | "darauf"
            | "dafur"
            | "gar"
            | "uberhaupt"
            | "absolut"
            | "leider"
            | "auch"
            | "einfach"
            | "besonders"
            | "sonderlich"
            | "langer"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cue::PackFile;

    /// Whether `word` is negated in `raw`.
    fn negates(language: Language, lists: &[(&str, &str)], raw: &str, word: &str) -> bool {
        let files: Vec<(String, String)> = lists
            .iter()
            .map(|(name, words)| {
                let words: Vec<&str> = words.split(' ').collect();
                (format!("lists/{name}.toml"), format!("what = \"x\"\nwords = {words:?}"))
            })
            .collect();
        let files: Vec<PackFile<'_>> =
            files.iter().map(|(path, contents)| PackFile { path, contents }).collect();
        let pack = Pack::new(language, &files).expect("the lists are right");
        let text = Text::new(raw);
        let first = text.tokens.iter().position(|t| text.norm(t) == word).expect("it is there");
        is_negated(&pack, &text, first, first + 1)
    }

    fn german(raw: &str, word: &str) -> bool {
        let lists = [
            ("negators", "nicht kein keine nie nichts"),
            ("negators_behind", "nicht nie"),
            ("negation_ends", "aber und dass"),
            ("negation_lets_through", "nur"),
            ("copulas", "bin ich das es mich mir"),
        ];
        negates(Language::De, &lists, raw, word)
    }

    #[test]
    fn german_nicht_stands_at_the_end_of_the_clause() {
        assert!(german("Ich bin nicht wütend", "wutend"));
        assert!(german("Wütend bin ich nicht", "wutend"));
        assert!(german("Das freut mich nicht", "freut"));
        assert!(german("Das hilft mir leider überhaupt nicht", "hilft"));
        assert!(german("Das hilft mir absolut nicht weiter", "hilft"));
        assert!(german("Ich freue mich darüber gar nicht, im Gegenteil", "freue"));
    }

    #[test]
    fn german_nicht_of_another_clause_negates_nothing() {
        assert!(!german("Ich bin wütend, nicht traurig", "wutend"));
        assert!(!german("Ich bin wütend und ihr helft nicht", "wutend"));
        assert!(!german("Bin wütend auch nicht angerufen worden", "wutend"));
        assert!(!german("Ich bin wütend Sie melden sich nicht", "wutend"));
        assert!(!german("Nichts als Ärger mit euch", "arger"));
        assert!(!german("Ich bin nicht nur wütend", "wutend"));
    }

    #[test]
    fn dutch_reaches_as_far_as_before() {
        let dutch = |raw: &str| {
            let lists = [("negators_behind", "niet"), ("copulas", "ben ik daar")];
            negates(Language::Nl, &lists, raw, "boos")
        };
        assert!(dutch("Boos ben ik niet"));
        assert!(!dutch("Boos ben ik daar niet"));
        assert!(!dutch("Boos leider niet"));
    }
}
