//! Names that nothing announces: known ones, pairs of capitals, handles.

use gehoord_conversation::{Language, PersonalKind};

use super::super::rules::Use;
use super::super::scene::Scene;
use super::super::tokens::{Gap, Kind};
use super::super::words::Known;
use super::name::{LONGEST, Trust, ends_as_firm, is_firm, looks_like_one, name};

/// Names by lists and letters.
pub(super) fn listed(scene: &mut Scene) {
    let mut index = 0;
    while index < scene.len() {
        let trust = if scene.taken_at(index) { None } else { begins(scene, index) };
        let found = trust.and_then(|trust| name(scene, index, trust).max(pair(scene, index)));
        if let Some(last) = found.filter(|last| !is_town(scene, index, *last)) {
            scene.add(scene.span(index, last), PersonalKind::Name);
            index = last;
        }
        index += 1;
    }
}

/// Between a street and a postal code stands a town, whoever else is called so.
fn is_town(scene: &Scene, first: usize, last: usize) -> bool {
    let kind = |index: usize| scene.tokens.all.get(index).and_then(|t| scene.taken(t.span()));
    let street = first > 1
        && scene.tokens.sign(first - 1, ',')
        && kind(first - 2) == Some(PersonalKind::Address);
    let comma = usize::from(scene.tokens.sign(last + 1, ','));
    let code = kind(last + 1 + comma) == Some(PersonalKind::Postcode);
    street || code && scene.gap(last + 1) != Gap::Line && scene.gap(last + 1 + comma) != Gap::Line
}

/// Whether a token may begin a name without anything that announces it, and how much its own look
/// says.
fn begins(scene: &Scene, index: usize) -> Option<Trust> {
    let token = &scene.tokens.all[index];
    if token.kind == Kind::Initials {
        if scene.is_monsieur(index) {
            return None;
        }
        let mut next = index + 1;
        while next < index + 4 && scene.gap(next) != Gap::Line {
            let more =
                scene.tokens.all[next].kind == Kind::Initials || scene.is(next, Use::Particle);
            if !more {
                break;
            }
            next += 1;
        }
        let named = scene.is_word(next) && scene.gap(next) != Gap::Line;
        return (named && scene.capital(next)).then_some(Trust::Good);
    }
    if !token.word() || token.end - token.start < 2 {
        return None;
    }
    if led_by_particle(scene, index) {
        return Some(Trust::Good);
    }
    if family(scene, index) {
        return Some(Trust::Good);
    }
    if scene.is(index, Use::Never) || scene.is(index, Use::Title) || is_thing(scene, index) {
        return None;
    }
    let known = token.known;
    let usual = known.is(Known::FIRST | Known::NEAR);
    if !token.capital {
        // In small letters only first names that are no word anywhere.
        let only = usual && !known.ordinary_anywhere() && !known.is(Known::PLACE);
        let long = scene.norm(index).len() >= 4;
        // "szymański, ich buchstabiere"
        let opening = index == 0 && scene.tokens.sign(1, ',') && looks_like_one(scene, index);
        if opening {
            return Some(Trust::Good);
        }
        return (only && long && (!scene.has_capitals || !known.is(Known::LAST)))
            .then_some(Trust::None);
    }
    if pair(scene, index).is_some() {
        return Some(Trust::None);
    }
    if scene.is(index, Use::Place) {
        return None;
    }
    // "Hughes-Onslow"
    let parts = || scene.tokens.raw(index).split('-');
    let joined = known.nothing() && scene.joined_names(index) && !is_firm(scene, index);
    if joined && parts().count() == 2 && parts().all(|p| p.starts_with(char::is_uppercase)) {
        return Some(Trust::Good);
    }
    if usual && called(scene, index) {
        return Some(Trust::Good);
    }
    let first = known.is(Known::FIRST) && (usual || !known.ordinary_anywhere());
    let german = scene.rules.language == Language::De;
    let unknown = !german && looks_like_one(scene, index) && !token.upper;
    if unknown && !is_firm(scene, index) {
        return Some(Trust::Weak);
    }
    (first && !scene.ordinary(index)).then_some(Trust::None)
}

