//! The page of the day: which customers somebody should turn to, and why. It says what happened,
//! never what was felt.

use std::collections::{BTreeSet, HashMap};

use sqlx::AssertSqlSafe;

use crate::conversations::{ConversationRow, places};
use crate::error::StoreError;
use crate::request::{Request, number};
use crate::rights::Right;

/// A promise is on the page of the day when it is due within so long.
const SOON: i64 = 24 * 60 * 60 * 1000;
/// Nothing is above this time.
const NEVER: i64 = i64::MAX;

/// Why a conversation is on the page, the most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// Something was heard that may be dangerous: before all else the protocol.
    Danger,
    /// A promise is due within a day, or its time is over.
    Promise,
    /// The customer waits for an answer.
    Waits,
}

/// A conversation that asks for somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TodayRow {
    /// Why, before all other reasons that there may be.
    pub why: Why,
    /// The conversation.
    pub row: ConversationRow,
    /// It is so many-th contact of this customer; 1 also when nobody knows who the customer is.
    pub contact: i64,
}

/// Whose conversations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// Those that the viewer helps with, and those that nobody took yet.
    Mine,
    /// Those of every team within reach.
    Team,
}

/// Ids of open conversations of a team, by what makes them urgent.
const DANGER: &str = "SELECT id FROM conversation WHERE team_id = $1 AND status = 'open' \
     AND danger = 1 AND ($2 = '' OR assigned_to IS NULL OR assigned_to = $2) \
     ORDER BY last_at DESC LIMIT $3";
const WAITS: &str = "SELECT id FROM conversation WHERE team_id = $1 AND status = 'open' \
     AND waiting_since IS NOT NULL AND ($2 = '' OR assigned_to IS NULL OR assigned_to = $2) \
     ORDER BY waiting_since LIMIT $3";

impl Request {
    /// Conversations that ask for somebody, the most urgent first: danger, then promises by when
    /// they are due, then customers by how long they wait, those who were in touch before ahead of
    /// others. At most `limit` (1–200).
    ///
    /// # Errors
    /// When the viewer may not.
    pub async fn today(&mut self, whose: Whose, limit: i64) -> Result<Vec<TodayRow>, StoreError> {
        self.viewer.must(Right::ReadConversations)?;
        self.viewer.must(Right::Promises)?;
        let limit = limit.clamp(1, 200);
        let me = match whose {
            Whose::Mine => self.viewer.person_id().unwrap_or_default().to_owned(),
            Whose::Team => String::new(),
        };
        let mut whys: Vec<(Why, String)> = Vec::new();
        for team in self.teams_within_reach(None).await? {
            let mut known = BTreeSet::new();
            for why in [Why::Danger, Why::Promise, Why::Waits] {
                // What is more urgent fills the page already.
                let left = limit - number(known.len());
                if left <= 0 {
                    break;
                }
                let mut urgent = self.urgent(why, &team, &me, limit).await?;
                if why == Why::Danger {
                    urgent = self.still_dangerous(urgent).await?;
                }
                for id in urgent {
                    if known.insert(id.clone()) {
                        whys.push((why, id));
                    }
                }
            }
        }
        let ids: Vec<&str> = whys.iter().map(|(_, id)| id.as_str()).collect();
        let contacts = self.which_contacts(&ids).await?;
        let mut rows = self.rows(&ids).await?;
        self.without_denied(rows.values_mut()).await?;
        let mut found: Vec<TodayRow> = whys
            .iter()
            .filter_map(|(why, id)| {
                let contact = contacts.get(id).copied().unwrap_or(1);
                Some(TodayRow { why: *why, row: rows.remove(id)?, contact })
            })
            .collect();
        let hour = 60 * 60 * 1000;
        found.sort_by_cached_key(|one| {
            let time = match one.why {
                Why::Danger => -one.row.last_at,
                Why::Promise => one.row.next_due.unwrap_or(NEVER),
                // Of those who wait as long, who was here before comes first.
                Why::Waits => one.row.waiting_since.unwrap_or(NEVER) / hour,
            };
            (one.why, time, -one.contact, one.row.id.clone())
        });
        found.truncate(usize::try_from(limit).unwrap_or_default());
        let ids: Vec<String> = found.iter().map(|one| one.row.id.clone()).collect();
        ids.iter().for_each(|id| self.touch(id));
        Ok(found)
    }

    /// Those of these where danger was not denied.
    async fn still_dangerous(&mut self, ids: Vec<String>) -> Result<Vec<String>, StoreError> {
        let names: Vec<&str> = ids.iter().map(String::as_str).collect();
        let mut rows = self.rows(&names).await?;
        self.without_denied(rows.values_mut()).await?;
        Ok(ids.into_iter().filter(|id| rows.get(id).is_some_and(|row| row.danger != 0)).collect())
    }

    async fn urgent(
        &mut self,
        why: Why,
        team: &str,
        me: &str,
        limit: i64,
    ) -> Result<Vec<String>, StoreError> {
        let ids: Vec<(String,)> = match why {
            Why::Danger | Why::Waits => {
                let statement = if why == Why::Danger { DANGER } else { WAITS };
                sqlx::query_as(statement)
                    .bind(team)
                    .bind(me)
                    .bind(limit)
                    .fetch_all(&mut *self.tx)
                    .await?
            }
            Why::Promise if me.is_empty() => {
                sqlx::query_as(
                    "SELECT conversation_id FROM promise WHERE team_id = $1 AND state = 'open' \
                     AND COALESCE(due_at, 9223372036854775807) < $3 \
                     ORDER BY COALESCE(due_at, 9223372036854775807), id LIMIT $2",
                )
                .bind(team)
                .bind(limit)
                .bind(self.now + SOON)
                .fetch_all(&mut *self.tx)
                .await?
            }
            Why::Promise => {
                let mut due: Vec<(i64, String)> = Vec::new();
                // One's own, and those of conversations that nobody took yet.
                for whose in [me, ""] {
                    let some: Vec<(i64, String)> = sqlx::query_as(
                        "SELECT due_at, conversation_id FROM promise WHERE team_id = $1 \
                         AND state = 'open' AND COALESCE(assigned_to, '') = $2 \
                         AND COALESCE(due_at, 9223372036854775807) < $4 \
                         ORDER BY COALESCE(due_at, 9223372036854775807), id LIMIT $3",
                    )
                    .bind(team)
                    .bind(whose)
                    .bind(limit)
                    .bind(self.now + SOON)
                    .fetch_all(&mut *self.tx)
                    .await?;
                    due.extend(some);
                }
                due.sort_unstable();
                due.into_iter()
                    .map(|(_, id)| (id,))
                    .take(usize::try_from(limit).unwrap_or_default())
                    .collect()
            }
        };
        Ok(ids.into_iter().map(|(id,)| id).collect())
    }

    /// Which contact of its customer each conversation is, from 1; those of nobody known are absent.
    async fn which_contacts(&mut self, ids: &[&str]) -> Result<HashMap<String, i64>, StoreError> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let statement = format!(
            "SELECT c.id, (SELECT COUNT(*) FROM conversation o WHERE o.customer_id = c.customer_id \
             AND (o.started_at < c.started_at OR (o.started_at = c.started_at AND o.id <= c.id))) \
             FROM conversation c WHERE c.customer_id IS NOT NULL AND c.id IN ({})",
            places(ids.len())
        );
        let mut query = sqlx::query_as(AssertSqlSafe(statement));
        for id in ids {
            query = query.bind(*id);
        }
        Ok(query.fetch_all(&mut *self.tx).await?.into_iter().collect())
    }
}
