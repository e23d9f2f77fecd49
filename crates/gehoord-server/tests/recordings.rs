//! Calls that were recorded: how they come in by the page, who hears and sees what, and how they go.

mod common;

use std::io::Cursor;
use std::sync::{Arc, LazyLock};

use common::{Caller, On, World, counts};
use gehoord_conversation::{Channel, Conversation, Party, Turn};
use gehoord_ingest::pseudonym::Pseudonymiser;
use gehoord_listening::Listener;
use gehoord_server::importing::{Importer, Recorded};
use gehoord_speech::audio::{AudioReader, kind_of};
use gehoord_speech::recording::hear;
use gehoord_speech::synthesis::voice::Manner;
use gehoord_speech::synthesis::{Form, Line, Script, wav};
use gehoord_store::{Role, Status, Viewer};
use serde_json::{Value, json};

const DAY: i64 = 24 * 60 * 60 * 1000;

/// A customer from 1 s to 5 s, an agent from 6 s to 8 s who shows at 3 s that they listen.
static CALL: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let manner = |pitch, length| Manner { pitch, movement: 4.0, pace: 4.5, level: -20.0, length };
    let line = |channel, start, syllables| {
        let manner = if channel == 0 { manner(205.0, 0.87) } else { manner(115.0, 1.0) };
        Line { channel, start, syllables, manner }
    };
    let lines = vec![line(0, 1_000, 18), line(1, 3_000, 1), line(1, 6_000, 9)];
    let made = Script { lines, noise: Some(-60.0), length: 9_000, seed: 3, ..Script::default() };
    let made = made.make().over_the_line();
    wav(&[&made.channels[0], &made.channels[1]], made.rate, Form::MuLaw)
});

const WORDS: &str = "WEBVTT\n\n00:01.000 --> 00:05.000\n<v Klant>Met Wilhelmina Zonderland, ik bel \
                     nu voor de derde keer.\n\n00:06.000 --> 00:08.000\n<v Medewerker>Drie keer \
                     bellen is te veel, ik zoek het uit.\n";

fn turn(party: Party, text: &str, start: f64, end: f64) -> Turn {
    let mut turn = Turn::new(party, text);
    turn.meta.insert("start".to_owned(), start.into());
    turn.meta.insert("end".to_owned(), end.into());
    turn
}

/// A call that `agent` had, kept as an import keeps it.
async fn kept(world: &World, agent: &Caller) -> String {
    let mut given = Conversation::new("call-1", Channel::Phone);
    given.locale = "nl-NL".parse().ok();
    given.customer = Some("k-1".to_owned());
    given.turns = vec![
        turn(Party::Customer, "Ik bel nu voor de derde keer en niemand belt terug.", 1.0, 5.0),
        turn(Party::Agent, "Drie keer bellen is te veel, ik zoek het uit.", 6.0, 8.0),
    ];
    let kind = kind_of(None, &CALL[..64]).unwrap();
    let reader = AudioReader::open(kind, Box::new(Cursor::new(CALL.clone()))).unwrap();
    let heard = hear(reader, None, Some(&given), true);
    let importer = Importer {
        listener: Arc::new(Listener::embedded().unwrap()),
        finder: Arc::new(Pseudonymiser::embedded()),
        source: "file".to_owned(),
        team: Some(world.team.clone()),
        agent: Some(agent.id.clone()),
        status: Status::Closed,
    };
    let ready = importer.ready(given, Vec::new()).unwrap().recorded(Recorded::new(heard, 30));
    let mut request = world.store.request(&Viewer::operator(), "import").await.unwrap();
    let written = importer.write(&mut request, &mut [ready]).await.unwrap();
    request.finish().await.unwrap();
    written[0].id().to_owned()
}

fn recording(id: &str) -> String {
    format!("/conversations/{id}/recording")
}

async fn listens(caller: &Caller, id: &str, range: Option<&str>) -> common::Answer {
    let path = format!("/api/v1{}/sound", recording(id));
    let headers: Vec<(&str, &str)> = range.map(|range| ("range", range)).into_iter().collect();
    caller.send_raw("GET", &path, &headers, "").await
}

