//! The points a customer makes, and which of them came back in a reply.
//!
//! A point is a clause with something of its own in it. Words count as the same when they share a
//! concept (`concepts.toml`) or a stem; formulas, greetings and function words make no point.

use gehoord_conversation::{Evidence, Language, Span};
use rustc_hash::{FxHashMap, FxHashSet, FxHasher};
use std::hash::{Hash, Hasher};

use crate::cue::{Pack, Packs};
use crate::reading::Reading;
use crate::text::{Kind, Text};

/// What a word stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Key {
    Concept(u16),
    Stem(u64),
}

/// A clause of the customer with something of its own in it.
#[derive(Debug, Clone)]
pub(crate) struct Point {
    pub(crate) place: Evidence,
    pub(crate) keys: Vec<Key>,
    pub(crate) has_number: bool,
}

/// All points that a customer made in one run.
#[derive(Debug, Clone, Default)]
pub struct Points {
    pub(crate) points: Vec<Point>,
    keys: FxHashSet<Key>,
    /// Hashes of all runs of [`COPY`] words.
    runs: FxHashSet<u64>,
    quantities: FxHashMap<Key, Vec<Key>>,
    /// Language of the last turn of the run.
    language: Option<Language>,
}

/// How much of them a reply gave back.
#[derive(Debug, Clone, Default)]
pub(crate) struct GivenBack {
    /// Share of the points, 0–1; `None` when there was no point to give back.
    pub(crate) coverage: Option<f32>,
    /// Points that did not come back.
    pub(crate) missed: Vec<Evidence>,
    /// Share of what came back that is true, 0–1; `None` when nothing came back.
    pub(crate) fidelity: Option<f32>,
    /// Places in the reply that give something back in own words.
    pub(crate) restated: Vec<Span>,
    /// Places in the reply with a detail that only this customer has.
    pub(crate) details: Vec<Span>,
}

/// Nobody needs more points than this back, however long the story.
pub(crate) const ENOUGH_POINTS: f32 = 6.0;

/// A word of their own that makes a reply theirs has at least so many letters.
const DETAIL: usize = 5;

/// A run of so many equal words is a copy, not a paraphrase.
const COPY: usize = 7;

