//! What the DNS says about mails of the sender's domain, as the servers of the members look at it.
//!
//! Comes in: the sender's addresses, the relay and a [`Zone`] to ask. Goes out: lines for SPF, DKIM, DMARC and MX. A DNS
//! that does not answer makes no error: what it would have said was not checked.
//!
//! | file | what it does |
//! |---|---|
//! | `spf`, `dkim`, `dmarc`, `mail_exchange` | ask, and make lines of the answers |
//! | `spf::record`, `dkim::key`, `dmarc::policy` | read the texts, without asking anybody |
//! | `spf::walk` | follows an SPF record to all that it includes, and counts |
//! | `provider` | what mail providers want to be named in the DNS |
//! | `system` | the zone that this computer's DNS servers know |

use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::timeout;

use super::Check;
use crate::config::{Config, Transport, ascii_domain, is_example};
use crate::error::Exit;

pub mod dkim;
pub mod dmarc;
mod mail_exchange;
mod provider;
pub mod spf;
pub mod system;

/// For one family of look-ups; SPF makes several after one another.
const FAMILY: Duration = Duration::from_secs(10);

/// The DNS did not answer: why, as half a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoAnswer(pub String);

/// What can be asked. A name that does not exist has no records.
#[allow(async_fn_in_trait, reason = "used with concrete types only, never as a trait object")]
pub trait Zone {
    /// The texts of a name, the strings of each put together (RFC 7208, section 3.3).
    async fn txt(&self, name: &str) -> Result<Vec<String>, NoAnswer>;

    /// The hosts that take mail for a name, without the dot at their ends; an empty host is "none" (RFC 7505).
    async fn mx(&self, name: &str) -> Result<Vec<String>, NoAnswer>;

    /// Whether a name has an address, of either kind.
    async fn has_address(&self, name: &str) -> Result<bool, NoAnswer>;
}

/// Every line about the DNS, all families asked at once.
pub async fn checks(config: &Config, zone: &impl Zone) -> Vec<Check> {
    let sender = &config.sender;
    let domain = ascii(sender.from.email.domain());
    if is_example(&domain) {
        let check = Check::not_checked("dns", format!("{domain} belongs to nobody"));
        return vec![check.help("write an address of your own domain as from in [sender]")];
    }
    let envelope = sender.bounce_address.as_ref().map_or_else(|| domain.clone(), |bounce| ascii(bounce.domain()));
    let provider = match &config.email.transport {
        Transport::Smtp(smtp) => provider::of_host(&smtp.host),
        Transport::Outbox | Transport::Sendmail(_) => None,
    };
    let (spf, dkim, dmarc, mx) = tokio::join!(
        limited("spf", spf::checks(&envelope, provider, zone)),
        limited("dkim", dkim::checks(&domain, config.dkim_selector.as_deref(), provider, zone)),
        limited("dmarc", dmarc::checks(&domain, &envelope, zone)),
        join_all(addresses(config).into_iter().map(|(domain, uses)| async move {
            limited("mx", async { vec![mail_exchange::check(&domain, &uses, zone).await] }).await
        })),
    );
    [spf, dkim, dmarc].into_iter().chain(mx).flatten().collect()
}

async fn limited(check: &'static str, family: impl Future<Output = Vec<Check>>) -> Vec<Check> {
    match timeout(FAMILY, family).await {
        Ok(checks) => checks,
        Err(_) => vec![silent(check, &NoAnswer(format!("it took longer than {} seconds", FAMILY.as_secs())))],
    }
}

/// The DNS says nothing.
fn silent(check: &'static str, NoAnswer(reason): &NoAnswer) -> Check {
    Check::not_checked(check, format!("the DNS gives no answer: {reason}"))
        .help("try again later, or from another network")
}

/// Something in the DNS that keeps mails from being believed.
fn wrong(check: &'static str, message: String, help: impl Into<String>) -> Check {
    Check::error(check, Exit::Config, message).help(help)
}

/// The domains at which somebody must take mail, each once, and what for.
fn addresses(config: &Config) -> Vec<(String, Vec<&'static str>)> {
    let sender = &config.sender;
    let named = [
        ("from", Some(sender.from.email.domain())),
        ("reply_to", sender.reply_to.as_ref().map(|reply| reply.email.domain())),
        ("bounce_address", sender.bounce_address.as_ref().map(|bounce| bounce.domain())),
        ("unsubscribe", sender.unsubscribe.mailto.as_ref().map(|to| to.domain())),
    ];
    let mut domains: Vec<(String, Vec<&'static str>)> = Vec::new();
    for (key, domain) in named {
        let Some(domain) = domain.map(ascii).filter(|domain| !is_example(domain)) else { continue };
        match domains.iter_mut().find(|(known, _)| *known == domain) {
            Some((_, uses)) => uses.push(key),
            None => domains.push((domain, vec![key])),
        }
    }
    domains
}

fn ascii(domain: &str) -> String {
    ascii_domain(domain).unwrap_or_else(|| domain.to_ascii_lowercase())
}
