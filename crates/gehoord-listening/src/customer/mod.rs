//! What is heard in a customer turn.

mod feeling;
mod sarcasm;

use std::sync::Arc;

use gehoord_conversation::{
    Cause, CustomerTurn, Emotion, Evidence, Finding, Label, Need, Safety, Signal, Source, Span,
};

use crate::cue::Pack;
use crate::model::ModelFinding;
use crate::reading::{CueHeard, Reading};

/// A label is asserted from this probability on.
pub(crate) const ASSERTED: f32 = 0.5;

/// What is heard in a customer turn.
pub(crate) fn hear(reading: &Reading<'_>, packs: &[Pack], model: &[ModelFinding]) -> CustomerTurn {
    let heard = sarcasm::hear_through(reading, packs);
    let emotions = feeling::emotions(reading, &heard, packs, model);
    let primary = feeling::primary(&emotions);
    let intensity = feeling::intensity(reading, &emotions, &heard, model);
    let mut turn = CustomerTurn {
        language: reading.language,
        primary: primary.filter(|_| intensity > 0),
        intensity,
        valence: feeling::valence(&emotions, &heard, intensity),
        emotions,
        ..CustomerTurn::default()
    };
    turn.cause = cause(&turn, &heard, reading);
    turn.signals = signals(reading, &heard, packs, model);
    for finding in &turn.signals {
        match finding.label {
            Label::Safety(flag) => turn.safety.push(flag),
            Label::Need(need) => turn.needs.push(need),
            Label::Signal(Signal::RepeatContact) => turn.repeat_contact = true,
            Label::Signal(Signal::ChurnRisk) => turn.churn_risk = true,
            Label::Signal(Signal::Complaint) => turn.complaint = true,
            _ => {}
        }
    }
    follow_from(&mut turn, reading.index);
    turn
}

/// Flags and needs with their evidence.
fn signals(
    reading: &Reading<'_>,
    heard: &[CueHeard],
    packs: &[Pack],
    model: &[ModelFinding],
) -> Vec<Finding> {
    let safety = Safety::ALL.iter().map(|&l| Label::Safety(l));
    let needs = Need::ALL.iter().map(|&l| Label::Need(l));
    let flags = [
        Signal::RepeatContact,
        Signal::ChurnRisk,
        Signal::Complaint,
        Signal::BrokenPromise,
        Signal::Resolved,
        Signal::Request,
        Signal::Sarcasm,
    ];
    safety
        .chain(needs)
        .chain(flags.into_iter().map(Label::Signal))
        .filter_map(|label| fuse(label, reading, heard, packs, model))
        .filter(|finding| finding.strength >= ASSERTED)
        .collect()
}

/// Needs and flags that follow from what was felt, pointing at the same words.
fn follow_from(turn: &mut CustomerTurn, index: usize) {
    let upset = |e: &Finding| {
        matches!(
            e.label,
            Label::Emotion(
                Emotion::Anger
                    | Emotion::Annoyance
                    | Emotion::Powerlessness
                    | Emotion::Disappointment
            )
        )
    };
    let strong = turn.intensity >= 2;
    let mut follow: Vec<(Label, Finding)> = Vec::new();
    if let Some(source) = turn.emotions.iter().find(|e| upset(e)) {
        if strong || turn.repeat_contact {
            follow.push((Need::Recognition.into(), source.clone()));
        }
        if strong && turn.cause.is_some() {
            follow.push((Signal::Complaint.into(), source.clone()));
        }
    }
    let worried = turn.emotions.iter().find(|e| e.label == Label::Emotion(Emotion::Worry));
    if let Some(source) = worried {
        follow.push((Need::Certainty.into(), source.clone()));
    }
    let confused = turn.emotions.iter().find(|e| e.label == Label::Emotion(Emotion::Confusion));
    if let Some(source) = confused {
        follow.push((Need::Information.into(), source.clone()));
    }
    let trouble = turn.signals.iter().find(|s| s.label == Signal::Complaint.into());
    let trouble = trouble.or_else(|| turn.emotions.iter().find(|e| upset(e)));
    if let Some(source) = trouble.filter(|_| turn.cause.is_some()) {
        follow.push((Need::Solution.into(), source.clone()));
    }
    if let Some(source) = turn.signals.iter().find(|s| s.label == Signal::RepeatContact.into()) {
        follow.push((Need::Recognition.into(), source.clone()));
        follow.push((Need::Solution.into(), source.clone()));
    }
    for (label, source) in follow {
        if turn.signals.iter().any(|s| s.label == label) {
            continue;
        }
        match label {
            Label::Need(need) => turn.needs.push(need),
            Label::Signal(Signal::Complaint) => turn.complaint = true,
            _ => {}
        }
        let rule: Arc<str> = format!("engine/{}_from_{}", label.id(), source.label.id()).into();
        debug_assert!(
            source.evidence.iter().all(|e| e.turn == index),
            "evidence stays in the turn"
        );
        turn.signals.push(Finding { label, rule, ..source });
    }
}

