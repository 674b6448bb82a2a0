//! The clerk of a lane: writes outcomes into the ledger, and gives back at the end what did not leave.

use std::time::{Duration, Instant};

use super::{Failure, Lane};
use crate::channel::Repeat;
use crate::config::RetrySettings;
use crate::ledger::{DeliveryKey, LedgerError, Pacing, Work};
use crate::metrics::RecordStep;

/// How long outcomes gather before they are settled together.
const GATHER: Duration = Duration::from_millis(15);

impl<L: Work + Pacing> Lane<'_, L> {
    /// Writes outcomes into the ledger, those that came meanwhile together.
    pub(super) async fn settle(&self) -> Result<(), LedgerError> {
        while let Some(outcomes) = self.queue().outcomes().await {
            let began = Instant::now();
            let mut settled = self.run.ledger.settle(&self.run.worker, self.run.release.id, &outcomes).await;
            self.meter.recorded(RecordStep::Settle, began.elapsed());
            self.pace_was_used(&outcomes);
            if settled.is_ok() {
                // At once: a crash before the lane's end must leave nobody refused for what was meant for all.
                settled = self.reopen().await;
            }
            self.queue().settled();
            if let Err(error) = settled {
                // The answers stand in the journal; the next run settles them from there.
                self.fail(Failure::Told);
                while self.queue().outcomes().await.is_some() {}
                return Err(error);
            }
            tokio::time::sleep(GATHER).await;
        }
        Ok(())
    }

    /// Has answers noted as soon as all connections have done what they can: most went along with the start of a next mail.
    pub(super) async fn note_answers(&self) {
        loop {
            let goes_on = self.queue().answered().await;
            if let Err(error) = self.run.ledger.note_answers(&self.run.worker) {
                // They still go into the ledger. Only a crash before that would lose them.
                self.fail(Failure::Ledger(error));
            }
            if !goes_on {
                return;
            }
        }
    }

    /// Gives back what connections returned at the end, and what a refusal of all hit.
    pub(super) async fn return_all(&self) -> Result<(), LedgerError> {
        let returned = self.queue().returned();
        if !returned.is_empty() {
            let harmless = self.way.repeat() == Repeat::Always;
            self.run.ledger.take_back(&self.run.worker, self.run.release.id, &returned, harmless).await?;
            self.unspend(&returned).await?;
        }
        self.reopen().await?;
        self.state.reopen.borrow_mut().clear();
        Ok(())
    }

    /// What a refusal of all hit and this lane could not open again, since the record was away: once it is settled, it must be.
    pub(in crate::dispatch) fn still_hit(&self) -> Vec<DeliveryKey> {
        self.state.reopen.borrow().clone()
    }

    /// Has everything tried again later that a refusal of all hit.
    pub(super) async fn reopen(&self) -> Result<(), LedgerError> {
        let hit = self.state.reopen.borrow().clone();
        open_again(self.run.ledger, self.run.release.id, &hit, self.run.clock.now(), &self.run.retry).await
    }
}

/// Has what a refusal of all hit tried again later.
pub(in crate::dispatch) async fn open_again(
    ledger: &impl Work,
    release: i64,
    hit: &[DeliveryKey],
    now: i64,
    retry: &RetrySettings,
) -> Result<(), LedgerError> {
    if hit.is_empty() {
        return Ok(());
    }
    let due_at = now + i64::try_from(retry.first.as_millis()).unwrap_or(i64::MAX);
    ledger.reopen(release, hit, due_at).await
}
