//! One way out at work: a feeder claims and marks, connections deliver, a clerk settles.
//!
//! Comes in: the parts of a release that go this way. Goes out: their outcomes, in the ledger. All three run in one task
//! and share a [`Queue`]; a lane that fails ends alone and gives back what did not leave.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashSet, VecDeque};
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

use super::Wish;
use super::clock::Clock;
use super::compose::Composer;
use super::control::{Control, Phase};
use super::job::Job;
use super::pace::{MOST, Pace};
use super::queue::{Item, Queue};
use super::suspicion::Suspicion;
use super::tally::Tally;
use crate::channel::ChannelError;
use crate::channel::way::Way;
use crate::config::RetrySettings;
use crate::ledger::{Delivery, DeliveryKey, LEASE, LedgerError, Pacing, Release, Wanted, Work, Worker};
use crate::metrics::{Meter, Metrics, RecordStep};

pub(super) mod clerk;
mod connection;
mod gate;
pub(super) mod health;
mod held;
mod told;
mod trouble;

use trouble::Trouble;

/// Marked this long before they may leave, in milliseconds: enough that no connection waits for the ledger.
const AHEAD: i64 = 1_000;
/// The same where a mark without a start is in doubt when this process dies: no longer than a timer is late.
const AT_ONCE: i64 = 20;
/// How long the feeder looks away when nothing tells it to look.
const LOOK: Duration = Duration::from_millis(300);

/// Within this time a free place is taken.
const PLACES_FREE: Duration = Duration::from_secs(2);
/// Said when nothing can be sent because another process keeps every place.
const KEPT_OUT: &str = "another send has all connections to the mail server and stands still; end it or let it go on";

/// What a whole run shares.
pub(super) struct Run<'a, L> {
    pub ledger: &'a L,
    pub worker: Worker,
    pub release: &'a Release,
    /// Its release code, for the log.
    pub code: String,
    pub composer: &'a Composer<'a>,
    /// What a correction corrects, by channel.
    pub corrects: &'a BTreeMap<String, String>,
    pub control: &'a Control,
    pub clock: &'a Clock,
    pub tally: &'a Tally,
    pub metrics: &'a Metrics,
    pub retry: RetrySettings,
    pub wish: Wish,
    /// From 0 to 1, another one at each call.
    pub random: fn() -> f64,
    /// When the ledger last saw this worker, in milliseconds since 1970.
    pub seen: Cell<i64>,
}

impl<L> Run<'_, L> {
    /// Whether this process stood still for so long that others may have taken its work: nothing may leave before the
    /// ledger has seen it again.
    pub(super) fn is_overdue(&self) -> bool {
        self.clock.now() - self.seen.get() >= LEASE
    }
}

/// One way out and what goes through it.
pub(super) struct Lane<'a, L> {
    pub run: &'a Run<'a, L>,
    /// For messages: `email`, or the name of a network.
    pub name: &'a str,
    pub jobs: BTreeMap<i64, Job<'a>>,
    pub way: Way,
    /// Connections at once.
    pub connections: usize,
    /// Of all processes together.
    pub places: usize,
    /// Where other processes' connections count too: the name of the places.
    pub seats: Option<String>,
    pub pace: Option<Pace<'a, L>>,
    meter: Meter,
    state: State,
}

/// What happens in a lane while it runs.
#[derive(Default)]
struct State {
    queue: Queue,
    failure: RefCell<Option<Failure>>,
    suspicion: RefCell<Suspicion>,
    /// Refused in a row that was meant for all: tried again once that is mended.
    reopen: RefCell<Vec<DeliveryKey>>,
    trouble: Trouble,
    /// Connections that have their place.
    seated: Cell<usize>,
    /// Connections that look for one.
    standing: Cell<u32>,
    /// When the first of them was ready, as time since the run's start.
    began: Cell<Duration>,
    answered: Cell<u64>,
    /// Since when all places are taken and nobody else shows life, as time since the run's start.
    alone_since: Cell<Option<Duration>>,
    /// Since when an hour's or a day's limit lets nothing be claimed.
    blocked_since: Cell<Option<i64>>,
}