/// What was measured of the agent, as far as it is in there.
fn of_agent(recording: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let agents = |value: &Value| value["party"] == "agent";
    for voice in list(&recording["voice"]["voices"]).iter().filter(|voice| agents(voice)) {
        found.push(format!("voice {voice}"));
    }
    for turn in list(&recording["voice"]["turns"]).iter().filter(|turn| agents(turn)) {
        let sound = turn["sound"].as_object().unwrap();
        let measured = sound.values().any(|value| !value.is_null() && *value != 0);
        if measured || turn["backchannel"] == true || !turn["answered_after_ms"].is_null() {
            found.push(format!("turn {turn}"));
        }
    }
    for overlap in list(&recording["voice"]["overlaps"]).iter().filter(|o| o["by"] == "agent") {
        found.push(format!("overlap {overlap}"));
    }
    for line in list(&recording["lines"]["lines"]).iter().filter(|line| agents(line)) {
        found.push(format!("line {line}"));
    }
    if !recording["voice"]["mirroring"].is_null() {
        found.push("mirroring".to_owned());
    }
    for voice in list(&recording["voice"]["voices"]) {
        if voice["share"].as_f64().is_some_and(|share| share > 0.0) {
            found.push("share".to_owned());
        }
    }
    found
}

on_both! {
    async fn what_was_measured_of_an_agent_is_theirs(world) {
        let agent = world.somebody("samira", Role::Agent).await;
        let colleague = world.somebody("kees", Role::Agent).await;
        let manager = world.somebody("hanna", Role::Manager).await;
        let coach = world.somebody("noor", Role::Coach).await;
        let admin = world.somebody("beheer", Role::Administrator).await;
        let id = kept(world, &agent).await;
        let own = agent.get(&recording(&id)).await.expect(200).json;
        assert_eq!((&own["agent_side"], &own["sound"]), (&json!(true), &json!("kept")));
        assert!(of_agent(&own).len() >= 6, "{own}");
        for other in [&colleague, &manager] {
            let seen = other.get(&recording(&id)).await.expect(200).json;
            assert_eq!(seen["agent_side"], false);
            assert_eq!(of_agent(&seen), Vec::<String>::new());
            assert!(seen["voice"]["voices"][0]["sound"]["pitch"].is_object(), "{seen}");
            let page = other.page(&format!("/contacts/{id}")).await.expect(200).text;
            assert!(page.contains("class=\"lanes\"") && page.contains("<audio"));
            assert!(page.contains("ziet alleen de medewerker zelf"));
            assert!(!page.contains("Spiegelen") && !page.contains("lane-loud agent"));
        }
        let page = agent.page(&format!("/contacts/{id}")).await.expect(200).text;
        assert!(page.contains("lane-loud agent") && page.contains("Spiegelen"), "{page}");
        assert!(page.len() < 100_000, "{}", page.len());
        // No page shows a colour or a word for how angry somebody sounded.
        for word in ["boos", "emotie", "stemming"] {
            assert!(!page.split("id=\"talk\"").next().unwrap().contains(word), "{word}");
        }
        // A coach to whom one turn was shown hears nothing; to whom all of it was, everything.
        coach.get(&recording(&id)).await.expect(404);
        let turn = json!({"conversation": id, "coach": coach.id, "position": 1, "question": "Hoe?"});
        let share = agent.post("/shares", &turn).await.expect(201).id();
        coach.get(&recording(&id)).await.expect(404);
        listens(&coach, &id, None).await.expect(404);
        let page = coach.page(&format!("/contacts/{id}")).await.expect(200).text;
        assert!(!page.contains("class=\"lanes\"") && !page.contains("<audio"));
        agent.delete(&format!("/shares/{share}")).await.expect(204);
        let whole = json!({"conversation": id, "coach": coach.id, "question": "Hoe?"});
        agent.post("/shares", &whole).await.expect(201);
        assert_eq!(coach.get(&recording(&id)).await.expect(200).json["agent_side"], true);
        // Named review is a decision, with its record.
        let record = json!({"record": {"assessment_date": "2026-01-10", "assessment_reference": "a",
            "consent_date": "2026-02-10", "consent_reference": "b"}});
        admin.put("/settings/named_review", &record).await.expect(204);
        assert_eq!(manager.get(&recording(&id)).await.expect(200).json["agent_side"], true);
        assert_eq!(colleague.get(&recording(&id)).await.expect(200).json["agent_side"], false);
    }

    async fn the_sound_is_for_who_may_read_the_conversation_and_everybody_who_listens_is_known(world) {
        let agent = world.somebody("samira", Role::Agent).await;
        let officer = world.somebody("mirjam", Role::PrivacyOfficer).await;
        let stranger = world.somebody_of("ria", Role::Agent, Some(&world.other_team)).await;
        let id = kept(world, &agent).await;
        let whole = listens(&agent, &id, None).await.expect(200);
        let size = CALL.len();
        assert_eq!(whole.headers["content-type"], "audio/wav");
        assert_eq!(whole.headers["content-length"], size.to_string().as_str());
        assert_eq!(whole.headers["accept-ranges"], "bytes");
        assert_eq!(whole.headers["cache-control"], "no-store");
        let part = listens(&agent, &id, Some("bytes=8-11")).await.expect(206);
        assert_eq!(part.text, "WAVE");
        let told = format!("bytes 8-11/{size}");
        assert_eq!(part.headers["content-range"], told.as_str());
        let end = listens(&agent, &id, Some("bytes=-2")).await.expect(206);
        assert_eq!(end.headers["content-length"], "2");
        listens(&agent, &id, Some(&format!("bytes={size}-"))).await.expect(416);
        listens(&world.nobody(), &id, None).await.expect(401);
        listens(&stranger, &id, None).await.expect(404);
        listens(&officer, &id, None).await.expect(403);
        listens(&agent, "onzin", None).await.expect(404);
        let audit = officer.get("/privacy/audit").await.expect(200).json;
        let heard = audit["requests"].as_array().unwrap().iter();
        let heard: Vec<&Value> = heard.filter(|row| row["action"] == "recording.listen").collect();
        assert_eq!(heard.len(), 1, "a player asks for pieces; it is listened to once: {heard:?}");
        assert!(heard.iter().all(|row| row["ids"] == json!([id]) && row["who"] == agent.id));
        let page = officer.page("/privacy/audit").await.expect(200).text;
        let row = page.split("geluid van een gesprek beluisterd").nth(1).unwrap();
        let row = row.split("</tr>").next().unwrap();
        assert!(row.contains(&format!("conversation={id}")), "{row}");
        let page = agent.page(&format!("/contacts/{id}")).await.expect(200).text;
        assert!(page.contains("<audio") && page.contains("preload=\"none\""), "nothing by itself");
    }

    async fn the_sound_goes_by_its_own_term_and_with_its_customer(world) {
        let agent = world.somebody("samira", Role::Agent).await;
        let officer = world.somebody("mirjam", Role::PrivacyOfficer).await;
        let id = kept(world, &agent).await;
        let export =
            officer.post("/privacy/customers/export", &json!({"customer": "k-1"})).await.expect(200);
        let told = &export.json["recordings"][0];
        assert_eq!(told["conversation"], json!(id));
        assert!(told["sound"]["base64"].as_str().is_some_and(|sound| sound.len() > CALL.len()));
        assert_eq!(of_agent(told), Vec::<String>::new());

        let request = world.store.request(&Viewer::machine(), "retention.run").await.unwrap();
        let now = request.now();
        let mut request = request.at(now + 29 * DAY);
        assert_eq!(request.run_retention().await.unwrap().files, 0);
        request.finish().await.unwrap();
        let request = world.store.request(&Viewer::machine(), "retention.run").await.unwrap();
        let mut request = request.at(now + 31 * DAY);
        assert_eq!(request.run_retention().await.unwrap().files, 1);
        request.finish().await.unwrap();
        listens(&agent, &id, None).await.expect(404);
        let left = agent.get(&recording(&id)).await.expect(200).json;
        assert_eq!(left["sound"], "gone");
        assert!(left["voice"]["turns"].as_array().is_some_and(|turns| turns.len() >= 3));
        let page = agent.page(&format!("/contacts/{id}")).await.expect(200).text;
        assert!(page.contains("Het geluid is weg") && !page.contains("<audio"));
        // The same recording again does not bring the sound back.
        kept(world, &agent).await;
        listens(&agent, &id, None).await.expect(404);

        let gone = json!({"customer": "k-1", "reason": "AVG-7"});
        let erased = officer.post("/privacy/customers/erase", &gone).await.expect(200);
        assert_eq!(erased.json["removed"]["recording"], 1, "{}", erased.text);
        assert_eq!((world.count("recording").await, world.count("attachment").await), (0, 0));
        agent.get(&recording(&id)).await.expect(404);
    }

    async fn an_erased_customer_takes_the_sound_along(world) {
        let agent = world.somebody("samira", Role::Agent).await;
        let officer = world.somebody("mirjam", Role::PrivacyOfficer).await;
        let id = kept(world, &agent).await;
        listens(&agent, &id, None).await.expect(200);
        let gone = json!({"customer": "k-1", "reason": "AVG-7"});
        officer.post("/privacy/customers/erase", &gone).await.expect(200);
        listens(&agent, &id, None).await.expect(404);
        assert_eq!((world.count("recording").await, world.count("attachment").await), (0, 0));
    }
}

