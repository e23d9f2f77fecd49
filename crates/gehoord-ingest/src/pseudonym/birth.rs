//! Dates, and which of them are dates of birth.

use gehoord_conversation::PersonalKind;

use super::near;
use super::rules::Use;
use super::scene::Scene;
use super::tokens::Gap;

/// A date in the text.
struct Date {
    last: usize,
    /// The year, when one is given; two digits are read as of the last hundred years.
    year: Option<u32>,
}

/// Years in which customers and their children are born.
const YEARS: std::ops::RangeInclusive<u32> = 1900..=2019;
/// The year of a date in words.
const SPOKEN: u32 = 1900;
/// How far back a word about birth may stand, in tokens, when nothing nearer says anything.
const BACK: usize = 24;

pub(crate) fn find(scene: &mut Scene) {
    let mut index = 0;
    while index < scene.len() {
        let date = if scene.taken_at(index) { None } else { date(scene, index) };
        let date = date.or_else(|| spoken(scene, index)).or_else(|| in_one(scene, index));
        let Some(date) = date else {
            index += 1;
            continue;
        };
        let span = scene.span(index, date.last);
        if is_birth(scene, index, &date) {
            scene.add(span, PersonalKind::DateOfBirth);
        } else {
            scene.silence(span);
        }
        index = date.last + 1;
    }
}

fn is_birth(scene: &Scene, first: usize, date: &Date) -> bool {
    match near::before(scene, first) {
        Some(said) if said.kind == PersonalKind::DateOfBirth => {
            return said.distance <= 3 || said.distance <= 7 && date.year.is_some();
        }
        Some(said) if said.distance <= 1 => return false,
        _ => {}
    }
    let ahead = (date.last + 1..scene.len().min(date.last + 4))
        .take_while(|i| scene.gap(*i) != Gap::Line && !near::ends_sentence(scene, *i))
        .any(|i| scene.end_anywhere(i, Use::Near(PersonalKind::DateOfBirth)).is_some());
    let early = date.year.is_some_and(|year| YEARS.contains(&year));
    let earlier = date.year.is_some_and(|year| YEARS.contains(&year))
        && (first.saturating_sub(BACK)..first)
            .any(|i| scene.end_anywhere(i, Use::Near(PersonalKind::DateOfBirth)).is_some());
    ahead
        || earlier
        || long_ago(scene, first, date)
        || (early && (alone(scene, first, date.last) || behind_a_name(scene, first)))
}

/// The date is all there is in the text, but for a word or two.
fn alone(scene: &Scene, first: usize, last: usize) -> bool {
    scene.words_outside(first, last) <= 4
}

/// A full date of long ago, that is not said to be the start of something.
fn long_ago(scene: &Scene, first: usize, date: &Date) -> bool {
    let since = (first.saturating_sub(3)..first).any(|i| {
        matches!(
            scene.norm(i),
            "sinds"
                | "since"
                | "seit"
                | "depuis"
                | "vanaf"
                | "from"
                | "ab"
                | "bouwjaar"
                | "built"
                | "tot"
        )
    });
    let counted = near::counted(scene, first, date.last);
    !since
        && !counted
        && date.year.is_some_and(|year| year != SPOKEN && (1915..=2004).contains(&year))
}

/// "Jacqueline Smit, 4-7-1969": how people name themselves at a desk.
fn behind_a_name(scene: &Scene, first: usize) -> bool {
    let comma =
        first > 1 && (scene.tokens.sign(first - 1, ',') || scene.tokens.sign(first - 1, '('));
    let particle = |index: usize| index > 0 && scene.is(index - 1, Use::Particle);
    let name =
        |index: usize| scene.capital(index) && (!scene.is(index, Use::Never) || particle(index));
    comma
        && name(first - 2)
        && (scene.known(first - 2).name() || particle(first - 2) || !scene.ordinary(first - 2))
}

/// "050883", "05081983" right behind a word about birth.
fn in_one(scene: &Scene, index: usize) -> Option<Date> {
    let digits = scene.norm(index);
    let whole = scene.is_number(index) && matches!(digits.len(), 6 | 8) && digits.is_ascii();
    let part = |from: usize, to: usize| digits.get(from..to)?.parse::<u32>().ok();
    let (day, month) = (part(0, 2)?, part(2, 4)?);
    let said = near::before(scene, index).filter(|_| whole)?;
    let birth = said.kind == PersonalKind::DateOfBirth && said.distance <= 2;
    let fits = (1..=31).contains(&day) && (1..=12).contains(&month);
    (birth && fits).then_some(Date { last: index, year: None })
}

