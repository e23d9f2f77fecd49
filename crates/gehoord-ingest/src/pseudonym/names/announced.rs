//! Names behind and before words that announce them.

use gehoord_conversation::{Language, PersonalKind};

use super::super::near::ends_sentence;
use super::super::rules::Use;
use super::super::scene::Scene;
use super::super::tokens::{Gap, Kind};
use super::super::words::Known;
use super::name::{Trust, name};

/// Words that announce names, the surest first.
const USES: [(Use, Trust); 5] = [
    (Use::Title, Trust::Strong),
    (Use::Introduction, Trust::Strong),
    (Use::Relation, Trust::Good),
    (Use::Greeting, Trust::Good),
    (Use::WeakIntroduction, Trust::Weak),
];

pub(super) fn find(scene: &mut Scene) {
    for (one, trust) in USES {
        for index in 0..scene.len() {
            // "M. Pinot": the letter is a title in French.
            let monsieur = one == Use::Title && scene.is_monsieur(index);
            let end = scene.end(index, one).or(monsieur.then_some(index));
            let Some(last) = end else { continue };
            let lead = match one {
                Use::Title if monsieur => Some((last + 1, trust)),
                Use::Title => title(scene, last),
                Use::Introduction => introduction(scene, index, last),
                Use::Relation => relation(scene, last),
                Use::Greeting => greeting(scene, index, last),
                _ => weak(scene, index, last, trust),
            };
            if let Some((from, trust)) = lead.filter(|(from, _)| scene.gap(*from) != Gap::Line) {
                add_names(scene, from, trust);
            }
        }
    }
    for index in 0..scene.len() {
        headed(scene, index);
        if let Some((first, last)) = before(scene, index) {
            scene.add(scene.span(first, last), PersonalKind::Name);
        }
    }
}

/// "Van: Peeters, Koen", "Cc: Baptiste Lemaire": the head of a message that was sent on; and
/// "Voorletters: T.C."
fn headed(scene: &mut Scene, index: usize) {
    if !scene.tokens.sign(index + 1, ':') {
        return;
    }
    let line = index == 0 || scene.gap(index) == Gap::Line || scene.tokens.sign(index - 1, '>');
    let label = scene.norm(index);
    let initials = matches!(label, "voorletters" | "voorletter" | "initialen" | "initials");
    let head = matches!(
        label,
        "van" | "aan" | "from" | "to" | "cc" | "bcc" | "von" | "an" | "de" | "a" | "kopie"
    );
    let mut from = index + 2;
    if initials && scene.tokens.all.get(from).is_some_and(|t| t.kind == Kind::Initials) {
        scene.add(scene.span(from, from), PersonalKind::Name);
    }
    if !line || !head {
        return;
    }
    for _ in 0..8 {
        if scene.gap(from) == Gap::Line || !scene.capital(from) {
            return;
        }
        let Some(last) = name(scene, from, Trust::Good) else { return };
        scene.add(scene.span(from, last), PersonalKind::Name);
        let next = last + 1;
        if !scene.tokens.sign(next, ',') && !scene.tokens.sign(next, ';') {
            return;
        }
        from = next + 1;
    }
}

/// Where a name would begin behind such words, and how much they say.
pub(super) type Lead = Option<(usize, Trust)>;

pub(super) fn title(scene: &Scene, last: usize) -> Lead {
    let stop = scene.tokens.sign(last + 1, '.') && scene.gap(last + 1) == Gap::None;
    let stop = stop && scene.norm(last).len() <= 4;
    let from = last + 1 + usize::from(stop);
    let article = scene.rules.language == Language::Fr && scene.is(from, Use::Article);
    if (scene.is(from, Use::Title) || article) && scene.gap(from) == Gap::Space {
        return None;
    }
    // "M." and "Me" are titles with a capital only.
    let norm = scene.norm(last);
    let short = norm.len() <= 2 && !matches!(norm, "mw" | "dr" | "ms" | "mr" | "fr" | "hr");
    (!short || scene.capital(last)).then_some((from, Trust::Strong))
}

