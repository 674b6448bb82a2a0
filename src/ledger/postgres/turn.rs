//! The statements of a worker's turn: outcomes of what it had in hand, and marks for what it takes in hand next.
//!
//! Both are done in one transaction of the caller.

use sqlx::Row;
use sqlx::postgres::PgConnection;

use super::base::{built, sql};
use super::rows::{columns, read_key, text};
use crate::ledger::lost::LOST;
use crate::ledger::{AGAIN, DeliveryKey, LedgerError, Settled, WITHDRAWN, Worker};

/// No later text of the release's post is there, not even one that is being prepared and has counted on what it found.
pub(super) const NEWEST_OF_ALL: &str = "NOT EXISTS (SELECT 1 FROM release l JOIN release n ON n.slug = l.slug AND n.mode = l.mode \
                                        AND n.revision > l.revision WHERE l.id = $1)";

/// Outcomes, column by column.
pub(super) struct Outcomes {
    parts: Vec<i64>,
    targets: Vec<Vec<u8>>,
    states: Vec<i64>,
    due: Vec<i64>,
    hold: Vec<i64>,
    details: Vec<String>,
    times: Vec<i64>,
}

impl Outcomes {
    pub(super) fn of(settled: &[Settled]) -> Outcomes {
        let numbers = |value: fn(&Settled) -> i64| settled.iter().map(value).collect::<Vec<_>>();
        let (parts, targets) = columns(settled.iter().map(|settled| &settled.key));
        Outcomes {
            parts,
            targets,
            states: numbers(|s| s.state as i64),
            due: numbers(|s| s.due_at),
            hold: numbers(|s| s.hold_until),
            details: settled.iter().map(|settled| text(&settled.detail).into_owned()).collect(),
            times: numbers(|s| s.at),
        }
    }

    /// Settles them, also where others gave this worker up meanwhile and left the row in doubt; one that must be tried again
    /// only as long as no later text could have taken its place. What is in doubt for another reason, and what a person has
    /// sent again, becomes sent if it was after all.
    pub(super) async fn settle(
        &self,
        connection: &mut PgConnection,
        worker: &Worker,
        release: i64,
    ) -> Result<(), LedgerError> {
        let settle = format!(
            "WITH s AS (SELECT * FROM UNNEST($3, $4, $5, $6, $7, $8, $9) \
                      AS s (part, target, state, due_at, hold_until, detail, settled_at)), \
                      found AS (UPDATE delivery d SET state = s.state, due_at = s.due_at, hold_until = s.hold_until, \
                      detail = s.detail, settled_at = s.settled_at FROM s WHERE d.release = $1 AND d.part = s.part \
                      AND d.target = s.target \
             AND ((d.worker = $2 AND (d.state = 2 OR (d.state = 6 AND (s.state = 3 OR (d.detail = $10 \
             AND (s.state <> 4 OR {NEWEST_OF_ALL})))))) \
             OR (s.state = 3 AND d.worker IS NULL AND d.state IN (0, 4) AND d.detail = $11)) RETURNING d.part) \
                      INSERT INTO delivery (release, part, target, state, detail, settled_at) \
                      SELECT $1, s.part, s.target, s.state, s.detail, s.settled_at FROM s WHERE s.state = 3 \
                      AND EXISTS (SELECT 1 FROM release WHERE id = $1) AND NOT EXISTS (SELECT 1 FROM delivery d \
                      WHERE d.release = $1 AND d.part = s.part AND d.target = s.target) ON CONFLICT DO NOTHING"
        );
        let settle =
            built(settle).bind(release).bind(worker.id).bind(&self.parts).bind(&self.targets).bind(&self.states);
        let settle =
            settle.bind(&self.due).bind(&self.hold).bind(&self.details).bind(&self.times).bind(LOST).bind(AGAIN);
        settle.execute(connection).await?;
        Ok(())
    }
}

/// Deliveries to be marked, and the number of that.
pub(super) struct Marking {
    parts: Vec<i64>,
    targets: Vec<Vec<u8>>,
    serial: i64,
}

/// What marking came to: each with the number of its attempt.
#[derive(Default)]
pub(super) struct Found {
    pub marked: Vec<(DeliveryKey, i64)>,
    pub withdrawn: Vec<DeliveryKey>,
}

