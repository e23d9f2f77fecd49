//! What was promised, by whom, by when.

use gehoord_conversation::{
    AgentTurn, Evidence, Language, Locale, Promise, PromiseMaker, Source, Span, Technique,
};

use crate::cue::{Pack, Packs};
use crate::due;
use crate::reading::Reading;

/// A sentence of so many words at most may be nothing but a time ("morgen eind van de ochtend").
const BARE_TIME: usize = 9;

/// The promises of an agent turn, one for each sentence that holds any.
pub(crate) fn promises(
    reading: &Reading<'_>,
    turn: &AgentTurn,
    packs: &Packs,
    locale: &Locale,
) -> Vec<Promise> {
    let Some(language) = reading.language else { return Vec::new() };
    let pack = packs.of(language);
    let finding = turn.techniques.iter().find(|f| f.label == Technique::PromiseAction.into());
    let Some(finding) = finding else { return Vec::new() };
    let text = &reading.text;
    let raw = &reading.turn.text;
    let mut places: Vec<(usize, Span)> =
        finding.evidence.iter().filter_map(|e| Some((text.sentence_at(e.span)?, e.span))).collect();
    places.retain(|(sentence, _)| !pack.is_some_and(|pack| lets_choose(reading, pack, *sentence)));
    places.sort();
    places.dedup_by_key(|(sentence, _)| *sentence);
    let holds_promise: Vec<usize> = places.iter().map(|(sentence, _)| *sentence).collect();
    places
        .into_iter()
        .map(|(index, span)| {
            let sentence = text.sentence_span(index);
            // The model points at the words that tell most, which may be the middle of it.
            let by_model = finding.source == Source::Model;
            let begin = if by_model { sentence.start.min(span.start) } else { span.start };
            // "Ik stuur een nieuwe. Die is er morgen voor 17.00 uur.", "Morgen eind van de ochtend. Ik
            // app u als hij klaar is."
            let best_time = |span: Span| best_time(span.of(raw), language, reading, locale);
            let time = best_time(own_clauses(reading, pack, index, span)).or_else(|| {
                let next = index + 1;
                let free = next < text.sentences.len() && !holds_promise.contains(&next);
                free.then(|| best_time(text.sentence_span(next)))?.filter(|t| t.resolvable)
            });
            let time = time.or_else(|| {
                let before = index.checked_sub(1).filter(|b| !holds_promise.contains(b))?;
                let answers = text.sentences[before].range().len() <= BARE_TIME;
                let bare = answers && !text.sentences[before].question;
                bare.then(|| best_time(text.sentence_span(before)))?.filter(|t| t.resolvable)
            });
            // "Zodra we die hebben, krijgt u …": from when on nobody knows.
            let first = text.sentences[index].range().start;
            let depends =
                pack.is_some_and(|p| p.list_has("subordinators", text.norm(&text.tokens[first])));
            Promise {
                turn: reading.index,
                who: maker(reading, pack, span, sentence),
                what: Span::new(begin, sentence.end.max(span.end)).of(raw).trim().to_owned(),
                when: time.as_ref().map(|t| t.words.clone()),
                complete: time.as_ref().is_some_and(|t| t.resolvable),
                due: time.and_then(|t| t.due).filter(|_| !depends),
                evidence: vec![Evidence::new(reading.index, span)],
                shown: None,
            }
        })
        .collect()
}

/// Sentences that promise without a word of promising: somebody of the firm, a verb of doing and
/// a time to come ("we legen de bakken morgen voor 12.00 uur").
pub(crate) fn unsaid(reading: &Reading<'_>, packs: &Packs) -> Vec<Span> {
    let Some(pack) = reading.language.and_then(|l| packs.of(l)) else {
        return Vec::new();
    };
    let text = &reading.text;
    let mut found = Vec::new();
    // "Hij komt morgen" promises where a colleague was named, not a train.
    let mut colleague = false;
    for (index, sentence) in text.sentences.iter().enumerate() {
        if sentence.question {
            continue;
        }
        let norms: Vec<&str> = text.tokens[sentence.range()].iter().map(|t| text.norm(t)).collect();
        let has = |list: &str, norm: &str| pack.list_has(list, norm);
        colleague |= norms.iter().any(|n| has("colleague_nouns", n));
        if norms.iter().any(|n| has("not_to_come", n)) {
            continue;
        }
        let is_verb = |norm: &str| {
            has("doing_verbs", norm)
                || (norm.len() >= 3 && !has("stopwords", norm) && !has("stative_verbs", norm))
        };
        let ours = norms.iter().enumerate().filter(|(_, norm)| {
            has("first_person_singular", norm)
                || has("first_person_plural", norm)
                || has("colleague_nouns", norm)
                || colleague && has("third_person", norm)
        });
        let beside = ours.flat_map(|(at, _)| [Some(at + 1), at.checked_sub(1)]).flatten();
        let verbs: Vec<usize> =
            beside.filter(|&at| norms.get(at).is_some_and(|norm| is_verb(norm))).collect();
        if verbs.is_empty() {
            continue;
        }
        let span = text.sentence_span(index);
        let times = due::find(span.of(&reading.turn.text), pack.language);
        // "Sunday we're …": a day is no verb.
        let tells_when = |verb: &usize| {
            let at = text.tokens[sentence.range()][*verb].start as usize - span.start;
            times.iter().any(|when| when.span.start <= at && at < when.span.end)
        };
        let to_come = times.iter().any(|when| when.kind.is_to_come());
        if to_come && !verbs.iter().all(tells_when) {
            found.push(span);
        }
    }
    found
}

/// Whether a sentence lets the customer choose: "zal ik het opnieuw sturen of het geld terugstorten?" What
/// is chosen is promised next.
fn lets_choose(reading: &Reading<'_>, pack: &Pack, sentence: usize) -> bool {
    let text = &reading.text;
    let sentence = &text.sentences[sentence];
    let any = |list: &str| {
        let mut tokens = text.tokens[sentence.range()].iter();
        tokens.any(|token| pack.list_has(list, text.norm(token)))
    };
    any("alternatives") && (any("choosing") || sentence.question && any("offering"))
}

/// A sentence up to where another clause tells of something else: "ik bel u binnen een uur | met wat
/// we morgen doen". All of it where no time to come stands before that clause: "ik zoek nu uit waar
/// het ligt en bel u vóór 16.00 uur".
fn own_clauses(reading: &Reading<'_>, pack: Option<&Pack>, index: usize, hit: Span) -> Span {
    let text = &reading.text;
    let sentence = text.sentence_span(index);
    let tokens = text.sentences[index].range().map(|at| &text.tokens[at]);
    let opens = |norm: &str| pack.is_some_and(|p| p.list_has("subordinators", norm));
    let other = tokens.skip_while(|t| (t.start as usize) < hit.end).find(|t| opens(text.norm(t)));
    let end = other.map_or(sentence.end, |t| t.start as usize);
    let before = Span::new(sentence.start, end);
    let language = reading.language.filter(|_| end < sentence.end);
    let times = |l| due::find(before.of(&reading.turn.text), l);
    let timed = language.is_some_and(|l| times(l).iter().any(|when| when.kind.is_to_come()));
    if timed { before } else { sentence }
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
    let mut before = ["", ""];
    for token in text.tokens.iter().filter(|t| sentence.contains(&t.span())) {
        let norm = text.norm(token);
        let near = token.span().overlaps(&hit);
        // "Ik overleg met de monteur": he does nothing yet.
        let acts = !before.iter().any(|norm| list("prepositions", norm));
        before = [before[1], norm];
        if list("colleague_nouns", norm) && acts {
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
