//! Who may do what: every route, every role.

mod common;

use std::collections::BTreeSet;

use common::{COMPLAINT, Caller, On, World, agent_findings};
use gehoord_store::Role;
use http_body_util::BodyExt;
use serde_json::{Value, json};

/// Roles by their first letters: agent, coach, manager, product owner, privacy officer,
/// administrator; `nobody` needs no credentials.
const TABLE: [(&str, &str, &str); 58] = [
    ("POST", "/session", "nobody"),
    ("DELETE", "/session", "a c m o p b"),
    ("GET", "/me", "a c m o p b"),
    ("PUT", "/me/password", "a c m o p b"),
    ("GET", "/me/tokens", "a c m o p b"),
    ("POST", "/me/tokens", "a c m o p b"),
    ("DELETE", "/me/tokens/{id}", "a c m o p b"),
    ("GET", "/conversations", "a c m"),
    ("POST", "/conversations", "a"),
    ("GET", "/conversations/{id}", "a c m"),
    ("GET", "/conversations/{id}/history", "a c m"),
    ("GET", "/conversations/{id}/handover", "a c m"),
    ("GET", "/conversations/{id}/recording", "a c m"),
    ("GET", "/conversations/{id}/recording/sound", "a c m"),
    ("POST", "/conversations/{id}/turns", "a"),
    ("PUT", "/conversations/{id}/assigned_to", "a m"),
    ("PUT", "/conversations/{id}/status", "a"),
    ("PUT", "/conversations/{id}/heard_by_customer", "a"),
    ("GET", "/conversations/{id}/feedback", "a c"),
    ("POST", "/conversations/{id}/feedback", "a c"),
    ("GET", "/conversations/{id}/promises", "a c m"),
    ("GET", "/conversations/{id}/events", "a c m"),
    ("GET", "/conversations/{id}/socket", "a c m"),
    ("GET", "/search", "a m o"),
    ("GET", "/promises", "a m"),
    ("PUT", "/promises/{id}/state", "a m"),
    ("PUT", "/promises/{id}/confirmed", "a m"),
    ("POST", "/promises/{id}/events", "a m"),
    ("GET", "/shares", "a c"),
    ("POST", "/shares", "a"),
    ("DELETE", "/shares/{id}", "a c"),
    ("POST", "/listen", "a c m o p b"),
    ("POST", "/check", "a c m o p b"),
    ("POST", "/suggest", "a c m o p b"),
    ("GET", "/compose", "a c m o p b"),
    ("GET", "/calls", "a"),
    ("PUT", "/calls/{id}/silence", "a"),
    ("GET", "/calls/events", "a"),
    ("GET", "/calls/words", "a"),
    ("GET", "/people", "a c m p b"),
    ("POST", "/people", "b"),
    ("PUT", "/people/{id}", "b"),
    ("GET", "/teams", "a c m p b"),
    ("POST", "/teams", "b"),
    ("GET", "/teams/figures", "a c m o"),
    ("GET", "/settings", "a c m o p b"),
    ("PUT", "/settings/named_review", "b"),
    ("GET", "/settings/documents", "a c m o p b"),
    ("PUT", "/settings/documents", "b"),
    ("GET", "/privacy/retention", "p"),
    ("PUT", "/privacy/retention", "p"),
    ("POST", "/privacy/retention/run", "p"),
    ("GET", "/privacy/audit", "p"),
    ("POST", "/privacy/customers/export", "p"),
    ("POST", "/privacy/customers/erase", "p"),
    ("GET", "/privacy/rights", "a c m o p b"),
    ("GET", "/jobs", "b"),
    ("POST", "/jobs", "b"),
];
/// Doors outside the API that are open to everybody.
const OPEN: [&str; 4] = ["/health", "/ready", "/metrics", "/openapi.json"];
/// Routes that stay open.
const STREAMS: [&str; 5] = [
    "/conversations/{id}/events",
    "/conversations/{id}/socket",
    "/compose",
    "/calls/events",
    "/calls/words",
];
/// Doors of telephone systems: no role opens them, only a signature; see tests/calls.rs.
const SIGNED: [&str; 2] = ["/telephony/twilio", "/telephony/audiohook"];

fn letter(role: Role) -> &'static str {
    match role {
        Role::Agent => "a",
        Role::Coach => "c",
        Role::Manager => "m",
        Role::ProductOwner => "o",
        Role::PrivacyOfficer => "p",
        Role::Administrator => "b",
    }
}

