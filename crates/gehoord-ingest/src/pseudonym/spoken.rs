//! Numbers, plates and codes as they are said: number words, letters, "streepje".

use gehoord_conversation::{Language, PersonalKind};

use super::near;
use super::rules::Use;
use super::scene::Scene;
use super::tokens::Gap;

/// The fewest pieces that make a number without a word that announces it.
const FEWEST: usize = 5;
/// The most tokens of one.
const MOST: usize = 48;

pub(crate) fn find(scene: &mut Scene) {
    let mut index = 0;
    while index < scene.len() {
        let Some(run) = run(scene, index) else {
            index += 1;
            continue;
        };
        let next = run.last + 1;
        if let Some(kind) = kind(scene, &run) {
            let span = scene.span(run.first, run.last);
            scene.add(span, kind);
        }
        index = next;
    }
}

/// A run of number words and letters.
struct Run {
    first: usize,
    last: usize,
    numbers: usize,
    letters: usize,
}

/// What a token is inside a run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Piece {
    Number,
    Letter,
    /// "van bernard" behind "b": says the letter again.
    Again,
    Join,
}

fn piece(scene: &Scene, index: usize) -> Option<Piece> {
    if scene.taken_at(index) || scene.is_quiet(index) {
        return None;
    }
    if stands_for(scene, index) || index > 0 && stands_for(scene, index - 1) {
        return Some(Piece::Again);
    }
    if scene.is(index, Use::SpokenNumber) || scene.is_number(index) {
        return Some(Piece::Number);
    }
    // "vijf eh drie"
    if index > 0 && hesitates(scene, index) {
        return Some(Piece::Join);
    }
    if !scene.is_word(index) {
        return scene.tokens.sign(index, ',').then_some(Piece::Join);
    }
    if scene.is(index, Use::SpokenJoin) {
        return Some(Piece::Join);
    }
    // "seven echo lima"
    let beside = |i: usize| scene.is(i, Use::SpokenLetter) || scene.is(i, Use::SpokenNumber);
    if scene.is(index, Use::SpokenLetter) && (beside(index + 1) || index > 0 && beside(index - 1)) {
        return Some(Piece::Letter);
    }
    // The "s" of "that's" is no letter of a code.
    let hangs = index > 0 && scene.gap(index) == Gap::None && scene.tokens.sign(index - 1, '\'');
    let single = scene.norm(index).len() == 1 && !matches!(scene.norm(index), "u") && !hangs;
    single.then_some(Piece::Letter)
}

/// "eh": what people say between digits.
fn hesitates(scene: &Scene, index: usize) -> bool {
    matches!(scene.norm(index), "eh" | "ehm" | "uh" | "uhm" | "um" | "erm" | "er" | "euh")
}

/// Whether "van" in "b van bernard" stands at `index`.
fn stands_for(scene: &Scene, index: usize) -> bool {
    let before = index.checked_sub(1).and_then(|i| scene.tokens.all.get(i));
    if !before.is_some_and(|t| t.word() && t.end - t.start == 1) {
        return false;
    }
    let says =
        matches!(scene.norm(index), "van" | "for" | "wie" | "von" | "comme" | "als" | "like");
    let letter = index.checked_sub(1).map_or("", |i| scene.norm(i));
    says && letter.len() == 1
        && scene.norm(index + 1).len() > 2
        && scene.norm(index + 1).starts_with(letter)
}

/// Whether a make of car or the like stands near a run of letters and digits.
fn is_plate_of_vehicle(scene: &Scene, run: &Run) -> bool {
    let near = run.first.saturating_sub(8)..scene.len().min(run.last + 9);
    starts_phone(scene, run.first).is_none()
        && (2..=5).contains(&run.letters)
        && (1..=5).contains(&run.numbers)
        && near.filter(|i| !(run.first..=run.last).contains(i)).any(|i| scene.is(i, Use::Vehicle))
}

