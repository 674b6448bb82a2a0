//! Times in the record that a clock left there which was ahead of the one that counts now.

use sqlx::query;

use super::SqliteLedger;
use super::identity;
use crate::ledger::LedgerError;

/// Which of two clocks is wrong nobody knows. Where they are further apart, in milliseconds, a first try keeps its time:
/// taken for as old as a clock from 1970 says, it would be given up at once when that is set right.
const DAY: i64 = 24 * 3_600_000;

impl SqliteLedger {
    /// Sets back what is to come by as much as the last use of the record lies ahead of `now`: nothing waits longer from
    /// now on than it would have from then on, and nothing less. Says how far that was.
    pub(super) async fn set_back(&self, now: i64) -> Result<i64, LedgerError> {
        // Named by release, so that the index of what is open is used.
        let open = "UPDATE delivery SET due_at = CASE WHEN due_at > ?1 THEN max(due_at - ?2, ?1) ELSE due_at END, \
                    hold_until = CASE WHEN hold_until > ?1 THEN max(hold_until - ?2, ?1) ELSE hold_until END, \
                    first_at = CASE WHEN ?2 <= ?3 THEN min(first_at, ?1) ELSE first_at END \
                    WHERE release IN (SELECT id FROM release WHERE state IN (1, 2)) AND state IN (0, 4) \
                    AND (due_at > ?1 OR hold_until > ?1 OR first_at > ?1)";
        let row = "UPDATE pace SET next_at = CASE WHEN next_at > ?1 THEN max(next_at - ?2, ?1) ELSE next_at END, \
                   slowed_at = min(slowed_at, ?1) WHERE next_at > ?1 OR slowed_at > ?1";
        let used = "UPDATE meta SET value = ?1 WHERE name = 'used_at'";
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let ahead = identity::uses(&mut transaction).await?.at.map_or(0, |at| at - now);
        if ahead <= 0 {
            return Ok(0);
        }
        query(open).bind(now).bind(ahead).bind(DAY).execute(&mut *transaction).await?;
        query(row).bind(now).bind(ahead).execute(&mut *transaction).await?;
        query(used).bind(now).execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(ahead)
    }
}
