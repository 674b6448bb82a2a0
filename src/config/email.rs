//! `[email]`: how mails leave, how fast, and how long a refused one is tried again.
//!
//! Comes in: nothing; these are the types that the checker fills. Goes out: settings in which every host, number and
//! reference has been checked.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use super::domain::is_loopback;
use crate::secret::SecretRef;

/// `[email]`.
#[derive(Debug, Clone)]
pub struct EmailSettings {
    pub transport: Transport,
    pub images: Images,
    pub retry: RetrySettings,
}

/// How mails leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Transport {
    /// Into files; a trial.
    Outbox,
    Smtp(Box<SmtpSettings>),
    Sendmail(SendmailSettings),
}

/// `[email] images`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Images {
    /// Inside each mail, by cid.
    Embed,
    /// As files under `public/images/`, linked at this URL (no slash at its end).
    Link { url: String },
}

/// `[email.smtp]`: the server that takes our mails (RFC 6409 calls it the submission server).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmtpSettings {
    /// A name in lower-case ASCII, or an IP address without brackets.
    pub host: String,
    pub port: u16,
    pub security: Security,
    /// A PEM file whose certificates are trusted instead of the system's; relative to the configuration's folder.
    pub ca_file: Option<PathBuf>,
    pub login: Option<Login>,
    /// Connections at once, of all processes together, 1 to 1000.
    pub connections: usize,
    pub pace: PaceSettings,
}

impl SmtpSettings {
    /// Whether the server is this computer, by its name alone: `localhost`, `127.x.y.z`, `::1`.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.host)
    }
}

/// How a connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// STARTTLS is required (RFC 3207).
    StartTls,
    /// TLS from the first byte (RFC 8314).
    Tls,
    /// In the clear; only to this computer.
    None,
}

/// How we say who we are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Login {
    /// AUTH PLAIN or LOGIN.
    Password { username: String, password: SecretRef },
    /// AUTH XOAUTH2 with a token for client credentials (RFC 6749 section 4.4).
    OAuth { username: String, oauth: OAuthSettings },
}

impl Login {
    pub fn username(&self) -> &str {
        match self {
            Login::Password { username, .. } | Login::OAuth { username, .. } => username,
        }
    }
}

/// `[email.smtp] oauth`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OAuthSettings {
    /// Where tokens are fetched; made from `tenant` unless written.
    pub token_url: String,
    pub scope: String,
    pub client_id: String,
    pub client_secret: SecretRef,
    /// The token endpoint may be at a private or loopback address, by http too.
    pub allow_private: bool,
}

/// How many mails may go out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PaceSettings {
    /// Through the relay; `None` is no limit.
    pub per_minute: Option<u32>,
    pub per_hour: Option<u32>,
    pub per_day: Option<u32>,
    /// To recipients at a domain (lower case, ASCII), a minute.
    pub per_domain: BTreeMap<String, u32>,
}

/// `[email.sendmail]`: a local program that takes a mail on its standard input, as Postfix, Exim and msmtp bring it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendmailSettings {
    pub command: PathBuf,
}

/// `[email.retry]`: what happens to a mail that was refused for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetrySettings {
    /// Until the second try.
    pub first: Duration,
    /// The longest wait between two tries.
    pub max: Duration,
    /// After the first try; later the mail has failed.
    pub give_up: Duration,
}

impl Default for RetrySettings {
    /// 5 minutes, an hour, two days.
    fn default() -> RetrySettings {
        let minutes = |number: u64| Duration::from_secs(number * 60);
        RetrySettings { first: minutes(5), max: minutes(60), give_up: minutes(2 * 24 * 60) }
    }
}
