//! What opens the door: passwords, sessions, tokens. Only hashes are kept of what others hold.

use sha2::{Digest, Sha256};

use crate::error::StoreError;
use crate::key::hex;
use crate::people::{Person, person};
use crate::request::{Request, new_id, now};
use crate::rights::{Right, Viewer};
use crate::store::Store;

/// A session ends when nobody used it for so long.
const IDLE: i64 = 8 * 60 * 60 * 1000;
/// A session ends after so long, used or not.
const LONGEST: i64 = 7 * 24 * 60 * 60 * 1000;
/// Failures that count are those of the last quarter of an hour.
const REMEMBERED: i64 = 15 * 60 * 1000;

/// A session that is open.
#[derive(Debug, Clone)]
pub struct Session {
    /// Whose it is.
    pub person: Person,
    /// Hash of the word that forms must carry.
    pub csrf_hash: String,
    hash: String,
    /// When it was last used, to the minute.
    seen_at: i64,
}

/// A token, without what opens the door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Its id.
    pub id: String,
    /// What its owner calls it.
    pub name: String,
    /// What it may do, beside what its owner may.
    pub scopes: Vec<Right>,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// Until when it opens the door.
    pub expires_at: Option<i64>,
}

/// How often somebody failed to log in of late.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoginFailures {
    /// Failures in the last quarter of an hour.
    pub count: i64,
    /// The last of them, milliseconds since 1970.
    pub last_at: i64,
}

/// The hash under which a secret (of enough randomness) is kept.
pub(crate) fn hash(secret: &str) -> String {
    hex(&Sha256::digest(secret))
}

