//! What the organisation decided. Every change stays on record, with who made it and when.

use std::collections::BTreeMap;

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
        date("assessment_date", &self.assessment_date)?;
        date("consent_date", &self.consent_date)?;
        reference("assessment_reference", &self.assessment_reference)?;
        reference("consent_reference", &self.consent_reference)
    }
}

/// Emotions may be heard in a customer's voice. Off unless this record is there; customers are told
/// in the words of `notice`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CustomerVoice {
    /// Date of the data protection impact assessment (`2026-03-01`).
    pub assessment_date: String,
    /// Where that assessment can be found.
    pub assessment_reference: String,
    /// What customers are told before they speak.
    pub notice: String,
}

impl CustomerVoice {
    fn check(&self) -> Result<(), StoreError> {
        date("assessment_date", &self.assessment_date)?;
        reference("assessment_reference", &self.assessment_reference)?;
        if self.notice.trim().is_empty() || self.notice.len() > 4_000 {
            let message = "notice says what customers are told, in 4000 characters at most";
            return Err(StoreError::Invalid(message.to_owned()));
        }
        Ok(())
    }
}

fn date(what: &str, text: &str) -> Result<(), StoreError> {
    let wrong = || StoreError::Invalid(format!("{what} must be a date such as 2026-03-01"));
    text.parse::<jiff::civil::Date>().map(|_| ()).map_err(|_| wrong())
}

fn reference(what: &str, text: &str) -> Result<(), StoreError> {
    if text.trim().is_empty() || text.len() > 500 {
        return Err(StoreError::Invalid(format!("{what} says where it can be found")));
    }
    Ok(())
}

/// What can be decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Whether managers see findings about the agents of their team.
    NamedReview,
    /// Whether emotions may be heard in a customer's voice.
    CustomerVoice,
    /// How long conversations are kept.
    Retention,
    /// Which rules of the culture profiles are on or off against what ships.
    Culture,
}

impl Decision {
    const fn id(self) -> &'static str {
        match self {
            Self::NamedReview => "named_review",
            Self::CustomerVoice => "customer_voice",
            Self::Retention => "retention",
            Self::Culture => "culture",
        }
    }
}

/// One change of a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// When, milliseconds since 1970.
    pub at: i64,
    /// Name of who did it; none for the command on the machine.
    pub who: Option<String>,
    /// Whether anything was decided, rather than taken back.
    pub on: bool,
}

/// What is in force now.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Settings {
    /// Set: managers see findings about the agents of their team.
    pub named_review: Option<NamedReview>,
    /// How long conversations are kept, by channel.
    pub retention: Vec<RetentionRule>,
    /// Set: emotions may be heard in a customer's voice.
    pub customer_voice: Option<CustomerVoice>,
    /// Rules of the culture profiles (`nl-NL/one_apology`) that are on or off against what ships.
    pub culture: BTreeMap<String, bool>,
}

