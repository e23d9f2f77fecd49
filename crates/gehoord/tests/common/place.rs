//! A place of a test's own, where conversations are kept.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

use super::common::text;
pub(crate) use super::databases::On;
use super::databases::{new_database, new_postgres, now};

/// A folder with an empty database in it or beside it.
pub(crate) struct Place {
    pub(crate) folder: PathBuf,
    pub(crate) database: String,
    /// Whether the folder goes when this does.
    owned: bool,
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.owned {
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }
}

impl Place {
    /// None where there is no PostgreSQL to test with.
    pub(crate) fn new(on: On) -> Option<Self> {
        let (database, folder) = now(new_database(on))?;
        Some(Self { folder, database, owned: true })
    }

    /// Another database, with the same folder and the same key.
    pub(crate) fn beside(&self, on: On) -> Self {
        let database = match on {
            On::Sqlite => "sqlite:beside.db".to_owned(),
            On::Postgres => now(new_postgres()).unwrap(),
        };
        Self { folder: self.folder.clone(), database, owned: false }
    }

    /// `gehoord` in Dutch, started in the folder.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = bare(&self.folder, args);
        command.env("GEHOORD_DATABASE", &self.database).env("GEHOORD_KEY_FILE", "gehoord.key");
        command
    }

    pub(crate) fn run(&self, args: &[&str], input: &str) -> Output {
        output(self.command(args), input)
    }

    /// Runs it and expects that all is well; gives what was printed.
    pub(crate) fn good(&self, args: &[&str], input: &str) -> String {
        let output = self.run(args, input);
        assert_eq!(output.status.code(), Some(0), "{args:?}: {}", text(&output.stderr));
        text(&output.stdout)
    }

    /// The kept conversations, sorted.
    pub(crate) fn kept(&self) -> Vec<String> {
        let mut lines: Vec<String> =
            self.good(&["export"], "").lines().map(str::to_owned).collect();
        lines.sort();
        lines
    }
}

/// `gehoord` without any settings but those it is given.
pub(crate) fn bare(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gehoord"));
    command.args(args).current_dir(folder).env("LANG", "nl_NL.UTF-8");
    for name in ["LC_ALL", "LC_MESSAGES", "GEHOORD_CONFIG", "GEHOORD_FILES", "GEHOORD_LISTEN"] {
        command.env_remove(name);
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

pub(crate) fn output(mut command: Command, input: &str) -> Output {
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    let feed = std::thread::spawn(move || {
        // The command may stop reading early; that is no failure of the test.
        let _ = stdin.write_all(input.as_bytes());
    });
    let output = child.wait_with_output().unwrap();
    feed.join().unwrap();
    output
}

/// A server that runs, until it is dropped.
pub(crate) struct Server {
    child: Child,
    /// What it said before it was ready.
    pub(crate) said: String,
    address: String,
}

impl Server {
    /// Starts it on a free port; `last` is in the last line that it says.
    pub(crate) fn start(place: &Place, last: &str) -> Self {
        Self::start_with(place, &[], last)
    }

    /// The same with more arguments.
    pub(crate) fn start_with(place: &Place, more: &[&str], last: &str) -> Self {
        let args = ["serve", "--listen", "127.0.0.1:0", "--log", "error"];
        let mut command = place.command(&[&args, more].concat());
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut said = String::new();
        while !said.contains(last) {
            said += &lines.next().expect("it says that it serves").unwrap();
            said.push('\n');
        }
        let address = said.lines().next().unwrap().rsplit_once("http://").unwrap().1.to_owned();
        Self { child, said, address }
    }

    /// Asks it something; gives status, headers and body.
    pub(crate) fn ask(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> (u16, String, Value) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let mut request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n",
            self.address,
            body.len()
        );
        for (name, value) in headers {
            request += &format!("{name}: {value}\r\n");
        }
        stream.write_all(format!("{request}\r\n{body}").as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, head.to_owned(), serde_json::from_str(body).unwrap_or_default())
    }

    /// Logs in over plain HTTP; gives the cookie.
    pub(crate) fn log_in(&mut self, login: &str, password: &str) -> String {
        let body = serde_json::json!({"login": login, "password": password}).to_string();
        let (status, head, _) = self.ask("POST", "/api/v1/session", &[], &body);
        assert_eq!(status, 201, "{head}");
        let cookie = head.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
        assert!(!cookie.contains("Secure"), "no browser sends it over plain HTTP: {cookie}");
        cookie.split(';').next().unwrap().to_owned()
    }

    /// Asks it to stop; gives its exit status.
    pub(crate) fn stop(mut self) -> Option<i32> {
        let id = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &id]).status().unwrap();
        self.child.wait().unwrap().code()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