pub(super) fn introduction(scene: &Scene, index: usize, last: usize) -> Lead {
    let mut from = last + 1;
    let colon = scene.tokens.sign(from, ':');
    from += usize::from(colon);
    let fills = |norm: &str| {
        matches!(
            norm,
            "niet"
                | "not"
                | "nicht"
                | "pas"
                | "is"
                | "de"
                | "eh"
                | "ehm"
                | "uh"
                | "um"
                | "even"
                | "er"
                | "nou"
                | "der"
                | "die"
                | "euh"
                | "ook"
                | "also"
                | "auch"
                | "ist"
                | "est"
        )
    };
    while fills(scene.norm(from)) && !scene.capital(from) && from < last + 4 {
        let title = scene.is(from + 1, Use::Title);
        if scene.gap(from) != Gap::Space || scene.norm(from) == "de" && !title {
            break;
        }
        from += 1;
    }
    // "u spreekt met de balie"
    let known = scene.known(from + 1);
    let article = scene.is(from, Use::Article) && !scene.capital(from) && !scene.capital(from + 1);
    let named = known.is(Known::LAST) && !known.is(Known::STOP);
    if article && !named && !scene.is(from + 1, Use::Title) {
        return None;
    }
    // A label such as "Naam" says it with a colon, or to an unusual word.
    let label = index == last
        && scene.known(index).ordinary_anywhere()
        && !matches!(scene.norm(index), "heet" | "under" | "called" | "named" | "heisst");
    Some((from, if label && !colon { Trust::Good } else { Trust::Strong }))
}

/// "mijn man Kees", "mijn man (Kees)", "een collega van u, oumaima".
fn relation(scene: &Scene, last: usize) -> Lead {
    let mut from = last + 1;
    let of = matches!(scene.norm(from), "van" | "of" | "von");
    let whose = matches!(
        scene.norm(from + 1),
        "u" | "jullie"
            | "je"
            | "jou"
            | "mij"
            | "me"
            | "hem"
            | "haar"
            | "ons"
            | "yours"
            | "mine"
            | "ihnen"
            | "mir"
    );
    from += if of && whose { 2 } else { 0 };
    // "de moeder van mees", "la maman de Noé"
    let whom = matches!(scene.norm(from), "van" | "de" | "of" | "von")
        && !scene.is(from + 1, Use::Particle);
    from += usize::from(whom && !scene.capital(from));
    let open = scene.tokens.sign(from, '(')
        || scene.tokens.sign(from, ',')
        || scene.tokens.sign(from, ':');
    from += usize::from(open);
    if matches!(
        scene.norm(from),
        "genaamd" | "heet" | "called" | "named" | "namens" | "der" | "die" | "is"
    ) {
        from += 1;
    }
    let named =
        scene.capital(from) || scene.known(from).is(Known::FIRST) || scene.known(from).nothing();
    (!open || named).then_some((from, Trust::Good))
}

fn greeting(scene: &Scene, index: usize, last: usize) -> Lead {
    let from = last + 1;
    let amid = !scene.tokens.all[index].opens && scene.has_capitals && !scene.capital(index);
    let away = scene.tokens.sign(from, ',') || scene.tokens.sign(from, '@');
    (!away).then_some((from, if amid { Trust::Weak } else { Trust::Good }))
}

fn weak(scene: &Scene, index: usize, last: usize, trust: Trust) -> Lead {
    let from = last + 1;
    let trust = if opens_call(scene, index, last) { Trust::Strong } else { trust };
    // "Ik ben Sjoukje": behind these a capital says nearly all.
    let self_named = matches!(
        (scene.norm(index), scene.norm(last)),
        ("ik", "ben")
            | ("dit", "is")
            | ("this", "is")
            | ("i", "am")
            | ("je", "suis")
            | ("ich", "bin")
            | ("i'm", _)
            | ("im", _)
    );
    let german = scene.rules.language == Language::De;
    let noun = german && !scene.known(from).name() && scene.likeness(from) < 1.0;
    let trust = if self_named && scene.capital(from) && !noun { Trust::Good } else { trust };
    let verb = behind_and(scene, from);
    (scene.is_word(from) && !verb).then_some((from, trust))
}

