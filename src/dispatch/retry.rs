//! When a mail that was refused for now is tried again. Pure.

use std::time::Duration;

use crate::config::RetrySettings;

/// The other side is not heeded for longer than this.
const ASKED_MOST: Duration = Duration::from_secs(24 * 60 * 60);

/// The next try of a delivery. Milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Next {
    pub due_at: i64,
    /// Not before, even if a person asks for it; 0: no such wish.
    pub hold_until: i64,
}

/// A delivery that was just refused for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused {
    /// Tries so far, this one included.
    pub attempts: i64,
    /// When it was first tried, and now, in milliseconds since 1970.
    pub first_at: i64,
    pub now: i64,
    /// What the other side asked for.
    pub retry_after: Option<Duration>,
}

/// The wait doubles from the first to the longest, each up to a fifth shorter or longer (`jitter` from 0 to 1), so that
/// what was refused together does not come back together. `None`: it has been tried long enough.
pub fn next_try(refused: Refused, settings: &RetrySettings, jitter: f64) -> Option<Next> {
    let doublings = u32::try_from(refused.attempts.clamp(1, 31) - 1).unwrap_or(0);
    let wait = settings.first.saturating_mul(1 << doublings).min(settings.max);
    let wait = milliseconds(wait.mul_f64(0.8 + 0.4 * jitter.clamp(0.0, 1.0)));
    let asked = refused.retry_after.map_or(0, |asked| milliseconds(asked.min(ASKED_MOST)));
    let due_at = refused.now.saturating_add(wait.max(asked));
    let hold_until = if asked > 0 { refused.now.saturating_add(asked) } else { 0 };
    let end = refused.first_at.saturating_add(milliseconds(settings.give_up));
    (due_at <= end).then_some(Next { due_at, hold_until })
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60_000;

    fn refused(attempts: i64, after_minutes: i64) -> Refused {
        Refused { attempts, first_at: 1_000_000, now: 1_000_000 + after_minutes * MINUTE, retry_after: None }
    }

    fn wait(refused: Refused, jitter: f64) -> Option<i64> {
        next_try(refused, &RetrySettings::default(), jitter).map(|next| next.due_at - refused.now)
    }

    #[test]
    fn the_wait_doubles_up_to_the_longest() {
        let waits: Vec<_> = (1..=6).map(|attempts| wait(refused(attempts, 0), 0.5)).collect();
        assert_eq!(waits, [5, 10, 20, 40, 60, 60].map(|minutes| Some(minutes * MINUTE)));
    }

    #[test]
    fn what_was_refused_together_comes_back_apart() {
        assert_eq!(wait(refused(1, 0), 0.0), Some(4 * MINUTE));
        assert_eq!(wait(refused(1, 0), 1.0), Some(6 * MINUTE));
    }

    #[test]
    fn it_ends_after_two_days() {
        assert!(wait(refused(40, 2 * 24 * 60 - 61), 0.5).is_some());
        assert_eq!(wait(refused(40, 2 * 24 * 60 - 59), 0.5), None);
    }

    #[test]
    fn nobody_can_put_a_delivery_off_for_longer_than_a_day() {
        let asked = Refused { retry_after: Some(Duration::from_secs(10_000_000)), ..refused(1, 0) };
        let next = next_try(asked, &RetrySettings::default(), 0.5).expect("within two days");
        assert_eq!(next.due_at - asked.now, 24 * 60 * MINUTE);
    }

    #[test]
    fn what_the_other_side_asks_for_is_kept_and_noted() {
        let asked = Refused { retry_after: Some(Duration::from_secs(7200)), ..refused(1, 0) };
        let next = next_try(asked, &RetrySettings::default(), 0.5).expect("within two days");
        assert_eq!(next, Next { due_at: asked.now + 120 * MINUTE, hold_until: asked.now + 120 * MINUTE });
    }
}
