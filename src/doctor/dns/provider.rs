//! What mail providers want to be named in the DNS, by the host that takes mails for them.
//!
//! Pure. From the providers' help pages, which each entry names, as of November 2026; a selector that is not found means
//! only that it is not there under the usual name.

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
    // learn.microsoft.com, on SPF and on DKIM for domains of Microsoft 365; the same in github.com/Domain-Connect/Templates.
    Provider {
        title: "Microsoft 365",
        hosts: &[".office365.com", ".mail.protection.outlook.com"],
        includes: &["spf.protection.outlook.com"],
        selectors: &["selector1", "selector2"],
    },
    // support.google.com/a/answer/10684623 (SPF) and 174126 (DKIM; `google` unless somebody chose another one).
    Provider {
        title: "Google Workspace",
        hosts: &["smtp.gmail.com", "smtp-relay.gmail.com"],
        includes: &["_spf.google.com"],
        selectors: &["google"],
    },
    // www.ionos.de/hilfe, "E-Mail-Authentifizierung mit DKIM" and "Spam-Versand vermeiden mit SPF-Record"; the two names at
    // the end stand in records of older domains.
    Provider {
        title: "IONOS",
        hosts: &[".ionos.de", ".ionos.com", ".ionos.co.uk", ".ionos.fr", ".ionos.es", ".1und1.de", ".kundenserver.de"],
        includes: &["_spf-eu.ionos.com", "_spf-us.ionos.com", "_spf.kundenserver.de", "_spf.perfora.net"],
        selectors: &["s1-ionos", "s2-ionos", "s42582890"],
    },
    // Not from a page of STRATO's: from the zones of its customers (`v=spf1 redirect=_spf.strato.com`) and the
    // DKIM-Signature of mails that come from there.
    Provider {
        title: "STRATO",
        hosts: &[".strato.de", ".strato.com", ".rzone.de"],
        includes: &["_spf.strato.com"],
        selectors: &["strato-dkim-0002", "strato-dkim-0003"],
    },
    // documentation.mailjet.com: "Authenticating Domains with SPF & DKIM".
    Provider { title: "Mailjet", hosts: &[".mailjet.com"], includes: &["spf.mailjet.com"], selectors: &["mailjet"] },
    // help.brevo.com: "Authenticate your domain with Brevo". Bounces go to a domain of Brevo's, so that it asks for no SPF
    // record; DKIM is two CNAME records, or one TXT record (`mail`, seen in zones only).
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
