//! `gehoord backup` and `gehoord restore`.

use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::args::{Backup, Restore};
use super::opened::Opened;
use crate::ui::Ui;
use crate::{GOOD, show};

pub(crate) async fn run(task: &Backup, opened: &Opened, ui: Ui) -> Result<u8> {
    let file = &task.file;
    if file.exists() && !task.force {
        bail!("{} is there already; --force overwrites it", file.display());
    }
    let mut out = Whole::begin(file)?;
    let done = opened.store.backup(&mut out).await?;
    out.close()?;
    show::print(&ui.backed_up(done.rows, &file.display().to_string())).map(|()| GOOD)
}

pub(crate) async fn restore(task: &Restore, opened: &Opened, ui: Ui) -> Result<u8> {
    let file = &task.file;
    let opened_file =
        File::open(file).with_context(|| format!("cannot read {}", file.display()))?;
    let done = opened.store.restore(&mut BufReader::new(opened_file)).await?;
    show::print(&ui.restored(done.rows, done.erased_again)).map(|()| GOOD)
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
