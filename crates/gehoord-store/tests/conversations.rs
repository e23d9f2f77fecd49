//! What is kept, and that the same thing twice is one thing.

mod common;

use common::{complaint, not_found, turn};
use gehoord_store::{
    AuditFilter, ConversationFilter, NewTurn, Role, Search, Status, StoreError, Viewer, Written,
};

on_both! {
    async fn the_same_conversation_twice_changes_nothing(world) {
        let new = complaint("a", &world.team);
        let mut request = world.operator("import").await;
        let Written::New(id) = request.write_conversation(&new).await.unwrap() else { panic!() };
        request.finish().await.unwrap();
        let mut request = world.operator("import").await;
        let again = request.write_conversation(&new).await.unwrap();
        assert_eq!(again, Written::Same(id));
    }

    async fn an_edited_message_is_replaced_and_what_follows_is_heard_anew(world) {
        let mut new = complaint("a", &world.team);
        let id = world.keep_heard(&new).await;
        new.turns[1].text = "Ik ga het na.".to_owned();
        new.turns.push(turn("agent", "Graag gedaan."));
        let mut request = world.operator("import").await;
        let written = request.write_conversation(&new).await.unwrap();
        assert_eq!(written, Written::Changed(id.clone(), 1));
        let view = request.conversation(&id).await.unwrap();
        let texts: Vec<&str> = view.turns.iter().map(|t| t.text.as_str()).collect();
        assert_eq!(texts[1..], ["Ik ga het na.", "Dank u wel.", "Graag gedaan."]);
        assert!(view.turns[0].finding.is_some() && view.turns[2].finding.is_none());
        let versions = view.analysis.unwrap().versions;
        assert_eq!(request.unheard(&versions, "", 10).await.unwrap(), [id]);
    }

    async fn a_turn_that_is_sent_twice_is_there_once(world) {
        let agent = world.somebody("samira", Role::Agent, Some(&world.team)).await;
        let mut new = complaint("a", &world.team);
        new.status = Status::Open;
        let id = world.keep(&new).await;
        let said = NewTurn { external_id: Some("m1".into()), ..turn("customer", "Nog iets.") };
        for expected in [true, false] {
            let mut request = world.request(&agent).await;
            let appended = request.append_turn(&id, &said, &[]).await.unwrap();
            assert_eq!((appended.position, appended.new), (3, expected));
            request.finish().await.unwrap();
        }
        let edited = NewTurn { text: "Nog iets anders.".into(), ..said };
        let mut request = world.request(&agent).await;
        let appended = request.append_turn(&id, &edited, &[]).await.unwrap();
        assert_eq!((appended.position, appended.new), (3, true));
        let view = request.conversation(&id).await.unwrap();
        assert_eq!(view.turns.len(), 4);
        assert_eq!(view.turns[3].text, "Nog iets anders.");
    }

    async fn nothing_is_added_to_a_closed_conversation(world) {
        let agent = world.somebody("samira", Role::Agent, Some(&world.team)).await;
        let id = world.keep(&complaint("a", &world.team)).await;
        let mut request = world.request(&agent).await;
        let result = request.append_turn(&id, &turn("customer", "Hallo?"), &[]).await;
        assert!(matches!(result, Err(StoreError::Conflict(_))), "{result:?}");
    }

    async fn a_request_that_is_not_finished_changes_nothing(world) {
        let mut request = world.operator("import").await;
        let written = request.write_conversation(&complaint("a", &world.team)).await.unwrap();
        drop(request);
        let mut request = world.operator("read").await;
        not_found(request.conversation(written.id()).await);
    }

    async fn a_customer_waits_since_the_first_turn_that_nobody_answered(world) {
        let agent = world.somebody("samira", Role::Agent, Some(&world.team)).await;
        let mut new = complaint("a", &world.team);
        new.status = Status::Open;
        for (index, turn) in new.turns.iter_mut().enumerate() {
            turn.said_at = Some(1_000 * (index as i64 + 1));
        }
        let id = world.keep(&new).await;
        let mut request = world.request(&agent).await;
        let row = request.conversation(&id).await.unwrap().row;
        assert_eq!((row.started_at, row.last_at, row.waiting_since), (1_000, 3_000, Some(3_000)));
        let more = NewTurn { said_at: Some(4_000), ..turn("customer", "Bent u er nog?") };
        request.append_turn(&id, &more, &[]).await.unwrap();
        let row = request.conversation(&id).await.unwrap().row;
        assert_eq!(row.waiting_since, Some(3_000));
        let reply = NewTurn { said_at: Some(5_000), ..turn("agent", "Ja, hier ben ik.") };
        request.append_turn(&id, &reply, &[]).await.unwrap();
        assert_eq!(request.conversation(&id).await.unwrap().row.waiting_since, None);
    }

    async fn the_list_goes_back_in_time_page_by_page(world) {
        let agent = world.somebody("samira", Role::Agent, Some(&world.team)).await;
        for n in 0..5_i64 {
            let mut new = complaint(&format!("c{n}"), &world.team);
            new.turns.iter_mut().for_each(|turn| turn.said_at = Some(1_000 * n));
            world.keep(&new).await;
        }
        world.keep(&complaint("elsewhere", &world.other_team)).await;
        let mut request = world.request(&agent).await;
        let filter = ConversationFilter { limit: 3, ..ConversationFilter::default() };
        let page = request.conversations(&filter).await.unwrap();
        let times: Vec<i64> = page.rows.iter().map(|row| row.last_at).collect();
        assert_eq!(times, [4_000, 3_000, 2_000]);
        let filter = ConversationFilter { after: page.next, ..filter };
        let page = request.conversations(&filter).await.unwrap();
        assert_eq!(page.rows.len(), 2);
        assert_eq!(page.next, None);
        let wrong = ConversationFilter { limit: 1_000, ..ConversationFilter::default() };
        assert!(matches!(request.conversations(&wrong).await, Err(StoreError::Invalid(_))));
    }

    async fn words_are_found_in_any_form_the_newest_first(world) {
        let agent = world.somebody("samira", Role::Agent, Some(&world.team)).await;
        for n in 0..3_i64 {
            let mut new = complaint(&format!("c{n}"), &world.team);
            new.turns.iter_mut().for_each(|turn| turn.said_at = Some(1_000 * (n + 1)));
            world.keep(&new).await;
        }
        let mut english = complaint("english", &world.team);
        english.turns = vec![turn("customer", "Two deliveries were late, it's café-grade chaos")];
        world.keep(&english).await;
        world.keep(&complaint("elsewhere", &world.other_team)).await;
        let mut request = world.request(&agent).await;
        let mut find = async |words: &str, from, until| {
            let search =
                Search { words: words.into(), from, until, ..Search::default() };
            let hits = request.search(&search).await.unwrap();
            hits.rows.into_iter().map(|hit| hit.said_at).collect::<Vec<i64>>()
        };
        assert_eq!(find("STORINGEN", None, None).await, [3_000, 2_000, 1_000]);
        assert_eq!(find("storing keer", Some(1_500), Some(2_500)).await, [2_000]);
        assert_eq!(find("delivery cafe", None, None).await.len(), 1);
        assert!(find("storing verzekering", None, None).await.is_empty());
        let search = Search { words: "…".into(), ..Search::default() };
        assert!(matches!(request.search(&search).await, Err(StoreError::Invalid(_))));
        let quotes = Search { words: "' OR \" & | ( storing".into(), ..Search::default() };
        assert!(request.search(&quotes).await.unwrap().rows.is_empty());
    }

    async fn rare_and_common_words_are_found_in_a_store_that_was_counted(world) {
        let agent = world.somebody("samira", Role::Agent, Some(&world.team)).await;
        let mut request = world.operator("import").await;
        for n in 0..400_i64 {
            let mut new = complaint(&format!("c{n}"), &world.team);
            new.turns.iter_mut().for_each(|turn| turn.said_at = Some(1_000 * n));
            if n % 100 == 7 {
                new.turns[0].text += " De zonnewijzer staat stil.";
            }
            request.write_conversation(&new).await.unwrap();
        }
        request.finish().await.unwrap();
        world.store.count_up().await.unwrap();
        let mut request = world.request(&agent).await;
        for (words, from, count) in
            [("zonnewijzer", None, 4), ("zonnewijzer", Some(200_000), 2), ("storing", None, 50)]
        {
            let search = Search { words: words.into(), from, ..Search::default() };
            let hits = request.search(&search).await.unwrap().rows;
            assert_eq!(hits.len(), count, "{words}");
            assert!(hits.is_sorted_by(|a, b| a.said_at >= b.said_at));
        }
    }

    async fn what_is_no_longer_there_is_no_longer_found(world) {
        let agent = world.somebody("samira", Role::Agent, Some(&world.team)).await;
        let mut new = complaint("a", &world.team);
        world.keep(&new).await;
        new.turns.truncate(1);
        new.turns[0].text = "Laat maar.".to_owned();
        world.keep(&new).await;
        let mut request = world.request(&agent).await;
        for (words, count) in [("storing", 0), ("laat", 1)] {
            let search = Search { words: words.into(), ..Search::default() };
            assert_eq!(request.search(&search).await.unwrap().rows.len(), count, "{words}");
        }
    }

    async fn every_request_leaves_one_row_in_the_audit_with_what_it_touched(world) {
        let agent = world.somebody("samira", Role::Agent, Some(&world.team)).await;
        let officer = world.somebody("petra", Role::PrivacyOfficer, None).await;
        let id = world.keep(&complaint("a", &world.team)).await;
        let mut request = world.request(&agent).await;
        request.conversation(&id).await.unwrap();
        request.finish().await.unwrap();
        let mut request = world.request(&officer).await;
        let about = AuditFilter { conversation: Some(id.clone()), ..AuditFilter::default() };
        let rows = request.audit(&about).await.unwrap().rows;
        let who: Vec<&str> = rows.iter().map(|row| row.who.as_str()).collect();
        assert_eq!(who, [agent.person_id().unwrap(), "operator"]);
        assert!(rows[0].ids.contains(&id));
        assert!(rows.iter().all(|row| !row.ids.contains("storing")));
        let who = agent.person_id().map(str::to_owned);
        let mine = AuditFilter { who, ..AuditFilter::default() };
        assert_eq!(request.audit(&mine).await.unwrap().rows.len(), 1);
    }

    async fn gehoord_itself_works_on_masked_text(world) {
        let mut new = complaint("a", &world.team);
        new.status = Status::Open;
        let id = world.keep(&new).await;
        let mut request = world.request(&Viewer::machine()).await;
        let view = request.conversation(&id).await.unwrap();
        assert!(view.originals.is_empty());
        assert!(view.turns[0].text.contains("[naam-1]"));
    }
}
