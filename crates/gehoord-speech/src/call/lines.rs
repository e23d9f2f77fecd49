//! How loud and how high both voices were over a call: what is drawn of it.

use gehoord_conversation::voice::{VoiceLine, VoiceLines, VoiceReport};

use super::Layout;
use super::lane::{FRAME_MS, Lane};
use super::segments::frames;

/// So many pieces at most; a longer call has longer pieces.
const MOST: u32 = 320;
/// No piece is shorter: a few syllables.
const SHORTEST_MS: u32 = 500;
/// Fewer frames than this of a piece tell nothing.
const LEAST: usize = 5;

pub(super) fn lines(lanes: &[Lane], layout: Layout, report: &VoiceReport) -> VoiceLines {
    // Whole frames, so that no piece has more of them than another.
    let step = report.length_ms.div_ceil(MOST).max(SHORTEST_MS).div_ceil(FRAME_MS);
    let pieces = (report.length_ms / FRAME_MS).div_ceil(step) as usize;
    let line = |(channel, lane): (usize, &Lane)| {
        let party = layout.party(channel);
        let mut levels = vec![Vec::new(); pieces];
        let mut pitches = vec![Vec::new(); pieces];
        for turn in report.turns.iter().filter(|turn| turn.party == party) {
            for frame in frames(turn.span).filter(|frame| lane.is_speech(*frame)) {
                let piece = frame / step as usize;
                let Some(levels) = levels.get_mut(piece) else { continue };
                levels.push(lane.level(frame));
                pitches[piece].extend(lane.pitch(frame));
            }
        }
        VoiceLine {
            party,
            level: levels.iter_mut().map(|values| median(values)).collect(),
            pitch: pitches.iter_mut().map(|values| median(values)).collect(),
        }
    };
    VoiceLines { step_ms: step * FRAME_MS, lines: lanes.iter().enumerate().map(line).collect() }
}

/// The middle one, to a tenth; none of a few.
fn median(values: &mut [f32]) -> Option<f32> {
    if values.len() < LEAST {
        return None;
    }
    let at = values.len() / 2;
    let (_, middle, _) = values.select_nth_unstable_by(at, f32::total_cmp);
    Some((*middle * 10.0).round() / 10.0)
}
