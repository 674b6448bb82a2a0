//! How fast a lane goes: the relay's minute, hour and day, and the domains that want it slower.
//!
//! Comes in: claimed deliveries. Goes out: each with the moment at which it may leave, or given back until later. The
//! places in the row are the ledger's, so that all processes share them.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use crate::config::PaceSettings;
use crate::ledger::{Delivery, DeliveryKey, LedgerError, Limit, Pacing};

/// What is claimed at a time lasts at most so long, in milliseconds; nothing stays claimed for longer.
pub(super) const REACH: i64 = 10_000;
/// Claimed at a time, however fast it goes.
pub(super) const MOST: u32 = 500;

/// How the names of domains begin in the row.
const DOMAIN: &str = "domain:";

const HOUR: i64 = 3_600_000;
const MINUTE: i64 = 60_000;
/// A relay without a limit that asks for less gets ten a second at first; a domain one a second.
const RELAY_FROM: i64 = 100;
const DOMAIN_FROM: i64 = 1_000;
/// Nothing is slowed down beyond this.
const RELAY_MOST: i64 = MINUTE;
const DOMAIN_MOST: i64 = MINUTE / 2;

/// The pace of one relay.
#[derive(Debug)]
pub(super) struct Pace<'a, L> {
    ledger: &'a L,
    settings: &'a PaceSettings,
    relay: String,
    /// Between two mails, as it was last.
    apart: Cell<i64>,
    /// Domains that want it slower, whoever was told so, each with the time between two mails; as of the last claim.
    slowed: RefCell<BTreeMap<String, i64>>,
    /// When the last mail to a domain with a limit leaves.
    last: RefCell<BTreeMap<String, i64>>,
    /// Nothing may be claimed before.
    blocked_until: Cell<i64>,
}

/// What may leave, and when; and what must wait longer than anything stays claimed.
#[derive(Debug, Default)]
pub(super) struct Admitted {
    pub go: Vec<(i64, Delivery)>,
    /// Each with the time from which it is due; 0: at once.
    pub back: Vec<(DeliveryKey, i64)>,
}

