//! A reply that was made elsewhere, as by a language model. It is suggested only when it says
//! nothing that the conversation does not say: no number, day, time or name, and no promise.

use std::collections::HashSet;

use gehoord_conversation::{Conversation, Language, Locale, Party, Report, Safety, TurnReport};
use gehoord_listening::Listener;
use gehoord_listening::due;
use gehoord_listening::text::Kind;

use crate::denied::{Corrected, correct};

use super::book::{Book, book};
use super::compose::{self, Envelope};
use super::form::{self, Form};
use super::style::HouseStyle;
use super::words::{Sentence, Word, lower, sentences};
use super::{Suggestion, Wish, answered, facts, facts_of, kind, sayings, until_customer};

/// The longest body of a reply, in bytes; what is longer was not asked for.
const LONGEST: usize = 1_500;

/// How the next reply is addressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Addressed {
    /// The customer's language.
    pub language: Language,
    /// How the customer is spoken to.
    pub form: Form,
}

/// Why a reply that was made elsewhere is not suggested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refused {
    /// Nothing is to be suggested here: safety comes first, or no customer spoke.
    NotHere,
    /// It is empty, too long, or no running text.
    Shape,
    /// It is in another language than the customer's.
    Language,
    /// It speaks to the customer in another form.
    Form,
    /// It holds a number, day, time, link or mask that was not said.
    Fact,
    /// It holds a name that was not said.
    Name,
    /// It promises or gives what nobody of the firm has said.
    Promise,
    /// It breaks listening, or gives back what was not said.
    Listening,
    /// The house avoids a word of it.
    House,
    /// It is like something that was suggested or written before.
    Alike,
}

impl Refused {
    /// Every reason.
    pub const ALL: [Self; 10] = [
        Self::NotHere,
        Self::Shape,
        Self::Language,
        Self::Form,
        Self::Fact,
        Self::Name,
        Self::Promise,
        Self::Listening,
        Self::House,
        Self::Alike,
    ];

    /// A stable name.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::NotHere => "not_here",
            Self::Shape => "shape",
            Self::Language => "language",
            Self::Form => "form",
            Self::Fact => "fact",
            Self::Name => "name",
            Self::Promise => "promise",
            Self::Listening => "listening",
            Self::House => "house",
            Self::Alike => "alike",
        }
    }
}

/// How a reply to the last customer run is addressed; none where no words are to be suggested.
#[must_use]
pub fn addressed(
    listener: &Listener,
    corrected: &Corrected,
    style: &HouseStyle,
) -> Option<Addressed> {
    let (asked, report) = heard(listener, corrected);
    addressed_in(&asked, &report, style)
}

/// The conversation up to the customer's last words, and what is heard in it.
fn heard(listener: &Listener, corrected: &Corrected) -> (Conversation, Report) {
    let asked = until_customer(&corrected.conversation);
    let mut report = listener.listen(&asked);
    correct(&mut report, &corrected.denied);
    (asked, report)
}

/// The conversation ends with the customer.
fn addressed_in(asked: &Conversation, report: &Report, style: &HouseStyle) -> Option<Addressed> {
    let customer = report.turns.iter().filter_map(|turn| match turn {
        TurnReport::Customer(turn) => Some(turn),
        _ => None,
    });
    let never = |safety: &[Safety]| !safety.is_empty();
    if customer.clone().any(|turn| never(&turn.safety)) {
        return None;
    }
    let before = asked.turns.iter().rposition(|turn| turn.party == Party::Agent);
    let run = asked.turns.get(before.map_or(0, |at| at + 1)..)?;
    let text: Vec<&str> = run
        .iter()
        .filter(|turn| turn.party == Party::Customer)
        .map(|turn| turn.text.as_str())
        .collect();
    let text = text.join(" ");
    if !text.chars().any(char::is_alphanumeric) {
        return None;
    }
    let heard = customer.filter_map(|turn| turn.language).next_back();
    let expected = asked.locale.as_ref().and_then(Locale::language);
    let language = kind::spoken(&text, heard, expected).or_else(|| report.locale.language())?;
    Some(Addressed { language, form: form::form(asked, language, style) })
}

