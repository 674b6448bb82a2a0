//! How a send stands, in one word.
//!
//! Comes in: what became of its deliveries, and how many processes are at work. Goes out: a [`Stage`].

use crate::ledger::Totals;
use crate::report::Stage;

/// How something stands by its counts and by whether anybody is sending.
pub fn stage(own: &Totals, workers: u64, stopped: bool) -> Stage {
    match (own.open() > 0, workers > 0) {
        // Others may be sending another post meanwhile.
        (true, _) if stopped => Stage::Stopped,
        (true, true) => Stage::Sending,
        (true, false) if own.claimed + own.in_flight > 0 => Stage::Interrupted,
        (true, false) => Stage::Waiting,
        (false, _) if own.uncertain > 0 => Stage::Undecided,
        (false, _) => Stage::Done,
    }
}
