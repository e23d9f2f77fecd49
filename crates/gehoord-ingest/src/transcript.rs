//! What formats of transcribed calls share: JSON documents in a row, and times of a recording.

use gehoord_conversation::{Span, Turn};
use serde::de::DeserializeOwned;
use serde_json::{Deserializer, Number};

use crate::item::{Item, Problem, capped};
use crate::json::{LineCounter, said};

/// A piece of a text: where it stands, and its start and end in seconds.
pub(crate) type Piece = (Span, f64, f64);

/// The items of the JSON documents that stand in `text` one after another. `read` gets a document,
/// its line and an id; `expected` says what a document should be.
pub(crate) fn documents<T: DeserializeOwned>(
    text: &str,
    name: &str,
    expected: &str,
    read: impl Fn(T, usize, &str) -> Item,
) -> Vec<Item> {
    let mut lines = LineCounter::new(text);
    let mut stream = Deserializer::from_str(text).into_iter::<T>();
    let mut documents = Vec::new();
    let mut wrong = None;
    loop {
        let start = stream.byte_offset();
        let blank = text[start..].len() - text[start..].trim_start().len();
        match stream.next() {
            None => break,
            Some(Ok(document)) => documents.push((lines.line_of(start + blank), document)),
            Some(Err(error)) => {
                let (code, what) = match error.is_data() {
                    true => ("invalid_conversation", format!("not {expected}")),
                    false => ("invalid_json", "not valid JSON".to_owned()),
                };
                let message = format!("{what}: {} (column {})", said(&error), error.column());
                wrong = Some(Problem::new(error.line().max(1), code, message));
                break;
            }
        }
    }
    let several = documents.len() > 1;
    let items = documents.into_iter().map(|(line, document)| {
        let id = if several { format!("{name}:{line}") } else { name.to_owned() };
        read(document, line, &id)
    });
    let mut items = capped(items);
    items.extend(wrong.map(Item::Problem));
    if items.is_empty() {
        let message = format!("no call in this input; expected {expected}");
        items.push(Item::Problem(Problem::new(1, "no_turns", message)));
    }
    items
}

/// Keeps when a turn was said, in seconds from the start of the recording.
pub(crate) fn spoken_at(turn: &mut Turn, start: Option<f64>, end: Option<f64>) {
    for (key, seconds) in [("start", start), ("end", end)] {
        if let Some(seconds) = seconds.and_then(Number::from_f64) {
            turn.meta.insert(key.to_owned(), seconds.into());
        }
    }
}
