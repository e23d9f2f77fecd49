//! Who looked: at everything, for who watches over it; in one's own contacts, for an agent.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use gehoord_store::{AuditFilter, AuditRow, Person, Role};
use serde::Deserialize;

use super::tabs;
use crate::access::policy;
use crate::api::extract::{Asked, after, fits};
use crate::app::App;
use crate::pages::admin::Tab;
use crate::pages::contacts::{filled, next};
use crate::pages::frame::{Frame, role_name};
use crate::pages::problem::{PageError, page as shown};
use crate::pages::texts::Texts;
use crate::pages::visit::Visit;
use crate::pages::when;

/// So many rows on a page.
const PAGE: i64 = 50;

/// One request, as the page shows it.
struct Looked {
    when: String,
    who: String,
    role: &'static str,
    action: String,
    count: i64,
    /// The conversations that it was about, the first ones.
    about: Vec<String>,
    /// So many more.
    others: i64,
}

/// What was asked for; empty: everything.
#[derive(Deserialize, Default)]
pub(crate) struct Filter {
    #[serde(default)]
    who: String,
    #[serde(default)]
    conversation: String,
    #[serde(default)]
    customer: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    until: String,
    /// Not only what was about conversations.
    #[serde(default)]
    all: String,
    /// Where the page before ended.
    after: Option<String>,
}

#[derive(Template)]
#[template(path = "privacy_audit.html")]
struct Audit {
    frame: Frame,
    tabs: Vec<Tab>,
    asked: Filter,
    people: Vec<Person>,
    rows: Vec<Looked>,
    next: Option<String>,
}

/// Who looked, at everything.
pub(crate) async fn page(
    State(app): State<App>,
    visit: Visit<policy::ReadAudit>,
    Asked(asked): Asked<Filter>,
) -> Result<Response, PageError> {
    let (viewer, frame) = (visit.door.viewer, visit.frame);
    let t = frame.t;
    for text in [&asked.who, &asked.conversation, &asked.customer] {
        fits("a filter", text, 200)?;
    }
    let given = |text: &str| filled(text).map(str::to_owned);
    let filter = AuditFilter {
        from: filled(&asked.from).and_then(|day| when::midnight(day, 0)),
        until: filled(&asked.until).and_then(|day| when::midnight(day, 1)),
        who: given(&asked.who),
        conversation: given(&asked.conversation),
        customer: given(&asked.customer),
        about_conversations: asked.all.is_empty(),
        after: after(asked.after.as_deref())?,
        limit: PAGE,
    };
    let mut request = app.store.request(&viewer, "audit.read").await?;
    let page = request.audit(&filter).await?;
    let people = request.people().await?;
    let now = request.now();
    request.finish().await?;
    let who = |id: &str| match people.iter().find(|person| person.id == id) {
        Some(person) => person.name.clone(),
        None if id == "operator" => t.privacy.operator.clone(),
        None => t.privacy.machine.clone(),
    };
    let row = |row: &AuditRow| {
        let about = about(row);
        let named = i64::try_from(about.len()).unwrap_or_default();
        Looked {
            others: if named == 0 { 0 } else { row.count - named },
            about,
            when: when::moment(frame.lang, row.at, now),
            who: who(&row.who),
            role: role(t, &row.role),
            action: action_name(t, &row.action),
            count: row.count,
        }
    };
    let again = [
        ("who", asked.who.as_str()),
        ("conversation", &asked.conversation),
        ("customer", &asked.customer),
        ("from", &asked.from),
        ("until", &asked.until),
        ("all", &asked.all),
    ];
    shown(&Audit {
        tabs: tabs(t, &viewer, "/privacy/audit"),
        rows: page.rows.iter().map(row).collect(),
        next: page.next.map(|after| next("/privacy/audit", &again, &after)),
        people,
        asked,
        frame: frame.titled(&t.privacy.looked),
    })
}

/// The first conversations that a request was about, where it was about those.
fn about(row: &AuditRow) -> Vec<String> {
    const NAMED: usize = 3;
    let area = row.action.split('.').next().unwrap_or_default();
    if !["conversation", "recording", "feedback", "today", "search"].contains(&area) {
        return Vec::new();
    }
    let mut ids: Vec<String> = serde_json::from_str(&row.ids).unwrap_or_default();
    ids.truncate(NAMED);
    ids
}

fn role(t: &'static Texts, role: &str) -> &'static str {
    role.parse::<Role>().map_or("", |role| role_name(t, role))
}

/// A look into one's own contacts, as the page shows it.
struct Mine {
    when: String,
    who: String,
    role: &'static str,
    action: String,
    count: i64,
    /// The contact, where it is one.
    path: Option<String>,
}

#[derive(Template)]
#[template(path = "privacy_mine.html")]
struct MinePage {
    frame: Frame,
    tabs: Vec<Tab>,
    rows: Vec<Mine>,
    later: bool,
    next: Option<String>,
}

/// Where the page before ended.
#[derive(Deserialize)]
pub(crate) struct Further {
    after: Option<String>,
}

/// Who looked into one's own contacts.
pub(crate) async fn mine(
    State(app): State<App>,
    visit: Visit<policy::WriteConversations>,
    Asked(asked): Asked<Further>,
) -> Result<Response, PageError> {
    let (viewer, frame) = (visit.door.viewer, visit.frame);
    let t = frame.t;
    let begin = after(asked.after.as_deref())?;
    let mut request = app.store.request(&viewer, "audit.mine").await?;
    let page = request.looks_at_mine(begin.as_ref(), PAGE).await?;
    let now = request.now();
    request.finish().await?;
    let rows = page.rows.into_iter().map(|look| Mine {
        when: when::moment(frame.lang, look.at, now),
        who: look.name.unwrap_or_else(|| t.privacy.operator.clone()),
        role: role(t, &look.role),
        action: action_name(t, &look.action),
        path: (look.count == 1).then(|| format!("/contacts/{}", look.conversation)),
        count: look.count,
    });
    shown(&MinePage {
        tabs: tabs(t, &viewer, "/privacy/mine"),
        rows: rows.collect(),
        later: begin.is_some(),
        next: page.next.map(|after| next("/privacy/mine", &[], &after)),
        frame: frame.titled(&t.privacy.tab_mine),
    })
}

/// What somebody did, in words.
fn action_name(t: &Texts, action: &str) -> String {
    let t = &t.action;
    let words = match action.split_once('.').unwrap_or((action, "")) {
        ("conversation", "read" | "follow" | "history" | "masks" | "compose") => &t.read,
        ("recording", "listen") => &t.sound,
        ("recording", _) => &t.read,
        ("conversation", "list") | ("today", _) => &t.list,
        ("conversation", _) => &t.write,
        ("search", _) => &t.search,
        ("promises", _) => &t.promises,
        ("feedback", _) => &t.feedback,
        ("shares", _) => &t.shares,
        ("people" | "teams" | "tokens", "list" | "read") => &t.people_seen,
        ("people" | "teams" | "password" | "tokens", _) => &t.people,
        ("login", _) => &t.login,
        ("logout", _) => &t.logout,
        ("import" | "demo", _) => &t.import,
        ("export", _) => &t.export,
        ("listen" | "live" | "jobs", _) => &t.listen,
        ("settings", "read" | "documents") | ("retention", "plan") | ("privacy" | "me", _) => {
            &t.settings_seen
        }
        ("audit", _) => &t.audit,
        ("settings" | "retention", _) => &t.settings,
        ("customer", "export") => &t.customer_given,
        ("customer", "erase") => &t.customer,
        ("customer", _) => &t.customer_found,
        _ => return action.to_owned(),
    };
    words.clone()
}
