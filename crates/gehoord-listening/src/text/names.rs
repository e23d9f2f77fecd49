//! Which words are names, so that nothing learned can hang on who somebody is.
//!
//! A name is told by its capital: in the middle of a sentence always (in German, where every noun
//! has one, only when the word is unknown), at its start when the word is not known in lower case.
//! Names without a capital are not told.

use gehoord_conversation::Language;

use super::{Kind, Text, Vocabulary};

/// Words in lower case that belong to the name after them ("de Vries", "El Amrani").
const PARTICLES: [&str; 16] = [
    "de", "van", "der", "den", "ten", "ter", "'t", "el", "al", "bin", "von", "la", "du", "di",
    "da", "dos",
];

/// For each token, whether it is a name or part of one.
pub(crate) fn names(
    text: &Text,
    raw: &str,
    language: Option<Language>,
    known: Option<&Vocabulary>,
) -> Vec<bool> {
    let mut names = vec![false; text.tokens.len()];
    let is_known = |norm: &str| known.is_none_or(|v| v.knows(norm));
    for sentence in &text.sentences {
        let mut opening = true;
        for index in sentence.range() {
            let token = &text.tokens[index];
            if token.kind != Kind::Word {
                opening &= token.kind != Kind::Number;
                continue;
            }
            let norm = text.norm(token);
            if has_capital(token.span().of(raw)) {
                let nouns_too = opening || language == Some(Language::De);
                names[index] = !nouns_too || !is_known(norm);
            }
            opening = false;
        }
        for index in sentence.range().rev() {
            let next = index + 1 < sentence.last as usize && names[index + 1];
            names[index] |= next && PARTICLES.contains(&text.norm(&text.tokens[index]));
        }
    }
    names
}

/// A capital first and small letters after it: "Fatima", "McKay"; not "IK", "I" or "I'm".
pub(super) fn has_capital(word: &str) -> bool {
    let mut letters = word.chars().filter(|c| c.is_alphabetic());
    letters.next().is_some_and(char::is_uppercase)
        && letters.any(char::is_lowercase)
        && !word.starts_with("I'")
        && !word.starts_with("I’")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(raw: &str, language: Language) -> Vec<&str> {
        let text = Text::new(raw);
        let mut known = Vocabulary::empty();
        let usual = "waar blijft mijn pakket goedemiddag dank wie is die karte where is my card";
        known.add_text(usual);
        let names = names(&text, raw, Some(language), Some(&known));
        let tokens = text.tokens.iter().zip(names).filter(|(_, name)| *name);
        tokens.map(|(t, _)| t.span().of(raw)).collect()
    }

    #[test]
    fn names_are_told_by_their_capital() {
        let cases = [
            ("Waar blijft mijn pakket? Fatima de Vries", vec!["Fatima", "de", "Vries"]),
            ("Goedemiddag, met El Amrani.", vec!["El", "Amrani"]),
            ("Waar is Mark?", vec!["Mark"]),
            ("WAAR BLIJFT MIJN PAKKET", vec![]),
        ];
        for (raw, names) in cases {
            assert_eq!(found(raw, Language::Nl), names, "{raw}");
        }
        assert_eq!(found("Where is my card? I'm Tom", Language::En), ["Tom"]);
        assert_eq!(
            found("Wie ist die Karte von Herrn Okonkwo?", Language::De),
            ["von", "Herrn", "Okonkwo"]
        );
    }
}
