//! Replies to begin with: our own, and those of a language model.

mod common;

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use axum::{Json, Router};
use common::{Caller, On, World};
use gehoord_server::app;
use gehoord_server::language_model::{Endpoint, LanguageModel};
use gehoord_store::{DocumentKind, Role, Viewer};
use serde_json::{Value, json};
use tokio::net::TcpListener;

const CUSTOMER: &str = "Ik heb al drie keer gebeld over mijn factuur en ik krijg nog steeds geen \
                        antwoord. Mijn klantnummer is 4455667. Groeten, Els Jansen";

fn texts(answer: &Value) -> Vec<&str> {
    let all = answer["suggestions"].as_array().unwrap().iter();
    all.map(|one| one["text"].as_str().unwrap()).collect()
}

async fn put_style(world: &World, text: &str) {
    let mut request = world.store.request(&Viewer::operator(), "settings").await.unwrap();
    request.write_document(DocumentKind::HouseStyle, text).await.unwrap();
    request.finish().await.unwrap();
    world.state.follow_decisions().await.unwrap();
}

#[tokio::test]
async fn the_customers_words_come_back_in_their_language_and_form() {
    let world = World::new(On::Sqlite).await.unwrap();
    let agent = world.somebody("samira", Role::Agent).await;
    let body = json!({"customer": CUSTOMER, "channel": "email", "locale": "nl-NL"});
    let answer = agent.post("/suggest", &body).await.expect(200).json;
    assert_eq!(texts(&answer).len(), 3, "{answer}");
    assert_eq!(answer["language_model"], Value::Null);
    for one in answer["suggestions"].as_array().unwrap() {
        assert_eq!((&one["language"], &one["form"]), (&json!("nl"), &json!("formal")));
        assert_eq!(one["from"], "own");
        let filled = one["filled"].as_str().unwrap();
        assert!(filled.contains("samira") && !filled.contains("{medewerker}"), "{filled}");
        assert!(!one["slots"].as_array().unwrap().is_empty(), "{one}");
    }
    let taken = &answer["suggestions"][0]["takes_up"][0];
    assert!(taken["text"].as_str().unwrap().contains("drie keer gebeld"), "{answer}");
    let seeded = |seed: u32| json!({"customer": CUSTOMER, "seed": seed, "count": 1});
    let first = agent.post("/suggest", &seeded(1)).await.expect(200).json;
    assert_eq!(first, agent.post("/suggest", &seeded(1)).await.expect(200).json);
    assert_ne!(first, agent.post("/suggest", &seeded(9)).await.expect(200).json);
    let again = json!({"customer": CUSTOMER, "seed": 1, "count": 1, "earlier": texts(&first)});
    let again = agent.post("/suggest", &again).await.expect(200).json;
    assert_ne!(texts(&first), texts(&again));
    let whole = json!({"conversation": {"turns": [{"party": "customer", "text": CUSTOMER}]}});
    assert_eq!(texts(&agent.post("/suggest", &whole).await.expect(200).json).len(), 3);
    let gas = json!({"customer": "Ik ruik gas in de keuken, wat moet ik doen?"});
    assert!(texts(&agent.post("/suggest", &gas).await.expect(200).json).is_empty());
    let both = format!("{CUSTOMER} Ik ruik gas in de keuken.");
    let both = |not_so: Value| json!({"customer": both, "not_so": not_so});
    let answer = agent.post("/suggest", &both(json!([]))).await.expect(200).json;
    assert!(texts(&answer).is_empty(), "{answer}");
    let answer = agent.post("/suggest", &both(json!(["danger.0"]))).await.expect(200).json;
    assert!(!texts(&answer).is_empty(), "the agent says that it is not so: {answer}");
    agent.post("/suggest", &both(json!(["gevaar"]))).await.expect(422);
}

#[tokio::test]
async fn what_cannot_be_asked_is_told() {
    let world = World::new(On::Sqlite).await.unwrap();
    let agent = world.somebody("samira", Role::Agent).await;
    for body in [
        json!({}),
        json!({"customer": "a", "id": "b"}),
        json!({"customer": "a", "count": 0}),
        json!({"customer": "a", "count": 4}),
        json!({"customer": "a", "channel": "duif"}),
        json!({"customer": "a", "locale": "??"}),
        json!({"customer": "a", "from": "orakel"}),
        json!({"customer": "a", "seed": -1}),
        json!({"customer": "a\u{0}"}),
        json!({"customer": "a", "earlier": vec!["x"; 101]}),
        json!({"customer": "a", "earlier": ["x".repeat(70_000)]}),
        json!({"conversation": {"turns": [{"party": "duif", "text": "roekoe"}]}}),
    ] {
        agent.post("/suggest", &body).await.expect(422);
    }
    agent.post("/suggest", &json!({"id": "0000"})).await.expect(404);
}

