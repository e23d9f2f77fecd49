//! One run after the other: what the customer brought, and how the agent answered it.

use gehoord_conversation::{
    AgentTurn, Breaker, CustomerTurn, Emotion, Evidence, Finding, Label, Locale, Need, Party,
    Promise, Safety, Signal, Source, Span, Technique, TurnReport,
};
use rustc_hash::{FxHashMap, FxHashSet};

use super::runs::{self, Run};
use super::{Ears, Pending, kept, moments, score};
use crate::agent::{self, Asked, Formulas, Points, address};
use crate::cue::{Feeling, Packs};
use crate::fit::known;
use crate::reading::Reading;

/// What runs are heard with, and where it is put.
pub(super) struct Stage<'s, 'c> {
    pub(super) readings: &'s [Reading<'c>],
    pub(super) turns: &'s mut [TurnReport],
    pub(super) beliefs: &'s mut [Vec<f32>],
    pub(super) ears: &'s Ears<'s>,
    pub(super) locale: &'s Locale,
}

/// What the runs so far brought.
#[derive(Debug, Clone, Default)]
pub(super) struct Exchange {
    pub(super) moments: Pending,
    promises: Vec<Promise>,
    memory: kept::Memory,
    /// So many turns were looked at for what they show of promises.
    looked: usize,
    pub(super) answers: Vec<score::Answered>,
    formulas: Formulas,
    /// What the last customer run brought; `None` before the first.
    asked: Option<Asked>,
}

impl Exchange {
    /// Hears the next run. Nothing may be known yet of its agent turns.
    pub(super) fn hear(&mut self, run: &Run, stage: &mut Stage<'_, '_>) {
        self.hear_run(run, stage);
        let end = run.turns.last().map_or(0, |last| last + 1).max(self.looked);
        for reading in &stage.readings[self.looked..end] {
            let (promises, memory) = (&mut self.promises, &mut self.memory);
            kept::show(promises, memory, stage.readings, reading, stage.ears.packs);
        }
        self.looked = end;
    }

