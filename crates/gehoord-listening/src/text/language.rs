//! Which language a sentence is in, by its function words.
//!
//! Customer contact is short and messy, so a guess leans on what the rest of the conversation is
//! in: a sentence counts as another language only when its own words say so clearly.

use std::sync::LazyLock;

use gehoord_conversation::Language;
use rustc_hash::FxHashMap;

use super::letters::{LANGUAGES, Letters};

/// A guess and how clear it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LanguageGuess {
    /// The language with the most support.
    pub language: Language,
    /// Support for it minus the support for the runner-up, in words.
    pub margin: f32,
}

/// Function words of each language, folded as tokens are ("für" is "fur"). A word of several
/// languages supports each a little. German "bin" and French "moi" stay out: "in the bin" and the
/// greeting "moi" are English and Dutch.
const WORDS: [(Language, &str); 4] = [
    (
        Language::Nl,
        "de het een en van ik je u jij jullie niet is dat die dit in op te zijn was met voor er \
         maar om hem ze we wij mijn uw jouw ons onze heb hebt heeft hebben had wordt worden kan \
         kunt kunnen zou moet nog al wel geen ook naar bij uit aan door over als dan wat waar hoe \
         wanneer waarom want omdat nu zo heel graag mag deze hier daar toch bedankt goed nee ja \
         hallo dank alsjeblieft alstublieft aub iets niets iemand niemand altijd weer even gewoon \
         gaan ga gaat doen doe doet weet weten krijg krijgt vandaag morgen gisteren mevrouw \
         meneer groet groeten gij ge hoi dag keer",
    ),
    (
        Language::En,
        "the a an and of i you he she it not is that this in on to are was with for there but my \
         your our we they have has had will would can could should must still no also from at by \
         if then what where how when why because now so very please thanks thank here yes hello \
         hi something nothing someone always again just going do does did know get got today \
         tomorrow yesterday been be am me him her them his their its or as about out up who \
         which were any all more than only don didn isn can't don't i'm it's",
    ),
    (
        Language::De,
        "der die das ein eine und von ich du sie ihr nicht ist dass dies in auf zu sind war mit \
         fur es aber um wir mein meine ihre unser habe haben hat hatte wird werden kann konnen \
         soll muss noch schon kein keine auch nach bei aus an durch uber wenn dann was wo wie \
         wann warum weil jetzt so sehr gerne bitte danke hier doch ja nein hallo guten tag etwas \
         nichts jemand immer wieder mal mir mich ihnen dem den des im am zum bist seid sein seine \
         seinen hab habt hatten wurde wurden werde konnte konnten konnt musste mussen durfen darf \
         sollte sollen wollen wollte mochte gibt lasst dir dich dein deine deinen deiner euch \
         euer eure euren uns unsere unseren unserem unserer ihm ihn ihren ihrem ihrer meinen \
         meinem meiner meines sich einen einem einer eines keinen keinem keiner diese dieser \
         dieses diesem diesen welche welcher vom zur beim seit vor ohne gegen oder sondern denn \
         obwohl damit dazu davon darauf daruber bereits nur mehr viele vielen heute gestern \
         endlich leider wieso weshalb fuer ueber koennen koennt moechte waere wuerde gar einfach \
         mehrmals herr herrn frau geehrte geehrter grussen",
    ),
    (
        Language::Fr,
        "le la les un une et de du des je tu vous il elle nous ne pas est que ce cette dans sur \
         sont avec pour mais mon ma mes votre vos notre nos ai as avez ont avait sera peut pouvez \
         dois encore deja aucun aussi par chez si alors quoi ou comment quand pourquoi parce \
         maintenant tres merci ici oui non bonjour salut quelque rien toujours plus en au aux qui \
         se sa son etait etais etaient etes etre ete suis sommes avons aurais avais avaient \
         aurait vais faut fait faites faire peux veux voulez voudrais doit puis cela ces cet ceux \
         celle leur leurs toi tes aucune sans sous depuis apres avant jusqu entre jamais personne \
         trop assez peu bien tout toute tous chaque quel quelle quelqu combien donc afin pendant \
         lorsque jours semaines fois monsieur bonsoir aujourd'hui c'est c'etait n'est n'ai n'a \
         n'ont n'avez n'avons n'y n'en d'un d'une d'accord d'avoir d'etre d'autres d'abord \
         d'apres m'a m'avez m'ont m'en s'il s'est t'es t'as t'ai",
    ),
];

static SUPPORT: LazyLock<FxHashMap<&'static str, [f32; 4]>> = LazyLock::new(|| {
    let mut support: FxHashMap<&'static str, [f32; 4]> = FxHashMap::default();
    for (i, (_, words)) in WORDS.iter().enumerate() {
        for word in words.split_whitespace() {
            support.entry(word).or_default()[i] = 1.0;
        }
    }
    for weights in support.values_mut() {
        let shared: f32 = weights.iter().sum();
        for weight in weights.iter_mut() {
            *weight /= shared * shared;
        }
    }
    support
});

/// Where French stands in [`WORDS`].
const FRENCH: usize = 3;

