//! Names that are spelled out, the same names beside them, and names behind initials in small
//! letters.

use gehoord_conversation::PersonalKind;

use super::super::rules::Use;
use super::super::scene::Scene;
use super::super::tokens::Gap;
use super::super::words::{Known, Words};

/// How many tokens from its letters a name stands that is spelled out.
const AROUND: usize = 10;
/// Below this the letters of an unknown word behind initials are no name: a logit.
const UNLIKELY: f32 = -3.0;
/// Above this an unknown word is a name behind what may be an abbreviation, too.
const LIKELY: f32 = 2.0;

/// "de v van victor", "w as in water", "a wie anton": the word that stands for a letter is nobody's
/// name.
pub(super) fn alphabet(scene: &mut Scene) {
    for index in 0..scene.len() {
        let single = scene.is_word(index) && scene.norm(index).len() == 1;
        let said = matches!(
            scene.norm(index + 1),
            "as" | "like" | "van" | "for" | "wie" | "von" | "comme"
        );
        if !single || !said {
            continue;
        }
        let mut at = index + 2;
        at += usize::from(matches!(scene.norm(at), "in" | "de" | "het" | "der" | "the" | "van"));
        let stands = scene.norm(at).len() > 2 && scene.norm(at).starts_with(scene.norm(index));
        if scene.is_word(at) && stands {
            scene.silence(scene.span(at, at));
        }
    }
}

/// "v r i e s", "W O J C I E C H", "siegfried zeppelin ypsilon": names spelled out.
pub(super) fn spelled(scene: &mut Scene) {
    let mut index = 0;
    while index < scene.len() {
        let by_word = scene.is(index, Use::SpokenLetter) && scene.is(index + 1, Use::SpokenLetter);
        let (last, count) = spelling(scene, index, by_word);
        let enough = count >= if by_word { 3 } else { 4 };
        if enough && (by_word || !spells_a_word(scene, index, last)) {
            scene.add(scene.span(index, last), PersonalKind::Name);
            index = last;
        }
        index += 1;
    }
}

/// "k e n t e k e n": an ordinary word that is nobody's name.
fn spells_a_word(scene: &Scene, first: usize, last: usize) -> bool {
    let word: String = (first..=last).map(|i| scene.norm(i)).collect();
    let known = scene.words.get(&word);
    known.ordinary(scene.rules.language) && !known.name()
}

/// A letter by itself; the "s" of "that's" is none.
fn is_letter(scene: &Scene, index: usize) -> bool {
    let hangs = index > 0
        && scene.gap(index) == Gap::None
        && matches!(scene.tokens.raw(index - 1), "'" | "’");
    scene.is_word(index) && scene.tokens.raw(index).chars().count() == 1 && !hangs
}

/// The last token and the number of letters of what is spelled out from `first`.
fn spelling(scene: &Scene, first: usize, by_word: bool) -> (usize, usize) {
    let letter = |i: usize| is_letter(scene, i);
    let accent = |i: usize| {
        matches!(
            scene.norm(i),
            "trema" | "accent" | "umlaut" | "dubbel" | "dubbele" | "double" | "tiret" | "streepje"
        )
    };
    let (mut at, mut last, mut count) = (first, first, 0);
    while at < scene.len() && (at == first || scene.gap(at) != Gap::Line) && !scene.taken_at(at) {
        if if by_word { scene.is(at, Use::SpokenLetter) } else { letter(at) } {
            count += 1;
            last = at;
        } else if count == 0 || !(["-", ".", ","].contains(&scene.tokens.raw(at)) || accent(at)) {
            break;
        }
        at += 1;
    }
    (last, count)
}

/// Names beside their own letters.
pub(super) fn besides(scene: &mut Scene) {
    let mut index = 0;
    while index < scene.len() {
        let (last, count) = letters(scene, index);
        if count >= 3 {
            beside(scene, index, last);
            index = last;
        }
        index += 1;
    }
}

/// A row of single letters from `first`, found as a spelled name or not: its last token, and how
/// many letters.
fn letters(scene: &Scene, first: usize) -> (usize, usize) {
    let letter = |i: usize| is_letter(scene, i);
    let more = (first..scene.len())
        .take_while(|i| letter(*i) && (*i == first || scene.gap(*i) == Gap::Space));
    let count = more.count();
    (first + count.max(1) - 1, count)
}

