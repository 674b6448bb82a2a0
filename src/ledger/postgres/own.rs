//! What a process knows of its own worker, in memory: what it marked, started and heard.
//!
//! There is no journal: the memory is as good as one as long as the process lives, also while the database is away; and
//! when it dies, others on other machines could not read one.

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};

use super::PostgresLedger;
use crate::ledger::journal::{Attempt, Trace};
use crate::ledger::{DeliveryKey, LEASE, LedgerError, Settled, Worker};

/// This process's worker.
#[derive(Debug)]
pub(super) struct Own {
    pub worker: Worker,
    /// When the last sign of life that came was sent. By a clock that nobody sets, which counts on while a process stands still.
    seen: Instant,
    /// Until when others are given time, after this one could not show life for a lease.
    back_until: i64,
    /// Of the last claim or mark.
    serial: i64,
    /// The number of the attempt that each marked delivery is in.
    pub attempts: HashMap<(i64, DeliveryKey), i64>,
    /// What was started, and what was answered.
    pub traces: HashMap<Attempt, Trace>,
}

impl Own {
    /// One that is not registered yet; its lease is counted from here.
    pub(super) fn begin(token: [u8; 16]) -> Own {
        Own {
            worker: Worker { id: 0, token },
            seen: Instant::now(),
            back_until: i64::MIN,
            serial: 0,
            attempts: HashMap::new(),
            traces: HashMap::new(),
        }
    }

    pub(super) fn named(mut self, id: i64) -> Own {
        self.worker.id = id;
        self
    }

    /// Notes a sign of life that came; `late`: its lease was over before.
    pub(super) fn showed_life(&mut self, sent: Instant, late: bool, now: i64) {
        self.seen = sent;
        if late {
            self.back_until = now + LEASE;
        }
    }

    /// Notes that the content of a marked delivery leaves now.
    ///
    /// # Errors
    /// [`LedgerError::Overtaken`] when others may have taken the delivery over: it must not leave.
    pub(super) fn start(&mut self, release: i64, key: DeliveryKey) -> Result<(), LedgerError> {
        let Some(attempt) = self.attempt(release, key) else {
            return Err(LedgerError::Database("a delivery was started that was not marked".to_owned()));
        };
        if self.seen.elapsed() >= Duration::from_millis(LEASE.unsigned_abs()) {
            return Err(LedgerError::Overtaken);
        }
        self.traces.insert(attempt, Trace::Started);
        Ok(())
    }

    pub(super) fn answer(&mut self, release: i64, settled: &Settled) {
        if let Some(attempt) = self.attempt(release, settled.key) {
            self.traces.insert(attempt, Trace::Answered(settled.clone()));
        }
    }

    /// What was answered and the database does not know, by release.
    pub(super) fn answered(&self) -> BTreeMap<i64, Vec<Settled>> {
        let mut answered: BTreeMap<i64, Vec<Settled>> = BTreeMap::new();
        for (attempt, trace) in &self.traces {
            if let Trace::Answered(settled) = trace {
                answered.entry(attempt.release).or_default().push(settled.clone());
            }
        }
        answered
    }

    pub(super) fn has_started(&self, release: i64, key: DeliveryKey) -> bool {
        self.attempt(release, key).is_some_and(|attempt| self.traces.contains_key(&attempt))
    }

    /// The database knows how it ended.
    pub(super) fn forget(&mut self, release: i64, key: DeliveryKey) {
        if let Some(attempt) = self.attempt(release, key) {
            self.traces.remove(&attempt);
            self.attempts.remove(&(release, key));
        }
    }

    fn attempt(&self, release: i64, key: DeliveryKey) -> Option<Attempt> {
        let number = *self.attempts.get(&(release, key))?;
        Some(Attempt { release, key, number })
    }
}

impl PostgresLedger {
    /// Calls `act` with this process's worker, if it is this one.
    pub(super) fn with_own<T>(
        &self,
        worker: &Worker,
        act: impl FnOnce(&mut Own) -> Result<T, LedgerError>,
    ) -> Result<T, LedgerError> {
        let mut own = self.own.lock().expect("no holder panics");
        match own.as_mut().filter(|own| own.worker == *worker) {
            Some(own) => act(own),
            None => Err(LedgerError::Database("this worker has left".to_owned())),
        }
    }

    /// A number that no claim or mark of this worker had.
    pub(super) fn next_serial(&self, worker: &Worker) -> Result<i64, LedgerError> {
        self.with_own(worker, |own| {
            own.serial += 1;
            Ok(own.serial)
        })
    }

    /// Whether nobody could show life lately, as far as this worker can tell.
    pub(super) fn is_just_back(&self, worker: &Worker, now: i64) -> bool {
        self.with_own(worker, |own| Ok(now < own.back_until)).unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Target;

    #[test]
    fn a_process_that_stood_still_for_a_lease_starts_nothing_until_it_has_shown_life() {
        let mut own = Own::begin([1; 16]).named(1);
        let key = DeliveryKey { part: 0, target: Target([2; 16]) };
        assert!(matches!(own.start(3, key), Err(LedgerError::Database(_))), "it was not marked");
        own.attempts.insert((3, key), 1);
        let lease = Duration::from_millis(LEASE.unsigned_abs());
        own.showed_life(Instant::now().checked_sub(lease).expect("the machine runs for longer"), false, 0);
        assert!(matches!(own.start(3, key), Err(LedgerError::Overtaken)));
        assert!(!own.has_started(3, key), "it can be taken back");
        own.showed_life(Instant::now(), false, 0);
        own.start(3, key).expect("may leave");
        assert!(own.has_started(3, key));
    }
}
