//! Mail addresses, written and spoken.

use gehoord_conversation::{PersonalKind, Span};

use super::rules::Use;
use super::scene::Scene;
use super::tokens::{Gap, Kind};

/// The most words of a spoken address on either side of the at sign.
const LONGEST: usize = 14;

pub(crate) fn find(scene: &mut Scene) {
    for index in 0..scene.len() {
        let token = scene.tokens.all[index];
        if token.kind == Kind::Mail {
            scene.add(token.span(), PersonalKind::Email);
        } else if token.word() && scene.is(index, Use::SpokenAt) {
            if let Some(span) = spoken(scene, index) {
                scene.add(span, PersonalKind::Email);
            }
        } else if token.kind == Kind::Sign
            && scene.tokens.raw(index) == "@"
            && let Some(span) = spaced(scene, index)
        {
            scene.add(span, PersonalKind::Email);
        }
    }
}

/// "jan punt devries apenstaartje ziggo punt nl" around the word for the at sign.
fn spoken(scene: &Scene, at: usize) -> Option<Span> {
    let last = host(scene, at + 1)?;
    let mut first = at;
    let mut joined = true;
    while first > 0 && at - first < LONGEST {
        let index = first - 1;
        if scene.gap(first) == Gap::Line || scene.taken_at(index) {
            break;
        }
        let token = &scene.tokens.all[index];
        if token.kind == Kind::Sign && "._-,".contains(scene.tokens.raw(index)) {
            if scene.tokens.raw(index) == "," || scene.gap(first) != Gap::None {
                break;
            }
            first = index;
            continue;
        }
        if token.word() && joined_by_particles(scene, index) {
            first = index;
            joined = true;
            continue;
        }
        let piece = token.kind == Kind::Number || (token.word() && part(scene, index));
        let connects = token.word() && scene.is(index, Use::SpokenDot);
        // Behind a connecting word anything goes; otherwise only what cannot be a sentence.
        if !connects && !joined && !piece {
            break;
        }
        if !connects && joined && token.word() && said_before(scene, index) {
            break;
        }
        joined = connects;
        first = index;
    }
    while first < at && scene.is(first, Use::SpokenDot) {
        first += 1;
    }
    (first < at).then(|| scene.span(first, last))
}

/// "van" and "der" in "p punt van der linden": particles behind a connecting word.
fn joined_by_particles(scene: &Scene, index: usize) -> bool {
    let from = (index.saturating_sub(3)..=index).rev().find(|i| !scene.is(*i, Use::Particle));
    let dotted = from.is_some_and(|i| scene.is(i, Use::SpokenDot) && scene.is_word(i));
    scene.is(index, Use::Particle) && dotted
}

/// A word that can stand inside a local part though nothing connects it: a letter, a number word,
/// a word that nobody knows, a name.
fn part(scene: &Scene, index: usize) -> bool {
    let known = scene.known(index);
    scene.norm(index).chars().count() == 1
        || scene.is(index, Use::SpokenNumber)
        || ((known.nothing() || known.name()) && !scene.ordinary(index))
            && !said_before(scene, index)
}

/// Words that announce an address and are no part of it.
fn said_before(scene: &Scene, index: usize) -> bool {
    scene.end_anywhere(index, Use::Near(PersonalKind::Email)).is_some()
        || matches!(
            scene.norm(index),
            "is" | "naar"
                | "op"
                | "aan"
                | "c'est"
                | "c"
                | "est"
                | "to"
                | "it's"
                | "ist"
                | "lautet"
                | "an"
                | "a"
                | "adres"
                | "eh"
                | "uh"
                | "um"
                | "ehm"
                | "yeah"
                | "ja"
                | "nee"
        )
}

/// The last token of a spoken or written host that begins at `index`.
fn host(scene: &Scene, index: usize) -> Option<usize> {
    let mut at = index;
    let mut last = None;
    let mut said = false;
    if !scene.is_word(at) {
        return None;
    }
    while at < scene.len() && at - index < LONGEST {
        let next = at + 1;
        if scene.gap(next) == Gap::Line {
            break;
        }
        let connects = scene.is(next, Use::SpokenDot)
            || (scene.tokens.sign(next, '.')
                && scene.gap(next) == Gap::None
                && scene.gap(next + 1) == Gap::None);
        let goes_on = scene.is_word(next + 1) || scene.is_number(next + 1);
        if connects && goes_on && scene.gap(next + 1) != Gap::Line {
            let top = scene.norm(next + 1);
            at = next + 1;
            said |= scene.is_word(next);
            if top.len() >= 2 && scene.norm(next) != "min" && scene.norm(next) != "minus" {
                last = Some(at);
            }
        } else if last.is_none() && scene.is_word(next) && at - index < 3 {
            // "t online punkt de", "web mail dot com"
            at = next;
        } else {
            break;
        }
    }
    last.filter(|_| said)
}

/// "jan @ ziggo.nl", "jan@ ziggo . nl".
fn spaced(scene: &Scene, at: usize) -> Option<Span> {
    let before = at.checked_sub(1)?;
    if !matches!(scene.tokens.all[before].kind, Kind::Word | Kind::Number) {
        return None;
    }
    let host = at + 1;
    let dot = host + 1;
    let whole = scene.is_word(host)
        && scene.tokens.sign(dot, '.')
        && scene.is_word(dot + 1)
        && scene.gap(dot + 1) == Gap::None
        && (2..=4).contains(&scene.norm(dot + 1).len());
    whole.then(|| {
        let mut first = before;
        while first > 1 && scene.gap(first) == Gap::None {
            first -= 1;
        }
        scene.span(first, dot + 1)
    })
}
