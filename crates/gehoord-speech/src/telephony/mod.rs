//! What telephone systems send over a socket while a call runs, without the socket: messages in,
//! sound with its time and its party out.
//!
//! [`twilio`] is Twilio Media Streams, [`audiohook`] is Genesys AudioHook. Both are machines that
//! know how far they are; a message that cannot be is an error that says where and what was
//! expected, and holds nothing of what was said.

pub mod audiohook;
pub mod twilio;

use gehoord_conversation::Party;
use serde_json::Value;

/// A call that begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begin {
    /// Whose telephone system it is.
    pub account: String,
    /// Id of the call there.
    pub call: String,
    /// Login of the agent, where the system was told to send it.
    pub agent: Option<String>,
}

/// Sound of one party.
#[derive(Debug, Clone, PartialEq)]
pub struct Sound {
    /// Who is heard.
    pub party: Party,
    /// Where it begins, in samples of 8 kHz from the start of the stream.
    pub at: u64,
    /// −1 to 1.
    pub samples: Vec<f32>,
}

/// What a message says.
#[derive(Debug, Clone, PartialEq)]
pub enum Said {
    /// Nothing that is needed.
    Nothing,
    /// A call begins.
    Begins(Begin),
    /// Sound came.
    Sound(Vec<Sound>),
    /// The call is on hold from now on; no sound comes.
    Holds,
    /// It goes on after a hold, so many samples after the start of the stream.
    GoesOn(u64),
    /// The telephone system leaves this socket; the call may go on over another.
    Leaves,
    /// The call is over.
    Ends,
}

/// A message that cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProtocolError {
    /// The text is no JSON object.
    #[error("message {number}: this is no JSON object ({why}); send the messages of {protocol}")]
    NotJson {
        /// Of the messages of this socket, from 1.
        number: u64,
        /// What the parser says.
        why: String,
        /// What is spoken here.
        protocol: &'static str,
    },
    /// A field is not there, or holds what it cannot.
    #[error("message {number}: '{field}' must be {expected}")]
    Field {
        /// Of the messages of this socket, from 1.
        number: u64,
        /// Its place in the message.
        field: &'static str,
        /// What it must be.
        expected: &'static str,
    },
    /// A message at the wrong time.
    #[error("message {number}: '{kind}' cannot come now; expected {expected}")]
    OutOfPlace {
        /// Of the messages of this socket, from 1.
        number: u64,
        /// What came.
        kind: &'static str,
        /// What may come.
        expected: &'static str,
    },
}

/// Fields of one message.
#[derive(Clone, Copy)]
struct Fields<'v> {
    number: u64,
    value: &'v Value,
}

impl<'v> Fields<'v> {
    const fn wrong(self, field: &'static str, expected: &'static str) -> ProtocolError {
        ProtocolError::Field { number: self.number, field, expected }
    }

    /// The value at `field`, whose parts are parted by dots.
    fn get(self, field: &str) -> &'v Value {
        field.split('.').fold(self.value, |value, key| value.get(key).unwrap_or(&Value::Null))
    }

    /// A text of 1 to 200 bytes.
    fn text(self, field: &'static str) -> Result<&'v str, ProtocolError> {
        let text = self.get(field).as_str().filter(|text| (1..=200).contains(&text.len()));
        text.ok_or_else(|| self.wrong(field, "a text of 1 to 200 bytes"))
    }

    /// A whole number of 0 or more, also as text.
    fn whole(self, field: &'static str) -> Result<u64, ProtocolError> {
        let value = self.get(field);
        let number = value.as_u64().or_else(|| value.as_str()?.parse().ok());
        number.ok_or_else(|| self.wrong(field, "a whole number of 0 or more"))
    }
}

/// A text as a JSON object.
fn object(text: &str, number: u64, protocol: &'static str) -> Result<Value, ProtocolError> {
    let not_json = |why: String| ProtocolError::NotJson { number, why, protocol };
    match serde_json::from_str(text) {
        Ok(value @ Value::Object(_)) => Ok(value),
        Ok(_) => Err(not_json("another value".to_owned())),
        Err(error) => Err(not_json(format!("line {}, column {}", error.line(), error.column()))),
    }
}
