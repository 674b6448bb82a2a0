//! Making the tables of a PostgreSQL ledger and bringing them up to date.
//!
//! One transaction under a lock that ends with it, so that it works behind a pooler and two processes that begin at once
//! do it once. What another program keeps in the same database stays as it is: the record has a schema of its own.

use sqlx::postgres::PgConnection;
use sqlx::{Row, raw_sql};

use super::base::{Base, CLOCK, How, built, sql};
use crate::ledger::LedgerError;

/// In their order, each applied once.
const MIGRATIONS: &[(i64, &str)] = &[(1, include_str!("../migrations/postgres/0001_initial.sql"))];
/// The number of the lock; nobody else's, as far as chance goes.
const LOCK: i64 = 0x7275_6e64_6272_6965;

/// The version of the tables that this program writes.
pub(super) fn newest() -> i64 {
    MIGRATIONS.iter().map(|(version, _)| *version).max().unwrap_or(0)
}

/// Brings the tables up to date. Says which version they were of; 0 where there were none.
///
/// # Errors
/// [`LedgerError::Newer`] for tables of a later version of this program; nothing is changed then.
pub(super) async fn migrate(base: &Base) -> Result<i64, LedgerError> {
    let schema = base.schema.as_str();
    match found(base).await? {
        found if found > newest() => Err(LedgerError::Newer),
        found if found == newest() => Ok(found),
        _ => base.run(How::LONG, async |connection| apply(connection, schema).await).await,
    }
}

/// The version of the tables that are there; 0 where there are none. Changes nothing.
///
/// # Errors
/// The database's.
pub(super) async fn found(base: &Base) -> Result<i64, LedgerError> {
    let schema = base.schema.as_str();
    base.run(How::LIGHT, async |connection| version(connection, schema).await).await
}

async fn version(connection: &mut PgConnection, schema: &str) -> Result<i64, LedgerError> {
    let is_there = "SELECT EXISTS (SELECT 1 FROM information_schema.tables \
                    WHERE table_schema = $1 AND table_name = 'migration') AS found";
    if !sql(is_there).bind(schema).fetch_one(&mut *connection).await?.try_get::<bool, _>("found")? {
        return Ok(0);
    }
    let row = sql("SELECT coalesce(max(version), 0) AS version FROM migration").fetch_one(connection).await?;
    Ok(row.try_get("version")?)
}

async fn apply(connection: &mut PgConnection, schema: &str) -> Result<i64, LedgerError> {
    sql("SELECT pg_advisory_xact_lock($1)").bind(LOCK).execute(&mut *connection).await?;
    let found = version(connection, schema).await?;
    if found > newest() {
        return Err(LedgerError::Newer);
    }
    // Whoever may not make schemas may still use one that somebody made for them.
    let is_there = sql("SELECT EXISTS (SELECT 1 FROM information_schema.schemata WHERE schema_name = $1) AS found");
    if !is_there.bind(schema).fetch_one(&mut *connection).await?.try_get::<bool, _>("found")? {
        built(format!("CREATE SCHEMA {schema}")).execute(&mut *connection).await?;
    }
    let table = "CREATE TABLE IF NOT EXISTS migration (version BIGINT PRIMARY KEY, applied_at BIGINT NOT NULL)";
    sql(table).execute(&mut *connection).await?;
    for (version, text) in MIGRATIONS.iter().filter(|(version, _)| *version > found) {
        raw_sql(*text).execute(&mut *connection).await?;
        let note = built(format!("INSERT INTO migration (version, applied_at) VALUES ($1, {CLOCK})"));
        note.bind(version).execute(&mut *connection).await?;
    }
    Ok(found)
}
