//! Streets: with their kind last ("Kerkstraat 5", "5 Church Road") or first ("rue de la Loi 16").

use gehoord_conversation::{Language, PersonalKind};

use super::super::near;
use super::super::postcode::{self, Form};
use super::super::rules::Use;
use super::super::scene::Scene;
use super::super::tokens::{Gap, Kind};
use super::super::words::Known;
use super::WORDS;
use super::house::{flat, house_number, second_line};

/// The street that has its kind ("straat", "Road", "rue") at `index`: first and last token.
pub(super) fn street(scene: &Scene, index: usize) -> Option<(usize, usize)> {
    match scene.rules.language {
        Language::En => kind_last(scene, index)
            .or_else(|| post_box(scene, index))
            .or_else(|| plainly(scene, index)),
        Language::Fr => kind_first(scene, index).or_else(|| number_behind(scene, index)),
        _ => number_behind(scene, index)
            .or_else(|| kind_first(scene, index).filter(|_| scene.capital(index))),
    }
}

/// "Lange Nieuwstraat 12-b", "2e Schansstraat 77a", "Kerkweg-Oost 3", "Am Markt 4".
fn number_behind(scene: &Scene, index: usize) -> Option<(usize, usize)> {
    let strong = scene.is(index, Use::StreetEnding) || scene.is(index, Use::StreetWord);
    let weak = scene.is(index, Use::WeakStreetEnding);
    if !(strong || weak) || scene.is(index, Use::NoStreet) {
        return None;
    }
    let capital = scene.capital(index);
    let whole = scene.is(index, Use::StreetWord);
    let first = before_kind(scene, index);
    let number = house_number(scene, index + 1);
    let plain = whole && first == index;
    if let Some(last) = number {
        let first = described(scene, first, index);
        let plain = plain && first == index;
        let direct = scene.is_number(index + 1) || scene.tokens.sign(index + 1, ',');
        let good = if strong {
            !plain || capital || announced(scene, first)
        } else {
            capital && !scene.known(index).ordinary_anywhere() && direct
        };
        return (good && !near::counted(scene, last, last)).then_some((first, last));
    }
    let lives = announced(scene, first);
    let good = strong && lives && !plain;
    good.then_some((first, index))
}

/// Whether words before a street say that somebody lives there.
fn announced(scene: &Scene, first: usize) -> bool {
    (first.saturating_sub(9)..first).any(|i| {
        scene.end(i, Use::Lives).is_some()
            || scene.end_anywhere(i, Use::Near(PersonalKind::Address)).is_some()
    })
}

/// "schleißheimer straße": in small letters the word before a plain kind of street.
fn described(scene: &Scene, first: usize, index: usize) -> usize {
    let plain = first == index && scene.is(index, Use::StreetWord) && !scene.capital(index);
    let before = index.checked_sub(1).filter(|_| plain && scene.gap(index) == Gap::Space);
    let names = |i: usize| scene.is_word(i) && scene.known(i).nothing() && !says_address(scene, i);
    before.filter(|i| names(*i)).unwrap_or(first)
}

fn says_address(scene: &Scene, index: usize) -> bool {
    scene.end_anywhere(index, Use::Near(PersonalKind::Address)).is_some()
}

/// The first token of the words that belong to a street before its kind.
fn before_kind(scene: &Scene, index: usize) -> usize {
    let mut first = index;
    let mut at = index;
    while at > 0 && index - at < WORDS {
        if scene.gap(at) == Gap::Line {
            break;
        }
        let token = &scene.tokens.all[at - 1];
        let numbered = token.kind == Kind::Word
            && matches!(scene.norm(at - 1), "e" | "de" | "ste")
            && token.gap == Gap::None
            && at > 1
            && scene.is_number(at - 2);
        if numbered {
            return at - 2;
        }
        match token.kind {
            Kind::Initials => first = at - 1,
            Kind::Word if token.capital && scene.is(at - 1, Use::Particle) && scene.capital(at) => {
                first = at - 1;
            }
            // "prinses beatrixlaan"
            Kind::Word
                if token.capital == scene.capital(at) && scene.is(at - 1, Use::StreetTitle) =>
            {
                first = at - 1;
            }
            Kind::Word if token.capital && belongs(scene, at - 1) => first = at - 1,
            Kind::Word if scene.is(at - 1, Use::Particle) && !token.capital => {}
            Kind::Sign if scene.tokens.raw(at - 1) == "." && token.gap == Gap::None => {}
            _ => break,
        }
        at -= 1;
    }
    first
}

