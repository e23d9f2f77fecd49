//! Form of address: u or je, Sie or du, vous or tu, and whether one message mixes them.

use gehoord_conversation::{Language, Party, Span};

use crate::reading::Reading;
use crate::text::Kind;

/// How a party addresses the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Address {
    /// u, uw; Sie, Ihr; vous, votre.
    Formal,
    /// je, jij, jou, jouw; du, dein; tu, ton.
    Informal,
}

/// Whether a word can only speak to one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meant {
    One,
    /// "Vous" and "ihr" of a customer may mean the firm.
    OneOrMany,
}

/// The forms of address used in a turn, with the first place of each. English tells none apart.
/// General "je" ("dat wil je niet vlak voor je vakantie") and "jullie" say nothing; what may be
/// said to a whole firm says nothing beside a form for one person.
pub(crate) fn forms(reading: &Reading<'_>) -> Vec<(Address, Span)> {
    let form_at = match reading.language {
        Some(Language::Nl) => dutch,
        Some(Language::De) => german,
        Some(Language::Fr) => french,
        _ => return Vec::new(),
    };
    let mut found: Vec<(Address, Span)> = Vec::new();
    let mut only_maybe: Option<Address> = None;
    for (at, token) in reading.text.tokens.iter().enumerate() {
        if token.kind != Kind::Word || token.quoted {
            continue;
        }
        let Some((form, meant)) = form_at(reading, at) else { continue };
        if !found.iter().any(|(known, _)| *known == form) {
            found.push((form, token.span()));
            if meant == Meant::OneOrMany {
                only_maybe = Some(form);
            }
        } else if meant == Meant::One && only_maybe == Some(form) {
            only_maybe = None;
        }
    }
    if found.len() > 1
        && reading.turn.party == Party::Customer
        && let Some(maybe) = only_maybe
    {
        found.retain(|(form, _)| *form != maybe);
    }
    found
}

/// The folded word at `index`, empty outside the sentence of token `at`.
fn norm_near<'r>(reading: &'r Reading<'_>, at: usize, index: usize) -> &'r str {
    let text = &reading.text;
    let sentence = text.tokens[at].sentence;
    text.tokens.get(index).filter(|t| t.sentence == sentence).map_or("", |t| text.norm(t))
}

fn dutch(reading: &Reading<'_>, at: usize) -> Option<(Address, Meant)> {
    let text = &reading.text;
    let after_digit = at > 0 && text.tokens[at - 1].kind == Kind::Number;
    let form = match text.norm(&text.tokens[at]) {
        // "17 u" is a time.
        "u" if !after_digit => Address::Formal,
        "uw" | "uwe" | "uzelf" => Address::Formal,
        "jij" | "jou" | "jouw" | "jezelf" => Address::Informal,
        "je" if !general_je(reading, at) => Address::Informal,
        _ => return None,
    };
    Some((form, Meant::One))
}

fn german(reading: &Reading<'_>, at: usize) -> Option<(Address, Meant)> {
    match reading.text.norm(&reading.text.tokens[at]) {
        "du" if norm_near(reading, at, at.wrapping_sub(1)) != "per" => {
            Some((Address::Informal, Meant::One))
        }
        "dir" | "dich" | "dein" | "deine" | "deinen" | "deinem" | "deiner" | "deines" => {
            Some((Address::Informal, Meant::One))
        }
        "euch" | "euer" | "eure" | "euren" | "eurem" | "eurer" | "eures" => {
            Some((Address::Informal, Meant::OneOrMany))
        }
        "ihr" if is_plural_ihr(reading, at) => Some((Address::Informal, Meant::OneOrMany)),
        "sie" | "ihnen" | "ihr" | "ihre" | "ihren" | "ihrem" | "ihrer" | "ihres"
            if is_capital_inside(reading, at) =>
        {
            Some((Address::Formal, Meant::One))
        }
        "sie" if is_asked_sie(reading, at) => Some((Address::Formal, Meant::One)),
        _ => None,
    }
}

/// "Ihr habt", "könnt ihr".
fn is_plural_ihr(reading: &Reading<'_>, at: usize) -> bool {
    let verb = |index: usize| {
        matches!(
            norm_near(reading, at, index),
            "habt"
                | "seid"
                | "konnt"
                | "wollt"
                | "musst"
                | "sollt"
                | "durft"
                | "werdet"
                | "wart"
                | "hattet"
                | "konntet"
                | "wurdet"
                | "macht"
        )
    };
    verb(at + 1) || (at > 0 && verb(at - 1))
}

