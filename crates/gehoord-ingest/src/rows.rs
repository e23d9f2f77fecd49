//! The rows of a table: delimiter, header, and which rows can be read.

use csv::{Reader, ReaderBuilder, StringRecord};

use crate::columns::Columns;
use crate::item::{Problem, push_capped};
use crate::options::Options;
use crate::time::DayOrder;

/// The delimiter that stands most often in the header, outside quotes.
pub(crate) fn delimiter(first: &str) -> u8 {
    let mut counts = [(0usize, b','), (0, b';'), (0, b'\t'), (0, b'|')];
    let mut quoted = false;
    for byte in first.bytes() {
        quoted ^= byte == b'"';
        if let Some((count, _)) = counts.iter_mut().find(|(_, d)| *d == byte && !quoted) {
            *count += 1;
        }
    }
    // The first of equals, so that a header of one column is read with a comma.
    counts.iter().rev().max_by_key(|(count, _)| *count).map_or(b',', |(_, d)| *d)
}

/// A table may have so many columns, as a sheet of a workbook may.
const MOST_COLUMNS: usize = 16_384;
/// So many delimiters may stand in a line, those in texts between quotes included.
const MOST_MARKS: usize = 1 << 18;

/// A table as it is written: from the names of its columns on.
pub(crate) struct Written<'t> {
    pub(crate) text: &'t str,
    /// Line of the input in which the names stand.
    pub(crate) first_line: usize,
    pub(crate) delimiter: u8,
}

impl<'t> Written<'t> {
    pub(crate) fn of(text: &'t str) -> Result<Self, Problem> {
        let whole = text.len();
        let mut text = text.trim_start_matches('\n');
        let mut first_line = 1 + whole - text.len();
        // Excel says the delimiter in a line of its own.
        let mut given = None;
        if let Some(rest) = text.strip_prefix("sep=")
            && let Some((mark, below)) = rest.split_once('\n')
        {
            given = mark.bytes().next().filter(u8::is_ascii);
            text = below;
            first_line += 1;
        }
        let header = text.lines().next().unwrap_or_default();
        if header.trim().is_empty() {
            let message = "the table is empty; expected a line with the names of the columns";
            let line = if text.is_empty() { 1 } else { first_line };
            return Err(Problem::new(line, "no_turns", message));
        }
        let delimiter = given.unwrap_or_else(|| delimiter(header));
        let marks = |line: &str| line.bytes().filter(|b| *b == delimiter).count();
        // Each field takes more memory than the mark before it.
        let wide = |(at, line): (usize, &str)| {
            let most = if at == 0 { MOST_COLUMNS } else { MOST_MARKS };
            (marks(line) >= most).then_some(first_line + at)
        };
        if let Some(line) = text.lines().enumerate().find_map(wide) {
            let message = "the line has more columns than can be read; is this a table?";
            return Err(Problem::new(line, "too_large", message));
        }
        Ok(Self { text, first_line, delimiter })
    }
}

pub(crate) fn reader(text: &str, delimiter: u8) -> Reader<&[u8]> {
    ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .has_headers(false)
        .from_reader(text.as_bytes())
}

/// A row that holds a turn.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) line: usize,
    pub(crate) record: StringRecord,
}

/// The rows of a table and what is wrong with the others.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) columns: Columns,
    pub(crate) rows: Vec<Row>,
    pub(crate) problems: Vec<Problem>,
    /// How the dates of this table are written.
    pub(crate) order: DayOrder,
}

impl Table {
    /// Reads every row that can be read; fails only when the columns are not those of turns.
    pub(crate) fn read(text: &str, options: &Options) -> Result<Self, Problem> {
        let Written { text, first_line, delimiter } = Written::of(text)?;
        let mut reader = reader(text, delimiter);
        let mut records = reader.records().map(|record| {
            record.map(|record| {
                let at = record.position().map(|p| (p.line(), p.byte()));
                let (line, byte) = at.unwrap_or((1, 0));
                let line = usize::try_from(line).unwrap_or(1) + first_line - 1;
                (line, usize::try_from(byte).unwrap_or(0), record)
            })
        });
        let names = match records.next() {
            Some(Ok((_, _, record))) => record.iter().map(str::to_owned).collect(),
            _ => Vec::new(),
        };
        let columns = Columns::find(names, options.map.as_ref(), first_line)?;
        let mut table =
            Self { columns, rows: Vec::new(), problems: Vec::new(), order: DayOrder::DayFirst };
        for record in records {
            match record {
                Ok((line, byte, record)) => table.take(line, record, &text[byte.min(text.len())..]),
                Err(error) => {
                    let message = format!("the row cannot be read: {error}");
                    push_capped(&mut table.problems, Problem::new(first_line, "bad_row", message));
                }
            }
        }
        table.see_order();
        Ok(table)
    }

    /// A table whose rows stand apart already, each with its line, as in a workbook.
    pub(crate) fn of_rows(columns: Columns, rows: Vec<(usize, StringRecord)>) -> Self {
        let mut table =
            Self { columns, rows: Vec::new(), problems: Vec::new(), order: DayOrder::DayFirst };
        for (line, record) in rows {
            table.take(line, record, "");
        }
        table.see_order();
        table
    }

    fn see_order(&mut self) {
        if let Some(at) = self.columns.at("at") {
            self.order = DayOrder::of(self.rows.iter().filter_map(|row| row.record.get(at)));
        }
    }

    /// Keeps a row, or says why not. `rest` is the text from this row on.
    fn take(&mut self, line: usize, record: StringRecord, rest: &str) {
        if record.iter().all(|field| field.trim().is_empty()) {
            return;
        }
        let expected = self.columns.names.len();
        let spare = record.iter().skip(expected).any(|field| !field.trim().is_empty());
        let needed =
            ["text", "party", "conversation"].iter().filter_map(|f| self.columns.at(f)).max();
        if spare || record.len() <= needed.unwrap_or_default() {
            let message = format!(
                "the row has {} columns, the first line {expected}; was a text with the delimiter \
                 in it not put between quotes?",
                record.len()
            );
            push_capped(&mut self.problems, Problem::new(line, "bad_row", message));
            return;
        }
        // A quote that is not closed swallows all that follows.
        let longest = record.iter().map(str::len).max().unwrap_or_default();
        let last = rest.len() < longest + record.as_slice().len() + record.len() * 3 + 3;
        let spans = record.iter().any(|field| field.contains('\n'));
        if last && spans && rest.bytes().filter(|b| *b == b'"').count() % 2 == 1 {
            let message = "a quote in this row is not closed, so that all below it cannot be read";
            push_capped(&mut self.problems, Problem::new(line, "bad_row", message));
            return;
        }
        self.rows.push(Row { line, record });
    }
}
