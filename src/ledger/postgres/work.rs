//! Claims, marks and outcomes on PostgreSQL.
//!
//! Each is one statement for many rows. Where the answer to a commit was lost, the same is asked again under the same
//! serial number, and finds what it did instead of doing it twice or losing it.

use std::cell::Cell;

use sqlx::Row;

use super::base::{How, built, sql};
use super::identity;
use super::keeper::Place;
use super::own::Own;
use super::recover::take_over;
use super::revision::is_newest;
use super::rows::{columns, read_delivery};
use super::turn::{Found, Marking, NEWEST_OF_ALL, Outcomes};
use super::{PostgresLedger, random};
use crate::ledger::{
    Delivery, DeliveryKey, DeliveryState, LEASE, LedgerError, Lost, Marked, Recovered, ReleaseState, Seat, Settled,
    Waiting, Wanted, Work, Worker,
};

/// Workers other than $1 that showed life within a lease ($2). Their last sign is compared with the worker's own, which is
/// a third of a lease old at most.
const LIVELY: &str = "SELECT id FROM worker WHERE id <> $1 \
                      AND expires_at > (SELECT expires_at FROM worker WHERE id = $1) - $2";

impl Work for PostgresLedger {
    fn tells_starts(&self) -> bool {
        false
    }

    async fn join(&self, now: i64) -> Result<Worker, LedgerError> {
        let token = random()?;
        let own = Own::begin(token);
        let join = "INSERT INTO worker (token, expires_at) VALUES ($1, $2) \
                    ON CONFLICT (token) DO UPDATE SET expires_at = EXCLUDED.expires_at RETURNING id";
        let id = self.base.run(How::AGAIN, async |connection| {
            let row = sql(join).bind(&token[..]).bind(now + LEASE).fetch_one(connection).await?;
            Ok(row.try_get("id")?)
        });
        let own = own.named(id.await?);
        let worker = own.worker;
        *self.own.lock().expect("no holder panics") = Some(own);
        Ok(worker)
    }

    async fn beat(&self, worker: &Worker, now: i64) -> Result<bool, LedgerError> {
        let beat = "WITH before AS (SELECT id, expires_at FROM worker WHERE id = $1 AND token = $2 FOR UPDATE) \
                    UPDATE worker w SET expires_at = $3 FROM before WHERE w.id = before.id \
                    RETURNING before.expires_at AS expired_at";
        // Counted from before it is sent: others count from when it comes.
        let sent = std::time::Instant::now();
        let before = self.base.run(How::LIGHT, async |connection| {
            let beat = sql(beat).bind(worker.id).bind(&worker.token[..]).bind(now + LEASE);
            let row = beat.fetch_optional(connection).await?;
            Ok(row.map(|row| row.try_get::<i64, _>("expired_at")).transpose()?)
        });
        let Some(before) = before.await? else { return Ok(false) };
        // One that has left since, or never was this object's, is nobody's to keep.
        let _ = self.with_own(worker, |own| {
            own.showed_life(sent, before < now, now);
            Ok(())
        });
        Ok(true)
    }

    fn known_here_alone(&self, worker: &Worker) -> usize {
        self.with_own(worker, |own| Ok(own.attempts.len())).unwrap_or(0)
    }

    async fn leave(&self, worker: Worker, now: i64, lost: Lost<'_>) -> Result<Recovered, LedgerError> {
        let own = self.own.lock().expect("no holder panics").take_if(|own| own.worker == worker);
        // Also of what others gave up for in doubt while this one could not be heard.
        let answered = own.as_ref().map(Own::answered).unwrap_or_default();
        let left = self.base.run(How::AGAIN, async |connection| {
            let still = sql("SELECT id FROM worker WHERE id = $1 FOR UPDATE").bind(worker.id);
            still.fetch_optional(&mut *connection).await?;
            for (release, settled) in &answered {
                Outcomes::of(settled).settle(connection, &worker, *release).await?;
            }
            let traces = own.as_ref().map(|own| &own.traces);
            let (mut taken, _) = take_over(connection, worker.id, traces, now, lost).await?;
            taken.settled += answered.values().map(|settled| settled.len() as u64).sum::<u64>();
            identity::strike_out(connection, worker.id).await?;
            Ok(taken)
        });
        match left.await {
            Ok(recovered) => {
                self.testify_at_the_end().await?;
                Ok(recovered)
            }
            Err(error) => {
                // What it knows is still needed by whoever tries again.
                *self.own.lock().expect("no holder panics") = own;
                Err(error)
            }
        }
    }

    async fn recover(&self, own: &Worker, now: i64, lost: Lost<'_>) -> Result<Recovered, LedgerError> {
        self.recover_others(own, now, lost).await
    }

