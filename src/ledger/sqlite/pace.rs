//! The row in which deliveries stand, and the limits of an hour and a day, on SQLite.

use sqlx::{Row, query};

use super::SqliteLedger;
use crate::ledger::{LedgerError, Pacing, Slots, Spent};

/// A window is counted in this many slices: a limit is kept in every window, to a sixtieth of its length.
const SLICES: i64 = 60;
/// How long the interval stays before it changes again.
const MINUTE: i64 = 60_000;
/// After so long without trouble, half the interval is tried.
const RELIEF: i64 = 5 * MINUTE;

impl Pacing for SqliteLedger {
    async fn reserve(&self, name: &str, interval: i64, count: u32, now: i64) -> Result<Slots, LedgerError> {
        let insert = "INSERT OR IGNORE INTO pace (name, next_at, interval, slowed_at) VALUES (?, ?, 0, ?)";
        let relieve = "UPDATE pace SET interval = interval / 2, slowed_at = ?2 \
                       WHERE name = ?1 AND interval > 0 AND slowed_at + ?3 <= ?2";
        let take = "UPDATE pace SET next_at = max(next_at, ?2) + max(interval, ?3) * ?4 WHERE name = ?1 \
                    RETURNING next_at, max(interval, ?3) AS apart";
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        query(insert).bind(name).bind(now).bind(now).execute(&mut *transaction).await?;
        query(relieve).bind(name).bind(now).bind(RELIEF).execute(&mut *transaction).await?;
        let take = query(take).bind(name).bind(now).bind(interval).bind(count);
        let row = take.fetch_one(&mut *transaction).await?;
        transaction.commit().await?;
        let (next, apart): (i64, i64) = (row.try_get("next_at")?, row.try_get("apart")?);
        Ok(Slots { first: next - apart * i64::from(count), interval: apart })
    }

    async fn spend(&self, name: &str, window: i64, limit: u32, want: u32, now: i64) -> Result<Spent, LedgerError> {
        let length = (window / SLICES).max(1);
        let slice = now.div_euclid(length);
        let first = slice - SLICES;
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        query("DELETE FROM spent WHERE name = ? AND slice < ?")
            .bind(name)
            .bind(first)
            .execute(&mut *transaction)
            .await?;
        let sql = "SELECT slice, used FROM spent WHERE name = ? ORDER BY slice";
        let rows = query(sql).bind(name).fetch_all(&mut *transaction).await?;
        let used = rows.iter().map(|row| Ok((row.try_get("slice")?, row.try_get("used")?)));
        let used = used.collect::<Result<Vec<(i64, i64)>, sqlx::Error>>()?;
        let sum: i64 = used.iter().map(|(_, used)| used).sum();
        let granted = i64::from(want).min(i64::from(limit) - sum).max(0);
        if granted > 0 {
            let sql = "INSERT INTO spent (name, slice, used) VALUES (?1, ?2, ?3) \
                       ON CONFLICT (name, slice) DO UPDATE SET used = used + excluded.used";
            query(sql).bind(name).bind(slice).bind(granted).execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        let oldest = used.first().map_or(slice, |(slice, _)| *slice);
        let again_at = if granted == i64::from(want) { now } else { (oldest + SLICES + 1) * length };
        Ok(Spent { granted: u32::try_from(granted).unwrap_or(0), again_at })
    }

    async fn slow(&self, name: &str, from: i64, most: i64, now: i64) -> Result<bool, LedgerError> {
        let sql = "INSERT INTO pace (name, next_at, interval, slowed_at) VALUES (?1, ?4, min(?2, ?3), ?4) \
                   ON CONFLICT (name) DO UPDATE SET interval = min(max(2 * interval, ?2), ?3), slowed_at = ?4 \
                   WHERE slowed_at + ?5 <= ?4 OR interval = 0";
        let query = query(sql).bind(name).bind(from).bind(most).bind(now).bind(MINUTE);
        Ok(query.execute(&self.pool).await?.rows_affected() == 1)
    }
}
