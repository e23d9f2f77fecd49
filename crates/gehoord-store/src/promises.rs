//! Promises: work that somebody took on, followed until it is kept.

use std::collections::BTreeSet;

use gehoord_conversation::wire::WireReport;
use gehoord_conversation::wire::report::WirePromise;
use sha2::{Digest, Sha256};

use crate::error::StoreError;
use crate::key::hex;
use crate::paging::{Cursor, Page, page_limit};
use crate::request::{Request, new_id, number};
use crate::rights::Right;
use crate::shown::{Said, ShownPlace, is_words};

/// A promise is `due` in the day before its time.
const SOON: i64 = 24 * 60 * 60 * 1000;

/// Where a promise stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PromiseState {
    /// Still to be done.
    Open,
    /// To be done within a day.
    Due,
    /// Its time is over and nobody said whether it was done: "Is dit gelukt?"
    OverdueUnknown,
    /// Done.
    Kept,
    /// Not done, as a person said or the customer's own words did.
    Broken,
    /// Taken back, or no promise after all.
    Withdrawn,
}

impl PromiseState {
    /// The id as written in JSON.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Due => "due",
            Self::OverdueUnknown => "overdue_unknown",
            Self::Kept => "kept",
            Self::Broken => "broken",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Whether it is still to be done, as far as anybody said.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Open | Self::Due | Self::OverdueUnknown)
    }

    fn of(kept: &str, due_at: Option<i64>, now: i64) -> Result<Self, StoreError> {
        Ok(match (kept, due_at) {
            ("open", Some(due)) if due < now => Self::OverdueUnknown,
            ("open", Some(due)) if due - now <= SOON => Self::Due,
            ("open", _) => Self::Open,
            ("kept", _) => Self::Kept,
            ("broken", _) => Self::Broken,
            ("withdrawn", _) => Self::Withdrawn,
            (other, _) => return Err(StoreError::damaged("state of a promise", other)),
        })
    }
}

/// A promise, as the team that serves the customer sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromiseRow {
    /// Its id.
    pub id: String,
    /// The conversation.
    pub conversation_id: String,
    /// The agent turn.
    pub position: i64,
    /// `agent`, `colleague` or `firm`.
    pub who: String,
    /// What, in the agent's words (masked).
    pub what: String,
    /// When, in the agent's words.
    pub when: Option<String>,
    /// When at the latest, with its zone.
    pub due: Option<String>,
    /// The same in milliseconds since 1970.
    pub due_at: Option<i64>,
    /// Who and a time that can be resolved.
    pub complete: bool,
    /// Where it stands now.
    pub state: PromiseState,
    /// The agent said that this is what was promised.
    pub confirmed: bool,
    /// Who set the state last: a person, `event`, or whose words showed it: `customer` or `agent`.
    pub changed_by: Option<String>,
    /// Why, in one sentence.
    pub reason: Option<String>,
    /// The words that show what became of it.
    pub shown: Option<ShownPlace>,
}

/// A row of the table.
#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    conversation_id: String,
    position: i64,
    who: String,
    what: String,
    when_said: Option<String>,
    due: Option<String>,
    due_at: Option<i64>,
    complete: i64,
    state: String,
    confirmed: i64,
    changed_by: Option<String>,
    reason: Option<String>,
    shown_in: Option<String>,
    shown_turn: Option<i64>,
    shown_start: Option<i64>,
    shown_end: Option<i64>,
}

macro_rules! columns {
    ($rest:literal) => {
        concat!(
            "SELECT id, conversation_id, position, who, what, when_said, due, due_at, complete, ",
            "state, confirmed, changed_by, reason, shown_in, shown_turn, shown_start, shown_end ",
            "FROM promise ",
            $rest
        )
    };
}

fn promise(row: Row, now: i64) -> Result<PromiseRow, StoreError> {
    let shown = row.shown_in.zip(row.shown_turn).map(|(conversation_id, position)| ShownPlace {
        conversation_id,
        position,
        start: row.shown_start.unwrap_or_default(),
        end: row.shown_end.unwrap_or_default(),
    });
    Ok(PromiseRow {
        id: row.id,
        conversation_id: row.conversation_id,
        position: row.position,
        who: row.who,
        what: row.what,
        when: row.when_said,
        due: row.due,
        due_at: row.due_at,
        complete: row.complete != 0,
        state: PromiseState::of(&row.state, row.due_at, now)?,
        confirmed: row.confirmed != 0,
        changed_by: row.changed_by,
        reason: row.reason,
        shown,
    })
}

