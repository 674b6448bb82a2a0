//! What a plan keeps of the recipients until it is thrown away.
//!
//! Short lists stay in memory, so that looking at a post costs no database; a longer one goes into SQLite's temporary
//! file, so that memory does not grow with the list.

use std::collections::{BTreeMap, BTreeSet};

use tokio::sync::{Mutex, OnceCell};

use super::{Ledger, LedgerError, Mode, NewRelease, Purpose, Roll, SqliteLedger};
use crate::plan::{Recipient, Target};

/// Recipients and refusals that stay in memory, some 10 MB.
const IN_MEMORY: usize = 20_000;
/// Moved into the file at a time.
const CHUNK: usize = 500;

/// The recipients of one plan.
#[derive(Debug, Default)]
pub struct Scratch {
    memory: Mutex<Memory>,
    /// Made when the list turns out to be long; everything is in it then. With the number of its only release.
    file: OnceCell<(SqliteLedger, i64)>,
}

#[derive(Debug, Default)]
struct Memory {
    recipients: BTreeMap<Target, Recipient>,
    refused: BTreeSet<(i64, Target)>,
}

impl Scratch {
    pub fn new() -> Scratch {
        Scratch::default()
    }

    /// Up to `limit` recipients of a part after the given target, in their order.
    ///
    /// # Errors
    /// Those of the temporary file.
    pub async fn recipients(
        &self,
        part: i64,
        after: Option<Target>,
        limit: u32,
    ) -> Result<Vec<Recipient>, LedgerError> {
        if let Some((file, release)) = self.file.get() {
            return file.recipients(*release, part, after, limit).await;
        }
        let memory = self.memory.lock().await;
        let from = after.map_or(std::ops::Bound::Unbounded, std::ops::Bound::Excluded);
        let behind = memory.recipients.range((from, std::ops::Bound::Unbounded)).map(|(_, recipient)| recipient);
        Ok(behind.filter(|recipient| recipient.part == part).take(limit as usize).cloned().collect())
    }

    /// The temporary file, into which memory is moved first, once the list is long.
    async fn file_for(&self, more: usize) -> Result<Option<&(SqliteLedger, i64)>, LedgerError> {
        let mut memory = self.memory.lock().await;
        if self.file.get().is_none() && memory.recipients.len() + memory.refused.len() + more <= IN_MEMORY {
            return Ok(None);
        }
        self.file.get_or_try_init(|| moved(std::mem::take(&mut *memory))).await.map(Some)
    }
}

/// A temporary file with everything that was in memory.
async fn moved(memory: Memory) -> Result<(SqliteLedger, i64), LedgerError> {
    let file = SqliteLedger::scratch().await?;
    let release = NewRelease {
        slug: "plan".to_owned(),
        mode: Mode::Trial,
        purpose: Purpose::Publication,
        code: [0; 32],
        parts: Vec::new(),
        created_at: 0,
        key: String::new(),
    };
    let release = file.begin(&release).await?.id;
    let recipients: Vec<Recipient> = memory.recipients.into_values().collect();
    for chunk in recipients.chunks(CHUNK) {
        file.add(release, 1, chunk).await?;
    }
    for (part, target) in memory.refused {
        file.refuse(release, part, &[target]).await?;
    }
    Ok((file, release))
}

impl Roll for Scratch {
    fn place(&self) -> String {
        "of the plan".to_owned()
    }

    async fn refuse(&self, _release: i64, part: i64, targets: &[Target]) -> Result<(), LedgerError> {
        match self.file_for(targets.len()).await? {
            Some((file, release)) => file.refuse(*release, part, targets).await,
            None => {
                self.memory.lock().await.refused.extend(targets.iter().map(|target| (part, *target)));
                Ok(())
            }
        }
    }

    async fn refused(&self, _release: i64, part: i64, targets: &[Target]) -> Result<Vec<Target>, LedgerError> {
        match self.file.get() {
            Some((file, release)) => file.refused(*release, part, targets).await,
            None => {
                let refused = &self.memory.lock().await.refused;
                Ok(targets.iter().filter(|target| refused.contains(&(part, **target))).copied().collect())
            }
        }
    }

    async fn add(&self, _release: i64, wave: i64, recipients: &[Recipient]) -> Result<Vec<Target>, LedgerError> {
        if let Some((file, release)) = self.file_for(recipients.len()).await? {
            return file.add(*release, wave, recipients).await;
        }
        let mut memory = self.memory.lock().await;
        let mut new = Vec::with_capacity(recipients.len());
        for recipient in recipients {
            if let std::collections::btree_map::Entry::Vacant(place) = memory.recipients.entry(recipient.target) {
                place.insert(recipient.clone());
                new.push(recipient.target);
            }
        }
        Ok(new)
    }
}
