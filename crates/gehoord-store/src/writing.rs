//! Writing conversations: import, append, take, close. The same thing twice changes nothing.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use sha2::{Digest, Sha256};

use crate::conversations::{ConversationRow, Status};
use crate::error::StoreError;
use crate::key::{Original, hex};
use crate::request::{Request, new_id, number};
use crate::rights::Right;
use crate::rows::Insert;
use crate::search::Indexed;
use crate::store::Backend;
use crate::timed::timed;

/// A turn to be kept. The text is masked already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTurn {
    /// `customer`, `agent`, `colleague` or `bot`.
    pub party: String,
    /// What the speaker is called, to know which agent it is; not kept.
    pub speaker: Option<String>,
    /// Which agent it is, when that is known already.
    pub person_id: Option<String>,
    /// The words, masked.
    pub text: String,
    /// When, as it was given (RFC 9557).
    pub at: Option<String>,
    /// When, in milliseconds since 1970. When none was given, that of the turns around it; where no
    /// turn has one, and for a turn that is added later, the time of the request.
    pub said_at: Option<i64>,
    /// Its name where it came from: the same one twice is the same turn.
    pub external_id: Option<String>,
}

/// A conversation to be kept. All texts are masked already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewConversation {
    /// Where it comes from, such as `file` or `api`.
    pub source: String,
    /// Its name there.
    pub external_id: String,
    /// What the customer is called there; kept as a pseudonym only.
    pub customer: Option<String>,
    /// The team that serves the customer.
    pub team_id: Option<String>,
    /// The agent who helps them.
    pub assigned_to: Option<String>,
    /// The channel.
    pub channel: String,
    /// The locale, when given.
    pub locale: Option<String>,
    /// Subject line, masked.
    pub subject: Option<String>,
    /// Whether somebody is still at work on it.
    pub status: Status,
    /// Who said what.
    pub turns: Vec<NewTurn>,
    /// What stands behind the masks.
    pub originals: Vec<Original>,
}

/// What came of a write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written {
    /// It was not there before.
    New(String),
    /// It was there, and something in it changed; the first turn that differs.
    Changed(String, i64),
    /// It was there, just so.
    Same(String),
}

impl Written {
    /// The id of the conversation.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::New(id) | Self::Changed(id, _) | Self::Same(id) => id,
        }
    }
}

/// Where a turn that was appended stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppendedTurn {
    /// Its place.
    pub position: i64,
    /// False: it was there already, in the same words.
    pub new: bool,
    /// Who of us spoke, when it was added and that is known.
    pub person_id: Option<String>,
}

/// A conversation that is being written to.
#[derive(Debug, Clone)]
pub(crate) struct Writing {
    id: String,
    /// Whether the customer is known, so that they may have other contacts.
    pub(crate) has_customer: bool,
    pub(crate) team_id: Option<String>,
    pub(crate) repeat_contact: i64,
    pub(crate) danger: i64,
}

/// A turn on its way to the table.
struct TurnRow<'t> {
    position: i64,
    key: i64,
    person: Option<String>,
    said_at: i64,
    turn: &'t NewTurn,
}

/// Where turns are written.
#[derive(Clone, Copy)]
struct Place<'p> {
    id: &'p str,
    team: Option<&'p str>,
    /// Who helps the customer.
    agent: Option<&'p String>,
}

impl<'p> Place<'p> {
    fn of(row: &'p ConversationRow) -> Self {
        Self { id: &row.id, team: row.team_id.as_deref(), agent: row.assigned_to.as_ref() }
    }
}

const INSERT_TURN: Insert = Insert {
    into: "INSERT INTO turn (conversation_id, position, number, party, person_id, text, at, \
           said_at, external_id)",
    row: "(?, ?, ?, ?, ?, ?, ?, ?, ?)",
    behind: "ON CONFLICT (number) DO NOTHING",
};

/// What the row of a conversation tells about the times of its turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Times {
    started_at: i64,
    last_at: i64,
    /// The first of the customer's turns that nobody of us answered.
    waiting_since: Option<i64>,
}

impl Times {
    /// The times when one more turn is said; `known` are those before it, if there were turns.
    fn after(known: Option<Self>, turn: &NewTurn, now: i64) -> Self {
        let at = turn.said_at.unwrap_or(now);
        let before = known.unwrap_or(Self { started_at: at, last_at: at, waiting_since: None });
        Self {
            started_at: before.started_at.min(at),
            last_at: before.last_at.max(at),
            waiting_since: match turn.party.as_str() {
                "customer" => Some(before.waiting_since.map_or(at, |since| since.min(at))),
                "agent" | "colleague" => None,
                _ => before.waiting_since,
            },
        }
    }
}