impl Request {
    /// Promises of the teams within reach that are still open, the first due first, then those
    /// without a time: `limit` of them (1–200, 50 when 0), behind the place `after`.
    ///
    /// # Errors
    /// When the viewer may not, or the limit cannot be.
    pub async fn open_promises(
        &mut self,
        team: Option<&str>,
        after: Option<&Cursor>,
        limit: i64,
    ) -> Result<Page<PromiseRow>, StoreError> {
        self.viewer.must(Right::Promises)?;
        let limit = page_limit(limit)?;
        let begin = after.cloned().unwrap_or(Cursor::before(i64::MIN));
        let mut found = Vec::new();
        for team in self.teams_within_reach(team).await? {
            let rows: Vec<Row> = sqlx::query_as(columns!(
                "WHERE team_id = $1 AND state = 'open' \
                 AND COALESCE(due_at, 9223372036854775807) >= $2 \
                 AND (COALESCE(due_at, 9223372036854775807), id) > ($2, $3) \
                 ORDER BY COALESCE(due_at, 9223372036854775807), id LIMIT $4"
            ))
            .bind(team)
            .bind(begin.at)
            .bind(&begin.id)
            .bind(limit + 1)
            .fetch_all(&mut *self.tx)
            .await?;
            for row in rows {
                found.push(promise(row, self.now)?);
            }
        }
        let place = |p: &PromiseRow| Cursor { at: p.due_at.unwrap_or(i64::MAX), id: p.id.clone() };
        found.sort_by_cached_key(place);
        let page = Page::of(found, limit, place);
        page.rows.iter().for_each(|p| self.touch(&p.conversation_id));
        Ok(page)
    }

    /// The promises of a conversation, in its order.
    ///
    /// # Errors
    /// As [`conversation`](Self::conversation).
    pub async fn promises(&mut self, conversation: &str) -> Result<Vec<PromiseRow>, StoreError> {
        let (_, relation) = self.readable(conversation).await?;
        let shown = relation.window(&self.viewer);
        let only_shown = relation.only_shown(&self.viewer);
        let rows: Vec<Row> =
            sqlx::query_as(columns!("WHERE conversation_id = $1 ORDER BY position, id"))
                .bind(conversation)
                .fetch_all(&mut *self.tx)
                .await?;
        self.touch(conversation);
        let mut promises = Vec::with_capacity(rows.len());
        for row in rows.into_iter().filter(|row| shown.contains(&row.position)) {
            let mut promise = promise(row, self.now)?;
            // Who was shown a moment or a conversation sees nothing of what lies beside it.
            promise.shown = promise.shown.filter(|place| match place.conversation_id.as_str() {
                here if here == conversation => shown.contains(&place.position),
                _ => !only_shown,
            });
            promises.push(promise);
        }
        Ok(promises)
    }

    /// Somebody says where a promise stands: kept, broken, withdrawn, or open again.
    ///
    /// # Errors
    /// When the viewer may not see the conversation, or the state is one that only the clock sets.
    pub async fn settle_promise(
        &mut self,
        id: &str,
        state: PromiseState,
        reason: Option<&str>,
    ) -> Result<PromiseRow, StoreError> {
        if matches!(state, PromiseState::Due | PromiseState::OverdueUnknown) {
            let message = format!("'{}' follows from the clock and cannot be set", state.id());
            return Err(StoreError::Invalid(message));
        }
        let conversation = self.promise_conversation(id).await?;
        let by = self.viewer.name().to_owned();
        self.set_promise(id, state, &by, reason).await?;
        self.promise_changed(&conversation);
        self.read_promise(&conversation, id).await
    }

    /// Something happened that keeps a promise, such as a call that was made. `what` names it.
    ///
    /// # Errors
    /// When the viewer may not see the conversation, or the promise is settled already.
    pub async fn promise_event(&mut self, id: &str, what: &str) -> Result<PromiseRow, StoreError> {
        let conversation = self.promise_conversation(id).await?;
        let (state,): (String,) = sqlx::query_as("SELECT state FROM promise WHERE id = $1")
            .bind(id)
            .fetch_one(&mut *self.tx)
            .await?;
        if state != "open" {
            return Err(StoreError::Conflict("the promise is settled already".to_owned()));
        }
        self.set_promise(id, PromiseState::Kept, "event", Some(what)).await?;
        self.promise_changed(&conversation);
        self.read_promise(&conversation, id).await
    }

