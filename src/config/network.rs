//! What keeps a send by a network from happening, and not a trial.
//!
//! Comes in: a validated [`Config`]. Goes out: findings with their lines. Reads nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::domain::is_example;
use super::{Config, Login, Transport};
use crate::finding::{Finding, Place};

/// Where lines stand that matter for a send by a network; empty in a configuration that was not read from a file.
#[derive(Debug, Clone, Default)]
pub struct Places {
    /// The section `[site]`.
    pub site: Option<Place>,
    pub imprint: Option<Place>,
    pub from: Option<Place>,
    pub reply_to: Option<Place>,
    pub bounce_address: Option<Place>,
    pub unsubscribe_mailto: Option<Place>,
    pub unsubscribe_url: Option<Place>,
    /// In `[email.smtp]`.
    pub password: Option<Place>,
    pub privacy_url: Option<Place>,
    /// The section `[feed]`, as far as one of its keys is written.
    pub feed: Option<Place>,
    /// The name of each list.
    pub lists: BTreeMap<String, Place>,
}

impl Config {
    /// Whether mails leave this computer (or go to a program that sends them on).
    pub fn sends_by_network(&self) -> bool {
        self.email.transport != Transport::Outbox
    }

    /// Recipient domains with a limit of their own.
    pub fn limited_domains(&self) -> BTreeSet<&str> {
        match &self.email.transport {
            Transport::Smtp(smtp) => smtp.pace.per_domain.keys().map(String::as_str).collect(),
            Transport::Outbox | Transport::Sendmail(_) => BTreeSet::new(),
        }
    }

    /// What is wrong with the configuration for a send by its transport; errors refuse the send, warnings are said.
    /// Nothing for the outbox, where all of it is allowed.
    pub fn network_problems(&self) -> Vec<Finding> {
        if !self.sends_by_network() {
            return Vec::new();
        }
        let loopback = matches!(&self.email.transport, Transport::Smtp(smtp) if smtp.is_loopback());
        let mut findings: Vec<Finding> =
            [self.imprint_problem(loopback), self.unsubscribe_problem()].into_iter().flatten().collect();
        if !loopback {
            findings.extend(self.example_problems());
        }
        findings.extend(self.password_warning());
        findings
    }

    /// German law wants to know who writes (§ 5 DDG); so do the rules of most providers.
    fn imprint_problem(&self, loopback: bool) -> Option<Finding> {
        let sample = "Musterstraße 1, 10115 Berlin";
        match &self.site.imprint {
            Some(imprint) if imprint.contains(sample) && !loopback => {
                let finding = Finding::error("no-imprint", "the imprint is still that of the example");
                Some(at(finding, &self.places.imprint).help("write your own: name, address, who represents you"))
            }
            Some(_) => None,
            None => {
                let finding = Finding::error("no-imprint", "there is no imprint, and every mail must say who sends it");
                let help = "add to [site]: imprint = \"\"\"…\"\"\" with name, address and who represents you";
                Some(at(finding, &self.places.site).help(help))
            }
        }
    }

    fn unsubscribe_problem(&self) -> Option<Finding> {
        let unsubscribe = &self.sender.unsubscribe;
        if unsubscribe.mailto.is_some() || unsubscribe.url.is_some() {
            return None;
        }
        let finding = Finding::error("no-unsubscribe", "there is no way to unsubscribe");
        let help = "add to [sender]: unsubscribe = { mailto = \"…\" } with an address that somebody reads";
        Some(at(finding, &self.places.from).help(help))
    }

    /// Addresses of the example: nobody would get the answers, the bounces or the wish to unsubscribe.
    fn example_problems(&self) -> Vec<Finding> {
        let (sender, places) = (&self.sender, &self.places);
        let unsubscribe = &sender.unsubscribe;
        let domains = [
            ("the sender", Some(sender.from.email.domain()), &places.from),
            ("reply_to", sender.reply_to.as_ref().map(|reply| reply.email.domain()), &places.reply_to),
            ("bounce_address", sender.bounce_address.as_ref().map(|bounce| bounce.domain()), &places.bounce_address),
            (
                "the address to unsubscribe",
                unsubscribe.mailto.as_ref().map(|to| to.domain()),
                &places.unsubscribe_mailto,
            ),
            ("the page to unsubscribe", unsubscribe.url.as_deref().map(host), &places.unsubscribe_url),
        ];
        let examples = domains.into_iter().filter_map(|(what, domain, place)| {
            let domain = domain.filter(|domain| is_example(domain))?;
            let finding = Finding::error("example-address", format!("{what} is at {domain}, which belongs to nobody"));
            Some(at(finding, place).help("write one of your own domain, which your mail provider lets you send from"))
        });
        examples.collect()
    }

    /// "Exchange Online to retire Basic auth for Client Submission": off by default from the end of December 2026.
    fn password_warning(&self) -> Option<Finding> {
        let Transport::Smtp(smtp) = &self.email.transport else { return None };
        let microsoft = smtp.host.ends_with(".office365.com");
        if !microsoft || !matches!(smtp.login, Some(Login::Password { .. })) {
            return None;
        }
        let message = "Microsoft 365 stops taking passwords from programs at the end of December 2026";
        let help = "ask who runs your Microsoft 365 for an app registration, and write oauth = { tenant, client_id, \
                    client_secret } instead of password";
        Some(at(Finding::warning("microsoft-password", message), &self.places.password).help(help))
    }
}

fn at(finding: Finding, place: &Option<Place>) -> Finding {
    match place {
        Some(place) => finding.at(place.clone()),
        None => finding,
    }
}

/// The host of a URL that was checked.
fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let host = authority.rsplit('@').next().unwrap_or(authority);
    host.split(':').next().unwrap_or(host)
}
