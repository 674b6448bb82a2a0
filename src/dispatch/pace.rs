//! How fast a lane goes: the relay's minute, hour and day, and the domains that want it slower.
//!
//! Comes in: claimed deliveries. Goes out: each with the moment at which it may leave, or given back until later. The
//! places in the row are the ledger's, so that all processes share them.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use crate::config::PaceSettings;
use crate::ledger::{Delivery, DeliveryKey, LedgerError, Pacing};

mod domain_queue;
mod limits;

use domain_queue::DomainQueue;
use limits::Limits;
pub use limits::{LimitOf, limits_of};

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
    /// Those for whom a domain's row had no place yet.
    put_off: RefCell<BTreeMap<String, DomainQueue>>,
    /// When there may be one for the last of those that were refused for now and due when this process began.
    waits_until: Cell<i64>,
    /// When that was; 0 before.
    begun: Cell<i64>,
    limits: Limits<'a, L>,
}

/// What keeps everything from leaving, although it is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum HeldUp {
    /// The limit of an hour or a day, until a time in milliseconds since 1970.
    Limit { of: LimitOf, until: i64 },
    /// The pace of a domain.
    Domain(String),
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
            put_off: RefCell::default(),
            waits_until: Cell::new(0),
            begun: Cell::new(0),
            limits: Limits::new(ledger, settings, relay),
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

    /// When it is worth claiming again where an hour's or a day's limit is used up; in the past if none is.
    pub(super) fn blocked_until(&self) -> i64 {
        self.limits.blocked_until()
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
        self.put_off.borrow_mut().values_mut().for_each(|queue| queue.passed(now));
        if self.begun.get() == 0 {
            self.begun.set(now);
        }
        for (domain, deliveries) in by_domain {
            self.admit_to_domain(&domain, deliveries, now, &mut go, &mut admitted).await?;
        }
        let beyond = self.limits.take(&mut go, now).await?;
        admitted.back.extend(beyond.iter().map(|delivery| (delivery.key(), 0)));
        let mut unused = Vec::new();
        if !go.is_empty() {
            go.sort_by_key(|(earliest, _)| *earliest);
            let count = u32::try_from(go.len()).unwrap_or(u32::MAX);
            let slots = self.ledger.reserve(&self.relay, self.interval(), count, REACH, now).await?;
            self.apart.set(slots.interval);
            // It was slowed down since the last claim: what is beyond the reach waits unclaimed.
            let beyond = go.split_off(go.len().min(slots.count as usize));
            unused.extend(beyond.iter().map(|(_, delivery)| delivery.key()));
            admitted.back.extend(unused.iter().map(|key| (*key, 0)));
            for ((earliest, delivery), number) in go.into_iter().zip(0..) {
                let slot = earliest.max(slots.first + slots.interval * number);
                match self.limited(&delivery).map_or(Some(slot), |domain| self.after_last(domain, slot)) {
                    Some(at) => admitted.go.push((at, delivery)),
                    // It would stay claimed for long.
                    None => {
                        unused.push(delivery.key());
                        admitted.back.push((delivery.key(), slot + REACH));
                    }
                }
            }
        }
        self.limits.give_back(&unused).await?;
        Ok(admitted)
    }

    /// Those for which a place is free soon take it. The others take none: they come back when there may be one for them,
    /// each a place later than the one before it, so that none has to stand at the end of the row again.
    async fn admit_to_domain(
        &self,
        domain: &str,
        deliveries: Vec<Delivery>,
        now: i64,
        go: &mut Vec<(i64, Delivery)>,
        admitted: &mut Admitted,
    ) -> Result<(), LedgerError> {
        let count = u32::try_from(deliveries.len()).unwrap_or(u32::MAX);
        let (name, interval) = (format!("{DOMAIN}{domain}"), self.configured(domain));
        let slots = self.ledger.reserve_until(&name, interval, count, now + REACH, now).await?;
        let mut put_off = self.put_off.borrow_mut();
        let queue = put_off.entry(domain.to_owned()).or_default();
        deliveries.iter().for_each(|delivery| queue.comes(delivery.key()));
        let mut deliveries = deliveries.into_iter();
        for (delivery, number) in deliveries.by_ref().take(slots.count as usize).zip(0..) {
            go.push((slots.first + slots.interval * number, delivery));
        }
        let free = slots.first + slots.interval * i64::from(slots.count);
        let keys: Vec<_> = deliveries.as_slice().iter().map(Delivery::key).collect();
        for (delivery, at) in deliveries.zip(queue.expect(&keys, free, slots.interval)) {
            if delivery.deferred && delivery.due_at <= self.begun.get() {
                self.waits_until.set(self.waits_until.get().max(at));
            }
            // Early enough that its place is taken before the one before it has gone.
            admitted.back.push((delivery.key(), at - REACH));
        }
        Ok(())
    }

    /// Whether something that was due when this process began waits for nothing but its place in a domain's row: what was
    /// refused for now and is due again at this time.
    pub(super) fn awaits(&self, next_deferred: i64) -> bool {
        next_deferred <= self.waits_until.get()
    }

    /// What keeps everything that is left from leaving now, if the pace does.
    pub(super) fn held_up(&self, now: i64) -> Option<HeldUp> {
        if let Some((of, until)) = self.limits.held().filter(|(_, until)| *until > now) {
            return Some(HeldUp::Limit { of, until });
        }
        let put_off = self.put_off.borrow();
        let lasts = put_off.iter().filter_map(|(domain, queue)| Some((queue.last()?, domain)));
        let (_, domain) = lasts.filter(|(last, _)| *last > now).max()?;
        Some(HeldUp::Domain(domain.clone()))
    }

    /// A place in the domain's row is no reason to crowd: those that the relay's row holds up follow one another as far apart
    /// as the domain wants it. `None`: that would be more than [`REACH`] later.
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

    /// These were claimed and did not leave: their places are free again, and what an hour or a day allows is, too.
    pub(super) async fn leave(&self, unused: &[DeliveryKey], now: i64) -> Result<(), LedgerError> {
        match u32::try_from(unused.len()) {
            Ok(0) | Err(_) => return Ok(()),
            Ok(count) => self.ledger.leave_row(&self.relay, self.interval(), count, now).await?,
        }
        self.unspend(unused).await
    }

    /// What an hour or a day allows is free again.
    pub(super) async fn unspend(&self, unused: &[DeliveryKey]) -> Result<(), LedgerError> {
        self.limits.give_back(unused).await
    }

    /// These were tried.
    pub(super) fn tried(&self, keys: impl Iterator<Item = DeliveryKey>) {
        self.limits.keep(keys);
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
mod tests;
