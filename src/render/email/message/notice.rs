//! A plain mail that this program writes to the people who run it (RFC 5322, RFC 3834).
//!
//! Comes in: sender, one receiver, subject and text. Goes out: the whole message. It says of itself that a machine wrote
//! it, so that nobody's absence notice answers; it is no newsletter and has none of its headers.

use lettre::message::Mailbox;

use super::header::{self, Refused};
use super::{MergeError, quoted};

/// What the mail is made from.
#[derive(Debug, Clone, Copy)]
pub struct Notice<'a> {
    pub from: &'a Mailbox,
    pub to: &'a Mailbox,
    /// On one line; a control character is refused.
    pub subject: &'a str,
    pub text: &'a str,
    /// With its angle brackets.
    pub message_id: &'a str,
    pub date: &'a jiff::Zoned,
}

impl Notice<'_> {
    /// The message, ready for SMTP: CRLF, lines of at most 76 characters, none that begins with a dot.
    ///
    /// # Errors
    /// What cannot stand in a header.
    pub fn message(&self) -> Result<Vec<u8>, MergeError> {
        let mailbox = |name: &str, mailbox: &Mailbox| {
            header::mailbox(name, mailbox.name.as_deref(), mailbox.email.as_ref()).map_err(|why| refused(why, name))
        };
        let date = jiff::fmt::rfc2822::to_string(self.date).map_err(|_| MergeError::Date)?;
        let mut message = mailbox("From", self.from)?;
        message += &mailbox("To", self.to)?;
        message += &header::text("Subject", self.subject).map_err(|why| refused(why, "Subject"))?;
        message += &format!("Date: {date}\r\n");
        message += &super::merge::message_id(self.message_id)?;
        message += "Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: All\r\nMIME-Version: 1.0\r\n";
        message += "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n";
        let mut message = message.into_bytes();
        quoted::encode(&format!("{}\n", self.text.trim_end()), &mut message);
        Ok(message)
    }
}

fn refused(why: Refused, what: &str) -> MergeError {
    match why {
        Refused::Control => MergeError::Control { what: what.to_owned() },
        Refused::TooLong => MergeError::TooLong { what: what.to_owned() },
        Refused::Address => MergeError::Address,
    }
}

#[cfg(test)]
mod tests {
    use super::Notice;

    fn message(subject: &str, name: Option<&str>) -> Result<String, String> {
        let from = "Verband <newsletter@example.org>".parse().expect("a mailbox");
        let to = lettre::message::Mailbox::new(name.map(str::to_owned), "ich@example.org".parse().expect("an address"));
        let date = "2026-11-23T09:00:00+01:00[Europe/Berlin]".parse().expect("a time");
        let text = "Grüße\n.\nFrom here\n";
        let notice = Notice { from: &from, to: &to, subject, text, message_id: "<notice.1@example.org>", date: &date };
        notice.message().map(|bytes| String::from_utf8(bytes).expect("ASCII")).map_err(|error| error.to_string())
    }

    #[test]
    fn a_notice_says_that_a_machine_wrote_it() {
        assert_eq!(
            message("2 angenommen", Some("Büro")).expect("a message"),
            "From: \"Verband\" <newsletter@example.org>\r\nTo: =?utf-8?b?QsO8cm8=?= <ich@example.org>\r\n\
             Subject: 2 angenommen\r\nDate: Mon, 23 Nov 2026 09:00:00 +0100\r\nMessage-ID: <notice.1@example.org>\r\n\
             Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: All\r\nMIME-Version: 1.0\r\n\
             Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
             Gr=C3=BC=C3=9Fe\r\n=2E\r\n=46rom here\r\n"
        );
    }

    #[test]
    fn no_header_can_be_smuggled_in() {
        for bad in ["a\r\nBcc: x@example.org", "a\nb", "a\0b"] {
            assert!(message(bad, None).is_err());
            assert!(message("fine", Some(bad)).is_err());
        }
    }
}
