//! What was heard: kept turn by turn, with the versions of the ears that heard it.

use std::collections::BTreeMap;

use gehoord_conversation::wire::report::{WireReport, WireTurnReport, WireVersions};
use gehoord_conversation::{Safety, Sureness, Verdict};
use serde_json::{Value, json};

use crate::error::StoreError;
use crate::request::{Request, number};
use crate::rights::Right;
use crate::rows::Insert;

/// What was heard over a whole conversation.
#[derive(Debug, Clone, PartialEq)]
pub struct Analysis {
    /// What made it.
    pub versions: WireVersions,
    /// Locale that was used.
    pub locale: String,
    /// So many turns were heard.
    pub turns: i64,
    /// When, milliseconds since 1970.
    pub heard_at: i64,
    /// `trajectory` and `complaint`, as in the report.
    pub customer_side: Value,
    /// `heard` and `moments`, as in the report; none when the viewer may not see findings about the
    /// agents.
    pub agent_side: Option<Value>,
    /// The verdict; none as above, or when there is too little to go by.
    pub verdict: Option<String>,
}

const INSERT_FINDING: Insert = Insert {
    into: "INSERT INTO turn_finding (conversation_id, position, about, report)",
    row: "(?, ?, ?, ?)",
    behind: "ON CONFLICT (conversation_id, position) DO UPDATE SET about = excluded.about, \
             report = excluded.report",
};

impl Request {
    /// Keeps what was heard in a conversation; `first` is the first turn whose entry may have
    /// changed since the last time.
    ///
    /// # Errors
    /// When the viewer may not write to the conversation.
    pub async fn write_report(
        &mut self,
        id: &str,
        report: &WireReport,
        first: usize,
    ) -> Result<(), StoreError> {
        let known = self.writing_to(id).await?;
        let customer_side = json!({"trajectory": report.trajectory, "complaint": report.complaint});
        let agent_side = json!({"heard": report.heard, "moments": report.moments});
        sqlx::query(
            "INSERT INTO analysis (conversation_id, engine, model, rubric, turns, heard_at, \
             locale, customer_side, agent_side, verdict) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
             ON CONFLICT (conversation_id) DO UPDATE SET engine = excluded.engine, \
             model = excluded.model, rubric = excluded.rubric, turns = excluded.turns, \
             heard_at = excluded.heard_at, locale = excluded.locale, \
             customer_side = excluded.customer_side, agent_side = excluded.agent_side, \
             verdict = excluded.verdict",
        )
        .bind(id)
        .bind(&report.versions.engine)
        .bind(&report.versions.model)
        .bind(&report.versions.rubric)
        .bind(number(report.turns.len()))
        .bind(self.now)
        .bind(&report.locale)
        .bind(customer_side.to_string())
        .bind(agent_side.to_string())
        .bind(verdict(report))
        .execute(&mut *self.tx)
        .await?;
        self.write_findings(id, &report.turns, first).await?;
        let repeat = report.turns.iter().any(|turn| {
            matches!(turn, WireTurnReport::Customer { repeat_contact, .. } if *repeat_contact)
        });
        let danger = is_dangerous(&report.turns);
        let marks = (i64::from(repeat), i64::from(danger));
        if marks != (known.repeat_contact, known.danger) {
            self.writing = None;
            sqlx::query("UPDATE conversation SET repeat_contact = $2, danger = $3 WHERE id = $1")
                .bind(id)
                .bind(marks.0)
                .bind(marks.1)
                .execute(&mut *self.tx)
                .await?;
        }
        self.write_promises(id, known.team_id.as_deref(), report).await?;
        self.touch(id);
        Ok(())
    }

    async fn write_findings(
        &mut self,
        id: &str,
        turns: &[WireTurnReport],
        first: usize,
    ) -> Result<(), StoreError> {
        let mut rows = Vec::new();
        for (position, turn) in turns.iter().enumerate().skip(first) {
            let about = match turn {
                WireTurnReport::Customer { .. } => "customer",
                WireTurnReport::Agent { .. } => "agent",
                WireTurnReport::Colleague { .. } | WireTurnReport::Bot { .. } => "other",
            };
            let report = serde_json::to_string(turn)
                .map_err(|error| StoreError::damaged("a finding", error))?;
            rows.push((number(position), about, report));
        }
        self.insert_rows(&INSERT_FINDING, &rows, |query, (position, about, report)| {
            query.bind(id).bind(*position).bind(*about).bind(report)
        })
        .await?;
        Ok(())
    }

