//! The ledger in one SQLite file: the default, for one machine.
//!
//! WAL with `synchronous=FULL`: what was committed survives a power cut. Rows travel as one JSON parameter, which is
//! several times faster than a statement a row.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use serde::Serialize;
use sqlx::query;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};

use super::{Ledger, LedgerError, Roll, Upgrade, Witness, private};
use crate::plan::{Recipient, Target};

mod approval;
mod beside;
mod books;
mod clock;
mod departure;
mod freeze;
mod health;
mod identity;
mod lock;
mod own;
mod pace;
mod recover;
mod revision;
mod rows;
mod stale;
mod upgrade;
mod work;

use beside::Beside;
pub(super) use departure::Departure;
pub use identity::identity_of;
use lock::FreezeLock;
use own::Own;
use rows::{read_recipient, read_target};

/// How long a statement waits for another process's write, and a freeze for another freeze.
const BUSY: Duration = Duration::from_secs(30);
/// Kibibytes of the file in memory: enough that freezing a million members does not read what it wrote.
const CACHE: &str = "-12288";
/// Rows that SQLite's thread may be ahead of who reads them: more than any statement of a send gives. With fewer, every row
/// beyond them costs both threads a change of turns.
const ROWS: usize = 1024;
const OPEN_AGAIN: Duration = Duration::from_millis(50);

/// A ledger in a SQLite file.
#[derive(Debug)]
pub struct SqliteLedger {
    pool: SqlitePool,
    /// `None` for a scratch ledger, which no other process sees.
    path: Option<PathBuf>,
    /// Held from `hold`, or else `begin` or the first `add` of a wave, to `seal` or `discard`.
    freezing: Mutex<Option<FreezeLock>>,
    /// This process's worker, while it is one.
    own: Mutex<Option<Own>>,
    /// Who is told how far the record is; nobody before [`SqliteLedger::attend`].
    witness: Mutex<Option<Witness>>,
    /// What opening it did to an older one.
    upgrade: Option<Upgrade>,
}

impl SqliteLedger {
    /// Opens the file, which is made if it is not there, and brings its schema up to date.
    ///
    /// # Errors
    /// [`LedgerError::Newer`] for a schema that this version does not know, [`LedgerError::Damaged`] for a file that
    /// is no database, [`LedgerError::Mixed`] for one that lies beside the log of another, [`LedgerError::Locked`] when
    /// another program holds it, [`LedgerError::Moved`] for one whose record is in a database now.
    pub async fn open(path: &Path) -> Result<SqliteLedger, LedgerError> {
        stale::check(path)?;
        // Where another process is just making the file, or closing it as the last one, SQLite answers `busy` at once
        // instead of waiting (sqlite.org/wal.html, "Sometimes queries return SQLITE_BUSY in WAL mode").
        let began = Instant::now();
        loop {
            match SqliteLedger::open_now(path).await {
                Err(LedgerError::Locked) if began.elapsed() < BUSY => tokio::time::sleep(OPEN_AGAIN).await,
                opened => return opened,
            }
        }
    }

    async fn open_now(path: &Path) -> Result<SqliteLedger, LedgerError> {
        // SQLite gives the files beside it (-wal, -shm) the same permissions. What keeps the file from being made, it says.
        let _ = private::make(path);
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .pragma("cache_size", CACHE)
            .row_buffer_size(ROWS)
            .busy_timeout(BUSY);
        let pool = SqlitePoolOptions::new().max_connections(1).test_before_acquire(false).connect_with(options).await?;
        let upgrade = upgrade::upgrade(&pool, path).await?;
        departure::must_be_here(&pool).await?;
        Ok(SqliteLedger::new(pool, Some(path.to_owned()), upgrade))
    }

    /// A ledger for a plan that is thrown away. SQLite's own temporary database (a file without a name,
    /// sqlite.org/inmemorydb.html): small ones stay in memory, large ones go to a file that nobody else can open.
    ///
    /// # Errors
    /// As [`SqliteLedger::open`].
    pub async fn scratch() -> Result<SqliteLedger, LedgerError> {
        let options = SqliteConnectOptions::new()
            .filename("")
            .journal_mode(SqliteJournalMode::Memory)
            .synchronous(SqliteSynchronous::Off)
            .row_buffer_size(ROWS)
            .foreign_keys(true);
        // Another connection would be another, empty database.
        let pool = SqlitePoolOptions::new().max_connections(1).idle_timeout(None).max_lifetime(None);
        let pool = pool.connect_with(options).await?;
        upgrade::make(&pool).await?;
        Ok(SqliteLedger::new(pool, None, None))
    }

