//! `gehoord listen`.

use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, Result, bail};
use gehoord_coaching::review;
use gehoord_conversation::wire::report::{ErrorLine, StreamedReport, WireErrorBody};
use gehoord_conversation::{Conversation, Locale, Report};
use gehoord_ingest::{ConversationMasker, Item, Options, Pseudonymiser};
use gehoord_listening::{Handbook, Listener};

use crate::args::{Listen, Reports};
use crate::input::Step;
use crate::labelled;
use crate::sheets::{Heard, Sheets};
use crate::show::Page;
use crate::sound::{Given, Recording};
use crate::transcription::{Transcription, Wanted};
use crate::ui::Ui;
use crate::{GOOD, SOME_FAILED, input, pipeline, show, sound};

/// A conversation of more bytes than this is written while its report is brought into form.
const LONG: usize = 1 << 20;

/// Speech to text gains little from more threads than this.
pub(crate) const MOST_THREADS: usize = 4;

/// What a worker hands to the writer.
struct Done {
    file: Arc<str>,
    /// The report, or the error in its place.
    said: Option<Said>,
    /// Lines for standard error.
    remarks: Vec<String>,
    failed: bool,
    last_of_file: bool,
}

/// What goes out for one conversation.
enum Said {
    Text(String),
    /// A long report, which as text is many times as large.
    Long(Box<(Conversation, Report)>),
    /// What a sheet is drawn of.
    Sheet(Box<Heard>),
}

impl Said {
    fn write(&self, out: &mut impl Write, format: Reports) -> io::Result<()> {
        match self {
            Self::Text(text) => out.write_all(text.as_bytes()),
            // Sheets are drawn when all of a file are there.
            Self::Sheet(_) => Ok(()),
            Self::Long(heard) => {
                let report = StreamedReport::new(&heard.1, &heard.0);
                match format {
                    Reports::Jsonl => {
                        serde_json::to_writer(&mut *out, &report)?;
                        out.write_all(b"\n")
                    }
                    _ => Ok(serde_json::to_writer_pretty(out, &report)?),
                }
            }
        }
    }
}

pub(crate) fn run(task: &Listen, ui: Ui) -> Result<u8> {
    let files = input::files(&task.files, "listen")?;
    let listener = labelled::listener(task.model.as_deref(), task.tier)?;
    let handbook = Handbook::embedded(ui.language()).map_err(anyhow::Error::msg)?;
    let page =
        Page { handbook: &handbook, ui, why: task.why, colour: colour(task), width: show::width() };
    let mut sink = Sink::new(task, ui)?;
    let files: Vec<PathBuf> = files.into_iter().filter(|f| !sink.is_done(f)).collect();
    let bytes = Arc::new(AtomicU64::new(0));
    let options = Options {
        from: task.from,
        locale: task.locale.clone(),
        channel: task.channel,
        agents: task.agents.clone(),
        map: task.map.clone(),
        ..Options::default()
    };
    let jobs = input::jobs(task.jobs);
    let mut given = Given::new(task.agent_channel, task.transcript.as_deref(), &options)?;
    let one_recording = files.len() == 1 && Recording::of(&files[0]).is_some();
    if given.words.is_some() && !one_recording {
        bail!("--transcript goes with one recording, such as 'gehoord listen call.wav'");
    }
    if task.save_transcript.is_some() && !one_recording {
        bail!("--save-transcript goes with one recording, such as 'gehoord listen call.wav'");
    }
    if let Some(model) = &task.stt_model {
        let threads = if one_recording { jobs.min(MOST_THREADS) } else { 1 };
        let save = task.save_transcript.as_deref();
        let wanted = Wanted { locale: task.locale.as_ref(), save, quiet: task.quiet };
        given.writes = Some(Transcription::open(model, threads, wanted)?);
    }
    let progress = match &given.writes {
        Some(writes) => writes.bar().clone(),
        None => input::progress(&files, task.quiet),
    };
    let counter = Arc::clone(&bytes);
    // A format that is said is that of the transcript, where there is one.
    let recordings = task.from.is_none() || given.words.is_some();
    let steps =
        files.iter().flat_map(move |file| match Recording::of(file).filter(|_| recordings) {
            Some(recording) => Work::recording(recording),
            None => Box::new(input::steps_of(file, &options, &counter).map(Work::Step)),
        });
    let mut failed = 0_u64;
    let mut problem: Option<anyhow::Error> = None;
    let work = |work: Work| match work {
        Work::Step(step) => hear(step, &listener, &page, task),
        Work::Recording(recording) => hear_call(&recording, &given, &listener, &page, task),
    };
    pipeline::ordered(steps, jobs, Work::bytes, work, |done: Done| {
        if given.writes.is_none() {
            progress.set_position(bytes.load(Ordering::Relaxed));
        }
        for remark in &done.remarks {
            progress.suspend(|| eprintln!("{remark}"));
        }
        failed += u64::from(done.failed);
        match sink.take(done) {
            Ok(()) => true,
            Err(error) => {
                problem = Some(error);
                false
            }
        }
    });
    progress.finish_and_clear();
    if let Some(error) = problem {
        // A reader that has seen enough ("| head") is no error.
        if is_closed_pipe(&error) {
            return Ok(GOOD);
        }
        return Err(error);
    }
    match sink.finish() {
        Err(error) if !is_closed_pipe(&error) => return Err(error),
        _ => {}
    }
    Ok(if failed > 0 { SOME_FAILED } else { GOOD })
}

