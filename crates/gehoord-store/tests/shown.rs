//! Promises and what words in later turns show of them; what people decide stands.

mod common;

use common::{World, complaint, forbidden, report};
use gehoord_conversation::wire::WireReport;
use gehoord_conversation::wire::report::{WireEvidence, WireShown};
use gehoord_store::{
    NewConversation, PromiseRow, PromiseState, Role, ShownPlace, StoreError, Viewer,
};

fn words(state: &str, turn: usize) -> WireShown {
    let evidence = vec![WireEvidence { turn, start: 0, end: 4, text: "Dank".to_owned() }];
    WireShown { state: state.to_owned(), turn, evidence }
}

/// The report of a conversation whose promise is shown so by a later turn.
fn heard(new: &NewConversation, shown: Option<WireShown>) -> WireReport {
    let mut report = report(new);
    report.promises[0].shown = shown;
    report
}

async fn hear(world: &World, id: &str, report: &WireReport) {
    let mut request = world.operator("listen").await;
    request.write_report(id, report, 0).await.unwrap();
    request.finish().await.unwrap();
}

async fn promise(world: &World, id: &str) -> PromiseRow {
    let mut request = world.operator("look").await;
    request.promises(id).await.unwrap().remove(0)
}

/// Another contact of the customer of "a", some days later.
fn later(team: &str) -> NewConversation {
    let mut new = complaint("b", team);
    new.customer = Some("a@example.nl".to_owned());
    new.turns[1].text = "Dat spijt me.".to_owned();
    at(&mut new, 5_000);
    new
}

fn at(new: &mut NewConversation, moment: i64) {
    new.turns.iter_mut().for_each(|turn| turn.said_at = Some(moment));
}

/// "a", at 1,000 ms.
async fn first(world: &World) -> String {
    let mut new = complaint("a", &world.team);
    at(&mut new, 1_000);
    world.keep_heard(&new).await
}

/// The first promise that a later contact may show something of.
async fn earlier(world: &World, viewer: &Viewer, id: &str) -> Option<String> {
    let mut request = world.request(viewer).await;
    let known = request.earlier_promises(id, 0).await.unwrap();
    assert_eq!(known.turns.is_empty(), known.promises.is_empty());
    known.promises.first().map(|promise| promise.id.clone())
}