fn run(scene: &Scene, first: usize) -> Option<Run> {
    let lettered = letters_of_country(scene, first);
    let country = lettered || is_country(scene.norm(first));
    let mut start = first + usize::from(country) + usize::from(lettered);
    start += usize::from(lettered && hesitates(scene, start));
    let opening = piece(scene, start)?;
    if matches!(opening, Piece::Join | Piece::Again) || (country && opening != Piece::Number) {
        return None;
    }
    let mut run = Run {
        first,
        last: first,
        numbers: 0,
        letters: usize::from(country) + usize::from(lettered),
    };
    let mut at = start;
    let mut strangers = 0;
    while at < scene.len().min(first + MOST) && (at == first || scene.gap(at) != Gap::Line) {
        match piece(scene, at) {
            Some(Piece::Number) => {
                run.numbers += 1;
                run.last = at;
            }
            Some(Piece::Letter) => {
                run.letters += 1;
                run.last = at;
            }
            Some(Piece::Again) => run.last = at,
            Some(Piece::Join) => {}
            // The letters of a bank within an account number.
            None if country && scene.is_word(at) && strangers == 0 && scene.norm(at).len() == 4 => {
                strangers += 1;
            }
            // The letters of a postal code: "drie vijf twee een vg".
            None if run.numbers > 1
                && scene.norm(at).len() == 2
                && (!scene.ordinary(at) || !scene.norm(at).contains(['a', 'e', 'i', 'o', 'u'])) =>
            {
                run.letters += 2;
                run.last = at;
                break;
            }
            None => break,
        }
        at += 1;
    }
    let enough = run.numbers >= 2 || run.numbers == 1 && run.letters >= 2;
    (enough && run.numbers + run.letters >= 3).then_some(run)
}

fn kind(scene: &Scene, run: &Run) -> Option<PersonalKind> {
    let words = (run.first..=run.last).filter(|i| scene.is(*i, Use::SpokenNumber)).count();
    let pieces = run.numbers + run.letters;
    if is_plate_of_vehicle(scene, run) {
        return Some(PersonalKind::Plate);
    }
    // "de j van johan 5 6 8 b van bernard d van dirk"
    let spelled = (run.first..=run.last).any(|i| piece(scene, i) == Some(Piece::Again));
    if spelled && whole_plate(scene, run) {
        return Some(PersonalKind::Plate);
    }
    let said = near::near(scene, run.first, run.last).filter(|n| n.distance <= 5);
    let short =
        matches!(said, Some(n) if matches!(n.kind, PersonalKind::Plate | PersonalKind::Postcode));
    // "3 5 1 1 b x"
    let apart = (run.first..=run.last).all(|i| scene.norm(i).len() < 2)
        && groups_of(scene, run).is_some_and(|g| g == [(true, 4), (false, 2)]);
    let digits: String =
        (run.first..=run.last).filter(|i| scene.is_number(*i)).map(|i| scene.norm(i)).collect();
    if letters_of_country(scene, run.first) && digits.len() >= 10 {
        return Some(PersonalKind::Iban);
    }
    // "06 22 eh 41 90 55"
    let whole = run.letters == 0 && words == 0 && (10..=11).contains(&digits.len());
    if whole && digits.starts_with('0') && !digits.starts_with("00") {
        return Some(PersonalKind::Phone);
    }
    if (words < 2 || words * 2 < run.numbers) && !(short && run.letters > 0) && !apart {
        return None;
    }
    let country = scene.norm(run.first).len() == 2
        && run.letters > 0
        && scene.is_word(run.first)
        && !scene.is(run.first, Use::SpokenNumber);
    if (country || letters_of_country(scene, run.first)) && pieces >= 8 - 2 * usize::from(country) {
        return Some(PersonalKind::Iban);
    }
    if let Some(kind) =
        by_shape(scene, run).filter(|_| said.is_none_or(|n| n.kind != PersonalKind::Plate))
    {
        return Some(kind);
    }
    let ten = run.numbers == 10 && run.letters == 0 && words == 10;
    if ten && said.is_some_and(|n| n.vague) {
        return Some(PersonalKind::Phone);
    }
    if let Some(said) = said {
        let enough = match said.kind {
            PersonalKind::Phone => pieces >= 5,
            PersonalKind::Plate => run.letters >= 1 && pieces <= 10,
            PersonalKind::Postcode => pieces >= 3,
            PersonalKind::DateOfBirth => pieces >= 3,
            PersonalKind::Number => {
                pieces >= 4 && (run.letters > 0 || starts_phone(scene, run.first).is_none())
            }
            _ => pieces >= 5,
        };
        if enough {
            return Some(said.kind);
        }
    }
    let whole = pieces >= FEWEST && run.last - run.first >= FEWEST;
    match starts_phone(scene, run.first) {
        Some(()) if pieces >= 4 => Some(PersonalKind::Phone),
        _ if whole && run.letters == 0 && pieces >= 6 => Some(PersonalKind::Number),
        _ => None,
    }
}

