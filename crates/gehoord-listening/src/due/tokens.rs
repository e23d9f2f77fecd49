//! The scanner: words, numbers and signs, folded to plain lower case, with their place in the
//! original text.

use gehoord_conversation::Span;

use super::lexicon::{Groups, Known, Lexicon, List, Table};

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
    /// Whether it begins with a capital.
    capital: bool,
    known: Known,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Letter,
    Digit,
    Sign,
}

impl Words {
    /// Cuts `text` into tokens, and looks them up.
    pub(super) fn new(text: &str, lexicon: &Lexicon) -> Self {
        let mut words = Self::cut(text);
        words.split_half_hours();
        for token in &mut words.tokens {
            let range = token.folded_start as usize..token.folded_end as usize;
            token.known = lexicon.known(words.folded.get(range).unwrap_or(""));
        }
        words
    }

    /// Cuts `text` into tokens.
    pub(super) fn cut(text: &str) -> Self {
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
                words.tokens.push(Token {
                    start,
                    end,
                    folded_start: at,
                    folded_end: at,
                    capital: original.is_uppercase(),
                    known: Known::default(),
                });
            }
            fold(original, &mut words.folded);
            words.extend_last(end);
            previous = Some(class);
        }
        words
    }

    /// "Halftwaalf" is "half twaalf".
    fn split_half_hours(&mut self) {
        const HALF: u32 = 4;
        const HOURS: [&str; 12] = [
            "een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien", "elf",
            "twaalf",
        ];
        let folded = &self.folded;
        let glued = |token: &Token| {
            let word = folded.get(token.folded_start as usize..token.folded_end as usize);
            let same_length = token.end - token.start == token.folded_end - token.folded_start;
            same_length
                && word.and_then(|w| w.strip_prefix("half")).is_some_and(|h| HOURS.contains(&h))
        };
        if !self.tokens.iter().any(glued) {
            return;
        }
        let mut split = Vec::with_capacity(self.tokens.len() + 1);
        for token in &self.tokens {
            if glued(token) {
                let (end, folded_end) = (token.start + HALF, token.folded_start + HALF);
                split.push(Token { end, folded_end, ..*token });
                split.push(Token { start: end, folded_start: folded_end, ..*token });
            } else {
                split.push(*token);
            }
        }
        self.tokens = split;
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

    /// What is known of token `i`; nothing past the end.
    pub(super) fn known(&self, i: usize) -> Known {
        self.tokens.get(i).map_or(Known::default(), |token| token.known)
    }

    /// Whether token `i` begins with a capital.
    pub(super) fn is_capital(&self, i: usize) -> bool {
        self.tokens.get(i).is_some_and(|token| token.capital)
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

    /// The tokens after all phrases of a list or table that stand at `i`, and their meaning.
    fn matches<T: Copy>(
        &self,
        i: usize,
        groups: &'static Groups<T>,
    ) -> impl Iterator<Item = (usize, T)> {
        let group = groups.of(self.known(i).number);
        group.iter().filter_map(move |(rest, meaning)| {
            let fits = rest.iter().zip(i + 1..).all(|(word, at)| self.known(at).number == *word);
            fits.then_some((i + 1 + rest.len(), *meaning))
        })
    }

    /// The tokens after all phrases of `list` that stand at `i`.
    pub(super) fn all(&self, i: usize, list: &'static List) -> impl Iterator<Item = usize> {
        self.matches(i, &list.groups).map(|(end, ())| end)
    }

    /// The token after the longest phrase of `list` that stands at `i`.
    pub(super) fn any(&self, i: usize, list: &'static List) -> Option<usize> {
        self.all(i, list).max()
    }

    /// The meaning of the longest phrase of `table` that stands at `i`, and the token after it.
    pub(super) fn lookup<T: Copy>(&self, i: usize, table: &'static Table<T>) -> Option<(usize, T)> {
        self.matches(i, &table.groups).max_by_key(|(end, _)| *end)
    }

    /// Whether a phrase of `list` (of at most three words) stands right before token `i`.
    pub(super) fn any_before(&self, i: usize, list: &'static List) -> bool {
        (1..=3).any(|length| {
            i.checked_sub(length).is_some_and(|start| self.all(start, list).any(|end| end == i))
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
        let plain = match lower {
            'ß' | 'œ' => {
                folded.push_str(if lower == 'ß' { "ss" } else { "oe" });
                continue;
            }
            'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => 'a',
            'ç' => 'c',
            'è' | 'é' | 'ê' | 'ë' => 'e',
            'ì' | 'í' | 'î' | 'ï' => 'i',
            'ò' | 'ó' | 'ô' | 'õ' | 'ö' => 'o',
            'ù' | 'ú' | 'û' | 'ü' => 'u',
            '’' | '‘' | '`' | '´' | 'ʼ' => '\'',
            '‐' | '‑' | '–' | '—' | '−' => '-',
            '\u{300}'..='\u{36f}' => continue,
            other => other,
        };
        folded.push(plain);
    }
}

#[cfg(test)]
mod tests {
    use gehoord_conversation::Language;

    use super::Words;
    use crate::due::lexicon::Lexicon;

    fn words(text: &str) -> Words {
        Words::new(text, Lexicon::of(Language::Nl))
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
        check("dreißig Août", &[("dreissig", "dreißig"), ("aout", "Août")]);
        check("vo\u{301}o\u{301}r 3", &[("voor", "vo\u{301}o\u{301}r"), ("3", "3")]);
    }

    #[test]
    fn phrases_are_found_whole() {
        let lexicon = Lexicon::of(Language::Nl);
        let words = words("zo snel mogelijk sinds vorige week x");
        assert_eq!(words.any(0, &lexicon.vague), Some(3));
        assert_eq!(words.any(1, &lexicon.vague), None);
        assert_eq!(words.any(9, &lexicon.vague), None);
        assert!(words.any_before(6, &lexicon.no_time_after));
        assert!(words.any_before(4, &lexicon.no_time_after));
        assert!(!words.any_before(3, &lexicon.no_time_after));
        assert!(!words.any_before(0, &lexicon.no_time_after));
    }
}