/// What is to be done: a step of reading, or a whole recording.
enum Work {
    Step(Step),
    Recording(Recording),
}

impl Work {
    fn recording(recording: Recording) -> Box<dyn Iterator<Item = Self> + Send> {
        let end = Self::Step(Step::End(Arc::clone(&recording.name)));
        Box::new([Self::Recording(recording), end].into_iter())
    }

    fn bytes(&self) -> usize {
        match self {
            Self::Step(step) => step.bytes(),
            Self::Recording(_) => 0,
        }
    }
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe)
}

fn colour(task: &Listen) -> bool {
    task.out.is_none() && io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none()
}

fn hear(step: Step, listener: &Listener, page: &Page<'_>, task: &Listen) -> Done {
    let done = |file: Arc<str>| Done {
        file,
        said: None,
        remarks: Vec::new(),
        failed: false,
        last_of_file: false,
    };
    match step {
        Step::End(file) => Done { last_of_file: true, ..done(file) },
        Step::Broken(file, message) => {
            let error = error_line(&file, 1, "unreadable", &Ui::En.told(&message));
            let remarks = vec![format!("{file}: {}", page.ui.told(&message))];
            Done { said: as_text(task, error), remarks, failed: true, ..done(file) }
        }
        Step::Item(file, item) => match *item {
            Item::Problem(problem) => {
                let error = error_line(&file, problem.line, problem.code, &problem.message);
                let remarks =
                    vec![format!("{file}:{}: {}", problem.line, problem.told(page.ui.language()))];
                Done { said: as_text(task, error), remarks, failed: true, ..done(file) }
            }
            Item::Conversation(mut imported) => {
                // A file that is sent on names nobody.
                if task.format == Reports::Html {
                    imported.conversation = masked(&imported.conversation);
                }
                let report = review(listener, &imported.conversation);
                let remarks = match task.quiet {
                    true => Vec::new(),
                    false => imported
                        .notes
                        .iter()
                        .map(|note| {
                            let (ui, line) = (page.ui, imported.line);
                            format!("{file}:{line}: {}: {}", ui.note(), note.told(ui.language()))
                        })
                        .collect(),
                };
                let conversation = imported.conversation;
                let said = if task.format == Reports::Text {
                    Said::Text(page.conversation(&conversation, &report))
                } else if task.format == Reports::Html {
                    let words = Some((conversation, report));
                    Said::Sheet(Box::new(Heard { words, sound: None }))
                } else if input::bytes(&conversation) > LONG {
                    Said::Long(Box::new((conversation, report)))
                } else {
                    let mut text = Vec::new();
                    let long = Said::Long(Box::new((conversation, report)));
                    long.write(&mut text, task.format)
                        .map_or(long, |()| Said::Text(String::from_utf8(text).unwrap_or_default()))
                };
                Done { said: Some(said), remarks, ..done(file) }
            }
        },
    }
}

/// The conversation with masks for what is personal, also in its name, which may be that of a file.
fn masked(conversation: &Conversation) -> Conversation {
    let finder = Pseudonymiser::embedded();
    let language = conversation.locale.as_ref().and_then(Locale::language);
    let masker = || ConversationMasker::new(&finder, language);
    let mut masked = masker().conversation(conversation).conversation;
    masked.id = masker().turn(&masked.id).text;
    masked
}

