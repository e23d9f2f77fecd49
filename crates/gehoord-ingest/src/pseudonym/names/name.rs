//! How far a name goes, given how much the words around it say.

use gehoord_conversation::Language;

use super::super::rules::Use;
use super::super::scene::Scene;
use super::super::tokens::{Gap, Kind};
use super::super::words::Known;

/// The most words of one name.
pub(super) const LONGEST: usize = 6;
/// From here the letters of an unknown word make it a name where one is expected.
const LIKELY: f32 = 0.5;
/// Below this a word is no name, whatever stands before it.
const UNLIKELY: f32 = -6.0;
/// From here they do where other words are as common.
const VERY_LIKELY: f32 = 2.0;

/// How much the words around say that a name stands here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Trust {
    /// Nothing: the word must be a name by itself.
    None,
    /// "met", "bedankt": a name is likely, other words are too.
    Weak,
    /// "mijn man", "Beste": mostly a name.
    Good,
    /// "mijn naam is", "mevrouw": a name, unless it is a word that never is one.
    Strong,
}

/// What a word is within a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// A name beyond doubt.
    Name,
    /// Part of one, when something else is sure.
    Maybe,
    /// "van", "de": part of one, when a name follows.
    Particle,
    No,
}

/// The last token of a name that begins at `first`, when the words around say this much.
pub(super) fn name(scene: &Scene, first: usize, trust: Trust) -> Option<usize> {
    let mut at = first;
    let mut last = None;
    let (mut sure, mut led) = (false, false);
    let mut words = 0;
    while at < scene.len() && words < LONGEST && goes_on(scene, first, at) {
        let token = &scene.tokens.all[at];
        words += 1;
        if token.kind == Kind::Initials && scene.is_monsieur(at) {
            return None;
        }
        if token.kind == Kind::Initials {
            // "P.S." and the like are nobody's.
            last = if sure { last } else { None };
            at += 1;
            continue;
        }
        // "van 't Hooft", "in 't Veld"
        if (last.is_some() || led || at == first && trust >= Trust::Good) && elided(scene, at) {
            led = true;
            at += 2;
            continue;
        }
        if !token.word() {
            break;
        }
        if last.is_none()
            && trust >= Trust::Good
            && let Some(next) = initial(scene, at, trust)
        {
            at = next;
            continue;
        }
        // "christopher j walsh"
        if last.is_some() && token.end - token.start == 1 && middle(scene, at) {
            at += 1;
            continue;
        }
        let initials =
            at > first && last.is_none() && scene.tokens.all[at - 1].kind == Kind::Initials;
        // "T. Bakhuis"
        let german = scene.rules.language == Language::De;
        let least = if token.capital && !german { Trust::Strong } else { Trust::Good };
        let trust = if initials { trust.max(least) } else { trust };
        let lettered = last.is_none() && behind_small_letter(scene, first, at);
        let trust = if lettered && closes_as_family(scene, at) { Trust::Strong } else { trust };
        match part(scene, at, trust, last.is_some() || led) {
            Part::Name => {
                sure = true;
                last = Some(at);
            }
            Part::Maybe => last = Some(at),
            Part::Particle => led = true,
            Part::No => break,
        }
        at += 1;
    }
    let last = last?;
    (!ends_as_firm(scene, first, last) && (sure || trust >= Trust::Good)).then_some(last)
}

/// A lone letter between two names.
fn middle(scene: &Scene, at: usize) -> bool {
    let known = scene.known(at + 1);
    let name = known.is(Known::LAST) || known.nothing() && scene.capital(at + 1);
    scene.gap(at + 1) == Gap::Space
        && name
        && !known.is(Known::STOP)
        && scene.capital(at) == scene.capital(at + 1)
        && scene.norm(at + 1).len() > 2
}

