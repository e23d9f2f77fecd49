//! Feelings of a turn: which, how strong, how pleasant.

use gehoord_conversation::{Emotion, Finding, Label, Signal};

use super::{ASSERTED, fuse};
use crate::cue::Packs;
use crate::reading::{CueHeard, Reading};

pub(super) fn is_negative(label: Label) -> bool {
    matches!(label, Label::Emotion(e) if e.is_negative())
}

/// All feelings that are asserted, strongest first.
pub(super) fn emotions(reading: &Reading<'_>, heard: &[CueHeard], packs: &Packs) -> Vec<Finding> {
    let mut emotions: Vec<Finding> = Emotion::ALL
        .iter()
        .filter_map(|&emotion| fuse(emotion.into(), reading, heard, packs))
        .filter(|finding| finding.strength >= ASSERTED)
        .collect();
    emotions.sort_by(|a, b| b.strength.total_cmp(&a.strength).then(a.label.cmp(&b.label)));
    emotions
}

pub(super) fn primary(emotions: &[Finding]) -> Option<Emotion> {
    emotions.iter().find_map(|f| match f.label {
        Label::Emotion(e) => Some(e),
        _ => None,
    })
}

/// The strongest intensity among the asserted feelings, one more when several clear ones come
/// together.
pub(super) fn intensity(reading: &Reading<'_>, emotions: &[Finding], heard: &[CueHeard]) -> u8 {
    let asserted = |label: Label| emotions.iter().any(|e| e.label == label);
    let by_cue = heard.iter().filter(|h| asserted(h.label)).map(|h| (h.intensity, h.strength));
    let strongest = by_cue
        .filter(|(_, strength)| *strength >= 0.4)
        .map(|(intensity, _)| intensity)
        .max()
        .unwrap_or(u8::from(!emotions.is_empty()));
    let clear = heard
        .iter()
        .filter(|h| is_negative(h.label) && asserted(h.label) && h.intensity >= 2)
        .map(|h| h.span)
        .collect::<std::collections::BTreeSet<_>>();
    let several = clear.len() >= 3 && strongest == 2;
    let shouted = reading.text.tokens.iter().filter(|t| t.shouted).count();
    let shouting = strongest == 2 && shouted * 2 > reading.text.tokens.len() && shouted >= 4;
    (strongest + u8::from(several || shouting)).min(3)
}

/// −1 very negative – 1 very positive, from the feelings, how sure they are and how strong.
pub(super) fn valence(emotions: &[Finding], heard: &[CueHeard], intensity: u8) -> f32 {
    let reach = |intensity: u8| match intensity {
        0 | 1 => 0.35,
        2 => 0.65,
        _ => 0.95,
    };
    let of = |negative: bool| {
        emotions
            .iter()
            .filter(|e| matches!(e.label, Label::Emotion(_)) && is_negative(e.label) == negative)
            .map(|e| e.strength)
            .fold(0.0_f32, f32::max)
    };
    let (negative, positive) = (of(true), of(false));
    if negative == 0.0 && positive == 0.0 {
        // Below a feeling, a complaint or a word of praise still colours the turn.
        let complains = heard.iter().any(|h| h.label == Signal::Complaint.into());
        let praises = heard.iter().any(|h| h.label == Signal::Praise.into());
        return match (complains, praises) {
            (true, _) => -0.2,
            (false, true) => 0.15,
            _ => 0.0,
        };
    }
    let sign = if negative >= positive { -1.0 } else { 1.0 };
    let winner = negative.max(positive);
    let mixed = negative.min(positive) / winner;
    sign * reach(intensity) * (0.7 + 0.3 * winner) * (1.0 - 0.4 * mixed)
}
