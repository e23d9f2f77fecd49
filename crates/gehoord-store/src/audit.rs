//! Who did what: for the privacy officer, and for anybody about themselves.

use sqlx::AssertSqlSafe;

use crate::error::StoreError;
use crate::paging::{Cursor, Page, page_limit};
use crate::request::Request;
use crate::rights::Right;

/// Most rows on a page of the audit.
const MOST: i64 = 1_000;
/// An agent sees who looked in the last thirty days.
const LOOKED_BACK: i64 = 30 * 24 * 60 * 60 * 1000;

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

/// That somebody looked into conversations of an agent.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Look {
    /// Id of the request.
    pub id: String,
    /// When, milliseconds since 1970.
    pub at: i64,
    /// Name of who looked; none for the command on the machine.
    pub name: Option<String>,
    /// Their role then.
    pub role: String,
    /// What they did.
    pub action: String,
    /// How many conversations of the agent it was about.
    pub count: i64,
    /// One of them.
    pub conversation: String,
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
    /// Only about conversations with this customer: what they are called, or their pseudonym.
    pub customer: Option<String>,
    /// Only what was about conversations, or the data of a customer.
    pub about_conversations: bool,
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
        let pseudonym = filter.customer.as_deref().map(|name| self.store.key.pseudonym(name));
        if let Some(pseudonym) = &pseudonym {
            more.push(pseudonym);
            only.push_str(&format!(
                "AND a.id IN (SELECT y.audit_id FROM customer u \
                 JOIN conversation c ON c.customer_id = u.id \
                 JOIN audit_conversation y ON y.conversation_id = c.id \
                 WHERE u.pseudonym = ${}) ",
                more.len() + 4
            ));
        }
        if filter.about_conversations {
            only.push_str(
                "AND (a.action LIKE 'customer.%' OR EXISTS (SELECT 1 FROM audit_conversation z \
                 WHERE z.audit_id = a.id)) AND a.role <> 'machine' ",
            );
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
    /// Who looked into conversations that the viewer helped with, of the last thirty days, the
    /// newest first: others than the viewer, and not gehoord itself. Lists do not count: they show
    /// what a conversation is about, and not what was said.
    ///
    /// # Errors
    /// When the viewer helps nobody, or the limit cannot be.
    pub async fn looks_at_mine(
        &mut self,
        after: Option<&Cursor>,
        limit: i64,
    ) -> Result<Page<Look>, StoreError> {
        self.viewer.must(Right::WriteConversations)?;
        let limit = page_limit(limit)?;
        let begin = Cursor::earlier(None, after);
        let rows: Vec<Look> = sqlx::query_as(
            "SELECT a.id, a.at, p.name, a.role, a.action, COUNT(*) AS count, \
             MIN(c.id) AS conversation FROM audit a \
             JOIN audit_conversation x ON x.audit_id = a.id \
             JOIN conversation c ON c.id = x.conversation_id \
             LEFT JOIN person p ON p.id = a.who \
             WHERE a.at >= $1 AND (a.at, a.id) < ($2, $3) AND a.who <> $4 AND a.role <> 'machine' \
             AND a.action NOT LIKE '%list' AND a.action NOT LIKE 'today%' \
             AND (c.assigned_to = $4 OR EXISTS (SELECT 1 FROM turn t \
             WHERE t.conversation_id = c.id AND t.person_id = $4)) \
             GROUP BY a.id, a.at, p.name, a.role, a.action ORDER BY a.at DESC, a.id DESC LIMIT $5",
        )
        .bind(self.now - LOOKED_BACK)
        .bind(begin.at)
        .bind(begin.id)
        .bind(self.viewer.person_id().unwrap_or_default().to_owned())
        .bind(limit + 1)
        .fetch_all(&mut *self.tx)
        .await?;
        Ok(Page::of(rows, limit, |row| Cursor { at: row.at, id: row.id.clone() }))
    }
}
