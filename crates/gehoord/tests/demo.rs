//! `gehoord serve --demo`, as somebody who wants to look round starts it.

mod common;
#[allow(dead_code, reason = "each test file uses its own part")]
#[path = "../../gehoord-store/tests/common/databases.rs"]
mod databases;
#[path = "common/place.rs"]
#[allow(dead_code, reason = "each test file uses its own part")]
mod place;

use place::{On, Place, Server};

/// The password that was printed.
fn password(said: &str) -> String {
    let rest = said.split("wachtwoord ").nth(1).expect(said);
    rest.split(' ').next().unwrap().to_owned()
}

#[test]
fn the_demo_shows_every_role_something_and_leaves_nothing_behind() {
    let place = Place::new(On::Sqlite).unwrap();
    let mut server = Server::start_with(&place, &["--demo"], "beheerder\n");
    assert!(server.said.contains("verzonnen"), "{}", server.said);
    let password = password(&server.said);
    for (login, role) in [
        ("samira", "medewerker"),
        ("hanna", "teamleider"),
        ("noor", "coach"),
        ("joost", "producteigenaar"),
        ("mirjam", "privacyfunctionaris"),
        ("beheer", "beheerder"),
    ] {
        let line = server.said.lines().find(|line| line.trim().starts_with(login));
        assert!(line.is_some_and(|line| line.ends_with(role)), "{login}");
        server.log_in(login, &password);
    }
    let cookie = server.log_in("samira", &password);
    let (mut all, mut subjects) = (0, std::collections::BTreeSet::new());
    for status in ["open", "closed"] {
        let path = format!("/api/v1/conversations?status={status}&limit=200");
        let (_, _, page) = server.ask("GET", &path, &[("cookie", &cookie)], "");
        let rows = page["conversations"].as_array().unwrap();
        all += rows.len();
        subjects.extend(rows.iter().map(|row| row["subject"].to_string()));
        let said = rows.iter().filter(|row| row["repeat_contact"] == true).count();
        assert!(said > 0, "{status}");
    }
    assert!(all > 60, "a team has eight weeks of contacts: {all}");
    assert!(subjects.len() * 3 > all * 2, "people say something else: {} of {all}", subjects.len());
    let (_, _, promises) = server.ask("GET", "/api/v1/promises", &[("cookie", &cookie)], "");
    let states: Vec<&str> = promises["promises"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|p| p["state"].as_str())
        .collect();
    assert!(states.contains(&"due") && states.contains(&"overdue_unknown"), "{states:?}");
    let cookie = server.log_in("noor", &password);
    let (_, _, shares) = server.ask("GET", "/api/v1/shares", &[("cookie", &cookie)], "");
    assert_eq!(shares.as_array().unwrap().len(), 1);
    assert_eq!(server.stop(), Some(0));
    // The place has no database yet, and "export" makes none.
    assert_eq!(place.run(&["export"], "").status.code(), Some(2), "the demo has its own database");
}
