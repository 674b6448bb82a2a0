//! The row in which deliveries stand, and the limits of an hour and a day, on SQLite.

use sqlx::{Row, SqliteConnection, query};

use super::SqliteLedger;
use crate::ledger::pacing::{SLICES, places};
use crate::ledger::{LedgerError, Limit, Pacing, Slots, Spent};

/// How long the interval stays before it changes again.
const MINUTE: i64 = 60_000;
/// After so long without trouble, half the interval is tried.
const RELIEF: i64 = 5 * MINUTE;
/// After so long in which nothing was slowed down, and nothing tried faster, it is no reason to be slow any more.
const FORGOTTEN: i64 = 60 * MINUTE;
/// A row never runs on for longer than this, however many processes stand in it.
const AHEAD: i64 = 5 * MINUTE;

impl Pacing for SqliteLedger {
    async fn reserve(&self, name: &str, interval: i64, count: u32, reach: i64, now: i64) -> Result<Slots, LedgerError> {
        self.take_places(name, interval, count, now, |first| first.saturating_add(reach)).await
    }

    async fn reserve_until(
        &self,
        name: &str,
        interval: i64,
        count: u32,
        until: i64,
        now: i64,
    ) -> Result<Slots, LedgerError> {
        self.take_places(name, interval, count, now, |_| until).await
    }

    async fn leave_row(&self, name: &str, interval: i64, count: u32, now: i64) -> Result<(), LedgerError> {
        let sql = "UPDATE pace SET next_at = max(?3, next_at - max(interval, ?2) * ?4) WHERE name = ?1";
        query(sql).bind(name).bind(interval).bind(now).bind(count).execute(&self.pool).await?;
        Ok(())
    }

