//! Member lists as tables: CSV in the usual character sets, Excel files.
//!
//! Comes in: the bytes of a file and the list's settings. Goes out: what was recognised, then one [`Row`] after the
//! other; a text table in constant memory. Opens no file and removes no duplicates (the sending record's key does).

use std::collections::BTreeMap;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use crate::members::address::Address;
use crate::members::{Refused, Row};

mod about;
mod columns;
mod csv;
mod decoded;
mod encoding;
mod error;
mod filter;
mod heading;
mod recognised;
mod refusal;
mod row;
mod xlsx;

pub use about::About;
pub use csv::Delimiter;
pub use encoding::Encoding;
pub use error::TableError;
pub use recognised::{Format, Recognised};
pub use refusal::{PLACEHOLDER, Refusal};

pub(super) use columns::trimmed;
pub(super) use heading::key;
pub(super) use row::{RawRow, shown};

use columns::Columns;
use csv::CsvRows;
use filter::Filter;
use refusal::Values;
use row::Reading;
use xlsx::SheetRows;

/// Rows that are looked at to explain why a heading row cannot be used.
const LOOK_AHEAD: usize = 20;

/// What a list's section of the configuration says about its table.
#[derive(Debug, Clone, Copy)]
pub struct Options<'a> {
    /// Field → heading.
    pub columns: &'a BTreeMap<String, String>,
    /// Heading → the values of which a row must have one: yes and no in all spellings, `""` for an empty cell, `"*"` for any
    /// other that does not refuse.
    pub filter: &'a BTreeMap<String, Vec<String>>,
    /// Of an Excel file; default: the first visible one.
    pub sheet: Option<&'a str>,
}

/// How a table is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Csv,
    Xlsx,
}

impl Kind {
    /// By the file's ending.
    ///
    /// # Errors
    /// An ending that is no table's, with what to save it as.
    pub fn of_path(path: &Path) -> Result<Kind, TableError> {
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
        match ending.as_str() {
            "csv" | "tsv" | "tab" | "txt" => Ok(Kind::Csv),
            "xlsx" | "xlsm" => Ok(Kind::Xlsx),
            "" => Err(TableError::new("the file's name has no ending", "name it .csv or .xlsx, whichever it is")),
            _ => Err(TableError::new(
                format!("a list cannot be read from a .{ending} file"),
                "save it as an Excel workbook (.xlsx) or as CSV UTF-8 (.csv)",
            )),
        }
    }
}

/// A table being read: what was recognised, and an iterator over its rows. It ends after the first error.
pub struct Table<R> {
    pub report: Recognised,
    rows: Rows<R>,
    reading: Reading,
    ended: bool,
}

/// Reads a table's headings and gets ready for its rows.
///
/// # Errors
/// Everything that makes the whole table unusable: no heading row, no address column, a heading that `columns` or
/// `where` names and that is not there, a file that is no table, an Excel file that is too large.
pub fn read<R: Read + Seek>(source: R, kind: Kind, options: &Options<'_>) -> Result<Table<R>, TableError> {
    let mut rows = open(source, kind, options.sheet)?;
    let Some(heading) = rows.next_filled()? else {
        return Err(TableError::new(
            "the table is empty",
            "its first row names the columns, such as E-Mail;Vorname;Nachname; each row below is a member",
        ));
    };
    let Some(columns) = Columns::of(&heading.cells, options.columns)? else {
        return Err(explained(&heading, &mut rows)?);
    };
    let filter = Filter::new(&columns.headings, options.filter)?;
    let delimiter = rows.delimiter();
    let reading = Reading { columns, filter, delimiter, width: heading.cells.len() };
    let values = rows.refusal_values(&reading)?;
    let report = Recognised::new(rows.format(), &reading.columns, values, options.filter);
    Ok(Table { report, rows, reading, ended: false })
}

