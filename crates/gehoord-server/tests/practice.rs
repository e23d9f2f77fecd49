//! Voice practice: what comes back to who spoke, that nothing of it stays, and that nobody else and
//! nothing else gets in.

mod common;

use std::time::Duration;

use axum::http::HeaderName;
use common::{Caller, On, Server, Socket, World, told};
use futures_util::SinkExt;
use gehoord_speech::synthesis::voice::{Manner, RATE};
use gehoord_speech::synthesis::{Line, Script};
use gehoord_store::Role;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};

const PATH: &str = "/practice/sound";
/// A woman, plain, and with the mouth that a smile makes.
const PLAIN: Manner = Manner { pitch: 205.0, movement: 4.0, pace: 4.6, level: -24.0, length: 0.87 };
const SMILING: Manner = Manner { pitch: 237.0, length: 0.80, ..PLAIN };

/// The socket of a caller; the status when it is refused.
async fn socket(server: &Server, caller: &Caller, origin: Option<&str>) -> Result<Socket, u16> {
    let mut request = format!("ws://{}{PATH}", server.address).into_client_request().unwrap();
    let pass = caller.pass.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    for (name, value) in pass.chain(origin.map(|origin| ("origin", origin))) {
        let name: HeaderName = name.parse().unwrap();
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    let stream = TcpStream::connect(server.address).await.unwrap();
    match client_async(request, stream).await {
        Ok((socket, _)) => Ok(socket),
        Err(Error::Http(response)) => Err(response.status().as_u16()),
        Err(error) => panic!("{error}"),
    }
}

/// Six seconds and a half of speech after 1.2 s of silence.
fn sound(manner: Manner) -> Vec<u8> {
    let line = Line { channel: 0, start: 1_200, syllables: 30, manner };
    let length = line.end() + 400;
    let script =
        Script { lines: vec![line], noise: Some(-66.0), length, seed: 4, ..Script::default() };
    let samples = &script.make().channels[0];
    samples.iter().flat_map(|sample| ((sample * 32_767.0) as i16).to_le_bytes()).collect()
}

/// One reading, up to its end.
async fn read(socket: &mut Socket, begin: Value, sound: &[u8]) -> (Vec<Value>, Value) {
    socket.send(Message::Text(begin.to_string().into())).await.unwrap();
    for block in sound.chunks(4_096) {
        socket.send(Message::Binary(block.to_vec().into())).await.unwrap();
    }
    socket.send(Message::Text("stop".into())).await.unwrap();
    let mut running = Vec::new();
    loop {
        let value = told(socket).await.expect("it goes on to its end");
        match value["kind"].as_str() {
            Some("now") => running.push(value),
            Some("over") => {
                assert!(told(socket).await.is_none(), "closed");
                return (running, value);
            }
            _ => panic!("{value}"),
        }
    }
}

/// How many rows each table has.
async fn rows(world: &World) -> Vec<(String, i64)> {
    let tables = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name";
    let mut rows = Vec::new();
    for table in world.rows(tables).await {
        rows.push((table.clone(), world.count(&table).await));
    }
    rows
}

#[tokio::test]
async fn who_practises_is_told_how_their_voice_stands_and_nothing_of_it_stays() {
    let world = World::new(On::Sqlite).await.unwrap();
    let agent = world.somebody("samira", Role::Agent).await;
    let server = world.serve().await;
    let before = rows(&world).await;
    assert!(before.iter().any(|(table, _)| table == "audit"));
    agent.page("/practice").await.expect(200);
    let mut one = socket(&server, &agent, None).await.unwrap();
    let begin = json!({"rate": RATE, "exercise": null, "neutral": null});
    let (running, over) = read(&mut one, begin, &sound(PLAIN)).await;
    assert!(running.len() > 10, "{}", running.len());
    assert!(running[4]["lines"][0]["words"].as_str().unwrap().contains("van de 4 seconden"));
    assert_eq!(over["enough"], true, "{over}");
    let neutral = &over["reading"];
    for (manner, exercise, words) in [
        (PLAIN, "good_news", "dicht bij je neutrale stem"),
        (SMILING, "good_news", "hoger en helderder dan je neutrale stem"),
        (Manner { level: -15.0, ..PLAIN }, "good_news", "dicht bij je neutrale stem"),
        (Manner { pace: 3.6, ..PLAIN }, "number", "rustiger dan je neutrale tempo"),
        (Manner { level: -32.0, ..PLAIN }, "sharp_words", "ongeveer zo hoog als je neutrale stem"),
    ] {
        let mut one = socket(&server, &agent, None).await.unwrap();
        let begin = json!({"rate": RATE, "lang": "nl", "exercise": exercise, "neutral": neutral});
        let (running, over) = read(&mut one, begin, &sound(manner)).await;
        assert_eq!(over["lines"][0]["words"], words, "{over}");
        assert_eq!(running[0]["lines"][0]["words"], "nog te weinig stem om te vergelijken");
        if manner == SMILING {
            assert!(over["lines"][0]["place"].as_f64().unwrap() > 0.33, "{over}");
            let rows = over["rows"].as_array().unwrap();
            assert!(rows[0][3].as_str().unwrap().starts_with("+2,"), "{rows:?}");
            assert!(rows[1][3].as_str().unwrap().ends_with(" %"), "{rows:?}");
        }
    }
    // The words of an exercise, said plainly.
    let mut one = socket(&server, &agent, None).await.unwrap();
    let begin = json!({"rate": RATE, "exercise": "good_news", "plain": true});
    let (running, over) = read(&mut one, begin, &sound(PLAIN)).await;
    assert_eq!(running[0]["lines"][0]["words"], "0 van de 2 seconden die nodig zijn");
    assert_eq!(over["enough"], true);
    // Silence needs no neutral voice.
    let mut one = socket(&server, &agent, None).await.unwrap();
    let begin = json!({"rate": RATE, "exercise": "after_a_story", "neutral": null});
    let (_, over) = read(&mut one, begin, &sound(PLAIN)).await;
    assert_eq!(over["lines"][0]["words"], "1,2 seconden stil voor je begon");
    assert_eq!(rows(&world).await, before, "no row anywhere, not even in the audit");
    server.stop().await;
}

#[tokio::test]
async fn no_word_for_a_feeling_comes_back() {
    let world = World::new(On::Sqlite).await.unwrap();
    let agent = world.somebody("samira", Role::Agent).await;
    let server = world.serve().await;
    let mut one = socket(&server, &agent, None).await.unwrap();
    let (_, over) = read(&mut one, json!({"rate": RATE}), &sound(SMILING)).await;
    let text = over.to_string().to_lowercase();
    for word in ["blij", "boos", "vrolijk", "emotie", "gevoel", "stemming", "score", "smile"] {
        assert!(!text.contains(word), "{word}: {text}");
    }
    server.stop().await;
}

#[tokio::test]
async fn only_who_is_logged_in_gets_in_and_only_from_a_page_of_ours() {
    let world = World::new(On::Sqlite).await.unwrap();
    let server = world.serve().await;
    assert_eq!(socket(&server, &world.nobody(), None).await.err(), Some(303), "to the login");
    for role in Role::ALL {
        let caller = world.somebody(role.id(), role).await;
        let own = format!("http://{}", server.address);
        assert!(socket(&server, &caller, Some(&own)).await.is_ok(), "{role}");
        for elsewhere in ["https://daar.nl", "null", "http://127.0.0.1"] {
            assert_eq!(socket(&server, &caller, Some(elsewhere)).await.err(), Some(403));
        }
        let stranger = caller.but("cookie", Some("gehoord_session=geraden"));
        assert_eq!(socket(&server, &stranger, Some(&own)).await.err(), Some(303));
    }
    let agent = world.somebody("samira", Role::Agent).await;
    let ask = json!({"name": "t", "scopes": ["listen"]});
    let token = agent.post("/me/tokens", &ask).await.expect(201).json["token"].clone();
    let program = agent.with_token(token.as_str().unwrap());
    assert_eq!(socket(&server, &program, None).await.err(), Some(403), "no program practises");
    server.stop().await;
}

#[tokio::test]
async fn hostile_messages_end_the_socket_and_nothing_else() {
    let world = World::new(On::Sqlite).await.unwrap();
    let agent = world.somebody("samira", Role::Agent).await;
    let server = world.serve().await;
    let text = |text: &str| Message::Text(text.into());
    let bytes = |length: usize| Message::Binary(vec![1; length].into());
    let begin = || text("{\"rate\": 16000}");
    for (messages, code) in [
        (vec![text("hallo")], "not_begun"),
        (vec![text("{\"rate\": 16000, \"voor\": \"baas\"}")], "not_begun"),
        (vec![bytes(512)], "not_begun"),
        (vec![text("stop")], "not_begun"),
        (vec![text("{\"rate\": 1}")], "rate"),
        (vec![text("{\"rate\": 4000000000}")], "rate"),
        (vec![text("{\"rate\": 16000, \"exercise\": \"<b>\"}")], "exercise"),
        (vec![begin(), bytes(511)], "not_sound"),
        (vec![begin(), begin()], "not_sound"),
        (vec![begin(), text("{\"do\": \"stop\"}")], "not_sound"),
        (std::iter::once(begin()).chain((0..16).map(|_| bytes(32_000))).collect(), "too_fast"),
    ] {
        let mut one = socket(&server, &agent, None).await.unwrap();
        for message in messages {
            // The other end may be gone by then.
            let _ = one.send(message).await;
        }
        let error = loop {
            let value = told(&mut one).await.expect(code);
            if value["kind"] != "now" {
                break value;
            }
        };
        assert_eq!((&error["kind"], &error["code"]), (&json!("error"), &json!(code)), "{error}");
        assert!(error["message"].as_str().unwrap().len() > 10);
        assert!(told(&mut one).await.is_none(), "closed");
    }
    // Larger than it may be.
    let mut one = socket(&server, &agent, None).await.unwrap();
    one.send(begin()).await.unwrap();
    let _ = one.send(bytes(100_000)).await;
    assert!(told(&mut one).await.is_none());
    // Silence and noise at the edges are sound like any other.
    let mut one = socket(&server, &agent, None).await.unwrap();
    let noise: Vec<u8> =
        (0..64_000_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let (_, over) = read(&mut one, json!({"rate": 16_000}), &noise).await;
    assert_eq!(over["enough"], false);
    server.stop().await;
}

#[tokio::test]
async fn one_person_has_two_sockets_at_most_and_those_that_end_are_given_back() {
    let world = World::new(On::Sqlite).await.unwrap();
    let agent = world.somebody("samira", Role::Agent).await;
    let other = world.somebody("kees", Role::Agent).await;
    let server = world.serve().await;
    let first = socket(&server, &agent, None).await.unwrap();
    let _second = socket(&server, &agent, None).await.unwrap();
    assert_eq!(socket(&server, &agent, None).await.err(), Some(409));
    assert!(socket(&server, &other, None).await.is_ok());
    drop(first);
    let again = async {
        while socket(&server, &agent, None).await.is_err() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(common::LONG, again).await.expect("the place is given back");
    server.stop().await;
}

#[tokio::test]
async fn the_server_stops_while_somebody_practises() {
    let world = World::new(On::Sqlite).await.unwrap();
    let agent = world.somebody("samira", Role::Agent).await;
    let server = world.serve().await;
    let mut one = socket(&server, &agent, None).await.unwrap();
    one.send(Message::Text("{\"rate\": 16000}".into())).await.unwrap();
    let stopped = tokio::time::timeout(common::LONG, server.stop());
    stopped.await.expect("it stops");
    assert!(told(&mut one).await.is_none());
}

#[tokio::test]
async fn only_the_page_of_practice_may_ask_for_the_microphone() {
    let world = World::new(On::Sqlite).await.unwrap();
    let agent = world.somebody("samira", Role::Agent).await;
    for (path, microphone) in [
        ("/practice", "microphone=(self)"),
        ("/today", "microphone=()"),
        ("/login", "microphone=()"),
        ("/health", "microphone=()"),
    ] {
        let page = agent.page(path).await.expect(200);
        let may = page.headers["permissions-policy"].to_str().unwrap();
        assert!(may.contains(microphone) && may.contains("camera=()"), "{path}: {may}");
    }
}

#[tokio::test]
async fn the_page_says_what_happens_before_it_asks_and_works_without_scripts() {
    let world = World::new(On::Sqlite).await.unwrap();
    let agent = world.somebody("samira", Role::Agent).await;
    let page = agent.page("/practice").await.expect(200).text;
    let at = |words: &str| page.find(words).unwrap_or_else(|| panic!("not there: {words}"));
    assert!(at("Er wordt niets bewaard") < at("data-panel"), "before anything can be begun");
    at("<noscript>");
    at("Geen microfoon");
    at("Niet getoetst");
    at("Drahota");
    // Every exercise stands there in full.
    for words in ["uw pakket is onderweg", "Gecondoleerd met het verlies", "Zit rechtop", "Bron: "]
    {
        at(words);
    }
    let english = agent.but("cookie", None);
    let cookie = format!("{}; gehoord_lang=en", agent.header("cookie"));
    let english = english.but("cookie", Some(&cookie)).page("/practice").await.expect(200).text;
    assert!(english.contains("Nothing is kept") && english.contains("your parcel is on its way"));
}
