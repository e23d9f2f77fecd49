//! Conversations while they go on: turns come in one by one, each is masked, heard once and kept in
//! one transaction, and whoever follows is told, in order.
//!
//! What is kept in memory is only a copy: it may be dropped at any moment and is read back.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use gehoord_coaching::{follow, hear, review};
use gehoord_conversation::wire::WireReport;
use gehoord_conversation::wire::report::WireTurnReport;
use gehoord_conversation::{Locale, Party, Turn};
use gehoord_ingest::pseudonym::{ConversationMasker, Masks, Pseudonymiser};
use gehoord_listening::{Listener, Ongoing};
use gehoord_store::{NewTurn, Store, StoreError, Viewer};
use jiff::Zoned;
use serde_json::{Value, json};
use tokio::sync::{Mutex as AsyncMutex, broadcast};

use crate::aside::aside;
use crate::earlier::show_earlier;
use crate::error::ApiError;
use crate::importing::hide_personal_id;
use crate::in_force::InForce;
use crate::{intake, telemetry};

/// So many events may wait for a slow screen; then it is sent what is there now.
const WAITING: usize = 256;
/// So often a turn is heard again when another process wrote to the conversation meanwhile.
const TRIES: usize = 10;
/// So many doubts may wait to be looked into.
const DOUBTS: usize = 64;
/// A doubt about whatever anybody may see.
pub(crate) const EVERYBODY: &str = "";
/// So many conversations are kept in memory, with all that was heard in them.
const MOST: usize = 2_000;

/// The conversations that go on now. Cheap to clone.
#[derive(Clone)]
pub struct Live {
    shared: Arc<Shared>,
}

struct Shared {
    store: Store,
    in_force: InForce,
    finder: Arc<Pseudonymiser>,
    conversations: Mutex<HashMap<String, Arc<Entry>>>,
    ended: tokio::sync::watch::Sender<bool>,
    doubts: broadcast::Sender<Arc<str>>,
}

/// One conversation.
struct Entry {
    state: AsyncMutex<Option<State>>,
    events: broadcast::Sender<Told>,
}

/// What is known of a conversation without reading it back.
struct State {
    /// What it was heard with.
    listener: Arc<Listener>,
    ongoing: Ongoing,
    masks: Masks,
    people: Vec<Option<String>>,
    report: WireReport,
    /// So many first entries of the report are in the store as they are.
    kept: usize,
}

/// A turn that came in.
#[derive(Debug, Clone)]
pub(crate) struct Said {
    pub(crate) party: Party,
    pub(crate) text: String,
    pub(crate) at: Zoned,
    pub(crate) speaker: Option<String>,
    pub(crate) person_id: Option<String>,
    pub(crate) external_id: Option<String>,
}

/// What whoever follows is told.
#[derive(Debug, Clone)]
pub(crate) enum Told {
    /// A turn came in.
    Turn(Arc<Event>),
    /// A promise was heard, went, or stands elsewhere than before.
    Promises,
    /// What was told before has changed: look at all of it again.
    Anew,
}

/// A turn that was heard, for whoever follows.
#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) position: i64,
    pub(crate) party: Party,
    pub(crate) person_id: Option<String>,
    pub(crate) text: String,
    pub(crate) said_at: i64,
    /// Entries of the report that are new or changed: turn, whose turn it is, entry.
    pub(crate) findings: Vec<(i64, Option<String>, bool, Value)>,
    /// About the customer: `trajectory`, `complaint`.
    pub(crate) customer_side: Value,
    /// About the agents: `heard`, `moments`.
    pub(crate) agent_side: Value,
    /// Agents who spoke.
    pub(crate) speakers: Vec<Option<String>>,
}

impl Event {
    /// Which agent spoke, as the store knows it.
    fn spoken_by(&mut self, speaker: Option<&String>) {
        self.person_id = speaker.cloned();
        if self.party == Party::Agent
            && let Some(last) = self.speakers.last_mut()
        {
            *last = speaker.cloned();
        }
        for (position, person, ..) in &mut self.findings {
            if *position == self.position {
                *person = speaker.cloned();
            }
        }
    }
}

/// Where a turn came to stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Appended {
    pub(crate) position: i64,
    /// False: it was there already.
    pub(crate) new: bool,
}

impl Live {
    pub(crate) fn new(store: Store, in_force: InForce, finder: Arc<Pseudonymiser>) -> Self {
        let ended = tokio::sync::watch::Sender::new(false);
        let conversations = Mutex::default();
        let doubts = broadcast::Sender::new(DOUBTS);
        let shared = Shared { store, in_force, finder, conversations, ended, doubts };
        Self { shared: Arc::new(shared) }
    }

    /// Ends every stream, so that the server can stop.
    pub fn end(&self) {
        self.shared.ended.send_replace(true);
    }

    /// Becomes true when streams should end.
    pub(crate) fn ended(&self) -> tokio::sync::watch::Receiver<bool> {
        self.shared.ended.subscribe()
    }

