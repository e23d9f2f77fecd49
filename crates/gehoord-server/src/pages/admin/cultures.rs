//! Cultuurprofielen: what fits which language and country, where each rule comes from, and its switch.
//! A rule that is off is not held against any reply.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use gehoord_listening::{CultureProfile, CultureRule};
use gehoord_store::Decision;

use super::{After, Notice, Tab, at, can_be_put_right, refused, tabs};
use crate::access::policy;
use crate::api::extract::Asked;
use crate::app::App;
use crate::error::ApiError;
use crate::pages::frame::Frame;
use crate::pages::problem::{PageError, page as shown};
use crate::pages::texts::{Lang, Texts};
use crate::pages::visit::{Posted, Visit, to};

const PATH: &str = "/admin/cultures";

/// A rule, as the page shows it.
struct Rule {
    id: String,
    what: String,
    source: String,
    /// The source was not looked up.
    unseen: bool,
    sure: &'static str,
    heard: bool,
    on: bool,
    /// Somebody switched it, against what ships.
    switched: bool,
}

/// A profile, as the page shows it.
struct Profile {
    locale: String,
    language: String,
    name: &'static str,
    rules: Vec<Rule>,
    on: usize,
    /// Shown without being asked for: the first, and what somebody switched.
    open: bool,
}

#[derive(Template)]
#[template(path = "admin_cultures.html")]
struct Cultures {
    frame: Frame,
    tabs: Vec<Tab>,
    notice: Option<Notice>,
    profiles: Vec<Profile>,
    /// When it was last decided.
    seen: i64,
}

/// Shows them.
pub(crate) async fn page(
    State(app): State<App>,
    visit: Visit<policy::ManageSettings>,
    Asked(after): Asked<After>,
) -> Result<Response, PageError> {
    let notice = Notice::of(visit.frame.t, &after);
    all(&app, visit, notice).await
}

async fn all(
    app: &App,
    visit: Visit<policy::ManageSettings>,
    notice: Option<Notice>,
) -> Result<Response, PageError> {
    let (viewer, frame) = (visit.door.viewer, visit.frame);
    let mut request = app.store.request(&viewer, "settings.read").await?;
    let switches = request.settings().await?.culture;
    let seen = request.decided_at(Decision::Culture).await?;
    request.finish().await?;
    let profiles = app.in_force.shipped().cultures().iter();
    let mut profiles: Vec<Profile> =
        profiles.map(|profile| in_words(profile, &switches, frame.lang)).collect();
    // Dutch first, and the Netherlands before Belgium.
    profiles.sort_by_key(|profile| (profile.language != "nl", profile.locale != "nl-NL"));
    for (i, profile) in profiles.iter_mut().enumerate() {
        profile.open = i == 0 || profile.rules.iter().any(|rule| rule.switched);
    }
    let t = frame.t;
    shown(&Cultures {
        tabs: tabs(t, &viewer, PATH),
        notice,
        profiles,
        seen,
        frame: at(frame, PATH, &t.admin.cultures),
    })
}

fn in_words(profile: &CultureProfile, switches: &BTreeMap<String, bool>, lang: Lang) -> Profile {
    let t = lang.texts();
    let locale = profile.locale.to_string();
    let rule = |rule: &CultureRule| {
        let source = lang.handbook().and_then(|handbook| handbook.source(&rule.source));
        let switched = switches.get(&format!("{locale}/{}", rule.id)).copied();
        Rule {
            id: rule.id.clone(),
            what: rule.what.clone(),
            source: source.map_or_else(|| rule.source.clone(), |source| source.what.clone()),
            unseen: source.is_none_or(|source| !source.seen),
            sure: sure(t, rule.confidence),
            heard: rule.is_heard(),
            on: switched.unwrap_or(rule.on),
            switched: switched.is_some_and(|on| on != rule.on),
        }
    };
    let rules: Vec<Rule> = profile.rules.iter().map(rule).collect();
    Profile {
        on: rules.iter().filter(|rule| rule.on).count(),
        open: false,
        rules,
        name: name(t, &locale),
        language: locale.split('-').next().unwrap_or_default().to_owned(),
        locale,
    }
}

/// How sure the source makes us.
fn sure(t: &'static Texts, confidence: f32) -> &'static str {
    match confidence {
        0.7.. => &t.culture.sure,
        0.5.. => &t.culture.rather,
        _ => &t.culture.unsure,
    }
}

fn name(t: &'static Texts, locale: &str) -> &'static str {
    let t = &t.culture;
    match locale {
        "nl-NL" => &t.nl_nl,
        "nl-BE" => &t.nl_be,
        "en-GB" => &t.en_gb,
        "en-US" => &t.en_us,
        "de-DE" => &t.de_de,
        "fr-FR" => &t.fr_fr,
        "fr-BE" => &t.fr_be,
        _ => "",
    }
}

/// Switches the rules of one profile: those with a tick are on. `all` switches the whole of it.
pub(crate) async fn switch(
    State(app): State<App>,
    visit: Visit<policy::ManageSettings>,
    posted: Posted<policy::ManageSettings, BTreeMap<String, String>>,
) -> Result<Response, PageError> {
    let given = posted.given;
    let field = |name: &str| given.get(name).map(String::as_str).unwrap_or_default();
    let profiles = app.in_force.shipped().cultures();
    let profile = profiles.iter().find(|profile| profile.locale.to_string() == field("locale"));
    let profile = profile.ok_or_else(|| ApiError::NotFound("no such profile".to_owned()))?;
    let on = |rule: &CultureRule| match field("all") {
        "on" => true,
        "off" => false,
        _ => given.contains_key(&format!("rule_{}", rule.id)),
    };
    let seen = field("seen").parse().unwrap_or(-1);
    let decided = async {
        let mut request = app.store.request(&posted.door.viewer, "settings.culture").await?;
        request.decision_is_still(Decision::Culture, seen).await?;
        let mut switches = request.settings().await?.culture;
        for rule in &profile.rules {
            let name = format!("{}/{}", profile.locale, rule.id);
            // Only what differs from what ships is kept: a later gehoord may know better.
            if on(rule) == rule.on {
                switches.remove(&name);
            } else {
                switches.insert(name, on(rule));
            }
        }
        request.set_culture(&switches).await?;
        request.finish().await?;
        app.follow_decisions().await?;
        Ok::<(), ApiError>(())
    };
    let Err(error) = decided.await else {
        return Ok(to(&format!("{PATH}?done=switched#{}", profile.locale)));
    };
    let (status, _) = can_be_put_right(error)?;
    let notice = Some(Notice::wrong(&visit.frame.t.admin.somebody_first));
    refused(all(&app, visit, notice).await, status)
}
