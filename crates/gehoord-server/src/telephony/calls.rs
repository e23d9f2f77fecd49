//! The calls that run now, in memory only, and those that just ended.
//!
//! What was measured of a call that ended waits here as long as it is remembered: `keeping` puts it
//! with the words of the call, where those are kept, and otherwise it goes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use gehoord_coaching::advice::{Advice, Adviser};
use gehoord_speech::running::Recent;
use gehoord_speech::telephony::Sound;
use gehoord_speech::{Now, Running, Spoken};
use gehoord_store::{NewRecording, NoSound};
use tokio::sync::broadcast;
use tokio::time::Instant;

use super::words::{self, Queue, Waiting};
use crate::telemetry;

/// A call whose socket was lost waits so long for another.
const GRACE: Duration = Duration::from_millis(if cfg!(test) { 100 } else { 30_000 });
/// How a call stood when it ended is told for so long.
const REMEMBERED: Duration = Duration::from_millis(if cfg!(test) { 300 } else { 600_000 });
/// A call that is not on hold and sends no sound for so long is over.
const NO_SOUND: Duration = Duration::from_millis(if cfg!(test) { 200 } else { 600_000 });
/// No call is longer, on hold or not.
const LONGEST: Duration = Duration::from_secs(12 * 3600);
/// What a lost socket left out is a gap in the call from here on; shorter, it may be none.
const GAP: Duration = Duration::from_secs(1);
/// What a follower may be behind.
const BEHIND: usize = 256;

/// Whose telephone system, the id of the call there, and the agent.
pub(super) type Key = (String, String, String);

/// The calls that run now.
#[derive(Clone, Default)]
pub(crate) struct Calls {
    shared: Arc<Mutex<Shared>>,
    /// Where what is said waits to be written out; none: it is not.
    queue: Option<Queue>,
}

#[derive(Default)]
struct Shared {
    calls: HashMap<Key, Entry>,
    /// Who follows, by person.
    followers: HashMap<String, broadcast::Sender<Arc<Told>>>,
    sockets: u64,
    /// Calls that ended, whose measures are still to be kept with their words.
    ended: Vec<Ended>,
}

/// A call that ended.
#[derive(Clone)]
pub(super) struct Ended {
    key: Key,
    at: Instant,
    ears: Arc<Mutex<Ears>>,
}

impl Ended {
    /// Its id at the telephone system.
    pub(super) fn call(&self) -> &str {
        &self.key.1
    }

    /// Its agent.
    pub(super) fn agent(&self) -> &str {
        &self.key.2
    }

    /// When it began, in milliseconds since 1970.
    pub(super) fn began_at(&self) -> i64 {
        let ago = i64::try_from(lock(&self.ears).began.elapsed().as_millis()).unwrap_or(i64::MAX);
        jiff::Timestamp::now().as_millisecond().saturating_sub(ago)
    }

    /// What was measured of it, to be kept; none where there is nothing. Takes some time.
    pub(super) fn measured(&self) -> Option<Arc<NewRecording>> {
        lock(&self.ears).measured(self.agent())
    }

    /// Whether it is looked at now: often at first, then less.
    pub(super) fn is_due(&self, every: Duration) -> bool {
        let looked = lock(&self.ears).looked;
        looked.is_none_or(|at| at.elapsed() >= every.max(self.at.elapsed() / 10))
    }
}

/// One call.
struct Entry {
    ears: Arc<Mutex<Ears>>,
    /// Number of its last socket.
    socket: u64,
    /// How it stood when that was told last.
    told: Arc<Told>,
}

/// What hears one call.
struct Ears {
    running: Running,
    adviser: Adviser,
    /// Number of the socket that it listens to.
    socket: u64,
    state: State,
    began: Instant,
    /// When sound came last, or the socket, or the end of a hold.
    sound: Instant,
    /// Since when the telephone system has it on hold.
    paused: Option<Instant>,
    /// Since when no socket is there.
    lost: Option<Instant>,
    /// What stands.
    advice: Option<&'static Advice>,
    /// What was measured of the whole call, when it is over and somebody asked.
    measured: Option<Arc<NewRecording>>,
    /// When somebody looked last whether its words are there.
    looked: Option<Instant>,
    words: words::Shared,
}

