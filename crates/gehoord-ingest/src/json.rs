//! Conversations as JSON: one object, several, an array of them, or one a line.

use gehoord_conversation::wire::input::{WireConversation, from_wire};
use gehoord_conversation::wire::wrong;

use crate::Options;
use crate::item::{Imported, Item, Note, Problem, capped, clip, clip_quotes};

/// Reads the conversations of a JSON text: one object, objects one after another, or an array.
pub(crate) fn read_json(mut bytes: Vec<u8>, name: &str, options: &Options) -> Vec<Item> {
    let utf16 = crate::decode::utf16(&bytes);
    let (text, note) = if utf16.is_some() {
        let decoded = crate::decode::decode(bytes);
        (decoded.text, decoded.note)
    } else {
        if bytes.starts_with(b"\xEF\xBB\xBF") {
            bytes.drain(..3);
        }
        match String::from_utf8(bytes) {
            Ok(text) => (text, None),
            Err(error) => {
                let at = error.utf8_error().valid_up_to();
                return vec![Item::Problem(invalid_utf8(line_of(error.as_bytes(), at)))];
            }
        }
    };
    let pieces = split(&text);
    let several = pieces.values.len() > 1;
    let mut counter = LineCounter::new(&text);
    let values = pieces.values.into_iter().map(|(start, end)| {
        let line = counter.line_of(start);
        let id = if several { format!("{name}:{line}") } else { name.to_owned() };
        read_object(&text[start..end], line, &id, options)
    });
    let mut items = capped(values);
    if let Some((at, message)) = pieces.wrong {
        let line = LineCounter::new(&text).line_of(at);
        items.push(Item::Problem(Problem::new(line, "invalid_json", message)));
    }
    if items.is_empty() {
        let message = "no conversation in this input; expected an object with \"turns\" or an \
                       array of them (see 'gehoord schema input')";
        items.push(Item::Problem(Problem::new(1, "no_turns", message)));
    }
    attach(note, &mut items);
    items
}

/// Reads one conversation from one line of JSONL; `None` for a blank line.
pub(crate) fn read_line(bytes: &[u8], line: usize, name: &str, options: &Options) -> Option<Item> {
    let bytes = match line {
        1 => bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes),
        _ => bytes,
    };
    if bytes.trim_ascii().is_empty() {
        return None;
    }
    Some(match str::from_utf8(bytes) {
        Ok(text) => read_object(text, line, &format!("{name}:{line}"), options),
        Err(_) => Item::Problem(invalid_utf8(line)),
    })
}

/// Puts a note about the whole input with its first conversation.
pub(crate) fn attach(note: Option<Note>, items: &mut [Item]) {
    let first = items.iter_mut().find_map(|item| match item {
        Item::Conversation(imported) => Some(imported),
        Item::Problem(_) => None,
    });
    if let (Some(note), Some(imported)) = (note, first) {
        imported.notes.insert(0, note);
    }
}

fn invalid_utf8(line: usize) -> Problem {
    let message =
        "not UTF-8; JSON must be UTF-8, so convert it first (iconv -f windows-1252 -t utf-8)";
    Problem::new(line, "invalid_utf8", message)
}

fn read_object(json: &str, line: usize, id: &str, options: &Options) -> Item {
    let mut wire: WireConversation = match serde_json::from_str(json) {
        Ok(wire) => wire,
        Err(error) => return Item::Problem(not_a_conversation(json, &error, line)),
    };
    if wire.channel.as_deref().is_none_or(str::is_empty) {
        wire.channel = options.channel.map(|channel| channel.id().to_owned());
    }
    if wire.locale.as_deref().is_none_or(str::is_empty) {
        wire.locale = options.locale.as_ref().map(|locale| locale.as_str().to_owned());
    }
    match from_wire(wire, id) {
        Ok(conversation) => Item::Conversation(Imported { line, conversation, notes: Vec::new() }),
        Err(error) => Item::Problem(Problem::new(line, error.code, clip_quotes(&error.message))),
    }
}

