//! Tables with a row for each turn: comma, semicolon, tab or bar between the columns.

use std::collections::HashMap;

use gehoord_conversation::{Channel, Conversation, Party, Turn};

use crate::columns::are_usual;
use crate::decode::{Decoded, decode};
use crate::item::{Imported, Item, Note, Problem, clip, left_out, push_capped};
use crate::options::{ColumnMap, Options};
use crate::party::{Speaker, assign, is_bare_role, is_given_agent, role_of};
use crate::rows::{Row, Table, delimiter};
use crate::time::{DayOrder, parse_time};

/// Whether the first line of an input names the columns of a table of turns.
pub(crate) fn looks_like_table(first: &str) -> bool {
    let names = first.split(char::from(delimiter(first)));
    are_usual(names.map(|name| name.trim_matches(['"', ' ']).to_owned()).collect())
}

/// Reads the conversations of a table.
pub(crate) fn read_table(bytes: Vec<u8>, name: &str, options: &Options) -> Vec<Item> {
    let Decoded { text, note } = decode(bytes);
    let table = match Table::read(&text, options) {
        Ok(table) => table,
        Err(problem) => return vec![Item::Problem(problem)],
    };
    // All that is wanted of it is in the rows.
    drop(text);
    let mut items = table.conversations(name, options);
    crate::json::attach(note, &mut items);
    items
}

