//! How long a send takes at the pace of the configuration. Pure.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::config::PaceSettings;

/// The shortest time that `mails` take, `limited` of them at domains with a limit of their own. `None`: nothing limits
/// it, and it goes as fast as the server takes it.
pub fn shortest(mails: u64, limited: &BTreeMap<String, u64>, pace: &PaceSettings) -> Option<Duration> {
    let minute = Duration::from_secs(60);
    let hour = 60 * minute;
    let of_relay = [(pace.per_hour, hour), (pace.per_day, 24 * hour)]
        .into_iter()
        .filter_map(|(limit, window)| limit.map(|limit| by_windows(mails, limit, window, pace.per_minute)));
    let by_minute = pace.per_minute.map(|per_minute| evenly(mails, per_minute));
    let of_domains = limited
        .iter()
        .filter_map(|(domain, mails)| pace.per_domain.get(domain).map(|per_minute| evenly(*mails, *per_minute)));
    of_relay.chain(by_minute).chain(of_domains).max()
}

/// One after the other, so many a minute; the first goes at once.
fn evenly(mails: u64, per_minute: u32) -> Duration {
    Duration::from_millis(mails.saturating_sub(1).saturating_mul(60_000 / u64::from(per_minute.max(1))))
}

/// Full windows, and the rest at the pace of a minute.
fn by_windows(mails: u64, limit: u32, window: Duration, per_minute: Option<u32>) -> Duration {
    let limit = u64::from(limit.max(1));
    let full = mails.saturating_sub(1) / limit;
    let rest = mails.saturating_sub(full * limit);
    let rest = per_minute.map_or(Duration::ZERO, |per_minute| evenly(rest, per_minute));
    window.saturating_mul(u32::try_from(full).unwrap_or(u32::MAX)) + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: u64 = 60;

    fn takes(mails: u64, pace: &PaceSettings) -> Option<u64> {
        shortest(mails, &BTreeMap::from([("gmx.de".to_owned(), 100)]), pace).map(|long| long.as_secs())
    }

    #[test]
    fn the_tightest_limit_decides() {
        let none = PaceSettings::default();
        assert_eq!(takes(5_000, &none), None);
        let minute = PaceSettings { per_minute: Some(30), ..none.clone() };
        assert_eq!(takes(1, &minute), Some(0));
        assert_eq!(takes(1_001, &minute), Some(2_000));
        let hour = PaceSettings { per_hour: Some(500), ..minute.clone() };
        assert_eq!(takes(500, &hour), Some(998), "within the hour the minute decides");
        assert_eq!(takes(1_001, &hour), Some(2 * 60 * MINUTE));
        let day = PaceSettings { per_day: Some(1_000), ..minute.clone() };
        assert_eq!(takes(2_500, &day), Some(2 * 24 * 60 * MINUTE + 998));
        let domain = PaceSettings { per_domain: [("gmx.de".to_owned(), 1)].into(), ..minute };
        assert_eq!(takes(101, &domain), Some(99 * MINUTE));
    }
}