/// Why a lane ended early.
#[derive(Debug)]
pub(super) enum Failure {
    Ledger(LedgerError),
    Channel(ChannelError),
    /// Nobody answered for too long; the reason as it was last.
    Unreachable(String),
    /// What it depends on is not done.
    Early,
    /// The ledger failed under the feeder or the clerk, who comes back with its error.
    Told,
}

impl<'a, L: Work + Pacing> Lane<'a, L> {
    pub(super) fn new(run: &'a Run<'a, L>, name: &'a str, jobs: BTreeMap<i64, Job<'a>>, way: Way) -> Lane<'a, L> {
        let (meter, state) = (run.metrics.channel(name), State::default());
        Lane { run, name, jobs, way, connections: 1, places: 1, seats: None, pace: None, meter, state }
    }

    /// Works until nothing is left that is due, or the run ends.
    ///
    /// # Errors
    /// What ended the lane; everything that did not leave was given back.
    pub(super) async fn work(&self) -> Result<(), Failure> {
        if !self.run.ledger.tells_starts() {
            self.queue().settle_with_marks();
        }
        let connections: FuturesUnordered<_> = (0..self.connections).map(|_| self.connection()).collect();
        let deliver = async {
            connections.collect::<Vec<()>>().await;
            self.state.queue.finish();
        };
        let (fed, (), settled, ()) = tokio::join!(self.feed(), deliver, self.settle(), self.note_answers());
        let returned = self.return_all().await;
        let failure = self.state.failure.borrow_mut().take();
        [fed, settled, returned].into_iter().find_map(Result::err).map(Failure::Ledger).or(failure).map_or(Ok(()), Err)
    }

    fn parts(&self) -> Vec<i64> {
        self.jobs.keys().copied().collect()
    }

    fn queue(&self) -> &Queue {
        &self.state.queue
    }

    /// Whether nothing new is begun.
    fn is_ending(&self) -> bool {
        self.state.failure.borrow().is_some() || self.run.control.phase() >= Phase::Finish
    }

    /// Ends this lane alone.
    fn fail(&self, failure: Failure) {
        self.state.failure.borrow_mut().get_or_insert(failure);
        self.queue().settled();
    }

    /// Claims, gives each its place in the row, marks what may leave soon; ends when nothing is left to do.
    async fn feed(&self) -> Result<(), LedgerError> {
        let mut held: VecDeque<Item> = VecDeque::new();
        let fed = self.feed_from(&mut held).await;
        let marked = self.queue().close();
        let given_back = self.give_all_back(&held, &marked).await;
        if fed.is_err() {
            self.fail(Failure::Told);
        }
        fed.and(given_back)
    }

    /// What was claimed, and what was marked and nobody has begun.
    async fn give_all_back(&self, held: &VecDeque<Item>, marked: &[DeliveryKey]) -> Result<(), LedgerError> {
        let (ledger, worker, release) = (self.run.ledger, &self.run.worker, self.run.release.id);
        if !held.is_empty() {
            let back: Vec<_> = held.iter().map(|item| (item.delivery.key(), 0)).collect();
            ledger.give_back(worker, release, &back).await?;
        }
        if !marked.is_empty() {
            ledger.take_back(worker, release, marked, false).await?;
        }
        let unused: Vec<_> = held.iter().map(|item| item.delivery.key()).chain(marked.iter().copied()).collect();
        self.leave_pace(&unused).await
    }

    async fn feed_from(&self, held: &mut VecDeque<Item>) -> Result<(), LedgerError> {
        // Where a claim found nothing, the next one waits until then: each is a write that others wait for.
        let mut quiet_until = 0;
        loop {
            if self.is_ending() {
                return Ok(());
            }
            let now = self.run.clock.now();
            let changed = self.queue().changed();
            tokio::pin!(changed);
            self.let_go_of_late(held, now).await?;
            self.mark_due(held, now).await?;
            let mut wake = held.front().map_or(i64::MAX, |item| item.slot - self.ahead());
            if !self.run.ledger.tells_starts() && self.queue().unserved() == 0 {
                // Whoever is free next says so.
                wake = i64::MAX;
            }
            if self.seats.is_some() && self.state.seated.get() == 0 {
                // Another process has all places; it does the work, or gives a place up.
                if self.is_over().await? {
                    return Ok(());
                }
                if self.is_kept_out().await? {
                    self.fail(Failure::Unreachable(KEPT_OUT.to_owned()));
                }
            } else if quiet_until > now {
                if held.is_empty() && self.queue().is_idle() && self.is_over().await? {
                    return Ok(());
                }
            } else if held.len() <= self.claim_size() / 2 {
                match self.claim(held, now).await? {
                    Claimed::Some => continue,
                    Claimed::Later(at) => wake = wake.min(at),
                    Claimed::Nothing => {
                        quiet_until = now + i64::try_from(LOOK.as_millis()).unwrap_or(i64::MAX);
                        continue;
                    }
                }
            }
            let wait = Duration::from_millis(u64::try_from(wake - now).unwrap_or(0)).min(LOOK);
            tokio::select! {
                () = &mut changed => {}
                () = tokio::time::sleep(wait.max(Duration::from_millis(1))) => {}
                () = self.run.control.reached(Phase::Finish) => {}
            }
        }
    }

    /// Gives back what was never tried once its time is over.
    async fn let_go_of_late(&self, held: &mut VecDeque<Item>, now: i64) -> Result<(), LedgerError> {
        let is_late = |item: &Item| !item.delivery.deferred;
        if self.run.wish.begins_at(now) || !held.iter().any(is_late) {
            return Ok(());
        }
        let late: Vec<_> = held.iter().filter(|one| is_late(one)).map(|item| (item.delivery.key(), 0)).collect();
        held.retain(|one| !is_late(one));
        self.run.ledger.give_back(&self.run.worker, self.run.release.id, &late).await?;
        self.leave_pace(&late.iter().map(|(key, _)| *key).collect::<Vec<_>>()).await
    }

    fn claim_size(&self) -> usize {
        self.pace.as_ref().map_or(MOST, Pace::claim_size) as usize
    }

    fn ahead(&self) -> i64 {
        if self.run.ledger.tells_starts() { AHEAD } else { AT_ONCE }
    }

    /// Marked at once: as much as goes out in a second, so that a stop or a suppression still reaches the rest.
    fn room(&self) -> usize {
        if !self.run.ledger.tells_starts() {
            return self.queue().unserved();
        }
        let elapsed = self.run.clock.elapsed().saturating_sub(self.state.began.get()).as_secs_f64().max(0.2);
        let rate = self.state.answered.get() as f64 / elapsed;
        let enough = (rate as usize).clamp(4 * self.connections, MOST as usize);
        enough.saturating_sub(self.queue().len())
    }

    /// Marks what may leave soon and hands it to the connections; settles with it what they are done with, where a mark
    /// without an outcome is in doubt when this process dies.
    async fn mark_due(&self, held: &mut VecDeque<Item>, now: i64) -> Result<(), LedgerError> {
        let near = held.iter().take_while(|item| item.slot <= now + self.ahead()).count();
        if near == 0 {
            self.queue().bring_back();
        }
        // Not for every single one that leaves the queue: each marking is a commit.
        let room = self.room();
        let outcomes = if self.run.ledger.tells_starts() { Vec::new() } else { self.queue().take_outcomes() };
        let marks = near > 0 && room > 0 && (room >= near || self.queue().len() <= room);
        if !marks && outcomes.is_empty() {
            return Ok(());
        }
        let taken: Vec<Item> = held.drain(..if marks { near.min(room) } else { 0 }).collect();
        let keys: Vec<DeliveryKey> = taken.iter().map(|item| item.delivery.key()).collect();
        let (ledger, worker, release) = (self.run.ledger, &self.run.worker, self.run.release.id);
        let began = Instant::now();
        let marked = ledger.settle_and_mark(worker, release, &outcomes, &keys, now).await?;
        self.meter.recorded(RecordStep::Mark, began.elapsed());
        if !outcomes.is_empty() {
            self.pace_was_used(&outcomes);
            self.reopen().await?;
            self.queue().settled();
        }
        let ready: HashSet<DeliveryKey> = marked.ready.into_iter().collect();
        self.run.tally.count(self.name, |counts| counts.failed += marked.withdrawn.len() as u64);
        self.meter.failed.inc_by(marked.withdrawn.len() as u64);
        marked.withdrawn.iter().for_each(|key| self.tell_left_out(*key));
        let (ready, rest): (Vec<_>, Vec<_>) = taken.into_iter().partition(|item| ready.contains(&item.delivery.key()));
        self.queue().push(ready);
        let rest: Vec<_> = rest.iter().map(|item| item.delivery.key()).collect();
        self.unspend(&rest).await?;
        if rest.len() > marked.withdrawn.len() {
            // Stopped, or taken from us: the watch tells which, and ends the run.
            let back: Vec<_> = rest.iter().map(|key| (*key, 0)).collect();
            self.run.ledger.give_back(&self.run.worker, self.run.release.id, &back).await?;
            tokio::time::sleep(LOOK).await;
        }
        Ok(())
    }

    async fn claim(&self, held: &mut VecDeque<Item>, now: i64) -> Result<Claimed, LedgerError> {
        let blocked_until = self.pace.as_ref().map_or(0, Pace::blocked_until);
        if blocked_until > now {
            self.state.blocked_since.set(self.state.blocked_since.get().or(Some(now)));
            self.say_what_holds_up(now);
            return Ok(Claimed::Later(blocked_until));
        }
        let limit = u32::try_from(self.claim_size()).unwrap_or(MOST);
        let wanted = Wanted { limit, untried: self.run.wish.begins_at(now) };
        let began = Instant::now();
        let claimed = self.run.ledger.claim(&self.run.worker, self.run.release.id, &self.parts(), wanted, now).await?;
        self.meter.recorded(RecordStep::Claim, began.elapsed());
        let since = self.state.blocked_since.get().unwrap_or(now);
        if claimed.is_empty() {
            self.state.blocked_since.set(None);
            self.say_what_holds_up(now);
            return Ok(Claimed::Nothing);
        }
        // One that is claimed anew was taken from this process while it stood still: it has it once.
        let again: HashSet<DeliveryKey> = claimed.iter().map(Delivery::key).collect();
        held.retain(|item| !again.contains(&item.delivery.key()));
        let item = |(slot, delivery): (i64, Delivery)| Item { delivery, slot, held: since, failures: 0 };
        match &self.pace {
            None => held.extend(claimed.into_iter().map(|delivery| item((0, delivery)))),
            Some(pace) => {
                let admitted = pace.admit(claimed, now).await?;
                if !admitted.back.is_empty() {
                    self.run.ledger.give_back(&self.run.worker, self.run.release.id, &admitted.back).await?;
                }
                if admitted.go.is_empty() {
                    self.say_what_holds_up(now);
                } else {
                    self.state.blocked_since.set(None);
                    self.run.tally.hold_up("");
                }
                held.extend(admitted.go.into_iter().map(item));
                held.make_contiguous().sort_by_key(|item| item.slot);
            }
        }
        Ok(Claimed::Some)
    }

    /// Whether nothing is left that this run waits for: what was never tried, what is due again, and what other
    /// processes hold.
    async fn is_over(&self) -> Result<bool, LedgerError> {
        let waiting = self.run.ledger.waiting(&self.run.worker, self.run.release.id, &self.parts()).await?;
        let now = self.run.clock.now();
        let awaits = |due_at| self.pace.as_ref().is_some_and(|pace| pace.awaits(due_at));
        let is_due = waiting.next_deferred.is_some_and(|due_at| due_at <= now || awaits(due_at));
        let begins = waiting.next_pending.is_some() && self.run.wish.begins_at(now);
        Ok(!begins && !is_due && waiting.elsewhere == 0)
    }

    /// Whether whoever has all places shows no life. One that has just ended leaves its places to be taken first.
    async fn is_kept_out(&self) -> Result<bool, LedgerError> {
        let now = self.run.clock.elapsed();
        let since = match self.run.ledger.is_alone(&self.run.worker).await? {
            true => self.state.alone_since.get().or(Some(now)),
            false => None,
        };
        self.state.alone_since.set(since);
        Ok(since.is_some_and(|since| now.saturating_sub(since) > PLACES_FREE))
    }
}

/// What a claim came to.
enum Claimed {
    Some,
    /// A limit lets nothing go before.
    Later(i64),
    Nothing,
}
