//! Whether two voices come to resemble each other, held against chance.
//!
//! Proximity, convergence and synchrony as in R. Levitan & J. Hirschberg, "Measuring
//! acoustic-prosodic entrainment with respect to multiple levels and dimensions", Interspeech
//! 2011. Each figure is held against the same figure of shuffled turns; what is called real holds
//! for all figures of a call together (Holm), so that a call of two strangers who never heard each
//! other has something real once in twenty.

use gehoord_conversation::Party;
use gehoord_conversation::voice::{Mirrored, MirroredMeasure, Mirroring, Sound, Tested, VoiceTurn};

use super::segments::correlation;
use crate::dice::Dice;

/// Fewer pairs in one direction than this tell nothing.
const LEAST_PAIRS: usize = 8;
/// Shorter turns have too little voice to compare, in milliseconds.
const LEAST_MS: u32 = 700;
/// How often turns are shuffled.
const SHUFFLES: usize = 1_000;
/// Something real is seen by chance in one call of twenty.
const CHANCE: f32 = 0.05;

const MEASURES: [MirroredMeasure; 3] =
    [MirroredMeasure::Loudness, MirroredMeasure::Pace, MirroredMeasure::Pitch];

/// What a turn has of a measure: decibels, syllables a second, semitones.
fn value(sound: &Sound, measure: MirroredMeasure) -> Option<f32> {
    match measure {
        MirroredMeasure::Loudness => sound.level.map(|level| level.median),
        MirroredMeasure::Pace => sound.pace,
        MirroredMeasure::Pitch => sound.pitch.map(|pitch| 12.0 * pitch.median.log2()),
    }
}

/// A turn and the one before it, of the other.
#[derive(Debug, Clone, Copy)]
struct Pair {
    agent_answers: bool,
    /// Of the turn before, and of the answer.
    before: f32,
    answer: f32,
}

/// How much the turns of agent and customer resemble each other.
pub(super) fn mirroring(turns: &[VoiceTurn]) -> Mirroring {
    let long: Vec<&VoiceTurn> = turns
        .iter()
        .filter(|turn| !turn.backchannel && turn.span.length_ms() >= LEAST_MS)
        .collect();
    let adjacent = || long.windows(2).filter(|pair| pair[0].party != pair[1].party);
    let answers = |party| adjacent().filter(|pair| pair[1].party == Some(party)).count();
    let pairs = adjacent().count();
    if answers(Party::Agent) < LEAST_PAIRS || answers(Party::Customer) < LEAST_PAIRS {
        return Mirroring { pairs, measures: Vec::new() };
    }
    let mut measures = Vec::new();
    for (seed, measure) in (0..).zip(MEASURES) {
        let pairs: Vec<Pair> = adjacent()
            .filter_map(|pair| {
                Some(Pair {
                    agent_answers: pair[1].party == Some(Party::Agent),
                    before: value(&pair[0].sound, measure)?,
                    answer: value(&pair[1].sound, measure)?,
                })
            })
            .collect();
        if pairs.len() >= 2 * LEAST_PAIRS {
            measures.push(compare(measure, &pairs, &mut Dice::new(seed)));
        }
    }
    real(&mut measures);
    Mirroring { pairs, measures }
}

fn compare(measure: MirroredMeasure, pairs: &[Pair], dice: &mut Dice) -> Mirrored {
    let follows = |agent: bool, dice: &mut Dice| {
        let own = pairs.iter().filter(|pair| pair.agent_answers == agent);
        let (before, mut answers): (Vec<f32>, Vec<f32>) =
            own.map(|pair| (pair.before, pair.answer)).unzip();
        // Two who tire alike would seem to follow each other.
        let before = levelled(&before);
        answers = levelled(&answers);
        test(&mut answers, dice, |answers| correlation(&before, answers))
    };
    let agent_follows = follows(true, dice);
    let customer_follows = follows(false, dice);
    let distances: Vec<f32> = pairs.iter().map(|pair| (pair.before - pair.answer).abs()).collect();
    let mut order: Vec<f32> = (0..distances.len()).map(|i| i as f32).collect();
    let convergence = test(&mut order, dice, |order| -correlation(order, &distances));
    Mirrored {
        measure,
        proximity: proximity(pairs, dice),
        convergence,
        agent_follows,
        customer_follows,
    }
}

/// Each voice against its own mean and range, then how near an answer is to the turn before it.
fn proximity(pairs: &[Pair], dice: &mut Dice) -> Tested {
    let side = |agent: bool, answer: bool| {
        let own = pairs.iter().filter(|pair| pair.agent_answers == agent);
        let values: Vec<f32> =
            own.map(|pair| if answer { pair.answer } else { pair.before }).collect();
        levelled(&values)
    };
    let before: Vec<f32> = [side(true, false), side(false, false)].concat();
    let agents = pairs.iter().filter(|pair| pair.agent_answers).count();
    let mut answers: Vec<f32> = [side(true, true), side(false, true)].concat();
    let distance = |answers: &[f32]| {
        let sum: f32 = before.iter().zip(answers).map(|(a, b)| (a - b).abs()).sum();
        sum / before.len() as f32
    };
    let found = distance(&answers);
    let (mut sum, mut as_near) = (0.0, 1);
    for _ in 0..SHUFFLES {
        let (agent, customer) = answers.split_at_mut(agents);
        dice.shuffle(agent);
        dice.shuffle(customer);
        let chance = distance(&answers);
        sum += chance;
        as_near += usize::from(chance <= found);
    }
    let usual = sum / SHUFFLES as f32;
    Tested {
        value: if usual > 0.0 { 1.0 - found / usual } else { 0.0 },
        chance: as_near as f32 / (SHUFFLES + 1) as f32,
        real: false,
    }
}

