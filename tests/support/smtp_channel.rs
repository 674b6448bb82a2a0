//! The mail server channel as a worker uses it, for tests.

#![allow(dead_code, reason = "each test binary uses a part of this module")]

use std::cell::Cell;
use std::path::Path;
use std::time::Duration;

use rundbrief::channel::smtp::{SmtpRelay, Timeouts};
use rundbrief::channel::{Channel, ChannelError, Closed, Content, Envelope, Gate, Outcome, Outgoing, Slow, Times};
use rundbrief::config::{PaceSettings, Security, SmtpSettings};
use rundbrief::render::email::message::Message;

use super::smtp_server::Server;

pub const MAIL: &[u8] = b"Subject: Hallo\r\n\r\nGuten Tag\r\n";

/// More than any socket takes in advance.
pub fn large() -> Vec<u8> {
    let mut mail = MAIL.to_vec();
    mail.resize(32 * 1024 * 1024, b'x');
    mail.extend_from_slice(b"\r\n");
    mail
}

/// A gate that counts how often it was asked.
pub struct Door {
    pub asked: Cell<usize>,
    answer: Result<(), Closed>,
}

impl Door {
    pub fn open() -> Door {
        Door { asked: Cell::new(0), answer: Ok(()) }
    }

    pub fn closed() -> Door {
        Door { asked: Cell::new(0), answer: Err(Closed) }
    }
}

impl Gate for Door {
    fn open(&self) -> Result<(), Closed> {
        self.asked.set(self.asked.get() + 1);
        self.answer
    }
}

/// No login, no certificate file.
pub fn settings(server: &Server, security: Security) -> SmtpSettings {
    let (host, port, pace) = (server.host(), server.port(), PaceSettings::default());
    SmtpSettings { host, port, security, ca_file: None, login: None, connections: 1, pace }
}

/// Long enough for a busy machine, short enough for a test that fails.
pub fn patient() -> Timeouts {
    let long = Duration::from_secs(20);
    Timeouts {
        connect: long,
        greeting: long,
        login: long,
        mail: long,
        recipient: long,
        data: long,
        block: long,
        end: long,
        polite: long,
    }
}

/// Every variable holds `secret`.
pub fn relay(settings: &SmtpSettings, timeouts: Timeouts) -> SmtpRelay {
    SmtpRelay::with_timeouts(settings, Path::new("/"), |_| Some("secret".into()), timeouts).expect("a relay")
}

pub async fn deliver(channel: &mut impl Channel, to: &str) -> Result<Outcome, ChannelError> {
    deliver_bytes(channel, to, MAIL, &Door::open()).await
}

pub async fn deliver_bytes(
    channel: &mut impl Channel,
    to: &str,
    bytes: &[u8],
    door: &Door,
) -> Result<Outcome, ChannelError> {
    deliver_before(channel, to, bytes, None, door).await
}

/// The same where the address that the next one goes to is known.
pub async fn deliver_before(
    channel: &mut impl Channel,
    to: &str,
    bytes: &[u8],
    next: Option<&str>,
    door: &Door,
) -> Result<Outcome, ChannelError> {
    let mail = |to, bytes| {
        let envelope = Envelope { from: "bounce@example.org", to };
        Content::Message { envelope, message: Message::Whole(bytes) }
    };
    let (content, next) = (mail(to, bytes), next.map(|to| mail(to, MAIL)));
    channel
        .deliver(
            &Outgoing {
                slug: "tagung",
                channel: "email",
                name: "4a",
                id: "",
                times: Times::default(),
                corrects: None,
                content,
                next,
            },
            door,
        )
        .await
}

/// The kind of an outcome, for tables.
pub fn spoken(outcome: &Result<Outcome, ChannelError>) -> String {
    let slow = |slow: &Option<Slow>| match slow {
        None => "",
        Some(Slow::Relay) => ", slow the relay",
        Some(Slow::Domain) => ", slow the domain",
    };
    match outcome {
        Ok(Outcome::Sent { .. }) => "sent".into(),
        Ok(Outcome::Deferred { slow: what, .. }) => format!("deferred{}", slow(what)),
        Ok(Outcome::Rejected { policy: None, .. }) => "rejected".into(),
        Ok(Outcome::Rejected { policy: Some(status), .. }) => format!("rejected by policy {status}"),
        Ok(Outcome::Uncertain { .. }) => "uncertain".into(),
        Ok(Outcome::Untried { slow: what, .. }) => format!("untried{}", slow(what)),
        Ok(Outcome::Withheld) => "withheld".into(),
        Err(ChannelError::Credentials { .. }) => "stop: credentials".into(),
        Err(ChannelError::Config { .. }) => "stop: config".into(),
        Err(ChannelError::Refused { .. }) => "stop: refused".into(),
        Err(ChannelError::Local(_)) => "stop: local".into(),
    }
}
