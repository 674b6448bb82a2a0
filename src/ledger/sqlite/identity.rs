//! Which record this is, how far it is, and who bears witness to that outside the database.
//!
//! Each marking and each settling of a real release counts as a use, in its own transaction. The witness hears of it after
//! the commit, and of a marking before anything leaves.

use std::path::Path;

use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};
use sqlx::{ConnectOptions, Connection, Row, SqliteConnection, query};

use super::stale;
use super::{BUSY, SqliteLedger};
use crate::ledger::{Books, Heard, LedgerError, Uses, Witness};

/// The fact that tells this record from all others, whatever it is called and wherever it lies.
const SELF: &str = "self";

impl SqliteLedger {
    /// The identity, made at random with the record. A copy of the file has the same.
    ///
    /// # Errors
    /// The database's.
    pub async fn identity(&self) -> Result<String, LedgerError> {
        make(&self.pool).await?;
        self.fact(SELF).await?.ok_or_else(|| LedgerError::Damaged("it has no identity".to_owned()))
    }

    /// A new identity: what is said of the record so far is not meant for it any more.
    ///
    /// # Errors
    /// The database's.
    pub async fn renew_identity(&self) -> Result<(), LedgerError> {
        let sql = "UPDATE meta SET value = lower(hex(randomblob(16))) WHERE name = ?";
        query(sql).bind(SELF).execute(&self.pool).await.map(drop).map_err(LedgerError::from)
    }

    /// Has each use of this record noted in a file beside it and in the folder `state`. Says what stands there.
    ///
    /// # Errors
    /// The database's.
    pub async fn attend(&self, state: Option<&Path>) -> Result<Heard, LedgerError> {
        let witness = Witness::new(&self.identity().await?, self.beside()?.witness(), state);
        let heard = witness.heard();
        *self.witness.lock().expect("no holder panics") = Some(witness);
        Ok(heard)
    }

    /// Tells the witness, if there is one.
    pub(super) fn testify(&self, uses: Option<i64>, at: i64) {
        let witness = self.witness.lock().expect("no holder panics");
        if let (Some(witness), Some(uses)) = (witness.as_ref(), uses) {
            witness.note(uses, at);
        }
    }

    /// Tells the witness how far the record is at the end of a run, so that it outlives the machine.
    pub(super) async fn testify_at_the_end(&self) -> Result<(), LedgerError> {
        if self.witness.lock().expect("no holder panics").is_none() {
            return Ok(());
        }
        let uses = self.uses().await?;
        if let (Some(witness), Some(at)) = (self.witness.lock().expect("no holder panics").as_ref(), uses.at) {
            witness.conclude(uses.count, at);
        }
        Ok(())
    }
}

/// Makes the identity unless there is one.
pub(super) async fn make(pool: &SqlitePool) -> Result<(), LedgerError> {
    let sql = "INSERT OR IGNORE INTO meta (name, value) VALUES (?, lower(hex(randomblob(16))))";
    query(sql).bind(SELF).execute(pool).await.map(drop).map_err(LedgerError::from)
}

/// The identity of the record in another file, which is not made, changed or brought up to date. `None`: no record.
///
/// # Errors
/// For a file that is there and cannot be looked into.
pub async fn identity_of(path: &Path) -> Result<Option<String>, LedgerError> {
    if !path.exists() {
        return Ok(None);
    }
    stale::check(path)?;
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(false).busy_timeout(BUSY);
    let mut connection = options.connect().await?;
    let found = look(&mut connection).await;
    connection.close().await?;
    match found {
        // Whatever it is, nobody can send with it.
        Err(LedgerError::Damaged(_)) => Ok(None),
        found => found,
    }
}

async fn look(connection: &mut SqliteConnection) -> Result<Option<String>, LedgerError> {
    let tables = query("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'meta'");
    if tables.fetch_optional(&mut *connection).await?.is_none() {
        return Ok(None);
    }
    let row = query("SELECT value FROM meta WHERE name = ?").bind(SELF).fetch_optional(connection).await?;
    Ok(row.map(|row| row.try_get("value")).transpose()?)
}

/// How far the record is, as its facts say.
pub(super) async fn uses(connection: &mut SqliteConnection) -> Result<Uses, LedgerError> {
    let sql = "SELECT (SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'uses') AS uses, \
               (SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'used_at') AS used_at";
    let row = query(sql).fetch_one(connection).await?;
    Ok(Uses { count: row.try_get::<Option<i64>, _>("uses")?.unwrap_or(0), at: row.try_get("used_at")? })
}

/// Counts a use of a real release within the caller's transaction, and says how many there are; `None` for a trial.
pub(super) async fn count_use(
    transaction: &mut SqliteConnection,
    release: i64,
    now: i64,
) -> Result<Option<i64>, LedgerError> {
    let sql = "INSERT INTO meta (name, value) SELECT n.name, n.value FROM release l \
               JOIN (SELECT 'uses' AS name, 1 AS value UNION ALL SELECT 'used_at', ?2) n \
               WHERE l.id = ?1 AND l.mode = 1 \
               ON CONFLICT (name) DO UPDATE SET value = \
               CASE name WHEN 'uses' THEN CAST(value AS INTEGER) + 1 ELSE excluded.value END \
               RETURNING name, CAST(value AS INTEGER) AS number";
    let rows = query(sql).bind(release).bind(now).fetch_all(transaction).await?;
    for row in &rows {
        if row.try_get::<String, _>("name")? == "uses" {
            return Ok(Some(row.try_get("number")?));
        }
    }
    Ok(None)
}
