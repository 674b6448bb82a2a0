//! Where the sending record of a project is kept.
//!
//! Comes in: `[ledger]` as configured, the project's folder, a reader of the environment. Goes out: a file or the address
//! of a database, to be opened. Shows no password.

use std::fmt::{self, Display, Formatter};
use std::path::{Path, PathBuf};

use super::{LedgerError, PostgresAddress, PostgresLedger, Record, SqliteLedger};
use crate::config::{DatabaseUrl, Kept};

/// Where a record is kept.
#[derive(Debug)]
pub enum RecordPlace {
    File(PathBuf),
    Database(Box<PostgresAddress>),
}

impl RecordPlace {
    /// As configured; relative files are relative to `folder`, `env` looks up a variable.
    ///
    /// # Errors
    /// [`LedgerError::Address`] for an address that cannot be used, [`LedgerError::Secret`] for a secret that is not there.
    pub fn of(kept: &Kept, folder: &Path, env: impl Fn(&str) -> Option<String>) -> Result<RecordPlace, LedgerError> {
        let (address, password) = match kept {
            Kept::File(path) => return Ok(RecordPlace::File(folder.join(path))),
            Kept::Database { address, password } => (address, password),
        };
        let mut address = match address {
            DatabaseUrl::Written(url) => PostgresAddress::parse(url, folder)?,
            DatabaseUrl::Secret(reference) => {
                let url = reference.resolve(folder, &env).map_err(LedgerError::Secret)?;
                PostgresAddress::parse(url.reveal(), folder)?
            }
        };
        if let Some(reference) = password {
            let password = reference.resolve(folder, &env).map_err(LedgerError::Secret)?;
            address = address.with_password(password.reveal());
        }
        Ok(RecordPlace::Database(Box::new(address)))
    }

    /// The clock that everybody shares who uses the record, in milliseconds since 1970; `None` where that is the machine's.
    ///
    /// # Errors
    /// The database's.
    pub async fn clock(&self) -> Result<Option<i64>, LedgerError> {
        match self {
            RecordPlace::File(_) => Ok(None),
            RecordPlace::Database(address) => PostgresLedger::clock(address).await.map(Some),
        }
    }

    /// The file, if it is one.
    pub fn file(&self) -> Option<&Path> {
        match self {
            RecordPlace::File(path) => Some(path),
            RecordPlace::Database(_) => None,
        }
    }
}

impl Display for RecordPlace {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            RecordPlace::File(path) => path.display().fmt(f),
            RecordPlace::Database(address) => address.place().fmt(f),
        }
    }
}

impl Record {
    /// Opens the record at a place, which is made if it is not there.
    ///
    /// # Errors
    /// As [`SqliteLedger::open`] and [`PostgresLedger::open`].
    pub async fn open(place: &RecordPlace) -> Result<Record, LedgerError> {
        match place {
            RecordPlace::File(path) => SqliteLedger::open(path).await.map(Record::Sqlite),
            RecordPlace::Database(address) => PostgresLedger::at(address).await.map(Record::Postgres),
        }
    }

    /// Opens the record at a place, if there is one. Looking does not make it.
    ///
    /// # Errors
    /// As [`Record::open`].
    pub async fn existing(place: &RecordPlace) -> Result<Option<Record>, LedgerError> {
        match place {
            RecordPlace::File(path) if !path.exists() => Ok(None),
            RecordPlace::File(_) => Record::open(place).await.map(Some),
            RecordPlace::Database(address) => Ok(PostgresLedger::existing(address).await?.map(Record::Postgres)),
        }
    }
}
