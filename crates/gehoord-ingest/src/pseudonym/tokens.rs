//! A text cut into words, numbers and signs, with what is known about each word.

use gehoord_conversation::Span;

use super::words::{Known, Words, fold_into};

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Letters, with hyphens and apostrophes between them.
    Word,
    /// Capital letters with a full stop each: "G.J.".
    Initials,
    /// Digits.
    Number,
    /// Something masked already: `[naam-1]`, `<at_user>`, `NAME-M`.
    Mask,
    /// A web address.
    Link,
    /// A mail address.
    Mail,
    /// One sign.
    Sign,
}

/// What stands before a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gap {
    /// Nothing: it is written onto the token before.
    None,
    /// Blanks.
    Space,
    /// A line end, or the start of the text.
    Line,
}

/// One token.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Token {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) kind: Kind,
    pub(crate) gap: Gap,
    /// The first word of a sentence, line or quotation.
    pub(crate) opens: bool,
    /// Its first letter is a capital.
    pub(crate) capital: bool,
    /// Two or more letters, all capitals.
    pub(crate) upper: bool,
    pub(crate) known: Known,
    norm: (usize, usize),
}

impl Token {
    pub(crate) const fn span(&self) -> Span {
        Span::new(self.start, self.end)
    }

    pub(crate) const fn word(&self) -> bool {
        matches!(self.kind, Kind::Word)
    }
}

/// A text and its tokens.
#[derive(Debug)]
pub(crate) struct Tokens<'t> {
    pub(crate) raw: &'t str,
    pub(crate) all: Vec<Token>,
    norms: String,
}

/// Words that other programs put in the place of personal data.
const MASK_WORDS: [&str; 7] =
    ["EMAIL", "URL", "PHONENUMBER", "ALPHANUMERICID", "CREDITCARD", "ADDRESS", "DEVICEID"];
/// What stands before the hyphen in masks such as `NAME-M`.
const MASK_HEADS: [&str; 6] = ["NAME", "PRS", "LOC", "ORG", "ADDRESS", "PHONE"];
/// The longest mask in brackets, in bytes.
const MASK_LENGTH: usize = 40;
/// The longest mail address, in bytes (RFC 5321, 4.5.3.1).
const MAIL_LENGTH: usize = 254;

impl<'t> Tokens<'t> {
    pub(crate) fn new(raw: &'t str, words: &Words) -> Self {
        let mut tokens = Self { raw, all: Vec::with_capacity(raw.len() / 5), norms: String::new() };
        let mut at = 0;
        let mut gap = Gap::Line;
        let mut opens = true;
        while let Some(c) = raw[at..].chars().next() {
            if c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}') {
                if c == '\n' || c == '\r' {
                    gap = Gap::Line;
                    opens = true;
                } else if gap == Gap::None {
                    gap = Gap::Space;
                }
                at += c.len_utf8();
                continue;
            }
            let (kind, length) = tokens.cut(at, c);
            let end = at + length;
            tokens.push(at, end, kind, gap, opens, words);
            opens = match c {
                '.' | '!' | '?' | '…' | '•' | '^' => kind == Kind::Sign || opens,
                '"' | '“' | '„' | '«' | '(' | '*' | '-' | '–' | '>' | '\'' | '‘' | ')' => {
                    opens && kind == Kind::Sign
                }
                _ => false,
            };
            at = end;
            gap = Gap::None;
        }
        tokens
    }

    /// The folded form of a token; empty for everything but words and numbers.
    pub(crate) fn norm(&self, index: usize) -> &str {
        self.all.get(index).map_or("", |t| &self.norms[t.norm.0..t.norm.1])
    }

    /// The words of a token as they stand in the text.
    pub(crate) fn raw(&self, index: usize) -> &'t str {
        self.all.get(index).map_or("", |t| t.span().of(self.raw))
    }

    /// Whether a token is this sign.
    pub(crate) fn sign(&self, index: usize, sign: char) -> bool {
        self.all.get(index).is_some_and(|t| t.kind == Kind::Sign)
            && self.raw(index).starts_with(sign)
    }

    /// The token that begins at or behind a byte.
    pub(crate) fn at(&self, byte: usize) -> usize {
        self.all.partition_point(|t| t.start < byte)
    }

    fn push(&mut self, start: usize, end: usize, kind: Kind, gap: Gap, opens: bool, words: &Words) {
        let from = self.norms.len();
        let word = &self.raw[start..end];
        if matches!(kind, Kind::Word | Kind::Number) {
            fold_into(&mut self.norms, word);
        }
        let norm = (from, self.norms.len());
        let known = match kind {
            Kind::Word => words.get(&self.norms[from..]),
            _ => Known::default(),
        };
        let mut letters = word.chars().filter(|c| c.is_alphabetic());
        let capital = letters.next().is_some_and(char::is_uppercase);
        let upper = capital && word.chars().count() > 1 && letters.all(char::is_uppercase);
        self.all.push(Token { start, end, kind, gap, opens, capital, upper, known, norm });
    }

    /// What begins at `at` with `c`, and its length in bytes.
    fn cut(&self, at: usize, c: char) -> (Kind, usize) {
        let rest = &self.raw[at..];
        let fresh = !self.raw[..at].chars().next_back().is_some_and(char::is_alphanumeric);
        if let Some(length) = bracketed(rest) {
            return (Kind::Mask, length);
        }
        if !c.is_alphanumeric() {
            return (Kind::Sign, c.len_utf8());
        }
        if fresh {
            if ["http://", "https://", "www."].iter().any(|link| rest.starts_with(link)) {
                return (Kind::Link, trimmed(rest, 2048));
            }
            if let Some(length) = mail(rest) {
                return (Kind::Mail, length);
            }
        }
        if c.is_numeric() {
            let length = rest.find(|c: char| !c.is_numeric()).unwrap_or(rest.len());
            return (Kind::Number, length);
        }
        if let Some(length) = initials(rest).filter(|_| fresh) {
            return (Kind::Initials, length);
        }
        let length = word(rest);
        let written = &rest[..length];
        let head = written.split('-').next().unwrap_or_default();
        let tail = written.get(head.len() + 1..).unwrap_or_default();
        let masked = MASK_WORDS.contains(&written)
            || (MASK_HEADS.contains(&head)
                && !tail.is_empty()
                && tail.bytes().all(|b| b.is_ascii_uppercase()));
        (if masked && fresh { Kind::Mask } else { Kind::Word }, length)
    }
}

