//! Sentences and tokens.

mod stops;

use gehoord_conversation::Span;

use super::fold_into;
use stops::Stop;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Letters.
    Word,
    /// Digits, with the dots, commas and colons inside them.
    Number,
    /// One emoji, or an emoticon written as punctuation.
    Emoji,
    /// Masked personal data: `[naam]`, `<at_user>`, `NAME-M`, `{naam}`, `@handle`.
    Mask,
    /// A web or mail address.
    Link,
}

/// One token: a word, number, emoji, mask or link. Punctuation is no token of its own.
#[derive(Debug, Clone, Copy)]
pub struct Token {
    /// First byte in the original text.
    pub start: u32,
    /// Just past the last byte.
    pub end: u32,
    /// Index of its sentence.
    pub sentence: u32,
    /// What it is.
    pub kind: Kind,
    /// A comma, dash, colon, semicolon or bracket stands before it.
    pub pause_before: bool,
    /// It stands between quotation marks.
    pub quoted: bool,
    /// At least three letters, all capitals.
    pub shouted: bool,
    norm_start: u32,
    norm_end: u32,
}

impl Token {
    /// Its place in the original text.
    #[must_use]
    pub fn span(&self) -> Span {
        Span::new(self.start as usize, self.end as usize)
    }
}

/// A run of tokens that ends with a full stop, question mark, exclamation mark or line end.
#[derive(Debug, Clone, Copy)]
pub struct Sentence {
    /// First token.
    pub first: u32,
    /// Just past the last token.
    pub last: u32,
    /// Ends with a question mark.
    pub question: bool,
    /// Number of exclamation marks at its end.
    pub bangs: u8,
}

impl Sentence {
    /// Its tokens as a range of indices.
    #[must_use]
    pub fn range(&self) -> std::ops::Range<usize> {
        self.first as usize..self.last as usize
    }
}

/// A text cut into sentences and tokens.
#[derive(Debug, Clone, Default)]
pub struct Text {
    /// All tokens in order.
    pub tokens: Vec<Token>,
    /// All sentences in order; none is empty.
    pub sentences: Vec<Sentence>,
    norms: String,
}

impl Text {
    /// Cuts `raw`. Texts beyond 4 GiB are cut off there.
    #[must_use]
    pub fn new(raw: &str) -> Self {
        Cutter::new(raw).run()
    }

    /// The folded form of a token.
    #[must_use]
    pub fn norm(&self, token: &Token) -> &str {
        &self.norms[token.norm_start as usize..token.norm_end as usize]
    }

    /// The place in the original text of tokens `first..last`.
    #[must_use]
    pub fn span(&self, first: usize, last: usize) -> Span {
        match (self.tokens.get(first), self.tokens.get(last.wrapping_sub(1))) {
            (Some(a), Some(b)) => Span::new(a.start as usize, b.end as usize),
            _ => Span::default(),
        }
    }

    /// The place of a whole sentence.
    #[must_use]
    pub fn sentence_span(&self, index: usize) -> Span {
        self.sentences
            .get(index)
            .map_or(Span::default(), |s| self.span(s.first as usize, s.last as usize))
    }

    /// `span`, made longer to where its first word begins and its last one ends.
    #[must_use]
    pub fn whole_words(&self, span: Span) -> Span {
        let first = self.tokens.partition_point(|t| t.end as usize <= span.start);
        let last = self.tokens.partition_point(|t| (t.start as usize) < span.end);
        if first >= last {
            return span;
        }
        let words = self.span(first, last);
        Span::new(words.start.min(span.start), words.end.max(span.end))
    }

    /// The first sentence that shares a byte with `span`.
    #[must_use]
    pub fn sentence_at(&self, span: Span) -> Option<usize> {
        let index = self
            .sentences
            .partition_point(|s| self.span(s.first as usize, s.last as usize).end <= span.start);
        (index < self.sentences.len() && self.sentence_span(index).overlaps(&span)).then_some(index)
    }

    /// The place of the sentence at `span`; `span` itself where there is none.
    #[must_use]
    pub fn sentence_around(&self, span: Span) -> Span {
        self.sentence_at(span).map_or(span, |index| self.sentence_span(index))
    }

