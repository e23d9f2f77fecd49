//! What a customer wrote, word by word, so that words can be taken up one by one.

use gehoord_conversation::Span;
use gehoord_listening::text::{Kind, Text};

/// One word of a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    /// As it was written.
    pub(crate) raw: String,
    /// In lower case, with one kind of apostrophe.
    pub(crate) low: String,
    /// What it is.
    pub(crate) kind: Kind,
    /// Everything between the word before it and this one.
    pub(crate) gap: String,
    /// Stands between quotation marks.
    pub(crate) quoted: bool,
    /// Capitals only.
    pub(crate) shouted: bool,
    /// Where it stands in its turn.
    pub(crate) place: Span,
}

/// One sentence of a customer.
#[derive(Debug, Clone)]
pub(crate) struct Sentence {
    /// Its words; never empty.
    pub(crate) words: Vec<Word>,
    /// Ends with a question mark.
    pub(crate) asks: bool,
}

/// Cuts a turn into sentences and words.
pub(crate) fn sentences(raw: &str) -> Vec<Sentence> {
    let text = Text::new(raw);
    let mut before = 0;
    let mut sentences: Vec<Sentence> = Vec::new();
    for sentence in &text.sentences {
        let mut words = Vec::new();
        for token in &text.tokens[sentence.range()] {
            let place = token.span();
            let written = place.of(raw);
            words.push(Word {
                raw: written.to_owned(),
                low: lower(written),
                kind: token.kind,
                gap: raw.get(before..place.start).unwrap_or_default().to_owned(),
                quoted: token.quoted,
                shouted: token.shouted,
                place,
            });
            before = place.end;
        }
        sentences.push(Sentence { words, asks: sentence.question });
    }
    sentences
}

/// Lower case with one kind of apostrophe.
pub(crate) fn lower(word: &str) -> String {
    word.to_lowercase().replace(['’', '‘', '`', '´'], "'")
}

/// The same with a capital in front.
pub(crate) fn capital(words: &str) -> String {
    let mut chars = words.chars();
    match chars.next() {
        Some('\'') => {
            // "'s Avonds": the capital is behind the apostrophe's word.
            let rest: String = chars.collect();
            match rest.split_once(' ') {
                Some((clitic, rest)) => format!("'{clitic} {}", capital(rest)),
                None => words.to_owned(),
            }
        }
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}