/// Holds the body of a reply against the conversation, and puts salutation and sign-off around it.
///
/// # Errors
/// Why it is not suggested.
pub fn consider(
    listener: &Listener,
    corrected: &Corrected,
    wish: &Wish<'_>,
    body: &str,
) -> Result<Suggestion, Refused> {
    let conversation = &corrected.conversation;
    let (asked, report) = heard(listener, corrected);
    let Addressed { language, form } =
        addressed_in(&asked, &report, wish.style).ok_or(Refused::NotHere)?;
    let book = book(language);
    let body = running(body).ok_or(Refused::Shape)?;
    let body = wish.style.in_own_words(conversation.channel, body).ok_or(Refused::House)?;
    let bare = without_slots(&body, language).ok_or(Refused::Fact)?;
    let said = Said::of(&asked, wish.style, language, book);
    let own = sentences(&bare);
    if said.lacks_fact(&bare, &own) {
        return Err(Refused::Fact);
    }
    if own.iter().any(|sentence| said.lacks_name(sentence, language)) {
        return Err(Refused::Name);
    }
    if own.iter().any(|sentence| said.lacks_gift(sentence, &book.words)) {
        return Err(Refused::Promise);
    }
    if form::said(&own, language).is_some_and(|other| other != form) {
        return Err(Refused::Form);
    }
    let greeting = compose::greeting(conversation);
    let envelope = Envelope {
        channel: conversation.channel,
        form,
        style: wish.style,
        book,
        greeting: greeting.as_deref(),
    };
    let text = envelope.around(&body, wish.seed);
    let heard = answered(listener, &asked, &text);
    let index = heard.turns.len().saturating_sub(1);
    let mut promised = heard.promises.iter().filter(|promise| promise.turn == index);
    if promised.any(|promise| !said.by_firm(&promise.what)) {
        return Err(Refused::Promise);
    }
    let Some(TurnReport::Agent(turn)) = heard.turns.last() else { return Err(Refused::Shape) };
    if turn.language.is_some_and(|other| other != language) {
        return Err(Refused::Language);
    }
    if !turn.breakers.is_empty() || turn.fidelity.is_some_and(|share| share < 1.0) {
        return Err(Refused::Listening);
    }
    let words = facts::runs(&text);
    if wish.earlier.iter().any(|e| facts::likeness(&facts::runs(e), &words) > facts::ALIKE) {
        return Err(Refused::Alike);
    }
    let takes_up = Vec::new();
    Ok(Suggestion { text, language, form, situation: None, takes_up, score: turn.score })
}

/// The text without what stands around it; none where it is no running text.
fn running(body: &str) -> Option<&str> {
    let body = body.trim().trim_matches(['"', '“', '”', '„', '«', '»']).trim();
    let markup = ["```", "**", "<", ">", "##", "\n- ", "\n* ", "|"];
    let runs = body.len() <= LONGEST
        && body.chars().any(char::is_alphanumeric)
        && !body.chars().any(|c| c.is_control() && c != '\n')
        && !markup.iter().any(|mark| body.contains(mark));
    runs.then_some(body)
}

/// The text with a blank for every slot; none where something in braces is no plain slot.
fn without_slots(text: &str, language: Language) -> Option<String> {
    const LONGEST_SLOT: usize = 30;
    let mut bare = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('{') {
        let (slot, after) = behind.split_once('}')?;
        let plain = |c: char| c.is_lowercase() || matches!(c, ' ' | '_' | '-' | '\'');
        // German writes every noun with a capital.
        let mut name = slot.chars();
        let begins = name.next().is_some_and(|c| c.is_lowercase() || language == Language::De);
        if !begins || slot.chars().count() > LONGEST_SLOT || !name.all(plain) {
            return None;
        }
        bare.push_str(before);
        bare.push(' ');
        rest = after;
    }
    (!rest.contains('}')).then(|| bare + rest)
}

