//! Reading the ledger as a person does, and what a person decides: resolving, suppressing, stopping.

use super::{DeliveryKey, DeliveryState, Event, Ledger, LedgerError, Part, Release, ReleaseState};
use crate::plan::Target;

/// One delivery, as people look at it. Times are milliseconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    pub key: DeliveryKey,
    pub state: DeliveryState,
    /// Empty for a channel that has one delivery a post, and after the recipients were deleted.
    pub address: String,
    pub name: String,
    pub attempts: i64,
    pub first_at: Option<i64>,
    /// When a deferred one is tried again.
    pub due_at: i64,
    pub settled_at: Option<i64>,
    /// The other side's reply, the file, or the reason; empty before the first try.
    pub detail: String,
}

/// What became of one member's mail of one release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    pub release: Release,
    pub part: Part,
    pub standing: Standing,
}

/// An address that must not be written to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    pub reason: String,
    /// Milliseconds since 1970.
    pub created_at: i64,
}

/// When a release was handed over. Times are milliseconds since 1970.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Moments {
    /// Of the first delivery.
    pub first: Option<i64>,
    /// Of the last answer.
    pub last: Option<i64>,
    /// When the first of those that were refused for now is due again.
    pub next: Option<i64>,
}

/// How far a record is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Uses {
    /// Grows with what is marked or settled of a real release, in one step with it.
    pub count: i64,
    /// When that was last, in milliseconds since 1970 by the clock of whoever did it.
    pub at: Option<i64>,
}

/// What noting something as done by hand came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ByHand {
    /// It was open until now.
    Done,
    /// It was noted before; what it said then.
    Replaced(String),
    /// It is in other hands: a process has it, or a person must decide about it.
    Elsewhere,
}

/// What stands for the address of a member whose data were deleted.
pub const DELETED: &str = "(address deleted)";
/// What is noted of a delivery that a person counts as sent.
pub const COUNTED: &str = "counted as sent by a person";
/// What is noted of a delivery that a person wants sent again.
pub const AGAIN: &str = "a person decided to send it again";
/// What is noted of a delivery whose member became suppressed after the release.
pub const WITHDRAWN: &str = "must not be written to; asked for after the release";

/// Deliveries of a part whose outcome a person or a list decided, and no server.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Aside {
    /// Counted as sent by a person; among those that were sent.
    pub counted: u64,
    /// Taken out before they were handed over; among those that failed.
    pub taken_out: u64,
}

/// What a person decides about a delivery whose answer was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decided {
    SendAgain,
    CountAsSent,
}

/// What every database behind the ledger can do for people.
#[allow(async_fn_in_trait, reason = "used with concrete types only, never as a trait object")]
pub trait Books: Ledger {
    /// Every release that was sealed, the newest first.
    async fn releases(&self) -> Result<Vec<Release>, LedgerError>;

    /// Up to `limit` deliveries in one state, after the given one, in their order.
    async fn standings(
        &self,
        release: i64,
        state: DeliveryState,
        after: Option<DeliveryKey>,
        limit: u32,
    ) -> Result<Vec<Standing>, LedgerError>;

    /// Up to `limit` deliveries in whatever state, after the given one, in their order: each once, also while they are
    /// being sent.
    async fn deliveries(
        &self,
        release: i64,
        after: Option<DeliveryKey>,
        limit: u32,
    ) -> Result<Vec<Standing>, LedgerError>;

    /// The parts of a release in their order, without their content.
    async fn outline(&self, release: i64) -> Result<Vec<Part>, LedgerError>;

    /// When the release's first delivery was handed over, and when the last one was answered, what is done
    /// by hand aside; and when the next try is due.
    async fn moments(&self, release: i64) -> Result<Moments, LedgerError>;

    /// By part, how many a person counted as sent and how many were taken out; a part without any is left out.
    async fn asides(&self, release: i64) -> Result<Vec<(i64, Aside)>, LedgerError>;

    /// Settles a delivery as sent that a person made; `detail` says where it can be seen. Again: replaces that.
    async fn settle_by_hand(
        &self,
        release: i64,
        key: DeliveryKey,
        detail: &str,
        at: i64,
    ) -> Result<ByHand, LedgerError>;

    /// Everything that was ever released to a target, the newest first. The parts come without their content.
    async fn history(&self, target: Target) -> Result<Vec<Passage>, LedgerError>;

    /// Decides about uncertain deliveries: those given, or all of the release. Says how many there were. What is to be
    /// sent again of a release that is not the newest of its post is forgotten: those members have nothing yet, and the
    /// next wave of the newest one takes them up.
    async fn resolve(
        &self,
        release: i64,
        keys: Option<&[DeliveryKey]>,
        decided: Decided,
        at: i64,
    ) -> Result<u64, LedgerError>;

    /// Stops a release or opens it again. A settled one opens only if something of it is open, and none whose place a
    /// later revision took.
    async fn set_state(&self, release: i64, state: ReleaseState) -> Result<(), LedgerError>;

    /// Keeps these targets from being written to. Says how many were not kept from it before.
    async fn suppress(&self, targets: &[Target], reason: &str, at: i64) -> Result<u64, LedgerError>;

    /// Lets a target be written to again. Says whether it was not.
    async fn unsuppress(&self, target: Target) -> Result<bool, LedgerError>;

    /// Why a target must not be written to, if it must not.
    async fn suppression(&self, target: Target) -> Result<Option<Suppression>, LedgerError>;

    /// Up to `limit` recipients of a release with the list they were on, after the given target.
    async fn recipient_targets(
        &self,
        release: i64,
        after: Option<Target>,
        limit: u32,
    ) -> Result<Vec<(String, Target)>, LedgerError>;

    /// Deletes the addresses, names and other values of members from releases that were settled before a time, in
    /// milliseconds since 1970, and in which nothing was answered since. Who got what is still known by target.
    async fn forget_recipients(&self, before: i64) -> Result<u64, LedgerError>;

    /// Processes that are at work.
    async fn workers(&self, now: i64) -> Result<u64, LedgerError>;

    /// Notes what happened to a post.
    async fn note(&self, event: &Event) -> Result<(), LedgerError>;

    /// Everything that happened to a post, in the order of time.
    async fn events(&self, slug: &str) -> Result<Vec<Event>, LedgerError>;

    /// How often something of a real release was marked or settled, and when last.
    async fn uses(&self) -> Result<Uses, LedgerError>;

    /// A fact about the record as a whole: its `id`, the fingerprint of its `key`, its `home`.
    async fn fact(&self, name: &str) -> Result<Option<String>, LedgerError>;

    /// Notes a fact unless it is there already. Says what is there now.
    async fn note_fact(&self, name: &str, value: &str) -> Result<String, LedgerError>;

    /// Notes a fact in place of what was there.
    async fn set_fact(&self, name: &str, value: &str) -> Result<(), LedgerError>;
}
