//! Names below a message: behind a closing, and on the last line.

use gehoord_conversation::PersonalKind;

use super::super::near::ends_sentence;
use super::super::rules::Use;
use super::super::scene::Scene;
use super::super::tokens::{Gap, Kind};
use super::super::words::Known;
use super::name::{Trust, name};

/// The most words of a signature line.
const WORDS: usize = 6;

pub(super) fn find(scene: &mut Scene) {
    for index in 0..scene.len() {
        if let Some(last) = scene.end(index, Use::Closing) {
            closed(scene, index, last);
        }
    }
    last_line(scene);
}

/// What stands behind a closing: on its line, or on the next one with words.
fn closed(scene: &mut Scene, index: usize, last: usize) {
    if let Some((from, trust)) = lead(scene, index, last) {
        signed(scene, from, trust);
    }
}

/// Where a name would begin behind a closing, and how much that says.
pub(super) fn lead(scene: &Scene, index: usize, last: usize) -> Option<(usize, Trust)> {
    let opens = scene.tokens.all[index].opens
        || index == 0
        || matches!(scene.tokens.raw(index - 1), "," | "." | "!" | "?" | ")" | "-");
    let mut from = last + 1;
    // "Met vriendelijke groet uit Zwolle," "Groetjes van Jan", "thanks a lot,"
    while from < scene.len()
        && from <= last + 3
        && scene.gap(from) != Gap::Line
        && matches!(scene.norm(from), "van" | "v" | "from" | "de" | "von" | "en" | "u")
    {
        if scene.capital(from)
            || scene.is(from, Use::Particle) && scene.capital(from + 1) && scene.norm(from) != "van"
        {
            break;
        }
        from += 1;
    }
    let mut lines = 0;
    while from < scene.len() && scene.tokens.all[from].kind == Kind::Sign && from <= last + 4 {
        from += 1;
    }
    if scene.gap(from) == Gap::Line {
        lines += 1;
    } else if !opens {
        return None;
    }
    if from >= scene.len() || (lines > 0 && !opens) {
        return None;
    }
    Some((from, if lines > 0 { Trust::Strong } else { Trust::Good }))
}

/// Takes the names of a line that is nothing but names.
fn signed(scene: &mut Scene, from: usize, trust: Trust) {
    let mut at = from;
    let mut found = Vec::new();
    for _ in 0..3 {
        while scene.is(at, Use::Title) && scene.gap(at + 1) != Gap::Line && at < from + 6 {
            at += 1 + usize::from(scene.tokens.sign(at + 1, '.'));
        }
        let Some(last) = signature_name(scene, at, trust) else { break };
        found.push((at, last));
        at = last + 1;
        let joined = scene.is(at, Use::And) || matches!(scene.tokens.raw(at), "&" | "/" | "+");
        if !joined || scene.gap(at + 1) == Gap::Line {
            break;
        }
        at += 1;
    }
    // A sentence that goes on is no signature.
    let ends =
        at >= scene.len() || scene.gap(at) == Gap::Line || !scene.is_word(at) || scene.taken_at(at);
    if ends || trust < Trust::Strong && found.iter().all(|(first, _)| scene.capital(*first)) {
        for (first, last) in found {
            scene.add(scene.span(first, last), PersonalKind::Name);
        }
    }
}

/// A name on a signature line; in small letters only when the whole line can be one.
fn signature_name(scene: &Scene, from: usize, trust: Trust) -> Option<usize> {
    if let Some(last) = name(scene, from, trust) {
        return Some(last);
    }
    // "gr fatima", "groetjes\nnoortje": one or two unknown words to the end of the line.
    let mut last = from;
    while last + 1 < scene.len() && scene.gap(last + 1) != Gap::Line && last - from < 3 {
        last += 1;
    }
    let whole = last + 1 >= scene.len() || scene.gap(last + 1) == Gap::Line;
    let words = (from..=last).all(|i| {
        scene.is_word(i)
            && !scene.known(i).is(Known::STOP)
            && !scene.known(i).ordinary_anywhere()
            && !scene.is(i, Use::Never)
            && !scene.known(i).is(Known::FIRM)
            && scene.norm(i).len() > 2
    });
    (whole && words && from < scene.len()).then_some(last)
}

