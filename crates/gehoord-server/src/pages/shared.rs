//! Voorgelegd: what agents laid before a coach, with their question.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use gehoord_store::{Role, SharedMoment};

use super::contact::way_to;
use super::frame::Frame;
use super::login::Nothing;
use super::problem::{PageError, page as shown};
use super::texts::fill;
use super::visit::{Posted, Visit, to};
use super::when;
use crate::access::policy;
use crate::api::extract::Id;
use crate::app::App;

/// One question.
struct Asked {
    id: String,
    path: String,
    /// Who asks, or who was asked.
    other: String,
    question: String,
    when: String,
    until: String,
    /// What the coach answered.
    answer: Option<String>,
}

#[derive(Template)]
#[template(path = "shared.html")]
struct Shared {
    frame: Frame,
    asked: Vec<Asked>,
    /// The viewer is the one who is asked.
    coach: bool,
}

/// Shows them.
pub(crate) async fn page(
    State(app): State<App>,
    visit: Visit<policy::Share>,
) -> Result<Response, PageError> {
    let (viewer, frame) = (visit.door.viewer, visit.frame);
    let coach = viewer.role() == Some(Role::Coach);
    let (t, lang) = (frame.t, frame.lang);
    let mut request = app.store.request(&viewer, "shares.list").await?;
    let shares = request.shares().await?;
    let people = request.people().await?;
    let mut names = Vec::with_capacity(shares.len());
    for share in &shares {
        let id = if coach { &share.from_person } else { &share.to_person };
        let known = people.iter().find(|person| person.id == *id);
        names.push(match known {
            Some(person) => person.name.clone(),
            None => request.who_shared(&share.id).await?,
        });
    }
    let answers = request.all_coach_answers(false).await?;
    let now = request.now();
    request.finish().await?;
    let one = |(share, other): (SharedMoment, String)| Asked {
        path: match share.position {
            Some(position) => way_to(&share.conversation_id, position),
            None => format!("/contacts/{}", share.conversation_id),
        },
        answer: answers.iter().find(|one| one.share_id == share.id).map(|one| one.text.clone()),
        id: share.id,
        other,
        question: share.question,
        when: when::moment(lang, share.shared_at, now),
        until: fill(&t.shared.until, &[("when", &when::day(lang, share.expires_at, now))]),
    };
    let title = t.frame.shared.clone();
    shown(&Shared {
        asked: shares.into_iter().zip(names).map(one).collect(),
        coach,
        frame: frame.titled(&title),
    })
}

/// Takes back what the viewer shared.
pub(crate) async fn revoke(
    State(app): State<App>,
    Id(id): Id,
    posted: Posted<policy::Share, Nothing>,
) -> Result<Response, PageError> {
    let mut request = app.store.request(&posted.door.viewer, "shares.revoke").await?;
    let conversation = request.revoke_share(&id).await?;
    request.finish().await?;
    app.live.doubt(&conversation);
    Ok(to("/shared"))
}