#[tokio::test]
async fn a_recording_and_its_words_given_together_are_one_contact() {
    for on in [On::Sqlite, On::Postgres] {
        let Some(world) = World::new(on).await else { continue };
        let _server = world.serve().await;
        let admin = world.somebody("beheer", Role::Administrator).await;
        let agent = world.somebody("samira", Role::Agent).await;
        let files: [(&str, &[u8]); 3] =
            [("Gesprek 1.wav", &CALL), ("gesprek 1.vtt", WORDS.as_bytes()), ("los.wav", b"RIFF")];
        let way = admin.give(&world.team, &files).await;
        let page = admin.page(&way).await.expect(200).text;
        for words in [
            "Dit zijn de woorden van de opname Gesprek 1.wav",
            "Namen en nummers worden stil",
            "Dit geluid is niet te lezen",
            "Hoe lang blijft het geluid bewaard?",
        ] {
            assert!(page.contains(words), "'{words}' is missing in {page}");
        }
        assert!(page.contains("3 bestanden · één gesprek · 2 beurten"), "{page}");
        let fields = [
            ("do", "start"),
            ("team", world.team.as_str()),
            ("source", "file"),
            ("sound_days", "7"),
            ("agent_channel", ""),
        ];
        admin.form(&format!("{way}/choose"), &fields).await.expect(303);
        let page = admin.imported(&way).await;
        assert_eq!(counts(&page), [1, 0, 0, 1], "{page}");
        let list = agent.get("/conversations").await.expect(200).json;
        let id = list["conversations"][0]["id"].as_str().unwrap().to_owned();
        let told = agent.get(&recording(&id)).await.expect(200).json;
        assert_eq!(told["sound"], "kept");
        // Of a cue only its own time is known, so all of it is silence.
        assert_eq!(told["silenced"], json!([{"start_ms": 920, "end_ms": 5080}]));
        assert_eq!(told["spoken"][0], json!({"start_ms": 1000, "end_ms": 5000}));
        let page = agent.page(&format!("/contacts/{id}")).await.expect(200).text;
        assert!(page.contains("data-from=\"1000\" data-to=\"5000\"") && page.contains("data-seek"));
        assert!(!page.contains("Zonderland") && page.contains("Eén stuk is stil gemaakt"));
        // The same files again change nothing.
        let again: [(&str, &[u8]); 2] = [("b.vtt", WORDS.as_bytes()), ("B.wav", &CALL)];
        let way = admin.give(&world.team, &again).await;
        admin.form(&format!("{way}/choose"), &fields).await.expect(303);
        assert_eq!(counts(&admin.imported(&way).await), [0, 0, 1, 0]);
        // Nothing but the contact is left of the files.
        assert_eq!(world.count("import_piece").await, 0);
    }
}