fn number(scene: &Scene, index: usize) -> Option<u32> {
    if !scene.is_number(index) || scene.norm(index).len() > 4 {
        return None;
    }
    scene.norm(index).parse().ok()
}

fn full_year(scene: &Scene, index: usize) -> Option<u32> {
    let value = number(scene, index)?;
    match scene.norm(index).len() {
        4 if (1890..=2100).contains(&value) => Some(value),
        2 if value > 26 => Some(1900 + value),
        2 => Some(2000 + value),
        _ => None,
    }
}

fn date(scene: &Scene, first: usize) -> Option<Date> {
    written_on(scene, first)
        .or_else(|| numeric(scene, first))
        .or_else(|| with_month(scene, first))
        .or_else(|| month_first(scene, first))
}

/// `04071980` behind a word about birth.
fn written_on(scene: &Scene, first: usize) -> Option<Date> {
    let norm = scene.norm(first);
    if !scene.is_number(first) || norm.len() != 8 || !norm.is_ascii() {
        return None;
    }
    let said = near::before(scene, first).filter(|n| n.kind == PersonalKind::DateOfBirth)?;
    let part = |range: std::ops::Range<usize>| norm[range].parse::<u32>().ok();
    let last = (part(0..2)?, part(2..4)?, part(4..8)?);
    let turned = (part(6..8)?, part(4..6)?, part(0..4)?);
    let right = |(day, month, year): (u32, u32, u32)| {
        (1..=31).contains(&day) && (1..=12).contains(&month) && YEARS.contains(&year)
    };
    let (_, _, year) = [last, turned].into_iter().find(|d| right(*d))?;
    (said.distance <= 3).then_some(Date { last: first, year: Some(year) })
}

/// `4-7-1969`, `03/09/1951`, `11.6.1939`, `12-03-'81`, `1969-07-04`, `02 02 1990`.
fn numeric(scene: &Scene, first: usize) -> Option<Date> {
    let fresh = scene.gap(first) != Gap::None
        || first == 0
        || !(scene.is_word(first - 1)
            || scene.is_number(first - 1)
            || "-/.".contains(scene.tokens.raw(first - 1)));
    if !fresh {
        return None;
    }
    let a = number(scene, first)?;
    if let Some(date) = with_blanks(scene, first) {
        return Some(date);
    }
    let sign = *["-", "/", "."].iter().find(|s| scene.tokens.raw(first + 1) == **s)?;
    let blank = scene.gap(first + 2) == Gap::Space;
    let b = number(scene, first + 2)?;
    let day_month =
        |x: u32, y: u32| (1..=31).contains(&x) && (1..=31).contains(&y) && x.min(y) <= 12;
    if scene.norm(first).len() == 4 && scene.tokens.raw(first + 3) == sign {
        let c = number(scene, first + 4)?;
        return ((1890..=2100).contains(&a) && day_month(b, c))
            .then_some(Date { last: first + 4, year: Some(a) });
    }
    if !day_month(a, b) || scene.gap(first + 1) != Gap::None {
        return None;
    }
    if scene.tokens.raw(first + 3) == sign && scene.gap(first + 3) == Gap::None {
        let quote = matches!(scene.tokens.raw(first + 4), "'" | "’" | "‘");
        let at = first + 4 + usize::from(quote);
        let more = "./-".contains(scene.tokens.raw(at + 1))
            && scene.is_number(at + 2)
            && scene.gap(at + 1) == Gap::None
            && scene.gap(at + 2) == Gap::None;
        if more {
            return None;
        }
        if let Some(year) = full_year(scene, at).filter(|_| scene.gap(at) != Gap::Line) {
            return Some(Date { last: at, year: Some(year) });
        }
        return (!scene.is_number(at) && !blank).then_some(Date { last: first + 2, year: None });
    }
    let goes_on = scene.gap(first + 3) == Gap::None
        && first + 3 < scene.len()
        && (scene.is_word(first + 3)
            || ("-/,.:".contains(scene.tokens.raw(first + 3)) && scene.is_number(first + 4)));
    (!blank && !goes_on && sign != ".").then_some(Date { last: first + 2, year: None })
}

/// `03 06 1975` behind a word about birth.
fn with_blanks(scene: &Scene, first: usize) -> Option<Date> {
    let apart = |i: usize| scene.gap(i) == Gap::Space && scene.gap(i + 1) != Gap::None;
    let (day, month) = (number(scene, first)?, number(scene, first + 1)?);
    let year = full_year(scene, first + 2)?;
    let said = near::before(scene, first).filter(|n| n.kind == PersonalKind::DateOfBirth)?;
    let right = (1..=31).contains(&day) && (1..=12).contains(&month) && said.distance <= 4;
    (right && apart(first + 1) && scene.gap(first + 2) == Gap::Space)
        .then_some(Date { last: first + 2, year: Some(year) })
}

