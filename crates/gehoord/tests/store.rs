//! The commands over what is kept, as a user runs them: on SQLite and on PostgreSQL.

mod common;
#[allow(dead_code, reason = "each test file uses its own part")]
#[path = "../../gehoord-store/tests/common/databases.rs"]
mod databases;
#[path = "common/place.rs"]
mod place;

use std::io::Write;
use std::net::TcpListener;
use std::path::Path;
use std::time::{Duration, Instant};

use common::{folder, text};
use place::{On, Place, Server, bare, output};
use serde_json::Value;
use sqlx::{Connection, Executor};

/// A password for tests.
const PASSWORD: &str = "een lang wachtwoord";

/// A customer with a name in the words, and a promise.
const COMPLAINT: &str = r#"{"id":"zaak-1","customer":"k-4711","locale":"nl-NL","turns":[
  {"party":"customer","text":"Met Wilhelmina Zonderland. Ik bel nu voor de derde keer over mijn pakket, dit is toch niet normaal?","at":"2026-03-02T10:00:00+01:00"},
  {"party":"agent","speaker":"Samira","text":"Drie keer bellen is niet goed, mevrouw Zonderland. Ik zoek het uit en bel u morgen voor 12 uur.","at":"2026-03-02T10:01:00+01:00"}]}"#;

fn line(id: usize) -> String {
    format!(
        r#"{{"id":"c{id}","customer":"k{}","locale":"nl-NL","turns":[{{"party":"customer","text":"Ik wacht al {id} dagen op mijn pakket, en niemand belt terug."}},{{"party":"agent","text":"Dat is te lang. Ik zoek het nu uit."}}]}}"#,
        id % 40
    )
}

fn lines(count: usize) -> String {
    (0..count).map(|id| line(id) + "\n").collect()
}

/// Erases a customer for a reason.
fn erase(customer: &str) -> [&str; 6] {
    ["erase", "--customer", customer, "--yes", "--reason", "request AVG-7"]
}

fn wait_for_the_first(place: &Place) {
    let began = Instant::now();
    // Before the first there is no database to look into.
    while place.run(&["export"], "").stdout.is_empty() {
        assert!(began.elapsed() < Duration::from_secs(60), "nothing was written");
    }
}

/// Every example of the repository.
fn examples() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let folders = std::fs::read_dir(root).unwrap().flatten().map(|entry| entry.path());
    let files = folders.filter(|path| path.is_dir()).flat_map(|path| path.read_dir().unwrap());
    let paths = files.flatten().map(|entry| entry.path());
    let is_example =
        |path: &std::path::PathBuf| path.extension().is_some_and(|e| e == "json" || e == "txt");
    paths
        .filter(is_example)
        .map(|path| path.canonicalize().unwrap().display().to_string())
        .collect()
}

