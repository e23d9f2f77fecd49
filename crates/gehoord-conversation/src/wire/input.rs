//! One conversation as JSON.

use jiff::Zoned;
use jiff::fmt::temporal::{Pieces, PiecesOffset};
use jiff::tz::TimeZone;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use super::wrong;
use crate::conversation::RankedReply;
use crate::{Channel, Conversation, Locale, Turn};

/// Zone of a time that names none.
pub const DEFAULT_ZONE: &str = "Europe/Amsterdam";

/// Why a text is not a conversation. `code` is stable; the message is for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct WireError {
    /// `invalid_json`, `invalid_conversation` or `invalid_value`.
    pub code: &'static str,
    /// What is wrong, where, and what was expected.
    pub message: String,
}

impl WireError {
    fn value(place: &str, why: impl std::fmt::Display) -> Self {
        Self { code: "invalid_value", message: format!("{place}: {why}") }
    }
}

/// A conversation. Only `turns` is required; unknown fields are kept in `meta`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct WireConversation {
    /// Name of the conversation, unique within one input.
    #[serde(default, deserialize_with = "text_or_number", skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "name")]
    pub id: Option<String>,
    /// BCP 47 tag such as `nl-NL`; guessed when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// `phone`, `email`, `chat`, `social` or `in_person`; `chat` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// Pseudonym of the customer.
    #[serde(default, deserialize_with = "text_or_number", skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "name")]
    pub customer: Option<String>,
    /// Team that serves the customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    /// Subject line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Id in the system it came from.
    #[serde(default, deserialize_with = "text_or_number", skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "name")]
    pub external_id: Option<String>,
    /// Anything else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meta: Option<Map<String, Value>>,
    /// Who said what, in order.
    pub turns: Vec<WireTurn>,
    /// Labels given by people to the whole conversation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gold: Option<Map<String, Value>>,
    /// Ranked replies to the last turn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replies: Option<Vec<WireReply>>,
    /// Unknown fields.
    #[serde(flatten)]
    #[schemars(skip)]
    pub other: Map<String, Value>,
}

/// One utterance or message.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct WireTurn {
    /// `customer`, `agent`, `colleague` or `bot`.
    pub party: String,
    /// The words.
    pub text: String,
    /// RFC 3339; without an offset it is Europe/Amsterdam.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// Name or number of the speaker.
    #[serde(default, deserialize_with = "text_or_number", skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "name")]
    pub speaker: Option<String>,
    /// Id in the system it came from.
    #[serde(default, deserialize_with = "text_or_number", skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "name")]
    pub external_id: Option<String>,
    /// Labels given by people to this turn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gold: Option<Map<String, Value>>,
    /// Unknown fields.
    #[serde(flatten)]
    #[schemars(skip)]
    pub other: Map<String, Value>,
}

/// A candidate reply and its rank.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct WireReply {
    /// The words.
    pub text: String,
    /// 1 is the best.
    pub rank: u32,
    /// Labels given by people to this reply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gold: Option<Map<String, Value>>,
}

/// Whole numbers stand for their digits: many systems number what they keep.
fn text_or_number<'de, D: Deserializer<'de>>(given: D) -> Result<Option<String>, D::Error> {
    match Option::<Value>::deserialize(given)? {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(Value::Number(number)) if number.is_i64() || number.is_u64() => {
            Ok(Some(number.to_string()))
        }
        Some(_) => Err(D::Error::custom("expected a text between quotes or a whole number")),
    }
}

fn name(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": ["string", "integer", "null"]})
}

/// Reads one conversation. `fallback_id` names it when the text does not.
///
/// # Errors
/// When `json` is no JSON (`invalid_json`), lacks what a conversation needs
/// (`invalid_conversation`), or holds a value that is not one of the contract (`invalid_value`).
pub fn read_conversation(json: &str, fallback_id: &str) -> Result<Conversation, WireError> {
    let wire: WireConversation = serde_json::from_str(json).map_err(|error| {
        let code = if error.is_data() { "invalid_conversation" } else { "invalid_json" };
        let what = if error.is_data() { "not a conversation" } else { "not valid JSON" };
        let plain = || wrong::plainly(&error.to_string());
        let why = wrong::no_conversation(json).unwrap_or_else(plain);
        WireError { code, message: format!("{what}: {why}; see 'gehoord schema input'") }
    })?;
    from_wire(wire, fallback_id)
}

