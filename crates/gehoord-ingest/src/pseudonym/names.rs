//! Names of people: by lists, by what stands around them, and by what was learned.

use gehoord_conversation::{Language, PersonalKind};

use super::near::ends_sentence;
use super::rules::Use;
use super::scene::Scene;
use super::signature;
use super::tokens::{Gap, Kind};
use super::words::Known;

/// The most words of one name.
pub(crate) const LONGEST: usize = 6;

/// How much the words around say that a name stands here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Trust {
    /// Nothing: the word must be a name by itself.
    None,
    /// "met", "bedankt": a name is likely, other words are too.
    Weak,
    /// "mijn man", "Beste": mostly a name.
    Good,
    /// "mijn naam is", "mevrouw": a name, unless it is a word that never is one.
    Strong,
}

pub(crate) fn find(scene: &mut Scene, learned: &[String]) {
    signature::find(scene);
    announced(scene);
    handles(scene);
    listed(scene);
    spelled(scene);
    again(scene, learned);
}

/// The name in a field that holds one, or a role.
pub(crate) fn speaker(scene: &mut Scene) {
    let mut from = 0;
    while scene.is(from, Use::Title) && from < 4 {
        from += 1 + usize::from(scene.tokens.sign(from + 1, '.'));
    }
    let numbered = (0..scene.len()).any(|i| scene.is_number(i));
    if let Some(last) = name(scene, from, Trust::Strong).filter(|_| !numbered) {
        scene.add(scene.span(from, last), PersonalKind::Name);
    }
}

/// Names behind words that announce them.
fn announced(scene: &mut Scene) {
    for index in 0..scene.len() {
        let uses = [
            (Use::Title, Trust::Strong),
            (Use::Introduction, Trust::Strong),
            (Use::Relation, Trust::Good),
            (Use::Greeting, Trust::Good),
            (Use::WeakIntroduction, Trust::Weak),
        ];
        for (one, trust) in uses {
            let Some(last) = scene.end(index, one) else { continue };
            let Some((from, trust)) = lead(scene, index, last, one, trust) else { continue };
            add_names(scene, from, trust);
        }
        if let Some((first, last)) = before_word(scene, index) {
            scene.add(scene.span(first, last), PersonalKind::Name);
        }
    }
}

/// Where a name would begin behind such words, and how much they say.
fn lead(
    scene: &Scene,
    index: usize,
    last: usize,
    one: Use,
    trust: Trust,
) -> Option<(usize, Trust)> {
    let mut from = last + 1;
    let mut trust = trust;
    match one {
        Use::Title => {
            // A title is not the word it looks like: "Mr.", "M.", "Fr." need their full stop or capital.
            from += usize::from(scene.tokens.sign(from, '.') && scene.gap(from) == Gap::None);
            if scene.is(from, Use::Title) && scene.gap(from) == Gap::Space {
                return None;
            }
            if from > last + 1
                && scene.norm(last).len() <= 2
                && !scene.capital(last)
                && scene.norm(last) != "mw"
                && scene.norm(last) != "dr"
                && scene.norm(last) != "ms"
                && scene.norm(last) != "mr"
            {
                return None;
            }
            let bare = from == last + 1;
            if bare && scene.norm(last).len() == 1 && !scene.capital(last) {
                return None;
            }
        }
        Use::Introduction => {
            let colon = scene.tokens.sign(from, ':');
            from += usize::from(colon);
            if colon && scene.gap(from) == Gap::Line {
                return None;
            }
            while matches!(
                scene.norm(from),
                "is" | "de" | "eh" | "ehm" | "uh" | "um" | "even" | "er" | "nou"
            ) && scene.gap(from) == Gap::Space
                && !scene.capital(from)
                && (scene.norm(from) != "de" || scene.is(from + 1, Use::Title))
                && from < last + 4
            {
                from += 1;
            }
            // A label such as "Naam" says it only with a colon, or to an unusual word.
            let label = index == last
                && scene.norm(index) != "heet"
                && scene.known(index).ordinary_anywhere();
            if label && !colon {
                trust = Trust::Good;
            }
        }
        Use::Relation => {
            // "mijn man Kees": a brackets or a comma may stand between.
            let open = scene.tokens.sign(from, '(') || scene.tokens.sign(from, ',');
            from += usize::from(open);
            if open && !scene.capital(from) && !scene.known(from).is(Known::FIRST) {
                return None;
            }
            if matches!(
                scene.norm(from),
                "genaamd" | "heet" | "called" | "named" | "namens" | "der" | "die"
            ) {
                from += 1;
            }
        }
        Use::Greeting => {
            // At the start of a line or sentence only.
            if !scene.tokens.all[index].opens && scene.has_capitals && !scene.capital(index) {
                trust = Trust::Weak;
            }
            if scene.tokens.sign(from, ',') || scene.tokens.sign(from, '@') {
                return None;
            }
        }
        Use::WeakIntroduction => {
            let comma = scene.tokens.sign(from, ',');
            if comma {
                return None;
            }
            if opens_call(scene, index, last) {
                trust = Trust::Good;
            }
        }
        _ => {}
    }
    (from < scene.len() && scene.gap(from) != Gap::Line).then_some((from, trust))
}

