//! How fast things go: the rows in which deliveries stand, and the limits of an hour and a day.
//!
//! All workers share them, so that they are kept in the ledger.

use super::LedgerError;

/// A window is counted in this many slices: a limit is kept in every window, to a sixtieth of its length.
pub(super) const SLICES: i64 = 60;

/// How fast things go, shared by all workers. All times are milliseconds since 1970, intervals milliseconds.
#[allow(async_fn_in_trait, reason = "used with concrete types only, never as a trait object")]
pub trait Pacing {
    /// Reserves up to `count` places in the row under a name, `interval` apart or further if it was slowed down, the last
    /// at most `reach` after the first.
    async fn reserve(&self, name: &str, interval: i64, count: u32, reach: i64, now: i64) -> Result<Slots, LedgerError>;

    /// Reserves up to `count` places in the row under a name, as [`Pacing::reserve`] does, none of them later than `until`:
    /// perhaps none at all. The place after them is nobody's yet.
    async fn reserve_until(
        &self,
        name: &str,
        interval: i64,
        count: u32,
        until: i64,
        now: i64,
    ) -> Result<Slots, LedgerError>;

    /// Gives up the last `count` places in the row, which nobody used.
    async fn leave_row(&self, name: &str, interval: i64, count: u32, now: i64) -> Result<(), LedgerError>;

    /// Takes up to `want` from each of these limits, the same number from all. Where less is left, says when there is
    /// more.
    async fn spend(&self, limits: &[Limit<'_>], want: u32, now: i64) -> Result<Spent, LedgerError>;

    /// Gives back `count` that were taken at a time from each of these limits and that nobody used.
    async fn unspend(&self, limits: &[Limit<'_>], count: u32, taken_at: i64) -> Result<(), LedgerError>;

    /// What is left of these limits; takes nothing.
    async fn left_of(&self, limits: &[Limit<'_>], now: i64) -> Result<Spent, LedgerError>;

    /// Notes that what is under a name failed once more in a row: from the second time on it is left alone, for `from` at
    /// first and twice as long each time, up to `most`. Says until when.
    async fn failed_again(&self, name: &str, from: i64, most: i64, now: i64) -> Result<i64, LedgerError>;

    /// It works again.
    async fn works_again(&self, name: &str) -> Result<(), LedgerError>;

    /// Until when it is left alone; in the past or 0 where it is not.
    async fn left_alone_until(&self, name: &str) -> Result<i64, LedgerError>;

    /// Doubles the interval under a name, from at least `from`, to at most `most`; once a minute at most. `false`: it
    /// was slowed down less than a minute ago.
    async fn slow(&self, name: &str, from: i64, most: i64, now: i64) -> Result<bool, LedgerError>;

    /// The names that begin with this and are slowed down, whoever noticed that, each with its interval; what nobody was slow
    /// with for an hour is not.
    async fn slowed(&self, beginning: &str, now: i64) -> Result<Vec<(String, i64)>, LedgerError>;
}

/// So many in any stretch of `window` milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit<'a> {
    pub name: &'a str,
    pub window: i64,
    pub most: u32,
}

impl Limit<'_> {
    /// The length of the slices in which it is counted, and the number of the one that a time is in.
    pub(super) fn slice(&self, at: i64) -> (i64, i64) {
        let length = (self.window / SLICES).max(1);
        (length, at.div_euclid(length))
    }
}

/// Reserved places in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slots {
    pub first: i64,
    pub interval: i64,
    pub count: u32,
}

/// What was left of a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spent {
    pub granted: u32,
    /// When more will be there; `now` when everything was granted.
    pub again_at: i64,
    /// Which of the limits that waits for; `None` when everything was granted.
    pub held_by: Option<usize>,
}

impl Spent {
    /// The same where one more limit holds, of which so much is used since the slice that is the oldest. The one with the
    /// least left says when there is more.
    pub(super) fn within(self, number: usize, limit: &Limit<'_>, used: i64, oldest: Option<i64>, now: i64) -> Spent {
        let left = u32::try_from((i64::from(limit.most) - used).max(0)).unwrap_or(u32::MAX);
        let (length, slice) = limit.slice(now);
        let again_at = (oldest.unwrap_or(slice) + SLICES + 1) * length;
        let is_later = self.held_by.is_some() && again_at > self.again_at;
        match left < self.granted || (left == self.granted && is_later) {
            true => Spent { granted: left, again_at, held_by: Some(number) },
            false => self,
        }
    }
}

/// How many places of a row lie between the first one and a time, of those that are wanted.
pub(super) fn places(first: i64, until: i64, apart: i64, wanted: u32) -> u32 {
    if first > until {
        return 0;
    }
    if apart == 0 {
        return wanted;
    }
    wanted.min(u32::try_from((until - first) / apart + 1).unwrap_or(u32::MAX))
}