/// So many switches of rules at most; there are a few dozen rules.
const MOST_SWITCHES: usize = 1_000;

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
        Ok(Settings {
            named_review: self.setting(Decision::NamedReview).await?.flatten(),
            retention: self.setting(Decision::Retention).await?.unwrap_or_default(),
            customer_voice: self.setting(Decision::CustomerVoice).await?.flatten(),
            culture: self.setting(Decision::Culture).await?.unwrap_or_default(),
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
        self.set(Decision::NamedReview, &record).await
    }

    /// Sets how long conversations are kept.
    ///
    /// # Errors
    /// When the viewer may not, or a channel has two rules.
    pub async fn set_retention(&mut self, rules: &[RetentionRule]) -> Result<(), StoreError> {
        self.viewer.must(Right::Retention)?;
        check_rules(rules)?;
        self.set(Decision::Retention, &rules).await
    }

    /// Switches hearing emotions in a customer's voice on, with its record, or off.
    ///
    /// # Errors
    /// When the viewer may not, or the record is not complete.
    pub async fn set_customer_voice(
        &mut self,
        record: Option<&CustomerVoice>,
    ) -> Result<(), StoreError> {
        self.viewer.must(Right::ManageSettings)?;
        record.map(CustomerVoice::check).transpose()?;
        self.set(Decision::CustomerVoice, &record).await
    }

    /// Sets which rules of the culture profiles are on or off against what ships.
    ///
    /// # Errors
    /// When the viewer may not, or there are more than can be.
    pub async fn set_culture(
        &mut self,
        switches: &BTreeMap<String, bool>,
    ) -> Result<(), StoreError> {
        self.viewer.must(Right::ManageSettings)?;
        if switches.len() > MOST_SWITCHES || switches.keys().any(|name| name.len() > 200) {
            return Err(StoreError::Invalid("these are no rules of a culture profile".to_owned()));
        }
        self.set(Decision::Culture, switches).await
    }

    /// When it was last decided, in milliseconds since 1970; 0: never.
    ///
    /// # Errors
    /// When the viewer may not.
    pub async fn decided_at(&mut self, decision: Decision) -> Result<i64, StoreError> {
        self.viewer.must(Right::ReadSettings)?;
        let (at,): (Option<i64>,) =
            sqlx::query_as("SELECT MAX(changed_at) FROM setting WHERE name = $1")
                .bind(decision.id())
                .fetch_one(&mut *self.tx)
                .await?;
        Ok(at.unwrap_or_default())
    }

    /// Goes on only when nobody decided anew since `seen` (what [`Self::decided_at`] gave).
    ///
    /// # Errors
    /// When the viewer may not, or somebody else decided meanwhile.
    pub async fn decision_is_still(
        &mut self,
        decision: Decision,
        seen: i64,
    ) -> Result<(), StoreError> {
        self.lock_table("setting").await?;
        if self.decided_at(decision).await? == seen {
            return Ok(());
        }
        Err(StoreError::Conflict("somebody else decided on this meanwhile".to_owned()))
    }

    /// The last changes of a decision, the newest first.
    ///
    /// # Errors
    /// When the viewer may not.
    pub async fn decided(&mut self, decision: Decision) -> Result<Vec<Decided>, StoreError> {
        self.viewer.must(Right::ReadSettings)?;
        let rows: Vec<(i64, Option<String>, String)> = sqlx::query_as(
            "SELECT s.changed_at, p.name, s.value FROM setting s \
             LEFT JOIN person p ON p.id = s.changed_by WHERE s.name = $1 \
             ORDER BY s.changed_at DESC LIMIT 20",
        )
        .bind(decision.id())
        .fetch_all(&mut *self.tx)
        .await?;
        let nothing = |value: &str| matches!(value, "null" | "[]" | "{}");
        let row = |(at, who, value): (i64, _, String)| Decided { at, who, on: !nothing(&value) };
        Ok(rows.into_iter().map(row).collect())
    }

    async fn setting<T: for<'d> Deserialize<'d>>(
        &mut self,
        decision: Decision,
    ) -> Result<Option<T>, StoreError> {
        let row: Option<(String,)> = sqlx::query_as(
            "SELECT value FROM setting WHERE name = $1 ORDER BY changed_at DESC LIMIT 1",
        )
        .bind(decision.id())
        .fetch_optional(&mut *self.tx)
        .await?;
        row.map(|(value,)| serde_json::from_str(&value))
            .transpose()
            .map_err(|error| StoreError::damaged("a setting", error))
    }

    async fn set<T: Serialize>(&mut self, decision: Decision, value: &T) -> Result<(), StoreError> {
        let value =
            serde_json::to_string(value).map_err(|error| StoreError::Invalid(error.to_string()))?;
        sqlx::query(
            "INSERT INTO setting (name, value, changed_at, changed_by) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (name, changed_at) DO UPDATE SET value = excluded.value, \
             changed_by = excluded.changed_by",
        )
        .bind(decision.id())
        .bind(value)
        .bind(self.now)
        .bind(self.viewer.name().to_owned())
        .execute(&mut *self.tx)
        .await?;
        self.note(decision.id());
        Ok(())
    }
}