/// "ja met jan", "goedemorgen, met van Dijk": a caller begins so.
fn opens_call(scene: &Scene, index: usize, last: usize) -> bool {
    if index != last || !matches!(scene.norm(index), "met") || index > 5 {
        return false;
    }
    (0..index).all(|i| {
        !scene.is_word(i)
            || scene.is(i, Use::Greeting)
            || matches!(
                scene.norm(i),
                "ja" | "eh" | "ehm" | "nou" | "u" | "spreekt" | "goede" | "uh" | "dag" | "hier"
            )
    })
}

/// The names that begin at `from`: one, and more behind "en" or "&".
fn add_names(scene: &mut Scene, from: usize, trust: Trust) {
    let mut from = from;
    for _ in 0..4 {
        for _ in 0..3 {
            if scene.is(from, Use::Title) && scene.gap(from) != Gap::Line && trust >= Trust::Good {
                from += 1 + usize::from(scene.tokens.sign(from + 1, '.'));
            }
        }
        let Some(last) = name(scene, from, trust) else { return };
        scene.add(scene.span(from, last), PersonalKind::Name);
        let and = last + 1 + usize::from(scene.tokens.sign(last + 1, ')'));
        let joined =
            scene.is(and, Use::And) || scene.tokens.sign(and, '&') || scene.tokens.sign(and, '/');
        if !joined || trust == Trust::Weak || scene.gap(and + 1) == Gap::Line {
            return;
        }
        from = and + 1;
        if !scene.capital(from) && !scene.known(from).is(Known::FIRST | Known::NEAR) {
            return;
        }
    }
}

/// Names before words that follow them: "roos hier", "Jansen is de naam".
fn before_word(scene: &Scene, index: usize) -> Option<(usize, usize)> {
    scene.end(index, Use::Behind)?;
    let strong = scene.marked[index].phrase.has(Use::Behind) || !scene.ordinary(index);
    let last = index.checked_sub(1)?;
    if scene.gap(index) == Gap::Line || !scene.is_word(last) {
        return None;
    }
    let mut first = last;
    while first > 0 && scene.gap(first) == Gap::Space && last - first < 3 {
        let before = first - 1;
        let part = scene.is_word(before)
            && (scene.known(before).name() || scene.is(before, Use::Particle))
            && !scene.is(before, Use::Never);
        if !part {
            break;
        }
        first = before;
    }
    while first < last && scene.known(first).is(Known::STOP) && !scene.capital(first) {
        first += 1;
    }
    let opens = first == 0
        || ends_sentence(scene, first - 1)
        || scene.gap(first) == Gap::Line
        || scene.is(first - 1, Use::Greeting)
        || !scene.is_word(first - 1);
    let trust = if strong { Trust::Strong } else { Trust::Good };
    (opens && name(scene, first, trust) == Some(last)).then_some((first, last))
}

