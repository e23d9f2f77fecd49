//! Recordings that come without their words: what a model writes out is masked, kept and shown as any
//! other words, and goes on where it was.

mod common;

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use common::speech::{Answer, Stuck, at, model, with};
use common::{Caller, On, World, counts};
use gehoord_server::{SpeechToText, app};
use gehoord_speech::synthesis::voice::Manner;
use gehoord_speech::synthesis::{Form, Line, Made, Script, wav};
use gehoord_speech::transcribe::Scripted;
use gehoord_store::Role;
use serde_json::{Value, json};

/// A customer from 1 s to 5 s, an agent from 6 s to 8 s.
static MADE: LazyLock<Made> = LazyLock::new(|| {
    let manner = |pitch, length| Manner { pitch, movement: 4.0, pace: 4.5, level: -20.0, length };
    let line = |channel, start, syllables| {
        let manner = if channel == 0 { manner(205.0, 0.87) } else { manner(115.0, 1.0) };
        Line { channel, start, syllables, manner }
    };
    let lines = vec![line(0, 1_000, 18), line(1, 6_000, 9)];
    let script = Script { lines, noise: Some(-60.0), length: 9_000, seed: 3, ..Script::default() };
    script.make().over_the_line()
});

fn call() -> Vec<u8> {
    wav(&[&MADE.channels[0], &MADE.channels[1]], MADE.rate, Form::MuLaw)
}

/// What they say, from .2 s before it begins.
const CUSTOMER: Answer = &[
    ("Met", 200, 500),
    ("Wilhelmina", 500, 1_000),
    ("Zonderland,", 1_000, 1_500),
    ("ik", 1_800, 1_900),
    ("bel", 1_900, 2_200),
    ("nu", 2_200, 2_500),
    ("voor", 2_500, 2_800),
    ("de", 2_800, 2_900),
    ("derde", 2_900, 3_500),
    ("keer.", 3_500, 4_100),
];
const AGENT: Answer = &[
    ("Drie", 200, 500),
    ("keer", 500, 800),
    ("bellen", 800, 1_200),
    ("is", 1_200, 1_400),
    ("te", 1_400, 1_500),
    ("veel.", 1_500, 2_000),
];

async fn worlds(transcribers: &[Arc<Scripted>; 2]) -> Vec<World> {
    let mut worlds = Vec::new();
    for (on, transcriber) in [On::Sqlite, On::Postgres].into_iter().zip(transcribers) {
        worlds.extend(World::new(on).await.map(|world| with(world, model(transcriber))));
    }
    worlds
}

/// Has a file read in; gives the page that tells what came of it.
async fn read_in(world: &World, admin: &Caller, name: &str, bytes: &[u8]) -> String {
    let way = admin.give(&world.team, &[(name, bytes)]).await;
    begin(world, admin, &way).await;
    admin.imported(&way).await
}

async fn begin(world: &World, admin: &Caller, way: &str) {
    let fields = [
        ("do", "start"),
        ("team", world.team.as_str()),
        ("source", "file"),
        ("locale", "nl-NL"),
        ("sound_days", "7"),
        ("agent_channel", ""),
    ];
    admin.form(&format!("{way}/choose"), &fields).await.expect(303);
}

/// The one conversation that is kept, and its recording.
async fn kept(agent: &Caller) -> (String, Value) {
    let list = agent.get("/conversations").await.expect(200).json;
    let [one] = &list["conversations"].as_array().unwrap()[..] else { panic!("{list}") };
    let id = one["id"].as_str().unwrap().to_owned();
    let told = agent.get(&format!("/conversations/{id}/recording")).await.expect(200).json;
    (id, told)
}

