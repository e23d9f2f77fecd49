//! `gehoord learn`.

use std::fmt::Write;
use std::io::IsTerminal;
use std::path::Path;

use anyhow::{Context, Result};
use gehoord_listening::Listener;
use gehoord_listening::fit::{Figures, HeadResult, Learned, Level, Settings, learn};
use indicatif::ProgressBar;
use serde_json::{Value, json};

use crate::args::{Figures as Format, Learn};
use crate::labelled::conversations;
use crate::ui::Ui;
use crate::{GOOD, SOME_FAILED, show};

pub(crate) fn run(task: &Learn, ui: Ui) -> Result<u8> {
    let (conversations, failed) = conversations(&task.files, ui)?;
    let listener = Listener::embedded()?;
    let bar = if std::io::stderr().is_terminal() {
        ProgressBar::new(conversations.len() as u64)
    } else {
        ProgressBar::hidden()
    };
    let learned =
        learn(&listener, &conversations, Settings::default(), |n| bar.set_position(n as u64))?;
    bar.finish_and_clear();
    write_whole(&task.out, &learned.model.to_bytes())?;
    for warning in &learned.warnings {
        eprintln!("gehoord: {}: {}", ui.note(), ui.told(warning));
    }
    let text = match task.format {
        Format::Text => table(&learned, ui),
        Format::Json => format!("{:#}\n", as_json(&learned)),
    };
    show::print(&text)?;
    Ok(if failed { SOME_FAILED } else { GOOD })
}

/// The model gets its name once it is whole.
fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let unfinished = path.with_extension("unfinished");
    std::fs::write(&unfinished, bytes)
        .with_context(|| format!("cannot write {}", unfinished.display()))?;
    std::fs::rename(&unfinished, path)
        .inspect_err(|_| drop(std::fs::remove_file(&unfinished)))
        .with_context(|| format!("cannot write {}", path.display()))
}

/// One line for each head: without learning, by the words alone, and with all that is known.
fn table(learned: &Learned, ui: Ui) -> String {
    let mut text = format!(
        "{:<20} {:>7}  {:<12} {:>13} {:>13} {:>13}\n",
        ui.head(),
        ui.cases(),
        ui.figure(),
        ui.before(),
        ui.by_words(),
        ui.after()
    );
    for result in &learned.results {
        let (name, _) = figures(&result.after);
        let show = |f: &Figures| {
            let (_, [a, b]) = figures(f);
            format!("{a:.2} / {b:.2}")
        };
        let _ = writeln!(
            text,
            "{:<20} {:>7}  {name:<12} {:>13} {:>13} {:>13}",
            result.head.name,
            result.cases,
            show(&result.before),
            show(&result.words),
            show(&result.after)
        );
    }
    let _ = writeln!(text, "{}", ui.left_out_in_turn());
    text
}

fn figures(figures: &Figures) -> (&'static str, [f32; 2]) {
    match *figures {
        Figures::Labels { micro_f1, macro_f1 } => ("F1 µ / m", [micro_f1, macro_f1]),
        Figures::OneOf { accuracy, macro_f1 } => ("acc / F1 m", [accuracy, macro_f1]),
        Figures::Number { pearson, mean_error } => ("r / ±", [pearson, mean_error]),
    }
}

fn as_json(learned: &Learned) -> Value {
    let figures = |figures: &Figures| match *figures {
        Figures::Labels { micro_f1, macro_f1 } => {
            json!({"micro_f1": micro_f1, "macro_f1": macro_f1})
        }
        Figures::OneOf { accuracy, macro_f1 } => {
            json!({"accuracy": accuracy, "macro_f1": macro_f1})
        }
        Figures::Number { pearson, mean_error } => {
            json!({"pearson": pearson, "mean_error": mean_error})
        }
    };
    let head = |result: &HeadResult| {
        let level = match result.head.level {
            Level::Customer => "customer",
            Level::Agent => "agent",
            Level::Conversation => "conversation",
        };
        json!({
            "head": result.head.name, "level": level, "cases": result.cases,
            "labels": result.head.labels, "before": figures(&result.before),
            "words": figures(&result.words), "after": figures(&result.after),
        })
    };
    json!({
        "heads": learned.results.iter().map(head).collect::<Vec<_>>(),
        "warnings": learned.warnings,
    })
}
