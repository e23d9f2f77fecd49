//! Which of the customer's clauses can be taken up, the best first.

use gehoord_conversation::{Conversation, Evidence, Span};
use gehoord_listening::text::Kind;

use super::lexicon::Lexicon;
use super::situation::Heard;
use super::words::{Sentence, Word, sentences};

/// A clause of the customer that a reply may take up.
#[derive(Debug, Clone)]
pub(crate) struct Clause {
    pub(crate) words: Vec<Word>,
    /// What stands directly behind the last word, such as a percent sign.
    pub(crate) tail: String,
    /// Where it stands.
    pub(crate) place: Evidence,
    /// How well it stands for the story; higher is better.
    pub(crate) weight: i32,
    /// It names the cause, or earlier contacts, or a promise that was not kept.
    pub(crate) central: bool,
    /// It says enough to stand for the story.
    pub(crate) telling: bool,
    /// It says that something is missing or wrong.
    pub(crate) troubled: bool,
}

/// Fewest and most words of a clause that is taken up.
const SHORTEST: usize = 3;
const LONGEST: usize = 17;

/// With a number so many words tell something; "je hebt er 1" does not.
const ENOUGH: usize = 6;

/// The clauses of the run that may be taken up, the best first.
pub(crate) fn clauses(
    conversation: &Conversation,
    heard: &Heard<'_>,
    lexicon: &Lexicon,
) -> Vec<Clause> {
    let mut found = Vec::new();
    for (index, _) in &heard.turns {
        let sentences = sentences(&conversation.turns[*index].text);
        let words = sentences.iter().flat_map(|s| &s.words).map(|w| w.low.as_str());
        if lexicon.is_dialect(words) {
            continue;
        }
        for sentence in sentences {
            if sentence.asks {
                continue;
            }
            for (first, last) in runs_of_segments(&sentence) {
                if let Some(clause) = clause(*index, &sentence, first, last, heard, lexicon) {
                    found.push(clause);
                }
            }
        }
    }
    found.sort_by(|a, b| b.weight.cmp(&a.weight).then(a.place.cmp(&b.place)));
    found
}

/// Every run of whole segments between pauses.
fn runs_of_segments(sentence: &Sentence) -> Vec<(usize, usize)> {
    /// A sentence with more pauses than this is a list.
    const SEGMENTS: usize = 7;
    let mut borders: Vec<usize> =
        (1..sentence.words.len()).filter(|&i| sentence.words[i].after_pause()).collect();
    borders.insert(0, 0);
    borders.truncate(SEGMENTS);
    borders.push(sentence.words.len());
    let mut runs = Vec::new();
    for (i, &first) in borders.iter().enumerate() {
        for &last in &borders[i + 1..] {
            if last - first <= LONGEST + 6 {
                runs.push((first, last));
            }
        }
    }
    runs
}

fn clause(
    turn: usize,
    sentence: &Sentence,
    first: usize,
    last: usize,
    heard: &Heard<'_>,
    lexicon: &Lexicon,
) -> Option<Clause> {
    let (mut first, mut last) = (first, last);
    let words = &sentence.words;
    while first < last && lexicon.opens_idly(&words[first].low) {
        first += 1;
    }
    while last > first && lexicon.ends_idly(&words[last - 1].low) {
        last -= 1;
    }
    let inner: Vec<Word> =
        words[first..last].iter().filter(|w| !lexicon.is_noise(&w.low)).cloned().collect();
    if !(SHORTEST..=LONGEST).contains(&inner.len()) && !counts_only(&inner, lexicon) {
        return None;
    }
    let place = Span::new(inner.first()?.place.start, inner.last()?.place.end);
    let evidence = Evidence::new(turn, place);
    let touches = |all: &[Evidence]| all.iter().any(|e| e.turn == turn && e.span.overlaps(&place));
    if touches(&heard.never) || !reads_on(&inner, lexicon) {
        return None;
    }
    // "Nog. geen. reactie": a piece that ends in a little word was cut off.
    if inner.last().is_some_and(|w| lexicon.is_left_open(&w.low)) {
        return None;
    }
    if runs_on(&inner, lexicon) || is_no_point(&inner) || tells_age(&inner, lexicon) {
        return None;
    }
    // What somebody else said: "ze zegt: die volgende gaat ook weg".
    if first > 2 && words[first].gap.contains(':') {
        return None;
    }
    // "Wij zijn met vijf: mijn broer, …": a list that was cut.
    let cut = last < words.len();
    if cut && inner.iter().skip(1).any(|w| w.gap.contains(':')) {
        return None;
    }
    let tail = if last == words.len() { sentence.tail.clone() } else { unit(&words[last].gap) };
    let counted = inner.iter().any(|w| w.kind == Kind::Number || lexicon.is_number(&w.low));
    let mut weight = 0;
    let central = touches(&heard.key);
    if central {
        weight += 10;
    }
    if counted {
        weight += 12;
    }
    let troubled = inner.iter().any(|w| lexicon.is_trouble(&w.low));
    if troubled {
        weight += 16;
    }
    weight -= (inner.len() as i32 - 9).abs();
    // A whole sentence reads better than a piece of one.
    if first == 0 && last == words.len() {
        weight += 6;
    }
    let says_it_is = inner.len() > 1 && inner[0].low == "het" && inner[1].low == "is";
    let telling = troubled || (!says_it_is && counted && inner.len() >= ENOUGH);
    Some(Clause { words: inner, tail, place: evidence, weight, central, telling, troubled })
}