impl Points {
    /// The points of a run of customer turns.
    pub(crate) fn of(run: &[&Reading<'_>], packs: &Packs) -> Self {
        Self::within(run, packs, |_| true)
    }

    /// The points of a run at the places that `keep` wants.
    pub(crate) fn within(
        run: &[&Reading<'_>],
        packs: &Packs,
        keep: impl Fn(Evidence) -> bool,
    ) -> Self {
        let mut all = Self::default();
        for reading in run {
            let Some(pack) = pack_of(reading, packs) else { continue };
            all.language = Some(pack.language);
            let formulas: Vec<Span> =
                reading.all(gehoord_conversation::Signal::Politeness).map(|h| h.span).collect();
            for (first, last) in clauses(&reading.text) {
                let span = reading.text.span(first, last);
                if !keep(Evidence::new(reading.index, span)) {
                    continue;
                }
                if formulas.iter().any(|f| f.overlaps(&span)) && last - first <= 6 {
                    continue;
                }
                let keys = keys(pack, &reading.text, first, last);
                if keys.is_empty() {
                    continue;
                }
                for pair in keys.windows(2) {
                    if is_quantity(pair[0].1, &reading.text, pack.language) {
                        all.quantities.entry(pair[1].0).or_default().push(pair[0].0);
                    }
                }
                let has_number =
                    keys.iter().any(|(_, at)| is_quantity(*at, &reading.text, pack.language));
                let keys: Vec<Key> = keys.into_iter().map(|(key, _)| key).collect();
                all.keys.extend(keys.iter().copied());
                all.points.push(Point {
                    place: Evidence::new(reading.index, span),
                    keys,
                    has_number,
                });
            }
            let words = hashes(&reading.text, 0, reading.text.tokens.len());
            all.runs.extend(words.windows(COPY).map(hash));
        }
        all
    }

    /// How much of them `reply` gives back.
    pub(crate) fn given_back(&self, reply: &Reading<'_>, packs: &Packs) -> GivenBack {
        let mut back = GivenBack::default();
        let Some(pack) = pack_of(reply, packs) else { return back };
        let text = &reply.text;
        let all: FxHashSet<Key> =
            keys(pack, text, 0, text.tokens.len()).into_iter().map(|(key, _)| key).collect();
        let mut true_back = 0_u32;
        let mut false_back = 0_u32;
        for (first, last) in clauses(text) {
            let keys = keys(pack, text, first, last);
            let shared: FxHashSet<Key> =
                keys.iter().map(|(key, _)| *key).filter(|key| self.keys.contains(key)).collect();
            if shared.is_empty() {
                continue;
            }
            let wrong = keys.windows(2).any(|pair| self.contradicts(pair, text, pack.language));
            *(if wrong { &mut false_back } else { &mut true_back }) += 1;
            let norms = || text.tokens[first..last].iter().map(|t| text.norm(t));
            let about_them = norms().any(|norm| pack.list_has("second_person", norm));
            let about_me = norms().any(|norm| pack.list_has("first_person", norm));
            let mostly = shared.len() * 2 >= keys.len();
            let about_the_story = about_them || (mostly && !about_me);
            let asks = text.sentences[text.tokens[first].sentence as usize].question;
            let restates = shared.len() >= 2 && about_the_story && !asks && !wrong;
            if restates && !self.copies(text, first, last) {
                back.restated.push(text.span(first, last));
            }
            for (key, at) in &keys {
                let own = matches!(key, Key::Stem(_)) && self.keys.contains(key);
                if own && text.norm(&text.tokens[*at]).len() >= DETAIL {
                    back.details.push(text.tokens[*at].span());
                }
            }
        }
        let covered = |point: &Point| {
            let shared = point.keys.iter().filter(|key| all.contains(key)).count();
            shared >= 1 && shared * 3 >= point.keys.len()
        };
        if !self.points.is_empty() {
            let weight = |p: &Point| if p.has_number { 1.5 } else { 1.0 };
            let total: f32 = self.points.iter().map(weight).sum::<f32>().min(ENOUGH_POINTS);
            let come_back: f32 = self.points.iter().filter(|p| covered(p)).map(weight).sum();
            back.coverage = Some((come_back / total).min(1.0));
            back.missed = self.points.iter().filter(|p| !covered(p)).map(|p| p.place).collect();
        }
        if true_back + false_back > 0 {
            back.fidelity = Some(true_back as f32 / (true_back + false_back) as f32);
        }
        back
    }

    /// Whether a sentence of the reply shares anything with what the customer said.
    pub(crate) fn touches(&self, reply: &Reading<'_>, span: Span, packs: &Packs) -> bool {
        self.shared_in(reply, span, packs) > 0
    }

    /// How many different things a place in the reply shares with what the customer said.
    pub(crate) fn shared_in(&self, reply: &Reading<'_>, span: Span, packs: &Packs) -> usize {
        let Some(pack) = pack_of(reply, packs) else { return 0 };
        let text = &reply.text;
        let shared: FxHashSet<Key> = text
            .tokens
            .iter()
            .filter(|t| t.span().overlaps(&span))
            .filter_map(|t| key_of(pack, text.norm(t), t.kind))
            .filter(|key| self.keys.contains(key))
            .collect();
        shared.len()
    }

    /// Whether the customer used a word of this stem.
    pub(crate) fn has_word(&self, norm: &str) -> bool {
        let language = self.language.unwrap_or(Language::Nl);
        self.keys.contains(&Key::Stem(hash(stem(norm, language).as_str())))
    }

    /// "Twee keer" where the customer said "drie keer".
    fn contradicts(&self, pair: &[(Key, usize)], text: &Text, language: Language) -> bool {
        let [(amount, at), (unit, _)] = pair else { return false };
        is_quantity(*at, text, language)
            && self.quantities.get(unit).is_some_and(|said| !said.contains(amount))
    }

    fn copies(&self, text: &Text, first: usize, last: usize) -> bool {
        hashes(text, first, last).windows(COPY).any(|run| self.runs.contains(&hash(run)))
    }
}

fn pack_of<'p>(reading: &Reading<'_>, packs: &'p Packs) -> Option<&'p Pack> {
    reading.language.and_then(|l| packs.of(l))
}

/// Whether a place in a reply holds anything beside function words.
pub(crate) fn says_something(reading: &Reading<'_>, span: Span, packs: &Packs) -> bool {
    let Some(pack) = pack_of(reading, packs) else { return false };
    let text = &reading.text;
    let inside = text.tokens.iter().filter(|t| span.contains(&t.span()));
    inside.filter(|t| key_of(pack, text.norm(t), t.kind).is_some()).count() >= 2
}

/// Clauses: sentences cut at commas and dashes, none shorter than three tokens.
fn clauses(text: &Text) -> Vec<(usize, usize)> {
    const LONG: usize = 14;
    let mut clauses = Vec::new();
    for sentence in &text.sentences {
        let range = sentence.range();
        let mut first = range.start;
        for at in range.clone() {
            let cut_here = text.tokens[at].pause_before || (at - first >= LONG);
            if cut_here && at - first >= 3 && range.end - at >= 3 {
                clauses.push((first, at));
                first = at;
            }
        }
        clauses.push((first, range.end));
    }
    clauses
}

fn keys(pack: &Pack, text: &Text, first: usize, last: usize) -> Vec<(Key, usize)> {
    let mut keys = Vec::new();
    for at in first..last {
        let token = &text.tokens[at];
        if let Some(key) = key_of(pack, text.norm(token), token.kind) {
            keys.push((key, at));
        }
    }
    keys
}

/// What a word stands for; none: it says nothing of its own.
pub(crate) fn key_of(pack: &Pack, norm: &str, kind: Kind) -> Option<Key> {
    match kind {
        Kind::Word | Kind::Number => {}
        _ => return None,
    }
    if let Some(concept) = pack.concept(norm) {
        return Some(Key::Concept(concept));
    }
    if pack.list_has("stopwords", norm) || (kind == Kind::Word && norm.len() < 3) {
        return None;
    }
    Some(Key::Stem(hash(stem(norm, pack.language).as_str())))
}

/// Numbers in words are concepts, numbers in digits are their own stem; both stand before what
/// they count.
fn is_quantity(at: usize, text: &Text, language: Language) -> bool {
    const DUTCH_AND_ENGLISH: [&str; 16] = [
        "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "tien", "two", "three", "four",
        "five", "six", "seven", "eight", "ten",
    ];
    const GERMAN: [&str; 13] = [
        "zwei", "zwo", "drei", "vier", "funf", "fuenf", "sechs", "sieben", "acht", "neun", "zehn",
        "elf", "zwolf",
    ];
    // Not "neuf": it is "new" too.
    const FRENCH: [&str; 12] = [
        "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "dix", "onze", "douze", "quinze",
        "vingt",
    ];
    let words: &[&str] = match language {
        Language::De => &GERMAN,
        Language::Fr => &FRENCH,
        _ => &DUTCH_AND_ENGLISH,
    };
    let token = &text.tokens[at];
    token.kind == Kind::Number || words.contains(&text.norm(token))
}

/// A stem has at least so many letters.
const STEM: usize = 4;

/// A light stem: endings of inflection off, doubled letters single.
fn stem(word: &str, language: Language) -> String {
    const ENDINGS: [&str; 13] =
        ["ingen", "ing", "den", "ten", "en", "ed", "es", "de", "te", "e", "s", "d", "t"];
    let (prefix, stem) = match language {
        Language::De => german_stem(word),
        Language::Fr => ("", french_stem(word)),
        _ => ("", without_ending(word, &ENDINGS).unwrap_or(word)),
    };
    let mut out = String::with_capacity(prefix.len() + stem.len());
    for c in prefix.chars().chain(stem.chars()).take(9) {
        if !out.ends_with(c) {
            out.push(c);
        }
    }
    out
}

fn without_ending<'w>(word: &'w str, endings: &[&str]) -> Option<&'w str> {
    let short = |ending: &&str| word.strip_suffix(*ending).filter(|short| short.len() >= STEM);
    endings.iter().find_map(short)
}

