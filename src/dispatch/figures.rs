//! How a release stands, as the figures for watchers: by channel, in the words of `status --format json`.

use std::collections::BTreeMap;

use crate::ledger::{Part, Totals};
use crate::metrics::Standing;

/// Shows what the record counted by part; parts of one channel, such as the lists of mail, are one.
pub(super) fn show(standing: &Standing<'_>, parts: &[Part], totals: &[(i64, Totals)]) {
    let mut channels: BTreeMap<&str, Totals> = BTreeMap::new();
    for (number, counted) in totals {
        let part = usize::try_from(*number).ok().and_then(|number| parts.get(number));
        if let Some(part) = part {
            channels.entry(&part.channel).or_default().merge(counted);
        }
    }
    for (channel, totals) in channels {
        for (state, number) in [
            ("pending", totals.pending),
            ("claimed", totals.claimed),
            ("in_flight", totals.in_flight),
            ("sent", totals.sent),
            ("deferred", totals.deferred),
            ("failed", totals.failed),
            ("uncertain", totals.uncertain),
        ] {
            standing.show(channel, state, number);
        }
    }
}
