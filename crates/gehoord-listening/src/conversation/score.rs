//! What a reply, and a conversation, is worth to this customer.

use gehoord_conversation::{
    AgentTurn, Breaker, Evidence, Finding, Heard, HeardParts, Label, Moment, Promise, Signal,
    Sureness, Technique, Trajectory,
};

use rustc_hash::FxHashMap;

use crate::agent::Asked;
use crate::cue::{Feeling, Packs};
use crate::fit::known::core;
use crate::reading::Reading;
use crate::rubric::{PartWeights, Rubric};
use crate::text::Kind;

/// An agent run with what is needed to judge it.
pub(super) struct Reply<'r> {
    pub(super) heard: &'r AgentTurn,
    pub(super) asked: &'r Asked,
    pub(super) coverage: Option<f32>,
    pub(super) missed: &'r [Evidence],
    pub(super) promises: &'r [Promise],
    pub(super) style: Style,
}

/// How a reply is worded, beyond what it does.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Style {
    /// Letters in a word of the sentences that are about the matter, on average; `None` for too few words.
    letters: Option<f32>,
    /// Different things of this customer in the words that take up the feeling.
    own_in_acknowledgement: usize,
    /// Holds a number, a time, an address or a link.
    concrete: bool,
}

impl Style {
    /// The style of an agent run.
    pub(super) fn of(
        run: &[&Reading<'_>],
        heard: &AgentTurn,
        asked: &Asked,
        packs: &Packs,
    ) -> Self {
        /// Fewer words say nothing about style.
        const WORDS: usize = 14;
        let mut style = Self::default();
        let (mut words, mut letters) = (0_usize, 0_usize);
        let mut by_turn: FxHashMap<usize, Vec<&Finding>> = FxHashMap::default();
        for finding in heard.techniques.iter().chain(&heard.signals) {
            if let Some(place) = finding.evidence.first() {
                by_turn.entry(place.turn).or_default().push(finding);
            }
        }
        for reading in run {
            let text = &reading.text;
            let own = by_turn.get(&reading.index).into_iter().flatten().copied();
            let core = core(own, reading);
            style.concrete |=
                text.tokens.iter().any(|t| matches!(t.kind, Kind::Number | Kind::Link));
            for (index, sentence) in text.sentences.iter().enumerate() {
                if !core[index] || sentence.question || is_courtesy(reading, index) {
                    continue;
                }
                for at in sentence.range().skip(1) {
                    let token = &text.tokens[at];
                    // A name is no choice of words.
                    let name = token.span().of(&reading.turn.text).starts_with(char::is_uppercase);
                    if token.kind == Kind::Word && !name {
                        words += 1;
                        letters += text.norm(token).len();
                    }
                }
            }
        }
        let warm = heard.techniques.iter().filter(|f| {
            matches!(f.label, Label::Technique(Technique::AcknowledgeFeeling | Technique::Restate))
        });
        for place in warm.flat_map(|f| &f.evidence) {
            let Ok(at) = run.binary_search_by_key(&place.turn, |r| r.index) else { continue };
            let sentence = run[at].text.sentence_around(place.span);
            let own = asked.points.shared_in(run[at], sentence, packs);
            style.own_in_acknowledgement = style.own_in_acknowledgement.max(own);
        }
        style.letters = (words >= WORDS).then(|| letters as f32 / words as f32);
        style
    }
}

/// Whether a sentence takes up a feeling, thanks or apologises: it says nothing of how plainly the
/// matter itself is told.
fn is_courtesy(reading: &Reading<'_>, sentence: usize) -> bool {
    reading.heard.iter().any(|h| {
        h.sentence == sentence
            && matches!(
                h.label,
                Label::Technique(
                    Technique::AcknowledgeFeeling | Technique::Thank | Technique::Apologise
                ) | Label::Signal(Signal::TemplateEmpathy | Signal::Sympathy)
            )
    })
}

/// An agent run, judged.
#[derive(Debug, Clone, Copy)]
pub(super) struct Answered {
    pub(super) score: f32,
    pub(super) parts: HeardParts,
    pub(super) feeling: Feeling,
    pub(super) intensity: u8,
    pub(super) substance: bool,
}

/// The score of a reply and its parts, 0–100. What is there twice counts once.
pub(super) fn reply(reply: &Reply<'_>, rubric: &Rubric) -> (f32, HeardParts) {
    let asked = reply.asked;
    let weights = match (asked.feels(), asked.intensity) {
        (Feeling::Negative, 2..) => &rubric.weights.strong,
        (Feeling::Negative, _) => &rubric.weights.mild,
        (Feeling::Neutral, _) if asked.plain => &rubric.weights.neutral,
        (Feeling::Neutral, _) => &rubric.weights.unnamed,
        (Feeling::Positive, _) => &rubric.weights.positive,
    };
    let parts = HeardParts {
        acknowledged: acknowledged(reply, rubric),
        understood: understood(reply, rubric),
        explored: explored(reply, rubric),
        acted: acted(reply, rubric),
        tone: Some(tone(reply.heard, rubric)),
    };
    let mut score = weighed(&parts, weights);
    let off = 100.0 - parts.tone.unwrap_or(100.0);
    score -= off * rubric.breakers.off_the_whole;
    let heard = reply.heard;
    score -= not_plain(&reply.style, rubric);
    score += leaning(heard, &parts) * rubric.learned.leaning;
    let by_rule = |rule: &str| heard.breakers.iter().any(|b| &*b.rule == rule);
    if by_rule("engine/heavy_on_neutral") {
        score -= rubric.breakers.heavy_on_neutral;
    }
    if by_rule("engine/repeated_formula") {
        score -= rubric.breakers.repeated_formula;
    }
    let walled = heard.has(Breaker::PolicyWall)
        || heard.has(Breaker::Deflect)
        || heard.has(Breaker::BlameCustomer);
    let helps = heard.has(Technique::Solve) || heard.has(Technique::PromiseAction);
    if heard.has(Breaker::ButClause) && walled && !helps {
        score = score.min(rubric.breakers.taken_back_cap);
    }
    (score.clamp(0.0, 100.0), parts)
}

/// How the words of a reply lean. Something is taken off only where a fault can be pointed at.
fn leaning(heard: &AgentTurn, parts: &HeardParts) -> f32 {
    /// A part from here on has no fault.
    const WELL: f32 = 60.0;
    let well = |part: Option<f32>| part.is_none_or(|p| p >= WELL);
    let faultless = !heard.breakers.iter().any(Finding::is_sure)
        && well(parts.acknowledged)
        && well(parts.acted);
    let lowest = if faultless { 0.0 } else { -1.0 };
    heard.leaning.clamp(lowest, 1.0)
}

fn weighed(parts: &HeardParts, weights: &PartWeights) -> f32 {
    let pairs = [
        (parts.acknowledged, weights.acknowledged),
        (parts.understood, weights.understood),
        (parts.explored, weights.explored),
        (parts.acted, weights.acted),
        (parts.tone, weights.tone),
    ];
    let total: f32 = pairs.iter().filter(|(part, _)| part.is_some()).map(|(_, w)| w).sum();
    let sum: f32 = pairs.iter().filter_map(|(part, w)| part.map(|p| p * w)).sum();
    if total > 0.0 { (sum / total).clamp(0.0, 100.0) } else { 100.0 }
}

/// What long words take off the whole (source b1, and conversational human voice: hooijdonk-2018).
fn not_plain(style: &Style, rubric: &Rubric) -> f32 {
    let plain = &rubric.plain;
    let Some(letters) = style.letters else { return 0.0 };
    let share = (letters - plain.easy) / (plain.hard - plain.easy);
    share.clamp(0.0, 1.0) * plain.off_the_whole
}

fn acknowledged(reply: &Reply<'_>, rubric: &Rubric) -> Option<f32> {
    let (heard, asked, points) = (reply.heard, reply.asked, &rubric.acknowledged);
    if asked.feels() == Feeling::Neutral && asked.plain {
        return None;
    }
    let template = heard.has(Breaker::Scripted);
    let restated = heard.has(Technique::Restate) || heard.has(Signal::Sympathy);
    let base = if heard.has(Technique::AcknowledgeFeeling) {
        match (template, restated || heard.has(Signal::OwnFault)) {
            (true, false) => points.template,
            (false, false) => points.named,
            (_, true) => points.specific,
        }
    } else if asked.feels() == Feeling::Positive {
        let warm = heard.has(Technique::Thank) || heard.has(Technique::Personalise);
        if warm { points.named } else { points.positive_none }
    } else {
        let sorry = heard.has(Technique::Apologise);
        let found = match (sorry, restated, heard.has(Technique::OpenQuestion)) {
            (true, true, _) => points.apology_specific,
            (_, true, _) => points.situation,
            (_, _, true) => points.question,
            (true, _, _) => points.apology,
            _ => points.none,
        };
        if asked.intensity <= 1 { found.max(points.mild_none) } else { found }
    };
    let base = if heard.has(Signal::ToSafety) { base.max(points.named) } else { base };
    // The more of this customer is in it, the more it is theirs.
    let own = reply.style.own_in_acknowledgement.min(2) as f32 / 2.0;
    let base = if base >= points.template { base - points.general * (1.0 - own) } else { base };
    let own_fault = if heard.has(Signal::OwnFault) { points.own_fault } else { 0.0 };
    let story_missing = asked.repeat_contact
        && base >= points.named
        && asked
            .points
            .points
            .iter()
            .take(64)
            .any(|p| p.has_number && reply.missed.contains(&p.place));
    let left_out = if story_missing { points.story_left_out } else { 0.0 };
    Some((base + own_fault - left_out).clamp(0.0, 100.0))
}

fn understood(reply: &Reply<'_>, rubric: &Rubric) -> Option<f32> {
    let coverage = reply.coverage?;
    let (asked, points) = (reply.asked, &rubric.understood);
    let covered = (coverage / points.full_coverage).min(1.0);
    let true_back = reply.heard.fidelity.unwrap_or(1.0);
    let answers = [Technique::Explain, Technique::Solve, Technique::PromiseAction]
        .iter()
        .any(|&t| reply.heard.has(t));
    let base = if asked.feels() == Feeling::Neutral || asked.feels() == Feeling::Positive {
        // "Naar welk adres?": what it takes to do what was asked.
        let asks_back = asked.plain && reply.heard.has(Technique::ClosedQuestion);
        let answered = if answers || asks_back { points.answered } else { 0.0 };
        answered + (100.0 - answered) * covered
    } else {
        let heard = reply.heard;
        let takes_up = heard.has(Technique::AcknowledgeFeeling) && !heard.has(Breaker::Scripted);
        let does_it = asked.intensity <= 1 && heard.has(Technique::Solve);
        let shown = if heard.has(Technique::Restate) {
            points.restated
        } else if takes_up || does_it {
            points.shown
        } else {
            0.0
        };
        shown + (100.0 - shown) * covered
    };
    Some(base * true_back)
}

fn explored(reply: &Reply<'_>, rubric: &Rubric) -> Option<f32> {
    if !reply.asked.unclear {
        return None;
    }
    let asks = [Technique::OpenQuestion, Technique::ClosedQuestion, Technique::CheckUnderstanding]
        .iter()
        .any(|&t| reply.heard.has(t));
    Some(if asks { rubric.explored.asked } else { rubric.explored.not_asked })
}

fn acted(reply: &Reply<'_>, rubric: &Rubric) -> Option<f32> {
    let (heard, asked, points) = (reply.heard, reply.asked, &rubric.acted);
    let neutral = asked.feels() != Feeling::Negative && !asked.problem;
    let mut best = points.nothing;
    let mut at_least = |value: f32| best = f32::max(best, value);
    if heard.boundary && asked.unsafe_turn {
        at_least(points.solved);
    }
    if heard.has(Technique::Solve) || heard.has(Signal::ToSafety) {
        at_least(points.solved);
    }
    if heard.has(Technique::PromiseAction) {
        let complete = reply.promises.iter().any(|p| p.complete);
        let loose = heard.techniques.iter().any(|t| t.label == Technique::PromiseAction.into())
            && reply.promises.iter().any(|p| p.complete && is_loose(&p.what));
        at_least(match (complete, loose) {
            (true, false) => points.promised_complete,
            (true, true) => points.promised_loose,
            (false, _) => points.promised_open,
        });
    }
    if heard.has(Technique::Explain) {
        at_least(if neutral { points.explained } else { points.explained_problem });
    }
    if heard.has(Technique::Reassure) {
        at_least(points.reassured);
    }
    if heard.has(Technique::ClosedQuestion) || heard.has(Technique::OpenQuestion) {
        at_least(points.asked);
    }
    if heard.has(Technique::Refer) {
        let warm = heard.has(Signal::WarmTransfer);
        at_least(match (warm, neutral) {
            (true, _) => points.referred_warm,
            (false, true) => points.asked,
            (false, false) => points.referred,
        });
    }
    if heard.has(Breaker::VaguePromise) {
        at_least(points.vague);
    }
    if heard.has(Signal::Refusal) {
        let way =
            [Technique::Solve, Technique::PromiseAction, Technique::Refer, Technique::Explain]
                .iter()
                .any(|&t| heard.has(t));
        best = best.min(if way { points.refused_with_way } else { points.refused });
    }
    if heard.has(Technique::TakeOwnership) {
        best += points.ownership;
    }
    if !reply.style.concrete {
        best -= points.not_concrete;
    }
    let by_firm = !reply.promises.is_empty()
        && reply.promises.iter().all(|p| p.who == gehoord_conversation::PromiseMaker::Firm);
    if by_firm {
        best -= points.firm_only;
    }
    if asked.in_danger && !heard.has(Signal::ToSafety) {
        best = best.min(points.danger_left);
    }
    if !asked.wants_action && best <= points.asked {
        return None;
    }
    Some(best.clamp(0.0, 100.0))
}

/// "Zo snel mogelijk" beside a time.
fn is_loose(words: &str) -> bool {
    let words = words.to_lowercase();
    ["zo snel mogelijk", "zo spoedig mogelijk", "z.s.m", "as soon as possible", "asap"]
        .iter()
        .any(|loose| words.contains(loose))
}

fn tone(heard: &AgentTurn, rubric: &Rubric) -> f32 {
    let mut off = 0.0;
    for &breaker in Breaker::ALL {
        // What is only surmised weighs less.
        let share = |b: &Finding| match b.is_sure() {
            true => 0.4 + 0.6 * b.strength,
            false => 0.25 + 0.65 * b.strength,
        };
        let found = heard.breakers.iter().filter(|b| b.label == Label::Breaker(breaker));
        off += rubric.penalty(breaker) * found.map(share).fold(0.0_f32, f32::max);
    }
    (100.0 - off).max(0.0)
}

/// Was the customer heard, over all answers; `spoke_last`: the customer spoke after an answer and
/// got none.
pub(super) fn heard(
    answers: &[Answered],
    moments: &[Moment],
    trajectory: &Trajectory,
    spoke_last: bool,
    sure: Sureness,
    rubric: &Rubric,
) -> Heard {
    let numbers = &rubric.heard;
    let weight = |a: &Answered| match a.feeling {
        Feeling::Negative if a.intensity >= 1 => {
            numbers.moment_weight + numbers.intensity_weight * (f32::from(a.intensity) - 2.0)
        }
        _ => numbers.neutral_weight,
    };
    let with_substance = || answers.iter().filter(|a| a.substance);
    let all: Vec<&Answered> = if with_substance().next().is_some() {
        with_substance().collect()
    } else {
        answers.iter().collect()
    };
    let mean = |of: &dyn Fn(&Answered) -> Option<f32>| {
        let total: f32 = all.iter().filter(|a| of(a).is_some()).map(|a| weight(a)).sum();
        let sum: f32 = all.iter().filter_map(|a| of(a).map(|v| v * weight(a))).sum();
        (total > 0.0).then(|| (sum / total).clamp(0.0, 100.0))
    };
    let parts = HeardParts {
        acknowledged: mean(&|a| a.parts.acknowledged),
        understood: mean(&|a| a.parts.understood),
        explored: mean(&|a| a.parts.explored),
        acted: mean(&|a| a.parts.acted),
        tone: mean(&|a| a.parts.tone),
    };
    let Some(average) = mean(&|a| Some(a.score)) else {
        return Heard { score: 50.0, sure: Sureness::Low, parts };
    };
    let worst = all
        .iter()
        .filter(|a| a.feeling == Feeling::Negative && a.intensity >= 2)
        .map(|a| a.score)
        .fold(average, f32::min);
    let mut score = average * (1.0 - numbers.worst_share) + worst * numbers.worst_share;
    if trajectory.turned_around {
        score += numbers.turned_bonus;
    } else if trajectory.eased {
        score += numbers.eased_bonus;
    } else if spoke_last && trajectory.end.is_some_and(|end| end < -0.4) {
        score -= numbers.ended_negative_malus;
    }
    if moments.last().is_some_and(|m| m.met.is_none()) {
        score -= numbers.open_end_malus;
    }
    Heard { score: score.clamp(0.0, 100.0), sure, parts }
}
