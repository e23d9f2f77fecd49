//! Lines of a bot or of the firm at the start of a chat that are marked as the customer's.
//!
//! Some systems write what their bot says before an agent joins under the name of the customer. It
//! is told by its words: a whole turn of sentences that firms say by themselves
//! (`opening_words.rs`). Only what stands before the first words of an agent can be such a turn,
//! so that a customer who gives thanks for being called back stays a customer.

use gehoord_conversation::{Channel, Conversation, Party};

use crate::item::{Note, places};
use crate::opening_words::{OPENINGS, Opening};

/// A chat has been opened by then, in turns.
const OPENING: usize = 12;
/// No sentence of a bot's opening has more words.
const LONGEST: usize = 40;
/// Words that `+` and `*` stand for at most.
const FREE: usize = 6;

/// What a sentence may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Formula {
    Greets,
    Introduces,
    Asks,
    MayOpen,
    Opens,
}

/// What a turn of nothing but formulas is.
#[derive(Debug, Clone, Copy)]
struct Line {
    /// The most telling of its sentences.
    most: Formula,
    introduces: bool,
    asks: bool,
}

/// Takes the turns that a bot opened the chat with as a bot's; the note says which.
pub(crate) fn recognise(conversation: &mut Conversation) -> Option<Note> {
    if !matches!(conversation.channel, Channel::Chat | Channel::Social) {
        return None;
    }
    let before_agent = conversation
        .turns
        .iter()
        .take(OPENING)
        .take_while(|turn| matches!(turn.party, Party::Customer | Party::Bot));
    // What people labelled as a customer's is a customer's.
    let line = |turn: &gehoord_conversation::Turn| {
        let open = turn.party == Party::Customer && turn.gold.is_empty();
        open.then(|| line(&turn.text)).flatten()
    };
    let lines: Vec<Option<Line>> = before_agent.map(line).collect();
    let mut bot: Vec<usize> = Vec::new();
    // Once the bot has asked something, a name is the customer's answer.
    let mut asked = false;
    for (at, line) in lines.iter().enumerate() {
        let Some(line) = line else { continue };
        let is_bots = if bot.is_empty() {
            let next = |after: usize| lines.get(at + after).copied().flatten();
            let asks = |line: Option<Line>| line.is_some_and(|line| line.asks);
            let introduced = next(1).is_some_and(|line| line.introduces);
            let soon_asks = line.asks || asks(next(1)) || (introduced && asks(next(2)));
            line.most == Formula::Opens || (line.most == Formula::MayOpen && soon_asks)
        } else {
            let follows = bot.last().is_some_and(|last| last + 1 == at);
            let introduces = line.introduces && !asked && follows;
            line.most >= Formula::MayOpen || line.asks || introduces
        };
        if is_bots {
            bot.push(at);
            asked |= line.asks;
        }
    }
    for &at in &bot {
        conversation.turns[at].party = Party::Bot;
    }
    let which: Vec<usize> = bot.iter().map(|at| at + 1).collect();
    (!which.is_empty()).then(|| {
        let (be, whose) = if which.len() == 1 { ("was", "its") } else { ("were", "their") };
        Note::guessed(format!(
            "{} {be} taken to be of a bot, by {whose} words, though marked as the customer's",
            places("turn", &which)
        ))
    })
}

/// What a turn is, when all of it is formulas of one language.
fn line(text: &str) -> Option<Line> {
    if text.len() > 1_000 {
        return None;
    }
    let lower = text.to_lowercase().replace('’', "'");
    let sentences: Vec<Vec<&str>> = lower
        .split(['.', '!', '?', '\n', ';', ':'])
        .map(words)
        .filter(|words| !words.is_empty())
        .collect();
    OPENINGS.iter().find_map(|opening| {
        let formulas: Option<Vec<Formula>> =
            sentences.iter().map(|sentence| formula(opening, sentence)).collect();
        let formulas = formulas?;
        Some(Line {
            most: *formulas.iter().max()?,
            introduces: formulas.contains(&Formula::Introduces),
            asks: formulas.contains(&Formula::Asks),
        })
    })
}

