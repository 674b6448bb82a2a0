//! Deliveries that a person must know by name.
//!
//! Comes in: the sending record. Goes out: who may not have got it, who was refused, who is tried again, and what a
//! person posts.

use super::look::{Look, Subject};
use crate::error::Error;
use crate::ledger::{Books, DeliveryKey, DeliveryState, LedgerError, Roll, SqliteLedger, Standing};
use crate::plan::Target;

/// Deliveries read at a time.
const BATCH: u32 = 500;
/// The most that are named of those who were refused or wait; those that may not have arrived are named all.
const MOST: usize = 1_000;

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