/// "Lieferung", "liefern" and "geliefert" are one, and so are "abgebucht" and "abbuchen": all
/// endings off, and the "ge" of the participle, which may stand behind a prefix.
fn german_stem(word: &str) -> (&str, &str) {
    const ENDINGS: [&str; 9] = ["ung", "en", "em", "er", "es", "e", "n", "s", "t"];
    const PREFIXES: [&str; 16] = [
        "zuruck", "weiter", "nach", "auf", "aus", "ein", "her", "hin", "los", "mit", "vor", "weg",
        "ab", "an", "um", "zu",
    ];
    let mut stem = word;
    while let Some(short) = without_ending(stem, &ENDINGS) {
        stem = short;
    }
    if let Some(verb) = stem.strip_prefix("ge").filter(|verb| verb.len() >= STEM) {
        return ("", verb);
    }
    for prefix in PREFIXES {
        if let Some(rest) = stem.strip_prefix(prefix)
            && let Some(verb) = rest.strip_prefix("ge").or_else(|| rest.strip_prefix("zu"))
            && verb.len() >= STEM
        {
            return (prefix, verb);
        }
    }
    ("", stem)
}

/// "Remboursement", "remboursé" and "rembourser" are one: the plural off, then one ending.
fn french_stem(word: &str) -> &str {
    const ENDINGS: [&str; 24] = [
        "issement", "ation", "aison", "ement", "ition", "aient", "erait", "erons", "erez", "erai",
        "tion", "ment", "ait", "ais", "ant", "ent", "ons", "ees", "ee", "ez", "er", "es", "e", "a",
    ];
    let single = without_ending(word, &["s", "x"]).unwrap_or(word);
    without_ending(single, &ENDINGS).unwrap_or(single)
}

