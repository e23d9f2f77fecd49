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
        Language::En => kind_last(scene, index).or_else(|| post_box(scene, index)),
        Language::Fr => kind_first(scene, index).or_else(|| number_behind(scene, index)),
        _ => number_behind(scene, index)
            .or_else(|| boxed(scene, index))
            .or_else(|| behind_the(scene, index))
            .or_else(|| {
                let french =
                    matches!(scene.norm(index), "rue" | "avenue" | "chaussee" | "boulevard");
                let said = scene.capital(index) || french && announced(scene, index);
                // "laan van meerdervoort twaalfhonderd"
                let of = scene.norm(index + 1) == "van";
                kind_first(scene, index).filter(|(_, last)| said || of && is_count(scene, *last))
            }),
    }
}

/// "Achter de Dom 20", "Onder de Linden 8": a preposition with a capital, an article, a name.
fn behind_the(scene: &Scene, index: usize) -> Option<(usize, usize)> {
    let before = matches!(
        scene.norm(index),
        "achter" | "onder" | "aan" | "op" | "bij" | "tussen" | "boven" | "voor" | "over" | "unter"
    );
    let article = matches!(scene.norm(index + 1), "de" | "den" | "het" | "der" | "dem");
    let name = index + 2;
    let on_line = (index + 1..name + 2).all(|i| scene.gap(i) == Gap::Space);
    let named = scene.capital(index) && scene.capital(name) && scene.is_number(name + 1);
    let last = house_number(scene, name + 1).filter(|_| before && article && named && on_line)?;
    let counted = near::counted(scene, last, last) || scene.is(last + 1, Use::Month);
    (!counted && scene.norm(name + 1).len() < 4).then_some((index, last))
}

/// "Meir 48 bus 3": whatever has a box has a street.
fn boxed(scene: &Scene, index: usize) -> Option<(usize, usize)> {
    let number = index + 1;
    let named = scene.capital(index) && belongs(scene, index) && scene.is_number(number);
    let bus = matches!(scene.norm(number + 1), "bus" | "bte" | "boite" | "unit" | "app");
    let on_line = (number..number + 3).all(|i| scene.gap(i) == Gap::Space);
    let lettered = scene.is_word(number + 2)
        && scene.norm(number + 2).len() == 1
        && scene.gap(number + 3) == Gap::None;
    let box_number = number + 2 + usize::from(lettered);
    let right = named && bus && on_line && scene.is_number(box_number);
    right.then(|| (before_kind(scene, index), box_number))
}

/// "Lange Nieuwstraat 12-b", "2e Schansstraat 77a", "Kerkweg-Oost 3", "Am Markt 4".
fn number_behind(scene: &Scene, index: usize) -> Option<(usize, usize)> {
    let strong = scene.is(index, Use::StreetEnding) || scene.is(index, Use::StreetWord);
    let listed = scene.known(index).is(Known::STREET);
    let weak = scene.is(index, Use::WeakStreetEnding) || listed;
    if !(strong || weak) || scene.is(index, Use::NoStreet) {
        return None;
    }
    let capital = scene.capital(index);
    let whole = scene.is(index, Use::StreetWord);
    let first = before_kind(scene, index);
    let side = matches!(scene.norm(index + 1), "noord" | "zuid" | "oost" | "west" | "midden");
    let number = house_number(scene, index + 1 + usize::from(side));
    let plain = whole && first == index;
    if let Some(last) = number {
        let first = described(scene, first, index);
        let plain = plain && first == index;
        let direct = scene.is_number(index + 1) || scene.tokens.sign(index + 1, ',');
        let first = small_article(scene, first);
        let good = if strong {
            !plain || capital || announced(scene, first) || scene.norm(index) == "postbus"
        } else {
            let told = scene.known(index).nothing() && announced(scene, first);
            let word = scene.known(index).ordinary_anywhere() && !stands_alone(scene, first, last);
            capital && !word && (direct || listed) || told
        };
        return (good && !near::counted(scene, last, last)).then_some((first, last));
    }
    // "06886 Wittenberg" is a town.
    if first > 0 && scene.is_number(first - 1) {
        return None;
    }
    let lives = announced(scene, first) || lives_behind(scene, index);
    let unknown = weak && scene.known(index).nothing() && lives_before(scene, first);
    let good = (strong && lives || unknown) && !plain;
    good.then_some((first, index))
}

