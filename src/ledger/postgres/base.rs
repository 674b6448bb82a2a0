//! The connections to a PostgreSQL ledger: every question and every change is one transaction.
//!
//! Behind a pooler in transaction mode nothing outlives a transaction (pgbouncer.org/features.html): so each sets the
//! schema for itself, and no statement stays prepared. A database that goes away is waited for; what cannot have happened
//! is done again, and where an answer to `COMMIT` was lost, only what does no harm twice.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use sqlx::postgres::{PgConnection, PgPool, PgPoolOptions, Postgres};
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Error, SqlSafeStr, Transaction};
use tokio::time::{Instant, sleep, timeout};

use super::address::PostgresAddress;
use crate::ledger::{LEASE, LedgerError};

/// How long a database that went away is waited for, and one process for another.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);
/// One that was waited for once.
const SHORT: Duration = Duration::from_secs(3);
/// A first connection says sooner what is wrong.
const CONNECT: Duration = Duration::from_secs(10);
/// A sign of life must not wait behind a claim.
const CONNECTIONS: u32 = 4;
/// How often two that got into each other's way try again, and how long they wait at first.
const CONFLICTS: u32 = 8;
const STEP_ASIDE: Duration = Duration::from_millis(5);
const LOOK_AGAIN: Duration = Duration::from_millis(200);
const IDLE: Duration = Duration::from_secs(300);

/// The database's own clock, in milliseconds since 1970.
pub(super) const CLOCK: &str = "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)";

/// How a transaction is meant.
#[derive(Debug, Clone, Copy)]
pub(super) struct How {
    /// On the database's disk when it returns. What is not may be lost with the database, in order and from the end.
    durable: bool,
    /// Whether it may happen twice.
    again: bool,
    limit: Duration,
}

impl How {
    /// Does no harm twice.
    pub(super) const AGAIN: How = How { durable: true, again: true, limit: Duration::from_secs(60) };
    /// Happens once, or its caller hears that it may not have.
    pub(super) const ONCE: How = How { again: false, ..How::AGAIN };
    /// Does no harm twice, and none when it is lost with the database.
    pub(super) const LIGHT: How = How { durable: false, ..How::AGAIN };
    /// Takes its time with millions of rows.
    pub(super) const LONG: How = How { limit: Duration::from_secs(3600), ..How::AGAIN };

    pub(super) const fn once(self) -> How {
        How { again: false, ..self }
    }

    pub(super) const fn light(self) -> How {
        How { durable: false, ..self }
    }
}

/// The connections of one process.
#[derive(Debug, Clone)]
pub(super) struct Base {
    pool: PgPool,
    pub schema: String,
    durably: String,
    lightly: String,
    /// Since when nothing comes from the database, whatever it was asked.
    silent: Arc<Mutex<Option<Instant>>>,
}

/// Why an attempt came to nothing.
struct Stumble {
    error: LedgerError,
    /// Its changes may be there nevertheless.
    may_be_done: bool,
}

impl From<LedgerError> for Stumble {
    fn from(error: LedgerError) -> Stumble {
        Stumble { error, may_be_done: false }
    }
}

/// A statement that leaves nothing behind in the session.
pub(super) fn sql<'q>(text: impl SqlSafeStr) -> Query<'q, Postgres, sqlx::postgres::PgArguments> {
    sqlx::query(text).persistent(false)
}

/// The same for a text that was put together here, of nothing that came from outside.
pub(super) fn built<'q>(text: String) -> Query<'q, Postgres, sqlx::postgres::PgArguments> {
    sql(AssertSqlSafe(text))
}

impl Base {
    /// Connects once, so that what is wrong is said at once.
    pub(super) async fn connect(address: &PostgresAddress) -> Result<Base, LedgerError> {
        let first = timeout(CONNECT, address.options.connect()).await;
        let first = first.map_err(|_| no_answer(CONNECT))??;
        // However it ends: it was there.
        let _ = first.close().await;
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(PATIENCE)
            .idle_timeout(IDLE)
            .test_before_acquire(false)
            .connect_lazy_with(address.options.clone());
        let schema = address.schema.clone();
        // A process that stands still in the middle of a change keeps others waiting for a lease at the most.
        let begin = |commit| {
            format!(
                "BEGIN; SET LOCAL search_path TO {schema}; SET LOCAL synchronous_commit TO {commit}; \
                     SET LOCAL idle_in_transaction_session_timeout TO {LEASE}"
            )
        };
        Ok(Base { pool, durably: begin("on"), lightly: begin("off"), schema, silent: Arc::default() })
    }

