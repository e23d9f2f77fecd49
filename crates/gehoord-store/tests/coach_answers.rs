//! A coach answers what an agent laid before them.

mod common;

use common::{World, complaint, not_found};
use gehoord_store::{Role, StoreError, Viewer};

/// A conversation of an agent, laid before a coach; gives the share too.
async fn asked(world: &World, agent: &Viewer, coach: &Viewer) -> (String, String) {
    let mut new = complaint("gevraagd", &world.team);
    new.turns[1].person_id = agent.person_id().map(str::to_owned);
    let id = world.keep_heard(&new).await;
    let mut request = world.request(agent).await;
    let coach = coach.person_id().unwrap();
    let share = request.share(&id, Some(1), coach, "Wat kon beter?").await.unwrap();
    request.finish().await.unwrap();
    (id, share)
}

on_both! {
    async fn the_answer_is_for_the_agent_who_asked_and_the_coach_who_was_asked(world) {
        let agent = world.somebody("samira", Role::Agent, Some(&world.team)).await;
        let colleague = world.somebody("kees", Role::Agent, Some(&world.team)).await;
        let coach = world.somebody("carla", Role::Coach, Some(&world.team)).await;
        let other = world.somebody("cor", Role::Coach, Some(&world.team)).await;
        let (id, share) = asked(world, &agent, &coach).await;
        for who in [&agent, &colleague, &other] {
            not_found(world.request(who).await.answer_share(&share, "Mooi.").await);
        }
        let mut request = world.request(&coach).await;
        assert!(matches!(request.answer_share(&share, " \n").await, Err(StoreError::Invalid(_))));
        let place = request.answer_share(&share, " Vat eerst samen. ").await.unwrap();
        assert_eq!(place, (id.clone(), Some(1)));
        let again = request.answer_share(&share, "Nog iets.").await;
        assert!(matches!(again, Err(StoreError::Conflict(_))), "{again:?}");
        assert_eq!(request.coach_answers(&id).await.unwrap()[0].text, "Vat eerst samen.");
        request.finish().await.unwrap();

        assert_eq!(world.request(&colleague).await.coach_answers(&id).await.unwrap(), []);
        assert_eq!(world.request(&colleague).await.all_coach_answers(true).await.unwrap(), []);
        let mut request = world.request(&agent).await;
        let unread = request.all_coach_answers(true).await.unwrap();
        assert_eq!((unread[0].coach.as_str(), unread[0].position), ("carla", Some(1)));
        request.read_coach_answers(&id).await.unwrap();
        assert_eq!(request.all_coach_answers(true).await.unwrap(), []);
        request.revoke_share(&share).await.unwrap();
        request.finish().await.unwrap();
        // What was taken back is the coach's no longer; the answer stays the agent's.
        not_found(world.request(&coach).await.coach_answers(&id).await);
        assert_eq!(world.request(&agent).await.coach_answers(&id).await.unwrap().len(), 1);
    }

    async fn what_was_taken_back_or_is_over_is_not_answered(world) {
        let agent = world.somebody("samira", Role::Agent, Some(&world.team)).await;
        let coach = world.somebody("carla", Role::Coach, Some(&world.team)).await;
        let (_, share) = asked(world, &agent, &coach).await;
        let request = world.request(&coach).await;
        let now = request.now();
        let mut later = request.at(now + 31 * 24 * 60 * 60 * 1000);
        not_found(later.answer_share(&share, "Te laat.").await);
        drop(later);
        let mut request = world.request(&agent).await;
        request.revoke_share(&share).await.unwrap();
        request.finish().await.unwrap();
        not_found(world.request(&coach).await.answer_share(&share, "Te laat.").await);
    }

    async fn the_answer_goes_with_its_customer(world) {
        let agent = world.somebody("samira", Role::Agent, Some(&world.team)).await;
        let coach = world.somebody("carla", Role::Coach, Some(&world.team)).await;
        let (id, share) = asked(world, &agent, &coach).await;
        let mut request = world.request(&coach).await;
        request.answer_share(&share, "Vat eerst samen.").await.unwrap();
        request.finish().await.unwrap();
        let mut request = world.operator("customer.erase").await;
        request.erase_customer("gevraagd@example.nl").await.unwrap();
        request.finish().await.unwrap();
        not_found(world.request(&agent).await.coach_answers(&id).await);
        assert_eq!(world.request(&agent).await.all_coach_answers(false).await.unwrap(), []);
    }
}
