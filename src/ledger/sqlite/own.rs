//! What this process's worker has beside the database: its journal, and how far each of its deliveries is.

use std::collections::HashMap;
use std::fs::File;

use super::SqliteLedger;
use crate::ledger::journal::{Attempt, Journal};
use crate::ledger::{DeliveryKey, LedgerError, Marked, Worker};

/// What this process's worker has beside the database.
#[derive(Debug)]
pub(super) struct Own {
    pub(super) worker: Worker,
    pub(super) journal: Journal,
    /// What it has of each release.
    pub(super) held: HashMap<(i64, DeliveryKey), Held>,
    /// Held for its lock.
    pub(super) _alive: File,
}

/// A delivery that this worker has.
#[derive(Debug, Clone, Copy)]
pub(super) struct Held {
    /// Of the attempt that it is in, or will be once it is marked.
    pub(super) number: i64,
    pub(super) stage: Stage,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Claimed,
    Marked,
    /// Its content left, or began to.
    Started,
}

impl Own {
    /// The attempt that a marked delivery is in.
    pub(super) fn attempt(&self, release: i64, key: DeliveryKey) -> Option<Attempt> {
        let held = self.held.get(&(release, key)).filter(|held| held.stage != Stage::Claimed)?;
        Some(Attempt { release, key, number: held.number })
    }

    pub(super) fn marked(&mut self, release: i64, marked: &Marked) -> Result<(), LedgerError> {
        for key in &marked.withdrawn {
            self.held.remove(&(release, *key));
        }
        for key in &marked.ready {
            let unknown = || LedgerError::Database("a delivery was marked that this worker had not claimed".to_owned());
            self.held.get_mut(&(release, *key)).ok_or_else(unknown)?.stage = Stage::Marked;
        }
        Ok(())
    }
}

impl SqliteLedger {
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
}
