//! The pages: who may see which, what never stands on them, and that every form does what it says.

mod common;

use std::collections::BTreeSet;

use common::{Answer, COMPLAINT, Caller, On, PASSWORD, World};
use gehoord_server::PAGES;
use gehoord_store::Role;
use serde_json::json;

/// Roles by their first letters, as in the table of the API; `everybody` needs no session.
const TABLE: [(&str, &str, &str); 75] = [
    ("get", "/", "a c m o p b"),
    ("get", "/login", "everybody"),
    ("post", "/login", "everybody"),
    ("post", "/logout", "a c m o p b"),
    ("post", "/choice", "everybody"),
    ("get", "/account", "a c m o p b"),
    ("post", "/account/password", "a c m o p b"),
    ("get", "/today", "a m"),
    ("get", "/calls", "a"),
    ("post", "/calls/advice", "a"),
    ("post", "/calls/silence", "a"),
    ("get", "/contacts", "a c m"),
    ("get", "/search", "a m o"),
    ("get", "/note", "a"),
    ("post", "/note", "a"),
    ("get", "/shared", "a c"),
    ("post", "/shares/{id}/revoke", "a c"),
    ("post", "/shares/{id}/answer", "a c"),
    ("get", "/practice", "a c m o p b"),
    ("get", "/practice/sound", "a c m o p b"),
    ("get", "/reply", "a c m o p b"),
    ("post", "/reply", "a c m o p b"),
    ("post", "/contacts/{id}/reply", "a"),
    ("get", "/contacts/{id}/after", "a"),
    ("get", "/privacy", "a c m o p b"),
    ("get", "/admin", "b"),
    ("post", "/admin/teams", "b"),
    ("post", "/admin/people", "b"),
    ("get", "/import", "b"),
    ("post", "/import", "b"),
    ("get", "/import/{id}", "b"),
    ("post", "/import/{id}/choose", "b"),
    ("post", "/import/{id}/cancel", "b"),
    ("post", "/account/tokens", "a c m o p b"),
    ("post", "/account/tokens/{id}/revoke", "a c m o p b"),
    ("get", "/privacy/mine", "a"),
    ("get", "/privacy/audit", "p"),
    ("get", "/privacy/kept", "a c m o p b"),
    ("post", "/privacy/kept", "p"),
    ("get", "/privacy/customer", "p"),
    ("post", "/privacy/customer", "p"),
    ("post", "/privacy/customer/export", "p"),
    ("post", "/privacy/customer/erase", "p"),
    ("get", "/privacy/erasures/{id}", "p"),
    ("get", "/admin/people/{id}", "b"),
    ("post", "/admin/people/{id}", "b"),
    ("post", "/admin/people/{id}/password", "b"),
    ("post", "/admin/people/{id}/sessions", "b"),
    ("get", "/admin/teams", "b"),
    ("post", "/admin/teams/{id}", "b"),
    ("get", "/admin/texts/{id}", "b"),
    ("post", "/admin/texts/{id}", "b"),
    ("post", "/admin/texts/{id}/checked", "b"),
    ("get", "/admin/cultures", "b"),
    ("post", "/admin/cultures", "b"),
    ("get", "/admin/switches", "b"),
    ("post", "/admin/switches/named_review", "b"),
    ("post", "/admin/switches/customer_voice", "b"),
    ("get", "/admin/speech", "b"),
    ("get", "/admin/tokens", "b"),
    ("post", "/admin/tokens/{id}/revoke", "b"),
    ("post", "/admin/listen-again", "b"),
    ("get", "/contacts/{id}", "a c m"),
    ("post", "/contacts/{id}/take", "a"),
    ("post", "/contacts/{id}/status", "a"),
    ("post", "/contacts/{id}/feedback", "a c"),
    ("post", "/contacts/{id}/share", "a"),
    ("post", "/promises/{id}/state", "a m"),
    ("post", "/promises/{id}/due", "a m"),
    ("get", "/assets/{version}/{name}", "everybody"),
    ("get", "/today?whose=team", "a m"),
    ("get", "/contacts?status=open&whose=me&from=2026-01-01&until=2030-01-01", "a c m"),
    ("get", "/search?words=keer&party=customer&until=2030-01-01", "a m o"),
    ("get", "/admin/texts/protocols_be?version=x", "b"),
    ("get", "/privacy/audit?who=x&from=2026-01-01&customer=k", "p"),
];

