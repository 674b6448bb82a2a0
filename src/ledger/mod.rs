//! The ledger (people read "sending record"): releases, their frozen content and recipients, and what became of each
//! delivery.
//!
//! Comes in: what a plan decided, and outcomes. Goes out: deliveries to work on, and counts. The only module that
//! talks to a database; it never renders and never sends.

use std::sync::Arc;

use thiserror::Error;

mod freeze;
mod scratch;
mod sqlite;
mod state;

pub use scratch::Scratch;
pub use sqlite::SqliteLedger;
pub use state::{DeliveryState, Mode, ReleaseState, Totals};

use crate::error;
use crate::plan::{Recipient, Target};

/// A release in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    pub id: i64,
    pub slug: String,
    pub revision: i64,
    pub mode: Mode,
    /// SHA-256 of the content alone.
    pub code: [u8; 32],
    /// Sum over the recipients.
    pub audience: [u8; 32],
    pub state: ReleaseState,
    /// How many times recipients were added, the first included.
    pub waves: i64,
    /// Milliseconds since 1970.
    pub created_at: i64,
}

/// What is frozen when a release begins.
#[derive(Debug, Clone)]
pub struct NewRelease {
    pub slug: String,
    pub mode: Mode,
    pub code: [u8; 32],
    pub parts: Vec<Part>,
    /// Milliseconds since 1970.
    pub created_at: i64,
}

/// What a release says on one channel; for `email` on one list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    pub channel: String,
    /// Empty but for `email`.
    pub list: String,
    pub body: Arc<[u8]>,
}

/// A delivery to work on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    pub target: Target,
    /// `None` for a channel that has one delivery a post.
    pub recipient: Option<Recipient>,
}

/// How a delivery ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    pub target: Target,
    /// [`DeliveryState::Sent`] or [`DeliveryState::Failed`].
    pub state: DeliveryState,
    /// The other side's reply, the file, or the reason.
    pub detail: String,
}

/// Why the ledger could not do what it was asked.
#[derive(Debug, Error)]
pub enum LedgerError {
    #[error("it was written by a newer version of rundbrief")]
    Newer,
    #[error("it is locked by another program")]
    Locked,
    #[error("it is damaged or no sending record: {0}")]
    Damaged(String),
    #[error("the disk is full")]
    Full,
    #[error("it cannot be opened")]
    Unopenable,
    #[error("it cannot be written to")]
    ReadOnly,
    #[error("the disk does not read or write it")]
    Disk,
    #[error("{0}")]
    Database(String),
    #[error("another send is being prepared")]
    Busy,
}

impl LedgerError {
    /// The error of a command, with where the record is kept and what to do.
    pub fn at(self, place: &str) -> error::Error {
        let help = match &self {
            LedgerError::Newer => "install the version that wrote it, or a later one; nothing was changed",
            LedgerError::Locked | LedgerError::Busy => "wait until the other one has finished, then run this again",
            LedgerError::Damaged(_) => {
                "restore it from a backup, or move it away to begin a new one; without it nobody knows who was written to"
            }
            LedgerError::Full => "free some space and run the command again; what was recorded is kept",
            LedgerError::Unopenable => "[ledger] url must name a file in a folder that can be written to",
            LedgerError::ReadOnly => "check who owns the file and its folder",
            LedgerError::Disk => "check the disk and the free space; keep the sending record on a local disk",
            LedgerError::Database(_) => "",
        };
        error::Error::Ledger { place: place.to_owned(), message: self.to_string(), help: help.to_owned() }
    }
}

/// What takes the recipients of a wave while they are decided about: a ledger, or the scratch of a plan.
#[allow(async_fn_in_trait, reason = "used with concrete types only, never as a trait object")]
pub trait Roll {
    /// Where it is kept, for messages; never with a password.
    fn place(&self) -> String;

    /// Notes for the wave being added that these targets refuse in a row of the part's list.
    async fn refuse(&self, release: i64, part: i64, targets: &[Target]) -> Result<(), LedgerError>;

    /// Of these targets, those that refuse in a row of the part's list.
    async fn refused(&self, release: i64, part: i64, targets: &[Target]) -> Result<Vec<Target>, LedgerError>;

    /// Adds recipients; a target that is already there is left as it is. Says which were new.
    async fn add(&self, release: i64, wave: i64, recipients: &[Recipient]) -> Result<Vec<Target>, LedgerError>;
}

/// What every database behind the ledger can do. The contract tests run against each implementation.
#[allow(async_fn_in_trait, reason = "used with concrete types only, never as a trait object")]
pub trait Ledger: Roll {
    /// Waits until no other process adds recipients, and keeps all others from it until [`Ledger::seal`] or
    /// [`Ledger::discard`]. Whoever looks for a release before deciding to begin one holds the ledger first.
    async fn hold(&self) -> Result<(), LedgerError>;

    /// The newest sealed release of a post.
    async fn release(&self, slug: &str, mode: Mode) -> Result<Option<Release>, LedgerError>;

    /// Begins a release that takes recipients and reaches nobody until [`Ledger::seal`].
    async fn begin(&self, release: &NewRelease) -> Result<Release, LedgerError>;

    /// Of these targets, those that the release has from an earlier wave than `wave`.
    async fn known(&self, release: i64, targets: &[Target], wave: i64) -> Result<Vec<Target>, LedgerError>;

    /// Makes the wave's recipients deliveries and opens the release, in one step.
    async fn seal(&self, release: i64, wave: i64, audience: [u8; 32]) -> Result<(), LedgerError>;

    /// Drops a wave that was not sealed, and a release without any.
    async fn discard(&self, release: i64, wave: i64) -> Result<(), LedgerError>;

    /// What the release says, by part.
    async fn parts(&self, release: i64) -> Result<Vec<Part>, LedgerError>;

    /// Up to `limit` deliveries of a part that nothing has been done for, after the given target, in their order.
    async fn pending(
        &self,
        release: i64,
        part: i64,
        after: Option<Target>,
        limit: u32,
    ) -> Result<Vec<Delivery>, LedgerError>;

    /// Settles deliveries of a part. `at` is milliseconds since 1970. One that is settled already stays as it is.
    async fn settle(&self, release: i64, part: i64, settled: &[Settled], at: i64) -> Result<(), LedgerError>;

    /// Marks the release settled when nothing is open any more.
    async fn close(&self, release: i64) -> Result<(), LedgerError>;

    /// Removes a trial, so that the next one begins anew. A real release is never removed.
    async fn forget_trial(&self, release: i64) -> Result<(), LedgerError>;

    /// Counts by part, in the order of the parts; a part without deliveries is left out.
    async fn totals(&self, release: i64) -> Result<Vec<(i64, Totals)>, LedgerError>;

    /// Which of these targets must not be written to.
    async fn suppressed(&self, targets: &[Target]) -> Result<Vec<Target>, LedgerError>;
}
