//! When a post is sent by itself: from `send_at` to `not_after`, local to the site's time zone.
//!
//! Comes in: the times of a header, a zone, a moment. Goes out: whether it is early, time, or too late. Pure. A local time
//! that the clocks skip is refused with the header; one that comes twice is the first of the two.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// How long after `send_at` a send may begin where the post does not say: by the clock on the wall a day later, but for
/// the hour that the clocks are changed by.
const PATIENCE: SignedDuration = SignedDuration::from_hours(24);

/// The time in which a post's mails leave for the first time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    pub opens: Timestamp,
    pub closes: Timestamp,
}

/// A moment beside a [`Window`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    NotYet,
    Now,
    /// Over, whether anything was sent in it or not.
    Over,
}

impl Window {
    /// The window of a header; `None` for a post that is only sent by hand.
    pub fn of(send_at: Option<DateTime>, not_after: Option<DateTime>, zone: &TimeZone) -> Option<Window> {
        let moment = |local: DateTime| zone.to_ambiguous_timestamp(local).compatible().ok();
        let opens = moment(send_at?)?;
        let closes = match not_after {
            Some(not_after) => moment(not_after)?,
            None => opens.checked_add(PATIENCE).ok()?,
        };
        Some(Window { opens, closes })
    }

    /// Where `now` lies; both ends belong to the window.
    pub fn due(&self, now: Timestamp) -> Due {
        match now {
            now if now < self.opens => Due::NotYet,
            now if now <= self.closes => Due::Now,
            _ => Due::Over,
        }
    }
}
