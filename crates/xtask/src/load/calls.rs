//! Many calls at once, over Twilio Media Streams and Genesys AudioHook, each with the agent who
//! follows: from the message that completes a finding to seeing it.

mod talk;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clap::ValueEnum;
use futures_util::{SinkExt, StreamExt};
use ring::hmac;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{WebSocketStream, client_async};

use super::http::{Connection, Events};
use super::served::{AUDIOHOOK_KEY, AUDIOHOOK_SECRET, Server, TELEPHONY_TOKEN, TELEPHONY_URL};
use super::{Agent, Place, machine, quantile};
use talk::{Post, Talk};

/// What was not seen so long after the last frame is lost.
const PATIENCE: Duration = Duration::from_secs(10);
const TWILIO: &str = "/api/v1/telephony/twilio";
const AUDIOHOOK: &str = "/api/v1/telephony/audiohook";

/// Whose protocol the calls speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Systems {
    /// Twilio Media Streams: 20 ms of one voice a message.
    Twilio,
    /// Genesys AudioHook: 100 ms of both voices a message, with pings, a hold and a gap.
    Audiohook,
    /// One after the other.
    Both,
}

/// What one call came to.
#[derive(Default)]
struct Seen {
    /// From the message that completes a finding to seeing it, in milliseconds.
    took: Vec<f64>,
    /// From the sound that a finding is about to seeing it, in milliseconds.
    behind: Vec<f64>,
    /// Findings that were not seen.
    lost: usize,
    /// Sound that the server did not hear though it was sent, in milliseconds.
    missing_ms: u64,
    /// Messages that were sent more than 20 ms after their time.
    late: usize,
    /// What the page was told.
    pages: usize,
}

/// How much is asked of the server.
pub(super) struct Asked {
    pub(super) calls: usize,
    pub(super) seconds: u64,
    pub(super) systems: Systems,
    /// Pages that follow each call, beside the program that measures.
    pub(super) pages: usize,
}

/// Lets so many calls go on for so long.
pub(super) async fn run(asked: Asked, place: &Place) -> Result<()> {
    let Asked { calls, seconds, systems, pages } = asked;
    let store = place.open().await?;
    let agents = super::agents(&store, calls).await?;
    store.close().await;
    let talks = [Arc::new(Talk::twilio(seconds)), Arc::new(Talk::audiohook(seconds))];
    let audiohook = |number: usize| match systems {
        Systems::Twilio => false,
        Systems::Audiohook => true,
        Systems::Both => number % 2 == 1,
    };
    let server = Server::start(place)?;
    let build = if cfg!(debug_assertions) { "dev" } else { "release" };
    println!(
        "{calls} calls ({systems:?}), {seconds} s, {pages} pages each, {build} build, {}",
        machine::load()
    );
    let mut open = Vec::with_capacity(calls);
    for (number, agent) in agents.iter().enumerate() {
        let events = follow(&server.address, agent, "events").await?;
        let mut screens = Vec::new();
        for _ in 0..pages {
            screens.push(follow(&server.address, agent, "words").await?);
        }
        let line = Line::begin(&server.address, number, audiohook(number)).await?;
        open.push((events, screens, line));
    }
    let before = (machine::cpu(server.id())?, machine::cpu(std::process::id())?);
    let started = Instant::now();
    let mut all = JoinSet::new();
    for (number, (events, screens, line)) in open.into_iter().enumerate() {
        // Spread evenly over the time of a message.
        let talk = Arc::clone(&talks[usize::from(line.audiohook)]);
        let share = Duration::from_millis(talk.every_ms) * u32::try_from(number)?;
        let first = started + share / u32::try_from(calls)?;
        all.spawn(go_on(talk, events, screens, line, first));
    }
    let ended = all.join_all().await;
    let took = started.elapsed().as_secs_f64();
    let after = (machine::cpu(server.id())?, machine::cpu(std::process::id())?);
    let mut sum = Seen::default();
    for one in ended {
        let one = one?;
        sum.took.extend(one.took);
        sum.behind.extend(one.behind);
        sum.lost += one.lost;
        sum.missing_ms += one.missing_ms;
        sum.late += one.late;
        sum.pages += one.pages;
    }
    sum.took.sort_by(f64::total_cmp);
    sum.behind.sort_by(f64::total_cmp);
    let sent: usize = (0..calls).map(|n| talks[usize::from(audiohook(n))].sounds()).sum();
    println!(
        "messages of sound: {sent} sent, {} ms of sound lost, {} sent late; findings: {} seen, {} \
         lost; pages were told {} times",
        sum.missing_ms,
        sum.late,
        sum.took.len(),
        sum.lost,
        sum.pages
    );
    for (what, times) in [("last frame in", &sum.took), ("sound", &sum.behind)] {
        println!(
            "{what} to finding seen: median {:.1} ms, 99 % {:.1} ms, most {:.1} ms",
            quantile(times, 0.5),
            quantile(times, 0.99),
            quantile(times, 1.0)
        );
    }
    println!(
        "CPU: server {:.2} cores, generator {:.2} cores; {} at the end",
        (after.0 - before.0).as_secs_f64() / took,
        (after.1 - before.1).as_secs_f64() / took,
        machine::load()
    );
    ensure!(sum.lost == 0 && sum.missing_ms == 0, "frames or findings were lost");
    Ok(())
}