/// A capital that no beginning of a sentence gives: "Sie" there may be "they" or "she". In words
/// that are all capitals it says nothing.
fn is_capital_inside(reading: &Reading<'_>, at: usize) -> bool {
    let text = &reading.text;
    let token = &text.tokens[at];
    let raw = &reading.turn.text;
    if token.shouted || !token.span().of(raw).starts_with(['S', 'I']) {
        return false;
    }
    let first = text.sentences.get(token.sentence as usize).map_or(0, |s| s.first as usize);
    let has_word_before = text.tokens[first..at].iter().any(|t| t.kind != Kind::Emoji);
    let before = raw[..token.start as usize].trim_end();
    has_word_before && !before.ends_with([':', '"', '„', '“', '»', '«'])
}

/// "Können sie mir", by people who write no capitals.
fn is_asked_sie(reading: &Reading<'_>, at: usize) -> bool {
    let asked = at > 0
        && matches!(
            norm_near(reading, at, at - 1),
            "konnen" | "konnten" | "wurden" | "mochten" | "koennen" | "koennten" | "wuerden"
        );
    asked && matches!(norm_near(reading, at, at + 1), "mir" | "uns" | "mich" | "bitte")
}

fn french(reading: &Reading<'_>, at: usize) -> Option<(Address, Meant)> {
    let before = || if at > 0 { norm_near(reading, at, at - 1) } else { "" };
    let next = || norm_near(reading, at, at + 1);
    let customer = reading.turn.party == Party::Customer;
    let form = match reading.text.norm(&reading.text.tokens[at]) {
        "vous" => {
            let many = matches!(next(), "deux" | "trois" | "tous" | "toutes" | "autres");
            let formula = before() == "rendez" || next() == "plait";
            let firm = customer && before() == "chez";
            if many || formula || firm {
                return None;
            }
            Address::Formal
        }
        "votre" | "vos" if !(customer && is_of_firm(next())) => Address::Formal,
        "tu" | "toi" | "te" | "ta" | "tes" => Address::Informal,
        // "Le ton", "sur ce ton".
        "ton"
            if !matches!(
                before(),
                "le" | "ce" | "un" | "du" | "au" | "quel" | "bon" | "mauvais" | "meme" | "autre"
            ) =>
        {
            Address::Informal
        }
        // "T'es", but not "a-t'on".
        norm if norm.starts_with("t'")
            && !matches!(&norm[2..], "" | "on" | "il" | "ils" | "elle" | "elles") =>
        {
            Address::Informal
        }
        _ => return None,
    };
    let meant = match form {
        Address::Formal => Meant::OneOrMany,
        Address::Informal => Meant::One,
    };
    Some((form, meant))
}

/// "Vos services": what a firm has, whoever is spoken to.
fn is_of_firm(noun: &str) -> bool {
    matches!(
        noun.strip_suffix('s').unwrap_or(noun),
        "service"
            | "societe"
            | "entreprise"
            | "equipe"
            | "magasin"
            | "agence"
            | "boutique"
            | "site"
            | "appli"
            | "application"
            | "compagnie"
            | "banque"
            | "boite"
            | "direction"
            | "collegue"
            | "technicien"
            | "livreur"
            | "conseiller"
            | "conseillere"
            | "employe"
            | "transporteur"
            | "client"
            | "bureau"
            | "bureaux"
            | "locaux"
            | "hotline"
            | "standard"
    )
}

