//! The counts of a run while it goes on, for whoever shows them.

use std::cell::{Cell, RefCell};

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
}

/// Counts that every connection adds to.
#[derive(Debug, Default)]
pub struct Tally {
    counts: Cell<Summary>,
    note: RefCell<String>,
}

impl Tally {
    pub fn summary(&self) -> Summary {
        self.counts.get()
    }

    /// What the run is waiting for, if it is waiting: `waiting for smtp.example.org:587 …`.
    pub fn note(&self) -> String {
        self.note.borrow().clone()
    }

    pub(super) fn count(&self, add: impl FnOnce(&mut Summary)) {
        let mut counts = self.counts.get();
        add(&mut counts);
        self.counts.set(counts);
    }

    pub(super) fn say(&self, note: &str) {
        if *self.note.borrow() != note {
            note.clone_into(&mut self.note.borrow_mut());
        }
    }
}
