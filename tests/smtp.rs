//! The mail server channel against a server that does whatever the test tells it.

#[path = "support/smtp_server.rs"]
mod smtp_server;

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rundbrief::channel::smtp::{Probe, SmtpRelay, SmtpSession, Timeouts};
use rundbrief::channel::{Channel, ChannelError, Closed, Content, Envelope, Gate, Outcome, Outgoing};
use rundbrief::config::{Login, PaceSettings, Security, SmtpSettings};
use rundbrief::secret::SecretRef;
use smtp_server::{Answer, Certificate, Script, Server, Stage};

const MAIL: &[u8] = b"Subject: Hallo\r\n\r\nGuten Tag\r\n";

/// Counts how often it was asked.
struct Door {
    asked: Cell<usize>,
    answer: Result<(), Closed>,
}

impl Gate for Door {
    fn open(&self) -> Result<(), Closed> {
        self.asked.set(self.asked.get() + 1);
        self.answer
    }
}

fn settings(server: &Server, security: Security) -> SmtpSettings {
    SmtpSettings {
        host: server.host(),
        port: server.port(),
        security,
        ca_file: None,
        login: None,
        connections: 1,
        pace: PaceSettings::default(),
    }
}

fn impatient() -> Timeouts {
    let short = Duration::from_millis(300);
    Timeouts {
        connect: short,
        greeting: short,
        login: short,
        mail: short,
        recipient: short,
        data: short,
        block: short,
        end: short,
        polite: short,
    }
}

fn relay(settings: &SmtpSettings) -> SmtpRelay {
    SmtpRelay::with_timeouts(settings, Path::new("/"), |_| Some("secret".into()), impatient()).expect("a relay")
}

async fn deliver(session: &mut SmtpSession, to: &str) -> Result<Outcome, ChannelError> {
    let door = Door { asked: Cell::new(0), answer: Ok(()) };
    deliver_bytes(session, to, MAIL, &door).await
}

async fn deliver_bytes(
    session: &mut SmtpSession,
    to: &str,
    bytes: &[u8],
    door: &Door,
) -> Result<Outcome, ChannelError> {
    let envelope = Envelope { from: "bounce@example.org", to };
    let content = Content::Message { envelope, bytes };
    session.deliver(&Outgoing { slug: "tagung", channel: "email", name: "4a", content }, door).await
}

#[tokio::test]
async fn a_mail_arrives_as_it_is() {
    let server = Server::start(Script::new());
    let mut session = relay(&settings(&server, Security::None)).session();
    let sent = deliver(&mut session, "anna@example.org").await.expect("no error");
    assert_eq!(sent, Outcome::Sent { receipt: "250 2.0.0 Ok: queued as 1".into() });
    let accepted = server.accepted();
    assert_eq!((accepted[0].bytes.as_slice(), accepted[0].to.as_slice()), (MAIL, &["anna@example.org".to_owned()][..]));
    assert_eq!(accepted[0].from, "bounce@example.org");
}
