//! A new server over a new store for each test, on SQLite and on PostgreSQL, and whoever knocks.
#![allow(dead_code, reason = "each test file uses its own part")]

#[path = "../../../gehoord-store/tests/common/databases.rs"]
mod databases;
pub(crate) mod speech;

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, BodyDataStream};
use axum::http::{HeaderMap, HeaderName, Request, StatusCode, header};
use futures_util::StreamExt;
use gehoord_ingest::pseudonym::Pseudonymiser;
use gehoord_listening::Listener;
use gehoord_server::{App, app, hash_password};
use gehoord_store::{MasterKey, NewPerson, Role, Store, Viewer};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use sqlx::{AnyConnection, Connection};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{WebSocketStream, client_async, tungstenite};
use tower::ServiceExt;

pub(crate) use databases::{On, new_database};

/// Nothing that is expected takes so long.
pub(crate) const LONG: Duration = Duration::from_secs(20);

/// The password of everybody in these tests.
pub(crate) const PASSWORD: &str = "lang genoeg om te raden";

/// Hashing takes long on purpose: once is enough.
static HASH: LazyLock<String> = LazyLock::new(|| hash_password(PASSWORD).unwrap());
static LISTENER: LazyLock<Arc<Listener>> =
    LazyLock::new(|| Arc::new(Listener::embedded().unwrap()));
static FINDER: LazyLock<Arc<Pseudonymiser>> = LazyLock::new(|| Arc::new(Pseudonymiser::embedded()));

/// A server with two teams.
pub(crate) struct World {
    pub(crate) state: App,
    pub(crate) router: Router,
    pub(crate) store: Store,
    pub(crate) team: String,
    pub(crate) other_team: String,
    url: String,
    key: MasterKey,
    folder: PathBuf,
}

impl World {
    /// None where there is no PostgreSQL to test with.
    pub(crate) async fn new(on: On) -> Option<Self> {
        let (url, folder) = new_database(on).await?;
        let key = MasterKey::random();
        let store = Store::open(&url, key.clone()).await.unwrap();
        let store = store.with_folder(folder.join("files"));
        let mut request = store.request(&Viewer::operator(), "people.add").await.unwrap();
        let team = request.add_team("Service", None).await.unwrap();
        let other_team = request.add_team("Techniek", None).await.unwrap();
        request.finish().await.unwrap();
        let state = App::new(store.clone(), Arc::clone(&LISTENER), Arc::clone(&FINDER));
        let router = app(state.clone());
        Some(Self { state, router, store, team, other_team, url, key, folder })
    }

    /// The same database, as after a new start.
    pub(crate) async fn reopen(&self) -> Store {
        let store = Store::open(&self.url, self.key.clone()).await.unwrap();
        store.with_folder(self.folder.join("files"))
    }

    /// Another server over the same database, as in another process.
    pub(crate) async fn another(&self) -> Router {
        app(App::new(self.reopen().await, Arc::clone(&LISTENER), Arc::clone(&FINDER)))
    }

    /// The same database in a new process, and whoever was there.
    pub(crate) async fn again<const N: usize>(
        mut self,
        mut callers: [Caller; N],
    ) -> (Self, [Caller; N]) {
        self.store = self.reopen().await;
        self.state = App::new(self.store.clone(), Arc::clone(&LISTENER), Arc::clone(&FINDER));
        self.router = app(self.state.clone());
        callers.iter_mut().for_each(|caller| caller.router = self.router.clone());
        (self, callers)
    }

