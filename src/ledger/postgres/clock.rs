//! Times in the record that a clock left there which was ahead of the one that counts now.

use super::PostgresLedger;
use super::base::{How, sql};
use super::identity;
use crate::ledger::LedgerError;

/// Which of two clocks is wrong nobody knows. Where they are further apart, in milliseconds, a first try keeps its time:
/// taken for as old as a clock from 1970 says, it would be given up at once when that is set right.
const DAY: i64 = 24 * 3_600_000;

impl PostgresLedger {
    /// Sets back what is to come by as much as the last use of the record lies ahead of `now`: nothing waits longer from
    /// now on than it would have from then on, and nothing less. Says how far that was.
    pub(super) async fn set_back(&self, now: i64) -> Result<i64, LedgerError> {
        let open = "UPDATE delivery SET due_at = CASE WHEN due_at > $1 THEN greatest(due_at - $2, $1) ELSE due_at END, \
                    hold_until = CASE WHEN hold_until > $1 THEN greatest(hold_until - $2, $1) ELSE hold_until END, \
                    first_at = CASE WHEN $2 <= $3 AND first_at > $1 THEN $1 ELSE first_at END \
                    WHERE release IN (SELECT id FROM release WHERE state IN (1, 2)) AND state IN (0, 4) \
                    AND (due_at > $1 OR hold_until > $1 OR first_at > $1)";
        let row = "UPDATE pace SET next_at = CASE WHEN next_at > $1 THEN greatest(next_at - $2, $1) ELSE next_at END, \
                   slowed_at = least(slowed_at, $1) WHERE next_at > $1 OR slowed_at > $1";
        let used = [
            "UPDATE meta SET value = CAST($1 AS TEXT) WHERE name = 'used_at' AND CAST(value AS BIGINT) > $1",
            "UPDATE worker SET used_at = $1 WHERE used_at > $1",
        ];
        self.base
            .run(How::LONG, async |connection| {
                let ahead = identity::uses(connection).await?.at.map_or(0, |at| at - now);
                if ahead <= 0 {
                    return Ok(0);
                }
                sql(open).bind(now).bind(ahead).bind(DAY).execute(&mut *connection).await?;
                sql(row).bind(now).bind(ahead).execute(&mut *connection).await?;
                for used in used {
                    sql(used).bind(now).execute(&mut *connection).await?;
                }
                Ok(ahead)
            })
            .await
    }
}
