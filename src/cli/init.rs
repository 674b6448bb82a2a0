//! The answers to `init` as options.

use std::path::PathBuf;

use clap::{Args, ValueHint};

/// The headings of the answers that `init` takes.
const ORGANISATION: &str = "Organisation and sender";
const SERVER: &str = "Mail server";
const LIST: &str = "Member list";

/// Every answer to `init`. What is not given is asked for on a terminal.
#[derive(Debug, Default, Args)]
pub struct Init {
    /// The organisation's name
    #[arg(long, help_heading = ORGANISATION, value_name = "NAME")]
    pub name: Option<String>,
    /// The organisation's web address
    #[arg(long, help_heading = ORGANISATION, value_name = "URL")]
    pub url: Option<String>,
    /// The newsletter's language: de, en …
    #[arg(long, help_heading = ORGANISATION, value_name = "LANGUAGE")]
    pub lang: Option<String>,
    /// The imprint, which stands below every mail
    #[arg(long, help_heading = ORGANISATION, value_name = "TEXT", conflicts_with = "imprint_file")]
    pub imprint: Option<String>,
    /// A text file with the imprint
    #[arg(long, help_heading = ORGANISATION, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub imprint_file: Option<PathBuf>,
    /// The page that tells how you treat personal data
    #[arg(long, help_heading = ORGANISATION, value_name = "URL")]
    pub privacy_url: Option<String>,
    /// A JPEG or PNG above every mail; without one the name stands there
    #[arg(long, help_heading = ORGANISATION, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub logo: Option<String>,
    /// Who writes: an address, or "Name <address>"
    #[arg(long, help_heading = ORGANISATION, value_name = "SENDER")]
    pub from: Option<String>,
    /// Where answers go, if not to the sender
    #[arg(long, help_heading = ORGANISATION, value_name = "SENDER")]
    pub reply_to: Option<String>,
    /// An address that takes unsubscribe mails, or an https page with {token} in it
    #[arg(long, help_heading = ORGANISATION, value_name = "ADDRESS")]
    pub unsubscribe: Option<String>,

    /// microsoft365, ionos, strato, mailjet, brevo, google; relay: a server of your own; other: with --host; outbox: none yet
    #[arg(long, help_heading = SERVER, value_name = "PROVIDER")]
    pub provider: Option<String>,
    /// The mail server's name, where the provider does not say it
    #[arg(long, help_heading = SERVER, value_name = "HOST")]
    pub host: Option<String>,
    /// Its port
    #[arg(long, help_heading = SERVER, value_name = "PORT")]
    pub port: Option<String>,
    /// starttls, tls, or none on this computer
    #[arg(long, help_heading = SERVER, value_name = "SECURITY")]
    pub security: Option<String>,
    /// A certificate of your own that is trusted in place of the system's
    #[arg(long, help_heading = SERVER, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub ca_file: Option<String>,
    /// The account that mails are sent with
    #[arg(long, help_heading = SERVER, value_name = "NAME")]
    pub username: Option<String>,
    /// A file with the account's password in its first line; it stays where it is
    #[arg(long, help_heading = SERVER, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "password_env")]
    pub password_file: Option<String>,
    /// The environment variable that has the password whenever mails are sent
    #[arg(long, help_heading = SERVER, value_name = "VARIABLE")]
    pub password_env: Option<String>,
    /// Microsoft 365: the directory (tenant) of the app registration
    #[arg(long, help_heading = SERVER, value_name = "ID", conflicts_with_all = ["password_file", "password_env"])]
    pub oauth_tenant: Option<String>,
    /// Microsoft 365: the application (client) ID
    #[arg(long, help_heading = SERVER, value_name = "ID", conflicts_with_all = ["password_file", "password_env"])]
    pub oauth_client_id: Option<String>,
    /// Microsoft 365: a file with the client secret; it stays where it is
    #[arg(long, help_heading = SERVER, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "oauth_secret_env")]
    pub oauth_secret_file: Option<String>,
    /// Microsoft 365: the environment variable that has the client secret
    #[arg(long, help_heading = SERVER, value_name = "VARIABLE")]
    pub oauth_secret_env: Option<String>,
    /// Mails a minute that your contract allows (0: no limit)
    #[arg(long, help_heading = SERVER, value_name = "MAILS")]
    pub per_minute: Option<String>,
    /// Mails an hour that your contract allows
    #[arg(long, help_heading = SERVER, value_name = "MAILS")]
    pub per_hour: Option<String>,
    /// Mails a day that your contract allows
    #[arg(long, help_heading = SERVER, value_name = "MAILS")]
    pub per_day: Option<String>,

    /// The members: a CSV or Excel (.xlsx) file; it stays where it is
    #[arg(long, help_heading = LIST, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub list: Option<String>,
    /// Begin newsletters/lists/members.csv with --test-to alone on it
    #[arg(long, help_heading = LIST, conflicts_with = "list")]
    pub new_list: bool,
    /// The list's name in the configuration
    #[arg(long, help_heading = LIST, value_name = "NAME")]
    pub list_name: Option<String>,
    /// The sheet of an Excel file, if not the first
    #[arg(long, help_heading = LIST, value_name = "NAME")]
    pub sheet: Option<String>,
    /// The members' language, of the salutation
    #[arg(long, help_heading = LIST, value_name = "LANGUAGE")]
    pub list_language: Option<String>,
    /// Why they may be written to: membership, consent …
    #[arg(long, help_heading = LIST, value_name = "REASON")]
    pub basis: Option<String>,
    /// Only rows that have this in a column: Newsletter=ja (may be given several times; again for a column: either value)
    #[arg(long = "where", help_heading = LIST, value_name = "COLUMN=VALUE")]
    pub filter: Vec<String>,
    /// What a column is that is not recognised: email="Mail GF" (may be given several times)
    #[arg(long = "column", help_heading = LIST, value_name = "FIELD=HEADING")]
    pub columns: Vec<String>,

    /// Your own address, where the sample mail goes
    #[arg(long, value_name = "ADDRESS")]
    pub test_to: Option<String>,
    /// Who is told by mail what became of each send
    #[arg(long, value_name = "ADDRESS")]
    pub notify: Option<String>,
    /// Send no sample mail
    #[arg(long)]
    pub no_test: bool,
    /// Write everything, but do not log in at the mail server yet; no sample mail either
    #[arg(long)]
    pub no_login: bool,
    /// Write what was shown without asking
    #[arg(long)]
    pub yes: bool,
}
