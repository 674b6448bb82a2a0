//! Claims, marks and outcomes on SQLite.
//!
//! One row a commit is some 300 a second; so marks and outcomes travel in groups, as one JSON parameter, and what
//! happens between two commits stands in the journal.

use std::collections::HashMap;

use serde_json::Value;
use sqlx::{AssertSqlSafe, Row, query};

use super::own::{Held, Own, Stage};
use super::revision::IS_NEWEST;
use super::rows::{DELIVERIES, read_deliveries, read_target};
use super::{SqliteLedger, identity, json_array};
use crate::ledger::boot::boot_id;
use crate::ledger::journal::{self, Attempt, Journal};
use crate::ledger::{
    Delivery, DeliveryKey, DeliveryState, LEASE, LedgerError, Lost, Marked, Recovered, ReleaseState, Seat, Settled,
    WITHDRAWN, Waiting, Wanted, Work, Worker,
};
use crate::plan::Target;

/// Workers other than ?1 that showed life within a lease (?2). Their last sign is compared with the worker's own, which is
/// a third of a lease old at most.
const LIVELY: &str = "SELECT id FROM worker WHERE id <> ?1 \
                      AND expires_at > (SELECT expires_at FROM worker WHERE id = ?1) - ?2";

impl Work for SqliteLedger {
    /// The journal beside it does.
    fn tells_starts(&self) -> bool {
        true
    }

    async fn join(&self, now: i64) -> Result<Worker, LedgerError> {
        let mut token = [0; 16];
        getrandom::fill(&mut token).map_err(|error| LedgerError::Database(format!("no random numbers: {error}")))?;
        let beside = self.beside()?;
        let alive = beside.enter(&token)?;
        let journal = Journal::begin(beside.journal(&token), boot_id())?;
        let sql = "INSERT INTO worker (token, expires_at) VALUES (?, ?) RETURNING id";
        let row = query(sql).bind(&token[..]).bind(now + LEASE).fetch_one(&self.pool).await?;
        let worker = Worker { id: row.try_get("id")?, token };
        let own = Own { worker, journal, held: HashMap::new(), _alive: alive };
        *self.own.lock().expect("no holder panics") = Some(own);
        Ok(worker)
    }

    async fn beat(&self, worker: &Worker, now: i64) -> Result<bool, LedgerError> {
        let sql = "UPDATE worker SET expires_at = ? WHERE id = ? AND token = ?";
        let query = query(sql).bind(now + LEASE).bind(worker.id).bind(&worker.token[..]);
        Ok(query.execute(&self.pool).await?.rows_affected() == 1)
    }

    async fn leave(&self, worker: Worker, now: i64, lost: Lost<'_>) -> Result<Recovered, LedgerError> {
        let mut own = self.own.lock().expect("no holder panics").take_if(|own| own.worker == worker);
        // What could not be written before, on a full disk.
        let _ = own.as_mut().map(|own| own.journal.write());
        let recovered = self.take_over(worker, now, lost).await?;
        self.testify_at_the_end().await?;
        drop(own);
        Ok(recovered)
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
        let sql = "UPDATE delivery SET state = 1, worker = ?1 WHERE release = ?2 AND part = ?3 AND target IN \
                   (SELECT target FROM delivery WHERE release = ?2 AND part = ?3 AND state IN (0, 4) AND state >= ?6 AND due_at <= ?4 \
                    ORDER BY due_at, target LIMIT ?5)";
        // What the rows were before: the update's own answer would say `claimed`.
        let before = format!(
            "SELECT {DELIVERIES} AS rows FROM (SELECT * FROM delivery WHERE release = ?1 AND part = ?2 AND state IN (0, 4) \
             AND state >= ?5 AND due_at <= ?3 ORDER BY due_at, target LIMIT ?4) d \
             LEFT JOIN recipient r ON r.release = ?1 AND r.target = d.target"
        );
        let lowest = if wanted.untried { DeliveryState::Pending } else { DeliveryState::Deferred } as i64;
        let mut claimed = Vec::new();
        for part in parts {
            let left = wanted.limit.saturating_sub(u32::try_from(claimed.len()).unwrap_or(u32::MAX));
            if left == 0 {
                break;
            }
            let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
            let rows = query(AssertSqlSafe(before.as_str())).bind(release).bind(part).bind(now).bind(left).bind(lowest);
            let rows = rows.fetch_one(&mut *transaction).await?;
            let mut rows = read_deliveries(rows.try_get("rows")?)?;
            if rows.is_empty() {
                continue;
            }
            let update = query(sql).bind(worker.id).bind(release).bind(part).bind(now).bind(left).bind(lowest);
            update.execute(&mut *transaction).await?;
            transaction.commit().await?;
            // An aggregate is in no order that one can rely on.
            rows.sort_by_key(|delivery| (delivery.due_at, delivery.target));
            claimed.append(&mut rows);
        }
        self.with_own(worker, |own| {
            let held = |delivery: &Delivery| Held { number: delivery.attempts + 1, stage: Stage::Claimed };
            own.held.extend(claimed.iter().map(|delivery| ((release, delivery.key()), held(delivery))));
            Ok(())
        })?;
        Ok(claimed)
    }

