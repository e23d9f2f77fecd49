//! What is kept of a customer: to give it to them, or to erase it everywhere, with proof.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::conversations::ConversationView;
use crate::erased::ErasedLine;
use crate::error::StoreError;
use crate::key::Original;
use crate::recordings::Recording;
use crate::request::{Request, new_id};
use crate::rights::Right;
use crate::store::{Backend, Store};

/// Everything that is kept of one customer.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomerExport {
    /// Their pseudonym.
    pub pseudonym: String,
    /// Their conversations, with what was heard of them and the originals behind the masks; without
    /// findings about agents.
    pub conversations: Vec<(ConversationView, Vec<Original>)>,
    /// How those sounded that were recorded, by the id of the conversation, without the side of the
    /// agents; and the sound where it is kept.
    pub recordings: Vec<(String, Recording, Option<Vec<u8>>)>,
}

/// What is kept of one customer, in numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerSummary {
    /// Their pseudonym.
    pub pseudonym: String,
    /// Conversations, by channel.
    pub channels: BTreeMap<String, i64>,
    /// First turn and last turn of all, milliseconds since 1970; none where there is no conversation.
    pub first_and_last: Option<(i64, i64)>,
    /// Rows, by table.
    pub rows: BTreeMap<String, u64>,
}

/// The record that stays of an erasure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasure {
    /// Its id.
    pub id: String,
    /// Pseudonym of the customer.
    pub pseudonym: String,
    /// When, milliseconds since 1970.
    pub erased_at: i64,
    /// Name of who did it; none for the command on the machine.
    pub erased_by: Option<String>,
    /// Rows removed, by table.
    pub removed: BTreeMap<String, u64>,
    /// Why.
    pub reason: Option<String>,
}

type ErasureRow = (String, String, i64, Option<String>, String, Option<String>);

/// That a customer is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ErasureProof {
    /// Id of the record that stays.
    pub id: String,
    /// Pseudonym of the customer.
    pub pseudonym: String,
    /// When, milliseconds since 1970.
    pub erased_at: i64,
    /// Ids of the conversations that are gone.
    pub conversations: Vec<String>,
    /// Rows removed, by table.
    pub removed: BTreeMap<String, u64>,
    /// Rows that still name one of the conversations, looked for afterwards in every table that
    /// could: 0, or the erasure is undone.
    pub left: u64,
}

/// What hangs on a conversation: table, and how to empty it. Children come first.
const CHILDREN: [(&str, &str, &str); 11] = [
    (
        "turn_finding",
        "DELETE FROM turn_finding WHERE conversation_id = $1",
        "SELECT COUNT(*) FROM turn_finding WHERE conversation_id = $1",
    ),
    (
        "original",
        "DELETE FROM original WHERE conversation_id = $1",
        "SELECT COUNT(*) FROM original WHERE conversation_id = $1",
    ),
    (
        "analysis",
        "DELETE FROM analysis WHERE conversation_id = $1",
        "SELECT COUNT(*) FROM analysis WHERE conversation_id = $1",
    ),
    (
        "promise",
        "DELETE FROM promise WHERE conversation_id = $1",
        "SELECT COUNT(*) FROM promise WHERE conversation_id = $1",
    ),
    (
        "heard_by_customer",
        "DELETE FROM heard_by_customer WHERE conversation_id = $1",
        "SELECT COUNT(*) FROM heard_by_customer WHERE conversation_id = $1",
    ),
    (
        "feedback",
        "DELETE FROM feedback WHERE conversation_id = $1",
        "SELECT COUNT(*) FROM feedback WHERE conversation_id = $1",
    ),
    (
        "shared_moment",
        "DELETE FROM shared_moment WHERE conversation_id = $1",
        "SELECT COUNT(*) FROM shared_moment WHERE conversation_id = $1",
    ),
    (
        "recording",
        "DELETE FROM recording WHERE conversation_id = $1",
        "SELECT COUNT(*) FROM recording WHERE conversation_id = $1",
    ),
    (
        "attachment",
        "DELETE FROM attachment WHERE conversation_id = $1",
        "SELECT COUNT(*) FROM attachment WHERE conversation_id = $1",
    ),
    (
        "turn",
        "DELETE FROM turn WHERE conversation_id = $1",
        "SELECT COUNT(*) FROM turn WHERE conversation_id = $1",
    ),
    (
        "conversation",
        "DELETE FROM conversation WHERE id = $1",
        "SELECT COUNT(*) FROM conversation WHERE id = $1",
    ),
];

