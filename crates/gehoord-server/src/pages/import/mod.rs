//! Importeren: files are given, one sees what was recognised in them, says what was not, and has them
//! read in. Until that is asked for nothing of them is kept but the files themselves, sealed.

mod chosen;
mod shown;
mod upload;

use std::collections::BTreeMap;

use axum::extract::{Query, State};
use axum::response::Response;
use gehoord_store::{ImportFile, ImportState, StoreError};
use serde::Deserialize;

use super::problem::{PageError, page as shown_page};
use super::visit::{Posted, Visit, to};
use crate::access::policy;
use crate::api::compose::now;
use crate::api::extract::Id;
use crate::app::App;
use crate::aside::aside;
use crate::error::ApiError;
use crate::importing::look::{Choices, Told, look, words_of};
use crate::importing::work::Skipped;

use chosen::Chosen;
use shown::{Looked, Over, Start};

pub(crate) use upload::upload;

/// What went wrong with files that were given.
#[derive(Deserialize)]
pub(crate) struct Went {
    wrong: Option<String>,
}

/// Where one gives files, and what came of earlier ones.
pub(crate) async fn page(
    State(app): State<App>,
    visit: Visit<policy::Import>,
    Query(went): Query<Went>,
) -> Result<Response, PageError> {
    let mut request = app.store.request(&visit.door.viewer, "import.list").await?;
    let imports = request.imports().await?;
    let teams = request.teams().await?;
    request.finish().await?;
    let frame = visit.frame;
    let title = frame.t.import.title.clone();
    shown_page(&Start::new(frame.titled(&title), teams, imports, went.wrong.as_deref(), now_ms()))
}

/// What was recognised; or how far it is; or what came of it.
pub(crate) async fn one(
    State(app): State<App>,
    visit: Visit<policy::Import>,
    Id(id): Id,
) -> Result<Response, PageError> {
    let mut request = app.store.request(&visit.door.viewer, "import.read").await?;
    let (import, files) = request.import(&id).await?;
    let teams = request.teams().await?;
    let people = request.people().await?;
    let skipped = request.import_skipped(&id).await?;
    request.finish().await?;
    let frame = visit.frame;
    let title = frame.t.import.title.clone();
    let frame = frame.titled(&title);
    let files = told(&files)?;
    if import.state == ImportState::Looking {
        let choices = read(&import.choices)?;
        let writes = app.speech_to_text.model().is_some();
        let known = (teams, people.as_slice());
        return shown_page(&Looked::new(frame, &id, known, &choices, &files, writes));
    }
    let skipped: Result<Vec<Skipped>, _> = skipped.iter().map(|told| read(told)).collect();
    let names: Vec<&str> = files.iter().map(|(_, told)| told.name.as_str()).collect();
    shown_page(&Over::new(frame, &import, &names, skipped?, now_ms()))
}

/// What somebody says of the files; then it is looked at anew, or read in.
pub(crate) async fn choose(
    State(app): State<App>,
    Id(id): Id,
    posted: Posted<policy::Import, BTreeMap<String, String>>,
) -> Result<Response, PageError> {
    let viewer = posted.door.viewer;
    let mut request = app.store.request(&viewer, "import.look").await?;
    let (import, files) = request.known_import(&id).await?;
    let teams = request.teams().await?;
    let people = request.people().await?;
    request.keep().await?;
    let way = format!("/import/{id}");
    if import.state != ImportState::Looking {
        return Ok(to(&way));
    }
    let before: Choices = read(&import.choices)?;
    let files = told(&files)?;
    let chosen = Chosen::read(&posted.given, &before, &files, &people)?;
    if !teams.iter().any(|team| team.id == chosen.choices.team) {
        return Err(ApiError::Invalid("team: there is no such team".to_owned()).into());
    }
    // Only what is read in another way is read again.
    let rest = chosen.choices.channel != before.channel || chosen.choices.locale != before.locale;
    let mut anew = Vec::new();
    // A recording and its words are one conversation.
    let words = words_of(&files);
    let mut told_apart = Vec::with_capacity(files.len());
    for ((position, told), reading) in files.into_iter().zip(chosen.readings) {
        let mut told = told;
        if rest || told.reading != reading {
            told.reading = reading;
            let mut request = app.store.request(&viewer, "import.bytes").await?;
            let bytes = request.import_bytes(&id, position).await?;
            request.keep().await?;
            told = looked(&app, bytes, told, &chosen.choices).await?;
            anew.push((position, text(&told)?));
        }
        told_apart.push(told.look.as_ref().map_or(0, |look| look.conversations + look.wrong));
    }
    let total = sum_of(&told_apart, &words);
    let action = if chosen.start { "import.start" } else { "import.choose" };
    let mut request = app.store.request(&viewer, action).await?;
    request.choose_import(&id, &text(&chosen.choices)?, &anew).await?;
    if chosen.start {
        request.start_import(&id, total).await?;
    }
    request.finish().await?;
    Ok(to(&way))
}

/// Nothing is asked for but the word against forgery.
#[derive(Deserialize)]
pub(crate) struct Nothing {}

/// Cancels it: files that were not read in are gone; of what is under way the rest is.
pub(crate) async fn cancel(
    State(app): State<App>,
    Id(id): Id,
    posted: Posted<policy::Import, Nothing>,
) -> Result<Response, PageError> {
    let Nothing {} = posted.given;
    let mut request = app.store.request(&posted.door.viewer, "import.cancel").await?;
    let (import, _) = request.import(&id).await?;
    request.stop_import(&id).await?;
    request.finish().await?;
    let gone = import.state == ImportState::Looking;
    Ok(to(&if gone { "/import".to_owned() } else { format!("/import/{id}") }))
}

/// The same file with what is recognised in it when it is read so.
async fn looked(
    app: &App,
    bytes: Vec<u8>,
    told: Told,
    choices: &Choices,
) -> Result<Told, PageError> {
    let options = choices.options(&told.reading)?;
    // One at a time: a file takes several times its size while it is read.
    let _turn = app.looks.acquire().await.map_err(|error| ApiError::Internal(error.to_string()))?;
    let finder = std::sync::Arc::clone(&app.pseudonymiser);
    let bytes: std::sync::Arc<[u8]> = bytes.into();
    let work = move || {
        let seen = look(&bytes, &told.name, &options, &finder);
        Told { look: Some(seen), ..told }
    };
    Ok(aside(work).await?)
}

/// The sum of what is in each file, without those that have the words of a recording.
fn sum_of(counts: &[i64], words: &[Option<usize>]) -> i64 {
    let own = (0..).zip(counts).filter(|(at, _)| !words.contains(&Some(*at)));
    own.map(|(_, count)| count).sum()
}

/// Files with what is known of them.
fn told(files: &[ImportFile]) -> Result<Vec<(i64, Told)>, PageError> {
    files.iter().map(|file| Ok((file.position, read(&file.told)?))).collect()
}

fn read<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, PageError> {
    let damaged = |error: serde_json::Error| StoreError::Damaged(format!("an import: {error}"));
    Ok(serde_json::from_str(text).map_err(damaged)?)
}

fn text<T: serde::Serialize>(value: &T) -> Result<String, PageError> {
    Ok(serde_json::to_string(value).map_err(|error| ApiError::Internal(error.to_string()))?)
}

/// Milliseconds since 1970.
fn now_ms() -> i64 {
    now().timestamp().as_millisecond()
}