const LETTERS: [(Role, &str); 6] = [
    (Role::Agent, "a"),
    (Role::Coach, "c"),
    (Role::Manager, "m"),
    (Role::ProductOwner, "o"),
    (Role::PrivacyOfficer, "p"),
    (Role::Administrator, "b"),
];

fn location(answer: &Answer) -> &str {
    answer.headers.get("location").map_or("", |to| to.to_str().unwrap())
}

/// Fields that fit, where some are needed.
fn fields(path: &str) -> Vec<(&'static str, &'static str)> {
    match path {
        "/admin/teams" => vec![("name", "Nieuw")],
        "/admin/people" => {
            vec![("login", "n"), ("name", "N"), ("role", "agent"), ("password", "kort")]
        }
        "/calls/advice" => vec![("advice", "off")],
        "/calls/silence" => vec![("call", "c1")],
        "/account/password" => vec![("old", "mis"), ("new", "kort")],
        "/privacy/customer" | "/privacy/customer/export" => vec![("customer", "niemand")],
        "/privacy/customer/erase" => vec![("customer", "niemand"), ("confirm", "iemand")],
        "/admin/people/{id}" => vec![("name", "N"), ("role", "agent"), ("seen", "")],
        "/admin/people/{id}/password" => vec![("password", "kort")],
        "/admin/teams/{id}" => vec![("name", "N"), ("seen", "")],
        "/admin/texts/{id}" => vec![("text", ""), ("seen", ""), ("do", "look")],
        "/admin/texts/{id}/checked" => vec![("by", ""), ("day", ""), ("seen", "")],
        "/admin/cultures" => vec![("locale", "tlh"), ("seen", "0")],
        "/admin/switches/named_review" | "/admin/switches/customer_voice" => {
            vec![("switch", "off"), ("seen", "-1")]
        }
        "/contacts/{id}/take" => vec![("take", "no")],
        "/contacts/{id}/status" => vec![("status", "open")],
        "/contacts/{id}/feedback" => vec![("position", "0"), ("finding", "0.annoyance.0")],
        "/contacts/{id}/share" => vec![("coach", "x"), ("question", "Hoe?")],
        "/note" => vec![("matter", "Een vraag")],
        "/shares/{id}/answer" => vec![("answer", "Vat eerst samen")],
        "/promises/{id}/state" => vec![("state", "open")],
        _ => Vec::new(),
    }
}

#[test]
fn the_table_names_every_page_and_no_other() {
    let named: BTreeSet<(&str, &str)> = TABLE
        .iter()
        .filter(|(_, path, _)| !path.contains('?'))
        .map(|(method, path, _)| (*method, *path))
        .collect();
    let pages: BTreeSet<(&str, &str)> = PAGES.iter().copied().collect();
    assert_eq!(named, pages);
}

#[tokio::test]
async fn every_page_opens_for_the_roles_in_the_table_and_for_no_other() {
    let world = World::new(On::Sqlite).await.unwrap();
    let mut all = Vec::new();
    for (role, letter) in LETTERS {
        all.push((letter, world.somebody(role.id(), role).await));
    }
    let id = all[0].1.open("chat-1", &COMPLAINT).await;
    let share = json!({"conversation": id, "coach": all[1].1.id, "question": "Hoe?"});
    all[0].1.post("/shares", &share).await.expect(201);
    let mut rows = TABLE.to_vec();
    rows.sort_by_key(|(_, path, _)| *path == "/logout");
    for (method, pattern, roles) in rows {
        let path = pattern.replace("{id}", &id);
        let send = async |caller: &Caller| match method {
            "get" => caller.page(&path).await,
            _ => caller.form(&path, &fields(pattern)).await,
        };
        if roles == "everybody" {
            continue;
        }
        let nobody = send(&world.nobody()).await.expect(303);
        assert!(location(&nobody).starts_with("/login"), "{method} {path}");
        for (letter, caller) in &all {
            let answer = send(caller).await;
            let status = answer.status.as_u16();
            if roles.split(' ').any(|may| may == *letter) {
                assert!(
                    matches!(status, 200 | 303 | 404 | 409 | 422),
                    "{letter} {method} {path} {status}"
                );
            } else {
                assert_eq!(status, 403, "{letter} {method} {path}");
                assert!(answer.text.contains("Dit mag je niet zien"), "{}", answer.text);
            }
        }
    }
}

