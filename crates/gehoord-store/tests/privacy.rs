//! Who sees what, for how long, and that gone is gone.

mod common;

use common::{On, World, complaint, forbidden, not_found};
use gehoord_store::{
    ConversationFilter, HeardAnswer, MasterKey, Month, NamedReview, NewConversation, NewTurn,
    PromiseState, RetentionRule, Right, Role, Search, Status, Store, StoreError, Viewer,
};

const DAY: i64 = 24 * 60 * 60 * 1000;

/// Opened by and assigned to an agent.
fn open_for(name: &str, world: &World, agent: &Viewer) -> NewConversation {
    let mut new = complaint(name, &world.team);
    new.status = Status::Open;
    new.assigned_to = agent.person_id().map(str::to_owned);
    new
}

on_both! {
    async fn only_who_helps_the_customer_sees_what_is_behind_the_masks(world) {
        let agent = world.somebody("samira", Role::Agent, Some(&world.team)).await;
        let colleague = world.somebody("kees", Role::Agent, Some(&world.team)).await;
        let manager = world.somebody("mo", Role::Manager, Some(&world.team)).await;
        let id = world.keep_heard(&open_for("a", world, &agent)).await;
        for (viewer, sees) in [(&agent, true), (&colleague, false), (&manager, false)] {
            let mut request = world.request(viewer).await;
            let view = request.conversation(&id).await.unwrap();
            assert_eq!(!view.originals.is_empty(), sees, "{viewer:?}");
            assert!(view.turns.iter().all(|turn| !turn.text.contains("Wilhelmina")));
        }
        let mut request = world.request(&agent).await;
        assert_eq!(request.conversation(&id).await.unwrap().originals[0].text,
            "Wilhelmina Zonderland");
        request.set_status(&id, Status::Closed).await.unwrap();
        assert!(request.conversation(&id).await.unwrap().originals.is_empty());
    }

    async fn findings_about_an_agent_are_that_agents_own(world) {
        let agent = world.somebody("samira", Role::Agent, Some(&world.team)).await;
        let colleague = world.somebody("kees", Role::Agent, Some(&world.team)).await;
        let manager = world.somebody("mo", Role::Manager, Some(&world.team)).await;
        let id = world.keep_heard(&open_for("a", world, &agent)).await;
        for (viewer, own) in [(&agent, true), (&colleague, false), (&manager, false)] {
            let view = world.request(viewer).await.conversation(&id).await.unwrap();
            assert!(view.turns[0].finding.is_some(), "what the customer felt: {viewer:?}");
            assert_eq!(view.turns[1].finding.is_some(), own, "{viewer:?}");
            let analysis = view.analysis.unwrap();
            assert_eq!(analysis.agent_side.is_some(), own, "{viewer:?}");
            assert_eq!(analysis.verdict.is_some(), own, "{viewer:?}");
        }
    }

    async fn other_roles_and_other_teams_do_not_know_that_it_is_there(world) {
        let agent = world.somebody("samira", Role::Agent, Some(&world.team)).await;
        let stranger = world.somebody("ria", Role::Agent, Some(&world.other_team)).await;
        let coach = world.somebody("coach", Role::Coach, Some(&world.team)).await;
        let id = world.keep_heard(&open_for("a", world, &agent)).await;
        for viewer in [&stranger, &coach] {
            not_found(world.request(viewer).await.conversation(&id).await);
            not_found(world.request(viewer).await.history(&id).await);
            not_found(world.request(viewer).await.promises(&id).await);
            not_found(world.request(viewer).await.customer_answer(&id).await);
            not_found(world.request(viewer).await.attachments(&id).await);
        }
        for role in [Role::ProductOwner, Role::PrivacyOfficer, Role::Administrator] {
            let viewer = world.somebody(role.id(), role, Some(&world.team)).await;
            forbidden(world.request(&viewer).await.conversation(&id).await);
        }
    }

    async fn a_product_owner_finds_masked_words_of_customers_and_of_nobody_else(world) {
        let owner = world.somebody("otto", Role::ProductOwner, None).await;
        world.keep(&complaint("a", &world.team)).await;
        let mut request = world.request(&owner).await;
        for (words, count) in [("storing", 1), ("gebeuren", 0), ("zonderland", 0)] {
            let search = Search { words: words.into(), ..Search::default() };
            assert_eq!(request.search(&search).await.unwrap().rows.len(), count, "{words}");
        }
    }

    async fn a_moment_that_is_shared_is_seen_by_that_coach_until_it_ends(world) {
        let agent = world.somebody("samira", Role::Agent, Some(&world.team)).await;
        let colleague = world.somebody("kees", Role::Agent, Some(&world.team)).await;
        let coach = world.somebody("coach", Role::Coach, None).await;
        let other = world.somebody("coach2", Role::Coach, None).await;
        let id = world.keep_heard(&open_for("a", world, &agent)).await;
        let to = coach.person_id().unwrap();
        let mut request = world.request(&agent).await;
        let whom = colleague.person_id().unwrap();
        not_found(request.share(&id, Some(1), whom, "Hoe kan dit beter?").await);
        let share = request.share(&id, Some(1), to, "Hoe kan dit beter?").await.unwrap();
        request.finish().await.unwrap();
        forbidden(world.request(&colleague).await.share(&id, Some(1), to, "Kijk eens").await);

        let view = world.request(&coach).await.conversation(&id).await.unwrap();
        assert!(view.turns[1].finding.is_some() && view.originals.is_empty());
        assert!(view.turns.iter().all(|turn| turn.position <= 1), "only what it answers");
        not_found(world.request(&other).await.conversation(&id).await);
        let mut later = world.request(&coach).await;
        later = { let now = later.now(); later.at(now + 31 * DAY) };
        not_found(later.conversation(&id).await);
        drop(later);

        not_found(world.request(&colleague).await.revoke_share(&share).await);
        let mut request = world.request(&agent).await;
        request.revoke_share(&share).await.unwrap();
        request.finish().await.unwrap();
        not_found(world.request(&coach).await.conversation(&id).await);
    }

    async fn named_review_needs_its_record_and_then_opens_the_own_team_only(world) {
        let agent = world.somebody("samira", Role::Agent, Some(&world.team)).await;
        let manager = world.somebody("mo", Role::Manager, Some(&world.team)).await;
        let elsewhere = world.somebody("lot", Role::Manager, Some(&world.other_team)).await;
        let admin = world.somebody("beheer", Role::Administrator, None).await;
        let id = world.keep_heard(&open_for("a", world, &agent)).await;
        let mut record = NamedReview {
            assessment_date: "2026-01-10".into(),
            assessment_reference: "DPIA 12".into(),
            consent_date: "maart".into(),
            consent_reference: "OR 2026/3".into(),
        };
        let mut request = world.request(&admin).await;
        let wrong = request.set_named_review(Some(&record)).await;
        assert!(matches!(wrong, Err(StoreError::Invalid(_))), "{wrong:?}");
        record.consent_date = "2026-03-01".into();
        request.set_named_review(Some(&record)).await.unwrap();
        request.finish().await.unwrap();
        forbidden(world.request(&manager).await.set_named_review(None).await);
        let seen = world.request(&agent).await.settings().await.unwrap();
        assert_eq!(seen.named_review, Some(record));
        let view = world.request(&manager).await.conversation(&id).await.unwrap();
        assert!(view.turns[1].finding.is_some());
        not_found(world.request(&elsewhere).await.conversation(&id).await);
        let mut request = world.request(&admin).await;
        request = { let now = request.now(); request.at(now + 1) };
        request.set_named_review(None).await.unwrap();
        request.finish().await.unwrap();
        let view = world.request(&manager).await.conversation(&id).await.unwrap();
        assert!(view.turns[1].finding.is_none());
    }

    async fn conversations_are_handed_on_masked_and_on_the_machine_itself_only(world) {
        for name in ["a", "b"] {
            world.keep_heard(&complaint(name, &world.team)).await;
        }
        let filter = ConversationFilter::default();
        let views = world.operator("export").await.export(&filter, "").await.unwrap();
        assert_eq!(views.len(), 2);
        for view in &views {
            assert!(view.originals.is_empty() && view.analysis.is_none());
            assert!(view.turns.iter().all(|turn| turn.finding.is_none()));
        }
        let rest = world.operator("export").await.export(&filter, &views[0].row.id).await;
        assert_eq!(rest.unwrap(), views[1..]);
        let elsewhere =
            ConversationFilter { team_id: Some(world.other_team.clone()), ..filter.clone() };
        let none = world.operator("export").await.export(&elsewhere, "").await.unwrap();
        assert!(none.is_empty());
        for role in Role::ALL {
            let viewer = world.somebody(role.id(), role, Some(&world.team)).await;
            forbidden(world.request(&viewer).await.export(&filter, "").await);
        }
    }

    async fn promises_are_followed_by_the_team_and_settled_by_people(world) {
        let agent = world.somebody("samira", Role::Agent, Some(&world.team)).await;
        let colleague = world.somebody("kees", Role::Agent, Some(&world.team)).await;
        let stranger = world.somebody("ria", Role::Agent, Some(&world.other_team)).await;
        let new = open_for("a", world, &agent);
        let id = world.keep_heard(&new).await;
        let mut request = world.request(&colleague).await;
        let open = request.open_promises(None, None, 10).await.unwrap().rows;
        assert_eq!(open.len(), 1);
        let promise = open[0].id.clone();
        assert_eq!(open[0].state, PromiseState::OverdueUnknown);
        let clock = PromiseState::OverdueUnknown;
        let wrong = request.settle_promise(&promise, clock, None).await;
        assert!(matches!(wrong, Err(StoreError::Invalid(_))), "{wrong:?}");
        let kept = request.settle_promise(&promise, PromiseState::Kept, Some("gebeld")).await;
        assert_eq!(kept.unwrap().state, PromiseState::Kept);
        request.finish().await.unwrap();
        not_found(
            world.request(&stranger).await.settle_promise(&promise, PromiseState::Broken, None).await,
        );
        // Heard again, it is the same promise and stays kept.
        let mut request = world.operator("listen").await;
        request.write_report(&id, &common::report(&new), 0).await.unwrap();
        let promises = request.promises(&id).await.unwrap();
        assert_eq!(promises.len(), 1);
        assert_eq!(promises[0].state, PromiseState::Kept);
        let event = request.promise_event(&promise, "call").await;
        assert!(matches!(event, Err(StoreError::Conflict(_))), "{event:?}");
    }

    async fn an_erased_customer_is_nowhere_and_others_stay(world) {
        let agent = world.somebody("samira", Role::Agent, Some(&world.team)).await;
        let officer = world.somebody("petra", Role::PrivacyOfficer, None).await;
        let mut new = open_for("a", world, &agent);
        new.turns[0].text = "Mijn zeldzaamwoord is stuk.".to_owned();
        let id = world.keep_heard(&new).await;
        let other = world.keep_heard(&complaint("b", &world.team)).await;
        let mut request = world.request(&agent).await;
        request.answer(&id, HeardAnswer::Partly, Some("Ging wel.")).await.unwrap();
        request.give_feedback(&id, 1, "1.restate.0", false, Some("was geen samenvatting"))
            .await.unwrap();
        request.attach(&id, "call.wav", "audio/wav", b"geluid", None).await.unwrap();
        request.finish().await.unwrap();
        let name = "A@example.nl";
        forbidden(world.request(&agent).await.erase_customer(name).await);
        not_found(world.request(&officer).await.erase_customer("nobody@example.nl").await);

        let mut request = world.request(&officer).await;
        let export = request.export_customer(name).await.unwrap();
        let (view, originals) = &export.conversations[0];
        assert_eq!(originals[0].text, "Wilhelmina Zonderland");
        assert!(view.turns[0].finding.is_some() && view.turns[1].finding.is_none());
        request.finish().await.unwrap();

        let mut request = world.request(&officer).await;
        let proof = request.erase_customer(name).await.unwrap();
        request.finish().await.unwrap();
        assert_eq!(proof.left, 0);
        for table in ["turn", "turn_search", "turn_finding", "original", "analysis", "promise",
            "heard_by_customer", "feedback", "attachment", "conversation", "customer"] {
            assert!(proof.removed[table] >= 1, "{table}: {proof:?}");
        }
        not_found(world.request(&agent).await.conversation(&id).await);
        assert!(world.request(&agent).await.conversation(&other).await.is_ok());
        assert!(!world.folder.join("files").join(&id).exists());
        world.store.forget_deleted().await.unwrap();
        // The bytes of the database itself no longer hold the word.
        for file in std::fs::read_dir(&world.folder).unwrap().flatten() {
            if file.path().is_file() {
                let bytes = std::fs::read(file.path()).unwrap();
                let found = bytes.windows(14).any(|part| part == b"zeldzaamwoord ".as_slice()
                    || part == b" zeldzaamwoord".as_slice());
                assert!(!found, "{}", file.path().display());
            }
        }
    }

    async fn retention_counts_first_and_then_removes(world) {
        let officer = world.somebody("petra", Role::PrivacyOfficer, None).await;
        let admin = world.somebody("beheer", Role::Administrator, None).await;
        let mut old = complaint("old", &world.team);
        old.turns.iter_mut().for_each(|turn| turn.said_at = Some(1_000));
        let old = world.keep_heard(&old).await;
        let new = world.keep_heard(&complaint("new", &world.team)).await;
        let rule = RetentionRule { channel: "chat".into(), originals_days: 0, days: 30 };
        forbidden(world.request(&admin).await.set_retention(std::slice::from_ref(&rule)).await);
        let mut request = world.request(&officer).await;
        let twice = [rule.clone(), rule.clone()];
        assert!(matches!(request.set_retention(&twice).await, Err(StoreError::Invalid(_))));
        request.set_retention(&[rule]).await.unwrap();
        let later = request.now() + 1_000;
        request = request.at(later);
        let plan = request.plan_retention(None).await.unwrap();
        assert_eq!((plan.conversations, plan.originals, plan.done), (1, 1, false));
        let done = request.run_retention().await.unwrap();
        assert_eq!((done.conversations, done.done), (1, true));
        request.finish().await.unwrap();
        let mut request = world.operator("read").await;
        not_found(request.conversation(&old).await);
        assert!(request.conversation(&new).await.is_ok());
        drop(request);
        let mut request = world.operator("read").await;
        assert!(request.masks(&new).await.unwrap().is_empty(), "originals are forgotten");
    }

    async fn a_turn_without_a_time_does_not_make_an_old_conversation_new(world) {
        let officer = world.somebody("petra", Role::PrivacyOfficer, None).await;
        let mut new = complaint("old", &world.team);
        new.turns[0].said_at = Some(1_000);
        new.turns[1].said_at = Some(2_000);
        let id = world.keep_heard(&new).await;
        let view = world.operator("read").await.conversation(&id).await.unwrap();
        assert_eq!((view.row.started_at, view.row.last_at), (1_000, 2_000));
        // Nor does a longer version of it that comes in later.
        new.turns.push(complaint("old", &world.team).turns[2].clone());
        world.keep_heard(&new).await;
        let view = world.operator("read").await.conversation(&id).await.unwrap();
        assert_eq!((view.row.turns, view.row.last_at), (4, 2_000));
        let mut request = world.request(&officer).await;
        let rule = RetentionRule { channel: "chat".into(), originals_days: 0, days: 30 };
        request.set_retention(&[rule]).await.unwrap();
        assert_eq!(request.run_retention().await.unwrap().conversations, 1);
        drop(request);
        let undated = world.keep_heard(&complaint("undated", &world.team)).await;
        let mut request = world.operator("read").await;
        let now = request.now();
        let last = request.conversation(&undated).await.unwrap().row.last_at;
        assert!(now - last < DAY, "no time is known but that of the import");
    }

    async fn figures_are_about_five_agents_or_nobody(world) {
        let owner = world.somebody("otto", Role::ProductOwner, None).await;
        let month = Month::parse("2026-03").unwrap();
        let in_march = 1_773_000_000_000;
        for n in 0..5 {
            let login = format!("agent{n}");
            world.somebody(&login, Role::Agent, Some(&world.team)).await;
            let mut figures = world.request(&owner).await;
            assert!(figures.figures(month).await.unwrap().is_empty(), "after {n} agents");
            drop(figures);
            let mut new = complaint(&login, &world.team);
            for turn in &mut new.turns {
                *turn = NewTurn {
                    said_at: Some(in_march),
                    speaker: Some(login.clone()),
                    ..turn.clone()
                };
            }
            world.keep_heard(&new).await;
        }
        let figures = world.request(&owner).await.figures(month).await.unwrap();
        assert_eq!(figures.len(), 1);
        assert_eq!((figures[0].agents, figures[0].heard), (5, 5));
        let mut request = world.request(&owner).await;
        let running = Month::parse("2999-01").unwrap();
        assert!(matches!(request.figures(running).await, Err(StoreError::Invalid(_))));
    }

    async fn a_job_is_taken_over_when_its_holder_dies(world) {
        let mut request = world.operator("job").await;
        let id = request.add_job("listen_again", "{}").await.unwrap();
        assert_eq!(request.add_job("listen_again", "{}").await.unwrap(), id);
        assert_eq!(request.take_job("listen_again", "one").await.unwrap().unwrap().id, id);
        assert!(request.take_job("listen_again", "two").await.unwrap().is_none());
        request.advance_job(&id, "one", "place 7", 7, Some(10)).await.unwrap();
        request.finish().await.unwrap();
        let mut request = world.operator("job").await;
        request = { let now = request.now(); request.at(now + 61_000) };
        let job = request.take_job("listen_again", "two").await.unwrap().unwrap();
        assert_eq!((job.place.as_deref(), job.done), (Some("place 7"), 7));
        let lost = request.advance_job(&id, "one", "place 8", 8, None).await;
        assert!(matches!(lost, Err(StoreError::Conflict(_))), "{lost:?}");
        request.end_job(&id, "two", None).await.unwrap();
        assert_eq!(request.job(&id).await.unwrap().state, "done");
    }

    async fn tokens_do_what_they_say_until_they_end(world) {
        let agent = world.somebody("samira", Role::Agent, Some(&world.team)).await;
        let person = agent.person_id().unwrap();
        let mut request = world.request(&agent).await;
        let too_much = request.add_token(person, "t", "secret", &[Right::ReadAudit], None).await;
        assert!(matches!(too_much, Err(StoreError::Invalid(_))), "{too_much:?}");
        let later = Some(request.now() + 60_000);
        let past = Some(request.now() - 1_000);
        let id = request.add_token(person, "t", "secret", &[Right::Search], later).await.unwrap();
        request.add_token(person, "p", "expired", &[Right::Search], past).await.unwrap();
        request.finish().await.unwrap();
        assert!(world.store.token("other").await.unwrap().is_none());
        let viewer = world.store.token("secret").await.unwrap().unwrap();
        assert!(viewer.may(Right::Search) && !viewer.may(Right::ReadConversations));
        assert!(world.store.token("expired").await.unwrap().is_none(), "it expired");
        let mut request = world.request(&agent).await;
        request.revoke_token(&id).await.unwrap();
        request.finish().await.unwrap();
        assert!(world.store.token("secret").await.unwrap().is_none(), "it was revoked");
    }

    async fn a_session_ends_unused_and_when_its_person_changes(world) {
        let agent = world.somebody("samira", Role::Agent, Some(&world.team)).await;
        let person = agent.person_id().unwrap();
        let mut request = world.operator("door").await;
        request.open_session(person, "secret", "word").await.unwrap();
        let now = request.now();
        request = request.at(now - 7 * 60 * 60 * 1000);
        request.open_session(person, "rare", "word").await.unwrap();
        request = request.at(now - 9 * 60 * 60 * 1000);
        request.open_session(person, "old", "word").await.unwrap();
        request.finish().await.unwrap();
        let session = world.store.session("secret").await.unwrap().unwrap();
        assert!(session.csrf_fits("word") && !session.csrf_fits("other"));
        assert!(world.store.session("wrong").await.unwrap().is_none());
        assert!(world.store.session("old").await.unwrap().is_none(), "eight hours unused");
        let rare = world.store.session("rare").await.unwrap().unwrap();
        let again = world.store.session("rare").await.unwrap().unwrap();
        world.store.session_used(&again).await.unwrap();
        let used = world.store.session("rare").await.unwrap().unwrap();
        assert_eq!(format!("{rare:?}"), format!("{again:?}"), "to look is not to use");
        assert_ne!(format!("{used:?}"), format!("{again:?}"));
        let mut request = world.operator("people.change").await;
        request.change_person(person, Role::Coach, None, true).await.unwrap();
        request.finish().await.unwrap();
        assert!(world.store.session("secret").await.unwrap().is_none(), "the person changed");
    }

    async fn the_door_waits_for_nobody_and_closes_at_once(world) {
        let agent = world.somebody("samira", Role::Agent, Some(&world.team)).await;
        let person = agent.person_id().unwrap();
        let mut request = world.operator("door").await;
        request.open_session(person, "first", "word").await.unwrap();
        request.open_session(person, "second", "word").await.unwrap();
        request.finish().await.unwrap();
        // Somebody is writing all the while.
        let mut writing = world.operator("import").await;
        writing.write_conversation(&complaint("a", &world.team)).await.unwrap();
        let seen = world.store.session("first");
        let seen = tokio::time::timeout(std::time::Duration::from_secs(5), seen).await;
        assert!(seen.expect("it does not wait").unwrap().is_some());
        drop(writing);
        // Another process shuts it.
        let other = Store::open(&world.url, world.key.clone()).await.unwrap();
        let mut request = other.request(&agent, "logout").await.unwrap();
        request.end_session("first").await.unwrap();
        request.finish().await.unwrap();
        assert!(world.store.session("first").await.unwrap().is_none());
        assert!(world.store.session("second").await.unwrap().is_some());
        let mut request = other.request(&Viewer::operator(), "people.change").await.unwrap();
        request.change_person(person, Role::Agent, Some(&world.team), false).await.unwrap();
        request.finish().await.unwrap();
        assert!(world.store.session("second").await.unwrap().is_none());
    }

    async fn there_is_always_an_administrator(world) {
        let admin = world.somebody("beheer", Role::Administrator, None).await;
        let mut request = world.operator("people.change").await;
        let last = request.change_person(admin.person_id().unwrap(), Role::Agent, None, true).await;
        assert!(matches!(last, Err(StoreError::Conflict(_))), "{last:?}");
    }
}

#[tokio::test]
async fn a_database_does_not_open_with_another_key() {
    let world = World::new(On::Sqlite).await.unwrap();
    world.store.close().await;
    let error = Store::open(&world.url, MasterKey::random()).await.unwrap_err();
    assert!(matches!(error, StoreError::Key(_)), "{error}");
    assert!(Store::open(&world.url, world.key.clone()).await.is_ok());
}

#[tokio::test]
async fn a_wrong_address_says_what_is_wrong() {
    for (url, part) in [
        ("sqlite:/does/not/exist/gehoord.db", "cannot be opened"),
        ("oracle:x", "expected sqlite:FILE"),
        ("postgres://u:geheim@127.0.0.1:1/x", "u@127.0.0.1"),
    ] {
        let error = Store::open(url, MasterKey::random()).await.unwrap_err().to_string();
        assert!(error.contains(part) && !error.contains("geheim"), "{error}");
    }
}
