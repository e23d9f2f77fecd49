//! The calls that run now, in memory only.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use gehoord_speech::telephony::Sound;
use gehoord_speech::{Now, Running};
use serde_json::{Value, json};
use tokio::sync::broadcast;

/// A call whose socket was lost waits so long for another.
const GRACE: Duration = Duration::from_millis(if cfg!(test) { 100 } else { 30_000 });
/// What a follower may be behind.
const BEHIND: usize = 256;

/// Whose telephone system, and the id of the call there.
type Key = (String, String);

/// The calls that run now.
#[derive(Clone, Default)]
pub(crate) struct Calls {
    shared: Arc<Mutex<Shared>>,
}

#[derive(Default)]
struct Shared {
    calls: HashMap<Key, Entry>,
    /// Who follows, by person.
    followers: HashMap<String, broadcast::Sender<Arc<str>>>,
    sockets: u64,
}

/// One call.
struct Entry {
    agent: String,
    /// What was heard, while no socket is there.
    waiting: Option<Running>,
    /// Number of its last socket.
    socket: u64,
    /// How it stood when that was told last.
    now: Now,
}

/// A call whose socket is there. Dropped without [`Ongoing::end`], it waits for another socket.
pub(super) struct Ongoing {
    calls: Calls,
    key: Key,
    socket: u64,
    running: Option<Running>,
    /// Where its stream begins in the call, in samples.
    from: u64,
}

impl Calls {
    /// A call begins, or goes on over another socket.
    pub(super) fn begin(&self, account: &str, call: &str, agent: &str) -> Result<Ongoing, String> {
        let key = (account.to_owned(), call.to_owned());
        let mut shared = self.lock();
        shared.sockets += 1;
        let socket = shared.sockets;
        let running = match shared.calls.get_mut(&key) {
            None => {
                let entry =
                    Entry { agent: agent.to_owned(), waiting: None, socket, now: Now::default() };
                shared.calls.insert(key.clone(), entry);
                Running::default()
            }
            Some(entry) => {
                if entry.agent != agent {
                    return Err("this call is of another agent".to_owned());
                }
                let Some(running) = entry.waiting.take() else {
                    return Err("this call is heard over another socket already".to_owned());
                };
                entry.socket = socket;
                running
            }
        };
        shared.tell(&key, "running");
        drop(shared);
        let from = running.end();
        Ok(Ongoing { calls: self.clone(), key, socket, running: Some(running), from })
    }

    /// What is told to an agent from now on, and their calls as they stand.
    pub(super) fn follow(&self, agent: &str) -> (broadcast::Receiver<Arc<str>>, Value) {
        let mut shared = self.lock();
        shared.followers.retain(|_, followers| followers.receiver_count() > 0);
        let followers = shared.followers.entry(agent.to_owned());
        let receiver = followers.or_insert_with(|| broadcast::channel(BEHIND).0).subscribe();
        (receiver, shared.of(agent))
    }

    /// The calls of an agent as they stand.
    pub(super) fn of(&self, agent: &str) -> Value {
        self.lock().of(agent)
    }

    /// Ends a call that still waits for a socket after the one with this number.
    fn give_up(&self, key: &Key, socket: u64) {
        let mut shared = self.lock();
        let Some(entry) = shared.calls.get_mut(key).filter(|entry| entry.socket == socket) else {
            return;
        };
        if let Some(running) = entry.waiting.take() {
            entry.now = running.finish();
            shared.tell(key, "ended");
            shared.calls.remove(key);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shared {
    fn tell(&self, key: &Key, state: &str) {
        let Some(entry) = self.calls.get(key) else { return };
        if let Some(followers) = self.followers.get(&entry.agent) {
            let body = body(&key.1, state, &entry.now).to_string();
            // Nobody may be there any more.
            let _ = followers.send(body.into());
        }
    }

    fn of(&self, agent: &str) -> Value {
        let own = self.calls.iter().filter(|(_, entry)| entry.agent == agent);
        let calls: Vec<Value> = own
            .map(|(key, entry)| {
                let state = if entry.waiting.is_some() { "waiting" } else { "running" };
                body(&key.1, state, &entry.now)
            })
            .collect();
        json!({"kind": "calls", "calls": calls})
    }
}

impl Ongoing {
    /// Hears sound, and tells what is new.
    pub(super) fn hear(&mut self, sounds: &[Sound]) {
        let Some(running) = &mut self.running else { return };
        for sound in sounds {
            running.push(sound.party, self.from.saturating_add(sound.at), &sound.samples);
        }
        if let Some(now) = running.news() {
            self.say(now, "running");
        }
    }

    /// The call is over.
    pub(super) fn end(mut self) {
        if let Some(running) = self.running.take() {
            self.say(running.finish(), "ended");
            self.calls.lock().calls.remove(&self.key);
        }
    }

    fn say(&self, now: Now, state: &str) {
        let mut shared = self.calls.lock();
        if let Some(entry) = shared.calls.get_mut(&self.key) {
            entry.now = now;
        }
        shared.tell(&self.key, state);
    }
}

impl Drop for Ongoing {
    fn drop(&mut self) {
        let Some(running) = self.running.take() else { return };
        let mut shared = self.calls.lock();
        if let Some(entry) = shared.calls.get_mut(&self.key) {
            (entry.now, entry.waiting) = (running.now(), Some(running));
        }
        shared.tell(&self.key, "waiting");
        drop(shared);
        let (calls, key, socket) = (self.calls.clone(), self.key.clone(), self.socket);
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn(async move {
                tokio::time::sleep(GRACE).await;
                calls.give_up(&key, socket);
            })),
            Err(_) => calls.give_up(&key, socket),
        }
    }
}

fn body(call: &str, state: &str, now: &Now) -> Value {
    let voice = |voice: &gehoord_speech::running::VoiceNow| {
        json!({
            "speaking": voice.speaking,
            "talk_ms": voice.talk_ms,
            "share": voice.share,
            "pace": voice.pace,
            "monologue_ms": voice.monologue_ms,
            "longest_ms": voice.longest_ms,
            "overlaps": voice.overlaps,
        })
    };
    json!({
        "kind": "call",
        "call": call,
        "state": state,
        "at_ms": now.at_ms,
        "customer": voice(&now.customer),
        "agent": voice(&now.agent),
        "overlap_ms": now.overlap_ms,
        "silence_ms": now.silence_ms,
        "longest_silence_ms": now.longest_silence_ms,
        "missing_ms": now.missing_ms,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_lost_call_waits_for_a_socket_and_then_ends() {
        let calls = Calls::default();
        let ongoing = calls.begin("AC1", "CA1", "samira").unwrap();
        assert!(calls.begin("AC1", "CA1", "samira").is_err(), "it has a socket");
        let (mut told, first) = calls.follow("samira");
        assert_eq!(first["calls"][0]["state"], "running");
        drop(ongoing);
        assert!(told.recv().await.unwrap().contains("waiting"));
        assert!(calls.begin("AC1", "CA1", "kees").is_err(), "it is of somebody else");
        let ongoing = calls.begin("AC1", "CA1", "samira").unwrap();
        tokio::time::sleep(2 * GRACE).await;
        assert_eq!(calls.of("samira")["calls"][0]["state"], "running", "it went on");
        drop(ongoing);
        tokio::time::sleep(2 * GRACE).await;
        assert_eq!(calls.of("samira")["calls"], json!([]));
        assert_eq!(calls.of("kees")["calls"], json!([]));
    }
}