const PARTIES: [&str; 4] = ["customer", "agent", "colleague", "bot"];

impl Request {
    /// Keeps a conversation. One that is there already by its source and name is brought up to date:
    /// turns that changed are replaced, new ones added, ones that are gone removed.
    ///
    /// # Errors
    /// When the viewer may not, the customer was erased before, or a field cannot be.
    pub async fn write_conversation(
        &mut self,
        new: &NewConversation,
    ) -> Result<Written, StoreError> {
        if let Some(customer) = &new.customer {
            self.must_not_be_erased(customer).await?;
        }
        self.write_conversation_of_anybody(new).await
    }

    /// The same of a customer who may have been erased before, for who looked at that
    /// ([`Request::erased_customers`]).
    ///
    /// # Errors
    /// When the viewer may not, or a field cannot be.
    pub async fn write_conversation_of_anybody(
        &mut self,
        new: &NewConversation,
    ) -> Result<Written, StoreError> {
        if !self.viewer.may(Right::Import) {
            self.viewer.must(Right::WriteConversations)?;
            let own = self.viewer.team_id();
            if own.is_none() || new.team_id.as_deref() != own {
                return Err(StoreError::Forbidden("conversations of another team"));
            }
        }
        if new.external_id.is_empty() || new.external_id.len() > 1_000 {
            let message = "a conversation needs an id of 1 to 1000 bytes".to_owned();
            return Err(StoreError::Invalid(message));
        }
        let mut names = HashSet::new();
        if new.turns.iter().filter_map(|turn| turn.external_id.as_ref()).any(|n| !names.insert(n)) {
            let message = "two turns have the same external_id".to_owned();
            return Err(StoreError::Invalid(message));
        }
        let digest = self.digest(new);
        let known: Option<(String, String)> = sqlx::query_as(
            "SELECT id, digest FROM conversation WHERE source = $1 AND external_id = $2",
        )
        .bind(&new.source)
        .bind(&new.external_id)
        .fetch_optional(&mut *self.tx)
        .await?;
        match known {
            None => {
                let id = new_id();
                self.insert(&id, new, &digest).await?;
                Ok(Written::New(id))
            }
            Some((id, before)) => {
                let row = self.writable(&id).await?;
                self.take_turn(&id).await?;
                if before == digest {
                    return Ok(Written::Same(id));
                }
                let first = self.replace(&row, new, &digest).await?;
                Ok(Written::Changed(id, first))
            }
        }
    }

    /// Waits until no other process writes to this conversation, and holds it until this request
    /// ends. On SQLite every request that began holds all of it already.
    async fn take_turn(&mut self, id: &str) -> Result<(), StoreError> {
        if self.store.backend == Backend::Postgres {
            sqlx::query("SELECT id FROM conversation WHERE id = $1 FOR UPDATE")
                .bind(id)
                .execute(&mut *self.tx)
                .await?;
        }
        Ok(())
    }

    async fn insert(
        &mut self,
        id: &str,
        new: &NewConversation,
        digest: &str,
    ) -> Result<(), StoreError> {
        let customer = match &new.customer {
            Some(name) => Some(self.customer(name).await?),
            None => None,
        };
        let has_customer = customer.is_some();
        let turns = timed(&new.turns);
        let known =
            turns.iter().fold(None, |known, turn| Some(Times::after(known, turn, self.now)));
        let times =
            known.unwrap_or(Times { started_at: self.now, last_at: self.now, waiting_since: None });
        sqlx::query(
            "INSERT INTO conversation (id, source, external_id, customer_id, team_id, assigned_to, \
             channel, locale, subject, status, started_at, last_at, closed_at, waiting_since, turns, \
             digest) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
        )
        .bind(id)
        .bind(&new.source)
        .bind(&new.external_id)
        .bind(customer)
        .bind(new.team_id.clone())
        .bind(new.assigned_to.clone())
        .bind(&new.channel)
        .bind(new.locale.clone())
        .bind(new.subject.clone())
        .bind(new.status.id())
        .bind(times.started_at)
        .bind(times.last_at)
        .bind((new.status == Status::Closed).then_some(self.now))
        .bind(times.waiting_since)
        .bind(number(new.turns.len()))
        .bind(digest)
        .execute(&mut *self.tx)
        .await?;
        let place = Place { id, team: new.team_id.as_deref(), agent: new.assigned_to.as_ref() };
        self.insert_turns(place, 0, &turns).await?;
        self.keep_originals(id, &new.originals).await?;
        self.touch(id);
        let (id, team_id) = (id.to_owned(), new.team_id.clone());
        self.writing = Some(Writing { id, has_customer, team_id, repeat_contact: 0, danger: 0 });
        Ok(())
    }

