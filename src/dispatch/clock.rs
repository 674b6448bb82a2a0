//! The time that a run takes as now.

use std::time::{Duration, Instant};

use jiff::{Timestamp, Zoned};

/// The time, as it goes on from the moment at which a run began.
///
/// It follows the steady clock of the machine, so that somebody who sets the clock in the middle of a send changes
/// neither its pace nor its retries.
#[derive(Debug, Clone)]
pub struct Clock {
    began: Zoned,
    steady: Instant,
}

impl Clock {
    /// A clock that shows `began` now.
    pub fn starting(began: &Zoned) -> Clock {
        Clock { began: began.clone(), steady: Instant::now() }
    }

    /// Milliseconds since 1970.
    pub fn now(&self) -> i64 {
        self.timestamp().as_millisecond()
    }

    /// In the site's time zone.
    pub fn zoned(&self) -> Zoned {
        self.timestamp().to_zoned(self.began.time_zone().clone())
    }

    /// How long the run has gone on.
    pub fn elapsed(&self) -> Duration {
        self.steady.elapsed()
    }

    fn timestamp(&self) -> Timestamp {
        let began = self.began.timestamp();
        began.checked_add(self.steady.elapsed()).unwrap_or(began)
    }
}