/// A figure of a list, held against the same of the list in other orders.
fn test(list: &mut [f32], dice: &mut Dice, figure: impl Fn(&[f32]) -> f32) -> Tested {
    let found = figure(list);
    let mut as_much = 1;
    for _ in 0..SHUFFLES {
        dice.shuffle(list);
        as_much += usize::from(figure(list) >= found);
    }
    Tested { value: found, chance: as_much as f32 / (SHUFFLES + 1) as f32, real: false }
}

/// Values without their mean and their steady rise or fall, in units of what is left.
fn levelled(values: &[f32]) -> Vec<f32> {
    let n = values.len() as f32;
    let middle = (n - 1.0) / 2.0;
    let mean = values.iter().sum::<f32>() / n;
    let (mut up, mut wide) = (0.0, 0.0);
    for (i, value) in values.iter().enumerate() {
        let x = i as f32 - middle;
        up += x * (value - mean);
        wide += x * x;
    }
    let slope = if wide > 0.0 { up / wide } else { 0.0 };
    let left: Vec<f32> = values
        .iter()
        .enumerate()
        .map(|(i, value)| value - mean - slope * (i as f32 - middle))
        .collect();
    let size = (left.iter().map(|x| x * x).sum::<f32>() / n).sqrt().max(1e-6);
    left.into_iter().map(|x| x / size).collect()
}

/// Marks what is more than chance, all figures taken together (Holm).
fn real(measures: &mut [Mirrored]) {
    let mut all: Vec<&mut Tested> = measures
        .iter_mut()
        .flat_map(|one| {
            [
                &mut one.proximity,
                &mut one.convergence,
                &mut one.agent_follows,
                &mut one.customer_follows,
            ]
        })
        .collect();
    all.sort_by(|a, b| a.chance.total_cmp(&b.chance));
    let mut left = all.len();
    for one in all {
        if one.chance > CHANCE / left as f32 {
            break;
        }
        one.real = true;
        left -= 1;
    }
}

#[cfg(test)]
mod tests {
    use gehoord_conversation::voice::{Spread, TimeSpan};

    use super::*;

    /// Turns of agent and customer; `echo` says how much of the other's last turn is in a turn.
    fn talk(turns: u32, agent: f32, customer: f32, seed: u64) -> Vec<VoiceTurn> {
        let mut dice = Dice::new(seed);
        let mut last = [0.0; 3];
        (0..turns)
            .map(|i| {
                let (party, echo) = match i % 2 {
                    0 => (Party::Agent, agent),
                    _ => (Party::Customer, customer),
                };
                last = last.map(|last| echo * last + (1.0 - echo * echo).sqrt() * dice.normal());
                let spread = |median: f32| Some(Spread { median, low: median, high: median });
                let span = TimeSpan::new(i * 3000, i * 3000 + 2500);
                let sound = Sound {
                    level: spread(-25.0 + 3.0 * last[0]),
                    pace: Some(4.5 + 0.5 * last[1]),
                    pitch: spread(150.0 * 2.0_f32.powf(last[2] / 12.0)),
                    ..Sound::default()
                };
                VoiceTurn {
                    party: Some(party),
                    span,
                    backchannel: false,
                    answered_after_ms: None,
                    sound,
                    said: Vec::new(),
                }
            })
            .collect()
    }

    fn any_real(mirroring: &Mirroring) -> bool {
        mirroring.measures.iter().any(|one| {
            [one.proximity, one.convergence, one.agent_follows, one.customer_follows]
                .iter()
                .any(|tested| tested.real)
        })
    }

    #[test]
    fn strangers_mirror_each_other_once_in_twenty_calls() {
        let calls = 200;
        let seen =
            (0..calls).filter(|seed| any_real(&mirroring(&talk(40, 0.0, 0.0, *seed)))).count();
        assert!(seen <= calls as usize * 8 / 100, "{seen} of {calls}");
    }

    #[test]
    fn an_agent_who_follows_is_told_from_a_customer_who_does() {
        let mut right = 0;
        for seed in 0..20 {
            let mirrored = mirroring(&talk(60, 0.85, 0.0, 1000 + seed));
            let loudness = mirrored.measures[0];
            right += usize::from(loudness.agent_follows.real && !loudness.customer_follows.real);
        }
        assert!(right >= 18, "{right} of 20");
    }

    #[test]
    fn voices_that_come_nearer_converge() {
        let mut turns = talk(60, 0.0, 0.0, 7);
        for (i, turn) in (0..).zip(&mut turns) {
            let apart = if i % 2 == 0 { -12.0 } else { 12.0 } * (1.0 - i as f32 / 60.0);
            turn.sound.level = Some(Spread { median: -30.0 + apart, ..Spread::default() });
        }
        let loudness = mirroring(&turns).measures[0];
        assert!(loudness.convergence.real && loudness.convergence.value > 0.9, "{loudness:?}");
    }

    #[test]
    fn a_short_call_tells_nothing() {
        assert!(mirroring(&talk(14, 1.0, 1.0, 1)).measures.is_empty());
        assert!(mirroring(&[]).measures.is_empty());
    }
}
