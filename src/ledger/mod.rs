//! The ledger (people read "sending record"): releases, their frozen content and recipients, and what became of each
//! delivery.
//!
//! Comes in: what a plan decided, and outcomes. Goes out: deliveries to work on, and counts. The only module that
//! talks to a database; it never renders and never sends.

mod approval;
mod books;
mod boot;
mod carried;
mod either;
mod error;
mod event;
mod fault;
mod journal;
mod lost;
mod pacing;
mod place;
mod postgres;
mod private;
mod record;
mod revision;
mod scratch;
mod sqlite;
mod state;
mod witness;
mod work;

pub use approval::{Approval, Approvals, Approved, Changed, NewApproval, People};
pub use books::{
    AGAIN, Aside, Books, ByHand, COUNTED, DELETED, Decided, Moments, Passage, Standing, Suppression, Uses, WITHDRAWN,
};
pub use carried::Carried;
pub use either::Record;
pub use error::LedgerError;
pub use event::{Event, EventKind};
pub use pacing::{Limit, Pacing, Slots, Spent};
pub use place::RecordPlace;
pub use postgres::{PostgresAddress, PostgresLedger};
pub use record::{Delivery, DeliveryKey, NewRelease, Part, Release, Settled, Upgrade};
pub use revision::{LastMail, Revisions};
pub use scratch::Scratch;
pub use sqlite::{SqliteLedger, identity_of};
pub use state::{DeliveryState, Form, Mode, Purpose, ReleaseState, Totals};
pub use witness::{Heard, Testimony, Witness};
pub use work::{LEASE, Lost, LostDelivery, Marked, Recovered, Seat, Waiting, Wanted, Work, Worker};

use crate::plan::{Recipient, Target};

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

    /// Of these targets, those that a sealed wave of the release has, also after their addresses were deleted; and those
    /// that an earlier revision of it reached or may have ([`Revisions::reached`]).
    async fn known(&self, release: i64, targets: &[Target]) -> Result<Vec<Target>, LedgerError>;

    /// Makes the wave's recipients deliveries and opens the release, in one step; a post that a person stopped is sealed
    /// as stopped. The first wave of a new revision takes the place of the earlier ones in the same step: what waits of
    /// them is dropped, they are settled, and a channel that they have served is not served again.
    ///
    /// [`LedgerError::InHand`] while a worker has something of an earlier revision, or when one reached somebody of this
    /// wave since they were added; nothing is changed then. A correction takes the place of earlier corrections and of what
    /// a person was still to post; it is refused in the same way while anything else waits of what it corrects, and all of
    /// its channels are served.
    async fn seal(&self, release: i64, wave: i64, audience: [u8; 32]) -> Result<(), LedgerError>;

    /// Fails what waits for members who refuse in a row that this wave noted. Says how many there were.
    async fn withdraw_refused(&self, release: i64, reason: &str, at: i64) -> Result<u64, LedgerError>;

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

    /// Marks the release settled when nothing is open any more.
    async fn close(&self, release: i64) -> Result<(), LedgerError>;

    /// Removes a trial with all its revisions, so that the next one begins anew. A real release is never removed.
    async fn forget_trial(&self, release: i64) -> Result<(), LedgerError>;

    /// Counts by part, in the order of the parts; a part without deliveries is left out.
    async fn totals(&self, release: i64) -> Result<Vec<(i64, Totals)>, LedgerError>;

    /// Which of these targets must not be written to.
    async fn suppressed(&self, targets: &[Target]) -> Result<Vec<Target>, LedgerError>;
}
