//! Reading files in, in the background. How far it came is written together with what was kept, so
//! whoever takes the work over goes on behind it.

use std::collections::HashSet;
use std::io::Cursor;
use std::sync::Arc;
use std::time::{Duration, Instant};

use gehoord_conversation::{Channel, Conversation};
use gehoord_ingest::{Item, Options, read};
use gehoord_speech::audio::{AudioReader, kind_of};
use gehoord_speech::recording::hear;
use gehoord_store::{ImportCount, Job, Request, Status, Store, StoreError, Viewer, Written};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use super::look::{Choices, NO_SOUND, NOTHING_SAID, Reading, Told, plain_name, said, words_of};
use super::{
    Importer, MANY, Origin, Ready, Recorded, TOGETHER, fingerprint, name_recording, tell_apart,
};
use crate::api::conversations::check;
use crate::app::App;
use crate::aside::aside;
use crate::error::ApiError;
use crate::telemetry;

/// Codes of a recording whose file of words has several conversations, or those of another call.
const SEVERAL: &str = "several";
const OTHER_CALL: &str = "other_call";
/// Kind of the job.
const KIND: &str = "import";
/// How often one looks for work.
const PAUSE: Duration = Duration::from_secs(1);
/// How often old files are let go.
const HOUR: Duration = Duration::from_secs(60 * 60);
/// So much text is heard in one go, in bytes: a sign of life must come within a minute.
const AT_ONCE: usize = 2 * 1024 * 1024;

/// Why something was skipped, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Skipped {
    /// Place of the file among the files.
    pub(crate) file: i64,
    pub(crate) line: usize,
    /// A code of [`Problem`](gehoord_ingest::Problem), `twice` or `refused`.
    pub(crate) code: String,
    pub(crate) message: String,
}

/// How far it came: the file, and so many items of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Place {
    file: i64,
    items: usize,
}

impl Place {
    fn of(text: Option<&str>) -> Self {
        let parts = text.and_then(|text| text.split_once(':'));
        let place = parts.and_then(|(file, items)| {
            Some(Self { file: file.parse().ok()?, items: items.parse().ok()? })
        });
        place.unwrap_or_default()
    }

    fn text(self) -> String {
        format!("{}:{}", self.file, self.items)
    }
}

/// Reads files in until the server stops.
pub(crate) async fn work(app: App, holder: String, mut ended: watch::Receiver<bool>) {
    let mut swept: Option<Instant> = None;
    loop {
        if swept.is_none_or(|at| at.elapsed() >= HOUR) {
            swept = Some(Instant::now());
            if let Err(error) = let_go(&app).await {
                telemetry::job_failed(KIND, &error.to_string());
            }
        }
        if let Err(error) = one(&app, &holder, &ended).await {
            telemetry::job_failed(KIND, &error.to_string());
        }
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            _ = ended.wait_for(|ended| *ended) => return,
        }
    }
}

/// Files that nobody read in, and what came of imports long ago.
async fn let_go(app: &App) -> Result<(), StoreError> {
    loop {
        let mut request = app.store.request(&Viewer::machine(), "import.forget").await?;
        if request.forget_old_imports().await? == 0 {
            return Ok(());
        }
        request.finish().await?;
    }
}

/// One import, if one waits.
async fn one(app: &App, holder: &str, ended: &watch::Receiver<bool>) -> Result<(), StoreError> {
    let mut request = app.store.request(&Viewer::machine(), "jobs.take").await?;
    let Some(job) = request.take_job(KIND, holder).await? else { return Ok(()) };
    request.finish().await?;
    let why = match read_in(app, &job, holder, ended).await {
        // Done; stopped on the way; or cancelled, or taken over, meanwhile.
        Ok(()) | Err(Trouble::Ended | Trouble::Store(StoreError::Conflict(_))) => return Ok(()),
        Err(Trouble::Forbidden) => "forbidden",
        Err(Trouble::Store(StoreError::NotFound(_))) => "gone",
        Err(Trouble::Store(error)) => {
            telemetry::job_failed(KIND, &error.to_string());
            "failed"
        }
        Err(Trouble::Api(error)) => {
            telemetry::job_failed(KIND, &format!("{error:?}"));
            "failed"
        }
    };
    let mut request = app.store.request(&Viewer::machine(), "import.end").await?;
    request.end_job(&job.id, holder, Some(why)).await?;
    request.end_import(&job.input, &[]).await?;
    request.finish().await
}