/// The last token of a name that begins at `first`, when the words around say this much.
pub(crate) fn name(scene: &Scene, first: usize, trust: Trust) -> Option<usize> {
    let mut at = first;
    let mut last = None;
    let mut sure = false;
    let mut words = 0;
    while at < scene.len() && words < LONGEST {
        if at > first && scene.gap(at) == Gap::Line {
            break;
        }
        if at > first
            && scene.gap(at) == Gap::None
            && scene.tokens.all[at - 1].kind != Kind::Initials
        {
            break;
        }
        if scene.taken_at(at) || scene.is_quiet(at) {
            break;
        }
        let token = &scene.tokens.all[at];
        match token.kind {
            Kind::Initials => {
                // "P.S." and the like are nobody.
                last = if sure { last } else { None };
                words += 1;
                at += 1;
                continue;
            }
            Kind::Word => {}
            _ => break,
        }
        let lone = token.end - token.start == 1;
        if lone
            && token.capital
            && last.is_none()
            && scene.is_word(at + 1)
            && scene.capital(at + 1)
            && trust >= Trust::Good
        {
            at += 1;
            words += 1;
            continue;
        }
        let initials =
            at > first && last.is_none() && scene.tokens.all[at - 1].kind == Kind::Initials;
        let word_trust = if initials { trust.max(Trust::Good) } else { trust };
        match part(scene, at, word_trust, last.is_some()) {
            Part::Name => {
                sure = true;
                last = Some(at);
            }
            Part::Maybe => last = Some(at),
            Part::Particle => {}
            Part::No => break,
        }
        words += 1;
        at += 1;
    }
    let last = last?;
    let firm = ends_as_firm(scene, first, last);
    (!firm && (sure || trust >= Trust::Good)).then_some(last)
}

/// What a word is within a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Name,
    Maybe,
    Particle,
    No,
}

fn part(scene: &Scene, index: usize, trust: Trust, inside: bool) -> Part {
    let token = &scene.tokens.all[index];
    let known = token.known;
    let norm = scene.norm(index);
    let is_never = scene.is(index, Use::Never);
    if scene.is(index, Use::Particle)
        && scene.is_word(index + 1)
        && scene.gap(index + 1) == Gap::Space
    {
        let next = scene.tokens.all[index + 1];
        let goes_on = next.capital
            || scene.is(index + 1, Use::Particle)
            || (!next.known.is(Known::STOP)
                && (next.known.is(Known::LAST) || next.known.nothing()))
                && (inside || trust >= Trust::Good);
        let may = inside
            || token.capital
            || trust >= Trust::Good
                && (next.capital
                    || next.known.is(Known::LAST)
                    || next.known.nothing()
                    || scene.is(index + 1, Use::Particle));
        let led = matches!(norm, "in" | "op" | "aan" | "te" | "voor");
        let goes_on = goes_on && (!led || scene.is(index + 1, Use::Particle));
        // "Will de" begins no name, "van der Meer" does.
        if goes_on && may && !scene.is(index + 1, Use::Never) && !(is_firm(scene, index + 1)) {
            return Part::Particle;
        }
    }
    if norm.len() < 2 || is_firm(scene, index) || scene.is(index, Use::Title) {
        return Part::No;
    }
    let allowed =
        !is_never || (known.name() && token.capital && trust == Trust::Strong && !token.upper);
    if !allowed {
        return Part::No;
    }
    let ordinary = scene.ordinary(index);
    let listed = known.name() || hyphenated(scene, index);
    let place = (known.is(Known::PLACE) || scene.is(index, Use::Place)) && !known.is(Known::NEAR);
    if token.capital && !(token.upper && norm.len() > 3 && !scene.shouts) {
        if listed && !ordinary {
            return if place && trust < Trust::Good && !inside { Part::No } else { Part::Name };
        }
        let german = scene.rules.language == Language::De;
        return match trust {
            Trust::Strong if !known.is(Known::STOP) || listed => Part::Name,
            Trust::Strong => Part::No,
            _ if ordinary && listed && (inside || trust == Trust::Good) => Part::Maybe,
            _ if ordinary || place => Part::No,
            Trust::Good => Part::Name,
            Trust::Weak if !german && !known.ordinary_anywhere() => Part::Maybe,
            _ if inside => Part::Maybe,
            _ => Part::No,
        };
    }
    // In small letters only what is known, or what nothing else can be here.
    if known.is(Known::STOP) || (token.upper && norm.len() <= 3) || place {
        return Part::No;
    }
    let name_only = listed && !known.ordinary_anywhere() && norm.len() > 2;
    let mixed = scene.has_capitals && inside;
    match trust {
        _ if mixed && index > 0 && scene.capital(index - 1) => Part::No,
        _ if name_only && (known.is(Known::NEAR) || trust >= Trust::Good) => Part::Name,
        Trust::Strong if listed && norm.len() > 2 => Part::Name,
        Trust::Strong if !known.ordinary_anywhere() && norm.len() > 2 => Part::Name,
        Trust::Good if known.is(Known::FIRST | Known::NEAR) && !ordinary => Part::Name,
        Trust::Good if known.nothing() && norm.len() > 3 && inside => Part::Maybe,
        _ if inside && known.is(Known::LAST | Known::NEAR) && !ordinary => Part::Name,
        _ => Part::No,
    }
}

