//! House numbers and what belongs to them.

use gehoord_conversation::Language;

use super::super::rules::Use;
use super::super::scene::Scene;
use super::super::tokens::Gap;
use super::super::words::Known;

/// The most words between a street and the word that says that its number follows.
const FILLING: usize = 5;

/// A house number with what belongs to it: "12-b", "22-III", "14 bus 3", "77a", "40 boven". The
/// last token of it.
pub(super) fn house_number(scene: &Scene, index: usize) -> Option<usize> {
    let mut at = called(scene, index).unwrap_or(index);
    at += usize::from(scene.tokens.sign(at, '.') && scene.gap(at) == Gap::None);
    if scene.tokens.sign(at, ',')
        || matches!(scene.norm(at), "nr" | "nummer" | "no" | "number" | "huisnummer")
    {
        at += 1;
        at += usize::from(scene.tokens.sign(at, '.') || matches!(scene.norm(at), "nr" | "nummer"));
    }
    if scene.gap(at) == Gap::Line {
        return None;
    }
    let article = matches!(scene.norm(at), "ein" | "een" | "one" | "un" | "une" | "a")
        && !scene.tokens.raw(at).contains('é');
    let called = scene.is_word(at - usize::from(at > index)) && at > index;
    let comma = !called && (scene.tokens.sign(index, ',') || scene.tokens.sign(index, '.'));
    let spoken = scene.is(at, Use::SpokenNumber) && !article && !comma;
    let short = scene.is_number(at) && scene.norm(at).len() <= 4;
    if !(short || spoken) {
        return None;
    }
    let clock = scene.tokens.sign(at + 1, ':') && scene.is_number(at + 2);
    let decimal =
        scene.tokens.sign(at + 1, ',') && scene.is_number(at + 2) && scene.gap(at + 2) == Gap::None;
    // "Kerkweg 12-2" is no day of a month.
    let behind_street = index.checked_sub(1).is_some_and(|i| {
        scene.is(i, Use::StreetEnding)
            || scene.is(i, Use::StreetWord)
            || scene.capital(i) && scene.is(i, Use::WeakStreetEnding)
    });
    let suffixed = behind_street
        && scene.tokens.sign(at + 1, '-')
        && scene.gap(at + 2) == Gap::None
        && scene.is_number(at + 2)
        && !["-", "/", "."].contains(&scene.tokens.raw(at + 3));
    if clock || decimal || scene.is_quiet(at) && !suffixed {
        return None;
    }
    let mut last = at;
    if spoken {
        loop {
            // "honderd en drie"
            let and = matches!(scene.norm(last + 1), "en" | "and")
                && matches!(scene.norm(last), "honderd" | "duizend" | "hundred" | "thousand");
            let next = last + 1 + usize::from(and);
            if !scene.is(next, Use::SpokenNumber)
                || (last + 1..=next).any(|i| scene.gap(i) == Gap::Line)
            {
                break;
            }
            last = next;
        }
        // "acht b", "drie hoog"
        let hangs = scene.is(last + 1, Use::Addition) && scene.gap(last + 1) == Gap::Space;
        let letter = scene.norm(last + 1).len() == 1;
        last += usize::from(hangs && (!letter || closes(scene, last + 2)));
        // "zesentwintig bus twee"
        let counts = hangs && !letter && scene.is(last + 1, Use::SpokenNumber);
        return Some(last + usize::from(counts && scene.gap(last + 1) == Gap::Space));
    }
    for _ in 0..3 {
        let next = last + 1;
        let joined =
            ["-", "/"].contains(&scene.tokens.raw(next)) && scene.gap(next + 1) == Gap::None;
        let short = |i: usize| scene.norm(i).len() <= 4 && (scene.is_word(i) || scene.is_number(i));
        if joined && short(next + 1) {
            last = next + 1;
        } else if scene.gap(next) == Gap::None && scene.is_word(next) && scene.norm(next).len() <= 3
        {
            last = next;
        } else if scene.gap(next) == Gap::Space && scene.is(next, Use::Addition) {
            let letter = scene.norm(next).len() == 1;
            // "unit 12", "unit b14"
            let glued = scene.gap(next + 1) == Gap::None && letter;
            let counted = scene.is_number(next + 1) && (scene.gap(next + 1) == Gap::Space || glued);
            if counted {
                last = next + 1;
            } else if !letter
                || scene.capital(next)
                || closes(scene, next + 1)
                || is_entrance(scene, next)
            {
                last = next;
            } else {
                break;
            }
        } else if scene.is_number(next)
            && scene.gap(next) == Gap::Space
            && scene.norm(next).len() == 1
            && scene.gap(next + 1) == Gap::None
            && scene.is(next + 1, Use::Addition)
        {
            // "240 2hg"
            last = next + 1;
        } else {
            break;
        }
    }
    Some(last)
}

