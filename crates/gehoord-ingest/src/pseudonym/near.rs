//! Which words stand near a number, and what they say about it.

use gehoord_conversation::PersonalKind;

use super::rules::Use;
use super::scene::Scene;
use super::tokens::{Gap, Kind};

/// What the words near a number say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Near {
    pub(crate) kind: PersonalKind,
    /// How many words stand between; 0 is right beside it.
    pub(crate) distance: usize,
    /// Only "nummer" or the like says so: any kind of number can be meant.
    pub(crate) vague: bool,
}

/// How many words before a number are looked at.
const BEFORE: usize = 8;
/// How many behind it.
const BEHIND: usize = 4;
/// Kinds that a word can announce.
const KINDS: [PersonalKind; 7] = [
    PersonalKind::Bsn,
    PersonalKind::Iban,
    PersonalKind::DateOfBirth,
    PersonalKind::Plate,
    PersonalKind::Postcode,
    PersonalKind::Phone,
    PersonalKind::Number,
];

/// What the nearest words before token `first` say; then those behind token `last`.
pub(crate) fn near(scene: &Scene, first: usize, last: usize) -> Option<Near> {
    before(scene, first).or_else(|| behind(scene, last))
}

pub(crate) fn kind_at(scene: &Scene, index: usize) -> Option<PersonalKind> {
    said_at(scene, index).map(|(kind, _)| kind)
}

/// What a word or phrase says, and its last token.
fn said_at(scene: &Scene, index: usize) -> Option<(PersonalKind, usize)> {
    let end = |kind| scene.end_anywhere(index, Use::Near(kind)).map(|last| (kind, last));
    KINDS.into_iter().find_map(end)
}

/// Walks back to the nearest word that says something. A sentence end, a number of another kind or
/// a word that says "nobody's" stops it.
pub(crate) fn before(scene: &Scene, first: usize) -> Option<Near> {
    let mut distance = 0_usize;
    let mut vague = None;
    for index in (first.saturating_sub(3 * BEFORE)..first).rev() {
        let token = &scene.tokens.all[index];
        match token.kind {
            Kind::Word => {
                if let Some((kind, last)) = said_at(scene, index) {
                    let distance = distance.saturating_sub(last - index);
                    // "nummer" and "code" alone leave room for a better word before them.
                    let unsure = kind == PersonalKind::Number && is_vague(scene.norm(index));
                    if !unsure {
                        return match vague {
                            Some(near) if kind == PersonalKind::Phone && distance > 3 => Some(near),
                            _ => Some(Near { kind, distance, vague: false }),
                        };
                    }
                    vague = vague.or(Some(Near { kind, distance, vague: true }));
                } else if scene.end_anywhere(index, Use::Nobody).is_some() {
                    return vague.filter(|_| distance > 2);
                }
                distance += 1;
            }
            Kind::Sign if ends_sentence(scene, index) => return vague,
            Kind::Number if scene.taken_at(index) => {}
            Kind::Mail | Kind::Link => return vague,
            _ => {}
        }
        if distance > BEFORE || (scene.gap(index + 1) == Gap::Line && distance > 1) {
            return vague;
        }
    }
    vague
}

/// Words that only say that a number is one.
fn is_vague(norm: &str) -> bool {
    matches!(norm, "nummer" | "nr" | "nmr" | "number" | "no" | "nummern" | "numero" | "num" | "n")
}

fn behind(scene: &Scene, last: usize) -> Option<Near> {
    let mut distance = 0;
    for index in last + 1..scene.len().min(last + 2 * BEHIND) {
        let token = &scene.tokens.all[index];
        if token.gap == Gap::Line || ends_sentence(scene, index) {
            return None;
        }
        if token.word() {
            if let Some(kind) = kind_at(scene, index).filter(|k| *k != PersonalKind::Phone) {
                return Some(Near { kind, distance, vague: is_vague(scene.norm(index)) });
            }
            distance += 1;
        }
        if distance > BEHIND || token.kind == Kind::Number {
            return None;
        }
    }
    None
}

/// Whether a sign ends a sentence: a full stop before a blank, not behind an abbreviation.
pub(crate) fn ends_sentence(scene: &Scene, index: usize) -> bool {
    let stop = scene.tokens.sign(index, '.');
    let hard = scene.tokens.sign(index, '?') || scene.tokens.sign(index, '!');
    if !stop && !hard {
        return false;
    }
    if index + 1 >= scene.len() || scene.gap(index + 1) == Gap::None {
        return false;
    }
    let short = index > 0 && scene.is_word(index - 1) && {
        let word = scene.norm(index - 1);
        word.len() <= 4 && (kind_at(scene, index - 1).is_some() || scene.is(index - 1, Use::Title))
            || word.ends_with("nr")
    };
    hard || !short
}

/// Whether a word that says "nobody's number" stands right before token `first`.
pub(crate) fn nobody(scene: &Scene, first: usize) -> bool {
    let mut words = 0;
    for index in (first.saturating_sub(6)..first).rev() {
        if scene.is_word(index) {
            let said = scene.end_anywhere(index, Use::Nobody).is_some();
            if said || kind_at(scene, index).is_some() {
                return said && kind_at(scene, index).is_none();
            }
            words += 1;
        }
        if words > 2 || scene.gap(index + 1) == Gap::Line || ends_sentence(scene, index) {
            return false;
        }
    }
    false
}

/// Whether a unit or a sign of money stands right beside tokens `first..=last`.
pub(crate) fn counted(scene: &Scene, first: usize, last: usize) -> bool {
    let money = |index: usize| ["€", "$", "£", "%"].contains(&scene.tokens.raw(index));
    let currency = |index: usize| matches!(scene.norm(index), "eur" | "euro" | "usd" | "gbp");
    if first > 0 && (money(first - 1) || currency(first - 1)) {
        return true;
    }
    let next = last + 1;
    scene.gap(next) != Gap::Line
        && (money(next)
            || scene.tokens.sign(next, '°')
            || scene.end(next, Use::Unit).is_some()
            // "stuck" is a unit in German only.
            || scene.is_word(next)
                && !scene.ordinary(next)
                && scene.end_anywhere(next, Use::Unit).is_some())
}
