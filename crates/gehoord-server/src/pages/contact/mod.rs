//! One contact: what was said, what was heard in it, and what this customer has been through.

mod acts;
mod beside;
mod call;
mod coaching;
mod course;
mod said;
mod sheet;
mod sum;

use std::collections::BTreeMap;
use std::ops::Range;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use gehoord_conversation::Safety;
use gehoord_store::{Person, PromiseRow, Request, Right, Role, TurnView, Viewer};
use serde::Deserialize;

use super::frame::Frame;
use super::handover;
use super::problem::{PageError, page as shown};
use super::reply::Reply;
use super::safety::{self, Card, Denial};
use super::texts::{Lang, fill};
use super::visit::Visit;
use super::when;
use crate::access::policy;
use crate::api::extract::{Asked, Id};
use crate::app::App;
use crate::not_so;

pub(crate) use acts::{confirm_promise, doubt, set_status, settle_promise, share, take};
use beside::{Passed, Promised, Signal, Verdict, Well};
pub(crate) use beside::{channel, short, signals};
use call::CallShown;
pub use call::{CallFacts, Cell, Mirror, Reader, Told};
use coaching::Question;
pub(crate) use coaching::answer as answer_share;
use course::Course;
use said::{Said, Saying};
pub use sheet::{Sheet, Sounded};

#[derive(Template)]
#[template(path = "contact.html")]
struct ContactPage {
    frame: Frame,
    /// Stands before every id in the page: there is one contact, so nothing.
    at: &'static str,
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
    /// The sheet, where it was asked for: it takes longer than all the rest of the page.
    handover: Option<Vec<(&'static str, String)>>,
    open: bool,
    /// The viewer helps this customer now.
    helps: bool,
    helper: Option<String>,
    may_write: bool,
    may_doubt: bool,
    may_settle: bool,
    /// Where the viewer may see what is behind the masks.
    unmasked: bool,
    /// What somebody asks the viewer, or asked a coach, about this contact.
    asked: Vec<Question>,
    /// The form that was sent empty: `answer` or `question`.
    refused: Option<String>,
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
    /// How it sounded, where it was recorded.
    call: Option<CallShown>,
    /// The table of its turns was asked for.
    call_table: bool,
    coaches: Vec<Person>,
    /// The turns that are on the page; a long conversation comes in pieces.
    window: Range<i64>,
    /// A turn before the window, and one behind it.
    earlier: Option<i64>,
    later: Option<i64>,
}

/// So many turns are on one page.
const WINDOW: i64 = 16;
/// So many signals, and so many promises, are listed.
const LISTED: usize = 8;

/// The turns (of so many) that are on the page: those around one that was asked for, else the last.
fn window(count: i64, asked: Option<i64>) -> Range<i64> {
    let last = (count - WINDOW).max(0);
    let first = asked.map_or(last, |turn| (turn - WINDOW / 3).clamp(0, last));
    first..(first + WINDOW).min(count)
}

/// The way to a turn, from a page with these turns.
fn way(window: &Range<i64>, position: i64) -> String {
    if window.contains(&position) {
        format!("#turn-{position}")
    } else {
        format!("?turn={position}#turn-{position}")
    }
}

/// The way to a turn of a contact, from any page.
pub(crate) fn way_to(id: &str, position: i64) -> String {
    format!("/contacts/{id}?turn={position}#turn-{position}")
}

impl ContactPage {
    /// The customer gave no sign that asked for more than an answer.
    fn nothing_signalled(&self) -> bool {
        self.signals.as_ref().is_none_or(Vec::is_empty)
    }

    /// The way to a turn.
    fn way(&self, position: &i64) -> String {
        way(&self.window, *position)
    }

    /// Whether this form was sent without a word in it.
    fn was_refused(&self, form: &str) -> bool {
        self.refused.as_deref() == Some(form)
    }

    fn capital(&self, text: &str) -> String {
        capital(text)
    }

