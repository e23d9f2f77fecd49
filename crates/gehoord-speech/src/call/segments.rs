//! Where each voice speaks, where music plays, and where nobody is heard.

use gehoord_conversation::voice::TimeSpan;

use super::lane::{FRAME_MS, Lane};

/// Music with a rest shorter than this plays on, and shorter than that is none, in frames.
const MUSIC_REST: usize = 200;
const SHORTEST_MUSIC: usize = 250;
/// It is heard in so much of the time that it plays; a long "eh" now and then is none.
const MUSIC_HEARD: f32 = 0.5;
/// Music is seen so much too late and lost so much too soon, in frames.
const MUSIC_EDGE: usize = 10;
/// Sound that is so much quieter than the voice of its channel is from elsewhere in the room, in
/// decibels.
const BACKGROUND: f32 = 22.0;
/// Words have vowels: speech has pitch in so many of its frames, at least.
const VOICED: f32 = 0.08;
const LEAST_VOICED: usize = 3;
/// The other voice, come through: so much quieter, in decibels, and of one shape with it; two
/// syllables may look alike by chance.
const LEAK: f32 = 10.0;
const LEAK_ALIKE: f32 = 0.75;
const LEAK_ALIKE_SHORT: f32 = 0.92;
const SHORT_MS: u32 = 1_000;
/// It may come so much later, in frames.
const LEAK_LATE: usize = 40;

/// Who speaks when.
#[derive(Debug, Default)]
pub(super) struct Segments {
    /// Speech of each lane, in order.
    pub(super) speech: Vec<Vec<TimeSpan>>,
    /// Hold music on any lane, in order.
    pub(super) music: Vec<TimeSpan>,
    /// Where the telephone system had the call on hold, in order.
    pub(super) holds: Vec<TimeSpan>,
}

impl Segments {
    pub(super) fn of(lanes: &[Lane]) -> Self {
        let music = joined(lanes.iter().flat_map(music).collect());
        let mut speech: Vec<Vec<TimeSpan>> =
            lanes.iter().map(|lane| runs(lane, Lane::is_speech)).collect();
        for lane in &mut speech {
            // What is said while the other waits is not for this call.
            lane.retain(|span| {
                let waited: u32 = music.iter().map(|music| music.shared_ms(*span)).sum();
                waited * 2 < span.length_ms()
            });
        }
        let typical: Vec<f32> =
            lanes.iter().zip(&speech).map(|(lane, spans)| loud(lane, spans)).collect();
        let heard = speech.clone();
        for (channel, spans) in speech.iter_mut().enumerate() {
            let lane = &lanes[channel];
            spans.retain(|span| {
                let level = loud(lane, &[*span]);
                let other = lanes.get(1 - channel.min(1)).filter(|_| lanes.len() > 1);
                let leaks = other.is_some_and(|other| {
                    let there = heard[1 - channel].iter().any(|theirs| theirs.shared_ms(*span) > 0);
                    there && leaked(lane, other, *span)
                });
                level > typical[channel] - BACKGROUND && voiced(lane, *span) && !leaks
            });
        }
        let holds = lanes.iter().flat_map(|lane| runs(lane, Lane::is_hold)).collect();
        Self { speech, music, holds: joined(holds) }
    }

    /// Where nobody speaks, no music plays and nobody is on hold.
    pub(super) fn quiet(&self, length_ms: u32) -> Vec<TimeSpan> {
        let mut sounds: Vec<TimeSpan> = self.speech.iter().flatten().copied().collect();
        sounds.extend(self.music.iter().chain(&self.holds));
        let mut quiet = Vec::new();
        let mut at = 0;
        for span in joined(sounds) {
            if span.start_ms > at {
                quiet.push(TimeSpan::new(at, span.start_ms));
            }
            at = at.max(span.end_ms);
        }
        if length_ms > at {
            quiet.push(TimeSpan::new(at, length_ms));
        }
        quiet
    }
}

/// Frames of a span.
pub(super) fn frames(span: TimeSpan) -> std::ops::Range<usize> {
    (span.start_ms / FRAME_MS) as usize..(span.end_ms / FRAME_MS) as usize
}

fn span(start: usize, end: usize) -> TimeSpan {
    TimeSpan::new(start as u32 * FRAME_MS, end as u32 * FRAME_MS)
}

