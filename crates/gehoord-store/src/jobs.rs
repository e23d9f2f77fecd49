//! Long work that can be stopped at any moment and goes on where it was.

use crate::error::StoreError;
use crate::request::{Request, new_id};
use crate::rights::Right;

/// Who holds a job must say within this time that they are still at it.
const HOLD: i64 = 60 * 1000;

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobState {
    /// Nobody took it yet.
    Waiting,
    /// Somebody is at it, or was and died.
    Running,
    /// Done.
    Done,
    /// It could not be done.
    Failed,
}

impl JobState {
    /// The id as written in JSON.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }
}

/// A job.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Job {
    /// Its id.
    pub id: String,
    /// What is to be done, such as `listen_again`.
    pub kind: String,
    /// To what.
    pub input: String,
    /// How far it came: where the next step begins.
    pub place: Option<String>,
    /// Steps done.
    pub done: i64,
    /// Steps in all, when known.
    pub total: Option<i64>,
    /// `waiting`, `running`, `done` or `failed`.
    pub state: String,
    /// Why it failed.
    pub error: Option<String>,
    /// When it was asked for, milliseconds since 1970.
    pub created_at: i64,
    /// When it last went on.
    pub changed_at: i64,
}

impl Request {
    /// Asks for work; gives the id of the job. The same work that is not done yet is not asked for
    /// twice.
    ///
    /// # Errors
    /// When the viewer may not.
    pub async fn add_job(&mut self, kind: &str, input: &str) -> Result<String, StoreError> {
        self.viewer.must(Right::Import)?;
        let known: Option<(String,)> = sqlx::query_as(
            "SELECT id FROM job WHERE kind = $1 AND input = $2 \
             AND state IN ('waiting', 'running')",
        )
        .bind(kind)
        .bind(input)
        .fetch_optional(&mut *self.tx)
        .await?;
        if let Some((id,)) = known {
            return Ok(id);
        }
        let id = new_id();
        sqlx::query(
            "INSERT INTO job (id, kind, input, state, created_at, changed_at) \
             VALUES ($1, $2, $3, 'waiting', $4, $4)",
        )
        .bind(&id)
        .bind(kind)
        .bind(input)
        .bind(self.now)
        .execute(&mut *self.tx)
        .await?;
        self.touch_other(&id);
        Ok(id)
    }

    /// Takes the oldest job of a kind that waits, or whose holder died; `holder` names who takes it.
    ///
    /// # Errors
    /// When the viewer may not.
    pub async fn take_job(&mut self, kind: &str, holder: &str) -> Result<Option<Job>, StoreError> {
        self.viewer.must(Right::Import)?;
        let row: Option<(String,)> = sqlx::query_as(
            "SELECT id FROM job WHERE kind = $1 AND (state = 'waiting' \
             OR (state = 'running' AND (held_until < $2 OR held_by = $3))) \
             ORDER BY created_at, id LIMIT 1",
        )
        .bind(kind)
        .bind(self.now)
        .bind(holder)
        .fetch_optional(&mut *self.tx)
        .await?;
        let Some((id,)) = row else { return Ok(None) };
        // Two may find the same job; only one of them changes the row.
        let taken = sqlx::query(
            "UPDATE job SET state = 'running', held_until = $2, held_by = $3, changed_at = $4 \
             WHERE id = $1 AND (state = 'waiting' OR held_until < $4 OR held_by = $3)",
        )
        .bind(&id)
        .bind(self.now + HOLD)
        .bind(holder)
        .bind(self.now)
        .execute(&mut *self.tx)
        .await?;
        if taken.rows_affected() == 0 {
            return Ok(None);
        }
        self.job(&id).await.map(Some)
    }

    /// Says how far a job came, and that its holder is still at it.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when somebody else holds it by now: then stop.
    pub async fn advance_job(
        &mut self,
        id: &str,
        holder: &str,
        place: &str,
        done: i64,
        total: Option<i64>,
    ) -> Result<(), StoreError> {
        self.viewer.must(Right::Import)?;
        let held = sqlx::query(
            "UPDATE job SET place = $3, done = $4, total = $5, held_until = $6, changed_at = $7 \
             WHERE id = $1 AND held_by = $2 AND state = 'running'",
        )
        .bind(id)
        .bind(holder)
        .bind(place)
        .bind(done)
        .bind(total)
        .bind(self.now + HOLD)
        .bind(self.now)
        .execute(&mut *self.tx)
        .await?;
        if held.rows_affected() == 0 {
            return Err(StoreError::Conflict("somebody else took the job over".to_owned()));
        }
        Ok(())
    }

    /// Ends a job; with an error it failed.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when somebody else holds it by now.
    pub async fn end_job(
        &mut self,
        id: &str,
        holder: &str,
        error: Option<&str>,
    ) -> Result<(), StoreError> {
        self.viewer.must(Right::Import)?;
        let state = if error.is_some() { JobState::Failed } else { JobState::Done };
        let held = sqlx::query(
            "UPDATE job SET state = $3, error = $4, held_until = NULL, changed_at = $5 \
             WHERE id = $1 AND held_by = $2 AND state = 'running'",
        )
        .bind(id)
        .bind(holder)
        .bind(state.id())
        .bind(error)
        .bind(self.now)
        .execute(&mut *self.tx)
        .await?;
        if held.rows_affected() == 0 {
            return Err(StoreError::Conflict("somebody else took the job over".to_owned()));
        }
        self.touch_other(id);
        Ok(())
    }

    /// A job.
    ///
    /// # Errors
    /// When the viewer may not, or it is not there.
    pub async fn job(&mut self, id: &str) -> Result<Job, StoreError> {
        self.viewer.must(Right::Import)?;
        let row: Option<Job> = sqlx::query_as(
            "SELECT id, kind, input, place, done, total, state, error, created_at, changed_at \
             FROM job WHERE id = $1",
        )
        .bind(id)
        .fetch_optional(&mut *self.tx)
        .await?;
        row.ok_or(StoreError::NotFound("the job"))
    }

    /// The newest jobs.
    ///
    /// # Errors
    /// When the viewer may not.
    pub async fn jobs(&mut self) -> Result<Vec<Job>, StoreError> {
        self.viewer.must(Right::Import)?;
        Ok(sqlx::query_as(
            "SELECT id, kind, input, place, done, total, state, error, created_at, changed_at \
             FROM job ORDER BY id DESC LIMIT 100",
        )
        .fetch_all(&mut *self.tx)
        .await?)
    }
}
