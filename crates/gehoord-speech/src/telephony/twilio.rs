//! Twilio Media Streams, protocol `Call` 1.0.0: JSON texts, G.711 µ-law in base64.
//!
//! <https://www.twilio.com/docs/voice/media-streams/websocket-messages>

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gehoord_conversation::Party;

use super::{Begin, Fields, ProtocolError, Said, Sound, object};
use crate::audio::g711::Law;
use crate::measure::RATE;
use crate::running::LONGEST;

const PROTOCOL: &str = "Twilio Media Streams";
/// The longest sound of a message, in samples: 10 s.
const MOST: usize = 10 * RATE as usize;

/// One stream, message by message.
#[derive(Debug, Default)]
pub struct Stream {
    messages: u64,
    state: State,
}

#[derive(Debug, Default)]
enum State {
    /// Nothing came.
    #[default]
    New,
    /// `connected` came.
    Connected,
    /// `start` came.
    Started { stream: String, agent_inbound: bool },
    /// `stop` came.
    Stopped,
}

impl Stream {
    /// What a message says.
    ///
    /// The track `inbound` is the customer and `outbound` the agent, unless the custom parameter
    /// `agent_track` of the start says `inbound`; the custom parameter `agent` names the agent.
    ///
    /// # Errors
    /// When the message cannot be, or cannot come now; the stream is of no use after that.
    pub fn message(&mut self, text: &str) -> Result<Said, ProtocolError> {
        self.messages += 1;
        let number = self.messages;
        let value = object(text, number, PROTOCOL)?;
        let fields = Fields { number, value: &value };
        let out_of_place =
            |kind, expected| Err(ProtocolError::OutOfPlace { number, kind, expected });
        match fields.text("event")? {
            "connected" => {
                if !matches!(self.state, State::New) {
                    return out_of_place("connected", "it once, before all else");
                }
                if fields.text("protocol")? != "Call" {
                    return Err(fields.wrong("protocol", "'Call'"));
                }
                self.state = State::Connected;
                Ok(Said::Nothing)
            }
            "start" => {
                if !matches!(self.state, State::Connected) {
                    return out_of_place("start", "it once, after 'connected'");
                }
                self.start(fields).map(Said::Begins)
            }
            "media" => {
                let State::Started { stream, agent_inbound } = &self.state else {
                    return out_of_place("media", "'start' before it and 'stop' after it");
                };
                same_stream(fields, stream)?;
                sound(fields, *agent_inbound).map(|sound| Said::Sound(vec![sound]))
            }
            "stop" => {
                let State::Started { stream, .. } = &self.state else {
                    return out_of_place("stop", "'start' before it, and it once");
                };
                same_stream(fields, stream)?;
                self.state = State::Stopped;
                Ok(Said::Ends)
            }
            // Keys that were pressed may be a number of a card: they are not looked at.
            _ => Ok(Said::Nothing),
        }
    }

    fn start(&mut self, fields: Fields) -> Result<Begin, ProtocolError> {
        let stream = fields.text("streamSid")?.to_owned();
        let tracks = fields.get("start.tracks").as_array().map(Vec::as_slice).unwrap_or_default();
        if !["inbound", "outbound"].iter().all(|track| tracks.iter().any(|t| t == track)) {
            let expected =
                "[\"inbound\", \"outbound\"]; start the stream with track=\"both_tracks\"";
            return Err(fields.wrong("start.tracks", expected));
        }
        if fields.text("start.mediaFormat.encoding")? != "audio/x-mulaw" {
            return Err(fields.wrong("start.mediaFormat.encoding", "'audio/x-mulaw'"));
        }
        if fields.whole("start.mediaFormat.sampleRate")? != u64::from(RATE) {
            return Err(fields.wrong("start.mediaFormat.sampleRate", "8000"));
        }
        if fields.whole("start.mediaFormat.channels")? != 1 {
            return Err(fields.wrong("start.mediaFormat.channels", "1"));
        }
        let agent_inbound = match fields.get("start.customParameters.agent_track").as_str() {
            None | Some("outbound") => false,
            Some("inbound") => true,
            Some(_) => {
                let field = "start.customParameters.agent_track";
                return Err(fields.wrong(field, "'inbound' or 'outbound'"));
            }
        };
        let agent = match fields.get("start.customParameters.agent").is_null() {
            true => None,
            false => Some(fields.text("start.customParameters.agent")?.to_owned()),
        };
        let begin = Begin {
            account: fields.text("start.accountSid")?.to_owned(),
            call: fields.text("start.callSid")?.to_owned(),
            agent,
        };
        self.state = State::Started { stream, agent_inbound };
        Ok(begin)
    }
}

fn same_stream(fields: Fields, stream: &str) -> Result<(), ProtocolError> {
    match fields.text("streamSid")? == stream {
        true => Ok(()),
        false => Err(fields.wrong("streamSid", "that of 'start'")),
    }
}