    async fn mark(&self, worker: &Worker, release: i64, keys: &[DeliveryKey], now: i64) -> Result<Marked, LedgerError> {
        // Few are suppressed, so that those are looked for first.
        let withdraw = "UPDATE delivery SET state = 5, settled_at = ?5, detail = ?6, worker = NULL \
                        WHERE release = ?1 AND part = ?2 AND target IN (SELECT s.target FROM json_each(?3) k \
                        JOIN suppression s ON s.target = unhex(k.value)) AND state = 1 AND worker = ?4 RETURNING target";
        let mark = "UPDATE delivery SET state = 2, attempts = attempts + 1, first_at = coalesce(first_at, ?5), \
                    marked_at = ?5, settled_at = NULL \
                    WHERE release = ?1 AND part = ?2 AND target IN (SELECT unhex(value) FROM json_each(?3)) \
                    AND state = 1 AND worker = ?4 \
                    AND EXISTS (SELECT 1 FROM worker WHERE id = ?4 AND token = ?6) \
                    AND EXISTS (SELECT 1 FROM release WHERE id = ?1 AND state = 1)";
        // Asked only where not all were: a row each costs more than the update.
        let which = "SELECT target FROM delivery WHERE release = ?1 AND part = ?2 \
                     AND target IN (SELECT unhex(value) FROM json_each(?3)) AND state = 2 AND worker = ?4 AND marked_at = ?5";
        let mut marked = Marked::default();
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        for (part, targets) in by_part(keys) {
            let rows = json_array(&targets);
            let query_of = |sql| query(sql).bind(release).bind(part).bind(rows.as_str()).bind(worker.id).bind(now);
            for row in &query_of(withdraw).bind(WITHDRAWN).fetch_all(&mut *transaction).await? {
                marked.withdrawn.push(DeliveryKey { part, target: read_target(row, "target")? });
            }
            let count = query_of(mark).bind(&worker.token[..]).execute(&mut *transaction).await?.rows_affected();
            if count == targets.len() as u64 {
                marked.ready.extend(targets.iter().map(|target| DeliveryKey { part, target: *target }));
            } else if count > 0 {
                for row in &query_of(which).fetch_all(&mut *transaction).await? {
                    marked.ready.push(DeliveryKey { part, target: read_target(row, "target")? });
                }
            }
        }
        let uses = match marked.ready.is_empty() {
            true => None,
            false => identity::count_use(&mut transaction, release, now).await?,
        };
        transaction.commit().await?;
        self.testify(uses, now);
        self.with_own(worker, |own| own.marked(release, &marked))?;
        Ok(marked)
    }

    fn start(&self, worker: &Worker, release: i64, key: DeliveryKey) -> Result<(), LedgerError> {
        self.with_own(worker, |own| match own.held.get_mut(&(release, key)) {
            Some(held) if held.stage != Stage::Claimed => {
                own.journal.start(Attempt { release, key, number: held.number })?;
                held.stage = Stage::Started;
                Ok(())
            }
            _ => Err(LedgerError::Database("a delivery was started that was not marked".to_owned())),
        })
    }

    fn answer(&self, worker: &Worker, release: i64, settled: &Settled) -> Result<(), LedgerError> {
        self.with_own(worker, |own| {
            if let Some(attempt) = own.attempt(release, settled.key) {
                own.journal.answer(attempt, settled);
            }
            Ok(())
        })
    }

    fn note_answers(&self, worker: &Worker) -> Result<(), LedgerError> {
        self.with_own(worker, |own| own.journal.write())
    }

