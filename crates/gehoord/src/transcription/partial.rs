//! What is written out so far of a recording, in a file beside the transcript to be.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use gehoord_server::importing::{stretch_line, stretch_of};
use gehoord_speech::transcribe::{Earlier, Said, Stretch};
use serde::{Deserialize, Serialize};

use super::{Model, write_whole};

/// A file of which each line is a stretch that was written out.
#[derive(Debug)]
pub(super) struct Partial {
    goal: PathBuf,
    file: PathBuf,
    out: File,
    earlier: Earlier,
}

/// Its first line: what it is a transcript of. Another one would be something else.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Head {
    recording_sha256: String,
    model: Model,
    language: Option<String>,
}

impl Partial {
    /// Opens the file beside `goal`, with what an earlier run left in it.
    pub(super) fn open(
        goal: &Path,
        recording_sha256: &str,
        model: &Model,
        language: Option<&str>,
    ) -> Result<Self> {
        let mut name = goal.as_os_str().to_owned();
        name.push(".partial");
        let file = PathBuf::from(name);
        let shown = file.display().to_string();
        let head = Head {
            recording_sha256: recording_sha256.to_owned(),
            model: model.clone(),
            language: language.map(str::to_owned),
        };
        let mut good = vec![serde_json::to_string(&head)?];
        let mut earlier = Earlier::new();
        if file.exists() {
            let opened = File::open(&file).with_context(|| format!("cannot read {shown}"))?;
            let mut lines = BufReader::new(opened).lines();
            let first = lines.next().transpose().with_context(|| format!("cannot read {shown}"))?;
            let same = |line: &String| serde_json::from_str::<Head>(line).is_ok_and(|h| h == head);
            if first.as_ref().is_some_and(|first| !same(first)) {
                bail!(
                    "{shown} is of another recording, model or locale; remove it, or give \
                     --save-transcript another name"
                );
            }
            // A line that was broken off is the last.
            for line in lines.map_while(Result::ok) {
                let Some((place, said)) = stretch_of(&line) else { break };
                earlier.insert(place, said);
                good.push(line);
            }
        }
        write_whole(&file, |out| {
            good.iter().try_for_each(|line| writeln!(out, "{line}")).map_err(Into::into)
        })?;
        let out = File::options()
            .append(true)
            .open(&file)
            .with_context(|| format!("cannot write {shown}"))?;
        Ok(Self { goal: goal.to_owned(), file, out, earlier })
    }

    /// What an earlier run wrote out.
    pub(super) fn take(&mut self) -> Earlier {
        std::mem::take(&mut self.earlier)
    }

    /// Where the transcript goes.
    pub(super) fn goal(&self) -> &Path {
        &self.goal
    }

    /// Where this is.
    pub(super) fn file(&self) -> &Path {
        &self.file
    }

    /// Keeps a stretch.
    pub(super) fn add(&mut self, stretch: &Stretch, said: &Said) -> Result<()> {
        let line = stretch_line(stretch, said)? + "\n";
        self.out
            .write_all(line.as_bytes())
            .with_context(|| format!("cannot write {}", self.file.display()))
    }

    /// The transcript is there, so this can go.
    pub(super) fn remove(self) {
        // A file that stays behind is of this very recording, and does no harm.
        let _ = std::fs::remove_file(&self.file);
    }
}
