//! What is heard over a whole conversation: runs, moments, promises, the course of feeling, and
//! whether the customer was heard.

pub(crate) mod kept;
mod moments;
pub(crate) mod runs;
mod score;
mod trajectory;

pub(crate) use moments::Pending;

use gehoord_conversation::{
    AgentTurn, Conversation, CustomerTurn, Emotion, Evidence, Label, Locale, Need, Party, Promise,
    Report, Safety, Signal, Span, Sureness, TurnReport, Versions,
};

use rustc_hash::{FxHashMap, FxHashSet};

use crate::agent::{self, Asked, Formulas, Points, address};
use crate::cue::{Feeling, Packs};
use crate::culture::CultureProfile;
use crate::customer;
use crate::fit::examples::Case;
use crate::fit::features::Lens;
use crate::model::Model;
use crate::reading::Reading;
use crate::rubric::Rubric;
use crate::text::Vocabulary;
use crate::vectors::Vectors;
use runs::Run;

/// Fewer customer words than this are too little to go by.
const FEW_WORDS: usize = 4;

/// What a conversation is listened to with.
pub(crate) struct Ears<'l> {
    pub(crate) packs: &'l Packs,
    pub(crate) rubric: &'l Rubric,
    pub(crate) culture: Option<&'l CultureProfile>,
    pub(crate) model: Option<&'l Model>,
    pub(crate) vectors: Option<&'l Vectors>,
    pub(crate) known: Option<&'l Vocabulary>,
}

impl Ears<'_> {
    fn lens(&self) -> Lens<'_> {
        Lens { packs: self.packs, vectors: self.vectors }
    }
}

/// Listens to a whole conversation.
pub(crate) fn listen<'c>(
    conversation: &'c Conversation,
    locale: Locale,
    ears: &Ears<'_>,
) -> Case<'c> {
    let readings = read(conversation, &locale, ears);
    let mut beliefs: Vec<Vec<f32>> = vec![Vec::new(); readings.len()];
    let mut turns: Vec<TurnReport> = Vec::with_capacity(readings.len());
    for (index, reading) in readings.iter().enumerate() {
        turns.push(match reading.turn.party {
            Party::Customer => {
                let mut turn = customer::hear(reading, ears.packs);
                if let Some(model) = ears.model {
                    beliefs[index] = model.customer(&mut turn, index, &readings, ears.lens());
                }
                TurnReport::Customer(turn)
            }
            Party::Agent => {
                TurnReport::Agent(AgentTurn { language: reading.language, ..AgentTurn::default() })
            }
            party => TurnReport::Other { party, language: reading.language },
        });
    }
    let runs = runs::runs(&readings);
    let mut moments = Pending::default();
    let mut promises: Vec<Promise> = Vec::new();
    let mut answers: Vec<score::Answered> = Vec::new();
    let mut formulas = Formulas::default();
    let mut asked = Asked::default();
    let mut anything_asked = false;
    for run in &runs {
        match run.party {
            Party::Customer => {
                let said: Vec<(&Reading<'_>, &CustomerTurn)> =
                    run.turns.iter().filter_map(|&i| customer_at(&readings, &turns, i)).collect();
                if said.is_empty() {
                    continue;
                }
                asked = what_is_asked(&said, &asked, anything_asked, ears.packs);
                anything_asked = true;
                moments.open(&said, &asked);
            }
            _ => {
                let answer = hear_run(
                    run,
                    &readings,
                    &mut turns,
                    &asked,
                    &mut formulas,
                    &mut beliefs,
                    ears,
                    &locale,
                );
                let Some(answer) = answer else { continue };
                for &index in &run.turns {
                    if let TurnReport::Agent(turn) = &turns[index] {
                        promises.extend(agent::promises::promises(
                            &readings[index],
                            turn,
                            ears.packs,
                            &locale,
                        ));
                    }
                }
                let decided = moments.answer(&answer.merged, &asked, answer.first);
                if !anything_asked {
                    continue;
                }
                close_run(
                    run,
                    answer,
                    decided,
                    &asked,
                    &promises,
                    &mut turns,
                    &mut answers,
                    &readings,
                    ears,
                );
            }
        }
    }
    let mut memory = kept::Memory::default();
    for reading in &readings {
        kept::show(&mut promises, &mut memory, &conversation.turns, reading, ears.packs);
    }
    point_at_words(&mut turns, &readings);
    let moments = moments.finish();
    let trajectory = trajectory::trajectory(&readings, &turns);
    let customer_words: usize = readings
        .iter()
        .filter(|r| r.turn.party == Party::Customer)
        .map(|r| r.text.word_count())
        .sum();
    let known = |r: &&Reading<'_>| r.language.is_some_and(|l| ears.packs.of(l).is_some());
    let sure = if customer_words < FEW_WORDS
        || answers.is_empty()
        || readings.iter().filter(known).count() * 2 < readings.len()
    {
        Sureness::Low
    } else {
        Sureness::Enough
    };
    let spoke_last = !answers.is_empty() && runs.last().is_some_and(|r| r.party == Party::Customer);
    let heard = score::heard(&answers, &moments, &trajectory, spoke_last, sure, ears.rubric);
    let complaint = turns.iter().any(|t| matches!(t, TurnReport::Customer(c) if c.complaint));
    let report = Report {
        id: conversation.id.clone(),
        locale,
        channel: conversation.channel,
        versions: Versions {
            engine: env!("CARGO_PKG_VERSION").to_owned(),
            model: ears.model.map_or("none", |m| m.version()).to_owned(),
            rubric: ears.rubric.version.clone(),
        },
        heard,
        trajectory,
        moments,
        promises,
        complaint,
        turns,
        heads: Vec::new(),
    };
    Case { readings, report, beliefs }
}