    /// What was promised, with what turns to the end show of it.
    pub(super) fn promises(&self, readings: &[Reading<'_>], packs: &Packs) -> Vec<Promise> {
        let (mut promises, mut memory) = (self.promises.clone(), self.memory.clone());
        for reading in &readings[self.looked..] {
            kept::show(&mut promises, &mut memory, readings, reading, packs);
        }
        promises
    }

    fn hear_run(&mut self, run: &Run, stage: &mut Stage<'_, '_>) {
        if run.party == Party::Customer {
            let said =
                run.turns.iter().filter_map(|&i| customer_at(stage.readings, stage.turns, i));
            let said: Vec<(&Reading<'_>, &CustomerTurn)> = said.collect();
            if said.is_empty() {
                return;
            }
            let asked = what_is_asked(&said, self.asked.as_ref(), stage.ears.packs);
            self.moments.open(&said, &asked);
            self.asked = Some(asked);
            return;
        }
        let nothing = Asked::default();
        let asked = self.asked.as_ref().unwrap_or(&nothing);
        let Some(answer) = hear_answer(run, asked, &mut self.formulas, stage) else { return };
        let made = self.promises.len();
        for &index in &run.turns {
            if let TurnReport::Agent(turn) = &stage.turns[index] {
                let (reading, packs) = (&stage.readings[index], stage.ears.packs);
                self.promises.extend(agent::promises::promises(reading, turn, packs, stage.locale));
            }
        }
        if let Some(asked) = &self.asked {
            let met = takes_up_feeling(&answer.merged, stage.readings);
            let decided = self.moments.answer(&answer.merged, met, asked, answer.first);
            // "U ook een fijne dag." answers nothing.
            if asked.closes && decided == moments::Decision::Nothing {
                return;
            }
            let promises = &self.promises[made..];
            let done = answer.merged.has(Technique::Solve) || promises.iter().any(|p| p.complete);
            let safe = answer.merged.has(Signal::ToSafety);
            self.answers.push(judge(run, answer, decided, asked, promises, stage));
            if let Some(asked) = &mut self.asked {
                // Who says "nee hoor, hoeft niet" to it asks for nothing any more.
                asked.wants_action &= !done;
                asked.problem &= !done;
                asked.in_danger &= !safe;
            }
        }
    }
}

fn customer_at<'r, 'c>(
    readings: &'r [Reading<'c>],
    turns: &'r [TurnReport],
    index: usize,
) -> Option<(&'r Reading<'c>, &'r CustomerTurn)> {
    match &turns[index] {
        TurnReport::Customer(turn) => Some((&readings[index], turn)),
        _ => None,
    }
}

/// What a run of customer turns brings. A run that only fills in facts keeps what was asked
/// before it.
fn what_is_asked(
    said: &[(&Reading<'_>, &CustomerTurn)],
    before: Option<&Asked>,
    packs: &Packs,
) -> Asked {
    let readings: Vec<&Reading<'_>> = said.iter().map(|(r, _)| *r).collect();
    let strongest = said.iter().max_by_key(|(r, t)| (t.intensity, std::cmp::Reverse(r.index)));
    let negative = |t: &CustomerTurn| {
        t.emotions.iter().any(|e| matches!(e.label, Label::Emotion(e) if e.is_negative()))
    };
    let feeling = if said.iter().any(|(_, t)| negative(t) && t.valence < 0.0) {
        Feeling::Negative
    } else if said.iter().any(|(_, t)| t.valence > 0.25 && !t.emotions.is_empty()) {
        Feeling::Positive
    } else {
        Feeling::Neutral
    };
    let asks = said.iter().any(|(r, t)| {
        r.text.sentences.iter().any(|s| s.question)
            || t.needs.iter().any(|n| {
                matches!(n, Need::Information | Need::Solution | Need::Speed | Need::Compensation)
            })
            || t.has(Signal::Request.into())
    });
    let problem = said.iter().any(|(_, t)| t.complaint || t.cause.is_some());
    let form = readings.iter().rev().find_map(|r| {
        let forms = address::forms(r);
        (forms.len() == 1).then(|| forms[0].0)
    });
    let plain = feeling == Feeling::Neutral && !problem && !tells_a_story(&readings, packs);
    let words = readings.iter().map(|r| r.text.word_count()).sum();
    let points = Points::of(&readings, packs);
    let sore_places: Vec<Evidence> = said
        .iter()
        .flat_map(|(r, t)| {
            let cause = t.cause.iter().map(|c| Evidence::new(r.index, c.span));
            let felt = t
                .emotions
                .iter()
                .filter(|e| matches!(e.label, Label::Emotion(e) if e.is_negative()));
            cause.chain(felt.flat_map(|e| e.evidence.iter().copied())).collect::<Vec<_>>()
        })
        .collect();
    let mut sore_spans: FxHashMap<usize, Vec<Span>> = FxHashMap::default();
    for place in sore_places {
        sore_spans.entry(place.turn).or_default().push(place.span);
    }
    let sore = Points::within(&readings, packs, |place| {
        sore_spans
            .get(&place.turn)
            .is_some_and(|spans| spans.iter().any(|s| s.overlaps(&place.span)))
    });
    let in_danger = before.is_some_and(|b| b.in_danger)
        || said.iter().flat_map(|(_, t)| &t.signals).any(|s| {
            s.label == Safety::Danger.into() && s.source == Source::Both && s.strength >= DANGER
        });
    let closes = said.iter().all(|(r, t)| closes(r, t));
    let goes_on = before.filter(|_| !asks && !problem && feeling == Feeling::Neutral && !closes);
    Asked {
        feeling: Some(feeling),
        intensity: strongest.map_or(0, |(_, t)| t.intensity),
        unclear: feeling == Feeling::Negative
            && points.points.len() <= 1
            && words <= 8
            && said.iter().all(|(_, t)| t.cause.is_none()),
        plain,
        points,
        sore,
        address: form.or(before.and_then(|b| b.address)),
        repeat_contact: said.iter().any(|(_, t)| t.repeat_contact),
        complains: said.iter().any(|(_, t)| t.complaint),
        closes: closes && !asks && !problem && {
            let mildly = strongest.is_none_or(|(_, turn)| turn.intensity <= 1);
            feeling == Feeling::Neutral || (feeling == Feeling::Positive && mildly)
        },
        wants_action: asks
            || problem
            || in_danger
            || feeling == Feeling::Negative
            || goes_on.is_some_and(|b| b.wants_action),
        broken: problem || said.iter().any(|(_, t)| t.needs.contains(&Need::Solution)),
        problem: problem || goes_on.is_some_and(|b| b.problem),
        unsafe_turn: said.iter().any(|(_, t)| !t.safety.is_empty()),
        in_danger,
        words,
    }
}

/// From this strength on, cue and model agreed, a reply is judged by whether it brings to safety.
const DANGER: f32 = 0.8;

/// Who does none of these, and asks for what it takes ("mag ik uw postcode?"), answers later.
const ANSWERS: [Technique; 4] =
    [Technique::Explain, Technique::Solve, Technique::PromiseAction, Technique::Refer];

/// Whether a turn only ends the contact: "oké, dank u wel", "top, tot dan".
fn closes(reading: &Reading<'_>, turn: &CustomerTurn) -> bool {
    /// So many words may stand beside the formula.
    const BESIDE: usize = 5;
    /// Who says more goes on.
    const LONGEST: usize = 20;
    if reading.text.tokens.len() > LONGEST {
        return false;
    }
    let thanks = Label::from(Emotion::Gratitude);
    let formulas = || {
        let heard = reading.heard.iter();
        heard.filter(move |h| h.label == Signal::Politeness.into() || h.label == thanks)
    };
    let beside =
        reading.text.tokens.iter().filter(|t| !formulas().any(|h| h.span.contains(&t.span())));
    let number = |t: &crate::text::Token| t.kind == crate::text::Kind::Number;
    let (mut words, mut numbers) = (0, false);
    for token in beside {
        words += 1;
        numbers |= number(token);
    }
    (formulas().next().is_some() || turn.has(Signal::Resolved.into()))
        && words <= BESIDE
        && !numbers
        && !reading.text.sentences.iter().any(|s| s.question)
}

/// Whether a customer tells more than a question asks for: then a feeling that nobody named may
/// well be there, and an agent who takes it up is not to be blamed for it.
fn tells_a_story(readings: &[&Reading<'_>], packs: &Packs) -> bool {
    /// So many words beside the questions are a story.
    const STORY: usize = 16;
    /// With something that is not, never or nobody in it, so many are enough.
    const SHORT_STORY: usize = 6;
    let mut told = 0;
    let mut denied = false;
    for reading in readings {
        let Some(pack) = reading.language.and_then(|l| packs.of(l)) else {
            continue;
        };
        let text = &reading.text;
        for sentence in text.sentences.iter().filter(|s| !s.question) {
            let tokens = &text.tokens[sentence.range()];
            told += tokens.len();
            denied |= tokens.iter().any(|t| t.shouted || pack.list_has("negators", text.norm(t)));
        }
    }
    told >= STORY || (denied && told >= SHORT_STORY)
}

/// A run of agent turns, heard.
struct RunAnswer {
    /// First turn with substance.
    first: usize,
    merged: AgentTurn,
    /// Customer points that did not come back in any turn of the run.
    missed: Vec<Evidence>,
    coverage: Option<f32>,
}

/// Hears the turns of an agent run; `None` when they only let the customer go on.
fn hear_answer(
    run: &Run,
    asked: &Asked,
    formulas: &mut Formulas,
    stage: &mut Stage<'_, '_>,
) -> Option<RunAnswer> {
    let Stage { readings, turns, beliefs, ears, locale } = stage;
    let mut merged = AgentTurn::default();
    let mut missed: Option<Vec<Evidence>> = None;
    let mut first = None;
    for &index in &run.turns {
        let mut answer = agent::hear(&readings[index], asked, formulas, ears.packs);
        let (turn, lens) = (&mut answer.turn, ears.lens());
        let believed =
            ears.model.and_then(|m| m.agent(turn, index, turns, beliefs, readings, lens));
        if let Some(believed) = believed {
            beliefs[index] = believed;
            let engine = agent::Engine { reading: &readings[index] };
            engine.agree(&mut answer.turn, asked, ears.packs, locale);
        }
        answer.bring_to_safety(&readings[index], asked, ears.packs);
        if let Some(culture) = ears.culture {
            culture.check(&readings[index], asked, &mut answer.turn);
        }
        if first.is_none() && !runs::is_backchannel(&readings[index]) {
            first = Some(index);
        }
        merged.techniques.extend(answer.turn.techniques.iter().cloned());
        merged.breakers.extend(answer.turn.breakers.iter().cloned());
        merged.signals.extend(answer.turn.signals.iter().cloned());
        merged.boundary |= answer.turn.boundary;
        merged.leaning = if first == Some(index) {
            answer.turn.leaning
        } else {
            merged.leaning.max(answer.turn.leaning)
        };
        missed = Some(match missed {
            None => answer.back.missed.clone(),
            Some(so_far) => {
                let still: FxHashSet<&Evidence> = answer.back.missed.iter().collect();
                so_far.into_iter().filter(|m| still.contains(m)).collect()
            }
        });
        merged.fidelity = match (merged.fidelity, answer.turn.fidelity) {
            (Some(a), Some(b)) => Some(f32::min(a, b)),
            (a, b) => a.or(b),
        };
        merged.coverage = match (merged.coverage, answer.turn.coverage) {
            (Some(a), Some(b)) => Some(f32::max(a, b)),
            (a, b) => a.or(b),
        };
        turns[index] = TurnReport::Agent(answer.turn);
    }
    let missed = missed.unwrap_or_default();
    let points = asked.points.points.len();
    let coverage = if run.turns.len() > 1 && points > 0 {
        let back = points - missed.len().min(points);
        Some((back as f32 / (points as f32).min(agent::points::ENOUGH_POINTS)).min(1.0))
    } else {
        merged.coverage
    };
    Some(RunAnswer { first: first?, merged, missed, coverage })
}

/// Sympathy from this strength on is with what this customer told.
const SPECIFIC: f32 = 0.5;

/// Whether a feeling is acknowledged, or sympathy is shown with what happened, in a sentence that does
/// not take it back ("ik begrijp het, maar dat is ons beleid").
fn takes_up_feeling(answer: &AgentTurn, readings: &[Reading<'_>]) -> bool {
    let sentence = |place: &Evidence| {
        let reading = readings.get(place.turn)?;
        Some((place.turn, reading.text.sentence_at(place.span)?))
    };
    let places = |label: Label, findings: &[Finding]| -> Vec<(usize, usize)> {
        let found = findings.iter().filter(|f| f.label == label).flat_map(|f| &f.evidence);
        found.filter_map(sentence).collect()
    };
    let mut taken_back = places(Breaker::ButClause.into(), &answer.breakers);
    if answer.breakers.iter().any(|b| b.label == Breaker::ButClause.into() && !b.is_sure()) {
        taken_back.clear();
    }
    let sympathy = answer.signals.iter().filter(|f| f.strength >= SPECIFIC);
    let sympathy: Vec<Finding> = sympathy.cloned().collect();
    places(Technique::AcknowledgeFeeling.into(), &answer.techniques)
        .iter()
        .chain(&places(Signal::Sympathy.into(), &sympathy))
        .any(|place| !taken_back.contains(place))
}

/// Puts the judgement of a run on its turns.
fn judge(
    run: &Run,
    answer: RunAnswer,
    decided: moments::Decision,
    asked: &Asked,
    promises: &[Promise],
    stage: &mut Stage<'_, '_>,
) -> score::Answered {
    let Stage { readings, turns, ears, .. } = stage;

    let RunAnswer { first, mut merged, missed, coverage } = answer;
    if let moments::Decision::Missed(ref passed_over) = decided {
        let engine = agent::Engine { reading: &readings[first] };
        let finding =
            engine.finding_at(Breaker::IgnoreFeeling, 0.75, passed_over.clone(), "ignore_feeling");
        merged.breakers.push(finding.clone());
        if let TurnReport::Agent(turn) = &mut turns[first] {
            turn.breakers.push(finding);
        }
    }
    let spoken: Vec<&Reading<'_>> = run.turns.iter().map(|&i| &readings[i]).collect();
    let style = score::Style::of(&spoken, &merged, asked, ears.packs);
    let reply = score::Reply { heard: &merged, asked, coverage, missed: &missed, promises, style };
    let (score, parts) = score::reply(&reply, ears.rubric);
    let only_asks = merged.breakers.is_empty()
        && known::ASKING.iter().any(|&asks| merged.has(asks))
        && !merged.techniques.iter().any(|f| ANSWERS.iter().any(|&a| f.label == a.into()));
    for &index in &run.turns {
        if let TurnReport::Agent(turn) = &mut turns[index]
            && !runs::is_backchannel(&readings[index])
        {
            turn.score = Some(score);
            turn.parts = parts;
        }
    }
    if let TurnReport::Agent(turn) = &mut turns[first] {
        turn.passed_over = missed;
    }
    score::Answered {
        score,
        parts,
        feeling: asked.feels(),
        intensity: asked.intensity,
        substance: asked.feels() == Feeling::Negative
            || asked.words >= 2
                && (asked.wants_action || asked.feels() != Feeling::Neutral)
                && !only_asks,
    }
}
