//! The scanner: words, numbers and signs, folded to plain lower case, with their place in the
//! original text.

use gehoord_conversation::Span;

use super::lexicon::{Lexicon, List, Table};

/// A text cut into tokens. Every token is a run of letters, a run of digits, or one other sign.
#[derive(Debug)]
pub(super) struct Words {
    /// The folded text of all tokens, one after the other.
    folded: String,
    tokens: Vec<Token>,
}

/// Byte offsets of one token. 32 bits: texts beyond 4 GiB are read up to there.
#[derive(Debug, Clone, Copy)]
struct Token {
    start: u32,
    end: u32,
    folded_start: u32,
    folded_end: u32,
    /// What the word can begin ([`Lexicon::bits`]).
    bits: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Letter,
    Digit,
    Sign,
}

impl Words {
    /// Cuts `text` into tokens.
    pub(super) fn new(text: &str, lexicon: &Lexicon) -> Self {
        let mut words = Self { folded: String::with_capacity(text.len()), tokens: Vec::new() };
        let mut previous: Option<Class> = None;
        for (start, original) in text.char_indices() {
            let end = start + original.len_utf8();
            let (Ok(start), Ok(end)) = (u32::try_from(start), u32::try_from(end)) else { break };
            if is_invisible(original) {
                // Joins what stands on both sides: a combining accent, a soft hyphen.
                if previous.is_some() && previous != Some(Class::Sign) {
                    words.extend_last(end);
                }
                continue;
            }
            if is_gap(original) {
                previous = None;
                continue;
            }
            let class = class(original);
            if class == Class::Sign || previous != Some(class) {
                let at = offset(words.folded.len());
                words.tokens.push(Token { start, end, folded_start: at, folded_end: at, bits: 0 });
            }
            fold(original, &mut words.folded);
            words.extend_last(end);
            previous = Some(class);
        }
        for token in &mut words.tokens {
            let range = token.folded_start as usize..token.folded_end as usize;
            token.bits = lexicon.bits(words.folded.get(range).unwrap_or(""));
        }
        words
    }

    fn extend_last(&mut self, end: u32) {
        if let Some(last) = self.tokens.last_mut() {
            last.end = end;
            last.folded_end = offset(self.folded.len());
        }
    }

    /// The number of tokens.
    pub(super) fn len(&self) -> usize {
        self.tokens.len()
    }

    /// The folded token at `i`; `""` past the end.
    pub(super) fn word(&self, i: usize) -> &str {
        self.tokens
            .get(i)
            .and_then(|t| self.folded.get(t.folded_start as usize..t.folded_end as usize))
            .unwrap_or("")
    }

    /// What token `i` can begin; nothing past the end.
    pub(super) fn bits(&self, i: usize) -> u64 {
        self.tokens.get(i).map_or(0, |token| token.bits)
    }

    /// The token before `i`; `""` at the start.
    pub(super) fn before(&self, i: usize) -> &str {
        i.checked_sub(1).map_or("", |i| self.word(i))
    }

    /// Whether nothing stands between token `i` and the one before it.
    pub(super) fn glued(&self, i: usize) -> bool {
        match (i.checked_sub(1).and_then(|p| self.tokens.get(p)), self.tokens.get(i)) {
            (Some(previous), Some(token)) => previous.end == token.start,
            _ => false,
        }
    }

    /// Whether token `i` is written in digits.
    pub(super) fn is_digits(&self, i: usize) -> bool {
        self.word(i).starts_with(|c: char| c.is_ascii_digit())
    }

    /// Whether a sentence or clause ends before token `i`.
    pub(super) fn ends_at(&self, i: usize) -> bool {
        matches!(self.word(i), "" | "." | "," | ";" | "!" | "?" | ")" | ":")
            && !(self.glued(i + 1) && self.is_digits(i + 1))
    }

    /// The bytes from token `from` up to token `to` in the original text.
    pub(super) fn span(&self, from: usize, to: usize) -> Span {
        match (self.tokens.get(from), to.checked_sub(1).and_then(|last| self.tokens.get(last))) {
            (Some(first), Some(last)) => Span::new(first.start as usize, last.end as usize),
            _ => Span::default(),
        }
    }

    /// The token after `phrase` (tokens separated by one space) when it stands at `i`.
    pub(super) fn phrase(&self, i: usize, phrase: &str) -> Option<usize> {
        self.phrase_from(self.word(i), i, phrase)
    }

    /// The same, when the token at `i` is known to be `first`.
    fn phrase_from(&self, first: &str, i: usize, phrase: &str) -> Option<usize> {
        // Most phrases fail here: where the first word ends, the phrase must have a space or end.
        if !matches!(phrase.as_bytes().get(first.len()), None | Some(b' ')) {
            return None;
        }
        let rest = phrase.strip_prefix(first)?;
        if first.is_empty() {
            return None;
        }
        let mut at = i + 1;
        if rest.is_empty() {
            return Some(at);
        }
        for word in rest.strip_prefix(' ')?.split(' ') {
            if self.word(at) != word {
                return None;
            }
            at += 1;
        }
        Some(at)
    }