/// Widens evidence to the words that a reader would point at. Last of all: until then every step
/// looks at the very words that were heard.
fn point_at_words(turns: &mut [TurnReport], readings: &[Reading<'_>]) {
    let widen = |finding: &mut gehoord_conversation::Finding| {
        for place in &mut finding.evidence {
            place.span = readings[place.turn].text.point_at(place.span);
        }
        finding.evidence.sort();
        finding.evidence.dedup();
    };
    for (turn, reading) in turns.iter_mut().zip(readings) {
        match turn {
            TurnReport::Customer(turn) => {
                turn.emotions.iter_mut().chain(&mut turn.signals).for_each(widen);
                if let Some(cause) = &mut turn.cause {
                    cause.span = reading.text.point_at(cause.span);
                }
            }
            TurnReport::Agent(turn) => {
                turn.techniques.iter_mut().chain(&mut turn.breakers).for_each(widen);
            }
            TurnReport::Other { .. } => {}
        }
    }
}

fn read<'c>(conversation: &'c Conversation, locale: &Locale, ears: &Ears<'_>) -> Vec<Reading<'c>> {
    let expected = locale.language();
    conversation
        .turns
        .iter()
        .enumerate()
        .map(|(i, turn)| Reading::new(i, turn, expected, Some(locale), ears.packs, ears.known))
        .collect()
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
    before: &Asked,
    has_before: bool,
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
    let fills_in = has_before && !asks && !problem && feeling == Feeling::Neutral;
    Asked {
        feeling: Some(feeling),
        intensity: strongest.map_or(0, |(_, t)| t.intensity),
        unclear: feeling == Feeling::Negative && points.points.len() <= 1 && words <= 8,
        plain,
        points,
        sore,
        address: form.or(before.address),
        repeat_contact: said.iter().any(|(_, t)| t.repeat_contact),
        wants_action: asks
            || problem
            || feeling == Feeling::Negative
            || (fills_in && before.wants_action),
        problem: problem || (fills_in && before.problem),
        unsafe_turn: said.iter().any(|(_, t)| !t.safety.is_empty()),
        words,
    }
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

#[expect(clippy::too_many_arguments, reason = "one step of `listen`, cut off for length only")]
fn hear_run(
    run: &Run,
    readings: &[Reading<'_>],
    turns: &mut [TurnReport],
    asked: &Asked,
    formulas: &mut Formulas,
    beliefs: &mut [Vec<f32>],
    ears: &Ears<'_>,
    locale: &Locale,
) -> Option<RunAnswer> {
    let mut merged = AgentTurn::default();
    let mut missed: Option<Vec<Evidence>> = None;
    let mut first = None;
    for &index in &run.turns {
        let mut answer = agent::hear(&readings[index], asked, formulas, ears.packs);
        if let Some(model) = ears.model {
            let by_cues = answer.turn.clone();
            beliefs[index] = model.agent(&mut answer.turn, index, turns, readings, ears.lens());
            let engine = agent::Engine { reading: &readings[index] };
            engine.agree(&mut answer.turn, &by_cues, asked, ears.packs, locale);
        }
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

/// Puts the judgement of a run on its turns.
#[expect(clippy::too_many_arguments, reason = "one step of `listen`, cut off for length only")]
fn close_run(
    run: &Run,
    answer: RunAnswer,
    decided: moments::Decision,
    asked: &Asked,
    promises: &[Promise],
    turns: &mut [TurnReport],
    answers: &mut Vec<score::Answered>,
    readings: &[Reading<'_>],
    ears: &Ears<'_>,
) {
    let RunAnswer { first, mut merged, missed, coverage } = answer;
    if let moments::Decision::Missed(ref passed_over) = decided {
        let engine = agent::Engine { reading: &readings[first] };
        let finding = engine.finding_at(
            gehoord_conversation::Breaker::IgnoreFeeling,
            0.75,
            passed_over.clone(),
            "ignore_feeling",
        );
        merged.breakers.push(finding.clone());
        if let TurnReport::Agent(turn) = &mut turns[first] {
            turn.breakers.push(finding);
        }
    }
    // Promises stand in the order of their turns.
    let made = promises.partition_point(|p| p.turn < run.turns[0]);
    let made = &promises[made..];
    let spoken: Vec<&Reading<'_>> = run.turns.iter().map(|&i| &readings[i]).collect();
    let style = score::Style::of(&spoken, &merged, asked, ears.packs);
    let reply =
        score::Reply { heard: &merged, asked, coverage, missed: &missed, promises: made, style };
    let (score, parts) = score::reply(&reply, ears.rubric);
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
    answers.push(score::Answered {
        score,
        parts,
        feeling: asked.feels(),
        intensity: asked.intensity,
        substance: asked.words >= 2 && (asked.wants_action || asked.feels() != Feeling::Neutral),
    });
}

/// Places of the customer words in which an unpleasant feeling was heard.
pub(crate) fn felt(turn: &CustomerTurn, index: usize) -> Vec<Evidence> {
    let strongest =
        turn.emotions.iter().find(|e| matches!(e.label, Label::Emotion(e) if e.is_negative()));
    strongest.map_or_else(|| vec![Evidence::new(index, Span::default())], |e| e.evidence.clone())
}

/// The strongest unpleasant feeling of a turn.
pub(crate) fn strongest_negative(turn: &CustomerTurn) -> Option<Emotion> {
    turn.emotions.iter().find_map(|e| match e.label {
        Label::Emotion(emotion) if emotion.is_negative() => Some(emotion),
        _ => None,
    })
}

/// Whether what was said is aimed at the agent rather than about what happened.
pub(crate) fn is_abuse(turn: &CustomerTurn) -> bool {
    turn.safety.contains(&Safety::Abuse)
}
