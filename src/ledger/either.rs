//! The sending record, wherever it is kept: in one file, or in a database on a server.
//!
//! Comes in: what any part of the program asks a ledger. Goes out: what the one behind it says. Decides nothing itself.

use std::path::Path;

use super::{
    Delivery, DeliveryKey, Heard, Ledger, LedgerError, Limit, Lost, Marked, Mode, NewRelease, Pacing, Part,
    PostgresLedger, Recovered, Release, ReleaseState, Roll, Seat, Settled, Slots, Spent, SqliteLedger, Totals, Upgrade,
    Waiting, Wanted, Work, Worker,
};
use crate::plan::{Recipient, Target};

/// A sending record.
#[derive(Debug)]
pub enum Record {
    Sqlite(SqliteLedger),
    Postgres(PostgresLedger),
}

/// Asks whichever is behind it.
macro_rules! ask {
    ($record:ident.$method:ident($($argument:expr),*)) => {
        match $record {
            Record::Sqlite(ledger) => ledger.$method($($argument),*),
            Record::Postgres(ledger) => ledger.$method($($argument),*),
        }
    };
    (wait $record:ident.$method:ident($($argument:expr),*)) => {
        match $record {
            Record::Sqlite(ledger) => ledger.$method($($argument),*).await,
            Record::Postgres(ledger) => ledger.$method($($argument),*).await,
        }
    };
}

mod people;

impl Record {
    /// What opening it did, if it was written by an older version; only a file is copied before.
    pub fn upgraded(&self) -> Option<&Upgrade> {
        match self {
            Record::Sqlite(ledger) => ledger.upgraded(),
            Record::Postgres(_) => None,
        }
    }

    /// The file that it is, if it is one.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Record::Sqlite(ledger) => ledger.file(),
            Record::Postgres(_) => None,
        }
    }

    /// The version that its tables had before it was opened.
    pub fn found(&self) -> i64 {
        match self {
            Record::Sqlite(ledger) => ledger.upgraded().map_or(ledger.version(), |done| done.from),
            Record::Postgres(ledger) => ledger.found(),
        }
    }

    /// The version of its tables.
    pub fn version(&self) -> i64 {
        ask!(self.version())
    }

    /// Deletes copies from before an upgrade that are older than this, in milliseconds since 1970. Says how many.
    pub fn forget_copies(&self, before: i64) -> u64 {
        match self {
            Record::Sqlite(ledger) => ledger.forget_copies(before),
            Record::Postgres(_) => 0,
        }
    }

    /// The clock that everybody shares who uses the record, in milliseconds since 1970; `None` where that is the machine's.
    ///
    /// # Errors
    /// The database's.
    pub async fn clock(&self) -> Result<Option<i64>, LedgerError> {
        match self {
            Record::Sqlite(_) => Ok(None),
            Record::Postgres(ledger) => ledger.now().await.map(Some),
        }
    }

    /// Closes it in order.
    pub async fn shut(self) {
        ask!(wait self.shut());
    }

    /// The same where somebody else still holds it; it answers nothing any more.
    pub async fn let_go(&self) {
        ask!(wait self.let_go());
    }

    /// The identity, made at random with the record. A copy has the same.
    ///
    /// # Errors
    /// The database's, as for all that follow.
    pub async fn identity(&self) -> Result<String, LedgerError> {
        ask!(wait self.identity())
    }

    /// A new identity: what is said of the record so far is not meant for it any more.
    ///
    /// # Errors
    /// The database's.
    pub async fn renew_identity(&self) -> Result<(), LedgerError> {
        ask!(wait self.renew_identity())
    }

    /// Has each use of this record noted outside of it. Says what stands there.
    ///
    /// # Errors
    /// The database's.
    pub async fn attend(&self, state: Option<&Path>) -> Result<Heard, LedgerError> {
        ask!(wait self.attend(state))
    }

    /// Writes something durably and takes it away again.
    ///
    /// # Errors
    /// Why it cannot be written to.
    pub async fn try_write(&self) -> Result<(), LedgerError> {
        ask!(wait self.try_write())
    }

    /// The newest time of all that is noted, in milliseconds since 1970.
    ///
    /// # Errors
    /// The database's.
    pub async fn newest(&self) -> Result<Option<i64>, LedgerError> {
        ask!(wait self.newest())
    }

    /// Up to `limit` recipients of a release's part after the given target, in their order.
    ///
    /// # Errors
    /// The database's.
    pub async fn recipients(
        &self,
        release: i64,
        part: i64,
        after: Option<Target>,
        limit: u32,
    ) -> Result<Vec<Recipient>, LedgerError> {
        ask!(wait self.recipients(release, part, after, limit))
    }
}