#[tokio::test]
async fn the_house_style_in_force_is_followed_and_a_broken_one_is_not() {
    let world = World::new(On::Sqlite).await.unwrap();
    let agent = world.somebody("samira", Role::Agent).await;
    put_style(&world, "sign_off = \"Team Fiets\"").await;
    let body = json!({"customer": CUSTOMER, "channel": "email"});
    let answer = agent.post("/suggest", &body).await.expect(200).json;
    assert!(texts(&answer).iter().all(|text| text.ends_with("Team Fiets")), "{answer}");
    put_style(&world, "sign_off = 3").await;
    let answer = agent.post("/suggest", &body).await.expect(200).json;
    assert_eq!(texts(&answer).len(), 3);
    assert!(texts(&answer).iter().all(|text| !text.ends_with("Team Fiets")), "{answer}");
}

#[tokio::test]
async fn only_who_helps_the_customer_gets_names_filled_in() {
    for on in [On::Sqlite, On::Postgres] {
        let Some(world) = World::new(on).await else { continue };
        let agent = world.somebody("samira", Role::Agent).await;
        let colleague = world.somebody("kees", Role::Agent).await;
        let body = json!({"id": "m", "locale": "nl-NL", "channel": "email",
            "turns": [{"party": "customer", "text": CUSTOMER}]});
        let id = agent.post("/conversations", &body).await.expect(201).id();
        let answer = agent.post("/suggest", &json!({"id": id})).await.expect(200).json;
        let one = &answer["suggestions"][0];
        assert!(one["text"].as_str().unwrap().contains("{naam}"), "{answer}");
        assert!(one["filled"].as_str().unwrap().contains("Els Jansen"), "{answer}");
        let masked = colleague.post("/suggest", &json!({"id": id})).await.expect(200).json;
        assert!(!masked.to_string().contains("Els"), "{masked}");
        let ria = world.somebody_of("ria", Role::Agent, Some(&world.other_team)).await;
        ria.post("/suggest", &json!({"id": id})).await.expect(404);
        // What was written already does not come again.
        let written = one["filled"].as_str().unwrap().to_owned();
        let text = texts(&answer)[0].to_owned();
        agent.say(&id, "agent", &written).await.expect(201);
        agent.say(&id, "customer", CUSTOMER).await.expect(201);
        let next = agent.post("/suggest", &json!({"id": id})).await.expect(200).json;
        assert!(!texts(&next).contains(&text.as_str()), "{next}");
    }
}

// -- a language model ----------------------------------------------------------------------------

/// What it answers, and what it was asked.
#[derive(Clone)]
struct Fake {
    answer: Arc<dyn Fn() -> (StatusCode, String) + Send + Sync>,
    slow: Duration,
    asked: Arc<Mutex<Vec<(HeaderMap, Value)>>>,
}

async fn answered(
    State(fake): State<Fake>,
    headers: HeaderMap,
    Json(question): Json<Value>,
) -> (StatusCode, String) {
    fake.asked.lock().unwrap().push((headers, question));
    tokio::time::sleep(fake.slow).await;
    (fake.answer)()
}

fn saying(text: &str) -> (StatusCode, String) {
    let body = json!({"choices": [{"message": {"role": "assistant", "content": text}}]});
    (StatusCode::OK, body.to_string())
}

/// A caller of a server with a language model, and what that was asked.
async fn with_model(
    agent: &Caller,
    world: &World,
    slow: Duration,
    answer: impl Fn() -> (StatusCode, String) + Send + Sync + 'static,
) -> (Caller, Arc<Mutex<Vec<(HeaderMap, Value)>>>) {
    let fake = Fake { answer: Arc::new(answer), slow, asked: Arc::default() };
    let asked = Arc::clone(&fake.asked);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    let router = Router::new().route("/v1/chat/completions", post(answered)).with_state(fake);
    tokio::spawn(async move { axum::serve(listener, router).await });
    (at(agent, world, url), asked)
}

