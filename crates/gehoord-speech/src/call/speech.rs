//! Speech in pieces that are short enough to be written out.

use gehoord_conversation::voice::TimeSpan;

use super::lane::{FRAME_MS, Lane};
use super::segments::frames;

/// No piece of speech is longer than this, in milliseconds.
pub const LONGEST_SPEECH_MS: u32 = 24_000;
/// A piece that is too long is cut where it is quietest in its second half, in frames around there.
const AROUND: usize = 5;

/// Spans of speech of a lane, those that are too long cut where the voice is quietest.
pub(super) fn cut(lane: &Lane, spans: &[TimeSpan]) -> Vec<TimeSpan> {
    let mut pieces = Vec::with_capacity(spans.len());
    for span in spans {
        let mut rest = *span;
        while rest.length_ms() > LONGEST_SPEECH_MS {
            let half = rest.start_ms + LONGEST_SPEECH_MS / 2;
            let end = rest.start_ms + LONGEST_SPEECH_MS;
            let at = quietest(lane, TimeSpan::new(half, end));
            pieces.push(TimeSpan::new(rest.start_ms, at));
            rest.start_ms = at;
        }
        pieces.push(rest);
    }
    pieces
}

/// Where a span is quietest, in milliseconds.
fn quietest(lane: &Lane, span: TimeSpan) -> u32 {
    let level = |frame: usize| -> f32 {
        (frame.saturating_sub(AROUND)..=frame + AROUND).map(|frame| lane.level(frame)).sum()
    };
    let frame = frames(span).min_by(|a, b| level(*a).total_cmp(&level(*b)));
    frame.map_or(span.end_ms, |frame| frame as u32 * FRAME_MS)
}
