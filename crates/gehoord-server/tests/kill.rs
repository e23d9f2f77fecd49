//! Processes and databases are killed at random moments. Whatever the moment: what was acknowledged
//! is there, once, in its order, and the database is whole.
#![allow(clippy::print_stdout, reason = "the child talks to its parent on standard output")]

#[allow(dead_code, reason = "each test file uses its own part")]
#[path = "../../gehoord-store/tests/common/databases.rs"]
mod databases;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use databases::{On, given_postgres, new_database, now};
use gehoord_conversation::{Channel, Conversation, Party, Turn};
use gehoord_ingest::pseudonym::{Masks, Pseudonymiser};
use gehoord_listening::Listener;
use gehoord_server::App;
use gehoord_server::intake::{Place, take_in};
use gehoord_store::{
    ConversationFilter, MasterKey, NewPerson, Right, Role, Status, Store, Viewer, Written,
};
use serde_json::{Value, json};

/// Kills in each test of a process.
const KILLS: usize = 50;
/// Kills of the database itself.
const DATABASE_KILLS: usize = 10;
/// Conversations that go on at once.
const LIVE: usize = 4;
/// Turns of a conversation that is imported.
const TURNS: usize = 6;

/// Moments by chance, the same each time (SplitMix64).
struct Chance(u64);

impl Chance {
    /// Now and then at once, mostly in the midst of work.
    fn moment(&mut self) -> Duration {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        Duration::from_micros((mixed ^ (mixed >> 31)) % 200_000)
    }
}

/// A database of its own.
struct World {
    url: String,
    folder: PathBuf,
    team: String,
    token: String,
    runtime: tokio::runtime::Runtime,
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

impl World {
    /// None where there is no PostgreSQL to test with.
    fn new(on: On) -> Option<Self> {
        now(new_database(on)).map(|(url, folder)| Self::at(url, folder))
    }

    fn at(url: String, folder: PathBuf) -> Self {
        let (team, token) = (String::new(), gehoord_server::random_secret());
        let mut world = Self { url, folder, team, token, runtime: runtime() };
        world.team = world.runtime.block_on(async {
            let store = world.store().await;
            let mut request = store.request(&Viewer::operator(), "people.add").await.unwrap();
            let team = request.add_team("Service", None).await.unwrap();
            let new = NewPerson {
                login: "samira",
                name: "Samira",
                role: Role::Agent,
                team_id: Some(&team),
                password_hash: None,
            };
            request.add_person(&new).await.unwrap();
            let person = request.person_by_login("samira").await.unwrap().unwrap();
            let scopes = [Right::ReadConversations, Right::WriteConversations];
            request.add_token(&person.id, "kill", &world.token, &scopes, None).await.unwrap();
            request.finish().await.unwrap();
            store.close().await;
            team
        });
        world
    }

    async fn store(&self) -> Store {
        let key = MasterKey::in_file(&self.folder.join("master.key")).unwrap();
        Store::open(&self.url, key).await.unwrap()
    }

    /// This test program again, as a process that can be killed.
    fn child(&self, work: &str, from: usize) -> (Child, BufReader<ChildStdout>) {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["child", "--exact", "--ignored", "--nocapture"])
            .env("GEHOORD_KILL_WORK", work)
            .env("GEHOORD_KILL_URL", &self.url)
            .env("GEHOORD_KILL_FOLDER", &self.folder)
            .env("GEHOORD_KILL_TEAM", &self.team)
            .env("GEHOORD_KILL_FROM", from.to_string())
            .env("GEHOORD_LOG", "off")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let out = child.stdout.take().unwrap();
        (child, BufReader::new(out))
    }

