//! The course of the customer's feeling as a small plot.

use std::fmt::Write as _;

use gehoord_conversation::{Report, TurnReport};

use super::Page;

/// Columns on each side of neutral.
const HALF: usize = 16;
/// Most customer turns that are drawn; more are thinned.
const ROWS: usize = 24;

/// Draws one row for each customer turn: negative to the left of the line, positive to the right.
pub(super) fn draw(out: &mut String, page: &Page<'_>, report: &Report) {
    let turns: Vec<(usize, f32)> = report
        .turns
        .iter()
        .enumerate()
        .filter_map(|(i, t)| match t {
            TurnReport::Customer(turn) => Some((i, turn.valence)),
            _ => None,
        })
        .collect();
    if turns.len() < 2 {
        return;
    }
    page.heading(out, page.ui.course());
    let step = turns.len().div_ceil(ROWS);
    for (index, valence) in turns.iter().step_by(step) {
        let reach = ((valence.abs() * HALF as f32).round() as usize).min(HALF);
        let bar = "█".repeat(reach);
        let (left, right) = if *valence < 0.0 { (bar.as_str(), "") } else { ("", bar.as_str()) };
        let row = format!("  {index:>3} {left:>HALF$}│{right}");
        let _ = writeln!(out, "{}", row.trim_end());
    }
}
