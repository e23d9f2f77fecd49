//! Importeren: files go in by a form, one sees what was recognised, and they are read in; whatever the
//! files are.

mod common;

use std::io::Write;
use std::time::Duration;

use common::{Caller, On, World, counts};
use gehoord_store::{Role, Viewer};
use serde_json::json;

/// Has it read in, and waits until that is over; the page then.
async fn read_in(world: &World, caller: &Caller, way: &str, choices: &[(&str, &str)]) -> String {
    let mut fields = vec![("do", "start"), ("team", world.team.as_str()), ("source", "file")];
    fields.extend(choices);
    caller.form(&format!("{way}/choose"), &fields).await.expect(303);
    caller.imported(way).await
}

async fn pieces(world: &World) -> i64 {
    world.count("import_piece").await
}

const CHAT: &str = "Klant: Mijn pakket is er nog steeds niet, bel mij op 0612345678.\n\
                    Medewerker: Wat vervelend. Ik zoek het uit en bel u morgen voor 12 uur.\n";

#[tokio::test]
async fn files_are_looked_at_and_then_read_in() {
    for on in [On::Sqlite, On::Postgres] {
        let Some(world) = World::new(on).await else { continue };
        let server = world.serve().await;
        let admin = world.somebody("beheer", Role::Administrator).await;
        let json = "{\"id\":\"a\",\"turns\":[{\"party\":\"customer\",\"text\":\"Waar blijft het?\"}]}\n\
                    {\"id\":\"b\",\"turns\":[]}\n{\"id\":\"c\",\"turns\":[{\"party\":\"customer\",\"text\":\"Dank!\"}]}\n";
        let way = admin
            .give(&world.team, &[("chat.txt", CHAT.as_bytes()), ("meer.jsonl", json.as_bytes())])
            .await;
        let page = admin.page(&way).await.expect(200).text;
        assert!(
            page.contains("Tekst met sprekers") && page.contains("Mijn pakket is er"),
            "{page}"
        );
        assert!(!page.contains("0612345678"), "what is shown is masked");
        assert!(page.contains("2 bestanden · 3 gesprekken · 4 beurten"), "{page}");
        assert_eq!(world.count("conversation").await, 0, "nothing is kept before it is asked for");
        assert!(pieces(&world).await > 0);

        let done = read_in(&world, &admin, &way, &[]).await;
        assert_eq!(counts(&done), [3, 0, 0, 1], "{done}");
        assert!(done.contains("meer.jsonl") && done.contains("regel 2"), "{done}");
        assert_eq!(pieces(&world).await, 0, "the files are gone");

        // The same files again change nothing.
        let way = admin.give(&world.team, &[("chat.txt", CHAT.as_bytes())]).await;
        assert_eq!(counts(&read_in(&world, &admin, &way, &[]).await), [0, 0, 1, 0]);
        let way = admin.give(&world.team, &[("meer.jsonl", json.as_bytes())]).await;
        assert_eq!(counts(&read_in(&world, &admin, &way, &[]).await), [0, 0, 2, 1]);
        assert_eq!(world.count("conversation").await, 3);
        assert!(
            admin.page("/import").await.expect(200).text.contains("3 gesprekken binnengehaald")
        );

        // What was promised is followed as any other.
        let agent = world.somebody("samira", Role::Agent).await;
        let promises = agent.get("/promises").await.expect(200).json;
        assert_eq!(promises["promises"].as_array().unwrap().len(), 1, "{promises}");
        server.stop().await;
    }
}