    /// Every conversation holds what was acknowledged, once and in order; gives their lengths.
    fn check(&self, acknowledged: &[(String, usize)]) -> Vec<usize> {
        self.runtime.block_on(async {
            let store = self.store().await;
            store.check_integrity().await.unwrap();
            let mut lengths = Vec::new();
            for (id, least) in acknowledged {
                let mut request = store.request(&Viewer::machine(), "read").await.unwrap();
                let view = request.conversation(id).await.unwrap();
                request.finish().await.unwrap();
                for (place, turn) in view.turns.iter().enumerate() {
                    assert_eq!(turn.position, i64::try_from(place).unwrap(), "order in {id}");
                    assert_eq!(turn.text, text(place), "words in {id}");
                    assert!(turn.finding.is_some(), "turn {place} of {id} was kept but not heard");
                }
                assert!(view.turns.len() >= *least, "{id} lost turns: {}", view.turns.len());
                lengths.push(view.turns.len());
            }
            store.close().await;
            lengths
        })
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The words of a turn tell its place.
fn text(place: usize) -> String {
    match place % 2 {
        0 => format!("Ik wacht al weken op mijn factuur, dit is de {place}e keer dat ik bel."),
        _ => format!("Wat vervelend, ik zoek het voor u uit en ik bel u morgen, stap {place}."),
    }
}

fn party(place: usize) -> Party {
    if place.is_multiple_of(2) { Party::Customer } else { Party::Agent }
}

fn conversation(name: &str) -> Conversation {
    let mut conversation = Conversation::new(name, Channel::Chat);
    conversation.locale = Some("nl-NL".parse().unwrap());
    conversation.turns = (0..TURNS).map(|place| Turn::new(party(place), text(place))).collect();
    conversation
}

/// The process that is killed; does nothing unless a test started it.
#[test]
#[ignore = "started by the other tests, in a process of its own"]
fn child() {
    let Ok(work) = std::env::var("GEHOORD_KILL_WORK") else { return };
    let given = |name: &str| std::env::var(format!("GEHOORD_KILL_{name}")).unwrap();
    let (url, folder, team) = (given("URL"), PathBuf::from(given("FOLDER")), given("TEAM"));
    let from: usize = given("FROM").parse().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let key = MasterKey::in_file(&folder.join("master.key")).unwrap();
        let store = Store::open(&url, key).await.unwrap();
        let ears = Listener::embedded().unwrap();
        // The first conversation makes the ears ready, which would take up most of a short life.
        let _ = ears.listen(&conversation("first"));
        if work == "import" {
            return import(&store, &ears, &team, from).await;
        }
        let app = App::new(store, Arc::new(ears), Arc::new(Pseudonymiser::embedded()));
        let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        println!("\nready {}", socket.local_addr().unwrap());
        gehoord_server::serve(app, socket, std::future::pending()).await.unwrap();
    });
}

/// Keeps one conversation after another, and says so of each when it is kept.
async fn import(store: &Store, ears: &Listener, team: &str, from: usize) {
    let finder = Pseudonymiser::embedded();
    println!("\nready");
    for number in from.. {
        let given = conversation(&format!("import-{number}"));
        let place =
            Place { source: "kill", team_id: Some(team), assigned_to: None, status: Status::Open };
        let intake = take_in(&given, &place, Masks::default(), ears, &finder);
        let mut request = store.request(&Viewer::operator(), "import").await.unwrap();
        let written = request.write_conversation(&intake.new).await.unwrap();
        if !matches!(written, Written::Same(_)) {
            request.write_report(written.id(), &intake.report, 0).await.unwrap();
        }
        request.finish().await.unwrap();
        println!("kept {number} {}", written.id());
    }
}

/// Waits for the line that says the child is at work; gives what stands behind it.
fn ready(out: &mut impl BufRead) -> String {
    for line in out.lines() {
        if let Some(rest) = line.unwrap().strip_prefix("ready") {
            return rest.trim().to_owned();
        }
    }
    panic!("the child ended before it was ready");
}

