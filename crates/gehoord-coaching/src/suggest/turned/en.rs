//! English: "I have" is "you have", "you" to the firm is "we".

use super::super::lexicon::Lexicon;
use super::super::words::Word;

/// The words said to the customer.
pub(super) fn turn(words: &[Word], lexicon: &Lexicon) -> Option<Vec<String>> {
    let low = |at: usize| words.get(at).map_or("", |w| w.low.as_str());
    let after = |at: usize| {
        if words.get(at + 1).is_some_and(Word::after_pause) { "" } else { low(at + 1) }
    };
    let before = |at: usize| if at == 0 || words[at].after_pause() { "" } else { low(at - 1) };
    let mut out: Vec<String> = words.iter().map(|w| w.raw.clone()).collect();
    for at in 0..words.len() {
        let said: String = match low(at) {
            "i" => {
                if lexicon.mind.has(after(at)) || lexicon.mind.has(before(at)) {
                    return None;
                }
                // "I was", "was I".
                if let Some(verb) = lexicon.i_verbs.get(after(at)) {
                    out[at + 1] = verb.to_owned();
                } else if at > 0 && matches!(before(at), "am" | "was") {
                    out[at - 1] = lexicon.i_verbs.get(before(at))?.to_owned();
                }
                "you".into()
            }
            // "I rang and was given a number".
            verb @ ("was" | "am")
                if out[at] == words[at].raw
                    && before(at) == "and"
                    && words[..at].iter().any(|w| w.low == "i") =>
            {
                lexicon.i_verbs.get(verb)?.to_owned()
            }
            "i'm" | "im" => "you're".into(),
            "i've" | "ive" => "you've".into(),
            "i'd" => "you'd".into(),
            "i'll" => "you'll".into(),
            "me" => "you".into(),
            "my" => "your".into(),
            "mine" => "yours".into(),
            "myself" => "yourself".into(),
            "we" => "you".into(),
            "we're" => "you're".into(),
            "we've" => "you've".into(),
            "we'd" => "you'd".into(),
            "us" => "you".into(),
            "our" => "your".into(),
            "ours" => "yours".into(),
            "ourselves" => "yourselves".into(),
            "you" | "u" => firm(lexicon, before(at), after(at))?.into(),
            "you're" => "we're".into(),
            "you've" => "we've".into(),
            "you'd" => "we'd".into(),
            "you'll" => "we'll".into(),
            "your" | "ur" => "our".into(),
            "yours" => "ours".into(),
            "yourself" | "yourselves" | "let's" | "i'd've" => return None,
            "here" => "there".into(),
            _ => continue,
        };
        out[at] = said;
    }
    // "Was told to wait" is "you were told to wait".
    if matches!(low(0), "was" | "am" | "been") {
        let verb = match low(0) {
            "am" => "are",
            "been" => "have been",
            _ => "were",
        };
        out[0] = format!("you {verb}");
    }
    Some(out)
}

/// "You" said to the firm: subject before a verb, object behind one or behind a preposition.
fn firm(lexicon: &Lexicon, before: &str, after: &str) -> Option<&'static str> {
    if lexicon.prepositions.has(before) && !lexicon.finite.has(after) {
        return Some("us");
    }
    if lexicon.finite.has(after) || lexicon.you_verbs.has(after) {
        return Some("we");
    }
    None
}