/// Every route of the API, as the document has them.
fn routes() -> BTreeSet<(String, String)> {
    let document = serde_json::to_value(gehoord_server::openapi()).unwrap();
    let mut routes = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        let path = path.strip_prefix("/api/v1").expect("every route is below /api/v1");
        for method in methods.as_object().unwrap().keys() {
            routes.insert((method.to_uppercase(), path.to_owned()));
        }
    }
    routes
}

/// A body that fits, where one is needed.
fn body(method: &str, path: &str, id: &str) -> Option<Value> {
    let body = match (method, path) {
        ("POST", "/session") => json!({"login": "nobody", "password": "geen idee"}),
        ("PUT", "/me/password") => json!({"old": common::PASSWORD, "new": "kort"}),
        ("POST", "/me/tokens") => json!({"name": "t", "scopes": ["listen"]}),
        ("POST", "/conversations" | "/listen") => {
            json!({"id": "r", "turns": [{"party": "customer", "text": "Hallo"}]})
        }
        (_, "/conversations/{id}/turns") => json!({"party": "customer", "text": "Hallo"}),
        (_, "/conversations/{id}/assigned_to") => json!({"person": null}),
        (_, "/conversations/{id}/status") => json!({"status": "open"}),
        (_, "/conversations/{id}/heard_by_customer") => json!({"answer": "yes"}),
        ("POST", "/conversations/{id}/feedback") => {
            json!({"position": 0, "finding": "0.annoyance.0", "agrees": true})
        }
        (_, "/promises/{id}/state") => json!({"state": "open"}),
        (_, "/promises/{id}/confirmed") => json!({}),
        (_, "/promises/{id}/events") => json!({"what": "call"}),
        ("POST", "/shares") => json!({"conversation": id, "coach": "x", "question": "Hoe?"}),
        (_, "/check") => json!({"customer": "Hallo", "reply": "Goedemiddag"}),
        (_, "/suggest") => json!({"customer": "Hallo"}),
        ("POST", "/people") => {
            json!({"login": "n", "name": "N", "role": "agent", "password": "kort"})
        }
        (_, "/people/{id}") => json!({"role": "agent", "active": true}),
        ("POST", "/teams") => json!({"name": "Nieuw"}),
        (_, "/settings/named_review") => json!({"record": null}),
        ("PUT", "/settings/documents") => json!({"kind": "house_style", "text": "a = 1"}),
        ("PUT", "/privacy/retention") => json!([]),
        (_, "/privacy/customers/export" | "/privacy/customers/erase") => {
            json!({"customer": "niemand"})
        }
        _ => return None,
    };
    Some(body)
}

/// The path with its id and what it asks for.
fn filled(path: &str, id: &str) -> String {
    let query = match path {
        "/search" => "?words=storing",
        "/teams/figures" => "?month=2026-03",
        "/settings/documents" => "?kind=rubric",
        _ => "",
    };
    format!("{}{query}", path.replace("{id}", id))
}

/// One of each role in the first team; the coach was shown the conversation that comes with them.
async fn everybody(world: &World) -> (Vec<(Role, Caller)>, String) {
    let mut all = Vec::new();
    for role in Role::ALL {
        all.push((role, world.somebody(role.id(), role).await));
    }
    let id = all[0].1.open("chat-1", &COMPLAINT).await;
    let coach = &all[1].1.id;
    let share = json!({"conversation": id, "coach": coach, "question": "Hoe kan dit beter?"});
    all[0].1.post("/shares", &share).await.expect(201);
    (all, id)
}

#[test]
fn the_table_names_every_route_and_no_other() {
    let named: BTreeSet<(String, String)> =
        TABLE.iter().map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned())).collect();
    assert_eq!(named.len(), TABLE.len(), "a row stands in the table twice");
    let routes = routes();
    let missing: Vec<_> = routes.difference(&named).collect();
    assert!(missing.is_empty(), "routes without a row: {missing:?}");
    let gone: Vec<_> = named.difference(&routes).collect();
    assert!(gone.is_empty(), "rows without a route: {gone:?}");
}

#[tokio::test]
async fn the_document_says_of_every_stream_how_it_opens() {
    let world = World::new(On::Sqlite).await.unwrap();
    let document = serde_json::to_value(gehoord_server::openapi()).unwrap();
    for path in STREAMS {
        let described = &document["paths"][format!("/api/v1{path}")]["get"];
        let responses = &described["responses"];
        let events = &responses["200"]["content"]["text/event-stream"];
        let opens = if path == "/compose" || path.ends_with("/socket") {
            &responses["101"]["description"]
        } else {
            &events["schema"]["type"]
        };
        assert!(opens.is_string() && described["description"].is_string(), "{path}: {described:#}");
        world.nobody().get(&filled(path, "x")).await.expect(401);
    }
}