/// "op nummer achttien", "met een g huisnummer zeventien": small words, then one that says that a
/// house number follows. Where that one stands.
fn called(scene: &Scene, index: usize) -> Option<usize> {
    let says = |i: usize| {
        matches!(scene.norm(i), "nummer" | "number" | "huisnummer") && scene.gap(i) != Gap::Line
    };
    let small = |i: usize| {
        scene.is_word(i)
            && scene.gap(i) == Gap::Space
            && !scene.taken_at(i)
            && !scene.capital(i)
            && (scene.known(i).is(Known::STOP) || scene.norm(i).len() <= 3)
            && (!scene.is(i, Use::SpokenNumber) || scene.is(i, Use::Article))
    };
    let at = (index..index + FILLING).find(|i| !small(*i))?;
    (says(at) && at > index).then_some(at)
}

/// "77 d daar": a letter that is no word in Dutch.
fn is_entrance(scene: &Scene, index: usize) -> bool {
    scene.rules.language == Language::Nl && matches!(scene.norm(index), "a" | "b" | "c" | "d")
}

/// Whether nothing, a sign or a number stands at a token.
fn closes(scene: &Scene, index: usize) -> bool {
    scene.gap(index) == Gap::Line || !scene.is_word(index)
}

/// "Flat 4, " before a house number.
pub(super) fn flat(scene: &Scene, number: usize) -> usize {
    let comma = usize::from(number > 0 && scene.tokens.sign(number - 1, ','));
    // "Flat 2b"
    let lettered = number > 2 + comma
        && scene.gap(number - 1 - comma) == Gap::None
        && scene.is_number(number - 2 - comma)
        && scene.norm(number - 1 - comma).len() == 1;
    let before = number.checked_sub(2 + comma + usize::from(lettered));
    let flat = before.filter(|i| scene.is(*i, Use::Addition) && scene.gap(number) != Gap::Line);
    flat.filter(|i| scene.is_number(i + 1) || scene.norm(i + 1).len() == 1).unwrap_or(number)
}

/// ", Unit 6" or ", Pound Lane" behind a street.
pub(super) fn second_line(scene: &Scene, index: usize) -> usize {
    let stop = usize::from(scene.tokens.sign(index + 1, '.'));
    let comma = index + 1 + stop;
    let from = comma + usize::from(scene.tokens.sign(comma, ','));
    if scene.gap(from) == Gap::Line {
        return index;
    }
    if scene.is(from, Use::Addition)
        && (scene.is_number(from + 1) || scene.norm(from + 1).len() == 1)
    {
        let letter = scene.gap(from + 2) == Gap::None && scene.is_word(from + 2);
        return from + 1 + usize::from(letter);
    }
    let more = from > comma
        && scene.capital(from)
        && scene.is(from + 1, Use::StreetWord)
        && scene.capital(from + 1);
    let whole = more && scene.is(from + 2, Use::StreetWord) && scene.capital(from + 2);
    if more { from + 1 + usize::from(whole) } else { index }
}
