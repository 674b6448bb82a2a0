//! One mail as it goes over the wire: the commands' arguments and the content with its final dot.
//!
//! Comes in: envelope and message. Goes out: a [`Mail`], or the reason why it cannot be sent as it is. Pure.

use lettre::transport::smtp::extension::{Extension, ServerInfo};
use memchr::memmem;

use crate::channel::Envelope;
use crate::channel::envelope::{BadEnvelope, WireEnvelope};
use crate::render::email::message::Message;
use crate::render::email::message::pieces::are_lines;

/// Checked and ready.
#[derive(Debug)]
pub struct Mail<'m> {
    pub head: Head,
    content: Body<'m>,
    /// What ends it: the final dot on a line of its own.
    pub end: &'static [u8],
}

/// The content, dots doubled.
#[derive(Debug)]
enum Body<'m> {
    /// As it came.
    Pieces(Vec<&'m [u8]>),
    Made(Vec<u8>),
}

/// What a server is told of a mail before it gets the content.
#[derive(Debug)]
pub struct Head {
    envelope: WireEnvelope,
    /// RFC 6531: a mailbox name or a header beyond ASCII.
    needs_smtputf8: bool,
    /// RFC 6152: any byte beyond ASCII.
    needs_8bit: bool,
}

/// Why a mail cannot be sent as it is.
#[derive(Debug, PartialEq, Eq)]
pub enum Unfit {
    /// The sender's address; it is the same for everybody.
    Sender(String),
    /// This mail.
    Mail(String),
}

impl<'m> Mail<'m> {
    /// Checks the addresses and the line ends; copies the message only where a line begins with a dot, or its pieces are no
    /// whole lines.
    pub fn new(envelope: Envelope<'_>, message: Message<'m>) -> Result<Mail<'m>, Unfit> {
        let head = Head::new(envelope, message)?;
        if message.pieces().all(|piece| piece.plain || are_lines(piece.bytes)) {
            let content = Body::Pieces(message.pieces().map(|piece| piece.bytes).collect());
            return Ok(Mail { head, content, end: b".\r\n" });
        }
        let (content, end) = content(&message.whole()).ok_or_else(|| {
            Unfit::Mail("the mail has a line that does not end with CR LF; servers disagree about where it ends".into())
        })?;
        Ok(Mail { head, content: Body::Made(content), end })
    }

    /// The content in its pieces.
    pub fn content(&self) -> Vec<&[u8]> {
        match &self.content {
            Body::Pieces(pieces) => pieces.clone(),
            Body::Made(content) => vec![content],
        }
    }
}

impl Head {
    /// Checks the addresses; looks at the message for what it needs of a server.
    pub fn new(envelope: Envelope<'_>, message: Message<'_>) -> Result<Head, Unfit> {
        let envelope = WireEnvelope::new(envelope).map_err(|bad| match bad {
            BadEnvelope::From(reason) => Unfit::Sender(reason),
            BadEnvelope::To(reason) => Unfit::Mail(reason),
        })?;
        let needs_8bit = !message.pieces().all(|piece| piece.plain || piece.bytes.is_ascii());
        let needs_smtputf8 = envelope.needs_smtputf8() || (needs_8bit && !header(&message.whole()).is_ascii());
        Ok(Head { envelope, needs_smtputf8, needs_8bit })
    }

    /// `MAIL FROM:<…>` with the parameters that this mail needs.
    ///
    /// # Errors
    /// The reason why this server cannot take the mail: it lacks an extension.
    pub fn mail_command(&self, place: &str, offers: &ServerInfo) -> Result<String, String> {
        let mut line = format!("MAIL FROM:<{}>", self.envelope.from);
        if self.needs_smtputf8 {
            if !offers.supports_feature(Extension::SmtpUtfEight) {
                return Err(format!(
                    "{place} takes only addresses in plain letters (it lacks SMTPUTF8), and {:?} has others",
                    self.envelope.to
                ));
            }
            line.push_str(" SMTPUTF8");
        }
        if self.needs_8bit {
            if !offers.supports_feature(Extension::EightBitMime) {
                return Err(format!("{place} takes only plain letters (it lacks 8BITMIME), and the mail has others"));
            }
            line.push_str(" BODY=8BITMIME");
        }
        Ok(line)
    }

    pub fn rcpt_command(&self) -> String {
        format!("RCPT TO:<{}>", self.envelope.to)
    }
}

/// What stands before the first empty line.
fn header(message: &[u8]) -> &[u8] {
    &message[..memmem::find(message, b"\r\n\r\n").unwrap_or(message.len())]
}

/// RFC 5321, section 4.5.2: a dot before each line that begins with one; and what ends the content. `None` for a CR or LF
/// that stands alone: some servers end a line there, and a mail with it can be made to hold another one.
fn content(message: &[u8]) -> Option<(Vec<u8>, &'static [u8])> {
    let (Some(first), Some(last)) = (message.first(), message.last()) else { return Some((Vec::new(), b".\r\n")) };
    let mut pairs = message.iter().zip(&message[1..]);
    if pairs.any(|(one, next)| (*one == b'\r') != (*next == b'\n')) || *first == b'\n' || *last == b'\r' {
        return None;
    }
    let end: &[u8] = if message.ends_with(b"\r\n") { b".\r\n" } else { b"\r\n.\r\n" };
    let mut content = Vec::with_capacity(message.len() + 16);
    if *first == b'.' {
        content.push(b'.');
    }
    let mut copied = 0;
    for line_end in memmem::find_iter(message, b"\r\n.") {
        content.extend_from_slice(&message[copied..line_end + 2]);
        content.push(b'.');
        copied = line_end + 2;
    }
    content.extend_from_slice(&message[copied..]);
    Some((content, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_are_doubled_and_the_final_one_is_on_its_own_line() {
        for (message, on_the_wire) in [
            ("a\r\n", "a\r\n.\r\n"),
            ("a", "a\r\n.\r\n"),
            ("", ".\r\n"),
            (".\r\n..\r\na.\r\n", "..\r\n...\r\na.\r\n.\r\n"),
        ] {
            let (content, end) = content(message.as_bytes()).expect("is complete");
            assert_eq!([&content[..], end].concat(), on_the_wire.as_bytes(), "{message:?}");
        }
    }

    #[test]
    fn a_lone_cr_or_lf_is_refused() {
        for message in ["a\nb\r\n", "a\rb\r\n", "a\r", "a\n", "\r", "\n", "a\r\r\n", "a\n\r", "\n.\r\n"] {
            assert_eq!(content(message.as_bytes()), None, "{message:?}");
        }
    }
}
