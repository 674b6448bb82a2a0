//! The row in which deliveries stand, and the limits of an hour and a day, on PostgreSQL: one for all workers.

use sqlx::Row;
use sqlx::postgres::PgConnection;

use super::PostgresLedger;
use super::base::{How, built, sql};
use super::keeper::alone;
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

impl Pacing for PostgresLedger {
    async fn reserve(&self, name: &str, interval: i64, count: u32, reach: i64, now: i64) -> Result<Slots, LedgerError> {
        // $1 name, $2 interval, $3 count, $4 reach, $5 now; one statement, so that no two get the same place.
        let relieved = format!("(p.apart > 0 AND (p.slowed_at + {RELIEF} <= $5 OR p.slowed_at > $5))");
        let slowed = format!("(CASE WHEN {relieved} THEN p.apart / 2 ELSE p.apart END)");
        let apart = format!("greatest({slowed}, $2)");
        // A row that runs on for longer than anybody reserves was left by a clock that went wrong.
        let longest = format!("greatest({AHEAD}, 2 * {apart})");
        let first = format!("(CASE WHEN p.next_at > $5 + {longest} THEN $5 ELSE greatest(p.next_at, $5) END)");
        // The planner may divide values that it knows before it looks at the case: so never by nothing.
        let fits = |apart: &str| {
            format!("(CASE WHEN {apart} = 0 THEN $3 ELSE least($3 - 1, $4 / greatest({apart}, 1)) + 1 END)")
        };
        let reserve = format!(
            "INSERT INTO pace AS p (name, next_at, apart, slowed_at) VALUES ($1, $5 + $2 * {}, 0, $5) \
             ON CONFLICT (name) DO UPDATE SET next_at = {first} + {apart} * {}, apart = {slowed}, \
             slowed_at = CASE WHEN {relieved} THEN $5 ELSE p.slowed_at END RETURNING next_at, apart",
            fits("$2"),
            fits(&apart),
        );
        let wanted = i64::from(count);
        self.base
            .run(How::LIGHT, async |connection| {
                let reserve = built(reserve.clone()).bind(name).bind(interval).bind(wanted).bind(reach).bind(now);
                let row = reserve.fetch_one(connection).await?;
                let apart = row.try_get::<i64, _>("apart")?.max(interval);
                let count = if apart == 0 { wanted } else { (wanted - 1).min(reach / apart) + 1 };
                let first = row.try_get::<i64, _>("next_at")? - apart * count;
                Ok(Slots { first, interval: apart, count: u32::try_from(count).unwrap_or(u32::MAX) })
            })
            .await
    }

    async fn reserve_until(
        &self,
        name: &str,
        interval: i64,
        count: u32,
        until: i64,
        now: i64,
    ) -> Result<Slots, LedgerError> {
        // The row is this transaction's from here on.
        let relieved = format!("(p.apart > 0 AND (p.slowed_at + {RELIEF} <= $2 OR p.slowed_at > $2))");
        let look = format!(
            "INSERT INTO pace AS p (name, next_at, apart, slowed_at) VALUES ($1, $2, 0, $2) \
             ON CONFLICT (name) DO UPDATE SET apart = CASE WHEN {relieved} THEN p.apart / 2 ELSE p.apart END, \
             slowed_at = CASE WHEN {relieved} THEN $2 ELSE p.slowed_at END RETURNING next_at, apart"
        );
        self.base
            .run(How::LIGHT, async |connection| {
                let row = built(look.clone()).bind(name).bind(now).fetch_one(&mut *connection).await?;
                let (next, apart): (i64, i64) = (row.try_get("next_at")?, row.try_get("apart")?);
                let apart = apart.max(interval);
                // One that runs on for longer than anybody reserves was left by a clock that went wrong.
                let longest = AHEAD.max(2 * apart);
                let first = if next > now.saturating_add(longest) { now } else { next.max(now) };
                let count = places(first, until, apart, count);
                let take = sql("UPDATE pace SET next_at = $2 WHERE name = $1");
                take.bind(name).bind(first + apart * i64::from(count)).execute(connection).await?;
                Ok(Slots { first, interval: apart, count })
            })
            .await
    }

