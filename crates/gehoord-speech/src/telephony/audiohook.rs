//! Genesys AudioHook, version 2: JSON texts for control, bytes for sound.
//!
//! <https://developer.genesys.cloud/devapps/audiohook>

use gehoord_conversation::Party;
use serde_json::{Value, json};

use super::{Begin, Fields, ProtocolError, Said, Sound, object};
use crate::audio::g711::Law;
use crate::measure::RATE;
use crate::running::LONGEST;

const PROTOCOL: &str = "AudioHook version 2";
/// The largest message of sound, in bytes: 20 s of two channels of µ-law.
const MOST: usize = 320_000;

/// One session, message by message.
#[derive(Debug, Default)]
pub struct Session {
    messages: u64,
    id: String,
    /// Number of the last message of the client, and of ours.
    client_seq: u64,
    seq: u64,
    state: State,
    /// Samples up to which sound came or was left out, from where the session began.
    at: u64,
    /// Where it began, in samples: a session that continues another need not begin at 0.
    start: u64,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum State {
    /// `open` did not come yet.
    #[default]
    New,
    /// Sound comes, in this form; customer first.
    Open(Media),
    /// `close` came.
    Closed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Media {
    /// G.711 µ-law.
    Pcmu,
    /// Sixteen bits, low byte first.
    L16,
}

/// What a message says, and what is to be answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Turn {
    /// What it says.
    pub said: Said,
    /// The message to send back.
    pub answer: Option<String>,
}

impl Session {
    /// What a text says. The agent is the text `agent` of `customConfig`, where there is one.
    ///
    /// # Errors
    /// When the message cannot be, or cannot come now; the session is of no use after that.
    pub fn text(&mut self, text: &str) -> Result<Turn, ProtocolError> {
        self.messages += 1;
        let number = self.messages;
        let value = object(text, number, PROTOCOL)?;
        let fields = Fields { number, value: &value };
        if fields.text("version")? != "2" {
            return Err(fields.wrong("version", "\"2\""));
        }
        let seq = fields.whole("seq")?;
        if self.client_seq.checked_add(1) != Some(seq) {
            return Err(fields.wrong("seq", "one more than that of the message before"));
        }
        self.client_seq = seq;
        let id = fields.text("id")?;
        let kind = fields.text("type")?;
        if kind == "open" {
            if self.state != State::New {
                let expected = "it once, before all else";
                return Err(ProtocolError::OutOfPlace { number, kind: "open", expected });
            }
            id.clone_into(&mut self.id);
            return self.open(fields);
        }
        if !matches!(self.state, State::Open(_)) {
            let (kind, expected) = ("another message", "'open' first, and nothing after 'close'");
            return Err(ProtocolError::OutOfPlace { number, kind, expected });
        }
        if id != self.id {
            return Err(fields.wrong("id", "that of 'open'"));
        }
        let nothing = |answer| Ok(Turn { said: Said::Nothing, answer });
        match kind {
            "ping" => {
                self.reach(fields);
                nothing(Some(self.answer("pong", &json!({}))))
            }
            "update" => nothing(Some(self.answer("updated", &json!({})))),
            "close" => {
                self.reach(fields);
                self.state = State::Closed;
                let answer = Some(self.answer("closed", &json!({})));
                // A client that closes for any other reason than the end comes back, or is lost.
                let said = match fields.get("parameters.reason").as_str() {
                    Some("reconnect" | "error") => Said::Leaves,
                    _ => Said::Ends,
                };
                Ok(Turn { said, answer })
            }
            "paused" => Ok(Turn { said: Said::Holds, answer: None }),
            "discarded" => {
                self.leave_out(fields)?;
                nothing(None)
            }
            "resumed" => {
                self.leave_out(fields)?;
                Ok(Turn { said: Said::GoesOn(self.at), answer: None })
            }
            _ => nothing(None),
        }
    }

    /// Sound up to the position of a message is over, also what never came.
    fn reach(&mut self, fields: Fields) {
        if let Some(at) = fields.get("position").as_str().and_then(samples) {
            self.at = self.at.max(at.saturating_sub(self.start));
        }
    }

    /// Sound that was left out keeps its time.
    fn leave_out(&mut self, fields: Fields) -> Result<(), ProtocolError> {
        let Some(left_out) = fields.get("parameters.discarded").as_str().and_then(samples) else {
            let expected = "a time such as PT1.25S, at most 12 hours";
            return Err(fields.wrong("parameters.discarded", expected));
        };
        let from = fields.get("parameters.start").as_str().and_then(samples);
        let from = from.map_or(self.at, |from| self.at.max(from.saturating_sub(self.start)));
        self.at = (from + left_out).min(LONGEST);
        Ok(())
    }

