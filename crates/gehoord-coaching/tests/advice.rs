//! Advice on scripted calls, whose voices and times are known.

use gehoord_coaching::advice::{APART_MS, Adviser, STANDS_MS};
use gehoord_conversation::Party;
use gehoord_speech::Running;
use gehoord_speech::synthesis::voice::Manner;
use gehoord_speech::synthesis::{Line, Script};

const AGENT: usize = 0;
const CUSTOMER: usize = 1;
/// Syllables a second.
const PACE: f32 = 5.0;
/// A block of sound as it comes in, in milliseconds.
const BLOCK_MS: u64 = 20;

/// Somebody speaks from a moment on, for so many seconds.
fn speaks(channel: usize, start_ms: u32, seconds: u32) -> Line {
    speaks_at(channel, start_ms, seconds, PACE)
}

fn speaks_at(channel: usize, start_ms: u32, seconds: u32, pace: f32) -> Line {
    let pitch = if channel == AGENT { 120.0 } else { 205.0 };
    let manner = Manner { pitch, movement: 4.0, pace, level: -21.0, length: 1.0 };
    let syllables = (seconds as f32 * pace) as u32;
    Line { channel, start: start_ms, syllables, manner }
}

/// What was said during a call, with when it began and ended, in milliseconds of the line. While it
/// runs it is held against who really spoke.
fn advised(lines: Vec<Line>, hold: Option<(u64, u64)>, seconds: u32) -> Vec<(String, u64, u64)> {
    let spans: Vec<(u64, u64)> = lines
        .iter()
        .filter(|line| line.channel == CUSTOMER)
        .map(|line| {
            let length = line.syllables as f32 / line.manner.pace * 1000.0;
            (u64::from(line.start), u64::from(line.start) + length as u64)
        })
        .collect();
    let length = seconds * 1000;
    let script = Script { lines, noise: Some(-62.0), length, seed: 9, ..Script::default() };
    let made = script.make().over_the_line();
    let (mut running, mut adviser) = (Running::default(), Adviser::default());
    let mut said: Vec<(String, u64, u64)> = Vec::new();
    let mut stands = false;
    for block in 0..u64::from(length) / BLOCK_MS {
        let (from, until) = (block * BLOCK_MS, (block + 1) * BLOCK_MS);
        match hold {
            Some((start, end)) if from >= start && until <= end => {
                if until % 1_000 == 0 {
                    running.pause(until * 8);
                }
            }
            _ => {
                for (channel, party) in [(CUSTOMER, Party::Customer), (AGENT, Party::Agent)] {
                    let samples =
                        &made.channels[channel][(from * 8) as usize..(until * 8) as usize];
                    running.push(party, from * 8, samples);
                }
            }
        }
        let advice = adviser.look(&running.now(), running.customer_may_speak());
        if let Some(advice) = advice {
            // A voice begins softly: the sound of its first moments says nothing yet.
            let speaks = spans.iter().any(|(start, end)| (start + 150..*end).contains(&until));
            assert!(!speaks, "'{}' stands at {until} ms while the customer speaks", advice.id);
            match said.last_mut().filter(|_| stands) {
                Some(last) => last.2 = until,
                None => said.push((advice.id.clone(), until, until)),
            }
        }
        stands = advice.is_some();
    }
    for two in said.windows(2) {
        assert!(two[1].1 - two[0].1 >= APART_MS, "more than one a minute: {said:?}");
    }
    assert!(said.iter().all(|(_, from, until)| until - from <= STANDS_MS + 1_000), "{said:?}");
    said
}

fn ids(said: &[(String, u64, u64)]) -> Vec<&str> {
    said.iter().map(|(id, ..)| id.as_str()).collect()
}

#[test]
fn a_talk_in_turns_needs_no_advice() {
    let lines = (0..30).map(|n| speaks(n as usize % 2, 1_000 + n * 6_000, 5)).collect();
    assert_eq!(advised(lines, None, 185), []);
}

#[test]
fn who_talks_for_long_is_told_so_and_the_line_goes_when_the_customer_begins() {
    // The customer says a word each half minute, so that they are not silent for long.
    let mut lines = vec![speaks(CUSTOMER, 1_000, 4), speaks(AGENT, 6_000, 105)];
    lines.extend([(40_000, 1), (75_000, 1)].map(|(at, long)| speaks(CUSTOMER, at, long)));
    lines.push(speaks(CUSTOMER, 100_000, 6));
    let said = advised(lines, None, 120);
    assert_eq!(ids(&said), ["monologue"]);
    let (_, from, until) = said[0];
    assert!((96_000..98_500).contains(&from), "{said:?}");
    assert!(until <= 100_150, "it goes when the customer begins: {said:?}");
}

#[test]
fn who_cuts_in_twice_is_told_so_when_the_customer_is_done() {
    let lines = vec![
        speaks(CUSTOMER, 1_000, 6),
        speaks(AGENT, 6_000, 4),
        speaks(CUSTOMER, 11_000, 6),
        speaks(AGENT, 16_000, 6),
        speaks(CUSTOMER, 26_000, 6),
        speaks(AGENT, 33_000, 3),
    ];
    let said = advised(lines, None, 40);
    assert_eq!(ids(&said), ["interrupted"]);
    assert!((16_500..20_000).contains(&said[0].1), "{said:?}");
}

#[test]
fn a_customer_who_says_nothing_for_a_minute_is_told_of_once() {
    let mut lines = vec![speaks(CUSTOMER, 1_000, 4)];
    lines.extend((0..5).map(|n| speaks(AGENT, 6_000 + n * 20_000, 8)));
    let said = advised(lines, None, 92);
    assert_eq!(ids(&said), ["customer_silent"]);
    assert!((65_000..67_000).contains(&said[0].1), "{said:?}");
}

#[test]
fn a_hold_of_two_minutes_is_told_of_and_nothing_else_while_it_lasts() {
    let lines =
        vec![speaks(CUSTOMER, 1_000, 4), speaks(AGENT, 6_000, 3), speaks(AGENT, 191_000, 3)];
    let said = advised(lines, Some((10_000, 190_000)), 196);
    assert_eq!(ids(&said), ["hold"]);
    assert!((129_000..132_000).contains(&said[0].1), "{said:?}");
}

#[test]
fn who_talks_much_faster_is_told_so() {
    let lines = (0..16)
        .map(|n| {
            let pace = if n % 2 == 0 { 3.6 } else { 6.0 };
            speaks_at(if n % 2 == 0 { CUSTOMER } else { AGENT }, 1_000 + n * 7_000, 6, pace)
        })
        .collect();
    let said = advised(lines, None, 115);
    assert_eq!(ids(&said)[0], "pace", "{said:?}");
    assert!(said[0].1 > 40_000, "both spoke for a while first: {said:?}");
}
