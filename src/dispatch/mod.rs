//! From a frozen release to outcomes: claims what is due, hands it to its channel, settles it.
//!
//! Comes in: the ledger, a release, the ways out, a clock, and how to end. Goes out: [`Ran`]. Never renders: content and
//! recipients come from the ledger alone.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::sync::watch;

use crate::config::RetrySettings;
use crate::error::{Error, Exit};
use crate::ledger::{LEASE, LedgerError, LostDelivery, Pacing, Part, Recovered, Release, ReleaseState, Work, Worker};

mod clear_up;
mod clock;
mod compose;
mod control;
pub mod freeze;
mod job;
mod lane;
mod pace;
mod queue;
mod retry;
mod suspicion;
mod tally;
mod ways;

pub use clear_up::clear_up;
pub use clock::Clock;
pub use compose::Composer;
pub use control::{Ending, Phase};
pub use retry::{Next, Refused, next_try};
pub use tally::{Summary, Tally};
pub use ways::Ways;

use control::Control;
use job::Job;
use lane::{Failure, Lane, Run};
use pace::Pace;

/// Deliveries listed at a time.
pub const BATCH: u32 = 500;

/// How often the ledger is asked whether the release was stopped.
const WATCH: Duration = Duration::from_millis(700);
/// How often the worker shows that it lives, and looks for others that do not.
const BEAT: Duration = Duration::from_millis(LEASE as u64 / 3);
/// How often progress is shown.
const SHOW: Duration = Duration::from_millis(200);
/// How long what is being sent may take to finish after a signal.
const GRACE: Duration = Duration::from_secs(30);

/// What of a release goes out now; an empty choice is everything.
#[derive(Debug, Clone, Copy, Default)]
pub struct Chosen<'a> {
    pub channels: &'a [String],
    /// Of mail only.
    pub lists: &'a [String],
}

impl Chosen<'_> {
    /// Whether a part goes out now.
    pub fn takes(&self, part: &Part) -> bool {
        let channel = self.channels.is_empty() || self.channels.contains(&part.channel);
        channel && self.takes_list(part)
    }

    /// Whether a part is no mail, or that of a chosen list.
    pub fn takes_list(&self, part: &Part) -> bool {
        part.channel != "email" || self.lists.is_empty() || self.lists.contains(&part.list)
    }
}

/// Who wants a run, and what is tried in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// A person: what was put off is tried now, unless the other side asked to wait.
    Now,
    /// A timer: what was put off keeps its time, and nothing is tried for the first time after this one, in milliseconds
    /// since 1970.
    InTime { until: i64 },
}

impl Wish {
    /// Whether what was never tried may be tried at a time.
    pub fn begins_at(self, now: i64) -> bool {
        match self {
            Wish::Now => true,
            Wish::InTime { until } => now <= until,
        }
    }
}

/// Everything that a release is dispatched with.
pub struct Dispatch<'a, L> {
    pub ledger: &'a L,
    pub release: &'a Release,
    pub parts: &'a [Part],
    pub composer: Composer<'a>,
    pub ways: Ways<'a>,
    pub retry: RetrySettings,
    pub wish: Wish,
    pub clock: &'a Clock,
    /// From 0 to 1, another one at each call.
    pub random: fn() -> f64,
    /// Tells the run to end.
    pub signal: watch::Receiver<Phase>,
    /// Called now and then while it goes on.
    pub show: &'a dyn Fn(&Tally),
}

/// What a run came to.
#[derive(Debug)]
pub struct Ran {
    pub summary: Summary,
    pub by_channel: BTreeMap<String, Summary>,
    /// What earlier runs left behind that did not end by themselves.
    pub recovered: Recovered,
    /// Why it ended early, if somebody wanted it to.
    pub ending: Option<Ending>,
    /// What stopped a channel.
    pub failures: Vec<Error>,
}