/// Turns the contract's form into a conversation.
///
/// # Errors
/// When a value is not one of the contract.
pub fn from_wire(wire: WireConversation, fallback_id: &str) -> Result<Conversation, WireError> {
    let locale: Option<Locale> = match wire.locale.as_deref() {
        None | Some("") => None,
        Some(tag) => Some(tag.parse().map_err(|e| WireError::value("locale", e))?),
    };
    let channel = match wire.channel.as_deref() {
        None | Some("") => Channel::Chat,
        Some(id) => id.parse().map_err(|e| WireError::value("channel", e))?,
    };
    let mut meta = wire.meta.unwrap_or_default();
    meta.extend(wire.other);
    let mut turns = Vec::with_capacity(wire.turns.len());
    for (i, turn) in wire.turns.into_iter().enumerate() {
        let party =
            turn.party.parse().map_err(|e| WireError::value(&format!("turns[{i}].party"), e))?;
        let at = match turn.at.as_deref() {
            None | Some("") => None,
            Some(text) => Some(
                read_time(text, locale.as_ref())
                    .map_err(|e| WireError::value(&format!("turns[{i}].at"), e))?,
            ),
        };
        turns.push(Turn {
            party,
            text: turn.text,
            at,
            speaker: turn.speaker,
            external_id: turn.external_id,
            meta: turn.other,
            gold: turn.gold.unwrap_or_default(),
        });
    }
    let replies = wire.replies.unwrap_or_default().into_iter();
    Ok(Conversation {
        id: wire.id.filter(|id| !id.is_empty()).unwrap_or_else(|| fallback_id.to_owned()),
        locale,
        channel,
        customer: wire.customer,
        team: wire.team,
        subject: wire.subject,
        external_id: wire.external_id,
        meta,
        turns,
        gold: wire.gold.unwrap_or_default(),
        replies: replies
            .map(|r| RankedReply { text: r.text, rank: r.rank, gold: r.gold.unwrap_or_default() })
            .collect(),
    })
}

/// Reads an RFC 3339 time. Without an offset it is Europe/Amsterdam. With one it is put on the
/// clock of the locale's country when that clock showed this offset then, so that "tomorrow"
/// survives a change to summer time; otherwise the offset is kept.
///
/// # Errors
/// A sentence that says what was expected.
pub fn read_time(text: &str, locale: Option<&Locale>) -> Result<Zoned, String> {
    let wrong = || format!("'{text}' is not a time such as 2026-03-01T10:00:00+01:00 (RFC 3339)");
    let pieces = Pieces::parse(text).map_err(|_| wrong())?;
    let time = pieces.time().unwrap_or_default();
    let civil = pieces.date().to_datetime(time);
    let country = locale.and_then(Locale::country);
    let local = TimeZone::get(zone_of(country)).map_err(|_| wrong())?;
    match pieces.offset() {
        None => {
            let zone = TimeZone::get(DEFAULT_ZONE).map_err(|_| wrong())?;
            civil.to_zoned(zone).map_err(|_| wrong())
        }
        Some(PiecesOffset::Zulu) => {
            let utc = civil.to_zoned(TimeZone::UTC).map_err(|_| wrong())?;
            Ok(utc.with_time_zone(local))
        }
        Some(offset) => {
            let offset = match offset {
                PiecesOffset::Numeric(numeric) => numeric.offset(),
                _ => return Err(wrong()),
            };
            let fixed = civil.to_zoned(TimeZone::fixed(offset)).map_err(|_| wrong())?;
            let on_local_clock = fixed.with_time_zone(local);
            Ok(if on_local_clock.offset() == offset { on_local_clock } else { fixed })
        }
    }
}

