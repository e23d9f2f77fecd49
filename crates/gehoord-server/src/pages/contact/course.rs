//! The course of a feeling: a line drawn in Rust, and the same as a table.

use std::fmt::Write as _;

use gehoord_store::ConversationView;
use serde_json::Value;

use crate::pages::texts::Texts;
use crate::pages::when;

/// A point of the course.
pub(crate) struct Point {
    /// The customer's turn.
    pub(crate) position: i64,
    pub(crate) clock: String,
    /// How it was, in words.
    pub(crate) words: &'static str,
}

/// The course over a conversation.
pub(crate) struct Course {
    pub(crate) svg: String,
    pub(crate) points: Vec<Point>,
    /// What changed over the whole, when something did.
    pub(crate) change: Option<&'static str>,
}

impl Course {
    /// Whether it is known when the turns were.
    pub(crate) fn timed(&self) -> bool {
        self.points.iter().any(|point| !point.clock.is_empty())
    }
}

const WIDTH: f64 = 320.0;
const HEIGHT: f64 = 142.0;
const LEFT: f64 = 14.0;
const TOP: f64 = 14.0;
/// A line goes through so many places at most; a longer course is drawn through averages, without
/// dots, and the table has the last of it.
const MOST: usize = 60;
/// As many turns have room for their number below the line.
const NAMED: usize = 16;

/// None for fewer than two turns of the customer: a point is no course.
pub(crate) fn course(view: &ConversationView, t: &'static Texts) -> Option<Course> {
    let trajectory = &view.analysis.as_ref()?.customer_side["trajectory"];
    let valences: Vec<f64> =
        trajectory["valence"].as_array()?.iter().filter_map(Value::as_f64).collect();
    let turns: Vec<_> = view.turns.iter().filter(|turn| turn.party == "customer").collect();
    if valences.len() < 2 || valences.len() != turns.len() {
        return None;
    }
    let points = turns.iter().zip(&valences).map(|(turn, valence)| Point {
        position: turn.position,
        clock: when::clock(turn.said_at),
        words: in_words(*valence, t),
    });
    let change = match (&trajectory["turned_around"], &trajectory["eased"]) {
        (Value::Bool(true), _) => Some(t.contact.turned.as_str()),
        (_, Value::Bool(true)) => Some(t.contact.eased.as_str()),
        _ => None,
    };
    let mut points: Vec<Point> = points.collect();
    let svg = drawn(&averages(&valences), &points, t);
    points.drain(..points.len().saturating_sub(MOST));
    Some(Course { svg, points, change })
}

/// No more numbers than the line goes through.
fn averages(valences: &[f64]) -> Vec<f64> {
    let size = valences.len().div_ceil(MOST).max(1);
    let average =
        |part: &[f64]| part.iter().sum::<f64>() / f64::from(u32::try_from(part.len()).unwrap_or(1));
    valences.chunks(size).map(average).collect()
}

fn in_words(valence: f64, t: &'static Texts) -> &'static str {
    let t = &t.contact;
    match valence {
        v if v <= -0.6 => &t.course_hard,
        v if v <= -0.2 => &t.course_uneasy,
        v if v < 0.2 => &t.course_even,
        v if v < 0.6 => &t.course_good,
        _ => &t.course_glad,
    }
}

/// The line. Its colour and shape are the same whatever was felt.
fn drawn(valences: &[f64], points: &[Point], t: &Texts) -> String {
    let wide = WIDTH - 2.0 * LEFT;
    let high = HEIGHT - 2.0 * TOP - 24.0;
    let steps = f64::from(u32::try_from(valences.len() - 1).unwrap_or(1));
    let places: Vec<(f64, f64)> = (0_u32..)
        .zip(valences)
        .map(|(at, valence)| {
            let x = LEFT + wide * f64::from(at) / steps;
            (x, TOP + high * (1.0 - valence.clamp(-1.0, 1.0)) / 2.0)
        })
        .collect();
    let middle = TOP + high / 2.0;
    let end = WIDTH - LEFT;
    let mut svg = format!(
        "<svg class=\"course\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" \
         aria-label=\"{}\"><line class=\"course-even\" x1=\"{LEFT}\" x2=\"{end}\" y1=\"{middle}\" \
         y2=\"{middle}\"/><text x=\"{LEFT}\" y=\"10\">{}</text><text x=\"{LEFT}\" y=\"{}\">{}</text>",
        t.contact.course_title,
        t.contact.course_up,
        TOP + high + 12.0,
        t.contact.course_down,
    );
    let _ = write!(svg, "<path class=\"course-line\" d=\"{}\"/>", smooth(&places));
    let dots = if points.len() > MOST { &[] } else { places.as_slice() };
    // Which turn a dot is, as long as there is room to say so.
    let foot = HEIGHT - 2.0;
    if dots.len() <= NAMED {
        for (at, ((x, _), point)) in dots.iter().zip(points).enumerate() {
            let turn = point.position + 1;
            let (kind, name) = match at {
                0 => ("course-first", format!("{} {turn}", t.contact.turn)),
                _ if at + 1 == dots.len() => ("course-last", turn.to_string()),
                _ => ("course-turn", turn.to_string()),
            };
            let _ =
                write!(svg, "<text class=\"{kind}\" x=\"{x:.1}\" y=\"{foot:.0}\">{name}</text>");
        }
    }
    for ((x, y), point) in dots.iter().zip(points) {
        let _ = write!(
            svg,
            "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3.500\"><title>{}: {}</title></circle>",
            point.position + 1,
            point.words
        );
    }
    svg.push_str("</svg>");
    svg
}

/// A curve through the places that never goes beyond them between two.
pub(super) fn smooth(places: &[(f64, f64)]) -> String {
    let mut path = String::new();
    for (at, (x, y)) in places.iter().enumerate() {
        if at == 0 {
            let _ = write!(path, "M{x:.1} {y:.1}");
            continue;
        }
        let (before, from) = places[at - 1];
        let middle = f64::midpoint(before, *x);
        let _ = write!(path, "C{middle:.1} {from:.1} {middle:.1} {y:.1} {x:.1} {y:.1}");
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::texts::Lang;

    #[test]
    fn the_curve_goes_through_every_place() {
        let path = smooth(&[(0.0, 10.0), (50.0, 20.0)]);
        assert_eq!(path, "M0.0 10.0C25.0 10.0 25.0 20.0 50.0 20.0");
    }

    #[test]
    fn a_long_course_is_drawn_through_averages() {
        assert_eq!(averages(&[0.5, -0.5]), [0.5, -0.5]);
        let long: Vec<f64> = (0..240).map(|n| f64::from(n % 2)).collect();
        let drawn = averages(&long);
        assert!(drawn.len() <= MOST && drawn[..10].iter().all(|v| (v - 0.5).abs() < 0.01));
    }

    #[test]
    fn the_words_follow_the_number() {
        let t = Lang::Nl.texts();
        let words: Vec<&str> =
            [-1.0, -0.3, 0.0, 0.3, 0.9].iter().map(|valence| in_words(*valence, t)).collect();
        assert_eq!(words.len(), 5);
        assert!(words.windows(2).all(|pair| pair[0] != pair[1]));
    }
}
