//! The delivery of a release, shown while it goes on, and what came of it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::super::progress::Progress;
use super::super::{Context, notify, signals};
use super::order::Order;
use super::{end, outbox, ways};
use crate::dispatch::{Composer, Dispatch, Ending, Ran, Ways};
use crate::error::{Error, Exit};
use crate::ledger::{Books, Event, EventKind, Ledger, LedgerError, Mode, Part, Release, Roll, SqliteLedger, Totals};
use crate::plan::SiteKey;

/// What became of a send.
pub struct Done {
    pub exit: Exit,
    /// What this run did.
    pub ran: Ran,
    /// What is left of what was chosen and is this program's to deliver.
    pub left: Totals,
    /// When the first of those that were refused for now is tried again, in milliseconds since 1970.
    pub next: Option<i64>,
}

/// Everything that is delivered now.
pub(super) struct Delivering<'a> {
    pub order: &'a Order<'a>,
    pub context: &'a Context,
    pub key: &'a SiteKey,
    pub ways: Ways<'a>,
    pub ledger: SqliteLedger,
    pub release: &'a Release,
    pub parts: &'a [Part],
    /// Deliveries that are to come, for the progress.
    pub targets: u64,
}

impl Delivering<'_> {
    /// Delivers what is due and says what came of it; `document` is the answer as JSON so far.
    pub(super) async fn deliver(self, mut document: Value) -> Result<Done, Error> {
        let context = self.context;
        let at = |error: LedgerError| error.at(&self.ledger.place());
        let progress = Progress::new(self.targets, context.screen.is_quiet() || self.release.mode == Mode::Trial);
        let dispatch = Dispatch {
            ledger: &self.ledger,
            release: self.release,
            parts: self.parts,
            composer: Composer::new(&context.project.config.sender, self.key, self.release),
            ways: self.ways.clone(),
            retry: context.project.config.email.retry,
            wish: self.order.wish(),
            clock: &context.clock,
            random,
            signal: signals::listen(),
            show: &|tally| progress.show(tally),
        };
        self.note_beginning().await.map_err(at)?;
        let ran = dispatch.run(self.order.chosen()).await;
        progress.end();
        let ran = ran?;
        let totals = self.ledger.totals(self.release.id).await.map_err(at)?;
        let left = self.left(&totals);
        let end = match self.release.mode {
            Mode::Trial => end::end_of_trial(&ran, self.order.chosen(), &outbox(context).folder(&self.release.slug)),
            Mode::Real => {
                let told = end::RealEnd::of(&self.ledger, self.release, self.parts, &left).await.map_err(at)?;
                told.text(context, &ran, &ways::taker(context))
            }
        };
        context.screen.result(&end);
        for failure in &ran.failures {
            context.screen.failure(failure);
        }
        document["written"] = ran.summary.sent.into();
        document["failed"] = ran.summary.failed.into();
        document["channels"] = json!(by_channel(self.parts, &totals));
        document["totals"] = json!(sum(totals.iter().map(|(_, totals)| totals)));
        document["errors"] = ran.failures.iter().flat_map(super::super::screen::error_entries).collect();
        context.screen.json(&document);
        let exit = exit(&ran, &left);
        let next = self.ledger.moments(self.release.id).await.map_err(at)?.next;
        notify::sent(context, &self.ledger, self.release, &ran, self.order.post).await;
        self.ledger.shut().await;
        Ok(Done { exit, ran, left, next })
    }

    /// Notes what takes the mails, for the report.
    async fn note_beginning(&self) -> Result<(), LedgerError> {
        let mail = |part: &Part| part.channel == "email" && self.order.chosen().takes(part);
        if self.release.mode == Mode::Trial || self.targets == 0 || !self.parts.iter().any(mail) {
            return Ok(());
        }
        let (slug, at) = (self.release.slug.clone(), self.context.clock.now());
        let (release, detail) = (Some(self.release.id), ways::taker(self.context));
        self.ledger.note(&Event { slug, release, kind: EventKind::Sending, detail, at }).await
    }

    /// What is left of the parts that were chosen and that this program delivers.
    fn left(&self, totals: &[(i64, Totals)]) -> Totals {
        let counts = |number: i64| {
            let part = usize::try_from(number).ok().and_then(|number| self.parts.get(number));
            part.is_some_and(|part| self.order.chosen().takes(part) && self.ways.of(&part.channel).is_some())
        };
        sum(totals.iter().filter(|(number, _)| counts(*number)).map(|(_, totals)| totals))
    }
}

/// The worst of what happened.
fn exit(ran: &Ran, left: &Totals) -> Exit {
    let failures = ran.failures.iter().map(Error::exit);
    // What waits because its channel failed is told by that failure.
    let waits = left.deferred > 0 || (left.open() > 0 && ran.failures.is_empty());
    let rest = [
        (ran.summary.failed > 0, Exit::SomeRejected),
        (waits || ran.ending == Some(Ending::Signal), Exit::SomeDeferred),
        (left.uncertain > 0, Exit::SomeUncertain),
    ];
    let rest = rest.into_iter().filter_map(|(happened, exit)| happened.then_some(exit));
    failures.chain(rest).max().unwrap_or(Exit::Settled)
}

fn sum<'a>(totals: impl Iterator<Item = &'a Totals>) -> Totals {
    totals.fold(Totals::default(), |mut sum, totals| {
        sum.merge(totals);
        sum
    })
}

fn by_channel(parts: &[Part], totals: &[(i64, Totals)]) -> BTreeMap<String, Totals> {
    let mut sums: BTreeMap<String, Totals> = BTreeMap::new();
    for (number, totals) in totals {
        if let Some(part) = usize::try_from(*number).ok().and_then(|number| parts.get(number)) {
            sums.entry(part.channel.clone()).or_default().merge(totals);
        }
    }
    sums
}

/// From 0 to 1. Without random numbers, everything is tried again at the same time.
fn random() -> f64 {
    getrandom::u32().map_or(0.5, |number| f64::from(number) / f64::from(u32::MAX))
}