impl<L: Work + Pacing> Dispatch<'_, L> {
    /// Delivers what is due of the chosen parts, until nothing is left that was never tried. Running it again goes on
    /// where it stopped; running it twice at once shares the work. What was refused for now is left for a later run.
    ///
    /// # Errors
    /// The ledger's, where not even the run could begin or end; what stops a channel is in the answer.
    pub async fn run(&self, chosen: Chosen<'_>) -> Result<Ran, Error> {
        let now = self.clock.now();
        let worker = self.ledger.join(now).await.map_err(|error| self.at(error))?;
        let worked = self.as_worker(worker, chosen).await;
        let now = self.clock.now();
        let lost = |delivery: LostDelivery<'_>| self.ways.lost(delivery, now);
        let left = self.ledger.leave(worker, now, &lost).await.map_err(|error| self.at(error));
        let ran = worked?;
        left?;
        self.ledger.close(self.release.id).await.map_err(|error| self.at(error))?;
        Ok(ran)
    }

    async fn as_worker(&self, worker: Worker, chosen: Chosen<'_>) -> Result<Ran, Error> {
        let recovered = self.recover(&worker).await.map_err(|error| self.at(error))?;
        let control = Control::new();
        let tally = Tally::default();
        let run = Run {
            ledger: self.ledger,
            worker,
            release: self.release,
            composer: &self.composer,
            control: &control,
            clock: self.clock,
            tally: &tally,
            retry: self.retry,
            wish: self.wish,
            random: self.random,
            seen: Cell::new(self.clock.now()),
        };
        let lanes = self.lanes(&run, chosen)?;
        for lane in lanes.iter().filter(|_| self.wish == Wish::Now) {
            let parts: Vec<i64> = lane.jobs.keys().copied().collect();
            let hastened = self.ledger.hasten(self.release.id, &parts, self.clock.now()).await;
            hastened.map_err(|error| self.at(error))?;
        }
        let work = async {
            let mut working: FuturesUnordered<_> =
                lanes.iter().map(|lane| async { (lane.name, lane.work().await) }).collect();
            let mut failures = Vec::new();
            while let Some((name, worked)) = working.next().await {
                failures.extend(worked.err().map(|failure| self.error(name, failure)));
            }
            failures
        };
        tokio::pin!(work);
        let failures = tokio::select! {
            failures = &mut work => failures,
            error = self.watch(&run) => {
                run.control.end(Phase::Finish, Ending::Failed);
                let mut failures = match tokio::time::timeout(GRACE, &mut work).await {
                    Ok(failures) => failures,
                    Err(_) => {
                        run.control.end(Phase::Abandon, Ending::Failed);
                        work.await
                    }
                };
                failures.push(self.at(error));
                failures
            }
        };
        (self.show)(&tally);
        Ok(Ran {
            summary: tally.summary(),
            by_channel: tally.by_channel(),
            recovered,
            ending: control.ending(),
            failures,
        })
    }

    async fn recover(&self, worker: &Worker) -> Result<Recovered, LedgerError> {
        let now = self.clock.now();
        let lost = |delivery: LostDelivery<'_>| self.ways.lost(delivery, now);
        let recovered = self.ledger.recover(worker, now, &lost).await?;
        if recovered != Recovered::default() {
            tracing::info!(?recovered, "took over from a run that did not end by itself");
        }
        Ok(recovered)
    }

    /// One lane for mail, whatever its list; one for each other channel.
    fn lanes<'r>(&'r self, run: &'r Run<'r, L>, chosen: Chosen<'_>) -> Result<Vec<Lane<'r, L>>, Error> {
        let mut jobs: BTreeMap<&str, BTreeMap<i64, Job<'_>>> = BTreeMap::new();
        for (number, part) in (0_i64..).zip(self.parts).filter(|(_, part)| chosen.takes(part)) {
            jobs.entry(&part.channel).or_default().insert(number, Job::of(part)?);
        }
        let mut lanes = Vec::new();
        for (channel, jobs) in jobs {
            let Some(way) = self.ways.of(channel) else { continue };
            let mut lane = Lane::new(run, channel, jobs, way);
            if channel == "email" {
                lane.connections = self.ways.connections;
                if let Some((relay, settings)) = self.ways.relay {
                    lane.seats = Some("mail".to_owned());
                    lane.pace = Some(Pace::new(self.ledger, settings, relay));
                }
            }
            lanes.push(lane);
        }
        Ok(lanes)
    }

    /// Shows life, looks for others that show none, listens for the end. Comes back only with the ledger's error.
    async fn watch(&self, run: &Run<'_, L>) -> LedgerError {
        let signals = async {
            let mut signal = self.signal.clone();
            if signal.wait_for(|phase| *phase >= Phase::Finish).await.is_ok() {
                run.control.end(Phase::Finish, Ending::Signal);
                let _ = tokio::time::timeout(GRACE, signal.wait_for(|phase| *phase >= Phase::Abandon)).await;
                run.control.end(Phase::Abandon, Ending::Signal);
            }
            std::future::pending::<LedgerError>().await
        };
        let show = async {
            loop {
                (self.show)(run.tally);
                tokio::time::sleep(SHOW).await;
            }
        };
        tokio::select! {
            error = signals => error,
            error = self.beat(run) => error,
            error = self.look(run) => error,
            () = show => unreachable!("it goes on until the others end"),
        }
    }

    async fn beat(&self, run: &Run<'_, L>) -> LedgerError {
        loop {
            tokio::time::sleep(BEAT).await;
            let before = self.clock.now();
            match self.ledger.beat(&run.worker, before).await {
                Ok(true) => run.seen.set(before),
                Ok(false) => run.control.end(Phase::Finish, Ending::GivenUp),
                Err(LedgerError::Locked) => continue,
                Err(error) => return error,
            }
            match self.recover(&run.worker).await {
                Ok(_) | Err(LedgerError::Locked) => {}
                Err(error) => return error,
            }
        }
    }

    async fn look(&self, run: &Run<'_, L>) -> LedgerError {
        loop {
            tokio::time::sleep(WATCH).await;
            match self.ledger.release_state(self.release.id).await {
                Ok(ReleaseState::Open) | Err(LedgerError::Locked) => {}
                Ok(_) => run.control.end(Phase::Finish, Ending::Stopped),
                Err(error) => return error,
            }
        }
    }

    fn error(&self, channel: &str, failure: Failure) -> Error {
        match failure {
            Failure::Ledger(error) => self.at(error),
            Failure::Channel(error) => error.of(channel),
            Failure::Unreachable(message) => {
                let help = "nothing is lost; run this again when it answers".to_owned();
                Error::Channel { channel: channel.to_owned(), message, help, exit: Exit::SomeDeferred }
            }
            Failure::Told => unreachable!("whoever failed comes back with the error itself"),
        }
    }

    fn at(&self, error: LedgerError) -> Error {
        error.at(&self.ledger.place())
    }
}