#[tokio::test]
async fn every_route_opens_for_the_roles_in_the_table_and_for_no_other() {
    let world = World::new(On::Sqlite).await.unwrap();
    let (all, id) = everybody(&world).await;
    for path in OPEN {
        world.nobody().send_raw("GET", path, &[], "").await.expect(200);
    }
    for path in SIGNED {
        world.nobody().get(path).await.expect(404);
        for (_, caller) in &all {
            assert_eq!(caller.get(path).await.expect(404).code(), "not_found", "{path}");
        }
    }
    // Logging out ends the session, so it comes last.
    let mut rows: Vec<_> = TABLE.iter().collect();
    rows.sort_by_key(|(method, path, _)| (*method, *path) == ("DELETE", "/session"));
    for (method, path, roles) in rows {
        let body = body(method, path, &id);
        let address = filled(path, &id);
        let nobody = world.nobody().send(method, &address, body.as_ref()).await;
        let code = if *roles == "nobody" { "wrong_login" } else { "not_logged_in" };
        assert_eq!((nobody.status.as_u16(), nobody.code()), (401, code), "{method} {path}");
        if *roles == "nobody" {
            continue;
        }
        for (role, caller) in &all {
            let answer = match *path {
                "/conversations/{id}/events" | "/calls/events" | "/calls/words" => {
                    let path = format!("/api/v1{address}");
                    caller.stream(method, &path, &[], "").await.status().as_u16()
                }
                _ => caller.send(method, &address, body.as_ref()).await.status.as_u16(),
            };
            if roles.split(' ').any(|may| may == letter(*role)) {
                let opens = !matches!(answer, 401 | 403 | 405 | 500..);
                assert!(opens, "{role}: {method} {path} gave {answer}");
            } else {
                assert_eq!(answer, 403, "{role}: {method} {path}");
            }
        }
    }
}

#[tokio::test]
async fn a_conversation_of_another_team_is_not_there_for_anybody() {
    let world = World::new(On::Sqlite).await.unwrap();
    let stranger = world.somebody_of("ria", Role::Agent, Some(&world.other_team)).await;
    let id = stranger.open("elders", &COMPLAINT).await;
    let promises = stranger.get(&format!("/conversations/{id}/promises")).await.expect(200).json;
    let promise = promises[0]["id"].as_str().expect("a promise was heard").to_owned();
    let share = world.somebody_of("coach2", Role::Coach, None).await;
    let share = json!({"conversation": id, "coach": share.id, "question": "Hoe?"});
    let share = stranger.post("/shares", &share).await.expect(201).id();
    let token = json!({"name": "t", "scopes": ["listen"]});
    let token = stranger.post("/me/tokens", &token).await.expect(201).id();
    let (all, _) = everybody(&world).await;
    for (method, path, roles) in TABLE.iter().filter(|(_, path, _)| path.contains("{id}")) {
        for (role, caller) in &all {
            let theirs = match *path {
                path if path.starts_with("/promises") => &promise,
                path if path.starts_with("/shares") => &share,
                path if path.starts_with("/me/tokens") => &token,
                path if path.starts_with("/people") => continue,
                _ => &id,
            };
            // Who looks after people takes tokens away from everybody.
            if path.starts_with("/me/tokens") && *role == Role::Administrator {
                continue;
            }
            let body = body(method, path, theirs);
            let address = format!("/api/v1{}", filled(path, theirs));
            let mut headers = vec![("content-type", "application/json")];
            if path.ends_with("/socket") {
                headers = upgrade().to_vec();
            }
            let body = body.map(|body| body.to_string()).unwrap_or_default();
            let answer = caller.send_raw(method, &address, &headers, body).await;
            let may = roles.split(' ').any(|may| may == letter(*role));
            // What the coach is refused for their role, they are told before it is looked for.
            let expected = if may || (*role, path.ends_with("/assigned_to")) == (Role::Coach, true)
            {
                404
            } else {
                403
            };
            // A socket needs a real connection; oneshot has none to hand over.
            if path.ends_with("/socket") && answer.status.as_u16() == 426 {
                continue;
            }
            assert_eq!(answer.status.as_u16(), expected, "{role}: {method} {path} {}", answer.text);
            assert!(!answer.text.contains(theirs.as_str()));
        }
    }
    for (role, caller) in &all[..3] {
        for path in
            ["/conversations", "/conversations?mine=true", "/promises", "/search?words=keer"]
        {
            let answer = caller.get(path).await;
            assert!(!answer.text.contains(&id), "{role}: {path}");
        }
    }
    let body = json!({"conversation": id, "coach": all[1].1.id, "question": "Hoe?"});
    all[0].1.post("/shares", &body).await.expect(404);
    // The same name from another team is not theirs to change.
    let theirs = json!({"id": "elders", "turns": [{"party": "customer", "text": "Hallo"}]});
    all[0].1.post("/conversations", &theirs).await.expect(404);
}

