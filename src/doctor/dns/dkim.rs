//! DKIM (RFC 6376): the key with which a domain's mails are signed.
//!
//! Comes in: the domain, the key's name or the provider's usual ones, and a [`Zone`]. Goes out: one line. Whether mails
//! are signed at all, the DNS does not say.

use futures_util::future::try_join_all;

use super::provider::Provider;
use super::{NoAnswer, Zone, silent, wrong};
use crate::doctor::{Check, State};

pub mod key;

use key::{Key, is_dkim};

const CHECK: &str = "dkim";

/// The key under the configured selector, else under one that the provider usually has.
pub async fn checks(domain: &str, selector: Option<&str>, provider: Option<&Provider>, zone: &impl Zone) -> Vec<Check> {
    let usual = provider.map(|provider| provider.selectors).unwrap_or_default();
    let selectors: Vec<&str> = selector.map_or_else(|| usual.to_vec(), |selector| vec![selector]);
    let how = "your mail provider names it (what stands before ._domainkey); a received mail has it behind s= in \
               DKIM-Signature. Write: [doctor] dkim_selector = \"…\"";
    if selectors.is_empty() {
        return vec![Check::not_checked(CHECK, "the name of the key (selector) is not known").help(how)];
    }
    let names = selectors.iter().map(|selector| format!("{selector}._domainkey.{domain}"));
    let found = try_join_all(names.map(|name| async move {
        let texts = zone.txt(&name).await?;
        let key = texts.iter().find(|text| is_dkim(text)).map(|text| Key::parse(text));
        Ok::<_, NoAnswer>(key.map(|key| (name, key)))
    }));
    let keys: Vec<(String, Key)> = match found.await {
        Ok(keys) => keys.into_iter().flatten().collect(),
        Err(no_answer) => return vec![silent(CHECK, &no_answer)],
    };
    if let (true, Some(selector)) = (keys.is_empty(), selector) {
        let message = format!("there is no key at {selector}._domainkey.{domain}");
        let help = "switch DKIM on at your mail provider and add the record that it shows to the DNS; or correct \
                    dkim_selector in [doctor]";
        return vec![wrong(CHECK, message, help)];
    }
    if keys.is_empty() {
        let (title, tried) = (provider.map_or("its provider", |provider| provider.title), selectors.join(", "));
        let message = format!("{domain} has no key under the names that are usual at {title} ({tried})");
        return vec![Check::warning(CHECK, message).help(format!("switch DKIM on there. If it is on: {how}"))];
    }
    // Providers change keys by having two; one that is good is enough.
    let best = keys.iter().map(|(name, key)| judged(name, key)).min_by_key(|check| check.state);
    best.map(|check| if selector.is_none() { guessed(check) } else { check }).into_iter().collect()
}

/// A bad key under a name that was only guessed need not be the one in use.
fn guessed(check: Check) -> Check {
    if check.state != State::Error {
        return check;
    }
    let other = "; if mails are signed with another one, write its name: [doctor] dkim_selector = \"…\"";
    Check::warning(CHECK, check.message).help(check.help.unwrap_or_default() + other)
}

fn judged(name: &str, key: &Key) -> Check {
    let new = "let your mail provider make a new key, and add the record that it shows to the DNS";
    let (kind, testing) = match key {
        Key::Revoked => {
            return wrong(
                CHECK,
                format!("the key at {name} was taken back (p= is empty), so that nothing signed with it counts"),
                new,
            );
        }
        Key::Unusable(why) => return wrong(CHECK, format!("the key at {name} cannot be used: {why}"), new),
        Key::Rsa { bits, .. } if *bits < 1024 => {
            return wrong(CHECK, format!("the key at {name} has {bits} bits; servers take none below 1024"), new);
        }
        Key::Rsa { bits, .. } if *bits < 2048 => {
            return Check::warning(CHECK, format!("the key at {name} has only {bits} bits"))
                .help(format!("{new}, with 2048 bits"));
        }
        Key::Rsa { bits, testing } => (format!("RSA, {bits} bits"), *testing),
        Key::Ed25519 { testing } => ("Ed25519".to_owned(), *testing),
    };
    if testing {
        let message = format!("the key at {name} is only a test (t=y), so that servers may leave it out");
        return Check::warning(CHECK, message).help("remove t=y from the record when mails are signed");
    }
    Check::ok(CHECK, format!("there is a key at {name} ({kind})"))
        .help("whether mails are signed with it, a received one shows")
}