impl Roll for Record {
    fn place(&self) -> String {
        ask!(self.place())
    }

    async fn refuse(&self, release: i64, part: i64, targets: &[Target]) -> Result<(), LedgerError> {
        ask!(wait self.refuse(release, part, targets))
    }

    async fn refused(&self, release: i64, part: i64, targets: &[Target]) -> Result<Vec<Target>, LedgerError> {
        ask!(wait self.refused(release, part, targets))
    }

    async fn add(&self, release: i64, wave: i64, recipients: &[Recipient]) -> Result<Vec<Target>, LedgerError> {
        ask!(wait self.add(release, wave, recipients))
    }
}

impl Ledger for Record {
    async fn hold(&self) -> Result<(), LedgerError> {
        ask!(wait self.hold())
    }

    async fn release(&self, slug: &str, mode: Mode) -> Result<Option<Release>, LedgerError> {
        ask!(wait self.release(slug, mode))
    }

    async fn begin(&self, release: &NewRelease) -> Result<Release, LedgerError> {
        ask!(wait self.begin(release))
    }

    async fn known(&self, release: i64, targets: &[Target]) -> Result<Vec<Target>, LedgerError> {
        ask!(wait self.known(release, targets))
    }

    async fn seal(&self, release: i64, wave: i64, audience: [u8; 32]) -> Result<(), LedgerError> {
        ask!(wait self.seal(release, wave, audience))
    }

    async fn withdraw_refused(&self, release: i64, reason: &str, at: i64) -> Result<u64, LedgerError> {
        ask!(wait self.withdraw_refused(release, reason, at))
    }

    async fn discard(&self, release: i64, wave: i64) -> Result<(), LedgerError> {
        ask!(wait self.discard(release, wave))
    }

    async fn parts(&self, release: i64) -> Result<Vec<Part>, LedgerError> {
        ask!(wait self.parts(release))
    }

    async fn pending(
        &self,
        release: i64,
        part: i64,
        after: Option<Target>,
        limit: u32,
    ) -> Result<Vec<Delivery>, LedgerError> {
        ask!(wait self.pending(release, part, after, limit))
    }

    async fn close(&self, release: i64) -> Result<(), LedgerError> {
        ask!(wait self.close(release))
    }

    async fn forget_trial(&self, release: i64) -> Result<(), LedgerError> {
        ask!(wait self.forget_trial(release))
    }

    async fn totals(&self, release: i64) -> Result<Vec<(i64, Totals)>, LedgerError> {
        ask!(wait self.totals(release))
    }

    async fn suppressed(&self, targets: &[Target]) -> Result<Vec<Target>, LedgerError> {
        ask!(wait self.suppressed(targets))
    }
}

impl Work for Record {
    fn tells_starts(&self) -> bool {
        ask!(self.tells_starts())
    }

    async fn join(&self, now: i64) -> Result<Worker, LedgerError> {
        ask!(wait self.join(now))
    }

    async fn beat(&self, worker: &Worker, now: i64) -> Result<bool, LedgerError> {
        ask!(wait self.beat(worker, now))
    }

    fn known_here_alone(&self, worker: &Worker) -> usize {
        ask!(self.known_here_alone(worker))
    }

    async fn leave(&self, worker: Worker, now: i64, lost: Lost<'_>) -> Result<Recovered, LedgerError> {
        ask!(wait self.leave(worker, now, lost))
    }

    async fn recover(&self, own: &Worker, now: i64, lost: Lost<'_>) -> Result<Recovered, LedgerError> {
        ask!(wait self.recover(own, now, lost))
    }

    async fn claim(
        &self,
        worker: &Worker,
        release: i64,
        parts: &[i64],
        wanted: Wanted,
        now: i64,
    ) -> Result<Vec<Delivery>, LedgerError> {
        ask!(wait self.claim(worker, release, parts, wanted, now))
    }

    async fn mark(&self, worker: &Worker, release: i64, keys: &[DeliveryKey], now: i64) -> Result<Marked, LedgerError> {
        ask!(wait self.mark(worker, release, keys, now))
    }

    async fn settle_and_mark(
        &self,
        worker: &Worker,
        release: i64,
        settled: &[Settled],
        keys: &[DeliveryKey],
        now: i64,
    ) -> Result<Marked, LedgerError> {
        ask!(wait self.settle_and_mark(worker, release, settled, keys, now))
    }