    async fn claim(
        &self,
        worker: &Worker,
        release: i64,
        parts: &[i64],
        wanted: Wanted,
        now: i64,
    ) -> Result<Vec<Delivery>, LedgerError> {
        // What the rows were before: the update's own answer would say `claimed`. The release is locked against a new text
        // that takes its place, and the worker against being given up.
        let claim = "WITH me AS (SELECT id FROM worker WHERE id = $1 AND token = $7 FOR UPDATE), \
                     alive AS (SELECT id FROM release WHERE id = $2 FOR SHARE), \
                     c AS (SELECT target, state, attempts, first_at, due_at FROM delivery \
                     WHERE release = (SELECT id FROM alive) AND $1 = (SELECT id FROM me) \
                     AND part = $3 AND state IN (0, 4) AND state >= $6 AND due_at <= $4 \
                     ORDER BY due_at, target LIMIT $5 FOR UPDATE SKIP LOCKED), \
                     u AS (UPDATE delivery d SET state = 1, worker = $1, serial = $8 FROM c \
                     WHERE d.release = $2 AND d.part = $3 AND d.target = c.target \
                     RETURNING d.part, c.target, c.state, c.attempts, c.first_at, c.due_at) \
                     SELECT u.part, u.target, u.state, u.attempts, u.first_at, u.due_at, r.address, r.name, r.slots \
                     FROM u LEFT JOIN recipient r ON r.release = $2 AND r.target = u.target ORDER BY u.due_at, u.target";
        let again = "SELECT d.part, d.target, CASE WHEN d.attempts > 0 THEN 4 ELSE 0 END::BIGINT AS state, d.attempts, \
                     d.first_at, d.due_at, r.address, r.name, r.slots FROM delivery d \
                     LEFT JOIN recipient r ON r.release = d.release AND r.target = d.target \
                     WHERE d.worker = $1 AND d.state = 1 AND d.state IN (1, 2) AND d.release = $2 AND d.serial = $3 \
                     ORDER BY d.part, d.due_at, d.target";
        let lowest = if wanted.untried { DeliveryState::Pending } else { DeliveryState::Deferred } as i64;
        let serial = self.next_serial(worker)?;
        let tries = Cell::new(0);
        self.base
            .run(How::AGAIN, async |connection| {
                let mut claimed = Vec::new();
                if tries.replace(tries.get() + 1) > 0 {
                    let again = sql(again).bind(worker.id).bind(release).bind(serial);
                    let rows = again.fetch_all(&mut *connection).await?;
                    if !rows.is_empty() {
                        return rows.iter().map(read_delivery).collect();
                    }
                }
                for part in parts {
                    let left = i64::from(wanted.limit) - i64::try_from(claimed.len()).unwrap_or(i64::MAX);
                    if left <= 0 {
                        break;
                    }
                    let claim = sql(claim).bind(worker.id).bind(release).bind(part).bind(now).bind(left).bind(lowest);
                    let rows = claim.bind(&worker.token[..]).bind(serial).fetch_all(&mut *connection).await?;
                    for row in &rows {
                        claimed.push(read_delivery(row)?);
                    }
                }
                Ok(claimed)
            })
            .await
    }

    async fn mark(&self, worker: &Worker, release: i64, keys: &[DeliveryKey], now: i64) -> Result<Marked, LedgerError> {
        self.settle_and_mark(worker, release, &[], keys, now).await
    }

    async fn settle_and_mark(
        &self,
        worker: &Worker,
        release: i64,
        settled: &[Settled],
        keys: &[DeliveryKey],
        now: i64,
    ) -> Result<Marked, LedgerError> {
        let serial = self.next_serial(worker)?;
        let (outcomes, marking) = (Outcomes::of(settled), Marking::of(keys, serial));
        let tries = Cell::new(0);
        let done = self.base.run(How::AGAIN, async |connection| {
            if !settled.is_empty() {
                outcomes.settle(connection, worker, release).await?;
            }
            let mut found = Found::default();
            let is_again = tries.replace(tries.get() + 1) > 0;
            if is_again && !keys.is_empty() {
                found = marking.found(connection, worker, release).await?;
            }
            if found.marked.is_empty() && !keys.is_empty() {
                marking.mark(connection, worker, release, now, &mut found).await?;
            }
            let uses = match settled.is_empty() && found.marked.is_empty() {
                true => None,
                false => identity::count_use(connection, worker, release, now).await?,
            };
            Ok((found, uses))
        });
        let (found, uses) = done.await?;
        self.testify(uses, now);
        self.with_own(worker, |own| {
            settled.iter().for_each(|settled| own.forget(release, settled.key));
            own.attempts.extend(found.marked.iter().map(|(key, number)| ((release, *key), *number)));
            Ok(())
        })?;
        Ok(Marked { ready: found.marked.into_iter().map(|(key, _)| key).collect(), withdrawn: found.withdrawn })
    }

