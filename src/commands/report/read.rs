//! What the sending record knows about the sends of a post, as a [`Report`].

use std::collections::BTreeMap;

use super::people::{named, reason, receipt};
use crate::commands::Context;
use crate::commands::released::title;
use crate::commands::revisions::is_by_hand;
use crate::commands::stage::stage;
use crate::commands::survey::code_of;
use crate::commands::when::zoned;
use crate::error::Error;
use crate::ledger::{
    Approvals, Aside, Books, DeliveryKey, DeliveryState, Event, EventKind, Ledger, LedgerError, Mode, Moments, Part,
    Record, Release, ReleaseState, Roll, Standing, Totals,
};
use crate::plan::Target;
use crate::render::email::message::Compiled;
use crate::report::{
    Approval, Counts, Entered, Feed, Happened, Happening, ListPart, Mail, Network, Posted, Report, Revision, Skipped,
};
use crate::words::Words;

/// The report of these releases of one post, the oldest first.
///
/// # Errors
/// The record's.
pub async fn report(context: &Context, record: &Record, releases: &[Release], words: &Words) -> Result<Report, Error> {
    read(context, record, releases, words).await.map_err(|error| error.at(&record.place()))
}

async fn read(context: &Context, record: &Record, releases: &[Release], words: &Words) -> Result<Report, LedgerError> {
    let slug = releases.first().map(|release| release.slug.clone()).unwrap_or_default();
    let trial = releases.iter().all(|release| release.mode == Mode::Trial);
    let events = record.events(&slug).await?;
    let mut revisions = Vec::with_capacity(releases.len());
    for release in releases {
        revisions.push(Reading { context, record, release, events: &events, words }.revision().await?);
    }
    let subject = || {
        // A correction's says before it that it is one.
        let own = revisions.iter().rev().filter(|one| !one.correction);
        let contents = own.flat_map(|one| &one.mails).filter_map(|mail| mail.content.as_ref());
        contents.map(|content| content.subject.clone()).next()
    };
    Ok(Report {
        organisation: context.project.config.site.name.clone(),
        title: title(context, &slug).or_else(subject).unwrap_or_else(|| slug.clone()),
        slug,
        trial,
        made: context.clock.zoned(),
        history: if trial { Vec::new() } else { history(context, &events) },
        revisions,
    })
}

/// What somebody did, or kept from being done.
fn history(context: &Context, events: &[Event]) -> Vec<Happening> {
    let happening = |event: &Event| {
        let what = match event.kind {
            EventKind::Stopped => Happened::Stopped,
            EventKind::WentOn => Happened::WentOn,
            EventKind::NotSent => Happened::NotSent,
            EventKind::Planned | EventKind::Sending | EventKind::Told => return None,
        };
        Some(Happening { at: zoned(context, event.at), what, detail: event.detail.clone() })
    };
    events.iter().filter_map(happening).collect()
}

/// One release on its way into the report.
struct Reading<'a> {
    context: &'a Context,
    record: &'a Record,
    release: &'a Release,
    events: &'a [Event],
    words: &'a Words,
}

