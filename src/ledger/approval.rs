//! Who gave a post free for sending, and whether it is still that.
//!
//! Comes in: an approval with what was read; who would get the post now. Goes out: the approvals of a post, and who was added
//! or is gone since. Only the newest approval of a post counts; the people of the others are forgotten.

use super::{Books, LedgerError};
use crate::plan::Recipient;

/// What is noted when somebody approves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewApproval {
    pub slug: String,
    /// SHA-256 of the content alone, as of a release.
    pub code: [u8; 32],
    /// Sum over the recipients, as of a release.
    pub audience: [u8; 32],
    pub by: String,
    /// May be empty.
    pub note: String,
    /// JSON: what was read.
    pub texts: String,
    /// Milliseconds since 1970.
    pub at: i64,
}

/// An approval in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    pub id: i64,
    pub slug: String,
    pub code: [u8; 32],
    pub audience: [u8; 32],
    pub by: String,
    /// May be empty.
    pub note: String,
    /// JSON, as in [`NewApproval`].
    pub texts: String,
    /// How many would have got it then.
    pub people: u64,
    /// Milliseconds since 1970, as the next.
    pub at: i64,
    pub revoked_at: Option<i64>,
}

/// Who gave a content free, as a report tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approved {
    pub by: String,
    /// What they wrote to it; may be empty.
    pub note: String,
    /// Milliseconds since 1970.
    pub at: i64,
}

/// Some people, the first of them by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct People {
    pub count: u64,
    /// In their order; whose name was deleted is only counted.
    pub names: Vec<String>,
}

/// How those who would get a post now differ from those it was approved for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changed {
    pub added: People,
    pub gone: People,
}

/// What every database behind the ledger knows of approvals.
///
/// Who would get a post now are those who have something of a real release of it, those whom the wave being frozen adds
/// (`freezing` is its release), and those noted with [`Approvals::note_present`].
#[allow(async_fn_in_trait, reason = "used with concrete types only, never as a trait object")]
pub trait Approvals: Books {
    /// Notes who would get the post now and is in no release. Only this object sees it, and it goes with it.
    async fn note_present(&self, people: &[Recipient]) -> Result<(), LedgerError>;

    /// Notes an approval with the people who would get the post now, in one step, in place of earlier ones. Whoever
    /// approves or revokes holds the ledger, so that no send begins at that moment.
    async fn approve(&self, new: &NewApproval, freezing: Option<i64>) -> Result<Approval, LedgerError>;

    /// Every approval of a post, the newest first.
    async fn approvals(&self, slug: &str) -> Result<Vec<Approval>, LedgerError>;

    /// Takes back what is approved of a post. Says whether something was.
    async fn revoke_approvals(&self, slug: &str, at: i64) -> Result<bool, LedgerError>;

    /// Who was added and who is gone since an approval, with up to `names` names each.
    async fn changed_since(
        &self,
        approval: &Approval,
        freezing: Option<i64>,
        names: u32,
    ) -> Result<Changed, LedgerError>;

    /// Who gave this content of a post free, the last one; what was taken back does not count.
    async fn approval_of(&self, slug: &str, code: &[u8; 32]) -> Result<Option<Approved>, LedgerError>;
}
