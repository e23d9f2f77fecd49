//! A real Chromium, driven over its DevTools protocol: one socket a page, question and answer in
//! turn. No driver program and no crate of its own: what tests need is this much, and the protocol
//! also tells what went to the console.
#![allow(
    dead_code,
    clippy::print_stderr,
    reason = "each user has its own part; a skipped test says so"
)]

use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use serde_json::{Value, json};
use tungstenite::{Message, WebSocket};

/// The longest that a page may take for anything.
const PATIENCE: Duration = Duration::from_secs(30);

/// The browser, until it is dropped.
pub(crate) struct Chromium {
    child: Child,
    profile: PathBuf,
    port: u16,
    all: Socket,
}

/// How somebody looks at a page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Look {
    pub(crate) lang: &'static str,
    pub(crate) width: u32,
    pub(crate) dark: bool,
    pub(crate) scripts: bool,
}

impl Look {
    pub(crate) const DESK: u32 = 1440;
    pub(crate) const PHONE: u32 = 390;

    pub(crate) const fn new(lang: &'static str, width: u32, dark: bool) -> Self {
        Self { lang, width, dark, scripts: true }
    }

    /// For names of files and messages.
    pub(crate) fn name(self) -> String {
        let width = if self.width == Self::PHONE { "phone" } else { "desk" };
        let scripts = if self.scripts { "" } else { "-no-scripts" };
        format!("{}-{width}-{}{scripts}", self.lang, if self.dark { "dark" } else { "light" })
    }
}

/// The program, where there is one.
fn program() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
    let all = names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    all.into_iter().find(|file| file.is_file())
}

impl Chromium {
    /// None where there is no Chromium to test with.
    pub(crate) fn start() -> Option<Self> {
        Self::start_with(&[])
    }

    /// The same with more said on its command line.
    pub(crate) fn start_with(more: &[String]) -> Option<Self> {
        let Some(program) = program() else {
            assert!(std::env::var("CI").is_err(), "no Chromium to test with in CI");
            eprintln!("skipped: Chromium is not installed (scripts/test installs it as root)");
            return None;
        };
        let unique = uuid::Uuid::now_v7().simple();
        let profile = std::env::temp_dir().join(format!("gehoord-chromium-{unique}"));
        std::fs::create_dir_all(&profile).unwrap();
        let child = Command::new(program)
            .arg(format!("--user-data-dir={}", profile.display()))
            .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
            .args(["--no-first-run", "--disable-extensions", "--disable-background-networking"])
            .args(["--hide-scrollbars", "--remote-debugging-port=0"])
            .args(more)
            .arg("about:blank")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let started = Instant::now();
        let (port, path) = loop {
            let said = std::fs::read_to_string(profile.join("DevToolsActivePort"));
            let said = said.unwrap_or_default();
            if let Some((port, path)) = said.split_once('\n') {
                break (port.parse().unwrap(), path.trim().to_owned());
            }
            assert!(started.elapsed() < PATIENCE, "Chromium does not start");
            std::thread::sleep(Duration::from_millis(20));
        };
        let all = Socket::new(port, &path);
        Some(Self { child, profile, port, all })
    }

