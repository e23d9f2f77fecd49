//! Calls that were made, whose times, voices and events are known.

use gehoord_conversation::Party;
use gehoord_conversation::voice::{OverlapKind, TimeSpan, VoiceReport, WaitKind};
use gehoord_speech::synthesis::voice::Manner;
use gehoord_speech::synthesis::{Dice, Line, Made, Script};
use gehoord_speech::{Call, Frame, Layout, Track};

/// Speech begins and ends within so many milliseconds of what is known.
const TIMING_MS: u32 = 50;

const AGENT: Manner = Manner { pitch: 120.0, movement: 4.0, pace: 4.5, level: -22.0, length: 1.0 };
const CUSTOMER: Manner =
    Manner { pitch: 205.0, movement: 5.0, pace: 5.2, level: -20.0, length: 0.87 };

/// The agent is on the first channel.
fn line(channel: usize, start: u32, syllables: u32) -> Line {
    let manner = if channel == 0 { AGENT } else { CUSTOMER };
    Line { channel, start, syllables, manner }
}

fn hear(made: &Made) -> VoiceReport {
    let mut call = Call::new(made.rate, Layout::Two { agent: 0 });
    for start in (0..made.channels[0].len()).step_by(1_600) {
        let end = (start + 1_600).min(made.channels[0].len());
        let block: Vec<Vec<f32>> = made.channels.iter().map(|c| c[start..end].to_vec()).collect();
        call.push(&block);
    }
    call.finish()
}

