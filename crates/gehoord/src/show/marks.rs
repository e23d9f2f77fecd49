//! Words with marks under them.

use std::fmt::Write as _;

use gehoord_conversation::Span;

/// What a mark says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Tint {
    /// The agent listens.
    Technique,
    /// The customer feels.
    Feeling,
    /// Listening breaks.
    Breaker,
}

impl Tint {
    const fn sign(self) -> char {
        match self {
            Self::Technique => '+',
            Self::Feeling => '~',
            Self::Breaker => '!',
        }
    }

    const fn ansi(self) -> &'static str {
        match self {
            Self::Technique => "\x1b[32m",
            Self::Feeling => "\x1b[36m",
            Self::Breaker => "\x1b[33m",
        }
    }
}

/// A place with a meaning.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    pub(super) span: Span,
    pub(super) tint: Tint,
}

/// A control character would move the cursor or change colours; it is shown as a blank.
fn printable(c: char) -> char {
    if c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') {
        ' '
    } else {
        c
    }
}

/// Writes `text`, wrapped and indented, with signs under the marked words: in colour the words
/// themselves are tinted instead.
pub(super) fn draw(out: &mut String, text: &str, marks: &[Mark], width: usize, colour: bool) {
    for line in lines(text, width) {
        let mut shown = String::from("    ");
        let mut under = String::new();
        let mut tint: Option<Tint> = None;
        for (i, c) in text[line.start..line.end].char_indices() {
            let at = line.start + i;
            let here = marks
                .iter()
                .filter(|m| m.span.start <= at && at < m.span.end)
                .map(|m| m.tint)
                .max();
            if colour && here != tint {
                shown.push_str(if tint.is_some() { "\x1b[0m" } else { "" });
                shown.push_str(here.map_or("", Tint::ansi));
                tint = here;
            }
            shown.push(printable(c));
            under.push(here.map_or(' ', Tint::sign));
        }
        if colour && tint.is_some() {
            shown.push_str("\x1b[0m");
        }
        let _ = writeln!(out, "{}", shown.trim_end());
        if !colour && under.trim() != "" {
            let _ = writeln!(out, "    {}", under.trim_end());
        }
    }
}

/// Breaks `text` into lines of at most `width` characters.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let line = |span: Span| text[span.start..span.end].chars().map(printable).collect::<String>();
    lines(text, width).into_iter().map(|span| line(span).trim_end().to_owned()).collect()
}

/// Places of the lines; blanks at a break belong to no line.
fn lines(text: &str, width: usize) -> Vec<Span> {
    let mut lines = Vec::new();
    let mut start = 0;
    for (end, paragraph) in paragraphs(text) {
        let mut used = 0;
        let mut blank: Option<usize> = None;
        for (i, c) in paragraph.char_indices() {
            let at = end - paragraph.len() + i;
            if c.is_whitespace() {
                blank = Some(at);
            }
            if at < start {
                continue;
            }
            used += 1;
            if used > width {
                let cut = blank.filter(|&b| b > start).unwrap_or(at);
                lines.push(Span::new(start, cut));
                // Blanks at the break belong to no line, also those still to come.
                let blanks = text[cut..].len() - text[cut..].trim_start_matches([' ', '\t']).len();
                start = cut + blanks;
                used = text.get(start..at).map_or(0, |rest| rest.chars().count() + 1);
                blank = None;
            }
        }
        if end > start {
            lines.push(Span::new(start, end));
        }
        start = (end + 1).min(text.len());
    }
    lines
}

/// Lines of the text as written: end offset and words of each.
fn paragraphs(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split('\n').map(move |paragraph| {
        at += paragraph.len() + 1;
        (at - 1, paragraph)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_stand_under_the_words() {
        let mut out = String::new();
        let mark = Mark { span: Span::new(8, 18), tint: Tint::Feeling };
        draw(&mut out, "Ik krijg nog steeds niets te horen", &[mark], 20, false);
        assert_eq!(out, "    Ik krijg nog steeds\n            ~~~~~~~~~~\n    niets te horen\n");
    }

    #[test]
    fn long_words_and_line_ends_are_wrapped_without_loss() {
        let text = "aaaaaaaaaaaaaaa bb\n\nccc";
        let joined: String = wrap(text, 6).concat();
        assert_eq!(joined.replace(' ', ""), "aaaaaaaaaaaaaaabbccc");
    }

    #[test]
    fn control_characters_are_not_printed() {
        assert_eq!(wrap("a\u{1b}[31mb", 20), ["a [31mb"]);
    }
}
