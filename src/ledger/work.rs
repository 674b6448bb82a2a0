//! Working on deliveries: `pending → claimed → in_flight → sent | deferred | failed | uncertain`.
//!
//! A *worker* is a process. It claims deliveries, marks them right before their content leaves, notes each start and
//! each answer, and settles them in groups. Whatever happens to it, another process can tell from the ledger what
//! became of its deliveries.

use std::any::Any;

use super::{Delivery, DeliveryKey, DeliveryState, Ledger, LedgerError, Mode, ReleaseState, Settled};

/// How long a worker is believed to live after its last sign, in milliseconds.
pub const LEASE: i64 = 15_000;

/// A process that works on deliveries, as the ledger knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Worker {
    pub id: i64,
    /// Nobody else's, so that a worker that was given up cannot speak for its successor.
    pub(super) token: [u8; 16],
}

/// What a worker asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// At most so many.
    pub limit: u32,
    /// Also what was never tried; otherwise only what was put off.
    pub untried: bool,
}

/// What marking came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marked {
    /// These may leave now, and only these.
    pub ready: Vec<DeliveryKey>,
    /// These became suppressed after the release; they are settled as failed.
    pub withdrawn: Vec<DeliveryKey>,
}

/// What is left of some parts of a release.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Waiting {
    /// When the next one that was never tried is due; 0 for at once.
    pub next_pending: Option<i64>,
    /// When the next one that was refused for now is due.
    pub next_deferred: Option<i64>,
    /// Held by other workers that show life.
    pub elsewhere: u64,
}

/// What became of the deliveries of workers that are gone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Recovered {
    /// They had not left, or can be repeated: they are waiting again.
    pub pending: u64,
    /// The answer was noted.
    pub settled: u64,
    /// They may or may not have arrived.
    pub uncertain: u64,
}

/// A place at a relay or network that only so many may have at once; given back when dropped.
#[derive(Debug)]
#[must_use = "the place is taken as long as this is held"]
pub struct Seat(#[expect(dead_code, reason = "held for what its drop does")] pub(super) Box<dyn Any + 'static>);

/// A delivery that had left, or begun to, when its worker ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LostDelivery<'a> {
    pub mode: Mode,
    pub channel: &'a str,
    /// When it was handed over, in milliseconds since 1970.
    pub marked_at: i64,
}

