//! Calls that come in while they run, and the agent who follows.

mod common;

use std::sync::Arc;
use std::time::Duration;

use axum::http::HeaderMap;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use common::speech::{Answer, Stuck, model, with};
use common::{Events, On, Server, Socket, World, told};
use futures_util::SinkExt;
use gehoord_server::{Telephony, app};
use gehoord_speech::audio::g711::Law;
use gehoord_speech::synthesis::voice::Manner;
use gehoord_speech::synthesis::{Line, Script};
use gehoord_speech::transcribe::Scripted;
use gehoord_store::Role;
use ring::hmac;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};

const URL: &str = "wss://hier.nl";
const SECRET: &str = "VGhpc0lzQVNlY3JldEZvclRlc3Rz";
const TWILIO: &str = "/api/v1/telephony/twilio";
const AUDIOHOOK: &str = "/api/v1/telephony/audiohook";
const CALLS: &str = "/calls/events";
const ID: &str = "e160e428-53e2-487c-977d-96989bf5c99d";

async fn world() -> World {
    let mut world = World::new(On::Sqlite).await.unwrap();
    let telephony = Telephony::new(URL).unwrap().with_twilio("geheim");
    let telephony = telephony.with_audiohook("sleutel", SECRET).unwrap();
    world.state = world.state.clone().with_telephony(telephony);
    world.router = app(world.state.clone());
    world
}

fn sign(algorithm: hmac::Algorithm, key: &[u8], what: &str) -> String {
    STANDARD.encode(hmac::sign(&hmac::Key::new(algorithm, key), what.as_bytes()))
}

fn twilio_headers(token: &str) -> Vec<(&'static str, String)> {
    let algorithm = hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY;
    vec![("x-twilio-signature", sign(algorithm, token.as_bytes(), &format!("{URL}{TWILIO}")))]
}

fn audiohook_headers(secret: &str) -> Vec<(&'static str, String)> {
    let fields = [
        ("audiohook-organization-id", "org"),
        ("audiohook-session-id", ID),
        ("audiohook-correlation-id", "samen"),
        ("x-api-key", "sleutel"),
    ];
    let now = jiff::Timestamp::now().as_second();
    let input = format!(
        "(\"@request-target\" \"@authority\" \"audiohook-organization-id\" \
         \"audiohook-session-id\" \"audiohook-correlation-id\" \"x-api-key\");\
         keyid=\"sleutel\";nonce=\"n\";alg=\"hmac-sha256\";created={now};expires={}",
        now + 10
    );
    let mut base = format!("\"@request-target\": {AUDIOHOOK}\n\"@authority\": hier.nl\n");
    for (name, value) in fields {
        base += &format!("\"{name}\": {value}\n");
    }
    base += &format!("\"@signature-params\": {input}");
    let signature = sign(hmac::HMAC_SHA256, &STANDARD.decode(secret).unwrap(), &base);
    let mut headers: Vec<_> = fields.map(|(name, value)| (name, value.to_owned())).into();
    headers.push(("signature-input", format!("sig1={input}")));
    headers.push(("signature", format!("sig1=:{signature}:")));
    headers
}