fn hash<T: Hash + ?Sized>(what: &T) -> u64 {
    let mut hasher = FxHasher::default();
    what.hash(&mut hasher);
    hasher.finish()
}

fn hashes(text: &Text, first: usize, last: usize) -> Vec<u64> {
    text.tokens[first..last].iter().map(|t| hash(text.norm(t))).collect()
}

impl Points {
    /// Whether both stories share something of their own.
    pub(crate) fn shares(&self, other: &Self) -> bool {
        self.keys.iter().any(|key| other.keys.contains(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn are_one(language: Language, words: &[&str]) {
        let stems: Vec<String> = words.iter().map(|w| stem(w, language)).collect();
        assert!(stems.windows(2).all(|pair| pair[0] == pair[1]), "{words:?}: {stems:?}");
    }

    #[test]
    fn inflected_words_are_one() {
        are_one(Language::Nl, &["storing", "storingen"]);
        are_one(Language::En, &["parcel", "parcels"]);
        are_one(Language::De, &["lieferung", "lieferungen", "liefern", "geliefert", "lieferte"]);
        are_one(Language::De, &["abbuchung", "abbuchen", "abgebucht", "abzubuchen"]);
        are_one(Language::De, &["kundigung", "gekundigt", "kundigen", "kundige"]);
        are_one(Language::De, &["paket", "pakete", "paketen", "pakets"]);
        are_one(Language::De, &["arbeiten", "gearbeitet", "arbeitet"]);
        are_one(
            Language::Fr,
            &["remboursement", "remboursements", "rembourser", "rembourse", "remboursee"],
        );
        are_one(Language::Fr, &["annulation", "annuler", "annulees", "annulez"]);
        are_one(Language::Fr, &["livraison", "livraisons", "livrer", "livre", "livrez"]);
        are_one(Language::Fr, &["bateau", "bateaux"]);
    }

    #[test]
    fn other_words_stay_apart() {
        let apart = |language, a: &str, b: &str| {
            assert_ne!(stem(a, language), stem(b, language), "{a} {b}");
        };
        apart(Language::De, "vertrag", "verkauf");
        apart(Language::De, "gerat", "rate");
        apart(Language::De, "geld", "gelb");
        apart(Language::Fr, "compte", "complet");
        apart(Language::Fr, "livre", "lit");
    }

    #[test]
    fn numbers_in_words_are_quantities_of_their_own_language() {
        let quantity = |word, language| is_quantity(0, &Text::new(word), language);
        assert!(quantity("fünf", Language::De) && quantity("elf", Language::De));
        assert!(quantity("trois", Language::Fr) && !quantity("neuf", Language::Fr));
        assert!(quantity("vijf", Language::Nl) && quantity("five", Language::En));
        assert!(quantity("12", Language::Fr));
        assert!(!quantity("elf", Language::Nl) && !quantity("six", Language::De));
    }
}
