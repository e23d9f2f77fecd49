//! How long conversations are kept, by channel, and letting old ones go.

use gehoord_conversation::Channel;
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::request::Request;
use crate::rights::Right;

const DAY: i64 = 24 * 60 * 60 * 1000;

/// How long conversations of one channel are kept after their last turn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetentionRule {
    /// The channel.
    pub channel: String,
    /// Days until the originals behind the masks are forgotten, from closing.
    pub originals_days: i64,
    /// Days until the whole conversation is removed, from its last turn.
    pub days: i64,
}

/// Rules that can be in force together.
pub(crate) fn check_rules(rules: &[RetentionRule]) -> Result<(), StoreError> {
    for (i, rule) in rules.iter().enumerate() {
        rule.check()?;
        if rules[..i].iter().any(|other| other.channel == rule.channel) {
            return Err(StoreError::Invalid(format!("channel '{}' has two rules", rule.channel)));
        }
    }
    Ok(())
}

impl RetentionRule {
    fn check(&self) -> Result<(), StoreError> {
        if let Err(error) = self.channel.parse::<Channel>() {
            return Err(StoreError::Invalid(error.to_string()));
        }
        if !(1..=36_500).contains(&self.days) || !(0..=self.days).contains(&self.originals_days) {
            let message = "days must be 1 to 36500, and originals_days 0 to days".to_owned();
            return Err(StoreError::Invalid(message));
        }
        Ok(())
    }
}

/// What a run removes, or would.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct RetentionPlan {
    /// Conversations whose originals are forgotten.
    pub originals: u64,
    /// Conversations that are removed.
    pub conversations: u64,
    /// Files that are removed because their own time is over.
    pub files: u64,
    /// Whether it was done, or only counted.
    pub done: bool,
}

/// What is kept of one channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The channel.
    pub channel: String,
    /// Conversations.
    pub conversations: i64,
    /// Conversations of which the originals behind the masks are kept.
    pub originals: i64,
    /// Last turn of the oldest, milliseconds since 1970; none where nothing is kept.
    pub oldest_at: Option<i64>,
}

/// What a rule removes, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outlook {
    /// The channel.
    pub channel: String,
    /// Conversations that go now.
    pub now: i64,
    /// Conversations that go within a week, with those that go now.
    pub week: i64,
    /// Conversations that go within thirty days, with those before.
    pub month: i64,
    /// Conversations that stay and whose originals go now.
    pub originals: i64,
}

/// So many conversations are removed in one request; the rest waits for the next.
const AT_ONCE: i64 = 500;

impl Request {
    /// What `rules` would remove now; those in force when none are given.
    ///
    /// # Errors
    /// When the viewer may not, or a channel has two rules.
    pub async fn plan_retention(
        &mut self,
        rules: Option<&[RetentionRule]>,
    ) -> Result<RetentionPlan, StoreError> {
        self.viewer.must(Right::Retention)?;
        let rules = match rules {
            Some(rules) => {
                check_rules(rules)?;
                rules.to_vec()
            }
            None => self.settings_now().await?.retention,
        };
        let mut plan = RetentionPlan::default();
        for rule in rules {
            let conversations = self.older(&rule, self.now).await?;
            let originals = self.originals_older(&rule).await?;
            plan.conversations += u64::try_from(conversations).unwrap_or_default();
            plan.originals += u64::try_from(originals).unwrap_or_default();
        }
        let (files,): (i64,) =
            sqlx::query_as("SELECT COUNT(*) FROM attachment WHERE keep_until < $1")
                .bind(self.now)
                .fetch_one(&mut *self.tx)
                .await?;
        plan.files = u64::try_from(files).unwrap_or_default();
        Ok(plan)
    }

