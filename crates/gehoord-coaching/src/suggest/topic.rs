//! What it is about, as a few words with their article: "uw pakket", "de factuur".

use gehoord_conversation::{Conversation, Evidence, Language};
use gehoord_listening::text::Kind;

use super::Form;
use super::asking::{names_death, opens_question};
use super::lexicon::Lexicon;
use super::situation::{Heard, Situation};
use super::words::{Sentence, Word, sentences};

/// A thing that the customer speaks about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Topic {
    /// With its article, for the customer.
    pub(crate) text: String,
    pub(crate) place: Evidence,
    /// It stands in the words that the trouble or the question is about.
    pub(crate) central: bool,
    /// It is something that a firm handles.
    pub(crate) affair: bool,
}

/// What a question is about stands among its first words.
const NEAR: usize = 9;

/// What the run is about: the thing that stands closest to its point.
pub(crate) fn topic(
    conversation: &Conversation,
    heard: &Heard<'_>,
    form: Form,
    lexicon: &Lexicon,
) -> Option<Topic> {
    let mut best: Option<(i32, Topic)> = None;
    let asks = matches!(heard.situation, Situation::Question | Situation::Request);
    for (index, _) in &heard.turns {
        let sentences = sentences(&conversation.turns[*index].text);
        if lexicon.is_dialect(sentences.iter().flat_map(|s| &s.words).map(|w| w.low.as_str())) {
            continue;
        }
        let asked = sentences.iter().any(|s| s.asks);
        for sentence in sentences {
            for at in 0..sentence.words.len() {
                // A question is about what stands in it, not in the story before it.
                if asks && asked && !sentence.asks {
                    continue;
                }
                if asks && at > NEAR {
                    break;
                }
                let words = &sentence.words;
                let known = thing(words, at, heard.language, form, lexicon);
                let named = known.is_some();
                let text = known.or_else(|| {
                    (asks && (sentence.asks || opens(&sentence, heard.language)))
                        .then(|| any_noun(words, at, heard.language, form, lexicon))
                        .flatten()
                });
                let Some(text) = text else { continue };
                if is_where(words, at) && !lexicon.is_affair(&words[at].low) {
                    continue;
                }
                let place = Evidence::new(*index, sentence.words[at].place);
                let inside = |all: &[Evidence]| {
                    all.iter().any(|e| e.turn == *index && e.span.overlaps(&place.span))
                };
                if inside(&heard.never) {
                    continue;
                }
                let own = at > 0 && is_mine(&sentence.words[at - 1].low, heard.language);
                let central = inside(&heard.key) || (asks && sentence.asks);
                // A question is about what stands first in it, bad news about what is one's own.
                // "Met een pinapparaat", "au téléphone": by what, not about what.
                let by = ["met", "au", "mit", "with", "par", "per", "via", "by"];
                let beside = |back: usize| {
                    at >= back && by.contains(&sentence.words[at - back].low.as_str())
                };
                if !own && (beside(1) || beside(2)) {
                    continue;
                }
                // What a question names without its article, or in quotation marks, is seldom its point.
                let word = &sentence.words[at];
                let named_plainly =
                    at > 0 && (own || is_article(&sentence.words[at - 1].low)) && !word.quoted;
                if asks && !named_plainly {
                    continue;
                }
                let own = own && !asks;
                let weight = 4 * i32::from(central) + 2 * i32::from(own) + i32::from(named);
                if best.as_ref().is_none_or(|(w, _)| weight > *w) {
                    let affair = lexicon.is_affair(&sentence.words[at].low);
                    best = Some((weight, Topic { text, place, central, affair }));
                }
            }
        }
    }
    best.map(|(_, topic)| topic)
}

/// Whether a sentence is a question, with or without its mark.
fn opens(sentence: &Sentence, language: Language) -> bool {
    sentence.words.first().is_some_and(|w| opens_question(&w.low, language))
}

fn is_article(word: &str) -> bool {
    matches!(word, "de" | "het" | "the" | "der" | "die" | "das" | "den" | "le" | "la" | "les")
}

fn is_mine(word: &str, language: Language) -> bool {
    match language {
        Language::Nl => matches!(word, "mijn" | "m'n" | "mn" | "onze" | "ons"),
        Language::En => matches!(word, "my" | "our"),
        Language::De => word.starts_with("mein") || word.starts_with("unser"),
        Language::Fr => matches!(word, "mon" | "ma" | "mes" | "notre" | "nos"),
    }
}

