//! Postal codes, by their form and by what stands around them.

use gehoord_conversation::{Language, PersonalKind, Span};

use super::super::near;
use super::super::postcode::{self, Form};
use super::super::rules::Use;
use super::super::scene::Scene;
use super::super::tokens::{Gap, Kind};
use super::super::words::Known;

pub(super) fn capital_behind(scene: &Scene, last: usize) -> bool {
    scene.is_word(last + 1) && scene.capital(last + 1) && scene.gap(last + 1) == Gap::Space
}

/// What looks like a postal code at a token: where it ends, and its form.
pub(super) fn code(scene: &Scene, index: usize) -> Option<(usize, Form)> {
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

pub(super) fn is_code(scene: &Scene, first: usize, last: usize, form: Form) -> bool {
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
            settled || !(word || unit || year || other && !capitals)
        }
        Form::British if capitals && text.contains(' ') => {
            let kinds = [PersonalKind::Number, PersonalKind::Plate, PersonalKind::Bsn];
            !said.is_some_and(|n| n.distance == 0 && kinds.contains(&n.kind))
        }
        Form::British => {
            capitals && !other
                || (scene.rules.language == Language::En && !other && text.len() >= 6)
        }
        Form::Digits => {
            let five = text.len() >= 5;
            let lettered = !text.starts_with(|c: char| c.is_ascii_digit());
            let known = |i: usize| scene.known(i).is(Known::PLACE) || scene.is(i, Use::Place);
            let town = first > 0 && known(first - 1) && scene.capital(first - 1);
            let american = scene.rules.language == Language::En && town;
            let state = five && (state_before(scene, first) || american);
            // "37000 Tours", ", 9000 Gent"
            let here = scene.rules.language != Language::En
                && known(last + 1)
                && capital_behind(scene, last);
            let begins =
                scene.gap(first) == Gap::Line || scene.tokens.sign(first.wrapping_sub(1), ',');
            let listed =
                here && (five || begins) && !text.starts_with("20") && !text.starts_with("19");
            let place = capital_behind(scene, last)
                || (scene.known(last + 1).is(Known::PLACE) && scene.gap(last + 1) == Gap::Space);
            let settled = address_before(scene, first);
            let led = matches!(scene.norm(first.wrapping_sub(1)), "te" | "in" | "a")
                && !text.starts_with("20")
                && !text.starts_with("19");
            settled && place
                || state
                || !other
                    && (lettered
                        || listed
                        || (settled && (place || five || last + 1 == scene.len()))
                        || (led && place))
        }
    }
}

/// Whether an address ends right before a token: a comma, a line end or a word may stand between.
fn address_before(scene: &Scene, first: usize) -> bool {
    (first.saturating_sub(5)..first).any(|i| {
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
