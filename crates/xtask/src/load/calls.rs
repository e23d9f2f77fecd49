//! Many calls at once over Twilio Media Streams, each with the agent who follows: from the frame that
//! completes a finding to seeing it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures_util::SinkExt;
use gehoord_conversation::Party;
use gehoord_speech::Running;
use gehoord_speech::audio::g711::Law;
use gehoord_speech::synthesis::voice::Manner;
use gehoord_speech::synthesis::{Line, Script};
use ring::hmac;
use serde_json::json;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{WebSocketStream, client_async};

use super::http::{Connection, Events};
use super::served::{Server, TELEPHONY_TOKEN, TELEPHONY_URL};
use super::{Place, machine, quantile};

/// Milliseconds and samples of a frame of one voice.
const FRAME_MS: u64 = 20;
const FRAME: usize = 160;
/// What was not seen so long after the last frame is lost.
const PATIENCE: Duration = Duration::from_secs(10);

/// A talk that all calls hold, and what is to be told of it.
struct Talk {
    /// Frames in base64, customer and agent.
    frames: Vec<[String; 2]>,
    /// After which frame a finding is due, and how far in the call it stands, in milliseconds.
    due: Vec<(usize, u64)>,
    length_ms: u64,
}

impl Talk {
    fn new(seconds: u64) -> Self {
        let length = u32::try_from(seconds * 1000).unwrap_or(u32::MAX);
        let manner = |pitch| Manner { pitch, movement: 4.0, pace: 4.7, level: -21.0, length: 1.0 };
        // Each speaks four seconds in turn; now and then the next begins too early.
        let lines = (0..length.saturating_sub(5_000) / 4_500).map(|n| Line {
            channel: (n % 2) as usize,
            start: 500 + n * 4_500 - if n % 4 == 3 { 400 } else { 0 },
            syllables: 19,
            manner: manner(if n % 2 == 0 { 120.0 } else { 205.0 }),
        });
        let lines = lines.collect();
        let made = Script { lines, noise: Some(-62.0), length, ..Script::default() }.make();
        let made = made.over_the_line();
        let mut running = Running::default();
        let (mut frames, mut due) = (Vec::new(), Vec::new());
        for (n, (agent, customer)) in made.channels[0]
            .chunks_exact(FRAME)
            .zip(made.channels[1].chunks_exact(FRAME))
            .enumerate()
        {
            let mut both = Vec::new();
            for (party, samples) in [(Party::Customer, customer), (Party::Agent, agent)] {
                let bytes: Vec<u8> = samples.iter().map(|s| Law::Mu.encode(*s)).collect();
                let heard: Vec<f32> = bytes.iter().map(|byte| Law::Mu.decode(*byte)).collect();
                running.push(party, (n * FRAME) as u64, &heard);
                both.push(STANDARD.encode(bytes));
                due.extend(running.news().map(|now| (n, now.at_ms)));
            }
            frames.extend(<[String; 2]>::try_from(both));
        }
        Self { length_ms: frames.len() as u64 * FRAME_MS, frames, due }
    }
}

/// What one call came to.
#[derive(Default)]
struct Seen {
    /// From the frame that completes a finding to seeing it, in milliseconds.
    took: Vec<f64>,
    /// From the sound that a finding is about to seeing it, in milliseconds.
    behind: Vec<f64>,
    /// Findings that were not seen, or other ones.
    lost: usize,
    /// Sound that the server did not hear, in milliseconds.
    missing_ms: u64,
    /// Frames that were sent more than 20 ms after their time.
    late: usize,
}