#[tokio::test]
async fn one_comes_in_with_a_password_and_goes_out_again() {
    let world = World::new(On::Sqlite).await.unwrap();
    world.add("samira", Role::Agent, Some(&world.team)).await;
    let nobody = world.nobody();
    let wrong = nobody.form("/login", &[("login", "<b>sam"), ("password", "x")]).await.expect(401);
    assert!(wrong.text.contains("horen niet bij elkaar"), "{}", wrong.text);
    assert!(wrong.text.contains("&#60;b&#62;sam") && !wrong.text.contains("<b>sam"));
    let to = nobody.page("/contacts?status=open").await.expect(303);
    assert_eq!(location(&to), "/login?next=/contacts%3Fstatus%3Dopen");
    let right = [("login", "samira"), ("password", PASSWORD), ("next", "/contacts?status=open")];
    let come_in = nobody.form("/login", &right).await.expect(303);
    assert_eq!(location(&come_in), "/contacts?status=open");
    let cookie = come_in.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    let mut samira = nobody.but("cookie", Some(cookie.split(';').next().unwrap()));
    let today = samira.page("/today").await.expect(200);
    let word = today.text.split("name=\"csrf\" value=\"").nth(1).unwrap();
    let word = word.split('"').next().unwrap().to_owned();
    let wrong = [("old", "mis"), ("new", "een heel nieuw wachtwoord")];
    let wrong = samira.but("x-csrf-token", Some(&word)).form("/account/password", &wrong).await;
    assert!(wrong.expect(422).text.contains("Er is niets veranderd"));
    samira.form("/logout", &[]).await.expect(403);
    samira = samira.but("x-csrf-token", Some(&word));
    samira.form("/logout", &[]).await.expect(303);
    assert_eq!(location(&samira.page("/today").await.expect(303)), "/login?next=/today");
}

#[tokio::test]
async fn a_form_from_another_site_is_refused() {
    let world = World::new(On::Sqlite).await.unwrap();
    let form =
        [("content-type", "application/x-www-form-urlencoded"), ("sec-fetch-site", "cross-site")];
    for path in ["/login", "/choice"] {
        let body = "login=a&password=b&lang=en";
        world.nobody().send_raw("POST", path, &form, body).await.expect(403);
    }
    let agent = world.somebody("samira", Role::Agent).await;
    let id = agent.open("chat-1", &COMPLAINT).await;
    let stranger = agent.but("x-csrf-token", Some("geraden"));
    let path = format!("/contacts/{id}/take");
    stranger.form(&path, &[("take", "no")]).await.expect(403);
}

#[tokio::test]
async fn language_and_light_are_kept_in_the_browser() {
    let world = World::new(On::Sqlite).await.unwrap();
    let nobody = world.nobody();
    let chosen = nobody.form("/choice", &[("lang", "en"), ("back", "//daar.nl")]).await.expect(303);
    assert_eq!(location(&chosen), "/");
    assert!(chosen.headers["set-cookie"].to_str().unwrap().starts_with("gehoord_lang=en"));
    let english = nobody.but("cookie", Some("gehoord_lang=en; gehoord_theme=dark"));
    let page = english.page("/login").await.expect(200);
    assert!(page.text.contains("<html lang=\"en\" data-theme=\"dark\">"), "{}", page.text);
    assert!(page.text.contains("Was this customer heard?"));
}

#[tokio::test]
async fn what_is_not_there_is_told_in_words_to_people_and_as_json_to_programs() {
    let world = World::new(On::Sqlite).await.unwrap();
    let page = world.nobody().page("/nergens").await.expect(404);
    assert!(page.text.contains("Deze pagina is er niet"));
    let program = world.nobody().send_raw("GET", "/nergens", &[], "").await.expect(404);
    assert_eq!(program.code(), "not_found");
    let stranger = world.somebody_of("ria", Role::Agent, Some(&world.other_team)).await;
    let id = stranger.open("elders", &COMPLAINT).await;
    let agent = world.somebody("samira", Role::Agent).await;
    let there = agent.page(&format!("/contacts/{id}")).await.expect(404);
    assert!(there.text.contains("Deze pagina is er niet") && !there.text.contains(&id[..8]));
}

/// Text that would be a script, a tag or an attribute if it were not escaped.
const HOSTILE: &str = "<script>alert(1)</script> \" onfocus=alert(2) ' <img src=x onerror=alert(3)> \
                       Ik bel nu al voor de derde keer en word er moedeloos van!";