    async fn settle(&self, worker: &Worker, release: i64, settled: &[Settled]) -> Result<(), LedgerError> {
        // An upsert finds each row by its key; an UPDATE … FROM json_each would read the whole table. A row that was left in
        // doubt meanwhile comes back only if it was sent after all.
        let sql = "INSERT INTO delivery (release, part, target, state, due_at, hold_until, detail, settled_at) \
                   SELECT ?1, value->>0, unhex(value->>1), value->>2, value->>3, value->>4, value->>5, value->>6 \
                   FROM json_each(?2) WHERE value->>2 = 3 OR EXISTS (SELECT 1 FROM delivery WHERE release = ?1 \
                   AND part = value->>0 AND target = unhex(value->>1)) \
                   ON CONFLICT (release, part, target) DO UPDATE SET state = excluded.state, due_at = excluded.due_at, \
                   hold_until = excluded.hold_until, detail = excluded.detail, settled_at = excluded.settled_at \
                   WHERE worker = ?3 AND (state = 2 OR (state = 6 AND excluded.state = 3))";
        let rows = settled
            .iter()
            .map(|s| (s.key.part, s.key.target, s.state as i64, s.due_at, s.hold_until, s.detail.as_str(), s.at));
        let at = settled.iter().map(|settled| settled.at).max().unwrap_or(0);
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let query = query(sql).bind(release).bind(json_array(rows)).bind(worker.id);
        query.execute(&mut *transaction).await?;
        let uses = identity::count_use(&mut transaction, release, at).await?;
        transaction.commit().await?;
        self.testify(uses, at);
        self.with_own(worker, |own| {
            for key in settled.iter().map(|settled| settled.key) {
                if let Some(attempt) = own.attempt(release, key) {
                    own.journal.settled(attempt);
                    own.held.remove(&(release, key));
                }
            }
            Ok(())
        })
    }

    async fn give_back(&self, worker: &Worker, release: i64, back: &[(DeliveryKey, i64)]) -> Result<(), LedgerError> {
        // One that was refused for now before stays so, and is due as it was unless told otherwise.
        let sql = "INSERT INTO delivery (release, part, target, state, due_at) \
                   SELECT ?1, value->>0, unhex(value->>1), 0, value->>2 FROM json_each(?2) \
                   WHERE EXISTS (SELECT 1 FROM delivery WHERE release = ?1 AND part = value->>0 \
                   AND target = unhex(value->>1)) \
                   ON CONFLICT (release, part, target) DO UPDATE SET state = CASE WHEN attempts > 0 THEN 4 ELSE 0 END, \
                   due_at = CASE WHEN excluded.due_at = 0 AND attempts > 0 THEN due_at ELSE excluded.due_at END, \
                   worker = NULL WHERE state = 1 AND worker = ?3";
        let rows = json_array(back.iter().map(|(key, due_at)| (key.part, key.target, due_at)));
        query(sql).bind(release).bind(rows).bind(worker.id).execute(&self.pool).await?;
        self.with_own(worker, |own| {
            for (key, _) in back {
                let held = own.held.get(&(release, *key));
                if held.is_some_and(|held| held.stage == Stage::Claimed) {
                    own.held.remove(&(release, *key));
                }
            }
            Ok(())
        })
    }

