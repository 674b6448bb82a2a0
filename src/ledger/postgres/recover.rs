//! What became of the deliveries of a worker that is gone, or shows no life.
//!
//! Comes in: its rows, and for this process's own worker what it started and what was answered. Goes out: the rows, settled
//! or waiting again. Of another process nobody knows how far it got: what it had marked becomes what the channel's rule
//! says, and it marks nothing more under its old token.

use std::collections::HashMap;

use sqlx::Row;
use sqlx::postgres::PgConnection;

use super::base::{How, sql};
use super::rows::{columns, read_key, read_mode, text};
use super::{PostgresLedger, identity};
use crate::ledger::journal::{Attempt, Trace};
use crate::ledger::lost::LostRow;
use crate::ledger::{DeliveryKey, DeliveryState, LEASE, LedgerError, Lost, Recovered, Settled, Worker};

/// Rows of a dead worker that are looked at at a time.
const BATCH: i64 = 1000;
/// Leases are dated by one clock; a longer one was dated by another, in milliseconds.
const AHEAD: i64 = 5 * 60_000;
/// A worker without anything in hand is struck out so long after its lease, in milliseconds.
const FORGOTTEN: i64 = 4 * LEASE;

impl PostgresLedger {
    /// Recovers what every worker held whose lease is over.
    pub(super) async fn recover_others(
        &self,
        own: &Worker,
        now: i64,
        lost: Lost<'_>,
    ) -> Result<Recovered, LedgerError> {
        // Dated by a clock that was ahead. If it lives, its next sign is sooner than this ends.
        let cut = "UPDATE worker SET expires_at = $2 + $3 WHERE id <> $1 AND expires_at > $2 + $4";
        let late = "SELECT id FROM worker WHERE id <> $1 AND expires_at < $2 ORDER BY id";
        let late = self.base.run(How::AGAIN, async |connection| {
            sql(cut).bind(own.id).bind(now).bind(LEASE).bind(AHEAD).execute(&mut *connection).await?;
            Ok(sql(late).bind(own.id).bind(now).fetch_all(connection).await?)
        });
        let late = late.await?;
        let mut recovered = Recovered::default();
        // After an outage that was longer than a lease nobody could show life: the others are given the time to.
        if self.is_just_back(own, now) {
            return Ok(recovered);
        }
        for row in late {
            let id: i64 = row.try_get("id")?;
            let taken = self.base.run(How::AGAIN, async |connection| {
                // One that shows life now, or that somebody else takes over, is left alone.
                let still = "SELECT expires_at FROM worker WHERE id = $1 AND expires_at < $2 FOR UPDATE SKIP LOCKED";
                let Some(row) = sql(still).bind(id).bind(now).fetch_optional(&mut *connection).await? else {
                    return Ok(Recovered::default());
                };
                let (taken, had_marks) = take_over(connection, id, None, now, lost).await?;
                // What only claimed can go on: a mark of what was taken from it finds it gone. What had marked may believe
                // that it can still send that, and must not.
                if had_marks || row.try_get::<i64, _>("expires_at")? + FORGOTTEN < now {
                    identity::strike_out(connection, id).await?;
                }
                Ok(taken)
            });
            recovered.add(taken.await?);
        }
        Ok(recovered)
    }
}

/// Takes everything that a worker holds, with what is known of its attempts; `None`: nothing. Says whether it had marked
/// something.
pub(super) async fn take_over(
    connection: &mut PgConnection,
    worker: i64,
    traces: Option<&HashMap<Attempt, Trace>>,
    now: i64,
    lost: Lost<'_>,
) -> Result<(Recovered, bool), LedgerError> {
    let mut recovered = Recovered::default();
    let claims = "UPDATE delivery SET state = CASE WHEN attempts > 0 THEN 4 ELSE 0 END, worker = NULL \
                  WHERE worker = $1 AND state = 1 AND state IN (1, 2)";
    recovered.pending += sql(claims).bind(worker).execute(&mut *connection).await?.rows_affected();
    let mut had_marks = false;
    loop {
        let batch = in_flight(connection, worker).await?;
        if batch.is_empty() {
            return Ok((recovered, had_marks));
        }
        had_marks = true;
        let settled: Vec<_> = batch.iter().map(|row| row.becomes(traces, now, lost)).collect();
        settled.iter().for_each(|(settled, _)| recovered.count(settled.state));
        settle_lost(connection, worker, &batch, &settled).await?;
    }
}