#[tokio::test]
async fn what_a_customer_writes_is_text_and_nothing_else() {
    let world = World::new(On::Sqlite).await.unwrap();
    let agent = world.somebody("samira", Role::Agent).await;
    let reply = format!("{HOSTILE} Ik bel u morgen <b>terug</b> voor 12 uur.");
    let turns = json!([{"party": "customer", "text": HOSTILE}, {"party": "agent", "text": reply},
        {"party": "customer", "text": HOSTILE}]);
    let body = json!({"id": "<i>", "channel": "chat", "locale": "nl-NL", "subject": HOSTILE,
        "customer": "<u>", "turns": turns});
    let id = agent.post("/conversations", &body).await.expect(201).id();
    let coach = world.somebody("noor", Role::Coach).await;
    let contact = format!("/contacts/{id}");
    let fields = [("coach", coach.id.as_str()), ("question", HOSTILE)];
    agent.form(&format!("{contact}/share"), &fields).await.expect(303);
    let promises = agent.get(&format!("/conversations/{id}/promises")).await.expect(200).json;
    let promise = promises[0]["id"].as_str().expect("a promise").to_owned();
    let fields = [("state", "broken"), ("reason", HOSTILE)];
    agent.form(&format!("/promises/{promise}/state"), &fields).await.expect(303);
    for path in [contact.as_str(), "/contacts", "/today", "/search?words=%3Cscript%3Ealert"] {
        let page = agent.page(path).await.expect(200);
        for bad in ["<script>alert", "<img src=x", "\" onfocus", "<b>terug"] {
            assert!(!page.text.contains(bad), "{path}: {bad}");
        }
        assert!(page.text.contains("&#60;script&#62;"), "{path} shows it as text");
    }
}

#[tokio::test]
async fn no_page_needs_more_than_the_rules_for_contents_allow() {
    let world = World::new(On::Sqlite).await.unwrap();
    let agent = world.somebody("samira", Role::Agent).await;
    let administrator = world.somebody("beheer", Role::Administrator).await;
    let id = agent.open("chat-1", &COMPLAINT).await;
    let contact = format!("/contacts/{id}");
    for (caller, path) in [
        (&agent, "/login"),
        (&agent, contact.as_str()),
        (&agent, "/today"),
        (&agent, "/reply"),
        (&agent, "/note"),
        (&agent, "/practice"),
        (&agent, "/contacts"),
        (&agent, "/search?words=keer"),
        (&agent, "/privacy"),
        (&administrator, "/admin"),
    ] {
        let page = caller.page(path).await.expect(200);
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("script-src 'self'") && !policy.contains("unsafe"));
        assert!(!page.text.contains(" style=") && !page.text.contains("<style"), "{path}");
        assert!(!page.text.contains("<script>") && !page.text.contains("javascript:"), "{path}");
        assert!(!page.text.contains(" onclick") && !page.text.contains("http"), "{path}");
        assert!(page.text.len() < 100_000);
        let sheet = page.text.split("rel=\"stylesheet\" href=\"").nth(1).unwrap();
        let sheet = caller.page(sheet.split('"').next().unwrap()).await.expect(200);
        assert!(sheet.headers["cache-control"].to_str().unwrap().contains("immutable"));
    }
}

/// What feelings are called, in both languages.
const FEELINGS: [&str; 12] = [
    "ergernis",
    "boosheid",
    "teleurstelling",
    "bezorgdheid",
    "verdriet",
    "machteloosheid",
    "annoyance",
    "anger",
    "disappointment",
    "worry",
    "sadness",
    "powerlessness",
];

#[tokio::test]
async fn no_feeling_stands_outside_its_turn() {
    let world = World::new(On::Sqlite).await.unwrap();
    let agent = world.somebody("samira", Role::Agent).await;
    let id = agent.open("chat-1", &COMPLAINT).await;
    agent.say(&id, "customer", "Dat zei u vorige keer ook. Ik ben het zat!").await.expect(201);
    for path in ["/today", "/contacts", "/search?words=keer", &format!("/contacts/{id}")] {
        let page = agent.page(path).await.expect(200).text.to_lowercase();
        let outside: String = page
            .split("<article class=\"turn ")
            .map(|part| part.split_once("</article>").map_or(part, |(_, rest)| rest))
            .collect();
        for feeling in FEELINGS {
            assert!(!outside.contains(feeling), "{path}: {feeling}");
        }
    }
    let page = agent.page(&format!("/contacts/{id}")).await.expect(200).text;
    assert!(FEELINGS.iter().any(|feeling| page.contains(feeling)), "in the turn it stands");
}

