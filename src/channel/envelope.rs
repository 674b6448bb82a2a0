//! Addresses as they go into an envelope, checked once more before a byte is written.
//!
//! Comes in: an [`Envelope`] from the sending record. Goes out: [`WireEnvelope`] with its domains in ASCII, or the
//! reason why it must not be used. Never looks a domain up.

use idna::AsciiDenyList;
use idna::uts46::{DnsLength, Hyphens, Uts46};

use super::Envelope;

/// An envelope without a character that could end a command or an argument early.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WireEnvelope {
    /// Empty for the null reverse-path (RFC 5321, section 4.5.5).
    pub from: String,
    pub to: String,
}

/// Which address cannot be used, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BadEnvelope {
    From(String),
    To(String),
}

impl WireEnvelope {
    /// Checks both addresses and turns international domains into A-labels (RFC 5890), which every server takes.
    ///
    /// # Errors
    /// The first address that cannot be used, with the reason.
    pub fn new(envelope: Envelope<'_>) -> Result<WireEnvelope, BadEnvelope> {
        let from = match envelope.from {
            "" => String::new(),
            from => checked(from).map_err(BadEnvelope::From)?,
        };
        Ok(WireEnvelope { from, to: checked(envelope.to).map_err(BadEnvelope::To)? })
    }

    /// Whether a mailbox name goes beyond ASCII, which takes SMTPUTF8 (RFC 6531).
    pub fn needs_smtputf8(&self) -> bool {
        !self.from.is_ascii() || !self.to.is_ascii()
    }
}

fn checked(address: &str) -> Result<String, String> {
    let wrong = |what: &str| format!("the address {address:?} {what}");
    let forbidden = |c: char| c.is_control() || c.is_whitespace() || matches!(c, '<' | '>');
    if address.chars().any(forbidden) {
        return Err(wrong("has a character that no address has"));
    }
    let (local, domain) = address.rsplit_once('@').ok_or_else(|| wrong("has no @"))?;
    if local.is_empty() || domain.is_empty() {
        return Err(wrong("lacks what stands beside the @"));
    }
    let domain = Uts46::new()
        .to_ascii(domain.as_bytes(), AsciiDenyList::STD3, Hyphens::CheckFirstLast, DnsLength::Verify)
        .map_err(|_| wrong("has a domain that cannot exist"))?;
    Ok(format!("{local}@{domain}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_end_a_command_early_is_refused() {
        let bad = ["a\r\nRCPT TO:<b@example.org>", "a@example.org\n", "a b@example.org", "a@example.org>", "a\0@b.org"];
        for to in bad.into_iter().chain(["", "a", "@example.org", "a@", "a@exa mple.org", "a@-"]) {
            let refused = WireEnvelope::new(Envelope { from: "x@example.org", to });
            assert!(matches!(refused, Err(BadEnvelope::To(_))), "{to:?}: {refused:?}");
        }
    }

    #[test]
    fn an_international_domain_goes_as_ascii_and_needs_nothing() {
        let envelope = Envelope { from: "", to: "anna@müller.example" };
        let wire = WireEnvelope::new(envelope).expect("is valid");
        assert_eq!((wire.to.as_str(), wire.needs_smtputf8()), ("anna@xn--mller-kva.example", false));
    }
}