    async fn take_back(
        &self,
        worker: &Worker,
        release: i64,
        keys: &[DeliveryKey],
        even_started: bool,
    ) -> Result<(), LedgerError> {
        let unstarted = self.with_own(worker, |own| {
            let started = |key| own.held.get(&(release, key)).is_some_and(|held| held.stage == Stage::Started);
            let free = |key: &&DeliveryKey| even_started || !started(**key);
            Ok(keys.iter().filter(free).copied().collect::<Vec<_>>())
        })?;
        let sql = "UPDATE delivery SET state = CASE WHEN attempts > 1 THEN 4 ELSE 0 END, attempts = attempts - 1, \
                   first_at = CASE WHEN attempts > 1 THEN first_at END, \
                   due_at = CASE WHEN attempts > 1 THEN due_at ELSE 0 END, worker = NULL \
                   WHERE release = ?1 AND part = ?2 AND target IN (SELECT unhex(value) FROM json_each(?3)) \
                   AND state = 2 AND worker = ?4";
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        for (part, targets) in by_part(&unstarted) {
            let query = query(sql).bind(release).bind(part).bind(json_array(&targets)).bind(worker.id);
            query.execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        self.with_own(worker, |own| {
            for key in &unstarted {
                own.held.remove(&(release, *key));
            }
            Ok(())
        })
    }

    async fn hasten(&self, release: i64, parts: &[i64], now: i64) -> Result<(), LedgerError> {
        // Some at a time, so that other processes can write in between.
        let sql = "UPDATE delivery SET due_at = ?3 WHERE release = ?1 AND part = ?2 AND target IN \
                   (SELECT target FROM delivery WHERE release = ?1 AND part = ?2 AND state IN (0, 4) AND state = 4 \
                    AND due_at > ?3 AND hold_until <= ?3 LIMIT 5000)";
        for part in parts {
            while query(sql).bind(release).bind(part).bind(now).execute(&self.pool).await?.rows_affected() > 0 {}
        }
        Ok(())
    }

    async fn reopen(&self, release: i64, keys: &[DeliveryKey], due_at: i64) -> Result<(), LedgerError> {
        let sql = format!(
            "UPDATE delivery SET state = 4, due_at = ?4, settled_at = NULL WHERE release = ?1 AND part = ?2 \
             AND target IN (SELECT unhex(value) FROM json_each(?3)) AND state = 5 AND {IS_NEWEST}"
        );
        let open = format!("UPDATE release SET state = 1 WHERE id = ?1 AND state = 3 AND {IS_NEWEST}");
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        for (part, targets) in by_part(keys) {
            let query = query(AssertSqlSafe(sql.as_str()));
            let query = query.bind(release).bind(part).bind(json_array(&targets)).bind(due_at);
            query.execute(&mut *transaction).await?;
        }
        query(AssertSqlSafe(open)).bind(release).execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(())
    }

    async fn rewind(&self, now: i64) -> Result<i64, LedgerError> {
        self.set_back(now).await
    }

    async fn waiting(&self, worker: &Worker, release: i64, parts: &[i64]) -> Result<Waiting, LedgerError> {
        // At one moment: what is taken over between two looks would be seen by neither. One that shows no life any more may
        // stand still for hours; nobody waits for it.
        let next = |state| {
            format!(
                "(SELECT min((SELECT min(due_at) FROM delivery WHERE release = ?3 AND part = p.value AND state IN (0, 4) \
                 AND state = {state})) FROM json_each(?4) p)"
            )
        };
        // With a plus, so that what is held is found by its worker and not among all that there is.
        let look = format!(
            "SELECT {} AS pending, {} AS deferred, (SELECT count(*) FROM delivery WHERE +release = ?3 AND state IN (1, 2) \
             AND worker IN ({LIVELY}) AND +part IN (SELECT value FROM json_each(?4))) AS held",
            next(0),
            next(4)
        );
        let look = query(AssertSqlSafe(look)).bind(worker.id).bind(LEASE).bind(release);
        let row = look.bind(Value::from(parts).to_string()).fetch_one(&self.pool).await?;
        let elsewhere = row.try_get::<i64, _>("held")?.unsigned_abs();
        Ok(Waiting { next_pending: row.try_get("pending")?, next_deferred: row.try_get("deferred")?, elsewhere })
    }

    async fn is_due(&self, release: i64, parts: &[i64], untried: bool, now: i64) -> Result<bool, LedgerError> {
        let due = "SELECT EXISTS (SELECT 1 FROM delivery WHERE release = ?1 AND part IN (SELECT value FROM json_each(?2)) \
                   AND state IN (0, 4) AND (state = 4 OR ?3) AND due_at <= ?4) \
                   OR EXISTS (SELECT 1 FROM delivery WHERE release = ?1 AND part IN (SELECT value FROM json_each(?2)) \
                   AND state IN (1, 2) AND worker NOT IN (SELECT id FROM worker WHERE expires_at >= ?4)) AS due";
        let due = query(due).bind(release).bind(Value::from(parts).to_string()).bind(untried).bind(now);
        Ok(due.fetch_one(&self.pool).await?.try_get("due")?)
    }

    async fn is_alone(&self, worker: &Worker) -> Result<bool, LedgerError> {
        let sql = AssertSqlSafe(format!("SELECT NOT EXISTS ({LIVELY}) AS alone"));
        let row = query(sql).bind(worker.id).bind(LEASE).fetch_one(&self.pool).await?;
        Ok(row.try_get("alone")?)
    }

    async fn release_state(&self, release: i64) -> Result<ReleaseState, LedgerError> {
        let row = query("SELECT state FROM release WHERE id = ?").bind(release).fetch_optional(&self.pool).await?;
        let number = row.map(|row| row.try_get::<i64, _>("state")).transpose()?;
        number
            .and_then(ReleaseState::from_number)
            .ok_or_else(|| LedgerError::Damaged("a release that is being sent is gone".to_owned()))
    }

    async fn seat(&self, name: &str, limit: usize) -> Result<Option<Seat>, LedgerError> {
        Ok(self.beside()?.seat(name, limit)?.map(|file| Seat(Box::new(file))))
    }
}

impl SqliteLedger {
    /// Clears away what a worker had beside the database.
    pub(super) fn clear_beside(&self, token: &[u8; 16]) -> Result<(), LedgerError> {
        let beside = self.beside()?;
        journal::remove(&beside.journal(token));
        beside.clear(token);
        Ok(())
    }
}

fn by_part(keys: &[DeliveryKey]) -> Vec<(i64, Vec<Target>)> {
    let mut parts: Vec<(i64, Vec<Target>)> = Vec::new();
    for key in keys {
        match parts.iter_mut().find(|(part, _)| *part == key.part) {
            Some((_, targets)) => targets.push(key.target),
            None => parts.push((key.part, vec![key.target])),
        }
    }
    parts
}
