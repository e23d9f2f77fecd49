//! What the columns of a table hold, for whoever is to say what they mean.

use gehoord_conversation::Party;

use crate::columns::Columns;
use crate::decode::decode;
use crate::item::{Problem, clip};
use crate::options::{ColumnMap, Options};
use crate::rows::{Written, reader};
use crate::table::known_party;
use crate::{Format, xlsx};

/// So many values of a column are shown.
const VALUES: usize = 3;
/// So many rows are looked at for them.
const ROWS: usize = 200;
/// So many values of the column of parties are told apart.
const PARTIES: usize = 20;
/// So many rows are looked at for those.
const PARTY_ROWS: usize = 20_000;

/// The columns of a table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Heading {
    /// Each column, in the order of the table.
    pub columns: Vec<Column>,
    /// Values of the column of parties, and whom each was taken for; none: nobody knows.
    pub parties: Vec<(String, Option<Party>)>,
    /// The sheet of a workbook that was read.
    pub sheet: Option<String>,
    /// All sheets of a workbook.
    pub sheets: Vec<String>,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name, as it stands in the table.
    pub name: String,
    /// The field that it was taken for, by the map or its name: one of [`FIELDS`](crate::FIELDS).
    pub field: Option<&'static str>,
    /// Its first values that differ, at most 3 of at most 40 characters.
    pub values: Vec<String>,
}

/// The columns of an input of this format; none when it is no table.
///
/// # Errors
/// When the table cannot be read, or lacks a column that the map names.
pub fn heading(
    bytes: &[u8],
    format: Format,
    options: &Options,
) -> Result<Option<Heading>, Problem> {
    match format {
        Format::Csv => {
            let decoded = decode(bytes.to_vec());
            let Written { text, first_line, delimiter } = Written::of(&decoded.text)?;
            let mut reader = reader(text, delimiter);
            let mut rows = reader.records().map_while(Result::ok);
            let names: Vec<String> = rows.next().iter().flatten().map(str::to_owned).collect();
            let width = names.len();
            let rows = rows.map(|row| row.iter().take(width).map(str::to_owned).collect());
            let columns = Columns::known(names, options.map.as_ref(), first_line)?;
            Ok(Some(Heading::of(&columns, rows, options.map.as_ref())))
        }
        Format::Xlsx => xlsx::heading(bytes, options).map(Some),
        _ => Ok(None),
    }
}

impl Heading {
    pub(crate) fn of(
        columns: &Columns,
        rows: impl Iterator<Item = Vec<String>>,
        map: Option<&ColumnMap>,
    ) -> Self {
        let mut values = vec![Vec::new(); columns.names.len()];
        let mut parties: Vec<(String, Option<Party>)> = Vec::new();
        let party = columns.at("party");
        for (number, row) in rows.take(PARTY_ROWS).enumerate() {
            for (seen, value) in values.iter_mut().zip(&row).filter(|_| number < ROWS) {
                let value = clip(value.trim());
                if !value.is_empty() && seen.len() < VALUES && !seen.contains(&value) {
                    seen.push(value);
                }
            }
            let value = party.and_then(|at| row.get(at)).map(|value| value.trim());
            let same = |value: &str| parties.iter().any(|(known, _)| known == value);
            if let Some(value) = value.filter(|value| !value.is_empty() && !same(value))
                && parties.len() < PARTIES
            {
                parties.push((value.to_owned(), known_party(value, map)));
            }
        }
        let fields = columns;
        let columns = fields.names.iter().zip(values).enumerate().map(|(at, (name, values))| {
            Column { name: name.trim().to_owned(), field: fields.field_of(at), values }
        });
        Self { columns: columns.collect(), parties, ..Self::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(csv: &str, map: Option<ColumnMap>) -> Heading {
        let options = Options { map, ..Options::default() };
        heading(csv.as_bytes(), Format::Csv, &options).unwrap().unwrap()
    }

    #[test]
    fn columns_come_with_their_first_values_and_a_guess() {
        let csv = "ticket;wie;wat is er gezegd\n7;Klant;hoi\n7;Balie 3;dag\n7;Klant;hoi\n";
        let heading = of(csv, None);
        let shown: Vec<_> =
            heading.columns.iter().map(|c| (c.name.as_str(), c.field, c.values.len())).collect();
        assert_eq!(
            shown,
            [
                ("ticket", Some("conversation"), 1),
                ("wie", Some("party"), 2),
                ("wat is er gezegd", None, 2)
            ]
        );
        let parties = [("Klant".to_owned(), Some(Party::Customer)), ("Balie 3".to_owned(), None)];
        assert_eq!(heading.parties, parties);
    }

    #[test]
    fn what_the_map_does_not_name_is_no_field() {
        let map = ColumnMap::whole([("text", "wat"), ("party", "wie")], [], None).unwrap();
        let heading = of("ticket,wie,wat\n1,Klant,hoi\n", Some(map));
        let fields: Vec<_> = heading.columns.iter().map(|c| c.field).collect();
        assert_eq!(fields, [None, Some("party"), Some("text")]);
    }

    #[test]
    fn what_is_no_table_has_no_columns() {
        assert_eq!(heading(b"Klant: hoi", Format::Text, &Options::default()), Ok(None));
        assert_eq!(heading(b"", Format::Csv, &Options::default()).unwrap_err().code, "no_turns");
        let wrong = heading(b"PK\x03\x04 xl/", Format::Xlsx, &Options::default());
        assert_eq!(wrong.unwrap_err().code, "invalid_workbook");
        let wide = format!("text,party{}", ",".repeat(1 << 15));
        let wide = heading(wide.as_bytes(), Format::Csv, &Options::default());
        assert_eq!(wide.unwrap_err().code, "too_large");
    }
}
