//! The time that a run takes as now.

use std::cell::Cell;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp, Zoned};

/// The time, as it goes on from the moment at which a run began.
///
/// It follows the steady clock of the machine, so that a clock that is set back in the middle of a send changes neither
/// its pace nor its retries. Where the machine slept, during which the steady clock stands still, it catches up.
#[derive(Debug, Clone)]
pub struct Clock {
    began: Zoned,
    steady: Instant,
    /// What the machine's own clock showed then; it need not be right.
    wall: Timestamp,
    /// What the steady clock missed.
    slept: Cell<Duration>,
}

/// A machine whose clocks are further apart than this has slept.
const SLEPT: Duration = Duration::from_secs(5);

impl Clock {
    /// A clock that shows `began` now.
    pub fn starting(began: &Zoned) -> Clock {
        Clock::beside(began, Timestamp::now())
    }

    /// A clock that shows `began` while the machine's own shows `wall`.
    fn beside(began: &Zoned, wall: Timestamp) -> Clock {
        Clock { began: began.clone(), steady: Instant::now(), wall, slept: Cell::new(Duration::ZERO) }
    }

    /// Milliseconds since 1970.
    pub fn now(&self) -> i64 {
        self.timestamp().as_millisecond()
    }

    /// In the site's time zone.
    pub fn zoned(&self) -> Zoned {
        self.timestamp().to_zoned(self.began.time_zone().clone())
    }

    /// A time in milliseconds since 1970 as people read it: `10:40` today, `24 November, 10:40` on another day, with the year
    /// where it is another one.
    pub fn short(&self, at: i64) -> String {
        let now = self.zoned();
        let at = Timestamp::from_millisecond(at).unwrap_or_default().to_zoned(now.time_zone().clone());
        let format = match at.date() == now.date() {
            true => "%H:%M",
            false if at.year() == now.year() => "%-d %B, %H:%M",
            false => "%-d %B %Y, %H:%M",
        };
        at.strftime(format).to_string()
    }

    /// How long the run has gone on.
    pub fn elapsed(&self) -> Duration {
        self.steady.elapsed()
    }

    /// Now.
    pub fn timestamp(&self) -> Timestamp {
        self.at(self.steady.elapsed(), Timestamp::now())
    }

    /// What it shows after so long by the steady clock, when the machine's own shows `wall`.
    fn at(&self, elapsed: Duration, wall: Timestamp) -> Timestamp {
        let began = self.began.timestamp();
        let passed = SignedDuration::try_from(elapsed + self.slept.get()).unwrap_or(SignedDuration::MAX);
        let missed = wall.duration_since(self.wall).saturating_sub(passed);
        if missed > SignedDuration::try_from(SLEPT).unwrap_or_default() {
            self.slept.set(self.slept.get() + missed.unsigned_abs());
        }
        began.checked_add(elapsed + self.slept.get()).unwrap_or(began)
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);
    const HOUR: Duration = Duration::from_secs(3600);

    #[test]
    fn a_clock_that_is_set_back_in_the_middle_of_a_send_changes_nothing() {
        let began = Timestamp::now();
        let clock = Clock::beside(&began.to_zoned(TimeZone::UTC), began);
        assert_eq!(clock.at(60 * SECOND, began + 60 * SECOND), began + 60 * SECOND);
        assert_eq!(clock.at(61 * SECOND, began + 61 * SECOND - HOUR), began + 61 * SECOND);
        assert_eq!(clock.at(62 * SECOND, began + 62 * SECOND), began + 62 * SECOND, "nor that it is set right again");
    }

    #[test]
    fn a_clock_that_is_set_forward_is_followed_once_and_never_goes_back() {
        let began = Timestamp::now();
        let clock = Clock::beside(&began.to_zoned(TimeZone::UTC), began);
        assert_eq!(clock.at(SECOND, began + SECOND + HOUR), began + SECOND + HOUR, "the machine may have slept");
        assert_eq!(clock.at(2 * SECOND, began + 2 * SECOND), began + 2 * SECOND + HOUR);
    }

    #[test]
    fn a_machine_whose_own_clock_is_an_hour_off_notices_that_it_slept() {
        let began = Timestamp::now();
        for wrong in [began + HOUR, began - HOUR] {
            let clock = Clock::beside(&began.to_zoned(TimeZone::UTC), wrong);
            assert_eq!(clock.at(SECOND, wrong + SECOND), began + SECOND);
            assert_eq!(clock.at(2 * SECOND, wrong + 62 * SECOND), began + 62 * SECOND);
        }
    }
}
