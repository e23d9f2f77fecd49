//! The whole way of a conversation through the API, on both databases.

mod common;

use std::cell::Cell;

use common::{Answer, Caller, agent_findings};
use gehoord_store::Role;
use serde_json::{Value, json};

/// What the customer said of themselves, in every form in which it could come back.
const PERSONAL: [&str; 5] =
    ["Wilhelmina", "Zonderland", "0612345678", "06-12345678", "w.zonderland@example.nl"];

/// Knocks, and looks through every answer.
struct Watched<'t> {
    caller: Caller,
    /// They may see what stands behind the masks now.
    helps: &'t Cell<bool>,
}

impl Watched<'_> {
    async fn send(&self, method: &str, path: &str, body: Value) -> Answer {
        let body = (!body.is_null()).then_some(&body);
        let answer = self.caller.send(method, path, body).await;
        if !self.helps.get() {
            for word in PERSONAL {
                assert!(!answer.text.contains(word), "{method} {path}: {word} in {}", answer.text);
            }
        }
        answer
    }

    async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, Value::Null).await.expect(200)
    }
}

on_both! {
    async fn from_a_complaint_to_its_erasure(world) {
        for (login, role) in [("samira", Role::Agent), ("kees", Role::Agent),
            ("coach", Role::Coach), ("mo", Role::Manager), ("otto", Role::ProductOwner),
            ("petra", Role::PrivacyOfficer)] {
            world.add(login, role, Some(&world.team)).await;
        }
        let (yes, no) = (Cell::new(true), Cell::new(false));
        let who = async |login: &str, helps| Watched { caller: world.log_in(login).await, helps };
        let agent = who("samira", &yes).await;
        let colleague = who("kees", &no).await;
        let coach = who("coach", &no).await;
        let manager = who("mo", &no).await;
        let owner = who("otto", &no).await;
        let officer = who("petra", &no).await;

        // A chat begins.
        let chat = json!({"id": "chat-1", "locale": "nl-NL", "channel": "chat",
            "customer": "klant-77", "subject": "Storing bij Wilhelmina Zonderland",
            "turns": [{"party": "customer", "text": "Goedemorgen, mijn naam is Wilhelmina \
            Zonderland en mijn nummer is 0612345678. Dit is al de derde storing, ik ben er klaar \
            mee!"}]});
        let made = agent.send("POST", "/conversations", chat.clone()).await.expect(201);
        let id = made.id();
        let again = agent.send("POST", "/conversations", chat).await.expect(200);
        assert_eq!((again.id(), again.json["change"].as_str()), (id.clone(), Some("same")));
        let place = format!("/conversations/{id}");
        let turns = format!("{place}/turns");
        let said = agent.send("POST", &turns, json!({"party": "agent", "text":
            "Drie keer, dat had niet mogen gebeuren. Ik bel u morgen voor 12 uur terug op \
            0612345678."})).await.expect(201);
        assert_eq!(said.json, json!({"position": 1, "new": true}));
        let mail = json!({"party": "customer", "external_id": "t-3",
            "text": "Mailen mag ook: w.zonderland@example.nl. Dank u wel!"});
        agent.send("POST", &turns, mail.clone()).await.expect(201);
        let twice = agent.send("POST", &turns, mail).await.expect(201);
        assert_eq!(twice.json, json!({"position": 2, "new": false}));

        // Only who helps the customer sees who it is.
        let read = agent.get(&place).await.json;
        assert_eq!(read["turns"], 3);
        let originals = read["originals"].to_string();
        for word in ["Wilhelmina Zonderland", "0612345678", "w.zonderland@example.nl"] {
            assert!(originals.contains(word), "{word}: {originals}");
            assert!(!read["items"].to_string().contains(word), "{word} in the masked words");
        }
        assert_eq!(read["items"][0]["finding"]["party"], "customer");
        assert_eq!(read["items"][1]["finding"]["party"], "agent");
        assert!(read["analysis"]["agent"].is_object(), "{read}");
        for other in [&colleague, &manager] {
            let read = other.get(&place).await.json;
            assert_eq!(read["originals"], json!({}));
            assert_eq!(read["items"][0]["finding"]["party"], "customer");
            assert_eq!(agent_findings(&read), [""; 0], "{read}");
        }
        for path in ["/conversations", "/conversations?status=open&limit=1"] {
            let page = colleague.get(path).await.json;
            assert_eq!(page["conversations"][0]["id"], *id, "{path}");
        }
        assert_eq!(agent.get("/conversations?mine=true").await.json["conversations"][0]["id"], *id);
        let pseudonym = read["customer"].as_str().unwrap();
        for (filter, count) in [(format!("mine=true&customer={pseudonym}"), 1),
            ("mine=true&customer=somebody".to_owned(), 0),
            (format!("mine=true&team={}", world.other_team), 0)] {
            let page = agent.get(&format!("/conversations?{filter}")).await.json;
            assert_eq!(page["conversations"].as_array().unwrap().len(), count, "{filter}");
        }
        assert_eq!(colleague.get(&format!("{place}/history")).await.json[0]["id"], *id);
        for (who, words, count) in [(&colleague, "storingen", 1), (&owner, "storing", 1),
            (&owner, "gebeuren", 0), (&manager, "zonderland", 0), (&colleague, "wilhelmina", 0)] {
            let hits = who.get(&format!("/search?words={words}")).await.json;
            assert_eq!(hits["hits"].as_array().unwrap().len(), count, "{words}: {hits}");
        }

        // What was promised is followed by the team.
        let promise = manager.get("/promises").await.json["promises"][0].clone();
        assert_eq!(promise["conversation"], *id, "{promise}");
        assert_eq!(manager.get(&format!("{place}/promises")).await.json[0]["id"], promise["id"]);
        let promise = format!("/promises/{}", promise["id"].as_str().unwrap());
        let due = json!({"due": "2026-03-03T17:00:00+01:00"});
        let confirmed = agent.send("PUT", &format!("{promise}/confirmed"), due).await.expect(200);
        assert_eq!(confirmed.json["confirmed"], true);
        assert_eq!(confirmed.json["state"], "overdue_unknown");
        let state = format!("{promise}/state");
        let broken = json!({"state": "broken", "reason": "Wilhelmina Zonderland belde zelf"});
        let broken = manager.send("PUT", &state, broken).await.expect(200);
        assert_eq!(broken.json["state"], "broken");
        manager.send("PUT", &state, json!({"state": "open"})).await.expect(200);
        let call = json!({"what": "gebeld met 0612345678"});
        let event = colleague.send("POST", &format!("{promise}/events"), call.clone()).await;
        assert_eq!(event.expect(201).json["state"], "kept");
        colleague.send("POST", &format!("{promise}/events"), call).await.expect(409);

        // The agent says what they think of a finding, and asks their coach.
        let wrong = json!({"position": 1, "finding": "1.restate.0", "agrees": false,
            "reason": "Mevrouw Wilhelmina Zonderland zei dit niet"});
        agent.send("POST", &format!("{place}/feedback"), wrong.clone()).await.expect(201);
        colleague.send("POST", &format!("{place}/feedback"), wrong).await.expect(404);
        let given = agent.caller.get(&format!("{place}/feedback")).await.expect(200);
        assert!(given.text.contains("1.restate.0") && !given.text.contains("Zonderland"));
        assert_eq!(colleague.get(&format!("{place}/feedback")).await.json, json!([]));
        coach.send("GET", &place, Value::Null).await.expect(404);
        let question = json!({"conversation": id, "position": 1, "coach": coach.caller.id,
            "question": "Hoe had ik Wilhelmina Zonderland beter kunnen helpen?"});
        let share = agent.send("POST", "/shares", question).await.expect(201).id();
        assert_eq!(coach.get("/shares").await.json[0]["id"], *share);
        let shown = coach.get(&place).await.json;
        assert_eq!(shown["items"].as_array().unwrap().len(), 2, "what comes later was not shown");
        assert!(shown["items"][1]["finding"].is_object());
        assert_eq!(shown["analysis"]["verdict"], Value::Null);
        assert_eq!(coach.get(&format!("{place}/promises")).await.json.as_array().unwrap().len(), 1);
        agent.send("DELETE", &format!("/shares/{share}"), Value::Null).await.expect(204);
        coach.send("GET", &place, Value::Null).await.expect(404);

        // What the customer says of it is the truth.
        let answer = json!({"answer": "partly", "sentence": "Groet, Wilhelmina Zonderland"});
        agent.send("PUT", &format!("{place}/heard_by_customer"), answer).await.expect(204);
        let figures = owner.get("/teams/figures?month=2026-03").await.json;
        assert_eq!(figures["groups"], json!([]), "nobody learns of fewer than five agents");

        // A program that acts for the agent.
        let token = json!({"name": "koppeling", "scopes": ["read_conversations"]});
        let token = agent.send("POST", "/me/tokens", token).await.expect(201);
        let program = agent.caller.with_token(token.json["token"].as_str().unwrap());
        program.get(&place).await.expect(200);
        program.get("/search?words=storing").await.expect(403);
        program.say(&id, "customer", "Hallo").await.expect(403);
        assert!(!agent.get("/me/tokens").await.text.contains(token.json["token"].as_str().unwrap()));

        // Closed, nobody sees what stands behind the masks.
        let closed = json!({"status": "closed"});
        agent.send("PUT", &format!("{place}/status"), closed).await.expect(204);
        yes.set(false);
        assert_eq!(agent.get(&place).await.json["originals"], json!({}));
        agent.send("POST", &turns, json!({"party": "customer", "text": "Nog iets"})).await.expect(409);

        // The customer asks what is kept of them, and to be forgotten.
        let name = json!({"customer": "klant-77"});
        for path in ["/privacy/customers/export", "/privacy/customers/erase"] {
            manager.send("POST", path, name.clone()).await.expect(403);
        }
        let export = officer.caller.post("/privacy/customers/export", &name).await.expect(200);
        assert!(export.text.contains("Wilhelmina Zonderland"), "what is kept is given");
        assert_eq!(agent_findings(&export.json), [""; 0]);
        let erased = officer
            .send("POST", "/privacy/customers/erase", json!({"customer": "klant-77", "reason": "AVG-7"}))
            .await
            .expect(200);
        assert_eq!(erased.json["left"], 0);
        assert_eq!(erased.json["conversations"], json!([id]));
        officer.send("POST", "/privacy/customers/export", name).await.expect(404);
        for path in [place.clone(), format!("{place}/history"), format!("{place}/promises")] {
            agent.send("GET", &path, Value::Null).await.expect(404);
        }
        assert_eq!(owner.get("/search?words=storing").await.json["hits"], json!([]));
        assert_eq!(manager.get("/promises").await.json["promises"], json!([]));

        // Who looked stays.
        let rows = officer.get(&format!("/privacy/audit?conversation={id}&limit=1000")).await.json;
        let did = |action: &str, who: &Watched<'_>| {
            let rows = rows["requests"].as_array().unwrap();
            rows.iter().any(|row| row["action"] == action && row["who"] == *who.caller.id)
        };
        assert!(did("conversation.create", &agent) && did("conversation.append", &agent));
        assert!(did("conversation.read", &agent) && did("conversation.read", &colleague));
        assert!(did("search", &owner) && did("promises.settle", &manager));
        assert!(did("conversation.read", &coach) && did("customer.export", &officer));
        assert!(did("customer.erase", &officer), "the audit names what was erased");
    }
    async fn the_same_conversation_sent_many_times_at_once_is_one(world) {
        let agent = world.somebody("samira", Role::Agent).await;
        let sent: Vec<_> = (0..8)
            .map(|n| {
                let agent = agent.clone();
                let body = json!({"id": "een", "turns": [{"party": "customer", "text":
                    "Dit is al de derde keer!"}, {"party": "agent", "text": format!("Dag {n}.")}]});
                tokio::spawn(async move { agent.post("/conversations", &body).await })
            })
            .collect();
        let mut ids = std::collections::BTreeSet::new();
        for sent in sent {
            let answer = sent.await.unwrap();
            match answer.status.as_u16() {
                200 | 201 => _ = ids.insert(answer.id()),
                409 => assert_eq!(answer.code(), "conflict"),
                other => panic!("{other}: {}", answer.text),
            }
        }
        assert_eq!(ids.len(), 1);
        let page = agent.get("/conversations").await.expect(200).json;
        assert_eq!(page["conversations"].as_array().unwrap().len(), 1);
    }

    async fn a_name_is_for_one_turn(world) {
        let agent = world.somebody("samira", Role::Agent).await;
        let turn = |name: &str, text: &str| {
            json!({"party": "customer", "external_id": name, "text": text})
        };
        let chat = |turns: &[Value]| json!({"id": "een", "turns": turns});
        let twice = chat(&[turn("a", "Hallo"), turn("a", "Dag")]);
        agent.post("/conversations", &twice).await.expect(422);
        let id = agent.post("/conversations", &chat(&[turn("a", "Hallo")])).await.expect(201).id();
        // The name moves to another turn, as after a source that counts from the end.
        let moved = chat(&[turn("b", "Hallo"), turn("a", "Dag")]);
        agent.post("/conversations", &moved).await.expect(200);
        let edited = turn("a", "Dag hoor");
        let edited = agent.post(&format!("/conversations/{id}/turns"), &edited).await.expect(201);
        assert_eq!(edited.json["position"], 1);
    }

    async fn lists_go_on_where_the_page_before_ended(world) {
        const MANY: usize = 7;
        let agent = world.somebody("samira", Role::Agent).await;
        let officer = world.somebody_of("petra", Role::PrivacyOfficer, None).await;
        for n in 0..MANY {
            let turns = json!([
                {"party": "customer", "text": "Weer een storing.", "at": "2026-03-02T10:00:00Z"},
                {"party": "agent", "text": "Ik bel u morgen terug.", "at": "2026-03-02T10:00:00Z"},
            ]);
            let body = json!({"id": n.to_string(), "locale": "nl-NL", "turns": turns});
            agent.post("/conversations", &body).await.expect(201);
        }
        for (who, path, rows, name) in [
            (&agent, "/conversations?limit=3", "conversations", "id"),
            (&agent, "/promises?limit=3", "promises", "id"),
            (&agent, "/search?words=storing&limit=3", "hits", "conversation"),
            (&officer, "/privacy/audit?limit=3&until=2026-01-01T00:00:00Z", "requests", "at"),
            (&officer, "/privacy/audit?limit=3", "requests", "at"),
        ] {
            let (mut found, mut after) = (0, String::new());
            let mut names = std::collections::BTreeSet::new();
            while found < MANY {
                let page = who.get(&format!("{path}{after}")).await.expect(200).json;
                let page_rows = page[rows].as_array().unwrap();
                found += page_rows.len();
                names.extend(page_rows.iter().map(|row| row[name].to_string()));
                let Some(next) = page["next"].as_str() else { break };
                after = format!("&after={next}");
            }
            if rows != "requests" {
                assert_eq!((found, names.len()), (MANY, MANY), "{path}");
            }
            let bare = path.split('?').next().unwrap();
            let most = if rows == "requests" { 1000 } else { 200 };
            let range = format!("limit must be 1 to {most}");
            for (asked, why) in [
                ("after=2026-03-02T10:00:00Z", "after must be"),
                ("limit=0", &range),
                ("limit=-1", &range),
                ("limit=1001", &range),
                ("limit=veel", "limit: expected a whole number"),
                ("limiet=3", "'limiet' is unknown; expected one of: "),
                ("offset=3", "'offset' is unknown; expected one of: "),
            ] {
                let words = if bare == "/search" { "words=x&" } else { "" };
                let wrong = who.get(&format!("{bare}?{words}{asked}")).await.expect(422);
                assert_eq!(wrong.code(), "invalid");
                assert!(wrong.text.contains(why), "{bare}?{asked}: {}", wrong.text);
            }
        }
    }

    async fn what_a_customer_says_later_settles_what_was_promised(world) {
        let agent = world.somebody("samira", Role::Agent).await;
        let contact = |id: &str, turns: Value| {
            json!({"id": id, "locale": "nl-NL", "customer": "klant-5", "turns": turns})
        };
        let promised = contact("een", json!([
            {"party": "customer", "text": "Mijn modem is stuk.", "at": "2026-03-02T10:00:00+01:00"},
            {"party": "agent", "text": "Ik bel u morgen voor 12 uur terug.",
                "at": "2026-03-02T10:01:00+01:00"},
        ]));
        let first = agent.post("/conversations", &promised).await.expect(201).id();
        let promise = async || {
            let promises = agent.get(&format!("/conversations/{first}/promises")).await.json;
            promises[0].clone()
        };
        assert_eq!(promise().await["state"], "overdue_unknown");
        let said = json!([{"party": "customer", "text": "Goedemorgen.",
            "at": "2026-03-05T10:00:00+01:00"}]);
        let second = agent.post("/conversations", &contact("twee", said)).await.expect(201).id();
        assert_eq!(promise().await["shown"], Value::Null);
        // A turn of a later contact.
        agent.say(&second, "customer", "Ik zou gebeld worden, niks gehoord.").await.expect(201);
        let broken = promise().await;
        assert_eq!(broken["state"], "broken", "{broken}");
        assert_eq!(broken["shown"]["conversation"], *second, "{broken}");
        assert_eq!(broken["shown"]["position"], 1, "{broken}");
        // Words that were said before those, and words that were said after them.
        let third = contact("drie", json!([{"party": "customer",
            "text": "Ik ben netjes teruggebeld.", "at": "2026-03-04T10:00:00+01:00"}]));
        agent.post("/conversations", &third).await.expect(201);
        assert_eq!(promise().await["state"], "broken");
        agent.say(&first, "customer", "Ik ben net teruggebeld, bedankt!").await.expect(201);
        let kept = promise().await;
        assert_eq!((&kept["state"], &kept["shown"]["conversation"]), (&json!("kept"), &json!(first)));
        let place = format!("/promises/{}/state", broken["id"].as_str().unwrap());
        agent.put(&place, &json!({"state": "withdrawn"})).await.expect(200);
        agent.say(&second, "customer", "Niemand heeft mij gebeld.").await.expect(201);
        assert_eq!(promise().await["state"], "withdrawn", "what a person says stands");
    }

    async fn an_older_contact_that_comes_in_later_is_settled_by_what_followed_it(world) {
        let agent = world.somebody("samira", Role::Agent).await;
        let contact = |id: &str, turns: Value| {
            json!({"id": id, "locale": "nl-NL", "customer": "klant-5", "turns": turns})
        };
        let later = contact("twee", json!([{"party": "customer",
            "text": "Ik zou gebeld worden, niks gehoord.", "at": "2026-03-05T10:00:00+01:00"}]));
        let later = agent.post("/conversations", &later).await.expect(201).id();
        let promised = contact("een", json!([
            {"party": "customer", "text": "Mijn modem is stuk.", "at": "2026-03-02T10:00:00+01:00"},
            {"party": "agent", "text": "Ik bel u morgen voor 12 uur terug.",
                "at": "2026-03-02T10:01:00+01:00"},
        ]));
        let first = agent.post("/conversations", &promised).await.expect(201).id();
        let promises = agent.get(&format!("/conversations/{first}/promises")).await.json;
        assert_eq!(promises[0]["state"], "broken", "{promises}");
        assert_eq!(promises[0]["shown"]["conversation"], *later, "{promises}");
        // Given again, it stands as it stood.
        agent.post("/conversations", &promised).await.expect(200);
        let again = agent.get(&format!("/conversations/{first}/promises")).await.json;
        assert_eq!(again, promises);
    }

    async fn a_very_long_turn_is_kept_and_found(world) {
        let agent = world.somebody("samira", Role::Agent).await;
        let id = agent.open("lang", &[("customer", "Hallo")]).await;
        let words: String = (0..5_000).map(|n| format!("woord{n} ")).collect();
        agent.say(&id, "customer", &words).await.expect(201);
        let found = agent.get("/search?words=woord77").await.expect(200).json;
        assert_eq!(found["hits"][0]["position"], 1);
        agent.say(&id, "customer", &"x".repeat(1024 * 1024 + 1)).await.expect(422);
    }
}
