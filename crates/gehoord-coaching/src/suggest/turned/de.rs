//! German: "ich habe" is "Sie haben" or "du hast", "Sie" to the firm is "wir".

use super::super::Form;
use super::super::lexicon::Lexicon;
use super::super::words::Word;

/// The words said to the customer.
pub(super) fn turn(words: &[Word], form: Form, lexicon: &Lexicon) -> Option<Vec<String>> {
    let formal = form == Form::Formal;
    let low = |at: usize| words.get(at).map_or("", |w| w.low.as_str());
    let after = |at: usize| {
        if words.get(at + 1).is_some_and(Word::after_pause) { "" } else { low(at + 1) }
    };
    let before = |at: usize| if at == 0 || words[at].after_pause() { "" } else { low(at - 1) };
    let verb = |word: &str| -> Option<String> {
        let forms = lexicon.i_verbs.get(word)?;
        let (sie, du) = forms.split_once('|').unwrap_or((forms, forms));
        Some(if formal { sie } else { du }.to_owned())
    };
    let mut out: Vec<String> = words.iter().map(|w| w.raw.clone()).collect();
    for at in 0..words.len() {
        let word = low(at);
        let inside = at > 0 && words[at].raw.starts_with(char::is_uppercase);
        let said: String = match word {
            "ich" => {
                if lexicon.mind.has(after(at)) || lexicon.mind.has(before(at)) {
                    return None;
                }
                if let Some(said) = verb(after(at)) {
                    out[at + 1] = said;
                } else if at > 0 && verb(before(at)).is_some() {
                    out[at - 1] = verb(before(at))?;
                } else {
                    let last = (at + 1..words.len())
                        .find(|&i| words[i].after_pause())
                        .unwrap_or(words.len())
                        .checked_sub(1)?;
                    out[last] = verb(low(last)).filter(|_| last > at)?;
                }
                if formal { "Sie" } else { "du" }.into()
            }
            // "Ich stehe hier und bin …".
            "bin" | "habe"
                if out[at] == words[at].raw && before(at) != "ich" && after(at) != "ich" =>
            {
                verb(word)?
            }
            "mir" => if formal { "Ihnen" } else { "dir" }.into(),
            // "Ich freue mich" is "Sie freuen sich", but "ruft mich an" is "ruft Sie an".
            "mich" => {
                let own =
                    words[..at].iter().rev().take(3).any(|w| w.low == "ich") || after(at) == "ich";
                match (formal, own) {
                    (true, true) => "sich",
                    (true, false) => "Sie",
                    (false, _) => "dich",
                }
                .into()
            }
            "wir" => {
                let known = |w: &str| lexicon.we_verbs.has(w);
                if !known(after(at)) && !known(before(at)) {
                    return None;
                }
                if !formal {
                    return None;
                }
                "Sie".into()
            }
            "uns" => return None,
            // To the firm, or "they": not sure which.
            "sie" | "ihnen" | "ihr" | "ihre" | "ihren" | "ihrem" | "ihrer" | "ihres" if inside => {
                return None;
            }
            "du" | "dir" | "dich" | "euch" | "euer" | "eure" | "euren" | "eurem" | "eurer" => {
                return None;
            }
            _ => match owner(word, formal) {
                Some(own) => own,
                None => continue,
            },
        };
        out[at] = said;
    }
    Some(out)
}

/// "Meine" is "Ihre" or "deine"; the ending stays.
fn owner(word: &str, formal: bool) -> Option<String> {
    const ENDINGS: [&str; 6] = ["", "e", "en", "em", "er", "es"];
    let (ending, mine) = match (word.strip_prefix("mein"), word.strip_prefix("unser")) {
        (Some(ending), _) => (ending, true),
        (_, Some(ending)) => (ending, false),
        _ => return None,
    };
    if !ENDINGS.contains(&ending) {
        return None;
    }
    match (formal, mine) {
        (true, _) => Some(format!("Ihr{ending}")),
        (false, true) => Some(format!("dein{ending}")),
        // "Euer", "eure": more than one is spoken to, and the stem changes.
        (false, false) => None,
    }
}
