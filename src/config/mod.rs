//! `config.toml` as validated types.
//!
//! Comes in: the file's text and its path. Goes out: a [`Config`] in which every address, URL, colour, time zone and
//! secret reference has been checked. Reads no file and no environment: secrets stay references.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use lettre::message::Mailbox;

use crate::finding::{Finding, Place};
use crate::secret::SecretRef;

mod channels;
mod check;
mod domain;
mod duration;
mod email;
mod file;
mod network;
mod provider;
mod sender;
mod shown;
mod syntax;
mod theme;
mod url;

pub use channels::{Access, Network, NetworkKind, Visibility};
pub use check::{NAME_HELP, is_name};
pub use domain::{ascii as ascii_domain, is_example};
pub use email::{
    EmailSettings, Images, Login, OAuthSettings, PaceSettings, RetrySettings, Security, SendmailSettings, SmtpSettings,
    Transport,
};
pub use network::Places;
pub use provider::{PROVIDERS, Provider};
pub use sender::sender_of;
pub use theme::{Color, Theme};
pub use url::is_url;

/// The configuration that is used where there is no `config.toml`; the same bytes as `config.example.toml`.
pub const BUILT_IN: &str = include_str!("../../config.example.toml");

/// Everything that `config.toml` says.
#[derive(Debug, Clone)]
pub struct Config {
    /// The folder that relative paths are relative to.
    pub folder: PathBuf,
    pub site: Site,
    pub sender: Sender,
    pub outbox: Outbox,
    pub email: EmailSettings,
    pub feed: Option<FeedSettings>,
    /// The networks by name; empty: the five that need no account (see [`Config::networks`]).
    pub channels: BTreeMap<String, Network>,
    pub lists: BTreeMap<String, List>,
    pub ledger: LedgerSettings,
    pub approval: ApprovalSettings,
    /// `[notify] to`: who is told what became of a send.
    pub notify: Vec<Mailbox>,
    /// `[metrics] listen`: where a process that sends offers its figures.
    pub metrics: Option<SocketAddr>,
    /// `[doctor] dkim_selector`: names the DKIM key in the DNS (RFC 6376 section 3.1).
    pub dkim_selector: Option<String>,
    pub check: CheckSettings,
    /// `[import] allow_private`: pages may lie in a private network, and be loaded by http.
    pub import_private: bool,
    /// Where lines stand that [`Config::network_problems`] may name.
    pub places: Places,
}

/// `[site]`: the organisation.
#[derive(Debug, Clone)]
pub struct Site {
    pub name: String,
    /// Absolute http(s) URL.
    pub url: String,
    /// BCP 47.
    pub lang: String,
    /// IANA name, as written, beside the zone itself.
    pub timezone: String,
    pub zone: TimeZone,
    /// Text, several lines; required for a send by a network.
    pub imprint: Option<String>,
    pub privacy_url: Option<String>,
    /// Picture files, relative to [`Config::folder`].
    pub logo: Option<PathBuf>,
    pub logo_dark: Option<PathBuf>,
    pub theme: Theme,
    /// A folder with the organisation's own templates.
    pub templates: Option<PathBuf>,
    pub key: SecretRef,
    pub partners: BTreeMap<String, Partner>,
}

/// `[site.partners.NAME]`.
#[derive(Debug, Clone)]
pub struct Partner {
    pub logo: PathBuf,
    /// The line beside the logo, also its alternative text.
    pub text: String,
    pub link: Option<String>,
}

/// `[sender]`.
#[derive(Debug, Clone)]
pub struct Sender {
    pub from: Mailbox,
    pub reply_to: Option<Mailbox>,
    /// RFC 2919, without the angle brackets.
    pub list_id: Option<String>,
    pub unsubscribe: Unsubscribe,
    pub bounce_address: Option<lettre::Address>,
}

/// `[sender] unsubscribe`.
#[derive(Debug, Clone, Default)]
pub struct Unsubscribe {
    /// An address that takes unsubscribe mails.
    pub mailto: Option<lettre::Address>,
    /// An https URL with `{token}` in it (RFC 8058).
    pub url: Option<String>,
}

