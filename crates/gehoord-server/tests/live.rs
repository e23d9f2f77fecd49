//! Following a conversation while turns come in.

mod common;

use std::collections::BTreeSet;
use std::time::Duration;

use common::{COMPLAINT, Caller, Events, LONG, On, World, agent_findings, told};
use gehoord_store::Role;
use serde_json::{Value, json};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

async fn world() -> World {
    World::new(On::Sqlite).await.unwrap()
}

#[tokio::test]
async fn forty_turns_at_once_reach_everybody_once_and_in_order() {
    each_turn_once(&world().await, 40).await;
}

#[tokio::test]
async fn on_postgres_too() {
    let Some(world) = World::new(On::Postgres).await else { return };
    each_turn_once(&world, 20).await;
}

async fn each_turn_once(world: &World, count: i64) {
    let agent = world.somebody("samira", Role::Agent).await;
    let colleague = world.somebody("kees", Role::Agent).await;
    let id = agent.open("chat-1", &COMPLAINT).await;
    let server = world.serve().await;
    let path = format!("/conversations/{id}/socket");
    let mut socket = server.socket(&agent, &path, None).await.unwrap();
    let mut events = Events::follow(&colleague, &id).await;
    let (own, other) = (told(&mut socket).await.unwrap(), events.next().await.unwrap());
    assert_eq!((&own["kind"], &own["conversation"]["turns"]), (&json!("conversation"), &json!(2)));
    assert_eq!(agent_findings(&other), [""; 0]);

    let said: Vec<_> = (0..count)
        .map(|n| {
            let (agent, id) = (agent.clone(), id.clone());
            tokio::spawn(async move {
                let party = if n % 2 == 0 { "customer" } else { "agent" };
                let turn = json!({"party": party, "external_id": format!("t{n}"),
                    "text": format!("Ik begrijp dat de storing nummer {n} vervelend is.")});
                let path = format!("/conversations/{id}/turns");
                let first = agent.post(&path, &turn).await.expect(201).json;
                // Sent again, as after an answer that got lost.
                let again = agent.post(&path, &turn).await.expect(201).json;
                assert_eq!(again, json!({"position": first["position"], "new": false}));
                first["position"].as_i64().unwrap()
            })
        })
        .collect();
    let mut positions = BTreeSet::new();
    for said in said {
        assert!(positions.insert(said.await.unwrap()), "two turns at one place");
    }
    assert_eq!(positions, (2..count + 2).collect());
    for position in 2..count + 2 {
        let (own, other) = (told(&mut socket).await.unwrap(), events.next().await.unwrap());
        for event in [&own, &other] {
            assert_eq!(event["kind"], "turn");
            assert_eq!(event["position"], position);
        }
        assert_eq!(own["text"], other["text"]);
        assert!(own["agent"].is_object(), "the agent sees how it goes: {own}");
        assert_eq!(agent_findings(&other), [""; 0], "a colleague does not");
        let about: Vec<_> = own["findings"].as_array().unwrap().iter().collect();
        assert!(about.iter().any(|finding| finding["position"] == position), "{own}");
    }
    // What was told is what is kept.
    let read = agent.get(&format!("/conversations/{id}")).await.expect(200).json;
    assert_eq!(read["turns"], count + 2);
    assert!(read["items"].as_array().unwrap().iter().all(|turn| turn["finding"].is_object()));
    drop((socket, events));
    server.stop().await;
}

#[tokio::test]
async fn a_turn_that_was_edited_is_told_anew() {
    let world = world().await;
    let agent = world.somebody("samira", Role::Agent).await;
    let id = agent.open("chat-1", &COMPLAINT).await;
    let mut events = Events::follow(&agent, &id).await;
    events.next().await.unwrap();
    let path = format!("/conversations/{id}/turns");
    let mut turn = json!({"party": "customer", "external_id": "t", "text": "Goed, dank u wel."});
    agent.post(&path, &turn).await.expect(201);
    agent.say(&id, "agent", "Graag gedaan.").await.expect(201);
    assert_eq!(events.next().await.unwrap()["position"], 2);
    assert_eq!(events.next().await.unwrap()["position"], 3);
    turn["text"] = json!("Dit is belachelijk, ik ben woedend!");
    let edited = agent.post(&path, &turn).await.expect(201).json;
    assert_eq!(edited, json!({"position": 2, "new": true}));
    let anew = events.next().await.unwrap();
    assert_eq!(
        (&anew["kind"], &anew["conversation"]["turns"]),
        (&json!("conversation"), &json!(4))
    );
    let item = &anew["conversation"]["items"][2];
    assert_eq!(item["text"], "Dit is belachelijk, ik ben woedend!");
    assert_eq!(item["finding"]["primary"], "anger", "{item}");
    // And it goes on from there.
    agent.say(&id, "customer", "Nou?").await.expect(201);
    assert_eq!(events.next().await.unwrap()["position"], 4);
}

