//! What somebody says of files: a form with fields such as `f0.c3`, the column 3 of file 0.

use std::collections::BTreeMap;

use gehoord_conversation::{Channel, Locale, Party};
use gehoord_ingest::FIELDS;
use gehoord_store::{Person, Role};

use crate::api::extract::fits;
use crate::error::ApiError;
use crate::importing::MOST_SOUND_DAYS;
use crate::importing::look::{Choices, Reading, Told};

/// What was chosen.
pub(super) struct Chosen {
    pub(super) choices: Choices,
    /// How each file is to be read.
    pub(super) readings: Vec<Reading>,
    /// Have them read in.
    pub(super) start: bool,
}

impl Chosen {
    pub(super) fn read(
        given: &BTreeMap<String, String>,
        before: &Choices,
        files: &[(i64, Told)],
        people: &[Person],
    ) -> Result<Self, ApiError> {
        let said = |name: &str| given.get(name).map(|text| text.trim()).filter(|t| !t.is_empty());
        let channel = said("channel").map(str::parse::<Channel>).transpose();
        let channel = channel.map_err(|error| ApiError::Invalid(error.to_string()))?;
        let locale = said("locale").map(str::parse::<Locale>).transpose();
        let locale = locale.map_err(|error| ApiError::Invalid(error.to_string()))?;
        let source = said("source").unwrap_or(&before.source);
        fits("source", source, 100)?;
        let choices = Choices {
            team: said("team").unwrap_or(&before.team).to_owned(),
            channel: channel.map(|channel| channel.id().to_owned()),
            locale: locale.map(|locale| locale.to_string()),
            open: given.contains_key("open"),
            source: source.to_owned(),
            agent_channel: match said("agent_channel") {
                Some(channel @ ("1" | "2")) => channel.parse().ok(),
                _ => None,
            },
            sound_days: sound_days(said("sound_days"), before)?,
        };
        let readings = files.iter().map(|(at, told)| {
            let mut reading = reading(given, *at, told)?;
            if let Some(agent) = given.get(&format!("f{at}.agent")) {
                reading.agent = Some(agent_of(agent, &choices.team, people)?);
            }
            Ok(reading)
        });
        let readings = readings.collect::<Result<_, ApiError>>()?;
        let start = said("do") == Some("start");
        Ok(Self { choices, readings, start })
    }
}

/// Who was on the line of a recording: an agent of the team. Where another team was chosen since,
/// nobody knows.
fn agent_of(id: &str, team: &str, people: &[Person]) -> Result<String, ApiError> {
    if id.is_empty() {
        return Ok(String::new());
    }
    let known = people.iter().find(|one| one.id == id && one.role == Role::Agent && one.active);
    let known =
        known.ok_or_else(|| ApiError::Invalid("agent: there is no such agent".to_owned()))?;
    let of_team = known.team_id.as_deref() == Some(team);
    Ok(if of_team { id.to_owned() } else { String::new() })
}

/// How many days the sound of recordings is kept.
fn sound_days(said: Option<&str>, before: &Choices) -> Result<i64, ApiError> {
    let Some(said) = said else { return Ok(before.sound_days) };
    let days = said.parse().ok().filter(|days| (0..=MOST_SOUND_DAYS).contains(days));
    days.ok_or_else(|| {
        ApiError::Invalid(format!("sound_days: a number of days, 0 to {MOST_SOUND_DAYS}"))
    })
}

