//! `correct`: after an edit, what was sent of a post is put right where that can be done.
//!
//! Comes in: the post as it is now, what the sending record has of it. Goes out: a release of its own, whose parts are the
//! channels to correct; its mails go to those who got an earlier one. Nothing of the earlier releases is deleted but what
//! waited for a person, who posts the new text instead. Done twice, it corrects nothing twice.

use super::ready::Ready;
use super::released::Released;
use super::send::order::{By, Order};
use super::send::{Delivering, ask, finish_correction, may_reach_people};
use super::stopped::is_stopped;
use super::ways::{mode, ways};
use super::{Context, check, links, record, survey};
use crate::cli;
use crate::dispatch::clear_up;
use crate::dispatch::freeze::{Outdated, Sums, Wave};
use crate::error::{Error, Exit};
use crate::ledger::{Books, Ledger, LedgerError, Mode, NewRelease, Part, Purpose, Record, Release, Roll, Scratch};
use crate::plan::SiteKey;
use crate::render::code::Code;

mod approval;
mod extent;
mod mails;
mod open;
mod told;

use extent::Extent;

/// Corrects a post.
pub async fn run(arguments: &cli::Correct, context: &Context) -> Result<Exit, Error> {
    let approve: Option<Code> = arguments.approve.as_deref().map(str::parse).transpose().map_err(Error::Usage)?;
    if mode(context) == Mode::Trial {
        let message = "mails go to the outbox, so nothing that was sent can be corrected\n  \
                       = help: try the new text with `rundbrief send`, after deleting the post's folder in the outbox";
        return Err(Error::Usage(message.to_owned()));
    }
    if !arguments.dry_run {
        ask::can_ask(arguments.yes)?;
    }
    may_reach_people(context)?;
    Released::real(context, &arguments.post).await?.record.shut().await;
    let order = Order {
        post: &arguments.post,
        lists: &[],
        channels: &[],
        by: By::Person { yes: arguments.yes, rest: None },
        new_ledger: false,
        force: arguments.force,
        offline: arguments.offline,
        approve,
    };
    let ready = Ready::make(context, &arguments.post)?;
    context.screen.findings(&ready.warnings);
    Correcting { arguments, order, context, ready }.carry_out().await
}

/// A correction on its way.
struct Correcting<'a> {
    arguments: &'a cli::Correct,
    order: Order<'a>,
    context: &'a Context,
    ready: Ready,
}

impl Correcting<'_> {
    async fn carry_out(mut self) -> Result<Exit, Error> {
        let context = self.context;
        if !self.arguments.force {
            check::must_pass(true, context, &self.ready)?;
        }
        let ways = ways(context)?;
        let ledger = record::open(context).await?;
        let at = |error: LedgerError| error.at(&ledger.place());
        self.ready.key = record::lasting_key(context, &ledger).await?;
        record::vouch(context, &ledger, &self.ready.key, false).await?;
        clear_up(&ledger, &ways, &context.clock).await.map_err(at)?;
        // Held from before the look at what was released, so that of two corrections at once only one begins.
        ledger.hold().await.map_err(at)?;
        let slug = self.ready.slug().to_owned();
        let events = ledger.events(&slug).await.map_err(at)?;
        let revisions = super::revisions::of(&ledger, &slug, Mode::Real).await.map_err(at)?;
        open::must_be_sent(&slug, is_stopped(&events), &revisions)?;
        let newest = revisions.first().expect("it was released").release.clone();
        let marked = self.ready.corrections(context)?;
        let extent = Extent::of(&ledger, &self.ready, &marked, &revisions, &ways.networks).await?;
        if newest.is_correction() && newest.code == self.ready.digest && open::is_under_way(&revisions[0]) {
            ledger.shut().await;
            let done = finish_correction(&self.order, context).await?;
            return Ok(done.map_or(Exit::Settled, |done| done.exit));
        }
        open::mails_are_not_dropped(&slug, self.arguments.mail, &revisions)?;
        let outdated = &extent.mails.outdated;
        let mut parts = extent.parts(&marked, self.arguments.mail && !outdated.mails.is_empty());
        let sums = self.recipients(&ledger, &Scratch::new(), 0, outdated, &parts).await?;
        if sums.total() == 0 {
            parts = extent.parts(&marked, false);
        }
        let shown = told::Told { slug: &slug, ready: &self.ready, extent: &extent, sums: &sums };
        let pass = approval::pass(&self.order, context, &ledger, &self.ready, &sums).await?;
        context.screen.result(shown.text(self.arguments.mail).trim_end());
        let mut document = shown.document(self.arguments.mail);
        let idle = !extent.does_anything() && sums.total() == 0;
        if idle || self.arguments.dry_run {
            ledger.shut().await;
            context.screen.result(told::nothing_done(idle, extent.waits_for_a_person()));
            context.screen.json(&document);
            return Ok(Exit::Settled);
        }
        if !self.arguments.offline {
            links::must_answer_now(&[], context, &self.ready).await?;
        }
        if !self.arguments.yes && !told::agreed()? {
            ledger.shut().await;
            context.screen.result("Nothing was changed.");
            return Ok(Exit::Settled);
        }
        super::build::publish_pictures(context, &self.ready)?;
        let release = ledger.begin(&self.new_release(&parts)).await.map_err(at)?;
        let sealed = self.seal(&ledger, &release, outdated, &parts, pass).await;
        if let Err(error) = sealed {
            ledger.discard(release.id, 1).await.map_err(at)?;
            return Err(error);
        }
        document["code"] = survey::code_of(&release).into();
        let release = ledger.release(&slug, Mode::Real).await.map_err(at)?.expect("it was sealed");
        let (order, key) = (&self.order, self.ready.key.clone());
        let targets = extent.own() + sums.total();
        let delivering =
            Delivering { order, context, key: &key, ways, ledger, release: &release, parts: &parts, targets };
        delivering.deliver(document).await.map(|done| done.exit)
    }

    /// Adds the recipients to the release and opens it.
    async fn seal(
        &self,
        ledger: &Record,
        release: &Release,
        outdated: &Outdated,
        parts: &[Part],
        pass: approval::Pass,
    ) -> Result<(), Error> {
        let at = |error: LedgerError| error.at(&ledger.place());
        let sums = self.recipients(ledger, ledger, release.id, outdated, parts).await?;
        pass.note(ledger, release, sums.audience.0).await?;
        ledger.seal(release.id, 1, sums.audience.0).await.map_err(at)
    }

    /// Those whose last mail is outdated and who are still on a list, as the recipients of the corrected one.
    async fn recipients<R: Roll>(
        &self,
        ledger: &Record,
        roll: &R,
        release: i64,
        outdated: &Outdated,
        parts: &[Part],
    ) -> Result<Sums, Error> {
        let key: &SiteKey = &self.ready.key;
        let mails = super::audience::Mail::of_parts(parts)?;
        let decisions = super::audience::decisions(self.context, key, self.ready.lang(), &mails, &[])?;
        let (record, corrects) = (Some(ledger), Some(outdated));
        let limited = self.context.project.config.limited_domains();
        let wave = Wave { roll, release, number: 1, record, earlier: None, replaces: None, corrects, limited };
        wave.fill(decisions).await
    }

    fn new_release(&self, parts: &[Part]) -> NewRelease {
        NewRelease {
            purpose: Purpose::Correction,
            parts: parts.to_vec(),
            ..survey::new_release(self.context, &self.ready)
        }
    }
}