/// "Bij de bakker", "in het zwembad": where it was, not what it is about.
fn is_where(words: &[Word], at: usize) -> bool {
    let spatial = |w: &Word| {
        matches!(
            w.low.as_str(),
            "in" | "op"
                | "bij"
                | "naar"
                | "uit"
                | "langs"
                | "achter"
                | "tussen"
                | "aan"
                | "onder"
                | "at"
                | "on"
                | "from"
                | "near"
                | "by"
                | "into"
                | "behind"
                | "under"
                | "bei"
                | "auf"
                | "am"
                | "im"
                | "zur"
                | "zum"
                | "nach"
                | "aus"
                | "dans"
                | "sur"
                | "chez"
                | "à"
                | "sous"
                | "derrière"
        )
    };
    words[at.saturating_sub(3)..at].iter().any(spatial)
}

fn mine_or_article(word: &str, language: Language) -> bool {
    is_mine(word, language)
        || matches!(
            word,
            "het"
                | "'t"
                | "t"
                | "een"
                | "'n"
                | "dat"
                | "dit"
                | "geen"
                | "elk"
                | "jullie"
                | "uw"
                | "ons"
                | "zijn"
                | "haar"
        )
}

fn thing(
    words: &[Word],
    at: usize,
    language: Language,
    form: Form,
    lexicon: &Lexicon,
) -> Option<String> {
    let word = &words[at];
    if word.kind != Kind::Word || word.quoted || word.shouted || word.raw.contains('-') {
        return None;
    }
    // "Aan de telefoon", "op de site".
    let behind_preposition =
        at > 0 && words[at.saturating_sub(2)..at].iter().any(|w| lexicon.prepositions.has(&w.low));
    if lexicon.is_place(&word.low) && behind_preposition {
        return None;
    }
    // Half of "flat-pack".
    if word.gap == "-" || words.get(at + 1).is_some_and(|w| w.gap.starts_with('-')) {
        return None;
    }
    let mut noun = word.raw.as_str();
    let mut article = lexicon.article(&word.low)?.to_owned();
    if language == Language::De && !word.raw.starts_with(char::is_uppercase) {
        return None;
    }
    let before = if at > 0 && !word.after_pause() { words[at - 1].low.as_str() } else { "" };
    // "Woont hier pas net": the same word, but no thing.
    let begins = at == 0 || word.after_pause();
    let thing_before = begins
        || mine_or_article(before, language)
        || lexicon.prepositions.has(before)
        || before.ends_with('e');
    let bare = match language {
        Language::Nl => !thing_before,
        Language::En => {
            !(is_mine(before, language)
                || matches!(
                    before,
                    "the" | "a" | "an" | "your" | "this" | "that" | "her" | "his" | "their"
                ))
        }
        _ => false,
    };
    if bare {
        return None;
    }
    let mine = is_mine(before, language);
    let formal = form == Form::Formal;
    // "L'adresse": the article is part of the word.
    if language == Language::Fr
        && let Some((_, rest)) = noun.split_once(['\'', '’'])
    {
        noun = rest;
        article = lexicon.article(&rest.to_lowercase())?.to_owned();
    }
    let determiner = match (language, mine) {
        (Language::Nl, true) if formal => "uw",
        (Language::Nl, true) => "je",
        (Language::En, true) => "your",
        (Language::En, false) => "the",
        (Language::De, mine) => {
            return Some(german(noun, &article, mine, formal));
        }
        (Language::Fr, true) => french_own(noun, &article, formal),
        (Language::Fr, false) => french_this(noun, &article),
        (Language::Nl, false) => article.as_str(),
    };
    let noun =
        if language == Language::Fr || at > 0 { noun.to_owned() } else { noun.to_lowercase() };
    Some(format!("{determiner} {noun}"))
}

