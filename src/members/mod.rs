//! Members and lists: people with an address and fields, read from the tables that staff hold.
//!
//! Comes in: the bytes of a CSV or XLSX file and the list's settings. Goes out: a stream of [`Row`]s, in constant
//! memory for CSV. Pure: opens no file, knows no clock.

use std::collections::BTreeMap;

use crate::members::address::Address;

pub mod address;
pub mod check;
mod placeholder;
pub mod salutation;
pub mod suppression;
pub mod table;

/// One person of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Row in the table as a spreadsheet program counts, the heading being row 1.
    pub row: u64,
    pub address: Address,
    /// Every other cell by field name, trimmed, without empty ones.
    pub fields: BTreeMap<String, String>,
}

impl Member {
    /// The cell of `field`, if it is there and not empty.
    pub fn field(&self, field: &str) -> Option<&str> {
        self.fields.get(field).map(String::as_str)
    }
}

/// What a table row turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    Member(Member),
    /// Not usable; `reason` is a sentence for the person who keeps the list.
    Rejected {
        row: u64,
        reason: String,
    },
    /// Left out by the list's `where`: the value of `column` was not the wanted one.
    LeftOut {
        row: u64,
        column: String,
    },
}

/// An address that refuses in one row of a list. It is not written to, whatever another row of that list says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    pub row: u64,
    pub address: Address,
    /// The heading of the column that says so, or its letter where it has none.
    pub column: String,
    /// What the cell says.
    pub value: String,
}
