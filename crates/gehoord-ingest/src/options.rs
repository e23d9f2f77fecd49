//! What the caller knows about an input that the input may not say.

use std::collections::BTreeMap;

use gehoord_conversation::{Channel, Locale, Party};

use crate::Format;

/// What the caller knows about an input.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Options {
    /// The format; seen from the content and the name when absent.
    pub from: Option<Format>,
    /// Locale of conversations that name none.
    pub locale: Option<Locale>,
    /// Channel of conversations that name none.
    pub channel: Option<Channel>,
    /// Who are agents: names, mail addresses, or mail domains such as `firma.nl`.
    pub agents: Vec<String>,
    /// Which columns of a table mean what, and which sheet of a workbook is meant; the usual names are known without it.
    pub map: Option<ColumnMap>,
    /// Who certain speakers are, by their name as it stands in the input; goes before all else.
    pub speakers: BTreeMap<String, Party>,
}

/// Which columns of a table mean what, and which of their values stand for which party.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ColumnMap {
    /// Column name by field.
    pub(crate) columns: BTreeMap<&'static str, String>,
    /// Party by value of the party column, in lower case.
    pub(crate) parties: BTreeMap<String, Party>,
    /// The sheet of a workbook; the first when absent.
    pub(crate) sheet: Option<String>,
    /// Columns that are not named here mean nothing, whatever they are called.
    pub(crate) only: bool,
}

/// The fields a column can be mapped to.
pub const FIELDS: &[&str] = &[
    "conversation",
    "party",
    "text",
    "at",
    "speaker",
    "customer",
    "team",
    "subject",
    "channel",
    "locale",
    "external_id",
];

/// A mapping that cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidColumnMap {
    /// A part is not `field=column`.
    #[error(
        "'{0}' is not field=column; write for instance \
         conversation=ticket_id,party=role,text=body,party.agent=Medewerker|Agent"
    )]
    NotAPair(String),
    /// The field is not one of those that can be mapped.
    #[error(
        "field '{0}' is unknown; expected one of: {fields}, \
         party.customer, party.agent, party.colleague, party.bot, sheet",
        fields = FIELDS.join(", ")
    )]
    UnknownField(String),
}

impl ColumnMap {
    /// Reads `conversation=ticket_id,party=role,text=body,party.agent=Medewerker|Agent`.
    ///
    /// # Errors
    /// When a part is not `field=column`, or the field is unknown.
    pub fn parse(text: &str) -> Result<Self, InvalidColumnMap> {
        let mut map = Self::default();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let pair = part.split_once('=').map(|(field, value)| (field.trim(), value.trim()));
            let Some((field, value)) = pair.filter(|(_, value)| !value.is_empty()) else {
                return Err(InvalidColumnMap::NotAPair(crate::item::clip(part)));
            };
            let unknown = || InvalidColumnMap::UnknownField(crate::item::clip(field));
            if let Some(party) = field.strip_prefix("party.") {
                let party: Party = party.parse().map_err(|_| unknown())?;
                let values = value.split('|').map(|v| v.trim().to_lowercase());
                map.parties.extend(values.filter(|v| !v.is_empty()).map(|v| (v, party)));
            } else if field == "sheet" {
                map.sheet = Some(value.to_owned());
            } else {
                let field = FIELDS.iter().find(|known| **known == field).ok_or_else(unknown)?;
                map.columns.insert(field, value.to_owned());
            }
        }
        Ok(map)
    }

    /// The same map for a certain sheet of a workbook.
    #[must_use]
    pub fn of_sheet(self, sheet: &str) -> Self {
        Self { sheet: Some(sheet.to_owned()), ..self }
    }

    /// A map that says everything: a column that it does not name is no field, whatever it is called.
    /// `columns` are fields with the column that holds each, `parties` values of the column of
    /// parties with whom they stand for.
    ///
    /// # Errors
    /// When a field is unknown.
    pub fn whole<'m>(
        columns: impl IntoIterator<Item = (&'m str, &'m str)>,
        parties: impl IntoIterator<Item = (&'m str, Party)>,
        sheet: Option<&str>,
    ) -> Result<Self, InvalidColumnMap> {
        let mut map = Self { only: true, sheet: sheet.map(str::to_owned), ..Self::default() };
        for (field, column) in columns {
            let known = FIELDS.iter().find(|known| **known == field);
            let unknown = || InvalidColumnMap::UnknownField(crate::item::clip(field));
            map.columns.insert(known.ok_or_else(unknown)?, column.trim().to_owned());
        }
        let parties = parties.into_iter();
        map.parties = parties.map(|(value, party)| (value.trim().to_lowercase(), party)).collect();
        Ok(map)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_and_values_are_mapped() {
        let map = ColumnMap::parse(
            "conversation=ticket, text = body,party.agent=Medewerker|Agent,sheet=Blad 1",
        )
        .unwrap();
        assert_eq!(map.columns["conversation"], "ticket");
        assert_eq!(map.columns["text"], "body");
        assert_eq!(map.sheet.as_deref(), Some("Blad 1"));
        assert_eq!(map.parties["medewerker"], Party::Agent);
        assert_eq!(map.parties["agent"], Party::Agent);
    }

    #[test]
    fn wrong_mappings_say_what_is_expected() {
        let error = ColumnMap::parse("text").unwrap_err().to_string();
        assert!(error.contains("not field=column"), "{error}");
        for wrong in ["tekst=body", "party.klant=Klant"] {
            let error = ColumnMap::parse(wrong).unwrap_err().to_string();
            assert!(error.contains("expected one of: conversation, party, text"), "{error}");
        }
    }
}
