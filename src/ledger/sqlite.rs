//! The ledger in one SQLite file: the default, for one machine.
//!
//! WAL with `synchronous=FULL`: what was committed survives a power cut. Rows travel as one JSON parameter, which is
//! several times faster than a statement a row.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use serde_json::json;
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Row, query};

use super::freeze::FreezeLock;
use super::{Delivery, Ledger, LedgerError, Mode, NewRelease, Part, Release, Roll, Settled, Totals};
use crate::plan::{Recipient, Target};

mod rows;

use rows::{from_migrate, from_sqlx, read_delivery, read_release, read_target};

/// How long a statement waits for another process's write, and a freeze for another freeze.
const BUSY: Duration = Duration::from_secs(30);

static MIGRATIONS: Migrator = sqlx::migrate!("src/ledger/migrations/sqlite");

/// A ledger in a SQLite file.
#[derive(Debug)]
pub struct SqliteLedger {
    pool: SqlitePool,
    /// `None` for a scratch ledger, which no other process sees.
    path: Option<PathBuf>,
    /// Held from `hold`, or else `begin` or the first `add` of a wave, to `seal` or `discard`.
    freezing: Mutex<Option<FreezeLock>>,
}

impl SqliteLedger {
    /// Opens the file, which is made if it is not there, and brings its schema up to date.
    ///
    /// # Errors
    /// [`LedgerError::Newer`] for a schema that this version does not know, [`LedgerError::Damaged`] for a file that
    /// is no database, [`LedgerError::Locked`] when another program holds it.
    pub async fn open(path: &Path) -> Result<SqliteLedger, LedgerError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY);
        let pool = SqlitePoolOptions::new().max_connections(2).connect_with(options).await.map_err(from_sqlx)?;
        // Two processes that begin a record at once must not both make its tables.
        let _alone = if is_current(&pool).await { None } else { Some(FreezeLock::take(path, BUSY).await?) };
        MIGRATIONS.run(&pool).await.map_err(from_migrate)?;
        Ok(SqliteLedger { pool, path: Some(path.to_owned()), freezing: Mutex::new(None) })
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
            .foreign_keys(true);
        // Another connection would be another, empty database.
        let pool = SqlitePoolOptions::new().max_connections(1).idle_timeout(None).max_lifetime(None);
        let pool = pool.connect_with(options).await.map_err(from_sqlx)?;
        MIGRATIONS.run(&pool).await.map_err(from_migrate)?;
        Ok(SqliteLedger { pool, path: None, freezing: Mutex::new(None) })
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
            .await
            .map_err(from_sqlx)?;
        let recipients = rows.iter().map(|row| Ok(read_delivery(row)?.recipient));
        recipients.filter_map(Result::transpose).collect()
    }

    /// Closes the file, so that the WAL is folded into it.
    pub async fn shut(self) {
        self.pool.close().await;
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
        let query = query(sql).bind(release).bind(part).bind(hex_array(targets));
        query.execute(&self.pool).await.map(drop).map_err(from_sqlx)
    }

    async fn refused(&self, release: i64, part: i64, targets: &[Target]) -> Result<Vec<Target>, LedgerError> {
        let sql = "SELECT target FROM refusal WHERE release = ? AND part = ? \
                   AND target IN (SELECT unhex(value) FROM json_each(?))";
        let query = query(sql).bind(release).bind(part).bind(hex_array(targets));
        let rows = query.fetch_all(&self.pool).await.map_err(from_sqlx)?;
        rows.iter().map(|row| read_target(row, "target")).collect()
    }

    async fn add(&self, release: i64, wave: i64, recipients: &[Recipient]) -> Result<Vec<Target>, LedgerError> {
        self.hold().await?;
        let sql = "INSERT OR IGNORE INTO recipient (release, target, address, name, slots, part, wave) \
                   SELECT ?1, unhex(value->>0), value->>1, value->>2, value->3, value->>4, ?2 FROM json_each(?3) \
                   RETURNING target";
        let rows: Vec<_> =
            recipients.iter().map(|r| json!([r.target.hex(), r.address, r.name, r.slots, r.part])).collect();
        let new = query(sql)
            .bind(release)
            .bind(wave)
            .bind(serde_json::Value::from(rows).to_string())
            .fetch_all(&self.pool)
            .await
            .map_err(from_sqlx)?;
        new.iter().map(|row| read_target(row, "target")).collect()
    }
}

impl Ledger for SqliteLedger {
    async fn hold(&self) -> Result<(), LedgerError> {
        if self.freezing.lock().expect("no holder panics").is_some() {
            return Ok(());
        }
        let Some(path) = &self.path else { return Ok(()) };
        let lock = FreezeLock::take(path, BUSY).await?;
        *self.freezing.lock().expect("no holder panics") = Some(lock);
        query("DELETE FROM release WHERE state = 0").execute(&self.pool).await.map_err(from_sqlx)?;
        query("DELETE FROM recipient WHERE wave > (SELECT waves FROM release WHERE id = recipient.release)")
            .execute(&self.pool)
            .await
            .map_err(from_sqlx)?;
        query("DELETE FROM refusal").execute(&self.pool).await.map_err(from_sqlx)?;
        Ok(())
    }