on_both! {
    async fn a_later_turn_shows_that_a_promise_was_kept(world) {
        let new = complaint("a", &world.team);
        let id = world.keep_heard(&new).await;
        assert_eq!(promise(world, &id).await.shown, None);
        hear(world, &id, &heard(&new, Some(words("kept", 2)))).await;
        let kept = promise(world, &id).await;
        assert_eq!((kept.state, kept.changed_by.as_deref()), (PromiseState::Kept, Some("customer")));
        let place = ShownPlace { conversation_id: id.clone(), position: 2, start: 0, end: 4 };
        assert_eq!(kept.shown, Some(place));
        let mut request = world.operator("look").await;
        assert!(request.open_promises(None, None, 10).await.unwrap().rows.is_empty());
        request.finish().await.unwrap();
        // Heard again: the same; and when the words have changed, it is open again.
        hear(world, &id, &heard(&new, Some(words("kept", 2)))).await;
        assert_eq!(promise(world, &id).await, kept);
        hear(world, &id, &heard(&new, None)).await;
        let open = promise(world, &id).await;
        assert_eq!((open.shown, open.changed_by), (None, None));
        assert_eq!(open.id, kept.id);
    }

    async fn the_audit_names_a_promise_that_words_settled(world) {
        let new = complaint("a", &world.team);
        let id = world.keep_heard(&new).await;
        hear(world, &id, &heard(&new, Some(words("broken", 2)))).await;
        let settled = promise(world, &id).await;
        assert_eq!(settled.state, PromiseState::Broken);
        let mut request = world.operator("audit").await;
        let about = gehoord_store::AuditFilter { conversation: Some(id), ..Default::default() };
        let rows = request.audit(&about).await.unwrap().rows;
        assert!(rows.iter().any(|row| row.action == "listen" && row.ids.contains(&settled.id)));
    }

    async fn what_a_person_decided_stands(world) {
        let agent = world.somebody("samira", Role::Agent, Some(&world.team)).await;
        let new = complaint("a", &world.team);
        let id = world.keep_heard(&new).await;
        for decided in [PromiseState::Broken, PromiseState::Open, PromiseState::Withdrawn] {
            let known = promise(world, &id).await;
            let mut request = world.request(&agent).await;
            request.settle_promise(&known.id, decided, Some("nagevraagd")).await.unwrap();
            request.finish().await.unwrap();
            hear(world, &id, &heard(&new, Some(words("kept", 2)))).await;
            let known = promise(world, &id).await;
            assert_eq!(known.changed_by.as_deref(), agent.person_id());
            assert_eq!((known.reason.as_deref(), known.shown), (Some("nagevraagd"), None));
            assert_ne!(known.state, PromiseState::Kept, "{decided:?}");
        }
    }

    async fn an_event_stands_against_words(world) {
        let new = complaint("a", &world.team);
        let id = world.keep_heard(&new).await;
        let known = promise(world, &id).await;
        let agent = world.somebody("samira", Role::Agent, Some(&world.team)).await;
        let mut request = world.request(&agent).await;
        request.promise_event(&known.id, "call").await.unwrap();
        request.finish().await.unwrap();
        hear(world, &id, &heard(&new, Some(words("broken", 2)))).await;
        assert_eq!(promise(world, &id).await.changed_by.as_deref(), Some("event"));
    }

    async fn a_later_contact_of_the_customer_shows_it(world) {
        let agent = world.somebody("samira", Role::Agent, Some(&world.team)).await;
        let id = first(world).await;
        let after = world.keep_heard(&later(&world.team)).await;
        let known = earlier(world, &Viewer::operator(), &after).await.unwrap();
        let mut request = world.operator("listen").await;
        request.show_promise(&known, &after, &words("broken", 2)).await.unwrap();
        request.finish().await.unwrap();
        let broken = promise(world, &id).await;
        let place = broken.shown.clone().unwrap();
        assert_eq!((broken.state, place.conversation_id.as_str()), (PromiseState::Broken, &*after));
        // The own conversation, heard again, does not take that back.
        hear(world, &id, &report(&complaint("a", &world.team))).await;
        assert_eq!(promise(world, &id).await, broken);
        // An agent's word does not stand against the customer's.
        let mut request = world.operator("listen").await;
        request.show_promise(&known, &after, &words("kept", 1)).await.unwrap();
        request.finish().await.unwrap();
        assert_eq!(promise(world, &id).await, broken);
        // A person's does.
        let mut request = world.request(&agent).await;
        request.settle_promise(&known, PromiseState::Kept, None).await.unwrap();
        request.finish().await.unwrap();
        assert_eq!(earlier(world, &Viewer::operator(), &after).await, None);
        let mut request = world.operator("listen").await;
        request.show_promise(&known, &after, &words("broken", 2)).await.unwrap();
        request.finish().await.unwrap();
        assert_eq!(promise(world, &id).await.state, PromiseState::Kept);
    }

    async fn other_customers_other_teams_and_earlier_contacts_show_nothing(world) {
        first(world).await;
        let mut others = later(&world.team);
        others.customer = Some("other@example.nl".to_owned());
        let mut before = later(&world.team);
        before.external_id = "c".to_owned();
        at(&mut before, 500);
        let mut elsewhere = later(&world.other_team);
        elsewhere.external_id = "d".to_owned();
        for new in [others, before, elsewhere] {
            let id = world.keep_heard(&new).await;
            assert_eq!(earlier(world, &Viewer::operator(), &id).await, None, "{}", new.external_id);
        }
        let stranger = world.somebody("piet", Role::Agent, Some(&world.other_team)).await;
        let id = world.keep(&later(&world.team)).await;
        let mut request = world.request(&stranger).await;
        let seen = request.earlier_promises(&id, 0).await;
        assert!(matches!(seen, Err(StoreError::NotFound(_))), "{seen:?}");
        drop(request);
        let owner = world.somebody("olga", Role::ProductOwner, None).await;
        forbidden(world.request(&owner).await.earlier_promises(&id, 0).await);
    }

    async fn what_comes_in_after_its_followers_is_looked_for_in_them(world) {
        // The newer contacts were there first; those that show nothing are none of its followers.
        let mut others = later(&world.team);
        (others.external_id, others.customer) = ("o".to_owned(), Some("o@example.nl".to_owned()));
        let mut before = later(&world.team);
        before.external_id = "c".to_owned();
        at(&mut before, 500);
        let mut elsewhere = later(&world.other_team);
        elsewhere.external_id = "d".to_owned();
        for new in [others, before, elsewhere] {
            world.keep_heard(&new).await;
        }
        let mut followers = Vec::new();
        for n in 0..20 {
            let mut new = later(&world.team);
            new.external_id = format!("follower-{n}");
            at(&mut new, 5_000 + n);
            followers.push(world.keep_heard(&new).await);
        }
        let id = first(world).await;
        let mut request = world.operator("listen").await;
        let found = request.later_contacts(&id, 0).await.unwrap();
        let contacts: Vec<_> = found.contacts.iter().map(|(contact, _)| contact).collect();
        assert_eq!(contacts, followers[..16].iter().collect::<Vec<_>>(), "no more than 16");
        assert!(found.contacts.iter().all(|(_, turns)| turns.len() == 3));
        let [known] = &found.promises[..] else { panic!("{:?}", found.promises) };
        assert!(request.later_contacts(&id, 2).await.unwrap().promises.is_empty(), "made before");
        request.show_promise(&known.id, &followers[0], &words("broken", 2)).await.unwrap();
        assert_eq!(request.promises_changed(), [id.as_str()]);
        request.finish().await.unwrap();
        assert_eq!(promise(world, &id).await.state, PromiseState::Broken);
        // What a person decided is looked for no more; who may not write may not look.
        let agent = world.somebody("samira", Role::Agent, Some(&world.team)).await;
        let mut request = world.request(&agent).await;
        request.settle_promise(&known.id, PromiseState::Kept, None).await.unwrap();
        assert_eq!(request.later_contacts(&id, 0).await.unwrap().contacts, []);
        request.finish().await.unwrap();
        let stranger = world.somebody("piet", Role::Agent, Some(&world.other_team)).await;
        let seen = world.request(&stranger).await.later_contacts(&id, 0).await;
        assert!(matches!(seen, Err(StoreError::NotFound(_))), "{seen:?}");
        let owner = world.somebody("olga", Role::ProductOwner, None).await;
        forbidden(world.request(&owner).await.later_contacts(&id, 0).await);
    }

    async fn words_that_changed_show_nothing_any_more(world) {
        let id = first(world).await;
        let after = world.keep_heard(&later(&world.team)).await;
        let known = earlier(world, &Viewer::operator(), &after).await.unwrap();
        let mut request = world.operator("listen").await;
        request.show_promise(&known, &after, &words("kept", 2)).await.unwrap();
        // Turns behind the words changed: they stand.
        request.earlier_promises(&after, 3).await.unwrap();
        request.finish().await.unwrap();
        assert_eq!(promise(world, &id).await.state, PromiseState::Kept);
        let mut request = world.operator("listen").await;
        request.earlier_promises(&after, 2).await.unwrap();
        request.finish().await.unwrap();
        assert_eq!(promise(world, &id).await.shown, None);
    }

    async fn a_contact_that_goes_leaves_no_trace_at_a_promise(world) {
        let id = first(world).await;
        let mut new = later(&world.team);
        new.channel = "email".to_owned();
        let after = world.keep_heard(&new).await;
        let known = earlier(world, &Viewer::operator(), &after).await.unwrap();
        let mut request = world.operator("listen").await;
        request.show_promise(&known, &after, &words("kept", 2)).await.unwrap();
        request.finish().await.unwrap();
        let mut request = world.operator("retention.run").await;
        let rule = gehoord_store::RetentionRule {
            channel: "email".to_owned(),
            originals_days: 1,
            days: 1,
        };
        request.set_retention(&[rule]).await.unwrap();
        assert_eq!(request.run_retention().await.unwrap().conversations, 1);
        request.finish().await.unwrap();
        let kept = promise(world, &id).await;
        assert_eq!((kept.state, kept.shown), (PromiseState::Kept, None));
    }
}
