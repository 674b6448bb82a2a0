//! From a frozen release to outcomes: takes what nothing has been done for, hands it to its channel, settles it.
//!
//! Comes in: the ledger, a release, the ways out. Goes out: a [`Summary`]. Never renders: content and recipients come
//! from the ledger alone.

use jiff::Zoned;

use crate::channel::feed::FeedFile;
use crate::channel::outbox::Outbox;
use crate::channel::{Channel, ChannelError, Closed, Content, Envelope, Gate, Outcome, Outgoing};
use crate::error::Error;
use crate::ledger::{Delivery, DeliveryState, Ledger, LedgerError, Part, Release, Settled};
use crate::plan::Target;
use crate::render::email::message::Compiled;
use crate::render::feed::FeedItem;

mod compose;
pub mod freeze;

pub use compose::Composer;

/// Deliveries taken and settled at a time.
pub const BATCH: u32 = 500;

/// What one run of a dispatch did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    pub sent: u64,
    pub failed: u64,
}

/// What of a release goes out now; an empty choice is everything.
#[derive(Debug, Clone, Copy, Default)]
pub struct Chosen<'a> {
    pub channels: &'a [String],
    /// Of mail only.
    pub lists: &'a [String],
}

impl Chosen<'_> {
    /// Whether a part goes out now.
    pub fn takes(&self, part: &Part) -> bool {
        let channel = self.channels.is_empty() || self.channels.contains(&part.channel);
        channel && self.takes_list(part)
    }

    /// Whether a part is no mail, or that of a chosen list.
    pub fn takes_list(&self, part: &Part) -> bool {
        part.channel != "email" || self.lists.is_empty() || self.lists.contains(&part.list)
    }
}

/// Everything that a release is dispatched with.
pub struct Dispatch<'a, L> {
    pub ledger: &'a L,
    pub release: &'a Release,
    pub parts: &'a [Part],
    pub composer: Composer<'a>,
    pub outbox: &'a Outbox,
    /// The feed file, where one is configured.
    pub feed: Option<&'a FeedFile>,
    /// When this run began; the Date of its mails.
    pub now: &'a Zoned,
}

impl<L: Ledger> Dispatch<'_, L> {
    /// Delivers what is open of the chosen parts. Running it again goes on where it stopped.
    ///
    /// # Errors
    /// What stops a channel as a whole, such as a full disk. What was delivered until then is settled.
    pub async fn run(&self, chosen: Chosen<'_>) -> Result<Summary, Error> {
        let mut summary = Summary::default();
        for (number, part) in (0_i64..).zip(self.parts) {
            if chosen.takes(part) {
                let before = summary;
                self.part(number, part, &mut summary).await?;
                let (sent, failed) = (summary.sent - before.sent, summary.failed - before.failed);
                tracing::info!(list = part.list, sent, failed, "{} is done", part.channel);
            }
        }
        self.ledger.close(self.release.id).await.map_err(|error| self.at(error))?;
        Ok(summary)
    }

    async fn part(&self, number: i64, part: &Part, summary: &mut Summary) -> Result<(), Error> {
        let work = Work::of(part, self.feed)?;
        let mut after: Option<Target> = None;
        loop {
            let batch = self.ledger.pending(self.release.id, number, after, BATCH).await;
            let batch = batch.map_err(|error| self.at(error))?;
            let Some(last) = batch.last() else { return Ok(()) };
            after = Some(last.target);
            let mut settled = Vec::with_capacity(batch.len());
            let mut stopped = None;
            for delivery in &batch {
                match self.deliver(part, &work, delivery).await {
                    Ok(outcome) => settled.push(outcome),
                    Err(error) => {
                        stopped = Some(error);
                        break;
                    }
                }
            }
            summary.count(&settled);
            let at = self.now.timestamp().as_millisecond();
            self.ledger.settle(self.release.id, number, &settled, at).await.map_err(|error| self.at(error))?;
            if let Some(error) = stopped {
                return Err(error);
            }
        }
    }

    async fn deliver(&self, part: &Part, work: &Work<'_>, delivery: &Delivery) -> Result<Settled, Error> {
        let target = delivery.target;
        let mut message = Vec::new();
        let (name, content) = match (work, &delivery.recipient) {
            (Work::Mail(compiled), Some(recipient)) => {
                if let Err(error) = self.composer.message(compiled, &part.list, recipient, self.now, &mut message) {
                    return Ok(Settled { target, state: DeliveryState::Failed, detail: error.to_string() });
                }
                let envelope = Envelope { from: "", to: &recipient.address };
                (self.composer.name(target), Content::Message { envelope, bytes: &message })
            }
            (Work::Mail(_), None) => {
                return Err(self.at(LedgerError::Damaged("a mail has no recipient".to_owned())));
            }
            (Work::Text(text), _) => (self.release.slug.clone(), Content::Text(text)),
            (Work::Feed(_, item), _) => (self.release.slug.clone(), Content::Item(item)),
        };
        let outgoing = Outgoing { slug: &self.release.slug, channel: &part.channel, name: &name, content };
        let outcome = match work {
            Work::Feed(Some(feed), _) => (*feed).clone().deliver(&outgoing, &Open).await,
            Work::Mail(_) | Work::Text(_) | Work::Feed(None, _) => self.outbox.clone().deliver(&outgoing, &Open).await,
        };
        match outcome {
            Ok(Outcome::Sent { receipt }) => Ok(Settled { target, state: DeliveryState::Sent, detail: receipt }),
            Ok(_) => unreachable!("files are written or fail"),
            Err(ChannelError::Local(error)) => Err(error),
            Err(_) => unreachable!("files are written or fail"),
        }
    }

    fn at(&self, error: LedgerError) -> Error {
        error.at(&self.ledger.place())
    }
}

struct Open;

impl Gate for Open {
    fn open(&self) -> Result<(), Closed> {
        Ok(())
    }
}

impl Summary {
    fn count(&mut self, settled: &[Settled]) {
        for delivery in settled {
            match delivery.state {
                DeliveryState::Sent => self.sent += 1,
                _ => self.failed += 1,
            }
        }
    }
}

/// What a part's deliveries are made from.
enum Work<'a> {
    Mail(Box<Compiled>),
    Text(&'a str),
    /// `None`: the feed is not configured any more, and the item goes into the outbox.
    Feed(Option<&'a FeedFile>, FeedItem),
}

impl<'a> Work<'a> {
    fn of(part: &'a Part, feed: Option<&'a FeedFile>) -> Result<Work<'a>, Error> {
        let damaged = |message: String| LedgerError::Damaged(message).at(&format!("{} of this release", part.channel));
        if part.channel == "email" {
            let compiled = Compiled::from_bytes(&part.body).map_err(|error| damaged(error.to_string()))?;
            return Ok(Work::Mail(Box::new(compiled)));
        }
        if part.channel == "feed" {
            let item = FeedItem::from_bytes(&part.body).ok_or_else(|| damaged("no feed item".to_owned()))?;
            return Ok(Work::Feed(feed, item));
        }
        std::str::from_utf8(&part.body).map(Work::Text).map_err(|error| damaged(error.to_string()))
    }
}
