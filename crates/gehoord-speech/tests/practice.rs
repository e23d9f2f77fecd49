//! Voices beside their own neutral selves: what was changed by known amounts is measured so, and
//! what a smile does not do is not taken for one.
//!
//! Tolerances, beside the same words: pitch within 0.3 semitones of the change that was made, the second
//! and third formant within 2 points of a hundred (3 where a mouth is a tenth shorter), loudness within 1 dB, pace within 8 points of a hundred, a pause
//! within 60 ms.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test reads real sentences, and says what it measured"
)]

use std::path::Path;

use gehoord_speech::audio::resample::Resampler;
use gehoord_speech::audio::{AudioReader, kind_of};
use gehoord_speech::practice::{Beside, Place, Practice, Reading, Tone, place};
use gehoord_speech::practice::{LEVEL, PACE};
use gehoord_speech::synthesis::voice::{self, Manner, RATE};
use gehoord_speech::synthesis::{Dice, Line, Script};

/// A man and a woman, plain.
const PEOPLE: [Manner; 2] = [
    Manner { pitch: 112.0, movement: 4.0, pace: 4.6, level: -24.0, length: 1.0 },
    Manner { pitch: 205.0, movement: 4.0, pace: 4.6, level: -24.0, length: 0.87 },
];
/// So much longer is the mouth of somebody who smiles.
const SMILE: f32 = 0.94;

fn read(samples: &[f32], rate: u32) -> Reading {
    let mut practice = Practice::new(rate);
    for block in samples.chunks(2048) {
        practice.push(block);
    }
    practice.finish()
}

/// Three sentences with rests between them; the same seed says the same words, however they are
/// said.
fn say(manner: Manner, seed: u64, rest: u32) -> Reading {
    let mut samples = vec![0.0; RATE as usize * 6 / 10];
    for sentence in 0..3 {
        let said = voice::say(14, manner, &mut Dice::new(seed * 10 + sentence + 1));
        samples.extend(said.samples);
        samples.resize(samples.len() + (rest * RATE / 1000) as usize, 0.0);
    }
    let mut dice = Dice::new(seed);
    samples.iter_mut().for_each(|sample| *sample += 0.0017 * (dice.unit() - 0.5));
    read(&samples, RATE)
}

fn beside(neutral: &Reading, now: &Reading) -> Beside {
    Beside::of(neutral, now).unwrap_or_else(|| panic!("{neutral:?} {now:?}"))
}

#[test]
fn a_rise_by_a_known_amount_is_measured_as_such_and_scores() {
    for person in PEOPLE {
        for seed in 0..4 {
            for (semitones, length) in [(1.5_f32, 0.95), (2.0, 0.94), (3.0, 0.92), (4.0, 0.90)] {
                let pitch = person.pitch * 2.0_f32.powf(semitones / 12.0);
                let smiling = Manner { pitch, length: person.length * length, ..person };
                let one = beside(&say(person, seed, 500), &say(smiling, seed, 500));
                let rise = 1.0 / length - 1.0;
                assert!((one.pitch - semitones).abs() < 0.3, "{semitones}: {one:?}");
                let within = if length > 0.9 { 0.02 } else { 0.05 };
                assert!((one.second - rise).abs() < within, "{rise}: {one:?}");
                assert!((one.third - rise).abs() < within, "{rise}: {one:?}");
                assert_eq!(one.tone(), Tone::HigherAndBrighter, "{one:?}");
                assert!(one.lift() >= 1.0);
            }
        }
    }
}

#[test]
fn what_is_not_a_smile_does_not_score() {
    let mut widest = Beside { pitch: 0.0, second: 0.0, third: 0.0, level: 0.0, pace: 0.0 };
    for person in PEOPLE {
        let higher = person.pitch * 2.0_f32.powf(2.5 / 12.0);
        for seed in 0..3 {
            let neutral = say(person, seed, 500);
            let not = |what: &str, now: Reading, tone: &[Tone]| {
                let one = beside(&neutral, &now);
                assert!(tone.contains(&one.tone()), "{what}: {one:?}");
                assert!(one.lift() < 1.0);
                one
            };
            let near = [Tone::Near];
            let louder = not("louder", say(Manner { level: -16.0, ..person }, seed, 500), &near);
            assert!((louder.level - 8.0).abs() < 1.0, "{louder:?}");
            let faster = not("faster", say(Manner { pace: 6.0, ..person }, seed, 500), &near);
            assert_eq!(place(faster.pace, PACE), Place::Higher, "{faster:?}");
            let slower = not("slower", say(Manner { pace: 3.8, ..person }, seed, 500), &near);
            assert_eq!(place(slower.pace, PACE), Place::Lower, "{slower:?}");
            let paused = not("longer pauses", say(person, seed, 1_500), &near);
            assert_eq!(place(paused.pace, PACE), Place::Near, "{paused:?}");
            assert_eq!(place(paused.level, LEVEL), Place::Near, "{paused:?}");
            let lively = Manner { movement: 8.0, ..person };
            not("livelier", say(lively, seed, 500), &near);
            let high = not(
                "higher alone",
                say(Manner { pitch: higher, ..person }, seed, 500),
                &[Tone::Higher],
            );
            assert!((high.pitch - 2.5).abs() < 0.3, "{high:?}");
            let short = Manner { length: person.length * SMILE, ..person };
            not("brighter alone", say(short, seed, 500), &[Tone::Brighter]);
            for other in 1..5 {
                // Other words have other vowels: their formants may lie elsewhere, not their pitch.
                let one = beside(&neutral, &say(person, seed + 100 * other, 500));
                assert_ne!(one.tone(), Tone::HigherAndBrighter, "another sentence: {one:?}");
                widest.pitch = widest.pitch.max(one.pitch.abs());
                widest.second = widest.second.max(one.second.abs());
                widest.third = widest.third.max(one.third.abs());
            }
        }
    }
    println!("other sentences of the same voice differ at most by {widest:?}");
}

