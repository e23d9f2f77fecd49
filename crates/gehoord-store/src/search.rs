//! Searching the masked words. Stems are made here, in Rust, so that both databases find the same;
//! only the queries differ.

use crate::error::StoreError;
use crate::paging::{Cursor, Page, page_limit};
use crate::request::Request;
use crate::rights::{Right, Role};
use crate::rows::Insert;
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
    /// Only behind this place.
    pub after: Option<Cursor>,
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
    /// What the conversation is about, masked.
    pub subject: Option<String>,
    /// Its number in the index, by which hits are ordered.
    number: i64,
}

/// A turn that is to be found.
pub(crate) struct Indexed<'t> {
    /// Its number.
    pub(crate) number: i64,
    /// Who spoke.
    pub(crate) party: &'t str,
    /// The team that may find it.
    pub(crate) team: Option<&'t str>,
    /// The words, masked.
    pub(crate) text: &'t str,
}

/// CROSS JOIN keeps the order: in a small store SQLite would ask the index about each turn instead.
const SQLITE: &str = "SELECT t.conversation_id, t.position, t.party, t.text, t.said_at, c.channel, c.subject, t.number \
     FROM turn_search s CROSS JOIN turn t ON t.number = s.rowid \
     CROSS JOIN conversation c ON c.id = t.conversation_id \
     WHERE s.stems MATCH $1 AND s.rowid >= $2 AND s.rowid < $3 ORDER BY s.rowid DESC LIMIT $4";

macro_rules! postgres {
    ($numbers:literal) => {
        concat!(
            "SELECT t.conversation_id, t.position, t.party, t.text, t.said_at, c.channel, c.subject, t.number FROM (",
            $numbers,
            ") s JOIN turn t ON t.number = s.number \
             JOIN conversation c ON c.id = t.conversation_id ORDER BY s.number DESC"
        )
    };
}

/// So many turns are read on the way back from the newest.
const NEWEST: f64 = 20_000.0;

/// Back from the newest, past [`NEWEST`] turns at most: words that are common are met there soon.
/// Left to choose, PostgreSQL would read every turn on the way back to a rare one.
const POSTGRES_NEWEST: &str = postgres!(
    "SELECT n.number FROM (SELECT number, stems FROM turn_search \
     WHERE number >= $2 AND number < $3 ORDER BY number DESC LIMIT 20000) n \
     WHERE n.stems @@ $1::tsquery ORDER BY n.number DESC LIMIT $4"
);
/// By the index of words, then sorted; OFFSET 0 keeps these two apart. For words that are in few
/// turns, as PostgreSQL has counted them, or as they were not met often enough on the way back.
const POSTGRES_ALL: &str = postgres!(
    "SELECT f.number FROM (SELECT number FROM turn_search WHERE stems @@ $1::tsquery \
     AND number >= $2 AND number < $3 OFFSET 0) f ORDER BY f.number DESC LIMIT $4"
);

/// How many turns PostgreSQL thinks hold the words, and how many lie in the window; it answers from
/// what it counted before, without looking at any turn.
const POSTGRES_GUESS: &str = "EXPLAIN SELECT 1 FROM turn_search hold WHERE stems @@ $1::tsquery \
     UNION ALL SELECT 1 FROM turn_search lie WHERE number >= $2 AND number < $3";
const POSTGRES_SIZE: &str =
    "SELECT CAST(reltuples AS BIGINT) FROM pg_class WHERE oid = 'turn_search'::regclass";

const INSERT_SQLITE: Insert =
    Insert { into: "INSERT INTO turn_search (rowid, stems)", row: "(?, ?)", behind: "" };
const INSERT_POSTGRES: Insert =
    Insert { into: "INSERT INTO turn_search (number, stems)", row: "(?, ?::tsvector)", behind: "" };

