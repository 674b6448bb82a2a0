//! Names of hosts and domains in the configuration.
//!
//! Comes in: a name as written, with umlauts too. Goes out: its lower-case ASCII form, and whether it is one that
//! belongs to nobody. Looks nothing up.

use std::net::IpAddr;

use idna::AsciiDenyList;
use idna::uts46::{DnsLength, Hyphens, Uts46};

/// The lower-case ASCII form (UTS #46 with the STD3 characters and DNS lengths).
pub fn ascii(name: &str) -> Option<String> {
    let ascii = Uts46::new().to_ascii(name.as_bytes(), AsciiDenyList::STD3, Hyphens::CheckFirstLast, DnsLength::Verify);
    ascii.ok().map(|name| name.to_ascii_lowercase())
}

/// Whether a host is this computer by its name alone, without asking DNS: `localhost`, `127.x.y.z`, `::1`.
pub(super) fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Whether a domain is kept for examples (RFC 2606, RFC 6761), or is an `example.` under a country's ending.
pub fn is_example(domain: &str) -> bool {
    let mut labels = domain.rsplit('.');
    let (top, second) = (labels.next().unwrap_or_default(), labels.next().unwrap_or_default());
    let is = |label: &str, names: &[&str]| names.iter().any(|name| label.eq_ignore_ascii_case(name));
    is(top, &["example", "test", "invalid", "localhost"]) || is(second, &["example"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_lower_case_ascii() {
        assert_eq!(ascii("Mail.Müller.DE").as_deref(), Some("mail.xn--mller-kva.de"));
        assert_eq!([ascii("a b"), ascii("a_b.de"), ascii(""), ascii("-a.de")], [const { None }; 4]);
    }

    #[test]
    fn only_a_literal_loopback_is_this_computer() {
        assert!(["localhost", "127.0.0.1", "127.9.9.9", "::1"].into_iter().all(is_loopback));
        assert!(
            !["localhost.example.org", "10.0.0.1", "0.0.0.0", "mail", "127.0.0.1.nip.io"].into_iter().any(is_loopback)
        );
    }

    #[test]
    fn example_domains_are_known_with_all_below_them() {
        assert!(
            ["example.org", "news.example.com", "Example.DE", "verband.example", "a.test"].into_iter().all(is_example)
        );
        assert!(!["beispiel.de", "example-verein.de", "myexample.org", "example.org.de"].into_iter().any(is_example));
    }
}