impl<R: Read + Seek> Table<R> {
    /// What the next row that refuses says, for each of its addresses. Ask for all of them before the rows: after the
    /// last one (`None`) the table begins again at its first row. An error further down is told when its row is reached.
    ///
    /// # Errors
    /// The table's own, when it cannot be read again from its beginning.
    pub fn next_refusals(&mut self) -> Result<Option<Vec<Refused>>, TableError> {
        while let Ok(Some(row)) = self.rows.next_filled() {
            let refused = self.reading.refused(&row);
            if !refused.is_empty() {
                return Ok(Some(refused));
            }
        }
        self.rows.rewind()?;
        self.rows.next_filled()?;
        Ok(None)
    }
}

impl<R: Read + Seek> Iterator for Table<R> {
    type Item = Result<Row, TableError>;

    fn next(&mut self) -> Option<Result<Row, TableError>> {
        while !self.ended {
            match self.rows.next_row() {
                Ok(Some(raw)) => {
                    if let Some(row) = self.reading.row(&raw) {
                        return Some(Ok(row));
                    }
                }
                Ok(None) => self.ended = true,
                Err(error) => {
                    self.ended = true;
                    return Some(Err(error));
                }
            }
        }
        None
    }
}

/// Opens a table as it stands, without looking for headings.
pub(super) fn open<R: Read + Seek>(mut source: R, kind: Kind, sheet: Option<&str>) -> Result<Rows<R>, TableError> {
    check_start(&mut source, kind)?;
    Ok(match kind {
        Kind::Csv => Rows::Csv(CsvRows::open(source)?),
        Kind::Xlsx => Rows::Sheet(SheetRows::open(source, sheet)?),
    })
}

/// The rows of either kind of table.
pub(super) enum Rows<R> {
    Csv(CsvRows<R>),
    Sheet(SheetRows),
}

impl<R: Read + Seek> Rows<R> {
    fn next_row(&mut self) -> Result<Option<RawRow>, TableError> {
        match self {
            Rows::Csv(rows) => rows.next_row(),
            Rows::Sheet(rows) => Ok(rows.next_row()),
        }
    }

    /// The next row that is not blank.
    pub(super) fn next_filled(&mut self) -> Result<Option<RawRow>, TableError> {
        loop {
            match self.next_row()? {
                Some(row) if row.is_blank() => {}
                other => return Ok(other),
            }
        }
    }

    pub(super) fn rewind(&mut self) -> Result<(), TableError> {
        match self {
            Rows::Csv(rows) => rows.rewind(),
            Rows::Sheet(rows) => {
                rows.rewind();
                Ok(())
            }
        }
    }

    fn delimiter(&self) -> Option<u8> {
        match self {
            // A table of one column has no delimiter, and so no cell too many either.
            Rows::Csv(rows) => rows.delimiter.byte(),
            Rows::Sheet(_) => None,
        }
    }

    /// The row below `first` that has a heading for addresses if its cells are separated by something else: a comma in
    /// a title above the headings (`Members, November`) looks like the delimiter. Leaves the table unfit to be read on.
    fn heading_row_cut_otherwise(&mut self, first: u64) -> Option<u64> {
        let Rows::Csv(rows) = self else { return None };
        let used = rows.delimiter;
        Delimiter::ALL.into_iter().filter(|delimiter| *delimiter != used).find_map(|delimiter| {
            rows.delimiter = delimiter;
            rows.rewind().ok()?;
            let rows = std::iter::from_fn(|| rows.next_row().ok().flatten()).filter(|row| !row.is_blank());
            rows.take(LOOK_AHEAD + 1).find(|row| row.number > first && names_addresses(row)).map(|row| row.number)
        })
    }

    pub(super) fn format(&self) -> Format {
        match self {
            Rows::Csv(rows) => Format::Csv { encoding: rows.encoding, delimiter: rows.delimiter },
            Rows::Sheet(rows) => Format::Xlsx { sheet: rows.sheet.clone() },
        }
    }

