//! How a release stands at one moment.
//!
//! Comes in: the sending record. Goes out: counts by channel, what a person must know by name, and one word for all of it.

use std::collections::BTreeMap;

use super::super::Context;
use super::super::released::is_by_hand;
use crate::error::{Error, Exit};
use crate::ledger::{
    Books, DeliveryKey, DeliveryState, Ledger, LedgerError, Mode, Moments, Part, Release, ReleaseState, Roll,
    SqliteLedger, Standing, Totals,
};
use crate::plan::Target;

/// Deliveries read at a time.
const BATCH: u32 = 500;
/// The most that are named of those who were refused or wait; those that may not have arrived are named all.
const MOST: usize = 1_000;

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

fn stage(own: &Totals, workers: u64, stopped: bool) -> Stage {
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

/// Deliveries by name, sorted by channel and address.
pub struct Named {
    pub uncertain: Vec<Standing>,
    pub refused: Vec<Standing>,
    /// Refused for now.
    pub again: Vec<Standing>,
    /// What a person posts, and where, once it is known.
    pub by_hand: Vec<(String, Option<String>)>,
}

impl Named {
    pub async fn of(record: &SqliteLedger, subject: &Subject, look: &Look) -> Result<Named, Error> {
        Named::read(record, subject, look).await.map_err(|error| error.at(&record.place()))
    }

    async fn read(record: &SqliteLedger, subject: &Subject, look: &Look) -> Result<Named, LedgerError> {
        let mut by_hand = Vec::new();
        for (number, part) in (0_i64..).zip(&subject.parts) {
            if subject.is_by_hand(&part.channel) {
                let before = DeliveryKey { part: number - 1, target: Target([0xff; 16]) };
                let sent = record.standings(subject.release.id, DeliveryState::Sent, Some(before), 1).await?;
                let url = sent.into_iter().find(|standing| standing.key.part == number).map(|sent| sent.detail);
                by_hand.push((part.channel.clone(), url));
            }
        }
        let own = &look.own;
        Ok(Named {
            uncertain: uncertain(record, subject.release.id).await?,
            refused: some(record, subject, DeliveryState::Failed, own.failed).await?,
            again: some(record, subject, DeliveryState::Deferred, own.deferred).await?,
            by_hand,
        })
    }
}

async fn some(
    record: &SqliteLedger,
    subject: &Subject,
    state: DeliveryState,
    count: u64,
) -> Result<Vec<Standing>, LedgerError> {
    if count == 0 {
        return Ok(Vec::new());
    }
    named(record, subject.release.id, state, MOST).await
}

/// Everything of a release that may or may not have arrived.
pub async fn uncertain(record: &SqliteLedger, release: i64) -> Result<Vec<Standing>, LedgerError> {
    named(record, release, DeliveryState::Uncertain, usize::MAX).await
}

async fn named(
    record: &SqliteLedger,
    release: i64,
    state: DeliveryState,
    most: usize,
) -> Result<Vec<Standing>, LedgerError> {
    let mut all: Vec<Standing> = Vec::new();
    while all.len() < most {
        let after = all.last().map(|standing| standing.key);
        let limit = u32::try_from(most - all.len()).unwrap_or(BATCH).min(BATCH);
        let batch = record.standings(release, state, after, limit).await?;
        if batch.is_empty() {
            break;
        }
        all.extend(batch);
    }
    all.sort_by(|a, b| (a.key.part, &a.address).cmp(&(b.key.part, &b.address)));
    Ok(all)
}
