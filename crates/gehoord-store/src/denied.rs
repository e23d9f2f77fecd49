//! Danger that is not so: who helps the customer, or who looks, said it of what was heard.

use std::collections::HashMap;

use gehoord_conversation::wire::report::WireTurnReport;

use crate::analysis::is_dangerous;
use crate::conversations::ConversationRow;
use crate::error::StoreError;
use crate::request::Request;

/// Finding and position, and whether they agreed the last time.
type Said = HashMap<(i64, String), bool>;

impl Request {
    /// Takes the mark of danger off rows where what was heard is not so, for this viewer.
    pub(crate) async fn without_denied(
        &mut self,
        rows: impl Iterator<Item = &mut ConversationRow>,
    ) -> Result<(), StoreError> {
        for row in rows.filter(|row| row.danger != 0) {
            row.danger = i64::from(self.danger_stands(row).await?);
        }
        Ok(())
    }

    async fn danger_stands(&mut self, row: &ConversationRow) -> Result<bool, StoreError> {
        let said: Vec<(i64, String, i64)> = sqlx::query_as(
            "SELECT position, finding, agrees FROM feedback WHERE conversation_id = $1 \
             AND (person_id = $2 OR person_id = $3) ORDER BY id",
        )
        .bind(&row.id)
        .bind(self.viewer.person_id().unwrap_or_default().to_owned())
        .bind(row.assigned_to.clone().unwrap_or_default())
        .fetch_all(&mut *self.tx)
        .await?;
        if said.iter().all(|(_, _, agrees)| *agrees != 0) {
            return Ok(true);
        }
        // The last word counts.
        let said: Said =
            said.into_iter().map(|(at, finding, ok)| ((at, finding), ok != 0)).collect();
        let mut left = Vec::new();
        for (position, (about, report)) in self.findings(&row.id).await? {
            if about != "customer" {
                continue;
            }
            let report: WireTurnReport = serde_json::from_str(&report)
                .map_err(|error| StoreError::damaged("a finding", error))?;
            left.push(without(report, position, &said));
        }
        Ok(is_dangerous(&left))
    }
}

/// The report of a turn without the safety signals of which every finding was denied.
fn without(mut report: WireTurnReport, position: i64, said: &Said) -> WireTurnReport {
    let denied = |finding: &str| said.get(&(position, finding.to_owned())) == Some(&false);
    if let WireTurnReport::Customer { safety, signals, .. } = &mut report {
        safety.retain(|label| {
            let mut found = signals.iter().filter(|one| one.label == *label).peekable();
            match found.peek() {
                Some(_) => !found.all(|one| denied(&one.id)),
                // One that names no finding is denied by its label.
                None => !denied(label),
            }
        });
    }
    report
}
