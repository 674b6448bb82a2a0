//! The ways out. Each takes one delivery and says what became of it.
//!
//! Comes in: an [`Outgoing`]. Goes out: an [`Outcome`]. A channel never touches the ledger and never decides whether
//! to try again.

use crate::error::Error;
use crate::render::feed::FeedItem;

pub mod feed;
pub mod outbox;

/// One delivery, ready to leave.
#[derive(Debug, Clone, Copy)]
pub struct Outgoing<'a> {
    pub slug: &'a str,
    /// `email`, `feed`, or the name of a network.
    pub channel: &'a str,
    /// The delivery's name, constant over every try: a function of release, channel and target.
    pub name: &'a str,
    pub content: Content<'a>,
}

/// What leaves.
#[derive(Debug, Clone, Copy)]
pub enum Content<'a> {
    /// A complete RFC 5322 message.
    Message(&'a [u8]),
    /// A text for a network, posted by hand or by its channel.
    Text(&'a str),
    /// An item of the feed.
    Item(&'a FeedItem),
}

impl Content<'_> {
    /// The ending of a file that holds it.
    pub const fn extension(&self) -> &'static str {
        match self {
            Content::Message(_) => "eml",
            Content::Text(_) => "txt",
            Content::Item(_) => "xml",
        }
    }

    pub fn bytes(&self) -> &[u8] {
        match self {
            Content::Message(bytes) => bytes,
            Content::Text(text) => text.as_bytes(),
            Content::Item(item) => item.xml.as_bytes(),
        }
    }
}

/// What became of one delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Accepted; `receipt` is what the other side answered, or the file.
    Sent { receipt: String },
}

/// What a delivery becomes whose answer was lost, for instance by a crash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// Doing it again changes nothing: the same file, the same item.
    Always,
}

/// A way out.
#[allow(async_fn_in_trait, reason = "used with concrete types only, never as a trait object")]
pub trait Channel {
    /// Delivers once.
    ///
    /// # Errors
    /// What stops the whole channel, such as a full disk; never the fault of one delivery.
    async fn deliver(&self, outgoing: &Outgoing<'_>) -> Result<Outcome, Error>;

    fn repeat(&self) -> Repeat;
}
