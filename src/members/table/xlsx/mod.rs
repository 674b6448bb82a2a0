//! Rows of an Excel workbook's sheet.
//!
//! Comes in: an XLSX file. Goes out: its rows with every cell as text, numbered as Excel does, or an error that says to
//! save it as CSV. calamine reads the cells; what it would trust blindly is measured first ([`size`]).

use std::io::{Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Reader, Sheet, SheetType, SheetVisible, Xlsx, XlsxError};

use super::error::TableError;
use super::row::RawRow;
use crate::finding::nearest;
use crate::members::address::trim_invisible;

mod cell;
mod size;

/// Rows with something in them, besides the heading.
const ROWS_MAX: usize = 100_000;
/// Columns that are looked at; up to "ALL".
const COLUMNS_MAX: u32 = 1_000;
/// Excel's own limit of rows.
const ROW_LAST: u32 = 1_048_576;
/// Cells with something in them: 20 for each row, 12 bytes each in memory.
const CELLS_MAX: usize = 2_000_000;
/// All text of a sheet, in bytes.
const TEXT_MAX: usize = 64 << 20;

/// The filled cells of one sheet, packed.
#[derive(Debug, Default)]
pub(in crate::members) struct SheetRows {
    pub sheet: String,
    /// The first of the other visible sheets, where none was named.
    pub other: Option<String>,
    text: String,
    cells: Vec<Cell>,
    /// The cell to go on with.
    next: usize,
}

/// A filled cell: row and column from 0, and where its text ends.
#[derive(Debug)]
struct Cell {
    row: u32,
    column: u32,
    end: u32,
}

impl SheetRows {
    /// Reads the sheet named `sheet`, else the first visible one.
    pub(super) fn open<R: Read + Seek>(mut source: R, sheet: Option<&str>) -> Result<SheetRows, TableError> {
        size::check(&mut source)?;
        source.seek(SeekFrom::Start(0))?;
        // calamine computes with numbers of the file, such as cell references, without checking each.
        catch_unwind(AssertUnwindSafe(|| read_workbook(source, sheet)))
            .unwrap_or_else(|_| Err(damaged("it has numbers that no spreadsheet program writes")))
    }

    /// Starts again at the first row.
    pub(super) fn rewind(&mut self) {
        self.next = 0;
    }

    /// The next row with something in it.
    pub(super) fn next_row(&mut self) -> Option<RawRow> {
        let row = self.cells.get(self.next)?.row;
        let mut cells = Vec::new();
        while let Some(cell) = self.cells.get(self.next).filter(|cell| cell.row == row) {
            let start = self.next.checked_sub(1).map_or(0, |before| self.cells[before].end);
            let column = cell.column as usize;
            if cells.len() <= column {
                cells.resize(column + 1, String::new());
            }
            cells[column] = self.text[start as usize..cell.end as usize].to_owned();
            self.next += 1;
        }
        Some(RawRow { number: u64::from(row) + 1, cells })
    }

    /// Keeps a cell; gives back whether it begins a row.
    fn keep(&mut self, row: u32, column: u32, text: &str) -> Result<bool, TableError> {
        let last = self.cells.last().map(|cell| cell.row);
        if row >= ROW_LAST || last.is_some_and(|last| row < last) {
            return Err(damaged("its rows are out of order"));
        }
        if self.cells.len() == CELLS_MAX || self.text.len() + text.len() > TEXT_MAX {
            return Err(too_large("the sheet holds too much text"));
        }
        self.text.push_str(text);
        let end = u32::try_from(self.text.len()).expect("the text has a limit below that");
        self.cells.push(Cell { row, column, end });
        Ok(last != Some(row))
    }
}

fn read_workbook<R: Read + Seek>(source: R, sheet: Option<&str>) -> Result<SheetRows, TableError> {
    let mut workbook: Xlsx<R> = Xlsx::new(source).map_err(unreadable)?;
    let named = sheet.is_some();
    let sheet = choose(&workbook, sheet)?;
    let other =
        worksheets(&workbook).find(|other| !named && other.visible == SheetVisible::Visible && other.name != sheet);
    let other = other.map(|other| other.name.clone());
    let mut kept = SheetRows { sheet, other, ..SheetRows::default() };
    let mut reader = workbook.worksheet_cells_reader(&kept.sheet.clone()).map_err(unreadable)?;
    let mut rows = 0;
    while let Some(cell) = reader.next_cell().map_err(unreadable)? {
        let (row, column) = cell.get_position();
        let text = cell::text(cell.get_value());
        if column < COLUMNS_MAX && !trim_invisible(&text).trim().is_empty() && kept.keep(row, column, &text)? {
            rows += 1;
        }
        if rows > ROWS_MAX + 1 {
            return Err(too_large(&format!("the sheet has more than {ROWS_MAX} rows")));
        }
    }
    Ok(kept)
}

fn worksheets<R: Read + Seek>(workbook: &Xlsx<R>) -> impl Iterator<Item = &Sheet> {
    workbook.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet)
}

/// The sheet to read.
fn choose<R: Read + Seek>(workbook: &Xlsx<R>, wanted: Option<&str>) -> Result<String, TableError> {
    let sheets: Vec<_> = worksheets(workbook).collect();
    let Some(wanted) = wanted else {
        let first = sheets.iter().find(|sheet| sheet.visible == SheetVisible::Visible);
        return first.map(|sheet| sheet.name.clone()).ok_or_else(|| {
            TableError::new("the workbook has no visible sheet", "name the sheet: sheet = \"…\" in the list's section")
        });
    };
    let same = |name: &str| trim_invisible(name).to_lowercase() == trim_invisible(wanted).to_lowercase();
    let named =
        sheets.iter().find(|sheet| sheet.name == wanted).or_else(|| sheets.iter().find(|sheet| same(&sheet.name)));
    named.map(|sheet| sheet.name.clone()).ok_or_else(|| {
        let names = || sheets.iter().map(|sheet| sheet.name.as_str());
        let listed = names().map(|name| format!("“{name}”")).collect::<Vec<_>>().join(", ");
        let help = match nearest(wanted, names()) {
            Some(name) => format!("did you mean “{name}”? The sheets are {listed}"),
            None => format!("the sheets are {listed}"),
        };
        TableError::new(format!("the workbook has no sheet “{wanted}”"), help)
    })
}

const AS_CSV: &str = "open it in a spreadsheet program and save the sheet as CSV UTF-8 (.csv)";

fn too_large(what: &str) -> TableError {
    TableError::new(format!("the Excel file is too large: {what}"), AS_CSV)
}

fn damaged(what: &str) -> TableError {
    TableError::new(format!("the Excel file is damaged: {what}"), AS_CSV)
}

fn unreadable(error: XlsxError) -> TableError {
    match error {
        XlsxError::Io(error) => error.into(),
        XlsxError::Password => TableError::new("the workbook has a password", "save it without one"),
        other => damaged(&other.to_string()),
    }
}
