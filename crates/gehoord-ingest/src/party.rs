//! Who a speaker is: role words in four languages, names given by the caller, and a guess.

use std::collections::HashMap;

use gehoord_conversation::{Party, Turn};

use crate::item::{Note, clip};
use crate::party_words::{AGENT_SAYS, CUSTOMER_SAYS, ROLES, SELF};

/// The party that a label names by a role word: `Klant`, `Agent 2`, `Sanne (medewerker)`,
/// `Medewerker Sanne`, `KPNbot`.
pub(crate) fn role_of(label: &str) -> Option<Party> {
    let parts = label.split(['(', ')', '[', ']', '|', '/', ',']).flat_map(|p| p.split(" - "));
    parts.map(str::trim).filter(|part| !part.is_empty()).find_map(role_of_part)
}

fn role_of_part(part: &str) -> Option<Party> {
    let is_break = |c: char| !c.is_alphanumeric();
    let words: Vec<&str> = part.split(is_break).filter(|word| !word.is_empty()).collect();
    if words.is_empty() || words.len() > 5 {
        return None;
    }
    let lower: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
    let name_like = |word: &&str| word.chars().next().is_some_and(|c| !c.is_lowercase());
    for length in (1..=words.len()).rev() {
        if words[length..].iter().all(name_like)
            && let Some(party) = in_table(&lower[..length].join(" "))
        {
            return Some(party);
        }
    }
    // "Bol Klantenservice": the role last.
    for start in 1..words.len() {
        if words[..start].iter().all(name_like)
            && let Some(party) = in_table(&lower[start..].join(" "))
        {
            return Some(party);
        }
    }
    let bot = lower.iter().any(|word| word.len() > 3 && word.ends_with("bot"));
    bot.then_some(Party::Bot)
}

fn in_table(phrase: &str) -> Option<Party> {
    let found = ROLES.iter().find(|(_, words)| words.contains(&phrase));
    found.map(|(party, _)| *party)
}

/// The customer of some turns: the one name by which everybody who speaks as a customer goes.
pub(crate) fn only_customer(turns: &[Turn]) -> Option<String> {
    let mut names =
        turns.iter().filter(|turn| turn.party == Party::Customer).map(|turn| turn.speaker.as_ref());
    let first = names.next()??;
    names.all(|name| name == Some(first)).then(|| first.clone())
}

/// Whether a label says no more than a role, so that it names nobody.
pub(crate) fn is_bare_role(label: &str) -> bool {
    in_table(&label.trim().to_lowercase()).is_some()
}

/// Whether the caller named this speaker as an agent.
pub(crate) fn is_given_agent(name: &str, agents: &[String]) -> bool {
    let words = |text: &str| -> Vec<String> {
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        words.map(str::to_lowercase).collect()
    };
    let name = words(name);
    agents
        .iter()
        .map(|agent| words(agent))
        .any(|agent| !agent.is_empty() && name.windows(agent.len()).any(|window| window == agent))
}

/// A speaker of one conversation, for [`assign`].
#[derive(Debug)]
pub(crate) struct Speaker<'t> {
    /// The label.
    pub(crate) name: &'t str,
    /// What was said, in order.
    pub(crate) said: Vec<&'t str>,
}

/// The speakers of what was said (name and words) in order of appearance, and the index of the
/// speaker of each. Names that differ only in case are one speaker.
pub(crate) fn speakers_of<'t>(
    said: impl Iterator<Item = (&'t str, &'t str)>,
) -> (Vec<Speaker<'t>>, Vec<usize>) {
    let mut by_name: HashMap<String, usize> = HashMap::new();
    let mut speakers: Vec<Speaker<'t>> = Vec::new();
    let mut index = Vec::new();
    for (name, words) in said {
        let i = *by_name.entry(name.to_lowercase()).or_insert_with(|| {
            speakers.push(Speaker { name, said: Vec::new() });
            speakers.len() - 1
        });
        speakers[i].said.push(words);
        index.push(i);
    }
    (speakers, index)
}

