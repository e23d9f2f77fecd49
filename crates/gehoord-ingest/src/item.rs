//! What comes out of a file: conversations with notes, and problems.

use std::fmt;

use gehoord_conversation::Conversation;

/// How much of a customer's words a message may quote, in characters.
pub(crate) const QUOTE: usize = 40;

/// One thing that came out of an input, in the order of the input.
// A problem is rare and a conversation is moved once: boxing it would only cost.
#[allow(clippy::large_enum_variant)]
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// A conversation was read.
    Conversation(Imported),
    /// Something could not be read; the rest goes on.
    Problem(Problem),
}

/// A conversation and what must be known about how it was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Imported {
    /// Line of the input where it starts, from 1.
    pub line: usize,
    /// What was read.
    pub conversation: Conversation,
    /// What was left out or guessed.
    pub notes: Vec<Note>,
}

/// What a note tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NoteKind {
    /// Something in the input is not in the conversation.
    LeftOut,
    /// Something was not said by the input and was guessed.
    Guessed,
    /// Something was read in another way than usual, such as an old character set.
    Converted,
}

impl NoteKind {
    /// The id as written in JSON.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::LeftOut => "left_out",
            Self::Guessed => "guessed",
            Self::Converted => "converted",
        }
    }
}

/// What was left out or guessed while reading, in one sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// What it tells.
    pub kind: NoteKind,
    /// The sentence, in English; quotes at most 40 characters of the input. [`Note::told`] has it in
    /// other languages.
    pub message: String,
}

impl Note {
    fn new(kind: NoteKind, message: String) -> Self {
        #[cfg(test)]
        crate::telling::tests::is_in_dutch(&message);
        Self { kind, message }
    }

    pub(crate) fn left_out(message: impl Into<String>) -> Self {
        Self::new(NoteKind::LeftOut, message.into())
    }

    pub(crate) fn guessed(message: impl Into<String>) -> Self {
        Self::new(NoteKind::Guessed, message.into())
    }

