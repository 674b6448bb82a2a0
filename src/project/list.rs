//! Member lists on disk, opened for one pass.

use std::fs::File;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

use super::Project;
use crate::config::List;
use crate::error::Error;
use crate::finding::{Finding, Place};
use crate::members::address::Address;
use crate::members::check::Check;
use crate::members::table::{self, About, Kind, Options, Recognised, Table};
use crate::members::{Refused, Row};

/// A list that can be read once, from the first row to the last.
pub struct MemberFile {
    pub path: PathBuf,
    table: Table<BufReader<File>>,
}

impl MemberFile {
    /// Opens a configured list and looks at its headings.
    ///
    /// # Errors
    /// [`Error::Missing`], [`Error::Io`], or [`Error::Input`] for a table that cannot be used.
    pub fn open(project: &Project, name: &str, list: &List) -> Result<MemberFile, Error> {
        let options = Options { columns: &list.columns, filter: &list.filter, sheet: list.sheet.as_deref() };
        MemberFile::open_path(&project.path(&list.file), &options).map_err(|error| match error {
            Error::Missing { what, path, .. } => {
                let help = format!("write where the list lies in config.toml: [lists.{name}] file = \"…\"");
                Error::Missing { what, path, help }
            }
            other => other,
        })
    }

    /// Opens any table.
    ///
    /// # Errors
    /// As [`MemberFile::open`].
    pub fn open_path(path: &Path, options: &Options<'_>) -> Result<MemberFile, Error> {
        if path.is_dir() {
            let finding = Finding::error("member-list", "this is a folder, not a member list");
            return Err(Error::input(
                finding.at(Place::whole_file(path)).help("name a CSV or Excel (.xlsx) file in it"),
            ));
        }
        let file = File::open(path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => Error::Missing {
                what: "member list",
                path: path.to_owned(),
                help: "name a CSV or Excel (.xlsx) file".to_owned(),
            },
            _ => Error::io("read", path, error),
        })?;
        let kind = Kind::of_path(path).map_err(|error| Error::input(error.finding(path)))?;
        let table = table::read(BufReader::with_capacity(1 << 16, file), kind, options)
            .map_err(|error| error.into_error(path))?;
        tracing::info!("the list {} has the columns {}", path.display(), headings(&table.report));
        Ok(MemberFile { path: path.to_owned(), table })
    }

    /// What the table was recognised as.
    pub fn recognised(&self) -> &Recognised {
        &self.table.report
    }

    /// Everything that `members check` says about the rows.
    ///
    /// # Errors
    /// The table cannot be read to its end.
    pub fn check(mut self) -> Result<Check, Error> {
        Check::of(&mut self.table).map_err(|error| error.into_error(&self.path))
    }

    /// The next row that holds an address; see [`Table::next_about`].
    ///
    /// # Errors
    /// The table cannot be read on.
    pub fn next_about(&mut self, address: &Address) -> Result<Option<About>, Error> {
        self.table.next_about(address).map_err(|error| error.into_error(&self.path))
    }

    /// The addresses of the next row that refuses; see [`Table::next_refusals`].
    ///
    /// # Errors
    /// The file cannot be read again from its beginning.
    pub fn next_refusals(&mut self) -> Result<Option<Vec<Refused>>, Error> {
        self.table.next_refusals().map_err(|error| error.into_error(&self.path))
    }

    /// The next row.
    ///
    /// # Errors
    /// The table cannot be read on; no row comes after that.
    pub fn next_row(&mut self) -> Option<Result<Row, Error>> {
        Some(self.table.next()?.map_err(|error| error.into_error(&self.path)))
    }
}

fn headings(recognised: &Recognised) -> String {
    recognised.columns.iter().map(|(heading, _)| heading.as_str()).collect::<Vec<_>>().join(", ")
}
