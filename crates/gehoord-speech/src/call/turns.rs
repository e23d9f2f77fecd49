//! Who has the word: turns, words that show listening, and what happens where both speak.

use gehoord_conversation::Party;
use gehoord_conversation::voice::{Overlap, OverlapKind, Sound, TimeSpan, VoiceTurn};

use super::lane::Lane;
use super::segments::Segments;
use super::sound::sound;
use super::{Layout, length};

/// Words that show listening are no longer than this, in milliseconds.
const BACKCHANNEL_MS: u32 = 1_000;
/// The other goes on speaking within so long after them.
const GOES_ON_MS: u32 = 1_000;
/// Nothing else is said by the same voice so long before and after them.
const ALONE_MS: u32 = 600;
/// Who begins so shortly before the other ends did not interrupt, in milliseconds.
const HANDOVER_MS: u32 = 300;
/// One voice alone: a longer rest than this begins a new turn, in milliseconds.
const REST_MS: u32 = 1_000;

/// Turns and overlaps of a call.
#[derive(Debug, Default)]
pub(super) struct Turned {
    pub(super) turns: Vec<VoiceTurn>,
    pub(super) overlaps: Vec<Overlap>,
    /// The spans of each turn.
    spans: Vec<Vec<TimeSpan>>,
}

impl Turned {
    /// How often a party took the word from the other.
    pub(super) fn interruptions(&self, party: Option<Party>) -> usize {
        let taken = |o: &&Overlap| o.kind == OverlapKind::Interruption && Some(o.by) == party;
        self.overlaps.iter().filter(taken).count()
    }

    /// How a party sounded over the call; pauses are those within its turns.
    pub(super) fn sound_of(&self, party: Option<Party>, lane: &Lane, speech: &[TimeSpan]) -> Sound {
        let own = || self.turns.iter().filter(|turn| turn.party == party).map(|turn| turn.sound);
        Sound {
            pauses: own().map(|sound| sound.pauses).sum(),
            pauses_ms: own().map(|sound| sound.pauses_ms).sum(),
            longest_pause_ms: own().map(|sound| sound.longest_pause_ms).max().unwrap_or_default(),
            ..sound(lane, speech)
        }
    }
}

/// A stretch of speech, and what it is.
#[derive(Debug, Clone, Copy)]
struct Said {
    channel: usize,
    span: TimeSpan,
    backchannel: bool,
}

pub(super) fn turns(lanes: &[Lane], segments: &Segments, layout: Layout) -> Turned {
    let mut said: Vec<Said> = Vec::new();
    for (channel, spans) in segments.speech.iter().enumerate() {
        for (i, span) in spans.iter().enumerate() {
            let backchannel = lanes.len() == 2 && {
                let alone = i
                    .checked_sub(1)
                    .is_none_or(|before| span.start_ms - spans[before].end_ms >= ALONE_MS)
                    && spans
                        .get(i + 1)
                        .is_none_or(|after| after.start_ms - span.end_ms >= ALONE_MS);
                alone && is_backchannel(*span, &segments.speech[1 - channel])
            };
            said.push(Said { channel, span: *span, backchannel });
        }
    }
    said.sort_by_key(|said| (said.span.start_ms, said.span.end_ms));
    let mut turned = Turned::default();
    let mut last: Option<usize> = None;
    let mut channels = Vec::new();
    for one in &said {
        let open = last.filter(|last| !one.backchannel && channels[*last] == one.channel);
        let goes_on = open.filter(|open| {
            let end = turned.turns[*open].span.end_ms;
            let music = TimeSpan::new(end, one.span.start_ms);
            let rest = one.span.start_ms.saturating_sub(end);
            let waited = segments.music.iter().any(|wait| wait.shared_ms(music) > 0);
            !waited && (lanes.len() == 2 || rest <= REST_MS)
        });
        if let Some(turn) = goes_on {
            turned.turns[turn].span.end_ms = one.span.end_ms;
            turned.spans[turn].push(one.span);
            continue;
        }
        let before = last.filter(|last| channels[*last] != one.channel);
        let answered_after_ms = before.filter(|_| !one.backchannel).map(|before| {
            let end = i64::from(turned.turns[before].span.end_ms);
            let after = i64::from(one.span.start_ms) - end;
            i32::try_from(after).unwrap_or_default()
        });
        if !one.backchannel {
            last = Some(turned.turns.len());
        }
        channels.push(one.channel);
        turned.turns.push(VoiceTurn {
            party: layout.party(one.channel),
            span: one.span,
            backchannel: one.backchannel,
            answered_after_ms,
            sound: Sound::default(),
            said: Vec::new(),
        });
        turned.spans.push(vec![one.span]);
    }
    for ((turn, spans), channel) in turned.turns.iter_mut().zip(&turned.spans).zip(&channels) {
        turn.sound = sound(&lanes[*channel], spans);
        debug_assert!(length(spans) <= turn.span.length_ms());
    }
    if lanes.len() == 2 {
        turned.overlaps = overlaps(&said, layout);
    }
    turned
}

/// Whether a stretch of speech lies within what the other says, who goes on.
fn is_backchannel(span: TimeSpan, other: &[TimeSpan]) -> bool {
    if span.length_ms() > BACKCHANNEL_MS {
        return false;
    }
    let before = other.iter().rev().find(|theirs| theirs.start_ms < span.start_ms);
    let over = before.is_some_and(|theirs| theirs.end_ms > span.end_ms);
    let after = other.iter().find(|theirs| theirs.end_ms > span.end_ms);
    let Some((before, after)) = before.zip(after) else { return false };
    let rest = after.start_ms.saturating_sub(before.end_ms);
    // In a rest of the other a short word may be an answer; in a short rest it hardly is.
    let touches = before.end_ms > span.start_ms || after.start_ms < span.end_ms;
    over || touches && after.start_ms <= span.end_ms + GOES_ON_MS || rest <= span.length_ms() + 400
}

/// Where both speak, and what became of it.
fn overlaps(said: &[Said], layout: Layout) -> Vec<Overlap> {
    let mut found = Vec::new();
    for (i, second) in said.iter().enumerate() {
        // Who began before, on the other side, and still speaks.
        let first = said[..i]
            .iter()
            .rev()
            .take(64)
            .filter(|first| {
                first.channel != second.channel && first.span.end_ms > second.span.start_ms
            })
            .max_by_key(|first| first.span.end_ms);
        let Some(first) = first else { continue };
        let end = first.span.end_ms.min(second.span.end_ms);
        let span = TimeSpan::new(second.span.start_ms, end);
        let (by, kind) = if second.backchannel {
            (second.channel, OverlapKind::Backchannel)
        } else if first.backchannel {
            (first.channel, OverlapKind::Backchannel)
        } else if second.span.end_ms < first.span.end_ms {
            (second.channel, OverlapKind::Attempt)
        } else if span.length_ms() <= HANDOVER_MS {
            (second.channel, OverlapKind::Handover)
        } else {
            (second.channel, OverlapKind::Interruption)
        };
        if let Some(by) = layout.party(by) {
            found.push(Overlap { span, by, kind });
        }
    }
    found
}
