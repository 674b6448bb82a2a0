//! Only one process at a time adds recipients to a ledger: a file lock beside the database says which.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::ledger::{LedgerError, private};

/// Held while recipients are added; the operating system releases it with the process, however that ends.
#[derive(Debug)]
pub(super) struct FreezeLock(#[expect(dead_code, reason = "held for its lock, which ends with it")] File);

impl FreezeLock {
    /// Takes the lock beside `database`, waiting at most `limit`.
    pub(super) async fn take(database: &Path, limit: Duration) -> Result<FreezeLock, LedgerError> {
        let path = lock_path(database);
        let describe = |error: io::Error| LedgerError::Database(format!("cannot lock {}: {error}", path.display()));
        let file = private::options().create(true).truncate(false).write(true).open(&path).map_err(describe)?;
        let started = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(FreezeLock(file)),
                Err(TryLockError::WouldBlock) if started.elapsed() < limit => {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                Err(TryLockError::WouldBlock) => return Err(LedgerError::Busy),
                Err(TryLockError::Error(error)) => return Err(describe(error)),
            }
        }
    }
}

fn lock_path(database: &Path) -> PathBuf {
    let mut name = database.file_name().unwrap_or_default().to_owned();
    name.push("-freeze");
    database.with_file_name(name)
}
