//! Who must not be written to, from whatever another tool exports: unsubscribes, bounces, complaints.
//!
//! Comes in: a table in any form that member lists have, or a text with an address a line. Goes out: one [`Entry`]
//! after the other, in constant memory for text. Never writes anything down, and takes nobody off whom the export shows
//! to be well (`delivered`, `opened`).

use std::io::{Read, Seek};

use super::address::{Address, AddressError, Mailbox, addresses, trim_invisible};
use super::table::{Kind, RawRow, Rows, TableError, key, open, shown, trimmed};

mod heading;
mod outcome;

use heading::{find_address, find_outcome};
use outcome::keeps_writing;

/// What one row of an export says. Rows count as a spreadsheet program does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// This address must not be written to. A row may give several.
    Address { row: u64, address: Address },
    /// Not usable; `reason` is a sentence for the person who has the file.
    Rejected { row: u64, reason: String },
    /// The row is about a member who is well, or only now unreachable.
    Well { row: u64, value: String },
}

/// An export being read. It ends after the first error.
pub struct Suppressions<R> {
    rows: Rows<R>,
    columns: Columns,
    /// What the last row gave and was not handed out.
    waiting: std::vec::IntoIter<Entry>,
    ended: bool,
}

/// Where the addresses are.
#[derive(Debug, Default)]
struct Columns {
    headings: Vec<String>,
    /// The column of addresses, and whether a cell without any means to look at the others.
    address: Option<(usize, bool)>,
    /// The column that says what happened.
    outcome: Option<usize>,
}

/// Opens an export.
///
/// # Errors
/// A file that is no table and no text, or is empty.
pub fn read<R: Read + Seek>(source: R, kind: Kind) -> Result<Suppressions<R>, TableError> {
    let mut rows = open(source, kind, None)?;
    let Some(first) = rows.next_filled()? else {
        return Err(TableError::new("the file is empty", "it needs one address a line, or a column of addresses"));
    };
    let columns = Columns::of(&first);
    if columns.headings.is_empty() {
        rows.rewind()?;
    }
    Ok(Suppressions { rows, columns, waiting: Vec::new().into_iter(), ended: false })
}

impl<R> Suppressions<R> {
    /// The heading of the column that addresses are taken from; `None`: from wherever they stand.
    pub fn column(&self) -> Option<&str> {
        let (column, _) = self.columns.address?;
        self.columns.headings.get(column).map(String::as_str)
    }
}

impl<R: Read + Seek> Iterator for Suppressions<R> {
    type Item = Result<Entry, TableError>;

    fn next(&mut self) -> Option<Result<Entry, TableError>> {
        loop {
            if let Some(entry) = self.waiting.next() {
                return Some(Ok(entry));
            }
            if self.ended {
                return None;
            }
            match self.rows.next_filled() {
                Ok(Some(row)) => self.waiting = self.columns.entries(&row).into_iter(),
                Ok(None) => self.ended = true,
                Err(error) => {
                    self.ended = true;
                    return Some(Err(error));
                }
            }
        }
    }
}

impl Columns {
    /// Of the first row: headings, unless an address stands in it.
    fn of(first: &RawRow) -> Columns {
        if first.cells.iter().any(|cell| cell.contains('@') && !addresses(cell).is_empty()) {
            return Columns::default();
        }
        let headings = trimmed(&first.cells);
        let keys: Vec<String> = headings.iter().map(|heading| key(heading)).collect();
        Columns { address: find_address(&keys), outcome: find_outcome(&keys), headings }
    }

    fn entries(&self, raw: &RawRow) -> Vec<Entry> {
        let row = raw.number;
        let cell = |column: usize| raw.cells.get(column).map_or("", |cell| trim_invisible(cell));
        if let Some(value) = self.outcome.map(cell).filter(|value| keeps_writing(value)) {
            return vec![Entry::Well { row, value: shown(value) }];
        }
        let found = match self.address {
            Some((column, elsewhere)) if !elsewhere || cell(column).contains('@') => in_cell(cell(column)),
            _ => anywhere(&raw.cells),
        };
        match found {
            Ok(found) => found.into_iter().map(|address| Entry::Address { row, address }).collect(),
            Err(reason) => vec![Entry::Rejected { row, reason }],
        }
    }
}

/// All addresses of a cell: each of them was meant.
fn in_cell(cell: &str) -> Result<Vec<Address>, String> {
    match Mailbox::parse(without_type(cell)) {
        Ok(mailbox) => Ok(vec![mailbox.address]),
        Err(AddressError::TwoAddresses(_)) => Ok(addresses(cell)),
        Err(error) => Err(error.to_string()),
    }
}

/// The address of a row without a column for it: the only one, or all of a row of nothing but addresses.
fn anywhere(cells: &[String]) -> Result<Vec<Address>, String> {
    let filled = || cells.iter().map(|cell| trim_invisible(cell)).filter(|cell| !cell.is_empty());
    let with_at: Vec<&str> = filled().filter(|cell| cell.contains('@')).collect();
    match with_at.as_slice() {
        [] => in_cell(filled().next().unwrap_or_default()),
        [only] => in_cell(only),
        _ if with_at.len() == filled().count() => {
            let each = with_at.iter().map(|cell| in_cell(cell));
            Ok(each.collect::<Result<Vec<_>, _>>()?.concat())
        }
        _ => Err("several cells hold an address; add a first row that calls the right column E-Mail".to_owned()),
    }
}

/// A delivery report's `rfc822; anna@example.org` without the type (RFC 3464, section 2.3.2).
fn without_type(cell: &str) -> &str {
    match cell.split_once(';') {
        Some((kind, rest)) if ["rfc822", "utf-8"].iter().any(|known| kind.trim().eq_ignore_ascii_case(known)) => rest,
        _ => cell,
    }
}

#[cfg(test)]
mod tests;