/// Why it did not come to its end.
enum Trouble {
    /// The server stops.
    Ended,
    /// Who gave the files may not any more.
    Forbidden,
    Store(StoreError),
    Api(ApiError),
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<ApiError> for Trouble {
    fn from(error: ApiError) -> Self {
        Self::Api(error)
    }
}

type Items = Box<dyn Iterator<Item = Item> + Send>;
/// Line, conversation, and its recording.
type Given = (usize, Conversation, Option<Recorded>);

/// An import under way.
struct Way<'w> {
    app: &'w App,
    job: &'w Job,
    holder: &'w str,
    viewer: Viewer,
    importer: Arc<Importer>,
    /// Names of conversations that this import holds already.
    seen: HashSet<String>,
    done: i64,
}

async fn read_in(
    app: &App,
    job: &Job,
    holder: &str,
    ended: &watch::Receiver<bool>,
) -> Result<(), Trouble> {
    let mut request = app.store.request(&Viewer::machine(), "import.begin").await?;
    let viewer = request.import_giver(&job.input).await?.ok_or(Trouble::Forbidden)?;
    let (import, files) = request.import(&job.input).await?;
    request.finish().await?;
    let damaged = |error: serde_json::Error| StoreError::Damaged(format!("an import: {error}"));
    let choices: Choices = serde_json::from_str(&import.choices).map_err(damaged)?;
    let importer = Arc::new(Importer {
        listener: app.listener(),
        finder: Arc::clone(&app.pseudonymiser),
        source: choices.source.clone(),
        team: Some(choices.team.clone()).filter(|team| !team.is_empty()),
        agent: None,
        status: if choices.open { Status::Open } else { Status::Closed },
    });
    let place = Place::of(job.place.as_deref());
    let mut way = Way { app, job, holder, viewer, importer, seen: HashSet::new(), done: job.done };
    let mut over = Vec::with_capacity(files.len());
    let mut told = Vec::with_capacity(files.len());
    for file in &files {
        told.push((file.position, serde_json::from_str::<Told>(&file.told).map_err(damaged)?));
    }
    let words = words_of(&told);
    for (at, (position, told_of)) in told.iter().enumerate() {
        let options = choices.options(&told_of.reading)?;
        // Of what was read in already only the names are needed.
        let skip = match position.cmp(&place.file) {
            std::cmp::Ordering::Less => usize::MAX,
            std::cmp::Ordering::Equal => place.items,
            std::cmp::Ordering::Greater => 0,
        };
        let named = Told { name: told_of.name.clone(), reading: Reading::default(), look: None };
        over.push((*position, serde_json::to_string(&named).map_err(damaged)?));
        if words.contains(&Some(at)) {
            continue;
        }
        let bytes = way.bytes(*position).await?;
        let plain = plain_name(&told_of.name);
        if told_of.is_recording() {
            let given = match words[at].and_then(|words| told.get(words)) {
                Some((position, told)) => {
                    let options = choices.options(&told.reading)?;
                    Some((way.bytes(*position).await?, plain_name(&told.name), options))
                }
                None => None,
            };
            let recording = GivenRecording {
                file: *position,
                bytes: bytes.into(),
                plain,
                words: given,
                agent: choices.agent_channel.and_then(|channel| channel.checked_sub(1)),
                days: choices.sound_days,
            };
            if ended_now(ended) {
                return Err(Trouble::Ended);
            }
            way.importer = Arc::new(way.importer.of_agent(told_of.reading.agent.as_deref()));
            way.recording(recording, skip > 0).await?;
            continue;
        }
        way.importer = Arc::new(way.importer.of_agent(None));
        let items: Items = Box::new(read(Cursor::new(bytes), &plain, &options));
        way.file(items, (*position, told_of.name.as_str(), plain), skip, ended).await?;
    }
    let mut request = app.store.request(&Viewer::machine(), "import.end").await?;
    request.end_import(&job.input, &over).await?;
    request.end_job(&job.id, holder, None).await?;
    request.finish().await?;
    if way.done >= MANY {
        app.store.count_up().await?;
    }
    Ok(())
}

