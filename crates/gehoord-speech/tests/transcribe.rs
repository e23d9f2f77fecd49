//! Stretches of a call: what is given to speech to text, and where its words then are.

use gehoord_conversation::voice::TimeSpan;
use gehoord_speech::call::{LONGEST_SPEECH_MS, WholeCall};
use gehoord_speech::synthesis::voice::Manner;
use gehoord_speech::synthesis::{Line, Script};
use gehoord_speech::transcribe::{Cutter, RATE, Stretch, plan};
use gehoord_speech::{Call, Layout};
use proptest::prelude::*;

/// No model of the Whisper family hears more at once.
const WINDOW_MS: u32 = 30_000;

fn span(start: u32, end: u32) -> TimeSpan {
    TimeSpan::new(start, end)
}

/// Cuts stretches from channels, block by block; samples of each in the order of the stretches.
fn cut(stretches: &[Stretch], channels: &[Vec<f32>], rate: u32, block: usize) -> Vec<Vec<f32>> {
    let mut found: Vec<(usize, Vec<f32>)> = Vec::new();
    let mut cutter = Cutter::new(rate, channels.len(), stretches);
    let mut take = |stretch: &Stretch, samples: &[f32]| {
        let place = stretches.iter().position(|one| one == stretch).unwrap();
        found.push((place, samples.to_vec()));
        Ok::<(), ()>(())
    };
    let length = channels[0].len();
    for start in (0..length).step_by(block) {
        let end = (start + block).min(length);
        let block: Vec<Vec<f32>> = channels.iter().map(|c| c[start..end].to_vec()).collect();
        cutter.push(&block, &mut take).unwrap();
    }
    cutter.finish(&mut take).unwrap();
    found.sort_by_key(|(place, _)| *place);
    found.into_iter().map(|(_, samples)| samples).collect()
}

#[test]
fn long_rests_are_cut_short_and_words_are_where_they_were() {
    let stretches = plan(&[vec![span(1_000, 3_000), span(60_000, 61_000)], vec![]]);
    let [stretch] = &stretches[..] else { panic!("{stretches:?}") };
    assert_eq!(stretch.span(), span(880, 61_120));
    assert_eq!(stretch.speech_ms(), 2_240 + 1_240);
    // Sound of which each sample says when it was.
    let rate = 8_000;
    let sound: Vec<f32> = (0..62 * rate).map(|i| i as f32 / (62 * rate) as f32).collect();
    for block in [997, 100_000, 62 * rate] {
        let cut = cut(&stretches, &[sound.clone(), sound.clone()], rate as u32, block);
        let at = |ms: usize| cut[0][ms * RATE as usize / 1000] * 62.0;
        assert!((at(500) - 1.38).abs() < 0.01, "{}", at(500));
        // 2.24 s of speech, .8 s of rest, and 60 ms into the second piece.
        assert_eq!(at(2_600), 0.0);
        assert!((at(3_100) - 59.94).abs() < 0.01, "{}", at(3_100));
    }
    assert_eq!(stretch.placed(span(120, 620)), span(1_000, 1_500));
    assert_eq!(stretch.placed(span(3_160, 3_460)), span(60_000, 60_300));
    // A word that the model puts into the rest belongs to the piece that is nearest.
    assert_eq!(stretch.placed(span(2_800, 3_020)), span(59_880, 59_880));
    assert_eq!(stretch.placed(span(2_100, 2_500)).start_ms, 2_980);
}

#[test]
fn a_full_stretch_ends_at_its_longest_rest() {
    // Pieces of 4 s with rests of .3 s, and one of 2 s after the fifth.
    let mut spans = Vec::new();
    let mut at = 0;
    for i in 0..9 {
        spans.push(span(at, at + 4_000));
        at += 4_000 + if i == 4 { 2_000 } else { 300 };
    }
    let stretches = plan(&[spans]);
    assert_eq!(stretches.len(), 2, "{stretches:?}");
    assert!(stretches[0].span().end_ms < 21_500, "{stretches:?}");
}

#[test]
fn a_monologue_without_rests_is_cut_where_it_is_quiet() {
    let manner = Manner { pitch: 120.0, movement: 4.0, pace: 4.5, level: -22.0, length: 1.0 };
    let line = Line { channel: 0, start: 500, syllables: 310, manner };
    let script = Script { lines: vec![line], length: 72_000, seed: 5, ..Script::default() };
    let made = script.make();
    let mut call = Call::new(made.rate, Layout::One);
    call.push(&made.channels[..1]);
    let WholeCall { voice: report, speech, .. } = call.finish_whole();
    assert_eq!(report.turns.len(), 1);
    let spoken: u32 = speech[0].iter().map(|span| span.length_ms()).sum();
    assert!(spoken > 60_000, "{spoken}");
    assert!(speech[0].iter().all(|span| span.length_ms() <= LONGEST_SPEECH_MS), "{speech:?}");
    assert!(plan(&speech).iter().all(|stretch| stretch.speech_ms() <= WINDOW_MS));
}

#[test]
fn silence_and_hold_music_are_not_written_out() {
    let manner = Manner { pitch: 120.0, movement: 4.0, pace: 4.5, level: -22.0, length: 1.0 };
    let line = |channel, start| Line { channel, start, syllables: 10, manner };
    let script = Script {
        lines: vec![line(0, 1_000), line(1, 100_000)],
        music: vec![(0, 10_000, 90_000)],
        length: 110_000,
        noise: Some(-60.0),
        seed: 9,
        ..Script::default()
    };
    let made = script.make();
    let mut call = Call::new(made.rate, Layout::Two { agent: 0 });
    call.push(&made.channels);
    let speech = call.finish_whole().speech;
    let stretches = plan(&speech);
    let all: u32 = stretches.iter().map(Stretch::speech_ms).sum();
    assert!((3_000..8_000).contains(&all), "{all}: {stretches:?}");
    assert_eq!(stretches.iter().map(|s| s.channel).collect::<Vec<_>>(), [0, 1]);
}

proptest! {
    #[test]
    fn all_speech_is_in_one_stretch_that_is_short_enough(
        lengths in proptest::collection::vec((200_u32..20_000, 1_u32..=LONGEST_SPEECH_MS), 0..60)
    ) {
        let mut at = 0;
        let mut spans = Vec::new();
        for (rest, length) in lengths {
            spans.push(span(at + rest, at + rest + length));
            at += rest + length;
        }
        let stretches = plan(&[Vec::new(), spans.clone()]);
        let mut before = 0;
        for stretch in &stretches {
            prop_assert_eq!(stretch.channel, 1);
            prop_assert!(stretch.speech_ms() <= WINDOW_MS);
            prop_assert!(stretch.span().start_ms >= before);
            before = stretch.span().end_ms;
        }
        for span in &spans {
            let within = |s: &&Stretch| {
                s.span().start_ms <= span.start_ms && s.span().end_ms >= span.end_ms
            };
            prop_assert_eq!(stretches.iter().filter(within).count(), 1);
        }
        // Words never land outside of their stretch, whatever a model says.
        for stretch in &stretches {
            for (start, end) in [(0, 10), (29_000, 31_000), (90_000, 90_000), (5_000, 4_000)] {
                let placed = stretch.placed(span(start, end));
                prop_assert!(placed.start_ms >= stretch.span().start_ms);
                prop_assert!(placed.end_ms <= stretch.span().end_ms);
            }
        }
    }
}