/// Imports, killed again and again.
fn killed_while_importing(world: &World, seed: u64) {
    let mut chance = Chance(seed);
    let mut kept: BTreeMap<usize, String> = BTreeMap::new();
    for _ in 0..KILLS {
        // The last ones again: the same conversation twice is one.
        let from = kept.keys().next_back().map_or(0, |last| last.saturating_sub(3));
        let (mut child, mut out) = world.child("import", from);
        ready(&mut out);
        let moment = chance.moment();
        let killer = std::thread::spawn(move || {
            std::thread::sleep(moment);
            child.kill().unwrap();
            child.wait().unwrap();
        });
        let mut now = Vec::new();
        let mut line = String::new();
        while out.read_line(&mut line).is_ok_and(|read| read > 0) {
            // The last line may be cut off; then it acknowledges nothing.
            if let Some(rest) = line.strip_suffix('\n').and_then(|l| l.strip_prefix("kept ")) {
                let (number, id) = rest.split_once(' ').unwrap();
                let number = number.parse().unwrap();
                let before = kept.insert(number, id.to_owned());
                assert!(before.is_none_or(|before| before == id), "{number} is there twice");
                now.push((id.to_owned(), TURNS));
            }
            line.clear();
        }
        killer.join().unwrap();
        assert!(world.check(&now).iter().all(|length| *length == TURNS));
    }
    let all: Vec<_> = kept.values().map(|id| (id.clone(), TURNS)).collect();
    world.check(&all);
    let names = world.runtime.block_on(count_names(world));
    assert!(all.len() > KILLS, "only {} were kept", all.len());
    // One may have been kept and not acknowledged.
    assert!((all.len()..=all.len() + 1).contains(&names), "{} and {names}", all.len());
}

/// How many conversations there are; each has a name of its own.
async fn count_names(world: &World) -> usize {
    let store = world.store().await;
    let mut names = BTreeMap::new();
    let mut filter = ConversationFilter { limit: 200, ..Default::default() };
    loop {
        let mut request = store.request(&Viewer::operator(), "list").await.unwrap();
        let page = request.conversations(&filter).await.unwrap();
        request.finish().await.unwrap();
        for row in page.rows {
            let before = names.insert(row.external_id.clone(), row.id.clone());
            let once = before.is_none_or(|before| before == row.id);
            assert!(once, "{} is there twice", row.external_id);
        }
        filter.after = page.next;
        if filter.after.is_none() {
            break;
        }
    }
    store.close().await;
    names.len()
}

/// Status and body of one request on a connection of its own; none when nobody answered.
fn post(address: &str, token: &str, path: &str, body: &Value) -> Option<(u16, Value)> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(30))).ok()?;
    let body = body.to_string();
    let length = body.len();
    write!(
        stream,
        "POST {path} HTTP/1.1\r\nHost: kill\r\nConnection: close\r\n\
         Authorization: Bearer {token}\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    )
    .ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let status = answer.split(' ').nth(1)?.parse().ok()?;
    let (_, body) = answer.split_once("\r\n\r\n")?;
    Some((status, serde_json::from_str(body).ok()?))
}

/// Conversations that go on at once, and how many of their turns were acknowledged.
struct Talks {
    ids: Vec<String>,
    acknowledged: Vec<AtomicUsize>,
}

impl Talks {
    fn new(world: &World, address: &str) -> Self {
        let ids = (0..LIVE).map(|number| {
            let new = json!({"schema": 1, "id": format!("live-{number}"), "channel": "chat",
                "locale": "nl-NL", "turns": []});
            let made = post(address, &world.token, "/api/v1/conversations", &new).unwrap();
            assert_eq!(made.0, 201, "{made:?}");
            made.1["id"].as_str().unwrap().to_owned()
        });
        let acknowledged = (0..LIVE).map(|_| AtomicUsize::new(0)).collect();
        Self { ids: ids.collect(), acknowledged }
    }

    /// Each says turn after turn, and says it again where nobody acknowledged it, until `kill` is
    /// done.
    fn go_on(&self, world: &World, address: &str, kill: impl FnOnce()) {
        let over = AtomicBool::new(false);
        let token = world.token.as_str();
        std::thread::scope(|scope| {
            for (id, acknowledged) in self.ids.iter().zip(&self.acknowledged) {
                let over = &over;
                scope.spawn(move || {
                    let path = format!("/api/v1/conversations/{id}/turns");
                    while !over.load(Ordering::SeqCst) {
                        let place = acknowledged.load(Ordering::SeqCst);
                        let turn = json!({"party": party(place).id(), "text": text(place),
                            "external_id": place.to_string()});
                        match post(address, token, &path, &turn) {
                            Some((201, body)) => {
                                assert_eq!(body["position"], place, "{body}");
                                acknowledged.fetch_add(1, Ordering::SeqCst);
                            }
                            Some((500.., _)) | None => {
                                std::thread::sleep(Duration::from_millis(10));
                            }
                            other => panic!("{other:?}"),
                        }
                    }
                });
            }
            kill();
            over.store(true, Ordering::SeqCst);
        });
    }

