//! A backup comes back whole or not at all, and brings nobody back who was erased.

mod common;

use common::{On, World, complaint, new_database, not_found};
use gehoord_store::{
    MasterKey, NewConversation, RetentionRule, Role, Search, Status, Store, StoreError, Viewer,
    check_backup,
};

#[tokio::test]
async fn a_backup_of_either_database_is_restored_into_the_other() {
    for (from, to) in [(On::Sqlite, On::Postgres), (On::Postgres, On::Sqlite)] {
        let (Some(world), Some((url, folder))) = (World::new(from).await, new_database(to).await)
        else {
            return;
        };
        let agent = world.somebody("samira", Role::Agent, Some(&world.team)).await;
        let open = NewConversation {
            status: Status::Open,
            assigned_to: agent.person_id().map(str::to_owned),
            ..complaint("a", &world.team)
        };
        let id = world.keep_heard(&open).await;
        let gone = world.keep_heard(&complaint("b", &world.team)).await;
        let mut backup = Vec::new();
        let made = world.store.backup(&mut backup).await.unwrap();
        assert!(made.rows > 20, "{made:?}");
        assert!(!String::from_utf8_lossy(&backup).contains("Wilhelmina"), "originals are sealed");
        let mut request = world.operator("erase").await;
        request.erase_customer("b@example.nl").await.unwrap();
        request.finish().await.unwrap();

        let other_key = Store::open(&url, MasterKey::random()).await.unwrap();
        let refused = other_key.restore(&mut backup.as_slice(), &[]).await;
        assert!(matches!(refused, Err(StoreError::Key(_))), "{refused:?}");
        let looked = check_backup(&mut backup.as_slice(), &MasterKey::random());
        assert!(matches!(looked, Err(StoreError::Key(_))), "{looked:?}");
        check_backup(&mut backup.as_slice(), &world.key).unwrap();
        let mut nothing = other_key.request(&Viewer::operator(), "look").await.unwrap();
        assert!(nothing.people().await.unwrap().is_empty(), "a wrong key changes nothing");
        drop(nothing);
        other_key.close().await;
        let (url, _) = new_database(to).await.unwrap();
        let store = Store::open(&url, world.key.clone()).await.unwrap();
        let store = store.with_folder(world.folder.join("files"));
        let broken = &b"{\"gehoord_backup\":1}\n[\"turn\",[1]]\n"[..];
        let broken = store.restore(&mut &*broken, &[]).await;
        assert!(broken.unwrap_err().to_string().contains("line 2"));
        let restored = store.restore(&mut backup.as_slice(), &[]).await.unwrap();
        let done = (restored.rows, restored.erased_again, restored.lists);
        assert_eq!(done, (made.rows, 1, 1));
        store.check_integrity().await.unwrap();
        let mut request = store.request(&agent, "read").await.unwrap();
        let view = request.conversation(&id).await.unwrap();
        assert_eq!(view.originals[0].text, "Wilhelmina Zonderland");
        let search = Search { words: "storing".into(), ..Search::default() };
        assert_eq!(request.search(&search).await.unwrap().rows.len(), 1);
        not_found(request.conversation(&gone).await);
        drop(request);
        let again = store.restore(&mut backup.as_slice(), &[]).await;
        assert!(matches!(again, Err(StoreError::Conflict(_))), "{again:?}");
        let _ = std::fs::remove_dir_all(folder);
    }
}

/// A new store on either database, with the key of `world`.
async fn store_beside(world: &World, on: On) -> Store {
    let (url, folder) = new_database(on).await.unwrap();
    let store = Store::open(&url, world.key.clone()).await.unwrap();
    store.with_folder(folder.join("files"))
}

/// What a store writes.
async fn backup_of(store: &Store) -> Vec<u8> {
    let mut backup = Vec::new();
    store.backup(&mut backup).await.unwrap();
    backup
}

async fn erase(store: &Store, name: &str) {
    let mut request = store.request(&Viewer::operator(), "customer.erase").await.unwrap();
    request.erase_customer(name).await.unwrap();
    request.finish().await.unwrap();
}

/// Whether anything is kept of a customer.
async fn knows(store: &Store, name: &str) -> bool {
    let mut request = store.request(&Viewer::operator(), "customer.look").await.unwrap();
    request.customer_summary(name).await.is_ok()
}

