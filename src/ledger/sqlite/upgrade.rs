//! Bringing a database up to date, with a copy of how it was before.
//!
//! Comes in: an open database of any version. Goes out: the newest version, and what was done. A database that a later
//! version wrote is left alone.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use sqlx::migrate::Migrator;
use sqlx::sqlite::SqlitePool;
use sqlx::{Row, query};

use super::lock::FreezeLock;
use super::{BUSY, identity};
use crate::ledger::{LedgerError, Upgrade, private};

static MIGRATIONS: Migrator = sqlx::migrate!("src/ledger/migrations/sqlite");

/// Brings a file up to date. A record that is there is copied first, so that a version that turns out bad can be undone.
pub(super) async fn upgrade(pool: &SqlitePool, path: &Path) -> Result<Option<Upgrade>, LedgerError> {
    if version(pool).await >= newest() {
        return MIGRATIONS.run(pool).await.map(|()| None).map_err(LedgerError::from);
    }
    // Two processes that begin a record at once must not both make its tables.
    let _alone = FreezeLock::take(path, BUSY).await?;
    let from = version(pool).await;
    let copy = match from > 0 && from < newest() {
        true => Some(copy(pool, path).await?),
        false => None,
    };
    MIGRATIONS.run(pool).await?;
    identity::make(pool).await?;
    Ok(copy.map(|copy| Upgrade { from, to: newest(), copy }))
}

/// Makes the tables of a database that nobody else sees.
pub(super) async fn make(pool: &SqlitePool) -> Result<(), LedgerError> {
    MIGRATIONS.run(pool).await.map_err(LedgerError::from)
}

/// The version that this program writes.
pub(super) fn newest() -> i64 {
    MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0)
}

/// The version of a database; 0 for an empty one.
async fn version(pool: &SqlitePool) -> i64 {
    let applied = query("SELECT max(version) AS version FROM _sqlx_migrations WHERE success").fetch_one(pool).await;
    applied.and_then(|row| row.try_get::<Option<i64>, _>("version")).ok().flatten().unwrap_or(0)
}

/// Copies a database with what its log holds into `<database>.before-<newest>`, whole or not at all.
async fn copy(pool: &SqlitePool, path: &Path) -> Result<PathBuf, LedgerError> {
    let copy = named(path, &format!("{}{}", BEFORE, newest()));
    let part = named(path, &format!("{}{}.part", BEFORE, newest()));
    let describe =
        |error: std::io::Error| LedgerError::Beside(format!("cannot copy it to {}: {error}", copy.display()));
    // What an interrupted one left. SQLite writes into no file that has something in it.
    if part.exists() {
        fs::remove_file(&part).map_err(describe)?;
    }
    let name = part.to_str().ok_or_else(|| LedgerError::Beside(format!("{} is no UTF-8", part.display())))?;
    private::make(&part).map_err(describe)?;
    query("VACUUM INTO ?").bind(name).execute(pool).await?;
    let written = File::open(&part).and_then(|file| {
        file.set_permissions(private::as_private_as(path)?)?;
        file.sync_all()
    });
    written.and_then(|()| fs::rename(&part, &copy)).map_err(describe)?;
    Ok(copy)
}

/// What stands between a database's name and the version before which it was copied.
const BEFORE: &str = ".before-";

/// Deletes copies that were made before a time, in milliseconds since 1970: they hold members' addresses too.
pub(super) fn forget_copies(path: &Path, before: i64) -> u64 {
    let prefix = format!("{}{BEFORE}", path.file_name().unwrap_or_default().to_string_lossy());
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    let is_old = |path: &Path| {
        let modified = fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
        let since = modified.and_then(|modified| modified.duration_since(std::time::UNIX_EPOCH).ok());
        since.is_some_and(|since| i64::try_from(since.as_millis()).is_ok_and(|at| at < before))
    };
    let old = entries.flatten().filter(|entry| {
        let name = entry.file_name();
        let version =
            name.to_str().and_then(|name| name.strip_prefix(&prefix)).map(|rest| rest.trim_end_matches(".part"));
        version.is_some_and(|version| version.parse::<u32>().is_ok()) && is_old(&entry.path())
    });
    old.filter(|entry| fs::remove_file(entry.path()).is_ok()).count() as u64
}

fn named(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(ending);
    path.with_file_name(name)
}