    /// The words that a reader would point at for what was heard at `span`: its sentence, or its
    /// clause where the sentence is long, or `span` itself where that is long too.
    #[must_use]
    pub fn point_at(&self, span: Span) -> Span {
        /// Most marks that people make are no longer than this.
        const LONG: usize = 24;
        let words = |s: Span| {
            let first = self.tokens.partition_point(|t| (t.end as usize) <= s.start);
            self.tokens.partition_point(|t| (t.start as usize) < s.end).saturating_sub(first)
        };
        let sentence = self.sentence_around(span);
        if words(sentence) <= LONG {
            return sentence;
        }
        self.clause_around(span, LONG).unwrap_or(span)
    }

    /// The place of the clause at `span`, from one pause to the next within the sentence, where it has
    /// at most so many tokens; one that never ends is not searched to its end.
    fn clause_around(&self, span: Span, most: usize) -> Option<Span> {
        let range = self.sentences[self.sentence_at(span)?].range();
        let tokens = &self.tokens[range.clone()];
        let mut first = tokens.partition_point(|t| (t.end as usize) <= span.start);
        let mut last = tokens.partition_point(|t| (t.start as usize) < span.end).max(first + 1);
        while first > 0 && last - first <= most && !tokens[first].pause_before {
            first -= 1;
        }
        while last < tokens.len() && last - first <= most && !tokens[last].pause_before {
            last += 1;
        }
        let last = last.min(tokens.len());
        (last - first <= most).then(|| self.span(range.start + first, range.start + last))
    }

    /// Number of words, without masks, links and emoji.
    #[must_use]
    pub fn word_count(&self) -> usize {
        self.tokens.iter().filter(|t| matches!(t.kind, Kind::Word | Kind::Number)).count()
    }

    /// Replaces token `index` by the words of `expansion`, all at the same place.
    pub(crate) fn push_expanded(&mut self, token: Token, expansion: &str) {
        for word in expansion.split(' ') {
            let norm_start = self.norms.len() as u32;
            self.norms.push_str(word);
            self.tokens.push(Token { norm_start, norm_end: self.norms.len() as u32, ..token });
        }
    }

    /// Rewrites the tokens through `spell`, which gives other words for a folded token.
    pub(crate) fn respell<'p>(&mut self, mut spell: impl FnMut(&str) -> Option<&'p str>) {
        if !self.tokens.iter().any(|t| t.kind == Kind::Word && spell(self.norm(t)).is_some()) {
            return;
        }
        let old = std::mem::take(&mut self.tokens);
        let mut sentence_ends = vec![0_u32; self.sentences.len()];
        for token in old {
            let norm = &self.norms[token.norm_start as usize..token.norm_end as usize];
            match spell(norm).filter(|_| token.kind == Kind::Word) {
                Some(expansion) => self.push_expanded(token, expansion),
                None => self.tokens.push(token),
            }
            sentence_ends[token.sentence as usize] = self.tokens.len() as u32;
        }
        let mut first = 0;
        for (sentence, end) in self.sentences.iter_mut().zip(sentence_ends) {
            sentence.first = first;
            sentence.last = end;
            first = end;
        }
    }
}

/// Emoticons and the emoji that stands for them, longest first.
const EMOTICONS: [(&str, &str); 22] = [
    (":'-(", "😢"),
    (":'(", "😢"),
    (":-)", "🙂"),
    (":-(", "🙁"),
    (";-)", "😉"),
    (":-D", "😃"),
    (":-/", "😕"),
    (":-p", "😛"),
    (":-P", "😛"),
    ("-_-", "😑"),
    (":)", "🙂"),
    ("(:", "🙂"),
    (":(", "🙁"),
    (";)", "😉"),
    (":D", "😃"),
    ("xD", "😃"),
    (":/", "😕"),
    (":p", "😛"),
    (":P", "😛"),
    ("<3", "❤"),
    ("^^", "🙂"),
    (":s", "😕"),
];

/// Longest text of a mask in brackets, in bytes.
const MASK_LENGTH: usize = 32;

/// Longest text of an open place in a draft, in bytes.
const SLOT_LENGTH: usize = 600;

