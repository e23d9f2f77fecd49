//! One voice while it runs: samples in, frames out.

use std::collections::VecDeque;

use crate::audio::resample::Resampler;
use crate::audio::sane;
use crate::measure::activity::{self, ActivityDetector};
use crate::measure::formant::{self, FormantFinder, Formants};
use crate::measure::level::level_db;
use crate::measure::music::MusicDetector;
use crate::measure::pace::SyllableFinder;
use crate::measure::pitch::{self, Pitch, PitchTracker};
use crate::measure::{HOP, RATE};

/// Samples around a frame that its level is told from: 32 ms.
const LEVEL: usize = 256;
/// Samples on each side of the middle of a frame that any measure needs.
const REACH: usize = formant::WINDOW / 2;
/// Formants are told of every second frame.
const FORMANT_STEP: u64 = 2;
/// Frames for which formants wait until pitch is decided.
const MOST_WAITING: usize = 128;

/// What was measured of 10 ms of one voice.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Frame {
    /// Whether somebody spoke.
    pub speech: bool,
    /// In decibels relative to the loudest sound there can be.
    pub level: f32,
    /// In hertz; `None` where there was no voice.
    pub pitch: Option<f32>,
    /// Of voiced frames, every second one.
    pub formants: Option<Formants>,
    /// Whether here is the top of a syllable.
    pub syllable: bool,
    /// Whether music plays.
    pub music: bool,
}

/// Measures one voice while it runs; a frame comes about a second after its sound.
#[derive(Debug)]
pub struct Track {
    /// From the rate of the sound to that of the voice activity and that of the measures; one of
    /// the two may follow from the other.
    to_wide: Resampler,
    to_narrow: Resampler,
    narrow_from_wide: bool,
    wide: Vec<f32>,
    narrow: Vec<f32>,
    /// Sound of 8 kHz that is still needed; it begins `REACH` zeros before the start.
    buffer: Vec<f32>,
    activity: ActivityDetector,
    pitch: PitchTracker,
    formants: FormantFinder,
    syllables: SyllableFinder,
    music: MusicDetector,
    waiting: Waiting,
    /// Frames that were cut from the sound.
    cut: u64,
    samples: u64,
}

/// What is known of the frames that are not out yet.
#[derive(Debug, Default)]
struct Waiting {
    /// Index of the first frame that is not out.
    out: u64,
    levels: VecDeque<f32>,
    speech: Vec<bool>,
    pitch: Vec<Pitch>,
    /// Index of the frame whose pitch is the next to be looked at.
    looked: u64,
    pitched: VecDeque<Option<f32>>,
    spoken: VecDeque<bool>,
    formants: VecDeque<Option<Formants>>,
    syllables: VecDeque<bool>,
    tones: Vec<usize>,
    /// Whether music plays, by answers of the detector.
    music: VecDeque<bool>,
    answers: u64,
    /// Frames of sound for formants of frames whose pitch is not decided.
    sounds: VecDeque<(u64, Vec<f32>)>,
    spare: Vec<Vec<f32>>,
}

impl Track {
    /// For sound of `rate` samples a second, 8 kHz or more.
    #[must_use]
    pub fn new(rate: u32) -> Self {
        let narrow_from_wide = rate != RATE;
        let narrow = if narrow_from_wide { activity::RATE } else { rate };
        Self {
            to_wide: Resampler::new(rate, activity::RATE),
            to_narrow: Resampler::new(narrow, RATE),
            narrow_from_wide,
            wide: Vec::new(),
            narrow: Vec::new(),
            buffer: vec![0.0; REACH],
            activity: ActivityDetector::default(),
            pitch: PitchTracker::default(),
            formants: FormantFinder::default(),
            syllables: SyllableFinder::default(),
            music: MusicDetector::default(),
            waiting: Waiting::default(),
            cut: 0,
            samples: 0,
        }
    }

    /// Takes samples and hands over the frames that are whole by now.
    pub fn push(&mut self, samples: &[f32], mut take: impl FnMut(Frame)) {
        // Filters would remember for ever what is no number.
        let harmless = samples.iter().all(|sample| sane(*sample) == *sample);
        let cleaned: Vec<f32>;
        let samples = if harmless {
            samples
        } else {
            cleaned = samples.iter().map(|sample| sane(*sample)).collect();
            &cleaned
        };
        self.wide.clear();
        self.narrow.clear();
        self.to_wide.push(samples, &mut self.wide);
        let source = if self.narrow_from_wide { &self.wide } else { samples };
        self.to_narrow.push(source, &mut self.narrow);
        self.hear(&mut take);
    }