#[tokio::test]
async fn columns_and_speakers_are_said_by_hand() {
    let world = World::new(On::Sqlite).await.unwrap();
    let server = world.serve().await;
    let admin = world.somebody("beheer", Role::Administrator).await;
    let csv = "nr;van wie;wat dan\n1;Balie 3;Goedemorgen\n1;bezoeker;Mijn pas werkt niet\n";
    let way = admin.give(&world.team, &[("export.csv", csv.as_bytes())]).await;
    let page = admin.page(&way).await.expect(200).text;
    assert!(
        page.contains("Een kolom die nodig is") && page.contains("Mijn pas werkt niet"),
        "{page}"
    );
    assert!(page.contains("value=\"start\" disabled"), "there is nothing to read in yet");
    let columns = [
        ("team", world.team.as_str()),
        ("source", "file"),
        ("f0.c0", "conversation"),
        ("f0.c1", "party"),
        ("f0.c2", "text"),
        ("do", "look"),
    ];
    admin.form(&format!("{way}/choose"), &columns).await.expect(303);
    let page = admin.page(&way).await.expect(200).text;
    assert!(page.contains("één gesprek · 2 beurten"), "{page}");
    assert!(page.contains("name=\"f0.p1\""), "{page}");
    let parties = [("f0.p0", "agent"), ("f0.p1", "customer"), ("channel", "in_person")];
    assert_eq!(counts(&read_in(&world, &admin, &way, &parties).await), [1, 0, 0, 0]);
    let turns = world.rows("SELECT party || ' ' || text FROM turn ORDER BY position").await;
    assert_eq!(turns, ["agent Goedemorgen", "customer Mijn pas werkt niet"]);
    assert_eq!(world.rows("SELECT channel FROM conversation").await, ["in_person"]);

    // Names without a role: who was guessed wrong is set right.
    let text = "Anna: Dag, het licht doet het niet meer.\nBram: Dag, ik heb dat ook.\n\
                Anna: Al een week.\nBram: Ik ook.\n";
    let way = admin.give(&world.team, &[("twee.txt", text.as_bytes())]).await;
    let page = admin.page(&way).await.expect(200).text;
    assert!(page.contains("Wie is wie?") && page.contains("name=\"f0.s1\""), "{page}");
    let who = [("f0.s0", "agent"), ("f0.s1", "customer")];
    assert_eq!(counts(&read_in(&world, &admin, &way, &who).await), [1, 0, 0, 0]);
    let query = "SELECT party FROM turn WHERE text LIKE 'Dag, het licht%'";
    assert_eq!(world.rows(query).await, ["agent"]);
    server.stop().await;
}

#[tokio::test]
async fn who_was_erased_comes_in_again_by_no_door_unseen() {
    for on in [On::Sqlite, On::Postgres] {
        let Some(world) = World::new(on).await else { continue };
        let server = world.serve().await;
        let admin = world.somebody("beheer", Role::Administrator).await;
        let officer = world.somebody("fg", Role::PrivacyOfficer).await;
        let agent = world.somebody("samira", Role::Agent).await;
        let line = |id: &str, customer: &str| {
            let said = json!([{"party": "customer", "text": "Waar blijft het pakket?"}]);
            json!({"id": id, "customer": customer, "turns": said})
        };
        let both = format!("{}\n{}\n", line("a", "jan@example.nl"), line("b", "els@example.nl"));
        let give = async || admin.give(&world.team, &[("chats.jsonl", both.as_bytes())]).await;
        assert_eq!(counts(&read_in(&world, &admin, &give().await, &[]).await), [2, 0, 0, 0]);
        let gone = json!({"customer": "jan@example.nl", "reason": "AVG-7"});
        officer.post("/privacy/customers/erase", &gone).await.expect(200);

        let done = read_in(&world, &admin, &give().await, &[]).await;
        assert_eq!(counts(&done), [0, 0, 1, 1], "{done}");
        let line_of_page = "Eén gesprek van een klant die gewist is, is overgeslagen.";
        assert!(done.contains(line_of_page) && !done.contains("regel 1"), "{done}");
        let refused = agent.post("/conversations", &line("c", "jan@example.nl")).await.expect(409);
        assert_eq!(refused.code(), "customer_erased", "{}", refused.text);
        assert!(refused.text.contains("--erased-too"), "{}", refused.text);
        let note = [("matter", "Jan belde"), ("customer", "jan@example.nl")];
        let page = agent.form("/note", &note).await.expect(409).text;
        assert!(page.contains("Deze klant is gewist"), "{page}");
        assert_eq!(world.count("conversation").await, 1);
        agent.post("/conversations", &line("c", "els@example.nl")).await.expect(201);
        server.stop().await;
    }
}

