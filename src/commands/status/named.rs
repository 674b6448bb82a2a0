//! Deliveries that a person must know by name.
//!
//! Comes in: the sending record. Goes out: who may not have got it, who was refused, who is tried again, and what a
//! person posts.

use super::look::Look;
use crate::commands::revisions::{self, Revision};
use crate::error::Error;
use crate::ledger::{Books, DeliveryKey, DeliveryState, LedgerError, Record, Roll, Standing};
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
    /// What puts right what was said on channels other than mail.
    pub corrections: Vec<Found>,
    /// What the program has posted, and where it is seen, if the network says so.
    pub posted: Vec<(String, String)>,
}

impl Named {
    pub async fn of(record: &Record, look: &Look) -> Result<Named, Error> {
        Named::read(record, look).await.map_err(|error| error.at(&record.place()))
    }

    async fn read(record: &Record, look: &Look) -> Result<Named, LedgerError> {
        let own = &look.own;
        let mut by_hand = Vec::new();
        for channel in &look.by_hand {
            let url = url_of(record, &look.revisions, channel).await?;
            by_hand.push((channel.clone(), url));
        }
        let mut corrections = Vec::new();
        for revision in look.revisions.iter().filter(|revision| revision.release.is_correction()) {
            let release = revision.release.id;
            let found = |standing: Standing| {
                let channel = revision.channel(standing.key.part).to_owned();
                Found { release, channel, standing }
            };
            corrections.extend(record.standings_of_channels(release).await?.into_iter().map(found));
        }
        // An answer that corrects a post is not where it is seen.
        let published: Vec<Revision> = look.published().cloned().collect();
        let mut posted = Vec::new();
        for channel in revisions::posted(&published) {
            let place = url_of(record, &published, &channel).await?;
            posted.extend(place.filter(|place| place.starts_with("http")).map(|place| (channel, place)));
        }
        Ok(Named {
            corrections,
            posted,
            uncertain: uncertain(record, &look.revisions).await?,
            refused: some(record, &look.revisions, DeliveryState::Failed, own.failed).await?,
            again: some(record, &look.revisions, DeliveryState::Deferred, own.deferred).await?,
            by_hand,
        })
    }
}

/// Where a post can be seen.
async fn url_of(record: &Record, revisions: &[Revision], channel: &str) -> Result<Option<String>, LedgerError> {
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
    record: &Record,
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
pub async fn uncertain(record: &Record, revisions: &[Revision]) -> Result<Vec<Found>, LedgerError> {
    named(record, revisions, DeliveryState::Uncertain, usize::MAX).await
}

async fn named(
    record: &Record,
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
    record: &Record,
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
