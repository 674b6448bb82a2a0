//! One worker's share of one release.
//!
//! Comes in: a release that is open in the record. Goes out: what was delivered of it, and why it ended early. Each share has
//! connections to the record of its own, since it is a worker of its own there.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::super::terms::Terms;
use super::super::{Context, gone, random, record, revisions, ways};
use super::counts;
use super::look::by_its_clock;
use crate::dispatch::{Chosen, Composer, Dispatch, Ending, Phase, Ran, Summary, Tally, Wish};
use crate::error::{Error, Exit};
use crate::ledger::{Books, Form, Ledger, LedgerError, Record, Release, Roll};
use crate::plan::SiteKey;

/// After a server that did not answer, and after one that refuses.
const SOON: Duration = Duration::from_secs(15);
const LATER: Duration = Duration::from_secs(300);

/// How often a share that goes on says how far it is.
const REPORT: Duration = Duration::from_secs(300);

/// What a worker may do of a release.
pub enum Parts {
    /// Nobody has begun anything that can be done from here.
    None,
    /// Why it must leave it alone, and what to do about it.
    Refused(String, &'static str),
    Some {
        numbers: BTreeSet<i64>,
        until: Option<i64>,
    },
}

/// Finds out what a worker with this configuration and key may do. The feed is a file on the machine that sends, and what
/// tells of it follows it there.
///
/// # Errors
/// The record's.
pub async fn parts(context: &Context, ledger: &Record, release: &Release, key: &SiteKey) -> Result<Parts, LedgerError> {
    let Some(terms) = Terms::noted(ledger, release).await? else { return Ok(Parts::None) };
    let config = &context.project.config;
    if let Some((reason, help)) = terms.refusal(config, release, &key.fingerprint()) {
        return Ok(Parts::Refused(reason, help));
    }
    let follows_feed = |channel: &str| {
        let network = config.channels.get(channel).and_then(|network| network.access.as_ref());
        matches!(network, Some(crate::config::Access::WebSub { .. }))
    };
    let outline = ledger.outline(release.id).await?;
    let own = (0_i64..)
        .zip(&outline)
        .filter(|(_, part)| !matches!(part.form, Form::Item | Form::Text) && !follows_feed(&part.channel));
    let numbers: BTreeSet<i64> = own.map(|(number, _)| number).filter(|number| terms.parts.contains(number)).collect();
    Ok(if numbers.is_empty() { Parts::None } else { Parts::Some { numbers, until: terms.until } })
}

/// What came of a share.
pub struct Outcome {
    pub summary: Summary,
    pub error: Option<Error>,
    /// How long the release is left alone after an error.
    pub rest: Duration,
}

/// What a share is worked on with.
pub struct Share<'a> {
    pub context: &'a Context,
    pub key: SiteKey,
    pub connections: Option<u16>,
    pub signal: watch::Receiver<Phase>,
    /// Set when this share waits for the record with what it alone knows.
    pub holds_on: &'a Cell<bool>,
}

impl Share<'_> {
    /// Works until nothing of the release is due, or the worker is told to end.
    pub async fn of(self, release: &Release) -> Outcome {
        match self.run(release).await {
            Ok(ran) => {
                let Ran { summary, ending, mut failures, .. } = ran;
                let error = if failures.is_empty() { None } else { Some(failures.swap_remove(0)) };
                let rest = match &error {
                    Some(error) if matches!(error.exit(), Exit::Credentials | Exit::Config) => LATER,
                    _ => SOON,
                };
                if let Some(ending @ (Ending::GivenUp | Ending::Stopped)) = ending {
                    tracing::info!(?ending, "{}: this worker's share ended", release.slug);
                }
                Outcome { summary, error, rest }
            }
            Err(error) => Outcome { summary: Summary::default(), error: Some(error), rest: SOON },
        }
    }

    async fn run(&self, release: &Release) -> Result<Ran, Error> {
        let config = &self.context.project.config;
        // What was there at the look: no worker makes another one.
        let Some(ledger) = record::existing(self.context).await? else { return Ok(Ran::default()) };
        let at = |error: LedgerError| error.at(&ledger.place());
        let context = &by_its_clock(self.context, &ledger).await.map_err(at)?;
        record::vouch(context, &ledger, &self.key, false).await?;
        // Since the look it may have been stopped, or begun otherwise.
        let Parts::Some { numbers, until } = parts(context, &ledger, release, &self.key).await.map_err(at)? else {
            return Ok(Ran::default());
        };
        let content = ledger.parts(release.id).await.map_err(at)?;
        let mut ways = ways::ways(context)?;
        if let Some(connections) = self.connections {
            ways.connections = ways.connections.min(usize::from(connections));
        }
        gone::heed(&ways, &ledger).await.map_err(at)?;
        let (taker, said) = (ways::taker(context), Cell::new(Instant::now()));
        let say = |tally: &Tally| {
            if said.get().elapsed() >= REPORT {
                said.set(Instant::now());
                context.screen.note(&format!("{}: so far {}", release.slug, counts(&tally.summary(), &taker)));
            }
        };
        let hold = |known: usize| {
            self.holds_on.set(true);
            let place = ledger.place();
            context.screen.note(&format!(
                "{}: this worker alone knows what became of {known} that it had in hand; it waits for {place} to note that. If \
                 it is ended before, they may or may not have arrived.",
                release.slug
            ));
        };
        let dispatch = Dispatch {
            ledger: &ledger,
            release,
            parts: &content,
            composer: Composer::new(&config.sender, &self.key, release),
            corrects: revisions::receipts(&ledger, release).await.map_err(at)?,
            ways: ways.clone(),
            retry: config.email.retry,
            // No time is over where a person wanted it sent.
            wish: Wish::InTime { until: until.unwrap_or(i64::MAX) },
            clock: &context.clock,
            holds_on: Some(&hold),
            only: Some(&numbers),
            random,
            signal: self.signal.clone(),
            metrics: &context.metrics,
            show: &say,
        };
        let ran = dispatch.run(Chosen::default()).await;
        gone::note(&ways, &ledger).await.map_err(at)?;
        let ran = ran?;
        ledger.shut().await;
        Ok(ran)
    }
}