#[tokio::test]
async fn who_may_not_follow_any_more_is_cut_off() {
    let world = world().await;
    let administrator = world.somebody("beheer", Role::Administrator).await;
    let agent = world.somebody("samira", Role::Agent).await;
    let colleague = world.somebody("kees", Role::Agent).await;
    let leaver = world.somebody("lot", Role::Agent).await;
    let coach = world.somebody("coach", Role::Coach).await;
    let id = agent.open("chat-1", &COMPLAINT).await;
    let share = json!({"conversation": id, "coach": coach.id, "question": "Hoe kan dit beter?"});
    let share = agent.post("/shares", &share).await.expect(201).id();
    let token = json!({"name": "t", "scopes": ["read_conversations"]});
    let token = agent.post("/me/tokens", &token).await.expect(201);
    let program = agent.with_token(token.json["token"].as_str().unwrap());

    let mut all = Vec::new();
    for caller in [&agent, &coach, &colleague, &leaver, &program] {
        let mut events = Events::follow(caller, &id).await;
        events.next().await.unwrap();
        all.push(events);
    }
    agent.say(&id, "customer", "Bent u er nog?").await.expect(201);
    for events in &mut all {
        assert_eq!(events.next().await.unwrap()["position"], 2);
    }
    agent.delete(&format!("/shares/{share}")).await.expect(204);
    colleague.delete("/session").await.expect(204);
    let moved = json!({"role": "agent", "team": world.other_team, "active": true});
    administrator.put(&format!("/people/{}", leaver.id), &moved).await.expect(204);
    agent.delete(&format!("/me/tokens/{}", token.id())).await.expect(204);
    agent.say(&id, "customer", "Hallo?").await.expect(201);
    assert_eq!(all[0].next().await.unwrap()["position"], 3, "who may, goes on");
    for events in &mut all[1..] {
        assert_eq!(events.next().await, None);
    }
}

#[tokio::test]
async fn a_coach_who_was_shown_one_turn_is_told_no_later_one() {
    let world = world().await;
    let agent = world.somebody("samira", Role::Agent).await;
    let coach = world.somebody("coach", Role::Coach).await;
    let id = agent.open("chat-1", &COMPLAINT).await;
    let share = json!({"conversation": id, "coach": coach.id, "position": 1, "question": "Hoe?"});
    let share = agent.post("/shares", &share).await.expect(201).id();
    let mut events = Events::follow(&coach, &id).await;
    assert_eq!(events.next().await.unwrap()["conversation"]["items"].as_array().unwrap().len(), 2);
    agent.say(&id, "customer", "Dit gaat de coach niets aan.").await.expect(201);
    agent.say(&id, "agent", "Ik stuur u morgen een monteur.").await.expect(201);
    let promises = coach.get(&format!("/conversations/{id}/promises")).await.expect(200);
    assert!(!promises.text.contains("monteur"), "{}", promises.text);
    agent.delete(&format!("/shares/{share}")).await.expect(204);
    assert_eq!(events.next().await, None, "nothing was told in between");
}

/// Where the first promise stands that an event tells of.
fn state(event: &Value) -> (&str, &str) {
    let promise = &event["promises"][0];
    (event["kind"].as_str().unwrap(), promise["state"].as_str().unwrap_or_default())
}

