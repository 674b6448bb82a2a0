//! How a send stands, in one word.
//!
//! Comes in: what became of its deliveries, and how many processes are at work. Goes out: a [`Stage`].

use crate::ledger::Totals;

/// How a release stands, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Sending,
    Stopped,
    /// A process ended while it had something in hand.
    Broken,
    Waiting,
    Undecided,
    Done,
}

impl Stage {
    /// The stable name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Stage::Sending => "sending",
            Stage::Stopped => "stopped",
            Stage::Broken => "interrupted",
            Stage::Waiting => "waiting",
            Stage::Undecided => "undecided",
            Stage::Done => "done",
        }
    }
}

/// How something stands by its counts and by whether anybody is sending.
pub fn stage(own: &Totals, workers: u64, stopped: bool) -> Stage {
    match (own.open() > 0, workers > 0) {
        // Others may be sending another post meanwhile.
        (true, _) if stopped => Stage::Stopped,
        (true, true) => Stage::Sending,
        (true, false) if own.claimed + own.in_flight > 0 => Stage::Broken,
        (true, false) => Stage::Waiting,
        (false, _) if own.uncertain > 0 => Stage::Undecided,
        (false, _) => Stage::Done,
    }
}