/// "the Whitlocks", "the O'Connors": the plural of a last name that is no other word.
fn family(scene: &Scene, index: usize) -> bool {
    let the = index > 0 && scene.norm(index - 1) == "the" && scene.gap(index) == Gap::Space;
    let one = scene.norm(index).strip_suffix('s').filter(|one| the && one.len() > 3);
    let token = &scene.tokens.all[index];
    one.is_some_and(|one| {
        let known = scene.words.get(one);
        let name = known.is(Known::LAST) && !known.ordinary_anywhere() && !known.is(Known::PLACE);
        name && token.capital && !token.upper && !scene.ordinary(index) && !is_firm(scene, index)
    })
}

/// "Van Zanten", "De Jong", "El Khayari": a particle with a capital before a last name.
fn led_by_particle(scene: &Scene, index: usize) -> bool {
    let token = &scene.tokens.all[index];
    if !token.capital || token.upper {
        return false;
    }
    let mut at = index;
    while at < index + 3 && scene.is(at, Use::Particle) && scene.gap(at + 1) == Gap::Space {
        at += 1;
    }
    let known = scene.known(at);
    let last = known.is(Known::LAST) && !known.is(Known::PLACE) && !known.ordinary_anywhere();
    let dutch = matches!(scene.norm(index), "van" | "vander" | "vande" | "ter" | "ten" | "von");
    let likely = dutch && !token.opens && looks_like_one(scene, at);
    at > index
        && (last || likely)
        && scene.capital(at)
        && !scene.tokens.all[at].upper
        && !scene.is(at, Use::Never)
        && !is_firm(scene, at)
        && !is_firm(scene, index)
}

/// Behind "in", "de", an abbreviation or the name of a firm stands a place or a product.
fn is_thing(scene: &Scene, index: usize) -> bool {
    let Some(before) = index.checked_sub(1).filter(|_| scene.gap(index) == Gap::Space) else {
        return index > 1
            && scene.tokens.sign(index - 1, '.')
            && scene.is(index - 2, Use::BeforePlace);
    };
    let brand = scene.tokens.all[before].upper && scene.is_word(before) && !scene.shouts;
    let likened = !scene.capital(index)
        && matches!(scene.norm(before), "like" | "als" | "wie" | "comme" | "prenom" | "van");
    // "à Yasmina", "van Jan": behind a small word a usual name is one, behind "hotel" it is not.
    let known = scene.known(index);
    let person = known.is(Known::FIRST | Known::NEAR) && !known.is(Known::PLACE);
    let small = scene.known(before).is(Known::STOP) && scene.capital(index);
    let place = scene.is(before, Use::BeforePlace) && !(person && small);
    place || scene.is(before, Use::Article) || is_firm(scene, before) || brand || likened
}

/// "I'm sorry, Grace." between a comma and a sign.
fn called(scene: &Scene, index: usize) -> bool {
    let comma = index > 0 && scene.tokens.sign(index - 1, ',') && !scene.tokens.all[index].opens;
    let ends = index + 1 >= scene.len() || scene.gap(index + 1) == Gap::Line;
    comma && (ends || [",", ".", "!", "?"].contains(&scene.tokens.raw(index + 1)))
}

