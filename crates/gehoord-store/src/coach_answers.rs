//! What a coach answers to what an agent laid before them: once, for that agent. The coach sees it as
//! long as they see what was asked; the agent keeps it.

use crate::error::StoreError;
use crate::request::Request;
use crate::rights::Right;

/// The longest answer, in characters.
const LONGEST: usize = 4_000;

/// What a coach answered.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct CoachAnswer {
    /// The share that asked.
    pub share_id: String,
    /// The conversation.
    pub conversation_id: String,
    /// The turn that was asked about; none: all of it.
    pub position: Option<i64>,
    /// The agent who asked.
    pub from_person: String,
    /// The coach.
    pub to_person: String,
    /// What the coach is called.
    pub coach: String,
    /// What was asked.
    pub question: String,
    /// The answer.
    pub text: String,
    /// When, milliseconds since 1970.
    pub answered_at: i64,
    /// When the agent read it.
    pub seen_at: Option<i64>,
}

/// What an answer is read from; `$1` is who looks, `$2` when.
const ANSWERS: &str = "SELECT a.share_id, s.conversation_id, s.position, s.from_person, \
    s.to_person, p.name AS coach, s.question, a.text, a.answered_at, a.seen_at \
    FROM coach_answer a JOIN shared_moment s ON s.id = a.share_id \
    JOIN person p ON p.id = s.to_person \
    WHERE (s.from_person = $1 OR (s.to_person = $1 AND s.revoked_at IS NULL AND s.expires_at > $2))";

impl Request {
    /// Answers what was laid before the viewer; gives the conversation and the turn.
    ///
    /// # Errors
    /// When nothing was laid before the viewer, or no longer; when it was answered already, or the
    /// answer is empty or too long.
    pub async fn answer_share(
        &mut self,
        share: &str,
        text: &str,
    ) -> Result<(String, Option<i64>), StoreError> {
        let (conversation, position) = self.asked_of_viewer(share).await?;
        let text = text.trim();
        if text.is_empty() || text.chars().count() > LONGEST {
            let message = format!("an answer has 1 to {LONGEST} characters");
            return Err(StoreError::Invalid(message));
        }
        let done = sqlx::query(
            "INSERT INTO coach_answer (share_id, text, answered_at) VALUES ($1, $2, $3) \
             ON CONFLICT (share_id) DO NOTHING",
        )
        .bind(share)
        .bind(text)
        .bind(self.now)
        .execute(&mut *self.tx)
        .await?;
        if done.rows_affected() == 0 {
            return Err(StoreError::Conflict("this was answered already".to_owned()));
        }
        self.touch(&conversation);
        self.touch_other(share);
        Ok((conversation, position))
    }

    /// The conversation and the turn that were laid before the viewer.
    ///
    /// # Errors
    /// When nothing was, or no longer.
    pub async fn asked_of_viewer(
        &mut self,
        share: &str,
    ) -> Result<(String, Option<i64>), StoreError> {
        self.viewer.must(Right::Share)?;
        let asked: Option<(String, Option<i64>)> = sqlx::query_as(
            "SELECT conversation_id, position FROM shared_moment \
             WHERE id = $1 AND to_person = $2 AND revoked_at IS NULL AND expires_at > $3",
        )
        .bind(share)
        .bind(self.viewer.person_id().unwrap_or_default().to_owned())
        .bind(self.now)
        .fetch_optional(&mut *self.tx)
        .await?;
        asked.ok_or(StoreError::NotFound("the shared moment"))
    }

    /// The answers that the viewer got or gave about a conversation; the first one first.
    ///
    /// # Errors
    /// When the viewer may not read the conversation.
    pub async fn coach_answers(
        &mut self,
        conversation: &str,
    ) -> Result<Vec<CoachAnswer>, StoreError> {
        self.viewer.must(Right::Share)?;
        self.readable(conversation).await?;
        self.touch(conversation);
        let query = format!("{ANSWERS} AND s.conversation_id = $3 ORDER BY a.share_id");
        Ok(sqlx::query_as(sqlx::AssertSqlSafe(query))
            .bind(self.viewer.person_id().unwrap_or_default().to_owned())
            .bind(self.now)
            .bind(conversation)
            .fetch_all(&mut *self.tx)
            .await?)
    }

    /// The answers that the viewer gave, or got and did not read yet if `unread`; the last one first.
    ///
    /// # Errors
    /// When the viewer may not.
    pub async fn all_coach_answers(
        &mut self,
        unread: bool,
    ) -> Result<Vec<CoachAnswer>, StoreError> {
        self.viewer.must(Right::Share)?;
        let only = if unread { "AND s.from_person = $1 AND a.seen_at IS NULL " } else { "" };
        let query = format!("{ANSWERS} {only}ORDER BY a.share_id DESC LIMIT 200");
        let answers: Vec<CoachAnswer> = sqlx::query_as(sqlx::AssertSqlSafe(query))
            .bind(self.viewer.person_id().unwrap_or_default().to_owned())
            .bind(self.now)
            .fetch_all(&mut *self.tx)
            .await?;
        answers.iter().for_each(|answer| self.touch(&answer.conversation_id));
        Ok(answers)
    }

    /// The viewer has read the answers that they got about a conversation.
    ///
    /// # Errors
    /// When the viewer may not.
    pub async fn read_coach_answers(&mut self, conversation: &str) -> Result<(), StoreError> {
        self.viewer.must(Right::Share)?;
        sqlx::query(
            "UPDATE coach_answer SET seen_at = $1 WHERE seen_at IS NULL AND share_id IN \
             (SELECT id FROM shared_moment WHERE conversation_id = $2 AND from_person = $3)",
        )
        .bind(self.now)
        .bind(conversation)
        .bind(self.viewer.person_id().unwrap_or_default().to_owned())
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }
}