#[tokio::test]
async fn a_recording_of_one_channel_says_so_where_it_is_given_and_where_it_is_kept() {
    let world = World::new(On::Sqlite).await.unwrap();
    let _server = world.serve().await;
    let admin = world.somebody("beheer", Role::Administrator).await;
    let agent = world.somebody("samira", Role::Agent).await;
    let kind = kind_of(None, &CALL[..64]).unwrap();
    let mut reader = AudioReader::open(kind, Box::new(Cursor::new(CALL.clone()))).unwrap();
    let mut samples = Vec::new();
    while let Some(block) = reader.next_block() {
        samples.extend_from_slice(&block.channels[0]);
    }
    let one = wav(&[&samples], reader.rate(), Form::MuLaw);
    let way = admin.give(&world.team, &[("een.wav", one.as_slice())]).await;
    let page = admin.page(&way).await.expect(200).text;
    assert!(page.contains("Alle stemmen staan op één kanaal"), "{page}");
    assert!(!page.contains("Op welk kanaal zit de medewerker?"), "there is nothing to choose");
    let fields = [("do", "start"), ("team", world.team.as_str()), ("source", "file")];
    admin.form(&format!("{way}/choose"), &fields).await.expect(303);
    assert_eq!(counts(&admin.imported(&way).await), [1, 0, 0, 0]);
    let list = agent.get("/conversations").await.expect(200).json;
    let id = list["conversations"][0]["id"].as_str().unwrap().to_owned();
    let page = agent.page(&format!("/contacts/{id}")).await.expect(200).text;
    assert!(page.contains("Alle stemmen staan op één kanaal"), "{page}");
}

