//! From a frozen release to outcomes: claims what is due, hands it to its channel, settles it.
//!
//! Comes in: the ledger, a release, the ways out, a clock, and how to end. Goes out: [`Ran`]. Never renders: content and
//! recipients come from the ledger alone.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::sync::watch;

use crate::config::RetrySettings;
use crate::error::{Error, Exit};
use crate::ledger::{DeliveryKey, LedgerError, Pacing, Part, Recovered, Release, Work, Worker};
use crate::metrics::Metrics;
use crate::render::code::Code;

mod beside;
mod clear_up;
mod clock;
mod compose;
mod control;
mod figures;
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
pub use pace::{LimitOf, limits_of};
pub use retry::{Next, Refused, next_try};
pub use tally::{Summary, Tally};
pub use ways::Ways;

use control::Control;
use job::Job;
use lane::clerk::open_again;
use lane::{Failure, Lane, Run};
use pace::Pace;

/// Deliveries listed at a time.
pub const BATCH: u32 = 500;

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
    /// Of a correction: what each channel said of the post that is corrected there.
    pub corrects: BTreeMap<String, String>,
    pub ways: Ways<'a>,
    pub retry: RetrySettings,
    pub wish: Wish,
    pub clock: &'a Clock,
    /// For a run that waits at its end for a record that is away, where nobody else knows what was answered: called once then
    /// with how many deliveries that are.
    pub holds_on: Option<&'a dyn Fn(usize)>,
    /// The numbers of the parts that go out, beside what is chosen; `None`: all.
    pub only: Option<&'a BTreeSet<i64>>,
    /// From 0 to 1, another one at each call.
    pub random: fn() -> f64,
    /// Tells the run to end.
    pub signal: watch::Receiver<Phase>,
    /// Called now and then while it goes on.
    pub show: &'a dyn Fn(&Tally),
    /// Counts what is done, for all runs of this process.
    pub metrics: &'a Metrics,
}

