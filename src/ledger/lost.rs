//! What becomes of a delivery that was marked when its worker ended, whatever database holds it.
//!
//! Comes in: the delivery, and what is known of its last attempt. Goes out: how it is settled. An answer that is known is
//! taken; what was marked and is known not to have started has not left; the rest becomes what the channel's rule says.

use std::collections::HashMap;

use super::journal::{Attempt, Trace};
use super::{DeliveryState, Lost, LostDelivery, Mode, Recovered, Settled};

/// What is said of a delivery whose answer was lost. It is looked for in the record: as long as it stands there, its worker may
/// still bring the answer. Another wording would make answers count for less that come after an upgrade.
pub(super) const LOST: &str = "the program ended before the answer came";

/// A delivery that was marked when its worker ended.
pub(super) struct LostRow {
    pub attempt: Attempt,
    pub mode: Mode,
    pub marked_at: i64,
    pub channel: String,
}

impl LostRow {
    fn delivery(&self) -> LostDelivery<'_> {
        LostDelivery { mode: self.mode, channel: &self.channel, marked_at: self.marked_at }
    }

    /// What becomes of it, and how many attempts did not happen. `traces` is `None` where nothing is known.
    pub(super) fn becomes(&self, traces: Option<&HashMap<Attempt, Trace>>, now: i64, lost: Lost<'_>) -> (Settled, i64) {
        let waiting = |state, detail: &str| Settled {
            key: self.attempt.key,
            state,
            due_at: 0,
            hold_until: 0,
            detail: detail.to_owned(),
            at: now,
        };
        match traces.map(|traces| traces.get(&self.attempt)) {
            Some(Some(Trace::Answered(settled))) => (settled.clone(), 0),
            Some(None) => (waiting(DeliveryState::Pending, ""), 1),
            Some(Some(Trace::Started)) | None => match lost(self.delivery()) {
                DeliveryState::Pending => (waiting(DeliveryState::Pending, ""), 0),
                _ => (waiting(DeliveryState::Uncertain, LOST), 0),
            },
        }
    }
}

impl Recovered {
    pub(super) fn count(&mut self, state: DeliveryState) {
        match state {
            DeliveryState::Pending => self.pending += 1,
            DeliveryState::Uncertain => self.uncertain += 1,
            _ => self.settled += 1,
        }
    }

    pub(super) fn add(&mut self, other: Recovered) {
        self.pending += other.pending;
        self.settled += other.settled;
        self.uncertain += other.uncertain;
    }
}