    /// The agent confirms what was promised, and by when.
    ///
    /// # Errors
    /// When the viewer may not see the conversation, or the time is none.
    pub async fn confirm_promise(
        &mut self,
        id: &str,
        due: Option<&str>,
    ) -> Result<PromiseRow, StoreError> {
        let conversation = self.promise_conversation(id).await?;
        let due_at = due.map(read_time).transpose()?;
        sqlx::query(
            "UPDATE promise SET confirmed = 1, due = COALESCE($2, due), \
             due_at = COALESCE($3, due_at), changed_at = $4 WHERE id = $1",
        )
        .bind(id)
        .bind(due)
        .bind(due_at)
        .bind(self.now)
        .execute(&mut *self.tx)
        .await?;
        self.promise_changed(&conversation);
        self.read_promise(&conversation, id).await
    }

    /// The conversation of a promise that the viewer may see.
    ///
    /// # Errors
    /// When the viewer may not see it.
    pub async fn promise_conversation(&mut self, id: &str) -> Result<String, StoreError> {
        self.viewer.must(Right::Promises)?;
        let row: Option<(String,)> =
            sqlx::query_as("SELECT conversation_id FROM promise WHERE id = $1")
                .bind(id)
                .fetch_optional(&mut *self.tx)
                .await?;
        let (conversation,) = row.ok_or(StoreError::NotFound("the promise"))?;
        let seen = self.readable(&conversation).await;
        seen.map_err(|_| StoreError::NotFound("the promise"))?;
        self.touch(&conversation);
        Ok(conversation)
    }

    async fn read_promise(
        &mut self,
        conversation: &str,
        id: &str,
    ) -> Result<PromiseRow, StoreError> {
        let all = self.promises(conversation).await?;
        all.into_iter().find(|p| p.id == id).ok_or(StoreError::NotFound("the promise"))
    }

    async fn set_promise(
        &mut self,
        id: &str,
        state: PromiseState,
        by: &str,
        reason: Option<&str>,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE promise SET state = $2, changed_at = $3, changed_by = $4, reason = $5, \
             shown_in = NULL, shown_turn = NULL, shown_start = NULL, shown_end = NULL \
             WHERE id = $1",
        )
        .bind(id)
        .bind(state.id())
        .bind(self.now)
        .bind(by)
        .bind(reason)
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Keeps the promises that were heard, with what later turns show of them; what people said about
    /// them stays. Ones that are no longer heard go, unless somebody said something about them.
    pub(crate) async fn write_promises(
        &mut self,
        conversation: &str,
        team: Option<&str>,
        report: &WireReport,
    ) -> Result<(), StoreError> {
        let known: Vec<Known> = sqlx::query_as(
            "SELECT id, fingerprint, position, who, complete, state, confirmed, changed_by, \
             shown_in, shown_turn, shown_start, shown_end FROM promise WHERE conversation_id = $1",
        )
        .bind(conversation)
        .fetch_all(&mut *self.tx)
        .await?;
        let mut fingerprints = BTreeSet::new();
        for promise in &report.promises {
            let fingerprint = fingerprint(promise);
            if !known.iter().any(|known| known.is(&fingerprint, promise)) {
                self.write_promise(conversation, team, promise, &fingerprint).await?;
                self.promise_changed(conversation);
            }
            let known = known.iter().find(|known| known.fingerprint == fingerprint);
            let shown = promise.shown.as_ref().map(|shown| Said::of(conversation, shown, report));
            if let Some(known) = known.filter(|known| known.is_shown_by_another(conversation)) {
                // The words that were said last stand.
                if let Some(shown) = &promise.shown {
                    self.show_promise(&known.id, conversation, shown).await?;
                }
            } else if known.map_or(shown.is_some(), |known| known.changes(shown.as_ref())) {
                self.write_shown(conversation, &fingerprint, shown.as_ref()).await?;
            }
            fingerprints.insert(fingerprint);
        }
        for known in known {
            let untouched = known.confirmed == 0
                && (known.state == "open" || known.changed_by.as_deref().is_some_and(is_words));
            if untouched && !fingerprints.contains(&known.fingerprint) {
                self.promise_changed(conversation);
                sqlx::query("DELETE FROM promise WHERE id = $1")
                    .bind(known.id)
                    .execute(&mut *self.tx)
                    .await?;
            }
        }
        Ok(())
    }