    /// Events of a conversation from now on.
    pub(crate) fn follow(&self, id: &str) -> broadcast::Receiver<Told> {
        self.entry(id).events.subscribe()
    }

    /// Something was taken from or given to a person, or decided about a conversation (its id, or
    /// [`EVERYBODY`]): whoever follows looks again what they may see.
    pub(crate) fn doubt(&self, id: &str) {
        // Nobody may be following.
        let _ = self.shared.doubts.send(id.into());
    }

    /// Ids about which there is a doubt, from now on.
    pub(crate) fn doubts(&self) -> broadcast::Receiver<Arc<str>> {
        self.shared.doubts.subscribe()
    }

    /// A conversation was changed in another way: its copy is forgotten, and whoever follows is told
    /// all of it again.
    pub(crate) async fn changed(&self, id: &str) {
        self.forget(id).await;
        let _ = self.entry(id).events.send(Told::Anew);
    }

    /// Promises of these conversations changed: whoever follows one is told where they stand.
    pub(crate) fn promises_changed(&self, conversations: &[String]) {
        let all = self.shared.conversations.lock().unwrap_or_else(PoisonError::into_inner);
        for entry in conversations.iter().filter_map(|id| all.get(id)) {
            // Nobody may be following.
            let _ = entry.events.send(Told::Promises);
        }
    }

    /// Forgets the copy of a conversation.
    pub(crate) async fn forget(&self, id: &str) {
        *self.entry(id).state.lock().await = None;
    }

    /// Keeps a turn and what was heard in it, and tells whoever follows.
    pub(crate) async fn append(
        &self,
        viewer: &Viewer,
        id: &str,
        mut said: Said,
    ) -> Result<Appended, ApiError> {
        if let Some(id) = &mut said.external_id {
            hide_personal_id(id, &self.shared.store, &self.shared.finder);
        }
        let entry = self.entry(id);
        // One turn of a conversation at a time: in order, and each heard once.
        let mut held = entry.state.lock().await;
        for _ in 0..TRIES {
            let state = match held.take() {
                // With other ears all of it is heard anew.
                Some(state) if Arc::ptr_eq(&state.listener, &self.shared.in_force.listener()) => {
                    state
                }
                _ => self.load(id).await?,
            };
            let (mut state, mut heard) = self.hear(state, said.clone()).await?;
            match self.keep(viewer, id, &heard, &state.report).await? {
                Kept::New(position, speaker, promises) => {
                    heard.event.spoken_by(speaker.as_ref());
                    if let Some(last) = state.people.last_mut() {
                        *last = speaker;
                    }
                    *held = Some(state);
                    // Nobody may be following.
                    let _ = entry.events.send(Told::Turn(Arc::new(heard.event)));
                    self.promises_changed(&promises);
                    return Ok(Appended { position, new: true });
                }
                Kept::There(position) => return Ok(Appended { position, new: false }),
                Kept::Edited(position) => {
                    drop(held);
                    self.listen_again(id).await?;
                    return Ok(Appended { position, new: true });
                }
                // Somebody else wrote to it meanwhile: read it back and hear it again.
                Kept::Elsewhere => {}
            }
        }
        Err(ApiError::Conflict("the conversation is being changed by somebody else".to_owned()))
    }

    /// Hears a whole conversation anew, as after an edit or with other ears.
    ///
    /// # Errors
    /// When it is not there or the database does not answer.
    pub async fn listen_again(&self, id: &str) -> Result<(), StoreError> {
        let mut request = self.shared.store.request(&Viewer::machine(), "listen.again").await?;
        let view = request.conversation(id).await?;
        let conversation = intake::stored(&view)?;
        let report = review(&self.shared.in_force.listener(), &conversation);
        request.write_report(id, &WireReport::new(&report, &conversation), 0).await?;
        show_earlier(&mut request, &self.shared.in_force.listener(), id, 0).await?;
        let promises = request.promises_changed();
        request.finish().await?;
        self.changed(id).await;
        self.promises_changed(&promises);
        Ok(())
    }

    async fn load(&self, id: &str) -> Result<State, ApiError> {
        let mut request = self.shared.store.request(&Viewer::machine(), "live.load").await?;
        let view = request.conversation(id).await?;
        let masks = intake::masks(request.masks(id).await?)?;
        request.finish().await?;
        let people = view.turns.iter().map(|turn| turn.person_id.clone()).collect();
        let conversation = intake::stored(&view)?;
        let listener = self.shared.in_force.listener();
        let work = move || {
            let ongoing = follow(&listener, conversation);
            let report = WireReport::new(ongoing.report(), ongoing.conversation());
            let stored = view.turns.into_iter().map(|turn| turn.finding).map(|finding| {
                finding.and_then(|finding| serde_json::from_value::<WireTurnReport>(finding).ok())
            });
            let same = stored.zip(&report.turns).take_while(|(old, new)| old.as_ref() == Some(new));
            let kept = same.count();
            State { listener, ongoing, masks, people, report, kept }
        };
        aside(work).await
    }

