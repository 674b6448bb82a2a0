//! What the deliveries of one part are made from, and one of them made ready to leave.

use super::compose::Composer;
use super::pace::domain_of;
use crate::channel::{Content, Envelope};
use crate::error::Error;
use crate::ledger::{Delivery, Form, LedgerError, Part};
use crate::render::email::message::{Compiled, Merged, Message};
use crate::render::feed::FeedItem;
use crate::render::payload::Payload;

/// A part's content, read from the ledger once.
pub(super) enum Job<'a> {
    Mail { compiled: Box<Compiled>, list: &'a str },
    Text(&'a str),
    Payload(Payload),
    Feed(FeedItem),
}

/// What one delivery is made in; used again for the next.
#[derive(Debug, Default)]
pub(super) struct Workbench<'c> {
    message: Merged<'c>,
    from: String,
}

impl<'a> Job<'a> {
    /// # Errors
    /// [`Error::Ledger`] for content that this version cannot read.
    pub(super) fn of(part: &'a Part) -> Result<Job<'a>, Error> {
        let damaged = |message: String| LedgerError::Damaged(message).at(&format!("{} of this release", part.channel));
        match part.form {
            Form::Mail => {
                let compiled = Compiled::from_bytes(&part.body).map_err(|error| damaged(error.to_string()))?;
                Ok(Job::Mail { compiled: Box::new(compiled), list: &part.list })
            }
            Form::Item => {
                let item = FeedItem::from_bytes(&part.body).ok_or_else(|| damaged("no feed item".to_owned()))?;
                Ok(Job::Feed(item))
            }
            Form::Payload => {
                let payload = Payload::from_bytes(&part.body).ok_or_else(|| damaged("no payload".to_owned()))?;
                Ok(Job::Payload(payload))
            }
            Form::Text => std::str::from_utf8(&part.body).map(Job::Text).map_err(|error| damaged(error.to_string())),
        }
    }

    /// Whether each of its deliveries is a mail to somebody.
    pub(super) const fn is_mail(&self) -> bool {
        matches!(self, Job::Mail { .. })
    }

    /// Makes a delivery's content on the bench, as far as it is not the same for all.
    ///
    /// # Errors
    /// A sentence about a value of the member that cannot stand in a message.
    pub(super) fn compose<'c>(
        &'c self,
        delivery: &Delivery,
        composer: &Composer<'_>,
        date: &jiff::Zoned,
        bench: &mut Workbench<'c>,
    ) -> Result<(), String> {
        let Job::Mail { compiled, list } = self else { return Ok(()) };
        let Some(recipient) = &delivery.recipient else {
            return Err("its recipient is not in the sending record any more".to_owned());
        };
        let message = &mut bench.message;
        composer.message(compiled, list, recipient, date, message).map_err(|error| error.to_string())?;
        bench.from = composer.return_path(delivery.target)?;
        Ok(())
    }

    /// The content of a delivery that was composed on this bench.
    pub(super) fn content<'b>(&'b self, delivery: &'b Delivery, bench: &'b Workbench<'b>) -> Content<'b> {
        match self {
            Job::Mail { .. } => {
                let to = delivery.recipient.as_ref().map_or("", |recipient| &recipient.address);
                Content::Message {
                    envelope: Envelope { from: &bench.from, to },
                    message: Message::Merged(&bench.message),
                }
            }
            Job::Text(text) => Content::Text(text),
            Job::Payload(payload) => Content::Payload(payload),
            Job::Feed(item) => Content::Item(item),
        }
    }
}

/// The recipient's domain; empty for a channel that has one delivery a post.
pub(super) fn domain(delivery: &Delivery) -> String {
    delivery.recipient.as_ref().map_or_else(String::new, |recipient| domain_of(&recipient.address))
}
