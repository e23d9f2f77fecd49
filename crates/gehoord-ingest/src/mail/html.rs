//! The text of an HTML mail: without quotes, links and what is not shown.

use html2text::config::with_decorator;
use html2text::render::TrivialDecorator;

/// Deepest nesting that is kept; tags below it are dropped and their text stays. Conversion takes
/// time with the square of the depth.
const DEEPEST: usize = 500;

/// What an HTML body holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct HtmlText {
    /// The text that the writer wrote.
    pub(crate) text: String,
    /// Lines of quoted mail.
    pub(crate) quoted: usize,
    /// Pieces that are not shown, such as preview texts.
    pub(crate) hidden: usize,
}

/// The text of `html`.
pub(crate) fn html_to_text(html: &str) -> HtmlText {
    let split = Split::of(html);
    let quoted = render(&split.quoted).lines().filter(|line| !line.trim().is_empty()).count();
    HtmlText { text: render(&split.kept), quoted, hidden: split.hidden }
}

fn render(html: &str) -> String {
    if html.trim().is_empty() {
        return String::new();
    }
    // Mail has no columns: lines are as long as their writer made them.
    let config = with_decorator(TrivialDecorator::new()).raw_mode(true).link_footnotes(false);
    let text = config.string_from_read(html.as_bytes(), 1_000_000).unwrap_or_default();
    let text = text.replace('\u{A0}', " ");
    let mut lines: Vec<&str> = text.lines().map(str::trim).collect();
    lines.dedup_by(|a, b| a.is_empty() && b.is_empty());
    lines.join("\n").trim().to_owned()
}

/// HTML cut into what is kept, what is quoted, and what is not shown.
#[derive(Default)]
struct Split {
    kept: String,
    quoted: String,
    hidden: usize,
}

/// Why an element and all within it goes.
#[derive(Clone, Copy, PartialEq)]
enum Gone {
    Quoted,
    Hidden,
    /// Never shown by anyone: styles and scripts.
    Machine,
}

impl Split {
    fn of(html: &str) -> Self {
        let mut split = Self::default();
        // The names of the elements within the one that goes.
        let mut gone: Option<(Gone, String, usize)> = None;
        let mut depth = 0usize;
        let mut rest = html;
        while !rest.is_empty() {
            let Some(at) = rest.find('<') else {
                split.push(rest, gone.as_ref());
                break;
            };
            let (text, tag) = rest.split_at(at);
            split.push(text, gone.as_ref());
            let (tag, after) = tag.split_at(tag_end(tag));
            rest = after;
            let Some((name, closing)) = name_of(tag) else {
                if !tag.starts_with("<!") && !tag.starts_with("<?") {
                    split.push(tag, gone.as_ref());
                }
                continue;
            };
            if let Some((why, element, nested)) = &mut gone {
                let why = *why;
                if *element == name {
                    if !closing {
                        *nested += 1;
                    } else if *nested == 0 {
                        gone = None;
                        continue;
                    } else {
                        *nested -= 1;
                    }
                }
                if why == Gone::Quoted
                    && matches!(name.as_str(), "br" | "p" | "div" | "tr" | "li" | "blockquote")
                {
                    split.quoted.push_str("<br>");
                }
                continue;
            }
            if !closing && let Some(why) = goes(&name, tag) {
                split.hidden += usize::from(why == Gone::Hidden);
                if !is_void(&name) {
                    gone = Some((why, name, 0));
                }
                continue;
            }
            if is_void(&name) {
                // A ruler would be drawn as wide as the page.
                split.kept.push_str(if name == "hr" { "<br>" } else { tag });
                continue;
            }
            depth = if closing { depth.saturating_sub(1) } else { depth + 1 };
            split.kept.push_str(if depth < DEEPEST { tag } else { " " });
        }
        split
    }

    fn push(&mut self, text: &str, gone: Option<&(Gone, String, usize)>) {
        match gone {
            None => self.kept.push_str(text),
            Some((Gone::Quoted, ..)) => self.quoted.push_str(text),
            Some(_) => {}
        }
    }
}

