//! Everything that is written in digits: which kind it is, by its form and by the words near it.

use gehoord_conversation::{PersonalKind, Span};

use super::near::{self, Near};
use super::numbers::{self, Code};
use super::rules::Use;
use super::scene::Scene;
use super::tokens::{Gap, Kind};
use super::words::Known;
use super::{citizen, phone, plate};

pub(crate) fn find(scene: &mut Scene) {
    let mut index = 0;
    while index < scene.len() {
        if let Some((end, kind)) = look(scene, index) {
            let start = scene.tokens.all[index].start;
            match kind {
                Some(kind) => {
                    // A hash sign belongs to the number behind it.
                    let hash = index > 0 && kind == PersonalKind::Number;
                    let hash = hash && scene.tokens.sign(index - 1, '#');
                    scene.add(Span::new(start - usize::from(hash), end), kind);
                }
                None => scene.silence(Span::new(start, end)),
            }
            index = scene.tokens.at(end).max(index + 1);
        } else {
            index += 1;
        }
    }
}

/// What begins at a token: where it ends, and its kind; `None` for what is known to be nothing.
fn look(scene: &Scene, index: usize) -> Option<(usize, Option<PersonalKind>)> {
    let token = scene.tokens.all[index];
    let starts = match token.kind {
        Kind::Number | Kind::Word => true,
        Kind::Sign => scene.is_number(index + 1) && "+(".contains(scene.tokens.raw(index)),
        _ => false,
    };
    if !starts || !fresh(scene, index) || scene.taken_at(index) || scene.is_quiet(index) {
        return None;
    }
    let text = &scene.tokens.raw[token.start..];
    let near_digits = text.bytes().take(12).any(|b| b.is_ascii_digit());
    if !near_digits {
        return letters(scene, index);
    }
    let free = |length: usize| {
        let span = Span::new(token.start, token.start + length);
        scene.taken(span).is_none() && !scene.is_quiet_at(span)
    };
    let last = |length: usize| scene.tokens.at(token.start + length).saturating_sub(1);
    let said = near::before(scene, index);
    let close = |kind| said.is_some_and(|s: Near| s.kind == kind && s.distance <= 2);
    let is = |kind| said.is_some_and(|s: Near| s.kind == kind);
    let other = |length| near::near(scene, index, last(length));
    let end = |length: usize| token.start + length;

    if let Some(found) = citizen::at(text, is(PersonalKind::Bsn)).filter(|c| free(c.length)) {
        let elsewhere = close(PersonalKind::Number) && !said.is_some_and(|s| s.vague)
            || close(PersonalKind::Phone)
            || close(PersonalKind::Iban);
        if is(PersonalKind::Bsn) || (found.sure && !elsewhere && !near::nobody(scene, index)) {
            return Some((end(found.length), Some(PersonalKind::Bsn)));
        }
    }
    // "BSN 823425010": the word announces the number and is no part of it.
    if token.word() && scene.gap(index + 1) != Gap::None && says_something(scene, index) {
        return None;
    }
    let called = close(PersonalKind::Plate).then(|| plate::called(text)).flatten();
    let form = plate::at(text).or(called.map(|length| (length, false)));
    if let Some((length, sure)) = form.filter(|(n, _)| free(*n)) {
        let called = is(PersonalKind::Plate)
            || other(length).is_some_and(|n| n.kind == PersonalKind::Plate && n.distance <= 3)
            || !sure && of_vehicle(scene, index, last(length));
        // "00 is op" has the form of a plate, and is none.
        let words = (index..=last(length)).any(|i| {
            let token = scene.tokens.all[i];
            let upper = token.upper || token.capital && token.end - token.start == 1;
            scene.known(i).is(Known::STOP) && scene.ordinary(i) && !upper
        });
        let other = close(PersonalKind::Number) && !said.is_some_and(|s| s.vague);
        let words = words && !close(PersonalKind::Plate);
        if !words && (called || (sure && !other && !near::nobody(scene, index))) {
            return Some((end(length), Some(PersonalKind::Plate)));
        }
    }
    if let Some((length, digits, sure)) = phone::at(text).filter(|(n, _, _)| free(*n)) {
        if is_service(scene, &digits) {
            return Some((end(length), None));
        }
        let order = close(PersonalKind::Number) && !said.is_some_and(|s| s.vague);
        let elsewhere = order || is(PersonalKind::Iban) || is(PersonalKind::Bsn);
        let strong = text.starts_with('+') || digits.starts_with("06") && digits.len() == 10;
        let nobody = near::nobody(scene, index) || near::counted(scene, index, last(length));
        if (is(PersonalKind::Phone) && !nobody) || (sure && (!elsewhere || strong) && !nobody) {
            return Some((end(length), Some(PersonalKind::Phone)));
        }
    }
    let code = numbers::at(text).map(|code| fit(scene, index, code))?;
    let length = code.length;
    if !free(length) {
        return None;
    }
    let money = code.letters == 0
        && (numbers::cents(text, length)
            || numbers::amount(text, length) && !close(PersonalKind::Number));
    if money || month_of_year(&text[..length]) || near::counted(scene, index, last(length)) {
        return Some((end(length), None));
    }
    let said = said.filter(|s| !nothing_of_the_kind(*s));
    let personal = match said {
        Some(Near { kind: PersonalKind::Number, distance, .. }) => {
            announced(scene, index, &code, distance)
        }
        Some(Near { kind: PersonalKind::Plate, distance: 0..=3, .. }) => {
            return (code.digits >= 2 && code.letters >= 2 && length <= 10)
                .then_some((end(length), Some(PersonalKind::Plate)));
        }
        Some(Near { kind: PersonalKind::Phone, distance: 0..=2, .. }) if code.digits >= 7 => {
            return Some((end(length), Some(PersonalKind::Phone)));
        }
        Some(Near { kind: PersonalKind::Iban, distance: 0..=3, .. }) => code.digits >= 6,
        _ => alone(scene, index, last(length), &code) || by_form(scene, index, text, &code),
    };
    personal.then_some((end(length), Some(PersonalKind::Number)))
}

