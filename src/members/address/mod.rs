//! E-mail addresses, parsed once.
//!
//! Comes in: text as somebody wrote it. Goes out: an [`Address`] that may be written to, or an [`AddressError`] with
//! the reason. Never looks a domain up and never guesses an address that was not written.

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

use idna::AsciiDenyList;
use idna::uts46::{DnsLength, Hyphens, Uts46};
use serde::{Serialize, Serializer};

mod error;
mod mailbox;
mod named;

pub use error::AddressError;
pub use mailbox::{Mailbox, addresses, is_invisible, trim_invisible};
pub use named::named_in;

/// RFC 5321, section 4.5.3.1.1, in octets.
const LOCAL_MAX: usize = 64;
/// RFC 5321, section 4.5.3.1.3: a path of 256 octets, less its angle brackets.
const ADDRESS_MAX: usize = 254;

/// An address that may be written to: `local@domain`, the local part as written, the domain in lower-case ASCII.
///
/// The rule is the HTML standard's "valid e-mail address" with these differences: the local part may hold letters
/// beyond ASCII (RFC 6531, section 3.3) but no misplaced dot (RFC 5321, section 4.1.2), and the domain needs a dot.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    wire: String,
    at: usize,
}

impl Address {
    /// Reads an address as people write it: `anna@example.org`, `mailto:anna@example.org`, `Anna <anna@example.org>`.
    /// [`Mailbox::parse`] also gives the display name.
    ///
    /// # Errors
    /// What is wrong with it, as a sentence for the person who keeps the list.
    pub fn parse(text: &str) -> Result<Address, AddressError> {
        Mailbox::parse(text).map(|mailbox| mailbox.address)
    }

    /// The address as it goes over the wire.
    pub fn as_str(&self) -> &str {
        &self.wire
    }

    /// What stands before the `@`, as written.
    pub fn local(&self) -> &str {
        &self.wire[..self.at]
    }

    /// The domain in lower-case ASCII; `xn--` for international names.
    pub fn domain(&self) -> &str {
        &self.wire[self.at + 1..]
    }

    /// The identity of the mailbox: two rows with the same one get one mail. RFC 5321 lets a server tell upper from
    /// lower case in the local part; none that members use does.
    pub fn normalized(&self) -> String {
        format!("{}@{}", self.local().to_lowercase(), self.domain())
    }

    /// Whether a mail server must offer SMTPUTF8 (RFC 6531) to take this address.
    pub fn needs_smtputf8(&self) -> bool {
        !self.wire.is_ascii()
    }

    /// A bare `local@domain`, with nothing around it.
    fn bare(text: &str) -> Result<Address, AddressError> {
        let at = the_at(text)?;
        let (local, domain) = (&text[..at], &text[at + 1..]);
        if local.is_empty() {
            return Err(AddressError::NothingBeforeAt(text.to_owned()));
        }
        if domain.is_empty() {
            return Err(AddressError::NothingAfterAt(text.to_owned()));
        }
        check_local(text, local)?;
        let wire = format!("{local}@{}", ascii_domain(text, local, domain)?);
        if wire.len() > ADDRESS_MAX {
            return Err(AddressError::TooLong { octets: wire.len(), most: ADDRESS_MAX });
        }
        Ok(Address { wire, at })
    }
}

/// The place of the only `@`.
fn the_at(text: &str) -> Result<usize, AddressError> {
    if text.starts_with('"') {
        return Err(AddressError::Quoted(text.to_owned()));
    }
    if text.contains(['＠', '﹫']) {
        return Err(AddressError::WideAt(text.to_owned()));
    }
    let separators = |c: char| is_invisible(c) || matches!(c, ';' | ',' | '/' | '|' | '&' | '<' | '>' | '(' | ')');
    match text.matches('@').count() {
        0 if error::spells_at(text) => Err(AddressError::SpelledAt(text.to_owned())),
        0 => Err(AddressError::NoAt(text.to_owned())),
        1 if text.chars().any(char::is_whitespace) => Err(AddressError::Space(text.to_owned())),
        1 => Ok(text.find('@').expect("it was counted")),
        _ if text.split(separators).filter(|part| part.contains('@')).count() > 1 => {
            Err(AddressError::TwoAddresses(text.to_owned()))
        }
        _ => Err(AddressError::TwoAts(text.to_owned())),
    }
}

/// The HTML standard's characters, and beyond ASCII what is visible (RFC 6531, section 3.3).
fn check_local(text: &str, local: &str) -> Result<(), AddressError> {
    if let Some(found) = local.chars().find(|c| !is_local(*c)) {
        return Err(AddressError::Character { text: text.to_owned(), found });
    }
    if local.starts_with('.') || local.ends_with('.') || local.contains("..") {
        return Err(AddressError::Dots(text.to_owned()));
    }
    if local.len() > LOCAL_MAX {
        return Err(AddressError::LocalTooLong { octets: local.len(), most: LOCAL_MAX });
    }
    Ok(())
}

fn is_local(c: char) -> bool {
    match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' => true,
        _ if c.is_ascii() => ".!#$%&'*+/=?^_`{|}~-".contains(c),
        // Typographic quotes, dashes, spaces and direction marks come from word processors, not from mailboxes.
        '\u{2000}'..='\u{206f}' | '\u{fff0}'..='\u{ffff}' | '\u{e000}'..='\u{f8ff}' => false,
        _ => !is_invisible(c) && !c.is_control(),
    }
}

/// UTS #46 with the STD3 characters and DNS lengths; then in lower-case ASCII.
fn ascii_domain(text: &str, local: &str, domain: &str) -> Result<String, AddressError> {
    if domain.starts_with('[') {
        return Err(AddressError::IpAddress(text.to_owned()));
    }
    if domain.ends_with('.') {
        return Err(AddressError::TrailingDot(text.to_owned()));
    }
    if domain.contains(',') {
        let meant = Address::bare(&format!("{local}@{}", domain.replace(',', "."))).ok();
        return Err(AddressError::Comma { text: text.to_owned(), meant: meant.map(|address| address.wire) });
    }
    let ascii = Uts46::new()
        .to_ascii(domain.as_bytes(), AsciiDenyList::STD3, Hyphens::CheckFirstLast, DnsLength::Verify)
        .map_err(|_| AddressError::Domain { text: text.to_owned(), domain: domain.to_owned() })?;
    let Some((_, top)) = ascii.rsplit_once('.') else {
        return Err(AddressError::NoDot(text.to_owned()));
    };
    if top.bytes().all(|b| b.is_ascii_digit()) {
        return Err(AddressError::IpAddress(text.to_owned()));
    }
    Ok(ascii.into_owned())
}

impl Display for Address {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.wire)
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Address, AddressError> {
        Address::parse(text)
    }
}

impl Serialize for Address {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.wire)
    }
}

#[cfg(test)]
mod tests;