    /// What stands in the database: the first column of a query.
    pub(crate) async fn rows(&self, query: &'static str) -> Vec<String> {
        let mut connection = AnyConnection::connect(&self.url).await.unwrap();
        let rows: Vec<(String,)> = sqlx::query_as(query).fetch_all(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        rows.into_iter().map(|(value,)| value).collect()
    }

    /// Changes what stands there.
    pub(crate) async fn run(&self, statement: &'static str) {
        let mut connection = AnyConnection::connect(&self.url).await.unwrap();
        sqlx::query(statement).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }

    /// How many rows a table has.
    pub(crate) async fn count(&self, table: &str) -> i64 {
        let mut connection = AnyConnection::connect(&self.url).await.unwrap();
        let query = sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
        let (count,): (i64,) = sqlx::query_as(query).fetch_one(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        count
    }

    /// Somebody who is at no door yet.
    pub(crate) fn nobody(&self) -> Caller {
        Caller { router: self.router.clone(), pass: Vec::new(), id: String::new() }
    }

    /// Somebody new, by their id.
    pub(crate) async fn add(&self, login: &str, role: Role, team: Option<&str>) -> String {
        let mut request = self.store.request(&Viewer::operator(), "people.add").await.unwrap();
        let password_hash = Some(HASH.as_str());
        let id = request
            .add_person(&NewPerson { login, name: login, role, team_id: team, password_hash })
            .await
            .unwrap();
        request.finish().await.unwrap();
        id
    }

    /// Somebody new in the first team, with a session. Only [`Self::log_in`] goes through the door.
    pub(crate) async fn somebody(&self, login: &str, role: Role) -> Caller {
        self.somebody_of(login, role, Some(&self.team)).await
    }

    pub(crate) async fn somebody_of(&self, login: &str, role: Role, team: Option<&str>) -> Caller {
        let id = self.add(login, role, team).await;
        let mut request = self.store.request(&Viewer::machine(), "login").await.unwrap();
        let (secret, csrf) = (format!("secret-{id}"), format!("csrf-{id}"));
        request.open_session(&id, &secret, &csrf).await.unwrap();
        request.finish().await.unwrap();
        Caller::with_session(&self.router, id, &secret, &csrf)
    }

    /// Comes in with a password.
    pub(crate) async fn log_in(&self, login: &str) -> Caller {
        let body = json!({"login": login, "password": PASSWORD});
        let answer = self.nobody().post("/session", &body).await.expect(201);
        let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap();
        let secret = cookie.split(['=', ';']).nth(1).unwrap();
        let csrf = answer.json["csrf"].as_str().unwrap();
        let id = answer.json["person"].as_str().unwrap().to_owned();
        Caller::with_session(&self.router, id, secret, csrf)
    }
}

/// The server at a port of its own.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<std::io::Result<()>>,
}

/// A socket that follows a conversation.
pub(crate) type Socket = WebSocketStream<TcpStream>;

impl Server {
    /// Begins to follow; the status when it is refused.
    pub(crate) async fn socket(
        &self,
        caller: &Caller,
        path: &str,
        origin: Option<&str>,
    ) -> Result<Socket, u16> {
        let mut request =
            format!("ws://{}/api/v1{path}", self.address).into_client_request().unwrap();
        let pass = caller.pass.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        for (name, value) in pass.chain(origin.map(|origin| ("origin", origin))) {
            let name: HeaderName = name.parse().unwrap();
            request.headers_mut().insert(name, value.parse().unwrap());
        }
        let stream = TcpStream::connect(self.address).await.unwrap();
        match client_async(request, stream).await {
            Ok((socket, _)) => Ok(socket),
            Err(tungstenite::Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    /// Stops as a signal would, and waits until it is done.
    pub(crate) async fn stop(self) {
        self.stop.send(()).unwrap();
        self.task.await.unwrap().unwrap();
    }
}

impl World {
    /// Serves at a port of 127.0.0.1.
    pub(crate) async fn serve(&self) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let stopped = async move { stopped.await.unwrap_or_default() };
        let task = tokio::spawn(gehoord_server::serve(self.state.clone(), listener, stopped));
        Server { address, stop, task }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Somebody at the door.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) router: Router,
    /// Headers that open the door.
    pub(crate) pass: Vec<(String, String)>,
    /// Id of the person.
    pub(crate) id: String,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    /// Null when the body is no JSON.
    pub(crate) json: Value,
}

impl Answer {
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self
    }

    /// The `id` in the body.
    #[track_caller]
    pub(crate) fn id(&self) -> String {
        self.json["id"].as_str().unwrap_or_else(|| panic!("{}", self.text)).to_owned()
    }

    /// The stable code of an error.
    pub(crate) fn code(&self) -> &str {
        self.json["error"]["code"].as_str().unwrap_or_default()
    }
}

impl Caller {
    fn with_session(router: &Router, id: String, secret: &str, csrf: &str) -> Self {
        let pass = vec![
            ("cookie".to_owned(), format!("gehoord_session={secret}")),
            ("x-csrf-token".to_owned(), csrf.to_owned()),
        ];
        Self { router: router.clone(), pass, id }
    }