fn sound(fields: Fields, agent_inbound: bool) -> Result<Sound, ProtocolError> {
    let inbound = match fields.text("media.track")? {
        "inbound" => true,
        "outbound" => false,
        _ => return Err(fields.wrong("media.track", "'inbound' or 'outbound'")),
    };
    let at = fields.whole("media.timestamp")?;
    let at = at.checked_mul(u64::from(RATE) / 1000).filter(|at| *at < LONGEST);
    let at = at.ok_or_else(|| fields.wrong("media.timestamp", "milliseconds, at most 12 hours"))?;
    let expected = "G.711 µ-law in base64, at most 10 seconds";
    let payload = fields.get("media.payload").as_str();
    let bytes = payload.and_then(|payload| STANDARD.decode(payload).ok());
    let bytes = bytes.filter(|bytes| bytes.len() <= MOST);
    let bytes = bytes.ok_or_else(|| fields.wrong("media.payload", expected))?;
    let party = if inbound == agent_inbound { Party::Agent } else { Party::Customer };
    Ok(Sound { party, at, samples: bytes.into_iter().map(|byte| Law::Mu.decode(byte)).collect() })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const CONNECTED: &str = r#"{"event":"connected","protocol":"Call","version":"1.0.0"}"#;

    fn start(parameters: &serde_json::Value) -> serde_json::Value {
        json!({"event": "start", "sequenceNumber": "1", "streamSid": "MZ1", "start": {
            "streamSid": "MZ1", "accountSid": "AC1", "callSid": "CA1",
            "tracks": ["inbound", "outbound"], "customParameters": parameters,
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}}})
    }

    fn media(track: &str, timestamp: &str, payload: &str) -> String {
        json!({"event": "media", "sequenceNumber": "3", "streamSid": "MZ1", "media": {
            "track": track, "chunk": "1", "timestamp": timestamp, "payload": payload}})
        .to_string()
    }

    fn started(parameters: &serde_json::Value) -> (Stream, Said) {
        let mut stream = Stream::default();
        assert_eq!(stream.message(CONNECTED), Ok(Said::Nothing));
        let said = stream.message(&start(parameters).to_string()).unwrap();
        (stream, said)
    }

    #[test]
    fn a_call_is_heard_from_connected_to_stop() {
        let (mut stream, said) = started(&json!({"agent": "samira"}));
        let (account, call) = ("AC1".to_owned(), "CA1".to_owned());
        assert_eq!(said, Said::Begins(Begin { account, call, agent: Some("samira".to_owned()) }));
        let said = stream.message(&media("inbound", "20", "/4AA")).unwrap();
        let Said::Sound(sounds) = said else { panic!("{said:?}") };
        assert_eq!((sounds[0].party, sounds[0].at), (Party::Customer, 160));
        assert_eq!(sounds[0].samples, [0.0, 32_124.0 / 32_768.0, -32_124.0 / 32_768.0]);
        let dtmf = r#"{"event":"dtmf","streamSid":"MZ1","dtmf":{"digit":"1"}}"#;
        assert_eq!(stream.message(dtmf), Ok(Said::Nothing));
        let stop = r#"{"event":"stop","streamSid":"MZ1","stop":{"callSid":"CA1"}}"#;
        assert_eq!(stream.message(stop), Ok(Said::Ends));
        assert!(stream.message(&media("inbound", "40", "/w==")).is_err(), "it is over");
    }

    #[test]
    fn the_agent_may_be_on_the_inbound_track() {
        let (mut stream, _) = started(&json!({"agent_track": "inbound"}));
        for (track, party) in [("inbound", Party::Agent), ("outbound", Party::Customer)] {
            let said = stream.message(&media(track, "0", "/w==")).unwrap();
            assert!(matches!(&said, Said::Sound(sounds) if sounds[0].party == party), "{said:?}");
        }
    }

    #[test]
    fn what_cannot_be_is_told_with_its_place() {
        let wrong = |text: &str, words: &str| {
            let (mut stream, _) = started(&json!({}));
            let error = stream.message(text).unwrap_err().to_string();
            assert!(error.contains(words) && error.starts_with("message 3"), "{error}");
        };
        wrong("{", "no JSON object (line 1, column 1)");
        wrong("[]", "no JSON object");
        wrong("{}", "'event' must be a text");
        wrong(CONNECTED, "'connected' cannot come now");
        wrong(&media("both", "0", "/w=="), "'media.track' must be 'inbound' or 'outbound'");
        wrong(&media("inbound", "-1", "/w=="), "'media.timestamp' must be");
        wrong(&media("inbound", "18446744073709551615", "/w=="), "at most 12 hours");
        wrong(&media("inbound", "0", "geen base64"), "'media.payload' must be G.711");
        wrong(&media("inbound", "0", "/w==").replace("MZ1", "MZ2"), "'streamSid' must be that of");
        let mut stream = Stream::default();
        let error = stream.message(&media("inbound", "0", "/w==")).unwrap_err().to_string();
        assert!(error.contains("'start' before it"), "{error}");
    }

    #[test]
    fn a_start_that_cannot_be_heard_says_why() {
        for (from, to, words) in [
            ("\"inbound\",\"outbound\"", "\"inbound\"", "both_tracks"),
            ("audio/x-mulaw", "audio/opus", "audio/x-mulaw"),
            ("8000", "16000", "8000"),
            ("\"channels\":1", "\"channels\":2", "channels"),
            ("\"CA1\"", "\"\"", "start.callSid"),
            ("\"customParameters\":{}", "\"customParameters\":{\"agent\":7}", "agent"),
        ] {
            let mut stream = Stream::default();
            stream.message(CONNECTED).unwrap();
            let text = start(&json!({})).to_string();
            assert!(text.contains(from), "{from} is not in {text}");
            let error = stream.message(&text.replace(from, to)).unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        }
    }
}