/// A word with a capital that can be part of a street name.
pub(super) fn belongs(scene: &Scene, index: usize) -> bool {
    let announces = scene.end_anywhere(index, Use::Near(PersonalKind::Address)).is_some()
        || scene.is(index, Use::Lives)
        || scene.is(index, Use::BeforePlace);
    let opens = scene.tokens.all[index].opens && scene.is(index, Use::Never);
    !announces && !opens
}

/// "27 Thirlmere Avenue", "Flat 4, 88 Gloucester Terrace", "88 Pine Bluff Ct, Unit 6".
fn kind_last(scene: &Scene, index: usize) -> Option<(usize, usize)> {
    // "5 St Andrew's Terrace": the last such word counts.
    let more = (index + 1..index + 5).take_while(|i| {
        let named = scene.is_word(*i) && (scene.capital(*i) || scene.gap(*i) == Gap::None);
        scene.gap(*i) != Gap::Line && (named || scene.tokens.sign(*i, '\''))
    });
    let goes_on = more.last().is_some_and(|last| {
        (index + 1..=last).any(|i| scene.is(i, Use::StreetWord) && scene.capital(i))
    });
    let small = !scene.capital(index);
    let weak = small
        && scene.is(index, Use::NoStreet)
        && scene.norm(index - usize::from(index > 0)) != "the";
    if !scene.is(index, Use::StreetWord) || goes_on || weak {
        return None;
    }
    let mut first = index;
    let mut number = None;
    for at in (index.saturating_sub(WORDS)..index).rev() {
        if scene.gap(at + 1) == Gap::Line {
            break;
        }
        let token = &scene.tokens.all[at];
        let genitive =
            scene.tokens.raw(at) == "'" || scene.norm(at) == "s" && token.gap == Gap::None;
        if genitive || matches!(scene.tokens.raw(at), "’") {
            continue;
        }
        let stop = scene.tokens.raw(at) == ".";
        if stop && (at == 0 || !scene.is_word(at - 1) || scene.norm(at - 1).len() > 3) {
            break;
        }
        if token.kind == Kind::Number || (scene.is(at, Use::SpokenNumber) && at + 1 < index) {
            number = Some(at);
            break;
        }
        let letter = token.word() && token.gap == Gap::None && token.end - token.start <= 2;
        let stops = token.known.is(Known::STOP) && scene.norm(at) != "the" && !token.capital;
        if !(token.word() || token.kind == Kind::Initials || scene.tokens.raw(at) == ".")
            || (stops && !letter)
        {
            break;
        }
        if token.capital {
            first = at;
        } else if !letter && scene.has_capitals && scene.capital(index) && scene.norm(at) != "the" {
            break;
        }
    }
    let last = second_line(scene, index);
    if let Some(mut at) = number {
        while at > 0 && scene.is(at - 1, Use::SpokenNumber) && scene.is(at, Use::SpokenNumber) {
            at -= 1;
        }
        if near::counted(scene, at, at) || (index - at < 2 && !scene.capital(index)) {
            return None;
        }
        if at > 1 && scene.tokens.sign(at - 1, '.') && scene.norm(at - 2) == "no" {
            at -= 2;
        }
        return Some((flat(scene, at), last));
    }
    let lives = announced(scene, first.min(index.saturating_sub(1))) || code_ahead(scene, index);
    let named = first < index
        || (!scene.has_capitals && index > 0 && !scene.known(index - 1).is(Known::STOP));
    let first = if first < index { first } else { index.saturating_sub(1) };
    (lives && named).then_some((first, index))
}

