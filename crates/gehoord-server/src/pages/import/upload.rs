//! Files as a browser sends them: piece by piece into the store, so that no file stands in memory
//! as a whole before it is looked at.

use std::time::Duration;

use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest, Multipart, Request, State};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use gehoord_store::Viewer;

use super::{Nothing, looked, text};
use crate::access::{Guarded, Word, policy};
use crate::app::App;
use crate::error::ApiError;
use crate::importing::SOUND_DAYS;
use crate::importing::look::{Choices, Reading, Told};
use crate::pages::problem::PageError;
use crate::pages::visit::{Posted, to};

/// All files of one import together may be so large; a larger one goes by `gehoord import`.
pub(super) const MOST: usize = 64 * 1024 * 1024;
/// So many files may be given at once.
pub(super) const FILES: usize = 20;
/// So much is read of what is too much, so that the browser hears why it was refused.
const PATIENCE: usize = 4 * MOST;
/// A piece is sealed and kept by itself.
const PIECE: usize = 512 * 1024;
/// A slow connection gets so long.
const LONGEST: Duration = Duration::from_secs(15 * 60);
/// A name of a file is kept up to so many characters.
const NAME: usize = 200;

/// Why files are not taken.
enum Refused {
    /// A word for the address, which the page puts into a sentence.
    Word(&'static str),
    Error(PageError),
}

impl<E: Into<PageError>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self::Error(error.into())
    }
}

/// Takes files.
pub(crate) async fn upload(
    State(app): State<App>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, PageError> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if !kind.is_some_and(|kind| kind.starts_with("multipart/form-data")) {
        Posted::<policy::Import, Nothing>::from_request(request, &app).await?;
        return Err(ApiError::Invalid("files come as multipart/form-data".to_owned()).into());
    }
    let form = Multipart::from_request(request, &app).await;
    let mut form = form.map_err(|error| ApiError::Invalid(error.body_text()))?;
    match tokio::time::timeout(LONGEST, take(&app, &headers, &mut form)).await {
        Ok(Ok(id)) => Ok(to(&format!("/import/{id}"))),
        Ok(Err(Refused::Word(word))) => Ok(to(&format!("/import?wrong={word}"))),
        Ok(Err(Refused::Error(error))) => Err(error),
        Err(_) => Ok(to("/import?wrong=slow")),
    }
}

/// The files of a form, kept; the id of their import.
async fn take(app: &App, headers: &HeaderMap, form: &mut Multipart) -> Result<String, Refused> {
    // The word against forgery comes first: nothing of a stranger is read.
    let word = match form.next_field().await {
        Ok(Some(field)) if field.name() == Some("csrf") => Some(short(field).await?),
        _ => None,
    };
    let door = Guarded::<policy::Import>::open(headers, Word::Given(word.as_deref()), app).await?;
    let viewer = door.viewer;
    let mut taken = Taken::new(app, &viewer);
    let result = taken.all(form).await;
    if result.is_err()
        && let Some(id) = &taken.id
    {
        let mut request = app.store.request(&viewer, "import.cancel").await?;
        request.stop_import(id).await?;
        request.finish().await?;
    }
    result
}

/// Files on their way in.
struct Taken<'t> {
    app: &'t App,
    viewer: &'t Viewer,
    id: Option<String>,
    choices: Choices,
    /// Name and size of each.
    files: Vec<(String, usize)>,
    bytes: usize,
}

impl<'t> Taken<'t> {
    fn new(app: &'t App, viewer: &'t Viewer) -> Self {
        let choices =
            Choices { source: "file".to_owned(), sound_days: SOUND_DAYS, ..Choices::default() };
        Self { app, viewer, id: None, choices, files: Vec::new(), bytes: 0 }
    }

