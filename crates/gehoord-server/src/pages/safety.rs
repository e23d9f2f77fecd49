//! Safety before the conversation: the organisation's protocol, and care for the agent afterwards.
//! Nothing of that care is kept, and nobody else gets to see it.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use gehoord_coaching::protocol::Protocols;
use gehoord_conversation::{Language, Locale, Safety};
use gehoord_store::{ConversationView, Viewer};

use super::contact::{channel, short};
use super::frame::Frame;
use super::problem::{PageError, page as shown};
use super::texts::{Lang, fill};
use super::visit::{Visit, to};
use super::when;
use crate::access::policy;
use crate::api::extract::Id;
use crate::app::App;
use crate::in_force::InForce;
use crate::not_so::{self, NotSo};

/// The longest quote in a report, in characters.
const QUOTE: usize = 300;

/// What to do on one signal.
#[derive(Default)]
pub(crate) struct Card {
    pub(crate) title: String,
    pub(crate) steps: Vec<String>,
    /// Who looked at it, in words.
    pub(crate) checked: String,
    /// What to send to a colleague; no name in it. `{title}` is still to be filled where it is empty.
    pub(crate) line: String,
    /// The address of the contact, as it stands in `line`.
    pub(crate) path: String,
    /// The signal with its last turn, as [`NotSo`] reads it.
    pub(crate) id: String,
    /// How the viewer says that it is not so.
    pub(crate) denial: Denial,
}

/// How somebody says that a card is not so.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum Denial {
    /// Not here, or not they.
    #[default]
    None,
    /// For the reply that they write: a button of its form.
    Reply,
    /// Of the contact: a form of its own, which sends the signal.
    Contact { path: String, signal: &'static str },
}

impl Card {
    /// The card of a signal, of the contact at `path` or what else is to be said of where.
    pub(crate) fn new(
        lang: Lang,
        protocols: &Protocols,
        signal: Safety,
        place: &str,
        now: i64,
    ) -> Self {
        let protocol = protocols.on(signal);
        let language = language(lang);
        let title = protocol.title.of(language).to_owned();
        let t = &lang.texts().safety;
        Self {
            steps: protocol.steps.iter().map(|step| step.of(language).to_owned()).collect(),
            checked: checked(lang, protocols, now),
            line: fill(&t.along_line, &[("title", &title), ("where", &place)])
                .trim_end()
                .to_owned(),
            path: place.to_owned(),
            title,
            id: String::new(),
            denial: Denial::None,
        }
    }

    /// A card to be filled in the browser.
    pub(crate) fn blank(lang: Lang, place: &str) -> Self {
        let line = fill(&lang.texts().safety.along_line, &[("where", &place)]);
        let line = line.trim_end().to_owned();
        Self { line, path: place.to_owned(), denial: Denial::Reply, ..Self::default() }
    }

    pub(crate) fn denied_in_reply(&self) -> bool {
        self.denial == Denial::Reply
    }

    /// Where it is sent that it is not so, and of which signal.
    pub(crate) fn denied_at(&self) -> Option<(&str, &'static str)> {
        match &self.denial {
            Denial::Contact { path, signal } => Some((path, signal)),
            _ => None,
        }
    }

    /// The same beside a reply, of what was said until this turn.
    pub(crate) fn beside_reply(self, signal: Safety, turn: usize) -> Self {
        Self { id: NotSo::id(signal, turn), denial: Denial::Reply, ..self }
    }
}

/// Who looked at protocols and when, in words.
pub(crate) fn checked(lang: Lang, protocols: &Protocols, now: i64) -> String {
    let t = &lang.texts().safety;
    let day = protocols.checked().and_then(|day| when::midnight(&day.to_string(), 0));
    let Some(day) = day else { return t.unchecked.clone() };
    let who = protocols.checked_by().map(|who| format!("({who})")).unwrap_or_default();
    let words = fill(&t.checked, &[("when", &when::day(lang, day, now)), ("who", &who)]);
    words.trim_end().to_owned()
}

