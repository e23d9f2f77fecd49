//! Privacy: who may see what, for everybody; and for who watches over it, who looked, what is kept,
//! and what a customer may ask for.

pub(super) mod customer;
pub(super) mod kept;
pub(super) mod looked;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use gehoord_store::{CustomerVoice, Decision, NamedReview, RetentionRule, Right, Role, Viewer};

use super::admin::Tab;
use super::admin::switches::Record;
use super::contact::channel;
use super::frame::{Frame, role_name};
use super::problem::{PageError, page as shown};
use super::texts::{Texts, fill};
use super::visit::Visit;
use crate::access::policy;
use crate::app::App;

/// The pages of Privacy, of which `here` is shown.
fn tabs(t: &'static Texts, viewer: &Viewer, here: &str) -> Vec<Tab> {
    let p = &t.privacy;
    let all = [
        (Right::ReadSettings, "/privacy", &p.tab_rules),
        (Right::WriteConversations, "/privacy/mine", &p.tab_mine),
        (Right::ReadAudit, "/privacy/audit", &p.tab_looked),
        (Right::ReadSettings, "/privacy/kept", &p.tab_kept),
        (Right::CustomerRights, "/privacy/customer", &p.tab_customer),
    ];
    all.into_iter()
        .filter(|(right, ..)| viewer.may(*right))
        .map(|(_, path, name)| Tab { path, name, here: path == here })
        .collect()
}

#[derive(Template)]
#[template(path = "privacy.html")]
struct Privacy {
    frame: Frame,
    tabs: Vec<Tab>,
    roles: Vec<&'static str>,
    /// What one may do, and which of the roles may.
    rights: Vec<(&'static str, Vec<bool>)>,
    named_review: Option<NamedReview>,
    named: Record,
    customer_voice: Option<CustomerVoice>,
    voice: Record,
    /// In words.
    kept: Vec<String>,
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
    let named = request.decided(Decision::NamedReview).await?;
    let voice = request.decided(Decision::CustomerVoice).await?;
    let now = request.now();
    request.finish().await?;
    shown(&Privacy {
        tabs: tabs(t, &viewer, "/privacy"),
        roles: Role::ALL.iter().map(|role| role_name(t, *role)).collect(),
        rights: Right::ALL.iter().map(|right| row(t, *right)).collect(),
        kept: settings.retention.iter().map(|rule| term(t, rule)).collect(),
        named_review: settings.named_review,
        named: Record::new(&named, frame.lang, now),
        customer_voice: settings.customer_voice,
        voice: Record::new(&voice, frame.lang, now),
        frame: frame.titled(&t.frame.privacy),
    })
}

/// A rule of retention, in words.
fn term(t: &'static Texts, rule: &RetentionRule) -> String {
    fill(
        &t.privacy.rule,
        &[
            ("channel", &channel(t, &rule.channel)),
            ("days", &rule.days),
            ("originals", &rule.originals_days),
        ],
    )
}

fn row(t: &'static Texts, right: Right) -> (&'static str, Vec<bool>) {
    let roles = Role::ALL.iter().map(|role| right.roles().contains(role)).collect();
    (right_name(t, right), roles)
}

/// What a right is called.
pub(super) fn right_name(t: &'static Texts, right: Right) -> &'static str {
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