    /// Whether agents may be told anything here that is their own.
    fn own(&self) -> bool {
        self.verdict.is_some()
    }
}

/// What of the contact to show.
#[derive(Deserialize)]
pub(crate) struct What {
    /// A turn of a long conversation.
    turn: Option<i64>,
    /// A finding to doubt: the form for it is shown.
    doubt: Option<String>,
    /// Whatever stands here: the sheet for whoever takes over is shown.
    handover: Option<String>,
    /// A turn of the voices of a call, for the table.
    from: Option<usize>,
    /// The form that was sent empty.
    refused: Option<String>,
}

/// Shows it.
pub(crate) async fn page(
    State(app): State<App>,
    visit: Visit<policy::ReadConversations>,
    Id(id): Id,
    Asked(asked): Asked<What>,
) -> Result<Response, PageError> {
    let mut request = app.store.request(&visit.door.viewer, "conversation.read").await?;
    let page = gather(&app, &mut request, visit, &id, asked).await?;
    request.finish().await?;
    shown(&page)
}

async fn gather(
    app: &App,
    request: &mut Request,
    visit: Visit<policy::ReadConversations>,
    id: &str,
    what: What,
) -> Result<ContactPage, PageError> {
    let (viewer, frame) = (visit.door.viewer, visit.frame);
    let (t, lang, now) = (frame.t, frame.lang, request.now());
    let view = request.conversation(id).await?;
    let contacts = request.journey(id).await?;
    let promises = request.promises(id).await?;
    let answer = request.customer_answer(id).await?;
    let may_doubt = viewer.may(Right::Feedback);
    let feedback = not_so::said(request, id).await?;
    let not_so = not_so::of_feedback(&view, &feedback);
    let people = if viewer.may(Right::ReadPeople) { request.people().await? } else { Vec::new() };
    // Who lays something before a coach may be of another team.
    let mut others: BTreeMap<String, String> = BTreeMap::new();
    let asked = coaching::questions(request, &viewer, id, &people, &mut others, t).await?;
    let name = |id: &str| match people.iter().find(|one| one.id == id) {
        Some(one) => Some(one.name.clone()),
        None => others.get(id).cloned(),
    };
    let originals: BTreeMap<String, String> =
        view.originals.iter().map(|o| (o.mask.clone(), o.text.clone())).collect();
    let around = Saying {
        at: "",
        lang,
        t,
        originals: &originals,
        feedback: &feedback,
        doubt: what.doubt.as_deref().filter(|_| may_doubt),
    };
    let count = view.turns.last().map_or(0, |turn| turn.position + 1);
    let window = window(count, what.turn);
    let on_page = view.turns.iter().filter(|turn| window.contains(&turn.position));
    let turns = turns(on_page, &around, now, &viewer, &name);
    // Where there may be danger, safety comes before what else could be taken up.
    let denial = |signal: Safety| match may_doubt {
        true => Denial::Contact { path: format!("/contacts/{id}"), signal: signal.id() },
        false => Denial::None,
    };
    let cards = safety::cards(&app.in_force, &view, &not_so, lang, now).into_iter();
    let cards: Vec<Card> =
        cards.map(|(signal, _, card)| Card { denial: denial(signal), ..card }).collect();
    let first_safety = !cards.is_empty();
    let signals = if first_safety { None } else { beside::signals(&view) };
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
    let handover = match what.handover.filter(|_| may_write) {
        Some(_) => Some(handover::sheet(app, &view, lang).await?),
        None => None,
    };
    let mut turns = with_signals(turns, signals.as_deref(), frame.t);
    let recording = request.recording(id).await?;
    let call = recording.map(|recording| {
        call::shown(&call::Shown {
            id,
            at: "",
            alone: false,
            own: recording.agent_id.is_some()
                && recording.agent_id.as_deref() == viewer.person_id(),
            recording: &recording,
            view: &view,
            window: &window,
            first: what.from,
            lang,
            now,
        })
    });
    if let Some(call) = &call {
        call.tell(&mut turns);
    }
    for question in &asked {
        let turn = turns.iter_mut().find(|turn| Some(turn.position) == question.turn);
        if let (Some(turn), Some(answer)) = (turn, &question.answer) {
            turn.coached.push(answer.clone());
        }
    }
    let page = ContactPage {
        at: "",
        id: id.to_owned(),
        icon: row.channel.clone(),
        channel: channel(t, &row.channel),
        customer: row.customer.as_deref().map(pseudonym),
        facts: facts(&contacts, &view, lang, now),
        cards,
        reply: (may_write && row.status == "open")
            .then(|| Reply::to_contact(app, lang, &viewer, id, first_safety)),
        open: row.status == "open",
        helps: row.assigned_to.is_some() && row.assigned_to.as_deref() == viewer.person_id(),
        helper: row.assigned_to.as_deref().and_then(&name),
        may_write,
        handover,
        may_doubt,
        may_settle: viewer.may(Right::Promises),
        unmasked: !originals.is_empty(),
        asked,
        refused: what.refused,
        verdict: beside::verdict(&view, Some(app.listener().rubric()), t),
        answer: answer.as_ref().map(|answer| beside::answered(answer, t)),
        well: well(&view, lang),
        promises: most_urgent(promises, LISTED)
            .iter()
            .map(|row| beside::promised(row, way(&window, row.position), lang, now))
            .collect(),
        passed: beside::passed(&contacts, id, lang, now),
        met,
        course: course::course(&view, t),
        coaches: people
            .iter()
            .filter(|one| may_share && one.role == Role::Coach && one.active)
            .cloned()
            .collect(),
        turns,
        call,
        call_table: what.from.is_some(),
        signals: signals.map(|signals| {
            let mut last = last_signals(signals, LISTED);
            beside::told_how(&mut last, &view, lang);
            last
        }),
        earlier: (window.start > 0).then(|| window.start - 1),
        later: (window.end < count).then_some(window.end),
        window,
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
        _ if view.row.repeat_contact != 0 => facts.push(beside::before(view, lang)),
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
fn turns<'t>(
    turns: impl Iterator<Item = &'t TurnView>,
    around: &Saying<'_>,
    now: i64,
    viewer: &Viewer,
    name: &impl Fn(&str) -> Option<String>,
) -> Vec<Said> {
    let t = around.t;
    let mut before = None;
    turns
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
            // Where nobody knows when it was said, there is but the time at which it came in.
            let date = turn.at.as_ref().map(|_| when::local(turn.said_at).date());
            let day = date.filter(|date| before != Some(*date));
            let day = day.map(|_| when::day(around.lang, turn.said_at, now));
            before = date.or(before);
            around.said(turn, speaker, day)
        })
        .collect()
}

/// The promises that are listed: those that are still open, by when they are due, then the others.
fn most_urgent(mut promises: Vec<PromiseRow>, listed: usize) -> Vec<PromiseRow> {
    if promises.len() > listed {
        promises.sort_by_key(|row| (!row.state.is_open(), row.due_at.unwrap_or(i64::MAX)));
        promises.truncate(listed);
    }
    promises
}

/// The signals that are listed: the last ones.
fn last_signals(mut signals: Vec<Signal>, listed: usize) -> Vec<Signal> {
    signals.drain(..signals.len().saturating_sub(listed));
    signals
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

#[cfg(test)]
mod tests {
    use super::{way, window};

    #[test]
    fn a_long_conversation_comes_in_pieces() {
        assert_eq!(window(5, None), 0..5);
        assert_eq!(window(100, None), 84..100);
        assert_eq!(window(100, Some(50)), 45..61);
        assert_eq!(window(100, Some(0)), 0..16);
        assert_eq!(window(100, Some(5_000)), 84..100);
        assert_eq!(window(0, Some(-3)), 0..0);
        assert_eq!(way(&(0..40), 3), "#turn-3");
        assert_eq!(way(&(0..40), 40), "?turn=40#turn-40");
    }
}