#[test]
fn times_before_and_between_words_are_measured() {
    let manner = PEOPLE[1];
    for (before, rest) in [(300, 400), (1_200, 900), (2_500, 2_000)] {
        let first = Line { channel: 0, start: before, syllables: 12, manner };
        let start = first.end() + rest;
        let second = Line { channel: 0, start, syllables: 12, manner };
        let length = second.end() + 500;
        let lines = vec![first, second];
        let script = Script { lines, noise: Some(-66.0), length, seed: 3, ..Script::default() };
        let reading = read(&script.make().channels[0], RATE);
        assert!(reading.before_ms.unwrap().abs_diff(before) <= 60, "{before}: {reading:?}");
        assert!(reading.longest_pause_ms.abs_diff(rest) <= 60, "{rest}: {reading:?}");
        assert_eq!(reading.pauses, 1);
    }
}

#[test]
fn other_rates_and_a_browser_in_blocks_give_the_same_figures() {
    let line = Line { channel: 0, start: 400, syllables: 30, manner: PEOPLE[1] };
    let length = line.end() + 400;
    let script =
        Script { lines: vec![line], noise: Some(-66.0), length, seed: 5, ..Script::default() };
    let sound = &script.make().channels[0];
    let neutral = read(sound, RATE);
    for rate in [44_100, 48_000, 96_000] {
        let mut other = Vec::new();
        let mut resampler = Resampler::new(RATE, rate);
        resampler.push(sound, &mut other);
        resampler.finish(&mut other);
        let one = beside(&neutral, &read(&other, rate));
        assert!(one.pitch.abs() < 0.1 && one.second.abs() < 0.02, "{rate}: {one:?}");
        assert!(one.third.abs() < 0.02 && one.level.abs() < 1.0, "{rate}: {one:?}");
    }
}

#[test]
fn silence_noise_and_hours_give_no_figures_and_no_panic() {
    assert_eq!(read(&[], 48_000), Reading::default());
    let silent = read(&vec![0.0; 160_000], 16_000);
    assert_eq!((silent.speech_ms, silent.before_ms, silent.pitch), (0, None, None));
    assert!(!silent.holds(0));
    let mut practice = Practice::new(8_000);
    let odd = [f32::NAN, f32::INFINITY, -1e30, 0.3];
    for _ in 0..80 {
        practice.push(&odd.repeat(2_000));
    }
    assert_eq!(practice.length_ms(), 60_000, "the rest is not heard");
    assert!(practice.finish().length_ms <= 60_000);
}

/// Real sentences of a Flemish speaker, where they are at hand; played faster by a share, all of a
/// voice rises by it: pitch, formants and pace.
#[test]
fn real_sentences_score_when_they_are_raised_and_not_beside_each_other() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/dutch_vl_tts");
    let mut sentences = Vec::new();
    for file in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
        if file.path().extension().is_some_and(|kind| kind == "wav") {
            sentences.push(samples(&file.path()));
        }
    }
    if sentences.len() < 3 {
        eprintln!("skipped: no real sentences in ../shared/data/dutch_vl_tts");
        return;
    }
    let said = |leave: usize, only: bool, faster: f32| {
        let mut sound = vec![0.0; 11_025];
        let chosen = sentences.iter().enumerate().filter(|(i, _)| (*i == leave) == only);
        for (_, sentence) in chosen {
            sound.extend_from_slice(sentence);
            sound.extend_from_slice(&[0.0; 11_025]);
        }
        read(&sound, (22_050.0 * faster) as u32)
    };
    for leave in 0..sentences.len() {
        let neutral = said(leave, false, 1.0);
        let other = beside(&neutral, &said(leave, true, 1.0));
        println!("sentence {leave} beside the others: {other:?}");
        assert_ne!(other.tone(), Tone::HigherAndBrighter, "another sentence: {other:?}");
        // The same words, raised.
        let all = beside(&neutral, &said(leave, false, 1.1));
        println!("raised by a tenth: {all:?}");
        assert_eq!(all.tone(), Tone::HigherAndBrighter, "{all:?}");
        assert!((all.pitch - 12.0 * 1.1_f32.log2()).abs() < 0.3, "{all:?}");
        assert!((all.second - 0.1).abs() < 0.03 && (all.third - 0.1).abs() < 0.03, "{all:?}");
    }
}

fn samples(file: &Path) -> Vec<f32> {
    let bytes = std::fs::read(file).unwrap();
    let kind = kind_of(None, &bytes).expect("a recording");
    let mut reader = AudioReader::open(kind, Box::new(std::io::Cursor::new(bytes))).unwrap();
    assert_eq!((reader.rate(), reader.channels()), (22_050, 1));
    let mut all = Vec::new();
    while let Some(block) = reader.next_block() {
        all.extend_from_slice(&block.channels[0]);
    }
    all
}
