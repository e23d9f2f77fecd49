//! Streets with their numbers, and postal codes.

use gehoord_conversation::{Language, PersonalKind, Span};

use super::near;
use super::postcode::{self, Form};
use super::rules::Use;
use super::scene::Scene;
use super::tokens::{Gap, Kind};
use super::words::Known;

/// The most words of a street name.
const WORDS: usize = 5;

pub(crate) fn find(scene: &mut Scene) {
    for index in 0..scene.len() {
        if scene.is_word(index) && !scene.taken_at(index) {
            if let Some((first, last)) = street(scene, index) {
                scene.add(scene.span(first, last), PersonalKind::Address);
            }
        }
    }
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
        if form == Form::Dutch || capital_behind(scene, last) {
            if let Some((first, last)) = line_before(scene, index) {
                scene.add(scene.span(first, last), PersonalKind::Address);
            }
        }
        if is_code(scene, index, last, form) {
            scene.add(Span::new(start, end), PersonalKind::Postcode);
        }
    }
}

/// The street that has its kind ("straat", "Road", "rue") at `index`: first and last token.
fn street(scene: &Scene, index: usize) -> Option<(usize, usize)> {
    match scene.rules.language {
        Language::En => kind_last(scene, index).or_else(|| post_box(scene, index)),
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
    let ordinary = scene.ordinary(index) && !capital;
    if let Some(last) = number {
        let first = described(scene, first, index);
        let plain = plain && first == index;
        let direct = scene.is_number(index + 1) || scene.tokens.sign(index + 1, ',');
        let good = if strong {
            (!plain && !ordinary) || capital || (plain && announced(scene, first))
        } else {
            capital && !scene.known(index).ordinary_anywhere() && direct
        };
        return (good && !near::counted(scene, last, last)).then_some((first, last));
    }
    let lives = announced(scene, first);
    let good = strong && lives && !plain && (capital || !ordinary);
    good.then_some((first, index))
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

/// Whether words before a street say that somebody lives there.
fn announced(scene: &Scene, first: usize) -> bool {
    (first.saturating_sub(4)..first).any(|i| {
        scene.end(i, Use::Lives).is_some()
            || scene.end_anywhere(i, Use::Near(PersonalKind::Address)).is_some()
    })
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
fn belongs(scene: &Scene, index: usize) -> bool {
    let announces = scene.end_anywhere(index, Use::Near(PersonalKind::Address)).is_some()
        || scene.is(index, Use::Lives)
        || scene.is(index, Use::BeforePlace);
    let opens = scene.tokens.all[index].opens && scene.is(index, Use::Never);
    !announces && !opens
}

/// A house number with what belongs to it: "12-b", "22-III", "14 bus 3", "77a", "40 boven". The
/// last token of it.
fn house_number(scene: &Scene, index: usize) -> Option<usize> {
    let mut at = index;
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
    let article = matches!(scene.norm(at), "ein" | "een" | "one" | "un" | "une" | "a");
    let spoken = scene.is(at, Use::SpokenNumber) && at == index && !article;
    if !(scene.is_number(at) && scene.norm(at).len() <= 4) && !spoken {
        return None;
    }
    let clock = scene.tokens.sign(at + 1, ':') && scene.is_number(at + 2);
    let decimal =
        scene.tokens.sign(at + 1, ',') && scene.is_number(at + 2) && scene.gap(at + 2) == Gap::None;
    if clock || decimal || scene.is_quiet(at) {
        return None;
    }
    let mut last = at;
    if spoken {
        while scene.is(last + 1, Use::SpokenNumber) && scene.gap(last + 1) != Gap::Line {
            last += 1;
        }
        return Some(last);
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
            let counted = scene.is_number(next + 1) && scene.gap(next + 1) == Gap::Space;
            if counted {
                last = next + 1;
            } else if !letter || scene.capital(next) {
                last = next;
            } else {
                break;
            }
        } else {
            break;
        }
    }
    Some(last)
}

/// "PO Box 771".
fn post_box(scene: &Scene, index: usize) -> Option<(usize, usize)> {
    let numbered = scene.norm(index) == "box" && scene.is_number(index + 1);
    let before = index.checked_sub(1).filter(|_| numbered && scene.gap(index) == Gap::Space)?;
    let post = scene.norm(before) == "po" || scene.tokens.raw(before) == "P.O.";
    post.then_some((before, index + 1))
}

/// "27 Thirlmere Avenue", "Flat 4, 88 Gloucester Terrace", "88 Pine Bluff Ct, Unit 6".
fn kind_last(scene: &Scene, index: usize) -> Option<(usize, usize)> {
    let goes_on = scene.is(index + 1, Use::StreetWord)
        && scene.capital(index + 1)
        && scene.gap(index + 1) == Gap::Space;
    let small = !scene.capital(index);
    let weak = small
        && (scene.has_capitals && index > 0 && scene.norm(index - 1) != "the"
            || scene.is(index, Use::NoStreet));
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
    let lives = announced(scene, first.min(index.saturating_sub(1)));
    let named = first < index
        || (!scene.has_capitals && index > 0 && !scene.known(index - 1).is(Known::STOP));
    let first = if first < index { first } else { index.saturating_sub(1) };
    (lives && named).then_some((first, index))
}

/// "Flat 4, " before a house number.
fn flat(scene: &Scene, number: usize) -> usize {
    let comma = usize::from(number > 0 && scene.tokens.sign(number - 1, ','));
    let before = number.checked_sub(2 + comma);
    let flat = before.filter(|i| scene.is(*i, Use::Addition) && scene.gap(number) != Gap::Line);
    flat.filter(|i| scene.is_number(i + 1) || scene.norm(i + 1).len() == 1).unwrap_or(number)
}

/// ", Unit 6" or ", Pound Lane" behind a street.
fn second_line(scene: &Scene, index: usize) -> usize {
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
    if more { from + 1 } else { index }
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
        && scene.norm(at - 1).len() <= 4
    {
        first = at - 1;
    }
    let numbered = first < index || behind.is_some();
    let last = if first < index { last } else { behind.unwrap_or(last) };
    (numbered || announced(scene, index)).then_some((first, last))
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

fn capital_behind(scene: &Scene, last: usize) -> bool {
    scene.is_word(last + 1) && scene.capital(last + 1) && scene.gap(last + 1) == Gap::Space
}

/// What looks like a postal code at a token: where it ends, and its form.
fn code(scene: &Scene, index: usize) -> Option<(usize, Form)> {
    let token = &scene.tokens.all[index];
    let starts = matches!(token.kind, Kind::Number | Kind::Word);
    let sign = index > 0
        && "-/._,".contains(scene.tokens.raw(index - 1))
        && scene.tokens.all[index - 1].kind == Kind::Sign;
    let letter = index > 1 && scene.norm(index - 2).len() <= 2 && scene.is_word(index - 2);
    let glued = token.gap == Gap::None
        && index > 0
        && (sign || scene.is_word(index - 1) || scene.is_number(index - 1));
    if !starts || (glued && !letter) || scene.taken_at(index) || scene.is_quiet(index) {
        return None;
    }
    let (length, form) = postcode::at(&scene.tokens.raw[token.start..])?;
    let span = Span::new(token.start, token.start + length);
    (scene.taken(span).is_none() && !(glued && form != Form::Digits)).then_some((span.end, form))
}

fn is_code(scene: &Scene, first: usize, last: usize, form: Form) -> bool {
    let said = near::before(scene, first);
    let called = said.is_some_and(|n| n.kind == PersonalKind::Postcode && n.distance <= 4);
    if called {
        return !near::counted(scene, first, last);
    }
    let other = said.is_some_and(|n| n.distance <= 1) || near::nobody(scene, first);
    let text = scene.span(first, last).of(scene.tokens.raw);
    let capitals = !text.bytes().any(|b| b.is_ascii_lowercase());
    match form {
        Form::Dutch if scene.rules.language != Language::Nl && !capitals => false,
        Form::Dutch => {
            let apart = text.contains(' ');
            let word = apart && scene.known(last).ordinary_anywhere() && !capitals;
            let unit = scene.end_anywhere(last, Use::Unit).is_some();
            let year = (text.starts_with("19") || text.starts_with("20"))
                && scene.known(last).ordinary_anywhere();
            let settled = address_before(scene, first);
            settled || (!word && !unit && !year && !(other && !capitals))
        }
        Form::British => {
            capitals && !other
                || (scene.rules.language == Language::En && !other && text.len() >= 6)
        }
        Form::Digits => {
            let five = text.len() >= 5;
            let lettered = !text.starts_with(|c: char| c.is_ascii_digit());
            let state = state_before(scene, first) && five;
            let place = capital_behind(scene, last)
                || (scene.known(last + 1).is(Known::PLACE) && scene.gap(last + 1) == Gap::Space);
            let settled = address_before(scene, first);
            let led = matches!(scene.norm(first.wrapping_sub(1)), "te" | "in" | "a")
                && !text.starts_with("20")
                && !text.starts_with("19");
            !other
                && (lettered
                    || state
                    || (settled && (place || five || last + 1 == scene.len()))
                    || (led && place))
        }
    }
}

/// Whether an address ends right before a token: a comma, a line end or a word may stand between.
fn address_before(scene: &Scene, first: usize) -> bool {
    (first.saturating_sub(3)..first).any(|i| {
        scene.tokens.all.get(i).and_then(|t| scene.taken(t.span())) == Some(PersonalKind::Address)
    })
}

/// ", OK 74114": a comma or a town, two capitals, then the code.
fn state_before(scene: &Scene, first: usize) -> bool {
    let Some(before) = first.checked_sub(1) else { return false };
    let token = &scene.tokens.all[before];
    token.word()
        && token.upper
        && token.end - token.start == 2
        && before > 0
        && (scene.tokens.sign(before - 1, ',') || scene.capital(before - 1))
}