    /// What a message of sound says.
    ///
    /// # Errors
    /// When it comes outside `open` and `close`, or holds no whole samples of both channels.
    pub fn bytes(&mut self, bytes: &[u8]) -> Result<Said, ProtocolError> {
        self.messages += 1;
        let number = self.messages;
        let State::Open(media) = self.state else {
            let (kind, expected) = ("sound", "'open' first, and nothing after 'close'");
            return Err(ProtocolError::OutOfPlace { number, kind, expected });
        };
        let frame = if media == Media::Pcmu { 2 } else { 4 };
        if bytes.len() > MOST || !bytes.len().is_multiple_of(frame) {
            let expected = "whole samples of both channels, at most 320,000 bytes";
            return Err(ProtocolError::Field { number, field: "sound", expected });
        }
        let voice = |channel: usize| -> Vec<f32> {
            let frames = bytes.chunks_exact(frame);
            match media {
                Media::Pcmu => frames.map(|frame| Law::Mu.decode(frame[channel])).collect(),
                Media::L16 => frames
                    .map(|frame| [frame[2 * channel], frame[2 * channel + 1]])
                    .map(|sample| f32::from(i16::from_le_bytes(sample)) / 32768.0)
                    .collect(),
            }
        };
        let at = self.at;
        self.at = (at + (bytes.len() / frame) as u64).min(LONGEST);
        let sounds = [(Party::Customer, 0), (Party::Agent, 1)];
        let sounds = sounds.map(|(party, channel)| Sound { party, at, samples: voice(channel) });
        Ok(Said::Sound(sounds.into()))
    }

    /// The message that ends the session from our side; the client then sends `close`.
    /// `reason` is `completed`, `unauthorized` or `error`.
    pub fn disconnect(&mut self, reason: &str, info: &str) -> String {
        self.answer("disconnect", &json!({"reason": reason, "info": info}))
    }

    fn open(&mut self, fields: Fields) -> Result<Turn, ProtocolError> {
        let offered = fields.get("parameters.media").as_array().map(Vec::as_slice);
        let chosen = offered.unwrap_or_default().iter().find_map(|media| {
            let both = media["channels"] == json!(["external", "internal"]);
            let fits = media["type"] == "audio" && media["rate"] == RATE && both;
            match media["format"].as_str().filter(|_| fits)? {
                "PCMU" => Some((Media::Pcmu, media)),
                "L16" => Some((Media::L16, media)),
                _ => None,
            }
        });
        let Some((media, offer)) = chosen else {
            let expected = "an offer of PCMU or L16 at 8000 Hz with the channels external and \
                            internal";
            return Err(fields.wrong("parameters.media", expected));
        };
        let agent = match fields.get("parameters.customConfig.agent") {
            Value::Null => None,
            _ => Some(fields.text("parameters.customConfig.agent")?.to_owned()),
        };
        let begin = Begin {
            account: fields.text("parameters.organizationId")?.to_owned(),
            call: fields.text("parameters.conversationId")?.to_owned(),
            agent,
        };
        self.start = fields.get("position").as_str().and_then(samples).unwrap_or_default();
        self.state = State::Open(media);
        let answer = Some(self.answer("opened", &json!({"media": [offer], "startPaused": false})));
        Ok(Turn { said: Said::Begins(begin), answer })
    }