/// What a lost delivery becomes: [`DeliveryState::Pending`] where doing it again is harmless, else
/// [`DeliveryState::Uncertain`].
pub type Lost<'a> = &'a dyn Fn(LostDelivery<'_>) -> DeliveryState;

/// What every database behind the ledger can do for workers. All times are milliseconds since 1970.
#[allow(async_fn_in_trait, reason = "used with concrete types only, never as a trait object")]
pub trait Work: Ledger {
    /// Whether others can tell, after a worker died, which of its marked deliveries had begun to leave. Where they cannot,
    /// all of those are in doubt: then only what leaves at once is marked.
    fn tells_starts(&self) -> bool;

    /// Registers this process.
    async fn join(&self, now: i64) -> Result<Worker, LedgerError>;

    /// A sign of life; `false` when this worker was given up, and must send nothing more.
    async fn beat(&self, worker: &Worker, now: i64) -> Result<bool, LedgerError>;

    /// How many deliveries there are of which only this process knows how far they got: where it ends before it could
    /// [leave](Work::leave), they are in doubt. None where a journal beside it knows them, too.
    fn known_here_alone(&self, _worker: &Worker) -> usize {
        0
    }

    /// Takes the worker off the ledger. What it still holds is recovered as after a crash. After an error it can be tried again.
    async fn leave(&self, worker: Worker, now: i64, lost: Lost<'_>) -> Result<Recovered, LedgerError>;

    /// Settles what workers left behind that are gone: what they answered is settled, what they did not start is
    /// pending, the rest becomes what `lost` says.
    async fn recover(&self, own: &Worker, now: i64, lost: Lost<'_>) -> Result<Recovered, LedgerError>;

    /// Takes deliveries of these parts that are due, in the order of the parts and of their due times.
    async fn claim(
        &self,
        worker: &Worker,
        release: i64,
        parts: &[i64],
        wanted: Wanted,
        now: i64,
    ) -> Result<Vec<Delivery>, LedgerError>;

    /// Marks claimed deliveries as leaving, durably: only what comes back as ready may be started. Nothing is marked of a
    /// release that is not open, for a worker that was given up, or for a suppressed member.
    async fn mark(&self, worker: &Worker, release: i64, keys: &[DeliveryKey], now: i64) -> Result<Marked, LedgerError>;

    /// Settles some deliveries and marks others, in one step where the database can: then a worker that dies never has more in
    /// flight than it has connections.
    async fn settle_and_mark(
        &self,
        worker: &Worker,
        release: i64,
        settled: &[Settled],
        keys: &[DeliveryKey],
        now: i64,
    ) -> Result<Marked, LedgerError> {
        if !settled.is_empty() {
            self.settle(worker, release, settled).await?;
        }
        if keys.is_empty() {
            return Ok(Marked::default());
        }
        self.mark(worker, release, keys, now).await
    }

    /// Notes that the content of a marked delivery leaves now. Cheap; survives the end of this process, not a power cut.
    fn start(&self, worker: &Worker, release: i64, key: DeliveryKey) -> Result<(), LedgerError>;

    /// Notes the answer to a started delivery, as cheaply, with the next start or [`Work::note_answers`]; [`Work::settle`]
    /// follows.
    fn answer(&self, worker: &Worker, release: i64, settled: &Settled) -> Result<(), LedgerError>;

    /// Notes the answers so far, where no start has taken them along.
    fn note_answers(&self, worker: &Worker) -> Result<(), LedgerError>;

    /// Settles marked deliveries, durably. One that this worker does not hold any more stays as it is, but for one that was its
    /// own and is in doubt: that becomes sent when it turns out to be. Where nobody but this process can know how far it got,
    /// it also becomes whatever else is known, if others left it in doubt when they gave this worker up.
    async fn settle(&self, worker: &Worker, release: i64, settled: &[Settled]) -> Result<(), LedgerError>;

    /// Gives back deliveries that were claimed and not marked, each to be due at a time of its own (0: at once). One that
    /// was marked meanwhile stays as it is: its content may be leaving.
    async fn give_back(&self, worker: &Worker, release: i64, back: &[(DeliveryKey, i64)]) -> Result<(), LedgerError>;

    /// Takes the mark off deliveries that were not started, or `even_started` where doing them again is harmless; they
    /// are due as they were.
    async fn take_back(
        &self,
        worker: &Worker,
        release: i64,
        keys: &[DeliveryKey],
        even_started: bool,
    ) -> Result<(), LedgerError>;

    /// Makes refused deliveries due now, unless the other side asked to wait.
    async fn hasten(&self, release: i64, parts: &[i64], now: i64) -> Result<(), LedgerError>;

    /// Has failed deliveries tried again: they are deferred until `due_at`, and a release that was settled is open.
    async fn reopen(&self, release: i64, keys: &[DeliveryKey], due_at: i64) -> Result<(), LedgerError>;

    /// Where the record was last used later than `now`, by a clock that was ahead: sets back everything that is to come by
    /// as much, so that nothing waits longer than it was meant to, or less. Says how much that was.
    async fn rewind(&self, now: i64) -> Result<i64, LedgerError>;

    /// What is left of these parts besides what this worker holds.
    async fn waiting(&self, worker: &Worker, release: i64, parts: &[i64]) -> Result<Waiting, LedgerError>;

    /// Whether something of these parts is there for a worker to do at a time: what is due (`untried`: also what was never
    /// tried), or what a worker that is gone left behind.
    async fn is_due(&self, release: i64, parts: &[i64], untried: bool, now: i64) -> Result<bool, LedgerError>;

    /// Whether no other worker shows life.
    async fn is_alone(&self, worker: &Worker) -> Result<bool, LedgerError>;

    /// Whether the release may still be sent.
    async fn release_state(&self, release: i64) -> Result<ReleaseState, LedgerError>;

    /// Takes one of `limit` places under a name, if one is free.
    async fn seat(&self, name: &str, limit: usize) -> Result<Option<Seat>, LedgerError>;
}
