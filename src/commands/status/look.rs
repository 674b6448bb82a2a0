//! How a release stands at one moment.
//!
//! Comes in: the sending record. Goes out: counts by channel, and one word for all of it.

use std::collections::BTreeMap;

use super::super::Context;
use super::super::released::is_by_hand;
use crate::error::{Error, Exit};
use crate::ledger::{
    Books, Ledger, LedgerError, Mode, Moments, Part, Release, ReleaseState, Roll, SqliteLedger, Totals,
};

/// What is looked at; it does not change meanwhile.
pub struct Subject {
    pub release: Release,
    pub title: Option<String>,
    /// Without their content.
    pub parts: Vec<Part>,
}

impl Subject {
    pub async fn of(context: &Context, record: &SqliteLedger, release: Release) -> Result<Subject, Error> {
        let parts = record.outline(release.id).await.map_err(|error| error.at(&record.place()))?;
        let title = super::headline(context, &release.slug);
        Ok(Subject { release, title, parts })
    }

    pub fn is_trial(&self) -> bool {
        self.release.mode == Mode::Trial
    }

    /// The channel of a part, by its number.
    pub fn channel(&self, part: i64) -> &str {
        usize::try_from(part).ok().and_then(|part| self.parts.get(part)).map_or("", |part| &part.channel)
    }

    pub fn is_by_hand(&self, channel: &str) -> bool {
        is_by_hand(self.release.mode, channel)
    }
}

/// How a release stands, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Sending,
    Stopped,
    /// A process ended while it had something in hand.
    Broken,
    Waiting,
    Undecided,
    Done,
}

impl Stage {
    /// The stable name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Stage::Sending => "sending",
            Stage::Stopped => "stopped",
            Stage::Broken => "interrupted",
            Stage::Waiting => "waiting",
            Stage::Undecided => "undecided",
            Stage::Done => "done",
        }
    }
}

/// Counts at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    pub channels: BTreeMap<String, Totals>,
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
    pub async fn at(record: &SqliteLedger, subject: &Subject) -> Result<Look, Error> {
        Look::read(record, subject).await.map_err(|error| error.at(&record.place()))
    }

    async fn read(record: &SqliteLedger, subject: &Subject) -> Result<Look, LedgerError> {
        let id = subject.release.id;
        let (mut totals, mut own) = (Totals::default(), Totals::default());
        let mut channels: BTreeMap<String, Totals> =
            subject.parts.iter().map(|part| (part.channel.clone(), Totals::default())).collect();
        // First who works, then what is done: a process that ends in between is then not taken for one that broke off.
        let workers = record.workers(0).await?;
        for (part, counts) in record.totals(id).await? {
            let channel = subject.channel(part);
            channels.entry(channel.to_owned()).or_default().merge(&counts);
            totals.merge(&counts);
            if !subject.is_by_hand(channel) {
                own.merge(&counts);
            }
        }
        let moments = record.moments(id).await?;
        // Read anew: a person may have stopped it since.
        let release = record.release(&subject.release.slug, subject.release.mode).await?;
        let stopped = release.is_some_and(|release| release.state == ReleaseState::Stopped);
        let stage = stage(&own, workers, stopped);
        Ok(Look { channels, totals, own, stage, workers, moments })
    }

    /// Whether it is worth looking again in a moment.
    pub fn goes_on(&self) -> bool {
        self.workers > 0 && self.own.open() > 0
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

/// How something stands by its counts and by whether anybody is sending.
pub fn stage(own: &Totals, workers: u64, stopped: bool) -> Stage {
    match (own.open() > 0, workers > 0) {
        (true, true) => Stage::Sending,
        (true, false) if stopped => Stage::Stopped,
        (true, false) if own.claimed + own.in_flight > 0 => Stage::Broken,
        (true, false) => Stage::Waiting,
        (false, _) if own.uncertain > 0 => Stage::Undecided,
        (false, _) => Stage::Done,
    }
}

/// All subjects at one moment.
pub async fn all<'a>(record: &SqliteLedger, subjects: &'a [Subject]) -> Result<Vec<(&'a Subject, Look)>, Error> {
    let mut looks = Vec::with_capacity(subjects.len());
    for subject in subjects {
        looks.push((subject, Look::at(record, subject).await?));
    }
    Ok(looks)
}