impl Marking {
    pub(super) fn of(keys: &[DeliveryKey], serial: i64) -> Marking {
        let (parts, targets) = columns(keys);
        Marking { parts, targets, serial }
    }

    /// What an earlier try of this very marking did, whose answer was lost.
    pub(super) async fn found(
        &self,
        connection: &mut PgConnection,
        worker: &Worker,
        release: i64,
    ) -> Result<Found, LedgerError> {
        let marked = "SELECT d.part, d.target, d.attempts FROM delivery d \
                      JOIN UNNEST($2, $3) AS k (part, target) ON d.part = k.part AND d.target = k.target \
                      WHERE d.release = $1 AND d.state = 2 AND d.worker = $4 AND d.serial = $5";
        let withdrawn = "SELECT d.part, d.target FROM delivery d \
                         JOIN UNNEST($2, $3) AS k (part, target) ON d.part = k.part AND d.target = k.target \
                         WHERE d.release = $1 AND d.state = 5 AND d.detail = $4 AND d.worker IS NULL";
        let marked = sql(marked).bind(release).bind(&self.parts).bind(&self.targets).bind(worker.id).bind(self.serial);
        let marked = marked.fetch_all(&mut *connection).await?;
        let withdrawn = sql(withdrawn).bind(release).bind(&self.parts).bind(&self.targets).bind(WITHDRAWN);
        let withdrawn = withdrawn.fetch_all(connection).await?;
        Ok(Found { marked: numbered(&marked)?, withdrawn: keys(&withdrawn)? })
    }

    /// Marks what may leave and settles what must not any more.
    pub(super) async fn mark(
        &self,
        connection: &mut PgConnection,
        worker: &Worker,
        release: i64,
        now: i64,
        found: &mut Found,
    ) -> Result<(), LedgerError> {
        // Locked: the worker against being given up meanwhile, the release against a stop and a new text.
        let lock = "WITH me AS (SELECT id FROM worker WHERE id = $1 AND token = $2 AND expires_at > $3 FOR UPDATE), \
                    open AS (SELECT id FROM release WHERE id = $4 AND state = 1 FOR SHARE) \
                    SELECT EXISTS (SELECT 1 FROM me) AND EXISTS (SELECT 1 FROM open) AS may";
        let mark = "UPDATE delivery d SET state = 2, attempts = d.attempts + 1, first_at = coalesce(d.first_at, $5), \
                    marked_at = $5, settled_at = NULL, serial = $6 FROM UNNEST($2, $3) AS k (part, target) \
                    WHERE d.release = $1 AND d.part = k.part AND d.target = k.target AND d.state = 1 \
                    AND d.worker = $4 AND NOT EXISTS (SELECT 1 FROM suppression s WHERE s.target = d.target) \
                    RETURNING d.part, d.target, d.attempts";
        let withdraw = "UPDATE delivery d SET state = 5, settled_at = $5, detail = $6, worker = NULL \
                        FROM UNNEST($2, $3) AS k (part, target) \
                        WHERE d.release = $1 AND d.part = k.part AND d.target = k.target AND d.state = 1 \
                        AND d.worker = $4 AND EXISTS (SELECT 1 FROM suppression s WHERE s.target = d.target) \
                        RETURNING d.part, d.target";
        let lock = sql(lock).bind(worker.id).bind(&worker.token[..]).bind(now).bind(release);
        if lock.fetch_one(&mut *connection).await?.try_get("may")? {
            let mark = sql(mark).bind(release).bind(&self.parts).bind(&self.targets).bind(worker.id).bind(now);
            found.marked = numbered(&mark.bind(self.serial).fetch_all(&mut *connection).await?)?;
        }
        if found.marked.len() < self.parts.len() {
            let withdraw = sql(withdraw).bind(release).bind(&self.parts).bind(&self.targets).bind(worker.id).bind(now);
            found.withdrawn.extend(keys(&withdraw.bind(WITHDRAWN).fetch_all(connection).await?)?);
        }
        Ok(())
    }
}

fn keys(rows: &[sqlx::postgres::PgRow]) -> Result<Vec<DeliveryKey>, LedgerError> {
    rows.iter().map(read_key).collect()
}

fn numbered(rows: &[sqlx::postgres::PgRow]) -> Result<Vec<(DeliveryKey, i64)>, LedgerError> {
    rows.iter().map(|row| Ok((read_key(row)?, row.try_get("attempts")?))).collect()
}
