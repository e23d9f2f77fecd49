//! How a voice sounded over some of its speech.

use gehoord_conversation::voice::{Sound, Spread, TimeSpan};

use super::lane::{FRAME_MS, Lane};
use super::segments::frames;

/// Fewer voiced frames than this say nothing about pitch.
const LEAST_VOICE: usize = 10;
/// Fewer formants than this say nothing about the mouth.
const LEAST_FORMANTS: usize = 10;
/// Less speech than this has no pace, in milliseconds.
const LEAST_PACE_MS: u32 = 500;
/// Pitch moves over so many frames; what moves more than so many semitones in them is a jump to
/// another octave.
const STEP: usize = 5;
const JUMP: f32 = 6.0;

/// How the speech in `spans` sounded. Pauses are what lies between spans that stand in one list of
/// `turns`.
pub(super) fn sound(lane: &Lane, spans: &[TimeSpan]) -> Sound {
    let mut pitches = Vec::new();
    let mut levels = Vec::new();
    let mut formants: [Vec<f32>; 3] = Default::default();
    let (mut syllables, mut moved, mut steps) = (0_u32, 0.0, 0_u32);
    for span in spans {
        let range = frames(*span);
        for found in lane.formants(range.start, range.end) {
            formants.iter_mut().zip(found).for_each(|(all, one)| all.push(one));
        }
        for frame in range {
            levels.push(lane.level(frame));
            syllables += u32::from(lane.is_syllable(frame));
            let Some(pitch) = lane.pitch(frame) else { continue };
            pitches.push(pitch);
            if let Some(later) = lane.pitch(frame + STEP) {
                let step = 12.0 * (later / pitch).log2().abs();
                if step < JUMP {
                    moved += step;
                    steps += 1;
                }
            }
        }
    }
    let speech_ms: u32 = spans.iter().map(|span| span.length_ms()).sum();
    let pauses: Vec<u32> =
        spans.windows(2).map(|pair| pair[1].start_ms.saturating_sub(pair[0].end_ms)).collect();
    let pitch = (pitches.len() >= LEAST_VOICE).then(|| spread(&mut pitches));
    let seconds = (STEP as u32 * FRAME_MS) as f32 / 1000.0;
    Sound {
        pitch,
        pitch_range: pitch.map(|pitch| 12.0 * (pitch.high / pitch.low).log2()),
        pitch_movement: pitch.filter(|_| steps > 0).map(|_| moved / steps as f32 / seconds),
        level: (!levels.is_empty()).then(|| spread(&mut levels)),
        pace: (speech_ms >= LEAST_PACE_MS).then(|| syllables as f32 * 1000.0 / speech_ms as f32),
        formants: (formants[0].len() >= LEAST_FORMANTS)
            .then(|| formants.each_mut().map(|all| spread(all).median)),
        pauses: pauses.len(),
        pauses_ms: pauses.iter().sum(),
        longest_pause_ms: pauses.iter().copied().max().unwrap_or_default(),
    }
}

/// Median and tenths of a list that is not empty.
fn spread(values: &mut [f32]) -> Spread {
    values.sort_unstable_by(f32::total_cmp);
    let at = |share: f32| values[((values.len() - 1) as f32 * share).round() as usize];
    Spread { median: at(0.5), low: at(0.1), high: at(0.9) }
}