/// Longest quotation, in bytes.
const QUOTE_LENGTH: usize = 600;

/// Masks written as one word in capitals.
const MASK_WORDS: [&str; 7] =
    ["EMAIL", "URL", "PHONENUMBER", "ALPHANUMERICID", "CREDITCARD", "ADDRESS", "DEVICEID"];

struct Cutter<'t> {
    raw: &'t str,
    text: Text,
    at: usize,
    sentence_first: usize,
    pause: bool,
    quote: Option<char>,
    quote_end: usize,
}

impl<'t> Cutter<'t> {
    fn new(raw: &'t str) -> Self {
        let mut end = raw.len().min(u32::MAX as usize - 1);
        while !raw.is_char_boundary(end) {
            end -= 1;
        }
        let text = Text {
            tokens: Vec::with_capacity(end / 5 + 4),
            norms: String::with_capacity(end),
            ..Text::default()
        };
        Self {
            raw: &raw[..end],
            text,
            at: 0,
            sentence_first: 0,
            pause: false,
            quote: None,
            quote_end: 0,
        }
    }

    fn run(mut self) -> Text {
        while let Some(c) = self.rest().chars().next() {
            let start = self.at;
            if c == '\n' {
                self.at += 1;
                self.line_end();
            } else if c.is_whitespace() {
                self.at += c.len_utf8();
            } else if let Some((length, norm)) = self.emoticon() {
                self.at += length;
                self.push(start, Kind::Emoji, Some(norm));
            } else if let Some(length) = self.mask() {
                self.at += length;
                self.push(start, Kind::Mask, Some(""));
            } else if c.is_ascii_digit() {
                self.number();
                self.push(start, Kind::Number, None);
            } else if c.is_alphabetic() || (is_apostrophe(c) && self.clitic()) {
                self.word_or_link(start);
            } else if is_emoji(c) {
                self.emoji(start);
            } else {
                self.at += c.len_utf8();
                self.punctuation(c, start);
            }
        }
        self.end_sentence(false, 0);
        self.text
    }

