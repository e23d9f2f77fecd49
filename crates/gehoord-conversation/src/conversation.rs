//! What comes in: a conversation and its turns.

use std::fmt;
use std::str::FromStr;

use jiff::Zoned;
use serde_json::{Map, Value};

use crate::span::Span;
use crate::voice::TimeSpan;

/// Everything that was said between a customer and a firm in one contact.
#[derive(Debug, Clone, PartialEq)]
pub struct Conversation {
    /// The caller's name for it; unique within one input.
    pub id: String,
    /// Language and country whose norms apply; `None` when it must be guessed.
    pub locale: Option<Locale>,
    /// The way it was held.
    pub channel: Channel,
    /// Pseudonym of the customer.
    pub customer: Option<String>,
    /// Team that serves the customer.
    pub team: Option<String>,
    /// Subject line, as in e-mail.
    pub subject: Option<String>,
    /// Id in the system it came from.
    pub external_id: Option<String>,
    /// Whatever else was given; kept, never read by the engine.
    pub meta: Map<String, Value>,
    /// Who said what, in order.
    pub turns: Vec<Turn>,
    /// Labels given by people to the whole conversation, by head.
    pub gold: Map<String, Value>,
    /// Candidate replies with their rank, for measuring.
    pub replies: Vec<RankedReply>,
}

impl Conversation {
    /// An empty conversation on `channel`.
    #[must_use]
    pub fn new(id: impl Into<String>, channel: Channel) -> Self {
        Self {
            id: id.into(),
            locale: None,
            channel,
            customer: None,
            team: None,
            subject: None,
            external_id: None,
            meta: Map::new(),
            turns: Vec::new(),
            gold: Map::new(),
            replies: Vec::new(),
        }
    }

    /// The same conversation with one more turn, for tests and live use.
    #[must_use]
    pub fn with_turn(mut self, party: Party, text: impl Into<String>) -> Self {
        self.turns.push(Turn::new(party, text));
        self
    }

    /// The conversation with a candidate reply as its last turn, at the time of the turn it
    /// answers. Only the reply carries labels.
    #[must_use]
    pub fn answered_by(&self, reply: &RankedReply) -> Self {
        let mut answered = self.clone();
        answered.replies.clear();
        answered.gold.clear();
        answered.turns.iter_mut().for_each(|t| t.gold.clear());
        let mut turn = Turn::new(Party::Agent, &reply.text);
        turn.at = self.turns.last().and_then(|t| t.at.clone());
        turn.gold.clone_from(&reply.gold);
        answered.turns.push(turn);
        answered
    }
}

/// One utterance or message of one party.
#[derive(Debug, Clone, PartialEq)]
pub struct Turn {
    /// Who spoke.
    pub party: Party,
    /// The words, unchanged.
    pub text: String,
    /// When, with its zone.
    pub at: Option<Zoned>,
    /// Name or number of the speaker, where several share a party.
    pub speaker: Option<String>,
    /// Id in the system it came from.
    pub external_id: Option<String>,
    /// Whatever else was given.
    pub meta: Map<String, Value>,
    /// Labels given by people, by head.
    pub gold: Map<String, Value>,
}

impl Turn {
    /// A turn with only its words.
    #[must_use]
    pub fn new(party: Party, text: impl Into<String>) -> Self {
        Self {
            party,
            text: text.into(),
            at: None,
            speaker: None,
            external_id: None,
            meta: Map::new(),
            gold: Map::new(),
        }
    }

    /// When it was said in a recording, by `start` and `end` in `meta`, in seconds; `None` where
    /// that is not known.
    #[must_use]
    pub fn spoken(&self) -> Option<TimeSpan> {
        let ms = |key: &str| {
            let seconds = self.meta.get(key)?.as_f64().filter(|seconds| *seconds >= 0.0)?;
            Some((seconds * 1000.0).round() as u32)
        };
        let span = TimeSpan::new(ms("start")?, ms("end")?);
        (span.start_ms < span.end_ms).then_some(span)
    }