/// What a run came to.
#[derive(Debug, Default)]
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
        let hit = RefCell::default();
        let worked = self.as_worker(worker, chosen, &hit).await;
        let left = self.leave(worker).await.map_err(|error| self.at(error));
        if left.is_ok() {
            let opened = open_again(self.ledger, self.release.id, &hit.take(), self.clock.now(), &self.retry).await;
            opened.map_err(|error| self.at(error))?;
        }
        let ran = worked?;
        left?;
        self.ledger.close(self.release.id).await.map_err(|error| self.at(error))?;
        Ok(ran)
    }

    /// `hit` gets what was refused in a row that was meant for all, and could not be opened again.
    async fn as_worker(
        &self,
        worker: Worker,
        chosen: Chosen<'_>,
        hit: &RefCell<Vec<DeliveryKey>>,
    ) -> Result<Ran, Error> {
        let recovered = self.recover(&worker).await.map_err(|error| self.at(error))?;
        let control = Control::new();
        let tally = Tally::default();
        let run = Run {
            ledger: self.ledger,
            worker,
            release: self.release,
            code: Code::of(&self.release.code).to_string(),
            composer: &self.composer,
            corrects: &self.corrects,
            control: &control,
            clock: self.clock,
            tally: &tally,
            metrics: self.metrics,
            retry: self.retry,
            wish: self.wish,
            random: self.random,
            seen: Cell::new(self.clock.now()),
        };
        let mut lanes = self.lanes(&run, chosen)?;
        if self.wish != Wish::Now {
            lanes = self.without_ailing(lanes).await.map_err(|error| self.at(error))?;
        }
        for lane in lanes.iter().filter(|_| self.wish == Wish::Now) {
            let parts: Vec<i64> = lane.jobs.keys().copied().collect();
            let hastened = self.ledger.hasten(self.release.id, &parts, self.clock.now()).await;
            hastened.map_err(|error| self.at(error))?;
        }
        let work = async {
            let feeds = lanes.iter().any(|lane| lane.name == "feed");
            let fed = watch::Sender::new(!feeds);
            let mut working: FuturesUnordered<_> =
                lanes.iter().map(|lane| async { (lane.name, self.in_turn(lane, feeds, &fed).await) }).collect();
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
        hit.borrow_mut().extend(lanes.iter().flat_map(Lane::still_hit));
        Ok(Ran {
            summary: tally.summary(),
            by_channel: tally.by_channel(),
            recovered,
            ending: control.ending(),
            failures,
        })
    }

    /// Works through a lane when its turn comes: one that tells of the feed begins after the feed's own, and not at all
    /// where the feed could not be written; what it has then waits for a later run. `feeds` says whether this run writes the feed, `fed` that it has.
    async fn in_turn(&self, lane: &Lane<'_, L>, feeds: bool, fed: &watch::Sender<bool>) -> Result<(), Failure> {
        if lane.way.follows_feed() {
            let mut done = fed.subscribe();
            done.wait_for(|done| *done).await.expect("the sender outlives the lanes");
            if !self.is_feed_written().await.map_err(Failure::Ledger)? {
                // What is wrong with the feed is said by its own lane.
                return if feeds { Ok(()) } else { Err(Failure::Early) };
            }
        }
        let worked = lane.work().await;
        if lane.name == "feed" {
            fed.send_replace(true);
        }
        worked
    }

    /// Whether nothing of the release waits to be written into the feed.
    async fn is_feed_written(&self) -> Result<bool, LedgerError> {
        let totals = self.ledger.totals(self.release.id).await?;
        let is_feed = |number: i64| usize::try_from(number).is_ok_and(|at| self.parts[at].channel == "feed");
        Ok(totals.iter().filter(|(part, _)| is_feed(*part)).all(|(_, totals)| totals.sent > 0))
    }

    /// One lane for mail, whatever its list; one for each other channel.
    fn lanes<'r>(&'r self, run: &'r Run<'r, L>, chosen: Chosen<'_>) -> Result<Vec<Lane<'r, L>>, Error> {
        let mut jobs: BTreeMap<&str, BTreeMap<i64, Job<'_>>> = BTreeMap::new();
        let mut ways = BTreeMap::new();
        let only = |number: &i64| self.only.is_none_or(|only| only.contains(number));
        let goes = |(number, part): &(i64, &Part)| chosen.takes(part) && only(number);
        for (number, part) in (0_i64..).zip(self.parts).filter(goes) {
            let Some(way) = self.ways.of(part) else { continue };
            ways.insert(part.channel.as_str(), way);
            jobs.entry(&part.channel).or_default().insert(number, Job::of(part)?);
        }
        let mut lanes = Vec::new();
        for (channel, jobs) in jobs {
            let Some(way) = ways.remove(channel) else { continue };
            let mut lane = Lane::new(run, channel, jobs, way);
            if channel == "email" {
                lane.connections = self.ways.connections;
                lane.places = self.ways.places;
                if let Some((relay, settings)) = self.ways.relay {
                    lane.seats = Some("mail".to_owned());
                    lane.pace = Some(Pace::new(self.ledger, settings, relay));
                }
            }
            lanes.push(lane);
        }
        Ok(lanes)
    }

    /// Without the networks that failed again and again a moment ago: a timer comes back to them later.
    async fn without_ailing<'r>(&'r self, lanes: Vec<Lane<'r, L>>) -> Result<Vec<Lane<'r, L>>, LedgerError> {
        let mut well = Vec::with_capacity(lanes.len());
        for lane in lanes {
            if self.ledger.left_alone_until(&lane::health::name(lane.name)).await? <= self.clock.now() {
                well.push(lane);
            }
        }
        Ok(well)
    }

    fn error(&self, channel: &str, failure: Failure) -> Error {
        match failure {
            Failure::Ledger(error) => self.at(error),
            Failure::Channel(error) => error.of(channel),
            Failure::Unreachable(message) => {
                let help = "nothing is lost; run this again when it answers".to_owned();
                Error::Channel { channel: channel.to_owned(), message, help, exit: Exit::SomeDeferred }
            }
            Failure::Early => {
                let message = "it tells of the feed, and the feed does not have the item yet".to_owned();
                let help = "nothing is lost; run this again for the feed and for it".to_owned();
                Error::Channel { channel: channel.to_owned(), message, help, exit: Exit::SomeDeferred }
            }
            Failure::Told => unreachable!("whoever failed comes back with the error itself"),
        }
    }

    fn at(&self, error: LedgerError) -> Error {
        error.at(&self.ledger.place())
    }
}
