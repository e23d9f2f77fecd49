//! Voice practice: how somebody's voice stands beside their own neutral voice.
//!
//! A smile draws the corners of the mouth aside, which shortens the mouth: pitch and formants rise
//! (V. Tartter, "Happy talk", Perception & Psychophysics 27:24–27, 1980: 6 speakers; V. Zacher & C.
//! Niemitz, "Why can a smile be heard?", Anthropologie, 2003: the mean of the second and third
//! formant, 10 speakers, 141 listeners). [`Beside::tone`] says whether all three rose. Other things
//! raise one of them: a loud voice its pitch, other vowels its second formant. So a rise counts where
//! all three rise at once, and then says that a voice is higher and brighter; not why, and nothing
//! about what anybody feels. Whether it sounds real is not measured either (A. Drahota, A. Costall &
//! V. Reddy, Speech Communication 50, 2008: listeners tell kinds of smiles apart, and hear smiles
//! where there are none).
//!
//! A rise is told best beside the same words: between other words of the same voice the mean second
//! formant differs by some 9 % (standard deviation over 42 syllables that were made), beside the same
//! words it is told within 2 %. The thresholds below are ours: those papers give directions.
//! `tests/practice.rs` holds them against voices that were changed by known amounts.

use crate::Track;
use crate::call::Alone;

/// The longest reading, in milliseconds; what comes after that is not heard.
pub const LONGEST_MS: u32 = 60_000;
/// Enough speech to know a neutral voice by that other words are held beside, in milliseconds.
pub const NEUTRAL_MS: u32 = 4_000;
/// Voices are held beside each other from so much speech in each on, in milliseconds.
pub const LEAST_MS: u32 = 1_500;

/// Pitch is another from here, in semitones.
pub const PITCH: f32 = 1.0;
/// The second formant is another from here, as a share.
pub const SECOND: f32 = 0.03;
/// The third formant is another from here, as a share.
pub const THIRD: f32 = 0.02;
/// Loudness is another from here, in decibels.
pub const LEVEL: f32 = 3.0;
/// Pace is another from here, as a share.
pub const PACE: f32 = 0.1;

/// How one reading sounded.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Reading {
    /// How much was heard, in milliseconds.
    pub length_ms: u32,
    /// How much of it was speech, in milliseconds.
    pub speech_ms: u32,
    /// Silence before the first word, in milliseconds; `None` before there was one.
    pub before_ms: Option<u32>,
    /// Median pitch, in hertz.
    pub pitch: Option<f32>,
    /// Means of the first three formants, in hertz; the tenths at both ends left out.
    pub formants: Option<[f32; 3]>,
    /// Median loudness of the speech, in decibels relative to the loudest sound there can be.
    pub level: Option<f32>,
    /// Syllables in a second of speech.
    pub pace: Option<f32>,
    /// How many pauses of 200 ms and more within the speech.
    pub pauses: u32,
    /// The longest of them, in milliseconds.
    pub longest_pause_ms: u32,
}

impl Reading {
    /// Whether it holds so much speech, in milliseconds, and all measures of it.
    #[must_use]
    pub fn holds(&self, speech_ms: u32) -> bool {
        self.speech_ms >= speech_ms
            && self.pitch.is_some()
            && self.formants.is_some()
            && self.level.is_some()
            && self.pace.is_some_and(|pace| pace > 0.0)
    }
}

/// Measures one reading while it goes on. Frames are dropped with it; sound is dropped as soon as it
/// is measured.
#[derive(Debug)]
pub struct Practice {
    track: Track,
    voice: Alone,
}

impl Practice {
    /// Of sound of `rate` samples a second, 8 kHz or more.
    #[must_use]
    pub fn new(rate: u32) -> Self {
        Self { track: Track::new(rate), voice: Alone::default() }
    }

    /// Takes samples of −1 to 1.
    pub fn push(&mut self, samples: &[f32]) {
        let voice = &mut self.voice;
        self.track.push(samples, |frame| {
            if voice.length_ms() < LONGEST_MS {
                voice.push(frame);
            }
        });
    }

    /// How much was measured, in milliseconds: about a second less than came in.
    #[must_use]
    pub fn length_ms(&self) -> u32 {
        self.voice.length_ms()
    }

    /// Whether somebody speaks at the end of what was measured.
    #[must_use]
    pub fn speaks(&self) -> bool {
        self.voice.speaks()
    }

    /// How it sounded so far.
    #[must_use]
    pub fn reading(&self) -> Reading {
        reading(&self.voice)
    }

    /// How it sounded; the reading is over.
    #[must_use]
    pub fn finish(self) -> Reading {
        let mut voice = self.voice;
        self.track.finish(|frame| {
            if voice.length_ms() < LONGEST_MS {
                voice.push(frame);
            }
        });
        reading(&voice)
    }
}

fn reading(voice: &Alone) -> Reading {
    let (spans, sound) = voice.heard();
    Reading {
        length_ms: voice.length_ms(),
        speech_ms: spans.iter().map(|span| span.length_ms()).sum(),
        before_ms: spans.first().map(|span| span.start_ms),
        pitch: sound.pitch.map(|pitch| pitch.median),
        formants: sound.formants,
        level: sound.level.map(|level| level.median),
        pace: sound.pace,
        pauses: sound.pauses as u32,
        longest_pause_ms: sound.longest_pause_ms,
    }
}