    fn check(&self, world: &World) {
        let counts = self.acknowledged.iter().map(|count| count.load(Ordering::SeqCst));
        let talks: Vec<_> = self.ids.iter().cloned().zip(counts).collect();
        for (length, (id, acknowledged)) in world.check(&talks).into_iter().zip(&talks) {
            // One may have been kept and not acknowledged.
            assert!(length <= acknowledged + 1, "{id}: {length} turns, {acknowledged} sent");
        }
    }
}

impl Talks {
    /// There was something to lose.
    fn went_on(&self, kills: usize) {
        let sum: usize = self.acknowledged.iter().map(|count| count.load(Ordering::SeqCst)).sum();
        assert!(sum > kills, "only {sum} turns were acknowledged");
    }
}

/// Turns come in while the server is killed again and again.
fn killed_while_live(world: &World, seed: u64) {
    let mut chance = Chance(seed);
    let mut talks = None;
    for _ in 0..KILLS {
        let (mut child, mut out) = world.child("serve", 0);
        let address = ready(&mut out);
        let talks = talks.get_or_insert_with(|| Talks::new(world, &address));
        talks.go_on(world, &address, || {
            std::thread::sleep(chance.moment());
            child.kill().unwrap();
            child.wait().unwrap();
        });
        talks.check(world);
    }
    talks.unwrap().went_on(KILLS);
}

#[test]
fn sqlite_killed_while_importing() {
    killed_while_importing(&World::new(On::Sqlite).unwrap(), 1);
}

#[test]
fn sqlite_killed_while_live() {
    killed_while_live(&World::new(On::Sqlite).unwrap(), 2);
}

#[test]
fn postgres_killed_while_importing() {
    let Some(world) = World::new(On::Postgres) else { return };
    killed_while_importing(&world, 3);
}

#[test]
fn postgres_killed_while_live() {
    let Some(world) = World::new(On::Postgres) else { return };
    killed_while_live(&world, 4);
}

/// The database itself dies and comes back; the server goes on.
#[test]
fn postgres_itself_killed_while_live() {
    if given_postgres().is_none() {
        return;
    }
    let database = Database::start();
    let (_, folder) = now(new_database(On::Sqlite)).unwrap();
    let world = World::at(database.0.clone(), folder);
    let (mut child, mut out) = world.child("serve", 0);
    let address = ready(&mut out);
    let talks = Talks::new(&world, &address);
    let mut chance = Chance(5);
    for _ in 0..DATABASE_KILLS {
        talks.go_on(&world, &address, || {
            std::thread::sleep(chance.moment());
            database.tell("crash");
            database.tell("again");
            std::thread::sleep(chance.moment());
        });
        talks.check(&world);
    }
    talks.went_on(DATABASE_KILLS);
    child.kill().unwrap();
    child.wait().unwrap();
}

/// A PostgreSQL of this test alone, at this address.
struct Database(String);

impl Database {
    fn script() -> Command {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut script = Command::new(root.join("scripts/postgres"));
        script.stdin(Stdio::null());
        script
    }

    fn start() -> Self {
        // The server it leaves behind holds what it inherits; only its own output is read.
        let done = Self::script().arg("start").output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        Self(String::from_utf8(done.stdout).unwrap().trim().to_owned())
    }

    fn tell(&self, what: &str) {
        let done = Self::script().args([what, &self.0]).status().unwrap();
        assert!(done.success(), "scripts/postgres {what}");
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let _ = Self::script().args(["stop", &self.0]).status();
    }
}
