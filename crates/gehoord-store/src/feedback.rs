//! "This finding is wrong, because …": what agents and coaches say about findings.

use gehoord_conversation::wire::report::WireVersions;

use crate::error::StoreError;
use crate::request::{Request, new_id};
use crate::rights::Right;

/// What somebody said about one finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feedback {
    /// The turn.
    pub position: i64,
    /// Id of the finding in the report, such as `3.but_clause.0`, or a label that was missed.
    pub finding: String,
    /// Whether they agree.
    pub agrees: bool,
    /// Why.
    pub reason: Option<String>,
    /// When, milliseconds since 1970.
    pub given_at: i64,
}

impl Request {
    /// Keeps what the viewer says about a finding that they may see; gives its id. It is kept with
    /// the versions that made the finding.
    ///
    /// # Errors
    /// When the finding is not there or not for this viewer.
    pub async fn give_feedback(
        &mut self,
        conversation: &str,
        position: i64,
        finding: &str,
        agrees: bool,
        reason: Option<&str>,
    ) -> Result<String, StoreError> {
        self.viewer.must(Right::Feedback)?;
        let view = self.conversation(conversation).await?;
        let turn = view.turns.iter().find(|turn| turn.position == position);
        let seen = turn.and_then(|turn| turn.finding.as_ref());
        if seen.is_none() || finding.is_empty() || finding.len() > 200 {
            return Err(StoreError::NotFound("the finding"));
        }
        let versions = view.analysis.map_or_else(
            || WireVersions { engine: String::new(), model: String::new(), rubric: String::new() },
            |analysis| analysis.versions,
        );
        let id = new_id();
        sqlx::query(
            "INSERT INTO feedback (id, conversation_id, position, finding, person_id, agrees, \
             reason, engine, model, rubric, given_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        )
        .bind(&id)
        .bind(conversation)
        .bind(position)
        .bind(finding)
        .bind(self.viewer.person_id().unwrap_or_default().to_owned())
        .bind(i64::from(agrees))
        .bind(reason)
        .bind(versions.engine)
        .bind(versions.model)
        .bind(versions.rubric)
        .bind(self.now)
        .execute(&mut *self.tx)
        .await?;
        self.touch(conversation);
        Ok(id)
    }

    /// What the viewer said about findings of a conversation.
    ///
    /// # Errors
    /// As [`conversation`](Self::conversation).
    pub async fn feedback(&mut self, conversation: &str) -> Result<Vec<Feedback>, StoreError> {
        self.viewer.must(Right::Feedback)?;
        self.readable(conversation).await?;
        let rows: Vec<(i64, String, i64, Option<String>, i64)> = sqlx::query_as(
            "SELECT position, finding, agrees, reason, given_at FROM feedback \
             WHERE conversation_id = $1 AND person_id = $2 ORDER BY id",
        )
        .bind(conversation)
        .bind(self.viewer.person_id().unwrap_or_default().to_owned())
        .fetch_all(&mut *self.tx)
        .await?;
        self.touch(conversation);
        let one = |(position, finding, agrees, reason, given_at)| Feedback {
            position,
            finding,
            agrees: agrees != 0,
            reason,
            given_at,
        };
        Ok(rows.into_iter().map(one).collect())
    }
}
