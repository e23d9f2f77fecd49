//! What the organisation decided. Every change stays on record, with who made it and when.

use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::request::Request;
use crate::retention::{RetentionRule, check_rules};
use crate::rights::Right;

/// Findings about agents may be seen by the manager of their team. Off unless this record is there;
/// agents see that it is on, and on what ground.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedReview {
    /// Date of the data protection impact assessment (`2026-03-01`).
    pub assessment_date: String,
    /// Where that assessment can be found.
    pub assessment_reference: String,
    /// Date of the works council's consent.
    pub consent_date: String,
    /// Where that consent can be found.
    pub consent_reference: String,
}

impl NamedReview {
    fn check(&self) -> Result<(), StoreError> {
        for (what, date) in
            [("assessment_date", &self.assessment_date), ("consent_date", &self.consent_date)]
        {
            if date.parse::<jiff::civil::Date>().is_err() {
                let message = format!("{what} must be a date such as 2026-03-01");
                return Err(StoreError::Invalid(message));
            }
        }
        for (what, reference) in [
            ("assessment_reference", &self.assessment_reference),
            ("consent_reference", &self.consent_reference),
        ] {
            if reference.trim().is_empty() || reference.len() > 500 {
                return Err(StoreError::Invalid(format!("{what} says where it can be found")));
            }
        }
        Ok(())
    }
}

/// What is in force now.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Settings {
    /// Set: managers see findings about the agents of their team.
    pub named_review: Option<NamedReview>,
    /// How long conversations are kept, by channel.
    pub retention: Vec<RetentionRule>,
}

const NAMED_REVIEW: &str = "named_review";
const RETENTION: &str = "retention";

impl Request {
    /// What is in force now.
    ///
    /// # Errors
    /// When the viewer may not.
    pub async fn settings(&mut self) -> Result<Settings, StoreError> {
        self.viewer.must(Right::ReadSettings)?;
        self.settings_now().await
    }

    pub(crate) async fn settings_now(&mut self) -> Result<Settings, StoreError> {
        let named_review = self.setting(NAMED_REVIEW).await?;
        let retention = self.setting(RETENTION).await?;
        Ok(Settings {
            named_review: read(named_review)?.flatten(),
            retention: read(retention)?.unwrap_or_default(),
        })
    }

    /// Switches named review on, with its record, or off.
    ///
    /// # Errors
    /// When the viewer may not, or the record is not complete.
    pub async fn set_named_review(
        &mut self,
        record: Option<&NamedReview>,
    ) -> Result<(), StoreError> {
        self.viewer.must(Right::ManageSettings)?;
        record.map(NamedReview::check).transpose()?;
        self.set(NAMED_REVIEW, &record).await
    }

    /// Sets how long conversations are kept.
    ///
    /// # Errors
    /// When the viewer may not, or a channel has two rules.
    pub async fn set_retention(&mut self, rules: &[RetentionRule]) -> Result<(), StoreError> {
        self.viewer.must(Right::Retention)?;
        check_rules(rules)?;
        self.set(RETENTION, &rules).await
    }

    async fn setting(&mut self, name: &str) -> Result<Option<String>, StoreError> {
        let row: Option<(String,)> = sqlx::query_as(
            "SELECT value FROM setting WHERE name = $1 ORDER BY changed_at DESC LIMIT 1",
        )
        .bind(name)
        .fetch_optional(&mut *self.tx)
        .await?;
        Ok(row.map(|(value,)| value))
    }

    async fn set<T: Serialize>(&mut self, name: &'static str, value: &T) -> Result<(), StoreError> {
        let value =
            serde_json::to_string(value).map_err(|error| StoreError::Invalid(error.to_string()))?;
        sqlx::query(
            "INSERT INTO setting (name, value, changed_at, changed_by) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (name, changed_at) DO UPDATE SET value = excluded.value, \
             changed_by = excluded.changed_by",
        )
        .bind(name)
        .bind(value)
        .bind(self.now)
        .bind(self.viewer.name().to_owned())
        .execute(&mut *self.tx)
        .await?;
        self.note(name);
        Ok(())
    }
}

fn read<T: for<'d> Deserialize<'d>>(value: Option<String>) -> Result<Option<T>, StoreError> {
    value
        .map(|text| serde_json::from_str(&text))
        .transpose()
        .map_err(|error| StoreError::damaged("a setting", error))
}