/// "Ossenmarkt 5-1", "bij ons (Hazelaar 19)": nothing else stands on the line, or between signs.
fn stands_alone(scene: &Scene, first: usize, last: usize) -> bool {
    let sign = |i: usize| [",", "(", ")", ";"].contains(&scene.tokens.raw(i));
    let begins = scene.gap(first) == Gap::Line || first > 0 && sign(first - 1);
    begins && (scene.gap(last + 1) == Gap::Line || sign(last + 1))
}

/// "de" before capitals at the start of a line: "de Savornin Lohmanlaan".
fn small_article(scene: &Scene, first: usize) -> usize {
    let article = first == 1 && scene.is(0, Use::Particle) && !scene.capital(0) && scene.capital(1);
    first - usize::from(article)
}

/// Whether words before a street say that somebody lives there.
fn announced(scene: &Scene, first: usize) -> bool {
    (first.saturating_sub(9)..first).any(|i| {
        scene.end(i, Use::Lives).is_some()
            || scene.end_anywhere(i, Use::Near(PersonalKind::Address)).is_some()
    })
}

/// "op de biltstraat woon ik".
fn lives_behind(scene: &Scene, last: usize) -> bool {
    (last + 1..last + 3)
        .take_while(|i| scene.gap(*i) == Gap::Space)
        .any(|i| matches!(scene.norm(i), "woon" | "wonen" | "woont" | "wohne" | "wohnen"))
}

/// "we wonen aan de westeinde".
fn lives_before(scene: &Scene, first: usize) -> bool {
    (first.saturating_sub(4)..first).any(|i| {
        matches!(scene.norm(i), "woon" | "wonen" | "woont" | "wohne" | "wohnen" | "woonde")
    })
}

