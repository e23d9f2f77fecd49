//! Vandaag: who asks for somebody, what was promised, and one thing that went well.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use gehoord_store::{
    CoachAnswer, ConversationFilter, Person, Request, Right, Role, Status, TodayRow, Viewer, Whose,
    Why,
};
use serde::Deserialize;

use super::contact::{capital, short, signals, way_to, well};
use super::frame::Frame;
use super::lines::Line;
use super::problem::{PageError, page as shown};
use super::texts::{Lang, fill};
use super::visit::Visit;
use super::when;
use crate::access::policy;
use crate::api::extract::Asked;
use crate::app::App;

/// So many lines at most.
const LINES: i64 = 60;
/// So many of one's own contacts are looked at for signals and for what went well.
const LOOKED_AT: i64 = 8;
/// So much of an answer of a coach, in characters.
const ANSWER: usize = 110;
/// So many signals at most.
const SIGNALS: usize = 4;

/// Lines under one heading.
struct Group {
    heading: &'static str,
    lines: Vec<Line>,
}

/// Words of a customer that nobody took up yet, or of oneself that went well.
struct Words {
    path: String,
    words: String,
    about: String,
}

#[derive(Template)]
#[template(path = "today.html")]
struct Today {
    frame: Frame,
    date: String,
    /// One's own, or those of the team; none: there is nothing to choose.
    mine: Option<bool>,
    groups: Vec<Group>,
    /// What coaches answered and the agent did not read yet.
    coached: Vec<Words>,
    /// None: findings about agents are not for this viewer.
    own: Option<(Vec<Words>, Option<Words>)>,
}

/// Whose.
#[derive(Deserialize)]
pub(crate) struct Which {
    whose: Option<String>,
}

/// Shows it.
pub(crate) async fn page(
    State(app): State<App>,
    visit: Visit<policy::Promises>,
    Asked(which): Asked<Which>,
) -> Result<Response, PageError> {
    let viewer = visit.door.viewer;
    let frame = visit.frame;
    let agent = viewer.role() == Some(Role::Agent);
    let mine = agent && which.whose.as_deref() != Some("team");
    let mut request = app.store.request(&viewer, "today.read").await?;
    let whose = if mine { Whose::Mine } else { Whose::Team };
    let rows = request.today(whose, LINES).await?;
    let people = match !mine && viewer.may(Right::ReadPeople) {
        true => request.people().await?,
        false => Vec::new(),
    };
    let own = if agent { Some(own(&mut request, frame.lang).await?) } else { None };
    let answers = if agent { request.all_coach_answers(true).await? } else { Vec::new() };
    let now = request.now();
    request.finish().await?;
    let title = frame.t.frame.today.clone();
    shown(&Today {
        date: capital(&when::weekday_and_day(frame.lang, now)),
        mine: agent.then_some(mine),
        groups: groups(&rows, (!mine).then_some((&people, &viewer)), frame.lang, now),
        coached: answers.into_iter().map(|answer| coached(&answer, frame.lang)).collect(),
        own,
        frame: frame.titled(&title),
    })
}

fn coached(answer: &CoachAnswer, lang: Lang) -> Words {
    Words {
        path: match answer.position {
            Some(position) => way_to(&answer.conversation_id, position),
            None => format!("/contacts/{}#asked", answer.conversation_id),
        },
        words: short(&answer.text, ANSWER),
        about: fill(&lang.texts().contact.coach_answered, &[("name", &answer.coach)]),
    }
}

/// `of_all`: who helps whom is told too, where the rows are not all of the viewer.
fn groups(
    rows: &[TodayRow],
    of_all: Option<(&Vec<Person>, &Viewer)>,
    lang: Lang,
    now: i64,
) -> Vec<Group> {
    let t = &lang.texts().today;
    let of = |why: Why, heading: &'static str| Group {
        heading,
        lines: rows
            .iter()
            .filter(|one| one.why == why)
            .map(|one| {
                let mut line = Line::new(&one.row, Some(one.contact), lang, now);
                // What the heading says already.
                line.facts.retain(|(fact, _)| fact != heading);
                match of_all {
                    Some((people, viewer)) => line.with_helper(&one.row, people, viewer, lang),
                    None => line,
                }
            })
            .collect(),
    };
    let all = [of(Why::Danger, &t.danger), of(Why::Promise, &t.promises), of(Why::Waits, &t.waits)];
    all.into_iter().filter(|group| !group.lines.is_empty()).collect()
}

/// What is the agent's own: signals that they can still take up, and one thing that went well.
async fn own(request: &mut Request, lang: Lang) -> Result<(Vec<Words>, Option<Words>), PageError> {
    let t = lang.texts();
    let mut open = Vec::new();
    let mut went_well = None;
    for status in [Some(Status::Open), Some(Status::Closed)] {
        let filter =
            ConversationFilter { mine: true, status, limit: LOOKED_AT, ..Default::default() };
        for row in request.conversations(&filter).await?.rows {
            let view = request.conversation(&row.id).await?;
            let about = Line::new(&row, None, lang, request.now()).title;
            if status == Some(Status::Open) {
                if row.danger != 0 {
                    // Safety comes before what else could be taken up.
                    continue;
                }
                for signal in signals(&view).unwrap_or_default() {
                    if signal.met != Some(true) && open.len() < SIGNALS {
                        let path = way_to(&row.id, signal.position);
                        open.push(Words { path, words: signal.words, about: about.clone() });
                    }
                }
            } else if let Some(one) = well(&view, lang).into_iter().next() {
                let path = way_to(&row.id, one.position);
                let about = fill(&t.today.well_about, &[("what", &one.name), ("where", &about)]);
                went_well = Some(Words { path, words: one.words, about: capital(&about) });
                break;
            }
        }
    }
    Ok((open, went_well))
}