    async fn leave_row(&self, name: &str, interval: i64, count: u32, now: i64) -> Result<(), LedgerError> {
        let leave = "UPDATE pace SET next_at = greatest($3, next_at - greatest(apart, $2) * $4) WHERE name = $1";
        let left = self.base.run(How::LIGHT.once(), async |connection| {
            let leave = sql(leave).bind(name).bind(interval).bind(now).bind(i64::from(count));
            leave.execute(connection).await?;
            Ok(())
        });
        left.await
    }

    async fn spend(&self, limits: &[Limit<'_>], want: u32, now: i64) -> Result<Spent, LedgerError> {
        let book = "INSERT INTO spent AS s (name, slice, used) VALUES ($1, $2, $3) \
                    ON CONFLICT (name, slice) DO UPDATE SET used = s.used + EXCLUDED.used";
        self.base
            .run(How::AGAIN, async |connection| {
                alone_with(connection, limits).await?;
                for limit in limits {
                    sweep(connection, limit.name, limit.slice(now).1).await?;
                }
                let spent = left_of(connection, limits, want, now).await?;
                for limit in limits.iter().filter(|_| spent.granted > 0) {
                    let book = sql(book).bind(limit.name).bind(limit.slice(now).1).bind(i64::from(spent.granted));
                    book.execute(&mut *connection).await?;
                }
                Ok(spent)
            })
            .await
    }

    async fn unspend(&self, limits: &[Limit<'_>], count: u32, taken_at: i64) -> Result<(), LedgerError> {
        let back = "UPDATE spent SET used = used - $3 WHERE name = $1 AND slice = $2";
        let unspent = self.base.run(How::LIGHT.once(), async |connection| {
            alone_with(connection, limits).await?;
            for limit in limits {
                let back = sql(back).bind(limit.name).bind(limit.slice(taken_at).1).bind(i64::from(count));
                back.execute(&mut *connection).await?;
                let empty = sql("DELETE FROM spent WHERE name = $1 AND used <= 0").bind(limit.name);
                empty.execute(&mut *connection).await?;
            }
            Ok(())
        });
        unspent.await
    }

    async fn left_of(&self, limits: &[Limit<'_>], now: i64) -> Result<Spent, LedgerError> {
        self.base.run(How::LIGHT, async |connection| left_of(connection, limits, u32::MAX, now).await).await
    }

    async fn failed_again(&self, name: &str, from: i64, most: i64, now: i64) -> Result<i64, LedgerError> {
        let longer = "(CASE WHEN p.apart <= 1 THEN $3 ELSE least(2 * p.apart, $4) END)";
        let fail = format!(
            "INSERT INTO pace AS p (name, next_at, apart, slowed_at) VALUES ($1, 0, 1, $2) ON CONFLICT (name) DO UPDATE \
             SET apart = {longer}, next_at = $2 + {longer}, slowed_at = $2 RETURNING next_at"
        );
        self.base
            .run(How::LIGHT.once(), async |connection| {
                let fail = built(fail.clone()).bind(name).bind(now).bind(from).bind(most);
                Ok(fail.fetch_one(connection).await?.try_get("next_at")?)
            })
            .await
    }

    async fn works_again(&self, name: &str) -> Result<(), LedgerError> {
        self.base
            .run(How::LIGHT, async |connection| {
                sql("DELETE FROM pace WHERE name = $1").bind(name).execute(connection).await?;
                Ok(())
            })
            .await
    }

    async fn left_alone_until(&self, name: &str) -> Result<i64, LedgerError> {
        self.base
            .run(How::LIGHT, async |connection| {
                let look = sql("SELECT next_at FROM pace WHERE name = $1").bind(name);
                let row = look.fetch_optional(connection).await?;
                Ok(row.map(|row| row.try_get("next_at")).transpose()?.unwrap_or(0))
            })
            .await
    }

    async fn slow(&self, name: &str, from: i64, most: i64, now: i64) -> Result<bool, LedgerError> {
        let slow = "INSERT INTO pace AS p (name, next_at, apart, slowed_at) VALUES ($1, $4, least($2, $3), $4) \
                    ON CONFLICT (name) DO UPDATE SET apart = least(greatest(2 * p.apart, $2), $3), slowed_at = $4 \
                    WHERE p.slowed_at + $5 <= $4 OR p.slowed_at > $4 OR p.apart = 0";
        self.base
            .run(How::AGAIN, async |connection| {
                let slow = sql(slow).bind(name).bind(from).bind(most).bind(now).bind(MINUTE);
                Ok(slow.execute(connection).await?.rows_affected() == 1)
            })
            .await
    }

    async fn slowed(&self, beginning: &str, now: i64) -> Result<Vec<(String, i64)>, LedgerError> {
        let look = "SELECT name, apart FROM pace WHERE apart > 0 AND left(name, length($1)) = $1 \
                    AND slowed_at > $2 - $3 AND slowed_at <= $2 + $3";
        self.base
            .run(How::LIGHT, async |connection| {
                let rows = sql(look).bind(beginning).bind(now).bind(FORGOTTEN).fetch_all(connection).await?;
                rows.iter().map(|row| Ok((row.try_get("name")?, row.try_get("apart")?))).collect()
            })
            .await
    }
}

/// Keeps others from these limits until the transaction ends; in one order everywhere, so that no two wait for each other.
async fn alone_with(connection: &mut PgConnection, limits: &[Limit<'_>]) -> Result<(), LedgerError> {
    let mut names: Vec<_> = limits.iter().map(|limit| limit.name).collect();
    names.sort_unstable();
    for name in names {
        alone(connection, name).await?;
    }
    Ok(())
}

/// How much of each limit is left, of what is wanted.
async fn left_of(
    connection: &mut PgConnection,
    limits: &[Limit<'_>],
    want: u32,
    now: i64,
) -> Result<Spent, LedgerError> {
    let look = "SELECT CAST(coalesce(sum(used), 0) AS BIGINT) AS used, min(slice) AS oldest FROM spent \
                WHERE name = $1 AND slice BETWEEN $2 - $3 AND $2 + $3";
    let mut spent = Spent { granted: want, again_at: now, held_by: None };
    for (number, limit) in limits.iter().enumerate() {
        let look = sql(look).bind(limit.name).bind(limit.slice(now).1).bind(SLICES);
        let row = look.fetch_one(&mut *connection).await?;
        spent = spent.within(number, limit, row.try_get("used")?, row.try_get("oldest")?, now);
    }
    Ok(spent)
}

/// Forgets what was booked before the window that ends with this slice. What was booked ahead of it, by a clock that went
/// wrong, counts as booked now where it can be of the last window, so that the limit is kept, and blocks nobody for longer.
async fn sweep(connection: &mut PgConnection, name: &str, slice: i64) -> Result<(), LedgerError> {
    let ahead = "INSERT INTO spent AS s (name, slice, used) SELECT $1, $2, CAST(sum(used) AS BIGINT) FROM spent \
                 WHERE name = $1 AND slice > $2 AND slice <= $2 + $3 HAVING count(*) > 0 \
                 ON CONFLICT (name, slice) DO UPDATE SET used = s.used + EXCLUDED.used";
    let rest = "DELETE FROM spent WHERE name = $1 AND (slice < $2 - $3 OR slice > $2)";
    sql(ahead).bind(name).bind(slice).bind(SLICES).execute(&mut *connection).await?;
    sql(rest).bind(name).bind(slice).bind(SLICES).execute(connection).await?;
    Ok(())
}
