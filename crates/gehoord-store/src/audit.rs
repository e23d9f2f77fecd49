//! Who did what: for the privacy officer, and for anybody about themselves.

use crate::error::StoreError;
use crate::request::Request;
use crate::rights::Right;

/// One request.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct AuditRow {
    /// Its id.
    pub id: String,
    /// When, milliseconds since 1970.
    pub at: i64,
    /// A person, `operator` or `machine`.
    pub who: String,
    /// Their role then.
    pub role: String,
    /// What they did.
    pub action: String,
    /// What they touched, as a JSON array of ids (the first 200).
    pub ids: String,
    /// How many they touched.
    pub count: i64,
    /// What else there is to say.
    pub detail: Option<String>,
}

impl Request {
    /// The audit of a window of time, newest first: of one person, of one conversation, or all.
    ///
    /// # Errors
    /// When the viewer may not.
    pub async fn audit(
        &mut self,
        from: i64,
        until: i64,
        who: Option<&str>,
        conversation: Option<&str>,
        limit: i64,
    ) -> Result<Vec<AuditRow>, StoreError> {
        self.viewer.must(Right::ReadAudit)?;
        let limit = limit.clamp(1, 1_000);
        if let Some(conversation) = conversation {
            return Ok(sqlx::query_as(
                "SELECT a.id, a.at, a.who, a.role, a.action, a.ids, a.count, a.detail \
                 FROM audit_conversation x JOIN audit a ON a.id = x.audit_id \
                 WHERE x.conversation_id = $1 AND a.at >= $2 AND a.at < $3 \
                 AND ($4 = '' OR a.who = $4) ORDER BY a.at DESC, a.id DESC LIMIT $5",
            )
            .bind(conversation)
            .bind(from)
            .bind(until)
            .bind(who.unwrap_or_default().to_owned())
            .bind(limit)
            .fetch_all(&mut *self.tx)
            .await?);
        }
        Ok(sqlx::query_as(
            "SELECT id, at, who, role, action, ids, count, detail FROM audit \
             WHERE at >= $1 AND at < $2 AND ($3 = '' OR who = $3) \
             ORDER BY at DESC, id DESC LIMIT $4",
        )
        .bind(from)
        .bind(until)
        .bind(who.unwrap_or_default().to_owned())
        .bind(limit)
        .fetch_all(&mut *self.tx)
        .await?)
    }
}
