//! The customer's words said to the customer: first person becomes second, the firm becomes "we".
//!
//! Every rule gives nothing where it is not sure; then the words are quoted or left alone.

mod de;
mod en;
mod fr;
mod nl;

use gehoord_conversation::{Evidence, Language};
use gehoord_listening::text::Kind;

use super::Form;
use super::clause::Clause;
use super::lexicon::Lexicon;
use super::words::Word;

/// Words of the customer that can be said to the customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    /// As it stands in the middle of a sentence.
    pub(crate) text: String,
    pub(crate) kind: SaidKind,
    /// Names a stretch of time.
    pub(crate) waiting: bool,
    /// Says how often.
    pub(crate) often: bool,
    pub(crate) place: Evidence,
}

/// What they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum SaidKind {
    /// A sentence with its verb: "u hebt drie keer gebeld".
    Sentence,
    /// A piece without: "drie keer gebeld en nog geen antwoord".
    Piece,
}

/// Turns one clause round; none where that cannot be done surely.
pub(crate) fn turn_round(
    clause: &Clause,
    language: Language,
    form: Form,
    lexicon: &Lexicon,
) -> Option<Said> {
    let words = spelled(&clause.words, lexicon);
    words.first()?;
    // "…, waar moet ik nog aankloppen": a question at the end.
    let asks = |w: &Word| {
        w.after_pause()
            && matches!(
                w.low.as_str(),
                "waar"
                    | "wat"
                    | "hoe"
                    | "waarom"
                    | "wanneer"
                    | "wie"
                    | "what"
                    | "where"
                    | "how"
                    | "why"
                    | "who"
                    | "wo"
                    | "warum"
            )
    };
    let small_german = language == Language::De
        && words.len() > 4
        && !words.iter().skip(1).any(|w| w.raw.starts_with(char::is_uppercase));
    if words.iter().skip(1).any(asks) || small_german {
        return None;
    }
    let piece = is_piece(&words, lexicon);
    if !piece && (!begins_well(&words, lexicon) || points_back(&words, lexicon)) {
        return None;
    }
    let turned = if piece {
        words.iter().map(|w| w.raw.clone()).collect()
    } else {
        match language {
            Language::Nl => nl::turn(&words, form, lexicon)?,
            Language::En => en::turn(&words, lexicon)?,
            Language::De => de::turn(&words, form, lexicon)?,
            Language::Fr => fr::turn(&words, form, lexicon)?,
        }
    };
    let has_verb = words.iter().any(|w| is_finite(&w.low, lexicon));
    if !piece && !has_verb {
        return None;
    }
    let mut text = String::new();
    for (at, (word, said)) in words.iter().zip(&turned).enumerate() {
        let said = said.trim();
        if at == 0 {
            text.push_str(&currency(&word.gap));
            text.push_str(&small_start(said, word, lexicon, language));
        } else if !said.is_empty() {
            // "50min" is "50 minuten".
            let apart = word.gap.is_empty() && said != clause_word(&clause.words, at);
            text.push_str(if apart { " " } else { "" });
            text.push_str(&gap(&word.gap));
            text.push_str(said);
        }
    }
    text.push_str(&clause.tail);
    let counts = |is: fn(&Lexicon, &str) -> bool| {
        let counted = |w: &Word| w.kind == Kind::Number || lexicon.is_number(&w.low);
        words
            .iter()
            .enumerate()
            .any(|(i, w)| is(lexicon, &w.low) && words[i.saturating_sub(2)..i].iter().any(counted))
    };
    Some(Said {
        text,
        kind: if piece { SaidKind::Piece } else { SaidKind::Sentence },
        waiting: counts(Lexicon::is_time) && words.iter().any(|w| lexicon.is_wait(&w.low)),
        often: counts(Lexicon::is_often),
        place: clause.place,
    })
}

fn clause_word(words: &[Word], at: usize) -> &str {
    words.get(at).map_or("", |w| w.raw.as_str())
}

/// The words as they are meant: "mn" is "mijn".
fn spelled(words: &[Word], lexicon: &Lexicon) -> Vec<Word> {
    let mut out: Vec<Word> = Vec::with_capacity(words.len());
    for word in words {
        let mut word = word.clone();
        // "10 min" are minutes, "-4.900 min" is not.
        let counted = out.last().is_some_and(|w| w.kind == Kind::Number);
        if let Some(meant) = lexicon.spelling.get(&word.low)
            && (word.low != "min" || counted)
        {
            word.raw = meant.to_owned();
            word.low = meant.to_owned();
        }
        out.push(word);
    }
    out
}

