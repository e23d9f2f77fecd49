//! A backup: every row as a line of JSON, the same for both databases, so that one may be restored
//! into the other. The master key and files of conversations are not in it.

use std::io::{BufRead, Write};

use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Column, Row, TypeInfo, ValueRef};

use crate::error::StoreError;
use crate::request::{Request, now};
use crate::rights::{Right, Viewer};
use crate::search::Indexed;
use crate::store::{Backend, Store};

/// Tables and their columns, parents first. Sessions and failed logins are not worth keeping; the
/// search index is made anew.
const TABLES: [(&str, &str); 21] = [
    ("team", "id, name, parent_id, created_at"),
    ("person", "id, login, name, role, team_id, password, active, created_at"),
    ("person_alias", "alias, person_id"),
    ("api_token", "id, person_id, name, hash, scopes, created_at, expires_at, revoked_at"),
    ("setting", "name, value, changed_at, changed_by"),
    ("document", "kind, version, text, created_at, created_by"),
    ("customer", "id, pseudonym, created_at"),
    (
        "conversation",
        "id, source, external_id, customer_id, team_id, assigned_to, channel, locale, subject, \
         status, started_at, last_at, closed_at, waiting_since, turns, repeat_contact, danger, \
         digest",
    ),
    ("turn", "conversation_id, position, number, party, person_id, text, at, said_at, external_id"),
    ("original", "conversation_id, mask, kind, sealed"),
    (
        "analysis",
        "conversation_id, engine, model, rubric, turns, heard_at, locale, customer_side, \
         agent_side, verdict",
    ),
    ("turn_finding", "conversation_id, position, about, report"),
    (
        "promise",
        "id, conversation_id, position, fingerprint, team_id, who, what, when_said, due_at, due, \
         complete, state, confirmed, changed_at, changed_by, reason, shown_in, shown_turn, \
         shown_start, shown_end, assigned_to",
    ),
    ("heard_by_customer", "conversation_id, answer, sentence, answered_at"),
    (
        "feedback",
        "id, conversation_id, position, finding, person_id, agrees, reason, engine, model, \
         rubric, given_at",
    ),
    (
        "shared_moment",
        "id, conversation_id, position, from_person, to_person, question, shared_at, expires_at, \
         revoked_at",
    ),
    ("attachment", "id, conversation_id, name, media_type, size, sha256, added_at, keep_until"),
    (
        "recording",
        "conversation_id, attachment_id, no_sound, agent_id, digest, voice, lines, spoken, \
         silenced, heard_at",
    ),
    ("audit", "id, at, who, role, action, ids, count, detail"),
    ("audit_conversation", "conversation_id, audit_id"),
    ("erasure", "id, pseudonym, erased_at, erased_by, removed"),
];

/// Version of the form of a backup.
const FORM: u64 = 1;

/// What a backup or a restore came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Backup {
    /// Rows written or read.
    pub rows: u64,
    /// Customers that were erased after the backup was made, and are erased again.
    pub erased_again: u64,
}

impl Store {
    /// Writes everything to `out`, as it is at one moment.
    ///
    /// # Errors
    /// When the database does not answer or `out` cannot be written.
    pub async fn backup(&self, out: &mut (impl Write + Send)) -> Result<Backup, StoreError> {
        let failed = |error| StoreError::Io { what: "writing the backup".to_owned(), error };
        let mut tx = match self.backend {
            Backend::Sqlite => self.pool.begin().await?,
            Backend::Postgres => {
                self.pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ").await?
            }
        };
        let head = json!({"gehoord_backup": FORM, "made_at": now()});
        writeln!(out, "{head}").map_err(failed)?;
        let mut done = Backup::default();
        for (table, columns) in TABLES {
            let query = format!("SELECT {columns} FROM {table}");
            // The names come from the table above.
            let mut rows = sqlx::query(AssertSqlSafe(query)).fetch(&mut *tx);
            while let Some(row) = next(&mut rows).await? {
                let values: Result<Vec<Value>, StoreError> =
                    (0..row.columns().len()).map(|i| value(&row, i)).collect();
                writeln!(out, "{}", json!([table, values?])).map_err(failed)?;
                done.rows += 1;
            }
        }
        out.flush().map_err(failed)?;
        Ok(done)
    }