    /// Reads the table once for the values of columns that may say who refuses and stand in no `where`, if there are such
    /// columns; then goes back to the first row below the heading.
    fn refusal_values(&mut self, reading: &Reading) -> Result<Vec<Values>, TableError> {
        let columns = &reading.columns;
        let known = |column: usize| column == columns.email || columns.has_meaning(column);
        let mut values: Vec<Values> = (0..columns.headings.len())
            .filter(|column| !known(*column) && !reading.filter.has(*column))
            .filter_map(|column| Some(Values::new(column, refusal::asks(&columns.headings[column])?)))
            .collect();
        if values.is_empty() {
            return Ok(values);
        }
        // An error further down is told when its row is reached.
        while let Ok(Some(row)) = self.next_filled() {
            for column in &mut values {
                let cell = row.cells.get(column.column).map_or("", String::as_str);
                column.count(crate::members::address::trim_invisible(cell));
            }
        }
        self.rewind()?;
        self.next_filled()?;
        values.retain(Values::matter);
        Ok(values)
    }
}

fn names_addresses(row: &RawRow) -> bool {
    matches!(Columns::of(&row.cells, &BTreeMap::new()), Ok(Some(_)))
}

/// Why the heading row has no address column, after a look at the rows below it.
fn explained<R: Read + Seek>(heading: &RawRow, rows: &mut Rows<R>) -> Result<TableError, TableError> {
    let mut heading_row = None;
    let mut addresses: BTreeMap<usize, usize> = BTreeMap::new();
    for _ in 0..LOOK_AHEAD {
        let Some(row) = rows.next_filled()? else { break };
        if heading_row.is_none() && names_addresses(&row) {
            heading_row = Some(row.number);
        }
        for (column, cell) in row.cells.iter().enumerate() {
            if Address::parse(cell).is_ok() {
                *addresses.entry(column).or_default() += 1;
            }
        }
    }
    let heading_row = heading_row.or_else(|| rows.heading_row_cut_otherwise(heading.number));
    let most = addresses.iter().max_by_key(|(_, count)| **count).map(|(column, _)| *column);
    let error = columns::no_address_column(&heading.cells, most, heading_row);
    Ok(match rows {
        Rows::Sheet(SheetRows { sheet, other: Some(other), .. }) if most.is_none() => error.with_help(format!(
            "the sheet “{sheet}” was read; if the members are on another one, add to the list's section of config.toml: \
             sheet = {}",
            heading::toml_string(other)
        )),
        _ => error,
    })
}

/// Refuses files that are something else than their ending says, with what to do.
fn check_start<R: Read + Seek>(source: &mut R, kind: Kind) -> Result<(), TableError> {
    let mut start = Vec::new();
    source.seek(SeekFrom::Start(0))?;
    source.by_ref().take(512).read_to_end(&mut start)?;
    source.seek(SeekFrom::Start(0))?;
    let save_as = "open it in a spreadsheet program and save it as an Excel workbook (.xlsx) or as CSV UTF-8 (.csv)";
    let is = |magic: &[u8]| start.starts_with(magic);
    if is(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]) {
        let message = "this is an old Excel file (.xls) or one with a password";
        return Err(TableError::new(message, format!("{save_as}, without a password")));
    }
    if kind == Kind::Xlsx {
        return if is(b"PK\x03\x04") || is(b"PK\x05\x06") {
            Ok(())
        } else {
            Err(TableError::new(
                "this is not an Excel workbook",
                format!("if it is a CSV file, name it .csv; else {save_as}"),
            ))
        };
    }
    if is(b"PK\x03\x04") {
        return Err(TableError::new(
            "this is an Excel or OpenDocument file, not CSV",
            "name it .xlsx; or save it as CSV UTF-8",
        ));
    }
    if is(b"%PDF") || is(b"{\\rtf") || is(b"\x89PNG") || is(b"\xff\xd8\xff") || is(b"\x1f\x8b") {
        return Err(TableError::new("this is not a table", save_as));
    }
    let text = String::from_utf8_lossy(&start).to_lowercase();
    if ["<html", "<!doctype", "<?xml", "<table"].iter().any(|tag| text.trim_start().starts_with(tag)) {
        return Err(TableError::new("this is a web page or XML, not CSV", save_as));
    }
    let utf16 = is(&[0xff, 0xfe]) || is(&[0xfe, 0xff]);
    if !utf16 && start.contains(&0) && start.iter().filter(|byte| **byte == 0).count() * 4 > start.len() {
        return Err(TableError::new("this is not a text file, or UTF-16 without its mark", save_as));
    }
    Ok(())
}