#[tokio::test]
async fn words_that_are_written_out_are_masked_and_silenced_as_any_other() {
    let scripted = || Arc::new(Scripted::new(&[CUSTOMER, AGENT]));
    let transcribers = [scripted(), scripted()];
    for (world, transcriber) in worlds(&transcribers).await.into_iter().zip(&transcribers) {
        let _server = world.serve().await;
        let admin = world.somebody("beheer", Role::Administrator).await;
        let agent = world.somebody("samira", Role::Agent).await;
        let way = admin.give(&world.team, &[("los.wav", &call())]).await;
        let page = admin.page(&way).await.expect(200).text;
        assert!(page.contains("Het spraakmodel van deze server schrijft uit"), "{page}");
        begin(&world, &admin, &way).await;
        let page = admin.imported(&way).await;
        assert_eq!(counts(&page), [1, 0, 0, 0], "{page}");
        assert!(!page.contains("goed om te weten"), "{page}");
        let asked = transcriber.asked();
        assert_eq!(asked.len(), 2);
        assert!(asked.iter().all(|(_, language)| language.as_deref() == Some("nl")), "{asked:?}");

        let (id, told) = kept(&agent).await;
        assert_eq!(told["sound"], "kept");
        // The name is said from 1.3 s to 2.3 s; a model's times are wide of that, so more is silent.
        let silenced = told["silenced"].as_array().unwrap();
        let [name] = &silenced[..] else { panic!("{told}") };
        let ms = |key: &str| name[key].as_u64().unwrap();
        assert!((500..1_000).contains(&ms("start_ms")), "{name}");
        assert!((2_600..3_100).contains(&ms("end_ms")), "{name}");
        let page = agent.page(&format!("/contacts/{id}")).await.expect(200).text;
        for words in ["[naam-1]", "derde keer", "Drie keer bellen is te veel", "<audio"] {
            assert!(page.contains(words), "'{words}' is missing in {page}");
        }
        assert!(!page.contains("Zonderland"), "{page}");
        assert_eq!(world.count("import_piece").await, 0, "nothing unmasked stays");
        // What is kept with its words is not written out again: there are no more answers.
        assert_eq!(counts(&read_in(&world, &admin, "weer.wav", &call()).await), [0, 0, 1, 0]);
        assert_eq!(transcriber.asked().len(), 2);
    }
}

#[tokio::test]
async fn of_one_channel_it_is_said_why_its_words_are_not_kept() {
    let transcribers = [Arc::new(Scripted::new(&[CUSTOMER])), Arc::new(Scripted::default())];
    for world in worlds(&transcribers).await {
        let _server = world.serve().await;
        let admin = world.somebody("beheer", Role::Administrator).await;
        let agent = world.somebody("samira", Role::Agent).await;
        let one = wav(&[&MADE.channels[0]], MADE.rate, Form::MuLaw);
        let way = admin.give(&world.team, &[("een.wav", &one)]).await;
        const WHY: &str = "Deze opname heeft één kanaal";
        assert!(admin.page(&way).await.expect(200).text.contains(WHY));
        begin(&world, &admin, &way).await;
        let page = admin.imported(&way).await;
        assert_eq!(counts(&page), [1, 0, 0, 0], "{page}");
        assert!(page.contains("goed om te weten") && page.contains(WHY), "{page}");
        assert_eq!(kept(&agent).await.1["sound"], "no_words");
        assert!(transcribers.iter().all(|transcriber| transcriber.asked().is_empty()));
    }
}

#[tokio::test]
async fn what_cannot_be_written_out_is_kept_without_words_and_gets_them_later() {
    let world = World::new(On::Sqlite).await.unwrap();
    // One stretch, and then nothing more.
    let world = with(world, model(&Arc::new(Scripted::new(&[CUSTOMER]))));
    let server = world.serve().await;
    let admin = world.somebody("beheer", Role::Administrator).await;
    let agent = world.somebody("samira", Role::Agent).await;
    let page = read_in(&world, &admin, "los.wav", &call()).await;
    assert_eq!(counts(&page), [1, 0, 0, 0], "{page}");
    assert!(page.contains("konden niet worden uitgeschreven"), "{page}");
    assert!(page.contains("no more answers"), "{page}");
    assert_eq!(kept(&agent).await.1["sound"], "no_words");
    server.stop().await;
    let (world, [admin, agent]) = world.again([admin, agent]).await;
    let world = with(world, model(&Arc::new(Scripted::new(&[CUSTOMER, AGENT]))));
    let [admin, agent] = [admin, agent].map(|caller| at(&world, caller));
    let _server = world.serve().await;
    let page = read_in(&world, &admin, "los.wav", &call()).await;
    assert_eq!(counts(&page), [0, 1, 0, 0], "{page}");
    assert_eq!(kept(&agent).await.1["sound"], "kept");
}