    async fn replace(
        &mut self,
        row: &ConversationRow,
        new: &NewConversation,
        digest: &str,
    ) -> Result<i64, StoreError> {
        let id = row.id.as_str();
        type Before = (i64, String, String, Option<String>, Option<String>);
        let before: Vec<Before> = sqlx::query_as(
            "SELECT position, party, text, at, external_id FROM turn WHERE conversation_id = $1 \
             ORDER BY position",
        )
        .bind(id)
        .fetch_all(&mut *self.tx)
        .await?;
        let same = before
            .iter()
            .zip(&new.turns)
            .take_while(|((_, party, text, at, name), turn)| {
                (party, text, at, name) == (&turn.party, &turn.text, &turn.at, &turn.external_id)
            })
            .count();
        let first = number(same);
        self.forget_turns_from(id, first).await?;
        let place = Place { team: new.team_id.as_deref(), ..Place::of(row) };
        self.insert_turns(place, first, &timed(&new.turns)[same..]).await?;
        self.keep_originals(id, &new.originals).await?;
        sqlx::query("UPDATE conversation SET digest = $2, subject = $3, locale = $4 WHERE id = $1")
            .bind(id)
            .bind(digest)
            .bind(new.subject.clone())
            .bind(new.locale.clone())
            .execute(&mut *self.tx)
            .await?;
        self.refresh(id).await?;
        self.touch(id);
        Ok(first)
    }

    /// Adds a turn at the end. One that is there already by its name is replaced
    /// when its words changed, and left alone when not.
    ///
    /// # Errors
    /// When the viewer may not write to this conversation, it is closed, or the turn cannot be.
    pub async fn append_turn(
        &mut self,
        id: &str,
        turn: &NewTurn,
        originals: &[Original],
    ) -> Result<AppendedTurn, StoreError> {
        self.take_turn(id).await?;
        let row = self.writable(id).await?;
        self.keep_originals(id, originals).await?;
        self.touch(id);
        if let Some(external) = &turn.external_id {
            let known: Option<(i64, String)> = sqlx::query_as(
                "SELECT position, text FROM turn WHERE conversation_id = $1 AND external_id = $2",
            )
            .bind(id)
            .bind(external)
            .fetch_optional(&mut *self.tx)
            .await?;
            if let Some((position, text)) = known {
                let new = text != turn.text;
                if new {
                    self.edit_turn(id, position, turn, row.team_id.as_deref()).await?;
                }
                return Ok(AppendedTurn { position, new, person_id: None });
            }
        }
        if row.status != Status::Open.id() {
            return Err(StoreError::Conflict("the conversation is closed".to_owned()));
        }
        let spoken = self.insert_turns(Place::of(&row), row.turns, std::slice::from_ref(turn));
        let person_id = spoken.await?.pop().flatten();
        let known = (row.turns > 0).then_some(Times {
            started_at: row.started_at,
            last_at: row.last_at,
            waiting_since: row.waiting_since,
        });
        let times = Times::after(known, turn, self.now);
        // From the row, not from the turns: a long conversation costs no more than a short one.
        sqlx::query(
            "UPDATE conversation SET turns = $2, started_at = $3, last_at = $4, \
             waiting_since = $5 WHERE id = $1",
        )
        .bind(id)
        .bind(row.turns + 1)
        .bind(times.started_at)
        .bind(times.last_at)
        .bind(times.waiting_since)
        .execute(&mut *self.tx)
        .await?;
        Ok(AppendedTurn { position: row.turns, new: true, person_id })
    }

    async fn edit_turn(
        &mut self,
        id: &str,
        position: i64,
        turn: &NewTurn,
        team: Option<&str>,
    ) -> Result<(), StoreError> {
        let (key,): (i64,) =
            sqlx::query_as("SELECT number FROM turn WHERE conversation_id = $1 AND position = $2")
                .bind(id)
                .bind(position)
                .fetch_one(&mut *self.tx)
                .await?;
        sqlx::query("UPDATE turn SET text = $3 WHERE conversation_id = $1 AND position = $2")
            .bind(id)
            .bind(position)
            .bind(&turn.text)
            .execute(&mut *self.tx)
            .await?;
        self.unindex(key).await?;
        let text = &turn.text;
        self.index(&[Indexed { number: key, party: &turn.party, team, text }]).await?;
        self.refresh(id).await
    }