impl Reading<'_> {
    async fn revision(&self) -> Result<Revision, LedgerError> {
        let Reading { context, record, release, words, .. } = *self;
        // First who works, then what is done: a process that ends in between is then not taken for one that broke off.
        let workers = record.workers(context.clock.now()).await?;
        let parts = record.parts(release.id).await?;
        let totals: BTreeMap<i64, Totals> = record.totals(release.id).await?.into_iter().collect();
        let own = self.own(&parts, &totals);
        let lists = self.lists(&parts, &totals).await?;
        let sum = lists.iter().fold(Counts::default(), |sum, list| sum.plus(list.counts));
        let people = async |state, all| named(context, record, release.id, state, all, words).await;
        let Moments { first, last, .. } = record.moments(release.id).await?;
        let approval = record.approval_of(&release.slug, &release.code).await?;
        Ok(Revision {
            number: release.revision,
            correction: release.is_correction(),
            code: code_of(release),
            approval: approval.map(|one| Approval { by: one.by, note: one.note, at: zoned(context, one.at) }),
            stage: stage(&own, workers, release.state == ReleaseState::Stopped),
            began: first.map(|at| zoned(context, at)),
            ended: last.filter(|_| own.open() == 0).map(|at| zoned(context, at)),
            servers: self.servers(),
            refused: people(DeliveryState::Failed, sum.refused + sum.taken_out).await?,
            uncertain: people(DeliveryState::Uncertain, sum.uncertain).await?,
            again: people(DeliveryState::Deferred, sum.again).await?,
            skipped: self.skipped(),
            networks: self.networks(&parts, &totals).await?,
            feed: self.feed(&parts, &totals).await?,
            mails: self.mails(&parts, &lists),
            lists,
        })
    }

    /// Of what this program delivers itself.
    fn own(&self, parts: &[Part], totals: &BTreeMap<i64, Totals>) -> Totals {
        let mut own = Totals::default();
        for (number, part) in (0_i64..).zip(parts) {
            if !is_by_hand(self.release.mode, part)
                && let Some(counts) = totals.get(&number)
            {
                own.merge(counts);
            }
        }
        own
    }

    async fn lists(&self, parts: &[Part], totals: &BTreeMap<i64, Totals>) -> Result<Vec<ListPart>, LedgerError> {
        let asides: BTreeMap<i64, Aside> = self.record.asides(self.release.id).await?.into_iter().collect();
        let mails = (0_i64..).zip(parts).filter(|(_, part)| part.channel == "email");
        let list = |(number, part): (i64, &Part)| {
            let (totals, aside) = (totals.get(&number).copied().unwrap_or_default(), asides.get(&number));
            let aside = aside.copied().unwrap_or_default();
            let basis = self.context.project.config.lists.get(&part.list).and_then(|list| list.basis.clone());
            ListPart { name: part.list.clone(), basis, counts: counts(&totals, aside) }
        };
        Ok(mails.map(list).collect())
    }

    /// What took the mails, each once.
    fn servers(&self) -> Vec<String> {
        let mut servers: Vec<String> = Vec::new();
        for event in self.of_kind(EventKind::Sending) {
            if !servers.contains(&event.detail) {
                servers.push(event.detail.clone());
            }
        }
        servers
    }

    fn of_kind(&self, kind: EventKind) -> impl Iterator<Item = &Event> {
        self.events.iter().filter(move |event| event.kind == kind && event.release == Some(self.release.id))
    }

    fn skipped(&self) -> Option<Vec<Skipped>> {
        let one = |event: &Event| {
            let reasons: BTreeMap<String, u64> = serde_json::from_str(&event.detail).unwrap_or_default();
            let mut reasons: Vec<(String, u64)> = reasons.into_iter().collect();
            reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
            Skipped { at: zoned(self.context, event.at), reasons }
        };
        Some(self.of_kind(EventKind::Planned).map(one).collect::<Vec<_>>()).filter(|all| !all.is_empty())
    }

    /// The only delivery of a part that has one a post, if it is in this state.
    async fn single(&self, number: i64, state: DeliveryState) -> Result<Option<Standing>, LedgerError> {
        let before = DeliveryKey { part: number - 1, target: Target([0xff; 16]) };
        let found = self.record.standings(self.release.id, state, Some(before), 1).await?;
        Ok(found.into_iter().find(|standing| standing.key.part == number))
    }

    async fn networks(&self, parts: &[Part], totals: &BTreeMap<i64, Totals>) -> Result<Vec<Network>, LedgerError> {
        let mut networks = Vec::new();
        let own = (0_i64..).zip(parts).filter(|(number, _)| has_any(totals, *number));
        for (number, part) in own.filter(|(_, part)| !["email", "feed"].contains(&&*part.channel)) {
            let posted = self.posted(number, part).await?;
            networks.push(Network { name: part.channel.clone(), posted });
        }
        Ok(networks)
    }

    async fn posted(&self, number: i64, part: &Part) -> Result<Posted, LedgerError> {
        if self.release.mode == Mode::Trial {
            return Ok(Posted::ByHand);
        }
        if let Some(sent) = self.single(number, DeliveryState::Sent).await? {
            return Ok(Posted::At(receipt(&sent.detail, self.words)));
        }
        if is_by_hand(self.release.mode, part) {
            return Ok(Posted::ByHand);
        }
        for state in [DeliveryState::Uncertain, DeliveryState::Failed, DeliveryState::Deferred] {
            let Some(found) = self.single(number, state).await? else { continue };
            let reason = reason(&found.detail, self.words);
            return Ok(match state {
                DeliveryState::Uncertain => Posted::Doubtful(reason),
                DeliveryState::Failed => Posted::Refused(reason),
                _ => Posted::Waits(Some(reason)),
            });
        }
        Ok(Posted::Waits(None))
    }

    async fn feed(&self, parts: &[Part], totals: &BTreeMap<i64, Totals>) -> Result<Option<Feed>, LedgerError> {
        let feed = (0_i64..).zip(parts).find(|(_, part)| part.channel == "feed");
        let Some((number, _)) = feed.filter(|(number, _)| has_any(totals, *number)) else { return Ok(None) };
        let entered = match self.single(number, DeliveryState::Sent).await? {
            Some(sent) => Entered::At(zoned(self.context, sent.settled_at.unwrap_or(self.release.created_at))),
            None => match self.single(number, DeliveryState::Failed).await? {
                Some(failed) => Entered::Refused(reason(&failed.detail, self.words)),
                None => Entered::Open,
            },
        };
        let url = self.context.project.config.feed.as_ref().and_then(|feed| feed.url.clone());
        Ok(Some(Feed { url, entered }))
    }

    /// The mails of the lists that have recipients, or of all where nobody has; those that are the same for several lists
    /// once.
    fn mails(&self, parts: &[Part], lists: &[ListPart]) -> Vec<Mail> {
        let nobody = lists.iter().all(|list| list.counts.all() == 0);
        let mut mails: Vec<Mail> = Vec::new();
        for (part, list) in parts.iter().filter(|part| part.channel == "email").zip(lists) {
            if !nobody && list.counts.all() == 0 {
                continue;
            }
            let content = Compiled::from_bytes(&part.body).and_then(|mail| mail.readable(&|field| self.place(field)));
            let content = content.ok();
            match mails.iter_mut().find(|mail| content.is_some() && mail.content == content) {
                Some(same) => same.lists.push(list.name.clone()),
                None => mails.push(Mail { lists: vec![list.name.clone()], content }),
            }
        }
        mails
    }

    /// What stands where a member's own value stands: `‹Anrede›`.
    fn place(&self, field: &str) -> String {
        let known = self.words.known(&format!("report.slot.{field}"));
        format!("‹{}›", known.unwrap_or(field))
    }
}

/// Whether a part has a delivery of this release. Of a new text the feed has none, where it keeps the earlier one; of an
/// earlier text the networks that were open have none, for they get the new one.
fn has_any(totals: &BTreeMap<i64, Totals>, part: i64) -> bool {
    totals.get(&part).is_some_and(|counts| *counts != Totals::default())
}

fn counts(totals: &Totals, aside: Aside) -> Counts {
    Counts {
        accepted: totals.sent.saturating_sub(aside.counted),
        counted: aside.counted,
        refused: totals.failed.saturating_sub(aside.taken_out),
        taken_out: aside.taken_out,
        again: totals.deferred,
        uncertain: totals.uncertain,
        open: totals.pending + totals.claimed + totals.in_flight,
    }
}
