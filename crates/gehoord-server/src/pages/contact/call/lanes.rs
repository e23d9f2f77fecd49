//! A call as two lanes over time, drawn in Rust: who spoke when, how loud and how high, what was said
//! at once, where somebody waited, and above it the course of feeling of the words. Colours say who
//! speaks and nothing else.

use std::fmt::Write as _;

use gehoord_conversation::wire::voice::{WireTimeSpan, WireVoiceLine};
use gehoord_store::Recording;

use super::facts::{Reader, who};
use crate::pages::contact::course::smooth;
use crate::pages::figures::clock;
use crate::pages::texts::{Texts, fill};

const WIDTH: f64 = 640.0;
const LEFT: f64 = 82.0;
const RIGHT: f64 = 8.0;
const COURSE: f64 = 52.0;
const TALK: f64 = 13.0;
const LINE: f64 = 30.0;
const GAP: f64 = 8.0;
/// Room for what is said at once, between the lanes.
const BETWEEN: f64 = 20.0;
const AXIS: f64 = 22.0;
/// So many marks of time at most.
const TICKS: u32 = 7;

/// The place of the lanes in the drawing, for who clicks in it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Scale {
    pub(crate) left: f64,
    pub(crate) wide: f64,
    pub(crate) width: f64,
    pub(crate) length_ms: u32,
}

impl Scale {
    pub(super) fn new(length_ms: u32) -> Self {
        Self { left: LEFT, wide: WIDTH - LEFT - RIGHT, width: WIDTH, length_ms: length_ms.max(1) }
    }

    fn x(&self, ms: u32) -> f64 {
        let share = f64::from(ms.min(self.length_ms)) / f64::from(self.length_ms);
        self.left + self.wide * share
    }
}

/// A turn of the customer: when, and how it was (−1 to 1).
pub(super) type Felt = (u32, f64);

/// Draws it.
pub(super) fn drawn(
    recording: &Recording,
    felt: &[Felt],
    reader: Reader,
    t: &'static Texts,
) -> String {
    let voice = &recording.voice;
    let scale = Scale::new(voice.length_ms);
    let mut parties: Vec<Option<&str>> = Vec::new();
    for party in [Some("customer"), Some("agent"), None] {
        if voice.turns.iter().any(|turn| turn.party.as_deref() == party) {
            parties.push(party);
        }
    }
    let mut body = String::new();
    let mut y = GAP;
    if felt.len() > 1 {
        course(&mut body, y, felt, &scale, t);
        y += COURSE + 2.0 * GAP;
    }
    let top = y;
    let mut between = None;
    for (at, party) in parties.iter().enumerate() {
        if at > 0 {
            between = Some(y);
            y += BETWEEN;
        }
        y = lane(&mut body, y, recording, *party, &who(t, *party, reader), &scale, t);
    }
    waits(&mut body, (top, y), recording, &scale);
    if let Some(between) = between {
        at_once(&mut body, between + BETWEEN / 2.0, recording, &scale, t);
    }
    silenced(&mut body, y + 3.0, &recording.silenced, &scale);
    y += GAP;
    axis(&mut body, y, &scale);
    let height = y + AXIS;
    let label = fill(&t.call.lanes_label, &[("length", &clock(voice.length_ms))]);
    format!(
        "<svg class=\"lanes\" viewBox=\"0 0 {WIDTH} {height:.0}\" role=\"img\" \
         aria-label=\"{label}\">{body}<line class=\"lanes-now\" x1=\"{LEFT}\" x2=\"{LEFT}\" \
         y1=\"{GAP}\" y2=\"{y:.0}\"/></svg>"
    )
}

/// The course of feeling, as the words tell it; drawn as everywhere.
fn course(body: &mut String, y: f64, felt: &[Felt], scale: &Scale, t: &Texts) {
    let middle = y + COURSE / 2.0;
    let end = WIDTH - RIGHT;
    let _ = write!(
        body,
        "<g class=\"course\"><line class=\"course-even\" x1=\"{LEFT}\" x2=\"{end}\" \
         y1=\"{middle}\" y2=\"{middle}\"/><text x=\"0\" y=\"{:.0}\">{}</text>\
         <text x=\"0\" y=\"{:.0}\">{}</text>",
        y + 8.0,
        t.contact.course_up,
        y + COURSE,
        t.contact.course_down,
    );
    let places: Vec<(f64, f64)> = felt
        .iter()
        .map(|(ms, how)| (scale.x(*ms), y + COURSE * (1.0 - how.clamp(-1.0, 1.0)) / 2.0))
        .collect();
    let _ = write!(body, "<path class=\"course-line\" d=\"{}\"/></g>", smooth(&places));
}