/// What the conversation and the house style hold.
struct Said<'s> {
    facts: HashSet<String>,
    words: HashSet<String>,
    /// The times that were named, in lower case.
    times: HashSet<String>,
    /// The words of each turn of the firm.
    firm: Vec<HashSet<String>>,
    language: Language,
    book: &'s Book,
}

impl<'s> Said<'s> {
    fn of(asked: &Conversation, style: &HouseStyle, language: Language, book: &'s Book) -> Self {
        let all = || sayings(asked, style);
        let firm = asked.turns.iter().filter(|turn| turn.party != Party::Customer);
        Self {
            facts: facts_of(asked, style, &book.facts),
            words: all().flat_map(words_of).collect(),
            times: all().flat_map(|text| times(text, language)).collect(),
            firm: firm.map(|turn| words_of(&turn.text).collect()).collect(),
            language,
            book,
        }
    }

    fn lacks_fact(&self, text: &str, own: &[Sentence]) -> bool {
        let number = |word: &&Word| self.book.words.says_number(&word.low);
        let words = own.iter().flat_map(|sentence| &sentence.words);
        !facts::invented(text, &self.facts, &self.book.facts).is_empty()
            || words.filter(number).any(|word| !self.words.contains(&word.low))
            || times(text, self.language).any(|time| !self.times.contains(&time))
    }

    /// A word with a capital that was not said, where no sentence begins. German writes every noun
    /// with one; there, names are looked for by who finds personal data.
    fn lacks_name(&self, sentence: &Sentence, language: Language) -> bool {
        let mut behind_mark = true;
        sentence.words.iter().any(|word| {
            let begins = behind_mark || word.gap.contains([':', '"', '“', '„', '«', '\n']);
            behind_mark = false;
            let polite = match language {
                Language::Nl => matches!(word.low.as_str(), "u" | "uw"),
                Language::En => word.low == "i" || word.low.starts_with("i'"),
                Language::De => true,
                Language::Fr => false,
            };
            word.kind == Kind::Word
                && !begins
                && !polite
                && word.raw.starts_with(char::is_uppercase)
                && !self.words.contains(&word.low)
        })
    }

    /// Something that a firm gives or brings about, which nobody of the firm named: where the
    /// customer named it, it may come back as long as nothing is made of it.
    fn lacks_gift(&self, sentence: &Sentence, lexicon: &super::lexicon::Lexicon) -> bool {
        let commits = sentence.words.iter().any(|word| lexicon.commits(&word.low));
        sentence.words.iter().any(|word| {
            lexicon.is_given(&word.low)
                && !self.firm.iter().any(|turn| turn.contains(&word.low))
                && (commits || !self.words.contains(&word.low))
        })
    }

    /// Whether a promise is none of its own: what it promises is left to the agent, or somebody of
    /// the firm said it in one turn, in these words.
    fn by_firm(&self, promise: &str) -> bool {
        const TELLING: usize = 4;
        let before = promise.split('{').next().unwrap_or_default();
        let left_open =
            before != promise && words_of(before).all(|word| self.book.words.leads_to_slot(&word));
        let telling: Vec<String> =
            words_of(promise).filter(|word| word.chars().count() >= TELLING).collect();
        let said = |turn: &HashSet<String>| telling.iter().all(|word| turn.contains(word));
        left_open || (!telling.is_empty() && self.firm.iter().any(said))
    }
}

fn words_of(text: &str) -> impl Iterator<Item = String> {
    let all = sentences(text).into_iter().flat_map(|sentence| sentence.words);
    all.map(|word| word.low)
}

/// The times in a text that tell more than "now" and "soon".
fn times(text: &str, language: Language) -> impl Iterator<Item = String> {
    let all = due::find(text, language).into_iter();
    all.filter(|when| when.kind.is_to_come()).map(|when| lower(when.span.of(text)))
}
