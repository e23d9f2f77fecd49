//! How a call sounded, for people: the facts that the page of a call has too.

use std::fmt::Write as _;

use gehoord_conversation::wire::voice::WireVoiceReport;
use gehoord_server::{CallFacts, Reader, Told, clock};

use super::Page;
use crate::sound::Heard;

/// Columns of a name and of a voice.
const NAME: usize = 24;
const COLUMN: usize = 26;

impl Page<'_> {
    /// One recording, and its words where they were given.
    pub(crate) fn call(&self, heard: &Heard<'_>) -> String {
        let language = self.ui.language();
        let facts = CallFacts::new(&WireVoiceReport::from(&heard.voice), language, Reader::Other);
        let mut out = String::new();
        let title = format!("{} · {}", heard.id, clock(heard.voice.length_ms));
        let _ = writeln!(out, "{}\n", self.bold(&title));
        if let Some(one_voice) = facts.one_voice {
            let _ = writeln!(out, "{one_voice}\n");
        }
        row(&mut out, "", &facts.voices);
        for (name, cells) in &facts.rows {
            let cells: Vec<String> = cells
                .iter()
                .map(|cell| match cell.at {
                    Some(at) => format!("{} ({})", cell.words, clock(at)),
                    None => cell.words.clone(),
                })
                .collect();
            row(&mut out, name, &cells);
        }
        if !facts.waits.is_empty() || facts.silence.is_some() {
            let _ = writeln!(out);
        }
        for Told { at, what, length } in &facts.waits {
            let _ = writeln!(out, "{what:<NAME$}{length} ({})", clock(*at));
        }
        if let Some((what, length)) = &facts.silence {
            let _ = writeln!(out, "{what:<NAME$}{length}");
        }
        let [at_once, mirroring] = CallFacts::headings(language);
        if !facts.at_once.is_empty() {
            self.heading(&mut out, at_once);
        }
        for Told { at, what, length } in &facts.at_once {
            let _ = writeln!(out, "  {:>7}  {what} ({length})", clock(*at));
        }
        if let Some(more) = &facts.more {
            let _ = writeln!(out, "  {more}");
        }
        if let Some(mirror) = &facts.mirroring {
            self.heading(&mut out, mirroring);
            for words in mirror.lines.iter().map(|(_, words)| words).chain(&mirror.none) {
                let _ = writeln!(out, "  {words}");
            }
        }
        let _ = writeln!(out, "\n{}", CallFacts::sound_only(language));
        out.push('\n');
        if let Some((said, report)) = &heard.words {
            out.push_str(&self.conversation(said, report));
        } else if !heard.lines.is_empty() {
            self.heading(&mut out, self.ui.was_said());
            for line in &heard.lines {
                let _ = writeln!(out, "  {:>7}  {}", clock(line.span().start_ms), line.text());
            }
            out.push('\n');
        }
        out
    }
}

fn row(out: &mut String, name: &str, values: &[String]) {
    let cells: Vec<String> = values.iter().map(|value| format!("{value:<COLUMN$}")).collect();
    let _ = writeln!(out, "{}", format!("{name:<NAME$}{}", cells.concat()).trim_end());
}
