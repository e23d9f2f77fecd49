//! What is heard in a customer turn.

mod feeling;
mod sarcasm;

use std::sync::Arc;

use gehoord_conversation::{
    Cause, CustomerTurn, Emotion, Evidence, Finding, Label, Need, Safety, Signal, Source, Span,
};

use crate::cue::Packs;
use crate::reading::{CueHeard, Reading};

/// A label is asserted from this probability on.
pub(crate) const ASSERTED: f32 = 0.5;

/// What is heard in a customer turn, which answers a question or does not.
pub(crate) fn hear(reading: &Reading<'_>, answers: bool, packs: &Packs) -> CustomerTurn {
    let heard = sarcasm::hear_through(reading, answers, packs);
    let emotions = feeling::emotions(reading, &heard, packs);
    let primary = feeling::primary(&emotions);
    let intensity = feeling::intensity(reading, &emotions, &heard);
    let mut turn = CustomerTurn {
        language: reading.language,
        primary: primary.filter(|_| intensity > 0),
        intensity,
        valence: feeling::valence(&emotions, &heard, intensity),
        emotions,
        ..CustomerTurn::default()
    };
    turn.cause = cause(&turn, &heard, reading);
    turn.signals = signals(reading, &heard, packs);
    follow_from(&mut turn, reading.index);
    sum_up(&mut turn);
    turn
}

/// Brings a turn whose findings were weighed anew into agreement with itself.
pub(crate) fn settle(
    turn: &mut CustomerTurn,
    intensity: f32,
    valence: Option<f32>,
    cause: Option<Span>,
) {
    turn.primary = feeling::primary(&turn.emotions);
    turn.intensity = match turn.primary {
        Some(_) => intensity.round().clamp(1.0, 3.0) as u8,
        None => 0,
    };
    turn.valence = agreeing(valence.unwrap_or(turn.valence).clamp(-1.0, 1.0), turn);
    let felt = turn.emotions.iter().find(|e| feeling::is_negative(e.label));
    let complains = turn.signals.iter().any(|s| s.label == Signal::Complaint.into());
    let by_model = cause.map(|span| Cause { span });
    let by_feeling = || {
        let places = felt.iter().flat_map(|f| &f.evidence).map(|e| e.span);
        places.max_by_key(|s| s.end - s.start).map(|span| Cause { span })
    };
    turn.cause = match (by_model, turn.cause.take()) {
        (Some(cause), _) => Some(cause),
        (None, Some(cause)) if felt.is_some() || complains => Some(cause),
        _ => by_feeling(),
    };
    sum_up(turn);
}

/// A valence that does not belie the feeling that stands: "Belachelijk!" is not pleasant.
fn agreeing(valence: f32, turn: &CustomerTurn) -> f32 {
    /// From here on a turn is of that sign.
    const LEAST: f32 = 0.1;
    let least = LEAST * f32::from(turn.intensity);
    match turn.primary {
        Some(emotion) if emotion.is_negative() => valence.min(-least),
        Some(_) => valence.max(least),
        None => valence,
    }
}

/// Needs, flags and safety as their findings say.
fn sum_up(turn: &mut CustomerTurn) {
    turn.needs.clear();
    turn.safety.clear();
    let has = |label: Signal| turn.signals.iter().any(|s| s.label == label.into());
    turn.repeat_contact = has(Signal::RepeatContact);
    turn.churn_risk = has(Signal::ChurnRisk);
    turn.complaint = has(Signal::Complaint);
    for finding in &turn.signals {
        match finding.label {
            Label::Safety(flag) => turn.safety.push(flag),
            Label::Need(need) => turn.needs.push(need),
            _ => {}
        }
    }
}

/// Flags and needs with their evidence.
fn signals(reading: &Reading<'_>, heard: &[CueHeard], packs: &Packs) -> Vec<Finding> {
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
        .filter_map(|label| fuse(label, reading, heard, packs))
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

/// One finding for a label out of all cues; `None` when none heard it.
pub(crate) fn fuse(
    label: Label,
    reading: &Reading<'_>,
    heard: &[CueHeard],
    packs: &Packs,
) -> Option<Finding> {
    let mut distinct: Vec<&CueHeard> = Vec::new();
    for h in heard.iter().filter(|h| h.label == label) {
        match distinct.iter_mut().find(|d| d.span.overlaps(&h.span)) {
            Some(kept) if kept.strength < h.strength => *kept = h,
            Some(_) => {}
            None => distinct.push(h),
        }
    }
    let strongest = distinct.iter().copied().max_by(|a, b| a.strength.total_cmp(&b.strength))?;
    let unheard: f32 = distinct.iter().map(|h| 1.0 - h.strength).product();
    let mut evidence: Vec<Evidence> =
        distinct.iter().map(|h| Evidence::new(reading.index, h.span)).collect();
    evidence.sort();
    evidence.dedup();
    let pack = packs.of(strongest.language);
    let cue = pack.and_then(|p| p.cues().get(strongest.cue));
    let (rule, because) = cue.map(|c| (c.rule.clone(), c.because.clone())).unwrap_or_default();
    Some(Finding {
        label,
        strength: (1.0 - unheard).clamp(0.0, 0.99),
        evidence,
        source: Source::Cue,
        rule,
        because,
    })
}