impl<'a, L: Pacing> Pace<'a, L> {
    pub(super) fn new(ledger: &'a L, settings: &'a PaceSettings, relay: &str) -> Pace<'a, L> {
        let pace = Pace {
            ledger,
            settings,
            relay: format!("relay:{relay}"),
            apart: Cell::new(0),
            slowed: RefCell::default(),
            last: RefCell::default(),
            blocked_until: Cell::new(0),
        };
        pace.apart.set(pace.interval());
        pace
    }

    /// As configured, in milliseconds; 0 for no limit.
    fn interval(&self) -> i64 {
        self.settings.per_minute.map_or(0, between)
    }

    /// How many to claim now.
    pub(super) fn claim_size(&self) -> u32 {
        match self.apart.get() {
            0 => MOST,
            apart => u32::try_from(REACH / apart).unwrap_or(1).clamp(1, MOST),
        }
    }

    /// When an hour's or a day's limit lets the next one go; in the past if none holds it up.
    pub(super) fn blocked_until(&self) -> i64 {
        self.blocked_until.get()
    }

    /// Gives each of the claimed its place.
    pub(super) async fn admit(&self, claimed: Vec<Delivery>, now: i64) -> Result<Admitted, LedgerError> {
        let mut admitted = Admitted::default();
        let slowed = self.ledger.slowed(DOMAIN, now).await?;
        let domains = slowed.iter().filter_map(|(name, apart)| Some((name.strip_prefix(DOMAIN)?.to_owned(), *apart)));
        self.slowed.replace(domains.collect());
        let mut go = Vec::with_capacity(claimed.len());
        let mut by_domain: BTreeMap<String, Vec<Delivery>> = BTreeMap::new();
        for delivery in claimed {
            match self.limited(&delivery) {
                Some(domain) => by_domain.entry(domain).or_default().push(delivery),
                None => go.push((now, delivery)),
            }
        }
        // What nothing was heard of for so long is no measure any more.
        self.last.borrow_mut().retain(|_, at| *at > now - HOUR);
        for (domain, deliveries) in by_domain {
            self.admit_to_domain(&domain, deliveries, now, &mut go, &mut admitted).await?;
        }
        self.within_limits(&mut go, now, &mut admitted).await?;
        if !go.is_empty() {
            go.sort_by_key(|(earliest, _)| *earliest);
            let count = u32::try_from(go.len()).unwrap_or(u32::MAX);
            let slots = self.ledger.reserve(&self.relay, self.interval(), count, REACH, now).await?;
            self.apart.set(slots.interval);
            // It was slowed down since the last claim: what is beyond the reach waits unclaimed.
            let beyond = go.split_off(go.len().min(slots.count as usize));
            admitted.back.extend(beyond.iter().map(|(_, delivery)| (delivery.key(), 0)));
            for ((earliest, delivery), number) in go.into_iter().zip(0..) {
                let slot = earliest.max(slots.first + slots.interval * number);
                match self.limited(&delivery).map_or(Some(slot), |domain| self.after_last(domain, slot)) {
                    Some(at) => admitted.go.push((at, delivery)),
                    // It would stay claimed for long.
                    None => admitted.back.push((delivery.key(), slot + REACH)),
                }
            }
        }
        Ok(admitted)
    }

    async fn admit_to_domain(
        &self,
        domain: &str,
        deliveries: Vec<Delivery>,
        now: i64,
        go: &mut Vec<(i64, Delivery)>,
        admitted: &mut Admitted,
    ) -> Result<(), LedgerError> {
        let interval = self.configured(domain);
        // One that was given back until its place in the row has that place already.
        let has_place =
            |delivery: &Delivery| !delivery.deferred && delivery.due_at > 0 && now - delivery.due_at < REACH;
        let (ready, new): (Vec<_>, Vec<_>) = deliveries.into_iter().partition(has_place);
        go.extend(ready.into_iter().map(|delivery| (now, delivery)));
        if new.is_empty() {
            return Ok(());
        }
        let count = u32::try_from(new.len()).unwrap_or(u32::MAX);
        let slots = self.ledger.reserve(&format!("{DOMAIN}{domain}"), interval, count, i64::MAX, now).await?;
        for (delivery, number) in new.into_iter().zip(0..) {
            let slot = slots.first + slots.interval * number;
            if slot <= now + REACH {
                go.push((slot, delivery));
            } else {
                admitted.back.push((delivery.key(), slot));
            }
        }
        Ok(())
    }

    /// A place of its own is no reason to crowd: those whose time passed while the relay or nobody took them follow one
    /// another as far apart as the domain wants it. `None`: that would be more than [`REACH`] later.
    fn after_last(&self, domain: String, earliest: i64) -> Option<i64> {
        let apart = self.configured(&domain).max(self.slowed.borrow().get(&domain).copied().unwrap_or(0));
        let mut last = self.last.borrow_mut();
        let at = last.get(&domain).map_or(earliest, |last| earliest.max(last + apart));
        if at > earliest + REACH {
            return None;
        }
        last.insert(domain, at);
        Some(at)
    }

    /// Between two mails to a domain by the configuration, in milliseconds; 0 for no limit.
    fn configured(&self, domain: &str) -> i64 {
        self.settings.per_domain.get(domain).map_or(0, |per_minute| between(*per_minute))
    }

    /// Keeps the limits of a day and an hour: what is beyond them goes back, and nothing is claimed until they allow it.
    async fn within_limits(
        &self,
        go: &mut Vec<(i64, Delivery)>,
        now: i64,
        admitted: &mut Admitted,
    ) -> Result<(), LedgerError> {
        let (day, hour) = (format!("{}:day", self.relay), format!("{}:hour", self.relay));
        let limits = [(&day, 24 * HOUR, self.settings.per_day), (&hour, HOUR, self.settings.per_hour)];
        let limits: Vec<Limit<'_>> =
            limits.into_iter().filter_map(|(name, window, most)| Some(Limit { name, window, most: most? })).collect();
        if limits.is_empty() || go.is_empty() {
            return Ok(());
        }
        let want = u32::try_from(go.len()).unwrap_or(u32::MAX);
        let spent = self.ledger.spend(&limits, want, now).await?;
        if spent.granted < want {
            self.blocked_until.set(spent.again_at);
            let beyond = go.split_off(spent.granted as usize);
            admitted.back.extend(beyond.iter().map(|(_, delivery)| (delivery.key(), 0)));
        }
        Ok(())
    }

    /// Places that nobody used are free again.
    pub(super) async fn leave(&self, unused: usize, now: i64) -> Result<(), LedgerError> {
        match u32::try_from(unused) {
            Ok(0) | Err(_) => Ok(()),
            Ok(unused) => self.ledger.leave_row(&self.relay, self.interval(), unused, now).await,
        }
    }

    /// The relay asked for less.
    pub(super) async fn slow_relay(&self, now: i64) -> Result<(), LedgerError> {
        let from = (2 * self.apart.get()).max(RELAY_FROM);
        if self.ledger.slow(&self.relay, from, RELAY_MOST, now).await? {
            self.apart.set(from.min(RELAY_MOST));
            tracing::warn!("the mail server asks for less; going on more slowly");
        }
        Ok(())
    }

    /// A domain's servers asked for less.
    pub(super) async fn slow_domain(&self, domain: &str, now: i64) -> Result<(), LedgerError> {
        let from = self.settings.per_domain.get(domain).map_or(DOMAIN_FROM, |per_minute| 2 * between(*per_minute));
        self.ledger.slow(&format!("{DOMAIN}{domain}"), from, DOMAIN_MOST.max(from), now).await?;
        Ok(())
    }

    /// The domain of a delivery, if it has a limit.
    fn limited(&self, delivery: &Delivery) -> Option<String> {
        if self.settings.per_domain.is_empty() && self.slowed.borrow().is_empty() {
            return None;
        }
        let domain = domain_of(&delivery.recipient.as_ref()?.address);
        let limited = self.settings.per_domain.contains_key(&domain) || self.slowed.borrow().contains_key(&domain);
        limited.then_some(domain)
    }
}

