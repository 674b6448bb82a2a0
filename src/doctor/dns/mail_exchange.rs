//! Whether a domain takes mail (RFC 5321, section 5.1; RFC 7505).

use super::{NoAnswer, Zone, silent};
use crate::doctor::Check;
use crate::error::Exit;

const CHECK: &str = "mx";

/// `uses`: the keys of the configuration that have an address there.
pub async fn check(domain: &str, uses: &[&str], zone: &impl Zone) -> Check {
    judged(domain, uses, zone).await.unwrap_or_else(|no_answer| silent(CHECK, &no_answer))
}

async fn judged(domain: &str, uses: &[&str], zone: &impl Zone) -> Result<Check, NoAnswer> {
    let who = format!("{domain} ({})", uses.join(", "));
    let hosts = zone.mx(domain).await?;
    if hosts.iter().any(String::is_empty) {
        let check = Check::error(CHECK, Exit::Config, format!("{who} says that it takes no mail at all"));
        return Ok(check.help("use addresses of a domain that takes mail, or correct its MX record"));
    }
    if let Some(first) = hosts.first() {
        return Ok(Check::ok(CHECK, format!("{who} takes mail at {first}")));
    }
    Ok(match zone.has_address(domain).await? {
        true => Check::warning(CHECK, format!("{who} has no MX record, only an address"))
            .help("let whoever keeps the domain's DNS add an MX record, so that answers surely arrive"),
        false => Check::error(CHECK, Exit::Config, format!("{who} takes no mail: it has no MX record and no address"))
            .help(
                "check the spelling in [sender], or let whoever keeps the domain's DNS add an MX record; \
                   if everything is missing, this network's DNS may know no names outside it",
            ),
    })
}