fn at(agent: &Caller, world: &World, url: String) -> Caller {
    let timeout = Duration::from_millis(600);
    let key = Some("sleutel".to_owned());
    let endpoint = Endpoint { url, model: "klein".to_owned(), key, timeout };
    let model = LanguageModel::new(endpoint).unwrap();
    Caller { router: app(world.state.clone().with_language_model(model)), ..agent.clone() }
}

const GOOD: &str = "U hebt al drie keer gebeld over uw factuur en nog geen antwoord gekregen, dat \
                    had niet mogen gebeuren. Wat ik nu doe: {stap}.";

#[tokio::test]
async fn a_language_model_sees_masks_only_and_is_named() {
    let world = World::new(On::Sqlite).await.unwrap();
    let agent = world.somebody("samira", Role::Agent).await;
    let (caller, asked) =
        with_model(&agent, &world, Duration::ZERO, || saying(&format!("[naam-1], {GOOD}"))).await;
    let words = format!("{CUSTOMER}, Kerkstraat 12, 1012 AB Amsterdam, els@example.nl");
    let body = json!({"customer": words, "locale": "nl-NL"});
    let answer = caller.post("/suggest", &body).await.expect(200).json;
    assert_eq!(answer["language_model"], "kept", "{answer}");
    let all = answer["suggestions"].as_array().unwrap();
    assert_eq!(all.len(), 3);
    assert_eq!((&all[0]["from"], &all[2]["from"]), (&json!("own"), &json!("language_model")));
    // Who pasted the name sees it; who made the text did not.
    assert_eq!(all[2]["text"], format!("Els Jansen, {GOOD}"));
    let (headers, question) = asked.lock().unwrap().pop().unwrap();
    assert_eq!(headers["authorization"], "Bearer sleutel");
    assert_eq!(question["model"], "klein");
    let question = question.to_string();
    assert!(question.contains("drie keer gebeld") && question.contains("[naam-1]"), "{question}");
    for personal in ["Els", "Jansen", "4455667", "Kerkstraat", "1012", "example.nl"] {
        assert!(!question.contains(personal), "{personal}: {question}");
    }
    let id = agent.open("chat-1", &[("customer", &words)]).await;
    caller.post("/suggest", &json!({"id": id, "from": "language_model"})).await.expect(200);
    let (_, question) = asked.lock().unwrap().pop().unwrap();
    assert!(!question.to_string().contains("Jansen"), "{question}");
    caller.post("/suggest", &json!({"customer": words, "from": "own"})).await.expect(200);
    let gas = json!({"customer": "Ik ruik gas in de keuken, wat moet ik doen?"});
    let answer = caller.post("/suggest", &gas).await.expect(200).json;
    assert_eq!((texts(&answer).len(), &answer["language_model"]), (0, &Value::Null));
    assert!(asked.lock().unwrap().is_empty(), "neither of these is its to know");
}

#[tokio::test]
async fn what_a_language_model_makes_up_is_dropped_and_counted() {
    let world = World::new(On::Sqlite).await.unwrap();
    let agent = world.somebody("samira", Role::Agent).await;
    let cases = [
        ("U hebt al zeven keer gebeld over uw factuur.", "fact"),
        ("U hebt al drie keer gebeld. Dinsdag hebt u antwoord.", "fact"),
        ("U hebt al drie keer gebeld. Bel 0800-1234.", "fact"),
        ("U hebt al drie keer gebeld, en mijn collega Peter de Boer weet ervan.", "name"),
        ("Els, u hebt al drie keer gebeld over uw factuur.", "name"),
        ("U hebt al drie keer gebeld over uw factuur. Ik bel u {tijdstip} terug.", "promise"),
        ("U hebt al drie keer gebeld over uw factuur. U krijgt een tegoedbon.", "promise"),
        ("Ik begrijp het, maar dat is nu eenmaal ons beleid.", "listening"),
        ("You have called about your invoice and still have no answer.", "language"),
        ("# Antwoord\n\n**Beste klant**", "shape"),
    ];
    for (text, why) in cases {
        let (caller, _) = with_model(&agent, &world, Duration::ZERO, || saying(text)).await;
        let body = json!({"customer": CUSTOMER, "locale": "nl-NL"});
        let answer = caller.post("/suggest", &body).await.expect(200).json;
        assert_eq!(answer["language_model"], why, "{text}");
        assert_eq!(texts(&answer).len(), 3);
        assert!(!answer.to_string().contains("\"from\":\"language_model\""), "{answer}");
    }
    let metrics = agent.send_raw("GET", "/metrics", &[], "").await.text;
    assert!(metrics.contains("gehoord_language_model_answers_total{result=\"promise\"}"));
    assert!(!metrics.contains("tegoedbon"));
}

