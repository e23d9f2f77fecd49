//! Privacy in pages: who looked, what is kept, and what a customer may ask for.

mod common;

use common::{COMPLAINT, Caller, World};
use gehoord_store::Role;
use serde_json::{Value, json};

/// An agent with a contact, and who watches over privacy.
async fn with_a_contact(world: &World) -> (Caller, Caller, String) {
    let agent = world.somebody("samira", Role::Agent).await;
    let officer = world.somebody("mirjam", Role::PrivacyOfficer).await;
    let id = agent.open("chat-1", &COMPLAINT).await;
    (agent, officer, id)
}

const CUSTOMER: &str = "chat-1@example.nl";

on_both! {
    async fn who_looked_is_found_by_person_contact_customer_and_day(world) {
        let (agent, officer, id) = with_a_contact(world).await;
        let other = agent.open("chat-2", &COMPLAINT).await;
        agent.page(&format!("/contacts/{id}")).await.expect(200);
        agent.page(&format!("/contacts/{other}")).await.expect(200);
        let rows = |page: &str| page.matches("<tr><td>").count();
        officer.page("/privacy").await.expect(200);
        let all = officer.page("/privacy/audit").await.expect(200).text;
        assert!(all.contains("contact gelezen") && all.contains("samira"));
        let found =
            officer.form("/privacy/customer", &[("customer", CUSTOMER)]).await.expect(200).text;
        let link = found.split("href=\"").find(|part| part.starts_with("/privacy/audit?")).unwrap();
        let about = officer.page(link.split('"').next().unwrap()).await.expect(200).text;
        assert!(about.contains(&id) && !about.contains(&other), "{about}");
        let one =
            officer.page(&format!("/privacy/audit?conversation={other}")).await.expect(200).text;
        assert!(one.contains(&other) && !one.contains(&id));
        let nobody = officer.page("/privacy/audit?who=niemand").await.expect(200).text;
        assert!(nobody.contains("Hier keek niemand") && rows(&nobody) == 0);
        let mine = officer.page(&format!("/privacy/audit?who={}", agent.id)).await.text;
        assert!(rows(&mine) >= 4, "two written, two read: {mine}");
        let everything = officer.page("/privacy/audit?all=yes").await.expect(200).text;
        assert!(rows(&everything) > rows(&all) && everything.contains("instellingen bekeken"));
        assert!(!all.contains("instellingen bekeken"), "only what was about contacts");
        let earlier = officer.page("/privacy/audit?until=2020-01-01").await.expect(200).text;
        assert_eq!(rows(&earlier), 0);
        officer.page("/privacy/audit?after=onzin").await.expect(422);
        // What was said stands nowhere in it.
        assert!(!all.contains("internet") && !all.contains(CUSTOMER));
        for _ in 0..60 {
            agent.page(&format!("/contacts/{id}")).await.expect(200);
        }
        let first = officer.page("/privacy/audit").await.text;
        assert_eq!(rows(&first), 50);
        let next = first.split("href=\"/privacy/audit?after=").nth(1).unwrap();
        let next = format!("/privacy/audit?after={}", next.split('"').next().unwrap());
        let second = officer.page(&next).await.expect(200).text;
        assert!(rows(&second) > 0 && second.contains("Nieuwste"));
    }

    async fn an_agent_sees_who_looked_into_their_contacts_and_into_no_others(world) {
        let (agent, officer, id) = with_a_contact(world).await;
        let colleague = world.somebody("kees", Role::Agent).await;
        let manager = world.somebody("hanna", Role::Manager).await;
        let page = agent.page("/privacy/mine").await.expect(200).text;
        assert!(page.contains("keek niemand anders"), "{page}");
        agent.page(&format!("/contacts/{id}")).await.expect(200);
        manager.page(&format!("/contacts/{id}")).await.expect(200);
        manager.page("/contacts").await.expect(200);
        let page = agent.page("/privacy/mine").await.expect(200).text;
        assert!(page.contains("hanna") && page.contains("teamleider"), "{page}");
        assert!(page.contains(&format!("href=\"/contacts/{id}\"")));
        assert_eq!(page.matches("<tr><td>").count(), 1, "not oneself, and no lists: {page}");
        let theirs = colleague.page("/privacy/mine").await.expect(200).text;
        assert!(!theirs.contains("hanna") && !theirs.contains(&id));
        for caller in [&manager, &officer] {
            caller.page("/privacy/mine").await.expect(403);
        }
    }

    async fn terms_are_tried_before_they_hold_and_wrong_ones_never_do(world) {
        let (agent, officer, _) = with_a_contact(world).await;
        let turn = json!({"party": "customer", "text": "Mijn internet ligt eruit.",
            "at": "2020-03-02T10:00:00+01:00"});
        let body = json!({"id": "old", "channel": "email", "turns": [turn]});
        agent.post("/conversations", &body).await.expect(201);
        let path = "/privacy/kept";
        let page = officer.page(path).await.expect(200).text;
        assert!(
            page.contains("name=\"email_days\"") && page.contains("oudste van 2 maart 2020"),
            "{page}"
        );
        let read = agent.page(path).await.expect(200).text;
        assert!(
            !read.contains("name=\"email_days\"") && read.contains("De privacyfunctionaris kiest")
        );
        let terms = |what: &'static str, days: &'static str, seen: &'static str| {
            vec![("do", what), ("seen", seen), ("email_days", days), ("email_originals", "30")]
        };
        let tried = officer.form(path, &terms("try", "365", "0")).await.expect(200).text;
        assert!(tried.contains("Dit zou er weggaan") && tried.contains("value=\"365\""));
        let goes = tried.split("gaat meteen weg</dt><dd>").nth(1).unwrap();
        assert!(goes.starts_with('1'), "{goes}");
        assert!(officer.get("/settings").await.json["retention"].as_array().unwrap().is_empty());
        for days in ["0", "-3", "veel", "", "40000", "7"] {
            let page = officer.form(path, &terms("keep", days, "0")).await.expect(422).text;
            assert!(page.contains("Vul hele dagen in"), "{days}");
        }
        officer.form(path, &terms("keep", "365", "0")).await.expect(303);
        let rule = json!([{"channel": "email", "days": 365, "originals_days": 30}]);
        assert_eq!(officer.get("/settings").await.json["retention"], rule);
        let late = officer.form(path, &terms("keep", "30", "0")).await.expect(409).text;
        assert!(late.contains("Iemand anders was je net voor"), "{late}");
        assert_eq!(officer.get("/settings").await.json["retention"], rule);
        assert!(agent.page(path).await.text.contains("E-mail: 365 dagen"));
        assert!(agent.page("/privacy").await.text.contains("E-mail: 365 dagen"));
    }

    async fn a_customer_gets_all_that_is_kept_as_a_file(world) {
        let (_, officer, id) = with_a_contact(world).await;
        let path = "/privacy/customer";
        let nobody = officer.form(path, &[("customer", "<b>niemand")]).await.expect(404).text;
        assert!(nobody.contains("wordt niets bewaard") && !nobody.contains("<b>niemand"));
        officer.form(path, &[("customer", " ")]).await.expect(404);
        officer.form(path, &[("customer", "a\0b")]).await.expect(422);
        let found = officer.form(path, &[("customer", CUSTOMER)]).await.expect(200).text;
        assert!(found.contains("Chat 1") && !found.contains(CUSTOMER), "{found}");
        let file =
            officer.form("/privacy/customer/export", &[("customer", CUSTOMER)]).await.expect(200);
        let name = file.headers["content-disposition"].to_str().unwrap();
        assert!(name.starts_with("attachment; filename=\"") && name.ends_with(".json\""), "{name}");
        assert_eq!(file.json["conversations"][0]["id"], id);
        assert_eq!(file.json["conversations"][0]["turns"].as_array().unwrap().len(), 2);
        for word in ["techniques", "breakers", "score", "verdict", "moments"] {
            // How the agent did is no data of the customer.
            assert!(!file.text.contains(word), "{word}");
        }
        officer.form("/privacy/customer/export", &[("customer", "niemand")]).await.expect(404);
    }

    async fn a_program_that_erases_a_customer_says_why_too(world) {
        let (agent, officer, id) = with_a_contact(world).await;
        let path = "/privacy/customers/erase";
        let long = "x".repeat(501);
        for reason in [Value::Null, json!(""), json!("  "), json!(long)] {
            let body = json!({"customer": CUSTOMER, "reason": reason});
            let refused = officer.post(path, &body).await.expect(400);
            assert_eq!(refused.json["error"]["code"], "invalid");
            assert!(refused.text.contains("say why"), "{}", refused.text);
        }
        officer.post(path, &json!({"customer": CUSTOMER})).await.expect(400);
        agent.page(&format!("/contacts/{id}")).await.expect(200);
        let body = json!({"customer": CUSTOMER, "reason": "request AVG-8"});
        let proof = officer.post(path, &body).await.expect(200).id();
        let page = officer.page(&format!("/privacy/erasures/{proof}")).await.expect(200).text;
        assert!(page.contains("De klant vroeg erom (AVG-8)"), "{page}");
    }

    async fn a_customer_is_erased_only_when_confirmed_with_a_reason_and_leaves_a_proof(world) {
        let (agent, officer, id) = with_a_contact(world).await;
        let found =
            officer.form("/privacy/customer", &[("customer", CUSTOMER)]).await.expect(200).text;
        let pseudonym = found.split("name=\"customer\" value=\"").nth(1).unwrap();
        let pseudonym = pseudonym.split('"').next().unwrap().to_owned();
        let erase = async |confirm: &str, reason: &str, reference: &str| {
            let fields = [
                ("customer", pseudonym.as_str()),
                ("confirm", confirm),
                ("reason", reason),
                ("reference", reference),
            ];
            officer.form("/privacy/customer/erase", &fields).await
        };
        let long = "x".repeat(101);
        for (confirm, reason, reference, told) in [
            ("chat-2@example.nl", "request", "", "is niet deze klant"),
            ("", "request", "", "is niet deze klant"),
            (CUSTOMER, "", "", "Kies een reden"),
            (CUSTOMER, "zomaar", "", "Kies een reden"),
            (CUSTOMER, "request", long.as_str(), "te lang"),
        ] {
            let page = erase(confirm, reason, reference).await.expect(422).text;
            assert!(page.contains(told) && page.contains("Er is niets gewist"), "{told}: {page}");
        }
        agent.page(&format!("/contacts/{id}")).await.expect(200);
        let done = erase(CUSTOMER, "request", "AVG-<7>").await.expect(303);
        let proof = done.headers["location"].to_str().unwrap().to_owned();
        agent.page(&format!("/contacts/{id}")).await.expect(404);
        let page = officer.page(&proof).await.expect(200).text;
        assert!(page.contains(&pseudonym) && page.contains("mirjam"), "{page}");
        assert!(page.contains("De klant vroeg erom (AVG-&#60;7&#62;)") && page.contains("beurten"));
        assert!(!page.contains(CUSTOMER));
        assert!(officer.page("/privacy/customer").await.expect(200).text.contains(&proof));
        officer.page("/privacy/erasures/niets").await.expect(404);
        erase(CUSTOMER, "request", "").await.expect(404);
        let audit = officer.get("/privacy/audit").await.expect(200).json;
        let erased = |row: &Value| row["action"] == "customer.erase";
        assert!(audit["requests"].as_array().unwrap().iter().any(erased));
    }
}
