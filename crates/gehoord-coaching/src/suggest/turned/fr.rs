//! French: "j'ai" is "vous avez" or "tu as".

use super::super::Form;
use super::super::lexicon::Lexicon;
use super::super::words::Word;

/// The words said to the customer.
pub(super) fn turn(words: &[Word], form: Form, lexicon: &Lexicon) -> Option<Vec<String>> {
    let formal = form == Form::Formal;
    let low = |at: usize| words.get(at).map_or("", |w| w.low.as_str());
    let you = if formal { "vous" } else { "tu" };
    let verb = |word: &str| -> Option<String> {
        let forms = lexicon.i_verbs.get(word)?;
        let (vous, tu) = forms.split_once('|')?;
        Some(if formal { vous } else { tu }.to_owned())
    };
    let mut out: Vec<String> = words.iter().map(|w| w.raw.clone()).collect();
    let mut done = vec![false; words.len()];
    for at in 0..words.len() {
        if done[at] {
            continue;
        }
        let word = low(at);
        // "Mon téléphone il marche": two subjects.
        let alone = at == 0
            || words[at].after_pause()
            || matches!(
                low(at - 1),
                "et" | "mais" | "ou" | "que" | "si" | "où" | "dont" | "quand" | "donc"
            );
        if matches!(word, "il" | "elle" | "ils" | "elles") && !alone {
            return None;
        }
        if lexicon.mind.has(word) {
            return None;
        }
        let said: String = match word {
            "je" => {
                // "Je ne suis pas", "je l'ai", "je suis".
                let ahead =
                    (at + 1..(at + 4).min(words.len())).find(|&i| verb(low(i)).is_some())?;
                if lexicon.mind.has(low(ahead)) {
                    return None;
                }
                let between_fits = (at + 1..ahead).all(|i| {
                    matches!(low(i), "ne" | "n'" | "le" | "la" | "les" | "en" | "y" | "lui")
                });
                if !between_fits {
                    return None;
                }
                out[ahead] = verb(low(ahead))?;
                done[ahead] = true;
                you.into()
            }
            "on" | "nous" | "m'a" | "m'ont" if !formal => return None,
            "on" if at == 0 => {
                let said = lexicon.we_verbs.get(low(1))?.to_owned();
                out[1] = said;
                done[1] = true;
                "vous".into()
            }
            "nous" => {
                let said = lexicon.we_verbs.get(low(at + 1))?.to_owned();
                out[at + 1] = said;
                done[at + 1] = true;
                "vous".into()
            }
            "m'a" => "vous a".into(),
            "m'ont" => "vous ont".into(),
            "m'avait" => "vous avait".into(),
            "mon" | "ma" if formal => "votre".into(),
            "mon" => "ton".into(),
            "ma" => "ta".into(),
            "mes" => if formal { "vos" } else { "tes" }.into(),
            "notre" if formal => "votre".into(),
            "nos" if formal => "vos".into(),
            "moi" => if formal { "vous" } else { "toi" }.into(),
            "me" | "notre" | "nos" | "vous" | "votre" | "vos" | "tu" | "toi" | "te" | "ton"
            | "ta" | "tes" | "leur" => return None,
            _ => {
                if let Some(rest) = word.strip_prefix("j'") {
                    let said = verb(rest)?;
                    format!("{you} {said}")
                } else if word.starts_with("m'") || word.starts_with("t'") || word == "qu'on" {
                    return None;
                } else {
                    continue;
                }
            }
        };
        out[at] = said;
    }
    Some(out)
}
