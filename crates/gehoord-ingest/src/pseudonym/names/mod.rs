//! Names of people: by what stands around them (`announced`, `signature`), by lists and letters
//! (`alone`), by all of that together (`learned`, `context`, `fitting`), and by what was named
//! before. `name` says how far a name goes, and `namesakes` when a firm's name is a person's.

mod alone;
mod announced;
mod context;
pub(crate) mod fitting;
mod learned;
mod name;
mod namesakes;
mod signature;
mod spelled;
pub(crate) mod weights;

use gehoord_conversation::PersonalKind;

use super::near;
use super::rules::Use;
use super::scene::Scene;
use super::tokens::Gap;
use super::words::Known;
use name::{Trust, is_firm, name};

pub(crate) fn find(scene: &mut Scene, known: &[String]) {
    namesakes::mark(scene, known);
    by_rules(scene);
    learned::find(scene);
    again(scene, known);
}

/// Names that somebody could point out a reason for.
fn by_rules(scene: &mut Scene) {
    labels(scene);
    spelled::alphabet(scene);
    spelled::spelled(scene);
    spelled::initials(scene);
    alone::handles(scene);
    signature::find(scene);
    announced::find(scene);
    alone::listed(scene);
    spelled::besides(scene);
}

/// "NINO ZY 12 34 56 A": a word that says what stands right behind it is nobody's name there.
fn labels(scene: &mut Scene) {
    for at in 0..scene.found.len() {
        let datum = scene.found[at];
        let Some(mut before) = scene.tokens.at(datum.span.start).checked_sub(1) else { continue };
        before -= usize::from(scene.tokens.sign(before, ':') && before > 0);
        if datum.kind != PersonalKind::Name && near::kind_at(scene, before) == Some(datum.kind) {
            scene.silence(scene.span(before, before));
        }
    }
}

/// The name in a field that holds one, or a role.
pub(crate) fn speaker(scene: &mut Scene) {
    let mut from = 0;
    while scene.is(from, Use::Title) && from < 4 {
        from += 1 + usize::from(scene.tokens.sign(from + 1, '.'));
    }
    namesakes::mark_field(scene, from);
    let numbered = (0..scene.len()).any(|i| scene.is_number(i));
    if let Some(last) = name(scene, from, Trust::Strong).filter(|_| !numbered) {
        scene.add(scene.span(from, last), PersonalKind::Name);
    }
}

/// Names that were found once are found wherever they stand, in small letters too; and so are the
/// names learned elsewhere in the conversation.
fn again(scene: &mut Scene, learned: &[String]) {
    let mut known: Vec<String> = learned.to_vec();
    for datum in scene.found.iter().filter(|d| d.kind == PersonalKind::Name) {
        let (first, last) = (scene.tokens.at(datum.span.start), scene.tokens.at(datum.span.end));
        let telling = (first..last).filter(|i| is_telling(scene, *i));
        known.extend(telling.map(|i| scene.norm(i).to_owned()));
    }
    known.sort_unstable();
    known.dedup();
    for index in 0..scene.len() {
        let norm = scene.norm(index);
        let same = scene.is_word(index) && known.binary_search_by(|k| k.as_str().cmp(norm)).is_ok();
        if same && !scene.taken_at(index) && is_again(scene, index) {
            let (first, last) = grown(scene, index);
            scene.add(scene.span(first, last), PersonalKind::Name);
        }
    }
}

/// Whether a word that is part of a name elsewhere is one here, too.
fn is_again(scene: &Scene, index: usize) -> bool {
    let token = &scene.tokens.all[index];
    let plain = scene.ordinary(index) && (!token.capital || token.opens);
    let town = token.known.is(Known::PLACE) && !token.known.is(Known::FIRST);
    let german = scene.rules.language == gehoord_conversation::Language::De;
    let thing = (german || !token.capital)
        && index > 0
        && scene.is(index - 1, Use::Article)
        && scene.gap(index) == Gap::Space;
    !plain && !town && !thing && !is_firm(scene, index) && !scene.is(index, Use::Never)
}

/// The words around a name that belong to it: particles and first names before, last names behind.
fn grown(scene: &Scene, index: usize) -> (usize, usize) {
    let capital = scene.capital(index);
    let joins = |i: usize| {
        let known = scene.known(i);
        scene.is_word(i)
            && !scene.taken_at(i)
            && scene.capital(i) == capital
            && !scene.is(i, Use::Never)
            && !known.is(Known::STOP)
            && !is_firm(scene, i)
            && !scene.ordinary(i)
            && (capital
                || known.name()
                || known.nothing() && scene.likeness(i) > if capital { 0.0 } else { -4.0 })
            && scene.norm(i).len() > 2
    };
    let mut first = index;
    let mut last = index;
    while last + 1 < scene.len()
        && scene.gap(last + 1) == Gap::Space
        && joins(last + 1)
        && last < index + 2
    {
        last += 1;
    }
    let particle = |i: usize| scene.is(i, Use::Particle) && !scene.capital(i) && capital;
    let mut at = index;
    while at > 0 && scene.gap(at) == Gap::Space && index - at < 4 {
        at -= 1;
        if joins(at) && !scene.tokens.all[at].opens {
            first = at;
        } else if !particle(at) || scene.taken_at(at) {
            break;
        }
    }
    // "de heer De Vries" keeps its particles; "klacht van Hoekzema" has none.
    let several =
        |i: usize| particle(i) && (scene.norm(i) != "van" || scene.is(i + 1, Use::Particle));
    // "over De Ruijter": a firm's name, and somebody's here.
    let of_namesake =
        |i: usize| scene.namesakes[i] && scene.is(i, Use::Particle) && scene.capital(i);
    if first == index && index > 0 && (several(index - 1) || of_namesake(index - 1)) {
        first = index - 1;
        first -= usize::from(first > 0 && particle(first - 1));
    }
    let whole = scene.taken(scene.span(first, last)).is_none();
    if whole { (first, last) } else { (index, index) }
}

/// Whether a word of a name is one to know it by.
pub(crate) fn is_telling(scene: &Scene, index: usize) -> bool {
    scene.is_word(index)
        && scene.norm(index).chars().count() >= 3
        && !scene.is(index, Use::Particle)
        && !scene.known(index).is(Known::STOP)
}
