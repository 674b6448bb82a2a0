//! A database file that was put in place of another one, whose write-ahead log still lies beside it.
//!
//! SQLite takes a log that is there for that of the file, mixes the two, and writes the mixture into the file when it
//! closes it (sqlite.org/howtocorrupt.html, section 1.4). So this is looked at before anything is opened. The operating
//! system dates every restored file at the moment when it was put there, however old its content is: after its log.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::ledger::LedgerError;

/// Folding a log into its file takes no longer: an honest file is at most so much younger than its log.
const FOLDING: Duration = Duration::from_secs(10);

/// Refuses a database that lies beside the log of another one.
pub(super) fn check(database: &Path) -> Result<(), LedgerError> {
    let log = log_of(database);
    let (Some(file), Some(beside)) = (changed_at(database), changed_at(&log)) else { return Ok(()) };
    match fs::metadata(&log).is_ok_and(|log| log.len() > 0) && file > beside + FOLDING {
        true => Err(LedgerError::Mixed(log)),
        false => Ok(()),
    }
}

fn log_of(database: &Path) -> PathBuf {
    let mut name = database.file_name().unwrap_or_default().to_owned();
    name.push("-wal");
    database.with_file_name(name)
}

/// When the system last changed the file or put it there, since 1970. Nobody can set that, unlike the time of its
/// content, which backups restore too.
#[cfg(unix)]
fn changed_at(path: &Path) -> Option<Duration> {
    use std::os::unix::fs::MetadataExt;
    let metadata = fs::metadata(path).ok()?;
    Some(Duration::new(metadata.ctime().try_into().ok()?, metadata.ctime_nsec().try_into().ok()?))
}

/// Windows does not tell; the file's own time has to do.
#[cfg(not(unix))]
fn changed_at(path: &Path) -> Option<Duration> {
    let modified = fs::metadata(path).ok()?.modified().ok()?;
    modified.duration_since(std::time::UNIX_EPOCH).ok()
}
