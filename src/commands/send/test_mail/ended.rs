//! What became of one test mail.
//!
//! Comes in: the outcome of its channel. Goes out: a line for people, an entry for programs, an exit code.

use serde_json::{Value, json};

use crate::channel::Outcome;
use crate::error::Exit;
use crate::members::address::Address;

/// A test mail that was handed over, or could not be.
pub(super) struct Ended {
    pub address: String,
    /// A stable name.
    outcome: &'static str,
    /// On one line.
    reply: String,
    pub exit: Exit,
}

impl Ended {
    pub(super) fn of(address: &Address, outcome: Outcome) -> Ended {
        let (outcome, reply, exit) = match outcome {
            Outcome::Sent { receipt } => ("accepted", receipt, Exit::Settled),
            Outcome::Deferred { reason, .. } => ("deferred", reason, Exit::SomeDeferred),
            Outcome::Rejected { reason, .. } => ("refused", reason, Exit::SomeRejected),
            Outcome::Uncertain { reason } => ("uncertain", reason, Exit::SomeUncertain),
            Outcome::Untried { reason, .. } => ("untried", reason, Exit::SomeDeferred),
            Outcome::Withheld => ("untried", "it was kept back".to_owned(), Exit::SomeDeferred),
        };
        let reply = reply.split_whitespace().collect::<Vec<_>>().join(" ");
        Ended { address: address.to_string(), outcome, reply, exit }
    }

    /// `server`: what takes the mails; `None` for files.
    pub(super) fn words(&self, server: Option<&str>) -> String {
        let reply = &self.reply;
        match (self.outcome, server) {
            ("accepted", Some(server)) => format!("accepted by {server}: {reply}"),
            ("accepted", None) => format!("written: {reply}"),
            ("refused", _) => format!("refused: {reply}"),
            ("uncertain", _) => format!("may or may not have arrived: {reply}"),
            ("deferred", _) => format!("refused for now: {reply}"),
            _ => format!("not sent: {reply}"),
        }
    }

    pub(super) fn document(&self) -> Value {
        json!({ "address": self.address, "outcome": self.outcome, "reply": self.reply })
    }
}
