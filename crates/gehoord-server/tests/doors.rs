//! What opens the door, and what does not.

mod common;

use common::{Answer, Caller, On, PASSWORD, World};
use gehoord_store::{Right, Role, Viewer};
use serde_json::{Value, json};

async fn world() -> World {
    World::new(On::Sqlite).await.unwrap()
}

async fn log_in(world: &World, login: &str, password: &str) -> Answer {
    world.nobody().post("/session", &json!({"login": login, "password": password})).await
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_login_are_told_the_same() {
    let world = world().await;
    world.add("samira", Role::Agent, Some(&world.team)).await;
    let wrong = log_in(&world, "samira", "dit is het niet").await.expect(401);
    let unknown = log_in(&world, "niemand", PASSWORD).await.expect(401);
    assert_eq!(wrong.text, unknown.text);
    assert_eq!(wrong.code(), "wrong_login");
    for odd in ["", "a\0b", "' OR 1=1 --", "\u{1F600}"] {
        log_in(&world, odd, PASSWORD).await.expect(401);
    }
    log_in(&world, " Samira ", PASSWORD).await.expect(201);
}

#[tokio::test]
async fn guessing_is_slowed_down_and_a_right_password_makes_good() {
    let world = world().await;
    world.add("samira", Role::Agent, Some(&world.team)).await;
    for _ in 0..4 {
        log_in(&world, "samira", "geraden").await.expect(401);
    }
    log_in(&world, "samira", PASSWORD).await.expect(201);
    for _ in 0..5 {
        log_in(&world, "samira", "geraden").await.expect(401);
    }
    let refused = log_in(&world, "samira", PASSWORD).await.expect(429);
    assert_eq!(refused.code(), "too_many_logins");
    let wait: u64 = refused.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=2).contains(&wait), "{wait}");
    log_in(&world, "SAMIRA", "geraden").await.expect(429);
    log_in(&world, "kees", "geraden").await.expect(401);
    tokio::time::sleep(std::time::Duration::from_secs(wait)).await;
    log_in(&world, "samira", PASSWORD).await.expect(201);
    log_in(&world, "samira", "geraden").await.expect(401);
}

#[tokio::test]
async fn many_guesses_at_once_are_no_more_guesses() {
    let world = world().await;
    world.add("samira", Role::Agent, Some(&world.team)).await;
    let guesses = (0..20).map(|n| {
        let nobody = world.nobody();
        let body = json!({"login": "samira", "password": format!("geraden {n}")});
        tokio::spawn(async move { nobody.post("/session", &body).await.status.as_u16() })
    });
    let mut tried = 0;
    for guess in guesses.collect::<Vec<_>>() {
        match guess.await.unwrap() {
            401 => tried += 1,
            429 => {}
            other => panic!("{other}"),
        }
    }
    assert!(tried <= 6, "{tried} guesses were tried");
}

