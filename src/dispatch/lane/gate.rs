//! The gate of one delivery: notes its start in the ledger, and when nobody waits for it any more.

use std::cell::Cell;
use std::time::{Duration, Instant};

use super::super::control::Phase;
use super::{Failure, Lane};
use crate::channel::{Closed, Gate};
use crate::ledger::{DeliveryKey, Pacing, Work};
use crate::metrics::Counted;

/// The gate of one delivery.
pub(super) struct LaneGate<'a, 'b, L> {
    pub lane: &'a Lane<'b, L>,
    pub key: DeliveryKey,
    /// What the log calls the delivery.
    pub id: &'a str,
    pub opened: Cell<bool>,
    /// Whether a connection stood for it, ready for a delivery.
    pub stood: Cell<bool>,
    pub line: &'a Counted<'a>,
    /// When the stage at hand began.
    pub since: Cell<Instant>,
}

impl<L: Work + Pacing> LaneGate<'_, '_, L> {
    /// The time since the last call, or since the delivery was begun.
    pub(super) fn stage(&self) -> Duration {
        let now = Instant::now();
        now.duration_since(self.since.replace(now))
    }

    /// Returns when nobody waits for this delivery any more: at the end of the run where nothing of it has left, since
    /// nothing will then; else when even its answer is given up.
    pub(super) async fn is_given_up(&self) {
        let control = self.lane.run.control;
        control.reached(Phase::Finish).await;
        if self.opened.get() {
            control.reached(Phase::Abandon).await;
        }
    }
}

impl<L: Work + Pacing> Gate for LaneGate<'_, '_, L> {
    fn open(&self) -> Result<(), Closed> {
        let run = self.lane.run;
        if run.control.phase() >= Phase::Finish || run.is_overdue() {
            return Err(Closed);
        }
        if let Err(error) = run.ledger.start(&run.worker, run.release.id, self.key) {
            self.lane.fail(Failure::Ledger(error));
            return Err(Closed);
        }
        self.opened.set(true);
        self.lane.meter.invited(self.stage());
        self.lane.tell_handed_over(self.key, self.id);
        Ok(())
    }

    fn connected(&self) {
        self.lane.meter.connected(self.stage());
        self.stood.set(true);
        self.line.set(true);
    }
}