fn goes_on(scene: &Scene, first: usize, at: usize) -> bool {
    let joined = at == first
        || scene.gap(at) == Gap::Space
        || scene.gap(at) == Gap::None && scene.tokens.all[at - 1].kind == Kind::Initials;
    joined && !scene.taken_at(at) && !scene.is_quiet(at)
}

/// The apostrophe and letter of "'t", "'s" before a word.
fn elided(scene: &Scene, at: usize) -> bool {
    let sign = matches!(scene.tokens.raw(at), "'" | "’" | "‘");
    let letter = matches!(scene.norm(at + 1), "t" | "s") && scene.gap(at + 1) == Gap::None;
    sign && letter && scene.gap(at + 2) == Gap::Space && scene.capital(at + 2)
}

/// A lone letter before a name: "K Mbeki", or "a punt visser" as it is said. Where it goes on.
fn initial(scene: &Scene, at: usize, trust: Trust) -> Option<usize> {
    let token = &scene.tokens.all[at];
    if token.end - token.start != 1 || scene.gap(at + 1) != Gap::Space || !scene.is_word(at + 1) {
        return None;
    }
    if token.capital && scene.capital(at + 1) {
        return Some(at + 1);
    }
    // "in the name of d punchard"
    let small =
        trust == Trust::Strong && !token.capital && !scene.known(at + 1).ordinary_anywhere();
    if small && scene.norm(at + 1).len() > 3 {
        return Some(at + 1);
    }
    // "name k white", "tnv k de wit"
    let particle = scene.is(at + 1, Use::Particle) && scene.gap(at + 2) == Gap::Space;
    let word = scene.is(at, Use::Article) || matches!(scene.norm(at), "a" | "i" | "u" | "n");
    if !token.capital && !word && closes_as_family(scene, at + 1 + usize::from(particle)) {
        return Some(at + 1);
    }
    let dot = scene.is(at + 1, Use::SpokenDot) && scene.is_word(at + 2);
    (dot && scene.gap(at + 2) == Gap::Space).then_some(at + 2)
}

/// A last name with nothing behind it on its line, or a sign.
fn closes_as_family(scene: &Scene, index: usize) -> bool {
    let known = scene.known(index);
    known.is(Known::LAST)
        && !known.is(Known::STOP)
        && scene.norm(index).len() > 2
        && !scene.is(index, Use::Never)
        && (scene.gap(index + 1) == Gap::Line || !scene.is_word(index + 1))
}

/// Whether a lone small letter stands before a token, perhaps with a particle between.
fn behind_small_letter(scene: &Scene, first: usize, at: usize) -> bool {
    let before = at - usize::from(at > first + 1 && scene.is(at - 1, Use::Particle));
    let letter = before.checked_sub(1).filter(|i| *i >= first && before > first);
    letter.is_some_and(|i| {
        let token = &scene.tokens.all[i];
        token.word() && !token.capital && token.end - token.start == 1
    })
}

fn part(scene: &Scene, index: usize, trust: Trust, inside: bool) -> Part {
    let token = &scene.tokens.all[index];
    let known = token.known;
    if is_particle(scene, index, trust, inside) {
        return Part::Particle;
    }
    let norm = scene.norm(index);
    if norm.len() < 2 || is_firm(scene, index) || scene.is(index, Use::Title) {
        return Part::No;
    }
    let behind_particle = inside && index > 0 && scene.is(index - 1, Use::Particle);
    let never = scene.is(index, Use::Never) && !(token.capital && behind_particle);
    let usual = known.name() && !known.is(Known::STOP);
    let contraction = !known.name() && scene.likeness(index) == f32::MIN;
    let contraction = contraction || is_camel(scene, index);
    if never && !(usual && token.capital && trust == Trust::Strong && !token.upper) || contraction {
        return Part::No;
    }
    let listed = known.name() || scene.joined_names(index);
    let town = scene.is(index, Use::Place) || known.is(Known::PLACE) && !known.is(Known::NEAR);
    let meant = trust == Trust::Strong && (known.name() || norm.len() > 4);
    let abbreviation = token.upper && !scene.shouts && !meant;
    let what = Word { listed, town, ordinary: scene.ordinary(index), trust, inside };
    if token.capital && !abbreviation {
        with_capital(scene, index, what)
    } else {
        in_small(scene, index, what)
    }
}

