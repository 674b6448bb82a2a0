//! A record that comes from a file.
//!
//! Comes in: the file's rows. Goes out: the same record here, in one transaction, whole or not at all. It keeps its identity,
//! so that whoever saw it used knows it again.

use sqlx::Row;
use sqlx::postgres::PgConnection;
use tokio::sync::Mutex;

use super::base::{How, built, sql};
use super::freeze::look_over;
use super::rows::text;
use super::{PostgresLedger, identity};
use crate::ledger::carried::{Carried, Column, Kind, TABLES, Table};
use crate::ledger::sqlite::Departure;
use crate::ledger::{LedgerError, Roll, SqliteLedger};

impl PostgresLedger {
    /// Takes over the record in a file, which says afterwards where it is and takes nothing any more.
    ///
    /// # Errors
    /// [`LedgerError::Occupied`] when there is something here already, [`LedgerError::AtWork`] while somebody works with the
    /// file; nothing is changed then.
    pub async fn take_along(&self, file: &SqliteLedger) -> Result<Carried, LedgerError> {
        let departure = Mutex::new(file.depart().await?);
        let carried = self.base.run(How::LONG.once(), async |connection| {
            let mut departure = departure.lock().await;
            arrive(connection, &mut departure).await
        });
        let carried = carried.await?;
        departure.into_inner().done(&self.place()).await?;
        look_over(&self.base).await;
        Ok(carried)
    }
}

async fn arrive(connection: &mut PgConnection, departure: &mut Departure) -> Result<Carried, LedgerError> {
    // Nobody prepares a send here meanwhile.
    sql("SELECT name FROM preparation FOR UPDATE").fetch_all(&mut *connection).await?;
    let look = "SELECT EXISTS (SELECT 1 FROM release) OR EXISTS (SELECT 1 FROM suppression) \
                OR EXISTS (SELECT 1 FROM event) OR EXISTS (SELECT 1 FROM approval) AS occupied";
    if sql(look).fetch_one(&mut *connection).await?.try_get("occupied")? {
        return is_the_same(connection, departure).await;
    }
    sql("DELETE FROM meta").execute(&mut *connection).await?;
    let mut carried = Carried::default();
    for table in TABLES {
        let rows = departure.hand_over(table, async |columns| put(&mut *connection, table, columns).await).await?;
        carried.count(table.name, rows);
        if table.counts && rows > 0 {
            count_on(&mut *connection, table).await?;
        }
    }
    Ok(carried)
}

/// An earlier try got this far, the file was not told, and nothing happened since in either.
async fn is_the_same(connection: &mut PgConnection, departure: &mut Departure) -> Result<Carried, LedgerError> {
    let known = sql("SELECT value FROM meta WHERE name = 'self'").fetch_optional(&mut *connection).await?;
    let known: Option<String> = known.map(|row| row.try_get("value")).transpose()?;
    if known.as_deref() != Some(&departure.identity) || identity::uses(connection).await? != departure.uses {
        return Err(LedgerError::Occupied);
    }
    let mut carried = Carried::default();
    for table in TABLES.iter().filter(|table| table.name != "meta") {
        let here = built(format!("SELECT count(*) AS rows FROM {}", table.name)).fetch_one(&mut *connection).await?;
        let here = here.try_get::<i64, _>("rows")?.unsigned_abs();
        if here != departure.count(table).await? {
            return Err(LedgerError::Occupied);
        }
        carried.count(table.name, here);
    }
    Ok(carried)
}

async fn put(connection: &mut PgConnection, table: &Table, columns: Vec<Column>) -> Result<(), LedgerError> {
    let names: Vec<&str> = table.columns.iter().map(|(name, _)| *name).collect();
    let kind = |kind: &Kind| match kind {
        Kind::Number => "BIGINT",
        Kind::Bytes => "BYTEA",
        Kind::Text => "TEXT",
    };
    let values: Vec<String> =
        table.columns.iter().zip(1..).map(|((_, of), number)| format!("${number}::{}[]", kind(of))).collect();
    let insert =
        format!("INSERT INTO {} ({}) SELECT * FROM UNNEST({})", table.name, names.join(", "), values.join(", "));
    let mut insert = built(insert);
    for column in columns {
        insert = match column {
            Column::Numbers(values) => insert.bind(values),
            Column::Bytes(values) => insert.bind(values),
            Column::Texts(values) => insert.bind(
                values.iter().map(|value| value.as_deref().map(|value| text(value).into_owned())).collect::<Vec<_>>(),
            ),
        };
    }
    insert.execute(connection).await?;
    Ok(())
}

/// Has the database number the next row after those that came.
async fn count_on(connection: &mut PgConnection, table: &Table) -> Result<(), LedgerError> {
    let last = built(format!("SELECT max(id) AS last FROM {}", table.name)).fetch_one(&mut *connection).await?;
    let next = last.try_get::<i64, _>("last")? + 1;
    built(format!("ALTER TABLE {} ALTER COLUMN id RESTART WITH {next}", table.name)).execute(connection).await?;
    Ok(())
}
