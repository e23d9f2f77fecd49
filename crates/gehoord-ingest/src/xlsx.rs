//! Workbooks (.xlsx): the rows of one sheet, read by the same rules as any other table.

use std::panic::{AssertUnwindSafe, catch_unwind};

use csv::StringRecord;

use crate::columns::Columns;
use crate::heading::Heading;
use crate::item::{Item, Note, Problem, clip, left_out, places};
use crate::options::Options;
use crate::rows::Table;
use crate::sheet::{Sheet, Value};

/// How many rows with cells may stand above the names of the columns.
const TITLE_ROWS: usize = 20;

/// The most fields of all rows together, empty ones between others included.
const MOST_FIELDS: usize = 32 * 1024 * 1024;

/// Whether the first bytes are those of a workbook.
pub(crate) fn looks_like_workbook(head: &[u8], named: bool) -> bool {
    is_zip(head) && (named || head.windows(3).any(|bytes| bytes == b"xl/"))
}

fn is_zip(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04")
}

/// Reads the conversations of a workbook.
pub(crate) fn read_workbook(bytes: &[u8], name: &str, options: &Options) -> Vec<Item> {
    // The reader of workbooks is not ours, and what is in them may be made to break it.
    let read = catch_unwind(AssertUnwindSafe(|| conversations(bytes, name, options)));
    read.unwrap_or_else(|_| Err(broken("something in it is out of range")))
        .unwrap_or_else(|problem| vec![Item::Problem(problem)])
}

/// What the columns of a workbook hold.
pub(crate) fn heading(bytes: &[u8], options: &Options) -> Result<Heading, Problem> {
    let read = catch_unwind(AssertUnwindSafe(|| {
        let sheet = sheet(bytes, options)?;
        let map = options.map.as_ref();
        let found = header(&sheet, options).ok();
        // Where no row names the columns that are needed, the first with several cells names them.
        let first = || sheet.rows.iter().take(TITLE_ROWS).find(|(_, cells)| cells.len() > 1);
        let (row, places, columns) = match found {
            Some(found) => found,
            None => {
                let Some((row, cells)) = first() else {
                    return Err(Problem::new(1, "no_turns", "the sheet has no table"));
                };
                let named = cells.iter().map(|(place, value)| (*place, value.text(false, false)));
                let (places, names) = named.filter(|(_, name)| !name.trim().is_empty()).unzip();
                (*row, places, Columns::known(names, map, *row)?)
            }
        };
        let rows = sheet.rows.range(row + 1..).map(|(_, cells)| {
            let value = |at: usize| {
                let place = places.get(at)?;
                let found = cells.iter().find(|(known, _)| known == place)?;
                let date = columns.at("at") == Some(at) || columns.time_of_day == Some(at);
                Some(found.1.text(date, sheet.from_1904))
            };
            (0..columns.names.len()).map(|at| value(at).unwrap_or_default()).collect()
        });
        let heading = Heading::of(&columns, rows, map);
        Ok(Heading { sheet: Some(sheet.name.clone()), sheets: sheet.sheets.clone(), ..heading })
    }));
    read.unwrap_or_else(|_| Err(broken("something in it is out of range")))
}

fn conversations(bytes: &[u8], name: &str, options: &Options) -> Result<Vec<Item>, Problem> {
    let sheet = sheet(bytes, options)?;
    let (table, notes) = table(&sheet, options)?;
    let mut items = table.conversations(name, options);
    let first = items.iter_mut().find_map(|item| match item {
        Item::Conversation(imported) => Some(imported),
        Item::Problem(_) => None,
    });
    if let Some(first) = first {
        first.notes.splice(0..0, notes);
    }
    Ok(items)
}

fn sheet(bytes: &[u8], options: &Options) -> Result<Sheet, Problem> {
    if bytes.trim_ascii().is_empty() {
        return Err(Problem::new(1, "no_turns", "the input is empty"));
    }
    // What Excel wrote before 2007, and what it writes with a password.
    if bytes.starts_with(b"\xD0\xCF\x11\xE0") {
        return Err(broken("it has a password or is of the old kind (.xls)"));
    }
    if !is_zip(bytes) {
        return Err(broken("it does not start as one"));
    }
    let wanted = options.map.as_ref().and_then(|map| map.sheet.as_deref());
    Sheet::read(bytes, wanted)
}

