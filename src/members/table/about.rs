//! What a list says about one address: every row that holds it, used or not.
//!
//! Comes in: a table and an address. Goes out: one [`About`] a row, in constant memory for CSV.

use std::io::{Read, Seek};

use super::row::{RawRow, Reading, shown};
use super::{Table, TableError};
use crate::members::address::{Address, named_in};
use crate::members::{Refused, Row};

/// A row that holds the address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    pub row: Row,
    /// What the cell says by which `where` leaves the row out; empty otherwise.
    pub value: String,
    /// The row refuses for the address.
    pub refused: Option<Refused>,
}

impl Reading {
    /// What a row says about an address, if it holds it. In a row that cannot be used it may stand in any cell.
    fn about(&self, raw: &RawRow, address: &Address) -> Option<About> {
        let wanted = address.normalized();
        let holds = |cell: &String| named_in(cell).iter().any(|found| found.normalized() == wanted);
        let own = raw.cells.get(self.columns.email).is_some_and(holds);
        if !own && !raw.cells.iter().any(holds) {
            return None;
        }
        let row = self.row(raw)?;
        if !own && !matches!(row, Row::Rejected { .. }) {
            return None;
        }
        let column = self.filter.mismatches(&raw.cells).next().map(|wanted| wanted.column);
        let value = shown(column.and_then(|column| raw.cells.get(column)).map_or("", String::as_str));
        let refused = self.refused(raw).into_iter().find(|refused| refused.address.normalized() == wanted);
        Some(About { row, value, refused })
    }
}

impl<R: Read + Seek> Table<R> {
    /// The next row that holds the address.
    ///
    /// # Errors
    /// The table cannot be read on.
    pub fn next_about(&mut self, address: &Address) -> Result<Option<About>, TableError> {
        while let Some(raw) = self.rows.next_filled()? {
            if let Some(about) = self.reading.about(&raw, address) {
                return Ok(Some(about));
            }
        }
        Ok(None)
    }
}
