//! Privacy: who may see what, for everybody; and for who watches over it, who looked.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use gehoord_store::{AuditFilter, NamedReview, RetentionRule, Right, Role};

use super::contact::channel;
use super::frame::{Frame, role_name};
use super::problem::{PageError, page as shown};
use super::texts::{Texts, fill};
use super::visit::Visit;
use super::when;
use crate::access::policy;
use crate::app::App;

/// So many rows of the audit.
const ROWS: i64 = 100;
/// And of so many days.
const DAYS: i64 = 30;

/// One request, as the page shows it.
struct Looked {
    when: String,
    who: String,
    action: String,
    count: i64,
}

#[derive(Template)]
#[template(path = "privacy.html")]
struct Privacy {
    frame: Frame,
    roles: Vec<&'static str>,
    /// What one may do, and which of the roles may.
    rights: Vec<(&'static str, Vec<bool>)>,
    named_review: Option<NamedReview>,
    /// In words.
    kept: Vec<String>,
    /// None: not for this viewer.
    looked: Option<Vec<Looked>>,
}

/// Shows it.
pub(crate) async fn page(
    State(app): State<App>,
    visit: Visit<policy::ReadSettings>,
) -> Result<Response, PageError> {
    let (viewer, frame) = (visit.door.viewer, visit.frame);
    let t = frame.t;
    let mut request = app.store.request(&viewer, "privacy.read").await?;
    let settings = request.settings().await?;
    let now = request.now();
    let mut looked = None;
    if viewer.may(Right::ReadAudit) {
        let people = request.people().await?;
        let from = now - DAYS * 24 * 60 * 60 * 1000;
        let filter = AuditFilter { from: Some(from), limit: ROWS, ..AuditFilter::default() };
        let rows = request.audit(&filter).await?.rows;
        let who = |id: &str| match people.iter().find(|person| person.id == id) {
            Some(person) => person.name.clone(),
            None if id == "operator" => t.privacy.operator.clone(),
            None => t.privacy.machine.clone(),
        };
        let shown = rows.into_iter().map(|row| Looked {
            when: when::moment(frame.lang, row.at, now),
            who: who(&row.who),
            action: action_name(t, &row.action),
            count: row.count,
        });
        looked = Some(shown.collect());
    }
    request.finish().await?;
    let kept = |rule: &RetentionRule| {
        fill(
            &t.privacy.rule,
            &[
                ("channel", &channel(t, &rule.channel)),
                ("days", &rule.days),
                ("originals", &rule.originals_days),
            ],
        )
    };
    let title = t.frame.privacy.clone();
    shown(&Privacy {
        roles: Role::ALL.iter().map(|role| role_name(t, *role)).collect(),
        rights: Right::ALL.iter().map(|right| row(t, *right)).collect(),
        kept: settings.retention.iter().map(kept).collect(),
        named_review: settings.named_review,
        looked,
        frame: frame.titled(&title),
    })
}

fn row(t: &'static Texts, right: Right) -> (&'static str, Vec<bool>) {
    let roles = Role::ALL.iter().map(|role| right.roles().contains(role)).collect();
    (right_name(t, right), roles)
}

fn right_name(t: &'static Texts, right: Right) -> &'static str {
    let t = &t.right;
    match right {
        Right::ReadConversations => &t.read_conversations,
        Right::WriteConversations => &t.write_conversations,
        Right::Search => &t.search,
        Right::Promises => &t.promises,
        Right::Feedback => &t.feedback,
        Right::Share => &t.share,
        Right::Listen => &t.listen,
        Right::TeamFigures => &t.team_figures,
        Right::ReadPeople => &t.read_people,
        Right::ManagePeople => &t.manage_people,
        Right::ReadSettings => &t.read_settings,
        Right::ManageSettings => &t.manage_settings,
        Right::Retention => &t.retention,
        Right::ReadAudit => &t.read_audit,
        Right::CustomerRights => &t.customer_rights,
        Right::Import => &t.import,
    }
}

/// What somebody did, in words.
fn action_name(t: &Texts, action: &str) -> String {
    let t = &t.action;
    let words = match action.split_once('.').unwrap_or((action, "")) {
        ("conversation", "read" | "follow" | "history" | "masks") => &t.read,
        ("conversation", "list") | ("today", _) => &t.list,
        ("conversation", _) => &t.write,
        ("search", _) => &t.search,
        ("promises", _) => &t.promises,
        ("feedback", _) => &t.feedback,
        ("shares", _) => &t.shares,
        ("people" | "teams" | "password" | "tokens", _) => &t.people,
        ("login", _) => &t.login,
        ("logout", _) => &t.logout,
        ("import" | "demo", _) => &t.import,
        ("settings" | "retention" | "privacy" | "audit" | "documents", _) => &t.settings,
        ("customer", _) => &t.customer,
        _ => return action.to_owned(),
    };
    words.clone()
}