    /// Hands over what was held back; the sound is over.
    pub fn finish(mut self, mut take: impl FnMut(Frame)) {
        self.wide.clear();
        self.narrow.clear();
        self.to_wide.finish(&mut self.wide);
        if self.narrow_from_wide {
            self.to_narrow.push(&self.wide, &mut self.narrow);
        }
        self.to_narrow.finish(&mut self.narrow);
        self.hear(&mut take);
        // Silence, so that the last frames have their surroundings.
        let frames = self.samples.div_ceil(HOP as u64);
        self.buffer.resize(self.buffer.len() + 2 * REACH + HOP, 0.0);
        self.activity.push(&[0.0; activity::RATE as usize / 5], &mut self.waiting.speech);
        self.cut_frames(frames);
        self.activity.finish(&mut self.waiting.speech);
        self.pitch.finish(&mut self.waiting.pitch);
        self.hand_over(true, &mut take);
    }

    fn hear(&mut self, take: &mut impl FnMut(Frame)) {
        self.activity.push(&self.wide, &mut self.waiting.speech);
        self.music.push(&self.narrow, &mut self.waiting.tones);
        self.samples += self.narrow.len() as u64;
        self.buffer.extend_from_slice(&self.narrow);
        self.cut_frames(u64::MAX);
        self.hand_over(false, take);
    }

    /// Cuts whole frames, up to the one with index `end`, from the sound.
    fn cut_frames(&mut self, end: u64) {
        let mut start = 0;
        let span = |around: usize| REACH - around / 2..REACH + around / 2;
        while self.cut < end
            && let Some(sound) = self.buffer.get(start..start + 2 * REACH)
        {
            self.waiting.levels.push_back(level_db(&sound[span(LEVEL)]));
            self.pitch.push(&sound[span(pitch::WINDOW)], &mut self.waiting.pitch);
            if self.cut.is_multiple_of(FORMANT_STEP) {
                let mut kept = self.waiting.spare.pop().unwrap_or_default();
                kept.clear();
                kept.extend_from_slice(sound);
                self.waiting.sounds.push_back((self.cut, kept));
            }
            self.cut += 1;
            start += HOP;
        }
        self.buffer.drain(..start.min(self.buffer.len()));
    }

    fn hand_over(&mut self, all: bool, take: &mut impl FnMut(Frame)) {
        let waiting = &mut self.waiting;
        waiting.spoken.extend(waiting.speech.drain(..));
        for tones in waiting.tones.drain(..) {
            waiting.music.push_back(MusicDetector::is_music(tones));
        }
        for pitch in waiting.pitch.drain(..) {
            let formants = match waiting.sounds.front() {
                Some((frame, _)) if *frame == waiting.looked => {
                    let sound =
                        waiting.sounds.pop_front().map(|(_, sound)| sound).unwrap_or_default();
                    let found = pitch.hertz.and_then(|_| self.formants.find(&sound));
                    waiting.spare.push(sound);
                    found
                }
                _ => None,
            };
            let level = waiting.levels.get((waiting.looked - waiting.out) as usize);
            let top =
                self.syllables.push(level.copied().unwrap_or_default(), pitch.hertz.is_some());
            waiting.pitched.push_back(pitch.hertz);
            waiting.formants.push_back(formants);
            waiting.syllables.push_back(false);
            let place = top.and_then(|top| top.checked_sub(waiting.out));
            if let Some(top) = place.and_then(|place| waiting.syllables.get_mut(place as usize)) {
                *top = true;
            }
            waiting.looked += 1;
        }
        debug_assert!(waiting.sounds.len() <= MOST_WAITING);
        // A syllable is known when its level has fallen again, music when its second is half over.
        let held = if all { 0 } else { 60 };
        while waiting.pitched.len() > held && !waiting.spoken.is_empty() {
            let answer = (waiting.out + MusicDetector::BEHIND as u64) * HOP as u64
                / MusicDetector::STEP as u64;
            while waiting.answers < answer && waiting.music.len() > 1 {
                waiting.music.pop_front();
                waiting.answers += 1;
            }
            if !all && waiting.answers < answer {
                break;
            }
            let music = waiting.music.front().copied().unwrap_or(false);
            let (Some(pitch), Some(level)) =
                (waiting.pitched.pop_front(), waiting.levels.pop_front())
            else {
                break;
            };
            take(Frame {
                speech: waiting.spoken.pop_front().unwrap_or(false),
                level,
                pitch,
                formants: waiting.formants.pop_front().flatten(),
                syllable: waiting.syllables.pop_front().unwrap_or(false),
                music,
            });
            waiting.out += 1;
        }
    }
}