#[tokio::test]
async fn where_a_promise_stands_is_told_in_order_whoever_or_whatever_settles_it() {
    for on in [On::Sqlite, On::Postgres] {
        let Some(world) = World::new(on).await else { return };
        let agent = world.somebody("samira", Role::Agent).await;
        let officer = world.somebody("mirjam", Role::PrivacyOfficer).await;
        let at =
            |at: &str, party: &str, text: &str| json!({"party": party, "text": text, "at": at});
        let contact = |id: &str, turns: Value| {
            json!({"id": id, "locale": "nl-NL", "customer": "klant-5", "channel": "chat",
                "turns": turns})
        };
        let first = contact(
            "een",
            json!([at("2026-03-02T10:00:00+01:00", "customer", "Mijn modem is stuk."),]),
        );
        let id = agent.post("/conversations", &first).await.expect(201).id();
        let mut events = Events::follow(&agent, &id).await;
        assert_eq!(events.next().await.unwrap()["promises"], json!([]));
        // The turn in which it is made, then that it is there.
        let path = format!("/conversations/{id}/turns");
        let turn = at("2026-03-02T10:01:00+01:00", "agent", "Ik bel u morgen voor 12 uur terug.");
        agent.post(&path, &turn).await.expect(201);
        assert_eq!(events.next().await.unwrap()["position"], 1);
        let made = events.next().await.unwrap();
        assert_eq!(state(&made), ("promises", "overdue_unknown"), "{made}");
        let promise = made["promises"][0]["id"].as_str().unwrap().to_owned();
        // A turn of a later contact.
        let later = contact(
            "twee",
            json!([at(
                "2026-03-05T10:00:00+01:00",
                "customer",
                "Ik zou gebeld worden, niks gehoord."
            )]),
        );
        agent.post("/conversations", &later).await.expect(201);
        assert_eq!(state(&events.next().await.unwrap()), ("promises", "broken"));
        // A turn of this one: first the turn, then what it shows.
        agent.say(&id, "customer", "Ik ben net teruggebeld, bedankt!").await.expect(201);
        assert_eq!(events.next().await.unwrap()["position"], 2);
        assert_eq!(state(&events.next().await.unwrap()), ("promises", "kept"));
        // By hand: in the API and on a page; what stands so already is not told twice.
        let place = format!("/promises/{promise}/state");
        agent.put(&place, &json!({"state": "withdrawn"})).await.expect(200);
        assert_eq!(state(&events.next().await.unwrap()), ("promises", "withdrawn"));
        agent.form(&place, &[("state", "open")]).await.expect(303);
        assert_eq!(state(&events.next().await.unwrap()), ("promises", "overdue_unknown"));
        let due = json!({"due": "2036-03-04T12:00:00+01:00"});
        agent.put(&format!("/promises/{promise}/confirmed"), &due).await.expect(200);
        assert_eq!(state(&events.next().await.unwrap()), ("promises", "open"));
        let event = json!({"what": "call"});
        agent.post(&format!("/promises/{promise}/events"), &event).await.expect(201);
        assert_eq!(state(&events.next().await.unwrap()), ("promises", "kept"));
        // Each time it was read there is a row, as for any other reading.
        let rows = officer.get(&format!("/privacy/audit?conversation={id}")).await.expect(200).json;
        let rows = rows["requests"].as_array().unwrap_or_else(|| panic!("{rows}"));
        let count = |action: &str| {
            rows.iter().filter(|row| row["action"] == action && row["who"] == *agent.id).count()
        };
        assert_eq!((count("conversation.follow"), count("promises.follow")), (1, 7));
    }
}

#[tokio::test]
async fn two_servers_over_one_database_keep_one_order() {
    for on in [On::Sqlite, On::Postgres] {
        let Some(world) = World::new(on).await else { return };
        let agent = world.somebody("samira", Role::Agent).await;
        let id = agent.open("chat-1", &COMPLAINT).await;
        let other = Caller { router: world.another().await, ..agent.clone() };
        let mut events = Events::follow(&agent, &id).await;
        events.next().await.unwrap();
        let said = (0..16).map(|n| {
            let (caller, id) = (if n % 2 == 0 { &agent } else { &other }.clone(), id.clone());
            tokio::spawn(async move {
                let answer = caller.say(&id, "customer", &format!("Regel {n}.")).await;
                answer.expect(201).json["position"].as_i64().unwrap()
            })
        });
        let mut positions = BTreeSet::new();
        for said in said.collect::<Vec<_>>() {
            assert!(positions.insert(said.await.unwrap()), "two turns at one place");
        }
        assert_eq!(positions, (2..18).collect());
        let read = other.get(&format!("/conversations/{id}")).await.expect(200).json;
        let items = read["items"].as_array().unwrap();
        assert!(items.iter().all(|turn| turn["finding"].is_object()), "each was heard");
        // What came in elsewhere is told when the next turn comes in here: all of it, at once.
        agent.say(&id, "agent", "Ik begrijp het.").await.expect(201);
        let mut known = 2;
        while known < 19 {
            let event = events.next().await.unwrap();
            match event["kind"].as_str() {
                Some("conversation") => known = event["conversation"]["turns"].as_i64().unwrap(),
                _ => {
                    assert_eq!(event["position"], known);
                    known += 1;
                }
            }
        }
        world.store.check_integrity().await.unwrap();
    }
}