#[tokio::test]
async fn nobody_is_named_by_an_id_of_what_is_read_in() {
    let world = World::new(On::Sqlite).await.unwrap();
    let server = world.serve().await;
    let admin = world.somebody("beheer", Role::Administrator).await;
    let turn =
        json!({"external_id": "<4.jan@example.nl>", "party": "customer", "text": "Hoi daar"});
    let line = json!({"id": "whatsapp-0612345678", "turns": [turn]}).to_string();
    for expected in [[1, 0, 0, 0], [0, 0, 1, 0]] {
        let way = admin.give(&world.team, &[("chats.jsonl", line.as_bytes())]).await;
        assert_eq!(counts(&read_in(&world, &admin, &way, &[]).await), expected);
    }
    for query in [
        "SELECT external_id FROM conversation",
        "SELECT COALESCE(external_id, 'id@0123456789abcdef') FROM turn",
    ] {
        let ids = world.rows(query).await;
        assert!(ids.iter().all(|id| id.starts_with("id@") && id.len() == 19), "{ids:?}");
    }
    server.stop().await;
}

/// A workbook whose sheet unpacks to far more than it is.
fn bomb() -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    for (name, bytes) in [
        ("[Content_Types].xml", b"<Types/>".to_vec()),
        ("xl/workbook.xml", b"<workbook/>".to_vec()),
        ("xl/worksheets/sheet1.xml", vec![b' '; 300 * 1024 * 1024]),
    ] {
        zip.start_file(name, options).unwrap();
        zip.write_all(&bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[tokio::test]
async fn whatever_the_files_are_each_gets_its_own_line_and_the_good_ones_come_in() {
    let world = World::new(On::Sqlite).await.unwrap();
    let server = world.serve().await;
    let admin = world.somebody("beheer", Role::Administrator).await;
    let mut latin = b"Klant: Het pakketje is al ge\xEFsoleerd\n".to_vec();
    latin.extend_from_slice(b"Medewerker: Wat fijn \xFF\xFE\n");
    let bomb = bomb();
    let files: Vec<(&str, &[u8])> = vec![
        ("leeg.txt", b""),
        ("bom.xlsx", &bomb),
        ("niet.xlsx", b"dit is geen werkblad"),
        ("plaatje.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
        ("latin.txt", &latin),
        ("../../etc/passwd.txt", CHAT.as_bytes()),
        ("chat.txt", b"Klant: Eerste bestand\nMedewerker: Dag\n"),
        ("chat.txt", b"Klant: Tweede bestand\nMedewerker: Dag\n"),
        ("<script>alert(1)</script>.json", b"{\"turns\": kapot"),
    ];
    let way = admin.give(&world.team, &files).await;
    let page = admin.page(&way).await.expect(200).text;
    assert!(page.contains("Hier staan geen woorden van een gesprek in."), "0 bytes");
    assert!(page.contains("Dit werkblad is niet te lezen."), "{page}");
    assert!(page.contains("Dit soort bestand is niet te lezen"), "{page}");
    assert!(page.contains("Dit is geen geldige JSON."), "{page}");
    assert!(page.contains("passwd.txt") && !page.contains("../"), "{page}");
    assert!(!page.contains("<script>alert"), "{page}");
    let done = read_in(&world, &admin, &way, &[]).await;
    assert_eq!(counts(&done), [4, 0, 0, 5], "{done}");
    assert!(!std::path::Path::new("/etc/passwd.txt").exists());
    server.stop().await;
}

#[tokio::test]
async fn the_same_conversation_twice_is_read_in_once_and_told() {
    let world = World::new(On::Sqlite).await.unwrap();
    let server = world.serve().await;
    let admin = world.somebody("beheer", Role::Administrator).await;
    let one = "{\"id\":\"x\",\"turns\":[{\"party\":\"customer\",\"text\":\"Eerst\"}]}\n\
               {\"id\":\"x\",\"turns\":[{\"party\":\"customer\",\"text\":\"Later\"}]}\n";
    for expected in [[1, 0, 0, 1], [0, 0, 1, 1]] {
        let way = admin.give(&world.team, &[("x.jsonl", one.as_bytes())]).await;
        let done = read_in(&world, &admin, &way, &[]).await;
        assert_eq!(counts(&done), expected, "{done}");
        assert!(done.contains("stond al eerder"), "{done}");
    }
    assert_eq!(world.rows("SELECT text FROM turn").await, ["Eerst"]);
    server.stop().await;
}

/// `many` conversations of two turns.
fn many(many: usize) -> String {
    (0..many)
        .map(|n| {
            format!(
                "{{\"id\":\"m{n}\",\"turns\":[{{\"party\":\"customer\",\"text\":\"Vraag {n} over mijn \
                 rekening, die klopt niet.\"}},{{\"party\":\"agent\",\"text\":\"Ik kijk ernaar.\"}}]}}\n"
            )
        })
        .collect()
}

#[tokio::test]
async fn what_is_stopped_on_the_way_keeps_what_came_in_and_goes_on_when_given_again() {
    let world = World::new(On::Sqlite).await.unwrap();
    let server = world.serve().await;
    let admin = world.somebody("beheer", Role::Administrator).await;
    let lines = many(3_000);
    let way = admin.give(&world.team, &[("veel.jsonl", lines.as_bytes())]).await;
    let fields = [("do", "start"), ("team", world.team.as_str()), ("source", "file")];
    admin.form(&format!("{way}/choose"), &fields).await.expect(303);
    while world.count("conversation").await == 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    admin.form(&format!("{way}/cancel"), &[]).await.expect(303);
    let page = admin.page(&way).await.expect(200).text;
    assert!(page.contains("Gestopt") && page.contains("Wat al binnen was, blijft."), "{page}");
    let there = world.count("conversation").await;
    assert!(there < 3_000, "{there}");
    assert_eq!(counts(&page)[0], there);
    assert_eq!(pieces(&world).await, 0);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(world.count("conversation").await, there, "nothing comes in behind it");
    // Cancelled before it began it is gone.
    let way = admin.give(&world.team, &[("veel.jsonl", lines.as_bytes())]).await;
    let to = admin.form(&format!("{way}/cancel"), &[]).await.expect(303);
    assert_eq!(to.headers["location"], "/import");
    admin.page(&way).await.expect(404);
    assert_eq!(pieces(&world).await, 0);
    server.stop().await;
}

#[tokio::test]
async fn two_imports_at_once_and_a_server_that_stops_between_lose_and_double_nothing() {
    for on in [On::Sqlite, On::Postgres] {
        let Some(world) = World::new(on).await else { continue };
        let admin = world.somebody("beheer", Role::Administrator).await;
        let other = world.somebody("tweede", Role::Administrator).await;
        let lines = many(400);
        let mut ways = Vec::new();
        let server = world.serve().await;
        for caller in [&admin, &other] {
            let way = caller.give(&world.team, &[("veel.jsonl", lines.as_bytes())]).await;
            let fields = [("do", "start"), ("team", world.team.as_str()), ("source", "file")];
            caller.form(&format!("{way}/choose"), &fields).await.expect(303);
            // Asked for twice, done once.
            caller.form(&format!("{way}/choose"), &fields).await.expect(303);
            ways.push(way);
        }
        while world.count("conversation").await == 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        // Stops in the middle, as at a new version; the next process takes the work over.
        server.stop().await;
        let (world, [admin, other]) = world.again([admin, other]).await;
        let there = world.count("conversation").await;
        assert!(there > 0, "{there}");
        // Whoever held it is gone, and time goes by.
        world.run("UPDATE job SET held_until = 0 WHERE state = 'running'").await;
        let server = world.serve().await;
        let first = admin.imported(&ways[0]).await;
        let second = other.imported(&ways[1]).await;
        assert_eq!(world.count("conversation").await, 400);
        let (first, second) = (counts(&first), counts(&second));
        assert_eq!(first[0] + second[0], 400, "{first:?} {second:?}");
        assert_eq!(first.iter().chain(&second).sum::<i64>(), 800);
        world.store.check_integrity().await.unwrap();
        // Each sees their own.
        admin.page(&ways[1]).await.expect(404);
        server.stop().await;
    }
}

#[tokio::test]
async fn what_nobody_reads_in_goes_and_nobody_else_gets_in() {
    let world = World::new(On::Sqlite).await.unwrap();
    let admin = world.somebody("beheer", Role::Administrator).await;
    let agent = world.somebody("samira", Role::Agent).await;
    let files: [(&str, &[u8]); 1] = [("chat.txt", CHAT.as_bytes())];
    let word = agent.header("x-csrf-token").to_owned();
    agent.give_with(&word, &world.team, &files).await.expect(403);
    admin.give_with("geraden", &world.team, &files).await.expect(403);
    assert_eq!((pieces(&world).await, world.count("import").await), (0, 0));
    let word = admin.header("x-csrf-token").to_owned();
    let to = admin.give_with(&word, "elders", &files).await.expect(303);
    assert_eq!(to.headers["location"], "/import?wrong=team");
    assert_eq!((pieces(&world).await, world.count("import").await), (0, 0));
    assert_eq!(admin.give(&world.team, &[]).await, "/import?wrong=none");
    let large = vec![b'x'; 65 * 1024 * 1024];
    assert_eq!(admin.give(&world.team, &[("groot.txt", &large)]).await, "/import?wrong=large");
    assert_eq!((pieces(&world).await, world.count("import").await), (0, 0));
    let page = admin.page("/import?wrong=large").await.expect(200).text;
    assert!(page.contains("samen niet groter dan 64 MB"), "{page}");

    let way = admin.give(&world.team, &files).await;
    let sealed = world.rows("SELECT sealed FROM import_piece").await;
    assert!(!sealed[0].contains("pakket"), "it lies there sealed");
    let told = world.rows("SELECT told FROM import_file").await;
    assert!(!told[0].contains("chat"), "its name too");
    let audit = "SELECT action FROM audit WHERE action LIKE 'import%' ORDER BY at, id";
    assert_eq!(world.rows(audit).await.last().unwrap(), "import.upload");
    let later = async |hours: i64| {
        let request = world.store.request(&Viewer::machine(), "import.forget").await.unwrap();
        let now = request.now();
        request.at(now + hours * 60 * 60 * 1000)
    };
    let mut request = later(23).await;
    assert_eq!(request.forget_old_imports().await.unwrap(), 0);
    drop(request);
    let mut request = later(25).await;
    assert_eq!(request.forget_old_imports().await.unwrap(), 1);
    request.finish().await.unwrap();
    assert_eq!((pieces(&world).await, world.count("import").await), (0, 0));
    admin.page(&way).await.expect(404);
}

#[tokio::test]
async fn who_may_not_any_more_has_nothing_read_in() {
    let world = World::new(On::Sqlite).await.unwrap();
    let admin = world.somebody("beheer", Role::Administrator).await;
    let way = admin.give(&world.team, &[("chat.txt", CHAT.as_bytes())]).await;
    let fields = [("do", "start"), ("team", world.team.as_str()), ("source", "file")];
    admin.form(&format!("{way}/choose"), &fields).await.expect(303);
    world.run("UPDATE person SET role = 'agent' WHERE login = 'beheer'").await;
    let server = world.serve().await;
    for _ in 0..100 {
        if world.rows("SELECT state FROM job").await == ["failed"] {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(world.rows("SELECT error FROM job").await, ["forbidden"]);
    assert_eq!((world.count("conversation").await, pieces(&world).await), (0, 0));
    server.stop().await;
}

#[tokio::test]
async fn what_cannot_be_read_says_what_can_and_what_was_read_is_not_called_skipped() {
    let world = World::new(On::Sqlite).await.unwrap();
    let server = world.serve().await;
    let admin = world.somebody("beheer", Role::Administrator).await;
    let prose = "Vandaag belde een mevrouw over haar rekening. Ze was boos.\nIk legde het uit.\n";
    let way = admin.give(&world.team, &[("verslag.txt", prose.as_bytes())]).await;
    let page = admin.page(&way).await.expect(200).text;
    assert!(page.contains("Zet voor elke beurt wie er spreekt, bijvoorbeeld Klant: of"), "{page}");
    assert!(page.contains("Dit is niet te lezen") && !page.contains("Dit is herkend"), "{page}");
    let way = admin.give(&world.team, &[("brief.pdf", b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")]).await;
    let page = admin.page(&way).await.expect(200).text;
    assert!(
        page.contains("zoals een pdf, een foto of") && page.contains("(.csv, .xlsx)"),
        "{page}"
    );

    let csv = "conversation,party,text,at\n1,klant,Waar blijft het?,gisteren\n\
               1,medewerker,Ik kijk het na.,2026-03-02 10:01\n";
    let way = admin.give(&world.team, &[("tabel.csv", csv.as_bytes())]).await;
    let page = admin.page(&way).await.expect(200).text;
    assert!(page.contains("De beurt telt mee, zonder tijd."), "{page}");
    assert!(!page.contains("Wat niet gelezen kan worden"), "it was read: {page}");
    let done = read_in(&world, &admin, &way, &[]).await;
    assert_eq!(counts(&done), [1, 0, 0, 0], "{done}");
    assert!(done.contains("Wel binnen, goed om te weten") && !done.contains("Wat is overgeslagen"));
    assert_eq!(done.matches("De beurt telt mee").count(), 1, "{done}");
    server.stop().await;
}