/// How a file is to be read. What the form shows as it was recognised is no choice of anybody.
fn reading(given: &BTreeMap<String, String>, file: i64, told: &Told) -> Result<Reading, ApiError> {
    let mut reading = told.reading.clone();
    let Some(look) = &told.look else { return Ok(reading) };
    let said = |kind: &str, at: usize| given.get(&format!("f{file}.{kind}{at}"));
    let party = |id: &String| match id.as_str() {
        "" => Ok(None),
        id => id.parse::<Party>().map(Some).map_err(|error| ApiError::Invalid(error.to_string())),
    };
    if let Some(table) = &look.table {
        if let Some(sheet) = given.get(&format!("f{file}.sheet"))
            && table.sheets.contains(sheet)
            && table.sheet.as_ref() != Some(sheet)
        {
            // Another sheet has other columns.
            return Ok(Reading { sheet: Some(sheet.clone()), ..Reading::default() });
        }
        let mut columns: Vec<(String, String)> = Vec::new();
        let mut differs = reading.columns.is_some();
        for (at, (name, field, _)) in table.columns.iter().enumerate() {
            let shown = field.as_deref().unwrap_or_default();
            let chosen = said("c", at).map_or(shown, String::as_str);
            if !chosen.is_empty() && !FIELDS.contains(&chosen) {
                return Err(ApiError::Invalid(format!("'{chosen}' is no field of a column")));
            }
            differs |= chosen != shown;
            // The first column that is said to hold a field holds it.
            if !chosen.is_empty() && columns.iter().all(|(known, _)| known != chosen) {
                columns.push((chosen.to_owned(), name.clone()));
            }
        }
        for (at, (value, shown)) in table.parties.iter().enumerate() {
            let Some(chosen) = said("p", at).map(party).transpose()?.flatten() else { continue };
            if Some(chosen.id()) != shown.as_deref() {
                reading.parties.insert(value.clone(), chosen.id().to_owned());
                differs = true;
            }
        }
        if differs {
            reading.columns = Some(columns);
        }
    }
    for (at, (name, shown, _)) in look.speakers.iter().enumerate() {
        let Some(chosen) = said("s", at).map(party).transpose()?.flatten() else { continue };
        if chosen.id() != shown {
            reading.speakers.insert(name.clone(), chosen.id().to_owned());
        }
    }
    Ok(reading)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::importing::look::{Look, TableLook};

    fn told() -> Told {
        let column = |name: &str, field: Option<&str>| {
            (name.to_owned(), field.map(str::to_owned), Vec::new())
        };
        let table = TableLook {
            columns: vec![column("nr", Some("conversation")), column("wat", None)],
            parties: vec![("Balie".to_owned(), None)],
            ..TableLook::default()
        };
        let speakers = vec![("Jan".to_owned(), "customer".to_owned(), 3)];
        let look = Look { table: Some(table), speakers, ..Look::default() };
        Told { name: "x.csv".to_owned(), reading: Reading::default(), look: Some(look) }
    }

    fn chosen(fields: &[(&str, &str)]) -> Result<Chosen, ApiError> {
        let given = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let choices = Choices { team: "t1".to_owned(), ..Choices::default() };
        let person = |id: &str, team: &str, role: Role| Person {
            id: id.to_owned(),
            login: id.to_owned(),
            name: id.to_owned(),
            role,
            team_id: Some(team.to_owned()),
            active: id != "weg",
            created_at: 0,
        };
        let people = [
            person("samira", "t1", Role::Agent),
            person("kees", "t2", Role::Agent),
            person("hanna", "t1", Role::Coach),
            person("weg", "t1", Role::Agent),
        ];
        Chosen::read(&given.collect(), &choices, &[(0, told())], &people)
    }

    #[test]
    fn whose_call_it_is_is_an_agent_of_the_team_or_nobody_known() {
        let agent = |fields: &[(&str, &str)]| chosen(fields).unwrap().readings[0].agent.clone();
        assert_eq!(agent(&[]), None, "nobody was asked");
        assert_eq!(agent(&[("f0.agent", "samira")]).as_deref(), Some("samira"));
        assert_eq!(agent(&[("f0.agent", "")]).as_deref(), Some(""));
        assert_eq!(agent(&[("f0.agent", "kees")]).as_deref(), Some(""), "of another team");
        let other = agent(&[("team", "t2"), ("f0.agent", "samira")]);
        assert_eq!(other.as_deref(), Some(""), "another team was chosen");
    }

    #[test]
    fn what_is_left_as_it_was_recognised_is_no_choice() {
        let same = chosen(&[("f0.c0", "conversation"), ("f0.c1", ""), ("f0.s0", "customer")]);
        assert_eq!(same.unwrap().readings, [Reading::default()]);
    }

    #[test]
    fn a_choice_says_what_every_column_holds() {
        let chosen = chosen(&[("f0.c1", "text"), ("f0.p0", "agent"), ("f0.s0", "bot")]).unwrap();
        let [reading] = &chosen.readings[..] else { panic!() };
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        let columns = vec![pair("conversation", "nr"), pair("text", "wat")];
        assert_eq!(reading.columns, Some(columns));
        assert_eq!(reading.parties["Balie"], "agent");
        assert_eq!(reading.speakers["Jan"], "bot");
        assert!(!chosen.start);
    }

    #[test]
    fn what_cannot_be_is_refused() {
        for wrong in [
            ("f0.c0", "mood"),
            ("f0.s0", "boss"),
            ("channel", "fax"),
            ("locale", "??"),
            ("sound_days", "x"),
            ("sound_days", "-1"),
            ("f0.agent", "niemand"),
            ("f0.agent", "hanna"),
            ("f0.agent", "weg"),
        ] {
            assert!(chosen(&[wrong]).is_err(), "{wrong:?}");
        }
    }
}