/// Each test twice: on SQLite and on PostgreSQL.
macro_rules! in_both_places {
    ($($(#[$meta:meta])* fn $name:ident($place:ident, $on:ident) $body:block)*) => {
        $($(#[$meta])* fn $name($place: &Place, $on: On) $body)*
        mod sqlite {
            use super::{On, Place};
            $(#[test] fn $name() {
                super::$name(&Place::new(On::Sqlite).unwrap(), On::Sqlite);
            })*
        }
        mod postgres {
            use super::{On, Place};
            $(#[test] fn $name() {
                let Some(place) = Place::new(On::Postgres) else { return };
                super::$name(&place, On::Postgres);
            })*
        }
    };
}

in_both_places! {
    fn what_the_readme_promises(place, _on) {
        let files = examples();
        let mut args = vec!["import", "--team", "Service", "--quiet"];
        args.extend(files.iter().map(String::as_str));
        let said = place.good(&args, "");
        assert_eq!(said, format!("{} nieuw, 0 veranderd, 0 hetzelfde, 0 mislukt\n", files.len()));
        let add = ["user", "add", "samira", "--name", "Samira", "--role", "agent", "--team",
            "Service", "--password-stdin"];
        place.good(&add, PASSWORD);
        place.good(&["import", "-", "--team", "Service"], COMPLAINT);

        let mut server = Server::start(place, "sleutel staat in");
        assert!(server.said.contains("Log in als 'admin'"), "no administrator yet: {}", server.said);
        let cookie = server.log_in("samira", PASSWORD);
        let cookie = [("cookie", cookie.as_str())];
        let (_, _, page) = server.ask("GET", "/api/v1/conversations?limit=200", &cookie, "");
        let list = page["conversations"].as_array().unwrap();
        assert_eq!(list.len(), files.len() + 1);
        let found = list.iter().find(|line| line["external_id"] == "zaak-1").unwrap();
        let path = format!("/api/v1/conversations/{}", found["id"].as_str().unwrap());
        let (_, _, read) = server.ask("GET", &path, &cookie, "");
        assert!(!read.to_string().contains("Zonderland"), "{read}");
        let items = read["items"].as_array().unwrap();
        assert_eq!(items[0]["finding"]["repeat_contact"], true, "{read}");
        assert!(items[1]["finding"]["score"].is_number(), "Samira's own: {read}");

        let kept: Value =
            serde_json::from_str(&place.good(&["export", "--customer", "k-4711"], "")).unwrap();
        assert!(kept.to_string().contains("Wilhelmina Zonderland"), "{kept}");
        assert!(!kept.to_string().contains("score"), "nothing about agents: {kept}");
        let proof: Value =
            serde_json::from_str(&place.good(&erase("k-4711"), "")).unwrap();
        // Two turns of this complaint, two of the example of the same customer.
        assert_eq!((&proof["left"], &proof["removed"]["turn"]), (&0.into(), &4.into()));
        assert_eq!(server.ask("GET", &path, &cookie, "").0, 404);
        assert_eq!(place.run(&erase("k-4711"), "").status.code(), Some(1));

        let audit = place.good(&["privacy", "audit", "--limit", "1000"], "");
        for action in ["import", "people.add", "conversation.read", "customer.export",
            "customer.erase"] {
            assert!(audit.contains(&format!("\t{action}\t")), "'{action}' is missing:\n{audit}");
        }
        let hers = place.good(&["privacy", "audit", "--who", "samira"], "");
        assert!(hers.lines().all(|line| line.contains("\tsamira\tagent\t")), "{hers}");
        assert_eq!(server.stop(), Some(0), "it stops when asked");
    }

    fn the_first_start_makes_an_administrator_once(place, _on) {
        let mut server = Server::start(place, "sleutel staat in");
        let words: Vec<&str> = server.said.split('\'').collect();
        let [_, login, _, password, ..] = words[..] else { panic!("{}", server.said) };
        let (login, password) = (login.to_owned(), password.to_owned());
        server.log_in(&login, &password);
        assert_eq!(server.stop(), Some(0));
        let mut again = Server::start(place, "proxy");
        assert!(!again.said.contains(&password));
        again.log_in(&login, &password);
    }

    fn the_same_import_again_changes_nothing(place, _on) {
        let files = examples();
        let mut args = vec!["import", "--team", "Service", "--quiet"];
        args.extend(files.iter().map(String::as_str));
        place.good(&args, "");
        let before = place.kept();
        let said = place.good(&args, "");
        assert_eq!(said, format!("0 nieuw, 0 veranderd, {} hetzelfde, 0 mislukt\n", files.len()));
        assert_eq!(place.kept(), before);
        place.good(&["import", "-", "--team", "Service"], COMPLAINT);
        let changed = COMPLAINT.replace("derde keer", "vierde keer");
        let said = place.good(&["import", "-", "--team", "Service"], &changed);
        assert_eq!(said, "0 nieuw, 1 veranderd, 0 hetzelfde, 0 mislukt\n");
        let said = place.good(&["import", "-", "--team", "Service"], &changed);
        assert_eq!(said, "0 nieuw, 0 veranderd, 1 hetzelfde, 0 mislukt\n");
    }

    fn an_import_that_was_killed_goes_on_where_it_was(place, on) {
        let clean = place.beside(on);
        let whole = lines(700);
        clean.good(&["import", "-", "--team", "Service"], &whole);
        let mut child = place.command(&["import", "-", "--team", "Service"]).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // Standard input stays open: it cannot be done before it is killed.
        stdin.write_all(lines(600).as_bytes()).unwrap();
        stdin.flush().unwrap();
        wait_for_the_first(place);
        child.kill().unwrap();
        child.wait().unwrap();
        let halfway = place.kept().len();
        assert!(halfway < 700);
        let said = place.good(&["import", "-", "--team", "Service"], &whole);
        let new = 700 - halfway;
        assert_eq!(said, format!("{new} nieuw, 0 veranderd, {halfway} hetzelfde, 0 mislukt\n"));
        assert_eq!(place.kept(), clean.kept());
    }

    fn one_that_cannot_be_kept_does_not_take_the_others_along(place, _on) {
        let twice = r#"{"id":"w","turns":[{"party":"customer","text":"a","external_id":"1"},{"party":"customer","text":"b","external_id":"1"}]}"#;
        let long = format!(r#"{{"id":"{}","turns":[{{"party":"customer","text":"a"}}]}}"#, "x".repeat(1001));
        let input = format!("{}\n{twice}\n{{\n{long}\n{}\n", line(1), line(2));
        let output = place.run(&["import", "-", "--team", "Service"], &input);
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(text(&output.stdout), "2 nieuw, 0 veranderd, 0 hetzelfde, 3 mislukt\n");
        let said = text(&output.stderr);
        assert!(said.contains("-:2: ") && said.contains("-:3: ") && said.contains("-:4: "), "{said}");
        assert_eq!(place.kept().len(), 2);
    }

    fn a_name_that_comes_twice_in_one_input_is_one_conversation_with_its_own_masks(place, _on) {
        let second = COMPLAINT.replace("Wilhelmina Zonderland", "Kees Bakker")
            .replace("mevrouw Zonderland", "meneer Bakker").replace('\n', " ");
        let input = format!("{}\n{second}\n", COMPLAINT.replace('\n', " "));
        let said = place.good(&["import", "-", "--team", "Service"], &input);
        assert_eq!(said, "1 nieuw, 1 veranderd, 0 hetzelfde, 0 mislukt\n");
        let kept: Value =
            serde_json::from_str(&place.good(&["export", "--customer", "k-4711"], "")).unwrap();
        let one = &kept["conversations"][0];
        let said = one["turns"][0]["text"].as_str().unwrap();
        let mask = said.split_once('[').unwrap().1.split_once(']').unwrap().0;
        assert_eq!(one["behind_the_masks"][format!("[{mask}]")], "Kees Bakker", "{kept}");
    }

    fn a_backup_is_restored_with_its_key_only(place, on) {
        place.good(&["import", "-", "--team", "Service"], &lines(60));
        place.good(&["import", "-", "--team", "Service"], COMPLAINT);
        let said = place.good(&["backup", "kopie.jsonl"], "");
        assert!(said.contains("kopie.jsonl"), "{said}");
        let refused = place.run(&["backup", "kopie.jsonl"], "");
        assert_eq!(refused.status.code(), Some(2));
        assert!(text(&refused.stderr).contains("--force"));
        place.good(&["backup", "kopie.jsonl", "--force"], "");
        place.good(&erase("k-4711"), "");

        let beside = place.beside(on);
        let mut wrong = beside.command(&["restore", "kopie.jsonl"]);
        wrong.env("GEHOORD_KEY_FILE", "andere.key").env("GEHOORD_DATABASE", match on {
            On::Sqlite => "sqlite:andere.db".to_owned(),
            On::Postgres => place.beside(on).database.clone(),
        });
        let wrong = output(wrong, "");
        assert_eq!(wrong.status.code(), Some(2));
        assert!(text(&wrong.stderr).contains("--key-file"), "{}", text(&wrong.stderr));
        for file in ["andere.key", "andere.db"] {
            assert!(!place.folder.join(file).exists(), "{file} is not left behind");
        }
        // A wrong key that is there leaves nothing that would shut the right one out.
        let third = place.beside(on);
        let mut made = bare(&place.folder, &["team", "add", "Zorg"]);
        made.env("GEHOORD_DATABASE", "sqlite:los.db").env("GEHOORD_KEY_FILE", "los.key");
        assert_eq!(output(made, "").status.code(), Some(0));
        let mut wrong = third.command(&["restore", "kopie.jsonl"]);
        wrong.env("GEHOORD_KEY_FILE", "los.key");
        let wrong = output(wrong, "");
        assert!(text(&wrong.stderr).contains("--key-file"), "{}", text(&wrong.stderr));

        let restored = beside.good(&["restore", "kopie.jsonl"], "");
        let told = "1 klanten opnieuw gewist (lijsten van gewiste klanten gelezen: 1)";
        assert!(restored.contains(told), "{restored}");
        assert_eq!(beside.kept(), place.kept());
        let again = beside.run(&["restore", "kopie.jsonl"], "");
        assert_eq!(again.status.code(), Some(2));
        let said = text(&again.stderr);
        assert!(said.contains("de database is in gebruik") && said.contains("--database"), "{said}");
    }

    fn a_backup_in_another_place_says_that_who_was_erased_may_be_back(place, on) {
        place.good(&["import", "-", "--team", "Service"], COMPLAINT);
        let backup = output(place.command(&["backup", "-"]), "");
        assert!(text(&backup.stderr).contains("rijen in -"), "{}", text(&backup.stderr));
        place.good(&erase("k-4711"), "");
        let elsewhere = Place::new(on).unwrap();
        std::fs::write(elsewhere.folder.join("kopie.jsonl"), &backup.stdout).unwrap();
        let key = elsewhere.folder.join("gehoord.key");
        std::fs::copy(place.folder.join("gehoord.key"), key).unwrap();
        let restored = elsewhere.good(&["restore", "kopie.jsonl"], "");
        assert!(restored.contains("geen lijst van gewiste klanten"), "{restored}");
        assert!(restored.contains("--erased"), "{restored}");
        assert_eq!(elsewhere.kept().len(), 1);

        let list = place.folder.join("gehoord.files").join("erased-customers.txt");
        let list = list.display().to_string();
        let with = ["restore", "kopie.jsonl", "--erased", &list];
        let third = elsewhere.beside(on);
        let gone = ["restore", "kopie.jsonl", "--erased", "weg.txt"];
        let gone = third.run(&gone, "");
        assert!(text(&gone.stderr).contains("weg.txt kan niet gelezen worden"), "{}", text(&gone.stderr));
        assert!(third.good(&with, "").contains("1 klanten opnieuw gewist"));
        assert!(third.kept().is_empty());

        let whole = text(&backup.stdout);
        let half: Vec<&str> = whole.lines().take(whole.lines().count() / 2).collect();
        std::fs::write(elsewhere.folder.join("half.jsonl"), half.join("\n")).unwrap();
        let fourth = Place::new(on).unwrap();
        let half = elsewhere.folder.join("half.jsonl").display().to_string();
        std::fs::copy(place.folder.join("gehoord.key"), fourth.folder.join("gehoord.key")).unwrap();
        let refused = fourth.run(&["restore", &half], "");
        assert_eq!(refused.status.code(), Some(2));
        assert!(text(&refused.stderr).contains("niet heel"), "{}", text(&refused.stderr));
        assert!(!fourth.folder.join("gehoord.db").exists());
    }

    fn who_was_erased_does_not_come_in_again_unseen(place, _on) {
        let import = ["import", "-", "--team", "Service"];
        let both = format!("{}\n{}\n", COMPLAINT.replace('\n', " "), line(1));
        place.good(&import, &both);
        place.good(&erase("k-4711"), "");
        let said = place.good(&import, &both);
        let (counts, note) = said.split_once('\n').unwrap();
        assert_eq!(counts, "0 nieuw, 0 veranderd, 1 hetzelfde, 0 mislukt");
        assert!(note.starts_with("1 gesprekken zijn niet ingelezen"), "{note}");
        assert_eq!(place.kept().len(), 1);
        let said = place.good(&[&import[..], &["--erased-too"]].concat(), &both);
        assert_eq!(said, "1 nieuw, 0 veranderd, 1 hetzelfde, 0 mislukt\n");
    }

    fn erasing_needs_a_reason_that_stays_with_the_proof(place, _on) {
        place.good(&["import", "-", "--team", "Service"], COMPLAINT);
        for more in [&[][..], &["--reason", "  "]] {
            let refused = place.run(&[&["erase", "--customer", "k-4711", "--yes"], more].concat(), "");
            assert_eq!(refused.status.code(), Some(2));
            assert!(text(&refused.stderr).contains("--reason"), "{}", text(&refused.stderr));
        }
        assert_eq!(place.kept().len(), 1);
        let proof: Value = serde_json::from_str(&place.good(&erase("k-4711"), "")).unwrap();
        assert_eq!(proof["reason"], "request AVG-7");
    }

    fn who_only_looks_makes_no_database_and_no_key(place, on) {
        let make_nothing: [&[&str]; 9] = [
            &["user", "list"], &["team", "list"], &["export"], &["privacy", "audit"],
            &["privacy", "retention", "show"], &["backup", "kopie.jsonl"], &["listen-again"],
            &["erase", "--customer", "k-4711", "--yes", "--reason", "request"],
            &["user", "deactivate", "jan"],
        ];
        for args in make_nothing {
            let output = place.run(args, "");
            assert_eq!(output.status.code(), Some(2), "{args:?}");
            let said = text(&output.stderr);
            assert!(said.contains("nog geen database van gehoord"), "{args:?}: {said}");
            let left: Vec<_> = place.folder.read_dir().unwrap().flatten().collect();
            assert!(left.is_empty(), "{args:?}: {left:?}");
        }
        place.good(&["team", "add", "Service"], "");
        assert_eq!(place.good(&["user", "list"], ""), "");
        if on == On::Postgres {
            // No wrong key is made beside a database that has one.
            let lost = place.folder.join("weg.key");
            let said = place.run(&["user", "list", "--key-file", "weg.key"], "");
            assert!(text(&said.stderr).contains("weg.key was er niet") && !lost.exists());
        }
    }

    fn different_words_on_standard_input_are_different_conversations(place, _on) {
        let import = |words: &str| place.good(&["import", "-", "--team", "Service"], words);
        let (one, other) = ("Klant: Waar blijft mijn pakket?\nMedewerker: Ik zoek het uit.\n",
            "Klant: Mijn factuur klopt niet.\nMedewerker: Ik kijk mee.\n");
        for words in [one, other] {
            assert_eq!(import(words), "1 nieuw, 0 veranderd, 0 hetzelfde, 0 mislukt\n");
        }
        for words in [other, one] {
            assert_eq!(import(words), "0 nieuw, 0 veranderd, 1 hetzelfde, 0 mislukt\n");
        }
    }

    fn nobody_is_named_by_a_file_or_by_an_id(place, on) {
        let chat = "Klant: Waar blijft mijn pakket?\nMedewerker: Ik zoek het uit.\n";
        let files = ["WhatsApp-chat met Jan Jansen.txt", "WhatsApp Chat with +31 6 12345678.txt"];
        let ids = r#"{"id":"jan.jansen@example.nl","turns":[{"party":"customer","text":"Hallo","external_id":"<a1@mail.example.nl>"},{"party":"agent","text":"Dag","external_id":"t2"}]}"#;
        std::fs::write(place.folder.join("uit.jsonl"), format!("{ids}\n")).unwrap();
        let mut import = vec!["import", "--team", "Service", "uit.jsonl"];
        for file in files {
            std::fs::write(place.folder.join(file), chat).unwrap();
            import.push(file);
        }
        assert_eq!(place.good(&import, ""), "3 nieuw, 0 veranderd, 0 hetzelfde, 0 mislukt\n");
        assert_eq!(place.good(&import, ""), "0 nieuw, 0 veranderd, 3 hetzelfde, 0 mislukt\n");
        let kept = place.kept();
        for part in ["Jan", "jan", "12345678", "@mail", "WhatsApp"] {
            assert!(!kept.join("\n").contains(part), "'{part}' is in {kept:#?}");
        }
        assert!(kept.iter().any(|one| one.contains("\"t2\"")), "{kept:#?}");
        place.good(&["export", "--out", "terug.jsonl"], "");
        let beside = place.beside(on);
        beside.good(&["import", "terug.jsonl", "--team", "Service"], "");
        assert_eq!(beside.kept(), kept);
    }

    fn what_is_exported_is_masked_and_comes_in_again(place, on) {
        place.good(&["import", "-", "--team", "Service"], COMPLAINT);
        let kept = place.kept().join("\n");
        assert!(kept.contains("[naam-") && !kept.contains("Zonderland"), "{kept}");
        assert!(kept.contains("2026-03-02T10:00:00+01:00\""), "{kept}");
        place.good(&["export", "--from", "2026-03-02", "--until", "2026-03-03", "--team", "Service",
            "--out", "uit.jsonl"], "");
        let file = std::fs::read_to_string(place.folder.join("uit.jsonl")).unwrap();
        assert_eq!(file.trim_end(), kept);
        assert_eq!(place.good(&["export", "--from", "2026-03-03"], ""), "");
        let beside = place.beside(on);
        beside.good(&["import", "uit.jsonl", "--team", "Service"], "");
        assert_eq!(beside.kept().join("\n"), kept);
    }

    fn people_and_teams_are_looked_after(place, _on) {
        place.good(&["team", "add", "Zorg"], "");
        place.good(&["team", "add", "Avond", "--parent", "Zorg"], "");
        assert_eq!(place.good(&["team", "list"], ""), "Avond\tZorg\nZorg\n");
        let add = ["user", "add", "kees", "--role", "agent", "--team", "Zorg", "--password-stdin"];
        let short = place.run(&add, "kort");
        assert!(text(&short.stderr).contains("minstens 12 tekens"), "{}", text(&short.stderr));
        place.good(&add, PASSWORD);
        let asked = place.run(&["user", "password", "kees"], PASSWORD);
        assert!(text(&asked.stderr).contains("--password-stdin"), "{}", text(&asked.stderr));
        place.good(&["user", "password", "kees", "--password-stdin"], "een ander wachtwoord");
        place.good(&["user", "change", "kees", "--role", "coach"], "");
        assert_eq!(place.good(&["user", "list"], ""), "kees\tkees\tcoach\tZorg\n");
        place.good(&["user", "deactivate", "kees"], "");
        assert!(place.good(&["user", "list"], "").contains("mag niet naar binnen"));
        let unknown = place.run(&["user", "deactivate", "jan"], "");
        assert!(text(&unknown.stderr).contains("niemand heeft de inlognaam 'jan'"));
    }

    fn privacy_is_looked_after_on_the_machine_too(place, _on) {
        place.good(&["import", "-", "--team", "Service"], &lines(3));
        let rights = place.good(&["privacy", "rights"], "");
        assert!(rights.contains("read_audit\tprivacy_officer\n"), "{rights}");
        assert_eq!(place.good(&["listen-again"], ""), "0 gesprekken opnieuw beluisterd\n");
    }

    fn how_long_things_are_kept_is_decided_on_the_machine_too(place, _on) {
        let retention = |args: &[&str]| place.good(&[&["privacy", "retention"], args].concat(), "");
        let mail = COMPLAINT.replacen('{', r#"{"channel":"email","#, 1);
        place.good(&["import", "-", "--team", "Service"], &mail);
        assert_eq!(retention(&["show"]), "Er is niets afgesproken: alles blijft bewaard.\n");
        let long = ["set", "phone", "--days", "36500", "--originals-days", "30000"];
        assert!(retention(&long).starts_with("te verwijderen: 0 gesprekken"));
        let short = ["set", "email", "--days", "1", "--originals-days", "1"];
        let tried = retention(&[&short[..], &["--dry-run"]].concat());
        assert!(tried.starts_with("te verwijderen: 1 gesprekken"), "{tried}");
        assert_eq!(retention(&["show"]), "phone\t36500\t30000\n", "a dry run decides nothing");
        retention(&short);
        assert_eq!(retention(&["show"]), "phone\t36500\t30000\nemail\t1\t1\n");
        assert!(retention(&["run", "--dry-run"]).starts_with("te verwijderen: 1 gesprekken"));
        assert_eq!(place.kept().len(), 1);
        assert!(retention(&["run"]).starts_with("verwijderd: 1 gesprekken"));
        assert!(place.kept().is_empty());
        retention(&["unset", "email"]);
        assert_eq!(retention(&["show"]), "phone\t36500\t30000\n");
        let wrong = ["privacy", "retention", "set", "chat", "--days", "1", "--originals-days", "2"];
        let wrong = place.run(&wrong, "");
        assert_eq!(wrong.status.code(), Some(2));
        assert!(text(&wrong.stderr).contains("originals_days van 0 tot days"));
        assert_eq!(place.run(&["privacy", "retention", "set", "fax"], "").status.code(), Some(2));
        let audit = place.good(&["privacy", "audit"], "");
        for action in ["retention.plan", "retention.set", "retention.run", "settings.read"] {
            assert!(audit.contains(&format!("\t{action}\t")), "'{action}' is missing:\n{audit}");
        }
    }

    fn named_review_is_switched_with_its_record_on_the_machine_too(place, _on) {
        fn review<'a>(args: &[&'a str]) -> Vec<&'a str> {
            [&["privacy", "named-review"], args].concat()
        }
        place.good(&["team", "add", "Service"], "");
        assert!(place.good(&review(&["show"]), "").starts_with("Uit: "));
        let half = review(&["on", "--assessment-date", "2026-02-01", "--assessment", "DPIA-7"]);
        assert_eq!(place.run(&half, "").status.code(), Some(2), "both grounds are asked for");
        let on = |day: &str| {
            let consent = ["--consent-date", day, "--consent", "OR 2026/12"];
            place.run(&[&half[..], &consent].concat(), "")
        };
        assert_eq!(on("morgen").status.code(), Some(2), "a date is a date");
        assert!(place.good(&review(&["show"]), "").starts_with("Uit: "));
        let switched = text(&on("2026-02-20").stdout);
        let grounds = "assessment\t2026-02-01\tDPIA-7\nconsent\t2026-02-20\tOR 2026/12\n";
        assert!(switched.starts_with("Aan: ") && switched.ends_with(grounds), "{switched}");
        assert_eq!(place.good(&review(&["show"]), ""), switched);
        assert!(place.good(&review(&["off"]), "").starts_with("Uit: "));
        assert!(place.good(&review(&["show"]), "").starts_with("Uit: "));
        assert!(place.good(&["privacy", "audit"], "").contains("\tsettings.named_review\t"));
    }
}

#[test]
fn an_import_that_is_asked_to_stop_keeps_what_is_written() {
    let place = Place::new(On::Sqlite).unwrap();
    let mut child = place.command(&["import", "-", "--team", "Service"]).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(lines(600).as_bytes()).unwrap();
    stdin.flush().unwrap();
    wait_for_the_first(&place);
    let id = child.id().to_string();
    std::process::Command::new("kill").args(["-INT", &id]).status().unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("gestopt"), "{}", text(&output.stderr));
    let kept = place.kept().len();
    assert!(text(&output.stdout).starts_with(&format!("{kept} nieuw")), "{kept}");
    let said = place.good(&["import", "-", "--team", "Service"], &lines(600));
    let new = 600 - kept;
    assert_eq!(said, format!("{new} nieuw, 0 veranderd, {kept} hetzelfde, 0 mislukt\n"));
}

