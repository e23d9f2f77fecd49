//! Bewaren: what is kept, for how long, and what goes when. Everybody sees the terms; who watches over
//! privacy chooses them, and sees first what that would do.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use gehoord_conversation::Channel;
use gehoord_store::{Decision, Outlook, RetentionRule, Right, Viewer};

use super::{tabs, term};
use crate::access::policy;
use crate::api::extract::Asked;
use crate::api::privacy::set_rules;
use crate::app::App;
use crate::error::ApiError;
use crate::pages::admin::switches::Record;
use crate::pages::admin::{After, Notice, Tab, at, can_be_put_right};
use crate::pages::contact::channel;
use crate::pages::frame::Frame;
use crate::pages::problem::{PageError, page as shown};
use crate::pages::texts::{Texts, fill};
use crate::pages::visit::{Posted, Visit, to};
use crate::pages::when;

const PATH: &str = "/privacy/kept";

/// A channel, as who chooses sees it.
struct Row {
    id: &'static str,
    name: &'static str,
    /// So many are kept, and how many of them with what is behind the masks.
    kept: i64,
    originals: i64,
    oldest: Option<String>,
    /// What stands in the fields.
    days: String,
    originals_days: String,
    /// What the terms in the fields would do; none without terms.
    outlook: Option<Outlook>,
}

/// What only who chooses sees.
struct Choice {
    rows: Vec<Row>,
    /// What is said of terms in the fields that are not in force.
    tried: Option<&'static str>,
    seen: i64,
}

#[derive(Template)]
#[template(path = "privacy_kept.html")]
struct Kept {
    frame: Frame,
    tabs: Vec<Tab>,
    notice: Option<Notice>,
    /// In words.
    terms: Vec<String>,
    record: Record,
    choice: Option<Choice>,
}

/// Terms as they were filled in, by channel: days, and days for what is behind the masks.
type Filled = BTreeMap<&'static str, (String, String)>;

/// Shows it.
pub(crate) async fn page(
    State(app): State<App>,
    visit: Visit<policy::ReadSettings>,
    Asked(after): Asked<After>,
) -> Result<Response, PageError> {
    let notice = Notice::of(visit.frame.t, &after);
    let Visit { door, frame } = visit;
    let may = door.viewer.may(Right::Retention);
    show(&app, &door.viewer, frame, notice, may.then_some(None)).await
}

/// `choice`: none: only to read; else what was filled in, if anything was.
async fn show(
    app: &App,
    viewer: &Viewer,
    frame: Frame,
    notice: Option<Notice>,
    choice: Option<Option<Filled>>,
) -> Result<Response, PageError> {
    let (t, lang) = (frame.t, frame.lang);
    let mut request = app.store.request(viewer, "retention.plan").await?;
    let in_force = request.settings().await?.retention;
    let decided = request.decided(Decision::Retention).await?;
    let seen = request.decided_at(Decision::Retention).await?;
    let now = request.now();
    let choice = match choice {
        None => None,
        Some(given) => {
            let tried = given.is_some();
            let filled = given.unwrap_or_else(|| fields(&in_force));
            let (outlook, said) = match rules(&filled) {
                Ok(rules) if rules.is_empty() => (Vec::new(), Some(t.privacy.tried_none.as_str())),
                Ok(rules) => (request.outlook(&rules).await?, Some(t.privacy.tried.as_str())),
                // Wrong terms would do nothing; why they are wrong is told above.
                Err(_) => (Vec::new(), None),
            };
            let tried = said.filter(|_| tried);
            let kept = request.kept().await?;
            let row = |one: &Channel| {
                let kept = kept.iter().find(|kept| kept.channel == one.id());
                let (days, originals_days) = filled.get(one.id()).cloned().unwrap_or_default();
                let oldest = kept.and_then(|kept| kept.oldest_at);
                Row {
                    id: one.id(),
                    name: channel(t, one.id()),
                    kept: kept.map_or(0, |kept| kept.conversations),
                    originals: kept.map_or(0, |kept| kept.originals),
                    oldest: oldest.map(|at| when::day(lang, at, now)),
                    days,
                    originals_days,
                    outlook: outlook.iter().find(|row| row.channel == one.id()).cloned(),
                }
            };
            Some(Choice { rows: Channel::ALL.iter().map(row).collect(), tried, seen })
        }
    };
    request.finish().await?;
    shown(&Kept {
        tabs: tabs(t, viewer, PATH),
        notice,
        terms: in_force.iter().map(|rule| term(t, rule)).collect(),
        record: Record::new(&decided, lang, now),
        choice,
        frame: at(frame, PATH, &t.privacy.kept),
    })
}