/// The words that name what brought the feeling: the strongest cause cue, or else the words in
/// which the strongest unpleasant feeling was heard.
fn cause(turn: &CustomerTurn, heard: &[CueHeard], reading: &Reading<'_>) -> Option<Cause> {
    let negative = turn.emotions.iter().find(|e| feeling::is_negative(e.label));
    let complaint = heard.iter().any(|h| h.label == Signal::Complaint.into());
    if negative.is_none() && !complaint {
        return None;
    }
    let causes = heard.iter().filter(|h| h.label == Signal::Cause.into());
    let length = |span: &Span| span.end - span.start;
    let best = causes.max_by(|a, b| {
        let weigh = |h: &CueHeard| h.strength * (length(&h.span).min(80) as f32).sqrt();
        weigh(a).total_cmp(&weigh(b))
    });
    if let Some(cause) = best {
        return Some(Cause { span: cause.span });
    }
    let words =
        |span: &Span| reading.text.tokens.iter().filter(|t| span.contains(&t.span())).count();
    let implicit = negative?.evidence.iter().map(|e| e.span).max_by_key(length)?;
    (words(&implicit) >= 3).then_some(Cause { span: implicit })
}

/// One finding for a label out of all cues and the model; `None` when nobody heard it.
pub(crate) fn fuse(
    label: Label,
    reading: &Reading<'_>,
    heard: &[CueHeard],
    packs: &[Pack],
    model: &[ModelFinding],
) -> Option<Finding> {
    let mut distinct: Vec<&CueHeard> = Vec::new();
    for h in heard.iter().filter(|h| h.label == label) {
        match distinct.iter_mut().find(|d| d.span.overlaps(&h.span)) {
            Some(kept) if kept.strength < h.strength => *kept = h,
            Some(_) => {}
            None => distinct.push(h),
        }
    }
    let by_model = model.iter().find(|m| m.label == label && !m.evidence.is_empty());
    let strongest = distinct.iter().copied().max_by(|a, b| a.strength.total_cmp(&b.strength));
    if strongest.is_none() && by_model.is_none() {
        return None;
    }
    let unheard: f32 = distinct.iter().map(|h| 1.0 - h.strength).product();
    let unheard = unheard * by_model.map_or(1.0, |m| 1.0 - m.strength);
    let mut evidence: Vec<Evidence> =
        distinct.iter().map(|h| Evidence::new(reading.index, h.span)).collect();
    if distinct.is_empty() {
        let spans = by_model.map(|m| m.evidence.as_slice()).unwrap_or_default();
        evidence.extend(spans.iter().map(|&span| Evidence::new(reading.index, span)));
    }
    evidence.sort();
    evidence.dedup();
    let (rule, because) = match strongest {
        Some(h) => {
            let cue =
                packs.iter().find(|p| p.language == h.language).and_then(|p| p.cues().get(h.cue));
            cue.map(|c| (c.rule.clone(), c.because.clone())).unwrap_or_default()
        }
        None => (Arc::from("model"), Arc::from("")),
    };
    Some(Finding {
        label,
        strength: (1.0 - unheard).clamp(0.0, 0.99),
        evidence,
        source: match (strongest, by_model) {
            (Some(_), Some(_)) => Source::Both,
            (None, _) => Source::Model,
            (_, None) => Source::Cue,
        },
        rule,
        because,
    })
}
