//! `work`: a worker on a sending record that machines share.
//!
//! Comes in: the record, the configuration, the site key; no post and no list. Joins every release that another machine has
//! begun, several at once, and goes on until it is told to end. What is due is asked of the record, so that a worker that
//! dies is missed by nobody: the others take over what it had.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use jiff::Timestamp;
use serde_json::json;
use tokio::time::{Instant, sleep};

use super::ways::{mode, taker};
use super::{Context, record, send, signals};
use crate::cli;
use crate::dispatch::{Clock, Phase, Summary};
use crate::error::{Error, Exit};
use crate::finding::{Finding, Place};
use crate::ledger::{Books, LedgerError, Mode, Record, Release, ReleaseState, Roll, Work};
use crate::plan::SiteKey;
use crate::project::site_key;

mod share;

use share::{Outcome, Share};

/// How often the record is asked what there is to do.
const LOOK: Duration = Duration::from_secs(2);
/// How long a database that does not answer is left alone, at most.
const AWAY: Duration = Duration::from_secs(30);
/// How many releases are worked on at once.
const MOST: usize = 8;

/// Works until it is told to end.
///
/// # Errors
/// [`Error::Config`] for a configuration or a key that no worker can use. A database that goes away is waited for.
pub async fn run(arguments: &cli::Work, context: &Context) -> Result<Exit, Error> {
    let key = fit(context)?;
    send::may_reach_people(context)?;
    let mut worker =
        Worker { arguments, context, key, told: BTreeMap::new(), resting: BTreeMap::new(), sum: Summary::default() };
    worker.work().await?;
    let Summary { sent, deferred, failed, uncertain } = worker.sum;
    context.screen.result(&worker.told_at_the_end());
    context.screen.json(&json!({ "sent": sent, "deferred": deferred, "failed": failed, "uncertain": uncertain }));
    Ok(Exit::Settled)
}

/// Whether a worker can work with this configuration; the site key, which it never makes.
fn fit(context: &Context) -> Result<SiteKey, Error> {
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

/// A process that works.
struct Worker<'a> {
    arguments: &'a cli::Work,
    context: &'a Context,
    key: SiteKey,
    /// What was said of a release, so that it is said once.
    told: BTreeMap<i64, String>,
    /// Releases that are left alone for a while after something failed.
    resting: BTreeMap<i64, Instant>,
    sum: Summary,
}