    /// A page of its own: no cookie and no storage of another.
    pub(crate) fn page(&mut self, look: Look) -> Page {
        let context = self.all.ask("Target.createBrowserContext", json!({}));
        let context = &context["browserContextId"];
        let target = json!({"url": "about:blank", "browserContextId": context});
        let target = self.all.ask("Target.createTarget", target);
        let path = format!("/devtools/page/{}", target["targetId"].as_str().unwrap());
        let mut page = Page { socket: Socket::new(self.port, &path) };
        for domain in ["Page.enable", "Runtime.enable", "Log.enable", "Network.enable"] {
            page.ask(domain, json!({}));
        }
        let phone = look.width == Look::PHONE;
        let size = json!({"width": look.width, "height": if phone { 844 } else { 900 },
            "deviceScaleFactor": 1, "mobile": phone});
        page.ask("Emulation.setDeviceMetricsOverride", size);
        let scheme = if look.dark { "dark" } else { "light" };
        let features = json!([{"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": "reduce"}]);
        page.ask("Emulation.setEmulatedMedia", json!({"features": features}));
        let headers = json!({"headers": {"Accept-Language": look.lang}});
        page.ask("Network.setExtraHTTPHeaders", headers);
        if !look.scripts {
            page.ask("Emulation.setScriptExecutionDisabled", json!({"value": true}));
        }
        page
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // It takes its helpers with it when it is asked, not when it is killed.
        self.all.send("Browser.close", &json!({}));
        let started = Instant::now();
        while self.child.try_wait().is_ok_and(|ended| ended.is_none()) {
            if started.elapsed() > Duration::from_secs(5) {
                let _ = self.child.kill();
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = std::fs::remove_dir_all(&self.profile);
    }
}

/// A page of the browser.
pub(crate) struct Page {
    socket: Socket,
}

impl Page {
    fn ask(&mut self, method: &str, params: Value) -> Value {
        self.socket.ask(method, params)
    }

    /// Comes in with the session that a cookie (`name=value`) holds.
    pub(crate) fn come_in(&mut self, site: &str, cookie: &str) {
        let (name, value) = cookie.split_once('=').unwrap();
        let cookie = json!({"name": name, "value": value, "url": site, "httpOnly": true});
        self.ask("Network.setCookie", cookie);
    }

    /// Goes there and waits until all of it is there.
    pub(crate) fn go(&mut self, address: &str) {
        self.socket.loaded = 0;
        let gone = self.ask("Page.navigate", json!({"url": address}));
        assert!(gone.get("errorText").is_none(), "{address}: {gone}");
        self.wait_for_load(address);
    }

    fn wait_for_load(&mut self, what: &str) {
        let started = Instant::now();
        while self.socket.loaded == 0 {
            assert!(started.elapsed() < PATIENCE, "{what} is never loaded");
            self.socket.hear();
        }
    }

    /// Does something that leads to another page, and waits for that.
    pub(crate) fn on_to(&mut self, act: impl FnOnce(&mut Self)) {
        self.socket.loaded = 0;
        act(self);
        self.wait_for_load("what comes next");
    }

    /// What an expression comes to.
    pub(crate) fn eval(&mut self, expression: &str) -> Value {
        let asked = json!({"expression": expression, "returnByValue": true, "awaitPromise": true});
        let mut answer = self.ask("Runtime.evaluate", asked);
        let wrong = answer.get("exceptionDetails");
        let shown: String = expression.chars().take(120).collect();
        assert!(wrong.is_none(), "{shown}: {}", wrong.unwrap());
        answer["result"]["value"].take()
    }

    /// The same as text; nothing where it is none.
    pub(crate) fn text(&mut self, expression: &str) -> String {
        self.eval(expression).as_str().unwrap_or_default().to_owned()
    }

    /// Waits until an expression is true.
    pub(crate) fn until(&mut self, expression: &str) {
        let started = Instant::now();
        while self.eval(expression) != true {
            assert!(started.elapsed() < PATIENCE, "never: {expression}");
            std::thread::sleep(Duration::from_millis(15));
        }
    }

    /// Presses a key: `Tab`, `Enter`, `Escape`, ` `; with another one where `Control+` or `Alt+`
    /// stands before it.
    pub(crate) fn press(&mut self, key: &str) {
        let (key, modifiers) = match key.split_once('+') {
            Some(("Alt", key)) => (key, 1),
            Some(("Control", key)) => (key, 2),
            _ => (key, 0),
        };
        let (code, number, text) = match key {
            "Tab" => ("Tab", 9, ""),
            "Enter" => ("Enter", 13, "\r"),
            "Escape" => ("Escape", 27, ""),
            "ArrowDown" => ("ArrowDown", 40, ""),
            "ArrowRight" => ("ArrowRight", 39, ""),
            " " => ("Space", 32, " "),
            "." => ("Period", 190, "."),
            other => panic!("no such key: {other}"),
        };
        let mut event = json!({"type": "keyDown", "key": key, "code": code,
            "windowsVirtualKeyCode": number, "modifiers": modifiers});
        if modifiers == 0 && !text.is_empty() {
            event["text"] = text.into();
        }
        self.ask("Input.dispatchKeyEvent", event.clone());
        event["type"] = "keyUp".into();
        self.ask("Input.dispatchKeyEvent", event);
    }

    /// Types words where the focus is, all at once.
    pub(crate) fn write(&mut self, words: &str) {
        self.ask("Input.insertText", json!({"text": words}));
    }

    /// Goes on with the tabulator until the focus is on something that fits.
    pub(crate) fn tab_to(&mut self, selector: &str) {
        let selector = json!(selector);
        for _ in 0..250 {
            self.press("Tab");
            let there = format!("!!document.activeElement?.matches({selector})");
            if self.eval(&there) == true {
                return;
            }
        }
        panic!("the keyboard does not reach {selector} on {}", self.text("location.pathname"));
    }

    /// What went wrong in the page since the last time that this was asked: console and requests.
    pub(crate) fn complaints(&mut self) -> Vec<String> {
        // What was said before this answer has come in with it.
        self.eval("1");
        std::mem::take(&mut self.socket.complaints)
    }

    /// The addresses that the page asked for since the last time.
    pub(crate) fn asked_for(&mut self) -> Vec<String> {
        self.eval("1");
        std::mem::take(&mut self.socket.asked)
    }

    /// Shows it as it would be printed.
    pub(crate) fn on_paper(&mut self) {
        self.ask("Emulation.setEmulatedMedia", json!({"media": "print"}));
    }

    /// Takes a picture of all of it.
    pub(crate) fn picture(&mut self, file: &Path) {
        let size = self.ask("Page.getLayoutMetrics", json!({}));
        let size = &size["cssContentSize"];
        // The end of a very long page says nothing new.
        let high = size["height"].as_f64().unwrap_or(900.0).min(6_000.0);
        let clip = json!({"x": 0, "y": 0, "width": size["width"], "height": high, "scale": 1});
        let asked = json!({"format": "png", "captureBeyondViewport": true, "clip": clip});
        let picture = self.ask("Page.captureScreenshot", asked);
        let picture = base64::engine::general_purpose::STANDARD
            .decode(picture["data"].as_str().unwrap())
            .unwrap();
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, picture).unwrap();
    }
}

/// A socket of the protocol.
struct Socket {
    socket: WebSocket<TcpStream>,
    asked_last: u64,
    /// Pages that were loaded.
    loaded: usize,
    complaints: Vec<String>,
    asked: Vec<String>,
}

impl Socket {
    fn new(port: u16, path: &str) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_nodelay(true).unwrap();
        let address = format!("ws://127.0.0.1:{port}{path}");
        let (socket, _) = tungstenite::client(address, stream).unwrap();
        Self { socket, asked_last: 0, loaded: 0, complaints: Vec::new(), asked: Vec::new() }
    }

