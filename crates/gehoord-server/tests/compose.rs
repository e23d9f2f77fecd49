//! Advice beside a reply that is being written.

mod common;

use common::{COMPLAINT, Caller, On, Server, Socket, World, told};
use futures_util::SinkExt;
use gehoord_store::Role;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

struct Desk {
    socket: Socket,
    n: u64,
}

impl Desk {
    async fn open(server: &Server, caller: &Caller, opening: &Value) -> Self {
        let socket = server.socket(caller, "/compose", None).await.unwrap();
        let mut desk = Self { socket, n: 0 };
        desk.send(opening).await;
        desk
    }

    async fn send(&mut self, message: &Value) {
        self.socket.send(Message::Text(message.to_string().into())).await.unwrap();
    }

    async fn told(&mut self) -> Option<Value> {
        told(&mut self.socket).await
    }

    async fn advice(&mut self, draft: &str, paused: bool) -> Value {
        self.n += 1;
        self.send(&json!({"n": self.n, "draft": draft, "paused": paused})).await;
        let advice = self.told().await.unwrap();
        assert_eq!(advice["n"], self.n, "{advice}");
        advice
    }
}

const DRAFT: &str = "Ik kijk het na en bel u morgen voor 12.00 uur terug.";

#[tokio::test]
async fn a_pasted_message_needs_no_store() {
    let world = World::new(On::Sqlite).await.unwrap();
    let agent = world.somebody("samira", Role::Agent).await;
    let server = world.serve().await;
    let words = "Ik heb al drie keer gebeld over mijn pakket en er gebeurt niets.";
    let mut desk =
        Desk::open(&server, &agent, &json!({"customer": words, "locale": "nl-NL"})).await;
    assert_eq!(desk.told().await.unwrap(), json!({"ready": true}));
    assert_eq!(desk.advice(DRAFT, false).await["missing"], json!([]));
    let advice = desk.advice(DRAFT, true).await;
    assert!(advice["missing"][0]["text"].as_str().unwrap().contains("drie keer"), "{advice}");
    assert_eq!(advice["promises"][0]["complete"], true);
    let danger = json!({"customer": "Ik ruik gas in de keuken.", "language": "en"});
    let mut desk = Desk::open(&server, &agent, &danger).await;
    desk.told().await.unwrap();
    let advice = desk.advice("Wat vervelend.", true).await;
    assert_eq!(advice["safety"][0]["signal"], "danger");
    assert_eq!(advice["safety"][0]["title"], "There is danger now");
    assert_eq!((&advice["missing"], &advice["safety"][0]["checked"]), (&json!([]), &Value::Null));
    assert_eq!(advice["safety"][0]["id"], "danger.0");
    let draft = json!({"n": 2, "draft": "Wat vervelend.", "not_so": ["danger.0"]});
    desk.send(&draft).await;
    assert_eq!(desk.told().await.unwrap()["safety"], json!([]), "the writer's word counts");
    desk.send(&json!({"n": 3, "draft": "Wat vervelend."})).await;
    assert_eq!(desk.told().await.unwrap()["safety"][0]["id"], "danger.0");
    drop(desk);
    server.stop().await;
}

#[tokio::test]
async fn a_stored_conversation_may_go_on_meanwhile() {
    let world = World::new(On::Sqlite).await.unwrap();
    let agent = world.somebody("samira", Role::Agent).await;
    let id = agent.open("chat-1", &COMPLAINT[..1]).await;
    let server = world.serve().await;
    let mut desk = Desk::open(&server, &agent, &json!({"conversation": id})).await;
    desk.told().await.unwrap();
    assert_eq!(desk.advice("Goedemiddag, ik zoek het uit.", true).await["safety"], json!([]));
    agent.say(&id, "customer", "Ik ruik nu ook gas in de keuken!").await.expect(201);
    let advice = desk.advice("Goedemiddag, ik zoek het uit.", true).await;
    assert_eq!(advice["safety"][0]["signal"], "danger", "{advice}");
    let id_of_card = advice["safety"][0]["id"].clone();
    desk.send(&json!({"n": 3, "draft": "Goedemiddag.", "not_so": [&id_of_card]})).await;
    assert_eq!(desk.told().await.unwrap()["safety"], json!([]));
    agent.say(&id, "customer", "Ik ruik gas in de kelder!").await.expect(201);
    desk.send(&json!({"n": 4, "draft": "Goedemiddag.", "not_so": [&id_of_card]})).await;
    let advice = desk.told().await.unwrap();
    assert_eq!(advice["safety"][0]["signal"], "danger", "a later turn is heard: {advice}");
    drop(desk);
    server.stop().await;
}

#[tokio::test]
async fn whoever_may_not_see_it_gets_no_advice_on_it() {
    let world = World::new(On::Sqlite).await.unwrap();
    let agent = world.somebody("samira", Role::Agent).await;
    let id = agent.open("chat-1", &COMPLAINT).await;
    let elsewhere = world.add("elders", Role::Agent, None).await;
    assert!(!elsewhere.is_empty());
    let elsewhere = world.log_in("elders").await;
    let coach = world.somebody("carla", Role::Coach).await;
    let server = world.serve().await;
    for somebody in [&elsewhere, &coach] {
        let mut desk = Desk::open(&server, somebody, &json!({"conversation": id})).await;
        assert_eq!(desk.told().await.unwrap()["error"]["code"], "not_found");
        assert_eq!(desk.told().await, None);
    }
    let mut desk = Desk::open(&server, &agent, &json!({"conversation": id})).await;
    assert_eq!(desk.told().await.unwrap(), json!({"ready": true}));
    drop(desk);
    server.stop().await;
}

#[tokio::test]
async fn what_cannot_be_understood_is_said_and_ends_it() {
    let world = World::new(On::Sqlite).await.unwrap();
    let agent = world.somebody("samira", Role::Agent).await;
    let server = world.serve().await;
    for wrong in [
        json!({}),
        json!({"customer": "a", "conversation": "b"}),
        json!({"customer": "a", "channel": "duif"}),
        json!({"customer": "a", "locale": "??"}),
        json!({"customer": "a", "language": "klingon"}),
        json!({"customer": "x".repeat(65 * 1024)}),
        json!(["customer"]),
    ] {
        let mut desk = Desk::open(&server, &agent, &wrong).await;
        assert_eq!(desk.told().await.unwrap()["error"]["code"], "invalid", "{wrong}");
        assert_eq!(desk.told().await, None);
    }
    let mut desk = Desk::open(&server, &agent, &json!({"customer": "Hallo"})).await;
    desk.told().await.unwrap();
    desk.send(&json!({"draft": "zonder nummer"})).await;
    let error = desk.told().await.unwrap();
    assert!(error["error"]["message"].as_str().unwrap().contains("`n`"), "{error}");
    drop(desk);
    server.stop().await;
}