/// Where a tag or comment that starts `text` ends; always beyond its start.
fn tag_end(text: &str) -> usize {
    if let Some(comment) = text.strip_prefix("<!--") {
        return comment.find("-->").map_or(text.len(), |at| at + 7);
    }
    let starts = text[1..].starts_with(|c: char| c.is_ascii_alphabetic() || "/!?".contains(c));
    if !starts {
        return 1;
    }
    let mut quote = None;
    for (i, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return i + 1,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), close) if open == close => quote = None,
            _ => {}
        }
    }
    // A quote that never closes: the tag ends at the first angle.
    text.find('>').map_or(text.len(), |at| at + 1)
}

/// The name of a tag in lower case, and whether it closes.
fn name_of(tag: &str) -> Option<(String, bool)> {
    let inside = tag.strip_prefix('<')?;
    let (inside, closing) = inside.strip_prefix('/').map_or((inside, false), |rest| (rest, true));
    if !inside.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let end = inside.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(inside.len());
    Some((inside[..end].to_ascii_lowercase(), closing))
}

fn is_void(name: &str) -> bool {
    matches!(
        name,
        "br" | "hr"
            | "img"
            | "meta"
            | "link"
            | "input"
            | "area"
            | "base"
            | "col"
            | "embed"
            | "source"
            | "wbr"
            | "track"
    )
}

fn goes(name: &str, tag: &str) -> Option<Gone> {
    if matches!(name, "style" | "script" | "head" | "title" | "noscript" | "template" | "svg") {
        return Some(Gone::Machine);
    }
    let lower = tag.to_ascii_lowercase();
    let class = |class: &str| lower.contains(class);
    if name == "blockquote"
        || class("gmail_quote")
        || class("yahoo_quoted")
        || class("moz-cite-prefix")
    {
        return Some(Gone::Quoted);
    }
    let compact: String = lower.chars().filter(|c| !c.is_whitespace()).collect();
    let unseen = compact.contains("display:none") || compact.contains("mso-hide:all");
    unseen.then_some(Gone::Hidden)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_writers_own_words_are_kept() {
        let html = "<html><head><style>p{}</style></head><body><p>Beste <b>Jan</b>,</p>\
                    <p>Zie <a href=\"https://x.nl\">de site</a>.<br>Groet</p><hr>\
                    <blockquote><p>oud<blockquote>ouder</blockquote></p><p>nog</p></blockquote>\
                    <p>PS: 3 &lt; 4&nbsp;!</p></body></html>";
        let found = html_to_text(html);
        assert_eq!(found.text, "Beste Jan,\n\nZie de site.\nGroet\n\nPS: 3 < 4 !");
        assert_eq!((found.quoted, found.hidden), (3, 0));
    }

    #[test]
    fn quotes_of_mail_programs_and_hidden_text_go() {
        let html = "<div style='display: none'>voorproef</div><div>Hoi</div>\
                    <div class=\"gmail_quote\"><div>On … wrote:</div><div>oud</div></div>";
        let found = html_to_text(html);
        assert_eq!(found.text, "Hoi");
        assert_eq!((found.quoted, found.hidden), (2, 1));
    }

    #[test]
    fn layout_tables_are_text() {
        let html = "<table><tr><td>een</td><td>twee</td></tr><tr><td>drie</td></tr></table>";
        assert_eq!(html_to_text(html).text, "een\ntwee\ndrie");
    }

    #[test]
    fn broken_and_hostile_html_ends() {
        for html in [
            "",
            "<",
            "<p",
            "<!--",
            "</",
            "a < b > c",
            "<p title=\"",
            "<blockquote>",
            "<é>",
            "<p/>é",
        ] {
            let _ = html_to_text(html);
        }
        assert_eq!(html_to_text("a < b").text, "a < b");
        for deep in
            ["<div>", "<table><tr><td>", "<b>", "<a href=x><div>", "<blockquote>", "<ul><li>"]
        {
            let html = format!("{}x", deep.repeat(100_000));
            let found = html_to_text(&html);
            assert!(found.text.ends_with('x') || found.quoted == 1, "{deep}");
        }
    }
}