/// The parser counts lines from the start of the object; people count from the start of the file.
fn not_a_conversation(json: &str, error: &serde_json::Error, line: usize) -> Problem {
    let (code, what) = match error.is_data() {
        true => ("invalid_conversation", "not a conversation"),
        false => ("invalid_json", "not valid JSON"),
    };
    let why = wrong::no_conversation(json).unwrap_or_else(|| said(error));
    let line = line + error.line().saturating_sub(1);
    let column = error.column();
    let message = format!("{what}: {why} (column {column}); see 'gehoord schema input'");
    Problem::new(line, code, message)
}

/// What the parser says, for people, without the place.
pub(crate) fn said(error: &serde_json::Error) -> String {
    let said = error.to_string();
    let why = said.rfind(" at line ").map_or(said.as_str(), |at| &said[..at]);
    clip_quotes(&wrong::plainly(why))
}

/// The values at the top of a JSON text, as byte ranges.
struct Pieces {
    values: Vec<(usize, usize)>,
    /// Where the text around them is wrong, and how.
    wrong: Option<(usize, String)>,
}

/// Cuts a JSON text into its top values, or the values of its top array. Values are not checked.
fn split(text: &str) -> Pieces {
    let bytes = text.as_bytes();
    let mut pieces = Pieces { values: Vec::new(), wrong: None };
    let mut in_array = false;
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b' ' | b'\t' | b'\r' | b'\n' => at += 1,
            b',' if !pieces.values.is_empty() => at += 1,
            b'[' if !in_array && pieces.values.is_empty() => {
                in_array = true;
                at += 1;
            }
            b']' if in_array => {
                let rest = text[at + 1..].trim();
                if !rest.is_empty() {
                    let message = format!(
                        "not valid JSON: something follows the end of the array: '{}'",
                        clip(rest)
                    );
                    pieces.wrong = Some((at, message));
                }
                return pieces;
            }
            first => {
                // Beside an array only objects can follow one another.
                let object = in_array || first == b'{';
                let end = if object { value_end(bytes, at) } else { bytes.len() };
                pieces.values.push((at, end));
                at = end;
            }
        }
    }
    if in_array {
        let message = "not valid JSON: the array is not closed by ']'; the file may be cut off";
        pieces.wrong = Some((text.len(), message.to_owned()));
    }
    pieces
}

/// Where the value that starts at `start` ends; always beyond `start`.
fn value_end(bytes: &[u8], start: usize) -> usize {
    let (mut depth, mut in_string, mut escaped) = (0usize, false, false);
    for (i, byte) in bytes.iter().enumerate().skip(start) {
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => continue,
            }
            if in_string || depth > 0 {
                continue;
            }
            return i + 1;
        }
        match byte {
            b'"' => in_string = true,
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth <= 1 => {
                // A closing bracket that nothing opened ends the value before it.
                return if depth == 1 || i == start { i + 1 } else { i };
            }
            b'}' | b']' => depth -= 1,
            b',' | b' ' | b'\n' | b'\r' | b'\t' if depth == 0 => return i,
            _ => {}
        }
    }
    bytes.len()
}

fn line_of(bytes: &[u8], at: usize) -> usize {
    1 + bytes[..at.min(bytes.len())].iter().filter(|b| **b == b'\n').count()
}

/// Lines of growing offsets, counted once over the text.
pub(crate) struct LineCounter<'t> {
    text: &'t [u8],
    at: usize,
    line: usize,
}