/// The last words of a text, or a line within the signature, that are nothing but a name.
fn last_line(scene: &mut Scene) {
    let starts: Vec<usize> = (0..scene.len())
        .filter(|i| {
            scene.gap(*i) == Gap::Line
                || *i > 0 && (ends_sentence(scene, i - 1) || scene.tokens.raw(i - 1) == "…")
        })
        .collect();
    for from in starts {
        if let Some(last) = small_line(scene, from) {
            scene.add(scene.span(from, last), PersonalKind::Name);
            continue;
        }
        let mut at = from;
        while scene.is(at, Use::Title) && scene.gap(at + 1) == Gap::Space && at < from + 6 {
            at += 1 + usize::from(scene.tokens.sign(at + 1, '.'));
        }
        let Some(last) = only_name(scene, at) else { continue };
        // A text of one name alone: only a usual one.
        if from == 0 && (last + 1 < scene.len() || !scene.known(at).is(Known::FIRST | Known::NEAR))
        {
            continue;
        }
        scene.add(scene.span(at, last), PersonalKind::Name);
    }
}

/// "tjeerd bosma", "hanneke ter haar": a line in small letters that is a first and a last name.
fn small_line(scene: &Scene, from: usize) -> Option<usize> {
    let known = scene.known(from);
    let first = known.is(Known::FIRST) && !known.ordinary_anywhere() && !known.is(Known::PLACE);
    if scene.gap(from) != Gap::Line || !first || scene.capital(from) {
        return None;
    }
    let mut last = from;
    while scene.is_word(last + 1) && scene.gap(last + 1) == Gap::Space && last < from + 4 {
        last += 1;
        let known = scene.known(last);
        let name = (known.is(Known::LAST) || known.nothing()) && !scene.ordinary(last);
        if !(name || scene.is(last, Use::Particle)) || scene.is(last, Use::Never) {
            return None;
        }
    }
    let ends = last + 1 >= scene.len()
        || scene.gap(last + 1) == Gap::Line
        || scene.tokens.sign(last + 1, ',');
    (ends && last > from && !scene.is(last, Use::Particle)).then_some(last)
}

/// Capitalised words up to the end of a line or text, none of them ordinary, at most four.
fn only_name(scene: &Scene, from: usize) -> Option<usize> {
    let mut last = from;
    let mut known = false;
    let mut words = 0;
    let mut at = from;
    while at < scene.len() && (at == from || scene.gap(at) != Gap::Line) {
        if at - from > 2 * WORDS {
            return None;
        }
        let token = &scene.tokens.all[at];
        let particle =
            scene.is(at, Use::Particle) && at + 1 < scene.len() && scene.gap(at + 1) == Gap::Space;
        let good = match token.kind {
            Kind::Initials => true,
            Kind::Word if particle => true,
            Kind::Word => {
                let taboo = scene.is(at, Use::Never)
                    || !scene.namesakes[at] && (scene.firms[at] || token.known.is(Known::FIRM))
                    || scene.end_anywhere(at, Use::FirmEnding).is_some()
                    || scene.is(at, Use::Place)
                    || (token.upper && token.end - token.start > 2);
                // "Janet Pickles"
                let behind_first = words == 1
                    && scene.known(at - 1).is(Known::FIRST | Known::NEAR)
                    && scene.gap(from) == Gap::Line;
                let ordinary =
                    token.known.ordinary_anywhere() && !token.known.name() && !behind_first
                        || scene.ordinary(at)
                            && words == 0
                            && !token.known.is(Known::FIRST | Known::NEAR);
                let place =
                    token.known.is(Known::PLACE) && !token.known.is(Known::NEAR) && words == 0;
                known |= token.known.name() || token.known.nothing();
                words += 1;
                token.capital && !taboo && !ordinary && !place && !token.known.is(Known::STOP)
            }
            _ => false,
        };
        if !good {
            let more = (at..scene.len().min(at + 12))
                .take_while(|i| *i == at || scene.gap(*i) != Gap::Line);
            let mut signs = more.map(|i| scene.tokens.all[i].kind == Kind::Sign);
            // A full stop, an emoji, a bar or what was found already may close the line.
            let raw = scene.tokens.raw(at);
            let closes = token.kind == Kind::Sign && (signs.all(|sign| sign) || raw == "|");
            let found = scene.taken_at(at) || raw == "," && scene.taken_at(at + 1);
            if at > from && (closes || found) && raw != "?" && raw != ":" {
                break;
            }
            return None;
        }
        last = at;
        at += 1;
    }
    (known && (1..=4).contains(&words)).then_some(last)
}