/// Whether all parts of a word with hyphens are names.
fn hyphenated(scene: &Scene, index: usize) -> bool {
    let norm = scene.norm(index);
    norm.contains('-') && scene.capital(index) && !scene.known(index).ordinary_anywhere()
}

fn is_firm(scene: &Scene, index: usize) -> bool {
    let known = scene.known(index);
    scene.firms.get(index).copied().unwrap_or_default()
        || (known.is(Known::FIRM) && !known.is(Known::NEAR))
}

/// "Peter Langhout Reizen", "Hoffmann GmbH", and what a firm's phrase begins with.
fn ends_as_firm(scene: &Scene, first: usize, last: usize) -> bool {
    let behind =
        (first..=last + 1).any(|i| scene.end_anywhere(i, Use::FirmEnding).is_some() && i > first);
    behind
        && scene.gap(last + 1) != Gap::Line
        && (scene.capital(last + 1)
            || scene.norm(last + 1).len() <= 4
            || (first..=last).any(|i| i > first && scene.is(i, Use::FirmEnding)))
}

/// Names that nothing announces.
fn listed(scene: &mut Scene) {
    let mut index = 0;
    while index < scene.len() {
        let token = scene.tokens.all[index];
        let begins = match token.kind {
            Kind::Word => stands_alone(scene, index),
            Kind::Initials => {
                scene.is_word(index + 1)
                    && scene.gap(index + 1) != Gap::Line
                    && scene.capital(index + 1)
            }
            _ => false,
        };
        if !begins || scene.taken_at(index) {
            index += 1;
            continue;
        }
        let trust = if token.kind == Kind::Initials { Trust::Good } else { Trust::None };
        let last = name(scene, index, trust).or_else(|| pair(scene, index));
        if let Some(last) = last {
            scene.add(scene.span(index, last), PersonalKind::Name);
            index = last + 1;
        } else {
            index += 1;
        }
    }
}