    /// What is kept, by channel.
    ///
    /// # Errors
    /// When the viewer may not.
    pub async fn kept(&mut self) -> Result<Vec<Kept>, StoreError> {
        self.viewer.must(Right::Retention)?;
        let mut kept = Vec::with_capacity(Channel::ALL.len());
        for channel in Channel::ALL {
            let (conversations, oldest_at): (i64, Option<i64>) = sqlx::query_as(
                "SELECT COUNT(*), MIN(last_at) FROM conversation WHERE channel = $1",
            )
            .bind(channel.id())
            .fetch_one(&mut *self.tx)
            .await?;
            let (originals,): (i64,) = sqlx::query_as(
                "SELECT COUNT(*) FROM conversation c WHERE c.channel = $1 AND EXISTS \
                 (SELECT 1 FROM original o WHERE o.conversation_id = c.id)",
            )
            .bind(channel.id())
            .fetch_one(&mut *self.tx)
            .await?;
            let channel = channel.id().to_owned();
            kept.push(Kept { channel, conversations, originals, oldest_at });
        }
        Ok(kept)
    }

    /// What `rules` would remove, and when; nothing is removed.
    ///
    /// # Errors
    /// When the viewer may not, or the rules cannot be.
    pub async fn outlook(&mut self, rules: &[RetentionRule]) -> Result<Vec<Outlook>, StoreError> {
        self.viewer.must(Right::Retention)?;
        check_rules(rules)?;
        let mut outlook = Vec::with_capacity(rules.len());
        for rule in rules {
            let mut until = [0_i64; 3];
            for (count, later) in until.iter_mut().zip([0, 7, 30]) {
                *count = self.older(rule, self.now + later * DAY).await?;
            }
            let originals = self.originals_older(rule).await?;
            let [now, week, month] = until;
            outlook.push(Outlook { channel: rule.channel.clone(), now, week, month, originals });
        }
        Ok(outlook)
    }

    /// Conversations that `rule` removes at a moment.
    async fn older(&mut self, rule: &RetentionRule, at: i64) -> Result<i64, StoreError> {
        let (count,): (i64,) =
            sqlx::query_as("SELECT COUNT(*) FROM conversation WHERE channel = $1 AND last_at < $2")
                .bind(&rule.channel)
                .bind(at - rule.days * DAY)
                .fetch_one(&mut *self.tx)
                .await?;
        Ok(count)
    }

    /// Conversations that stay, and whose originals `rule` forgets now.
    async fn originals_older(&mut self, rule: &RetentionRule) -> Result<i64, StoreError> {
        let (count,): (i64,) = sqlx::query_as(
            "SELECT COUNT(*) FROM conversation c WHERE c.channel = $1 AND c.last_at >= $2 \
             AND c.closed_at < $3 AND EXISTS \
             (SELECT 1 FROM original o WHERE o.conversation_id = c.id)",
        )
        .bind(&rule.channel)
        .bind(self.now - rule.days * DAY)
        .bind(self.now - rule.originals_days * DAY)
        .fetch_one(&mut *self.tx)
        .await?;
        Ok(count)
    }

    /// Removes what the rules in force say, at most 500 conversations; run it again until nothing is
    /// left to do.
    ///
    /// # Errors
    /// When the viewer may not.
    pub async fn run_retention(&mut self) -> Result<RetentionPlan, StoreError> {
        self.viewer.must(Right::Retention)?;
        let mut plan = RetentionPlan { done: true, ..RetentionPlan::default() };
        plan.files = self.drop_attachments(None, self.now).await?;
        for rule in self.settings_now().await?.retention {
            let forgotten = sqlx::query(
                "DELETE FROM original WHERE conversation_id IN (SELECT id FROM conversation \
                 WHERE channel = $1 AND closed_at < $2)",
            )
            .bind(&rule.channel)
            .bind(self.now - rule.originals_days * DAY)
            .execute(&mut *self.tx)
            .await?;
            plan.originals += forgotten.rows_affected();
            let old: Vec<(String,)> = sqlx::query_as(
                "SELECT id FROM conversation WHERE channel = $1 AND last_at < $2 \
                 ORDER BY last_at LIMIT $3",
            )
            .bind(&rule.channel)
            .bind(self.now - rule.days * DAY)
            .bind(AT_ONCE)
            .fetch_all(&mut *self.tx)
            .await?;
            for (id,) in old {
                self.remove_conversation(&id).await?;
                plan.conversations += 1;
            }
        }
        sqlx::query(
            "DELETE FROM customer WHERE NOT EXISTS \
             (SELECT 1 FROM conversation c WHERE c.customer_id = customer.id)",
        )
        .execute(&mut *self.tx)
        .await?;
        self.note(format!("{} conversations", plan.conversations));
        Ok(plan)
    }
}