#[tokio::test]
async fn the_cookie_is_for_this_server_and_no_script() {
    let world = world().await;
    world.add("samira", Role::Agent, Some(&world.team)).await;
    let answer = log_in(&world, "samira", PASSWORD).await.expect(201);
    let cookie = answer.headers["set-cookie"].to_str().unwrap().to_owned();
    for flag in ["HttpOnly", "SameSite=Strict", "Secure", "Path=/"] {
        assert!(cookie.split("; ").any(|part| part == flag), "{flag}: {cookie}");
    }
    let secret = cookie.split(['=', ';']).nth(1).unwrap();
    assert!(secret.len() >= 43 && !answer.text.contains(secret));
    let out = world.log_in("samira").await.delete("/session").await.expect(204);
    assert!(out.headers["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
    let router = gehoord_server::app(world.state.clone().with_plain_cookies());
    let body = json!({"login": "samira", "password": PASSWORD});
    let answer = Caller { router, ..world.nobody() }.post("/session", &body).await.expect(201);
    assert!(!answer.headers["set-cookie"].to_str().unwrap().contains("Secure"));
}

#[tokio::test]
async fn a_session_ends_with_logout_a_new_password_and_the_person() {
    let world = world().await;
    let administrator = world.somebody("beheer", Role::Administrator).await;
    world.add("samira", Role::Agent, Some(&world.team)).await;
    let (first, second) = (world.log_in("samira").await, world.log_in("samira").await);
    first.delete("/session").await.expect(204);
    first.get("/me").await.expect(401);
    second.get("/me").await.expect(200);

    let new = "een heel ander wachtwoord";
    let change = |old: &str, new: &str| json!({"old": old, "new": new});
    second.put("/me/password", &change("dit is het niet", new)).await.expect(401);
    second.put("/me/password", &change(PASSWORD, "kort")).await.expect(422);
    second.put("/me/password", &change(PASSWORD, new)).await.expect(204);
    second.get("/me").await.expect(401);
    log_in(&world, "samira", PASSWORD).await.expect(401);
    log_in(&world, "samira", new).await.expect(201);

    let third = world.somebody("kees", Role::Agent).await;
    let token = json!({"name": "t", "scopes": ["listen"]});
    let token = third.post("/me/tokens", &token).await.expect(201);
    let program = third.with_token(token.json["token"].as_str().unwrap());
    program.get("/me").await.expect(200);
    let gone = json!({"role": "agent", "team": world.team, "active": false});
    administrator.put(&format!("/people/{}", third.id), &gone).await.expect(204);
    third.get("/me").await.expect(401);
    program.get("/me").await.expect(401);
    log_in(&world, "kees", PASSWORD).await.expect(401);

    // A session that nobody uses ends by itself.
    let idle = world.add("lot", Role::Agent, None).await;
    let mut request = world.store.request(&Viewer::machine(), "login").await.unwrap();
    let now = request.now();
    request = request.at(now - 9 * 60 * 60 * 1000);
    request.open_session(&idle, "oud", "csrf").await.unwrap();
    request.finish().await.unwrap();
    let cookie = vec![("cookie".to_owned(), "gehoord_session=oud".to_owned())];
    Caller { pass: cookie, ..world.nobody() }.get("/me").await.expect(401);
}

#[tokio::test]
async fn a_token_that_is_over_taken_back_or_none_opens_nothing() {
    let world = world().await;
    let agent = world.somebody("samira", Role::Agent).await;
    let other = world.somebody("kees", Role::Agent).await;
    let make = async |body: Value| {
        let made = agent.post("/me/tokens", &body).await.expect(201);
        (made.id(), agent.with_token(made.json["token"].as_str().unwrap()))
    };
    let (id, program) = make(json!({"name": "t", "scopes": ["listen", "search"]})).await;
    program.get("/me").await.expect(200);
    other.delete(&format!("/me/tokens/{id}")).await.expect(404);
    agent.delete(&format!("/me/tokens/{id}")).await.expect(204);
    program.get("/me").await.expect(401);
    agent.delete(&format!("/me/tokens/{id}")).await.expect(404);
    // One that is over cannot be made, so the store gets it as it would be afterwards.
    let mut request = world.store.request(&Viewer::operator(), "tokens.add").await.unwrap();
    let scopes = [Right::Listen];
    request.add_token(&agent.id, "t", "over", &scopes, Some(1_000)).await.unwrap();
    request.finish().await.unwrap();
    agent.with_token("over").get("/me").await.expect(401);

    let (_, program) = make(json!({"name": "t", "scopes": ["listen"]})).await;
    let (_, bearer) = program.pass[0].clone();
    for wrong in [
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Basic c2FtaXJhOng=",
        &bearer[..20],
        &bearer.replace("Bearer", "bearer"),
        &format!("{bearer}x"),
        "Bearer \u{e9}",
    ] {
        program.but("authorization", Some(wrong)).get("/me").await.expect(401);
    }
    // A token has what its scopes give, and can give nothing on.
    program.post("/check", &json!({"customer": "Hallo", "reply": "Dag"})).await.expect(200);
    program.get("/conversations").await.expect(403);
    let another = json!({"name": "t", "scopes": ["listen"]});
    program.post("/me/tokens", &another).await.expect(403);
    let password = json!({"old": PASSWORD, "new": "een heel ander wachtwoord"});
    program.put("/me/password", &password).await.expect(403);
    // More than the owner may is no scope for their token, and less later is less at once.
    let more = json!({"name": "t", "scopes": [Right::ReadAudit.id()]});
    agent.post("/me/tokens", &more).await.expect(422);
    agent.post("/me/tokens", &json!({"name": "t", "scopes": []})).await.expect(422);
    for over in ["2020-01-01T00:00:00Z", "1970-01-02T00:00:00Z"] {
        let token = json!({"name": "t", "scopes": ["search"], "expires_at": over});
        let refused = agent.post("/me/tokens", &token).await.expect(422);
        assert!(refused.text.contains("expires_at is over already"), "{}", refused.text);
    }
    let (_, program) = make(json!({"name": "t", "scopes": ["search"]})).await;
    let mut request = world.store.request(&Viewer::operator(), "people.change").await.unwrap();
    request.change_person(&agent.id, Role::Coach, None, true).await.unwrap();
    request.finish().await.unwrap();
    program.get("/search?words=storing").await.expect(403);
}

#[tokio::test]
async fn everything_that_changes_something_needs_the_word_of_the_session() {
    let world = world().await;
    let administrator = world.somebody("beheer", Role::Administrator).await;
    let other = world.somebody("kees", Role::Administrator).await;
    let document = serde_json::to_value(gehoord_server::openapi()).unwrap();
    let mut changing = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys().filter(|method| *method != "get") {
            let path = path.strip_prefix("/api/v1").unwrap().replace("{id}", "x");
            if path == "/session" && method == "post" {
                continue;
            }
            changing += 1;
            let word = other.header("x-csrf-token");
            for wrong in [None, Some(""), Some("x"), Some(word)] {
                let caller = administrator.but("x-csrf-token", wrong);
                let answer = caller.send(&method.to_uppercase(), &path, Some(&json!({}))).await;
                assert_eq!(
                    (answer.status.as_u16(), answer.code()),
                    (403, "csrf"),
                    "{method} {path} with {wrong:?}"
                );
            }
        }
    }
    assert!(changing > 20);
    administrator.get("/me").await.expect(200);
    administrator.but("x-csrf-token", None).get("/me").await.expect(200);
}

#[tokio::test]
async fn every_answer_says_how_it_may_be_used() {
    let world = world().await;
    let agent = world.somebody("samira", Role::Agent).await;
    let nobody = world.nobody();
    let (get, check) = ("/api/v1/me", "/api/v1/check");
    let big = "x".repeat(8 * 1024 * 1024 + 1);
    let big = json!({"customer": big, "reply": "Dag"}).to_string();
    let deep = format!(r#"{{"turns": [], "meta": {{"a": {}"#, "[".repeat(100_000));
    let requests: [(&Caller, &str, &str, &[u8], u16); 16] = [
        (&agent, "GET", get, b"", 200),
        (&agent, "GET", "/health", b"", 200),
        (&agent, "GET", "/nergens", b"", 404),
        (&agent, "GET", "/api/v1/conversations/x", b"", 404),
        (&agent, "GET", "/api/v1/conversations/%ff", b"", 404),
        (&nobody, "GET", get, b"", 401),
        (&agent, "DELETE", get, b"", 405),
        (&agent, "VERZONNEN", get, b"", 405),
        (&agent, "GET", "/api/v1/conversations?limit=veel", b"", 422),
        (&agent, "POST", check, big.as_bytes(), 413),
        (&agent, "POST", check, br#"{"customer": 1, "reply": "x"}"#, 422),
        (&agent, "POST", check, br#"{"customer": "a", "reply": "b", "x": 1}"#, 422),
        (&agent, "POST", check, br#"{"customer": "#, 400),
        (&agent, "POST", check, b"\xff\xfe", 400),
        (&agent, "POST", check, b"", 400),
        (&agent, "POST", "/api/v1/listen", deep.as_bytes(), 400),
    ];
    let mut answers = vec![agent.send_raw("POST", check, &[], "{}").await.expect(400)];
    for (caller, method, path, body, status) in requests {
        let json = [("content-type", "application/json")];
        let answer = caller.send_raw(method, path, &json, body.to_vec()).await;
        answers.push(answer.expect(status));
    }
    for answer in answers {
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(answer.headers[name], value, "{} {name}", answer.status);
        }
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"));
        assert!(answer.headers.contains_key("strict-transport-security"));
        if !answer.status.is_success() {
            assert!(!answer.code().is_empty(), "{}: {}", answer.status, answer.text);
            assert!(answer.json["error"]["message"].is_string(), "{}", answer.text);
        }
    }
    let numbers = agent.send_raw("GET", "/metrics", &[], "").await.text;
    assert!(!numbers.contains("VERZONNEN"), "invented methods make no new numbers");
}

#[tokio::test]
async fn the_session_word_and_the_cookie_are_not_in_the_answers() {
    let world = world().await;
    let agent = world.somebody("samira", Role::Agent).await;
    for path in ["/me", "/people", "/settings", "/privacy/rights"] {
        let answer = agent.get(path).await.expect(200);
        for (_, secret) in &agent.pass {
            assert!(!answer.text.contains(secret.as_str()), "{path}");
        }
        assert!(!answer.text.contains("argon2"), "{path}");
    }
}

#[tokio::test]
async fn a_socket_from_a_page_of_somebody_else_is_refused() {
    let world = world().await;
    let agent = world.somebody("samira", Role::Agent).await;
    let id = agent.open("chat-1", &common::COMPLAINT).await;
    let token = json!({"name": "t", "scopes": ["read_conversations"]});
    let token = agent.post("/me/tokens", &token).await.expect(201);
    let program = agent.with_token(token.json["token"].as_str().unwrap());
    let server = world.serve().await;
    let path = format!("/conversations/{id}/socket");
    let own = format!("http://{}", server.address);
    for (caller, origin, status) in [
        (&agent, Some("https://elders.example"), 403),
        (&agent, Some("null"), 403),
        (&agent, Some(own.as_str()), 101),
        (&agent, None, 101),
        (&world.nobody(), None, 401),
        // A token comes from no cookie: no page can send it for somebody else.
        (&program, Some("https://elders.example"), 101),
    ] {
        let given = server.socket(caller, &path, origin).await.map(|_| ());
        assert_eq!(given.err().unwrap_or(101), status, "{origin:?}");
    }
    server.stop().await;
}