/// Where a call stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// Its sound comes in.
    Running,
    /// Its socket was lost; another may come.
    Waiting,
    /// It is over.
    Ended(Why),
}

/// Why a call is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    /// The telephone system said so.
    Over,
    /// Its socket was lost, and no other came.
    Lost,
    /// It sent no sound any more.
    NoSound,
    /// It was longer than a call can be.
    TooLong,
    /// This server stops.
    Stops,
}

impl State {
    pub(crate) const fn id(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Waiting => "waiting",
            Self::Ended(_) => "ended",
        }
    }
}

impl Why {
    pub(crate) const fn id(self) -> &'static str {
        match self {
            Self::Over => "over",
            Self::Lost => "lost",
            Self::NoSound => "no_sound",
            Self::TooLong => "too_long",
            Self::Stops => "server_stops",
        }
    }
}

/// How a call stands, as it is told to its agent.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    /// Its id at the telephone system.
    pub(crate) call: String,
    pub(crate) state: State,
    pub(crate) now: Now,
    pub(crate) recent: Recent,
    /// Advice that stands, for an agent who wants any.
    pub(crate) advice: Option<&'static Advice>,
    /// The agent wanted no advice any more in this call.
    pub(crate) silent: bool,
    /// What was said, where that is written out here.
    pub(crate) words: words::Shared,
    /// When it ended.
    ended: Option<Instant>,
}

/// A call whose socket is there. Dropped without [`Ongoing::end`], it waits for another socket.
pub(super) struct Ongoing {
    calls: Calls,
    key: Key,
    socket: u64,
    ears: Arc<Mutex<Ears>>,
    /// Where its stream begins in the call, in samples.
    from: u64,
    over: bool,
}

impl Calls {
    /// No calls yet; what is said in them is to be written out.
    pub(crate) fn with_words() -> Self {
        Self { queue: Some(Queue::default()), ..Self::default() }
    }

    /// Where what is said waits.
    pub(super) const fn queue(&self) -> Option<&Queue> {
        self.queue.as_ref()
    }

    /// Something was written out: whoever follows is told.
    pub(super) fn said(&self, key: &Key) {
        let shared = self.lock();
        let entry = shared.calls.get(key);
        if let Some((entry, followers)) = entry.zip(shared.followers.get(&key.2)) {
            // Nobody may be there any more.
            let _ = followers.send(Arc::clone(&entry.told));
        }
    }

    /// Has something written out.
    fn write_out(&self, key: &Key, spoken: Vec<Spoken>, words: &words::Shared) {
        let Some(queue) = &self.queue else { return };
        for spoken in spoken {
            queue.push(Waiting { key: key.clone(), spoken, words: Arc::clone(words) });
        }
    }

    /// A call begins, or goes on over another socket: the newest is the one that is heard.
    pub(super) fn begin(&self, account: &str, call: &str, agent: &str) -> Ongoing {
        let key = (account.to_owned(), call.to_owned(), agent.to_owned());
        let mut shared = self.lock();
        shared.forget_old();
        shared.sockets += 1;
        let socket = shared.sockets;
        let going_on = shared.calls.get_mut(&key).filter(|entry| entry.told.ended.is_none());
        let ears = match going_on {
            Some(entry) => {
                entry.socket = socket;
                Arc::clone(&entry.ears)
            }
            None => {
                let ears = Ears::new(socket, self.queue.is_some());
                let told = Arc::new(ears.told(call));
                let ears = Arc::new(Mutex::new(ears));
                let entry = Entry { ears: Arc::clone(&ears), socket, told };
                shared.calls.insert(key.clone(), entry);
                ears
            }
        };
        drop(shared);
        let (from, told) = {
            let mut ears = lock(&ears);
            (ears.goes_on(socket), ears.told(call))
        };
        self.tell(&key, socket, told);
        Ongoing { calls: self.clone(), key, socket, ears, from, over: false }
    }