/// "L'adresse", "j'attends", "qu'on": only French drops a vowel after these letters. Other letters
/// do not tell: Dutch has "d'r" and, mistyped, "s'avonds".
fn is_elided(word: &str) -> bool {
    let rest = match word.as_bytes() {
        [b'j' | b'l', b'\'', rest @ ..] | [b'q', b'u', b'\'', rest @ ..] => rest,
        _ => return false,
    };
    matches!(rest, [b'a' | b'e' | b'i' | b'o' | b'u' | b'y' | b'h', _, ..])
        || rest == b"y"
        || rest == b"a"
}

/// Guesses the language of folded `words`; `None` when no word says anything.
pub fn guess_language<'w>(words: impl Iterator<Item = &'w str>) -> Option<LanguageGuess> {
    let mut scores = [0.0_f32; 4];
    for word in words {
        if let Some(weights) = SUPPORT.get(word) {
            for (score, weight) in scores.iter_mut().zip(weights) {
                *score += weight;
            }
        } else if is_elided(word) {
            scores[FRENCH] += 1.0;
        }
    }
    let (best, &top) = scores.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1))?;
    if top <= 0.0 {
        return None;
    }
    let second =
        scores.iter().enumerate().filter(|(i, _)| *i != best).map(|(_, &s)| s).fold(0.0, f32::max);
    Some(LanguageGuess { language: WORDS[best].0, margin: top - second })
}

/// The language of folded `words` that may be few, and of which none need be a function word; `None`
/// where they hold no letters. Right for .82 of the first words of turns, .93 of the first two
/// together and .97 of three (`cargo xtask letters`).
pub fn likeliest_language<'w>(
    words: impl Iterator<Item = &'w str> + Clone,
    letters: &Letters,
) -> Option<Language> {
    /// Letters of the first words say enough.
    const ENOUGH: usize = 60;
    let mut scores = letters.weigh(words.clone().take(ENOUGH));
    if scores == [0.0; 4] {
        return None;
    }
    for word in words {
        if let Some(weights) = SUPPORT.get(word) {
            for (score, weight) in scores.iter_mut().zip(weights) {
                *score += weight;
            }
        }
    }
    let best = (0..scores.len()).max_by(|&a, &b| scores[a].total_cmp(&scores[b]))?;
    Some(LANGUAGES[best])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guess(text: &str) -> Option<Language> {
        guess_language(text.split_whitespace()).map(|g| g.language)
    }

    #[test]
    fn short_customer_sentences_are_told_apart() {
        assert_eq!(guess("ik heb nog steeds niets gehoord"), Some(Language::Nl));
        assert_eq!(guess("i still have not heard anything"), Some(Language::En));
        assert_eq!(guess("ich habe noch nichts von ihnen gehört"), Some(Language::De));
        assert_eq!(guess("je n'ai pas encore de réponse"), Some(Language::Fr));
        assert_eq!(guess("12345 xyz"), None);
    }

    #[test]
    fn every_word_is_folded_and_stands_once() {
        for (language, words) in WORDS {
            let mut seen = std::collections::BTreeSet::new();
            for word in words.split_whitespace() {
                let mut folded = String::new();
                crate::text::fold_into(&mut folded, word);
                assert_eq!(word, folded, "{language:?}: can never match");
                assert!(seen.insert(word), "{language:?}: {word} stands twice");
            }
        }
        assert_eq!(WORDS[FRENCH].0, Language::Fr);
        assert_eq!(WORDS.map(|(language, _)| language), LANGUAGES);
    }

    #[test]
    fn german_and_french_without_the_words_of_a_textbook_are_told_too() {
        let text = |raw: &str| {
            let text = crate::text::Text::new(raw);
            guess_language(text.tokens.iter().map(|t| text.norm(t))).map(|g| g.language)
        };
        for german in [
            "Bin seit 3 Wochen ohne Antwort",
            "Wurde gestern geliefert, leider kaputt",
            "Habt ihr euch überhaupt gekümmert?",
            "Für meinen Vater",
        ] {
            assert_eq!(text(german), Some(Language::De), "{german}");
        }
        for french in [
            "J'attends depuis 3 semaines",
            "C’était l’enfer",
            "Qu'on m'explique",
            "Quelle honte, vous n'êtes jamais là",
            "Où êtes-vous ?",
        ] {
            assert_eq!(text(french), Some(Language::Fr), "{french}");
        }
        assert_eq!(text("'s Avonds is d'r niemand"), Some(Language::Nl));
        assert_eq!(text("I don't know what it's about"), Some(Language::En));
    }

    #[test]
    fn a_few_words_without_a_function_word_are_told_by_their_letters() {
        let letters = Letters::shipped();
        let text = |raw: &str| {
            let text = crate::text::Text::new(raw);
            let words: Vec<&str> = text.tokens.iter().map(|t| text.norm(t)).collect();
            likeliest_language(words.into_iter(), &letters)
        };
        for (raw, language) in [
            ("Ik maak me grote zorgen.", Language::Nl),
            ("Bestelling kwijt", Language::Nl),
            ("Wonderful news!", Language::En),
            ("Thanks!", Language::En),
            ("Mir reicht's!", Language::De),
            ("Ça me rend triste.", Language::Fr),
        ] {
            assert_eq!(text(raw), Some(language), "{raw}");
        }
        assert_eq!(text("12345 😡"), None);
    }
}
