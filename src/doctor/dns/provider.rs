//! What mail providers want to be named in the DNS, by the host that takes mails for them.
//!
//! Pure. From the providers' help pages as of November 2026; a selector that is not found means only that it is not there
//! under the usual name.

/// What is known of a provider.
#[derive(Debug, PartialEq, Eq)]
pub struct Provider {
    /// As people call it.
    pub title: &'static str,
    /// What the hosts' names end with.
    hosts: &'static [&'static str],
    /// What an SPF record of theirs includes or is redirected to, the one to write first; empty where bounces go to the
    /// provider's own domain.
    pub includes: &'static [&'static str],
    /// Usual DKIM selectors.
    pub selectors: &'static [&'static str],
}

const PROVIDERS: &[Provider] = &[
    Provider {
        title: "Microsoft 365",
        hosts: &[".office365.com", ".mail.protection.outlook.com"],
        includes: &["spf.protection.outlook.com"],
        selectors: &["selector1", "selector2"],
    },
    Provider {
        title: "Google Workspace",
        hosts: &["smtp.gmail.com", "smtp-relay.gmail.com"],
        includes: &["_spf.google.com"],
        selectors: &["google"],
    },
    Provider {
        title: "IONOS",
        hosts: &[".ionos.de", ".ionos.com", ".ionos.co.uk", ".ionos.fr", ".ionos.es", ".1und1.de", ".kundenserver.de"],
        includes: &["_spf-eu.ionos.com", "_spf-us.ionos.com", "_spf.kundenserver.de", "_spf.perfora.net"],
        selectors: &["s1-ionos", "s2-ionos"],
    },
    Provider {
        title: "STRATO",
        hosts: &[".strato.de", ".strato.com", ".rzone.de"],
        includes: &["_spf.strato.com", "smtp.rzone.de"],
        selectors: &["strato-dkim-0002", "strato-dkim-0003"],
    },
    Provider { title: "Mailjet", hosts: &[".mailjet.com"], includes: &["spf.mailjet.com"], selectors: &["mailjet"] },
    Provider {
        title: "Brevo",
        hosts: &[".brevo.com", ".sendinblue.com"],
        includes: &[],
        selectors: &["brevo1", "brevo2", "mail"],
    },
];

/// The provider whose mail server this is.
pub fn of_host(host: &str) -> Option<&'static Provider> {
    PROVIDERS.iter().find(|provider| provider.hosts.iter().any(|end| host.ends_with(end)))
}
