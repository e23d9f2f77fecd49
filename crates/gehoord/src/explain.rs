//! `gehoord explain`.

use std::fmt::Write as _;

use anyhow::Result;
use gehoord_conversation::{Breaker, Emotion, Label, Need, Safety, Signal, Technique};
use gehoord_listening::Handbook;

use crate::ui::Ui;
use crate::{GOOD, USAGE, show};

/// Examples shown for each cue.
const EXAMPLES: usize = 2;

pub(crate) fn run(label: Option<&str>, ui: Ui) -> Result<u8> {
    let handbook = Handbook::embedded(ui.language()).map_err(anyhow::Error::msg)?;
    let Some(id) = label else {
        show::print(&all(&handbook, ui))?;
        return Ok(GOOD);
    };
    let found = id.parse::<Label>().ok().or_else(|| {
        // A label may also be named as people call it.
        Label::all().find(|&l| handbook.name(l).eq_ignore_ascii_case(id))
    });
    let Some(label) = found else {
        eprintln!("gehoord: {}", ui.unknown_label(id));
        return Ok(USAGE);
    };
    show::print(&one(&handbook, ui, label))?;
    Ok(GOOD)
}

fn all(handbook: &Handbook, ui: Ui) -> String {
    let mut out = String::new();
    let mut group = |title: &str, labels: &mut dyn Iterator<Item = Label>| {
        let _ = writeln!(out, "{title}");
        for label in labels {
            if let Some(entry) = handbook.entry(label) {
                let _ = writeln!(out, "  {:<20} {}", label.id(), entry.is);
            }
        }
        out.push('\n');
    };
    group(ui.emotions(), &mut Emotion::ALL.iter().map(|&l| l.into()));
    group(ui.needs(), &mut Need::ALL.iter().map(|&l| l.into()));
    group(ui.safety(), &mut Safety::ALL.iter().map(|&l| l.into()));
    group(ui.signals(), &mut Signal::ALL.iter().map(|&l| l.into()));
    group(ui.techniques(), &mut Technique::ALL.iter().map(|&l| l.into()));
    group(ui.breakers(), &mut Breaker::ALL.iter().map(|&l| l.into()));
    out
}

fn one(handbook: &Handbook, ui: Ui, label: Label) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "{} ({label})\n", handbook.name(label));
    if let Some(entry) = handbook.entry(label) {
        let _ = writeln!(out, "{}", entry.is);
        if !entry.is_not.is_empty() {
            let _ = writeln!(out, "{}: {}", ui.is_not(), entry.is_not);
        }
    }
    let cues = handbook.cues(label);
    if cues.is_empty() {
        let _ = writeln!(out, "\n{}", ui.no_cues());
    } else {
        let _ = writeln!(out, "\n{}", ui.sounds_like(cues.len()));
    }
    for (path, cue) in cues {
        let _ = writeln!(out, "\n  {}\n    {}", cue.hears, cue.why);
        for example in cue.must_match.iter().take(EXAMPLES) {
            let _ = writeln!(out, "    + {example}");
        }
        for example in cue.must_not_match.iter().take(EXAMPLES) {
            let _ = writeln!(out, "    − {example}");
        }
        if !cue.wrong_when.is_empty() {
            let _ = writeln!(out, "    {}: {}", ui.wrong_when(), cue.wrong_when);
        }
        let source = handbook.source(&cue.source);
        let what = source.map_or(cue.source.as_str(), |s| s.what.as_str());
        let seen = source.is_none_or(|s| s.seen);
        let _ = writeln!(out, "    {}: {what}{}", ui.source(), if seen { "" } else { ui.unseen() });
        let _ = writeln!(out, "    packs/{path}");
    }
    out
}