    fn new(pool: SqlitePool, path: Option<PathBuf>, upgrade: Option<Upgrade>) -> SqliteLedger {
        let (freezing, own, witness) = (Mutex::new(None), Mutex::new(None), Mutex::new(None));
        SqliteLedger { pool, path, freezing, own, witness, upgrade }
    }

    /// What opening it did, if it was written by an older version.
    pub fn upgraded(&self) -> Option<&Upgrade> {
        self.upgrade.as_ref()
    }

    /// The version of its tables.
    pub fn version(&self) -> i64 {
        upgrade::newest()
    }

    /// The file, unless it is kept in memory.
    pub fn file(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Deletes copies from before an upgrade that are older than this, in milliseconds since 1970. Says how many.
    pub fn forget_copies(&self, before: i64) -> u64 {
        self.path.as_ref().map_or(0, |path| upgrade::forget_copies(path, before))
    }

    /// Up to `limit` recipients of a release's part after the given target, in their order.
    ///
    /// # Errors
    /// The database's.
    pub async fn recipients(
        &self,
        release: i64,
        part: i64,
        after: Option<Target>,
        limit: u32,
    ) -> Result<Vec<Recipient>, LedgerError> {
        let sql = "SELECT part, target, address, name, slots FROM recipient \
                   WHERE release = ? AND part = ? AND target > ? ORDER BY target LIMIT ?";
        let rows = query(sql)
            .bind(release)
            .bind(part)
            .bind(after.map_or(Vec::new(), |target| target.0.to_vec()))
            .bind(limit)
            .fetch_all(&self.pool)
            .await?;
        rows.iter().filter_map(|row| read_recipient(row).transpose()).collect()
    }

    /// Closes the file, so that the WAL is folded into it.
    pub async fn shut(self) {
        self.let_go().await;
    }

    /// The same where somebody else still holds the ledger; it answers nothing any more.
    pub async fn let_go(&self) {
        self.pool.close().await;
    }

    /// The files beside the database. A scratch ledger has none, and no workers.
    fn beside(&self) -> Result<Beside, LedgerError> {
        let path = self.path.as_ref().ok_or_else(|| LedgerError::Database("a plan has no workers".to_owned()))?;
        Ok(Beside::of(path))
    }

    fn unlock_freezing(&self) {
        *self.freezing.lock().expect("no holder panics") = None;
    }
}

impl Roll for SqliteLedger {
    fn place(&self) -> String {
        self.path.as_ref().map_or_else(|| "of the plan".to_owned(), |path| path.display().to_string())
    }

    async fn refuse(&self, release: i64, part: i64, targets: &[Target]) -> Result<(), LedgerError> {
        self.hold().await?;
        let sql = "INSERT OR IGNORE INTO refusal (release, part, target) SELECT ?, ?, unhex(value) FROM json_each(?)";
        let query = query(sql).bind(release).bind(part).bind(json_array(targets));
        query.execute(&self.pool).await.map(drop).map_err(LedgerError::from)
    }

    async fn refused(&self, release: i64, part: i64, targets: &[Target]) -> Result<Vec<Target>, LedgerError> {
        let sql = "SELECT target FROM refusal WHERE release = ? AND part = ? \
                   AND target IN (SELECT unhex(value) FROM json_each(?))";
        let query = query(sql).bind(release).bind(part).bind(json_array(targets));
        let rows = query.fetch_all(&self.pool).await?;
        rows.iter().map(|row| read_target(row, "target")).collect()
    }

    async fn add(&self, release: i64, wave: i64, recipients: &[Recipient]) -> Result<Vec<Target>, LedgerError> {
        self.hold().await?;
        let sql = "INSERT OR IGNORE INTO recipient (release, target, address, name, slots, part, wave) \
                   SELECT ?1, unhex(value->>0), value->>1, value->>2, value->3, value->>4, ?2 FROM json_each(?3) \
                   RETURNING target";
        let rows = recipients.iter().map(|r| (r.target, &r.address, &r.name, &r.slots, r.part));
        let new = query(sql).bind(release).bind(wave).bind(json_array(rows)).fetch_all(&self.pool).await?;
        new.iter().map(|row| read_target(row, "target")).collect()
    }
}

fn digest(bytes: &[u8]) -> [u8; 32] {
    use sha2::Digest;
    sha2::Sha256::digest(bytes).into()
}

/// Rows as one parameter, for `json_each`.
fn json_array<T: Serialize>(rows: impl IntoIterator<Item = T>) -> String {
    let rows: Vec<T> = rows.into_iter().collect();
    serde_json::to_string(&rows).expect("texts, numbers and lists of them can be written")
}
