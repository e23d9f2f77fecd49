//! Firms and well-known people who are called like anybody else: where a person is meant.
//!
//! "Brugman" sells kitchens and "Van Houten" chocolate, until somebody is called so.

use super::super::rules::Use;
use super::super::scene::Scene;
use super::super::tokens::{Gap, Kind};
use super::super::words::Known;
use super::name::{LONGEST, Trust};
use super::{announced, is_telling, signature};

/// Marks the names of firms that are a person's here: because words announce a name, because a
/// first name stands before them, or because somebody of the conversation is `known` by them.
pub(super) fn mark(scene: &mut Scene, known: &[String]) {
    for index in 0..scene.len() {
        if let Some((from, sure)) = announced(scene, index) {
            along(scene, from, sure);
        }
    }
    for index in 0..scene.len() {
        let Some(last) = firm_at(scene, index) else { continue };
        let meant = is_known(scene, index, last, known)
            || behind_first_name(scene, index) && is_alike(scene, index, last, true);
        if meant {
            scene.namesakes[index..=last].fill(true);
        }
    }
}

/// The same for a field that holds a person's name and nothing else.
pub(super) fn mark_field(scene: &mut Scene, from: usize) {
    along(scene, from, false);
}

/// Where a name would begin behind words that announce one, and whether a firm cannot be meant.
fn announced(scene: &Scene, index: usize) -> Option<(usize, bool)> {
    let named = scene.end(index, Use::Naming);
    if let Some(last) = scene.end(index, Use::Title) {
        let (from, _) = announced::title(scene, last)?;
        return (scene.gap(from) != Gap::Line).then_some((from, true));
    }
    if let Some(last) = scene.end(index, Use::Closing) {
        let (from, trust) = signature::lead(scene, index, last)?;
        return (trust == Trust::Strong || named.is_some()).then_some((from, false));
    }
    if let Some(last) = named {
        let (from, _) = announced::introduction(scene, index, last)?;
        let spoken = matches!(scene.norm(last), "met" | "with" | "to" | "mit" | "avec" | "a");
        let firm = spoken && answers_as_firm(scene, from);
        return (scene.gap(from) != Gap::Line && !firm).then_some((from, !spoken));
    }
    let caller = announced::opens_call(scene, index, index) && !answers_as_firm(scene, index + 1);
    caller.then_some((index + 1, false))
}

/// "u spreekt met Albert Heijn, met Kim", "met Jan Linders klantenservice".
fn answers_as_firm(scene: &Scene, from: usize) -> bool {
    let Some(last) = firm_at(scene, from) else { return false };
    let comma = scene.tokens.sign(last + 1, ',');
    let next = last + 1 + usize::from(comma);
    let desk = !comma && scene.gap(next) == Gap::Space && scene.is(next, Use::Never);
    let person = matches!(scene.norm(next), "met" | "with" | "mit" | "avec")
        || scene.end(next, Use::Introduction).is_some();
    desk || person
}

/// Marks the firms among the words of a name that begins at `from`.
fn along(scene: &mut Scene, from: usize, sure: bool) {
    let mut at = from;
    while at < scene.len() && at < from + LONGEST {
        let glued = at > from && scene.tokens.all[at - 1].kind == Kind::Initials;
        if at > from && scene.gap(at) != Gap::Space && !(glued && scene.gap(at) == Gap::None) {
            return;
        }
        if let Some(last) = firm_at(scene, at) {
            if !is_alike(scene, at, last, sure || at > from) {
                return;
            }
            scene.namesakes[at..=last].fill(true);
            at = last;
        } else if !may_go_on(scene, at) {
            return;
        }
        at += 1;
    }
}

/// Whether a word may stand before a last name that a firm has, too.
fn may_go_on(scene: &Scene, at: usize) -> bool {
    let known = scene.known(at);
    scene.tokens.all[at].kind == Kind::Initials
        || scene.is(at, Use::Particle)
        || scene.is_word(at) && (scene.capital(at) || known.name() && !known.is(Known::STOP))
}

/// The last word of the name of a firm that begins at `index`.
fn firm_at(scene: &Scene, index: usize) -> Option<usize> {
    let known = scene.known(index);
    let listed = known.is(Known::FIRM) && !known.is(Known::NEAR);
    scene.end(index, Use::Firm).or(listed.then_some(index))
}

/// Whether a firm is called as people are: "Kees Smit", "De Ruijter", not "Coolblue". One word
/// must be a usual name, unless it is sure that somebody's name stands here.
fn is_alike(scene: &Scene, first: usize, last: usize, sure: bool) -> bool {
    let named = |i: usize| {
        let known = scene.known(i);
        let behind = i > first && known.nothing();
        known.name() || behind || scene.joined_names(i) || i < last && scene.is(i, Use::Particle)
    };
    let several = (first..=last).filter(|i| is_telling(scene, *i)).count() > 1;
    let usual = sure || several || last > first || scene.known(last).is(Known::NEAR);
    usual && (first..=last).all(|i| scene.is_word(i) && named(i))
}

/// "Hans Goossens", "H. Brugman".
fn behind_first_name(scene: &Scene, index: usize) -> bool {
    let Some(before) = index.checked_sub(1) else { return false };
    let initials = scene.tokens.all[before].kind == Kind::Initials;
    let known = scene.known(before);
    let first = scene.capital(before)
        && known.is(Known::FIRST | Known::NEAR)
        && !known.ordinary_anywhere()
        && !known.is(Known::PLACE)
        && !scene.firms[before];
    scene.gap(index) != Gap::Line
        && scene.capital(index)
        && !scene.tokens.all[index].upper
        && (initials && !scene.is_monsieur(before) || first && scene.gap(index) == Gap::Space)
}

/// Whether somebody of the conversation is called so: "mijn Bosch" is a thing all the same.
fn is_known(scene: &Scene, first: usize, last: usize, known: &[String]) -> bool {
    let is = |i: usize| known.binary_search_by(|k| k.as_str().cmp(scene.norm(i))).is_ok();
    let mut words = (first..=last).filter(|i| is_telling(scene, *i)).peekable();
    let thing = first == last && first > 0 && scene.is(first - 1, Use::Article);
    words.peek().is_some() && words.all(is) && !thing
}
