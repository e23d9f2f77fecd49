//! A new store for each test, on SQLite and on PostgreSQL.
#![allow(dead_code, reason = "each test file uses its own part")]

mod databases;

use std::path::PathBuf;

use gehoord_conversation::wire::WireReport;
use gehoord_store::{
    MasterKey, NewConversation, NewPerson, NewTurn, Original, Request, Role, Status, Store,
    StoreError, Viewer,
};

pub(crate) use databases::{On, new_database};

/// A store with a team in it.
pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) key: MasterKey,
    pub(crate) url: String,
    pub(crate) folder: PathBuf,
    pub(crate) team: String,
    pub(crate) other_team: String,
}

impl World {
    /// A store with two teams and nobody in them.
    pub(crate) async fn new(on: On) -> Option<Self> {
        let (url, folder) = new_database(on).await?;
        let key = MasterKey::random();
        let store = Store::open(&url, key.clone()).await.unwrap();
        let store = store.with_folder(folder.join("files"));
        let mut world =
            Self { store, key, url, folder, team: String::new(), other_team: String::new() };
        let mut request = world.operator("people.add").await;
        world.team = request.add_team("Service", None).await.unwrap();
        world.other_team = request.add_team("Techniek", None).await.unwrap();
        request.finish().await.unwrap();
        Some(world)
    }

    pub(crate) async fn operator(&self, action: &'static str) -> Request {
        self.store.request(&Viewer::operator(), action).await.unwrap()
    }

    pub(crate) async fn request(&self, viewer: &Viewer) -> Request {
        self.store.request(viewer, "test").await.unwrap()
    }

    /// Somebody new, as a viewer.
    pub(crate) async fn somebody(&self, login: &str, role: Role, team: Option<&str>) -> Viewer {
        let mut request = self.operator("people.add").await;
        request
            .add_person(&NewPerson { login, name: login, role, team_id: team, password_hash: None })
            .await
            .unwrap();
        let person = request.person_by_login(login).await.unwrap().unwrap();
        request.finish().await.unwrap();
        Viewer::person(&person)
    }

    /// Keeps a conversation; gives its id.
    pub(crate) async fn keep(&self, new: &NewConversation) -> String {
        let mut request = self.operator("import").await;
        let written = request.write_conversation(new).await.unwrap();
        request.finish().await.unwrap();
        written.id().to_owned()
    }

    /// Keeps a conversation and what was heard in it.
    pub(crate) async fn keep_heard(&self, new: &NewConversation) -> String {
        let id = self.keep(new).await;
        let mut request = self.operator("listen").await;
        request.write_report(&id, &report(new), 0).await.unwrap();
        request.finish().await.unwrap();
        id
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

pub(crate) fn turn(party: &str, text: &str) -> NewTurn {
    NewTurn {
        party: party.to_owned(),
        speaker: None,
        person_id: None,
        text: text.to_owned(),
        at: None,
        said_at: None,
        external_id: None,
    }
}

/// A complaint in three turns, by and for nobody who exists.
pub(crate) fn complaint(name: &str, team: &str) -> NewConversation {
    NewConversation {
        source: "test".to_owned(),
        external_id: name.to_owned(),
        customer: Some(format!("{name}@example.nl")),
        team_id: Some(team.to_owned()),
        assigned_to: None,
        channel: "chat".to_owned(),
        locale: Some("nl-NL".to_owned()),
        subject: Some("Storing".to_owned()),
        status: Status::Closed,
        turns: vec![
            turn("customer", "Hier [naam-1]. Er is al drie keer een storing geweest."),
            NewTurn {
                speaker: Some("Samira".to_owned()),
                ..turn("agent", "Drie keer, dat had niet mogen gebeuren. Ik bel u morgen.")
            },
            turn("customer", "Dank u wel."),
        ],
        originals: vec![Original {
            mask: "[naam-1]".to_owned(),
            kind: "name".to_owned(),
            text: "Wilhelmina Zonderland".to_owned(),
        }],
    }
}

/// A report such as the engine makes: a finding in each turn, a promise, a verdict.
pub(crate) fn report(new: &NewConversation) -> WireReport {
    let finding = |id: &str, label: &str| {
        serde_json::json!({"id": id, "label": label, "strength": 0.9, "evidence": [],
            "source": "cue", "rule": "x", "because": "y"})
    };
    let parts = serde_json::json!({"acknowledged": 80.0, "understood": null, "explored": null,
        "acted": null, "tone": null});
    let turns: Vec<serde_json::Value> = new
        .turns
        .iter()
        .enumerate()
        .map(|(index, turn)| match turn.party.as_str() {
            "customer" => serde_json::json!({"party": "customer", "index": index,
                "language": "nl", "emotions": [finding("0.annoyance.0", "annoyance")],
                "primary": "annoyance", "intensity": 2, "valence": -0.5, "needs": [],
                "cause": null, "repeat_contact": true, "churn_risk": false, "complaint": true,
                "safety": [], "signals": []}),
            "agent" => serde_json::json!({"party": "agent", "index": index, "language": "nl",
                "score": 80.0, "parts": parts,
                "techniques": [finding("1.restate.0", "restate")], "breakers": [],
                "boundary": false, "coverage": null, "fidelity": null, "hints": [],
                "signals": []}),
            other => serde_json::json!({"party": other, "index": index, "language": "nl"}),
        })
        .collect();
    let promises = if new.turns.iter().any(|turn| turn.text.contains("bel u morgen")) {
        serde_json::json!([{"id": "1.promise.0", "turn": 1, "who": "agent",
            "what": "Ik bel u morgen", "when": "morgen", "due": "2026-03-03T17:00:00+01:00",
            "complete": true, "evidence": []}])
    } else {
        serde_json::json!([])
    };
    serde_json::from_value(serde_json::json!({
        "schema": 1, "id": new.external_id, "locale": "nl-NL", "channel": "chat",
        "versions": {"engine": "1", "model": "m", "rubric": "r"},
        "heard": {"score": 80.0, "sure": "enough", "parts": parts},
        "trajectory": {"valence": [-0.5, 0.2], "start": -0.5, "low": -0.5, "end": 0.2,
            "eased": true, "turned_around": true},
        "moments": [{"turn": 0, "emotion": "annoyance", "met": true, "answered_by": 1,
            "why": "genoemd"}],
        "promises": promises, "complaint": true, "turns": turns,
    }))
    .unwrap()
}

/// The error is about something that is not there, as far as this viewer may know.
pub(crate) fn not_found<T: std::fmt::Debug>(result: Result<T, StoreError>) {
    assert!(matches!(result, Err(StoreError::NotFound(_))), "{result:?}");
}

pub(crate) fn forbidden<T: std::fmt::Debug>(result: Result<T, StoreError>) {
    assert!(matches!(result, Err(StoreError::Forbidden(_))), "{result:?}");
}
