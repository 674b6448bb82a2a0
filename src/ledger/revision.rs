//! One post in several texts: what a later revision must know of the earlier ones, and a send that was stopped.
//!
//! Comes in: a release, targets. Goes out: who has something already, who still waits, what is in somebody's hands. The
//! place of an earlier revision is taken by [`Ledger::seal`].

use std::collections::BTreeMap;

use super::{Event, Ledger, LedgerError, Mode, Release};
use crate::plan::Target;

/// Which mail of a post was the last one that was settled for somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LastMail {
    pub target: Target,
    pub release: i64,
    /// The release's part.
    pub part: i64,
}

/// A mail of some revision that was settled.
pub(super) struct SettledMail {
    pub revision: i64,
    pub mail: LastMail,
    /// Whether it was accepted or may have arrived; else it was refused.
    pub arrived: bool,
}

/// The last mail of everybody who has one, or may have: a later one that was refused counts, so that nobody is asked
/// again and again for the same text.
pub(super) fn last_of(settled: impl IntoIterator<Item = SettledMail>) -> Vec<LastMail> {
    let mut all: BTreeMap<Target, (i64, LastMail, bool)> = BTreeMap::new();
    for SettledMail { revision, mail, arrived } in settled {
        let (newest, last, has_one) = all.entry(mail.target).or_insert((revision, mail, false));
        *has_one |= arrived;
        if revision > *newest {
            (*newest, *last) = (revision, mail);
        }
    }
    all.into_values().filter(|(_, _, has_one)| *has_one).map(|(_, last, _)| last).collect()
}

/// What every database behind the ledger can tell about the revisions of a post.
#[allow(async_fn_in_trait, reason = "used with concrete types only, never as a trait object")]
pub trait Revisions: Ledger {
    /// Every sealed release of a post, the newest first.
    async fn revisions(&self, slug: &str, mode: Mode) -> Result<Vec<Release>, LedgerError>;

    /// Of these targets, those that have the mail of this release or an earlier revision of it, or may have: all but
    /// those for whom it waits.
    async fn reached(&self, release: i64, targets: &[Target]) -> Result<Vec<Target>, LedgerError>;

    /// Of these targets, those whose mail of this release or an earlier revision was accepted or may have arrived, each
    /// with the last mail that was settled for it.
    async fn last_mails(&self, release: i64, targets: &[Target]) -> Result<Vec<LastMail>, LedgerError>;

    /// Of these targets, those for whom the mail of this release waits.
    async fn waiting_for(&self, release: i64, targets: &[Target]) -> Result<Vec<Target>, LedgerError>;

    /// Deliveries of a release that processes have in hand which live, at a time in milliseconds since 1970.
    async fn held(&self, release: i64, now: i64) -> Result<u64, LedgerError>;

    /// Notes that a post goes on that was stopped, and opens the given release, in one step. `false`, and nothing is
    /// changed, when it was stopped more than `stops` times: somebody stopped it meanwhile.
    async fn go_on(&self, event: &Event, open: Option<i64>, stops: u64) -> Result<bool, LedgerError>;
}