/// The clock of a country with one main zone; Amsterdam for all others.
#[must_use]
pub fn zone_of(country: Option<&str>) -> &'static str {
    match country {
        Some("BE") => "Europe/Brussels",
        Some("GB") => "Europe/London",
        Some("IE") => "Europe/Dublin",
        Some("DE") => "Europe/Berlin",
        Some("AT") => "Europe/Vienna",
        Some("CH") => "Europe/Zurich",
        Some("FR") => "Europe/Paris",
        Some("LU") => "Europe/Luxembourg",
        _ => DEFAULT_ZONE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Party;

    #[test]
    fn only_turns_are_required_and_unknown_fields_are_kept() {
        let json = r#"{"turns":[{"party":"customer","text":"hoi","mood":7}],"company":"Acme"}"#;
        let conversation = read_conversation(json, "line-1").unwrap();
        assert_eq!(conversation.id, "line-1");
        assert_eq!(conversation.channel, Channel::Chat);
        assert_eq!(conversation.meta["company"], "Acme");
        assert_eq!(conversation.turns[0].party, Party::Customer);
        assert_eq!(conversation.turns[0].meta["mood"], 7);
    }

    #[test]
    fn a_number_is_a_name_too() {
        let json = r#"{"id":5,"external_id":18446744073709551615,"customer":-1,
            "turns":[{"party":"customer","text":"x","speaker":2,"external_id":7}]}"#;
        let conversation = read_conversation(json, "x").unwrap();
        assert_eq!(conversation.id, "5");
        assert_eq!(conversation.external_id.as_deref(), Some("18446744073709551615"));
        assert_eq!(conversation.customer.as_deref(), Some("-1"));
        let turn = &conversation.turns[0];
        assert_eq!((turn.speaker.as_deref(), turn.external_id.as_deref()), (Some("2"), Some("7")));
        let schema = crate::wire::schema::input();
        let id = &schema["properties"]["id"];
        assert_eq!(id["type"], serde_json::json!(["string", "integer", "null"]), "{id}");
        assert!(id["description"].is_string(), "{id}");
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        let cases = [
            ("{", "invalid_json", "not valid JSON"),
            (r#"{"id":"a"}"#, "invalid_conversation", "turns is missing"),
            (r#"{"turns":[{"party":"klant","text":"x"}]}"#, "invalid_value", "turns[0].party"),
            (r#"{"turns":[],"channel":"fax"}"#, "invalid_value", "channel 'fax' is unknown"),
            (r#"{"turns":[],"locale":"Nederlands"}"#, "invalid_value", "locale"),
            (
                r#"{"turns":[{"party":"agent","text":"x","at":"gisteren"}]}"#,
                "invalid_value",
                "turns[0].at",
            ),
        ];
        for (json, code, words) in cases {
            let error = read_conversation(json, "x").unwrap_err();
            assert_eq!(error.code, code, "{json}");
            assert!(error.message.contains(words), "{json}: {}", error.message);
        }
    }

    #[test]
    fn deeply_nested_json_is_an_error_not_a_crash() {
        let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
        let json = format!(r#"{{"turns":[],"x":{deep}}}"#);
        assert_eq!(read_conversation(&json, "x").unwrap_err().code, "invalid_json");
    }

    #[test]
    fn times_keep_their_clock() {
        let nl = "nl-NL".parse().ok();
        let cases = [
            ("2026-03-01T10:00:00", "2026-03-01T10:00:00+01:00[Europe/Amsterdam]"),
            ("2026-03-01T10:00:00+01:00", "2026-03-01T10:00:00+01:00[Europe/Amsterdam]"),
            ("2026-07-01T08:00:00Z", "2026-07-01T10:00:00+02:00[Europe/Amsterdam]"),
            ("2026-03-01T10:00:00-05:00", "2026-03-01T10:00:00-05:00[-05:00]"),
        ];
        for (text, expected) in cases {
            assert_eq!(read_time(text, nl.as_ref()).unwrap().to_string(), expected);
        }
        assert!(read_time("25:00", None).is_err());
    }
}
