//! What `init` can be told, one name an answer: its option on the command line, its place in `config.toml`.

/// An answer that becomes one value of the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    Name,
    Url,
    Lang,
    Imprint,
    PrivacyUrl,
    Logo,
    From,
    ReplyTo,
    ListId,
    Unsubscribe,
    Provider,
    Host,
    Port,
    Security,
    CaFile,
    Username,
    Password,
    Tenant,
    ClientId,
    ClientSecret,
    PerMinute,
    PerHour,
    PerDay,
    List,
    Sheet,
    ListLanguage,
    Basis,
    Notify,
    LedgerId,
}

impl Key {
    /// As options are written, with what stands behind them.
    pub const fn option(self) -> &'static str {
        match self {
            Key::Name => "--name NAME",
            Key::Url => "--url URL",
            Key::Lang => "--lang LANGUAGE",
            Key::Imprint => "--imprint TEXT or --imprint-file FILE",
            Key::PrivacyUrl => "--privacy-url URL",
            Key::Logo => "--logo FILE",
            Key::From => "--from SENDER",
            Key::ReplyTo => "--reply-to SENDER",
            Key::Unsubscribe => "--unsubscribe ADDRESS",
            Key::Provider => "--provider PROVIDER",
            Key::Host => "--host HOST",
            Key::Port => "--port PORT",
            Key::Security => "--security SECURITY",
            Key::CaFile => "--ca-file FILE",
            Key::Username => "--username NAME",
            Key::Password => "--password-file FILE or --password-env VARIABLE",
            Key::Tenant => "--oauth-tenant ID",
            Key::ClientId => "--oauth-client-id ID",
            Key::ClientSecret => "--oauth-secret-file FILE or --oauth-secret-env VARIABLE",
            Key::PerMinute => "--per-minute MAILS",
            Key::PerHour => "--per-hour MAILS",
            Key::PerDay => "--per-day MAILS",
            Key::List => "--list FILE or --new-list",
            Key::Sheet => "--sheet NAME",
            Key::ListLanguage => "--list-language LANGUAGE",
            Key::Basis => "--basis REASON",
            Key::Notify => "--notify ADDRESS",
            // These two are made, not asked for.
            Key::ListId => "list_id",
            Key::LedgerId => "id",
        }
    }

    /// The option's name alone.
    pub fn flag(self) -> &'static str {
        self.option().split(' ').next().unwrap_or_default()
    }

    /// What it is, for the list of what is missing.
    pub const fn what(self) -> &'static str {
        match self {
            Key::Name => "the organisation's name",
            Key::Url => "its web address",
            Key::Imprint => "the imprint, which stands below every mail",
            Key::From => "who writes: an address, or \"Name <address>\"",
            Key::Unsubscribe => "an address that takes unsubscribe mails",
            Key::Provider => "who takes your mails: ionos, microsoft365, relay …; outbox: nobody yet",
            Key::Host => "the mail server's name",
            Key::Username => "the account that mails are sent with",
            Key::Password => "its password",
            Key::Tenant => "the directory (tenant) of the app registration",
            Key::ClientId => "the application (client) ID",
            Key::ClientSecret => "the client secret",
            Key::List => "the members: a CSV or Excel file; or a new list with you alone on it",
            _ => "",
        }
    }

    /// Where it stands in the configuration; `list` is the name of the list that is set up.
    pub fn path(self, list: &str) -> Vec<&str> {
        match self {
            Key::Name => vec!["site", "name"],
            Key::Url => vec!["site", "url"],
            Key::Lang => vec!["site", "lang"],
            Key::Imprint => vec!["site", "imprint"],
            Key::PrivacyUrl => vec!["site", "privacy_url"],
            Key::Logo => vec!["site", "logo"],
            Key::From => vec!["sender", "from"],
            Key::ReplyTo => vec!["sender", "reply_to"],
            Key::ListId => vec!["sender", "list_id"],
            Key::Unsubscribe => vec!["sender", "unsubscribe", "mailto"],
            Key::Provider => vec!["email", "smtp", "provider"],
            Key::Host => vec!["email", "smtp", "host"],
            Key::Port => vec!["email", "smtp", "port"],
            Key::Security => vec!["email", "smtp", "security"],
            Key::CaFile => vec!["email", "smtp", "ca_file"],
            Key::Username => vec!["email", "smtp", "username"],
            Key::Password => vec!["email", "smtp", "password"],
            Key::Tenant => vec!["email", "smtp", "oauth", "tenant"],
            Key::ClientId => vec!["email", "smtp", "oauth", "client_id"],
            Key::ClientSecret => vec!["email", "smtp", "oauth", "client_secret"],
            Key::PerMinute => vec!["email", "smtp", "per_minute"],
            Key::PerHour => vec!["email", "smtp", "per_hour"],
            Key::PerDay => vec!["email", "smtp", "per_day"],
            Key::List => vec!["lists", list, "file"],
            Key::Sheet => vec!["lists", list, "sheet"],
            Key::ListLanguage => vec!["lists", list, "language"],
            Key::Basis => vec!["lists", list, "basis"],
            Key::Notify => vec!["notify", "to"],
            Key::LedgerId => vec!["ledger", "id"],
        }
    }

    /// Whether it is written without quotation marks.
    pub const fn is_number(self) -> bool {
        matches!(self, Key::Port | Key::PerMinute | Key::PerHour | Key::PerDay)
    }

    /// Whether it belongs to `[email.smtp]`.
    pub const fn is_of_server(self) -> bool {
        matches!(
            self,
            Key::Provider
                | Key::Host
                | Key::Port
                | Key::Security
                | Key::CaFile
                | Key::Username
                | Key::Password
                | Key::Tenant
                | Key::ClientId
                | Key::ClientSecret
                | Key::PerMinute
                | Key::PerHour
                | Key::PerDay
        )
    }
}
