//! What every page has around it.

use askama::Template;
use axum::response::{Html, IntoResponse, Response};
use gehoord_store::{Person, Right, Role, Viewer};

use super::assets::address;
use super::texts::{Lang, Texts, fill};
use super::visit::{Choice, Theme};
use crate::app::App;

/// A place that one can go to.
pub(crate) struct Place {
    pub(crate) path: &'static str,
    pub(crate) icon: &'static str,
    pub(crate) name: &'static str,
    /// It is where one is.
    pub(crate) here: bool,
}

/// Who looks.
pub(crate) struct Looker {
    pub(crate) name: String,
    pub(crate) role: &'static str,
}

/// Around a page.
pub(crate) struct Frame {
    pub(crate) t: &'static Texts,
    pub(crate) lang: Lang,
    pub(crate) theme: Theme,
    /// What the browser calls the page.
    pub(crate) title: String,
    /// The address of this page, to come back to.
    pub(crate) back: String,
    /// Where one can go; nothing for who is not logged in.
    pub(crate) places: Vec<Place>,
    pub(crate) looker: Option<Looker>,
    /// The word that forms carry.
    pub(crate) csrf: String,
    /// Everything here is made up.
    pub(crate) demo: bool,
    /// A telephone system may come in, so there are calls to follow.
    calls: bool,
}

impl Frame {
    pub(crate) fn new(choice: Choice, app: &App, path: &str) -> Self {
        let back = path.to_owned();
        let calls = app.telephony.is_some();
        Self { theme: choice.theme, back, demo: app.demo, calls, ..Self::alone(choice.lang) }
    }

    /// Around a page that stands alone: nowhere to go to, nobody who looks.
    pub(crate) fn alone(lang: Lang) -> Self {
        Self {
            t: lang.texts(),
            lang,
            theme: Theme::Auto,
            title: "gehoord".to_owned(),
            back: String::new(),
            places: Vec::new(),
            looker: None,
            csrf: String::new(),
            demo: false,
            calls: false,
        }
    }

    /// The same with where this viewer can go.
    pub(crate) fn with(mut self, viewer: &Viewer, person: Option<&Person>, csrf: String) -> Self {
        let path = self.back.split('?').next().unwrap_or_default();
        let here = |place: &str| {
            path == place || path.strip_prefix(place).is_some_and(|rest| rest.starts_with('/'))
        };
        let places = places(viewer, self.t);
        self.places = places
            .into_iter()
            .filter(|(path, ..)| self.calls || *path != "/calls")
            .map(|(path, icon, name)| Place { path, icon, name, here: here(path) })
            .collect();
        self.looker = person.map(|person| Looker {
            name: person.name.clone(),
            role: role_name(self.t, person.role),
        });
        self.csrf = csrf;
        self
    }

    /// The same with a title.
    pub(crate) fn titled(mut self, title: &str) -> Self {
        self.title = fill("{title} · gehoord", &[("title", &title)]);
        self
    }

    /// Where something that the page loads is to be had.
    pub(crate) fn asset(&self, name: &str) -> String {
        address(name)
    }

    /// An icon, as SVG.
    pub(crate) fn icon(&self, name: &str) -> String {
        super::icons::icon(name)
    }

    /// The languages, and whether each is the one of now.
    pub(crate) fn langs(&self) -> Vec<(&'static str, &'static str, bool)> {
        Lang::ALL.iter().map(|lang| (lang.id(), lang.own_name(), *lang == self.lang)).collect()
    }

    /// Light, dark or as the device has it, and whether each is the one of now.
    pub(crate) fn themes(&self) -> Vec<(&'static str, &'static str, bool)> {
        let name = |theme| match theme {
            Theme::Auto => self.t.frame.theme_auto.as_str(),
            Theme::Light => &self.t.frame.theme_light,
            Theme::Dark => &self.t.frame.theme_dark,
        };
        Theme::ALL.iter().map(|theme| (theme.id(), name(*theme), *theme == self.theme)).collect()
    }
}

/// Where a viewer can go: address, icon, name.
fn places(viewer: &Viewer, t: &'static Texts) -> Vec<(&'static str, &'static str, &'static str)> {
    let all = [
        (Right::Promises, "/today", "today", t.frame.today.as_str()),
        (Right::ReadConversations, "/contacts", "contacts", &t.frame.contacts),
        (Right::WriteConversations, "/calls", "phone", &t.calls.nav),
        (Right::WriteConversations, "/reply", "reply", &t.reply.title),
        (Right::Search, "/search", "search", &t.frame.search),
        (Right::Share, "/shared", "coach", &t.frame.shared),
        (Right::Share, "/practice", "voice", &t.practice.title),
        (Right::Import, "/import", "import", &t.import.title),
        (Right::ManagePeople, "/admin", "admin", &t.frame.admin),
        (Right::ReadSettings, "/privacy", "privacy", &t.frame.privacy),
    ];
    all.into_iter()
        .filter(|(right, ..)| viewer.may(*right))
        .map(|(_, path, icon, name)| (path, icon, name))
        .collect()
}

/// What a role is called.
pub(crate) fn role_name(t: &'static Texts, role: Role) -> &'static str {
    let t = &t.role;
    match role {
        Role::Agent => &t.agent,
        Role::Coach => &t.coach,
        Role::Manager => &t.manager,
        Role::ProductOwner => &t.product_owner,
        Role::PrivacyOfficer => &t.privacy_officer,
        Role::Administrator => &t.administrator,
    }
}

/// The page of a template.
pub(crate) fn shown(template: &impl Template) -> Result<Response, String> {
    template.render().map(|page| Html(page).into_response()).map_err(|error| error.to_string())
}