/// "schleißheimer straße": in small letters the word before a plain kind of street.
fn described(scene: &Scene, first: usize, index: usize) -> usize {
    let plain = first == index && scene.is(index, Use::StreetWord) && !scene.capital(index);
    let before = index.checked_sub(1).filter(|_| plain && scene.gap(index) == Gap::Space);
    let names = |i: usize| {
        let known = scene.known(i);
        let name = known.nothing() || known.name() && !scene.ordinary(i);
        scene.is_word(i) && name && !says_address(scene, i) && !scene.capital(i)
    };
    let mut begin = before.filter(|i| names(*i)).unwrap_or(first);
    // "johan de wittlaan", "adolf kolping straße"
    while begin > 0
        && scene.gap(begin) == Gap::Space
        && !scene.capital(index)
        && index - begin < WORDS
    {
        let particle = scene.is(begin - 1, Use::Particle) && begin > 1;
        let title = |i: usize| scene.is(i, Use::StreetTitle) && scene.norm(i) != "van";
        if particle && (names(begin - 2) || title(begin - 2)) && scene.gap(begin - 1) == Gap::Space
        {
            begin -= 2;
        } else if begin < index && names(begin - 1) || title(begin - 1) {
            begin -= 1;
        } else {
            break;
        }
    }
    begin
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
    // "Van der Helstplein" may begin a line, "Het" of a sentence may not.
    let led = scene.is(index, Use::Particle) && !scene.is(index, Use::Article);
    let opens = scene.tokens.all[index].opens && scene.is(index, Use::Never) && !led;
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
        && scene.norm(index - usize::from(index > 0)) != "the"
        && !numbered_street(scene, index)
        && !plain_line(scene, index);
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
        let ordinal = token.kind == Kind::Number
            && scene.gap(at + 1) == Gap::None
            && matches!(scene.norm(at + 1), "st" | "nd" | "rd" | "th");
        if ordinal && number.is_none() {
            first = at;
            continue;
        }
        if token.kind == Kind::Number || (scene.is(at, Use::SpokenNumber) && at + 1 < index) {
            number = Some(at);
            break;
        }
        let letter = token.word() && token.gap == Gap::None && token.end - token.start <= 2;
        let title = scene.is(at, Use::StreetTitle) && scene.norm(at) != "st";
        let stops =
            token.known.is(Known::STOP) && scene.norm(at) != "the" && !token.capital && !title;
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
    // "County Road 12"
    let road = matches!(scene.norm(index), "road" | "route" | "highway" | "hwy" | "rd");
    let numbered = road && number.is_some() && scene.capital(index) && scene.is_number(index + 1);
    let last = last + usize::from(numbered && last == index && scene.norm(index + 1).len() < 5);
    if let Some(mut at) = number {
        // "one hundred and four"
        let said = |i: usize| scene.is(i, Use::SpokenNumber);
        while at > 0
            && said(at)
            && (said(at - 1) || at > 1 && scene.norm(at - 1) == "and" && said(at - 2))
        {
            at -= 1 + usize::from(!said(at - 1));
        }
        // "a hundred and three"
        let a = at > 0 && scene.norm(at) == "hundred" && scene.norm(at - 1) == "a";
        at -= usize::from(a && scene.gap(at) == Gap::Space);
        if near::counted(scene, at, at) || (index - at < 2 && !scene.capital(index)) {
            return None;
        }
        if at > 1 && scene.tokens.sign(at - 1, '.') && scene.norm(at - 2) == "no" {
            at -= 2;
        }
        return Some((flat(scene, at), last));
    }
    // "nelson road, number eighteen"
    let behind = index + 1 + usize::from(scene.tokens.sign(index + 1, ','));
    if scene.norm(behind) == "number"
        && (first < index || index > 0 && !scene.known(index - 1).is(Known::STOP))
        && let Some(last) = house_number(scene, behind)
    {
        return Some((first.min(index - usize::from(first == index)), last));
    }
    let room = flat(scene, first);
    let more = scene.tokens.sign(last + 1, ',') && is_count(scene, last + 2);
    if first < index && room < first && scene.tokens.sign(first - 1, ',') && !more {
        return Some((room, last));
    }
    let coded = code_ahead(scene, index);
    let lives = announced(scene, first.min(index.saturating_sub(1))) || coded;
    let named = first < index
        || (!scene.has_capitals && index > 0 && !scene.known(index - 1).is(Known::STOP));
    let first = if first < index { first } else { index.saturating_sub(1) };
    let house = house_name(scene, first);
    let first = if coded { house } else { first };
    // "Rose Cottage, Church Street"
    if house < first && first < index {
        return Some((house, index));
    }
    (lives && named).then_some((first, index))
}

/// "The Old Forge, " before a street.
fn house_name(scene: &Scene, street: usize) -> usize {
    let Some(comma) = street.checked_sub(1).filter(|i| scene.tokens.sign(*i, ',')) else {
        return street;
    };
    let mut first = comma;
    while first > 0
        && scene.gap(first) != Gap::Line
        && comma - first < WORDS
        && scene.is_word(first - 1)
        && scene.capital(first - 1)
    {
        first -= 1;
    }
    let the = scene.norm(first) == "the" && comma - first > 1;
    // "Fairview, Mill Lane" on a line of its own
    let lone = first + 1 == comma && scene.gap(first) == Gap::Line && scene.capital(first);
    let house = the || lone || first + 1 < comma && scene.is(comma - 1, Use::StreetWord);
    if house && scene.gap(comma) == Gap::None { first } else { street }
}