#[tokio::test]
async fn a_process_that_died_is_gone_on_from_where_it_was() {
    for on in [On::Sqlite, On::Postgres] {
        let Some(world) = World::new(on).await else { continue };
        let stuck = Stuck::new(&[CUSTOMER]);
        let _freed = stuck.until_here();
        let world = with(world, model(&stuck));
        let _dead = world.serve().await;
        let admin = world.somebody("beheer", Role::Administrator).await;
        let agent = world.somebody("samira", Role::Agent).await;
        let way = admin.give(&world.team, &[("lang gesprek.wav", &call())]).await;
        begin(&world, &admin, &way).await;
        let mut page = String::new();
        for _ in 0..200 {
            page = admin.page(&way).await.expect(200).text;
            if page.contains("wordt uitgeschreven") {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert!(page.contains("lang gesprek.wav wordt uitgeschreven: 0:04 van 0:06"), "{page}");
        let kept_so_far = world.rows("SELECT sealed FROM import_piece WHERE position < 0").await;
        assert_eq!(kept_so_far.len(), 1);
        assert!(!kept_so_far[0].contains("Zonderland"), "sealed");

        let (world, [admin, agent]) = world.again([admin, agent]).await;
        let rest = Arc::new(Scripted::new(&[AGENT]));
        let world = with(world, model(&rest));
        let [admin, agent] = [admin, agent].map(|caller| at(&world, caller));
        // Whoever was at it gave no sign of life for a minute.
        world.run("UPDATE job SET held_until = 0 WHERE state = 'running'").await;
        let _server = world.serve().await;
        let page = admin.imported(&way).await;
        assert_eq!(counts(&page), [1, 0, 0, 0], "{page}");
        assert_eq!(rest.asked().len(), 1, "only what was missing");
        let (id, _) = kept(&agent).await;
        let page = agent.page(&format!("/contacts/{id}")).await.expect(200).text;
        assert!(page.contains("derde keer") && page.contains("Drie keer bellen"), "{page}");
        assert_eq!(world.count("import_piece").await, 0);
    }
}

#[tokio::test]
async fn a_server_that_stops_keeps_the_stretch_that_it_is_at() {
    let world = World::new(On::Sqlite).await.unwrap();
    let stuck = Stuck::new(&[CUSTOMER, AGENT]);
    let freed = stuck.until_here();
    let world = with(world, model(&stuck));
    let server = world.serve().await;
    let admin = world.somebody("beheer", Role::Administrator).await;
    let way = admin.give(&world.team, &[("los.wav", &call())]).await;
    begin(&world, &admin, &way).await;
    while world.rows("SELECT sealed FROM import_piece WHERE position < 0").await.is_empty() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let stops = tokio::spawn(server.stop());
    tokio::time::sleep(Duration::from_millis(300)).await;
    drop(freed);
    stops.await.unwrap();
    let (world, [admin]) = world.again([admin]).await;
    assert_eq!(world.rows("SELECT sealed FROM import_piece WHERE position < 0").await.len(), 2);
    let none = Arc::new(Scripted::default());
    let world = with(world, model(&none));
    let admin = at(&world, admin);
    world.run("UPDATE job SET held_until = 0 WHERE state = 'running'").await;
    let _server = world.serve().await;
    assert_eq!(counts(&admin.imported(&way).await), [1, 0, 0, 0]);
    assert!(none.asked().is_empty(), "all of it was done");
}

#[tokio::test]
async fn the_page_tells_which_model_is_in_force_and_how_to_get_one() {
    let world = World::new(On::Sqlite).await.unwrap();
    let admin = world.somebody("beheer", Role::Administrator).await;
    let page = async |speech_to_text: SpeechToText| {
        let router = app(world.state.clone().with_speech_to_text(speech_to_text));
        let admin = Caller { router, ..admin.clone() };
        admin.page("/admin/speech").await.expect(200).text
    };
    let off = page(SpeechToText::Off).await;
    assert!(off.contains("scripts/speech-model") && off.contains("--stt-model"), "{off}");
    assert!(!off.contains("--features whisper"), "{off}");
    // What whisper.cpp publishes of the one that most will take.
    assert!(off.contains("142 MiB") && off.contains("465707469ff3a37a2b9b8d8f89f2f99de7299dac"));
    let not_built = page(SpeechToText::NotBuilt(None)).await;
    assert!(not_built.contains("cargo build --release --features whisper"), "{not_built}");
    assert!(!not_built.contains("role=\"alert\""), "{not_built}");
    let named = page(SpeechToText::NotBuilt(Some("/m/b.bin".into()))).await;
    assert!(named.contains("niet te gebruiken") && named.contains("/m/b.bin"), "{named}");
    let why = "b.bin: this is no Whisper model in the form of ggml (it is JSON)".to_owned();
    let broken = page(SpeechToText::Broken { file: "/m/b.bin".into(), why }).await;
    assert!(broken.contains("role=\"alert\"") && broken.contains("it is JSON"), "{broken}");
    let on = model(&Arc::new(Scripted::default()));
    let mut shown = String::new();
    for _ in 0..200 {
        shown = page(on.clone()).await;
        if !shown.contains("wordt berekend") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    for words in [
        "/modellen/ggml-eigen.bin",
        "0,0 MB (3 bytes)",
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "geen van de modellen hieronder",
        "gebouwd als Whisper base, meertalig",
    ] {
        assert!(shown.contains(words), "'{words}' is missing in {shown}");
    }
    assert!(!shown.contains("Zo zet je het aan"), "{shown}");
    // Nothing else is different for who has no model.
    let agent = world.somebody("samira", Role::Agent).await;
    agent.page("/admin/speech").await.expect(403);
    let given = json!({"id": "c1", "channel": "chat",
        "turns": [{"party": "customer", "text": "Hoi"}]});
    agent.post("/conversations", &given).await.expect(201);
}
