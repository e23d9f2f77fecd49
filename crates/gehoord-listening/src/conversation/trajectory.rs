//! The course of the customer's feeling over a conversation.

use gehoord_conversation::{
    CustomerTurn, Finding, Label, Party, Signal, Source, Trajectory, TurnReport,
};

use crate::reading::Reading;

/// Below this a turn is negative.
const NEGATIVE: f32 = -0.25;
/// Above this a turn is positive.
const POSITIVE: f32 = 0.25;

pub(super) fn trajectory(readings: &[Reading<'_>], turns: &[TurnReport]) -> Trajectory {
    let customer: Vec<(&Reading<'_>, &CustomerTurn)> = readings
        .iter()
        .zip(turns)
        .filter_map(|(r, t)| match t {
            TurnReport::Customer(turn) => Some((r, turn)),
            _ => None,
        })
        .collect();
    let valence: Vec<f32> = customer.iter().map(|(_, t)| t.valence).collect();
    let (Some(&start), Some(&end)) = (valence.first(), valence.last()) else {
        return Trajectory::default();
    };
    let low = valence.iter().copied().fold(f32::INFINITY, f32::min);
    // Words may sound unpleasant where nothing is felt: nobody turned round from that.
    let lows = customer.iter().map(|(_, t)| if suffers(t) { t.valence } else { 0.0 });
    let lowest = lows.clone().fold(0.0, f32::min);
    let first_low = lows.clone().position(|valence| valence <= NEGATIVE);
    let last = customer.iter().rposition(|(r, t)| says_something(r, t));
    let (mut eased, mut turned_around) = (false, false);
    if let (Some(first_low), Some(last)) = (first_low, last) {
        let answered = readings.iter().any(|r| {
            r.turn.party == Party::Agent
                && r.index > customer[first_low].0.index
                && r.index < customer[last].0.index
        });
        let end = customer[last].1.valence;
        // "Eh, dat heb ik niet bij de hand" answers a question and says nothing of how it is now.
        let only_fills_in = customer[last].1.emotions.is_empty()
            && !customer[last].1.has(Signal::Resolved.into())
            && end < POSITIVE
            && customer[last].0.answers(&readings[..customer[last].0.index]);
        eased = last > first_low
            && answered
            && end > -0.1
            && !customer[last].1.complaint
            && !only_fills_in;
        turned_around = eased && lowest <= NEGATIVE && end >= POSITIVE;
    }
    Trajectory { start: Some(start), low: Some(low), end: Some(end), valence, eased, turned_around }
}

/// Whether an unpleasant feeling was heard that is more than a shade, or a complaint.
fn suffers(turn: &CustomerTurn) -> bool {
    let felt = |e: &&Finding| matches!(e.label, Label::Emotion(e) if e.is_negative());
    let clear = |e: &Finding| turn.intensity >= 2 || e.source != Source::Model;
    turn.complaint || turn.emotions.iter().filter(felt).any(clear)
}

/// Whether a turn has content beside closing formulas.
fn says_something(reading: &Reading<'_>, turn: &CustomerTurn) -> bool {
    let formula = |token: &crate::text::Token| {
        reading.all(Signal::Politeness).any(|h| h.span.contains(&token.span()))
    };
    let words = reading.text.tokens.iter().filter(|t| !formula(t)).count();
    words >= 3 || !turn.emotions.is_empty() || turn.has(Signal::Resolved.into())
}
