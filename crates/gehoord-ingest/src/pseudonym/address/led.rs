//! Addresses that only the words before them tell: "mijn adres is de lange wei vierenveertig", "we
//! moved to 14 Oakfield", "i live at three oh nine east maple".

use gehoord_conversation::{Language, PersonalKind};

use super::super::near;
use super::super::rules::Use;
use super::super::scene::Scene;
use super::super::tokens::{Gap, Kind};
use super::super::words::Known;
use super::house::house_number;

/// The most words between what announces an address and its street.
const FILLING: usize = 5;
/// The most words of a street.
const WORDS: usize = 4;

/// The address behind a word that announces one: first and last token.
pub(super) fn led(scene: &Scene, index: usize) -> Option<(usize, usize)> {
    let said = [Use::Lives, Use::SentTo, Use::Near(PersonalKind::Address)];
    let last = said.into_iter().find_map(|one| scene.end(index, one))?;
    match scene.rules.language {
        Language::En => number_first(scene, last + 1),
        Language::Fr => None,
        _ => number_last(scene, last + 1),
    }
}

/// "is de lange wei vierenveertig", "naar Achter de Hoven 41", "Kouter 7 bus 0301".
fn number_last(scene: &Scene, from: usize) -> Option<(usize, usize)> {
    let mut first = from;
    while fills(scene, first) && first < from + FILLING {
        first += 1;
    }
    let article = |i: usize| matches!(scene.norm(i), "de" | "het" | "den" | "ter" | "ten");
    let mut at = first;
    at += usize::from(article(at) && !scene.capital(at));
    let mut named = false;
    let begin = at;
    while at < begin + WORDS && scene.gap(at) != Gap::Line && may_name(scene, at) {
        named |= !scene.is(at, Use::Particle);
        at += 1;
        let Some(last) = house_number(scene, at).filter(|_| named) else { continue };
        let digits = scene.norm(at);
        let year = scene.is_number(at) && digits.len() == 4 && digits.starts_with(['1', '2']);
        let written = scene.capital(at - 1) || !scene.has_capitals;
        let counted = near::counted(scene, last, last) || scene.is(last + 1, Use::Month);
        return (written && !year && !counted).then_some((first, last));
    }
    None
}

/// Small words that stand before the street: "is", "op", "naar", a colon.
fn fills(scene: &Scene, index: usize) -> bool {
    let word = matches!(
        scene.norm(index),
        "is" | "op"
            | "aan"
            | "in"
            | "naar"
            | "van"
            | "nu"
            | "we"
            | "wij"
            | "ik"
            | "maar"
            | "u"
            | "nieuwe"
            | "het"
            | "dat"
            | "wordt"
            | "vanaf"
            | "mijn"
            | "ons"
            | "auf"
            | "an"
            | "ist"
            | "nach"
            | "jetzt"
            | "zu"
            | "bij"
            | "graag"
            | "sinds"
            | "met"
            | "zit"
            | "zitten"
            | "door"
    );
    let colon = scene.tokens.sign(index, ':') || scene.tokens.sign(index, '(');
    // "het Laagt 102": the article belongs to the street.
    let named = scene.norm(index) == "het" && scene.capital(index + 1);
    scene.gap(index) != Gap::Line && (word && !scene.capital(index) || colon) && !named
}

/// Whether a word can be one of a street that nothing else tells.
fn may_name(scene: &Scene, index: usize) -> bool {
    let known = scene.known(index);
    let small =
        scene.is(index, Use::Particle) || matches!(scene.norm(index), "achter" | "am" | "an");
    let said = near::kind_at(scene, index).is_some()
        || scene.end_anywhere(index, Use::Near(PersonalKind::Address)).is_some()
        || scene.is(index, Use::Unit)
        || scene.is(index, Use::SpokenNumber)
        || scene.is(index, Use::NoStreet)
        || scene.is(index, Use::Title)
        || scene.is(index, Use::Month);
    let plain = scene.capital(index) || !known.is(Known::STOP) && !scene.has_capitals;
    scene.is_word(index) && !scene.taken_at(index) && !said && (small || plain)
}

/// "is 44 Pinecrest", "at three oh nine east maple".
fn number_first(scene: &Scene, from: usize) -> Option<(usize, usize)> {
    let mut number = from;
    while number < from + FILLING && !is_count(scene, number) {
        let small = scene.known(number).is(Known::STOP)
            || scene.tokens.sign(number, ':')
            || scene.norm(number) == "number";
        if !small || scene.gap(number) == Gap::Line {
            return None;
        }
        number += 1;
    }
    let mut at = number;
    while is_count(scene, at) && scene.gap(at) != Gap::Line {
        at += 1;
    }
    let counted = at == number || near::counted(scene, number, at - 1) || scene.is_quiet(number);
    let long = scene.is_number(number) && scene.norm(number).len() > 5;
    // "i live at 19 bramley"
    let small = !scene.has_capitals
        && !scene.ordinary(at)
        && (scene.known(at).nothing()
            || scene.known(at).is(Known::PLACE)
            || scene.known(at).name());
    if counted || long || scene.is_number(number) && !scene.capital(at) && !small {
        return None;
    }
    let spoken = !scene.is_number(number);
    let goes_on = |i: usize| {
        scene.is_word(i)
            && scene.gap(i) == Gap::Space
            && !scene.taken_at(i)
            && !scene.is(i, Use::Month)
            && !scene.is(i, Use::Unit)
            && !scene.is(i, Use::Addition)
            && match (spoken, scene.capital(at)) {
                (true, _) => !scene.known(i).is(Known::STOP),
                (false, true) => scene.capital(i),
                (false, false) => i == at,
            }
    };
    let last = (at..at + WORDS).take_while(|i| goes_on(*i)).last()?;
    let lone = spoken && at == number + 1 && scene.norm(number.saturating_sub(1)) != "at";
    (!lone).then_some((number, last))
}

fn is_count(scene: &Scene, index: usize) -> bool {
    let number = scene.tokens.all.get(index).is_some_and(|t| t.kind == Kind::Number);
    number || scene.is(index, Use::SpokenNumber)
}