    /// What is told to an agent from now on, and their calls as they stand.
    pub(super) fn follow(&self, agent: &str) -> (broadcast::Receiver<Arc<Told>>, Vec<Arc<Told>>) {
        let mut shared = self.lock();
        shared.followers.retain(|_, followers| followers.receiver_count() > 0);
        let followers = shared.followers.entry(agent.to_owned());
        let receiver = followers.or_insert_with(|| broadcast::channel(BEHIND).0).subscribe();
        (receiver, shared.of(agent))
    }

    /// The calls of an agent as they stand, the newest first, and the last that ended.
    pub(crate) fn of(&self, agent: &str) -> Vec<Arc<Told>> {
        self.lock().of(agent)
    }

    /// No advice any more in a call of this agent; whether there is such a call.
    pub(crate) fn silence(&self, agent: &str, call: &str) -> bool {
        let own = |(_, id, whose): &Key| id == call && whose == agent;
        let found = self
            .lock()
            .calls
            .iter()
            .find(|(key, _)| own(key))
            .map(|(key, entry)| (key.clone(), entry.socket, Arc::clone(&entry.ears)));
        let Some((key, socket, ears)) = found else { return false };
        let told = {
            let mut ears = lock(&ears);
            ears.adviser.silence();
            ears.advice = None;
            ears.told(call)
        };
        self.tell(&key, socket, told);
        true
    }

    /// Calls that ended, whose measures may still be kept.
    pub(super) fn ended(&self) -> Vec<Ended> {
        let mut shared = self.lock();
        shared.forget_old();
        shared.ended.clone()
    }

    /// What was measured of this call is kept, or there is nothing to keep.
    pub(super) fn settled(&self, call: &Ended) {
        self.lock().ended.retain(|one| !Arc::ptr_eq(&one.ears, &call.ears));
    }

    /// Ends a call that still waits for a socket after the one with this number.
    fn give_up(&self, key: &Key, socket: u64) {
        let Some(ears) = self.lock().calls.get(key).map(|entry| Arc::clone(&entry.ears)) else {
            return;
        };
        let (told, spoken) = {
            let mut ears = lock(&ears);
            if ears.socket != socket || ears.state != State::Waiting {
                return;
            }
            let spoken = ears.end(Why::Lost);
            (ears.told(&key.1), spoken)
        };
        self.write_out(key, spoken, &told.words);
        self.tell(key, socket, told);
        self.remember(key, ears);
    }

    /// Keeps how a call stands and tells whoever follows, unless a newer socket is there.
    fn tell(&self, key: &Key, socket: u64, told: Told) {
        let told = Arc::new(told);
        let mut shared = self.lock();
        let Some(entry) = shared.calls.get_mut(key).filter(|entry| entry.socket == socket) else {
            return;
        };
        entry.told = Arc::clone(&told);
        if let Some(followers) = shared.followers.get(&key.2) {
            // Nobody may be there any more.
            let _ = followers.send(told);
        }
    }

