//! A record that moves from its file into a database on a server.
//!
//! Comes in: a file that nobody works with. Goes out: its rows, and at the end a file that says where they are and takes
//! nothing any more.

use futures_util::TryStreamExt;
use sqlx::sqlite::{Sqlite, SqlitePool, SqliteRow};
use sqlx::{AssertSqlSafe, Row, Transaction, query};

use super::beside::{Beside, Holder};
use super::lock::FreezeLock;
use super::{BUSY, SqliteLedger, identity};
use crate::ledger::carried::{Column, TABLES, Table};
use crate::ledger::{LedgerError, Uses};

/// Rows at a time, and bytes.
const ROWS: usize = 1_000;
const BYTES: usize = 1 << 20;
/// The fact that says where the record is now.
const MOVED: &str = "moved";

/// A file on its way into a database: until this is done or dropped, nobody else changes it.
pub(in crate::ledger) struct Departure {
    transaction: Transaction<'static, Sqlite>,
    /// The record's own, whatever it is called and wherever it lies.
    pub identity: String,
    pub uses: Uses,
    _alone: FreezeLock,
}

impl SqliteLedger {
    /// Begins to move: the file is at rest, and stays so.
    ///
    /// # Errors
    /// [`LedgerError::AtWork`] while a process works with it or has left something in hand.
    pub(in crate::ledger) async fn depart(&self) -> Result<Departure, LedgerError> {
        let identity = self.identity().await?;
        let path = self.path.as_ref().ok_or_else(|| LedgerError::Database("a plan moves nowhere".to_owned()))?;
        let alone = FreezeLock::take(path, BUSY).await?;
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let beside = Beside::of(path);
        for row in query("SELECT token FROM worker").fetch_all(&mut *transaction).await? {
            let token: Vec<u8> = row.try_get("token")?;
            let token = token.try_into().map_err(|_| LedgerError::Damaged("a worker has no token".to_owned()))?;
            if matches!(beside.holder(&token)?, Holder::Lives) {
                return Err(LedgerError::AtWork);
            }
        }
        let held = "SELECT EXISTS (SELECT 1 FROM delivery WHERE state IN (1, 2)) AS held";
        if query(held).fetch_one(&mut *transaction).await?.try_get("held")? {
            return Err(LedgerError::AtWork);
        }
        let uses = identity::uses(&mut transaction).await?;
        Ok(Departure { transaction, identity, uses, _alone: alone })
    }
}

impl Departure {
    /// Hands over all rows of a table, some at a time and column by column. Says how many there were.
    ///
    /// # Errors
    /// The file's, and those of `take`.
    pub(in crate::ledger) async fn hand_over(
        &mut self,
        table: &Table,
        mut take: impl AsyncFnMut(Vec<Column>) -> Result<(), LedgerError>,
    ) -> Result<u64, LedgerError> {
        let names: Vec<&str> = table.columns.iter().map(|(name, _)| *name).collect();
        // Where the file lies says nothing about a database.
        let but = if table.name == "meta" { " WHERE name <> 'home'" } else { "" };
        let sql = format!("SELECT {} FROM {}{but}", names.join(", "), table.name);
        let mut rows = query(AssertSqlSafe(sql)).fetch(&mut *self.transaction);
        let empty = || table.columns.iter().map(|(_, kind)| Column::of(*kind)).collect::<Vec<_>>();
        let (mut columns, mut count, mut bytes, mut all) = (empty(), 0, 0, 0);
        while let Some(row) = rows.try_next().await? {
            for (at, column) in columns.iter_mut().enumerate() {
                bytes += column.push(&row, at)?;
            }
            (count, all) = (count + 1, all + 1);
            if count == ROWS || bytes >= BYTES {
                take(std::mem::replace(&mut columns, empty())).await?;
                (count, bytes) = (0, 0);
            }
        }
        if count > 0 {
            take(columns).await?;
        }
        Ok(all)
    }

    /// How many rows a table has.
    ///
    /// # Errors
    /// The file's.
    pub(in crate::ledger) async fn count(&mut self, table: &Table) -> Result<u64, LedgerError> {
        let sql = AssertSqlSafe(format!("SELECT count(*) AS rows FROM {}", table.name));
        let row = query(sql).fetch_one(&mut *self.transaction).await?;
        Ok(row.try_get::<i64, _>("rows")?.unsigned_abs())
    }

    /// The rows are at `place` now: notes that, and has the file take nothing any more, whoever has it open.
    ///
    /// # Errors
    /// The file's.
    pub(in crate::ledger) async fn done(mut self, place: &str) -> Result<(), LedgerError> {
        let note = "INSERT INTO meta (name, value) VALUES (?, ?)";
        query(note).bind(MOVED).bind(place).execute(&mut *self.transaction).await?;
        let said = place.replace('\'', "''");
        for table in TABLES.iter().map(|table| table.name).chain(["worker"]) {
            for change in ["INSERT", "UPDATE"] {
                let sql = format!(
                    "CREATE TRIGGER moved_{table}_{change} BEFORE {change} ON {table} \
                     BEGIN SELECT RAISE(ABORT, 'it was moved to {said}'); END"
                );
                query(AssertSqlSafe(sql)).execute(&mut *self.transaction).await?;
            }
        }
        self.transaction.commit().await?;
        Ok(())
    }
}

impl Column {
    /// Adds a row's value. Says how long it is.
    fn push(&mut self, row: &SqliteRow, at: usize) -> Result<usize, LedgerError> {
        Ok(match self {
            Column::Numbers(values) => {
                values.push(row.try_get(at)?);
                8
            }
            Column::Bytes(values) => {
                values.push(row.try_get(at)?);
                values.last().and_then(Option::as_ref).map_or(0, Vec::len)
            }
            Column::Texts(values) => {
                values.push(row.try_get(at)?);
                values.last().and_then(Option::as_ref).map_or(0, String::len)
            }
        })
    }
}

/// Refuses a file whose record is somewhere else now.
///
/// # Errors
/// [`LedgerError::Moved`] with the place.
pub(super) async fn must_be_here(pool: &SqlitePool) -> Result<(), LedgerError> {
    let row = query("SELECT value FROM meta WHERE name = ?").bind(MOVED).fetch_optional(pool).await?;
    match row {
        Some(row) => Err(LedgerError::Moved(row.try_get("value")?)),
        None => Ok(()),
    }
}
