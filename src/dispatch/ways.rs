//! Which way each channel of a release goes, and what its lost deliveries become.

use crate::channel::Repeat;
use crate::channel::feed::FeedFile;
use crate::channel::outbox::Outbox;
use crate::channel::way::Way;
use crate::config::PaceSettings;
use crate::ledger::{DeliveryState, LostDelivery, Mode};

/// The ways out of a release.
#[derive(Debug, Clone)]
pub struct Ways<'a> {
    pub mail: Way,
    /// Connections at once for mail.
    pub connections: usize,
    /// The relay and its limits, where mail leaves by one.
    pub relay: Option<(&'a str, &'a PaceSettings)>,
    /// The feed file, where one is configured.
    pub feed: Option<FeedFile>,
    /// Where texts for networks go. `None`: a person posts them by hand.
    pub texts: Option<Outbox>,
}

impl Ways<'_> {
    /// The way of a channel; `None` for what is done by hand.
    pub fn of(&self, channel: &str) -> Option<Way> {
        match (channel, &self.feed, &self.texts) {
            ("email", ..) => Some(self.mail.clone()),
            ("feed", Some(feed), _) => Some(Way::Feed(feed.clone())),
            (_, _, Some(outbox)) => Some(Way::Outbox(outbox.clone())),
            (_, _, None) => None,
        }
    }

    /// What becomes of a delivery whose answer was lost, at a time in milliseconds since 1970.
    pub(super) fn lost(&self, lost: LostDelivery<'_>, now: i64) -> DeliveryState {
        let repeat = match (lost.mode, lost.channel) {
            (Mode::Trial, _) => Repeat::Always,
            // Of a real delivery that this run would only write into the outbox, nobody here knows the way it went.
            (Mode::Real, channel) => match self.of(channel) {
                Some(Way::Outbox(_)) | None => Repeat::Never,
                Some(way) => way.repeat(),
            },
        };
        match repeat {
            Repeat::Always => DeliveryState::Pending,
            Repeat::Until(long) if now - lost.marked_at < i64::try_from(long.as_millis()).unwrap_or(i64::MAX) => {
                DeliveryState::Pending
            }
            Repeat::Until(_) | Repeat::Never => DeliveryState::Uncertain,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn a_trial_decides_nothing_about_what_a_real_send_left_behind() {
        let outbox = Outbox::new(PathBuf::from("outbox"));
        let mail = Way::Outbox(outbox.clone());
        let ways = Ways { mail, connections: 1, relay: None, feed: None, texts: Some(outbox) };
        let lost = |mode| ways.lost(LostDelivery { mode, channel: "email", marked_at: 0 }, 1);
        assert_eq!(lost(Mode::Real), DeliveryState::Uncertain);
        assert_eq!(lost(Mode::Trial), DeliveryState::Pending);
    }
}