/// Where frames that are so follow on each other.
fn runs(lane: &Lane, is: fn(&Lane, usize) -> bool) -> Vec<TimeSpan> {
    let mut spans = Vec::new();
    let mut start = None;
    for frame in 0..=lane.len() {
        match (start, is(lane, frame)) {
            (None, true) => start = Some(frame),
            (Some(from), false) => {
                spans.push(span(from, frame));
                start = None;
            }
            _ => {}
        }
    }
    spans
}

fn music(lane: &Lane) -> Vec<TimeSpan> {
    // Start, end, and in how many frames it is heard.
    let mut found: Vec<(usize, usize, usize)> = Vec::new();
    for frame in (0..lane.len()).filter(|frame| lane.is_music(*frame)) {
        match found.last_mut() {
            Some((_, end, heard)) if frame - *end <= MUSIC_REST => {
                (*end, *heard) = (frame + 1, *heard + 1);
            }
            _ => found.push((frame, frame + 1, 1)),
        }
    }
    found.retain(|(start, end, heard)| {
        end - start >= SHORTEST_MUSIC && *heard as f32 >= MUSIC_HEARD * (end - start) as f32
    });
    found
        .into_iter()
        .map(|(start, end, _)| {
            span(start.saturating_sub(MUSIC_EDGE), (end + MUSIC_EDGE).min(lane.len()))
        })
        .collect()
}

/// Spans in order, those that touch as one.
fn joined(mut spans: Vec<TimeSpan>) -> Vec<TimeSpan> {
    spans.sort_by_key(|span| span.start_ms);
    let mut joined: Vec<TimeSpan> = Vec::new();
    for span in spans {
        match joined.last_mut() {
            Some(last) if span.start_ms <= last.end_ms => {
                last.end_ms = last.end_ms.max(span.end_ms);
            }
            _ => joined.push(span),
        }
    }
    joined
}

/// The level that a fifth of the frames lies above.
fn loud(lane: &Lane, spans: &[TimeSpan]) -> f32 {
    let mut levels: Vec<f32> =
        spans.iter().flat_map(|span| frames(*span)).map(|frame| lane.level(frame)).collect();
    if levels.is_empty() {
        return -96.0;
    }
    let at = levels.len() * 4 / 5;
    *levels.select_nth_unstable_by(at, f32::total_cmp).1
}

fn voiced(lane: &Lane, span: TimeSpan) -> bool {
    let voiced = frames(span).filter(|frame| lane.pitch(*frame).is_some()).count();
    voiced >= LEAST_VOICED && voiced as f32 >= VOICED * frames(span).len() as f32
}

/// Whether what is heard in `lane` is the voice of `other`, quieter and perhaps a little later.
fn leaked(lane: &Lane, other: &Lane, span: TimeSpan) -> bool {
    let here: Vec<f32> = frames(span).map(|frame| lane.level(frame)).collect();
    let alike = if span.length_ms() < SHORT_MS { LEAK_ALIKE_SHORT } else { LEAK_ALIKE };
    (0..=LEAK_LATE).step_by(2).any(|late| {
        let there: Vec<f32> = frames(span)
            .map(|frame| frame.checked_sub(late).map_or(-96.0, |frame| other.level(frame)))
            .collect();
        let mean = |levels: &[f32]| levels.iter().sum::<f32>() / levels.len().max(1) as f32;
        mean(&there) - mean(&here) > LEAK && correlation(&here, &there) > alike
    })
}

/// Pearson's correlation; 0 where one does not vary.
pub(super) fn correlation(a: &[f32], b: &[f32]) -> f32 {
    let n = a.len().min(b.len()) as f32;
    let (mean_a, mean_b) = (a.iter().sum::<f32>() / n, b.iter().sum::<f32>() / n);
    let (mut both, mut of_a, mut of_b) = (0.0, 0.0, 0.0);
    for (x, y) in a.iter().zip(b) {
        let (x, y) = (x - mean_a, y - mean_b);
        both += x * y;
        of_a += x * x;
        of_b += y * y;
    }
    let size = (of_a * of_b).sqrt();
    if size > 1e-9 { both / size } else { 0.0 }
}