/// "achterberg, a c h", "q u i n t y n, met een y, quintyn": the word whose letters these are, or
/// which begins with them right before.
fn beside(scene: &mut Scene, first: usize, last: usize) {
    let letters: String = (first..=last).map(|i| scene.norm(i)).collect();
    let around = first.saturating_sub(AROUND)..scene.len().min(last + AROUND);
    for index in around.filter(|i| !(first..=last).contains(i)) {
        let norm = scene.norm(index);
        if !scene.is_word(index) || norm.len() < 2 || scene.taken_at(index) {
            continue;
        }
        let begins = index < first && index + 3 >= first && norm.starts_with(&letters);
        // "de wilde, d e w i l d e"
        let two = letters.strip_prefix(norm).is_some_and(|rest| rest == scene.norm(index + 1));
        if norm == letters || begins {
            scene.add(scene.span(index, index), PersonalKind::Name);
        } else if two && scene.gap(index + 1) == Gap::Space {
            scene.add(scene.span(index, index + 1), PersonalKind::Name);
        }
    }
}

/// "t. wiersma", "h.j. van dijk", "s van dam": small letters before a last name.
pub(super) fn initials(scene: &mut Scene) {
    let mut index = 0;
    while index < scene.len() {
        let found = behind_initials(scene, index).or_else(|| behind_letter(scene, index));
        if let Some(last) = found {
            scene.add(scene.span(index, last), PersonalKind::Name);
            index = last;
        }
        index += 1;
    }
}

/// "J v d Broek", "K Mbeki": a capital without a full stop before a last name.
fn behind_letter(scene: &Scene, first: usize) -> Option<usize> {
    let token = scene.tokens.all.get(first)?;
    let letter = token.word() && token.capital && token.end - token.start == 1;
    let word = scene.known(first).is(Known::STOP) && matches!(scene.norm(first), "i" | "a" | "u");
    let amid = first > 0 && scene.gap(first) == Gap::Space && scene.capital(first - 1);
    if !letter || word || amid || scene.gap(first) == Gap::None && first > 0 {
        return None;
    }
    let mut at = first + 1;
    while scene.is(at, Use::Particle) && at < first + 4 && scene.gap(at) == Gap::Space {
        at += 1;
    }
    let known = scene.known(at);
    // "K Swift" as a line of its own.
    let line = scene.gap(first) == Gap::Line && scene.gap(at + 1) == Gap::Line;
    let word = known.ordinary_anywhere() && !line;
    let last = known.is(Known::LAST) && !word && !known.is(Known::PLACE);
    let may = scene.is_word(at)
        && scene.gap(at) == Gap::Space
        && scene.capital(at)
        && !scene.tokens.all[at].upper
        && scene.norm(at).len() > 2
        && !known.is(Known::STOP)
        && !known.is(Known::FIRM)
        && !scene.is(at, Use::Never)
        && !scene.taken_at(at);
    (may && (last || at > first + 1)).then_some(at)
}

fn behind_initials(scene: &Scene, first: usize) -> Option<usize> {
    let letter = |i: usize| {
        let token = scene.tokens.all.get(i);
        token.is_some_and(|t| t.word() && !t.capital && t.end - t.start == 1)
    };
    let stop = |i: usize| scene.tokens.sign(i, '.') && scene.gap(i) == Gap::None;
    if !letter(first) || scene.taken_at(first) || first > 0 && scene.gap(first) == Gap::None {
        return None;
    }
    let mut at = first;
    while letter(at) && stop(at + 1) && at < first + 10 {
        at += 2;
    }
    let dotted = at > first;
    at += usize::from(!dotted);
    // "h a molenaar"
    let mut letters = usize::from(!dotted);
    while !dotted && letter(at) && scene.gap(at) == Gap::Space && at < first + 4 {
        letters += 1;
        at += 1;
    }
    let said = |i: usize| matches!(scene.norm(i), "u" | "a" | "i" | "e" | "k" | "t" | "m");
    let several =
        letters > 1 && !(first..at).all(said) && !(first > 0 && scene.is_number(first - 1));
    let from = at;
    while scene.is(at, Use::Particle) && at < from + 3 && scene.gap(at + 1) == Gap::Space {
        at += 1;
    }
    let known = scene.known(at);
    let may = scene.is_word(at)
        && (from..=at).all(|i| scene.gap(i) != Gap::Line)
        && scene.norm(at).len() > 2
        && !known.is(Known::STOP)
        && !scene.is(at, Use::Never)
        && !scene.taken_at(at)
        && !scene.is_quiet(at);
    let usual = known.is(Known::LAST) && !scene.ordinary(at);
    // "o.a. vrienden", "i.v.m. vakantie": abbreviations, unless the word is a name beyond doubt.
    let short = at > first + 3 && from == at && !scene.capital(at);
    let short = short && !(known.nothing() && Words::likeness(scene.norm(at)) > LIKELY);
    let named =
        known.is(Known::LAST) || known.nothing() && Words::likeness(scene.norm(at)) > UNLIKELY;
    let right = if dotted {
        named && (usual || !short)
    } else {
        // Without a full stop only before "van": "s van dam".
        usual && at > from && matches!(scene.norm(from), "van" | "von")
            || several && known.is(Known::LAST)
    };
    (may && right).then_some(at)
}