async fn follow(address: &str, agent: &Agent, what: &str) -> Result<Events> {
    let connection = Connection::open(address, &agent.token).await?;
    let mut events = connection.follow(&format!("/api/v1/calls/{what}")).await?;
    events.next().await.context("the calls as they stand")?;
    Ok(events)
}

/// The socket of a call that was announced.
struct Line {
    socket: WebSocketStream<TcpStream>,
    audiohook: bool,
    /// Messages of control that were sent.
    seq: u64,
}

/// Id of the session; each socket has its own store of them.
const SESSION: &str = "e160e428-53e2-487c-977d-96989bf5c99d";

impl Line {
    async fn begin(address: &str, number: usize, audiohook: bool) -> Result<Self> {
        let path = if audiohook { AUDIOHOOK } else { TWILIO };
        let mut request = format!("ws://{address}{path}").into_client_request()?;
        let signed = if audiohook { audiohook_signed()? } else { twilio_signed() };
        for (name, value) in signed {
            request.headers_mut().insert(name, value.parse()?);
        }
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (socket, _) = client_async(request, stream).await?;
        let mut line = Self { socket, audiohook, seq: 0 };
        let agent = format!("agent{number}");
        if audiohook {
            let media = json!([{"type": "audio", "format": "PCMU",
                "channels": ["external", "internal"], "rate": 8000}]);
            let open = json!({"organizationId": "org", "conversationId": format!("C{number}"),
                "participant": {"id": SESSION, "ani": "", "aniName": "", "dnis": ""},
                "media": media, "customConfig": {"agent": agent}});
            line.control("open", 0, &open).await?;
            let opened = line.told().await?.context("no answer to 'open'")?;
            ensure!(opened["type"] == "opened", "'open' was answered with {opened}");
            return Ok(line);
        }
        let connected = json!({"event": "connected", "protocol": "Call", "version": "1.0.0"});
        let format = json!({"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1});
        let start = json!({"event": "start", "sequenceNumber": "1", "streamSid": "MZ",
            "start": {"streamSid": "MZ", "accountSid": "AC", "callSid": format!("CA{number}"),
                "tracks": ["inbound", "outbound"], "customParameters": {"agent": agent},
                "mediaFormat": format}});
        for message in [connected, start] {
            line.socket.send(Message::Text(message.to_string().into())).await?;
        }
        Ok(line)
    }

    /// Sends a message of control of AudioHook.
    async fn control(&mut self, kind: &str, at_ms: u64, parameters: &Value) -> Result<()> {
        self.seq += 1;
        #[allow(clippy::cast_precision_loss, reason = "a load takes minutes")]
        let position = format!("PT{}S", at_ms as f64 / 1e3);
        let message = json!({"version": "2", "id": SESSION, "type": kind, "seq": self.seq,
            "serverseq": 0, "position": position, "parameters": parameters});
        Ok(self.socket.send(Message::Text(message.to_string().into())).await?)
    }

    /// The next text of the server; none when it closes.
    async fn told(&mut self) -> Result<Option<Value>> {
        loop {
            match self.socket.next().await.transpose()? {
                None | Some(Message::Close(_)) => return Ok(None),
                Some(Message::Text(text)) => return Ok(Some(serde_json::from_str(&text)?)),
                Some(_) => {}
            }
        }
    }

    /// Ends the call, and reads what the server said meanwhile.
    async fn end(&mut self, talk: &Talk) -> Result<()> {
        if !self.audiohook {
            let stop = json!({"event": "stop", "streamSid": "MZ", "stop": {}});
            self.socket.send(Message::Text(stop.to_string().into())).await?;
            return Ok(());
        }
        self.control("close", talk.length_ms, &json!({"reason": "end"})).await?;
        let (mut pongs, mut closed) = (0, false);
        while let Some(told) = self.told().await? {
            match told["type"].as_str() {
                Some("pong") => pongs += 1,
                Some("closed") => closed = true,
                _ => bail!("the server said {told}"),
            }
        }
        ensure!(closed && pongs == talk.pings(), "{pongs} pongs, closed: {closed}");
        Ok(())
    }
}

fn twilio_signed() -> Vec<(&'static str, String)> {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, TELEPHONY_TOKEN.as_bytes());
    let signature = hmac::sign(&key, format!("{TELEPHONY_URL}{TWILIO}").as_bytes());
    vec![("x-twilio-signature", STANDARD.encode(signature))]
}

fn audiohook_signed() -> Result<Vec<(&'static str, String)>> {
    let fields = [
        ("audiohook-organization-id", "org"),
        ("audiohook-session-id", SESSION),
        ("audiohook-correlation-id", SESSION),
        ("x-api-key", AUDIOHOOK_KEY),
    ];
    let now = jiff::Timestamp::now().as_second();
    let names: Vec<String> = fields.iter().map(|(name, _)| format!("\"{name}\"")).collect();
    let input = format!(
        "(\"@request-target\" \"@authority\" {});keyid=\"{AUDIOHOOK_KEY}\";nonce=\"n\";\
         alg=\"hmac-sha256\";created={now};expires={}",
        names.join(" "),
        now + 10
    );
    let authority = TELEPHONY_URL.trim_start_matches("wss://");
    let mut base = format!("\"@request-target\": {AUDIOHOOK}\n\"@authority\": {authority}\n");
    for (name, value) in fields {
        base += &format!("\"{name}\": {value}\n");
    }
    base += &format!("\"@signature-params\": {input}");
    let key = hmac::Key::new(hmac::HMAC_SHA256, &STANDARD.decode(AUDIOHOOK_SECRET)?);
    let signature = STANDARD.encode(hmac::sign(&key, base.as_bytes()));
    let mut headers: Vec<_> = fields.map(|(name, value)| (name, value.to_owned())).into();
    headers.push(("signature-input", format!("sig1={input}")));
    headers.push(("signature", format!("sig1=:{signature}:")));
    Ok(headers)
}

/// Sends each message of the talk in its time from `first` on.
async fn go_on(
    talk: Arc<Talk>,
    events: Events,
    screens: Vec<Events>,
    mut line: Line,
    first: Instant,
) -> Result<Seen> {
    let sent: Arc<Mutex<Vec<Instant>>> = Arc::default();
    let watching = tokio::spawn(watch(Arc::clone(&talk), events, Arc::clone(&sent)));
    let screens: Vec<_> = screens.into_iter().map(|one| tokio::spawn(look(one))).collect();
    let mut late = 0;
    for step in &talk.steps {
        let due = first + Duration::from_millis(step.due_ms);
        tokio::time::sleep_until(due.into()).await;
        let now = Instant::now();
        late += usize::from(now.duration_since(due) > Duration::from_millis(20));
        sent.lock().unwrap_or_else(PoisonError::into_inner).push(now);
        match &step.post {
            Post::Texts(texts) => {
                for text in texts {
                    line.socket.feed(Message::Text(text.clone().into())).await?;
                }
                line.socket.flush().await?;
            }
            Post::Bytes(bytes) => line.socket.send(Message::Binary(bytes.clone().into())).await?,
            Post::Control(kind, parameters) => {
                line.control(kind, step.until_ms, parameters).await?;
            }
        }
    }
    line.end(&talk).await?;
    let seen = watching.await??;
    let mut pages = 0;
    for screen in screens {
        pages += screen.await??;
    }
    Ok(Seen { late, pages, ..seen })
}

/// A page that follows until the call is over; how often it was told something.
async fn look(mut events: Events) -> Result<usize> {
    let mut told = 0;
    loop {
        let event = events.next().await?;
        ensure!(event["words"].is_object(), "the page is told words");
        told += 1;
        if event["state"] == "ended" {
            return Ok(told);
        }
    }
}

/// Sees what is told until the call is over.
async fn watch(
    talk: Arc<Talk>,
    mut events: Events,
    sent: Arc<Mutex<Vec<Instant>>>,
) -> Result<Seen> {
    let mut seen = Seen::default();
    let mut due: BTreeMap<u64, usize> = talk.due.iter().copied().collect();
    // A call takes as long as its sound.
    let over = Duration::from_millis(talk.length_ms) + PATIENCE;
    let all = async {
        loop {
            let event = events.next().await?;
            let now = Instant::now();
            let at_ms = event["at_ms"].as_u64().context("a time")?;
            if event["state"] == "ended" {
                let missing = event["missing_ms"].as_u64().context("what is missing")?;
                seen.missing_ms =
                    missing.abs_diff(talk.missing_ms) + talk.heard_ms.saturating_sub(at_ms);
                return Ok::<(), anyhow::Error>(());
            }
            // Where a call stands is told more often than there is something new.
            let sent = sent.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(step) = due.get(&at_ms).copied().filter(|step| *step < sent.len()) else {
                continue;
            };
            due.remove(&at_ms);
            let since = |step: usize| -> Result<f64> {
                let sent = sent.get(step).context("a message that was not sent")?;
                Ok(now.duration_since(*sent).as_secs_f64() * 1e3)
            };
            seen.took.push(since(step)?);
            seen.behind.push(since(talk.step_of(at_ms))?);
        }
    };
    tokio::time::timeout(over, all).await.context("a call did not end")??;
    seen.lost = due.len();
    Ok(seen)
}
