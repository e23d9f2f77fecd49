//! What was promised, by whom, by when.

use gehoord_conversation::{Evidence, Language, Locale, Promise, PromiseMaker, Span, Technique};

use crate::cue::Pack;
use crate::due;
use crate::reading::Reading;

/// The promises of an agent turn, one for each sentence that holds any.
pub(crate) fn promises(reading: &Reading<'_>, packs: &[Pack], locale: &Locale) -> Vec<Promise> {
    let Some(language) = reading.language else { return Vec::new() };
    let pack = packs.iter().find(|p| p.language == language);
    let mut promises: Vec<Promise> = Vec::new();
    let mut done = Vec::new();
    for hit in reading.all(Technique::PromiseAction).filter(|h| h.strength >= 0.5) {
        if done.contains(&hit.sentence) {
            continue;
        }
        done.push(hit.sentence);
        let sentence = reading.text.sentence_span(hit.sentence);
        let raw = &reading.turn.text;
        let time = best_time(sentence.of(raw), language, reading, locale);
        let who = maker(reading, pack, hit.span, sentence);
        promises.push(Promise {
            turn: reading.index,
            who,
            what: Span::new(hit.span.start, sentence.end).of(raw).trim().to_owned(),
            when: time.as_ref().map(|t| t.words.clone()),
            complete: time.as_ref().is_some_and(|t| t.resolvable),
            due: time.and_then(|t| t.due),
            evidence: vec![Evidence::new(reading.index, hit.span)],
        });
    }
    promises
}

struct Time {
    words: String,
    resolvable: bool,
    due: Option<jiff::Zoned>,
}

/// The time that counts: one that can be resolved before one that cannot, the latest one named.
fn best_time(
    sentence: &str,
    language: Language,
    reading: &Reading<'_>,
    locale: &Locale,
) -> Option<Time> {
    // Without a time of its own a turn can still show whether its promise has one.
    let reference =
        jiff::civil::date(2026, 3, 2).at(10, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    let country = locale.country();
    due::find(sentence, language)
        .into_iter()
        .filter_map(|when| {
            let resolved = due::resolve(&when, &reference, country);
            let due = reading.turn.at.as_ref().and_then(|at| due::resolve(&when, at, country));
            let words = when.span.of(sentence).to_owned();
            (resolved.is_some() || !words.is_empty())
                .then(|| (resolved.clone(), Time { words, resolvable: resolved.is_some(), due }))
        })
        .max_by(|(a, _), (b, _)| a.cmp(b))
        .map(|(_, time)| time)
}

/// Who will do it: the nearest subject to the promise.
fn maker(reading: &Reading<'_>, pack: Option<&Pack>, hit: Span, sentence: Span) -> PromiseMaker {
    let text = &reading.text;
    let list = |name: &str, norm: &str| pack.is_some_and(|p| p.list_has(name, norm));
    let mut maker = None;
    for token in text.tokens.iter().filter(|t| sentence.contains(&t.span())) {
        let norm = text.norm(token);
        let near = token.span().overlaps(&hit);
        if list("colleague_nouns", norm) {
            if near || maker.is_none() {
                maker = Some(PromiseMaker::Colleague);
            }
            if near {
                break;
            }
        } else if list("first_person_singular", norm) && (near || maker.is_none()) {
            maker = Some(PromiseMaker::Agent);
        } else if list("first_person_plural", norm) && maker.is_none() {
            maker = Some(PromiseMaker::Firm);
        }
    }
    maker.unwrap_or(PromiseMaker::Firm)
}
