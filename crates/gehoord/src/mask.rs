//! `gehoord mask`.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, ErrorKind, Write};
use std::path::Path;

use anyhow::{Context, Result};
use gehoord_ingest::{Masks, Pseudonymiser, utf8_reader};
use serde_json::json;

use crate::args::{Mask, MaskedAs};
use crate::ui::Ui;
use crate::{GOOD, SOME_FAILED};

pub(crate) fn run(task: &Mask, ui: Ui) -> Result<u8> {
    let input: Box<dyn BufRead> = if task.file == Path::new("-") {
        Box::new(io::stdin().lock())
    } else {
        let opened = File::open(&task.file);
        let file = opened.with_context(|| cannot_read(task))?;
        Box::new(BufReader::new(file))
    };
    let input = utf8_reader(input).with_context(|| cannot_read(task))?;
    let mut out = BufWriter::new(io::stdout().lock());
    let written = mask(task, ui, input, &mut out)?;
    match written.and_then(|code| out.flush().map(|()| code)) {
        // Whoever reads has had enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(GOOD),
        written => Ok(written?),
    }
}

/// Masks line by line, so that memory grows with the longest line and the people named, not with
/// the text. A line that cannot be read gives an error in its place, never its bytes. The outer
/// error is about reading, the inner one about writing.
fn mask(
    task: &Mask,
    ui: Ui,
    mut input: impl BufRead,
    out: &mut impl Write,
) -> Result<io::Result<u8>> {
    let finder = Pseudonymiser::embedded();
    let language = task.locale.as_ref().and_then(gehoord_conversation::Locale::language);
    let mut masks = Masks::default();
    let mut bytes = Vec::new();
    let mut code = GOOD;
    for number in 1_u64.. {
        bytes.clear();
        let read = input.read_until(b'\n', &mut bytes);
        if read.with_context(|| cannot_read(task))? == 0 {
            break;
        }
        let line = match readable(&bytes) {
            Ok(line) => line,
            Err(wrong) => {
                code = SOME_FAILED;
                tell(task, ui, number, &wrong);
                if let Err(error) = unreadable(task, number, &bytes, &wrong, out) {
                    return Ok(Err(error));
                }
                continue;
            }
        };
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
        if let Err(error) = written {
            return Ok(Err(error));
        }
    }
    Ok(Ok(code))
}

fn cannot_read(task: &Mask) -> String {
    format!("cannot read {}", task.file.display())
}

/// Why a line is no text.
struct Wrong {
    code: &'static str,
    said: &'static str,
}

/// The text of a line. With NUL bytes it may be in an encoding in which nothing would be found.
fn readable(bytes: &[u8]) -> Result<&str, Wrong> {
    let not_utf8 = Wrong { code: "not_utf8", said: "not UTF-8 text; save it as UTF-8" };
    let line = str::from_utf8(bytes).map_err(|_| not_utf8)?;
    let said = "has NUL bytes, so it is no plain text, or UTF-16 without a byte order mark; save \
                it as UTF-8";
    if line.contains('\0') { Err(Wrong { code: "nul_bytes", said }) } else { Ok(line) }
}

/// Says of a line that it is no text, to whoever started the program.
fn tell(task: &Mask, ui: Ui, line: u64, wrong: &Wrong) {
    eprintln!("{}:{line}: {}", task.file.display(), ui.told(wrong.said));
}

/// Says the same in the place of the line.
fn unreadable(
    task: &Mask,
    line: u64,
    bytes: &[u8],
    wrong: &Wrong,
    out: &mut impl Write,
) -> io::Result<()> {
    match task.format {
        MaskedAs::Text if bytes.ends_with(b"\n") => out.write_all(b"\n"),
        MaskedAs::Text => Ok(()),
        MaskedAs::Json => {
            let error = json!({"code": wrong.code, "message": wrong.said});
            writeln!(out, "{}", json!({"line": line, "error": error}))
        }
    }
}
