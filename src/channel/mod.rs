//! The ways out. Each takes one delivery and says what became of it.
//!
//! Comes in: an [`Outgoing`] and a [`Gate`]. Goes out: an [`Outcome`]. A channel never touches the ledger, never decides
//! whether to try again, and lets no content leave before the gate has opened.

use std::borrow::Cow;
use std::time::Duration;

use thiserror::Error;

use crate::error::{self, Exit};
use crate::render::email::message::Message;
use crate::render::feed::FeedItem;
use crate::render::payload::Payload;

pub mod envelope;
pub mod feed;
pub mod network;
pub mod outbox;
pub mod sendmail;
pub mod smtp;
pub mod way;

/// One delivery, ready to leave.
#[derive(Debug, Clone, Copy)]
pub struct Outgoing<'a> {
    pub slug: &'a str,
    /// `email`, `feed`, or the name of a network.
    pub channel: &'a str,
    /// The delivery's name, constant over every try: a function of release, channel and target.
    pub name: &'a str,
    /// 32 lower-case hexadecimal digits that stand for the delivery, constant over every try and different for every
    /// other one: by it the other side recognises a repetition. Empty for a mail, which has its Message-ID.
    pub id: &'a str,
    pub times: Times,
    /// Of a correction: what the network said of the post that it corrects, its address as a rule.
    pub corrects: Option<&'a str>,
    pub content: Content<'a>,
    /// What is delivered next through the same channel, where that is known already. Nothing of it leaves with this one; the
    /// other side may be told that it comes.
    pub next: Option<Content<'a>>,
}

/// When it all began, in milliseconds since 1970.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Times {
    /// When the content was frozen; the same for every try.
    pub frozen: i64,
    /// Of the first try, if this one is another.
    pub first_try: Option<i64>,
    pub now: i64,
}

/// What leaves.
#[derive(Debug, Clone, Copy)]
pub enum Content<'a> {
    /// A complete RFC 5322 message.
    Message { envelope: Envelope<'a>, message: Message<'a> },
    /// A text for a network, posted by hand.
    Text(&'a str),
    /// What a network is given.
    Payload(&'a Payload),
    /// An item of the feed.
    Item(&'a FeedItem),
}

/// Who a message is from and for on its way (RFC 5321 section 2.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Envelope<'a> {
    /// MAIL FROM: where bounces go.
    pub from: &'a str,
    /// RCPT TO: one address; it may need SMTPUTF8 (RFC 6531).
    pub to: &'a str,
}

impl Content<'_> {
    /// The ending of a file that holds it.
    pub const fn extension(&self) -> &'static str {
        match self {
            Content::Message { .. } => "eml",
            Content::Text(_) => "txt",
            Content::Payload(_) => "json",
            Content::Item(_) => "xml",
        }
    }

    pub fn bytes(&self) -> Cow<'_, [u8]> {
        match self {
            Content::Message { message, .. } => message.whole(),
            Content::Text(text) => text.as_bytes().into(),
            Content::Payload(payload) => payload.body.as_bytes().into(),
            Content::Item(item) => item.xml.as_bytes().into(),
        }
    }
}

/// Asked at the last moment at which a delivery can still be kept back: the next byte could reach somebody.
pub trait Gate {
    /// Notes durably against a crash of this process that the content leaves now, or refuses.
    ///
    /// # Errors
    /// [`Closed`]: the send was stopped, this worker is not trusted any more, or the note cannot be written. The
    /// channel then gives the delivery up without its content, and answers [`Outcome::Withheld`].
    fn open(&self) -> Result<(), Closed>;

    /// A new connection stands, ready for the delivery; only for the figures.
    fn connected(&self) {}
}

/// The gate did not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closed;

/// What became of one delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Accepted; `receipt` is what the other side answered, or the file.
    Sent { receipt: String },
    /// Not accepted for now; another try is worth it, but not before `retry_after`, if the other side said so.
    Deferred { reason: String, retry_after: Option<Duration>, slow: Option<Slow> },
    /// Refused for good. `policy` is the enhanced status (RFC 3463), such as `5.7.1`, where the refusal is one of
    /// policy, which may be meant for this address or for the whole send.
    Rejected { reason: String, policy: Option<String> },
    /// The content left and the answer was lost: it may or may not have arrived.
    Uncertain { reason: String },
    /// Not this delivery's fault: the connection failed before its content left. It counts as no try.
    Untried { reason: String, slow: Option<Slow> },
    /// The gate stayed closed. Nothing left.
    Withheld,
}

/// What has to go slower after an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slow {
    /// Everything that goes through this relay.
    Relay,
    /// Mail for the recipient's domain.
    Domain,
}

/// What stops a whole channel. The delivery at hand was not sent and counts as not tried.
#[derive(Debug, Error)]
pub enum ChannelError {
    /// The other side refuses the login, or this sender for this login.
    #[error("{message}")]
    Credentials { message: String, help: String },
    /// What is configured cannot work: a certificate that does not fit, a security that is not offered.
    #[error("{message}")]
    Config { message: String, help: String },
    /// The other side refuses this release as a whole, for now or for good.
    #[error("{message}")]
    Refused { message: String, help: String },
    /// A file cannot be written.
    #[error(transparent)]
    Local(#[from] error::Error),
}

impl ChannelError {
    /// The error of a command, with the channel's name.
    pub fn of(self, channel: &str) -> error::Error {
        let (message, help, exit) = match self {
            ChannelError::Local(error) => return error,
            ChannelError::Credentials { message, help } => (message, help, Exit::Credentials),
            ChannelError::Config { message, help } => (message, help, Exit::Config),
            ChannelError::Refused { message, help } => (message, help, Exit::SomeRejected),
        };
        error::Error::Channel { channel: channel.to_owned(), message, help, exit }
    }
}

/// What a delivery becomes whose answer was lost, for instance by a crash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// Doing it again changes nothing: the same file, the same item.
    Always,
    /// The other side recognises a repetition for this long.
    Until(Duration),
    /// Doing it again may reach somebody twice; a person decides.
    Never,
}

/// A way out, as one worker task holds it: a connection, a folder.
#[allow(async_fn_in_trait, reason = "used with concrete types only, never as a trait object")]
pub trait Channel {
    /// Delivers once. Opens `gate` right before the first byte of content leaves, or before whatever else cannot be
    /// taken back.
    ///
    /// # Errors
    /// What stops the whole channel; never the fault of one delivery.
    async fn deliver(&mut self, outgoing: &Outgoing<'_>, gate: &impl Gate) -> Result<Outcome, ChannelError>;

    fn repeat(&self) -> Repeat;

    /// Whether it keeps a connection open for the next delivery.
    fn is_connected(&self) -> bool {
        false
    }

    /// Ends a connection politely, if there is one.
    async fn close(&mut self) {}
}