/// "Je" that means anyone: after "wil", "kun", "moet", "zou" in a remark about how things are, or
/// in a clause with "niemand", "men", "ineens", "zoiets".
fn general_je(reading: &Reading<'_>, at: usize) -> bool {
    let text = &reading.text;
    let sentence = text.tokens[at].sentence;
    let norm = |i: usize| {
        text.tokens.get(i).filter(|t| t.sentence == sentence).map_or("", |t| text.norm(t))
    };
    let before = if at > 0 { norm(at - 1) } else { "" };
    let remark = matches!(
        before,
        "wil" | "verwacht" | "hoop" | "word" | "wordt" | "zou" | "wens" | "zit" | "voel" | "denk"
    ) && (0..at)
        .rev()
        .take(3)
        .any(|i| matches!(norm(i), "dat" | "daar" | "zoiets" | "dan" | "zo"));
    let possessive =
        matches!(norm(at + 1), "vakantie" | "zin" | "best" | "hoofd" | "lijf" | "hart")
            && (0..at).rev().take(8).any(|i| norm(i) == "je");
    remark || possessive
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Text;
    use gehoord_conversation::Turn;

    fn hear(party: Party, language: Language, raw: &str) -> Vec<(Address, String)> {
        let turn = Turn::new(party, raw);
        let text = Text::new(raw);
        let reading = Reading {
            index: 0,
            turn: std::borrow::Cow::Borrowed(&turn),
            language: Some(language),
            names: vec![false; text.tokens.len()],
            text,
            heard: Vec::new(),
            only_listens: false,
            frame: Vec::new(),
            greets: Vec::new(),
            turns: false,
        };
        forms(&reading).into_iter().map(|(form, span)| (form, span.of(raw).to_owned())).collect()
    }

    #[track_caller]
    fn check(party: Party, language: Language, raw: &str, expected: &[(Address, &str)]) {
        let heard = hear(party, language, raw);
        let heard: Vec<(Address, &str)> = heard.iter().map(|(f, w)| (*f, w.as_str())).collect();
        assert_eq!(heard, expected, "{raw}");
    }

    use Address::{Formal, Informal};

    #[test]
    fn dutch_u_and_je() {
        let agent = |raw, expected| check(Party::Agent, Language::Nl, raw, expected);
        agent("Ik bel u om 17 u terug", &[(Formal, "u")]);
        agent("Dat zoek ik voor je uit, uw pakket", &[(Informal, "je"), (Formal, "uw")]);
        agent("Dat wil je niet vlak voor je vakantie", &[]);
        check(Party::Agent, Language::En, "je u", &[]);
    }

    #[test]
    fn german_sie_is_told_by_a_capital_inside_the_sentence() {
        let agent = |raw, expected| check(Party::Agent, Language::De, raw, expected);
        agent("Ich rufe Sie morgen an", &[(Formal, "Sie")]);
        agent("Das ist ärgerlich für Ihre Mutter", &[(Formal, "Ihre")]);
        agent("Frau Maier, Ihnen steht das zu", &[(Formal, "Ihnen")]);
        agent("Sie kommt morgen. Ihre Tasche ist da.", &[]);
        agent("Ich habe die Pakete gesehen: Sie sind da", &[]);
        agent("🙂 Sie ist da", &[]);
        agent("Meine Kollegin weiß, dass sie ihre Mails hat", &[]);
        agent("JETZT SAGEN SIE DAS", &[]);
        agent("Er sagte \"das ist Ihre Sache\" und ging", &[]);
        let customer = |raw, expected| check(Party::Customer, Language::De, raw, expected);
        customer("können sie mir bitte helfen", &[(Formal, "sie")]);
        customer("was haben sie denn gesagt", &[]);
    }

    #[test]
    fn german_du_and_the_firm_as_ihr() {
        let agent = |raw, expected| check(Party::Agent, Language::De, raw, expected);
        agent("Schickst du mir deine Nummer?", &[(Informal, "du")]);
        agent("Ich melde mich bei Dir", &[(Informal, "Dir")]);
        agent("Wir melden uns bei euch", &[(Informal, "euch")]);
        agent("Ich helfe dir, Ihre Karte kommt", &[(Informal, "dir"), (Formal, "Ihre")]);
        agent("Wir sind hier per du", &[]);
        let customer = |raw, expected| check(Party::Customer, Language::De, raw, expected);
        customer("Was macht ihr da eigentlich?", &[(Informal, "ihr")]);
        customer("Können Sie mir sagen, warum ihr nie liefert?", &[(Formal, "Sie")]);
        customer("Ich bitte Sie, ihr habt mein Geld bei euch", &[(Formal, "Sie")]);
        customer("Ich habe ihr das Paket gegeben", &[]);
    }

    #[test]
    fn french_vous_and_tu() {
        let agent = |raw, expected| check(Party::Agent, Language::Fr, raw, expected);
        agent("Je vous rappelle pour votre colis", &[(Formal, "vous")]);
        agent("T’inquiète, je regarde ton dossier", &[(Informal, "T’inquiète")]);
        agent("Je t'appelle demain", &[(Informal, "t'appelle")]);
        agent("Votre carte est là, tu peux venir", &[(Formal, "Votre"), (Informal, "tu")]);
        agent("Le rendez-vous est à 10 h", &[]);
        agent("Le ton du message, y a-t-il un souci, va-t'on voir", &[]);
        agent("Vous deux, c'est noté", &[]);
        agent("Un instant, s'il vous plaît", &[]);
    }

    #[test]
    fn french_vous_to_a_firm_is_no_evidence() {
        let customer = |raw, expected| check(Party::Customer, Language::Fr, raw, expected);
        customer("Vos services sont nuls, chez vous rien ne marche", &[]);
        customer("Tu peux me dire pourquoi vous ne livrez pas ?", &[(Informal, "Tu")]);
        customer("Pouvez-vous me rappeler ?", &[(Formal, "vous")]);
    }
}
