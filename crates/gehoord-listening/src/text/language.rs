//! Which language a sentence is in, by its function words.
//!
//! Customer contact is short and messy, so a guess leans on what the rest of the conversation is
//! in: a sentence counts as another language only when its own words say so clearly.

use std::sync::LazyLock;

use gehoord_conversation::Language;
use rustc_hash::FxHashMap;

/// A guess and how clear it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LanguageGuess {
    /// The language with the most support.
    pub language: Language,
    /// Support for it minus the support for the runner-up, in words.
    pub margin: f32,
}

/// Function words of each language. A word of several languages supports each a little.
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
         für fur es aber um wir mein meine ihre unser habe haben hat hatte wird werden kann \
         können konnen soll muss noch schon kein keine auch nach bei aus an durch über uber wenn \
         dann was wo wie wann warum weil jetzt so sehr gerne bitte danke hier doch ja nein hallo \
         guten tag etwas nichts jemand immer wieder mal mir mich ihnen dem den des im am zum",
    ),
    (
        Language::Fr,
        "le la les un une et de du des je tu vous il elle nous ne pas est que ce cette dans sur à \
         sont était avec pour mais mon ma mes votre vos notre nos ai as avez ont avait sera peut \
         pouvez dois encore déjà deja aucun aussi par chez si alors quoi où ou comment quand \
         pourquoi parce maintenant très tres merci ici oui non bonjour salut quelque rien \
         toujours plus en au aux c'est j'ai qui se sa son",
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

/// Guesses the language of folded `words`; `None` when no word says anything.
pub fn guess_language<'w>(words: impl Iterator<Item = &'w str>) -> Option<LanguageGuess> {
    let mut scores = [0.0_f32; 4];
    for word in words {
        if let Some(weights) = SUPPORT.get(word) {
            for (score, weight) in scores.iter_mut().zip(weights) {
                *score += weight;
            }
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
}