impl Worker<'_> {
    async fn work(&mut self) -> Result<(), Error> {
        let mut signal = signals::listen();
        let (context, shares) = (self.context, signal.clone());
        let mut record: Option<Record> = None;
        let (mut working, mut hands) = (BTreeMap::new(), FuturesUnordered::new());
        let mut pause = Duration::ZERO;
        context.screen.note(&format!("Waiting for work at {}; Ctrl-C ends it.", record::place(context)?));
        while *signal.borrow_and_update() < Phase::Finish {
            tokio::select! {
                Some((release, outcome)) = hands.next(), if !hands.is_empty() => {
                    working.remove(&release);
                    self.after(release, outcome);
                    continue;
                }
                _ = signal.changed() => continue,
                () = sleep(pause) => {}
            }
            match self.look(&mut record, &working).await {
                Ok(found) => {
                    if pause > LOOK {
                        context.screen.note("The database answers again.");
                    }
                    pause = LOOK;
                    for release in found.into_iter().take(MOST.saturating_sub(working.len())) {
                        working.insert(release.id, release.slug.clone());
                        let share = Share {
                            context,
                            key: self.key.clone(),
                            connections: self.arguments.connections,
                            signal: shares.clone(),
                        };
                        hands.push(async move { (release.id, share.of(release).await) });
                    }
                }
                Err(Trouble::Passes(error)) => {
                    record = None;
                    if pause <= LOOK {
                        context.screen.failure(&error);
                        context.screen.note("This worker waits for it.");
                    }
                    pause = (2 * pause).clamp(2 * LOOK, AWAY);
                }
                Err(Trouble::Stays(error)) => return Err(error),
            }
        }
        // What is in hand ends in order: each share has heard the same signal.
        while let Some((release, outcome)) = hands.next().await {
            self.after(release, outcome);
        }
        Ok(())
    }

    /// The releases in which something is due that this worker may do, and that it is not at already.
    async fn look(
        &mut self,
        record: &mut Option<Record>,
        working: &BTreeMap<i64, String>,
    ) -> Result<Vec<Release>, Trouble> {
        let ledger = match record {
            Some(ledger) => ledger,
            None => {
                let place = record::place(self.context).map_err(Trouble::Stays)?;
                let at = |error: LedgerError| Trouble::of(error, &place.to_string());
                let opened = Record::open(&place).await.map_err(at)?;
                if let Some(there) = opened.clock().await.map_err(at)? {
                    record::tell_of_clock(self.context, Timestamp::from_millisecond(there).unwrap_or_default());
                }
                record.insert(opened)
            }
        };
        let at = |error: LedgerError| Trouble::of(error, &ledger.place());
        let now = ledger.clock().await.map_err(at)?.unwrap_or_else(|| self.context.clock.now());
        let mut found = Vec::new();
        let is_open = |release: &Release| release.mode == Mode::Real && release.state == ReleaseState::Open;
        for release in ledger.releases().await.map_err(at)?.into_iter().filter(is_open) {
            let rests = self.resting.get(&release.id).is_some_and(|until| *until > Instant::now());
            if rests || working.contains_key(&release.id) {
                continue;
            }
            match share::parts(self.context, ledger, &release, &self.key).await.map_err(at)? {
                share::Parts::None => {}
                share::Parts::Refused(reason, help) => self.tell(&release, reason, help),
                share::Parts::Some { numbers, until } => {
                    let untried = until.is_none_or(|until| now <= until);
                    let numbers: Vec<i64> = numbers.into_iter().collect();
                    if ledger.is_due(release.id, &numbers, untried, now).await.map_err(at)? {
                        found.push(release);
                    }
                }
            }
        }
        if !found.is_empty() {
            // Now there is a record that somebody sends with: is it the one that the configuration names?
            let vouched = record::vouch(self.context, ledger, &self.key, false).await;
            vouched.map_err(|error| match error {
                // The next look tells what it is.
                Error::Ledger { .. } => Trouble::Passes(error),
                error => Trouble::Stays(error),
            })?;
        }
        Ok(found)
    }

    /// Says once why a release is left alone.
    fn tell(&mut self, release: &Release, reason: String, help: &'static str) {
        if self.told.get(&release.id) != Some(&reason) {
            let message = format!("{} is left to others: {reason}", release.slug);
            self.context.screen.findings(&[Finding::warning("work", message).help(help)]);
            self.told.insert(release.id, reason);
        }
    }

    /// What came of a share of a release.
    fn after(&mut self, release: i64, outcome: Outcome) {
        let Outcome { slug, summary, error, rest } = outcome;
        self.sum = self.sum.plus(&summary);
        if summary.all() > 0 {
            self.context.screen.note(&format!("{slug}: {}", counts(&summary, &taker(self.context))));
        }
        match error {
            None => {
                self.told.remove(&release);
                self.resting.remove(&release);
            }
            Some(error) => {
                let reason = error.to_string();
                if self.told.get(&release) != Some(&reason) {
                    self.context.screen.failure(&error);
                    self.told.insert(release, reason);
                }
                self.resting.insert(release, Instant::now() + rest);
            }
        }
    }

    fn told_at_the_end(&self) -> String {
        if self.sum.all() == 0 {
            return "This worker has ended; it had nothing to do.".to_owned();
        }
        format!("This worker has ended: {}.", counts(&self.sum, &taker(self.context)))
    }
}

/// Why a worker cannot look.
enum Trouble {
    /// Waiting helps.
    Passes(Error),
    Stays(Error),
}

impl Trouble {
    fn of(error: LedgerError, place: &str) -> Trouble {
        if error.passes() { Trouble::Passes(error.at(place)) } else { Trouble::Stays(error.at(place)) }
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

/// The clock of the record at this moment.
async fn clock(context: &Context, ledger: &Record) -> Result<Clock, LedgerError> {
    let there = ledger.clock().await?.and_then(|at| Timestamp::from_millisecond(at).ok());
    let there = there.unwrap_or_else(|| context.clock.timestamp());
    Ok(Clock::starting(&there.to_zoned(context.now.time_zone().clone())))
}
