//! SPF (RFC 7208): which servers may send for a domain.
//!
//! Comes in: the domain, the provider that sends, and a [`Zone`]. Goes out: lines, what breaks the record first.

use super::provider::Provider;
use super::{Zone, silent, wrong};
use crate::doctor::Check;

pub mod record;
pub mod walk;

use record::{Qualifier, Record, is_spf};
use walk::{ENOUGH, LOOKUPS_MAX, VOID_MAX, Walk, walk};

const CHECK: &str = "spf";

/// `domain` is that of the address to which bounces go, which is the one that SPF is about.
pub async fn checks(domain: &str, provider: Option<&Provider>, zone: &impl Zone) -> Vec<Check> {
    let texts = match zone.txt(domain).await {
        Ok(texts) => texts,
        Err(no_answer) => return vec![silent(CHECK, &no_answer)],
    };
    let records: Vec<&String> = texts.iter().filter(|text| is_spf(text)).collect();
    let text = match records.as_slice() {
        [text] => text,
        [] => {
            let help = format!("let whoever keeps its DNS add a TXT record: {}", suggested(provider));
            return vec![wrong(CHECK, format!("{domain} has no SPF record, so that its mails look forged"), help)];
        }
        _ => {
            let message = format!("{domain} has {} SPF records, so that none counts", records.len());
            return vec![wrong(CHECK, message, "put all of them into one: what stands between v=spf1 and all of each")];
        }
    };
    match Record::parse(text) {
        Err(problem) => {
            let message = format!("the SPF record of {domain} cannot be read, so that it does not count: {problem}");
            vec![wrong(CHECK, message, format!("correct it; it says: {text}"))]
        }
        Ok(record) => match walk(domain, &record, zone).await {
            Ok(walk) => walked(domain, &walk, provider),
            Err(no_answer) => vec![silent(CHECK, &no_answer)],
        },
    }
}

fn suggested(provider: Option<&Provider>) -> String {
    match provider.and_then(|provider| provider.includes.first()) {
        Some(include) => format!("v=spf1 include:{include} ~all"),
        None => "v=spf1 … ~all, with what your mail provider says in place of the dots".to_owned(),
    }
}

/// What breaks the record first, then what is doubtful, else that all is well.
fn walked(domain: &str, walk: &Walk, provider: Option<&Provider>) -> Vec<Check> {
    let mut checks = Vec::new();
    if let Some(problem) = walk.broken.first() {
        let message = format!("the SPF record of {domain} is broken, so that it does not count: {problem}");
        checks.push(wrong(CHECK, message, "remove what is not used any more, or ask its provider for the right name"));
    }
    if walk.lookups > LOOKUPS_MAX {
        let number = if walk.lookups > ENOUGH { format!("more than {ENOUGH}") } else { walk.lookups.to_string() };
        let message = format!(
            "the SPF record of {domain} takes {number} DNS look-ups; with more than {LOOKUPS_MAX} it does not count"
        );
        checks.push(wrong(
            CHECK,
            message,
            "remove each include, a and mx of a service that does not send for you any more",
        ));
    }
    if walk.void.len() > VOID_MAX {
        let names = walk.void.join(", ");
        let message = format!(
            "the SPF record of {domain} names {} hosts that are not there ({names}); with more than {VOID_MAX} it does not count",
            walk.void.len()
        );
        checks.push(wrong(CHECK, message, "remove them from the record"));
    }
    checks.extend(others(domain, walk.all));
    let named = provider.filter(|provider| !provider.includes.is_empty()).map(|provider| {
        let named = provider.includes.iter().any(|include| walk.domains.iter().any(|domain| domain == include));
        (provider, named)
    });
    if let Some((provider, false)) = named {
        let message = format!("the SPF record of {domain} does not name {}, which sends your mails", provider.title);
        checks.push(Check::warning(CHECK, message).help(format!("add to it: include:{}", provider.includes[0])));
    }
    if walk.has_ptr {
        let message = format!("the SPF record of {domain} uses ptr, which many servers leave out (RFC 7208)");
        checks.push(Check::warning(CHECK, message).help("name the servers in another way: ip4, a or include"));
    }
    if checks.is_empty() {
        let names = named.map(|(provider, _)| format!(" and names {}", provider.title)).unwrap_or_default();
        let lookups = walk.lookups;
        let message =
            format!("{domain} has one record; it takes {lookups} of at most {LOOKUPS_MAX} DNS look-ups{names}");
        checks.push(Check::ok(CHECK, message));
    }
    checks
}

fn others(domain: &str, all: Option<Qualifier>) -> Option<Check> {
    let (what, help) = match all {
        Some(Qualifier::Fail | Qualifier::SoftFail) => return None,
        Some(Qualifier::Pass) => ("allows the whole world to send for it (+all)", "write ~all in place of +all"),
        Some(Qualifier::Neutral) => ("says nothing about other servers (?all)", "write ~all in place of ?all"),
        None => ("does not say what holds for other servers", "write ~all at its end"),
    };
    Some(Check::warning(CHECK, format!("the SPF record of {domain} {what}")).help(help))
}