impl Request {
    /// The password hash of somebody who may come in.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn password_hash(&mut self, person: &str) -> Result<Option<String>, StoreError> {
        let row: Option<(Option<String>,)> =
            sqlx::query_as("SELECT password FROM person WHERE id = $1 AND active = 1")
                .bind(person)
                .fetch_optional(&mut *self.tx)
                .await?;
        Ok(row.and_then(|(hash,)| hash))
    }

    /// Sets the password of oneself, or of another for who looks after people. Every session of that
    /// person ends.
    ///
    /// # Errors
    /// When the viewer may not.
    pub async fn set_password(&mut self, person: &str, hash: &str) -> Result<(), StoreError> {
        if self.viewer.person_id() != Some(person) {
            self.viewer.must(Right::ManagePeople)?;
        }
        self.person(person).await?;
        sqlx::query("UPDATE person SET password = $2 WHERE id = $1")
            .bind(person)
            .bind(hash)
            .execute(&mut *self.tx)
            .await?;
        self.end_sessions(person).await?;
        self.touch_other(person);
        Ok(())
    }

    /// Opens a session for somebody whose password was right. `secret` and `csrf` are random words
    /// that only the browser keeps.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn open_session(
        &mut self,
        person: &str,
        secret: &str,
        csrf: &str,
    ) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM session WHERE expires_at < $1 OR seen_at < $2")
            .bind(self.now)
            .bind(self.now - IDLE)
            .execute(&mut *self.tx)
            .await?;
        sqlx::query(
            "INSERT INTO session (hash, person_id, csrf_hash, created_at, seen_at, expires_at) \
             VALUES ($1, $2, $3, $4, $4, $5)",
        )
        .bind(hash(secret))
        .bind(person)
        .bind(hash(csrf))
        .bind(self.now)
        .bind(self.now + LONGEST)
        .execute(&mut *self.tx)
        .await?;
        self.touch_other(person);
        Ok(())
    }

    /// Ends one session.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn end_session(&mut self, secret: &str) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM session WHERE hash = $1")
            .bind(hash(secret))
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    pub(crate) async fn end_sessions(&mut self, person: &str) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM session WHERE person_id = $1")
            .bind(person)
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    /// How often this login failed of late.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn login_failures(&mut self, login: &str) -> Result<LoginFailures, StoreError> {
        let (count, last_at): (i64, Option<i64>) = sqlx::query_as(
            "SELECT COUNT(*), MAX(at) FROM login_failure WHERE login = $1 AND at > $2",
        )
        .bind(hash(&login.trim().to_lowercase()))
        .bind(self.now - REMEMBERED)
        .fetch_one(&mut *self.tx)
        .await?;
        Ok(LoginFailures { count, last_at: last_at.unwrap_or_default() })
    }

    /// Remembers that this login failed. Of what was typed only a hash is kept: it may have been a
    /// password.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn add_login_failure(&mut self, login: &str) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM login_failure WHERE at < $1")
            .bind(self.now - REMEMBERED)
            .execute(&mut *self.tx)
            .await?;
        sqlx::query("INSERT INTO login_failure (login, at) VALUES ($1, $2)")
            .bind(hash(&login.trim().to_lowercase()))
            .bind(self.now)
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    /// Forgets the failures of this login.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn forget_login_failures(&mut self, login: &str) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM login_failure WHERE login = $1")
            .bind(hash(&login.trim().to_lowercase()))
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    /// Keeps a token for oneself, or for another for who looks after people; gives its id. `secret`
    /// is a random word that only its holder keeps.
    ///
    /// # Errors
    /// When the viewer may not, or the token would have no scope or name.
    pub async fn add_token(
        &mut self,
        person: &str,
        name: &str,
        secret: &str,
        scopes: &[Right],
        expires_at: Option<i64>,
    ) -> Result<String, StoreError> {
        if self.viewer.person_id() != Some(person) {
            self.viewer.must(Right::ManagePeople)?;
        }
        let owner = self.person(person).await?;
        if name.trim().is_empty() || name.chars().count() > 100 {
            return Err(StoreError::Invalid("a token needs a name of 1 to 100 characters".into()));
        }
        if scopes.is_empty() {
            return Err(StoreError::Invalid("a token needs one scope at least".into()));
        }
        if let Some(more) = scopes.iter().find(|s| !s.roles().contains(&owner.role)) {
            let message = format!("the scope '{more}' is more than {} may do", owner.role);
            return Err(StoreError::Invalid(message));
        }
        let id = new_id();
        let scopes: Vec<&str> = scopes.iter().map(|s| s.id()).collect();
        sqlx::query(
            "INSERT INTO api_token (id, person_id, name, hash, scopes, created_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(&id)
        .bind(person)
        .bind(name.trim())
        .bind(hash(secret))
        .bind(scopes.join(" "))
        .bind(self.now)
        .bind(expires_at)
        .execute(&mut *self.tx)
        .await?;
        self.touch_other(&id);
        Ok(id)
    }

    /// The tokens of the viewer that are not revoked.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn tokens(&mut self) -> Result<Vec<Token>, StoreError> {
        let rows: Vec<(String, String, String, i64, Option<i64>)> = sqlx::query_as(
            "SELECT id, name, scopes, created_at, expires_at FROM api_token \
             WHERE person_id = $1 AND revoked_at IS NULL ORDER BY id",
        )
        .bind(self.viewer.person_id().unwrap_or_default().to_owned())
        .fetch_all(&mut *self.tx)
        .await?;
        rows.into_iter()
            .map(|(id, name, scopes, created_at, expires_at)| {
                let scopes = read_scopes(&scopes)?;
                Ok(Token { id, name, scopes, created_at, expires_at })
            })
            .collect()
    }

    /// The tokens of everybody that are not revoked, by owner: whose they are and what they may do,
    /// never what opens the door.
    ///
    /// # Errors
    /// When the viewer may not.
    pub async fn all_tokens(&mut self) -> Result<Vec<(Person, Token)>, StoreError> {
        self.viewer.must(Right::ManagePeople)?;
        let people = self.people().await?;
        let rows: Vec<(String, String, String, String, i64, Option<i64>)> = sqlx::query_as(
            "SELECT t.person_id, t.id, t.name, t.scopes, t.created_at, t.expires_at \
             FROM api_token t JOIN person p ON p.id = t.person_id \
             WHERE t.revoked_at IS NULL ORDER BY p.name, t.id",
        )
        .fetch_all(&mut *self.tx)
        .await?;
        let mut all = Vec::with_capacity(rows.len());
        for (owner, id, name, scopes, created_at, expires_at) in rows {
            let owner = people.iter().find(|person| person.id == owner);
            let Some(owner) = owner.cloned() else { continue };
            let scopes = read_scopes(&scopes)?;
            all.push((owner, Token { id, name, scopes, created_at, expires_at }));
        }
        Ok(all)
    }

    /// A token of the viewer, or of anybody for who looks after people, no longer opens the door.
    ///
    /// # Errors
    /// When there is no such token of the viewer.
    pub async fn revoke_token(&mut self, id: &str) -> Result<(), StoreError> {
        let everybody = self.viewer.may(Right::ManagePeople);
        let done = sqlx::query(
            "UPDATE api_token SET revoked_at = $2 \
             WHERE id = $1 AND revoked_at IS NULL AND (person_id = $3 OR $4 = 1)",
        )
        .bind(id)
        .bind(self.now)
        .bind(self.viewer.person_id().unwrap_or_default().to_owned())
        .bind(i64::from(everybody))
        .execute(&mut *self.tx)
        .await?;
        if done.rows_affected() == 0 {
            return Err(StoreError::NotFound("the token"));
        }
        self.touch_other(id);
        Ok(())
    }
}