/// The pages that one role may look at, with ids that are there.
async fn walk(world: &World, letter: &str, ids: &[(&str, &str)]) -> Vec<String> {
    let mut paths = Vec::new();
    for (method, pattern, roles) in TABLE {
        let may = roles == "everybody" || roles.split(' ').any(|one| one == letter);
        // What is loaded, and the socket of the voice, are no pages.
        let part = pattern.contains("{version}") || pattern == "/practice/sound";
        if method != "get" || !may || part {
            continue;
        }
        let known = ids.iter().filter(|(of, _)| *of == pattern);
        let filled: Vec<String> = known.map(|(_, id)| pattern.replace("{id}", id)).collect();
        if pattern.contains("{id}") {
            assert!(!filled.is_empty(), "an id for {pattern}");
            paths.extend(filled);
        } else {
            paths.push(pattern.to_owned());
        }
    }
    assert!(!world.team.is_empty() && paths.len() > 5);
    paths
}

#[tokio::test]
async fn every_page_keeps_the_rules_of_decency_in_both_languages() {
    let world = World::new(On::Sqlite).await.unwrap();
    let mut all = Vec::new();
    for (role, letter) in LETTERS {
        all.push((letter, world.somebody(role.id(), role).await));
    }
    let (agent, officer) = (all[0].1.clone(), all[4].1.clone());
    let id = agent.open("chat-1", &COMPLAINT).await;
    let share = json!({"conversation": id, "coach": all[1].1.id, "question": "Hoe?"});
    agent.post("/shares", &share).await.expect(201);
    agent.open("chat-2", &COMPLAINT).await;
    let gone = json!({"customer": "chat-2@example.nl", "reason": "AVG-7"});
    let erased = officer.post("/privacy/customers/erase", &gone).await.expect(200).id();
    let talk = b"Klant: Mijn pakket is er nog niet.\nMedewerker: Ik zoek het uit.\n";
    let given = all[5].1.give(&world.team, &[("gesprek.txt", talk)]).await;
    let ids = [
        ("/import/{id}", given.rsplit('/').next().unwrap()),
        ("/contacts/{id}", id.as_str()),
        ("/contacts/{id}/after", &id),
        ("/privacy/erasures/{id}", &erased),
        ("/admin/people/{id}", &agent.id),
        ("/admin/texts/{id}", "house_style"),
        ("/admin/texts/{id}", "rubric"),
        ("/admin/texts/{id}", "protocols_nl"),
        ("/admin/texts/{id}", "protocols_be"),
    ];
    for (letter, caller) in &all {
        for path in walk(&world, letter, &ids).await {
            for lang in ["nl", "en"] {
                let asks = [("accept", "text/html"), ("accept-language", lang)];
                let answer = caller.send_raw("GET", &path, &asks, "").await;
                if answer.status.as_u16() == 303 {
                    continue;
                }
                let page = answer.expect(200).text;
                let outside: String = page
                    .split("<article class=\"turn ")
                    .map(|part| part.split_once("</article>").map_or(part, |(_, rest)| rest))
                    .collect();
                let outside = outside.to_lowercase();
                for word in outside.split(|c: char| !c.is_alphabetic()) {
                    assert!(!FEELINGS.contains(&word), "{path} {lang}: {word}");
                }
                // How somebody listened stands on the contact, behind a fold, and nowhere else.
                if !path.starts_with("/contacts/") {
                    assert!(!page.contains(" / 100"), "{letter} {path}: a number");
                }
                assert!(!page.contains(" style=") && !page.contains("<script>"), "{path}");
                assert!(!page.contains(" onclick") && !page.contains("http:"), "{path}");
                assert!(page.contains("<h1"), "{path} has a heading");
                assert!(page.len() < 100_000, "{path}: {}", page.len());
                // Every field that somebody fills in has a label.
                for field in page.split(['<', '>']).filter(|tag| tag.starts_with("input ")) {
                    let hidden = field.contains("type=\"hidden\"");
                    let before = page.split(field).next().unwrap_or_default();
                    let open =
                        before.matches("<label").count() > before.matches("</label>").count();
                    assert!(hidden || open, "{path}: {field}");
                }
            }
        }
    }
}

