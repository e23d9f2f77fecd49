//! How a customer asks, wants, and names a death: the words that tell, in each language.

use gehoord_conversation::Language;

use super::words::{lower, sentences};

/// Whether any sentence opens as a question does, without its mark.
pub(super) fn opens_with_question(text: &str, language: Language) -> bool {
    sentences(text)
        .iter()
        .filter_map(|s| s.words.iter().find(|w| w.low.len() > 1))
        .any(|w| opens_question(&w.low, language))
}

/// Whether a question may open with this word.
pub(super) fn opens_question(word: &str, language: Language) -> bool {
    let words: &[&str] = match language {
        Language::Nl => &[
            "wat", "waar", "wanneer", "waarom", "hoe", "hoelang", "hoeveel", "wie", "welke", "kan",
            "kunnen", "mag", "mogen", "moet", "is", "zijn", "heeft", "hebben", "doet", "weet",
            "komt", "klopt", "kunt", "doen", "staan", "gaan", "rijdt", "levert", "bestaat",
            "geldt", "werkt", "start", "begint",
        ],
        Language::En => &[
            "what", "where", "when", "why", "how", "who", "which", "can", "could", "is", "are",
            "do", "does", "did", "will", "would", "should", "may",
        ],
        Language::De => &[
            "was", "wo", "wann", "warum", "wieso", "wie", "wer", "welche", "kann", "können",
            "darf", "muss", "ist", "sind", "gibt", "ab", "haben",
        ],
        Language::Fr => &[
            "quel", "quelle", "où", "quand", "pourquoi", "comment", "qui", "combien", "est-ce",
            "peut-on", "puis-je", "peut", "c'est", "vous",
        ],
    };
    words.contains(&word)
}

/// "Kunt u", "could you": something is to be done.
pub(super) fn asks_to_do(text: &str, language: Language) -> bool {
    let said: &[&str] = match language {
        Language::Nl => &[
            "kunt u",
            "kan je",
            "kun je",
            "wilt u",
            "wil je",
            "kunnen jullie",
            "zou u",
            "zou je",
            "kan u",
            "kunde",
            "kunt ge",
            "wilt ge",
            "kan iemand",
            "zoudt u",
        ],
        Language::En => &[
            "can you please",
            "can you send",
            "can you put",
            "can you move",
            "could you",
            "would you",
            "will you",
            "can somebody",
            "can someone",
        ],
        Language::De => {
            &["können sie", "könnten sie", "kannst du", "könntet ihr", "könnt ihr", "würden sie"]
        }
        Language::Fr => &["pouvez-vous", "pourriez-vous", "peux-tu", "vous pouvez", "pourrais-tu"],
    };
    let knows = [
        "zeggen",
        "vertellen",
        "weten",
        "bevestigen",
        "aangeven",
        "uitleggen",
        "adviseren",
        "meedelen",
        "tell",
        "advise",
        "let me know",
        "say",
        "explain",
        "sagen",
        "dire",
        "indiquer",
        "préciser",
        "informer",
        "renseigner",
        "confirm",
    ];
    let low = lower(text);
    said.iter().any(|words| low.contains(words)) && !knows.iter().any(|k| low.contains(k))
}

/// "Mag ik dat ook onder de kraan houden": a question in the middle of a sentence, without its mark.
pub(super) fn asks_within(text: &str, language: Language) -> bool {
    let said: &[&str] = match language {
        Language::Nl => &[
            "mag ik", "kan ik", "moet ik", "of moet", "hoe ", "welke", "wat is", "wanneer", "waar ",
        ],
        Language::En => {
            &["whats", "what's", "what is", "which ", "how ", "can i", "where ", "when ", "do i"]
        }
        Language::De => &["kann ich", "darf ich", "muss ich", "wie ", "wann ", "welche"],
        Language::Fr => &["est-ce que", "comment", "quel", "puis-je", "quand", "combien"],
    };
    let low = lower(text);
    said.iter().any(|words| low.contains(words))
}

/// "Ik wou weten", "I wanted to ask".
pub(super) fn wants_to_know(text: &str, language: Language) -> bool {
    let said: &[&str] = match language {
        Language::Nl => &[
            "wou weten",
            "wil weten",
            "wilde weten",
            "wou vragen",
            "wilde vragen",
            "wil vragen",
            "alleen weten",
            "graag weten",
            "mijn vraag",
            "even weten",
            "mij te zeggen",
            "zeg mij ",
            "zeg me ",
        ],
        Language::En => &[
            "want to know",
            "wanted to know",
            "wanted to ask",
            "was wondering",
            "wondering if",
            "glad to learn",
            "like to know",
            "please tell me",
        ],
        Language::De => &["wollte wissen", "wollte fragen", "wollt fragen", "möchte wissen"],
        Language::Fr => {
            &["voudrais savoir", "voulais savoir", "pour savoir", "aimerais savoir", "juste savoir"]
        }
    };
    let low = lower(text);
    said.iter().any(|words| low.contains(words))
}

/// Whether a death is named.
pub(super) fn names_death(text: &str, language: Language) -> bool {
    let words: &[&str] = match language {
        Language::Nl => &["overleden", "overlijden", "gestorven", "wijlen", "overleed", "stierf"],
        Language::En => &["died", "passed", "late", "deceased", "cremated"],
        Language::De => {
            &["gestorben", "verstorben", "verstorbenen", "starb", "verstarb", "beisetzung"]
        }
        Language::Fr => &["décédé", "décédée", "décès", "obsèques", "mort", "morte"],
    };
    let late = |w: &str, before: Option<&str>, next: Option<&str>| {
        // "My late husband", but not "late again"; "passed away", but not "passed on".
        match w {
            "late" => next.is_some_and(|n| {
                matches!(
                    n,
                    "husband"
                        | "wife"
                        | "mother"
                        | "father"
                        | "mum"
                        | "mom"
                        | "dad"
                        | "son"
                        | "daughter"
                        | "brother"
                        | "sister"
                        | "nan"
                        | "gran"
                        | "grandmother"
                )
            }),
            "passed" => next == Some("away"),
            // "Mon mari est mort", but not "mort de rire".
            "mort" | "morte" => before == Some("est") && next != Some("de"),
            _ => true,
        }
    };
    let all = lower(text);
    let words_of: Vec<&str> =
        all.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|w| !w.is_empty()).collect();
    words_of.iter().enumerate().any(|(i, w)| {
        let before = i.checked_sub(1).and_then(|i| words_of.get(i)).copied();
        words.contains(w) && late(w, before, words_of.get(i + 1).copied())
    })
}