    /// The same person with a token.
    pub(crate) fn with_token(&self, token: &str) -> Self {
        let pass = vec![("authorization".to_owned(), format!("Bearer {token}"))];
        Self { pass, ..self.clone() }
    }

    /// The same person without one of the headers, or with another value of it.
    pub(crate) fn but(&self, name: &str, value: Option<&str>) -> Self {
        let mut other = self.clone();
        other.pass.retain(|(header, _)| header != name);
        other.pass.extend(value.map(|value| (name.to_owned(), value.to_owned())));
        other
    }

    /// The value of one of the headers that open the door.
    pub(crate) fn header(&self, name: &str) -> &str {
        &self.pass.iter().find(|(header, _)| header == name).unwrap().1
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, Some(body)).await
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> Answer {
        self.send("PUT", path, Some(body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, None).await
    }

    /// A page, in Dutch.
    pub(crate) async fn page(&self, path: &str) -> Answer {
        let asks = [("accept", "text/html"), ("accept-language", "nl")];
        self.send_raw("GET", path, &asks, "").await
    }

    /// Sends a form with the word of the caller's session.
    pub(crate) async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let word = self.pass.iter().find(|(name, _)| name == "x-csrf-token");
        let word = word.map(|(_, word)| ("csrf", word.as_str()));
        let body: Vec<String> = fields
            .iter()
            .copied()
            .chain(word)
            .map(|(name, value)| {
                let value: String = value.bytes().map(|byte| format!("%{byte:02X}")).collect();
                format!("{name}={value}")
            })
            .collect();
        let kind = ("content-type", "application/x-www-form-urlencoded");
        let form = [kind, ("accept-language", "nl")];
        // Without the header: the form alone must be enough, and is not where the word is wrong.
        self.but("x-csrf-token", None).send_raw("POST", path, &form, body.join("&")).await
    }

    /// Gives files to be read in, by the form of the page; where one is sent.
    pub(crate) async fn give(&self, team: &str, files: &[(&str, &[u8])]) -> String {
        let word = self.header("x-csrf-token").to_owned();
        let given = self.give_with(&word, team, files).await.expect(303);
        given.headers["location"].to_str().unwrap().to_owned()
    }

    /// The same with another word of the session.
    pub(crate) async fn give_with(
        &self,
        word: &str,
        team: &str,
        files: &[(&str, &[u8])],
    ) -> Answer {
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        let headers = [("content-type", kind.as_str()), ("accept-language", "nl")];
        let bare = self.but("x-csrf-token", None);
        bare.send_raw("POST", "/import", &headers, files_form(word, team, files)).await
    }