impl Request {
    /// Everything that is kept of the customer who is called `name` (or has that pseudonym).
    ///
    /// # Errors
    /// When the viewer may not, or there is no such customer.
    pub async fn export_customer(&mut self, name: &str) -> Result<CustomerExport, StoreError> {
        self.viewer.must(Right::CustomerRights)?;
        let (pseudonym, ids) = self.customer_conversations(name).await?;
        let mut conversations = Vec::with_capacity(ids.len());
        let mut recordings = Vec::new();
        for id in ids {
            let row = self.row(&id).await?.ok_or(StoreError::NotFound("the conversation"))?;
            let mut turns = self.turns(&id).await?;
            let findings = self.findings(&id).await?;
            for turn in &mut turns {
                if let Some((_, report)) =
                    findings.get(&turn.position).filter(|(about, _)| about == "customer")
                {
                    turn.finding = serde_json::from_str(report).ok();
                }
            }
            let mut analysis = self.analysis(&id).await?;
            if let Some(analysis) = &mut analysis {
                (analysis.agent_side, analysis.verdict) = (None, None);
            }
            let view = ConversationView { row, turns, analysis, originals: Vec::new() };
            let originals = self.originals(&id).await?;
            self.touch(&id);
            conversations.push((view, originals));
            if let Some(mut recording) = self.kept_recording(&id).await? {
                recording.without_agent();
                let sound = self.sound_bytes(&id).await?;
                recordings.push((id, recording, sound));
            }
        }
        self.touch_other(&pseudonym);
        Ok(CustomerExport { pseudonym, conversations, recordings })
    }

    /// Erases the customer who is called `name` (or has that pseudonym) from every table, and leaves
    /// a record that it was done.
    ///
    /// # Errors
    /// When the viewer may not, there is no such customer, or something is left: then nothing has
    /// changed.
    pub async fn erase_customer(&mut self, name: &str) -> Result<ErasureProof, StoreError> {
        let proof = self.erase_as(name, &new_id()).await?;
        let (pseudonym, record) = (proof.pseudonym.clone(), Some(proof.id.clone()));
        self.store.add_to_list(&[ErasedLine { pseudonym, record }])?;
        Ok(proof)
    }