/// "Pieter van der Meer", "Tjitske Hoekzema": two words or more with capitals of which one is a
/// name and none is anything else.
fn pair(scene: &Scene, first: usize) -> Option<usize> {
    let head = &scene.tokens.all[first];
    let word = scene.ordinary(first) && !head.known.is(Known::FIRST);
    let other =
        is_firm(scene, first) || scene.is(first, Use::Place) || scene.is(first, Use::Particle);
    if !head.capital || head.upper || word || other {
        return None;
    }
    let mut last = None;
    let mut names = usize::from(head.known.name());
    let mut at = first + 1;
    while at < scene.len() && at - first < LONGEST && scene.gap(at) == Gap::Space {
        let token = &scene.tokens.all[at];
        let leads = scene.capital(at + 1) && scene.gap(at + 1) == Gap::Space;
        if token.word() && !token.capital && scene.is(at, Use::Particle) && leads {
            let place =
                matches!(scene.norm(at), "in" | "op" | "aan" | "te" | "voor" | "en" | "und");
            if place {
                break;
            }
            names +=
                usize::from(matches!(scene.norm(at), "van" | "von" | "den" | "der" | "el" | "de"));
        } else {
            let particle = at > first + 1 && scene.is(at - 1, Use::Particle);
            // "Ellen Pronk": behind a usual first name.
            let led = at == first + 1
                && head.known.is(Known::FIRST)
                && head.known.is(Known::NEAR)
                && !scene.ordinary(first)
                && !token.known.is(Known::STOP)
                && scene.rules.language != Language::De;
            let ordinary = scene.ordinary(at) && !token.known.is(Known::LAST) && !led;
            let taboo = scene.is(at, Use::Never) && !particle || is_firm(scene, at);
            let letter = token.end - token.start < 2;
            if !token.word() || !token.capital || token.upper || letter || ordinary || taboo {
                break;
            }
            names += usize::from(
                token.known.name() || looks_like_one(scene, at) || scene.joined_names(at),
            );
            last = Some(at);
        }
        at += 1;
    }
    let last = last?;
    let town = head.known.is(Known::PLACE) && !head.known.is(Known::FIRST | Known::NEAR);
    (names >= 1 && !town && !ends_as_firm(scene, first, last)).then_some(last)
}

/// `@tjebbe_wolthuis`: handles that look like a person's, and `^Eva` below a post.
pub(super) fn handles(scene: &mut Scene) {
    for index in 0..scene.len() {
        let first = index + 1;
        if signs_off(scene, index) {
            scene.add(scene.span(first, first), PersonalKind::Name);
        }
        if scene.gap(first) != Gap::None {
            continue;
        }
        if scene.tokens.sign(index, '^') && scene.is_word(first) {
            scene.add(scene.span(first, first), PersonalKind::Name);
        } else if scene.tokens.sign(index, '@')
            && let Some(last) = handle(scene, first)
        {
            scene.add(scene.span(first, last), PersonalKind::Name);
        }
    }
}

/// "Drop us a message. - AJ": a hyphen behind the last sentence, and two capitals or a first name.
fn signs_off(scene: &Scene, index: usize) -> bool {
    let first = index + 1;
    if first + 1 != scene.len() {
        return false;
    }
    let hyphen = ['-', '–', '~'].iter().any(|sign| scene.tokens.sign(index, *sign));
    let known = scene.known(first);
    let name = scene.tokens.raw(first).chars().count() == 2 && scene.tokens.all[first].upper
        || scene.capital(first) && known.is(Known::FIRST) && !known.is(Known::PLACE);
    hyphen
        && index > 0
        && scene.gap(index) != Gap::None
        && matches!(scene.tokens.raw(index - 1), "." | "!" | "?")
        && scene.is_word(first)
        && name
}

/// The last token of a handle that is a person's: known by a name, or small letters with signs or
/// digits in it.
fn handle(scene: &Scene, first: usize) -> Option<usize> {
    let piece = |i: usize| (scene.is_word(i) || scene.is_number(i)) && scene.gap(i) == Gap::None;
    let mut last = first;
    if !scene.is_word(first) && !scene.is_number(first) {
        return None;
    }
    while last < first + 12 {
        let sign = ["_", ".", "-"].contains(&scene.tokens.raw(last + 1));
        let signed = sign && scene.gap(last + 1) == Gap::None && piece(last + 2);
        if !piece(last + 1) && !signed {
            break;
        }
        last += 1;
    }
    let words = || (first..=last).filter(|i| scene.is_word(*i));
    let taboo = |i: usize| scene.is(i, Use::Never) && !scene.is(i, Use::Particle);
    let firm = words().any(|i| is_firm(scene, i) || scene.tokens.all[i].upper || taboo(i));
    let small = last > first && words().all(|i| !scene.capital(i));
    let person = words().any(|i| scene.known(i).is(Known::FIRST | Known::NEAR));
    // "@postilo_be": the branch of a firm.
    let branch = matches!(
        scene.norm(last),
        "nl" | "be" | "de" | "fr" | "uk" | "us" | "eu" | "help" | "care" | "support" | "official"
    );
    let firm = firm || branch && !person;
    (words().next().is_some() && !firm && (small || person)).then_some(last)
}
