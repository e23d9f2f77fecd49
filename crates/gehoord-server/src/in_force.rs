//! What the organisation decided that listening and helping follow: its rubric, its switches of
//! culture rules, its safety protocols, its house style. Read from the store when the server starts, when something is
//! decided here, and now and then, for what was decided elsewhere.

use std::sync::{Arc, PoisonError, RwLock};

use gehoord_coaching::HouseStyle;
use gehoord_coaching::protocol::Protocols;
use gehoord_listening::{Listener, Rubric};
use gehoord_store::{Document, DocumentKind, Settings, Store, StoreError, Viewer, hex};
use sha2::{Digest, Sha256};

use crate::telemetry;

/// What is in force now. Cheap to clone: all clones follow the same decisions.
#[derive(Clone)]
pub struct InForce {
    /// The ears that ship, to begin with.
    shipped: Arc<Listener>,
    now: Arc<RwLock<Decisions>>,
}

#[derive(Clone)]
struct Decisions {
    listener: Arc<Listener>,
    protocols: Arc<Vec<Protocols>>,
    style: Arc<HouseStyle>,
    /// Of all that they were made from.
    mark: String,
}

/// What was decided, as it stands in the store.
struct Read {
    documents: Vec<(DocumentKind, Document)>,
    settings: Settings,
}

impl InForce {
    /// Nothing is decided yet: what ships is in force.
    #[must_use]
    pub fn new(shipped: Arc<Listener>) -> Self {
        let listener = Arc::clone(&shipped);
        let (protocols, style) = Default::default();
        let decisions = Decisions { listener, protocols, style, mark: String::new() };
        Self { shipped, now: Arc::new(RwLock::new(decisions)) }
    }

    /// The ears of now.
    #[must_use]
    pub fn listener(&self) -> Arc<Listener> {
        self.decisions().listener
    }

    /// The ears that ship.
    pub(crate) fn shipped(&self) -> &Listener {
        &self.shipped
    }

    /// The protocols of now for a country: those of the organisation, or those that ship.
    pub(crate) fn protocols(&self, country: &str) -> Protocols {
        let own = self.decisions().protocols;
        let shipped = Protocols::shipped(country);
        own.iter().find(|own| own.country == shipped.country).unwrap_or(shipped).clone()
    }

    /// The house style of now.
    pub(crate) fn house_style(&self) -> Arc<HouseStyle> {
        self.decisions().style
    }

    /// Reads what is decided now.
    ///
    /// # Errors
    /// When the database does not answer. What was in force stays so.
    pub async fn follow(&self, store: &Store) -> Result<(), StoreError> {
        let read = Read::from(store).await?;
        let mark = read.mark();
        if mark != self.decisions().mark {
            let decisions = read.decisions(&self.shipped, mark);
            *self.now.write().unwrap_or_else(PoisonError::into_inner) = decisions;
        }
        Ok(())
    }

    fn decisions(&self) -> Decisions {
        self.now.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Read {
    async fn from(store: &Store) -> Result<Self, StoreError> {
        let mut request = store.request(&Viewer::machine(), "decisions.read").await?;
        let settings = request.settings().await?;
        let mut documents = Vec::new();
        for kind in DocumentKind::ALL {
            documents.extend(request.document_in_force(kind).await?.map(|text| (kind, text)));
        }
        request.keep().await?;
        Ok(Self { documents, settings })
    }

    /// Empty where nothing is decided.
    fn mark(&self) -> String {
        let versions =
            self.documents.iter().map(|(kind, text)| format!("{} {}", kind.id(), text.version));
        let rules = self.settings.culture.iter().map(|(rule, on)| format!("{rule} {on}"));
        versions.chain(rules).collect::<Vec<_>>().join("\n")
    }

    fn decisions(&self, shipped: &Listener, mark: String) -> Decisions {
        let mut listener = shipped.clone().with_switches(&self.settings.culture);
        let mut protocols = Vec::new();
        let mut style = HouseStyle::default();
        for (kind, document) in &self.documents {
            let unusable = |error: &dyn std::fmt::Display| {
                // It was good when it was put in force: this gehoord reads it otherwise.
                telemetry::decision_unusable(kind.id(), &error.to_string());
            };
            match kind {
                DocumentKind::Rubric => match Rubric::new(&document.text) {
                    Ok(rubric) => listener = listener.with_rubric(rubric),
                    Err(error) => unusable(&error),
                },
                DocumentKind::ProtocolsNl | DocumentKind::ProtocolsBe => {
                    match Protocols::parse(&document.text) {
                        Ok(read) => protocols.push(read),
                        Err(error) => unusable(&error),
                    }
                }
                DocumentKind::HouseStyle => match HouseStyle::parse(&document.text) {
                    Ok(read) => style = read,
                    Err(error) => unusable(&error),
                },
            }
        }
        if let Some(version) = self.version(listener.rubric()) {
            let rubric = Rubric { version, ..listener.rubric().clone() };
            listener = listener.with_rubric(rubric);
        }
        let (listener, protocols) = (Arc::new(listener), Arc::new(protocols));
        Decisions { listener, protocols, style: Arc::new(style), mark }
    }

    /// What findings say that they were heard with, where it is not what ships: its name, and a mark
    /// of what was decided, so that listening again knows what was heard otherwise.
    fn version(&self, rubric: &Rubric) -> Option<String> {
        let own = self.documents.iter().find(|(kind, _)| *kind == DocumentKind::Rubric);
        if own.is_none() && self.settings.culture.is_empty() {
            return None;
        }
        let mut digest = Sha256::new();
        if let Some((_, text)) = own {
            digest.update(&text.version);
        }
        for (rule, on) in &self.settings.culture {
            digest.update(format!("\n{rule} {on}"));
        }
        Some(format!("{}+{}", rubric.version, hex(&digest.finalize()[..4])))
    }
}
