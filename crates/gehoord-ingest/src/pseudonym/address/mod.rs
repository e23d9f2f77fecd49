//! Streets with their numbers, and postal codes.

mod code;
mod grow;
mod house;
mod led;
mod street;

use gehoord_conversation::{Language, PersonalKind, Span};

use super::postcode::Form;
use super::rules::Use;
use super::scene::Scene;
use super::tokens::Gap;
use code::{capital_behind, code, is_code};
use grow::grown;
use house::house_number;
use led::led;
use street::{belongs, street};

/// The most words of a street name.
const WORDS: usize = 5;

pub(crate) fn find(scene: &mut Scene) {
    for index in 0..scene.len() {
        if scene.is_word(index)
            && !scene.taken_at(index)
            && let Some((first, last)) = street(scene, index)
        {
            let (first, last) = grown(scene, first, last);
            scene.add(scene.span(first, last), PersonalKind::Address);
        }
    }
    for index in 0..scene.len() {
        if let Some((first, last)) = led(scene, index) {
            let (first, last) = grown(scene, first, last);
            scene.add(scene.span(first, last), PersonalKind::Address);
        }
    }
    again(scene);
    let mut codes = Vec::new();
    for index in 0..scene.len() {
        if let Some((end, form)) = code(scene, index) {
            codes.push((index, end, form));
        }
    }
    // A postal code makes an address of the line before it, and an address a postal code of digits.
    for &(index, end, form) in &codes {
        let start = scene.tokens.all[index].start;
        let last = scene.tokens.at(end).saturating_sub(1);
        if (form == Form::Dutch || capital_behind(scene, last))
            && let Some((first, last)) = line_before(scene, index)
        {
            let (first, last) = grown(scene, first, last);
            scene.add(scene.span(first, last), PersonalKind::Address);
        }
        if form == Form::British
            && let Some((first, last)) = numbered_before(scene, index)
        {
            scene.add(scene.span(first, last), PersonalKind::Address);
        }
        if is_code(scene, index, last, form) {
            scene.add(Span::new(start, end), PersonalKind::Postcode);
        }
    }
}

/// "kade 8 ipv kade 80", "6 Oaklands, not 16 Oaklands": a street that was found, with another number.
fn again(scene: &mut Scene) {
    let streets: Vec<String> = scene
        .found
        .iter()
        .filter(|d| d.kind == PersonalKind::Address)
        .flat_map(|d| scene.tokens.at(d.span.start)..scene.tokens.at(d.span.end))
        .filter(|i| scene.is_word(*i) && scene.norm(*i).len() > 3)
        .filter(|i| !scene.is(*i, Use::Particle) && !scene.is(*i, Use::Addition))
        .map(|i| scene.norm(i).to_owned())
        .collect();
    if streets.is_empty() {
        return;
    }
    for index in 0..scene.len() {
        let same = scene.is_word(index) && streets.iter().any(|s| s == scene.norm(index));
        if !same || scene.taken_at(index) {
            continue;
        }
        let before = index.checked_sub(1).filter(|i| scene.is_number(*i) && !scene.taken_at(*i));
        let before = before.filter(|_| scene.rules.language == Language::En);
        let behind = || house_number(scene, index + 1).filter(|_| before.is_none());
        let (first, last) = match (before, scene.rules.language) {
            (Some(first), _) => (first, index),
            (None, Language::En) => continue,
            _ => (index, behind().unwrap_or(index)),
        };
        if last > index || first < index || scene.is(index, Use::StreetEnding) {
            scene.add(scene.span(first, last), PersonalKind::Address);
        }
    }
}

/// "15 llys y coed, CF14 3PN": a line, or a part of one between commas, that begins with a number and
/// stands right before a British postal code: its tokens.
fn numbered_before(scene: &Scene, code: usize) -> Option<(usize, usize)> {
    let comma = code.checked_sub(1).filter(|i| scene.tokens.sign(*i, ','));
    let last = comma.unwrap_or(code).checked_sub(1)?;
    if comma.is_none() && scene.gap(code) != Gap::Line || scene.gap(code) == Gap::None {
        return None;
    }
    let mut first = last;
    while first > 0
        && scene.is_word(first)
        && scene.gap(first) == Gap::Space
        && last - first < WORDS
    {
        first -= 1;
    }
    let begins = first == 0
        || scene.gap(first) == Gap::Line
        || [",", ":"].contains(&scene.tokens.raw(first - 1))
        || matches!(scene.norm(first - 1), "at" | "to" | "is");
    let free = (first..=last).all(|i| !scene.taken_at(i) && !scene.is_quiet(i));
    let number = scene.is_number(first) && scene.norm(first).len() <= 4;
    (number && begins && free && first < last).then_some((first, last))
}

/// A line or part of one that ends with a number right before a postal code: its tokens.
fn line_before(scene: &Scene, code: usize) -> Option<(usize, usize)> {
    let mut last = code.checked_sub(1)?;
    if scene.tokens.sign(last, ',') || matches!(scene.norm(last), "te" | "in") {
        last = last.checked_sub(1)?;
    }
    if scene.taken_at(last) {
        return None;
    }
    // The number, with a letter behind it.
    let mut number = last;
    while !scene.is_number(number) {
        let hangs = scene.norm(number).len() <= 3 || ["-", "/"].contains(&scene.tokens.raw(number));
        if !hangs || last - number >= 3 || scene.gap(number) == Gap::Line {
            return None;
        }
        number = number.checked_sub(1)?;
    }
    let mut first = number;
    let mut named = false;
    while first > 0 && number - first < WORDS + 1 && scene.gap(first) != Gap::Line {
        let before = first - 1;
        let capital = scene.is_word(before) && scene.capital(before) && belongs(scene, before);
        let small = scene.is(before, Use::Particle)
            || matches!(scene.norm(before), "am" | "an" | "im" | "der");
        if !(capital || (named && small)) {
            break;
        }
        named |= capital;
        first = before;
    }
    while first < number && !scene.capital(first) {
        first += 1;
    }
    (first < number && scene.norm(number).len() <= 4).then_some((first, last))
}