    /// A call ended: it is forgotten when it is no longer told.
    fn remember(&self, key: &Key, ears: Arc<Mutex<Ears>>) {
        self.lock().ended.push(Ended { key: key.clone(), at: Instant::now(), ears });
        let calls = self.clone();
        later(REMEMBERED, move || calls.lock().forget_old());
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shared {
    fn of(&self, agent: &str) -> Vec<Arc<Told>> {
        let own = self.calls.iter().filter(|((.., whose), _)| whose == agent);
        let mut own: Vec<_> = own.map(|(_, entry)| (entry.socket, &entry.told)).collect();
        own.sort_by_key(|(socket, told)| (told.ended.is_some(), std::cmp::Reverse(*socket)));
        let last = own.iter().position(|(_, told)| told.ended.is_some());
        own.truncate(last.map_or(own.len(), |last| last + 1));
        own.into_iter().map(|(_, told)| Arc::clone(told)).collect()
    }

    fn forget_old(&mut self) {
        let old = |told: &Told| told.ended.is_some_and(|ended| ended.elapsed() >= REMEMBERED);
        self.calls.retain(|_, entry| !old(&entry.told));
        self.ended.retain(|call| call.at.elapsed() < REMEMBERED);
    }
}

impl Ears {
    fn new(socket: u64, words: bool) -> Self {
        let now = Instant::now();
        let running = Running::measured();
        Self {
            running: if words { running.with_words() } else { running },
            adviser: Adviser::default(),
            socket,
            state: State::Running,
            began: now,
            sound: now,
            paused: None,
            lost: None,
            advice: None,
            measured: None,
            looked: None,
            words: words::Shared::default(),
        }
    }

    /// What was measured of the whole call, when it is over.
    fn measured(&mut self, agent: &str) -> Option<Arc<NewRecording>> {
        self.looked = Some(Instant::now());
        if let Some(whole) = self.running.whole() {
            self.measured = Some(Arc::new(NewRecording {
                voice: (&whole.voice).into(),
                lines: (&whole.lines).into(),
                spoken: Vec::new(),
                silenced: Vec::new(),
                sound: Err(NoSound::Running),
                days: 0,
                agent_id: Some(agent.to_owned()),
            }));
        }
        self.measured.clone()
    }

    /// A socket is there; where its stream begins in the call, in samples.
    fn goes_on(&mut self, socket: u64) -> u64 {
        (self.socket, self.state, self.sound) = (socket, State::Running, Instant::now());
        // A call that was on hold is not any more, for all that the new socket says.
        let held = self.paused.take();
        let gap = held.or(self.lost.take()).map(|since| since.elapsed()).unwrap_or_default();
        let end = self.running.end();
        if gap < GAP {
            return end;
        }
        let from = end.saturating_add(samples(gap));
        if held.is_some() {
            self.running.pause(from);
        }
        from
    }

    /// How it stands, with a hold of which no sound tells.
    fn now(&self) -> Now {
        let mut now = self.running.now();
        if let Some(paused) = self.paused {
            let held = u64::try_from(paused.elapsed().as_millis()).unwrap_or(u64::MAX);
            now.hold_ms = now.hold_ms.saturating_add(held);
            now.held_ms = now.held_ms.saturating_add(held);
            now.at_ms = now.at_ms.saturating_add(held);
            now.silence_ms = 0;
        }
        now
    }

    /// The call is over; what was said last comes back.
    fn end(&mut self, why: Why) -> Vec<Spoken> {
        telemetry::call_ended(why.id());
        self.state = State::Ended(why);
        self.advice = None;
        if let Some(held) = self.paused.take() {
            let until = self.running.end().saturating_add(samples(held.elapsed()));
            self.running.pause(until);
        }
        self.running.over();
        self.running.spoken()
    }

    /// Looks whether advice stands; whether that changed.
    fn advise(&mut self) -> bool {
        let before = self.advice.map(|advice| &advice.id);
        let now = self.now();
        self.advice = self.adviser.look(&now, self.running.customer_may_speak());
        before != self.advice.map(|advice| &advice.id)
    }

    fn told(&self, call: &str) -> Told {
        let ended = matches!(self.state, State::Ended(_)).then(Instant::now);
        Told {
            call: call.to_owned(),
            state: self.state,
            now: self.now(),
            recent: self.running.recent(),
            advice: self.advice,
            silent: self.adviser.is_silent(),
            words: Arc::clone(&self.words),
            ended,
        }
    }

    /// Why it cannot go on.
    fn overdue(&self) -> Option<Why> {
        if self.began.elapsed() > LONGEST {
            return Some(Why::TooLong);
        }
        let silent = self.paused.is_none() && self.sound.elapsed() > NO_SOUND;
        silent.then_some(Why::NoSound)
    }
}

/// What becomes of a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Goes {
    /// It is heard on.
    On,
    /// Another socket has its call, or the call is over.
    Away,
}

impl Ongoing {
    /// Hears sound, and tells what is new.
    pub(super) fn hear(&mut self, sounds: &[Sound]) -> Goes {
        let from = self.from;
        let mut said = None;
        let goes = self.with(|ears| {
            ears.sound = Instant::now();
            for sound in sounds {
                ears.running.push(sound.party, from.saturating_add(sound.at), &sound.samples);
            }
            let spoken = ears.running.spoken();
            said = (!spoken.is_empty()).then(|| (spoken, Arc::clone(&ears.words)));
            ears.running.news().is_some()
        });
        if let Some((spoken, words)) = said {
            self.calls.write_out(&self.key, spoken, &words);
        }
        goes
    }