    pub(crate) async fn analysis(&mut self, id: &str) -> Result<Option<Analysis>, StoreError> {
        type Row = (String, String, String, i64, i64, String, String, String, Option<String>);
        let row: Option<Row> = sqlx::query_as(
            "SELECT engine, model, rubric, turns, heard_at, locale, customer_side, agent_side, \
             verdict FROM analysis WHERE conversation_id = $1",
        )
        .bind(id)
        .fetch_optional(&mut *self.tx)
        .await?;
        let Some((engine, model, rubric, turns, heard_at, locale, customer, agent, verdict)) = row
        else {
            return Ok(None);
        };
        let read = |text: &str| {
            serde_json::from_str::<Value>(text)
                .map_err(|error| StoreError::damaged("an analysis", error))
        };
        Ok(Some(Analysis {
            versions: WireVersions { engine, model, rubric },
            locale,
            turns,
            heard_at,
            customer_side: read(&customer)?,
            agent_side: Some(read(&agent)?),
            verdict,
        }))
    }

    /// About whom and what was heard, by turn.
    pub(crate) async fn findings(
        &mut self,
        id: &str,
    ) -> Result<BTreeMap<i64, (String, String)>, StoreError> {
        let rows: Vec<(i64, String, String)> = sqlx::query_as(
            "SELECT position, about, report FROM turn_finding WHERE conversation_id = $1",
        )
        .bind(id)
        .fetch_all(&mut *self.tx)
        .await?;
        Ok(rows.into_iter().map(|(position, about, report)| (position, (about, report))).collect())
    }

    /// Conversations after `place` (an id) that were never heard, or heard with other ears.
    ///
    /// # Errors
    /// When the viewer may not start such work.
    pub async fn unheard(
        &mut self,
        versions: &WireVersions,
        place: &str,
        limit: i64,
    ) -> Result<Vec<String>, StoreError> {
        self.viewer.must(Right::Import)?;
        let rows: Vec<(String,)> = sqlx::query_as(
            "SELECT c.id FROM conversation c LEFT JOIN analysis a ON a.conversation_id = c.id \
             WHERE c.id > $1 AND (a.conversation_id IS NULL OR a.engine <> $2 OR a.model <> $3 \
             OR a.rubric <> $4 OR a.turns <> c.turns) ORDER BY c.id LIMIT $5",
        )
        .bind(place)
        .bind(&versions.engine)
        .bind(&versions.model)
        .bind(&versions.rubric)
        .bind(limit)
        .fetch_all(&mut *self.tx)
        .await?;
        Ok(rows.into_iter().map(|(id,)| id).collect())
    }
}

/// Whether safety comes first: somebody may be in danger, or is abused again and again. Once is no
/// danger yet.
pub(crate) fn is_dangerous(turns: &[WireTurnReport]) -> bool {
    let flags = turns.iter().filter_map(|turn| match turn {
        WireTurnReport::Customer { safety, .. } => Some(safety),
        _ => None,
    });
    let (mut abused, mut endangered) = (0, false);
    for flags in flags {
        abused += usize::from(flags.iter().any(|flag| flag == Safety::Abuse.id()));
        endangered |= flags.iter().any(|flag| flag != Safety::Abuse.id());
    }
    endangered || abused > 1
}

/// The verdict of a report in words; none when there is too little to go by.
fn verdict(report: &WireReport) -> Option<&'static str> {
    let sure = if report.heard.sure == "enough" { Sureness::Enough } else { Sureness::Low };
    Verdict::of(report.heard.score, sure).map(Verdict::id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn danger_is_danger_at_once_and_abuse_when_it_is_repeated() {
        let turn = |safety: &[&str]| -> WireTurnReport {
            serde_json::from_value(json!({"party": "customer", "index": 0, "language": "nl",
                "emotions": [], "primary": "neutral", "intensity": 0, "valence": 0.0, "needs": [],
                "cause": null, "repeat_contact": false, "churn_risk": false, "complaint": false,
                "safety": safety, "signals": []}))
            .unwrap()
        };
        assert!(is_dangerous(&[turn(&["danger"])]));
        assert!(!is_dangerous(&[turn(&["abuse"]), turn(&[])]));
        assert!(is_dangerous(&[turn(&["abuse"]), turn(&["abuse"])]));
        assert!(is_dangerous(&[turn(&["abuse", "threat"])]));
    }
}
