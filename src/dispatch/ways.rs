//! Which way each channel of a release goes, and what its lost deliveries become.

use std::collections::BTreeMap;

use crate::channel::Repeat;
use crate::channel::feed::FeedFile;
use crate::channel::network::Remote;
use crate::channel::outbox::Outbox;
use crate::channel::way::Way;
use crate::config::PaceSettings;
use crate::ledger::{DeliveryState, Form, LostDelivery, Mode, Part};

/// The ways out of a release.
#[derive(Debug, Clone)]
pub struct Ways<'a> {
    pub mail: Way,
    /// Connections at once for mail that this process takes at most.
    pub connections: usize,
    /// Connections at once for mail that all processes may have together.
    pub places: usize,
    /// The relay and its limits, where mail leaves by one.
    pub relay: Option<(&'a str, &'a PaceSettings)>,
    /// The feed file, where one is configured.
    pub feed: Option<FeedFile>,
    /// Where all goes that is for networks, in a trial. `None`: it goes to them, and texts are posted by a person.
    pub texts: Option<Outbox>,
    /// The networks that the program posts to by itself, by the channel's name.
    pub networks: BTreeMap<String, Remote>,
}

impl Ways<'_> {
    /// The way of a part; `None` for what is done by hand, and for a network that is not configured any more.
    pub fn of(&self, part: &Part) -> Option<Way> {
        match part.form {
            Form::Text => self.texts.clone().map(Way::Outbox),
            Form::Mail | Form::Item | Form::Payload => self.of_channel(&part.channel),
        }
    }

    fn of_channel(&self, channel: &str) -> Option<Way> {
        match (channel, &self.texts) {
            ("email", _) => Some(self.mail.clone()),
            ("feed", _) if self.feed.is_some() => self.feed.clone().map(Way::Feed),
            (_, Some(outbox)) => Some(Way::Outbox(outbox.clone())),
            (_, None) => self.networks.get(channel).cloned().map(Way::Network),
        }
    }

    /// What becomes of a delivery whose answer was lost, at a time in milliseconds since 1970.
    pub(super) fn lost(&self, lost: LostDelivery<'_>, now: i64) -> DeliveryState {
        let repeat = match (lost.mode, lost.channel) {
            (Mode::Trial, _) => Repeat::Always,
            // Of a real delivery that this run would only write into the outbox, nobody here knows the way it went.
            (Mode::Real, channel) => match self.of_channel(channel) {
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
        let ways = Ways {
            mail,
            connections: 1,
            places: 1,
            relay: None,
            feed: None,
            texts: Some(outbox),
            networks: BTreeMap::new(),
        };
        let lost = |mode| ways.lost(LostDelivery { mode, channel: "email", marked_at: 0 }, 1);
        assert_eq!(lost(Mode::Real), DeliveryState::Uncertain);
        assert_eq!(lost(Mode::Trial), DeliveryState::Pending);
    }
}