/// "220 w 14th st": an ordinal number before the kind, and a number before that.
fn numbered_street(scene: &Scene, index: usize) -> bool {
    let ordinal = index > 2
        && matches!(scene.norm(index - 1), "st" | "nd" | "rd" | "th")
        && scene.gap(index - 1) == Gap::None
        && scene.is_number(index - 2);
    ordinal && (index.saturating_sub(5)..index - 2).any(|i| scene.is_number(i))
}

/// "14 bramble close", "flat 2b, 90 holloway road": in small letters a number, a word or two, and a
/// kind of street that closes the sentence or stands before a postal code.
fn plain_line(scene: &Scene, index: usize) -> bool {
    let number = (index.saturating_sub(3)..index).rev().find(|i| is_count(scene, *i));
    let Some(number) = number.filter(|n| index - n > 1) else { return false };
    let named = (number + 1..index)
        .all(|i| scene.is_word(i) && may_describe(scene, i) && !scene.is(i, Use::Unit));
    let next = index + 1;
    let code = scene.tokens.all.get(next).is_some_and(|t| {
        postcode::at(&scene.tokens.raw[t.start..]).is_some_and(|(_, form)| form == Form::British)
    });
    let closes = scene.gap(next) == Gap::Line
        || scene.tokens.sign(next, ',')
        || scene.tokens.sign(next, '.');
    let flat = (number.saturating_sub(8)..number).any(|i| scene.is(i, Use::Addition));
    let opens = number < 3 || announced(scene, number) || flat;
    named && (code || closes || opens)
}

/// "high", "old": common words that streets begin with.
fn may_describe(scene: &Scene, index: usize) -> bool {
    let usual = matches!(
        scene.norm(index),
        "high" | "new" | "old" | "long" | "church" | "west" | "east" | "north" | "south" | "main"
    );
    usual || !scene.known(index).is(Known::STOP)
}

fn is_count(scene: &Scene, index: usize) -> bool {
    scene.is_number(index) || scene.is(index, Use::SpokenNumber)
}

/// "PO Box 771".
fn post_box(scene: &Scene, index: usize) -> Option<(usize, usize)> {
    let numbered = scene.norm(index) == "box" && scene.is_number(index + 1);
    let before = index.checked_sub(1).filter(|_| numbered && scene.gap(index) == Gap::Space)?;
    let spaced = before > 0 && scene.norm(before) == "o" && scene.norm(before - 1) == "p";
    let post = scene.norm(before) == "po" || scene.tokens.raw(before) == "P.O.";
    let post = post || spaced;
    // "RR 2 Box 114"
    let rural = before > 0 && scene.is_number(before) && scene.norm(before - 1) == "rr";
    (post || rural).then_some((before - usize::from(rural || spaced), index + 1))
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
            || named && scene.is(at, Use::SpokenNumber) && !scene.capital(at)
        {
            break;
        }
        let small = !scene.capital(at);
        let elided = scene.tokens.raw(at).contains(['\'', '’']);
        // "Straße des Friedens"
        let article = matches!(scene.norm(at), "des" | "dem" | "am" | "im") && at == index + 1;
        let particle = scene.is(at, Use::Particle) || article;
        if small && scene.has_capitals && !particle && !elided {
            break;
        }
        if small && scene.known(at).is(Known::STOP) && !particle {
            break;
        }
        let elided = scene.tokens.raw(at).split_once(['\'', '’']);
        let elided = elided.is_some_and(|(_, word)| word.starts_with(char::is_uppercase));
        if !particle || scene.capital(at) || elided {
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
    let mut spoken = at;
    while spoken > 0 && scene.gap(spoken) != Gap::Line && scene.is(spoken - 1, Use::SpokenNumber) {
        spoken -= 1;
    }
    let article = spoken + 1 == at && matches!(scene.norm(spoken), "un" | "une" | "een" | "ein");
    if spoken < at && !article {
        first = spoken;
    }
    let numbered = first < index || behind.is_some();
    let last = if first < index { last } else { behind.unwrap_or(last) };
    (numbered || announced(scene, index)).then_some((first, last))
}