    fn start(&self, worker: &Worker, release: i64, key: DeliveryKey) -> Result<(), LedgerError> {
        self.with_own(worker, |own| own.start(release, key))
    }

    fn answer(&self, worker: &Worker, release: i64, settled: &Settled) -> Result<(), LedgerError> {
        self.with_own(worker, |own| {
            own.answer(release, settled);
            Ok(())
        })
    }

    fn note_answers(&self, _worker: &Worker) -> Result<(), LedgerError> {
        // This process knows them, and nobody else could read what it noted.
        Ok(())
    }

    async fn settle(&self, worker: &Worker, release: i64, settled: &[Settled]) -> Result<(), LedgerError> {
        let at = settled.iter().map(|settled| settled.at).max().unwrap_or(0);
        self.settle_and_mark(worker, release, settled, &[], at).await.map(drop)
    }

    async fn give_back(&self, worker: &Worker, release: i64, back: &[(DeliveryKey, i64)]) -> Result<(), LedgerError> {
        // One that was refused for now before stays so, and is due as it was unless told otherwise.
        let give = "UPDATE delivery d SET state = CASE WHEN d.attempts > 0 THEN 4 ELSE 0 END, \
                    due_at = CASE WHEN k.due_at = 0 AND d.attempts > 0 THEN d.due_at ELSE k.due_at END, worker = NULL \
                    FROM UNNEST($3, $4, $5) AS k (part, target, due_at) WHERE d.release = $1 AND d.part = k.part \
                    AND d.target = k.target AND d.state = 1 AND d.worker = $2";
        let (parts, targets) = columns(back.iter().map(|(key, _)| key));
        let due: Vec<_> = back.iter().map(|(_, due_at)| *due_at).collect();
        self.base
            .run(How::LIGHT, async |connection| {
                let give = sql(give).bind(release).bind(worker.id).bind(&parts).bind(&targets).bind(&due);
                give.execute(connection).await?;
                Ok(())
            })
            .await
    }

    async fn take_back(
        &self,
        worker: &Worker,
        release: i64,
        keys: &[DeliveryKey],
        even_started: bool,
    ) -> Result<(), LedgerError> {
        let unstarted = self.with_own(worker, |own| {
            let free = |key: &&DeliveryKey| even_started || !own.has_started(release, **key);
            Ok(keys.iter().filter(free).copied().collect::<Vec<_>>())
        })?;
        // One that others gave up for in doubt is not: this worker knows that it has not left. A later text has counted on the
        // doubt.
        let take = format!(
            "UPDATE delivery d SET state = CASE WHEN d.attempts > 1 THEN 4 ELSE 0 END, \
                    attempts = d.attempts - 1, first_at = CASE WHEN d.attempts > 1 THEN d.first_at END, \
                    due_at = CASE WHEN d.attempts > 1 THEN d.due_at ELSE 0 END, worker = NULL, \
             detail = CASE WHEN d.state = 6 THEN NULL ELSE d.detail END, \
             settled_at = CASE WHEN d.state = 6 THEN NULL ELSE d.settled_at END \
             FROM UNNEST($3, $4) AS k (part, target) WHERE d.release = $1 AND d.part = k.part \
                    AND d.target = k.target AND (d.state = 2 OR (d.state = 6 AND {NEWEST_OF_ALL})) AND d.worker = $2"
        );
        let (parts, targets) = columns(&unstarted);
        let taken = self.base.run(How::AGAIN, async |connection| {
            built(take.clone()).bind(release).bind(worker.id).bind(&parts).bind(&targets).execute(connection).await?;
            Ok(())
        });
        taken.await?;
        self.with_own(worker, |own| {
            unstarted.iter().for_each(|key| own.forget(release, *key));
            Ok(())
        })
    }

    async fn hasten(&self, release: i64, parts: &[i64], now: i64) -> Result<(), LedgerError> {
        // Some at a time, so that nobody waits long for a row.
        let hasten = "UPDATE delivery SET due_at = $3 WHERE release = $1 AND part = $2 AND state IN (0, 4) AND state = 4 \
                      AND due_at > $3 AND hold_until <= $3 AND target IN \
                      (SELECT target FROM delivery WHERE release = $1 AND part = $2 AND state IN (0, 4) AND state = 4 \
                      AND due_at > $3 AND hold_until <= $3 LIMIT 5000)";
        for part in parts {
            loop {
                let done = self.base.run(How::AGAIN, async |connection| {
                    let hasten = sql(hasten).bind(release).bind(part).bind(now);
                    Ok(hasten.execute(connection).await?.rows_affected())
                });
                if done.await? == 0 {
                    break;
                }
            }
        }
        Ok(())
    }