/// "I live at 14 Oakfield": a number and capitals right behind words that say so.
fn plainly(scene: &Scene, index: usize) -> Option<(usize, usize)> {
    let number = index.checked_sub(1).filter(|i| scene.is_number(*i))?;
    let said = (number.saturating_sub(4)..number)
        .any(|i| scene.end(i, Use::Lives).is_some() || says_address(scene, i));
    let short = scene.norm(number).len() <= 4 && scene.gap(index) == Gap::Space;
    let street = (index..index + 6)
        .take_while(|i| scene.gap(*i) != Gap::Line)
        .any(|i| scene.is(i, Use::StreetWord));
    if street || !said || !short || scene.is_quiet(number) || near::counted(scene, number, number) {
        return None;
    }
    let named = |i: usize| {
        scene.is_word(i)
            && scene.capital(i)
            && scene.gap(i) == Gap::Space
            && !scene.is(i, Use::Month)
            && !scene.is(i, Use::Never)
    };
    let last = (index..index + 4).take_while(|i| named(*i)).last()?;
    Some((number, last))
}

/// "PO Box 771".
fn post_box(scene: &Scene, index: usize) -> Option<(usize, usize)> {
    let numbered = scene.norm(index) == "box" && scene.is_number(index + 1);
    let before = index.checked_sub(1).filter(|_| numbered && scene.gap(index) == Gap::Space)?;
    let post = scene.norm(before) == "po" || scene.tokens.raw(before) == "P.O.";
    post.then_some((before, index + 1))
}

/// Whether a British postal code stands on the same line or the next, a few words on.
fn code_ahead(scene: &Scene, index: usize) -> bool {
    let near = index + 1..scene.len().min(index + 7);
    scene.capital(index)
        && near.clone().filter(|i| scene.gap(*i) != Gap::None).any(|i| {
            let text = &scene.tokens.raw[scene.tokens.all[i].start..];
            postcode::at(text).is_some_and(|(_, form)| form == Form::British)
        })
}

/// "14 bis, rue des Tanneurs", "avenue des Cerisiers 12 bte 4", "rue Haute 77/3".
fn kind_first(scene: &Scene, index: usize) -> Option<(usize, usize)> {
    if !scene.is(index, Use::StreetWord) {
        return None;
    }
    let mut last = index;
    let mut named = false;
    for at in index + 1..scene.len().min(index + 8) {
        if scene.gap(at) == Gap::Line
            || !(scene.is_word(at) || scene.tokens.all[at].kind == Kind::Initials)
        {
            break;
        }
        let small = !scene.capital(at);
        let elided = scene.tokens.raw(at).contains(['\'', '’']);
        if small && scene.has_capitals && !scene.is(at, Use::Particle) && !elided {
            break;
        }
        if small && scene.known(at).is(Known::STOP) && !scene.is(at, Use::Particle) {
            break;
        }
        let elided = scene.tokens.raw(at).split_once(['\'', '’']);
        let elided = elided.is_some_and(|(_, word)| word.starts_with(char::is_uppercase));
        if !scene.is(at, Use::Particle) || scene.capital(at) || elided {
            last = at;
            named = true;
        }
    }
    if !named {
        return None;
    }
    let behind = house_number(scene, last + 1);
    let mut first = index;
    let mut at = index;
    at -= usize::from(at > 0 && scene.tokens.sign(at - 1, ','));
    at -= usize::from(at > 1 && matches!(scene.norm(at - 1), "bis" | "ter" | "quater"));
    if at > 0
        && scene.gap(at) != Gap::Line
        && scene.is_number(at - 1)
        && !scene.norm(at - 1).starts_with('0')
        && scene.norm(at - 1).len() <= 4
    {
        first = at - 1;
    }
    let numbered = first < index || behind.is_some();
    let last = if first < index { last } else { behind.unwrap_or(last) };
    (numbered || announced(scene, index)).then_some((first, last))
}
