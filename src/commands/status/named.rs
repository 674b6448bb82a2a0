//! Deliveries that a person must know by name.
//!
//! Comes in: the sending record. Goes out: who may not have got it, who was refused, who is tried again, and what a
//! person posts.

use super::look::{Look, Subject};
use crate::commands::revisions::Revision;
use crate::error::Error;
use crate::ledger::{Books, DeliveryKey, DeliveryState, LedgerError, Roll, SqliteLedger, Standing};
use crate::plan::Target;

/// Deliveries read at a time.
const BATCH: u32 = 500;
/// The most that are named of those who were refused or wait; those that may not have arrived are named all.
const MOST: usize = 1_000;

/// A delivery by name, with what its key is about.
#[derive(Debug, Clone)]
pub struct Found {
    pub release: i64,
    pub channel: String,
    pub standing: Standing,
}

/// Deliveries by name, sorted by channel and address, those of the newest text first.
pub struct Named {
    pub uncertain: Vec<Found>,
    pub refused: Vec<Found>,
    /// Refused for now.
    pub again: Vec<Found>,
    /// What a person posts, and where, once it is known.
    pub by_hand: Vec<(String, Option<String>)>,
}

impl Named {
    pub async fn of(record: &SqliteLedger, subject: &Subject, look: &Look) -> Result<Named, Error> {
        Named::read(record, subject, look).await.map_err(|error| error.at(&record.place()))
    }

    async fn read(record: &SqliteLedger, subject: &Subject, look: &Look) -> Result<Named, LedgerError> {
        let own = &look.own;
        let mut by_hand = Vec::new();
        for channel in by_hand_of(subject, &look.revisions) {
            let url = url_of(record, &look.revisions, &channel).await?;
            by_hand.push((channel, url));
        }
        Ok(Named {
            uncertain: uncertain(record, &look.revisions).await?,
            refused: some(record, &look.revisions, DeliveryState::Failed, own.failed).await?,
            again: some(record, &look.revisions, DeliveryState::Deferred, own.deferred).await?,
            by_hand,
        })
    }
}

/// Channels with deliveries that a person makes, in the order of the parts.
fn by_hand_of(subject: &Subject, revisions: &[Revision]) -> Vec<String> {
    let mut channels: Vec<String> = Vec::new();
    for revision in revisions {
        for (part, _) in &revision.totals {
            let channel = revision.channel(*part);
            if subject.is_by_hand(channel) && !channels.iter().any(|known| known == channel) {
                channels.push(channel.to_owned());
            }
        }
    }
    channels
}

/// Where a text can be seen that a person posted.
async fn url_of(record: &SqliteLedger, revisions: &[Revision], channel: &str) -> Result<Option<String>, LedgerError> {
    for revision in revisions {
        for part in revision.parts_of(channel) {
            let before = DeliveryKey { part: part - 1, target: Target([0xff; 16]) };
            let sent = record.standings(revision.release.id, DeliveryState::Sent, Some(before), 1).await?;
            if let Some(sent) = sent.into_iter().find(|standing| standing.key.part == part) {
                return Ok(Some(sent.detail));
            }
        }
    }
    Ok(None)
}

async fn some(
    record: &SqliteLedger,
    revisions: &[Revision],
    state: DeliveryState,
    count: u64,
) -> Result<Vec<Found>, LedgerError> {
    if count == 0 {
        return Ok(Vec::new());
    }
    named(record, revisions, state, MOST).await
}

/// Everything of a post that may or may not have arrived.
///
/// # Errors
/// The record's.
pub async fn uncertain(record: &SqliteLedger, revisions: &[Revision]) -> Result<Vec<Found>, LedgerError> {
    named(record, revisions, DeliveryState::Uncertain, usize::MAX).await
}

async fn named(
    record: &SqliteLedger,
    revisions: &[Revision],
    state: DeliveryState,
    most: usize,
) -> Result<Vec<Found>, LedgerError> {
    let mut all = Vec::new();
    for revision in revisions {
        let found = of_release(record, revision.release.id, state, most - all.len()).await?;
        let with_channel = |standing: Standing| Found {
            release: revision.release.id,
            channel: revision.channel(standing.key.part).to_owned(),
            standing,
        };
        all.extend(found.into_iter().map(with_channel));
    }
    Ok(all)
}

async fn of_release(
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