/// "Een koelkast besteld die zou tussen 8 en 12 komen": two sentences without a stop between them.
fn runs_on(words: &[Word], lexicon: &Lexicon) -> bool {
    let finite = |word: &Word| lexicon.finite.has(&word.low);
    words.windows(3).enumerate().any(|(at, three)| {
        at > 0
            && three[0].low == "die"
            && !three[0].after_pause()
            && finite(&three[1])
            && !finite(&three[2])
    })
}

/// "Ik ben negenenzeventig", "ze is negen": who somebody is, not what went wrong.
fn tells_age(words: &[Word], lexicon: &Lexicon) -> bool {
    let counts = |word: &Word| word.kind == Kind::Number || lexicon.says_number(&word.low);
    let is = ["inmiddels", "ben", "is", "am", "i'm", "bin", "ist", "ai", "a"];
    words.windows(2).enumerate().any(|(at, two)| {
        let next = words.get(at + 2);
        let unit = next.is_some_and(|w| {
            !w.after_pause()
                && !matches!(
                    w.low.as_str(),
                    "en" | "and" | "und" | "et" | "jaar" | "years" | "jahre" | "ans"
                )
        });
        is.contains(&two[0].low.as_str()) && counts(&two[1]) && !unit
    })
}

/// "Ontving ik, na 42 jaar donor te zijn geweest": what was cut off is what it is about. And "heb
/// zelfde bedrag zien": words that nobody can take over as they are.
fn is_no_point(words: &[Word]) -> bool {
    let inset = words.iter().position(|word| {
        word.after_pause()
            && matches!(word.low.as_str(), "na" | "zonder" | "door" | "om" | "wegens")
    });
    let open = inset.is_some_and(|at| words[at..].iter().any(|word| word.low == "te"));
    let bare = words.windows(2).any(|two| {
        two[1].low == "zelfde"
            && !matches!(two[0].low.as_str(), "de" | "het" | "dat" | "die" | "deze" | "dit" | "'t")
    });
    // "Het geld is geen probleem", "I've no more to say": said to leave it out.
    let waved = words.windows(2).any(|two| {
        matches!(
            (two[0].low.as_str(), two[1].low.as_str()),
            ("geen", "probleem") | ("no", "problem" | "more") | ("kein", "problem")
        )
    });
    // "Ze heeft zeventien jaar Saar geheten": about somebody, not about what went wrong.
    let about = words.first().is_some_and(|word| {
        matches!(
            word.low.as_str(),
            "hij"
                | "ze"
                | "zij"
                | "toen"
                | "then"
                | "dann"
                | "puis"
                | "he"
                | "she"
                | "er"
                | "sie"
                | "il"
                | "elle"
        )
    });
    // "A question I did not ask": a thing with what is said of it, no sentence.
    let noun = words.first().is_some_and(|word| matches!(word.low.as_str(), "a" | "an"));
    // "Zo was het vorige week, toen twee linker": a story that goes on.
    let goes_on = words.iter().any(|word| word.after_pause() && word.low == "toen");
    // "De andere drie kregen een robot", "het was weer bij het invoegen": nobody knows which.
    let low = |at: usize| words.get(at).map_or("", |word| word.low.as_str());
    let points =
        matches!(low(1), "andere" | "anderen" | "other" | "others" | "précédent" | "autre")
            || matches!(low(0), "met" | "with" | "mit" | "avec")
            || (matches!(low(0), "het" | "it") && matches!(low(1), "was" | "is" | "zat"));
    // "Een lek, dat is nu gemaakt", "daar heeft zij nog op gespeeld": over, or about somebody.
    let beside = words.iter().any(|word| {
        matches!(
            word.low.as_str(),
            "zij" | "hij" | "she" | "he" | "gemaakt" | "opgelost" | "fixed" | "réparé" | "behoben"
        )
    });
    open || bare || waved || beside || points || about || noun || goes_on
}

/// "3 hours", "Acht maanden": short, but says how much.
fn counts_only(words: &[Word], lexicon: &Lexicon) -> bool {
    words.len() == 2
        && (words[0].kind == Kind::Number || lexicon.is_number(&words[0].low))
        && (lexicon.is_time(&words[1].low) || lexicon.is_often(&words[1].low))
        // That is an age.
        && !matches!(words[1].low.as_str(), "jaar" | "years" | "year" | "jahre" | "ans" | "an")
}

/// Whether the words can stand in a reply as they are read.
fn reads_on(words: &[Word], lexicon: &Lexicon) -> bool {
    let mut quoted = 0;
    for (at, word) in words.iter().enumerate() {
        if at > 0 && word.after_noise() {
            return false;
        }
        if at > 0
            && word.gap.contains(['"', '“', '”', '„', '«', '»', '(', ')', '/', '\'', '‘', '’'])
        {
            return false;
        }
        // "I'm, I'm": somebody searching for words.
        if at > 0 && words[at - 1].low == word.low {
            return false;
        }
        quoted += usize::from(word.quoted);
        match word.kind {
            Kind::Emoji | Kind::Link => return false,
            Kind::Mask if word.raw.starts_with(['@', '<']) => return false,
            Kind::Mask | Kind::Number => continue,
            Kind::Word => {}
        }
        if lexicon.never(&word.low) || (word.shouted && word.raw.chars().count() > 4) {
            return false;
        }
    }
    quoted == 0
}

/// A sign that belongs to the number before it.
fn unit(gap: &str) -> String {
    gap.chars().take_while(|c| matches!(c, '%' | '€' | '°')).collect()
}