fn fields(rules: &[RetentionRule]) -> Filled {
    let rule = |one: &Channel| rules.iter().find(|rule| rule.channel == one.id());
    let filled = Channel::ALL.iter().filter_map(|one| {
        let rule = rule(one)?;
        Some((one.id(), (rule.days.to_string(), rule.originals_days.to_string())))
    });
    filled.collect()
}

/// A channel whose terms cannot be, and why.
struct Wrong {
    channel: &'static str,
    why: Why,
}

enum Why {
    /// No whole days, or none at all.
    Days,
    /// The same of what is behind the masks.
    Originals,
    /// What is behind the masks would be kept longer than the contact.
    Longer,
}

impl Wrong {
    fn words(&self, t: &'static Texts) -> String {
        let channel = channel(t, self.channel);
        let t = &t.privacy;
        let field = match self.why {
            Why::Days => &t.days,
            Why::Originals | Why::Longer => &t.originals_days,
        };
        let text = if matches!(self.why, Why::Longer) { &t.terms_longer } else { &t.terms_wrong };
        fill(text, &[("channel", &channel), ("field", field), ("days", &t.days)])
    }
}

/// The rules that the fields make; a channel whose fields are empty has none.
fn rules(filled: &Filled) -> Result<Vec<RetentionRule>, Wrong> {
    let mut rules = Vec::new();
    for (&channel, (days, originals)) in filled {
        if days.trim().is_empty() && originals.trim().is_empty() {
            continue;
        }
        let wrong = |why| Wrong { channel, why };
        let number = |text: &str, least: i64| {
            text.trim().parse::<i64>().ok().filter(|days| (least..=36_500).contains(days))
        };
        let days = number(days, 1).ok_or_else(|| wrong(Why::Days))?;
        let originals_days = number(originals, 0).ok_or_else(|| wrong(Why::Originals))?;
        if originals_days > days {
            return Err(wrong(Why::Longer));
        }
        rules.push(RetentionRule { channel: channel.to_owned(), originals_days, days });
    }
    Ok(rules)
}

/// Shows what terms would do, or puts them in force.
pub(crate) async fn choose(
    State(app): State<App>,
    visit: Visit<policy::Retention>,
    posted: Posted<policy::Retention, BTreeMap<String, String>>,
) -> Result<Response, PageError> {
    let given = posted.given;
    let field = |name: String| given.get(&name).cloned().unwrap_or_default();
    let one = |one: &Channel| {
        let id = one.id();
        (id, (field(format!("{id}_days")), field(format!("{id}_originals"))))
    };
    let filled: Filled = Channel::ALL.iter().map(one).collect();
    let (viewer, frame) = (&posted.door.viewer, visit.frame);
    let t = frame.t;
    let made = rules(&filled);
    let result = match &made {
        Ok(_) if given.get("do").map(String::as_str) != Some("keep") => {
            return show(&app, viewer, frame, None, Some(Some(filled))).await;
        }
        Ok(rules) => {
            let seen = field("seen".to_owned()).parse().unwrap_or(-1);
            set_rules(&app, viewer, rules, Some(seen)).await
        }
        Err(_) => Err(ApiError::Invalid(String::new())),
    };
    let Err(error) = result else { return Ok(to("/privacy/kept?done=kept")) };
    let (status, _) = can_be_put_right(error)?;
    let said = match made {
        Err(wrong) => wrong.words(t),
        Ok(_) if status == StatusCode::CONFLICT => t.admin.somebody_first.clone(),
        Ok(_) => t.problem.invalid_why.clone(),
    };
    let page = show(&app, viewer, frame, Some(Notice::wrong(&said)), Some(Some(filled))).await;
    let mut response = page?;
    *response.status_mut() = status;
    Ok(response)
}
