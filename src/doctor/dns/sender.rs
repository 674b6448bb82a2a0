//! Asks for what the sender's domain says about its mails, and makes lines of the answers.

use futures_util::future::try_join_all;

use super::dkim::{self, Key};
use super::dmarc::{self, Policy, Wish};
use super::provider::Provider;
use super::spf::{self, Qualifier, Record};
use super::walk::{LOOKUPS_MAX, VOID_MAX, Walk, walk};
use super::{NoAnswer, Zone, silent};
use crate::doctor::Check;
use crate::error::Exit;

const SPF: &str = "spf";
const DKIM: &str = "dkim";
const DMARC: &str = "dmarc";

fn wrong(check: &'static str, message: String, help: impl Into<String>) -> Check {
    Check::error(check, Exit::Config, message).help(help)
}

/// `domain` is that of the address to which bounces go, which is the one that SPF is about.
pub async fn spf(domain: &str, provider: Option<&Provider>, zone: &impl Zone) -> Vec<Check> {
    let texts = match zone.txt(domain).await {
        Ok(texts) => texts,
        Err(no_answer) => return vec![silent(SPF, &no_answer)],
    };
    let records: Vec<&String> = texts.iter().filter(|text| spf::is_spf(text)).collect();
    let text = match records.as_slice() {
        [text] => text,
        [] => {
            let help = format!("let whoever keeps its DNS add a TXT record: {}", suggested(provider));
            return vec![wrong(SPF, format!("{domain} has no SPF record, so that its mails look forged"), help)];
        }
        _ => {
            let message = format!("{domain} has {} SPF records, so that none counts", records.len());
            return vec![wrong(SPF, message, "put all of them into one: what stands between v=spf1 and all of each")];
        }
    };
    match Record::parse(text) {
        Err(problem) => {
            let message = format!("the SPF record of {domain} cannot be read, so that it does not count: {problem}");
            vec![wrong(SPF, message, format!("correct it; it says: {text}"))]
        }
        Ok(record) => match walk(domain, &record, zone).await {
            Ok(walk) => walked(domain, &walk, provider),
            Err(no_answer) => vec![silent(SPF, &no_answer)],
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
        checks.push(wrong(SPF, message, "remove what is not used any more, or ask its provider for the right name"));
    }
    if walk.lookups > LOOKUPS_MAX {
        let message = format!(
            "the SPF record of {domain} takes {} DNS look-ups; with more than {LOOKUPS_MAX} it does not count",
            walk.lookups
        );
        checks.push(wrong(
            SPF,
            message,
            "remove each include, a and mx of a service that does not send for you any more",
        ));
    }
    if walk.void.len() > VOID_MAX {
        let names = walk.void.join(", ");
        let message = format!(
            "the SPF record of {domain} names {} that are not there ({names}); with more than {VOID_MAX} it does not count",
            walk.void.len()
        );
        checks.push(wrong(SPF, message, "remove them from the record"));
    }
    checks.extend(all(domain, walk.all));
    let named = provider.filter(|provider| !provider.includes.is_empty()).map(|provider| {
        let named = provider.includes.iter().any(|include| walk.domains.iter().any(|domain| domain == include));
        (provider, named)
    });
    if let Some((provider, false)) = named {
        let message = format!("the SPF record of {domain} does not name {}, which sends your mails", provider.title);
        checks.push(Check::warning(SPF, message).help(format!("add to it: include:{}", provider.includes[0])));
    }
    if walk.has_ptr {
        let message = format!("the SPF record of {domain} uses ptr, which many servers leave out (RFC 7208)");
        checks.push(Check::warning(SPF, message).help("name the servers in another way: ip4, a or include"));
    }
    if checks.is_empty() {
        let names = named.map(|(provider, _)| format!(", names {}", provider.title)).unwrap_or_default();
        let lookups = if walk.lookups == 1 { "look-up" } else { "look-ups" };
        checks
            .push(Check::ok(SPF, format!("{domain} has one, with {} of {LOOKUPS_MAX} {lookups}{names}", walk.lookups)));
    }
    checks
}

fn all(domain: &str, all: Option<Qualifier>) -> Option<Check> {
    let (what, help) = match all {
        Some(Qualifier::Fail | Qualifier::SoftFail) => return None,
        Some(Qualifier::Pass) => ("allows the whole world to send for it (+all)", "write ~all in place of +all"),
        Some(Qualifier::Neutral) => ("says nothing about other servers (?all)", "write ~all in place of ?all"),
        None => ("does not say what holds for other servers", "write ~all at its end"),
    };
    Some(Check::warning(SPF, format!("the SPF record of {domain} {what}")).help(help))
}

/// The key under the configured selector, else under one that the provider usually has.
pub async fn dkim(domain: &str, selector: Option<&str>, provider: Option<&Provider>, zone: &impl Zone) -> Vec<Check> {
    let usual = provider.map(|provider| provider.selectors).unwrap_or_default();
    let selectors: Vec<&str> = selector.map_or_else(|| usual.to_vec(), |selector| vec![selector]);
    let how = "your mail provider names it (what stands before ._domainkey); a received mail has it behind s= in \
               DKIM-Signature. Write: [doctor] dkim_selector = \"…\"";
    if selectors.is_empty() {
        return vec![Check::not_checked(DKIM, "the name of the key (selector) is not known").help(how)];
    }
    let names = selectors.iter().map(|selector| format!("{selector}._domainkey.{domain}"));
    let found = try_join_all(names.map(|name| async move {
        let texts = zone.txt(&name).await?;
        let key = texts.iter().find(|text| dkim::is_dkim(text)).map(|text| Key::parse(text));
        Ok::<_, NoAnswer>(key.map(|key| (name, key)))
    }));
    let keys: Vec<(String, Key)> = match found.await {
        Ok(keys) => keys.into_iter().flatten().collect(),
        Err(no_answer) => return vec![silent(DKIM, &no_answer)],
    };
    if let (true, Some(selector)) = (keys.is_empty(), selector) {
        let message = format!("there is no key at {selector}._domainkey.{domain}");
        let help = "switch DKIM on at your mail provider and add the record that it shows to the DNS; or correct \
                    dkim_selector in [doctor]";
        return vec![wrong(DKIM, message, help)];
    }
    if keys.is_empty() {
        let (title, tried) = (provider.map_or("its provider", |provider| provider.title), selectors.join(", "));
        let message = format!("{domain} has no key under the names that are usual at {title} ({tried})");
        return vec![Check::warning(DKIM, message).help(format!("switch DKIM on there. If it is on: {how}"))];
    }
    // Providers change keys by having two; one that is good is enough.
    let judged = keys.iter().map(|(name, key)| judged(name, key));
    judged.min_by_key(|check| check.state).into_iter().collect()
}

fn judged(name: &str, key: &Key) -> Check {
    let new = "let your mail provider make a new key, and add the record that it shows to the DNS";
    let (kind, testing) = match key {
        Key::Revoked => {
            return wrong(
                DKIM,
                format!("the key at {name} was taken back (p= is empty), so that nothing signed with it counts"),
                new,
            );
        }
        Key::Unusable(why) => return wrong(DKIM, format!("the key at {name} cannot be used: {why}"), new),
        Key::Rsa { bits, .. } if *bits < 1024 => {
            return wrong(DKIM, format!("the key at {name} has {bits} bits; servers take none below 1024"), new);
        }
        Key::Rsa { bits, .. } if *bits < 2048 => {
            return Check::warning(DKIM, format!("the key at {name} has only {bits} bits"))
                .help(format!("{new}, with 2048 bits"));
        }
        Key::Rsa { bits, testing } => (format!("RSA, {bits} bits"), *testing),
        Key::Ed25519 { testing } => ("Ed25519".to_owned(), *testing),
    };
    if testing {
        let message = format!("the key at {name} is only a test (t=y), so that servers may leave it out");
        return Check::warning(DKIM, message).help("remove t=y from the record when mails are signed");
    }
    Check::ok(DKIM, format!("there is a key at {name} ({kind})"))
        .help("whether mails are signed with it, a received one shows")
}

/// `envelope` is the domain of the address to which bounces go.
pub async fn dmarc(domain: &str, envelope: &str, zone: &impl Zone) -> Vec<Check> {
    let names = dmarc::up(domain);
    let asked = try_join_all(names.iter().map(|name| async move {
        let texts = zone.txt(&format!("_dmarc.{name}")).await?;
        Ok::<_, NoAnswer>((*name, texts.into_iter().filter(|text| dmarc::is_dmarc(text)).collect::<Vec<_>>()))
    }));
    let found = match asked.await {
        Ok(found) => found.into_iter().find(|(_, records)| !records.is_empty()),
        Err(no_answer) => return vec![silent(DMARC, &no_answer)],
    };
    let start = format!(
        "let whoever keeps its DNS add a TXT record at _dmarc.{}: v=DMARC1; p=none",
        dmarc::organisation(domain)
    );
    let Some((at, records)) = found else {
        let message = format!("{domain} has no DMARC record");
        return vec![
            Check::warning(DMARC, message).help(format!("{start} (Gmail and Yahoo want one of whoever sends much)")),
        ];
    };
    let [record] = records.as_slice() else {
        let message = format!("_dmarc.{at} has {} DMARC records, so that none counts", records.len());
        return vec![wrong(DMARC, message, "keep one of them")];
    };
    match Policy::parse(record) {
        Ok(policy) => vec![policy_line(domain, at, &policy), alignment(domain, envelope, &policy)],
        Err(problem) => vec![wrong(DMARC, format!("the DMARC record at _dmarc.{at} does not count: {problem}"), start)],
    }
}

fn policy_line(domain: &str, at: &str, policy: &Policy) -> Check {
    let wish = if at == domain { policy.wish } else { policy.below.unwrap_or(policy.wish) };
    let reports = if policy.reports { "" } else { "; nobody gets reports" };
    match wish {
        Wish::None => {
            Check::ok(DMARC, format!("_dmarc.{at} says p=none: mails that fail are delivered all the same{reports}"))
                .help("when its reports (rua=mailto:…) show that all your mails pass: p=quarantine")
        }
        Wish::Quarantine => {
            Check::ok(DMARC, format!("_dmarc.{at} has mails that fail put aside (quarantine){reports}"))
        }
        Wish::Reject => Check::ok(DMARC, format!("_dmarc.{at} has mails that fail refused (reject){reports}")),
    }
}

/// Whether SPF can count for the sender that people see (section 3.1).
fn alignment(domain: &str, envelope: &str, policy: &Policy) -> Check {
    let same =
        domain == envelope || (!policy.strict_spf && dmarc::organisation(domain) == dmarc::organisation(envelope));
    if same {
        return Check::ok(
            "alignment",
            format!("bounces go to {envelope}, so that SPF counts for the sender, at {domain}"),
        );
    }
    let message = format!("bounces go to {envelope}, so that SPF does not count for the sender, at {domain}");
    let help =
        format!("see that mails are signed (DKIM) as {domain}, or set bounce_address in [sender] to an address there");
    Check::warning("alignment", message).help(help)
}
