//! What belongs to a street beside its name and number: "Apt. 3B", "Flat 12, Kestrel House,",
//! "bus 12", "t/m 8", "1e verdieping".

use gehoord_conversation::Language;

use super::super::rules::Use;
use super::super::scene::Scene;
use super::super::tokens::{Gap, Kind};

/// The most parts on either side.
const PARTS: usize = 3;
/// The most words of one part.
const WORDS: usize = 4;

/// A street with all that belongs to it on its line.
pub(super) fn grown(scene: &Scene, first: usize, last: usize) -> (usize, usize) {
    let (mut first, mut last) = (first, last);
    for _ in 0..PARTS {
        let Some(more) = part_behind(scene, last) else { break };
        last = more;
    }
    for _ in 0..PARTS {
        let Some(more) = part_before(scene, first) else { break };
        first = more;
    }
    (first, last)
}

fn on_line(scene: &Scene, index: usize) -> bool {
    index < scene.len() && scene.gap(index) != Gap::Line && !scene.taken_at(index)
}

/// A number, with a letter written onto it, a lone letter, or a number word: its last token.
fn value(scene: &Scene, index: usize) -> Option<usize> {
    if !on_line(scene, index) {
        return None;
    }
    let hash = scene.tokens.sign(index, '#') && scene.is_number(index + 1);
    let at = index + usize::from(hash);
    let glued =
        scene.gap(at + 1) == Gap::None && scene.is_word(at + 1) && scene.norm(at + 1).len() == 1;
    let lone = scene.is_word(at) && scene.norm(at).len() == 1;
    let digits = lone && scene.gap(at + 1) == Gap::None && scene.is_number(at + 1);
    if scene.is_number(at) && scene.norm(at).len() <= 5 {
        return Some(at + usize::from(glued));
    }
    (lone || scene.is(at, Use::SpokenNumber)).then_some(at + usize::from(digits))
}

/// "apt", "bus", "Unit": words before a number within an address.
fn counts(scene: &Scene, index: usize) -> bool {
    scene.is_word(index) && scene.is(index, Use::Addition) && scene.norm(index).len() > 1
}

fn part_behind(scene: &Scene, last: usize) -> Option<usize> {
    let comma = scene.tokens.sign(last + 1, ',');
    let from = last + 1 + usize::from(comma);
    if !on_line(scene, from) {
        return None;
    }
    if scene.tokens.sign(from, '#') {
        return value(scene, from);
    }
    // "2 t/m 8"
    if scene.norm(from) == "t" && scene.tokens.sign(from + 1, '/') && scene.norm(from + 2) == "m" {
        return value(scene, from + 3);
    }
    if counts(scene, from) {
        let stop = from
            + 1
            + usize::from(scene.tokens.sign(from + 1, '.') && scene.gap(from + 1) == Gap::None);
        let alone = (scene.is(from, Use::AdditionAlone)).then_some(from);
        return value(scene, stop).or(alone);
    }
    // "1e verdieping", "2. OG"
    let mark = from + 1;
    let stop = scene.tokens.sign(mark, '.') || scene.gap(mark) == Gap::None && scene.is_word(mark);
    if scene.is_number(from)
        && stop
        && scene.is(mark + 1, Use::AdditionAlone)
        && on_line(scene, mark + 1)
    {
        return Some(mark + 1);
    }
    if scene.is(from, Use::AdditionAlone) && (comma || !scene.capital(from)) {
        return Some(from);
    }
    // ", Elm Park Road"
    let named = |i: usize| scene.is_word(i) && scene.capital(i) && on_line(scene, i);
    let words = (from..from + WORDS).take_while(|i| named(*i)).count();
    let kind = (from + 1..from + words).rev().find(|i| scene.is(*i, Use::StreetWord));
    kind.filter(|_| comma)
}

fn part_before(scene: &Scene, first: usize) -> Option<usize> {
    let before = first.checked_sub(1).filter(|_| scene.gap(first) != Gap::Line)?;
    // "number eight", "No. 8"
    if matches!(scene.norm(before), "number" | "nummer" | "no") && scene.is_word(before) {
        return Some(before);
    }
    // "Unit 7 Wern Trading Estate"
    if counts(scene, before) && value(scene, first).is_some() && scene.gap(first) == Gap::Space {
        return Some(before);
    }
    // "52-54 Corporation Rd", "3/2, 14 Garnethill Street"
    let sign = |i: usize| ["-", "/", "–"].contains(&scene.tokens.raw(i));
    let pair = |i: usize| {
        let from = i.checked_sub(2)?;
        let both = scene.is_number(from) && scene.is_number(i) && sign(i - 1);
        let short = scene.norm(from).len() <= 4 && !scene.taken_at(from);
        (both && short && scene.gap(i) == Gap::None && scene.gap(i - 1) == Gap::None)
            .then_some(from)
    };
    let range = sign(before) && scene.gap(first) == Gap::None && scene.is_number(first);
    if let Some(from) = pair(first).filter(|_| range) {
        return Some(from);
    }
    let comma = scene.tokens.sign(before, ',');
    if scene.rules.language == Language::En
        && scene.is_number(first)
        && let Some(from) = pair(before - usize::from(comma && before > 0))
    {
        return Some(from);
    }
    let last = if comma { before.checked_sub(1)? } else { before };
    let mut from = last;
    while from > 0
        && last - from < WORDS
        && scene.gap(from) != Gap::Line
        && !scene.taken_at(from - 1)
        && matches!(scene.tokens.all[from - 1].kind, Kind::Word | Kind::Number | Kind::Sign)
        && !scene.tokens.sign(from - 1, ',')
    {
        from -= 1;
    }
    if scene.taken_at(last) {
        return None;
    }
    // "Flat 12,", "bât. C,"
    for at in (from..=last).rev() {
        let stop = at + 1 + usize::from(scene.tokens.sign(at + 1, '.'));
        if counts(scene, at) && value(scene, stop) == Some(last) {
            return Some(at);
        }
    }
    if !comma {
        return None;
    }
    // "lower ground floor, ", "basement flat, "
    let storey = |i: usize| scene.is_word(i) && scene.is(i, Use::Storey);
    if counts(scene, last) || storey(last) {
        let mut at = last;
        while at > from && storey(at - 1) {
            at -= 1;
        }
        at -= usize::from(at > from && scene.is_number(at - 1) && scene.norm(at - 1).len() < 4);
        if at < last || storey(last) {
            return Some(at);
        }
    }
    // "Kestrel House,", "Top Floor Flat,", "résidence Les Cèdres,"
    let ends = scene.is(last, Use::StreetWord) || counts(scene, last);
    let mut begin = last;
    while begin > from
        && scene.is_word(begin - 1)
        && scene.capital(begin - 1)
        && scene.gap(begin) == Gap::Space
    {
        begin -= 1;
    }
    let led = begin > 0 && scene.is(begin - 1, Use::StreetWord) && scene.gap(begin) == Gap::Space;
    let named = scene.capital(last) && begin < last && ends;
    let house = scene.capital(last) && led && !scene.is_number(begin.saturating_sub(2));
    // "i live at oakdene, station road"
    let led = |i: usize| matches!(scene.norm(i), "at" | "is") || scene.tokens.sign(i, ':');
    let lone = begin == last
        && (scene.known(last).nothing() || scene.capital(last))
        && led(last.checked_sub(1)?);
    if house { Some(begin - 1) } else { (named || lone).then_some(begin) }
}
