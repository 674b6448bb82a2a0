//! The limits of an hour and a day: taken from when a delivery is admitted, given back for one that did not leave.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::fmt;

use super::{HOUR, MINUTE};
use crate::config::PaceSettings;
use crate::ledger::{Delivery, DeliveryKey, LedgerError, Limit, Pacing};

/// Which of a relay's limits holds everything up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitOf {
    Hour,
    Day,
}

/// The limits of a relay that are set, each under its name in the record.
pub fn limits_of(relay: &str, settings: &PaceSettings) -> Vec<(LimitOf, String, u32)> {
    let limits = [(LimitOf::Day, settings.per_day), (LimitOf::Hour, settings.per_hour)];
    limits.into_iter().filter_map(|(of, most)| Some((of, of.name(relay), most?))).collect()
}

impl LimitOf {
    fn name(self, relay: &str) -> String {
        match self {
            LimitOf::Hour => format!("relay:{relay}:hour"),
            LimitOf::Day => format!("relay:{relay}:day"),
        }
    }

    /// What sets it.
    pub fn key(self) -> &'static str {
        match self {
            LimitOf::Hour => "per_hour",
            LimitOf::Day => "per_day",
        }
    }

    /// In milliseconds.
    fn window(self) -> i64 {
        match self {
            LimitOf::Hour => HOUR,
            LimitOf::Day => 24 * HOUR,
        }
    }

    /// As the ledger is asked for it.
    pub fn limit(self, name: &str, most: u32) -> Limit<'_> {
        Limit { name, window: self.window(), most }
    }
}

impl fmt::Display for LimitOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            LimitOf::Hour => "hour",
            LimitOf::Day => "day",
        })
    }
}

/// What this process took of them.
#[derive(Debug)]
pub(super) struct Limits<'a, L> {
    ledger: &'a L,
    limits: Vec<(LimitOf, String, u32)>,
    /// When it was taken, for each delivery that may still leave.
    taken: RefCell<HashMap<DeliveryKey, i64>>,
    /// Which one lets nothing go before when.
    held: Cell<Option<(LimitOf, i64)>>,
    /// Others may give back what they took: it is looked at again then.
    look_at: Cell<i64>,
}

impl<'a, L: Pacing> Limits<'a, L> {
    pub(super) fn new(ledger: &'a L, settings: &PaceSettings, relay: &str) -> Limits<'a, L> {
        let limits = limits_of(relay, settings);
        Limits { ledger, limits, taken: RefCell::default(), held: Cell::new(None), look_at: Cell::new(0) }
    }

    fn limits(&self) -> Vec<Limit<'_>> {
        self.limits.iter().map(|(of, name, most)| of.limit(name, *most)).collect()
    }

    /// Which limit holds everything up, and until when.
    pub(super) fn held(&self) -> Option<(LimitOf, i64)> {
        self.held.get()
    }

    /// When it is worth claiming again; in the past if nothing is held up.
    pub(super) fn blocked_until(&self) -> i64 {
        self.look_at.get()
    }

    /// Takes for as many as there is something left for, and cuts off the others.
    pub(super) async fn take(&self, go: &mut Vec<(i64, Delivery)>, now: i64) -> Result<Vec<Delivery>, LedgerError> {
        if self.limits.is_empty() || go.is_empty() {
            return Ok(Vec::new());
        }
        let want = u32::try_from(go.len()).unwrap_or(u32::MAX);
        let spent = self.ledger.spend(&self.limits(), want, now).await?;
        self.held.set(spent.held_by.map(|number| (self.limits[number].0, spent.again_at)));
        self.look_at.set(if spent.held_by.is_some() { spent.again_at.min(now + MINUTE) } else { 0 });
        let beyond = go.split_off(spent.granted as usize);
        self.taken.borrow_mut().extend(go.iter().map(|(_, delivery)| (delivery.key(), now)));
        Ok(beyond.into_iter().map(|(_, delivery)| delivery).collect())
    }

    /// Gives back what was taken for deliveries that did not leave.
    pub(super) async fn give_back(&self, keys: &[DeliveryKey]) -> Result<(), LedgerError> {
        let mut by_time: BTreeMap<i64, u32> = BTreeMap::new();
        for at in keys.iter().filter_map(|key| self.taken.borrow_mut().remove(key)) {
            *by_time.entry(at).or_default() += 1;
        }
        for (at, count) in by_time {
            self.ledger.unspend(&self.limits(), count, at).await?;
            self.look_at.set(0);
        }
        Ok(())
    }

    /// These have left, or were tried: what was taken for them stays so.
    pub(super) fn keep(&self, keys: impl Iterator<Item = DeliveryKey>) {
        if !self.limits.is_empty() {
            let mut taken = self.taken.borrow_mut();
            for key in keys {
                taken.remove(&key);
            }
        }
    }
}