#[tokio::test]
async fn who_was_erased_stays_erased_in_every_store_that_a_backup_is_restored_into() {
    for on in [On::Sqlite, On::Postgres] {
        let Some(world) = World::new(on).await else { return };
        for name in ["a", "b"] {
            world.keep(&complaint(name, &world.team)).await;
        }
        let older = backup_of(&world.store).await;
        erase(&world.store, "a@example.nl").await;
        let list = world.store.erased_list().unwrap();

        let without = store_beside(&world, on).await;
        let restored = without.restore(&mut older.as_slice(), &[]).await.unwrap();
        assert_eq!((restored.lists, restored.erased_again), (0, 0), "and it says so");

        let store = store_beside(&world, on).await;
        let lists = [list.clone(), list, "nowhere.txt".into()];
        let restored = store.restore(&mut older.as_slice(), &lists).await.unwrap();
        assert_eq!((restored.lists, restored.erased_again), (1, 1));
        assert!(!knows(&store, "a@example.nl").await && knows(&store, "b@example.nl").await);
        // The list went along, so the same holds for who restores from there.
        let third = store_beside(&world, on).await;
        let lists = [store.erased_list().unwrap()];
        let restored = third.restore(&mut older.as_slice(), &lists).await.unwrap();
        assert_eq!((restored.lists, restored.erased_again), (1, 1));

        // Who came back afterwards stays, also with the list: the backup knows of the erasure.
        let mut request = store.request(&Viewer::operator(), "import").await.unwrap();
        let erased = request.erased_customers().await.unwrap();
        assert!(erased.contains(" A@example.nl") && !erased.contains("b@example.nl"));
        let again = NewConversation { team_id: None, ..complaint("a", "") };
        request.write_conversation_of_anybody(&again).await.unwrap();
        request.finish().await.unwrap();
        let younger = backup_of(&store).await;
        let fourth = store_beside(&world, on).await;
        let restored = fourth.restore(&mut younger.as_slice(), &lists).await.unwrap();
        assert_eq!((restored.lists, restored.erased_again), (1, 0));
        assert!(knows(&fourth, "a@example.nl").await);

        let wrong = world.folder.join("brief.txt");
        std::fs::write(&wrong, "Beste klant,\n").unwrap();
        let fifth = store_beside(&world, on).await;
        let refused = fifth.restore(&mut older.as_slice(), &[wrong]).await.unwrap_err();
        assert!(refused.to_string().contains("brief.txt is no list"), "{refused}");
        assert!(!knows(&fifth, "b@example.nl").await, "nothing has changed");
    }
}

#[tokio::test]
async fn a_backup_that_is_not_whole_is_refused_and_changes_nothing() {
    let world = World::new(On::Sqlite).await.unwrap();
    world.keep_heard(&complaint("a", &world.team)).await;
    let whole = backup_of(&world.store).await;
    let lines: Vec<&[u8]> = whole.split_inclusive(|byte| *byte == b'\n').collect();
    let (end, rows) = lines.split_last().unwrap();
    let missing = [&rows[..rows.len() / 2], &rows[rows.len() / 2 + 1..], &[*end]].concat().concat();
    let store = store_beside(&world, On::Sqlite).await;
    for broken in [
        rows.concat(),
        rows[..rows.len() / 2].concat(),
        whole[..whole.len() / 2].to_vec(),
        missing,
        [&whole[..], rows[1]].concat(),
    ] {
        let refused = store.restore(&mut broken.as_slice(), &[]).await;
        assert!(matches!(refused, Err(StoreError::NotWhole { .. })), "{refused:?}");
        assert!(check_backup(&mut broken.as_slice(), &world.key).is_err());
        assert!(!knows(&store, "a@example.nl").await);
    }
    store.restore(&mut whole.as_slice(), &[]).await.unwrap();
    assert!(knows(&store, "a@example.nl").await);
}

#[tokio::test]
async fn a_database_that_holds_anything_is_in_use() {
    let world = World::new(On::Sqlite).await.unwrap();
    let backup = backup_of(&world.store).await;
    let rule = RetentionRule { channel: "chat".into(), originals_days: 0, days: 30 };
    let store = store_beside(&world, On::Sqlite).await;
    let mut request = store.request(&Viewer::operator(), "import").await.unwrap();
    request.set_retention(&[rule]).await.unwrap();
    let new = NewConversation { team_id: None, ..complaint("b", "") };
    request.write_conversation(&new).await.unwrap();
    request.finish().await.unwrap();
    let refused = store.restore(&mut backup.as_slice(), &[]).await.unwrap_err();
    assert!(refused.to_string().contains("it holds conversations, customers already"), "{refused}");
    let mut request = store.request(&Viewer::operator(), "look").await.unwrap();
    assert_eq!(request.settings().await.unwrap().retention.len(), 1, "settings stay");
    let teams = request.teams().await.unwrap();
    assert!(teams.is_empty(), "{teams:?}");
}
