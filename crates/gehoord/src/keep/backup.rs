//! `gehoord backup` and `gehoord restore`.

use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use gehoord_store::{ERASED_LIST, MasterKey, StoreError, check_backup, sqlite_file};

use super::args::{Backup, Restore};
use super::config::Config;
use super::opened::Opened;
use crate::ui::Ui;
use crate::{GOOD, show};

pub(crate) async fn run(task: &Backup, opened: &Opened, ui: Ui) -> Result<u8> {
    let file = &task.file;
    if file.as_os_str() == "-" {
        let done = opened.store.backup(&mut BufWriter::new(io::stdout())).await?;
        eprint!("{}", ui.backed_up(done.rows, "-"));
        return Ok(GOOD);
    }
    if file.exists() && !task.force {
        bail!("{} is there already; --force overwrites it", file.display());
    }
    let mut out = Whole::begin(file)?;
    let done = opened.store.backup(&mut out).await?;
    out.close()?;
    show::print(&ui.backed_up(done.rows, &file.display().to_string())).map(|()| GOOD)
}

/// Refuses a backup that cannot be restored, before a database or a key is made for it.
pub(crate) fn check(task: &Restore, config: &Config, ui: Ui) -> Result<()> {
    let key = config.key_file();
    if !key.exists() {
        bail!(ui.no_key_for_backup(&key.display().to_string()));
    }
    for list in &task.erased {
        File::open(list).with_context(|| format!("cannot read {}", list.display()))?;
    }
    let key = MasterKey::in_file(key)?;
    check_backup(&mut reader(&task.file)?, &key).map_err(|error| refused(error, ui))
}

pub(crate) async fn restore(
    task: &Restore,
    config: &Config,
    opened: &Opened,
    ui: Ui,
) -> Result<u8> {
    let done = opened.store.restore(&mut reader(&task.file)?, &lists(task, config)).await;
    let done = done.map_err(|error| refused(error, ui))?;
    show::print(&ui.restored(done.rows, done.erased_again, done.lists)).map(|()| GOOD)
}

fn reader(file: &Path) -> Result<BufReader<File>> {
    let opened = File::open(file).with_context(|| format!("cannot read {}", file.display()))?;
    Ok(BufReader::new(opened))
}

fn refused(error: StoreError, ui: Ui) -> anyhow::Error {
    match error {
        StoreError::NotWhole { rows } => anyhow!(ui.backup_not_whole(rows)),
        StoreError::Conflict(_) => anyhow!(ui.database_in_use()),
        error => error.into(),
    }
}

/// Where lists of erased customers may lie: those that were named, and what is found beside
/// everything else that was.
fn lists(task: &Restore, config: &Config) -> Vec<PathBuf> {
    let mut lists = task.erased.clone();
    let database = sqlite_file(config.database());
    let named = [Some(config.key_file()), Some(config.files()), database.as_deref()];
    for file in named.into_iter().flatten().chain([task.file.as_path()]) {
        let file = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
        let Some(folder) = file.parent() else { continue };
        lists.push(folder.join(ERASED_LIST));
        let beside = folder.read_dir().into_iter().flatten().flatten().map(|entry| entry.path());
        let of_files = beside.filter(|path| path.extension().is_some_and(|e| e == "files"));
        lists.extend(of_files.map(|path| path.join(ERASED_LIST)));
    }
    lists
}

/// A file that gets its name once it is whole, for its owner alone. Dropped before, it is gone.
pub(crate) struct Whole {
    name: PathBuf,
    unfinished: PathBuf,
    out: Option<BufWriter<File>>,
}

impl Whole {
    pub(crate) fn begin(name: &Path) -> Result<Self> {
        let mut unfinished = name.as_os_str().to_owned();
        unfinished.push(".unfinished");
        let unfinished = PathBuf::from(unfinished);
        // What an interrupted run left may have been made for others to read.
        let _ = std::fs::remove_file(&unfinished);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options
            .open(&unfinished)
            .with_context(|| format!("cannot write {}", unfinished.display()))?;
        Ok(Self { name: name.to_path_buf(), unfinished, out: Some(BufWriter::new(file)) })
    }

    pub(crate) fn close(mut self) -> Result<()> {
        let cannot = || format!("cannot write {}", self.name.display());
        if let Some(out) = self.out.take() {
            let file = out.into_inner().map_err(io::IntoInnerError::into_error);
            file.and_then(|file| file.sync_all()).with_context(cannot)?;
        }
        std::fs::rename(&self.unfinished, &self.name).with_context(cannot)
    }
}

impl Write for Whole {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.out {
            Some(out) => out.write(bytes),
            None => Err(io::ErrorKind::WriteZero.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.as_mut().map_or(Ok(()), Write::flush)
    }
}

impl Drop for Whole {
    fn drop(&mut self) {
        if self.out.is_some() {
            let _ = std::fs::remove_file(&self.unfinished);
        }
    }
}