#[tokio::test]
async fn a_language_model_that_fails_takes_nothing_away() {
    let world = World::new(On::Sqlite).await.unwrap();
    let agent = world.somebody("samira", Role::Agent).await;
    let long = "x".repeat(300_000);
    let cases = [
        (StatusCode::OK, "{".to_owned(), "unreadable"),
        (StatusCode::OK, "{\"choices\": []}".to_owned(), "unreadable"),
        (
            StatusCode::OK,
            "{\"choices\": [{\"message\": {\"content\": null}}]}".to_owned(),
            "unreadable",
        ),
        (StatusCode::OK, format!("\"{long}\""), "unreadable"),
        (StatusCode::INTERNAL_SERVER_ERROR, "stuk".to_owned(), "status"),
        (StatusCode::FOUND, String::new(), "status"),
    ];
    let body = json!({"customer": CUSTOMER, "locale": "nl-NL"});
    for (status, text, why) in cases {
        let answer = move || (status, text.clone());
        let (caller, _) = with_model(&agent, &world, Duration::ZERO, answer).await;
        let answer = caller.post("/suggest", &body).await.expect(200).json;
        assert_eq!((&answer["language_model"], texts(&answer).len()), (&json!(why), 3));
    }
    let (slow, _) = with_model(&agent, &world, Duration::from_secs(20), || saying(GOOD)).await;
    let began = Instant::now();
    let answer = slow.post("/suggest", &body).await.expect(200).json;
    assert_eq!((&answer["language_model"], texts(&answer).len()), (&json!("timeout"), 3));
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    let began = Instant::now();
    let own = json!({"customer": CUSTOMER, "from": "own"});
    assert_eq!(texts(&slow.post("/suggest", &own).await.expect(200).json).len(), 3);
    assert!(began.elapsed() < Duration::from_millis(500), "{:?}", began.elapsed());
    // Nobody listens there.
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    let answer = at(&agent, &world, url).post("/suggest", &body).await.expect(200).json;
    assert_eq!((&answer["language_model"], texts(&answer).len()), (&json!("unreachable"), 3));
}

// -- a real one ----------------------------------------------------------------------------------

/// A small model behind a real server, where `scripts/language-model` fetched it. What it says in
/// Dutch is poor: whatever comes of it, our own suggestions stand and nothing is made up.
#[tokio::test]
#[allow(clippy::print_stderr, reason = "who runs the tests should know what was not tested")]
async fn a_real_server_is_asked() {
    let folder = std::env::var_os("GEHOORD_TEST_LANGUAGE_MODEL").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/language-model")),
        PathBuf::from,
    );
    if !folder.join("xllamacpp").exists() {
        eprintln!("skipped: no language model; scripts/language-model fetches one");
        return;
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scripts/language_model.py");
    let mut server = Command::new("python3")
        .arg(script)
        .env("PYTHONPATH", &folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut url = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut url).unwrap();
    let endpoint = Endpoint {
        url: url.trim().to_owned(),
        model: "smollm2".to_owned(),
        key: None,
        timeout: Duration::from_secs(25),
    };
    let model = LanguageModel::new(endpoint).unwrap();
    let world = World::new(On::Sqlite).await.unwrap();
    let agent = world.somebody("samira", Role::Agent).await;
    let router = app(world.state.clone().with_language_model(model));
    let caller = Caller { router, ..agent };
    let body = json!({"customer": CUSTOMER, "locale": "nl-NL"});
    let answer = caller.post("/suggest", &body).await.expect(200).json;
    // The end of its standard input is the end of it.
    drop(server.stdin.take());
    server.wait().unwrap();
    let said = answer["language_model"].as_str().unwrap();
    eprintln!("the model's suggestion: {said}");
    // Where many things run at once, even a small model may not be in time; that is no fault here.
    let failed = ["unreachable", "status", "unreadable", "busy"];
    assert!(!failed.contains(&said), "{answer}");
    assert_eq!(texts(&answer).len(), 3);
}
