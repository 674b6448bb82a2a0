//! `[email.smtp]`: the server that takes our mails.
//!
//! Comes in: the section as written. Goes out: [`SmtpSettings`], filled from the provider where nothing is written, with
//! every problem told to the [`Checker`].

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::PathBuf;

use toml::Spanned;

use super::super::file::{self, Number, Text};
use super::super::provider::{PROVIDERS, Provider, by_name};
use super::super::{PaceSettings, Security, SmtpSettings, domain};
use super::Checker;
use crate::finding::{Finding, nearest};

/// Mails a minute where nobody says how many: as many as the strictest of the large providers takes.
const PER_MINUTE: u32 = 30;

impl Checker<'_> {
    pub(super) fn smtp(&mut self, written: Spanned<file::Smtp>) -> Option<SmtpSettings> {
        let provider = self.provider(written.get_ref().provider.as_ref());
        let host = self.server(&written, provider);
        let login = self.login(&written, provider);
        let smtp = written.into_inner();
        let security = self.security(smtp.security.as_ref(), host.as_deref(), provider);
        let port = self.port(smtp.port.as_ref(), security, provider);
        let connections = match &smtp.connections {
            Some(number) => self.number(number, 1..=1000, "connections are 1 to 1000", "most providers allow 2 or 3"),
            None => Some(provider.map_or(2, |provider| provider.connections as u32)),
        };
        let pace = self.pace(&smtp, provider);
        Some(SmtpSettings {
            host: host?,
            port: port?,
            security: security?,
            ca_file: smtp.ca_file.map(|path| PathBuf::from(path.into_inner())),
            login: login?,
            connections: connections? as usize,
            pace: pace?,
        })
    }

    fn provider(&mut self, written: Option<&Text>) -> Option<Provider> {
        let name = written?.get_ref();
        if let Some(provider) = by_name(name) {
            return Some(provider);
        }
        let known = PROVIDERS.map(|provider| provider.name);
        let help = match nearest(name, known) {
            Some(near) => format!("did you mean \"{near}\"? Another one: remove this line and write host = \"…\""),
            None => format!("known: {}; another one: remove this line and write host = \"…\"", known.join(", ")),
        };
        self.wrong(written?, format!("unknown mail provider `{name}`"), &help);
        None
    }

    /// The host as written, else the provider's, else this computer for a relay of one's own.
    fn server(&mut self, written: &Spanned<file::Smtp>, provider: Option<Provider>) -> Option<String> {
        let smtp = written.get_ref();
        match (&smtp.host, provider) {
            (Some(host), _) => self.host(host),
            (None, Some(provider)) => Some(provider.host.unwrap_or("localhost").to_owned()),
            (None, None) if smtp.provider.is_some() => None,
            (None, None) => {
                let known = PROVIDERS.map(|provider| provider.name).join(", ");
                let help = format!("write host = \"mail.example.org\", or provider = \"…\" with one of: {known}");
                self.missing(written, "[email.smtp] does not say which server", &help);
                None
            }
        }
    }

    fn host(&mut self, written: &Text) -> Option<String> {
        let text = written.get_ref().trim();
        let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
        if bare.parse::<IpAddr>().is_ok() {
            return Some(bare.to_owned());
        }
        let host = domain::ascii(bare);
        if host.is_none() {
            let help = match text {
                _ if text.contains('@') => "an account has a line of its own: username = \"…\"",
                _ if text.contains("://") || text.contains('/') => {
                    "write the server's name alone: host = \"mail.example.org\""
                }
                _ if text.contains(':') => "the port has a line of its own: port = 587",
                _ => "write it as your mail provider says: host = \"mail.example.org\"",
            };
            self.wrong(written, "this is no name of a mail server", help);
        }
        host
    }

    fn security(&mut self, written: Option<&Text>, host: Option<&str>, provider: Option<Provider>) -> Option<Security> {
        let local = host.is_some_and(domain::is_loopback);
        let Some(written) = written else {
            let own = if local { Security::None } else { Security::StartTls };
            return Some(provider.map_or(Security::StartTls, |provider| provider.security.unwrap_or(own)));
        };
        match written.get_ref().as_str() {
            "starttls" => Some(Security::StartTls),
            "tls" => Some(Security::Tls),
            "none" if local => Some(Security::None),
            "none" => {
                if host.is_some() {
                    let message = "without security, mails and password would cross the network for all to read";
                    let help = "write security = \"starttls\" or \"tls\"; \"none\" is for host = \"localhost\" only";
                    self.wrong(written, message, help);
                }
                None
            }
            other => {
                let help = match other.to_lowercase().as_str() {
                    "ssl" | "ssl/tls" | "smtps" | "implicit" => "did you mean \"tls\"? That is what port 465 speaks",
                    _ => "write \"starttls\" (port 587), \"tls\" (port 465) or, on this computer only, \"none\"",
                };
                self.wrong(written, format!("unknown security `{other}`"), help);
                None
            }
        }
    }

    fn port(
        &mut self,
        written: Option<&Number>,
        security: Option<Security>,
        provider: Option<Provider>,
    ) -> Option<u16> {
        if let Some(written) = written {
            let help = "most servers take mails on 587 (starttls) or 465 (tls)";
            return self
                .number(written, 1..=65_535, "a port is 1 to 65535", help)
                .and_then(|port| port.try_into().ok());
        }
        let usual = |security| match security {
            Security::StartTls => 587,
            Security::Tls => 465,
            Security::None => 25,
        };
        match provider {
            // A relay of one's own listens on 25, with STARTTLS too.
            Some(Provider { security: None, port, .. }) if security != Some(Security::Tls) => Some(port),
            Some(provider) if provider.security == security => Some(provider.port),
            _ => security.map(usual),
        }
    }

    fn pace(&mut self, smtp: &file::Smtp, provider: Option<Provider>) -> Option<PaceSettings> {
        let of = |figure: fn(Provider) -> Option<u32>| provider.and_then(figure);
        let per_minute = self.limit(smtp.per_minute.as_ref(), of(|provider| provider.per_minute).or(Some(PER_MINUTE)));
        let per_hour = self.limit(smtp.per_hour.as_ref(), of(|provider| provider.per_hour));
        let per_day = self.limit(smtp.per_day.as_ref(), of(|provider| provider.per_day));
        let per_domain = self.per_domain(&smtp.per_domain);
        Some(PaceSettings { per_minute: per_minute?, per_hour: per_hour?, per_day: per_day?, per_domain: per_domain? })
    }

    /// A number of mails; zero is no limit.
    fn limit(&mut self, written: Option<&Number>, default: Option<u32>) -> Option<Option<u32>> {
        let limit = match written {
            Some(number) => {
                Some(self.number(number, 0..=1_000_000, "this must be 0 to 1000000 mails", "0 is no limit")?)
            }
            None => default,
        };
        Some(limit.filter(|limit| *limit > 0))
    }

    fn per_domain(&mut self, written: &BTreeMap<Text, Number>) -> Option<BTreeMap<String, u32>> {
        let mut domains = BTreeMap::new();
        let before = self.findings.len();
        for (name, number) in written {
            let Some(domain) = domain::ascii(name.get_ref()).filter(|domain| domain.contains('.')) else {
                let message = format!("`{}` is no domain", name.get_ref());
                self.wrong(name, message, "write what stands behind the @: per_domain = { \"gmx.de\" = 10 }");
                continue;
            };
            let Some(limit) = self.limit(Some(number), None) else { continue };
            if domains.insert(domain, limit).is_some() {
                self.wrong(name, format!("`{}` stands here twice", name.get_ref()), "keep one of the two");
            }
        }
        let limited = domains.into_iter().filter_map(|(domain, limit)| Some((domain, limit?)));
        (self.findings.len() == before).then(|| limited.collect())
    }

    fn number(
        &mut self,
        written: &Number,
        range: std::ops::RangeInclusive<u32>,
        message: &str,
        help: &str,
    ) -> Option<u32> {
        let number = u32::try_from(*written.get_ref()).ok().filter(|number| range.contains(number));
        if number.is_none() {
            self.wrong(written, message, help);
        }
        number
    }

    /// Something that a section lacks, at the section's own line.
    pub(super) fn missing<T>(&mut self, section: &Spanned<T>, message: &str, help: &str) {
        let place = self.place(section.span());
        self.findings.push(Finding::error("config-value", message).at(place).help(help));
    }
}