async fn in_flight(connection: &mut PgConnection, worker: i64) -> Result<Vec<LostRow>, LedgerError> {
    let look = "SELECT d.release, d.part, d.target, d.attempts, d.marked_at, p.channel, l.mode FROM delivery d \
                JOIN release l ON l.id = d.release JOIN part p ON p.release = d.release AND p.part = d.part \
                WHERE d.worker = $1 AND d.state = 2 AND d.state IN (1, 2) LIMIT $2";
    let rows = sql(look).bind(worker).bind(BATCH).fetch_all(connection).await?;
    rows.iter()
        .map(|row| {
            let key: DeliveryKey = read_key(row)?;
            let attempt = Attempt { release: row.try_get("release")?, key, number: row.try_get("attempts")? };
            let marked_at: Option<i64> = row.try_get("marked_at")?;
            let mode = read_mode(row)?;
            Ok(LostRow { attempt, mode, marked_at: marked_at.unwrap_or(0), channel: row.try_get("channel")? })
        })
        .collect()
}

/// Writes what became of rows, each with how many attempts are taken back.
async fn settle_lost(
    connection: &mut PgConnection,
    worker: i64,
    rows: &[LostRow],
    settled: &[(Settled, i64)],
) -> Result<(), LedgerError> {
    let write = "UPDATE delivery d SET \
                 state = CASE WHEN s.state = 0 AND d.attempts > s.undone THEN 4 ELSE s.state END, \
                 due_at = CASE WHEN s.state = 0 THEN d.due_at ELSE s.due_at END, \
                 hold_until = CASE WHEN s.state = 0 THEN d.hold_until ELSE s.hold_until END, \
                 detail = CASE WHEN s.state = 0 THEN d.detail ELSE s.detail END, \
                 settled_at = s.settled_at, attempts = d.attempts - s.undone, \
                 first_at = CASE WHEN d.attempts > s.undone THEN d.first_at END \
                 FROM UNNEST($2, $3, $4, $5, $6, $7, $8, $9, $10) \
                 AS s (release, part, target, state, due_at, hold_until, detail, settled_at, undone) \
                 WHERE d.release = s.release AND d.part = s.part AND d.target = s.target \
                 AND d.worker = $1 AND d.state = 2";
    let numbers = |value: fn(&Settled) -> i64| settled.iter().map(|(settled, _)| value(settled)).collect::<Vec<_>>();
    let (parts, targets) = columns(rows.iter().map(|row| &row.attempt.key));
    let releases: Vec<_> = rows.iter().map(|row| row.attempt.release).collect();
    let details: Vec<_> = settled.iter().map(|(settled, _)| text(&settled.detail).into_owned()).collect();
    let at = |(settled, _): &(Settled, i64)| (settled.state != DeliveryState::Pending).then_some(settled.at);
    let settled_at: Vec<Option<i64>> = settled.iter().map(at).collect();
    let undone: Vec<_> = settled.iter().map(|(_, undone)| *undone).collect();
    let write = sql(write).bind(worker).bind(releases).bind(parts).bind(targets);
    let write = write.bind(numbers(|s| s.state as i64)).bind(numbers(|s| s.due_at)).bind(numbers(|s| s.hold_until));
    write.bind(details).bind(settled_at).bind(undone).execute(connection).await?;
    Ok(())
}
