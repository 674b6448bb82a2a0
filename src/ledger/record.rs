//! What the ledger holds, as values.

use std::path::PathBuf;
use std::sync::Arc;

use super::{DeliveryState, Mode, ReleaseState};
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
    /// Fingerprint of the site key whose targets it has.
    pub key: String,
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
    /// Fingerprint of the site key.
    pub key: String,
}

/// What a release says on one channel; for `email` on one list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    pub channel: String,
    /// Empty but for `email`.
    pub list: String,
    pub body: Arc<[u8]>,
}

/// A delivery within its release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeliveryKey {
    /// The release's part, by number.
    pub part: i64,
    pub target: Target,
}

/// A delivery to work on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    pub part: i64,
    pub target: Target,
    /// `None` for a channel that has one delivery a post.
    pub recipient: Option<Recipient>,
    /// How often it was handed over before.
    pub attempts: i64,
    /// When it was first handed over, in milliseconds since 1970.
    pub first_at: Option<i64>,
    /// When it was due, in milliseconds since 1970; 0 for at once.
    pub due_at: i64,
    /// Whether it was refused for now before, rather than never tried.
    pub deferred: bool,
}

impl Delivery {
    pub fn key(&self) -> DeliveryKey {
        DeliveryKey { part: self.part, target: self.target }
    }
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    pub key: DeliveryKey,
    /// [`DeliveryState::Sent`], `Deferred`, `Failed` or `Uncertain`.
    pub state: DeliveryState,
    /// When a deferred one is due again; 0 otherwise.
    pub due_at: i64,
    /// Not to be tried before, whatever a person says; 0 for no such wish of the other side.
    pub hold_until: i64,
    /// The other side's reply, the file, or the reason.
    pub detail: String,
    /// Milliseconds since 1970.
    pub at: i64,
}

/// What bringing a record up to date came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upgrade {
    /// The versions of its tables, before and now.
    pub from: i64,
    pub to: i64,
    /// The record as it was before.
    pub copy: PathBuf,
}
