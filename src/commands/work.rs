//! `work`: a worker on a sending record that machines share.
//!
//! Comes in: the record, the configuration, the site key; no post and no list. Joins every release that another machine has
//! begun, several at once, and goes on until it is told to end. What is due is asked of the record, so that a worker that
//! dies is missed by nobody: the others take over what it had.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use serde_json::json;
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use super::ways::{mode, taker};
use super::{Context, record, send, signals};
use crate::cli;
use crate::dispatch::{Phase, Summary};
use crate::error::{Error, Exit};
use crate::finding::{Finding, Place};
use crate::ledger::{Mode, Release};
use crate::plan::SiteKey;
use crate::project::site_key;

mod look;
mod share;

use look::{Kind, Look, Looked, Trouble};
use share::{Outcome, Share};

/// How often the record is asked what there is to do.
const LOOK: Duration = Duration::from_secs(2);
/// How long a database that does not answer is left alone, at most.
const AWAY: Duration = Duration::from_secs(30);
/// How long a record that does not answer is waited for after a second signal.
const LAST: Duration = Duration::from_secs(3);
/// So long after the record came back, shares may still fail for its absence.
const AFTERMATH: Duration = Duration::from_secs(60);
/// How many releases are worked on at once.
const MOST: usize = 8;

/// Works until it is told to end.
///
/// # Errors
/// [`Error::Config`] for a configuration or a key that no worker can use. A database that goes away is waited for.
pub async fn run(arguments: &cli::Work, context: &Context) -> Result<Exit, Error> {
    let key = fit(context)?;
    send::may_reach_people(context)?;
    let worker = Worker {
        arguments,
        context,
        key,
        busy: Busy::default(),
        joined: RefCell::default(),
        told: RefCell::default(),
        sum: Cell::default(),
    };
    worker.work().await?;
    let Summary { sent, deferred, failed, uncertain } = worker.sum.get();
    context.screen.result(&worker.told_at_the_end());
    context.screen.json(&json!({ "sent": sent, "deferred": deferred, "failed": failed, "uncertain": uncertain }));
    Ok(Exit::Settled)
}

/// Whether a worker can work with this configuration; the site key, which it never makes.
///
/// # Errors
/// [`Error::Config`] with the one thing that is not as a worker needs it.
pub fn fit(context: &Context) -> Result<SiteKey, Error> {
    let file = context.project.config_file.as_deref();
    let wrong = |rule, message: &str, help: &str| {
        let finding = Finding::error(rule, message).help(help);
        Err(Error::Config(vec![match file {
            Some(file) => finding.at(Place::whole_file(file)),
            None => finding,
        }]))
    };
    if file.is_none() {
        let help = "copy config.toml of the machine that sends, or say where it is: rundbrief --config FILE work";
        return wrong(
            "no-config",
            "there is no config.toml here, and a worker never sends as the example organisation",
            help,
        );
    }
    if record::place(context)?.file().is_some() {
        let message = "a worker needs a sending record that machines share, and this one is a file";
        let help = "on one computer `send` and `run` do all the work; to share it among machines: [ledger] url = \
                    \"postgres://…\"";
        return wrong("work-record", message, help);
    }
    if mode(context) == Mode::Trial {
        let message = "a worker sends for real, and mails become files here";
        return wrong(
            "work-transport",
            message,
            "write transport = \"smtp\" into [email], as on the machine that sends",
        );
    }
    let key = site_key(&context.project, |name| std::env::var(name).ok())?;
    if key.is_trial() {
        let message = "the site key is not here; a worker never makes one";
        return wrong("site-key", message, "copy the key file of the machine that sends, readable by this user alone");
    }
    Ok(key)
}

/// What a worker is at, as its looks must know.
#[derive(Default)]
struct Busy {
    working: RefCell<BTreeSet<i64>>,
    /// Releases that are left alone for a while after something failed.
    resting: RefCell<BTreeMap<i64, Instant>>,
    /// What keeps it from the record, as it was said.
    trouble: Cell<Option<Kind>>,
    /// When that was over.
    recovered: Cell<Option<Instant>>,
    /// What the record did to shares since the last look; the next one tells whether all of it is away.
    failed: RefCell<Vec<(Release, Error)>>,
    /// Whether a share waits for the record with what it alone knows: the next look tells why.
    holds_on: Cell<bool>,
}

impl Busy {
    fn leaves_alone(&self, release: i64) -> bool {
        let rests = self.resting.borrow().get(&release).is_some_and(|until| *until > Instant::now());
        rests || self.working.borrow().contains(&release)
    }
}

/// A process that works.
struct Worker<'a> {
    arguments: &'a cli::Work,
    context: &'a Context,
    key: SiteKey,
    busy: Busy,
    /// Releases that it has joined in.
    joined: RefCell<BTreeSet<i64>>,
    /// What was said of a release, so that it is said once.
    told: RefCell<BTreeMap<i64, String>>,
    sum: Cell<Summary>,
}