    fn rest(&self) -> &'t str {
        &self.raw[self.at..]
    }

    fn push(&mut self, start: usize, kind: Kind, norm: Option<&str>) {
        let raw = &self.raw[start..self.at];
        let norm_start = self.text.norms.len() as u32;
        match norm {
            Some(norm) => self.text.norms.push_str(norm),
            None => fold_into(&mut self.text.norms, raw),
        }
        let shouted = kind == Kind::Word
            && raw.len() >= 3
            && raw.chars().all(|c| !c.is_lowercase())
            && raw.chars().filter(|c| c.is_uppercase()).count() >= 3;
        self.text.tokens.push(Token {
            start: start as u32,
            end: self.at as u32,
            sentence: self.text.sentences.len() as u32,
            kind,
            pause_before: std::mem::take(&mut self.pause),
            quoted: self.quote.is_some() && start < self.quote_end,
            shouted,
            norm_start,
            norm_end: self.text.norms.len() as u32,
        });
    }

    fn end_sentence(&mut self, question: bool, bangs: u8) {
        let last = self.text.tokens.len();
        if last == self.sentence_first {
            if let Some(sentence) = self.text.sentences.last_mut() {
                sentence.question |= question;
                sentence.bangs = sentence.bangs.saturating_add(bangs);
            }
            return;
        }
        self.text.sentences.push(Sentence {
            first: self.sentence_first as u32,
            last: last as u32,
            question,
            bangs,
        });
        self.sentence_first = last;
        self.pause = false;
    }

    /// A line that goes on in lower case is one sentence broken by the width of a window.
    fn line_end(&mut self) {
        let next = self.rest().trim_start_matches([' ', '\t', '\r']).chars().next();
        if !next.is_some_and(char::is_lowercase) {
            self.end_sentence(false, 0);
        } else {
            self.pause = true;
        }
    }

    fn punctuation(&mut self, c: char, start: usize) {
        match c {
            '?' | '!' => {
                let run = self.rest().find(|c| c != '?' && c != '!').unwrap_or(self.rest().len());
                let marks = &self.raw[start..self.at + run];
                self.at += run;
                let bangs = marks.bytes().filter(|&b| b == b'!').count().min(9) as u8;
                self.end_sentence(marks.contains('?'), bangs);
            }
            '.' | '…' => self.full_stop(c, start),
            '"' | '“' | '”' | '„' | '«' | '»' => self.quotation(c),
            '\'' | '‘' | '’' => self.pause = true,
            ',' | ';' | ':' | '-' | '–' | '—' | '(' | ')' | '/' | '*' | '•' => {
                self.pause = true
            }
            _ => {}
        }
    }

    fn quotation(&mut self, c: char) {
        self.pause = true;
        if self.quote.take().is_some() {
            return;
        }
        let closing: &[char] = match c {
            '«' => &['»'],
            _ => &['"', '”', '“'],
        };
        // An unclosed quotation mark quotes nothing.
        let mut near = self.rest().char_indices().take_while(|(i, _)| *i < QUOTE_LENGTH);
        if let Some((length, _)) = near.find(|(_, c)| closing.contains(c)) {
            self.quote = Some(c);
            self.quote_end = self.at + length;
        }
    }

    fn full_stop(&mut self, c: char, start: usize) {
        let rest = self.rest();
        let dots = rest.find(|c| c != '.' && c != '…').unwrap_or(rest.len());
        self.at += dots;
        let ellipsis = dots > 0 || c == '…';
        let rest = self.rest();
        let next = rest.chars().next();
        if next.is_some_and(char::is_alphanumeric) {
            self.pause = true;
            return;
        }
        let following = rest.trim_start().chars().next();
        if ellipsis {
            if following.is_some_and(|c| !c.is_lowercase()) {
                self.end_sentence(false, 0);
            } else {
                self.pause = true;
            }
            return;
        }
        if let Some(stop) = Stop::new(&self.text, self.raw, start, self.sentence_first) {
            let ends = !stop.is_last_letter() || following.is_none_or(char::is_uppercase);
            if stop.goes_on() || !ends {
                return;
            }
        } else if self.raw[..start].ends_with('°') && following.is_some_and(char::is_numeric) {
            // "n°. 12"
            return;
        }
        self.end_sentence(false, 0);
    }

    fn emoticon(&self) -> Option<(usize, &'static str)> {
        let rest = self.rest();
        let first = rest.as_bytes()[0];
        if !matches!(first, b':' | b';' | b'<' | b'-' | b'^' | b'(' | b'x') {
            return None;
        }
        let (sign, emoji) = EMOTICONS.iter().find(|(sign, _)| rest.starts_with(sign))?;
        let after = rest[sign.len()..].chars().next();
        let before = self.raw[..self.at].chars().next_back();
        let letters = sign.ends_with(|c: char| c.is_alphanumeric());
        let stands_alone = !letters || !after.is_some_and(char::is_alphanumeric);
        let begins = !before.is_some_and(|c| c.is_alphanumeric() && (letters || first == b':'))
            || sign.contains('-')
            || *sign == ":)"
            || *sign == ":(";
        let link = *sign == ":/" && rest.starts_with("://");
        (stands_alone && begins && !link).then_some((sign.len(), emoji))
    }

    fn mask(&self) -> Option<usize> {
        let rest = self.rest();
        let bytes = rest.as_bytes();
        let closing = match bytes[0] {
            b'[' => b']',
            b'<' => b'>',
            b'{' => b'}',
            b'@' => {
                let length = rest[1..]
                    .find(|c: char| !(c.is_alphanumeric() || c == '_'))
                    .map_or(rest.len(), |n| n + 1);
                return (length > 1).then_some(length);
            }
            b'A'..=b'Z' => return upper_mask(bytes, self.raw[..self.at].bytes().next_back()),
            _ => return None,
        };
        let slot = bytes[0] == b'{';
        let longest = if slot { SLOT_LENGTH } else { MASK_LENGTH };
        let window = &bytes[1..bytes.len().min(longest)];
        let end = window.iter().position(|&b| b == closing)?;
        let inside = &window[..end];
        if slot && inside.first().is_some_and(u8::is_ascii_alphabetic) {
            // An open place may quote the customer: `{in eigen woorden: “al drie keer gebeld”}`.
            return (!inside.iter().any(|b| matches!(b, b'\n' | b'{'))).then_some(end + 2);
        }
        let like_a_name = inside.first().is_some_and(u8::is_ascii_alphabetic)
            && inside.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b' '));
        like_a_name.then_some(end + 2)
    }

    fn number(&mut self) {
        let bytes = self.raw.as_bytes();
        while let Some(&b) = bytes.get(self.at) {
            let joins = matches!(b, b'.' | b',' | b':')
                && bytes.get(self.at + 1).is_some_and(u8::is_ascii_digit);
            if !b.is_ascii_digit() && !joins {
                break;
            }
            self.at += 1;
        }
    }

    /// An apostrophe that begins a word: `'t`, `'s`, `'k`.
    fn clitic(&self) -> bool {
        let mut chars = self.rest().chars().skip(1);
        let letter = chars.next();
        letter.is_some_and(|c| matches!(c, 't' | 's' | 'k' | 'm' | 'n' | 'r'))
            && !chars.next().is_some_and(char::is_alphanumeric)
    }

    fn word_or_link(&mut self, start: usize) {
        let rest = self.rest();
        let link =
            rest.starts_with("http://") || rest.starts_with("https://") || rest.starts_with("www.");
        let blank = || rest.find(char::is_whitespace).unwrap_or(rest.len());
        if link {
            self.at += rest[..blank()].trim_end_matches(['.', ',', ')', '!', '?']).len().max(1);
            return self.push(start, Kind::Link, Some(""));
        }
        let mut end = rest.len();
        let mut chars = rest.char_indices().peekable();
        while let Some((i, c)) = chars.next() {
            let after = chars.peek().map(|(_, c)| *c);
            let inside = is_word_char(c)
                || (is_apostrophe(c) && (i == 0 || after.is_some_and(char::is_alphabetic)));
            if !inside {
                end = i;
                break;
            }
        }
        if rest[end..].starts_with('@') && rest[end + 1..].starts_with(char::is_alphanumeric) {
            self.at += rest[..blank()].trim_end_matches(['.', ',', ')', '!', '?']).len().max(1);
            return self.push(start, Kind::Link, Some(""));
        }
        self.at += end.max(1);
        if MASK_WORDS.contains(&&self.raw[start..self.at]) {
            return self.push(start, Kind::Mask, Some(""));
        }
        self.push(start, Kind::Word, None);
    }

    fn emoji(&mut self, start: usize) {
        let mut chars = self.rest().char_indices();
        let base = chars.next().map_or('\0', |(_, c)| c);
        let mut end = base.len_utf8();
        for (i, c) in chars {
            // Skin tones, variation selectors and joined parts belong to the emoji before them.
            if matches!(
                c,
                '\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{200d}' | '\u{2640}' | '\u{2642}'
            ) {
                end = i + c.len_utf8();
            } else {
                break;
            }
        }
        self.at += end;
        let mut buffer = [0; 4];
        self.push(start, Kind::Emoji, Some(base.encode_utf8(&mut buffer)));
    }
}

