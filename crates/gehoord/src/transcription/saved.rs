//! A transcript as a file: WhisperX JSON, which `--transcript` and `import` read.

use std::path::Path;

use anyhow::Result;
use gehoord_conversation::Party;
use gehoord_conversation::voice::TimeSpan;
use gehoord_speech::transcribe::{Line, Word, Written};
use serde_json::{Value, json};

use super::{Model, write_whole};

pub(super) fn write(file: &Path, written: &Written, model: &Model) -> Result<()> {
    let text = json!({
        "segments": written.lines.iter().map(segment).collect::<Vec<_>>(),
        "language": written.language,
        "model": model,
    });
    write_whole(file, |out| {
        serde_json::to_writer_pretty(&mut *out, &text)?;
        Ok(out.write_all(b"\n")?)
    })
}

fn segment(line: &Line) -> Value {
    let speaker = line.party.map(Party::id);
    let mut segment = timed(line.span());
    segment["text"] = line.text().into();
    let word = |word: &Word| {
        let mut one = timed(word.span);
        one["word"] = word.text.as_str().into();
        one["score"] = rounded(f64::from(word.confidence)).into();
        if let Some(speaker) = speaker {
            one["speaker"] = speaker.into();
        }
        one
    };
    segment["words"] = line.words.iter().map(word).collect();
    if let Some(speaker) = speaker {
        segment["speaker"] = speaker.into();
    }
    segment
}

fn timed(span: TimeSpan) -> Value {
    let seconds = |ms: u32| f64::from(ms) / 1000.0;
    json!({ "start": seconds(span.start_ms), "end": seconds(span.end_ms) })
}

fn rounded(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}