/// Whether the server stops.
fn ended_now(ended: &watch::Receiver<bool>) -> bool {
    *ended.borrow()
}

/// A recording of an import, with the file of its words: bytes, plain name, and how they are read.
struct GivenRecording {
    file: i64,
    bytes: Arc<[u8]>,
    plain: String,
    words: Option<(Vec<u8>, String, Options)>,
    agent: Option<usize>,
    days: i64,
}

/// A recording that cannot be kept: where and why.
struct Unheard {
    line: usize,
    code: &'static str,
    message: String,
}

impl GivenRecording {
    /// The conversation, and how it sounded.
    fn heard(self, store: &Store) -> Result<(Conversation, Recorded), Unheard> {
        let unheard = |line, code, message| Unheard { line, code, message };
        let no_sound = |error: &dyn std::fmt::Display| unheard(1, NO_SOUND, error.to_string());
        let mut conversation = match &self.words {
            Some((bytes, plain, options)) => {
                let mut items = read(Cursor::new(&bytes[..]), plain, options);
                match (items.next(), items.next()) {
                    (Some(Item::Conversation(imported)), None) => imported.conversation,
                    (Some(Item::Problem(problem)), _) => {
                        let (code, message) = (problem.code, unquoted(said(&problem.message)));
                        return Err(unheard(problem.line, code, message));
                    }
                    (None, _) => return Err(unheard(1, NOTHING_SAID, String::new())),
                    (Some(_), Some(_)) => return Err(unheard(1, SEVERAL, String::new())),
                }
            }
            None => Conversation::new("recording", Channel::Phone),
        };
        let kind = kind_of(Some(&self.plain), &self.bytes[..self.bytes.len().min(64)]);
        let kind = kind.ok_or_else(|| unheard(1, NO_SOUND, String::new()))?;
        let print = fingerprint(&mut &self.bytes[..]).map_err(|error| no_sound(&error))?;
        let ending = self.plain.rsplit('.').next().unwrap_or_default();
        name_recording(&mut conversation, ending, &store.fingerprint(&print));
        let source = Box::new(Cursor::new(Arc::clone(&self.bytes)));
        let reader = AudioReader::open(kind, source).map_err(|error| no_sound(&error))?;
        let said = Some(&conversation).filter(|said| !said.turns.is_empty());
        let heard = hear(reader, self.agent, said, self.days > 0);
        if said.is_some_and(|said| heard.is_of_another_call(said)) {
            return Err(unheard(1, OTHER_CALL, String::new()));
        }
        Ok((conversation, Recorded::new(heard, self.days)))
    }
}

