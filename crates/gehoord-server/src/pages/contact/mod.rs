//! One contact: what was said, what was heard in it, and what this customer has been through.

mod acts;
mod beside;
mod course;
mod said;

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use gehoord_store::{Person, Request, Right, Role, TurnView, Viewer};

use super::frame::Frame;
use super::handover;
use super::problem::{PageError, page as shown};
use super::reply::Reply;
use super::safety::{self, Card};
use super::texts::{Lang, fill};
use super::visit::Visit;
use super::when;
use crate::access::policy;
use crate::api::extract::Id;
use crate::app::App;

pub(crate) use acts::{confirm_promise, doubt, set_status, settle_promise, share, take};
use beside::{Passed, Promised, Signal, Verdict, Well};
pub(crate) use beside::{channel, short, signals};
use course::Course;
use said::{Around, Said};

#[derive(Template)]
#[template(path = "contact.html")]
struct ContactPage {
    frame: Frame,
    id: String,
    subject: String,
    icon: String,
    channel: &'static str,
    customer: Option<String>,
    /// What happened, in short: "3e contact", "wacht 6 dagen".
    facts: Vec<String>,
    /// What to do first, where something was heard that may be dangerous.
    cards: Vec<Card>,
    /// A field to write a reply in, for who may.
    reply: Option<Reply>,
    /// The lines for whoever takes it over; none for who does not hand over.
    handover: Vec<(&'static str, String)>,
    open: bool,
    /// The viewer helps this customer now.
    helps: bool,
    helper: Option<String>,
    may_write: bool,
    may_doubt: bool,
    may_settle: bool,
    /// Where the viewer may see what is behind the masks.
    unmasked: bool,
    /// What somebody asks the viewer, or asked a coach, about this contact: who, and what.
    asked: Vec<(String, String)>,
    turns: Vec<Said>,
    /// None: the viewer may not see how the agents did.
    verdict: Option<Verdict>,
    answer: Option<(&'static str, Option<String>)>,
    well: Vec<Well>,
    promises: Vec<Promised>,
    passed: Vec<Passed>,
    signals: Option<Vec<Signal>>,
    /// So many of the signals were taken up, in words.
    met: String,
    course: Option<Course>,
    coaches: Vec<Person>,
}

impl ContactPage {
    /// Whether agents may be told anything here that is their own.
    fn own(&self) -> bool {
        self.verdict.is_some()
    }
}

/// Shows it.
pub(crate) async fn page(
    State(app): State<App>,
    visit: Visit<policy::ReadConversations>,
    Id(id): Id,
) -> Result<Response, PageError> {
    let mut request = app.store.request(&visit.door.viewer, "conversation.read").await?;
    let page = gather(&app, &mut request, visit, &id).await?;
    request.finish().await?;
    shown(&page)
}

async fn gather(
    app: &App,
    request: &mut Request,
    visit: Visit<policy::ReadConversations>,
    id: &str,
) -> Result<ContactPage, PageError> {
    let (viewer, frame) = (visit.door.viewer, visit.frame);
    let (t, lang, now) = (frame.t, frame.lang, request.now());
    let view = request.conversation(id).await?;
    let contacts = request.journey(id).await?;
    let promises = request.promises(id).await?;
    let answer = request.customer_answer(id).await?;
    let may_doubt = viewer.may(Right::Feedback);
    let feedback = if may_doubt { request.feedback(id).await? } else { Vec::new() };
    let people = if viewer.may(Right::ReadPeople) { request.people().await? } else { Vec::new() };
    let name = |id: &str| people.iter().find(|one| one.id == id).map(|one| one.name.clone());
    let mut asked = Vec::new();
    if viewer.may(Right::Share) {
        for share in request.shares().await?.into_iter().filter(|s| s.conversation_id == id) {
            let mine = viewer.person_id() == Some(share.from_person.as_str());
            let other = if mine { &share.to_person } else { &share.from_person };
            let other = name(other).unwrap_or_else(|| t.role.agent.clone());
            let text = if mine { &t.contact.you_asked } else { &t.contact.asks_you };
            asked.push((fill(text, &[("name", &other)]), share.question));
        }
    }
    let originals: BTreeMap<String, String> =
        view.originals.iter().map(|o| (o.mask.clone(), o.text.clone())).collect();
    let around = Around { lang, t, originals: &originals, feedback: &feedback };
    let turns = turns(&view.turns, &around, now, &viewer, &name);
    let signals = beside::signals(&view);
    let row = &view.row;
    let subject = match &row.subject {
        Some(subject) => subject.clone(),
        None => fill(
            &t.contact.untitled,
            &[
                ("channel", &channel(t, &row.channel)),
                ("when", &when::day(lang, row.started_at, now)),
            ],
        ),
    };
    let met = signals.as_ref().map_or_else(String::new, |signals| {
        let met = signals.iter().filter(|signal| signal.met == Some(true)).count();
        fill(&t.contact.met_of, &[("met", &met), ("all", &signals.len())])
    });
    let own_turns = view.turns.iter().any(|turn| {
        turn.person_id.as_deref().is_some_and(|person| viewer.person_id() == Some(person))
    });
    let may_share = viewer.role() == Some(Role::Agent) && own_turns;
    let may_write = viewer.may(Right::WriteConversations);
    let handover = if may_write { handover::sheet(app, &view, lang).await? } else { Vec::new() };
    let cards = safety::cards(&view, lang, now);
    let first_safety = !cards.is_empty();
    let page = ContactPage {
        id: id.to_owned(),
        icon: row.channel.clone(),
        channel: channel(t, &row.channel),
        customer: row.customer.as_deref().map(pseudonym),
        facts: facts(&contacts, &view, lang, now),
        cards,
        reply: (may_write && row.status == "open")
            .then(|| Reply::to_contact(lang, &viewer, id, first_safety)),
        open: row.status == "open",
        helps: row.assigned_to.is_some() && row.assigned_to.as_deref() == viewer.person_id(),
        helper: row.assigned_to.as_deref().and_then(&name),
        may_write,
        handover,
        may_doubt,
        may_settle: viewer.may(Right::Promises),
        unmasked: !originals.is_empty(),
        asked,
        verdict: beside::verdict(&view, t),
        answer: answer.as_ref().map(|answer| beside::answered(answer, t)),
        well: well(&view, lang),
        promises: promises.iter().map(|row| beside::promised(row, lang, now)).collect(),
        passed: beside::passed(&contacts, id, lang, now),
        met,
        course: course::course(&view, t),
        coaches: people
            .iter()
            .filter(|one| may_share && one.role == Role::Coach && one.active)
            .cloned()
            .collect(),
        turns: with_signals(turns, signals.as_deref(), frame.t),
        signals,
        frame: frame.titled(&subject),
        subject,
    };
    Ok(page)
}

/// The end of a pseudonym tells one customer from another well enough for people.
fn pseudonym(whole: &str) -> String {
    let letters: Vec<char> = whole.chars().collect();
    letters[letters.len().saturating_sub(6)..].iter().collect()
}

fn facts(
    contacts: &[gehoord_store::Contact],
    view: &gehoord_store::ConversationView,
    lang: Lang,
    now: i64,
) -> Vec<String> {
    let t = &lang.texts().contact;
    let mut facts = Vec::new();
    let nth = (1_i64..).zip(contacts).find(|(_, contact)| contact.row.id == view.row.id);
    match nth {
        Some((nth, _)) if nth > 1 => {
            facts.push(fill(&t.nth, &[("nth", &when::ordinal(lang, nth))]));
        }
        _ if view.row.repeat_contact != 0 => facts.push(t.before.clone()),
        _ => {}
    }
    match view.row.waiting_since {
        Some(since) if view.row.status == "open" => {
            facts.push(fill(&t.waits, &[("span", &when::span(lang, now - since))]));
        }
        _ => facts.push(when::moment(lang, view.row.last_at, now)),
    }
    facts
}

/// The turns, with the day named where it changes.
fn turns(
    turns: &[TurnView],
    around: &Around<'_>,
    now: i64,
    viewer: &Viewer,
    name: &impl Fn(&str) -> Option<String>,
) -> Vec<Said> {
    let t = around.t;
    let mut before = None;
    turns
        .iter()
        .map(|turn| {
            let own = turn.person_id.is_some() && turn.person_id.as_deref() == viewer.person_id();
            let speaker = match turn.party.as_str() {
                "customer" => t.contact.customer.clone(),
                "bot" => t.contact.bot.clone(),
                _ if own => t.contact.you.clone(),
                party => turn.person_id.as_deref().and_then(name).unwrap_or_else(|| {
                    let party = if party == "agent" { &t.role.agent } else { &t.contact.colleague };
                    capital(party)
                }),
            };
            let date = when::local(turn.said_at).date();
            let day = (before != Some(date)).then(|| when::day(around.lang, turn.said_at, now));
            before = Some(date);
            around.said(turn, speaker, day)
        })
        .collect()
}

/// Each signal at its turn.
fn with_signals(
    mut turns: Vec<Said>,
    signals: Option<&[Signal]>,
    t: &super::texts::Texts,
) -> Vec<Said> {
    for signal in signals.into_iter().flatten() {
        let Some(turn) = turns.iter_mut().find(|turn| turn.position == signal.position) else {
            continue;
        };
        let words = match (signal.met, signal.answered_by) {
            (Some(true), Some(by)) => fill(&t.contact.signal_met, &[("turn", &(by + 1))]),
            (Some(true), None) => t.contact.signal_met_here.clone(),
            (Some(false), _) => t.contact.signal_missed.clone(),
            (None, _) => t.contact.signal_open.clone(),
        };
        turn.signal = Some((signal.met == Some(true), words));
    }
    turns
}

/// What went well in a conversation, as far as the viewer may see it.
pub(crate) fn well(view: &gehoord_store::ConversationView, lang: Lang) -> Vec<Well> {
    beside::well(view, |label| said::name(lang, label))
}

/// With a capital.
pub(crate) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