    pub(crate) fn converted(message: impl Into<String>) -> Self {
        Self::new(NoteKind::Converted, message.into())
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// What could not be read, where, and what to do. `code` is stable; the message is for people.
///
/// Codes: `invalid_json`, `invalid_conversation`, `invalid_value` (as in
/// [`WireError`](gehoord_conversation::wire::input::WireError)), `unknown_format`,
/// `invalid_utf8`, `line_too_long`, `too_large`, `no_turns`, `missing_column`, `bad_row`,
/// `invalid_mail`, `invalid_workbook`, `missing_sheet`, `invalid_time`, `io_error`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct Problem {
    /// Line of the input, from 1.
    pub line: usize,
    /// Stable name of what is wrong.
    pub code: &'static str,
    /// One line: what was expected and what to do; quotes at most 40 characters of the input.
    pub message: String,
}

impl Problem {
    pub(crate) fn new(line: usize, code: &'static str, message: impl Into<String>) -> Self {
        let message = message.into();
        #[cfg(test)]
        crate::telling::tests::is_in_dutch(&message);
        Self { line, code, message }
    }
}

/// How many problems of one input are told; an input with more is not of the format at all.
pub(crate) const MOST_PROBLEMS: usize = 1000;

/// The items, with no more than [`MOST_PROBLEMS`] problems and one that says that there are more.
pub(crate) fn capped(items: impl Iterator<Item = Item>) -> Vec<Item> {
    let mut problems = 0;
    let mut kept = Vec::new();
    for mut item in items {
        if let Item::Problem(problem) = &mut item {
            problems += 1;
            match problems {
                ..=MOST_PROBLEMS => {}
                n if n == MOST_PROBLEMS + 1 => say_more(problem),
                _ => continue,
            }
        }
        kept.push(item);
    }
    kept
}

/// Adds a problem, unless there are [`MOST_PROBLEMS`] already: then one that says so.
pub(crate) fn push_capped(problems: &mut Vec<Problem>, mut problem: Problem) {
    if problems.len() == MOST_PROBLEMS {
        say_more(&mut problem);
    }
    if problems.len() <= MOST_PROBLEMS {
        problems.push(problem);
    }
}

fn say_more(problem: &mut Problem) {
    let first = &problem.message;
    problem.message = format!(
        "{first}; what else is wrong below is not listed, as there are more than {MOST_PROBLEMS} \
         problems"
    );
}

/// At most 40 characters of `text`, on one line.
pub(crate) fn clip(text: &str) -> String {
    let one_line = |c: char| if c.is_control() { ' ' } else { c };
    let mut clipped: String = text.chars().take(QUOTE).map(one_line).collect();
    if text.chars().nth(QUOTE).is_some() {
        clipped.push('…');
    }
    clipped
}

/// `message` with whatever it quotes from the input cut to 40 characters.
pub(crate) fn clip_quotes(message: &str) -> String {
    let mut message = message.to_owned();
    for quote in ['"', '\'', '`'] {
        let (Some(open), Some(close)) = (message.find(quote), message.rfind(quote)) else {
            continue;
        };
        if open < close {
            let inner = clip(&message[open + 1..close]);
            message.replace_range(open + 1..close, &inner);
        }
    }
    message.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// "line 4", "lines 1-3" or "lines 1, 5, 9 and 12 more": where something was left out.
pub(crate) fn places(what: &str, lines: &[usize]) -> String {
    let consecutive = lines.windows(2).all(|pair| pair[1] == pair[0] + 1);
    match lines {
        [] => String::new(),
        [only] => format!("{what} {only}"),
        [first, .., last] if consecutive => format!("{what}s {first}-{last}"),
        _ => {
            let shown: Vec<String> = lines.iter().take(5).map(usize::to_string).collect();
            match lines.len() - shown.len() {
                0 => format!("{what}s {}", shown.join(", ")),
                more => format!("{what}s {} and {more} more", shown.join(", ")),
            }
        }
    }
}

/// "3 lines without a speaker were left out (lines 1-3)"; `None` when there are none. `place` is
/// what the numbers count.
pub(crate) fn left_out(at: &[usize], what: &str, why: &str, place: &str) -> Option<Note> {
    let (plural, be) = if at.len() == 1 { ("", "was") } else { ("s", "were") };
    let (n, places) = (at.len(), places(place, at));
    let message = format!("{n} {what}{plural} {why} {be} left out ({places})");
    (n > 0).then(|| Note::left_out(message))
}

/// Items as tests look at them: what went wrong where, or who said what.
#[cfg(test)]
pub(crate) fn shown(items: Vec<Item>) -> Vec<String> {
    let one = |item: Item| match item {
        Item::Problem(problem) => format!("{} {}", problem.line, problem.code),
        Item::Conversation(imported) => {
            let turns = imported.conversation.turns.iter();
            let turns: Vec<_> = turns.map(|t| format!("{} {}", t.party, t.text)).collect();
            format!("{} {}: {}", imported.line, imported.conversation.id, turns.join(", "))
        }
    };
    items.into_iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_than_forty_characters_of_a_customer_are_quoted() {
        let long = "é".repeat(500);
        assert_eq!(clip(&long).chars().count(), QUOTE + 1);
        let message = clip_quotes(&format!("invalid type: string \"{long}\", expected u32"));
        assert!(message.chars().count() < 90, "{message}");
        assert!(message.ends_with("\", expected u32"), "{message}");
    }

    #[test]
    fn places_are_short() {
        assert_eq!(places("line", &[4]), "line 4");
        assert_eq!(places("line", &[1, 2, 3]), "lines 1-3");
        assert_eq!(places("row", &[1, 5]), "rows 1, 5");
        assert_eq!(places("line", &[1, 3, 5, 7, 9, 11, 13]), "lines 1, 3, 5, 7, 9 and 2 more");
    }
}