/// A socket of a telephone system; the status when it is refused.
async fn call(
    server: &Server,
    path: &str,
    headers: &[(&'static str, String)],
) -> Result<Socket, u16> {
    let mut request = format!("ws://{}{path}", server.address).into_client_request().unwrap();
    let more: HeaderMap = headers
        .iter()
        .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
        .collect();
    request.headers_mut().extend(more);
    let stream = TcpStream::connect(server.address).await.unwrap();
    match client_async(request, stream).await {
        Ok((socket, _)) => Ok(socket),
        Err(Error::Http(response)) => Err(response.status().as_u16()),
        Err(error) => panic!("{error}"),
    }
}

async fn send(socket: &mut Socket, value: &Value) {
    socket.send(Message::Text(value.to_string().into())).await.unwrap();
}

/// The next of what an agent is told with this state.
async fn until(events: &mut Events, state: &str) -> Value {
    loop {
        let value = events.next().await.expect("the stream goes on");
        if value["state"] == state {
            return value;
        }
    }
}

/// Ten seconds in µ-law: the customer speaks for four, then the agent for three.
fn voices() -> [Vec<u8>; 2] {
    let manner = |pitch| Manner { pitch, movement: 4.0, pace: 4.5, level: -21.0, length: 1.0 };
    let lines = vec![
        Line { channel: 1, start: 500, syllables: 18, manner: manner(205.0) },
        Line { channel: 0, start: 5_500, syllables: 14, manner: manner(120.0) },
    ];
    let script = Script { lines, noise: Some(-62.0), length: 10_000, ..Script::default() };
    let made = script.make().over_the_line();
    [1, 0].map(|channel: usize| {
        made.channels[channel].iter().map(|sample| Law::Mu.encode(*sample)).collect()
    })
}

async fn twilio_begins(socket: &mut Socket, agent: &str) {
    send(socket, &json!({"event": "connected", "protocol": "Call", "version": "1.0.0"})).await;
    let format = json!({"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1});
    send(
        socket,
        &json!({"event": "start", "sequenceNumber": "1", "streamSid": "MZ1", "start": {
            "streamSid": "MZ1", "accountSid": "AC1", "callSid": "CA1",
            "tracks": ["inbound", "outbound"], "customParameters": {"agent": agent},
            "mediaFormat": format}}),
    )
    .await;
}

/// Sends the blocks of 20 ms from one to another, whose times begin at 0.
async fn twilio_says(socket: &mut Socket, blocks: std::ops::Range<usize>) {
    let voices = voices();
    for (chunk, block) in blocks.enumerate() {
        for (track, voice) in ["inbound", "outbound"].iter().zip(&voices) {
            let payload = STANDARD.encode(&voice[block * 160..(block + 1) * 160]);
            let media = json!({"track": track, "chunk": (chunk + 1).to_string(),
                "timestamp": (chunk * 20).to_string(), "payload": payload});
            let sequence = (chunk + 2).to_string();
            send(
                socket,
                &json!({"event": "media", "sequenceNumber": sequence, "streamSid": "MZ1",
                "media": media}),
            )
            .await;
        }
    }
}

fn heard(end: &Value) {
    let ms = |value: &Value| value.as_u64().unwrap();
    assert!(ms(&end["at_ms"]).abs_diff(10_000) <= 40, "{end}");
    assert!(ms(&end["customer"]["talk_ms"]).abs_diff(4_000) < 300, "{end}");
    assert!(ms(&end["agent"]["talk_ms"]).abs_diff(3_100) < 300, "{end}");
    assert_eq!((&end["overlap_ms"], &end["missing_ms"]), (&json!(0), &json!(0)));
}

#[tokio::test]
async fn a_call_over_twilio_is_told_to_its_agent_and_nobody_else_and_goes_on_after_a_loss() {
    let world = world().await;
    let agent = world.somebody("samira", Role::Agent).await;
    let colleague = world.somebody("kees", Role::Agent).await;
    let server = world.serve().await;
    let mut events = Events::of(&agent, CALLS).await;
    let mut other = Events::of(&colleague, CALLS).await;
    assert_eq!(events.next().await.unwrap(), json!({"kind": "calls", "calls": []}));
    let mut socket = call(&server, TWILIO, &twilio_headers("geheim")).await.unwrap();
    twilio_begins(&mut socket, "samira").await;
    assert_eq!(events.next().await.unwrap()["state"], "running");
    twilio_says(&mut socket, 0..250).await;
    drop(socket);
    let waiting = until(&mut events, "waiting").await;
    assert!(waiting["customer"]["talk_ms"].as_u64().unwrap() > 2_000, "{waiting}");
    let mut socket = call(&server, TWILIO, &twilio_headers("geheim")).await.unwrap();
    twilio_begins(&mut socket, "samira").await;
    twilio_says(&mut socket, 250..500).await;
    send(&mut socket, &json!({"event": "stop", "streamSid": "MZ1", "stop": {}})).await;
    heard(&until(&mut events, "ended").await);
    assert!(told(&mut socket).await.is_none(), "closed");
    // The colleague was told that there is nothing, and nothing more.
    assert_eq!(other.next().await.unwrap(), json!({"kind": "calls", "calls": []}));
    assert!(other.are_silent(Duration::from_millis(100)).await);
    // Nothing of it is kept.
    server.stop().await;
    for table in ["conversation", "recording", "attachment"] {
        assert_eq!(world.count(table).await, 0, "{table}");
    }
}

#[tokio::test]
async fn a_call_over_audiohook_is_told_to_its_agent() {
    let world = world().await;
    let agent = world.somebody("samira", Role::Agent).await;
    let server = world.serve().await;
    let mut events = Events::of(&agent, CALLS).await;
    let mut socket = call(&server, AUDIOHOOK, &audiohook_headers(SECRET)).await.unwrap();
    let message = |kind: &str, seq: u64, parameters: Value| {
        json!({"version": "2", "id": ID, "type": kind, "seq": seq, "serverseq": seq - 1,
            "position": "PT0S", "parameters": parameters})
    };
    let media = json!([{"type": "audio", "format": "PCMU", "channels": ["external", "internal"],
        "rate": 8000}]);
    let open = json!({"organizationId": "org", "conversationId": "c1", "media": media,
        "participant": {"id": ID, "ani": "", "aniName": "", "dnis": ""},
        "customConfig": {"agent": "samira"}});
    send(&mut socket, &message("open", 1, open)).await;
    assert_eq!(told(&mut socket).await.unwrap()["type"], "opened");
    let [customer, agent] = voices();
    for block in 0..100 {
        let span = block * 800..(block + 1) * 800;
        let both = customer[span.clone()].iter().zip(&agent[span]);
        let bytes: Vec<u8> = both.flat_map(|(customer, agent)| [*customer, *agent]).collect();
        socket.send(Message::Binary(bytes.into())).await.unwrap();
    }
    send(&mut socket, &message("ping", 2, json!({}))).await;
    assert_eq!(told(&mut socket).await.unwrap()["type"], "pong");
    send(&mut socket, &message("close", 3, json!({"reason": "end"}))).await;
    assert_eq!(told(&mut socket).await.unwrap()["type"], "closed");
    heard(&until(&mut events, "ended").await);
    server.stop().await;
}

/// A session of AudioHook that was opened.
struct Hook {
    socket: Socket,
    seq: u64,
}

impl Hook {
    async fn open(server: &Server, agent: &str) -> Self {
        let socket = call(server, AUDIOHOOK, &audiohook_headers(SECRET)).await.unwrap();
        let mut hook = Self { socket, seq: 0 };
        let media = json!([{"type": "audio", "format": "PCMU",
            "channels": ["external", "internal"], "rate": 8000}]);
        let open = json!({"organizationId": "org", "conversationId": "c1", "media": media,
            "participant": {"id": ID, "ani": "", "aniName": "", "dnis": ""},
            "customConfig": {"agent": agent}});
        hook.say("open", open).await;
        assert_eq!(told(&mut hook.socket).await.unwrap()["type"], "opened");
        hook
    }

    async fn say(&mut self, kind: &str, parameters: Value) {
        self.seq += 1;
        let message = json!({"version": "2", "id": ID, "type": kind, "seq": self.seq,
            "serverseq": 0, "position": "PT0S", "parameters": parameters});
        send(&mut self.socket, &message).await;
    }

    /// Sends sound of both, µ-law, in blocks of 100 ms.
    async fn sound(&mut self, [customer, agent]: [&[u8]; 2]) {
        for (customer, agent) in customer.chunks(800).zip(agent.chunks(800)) {
            let both = customer.iter().zip(agent);
            let bytes: Vec<u8> = both.flat_map(|(customer, agent)| [*customer, *agent]).collect();
            self.socket.send(Message::Binary(bytes.into())).await.unwrap();
        }
    }
}

#[tokio::test]
async fn audiohook_that_closes_to_come_back_goes_on_and_a_hold_is_no_loss() {
    let world = world().await;
    let agent = world.somebody("samira", Role::Agent).await;
    let server = world.serve().await;
    let mut events = Events::of(&agent, CALLS).await;
    let [customer, voice] = voices();
    let mut hook = Hook::open(&server, "samira").await;
    hook.sound([&customer[..40_000], &voice[..40_000]]).await;
    hook.say("close", json!({"reason": "reconnect"})).await;
    assert_eq!(told(&mut hook.socket).await.unwrap()["type"], "closed");
    until(&mut events, "waiting").await;
    let mut hook = Hook::open(&server, "samira").await;
    hook.say("paused", json!({})).await;
    hook.say("resumed", json!({"start": "PT0S", "discarded": "PT30S"})).await;
    hook.sound([&customer[40_000..], &voice[40_000..]]).await;
    hook.say("close", json!({"reason": "end"})).await;
    let end = until(&mut events, "ended").await;
    let ms = |key: &str| end[key].as_u64().unwrap();
    assert_eq!((end["why"].as_str(), ms("missing_ms")), (Some("over"), 0), "{end}");
    assert!(ms("at_ms").abs_diff(40_000) < 100 && ms("held_ms").abs_diff(30_000) < 100, "{end}");
    server.stop().await;
}

#[tokio::test]
async fn a_newer_socket_of_the_same_call_takes_over() {
    let world = world().await;
    let agent = world.somebody("samira", Role::Agent).await;
    let server = world.serve().await;
    let silence = [0xFF; 8_000];
    let mut old = Hook::open(&server, "samira").await;
    old.sound([&silence, &silence]).await;
    // Its network went, and nobody here knows yet.
    let mut new = Hook::open(&server, "samira").await;
    old.sound([&silence, &silence]).await;
    let goodbye = told(&mut old.socket).await.unwrap();
    assert_eq!(
        (&goodbye["type"], &goodbye["parameters"]["reason"]),
        (&json!("disconnect"), &json!("completed"))
    );
    new.sound([&silence, &silence]).await;
    let calls = agent.get("/calls").await.expect(200).json;
    assert_eq!(calls["calls"].as_array().unwrap().len(), 1, "{calls}");
    assert_eq!(calls["calls"][0]["state"], "running");
    server.stop().await;
}

/// Waits until so many recordings are kept.
async fn kept(world: &World, recordings: i64) {
    let wait = async {
        while world.count("recording").await != recordings {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(common::LONG, wait).await.expect("it is kept");
}

#[tokio::test]
async fn how_a_call_sounded_is_kept_with_its_words_and_not_without() {
    let world = world().await;
    let agent = world.somebody("samira", Role::Agent).await;
    let colleague = world.somebody("kees", Role::Agent).await;
    let server = world.serve().await;
    let words = |call: &str| {
        json!({"id": call, "locale": "nl-NL", "channel": "phone", "turns": [
            {"party": "customer", "text": "Ik bel nu voor de derde keer."},
            {"party": "agent", "text": "Drie keer bellen is te veel, ik zoek het uit."}]})
    };
    let [customer, voice] = voices();
    // The words come in while the call runs.
    let mut hook = Hook::open(&server, "samira").await;
    hook.sound([&customer, &voice]).await;
    let contact = agent.post("/conversations", &words("c1")).await.expect(201).id();
    hook.say("close", json!({"reason": "end"})).await;
    assert_eq!(told(&mut hook.socket).await.unwrap()["type"], "closed");
    kept(&world, 1).await;
    let path = format!("/conversations/{contact}/recording");
    let own = agent.get(&path).await.expect(200).json;
    assert_eq!((&own["sound"], &own["agent_side"]), (&json!("running"), &json!(true)), "{own}");
    assert_eq!(own["voice"]["voices"].as_array().unwrap().len(), 2);
    let length = own["voice"]["length_ms"].as_u64().unwrap();
    assert!(length.abs_diff(10_000) < 50, "{length}");
    let seen = colleague.get(&path).await.expect(200).json;
    assert_eq!(seen["agent_side"], false, "{seen}");
    let page = agent.page(&format!("/contacts/{contact}")).await.expect(200).text;
    assert!(page.contains("class=\"lanes\"") && page.contains("terwijl het liep"), "{page}");
    assert!(!page.contains("<audio"));
    // The words of another call come when it is over; until then nothing is kept.
    let mut socket = call(&server, TWILIO, &twilio_headers("geheim")).await.unwrap();
    twilio_begins(&mut socket, "kees").await;
    twilio_says(&mut socket, 0..500).await;
    send(&mut socket, &json!({"event": "stop", "streamSid": "MZ1", "stop": {}})).await;
    assert!(told(&mut socket).await.is_none(), "closed");
    // A conversation of that name with which another agent helps is another one.
    agent.post("/conversations", &words("CA1")).await.expect(201);
    tokio::time::sleep(Duration::from_millis(4_500)).await;
    assert_eq!(world.count("recording").await, 1);
    server.stop().await;
    assert_eq!((world.count("recording").await, world.count("attachment").await), (1, 0));
}

#[tokio::test]
async fn the_words_of_a_call_may_come_when_it_is_over() {
    let world = world().await;
    let agent = world.somebody("samira", Role::Agent).await;
    let server = world.serve().await;
    let mut socket = call(&server, TWILIO, &twilio_headers("geheim")).await.unwrap();
    twilio_begins(&mut socket, "samira").await;
    twilio_says(&mut socket, 0..500).await;
    send(&mut socket, &json!({"event": "stop", "streamSid": "MZ1", "stop": {}})).await;
    assert!(told(&mut socket).await.is_none(), "closed");
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    assert_eq!(world.count("recording").await, 0);
    let given = json!({"id": "CA1", "locale": "nl-NL", "channel": "phone",
        "turns": [{"party": "customer", "text": "Ik bel nu voor de derde keer."}]});
    let contact = agent.post("/conversations", &given).await.expect(201).id();
    kept(&world, 1).await;
    let own = agent.get(&format!("/conversations/{contact}/recording")).await.expect(200).json;
    assert_eq!(own["agent_side"], true, "the agent is known, though nobody's turn is theirs");
    server.stop().await;
}

#[tokio::test]
async fn a_server_that_starts_again_leaves_no_call_half() {
    let world = world().await;
    let agent = world.somebody("samira", Role::Agent).await;
    let server = world.serve().await;
    let mut hook = Hook::open(&server, "samira").await;
    hook.sound([&[0xFF; 8_000], &[0xFF; 8_000]]).await;
    agent.get("/calls").await.expect(200);
    server.stop().await;
    let goodbye = told(&mut hook.socket).await.unwrap();
    assert_eq!(goodbye["type"], "disconnect", "{goodbye}");
    // In the next process there is nothing of it, and the same call may come in anew.
    let (mut world, [agent]) = world.again([agent]).await;
    let telephony = Telephony::new(URL).unwrap().with_audiohook("sleutel", SECRET).unwrap();
    world.state = world.state.clone().with_telephony(telephony);
    world.router = app(world.state.clone());
    let agent = common::Caller { router: world.router.clone(), ..agent };
    let server = world.serve().await;
    assert_eq!(agent.get("/calls").await.expect(200).json["calls"], json!([]));
    let _hook = Hook::open(&server, "samira").await;
    let calls = agent.get("/calls").await.expect(200).json;
    assert_eq!(
        (&calls["calls"][0]["state"], &calls["calls"][0]["at_ms"]),
        (&json!("running"), &json!(0))
    );
    for table in ["conversation", "attachment", "turn"] {
        assert_eq!(world.count(table).await, 0, "{table}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_running_call_is_on_the_page_of_its_agent_and_of_nobody_else() {
    let world = world().await;
    let agent = world.somebody("samira", Role::Agent).await;
    let server = world.serve().await;
    let empty = agent.page("/calls").await.expect(200).text;
    assert!(empty.contains("Er loopt geen gesprek") && empty.contains("href=\"/calls\""));
    let [customer, voice] = voices();
    let mut hook = Hook::open(&server, "samira").await;
    hook.sound([&customer, &voice]).await;
    hook.say("ping", json!({})).await;
    assert_eq!(told(&mut hook.socket).await.unwrap()["type"], "pong");
    let page = agent.page("/calls").await.expect(200).text;
    for part in [
        "data-call=\"c1\"",
        "Loopt",
        "jij 4",
        "de klant 5",
        "lettergrepen",
        "<path class=\"they\" d=\"M",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    for word in ["boos", " blij ", "emotie", "score"] {
        assert!(!page.to_lowercase().contains(word), "{word}");
    }
    for role in Role::ALL {
        let other = world.somebody(&format!("ander-{role}"), role).await;
        if role == Role::Agent {
            assert!(!other.page("/calls").await.expect(200).text.contains("data-call=\"c1\""));
            assert_eq!(other.get("/calls").await.expect(200).json["calls"], json!([]));
            other.put("/calls/c1/silence", &json!({})).await.expect(404);
            other.form("/calls/silence", &[("call", "c1")]).await.expect(404);
        } else {
            other.page("/calls").await.expect(403);
            other.get("/calls").await.expect(403);
        }
        for path in ["/today", "/contacts", "/search?words=klant", "/privacy"] {
            assert!(!other.page(path).await.text.contains("c1<"), "{role} {path}");
        }
    }
    // How it stood when it was over is told for a while.
    hook.say("close", json!({"reason": "end"})).await;
    assert_eq!(told(&mut hook.socket).await.unwrap()["type"], "closed");
    let page = agent.page("/calls").await.expect(200).text;
    assert!(page.contains("Voorbij") && page.contains("Wat blijft hiervan over"), "{page}");
    server.stop().await;
}

#[tokio::test]
async fn what_the_customer_said_in_the_same_call_stands_beside_it() {
    let world = world().await;
    let agent = world.somebody("samira", Role::Agent).await;
    let colleague = world.somebody("kees", Role::Agent).await;
    let server = world.serve().await;
    let _hook = Hook::open(&server, "samira").await;
    let _other = Hook::open(&server, "kees").await;
    let said = "Met Fatima Yilmaz. Sinds maandag doet mijn internet het niet, klantnummer 8812345.";
    let given = json!({"id": "c1", "locale": "nl-NL", "channel": "phone",
        "turns": [{"party": "customer", "text": said}]});
    let contact = agent.post("/conversations", &given).await.expect(201).id();
    let page = agent.page("/calls").await.expect(200).text;
    assert!(page.contains("Wat de klant zei") && page.contains("maandag"), "{page}");
    assert!(page.contains(&format!("/contacts/{contact}")));
    // A colleague to whom the same call was put through does not help with that contact.
    let page = colleague.page("/calls").await.expect(200).text;
    assert!(page.contains("data-call=\"c1\"") && !page.contains("Wat de klant zei"), "{page}");
    server.stop().await;
}

/// The agent talks for 130 s; the customer says something after 70 s, for 4 s.
fn lecture() -> [Vec<u8>; 2] {
    let line = |channel, start, syllables| {
        let pitch = if channel == 0 { 120.0 } else { 205.0 };
        let manner = Manner { pitch, movement: 4.0, pace: 4.5, level: -21.0, length: 1.0 };
        Line { channel, start, syllables, manner }
    };
    let lines = vec![line(0, 500, 580), line(1, 70_000, 18)];
    let script = Script { lines, noise: Some(-62.0), length: 131_000, ..Script::default() };
    let made = script.make().over_the_line();
    [1, 0].map(|channel: usize| {
        made.channels[channel].iter().map(|sample| Law::Mu.encode(*sample)).collect()
    })
}

#[tokio::test]
async fn advice_is_off_until_the_agent_wants_it_and_one_key_ends_it_for_the_call() {
    let world = world().await;
    let agent = world.somebody("samira", Role::Agent).await;
    let colleague = world.somebody("kees", Role::Agent).await;
    let server = world.serve().await;
    assert!(agent.page("/calls").await.expect(200).text.contains("Zet advies aan"));
    agent.form("/calls/advice", &[("advice", "graag")]).await.expect(422);
    let on = agent.form("/calls/advice", &[("advice", "on")]).await.expect(303);
    let cookie = on.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    let wish = cookie.split(';').next().unwrap();
    let with = |caller: &common::Caller| {
        let both = format!("{}; {wish}", caller.header("cookie"));
        caller.but("cookie", Some(&both))
    };
    let wants = with(&agent);
    assert!(wants.page("/calls").await.expect(200).text.contains("Zet advies uit"));
    // Whoever uses the same browser next has not asked for any.
    assert!(with(&colleague).page("/calls").await.expect(200).text.contains("Zet advies aan"));
    let mut advised = Events::of(&wants, "/calls/words").await;
    let mut plain = Events::of(&agent, "/calls/words").await;
    let hear = tokio::spawn(async move {
        let mut all = Vec::new();
        while let Some(told) = advised.next().await {
            let over = told["state"] == "ended";
            all.push(told);
            if over {
                break;
            }
        }
        all
    });
    let unasked = tokio::spawn(async move {
        while let Some(told) = plain.next().await {
            assert!(told["advice"].is_null(), "{told}");
            if told["state"] == "ended" {
                break;
            }
        }
    });
    let [customer, voice] = lecture();
    let mut hook = Hook::open(&server, "samira").await;
    hook.sound([&customer[..8 * 128_000], &voice[..8 * 128_000]]).await;
    hook.say("ping", json!({})).await;
    assert_eq!(told(&mut hook.socket).await.unwrap()["type"], "pong");
    agent.put("/calls/c1/silence", &json!({})).await.expect(204);
    agent.put("/calls/c2/silence", &json!({})).await.expect(404);
    assert_eq!(agent.get("/calls").await.expect(200).json["calls"][0].get("advice"), None);
    hook.sound([&customer[8 * 128_000..], &voice[8 * 128_000..]]).await;
    hook.say("close", json!({"reason": "end"})).await;
    let all = hear.await.unwrap();
    unasked.await.unwrap();
    let mut said: Vec<&str> = Vec::new();
    let mut stood = false;
    for told in &all[1..] {
        let advice = told["advice"].as_str();
        if let (Some(advice), false) = (advice, stood) {
            said.push(advice);
        }
        stood = advice.is_some();
        let floor = told["words"]["floor"].as_str().unwrap();
        assert!(
            advice.is_none() || !floor.contains("klant") && !floor.contains("allebei"),
            "{told}"
        );
    }
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(said[0].contains("al een minuut niets") && said[1].contains("anderhalve minuut"));
    assert_eq!(all.last().unwrap()["silent"], true);
    server.stop().await;
}

#[tokio::test]
async fn only_a_signature_opens_the_doors_of_telephone_systems() {
    let world = world().await;
    let server = world.serve().await;
    for role in Role::ALL {
        let caller = world.somebody(role.id(), role).await;
        for path in ["/telephony/twilio", "/telephony/audiohook"] {
            assert_eq!(caller.get(path).await.expect(401).code(), "not_signed");
        }
    }
    let wrong = STANDARD.encode("een ander geheim");
    assert_eq!(call(&server, TWILIO, &twilio_headers("anders")).await.err(), Some(401));
    assert_eq!(call(&server, AUDIOHOOK, &audiohook_headers(&wrong)).await.err(), Some(401));
    server.stop().await;
}

#[tokio::test]
async fn who_is_no_agent_has_no_calls_and_what_cannot_be_ends_the_socket() {
    let world = world().await;
    world.somebody("noor", Role::Manager).await;
    world.somebody("samira", Role::Agent).await;
    let server = world.serve().await;
    for login in ["noor", "niemand"] {
        let mut socket = call(&server, TWILIO, &twilio_headers("geheim")).await.unwrap();
        twilio_begins(&mut socket, login).await;
        assert!(told(&mut socket).await.is_none(), "{login}");
    }
    let mut socket = call(&server, TWILIO, &twilio_headers("geheim")).await.unwrap();
    socket.send(Message::Text("geen json".into())).await.unwrap();
    assert!(told(&mut socket).await.is_none());
    let mut socket = call(&server, AUDIOHOOK, &audiohook_headers(SECRET)).await.unwrap();
    socket.send(Message::Binary(vec![0; 3].into())).await.unwrap();
    let goodbye = told(&mut socket).await.unwrap();
    assert_eq!(
        (&goodbye["type"], &goodbye["parameters"]["reason"]),
        (&json!("disconnect"), &json!("error"))
    );
    server.stop().await;
}

/// What the customer says first, and the agent after that.
const SAID: [Answer; 2] = [
    &[
        ("Met", 200, 400),
        ("Fatima", 400, 800),
        ("Yilmaz.", 800, 1_200),
        ("Sinds", 1_400, 1_700),
        ("maandag", 1_700, 2_100),
        ("doet", 2_100, 2_300),
        ("mijn", 2_300, 2_500),
        ("internet", 2_500, 3_000),
        ("het", 3_000, 3_100),
        ("niet.", 3_100, 3_500),
    ],
    &[
        ("Sinds", 200, 500),
        ("maandag,", 500, 1_000),
        ("dat", 1_000, 1_200),
        ("is", 1_200, 1_400),
        ("lang.", 1_400, 1_900),
    ],
];

#[tokio::test]
async fn what_a_model_hears_in_a_call_stands_beside_it_and_is_kept_nowhere() {
    let scripted = Arc::new(Scripted::new(&SAID));
    let world = with(world().await, model(&scripted));
    let agent = world.somebody("samira", Role::Agent).await;
    let colleague = world.somebody("kees", Role::Agent).await;
    let server = world.serve().await;
    let mut events = Events::of(&agent, "/calls/words").await;
    let [customer, voice] = voices();
    let mut hook = Hook::open(&server, "samira").await;
    hook.sound([&customer, &voice]).await;
    hook.say("close", json!({"reason": "end"})).await;
    assert_eq!(told(&mut hook.socket).await.unwrap()["type"], "closed");
    // Whoever follows hears that there is something new.
    while events.next().await.expect("the stream goes on")["said"] != json!(2) {}
    let page = agent.page("/calls").await.expect(200).text;
    for words in ["Wat de klant zei", "Sinds maandag doet mijn internet het niet.", "dat is lang."]
    {
        assert!(page.contains(words), "'{words}' is missing in {page}");
    }
    assert!(page.contains("Het wordt niet bewaard") && !page.contains("lopen achter"), "{page}");
    let page = colleague.page("/calls").await.expect(200).text;
    assert!(!page.contains("maandag"), "{page}");
    assert!(
        scripted.asked().iter().all(|(samples, _)| *samples > 16_000),
        "{:?}",
        scripted.asked()
    );
    for table in ["conversation", "turn", "import_piece", "attachment"] {
        assert_eq!(world.count(table).await, 0, "{table}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_model_that_does_not_keep_up_holds_nothing_up_and_it_is_said() {
    let stuck = Stuck::new(&SAID);
    let freed = stuck.until_here();
    let world = with(world().await, model(&stuck));
    let agent = world.somebody("samira", Role::Agent).await;
    let server = world.serve().await;
    let manner = Manner { pitch: 205.0, movement: 4.0, pace: 4.5, level: -21.0, length: 1.0 };
    let line = |n: u32| Line { channel: 0, start: 500 + n * 2_500, syllables: 4, manner };
    let script = Script {
        lines: (0..30).map(line).collect(),
        noise: Some(-62.0),
        length: 76_000,
        ..Script::default()
    };
    let made = script.make().over_the_line();
    let [customer, voice] =
        [0, 1].map(|at: usize| made.channels[at].iter().map(|x| Law::Mu.encode(*x)).collect());
    let (customer, voice): (Vec<u8>, Vec<u8>) = (customer, voice);
    let mut hook = Hook::open(&server, "samira").await;
    hook.sound([&customer, &voice]).await;
    hook.say("ping", json!({})).await;
    assert_eq!(told(&mut hook.socket).await.unwrap()["type"], "pong");
    // All of it was measured, though nobody writes anything out any more.
    let calls = agent.get("/calls").await.expect(200).json;
    assert!(calls["calls"][0]["at_ms"].as_u64().unwrap() > 74_000, "{calls}");
    let page = agent.page("/calls").await.expect(200).text;
    assert!(page.contains("De woorden lopen achter"), "{page}");
    drop(freed);
    server.stop().await;
}