/// Lower case, A-labels where it is internationalised: as in the configuration.
pub(super) fn domain_of(address: &str) -> String {
    let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
    idna::domain_to_ascii(domain).unwrap_or_else(|_| domain.to_lowercase())
}

/// Milliseconds between two of so many a minute.
fn between(per_minute: u32) -> i64 {
    let per_minute = i64::from(per_minute.max(1));
    (MINUTE + per_minute - 1) / per_minute
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::SqliteLedger;
    use crate::plan::{Recipient, Target};

    const NOW: i64 = 1_795_420_800_000;

    /// One that was given back until `due_at`, its place in its domain's row.
    fn with_place(number: u8, due_at: i64) -> Delivery {
        let target = Target([number; 16]);
        let address = format!("m{number}@slow.example");
        let recipient = Recipient { target, address, name: String::new(), slots: Vec::new(), part: 0 };
        Delivery { part: 0, target, recipient: Some(recipient), attempts: 0, first_at: None, due_at, deferred: false }
    }

    #[tokio::test]
    async fn what_is_late_for_a_domain_does_not_crowd_it_and_is_not_held_for_long() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let ledger = SqliteLedger::open(&folder.path().join("rundbrief.db")).await.expect("opens");
        let per_domain = [("slow.example".to_owned(), 30)].into();
        let settings = PaceSettings { per_domain, ..PaceSettings::default() };
        let pace = Pace::new(&ledger, &settings, "mail.example");

        // As after a pause: the places of all have passed, the last of them a while ago.
        let late: Vec<_> = (1..=20).map(|number| with_place(number, NOW - 9_000)).collect();
        let admitted = pace.admit(late, NOW).await.expect("admits");
        let after = |admitted: &Admitted, now| admitted.go.iter().map(|(at, _)| at - now).collect::<Vec<_>>();
        assert_eq!(after(&admitted, NOW), [0, 2_000, 4_000, 6_000, 8_000, 10_000]);
        assert_eq!(admitted.back.len(), 14);
        assert!(admitted.back.iter().all(|(_, due_at)| *due_at == NOW + REACH), "{:?}", admitted.back);

        let now = NOW + REACH;
        let again: Vec<_> = (7..=20).map(|number| with_place(number, now)).collect();
        let admitted = pace.admit(again, now).await.expect("admits");
        assert_eq!(
            after(&admitted, now),
            [2_000, 4_000, 6_000, 8_000, 10_000],
            "after those that have it still before them"
        );
        assert_eq!(admitted.back.len(), 9);
    }
}