impl Table {
    fn field<'r>(&self, row: &'r Row, field: &str) -> Option<&'r str> {
        let text = row.record.get(self.columns.at(field)?)?.trim();
        (!text.is_empty()).then_some(text)
    }

    pub(crate) fn conversations(mut self, name: &str, options: &Options) -> Vec<Item> {
        let mut groups: Vec<Vec<usize>> = Vec::new();
        let mut by_id: HashMap<&str, usize> = HashMap::new();
        let grouped = self.columns.at("conversation").is_some();
        let mut nameless = Vec::new();
        for (i, row) in self.rows.iter().enumerate() {
            let id = match self.field(row, "conversation") {
                None if grouped => {
                    nameless.push(row.line);
                    continue;
                }
                id => id.unwrap_or_default(),
            };
            let group = *by_id.entry(id).or_insert_with(|| {
                groups.push(Vec::new());
                groups.len() - 1
            });
            groups[group].push(i);
        }
        let mut problems = std::mem::take(&mut self.problems);
        for line in nameless {
            let message = "the row does not say which conversation it belongs to";
            push_capped(&mut problems, Problem::new(line, "bad_row", message));
        }
        let mut items: Vec<Item> = Vec::with_capacity(groups.len());
        for group in &groups {
            items.extend(
                self.conversation(group, name, options, &mut problems).map(Item::Conversation),
            );
        }
        if let Some(Item::Conversation(first)) = items.first_mut() {
            first.notes.extend(self.columns.guessed(options.map.as_ref()));
            if !grouped {
                let message = "no column names the conversation, so all rows were taken as one; use \
                               --map conversation=… to say otherwise";
                first.notes.push(Note::guessed(message));
            }
            if self.order == DayOrder::MonthFirst {
                let message = "dates were read with the month first, because some fit no other way";
                first.notes.push(Note::guessed(message));
            }
        }
        if items.is_empty() && problems.is_empty() {
            problems.push(Problem::new(1, "no_turns", "the table has no rows with a text"));
        }
        items.extend(problems.into_iter().map(Item::Problem));
        items.sort_by_key(|item| match item {
            Item::Conversation(imported) => imported.line,
            Item::Problem(problem) => problem.line,
        });
        items
    }

    /// The conversation of some rows; `None` when none of them holds words.
    pub(crate) fn conversation(
        &self,
        group: &[usize],
        name: &str,
        options: &Options,
        problems: &mut Vec<Problem>,
    ) -> Option<Imported> {
        let rows = || group.iter().map(|i| &self.rows[*i]);
        let first = rows().next()?;
        let mut notes = Vec::new();
        let mut conversation = self.about(group, name, options, &mut notes);
        let empty: Vec<usize> =
            rows().filter(|row| self.field(row, "text").is_none()).map(|row| row.line).collect();
        let kept: Vec<&Row> = rows().filter(|row| self.field(row, "text").is_some()).collect();
        notes.extend(left_out(&empty, "row", "without a text", "line"));
        if kept.is_empty() {
            let message = "no row of this conversation has a text";
            push_capped(problems, Problem::new(first.line, "no_turns", message));
            return None;
        }
        let parties = self.parties(&kept, conversation.channel, options, &mut notes);
        for (row, party) in kept.iter().zip(parties) {
            let Some(party) = party else {
                let message = "the row does not say who spoke";
                push_capped(problems, Problem::new(row.line, "bad_row", message));
                continue;
            };
            let at =
                self.time(row).map(|at| parse_time(&at, conversation.locale.as_ref(), self.order));
            let at = at.transpose().unwrap_or_else(|error| {
                let message = format!("{error}; the row was kept without its time");
                push_capped(problems, Problem::new(row.line, "invalid_time", message));
                None
            });
            conversation.turns.push(self.turn(row, party, at));
        }
        if conversation.turns.iter().all(|turn| turn.at.is_some()) {
            conversation.turns.sort_by_key(|turn| turn.at.as_ref().map(jiff::Zoned::timestamp));
        }
        (!conversation.turns.is_empty()).then_some(Imported {
            line: first.line,
            conversation,
            notes,
        })
    }

    /// What the rows say about the conversation as a whole: the first that says it counts.
    fn about(
        &self,
        group: &[usize],
        name: &str,
        options: &Options,
        notes: &mut Vec<Note>,
    ) -> Conversation {
        let said = |field: &str| group.iter().find_map(|i| self.field(&self.rows[*i], field));
        let owned = |field: &str| said(field).map(str::to_owned);
        let fallback = options.channel.unwrap_or(Channel::Chat);
        let mut conversation = Conversation::new(said("conversation").unwrap_or(name), fallback);
        if let Some(channel) = said("channel") {
            match crate::header::channel(channel) {
                Ok(channel) => conversation.channel = channel,
                Err(_) => notes.push(unknown_value("channel", channel)),
            }
        }
        conversation.locale.clone_from(&options.locale);
        if let Some(locale) = said("locale") {
            match locale.parse() {
                Ok(locale) => conversation.locale = Some(locale),
                Err(_) => notes.push(unknown_value("locale", locale)),
            }
        }
        conversation.customer = owned("customer");
        conversation.team = owned("team");
        conversation.subject = owned("subject");
        conversation
    }

    fn turn(&self, row: &Row, party: Party, at: Option<jiff::Zoned>) -> Turn {
        let mut turn = Turn::new(party, self.field(row, "text").unwrap_or_default());
        turn.at = at;
        let named = |text: &&str| !is_bare_role(text);
        let speaker = self.field(row, "speaker").or_else(|| self.field(row, "party")).filter(named);
        // A value that stands for a party is no name.
        let is_value =
            speaker.is_some_and(|s| self.field(row, "party") == Some(s) && code(s).is_some());
        turn.speaker = speaker.filter(|_| !is_value).map(str::to_owned);
        turn.external_id = self.field(row, "external_id").map(str::to_owned);
        for at in self.columns.others() {
            let value = row.record.get(at).map(str::trim).filter(|value| !value.is_empty());
            if let Some(value) = value {
                turn.meta.insert(self.columns.names[at].trim().to_owned(), value.into());
            }
        }
        turn
    }

    fn time(&self, row: &Row) -> Option<String> {
        let date = self.field(row, "at")?;
        let time = self.columns.time_of_day.and_then(|at| row.record.get(at));
        Some(match time.map(str::trim).filter(|time| !time.is_empty()) {
            Some(time) => format!("{date} {time}"),
            None => date.to_owned(),
        })
    }

    /// The party of each row: by the map, by role words, or guessed from the name.
    fn parties(
        &self,
        rows: &[&Row],
        channel: Channel,
        options: &Options,
        notes: &mut Vec<Note>,
    ) -> Vec<Option<Party>> {
        let label = |row: &Row| -> Option<(String, Option<Party>)> {
            let (role, name) = (self.field(row, "party"), self.field(row, "speaker"));
            let known = role.and_then(|role| known_party(role, options.map.as_ref()));
            let given = name.is_some_and(|name| is_given_agent(name, &options.agents));
            let party = if given { Some(Party::Agent) } else { known };
            Some((role.or(name)?.to_owned(), party))
        };
        let labels: Vec<_> = rows.iter().map(|row| label(row)).collect();
        // A label for `assign` that names the role outright where it is known.
        let mut speakers: Vec<Speaker<'_>> = Vec::new();
        let mut index: HashMap<&str, usize> = HashMap::new();
        for (row, found) in rows.iter().zip(&labels) {
            let Some((name, party)) = found else { continue };
            let name = party.map_or(name.as_str(), |party| party.id());
            let i = *index.entry(name).or_insert_with(|| {
                speakers.push(Speaker { name, said: Vec::new() });
                speakers.len() - 1
            });
            speakers[i].said.push(self.field(row, "text").unwrap_or_default());
        }
        let (parties, guesses) = assign(&speakers, &options.agents, channel.is_spoken());
        notes.extend(guesses);
        let resolve = |(name, party): &(String, Option<Party>)| {
            party.or_else(|| index.get(name.as_str()).map(|i| parties[*i]))
        };
        labels.iter().map(|found| found.as_ref().and_then(resolve)).collect()
    }
}

fn unknown_value(what: &str, value: &str) -> Note {
    Note::left_out(format!("{what} '{}' is unknown and was left out", clip(value)))
}

