//! Why a table cannot be read.
//!
//! Comes in: what was found, at which row. Goes out: a [`TableError`] that turns into a finding or a command's error
//! once the file's name is known. Never prints.

use std::fmt::{self, Display, Formatter};
use std::io;
use std::path::Path;

use crate::error::Error;
use crate::finding::{Finding, Place};

/// What is wrong with a table as a whole; rows after it are not read.
#[derive(Debug)]
pub struct TableError {
    pub message: String,
    pub help: Option<String>,
    /// As a spreadsheet program counts.
    pub row: Option<u64>,
    /// Set where the operating system refused to read.
    io: Option<io::Error>,
}

impl TableError {
    pub(in crate::members) fn new(message: impl Into<String>, help: impl Into<String>) -> TableError {
        TableError { message: message.into(), help: Some(help.into()), row: None, io: None }
    }

    pub(super) fn with_help(mut self, help: String) -> TableError {
        self.help = Some(help);
        self
    }

    pub(super) fn in_row(mut self, row: u64) -> TableError {
        self.row = Some(row);
        self
    }

    /// The finding in `file`. A table's rows are not lines of text, so the row stands in the message.
    pub fn finding(&self, file: &Path) -> Finding {
        let finding = Finding::error("list", self.to_string()).at(Place::whole_file(file));
        match &self.help {
            Some(help) => finding.help(help),
            None => finding,
        }
    }

    /// The error that ends a command: input/output errors keep their own exit code.
    pub fn into_error(self, file: &Path) -> Error {
        match self.io {
            Some(source) => Error::io("read", file, source),
            None => Error::input(self.finding(file)),
        }
    }
}

impl From<io::Error> for TableError {
    fn from(source: io::Error) -> TableError {
        TableError { message: format!("cannot be read: {source}"), help: None, row: None, io: Some(source) }
    }
}

impl Display for TableError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.row {
            Some(row) => write!(f, "row {row}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl std::error::Error for TableError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.io.as_ref().map(|source| source as _)
    }
}