/// `[naam-1]`, `<at_user>`, `{naam}`: letters, digits, hyphens, underscores and blanks in brackets.
fn bracketed(rest: &str) -> Option<usize> {
    let bytes = rest.as_bytes();
    let closing = match bytes.first()? {
        b'[' => b']',
        b'<' => b'>',
        b'{' => b'}',
        _ => return None,
    };
    let window = &bytes[1..bytes.len().min(MASK_LENGTH)];
    let inside = &window[..window.iter().position(|&b| b == closing)?];
    let like_a_mask = inside.first().is_some_and(u8::is_ascii_alphabetic)
        && inside.iter().all(|b| b.is_ascii_alphanumeric() || b"_- ".contains(b));
    like_a_mask.then_some(inside.len() + 2)
}

/// The length of `rest` up to a blank, without signs that end a sentence.
fn trimmed(rest: &str, most: usize) -> usize {
    let mut blank =
        rest.find(|c: char| c.is_whitespace() || "<>\"".contains(c)).unwrap_or(rest.len());
    while blank > most && blank > 0 {
        blank = most.min(blank - 1);
        while !rest.is_char_boundary(blank) {
            blank -= 1;
        }
    }
    let kept = rest[..blank].trim_end_matches(['.', ',', ')', '!', '?', ';', ':', '\'', ']']).len();
    if kept == 0 { rest.chars().next().map_or(1, char::len_utf8) } else { kept }
}

/// A mail address at the start of `rest`.
fn mail(rest: &str) -> Option<usize> {
    let bytes = rest.as_bytes();
    let near = &bytes[..bytes.len().min(MAIL_LENGTH)];
    let local = |b: &u8| b.is_ascii_alphanumeric() || b"._%+-&'=".contains(b) || *b >= 0x80;
    let at = near.iter().position(|b| !local(b))?;
    if at == 0 || near[at] != b'@' {
        return None;
    }
    let domain = |b: &u8| b.is_ascii_alphanumeric() || b".-".contains(b);
    let length = near[at + 1..].iter().take_while(|b| domain(b)).count();
    let host = rest.get(at + 1..at + 1 + length)?.trim_end_matches(['.', '-']);
    let top = host.rsplit('.').next()?;
    let right =
        host.contains('.') && top.len() >= 2 && top.bytes().all(|b| b.is_ascii_alphabetic());
    right.then_some(at + 1 + host.len())
}

/// `G.J.`, `W.F.M.`, `A.`: capitals with a full stop each.
fn initials(rest: &str) -> Option<usize> {
    let mut length = 0;
    let mut chars = rest.chars();
    while let Some(c) = chars.next() {
        if !c.is_uppercase() || chars.next() != Some('.') {
            break;
        }
        length += c.len_utf8() + 1;
        if length > 24 {
            break;
        }
    }
    let next = rest[length..].chars().next();
    (length > 0 && !next.is_some_and(char::is_numeric)).then_some(length)
}

/// Letters, with hyphens and apostrophes that stand between two of them.
fn word(rest: &str) -> usize {
    let mut chars = rest.char_indices().peekable();
    while let Some((i, c)) = chars.next() {
        let after = chars.peek().is_some_and(|(_, c)| c.is_alphabetic());
        if i > 1 && after && matches!(c, '\'' | '’') && possessive(&rest[i + c.len_utf8()..]) {
            return i;
        }
        let inside = c.is_alphabetic()
            || matches!(c, '\u{300}'..='\u{36f}' | '\u{ad}')
            || (i > 0 && after && matches!(c, '-' | '\'' | '’' | '‘' | '`' | '´'));
        if !inside {
            return i.max(1);
        }
    }
    rest.len()
}

/// "s" and no further letter: what stands behind the apostrophe of "Will's".
fn possessive(rest: &str) -> bool {
    let mut chars = rest.chars();
    matches!(chars.next(), Some('s' | 'S')) && !chars.next().is_some_and(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> String {
        let tokens = Tokens::new(text, &Words::embedded());
        let all: Vec<String> = (0..tokens.all.len())
            .map(|i| format!("{:?}:{}", tokens.all[i].kind, tokens.raw(i)))
            .collect();
        all.join(" ")
    }

    #[test]
    fn words_numbers_and_what_is_masked_already() {
        assert_eq!(
            check("W.F.M. Osei-Tutu 12b [naam-1]"),
            "Initials:W.F.M. Word:Osei-Tutu Number:12 Word:b Mask:[naam-1]"
        );
        assert_eq!(check("NAME-M mailt a.b@c.nl."), "Mask:NAME-M Word:mailt Mail:a.b@c.nl Sign:.");
        assert_eq!(check("'t <at_user> é"), "Sign:' Word:t Mask:<at_user> Word:é");
        assert_eq!(check("a@b https://x.nl/a."), "Word:a Sign:@ Word:b Link:https://x.nl/a Sign:.");
    }
}
