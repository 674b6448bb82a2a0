//! The delivery of a release, shown while it goes on, and what came of it.

use serde_json::{Value, json};

use super::super::progress::Progress;
use super::super::revisions::{self, Revision};
use super::super::terms::Terms;
use super::super::{Context, gone, notify, random, signals};
use super::order::Order;
use super::{end, outbox, ways};
use crate::dispatch::{Composer, Dispatch, Ending, Ran, Ways};
use crate::error::{Error, Exit};
use crate::ledger::{Books, Event, EventKind, LedgerError, Mode, Part, Record, Release, Roll, Totals};
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

impl Done {
    /// Of a send that had nothing to do.
    pub fn nothing(exit: Exit) -> Done {
        Done { exit, ran: Ran::default(), left: Totals::default(), next: None }
    }
}

/// Everything that is delivered now.
pub struct Delivering<'a> {
    pub order: &'a Order<'a>,
    pub context: &'a Context,
    pub key: &'a SiteKey,
    pub ways: Ways<'a>,
    pub ledger: Record,
    pub release: &'a Release,
    pub parts: &'a [Part],
    /// Deliveries that are to come, for the progress.
    pub targets: u64,
}

impl Delivering<'_> {
    /// Delivers what is due and says what came of it; `document` is the answer as JSON so far.
    pub async fn deliver(self, mut document: Value) -> Result<Done, Error> {
        let context = self.context;
        let at = |error: LedgerError| error.at(&self.ledger.place());
        let quiet = context.screen.is_quiet() || self.release.mode == Mode::Trial;
        let progress = Progress::new(self.targets, quiet, context.screen);
        let dispatch = Dispatch {
            ledger: &self.ledger,
            release: self.release,
            parts: self.parts,
            composer: Composer::new(&context.project.config.sender, self.key, self.release),
            corrects: revisions::receipts(&self.ledger, self.release).await.map_err(at)?,
            ways: self.ways.clone(),
            retry: context.project.config.email.retry,
            wish: self.order.wish(),
            clock: &context.clock,
            // Whoever sends hears of it now, and sends again when it is mended.
            holds_on: None,
            only: None,
            random,
            signal: signals::listen(),
            show: &|tally| progress.show(tally),
            metrics: &context.metrics,
        };
        self.note_beginning().await.map_err(at)?;
        self.note_terms().await.map_err(at)?;
        gone::heed(&self.ways, &self.ledger).await.map_err(at)?;
        let ran = dispatch.run(self.order.chosen()).await;
        progress.end();
        gone::note(&self.ways, &self.ledger).await.map_err(at)?;
        let ran = ran?;
        let revisions = revisions::of(&self.ledger, &self.release.slug, self.release.mode).await.map_err(at)?;
        let left = self.left(&revisions);
        let end = match self.release.mode {
            Mode::Trial => end::end_of_trial(&ran, self.order.chosen(), &outbox(context).folder(&self.release.slug)),
            Mode::Real => {
                let told = end::RealEnd::of(context, &self.ledger, &revisions, &left).await.map_err(at)?;
                told.text(context, &ran, &ways::taker(context))
            }
        };
        context.screen.result(&end);
        for failure in &ran.failures {
            context.screen.failure(failure);
        }
        document["written"] = ran.summary.sent.into();
        document["failed"] = ran.summary.failed.into();
        document["channels"] = json!(revisions::by_channel(&revisions));
        document["totals"] = json!(revisions::all(&revisions));
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

    /// Notes what whoever works on it from another machine must know.
    async fn note_terms(&self) -> Result<(), LedgerError> {
        if self.release.mode == Mode::Trial || self.ledger.file().is_some() {
            return Ok(());
        }
        let terms = Terms::of(self.context, self.parts, self.order.chosen(), self.order.wish());
        terms.note(&self.ledger, self.release).await
    }

    /// What is left of the parts that were chosen and that this program delivers, and what is in doubt of earlier texts.
    fn left(&self, revisions: &[Revision]) -> Totals {
        let counts = |revision: &Revision, number: i64| match revision.release.id == self.release.id {
            true => {
                let part = usize::try_from(number).ok().and_then(|number| self.parts.get(number));
                part.is_some_and(|part| self.order.chosen().takes(part) && self.ways.of(part).is_some())
            }
            false => revision.part(number).is_some_and(|part| self.ways.of(part).is_some()),
        };
        let mut left = Totals::default();
        for revision in revisions {
            revision
                .totals
                .iter()
                .filter(|(part, _)| counts(revision, *part))
                .for_each(|(_, totals)| left.merge(totals));
        }
        left
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