    fn send(&mut self, method: &str, params: &Value) -> u64 {
        self.asked_last += 1;
        let asked = json!({"id": self.asked_last, "method": method, "params": params});
        let _ = self.socket.send(Message::text(asked.to_string()));
        self.asked_last
    }

    fn ask(&mut self, method: &str, params: Value) -> Value {
        let id = self.send(method, &params);
        loop {
            let Some(mut answer) = self.hear() else { continue };
            if answer["id"] == id {
                assert!(answer.get("error").is_none(), "{method}: {}", answer["error"]);
                return answer["result"].take();
            }
        }
    }

    /// The next message where it is an answer; what else is told is noted.
    fn hear(&mut self) -> Option<Value> {
        let message = self.socket.read().expect("Chromium answers");
        let message: Value = serde_json::from_str(message.to_text().ok()?).ok()?;
        let said = &message["params"];
        match message["method"].as_str() {
            None => return Some(message),
            Some("Page.loadEventFired") => self.loaded += 1,
            Some("Network.requestWillBeSent") => {
                self.asked.extend(said["request"]["url"].as_str().map(str::to_owned));
            }
            Some("Runtime.exceptionThrown") => {
                self.complaints.push(said["exceptionDetails"].to_string());
            }
            Some("Runtime.consoleAPICalled") if said["type"] == "error" => {
                self.complaints.push(said["args"].to_string());
            }
            Some("Log.entryAdded") if said["entry"]["level"] == "error" => {
                let entry = &said["entry"];
                self.complaints.push(format!("{} {}", entry["text"], entry["url"]));
            }
            Some(_) => {}
        }
        None
    }
}
