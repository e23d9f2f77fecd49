//! Which lines of a text start a turn: a label at the start that is a known role, a given
//! agent, or a name that recurs. "Let op: dit is…" is none of these.

use std::collections::HashMap;

use crate::Options;
use crate::header::Header;
use crate::label::{Labelled, is_no_speaker, label, name_and_time};
use crate::party::{is_given_agent, role_of};

/// `---` or `===`.
pub(crate) fn is_separator(line: &str) -> bool {
    let line = line.trim();
    line.len() >= 3 && (line.bytes().all(|b| b == b'-') || line.bytes().all(|b| b == b'='))
}

/// Which lines of an input start a turn.
pub(crate) struct SpeakerLines<'t> {
    /// The label of each line that starts a turn.
    pub(crate) by_line: Vec<Option<Labelled<'t>>>,
    /// Whether turns have a time before or after their name.
    pub(crate) stamped: bool,
}

impl<'t> SpeakerLines<'t> {
    /// Judges every line of an input.
    pub(crate) fn of(lines: &[&'t str], options: &Options) -> Self {
        let mut by_line: Vec<Option<Labelled<'t>>> = Vec::with_capacity(lines.len());
        for line in lines {
            let is_header = Header::parse(line).is_some();
            let known = |l: &Labelled<'_>| is_known(l.name, options);
            let alone = || name_and_time(line).filter(known);
            by_line.push(if is_header { None } else { label(line).or_else(alone) });
        }
        let mut names: HashMap<&'t str, Name> = HashMap::new();
        let (mut filled, mut labelled, mut stamps) = (0usize, 0usize, 0usize);
        for (line, found) in lines.iter().zip(&by_line) {
            let furniture = is_separator(line) || Header::parse(line).is_some();
            filled += usize::from(!line.trim().is_empty() && !furniture);
            let Some(found) = found else { continue };
            let name = names.entry(found.name).or_insert_with(|| Name::of(found.name, options));
            if name.heading {
                continue;
            }
            labelled += 1;
            stamps += usize::from(found.stamp.is_some());
            name.lines += 1;
            name.sentences += usize::from(found.rest.split_whitespace().nth(1).is_some());
        }
        let judge = Judge {
            stamped: stamps * 2 > labelled,
            all_labelled: labelled == filled && names.values().filter(|n| n.lines > 0).count() >= 2,
            names,
        };
        let mut accepted = by_line.iter().flatten().filter(|found| judge.is_speaker(found));
        let first = accepted.next().map(|found| found.name);
        let alone = accepted.all(|found| Some(found.name) == first);
        for found in &mut by_line {
            *found = found.filter(|found| {
                judge.is_speaker(found) || (alone && first.is_some() && judge.may_answer(found))
            });
        }
        Self { stamped: judge.stamped, by_line }
    }
}

/// What is known of a name over the whole input.
struct Name {
    /// A role or a given agent.
    known: bool,
    /// A heading such as "Let op".
    heading: bool,
    lines: usize,
    /// Lines with two words or more after the label.
    sentences: usize,
}

impl Name {
    fn of(name: &str, options: &Options) -> Self {
        let known = is_known(name, options);
        Self { known, heading: !known && is_no_speaker(name), lines: 0, sentences: 0 }
    }
}

/// What must be known of an input to tell a speaker from a heading.
struct Judge<'t> {
    names: HashMap<&'t str, Name>,
    stamped: bool,
    all_labelled: bool,
}

impl Judge<'_> {
    fn is_speaker(&self, found: &Labelled<'_>) -> bool {
        let Some(name) = self.names.get(found.name).filter(|name| !name.heading) else {
            return false;
        };
        if name.known || found.stamp.is_some() {
            return true;
        }
        if self.stamped {
            return false;
        }
        let capital = !found.name.starts_with(char::is_lowercase);
        let handle = !found.name.contains(' ')
            && found.name.contains(|c: char| c.is_ascii_digit() || c == '_' || c == '@');
        let recurs = name.lines >= 2 && name.sentences >= 1;
        (capital || handle) && (recurs || self.all_labelled)
    }

    /// Where only one speaker is sure, the other may have spoken once: a name with every word
    /// capitalised, and a sentence after it.
    fn may_answer(&self, found: &Labelled<'_>) -> bool {
        let capital = |word: &str| !word.starts_with(|c: char| c.is_lowercase() || c.is_numeric());
        found.name.split(' ').all(capital)
            && found.name.split(' ').count() <= 2
            && self.names.get(found.name).is_some_and(|name| !name.heading)
            && (found.stamp.is_some() || !self.stamped)
            && found.rest.starts_with(char::is_alphabetic)
            && found.rest.contains(' ')
    }
}

fn is_known(name: &str, options: &Options) -> bool {
    role_of(name).is_some()
        || is_given_agent(name, &options.agents)
        || matches!(name, "Me" | "Ik" | "Ich" | "Moi")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> Vec<&str> {
        let lines: Vec<&str> = text.lines().collect();
        let found = SpeakerLines::of(&lines, &Options::default()).by_line;
        found.into_iter().flatten().map(|found| found.name).collect()
    }

    #[test]
    fn roles_and_names_that_recur_are_speakers() {
        assert_eq!(check("Klant: Hoi\nMedewerker: Dag"), ["Klant", "Medewerker"]);
        assert_eq!(check("Jan: Hoi\nSanne: Dag"), ["Jan", "Sanne"]);
        assert_eq!(
            check("Jan: Hoi daar\nen nog iets\nSanne: Dag Jan\nJan: ja\nSanne: ok"),
            ["Jan", "Sanne", "Jan", "Sanne"]
        );
        assert_eq!(check("[10:02] jan: Hoi\n[10:03] sanne: Dag\nmeer"), ["jan", "sanne"]);
        assert_eq!(check("Klant 10:02\nHoi\nAgent 10:03\nDag"), ["Klant", "Agent"]);
    }

    #[test]
    fn headings_inside_a_turn_are_not_speakers() {
        let text = "Klant: Hoi\nLet op: dit is dringend\nMijn adres is dit: Dorp 1\n\
                    Medewerker: Dag\nLet op: dat is zo\nKassabonnummer: 12\nKassabonnummer: 13";
        assert_eq!(check(text), ["Klant", "Medewerker"]);
        let stamped = "[10:02] Jan: Hoi\n[10:03] Sanne: Dag\nReden: ik weet het niet\n\
                       Reden: ik weet het wel";
        assert_eq!(check(stamped), ["Jan", "Sanne"]);
    }
}