impl<'t> LineCounter<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        Self { text: text.as_bytes(), at: 0, line: 1 }
    }

    /// The line of `offset`, which must not be before the last one asked for.
    pub(crate) fn line_of(&mut self, offset: usize) -> usize {
        let to = offset.min(self.text.len());
        if to > self.at {
            self.line += self.text[self.at..to].iter().filter(|b| **b == b'\n').count();
            self.at = to;
        }
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(json: &str) -> Vec<String> {
        let describe = |item: Item| match item {
            Item::Conversation(i) => {
                format!("{} {} {}", i.line, i.conversation.id, i.conversation.turns.len())
            }
            Item::Problem(p) => format!("{} {}", p.line, p.code),
        };
        read_json(json.into(), "x", &Options::default()).into_iter().map(describe).collect()
    }

    const ONE: &str = r#"{"turns":[{"party":"customer","text":"a ] } \" b"}]}"#;

    #[test]
    fn an_object_an_array_and_objects_in_a_row_are_read() {
        assert_eq!(check(ONE), ["1 x 1"]);
        assert_eq!(check("\u{FEFF}{\r\n \"id\": \"k\",\r\n \"turns\": []\r\n}\r\n"), ["1 k 0"]);
        assert_eq!(check(&format!("[\n{ONE},\n{ONE}\n]\n")), ["2 x:2 1", "3 x:3 1"]);
        assert_eq!(check(&format!("{ONE}\n\n{ONE}")), ["1 x:1 1", "3 x:3 1"]);
    }

    #[test]
    fn one_wrong_object_does_not_stop_the_rest() {
        let json = format!("[{ONE},\n{{\"turns\":\n 7}},\n{ONE}]");
        assert_eq!(check(&json), ["1 x:1 1", "3 invalid_conversation", "4 x:4 1"]);
    }

    #[test]
    fn wrong_texts_are_one_clear_problem() {
        for (json, expected) in [
            ("", "1 no_turns"),
            ("\u{FEFF}", "1 no_turns"),
            ("[]", "1 no_turns"),
            ("{", "1 invalid_json"),
            ("nee", "1 invalid_json"),
            ("}", "1 invalid_json"),
            ("\"a\"", "1 invalid_conversation"),
        ] {
            assert_eq!(check(json), [expected], "{json}");
        }
        assert_eq!(check(&format!("[{ONE}\n")), ["1 x 1", "2 invalid_json"]);
        assert_eq!(check(&format!("[{ONE}] en dan")), ["1 x 1", "1 invalid_json"]);
    }

    #[test]
    fn a_wrong_field_is_named_with_its_line_and_place() {
        let json = "{\n\"turns\": [\n{\"party\": \"customer\", \"text\": 5}]}";
        let items = read_json(json.into(), "x", &Options::default());
        let Item::Problem(problem) = &items[0] else { panic!("{items:?}") };
        assert_eq!(
            problem.to_string(),
            "line 3: not a conversation: turns[0].text must be a text between quotes, and is a \
             number (column 31); see 'gehoord schema input'"
        );
        assert_eq!(
            problem.told(gehoord_conversation::Language::Nl),
            "geen gesprek: turns[0].text hoort een tekst tussen aanhalingstekens te zijn, en is een \
             getal (kolom 31); zie 'gehoord schema input'"
        );
    }

    #[test]
    fn options_fill_what_is_not_said() {
        let options = Options {
            locale: "de-DE".parse().ok(),
            channel: Some(gehoord_conversation::Channel::Phone),
            ..Options::default()
        };
        let items = read_json(ONE.into(), "x", &options);
        let Item::Conversation(imported) = &items[0] else { panic!("{items:?}") };
        assert_eq!(imported.conversation.channel.id(), "phone");
        assert_eq!(imported.conversation.locale.as_ref().unwrap().as_str(), "de-DE");
    }

    #[test]
    fn messages_do_not_tell_what_the_customer_said() {
        let json = format!(r#"{{"turns":"{}"}}"#, "geheim ".repeat(50));
        let items = read_json(json.into(), "x", &Options::default());
        let Item::Problem(problem) = &items[0] else { panic!("{items:?}") };
        assert!(problem.message.len() < 200, "{}", problem.message);
    }

    #[test]
    fn nesting_without_end_is_a_problem() {
        let deep = "[".repeat(300_000);
        assert_eq!(check(&deep).len(), 2);
        assert_eq!(check(&format!(r#"{{"turns":[],"x":{deep}"#)), ["1 invalid_json"]);
    }
}
