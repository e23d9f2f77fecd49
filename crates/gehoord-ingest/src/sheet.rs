//! The cells of one sheet of a workbook, within bounds.

use std::collections::BTreeMap;
use std::io::{self, Cursor, Read, Seek};

use calamine::{DataRef, Reader, SheetType, SheetVisible, Xlsx};
use jiff::ToSpan;
use jiff::civil::{Date, Time};
use zip::ZipArchive;

use crate::item::{Note, Problem, clip};
use crate::lines::LIMIT;
use crate::xlsx::broken;

/// The most that the parts of a workbook are together once unpacked, and the most that the texts
/// of its cells are together, where one text may stand in many cells.
const MOST_BYTES: u64 = 4 * LIMIT as u64;

/// Workbooks grow by 5 to 50 times as they are unpacked.
const MOST_GROWTH: u64 = 150;

/// What is unpacked in any case, however much it grew.
const ANY_GROWTH: u64 = 32 * 1024 * 1024;

const MOST_PARTS: usize = 10_000;

/// Styles are held once for each kind of cell, each with its own copy of its names.
const MOST_STYLE_TAGS: u64 = 1 << 20;
const MOST_STYLE_BYTES: u64 = 1 << 30;

/// The size of a sheet, as the format sets it.
const ROWS: u32 = 1_048_576;
const COLUMNS: u32 = 16_384;

/// A cell.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Text(String),
    Number(f64),
    /// A number that is shown as a date, a time or both: days since 1900 or 1904.
    Days(f64),
}

/// The cells of a sheet that hold something.
#[derive(Debug, Default)]
pub(crate) struct Sheet {
    pub(crate) name: String,
    /// By row, counted from 1 as Excel shows it; in a row by column, from 0.
    pub(crate) rows: BTreeMap<usize, Vec<(u32, Value)>>,
    /// Whether days are counted from 1904.
    pub(crate) from_1904: bool,
    /// Rows of the cells with an error.
    pub(crate) errors: Vec<usize>,
    /// The names of all sheets.
    pub(crate) sheets: Vec<String>,
    others: Vec<String>,
}

impl Sheet {
    /// Reads the sheet called `wanted`, or else the first that is not hidden.
    pub(crate) fn read(bytes: &[u8], wanted: Option<&str>) -> Result<Self, Problem> {
        check(bytes)?;
        let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(unreadable)?;
        let mut sheet = Self::choose(&workbook, wanted)?;
        sheet.from_1904 = workbook.has_1904_epoch();
        let name = sheet.name.clone();
        let mut cells = workbook.worksheet_cells_reader(&name).map_err(unreadable)?;
        let mut size = 0;
        while let Some(cell) = cells.next_cell().map_err(unreadable)? {
            let (row, column) = cell.get_position();
            if row >= ROWS || column >= COLUMNS {
                return Err(broken("a cell lies outside the sheet"));
            }
            size += sheet.take(row as usize + 1, column, cell.get_value()) as u64;
            if size > MOST_BYTES {
                return Err(too_large("its cells hold more than 256 MiB of text"));
            }
        }
        for cells in sheet.rows.values_mut() {
            cells.sort_by_key(|(column, _)| *column);
            cells.dedup_by_key(|(column, _)| *column);
        }
        Ok(sheet)
    }

    fn choose<R: Read + Seek>(workbook: &Xlsx<R>, wanted: Option<&str>) -> Result<Self, Problem> {
        let all = workbook.sheets_metadata().iter().filter(|s| s.typ == SheetType::WorkSheet);
        let names: Vec<&str> = all.clone().map(|sheet| sheet.name.as_str()).collect();
        let found = match wanted {
            Some(wanted) => names.iter().find(|n| n.trim().to_lowercase() == wanted.to_lowercase()),
            None => {
                let shown = all.clone().position(|sheet| sheet.visible == SheetVisible::Visible);
                names.get(shown.unwrap_or_default())
            }
        };
        let Some(name) = found else {
            let message = match wanted {
                Some(wanted) => format!(
                    "no sheet '{}'; the sheets are: {}",
                    clip(wanted),
                    listed(names.iter().copied())
                ),
                None => "the workbook has no sheet with cells".to_owned(),
            };
            return Err(Problem::new(1, "missing_sheet", message));
        };
        let others = match wanted {
            Some(_) => Vec::new(),
            None => names.iter().filter(|n| *n != name).map(|n| (*n).to_owned()).collect(),
        };
        let sheets = names.iter().map(|name| (*name).to_owned()).collect();
        Ok(Self { name: (*name).to_owned(), sheets, others, ..Self::default() })
    }