    /// When pieces of the text (words, or whole cues) were said in a recording, by `words` in
    /// `meta`: numbers only, for each piece its first byte, the byte behind its last, and its start
    /// and end in seconds. Words whose time nobody knows lie in no piece.
    #[must_use]
    pub fn said_when(&self) -> Vec<(Span, TimeSpan)> {
        let pieces = self.meta.get(PIECES).and_then(Value::as_array);
        let piece = |piece: &Value| {
            let place = |at: usize| usize::try_from(piece.get(at)?.as_u64()?).ok();
            let ms = |at: usize| {
                let seconds = piece.get(at)?.as_f64().filter(|seconds| *seconds >= 0.0)?;
                Some((seconds * 1000.0).round() as u32)
            };
            let (words, time) = (Span::new(place(0)?, place(1)?), TimeSpan::new(ms(2)?, ms(3)?));
            let fits = words.start < words.end && words.end <= self.text.len();
            (fits && time.start_ms <= time.end_ms).then_some((words, time))
        };
        pieces.into_iter().flatten().filter_map(piece).collect()
    }

    /// Keeps when pieces of the text were said: place in the text, start and end in seconds.
    pub fn set_said_when(&mut self, pieces: &[(Span, f64, f64)]) {
        let piece = |(words, start, end): &(Span, f64, f64)| {
            Value::from(vec![
                Value::from(words.start),
                Value::from(words.end),
                Value::from(*start),
                Value::from(*end),
            ])
        };
        let pieces: Vec<Value> = pieces.iter().map(piece).collect();
        if !pieces.is_empty() {
            self.meta.insert(PIECES.to_owned(), pieces.into());
        }
    }

    /// Forgets that again, as the places no longer fit when the text was changed.
    pub fn forget_said_when(&mut self) {
        self.meta.remove(PIECES);
    }
}

/// The field of `meta` that says when pieces of a text were said.
const PIECES: &str = "words";

/// A reply that people ranked among others to the same turn.
#[derive(Debug, Clone, PartialEq)]
pub struct RankedReply {
    /// The words of the reply.
    pub text: String,
    /// 1 is the best.
    pub rank: u32,
    /// Labels given by people, by head.
    pub gold: Map<String, Value>,
}

macro_rules! ids {
    ($(#[$doc:meta])* $name:ident($what:literal) { $($(#[$vdoc:meta])* $variant:ident = $id:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$vdoc])* $variant,)* }

        impl $name {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The id as written in JSON.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self { $(Self::$variant => $id,)* }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.id())
            }
        }

        impl FromStr for $name {
            type Err = UnknownId;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($id => Ok(Self::$variant),)*
                    other => Err(UnknownId {
                        what: $what,
                        given: other.to_owned(),
                        expected: &[$($id,)*],
                    }),
                }
            }
        }
    };
}

/// A word that is not one of the ids of the contract.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} '{given}' is unknown; expected one of: {}", expected.join(", "))]
pub struct UnknownId {
    /// What the word stands for.
    pub what: &'static str,
    /// The word given.
    pub given: String,
    /// The words that are known.
    pub expected: &'static [&'static str],
}

ids! {
    /// Who spoke.
    Party("party") {
        /// The customer.
        Customer = "customer",
        /// The agent who serves the customer.
        Agent = "agent",
        /// Another employee.
        Colleague = "colleague",
        /// A machine.
        Bot = "bot",
    }
}

ids! {
    /// The way a conversation was held.
    Channel("channel") {
        /// A call; the words are a transcript.
        Phone = "phone",
        /// Mail.
        Email = "email",
        /// Chat or messaging.
        Chat = "chat",
        /// Public or private social media.
        Social = "social",
        /// Face to face.
        InPerson = "in_person",
    }
}

impl Channel {
    /// Whether the words were spoken.
    #[must_use]
    pub const fn is_spoken(self) -> bool {
        matches!(self, Self::Phone | Self::InPerson)
    }
}

ids! {
    /// A language of a turn.
    Language("language") {
        /// Dutch.
        Nl = "nl",
        /// English.
        En = "en",
        /// German.
        De = "de",
        /// French.
        Fr = "fr",
    }
}