/// One voice: when it spoke, how loud, how high. Gives where it ends.
fn lane(
    body: &mut String,
    y: f64,
    recording: &Recording,
    party: Option<&str>,
    name: &str,
    scale: &Scale,
    t: &Texts,
) -> f64 {
    let class = party.unwrap_or("all");
    let end = WIDTH - RIGHT;
    let _ = write!(
        body,
        "<text class=\"lane-name\" x=\"0\" y=\"{:.0}\">{name}</text>\
         <path class=\"lane-ground\" d=\"M{LEFT} {:.1}H{end}\"/>",
        y + 10.0,
        y + TALK / 2.0,
    );
    for (small, kind) in [(false, "lane-talk"), (true, "lane-short")] {
        let turns = recording.voice.turns.iter();
        let own = turns.filter(|turn| turn.party.as_deref() == party && turn.backchannel == small);
        let mut path = String::new();
        for turn in own {
            let (from, to) = (scale.x(turn.start_ms), scale.x(turn.end_ms));
            // What is short is still there.
            let wide = (to - from).max(0.8);
            let (top, high) = if small { (y + 4.0, TALK - 8.0) } else { (y, TALK) };
            let _ = write!(path, "M{from:.1} {top}h{wide:.1}v{high}h-{wide:.1}z");
        }
        if !path.is_empty() {
            let _ = write!(body, "<path class=\"{kind} {class}\" d=\"{path}\"/>");
        }
    }
    let mut y = y + TALK;
    let line = recording.lines.lines.iter().find(|line| line.party.as_deref() == party);
    if let Some(line) = line {
        for (name, kind, values) in
            [(&t.call.loudness, "lane-loud", loud(line)), (&t.call.pitch, "lane-high", high(line))]
        {
            y += 4.0;
            let _ = write!(
                body,
                "<text x=\"0\" y=\"{:.0}\">{name}</text><path class=\"{kind} {class}\" d=\"{}\"/>",
                y + LINE / 2.0 + 3.0,
                traced(&values, y, recording.lines.step_ms, scale),
            );
            y += LINE;
        }
    }
    y + 4.0
}

/// Loudness of a voice, 0 to 1 within its own range.
fn loud(line: &WireVoiceLine) -> Vec<Option<f64>> {
    within(line.level.iter().map(|level| level.map(f64::from)).collect(), 12.0)
}

/// Pitch of a voice in semitones, 0 to 1 within its own range.
fn high(line: &WireVoiceLine) -> Vec<Option<f64>> {
    let semitones = |hertz: f32| 12.0 * f64::from(hertz.max(1.0)).log2();
    within(line.pitch.iter().map(|pitch| pitch.map(semitones)).collect(), 8.0)
}

/// Values within their range, which is `least` wide: a voice that hardly moves is no storm.
fn within(values: Vec<Option<f64>>, least: f64) -> Vec<Option<f64>> {
    let mut sorted: Vec<f64> = values.iter().flatten().copied().collect();
    sorted.sort_by(f64::total_cmp);
    let (Some(first), Some(last)) = (sorted.get(sorted.len() / 50), sorted.last()) else {
        return values;
    };
    let spare = (least - (last - first)).max(0.0);
    let (low, wide) = (first - spare / 2.0, (last - first) + spare);
    values.into_iter().map(|value| Some(((value? - low) / wide).clamp(0.0, 1.0))).collect()
}

/// A line through the values; it breaks where there are none for long.
fn traced(values: &[Option<f64>], y: f64, step_ms: u32, scale: &Scale) -> String {
    let mut path = String::new();
    let mut before: Option<usize> = None;
    for (at, value) in values.iter().enumerate() {
        let Some(value) = value else { continue };
        let middle = (at as u32).saturating_mul(step_ms).saturating_add(step_ms / 2);
        let (x, y) = (scale.x(middle), y + LINE * (1.0 - value));
        let goes_on = before.is_some_and(|before| at - before <= 3);
        let command = if goes_on { 'L' } else { 'M' };
        // A dot, where it stands alone.
        let dot = if goes_on { "" } else { "h.8" };
        let _ = write!(path, "{command}{x:.1} {y:.1}{dot}");
        before = Some(at);
    }
    path
}