    /// Keeps a cell, unless it is empty; how many bytes it holds.
    fn take(&mut self, row: usize, column: u32, value: &DataRef<'_>) -> usize {
        let value = match value {
            DataRef::Int(n) => Value::Text(n.to_string()),
            DataRef::Float(n) => Value::Number(*n),
            DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
                Value::Text(text.clone())
            }
            DataRef::SharedString(text) => Value::Text((*text).to_owned()),
            DataRef::Bool(yes) => Value::Text(yes.to_string()),
            DataRef::DateTime(at) => Value::Days(at.as_f64()),
            DataRef::Error(_) => {
                self.errors.push(row);
                return 0;
            }
            DataRef::Empty => return 0,
        };
        let bytes = match &value {
            Value::Text(text) if text.trim().is_empty() => return 0,
            Value::Text(text) => text.len(),
            Value::Number(_) | Value::Days(_) => 0,
        };
        self.rows.entry(row).or_default().push((column, value));
        bytes + size_of::<(u32, Value)>()
    }

    /// Which other sheets there are.
    pub(crate) fn others_left_out(&self) -> Option<Note> {
        let others = listed(self.others.iter().map(String::as_str));
        let name = clip(&self.name);
        (!self.others.is_empty()).then(|| {
            Note::left_out(format!(
                "only the sheet '{name}' was read; use --map sheet=NAME for one of: {others}"
            ))
        })
    }
}

fn listed<'t>(names: impl Iterator<Item = &'t str>) -> String {
    names.take(20).map(clip).collect::<Vec<_>>().join(", ")
}

/// A date of Excel as text: `2026-03-02`, `2026-03-02 10:02:00`, or only a time below one day.
pub(crate) fn date_text(days: f64, from_1904: bool) -> String {
    const DAY: f64 = 86_400.0;
    let plain = || days.to_string();
    if !(0.0..3_000_000.0).contains(&days) {
        return plain();
    }
    // To whole seconds: 10:02 is no whole part of a day.
    let seconds = (days * DAY).round();
    let (date, second) = ((seconds / DAY).floor(), seconds.rem_euclid(DAY));
    let Ok(time) = Time::midnight().checked_add((second as i64).seconds()) else { return plain() };
    if date < 1.0 && !from_1904 {
        return time.strftime("%H:%M:%S").to_string();
    }
    let first = if from_1904 { Date::constant(1904, 1, 1) } else { Date::constant(1899, 12, 30) };
    let Ok(date) = first.checked_add((date as i64).days()) else { return plain() };
    if second == 0.0 {
        return date.to_string();
    }
    date.to_datetime(time).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// Unpacks every part once without keeping it, so that nothing larger is held later.
fn check(bytes: &[u8]) -> Result<(), Problem> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(unreadable)?;
    if archive.len() > MOST_PARTS {
        return Err(too_large("it has more than 10,000 parts"));
    }
    let most = MOST_BYTES.min(ANY_GROWTH.max(bytes.len() as u64 * MOST_GROWTH));
    let mut unpacked = 0;
    for i in 0..archive.len() {
        let part = archive.by_index(i).map_err(unreadable)?;
        let styles =
            part.name().is_ok_and(|name| name.to_ascii_lowercase().ends_with("styles.xml"));
        let mut tags = Tags::default();
        let mut part = part.take(most - unpacked + 1);
        unpacked += match styles {
            true => io::copy(&mut part, &mut tags),
            false => io::copy(&mut part, &mut io::sink()),
        }
        .map_err(unreadable)?;
        if unpacked > most {
            return Err(too_large("unpacked it is far larger than a table would be"));
        }
        if tags.count > MOST_STYLE_TAGS || tags.count * tags.longest > MOST_STYLE_BYTES {
            return Err(too_large("its styles are far larger than those of a table would be"));
        }
    }
    Ok(())
}

/// What the readers of parts and sheets say.
fn unreadable(error: impl std::error::Error) -> Problem {
    broken(&clip(&error.to_string()))
}

fn too_large(why: &str) -> Problem {
    let message = format!("the workbook is too large to be read: {why}; save the sheet as CSV");
    Problem::new(1, "too_large", message)
}

/// Counts the tags of XML, and the bytes from one to the next.
#[derive(Default)]
struct Tags {
    count: u64,
    longest: u64,
    this: u64,
}

impl io::Write for Tags {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for byte in bytes {
            self.this = if *byte == b'<' { 0 } else { self.this + 1 };
            self.count += u64::from(*byte == b'<');
            self.longest = self.longest.max(self.this);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
