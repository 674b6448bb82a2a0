//! One worker's connection among those that are open.

use std::cell::Cell;

use super::Meter;

/// Counts a connection as long as it is open; whatever ends the worker, it is not counted any more.
#[derive(Debug)]
pub struct Counted<'a> {
    meter: &'a Meter,
    open: Cell<bool>,
}

impl<'a> Counted<'a> {
    /// One that is not open yet.
    pub const fn new(meter: &'a Meter) -> Counted<'a> {
        Counted { meter, open: Cell::new(false) }
    }

    /// It is open from now on, or not any more.
    pub fn set(&self, open: bool) {
        match (self.open.replace(open), open) {
            (false, true) => drop(self.meter.open.inc()),
            (true, false) => drop(self.meter.open.dec()),
            _ => {}
        }
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.set(false);
    }
}
