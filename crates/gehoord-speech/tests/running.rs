//! Calls whose times are known, told of while they run.

use gehoord_conversation::Party;
use gehoord_conversation::voice::WaitKind;
use gehoord_speech::synthesis::voice::Manner;
use gehoord_speech::synthesis::{Line, Script};
use gehoord_speech::{Call, Layout, Now, Running};

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
fn a_call_that_ran_tells_at_its_end_what_a_recording_of_it_tells() {
    let [customer, agent] = talk();
    let mut recorded = Call::new(8_000, Layout::Two { agent: 1 });
    recorded.push(&[customer.clone(), agent.clone()]);
    let recorded = recorded.finish_whole();
    let mut running = Running::measured();
    for (block, (customer, agent)) in customer.chunks(160).zip(agent.chunks(160)).enumerate() {
        running.push(Party::Customer, block as u64 * 160, customer);
        running.push(Party::Agent, block as u64 * 160, agent);
    }
    running.over();
    let whole = running.whole().unwrap();
    assert_eq!(whole.voice, recorded.voice);
    assert_eq!(whole.lines, recorded.lines);
    assert!(running.whole().is_none(), "once");
    let mut unasked = Running::default();
    unasked.push(Party::Customer, 0, &customer);
    unasked.over();
    assert!(unasked.whole().is_none(), "nothing of it was kept");
    let mut silent = Running::measured();
    silent.push(Party::Agent, 0, &vec![0.0; 80_000]);
    silent.over();
    assert!(silent.whole().is_none(), "nobody spoke");
}

#[test]
fn a_gap_and_a_hold_have_their_places_in_the_whole_call() {
    let [customer, agent] = talk();
    let mut running = Running::measured();
    // Half a minute of hold after the customer, and two seconds that never came after the agent.
    let place = |block: usize| match block {
        ..600 => block as u64 * 160,
        600..1_180 => block as u64 * 160 + 240_000,
        _ => block as u64 * 160 + 256_000,
    };
    for (block, (customer, agent)) in customer.chunks(160).zip(agent.chunks(160)).enumerate() {
        if block == 600 {
            running.pause(600 * 160 + 240_000);
        }
        running.push(Party::Customer, place(block), customer);
        running.push(Party::Agent, place(block), agent);
    }
    running.over();
    let voice = running.whole().unwrap().voice;
    near(voice.length_ms.into(), 62_000, 40);
    let waits: Vec<_> = voice.waits.iter().map(|wait| (wait.kind, wait.span)).collect();
    let [(WaitKind::Hold, hold)] = waits[..] else { panic!("{waits:?}") };
    near(hold.start_ms.into(), 12_000, 20);
    near(hold.end_ms.into(), 42_000, 20);
    let agents = voice.turns.iter().find(|turn| turn.party == Some(Party::Agent)).unwrap();
    near(agents.span.start_ms.into(), 44_000, 150);
}

/// Hears a talk of made voices; gives what was told, and the last two minutes.
fn told(lines: Vec<Line>, length: u32) -> (Vec<Now>, Running) {
    let script = Script { lines, noise: Some(-62.0), length, seed: 5, ..Script::default() };
    let made = script.make().over_the_line();
    let (mut running, mut news) = (Running::default(), Vec::new());
    for (block, (agent, customer)) in
        made.channels[0].chunks(160).zip(made.channels[1].chunks(160)).enumerate()
    {
        running.push(Party::Customer, block as u64 * 160, customer);
        running.push(Party::Agent, block as u64 * 160, agent);
        news.extend(running.news());
    }
    running.over();
    news.push(running.now());
    (news, running)
}

fn line(channel: usize, start: u32, syllables: u32) -> Line {
    Line { channel, start, syllables, manner: if channel == 0 { AGENT } else { CUSTOMER } }
}