#[tokio::test]
async fn a_recording_alone_says_that_its_words_are_not_known() {
    for on in [On::Sqlite, On::Postgres] {
        let Some(world) = World::new(on).await else { continue };
        let _server = world.serve().await;
        let admin = world.somebody("beheer", Role::Administrator).await;
        let agent = world.somebody("samira", Role::Agent).await;
        let way = admin.give(&world.team, &[("alleen.wav", CALL.as_slice())]).await;
        let page = admin.page(&way).await.expect(200).text;
        assert!(page.contains("Van deze opname zijn de woorden niet bekend"), "{page}");
        // The only agent of the team is whose it will be, until somebody says otherwise.
        let only = format!("<option value=\"{}\" selected>", agent.id);
        assert!(page.contains("Van wie is dit gesprek?") && page.contains(&only), "{page}");
        let colleague = world.somebody("kees", Role::Agent).await;
        let page = admin.page(&way).await.expect(200).text;
        assert!(!page.contains(&only) && page.contains(&colleague.id), "{page}");
        let fields = [
            ("do", "start"),
            ("team", world.team.as_str()),
            ("source", "file"),
            ("f0.agent", agent.id.as_str()),
        ];
        admin.form(&format!("{way}/choose"), &fields).await.expect(303);
        assert_eq!(counts(&admin.imported(&way).await), [1, 0, 0, 0]);
        assert_eq!(world.count("attachment").await, 0, "names in it could not be silenced");
        let list = agent.get("/conversations").await.expect(200).json;
        let id = list["conversations"][0]["id"].as_str().unwrap().to_owned();
        let own = agent.get(&recording(&id)).await.expect(200).json;
        assert_eq!((&own["sound"], &own["agent_side"]), (&json!("no_words"), &json!(true)));
        let seen = colleague.get(&recording(&id)).await.expect(200).json;
        assert_eq!(seen["agent_side"], false, "{seen}");
        let page = agent.page(&format!("/contacts/{id}")).await.expect(200).text;
        assert!(page.contains("De woorden van dit gesprek zijn niet bekend"), "{page}");
        assert!(page.contains("Er is geen geluid bewaard") && page.contains("class=\"lanes\""));
    }
}