    async fn release(&self, slug: &str, mode: Mode) -> Result<Option<Release>, LedgerError> {
        let sql = "SELECT * FROM release WHERE slug = ? AND mode = ? AND state <> 0 ORDER BY revision DESC LIMIT 1";
        let row = query(sql).bind(slug).bind(mode as i64).fetch_optional(&self.pool).await.map_err(from_sqlx)?;
        row.map(|row| read_release(&row)).transpose()
    }

    async fn begin(&self, new: &NewRelease) -> Result<Release, LedgerError> {
        self.hold().await?;
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await.map_err(from_sqlx)?;
        let sql = "INSERT INTO release (slug, revision, mode, code, audience, state, waves, created_at) \
                   SELECT ?1, coalesce(max(revision), 0) + 1, ?2, ?3, zeroblob(32), 0, 0, ?4 \
                   FROM release WHERE slug = ?1 AND mode = ?2 RETURNING *";
        let row = query(sql)
            .bind(&new.slug)
            .bind(new.mode as i64)
            .bind(&new.code[..])
            .bind(new.created_at)
            .fetch_one(&mut *transaction)
            .await
            .map_err(from_sqlx)?;
        let release = read_release(&row)?;
        for (number, part) in (0_i64..).zip(&new.parts) {
            let digest = digest(&part.body);
            query("INSERT OR IGNORE INTO content (digest, body) VALUES (?, ?)")
                .bind(&digest[..])
                .bind(&part.body[..])
                .execute(&mut *transaction)
                .await
                .map_err(from_sqlx)?;
            query("INSERT INTO part (release, part, channel, list, digest) VALUES (?, ?, ?, ?, ?)")
                .bind(release.id)
                .bind(number)
                .bind(&part.channel)
                .bind(&part.list)
                .bind(&digest[..])
                .execute(&mut *transaction)
                .await
                .map_err(from_sqlx)?;
        }
        transaction.commit().await.map_err(from_sqlx)?;
        Ok(release)
    }

    async fn known(&self, release: i64, targets: &[Target], wave: i64) -> Result<Vec<Target>, LedgerError> {
        let sql = "SELECT target FROM recipient WHERE release = ? AND wave < ? \
                   AND target IN (SELECT unhex(value) FROM json_each(?))";
        let rows = query(sql)
            .bind(release)
            .bind(wave)
            .bind(hex_array(targets))
            .fetch_all(&self.pool)
            .await
            .map_err(from_sqlx)?;
        rows.iter().map(|row| read_target(row, "target")).collect()
    }

