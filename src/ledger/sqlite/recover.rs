//! What became of the deliveries of a worker that is gone.
//!
//! Comes in: its rows and its journal. Goes out: the rows, settled or waiting again. An answer in the journal is taken;
//! what was marked and not started has not left; what was started without an answer, and everything after a power cut,
//! becomes what the channel's rule says.

use std::collections::HashMap;

use serde_json::{Value, json};
use sqlx::{Row, query};

use super::SqliteLedger;
use super::beside::Holder;
use super::rows::{read_mode, read_target};
use crate::ledger::boot::boot_id;
use crate::ledger::journal::{self, Attempt, Trace};
use crate::ledger::lost::LostRow;
use crate::ledger::{DeliveryKey, DeliveryState, LEASE, LedgerError, Lost, Recovered, Worker};

/// Rows of a dead worker that are looked at at a time.
const BATCH: i64 = 1000;
/// Clocks of processes on one machine are never so far apart, in milliseconds.
const AHEAD: i64 = 5 * 60_000;

impl SqliteLedger {
    /// Recovers what every worker held that is gone, and takes back the claims of those that do not move.
    pub(super) async fn recover_others(
        &self,
        own: &Worker,
        now: i64,
        lost: Lost<'_>,
    ) -> Result<Recovered, LedgerError> {
        let rows = query("SELECT id, token, expires_at FROM worker WHERE id <> ?").bind(own.id);
        let mut recovered = Recovered::default();
        for row in rows.fetch_all(&self.pool).await? {
            let token: Vec<u8> = row.try_get("token")?;
            let token = token.try_into().map_err(|_| LedgerError::Damaged("a worker has no token".to_owned()))?;
            let worker = Worker { id: row.try_get("id")?, token };
            match self.beside()?.holder(&token)? {
                Holder::Gone(Some(lock)) => {
                    recovered.add(self.take_over(worker, now, lost).await?);
                    drop(lock);
                }
                // Somebody removed its file, and it may live after all: its journal does not tell what it does next.
                Holder::Gone(None) => recovered.add(self.take_over_as(worker, None, now, lost).await?),
                // It is stopped or very slow. What it marked may be leaving right now and stays its own; what it only
                // claimed can be done by others, since a mark of it would find it gone.
                Holder::Lives if row.try_get::<i64, _>("expires_at")? < now => {
                    let sql = "UPDATE delivery SET state = CASE WHEN attempts > 0 THEN 4 ELSE 0 END, worker = NULL \
                               WHERE worker = ? AND state = 1 AND state IN (1, 2)";
                    recovered.pending += query(sql).bind(worker.id).execute(&self.pool).await?.rows_affected();
                }
                // Dated by a clock that was ahead. If it lives, its next sign is sooner than this ends.
                Holder::Lives if row.try_get::<i64, _>("expires_at")? > now + AHEAD => {
                    let cut = query("UPDATE worker SET expires_at = ? WHERE id = ?").bind(now + LEASE).bind(worker.id);
                    cut.execute(&self.pool).await?;
                }
                Holder::Lives => {}
            }
        }
        Ok(recovered)
    }

    /// Recovers everything that one worker held, whose file's lock the caller holds.
    pub(super) async fn take_over(&self, worker: Worker, now: i64, lost: Lost<'_>) -> Result<Recovered, LedgerError> {
        let traces = journal::read(&self.beside()?.journal(&worker.token), boot_id().as_deref());
        self.take_over_as(worker, traces, now, lost).await
    }

    /// The same with what is known of its attempts; `None`: nothing.
    async fn take_over_as(
        &self,
        worker: Worker,
        traces: Option<HashMap<Attempt, Trace>>,
        now: i64,
        lost: Lost<'_>,
    ) -> Result<Recovered, LedgerError> {
        let mut recovered = Recovered::default();
        let sql = "UPDATE delivery SET state = CASE WHEN attempts > 0 THEN 4 ELSE 0 END, worker = NULL \
                   WHERE worker = ? AND state = 1 AND state IN (1, 2)";
        recovered.pending += query(sql).bind(worker.id).execute(&self.pool).await?.rows_affected();
        loop {
            let batch = self.in_flight(worker.id).await?;
            if batch.is_empty() {
                break;
            }
            let rows: Vec<Value> = batch
                .iter()
                .map(|row| {
                    let (settled, undone) = row.becomes(traces.as_ref(), now, lost);
                    recovered.count(settled.state);
                    let s = &settled;
                    let (part, target) = (row.attempt.key.part, row.attempt.key.target.hex());
                    let at = if s.state == DeliveryState::Pending { None } else { Some(s.at) };
                    json!([
                        row.attempt.release,
                        part,
                        target,
                        s.state as i64,
                        s.due_at,
                        s.hold_until,
                        s.detail,
                        at,
                        undone
                    ])
                })
                .collect();
            self.settle_lost(worker.id, rows).await?;
        }
        query("DELETE FROM worker WHERE id = ?").bind(worker.id).execute(&self.pool).await?;
        self.clear_beside(&worker.token)?;
        Ok(recovered)
    }

    async fn in_flight(&self, worker: i64) -> Result<Vec<LostRow>, LedgerError> {
        let sql = "SELECT d.release, d.part, d.target, d.attempts, d.marked_at, p.channel, l.mode FROM delivery d \
                   JOIN release l ON l.id = d.release \
                   JOIN part p ON p.release = d.release AND p.part = d.part \
                   WHERE d.worker = ? AND d.state = 2 AND d.state IN (1, 2) LIMIT ?";
        let rows = query(sql).bind(worker).bind(BATCH).fetch_all(&self.pool).await?;
        rows.iter()
            .map(|row| {
                let key = DeliveryKey { part: row.try_get("part")?, target: read_target(row, "target")? };
                let attempt = Attempt { release: row.try_get("release")?, key, number: row.try_get("attempts")? };
                let marked_at: Option<i64> = row.try_get("marked_at")?;
                let mode = read_mode(row)?;
                Ok(LostRow { attempt, mode, marked_at: marked_at.unwrap_or(0), channel: row.try_get("channel")? })
            })
            .collect()
    }

    /// Writes what became of rows; each has the columns of [`Settled`] and how many attempts are taken back.
    async fn settle_lost(&self, worker: i64, rows: Vec<Value>) -> Result<(), LedgerError> {
        let sql = "INSERT INTO delivery (release, part, target, state, due_at, hold_until, detail, settled_at, attempts) \
                   SELECT value->>0, value->>1, unhex(value->>2), value->>3, value->>4, value->>5, value->>6, value->>7, \
                   value->>8 FROM json_each(?1) WHERE true \
                   ON CONFLICT (release, part, target) DO UPDATE SET \
                   state = CASE WHEN excluded.state = 0 AND delivery.attempts > excluded.attempts THEN 4 \
                   ELSE excluded.state END, \
                   due_at = CASE WHEN excluded.state = 0 THEN delivery.due_at ELSE excluded.due_at END, \
                   hold_until = CASE WHEN excluded.state = 0 THEN delivery.hold_until ELSE excluded.hold_until END, \
                   detail = CASE WHEN excluded.state = 0 THEN delivery.detail ELSE excluded.detail END, \
                   settled_at = excluded.settled_at, attempts = delivery.attempts - excluded.attempts, \
                   first_at = CASE WHEN delivery.attempts > excluded.attempts THEN delivery.first_at END \
                   WHERE worker = ?2 AND state = 2";
        query(sql).bind(Value::from(rows).to_string()).bind(worker).execute(&self.pool).await?;
        Ok(())
    }
}
