//! The files beside a SQLite ledger that tell which of its processes live: `<database>-workers/`.
//!
//! A worker holds a lock on its file as long as its process lives; the operating system lets go of it with the
//! process, however that ends. So another process knows at once who is gone, without waiting for a lease.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crate::ledger::{LedgerError, private};

/// How often the folder is made anew when it vanishes.
const TRIES: u32 = 100;

/// The folder beside a database.
#[derive(Debug, Clone)]
pub(super) struct Beside {
    folder: PathBuf,
}

/// Whether the process behind a file is there.
#[derive(Debug)]
pub(super) enum Holder {
    Lives,
    /// Gone. Whoever holds this file's lock cleans up after it, alone.
    Gone(Option<File>),
}

impl Beside {
    pub(super) fn of(database: &Path) -> Beside {
        let mut name = database.file_name().unwrap_or_default().to_owned();
        name.push("-workers");
        Beside { folder: database.with_file_name(name) }
    }

    /// The base of a worker's journal.
    pub(super) fn journal(&self, token: &[u8; 16]) -> PathBuf {
        self.folder.join(hex(token))
    }

    /// What bears witness to how far the record is.
    pub(super) fn witness(&self) -> PathBuf {
        self.folder.join("witness")
    }

    /// Makes and locks the file of a worker of this process.
    pub(super) fn enter(&self, token: &[u8; 16]) -> Result<File, LedgerError> {
        let file = self.in_folder(|| private::options().create_new(true).write(true).open(self.lock(token)))?;
        file.lock().map_err(|error| self.describe(&error))?;
        Ok(file)
    }

    /// Whether a worker's process is there.
    pub(super) fn holder(&self, token: &[u8; 16]) -> Result<Holder, LedgerError> {
        match OpenOptions::new().write(true).open(self.lock(token)) {
            Ok(file) => match file.try_lock() {
                Ok(()) => Ok(Holder::Gone(Some(file))),
                Err(TryLockError::WouldBlock) => Ok(Holder::Lives),
                Err(TryLockError::Error(error)) => Err(self.describe(&error)),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Holder::Gone(None)),
            Err(error) => Err(self.describe(&error)),
        }
    }

    /// Removes a worker's file, and the folder if it was the last.
    pub(super) fn clear(&self, token: &[u8; 16]) {
        let _ = fs::remove_file(self.lock(token));
        // Seats are empty files that anybody may take again; they stay, and so does the witness.
        let _ = fs::remove_dir(&self.folder);
    }

    /// Takes one of `limit` places under a name.
    pub(super) fn seat(&self, name: &str, limit: usize) -> Result<Option<File>, LedgerError> {
        for number in 0..limit {
            let path = self.folder.join(format!("{name}.seat{number}"));
            let file = self.in_folder(|| private::options().create(true).truncate(false).write(true).open(&path))?;
            match file.try_lock() {
                Ok(()) => return Ok(Some(file)),
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => return Err(self.describe(&error)),
            }
        }
        Ok(None)
    }

    /// Opens a file in the folder, which the last worker of another run may remove at any moment.
    fn in_folder(&self, open: impl Fn() -> io::Result<File>) -> Result<File, LedgerError> {
        let mut tries = 0;
        loop {
            tries += 1;
            let opened = private::make_folder(&self.folder).and_then(|()| open());
            match opened {
                Err(error) if error.kind() == io::ErrorKind::NotFound && tries < TRIES => {}
                other => return other.map_err(|error| self.describe(&error)),
            }
        }
    }

    fn lock(&self, token: &[u8; 16]) -> PathBuf {
        self.folder.join(format!("{}.lock", hex(token)))
    }

    fn describe(&self, error: &io::Error) -> LedgerError {
        LedgerError::Beside(format!("cannot use the folder {}: {error}", self.folder.display()))
    }
}

fn hex(bytes: &[u8; 16]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