    async fn seal(&self, release: i64, wave: i64, audience: [u8; 32]) -> Result<(), LedgerError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await.map_err(from_sqlx)?;
        query(
            "INSERT INTO delivery (release, part, target, state) \
             SELECT release, part, target, 0 FROM recipient WHERE release = ? AND wave = ?",
        )
        .bind(release)
        .bind(wave)
        .execute(&mut *transaction)
        .await
        .map_err(from_sqlx)?;
        if wave == 1 {
            query(
                "INSERT INTO delivery (release, part, target, state) \
                 SELECT release, part, zeroblob(16), 0 FROM part WHERE release = ? AND channel <> 'email'",
            )
            .bind(release)
            .execute(&mut *transaction)
            .await
            .map_err(from_sqlx)?;
        }
        query("UPDATE release SET waves = ?, audience = ?, state = 1 WHERE id = ?")
            .bind(wave)
            .bind(&audience[..])
            .bind(release)
            .execute(&mut *transaction)
            .await
            .map_err(from_sqlx)?;
        query("DELETE FROM refusal").execute(&mut *transaction).await.map_err(from_sqlx)?;
        transaction.commit().await.map_err(from_sqlx)?;
        self.unlock_freezing();
        Ok(())
    }

    async fn discard(&self, release: i64, wave: i64) -> Result<(), LedgerError> {
        query("DELETE FROM recipient WHERE release = ? AND wave = ?")
            .bind(release)
            .bind(wave)
            .execute(&self.pool)
            .await
            .map_err(from_sqlx)?;
        query("DELETE FROM release WHERE id = ? AND state = 0")
            .bind(release)
            .execute(&self.pool)
            .await
            .map_err(from_sqlx)?;
        query("DELETE FROM refusal").execute(&self.pool).await.map_err(from_sqlx)?;
        self.unlock_freezing();
        Ok(())
    }

    async fn parts(&self, release: i64) -> Result<Vec<Part>, LedgerError> {
        let sql = "SELECT channel, list, body FROM part JOIN content USING (digest) WHERE release = ? ORDER BY part";
        let rows = query(sql).bind(release).fetch_all(&self.pool).await.map_err(from_sqlx)?;
        rows.iter()
            .map(|row| {
                Ok(Part {
                    channel: row.try_get("channel").map_err(from_sqlx)?,
                    list: row.try_get("list").map_err(from_sqlx)?,
                    body: row.try_get::<Vec<u8>, _>("body").map_err(from_sqlx)?.into(),
                })
            })
            .collect()
    }

    async fn pending(
        &self,
        release: i64,
        part: i64,
        after: Option<Target>,
        limit: u32,
    ) -> Result<Vec<Delivery>, LedgerError> {
        let sql = "SELECT d.part, d.target, r.address, r.name, r.slots FROM delivery d \
                   LEFT JOIN recipient r ON r.release = d.release AND r.target = d.target \
                   WHERE d.release = ? AND d.part = ? AND d.target > ? AND d.state = 0 \
                   ORDER BY d.target LIMIT ?";
        let rows = query(sql)
            .bind(release)
            .bind(part)
            .bind(after.map_or(Vec::new(), |target| target.0.to_vec()))
            .bind(limit)
            .fetch_all(&self.pool)
            .await
            .map_err(from_sqlx)?;
        rows.iter().map(read_delivery).collect()
    }

    async fn settle(&self, release: i64, part: i64, settled: &[Settled], at: i64) -> Result<(), LedgerError> {
        let sql = "UPDATE delivery SET state = ?, attempts = attempts + 1, settled_at = ?, detail = ? \
                   WHERE release = ? AND part = ? AND target = ? AND state NOT IN (3, 5)";
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await.map_err(from_sqlx)?;
        for delivery in settled {
            query(sql)
                .bind(delivery.state as i64)
                .bind(at)
                .bind(&delivery.detail)
                .bind(release)
                .bind(part)
                .bind(&delivery.target.0[..])
                .execute(&mut *transaction)
                .await
                .map_err(from_sqlx)?;
        }
        transaction.commit().await.map_err(from_sqlx)
    }

    async fn close(&self, release: i64) -> Result<(), LedgerError> {
        let sql = "UPDATE release SET state = 3 WHERE id = ?1 AND state = 1 \
                   AND NOT EXISTS (SELECT 1 FROM delivery WHERE release = ?1 AND state IN (0, 1, 2, 4))";
        query(sql).bind(release).execute(&self.pool).await.map(drop).map_err(from_sqlx)
    }

    async fn forget_trial(&self, release: i64) -> Result<(), LedgerError> {
        query("DELETE FROM release WHERE id = ? AND mode = 0")
            .bind(release)
            .execute(&self.pool)
            .await
            .map_err(from_sqlx)?;
        query("DELETE FROM content WHERE digest NOT IN (SELECT digest FROM part)")
            .execute(&self.pool)
            .await
            .map(drop)
            .map_err(from_sqlx)
    }

    async fn totals(&self, release: i64) -> Result<Vec<(i64, Totals)>, LedgerError> {
        let sql = "SELECT part, state, count(*) AS number FROM delivery WHERE release = ? \
                   GROUP BY part, state ORDER BY part, state";
        let rows = query(sql).bind(release).fetch_all(&self.pool).await.map_err(from_sqlx)?;
        let mut totals: Vec<(i64, Totals)> = Vec::new();
        for row in &rows {
            let part: i64 = row.try_get("part").map_err(from_sqlx)?;
            let state: i64 = row.try_get("state").map_err(from_sqlx)?;
            let number: i64 = row.try_get("number").map_err(from_sqlx)?;
            if totals.last().is_none_or(|(last, _)| *last != part) {
                totals.push((part, Totals::default()));
            }
            let (_, sums) = totals.last_mut().expect("one was pushed above");
            sums.add(state, number.unsigned_abs())
                .ok_or_else(|| LedgerError::Damaged(format!("a delivery has the unknown state {state}")))?;
        }
        Ok(totals)
    }

    async fn suppressed(&self, targets: &[Target]) -> Result<Vec<Target>, LedgerError> {
        let sql = "SELECT target FROM suppression WHERE target IN (SELECT unhex(value) FROM json_each(?))";
        let rows = query(sql).bind(hex_array(targets)).fetch_all(&self.pool).await.map_err(from_sqlx)?;
        rows.iter().map(|row| read_target(row, "target")).collect()
    }
}

/// Whether every migration has been applied already, or even later ones.
async fn is_current(pool: &SqlitePool) -> bool {
    let applied = query("SELECT count(*) AS number FROM _sqlx_migrations WHERE success").fetch_one(pool).await;
    let number = applied.and_then(|row| row.try_get::<i64, _>("number")).unwrap_or(0);
    usize::try_from(number).is_ok_and(|number| number >= MIGRATIONS.iter().count())
}

fn digest(bytes: &[u8]) -> [u8; 32] {
    use sha2::Digest;
    sha2::Sha256::digest(bytes).into()
}

fn hex_array(targets: &[Target]) -> String {
    serde_json::Value::from(targets.iter().map(Target::hex).collect::<Vec<_>>()).to_string()
}
