//! Pages of lists, where many rows share a moment: none is lost, none is there twice.

mod common;

use std::collections::BTreeSet;

use common::{World, complaint};
use gehoord_store::{AuditFilter, ConversationFilter, Cursor, Page, Role, Search, Status, Viewer};

/// All of them in one millisecond.
const MANY: usize = 250;
const MOMENT: i64 = 1_772_000_000_000;

/// Conversations of one moment, one customer, one person; one more before and after.
async fn crowd(world: &World, agent: &Viewer) {
    let mut request = world.operator("import").await;
    for number in 0..MANY + 2 {
        let mut new = complaint(&format!("c{number}"), &world.team);
        new.customer = Some("k-4711".to_owned());
        new.assigned_to = agent.person_id().map(str::to_owned);
        new.status = Status::Open;
        let at = match number {
            0 => MOMENT - 1,
            1 => MOMENT + 1,
            _ => MOMENT,
        };
        new.turns.iter_mut().for_each(|turn| turn.said_at = Some(at));
        let written = request.write_conversation(&new).await.unwrap();
        request.write_report(written.id(), &common::report(&new), 0).await.unwrap();
    }
    request.finish().await.unwrap();
}

/// Reads page after page; gives what stood on them, in order.
async fn all<T>(
    mut page: impl AsyncFnMut(Option<Cursor>) -> Page<T>,
    name: impl Fn(&T) -> String,
) -> Vec<String> {
    let mut names = Vec::new();
    let mut after = None;
    loop {
        let read = page(after).await;
        assert!(!read.rows.is_empty(), "no page is empty");
        names.extend(read.rows.iter().map(&name));
        let Some(next) = read.next else { break };
        // Whoever pages over the API hands it on as text.
        after = Some(next.to_string().parse().unwrap());
    }
    let different: BTreeSet<&String> = names.iter().collect();
    assert_eq!(different.len(), names.len(), "nothing is there twice");
    names
}

on_both! {
    async fn conversations_of_one_moment_are_all_listed(world) {
        let agent = world.somebody("samira", Role::Agent, Some(&world.team)).await;
        crowd(world, &agent).await;
        let mut request = world.request(&agent).await;
        let customer = request.conversations(&ConversationFilter::default()).await.unwrap();
        let customer = customer.rows[0].customer.clone();
        let base = ConversationFilter { limit: 40, ..ConversationFilter::default() };
        let filters = [
            base.clone(),
            ConversationFilter { mine: true, ..base.clone() },
            ConversationFilter { status: Some(Status::Open), ..base.clone() },
            ConversationFilter { customer, team_id: Some(world.team.clone()), ..base.clone() },
            ConversationFilter { limit: 126, ..base.clone() },
        ];
        for filter in filters {
            let list = async |after| {
                let filter = ConversationFilter { after, ..filter.clone() };
                request.conversations(&filter).await.unwrap()
            };
            let names = all(list, |row| row.external_id.clone()).await;
            assert_eq!(names.len(), MANY + 2, "{filter:?}");
            assert_eq!((names[0].as_str(), names[MANY + 1].as_str()), ("c1", "c0"));
        }
        let bounded = ConversationFilter { until: Some(MOMENT + 1), from: Some(MOMENT), ..base };
        let list = async |after| {
            let filter = ConversationFilter { after, ..bounded.clone() };
            request.conversations(&filter).await.unwrap()
        };
        assert_eq!(all(list, |row| row.external_id.clone()).await.len(), MANY);
    }

    async fn what_was_shown_to_a_coach_is_all_listed(world) {
        let agent = world.somebody("samira", Role::Agent, Some(&world.team)).await;
        let coach = world.somebody("carla", Role::Coach, Some(&world.team)).await;
        crowd(world, &agent).await;
        let mut request = world.request(&agent).await;
        let mine = ConversationFilter { mine: true, limit: 7, ..ConversationFilter::default() };
        let first = request.conversations(&mine).await.unwrap().rows;
        for row in &first {
            let to = coach.person_id().unwrap();
            request.share(&row.id, None, to, "Wat vind je?").await.unwrap();
        }
        request.finish().await.unwrap();
        let mut request = world.request(&coach).await;
        let list = async |after| {
            let filter = ConversationFilter { after, limit: 3, ..ConversationFilter::default() };
            request.conversations(&filter).await.unwrap()
        };
        let names = all(list, |row| row.id.clone()).await;
        assert_eq!(names, first.into_iter().map(|row| row.id).collect::<Vec<_>>());
    }

    async fn promises_of_one_moment_are_all_listed(world) {
        let agent = world.somebody("samira", Role::Agent, Some(&world.team)).await;
        crowd(world, &agent).await;
        let mut request = world.request(&agent).await;
        let list = async |after: Option<Cursor>| {
            request.open_promises(None, after.as_ref(), 40).await.unwrap()
        };
        assert_eq!(all(list, |promise| promise.id.clone()).await.len(), MANY + 2);
    }

    async fn what_is_found_of_one_moment_is_all_shown(world) {
        let agent = world.somebody("samira", Role::Agent, Some(&world.team)).await;
        crowd(world, &agent).await;
        let mut request = world.request(&agent).await;
        let list = async |after| {
            let words = "storing".to_owned();
            let search = Search { words, after, limit: 40, ..Search::default() };
            request.search(&search).await.unwrap()
        };
        let hits = all(list, |hit| hit.conversation_id.clone()).await;
        assert_eq!(hits.len(), MANY + 2);
    }

    async fn requests_of_one_moment_are_all_in_the_audit(world) {
        for _ in 0..MANY {
            let request = world.operator("look").await.at(MOMENT);
            request.finish().await.unwrap();
        }
        let officer = world.somebody("petra", Role::PrivacyOfficer, None).await;
        let mut request = world.request(&officer).await;
        let base = AuditFilter { until: Some(MOMENT + 1), limit: 40, ..AuditFilter::default() };
        for who in [None, Some("operator".to_owned())] {
            let list = async |after| {
                let filter = AuditFilter { after, who: who.clone(), ..base.clone() };
                request.audit(&filter).await.unwrap()
            };
            assert_eq!(all(list, |row| row.id.clone()).await.len(), MANY);
        }
    }
}
