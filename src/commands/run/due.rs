//! Which posts a run takes up, and which it has something to say about.
//!
//! Comes in: the times of a post, how its release stands, a moment. Goes out: what to do with it. Pure.

use jiff::Timestamp;

use crate::ledger::ReleaseState;
use crate::plan::schedule::{Due, Window};

/// After this time nobody wants to hear any more that a post was not sent, in milliseconds: a week.
const STALE: i64 = 7 * 24 * 3_600_000;

/// How the release of a post stands, what people post by hand aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    pub state: ReleaseState,
    /// Never tried.
    pub untried: u64,
    /// When the first of those that were put off is due, in milliseconds since 1970.
    pub next: Option<i64>,
    /// Left behind by processes that are gone.
    pub orphaned: bool,
}

/// What a run does with a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Nothing,
    /// Sends what is due; without a window, nothing is tried for the first time.
    Send {
        window: Option<Window>,
    },
    /// Its time is over, and nothing was sent.
    Missed {
        window: Window,
    },
    /// Its time is over, and so many were not tried; what was put off goes on.
    Cut {
        window: Window,
        untried: u64,
    },
}

/// What to do with a post. `stopped`: a person stopped it, and nobody has let it go on.
pub fn verdict(window: Option<Window>, standing: Option<Standing>, stopped: bool, now: Timestamp) -> Verdict {
    let due = window.map(|window| window.due(now));
    let open = window.filter(|_| due == Some(Due::Now));
    let is_recent = |window: &Window| now.as_millisecond() - window.closes.as_millisecond() < STALE;
    let over = window.filter(|window| due == Some(Due::Over) && is_recent(window));
    match (standing, open, over) {
        (None, Some(window), _) if !stopped => Verdict::Send { window: Some(window) },
        (None, _, Some(window)) if !stopped => Verdict::Missed { window },
        (None, ..) => Verdict::Nothing,
        (Some(standing), ..) if stopped || standing.state != ReleaseState::Open => Verdict::Nothing,
        (Some(standing), Some(window), _) if standing.untried > 0 => Verdict::Send { window: Some(window) },
        (Some(standing), ..) if standing.orphaned || standing.next.is_some_and(|next| next <= now.as_millisecond()) => {
            Verdict::Send { window: open }
        }
        (Some(Standing { untried, .. }), _, Some(window)) if untried > 0 => Verdict::Cut { window, untried },
        (Some(_), ..) => Verdict::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;

    fn at(hours: i64) -> Timestamp {
        Timestamp::from_millisecond(hours * HOUR).expect("in range")
    }

    fn window() -> Window {
        Window { opens: at(10), closes: at(20) }
    }

    fn standing(untried: u64, next: Option<i64>) -> Standing {
        Standing { state: ReleaseState::Open, untried, next: next.map(|hours| hours * HOUR), orphaned: false }
    }

    #[test]
    fn a_post_is_begun_within_its_window_alone() {
        let all = Verdict::Send { window: Some(window()) };
        for (hour, expected) in [
            (9, Verdict::Nothing),
            (10, all),
            (20, all),
            (21, Verdict::Missed { window: window() }),
            (20 + 7 * 24, Verdict::Nothing),
        ] {
            assert_eq!(verdict(Some(window()), None, false, at(hour)), expected, "at {hour}");
        }
        assert_eq!(verdict(None, None, false, at(15)), Verdict::Nothing, "only by hand");
        assert_eq!(verdict(Some(window()), None, true, at(15)), Verdict::Nothing, "stopped");
        assert_eq!(verdict(Some(window()), None, true, at(21)), Verdict::Nothing, "stopped, and nobody waits for it");
    }

    #[test]
    fn what_was_put_off_goes_on_after_the_window_and_what_was_never_tried_does_not() {
        let later = Verdict::Send { window: None };
        for (untried, next, hour, expected) in [
            (3, None, 15, Verdict::Send { window: Some(window()) }),
            (0, Some(16), 15, Verdict::Nothing),
            (0, Some(15), 15, Verdict::Send { window: Some(window()) }),
            (3, Some(21), 21, later),
            (3, Some(22), 21, Verdict::Cut { window: window(), untried: 3 }),
            (0, None, 15, Verdict::Nothing),
        ] {
            let verdict = verdict(Some(window()), Some(standing(untried, next)), false, at(hour));
            assert_eq!(verdict, expected, "{untried} {next:?} {hour}");
        }
        assert_eq!(verdict(None, Some(standing(3, None)), false, at(1)), Verdict::Nothing, "begun by hand");
        assert_eq!(verdict(None, Some(standing(3, Some(1))), false, at(1)), later);
    }

    #[test]
    fn what_a_dead_process_left_is_taken_up_and_what_a_person_stopped_is_not() {
        let orphaned = Standing { orphaned: true, ..standing(0, None) };
        assert_eq!(verdict(None, Some(orphaned), false, at(1)), Verdict::Send { window: None });
        for state in [ReleaseState::Stopped, ReleaseState::Settled] {
            let standing = Standing { state, orphaned: true, ..standing(5, Some(1)) };
            assert_eq!(verdict(Some(window()), Some(standing), false, at(15)), Verdict::Nothing);
        }
        let waiting = Standing { orphaned: true, ..standing(5, Some(1)) };
        assert_eq!(
            verdict(Some(window()), Some(waiting), true, at(15)),
            Verdict::Nothing,
            "on its way to being stopped"
        );
    }
}