/// "09-2026": until when a card is good.
fn month_of_year(text: &str) -> bool {
    let Some((month, year)) = text.split_once(['-', '/']) else { return false };
    let month = month.parse().is_ok_and(|m: u8| (1..=12).contains(&m));
    month && year.len() == 4 && year.parse().is_ok_and(|y: u16| (1900..2100).contains(&y))
}

/// Whether a make of car or the like stands near, or nothing else at all.
fn of_vehicle(scene: &Scene, first: usize, last: usize) -> bool {
    let near = first.saturating_sub(5)..scene.len().min(last + 10);
    let named = near.filter(|i| !(first..=last).contains(i)).any(|i| scene.is(i, Use::Vehicle));
    let numbers = (first..=last).filter(|i| scene.is_number(*i)).count();
    let pieces = last + 1 - first;
    let words = (first..=last).any(|i| scene.ordinary(i) && !scene.tokens.all[i].upper);
    if words || near::counted(scene, first, last) || scene.is(last, Use::Unit) {
        return false;
    }
    // "27ZKL3 en R-118-BB"
    let beside = (first.saturating_sub(8)..first).any(|i| {
        let token = scene.tokens.all[i];
        scene.taken(token.span()) == Some(PersonalKind::Plate)
    });
    named || beside || scene.words_outside(first, last) == 0 && pieces >= 3 && numbers > 0
}

/// Whether a word stands for a kind of number, or never for a person's.
fn says_something(scene: &Scene, index: usize) -> bool {
    near::kind_at(scene, index).is_some()
        || scene.end_anywhere(index, Use::Nobody).is_some()
        || scene.is(index, Use::Never)
}

const fn nothing_of_the_kind(said: Near) -> bool {
    said.distance > 5
}

/// A code stops before a date, an amount, a unit or something found already.
fn fit(scene: &Scene, index: usize, mut code: Code) -> Code {
    let start = scene.tokens.all[index].start;
    while let Some(blank) = scene.tokens.raw[start..start + code.length].rfind(' ') {
        let from = start + blank + 1;
        let first = scene.tokens.at(from);
        let last = scene.tokens.at(start + code.length).saturating_sub(1);
        let rest = &scene.tokens.raw[from..];
        let length = code.length - blank - 1;
        let taken = (first..=last).any(|i| scene.taken_at(i) || scene.is_quiet(i));
        let counts = near::counted(scene, first, last)
            || scene.is(last + 1, Use::Month)
            || numbers::amount(rest, length);
        if !(taken || counts) {
            break;
        }
        let cut = &scene.tokens.raw[start..start + blank];
        code.length = blank;
        code.digits = cut.bytes().filter(u8::is_ascii_digit).count();
        code.letters = cut.bytes().filter(u8::is_ascii_alphabetic).count();
    }
    code
}

