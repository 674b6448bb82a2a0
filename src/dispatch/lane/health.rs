//! A network that fails again and again is left alone for a while, by all posts and all processes.
//!
//! Comes in: how each try ended. Goes out: nothing but a note in the sending record, which the next run reads. A person
//! who sends is not held up by it.

use super::Lane;
use crate::channel::Outcome;
use crate::channel::way::Way;
use crate::ledger::{LedgerError, Pacing, Work};

/// For so long it is left alone at first, and at most, in milliseconds.
const FIRST: i64 = 5 * 60_000;
const LONGEST: i64 = 2 * 3_600_000;

/// What the note about a channel is called.
pub(in crate::dispatch) fn name(channel: &str) -> String {
    format!("network:{channel}")
}

impl<L: Work + Pacing> Lane<'_, L> {
    /// Notes whether the network works; nothing for other ways.
    pub(super) async fn note_health(&self, outcome: &Outcome) -> Result<(), LedgerError> {
        if !matches!(self.way, Way::Network(_)) {
            return Ok(());
        }
        let (ledger, now, name) = (self.run.ledger, self.run.clock.now(), name(self.name));
        match outcome {
            Outcome::Sent { .. } | Outcome::Rejected { .. } => ledger.works_again(&name).await,
            Outcome::Deferred { .. } | Outcome::Uncertain { .. } | Outcome::Untried { .. } => {
                let until = ledger.failed_again(&name, FIRST, LONGEST, now).await?;
                if until > now {
                    tracing::warn!("{} failed repeatedly; timers leave it alone for a while", self.name);
                }
                Ok(())
            }
            Outcome::Withheld => Ok(()),
        }
    }
}