    /// Reads a backup into this database, which must hold no conversations and no people. Customers
    /// whose erasure is on record (in the journal beside the files) are erased again.
    ///
    /// # Errors
    /// When the database is not empty, or the backup is not whole: then nothing has changed.
    pub async fn restore(&self, from: &mut impl BufRead) -> Result<Backup, StoreError> {
        let mut request = self.request(&Viewer::operator(), "restore").await?;
        if !request.nobody_yet().await? {
            let message = "the database is in use; restore into a new one".to_owned();
            return Err(StoreError::Conflict(message));
        }
        sqlx::query("DELETE FROM setting").execute(&mut *request.tx).await?;
        let mut done = Backup::default();
        for (number, line) in from.lines().enumerate() {
            let line = line.map_err(|error| StoreError::Io {
                what: format!("reading line {} of the backup", number + 1),
                error,
            })?;
            let wrong =
                || StoreError::Invalid(format!("line {} is no line of a backup", number + 1));
            let value: Value = serde_json::from_str(&line).map_err(|_| wrong())?;
            if number == 0 {
                if value["gehoord_backup"].as_u64() != Some(FORM) {
                    return Err(StoreError::Invalid("this is no backup of gehoord".to_owned()));
                }
                continue;
            }
            let (Some(table), Some(values)) = (value[0].as_str(), value[1].as_array()) else {
                return Err(wrong());
            };
            request.restore_row(table, values).await.map_err(|_| wrong())?;
            done.rows += 1;
        }
        if done.rows == 0 {
            return Err(StoreError::Invalid("this is no backup of gehoord".to_owned()));
        }
        request.index_all().await?;
        for pseudonym in self.journal()? {
            if request.erase_customer(&pseudonym).await.is_ok() {
                done.erased_again += 1;
            }
        }
        request.check_key().await?;
        request.note(format!("{} rows", done.rows));
        request.finish().await?;
        Ok(done)
    }
}

impl Request {
    async fn restore_row(&mut self, table: &str, values: &[Value]) -> Result<(), StoreError> {
        let wrong = || StoreError::Invalid("a row that does not fit".to_owned());
        let (table, columns) = TABLES.iter().find(|(name, _)| *name == table).ok_or_else(wrong)?;
        if columns.split(',').count() != values.len() {
            return Err(wrong());
        }
        let places: Vec<String> = (1..=values.len()).map(|i| format!("${i}")).collect();
        let statement = format!("INSERT INTO {table} ({columns}) VALUES ({})", places.join(", "));
        // The names come from the table above, the values are bound.
        let mut query = sqlx::query(AssertSqlSafe(statement));
        for (column, value) in columns.split(", ").zip(values) {
            query = match value {
                Value::Number(number) => query.bind(number.as_i64()),
                Value::String(text) => query.bind(text.clone()),
                Value::Null if NUMBERS.contains(&column.trim()) => query.bind(None::<i64>),
                _ => query.bind(None::<String>),
            };
        }
        query.execute(&mut *self.tx).await?;
        Ok(())
    }

    async fn index_all(&mut self) -> Result<(), StoreError> {
        self.viewer.must(Right::Import)?;
        let mut after = -1;
        loop {
            let rows: Vec<(i64, String, String, Option<String>)> = sqlx::query_as(
                "SELECT t.number, t.party, t.text, c.team_id FROM turn t \
                 JOIN conversation c ON c.id = t.conversation_id WHERE t.number > $1 \
                 ORDER BY t.number LIMIT 1000",
            )
            .bind(after)
            .fetch_all(&mut *self.tx)
            .await?;
            let Some((last, ..)) = rows.last() else { return Ok(()) };
            after = *last;
            let turns: Vec<_> = rows
                .iter()
                .map(|(number, party, text, team)| Indexed {
                    number: *number,
                    party,
                    team: team.as_deref(),
                    text,
                })
                .collect();
            self.index(&turns).await?;
        }
    }
}

/// Columns that hold a number or nothing.
const NUMBERS: [&str; 11] = [
    "expires_at",
    "revoked_at",
    "closed_at",
    "waiting_since",
    "due_at",
    "keep_until",
    "position",
    "said_at",
    "shown_turn",
    "shown_start",
    "shown_end",
];

async fn next<S>(rows: &mut S) -> Result<Option<sqlx::any::AnyRow>, sqlx::Error>
where
    S: futures_core::Stream<Item = Result<sqlx::any::AnyRow, sqlx::Error>> + Unpin,
{
    std::future::poll_fn(|context| std::pin::Pin::new(&mut *rows).poll_next(context))
        .await
        .transpose()
}

fn value(row: &sqlx::any::AnyRow, index: usize) -> Result<Value, StoreError> {
    let raw = row.try_get_raw(index)?;
    if raw.is_null() {
        return Ok(Value::Null);
    }
    let name = raw.type_info().name().to_owned();
    Ok(match name.as_str() {
        "BIGINT" | "INTEGER" | "SMALLINT" => Value::from(row.try_get::<i64, _>(index)?),
        "TEXT" => Value::from(row.try_get::<String, _>(index)?),
        other => {
            let column = row.column(index).name();
            return Err(StoreError::damaged(column, format!("holds {other}")));
        }
    })
}
