//! The rows of a list, sorted as a send would: who is written to, who is not and why.
//!
//! Comes in: one row after the other, and who refuses. Goes out: a member with a salutation, or a reason. Keeps 40 bytes a
//! member, to know who came before.

use std::collections::HashMap;

use serde::Serialize;

use crate::members::address::Address;
use crate::members::check::why_refused;
use crate::members::{Refused, Row};
use crate::plan::{Audience, Decision, Skip, Target};

/// A member who would be written to.
#[derive(Serialize)]
pub(super) struct Shown {
    pub row: u64,
    pub address: String,
    pub salutation: String,
    #[serde(skip)]
    pub target: Target,
}

/// A row that would not.
#[derive(Serialize)]
pub(super) struct LeftOut {
    pub row: u64,
    /// `None` where the row has none that can be used.
    pub address: Option<String>,
    pub reason: String,
    #[serde(skip)]
    pub kind: &'static str,
}

/// Kinds of rows that are left out, as the summary counts them.
pub(super) const REJECTED: &str = "cannot be used";
const CHOSEN: &str = "left out by the list's `where`";
const REFUSED: &str = "refused in another row";
const TWICE: &str = "on the list more than once";
pub(super) const SUPPRESSED: &str = "must not be written to";

/// Sorts the rows of one list as a send would.
pub(super) struct Sorter<'a> {
    pub audience: Audience<'a>,
    /// Who refuses in a row of the list.
    pub refused: HashMap<Target, Refused>,
    /// The first row of each member.
    pub rows: HashMap<Target, u64>,
}

impl Sorter<'_> {
    pub(super) fn sort(&mut self, row: Row) -> Result<Shown, LeftOut> {
        let (number, address) = match &row {
            Row::Member(member) => (member.row, &member.address),
            Row::Rejected { row, reason } => return Err(left(*row, None, REJECTED, reason.clone())),
            Row::LeftOut { row, column } => {
                let reason = format!("the list's `where` wants something else in the column “{column}”");
                return Err(left(*row, None, CHOSEN, reason));
            }
        };
        let address = address.clone();
        let target = self.audience.key.target(&address);
        if let Some(refused) = self.refused.get(&target) {
            return Err(left(number, Some(&address), REFUSED, why_refused(refused)));
        }
        if let Some(first) = self.rows.get(&target) {
            return Err(left(number, Some(&address), TWICE, format!("row {first} has the same address")));
        }
        self.rows.insert(target, number);
        match self.audience.decide(row) {
            Decision::Write(recipient) => {
                let salutation = recipient.slots.concat();
                Ok(Shown { row: number, address: recipient.address, salutation, target })
            }
            Decision::Skip(skip) => Err(left(number, Some(&address), REJECTED, skip.words())),
            Decision::Refuse { .. } => Err(left(number, Some(&address), REFUSED, Skip::Refused.words())),
        }
    }
}

fn left(row: u64, address: Option<&Address>, kind: &'static str, reason: String) -> LeftOut {
    LeftOut { row, address: address.map(ToString::to_string), reason, kind }
}