/// "BrightCell", "TrentRail": firms have capitals amid small letters, people behind "Mc" and the
/// like only.
pub(super) fn is_camel(scene: &Scene, index: usize) -> bool {
    let raw = scene.tokens.raw(index);
    let mut inner = raw.char_indices().skip(1);
    let hump = inner.find(|(at, c)| {
        let before = raw[..*at].chars().next_back();
        c.is_uppercase() && before.is_some_and(char::is_lowercase)
    });
    let head = hump.map(|(at, _)| raw[..at].to_lowercase());
    head.is_some_and(|h| {
        !matches!(
            h.as_str(),
            "mc" | "mac" | "de" | "di" | "van" | "von" | "le" | "la" | "fitz" | "du"
        )
    }) && !scene.known(index).name()
}

/// What is known about a word that may be part of a name.
#[derive(Clone, Copy)]
struct Word {
    listed: bool,
    town: bool,
    ordinary: bool,
    trust: Trust,
    inside: bool,
}

fn with_capital(scene: &Scene, index: usize, word: Word) -> Part {
    let Word { listed, town, ordinary, trust, inside } = word;
    let token = &scene.tokens.all[index];
    let known = token.known;
    if listed && !ordinary {
        return if town && trust < Trust::Good && !inside { Part::No } else { Part::Name };
    }
    let german = scene.rules.language == Language::De;
    let likely = |least: f32| {
        known.nothing() && scene.likeness(index) > least && !(german && trust < Trust::Good)
    };
    match trust {
        // "Herr Notar", "Herr Koch"
        Trust::Strong if german && ordinary && !listed => Part::No,
        Trust::Strong if !known.is(Known::STOP) || listed => Part::Name,
        Trust::Strong => Part::No,
        _ if ordinary && listed && (inside || trust == Trust::Good) => Part::Maybe,
        // "c'est Rose au téléphone"
        Trust::Weak
            if listed && known.is(Known::FIRST | Known::NEAR) && !token.opens && !german =>
        {
            Part::Name
        }
        // "Arie Plug"
        _ if ordinary && inside && !german && closes_name(scene, index) => Part::Maybe,
        _ if ordinary || town => Part::No,
        Trust::Good if german && !scene.tokens.all[index].opens && known.ordinary_anywhere() => {
            Part::No
        }
        Trust::Good => Part::Name,
        Trust::Weak if likely(LIKELY) => Part::Name,
        _ if inside => Part::Maybe,
        _ => Part::No,
    }
}

/// In small letters only what is known, or what nothing else can be here.
fn in_small(scene: &Scene, index: usize, word: Word) -> Part {
    let Word { listed, town, ordinary, trust, inside } = word;
    let token = &scene.tokens.all[index];
    let known = token.known;
    let norm = scene.norm(index);
    if known.is(Known::STOP) || norm.len() < 3 || (token.upper && norm.len() == 3) {
        return Part::No;
    }
    let behind_capital = scene.has_capitals && inside && index > 0 && scene.capital(index - 1);
    let foreign = !known.ordinary_anywhere();
    if behind_capital || scene.is(index, Use::Place) || town && !(listed && trust == Trust::Strong)
    {
        return Part::No;
    }
    let likely = |least: f32| known.nothing() && norm.len() > 3 && scene.likeness(index) > least;
    match trust {
        _ if listed && foreign && (known.is(Known::NEAR) || trust >= Trust::Good) => Part::Name,
        // "mevrouw de graaf", not "mevrouw de directrice"
        Trust::Strong
            if inside
                && index > 0
                && scene.is(index - 1, Use::Particle)
                && (listed || !ordinary) =>
        {
            Part::Name
        }
        Trust::Strong if listed || foreign && scene.likeness(index) > UNLIKELY => Part::Name,
        Trust::Good if known.is(Known::FIRST | Known::NEAR) && !ordinary => Part::Name,
        Trust::Good if likely(LIKELY) => Part::Name,
        Trust::Good if inside && likely(UNLIKELY + 2.0) => Part::Maybe,
        Trust::Weak if likely(VERY_LIKELY + 2.0) && !scene.has_capitals => Part::Name,
        // "naam is willemijn kat"
        Trust::Strong if inside && closes_name(scene, index) => Part::Maybe,
        _ if inside && known.is(Known::LAST | Known::NEAR) && !ordinary => Part::Name,
        _ if inside && likely(LIKELY) => Part::Maybe,
        _ => Part::No,
    }
}