/// Whether a word may begin a name without anything that announces it.
fn stands_alone(scene: &Scene, index: usize) -> bool {
    let token = &scene.tokens.all[index];
    let known = token.known;
    if scene.is(index, Use::Never) || scene.is(index, Use::Title) || token.end - token.start < 2 {
        return false;
    }
    if scene.is(index, Use::Place) && pair(scene, index).is_none() {
        return false;
    }
    if token.capital && known.is(Known::FIRST | Known::NEAR) && called(scene, index) {
        return true;
    }
    let placed =
        index > 0 && scene.is(index - 1, Use::BeforePlace) && scene.gap(index) != Gap::Line;
    let article = index > 0 && scene.is(index - 1, Use::Article) && scene.gap(index) == Gap::Space;
    if (placed || article)
        && !(known.is(Known::FIRST | Known::NEAR)
            && !known.is(Known::PLACE)
            && placed
            && !token.opens)
    {
        return false;
    }
    if token.capital {
        let first = known.is(Known::FIRST) && (known.is(Known::NEAR) || !known.ordinary_anywhere());
        return first && !scene.ordinary(index) || pair(scene, index).is_some();
    }
    // In small letters only first names that are no word anywhere.
    known.is(Known::FIRST | Known::NEAR)
        && !known.ordinary_anywhere()
        && !known.is(Known::PLACE)
        && scene.norm(index).len() >= 4
        && (!scene.has_capitals || !known.is(Known::LAST))
}

/// "I'm sorry, Grace." between a comma and a sign.
fn called(scene: &Scene, index: usize) -> bool {
    let comma = index > 0 && scene.tokens.sign(index - 1, ',') && !scene.tokens.all[index].opens;
    let next = scene.tokens.raw(index + 1);
    comma
        && (index + 1 >= scene.len()
            || scene.gap(index + 1) == Gap::Line
            || [",", ".", "!", "?"].contains(&next))
}

/// "Pieter van der Meer", "Tjitske Hoekzema": two words or more with capitals of which one is a
/// name and none is anything else.
fn pair(scene: &Scene, first: usize) -> Option<usize> {
    let head = &scene.tokens.all[first];
    if !head.capital || head.upper || scene.ordinary(first) && !head.known.is(Known::FIRST) {
        return None;
    }
    if is_firm(scene, first) || scene.is(first, Use::Place) || scene.is(first, Use::Particle) {
        return None;
    }
    let mut last = None;
    let mut names = usize::from(head.known.name());
    let mut at = first + 1;
    while at < scene.len() && at - first < LONGEST && scene.gap(at) == Gap::Space {
        let token = &scene.tokens.all[at];
        if token.word()
            && !token.capital
            && scene.is(at, Use::Particle)
            && scene.capital(at + 1)
            && scene.gap(at + 1) == Gap::Space
        {
            at += 1;
            names += 1;
            continue;
        }
        let ordinary = scene.ordinary(at) && !token.known.is(Known::LAST);
        if !token.word()
            || !token.capital
            || token.upper
            || ordinary
            || is_firm(scene, at)
            || scene.is(at, Use::Never)
        {
            break;
        }
        names += usize::from(token.known.name() || scene.norm(at).contains('-'));
        last = Some(at);
        at += 1;
    }
    let last = last?;
    let place = head.known.is(Known::PLACE) && !head.known.is(Known::FIRST | Known::NEAR);
    let enough = names >= 1 && !place && !ends_as_firm(scene, first, last);
    enough.then_some(last)
}