/// A BCP 47 tag of language and country, such as `nl-BE`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Locale(String);

impl Locale {
    /// The tag in canonical case (`nl-BE`).
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The language part, when it is one that gehoord knows.
    #[must_use]
    pub fn language(&self) -> Option<Language> {
        self.0.split('-').next().and_then(|l| l.parse().ok())
    }

    /// The country part (`BE`), when given.
    #[must_use]
    pub fn country(&self) -> Option<&str> {
        self.0
            .split('-')
            .find(|part| part.len() == 2 && part.chars().all(|c| c.is_ascii_uppercase()))
    }
}

impl fmt::Display for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text that is no language tag.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("locale '{0}' is not a language tag such as nl-NL or en")]
pub struct InvalidLocale(pub String);

impl FromStr for Locale {
    type Err = InvalidLocale;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut canonical = String::with_capacity(text.len());
        let mut countries = 0;
        for (i, part) in text.split(['-', '_']).enumerate() {
            let alphanumeric = part.bytes().all(|b| b.is_ascii_alphanumeric());
            let fits = match i {
                0 => (2..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphabetic()),
                _ => (2..=8).contains(&part.len()) && alphanumeric,
            };
            countries += usize::from(i > 0 && part.len() == 2);
            if !fits || countries > 1 {
                return Err(InvalidLocale(text.to_owned()));
            }
            match (i, part.len()) {
                (0, _) => canonical.push_str(&part.to_ascii_lowercase()),
                (_, 2) => {
                    canonical.push('-');
                    canonical.push_str(&part.to_ascii_uppercase());
                }
                _ => {
                    canonical.push('-');
                    canonical.push_str(part);
                }
            }
        }
        Ok(Self(canonical))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locales_are_canonical_or_refused() {
        let locale: Locale = "NL_be".parse().unwrap();
        assert_eq!(locale.as_str(), "nl-BE");
        assert_eq!(locale.language(), Some(Language::Nl));
        assert_eq!(locale.country(), Some("BE"));
        for wrong in ["", "n", "nederlands", "nl-", "nl-B", "12-NL", "zz_zz_zz"] {
            assert!(wrong.parse::<Locale>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_turn_of_a_recording_knows_when_it_was_said() {
        let spoken = |start: f64, end: f64| {
            let mut turn = Turn::new(Party::Agent, "hoi");
            turn.meta.insert("start".to_owned(), start.into());
            turn.meta.insert("end".to_owned(), end.into());
            turn.spoken()
        };
        assert_eq!(spoken(0.5, 1.25), Some(TimeSpan::new(500, 1250)));
        for (start, end) in [(2.0, 1.0), (-1.0, 1.0), (1.0, 1.0)] {
            assert_eq!(spoken(start, end), None);
        }
        assert_eq!(Turn::new(Party::Agent, "hoi").spoken(), None);
    }

    #[test]
    fn pieces_of_a_turn_know_when_they_were_said() {
        let mut turn = Turn::new(Party::Customer, "met Jan");
        turn.set_said_when(&[(Span::new(0, 3), 1.0, 1.25), (Span::new(4, 7), 1.3, 1.7)]);
        let said = [(Span::new(0, 3), TimeSpan::new(1000, 1250)), {
            (Span::new(4, 7), TimeSpan::new(1300, 1700))
        }];
        assert_eq!(turn.said_when(), said);
        turn.text = "met".to_owned();
        assert_eq!(turn.said_when(), said[..1]);
        turn.meta
            .insert("words".to_owned(), serde_json::json!([[0, 3, "x", 2], [3], 7, [2, 1, 0, 1]]));
        assert_eq!(turn.said_when(), []);
        turn.forget_said_when();
        assert!(turn.meta.is_empty());
    }

    #[test]
    fn unknown_ids_say_what_is_expected() {
        let error = "klant".parse::<Party>().unwrap_err().to_string();
        assert_eq!(
            error,
            "party 'klant' is unknown; expected one of: customer, agent, colleague, bot"
        );
    }
}