fn upgrade() -> [(&'static str, &'static str); 4] {
    [
        ("connection", "upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ]
}

/// Every body in which something of a conversation comes out.
async fn bodies(caller: &Caller, id: &str) -> Vec<(String, Value)> {
    let paths = [
        "/conversations".to_owned(),
        format!("/conversations/{id}"),
        format!("/conversations/{id}/history"),
        format!("/conversations/{id}/promises"),
        format!("/conversations/{id}/feedback"),
        "/promises".to_owned(),
        "/search?words=keer".to_owned(),
        "/shares".to_owned(),
        "/teams/figures?month=2026-03".to_owned(),
    ];
    let mut bodies = Vec::new();
    for path in paths {
        let answer = caller.get(&path).await;
        bodies.push((path, answer.json));
    }
    let export = json!({"customer": "chat-1@example.nl"});
    let export = caller.post("/privacy/customers/export", &export).await;
    bodies.push(("export".to_owned(), export.json));
    let path = format!("/api/v1/conversations/{id}/events");
    let response = caller.stream("GET", &path, &[], "").await;
    if response.status().is_success() {
        let mut stream = response.into_body();
        let frame = stream.frame().await.unwrap().unwrap().into_data().unwrap();
        let text = String::from_utf8(frame.to_vec()).unwrap();
        let data = text.lines().find_map(|line| line.strip_prefix("data: ")).unwrap();
        bodies.push(("events".to_owned(), serde_json::from_str(data).unwrap()));
    }
    bodies
}

/// Whether this person sees how the agent did, anywhere.
async fn sees(caller: &Caller, id: &str) -> bool {
    let mut seen = false;
    for (path, body) in bodies(caller, id).await {
        let found = agent_findings(&body);
        if !found.is_empty() {
            assert!(path == "events" || path.ends_with(id), "{path} tells {found:?}");
            seen = true;
        }
    }
    seen
}

#[tokio::test]
async fn how_an_agent_did_is_theirs_and_for_whom_they_show_it() {
    let world = World::new(On::Sqlite).await.unwrap();
    let (all, id) = everybody(&world).await;
    let colleague = world.somebody("kees", Role::Agent).await;
    let other_coach = world.somebody("coach2", Role::Coach).await;
    for (role, caller) in &all {
        let expected = matches!(role, Role::Agent | Role::Coach);
        assert_eq!(sees(caller, &id).await, expected, "{role}");
    }
    assert!(!sees(&colleague, &id).await && !sees(&other_coach, &id).await);

    // Named review opens it for the manager of the team, and closes it again.
    let (manager, administrator) = (&all[2].1, &all[5].1);
    let record = json!({"record": {"assessment_date": "2026-01-10",
        "assessment_reference": "DPIA 12", "consent_date": "2026-02-01",
        "consent_reference": "OR 3"}});
    administrator.put("/settings/named_review", &record).await.expect(204);
    assert!(sees(manager, &id).await);
    assert!(!sees(&colleague, &id).await && !sees(administrator, &id).await);
    let me = colleague.get("/me").await.expect(200).json;
    assert_eq!(me["named_review"]["consent_reference"], "OR 3", "agents see that it is on");
    tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    administrator.put("/settings/named_review", &json!({"record": null})).await.expect(204);
    assert!(!sees(manager, &id).await);
}

#[tokio::test]
async fn who_takes_a_conversation_over_does_not_take_over_how_the_other_did() {
    let world = World::new(On::Sqlite).await.unwrap();
    let agent = world.somebody("samira", Role::Agent).await;
    let colleague = world.somebody("kees", Role::Agent).await;
    let id = agent.open("chat-1", &COMPLAINT).await;
    let take = json!({"person": colleague.id});
    colleague.put(&format!("/conversations/{id}/assigned_to"), &take).await.expect(204);
    assert!(!sees(&colleague, &id).await);
    assert!(sees(&agent, &id).await, "it stays theirs");
    // What the colleague says from now on is the colleague's.
    colleague.say(&id, "agent", "Ik neem het over en zoek het meteen uit.").await.expect(201);
    let read = colleague.get(&format!("/conversations/{id}")).await.expect(200).json;
    assert!(read["items"][1]["finding"].is_null() && read["items"][2]["finding"].is_object());
    let read = agent.get(&format!("/conversations/{id}")).await.expect(200).json;
    assert!(read["items"][1]["finding"].is_object() && read["items"][2]["finding"].is_null());
}