/// What stands behind an article in a question, where no list knows it: "het zaagblad". It must be
/// clear where it ends.
fn any_noun(
    words: &[Word],
    at: usize,
    language: Language,
    form: Form,
    lexicon: &Lexicon,
) -> Option<String> {
    let word = &words[at];
    let mut before = &words[at.checked_sub(1)?];
    let plain = |w: &Word| w.kind == Kind::Word && !w.quoted && !w.shouted && w.raw == w.low;
    let ends = match words.get(at + 1) {
        None => true,
        Some(next) => {
            next.after_pause()
                || lexicon.function.has(&next.low)
                || lexicon.finite.has(&next.low)
                || lexicon.prepositions.has(&next.low)
        }
    };
    let adjective_alone = language == Language::Nl && word.low.ends_with('e');
    let noun = plain(word)
        && !adjective_alone
        && plain(before)
        && word.gap == " "
        && word.low.chars().count() >= 4
        && ends
        && !lexicon.is_vague(&word.low)
        && !is_dutch_verb(language, before, word);
    if !noun {
        return None;
    }
    // "Een oude brandblusser".
    let mut adjective = "";
    if language == Language::Nl
        && at > 1
        && before.low.len() > 3
        && before.low.ends_with('e')
        && plain(&words[at - 2])
        && !lexicon.function.has(&before.low)
        && !lexicon.finite.has(&before.low)
    {
        adjective = &before.raw;
        before = &words[at - 2];
    }
    let formal = form == Form::Formal;
    let determiner = match (language, before.low.as_str()) {
        (Language::Nl, "de" | "die" | "deze") => "de",
        (Language::Nl, "het" | "'t") => "het",
        (Language::Nl, "mijn" | "m'n" | "mn") if formal => "uw",
        (Language::Nl, "mijn" | "m'n" | "mn") => "je",
        (Language::En, "the") => "the",
        (Language::En, "my" | "our") => "your",
        _ => return None,
    };
    let blank = if adjective.is_empty() { "" } else { " " };
    Some(format!("{determiner} {adjective}{blank}{}", word.raw))
}

/// "Het vergelijken", "het aangevraagd".
fn is_dutch_verb(language: Language, before: &Word, word: &Word) -> bool {
    let participle = word.low.ends_with(['d', 't'])
        && ["ge", "aange", "afge", "inge", "opge", "uitge", "be", "ver", "overge", "terugge"]
            .iter()
            .any(|prefix| word.low.starts_with(prefix));
    language == Language::Nl
        && (participle
            || (matches!(before.low.as_str(), "het" | "'t" | "t") && word.low.ends_with("en")))
}

/// In the accusative: "Ihren Vertrag", "die Rechnung".
fn german(noun: &str, article: &str, mine: bool, formal: bool) -> String {
    let ending = match article {
        "der" => "en",
        "das" => "",
        _ => "e",
    };
    match (mine, formal) {
        (true, true) => format!("Ihr{ending} {noun}"),
        (true, false) => format!("dein{ending} {noun}"),
        (false, _) => format!("{} {noun}", if article == "der" { "den" } else { article }),
    }
}

fn begins_with_vowel(noun: &str) -> bool {
    noun.to_lowercase().starts_with(['a', 'e', 'é', 'è', 'ê', 'i', 'o', 'ô', 'u', 'h', 'î', 'â'])
}

fn french_own(noun: &str, article: &str, formal: bool) -> &'static str {
    match (formal, article) {
        (true, "les") => "vos",
        (true, _) => "votre",
        (false, "les") => "tes",
        (false, "la") if !begins_with_vowel(noun) => "ta",
        (false, _) => "ton",
    }
}

fn french_this(noun: &str, article: &str) -> &'static str {
    match article {
        "les" => "ces",
        "la" => "cette",
        _ if begins_with_vowel(noun) => "cet",
        _ => "ce",
    }
}

/// Who died, for the customer: "uw man". German would need another case.
pub(crate) fn who_died(
    conversation: &Conversation,
    heard: &Heard<'_>,
    form: Form,
    lexicon: &Lexicon,
) -> Option<String> {
    let your = match (heard.language, form) {
        (Language::Nl, Form::Formal) => "uw",
        (Language::Nl, Form::Informal) => "je",
        (Language::En, _) => "your",
        (Language::Fr, Form::Formal) => "votre",
        _ => return None,
    };
    for (index, _) in &heard.turns {
        let text = &conversation.turns[*index].text;
        for sentence in sentences(text) {
            let words = &sentence.words;
            let (first, last) = (words.first()?.place.start, words.last()?.place.end);
            if !names_death(text.get(first..last)?, heard.language) {
                continue;
            }
            let Some(death) = words.iter().position(|w| {
                matches!(w.low.as_str(), "late" | "mort" | "morte")
                    || names_death(&w.low, heard.language)
            }) else {
                continue;
            };
            // "Mijn man is overleden", "het overlijden van mijn man"; not "ik vraag het voor mijn zus".
            let near = |i: usize| {
                let of = i > 1
                    && (matches!(words[i - 2].low.as_str(), "van" | "of" | "de")
                        || words[i - 1].low == "late");
                (i < death && death - i <= NEAR) || (i > death && i - death <= 3 && of)
            };
            let mut family = (1..words.len()).filter(|&i| {
                near(i)
                    && lexicon.is_family(&words[i].low)
                    && (is_mine(&words[i - 1].low, heard.language)
                        || (i > 1 && words[i - 1].low == "late"))
            });
            if let (Some(one), None) = (family.next(), family.next()) {
                return Some(format!("{your} {}", words[one].low));
            }
        }
    }
    None
}
