//! Form of address: u or je, and whether one message mixes them.

use gehoord_conversation::{Language, Span};

use crate::reading::Reading;
use crate::text::Kind;

/// How a party addresses the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Address {
    /// u, uw.
    Formal,
    /// je, jij, jou, jouw.
    Informal,
}

/// The forms of address used in a turn, with the first place of each. Only Dutch tells them
/// apart here. General "je" ("dat wil je niet vlak voor je vakantie") and "jullie" say nothing.
pub(crate) fn forms(reading: &Reading<'_>) -> Vec<(Address, Span)> {
    if reading.language != Some(Language::Nl) {
        return Vec::new();
    }
    let text = &reading.text;
    let mut found: Vec<(Address, Span)> = Vec::new();
    for (at, token) in text.tokens.iter().enumerate() {
        if token.kind != Kind::Word || token.quoted {
            continue;
        }
        let after_digit = at > 0 && text.tokens[at - 1].kind == Kind::Number;
        let form = match text.norm(token) {
            // "17 u" is a time.
            "u" if !after_digit => Address::Formal,
            "uw" | "uwe" | "uzelf" => Address::Formal,
            "jij" | "jou" | "jouw" | "jezelf" => Address::Informal,
            "je" if !general_je(reading, at) => Address::Informal,
            _ => continue,
        };
        if !found.iter().any(|(known, _)| *known == form) {
            found.push((form, token.span()));
        }
    }
    found
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