    /// The tokens after each phrase of `list` that stands at `i`, with that phrase.
    pub(super) fn all<'w>(
        &'w self,
        i: usize,
        list: &'w List,
    ) -> impl Iterator<Item = (usize, &'static str)> + 'w {
        let first = self.word(i);
        let phrases = if list.may_begin_with(self.bits(i)) { list.phrases } else { &[] };
        phrases
            .iter()
            .filter_map(move |phrase| Some((self.phrase_from(first, i, phrase)?, *phrase)))
    }

    /// The token after the longest phrase of `list` that stands at `i`.
    pub(super) fn any(&self, i: usize, list: List) -> Option<usize> {
        self.all(i, &list).map(|(end, _)| end).max()
    }

    /// The meaning of the longest phrase of `table` that stands at `i`, and the token after it.
    pub(super) fn lookup<T: Copy>(&self, i: usize, table: Table<T>) -> Option<(usize, T)> {
        if !table.may_begin_with(self.bits(i)) {
            return None;
        }
        let first = self.word(i);
        table
            .entries
            .iter()
            .filter_map(|(phrase, meaning)| Some((self.phrase_from(first, i, phrase)?, *meaning)))
            .max_by_key(|(end, _)| *end)
    }

    /// Whether a phrase of `list` stands right before token `i`.
    pub(super) fn any_before(&self, i: usize, list: List) -> bool {
        list.phrases.iter().any(|phrase| {
            let length = phrase.split(' ').count();
            i.checked_sub(length).is_some_and(|start| self.phrase(start, phrase).is_some())
        })
    }
}

fn offset(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

fn class(c: char) -> Class {
    if c.is_ascii_digit() {
        Class::Digit
    } else if c.is_alphabetic() {
        Class::Letter
    } else {
        Class::Sign
    }
}

/// White space, and the marks of emphasis and quotation that stand around words.
fn is_gap(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '*' | '_' | '"' | '~' | '“' | '”' | '„' | '«' | '»' | '\u{200b}' | '\u{feff}'
        )
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200c}' | '\u{200d}' | '\u{2060}' | '\u{300}'..='\u{36f}')
}

/// Appends `c` in lower case, without its accent; signs that look alike become one.
fn fold(c: char, folded: &mut String) {
    for lower in c.to_lowercase() {
        folded.push(match lower {
            'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => 'a',
            'è' | 'é' | 'ê' | 'ë' => 'e',
            'ì' | 'í' | 'î' | 'ï' => 'i',
            'ò' | 'ó' | 'ô' | 'õ' | 'ö' => 'o',
            'ù' | 'ú' | 'û' | 'ü' => 'u',
            '’' | '‘' | '`' | '´' | 'ʼ' => '\'',
            '‐' | '‑' | '–' | '—' | '−' => '-',
            '\u{300}'..='\u{36f}' => continue,
            other => other,
        });
    }
}

#[cfg(test)]
mod tests {
    use gehoord_conversation::Language;

    use super::Words;
    use crate::due::lexicon::{Lexicon, List};

    fn words(text: &str) -> Words {
        Words::new(text, Lexicon::of(Language::Nl).unwrap())
    }

    fn check(text: &str, expected: &[(&str, &str)]) {
        let words = words(text);
        let found: Vec<_> =
            (0..words.len()).map(|i| (words.word(i), words.span(i, i + 1).of(text))).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn words_numbers_and_signs_are_apart() {
        check("17u30, oké", &[("17", "17"), ("u", "u"), ("30", "30"), (",", ","), ("oke", "oké")]);
        check("’s *Morgens*", &[("'", "’"), ("s", "s"), ("morgens", "Morgens")]);
    }

    #[test]
    fn folding_that_changes_the_length_keeps_the_places() {
        check("İstanbul VÓÓR", &[("istanbul", "İstanbul"), ("voor", "VÓÓR")]);
        check("vo\u{301}o\u{301}r 3", &[("voor", "vo\u{301}o\u{301}r"), ("3", "3")]);
    }

    #[test]
    fn phrases_are_found_whole() {
        let words = words("zo snel mogelijk");
        assert_eq!(words.phrase(0, "zo snel mogelijk"), Some(3));
        assert_eq!(words.phrase(0, "zo sn"), None);
        assert_eq!(words.phrase(2, "mogelijk nog"), None);
        assert_eq!(words.phrase(3, ""), None);
        assert!(words.any_before(2, List::of(&["zo snel"])));
        assert!(!words.any_before(1, List::of(&["zo snel"])));
    }
}
