//! Who did what: for the privacy officer, and for anybody about themselves.

use sqlx::AssertSqlSafe;

use crate::error::StoreError;
use crate::paging::{Cursor, Page};
use crate::request::Request;
use crate::rights::Right;

/// Most rows on a page of the audit.
const MOST: i64 = 1_000;

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

/// Which rows of the audit.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// Only at this time or later, milliseconds since 1970.
    pub from: Option<i64>,
    /// Only before this time.
    pub until: Option<i64>,
    /// Only of this person.
    pub who: Option<String>,
    /// Only about this conversation.
    pub conversation: Option<String>,
    /// Only behind this place.
    pub after: Option<Cursor>,
    /// So many at most (1–1000, 100 when 0).
    pub limit: i64,
}

impl Request {
    /// The audit, the newest first.
    ///
    /// # Errors
    /// When the viewer may not, or the limit cannot be.
    pub async fn audit(&mut self, filter: &AuditFilter) -> Result<Page<AuditRow>, StoreError> {
        self.viewer.must(Right::ReadAudit)?;
        let limit = match filter.limit {
            0 => 100,
            limit if (1..=MOST).contains(&limit) => limit,
            _ => return Err(StoreError::Invalid(format!("limit must be 1 to {MOST}"))),
        };
        let begin = Cursor::earlier(filter.until, filter.after.as_ref());
        // Only what is asked for stands in the statement, so that the index that fits is used.
        let mut from = "audit a";
        let mut only = String::new();
        let mut more = Vec::new();
        if let Some(conversation) = &filter.conversation {
            more.push(conversation);
            from = "audit_conversation x JOIN audit a ON a.id = x.audit_id";
            only.push_str("AND x.conversation_id = $5 ");
        }
        if let Some(who) = &filter.who {
            more.push(who);
            only.push_str(&format!("AND a.who = ${} ", more.len() + 4));
        }
        let statement = format!(
            "SELECT a.id, a.at, a.who, a.role, a.action, a.ids, a.count, a.detail FROM {from} \
             WHERE a.at >= $1 AND (a.at, a.id) < ($2, $3) {only}ORDER BY a.at DESC, a.id DESC LIMIT $4"
        );
        let mut query = sqlx::query_as(AssertSqlSafe(statement))
            .bind(filter.from.unwrap_or(0))
            .bind(begin.at)
            .bind(begin.id)
            .bind(limit + 1);
        for value in more {
            query = query.bind(value);
        }
        let rows: Vec<AuditRow> = query.fetch_all(&mut *self.tx).await?;
        Ok(Page::of(rows, limit, |row| Cursor { at: row.at, id: row.id.clone() }))
    }
}
