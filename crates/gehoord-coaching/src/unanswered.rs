//! Questions that the customer asks the firm and that a reply says nothing about. Careful: who answers
//! in other words, or with a number or a day, has answered.

use gehoord_conversation::{Conversation, CustomerTurn, Evidence, Language, Signal, Span};

use crate::handover::sentences;

/// A question of fewer words is a tag, such as "weet u?" or "toch?".
const WORDS: usize = 4;
/// A word of fewer letters says nothing of what a question is about.
const LETTERS: usize = 4;
/// Words that begin with so many of the same letters are forms of one word.
const SAME: usize = 5;
/// From here on a customer may ask without meaning to be told: "Hoe vaak moet ik nog bellen?"
const UPSET: u8 = 2;

/// How people ask without meaning to be told.
const SIGHS: [(&str, &str); 6] = [
    ("hoe", "vaak"),
    ("hoeveel", "keer"),
    ("hoe", "moeilijk"),
    ("how", "often"),
    ("many", "times"),
    ("how", "hard"),
];
/// Words with which Dutch and English ask about nothing in particular.
const COMMON: [&str; 78] = [
    "aan",
    "alleen",
    "alles",
    "also",
    "answer",
    "anders",
    "back",
    "been",
    "bent",
    "could",
    "daar",
    "daarom",
    "dank",
    "deze",
    "does",
    "doen",
    "door",
    "eens",
    "even",
    "every",
    "from",
    "gaan",
    "gaat",
    "goed",
    "graag",
    "have",
    "heb",
    "hebben",
    "hebt",
    "heeft",
    "help",
    "hier",
    "hoeveel",
    "hope",
    "iets",
    "jullie",
    "kind",
    "know",
    "komt",
    "krijg",
    "kunnen",
    "kunt",
    "laat",
    "maar",
    "meer",
    "mijn",
    "misschien",
    "moet",
    "moeten",
    "naar",
    "niet",
    "nodig",
    "nog",
    "omdat",
    "onze",
    "ooit",
    "over",
    "please",
    "should",
    "that",
    "there",
    "they",
    "this",
    "toch",
    "vraag",
    "waar",
    "waarom",
    "want",
    "wanneer",
    "weer",
    "weet",
    "weten",
    "what",
    "when",
    "where",
    "which",
    "with",
    "would",
];
/// What a question begins with that "ja" or "nee" answers nothing of.
const OPEN: [&str; 14] = [
    "wat", "waar", "wanneer", "hoe", "hoeveel", "welke", "welk", "wie", "what", "where", "when",
    "how", "which", "who",
];
/// A question of when or how many; a number or a day answers it.
const AMOUNT: [&str; 5] = ["wanneer", "hoe", "hoeveel", "when", "how"];
const DAYS: [&str; 24] = [
    "vandaag",
    "morgen",
    "overmorgen",
    "vanavond",
    "vanmiddag",
    "straks",
    "maandag",
    "dinsdag",
    "woensdag",
    "donderdag",
    "vrijdag",
    "zaterdag",
    "zondag",
    "week",
    "today",
    "tomorrow",
    "tonight",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];
const YES_OR_NO: [&str; 11] = [
    "ja",
    "nee",
    "yes",
    "no",
    "klopt",
    "helaas",
    "natuurlijk",
    "zeker",
    "unfortunately",
    "sure",
    "inderdaad",
];

/// The first question of the customer that the reply says nothing about. None where the reply takes up
/// nothing else of what the customer said either: then it may answer the question in words of its own.
pub(crate) fn unanswered(
    conversation: &Conversation,
    customer: &[(usize, &CustomerTurn)],
    reply: &str,
) -> Option<Evidence> {
    let replied = words(reply);
    let reply_about = about(&replied);
    if reply_about.is_empty() {
        return None;
    }
    let mut said: Vec<Said> = Vec::new();
    for (turn, heard) in customer {
        let text = conversation.turns.get(*turn).map_or("", |said| said.text.as_str());
        let known = matches!(heard.language, Some(Language::Nl | Language::En));
        for span in sentences(text) {
            let place = Evidence::new(*turn, span);
            let question = known && is_asked(text, span, heard);
            said.push(Said { place, question, words: words(span.of(text)) });
        }
    }
    let taken_up = |one: &Said| shares(&about(&one.words), &reply_about);
    let open = said.iter().find(|one| {
        one.question
            && !about(&one.words).is_empty()
            && !taken_up(one)
            && !is_answered_shortly(&one.words, &replied)
    })?;
    let other = said.iter().any(|one| one.place != open.place && taken_up(one));
    other.then_some(open.place)
}

/// A sentence of the customer.
struct Said {
    place: Evidence,
    question: bool,
    words: Vec<String>,
}