    async fn spend(&self, limits: &[Limit<'_>], want: u32, now: i64) -> Result<Spent, LedgerError> {
        let book = "INSERT INTO spent (name, slice, used) VALUES (?1, ?2, ?3) \
                    ON CONFLICT (name, slice) DO UPDATE SET used = used + excluded.used";
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        for limit in limits {
            sweep(&mut transaction, limit.name, limit.slice(now).1).await?;
        }
        let spent = left_of(&mut transaction, limits, want, now).await?;
        for limit in limits.iter().filter(|_| spent.granted > 0) {
            let (_, slice) = limit.slice(now);
            query(book).bind(limit.name).bind(slice).bind(spent.granted).execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        Ok(spent)
    }

    async fn unspend(&self, limits: &[Limit<'_>], count: u32, taken_at: i64) -> Result<(), LedgerError> {
        let back = "UPDATE spent SET used = used - ?3 WHERE name = ?1 AND slice = ?2";
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        for limit in limits {
            let (_, slice) = limit.slice(taken_at);
            query(back).bind(limit.name).bind(slice).bind(count).execute(&mut *transaction).await?;
            let empty = query("DELETE FROM spent WHERE name = ? AND used <= 0").bind(limit.name);
            empty.execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    async fn left_of(&self, limits: &[Limit<'_>], now: i64) -> Result<Spent, LedgerError> {
        let mut connection = self.pool.acquire().await?;
        left_of(&mut connection, limits, u32::MAX, now).await
    }

    async fn failed_again(&self, name: &str, from: i64, most: i64, now: i64) -> Result<i64, LedgerError> {
        let longer = "CASE WHEN interval <= 1 THEN ?3 ELSE min(2 * interval, ?4) END";
        let sql = format!(
            "INSERT INTO pace (name, next_at, interval, slowed_at) VALUES (?1, 0, 1, ?2) ON CONFLICT (name) DO UPDATE \
             SET interval = {longer}, next_at = ?2 + {longer}, slowed_at = ?2 RETURNING next_at"
        );
        let query = query(sqlx::AssertSqlSafe(sql)).bind(name).bind(now).bind(from).bind(most);
        Ok(query.fetch_one(&self.pool).await?.try_get("next_at")?)
    }

    async fn works_again(&self, name: &str) -> Result<(), LedgerError> {
        query("DELETE FROM pace WHERE name = ?").bind(name).execute(&self.pool).await?;
        Ok(())
    }

    async fn left_alone_until(&self, name: &str) -> Result<i64, LedgerError> {
        let row = query("SELECT next_at FROM pace WHERE name = ?").bind(name).fetch_optional(&self.pool).await?;
        Ok(row.map(|row| row.try_get("next_at")).transpose()?.unwrap_or(0))
    }

    async fn slow(&self, name: &str, from: i64, most: i64, now: i64) -> Result<bool, LedgerError> {
        let sql = "INSERT INTO pace (name, next_at, interval, slowed_at) VALUES (?1, ?4, min(?2, ?3), ?4) \
                   ON CONFLICT (name) DO UPDATE SET interval = min(max(2 * interval, ?2), ?3), slowed_at = ?4 \
                   WHERE slowed_at + ?5 <= ?4 OR slowed_at > ?4 OR interval = 0";
        let query = query(sql).bind(name).bind(from).bind(most).bind(now).bind(MINUTE);
        Ok(query.execute(&self.pool).await?.rows_affected() == 1)
    }

    async fn slowed(&self, beginning: &str, now: i64) -> Result<Vec<(String, i64)>, LedgerError> {
        let sql = "SELECT name, interval FROM pace WHERE interval > 0 AND substr(name, 1, length(?1)) = ?1 \
                   AND slowed_at > ?2 - ?3 AND slowed_at <= ?2 + ?3";
        let rows = query(sql).bind(beginning).bind(now).bind(FORGOTTEN).fetch_all(&self.pool).await?;
        rows.iter().map(|row| Ok((row.try_get("name")?, row.try_get("interval")?))).collect()
    }
}

impl SqliteLedger {
    /// Takes up to `count` places in a row, none later than `last` says of the first one.
    async fn take_places(
        &self,
        name: &str,
        interval: i64,
        count: u32,
        now: i64,
        last: impl Fn(i64) -> i64,
    ) -> Result<Slots, LedgerError> {
        let insert = "INSERT OR IGNORE INTO pace (name, next_at, interval, slowed_at) VALUES (?, ?, 0, ?)";
        let relieve = "UPDATE pace SET interval = interval / 2, slowed_at = ?2 \
                       WHERE name = ?1 AND interval > 0 AND (slowed_at + ?3 <= ?2 OR slowed_at > ?2)";
        let look = "SELECT next_at, max(interval, ?2) AS apart FROM pace WHERE name = ?1";
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        query(insert).bind(name).bind(now).bind(now).execute(&mut *transaction).await?;
        query(relieve).bind(name).bind(now).bind(RELIEF).execute(&mut *transaction).await?;
        let row = query(look).bind(name).bind(interval).fetch_one(&mut *transaction).await?;
        let (next, apart): (i64, i64) = (row.try_get("next_at")?, row.try_get("apart")?);
        // A row that runs on for longer than anybody reserves was left by a clock that went wrong.
        let longest = AHEAD.max(2 * apart);
        let first = if next > now.saturating_add(longest) { now } else { next.max(now) };
        let count = places(first, last(first), apart, count);
        let take = "UPDATE pace SET next_at = ? WHERE name = ?";
        query(take).bind(first + apart * i64::from(count)).bind(name).execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(Slots { first, interval: apart, count })
    }
}

/// How much of each limit is left, of what is wanted.
async fn left_of(
    connection: &mut SqliteConnection,
    limits: &[Limit<'_>],
    want: u32,
    now: i64,
) -> Result<Spent, LedgerError> {
    let sql = "SELECT coalesce(sum(used), 0) AS used, min(slice) AS oldest FROM spent \
               WHERE name = ?1 AND slice BETWEEN ?2 - ?3 AND ?2 + ?3";
    let mut spent = Spent { granted: want, again_at: now, held_by: None };
    for (number, limit) in limits.iter().enumerate() {
        let look = query(sql).bind(limit.name).bind(limit.slice(now).1).bind(SLICES);
        let row = look.fetch_one(&mut *connection).await?;
        spent = spent.within(number, limit, row.try_get("used")?, row.try_get("oldest")?, now);
    }
    Ok(spent)
}

/// Forgets what was booked before the window that ends with this slice. What was booked ahead of it, by a clock that went
/// wrong, counts as booked now where it can be of the last window, so that the limit is kept, and blocks nobody for longer.
async fn sweep(transaction: &mut SqliteConnection, name: &str, slice: i64) -> Result<(), LedgerError> {
    let ahead = "INSERT INTO spent (name, slice, used) SELECT ?1, ?2, sum(used) FROM spent \
                 WHERE name = ?1 AND slice > ?2 AND slice <= ?2 + ?3 HAVING count(*) > 0 \
                 ON CONFLICT (name, slice) DO UPDATE SET used = used + excluded.used";
    let rest = "DELETE FROM spent WHERE name = ?1 AND (slice < ?2 - ?3 OR slice > ?2)";
    query(ahead).bind(name).bind(slice).bind(SLICES).execute(&mut *transaction).await?;
    query(rest).bind(name).bind(slice).bind(SLICES).execute(transaction).await?;
    Ok(())
}