fn begins_well(words: &[Word], lexicon: &Lexicon) -> bool {
    let first = &words[0];
    let next = words.get(1).map_or("", |w| w.low.as_str());
    // "Krijg ik ooit": a question without its mark.
    if (lexicon.i_verbs.has(&first.low) || lexicon.same_verbs.has(&first.low))
        && matches!(next, "ik" | "je" | "we" | "wij" | "ich" | "i")
    {
        return false;
    }
    let counts = first.kind == Kind::Number || lexicon.is_number(&first.low);
    // "Toen je aan de beurt was": half a sentence.
    if matches!(first.low.as_str(), "toen" | "nu" | "terwijl" | "when" | "als")
        && (lexicon.function_of_person(next)
            || matches!(next, "hij" | "ze" | "zij" | "er" | "he" | "she" | "it"))
        && !words.iter().skip(2).any(Word::after_pause)
    {
        return false;
    }
    if counts {
        return words[1..]
            .iter()
            .take(2)
            .any(|w| lexicon.is_time(&w.low) || lexicon.is_often(&w.low));
    }
    first.kind == Kind::Mask || lexicon.begins.has(&first.low)
}

/// "Die doet tien minuten": nobody knows who, without the sentence before.
fn points_back(words: &[Word], lexicon: &Lexicon) -> bool {
    let next = words.get(1).map_or("", |w| w.low.as_str());
    matches!(
        words[0].low.as_str(),
        "die" | "dat" | "dit" | "deze" | "that" | "this" | "das" | "ça" | "c'est"
    ) && (is_finite(next, lexicon) || matches!(words[0].low.as_str(), "ça" | "c'est"))
}

/// A piece begins with how much or how often, or with what is missing, and holds no verb of its
/// own and nobody who speaks or is spoken to.
fn is_piece(words: &[Word], lexicon: &Lexicon) -> bool {
    let Some(first) = words.first() else { return false };
    let counts = |w: &Word| w.kind == Kind::Number || lexicon.is_number(&w.low);
    let unit = |w: &Word| lexicon.is_time(&w.low) || lexicon.is_often(&w.low);
    let begins = (counts(first) && words.iter().take(3).any(unit))
        || (words.len() > 1
            && matches!(
                first.low.as_str(),
                "al" | "nog"
                    | "geen"
                    | "weer"
                    | "alweer"
                    | "still"
                    | "no"
                    | "noch"
                    | "schon"
                    | "wieder"
                    | "kein"
                    | "keine"
                    | "toujours"
                    | "encore"
                    | "aucun"
                    | "aucune"
                    | "pas"
                    | "déjà"
            ));
    begins
        && !words.iter().any(|w| is_finite(&w.low, lexicon) || lexicon.function_of_person(&w.low))
}

fn is_finite(word: &str, lexicon: &Lexicon) -> bool {
    lexicon.finite.has(word)
        || lexicon.i_verbs.has(word)
        || lexicon.we_verbs.has(word)
        || lexicon.same_verbs.has(word)
}

/// The first word as it stands in the middle of a sentence.
fn small_start(said: &str, word: &Word, lexicon: &Lexicon, language: Language) -> String {
    let low = said.to_lowercase();
    let always_capital = match language {
        Language::De => {
            matches!(said, "Sie" | "Ihr" | "Ihre" | "Ihren" | "Ihrem" | "Ihrer" | "Ihnen" | "Ihres")
        }
        _ => false,
    };
    let ordinary = lexicon.begins.has(&word.low)
        || lexicon.is_number(&word.low)
        || said != word.raw
        || matches!(low.as_str(), "al" | "nog" | "geen" | "weer" | "alweer" | "still" | "no");
    if ordinary && !always_capital { low_first(said) } else { said.to_owned() }
}

fn low_first(said: &str) -> String {
    let mut chars = said.chars();
    chars.next().map_or_else(String::new, |c| c.to_lowercase().chain(chars).collect())
}

/// What stands between two words, without what only messy text has.
fn gap(raw: &str) -> String {
    if raw.contains("..") || raw.contains('…') || raw.contains('\n') || raw.contains(';') {
        return ", ".to_owned();
    }
    let tidy: String = raw.split_whitespace().collect::<Vec<_>>().join(" ");
    match tidy.as_str() {
        "" => raw.chars().take(1).collect::<String>().replace(['\t', '\u{a0}'], " "),
        "," => ", ".to_owned(),
        ":" => ": ".to_owned(),
        "-" if raw.len() == 1 => "-".to_owned(),
        other => {
            let before = if raw.starts_with(char::is_whitespace) { " " } else { "" };
            let after = if raw.ends_with(char::is_whitespace) { " " } else { "" };
            format!("{before}{other}{after}")
        }
    }
}

fn currency(raw: &str) -> String {
    let sign: Vec<char> =
        raw.trim().chars().rev().take_while(|c| matches!(c, '€' | '£' | '$')).collect();
    let blank = if raw.ends_with(' ') && !sign.is_empty() { " " } else { "" };
    sign.into_iter().rev().chain(blank.chars()).collect()
}
