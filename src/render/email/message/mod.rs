//! The mail as bytes: compiled once for a release and list, merged for each member.
//!
//! Comes in: the rendered subject, text and HTML with slot tokens, and then one [`Recipient`] at a time. Goes out: a
//! whole message (RFC 5322) that SMTP can take as it is: CRLF, lines of at most 76 characters in the body, none that
//! begins with a dot. No template language ever sees a member's data: a value is escaped for its place and encoded.

use crate::post::picture::Prepared;
use crate::render::email::slot::{Slot, Slots};

mod bytes;
mod compile;
mod error;
mod header;
mod mark;
mod merge;
mod notice;
mod picture;
pub mod pieces;
mod place;
mod quoted;
mod readable;
mod shown;
mod url;

pub use bytes::Damaged;
pub use compile::{compile, compile_marked};
pub use error::{CompileError, MergeError};
pub use header::return_path;
pub use mark::{Mark, TEST_TOKEN};
pub use merge::values_for;
pub use notice::Notice;
pub use pieces::{Merged, Message};
pub use readable::Readable;

/// What one mail is made from.
#[derive(Debug, Clone, Copy)]
pub struct Parts<'a> {
    /// May hold tokens; then the header is encoded anew for each member.
    pub subject: &'a str,
    /// The text part, wrapped.
    pub text: &'a str,
    /// A whole HTML document.
    pub html: &'a str,
    pub slots: &'a Slots,
    /// Each is shown in the HTML as `cid:<its id>`; empty where pictures are linked.
    pub pictures: &'a [Embedded<'a>],
    /// The post's slug, for Feedback-ID.
    pub campaign: &'a str,
    /// The list's name, for Feedback-ID.
    pub list: &'a str,
}

/// A picture inside the mail.
#[derive(Debug, Clone, Copy)]
pub struct Embedded<'a> {
    /// What the HTML says after `cid:`, of the form `id@domain` (RFC 2045 section 7).
    pub id: &'a str,
    pub picture: &'a Prepared,
}

/// One member, as the mail sees them.
#[derive(Debug, Clone, Copy)]
pub struct Recipient<'a> {
    /// Goes into To as it is, UTF-8 too (RFC 6532); the caller knows whether the server takes that.
    pub address: &'a str,
    pub display_name: Option<&'a str>,
    /// One for each of [`Compiled::slots`], in their order; [`values_for`] makes them.
    pub values: &'a [String],
    /// The https URL that unsubscribes this member with one click; only used where the sender has one (RFC 8058).
    pub unsubscribe_url: Option<&'a str>,
    /// Says in the subject of an unsubscribe mail who writes; without one it says `unsubscribe` alone.
    pub unsubscribe_token: Option<&'a str>,
    /// A function of the delivery, with its angle brackets: `<id@domain>`.
    pub message_id: &'a str,
    /// When the delivery was first handed over; its offset is shown.
    pub date: &'a jiff::Zoned,
}

/// A mail with everything encoded but what is a member's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compiled {
    segments: Vec<Segment>,
    slots: Vec<Slot>,
    digest: [u8; 32],
    /// All literals are [plain](pieces::is_plain).
    plain: bool,
}

impl Compiled {
    fn new(segments: Vec<Segment>, slots: Vec<Slot>, digest: [u8; 32]) -> Compiled {
        let plain = |segment: &Segment| !matches!(segment, Segment::Literal(bytes) if !pieces::is_plain(bytes));
        let plain = segments.iter().all(plain);
        Compiled { segments, slots, digest, plain }
    }

    /// The member's places: the values of a [`Recipient`] follow this order.
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// Whether a slot, by its number, stands somewhere as the whole address of a link.
    pub fn is_link(&self, slot: usize) -> bool {
        self.segments
            .iter()
            .any(|segment| matches!(segment, Segment::Slot { index, place: Place::Url } if *index == slot))
    }

    /// SHA-256 over everything a reader gets: the headers that are the same for all, subject, text, HTML, the slots
    /// with their defaults, the pictures. It depends on no clock, no machine and no recipient.
    pub fn digest(&self) -> [u8; 32] {
        self.digest
    }
}

/// A stretch of the mail.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Segment {
    /// Bytes as they go out.
    Literal(Vec<u8>),
    /// A member's value in the body; both it and what follows begin a line.
    Slot { index: usize, place: Place },
    /// Header lines that are made for each member.
    Header(MemberHeader),
}

/// What a value must be escaped for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// The text part: nothing.
    Text,
    /// HTML between tags or in a quoted attribute: the five characters of HTML.
    Html,
    /// All of a URL attribute: must be an http, https or mailto URL.
    Url,
    /// Within a URL: percent-encoded.
    UrlPart,
}

/// Header lines of a member.
#[derive(Debug, Clone, PartialEq, Eq)]
enum MemberHeader {
    To,
    /// Only where the subject has a slot.
    Subject(Vec<Part>),
    Date,
    MessageId,
    /// RFC 2369 and RFC 8058. `mailto` is the URI without its subject; `one_click`: the member has an https URL.
    ListUnsubscribe {
        mailto: Option<String>,
        one_click: bool,
    },
}

/// A piece of a text, owned.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Literal(String),
    Slot(usize),
}

#[cfg(test)]
mod tests;
