//! What an agent laid before a coach about this contact, and what the coach answered. Nobody else
//! sees either.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::Response;
use gehoord_store::{CoachAnswer, Person, Request, Right, SharedMoment, Viewer};
use serde::Deserialize;

use super::acts::own_words;
use super::way_to;
use crate::access::policy;
use crate::api::extract::Id;
use crate::app::App;
use crate::pages::problem::PageError;
use crate::pages::texts::{Texts, fill};
use crate::pages::visit::{Posted, to};

/// One question.
pub(super) struct Question {
    share: String,
    /// Who asks whom, in words.
    pub(super) who: String,
    pub(super) question: String,
    /// The turn that it is about; none: all of it.
    pub(super) turn: Option<i64>,
    /// Who answered, in words, and what.
    pub(super) answer: Option<(String, String)>,
    /// The viewer is the one to answer.
    asks_viewer: bool,
}

impl Question {
    /// The share that the viewer has still to answer.
    pub(super) fn to_answer(&self) -> Option<&str> {
        (self.asks_viewer && self.answer.is_none()).then_some(self.share.as_str())
    }
}

/// What the viewer asked or is asked about a contact. Who asks may be of another team: their names
/// come into `others`.
pub(super) async fn questions(
    request: &mut Request,
    viewer: &Viewer,
    id: &str,
    people: &[Person],
    others: &mut BTreeMap<String, String>,
    t: &'static Texts,
) -> Result<Vec<Question>, PageError> {
    if !viewer.may(Right::Share) {
        return Ok(Vec::new());
    }
    let mut answers = request.coach_answers(id).await?;
    request.read_coach_answers(id).await?;
    let mine = |person: &str| viewer.person_id() == Some(person);
    let mut questions = Vec::new();
    for share in request.shares().await?.into_iter().filter(|one| one.conversation_id == id) {
        let SharedMoment { from_person, to_person, position: turn, question, .. } = share;
        let asks_viewer = !mine(&from_person);
        let other = if asks_viewer {
            let name = request.who_shared(&share.id).await?;
            others.insert(from_person, name.clone());
            name
        } else {
            let coach = people.iter().find(|one| one.id == to_person);
            coach.map_or_else(|| t.role.coach.clone(), |coach| coach.name.clone())
        };
        let text = if asks_viewer { &t.contact.asks_you } else { &t.contact.you_asked };
        let at = answers.iter().position(|answer| answer.share_id == share.id);
        let answer = at.map(|at| answered(answers.remove(at), asks_viewer, t));
        let who = fill(text, &[("name", &other)]);
        questions.push(Question { share: share.id, who, question, turn, answer, asks_viewer });
    }
    // What is over or was taken back was answered all the same.
    questions.extend(answers.into_iter().filter(|answer| mine(&answer.from_person)).map(
        |answer| Question {
            share: answer.share_id.clone(),
            who: fill(&t.contact.you_asked, &[("name", &answer.coach)]),
            question: answer.question.clone(),
            turn: answer.position,
            answer: Some(answered(answer, false, t)),
            asks_viewer: false,
        },
    ));
    Ok(questions)
}

fn answered(answer: CoachAnswer, own: bool, t: &Texts) -> (String, String) {
    let who = match own {
        true => t.contact.you_answered.clone(),
        false => fill(&t.contact.coach_answered, &[("name", &answer.coach)]),
    };
    (who, answer.text)
}

/// A coach's answer.
#[derive(Deserialize)]
pub(crate) struct Written {
    answer: String,
}

/// Keeps it.
pub(crate) async fn answer(
    State(app): State<App>,
    Id(share): Id,
    posted: Posted<policy::Share, Written>,
) -> Result<Response, PageError> {
    let mut request = app.store.request(&posted.door.viewer, "shares.answer").await?;
    let (contact, position) = request.asked_of_viewer(&share).await?;
    let Some(words) = own_words(&app, &mut request, &contact, Some(&posted.given.answer)).await?
    else {
        return Ok(to(&format!("/contacts/{contact}?refused=answer#asked")));
    };
    request.answer_share(&share, &words).await?;
    request.finish().await?;
    Ok(to(&match position {
        Some(position) => way_to(&contact, position),
        None => format!("/contacts/{contact}"),
    }))
}
