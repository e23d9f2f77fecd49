//! Many conversations at once, each with somebody who follows it: from sending a turn to seeing it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::http::{Connection, Events};
use super::sentences::{self, Chance};
use super::served::Server;
use super::{Place, machine, quantile};

/// Agents who share the conversations.
const AGENTS: usize = 10;
/// A turn that was not seen so long after the last was sent is lost.
const PATIENCE: Duration = Duration::from_secs(10);

/// What one conversation came to.
#[derive(Default)]
struct Seen {
    /// From sending to seeing, in milliseconds.
    took: Vec<f64>,
    sent: u64,
    acknowledged: u64,
    doubled: u64,
    disordered: u64,
    lost: u64,
    /// Turns that were sent more than a tenth of a second after their time.
    late: u64,
}

/// Lets so many conversations go on for so long.
pub(super) async fn run(conversations: usize, seconds: u64, place: &Place) -> Result<()> {
    let store = place.open().await?;
    let backend = store.backend();
    let tokens: Vec<String> =
        super::agents(&store, AGENTS).await?.into_iter().map(|agent| agent.token).collect();
    store.close().await;
    let server = Server::start(place)?;
    let mut talks = Vec::with_capacity(conversations);
    for number in 0..conversations {
        talks.push(Talk::open(&server.address, &tokens[number % AGENTS], number).await?);
    }
    println!("{backend:?}, {conversations} conversations, {seconds} s, {}", machine::load());
    let before = (machine::cpu(server.id())?, machine::cpu(std::process::id())?);
    let started = Instant::now();
    let mut all = JoinSet::new();
    for (number, talk) in talks.into_iter().enumerate() {
        // Spread evenly over the second.
        let share = u32::try_from(number)?;
        let first = Duration::from_secs(1) * share / u32::try_from(conversations)?;
        all.spawn(talk.go_on(started + first, seconds));
    }
    let watched = watch(&server, &tokens[0], seconds);
    let (watched, ended) = tokio::join!(watched, all.join_all());
    let took = started.elapsed();
    let after = (machine::cpu(server.id())?, machine::cpu(std::process::id())?);
    let mut sum = Seen::default();
    for one in ended {
        let one = one?;
        sum.took.extend(one.took);
        sum.sent += one.sent;
        sum.acknowledged += one.acknowledged;
        sum.doubled += one.doubled;
        sum.disordered += one.disordered;
        sum.lost += one.lost;
        sum.late += one.late;
    }
    sum.took.sort_by(f64::total_cmp);
    println!(
        "turns: {} sent, {} acknowledged, {} lost, {} doubled, {} out of order, {} sent late",
        sum.sent, sum.acknowledged, sum.lost, sum.doubled, sum.disordered, sum.late
    );
    println!(
        "sent to seen: median {:.1} ms, 99 % {:.1} ms, most {:.1} ms",
        quantile(&sum.took, 0.5),
        quantile(&sum.took, 0.99),
        quantile(&sum.took, 1.0)
    );
    #[allow(clippy::cast_precision_loss, reason = "figures for people")]
    let per_turn = |cpu: Duration| cpu.as_secs_f64() * 1e3 / sum.sent as f64;
    println!(
        "CPU: server {:.2} ms a turn ({:.2} cores), generator {:.2} ms a turn; {} at the end",
        per_turn(after.0 - before.0),
        (after.0 - before.0).as_secs_f64() / took.as_secs_f64(),
        per_turn(after.1 - before.1),
        machine::load()
    );
    for (turns, heard, cpu) in watched? {
        println!("  turn {turns:>3}: {heard:.2} ms to hear it (wall), {cpu:.2} ms of the server");
    }
    ensure!(sum.lost + sum.doubled + sum.disordered == 0, "turns went wrong");
    Ok(())
}

/// Every ten seconds, which are ten turns of each conversation: what a turn took to hear and cost
/// the server, in milliseconds.
async fn watch(server: &Server, token: &str, seconds: u64) -> Result<Vec<(u64, f64, f64)>> {
    let mut connection = Connection::open(&server.address, token).await?;
    let mut figures = Vec::new();
    let (mut sum, mut count) = heard(&mut connection).await?;
    let mut cpu = machine::cpu(server.id())?;
    for step in 1..=seconds / 10 {
        tokio::time::sleep(Duration::from_secs(10)).await;
        let (new_sum, new_count) = heard(&mut connection).await?;
        let new_cpu = machine::cpu(server.id())?;
        let turns = (new_count - count).max(1.0);
        let of_server = (new_cpu - cpu).as_secs_f64() * 1e3 / turns;
        figures.push((step * 10 - 5, (new_sum - sum) * 1e3 / turns, of_server));
        (sum, count, cpu) = (new_sum, new_count, new_cpu);
    }
    Ok(figures)
}