fn hear_call(
    recording: &Recording,
    given: &Given,
    listener: &Listener,
    page: &Page<'_>,
    task: &Listen,
) -> Done {
    let file = Arc::clone(&recording.name);
    let heard = sound::hear(recording, given, listener);
    let (said, remarks, failed) = match heard {
        Ok(heard) => {
            let note =
                |note: &String| format!("{file}: {}: {}", page.ui.note(), page.ui.told(note));
            let remarks = match task.quiet {
                true => Vec::new(),
                false => heard.notes.iter().map(note).collect(),
            };
            let wire = || heard.wire();
            let said = match task.format {
                Reports::Text => Some(Said::Text(page.call(&heard))),
                Reports::Json => serde_json::to_string_pretty(&wire()).ok().map(Said::Text),
                Reports::Jsonl => {
                    serde_json::to_string(&wire()).ok().map(|line| Said::Text(line + "\n"))
                }
                Reports::Html => Some(Said::Sheet(Box::new(heard.for_a_sheet()))),
            };
            (said, remarks, false)
        }
        Err(error) => {
            let message = Ui::En.error(&error);
            let remarks = vec![format!("{file}: {}", page.ui.error(&error))];
            (as_text(task, error_line(&file, 1, "unreadable", &message)), remarks, true)
        }
    };
    Done { file, said, remarks, failed, last_of_file: false }
}

fn error_line(file: &str, line: usize, code: &str, message: &str) -> ErrorLine {
    let error = WireErrorBody { code: code.to_owned(), message: message.to_owned() };
    ErrorLine { file: Some(file.to_owned()), line, error }
}

/// An error in the place of a report; people read it on standard error.
fn as_text(task: &Listen, error: ErrorLine) -> Option<Said> {
    let text = match task.format {
        Reports::Text | Reports::Html => None,
        Reports::Json => serde_json::to_string_pretty(&error).ok(),
        Reports::Jsonl => serde_json::to_string(&error).ok().map(|line| line + "\n"),
    };
    text.map(Said::Text)
}

/// Where the reports go.
struct Sink<'t> {
    task: &'t Listen,
    target: Target,
    json: JsonList,
    sheets: Sheets,
    /// What failed in the file that is at work.
    problems: String,
}

enum Target {
    Standard(io::BufWriter<io::Stdout>),
    Folder { folder: PathBuf, open: Option<(PathBuf, PathBuf, io::BufWriter<File>)> },
}

/// Beside a report: what failed in its file, so that a resumed run does that file again.
fn problems_path(report: &Path) -> PathBuf {
    let mut name = report.as_os_str().to_owned();
    name.push(".problems");
    name.into()
}

/// One object stands alone, several become an array.
#[derive(Default)]
struct JsonList {
    first: Option<Said>,
    many: bool,
}

impl<'t> Sink<'t> {
    fn new(task: &'t Listen, ui: Ui) -> Result<Self> {
        let target = match &task.out {
            None => Target::Standard(io::BufWriter::with_capacity(1 << 16, io::stdout())),
            Some(folder) => {
                std::fs::create_dir_all(folder)
                    .with_context(|| format!("cannot make the folder {}", folder.display()))?;
                Target::Folder { folder: folder.clone(), open: None }
            }
        };
        let sheets = Sheets::new(ui.language());
        Ok(Self { task, target, json: JsonList::default(), sheets, problems: String::new() })
    }

    /// Whether the report of `file` is there already, and nothing failed in it.
    fn is_done(&self, file: &Path) -> bool {
        match &self.target {
            Target::Folder { folder, .. } if self.task.resume => {
                let report = self.report_path(folder, file);
                report.is_file() && !problems_path(&report).exists()
            }
            _ => false,
        }
    }

    fn report_path(&self, folder: &Path, file: &Path) -> PathBuf {
        let extension = match self.task.format {
            Reports::Text => "txt",
            Reports::Json => "json",
            Reports::Jsonl => "jsonl",
            Reports::Html => "html",
        };
        // Two files of one name in two folders keep their folders in the name of the report.
        let name: Vec<String> = file
            .components()
            .filter_map(|c| match c {
                std::path::Component::Normal(part) => Some(part.to_string_lossy().into_owned()),
                _ => None,
            })
            .collect();
        let name = if name.is_empty() { "stdin".to_owned() } else { name.join("__") };
        folder.join(format!("{name}.report.{extension}"))
    }