    /// The telephone system has the call on hold.
    pub(super) fn hold(&mut self) -> Goes {
        self.with(|ears| {
            ears.paused.get_or_insert_with(Instant::now);
            true
        })
    }

    /// The hold is over, so many samples after the start of the stream.
    pub(super) fn go_on(&mut self, at: u64) -> Goes {
        let (at, mut beside) = (self.from.saturating_add(at), 0);
        let goes = self.with(|ears| {
            let Some(paused) = ears.paused.take() else { return false };
            // A stream that does not count its hold goes on that much later in the call.
            let told = at.saturating_sub(ears.running.end());
            beside = samples(paused.elapsed()).saturating_sub(told);
            if beside < samples(GAP) {
                beside = 0;
            }
            ears.running.pause(at.saturating_add(beside));
            ears.sound = Instant::now();
            true
        });
        self.from = self.from.saturating_add(beside);
        goes
    }

    /// Something came that says nothing: the time goes on all the same.
    pub(super) fn idle(&mut self) -> Goes {
        self.with(|ears| ears.paused.is_some())
    }

    /// The call is over.
    pub(super) fn end(mut self, why: Why) {
        self.finish(why);
    }

    /// Lets the ears do something; tells whoever follows when that gives news.
    fn with(&mut self, act: impl FnOnce(&mut Ears) -> bool) -> Goes {
        if self.over {
            return Goes::Away;
        }
        let told = {
            let mut ears = lock(&self.ears);
            if ears.socket != self.socket || ears.state != State::Running {
                drop(ears);
                self.over = true;
                return Goes::Away;
            }
            if let Some(why) = ears.overdue() {
                drop(ears);
                self.finish(why);
                return Goes::Away;
            }
            let news = act(&mut ears);
            let advised = ears.advise();
            (news || advised).then(|| ears.told(&self.key.1))
        };
        if let Some(told) = told {
            self.calls.tell(&self.key, self.socket, told);
        }
        Goes::On
    }

    fn finish(&mut self, why: Why) {
        if std::mem::replace(&mut self.over, true) {
            return;
        }
        let (told, spoken) = {
            let mut ears = lock(&self.ears);
            if ears.socket != self.socket {
                return;
            }
            let spoken = ears.end(why);
            (ears.told(&self.key.1), spoken)
        };
        self.calls.write_out(&self.key, spoken, &told.words);
        self.calls.tell(&self.key, self.socket, told);
        self.calls.remember(&self.key, Arc::clone(&self.ears));
    }
}

impl Drop for Ongoing {
    fn drop(&mut self) {
        if self.over {
            return;
        }
        let told = {
            let mut ears = lock(&self.ears);
            if ears.socket != self.socket {
                return;
            }
            (ears.state, ears.lost, ears.advice) = (State::Waiting, Some(Instant::now()), None);
            ears.told(&self.key.1)
        };
        self.calls.tell(&self.key, self.socket, told);
        let (calls, key, socket) = (self.calls.clone(), self.key.clone(), self.socket);
        later(GRACE, move || calls.give_up(&key, socket));
    }
}

/// Does something after a while; at once where nothing can wait any more.
fn later(wait: Duration, act: impl FnOnce() + Send + 'static) {
    match tokio::runtime::Handle::try_current() {
        Ok(runtime) => drop(runtime.spawn(async move {
            tokio::time::sleep(wait).await;
            act();
        })),
        Err(_) => act(),
    }
}

fn lock(ears: &Mutex<Ears>) -> MutexGuard<'_, Ears> {
    ears.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Samples of 8 kHz in a time.
fn samples(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX).saturating_mul(8)
}

#[cfg(test)]
mod tests {
    use gehoord_conversation::Party;

    use super::*;

    fn states(calls: &Calls, agent: &str) -> Vec<State> {
        calls.of(agent).iter().map(|told| told.state).collect()
    }

    fn sound(at: u64, samples: usize) -> Vec<Sound> {
        let sound = |party| Sound { party, at, samples: vec![0.0; samples] };
        vec![sound(Party::Customer), sound(Party::Agent)]
    }