impl Request {
    /// Turns within reach that hold the words, the newest first.
    ///
    /// # Errors
    /// When the viewer may not, no word is given, or the limit cannot be.
    pub async fn search(&mut self, search: &Search) -> Result<Page<Hit>, StoreError> {
        self.viewer.must(Right::Search)?;
        let limit = page_limit(search.limit)?;
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
                return Ok(Page { rows: Vec::new(), next: None });
            }
            if !self.viewer.sees_every_team() {
                wanted.push(teams.iter().map(|team| team_mark(team)).collect());
            }
        }
        if let Some(party) = &search.party {
            wanted.push(vec![party_mark(party)]);
        }
        let (from, mut until) = search_window(search.from, search.until);
        if let Some(after) = &search.after {
            until = until.min(after.at);
        }
        let asked = limit + 1;
        let hits = match self.store.backend {
            Backend::Sqlite => {
                let words = joined(&wanted, '"', " OR ", " AND ");
                self.hits(SQLITE, &words, (from, until), asked).await?
            }
            Backend::Postgres => {
                let words = joined(&wanted, '\'', " | ", " & ");
                let mut hits = Vec::new();
                let rare = self.are_rare(&words, (from, until), asked).await?;
                if !rare {
                    hits = self.hits(POSTGRES_NEWEST, &words, (from, until), asked).await?;
                }
                if hits.len() < usize::try_from(asked).unwrap_or_default() {
                    hits = self.hits(POSTGRES_ALL, &words, (from, until), asked).await?;
                }
                hits
            }
        };
        let page = Page::of(hits, limit, |hit| Cursor::before(hit.number));
        page.rows.iter().for_each(|hit| self.touch(&hit.conversation_id));
        Ok(page)
    }

    async fn hits(
        &mut self,
        statement: &'static str,
        words: &str,
        (from, until): (i64, i64),
        limit: i64,
    ) -> Result<Vec<Hit>, StoreError> {
        let query = sqlx::query_as(statement)
            // Planned anew for these words: the way to a rare one is not the way to a common one.
            .persistent(self.store.backend == Backend::Sqlite)
            .bind(words)
            .bind(from)
            .bind(until)
            .bind(limit);
        Ok(query.fetch_all(&mut *self.tx).await?)
    }

    /// Whether PostgreSQL comes sooner to turns with these words by its index of words than on the way
    /// back from the newest. False when it has counted nothing yet.
    async fn are_rare(
        &mut self,
        words: &str,
        (from, until): (i64, i64),
        asked: i64,
    ) -> Result<bool, StoreError> {
        let plan: Vec<(String,)> = sqlx::query_as(POSTGRES_GUESS)
            .persistent(false)
            .bind(words)
            .bind(from)
            .bind(until)
            .fetch_all(&mut *self.tx)
            .await?;
        let (turns,): (i64,) = sqlx::query_as(POSTGRES_SIZE).fetch_one(&mut *self.tx).await?;
        let guess = |name: &str| {
            let line = plan.iter().find(|(line,)| line.contains(&format!(" turn_search {name} ")));
            line.and_then(|(line,)| rows_of(line))
        };
        let Some((hold, lie)) = guess("hold").zip(guess("lie")) else { return Ok(false) };
        #[allow(clippy::cast_precision_loss, reason = "a guess")]
        let (turns, asked) = (turns as f64, asked as f64);
        let read = NEWEST.min(lie);
        Ok(turns > 0.0 && hold < read && read * hold / turns < asked)
    }

    /// Makes turns findable.
    pub(crate) async fn index(&mut self, turns: &[Indexed<'_>]) -> Result<(), StoreError> {
        let backend = self.store.backend;
        let insert = match backend {
            Backend::Sqlite => &INSERT_SQLITE,
            Backend::Postgres => &INSERT_POSTGRES,
        };
        self.insert_rows(insert, turns, |query, turn| {
            let mut words = stems(turn.text);
            words.push(party_mark(turn.party));
            words.extend(turn.team.map(team_mark));
            query.bind(turn.number).bind(match backend {
                Backend::Sqlite => words.join(" "),
                Backend::Postgres => joined(&[words], '\'', " ", " "),
            })
        })
        .await?;
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

/// The number of rows in a line of a plan: "Seq Scan on turn  (cost=0.00..1.00 rows=140 width=4)".
fn rows_of(line: &str) -> Option<f64> {
    let (_, rest) = line.split_once(" rows=")?;
    rest.split(' ').next()?.parse().ok()
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
    fn a_plan_says_how_many_rows_it_expects() {
        let line =
            "  ->  Bitmap Heap Scan on turn_search hold  (cost=29.09..554.93 rows=140 width=4)";
        assert_eq!(rows_of(line), Some(140.0));
        assert_eq!(rows_of("  Recheck Cond: (stems @@ '''a'''::tsquery)"), None);
    }

    #[test]
    fn a_query_holds_nothing_but_stems_in_quotes() {
        let wanted = alternatives("storing' OR \"x\" (drop");
        let query = joined(&wanted, '"', " OR ", " AND ");
        let expected = "(\"storing\" OR \"store\") AND \"or\" AND \"x\" AND \"drop\"";
        assert_eq!(query, expected);
    }
}
