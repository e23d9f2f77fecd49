//! Names that only all signs together tell: a linear model over what is seen of a word and of its
//! neighbours. `fitting` makes its weights.

use gehoord_conversation::{Language, PersonalKind, Span};

use super::super::near;
use super::super::rules::Use;
use super::super::scene::Scene;
use super::super::tokens::{Gap, Kind};
use super::super::words::Known;
use super::announced::behind_and;
use super::context::{Context, may_be_name};
use super::name::ends_as_firm;

/// Above this a word in small letters is a name though no rule says so: sixteenths of a logit.
const SMALL: i32 = 4;
/// The same for one that nobody knows, which may be mistyped.
const STRANGE: i32 = 12;
/// The same with a capital, which firms and products have too.
const CAPITAL: i32 = 18;
/// Above this it belongs to the name beside it.
const BESIDE: i32 = 8;
/// So much more is asked of the name of a town, and of words that hardly ever are names.
const OTHER: i32 = 24;

/// Adds the names that the model sees.
pub(super) fn find(scene: &mut Scene) {
    let context = Context::new(scene);
    let mut scores = vec![i32::MIN; scene.len()];
    let mut features = Vec::new();
    for (index, score) in scores.iter_mut().enumerate() {
        let other = scene.taken_at(index) && !is_name(scene, index);
        if !other && !scene.is_quiet(index) && may_be_name(scene, index) {
            context.features(scene, index, &mut features);
            *score = scene.names.score(&features);
        }
    }
    let mut index = 0;
    while index < scene.len() {
        let least = least(scene, index);
        let seed = scores[index] > least && !scene.taken_at(index);
        index = if seed { add(scene, &scores, index) } else { index } + 1;
    }
}

/// What is asked of a word to be a name by itself.
fn least(scene: &Scene, index: usize) -> i32 {
    let known = scene.known(index);
    // Months and verbs that many people are called.
    let usual = matches!(
        scene.norm(index),
        "will" | "may" | "april" | "june" | "jan" | "august" | "mark" | "grant" | "dean" | "wil"
    );
    let says = near::kind_at(scene, index).is_some()
        || scene.is(index, Use::Never)
        || scene.is(index, Use::Vehicle)
        || scene.is(index, Use::Unit);
    let town = scene.is(index, Use::Place) || known.is(Known::PLACE) && !known.is(Known::FIRST);
    // "signalée": forms of verbs, of which the table of words knows few.
    let participle = scene.rules.language == Language::Fr
        && known.nothing()
        && ["é", "ée", "és", "ées"].iter().any(|end| scene.tokens.raw(index).ends_with(end));
    if participle && !scene.capital(index) {
        return i32::MAX;
    }
    let verb = behind_and(scene, index) && !index.checked_sub(2).is_some_and(|i| is_name(scene, i));
    let other = if town || verb || says && !usual { OTHER } else { 0 };
    other
        + match (scene.capital(index), known.nothing()) {
            (true, _) => CAPITAL,
            (false, true) => STRANGE,
            (false, false) => SMALL,
        }
}

fn is_name(scene: &Scene, index: usize) -> bool {
    scene.taken(scene.tokens.all[index].span()) == Some(PersonalKind::Name)
}

/// Adds the name around `index`, together with names beside it. Its last token.
fn add(scene: &mut Scene, scores: &[i32], index: usize) -> usize {
    let joins = |i: usize| scores.get(i).is_some_and(|s| *s > BESIDE) || is_part(scene, i);
    let (mut first, mut last) = (index, index);
    let mut at = index;
    while scene.gap(at + 1) == Gap::Space && at < index + 8 {
        at += 1;
        if joins(at) {
            last = at;
        } else if !scene.is(at, Use::Particle) || scene.taken_at(at) {
            break;
        }
    }
    at = index;
    while at > 0 && at + 8 > index {
        let glued = scene.tokens.all[at - 1].kind == Kind::Initials && scene.gap(at) != Gap::Line;
        if !(scene.gap(at) == Gap::Space || glued) {
            break;
        }
        at -= 1;
        if joins(at) || glued {
            first = at;
        } else if !scene.is(at, Use::Particle) || scene.taken_at(at) {
            break;
        }
    }
    let first = led(scene, first);
    if scene.capital(index) && ends_as_firm(scene, first, last) {
        return last;
    }
    let mut span = scene.span(first, last);
    // A name that was found before and goes on further, such as one spelled out, is kept whole.
    for datum in scene.found.iter().filter(|d| d.kind == PersonalKind::Name) {
        if datum.span.overlaps(&span) {
            span = Span::new(span.start.min(datum.span.start), span.end.max(datum.span.end));
        }
    }
    scene.found.retain(|d| !(d.kind == PersonalKind::Name && d.span.overlaps(&span)));
    scene.add(span, PersonalKind::Name);
    scene.tokens.at(span.end).saturating_sub(1).max(last)
}

/// The first of the particles before a name: "van der merwe", "de boer", "el khatib".
fn led(scene: &Scene, name: usize) -> usize {
    let mut first = name;
    while first > 0 && name - first < 3 && scene.gap(first) == Gap::Space {
        let before = first - 1;
        let family = scene.known(name).is(Known::LAST) || scene.known(name).nothing();
        let more = match scene.norm(before) {
            "van" => first < name,
            "de" => scene.rules.language == Language::Nl && family,
            "der" | "den" | "ter" | "ten" | "el" | "al" | "ait" | "vd" => family,
            _ => false,
        };
        if !more || scene.taken_at(before) {
            break;
        }
        first = before;
    }
    first
}

/// Whether a token is part of a name that was found.
fn is_part(scene: &Scene, index: usize) -> bool {
    index < scene.len() && is_name(scene, index)
}