/// Seconds spent on hearing so far, and turns heard.
async fn heard(connection: &mut Connection) -> Result<(f64, f64)> {
    let body = String::from_utf8(connection.get("/metrics").await?.body)?;
    let figure = |name: &str| {
        let line = body.lines().find_map(|line| line.strip_prefix(name));
        line.map_or(Ok(0.0), |value| value.trim().parse::<f64>())
    };
    Ok((figure("gehoord_turn_seconds_sum ")?, figure("gehoord_turn_seconds_count ")?))
}

/// One conversation with who follows it.
struct Talk {
    id: String,
    number: usize,
    connection: Connection,
    events: Events,
}

impl Talk {
    async fn open(address: &str, token: &str, number: usize) -> Result<Self> {
        let mut connection = Connection::open(address, token).await?;
        let name = format!("live-{}-{number}", std::process::id());
        let new = json!({"schema": 1, "id": name, "channel": "chat", "locale": "nl-NL",
            "turns": []});
        let answer = connection.post("/api/v1/conversations", &new).await?;
        let body: Value = serde_json::from_slice(&answer.body)?;
        ensure!(answer.status == 201, "making a conversation answered {}: {body}", answer.status);
        let id = body["id"].as_str().context("an id")?.to_owned();
        let stream = Connection::open(address, token).await?;
        let mut events = stream.follow(&format!("/api/v1/conversations/{id}/events")).await?;
        ensure!(events.next().await?["kind"] == "conversation", "the stream begins otherwise");
        Ok(Self { id, number, connection, events })
    }

    /// One turn a second from `first` on.
    async fn go_on(self, first: Instant, seconds: u64) -> Result<Seen> {
        let Self { id, number, mut connection, mut events } = self;
        let sent: Arc<Mutex<Vec<Instant>>> = Arc::default();
        let times = Arc::clone(&sent);
        let watching = tokio::spawn(async move {
            let mut seen = Seen::default();
            let mut next = 0;
            while next < seconds {
                let Ok(event) = tokio::time::timeout(PATIENCE, events.next()).await else { break };
                let now = Instant::now();
                let event = event?;
                // Where promises stand is told beside the turns.
                if event["kind"] == "promises" {
                    continue;
                }
                let position = event["position"].as_u64().context("a position")?;
                let at = times.lock().unwrap_or_else(PoisonError::into_inner);
                let place = usize::try_from(position)?;
                match position.cmp(&next) {
                    std::cmp::Ordering::Less => seen.doubled += 1,
                    std::cmp::Ordering::Greater => seen.disordered += 1,
                    std::cmp::Ordering::Equal => {}
                }
                next = next.max(position + 1);
                let sent = at.get(place).context("a turn that was not sent")?;
                seen.took.push(now.duration_since(*sent).as_secs_f64() * 1e3);
            }
            seen.lost = seconds - seen.took.len() as u64 + seen.doubled;
            Ok::<Seen, anyhow::Error>(seen)
        });
        let mut chance = Chance::new(number as u64);
        let path = format!("/api/v1/conversations/{id}/turns");
        let (mut acknowledged, mut late) = (0, 0);
        for turn in 0..seconds {
            let due = first + Duration::from_secs(turn);
            tokio::time::sleep_until(due.into()).await;
            let (party, text) = if turn % 2 == 0 {
                ("customer", sentences::customer(&mut chance))
            } else {
                ("agent", sentences::agent(&mut chance))
            };
            let body = json!({"party": party, "text": text, "external_id": turn.to_string()});
            let now = Instant::now();
            late += u64::from(now.duration_since(due) > Duration::from_millis(100));
            sent.lock().unwrap_or_else(PoisonError::into_inner).push(now);
            let answer = connection.post(&path, &body).await?;
            ensure!(
                answer.status == 201,
                "a turn answered {}: {}",
                answer.status,
                String::from_utf8_lossy(&answer.body)
            );
            acknowledged += 1;
        }
        let seen = watching.await??;
        Ok(Seen { sent: seconds, acknowledged, late, ..seen })
    }
}