/// A day with what may hang on it: "3", "3.", "3e", "3rd", "1er". The last token of it.
fn day(scene: &Scene, index: usize) -> Option<usize> {
    let value = number(scene, index).filter(|n| (1..=31).contains(n))?;
    let hangs =
        matches!(scene.norm(index + 1), "e" | "ste" | "de" | "st" | "nd" | "rd" | "th" | "er");
    let stop = scene.tokens.sign(index + 1, '.');
    let hangs = (hangs || stop) && scene.gap(index + 1) == Gap::None && value > 0;
    Some(if hangs { index + 1 } else { index })
}

fn year_behind(scene: &Scene, mut last: usize) -> Option<(usize, u32)> {
    for _ in 0..2 {
        let skipped = scene.tokens.sign(last + 1, ',')
            || scene.tokens.sign(last + 1, '.')
            || matches!(scene.tokens.raw(last + 1), "'" | "’" | "‘");
        last += usize::from(skipped);
    }
    let year = full_year(scene, last + 1)?;
    (scene.gap(last + 1) != Gap::Line && !scene.tokens.sign(last + 2, ':'))
        .then_some((last + 1, year))
}

/// "3 maart 1975", "2nd of February 2016".
fn with_month(scene: &Scene, first: usize) -> Option<Date> {
    let mut last = day(scene, first)?;
    if scene.norm(last + 1) == "of" || matches!(scene.tokens.raw(last + 1), "-" | "/") {
        last += 1;
    }
    if !scene.is(last + 1, Use::Month) || scene.gap(last + 1) == Gap::Line {
        return None;
    }
    last += 1;
    if matches!(scene.tokens.raw(last + 1), "-" | "/") {
        last += 1;
    }
    Some(match year_behind(scene, last) {
        Some((last, year)) => Date { last, year: Some(year) },
        None if matches!(scene.tokens.raw(last), "-" | "/") => Date { last: last - 1, year: None },
        None => Date { last, year: None },
    })
}

/// "December 1, 1979".
fn month_first(scene: &Scene, first: usize) -> Option<Date> {
    if !scene.is(first, Use::Month) || scene.gap(first + 1) == Gap::Line {
        return None;
    }
    let last = day(scene, first + 1)?;
    let (last, year) = year_behind(scene, last)?;
    Some(Date { last, year: Some(year) })
}

/// "twaalf maart eenentachtig", "the nineteenth of the seventh fifty four": number words with a
/// month or two ordinals, and a year.
fn spoken(scene: &Scene, first: usize) -> Option<Date> {
    // "lima november one eight": a letter of a plate.
    let letter = |i: usize| scene.is(i, Use::SpokenLetter);
    if first > 0 && letter(first) && letter(first - 1) {
        return None;
    }
    let piece = |i: usize| {
        scene.is(i, Use::SpokenNumber) || scene.is(i, Use::Ordinal) || scene.is(i, Use::Month)
    };
    let article = matches!(scene.norm(first), "the" | "le") && piece(first + 1)
        || scene.norm(first) == "de" && scene.is(first + 1, Use::Ordinal);
    if !piece(first) && !article {
        return None;
    }
    if first > 0 && piece(first - 1) && scene.gap(first) != Gap::Line {
        return None;
    }
    let (mut last, mut pieces, mut months, mut ordinals) = (first, 0, 0, 0);
    let mut at = first;
    while at < scene.len()
        && (at == first || scene.gap(at) != Gap::Line)
        && pieces < 12
        && at < first + 24
    {
        if piece(at) {
            pieces += 1;
            months += usize::from(scene.is(at, Use::Month));
            ordinals += usize::from(scene.is(at, Use::Ordinal));
            last = at;
        } else if scene.is_number(at) && months > 0 {
            pieces += 1;
            last = at;
        } else if !matches!(
            scene.norm(at),
            "of" | "the" | "de" | "le" | "en" | "and" | "van" | "am"
        ) && !scene.tokens.sign(at, ',')
        {
            break;
        }
        at += 1;
    }
    let year = pieces >= 3 && last > first + 1;
    let dated = (months == 1 || ordinals >= 2) && pieces >= 2;
    // Number words with hyphens and commas only: "oh-five, thirty, eighty-eight".
    let listed = ordinals == 0
        && months == 0
        && pieces == 3
        && (first..=last).filter(|i| scene.tokens.sign(*i, ',')).count() == 2
        && near::before(scene, first).is_none()
        && behind_a_name(scene, first);
    // What year was said is not worked out; the middle of the range stands for it.
    (dated || listed).then_some(Date { last, year: year.then_some(SPOKEN) })
}
