//! Pace: the tops of syllables in the level of the voice.
//!
//! After N. de Jong & T. Wempe, "Praat script to detect syllable nuclei and measure speech rate
//! automatically", Behavior Research Methods 41:385–390 (2009): a syllable is a voiced top of the
//! level with a dip before it.

/// How much deeper than both tops the dip between two syllables is, in decibels.
const DIP: f32 = 2.0;
/// How far below the loudest voice a syllable may lie, in decibels.
const RANGE: f32 = 25.0;
/// What the loudest voice loses in a frame, in decibels: 10 dB in ten seconds.
const FORGET: f32 = 0.01;
/// Frames from the top of one syllable to the next, at least.
const APART: u64 = 7;

/// Finds the tops of syllables, frame by frame.
#[derive(Debug)]
pub struct SyllableFinder {
    frame: u64,
    loudest: f32,
    /// Lowest level since the last top.
    low: f32,
    /// The highest level since that low: its frame, how loud, and whether there was voice.
    top: Option<Top>,
    last: Option<u64>,
}

#[derive(Debug, Clone, Copy)]
struct Top {
    frame: u64,
    level: f32,
    voiced: bool,
}

impl Default for SyllableFinder {
    fn default() -> Self {
        Self { frame: 0, loudest: -60.0, low: f32::MAX, top: None, last: None }
    }
}

impl SyllableFinder {
    /// Takes the level and voicing of the next frame; gives the frame of the top of a syllable
    /// when one has just ended, a few frames later than it was.
    pub fn push(&mut self, level: f32, voiced: bool) -> Option<u64> {
        let frame = self.frame;
        self.frame += 1;
        self.loudest = (self.loudest - FORGET).max(if voiced { level } else { f32::MIN });
        let Some(top) = &mut self.top else {
            if level < self.low {
                self.low = level;
            } else if level > self.low + DIP {
                self.top = Some(Top { frame, level, voiced });
            }
            return None;
        };
        if level > top.level {
            *top = Top { frame, level, voiced: voiced || top.voiced && frame - top.frame < 3 };
            return None;
        }
        top.voiced |= voiced && frame - top.frame <= 2;
        if level > top.level - DIP {
            return None;
        }
        let top = *top;
        self.low = level;
        self.top = None;
        let apart = self.last.is_none_or(|last| top.frame - last >= APART);
        let heard = top.voiced && top.level > self.loudest - RANGE && apart;
        heard.then(|| {
            self.last = Some(top.frame);
            top.frame
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tops_with_dips_between_them_are_syllables() {
        let mut finder = SyllableFinder::default();
        let mut found = Vec::new();
        for frame in 0..200_u32 {
            // Five syllables a second, 12 dB deep.
            let level = -20.0 + 6.0 * (frame as f32 * std::f32::consts::TAU / 20.0).sin();
            found.extend(finder.push(level, true));
        }
        assert!((9..=10).contains(&found.len()), "{found:?}");
        assert!(found.windows(2).all(|pair| pair[1] - pair[0] == 20), "{found:?}");
    }

    #[test]
    fn steady_sound_whispers_and_murmurs_have_none() {
        for (swing, voiced) in [(0.5, true), (6.0, false)] {
            let mut finder = SyllableFinder::default();
            let wave = |frame: u32| (frame as f32 * std::f32::consts::TAU / 20.0).sin();
            let found = (0..200).filter_map(|f| finder.push(-20.0 + swing * wave(f), voiced));
            assert_eq!(found.count(), 0);
        }
    }
}
