//! What is handled once for all cues: negation, quotation, degree.

pub mod degree;
pub mod negation;

use gehoord_conversation::{Label, Locale, Span};

use rustc_hash::FxHashMap;

use crate::cue::{CueHit, Negation, Pack, Side};
use crate::text::Text;

/// A cue that was heard, after negation, quotation and degree had their say.
#[derive(Debug, Clone, PartialEq)]
pub struct Heard {
    /// Index of the cue in its pack.
    pub cue: usize,
    /// What was heard; another label than the cue's when a negation turned it.
    pub label: Label,
    /// First token.
    pub first: usize,
    /// Just past the last token.
    pub last: usize,
    /// Where in the original text.
    pub span: Span,
    /// 0–1.
    pub strength: f32,
    /// 1–3, feelings only.
    pub intensity: u8,
    /// A feeling or technique that is said outright.
    pub outright: bool,
}

/// The same cue is heard at most so often in one turn: more says nothing more, and keeps a
/// megabyte of one phrase from taking minutes.
const OFTEN: usize = 24;
/// So many cues are heard in one turn.
const MANY: usize = 2_000;

/// All cues heard in `text`, with negated and quoted matches taken out.
#[must_use]
pub fn hear(pack: &Pack, text: &Text, side: Side, locale: Option<&Locale>) -> Vec<Heard> {
    let mut heard = Vec::new();
    let mut times: FxHashMap<usize, usize> = FxHashMap::default();
    for hit in pack.hear(text, side) {
        let cue = &pack.cues()[hit.cue];
        let times = times.entry(hit.cue).or_insert(0);
        *times += 1;
        if *times > OFTEN || heard.len() > MANY {
            continue;
        }
        let here = locale.map(Locale::as_str);
        if !cue.locales.is_empty()
            && here.is_some_and(|here| here.len() > 2 && !cue.locales.iter().any(|l| l == here))
        {
            continue;
        }
        if quotes_the_other(text, &hit, cue.label) {
            continue;
        }
        let negated = cue.negation == Negation::Drops
            && negation::is_negated(pack, text, hit.first, hit.last);
        let label = match (negated, cue.negated) {
            (false, _) => cue.label,
            (true, Some(turned)) => turned,
            (true, None) => continue,
        };
        let intensity = match label {
            Label::Emotion(_) => degree::adjust(pack, text, hit.first, hit.last, cue.intensity),
            _ => cue.intensity,
        };
        let push = |label: Label, strength: f32| Heard {
            cue: hit.cue,
            label,
            first: hit.first,
            last: hit.last,
            span: text.span(hit.first, hit.last),
            strength,
            intensity,
            outright: cue.outright && matches!(label, Label::Emotion(_) | Label::Technique(_)),
        };
        heard.push(push(label, cue.strength));
        if !negated {
            heard.extend(cue.also.iter().map(|&label| push(label, cue.strength)));
        }
    }
    heard
}

/// Words between quotation marks are somebody else's: they carry no feeling of this speaker, and
/// do not count as abuse by or of them.
fn quotes_the_other(text: &Text, hit: &CueHit, label: Label) -> bool {
    let theirs =
        matches!(label, Label::Emotion(_) | Label::Safety(_) | Label::Need(_) | Label::Breaker(_));
    theirs && hit.last - hit.first >= 2 && text.tokens[hit.first..hit.last].iter().all(|t| t.quoted)
}
