//! Formants of voices that were made, whose mouths are known: long ones, and short ones that have only
//! three formants below 4 kHz.

use gehoord_speech::synthesis::Dice;
use gehoord_speech::synthesis::voice::{self, Manner, RATE};

use crate::{GROSS, at, frames};

/// Sentences of each voice, and syllables in each.
const SENTENCES: u64 = 12;
const SYLLABLES: u32 = 14;

pub(crate) fn mouths() {
    println!("Formants of made voices with mouths of known length ({SENTENCES} sentences each)");
    for (pitch, length) in
        [(110.0, 1.0), (150.0, 0.93), (205.0, 0.87), (220.0, 0.82), (240.0, 0.78)]
    {
        let manner = Manner { pitch, movement: 4.0, pace: 4.6, level: -24.0, length };
        let mut off: [Vec<f32>; 3] = Default::default();
        let mut gross = [0_usize; 3];
        for seed in 0..SENTENCES {
            let mut dice = Dice::new(4_000 + seed);
            let said = voice::say(SYLLABLES, manner, &mut dice);
            let mut samples = said.samples;
            samples.iter_mut().for_each(|sample| *sample += 0.0017 * (dice.unit() - 0.5));
            for (frame, known) in frames(&samples, RATE).iter().zip(&said.formants) {
                let Some(found) = frame.formants.filter(|_| frame.speech) else { continue };
                for (i, known) in known.iter().enumerate().filter(|(_, known)| **known > 0.0) {
                    let error = (found[i] / known - 1.0).abs();
                    gross[i] += usize::from(error > GROSS);
                    off[i].push(error);
                }
            }
        }
        let count = off[0].len().max(1);
        let middle = off.each_mut().map(|one| format!("{:.1} %", 100.0 * at(one, 0.5))).join(", ");
        let wrong = gross.map(|n| format!("{:.1} %", 100.0 * n as f32 / count as f32)).join(", ");
        println!(
            "  {pitch:.0} Hz, {:.0} % of a long mouth: {count} frames; 1, 2, 3 off by {middle} at the median; grossly {wrong}",
            100.0 * length
        );
    }
    println!();
}