    #[tokio::test]
    async fn a_lost_call_waits_for_a_socket_and_then_ends() {
        let calls = Calls::default();
        let ongoing = calls.begin("AC1", "CA1", "samira");
        let (mut told, first) = calls.follow("samira");
        assert_eq!(first[0].state, State::Running);
        drop(ongoing);
        assert_eq!(told.recv().await.unwrap().state, State::Waiting);
        let ongoing = calls.begin("AC1", "CA1", "samira");
        tokio::time::sleep(2 * GRACE).await;
        assert_eq!(states(&calls, "samira"), [State::Running], "it went on");
        drop(ongoing);
        tokio::time::sleep(2 * GRACE).await;
        assert_eq!(states(&calls, "samira"), [State::Ended(Why::Lost)]);
        assert_eq!(states(&calls, "kees"), []);
        tokio::time::sleep(2 * REMEMBERED).await;
        assert_eq!(states(&calls, "samira"), [], "what ended is forgotten");
    }

    #[tokio::test]
    async fn the_newest_socket_is_heard_and_the_one_before_goes_away() {
        let calls = Calls::default();
        let mut old = calls.begin("AC1", "CA1", "samira");
        assert_eq!(old.hear(&sound(0, 800)), Goes::On);
        let mut new = calls.begin("AC1", "CA1", "samira");
        assert_eq!(old.hear(&sound(800, 800)), Goes::Away, "nobody knew yet that it was lost");
        assert_eq!(new.hear(&sound(0, 800)), Goes::On);
        drop(old);
        assert_eq!(states(&calls, "samira"), [State::Running]);
        new.end(Why::Over);
        let ended = calls.of("samira").remove(0);
        assert_eq!((ended.state, ended.now.at_ms), (State::Ended(Why::Over), 200));
        // The same stream may begin again in the same call.
        let _again = calls.begin("AC1", "CA1", "samira");
        assert_eq!(states(&calls, "samira"), [State::Running]);
        assert_eq!(calls.of("samira")[0].now.at_ms, 0);
    }

    #[tokio::test]
    async fn a_call_that_is_put_through_begins_anew_for_the_other_agent() {
        let calls = Calls::default();
        let mut first = calls.begin("org", "c1", "samira");
        first.hear(&sound(0, 16_000));
        let _second = calls.begin("org", "c1", "kees");
        assert_eq!(calls.of("kees")[0].now.at_ms, 0, "nothing of what the other agent said");
        assert_eq!((calls.of("samira").len(), calls.of("kees").len()), (1, 1));
    }

    #[tokio::test]
    async fn a_call_without_sound_ends_with_its_reason_and_one_on_hold_does_not() {
        let calls = Calls::default();
        let mut ongoing = calls.begin("org", "c1", "samira");
        assert_eq!(ongoing.hold(), Goes::On);
        tokio::time::sleep(2 * NO_SOUND).await;
        assert_eq!(ongoing.idle(), Goes::On);
        let held = calls.of("samira")[0].now;
        assert!(held.hold_ms >= 400 && held.at_ms >= 400, "{held:?}");
        assert_eq!(ongoing.go_on(8_000), Goes::On);
        tokio::time::sleep(2 * NO_SOUND).await;
        assert_eq!(ongoing.idle(), Goes::Away);
        assert_eq!(states(&calls, "samira"), [State::Ended(Why::NoSound)]);
        assert_eq!(calls.of("samira")[0].now.held_ms, 1_000, "as the stream said");
    }

    #[tokio::test]
    async fn silence_is_for_one_call_of_ones_own() {
        let calls = Calls::default();
        let _ongoing = calls.begin("org", "c1", "samira");
        let _other = calls.begin("org", "c2", "samira");
        assert!(!calls.silence("kees", "c1"));
        assert!(!calls.of("samira").iter().any(|told| told.silent));
        assert!(calls.silence("samira", "c1"));
        let silent: Vec<_> =
            calls.of("samira").iter().map(|told| (told.call.clone(), told.silent)).collect();
        assert_eq!(silent, [("c2".to_owned(), false), ("c1".to_owned(), true)]);
    }
}
