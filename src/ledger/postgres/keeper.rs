//! What a process holds by the database's clock: the right to add recipients, and places at a relay.
//!
//! Both are rows with an owner and a lease. A task of this process renews them as long as it runs, whatever else it does;
//! they are given back when they are dropped, at the latest with the lease; a process waits for that at its end.

use std::sync::Mutex;
use std::time::Duration;

use sqlx::Row;
use tokio::runtime::Handle;
use tokio::task::{AbortHandle, JoinHandle};
use tokio::time::timeout;

use super::base::{Base, CLOCK, How, built, sql};
use crate::ledger::{LEASE, LedgerError};

/// Three signs of life within a lease.
const RENEW: Duration = Duration::from_secs(5);
/// Taken for what an interrupted process noted, in milliseconds.
const DAY: i64 = 24 * 3_600_000;

/// So long a process waits at its end for what it gives back.
const LAST: Duration = Duration::from_secs(2);
/// What is being given back.
static RETURNING: Mutex<Vec<JoinHandle<()>>> = Mutex::new(Vec::new());

/// Gives something back from where nobody can wait.
fn soon(work: impl Future<Output = Result<(), LedgerError>> + Send + 'static) {
    let Ok(runtime) = Handle::try_current() else { return };
    let task = runtime.spawn(async move {
        // Otherwise it ends with its lease.
        let _ = work.await;
    });
    let mut returning = RETURNING.lock().expect("no holder panics");
    returning.retain(|task| !task.is_finished());
    returning.push(task);
}

/// Waits for what was dropped and is being given back, so that the next process need not wait for the end of a lease.
pub(super) async fn all_given_back() {
    let returning = std::mem::take(&mut *RETURNING.lock().expect("no holder panics"));
    let all = async {
        for task in returning {
            // It says itself what went wrong.
            let _ = task.await;
        }
    };
    let _ = timeout(LAST, all).await;
}

/// The task that renews; it ends with this.
#[derive(Debug)]
pub(super) struct Keeper(AbortHandle);

impl Keeper {
    pub(super) fn start(base: Base, owner: [u8; 16]) -> Keeper {
        let task = tokio::spawn(async move {
            loop {
                tokio::time::sleep(RENEW).await;
                if let Err(error) = renew(&base, owner).await {
                    tracing::debug!("cannot renew what this process holds: {error}");
                }
            }
        });
        Keeper(task.abort_handle())
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn renew(base: &Base, owner: [u8; 16]) -> Result<(), LedgerError> {
    // One that a seal has in its hands is not waited for.
    let freeze = format!(
        "UPDATE preparation SET expires_at = {CLOCK} + $2 WHERE name IN \
         (SELECT name FROM preparation WHERE owner = $1 FOR UPDATE SKIP LOCKED)"
    );
    let seats = format!("UPDATE seat SET expires_at = {CLOCK} + $2 WHERE owner = $1");
    let mut transaction = base.begin_lightly().await?;
    built(freeze).bind(&owner[..]).bind(LEASE).execute(&mut *transaction).await?;
    built(seats).bind(&owner[..]).bind(LEASE).execute(&mut *transaction).await?;
    Ok(transaction.commit().await?)
}

/// Gives back everything of an owner.
pub(super) async fn give_all_back(base: &Base, owner: [u8; 16]) -> Result<(), LedgerError> {
    let freeze = "UPDATE preparation SET owner = '', expires_at = 0 WHERE owner = $1";
    let mut transaction = base.begin_lightly().await?;
    for give_back in [freeze, "DELETE FROM seat WHERE owner = $1", "DELETE FROM present WHERE owner = $1"] {
        sql(give_back).bind(&owner[..]).execute(&mut *transaction).await?;
    }
    Ok(transaction.commit().await?)
}

/// The same from where nobody can wait.
pub(super) fn give_all_back_soon(base: Base, owner: [u8; 16]) {
    soon(async move { give_all_back(&base, owner).await });
}

/// A place that is held.
#[derive(Debug)]
pub(super) struct Place {
    base: Base,
    owner: [u8; 16],
    name: String,
    number: i64,
}

impl Place {
    /// Takes one of `limit` places under a name.
    pub(super) async fn take(
        base: &Base,
        owner: [u8; 16],
        name: &str,
        limit: usize,
    ) -> Result<Option<Place>, LedgerError> {
        let take = format!(
            "INSERT INTO seat (name, number, owner, expires_at) \
             SELECT $1, n.number, $3, {CLOCK} + $4 FROM generate_series(0, $2 - 1) AS n (number) \
             WHERE NOT EXISTS (SELECT 1 FROM seat s WHERE s.name = $1 AND s.number = n.number \
             AND s.expires_at > {CLOCK}) ORDER BY n.number LIMIT 1 \
             ON CONFLICT (name, number) DO UPDATE SET owner = EXCLUDED.owner, expires_at = EXCLUDED.expires_at \
             RETURNING number"
        );
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let number: Option<i64> = base
            .run(How::LIGHT, async |connection| {
                alone(connection, &format!("seat:{name}")).await?;
                let take = built(take.clone()).bind(name).bind(limit).bind(&owner[..]).bind(LEASE);
                let row = take.fetch_optional(connection).await?;
                Ok(row.map(|row| row.try_get("number")).transpose()?)
            })
            .await?;
        Ok(number.map(|number| Place { base: base.clone(), owner, name: name.to_owned(), number }))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let (base, owner, name, number) = (self.base.clone(), self.owner, std::mem::take(&mut self.name), self.number);
        soon(async move { give_back(&base, owner, &name, number).await });
    }
}

async fn give_back(base: &Base, owner: [u8; 16], name: &str, number: i64) -> Result<(), LedgerError> {
    let mut transaction = base.begin_lightly().await?;
    let back = sql("DELETE FROM seat WHERE name = $1 AND number = $2 AND owner = $3");
    back.bind(name).bind(number).bind(&owner[..]).execute(&mut *transaction).await?;
    Ok(transaction.commit().await?)
}

/// Waits until nobody else is in the middle of something of this name, until the end of the transaction.
pub(super) async fn alone(connection: &mut sqlx::PgConnection, name: &str) -> Result<(), LedgerError> {
    let turn = "INSERT INTO turn AS t (name, number) VALUES ($1, 1) \
                ON CONFLICT (name) DO UPDATE SET number = t.number + 1";
    sql(turn).bind(name).execute(connection).await?;
    Ok(())
}

/// Notes of people that a process left which was interrupted long ago.
pub(super) async fn sweep_present(connection: &mut sqlx::PgConnection) -> Result<(), LedgerError> {
    let old = built(format!("DELETE FROM present WHERE noted_at < {CLOCK} - $1"));
    old.bind(DAY).execute(connection).await?;
    Ok(())
}