/// `NAME-M`, `PRS-ORG`: capitals, a hyphen, capitals.
fn upper_mask(bytes: &[u8], before: Option<u8>) -> Option<usize> {
    if before.is_some_and(|b| b.is_ascii_alphanumeric()) {
        return None;
    }
    let head = bytes.iter().take(12).take_while(|b| b.is_ascii_uppercase()).count();
    if !(3..12).contains(&head) || bytes.get(head) != Some(&b'-') {
        return None;
    }
    let tail = bytes[head + 1..].iter().take(12).take_while(|b| b.is_ascii_uppercase()).count();
    let known =
        matches!(&bytes[..head], b"NAME" | b"PRS" | b"LOC" | b"ORG" | b"ADDRESS" | b"PHONE");
    (known && (1..12).contains(&tail)).then_some(head + 1 + tail)
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | '`' | '´')
}

fn is_word_char(c: char) -> bool {
    c.is_alphabetic() || matches!(c, '\u{300}'..='\u{36f}' | '\u{ad}')
}

fn is_emoji(c: char) -> bool {
    matches!(c,
        '\u{1f100}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}' | '\u{2b50}' | '\u{203c}' | '\u{2049}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn norms(raw: &str) -> Vec<String> {
        let text = Text::new(raw);
        let mut out = Vec::new();
        for sentence in &text.sentences {
            let words: Vec<&str> = text.tokens[sentence.range()]
                .iter()
                .map(|t| match t.kind {
                    Kind::Mask => "<mask>",
                    Kind::Link => "<link>",
                    _ => text.norm(t),
                })
                .collect();
            out.push(words.join(" "));
        }
        out
    }

    #[test]
    fn sentences_end_where_a_reader_ends_them() {
        assert_eq!(
            norms("Vervelend voor u. Alleen is dit de regel."),
            ["vervelend voor u", "alleen is dit de regel"]
        );
        assert_eq!(
            norms("Ik bel u a.u.b. terug om 17.00 uur, dhr. Jansen!"),
            ["ik bel u a u b terug om 17.00 uur dhr jansen"]
        );
        assert_eq!(
            norms("al drie keer gebeld... en nog niks\nverder"),
            ["al drie keer gebeld en nog niks verder"]
        );
        assert_eq!(norms("Top!!! 👏👏🏼 :-("), ["top", "👏 👏 🙁"]);
    }

    #[test]
    fn masks_of_all_makes_are_one_kind() {
        assert_eq!(
            norms("Hoi [naam-1], <at_user> en NAME-M van PRS-ORG, @klant_3 {naam}"),
            ["hoi <mask> <mask> en <mask> van <mask> <mask> <mask>"]
        );
        assert_eq!(
            norms("[e-mail-2] [adres-12] [geboortedatum-1], @[naam-1]"),
            ["<mask> <mask> <mask> <mask>"]
        );
        assert_eq!(
            norms("mail naar a.b@c.nl of https://x.nl/a."),
            ["mail naar a <link> of <link>"]
        );
        assert_eq!(
            norms(
                "sorry dat {wat er misging, in eigen woorden: “al drie keer gebeld!”, “niks.”}, écht {2}"
            ),
            ["sorry dat <mask> echt 2"]
        );
    }

    #[test]
    fn spans_point_into_the_original_words() {
        let raw = "Één keer — HELEMAAL niets, 'k weet het";
        let text = Text::new(raw);
        let words: Vec<&str> = text.tokens.iter().map(|t| t.span().of(raw)).collect();
        assert_eq!(words, ["Één", "keer", "HELEMAAL", "niets", "'k", "weet", "het"]);
        assert!(text.tokens[2].shouted && text.tokens[2].pause_before);
    }

    #[test]
    fn a_place_finds_its_sentence() {
        let raw = "Eén twee. Drie vier? Vijf.";
        let text = Text::new(raw);
        let at = |words: &str| {
            let start = raw.find(words).unwrap();
            text.sentence_at(Span::new(start, start + words.len()))
        };
        assert_eq!([at("Eén"), at("vier"), at("Vijf")], [Some(0), Some(1), Some(2)]);
        assert_eq!(at("twee. Drie"), Some(0), "the first of two");
        assert_eq!(at(" "), Some(0));
        assert_eq!(text.sentence_at(Span::new(90, 95)), None);
        assert_eq!(text.sentence_around(Span::new(90, 95)), Span::new(90, 95));
    }

    #[test]
    fn quoted_words_are_marked_and_an_open_quote_quotes_nothing() {
        let text = Text::new("ze zei \"rustig maar\" tegen mij");
        let quoted: Vec<bool> = text.tokens.iter().map(|t| t.quoted).collect();
        assert_eq!(quoted, [false, false, true, true, false, false]);
        assert!(Text::new("15\" scherm is kapot").tokens.iter().all(|t| !t.quoted));
    }

    #[test]
    fn respelling_keeps_places_and_sentences() {
        let mut text = Text::new("kheb gebeld. kwil nu antwoord");
        text.respell(|w| match w {
            "kheb" => Some("ik heb"),
            "kwil" => Some("ik wil"),
            _ => None,
        });
        assert_eq!(text.tokens.len(), 7);
        assert_eq!(text.sentences[1].range(), 3..7);
        assert_eq!(text.tokens[1].span(), Span::new(0, 4));
    }
}