    async fn all(&mut self, form: &mut Multipart) -> Result<String, Refused> {
        while let Some(field) = form.next_field().await.map_err(broken)? {
            let name = field.name().unwrap_or_default().to_owned();
            match name.as_str() {
                "team" => self.choices.team = short(field).await?,
                "files" => {
                    let file = plain(field.file_name().unwrap_or_default());
                    // A form without a file sends one that has no name.
                    if !file.is_empty() {
                        self.file(file, field).await?;
                    }
                }
                _ => {}
            }
        }
        let Some(id) = self.id.clone() else { return Err(Refused::Word("none")) };
        let mut request = self.app.store.request(self.viewer, "import.team").await?;
        let known = request.teams().await?.iter().any(|team| team.id == self.choices.team);
        request.keep().await?;
        if !known {
            return Err(Refused::Word("team"));
        }
        let mut told = Vec::with_capacity(self.files.len());
        for (name, size) in &self.files {
            let one = Told { name: name.clone(), reading: Reading::default(), look: None };
            told.push((i64::try_from(*size).unwrap_or(i64::MAX), text(&one)?));
        }
        let mut request = self.app.store.request(self.viewer, "import.complete").await?;
        request.complete_import(&id, &told).await?;
        request.keep().await?;
        let mut seen = Vec::with_capacity(self.files.len());
        for (position, (name, _)) in (0..).zip(&self.files) {
            let mut request = self.app.store.request(self.viewer, "import.bytes").await?;
            let bytes = request.import_bytes(&id, position).await?;
            request.keep().await?;
            let one = Told { name: name.clone(), reading: Reading::default(), look: None };
            let one = looked(self.app, bytes, one, &self.choices).await?;
            seen.push((position, text(&one)?));
        }
        let mut request = self.app.store.request(self.viewer, "import.upload").await?;
        request.choose_import(&id, &text(&self.choices)?, &seen).await?;
        request.finish().await?;
        Ok(id)
    }

    async fn file(&mut self, name: String, mut field: Field<'_>) -> Result<(), Refused> {
        if self.files.len() == FILES {
            return Err(Refused::Word("many"));
        }
        let id = match &self.id {
            Some(id) => id.clone(),
            None => {
                let mut request = self.app.store.request(self.viewer, "import.begin").await?;
                let id = request.begin_import(&text(&self.choices)?).await?;
                request.keep().await?;
                self.id.insert(id).clone()
            }
        };
        let position = i64::try_from(self.files.len()).unwrap_or(i64::MAX);
        let (mut piece, mut size, mut waiting) = (0, 0, Vec::with_capacity(PIECE));
        while let Some(chunk) = field.chunk().await.map_err(broken)? {
            size += chunk.len();
            self.bytes += chunk.len();
            if self.bytes > PATIENCE {
                return Err(Refused::Word("large"));
            }
            if self.bytes > MOST {
                continue;
            }
            waiting.extend_from_slice(&chunk);
            while waiting.len() >= PIECE {
                let rest = waiting.split_off(PIECE);
                self.keep(&id, position, piece, &waiting).await?;
                (piece, waiting) = (piece + 1, rest);
            }
        }
        if self.bytes > MOST {
            return Err(Refused::Word("large"));
        }
        if !waiting.is_empty() {
            self.keep(&id, position, piece, &waiting).await?;
        }
        self.files.push((name, size));
        Ok(())
    }

    async fn keep(&self, id: &str, file: i64, piece: i64, bytes: &[u8]) -> Result<(), PageError> {
        let mut request = self.app.store.request(self.viewer, "import.piece").await?;
        request.keep_piece(id, file, piece, bytes).await?;
        Ok(request.keep().await?)
    }
}

/// The text of a field that holds no more than an id.
async fn short(mut field: Field<'_>) -> Result<String, Refused> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(broken)? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > 1_000 {
            return Err(ApiError::Invalid("a field is too long".to_owned()).into());
        }
    }
    let text = String::from_utf8(bytes);
    Ok(text.map_err(|_| ApiError::Invalid("a field is no UTF-8".to_owned()))?)
}

/// A name as it is shown: its last part, on one line. It is never the name of a file here.
fn plain(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let one_line = |c: char| if c.is_control() { ' ' } else { c };
    last.chars().take(NAME).map(one_line).collect::<String>().trim().to_owned()
}

fn broken(error: MultipartError) -> Refused {
    ApiError::Invalid(error.body_text()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_shown_and_leads_nowhere() {
        assert_eq!(plain("../../etc/passwd"), "passwd");
        assert_eq!(plain("C:\\Users\\jan\\chat.txt"), "chat.txt");
        assert_eq!(plain("a\nb\0c.csv"), "a b c.csv");
        assert_eq!(plain(&"x".repeat(999)).len(), NAME);
    }
}
