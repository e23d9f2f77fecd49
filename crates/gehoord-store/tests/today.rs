//! What the page of the day and the history of a customer ask for.

mod common;

use common::{complaint, forbidden, not_found, report, turn};
use gehoord_store::{NewConversation, NewTurn, PromiseState, Role, Status, Whose, Why};

const HOUR: i64 = 60 * 60 * 1000;

/// An open complaint whose last word is the customer's, since so many milliseconds.
fn waiting(name: &str, team: &str, since: i64) -> NewConversation {
    let mut new = complaint(name, team);
    new.status = Status::Open;
    new.turns.truncate(1);
    new.turns[0].said_at = Some(since);
    new
}

on_both! {
    async fn who_waits_longest_comes_first_and_promises_come_before(world) {
        let agent = world.somebody("samira", Role::Agent, Some(&world.team)).await;
        let now = world.request(&agent).await.now();
        let short = world.keep_heard(&waiting("short", &world.team, now - HOUR)).await;
        let long = world.keep_heard(&waiting("long", &world.team, now - 50 * HOUR)).await;
        world.keep_heard(&waiting("elsewhere", &world.other_team, now - 99 * HOUR)).await;
        // Its promise was due long ago and nobody said whether it was kept.
        let promised = world.keep_heard(&complaint("promised", &world.team)).await;
        let mut request = world.request(&agent).await;
        let today = request.today(Whose::Mine, 50).await.unwrap();
        let found: Vec<_> = today.iter().map(|one| (one.why, one.row.id.as_str())).collect();
        assert_eq!(
            found,
            [
                (Why::Promise, promised.as_str()),
                (Why::Waits, long.as_str()),
                (Why::Waits, short.as_str()),
            ]
        );
        assert_eq!(request.today(Whose::Mine, 1).await.unwrap().len(), 1);
        let promise = request.promises(&promised).await.unwrap()[0].id.clone();
        request.settle_promise(&promise, PromiseState::Kept, None).await.unwrap();
        assert_eq!(request.today(Whose::Mine, 50).await.unwrap().len(), 2);
    }

    async fn what_a_colleague_took_is_on_their_page_and_on_that_of_the_team(world) {
        let agent = world.somebody("samira", Role::Agent, Some(&world.team)).await;
        let colleague = world.somebody("kees", Role::Agent, Some(&world.team)).await;
        let manager = world.somebody("lead", Role::Manager, Some(&world.team)).await;
        let coach = world.somebody("coach", Role::Coach, Some(&world.team)).await;
        let mut new = waiting("a", &world.team, 1_000);
        new.assigned_to = colleague.person_id().map(str::to_owned);
        world.keep_heard(&new).await;
        for (viewer, whose, count) in [
            (&agent, Whose::Mine, 0),
            (&agent, Whose::Team, 1),
            (&colleague, Whose::Mine, 1),
            (&manager, Whose::Team, 1),
        ] {
            let found = world.request(viewer).await.today(whose, 50).await.unwrap();
            assert_eq!(found.len(), count, "{} {whose:?}", viewer.name());
        }
        forbidden(world.request(&coach).await.today(Whose::Team, 50).await);
    }

    async fn danger_that_is_not_so_is_no_longer_at_the_top(world) {
        let agent = world.somebody("samira", Role::Agent, Some(&world.team)).await;
        let colleague = world.somebody("kees", Role::Agent, Some(&world.team)).await;
        let mut new = waiting("gas", &world.team, 1_000);
        new.assigned_to = agent.person_id().map(str::to_owned);
        let id = world.keep(&new).await;
        let mut heard = serde_json::to_value(report(&new)).unwrap();
        heard["turns"][0]["safety"] = serde_json::json!(["danger"]);
        heard["turns"][0]["signals"] = serde_json::json!([{"id": "0.danger.0", "label": "danger",
            "strength": 0.9, "evidence": [], "source": "cue", "rule": "x", "because": "y"}]);
        let mut request = world.operator("listen").await;
        request.write_report(&id, &serde_json::from_value(heard).unwrap(), 0).await.unwrap();
        request.finish().await.unwrap();
        let why = async |viewer, whose| {
            let found = world.request(viewer).await.today(whose, 50).await.unwrap();
            found.iter().map(|one| (one.why, one.row.danger)).collect::<Vec<_>>()
        };
        let says = async |agrees| {
            let mut request = world.request(&agent).await;
            request.give_feedback(&id, 0, "0.danger.0", agrees, None).await.unwrap();
            request.finish().await.unwrap();
        };
        assert_eq!(why(&agent, Whose::Mine).await, [(Why::Danger, 1)]);
        says(false).await;
        // For a colleague the word of who helps the customer counts too.
        for (viewer, whose) in [(&agent, Whose::Mine), (&colleague, Whose::Team)] {
            assert_eq!(why(viewer, whose).await, [(Why::Waits, 0)], "{}", viewer.name());
        }
        says(true).await;
        assert_eq!(why(&agent, Whose::Mine).await, [(Why::Danger, 1)], "the last word counts");
    }

    async fn each_contact_of_a_customer_is_counted(world) {
        let agent = world.somebody("samira", Role::Agent, Some(&world.team)).await;
        for (n, team) in [&world.team, &world.other_team, &world.team].into_iter().enumerate() {
            let n = i64::try_from(n).unwrap();
            let mut new = waiting(&format!("c{n}"), team, 1_000 * HOUR + n * 24 * HOUR);
            new.customer = Some("jan@example.nl".to_owned());
            if n == 0 {
                let reply = turn("agent", "Ik bel u morgen voor 12 uur.");
                let said_at = Some(1_003 * HOUR);
                new.turns.push(NewTurn { said_at, ..reply });
                new.status = Status::Closed;
            }
            world.keep_heard(&new).await;
        }
        let mut request = world.request(&agent).await;
        let today = request.today(Whose::Mine, 50).await.unwrap();
        let last = today.iter().find(|one| one.why == Why::Waits).unwrap();
        assert_eq!(last.contact, 3);
        let journey = request.journey(&last.row.id).await.unwrap();
        let reach: Vec<bool> = journey.iter().map(|contact| contact.within_reach).collect();
        assert_eq!(reach, [true, false, true], "another team's contact cannot be opened");
        assert_eq!(journey[0].longest_wait, Some(3 * HOUR));
        assert_eq!((journey[0].open, journey[2].longest_wait), (1, None));
        not_found(request.journey(&journey[1].row.id).await);
    }
}
