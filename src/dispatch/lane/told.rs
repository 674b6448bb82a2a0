//! What the log says of each delivery: by its id, never by its address.
//!
//! The id is the one in the mail's Message-ID and in the name of its file in the outbox; `explain` finds a member's. What a
//! server said is logged without the recipient's address, which servers like to repeat.

use tracing::Level;

use super::Lane;
use crate::ledger::{Delivery, DeliveryKey, DeliveryState, Pacing, Settled, Work};
use crate::scrub;

/// What these events can be told from all others by: `RUST_LOG=rundbrief::delivery=debug`.
const TARGET: &str = "rundbrief::delivery";

impl<L: Work + Pacing> Lane<'_, L> {
    /// The delivery's id; the post's name for what goes to nobody in particular.
    pub(super) fn id(&self, key: DeliveryKey) -> String {
        match self.jobs.get(&key.part) {
            Some(job) if !job.is_mail() => self.run.release.slug.clone(),
            _ => self.run.composer.name(key.target),
        }
    }

    /// The content leaves now.
    pub(super) fn tell_handed_over(&self, key: DeliveryKey, id: &str) {
        let (release, channel) = (self.run.code.as_str(), self.name);
        let post = self.run.release.slug.as_str();
        tracing::debug!(target: TARGET, delivery = id, release, post, channel, part = key.part, "handed over");
    }

    /// Whoever it was for said after the release that they want nothing.
    pub(super) fn tell_left_out(&self, key: DeliveryKey) {
        if tracing::enabled!(target: TARGET, Level::INFO) {
            let (release, channel, post) = (self.run.code.as_str(), self.name, self.run.release.slug.as_str());
            let id = self.id(key);
            tracing::info!(target: TARGET, delivery = id, release, post, channel, "left out: must not be written to any more");
        }
    }

    /// A connection failed before anything left; the delivery waits for the next one.
    pub(super) fn tell_not_tried(&self, delivery: &Delivery, reason: &str) {
        if tracing::enabled!(target: TARGET, Level::DEBUG) {
            let (release, channel, post) = (self.run.code.as_str(), self.name, self.run.release.slug.as_str());
            let (id, reason) = (self.id(delivery.key()), scrubbed(delivery, reason));
            tracing::debug!(target: TARGET, delivery = id, release, post, channel, reason, "not tried: the connection failed");
        }
    }

    /// What became of a delivery.
    pub(super) fn tell_outcome(&self, delivery: &Delivery, settled: &Settled) {
        if !tracing::enabled!(target: TARGET, Level::INFO) {
            return;
        }
        let (release, channel, post) = (self.run.code.as_str(), self.name, self.run.release.slug.as_str());
        let (id, reason) = (self.id(settled.key), scrubbed(delivery, &settled.detail));
        let attempt = delivery.attempts + 1;
        match settled.state {
            DeliveryState::Sent => {
                tracing::info!(target: TARGET, delivery = id, release, post, channel, attempt, answer = reason, "accepted");
            }
            DeliveryState::Deferred => {
                let due = jiff::Timestamp::from_millisecond(settled.due_at).unwrap_or_default();
                tracing::info!(target: TARGET, delivery = id, release, post, channel, attempt, reason, %due, "will be tried again");
            }
            DeliveryState::Uncertain => {
                tracing::info!(target: TARGET, delivery = id, release, post, channel, attempt, reason, "may or may not have arrived");
            }
            _ => tracing::info!(target: TARGET, delivery = id, release, post, channel, attempt, reason, "refused"),
        }
    }
}

fn scrubbed(delivery: &Delivery, text: &str) -> String {
    match &delivery.recipient {
        Some(recipient) => scrub::recipient(text, &recipient.address),
        None => scrub::addresses(text),
    }
}