    /// Keeps turns that follow each other from `first` on, and makes them findable; who of us spoke
    /// in each.
    async fn insert_turns(
        &mut self,
        Place { id, team, agent }: Place<'_>,
        first: i64,
        turns: &[NewTurn],
    ) -> Result<Vec<Option<String>>, StoreError> {
        let mut rows = Vec::with_capacity(turns.len());
        let mut taken = BTreeSet::new();
        let mut called: BTreeMap<&str, Option<String>> = BTreeMap::new();
        for (position, turn) in (first..).zip(turns) {
            if !PARTIES.contains(&turn.party.as_str()) {
                let message =
                    format!("party '{}' is unknown; expected {}", turn.party, PARTIES.join(", "));
                return Err(StoreError::Invalid(message));
            }
            let person = match (&turn.person_id, &turn.speaker, turn.party.as_str()) {
                (Some(person), _, "agent" | "colleague") => Some(person.clone()),
                (None, Some(speaker), "agent" | "colleague") => {
                    if !called.contains_key(speaker.as_str()) {
                        called.insert(speaker, self.person_called(speaker).await?);
                    }
                    called.get(speaker.as_str()).cloned().flatten()
                }
                _ => None,
            };
            // An agent who is not known is the one who helps the customer at that moment; who takes
            // the conversation later does not become the speaker.
            let person = person.or_else(|| agent.filter(|_| turn.party == "agent").cloned());
            let said_at = turn.said_at.unwrap_or(self.now);
            let mut key = search_number(said_at, id, position);
            while !taken.insert(key) {
                key += 1;
            }
            rows.push(TurnRow { position, key, person, said_at, turn });
        }
        let written = self.insert_turn_rows(id, &rows).await?;
        if written < rows.len() as u64 {
            self.insert_turns_left(id, first, &mut rows).await?;
        }
        let index: Vec<_> = rows
            .iter()
            .map(|row| Indexed {
                number: row.key,
                party: &row.turn.party,
                team,
                text: &row.turn.text,
            })
            .collect();
        self.index(&index).await?;
        Ok(rows.into_iter().map(|row| row.person).collect())
    }