/// What is wrong with a file that is no workbook, or none that can be read.
pub(crate) fn broken(why: &str) -> Problem {
    let message = format!(
        "the workbook cannot be read: {why}; save it again as .xlsx without a password, or as CSV"
    );
    Problem::new(1, "invalid_workbook", message)
}

/// The rows below the names of the columns, and what was left out.
fn table(sheet: &Sheet, options: &Options) -> Result<(Table, Vec<Note>), Problem> {
    let (header, named, columns) = header(sheet, options)?;
    let above: Vec<usize> = sheet.rows.keys().filter(|row| **row < header).copied().collect();
    let needed = ["text", "party", "conversation"].iter().filter_map(|f| columns.at(f)).max();
    let needed = needed.map_or(0, |at| at + 1);
    let (date, time) = (columns.at("at"), columns.time_of_day);
    let mut beside = Vec::new();
    let mut records = Vec::new();
    let mut fields = 0;
    for (row, cells) in sheet.rows.range(header + 1..) {
        let mut values: Vec<String> = vec![String::new(); needed];
        let mut strays = false;
        for (place, value) in cells {
            let Ok(at) = named.binary_search(place) else {
                strays = true;
                continue;
            };
            if values.len() <= at {
                values.resize(at + 1, String::new());
            }
            values[at] = value.text(Some(at) == date || Some(at) == time, sheet.from_1904);
        }
        if strays {
            beside.push(*row);
        }
        fields += values.len();
        if fields > MOST_FIELDS {
            let message = "the sheet has more cells than can be read; save it as CSV";
            return Err(Problem::new(*row, "too_large", message));
        }
        records.push((*row, StringRecord::from(values)));
    }
    let unnamed = (!beside.is_empty()).then(|| {
        let places = places("row", &beside);
        Note::left_out(format!("cells in columns without a name were left out ({places})"))
    });
    let notes = [
        sheet.others_left_out(),
        left_out(&above, "row", "above the names of the columns", "row"),
        unnamed,
        left_out(&sheet.errors, "cell", "with an error such as #N/A", "row"),
    ];
    Ok((Table::of_rows(columns, records), notes.into_iter().flatten().collect()))
}

/// The row with the names of the columns, where these stand, and what they mean.
fn header(sheet: &Sheet, options: &Options) -> Result<(usize, Vec<u32>, Columns), Problem> {
    let mut wrong = None;
    for (row, cells) in sheet.rows.iter().take(TITLE_ROWS) {
        let named = cells.iter().map(|(place, value)| (*place, value.text(false, false)));
        let (places, names) = named.filter(|(_, name)| !name.trim().is_empty()).unzip();
        match Columns::find(names, options.map.as_ref(), *row) {
            Ok(columns) => return Ok((*row, places, columns)),
            Err(problem) => wrong = wrong.or(Some(problem)),
        }
    }
    Err(wrong.unwrap_or_else(|| {
        let message = format!(
            "the sheet '{}' is empty; use --map sheet=NAME to read another one",
            clip(&sheet.name)
        );
        Problem::new(1, "no_turns", message)
    }))
}

impl Value {
    /// The value as a CSV file would hold it. Numbers have no ".0"; in a column of dates
    /// (`is_date`) they are days since 1900, as Excel counts them.
    fn text(&self, is_date: bool, from_1904: bool) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Days(days) => crate::sheet::date_text(*days, from_1904),
            // Up to the year 2173: larger numbers are seconds since 1970.
            Self::Number(n) if is_date && (0.0..100_000.0).contains(n) => {
                crate::sheet::date_text(*n, from_1904)
            }
            Self::Number(n) => n.to_string(),
        }
    }
}

#[cfg(test)]
#[path = "xlsx_tests.rs"]
mod tests;
