//! What a lane and its pace have to do with each other besides the places in the row: what did not leave, what was tried,
//! and what is said while nothing may leave.

use super::Lane;
use crate::dispatch::pace::HeldUp;
use crate::ledger::{DeliveryKey, LedgerError, Pacing, Settled, Work};

impl<L: Work + Pacing> Lane<'_, L> {
    /// These were claimed and did not leave, and nothing that was claimed after them does.
    pub(super) async fn leave_pace(&self, unused: &[DeliveryKey]) -> Result<(), LedgerError> {
        match &self.pace {
            Some(pace) => pace.leave(unused, self.run.clock.now()).await,
            None => Ok(()),
        }
    }

    /// These were claimed and did not leave: they do not count for the limits.
    pub(super) async fn unspend(&self, unused: &[DeliveryKey]) -> Result<(), LedgerError> {
        match &self.pace {
            Some(pace) => pace.unspend(unused).await,
            None => Ok(()),
        }
    }

    /// These were tried: they count for the limits, whatever was answered.
    pub(super) fn pace_was_used(&self, outcomes: &[Settled]) {
        if let Some(pace) = &self.pace {
            pace.tried(outcomes.iter().map(|settled| settled.key));
        }
    }

    /// Tells whoever watches why nothing leaves, if the pace is why.
    pub(super) fn say_what_holds_up(&self, now: i64) {
        let Some(held_up) = self.pace.as_ref().and_then(|pace| pace.held_up(now)) else { return };
        let text = match &held_up {
            HeldUp::Limit { of, until } => {
                format!("waiting for the limit of the {of} (`{}`) until {}", of.key(), self.run.clock.short(*until))
            }
            HeldUp::Domain(domain) => format!("waiting for {domain}, which is written to more slowly"),
        };
        if self.run.tally.hold_up(&text) && matches!(held_up, HeldUp::Limit { .. }) {
            tracing::info!("{}: {text}", self.run.release.slug);
        }
    }
}