    /// The same under the id of a record, and without a line in the list.
    pub(crate) async fn erase_as(
        &mut self,
        name: &str,
        id: &str,
    ) -> Result<ErasureProof, StoreError> {
        self.viewer.must(Right::CustomerRights)?;
        let (pseudonym, ids) = self.customer_conversations(name).await?;
        let mut removed: BTreeMap<String, u64> = BTreeMap::new();
        for id in &ids {
            for (table, rows) in self.remove_conversation(id).await? {
                *removed.entry(table.to_owned()).or_default() += rows;
            }
        }
        let gone = sqlx::query("DELETE FROM customer WHERE pseudonym = $1")
            .bind(&pseudonym)
            .execute(&mut *self.tx)
            .await?;
        removed.insert("customer".to_owned(), gone.rows_affected());
        ids.iter().for_each(|id| self.touch(id));
        let left = self.left_of(&ids).await?;
        if left > 0 {
            return Err(StoreError::Conflict(format!("{left} rows could not be erased")));
        }
        let proof = ErasureProof {
            id: id.to_owned(),
            pseudonym,
            erased_at: self.now,
            conversations: ids,
            removed,
            left,
        };
        sqlx::query(
            "INSERT INTO erasure (id, pseudonym, erased_at, erased_by, removed) \
             VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(&proof.id)
        .bind(&proof.pseudonym)
        .bind(proof.erased_at)
        .bind(self.viewer.name().to_owned())
        .bind(serde_json::to_string(&proof.removed).unwrap_or_default())
        .execute(&mut *self.tx)
        .await?;
        self.touch_other(&proof.id);
        Ok(proof)
    }

    /// What is kept of the customer who is called `name` (or has that pseudonym), in numbers.
    ///
    /// # Errors
    /// When the viewer may not, or there is no such customer.
    pub async fn customer_summary(&mut self, name: &str) -> Result<CustomerSummary, StoreError> {
        self.viewer.must(Right::CustomerRights)?;
        let (pseudonym, ids) = self.customer_conversations(name).await?;
        let mut summary = CustomerSummary {
            pseudonym,
            channels: BTreeMap::new(),
            first_and_last: None,
            rows: BTreeMap::new(),
        };
        for id in &ids {
            let row = self.row(id).await?.ok_or(StoreError::NotFound("the conversation"))?;
            *summary.channels.entry(row.channel).or_default() += 1;
            let (first, last) = summary.first_and_last.unwrap_or((row.started_at, row.last_at));
            summary.first_and_last = Some((first.min(row.started_at), last.max(row.last_at)));
            for (table, _, count) in CHILDREN {
                let (rows,): (i64,) =
                    sqlx::query_as(count).bind(id).fetch_one(&mut *self.tx).await?;
                *summary.rows.entry(table.to_owned()).or_default() += rows.unsigned_abs();
            }
            self.touch(id);
        }
        Ok(summary)
    }

    /// Whether two names (or pseudonyms) are those of one customer.
    ///
    /// # Errors
    /// When the viewer may not.
    pub fn is_same_customer(&self, one: &str, other: &str) -> Result<bool, StoreError> {
        self.viewer.must(Right::CustomerRights)?;
        let said = !one.trim().is_empty() && !other.trim().is_empty();
        let pseudonym = |name: &str| self.store.key.pseudonym(name.trim());
        Ok(said && pseudonym(one) == pseudonym(other))
    }

    /// Keeps why a customer was erased, beside the proof.
    ///
    /// # Errors
    /// When the viewer may not, there is no such erasure, or it is no reason.
    pub async fn reason_of_erasure(&mut self, id: &str, reason: &str) -> Result<(), StoreError> {
        self.viewer.must(Right::CustomerRights)?;
        if reason.trim().is_empty() || reason.len() > 500 {
            return Err(StoreError::Invalid("reason: say why, in 500 characters at most".into()));
        }
        let done = sqlx::query("UPDATE erasure SET reason = $2 WHERE id = $1")
            .bind(id)
            .bind(reason.trim())
            .execute(&mut *self.tx)
            .await?;
        if done.rows_affected() == 0 {
            return Err(StoreError::NotFound("the erasure"));
        }
        Ok(())
    }

    /// The last erasures, the newest first.
    ///
    /// # Errors
    /// When the viewer may not.
    pub async fn erasures(&mut self) -> Result<Vec<Erasure>, StoreError> {
        self.viewer.must(Right::CustomerRights)?;
        let rows: Vec<ErasureRow> = sqlx::query_as(
            "SELECT e.id, e.pseudonym, e.erased_at, p.name, e.removed, e.reason FROM erasure e \
             LEFT JOIN person p ON p.id = e.erased_by ORDER BY e.erased_at DESC, e.id DESC LIMIT 50",
        )
        .fetch_all(&mut *self.tx)
        .await?;
        rows.into_iter().map(erasure).collect()
    }

    /// One erasure.
    ///
    /// # Errors
    /// When the viewer may not, or there is no such erasure.
    pub async fn erasure(&mut self, id: &str) -> Result<Erasure, StoreError> {
        self.viewer.must(Right::CustomerRights)?;
        let row: Option<ErasureRow> = sqlx::query_as(
            "SELECT e.id, e.pseudonym, e.erased_at, p.name, e.removed, e.reason FROM erasure e \
             LEFT JOIN person p ON p.id = e.erased_by WHERE e.id = $1",
        )
        .bind(id)
        .fetch_optional(&mut *self.tx)
        .await?;
        let erasure = erasure(row.ok_or(StoreError::NotFound("the erasure"))?)?;
        self.touch_other(id);
        Ok(erasure)
    }

    async fn customer_conversations(
        &mut self,
        name: &str,
    ) -> Result<(String, Vec<String>), StoreError> {
        let pseudonym = self.store.key.pseudonym(name);
        let known: Option<(String,)> =
            sqlx::query_as("SELECT id FROM customer WHERE pseudonym = $1")
                .bind(&pseudonym)
                .fetch_optional(&mut *self.tx)
                .await?;
        let (customer,) = known.ok_or(StoreError::NotFound("the customer"))?;
        let rows: Vec<(String,)> = sqlx::query_as(
            "SELECT id FROM conversation WHERE customer_id = $1 ORDER BY started_at, id",
        )
        .bind(customer)
        .fetch_all(&mut *self.tx)
        .await?;
        Ok((pseudonym, rows.into_iter().map(|(id,)| id).collect()))
    }

    /// Removes a conversation with all that hangs on it; gives the rows removed from each table.
    pub(crate) async fn remove_conversation(
        &mut self,
        id: &str,
    ) -> Result<Vec<(&'static str, u64)>, StoreError> {
        let files = match self.store.folder {
            Some(_) => self.drop_attachments(Some(id), 0).await?,
            None => 0,
        };
        let numbers: Vec<(i64,)> =
            sqlx::query_as("SELECT number FROM turn WHERE conversation_id = $1")
                .bind(id)
                .fetch_all(&mut *self.tx)
                .await?;
        let mut removed = vec![("turn_search", numbers.len() as u64), ("attachment", files)];
        for (number,) in numbers {
            self.unindex(number).await?;
        }
        self.forget_shown_in(id).await?;
        for (table, delete, _) in CHILDREN {
            let done = sqlx::query(delete).bind(id).execute(&mut *self.tx).await?;
            removed.push((table, done.rows_affected()));
        }
        Ok(removed)
    }

    async fn left_of(&mut self, ids: &[String]) -> Result<u64, StoreError> {
        let mut left = 0;
        for id in ids {
            let counts = CHILDREN.iter().map(|(_, _, count)| *count);
            for count in counts.chain(["SELECT COUNT(*) FROM promise WHERE shown_in = $1"]) {
                let (rows,): (i64,) =
                    sqlx::query_as(count).bind(id).fetch_one(&mut *self.tx).await?;
                left += rows.unsigned_abs();
            }
        }
        Ok(left)
    }
}

fn erasure(row: ErasureRow) -> Result<Erasure, StoreError> {
    let (id, pseudonym, erased_at, erased_by, removed, reason) = row;
    let removed = serde_json::from_str(&removed);
    let removed = removed.map_err(|error| StoreError::damaged("an erasure", error))?;
    Ok(Erasure { id, pseudonym, erased_at, erased_by, removed, reason })
}

impl Store {
    /// Takes erased words out of the file itself: SQLite overwrites what is deleted, and this empties
    /// the log that still held it. PostgreSQL does the same in its own time (`VACUUM`).
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn forget_deleted(&self) -> Result<(), StoreError> {
        match self.backend {
            Backend::Sqlite => {
                sqlx::query("INSERT INTO turn_search (turn_search) VALUES ('optimize')")
                    .execute(&self.pool)
                    .await?;
                sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&self.pool).await?;
            }
            Backend::Postgres => {
                sqlx::query("VACUUM turn, turn_finding, original, turn_search, conversation")
                    .execute(&self.pool)
                    .await?;
            }
        }
        Ok(())
    }
}