/// As it was made, and as it comes over a telephone line.
fn both(script: &Script) -> [(&'static str, VoiceReport); 2] {
    let made = script.make();
    [("16 kHz", hear(&made)), ("µ-law", hear(&made.over_the_line()))]
}

fn near(a: u32, b: u32) -> bool {
    a.abs_diff(b) <= TIMING_MS
}

fn spans(report: &VoiceReport, party: Party) -> Vec<TimeSpan> {
    report.turns.iter().filter(|turn| turn.party == Some(party)).map(|turn| turn.span).collect()
}

/// A talk in which both take turns, with rests of 0.3 to 1.2 s between them.
fn talk(seed: u64, turns: u32) -> Script {
    let mut dice = Dice::new(seed);
    let mut script = Script { noise: Some(-62.0), seed, ..Script::default() };
    let mut at = 700;
    for i in 0..turns {
        let mut line = line(i as usize % 2, at, dice.between(6.0, 22.0) as u32);
        line.manner.pitch *= dice.between(0.9, 1.15);
        line.manner.level += dice.between(-3.0, 3.0);
        line.manner.pace *= dice.between(0.85, 1.2);
        at = line.end() + dice.between(300.0, 1200.0) as u32;
        script.lines.push(line);
    }
    script.length = at + 500;
    script
}

#[test]
fn turns_begin_and_end_within_fifty_milliseconds() {
    for seed in 0..6 {
        let script = talk(seed, 8);
        for (how, report) in both(&script) {
            for (channel, party) in [(0, Party::Agent), (1, Party::Customer)] {
                let known: Vec<&Line> =
                    script.lines.iter().filter(|line| line.channel == channel).collect();
                let heard = spans(&report, party);
                assert_eq!(heard.len(), known.len(), "{how} {seed} {party}: {heard:?}");
                for (heard, known) in heard.iter().zip(known) {
                    assert!(
                        near(heard.start_ms, known.start) && near(heard.end_ms, known.end()),
                        "{how} {seed} {party}: {heard:?} is {} to {}",
                        known.start,
                        known.end()
                    );
                }
            }
            assert!(report.overlaps.is_empty() && report.waits.is_empty(), "{how} {seed}");
        }
    }
}

#[test]
fn each_turn_sounds_as_it_was_said() {
    let (mut pitches, mut paces, mut levels) = (Vec::new(), Vec::new(), Vec::new());
    for seed in 10..14 {
        let script = talk(seed, 8);
        for (how, report) in both(&script) {
            assert_eq!(report.turns.len(), script.lines.len(), "{how} {seed}");
            for (turn, line) in report.turns.iter().zip(&script.lines) {
                let manner = line.manner;
                let heard = turn.sound.pitch.unwrap().median;
                pitches.push((heard / manner.pitch - 1.0).abs());
                paces.push((turn.sound.pace.unwrap() / manner.pace - 1.0).abs());
                levels.push((turn.sound.level.unwrap().high - manner.level).abs());
            }
        }
    }
    let median = |mut list: Vec<f32>| {
        list.sort_by(f32::total_cmp);
        list[list.len() / 2]
    };
    // The middle of a pitch that moves by four semitones is not known to the hertz.
    let (pitch, pace, level) = (median(pitches), median(paces), median(levels));
    assert!(pitch < 0.06, "pitch {pitch}");
    assert!(pace < 0.15, "pace {pace}");
    assert!(level < 4.0, "level {level}");
}

/// The agent says three things; the customer does something during the second.
fn during(start: u32, syllables: u32, agent: u32) -> Script {
    let lines = vec![
        line(0, 1_000, 9),
        line(1, 3_600, 9),
        line(0, 6_000, agent),
        line(1, start, syllables),
    ];
    Script { lines, noise: Some(-62.0), length: 20_000, ..Script::default() }
}

fn overlap(script: &Script) -> Vec<(Party, OverlapKind, TimeSpan)> {
    let [(_, report), (_, over)] = both(script);
    let list = |report: &VoiceReport| {
        report.overlaps.iter().map(|o| (o.by, o.kind, o.span)).collect::<Vec<_>>()
    };
    let (clean, line) = (list(&report), list(&over));
    assert_eq!(clean.len(), line.len(), "{clean:?} {line:?}");
    clean
}

#[test]
fn a_short_word_while_the_other_goes_on_is_no_interruption() {
    // 27 syllables of the agent last from 6 s to 12 s.
    let found = overlap(&during(8_000, 3, 27));
    let [(Party::Customer, OverlapKind::Backchannel, span)] = found[..] else {
        panic!("{found:?}")
    };
    assert!(near(span.start_ms, 8_000) && near(span.end_ms, 8_577), "{span:?}");
    let [(_, report), _] = both(&during(8_000, 3, 27));
    let customer = report.voices.iter().find(|v| v.party == Some(Party::Customer)).unwrap();
    assert_eq!((customer.backchannels, customer.interruptions, customer.turns), (1, 0, 1));
    // The agent keeps the word over it.
    let agent = report.voices.iter().find(|v| v.party == Some(Party::Agent)).unwrap();
    assert_eq!(agent.turns, 2);
    let longest = agent.longest.unwrap();
    assert!(near(longest.start_ms, 6_000) && near(longest.end_ms, 12_000), "{longest:?}");
}

#[test]
fn who_stops_because_the_other_begins_was_interrupted() {
    // The agent breaks off at 8 s, a second after the customer began.
    let found = overlap(&during(7_000, 20, 9));
    let [(Party::Customer, OverlapKind::Interruption, span)] = found[..] else {
        panic!("{found:?}")
    };
    assert!(near(span.start_ms, 7_000) && near(span.end_ms, 8_000), "{span:?}");
}

#[test]
fn who_tries_in_vain_and_who_is_quick_do_not_interrupt() {
    let found = overlap(&during(8_000, 10, 27));
    assert!(matches!(found[..], [(Party::Customer, OverlapKind::Attempt, _)]), "{found:?}");
    let found = overlap(&during(11_850, 10, 27));
    assert!(matches!(found[..], [(Party::Customer, OverlapKind::Handover, _)]), "{found:?}");
}

#[test]
fn answers_pauses_and_shares_are_those_of_the_script() {
    let mut script = Script {
        lines: vec![line(0, 1_000, 9), line(1, 3_500, 13), line(1, 6_700, 13), line(0, 10_000, 18)],
        noise: Some(-62.0),
        length: 16_000,
        ..Script::default()
    };
    script.lines[1].manner.pace = 5.2;
    for (how, report) in both(&script) {
        let turns: Vec<_> = report.turns.iter().map(|turn| turn.party.unwrap()).collect();
        assert_eq!(turns, [Party::Agent, Party::Customer, Party::Agent], "{how}");
        assert_eq!(report.turns[0].answered_after_ms, None);
        // From 3 s to 3.5 s, and from 9.2 s to 10 s.
        for (turn, known) in [(1, 500_i32), (2, 800)] {
            let heard = report.turns[turn].answered_after_ms.unwrap();
            assert!(heard.abs_diff(known) <= 2 * TIMING_MS, "{how}: {heard}");
        }
        let pauses = report.turns[1].sound;
        assert_eq!(pauses.pauses, 1, "{how}");
        assert!(pauses.longest_pause_ms.abs_diff(700) <= 2 * TIMING_MS, "{how}: {pauses:?}");
        let [agent, customer] = &report.voices[..] else { panic!("{how}") };
        assert!((agent.share - 6.0 / 11.0).abs() < 0.02, "{how}: {}", agent.share);
        assert!((agent.share + customer.share - 1.0).abs() < 1e-3);
        assert!(report.silence_ms.abs_diff(16_000 - 11_000) <= 4 * TIMING_MS, "{how}");
    }
}

#[test]
fn hold_music_and_long_silence_are_waits_and_nobody_speaks_in_them() {
    let mut script = talk(3, 4);
    let start = script.length;
    script.music = vec![(0, start, start + 20_000)];
    script.lines.push(line(0, start + 21_000, 12));
    script.lines.push(line(1, start + 36_000, 12));
    script.length = start + 40_000;
    for (how, report) in both(&script) {
        let kinds: Vec<_> = report.waits.iter().map(|wait| wait.kind).collect();
        assert_eq!(kinds, [WaitKind::Music, WaitKind::Silence], "{how}: {:?}", report.waits);
        let music = report.waits[0].span;
        assert!(music.start_ms.abs_diff(start) <= 400, "{how}: {music:?} {start}");
        assert!(music.end_ms.abs_diff(start + 20_000) <= 400, "{how}: {music:?} {start}");
        assert_eq!(report.turns.len(), 6, "{how}: {:?}", spans(&report, Party::Agent));
        assert!(report.turns.iter().all(|turn| turn.span.shared_ms(music) < 100), "{how}");
    }
}

#[test]
fn the_other_voice_coming_through_is_nobody() {
    let mut script = talk(5, 8);
    script.leak = Some(-18.0);
    for (how, report) in both(&script) {
        assert_eq!(report.turns.len(), 8, "{how}: {:?}", report.turns);
        assert!(report.overlaps.is_empty(), "{how}: {:?}", report.overlaps);
    }
}

#[test]
fn one_channel_is_heard_and_not_told_apart() {
    let made = talk(1, 4).make();
    let mixed: Vec<f32> =
        made.channels[0].iter().zip(&made.channels[1]).map(|(a, b)| a + b).collect();
    let mut call = Call::new(made.rate, Layout::One);
    call.push(&[mixed]);
    let report = call.finish();
    let [voice] = &report.voices[..] else { panic!("{:?}", report.voices) };
    assert_eq!((voice.party, voice.channel, voice.answer_ms), (None, 1, None));
    assert!(report.mirroring.is_none() && report.overlaps.is_empty());
    assert!(report.turns.iter().all(|turn| turn.party.is_none() && !turn.backchannel));
}

#[test]
fn sound_without_voices_has_none() {
    let mut dice = Dice::new(9);
    let noise: Vec<f32> = (0..80_000).map(|_| 0.02 * dice.normal().clamp(-4.0, 4.0)).collect();
    for channels in [vec![vec![0.0; 80_000]; 2], vec![noise; 2], vec![Vec::new(); 2]] {
        let mut call = Call::new(8_000, Layout::Two { agent: 1 });
        call.push(&channels);
        let report = call.finish();
        assert!(report.turns.is_empty(), "{:?}", report.turns);
        assert_eq!(report.voices.len(), 2);
        assert!(report.voices.iter().all(|voice| voice.talk_ms == 0 && voice.share == 0.0));
    }
}

#[test]
fn samples_that_are_no_numbers_or_far_too_loud_harm_nobody() {
    let bad = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e30, -1e30, 0.5];
    let samples: Vec<f32> = (0..24_000).map(|i| bad[i / 50 % bad.len()]).collect();
    let good = talk(4, 4).make();
    for rate in [8_000, 11_025, 16_000, 44_100, 192_000] {
        let mut call = Call::new(rate, Layout::Two { agent: 0 });
        call.push(&[samples.clone(), vec![0.0; samples.len()]]);
        let report = call.finish();
        assert_eq!(report.length_ms.div_ceil(10), (24_000_u32 * 100).div_ceil(rate), "{rate}");
    }
    // What comes after them is heard.
    let mut call = Call::new(good.rate, Layout::Two { agent: 0 });
    call.push(&[samples.clone(), samples]);
    call.push(&good.channels);
    assert!(call.finish().turns.len() >= 3);
}

#[test]
fn the_size_of_the_blocks_changes_nothing() {
    let made = talk(2, 3).make();
    let frames = |block: usize| {
        let mut track = Track::new(made.rate);
        let mut frames: Vec<Frame> = Vec::new();
        made.channels[0].chunks(block).for_each(|c| track.push(c, |frame| frames.push(frame)));
        track.finish(|frame| frames.push(frame));
        frames
    };
    let all = frames(100_000_000);
    assert_eq!(all.len(), made.channels[0].len().div_ceil(160));
    for block in [7, 160, 4_096] {
        assert!(frames(block) == all, "blocks of {block}");
    }
}