/// A reading beside the neutral voice of the same person.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Beside {
    /// Rise of median pitch, in semitones.
    pub pitch: f32,
    /// Rise of the mean second formant, as a share: 0.05 is 5 %.
    pub second: f32,
    /// Rise of the mean third formant, as a share.
    pub third: f32,
    /// Rise of loudness, in decibels.
    pub level: f32,
    /// Rise of pace, as a share.
    pub pace: f32,
}

/// Where a measure stands beside the neutral voice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Below it.
    Lower,
    /// Near it.
    Near,
    /// Above it.
    Higher,
}

/// Where pitch and the colour of the voice stand beside the neutral voice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Pitch and both formants are above it: what a smile does.
    HigherAndBrighter,
    /// Pitch alone is.
    Higher,
    /// Both formants alone are.
    Brighter,
    /// Pitch is below it.
    Lower,
    /// Near it.
    Near,
}

impl Beside {
    /// Holds a reading beside the neutral one; `None` with too little speech in either.
    #[must_use]
    pub fn of(neutral: &Reading, now: &Reading) -> Option<Self> {
        if !neutral.holds(LEAST_MS) || !now.holds(LEAST_MS) {
            return None;
        }
        let [_, second, third] = now.formants?;
        let [_, neutral_second, neutral_third] = neutral.formants?;
        Some(Self {
            pitch: 12.0 * (now.pitch? / neutral.pitch?).log2(),
            second: second / neutral_second - 1.0,
            third: third / neutral_third - 1.0,
            level: now.level? - neutral.level?,
            pace: now.pace? / neutral.pace? - 1.0,
        })
    }

    /// Where pitch and colour stand.
    #[must_use]
    pub fn tone(&self) -> Tone {
        let pitch = place(self.pitch, PITCH);
        let brighter = self.second >= SECOND && self.third >= THIRD;
        match (pitch, brighter) {
            (Place::Higher, true) => Tone::HigherAndBrighter,
            (Place::Higher, false) => Tone::Higher,
            (Place::Near, true) => Tone::Brighter,
            (Place::Near, false) => Tone::Near,
            (Place::Lower, _) => Tone::Lower,
        }
    }

    /// How far pitch and both formants went the same way, in thresholds: that of the three which
    /// went least. 1 and more is [`Tone::HigherAndBrighter`]; 0 where they went different ways.
    #[must_use]
    pub fn lift(&self) -> f32 {
        let all = [self.pitch / PITCH, self.second / SECOND, self.third / THIRD];
        let (least, most) =
            all.iter().fold((f32::MAX, f32::MIN), |(least, most), x| (least.min(*x), most.max(*x)));
        least.max(0.0) + most.min(0.0)
    }
}

/// Where a rise stands that is one from `threshold` on.
#[must_use]
pub fn place(rise: f32, threshold: f32) -> Place {
    match rise {
        rise if rise >= threshold => Place::Higher,
        rise if rise <= -threshold => Place::Lower,
        _ => Place::Near,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn neutral() -> Reading {
        Reading {
            length_ms: 6_000,
            speech_ms: 5_000,
            before_ms: Some(300),
            pitch: Some(180.0),
            formants: Some([500.0, 1500.0, 2700.0]),
            level: Some(-24.0),
            pace: Some(5.0),
            pauses: 2,
            longest_pause_ms: 400,
        }
    }

    #[test]
    fn only_pitch_and_both_formants_together_are_higher_and_brighter() {
        for (pitch, second, third, tone) in [
            (0.0, 0.0, 0.0, Tone::Near),
            (2.0, 0.06, 0.04, Tone::HigherAndBrighter),
            (2.0, 0.06, 0.0, Tone::Higher),
            (2.0, 0.0, 0.04, Tone::Higher),
            (0.0, 0.2, 0.1, Tone::Brighter),
            (-2.0, 0.2, 0.1, Tone::Lower),
            (2.0, -0.1, -0.1, Tone::Higher),
            (0.0, -0.1, -0.1, Tone::Near),
            (0.5, 0.02, 0.01, Tone::Near),
        ] {
            let one = Beside { pitch, second, third, level: 0.0, pace: 0.0 };
            assert_eq!(one.tone(), tone, "{one:?}");
            assert_eq!(one.lift() >= 1.0, tone == Tone::HigherAndBrighter, "{one:?}");
        }
    }

    #[test]
    fn nothing_is_held_beside_too_little() {
        let now = Reading { speech_ms: LEAST_MS, ..neutral() };
        assert!(Beside::of(&neutral(), &now).is_some());
        let short = Reading { speech_ms: LEAST_MS - 10, ..neutral() };
        assert_eq!(Beside::of(&neutral(), &short), None);
        assert_eq!(Beside::of(&short, &now), None);
        for hollow in [
            Reading { pitch: None, ..neutral() },
            Reading { formants: None, ..neutral() },
            Reading { pace: Some(0.0), ..neutral() },
        ] {
            assert_eq!(Beside::of(&hollow, &now), None);
            assert_eq!(Beside::of(&neutral(), &hollow), None);
        }
    }
}
