//! A mail marked as a test: the same parts, but nobody can take it for the real one, and no link in it unsubscribes the
//! member whose values it shows.
//!
//! Comes in: the release code and the words. Goes out: a subject that begins with `[Test K7QF-3M2X]`, a header, and
//! segments in which a fixed token stands for the member's. The mail's digest stays that of the real one.

use super::merge::{escape, list_unsubscribe};
use super::{CompileError, MemberHeader, Part, Segment, quoted};
use crate::config::Sender;
use crate::render::code::Code;
use crate::render::email::slot::Slots;
use crate::words::Words;

/// What stands in a test mail where a member's mail has a token, which is 32 hexadecimal digits.
pub const TEST_TOKEN: &str = "test";

/// Marks a mail as a test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    word: String,
    code: Code,
}

impl Mark {
    /// The mark of a release's content, in the language of its readers.
    pub fn new(code: Code, words: &Words) -> Mark {
        Mark { word: words.get("email.test"), code }
    }

    /// A Message-ID that no member's mail has. `unique` tells two tests apart: letters and digits.
    pub fn message_id(&self, unique: &str, domain: &str) -> String {
        format!("<test.{}.{unique}@{domain}>", self.code)
    }

    /// The value of the header `X-Rundbrief-Test`.
    pub(super) fn header(&self) -> String {
        self.code.to_string()
    }

    /// The subject behind `[Test K7QF-3M2X] `.
    pub(super) fn subject(&self, subject: &[Part]) -> Vec<Part> {
        let prefix = format!("[{} {}] ", self.word, self.code);
        match subject {
            [Part::Literal(first), rest @ ..] => {
                std::iter::once(Part::Literal(prefix + first)).chain(rest.iter().cloned()).collect()
            }
            _ => std::iter::once(Part::Literal(prefix)).chain(subject.iter().cloned()).collect(),
        }
    }
}

/// The segments with [`TEST_TOKEN`] in place of every member's token.
pub(super) fn without_tokens(
    segments: Vec<Segment>,
    slots: &Slots,
    sender: &Sender,
) -> Result<Vec<Segment>, CompileError> {
    let url = sender.unsubscribe.url.as_ref().map(|url| url.replace("{token}", TEST_TOKEN));
    let fixed = |segment| match (segment, &url) {
        (Segment::Slot { index, place }, Some(url)) if slots.list[index].field == "unsubscribe_url" => {
            let mut encoded = Vec::new();
            quoted::encode(&escape(place, url).ok_or(TOO_LONG)?, &mut encoded);
            Ok(Segment::Literal(encoded))
        }
        (Segment::Header(MemberHeader::ListUnsubscribe { mailto, one_click }), url) => {
            let line = list_unsubscribe(mailto.as_deref(), one_click, url.as_deref(), Some(TEST_TOKEN));
            line.map(|line| Segment::Literal(line.into_bytes())).map_err(|_| TOO_LONG)
        }
        (other, _) => Ok(other),
    };
    segments.into_iter().map(fixed).collect()
}

/// The configuration has checked everything about the address but its length.
const TOO_LONG: CompileError = CompileError::TooLong { header: "List-Unsubscribe" };
