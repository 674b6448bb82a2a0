//! What an approval is worth: whether it is of what would be sent now, and what changed since.
//!
//! Comes in: what would be sent, the sending record. Goes out: the [`Standing`] of a post, in words in [`told`].

use super::Context;
use super::ready::Ready;
use crate::dispatch::BATCH;
use crate::error::Error;
use crate::ledger::{Approval, Approvals, Changed, Part, Record, Roll, Scratch};

mod changes;
mod texts;
pub mod told;
mod words;

pub use changes::{Change, changes, shown};
pub use texts::{Text, Texts, What};

/// People who are named; how many more there are is said.
const NAMED: u32 = 20;

/// What would be sent now.
pub struct Now<'a> {
    pub slug: &'a str,
    /// Of the content.
    pub code: [u8; 32],
    /// What it reads like, where that is known.
    pub texts: Option<Texts>,
    /// Sum over the recipients.
    pub audience: [u8; 32],
    /// The release whose wave is being frozen.
    pub freezing: Option<i64>,
    /// Whether it is what was released before, whatever the files say.
    pub released: bool,
    /// Whether all lists of the post are looked at: who is on another one is not gone.
    pub whole: bool,
}

/// How it stands with the approval of a post.
pub enum Standing {
    /// Nobody has approved it.
    Never,
    Revoked(Approval),
    /// It is of something else by now.
    Outdated(Approval, Since),
    Valid(Approval),
}

/// How a content differs from the one that was approved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    Same,
    /// It is another one; these texts read differently.
    Read(Vec<Change>),
    /// It is another one, and what one of the two reads like is not known any more.
    Unread,
}

/// What is otherwise than it was approved.
#[derive(Debug, Clone)]
pub struct Since {
    pub content: Content,
    pub people: Changed,
    /// People who may change without a new approval.
    pub may_change: u64,
}

impl Since {
    /// People added and gone together.
    pub fn moved(&self) -> u64 {
        self.people.added.count + self.people.gone.count
    }

    pub fn too_many(&self) -> bool {
        self.moved() > self.may_change
    }
}

impl Now<'_> {
    /// How it stands with the approval of what would be sent now. Only the newest counts.
    ///
    /// # Errors
    /// The record's.
    pub async fn standing(&self, context: &Context, ledger: &Record) -> Result<Standing, Error> {
        let approvals = ledger.approvals(self.slug).await.map_err(|error| error.at(&ledger.place()))?;
        let mut approvals = approvals.into_iter();
        let Some(newest) = approvals.next() else { return Ok(Standing::Never) };
        if newest.revoked_at.is_some() {
            return Ok(Standing::Revoked(newest));
        }
        // What was released before may have been approved before.
        let like_this = approvals.find(|approval| approval.code == self.code);
        let texts = self.texts.clone().or_else(|| like_this.and_then(|approval| Texts::from_json(&approval.texts)));
        let since = self.since(context, ledger, &newest, texts.as_ref()).await?;
        Ok(match since.content != Content::Same || since.too_many() {
            true => Standing::Outdated(newest, since),
            false => Standing::Valid(newest),
        })
    }

    async fn since(
        &self,
        context: &Context,
        ledger: &Record,
        approval: &Approval,
        texts: Option<&Texts>,
    ) -> Result<Since, Error> {
        let content = match approval.code == self.code {
            true => Content::Same,
            false => changes_since(approval, texts).map_or(Content::Unread, Content::Read),
        };
        let people = match approval.audience == self.audience {
            true => Changed::default(),
            false => {
                let changed = ledger.changed_since(approval, self.freezing, NAMED).await;
                let Changed { added, gone } = changed.map_err(|error| error.at(&ledger.place()))?;
                Changed { added, gone: if self.whole { gone } else { Default::default() } }
            }
        };
        Ok(Since { content, people, may_change: context.project.config.approval.recipients_may_change })
    }
}

/// The texts that read differently than those of an approval; `None` where they are not known.
pub fn changes_since(approval: &Approval, texts: Option<&Texts>) -> Option<Vec<Change>> {
    let before = Texts::from_json(&approval.texts).filter(|texts| !texts.0.is_empty())?;
    Some(changes(&before, texts.filter(|texts| !texts.0.is_empty())?))
}

/// What a send of these parts would say, where the post as it is now says that.
pub fn texts_now(context: &Context, ready: &Ready, code: &[u8; 32]) -> Option<Texts> {
    (ready.digest == *code).then(|| Texts::of(context, ready))
}

/// Notes in the record, for a comparison, whom a plan adds.
///
/// # Errors
/// The record's.
pub async fn note_present(ledger: &Record, new: &Scratch, parts: &[Part]) -> Result<(), Error> {
    for (number, _) in (0_i64..).zip(parts).filter(|(_, part)| part.channel == "email") {
        let mut after = None;
        loop {
            let batch = new.recipients(number, after, BATCH).await.map_err(|error| error.at(&new.place()))?;
            let Some(last) = batch.last() else { break };
            after = Some(last.target);
            ledger.note_present(&batch).await.map_err(|error| error.at(&ledger.place()))?;
        }
    }
    Ok(())
}