/// Whether a code can begin here: nothing that belongs to it stands right before.
fn fresh(scene: &Scene, index: usize) -> bool {
    if scene.gap(index) != Gap::None || index == 0 {
        return true;
    }
    let before = &scene.tokens.all[index - 1];
    let sign = scene.tokens.raw(index - 1);
    let joins = "-/._+€$£".contains(sign)
        && index > 1
        && before.gap == Gap::None
        && matches!(scene.tokens.all[index - 2].kind, Kind::Number | Kind::Word);
    before.kind == Kind::Sign && !joins && sign != "'"
}

/// A code behind a word that announces one.
fn announced(scene: &Scene, index: usize, code: &Code, distance: usize) -> bool {
    if near::nobody(scene, index) {
        return false;
    }
    let year = code.letters == 0 && code.digits == 4 && {
        let text = scene.norm(index);
        text.starts_with("19") || text.starts_with("20")
    };
    match distance {
        0 => code.digits >= 3 && !year || code.letters > 1 && code.length >= 5 && code.joined,
        1 | 2 => {
            code.digits >= 4 && !year
                || code.joined && code.digits >= 3
                || code.joined && code.digits >= 2 && code.letters >= 3 && code.length >= 6
        }
        _ => code.digits >= 5 || code.joined && code.digits >= 3 && code.letters >= 1,
    }
}

/// The code is all there is, or stands on a line of its own at the start.
fn alone(scene: &Scene, first: usize, last: usize, code: &Code) -> bool {
    let words = scene.words_outside(first, last);
    words <= 2
        && first <= 2
        && (code.digits >= 6 || (code.letters >= 2 && code.digits >= 2 && code.length >= 6))
}

/// A code that no word announces: long, or of letters and digits.
fn by_form(scene: &Scene, index: usize, text: &str, code: &Code) -> bool {
    let written = &text[..code.length];
    let century =
        |year: &str| year.starts_with("20") || year.starts_with("19") || year.starts_with("18");
    let parts = written.split_once(['-', '/']).filter(|(from, _)| from.len() == 4 && century(from));
    let years = parts.is_some_and(|(_, to)| to.len() == 2 || to.len() == 4 && century(to));
    if near::nobody(scene, index) || written.starts_with("0x") || years {
        return false;
    }
    let lower = written.bytes().filter(u8::is_ascii_lowercase).count();
    if code.letters == 0 {
        let joined = written.contains(['-', '/']);
        code.digits >= 8 || (joined && code.digits >= 6 && !written.contains(' '))
    } else {
        let headed = code.headed && code.digits >= 7;
        let mixed = code.joined && code.digits >= 5 && code.length >= 7;
        // "AB12-99-XC"
        let long =
            written.contains('-') && code.digits >= 3 && code.letters >= 3 && code.length >= 9;
        (headed || mixed || long && lower == 0 || code.digits >= 8) && lower <= 2
    }
}

/// A code of capitals only, right behind a word that announces one: "boekingscode QTRWLH".
fn letters(scene: &Scene, index: usize) -> Option<(usize, Option<PersonalKind>)> {
    let token = scene.tokens.all[index];
    let length = token.end - token.start;
    let form = token.upper && (5..=8).contains(&length) && token.known.nothing();
    let said = near::before(scene, index)
        .is_some_and(|n| n.kind == PersonalKind::Number && n.distance == 0);
    (form && said && scene.has_capitals).then_some((token.end, Some(PersonalKind::Number)))
}

/// Whether a number is one of a public service.
fn is_service(scene: &Scene, digits: &str) -> bool {
    let services = || scene.rules.services.iter().filter(|s| s.len() >= 3);
    let local = digits.strip_prefix("0031").or(digits.strip_prefix("31")).unwrap_or(digits);
    services().any(|s| {
        digits.starts_with(s.as_str())
            || (s.starts_with('0') && local.starts_with(&s[1..]) && local != digits)
    })
}
