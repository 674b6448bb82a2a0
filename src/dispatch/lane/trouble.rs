//! Connections that fail one after the other: how long to wait, and when to give up for this run.

use std::cell::Cell;
use std::time::Duration;

/// A lane gives up when nobody has answered for so long.
const PATIENCE: Duration = Duration::from_secs(60);
/// Before the first answer of a run it gives up sooner: somebody is probably looking on.
const FIRST_PATIENCE: Duration = Duration::from_secs(8);
const SHORTEST: Duration = Duration::from_millis(200);
const LONGEST: Duration = Duration::from_secs(10);

/// The failures of a lane since the last answer.
#[derive(Debug, Default)]
pub(super) struct Trouble {
    /// When they began, as time since the run's start.
    since: Cell<Option<Duration>>,
    number: Cell<u32>,
    answered: Cell<bool>,
}

/// What to do after a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Advice {
    Wait(Duration),
    GiveUp,
}

impl Trouble {
    /// The other side answered something.
    pub(super) fn over(&self) {
        self.since.set(None);
        self.number.set(0);
        self.answered.set(true);
    }

    /// A connection failed; `now` is the time since the run's start, `connections` how many there are.
    pub(super) fn note(&self, now: Duration, connections: usize) -> Advice {
        let since = self.since.get().unwrap_or(now);
        self.since.set(Some(since));
        self.number.set(self.number.get() + 1);
        let patience = if self.answered.get() { PATIENCE } else { FIRST_PATIENCE };
        if now.saturating_sub(since) >= patience {
            return Advice::GiveUp;
        }
        // Each connection fails for itself; a round of failures of all of them doubles the wait once.
        let rounds = self.number.get() / u32::try_from(connections.max(1)).unwrap_or(u32::MAX);
        Advice::Wait(SHORTEST.saturating_mul(1 << rounds.min(10)).min(LONGEST))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn waits_double_and_end() {
        let trouble = Trouble::default();
        let mut now = Duration::ZERO;
        let mut waits = Vec::new();
        while let Advice::Wait(wait) = trouble.note(now, 1) {
            waits.push(wait.as_millis());
            now += wait;
            assert!(waits.len() < 100, "it ends");
        }
        assert_eq!(waits, [400, 800, 1600, 3200, 6400]);
    }

    #[test]
    fn an_answer_ends_it() {
        let trouble = Trouble::default();
        trouble.note(Duration::ZERO, 1);
        trouble.over();
        assert_eq!(trouble.note(100 * SECOND, 1), Advice::Wait(2 * SHORTEST));
        assert!(matches!(trouble.note(130 * SECOND, 1), Advice::Wait(_)), "after an answer it is patient");
        assert_eq!(trouble.note(160 * SECOND, 1), Advice::GiveUp);
    }
}
