//! Mail providers by name: server, port, and how much they take.
//!
//! Comes in: `provider = "…"`. Goes out: the defaults for `[email.smtp]`; whatever is written there wins. Figures are as
//! of November 2026; one that a provider does not publish stays `None` and gets the careful default of everybody.

use super::Security;

/// What is known of a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Provider {
    pub name: &'static str,
    /// As people call it.
    pub title: &'static str,
    /// `None`: a server of one's own, on this computer unless `host` is written.
    pub host: Option<&'static str>,
    /// `None`: in the clear on this computer, else STARTTLS.
    pub security: Option<Security>,
    pub port: u16,
    pub connections: usize,
    /// Mails; zero is no limit, `None` not known.
    pub per_minute: Option<u32>,
    pub per_hour: Option<u32>,
    pub per_day: Option<u32>,
}

/// A provider of which only the server is known.
const fn at(name: &'static str, title: &'static str, host: &'static str) -> Provider {
    Provider {
        name,
        title,
        host: Some(host),
        security: Some(Security::StartTls),
        port: 587,
        connections: 2,
        per_minute: None,
        per_hour: None,
        per_day: None,
    }
}

/// The providers by name.
pub const PROVIDERS: [Provider; 7] = [
    // "Exchange Online limits", sending limits: 30 messages a minute, 10,000 recipients a day; SMTP AUTH client
    // submission: 3 connections at once.
    Provider {
        connections: 3,
        per_minute: Some(30),
        per_day: Some(10_000),
        ..at("microsoft365", "Microsoft 365", "smtp.office365.com")
    },
    // IONOS' help, "send limits": 50 to 500 an hour, by the contract's age; the lowest, until somebody writes theirs.
    Provider { per_hour: Some(50), ..at("ionos", "IONOS", "smtp.ionos.de") },
    // STRATO's help names the server with SSL on port 465; its limits are not published.
    Provider { security: Some(Security::Tls), port: 465, ..at("strato", "STRATO", "smtp.strato.de") },
    // Mailjet's "SMTP relay" documentation; limits by the account.
    at("mailjet", "Mailjet", "in-v3.mailjet.com"),
    // Brevo's "SMTP integration" documentation; 300 a day with the free plan, by the contract otherwise.
    at("brevo", "Brevo", "smtp-relay.brevo.com"),
    // "Gmail sending limits in Google Workspace": 2,000 messages a day and user.
    Provider { per_day: Some(2_000), ..at("google", "Google Workspace", "smtp.gmail.com") },
    // A Postfix or Exchange of one's own that passes mails on; the only limits are those that somebody writes.
    Provider {
        host: None,
        security: None,
        port: 25,
        per_minute: Some(0),
        ..at("relay", "a mail server of your own", "")
    },
];

impl Provider {
    /// What it takes of one account, in words; nothing where no limit is known.
    pub fn limits(&self) -> String {
        let figures = [(self.per_minute, "a minute"), (self.per_hour, "an hour"), (self.per_day, "a day")];
        let known = figures.into_iter().filter_map(|(mails, per)| Some((mails.filter(|mails| *mails > 0)?, per)));
        let words: Vec<String> = known.map(|(mails, per)| format!("{mails} {per}")).collect();
        words.join(", ")
    }
}

/// The provider of that name.
pub(super) fn by_name(name: &str) -> Option<Provider> {
    PROVIDERS.into_iter().find(|provider| provider.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_provider_has_a_name_of_its_own_and_sane_figures() {
        for provider in PROVIDERS {
            assert_eq!(by_name(provider.name), Some(provider));
            assert!((1..=64).contains(&provider.connections) && provider.host != Some(""), "{provider:?}");
            assert!(provider.security != Some(Security::None), "{provider:?}");
        }
    }

    #[test]
    fn limits_are_told_in_words() {
        let limits = |name| by_name(name).expect("is known").limits();
        assert_eq!(limits("microsoft365"), "30 a minute, 10000 a day");
        assert_eq!((limits("ionos").as_str(), limits("relay").as_str()), ("50 an hour", ""));
    }
}
