//! DMARC (RFC 7489): what becomes of mails that are not signed or sent as they should be, and whether SPF counts for them.
//!
//! Comes in: the sender's domain, that of the bounces, and a [`Zone`]. Goes out: lines.

use futures_util::future::try_join_all;

use super::{NoAnswer, Zone, silent, wrong};
use crate::doctor::Check;

pub mod policy;

use policy::{Policy, Wish, is_dmarc, organisation, up};

const CHECK: &str = "dmarc";
const ALIGNMENT: &str = "alignment";

/// `envelope` is the domain of the address to which bounces go.
pub async fn checks(domain: &str, envelope: &str, zone: &impl Zone) -> Vec<Check> {
    let names = up(domain);
    let asked = try_join_all(names.iter().map(|name| async move {
        let texts = zone.txt(&format!("_dmarc.{name}")).await?;
        Ok::<_, NoAnswer>((*name, texts.into_iter().filter(|text| is_dmarc(text)).collect::<Vec<_>>()))
    }));
    let found = match asked.await {
        Ok(found) => found.into_iter().find(|(_, records)| !records.is_empty()),
        Err(no_answer) => return vec![silent(CHECK, &no_answer)],
    };
    let start =
        format!("let whoever keeps its DNS add a TXT record at _dmarc.{}: v=DMARC1; p=none", organisation(domain));
    let Some((at, records)) = found else {
        let message = format!("{domain} has no DMARC record");
        return vec![
            Check::warning(CHECK, message).help(format!("{start} (Gmail and Yahoo want one of whoever sends much)")),
        ];
    };
    let [record] = records.as_slice() else {
        let message = format!("_dmarc.{at} has {} DMARC records, so that none counts", records.len());
        return vec![wrong(CHECK, message, "keep one of them")];
    };
    match Policy::parse(record) {
        Ok(policy) => vec![policy_line(domain, at, &policy), alignment(domain, envelope, &policy)],
        Err(problem) => vec![wrong(CHECK, format!("the DMARC record at _dmarc.{at} does not count: {problem}"), start)],
    }
}

fn policy_line(domain: &str, at: &str, policy: &Policy) -> Check {
    let wish = if at == domain { policy.wish } else { policy.below.unwrap_or(policy.wish) };
    let reports = if policy.reports { "" } else { "; nobody gets reports" };
    match wish {
        Wish::None => {
            Check::ok(CHECK, format!("_dmarc.{at} says p=none: mails that fail are delivered all the same{reports}"))
                .help("when its reports (rua=mailto:…) show that all your mails pass: p=quarantine")
        }
        Wish::Quarantine => {
            Check::ok(CHECK, format!("_dmarc.{at} has mails that fail put aside (quarantine){reports}"))
        }
        Wish::Reject => Check::ok(CHECK, format!("_dmarc.{at} has mails that fail refused (reject){reports}")),
    }
}

/// Whether SPF can count for the sender that people see (section 3.1).
fn alignment(domain: &str, envelope: &str, policy: &Policy) -> Check {
    if domain == envelope {
        return Check::ok(
            ALIGNMENT,
            format!("bounces go to {envelope}, where the sender is, so that SPF counts for DMARC"),
        );
    }
    let message = format!("bounces go to {envelope}, and the sender is at {domain}");
    if !policy.strict_spf && organisation(domain) == organisation(envelope) {
        return Check::ok(ALIGNMENT, format!("{message}: the same organisation, so that SPF counts for DMARC"));
    }
    let message = format!("{message}, so that SPF does not count for DMARC");
    let help =
        format!("see that mails are signed (DKIM) as {domain}, or set bounce_address in [sender] to an address there");
    Check::warning(ALIGNMENT, message).help(help)
}