fn words(sentence: &str) -> Vec<&str> {
    let is_break = |c: char| !(c.is_alphanumeric() || matches!(c, '\'' | '-'));
    sentence.split(is_break).filter(|word| word.contains(char::is_alphanumeric)).collect()
}

fn formula(opening: &Opening, sentence: &[&str]) -> Option<Formula> {
    if sentence.len() > LONGEST {
        return None;
    }
    let kinds = [
        (Formula::Opens, opening.opens),
        (Formula::MayOpen, opening.may_open),
        (Formula::Asks, opening.asks),
        (Formula::Introduces, opening.introduces),
        (Formula::Greets, opening.greets),
    ];
    let says = |pattern: &&str| {
        let pattern: Vec<&str> = pattern.split(' ').collect();
        matches(&pattern, sentence, opening.own)
    };
    kinds.into_iter().find(|(_, patterns)| patterns.iter().any(says)).map(|(formula, _)| formula)
}

/// Whether `pattern` is all of `words`.
fn matches(pattern: &[&str], words: &[&str], own: &[&str]) -> bool {
    let Some((first, rest)) = pattern.split_first() else { return words.is_empty() };
    let free = |least: usize| {
        let most = words.iter().take(FREE).take_while(|word| !own.contains(*word)).count();
        (least..=most).any(|taken| matches(rest, &words[taken..], own))
    };
    match *first {
        "+" => free(1),
        "*" => free(0),
        choice => {
            let (choice, optional) = match choice.strip_suffix('?') {
                Some(choice) => (choice, true),
                None => (choice, false),
            };
            let taken = words.split_first().is_some_and(|(word, after)| {
                choice.split('|').any(|c| c == *word || (c == "+" && !own.contains(word)))
                    && matches(rest, after, own)
            });
            taken || (optional && matches(rest, words, own))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The parties after recognition, one letter a turn, and whether a note says so.
    fn check(turns: &[&str]) -> String {
        let mut conversation = Conversation::new("x", Channel::Chat);
        for turn in turns {
            conversation = match turn.strip_prefix("A: ") {
                Some(words) => conversation.with_turn(Party::Agent, words),
                None => conversation.with_turn(Party::Customer, *turn),
            };
        }
        let note = recognise(&mut conversation);
        let parties: String = conversation.turns.iter().map(|turn| &turn.party.id()[..1]).collect();
        assert_eq!(note.is_some(), parties.contains('b'), "{turns:?}");
        parties
    }

    #[test]
    fn a_bot_that_opens_the_chat_is_no_customer() {
        let lamp = "A: Hallo, wat is er met de lamp?";
        assert_eq!(
            check(&[
                "Fijn dat u contact zoekt met Lampenhuis De Wit!",
                "Mijn naam is Bo.",
                "Met wie spreek ik?",
                "Ik heet Karin",
                "Mijn lamp knippert",
                lamp,
            ]),
            "bbbcca"
        );
        assert_eq!(
            check(&[
                "Hoi! Bedankt dat je contact opneemt met ons. Waar gaat je vraag over?",
                "Retour",
                lamp
            ]),
            "bca"
        );
        assert_eq!(
            check(&[
                "Welkom bij de chat van Lampenhuis.",
                "Kies hieronder een onderwerp",
                "Garantie",
                lamp
            ]),
            "bbca"
        );
        assert_eq!(
            check(&["Hoi, ik ben Lumi, de digitale assistent van Lampenhuis", "lamp stuk", lamp]),
            "bca"
        );
        assert_eq!(
            check(&[
                "[naam]",
                "Dank je wel dat je contact hebt gezocht met Lampenhuis",
                "Hoe mag ik je noemen?",
                lamp
            ]),
            "cbba"
        );
    }

    #[test]
    fn the_same_in_english_german_and_french() {
        assert_eq!(
            check(&[
                "Hi there! Thanks for contacting Brightside Lamps.",
                "What's your first name?",
                "Tom",
                "A: Hi Tom"
            ]),
            "bbca"
        );
        assert_eq!(
            check(&[
                "Thank you for your message.",
                "How can I help you today?",
                "it flickers",
                "A: Hi"
            ]),
            "bbca"
        );
        assert_eq!(
            check(&[
                "Vielen Dank, dass Sie sich an Lampen Weber wenden.",
                "Wie ist Ihr Name?",
                "Anke",
                "A: Guten Tag"
            ]),
            "bbca"
        );
        assert_eq!(
            check(&[
                "Hallo, ich bin Lumi, die virtuelle Assistentin von Weber",
                "Worum geht es?",
                "Kaputt",
                "A: Hallo"
            ]),
            "bbca"
        );
        assert_eq!(
            check(&[
                "Bonjour, merci d'avoir contacté Lampes Martin !",
                "Comment puis-je vous aider ?",
                "elle clignote",
                "A: Bonjour"
            ]),
            "bbca"
        );
    }

    #[test]
    fn a_customer_who_gives_thanks_or_a_name_stays_a_customer() {
        for turns in [
            &["Bedankt dat je contact hebt opgenomen"][..],
            &["Bedankt dat je contact hebt opgenomen", "De lamp knippert nog steeds", "A: Ach"],
            &[
                "A: Wij hebben u gebeld over de lamp",
                "Bedankt dat u contact hebt opgenomen met Lampenhuis",
            ],
            &["Bedankt dat je contact hebt opgenomen met mij, maar de lamp is nog stuk", "A: Ach"],
            &["Bedankt dat u contact hebt opgenomen met mijn moeder", "A: Graag gedaan"],
            &["Bedankt voor uw bericht.", "Ik ben Karin", "De lamp is stuk", "A: Dag Karin"],
            &["Hallo", "Ik heet Karin", "Hoe kan ik de lamp terugsturen?", "A: Dag Karin"],
            &["Wat is uw postcode?", "A: 1234 AB"],
            &["Ik ben geen robot", "A: Gelukkig"],
            &["Thanks for calling back", "A: No problem"],
            &["Thanks for reaching out", "my lamp still flickers", "A: Oh"],
            &["Danke, dass Sie mich kontaktiert haben", "A: Gern"],
            &["Merci de contacter Madame Petit", "A: Bien"],
            &["Merci de nous contacter", "la lampe clignote", "A: Bien"],
        ] {
            assert!(!check(turns).contains('b'), "{turns:?}");
        }
    }

    #[test]
    fn mail_calls_and_labelled_turns_are_left_alone() {
        let opening = "Bedankt dat je contact hebt opgenomen met Lampenhuis";
        for channel in [Channel::Email, Channel::Phone] {
            let mut conversation =
                Conversation::new("x", channel).with_turn(Party::Customer, opening);
            assert!(recognise(&mut conversation).is_none());
        }
        let mut conversation =
            Conversation::new("x", Channel::Chat).with_turn(Party::Customer, opening);
        conversation.turns[0].gold.insert("needs".to_owned(), serde_json::json!([]));
        assert!(recognise(&mut conversation).is_none());
    }

    #[test]
    fn every_pattern_can_match_and_hostile_turns_are_quick() {
        for opening in &OPENINGS {
            for pattern in
                [opening.opens, opening.may_open, opening.introduces, opening.asks, opening.greets]
                    .concat()
            {
                let example: Vec<&str> = pattern
                    .split(' ')
                    .filter(|word| *word != "*")
                    .map(|word| word.split(['|', '?']).next().unwrap_or_default())
                    .map(|word| if word == "+" { "lumi" } else { word })
                    .collect();
                assert!(formula(opening, &example).is_some(), "{pattern}");
                assert_eq!(words(&example.join(" ")), example, "{pattern}: never seen like this");
            }
        }
        assert!(line(&"welkom ".repeat(39)).is_none());
        assert!(line(&"bedankt dat je ".repeat(1_000)).is_none());
    }
}