/// `[outbox]`.
#[derive(Debug, Clone)]
pub struct Outbox {
    pub path: PathBuf,
}

/// `[feed]`.
#[derive(Debug, Clone)]
pub struct FeedSettings {
    pub path: PathBuf,
    /// Where the feed is published, for `atom:link rel="self"`.
    pub url: Option<String>,
    pub items: usize,
}

/// `[lists.NAME]`.
#[derive(Debug, Clone)]
pub struct List {
    pub file: PathBuf,
    pub sheet: Option<String>,
    /// Of the salutation; default: the post's language.
    pub language: Option<String>,
    /// Why these people may be written to (GDPR Art. 6); for the record.
    pub basis: Option<String>,
    /// Field name → heading in the table.
    pub columns: BTreeMap<String, String>,
    /// Heading → the values of which a row must have one.
    pub filter: BTreeMap<String, Vec<String>>,
    /// `address = "du"`: the members are on first-name terms.
    pub informal: bool,
    /// The salutation of a member without a name.
    pub salutation: Option<String>,
}

/// `[ledger]`.
#[derive(Debug, Clone)]
pub struct LedgerSettings {
    pub kept: Kept,
    pub id: Option<String>,
}

/// Where the sending record is kept.
#[derive(Debug, Clone)]
pub enum Kept {
    /// One SQLite file.
    File(PathBuf),
    /// A PostgreSQL database, for any number of machines.
    Database { address: DatabaseUrl, password: Option<SecretRef> },
}

impl Kept {
    /// The file, if it is one.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Kept::File(path) => Some(path),
            Kept::Database { .. } => None,
        }
    }
}

/// The address of a database.
#[derive(Debug, Clone)]
pub enum DatabaseUrl {
    /// As it stands in the configuration: without a password.
    Written(String),
    /// Somewhere else, as it may have one.
    Secret(SecretRef),
}

/// `[approval]`: whether somebody must release a post before it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ApprovalSettings {
    pub required: bool,
    /// How many people may be added or gone since without asking again.
    pub recipients_may_change: u64,
}

/// `[check]`, as written: `crate::check` knows the rules and the mail programs.
#[derive(Debug, Clone, Default)]
pub struct CheckSettings {
    /// A rule's name, what it is to be, and where that stands.
    pub rules: Vec<(String, Weight, Place)>,
    /// The mail programs that a design of one's own is looked at for; `None`: the usual ones.
    pub clients: Option<(Vec<String>, Place)>,
}

/// What a rule of `check` is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    Off,
    Warn,
    Error,
}

impl Config {
    /// Reads a configuration; `path` is where it stands (for messages and relative paths).
    ///
    /// # Errors
    /// Every problem that could be found, with its line.
    pub fn parse(path: &Path, text: &str) -> Result<Config, Vec<Finding>> {
        syntax::parse(path, text)
    }

    /// The built-in configuration, with relative paths relative to `folder`.
    pub fn built_in(folder: &Path) -> Config {
        Config::parse(&folder.join("config.example.toml"), BUILT_IN)
            .expect("the example configuration is valid; a test reads it")
    }

    /// The networks that get a teaser: the configured ones, or the five that can be posted to by hand.
    pub fn networks(&self) -> BTreeMap<String, Network> {
        if !self.channels.is_empty() {
            return self.channels.clone();
        }
        [NetworkKind::Mastodon, NetworkKind::Bluesky, NetworkKind::LinkedIn, NetworkKind::X, NetworkKind::Plain]
            .map(|kind| (kind.name().to_owned(), Network::by_hand(kind)))
            .into()
    }

    /// Names of all channels: `email`, `feed` when configured, and the networks.
    pub fn channel_names(&self) -> Vec<String> {
        let mut names = vec!["email".to_owned()];
        names.extend(self.feed.as_ref().map(|_| "feed".to_owned()));
        names.extend(self.networks().into_keys());
        names
    }
}
