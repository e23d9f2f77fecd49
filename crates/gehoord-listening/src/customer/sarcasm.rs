//! "Nou, lekker dan", "fantastische service hoor 👏", and formulas that are no feeling.

use gehoord_conversation::{Emotion, Label, Safety, Signal};

use crate::cue::Packs;
use crate::reading::{CueHeard, Reading};

/// The cues of a customer turn with pleasant words that are not meant taken out, and with
/// annoyance heard where praise stands beside trouble and a marker says that it is mocked.
pub(super) fn hear_through(reading: &Reading<'_>, answers: bool, packs: &Packs) -> Vec<CueHeard> {
    let mut heard = reading.heard.clone();
    if answers {
        heard.retain(|h| {
            let cue = packs.of(h.language).and_then(|pack| pack.cues().get(h.cue));
            cue.is_none_or(|cue| !cue.unless_answering)
        });
    }
    drop_formulas(&mut heard);
    let pleasant = |h: &CueHeard| {
        matches!(h.label, Label::Emotion(e) if !e.is_negative()) || h.label == Signal::Praise.into()
    };
    let mocked: Vec<usize> =
        heard.iter().filter(|h| h.label == Signal::Sarcasm.into()).map(|h| h.sentence).collect();
    let marked: Vec<CueHeard> = heard
        .iter()
        .filter(|h| pleasant(h) && !mocked.contains(&h.sentence))
        .filter(|h| trouble_near(&heard, h.sentence) && has_marker(reading, packs, h))
        .cloned()
        .collect();
    for praise in &marked {
        heard.push(CueHeard { label: Signal::Sarcasm.into(), strength: 0.7, ..praise.clone() });
        heard.push(CueHeard {
            label: Emotion::Annoyance.into(),
            strength: 0.7,
            intensity: 2,
            ..praise.clone()
        });
    }
    abuse_is_anger(&mut heard);
    if !mocked.is_empty() || !marked.is_empty() {
        let thanks_for_real = heard.iter().any(|h| h.label == Signal::Resolved.into());
        if !thanks_for_real {
            heard.retain(|h| !pleasant(h));
        }
    }
    let furious = heard.iter().any(|h| h.label == Emotion::Anger.into() && h.strength >= 0.6);
    let relieved = heard
        .iter()
        .any(|h| h.label == Signal::Resolved.into() || h.label == Emotion::Relief.into());
    if furious && !relieved {
        heard.retain(|h| !pleasant(h));
    }
    heard
}

/// Who insults or threatens is angry, also where nothing else says so.
fn abuse_is_anger(heard: &mut Vec<CueHeard>) {
    let hostile = [Safety::Abuse, Safety::Threat].map(Label::Safety);
    let source = heard.iter().find(|h| hostile.contains(&h.label) && h.strength >= 0.5).cloned();
    if let Some(source) = source {
        heard.push(CueHeard { label: Emotion::Anger.into(), intensity: 3, ..source });
    }
}

/// A pleasant feeling that is only a formula ("alvast bedankt") is none.
fn drop_formulas(heard: &mut Vec<CueHeard>) {
    let formulas: Vec<_> =
        heard.iter().filter(|h| h.label == Signal::Politeness.into()).map(|h| h.span).collect();
    heard.retain(|h| {
        let pleasant = matches!(h.label, Label::Emotion(e) if !e.is_negative());
        !pleasant
            || !formulas
                .iter()
                .any(|f| f.contains(&h.span) || (f.overlaps(&h.span) && h.strength < 0.7))
    });
}

/// An unpleasant event in the same sentence or the one beside it.
fn trouble_near(heard: &[CueHeard], sentence: usize) -> bool {
    heard.iter().any(|h| {
        let trouble = matches!(h.label, Label::Emotion(e) if e.is_negative())
            || h.label == Signal::Cause.into()
            || h.label == Signal::BrokenPromise.into();
        trouble && h.sentence.abs_diff(sentence) <= 1
    })
}

/// A word or emoji that says "I do not mean it", close behind the praise or anywhere as emoji.
fn has_marker(reading: &Reading<'_>, packs: &Packs, praise: &CueHeard) -> bool {
    let Some(pack) = packs.of(praise.language) else { return false };
    let text = &reading.text;
    text.tokens.iter().any(|token| {
        let near = token.sentence as usize == praise.sentence
            && token.start as usize >= praise.span.start
            && (token.start as usize) < praise.span.end + 24;
        let emoji = token.kind == crate::text::Kind::Emoji;
        (near || emoji) && pack.list_has("sarcasm_markers", text.norm(token))
    })
}
