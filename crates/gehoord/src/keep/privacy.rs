//! `gehoord privacy`.

use std::collections::HashMap;
use std::fmt::Write as _;

use anyhow::Result;
use gehoord_store::{AuditFilter, AuditRow, Right, Role};

use super::args::PrivacyTask;
use super::dates::printed;
use super::decisions;
use super::opened::Opened;
use super::people::by_login;
use crate::ui::Ui;
use crate::{GOOD, show};

/// What each role may do.
pub(crate) fn rights() -> Result<u8> {
    let mut out = String::new();
    for right in Right::ALL {
        let roles: Vec<&str> = right.roles().iter().copied().map(Role::id).collect();
        let _ = writeln!(out, "{}\t{}", right.id(), roles.join(", "));
    }
    show::print(&out).map(|()| GOOD)
}

pub(crate) async fn run(task: &PrivacyTask, opened: &Opened, ui: Ui) -> Result<u8> {
    match task {
        PrivacyTask::Rights => rights(),
        PrivacyTask::Audit { from, until, who, conversation, limit, .. } => {
            let mut request = opened.request("audit.read").await?;
            let who = match who.as_deref() {
                Some(name @ ("operator" | "machine")) => Some(name.to_owned()),
                Some(login) => Some(by_login(&mut request, login).await?.id),
                None => None,
            };
            let mut filter = AuditFilter {
                from: from.map(|moment| moment.0),
                until: until.map(|moment| moment.0),
                who,
                conversation: conversation.clone(),
                customer: None,
                about_conversations: false,
                after: None,
                limit: 0,
            };
            let mut rows: Vec<AuditRow> = Vec::new();
            loop {
                let left = limit - i64::try_from(rows.len())?;
                filter.limit = left.min(AUDIT_PAGE);
                let page = request.audit(&filter).await?;
                rows.extend(page.rows);
                filter.after = page.next;
                if left <= AUDIT_PAGE || filter.after.is_none() {
                    break;
                }
            }
            let people = request.people().await?;
            request.finish().await?;
            let logins = people.into_iter().map(|person| (person.id, person.login)).collect();
            let lines: String = rows.iter().map(|row| line(row, &logins)).collect();
            show::print(&lines).map(|()| GOOD)
        }
        PrivacyTask::Retention { task } => decisions::retention(task, opened, ui).await,
        PrivacyTask::NamedReview { task } => decisions::named_review(task, opened, ui).await,
    }
}

/// So many lines are read at once.
const AUDIT_PAGE: i64 = 1_000;

/// So many ids are shown of each line; the audit of one conversation has a flag of its own.
const SHOWN: usize = 3;

/// When, who, as what, what, how many, which, what else.
fn line(row: &AuditRow, logins: &HashMap<String, String>) -> String {
    let who = logins.get(&row.who).unwrap_or(&row.who);
    let detail = row.detail.as_deref().unwrap_or_default();
    let (at, count) = (printed(row.at), row.count.to_string());
    let ids: Vec<String> = serde_json::from_str(&row.ids).unwrap_or_default();
    let more = if ids.len() > SHOWN { " …" } else { "" };
    let ids = ids[..ids.len().min(SHOWN)].join(" ") + more;
    let fields = [&at, who, &row.role, &row.action, &count, &ids, detail];
    let mut line = fields.join("\t").trim_end().to_owned();
    line.push('\n');
    line
}
