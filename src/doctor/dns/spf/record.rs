//! SPF records (RFC 7208): what stands in one.
//!
//! Pure: comes in a text, goes out a [`Record`] or what is wrong with it.

use std::net::{Ipv4Addr, Ipv6Addr};

/// How a receiver takes a server that a mechanism fits (section 4.6.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Qualifier {
    Pass,
    Fail,
    SoftFail,
    Neutral,
}

/// A part of a record (section 5). A domain is as written, `None` for the record's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mechanism {
    All,
    Include(String),
    A(Option<String>),
    Mx(Option<String>),
    Ptr,
    /// `ip4` or `ip6`: no look-up.
    Address,
    Exists(String),
}

/// A record, up to its `all`: what stands behind is never looked at (section 5.1).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    pub mechanisms: Vec<(Qualifier, Mechanism)>,
    /// Where the rest stands; of no effect beside `all` (section 6.1).
    pub redirect: Option<String>,
}

/// Whether a TXT record is one of SPF (section 4.5).
pub fn is_spf(text: &str) -> bool {
    let start = text.get(..6).unwrap_or_default();
    start.eq_ignore_ascii_case("v=spf1") && text[6..].chars().next().is_none_or(|c| c == ' ')
}

/// Whether a domain is made from the mail at hand (section 7), so that nobody can look it up beforehand.
pub fn has_macro(domain: &str) -> bool {
    domain.contains('%')
}

impl Record {
    /// # Errors
    /// A sentence about the term that cannot be read; receivers then take the whole record for broken (section 4.6).
    pub fn parse(text: &str) -> Result<Record, String> {
        let mut record = Record::default();
        for term in text.split(' ').skip(1).filter(|term| !term.is_empty()) {
            let name_end = term.find([':', '/', '=']).unwrap_or(term.len());
            if term[name_end..].starts_with('=') {
                let (name, value) = (&term[..name_end], &term[name_end + 1..]);
                if name.eq_ignore_ascii_case("redirect") {
                    if record.redirect.is_some() || value.is_empty() {
                        return Err(format!("`{term}` stands there twice or names nothing"));
                    }
                    record.redirect = Some(value.to_ascii_lowercase());
                }
                continue;
            }
            if matches!(record.mechanisms.last(), Some((_, Mechanism::All))) {
                continue;
            }
            record.mechanisms.push(mechanism(term).ok_or_else(|| format!("`{term}` is nothing that SPF knows"))?);
        }
        Ok(record)
    }

    /// How every server is taken that nothing before fits.
    pub fn all(&self) -> Option<Qualifier> {
        self.mechanisms.iter().find(|(_, mechanism)| *mechanism == Mechanism::All).map(|(qualifier, _)| *qualifier)
    }
}

fn mechanism(term: &str) -> Option<(Qualifier, Mechanism)> {
    let (qualifier, rest) = match term.as_bytes().first()? {
        b'+' => (Qualifier::Pass, &term[1..]),
        b'-' => (Qualifier::Fail, &term[1..]),
        b'~' => (Qualifier::SoftFail, &term[1..]),
        b'?' => (Qualifier::Neutral, &term[1..]),
        _ => (Qualifier::Pass, term),
    };
    let (name, value) = match rest.find([':', '/']) {
        Some(end) => (&rest[..end], &rest[end..]),
        None => (rest, ""),
    };
    let written = value.strip_prefix(':').filter(|value| !value.is_empty());
    // The length of a prefix follows the domain: `a:example.org/24//64`.
    let domain = || match written {
        Some(value) => {
            Some(value.split('/').next().unwrap_or(value)).filter(|name| !name.is_empty()).map(str::to_ascii_lowercase)
        }
        None => None,
    };
    let bare = value.is_empty() || value.starts_with('/');
    let mechanism = match name.to_ascii_lowercase().as_str() {
        "all" if value.is_empty() => Mechanism::All,
        "include" => Mechanism::Include(domain()?),
        "exists" => Mechanism::Exists(domain()?),
        "a" if bare || written.is_some() => Mechanism::A(domain()),
        "mx" if bare || written.is_some() => Mechanism::Mx(domain()),
        "ptr" if bare || written.is_some() => Mechanism::Ptr,
        "ip4" => network::<Ipv4Addr>(written?, 32)?,
        "ip6" => network::<Ipv6Addr>(written?, 128)?,
        _ => return None,
    };
    Some((qualifier, mechanism))
}

fn network<A: std::str::FromStr>(written: &str, longest: u8) -> Option<Mechanism> {
    let (address, length) =
        written.split_once('/').map_or((written, None), |(address, length)| (address, Some(length)));
    address.parse::<A>().ok()?;
    match length {
        Some(length) if length.parse::<u8>().is_ok_and(|length| length <= longest) => Some(Mechanism::Address),
        Some(_) => None,
        None => Some(Mechanism::Address),
    }
}