#[test]
fn what_was_heard_with_other_ears_is_heard_again() {
    let place = Place::new(On::Sqlite).unwrap();
    place.good(&["import", "-", "--team", "Service"], &lines(60));
    assert_eq!(place.good(&["listen-again"], ""), "0 gesprekken opnieuw beluisterd\n");
    let database = format!("sqlite:{}", place.folder.join("gehoord.db").display());
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let mut connection = sqlx::SqliteConnection::connect(&database).await.unwrap();
        connection.execute("UPDATE analysis SET engine = 'older'").await.unwrap();
        connection.close().await.unwrap();
    });
    assert_eq!(place.good(&["listen-again"], ""), "60 gesprekken opnieuw beluisterd\n");
    assert_eq!(place.good(&["listen-again"], ""), "0 gesprekken opnieuw beluisterd\n");
}

#[cfg(unix)]
#[test]
fn what_is_kept_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new(On::Sqlite).unwrap();
    place.good(&["import", "-", "--team", "Service"], COMPLAINT);
    place.good(&["backup", "kopie.jsonl"], "");
    place.good(&["export", "--customer", "k-4711", "--out", "inzage.json"], "");
    for file in ["gehoord.db", "gehoord.key", "kopie.jsonl", "inzage.json"] {
        let mode = std::fs::metadata(place.folder.join(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{file}");
    }
}

#[test]
fn files_of_one_name_in_two_folders_are_two_conversations() {
    let place = Place::new(On::Sqlite).unwrap();
    for folder in ["a", "b"] {
        std::fs::create_dir_all(place.folder.join(folder)).unwrap();
        let text =
            format!("Klant: Ik woon in {folder} en wacht al een week.\nMedewerker: Dat is lang.\n");
        std::fs::write(place.folder.join(folder).join("chat.txt"), text).unwrap();
    }
    place.good(&["import", "a/chat.txt", "--team", "Service"], "");
    let said = place.good(&["import", "a/chat.txt", "b/chat.txt", "--team", "Service"], "");
    assert_eq!(said, "1 nieuw, 0 veranderd, 1 hetzelfde, 0 mislukt\n");
}

#[test]
fn settings_come_from_flag_environment_file_and_default_in_that_order() {
    let folder = folder("settings");
    let config = |args: &[&str], variable: Option<&str>| {
        let args = [&["config"], args].concat();
        let mut command = bare(&folder, &args);
        command.env_remove("GEHOORD_DATABASE");
        if let Some(value) = variable {
            command.env("GEHOORD_LISTEN", value);
        }
        output(command, "")
    };
    let listen = |output: std::process::Output| {
        let out = text(&output.stdout);
        out.lines().find(|line| line.starts_with("listen")).unwrap().to_owned()
    };
    assert_eq!(listen(config(&[], None)), "listen = \"127.0.0.1:8340\"  # default");
    std::fs::write(folder.join("gehoord.toml"), "listen = \"127.0.0.1:1\"\n").unwrap();
    assert_eq!(listen(config(&[], None)), "listen = \"127.0.0.1:1\"  # gehoord.toml");
    let by_environment = config(&[], Some("127.0.0.1:2"));
    assert_eq!(listen(by_environment), "listen = \"127.0.0.1:2\"  # GEHOORD_LISTEN");
    let by_flag = config(&["--listen", "127.0.0.1:3"], Some("127.0.0.1:2"));
    assert_eq!(listen(by_flag), "listen = \"127.0.0.1:3\"  # --listen");
    std::fs::write(folder.join("ander.toml"), "listne = \"127.0.0.1:1\"\n").unwrap();
    let wrong = config(&["--config", "ander.toml"], None);
    assert_eq!(wrong.status.code(), Some(2));
    let said = text(&wrong.stderr);
    assert!(said.contains("ander.toml") && said.contains("'listne' is geen instelling"), "{said}");
    let missing = config(&["--config", "weg.toml"], None);
    assert!(text(&missing.stderr).contains("de instellingen in weg.toml"));
    std::fs::write(folder.join("voorbeeld.toml"), config(&["--example"], None).stdout).unwrap();
    assert_eq!(config(&["--config", "voorbeeld.toml"], None).status.code(), Some(0));
}

#[test]
fn what_cannot_be_opened_says_what_to_do() {
    let place = Place::new(On::Sqlite).unwrap();
    place.good(&["team", "add", "Service"], "");
    let check = |args: &[&str], words: &str| {
        let output = place.run(args, "");
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        let said = text(&output.stderr);
        assert!(said.contains(words), "'{words}' is missing in: {said}");
    };
    check(
        &["team", "list", "--database", "mysql://x"],
        "verwacht wordt sqlite:BESTAND of postgres://",
    );
    check(&["team", "list", "--database", "sqlite:weg/x.db"], "de map weg is er niet");
    check(&["team", "list", "--database", "sqlite:."], "noem een bestand daarin");
    std::fs::write(place.folder.join("brief.txt"), "Beste klant, ".repeat(1000)).unwrap();
    check(&["team", "list", "--database", "sqlite:brief.txt"], "is geen database van gehoord");
    check(
        &["team", "list", "--database", "postgres://a:geheim@127.0.0.1:1/x"],
        "of PostgreSQL daar draait",
    );
    check(&["team", "list", "--key-file", "brief.txt"], "staat geen sleutel");
    check(&["team", "list", "--key-file", "weg.key"], "weg.key was er niet");
    assert!(!place.folder.join("weg.key").exists(), "no wrong key is left behind");
    std::fs::rename(place.folder.join("gehoord.key"), place.folder.join("oud.key")).unwrap();
    place.good(&["team", "add", "Zorg", "--database", "sqlite:nieuw.db"], "");
    check(&["team", "list"], "niet die waarmee deze database is gemaakt");
    std::fs::rename(place.folder.join("oud.key"), place.folder.join("gehoord.key")).unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    check(&["serve", "--listen", &address], "is bezet");
    check(&["serve", "--listen", "hier"], "is geen adres om op te draaien");
    check(&["serve", "--log", "a=b=c"], "is geen niveau");
    check(&["erase", "--customer", "x"], "--yes");
    check(
        &["import", "-", "--team", "Service", "--agent-login", "jan"],
        "niemand heeft de inlognaam",
    );
    check(&["export", "--team", "Zorg"], "geen team heet 'Zorg'");
}