    async fn insert_turn_rows(
        &mut self,
        id: &str,
        rows: &[TurnRow<'_>],
    ) -> Result<u64, StoreError> {
        self.insert_rows(&INSERT_TURN, rows, |query, row| {
            query
                .bind(id)
                .bind(row.position)
                .bind(row.key)
                .bind(&row.turn.party)
                .bind(row.person.clone())
                .bind(&row.turn.text)
                .bind(row.turn.at.clone())
                .bind(row.said_at)
                .bind(row.turn.external_id.clone())
        })
        .await
    }

    /// Turns whose number belongs to another turn already: each takes the next free one.
    async fn insert_turns_left(
        &mut self,
        id: &str,
        first: i64,
        rows: &mut [TurnRow<'_>],
    ) -> Result<(), StoreError> {
        let there: Vec<(i64,)> = sqlx::query_as(
            "SELECT position FROM turn WHERE conversation_id = $1 AND position >= $2",
        )
        .bind(id)
        .bind(first)
        .fetch_all(&mut *self.tx)
        .await?;
        let there: BTreeSet<i64> = there.into_iter().map(|(position,)| position).collect();
        for row in rows.iter_mut().filter(|row| !there.contains(&row.position)) {
            loop {
                row.key += 1;
                if self.insert_turn_rows(id, std::slice::from_ref(row)).await? == 1 {
                    break;
                }
            }
        }
        Ok(())
    }

    pub(crate) async fn forget_turns_from(
        &mut self,
        id: &str,
        first: i64,
    ) -> Result<u64, StoreError> {
        let gone: Vec<(i64,)> =
            sqlx::query_as("SELECT number FROM turn WHERE conversation_id = $1 AND position >= $2")
                .bind(id)
                .bind(first)
                .fetch_all(&mut *self.tx)
                .await?;
        for (key,) in gone {
            self.unindex(key).await?;
        }
        for table in [
            "DELETE FROM turn_finding WHERE conversation_id = $1 AND position >= $2",
            "DELETE FROM turn WHERE conversation_id = $1 AND position >= $2",
        ] {
            sqlx::query(table).bind(id).bind(first).execute(&mut *self.tx).await?;
        }
        let (left,): (i64,) =
            sqlx::query_as("SELECT COUNT(*) FROM turn WHERE conversation_id = $1")
                .bind(id)
                .fetch_one(&mut *self.tx)
                .await?;
        Ok(u64::try_from(left).unwrap_or_default())
    }

    async fn keep_originals(&mut self, id: &str, originals: &[Original]) -> Result<(), StoreError> {
        for original in originals {
            let sealed = self.store.key.seal(&original.text, &format!("{id}/{}", original.mask))?;
            sqlx::query(
                "INSERT INTO original (conversation_id, mask, kind, sealed) \
                 VALUES ($1, $2, $3, $4) ON CONFLICT (conversation_id, mask) DO NOTHING",
            )
            .bind(id)
            .bind(&original.mask)
            .bind(&original.kind)
            .bind(sealed)
            .execute(&mut *self.tx)
            .await?;
        }
        Ok(())
    }

    /// What the row tells about its turns, from the turns.
    async fn refresh(&mut self, id: &str) -> Result<(), StoreError> {
        // The customer waits since the first of the turns that nobody of us answered.
        sqlx::query(
            "UPDATE conversation SET \
             turns = (SELECT COUNT(*) FROM turn t WHERE t.conversation_id = $1), \
             started_at = COALESCE((SELECT MIN(said_at) FROM turn t \
                 WHERE t.conversation_id = $1), started_at), \
             last_at = COALESCE((SELECT MAX(said_at) FROM turn t \
                 WHERE t.conversation_id = $1), last_at), \
             waiting_since = (SELECT MIN(t.said_at) FROM turn t WHERE t.conversation_id = $1 \
                 AND t.party = 'customer' AND t.position > COALESCE((SELECT MAX(a.position) \
                 FROM turn a WHERE a.conversation_id = $1 \
                 AND a.party IN ('agent', 'colleague')), -1)) \
             WHERE id = $1",
        )
        .bind(id)
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Who helps this customer from now on: oneself, or for a manager somebody of the team.
    ///
    /// # Errors
    /// When the viewer may not, the conversation is closed, or the person is not of its team.
    pub async fn assign(&mut self, id: &str, person: Option<&str>) -> Result<(), StoreError> {
        let (row, _) = self.readable(id).await?;
        let own = person.is_none() || person == self.viewer.person_id();
        if !(own && self.viewer.may(Right::WriteConversations)) {
            self.viewer.must(Right::TeamFigures)?;
            if self.viewer.role() != Some(crate::rights::Role::Manager) {
                return Err(StoreError::Forbidden("to assign a conversation to somebody else"));
            }
        }
        if let Some(person) = person {
            let person = self.person(person).await?;
            if person.team_id != row.team_id || !person.active {
                let message = "the person is not of the team of this conversation".to_owned();
                return Err(StoreError::Invalid(message));
            }
        }
        for statement in [
            "UPDATE conversation SET assigned_to = $2 WHERE id = $1",
            "UPDATE promise SET assigned_to = $2 WHERE conversation_id = $1",
        ] {
            sqlx::query(statement).bind(id).bind(person).execute(&mut *self.tx).await?;
        }
        self.touch(id);
        Ok(())
    }

    /// Closes a conversation, or opens it again.
    ///
    /// # Errors
    /// When the viewer may not write to it.
    pub async fn set_status(&mut self, id: &str, status: Status) -> Result<(), StoreError> {
        self.writable(id).await?;
        sqlx::query("UPDATE conversation SET status = $2, closed_at = $3 WHERE id = $1")
            .bind(id)
            .bind(status.id())
            .bind((status == Status::Closed).then_some(self.now))
            .execute(&mut *self.tx)
            .await?;
        self.touch(id);
        Ok(())
    }

    /// The row of a conversation that the viewer may write to.
    pub(crate) async fn writable(&mut self, id: &str) -> Result<ConversationRow, StoreError> {
        let row = if self.viewer.may(Right::Import) {
            self.row(id).await?.ok_or(StoreError::NotFound("the conversation"))?
        } else {
            self.viewer.must(Right::WriteConversations)?;
            self.viewer.must(Right::ReadConversations)?;
            let row = self.row(id).await?.ok_or(StoreError::NotFound("the conversation"))?;
            if !self.within_reach(&row).await? {
                self.readable(id).await?;
            }
            row
        };
        self.writing = Some(Writing {
            id: row.id.clone(),
            has_customer: row.customer.is_some(),
            team_id: row.team_id.clone(),
            repeat_contact: row.repeat_contact,
            danger: row.danger,
        });
        Ok(row)
    }

    /// What is known of a conversation that the viewer may write to, read once in a request.
    pub(crate) async fn writing_to(&mut self, id: &str) -> Result<Writing, StoreError> {
        if self.writing.as_ref().is_none_or(|known| known.id != id) {
            self.writable(id).await?;
        }
        self.writing.clone().ok_or(StoreError::NotFound("the conversation"))
    }

    /// The id of the customer who is called `name` elsewhere.
    async fn customer(&mut self, name: &str) -> Result<String, StoreError> {
        let pseudonym = self.store.key.pseudonym(name);
        sqlx::query(
            "INSERT INTO customer (id, pseudonym, created_at) VALUES ($1, $2, $3) \
             ON CONFLICT (pseudonym) DO NOTHING",
        )
        .bind(new_id())
        .bind(&pseudonym)
        .bind(self.now)
        .execute(&mut *self.tx)
        .await?;
        let (id,): (String,) = sqlx::query_as("SELECT id FROM customer WHERE pseudonym = $1")
            .bind(pseudonym)
            .fetch_one(&mut *self.tx)
            .await?;
        Ok(id)
    }

    /// A fingerprint of what was given. It is made with the key, so that nobody can try out texts.
    fn digest(&self, new: &NewConversation) -> String {
        let mut digest = Sha256::new();
        let mut add = |text: &str| {
            digest.update(number(text.len()).to_le_bytes());
            digest.update(text);
        };
        add(&self.store.key.pseudonym("digest"));
        add(&new.channel);
        add(new.subject.as_deref().unwrap_or(""));
        add(new.locale.as_deref().unwrap_or(""));
        for turn in &new.turns {
            add(&turn.party);
            add(&turn.text);
            add(turn.at.as_deref().unwrap_or(""));
        }
        // Read back they come in another order than they were given out in.
        let mut originals: Vec<_> = new.originals.iter().map(|o| (&o.mask, &o.text)).collect();
        originals.sort_unstable();
        for (mask, text) in originals {
            add(mask);
            add(text);
        }
        hex(&digest.finalize())
    }
}

/// A number that grows with time and differs for each turn, so that the newest hits of a search come
/// first without sorting: milliseconds, then 20 bits of the turn's own.
fn search_number(said_at: i64, id: &str, position: i64) -> i64 {
    let digest = Sha256::new().chain_update(id).chain_update(position.to_le_bytes()).finalize();
    let own = i64::from(u32::from_le_bytes([digest[0], digest[1], digest[2], 0]) & 0xF_FFFF);
    (said_at.clamp(0, LATEST) << 20) | own
}

/// The last moment that has a search number: the year 2248.
const LATEST: i64 = (1 << 43) - 1;

/// The smallest and the first too large search number of a window of time.
pub(crate) fn search_window(from: Option<i64>, until: Option<i64>) -> (i64, i64) {
    let bound = |at: i64| at.clamp(0, LATEST) << 20;
    (bound(from.unwrap_or(0)), until.map_or(i64::MAX, bound))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_turns_have_larger_numbers() {
        let early = search_number(1_700_000_000_000, "a", 0);
        let late = search_number(1_700_000_000_001, "b", 9);
        assert!(early < late);
        let (from, until) = search_window(Some(1_700_000_000_000), Some(1_700_000_000_001));
        assert!((from..until).contains(&early) && !(from..until).contains(&late));
        assert!(search_number(i64::MAX, "a", 0) > 0);
    }

    #[test]
    fn a_customer_waits_from_the_first_turn_that_nobody_answered() {
        let said = |known, party: &str, at| {
            let turn = NewTurn {
                party: party.to_owned(),
                speaker: None,
                person_id: None,
                text: String::new(),
                at: None,
                said_at: Some(at),
                external_id: None,
            };
            Some(Times::after(known, &turn, 0))
        };
        let waiting = said(said(said(None, "customer", 20), "customer", 10), "bot", 30).unwrap();
        assert_eq!(waiting, Times { started_at: 10, last_at: 30, waiting_since: Some(10) });
        let answered = said(Some(waiting), "agent", 25).unwrap();
        assert_eq!(answered, Times { started_at: 10, last_at: 30, waiting_since: None });
    }
}
