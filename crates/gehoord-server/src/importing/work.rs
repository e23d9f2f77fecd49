//! Reading files in, in the background. How far it came is written together with what was kept, so
//! whoever takes the work over goes on behind it.

use std::collections::HashSet;
use std::io::Cursor;
use std::sync::Arc;
use std::time::{Duration, Instant};

use gehoord_conversation::{Channel, Conversation, Locale};
use gehoord_ingest::pseudonym::Pseudonymiser;
use gehoord_ingest::{Item, Options, read};
use gehoord_speech::audio::{AudioReader, kind_of};
use gehoord_speech::recording::{Heard, hear};
use gehoord_speech::transcribe::Written as WrittenOut;
use gehoord_store::{ImportCount, Job, Request, Status, Store, StoreError, Viewer, Written};
use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, watch};

use super::look::{Choices, NO_SOUND, NOTHING_SAID, Reading, Told, plain_name, said, words_of};
use super::writing::{SIGN_OF_LIFE, Step, Unwritten, Wordless, Writing, words_heard};
use super::{
    Importer, MANY, Origin, Ready, Recorded, TOGETHER, fingerprint, hide_personal, name_recording,
    tell_apart,
};
use crate::api::conversations::check;
use crate::app::App;
use crate::aside::aside;
use crate::error::ApiError;
use crate::telemetry;

/// Codes of a recording whose file of words has several conversations, or those of another call.
const SEVERAL: &str = "several";
const OTHER_CALL: &str = "other_call";
/// Codes of a recording that is kept without words, or with doubtful ones.
const ONE_CHANNEL: &str = "one_channel";
const NOT_WRITTEN: &str = "not_written";
const NO_WORDS: &str = "no_words";
const UNSURE: &str = "unsure";
/// Code of a conversation of a customer who was erased before.
pub(crate) const ERASED: &str = "erased";
/// Kind of the job.
const KIND: &str = "import";
/// How often one looks for work.
const PAUSE: Duration = Duration::from_secs(1);
/// How often old files are let go.
const HOUR: Duration = Duration::from_secs(60 * 60);
/// So much text is heard in one go, in bytes: a sign of life must come within a minute.
const AT_ONCE: usize = 2 * 1024 * 1024;

/// Why something was skipped, or what is to be known of it, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Skipped {
    /// Place of the file among the files.
    pub(crate) file: i64,
    pub(crate) line: usize,
    /// A code of [`Problem`](gehoord_ingest::Problem), `twice`, `erased` or `refused`.
    pub(crate) code: String,
    pub(crate) message: String,
    /// It was kept all the same.
    #[serde(default)]
    pub(crate) kept: bool,
}

/// How far it came: the file, and so many items of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Place {
    pub(crate) file: i64,
    items: usize,
    /// Of a recording whose words are being written out: so much speech is done, of so much, in
    /// milliseconds.
    pub(crate) written: Option<(u64, u64)>,
}

impl Place {
    pub(crate) fn of(text: Option<&str>) -> Self {
        let place = text.and_then(|text| {
            let mut parts = text.split(':');
            let (file, items) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
            let mut ms = || parts.next()?.parse().ok();
            Some(Self { file, items, written: ms().zip(ms()) })
        });
        place.unwrap_or_default()
    }

    fn text(self) -> String {
        let written = self.written.map(|(done, all)| format!(":{done}:{all}"));
        format!("{}:{}{}", self.file, self.items, written.unwrap_or_default())
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
                locale: options.locale,
                agent: choices.agent_channel.and_then(|channel| channel.checked_sub(1)),
                days: choices.sound_days,
            };
            if ended_now(ended) {
                return Err(Trouble::Ended);
            }
            if skip == 0 {
                let agent = told_of.reading.agent.as_deref();
                way.importer = Arc::new(way.importer.of_agent(agent));
                way.recording(recording, ended).await?;
            }
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
    /// What is spoken, where somebody said so.
    locale: Option<Locale>,
    agent: Option<usize>,
    days: i64,
}

/// A recording that was heard, and its words as far as they are known.
struct Listened {
    conversation: Conversation,
    heard: Heard,
    days: i64,
    /// It came without words.
    wordless: Option<Wordless>,
}