/// `@tjebbe_wolthuis`: handles that look like a person's, and `^Eva` below a post.
fn handles(scene: &mut Scene) {
    for index in 0..scene.len() {
        if scene.tokens.sign(index, '^')
            && scene.is_word(index + 1)
            && scene.gap(index + 1) == Gap::None
        {
            scene.add(scene.span(index + 1, index + 1), PersonalKind::Name);
            continue;
        }
        if !scene.tokens.sign(index, '@') || scene.gap(index + 1) != Gap::None {
            continue;
        }
        let mut last = index + 1;
        while last + 1 < scene.len() && scene.gap(last + 1) == Gap::None {
            let sign = matches!(scene.tokens.raw(last + 1), "_" | "." | "-");
            let goes_on = scene.is_word(last + 1)
                || scene.is_number(last + 1)
                || (sign
                    && scene.gap(last + 2) == Gap::None
                    && (scene.is_word(last + 2) || scene.is_number(last + 2)));
            if !goes_on {
                break;
            }
            last += 1;
        }
        let words: Vec<usize> = (index + 1..=last).filter(|i| scene.is_word(*i)).collect();
        let firm = words
            .iter()
            .any(|i| is_firm(scene, *i) || scene.tokens.all[*i].upper || scene.is(*i, Use::Never));
        let small = words.iter().all(|i| !scene.capital(*i));
        let person = words.iter().any(|i| scene.known(*i).is(Known::FIRST | Known::NEAR));
        let joined = last > index + 1;
        if !words.is_empty() && !firm && ((small && joined) || person) {
            scene.add(scene.span(index + 1, last), PersonalKind::Name);
        }
    }
}

/// "v r i e s", "W O J C I E C H", "siegfried zeppelin ypsilon": names spelled out.
fn spelled(scene: &mut Scene) {
    let mut index = 0;
    while index < scene.len() {
        let letter = |i: usize| scene.is_word(i) && scene.tokens.raw(i).chars().count() == 1;
        let word = |i: usize| scene.is(i, Use::SpokenLetter);
        let mut last = index;
        let mut count = 0;
        let by_word = word(index) && word(index + 1);
        while last < scene.len()
            && (last == index || scene.gap(last) != Gap::Line)
            && !scene.taken_at(last)
        {
            if if by_word { word(last) } else { letter(last) } {
                count += 1;
            } else if !(scene.tokens.sign(last, '-') || scene.tokens.sign(last, '.')) || count == 0
            {
                break;
            }
            last += 1;
        }
        if count >= if by_word { 3 } else { 4 } {
            scene.add(scene.span(index, last - 1), PersonalKind::Name);
            index = last;
        } else {
            index += 1;
        }
    }
}

/// Names that were found once are found wherever they stand, in small letters too; and so are the
/// names learned elsewhere in the conversation.
fn again(scene: &mut Scene, learned: &[String]) {
    let mut known: Vec<String> = learned.to_vec();
    for datum in scene.found.iter().filter(|d| d.kind == PersonalKind::Name) {
        let first = scene.tokens.at(datum.span.start);
        let last = scene.tokens.at(datum.span.end);
        for index in first..last {
            if is_telling(scene, index) {
                known.push(scene.norm(index).to_owned());
            }
        }
    }
    known.sort_unstable();
    known.dedup();
    for index in 0..scene.len() {
        let token = scene.tokens.all[index];
        if !token.word() || scene.taken_at(index) {
            continue;
        }
        let norm = scene.norm(index);
        let same = known.binary_search_by(|k| k.as_str().cmp(norm)).is_ok();
        let plain = scene.ordinary(index) && (!token.capital || token.opens);
        let elsewhere = is_firm(scene, index)
            || (token.known.is(Known::PLACE) && !token.known.is(Known::FIRST));
        let article =
            index > 0 && scene.is(index - 1, Use::Article) && scene.rules.language == Language::De;
        if same && !plain && !elsewhere && !article && !scene.is(index, Use::Never) {
            let particles = (1..=3)
                .take_while(|n| {
                    index >= *n
                        && scene.is(index - n, Use::Particle)
                        && scene.gap(index + 1 - n) == Gap::Space
                        && scene.capital(index)
                })
                .count();
            let first = index - particles;
            let first = if scene.taken(scene.span(first, index)).is_some() { index } else { first };
            scene.add(scene.span(first, index), PersonalKind::Name);
        }
    }
}

/// Whether a word of a name is one to know it by.
pub(crate) fn is_telling(scene: &Scene, index: usize) -> bool {
    scene.is_word(index)
        && scene.norm(index).chars().count() >= 3
        && !scene.is(index, Use::Particle)
        && !scene.known(index).is(Known::STOP)
}