/// "ik woon alleen en stook niet": behind "en" a word in small letters that some have for a last
/// name may be a verb; a first name is a name.
pub(super) fn behind_and(scene: &Scene, index: usize) -> bool {
    let known = scene.known(index);
    let and = index.checked_sub(1).is_some_and(|before| scene.is(before, Use::And));
    and && !scene.capital(index) && known.is(Known::LAST) && !known.is(Known::FIRST)
}

/// "ja met jan", "goedemorgen, met van Dijk": a caller begins so.
pub(super) fn opens_call(scene: &Scene, index: usize, last: usize) -> bool {
    let hello = |i: usize| {
        let norm = scene.norm(i);
        !scene.is_word(i)
            || scene.is(i, Use::Greeting)
            || matches!(
                norm,
                "ja" | "eh" | "ehm" | "nou" | "u" | "spreekt" | "goede" | "uh" | "dag" | "hier"
            )
    };
    index == last && scene.norm(index) == "met" && index <= 5 && (0..index).all(hello)
}

/// The names that begin at `from`: one, and more behind "en" or "&".
fn add_names(scene: &mut Scene, mut from: usize, trust: Trust) {
    for _ in 0..4 {
        for _ in 0..2 {
            if scene.is(from, Use::Title) && scene.gap(from) != Gap::Line && trust >= Trust::Good {
                from += 1 + usize::from(scene.tokens.sign(from + 1, '.'));
            }
        }
        let Some(last) = name(scene, from, trust) else { return };
        scene.add(scene.span(from, last), PersonalKind::Name);
        let and = last + 1 + usize::from(scene.tokens.sign(last + 1, ')'));
        let joined = scene.is(and, Use::And) || ["&", "/"].contains(&scene.tokens.raw(and));
        from = and + 1;
        let next = scene.capital(from) || scene.known(from).is(Known::FIRST | Known::NEAR);
        if !joined || trust == Trust::Weak || scene.gap(from) == Gap::Line || !next {
            return;
        }
    }
}

/// Names before words that follow them: "roos hier", "Jansen is de naam".
fn before(scene: &Scene, index: usize) -> Option<(usize, usize)> {
    scene.end(index, Use::Behind)?;
    let last = index.checked_sub(1)?;
    if scene.gap(index) == Gap::Line || !scene.is_word(last) {
        return None;
    }
    let telling = matches!(scene.norm(index), "speaking" | "calling" | "spricht" | "hier");
    let strong = scene.marked[index].phrase.has(Use::Behind) || telling;
    let mut first = last;
    while first > 0 && scene.gap(first) == Gap::Space && last - first < 3 {
        let known = scene.known(first - 1);
        let part = known.name() || known.nothing() || scene.is(first - 1, Use::Particle);
        if !scene.is_word(first - 1) || !part || scene.is(first - 1, Use::Never) {
            break;
        }
        first -= 1;
    }
    while first < last && scene.known(first).is(Known::STOP) && !scene.capital(first) {
        first += 1;
    }
    let trust = if strong { Trust::Strong } else { Trust::Good };
    let whole = name(scene, first, trust).is_some_and(|end| {
        // "jaap stam hier"
        end == last || strong && end + 1 == last && scene.known(last).is(Known::LAST)
    });
    (begins(scene, first) && whole).then_some((first, last))
}

/// Nothing stands before a token in its sentence but a greeting or "ja".
fn begins(scene: &Scene, first: usize) -> bool {
    let Some(before) = first.checked_sub(1) else { return true };
    scene.gap(first) == Gap::Line
        || ends_sentence(scene, before)
        || !scene.is_word(before)
        || scene.is(before, Use::Greeting)
        || matches!(
            scene.norm(before),
            "ja" | "yes" | "oui" | "nee" | "no" | "non" | "tag" | "yeah"
        )
}
