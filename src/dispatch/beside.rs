//! What goes on beside the lanes of a run: signs of life, others that show none, the end from outside, the figures; and how a
//! worker leaves the record.
//!
//! Comes in: the ledger, the signal. Goes out: the phase that all lanes see. Delivers nothing.

use std::time::{Duration, Instant};

use super::control::{Ending, Phase};
use super::lane::Run;
use super::{Dispatch, GRACE, figures};
use crate::ledger::{LEASE, LedgerError, LostDelivery, Pacing, Recovered, ReleaseState, Work, Worker};

/// How often the ledger is asked whether the release was stopped.
const WATCH: Duration = Duration::from_millis(700);
/// How often the worker shows that it lives, and looks for others that do not.
const BEAT: Duration = Duration::from_millis(LEASE as u64 / 3);
/// How often progress is shown.
const SHOW: Duration = Duration::from_millis(200);
/// How often deliveries are counted for those who watch from outside, and how many times longer than that takes it rests.
const COUNT: Duration = Duration::from_secs(2);
const COUNT_APART: u32 = 50;
/// How long a record that is away at the end is waited for: longer than any repair takes.
const REPAIR: Duration = Duration::from_secs(24 * 3600);

impl<L: Work + Pacing> Dispatch<'_, L> {
    /// Takes the worker off the record. Where that is away and only this process knows what was answered, it waits for it.
    pub(super) async fn leave(&self, worker: Worker) -> Result<Recovered, LedgerError> {
        let began = Instant::now();
        let mut waits = false;
        loop {
            let now = self.clock.now();
            let lost = |delivery: LostDelivery<'_>| self.ways.lost(delivery, now);
            let error = match self.ledger.leave(worker, now, &lost).await {
                Ok(recovered) => return Ok(recovered),
                Err(error) => error,
            };
            let known = self.ledger.known_here_alone(&worker);
            let Some(tell) = self.holds_on.filter(|_| known > 0 && began.elapsed() < REPAIR) else {
                return Err(error);
            };
            if !std::mem::replace(&mut waits, true) {
                tell(known);
            }
            let mut signal = self.signal.clone();
            tokio::select! {
                () = tokio::time::sleep(WATCH) => {}
                Ok(_) = signal.wait_for(|phase| *phase >= Phase::Abandon) => return Err(error),
            }
        }
    }

    pub(super) async fn recover(&self, worker: &Worker) -> Result<Recovered, LedgerError> {
        let now = self.clock.now();
        let lost = |delivery: LostDelivery<'_>| self.ways.lost(delivery, now);
        let recovered = self.ledger.recover(worker, now, &lost).await?;
        if recovered != Recovered::default() {
            tracing::info!(?recovered, "took over from a run that did not end by itself");
        }
        Ok(recovered)
    }

    /// Shows life, looks for others that show none, listens for the end. Comes back only with the ledger's error.
    pub(super) async fn watch(&self, run: &Run<'_, L>) -> LedgerError {
        let signals = async {
            let mut signal = self.signal.clone();
            if signal.wait_for(|phase| *phase >= Phase::Finish).await.is_ok() {
                run.control.end(Phase::Finish, Ending::Signal);
                let _ = tokio::time::timeout(GRACE, signal.wait_for(|phase| *phase >= Phase::Abandon)).await;
                run.control.end(Phase::Abandon, Ending::Signal);
            }
            std::future::pending::<LedgerError>().await
        };
        let show = async {
            loop {
                (self.show)(run.tally);
                tokio::time::sleep(SHOW).await;
            }
        };
        tokio::select! {
            error = signals => error,
            error = self.beat(run) => error,
            error = self.look(run) => error,
            () = show => unreachable!("it goes on until the others end"),
            () = self.count() => unreachable!("it goes on until the others end"),
        }
    }

    /// Counts how the release stands, for whoever reads the figures. Where that takes long it is done less often: the record
    /// has other things to do.
    async fn count(&self) {
        let standing = self.metrics.post(&self.release.slug);
        let mut before = Duration::ZERO;
        while self.metrics.is_offered() {
            let began = Instant::now();
            // What stands in the way of it is told by whoever needs the record.
            if let Ok(totals) = self.ledger.totals(self.release.id).await {
                figures::show(&standing, self.parts, &totals);
            }
            // One count that had to wait for the record says nothing about the next one.
            let took = began.elapsed();
            tokio::time::sleep(COUNT.max(COUNT_APART * took.min(before))).await;
            before = took;
        }
        std::future::pending().await
    }

    async fn beat(&self, run: &Run<'_, L>) -> LedgerError {
        loop {
            tokio::time::sleep(BEAT).await;
            let before = self.clock.now();
            match self.ledger.beat(&run.worker, before).await {
                Ok(true) => run.seen.set(before),
                Ok(false) => run.control.end(Phase::Finish, Ending::GivenUp),
                Err(LedgerError::Locked) => continue,
                Err(error) => return error,
            }
            match self.recover(&run.worker).await {
                Ok(_) | Err(LedgerError::Locked) => {}
                Err(error) => return error,
            }
        }
    }

    async fn look(&self, run: &Run<'_, L>) -> LedgerError {
        loop {
            tokio::time::sleep(WATCH).await;
            match self.ledger.release_state(self.release.id).await {
                Ok(ReleaseState::Open) | Err(LedgerError::Locked) => {}
                Ok(_) => run.control.end(Phase::Finish, Ending::Stopped),
                Err(error) => return error,
            }
        }
    }
}
