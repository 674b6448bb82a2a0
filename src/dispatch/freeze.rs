//! Freezing a wave: decisions stream into the ledger, chunk by chunk, and are summed up on the way.
//!
//! Comes in: decisions in the order of the lists. Goes out: [`Sums`]. Memory does not grow with the list: the
//! ledger's key finds the duplicates.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::pace::domain_of;
use crate::error::Error;
use crate::ledger::{Release, Revisions, Roll};
use crate::plan::{AudienceDigest, Decision, Recipient, Skip, Target};

/// Recipients added by one statement.
const CHUNK: usize = 500;

/// What freezing a wave came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sums {
    /// New recipients, by the release's part.
    pub new: BTreeMap<i64, u64>,
    pub skipped: BTreeMap<Skip, u64>,
    /// New recipients at domains that have a limit of their own.
    pub limited: BTreeMap<String, u64>,
    /// Of all recipients of the release, earlier waves included.
    pub audience: AudienceDigest,
    /// Of the new ones, those for whom the mail of the replaced release waits.
    pub waited: u64,
    /// The very first of them, whom a build shows.
    pub first: Option<Recipient>,
}

impl Sums {
    /// New recipients of all parts.
    pub fn total(&self) -> u64 {
        self.new.values().sum()
    }

    fn skip(&mut self, skip: Skip, count: usize) {
        if count > 0 {
            *self.skipped.entry(skip).or_default() += count as u64;
        }
    }
}

/// Refusals of one list that are not in the ledger yet.
#[derive(Debug, Default)]
struct Refusals {
    part: i64,
    targets: Vec<Target>,
}

/// The mails of a post that say something else than it does now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outdated {
    /// The newest release of the post.
    pub newest: i64,
    /// Each as its release and the part of it.
    pub mails: BTreeSet<(i64, i64)>,
}

/// Where the recipients of a wave go.
#[derive(Debug, Clone)]
pub struct Wave<'a, R, L> {
    /// Takes the recipients: the sending record, or the scratch of a plan.
    pub roll: &'a R,
    pub release: i64,
    pub number: i64,
    /// The sending record, if there is one, and the release that is gone on with.
    pub record: Option<&'a L>,
    pub earlier: Option<&'a Release>,
    /// The release whose place this one takes: who has something of it is not written to again.
    pub replaces: Option<&'a Release>,
    /// Of a correction: only who has one of these mails, and no later one, is written to.
    pub corrects: Option<&'a Outdated>,
    /// Domains with a limit of their own, lower case.
    pub limited: BTreeSet<&'a str>,
}