    async fn reopen(&self, release: i64, keys: &[DeliveryKey], due_at: i64) -> Result<(), LedgerError> {
        let newest = is_newest();
        let again = format!(
            "UPDATE delivery d SET state = 4, due_at = $4, settled_at = NULL FROM UNNEST($2, $3) AS k (part, target) \
             WHERE d.release = $1 AND d.part = k.part AND d.target = k.target AND d.state = 5 AND {newest}"
        );
        let open = format!("UPDATE release SET state = 1 WHERE id = $1 AND state = 3 AND {newest}");
        let (parts, targets) = columns(keys);
        self.base
            .run(How::AGAIN, async |connection| {
                let again = built(again.clone()).bind(release).bind(&parts).bind(&targets).bind(due_at);
                again.execute(&mut *connection).await?;
                built(open.clone()).bind(release).execute(connection).await?;
                Ok(())
            })
            .await
    }

    async fn rewind(&self, now: i64) -> Result<i64, LedgerError> {
        self.set_back(now).await
    }

    async fn waiting(&self, worker: &Worker, release: i64, parts: &[i64]) -> Result<Waiting, LedgerError> {
        // At one moment: what is taken over between two looks would be seen by neither. Held is also what belongs to one that
        // shows no life any more, until the next look takes that over: whoever ended in between would leave it lying. Nobody
        // stands still with something in hand for longer than a lease.
        let next = |state| {
            format!(
                "(SELECT min(n.due_at) FROM UNNEST($3) AS p (part) CROSS JOIN LATERAL (SELECT min(due_at) AS due_at \
                 FROM delivery WHERE release = $2 AND part = p.part AND state IN (0, 4) AND state = {state}) n)"
            )
        };
        let look = format!(
            "SELECT {} AS pending, {} AS deferred, (SELECT count(*) FROM delivery WHERE release = $2 AND state IN (1, 2) \
             AND worker <> $1 AND part = ANY ($3)) AS held",
            next(0),
            next(4)
        );
        self.base
            .run(How::LIGHT, async |connection| {
                let look = built(look.clone()).bind(worker.id).bind(release).bind(parts);
                let row = look.fetch_one(connection).await?;
                let elsewhere = row.try_get::<i64, _>("held")?.unsigned_abs();
                Ok(Waiting {
                    next_pending: row.try_get("pending")?,
                    next_deferred: row.try_get("deferred")?,
                    elsewhere,
                })
            })
            .await
    }

    async fn is_due(&self, release: i64, parts: &[i64], untried: bool, now: i64) -> Result<bool, LedgerError> {
        let due = "SELECT EXISTS (SELECT 1 FROM delivery WHERE release = $1 AND part = ANY ($2) AND state IN (0, 4) \
                   AND (state = 4 OR $3) AND due_at <= $4) \
                   OR EXISTS (SELECT 1 FROM delivery d WHERE d.release = $1 AND d.part = ANY ($2) AND d.state IN (1, 2) \
                   AND NOT EXISTS (SELECT 1 FROM worker w WHERE w.id = d.worker AND w.expires_at >= $4)) AS due";
        self.base
            .run(How::LIGHT, async |connection| {
                let due = sql(due).bind(release).bind(parts).bind(untried).bind(now);
                Ok(due.fetch_one(connection).await?.try_get("due")?)
            })
            .await
    }

    async fn is_alone(&self, worker: &Worker) -> Result<bool, LedgerError> {
        let alone = format!("SELECT NOT EXISTS ({LIVELY}) AS alone");
        self.base
            .run(How::LIGHT, async |connection| {
                let row = built(alone.clone()).bind(worker.id).bind(LEASE).fetch_one(connection).await?;
                Ok(row.try_get("alone")?)
            })
            .await
    }

    async fn release_state(&self, release: i64) -> Result<ReleaseState, LedgerError> {
        let state = "SELECT state FROM release WHERE id = $1";
        let number = self.base.run(How::LIGHT, async |connection| {
            let row = sql(state).bind(release).fetch_optional(connection).await?;
            Ok(row.map(|row| row.try_get::<i64, _>("state")).transpose()?)
        });
        number
            .await?
            .and_then(ReleaseState::from_number)
            .ok_or_else(|| LedgerError::Damaged("a release that is being sent is gone".to_owned()))
    }

    async fn seat(&self, name: &str, limit: usize) -> Result<Option<Seat>, LedgerError> {
        self.keep();
        let place = Place::take(&self.base, self.owner, name, limit).await?;
        Ok(place.map(|place| Seat(Box::new(place))))
    }
}
