//! What sends left behind that did not end by themselves, cleared up without a send.
//!
//! Comes in: the ledger, the ways out. Goes out: nothing is in the hands of a process any more that is gone.

use super::{Clock, Ways};
use crate::ledger::{LedgerError, LostDelivery, Recovered, Work};

/// Finds out what became of everything that processes had in hand which are gone.
///
/// # Errors
/// The ledger's.
pub async fn clear_up(ledger: &impl Work, ways: &Ways<'_>, clock: &Clock) -> Result<Recovered, LedgerError> {
    let now = clock.now();
    let lost = |delivery: LostDelivery<'_>| ways.lost(delivery, now);
    let worker = ledger.join(now).await?;
    let recovered = ledger.recover(&worker, now, &lost).await;
    ledger.leave(worker, now, &lost).await?;
    recovered
}
