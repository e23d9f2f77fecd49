//! What is wrong with a JSON text, in words that say nothing of how a program reads it.

use serde_json::{Map, Value};

/// What a field must hold.
#[derive(Clone, Copy)]
enum Holds {
    Text,
    /// A text, or a whole number that stands for its digits.
    Name,
    Rank,
    Object,
}

impl Holds {
    const fn said(self) -> &'static str {
        match self {
            Self::Text => "a text between quotes",
            Self::Name => "a text between quotes or a whole number",
            Self::Rank => "a whole number such as 1",
            Self::Object => OBJECT,
        }
    }

    fn fits(self, value: &Value) -> bool {
        match self {
            Self::Text => value.is_string(),
            Self::Name => value.is_string() || value.is_i64() || value.is_u64(),
            Self::Rank => value.as_u64().is_some_and(|rank| u32::try_from(rank).is_ok()),
            Self::Object => value.is_object(),
        }
    }
}

const OBJECT: &str = "an object (between braces)";
const LIST: &str = "a list (between brackets)";

/// A field: its name, what it holds, whether it must be there.
type Field = (&'static str, Holds, bool);

const CONVERSATION: [Field; 9] = [
    ("id", Holds::Name, false),
    ("locale", Holds::Text, false),
    ("channel", Holds::Text, false),
    ("customer", Holds::Name, false),
    ("team", Holds::Text, false),
    ("subject", Holds::Text, false),
    ("external_id", Holds::Name, false),
    ("meta", Holds::Object, false),
    ("gold", Holds::Object, false),
];
const TURN: [Field; 6] = [
    ("party", Holds::Text, true),
    ("text", Holds::Text, true),
    ("at", Holds::Text, false),
    ("speaker", Holds::Name, false),
    ("external_id", Holds::Name, false),
    ("gold", Holds::Object, false),
];
const REPLY: [Field; 3] =
    [("text", Holds::Text, true), ("rank", Holds::Rank, true), ("gold", Holds::Object, false)];

/// The first field of `json` that keeps it from being a conversation: where, what was expected and
/// what is there, never its words. None when it is no JSON, or nothing is wrong that this knows.
#[must_use]
pub fn no_conversation(json: &str) -> Option<String> {
    let value: Value = serde_json::from_str(json).ok()?;
    let Some(fields) = value.as_object() else {
        return Some(differs("a conversation", OBJECT, &value));
    };
    fields_wrong(fields, "", &CONVERSATION)
        .or_else(|| list_wrong(fields, "turns", &TURN, true))
        .or_else(|| list_wrong(fields, "replies", &REPLY, false))
}

fn fields_wrong(given: &Map<String, Value>, place: &str, fields: &[Field]) -> Option<String> {
    fields.iter().find_map(|&(name, holds, needed)| match given.get(name) {
        None | Some(Value::Null) if !needed => None,
        None => Some(format!("{place}{name} is missing")),
        Some(value) => {
            let wrong = !holds.fits(value);
            wrong.then(|| differs(&format!("{place}{name}"), holds.said(), value))
        }
    })
}

fn list_wrong(
    given: &Map<String, Value>,
    name: &str,
    fields: &[Field],
    needed: bool,
) -> Option<String> {
    let items = match given.get(name) {
        None | Some(Value::Null) if !needed => return None,
        None => return Some(format!("{name} is missing")),
        Some(Value::Array(items)) => items,
        Some(other) => return Some(differs(name, LIST, other)),
    };
    items.iter().enumerate().find_map(|(at, item)| match item.as_object() {
        Some(item) => fields_wrong(item, &format!("{name}[{at}]."), fields),
        None => Some(differs(&format!("{name}[{at}]"), OBJECT, item)),
    })
}

fn differs(place: &str, expected: &str, found: &Value) -> String {
    let found = match found {
        Value::Null => "empty (null)",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    };
    format!("{place} must be {expected}, and is {found}")
}

/// What the reader of JSON says, without the terms of a programmer; what it says of a place, before
/// or behind, stays.
#[must_use]
pub fn plainly(said: &str) -> String {
    let (said, place) = said.rfind(" at line ").map_or((said, ""), |at| said.split_at(at));
    const KINDS: [&str; 10] = [
        "invalid type: ",
        "invalid value: ",
        "missing field ",
        "duplicate field ",
        "unknown field ",
        "unknown variant ",
        "invalid digit found in string",
        "cannot parse integer from empty string",
        "number too ",
        "provided string was not",
    ];
    let begins = KINDS.iter().filter_map(|kind| said.find(kind)).min().unwrap_or(0);
    let (before, why) = said.split_at(begins);
    let plain = known(why).unwrap_or_else(|| syntax(why).to_owned());
    format!("{before}{plain}{place}")
}

fn known(why: &str) -> Option<String> {
    let unquoted = |name: &str| name.trim_matches('`').to_owned();
    let twin = why.strip_prefix("invalid type: ").or_else(|| why.strip_prefix("invalid value: "));
    if let Some(twin) = twin {
        let (found, expected) = twin.rsplit_once(", expected ")?;
        return Some(format!("expected {}, found {}", wanted(expected), there(found)));
    }
    if let Some(name) = why.strip_prefix("missing field ") {
        return Some(format!("{} is missing", unquoted(name)));
    }
    if let Some(name) = why.strip_prefix("duplicate field ") {
        return Some(format!("{} is there twice", unquoted(name)));
    }
    if why.starts_with("invalid digit") || why.starts_with("cannot parse integer") {
        return Some("expected a whole number".to_owned());
    }
    if why.starts_with("number too ") {
        return Some("the number is out of range".to_owned());
    }
    if why.starts_with("provided string was not") {
        return Some("expected true or false".to_owned());
    }
    let one =
        why.strip_prefix("unknown field ").or_else(|| why.strip_prefix("unknown variant "))?;
    let (name, known) = match one.split_once(", expected ") {
        Some((name, known)) => (name, known.trim_start_matches("one of ")),
        None => (one.split(", there are no").next()?, ""),
    };
    let name = unquoted(name);
    Some(match known.replace('`', "").replace(" or ", ", ") {
        none if none.is_empty() => format!("'{name}' is unknown"),
        known => format!("'{name}' is unknown; expected one of: {known}"),
    })
}

/// What was expected.
fn wanted(expected: &str) -> &str {
    match expected {
        "a string" | "a borrowed string" | "string" => "a text between quotes",
        "a sequence" => LIST,
        "a map" => OBJECT,
        "a boolean" => "true or false",
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number of 0 or more",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
        "f32" | "f64" => "a number",
        other if other.starts_with("struct ") => OBJECT,
        other => other,
    }
}

/// What is there: of a text not its words, which may be a customer's.
fn there(found: &str) -> &str {
    let number = |found: &str| found.starts_with("integer ") || found.starts_with("floating point");
    match found {
        "sequence" => "a list",
        "map" => "an object",
        "null" => "empty (null)",
        found if found.starts_with("string ") => "a text",
        found if found.starts_with("boolean ") => "true or false",
        found if number(found) => "a number",
        found => found,
    }
}

/// What is wrong with the form of the text.
fn syntax(why: &str) -> &str {
    match why {
        "EOF while parsing a list" => "it breaks off inside a list",
        "EOF while parsing an object" => "it breaks off inside an object",
        "EOF while parsing a string" => "it breaks off inside a text",
        "EOF while parsing a value" => "it breaks off where a value should be",
        "expected value" => "a value should be here",
        "expected ident" => "true, false or null should be here",
        "expected `:`" => "a colon (:) should be here",
        "expected `,` or `]`" => "a comma or ] should be here",
        "expected `,` or `}`" => "a comma or a closing brace should be here",
        "expected `\"`" => "a quote (\") should be here",
        "key must be a string" => "a name must stand between quotes",
        "trailing comma" => "there is a comma too many",
        "trailing characters" => "something follows where it should end",
        "invalid escape" => "a backslash is followed by what may not be there",
        "invalid number" => "this is no number",
        "number out of range" => "the number is too large",
        "control character (\\u0000-\\u001F) found while parsing a string" => {
            "a text has a line break or another control character in it, to be written as \\n"
        }
        "recursion limit exceeded" => "it is nested too deeply",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_wrong_field_is_named_with_its_place() {
        for (json, expected) in [
            ("7", "a conversation must be an object (between braces), and is a number"),
            (r#"{"id": "a"}"#, "turns is missing"),
            (r#"{"turns": null}"#, "turns must be a list (between brackets), and is empty (null)"),
            (r#"{"turns": ["hoi"]}"#, "turns[0] must be an object (between braces), and is a text"),
            (r#"{"turns": [{"party": "agent"}]}"#, "turns[0].text is missing"),
            (
                r#"{"turns": [{"party": "agent", "text": 5}]}"#,
                "turns[0].text must be a text between quotes, and is a number",
            ),
            (
                r#"{"turns": [], "id": 1.5}"#,
                "id must be a text between quotes or a whole number, and is a number",
            ),
            (
                r#"{"turns": [], "replies": [{"text": "a", "rank": "1"}]}"#,
                "replies[0].rank must be a whole number such as 1, and is a text",
            ),
        ] {
            assert_eq!(no_conversation(json).as_deref(), Some(expected), "{json}");
            assert!(super::super::read_conversation(json, "x").is_err(), "{json}");
        }
        assert_eq!(no_conversation(r#"{"turns": [], "id": 5, "team": null}"#), None);
        assert_eq!(no_conversation("{"), None);
    }

    #[test]
    fn no_term_of_a_programmer_is_left() {
        for (said, expected) in [
            (
                "a.b: invalid type: string \"geheim\", expected u32 at line 1 column 7",
                "a.b: expected a whole number of 0 or more, found a text at line 1 column 7",
            ),
            ("missing field `turns`", "turns is missing"),
            ("duplicate field `id`", "id is there twice"),
            (
                "unknown field `x`, expected one of `a`, `b`",
                "'x' is unknown; expected one of: a, b",
            ),
            ("unknown field `x`, expected `a` or `b`", "'x' is unknown; expected one of: a, b"),
            ("unknown field `x`, there are no fields", "'x' is unknown"),
            ("trailing comma at line 1 column 3", "there is a comma too many at line 1 column 3"),
            ("limit: invalid digit found in string", "limit: expected a whole number"),
            ("something else", "something else"),
        ] {
            assert_eq!(plainly(said), expected);
        }
    }
}
