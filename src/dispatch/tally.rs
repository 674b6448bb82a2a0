//! The counts of a run while it goes on, for whoever shows them.

use std::cell::RefCell;
use std::collections::BTreeMap;

/// What a run did so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    pub sent: u64,
    /// Refused for now; tried again later.
    pub deferred: u64,
    /// Refused for good.
    pub failed: u64,
    pub uncertain: u64,
}

impl Summary {
    pub fn all(&self) -> u64 {
        self.sent + self.deferred + self.failed + self.uncertain
    }

    /// Both together.
    #[must_use]
    pub fn plus(self, other: &Summary) -> Summary {
        Summary {
            sent: self.sent + other.sent,
            deferred: self.deferred + other.deferred,
            failed: self.failed + other.failed,
            uncertain: self.uncertain + other.uncertain,
        }
    }
}

/// Counts that every connection adds to.
#[derive(Debug, Default)]
pub struct Tally {
    counts: RefCell<BTreeMap<String, Summary>>,
    note: RefCell<String>,
    held_up: RefCell<String>,
}

impl Tally {
    /// Of all channels together.
    pub fn summary(&self) -> Summary {
        self.counts.borrow().values().fold(Summary::default(), |sum, counts| sum.plus(counts))
    }

    /// Of each channel that did something.
    pub fn by_channel(&self) -> BTreeMap<String, Summary> {
        self.counts.borrow().clone()
    }

    /// What the run is waiting for, if it is waiting: `waiting for smtp.example.org:587 …`.
    pub fn note(&self) -> String {
        self.note.borrow().clone()
    }

    /// Why nothing may leave at the moment, if the pace is why: `waiting for the limit of the hour (…) until 14:00`.
    pub fn held_up(&self) -> String {
        self.held_up.borrow().clone()
    }

    /// Says whether that is new.
    pub(super) fn hold_up(&self, why: &str) -> bool {
        let is_new = *self.held_up.borrow() != why;
        if is_new {
            why.clone_into(&mut self.held_up.borrow_mut());
        }
        is_new
    }

    pub(super) fn count(&self, channel: &str, add: impl FnOnce(&mut Summary)) {
        let mut counts = self.counts.borrow_mut();
        match counts.get_mut(channel) {
            Some(counts) => add(counts),
            None => add(counts.entry(channel.to_owned()).or_default()),
        }
    }

    pub(super) fn say(&self, note: &str) {
        if *self.note.borrow() != note {
            note.clone_into(&mut self.note.borrow_mut());
        }
    }
}