/// The party of every speaker, in the order of `speakers` (who speaks first stands first), and
/// what was guessed. `spoken`: in a call the agent, who answers, speaks first; in writing the
/// customer does.
pub(crate) fn assign(
    speakers: &[Speaker<'_>],
    agents: &[String],
    spoken: bool,
) -> (Vec<Party>, Vec<Note>) {
    let mut notes = Vec::new();
    let mut parties: Vec<Option<Party>> = Vec::with_capacity(speakers.len());
    for speaker in speakers {
        parties.push(if is_given_agent(speaker.name, agents) {
            Some(Party::Agent)
        } else if SELF.contains(&speaker.name.trim().to_lowercase().as_str()) {
            let why = "whoever makes a copy is usually the agent";
            notes.push(taken_for_agent(speaker.name, why));
            Some(Party::Agent)
        } else {
            role_of(speaker.name)
        });
    }
    let unknown: Vec<usize> = (0..speakers.len()).filter(|i| parties[*i].is_none()).collect();
    let known = |party| parties.contains(&Some(party));
    match (known(Party::Agent), known(Party::Customer)) {
        _ if unknown.is_empty() => {}
        (true, false) => {
            if unknown.len() > 1 {
                let names = names_of(speakers, &unknown);
                let message = format!(
                    "{names} were taken to be the customer, because the agent is known; \
                     use --agent for who is not"
                );
                notes.push(Note::guessed(message));
            }
            unknown.iter().for_each(|i| parties[*i] = Some(Party::Customer));
        }
        (false, true) => {
            for i in &unknown {
                let why = "the customer is known";
                notes.push(taken_for_agent(speakers[*i].name, why));
                parties[*i] = Some(Party::Agent);
            }
        }
        (true, true) => {
            for i in &unknown {
                let (party, who) = match score(&speakers[*i]) {
                    (score, _) if score < 0 => (Party::Customer, "the customer"),
                    (score, Some(_)) if score > 0 => (Party::Agent, "an agent"),
                    _ => (Party::Colleague, "a colleague"),
                };
                let message = format!(
                    "'{}' was taken to be {who}, because customer and agent have their own label; \
                     use --agent to say otherwise",
                    clip(speakers[*i].name)
                );
                notes.push(Note::guessed(message));
                parties[*i] = Some(party);
            }
        }
        (false, false) => guess(speakers, &unknown, spoken, &mut parties, &mut notes),
    }
    (parties.into_iter().map(|party| party.unwrap_or(Party::Customer)).collect(), notes)
}

/// Nobody is known: who talks like an agent, or else who comes first.
fn guess(
    speakers: &[Speaker<'_>],
    unknown: &[usize],
    spoken: bool,
    parties: &mut [Option<Party>],
    notes: &mut Vec<Note>,
) {
    let scored: Vec<(usize, i64, Option<&str>)> = unknown
        .iter()
        .map(|i| {
            let (score, words) = score(&speakers[*i]);
            (*i, score, words)
        })
        .collect();
    // Someone must be the customer: the one who talks least like an agent.
    let customer = scored.iter().min_by_key(|(_, score, _)| *score).map(|(i, ..)| *i);
    let best = scored.iter().map(|(_, score, _)| *score).max().unwrap_or_default();
    let worst = scored.iter().map(|(_, score, _)| *score).min().unwrap_or_default();
    for (i, score, words) in &scored {
        let alone = scored.len() == 1;
        let agent = if best == worst && !alone {
            (*i == unknown[0]) == spoken
        } else {
            *score > 0 && (Some(*i) != customer || alone) || (*score == best && !alone)
        };
        parties[*i] = Some(if agent { Party::Agent } else { Party::Customer });
        if agent {
            let why = match words {
                Some(words) => format!("of the words '{words}'"),
                None if best != worst => "the other talks like a customer".to_owned(),
                None if spoken => "who answers a call speaks first".to_owned(),
                None => "the customer usually writes first".to_owned(),
            };
            notes.push(taken_for_agent(speakers[*i].name, &why));
        } else if alone {
            let message = format!(
                "'{}' was taken to be the customer; use --agent to say otherwise",
                clip(speakers[*i].name)
            );
            notes.push(Note::guessed(message));
        }
    }
}

fn taken_for_agent(name: &str, why: &str) -> Note {
    Note::guessed(format!(
        "'{}' was taken to be the agent, because {why}; use --agent to say otherwise",
        clip(name)
    ))
}

fn names_of(speakers: &[Speaker<'_>], which: &[usize]) -> String {
    let shown = which.iter().take(5).map(|i| format!("'{}'", clip(speakers[*i].name)));
    let mut names = shown.collect::<Vec<_>>().join(", ");
    if which.len() > 5 {
        names.push_str(&format!(" and {} more", which.len() - 5));
    }
    names
}

/// How much a speaker talks like an agent (above zero) or a customer, and by which words.
fn score(speaker: &Speaker<'_>) -> (i64, Option<&'static str>) {
    let (mut score, mut words) = (0, None);
    for said in speaker.said.iter().take(50) {
        let end = said.char_indices().nth(2000).map_or(said.len(), |(at, _)| at);
        let said = said[..end].to_lowercase();
        if let Some(found) = AGENT_SAYS.iter().find(|words| said.contains(**words)) {
            score += 1;
            words.get_or_insert(*found);
        }
        score -= i64::from(CUSTOMER_SAYS.iter().any(|words| said.contains(*words)));
    }
    (score, words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn role_words_are_known_in_four_languages() {
        for (label, party) in [
            ("Klant", Party::Customer),
            ("CLIËNT", Party::Customer),
            ("Mevrouw Jansen", Party::Customer),
            ("Klant 2", Party::Customer),
            ("Agent 1", Party::Agent),
            ("Sanne (medewerker)", Party::Agent),
            ("Medewerker Sanne", Party::Agent),
            ("Bol Klantenservice", Party::Agent),
            ("Customer service", Party::Agent),
            ("Kundin", Party::Customer),
            ("Conseillère", Party::Agent),
            ("KPNbot", Party::Bot),
            ("Virtuele assistent Tinka", Party::Bot),
            ("Collega Piet", Party::Colleague),
        ] {
            assert_eq!(role_of(label), Some(party), "{label}");
        }
        for label in ["Sanne", "Klant wil graag", "Let op", "[naam]", "", "-"] {
            assert_eq!(role_of(label), None, "{label}");
        }
    }

    fn check(speakers: &[(&str, &str)], agents: &[&str], spoken: bool) -> (String, usize) {
        let speakers: Vec<Speaker<'_>> =
            speakers.iter().map(|(name, said)| Speaker { name, said: vec![said] }).collect();
        let agents: Vec<String> = agents.iter().map(|a| (*a).to_owned()).collect();
        let (parties, notes) = assign(&speakers, &agents, spoken);
        (parties.iter().map(|party| party.id()).collect::<Vec<_>>().join(" "), notes.len())
    }

    #[test]
    fn an_agent_is_known_by_name_or_by_words() {
        let two = [("Jan", "Mijn pakket is kwijt"), ("Sanne", "Goedemiddag")];
        assert_eq!(check(&two, &["sanne"], false), ("customer agent".into(), 0));
        assert_eq!(check(&two, &[], true), ("customer agent".into(), 1));
        let call = [("Sanne", "Met Sanne, waarmee kan ik u helpen?"), ("Jan", "Hallo")];
        assert_eq!(check(&call, &[], false), ("agent customer".into(), 1));
    }

    #[test]
    fn without_words_to_go_by_the_order_decides() {
        let two = [("A", "Dag"), ("B", "Dag")];
        assert_eq!(check(&two, &[], false), ("customer agent".into(), 1));
        assert_eq!(check(&two, &[], true), ("agent customer".into(), 1));
    }

    #[test]
    fn one_known_party_makes_the_others_the_other() {
        assert_eq!(
            check(&[("Klant", ""), ("Sanne", "")], &[], false),
            ("customer agent".into(), 1)
        );
        assert_eq!(check(&[("Agent", ""), ("Jan", "")], &[], false), ("agent customer".into(), 0));
        let three = [("Klant", ""), ("Agent", ""), ("Piet", "Ik pak dit op")];
        assert_eq!(check(&three, &[], false), ("customer agent colleague".into(), 1));
        assert_eq!(check(&[("Jan", "Dag")], &[], false), ("customer".into(), 1));
    }
}
