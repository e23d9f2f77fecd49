//! A backup: every row as a line of JSON, the same for both databases, so that one may be restored
//! into the other. The master key and files of conversations are not in it.

use std::collections::BTreeMap;
use std::io::{BufRead, Lines, Write};
use std::path::PathBuf;

use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Column, Row, TypeInfo, ValueRef};

use crate::erased::read_lists;
use crate::error::StoreError;
use crate::key::MasterKey;
use crate::request::{Request, new_id, now};
use crate::rights::{Right, Viewer};
use crate::search::Indexed;
use crate::store::{Backend, Store};

/// Tables and their columns, parents first. Sessions and failed logins are not worth keeping; the
/// search index is made anew.
const TABLES: [(&str, &str); 22] = [
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
    ("coach_answer", "share_id, text, answered_at, seen_at"),
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
/// In the last line: the rows of each table. What ends without it is not whole.
const END: &str = "gehoord_backup_end";

/// A database with anything in one of these is in use.
const IN_USE: [(&str, &str); 5] = [
    ("conversations", "SELECT COUNT(*) FROM conversation"),
    ("people", "SELECT COUNT(*) FROM person"),
    ("teams", "SELECT COUNT(*) FROM team"),
    ("customers", "SELECT COUNT(*) FROM customer"),
    ("documents", "SELECT COUNT(*) FROM document"),
];

/// What a backup or a restore came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Backup {
    /// Rows written or read.
    pub rows: u64,
    /// Customers that were erased after the backup was made, and are erased again.
    pub erased_again: u64,
    /// Lists of erased customers that were read.
    pub lists: u64,
}

/// Whether a backup is whole and opens with this key. It touches no database, so that a restore that
/// cannot be leaves none behind.
///
/// # Errors
/// When it is not.
pub fn check_backup(from: &mut impl BufRead, key: &MasterKey) -> Result<(), StoreError> {
    let mut rows = Rows::begin(from)?;
    while let Some((table, values)) = rows.next()? {
        if let ("setting", [Value::String(name), Value::String(proof), ..]) =
            (table.as_str(), &values[..])
            && name == "key_proof"
        {
            key.proves(proof)?;
        }
    }
    Ok(())
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
        let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
        for (table, columns) in TABLES {
            let query = format!("SELECT {columns} FROM {table}");
            // The names come from the table above.
            let mut rows = sqlx::query(AssertSqlSafe(query)).fetch(&mut *tx);
            while let Some(row) = next(&mut rows).await? {
                let values: Result<Vec<Value>, StoreError> =
                    (0..row.columns().len()).map(|i| value(&row, i)).collect();
                writeln!(out, "{}", json!([table, values?])).map_err(failed)?;
                done.rows += 1;
                *counts.entry(table).or_default() += 1;
            }
        }
        writeln!(out, "{}", json!({END: counts})).map_err(failed)?;
        out.flush().map_err(failed)?;
        Ok(done)
    }

    /// Reads a backup into this database, which must hold nothing yet. Customers who were erased after
    /// it was made are erased again: those in the list of this store and in `lists`, which are lists
    /// of other ones.
    ///
    /// # Errors
    /// When the database is in use, or the backup is not whole: then nothing has changed.
    pub async fn restore(
        &self,
        from: &mut impl BufRead,
        lists: &[PathBuf],
    ) -> Result<Backup, StoreError> {
        let mut request = self.request(&Viewer::operator(), "restore").await?;
        request.nothing_yet().await?;
        sqlx::query("DELETE FROM setting").execute(&mut *request.tx).await?;
        let mut done = Backup::default();
        let mut rows = Rows::begin(from)?;
        while let Some((table, values)) = rows.next()? {
            request.restore_row(&table, &values).await.map_err(|_| rows.wrong())?;
            done.rows += 1;
        }
        if done.rows == 0 {
            return Err(no_backup());
        }
        request.check_key().await?;
        request.index_all().await?;
        let (lines, lists) = read_lists(self.erased_list().as_ref().into_iter().chain(lists))?;
        done.lists = lists;
        for line in &lines {
            // What the backup has on record was before it.
            if request.is_on_record(line).await? {
                continue;
            }
            let id = line.record.clone().unwrap_or_else(new_id);
            match request.erase_as(&line.pseudonym, &id).await {
                Ok(_) => done.erased_again += 1,
                Err(StoreError::NotFound(_)) => {}
                Err(error) => return Err(error),
            }
        }
        self.add_to_list(&lines)?;
        request.note(format!("{} rows", done.rows));
        request.finish().await?;
        Ok(done)
    }
}

/// The rows of a backup, to be read to the end: only then it is known that it is whole.
struct Rows<R> {
    lines: Lines<R>,
    number: usize,
    seen: BTreeMap<String, u64>,
}

impl<R: BufRead> Rows<R> {
    fn begin(from: R) -> Result<Self, StoreError> {
        let mut rows = Self { lines: from.lines(), number: 0, seen: BTreeMap::new() };
        match rows.line() {
            Ok(Some(head)) if head["gehoord_backup"].as_u64() == Some(FORM) => Ok(rows),
            Err(error @ StoreError::Io { .. }) => Err(error),
            _ => Err(no_backup()),
        }
    }

    fn line(&mut self) -> Result<Option<Value>, StoreError> {
        let Some(line) = self.lines.next() else { return Ok(None) };
        self.number += 1;
        let what = || format!("reading line {} of the backup", self.number);
        let line = line.map_err(|error| StoreError::Io { what: what(), error })?;
        match serde_json::from_str(&line) {
            Ok(value) => Ok(Some(value)),
            Err(_) if self.lines.next().is_none() => Err(self.not_whole()),
            Err(_) => Err(self.wrong()),
        }
    }

    /// The next row: its table and its values.
    fn next(&mut self) -> Result<Option<(String, Vec<Value>)>, StoreError> {
        let Some(mut line) = self.line()? else { return Err(self.not_whole()) };
        if let Some(counts) = line.get(END) {
            let whole = *counts == json!(self.seen) && self.lines.next().is_none();
            return if whole { Ok(None) } else { Err(self.not_whole()) };
        }
        match (line[0].take(), line[1].take()) {
            (Value::String(table), Value::Array(values)) => {
                *self.seen.entry(table.clone()).or_default() += 1;
                Ok(Some((table, values)))
            }
            _ => Err(self.wrong()),
        }
    }

    fn wrong(&self) -> StoreError {
        StoreError::Invalid(format!("line {} is no line of a backup", self.number))
    }

    fn not_whole(&self) -> StoreError {
        StoreError::NotWhole { rows: self.seen.values().sum() }
    }
}

fn no_backup() -> StoreError {
    StoreError::Invalid("this is no backup of gehoord".to_owned())
}

impl Request {
    /// Refuses a database that is in use.
    async fn nothing_yet(&mut self) -> Result<(), StoreError> {
        let mut held = Vec::new();
        for (what, count) in IN_USE {
            let (rows,): (i64,) = sqlx::query_as(count).fetch_one(&mut *self.tx).await?;
            held.extend((rows > 0).then_some(what));
        }
        if held.is_empty() {
            return Ok(());
        }
        let message = format!(
            "the database is in use, it holds {} already; restore into a new one",
            held.join(", ")
        );
        Err(StoreError::Conflict(message))
    }

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