impl Way<'_> {
    async fn bytes(&self, position: i64) -> Result<Vec<u8>, Trouble> {
        let mut request = self.app.store.request(&Viewer::machine(), "import.bytes").await?;
        let bytes = request.import_bytes(&self.job.input, position).await?;
        request.keep().await?;
        Ok(bytes)
    }

    /// A recording with its words; `known`: it was kept already.
    async fn recording(&mut self, given: GivenRecording, known: bool) -> Result<(), Trouble> {
        if known {
            return Ok(());
        }
        let file = given.file;
        let store = self.app.store.clone();
        let place = Place { file, items: 1 };
        match aside(move || given.heard(&store)).await? {
            Ok((conversation, recorded)) => match self.refused(&conversation, true) {
                None => self.keep(vec![(1, conversation, Some(recorded))], Vec::new(), place).await,
                Some((code, message)) => {
                    let skipped = Skipped { file, line: 1, code: code.to_owned(), message };
                    self.keep(Vec::new(), vec![skipped], place).await
                }
            },
            Err(Unheard { line, code, message }) => {
                let skipped = Skipped { file, line, code: code.to_owned(), message };
                self.keep(Vec::new(), vec![skipped], place).await
            }
        }
    }

    async fn file(
        &mut self,
        mut items: Items,
        (position, name, plain): (i64, &str, String),
        skip: usize,
        ended: &watch::Receiver<bool>,
    ) -> Result<(), Trouble> {
        let mut at = 0;
        loop {
            if ended_now(ended) {
                return Err(Trouble::Ended);
            }
            // Up to where it came, then behind it.
            let most = if at < skip { TOGETHER.min(skip - at) } else { TOGETHER };
            let (rest, batch) = aside(move || {
                let mut items = items;
                let batch = next(&mut items, most);
                (items, batch)
            })
            .await?;
            items = rest;
            if batch.is_empty() {
                return Ok(());
            }
            let known = at < skip;
            at += batch.len();
            let mut given = Vec::new();
            let mut skipped = Vec::new();
            for item in batch {
                match item {
                    Item::Problem(problem) => {
                        let (line, code) = (problem.line, problem.code.to_owned());
                        let message = unquoted(said(&problem.message));
                        skipped.push(Skipped { file: position, line, code, message });
                    }
                    Item::Conversation(imported) => {
                        let mut conversation = imported.conversation;
                        let origin = Origin::Given(name, &self.app.store);
                        tell_apart(&mut conversation, &plain, origin);
                        match self.refused(&conversation, false) {
                            None => given.push((imported.line, conversation, None)),
                            Some((code, message)) => {
                                let (code, line) = (code.to_owned(), imported.line);
                                skipped.push(Skipped { file: position, line, code, message });
                            }
                        }
                    }
                }
            }
            if !known {
                self.keep(given, skipped, Place { file: position, items: at }).await?;
            }
        }
    }

    /// Why a conversation is not read in, if so.
    fn refused(
        &mut self,
        conversation: &Conversation,
        recorded: bool,
    ) -> Option<(&'static str, String)> {
        if conversation.turns.is_empty() && !recorded {
            return Some((NOTHING_SAID, String::new()));
        }
        let name = conversation.external_id.as_ref().unwrap_or(&conversation.id);
        if let Err(error) = check(conversation) {
            return Some(("refused", error.body().message()));
        }
        // Otherwise the second would replace the first, and the first the second the next time.
        (!self.seen.insert(name.clone())).then(|| ("twice", String::new()))
    }

    /// Keeps a batch, what was skipped, and how far it came.
    async fn keep(
        &mut self,
        given: Vec<Given>,
        mut skipped: Vec<Skipped>,
        place: Place,
    ) -> Result<(), Trouble> {
        let step = i64::try_from(given.len() + skipped.len()).unwrap_or(i64::MAX);
        let mut known = Vec::with_capacity(given.len());
        let mut request = self.app.store.request(&self.viewer, "import.masks").await?;
        for (_, conversation, _) in &given {
            known.push(self.importer.known(&mut request, conversation).await?);
        }
        request.keep().await?;
        let importer = Arc::clone(&self.importer);
        let heard = aside(move || {
            let one = |((line, conversation, recorded), known): (Given, _)| {
                let ready = importer.ready(conversation, known)?;
                let ready = match recorded {
                    Some(recorded) => ready.recorded(recorded),
                    None => ready,
                };
                Ok((line, ready))
            };
            given.into_iter().zip(known).map(one).collect::<Result<Vec<_>, StoreError>>()
        });
        let (lines, mut batch): (Vec<usize>, Vec<Ready>) = heard.await??.into_iter().unzip();
        let done = self.done.saturating_add(step);
        let there = Some((place, done));
        match self.write(&mut batch, &skipped, there).await {
            Err(StoreError::Invalid(_) | StoreError::Forbidden(_)) => {
                // One of them cannot be kept; the others should be.
                for (line, ready) in lines.into_iter().zip(&mut batch) {
                    let one = std::slice::from_mut(ready);
                    match self.write(one, &[], None).await {
                        Ok(()) => {}
                        Err(error @ (StoreError::Invalid(_) | StoreError::Forbidden(_))) => {
                            let (code, message) = ("refused".to_owned(), error.to_string());
                            skipped.push(Skipped { file: place.file, line, code, message });
                        }
                        Err(error) => return Err(error.into()),
                    }
                }
                self.write(&mut [], &skipped, there).await?;
            }
            other => other?,
        }
        self.done = done;
        Ok(())
    }

    /// In one transaction: conversations, what came of them, and how far it came.
    async fn write(
        &self,
        batch: &mut [Ready],
        skipped: &[Skipped],
        place: Option<(Place, i64)>,
    ) -> Result<(), StoreError> {
        let mut request: Request = self.app.store.request(&self.viewer, "import").await?;
        let written = self.importer.write(&mut request, batch).await?;
        let mut count = ImportCount {
            skipped: i64::try_from(skipped.len()).unwrap_or(i64::MAX),
            ..ImportCount::default()
        };
        for done in &written {
            match done {
                Written::New(_) => count.added += 1,
                Written::Changed(..) => count.changed += 1,
                Written::Same(_) => count.same += 1,
            }
        }
        let skipped: Result<Vec<String>, _> = skipped.iter().map(serde_json::to_string).collect();
        let skipped = skipped.map_err(|error| StoreError::Damaged(error.to_string()))?;
        request.count_import(&self.job.input, count, &skipped).await?;
        if let Some((place, done)) = place {
            let total = self.job.total;
            request.advance_job(&self.job.id, self.holder, &place.text(), done, total).await?;
        }
        let promises = request.promises_changed();
        request.finish().await?;
        for done in &written {
            if let Written::Changed(id, _) = done {
                self.app.live.changed(id).await;
            }
        }
        self.app.live.promises_changed(&promises);
        Ok(())
    }
}