    fn answer(&mut self, kind: &str, parameters: &Value) -> String {
        self.seq += 1;
        json!({"version": "2", "id": self.id, "type": kind, "seq": self.seq,
            "clientseq": self.client_seq, "parameters": parameters})
        .to_string()
    }
}

/// Samples of a time in seconds such as `PT12.5S`.
fn samples(time: &str) -> Option<u64> {
    let seconds: f64 = time.strip_prefix("PT")?.strip_suffix('S')?.parse().ok()?;
    let samples = seconds * f64::from(RATE);
    (0.0..=LONGEST as f64).contains(&samples).then_some(samples as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "e160e428-53e2-487c-977d-96989bf5c99d";

    fn message(kind: &str, seq: u64, parameters: &Value) -> String {
        json!({"version": "2", "id": ID, "type": kind, "seq": seq, "serverseq": 0,
            "position": "PT0S", "parameters": parameters})
        .to_string()
    }

    fn open(format: &str) -> Value {
        json!({"organizationId": "org", "conversationId": "call",
            "participant": {"id": "p", "ani": "", "aniName": "", "dnis": ""},
            "media": [
                {"type": "audio", "format": "PCMU", "channels": ["external"], "rate": 8000},
                {"type": "audio", "format": format, "channels": ["external", "internal"],
                    "rate": 8000}],
            "customConfig": {"agent": "samira"}})
    }

    fn opened(format: &str) -> Session {
        let mut session = Session::default();
        let turn = session.text(&message("open", 1, &open(format))).unwrap();
        let (account, call) = ("org".to_owned(), "call".to_owned());
        let begin = Begin { account, call, agent: Some("samira".to_owned()) };
        assert_eq!(turn.said, Said::Begins(begin));
        let answer: Value = serde_json::from_str(&turn.answer.unwrap()).unwrap();
        assert_eq!(answer["type"], "opened");
        assert_eq!((&answer["seq"], &answer["clientseq"]), (&json!(1), &json!(1)));
        assert_eq!(answer["parameters"]["media"][0]["format"], format);
        session
    }

    #[test]
    fn a_call_is_heard_from_open_to_close() {
        let mut session = opened("PCMU");
        let Said::Sound(sounds) = session.bytes(&[0x80, 0xFF, 0x80, 0x00]).unwrap() else {
            panic!("no sound")
        };
        let loud = 32_124.0 / 32_768.0;
        assert_eq!((sounds[0].party, &sounds[0].samples), (Party::Customer, &vec![loud, loud]));
        assert_eq!((sounds[1].party, &sounds[1].samples), (Party::Agent, &vec![0.0, -loud]));
        let pong = session.text(&message("ping", 2, &json!({}))).unwrap().answer.unwrap();
        assert!(pong.contains("\"pong\"") && pong.contains("\"clientseq\":2"), "{pong}");
        let turn = session.text(&message("close", 3, &json!({"reason": "end"}))).unwrap();
        assert_eq!(turn.said, Said::Ends);
        assert!(turn.answer.unwrap().contains("\"closed\""));
        assert!(session.bytes(&[0, 0]).is_err(), "it is closed");
    }

    #[test]
    fn what_was_left_out_keeps_its_time() {
        let mut session = opened("L16");
        session.bytes(&[0; 8]).unwrap();
        let left_out = json!({"start": "PT0.00025S", "discarded": "PT1.5S"});
        session.text(&message("discarded", 2, &left_out)).unwrap();
        let Said::Sound(sounds) = session.bytes(&[0, 0x40, 0, 0xC0]).unwrap() else { panic!() };
        assert_eq!(sounds[0].at, 12_002);
        assert_eq!((sounds[0].samples[0], sounds[1].samples[0]), (0.5, -0.5));
    }

    #[test]
    fn a_hold_is_told_and_keeps_its_time() {
        let mut session = opened("PCMU");
        session.bytes(&[0xFF; 16_000]).unwrap();
        let turn = session.text(&message("paused", 2, &json!({}))).unwrap();
        assert_eq!((turn.said, turn.answer), (Said::Holds, None));
        // The same place as what came already is not counted twice.
        let left_out = json!({"start": "PT1S", "discarded": "PT2.5S"});
        let turn = session.text(&message("resumed", 3, &left_out)).unwrap();
        assert_eq!(turn.said, Said::GoesOn(28_000));
    }

    #[test]
    fn the_position_tells_of_sound_that_never_came() {
        let at = |message: &str, to: &str| message.replace("\"PT0S\"", &format!("\"{to}\""));
        let mut session = Session::default();
        session.text(&at(&message("open", 1, &open("PCMU")), "PT60S")).unwrap();
        session.bytes(&[0xFF; 16_000]).unwrap();
        session.text(&at(&message("ping", 2, &json!({})), "PT63S")).unwrap();
        let Said::Sound(sounds) = session.bytes(&[0xFF; 2]).unwrap() else { panic!() };
        assert_eq!(sounds[0].at, 24_000, "3 s after the session began");
        // A position that lies behind or is no time changes nothing.
        for (seq, place) in [(3, "PT1S"), (4, "gisteren"), (5, "PT-4S")] {
            session.text(&at(&message("ping", seq, &json!({})), place)).unwrap();
        }
        let Said::Sound(sounds) = session.bytes(&[0xFF; 2]).unwrap() else { panic!() };
        assert_eq!(sounds[0].at, 24_001);
    }

    #[test]
    fn who_closes_to_come_back_leaves_the_call_open() {
        for (reason, said) in [
            ("end", Said::Ends),
            ("disconnect", Said::Ends),
            ("reconnect", Said::Leaves),
            ("error", Said::Leaves),
        ] {
            let mut session = opened("PCMU");
            let turn = session.text(&message("close", 2, &json!({"reason": reason}))).unwrap();
            assert_eq!(turn.said, said, "{reason}");
            assert!(turn.answer.unwrap().contains("closed"));
        }
    }

    #[test]
    fn what_cannot_be_is_told_with_its_place() {
        let wrong = |text: &str, words: &str| {
            let error = opened("PCMU").text(text).unwrap_err().to_string();
            assert!(error.contains(words) && error.starts_with("message 2"), "{error}");
        };
        wrong("geen", "no JSON object");
        wrong(&message("open", 2, &open("PCMU")), "'open' cannot come now");
        wrong(&message("ping", 3, &json!({})), "'seq' must be one more");
        wrong(&message("ping", 2, &json!({})).replace("\"2\"", "\"3\""), "'version'");
        wrong(&message("ping", 2, &json!({})).replace(ID, "x"), "'id' must be that of 'open'");
        for time in ["1.5", "PT-1S", "PTinfS", "PTNaNS", "PT1e9S"] {
            let parameters = json!({"start": "PT0S", "discarded": time});
            wrong(&message("discarded", 2, &parameters), "a time such as PT1.25S");
        }
        let error = opened("PCMU").bytes(&[0; 3]).unwrap_err().to_string();
        assert!(error.contains("whole samples of both channels"), "{error}");
        let error = Session::default().text(&message("open", 1, &open("OPUS"))).unwrap_err();
        assert!(error.to_string().contains("parameters.media"), "{error}");
    }
}
