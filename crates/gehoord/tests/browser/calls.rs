//! A scripted call that comes in over the socket of a telephone system, and the page of its agent.

use std::net::TcpStream;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use gehoord_speech::audio::g711::Law;
use gehoord_speech::synthesis::voice::Manner;
use gehoord_speech::synthesis::{Line, Script};
use ring::hmac;
use serde_json::{Value, json};
use tungstenite::client::IntoClientRequest;
use tungstenite::{Message, WebSocket};

use crate::Demo;
use crate::chromium::{Chromium, Look};
use crate::{LOOKS, axe, found_by_axe, out_of_size, picture, walked_through};

/// What the demo is started with; the file holds [`TOKEN`].
pub(crate) const URL: &str = "wss://hier.nl";
pub(crate) const TOKEN: &str = "geheim";
const PATH: &str = "/api/v1/telephony/twilio";

/// A call of an agent over Twilio Media Streams.
struct Phone {
    socket: WebSocket<TcpStream>,
    chunk: usize,
}

impl Phone {
    fn begin(site: &str, call: &str, agent: &str) -> Self {
        let address = site.strip_prefix("http://").unwrap();
        let mut request = format!("ws://{address}{PATH}").into_client_request().unwrap();
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, TOKEN.as_bytes());
        let signature = STANDARD.encode(hmac::sign(&key, format!("{URL}{PATH}").as_bytes()));
        request.headers_mut().insert("x-twilio-signature", signature.parse().unwrap());
        let stream = TcpStream::connect(address).unwrap();
        let (socket, _) = tungstenite::client(request, stream).unwrap();
        let mut phone = Self { socket, chunk: 0 };
        phone.say(&json!({"event": "connected", "protocol": "Call", "version": "1.0.0"}));
        let format = json!({"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1});
        phone.say(&json!({"event": "start", "sequenceNumber": "1", "streamSid": "MZ1", "start": {
            "streamSid": "MZ1", "accountSid": "AC1", "callSid": call,
            "tracks": ["inbound", "outbound"], "customParameters": {"agent": agent},
            "mediaFormat": format}}));
        phone
    }

    fn say(&mut self, value: &Value) {
        self.socket.send(Message::Text(value.to_string().into())).unwrap();
    }

    /// Both voices from one second to another, as fast as they go.
    fn talk(&mut self, voices: &[Vec<u8>; 2], seconds: std::ops::Range<usize>) {
        for block in seconds.start * 10..seconds.end * 10 {
            for (track, voice) in ["inbound", "outbound"].iter().zip(voices) {
                let payload = STANDARD.encode(&voice[block * 800..(block + 1) * 800]);
                let media = json!({"track": track, "chunk": (self.chunk + 1).to_string(),
                    "timestamp": (self.chunk * 100).to_string(), "payload": payload});
                self.say(&json!({"event": "media", "sequenceNumber": "2", "streamSid": "MZ1",
                    "media": media}));
            }
            self.chunk += 1;
        }
    }

    fn stop(mut self) {
        self.say(&json!({"event": "stop", "streamSid": "MZ1", "stop": {}}));
    }
}

/// Customer and agent: a talk in turns for 20 s, then the agent alone up to 90 s.
fn voices() -> [Vec<u8>; 2] {
    let line = |channel, start, seconds: f32| {
        let (pitch, pace) = if channel == 0 { (120.0, 4.8) } else { (205.0, 4.1) };
        let manner = Manner { pitch, movement: 4.0, pace, level: -21.0, length: 1.0 };
        Line { channel, start, syllables: (seconds * pace) as u32, manner }
    };
    let mut lines =
        vec![line(1, 500, 5.0), line(0, 5_000, 4.0), line(1, 10_000, 4.0), line(0, 15_000, 4.5)];
    lines.extend((0..10).map(|n| line(0, 20_000 + n * 7_000, 6.0)));
    let script = Script { lines, noise: Some(-62.0), length: 91_000, ..Script::default() };
    let made = script.make().over_the_line();
    [1, 0].map(|channel: usize| {
        made.channels[channel].iter().map(|sample| Law::Mu.encode(*sample)).collect()
    })
}

#[test]
fn a_call_appears_by_itself_and_is_followed_until_it_is_over() {
    let Some(mut browser) = Chromium::start() else { return };
    let demo = Demo::start();
    let (voices, axe) = (voices(), axe());
    for (number, look) in LOOKS.into_iter().enumerate() {
        let call = format!("CA{number}");
        let card = format!("document.querySelector('[data-call={call}]')");
        let mut page = demo.page(&mut browser, "samira", look);
        page.go(&demo.address("/calls"));
        assert_eq!(page.eval("document.querySelector('[data-advice=off]') !== null"), true);
        page.tab_to("form[action='/calls/advice'] button");
        page.on_to(|page| page.press("Enter"));
        page.until("document.querySelector('[data-reload]').hidden");

        let mut phone = Phone::begin(&demo.site, &call, "samira");
        page.until(&format!("{card}?.dataset.state === 'running'"));
        phone.talk(&voices, 0..20);
        page.until(&format!("/1[89]|20/.test({card}.querySelector('.call-length').textContent)"));
        for lane in ["they", "you"] {
            let path = format!("{card}.querySelector('.{lane}').getAttribute('d')");
            assert!(page.text(&path).starts_with('M'), "{lane}");
        }
        assert!(
            page.text(&format!("{card}.querySelector('[data-word=share]').textContent"))
                .contains('%')
        );
        page.picture(&picture("call", look));
        let mut wrong = out_of_size(&mut page);
        if let Some(axe) = &axe {
            wrong.extend(found_by_axe(&mut page, axe));
        }
        wrong.extend(walked_through(&mut page));
        assert!(wrong.is_empty(), "{}: {wrong:#?}", look.name());

        // The same places are filled again: nothing is drawn anew.
        page.eval(&format!("window.before = [...{card}.querySelectorAll('*')]; 1"));
        phone.talk(&voices, 20..82);
        page.until(&format!("{card}.querySelector('[data-advice]').textContent.length > 20"));
        let same =
            format!("window.before.every((one, n) => one === {card}.querySelectorAll('*')[n])");
        assert_eq!(page.eval(&same), true);
        page.picture(&picture("call-advice", look));
        // One key, and it stays silent.
        page.press("Escape");
        page.until(&format!("!{card}.querySelector('[data-silent]').hidden"));
        assert_eq!(page.text(&format!("{card}.querySelector('[data-advice]').textContent")), "");
        assert_eq!(page.eval(&format!("{card}.querySelector('[data-silence]').hidden")), true);

        // A socket that is lost, and another.
        drop(phone);
        page.until(&format!("{card}.dataset.state === 'waiting'"));
        page.picture(&picture("call-waiting", look));
        let mut phone = Phone::begin(&demo.site, &call, "samira");
        phone.talk(&voices, 82..84);
        page.until(&format!("{card}.dataset.state === 'running'"));
        phone.stop();
        page.until(&format!("{card}.dataset.state === 'ended'"));
        assert_eq!(
            page.eval(&format!("{card}.querySelector('[data-left]').checkVisibility()")),
            true
        );
        page.picture(&picture("call-over", look));
        assert_eq!(page.complaints(), Vec::<String>::new());

        // Without scripts the page is as it was when it was asked for.
        let mut still = demo.page(&mut browser, "samira", Look { scripts: false, ..look });
        still.go(&demo.address("/calls"));
        assert_eq!(still.eval(&format!("{card}.dataset.state")), "ended");
        assert_eq!(still.eval("document.querySelector('[data-reload] a').checkVisibility()"), true);
        page.go(&demo.address("/calls"));
        page.tab_to("form[action='/calls/advice'] button");
        page.on_to(|page| page.press("Enter"));
    }
}