    /// Masks and listens, away from the threads that answer.
    async fn hear(&self, mut state: State, said: Said) -> Result<(State, Heard), ApiError> {
        let (listener, finder) = (Arc::clone(&state.listener), Arc::clone(&self.shared.finder));
        let work = move || {
            let started = Instant::now();
            let heard = state.hear(said, &listener, &finder);
            telemetry::turn_heard(started.elapsed());
            (state, heard)
        };
        aside(work).await
    }

    async fn keep(
        &self,
        viewer: &Viewer,
        id: &str,
        heard: &Heard,
        report: &WireReport,
    ) -> Result<Kept, ApiError> {
        let mut request = self.shared.store.request(viewer, "conversation.append").await?;
        let appended = request.append_turn(id, &heard.turn, &heard.originals).await?;
        let position = appended.position;
        if !appended.new {
            request.finish().await?;
            return Ok(Kept::There(position));
        }
        match position.cmp(&heard.event.position) {
            Ordering::Equal => {}
            Ordering::Greater => return Ok(Kept::Elsewhere),
            Ordering::Less => {
                request.finish().await?;
                return Ok(Kept::Edited(position));
            }
        }
        request.write_report(id, report, heard.first).await?;
        let new = usize::try_from(position).unwrap_or_default();
        show_earlier(&mut request, &self.shared.in_force.listener(), id, new).await?;
        let promises = request.promises_changed();
        request.finish().await?;
        Ok(Kept::New(position, appended.person_id, promises))
    }

    fn entry(&self, id: &str) -> Arc<Entry> {
        let mut all = self.shared.conversations.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = all.get(id) {
            return Arc::clone(entry);
        }
        if all.len() >= MOST {
            // Whoever is followed or at work is held by somebody else too.
            all.retain(|_, entry| {
                Arc::strong_count(entry) > 1 || entry.events.receiver_count() > 0
            });
        }
        let (events, _) = broadcast::channel(WAITING);
        let entry = Arc::new(Entry { state: AsyncMutex::new(None), events });
        all.insert(id.to_owned(), Arc::clone(&entry));
        telemetry::conversations_live(all.len());
        entry
    }
}

enum Kept {
    /// Its place, who spoke, and conversations of which a promise changed.
    New(i64, Option<String>, Vec<String>),
    There(i64),
    Edited(i64),
    Elsewhere,
}

/// A turn that was heard and is not kept yet.
struct Heard {
    turn: NewTurn,
    originals: Vec<gehoord_store::Original>,
    first: usize,
    event: Event,
}

impl State {
    fn hear(&mut self, said: Said, listener: &Listener, finder: &Pseudonymiser) -> Heard {
        let language = self.ongoing.conversation().locale.as_ref().and_then(Locale::language);
        let masks = std::mem::take(&mut self.masks);
        let before = masks.originals().count();
        let mut masker = ConversationMasker::new(finder, language).with_masks(masks);
        let text = masker.turn(&said.text).text.replace('\0', "\u{FFFD}");
        self.masks = masker.masks().clone();
        let originals: Vec<_> = self.masks.originals().skip(before).cloned().collect();

        let position = self.ongoing.conversation().turns.len();
        let position = i64::try_from(position).unwrap_or(i64::MAX);
        let mut turn = Turn::new(said.party, &text);
        turn.at = Some(said.at.clone());
        self.people.push(said.person_id.clone());
        let first = hear(listener, &mut self.ongoing, turn).min(self.kept);
        let conversation = self.ongoing.conversation();
        self.report.update(self.ongoing.report(), conversation, first);
        self.kept = conversation.turns.len();
        let report = &self.report;

        let findings = report.turns.iter().enumerate().skip(first).map(|(index, entry)| {
            let about_agent = matches!(entry, WireTurnReport::Agent { .. });
            let person = self.people.get(index).cloned().flatten();
            let entry = serde_json::to_value(entry).unwrap_or_default();
            (i64::try_from(index).unwrap_or(i64::MAX), person, about_agent, entry)
        });
        let said_at = said.at.timestamp().as_millisecond();
        let agents = conversation.turns.iter().zip(&self.people);
        let event = Event {
            position,
            party: said.party,
            person_id: said.person_id.clone(),
            text: text.clone(),
            said_at,
            findings: findings.collect(),
            customer_side: json!({"trajectory": report.trajectory, "complaint": report.complaint}),
            agent_side: json!({"heard": report.heard, "moments": report.moments}),
            speakers: agents
                .filter(|(turn, _)| turn.party == Party::Agent)
                .map(|(_, person)| person.clone())
                .collect(),
        };
        let turn = NewTurn {
            party: said.party.id().to_owned(),
            speaker: said.speaker,
            person_id: said.person_id,
            text,
            at: Some(said.at.to_string()),
            said_at: Some(said_at),
            external_id: said.external_id,
        };
        Heard { turn, originals: intake::originals(&originals), first, event }
    }
}