/// A recording that cannot be kept: where and why.
struct Unheard {
    line: usize,
    code: &'static str,
    message: String,
}

impl GivenRecording {
    /// What was said, as far as it came along, and how it sounded.
    fn heard(self, store: &Store, finder: &Pseudonymiser) -> Result<Listened, Unheard> {
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
        hide_personal(&mut conversation, store, finder);
        let source = Box::new(Cursor::new(Arc::clone(&self.bytes)));
        let reader = AudioReader::open(kind, source).map_err(|error| no_sound(&error))?;
        let said = Some(&conversation).filter(|said| !said.turns.is_empty());
        let heard = hear(reader, self.agent, said, self.days > 0);
        if said.is_some_and(|said| heard.is_of_another_call(said)) {
            return Err(unheard(1, OTHER_CALL, String::new()));
        }
        let Self { bytes, locale, days, .. } = self;
        let wordless = conversation.turns.is_empty().then_some(Wordless { bytes, kind, locale });
        Ok(Listened { conversation, heard, days, wordless })
    }
}

impl Way<'_> {
    async fn bytes(&self, position: i64) -> Result<Vec<u8>, Trouble> {
        let mut request = self.app.store.request(&Viewer::machine(), "import.bytes").await?;
        let bytes = request.import_bytes(&self.job.input, position).await?;
        request.keep().await?;
        Ok(bytes)
    }

    /// A recording with its words: those that came along, or else those that can be heard in it.
    async fn recording(
        &mut self,
        given: GivenRecording,
        ended: &watch::Receiver<bool>,
    ) -> Result<(), Trouble> {
        let file = given.file;
        let (store, finder) = (self.app.store.clone(), Arc::clone(&self.app.pseudonymiser));
        let place = Place { file, items: 1, written: None };
        let skipped = |line, code: &str, message, kept| {
            let code = code.to_owned();
            vec![Skipped { file, line, code, message, kept }]
        };
        let listened = match aside(move || given.heard(&store, &finder)).await? {
            Ok(listened) => listened,
            Err(Unheard { line, code, message }) => {
                return self.keep(Vec::new(), skipped(line, code, message, false), place).await;
            }
        };
        let (listened, note) = self.with_words(file, listened, ended).await?;
        let Listened { conversation, heard, days, .. } = listened;
        if let Some((code, message)) = self.refused(&conversation, true) {
            return self.keep(Vec::new(), skipped(1, code, message, false), place).await;
        }
        let told = note.map(|(code, message)| skipped(1, code, message, true));
        let recorded = Recorded::new(heard, days);
        self.keep(vec![(1, conversation, Some(recorded))], told.unwrap_or_default(), place).await
    }

    /// A recording that came without words, with those that can be heard in it: where a model is in
    /// force, and its voices can be told apart. What is to be known about them comes along.
    async fn with_words(
        &self,
        file: i64,
        mut listened: Listened,
        ended: &watch::Receiver<bool>,
    ) -> Result<(Listened, Option<(&'static str, String)>), Trouble> {
        let model = self.app.speech_to_text.model();
        let Some((wordless, model)) = listened.wordless.take().zip(model) else {
            return Ok((listened, None));
        };
        if listened.heard.voice.voices.len() != 2 {
            return Ok((listened, Some((ONE_CHANNEL, String::new()))));
        }
        let mut request = self.app.store.request(&Viewer::machine(), "import.words").await?;
        let name = &listened.conversation.id;
        let known = request.known_with_words(&self.importer.source, name).await?;
        let earlier = request.written_out(&self.job.input, file).await?;
        request.keep().await?;
        if known.is_some() {
            return Ok((listened, None));
        }
        let locale = wordless.locale.clone();
        let heard = listened.heard;
        let work = Writing { wordless, heard, earlier, model: Arc::clone(model) };
        let (heard, written) = self.write_out(file, work, ended).await?;
        listened.heard = heard;
        let written = match written {
            Ok(written) => written,
            Err(Unwritten::Stopped) => return Err(Trouble::Ended),
            Err(Unwritten::Failed(why)) => return Ok((listened, Some((NOT_WRITTEN, why)))),
        };
        let Some(said) = words_heard(&written, locale) else {
            return Ok((listened, Some((NO_WORDS, String::new()))));
        };
        listened.heard.add_words(&said);
        listened.conversation = Conversation { id: listened.conversation.id, ..said };
        let note = written.is_unsure().then(|| (UNSURE, String::new()));
        Ok((listened, note))
    }

    /// Writes out the words of a recording; each stretch is kept as soon as it is there.
    async fn write_out(
        &self,
        file: i64,
        work: Writing,
        ended: &watch::Receiver<bool>,
    ) -> Result<(Heard, Result<WrittenOut, Unwritten>), Trouble> {
        let (tell, mut steps) = mpsc::channel(1);
        let work = aside(move || work.done(&tell));
        tokio::pin!(work);
        let mut place = Place { file, items: 0, written: None };
        loop {
            // Who waits for a sign of life gets one; where `steps` is dropped, the work ends.
            let step: Option<Step> = tokio::select! {
                biased;
                Some(step) = steps.recv() => Some(step),
                done = &mut work => return Ok(done?),
                () = tokio::time::sleep(SIGN_OF_LIFE) => None,
            };
            let mut request = self.app.store.request(&Viewer::machine(), "import.words").await?;
            if let Some(Step { number, kept, done }) = &step {
                place.written = Some(*done);
                request.keep_written(&self.job.input, file, *number, kept).await?;
            }
            let (holder, total) = (self.holder, self.job.total);
            request.advance_job(&self.job.id, holder, &place.text(), self.done, total).await?;
            request.keep().await?;
            if step.is_some() && ended_now(ended) {
                return Err(Trouble::Ended);
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
                        // Its turn was read, without a time.
                        let kept = code == "invalid_time";
                        skipped.push(Skipped { file: position, line, code, message, kept });
                    }
                    Item::Conversation(imported) => {
                        let mut conversation = imported.conversation;
                        let origin = Origin::Given(name, &self.app.store);
                        tell_apart(&mut conversation, &plain, origin);
                        let finder = &self.app.pseudonymiser;
                        hide_personal(&mut conversation, &self.app.store, finder);
                        match self.refused(&conversation, false) {
                            None => given.push((imported.line, conversation, None)),
                            Some((code, message)) => {
                                let (code, line) = (code.to_owned(), imported.line);
                                let (file, kept) = (position, false);
                                skipped.push(Skipped { file, line, code, message, kept });
                            }
                        }
                    }
                }
            }
            if !known {
                let place = Place { file: position, items: at, written: None };
                self.keep(given, skipped, place).await?;
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
        mut given: Vec<Given>,
        mut skipped: Vec<Skipped>,
        place: Place,
    ) -> Result<(), Trouble> {
        let mut request = self.app.store.request(&self.viewer, "import.masks").await?;
        let erased = request.erased_customers().await?;
        given.retain(|(line, conversation, _)| {
            let is_erased =
                conversation.customer.as_ref().is_some_and(|name| erased.contains(name));
            if is_erased {
                let (code, message) = (ERASED.to_owned(), String::new());
                let (file, line, kept) = (place.file, *line, false);
                skipped.push(Skipped { file, line, code, message, kept });
            }
            !is_erased
        });
        let step = i64::try_from(given.len()).unwrap_or(i64::MAX).saturating_add(lost(&skipped));
        let mut known = Vec::with_capacity(given.len());
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
                            let (file, kept) = (place.file, false);
                            skipped.push(Skipped { file, line, code, message, kept });
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
        let mut count = ImportCount { skipped: lost(skipped), ..ImportCount::default() };
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

/// How much of what there is to tell was not kept.
fn lost(skipped: &[Skipped]) -> i64 {
    i64::try_from(skipped.iter().filter(|one| !one.kept).count()).unwrap_or(i64::MAX)
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
        for written in [None, Some((65_000, 3_600_000))] {
            let place = Place { file: 2, items: 350, written };
            assert_eq!(Place::of(Some(&place.text())), place);
        }
        assert_eq!(Place::of(None), Place::default());
        assert_eq!(Place::of(Some("kapot")), Place::default());
    }
}
