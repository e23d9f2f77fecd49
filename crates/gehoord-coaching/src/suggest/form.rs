//! Form of address: the customer's own first, then the house style, then what the conversation and
//! the channel suggest.

use gehoord_conversation::{Channel, Conversation, Language, Party};

use super::HouseStyle;
use super::words::{Sentence, sentences};

/// How the customer is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Form {
    /// u, Sie, vous.
    Formal,
    /// je, du, tu.
    Informal,
}

/// The form for the next reply.
pub(crate) fn form(conversation: &Conversation, language: Language, style: &HouseStyle) -> Form {
    let by = |party: Party| {
        let turns = conversation.turns.iter().rev().filter(|t| t.party == party);
        turns.map(|t| sentences(&t.text)).find_map(|s| said(&s, language))
    };
    by(Party::Customer)
        .or_else(|| style.form_of_address(conversation.channel))
        .or_else(|| by(Party::Agent))
        .unwrap_or_else(|| by_tone(conversation, language))
}

/// The form that was used; none where both were, or neither.
pub(crate) fn said(sentences: &[Sentence], language: Language) -> Option<Form> {
    let mut formal = 0_u32;
    let mut informal = 0_u32;
    for sentence in sentences {
        for (at, word) in sentence.words.iter().enumerate() {
            if word.quoted {
                continue;
            }
            let first = at == 0;
            match (language, word.low.as_str()) {
                (Language::Nl, "u" | "uw" | "uzelf") => formal += 1,
                // "Ge" and "gij" are said to friends and to strangers alike.
                (Language::Nl, "jij" | "jou" | "jouw" | "je") => informal += 1,
                (Language::De, "du" | "dir" | "dich" | "dein" | "deine" | "deinen" | "deiner") => {
                    informal += 1;
                }
                (Language::De, "ihr" | "euch" | "eure" | "euer" | "eurer" | "euren")
                    if !word.raw.starts_with('I') =>
                {
                    informal += 1;
                }
                (Language::De, "sie" | "ihnen" | "ihre" | "ihren" | "ihrem" | "ihrer")
                    if !first && word.raw.starts_with(char::is_uppercase) =>
                {
                    formal += 1;
                }
                (Language::Fr, "vous" | "votre" | "vos") => formal += 1,
                (Language::Fr, "tu" | "toi" | "t'es" | "t'as" | "te") => informal += 1,
                _ => {}
            }
        }
    }
    match (formal > 0, informal > 0) {
        (true, false) => Some(Form::Formal),
        (false, true) => Some(Form::Informal),
        // "Je" may mean anyone, "u" means one.
        (true, true) if language == Language::Nl => Some(Form::Formal),
        _ => None,
    }
}

/// Who writes "hoi" and "ff" in a chat is not spoken to with "u"; everybody else is.
fn by_tone(conversation: &Conversation, language: Language) -> Form {
    if !matches!(conversation.channel, Channel::Chat | Channel::Social) {
        return Form::Formal;
    }
    let casual: &[&str] = match language {
        Language::Nl => &[
            "hoi", "hey", "hee", "heey", "yo", "ff", "effe", "mn", "m'n", "jullie", "omg", "lol",
            "haha", "hihi", "t", "wtf", "xx", "ofzo", "echt", "hi", "ie",
        ],
        Language::De => &["hi", "hey", "moin", "haha", "mega", "ihr", "euch", "nen", "ne", "is"],
        Language::Fr => &["salut", "coucou", "mdr", "lol", "stp", "c", "jsuis", "chui", "ptdr"],
        Language::En => &[],
    };
    let mut customer = conversation.turns.iter().filter(|t| t.party == Party::Customer);
    let is_casual = customer.any(|t| {
        sentences(&t.text).iter().flat_map(|s| &s.words).any(|w| casual.contains(&w.low.as_str()))
    });
    if is_casual { Form::Informal } else { Form::Formal }
}