/// Whether a sentence asks something of the firm.
fn is_asked(text: &str, sentence: Span, turn: &CustomerTurn) -> bool {
    let marked = text[sentence.end..].starts_with('?');
    let long = sentence.of(text).split_whitespace().count() >= WORDS;
    let upset = turn.valence < 0.0 && turn.intensity >= UPSET;
    let asked = || {
        let requests = turn.signals.iter().filter(|one| one.label == Signal::Request.into());
        let mut places = requests.flat_map(|one| &one.evidence);
        places.any(|place| place.span.overlaps(&sentence))
    };
    let sighs = || {
        let words = words(sentence.of(text));
        words.windows(2).any(|pair| SIGHS.contains(&(pair[0].as_str(), pair[1].as_str())))
    };
    marked && long && !sighs() && (!upset || asked())
}

fn is_answered_shortly(question: &[String], reply: &[String]) -> bool {
    let asks = |with: &[&str]| question.iter().take(2).any(|word| with.contains(&word.as_str()));
    let holds = |these: &[&str]| reply.iter().any(|word| these.contains(&word.as_str()));
    let number = || reply.iter().any(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    (asks(&AMOUNT) && (number() || holds(&DAYS))) || (!asks(&OPEN) && holds(&YES_OR_NO))
}

/// The words of a text in small letters, without what stands between them.
pub(crate) fn words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

/// The words that say what it is about.
fn about(words: &[String]) -> Vec<&str> {
    let says = |word: &&str| word.chars().count() >= LETTERS && !COMMON.contains(word);
    words.iter().map(String::as_str).filter(says).collect()
}

fn shares(one: &[&str], other: &[&str]) -> bool {
    one.iter().any(|a| other.iter().any(|b| is_form_of(a, b)))
}

/// Whether two words may be forms of one, or one is part of the other ("kosten", "verzendkosten").
fn is_form_of(a: &str, b: &str) -> bool {
    let same = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
    same >= SAME || a.contains(b) || b.contains(a)
}

#[cfg(test)]
mod tests {
    use gehoord_conversation::{Channel, Party, TurnReport};
    use gehoord_listening::Listener;
    use std::sync::OnceLock;

    use super::*;

    /// The question that is left, in the customer's words.
    fn left(customer: &str, reply: &str) -> Option<String> {
        static LISTENER: OnceLock<Listener> = OnceLock::new();
        let listener = LISTENER.get_or_init(|| Listener::embedded().unwrap());
        let conversation =
            Conversation::new("c", Channel::Chat).with_turn(Party::Customer, customer);
        let report = listener.listen(&conversation);
        let TurnReport::Customer(turn) = &report.turns[0] else { panic!("no customer") };
        let place = unanswered(&conversation, &[(0, turn)], reply)?;
        Some(place.span.of(customer).to_owned())
    }

    const TWO: &str = "Waar kan ik mijn oude lader inleveren? En kan ik de batterij ook in de winkel laten vervangen?";

    #[test]
    fn a_second_question_that_the_reply_says_nothing_about_is_found() {
        let reply = "Uw oude lader kunt u bij elke milieustraat inleveren.";
        let found = left(TWO, reply).unwrap();
        assert_eq!(found, "En kan ik de batterij ook in de winkel laten vervangen");
        let english =
            "Where can I return my charger? Also, could the battery be replaced in a shop?";
        let found = left(english, "You can return your charger at any of our depots.").unwrap();
        assert!(found.contains("battery"), "{found}");
    }

    #[test]
    fn what_is_answered_in_any_words_is_not_open() {
        for reply in [
            "Uw lader levert u in bij de milieustraat. Een nieuwe batterij plaatsen we in elke winkel.",
            "Uw lader levert u in bij de milieustraat, en nee, dat doen we helaas niet.",
            "Goedemiddag, dat zoek ik graag voor u uit.",
        ] {
            assert_eq!(left(TWO, reply), None, "{reply}");
        }
        let when = "Mijn pakket is verzonden. Wanneer wordt dat ongeveer thuis bezorgd?";
        assert_eq!(left(when, "Uw pakket verwacht ik daar morgen."), None);
        assert_eq!(
            left(when, "Uw pakket is inderdaad onderweg.").as_deref(),
            Some("Wanneer wordt dat ongeveer thuis bezorgd")
        );
    }

    #[test]
    fn what_asks_nothing_of_the_firm_is_no_question() {
        for customer in [
            "Mijn lader is kapot. Weet u?",
            "Mijn lader is kapot. Dat is toch wat, hè?",
            "Ik ben woedend over die lader!! Hoe vaak moet ik jullie nog achterna blijven lopen, belachelijk gewoon?",
        ] {
            assert_eq!(left(customer, "Uw lader vervangen we kosteloos."), None, "{customer}");
        }
    }
}