/// Hold and long silence, over both lanes.
fn waits(body: &mut String, (top, end): (f64, f64), recording: &Recording, scale: &Scale) {
    for wait in &recording.voice.waits {
        let (from, to) = (scale.x(wait.start_ms), scale.x(wait.end_ms));
        let _ = write!(
            body,
            "<path class=\"lane-wait {}\" d=\"M{from:.1} {top:.0}h{:.1}V{end:.0}h-{:.1}z\"/>",
            wait.kind,
            to - from,
            to - from,
        );
    }
}

/// What was said at once: a triangle where somebody took the word (hollow where they did not get it),
/// a dot for a word that shows listening. It points to the lane that it came from.
fn at_once(body: &mut String, y: f64, recording: &Recording, scale: &Scale, t: &Texts) {
    for (kind, class) in [("interruption", "took"), ("attempt", "tried"), ("backchannel", "along")]
    {
        let mut path = String::new();
        for overlap in recording.voice.overlaps.iter().filter(|overlap| overlap.kind == kind) {
            let x = scale.x(overlap.start_ms);
            // From above, the customer's lane, down into the agent's; or up.
            let (base, tip) = if overlap.by == "customer" { (-5.0, 5.0) } else { (5.0, -5.0) };
            let _ = match kind {
                "backchannel" => write!(path, "M{x:.1} {:.1}h.1", y - tip / 2.0),
                _ => write!(path, "M{:.1} {:.1}h8L{x:.1} {:.1}z", x - 4.0, y + base, y + tip),
            };
        }
        if !path.is_empty() {
            let _ = write!(body, "<path class=\"lane-{class}\" d=\"{path}\"/>");
        }
    }
    let _ = write!(body, "<text x=\"0\" y=\"{:.0}\">{}</text>", y + 3.0, t.call.at_once_short);
}

/// What is silence in the sound.
fn silenced(body: &mut String, y: f64, silenced: &[WireTimeSpan], scale: &Scale) {
    let mut path = String::new();
    for span in silenced {
        let (from, to) = (scale.x(span.start_ms), scale.x(span.end_ms));
        let _ = write!(path, "M{from:.1} {y:.0}h{:.1}", (to - from).max(0.8));
    }
    if !path.is_empty() {
        let _ = write!(body, "<path class=\"lane-silenced\" d=\"{path}\"/>");
    }
}

fn axis(body: &mut String, y: f64, scale: &Scale) {
    let end = WIDTH - RIGHT;
    let _ = write!(body, "<path class=\"lane-axis\" d=\"M{LEFT} {y:.0}H{end}");
    let step = step_of(scale.length_ms);
    let ticks: Vec<u32> = (0..).map(|n| n * step).take_while(|ms| *ms <= scale.length_ms).collect();
    for ms in &ticks {
        let _ = write!(body, "M{:.1} {y:.0}v4", scale.x(*ms));
    }
    body.push_str("\"/>");
    for ms in ticks {
        let _ = write!(
            body,
            "<text class=\"lane-time\" x=\"{:.1}\" y=\"{:.0}\">{}</text>",
            scale.x(ms),
            y + 16.0,
            clock(ms)
        );
    }
}

/// A round step of time for the axis, in milliseconds.
fn step_of(length_ms: u32) -> u32 {
    const ROUND: [u32; 12] = [5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200];
    let fits = |step: &&u32| length_ms / (**step * 1000) < TICKS;
    ROUND.iter().find(fits).unwrap_or(&7_200) * 1000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axis_has_a_few_round_marks() {
        for (seconds, step) in [(12, 5), (60, 10), (100, 15), (600, 120), (10_800, 1_800)] {
            assert_eq!(step_of(seconds * 1000), step * 1000, "{seconds}");
        }
    }

    #[test]
    fn a_line_breaks_where_nobody_speaks() {
        let scale = Scale::new(10_000);
        let values = [Some(0.0), Some(1.0), None, None, None, None, Some(0.5)];
        let path = traced(&values, 0.0, 1000, &scale);
        assert_eq!(path.matches('M').count(), 2);
        assert_eq!(path.matches('L').count(), 1);
    }

    #[test]
    fn a_voice_that_hardly_moves_is_drawn_flat() {
        let flat = within(vec![Some(100.0), Some(101.0), None], 12.0);
        assert!(flat[0].unwrap() > 0.4 && flat[1].unwrap() < 0.6 && flat[2].is_none());
    }
}