#[test]
fn who_cuts_in_and_who_only_says_yes_are_told_apart() {
    // The customer speaks 6 s; the agent begins after 4 s and goes on.
    let (news, _) = told(vec![line(1, 1_000, 31), line(0, 5_000, 30)], 16_000);
    let end = news.last().unwrap();
    assert_eq!((end.agent.interruptions, end.customer.interruptions), (1, 0), "{end:?}");
    assert_eq!(end.agent.interrupted_lately, 1);
    assert_eq!(end.let_out_ms, None, "the customer did not come to their end");
    // The same with a short word, after which the customer goes on.
    let (news, _) = told(vec![line(1, 1_000, 52), line(0, 5_000, 3)], 16_000);
    let end = news.last().unwrap();
    assert_eq!((end.agent.overlaps, end.agent.interruptions), (1, 0), "{end:?}");
    near(end.let_out_ms.unwrap(), 16_000 - 11_200, 400);
    near(end.customer.quiet_ms, 16_000 - 11_000, 300);
}

#[test]
fn the_last_two_minutes_are_kept_and_no_more() {
    let lines = (0..30).map(|n| line(n % 2, 1_000 + 5_000 * n as u32, 18)).collect();
    let (news, running) = told(lines, 152_000);
    let recent = running.recent();
    assert_eq!((recent.slots.len(), recent.from_ms), (480, 32_000));
    let spoke = |side: usize| recent.slots.iter().filter(|slot| slot.spoke[side]).count() as u64;
    // Twelve times four seconds of the agent, and three and a half of the customer.
    near(spoke(1) * 250, 12 * 4_000, 2_500);
    near(spoke(0) * 250, 12 * 3_460, 2_500);
    assert!(recent.slots.iter().all(|slot| !slot.hold && slot.spoke != [true, true]));
    assert!(news.iter().all(|now| now.hold_ms == 0));
}

#[test]
fn a_hold_that_the_telephone_system_tells_of_is_a_hold_and_no_loss() {
    let mut running = Running::default();
    let second = [0.0; 8_000];
    for party in [Party::Customer, Party::Agent] {
        running.push(party, 0, &second);
    }
    running.pause(61 * 8_000);
    for at in 61..64 {
        for party in [Party::Customer, Party::Agent] {
            running.push(party, at * 8_000, &second);
        }
    }
    running.over();
    let end = running.now();
    near(end.at_ms, 64_000, 20);
    near(end.held_ms, 60_000, 20);
    assert_eq!((end.hold_ms, end.missing_ms), (0, 0), "{end:?}");
    assert!(end.longest_silence_ms < 4_000 && end.customer.quiet_ms < 4_000, "{end:?}");
}

#[test]
fn music_that_plays_is_a_hold() {
    let chord = |n: usize| {
        let t = n as f32 / 8_000.0;
        [262.0f32, 330.0, 392.0, 523.0]
            .iter()
            .map(|f| 0.1 * (2.0 * std::f32::consts::PI * f * t).sin())
            .sum::<f32>()
    };
    let mut running = Running::default();
    for second in 0..20 {
        let play = (4..14).contains(&second);
        let sound: Vec<f32> =
            (0..8_000).map(|n| if play { chord(second * 8_000 + n) } else { 0.0 }).collect();
        running.push(Party::Customer, second as u64 * 8_000, &[0.0; 8_000]);
        running.push(Party::Agent, second as u64 * 8_000, &sound);
    }
    running.over();
    let end = running.now();
    near(end.held_ms, 10_000, 2_000);
    assert!(end.hold_ms == 0 && end.agent.talk_ms < 1_200, "{end:?}");
}

#[test]
fn a_voice_is_suspected_as_soon_as_it_comes_in() {
    let mut running = Running::default();
    assert!(!running.customer_may_speak());
    let loud: Vec<f32> = (0..160).map(|n| 0.1 * (n as f32 * 0.3).sin()).collect();
    running.push(Party::Agent, 0, &loud);
    assert!(!running.customer_may_speak(), "that is the other voice");
    running.push(Party::Customer, 0, &loud);
    assert!(running.customer_may_speak(), "within 20 ms");
    running.push(Party::Customer, 160, &[0.000_5; 2_240]);
    assert!(running.customer_may_speak(), "280 ms later somebody may only take breath");
    running.push(Party::Customer, 2_400, &[0.000_5; 320]);
    assert!(!running.customer_may_speak());
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
