//! What is known already is filled in, on the screen of who may see it: what stands behind masks,
//! the name of the customer and of who writes.

use std::collections::{BTreeMap, BTreeSet};

use gehoord_conversation::{Conversation, Party};

/// Slots for the customer's name, and for the name of who writes.
const CUSTOMER: [&str; 4] = ["naam", "name", "Name", "nom"];
const AGENT: [&str; 3] = ["medewerker", "agent", "Mitarbeiter"];

/// What somebody says before their own name.
const I_AM: [&str; 14] = [
    "ik ben",
    "mijn naam is",
    "je spreekt met",
    "u spreekt met",
    "met",
    "i am",
    "i'm",
    "my name is",
    "this is",
    "ich bin",
    "mein name ist",
    "hier ist",
    "je suis",
    "je m'appelle",
];
/// How a message ends before the name.
const GREETING: [&str; 12] = [
    "groet",
    "groeten",
    "groetjes",
    "mvg",
    "gr",
    "regards",
    "thanks",
    "grüße",
    "grüßen",
    "gruß",
    "cordialement",
    "salutations",
];

/// The text with what is known in the place of masks and slots.
pub(crate) fn filled(
    text: &str,
    conversation: &Conversation,
    originals: &BTreeMap<String, String>,
    agent: Option<&str>,
) -> String {
    let customer = customer(conversation).and_then(|mask| originals.get(mask));
    let mut filled = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some(at) = rest.find(['[', '{']) {
        let (before, from) = rest.split_at(at);
        filled.push_str(before);
        let end = from.find(if from.starts_with('[') { ']' } else { '}' });
        let Some(end) = end else {
            rest = from;
            break;
        };
        let whole = &from[..=end];
        let known = match &from[1..end] {
            slot if CUSTOMER.contains(&slot) && from.starts_with('{') => {
                customer.map(String::as_str)
            }
            slot if AGENT.contains(&slot) && from.starts_with('{') => agent,
            _ => originals.get(whole).map(String::as_str),
        };
        filled.push_str(known.unwrap_or(whole));
        rest = &from[end + 1..];
    }
    filled.push_str(rest);
    filled
}

/// The mask of the customer's own name, where the customer gave it and no other as theirs.
fn customer(conversation: &Conversation) -> Option<&str> {
    let turns = conversation.turns.iter().filter(|turn| turn.party == Party::Customer);
    let own: BTreeSet<&str> = turns.flat_map(|turn| introduced(&turn.text)).collect();
    match own.len() {
        1 => own.first().copied(),
        _ => None,
    }
}

/// The masks of names with which somebody says who they are, or ends.
fn introduced(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("[naam-") {
        let Some(end) = text[at..].find(']').map(|end| at + end + 1) else { continue };
        let before = text[..at].trim_end().to_lowercase();
        let line = before.rsplit(['\n', '.', '!', '?']).next().unwrap_or_default();
        let line = line.trim_end_matches([',', ':', ' ']).trim();
        let ends = text[end..].trim_matches(['.', ',', ' ', '\n']).is_empty();
        let last = line.rsplit([' ', ',']).next().unwrap_or_default();
        let says = I_AM.iter().any(|words| {
            line.strip_suffix(words).is_some_and(|rest| {
                // "Ik sprak met [naam-1]" is about somebody else.
                rest.is_empty() || (*words != "met" && rest.ends_with([' ', ',']))
            })
        });
        if says || (ends && (line.is_empty() || GREETING.contains(&last))) {
            found.push(&text[at..end]);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use gehoord_conversation::Channel;

    use super::*;

    fn fill(customer: &str, text: &str) -> String {
        let conversation =
            Conversation::new("t", Channel::Email).with_turn(Party::Customer, customer);
        let known = [("[naam-1]", "Els"), ("[naam-2]", "Kees"), ("[nummer-1]", "4455")];
        let known = known.map(|(mask, text)| (mask.to_owned(), text.to_owned()));
        filled(text, &conversation, &known.into(), Some("Samira"))
    }

    #[test]
    fn what_stands_behind_masks_is_filled_in_and_the_rest_is_left() {
        let text = "[nummer-1] van [naam-2] en [naam-3] {tijdstip} [ {";
        assert_eq!(fill("", text), "4455 van Kees en [naam-3] {tijdstip} [ {");
        assert_eq!(fill("", "Groet,\n{medewerker}"), "Groet,\nSamira");
    }

    #[test]
    fn the_customer_is_who_says_so() {
        for customer in [
            "Hallo, ik ben [naam-1] en mijn fiets is stuk. Ik sprak met [naam-2].",
            "Mijn fiets is stuk.\nMet vriendelijke groet,\n[naam-1]",
            "Mijn fiets is stuk. Groeten, [naam-1].",
            "Met [naam-1], goedemorgen.",
        ] {
            assert_eq!(fill(customer, "Beste {naam},"), "Beste Els,", "{customer}");
        }
        for customer in [
            "Ik sprak gisteren met [naam-1].",
            "Uw collega [naam-1] zou bellen.",
            "Ik ben [naam-1], groeten, [naam-2]",
            "Ik ben [naam-3]",
            "[naam-",
        ] {
            assert_eq!(fill(customer, "Beste {naam},"), "Beste {naam},", "{customer}");
        }
    }
}
