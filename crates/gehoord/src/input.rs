//! Files to conversations, for every command that reads many: step by step, with progress.

use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Result, bail};
use gehoord_conversation::Conversation;
use gehoord_ingest::{Item, Options};
use indicatif::{ProgressBar, ProgressStyle};

/// One step of reading.
pub(crate) enum Step {
    /// What was read from a file.
    Item(Arc<str>, Box<Item>),
    /// A file that cannot be read.
    Broken(Arc<str>, String),
    /// A file is done.
    End(Arc<str>),
}

impl Step {
    /// About how much memory it takes.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Self::Item(_, item) => match item.as_ref() {
                Item::Conversation(imported) => bytes(&imported.conversation),
                Item::Problem(_) => 0,
            },
            Self::Broken(..) | Self::End(_) => 0,
        }
    }
}

/// About how much memory a conversation takes.
pub(crate) fn bytes(conversation: &Conversation) -> usize {
    conversation.turns.iter().map(|turn| turn.text.len() + size_of_val(turn)).sum()
}

/// The files that were named; standard input when none were and it is no terminal.
pub(crate) fn files(named: &[PathBuf], command: &str) -> Result<Vec<PathBuf>> {
    if named.is_empty() && io::stdin().is_terminal() {
        bail!("no files given; try 'gehoord {command} FILE', or - for standard input");
    }
    Ok(match named.is_empty() {
        true => vec![PathBuf::from("-")],
        false => named.to_vec(),
    })
}

/// As many as were asked for, or as there are processors.
pub(crate) fn jobs(asked: Option<u16>) -> usize {
    match asked {
        Some(jobs) => usize::from(jobs),
        None => std::thread::available_parallelism().map_or(1, usize::from),
    }
}

/// A bar over the bytes of `files`; hidden for what is done at once, and where nobody looks.
pub(crate) fn progress(files: &[PathBuf], quiet: bool) -> ProgressBar {
    let total: u64 = files.iter().filter_map(|f| f.metadata().ok()).map(|m| m.len()).sum();
    let quiet = quiet || !io::stderr().is_terminal();
    if quiet || (files.len() < 2 && total < 1_000_000) {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(total);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes} {eta}") {
        bar.set_style(style);
    }
    bar
}

/// What a file is called while it is read, and in the ids of conversations that name none.
pub(crate) fn stem(file: &Path) -> String {
    file.file_name().unwrap_or(file.as_os_str()).to_string_lossy().into_owned()
}

/// All conversations and problems of one file.
pub(crate) fn steps_of(
    file: &Path,
    options: &Options,
    bytes: &Arc<AtomicU64>,
) -> Box<dyn Iterator<Item = Step> + Send> {
    let name: Arc<str> = file.display().to_string().into();
    let end = std::iter::once(Step::End(Arc::clone(&name)));
    let counted = |reader: Box<dyn Read + Send>| {
        BufReader::with_capacity(1 << 16, Counted { reader, bytes: Arc::clone(bytes) })
    };
    let reader: Box<dyn BufRead + Send> = if name.as_ref() == "-" {
        Box::new(counted(Box::new(io::stdin())))
    } else {
        match File::open(file) {
            Ok(opened) if !file.is_dir() => Box::new(counted(Box::new(opened))),
            Ok(_) => {
                let message = "is a folder; name its files, for instance FOLDER/*".to_owned();
                return Box::new(std::iter::once(Step::Broken(name, message)).chain(end));
            }
            Err(error) => {
                let message = format!("cannot be read: {error}");
                return Box::new(std::iter::once(Step::Broken(name, message)).chain(end));
            }
        }
    };
    let items = gehoord_ingest::read(reader, &stem(file), options);
    Box::new(items.map(move |item| Step::Item(Arc::clone(&name), Box::new(item))).chain(end))
}

/// Counts what is read, for the progress bar.
struct Counted {
    reader: Box<dyn Read + Send>,
    bytes: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.bytes.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}