#[tokio::test]
async fn what_a_colleague_said_is_theirs_in_the_stream_too() {
    let world = world().await;
    let agent = world.somebody("samira", Role::Agent).await;
    let colleague = world.somebody("kees", Role::Agent).await;
    let id = agent.open("chat-1", &COMPLAINT).await;
    let mut own = Events::follow(&agent, &id).await;
    let mut theirs = Events::follow(&colleague, &id).await;
    own.next().await.unwrap();
    theirs.next().await.unwrap();
    // The agent whose conversation it is writes down what the colleague said.
    let turn =
        json!({"party": "agent", "speaker": "Kees", "text": "Ik begrijp u, drie keer is veel."});
    agent.post(&format!("/conversations/{id}/turns"), &turn).await.expect(201);
    for (events, sees) in [(&mut own, false), (&mut theirs, true)] {
        let told = events.next().await.unwrap();
        assert_eq!(told["person"], *colleague.id);
        let found = told["findings"].as_array().unwrap();
        assert_eq!(found.iter().any(|finding| finding["position"] == 2), sees, "{told}");
    }
}

#[tokio::test]
async fn signs_of_life_of_a_socket_lose_no_turn() {
    use futures_util::SinkExt;
    let world = world().await;
    let agent = world.somebody("samira", Role::Agent).await;
    let id = agent.open("chat-1", &COMPLAINT).await;
    let server = world.serve().await;
    let path = format!("/conversations/{id}/socket");
    let mut socket = server.socket(&agent, &path, None).await.unwrap();
    told(&mut socket).await.unwrap();
    for position in 2..8 {
        for _ in 0..20 {
            socket.send(Message::Text("daar?".into())).await.unwrap();
            socket.send(Message::Ping(vec![1].into())).await.unwrap();
        }
        agent.say(&id, "customer", "Hallo?").await.expect(201);
        assert_eq!(told(&mut socket).await.unwrap()["position"], position);
    }
    server.stop().await;
}

#[tokio::test]
async fn stopping_ends_streams_and_loses_no_turn_that_was_acknowledged() {
    let world = world().await;
    let agent = world.somebody("samira", Role::Agent).await;
    let id = agent.open("chat-1", &COMPLAINT).await;
    let server = world.serve().await;
    let path = format!("/conversations/{id}/socket");
    let mut socket = server.socket(&agent, &path, None).await.unwrap();
    let mut events = Events::follow(&agent, &id).await;
    told(&mut socket).await.unwrap();
    events.next().await.unwrap();
    let address = server.address;
    // Turns over real connections, until the server takes no more.
    let writers: Vec<_> = (0..4)
        .map(|n| {
            let (agent, id) = (agent.clone(), id.clone());
            tokio::spawn(async move {
                let mut kept = Vec::new();
                for m in 0.. {
                    let text = format!("Regel {n} van {m}.");
                    let body = json!({"party": "customer", "text": text}).to_string();
                    let path = format!("/api/v1/conversations/{id}/turns");
                    match post_over(address, &agent, &path, &body).await {
                        Some(201) => kept.push(text),
                        Some(other) => panic!("{other}"),
                        None => break,
                    }
                }
                kept
            })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(300)).await;
    timeout(LONG, server.stop()).await.expect("it stops in time");
    while told(&mut socket).await.is_some() {}
    while events.next().await.is_some() {}
    let mut kept = BTreeSet::new();
    for writer in writers {
        kept.extend(writer.await.unwrap());
    }
    assert!(kept.len() > 3, "{}", kept.len());
    let store = world.reopen().await;
    let viewer = gehoord_store::Viewer::machine();
    let view = store.request(&viewer, "test").await.unwrap().conversation(&id).await.unwrap();
    let there: BTreeSet<String> = view.turns.into_iter().map(|turn| turn.text).collect();
    let lost: Vec<_> = kept.difference(&there).collect();
    assert!(lost.is_empty(), "{lost:?}");
}

/// The status of a request over a new connection; none when nobody answers any more.
async fn post_over(
    address: std::net::SocketAddr,
    caller: &Caller,
    path: &str,
    body: &str,
) -> Option<u16> {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut stream = tokio::net::TcpStream::connect(address).await.ok()?;
    let pass: String =
        caller.pass.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let length = body.len();
    let request = format!(
        "POST {path} HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\n\
         content-length: {length}\r\nconnection: close\r\n{pass}\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.ok()?;
    answer.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()
}
