//! What a customer has been through: every contact, how long they waited, what was promised.

use std::collections::BTreeMap;

use crate::conversations::ConversationRow;
use crate::error::StoreError;
use crate::request::Request;

/// One contact of a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// The conversation.
    pub row: ConversationRow,
    /// Whether the viewer may open it; other teams' contacts are known, their words are not.
    pub within_reach: bool,
    /// The longest that the customer waited for an answer in it, in milliseconds; none when nobody
    /// answered yet.
    pub longest_wait: Option<i64>,
    /// Promises that are still open.
    pub open: i64,
    /// Promises that were kept.
    pub kept: i64,
    /// Promises that were not.
    pub broken: i64,
}

impl Request {
    /// What the customer of a conversation has been through, oldest first; the conversation alone
    /// when nobody knows who the customer is.
    ///
    /// # Errors
    /// As [`conversation`](Self::conversation).
    pub async fn journey(&mut self, id: &str) -> Result<Vec<Contact>, StoreError> {
        let rows = self.history(id).await?;
        let mut contacts = Vec::with_capacity(rows.len());
        for row in rows {
            let within_reach = row.id == id || self.within_reach(&row).await?;
            let longest_wait = self.longest_wait(&row.id).await?;
            let states = self.promise_states(&row.id).await?;
            let count = |state: &str| states.get(state).copied().unwrap_or_default();
            let (open, kept, broken) = (count("open"), count("kept"), count("broken"));
            contacts.push(Contact { row, within_reach, longest_wait, open, kept, broken });
        }
        Ok(contacts)
    }

    async fn longest_wait(&mut self, id: &str) -> Result<Option<i64>, StoreError> {
        let turns: Vec<(String, i64)> = sqlx::query_as(
            "SELECT party, said_at FROM turn WHERE conversation_id = $1 ORDER BY position",
        )
        .bind(id)
        .fetch_all(&mut *self.tx)
        .await?;
        Ok(longest_wait(turns.iter().map(|(party, at)| (party.as_str(), *at))))
    }

    async fn promise_states(&mut self, id: &str) -> Result<BTreeMap<String, i64>, StoreError> {
        let states: Vec<(String, i64)> = sqlx::query_as(
            "SELECT state, COUNT(*) FROM promise WHERE conversation_id = $1 GROUP BY state",
        )
        .bind(id)
        .fetch_all(&mut *self.tx)
        .await?;
        Ok(states.into_iter().collect())
    }
}

/// From the first of the customer's turns that were not answered yet to the answer.
fn longest_wait<'t>(turns: impl Iterator<Item = (&'t str, i64)>) -> Option<i64> {
    let (mut since, mut longest) = (None, None);
    for (party, at) in turns {
        match party {
            "customer" => since = since.or(Some(at)),
            "agent" | "colleague" => {
                if let Some(since) = since.take() {
                    longest = longest.max(Some((at - since).max(0)));
                }
            }
            _ => {}
        }
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::longest_wait;

    #[test]
    fn a_wait_begins_with_the_first_turn_that_nobody_answered() {
        let turns = [("customer", 0), ("bot", 1), ("customer", 5), ("agent", 9), ("customer", 10)];
        assert_eq!(longest_wait(turns.into_iter()), Some(9));
        assert_eq!(longest_wait([("customer", 3)].into_iter()), None);
    }
}