impl<R: Roll, L: Revisions> Wave<'_, R, L> {
    /// Adds everybody who is to be written to and was not yet.
    ///
    /// # Errors
    /// The first error of the lists or of the ledger; the wave is then not sealed and reaches nobody.
    pub async fn fill(&self, decisions: impl Iterator<Item = Result<Decision, Error>>) -> Result<Sums, Error> {
        let mut sums = Sums { audience: self.audience_before(), ..Sums::default() };
        let mut chunk = Vec::with_capacity(CHUNK);
        let mut refused = Refusals::default();
        for decision in decisions {
            match decision? {
                Decision::Refuse { part, target } => {
                    if refused.part != part || refused.targets.len() == CHUNK {
                        self.refuse(&mut refused).await?;
                    }
                    refused.part = part;
                    refused.targets.push(target);
                }
                Decision::Write(recipient) => chunk.push(recipient),
                Decision::Skip(skip) => sums.skip(skip, 1),
            }
            if chunk.len() == CHUNK {
                self.refuse(&mut refused).await?;
                self.add(&mut chunk, &mut sums).await?;
            }
        }
        self.refuse(&mut refused).await?;
        self.add(&mut chunk, &mut sums).await?;
        Ok(sums)
    }

    /// Notes the refusals that were collected, and empties them.
    async fn refuse(&self, refused: &mut Refusals) -> Result<(), Error> {
        if refused.targets.is_empty() {
            return Ok(());
        }
        let noted = self.roll.refuse(self.release, refused.part, &refused.targets).await;
        refused.targets.clear();
        noted.map_err(|error| error.at(&self.roll.place()))
    }

    fn audience_before(&self) -> AudienceDigest {
        self.earlier.map_or_else(AudienceDigest::default, |release| AudienceDigest(release.audience))
    }

    /// Adds a chunk and empties it.
    async fn add(&self, chunk: &mut Vec<Recipient>, sums: &mut Sums) -> Result<(), Error> {
        self.drop_refused(chunk, sums).await?;
        self.drop_known(chunk, sums).await?;
        self.drop_suppressed(chunk, sums).await?;
        if chunk.is_empty() {
            return Ok(());
        }
        let new = self.roll.add(self.release, self.number, chunk).await;
        let mut new: HashSet<Target> = new.map_err(|error| error.at(&self.roll.place()))?.into_iter().collect();
        sums.skip(Skip::Duplicate, chunk.len() - new.len());
        if let (Some(record), Some(replaced)) = (self.record, self.replaces) {
            let new: Vec<Target> = new.iter().copied().collect();
            let waiting = record.waiting_for(replaced.id, &new).await.map_err(|error| error.at(&record.place()))?;
            sums.waited += waiting.len() as u64;
        }
        for recipient in chunk.drain(..) {
            // The first row of an address is the one the ledger kept.
            if new.remove(&recipient.target) {
                sums.audience.add(&recipient);
                *sums.new.entry(recipient.part).or_default() += 1;
                if !self.limited.is_empty()
                    && let domain = domain_of(&recipient.address)
                    && self.limited.contains(domain.as_str())
                {
                    *sums.limited.entry(domain).or_default() += 1;
                }
                sums.first.get_or_insert(recipient);
            }
        }
        Ok(())
    }

    async fn drop_refused(&self, chunk: &mut Vec<Recipient>, sums: &mut Sums) -> Result<(), Error> {
        let before = chunk.len();
        let mut parts: Vec<i64> = chunk.iter().map(|recipient| recipient.part).collect();
        parts.dedup();
        for part in parts {
            let refused = self.roll.refused(self.release, part, &targets(chunk)).await;
            let refused: HashSet<Target> = refused.map_err(|error| error.at(&self.roll.place()))?.into_iter().collect();
            chunk.retain(|recipient| recipient.part != part || !refused.contains(&recipient.target));
        }
        sums.skip(Skip::Refused, before - chunk.len());
        Ok(())
    }

    async fn drop_known(&self, chunk: &mut Vec<Recipient>, sums: &mut Sums) -> Result<(), Error> {
        let Some(record) = self.record else { return Ok(()) };
        if let Some(outdated) = self.corrects {
            let last = record.last_mails(outdated.newest, &targets(chunk)).await;
            let last = last.map_err(|error| error.at(&record.place()))?.into_iter();
            let wrong = last.filter(|mail| outdated.mails.contains(&(mail.release, mail.part)));
            let wrong: HashSet<Target> = wrong.map(|mail| mail.target).collect();
            chunk.retain(|recipient| wrong.contains(&recipient.target));
            return Ok(());
        }
        let known = match (self.earlier, self.replaces) {
            (Some(earlier), _) => record.known(earlier.id, &targets(chunk)).await,
            (None, Some(replaced)) => record.reached(replaced.id, &targets(chunk)).await,
            (None, None) => return Ok(()),
        };
        let known: HashSet<Target> = known.map_err(|error| error.at(&record.place()))?.into_iter().collect();
        let before = chunk.len();
        chunk.retain(|recipient| !known.contains(&recipient.target));
        sums.skip(Skip::Known, before - chunk.len());
        Ok(())
    }

    async fn drop_suppressed(&self, chunk: &mut Vec<Recipient>, sums: &mut Sums) -> Result<(), Error> {
        let Some(record) = self.record else { return Ok(()) };
        let suppressed = record.suppressed(&targets(chunk)).await;
        let suppressed: HashSet<Target> = suppressed.map_err(|error| error.at(&record.place()))?.into_iter().collect();
        let before = chunk.len();
        chunk.retain(|recipient| !suppressed.contains(&recipient.target));
        sums.skip(Skip::Suppressed, before - chunk.len());
        Ok(())
    }
}

fn targets(recipients: &[Recipient]) -> Vec<Target> {
    recipients.iter().map(|recipient| recipient.target).collect()
}