/// A language of the pages as the engine knows it.
pub(crate) const fn language(lang: Lang) -> Language {
    match lang {
        Lang::Nl => Language::Nl,
        Lang::En => Language::En,
    }
}

/// The cards for what was heard in a contact, each with its signal and its last turn; none where it
/// is over, or safe, or what was heard is not so.
pub(crate) fn cards(
    in_force: &InForce,
    view: &ConversationView,
    not_so: &[NotSo],
    lang: Lang,
    now: i64,
) -> Vec<(Safety, usize, Card)> {
    if view.row.danger == 0 || view.row.status != "open" {
        return Vec::new();
    }
    let heard = heard(view, not_so);
    let others = heard.keys().any(|signal| *signal != Safety::Abuse);
    let locale: Option<Locale> = view.row.locale.as_ref().and_then(|locale| locale.parse().ok());
    let country = locale.as_ref().and_then(Locale::country).unwrap_or("NL");
    let protocols = in_force.protocols(country);
    let path = format!("/contacts/{}", view.row.id);
    heard
        .iter()
        // Swearing once is no danger beside something that is.
        .filter(|(signal, turns)| **signal != Safety::Abuse || !others || turns.len() > 1)
        .map(|(signal, turns)| {
            let card = Card::new(lang, &protocols, *signal, &path, now);
            (*signal, turns.iter().copied().max().unwrap_or_default(), card)
        })
        .collect()
}

/// What was heard in the customer's words, and in which turns of the view.
fn heard(view: &ConversationView, not_so: &[NotSo]) -> BTreeMap<Safety, Vec<usize>> {
    let mut heard: BTreeMap<Safety, Vec<usize>> = BTreeMap::new();
    for one in not_so::signals(view, not_so) {
        let turns = heard.entry(one.signal).or_default();
        if turns.last() != Some(&one.turn) {
            turns.push(one.turn);
        }
    }
    heard
}

/// Whether the contact that this viewer helped was a hard one.
pub(crate) fn was_hard(view: &ConversationView, viewer: &Viewer, not_so: &[NotSo]) -> bool {
    let helped = view.row.assigned_to.as_deref();
    helped.is_some() && helped == viewer.person_id() && !heard(view, not_so).is_empty()
}

#[derive(Template)]
#[template(path = "after.html")]
struct After {
    frame: Frame,
    path: String,
    report: String,
}

/// "Dat was een zwaar gesprek": for the agent who helped, as they close it.
pub(crate) async fn after(
    State(app): State<App>,
    visit: Visit<policy::WriteConversations>,
    Id(id): Id,
) -> Result<Response, PageError> {
    let (viewer, frame) = (visit.door.viewer, visit.frame);
    let mut request = app.store.request(&viewer, "conversation.read").await?;
    let view = request.conversation(&id).await?;
    let said = not_so::said(&mut request, &id).await?;
    let not_so = not_so::of_feedback(&view, &said);
    let now = request.now();
    request.finish().await?;
    let path = format!("/contacts/{id}");
    if view.row.status == "open" || !was_hard(&view, &viewer, &not_so) {
        return Ok(to(&path));
    }
    let t = &frame.t.safety;
    let turns: BTreeSet<usize> = heard(&view, &not_so).into_values().flatten().collect();
    let words = turns.iter().map(|turn| short(&view.turns[*turn].text, QUOTE));
    let words: Vec<String> = words.map(|words| format!("“{words}”")).collect();
    let report = fill(
        &t.report_text,
        &[
            ("when", &when::moment(frame.lang, view.row.last_at, now)),
            ("channel", &channel(frame.t, &view.row.channel)),
            ("path", &path),
            ("words", &words.join("\n")),
        ],
    );
    let frame = frame.titled(&t.hard);
    shown(&After { frame, path, report })
}
