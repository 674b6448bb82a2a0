//! Who waits for a place in a domain's row: when there may be one for each, as far as this process knows.
//!
//! Nothing of it is promised: a place is taken in the ledger, shortly before it comes. So whoever is put off again, or is
//! never heard of again, leaves no gap in which nothing goes out.

use std::collections::{BTreeSet, HashMap};

use crate::ledger::DeliveryKey;

/// Those at one domain that this process put off.
#[derive(Debug, Default)]
pub(super) struct DomainQueue {
    /// When a place is expected, in milliseconds since 1970, no two at the same time.
    places: BTreeSet<i64>,
    of: HashMap<DeliveryKey, i64>,
}

impl DomainQueue {
    /// One that comes again does not wait for what was expected for it.
    pub(super) fn comes(&mut self, key: DeliveryKey) {
        if let Some(at) = self.of.remove(&key) {
            self.places.remove(&at);
        }
    }

    /// What was expected before now has come, here or elsewhere.
    pub(super) fn passed(&mut self, now: i64) {
        if self.places.first().is_some_and(|first| *first < now) {
            self.places = self.places.split_off(&now);
            self.of.retain(|_, at| *at >= now);
        }
    }

    /// Gives each the first place, from `free` on, that is expected for nobody else, so far `apart`.
    pub(super) fn expect(&mut self, keys: &[DeliveryKey], free: i64, apart: i64) -> Vec<i64> {
        let apart = apart.max(1);
        let mut at = free;
        let mut taken = self.places.range(free - apart + 1..).copied().peekable();
        let mut places = Vec::with_capacity(keys.len());
        for _ in keys {
            while let Some(near) = taken.next_if(|near| *near < at + apart) {
                at = at.max(near + apart);
            }
            places.push(at);
            at += apart;
        }
        drop(taken);
        self.places.extend(&places);
        self.of.extend(keys.iter().copied().zip(places.iter().copied()));
        places
    }

    /// When the last of them is expected.
    pub(super) fn last(&self) -> Option<i64> {
        self.places.last().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Target;

    fn keys(numbers: std::ops::Range<u8>) -> Vec<DeliveryKey> {
        numbers.map(|number| DeliveryKey { part: 0, target: Target([number; 16]) }).collect()
    }

    #[test]
    fn whoever_comes_again_leaves_no_gap() {
        let mut queue = DomainQueue::default();
        assert_eq!(queue.expect(&keys(0..4), 100, 10), [100, 110, 120, 130]);
        keys(1..3).into_iter().for_each(|key| queue.comes(key));
        assert_eq!(queue.expect(&keys(1..3), 100, 10), [110, 120], "in place of themselves");
        assert_eq!(queue.expect(&keys(4..6), 95, 10), [140, 150], "nobody crowds another");
        queue.passed(125);
        assert_eq!(queue.expect(&keys(6..8), 115, 10), [115, 160], "what has passed is free");
        assert_eq!(queue.last(), Some(160));
    }
}