/// The party that a value of a column stands for: by the map, as systems write it, or by role words.
pub(crate) fn known_party(value: &str, map: Option<&ColumnMap>) -> Option<Party> {
    let lower = value.to_lowercase();
    map.and_then(|map| map.parties.get(&lower).copied())
        .or_else(|| code(value))
        .or_else(|| role_of(value))
}

/// The values that systems write for a direction.
fn code(value: &str) -> Option<Party> {
    match value.to_lowercase().as_str() {
        "true" | "in" | "inbound" | "incoming" | "inkomend" | "end_user" | "end-user"
        | "enduser" | "requester" | "contact" => Some(Party::Customer),
        "false" | "out" | "outbound" | "outgoing" | "uitgaand" | "admin" => Some(Party::Agent),
        "activity" | "template" | "automation" => Some(Party::Bot),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::item::shown;

    fn read_with(csv: &str, map: &str) -> Vec<Item> {
        let map = ColumnMap::parse(map).unwrap();
        read_table(csv.into(), "x.csv", &Options { map: Some(map), ..Options::default() })
    }

    fn check(csv: &str, map: &str) -> Vec<String> {
        shown(read_with(csv, map))
    }

    #[test]
    fn rows_are_grouped_and_sorted() {
        let csv = "\u{FEFF}ticket_id;rol;bericht;datum\r\n7;Medewerker;dag;2-3-2026 10:03\r\n\
                   8;Klant;\"hoi; daar\nja\";02-03-2026 11:00\r\n7;Klant;hallo;2026-03-02 10:02\r\n";
        assert_eq!(
            check(csv, ""),
            ["2 7: customer hallo, agent dag", "3 8: customer hoi; daar\nja"]
        );
    }

    #[test]
    fn a_map_names_columns_and_values() {
        let csv = "nr,wie_was_het,wat\n1,Jan van KCC,dag\n1,extern,hoi\n";
        let map = "conversation=nr,party=wie_was_het,text=wat,party.agent=Jan van KCC|Piet,\
                   party.customer=extern";
        assert_eq!(check(csv, map), ["2 1: agent dag, customer hoi"]);
    }

    #[test]
    fn one_bad_row_does_not_stop_the_rest() {
        let csv = "id_x,ticket,role,text,created_at\n1,a,customer,hoi,2026-03-02 10:02\n\
                   2,a,agent,dag, en, nog, een\n3,a\n4,,agent,dag,\n5,a,agent,dag,gisteren\n\
                   6,a,,wie?,\n7,a,agent,,\n";
        let seen = check(csv, "");
        let expected = [
            "2 a: customer hoi, agent dag",
            "3 bad_row",
            "4 bad_row",
            "5 bad_row",
            "6 invalid_time",
            "7 bad_row",
        ];
        assert_eq!(seen, expected);
        let Item::Conversation(imported) = &read_with(csv, "")[0] else { panic!() };
        let notes: Vec<_> = imported.notes.iter().map(ToString::to_string).collect();
        assert!(notes[0].contains("1 row without a text was left out (line 8)"), "{notes:?}");
    }

    #[test]
    fn a_quote_that_is_not_closed_is_a_bad_row() {
        let csv =
            "ticket,role,text\n1,customer,hoi\n1,agent,\"dag\n2,customer,weg\n3,customer,weg\n";
        assert_eq!(check(csv, ""), ["2 1: customer hoi", "3 bad_row"]);
    }

    #[test]
    fn other_delimiters_and_directions_are_known() {
        let csv =
            "sep=|\nchat_id|inbound|text|author_id\n1|True|help|115712\n1|False|sorry|Support\n";
        assert_eq!(check(csv, ""), ["3 1: customer help, agent sorry"]);
        let tsv = "speaker\ttext\nSanne\tWaarmee kan ik u helpen?\nJan\tMijn pakket\n";
        assert_eq!(
            check(tsv, ""),
            ["2 x.csv: agent Waarmee kan ik u helpen?, customer Mijn pakket"]
        );
    }

    #[test]
    fn what_is_not_a_field_is_kept_with_the_turn() {
        let csv = "ticket,role,text,prioriteit\n1,customer,hoi,hoog\n";
        let Item::Conversation(imported) = &read_with(csv, "")[0] else { panic!() };
        assert_eq!(imported.conversation.turns[0].meta["prioriteit"], "hoog");
    }

    #[test]
    fn wrong_tables_are_one_clear_problem() {
        for (csv, expected) in [
            ("", "1 no_turns"),
            ("\u{FEFF}\n", "1 no_turns"),
            ("a,b\n1,2\n", "1 missing_column"),
            ("role,text\n", "1 no_turns"),
            ("role,text\ncustomer,\n", "2 no_turns"),
            (&format!("role,text\n{}", ",".repeat(1 << 20)), "2 too_large"),
            (&format!("\nrole,text{}", ",".repeat(1 << 15)), "2 too_large"),
        ] {
            assert_eq!(check(csv, ""), [expected], "{csv}");
        }
    }
}
