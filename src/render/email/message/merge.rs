//! One member's mail from a compiled one.
//!
//! Comes in: a [`Recipient`]. Goes out: the whole message, appended to a buffer. Copies literals and escapes, then
//! encodes, each value for its place.

use std::borrow::Cow;

use super::header::Refused;
use super::pieces::Sink;
use super::{Compiled, MemberHeader, MergeError, Part, Place, Recipient, Segment, header, quoted, url};
use crate::render::email::slot::Slot;

/// The value of each slot: what `lookup` knows of its field, else the slot's default. Empty counts as unknown.
///
/// # Errors
/// The name of the field that has neither.
pub fn values_for(slots: &[Slot], lookup: impl Fn(&str) -> Option<String>) -> Result<Vec<String>, String> {
    let value = |slot: &Slot| {
        let known = lookup(&slot.field).filter(|value| !value.is_empty());
        known.or_else(|| slot.default.clone()).ok_or_else(|| slot.field.clone())
    };
    slots.iter().map(value).collect()
}

impl Compiled {
    /// Appends the message for one member to `out`. On an error `out` is as it was before.
    ///
    /// # Errors
    /// What is wrong with this member's data; no other member is concerned.
    pub fn merge(&self, recipient: &Recipient<'_>, out: &mut Vec<u8>) -> Result<(), MergeError> {
        let start = out.len();
        out.reserve(self.length() + 512);
        let merged = self.merge_into(recipient, out);
        if merged.is_err() {
            out.truncate(start);
        }
        merged
    }

    /// The same into whatever takes it. After an error it has a part of it.
    ///
    /// # Errors
    /// As [`Compiled::merge`].
    pub fn merge_into<'c>(&'c self, recipient: &Recipient<'_>, out: &mut impl Sink<'c>) -> Result<(), MergeError> {
        if recipient.values.len() != self.slots.len() {
            return Err(MergeError::Values { expected: self.slots.len(), given: recipient.values.len() });
        }
        self.segments.iter().try_for_each(|segment| match segment {
            Segment::Literal(bytes) => {
                out.shared(bytes, self.plain);
                Ok(())
            }
            Segment::Slot { index, place } => self.value(*index, *place, recipient, out.own()),
            Segment::Header(header) => self.header(header, recipient, out.own()),
        })
    }

    /// Bytes of the literals.
    fn length(&self) -> usize {
        let literal = |segment: &Segment| if let Segment::Literal(bytes) = segment { bytes.len() } else { 0 };
        self.segments.iter().map(literal).sum()
    }

    fn value(
        &self,
        index: usize,
        place: Place,
        recipient: &Recipient<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), MergeError> {
        let value = recipient.values[index].as_str();
        let field = || self.slots[index].field.clone();
        if value.contains('\0') {
            return Err(MergeError::Control { what: field() });
        }
        let escaped = escape(place, value).ok_or_else(|| MergeError::Url { field: field() })?;
        quoted::encode(&escaped, out);
        Ok(())
    }

    fn header(&self, header: &MemberHeader, recipient: &Recipient<'_>, out: &mut Vec<u8>) -> Result<(), MergeError> {
        let line = match header {
            MemberHeader::To => header::mailbox("To", recipient.display_name, recipient.address)
                .map_err(|why| refused(why, "the name or address"))?,
            MemberHeader::Subject(parts) => self.subject(parts, recipient)?,
            MemberHeader::Date => {
                let date = jiff::fmt::rfc2822::to_string(recipient.date).map_err(|_| MergeError::Date)?;
                format!("Date: {date}\r\n")
            }
            MemberHeader::MessageId => message_id(recipient.message_id)?,
            MemberHeader::ListUnsubscribe { mailto, one_click } => {
                let Recipient { unsubscribe_url, unsubscribe_token, .. } = *recipient;
                list_unsubscribe(mailto.as_deref(), *one_click, unsubscribe_url, unsubscribe_token)?
            }
        };
        out.extend_from_slice(line.as_bytes());
        Ok(())
    }

    fn subject(&self, parts: &[Part], recipient: &Recipient<'_>) -> Result<String, MergeError> {
        let mut subject = String::new();
        for part in parts {
            match part {
                Part::Literal(literal) => subject.push_str(literal),
                Part::Slot(index) => {
                    let value = &recipient.values[*index];
                    if value.chars().any(char::is_control) {
                        return Err(MergeError::Control { what: self.slots[*index].field.clone() });
                    }
                    subject.push_str(value);
                }
            }
        }
        header::text("Subject", subject.trim()).map_err(|why| refused(why, "the subject"))
    }
}

/// A value made safe for its place; `None` for a URL that is neither http(s) nor mailto.
pub(super) fn escape(place: Place, value: &str) -> Option<Cow<'_, str>> {
    match place {
        Place::Text => Some(Cow::Borrowed(value)),
        Place::Html => Some(escape_html(value)),
        Place::Url => url::is_web_or_mail(value).then(|| escape_html(value)),
        Place::UrlPart => Some(Cow::Owned(url::percent_encode(value, b""))),
    }
}

/// Safe between tags and in attributes of either quote.
fn escape_html(value: &str) -> Cow<'_, str> {
    if !value.contains(['&', '<', '>', '"', '\'']) {
        return Cow::Borrowed(value);
    }
    let mut escaped = String::with_capacity(value.len() + 16);
    for character in value.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    Cow::Owned(escaped)
}

/// RFC 5322 section 3.6.4, in the form that this program makes; it has no space to fold at.
pub(super) fn message_id(id: &str) -> Result<String, MergeError> {
    let inside = id.strip_prefix('<').and_then(|id| id.strip_suffix('>')).ok_or(MergeError::MessageId)?;
    let (left, right) = inside.split_once('@').ok_or(MergeError::MessageId)?;
    let plain = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._+=$".contains(&byte))
    };
    if id.len() <= 250 && plain(left) && plain(right) {
        Ok(format!("Message-ID: {id}\r\n"))
    } else {
        Err(MergeError::MessageId)
    }
}

/// RFC 2369 section 3.2: what works with one click stands first. URIs are neither encoded nor folded; each has its line.
pub(super) fn list_unsubscribe(
    mailto: Option<&str>,
    one_click: bool,
    url: Option<&str>,
    token: Option<&str>,
) -> Result<String, MergeError> {
    let mut ways = Vec::new();
    if one_click {
        let url = url.filter(|url| url::is_https_for_header(url));
        ways.push(format!("<{}>", url.ok_or(MergeError::UnsubscribeUrl)?));
    }
    if let Some(mailto) = mailto {
        let token = token.map(|token| format!("%20{token}")).unwrap_or_default();
        if !token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~%".contains(&byte)) {
            return Err(MergeError::UnsubscribeToken);
        }
        ways.push(format!("<{mailto}?subject=unsubscribe{token}>"));
    }
    if ways.iter().any(|way| "List-Unsubscribe: ,".len() + way.len() > header::LONGEST_LINE) {
        return Err(MergeError::TooLong { what: "the address for unsubscribing".to_owned() });
    }
    Ok(format!("List-Unsubscribe: {}\r\n", ways.join(",\r\n ")))
}

fn refused(why: Refused, what: &str) -> MergeError {
    match why {
        Refused::Control => MergeError::Control { what: what.to_owned() },
        Refused::TooLong => MergeError::TooLong { what: what.to_owned() },
        Refused::Address => MergeError::Address,
    }
}
