//! How a release stands at one moment.
//!
//! Comes in: the sending record. Goes out: counts by channel, and one word for all of it.

use std::collections::BTreeMap;

use super::super::Context;
use super::super::revisions::{self, Revision};
use super::super::stage::stage;
use crate::error::{Error, Exit};
use crate::ledger::{Books, LedgerError, Mode, Moments, Record, Release, ReleaseState, Roll, Totals};
use crate::report::Stage;

/// What is looked at; it does not change meanwhile.
pub struct Subject {
    /// The newest.
    pub release: Release,
    pub title: Option<String>,
}

impl Subject {
    pub fn of(context: &Context, release: Release) -> Subject {
        let title = super::headline(context, &release.slug);
        Subject { release, title }
    }

    pub fn is_trial(&self) -> bool {
        self.release.mode == Mode::Trial
    }
}

/// Counts at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// The post in all its texts, the newest first.
    pub revisions: Vec<Revision>,
    pub channels: BTreeMap<String, Totals>,
    /// The channels that a person posts to, in the order of the parts.
    pub by_hand: Vec<String>,
    /// Of everything.
    pub totals: Totals,
    /// Of what this program delivers itself.
    pub own: Totals,
    pub stage: Stage,
    /// Processes that are sending, this post or another.
    pub workers: u64,
    pub moments: Moments,
}

impl Look {
    pub async fn at(context: &Context, record: &Record, subject: &Subject) -> Result<Look, Error> {
        Look::read(record, subject, context.clock.now()).await.map_err(|error| error.at(&record.place()))
    }

    /// The same at a time in milliseconds since 1970, with the record's own error.
    pub async fn read(record: &Record, subject: &Subject, now: i64) -> Result<Look, LedgerError> {
        // First who works, then what is done: a process that ends in between is then not taken for one that broke off.
        let workers = record.workers(now).await?;
        let revisions = revisions::of(record, &subject.release.slug, subject.release.mode).await?;
        let channels = revisions::by_channel(&revisions);
        let by_hand = revisions::by_hand(&revisions);
        let own = revisions::sum(channels.iter().filter(|(name, _)| !by_hand.contains(name)).map(|(_, totals)| totals));
        let mut moments = Moments::default();
        for revision in &revisions {
            moments = over(moments, record.moments(revision.release.id).await?);
        }
        let stopped = revisions.first().is_some_and(|revision| revision.release.state == ReleaseState::Stopped);
        let stage = stage(&own, workers, stopped);
        Ok(Look { totals: revisions::all(&revisions), revisions, channels, by_hand, own, stage, workers, moments })
    }

    /// The texts that were published, the newest first, without those that put them right.
    pub fn published(&self) -> impl Iterator<Item = &Revision> {
        self.revisions.iter().filter(|revision| !revision.release.is_correction())
    }

    /// Whether it is worth looking again in a moment.
    pub fn goes_on(&self) -> bool {
        let in_hand = self.own.claimed + self.own.in_flight > 0;
        self.workers > 0 && self.own.open() > 0 && (self.stage != Stage::Stopped || in_hand)
    }

    /// Whether something waits and nobody is at it.
    pub fn is_left_alone(&self) -> bool {
        self.workers == 0 && self.own.open() > 0 && self.stage != Stage::Stopped
    }

    /// The worst of what is to be said.
    pub fn exit(&self) -> Exit {
        match &self.own {
            own if own.uncertain > 0 => Exit::SomeUncertain,
            own if own.open() > 0 => Exit::SomeDeferred,
            own if own.failed > 0 => Exit::SomeRejected,
            _ => Exit::Settled,
        }
    }
}

/// From the first moment to the last of two releases.
fn over(a: Moments, b: Moments) -> Moments {
    let first = |a: Option<i64>, b: Option<i64>| a.into_iter().chain(b).min();
    Moments { first: first(a.first, b.first), last: a.last.max(b.last), next: first(a.next, b.next) }
}

/// All subjects at one moment.
pub async fn all<'a>(
    context: &Context,
    record: &Record,
    subjects: &'a [Subject],
) -> Result<Vec<(&'a Subject, Look)>, Error> {
    let mut looks = Vec::with_capacity(subjects.len());
    for subject in subjects {
        looks.push((subject, Look::at(context, record, subject).await?));
    }
    Ok(looks)
}