    /// The page of an import, once it is over.
    pub(crate) async fn imported(&self, way: &str) -> String {
        for _ in 0..600 {
            let page = self.page(way).await.expect(200).text;
            if !page.contains("data-going") {
                return page;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the import goes on and on");
    }

    /// `path` below `/api/v1`.
    pub(crate) async fn send(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        let path = format!("/api/v1{path}");
        match body {
            Some(body) => {
                let json = [("content-type", "application/json")];
                self.send_raw(method, &path, &json, body.to_string()).await
            }
            None => self.send_raw(method, &path, &[], String::new()).await,
        }
    }

    pub(crate) async fn send_raw(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Answer {
        let response = self.stream(method, path, headers, body).await;
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let sound = parts.headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "audio/wav");
        let text = match sound {
            true => String::from_utf8_lossy(&bytes).into_owned(),
            false => String::from_utf8(bytes.to_vec()).unwrap(),
        };
        let json = serde_json::from_str(&text).unwrap_or(Value::Null);
        Answer { status: parts.status, headers: parts.headers, text, json }
    }

    /// The answer with its body still to be read.
    pub(crate) async fn stream(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> axum::response::Response {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in &self.pass {
            request = request.header(name, value);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.router.clone().oneshot(request.body(body.into()).unwrap()).await.unwrap()
    }

    /// Opens a conversation, as the agent who helps the customer; gives its id.
    pub(crate) async fn open(&self, name: &str, turns: &[(&str, &str)]) -> String {
        let turns: Vec<Value> =
            turns.iter().map(|(party, text)| json!({"party": party, "text": text})).collect();
        let body = json!({"id": name, "locale": "nl-NL", "channel": "chat",
            "customer": format!("{name}@example.nl"), "turns": turns});
        self.post("/conversations", &body).await.expect(201).id()
    }

    /// Adds a turn.
    pub(crate) async fn say(&self, conversation: &str, party: &str, text: &str) -> Answer {
        let path = format!("/conversations/{conversation}/turns");
        self.post(&path, &json!({"party": party, "text": text})).await
    }
}

/// A complaint, and an answer with a promise in it.
pub(crate) const COMPLAINT: [(&str, &str); 2] = [
    (
        "customer",
        "Dit is al de derde keer dat mijn internet eruit ligt. Ik ben hier echt klaar mee!",
    ),
    (
        "agent",
        "Drie keer, dat had niet mogen gebeuren. Ik begrijp dat u er klaar mee bent. \
         Ik bel u morgen voor 12 uur terug.",
    ),
];

/// What the page of an import counts: new, updated, the same, skipped.
pub(crate) fn counts(page: &str) -> Vec<i64> {
    let counts = page.split("<dd>").skip(1);
    counts.map(|rest| rest.split('<').next().unwrap().parse().unwrap()).collect()
}

/// What only an agent, and for whom they showed it, may see of how they did.
pub(crate) fn agent_findings(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    look_for_agent_findings(value, &mut found);
    found
}

fn look_for_agent_findings(value: &Value, found: &mut Vec<String>) {
    const KEYS: [&str; 10] = [
        "agent",
        "verdict",
        "score",
        "techniques",
        "breakers",
        "heard",
        "moments",
        "coverage",
        "fidelity",
        "hints",
    ];
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                if KEYS.contains(&key.as_str()) && !value.is_null() {
                    found.push(format!("{key}: {value}"));
                }
                look_for_agent_findings(value, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| look_for_agent_findings(item, found)),
        _ => {}
    }
}

const BOUNDARY: &str = "----grens";

/// The body of a form with files.
fn files_form(word: &str, team: &str, files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in [("csrf", word), ("team", team)] {
        write!(
            body,
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        )
        .unwrap();
    }
    for (name, bytes) in files {
        write!(
            body,
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\
             \r\nContent-Type: application/octet-stream\r\n\r\n"
        )
        .unwrap();
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    write!(body, "--{BOUNDARY}--\r\n").unwrap();
    body
}

/// The next thing a socket tells; none when it is over.
pub(crate) async fn told(socket: &mut Socket) -> Option<Value> {
    loop {
        match timeout(LONG, socket.next()).await.expect("nothing came")?.ok()? {
            Message::Text(text) => return Some(serde_json::from_str(&text).unwrap()),
            Message::Close(_) => return None,
            _ => {}
        }
    }
}

/// Server-sent events, one by one.
pub(crate) struct Events {
    body: BodyDataStream,
    rest: String,
}

impl Events {
    /// Those of a path below `/api/v1`.
    pub(crate) async fn of(caller: &Caller, path: &str) -> Self {
        let response = caller.stream("GET", &format!("/api/v1{path}"), &[], Body::empty()).await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { body: response.into_body().into_data_stream(), rest: String::new() }
    }

    /// Those of a conversation.
    pub(crate) async fn follow(caller: &Caller, id: &str) -> Self {
        Self::of(caller, &format!("/conversations/{id}/events")).await
    }

    /// Whether nothing at all comes for so long.
    pub(crate) async fn are_silent(&mut self, long: Duration) -> bool {
        timeout(long, self.body.next()).await.is_err()
    }

    /// The next event; none when the stream is over.
    pub(crate) async fn next(&mut self) -> Option<Value> {
        loop {
            if let Some((event, rest)) = self.rest.split_once("\n\n") {
                let data = event.lines().find_map(|line| line.strip_prefix("data: "));
                let value = data.map(|data| serde_json::from_str(data).unwrap());
                self.rest = rest.to_owned();
                match value {
                    Some(value) => return Some(value),
                    None => continue,
                }
            }
            let more = timeout(LONG, self.body.next()).await.expect("nothing came")?;
            self.rest.push_str(std::str::from_utf8(&more.ok()?).unwrap());
        }
    }
}