#[tokio::test]
async fn how_an_agent_listened_is_on_their_page_and_on_that_of_whom_they_showed_it() {
    let world = World::new(On::Sqlite).await.unwrap();
    let agent = world.somebody("samira", Role::Agent).await;
    let colleague = world.somebody("kees", Role::Agent).await;
    let manager = world.somebody("hanna", Role::Manager).await;
    let coach = world.somebody("noor", Role::Coach).await;
    let id = agent.open("chat-1", &COMPLAINT).await;
    let path = format!("/contacts/{id}");
    coach.page(&path).await.expect(404);
    let fields = [("coach", coach.id.as_str()), ("question", "Wat had ik nog kunnen vragen?")];
    agent.form(&format!("{path}/share"), &fields).await.expect(303);
    for (caller, sees) in [(&agent, true), (&coach, true), (&colleague, false), (&manager, false)] {
        let page = caller.page(&path).await.expect(200).text;
        assert_eq!(page.contains("Is deze klant gehoord?"), sees);
        assert_eq!(page.contains("Wat goed ging"), sees);
        assert_eq!(page.contains("mark well"), sees);
        assert!(page.contains("Toezeggingen"), "promises are for the team");
        for path in ["/today?whose=team", "/contacts"] {
            let page = caller.page(path).await.text;
            assert!(!page.contains(" / 100"), "no number of how anybody listened: {path}");
        }
    }
    let page = coach.page(&path).await.expect(200).text;
    assert!(page.contains("Wat had ik nog kunnen vragen?"));
    let asked = coach.page("/shared").await.expect(200).text;
    assert!(asked.contains("Wat had ik nog kunnen vragen?") && asked.contains("samira"));
    let mine = agent.page("/shared").await.expect(200).text;
    let revoke = mine.split("action=\"").find(|part| part.contains("/revoke\"")).unwrap();
    coach.form(revoke.split('"').next().unwrap(), &[]).await.expect(404);
    agent.form(revoke.split('"').next().unwrap(), &[]).await.expect(303);
    coach.page(&path).await.expect(404);
}

#[tokio::test]
async fn the_forms_of_a_contact_do_what_they_say() {
    let world = World::new(On::Sqlite).await.unwrap();
    let agent = world.somebody("samira", Role::Agent).await;
    let id = agent.open("chat-1", &COMPLAINT).await;
    let path = format!("/contacts/{id}");
    let promises = format!("/conversations/{id}/promises");
    let promise = agent.get(&promises).await.expect(200).json[0]["id"].as_str().unwrap().to_owned();
    let due = [("due", "2030-07-01T17:00"), ("back", "/today")];
    let to = agent.form(&format!("/promises/{promise}/due"), &due).await.expect(303);
    assert_eq!(location(&to), "/today");
    let one = agent.get(&promises).await.json[0].clone();
    assert_eq!(
        (one["due"].as_str(), &one["confirmed"]),
        (Some("2030-07-01T17:00:00+02:00"), &json!(true))
    );
    agent.form(&format!("/promises/{promise}/due"), &[("due", "straks")]).await.expect(422);
    let kept = [("state", "kept")];
    agent.form(&format!("/promises/{promise}/state"), &kept).await.expect(303);
    assert_eq!(agent.get(&promises).await.json[0]["state"], "kept");
    assert!(agent.page(&path).await.expect(200).text.contains("nagekomen"));

    let page = agent.page(&path).await.expect(200).text;
    let finding = page.split("&amp;doubt=").nth(1).unwrap().split('#').next().unwrap();
    let form = agent.page(&format!("{path}?turn=0&doubt={finding}")).await.expect(200).text;
    assert!(form.contains("id=\"doubt\"") && !page.contains("id=\"doubt\""));
    let doubt = [("position", "0"), ("finding", finding), ("reason", "Dat bedoelt de klant niet")];
    agent.form(&format!("{path}/feedback"), &doubt).await.expect(303);
    assert!(agent.page(&path).await.expect(200).text.contains("Je zei dat dit niet klopt."));

    agent.form(&format!("{path}/status"), &[("status", "closed")]).await.expect(303);
    assert!(agent.page(&path).await.expect(200).text.contains("Heropen"));
    agent.form(&format!("{path}/status"), &[("status", "open")]).await.expect(303);
    agent.form(&format!("{path}/take"), &[("take", "no")]).await.expect(303);
    assert!(agent.page(&path).await.expect(200).text.contains("Neem op je"));
}