impl Worker<'_> {
    async fn work(&self) -> Result<(), Error> {
        let mut signal = signals::listen();
        let shares = signal.clone();
        let mut hands = FuturesUnordered::new();
        self.context.screen.note(&format!("Waiting for work at {}; Ctrl-C ends it.", record::place(self.context)?));
        let mut pause = LOOK;
        let look = Look::new(self.context, &self.key);
        // Beside the shares: while the record keeps a look waiting, they must go on.
        let mut looking = Box::pin(look.after(Duration::ZERO, &self.busy));
        let mut stays = None;
        while *signal.borrow_and_update() < Phase::Finish {
            tokio::select! {
                Some((release, outcome)) = hands.next(), if !hands.is_empty() => self.after(release, outcome),
                _ = signal.changed() => {}
                (look, looked) = &mut looking => {
                    pause = match looked {
                        Ok(looked) => {
                            for release in self.looked(looked) {
                                hands.push(self.join_in(release, shares.clone()));
                            }
                            LOOK
                        }
                        Err(Trouble::Stays(error)) => {
                            stays = Some(error);
                            break;
                        }
                        Err(Trouble::Passes(kind, error)) => {
                            self.busy.failed.borrow_mut().clear();
                            self.busy.in_trouble(self.context, kind, &error);
                            (2 * pause).clamp(2 * LOOK, AWAY)
                        }
                    };
                    looking = Box::pin(look.after(pause, &self.busy));
                }
            }
        }
        drop(looking);
        if !hands.is_empty() {
            self.context.screen.note("What is in hand is finished first; a second signal ends at once.");
        }
        // Each share has heard the same signal.
        let finish = async {
            while let Some((release, outcome)) = hands.next().await {
                self.after(release, outcome);
            }
        };
        let at_once = async {
            let _ = signal.wait_for(|phase| *phase >= Phase::Abandon).await;
            sleep(LAST).await;
        };
        tokio::select! {
            () = finish => self.tell_of_failed(),
            () = at_once => {
                self.context.screen.note("The sending record did not answer in time; what was in hand may or may not have arrived.");
            }
        }
        stays.map_or(Ok(()), Err)
    }

    /// Begins what is due, as much as fits.
    fn looked(&self, looked: Looked) -> Vec<Release> {
        if let Some(kind) = self.busy.trouble.take() {
            self.context.screen.note(kind.over());
            self.busy.recovered.set(Some(Instant::now()));
        }
        if self.busy.recovered.get().is_some_and(|at| at.elapsed() < AFTERMATH) {
            // What it did to shares was told with it.
            for (release, error) in self.busy.failed.take() {
                tracing::info!("{}: {error}", release.slug);
                self.busy.resting.borrow_mut().remove(&release.id);
            }
        }
        self.tell_of_failed();
        for (release, reason, help) in looked.refused {
            self.tell(&release, &reason, help);
        }
        let room = MOST.saturating_sub(self.busy.working.borrow().len());
        looked.due.into_iter().filter(|release| !self.busy.leaves_alone(release.id)).take(room).collect()
    }

    /// Works on one release as long as there is something to do.
    fn join_in(&self, release: Release, signal: watch::Receiver<Phase>) -> impl Future<Output = (Release, Outcome)> {
        self.busy.working.borrow_mut().insert(release.id);
        if self.joined.borrow_mut().insert(release.id) {
            self.context.screen.note(&format!("{}: this worker joins in.", release.slug));
        }
        let share = Share {
            context: self.context,
            key: self.key.clone(),
            connections: self.arguments.connections,
            signal,
            holds_on: &self.busy.holds_on,
        };
        async move {
            let outcome = share.of(&release).await;
            (release, outcome)
        }
    }

    /// Says once why a release is left alone.
    fn tell(&self, release: &Release, reason: &str, help: &'static str) {
        if self.is_new(release.id, reason) {
            let message = format!("{} is left to others: {reason}", release.slug);
            self.context.screen.findings(&[Finding::warning("work", message).help(help)]);
        }
    }

    /// Whether this was not the last that was said of a release; from now on it is.
    fn is_new(&self, release: i64, reason: &str) -> bool {
        self.told.borrow_mut().insert(release, reason.to_owned()).as_deref() != Some(reason)
    }

    /// What came of a share of a release.
    fn after(&self, release: Release, outcome: Outcome) {
        let Outcome { summary, error, rest } = outcome;
        self.busy.working.borrow_mut().remove(&release.id);
        self.sum.set(self.sum.get().plus(&summary));
        if summary.all() > 0 {
            let counts = counts(&summary, &taker(self.context));
            self.context.screen.note(&format!("{}: {counts}", release.slug));
        }
        let Some(error) = error else {
            self.told.borrow_mut().remove(&release.id);
            self.busy.resting.borrow_mut().remove(&release.id);
            return;
        };
        self.busy.resting.borrow_mut().insert(release.id, Instant::now() + rest);
        match error {
            Error::Ledger { place, message, .. } => {
                let help = "nothing is lost; this worker tries again by itself".to_owned();
                self.busy.failed.borrow_mut().push((release, Error::Ledger { place, message, help }));
            }
            error => self.tell_failure(&release, &error),
        }
    }

    fn tell_of_failed(&self) {
        for (release, error) in self.busy.failed.take() {
            self.tell_failure(&release, &error);
        }
    }

    fn tell_failure(&self, release: &Release, error: &Error) {
        if self.is_new(release.id, &error.to_string()) {
            self.context.screen.note(&format!("{}: this worker could not go on.", release.slug));
            self.context.screen.failure(error);
        }
    }

    fn told_at_the_end(&self) -> String {
        let sum = self.sum.get();
        if sum.all() == 0 {
            return "This worker has ended; it had nothing to do.".to_owned();
        }
        format!("This worker has ended: {}.", counts(&sum, &taker(self.context)))
    }
}

fn counts(summary: &Summary, taker: &str) -> String {
    let mut counts = vec![format!("{} accepted by {taker}", summary.sent)];
    let mut add = |number: u64, what: &str| {
        if number > 0 {
            counts.push(format!("{number} {what}"));
        }
    };
    add(summary.deferred, "will be tried again");
    add(summary.failed, "refused");
    add(summary.uncertain, "may or may not have arrived");
    counts.join(" · ")
}
