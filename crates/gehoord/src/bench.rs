//! `gehoord bench`.

use std::fmt::Write;

use anyhow::{Result, bail};
use gehoord_conversation::{Conversation, RankedReply, TurnReport};
use gehoord_listening::Listener;
use gehoord_listening::fit::Sheet;

use crate::args::{Bench, Figures};
use crate::ui::Ui;
use crate::{GOOD, SOME_FAILED, labelled, show};

pub(crate) fn run(task: &Bench, ui: Ui) -> Result<u8> {
    let (conversations, failed) = labelled::conversations(&task.files, ui)?;
    let listener = labelled::listener(task.model.as_deref(), task.tier)?;
    let mut sheet = Sheet::default();
    for conversation in &conversations {
        sheet.add(conversation, &listener.listen(conversation));
        if conversation.replies.len() > 1 {
            let ranked = replies(&listener, conversation, &mut sheet);
            sheet.rank(&ranked);
        }
    }
    if sheet.is_empty() {
        bail!(
            "no labels found: 'gold' on turns or conversations, or ranked 'replies' (see 'gehoord schema input')"
        );
    }
    let text = match task.format {
        Figures::Text => page(&sheet, ui),
        Figures::Json => format!("{:#}\n", sheet.to_json()),
    };
    show::print(&text)?;
    Ok(if failed { SOME_FAILED } else { GOOD })
}

/// The rank and score of each candidate reply; its own labels go onto the sheet.
fn replies(listener: &Listener, case: &Conversation, sheet: &mut Sheet) -> Vec<(u32, f32)> {
    let score = |reply: &RankedReply| {
        let answered = case.answered_by(reply);
        let report = listener.listen(&answered);
        sheet.add(&answered, &report);
        match report.turns.last() {
            Some(TurnReport::Agent(turn)) => (reply.rank, turn.score.unwrap_or_default()),
            _ => (reply.rank, 0.0),
        }
    };
    case.replies.iter().map(score).collect()
}

fn page(sheet: &Sheet, ui: Ui) -> String {
    let mut text = String::new();
    let intervals = sheet.intervals(200);
    for (head, figures) in sheet.figures() {
        let counts = || figures.labels.values();
        if !figures.labels.is_empty() && counts().all(|count| count.gold() == 0) {
            let heard = counts().map(|count| count.wrong).sum();
            let _ = writeln!(text, "{head}: {}", ui.not_in_file(heard));
            continue;
        }
        let named = [
            ("micro-F1", figures.micro_f1),
            ("macro-F1", figures.macro_f1),
            (ui.right(), figures.accuracy),
            ("Pearson", figures.pearson),
            ("Spearman", figures.spearman),
            (ui.off_by(), figures.mean_error),
            (ui.marked_words(), figures.words_f1),
            ("Brier skill", figures.brier_skill),
        ];
        let shown: Vec<String> =
            named.iter().filter_map(|(name, f)| Some(format!("{name} {:.3}", (*f)?))).collect();
        let shown = shown.join("  ");
        // Without cases of its own a head has only the words of others, and no main figure.
        let interval = intervals.get(&head).filter(|_| figures.cases > 0);
        let _ = match interval {
            Some((low, high)) => writeln!(
                text,
                "{head} ({} {}): {shown}  [{low:.3} – {high:.3}]",
                figures.cases,
                ui.cases()
            ),
            None => writeln!(text, "{head}: {shown}"),
        };
        for (label, count) in &figures.labels {
            if count.gold() == 0 {
                // What is neither there nor heard says nothing.
                if count.wrong > 0 {
                    let _ = writeln!(text, "  {label:<24} {}", ui.not_in_file(count.wrong));
                }
                continue;
            }
            let _ = writeln!(
                text,
                "  {label:<24} {:>6}  P {:.2}  R {:.2}  F1 {:.2}",
                count.gold(),
                count.precision(),
                count.recall(),
                count.f1()
            );
        }
    }
    text
}