impl Store {
    /// The viewer that a token makes, if it opens the door. It leaves no row in the audit: the
    /// request itself does.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn token(&self, secret: &str) -> Result<Option<Viewer>, StoreError> {
        let row: Option<Holder> = sqlx::query_as(
            "SELECT p.id, p.login, p.name, p.role, p.team_id, p.active, p.created_at, t.scopes \
             FROM api_token t JOIN person p ON p.id = t.person_id \
             WHERE t.hash = $1 AND t.revoked_at IS NULL AND p.active = 1 \
             AND (t.expires_at IS NULL OR t.expires_at > $2)",
        )
        .bind(hash(secret))
        .bind(now())
        .fetch_optional(&self.readers)
        .await?;
        let Some((id, login, name, role, team, active, created_at, scopes)) = row else {
            return Ok(None);
        };
        let person = person((id, login, name, role, team, active, created_at))?;
        Ok(Some(Viewer::token(&person, read_scopes(&scopes)?)))
    }
}

impl Store {
    /// The session that `secret` opens, if it is open now: one look, which waits for nobody who writes
    /// and leaves no row in the audit. To look is not to use it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn session(&self, secret: &str) -> Result<Option<Session>, StoreError> {
        let (hash, now) = (hash(secret), now());
        let row: Option<Sitter> = sqlx::query_as(
            "SELECT p.id, p.login, p.name, p.role, p.team_id, p.active, p.created_at, \
             s.csrf_hash, s.seen_at FROM session s JOIN person p ON p.id = s.person_id \
             WHERE s.hash = $1 AND s.expires_at > $2 AND s.seen_at > $3 AND p.active = 1",
        )
        .bind(&hash)
        .bind(now)
        .bind(now - IDLE)
        .fetch_optional(&self.readers)
        .await?;
        let Some((id, login, name, role, team, active, created_at, csrf_hash, seen_at)) = row
        else {
            return Ok(None);
        };
        let person = person((id, login, name, role, team, active, created_at))?;
        Ok(Some(Session { person, csrf_hash, hash, seen_at }))
    }

    /// Somebody uses a session. Once a minute is enough to know that they are there.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn session_used(&self, session: &Session) -> Result<(), StoreError> {
        let now = now();
        if now - session.seen_at > 60_000 {
            sqlx::query("UPDATE session SET seen_at = $2 WHERE hash = $1")
                .bind(&session.hash)
                .bind(now)
                .execute(&self.pool)
                .await?;
        }
        Ok(())
    }
}

/// A person, and the word and the last use of their session.
type Sitter = (String, String, String, String, Option<String>, i64, i64, String, i64);

/// A person, and the scopes of their token.
type Holder = (String, String, String, String, Option<String>, i64, i64, String);

fn read_scopes(text: &str) -> Result<Vec<Right>, StoreError> {
    text.split(' ')
        .map(|s| s.parse().map_err(|error| StoreError::damaged("scopes of a token", error)))
        .collect()
}

/// Whether a form carried the word that belongs to this session.
impl Session {
    /// Compares in the same time whatever the word.
    #[must_use]
    pub fn csrf_fits(&self, word: &str) -> bool {
        let given = hash(word);
        let differs = given.bytes().zip(self.csrf_hash.bytes()).fold(0, |d, (a, b)| d | (a ^ b));
        differs == 0 && given.len() == self.csrf_hash.len()
    }
}