    fn start(&self, worker: &Worker, release: i64, key: DeliveryKey) -> Result<(), LedgerError> {
        ask!(self.start(worker, release, key))
    }

    fn answer(&self, worker: &Worker, release: i64, settled: &Settled) -> Result<(), LedgerError> {
        ask!(self.answer(worker, release, settled))
    }

    fn note_answers(&self, worker: &Worker) -> Result<(), LedgerError> {
        ask!(self.note_answers(worker))
    }

    async fn settle(&self, worker: &Worker, release: i64, settled: &[Settled]) -> Result<(), LedgerError> {
        ask!(wait self.settle(worker, release, settled))
    }

    async fn give_back(&self, worker: &Worker, release: i64, back: &[(DeliveryKey, i64)]) -> Result<(), LedgerError> {
        ask!(wait self.give_back(worker, release, back))
    }

    async fn take_back(
        &self,
        worker: &Worker,
        release: i64,
        keys: &[DeliveryKey],
        even_started: bool,
    ) -> Result<(), LedgerError> {
        ask!(wait self.take_back(worker, release, keys, even_started))
    }

    async fn hasten(&self, release: i64, parts: &[i64], now: i64) -> Result<(), LedgerError> {
        ask!(wait self.hasten(release, parts, now))
    }

    async fn reopen(&self, release: i64, keys: &[DeliveryKey], due_at: i64) -> Result<(), LedgerError> {
        ask!(wait self.reopen(release, keys, due_at))
    }

    async fn rewind(&self, now: i64) -> Result<i64, LedgerError> {
        ask!(wait self.rewind(now))
    }

    async fn waiting(&self, worker: &Worker, release: i64, parts: &[i64]) -> Result<Waiting, LedgerError> {
        ask!(wait self.waiting(worker, release, parts))
    }

    async fn is_due(&self, release: i64, parts: &[i64], untried: bool, now: i64) -> Result<bool, LedgerError> {
        ask!(wait self.is_due(release, parts, untried, now))
    }

    async fn is_alone(&self, worker: &Worker) -> Result<bool, LedgerError> {
        ask!(wait self.is_alone(worker))
    }

    async fn release_state(&self, release: i64) -> Result<ReleaseState, LedgerError> {
        ask!(wait self.release_state(release))
    }

    async fn seat(&self, name: &str, limit: usize) -> Result<Option<Seat>, LedgerError> {
        ask!(wait self.seat(name, limit))
    }
}

impl Pacing for Record {
    async fn reserve(&self, name: &str, interval: i64, count: u32, reach: i64, now: i64) -> Result<Slots, LedgerError> {
        ask!(wait self.reserve(name, interval, count, reach, now))
    }

    async fn reserve_until(
        &self,
        name: &str,
        interval: i64,
        count: u32,
        until: i64,
        now: i64,
    ) -> Result<Slots, LedgerError> {
        ask!(wait self.reserve_until(name, interval, count, until, now))
    }

    async fn leave_row(&self, name: &str, interval: i64, count: u32, now: i64) -> Result<(), LedgerError> {
        ask!(wait self.leave_row(name, interval, count, now))
    }

    async fn spend(&self, limits: &[Limit<'_>], want: u32, now: i64) -> Result<Spent, LedgerError> {
        ask!(wait self.spend(limits, want, now))
    }

    async fn unspend(&self, limits: &[Limit<'_>], count: u32, taken_at: i64) -> Result<(), LedgerError> {
        ask!(wait self.unspend(limits, count, taken_at))
    }

    async fn left_of(&self, limits: &[Limit<'_>], now: i64) -> Result<Spent, LedgerError> {
        ask!(wait self.left_of(limits, now))
    }

    async fn failed_again(&self, name: &str, from: i64, most: i64, now: i64) -> Result<i64, LedgerError> {
        ask!(wait self.failed_again(name, from, most, now))
    }

    async fn works_again(&self, name: &str) -> Result<(), LedgerError> {
        ask!(wait self.works_again(name))
    }

    async fn left_alone_until(&self, name: &str) -> Result<i64, LedgerError> {
        ask!(wait self.left_alone_until(name))
    }

    async fn slow(&self, name: &str, from: i64, most: i64, now: i64) -> Result<bool, LedgerError> {
        ask!(wait self.slow(name, from, most, now))
    }

    async fn slowed(&self, beginning: &str, now: i64) -> Result<Vec<(String, i64)>, LedgerError> {
        ask!(wait self.slowed(beginning, now))
    }
}
