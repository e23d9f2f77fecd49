//! One request of one viewer: a transaction with a row in the audit at its end.

use std::collections::BTreeSet;

use sqlx::{Any, AssertSqlSafe, Transaction};
use uuid::Uuid;

use crate::error::StoreError;
use crate::rights::Viewer;
use crate::rows::Insert;
use crate::store::{Backend, Store};
use crate::writing::Writing;

/// So many ids are named in a row of the audit; of more only their number is kept.
const NAMED: usize = 200;

const INSERT_ABOUT: Insert = Insert {
    into: "INSERT INTO audit_conversation (conversation_id, audit_id)",
    row: "(?, ?)",
    behind: "",
};

/// A transaction that somebody asked for. Dropped before [`finish`](Self::finish), it is undone.
#[derive(Debug)]
pub struct Request {
    pub(crate) tx: Transaction<'static, Any>,
    pub(crate) store: Store,
    pub(crate) viewer: Viewer,
    pub(crate) now: i64,
    /// The conversation that was written to last.
    pub(crate) writing: Option<Writing>,
    action: &'static str,
    conversations: BTreeSet<String>,
    others: Vec<String>,
    promised_in: BTreeSet<String>,
    detail: Option<String>,
}

impl Request {
    pub(crate) async fn begin(
        store: &Store,
        viewer: &Viewer,
        action: &'static str,
    ) -> Result<Self, StoreError> {
        // A transaction that reads first and writes later would fail where another process wrote in
        // between; so it takes its turn at once.
        let tx = match store.backend {
            Backend::Sqlite => store.pool.begin_with("BEGIN IMMEDIATE").await?,
            Backend::Postgres => store.pool.begin().await?,
        };
        Ok(Self {
            tx,
            store: store.clone(),
            viewer: viewer.clone(),
            now: now(),
            writing: None,
            action,
            conversations: BTreeSet::new(),
            others: Vec::new(),
            promised_in: BTreeSet::new(),
            detail: None,
        })
    }

    /// Milliseconds since 1970 at which the request began.
    #[must_use]
    pub const fn now(&self) -> i64 {
        self.now
    }

    /// The same request as if it began at another time, for tests of what expires.
    #[must_use]
    pub const fn at(mut self, now: i64) -> Self {
        self.now = now;
        self
    }

    /// Who asks.
    #[must_use]
    pub const fn viewer(&self) -> &Viewer {
        &self.viewer
    }

    /// The audit will say that this conversation was read or changed.
    pub(crate) fn touch(&mut self, conversation: &str) {
        if !self.conversations.contains(conversation) {
            self.conversations.insert(conversation.to_owned());
        }
    }

    /// The audit will name this id.
    pub(crate) fn touch_other(&mut self, id: &str) {
        self.others.push(id.to_owned());
    }

    /// A promise of this conversation was heard, went, or stands elsewhere than before.
    pub(crate) fn promise_changed(&mut self, conversation: &str) {
        self.promised_in.insert(conversation.to_owned());
    }

    /// Conversations of which a promise changed in this request, to tell whoever follows them once it
    /// is finished.
    #[must_use]
    pub fn promises_changed(&self) -> Vec<String> {
        self.promised_in.iter().cloned().collect()
    }

    /// What else the audit should say, such as a count; never what was said by anybody.
    pub(crate) fn note(&mut self, detail: impl Into<String>) {
        self.detail = Some(detail.into());
    }

    /// Writes the row of the audit and makes everything lasting.
    ///
    /// # Errors
    /// When the database does not take it: then nothing has changed.
    pub async fn finish(mut self) -> Result<(), StoreError> {
        self.write_audit().await?;
        self.tx.commit().await?;
        Ok(())
    }

    /// Makes everything lasting without a row in the audit: for the door alone, which only looks who
    /// somebody is before the request itself begins.
    ///
    /// # Errors
    /// When the database does not take it, or something was read or changed that the audit must know.
    pub async fn keep(self) -> Result<(), StoreError> {
        if !(self.conversations.is_empty() && self.others.is_empty()) {
            return Err(StoreError::Forbidden("to leave no row in the audit"));
        }
        self.tx.commit().await?;
        Ok(())
    }

    /// Nobody else writes to this table until this request ends; others read on. On SQLite every
    /// request that began holds all of it already.
    pub(crate) async fn lock_table(&mut self, table: &'static str) -> Result<(), StoreError> {
        if self.store.backend == Backend::Postgres {
            let lock = format!("LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE");
            sqlx::query(AssertSqlSafe(lock)).execute(&mut *self.tx).await?;
        }
        Ok(())
    }

    async fn write_audit(&mut self) -> Result<(), StoreError> {
        let id = new_id();
        let count = self.conversations.len() + self.others.len();
        let named: Vec<&String> =
            self.conversations.iter().chain(&self.others).take(NAMED).collect();
        let ids = serde_json::to_string(&named).unwrap_or_default();
        sqlx::query(
            "INSERT INTO audit (id, at, who, role, action, ids, count, detail) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(&id)
        .bind(self.now)
        .bind(self.viewer.name())
        .bind(self.viewer.role_name())
        .bind(self.action)
        .bind(ids)
        .bind(number(count))
        .bind(self.detail.clone())
        .execute(&mut *self.tx)
        .await?;
        let about: Vec<String> = std::mem::take(&mut self.conversations).into_iter().collect();
        self.insert_rows(&INSERT_ABOUT, &about, |query, about| query.bind(about).bind(&id)).await?;
        Ok(())
    }
}

/// A new id: UUID v7, so that later ones sort later.
pub(crate) fn new_id() -> String {
    Uuid::now_v7().to_string()
}

/// Milliseconds since 1970.
pub(crate) fn now() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

/// A count as the database holds it.
pub(crate) fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
