//! "Leg voor aan mijn coach": an agent gives one conversation, or one turn of it, to a named coach
//! with a question. For thirty days, and until it is taken back.

use crate::conversations::Shown;
use crate::error::StoreError;
use crate::request::{Request, new_id};
use crate::rights::{Right, Role};

/// A share ends after so long.
const THIRTY_DAYS: i64 = 30 * 24 * 60 * 60 * 1000;

/// What was laid before a coach.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SharedMoment {
    /// Its id.
    pub id: String,
    /// The conversation.
    pub conversation_id: String,
    /// The turn it is about; none: all of it.
    pub position: Option<i64>,
    /// The agent who asks.
    pub from_person: String,
    /// The coach who is asked.
    pub to_person: String,
    /// The question.
    pub question: String,
    /// When, milliseconds since 1970.
    pub shared_at: i64,
    /// Until when the coach can see it.
    pub expires_at: i64,
}

impl Request {
    /// Lays a conversation before a coach; gives the id of the share.
    ///
    /// # Errors
    /// When the viewer is no agent of this conversation, the other is no coach, or the question is
    /// empty.
    pub async fn share(
        &mut self,
        conversation: &str,
        position: Option<i64>,
        coach: &str,
        question: &str,
    ) -> Result<String, StoreError> {
        self.viewer.must(Right::Share)?;
        let from = self.viewer.person_id().unwrap_or_default().to_owned();
        let view = self.conversation(conversation).await?;
        // Only what is about oneself can be given away.
        let own = |turn: &crate::TurnView| {
            turn.party == "agent" && turn.person_id.as_deref() == Some(from.as_str())
        };
        let allowed = match position {
            Some(at) => view.turns.iter().any(|turn| turn.position == at && own(turn)),
            None => {
                view.turns.iter().any(own)
                    && view.turns.iter().filter(|t| t.party == "agent").all(own)
            }
        };
        if !allowed {
            let why = "to share turns of somebody else";
            return Err(StoreError::Forbidden(why));
        }
        let to = self.person(coach).await.map_err(|_| StoreError::NotFound("the coach"))?;
        if to.role != Role::Coach || !to.active {
            return Err(StoreError::NotFound("the coach"));
        }
        if question.trim().is_empty() || question.chars().count() > 2_000 {
            let message = "a question of 1 to 2000 characters helps the coach".to_owned();
            return Err(StoreError::Invalid(message));
        }
        let id = new_id();
        sqlx::query(
            "INSERT INTO shared_moment (id, conversation_id, position, from_person, to_person, \
             question, shared_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(&id)
        .bind(conversation)
        .bind(position)
        .bind(&from)
        .bind(coach)
        .bind(question.trim())
        .bind(self.now)
        .bind(self.now + THIRTY_DAYS)
        .execute(&mut *self.tx)
        .await?;
        Ok(id)
    }

    /// What the viewer laid before others, or what was laid before them; newest first, what still
    /// holds.
    ///
    /// # Errors
    /// When the viewer may not.
    pub async fn shares(&mut self) -> Result<Vec<SharedMoment>, StoreError> {
        self.viewer.must(Right::Share)?;
        Ok(sqlx::query_as(
            "SELECT id, conversation_id, position, from_person, to_person, question, shared_at, \
             expires_at FROM shared_moment WHERE (from_person = $1 OR to_person = $1) \
             AND revoked_at IS NULL AND expires_at > $2 ORDER BY id DESC LIMIT 200",
        )
        .bind(self.viewer.person_id().unwrap_or_default().to_owned())
        .bind(self.now)
        .fetch_all(&mut *self.tx)
        .await?)
    }

    /// The name of who laid something before the viewer; they may be of another team.
    ///
    /// # Errors
    /// When there is no such share before the viewer.
    pub async fn who_shared(&mut self, id: &str) -> Result<String, StoreError> {
        self.viewer.must(Right::Share)?;
        let name: Option<(String,)> = sqlx::query_as(
            "SELECT p.name FROM shared_moment s JOIN person p ON p.id = s.from_person \
             WHERE s.id = $1 AND s.to_person = $2",
        )
        .bind(id)
        .bind(self.viewer.person_id().unwrap_or_default().to_owned())
        .fetch_optional(&mut *self.tx)
        .await?;
        name.map(|(name,)| name).ok_or(StoreError::NotFound("the shared moment"))
    }

    /// Takes back what the viewer shared; gives the conversation.
    ///
    /// # Errors
    /// When there is no such share of the viewer.
    pub async fn revoke_share(&mut self, id: &str) -> Result<String, StoreError> {
        self.viewer.must(Right::Share)?;
        let gone: Option<(String,)> = sqlx::query_as(
            "UPDATE shared_moment SET revoked_at = $2 \
             WHERE id = $1 AND from_person = $3 AND revoked_at IS NULL RETURNING conversation_id",
        )
        .bind(id)
        .bind(self.now)
        .bind(self.viewer.person_id().unwrap_or_default().to_owned())
        .fetch_optional(&mut *self.tx)
        .await?;
        let (conversation,) = gone.ok_or(StoreError::NotFound("the shared moment"))?;
        self.touch_other(id);
        Ok(conversation)
    }

    /// How much of a conversation was laid before a person and still is.
    pub(crate) async fn shown_to(
        &mut self,
        conversation: &str,
        person: &str,
    ) -> Result<Shown, StoreError> {
        let rows: Vec<(Option<i64>,)> = sqlx::query_as(
            "SELECT position FROM shared_moment WHERE conversation_id = $1 AND to_person = $2 \
             AND revoked_at IS NULL AND expires_at > $3 ORDER BY id DESC",
        )
        .bind(conversation)
        .bind(person)
        .bind(self.now)
        .fetch_all(&mut *self.tx)
        .await?;
        if rows.iter().any(|(position,)| position.is_none()) {
            return Ok(Shown::Everything);
        }
        Ok(rows.first().and_then(|(position,)| *position).map_or(Shown::Nothing, Shown::Turn))
    }
}