    /// Closes every connection.
    pub(super) async fn close(&self) {
        self.pool.close().await;
    }

    /// A transaction for what is tried once and does not matter if it fails.
    pub(super) async fn begin_lightly(&self) -> Result<Transaction<'static, Postgres>, LedgerError> {
        Ok(self.pool.begin_with(AssertSqlSafe(self.lightly.as_str())).await?)
    }

    /// Does something in one transaction, whole or not at all.
    ///
    /// # Errors
    /// [`LedgerError::Away`] when the database is away for longer than it is waited for, and when it is not known whether
    /// what must not happen twice has happened. [`LedgerError::Locked`] when others stood in the way again and again.
    pub(super) async fn run<T>(
        &self,
        how: How,
        act: impl AsyncFn(&mut PgConnection) -> Result<T, LedgerError>,
    ) -> Result<T, LedgerError> {
        let mut conflicts = 0;
        loop {
            let stumble = match self.attempt(how, &act).await {
                Ok(done) => {
                    *self.silent.lock().expect("no holder panics") = None;
                    return Ok(done);
                }
                Err(stumble) => stumble,
            };
            let silent = match &stumble.error {
                LedgerError::Away(_) => self.silence(),
                _ => Duration::ZERO,
            };
            match stumble.error {
                LedgerError::Locked if conflicts < CONFLICTS => {
                    sleep(STEP_ASIDE * (1 << conflicts) + jitter()).await;
                    conflicts += 1;
                }
                LedgerError::Away(_) if (how.again || !stumble.may_be_done) && silent < PATIENCE => {
                    sleep(LOOK_AGAIN).await;
                }
                error => return Err(error),
            }
        }
    }

    /// How long nothing has come, by all that this process asked: who was waited for once is not waited for again by each
    /// question that a process has at its end.
    fn silence(&self) -> Duration {
        let mut silent = self.silent.lock().expect("no holder panics");
        if silent.is_none() {
            tracing::warn!("the database of the sending record does not answer; it is waited for, for half a minute");
        }
        silent.get_or_insert_with(Instant::now).elapsed()
    }

    /// How long this question waits for a connection.
    fn patience(&self) -> Duration {
        let silent = self.silent.lock().expect("no holder panics").map_or(Duration::ZERO, |since| since.elapsed());
        PATIENCE.saturating_sub(silent).max(SHORT)
    }

    async fn attempt<T>(
        &self,
        how: How,
        act: &impl AsyncFn(&mut PgConnection) -> Result<T, LedgerError>,
    ) -> Result<T, Stumble> {
        let patience = self.patience();
        let mut connection = match timeout(patience, self.pool.acquire()).await {
            Ok(Ok(connection)) => connection,
            Err(_) | Ok(Err(Error::PoolTimedOut)) => return Err(no_answer(patience).into()),
            Ok(Err(error)) => return Err(LedgerError::from(error).into()),
        };
        let begin = if how.durable { &self.durably } else { &self.lightly };
        let whole = async {
            let from_database = |error: Error| Stumble::from(LedgerError::from(error));
            let mut transaction = connection.begin_with(AssertSqlSafe(begin.as_str())).await.map_err(from_database)?;
            let done = act(&mut transaction).await?;
            let lost = |error: Error| Stumble { error: error.into(), may_be_done: true };
            transaction.commit().await.map_err(lost).map(|()| done)
        };
        // When the limit is reached nobody knows how far it got.
        let late = || Err(Stumble { error: no_answer(how.limit), may_be_done: true });
        let done = timeout(how.limit, whole).await.unwrap_or_else(|_| late());
        if matches!(&done, Err(Stumble { error: LedgerError::Away(_), .. })) {
            connection.close_on_drop();
        }
        done
    }
}

fn no_answer(limit: Duration) -> LedgerError {
    LedgerError::Away(format!("nothing came within {} seconds", limit.as_secs()))
}

/// So that two that met do not meet again.
fn jitter() -> Duration {
    let mut byte = [0];
    // Without random numbers they wait as long as each other, and one of them is first nevertheless.
    let _ = getrandom::fill(&mut byte);
    Duration::from_micros(u64::from(byte[0]) * 40)
}
