//! Calls whose times are known, told of while they run.

use gehoord_conversation::Party;
use gehoord_speech::synthesis::voice::Manner;
use gehoord_speech::synthesis::{Line, Script};
use gehoord_speech::{Now, Running};

const AGENT: Manner = Manner { pitch: 120.0, movement: 4.0, pace: 4.5, level: -22.0, length: 1.0 };
const CUSTOMER: Manner =
    Manner { pitch: 205.0, movement: 5.0, pace: 5.2, level: -20.0, length: 0.87 };

/// A talk of 30 s: the customer 10 s, a rest, the agent 9 s, over whom the customer begins.
fn talk() -> [Vec<f32>; 2] {
    let line = |channel, start, syllables, manner| Line { channel, start, syllables, manner };
    let lines = vec![
        line(1, 1_000, 52, CUSTOMER),
        line(0, 14_000, 40, AGENT),
        line(1, 21_000, 21, CUSTOMER),
    ];
    let script = Script { lines, noise: Some(-62.0), length: 30_000, seed: 3, ..Script::default() };
    let made = script.make().over_the_line();
    assert_eq!(made.rate, 8_000);
    [made.channels[1].clone(), made.channels[0].clone()]
}

/// Hears both voices in blocks of 20 ms; `keep` says which blocks come in.
fn hear(keep: impl Fn(usize, usize) -> bool) -> (Vec<Now>, Now) {
    let voices = talk();
    let mut running = Running::default();
    let mut news = Vec::new();
    for block in 0..1_500 {
        for (side, party) in [Party::Customer, Party::Agent].into_iter().enumerate() {
            if keep(block, side) {
                let samples = &voices[side][block * 160..(block + 1) * 160];
                running.push(party, block as u64 * 160, samples);
            }
        }
        news.extend(running.news());
    }
    (news, running.finish())
}

fn near(value: u64, expected: u64, by: u64) {
    assert!(value.abs_diff(expected) <= by, "{value} is not {expected} ± {by}");
}

#[test]
fn a_talk_of_known_times_is_told_while_it_runs_and_at_its_end() {
    let (news, end) = hear(|_, _| true);
    near(end.at_ms, 30_000, 20);
    near(end.customer.talk_ms, 14_000, 300);
    near(end.agent.talk_ms, 8_900, 300);
    let share = end.customer.share.unwrap() + end.agent.share.unwrap();
    assert!((share - 1.0).abs() < 1e-6);
    near(end.overlap_ms, 1_900, 300);
    assert_eq!((end.customer.overlaps, end.agent.overlaps), (1, 0), "{end:?}");
    near(end.longest_silence_ms, 4_950, 150);
    near(end.customer.longest_ms, 10_000, 300);
    assert!((end.customer.pace.unwrap() - 5.2).abs() < 0.8, "{end:?}");
    assert!((end.agent.pace.unwrap() - 4.5).abs() < 0.8, "{end:?}");
    assert_eq!(end.missing_ms, 0);
    assert!(news.len() >= 28 && news.is_sorted_by_key(|now| now.at_ms), "{}", news.len());
    let at = |ms: u64| news.iter().rfind(|now| now.at_ms <= ms + 50).unwrap();
    assert!(at(6_000).customer.speaking && !at(6_000).agent.speaking);
    near(at(6_000).customer.monologue_ms, 5_000, 300);
    assert!(at(13_000).silence_ms > 1_000 && !at(13_000).customer.speaking);
    assert!(at(18_000).agent.speaking && at(18_000).customer.monologue_ms == 0);
}

#[test]
fn what_is_lost_is_counted_and_the_rest_keeps_its_time() {
    // Three seconds of both are lost while the customer speaks, and some blocks of the agent.
    let lost = |block: usize, side: usize| {
        (200..350).contains(&block) || side == 1 && (800..810).contains(&block)
    };
    let (_, end) = hear(|block, side| !lost(block, side));
    near(end.missing_ms, 6_200, 20);
    near(end.customer.talk_ms, 11_000, 500);
    near(end.agent.talk_ms, 8_900, 500);
    near(end.overlap_ms, 1_900, 300);
}

#[test]
fn a_voice_that_stays_away_does_not_hold_up_the_other() {
    let (news, end) = hear(|_, side| side == 0);
    near(news.last().unwrap().at_ms, 24_000, 1_500);
    assert_eq!(end.customer.share, Some(1.0));
    near(end.missing_ms, 25_000, 100);
}

#[test]
fn sound_at_impossible_times_does_no_harm() {
    let mut running = Running::default();
    for at in [u64::MAX, 0, 7, u64::MAX - 1, 1_000_000, 3, gehoord_speech::running::LONGEST] {
        running.push(Party::Agent, at, &[f32::NAN, f32::INFINITY, 0.5]);
        running.push(Party::Bot, at, &[0.5; 400]);
    }
    assert!(running.finish().at_ms <= 12 * 3_600_000);
}
