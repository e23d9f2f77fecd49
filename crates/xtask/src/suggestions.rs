//! `cargo xtask evaluate suggestions`: suggestions for customer turns of the corpus, measured and
//! printed for reading.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use gehoord_coaching::{HouseStyle, Suggestion, Wish, suggest};
use gehoord_conversation::{Conversation, Language, Party};
use gehoord_listening::Listener;

use crate::corpus::{self, Part};
use crate::examples;

/// How many turns of each language are taken: about as they stand in the corpus.
const TURNS: [(Language, usize); 4] =
    [(Language::Nl, 120), (Language::En, 40), (Language::De, 20), (Language::Fr, 20)];

/// A customer turn with what came before it, and the suggestion for it.
struct Answered {
    conversation: Conversation,
    suggestion: Option<Suggestion>,
}

/// Conversations of the train part that end in a customer turn, chosen by their ids: the same
/// `draw` gives the same ones.
fn turns(draw: u64) -> Result<Vec<Conversation>> {
    let shown: BTreeSet<String> = examples::conversations()?
        .into_iter()
        .flat_map(|c| c.turns.into_iter().map(|t| t.text))
        .collect();
    let mut cases = corpus::cases(Part::Train)?;
    cases.retain_mut(|case| {
        // The older folders are single turns about safety, and triples without marked words.
        if corpus::hand(case).is_empty() {
            return false;
        }
        let last = case.turns.iter().rposition(|t| t.party == Party::Customer);
        case.turns.truncate(last.map_or(0, |i| i + 1));
        case.turns.last().is_some_and(|t| !shown.contains(&t.text))
    });
    cases.sort_by_key(|case| place(&case.id, draw));
    let mut chosen = Vec::new();
    for (language, wanted) in TURNS {
        let own = cases.iter().filter(|c| corpus::language(c) == language.id());
        chosen.extend(own.take(wanted).cloned());
    }
    Ok(chosen)
}

/// FNV-1a (Fowler, Noll and Vo 1991), mixed.
fn place(id: &str, draw: u64) -> u64 {
    let seed = 0xCBF2_9CE4_8422_2325 ^ draw.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let hash = id.bytes().fold(seed, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01B3));
    (hash ^ (hash >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9)
}

/// One suggestion for each turn, the seed going up by one as it does for an agent at work; with
/// `memory` of what was suggested before.
fn answer(listener: &Listener, draw: u64, memory: bool) -> Result<Vec<Answered>> {
    let style = HouseStyle::default();
    let mut answered: Vec<Answered> = Vec::new();
    for (at, conversation) in turns(draw)?.into_iter().enumerate() {
        let earlier: Vec<&str> = match memory {
            true => {
                answered.iter().filter_map(|a| Some(a.suggestion.as_ref()?.text.as_str())).collect()
            }
            false => Vec::new(),
        };
        let wish = Wish { style: &style, seed: at as u64, count: 1, earlier: &earlier };
        let suggestion = suggest(listener, &conversation, &wish).into_iter().next();
        answered.push(Answered { conversation, suggestion });
    }
    Ok(answered)
}

/// Prints figures over 200 turns and, with `show`, every turn with its suggestion.
pub(crate) fn evaluate(listener: &Listener, draw: u64, show: bool) -> Result<()> {
    let answered = answer(listener, draw, true)?;
    println!("Suggestions for {} customer turns (train part, draw {draw})", answered.len());
    let mut by_language: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut scores = Vec::new();
    let mut invented = 0;
    for one in &answered {
        let counts = by_language.entry(corpus::language(&one.conversation)).or_default();
        counts.0 += 1;
        let Some(suggestion) = &one.suggestion else { continue };
        counts.1 += 1;
        scores.extend(suggestion.score);
        let made_up = made_up(&one.conversation, &suggestion.text);
        if !made_up.is_empty() {
            invented += 1;
            println!("  {}: not in the conversation: {made_up:?}", one.conversation.id);
        }
    }
    for (language, (asked, given)) in by_language {
        println!("  {language}: {given} of {asked} turns get a suggestion");
    }
    scores.sort_by(f32::total_cmp);
    if let Some(median) = scores.get(scores.len() / 2) {
        let mean = scores.iter().sum::<f32>() / scores.len() as f32;
        println!(
            "  score by the engine: median {median:.0}, mean {mean:.0} ({} scored)",
            scores.len()
        );
    }
    println!("  with a number, day, amount or name that is not in the conversation: {invented}");
    let (pair, most) = most_alike(&answered);
    println!(
        "  most alike two, in runs of four words of the shorter: {:.0} % ({pair})",
        most * 100.0
    );
    let (pair, most) = most_alike(&answer(listener, draw, false)?);
    println!("  the same by the seed alone, without memory: {:.0} % ({pair})", most * 100.0);
    println!("  that open with \"Ik begrijp dat\": {}", understanding(&answered));
    if show {
        for one in &answered {
            print(one);
        }
    }
    Ok(())
}