#[tokio::test]
async fn the_sum_behind_the_verdict_can_be_done_by_who_reads_it() {
    let world = World::new(On::Sqlite).await.unwrap();
    let agent = world.somebody("samira", Role::Agent).await;
    let id = agent.open("chat-1", &COMPLAINT).await;
    let page = agent.page(&format!("/contacts/{id}")).await.expect(200).text;
    let table = page.split("Toon berekening").last().unwrap().split("</table>").next().unwrap();
    let number = |text: &str| -> i64 {
        let digits = |c: &char| c.is_ascii_digit() || *c == '−';
        text.chars().filter(digits).collect::<String>().replace('−', "-").parse().unwrap()
    };
    let (mut sum, mut weights) = (0, 0);
    let body = table.split("<tbody>").nth(1).unwrap();
    for row in body.split("<tr>").filter(|row| row.contains(" %</td>")) {
        let cells: Vec<i64> = row
            .split("<td>")
            .skip(1)
            .map(|cell| number(cell.split("</td>").next().unwrap()))
            .collect();
        let [points, weight, adds] = cells[..] else { panic!("{row}") };
        assert!((points * weight - adds * 100).abs() <= 150, "{row}");
        (sum, weights) = (sum + adds, weights + weight);
    }
    assert!((98..=102).contains(&weights), "{body}");
    let rest = body.split("het verloop</th><td>").nth(1).unwrap().split("</td>").next().unwrap();
    let whole = body.split("<b>").nth(1).unwrap().split("</b>").next().unwrap();
    assert_eq!(sum + number(rest), number(whole), "{body}");
}

#[tokio::test]
async fn the_day_says_what_happened() {
    let world = World::new(On::Sqlite).await.unwrap();
    let agent = world.somebody("samira", Role::Agent).await;
    let empty = agent.page("/today").await.expect(200).text;
    assert!(empty.contains("Niemand wacht op je"));
    for n in 0..3 {
        let turns = json!([{"party": "customer", "text": "Mijn pakket is er nog niet."}]);
        let body = json!({"id": format!("c{n}"), "channel": "email", "customer": "jan",
            "subject": "Pakket", "turns": turns});
        agent.post("/conversations", &body).await.expect(201);
    }
    let page = agent.page("/today").await.expect(200).text;
    for words in ["Wacht op antwoord", "3e contact", "2e contact", "wacht 1 minuut"] {
        assert!(page.contains(words), "{words}");
    }
}

#[tokio::test]
async fn the_first_administrator_is_told_how_to_begin() {
    let world = World::new(On::Sqlite).await.unwrap();
    let administrator = world.somebody("beheer", Role::Administrator).await;
    assert!(world.nobody().page("/login").await.text.contains("Eerste keer hier?"));
    assert!(administrator.page("/admin").await.expect(200).text.contains("Zo begin je"));
    administrator.form("/admin/teams", &[("name", "Nieuw team")]).await.expect(303);
    let fields = [("login", "jan"), ("name", "Jan"), ("role", "agent"), ("password", PASSWORD)];
    administrator.form("/admin/people", &fields).await.expect(303);
    let page = administrator.page("/admin").await.expect(200).text;
    assert!(page.contains("Nieuw team") && page.contains("jan"));
    assert!(!world.nobody().page("/login").await.text.contains("Eerste keer hier?"));
}

#[tokio::test]
async fn a_long_conversation_comes_in_pieces_that_are_small() {
    let world = World::new(On::Sqlite).await.unwrap();
    let agent = world.somebody("samira", Role::Agent).await;
    let turns: Vec<_> = (0..300).flat_map(|_| COMPLAINT).collect();
    let id = agent.open("long", &turns).await;
    for (path, has, has_not) in [
        (format!("/contacts/{id}"), "id=\"turn-599\"", "id=\"turn-500\""),
        (format!("/contacts/{id}?turn=7"), "id=\"turn-7\"", "id=\"turn-599\""),
    ] {
        let page = agent.page(&path).await.expect(200).text;
        assert!(page.contains(has) && !page.contains(has_not), "{path}");
        assert!(page.len() < 100_000, "{}", page.len());
    }
}