/// Whether a word stands between a first name and the end of a line or a sign.
fn closes_name(scene: &Scene, index: usize) -> bool {
    let before = index.checked_sub(1).map_or(Known::default(), |i| scene.known(i));
    before.is(Known::FIRST)
        && !before.ordinary(scene.rules.language)
        && !scene.is(index, Use::Title)
        && (scene.gap(index + 1) == Gap::Line || !scene.is_word(index + 1))
        && !scene.is(index, Use::Never)
}

/// "van", "el", "de" before a name.
fn is_particle(scene: &Scene, index: usize, trust: Trust, inside: bool) -> bool {
    let next = index + 1;
    let goes_on = scene.is_word(next) || elided(scene, next);
    if !scene.is(index, Use::Particle) || !goes_on || scene.gap(next) != Gap::Space {
        return false;
    }
    let more = scene.is(next, Use::Particle);
    let known = scene.known(next);
    let name = scene.capital(next)
        || more
        || elided(scene, next)
        || !known.is(Known::STOP)
            && (known.is(Known::LAST) || known.nothing() || trust == Trust::Strong)
            && (inside || trust >= Trust::Good);
    // "in de" may be part of a name, "in Zwolle" is none.
    let preposition =
        matches!(scene.norm(index), "in" | "op" | "aan" | "te" | "voor" | "en" | "und");
    let place = preposition && !(more && scene.capital(next + 1));
    // "Pagès le délivre"
    let breaks = inside
        && index > 0
        && scene.capital(index - 1)
        && !scene.capital(next)
        && !(more && scene.capital(next + 1));
    let may = inside || scene.capital(index) || trust >= Trust::Good;
    let taboo = scene.is(next, Use::Never) && !more && !scene.capital(next);
    name && may && !place && !breaks && !taboo && !is_firm(scene, next)
}

/// Whether an unknown word with a capital looks like a name by its letters alone.
pub(super) fn looks_like_one(scene: &Scene, index: usize) -> bool {
    scene.known(index).nothing() && scene.likeness(index) > VERY_LIKELY
}

pub(super) fn is_firm(scene: &Scene, index: usize) -> bool {
    let known = scene.known(index);
    let marked = |marks: &[bool]| marks.get(index).copied().unwrap_or_default();
    if marked(&scene.namesakes) {
        return false;
    }
    marked(&scene.firms) || (known.is(Known::FIRM) && !known.is(Known::NEAR))
}

/// "Peter Langhout Reizen", "Hoffmann GmbH".
pub(super) fn ends_as_firm(scene: &Scene, first: usize, last: usize) -> bool {
    let ending = |i: usize| scene.is(i, Use::FirmEnding);
    let behind = ending(last + 1)
        && scene.gap(last + 1) == Gap::Space
        && (scene.capital(last + 1) || scene.norm(last + 1).len() <= 4);
    behind || (first + 1..=last).any(|i| ending(i) && scene.known(i).ordinary_anywhere())
}
