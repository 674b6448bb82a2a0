//! One mail as it goes over the wire: the commands' arguments and the content with its final dot.
//!
//! Comes in: envelope and message. Goes out: a [`Mail`], or the reason why it cannot be sent as it is. Pure.

use lettre::transport::smtp::extension::{Extension, ServerInfo};
use memchr::{memchr_iter, memmem};

use crate::channel::Envelope;
use crate::channel::envelope::{BadEnvelope, WireEnvelope};

/// Checked and ready.
#[derive(Debug)]
pub struct Mail {
    envelope: WireEnvelope,
    /// The content, dots doubled, with the final dot.
    pub content: Vec<u8>,
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

impl Mail {
    /// Checks the addresses and the line ends, and copies the message once.
    pub fn new(envelope: Envelope<'_>, message: &[u8]) -> Result<Mail, Unfit> {
        let envelope = WireEnvelope::new(envelope).map_err(|bad| match bad {
            BadEnvelope::From(reason) => Unfit::Sender(reason),
            BadEnvelope::To(reason) => Unfit::Mail(reason),
        })?;
        let content = content(message).ok_or_else(|| {
            Unfit::Mail("the mail has a line that does not end with CR LF; servers disagree about where it ends".into())
        })?;
        let needs_smtputf8 = envelope.needs_smtputf8() || !header(message).is_ascii();
        Ok(Mail { envelope, content, needs_smtputf8, needs_8bit: !message.is_ascii() })
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

/// RFC 5321, section 4.5.2: a dot before each line that begins with one, and a final dot on a line of its own. `None`
/// for a CR or LF that stands alone: some servers end a line there, and a mail with it can be made to hold another one.
fn content(message: &[u8]) -> Option<Vec<u8>> {
    let mut ends = 0;
    for end in memchr_iter(b'\n', message) {
        if end == 0 || message[end - 1] != b'\r' {
            return None;
        }
        ends += 1;
    }
    if memchr_iter(b'\r', message).count() != ends {
        return None;
    }
    let mut content = Vec::with_capacity(message.len() + 16);
    if message.starts_with(b".") {
        content.push(b'.');
    }
    let mut copied = 0;
    for end in memmem::find_iter(message, b"\r\n.") {
        content.extend_from_slice(&message[copied..end + 2]);
        content.push(b'.');
        copied = end + 2;
    }
    content.extend_from_slice(&message[copied..]);
    if !message.is_empty() && !message.ends_with(b"\r\n") {
        content.extend_from_slice(b"\r\n");
    }
    content.extend_from_slice(b".\r\n");
    Some(content)
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
            assert_eq!(content(message.as_bytes()).expect("is complete"), on_the_wire.as_bytes(), "{message:?}");
        }
    }

    #[test]
    fn a_lone_cr_or_lf_is_refused() {
        for message in ["a\nb\r\n", "a\rb\r\n", "a\r", "a\r\r\n", "\n.\r\n"] {
            assert_eq!(content(message.as_bytes()), None, "{message:?}");
        }
    }
}