/// The next items: `most`, or fewer when they are long.
fn next(items: &mut Items, most: usize) -> Vec<Item> {
    let mut batch = Vec::new();
    let mut bytes = 0;
    while batch.len() < most && bytes < AT_ONCE {
        let Some(item) = items.next() else { break };
        if let Item::Conversation(imported) = &item {
            bytes += imported.conversation.turns.iter().map(|turn| turn.text.len()).sum::<usize>();
        }
        batch.push(item);
    }
    batch
}

/// A message without what it quotes: what came of an import is kept longer than its files.
fn unquoted(message: &str) -> String {
    let mut kept = String::with_capacity(message.len());
    let mut rest = message;
    while let Some(start) = rest.find(['\'', '"', '`']) {
        let quote = &rest[start..=start];
        let Some(length) = rest[start + 1..].rfind(quote) else { break };
        kept.push_str(&rest[..start]);
        kept.push('…');
        rest = &rest[start + length + 2..];
    }
    kept + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_message_quotes_is_not_kept() {
        assert_eq!(
            unquoted("party 'Jan' is unknown; expected one of"),
            "party … is unknown; expected one of"
        );
        assert_eq!(
            unquoted("invalid type: string \"Jan's\", expected u32"),
            "invalid type: string …, expected u32"
        );
        assert_eq!(unquoted("no quote, it's fine"), "no quote, it's fine");
    }

    #[test]
    fn a_place_is_read_as_it_is_written() {
        let place = Place { file: 2, items: 350 };
        assert_eq!(Place::of(Some(&place.text())), place);
        assert_eq!(Place::of(None), Place::default());
        assert_eq!(Place::of(Some("kapot")), Place::default());
    }
}