fn is_country(norm: &str) -> bool {
    matches!(norm, "nl" | "be" | "de" | "fr" | "gb")
}

/// "n l", "g b": the letters that begin an account number, before a number.
fn letters_of_country(scene: &Scene, first: usize) -> bool {
    let single = |i: usize| scene.is_word(i) && scene.norm(i).len() == 1;
    let at = first + 2 + usize::from(hesitates(scene, first + 2));
    let number = scene.is(at, Use::SpokenNumber) || scene.is_number(at);
    let both = [scene.norm(first), scene.norm(first + 1)].concat();
    single(first) && single(first + 1) && number && is_country(&both)
}

/// What the row of numbers and letters says by itself: postal codes, and numbers in groups as they
/// are said in America.
fn by_shape(scene: &Scene, run: &Run) -> Option<PersonalKind> {
    let number = |i: &usize| scene.is(*i, Use::SpokenNumber) || scene.is_number(*i);
    let english = scene.rules.language == Language::En;
    let dutch = scene.rules.language == Language::Nl;
    let shape = groups_of(scene, run).unwrap_or_default();
    match shape[..] {
        // "vierendertig twaalf ab", "drie vijf één twee v g", "een g van gerard"
        [(true, 2 | 4), (false, 2)] if dutch => return Some(PersonalKind::Postcode),
        // "l s six two d q", "n w one eight q p for papa"
        [(false, 1 | 2), (true, 2 | 3), (false, 2)] if english => {
            return Some(PersonalKind::Postcode);
        }
        // "p w eight eight one four two two c"
        [(false, 2), (true, 3..=6), (false, 1)] if english => return Some(PersonalKind::Bsn),
        _ => {}
    }
    if whole_plate(scene, run) {
        return Some(PersonalKind::Plate);
    }
    let mut groups = vec![0];
    for index in run.first..=run.last {
        match (number(&index), scene.tokens.sign(index, ',')) {
            (true, _) => *groups.last_mut()? += 1,
            (_, true) => groups.push(0),
            _ => return None,
        }
    }
    match groups[..] {
        [3, 2, 4] if english => Some(PersonalKind::Bsn),
        [3, 3, 4] if english => Some(PersonalKind::Phone),
        _ => None,
    }
}

/// Numbers (`true`) and letters in turn, and how many of each; `None` when something else stands
/// between them.
fn groups_of(scene: &Scene, run: &Run) -> Option<Vec<(bool, usize)>> {
    let mut groups: Vec<(bool, usize)> = Vec::new();
    for index in run.first..=run.last {
        let (number, count) = match piece(scene, index) {
            Some(Piece::Number) => (true, 1),
            Some(Piece::Letter) => (false, 1),
            Some(Piece::Again | Piece::Join) => continue,
            // Both letters of a postal code in one.
            None if index == run.last && scene.norm(index).len() == 2 => (false, 2),
            None => return None,
        };
        match groups.last_mut() {
            Some((kind, sum)) if *kind == number => *sum += count,
            _ => groups.push((number, count)),
        }
    }
    Some(groups)
}

/// "s b fifty nine r t z", "negentien t h r twee": letters and numbers in turn, in three groups, as
/// British and Dutch plates have them.
fn whole_plate(scene: &Scene, run: &Run) -> bool {
    let groups = groups_of(scene, run).unwrap_or_default();
    match groups[..] {
        [(false, 2), (true, 1..=2), (false, 3)] => scene.rules.language == Language::En,
        [(true, 1..=2), (false, 2..=3), (true, 1..=2)] => scene.rules.language == Language::Nl,
        [(false, 1..=2), (true, 1..=3), (false, 1..=3)] => {
            scene.rules.language == Language::Nl && run.letters >= 3
        }
        _ => false,
    }
}

/// "nul zes", "oh seven", "zéro quatre": how national numbers begin.
fn starts_phone(scene: &Scene, first: usize) -> Option<()> {
    let zero = matches!(scene.norm(first), "nul" | "zero" | "oh" | "null" | "o");
    (zero && scene.is(first + 1, Use::SpokenNumber)).then_some(())
}