    async fn write_promise(
        &mut self,
        conversation: &str,
        team: Option<&str>,
        promise: &WirePromise,
        fingerprint: &str,
    ) -> Result<(), StoreError> {
        let due_at = promise.due.as_deref().map(read_time).transpose()?;
        sqlx::query(
            "INSERT INTO promise (id, conversation_id, position, fingerprint, team_id, who, what, \
             when_said, due_at, due, complete, state, changed_at, assigned_to) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'open', $12, \
             (SELECT assigned_to FROM conversation WHERE id = $2)) \
             ON CONFLICT (conversation_id, fingerprint) DO UPDATE SET position = excluded.position, \
             who = excluded.who, complete = excluded.complete",
        )
        .bind(new_id())
        .bind(conversation)
        .bind(number(promise.turn))
        .bind(fingerprint)
        .bind(team)
        .bind(&promise.who)
        .bind(&promise.what)
        .bind(promise.when.clone())
        .bind(due_at)
        .bind(promise.due.clone())
        .bind(i64::from(promise.complete))
        .bind(self.now)
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }
}

/// A promise that was heard before.
#[derive(sqlx::FromRow)]
struct Known {
    id: String,
    fingerprint: String,
    position: i64,
    who: String,
    complete: i64,
    state: String,
    confirmed: i64,
    changed_by: Option<String>,
    shown_in: Option<String>,
    shown_turn: Option<i64>,
    shown_start: Option<i64>,
    shown_end: Option<i64>,
}

impl Known {
    fn is_shown_by_another(&self, conversation: &str) -> bool {
        self.shown_in.as_deref().is_some_and(|place| place != conversation)
    }

    /// Whether the words of its own conversation now say something else of it. What a person or an
    /// event said of it stands.
    fn changes(&self, shown: Option<&Said>) -> bool {
        let by_words = self.changed_by.as_deref().is_none_or(is_words);
        let now = shown.map(|shown| (shown.state.as_str(), shown.place.position));
        let then = self.shown_turn.map(|turn| (self.state.as_str(), turn));
        let span = shown.map(|shown| (shown.place.start, shown.place.end));
        let moved = span != self.shown_start.zip(self.shown_end);
        by_words && (now != then || moved)
    }

    /// Whether hearing the promise again would change nothing.
    fn is(&self, fingerprint: &str, heard: &WirePromise) -> bool {
        self.fingerprint == fingerprint
            && self.position == number(heard.turn)
            && self.who == heard.who
            && self.complete == i64::from(heard.complete)
    }
}

/// The same promise heard again has the same fingerprint.
fn fingerprint(promise: &WirePromise) -> String {
    let digest = Sha256::new()
        .chain_update(number(promise.turn).to_le_bytes())
        .chain_update(promise.what.trim().to_lowercase())
        .finalize();
    hex(&digest[..12])
}

/// Milliseconds since 1970 of a time with its offset.
fn read_time(text: &str) -> Result<i64, StoreError> {
    let instant = text.split('[').next().unwrap_or_default();
    let timestamp: jiff::Timestamp = instant.parse().map_err(|_| {
        let message = "a time must be written as 2026-03-02T12:00:00+01:00 (RFC 3339)";
        StoreError::Invalid(message.to_owned())
    })?;
    Ok(timestamp.as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_moves_an_open_promise_and_no_other() {
        let of = |state, due| PromiseState::of(state, due, 1_000 * SOON).unwrap();
        assert_eq!(of("open", None), PromiseState::Open);
        assert_eq!(of("open", Some(1_002 * SOON)), PromiseState::Open);
        assert_eq!(of("open", Some(1_000 * SOON + 1)), PromiseState::Due);
        assert_eq!(of("open", Some(999 * SOON)), PromiseState::OverdueUnknown);
        assert_eq!(of("kept", Some(999 * SOON)), PromiseState::Kept);
    }

    #[test]
    fn times_have_an_offset() {
        assert_eq!(read_time("1970-01-01T01:00:00+01:00").unwrap(), 0);
        assert_eq!(read_time("1970-01-01T01:00:00+01:00[Europe/Amsterdam]").unwrap(), 0);
        assert!(read_time("morgen").is_err());
    }
}
