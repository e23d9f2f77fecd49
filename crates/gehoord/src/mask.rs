//! `gehoord mask`.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, ErrorKind, Write};
use std::path::Path;

use anyhow::{Context, Result};
use gehoord_ingest::{Masks, Pseudonymiser};
use serde_json::json;

use crate::GOOD;
use crate::args::{Mask, MaskedAs};

pub(crate) fn run(task: &Mask) -> Result<u8> {
    let input: Box<dyn BufRead> = if task.file == Path::new("-") {
        Box::new(io::stdin().lock())
    } else {
        let opened = File::open(&task.file);
        let file = opened.with_context(|| format!("cannot read {}", task.file.display()))?;
        Box::new(BufReader::new(file))
    };
    let mut out = BufWriter::new(io::stdout().lock());
    match mask(task, input, &mut out)? {
        // Whoever reads has had enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(GOOD),
        written => written.and_then(|()| out.flush()).map(|()| GOOD).or_else(|error| {
            if error.kind() == ErrorKind::BrokenPipe { Ok(GOOD) } else { Err(error.into()) }
        }),
    }
}

/// Masks line by line, so that memory grows with the longest line and the people named, not with
/// the text. The outer error is about reading, the inner one about writing.
fn mask(task: &Mask, mut input: impl BufRead, out: &mut impl Write) -> Result<io::Result<()>> {
    let finder = Pseudonymiser::embedded();
    let language = task.locale.as_ref().and_then(gehoord_conversation::Locale::language);
    let mut masks = Masks::default();
    let mut bytes = Vec::new();
    for number in 1_u64.. {
        bytes.clear();
        let read = input.read_until(b'\n', &mut bytes);
        if read.with_context(|| format!("cannot read {}", task.file.display()))? == 0 {
            break;
        }
        let line = str::from_utf8(&bytes).with_context(|| {
            format!("{}:{number}: not UTF-8 text; save it as UTF-8", task.file.display())
        })?;
        let text = line.trim_end_matches(['\n', '\r']);
        let masked = masks.mask(text, &finder.find(text, language));
        let written = match task.format {
            MaskedAs::Text => write!(out, "{}{}", masked.text, &line[text.len()..]),
            MaskedAs::Json => {
                let spans: Vec<serde_json::Value> = masked
                    .spans
                    .iter()
                    .map(|s| json!({"start": s.start, "end": s.end, "kind": s.kind.id(), "mask": s.mask}))
                    .collect();
                writeln!(out, "{}", json!({"text": masked.text, "spans": spans}))
            }
        };
        if written.is_err() {
            return Ok(written);
        }
    }
    Ok(Ok(()))
}