    fn take(&mut self, done: Done) -> Result<()> {
        if let Target::Folder { folder, open } = &self.target
            && open.is_none()
        {
            let path = self.report_path(folder, Path::new(done.file.as_ref()));
            let unfinished = path.with_extension("unfinished");
            let file = File::create(&unfinished)
                .with_context(|| format!("cannot write {}", unfinished.display()))?;
            if let Target::Folder { open, .. } = &mut self.target {
                *open = Some((unfinished, path, io::BufWriter::new(file)));
            }
        }
        if done.failed {
            self.problems.extend(done.remarks.iter().map(|remark| format!("{remark}\n")));
        }
        if let Some(said) = done.said {
            match self.task.format {
                Reports::Json => self.add_json(said)?,
                Reports::Html => self.add_sheet(said)?,
                _ => self.write(&said)?,
            }
        }
        if done.last_of_file && matches!(self.target, Target::Folder { .. }) {
            self.close_list()?;
            self.close_file()?;
        }
        Ok(())
    }

    fn add_sheet(&mut self, said: Said) -> Result<()> {
        let Said::Sheet(heard) = said else { return Ok(()) };
        let beside = match &self.target {
            Target::Folder { open: Some((_, path, _)), .. } => Some(path.as_path()),
            _ => None,
        };
        self.sheets.add(heard, beside)
    }

    /// What stands before or behind all reports of a file.
    fn close_list(&mut self) -> Result<()> {
        match self.task.format {
            Reports::Json => self.close_json(),
            Reports::Html => {
                let page = self.sheets.close()?;
                self.write_text(&page)
            }
            Reports::Text | Reports::Jsonl => Ok(()),
        }
    }

    fn write(&mut self, said: &Said) -> Result<()> {
        let format = self.task.format;
        match &mut self.target {
            Target::Standard(out) => said.write(out, format)?,
            Target::Folder { open: Some((_, _, out)), .. } => said.write(out, format)?,
            Target::Folder { .. } => {}
        }
        Ok(())
    }

    fn write_text(&mut self, text: &str) -> Result<()> {
        self.write(&Said::Text(text.to_owned()))
    }

    fn add_json(&mut self, said: Said) -> Result<()> {
        if self.json.many {
            self.write_text(",\n")?;
            return self.write(&said);
        }
        match self.json.first.take() {
            None => self.json.first = Some(said),
            Some(first) => {
                self.json.many = true;
                self.write_text("[\n")?;
                self.write(&first)?;
                self.write_text(",\n")?;
                self.write(&said)?;
            }
        }
        Ok(())
    }

    fn close_json(&mut self) -> Result<()> {
        let list = std::mem::take(&mut self.json);
        if list.many {
            return self.write_text("\n]\n");
        }
        let Some(first) = list.first else { return Ok(()) };
        self.write(&first)?;
        self.write_text("\n")
    }

    /// A report file gets its name once it is whole, so that an interrupted run leaves no half one.
    fn close_file(&mut self) -> Result<()> {
        if let Target::Folder { open, .. } = &mut self.target
            && let Some((unfinished, path, mut out)) = open.take()
        {
            out.flush()?;
            drop(out);
            let beside = problems_path(&path);
            let problems = std::mem::take(&mut self.problems);
            let all_well = problems.is_empty();
            // In this order an interrupted run never leaves a report with problems that looks whole.
            if !all_well {
                std::fs::write(&beside, problems)
                    .with_context(|| format!("cannot write {}", beside.display()))?;
            }
            std::fs::rename(&unfinished, &path)
                .with_context(|| format!("cannot write {}", path.display()))?;
            if all_well && beside.exists() {
                std::fs::remove_file(&beside)
                    .with_context(|| format!("cannot remove {}", beside.display()))?;
            }
        }
        Ok(())
    }

    fn finish(mut self) -> Result<()> {
        if matches!(self.target, Target::Standard(_)) {
            self.close_list()?;
        }
        self.close_file()?;
        if let Target::Standard(out) = &mut self.target {
            out.flush()?;
        }
        Ok(())
    }
}
