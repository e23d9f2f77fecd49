//! Searching the masked words. Stems are made here, in Rust, so that both databases find the same;
//! only the two small queries differ.

use crate::error::StoreError;
use crate::request::Request;
use crate::rights::{Right, Role};
use crate::stems::{alternatives, stems};
use crate::store::Backend;
use crate::writing::search_window;

/// What to look for.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// Words, all of which must be in one turn, in any form.
    pub words: String,
    /// Only turns at this time or later, milliseconds since 1970.
    pub from: Option<i64>,
    /// Only turns before this time.
    pub until: Option<i64>,
    /// Only of this team.
    pub team_id: Option<String>,
    /// Only turns of this party.
    pub party: Option<String>,
    /// So many at most (1–200, 50 when 0).
    pub limit: i64,
}

/// A turn that was found.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Hit {
    /// The conversation.
    pub conversation_id: String,
    /// The turn.
    pub position: i64,
    /// Who spoke.
    pub party: String,
    /// The words, masked.
    pub text: String,
    /// When, milliseconds since 1970.
    pub said_at: i64,
    /// The channel.
    pub channel: String,
}

impl Request {
    /// Turns within reach that hold the words, the newest first.
    ///
    /// # Errors
    /// When the viewer may not, no word is given, or the limit cannot be.
    pub async fn search(&mut self, search: &Search) -> Result<Vec<Hit>, StoreError> {
        self.viewer.must(Right::Search)?;
        let limit = match search.limit {
            0 => 50,
            limit if (1..=200).contains(&limit) => limit,
            _ => return Err(StoreError::Invalid("limit must be 1 to 200".to_owned())),
        };
        let mut wanted = alternatives(&search.words);
        if wanted.is_empty() {
            return Err(StoreError::Invalid("a search needs a word at least".to_owned()));
        }
        wanted.truncate(32);
        // Who builds the product hears what customers say, in every team, and nothing of the agents.
        if self.viewer.role() == Some(Role::ProductOwner) {
            wanted.push(vec![party_mark("customer")]);
            wanted.extend(search.team_id.as_deref().map(|team| vec![team_mark(team)]));
        } else {
            let teams = self.teams_within_reach(search.team_id.as_deref()).await?;
            if teams.is_empty() {
                return Ok(Vec::new());
            }
            if !self.viewer.sees_every_team() {
                wanted.push(teams.iter().map(|team| team_mark(team)).collect());
            }
        }
        if let Some(party) = &search.party {
            wanted.push(vec![party_mark(party)]);
        }
        let (from, until) = search_window(search.from, search.until);
        let hits: Vec<Hit> =
            match self.store.backend {
                Backend::Sqlite => sqlx::query_as(
                    "SELECT t.conversation_id, t.position, t.party, t.text, t.said_at, c.channel \
                     FROM turn_search s JOIN turn t ON t.number = s.rowid \
                     JOIN conversation c ON c.id = t.conversation_id \
                     WHERE s.stems MATCH $1 AND s.rowid >= $2 AND s.rowid < $3 \
                     ORDER BY s.rowid DESC LIMIT $4",
                )
                .bind(joined(&wanted, '"', " OR ", " AND "))
                .bind(from)
                .bind(until)
                .bind(limit)
                .fetch_all(&mut *self.tx)
                .await?,
                Backend::Postgres => sqlx::query_as(
                    "SELECT t.conversation_id, t.position, t.party, t.text, t.said_at, c.channel \
                     FROM turn_search s JOIN turn t ON t.number = s.number \
                     JOIN conversation c ON c.id = t.conversation_id \
                     WHERE s.stems @@ $1::tsquery AND s.number >= $2 AND s.number < $3 \
                     ORDER BY s.number DESC LIMIT $4",
                )
                .bind(joined(&wanted, '\'', " | ", " & "))
                .bind(from)
                .bind(until)
                .bind(limit)
                .fetch_all(&mut *self.tx)
                .await?,
            };
        let ids: Vec<String> = hits.iter().map(|hit| hit.conversation_id.clone()).collect();
        ids.iter().for_each(|id| self.touch(id));
        Ok(hits)
    }

    /// Makes a turn findable.
    pub(crate) async fn index(
        &mut self,
        number: i64,
        party: &str,
        team: Option<&str>,
        text: &str,
    ) -> Result<(), StoreError> {
        let mut words = stems(text);
        words.push(party_mark(party));
        words.extend(team.map(team_mark));
        let (statement, words) = match self.store.backend {
            Backend::Sqlite => {
                ("INSERT INTO turn_search (rowid, stems) VALUES ($1, $2)", words.join(" "))
            }
            Backend::Postgres => (
                "INSERT INTO turn_search (number, stems) VALUES ($1, $2::tsvector)",
                joined(&[words], '\'', " ", " "),
            ),
        };
        sqlx::query(statement).bind(number).bind(words).execute(&mut *self.tx).await?;
        Ok(())
    }

    /// The turn is no longer found.
    pub(crate) async fn unindex(&mut self, number: i64) -> Result<(), StoreError> {
        let statement = match self.store.backend {
            Backend::Sqlite => "DELETE FROM turn_search WHERE rowid = $1",
            Backend::Postgres => "DELETE FROM turn_search WHERE number = $1",
        };
        sqlx::query(statement).bind(number).execute(&mut *self.tx).await?;
        Ok(())
    }
}

/// Each stem in quotes (they hold letters and digits only), any of a group, all of the groups.
fn joined(groups: &[Vec<String>], quote: char, any: &str, all: &str) -> String {
    let groups: Vec<String> = groups
        .iter()
        .map(|group| {
            let quoted: Vec<String> =
                group.iter().map(|stem| format!("{quote}{stem}{quote}")).collect();
            match quoted.len() {
                1 => quoted.concat(),
                _ if all == any => quoted.join(any),
                _ => format!("({})", quoted.join(any)),
            }
        })
        .collect();
    groups.join(all)
}

/// A word that stands in the index of every turn of this party, and in no text.
fn party_mark(party: &str) -> String {
    let letters: String = party.chars().filter(char::is_ascii_alphanumeric).collect();
    format!("__p{letters}")
}

/// A word that stands in the index of every turn that this team may see.
fn team_mark(team: &str) -> String {
    let letters: String = team.chars().filter(char::is_ascii_alphanumeric).collect();
    format!("__t{letters}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_holds_nothing_but_stems_in_quotes() {
        let wanted = alternatives("storing' OR \"x\" (drop");
        let query = joined(&wanted, '"', " OR ", " AND ");
        let expected = "(\"storing\" OR \"store\") AND \"or\" AND \"x\" AND \"drop\"";
        assert_eq!(query, expected);
    }
}