/// Lets so many calls go on for so long.
pub(super) async fn run(calls: usize, seconds: u64, place: &Place) -> Result<()> {
    let store = place.open().await?;
    let agents = super::agents(&store, calls).await?;
    store.close().await;
    let talk = Arc::new(Talk::new(seconds));
    let server = Server::start(place)?;
    println!("{calls} calls, {seconds} s, {}", machine::load());
    let mut open = Vec::with_capacity(calls);
    for (number, agent) in agents.iter().enumerate() {
        let connection = Connection::open(&server.address, &agent.token).await?;
        let mut events = connection.follow("/api/v1/calls/events").await?;
        ensure!(events.next().await?["kind"] == "calls", "the stream begins otherwise");
        open.push((events, begin(&server.address, number).await?));
    }
    let before = (machine::cpu(server.id())?, machine::cpu(std::process::id())?);
    let started = Instant::now();
    let mut all = JoinSet::new();
    for (number, (events, socket)) in open.into_iter().enumerate() {
        // Spread evenly over a frame.
        let share = Duration::from_millis(FRAME_MS) * u32::try_from(number)?;
        let first = started + share / u32::try_from(calls)?;
        all.spawn(go_on(Arc::clone(&talk), events, socket, number, first));
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
    }
    sum.took.sort_by(f64::total_cmp);
    sum.behind.sort_by(f64::total_cmp);
    println!(
        "frames: {} sent, {} lost, {} sent late; findings: {} seen, {} lost",
        2 * calls * talk.frames.len(),
        sum.missing_ms / FRAME_MS,
        sum.late,
        sum.took.len(),
        sum.lost
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

type Socket = WebSocketStream<TcpStream>;

/// A call that was announced.
async fn begin(address: &str, number: usize) -> Result<Socket> {
    const PATH: &str = "/api/v1/telephony/twilio";
    let mut request = format!("ws://{address}{PATH}").into_client_request()?;
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, TELEPHONY_TOKEN.as_bytes());
    let signature = hmac::sign(&key, format!("{TELEPHONY_URL}{PATH}").as_bytes());
    request.headers_mut().insert("x-twilio-signature", STANDARD.encode(signature).parse()?);
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (mut socket, _) = client_async(request, stream).await?;
    let connected = json!({"event": "connected", "protocol": "Call", "version": "1.0.0"});
    let format = json!({"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1});
    let start = json!({"event": "start", "sequenceNumber": "1", "streamSid": "MZ",
        "start": {"streamSid": "MZ", "accountSid": "AC", "callSid": format!("CA{number}"),
            "tracks": ["inbound", "outbound"],
            "customParameters": {"agent": format!("agent{number}")}, "mediaFormat": format}});
    for message in [connected, start] {
        socket.send(Message::Text(message.to_string().into())).await?;
    }
    Ok(socket)
}

/// A frame of both voices each 20 ms from `first` on.
async fn go_on(
    talk: Arc<Talk>,
    events: Events,
    mut socket: Socket,
    number: usize,
    first: Instant,
) -> Result<Seen> {
    let sent: Arc<Mutex<Vec<Instant>>> = Arc::default();
    let watching = tokio::spawn(watch(Arc::clone(&talk), events, Arc::clone(&sent)));
    let mut late = 0;
    for (n, frame) in talk.frames.iter().enumerate() {
        let due = first + Duration::from_millis(FRAME_MS) * u32::try_from(n)?;
        tokio::time::sleep_until(due.into()).await;
        let now = Instant::now();
        late += usize::from(now.duration_since(due) > Duration::from_millis(FRAME_MS));
        sent.lock().unwrap_or_else(PoisonError::into_inner).push(now);
        for (track, payload) in ["inbound", "outbound"].iter().zip(frame) {
            let media = json!({"event": "media", "sequenceNumber": (2 * n + 2).to_string(),
                "streamSid": "MZ", "media": {"track": track, "chunk": (n + 1).to_string(),
                    "timestamp": (n as u64 * FRAME_MS).to_string(), "payload": payload}});
            socket.send(Message::Text(media.to_string().into())).await?;
        }
    }
    let stop =
        json!({"event": "stop", "streamSid": "MZ", "stop": {"callSid": format!("CA{number}")}});
    socket.send(Message::Text(stop.to_string().into())).await?;
    Ok(Seen { late, ..watching.await?? })
}

/// Sees what is told until the call is over.
async fn watch(
    talk: Arc<Talk>,
    mut events: Events,
    sent: Arc<Mutex<Vec<Instant>>>,
) -> Result<Seen> {
    let mut seen = Seen::default();
    let mut due = talk.due.iter();
    // A call takes as long as its sound.
    let over = Duration::from_millis(talk.length_ms) + PATIENCE;
    let all = async {
        loop {
            let event = events.next().await?;
            let now = Instant::now();
            let at_ms = event["at_ms"].as_u64().context("a time")?;
            if event["state"] == "ended" {
                seen.missing_ms = event["missing_ms"].as_u64().context("what is missing")?
                    + talk.length_ms.saturating_sub(at_ms);
                return Ok::<(), anyhow::Error>(());
            }
            // The first says that the call began.
            if at_ms == 0 {
                continue;
            }
            let Some((frame, _)) = due.by_ref().find(|(_, expected)| *expected == at_ms) else {
                seen.lost += 1;
                continue;
            };
            let sent = sent.lock().unwrap_or_else(PoisonError::into_inner);
            let since = |frame: usize| -> Result<f64> {
                let sent = sent.get(frame).context("a frame that was not sent")?;
                Ok(now.duration_since(*sent).as_secs_f64() * 1e3)
            };
            seen.took.push(since(*frame)?);
            seen.behind.push(since(usize::try_from(at_ms.saturating_sub(1) / FRAME_MS)?)?);
        }
    };
    tokio::time::timeout(over, all).await.context("a call did not end")??;
    seen.lost += talk.due.len().saturating_sub(seen.took.len());
    Ok(seen)
}