fn print(one: &Answered) {
    let conversation = &one.conversation;
    println!("\n## {} ({})", conversation.id, conversation.channel);
    let turns = &conversation.turns;
    for turn in &turns[turns.len().saturating_sub(2)..] {
        println!("{}: {}", turn.party, turn.text);
    }
    match &one.suggestion {
        Some(suggestion) => {
            println!("[{}]", suggestion.situation.unwrap_or_default());
            println!("> {}", suggestion.text.replace('\n', "\n> "));
        }
        None => println!("> —"),
    }
}

/// Numbers, amounts, days, months and names in a suggestion that the conversation does not hold;
/// slots are left out. Written apart from what the suggestions check themselves.
fn made_up(conversation: &Conversation, suggestion: &str) -> Vec<String> {
    const FACTS: &str = "twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien \
        vijftien twintig dertig veertig vijftig zestig honderd duizend maandag dinsdag woensdag \
        donderdag vrijdag zaterdag zondag januari februari maart april mei juni juli augustus \
        september oktober november december vandaag morgen gisteren two three four five six seven \
        eight nine ten eleven twelve twenty thirty hundred monday tuesday wednesday thursday friday \
        saturday sunday january february march june july october today tomorrow yesterday \
        zwei drei vier fünf sechs sieben acht neun zehn elf zwölf zwanzig montag dienstag mittwoch \
        donnerstag freitag samstag sonntag heute gestern deux trois quatre cinq six sept huit dix \
        douze vingt lundi mardi mercredi jeudi vendredi samedi dimanche aujourd'hui demain";
    let said: BTreeSet<String> =
        conversation.turns.iter().flat_map(|t| words(&t.text)).map(|w| w.to_lowercase()).collect();
    let german = corpus::language(conversation) == "de";
    let mut bare = String::new();
    let mut inside = false;
    for c in suggestion.chars() {
        match c {
            '{' => inside = true,
            '}' => inside = false,
            _ if !inside => bare.push(c),
            _ => {}
        }
    }
    let mut made_up = Vec::new();
    let mut begins = true;
    for word in bare.split_whitespace() {
        let ends = word.ends_with(['.', '!', '?', ':', ',', '\n']);
        for part in words(word) {
            let low = part.to_lowercase();
            let number = part.contains(|c: char| c.is_ascii_digit());
            let fact = number || FACTS.split_whitespace().any(|f| f == low);
            // German writes every noun with a capital.
            let name = !begins && !german && part.starts_with(char::is_uppercase) && part != "I";
            // "50min" holds "50".
            let held = said.contains(&low) || (number && said.iter().any(|w| w.contains(&low)));
            if (fact || name) && !held {
                made_up.push(part.to_owned());
            }
        }
        begins = ends || word.ends_with(['“', '«', '„', '”']) || word.starts_with(['“', '«', '„']);
    }
    made_up
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '\'')).filter(|w| !w.is_empty())
}

/// Share of the runs of four words of the shorter of two suggestions that the other has too, for
/// the two that are most alike.
fn most_alike(answered: &[Answered]) -> (String, f32) {
    let runs: Vec<(&str, BTreeSet<Vec<String>>)> = answered
        .iter()
        .filter_map(|a| Some((a.conversation.id.as_str(), a.suggestion.as_ref()?)))
        .map(|(id, suggestion)| {
            let all: Vec<String> = words(&suggestion.text).map(str::to_lowercase).collect();
            (id, all.windows(4).map(<[String]>::to_vec).collect())
        })
        .collect();
    let mut most = (String::new(), 0.0);
    for (i, (a, first)) in runs.iter().enumerate() {
        for (b, second) in &runs[i + 1..] {
            let shorter = first.len().min(second.len()).max(1);
            let shared = first.intersection(second).count() as f32 / shorter as f32;
            if shared > most.1 {
                most = (format!("{a}, {b}"), shared);
            }
        }
    }
    most
}

fn understanding(answered: &[Answered]) -> usize {
    let opens = |text: &str| {
        let body = text.split("\n\n").find(|p| !p.trim_end().ends_with(',')).unwrap_or(text);
        ["Ik begrijp dat", "I understand that", "Ich verstehe, dass", "Je comprends que"]
            .iter()
            .any(|o| body.starts_with(o))
    };
    answered.iter().filter_map(|a| a.suggestion.as_ref()).filter(|s| opens(&s.text)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The aims that can be measured without a reader, over 200 turns.
    #[test]
    fn suggestions_invent_nothing_and_do_not_repeat_themselves() {
        let listener = Listener::embedded().unwrap();
        let answered = answer(&listener, 0, true).unwrap();
        assert_eq!(answered.len(), 200);
        let given: Vec<&Answered> = answered.iter().filter(|a| a.suggestion.is_some()).collect();
        // None where no situation is sure, rather than words that would fit anything; but not so
        // often that nobody looks for one.
        assert!(given.len() >= 50, "only {} of 200 get a suggestion", given.len());
        for one in &given {
            let text = &one.suggestion.as_ref().unwrap().text;
            let made_up = made_up(&one.conversation, text);
            assert!(made_up.is_empty(), "{}: {made_up:?} in {text}", one.conversation.id);
        }
        let (pair, most) = most_alike(&answered);
        assert!(most <= 0.5, "{most} of {pair}");
        assert!(understanding(&answered) * 10 <= given.len());
    }
}
